/*
 * Into how long parts a window of events is cut, whatever the pages tell by which that is guessed.
 */
#include "base/cleanup.h"
#include "job/events_private.h"
#include "test.h"

/* The first window that is asked for; then nobody answers. */
static int see(void *self, const struct events_pages *pages, struct err *err)
{
    struct events_window *first = self;

    (void)err;
    *first = pages->window[0];
    return -1;
}

static int64_t first_part_s(int64_t length_s, int64_t pages)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct events_window first = {.cursor = NULL};
    struct job job = {.arena = &arena, .portal = {.self = &first, .events_many = see}};
    struct events events = {.job = &job, .progress = {.kind = EVENT_DOWNLOAD}};
    const struct instant from = {.us = 20000 * DAY_US};
    const struct events_cut cut = {
        .from = from, .to = instant_add_us(from, length_s * SECOND_US), .pages = pages};
    bool whole = false;

    assert_int_equal(events_read_parts(&events, &cut, &whole, &err), -1);
    return (first.to.us - first.from.us) / SECOND_US;
}

TEST(parts_are_of_eight_pages_but_no_shorter_than_an_hour_nor_more_than_256)
{
    const int64_t day = 86400;

    assert_int_equal(first_part_s(2 * day, 8), 2 * day);         /* as few as one part has */
    assert_int_equal(first_part_s(2 * day, 80), 2 * day / 10);   /* ten parts */
    assert_int_equal(first_part_s(2 * day, 48 * 8), 3600);       /* 48 */
    assert_int_equal(first_part_s(2 * day, 17280), 3600);        /* a page of ten seconds */
    assert_int_equal(first_part_s(360 * day, 256 * 8), 121500);  /* 256 */
    assert_int_equal(first_part_s(360 * day, 31104000), 121500); /* a page of a second */
}
