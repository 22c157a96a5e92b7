/*
 * The C library knows the zones; it is asked for the offset on every day from 1990 to 2100, and a
 * change between two of them is bisected to its second: of all zones no two changes are nearer than
 * 6.9 days. After that nobody needs TZ again.
 *
 * The C library takes every name, and an unknown one silently as UTC, which would shift all days of
 * a run. So the name is checked by form, the file is opened by its full path and must be a whole
 * TZif file, and TZ gets that path, which no TZDIR changes.
 */
#include "host/zone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/file.h"

#define ZONEINFO "/usr/share/zoneinfo/"

enum { LARGEST_FILE = 1 << 20, STEP_S = 24 * 3600 };

#define FIRST_S INT64_C(631152000)  /* 1990-01-01T00:00:00Z */
#define LAST_S  INT64_C(4133980800) /* 2101-01-01T00:00:00Z */

static bool is_zone_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "_+-/";

    return *name && *name != '/' && name[strspn(name, allowed)] == '\0';
}

/* Whether the bytes are what zic writes: the mark, version 2 or later, the rule line at the end. */
static bool is_zone_file(const struct text *content)
{
    return content->length > 44 && memcmp(content->data, "TZif", 4) == 0 &&
           content->data[4] >= '2' && content->data[content->length - 1] == '\n';
}

static int check_zone(const char *name, const char *path, struct err *err)
{
    CLEANUP(text_release) struct text content = TEXT_INIT;

    if (!is_zone_name(name))
        return err_set(err, ERR_CONFIG,
                       "time zone '%s' is not a zone name; hint: such as 'UTC' or "
                       "'Europe/Amsterdam'",
                       name);
    if (file_read(path, LARGEST_FILE, ERR_CONFIG, &content, NULL, err) < 0) {
        err_prefix(err,
                   "time zone '%s' is not known here; hint: names are those below " ZONEINFO
                   ", of package tzdata",
                   name);
        return -1;
    }
    if (!is_zone_file(&content))
        return err_set(err, ERR_CONFIG, "time zone '%s': '%s' is not a zone file", name, path);
    return 0;
}

static void set_tz(const char *value)
{
    if (value)
        (void)setenv("TZ", value, 1);
    else
        (void)unsetenv("TZ");
    tzset();
}

static int32_t probe(int64_t second)
{
    time_t time = (time_t)second;
    struct tm local = {0};

    (void)localtime_r(&time, &local); /* fails for years beyond an int only */
    return (int32_t)local.tm_gmtoff;
}

struct changes {
    int64_t *from_s;
    int32_t *offset_s;
    size_t count;
    size_t capacity;
};

static void add_change(struct changes *changes, int64_t from_s, int32_t offset_s)
{
    size_t capacity = changes->capacity;

    changes->from_s =
        mem_grow(changes->from_s, changes->count, &capacity, sizeof(changes->from_s[0]));
    if (capacity != changes->capacity)
        changes->offset_s =
            mem_realloc_array(changes->offset_s, capacity, sizeof(changes->offset_s[0]));
    changes->capacity = capacity;
    changes->from_s[changes->count] = from_s;
    changes->offset_s[changes->count] = offset_s;
    changes->count++;
}

/* The first second in (before, after] that has the offset of `after`. */
static int64_t bisect(int64_t before, int64_t after, int32_t offset_after)
{
    while (after - before > 1) {
        int64_t middle = before + (after - before) / 2;

        if (probe(middle) == offset_after)
            after = middle;
        else
            before = middle;
    }
    return after;
}

static void probe_all(struct changes *changes)
{
    int32_t known = probe(FIRST_S);

    add_change(changes, INT64_MIN, known);
    for (int64_t at = FIRST_S + STEP_S; at <= LAST_S; at += STEP_S) {
        int32_t offset = probe(at);

        if (offset == known)
            continue;
        add_change(changes, bisect(at - STEP_S, at, offset), offset);
        known = offset;
    }
}

static const struct zone *copy_out(struct arena *arena, const char *name,
                                   const struct changes *changes)
{
    struct zone *zone = arena_alloc(arena, sizeof(*zone));
    int64_t *from = arena_calloc(arena, changes->count, sizeof(*from));
    int32_t *offset = arena_calloc(arena, changes->count, sizeof(*offset));

    memcpy(from, changes->from_s, changes->count * sizeof(*from));
    memcpy(offset, changes->offset_s, changes->count * sizeof(*offset));
    *zone = (struct zone){.name = arena_strdup(arena, name),
                          .count = (unsigned)changes->count,
                          .from_s = from,
                          .offset_s = offset};
    return zone;
}

int zone_load(struct arena *arena, const char *name, const struct zone **ret_zone, struct err *err)
{
    CLEANUP(mem_cleanup) char *path = NULL;
    CLEANUP(mem_cleanup) char *old = NULL;
    CLEANUP(text_release) struct text value = TEXT_INIT;
    struct changes changes = {.count = 0};

    if (strcmp(name, zone_utc.name) == 0) {
        *ret_zone = &zone_utc;
        return 0;
    }
    path = file_join(ZONEINFO, name);
    if (check_zone(name, path, err) < 0)
        return -1;
    old = getenv("TZ") ? mem_strdup(getenv("TZ")) : NULL;
    text_addf(&value, ":%s", path);
    set_tz(text_cstr(&value));
    probe_all(&changes);
    set_tz(old);
    *ret_zone = copy_out(arena, name, &changes);
    free(changes.from_s);
    free(changes.offset_s);
    return 0;
}
