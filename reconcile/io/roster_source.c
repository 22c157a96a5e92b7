/*
 * Two kinds of source behind one read function: an open file, of which a piece at a time is in
 * memory, or a body that was fetched whole. A file that grows or is replaced in content while it is
 * read is refused at its end, for half of an upload looks like a whole file.
 */
#include "io/roster_source.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "io/roster_fetch.h"

struct roster_source {
    char *name;
    int fd; /* -1 = body */
    struct stat before;
    struct text body;
    size_t done; /* bytes that were handed out */
    struct instant modified;
};

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

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
        high = hex_value(source[1]);
        low = high < 0 ? -1 : hex_value(source[2]);
        if (low < 0 || (high == 0 && low == 0)) {
            text_release(&path);
            return NULL;
        }
        text_add_char(&path, (char)(high << 4 | low));
        source += 2;
    }
    return text_take(&path);
}

static int look(const struct roster_source *source, struct stat *ret_status, struct err *err)
{
    if (fstat(source->fd, ret_status) < 0)
        return err_set_errno(err, ERR_ROSTER, errno, "cannot look at it");
    if (S_ISDIR(ret_status->st_mode))
        return err_set(err, ERR_ROSTER, "is a directory, a file is expected");
    if (!S_ISREG(ret_status->st_mode))
        return err_set(err, ERR_ROSTER, "is not a regular file");
    if (ret_status->st_size > LIMIT_ROSTER_BYTES)
        return err_set(err, ERR_ROSTER, "is larger than %ld bytes", LIMIT_ROSTER_BYTES);
    return 0;
}

static int open_file(struct roster_source *source, const char *path, struct err *err)
{
    /* O_NONBLOCK: a pipe in place of the file must not hold the run until somebody writes. */
    source->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (source->fd < 0)
        return err_set_errno(err, ERR_ROSTER, errno, "cannot open it");
    if (look(source, &source->before, err) < 0)
        return -1;
    source->modified.us =
        source->before.st_mtim.tv_sec * SECOND_US + source->before.st_mtim.tv_nsec / 1000;
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
    CLEANUP(mem_cleanup) char *file = NULL;

    if (!path && is_url(config->source)) {
        source->name = roster_fetch_name(config->source);
        return roster_fetch(config, &source->body, &source->modified, err);
    }
    file = path ? mem_strdup(path) : path_of(config->source);
    source->name = mem_strdup(file ? file : config->source);
    if (!file)
        return err_set(err, ERR_CONFIG,
                       "is no address of a file on this machine; hint: file:///srv/hr/roster.csv");
    return open_file(source, file, err);
}

int roster_source_open(const struct config_roster *config, const char *path,
                       struct roster_source **ret_source, struct err *err)
{
    struct roster_source *source = mem_calloc(1, sizeof(*source));

    source->fd = -1;
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
    cleanup_fd(&source->fd);
    if (source->body.data)
        explicit_bzero(source->body.data, source->body.capacity);
    text_release(&source->body);
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

static int check_unchanged(const struct roster_source *source, struct err *err)
{
    struct stat now;

    if (look(source, &now, err) < 0)
        return -1;
    if (now.st_size != source->before.st_size || (size_t)now.st_size != source->done ||
        now.st_mtim.tv_sec != source->before.st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != source->before.st_mtim.tv_nsec)
        return err_set(err, ERR_ROSTER,
                       "changed while it was read; hint: it should be put in place by a rename "
                       "when it is complete");
    return 0;
}

static int read_file(struct roster_source *source, char *buffer, size_t size, size_t *ret_length,
                     struct err *err)
{
    ssize_t got;

    do
        got = read(source->fd, buffer, size);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_set_errno(err, ERR_ROSTER, errno, "cannot read it");
    if (got == 0 && check_unchanged(source, err) < 0)
        return -1;
    source->done += (size_t)got;
    if (source->done > LIMIT_ROSTER_BYTES)
        return err_set(err, ERR_ROSTER, "is larger than %ld bytes", LIMIT_ROSTER_BYTES);
    *ret_length = (size_t)got;
    return 0;
}

int roster_source_read(struct roster_source *source, char *buffer, size_t size, size_t *ret_length,
                       struct err *err)
{
    size_t left = source->body.length - source->done;

    if (source->fd >= 0)
        return read_file(source, buffer, size, ret_length, err);
    *ret_length = left < size ? left : size;
    if (*ret_length > 0)
        memcpy(buffer, source->body.data + source->done, *ret_length);
    source->done += *ret_length;
    return 0;
}
