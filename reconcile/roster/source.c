/*
 * Two kinds of source behind one read function: an open file, of which a piece at a time is in
 * memory, or a body that was fetched whole.
 */
#include "roster/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"
#include "format/input_file.h"
#include "host/trust.h"
#include "roster/fetch.h"

struct roster_source {
    char *name;
    struct input_file *file; /* NULL = pages */
    struct roster_pages pages;
    size_t at;   /* the page that is handed out */
    size_t done; /* bytes of it that were */
    struct instant modified;
};

/* The path of `file:///srv/x`, `file://localhost/srv/x` or `file:/srv/x`, %XX decoded; anything
 * without a scheme is a path as it is. NULL: another host, or %XX that is none. malloc'ed. */
static char *path_of(const char *source)
{
    struct text path = TEXT_INIT;

    if (!text_starts(source, "file:"))
        return mem_strdup(source);
    source += strlen("file:");
    if (text_starts(source, "//localhost/"))
        source += strlen("//localhost");
    else if (text_starts(source, "///"))
        source += strlen("//");
    else if (text_starts(source, "//"))
        return NULL;
    for (; *source; source++) {
        int high, low;

        if (*source != '%') {
            text_add_char(&path, *source);
            continue;
        }
        high = parse_hex(source[1]);
        low = high < 0 ? -1 : parse_hex(source[2]);
        if (low < 0 || (high == 0 && low == 0)) {
            text_release(&path);
            return NULL;
        }
        text_add_char(&path, (char)(high << 4 | low));
        source += 2;
    }
    return text_take(&path);
}

static int open_file(struct roster_source *source, const char *path, const struct trust *trust,
                     struct err *err)
{
    if (input_file_open(path, trust, &source->file, err) < 0)
        return -1;
    source->modified = input_file_modified(source->file);
    return 0;
}

static bool is_url(const char *source)
{
    size_t scheme =
        strspn(source, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

    return scheme > 0 && text_starts(source + scheme, "://") && !text_starts(source, "file:");
}

static int open_any(const struct config_roster *config, const char *path,
                    struct roster_source *source, struct err *err)
{
    /* A file that somebody names by hand is theirs to judge. */
    const struct trust trust = {.what = "the file",
                                .code = ERR_ROSTER,
                                .writer = config->writers.item,
                                .writer_count = config->writers.count,
                                .setting = "roster.writers",
                                .service = true};
    CLEANUP(mem_cleanup) char *file = NULL;

    if (!path && is_url(config->source)) {
        source->name = roster_fetch_name(config->source);
        return roster_fetch(config, &source->pages, &source->modified, err);
    }
    file = path ? mem_strdup(path) : path_of(config->source);
    source->name = mem_strdup(file ? file : config->source);
    if (!file)
        return err_set(err, ERR_CONFIG,
                       "is no address of a file on this machine; hint: file:///srv/hr/roster.csv");
    return open_file(source, file, path ? NULL : &trust, err);
}

int roster_source_open(const struct config_roster *config, const char *path,
                       struct roster_source **ret_source, struct err *err)
{
    struct roster_source *source = mem_calloc(1, sizeof(*source));

    if (open_any(config, path, source, err) < 0) {
        err_prefix(err, "roster '%s'", source->name);
        roster_source_close(source);
        return -1;
    }
    *ret_source = source;
    return 0;
}

void roster_source_close(struct roster_source *source)
{
    if (!source)
        return;
    input_file_close(source->file);
    roster_pages_release(&source->pages);
    free(source->name);
    free(source);
}

const char *roster_source_name(const struct roster_source *source)
{
    return source->name;
}

struct instant roster_source_modified(const struct roster_source *source)
{
    return source->modified;
}

bool roster_source_is_last(const struct roster_source *source)
{
    return source->file || source->at + 1 >= source->pages.count;
}

bool roster_source_next(struct roster_source *source)
{
    if (roster_source_is_last(source))
        return false;
    source->at++;
    source->done = 0;
    return true;
}

int roster_source_read(struct roster_source *source, char *buffer, size_t size, size_t *ret_length,
                       struct err *err)
{
    const struct text *body;
    size_t left;

    if (source->file)
        return input_file_read(source->file, buffer, size, ret_length, err);
    body = &source->pages.page[source->at];
    left = body->length - source->done;
    *ret_length = left < size ? left : size;
    if (*ret_length > 0)
        memcpy(buffer, body->data + source->done, *ret_length);
    source->done += *ret_length;
    return 0;
}
