/*
 * Each page names the next one, so a window is read no faster than answers come. A long one is cut
 * into parts of some pages, and several parts are read side by side: the next one begins where one
 * ends.
 *
 * Invariant: how far a kind is read moves over a part only when all parts that come before it are
 * told. A run that is cut off leaves what was told, and the next one asks again for no more than
 * the parts that were under way.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "job/events_private.h"

enum {
    PART_PAGES = 8,      /* half a page more is asked for each part */
    SIDE_BY_SIDE = 16,   /* parts; how many requests are under way, the portal's settings say */
    PARTS_MOST = 256,    /* however dense the pages were by which their number was guessed */
    PART_LEAST_S = 3600, /* a burst of one hour is no reason to cut two days into minutes */
    SEAM_S = 60,         /* parts overlap: whether a window has its first moment, nobody told us */
};

struct parts {
    struct events *whole;
    const struct events_cut *cut;
    struct events *part; /* in the order in which they are kept */
    struct instant *from;
    size_t count, next, kept;
    struct events_window window[SIDE_BY_SIDE];
    size_t of[SIDE_BY_SIDE]; /* the part that is read there */
    int64_t told;            /* events of all parts */
    bool failed;
};

static void parts_release(struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        free(parts->part[i].day);
    free(parts->part);
    free(parts->from);
}

static bool is_login(const struct parts *parts)
{
    return parts->whole->progress.kind == EVENT_LOGIN;
}

static struct instant seam(const struct events_cut *cut, size_t count, size_t number)
{
    int64_t each_us = (cut->to.us - cut->from.us) / (int64_t)count;

    return number == count ? cut->to : instant_add_us(cut->from, each_us * (int64_t)number);
}

static size_t count_parts(const struct events_cut *cut)
{
    int64_t most = (cut->to.us - cut->from.us) / (PART_LEAST_S * SECOND_US);
    int64_t count = cut->pages > PART_PAGES ? (cut->pages - 1) / PART_PAGES + 1 : 1;

    most = most < PARTS_MOST ? most : PARTS_MOST;
    count = count < most ? count : most;
    return count > 1 ? (size_t)count : 1;
}

static void make_parts(struct parts *parts)
{
    const struct events_cut *cut = parts->cut;
    const struct events *whole = parts->whole;

    parts->count = count_parts(cut);
    parts->part = mem_calloc(parts->count, sizeof(parts->part[0]));
    parts->from = mem_calloc(parts->count, sizeof(parts->from[0]));
    for (size_t i = 0; i < parts->count; i++) {
        size_t number = cut->newest_first ? parts->count - 1 - i : i;
        struct events *part = &parts->part[i];

        *part = *whole;
        part->whole = parts->whole;
        part->told = 0;
        part->is_told = part->was_empty = part->resumed = false;
        part->day = NULL;
        part->day_count = part->day_room = 0;
        part->progress = (struct events_progress){.kind = whole->progress.kind,
                                                  .version = whole->progress.version,
                                                  .to = seam(cut, parts->count, number + 1)};
        parts->from[i] = seam(cut, parts->count, number);
        part->progress.from =
            number > 0 ? instant_add_us(parts->from[i], -SEAM_S * SECOND_US) : cut->from;
        events_set_mark(part, NULL);
    }
}

static void ask(struct parts *parts, size_t lane)
{
    const struct events_progress *progress = &parts->part[parts->of[lane]].progress;

    parts->window[lane] = (struct events_window){.kind = progress->kind,
                                                 .version = progress->version,
                                                 .from = progress->from,
                                                 .to = progress->to,
                                                 .cursor = progress->cursor};
}

/* Moves over a part that is told to its end. */
static int keep_part(struct parts *parts, size_t number, struct err *err)
{
    const struct events *part = &parts->part[number];
    struct events_progress *progress = &parts->whole->progress;

    progress->newest_at = instant_later(progress->newest_at, part->progress.newest_at);
    progress->told = part->day;
    progress->told_count = part->day_count;
    if (parts->cut->newest_first) {
        progress->complete_to = instant_later(progress->complete_to, part->progress.to);
        progress->covered_from = parts->from[number];
        progress->whole_version = progress->version;
    } else {
        progress->from = part->progress.from;
        progress->to = part->progress.to;
        progress->torn = part->progress.torn;
        int version = progress->whole_version;
        events_end_window(progress);
        if (number + 1 < parts->count) /* an older endpoint is believed from the end of it all on */
            progress->whole_version = version;
    }
    int failed = events_keep_progress(parts->whole, err);
    progress->told = NULL;
    progress->told_count = 0;
    return failed;
}

/* Nothing of a kind of activity that names no user at all is believed. */
static int keep_parts(struct parts *parts, struct err *err)
{
    if (!is_login(parts) && parts->whole->named == 0 && parts->told > 0)
        return 0;
    while (parts->kept < parts->count && parts->part[parts->kept].is_told) {
        if (keep_part(parts, parts->kept, err) < 0)
            return -1;
        parts->kept++;
    }
    return 0;
}

/* What follows in this lane: a page of the same part, the next part, or nothing. */
static int go_on(struct parts *parts, size_t lane, struct err *err)
{
    struct events *part = &parts->part[parts->of[lane]];

    if (!part->progress.cursor) {
        parts->failed |= !part->is_told;
        if (keep_parts(parts, err) < 0)
            return -1;
        if (parts->next == parts->count)
            return 0;
        parts->of[lane] = parts->next++;
    }
    ask(parts, lane);
    return parts->failed ? 0 : EVENTS_AGAIN;
}

static int take_page(void *context, size_t lane, const struct events_page *page, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct parts *parts = context;

    if (page->why)
        events_note(parts->whole, page->why);
    if (page->access != EVENTS_READ) {
        parts->failed = true;
        return 0;
    }
    parts->told += (int64_t)page->told;
    if (events_keep_page(&parts->part[parts->of[lane]], &scratch, page, err) < 0)
        return -1;
    return go_on(parts, lane, err);
}

int events_read_parts(struct events *events, const struct events_cut *cut, bool *ret_whole,
                      struct err *err)
{
    CLEANUP(parts_release) struct parts parts = {.whole = events, .cut = cut};
    const struct portal *portal = &events->job->portal;
    struct events_pages pages = {.context = &parts, .take = take_page, .window = parts.window};

    make_parts(&parts);
    while (parts.next < parts.count && parts.next < SIDE_BY_SIDE) {
        parts.of[parts.next] = parts.next;
        ask(&parts, parts.next++);
    }
    pages.count = parts.next;
    if (portal->events_many(portal->self, &pages, err) < 0)
        return -1;
    *ret_whole = !parts.failed && parts.kept == parts.count;
    events->is_nameless = !parts.failed && parts.kept < parts.count;
    if (events->is_nameless)
        events_note(events, arena_printf(events->job->arena, "none of the %s names a user",
                                         events_what(events)));
    return 0;
}
