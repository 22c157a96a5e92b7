/* facts/notice: told once, again when it is worse, and clear only when it was looked at. */
#include "base/cleanup.h"
#include "base/table.h"
#include "base/text.h"
#include "facts/notice.h"
#include "test.h"

/* One letter a kind, in their order: '-' not looked at, '.' there is none, else the key. */
#define CASE(seen, told, acts)                                                                     \
    {                                                                                              \
        seen, told, acts, __LINE__                                                                 \
    }

static const struct instant now = {.us = 1000 * DAY_US};

/* 'a', and what is worse or later than it: 'b'. */
static const char *key_of(enum notice_kind kind, char letter)
{
    static const char *const keys[NOTICE_KIND_COUNT][2] = {
        [NOTICE_APPROVAL] = {"acts 1 at 1972-09-20T00:00:00Z", "acts 1 at 1972-09-27T00:00:00Z"},
        [NOTICE_EXPIRING] = {"1972-09-26T00:00:00Z", "1972-09-27T00:00:00Z"},
        [NOTICE_HELD] = {"G1", "G1 G3"},
        [NOTICE_STEPS] = {"failed 1 unknown 0", "failed 1 unknown 1"},
        [NOTICE_FAILED] = {"69", "70"},
        [NOTICE_CUT_OFF] = {"run 1", "run 2"},
        [NOTICE_SEATS] = {"over:aa", "over:aa short:bb"},
    };

    return letter == 'a' ? keys[kind][0] : letter == 'b' ? keys[kind][1] : NULL;
}

TEST(notice_decide_as_the_table_says)
{
    /* approval, expiring, held, steps, failed, cut_off, seats; acts with clear in front: T tell, N
     * note, F forget, . nothing */
    static const struct {
        const char *seen, *told, *acts;
        int line;
    } cases[] = {
        CASE(".......", ".......", "........"), /* nothing ever */
        CASE("aaaaaa.", ".......", ".TTTTTT."), /* a reason appears */
        CASE("aaaaaa.", "aaaaaa.", "........"), /* and is told once */
        CASE("bbbbbb.", "aaaaaa.", ".TTTTTT."), /* gets worse */
        CASE("..aa...", "..bb...", "...NN..."), /* better: nobody is told, and that it is known */
        CASE(".a.....", ".b.....", "........"),
        CASE("....a..", "....b..", ".....T.."), /* another failure is no better one */
        CASE(".......", "a......", ".F......"), /* what people do is no trouble that is over */
        CASE(".......", "b......", "........"), /* and remembered for its week */
        CASE(".......", ".a.....", "..F....."),
        CASE(".......", "..a....", "T..F...."), /* goes: all clear */
        CASE("a......", "a.a....", "T..F...."), /* although people are waited for */
        CASE("...a...", "..aa...", "...F...."), /* one of two goes: not clear */
        CASE("----a..", ".......", ".....T.."), /* the run failed: only that is known */
        CASE("----a..", "..aa...", ".....T.."), /* what was not looked at stays told */
        CASE("----...", "..aa...", "........"), /* not looked at is not clear */
        CASE("----...", "..a.a..", ".....F.."), /* nor is it when the failure is over */
        CASE("-------", "aaaaaa.", "........"), /* somebody else runs */
        CASE(".....a.", ".......", "......T."), /* the one before was cut off */
        CASE(".......", "aaaaaa.", "TFFFFFF."),
        CASE("......a", ".......", ".......T"), /* a class is over its contract: told once */
        CASE("......a", "......a", "........"),
        CASE("......b", "......a", ".......T"), /* another one is */
        CASE("......a", "......b", ".......N"),
        CASE(".......", "......a", ".......F"), /* no trouble of ours that is over */
        CASE("-......", "..a....", "T..F...."), /* not looked at, but never told either */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct notice_view view = {.looked = {false}, .now = now};
        const char *told[NOTICE_KIND_COUNT] = {NULL};
        enum notice_act act[NOTICE_KIND_COUNT];
        char acts[NOTICE_KIND_COUNT + 1] = "";

        for (unsigned kind = 1; kind < NOTICE_KIND_COUNT; kind++) {
            view.looked[kind] = cases[i].seen[kind - 1] != '-';
            view.key[kind] = key_of((enum notice_kind)kind, cases[i].seen[kind - 1]);
            told[kind] = key_of((enum notice_kind)kind, cases[i].told[kind - 1]);
        }
        notice_decide(&view, told, act);
        for (unsigned kind = 0; kind < NOTICE_KIND_COUNT; kind++)
            acts[kind] = ".TNF"[act[kind]];
        if (!text_equal(acts, cases[i].acts))
            fail_msg("line %d: %s, not %s", cases[i].line, acts, cases[i].acts);
    }
}

/* What becomes of one kind. */
static enum notice_act again(enum notice_kind kind, const char *before, const char *key)
{
    struct notice_view view = {.looked = {false}, .now = now};
    const char *told[NOTICE_KIND_COUNT] = {NULL};
    enum notice_act act[NOTICE_KIND_COUNT];

    view.looked[kind] = true;
    view.key[kind] = key;
    told[kind] = before;
    notice_decide(&view, told, act);
    return act[kind];
}

/* The key of a number of acts, so many hours after the first day. */
static const char *acts(struct arena *arena, size_t count, int64_t hours)
{
    return notice_acts_key(arena, count, instant_add_us(now, hours * 3600 * SECOND_US));
}

TEST(notice_of_acts_that_wait_is_told_weekly_or_when_it_grows)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    static const struct {
        size_t before, count;
        int64_t hours;
        enum notice_act act;
    } cases[] = {
        {10, 10, 24, NOTICE_NOTHING},  {10, 25, 24, NOTICE_NOTHING}, {10, 26, 24, NOTICE_TELL},
        {1, 7, 24, NOTICE_NOTHING},    {1, 8, 24, NOTICE_TELL},      {10, 1, 144, NOTICE_NOTHING},
        {10, 10, 155, NOTICE_NOTHING}, {10, 10, 156, NOTICE_TELL},   {10, 1, 168, NOTICE_TELL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum notice_act is = again(NOTICE_APPROVAL, acts(&arena, cases[i].before, 0),
                                   acts(&arena, cases[i].count, cases[i].hours));
        if (is != cases[i].act)
            fail_msg("case %zu: %d", i, is);
    }
    assert_null(acts(&arena, 0, 0));
    /* a key of before: nobody knows when */
    assert_int_equal(again(NOTICE_APPROVAL, "0a1b2c3d4e5f6071", acts(&arena, 1, 0)), NOTICE_TELL);
}

TEST(notice_of_guards_is_told_when_one_is_new)
{
    assert_int_equal(again(NOTICE_HELD, "G1 G13", "G1"), NOTICE_NOTE);
    assert_int_equal(again(NOTICE_HELD, "G13", "G1"), NOTICE_TELL);
    assert_int_equal(again(NOTICE_HELD, "G1", "G13"), NOTICE_TELL);
    assert_int_equal(again(NOTICE_HELD, "G3 G1", "G1 G3"), NOTICE_NOTE);
    assert_int_equal(again(NOTICE_HELD, "G1 G3", "G1 G3"), NOTICE_NOTHING);
}

TEST(notice_of_steps_is_told_when_a_number_grows)
{
    assert_int_equal(again(NOTICE_STEPS, "failed 2 unknown 1", "failed 1 unknown 1"), NOTICE_NOTE);
    assert_int_equal(again(NOTICE_STEPS, "failed 2 unknown 1", "failed 0 unknown 2"), NOTICE_TELL);
    assert_int_equal(again(NOTICE_STEPS, "failed 9 unknown 0", "failed 10 unknown 0"), NOTICE_TELL);
}

TEST(notice_kind_name_reads_back)
{
    for (unsigned kind = 0; kind < NOTICE_KIND_COUNT; kind++) {
        enum notice_kind back = NOTICE_CLEAR;
        assert_true(notice_kind_parse(notice_kind_name((enum notice_kind)kind), &back));
        assert_int_equal(back, kind);
    }
    enum notice_kind none;
    assert_false(notice_kind_parse("nothing", &none));
    assert_string_equal(notice_channel_name(NOTICE_MAIL), "mail");
    assert_string_equal(notice_channel_name(NOTICE_WEBHOOK), "webhook");
}
