/* facts/notice: told once, told again when it changes, and clear only when it was looked at. */
#include "base/cleanup.h"
#include "base/text.h"
#include "facts/notice.h"
#include "test.h"

/* One letter a kind, in their order: '-' not looked at, '.' there is none, else the key. */
#define CASE(seen, told, acts)                                                                     \
    {                                                                                              \
        seen, told, acts, __LINE__                                                                 \
    }

static const char *key_of(char letter)
{
    static const char *const keys[] = {"a", "b"};

    return letter == 'a' ? keys[0] : letter == 'b' ? keys[1] : NULL;
}

TEST(notice_decide_as_the_table_says)
{
    /* approval, held, steps, failed, cut_off; acts with clear in front: T tell, F forget, . nothing
     */
    static const struct {
        const char *seen, *told, *acts;
        int line;
    } cases[] = {
        CASE(".....", ".....", "......"), /* nothing ever */
        CASE("a....", ".....", ".T...."), /* a reason appears */
        CASE("a....", "a....", "......"), /* and is told once */
        CASE("b....", "a....", ".T...."), /* changes */
        CASE(".....", "a....", "TF...."), /* goes: all clear */
        CASE("aa...", "a....", "..T..."), /* a second one */
        CASE(".a...", "aa...", ".F...."), /* one of two goes: not clear */
        CASE("---a.", ".....", "....T."), /* the run failed: only that is known */
        CASE("---a.", "aa...", "....T."), /* what was not looked at stays told */
        CASE("---..", "aa...", "......"), /* not looked at is not clear */
        CASE("---..", "aa.a.", "....F."), /* nor is it when the failure is over */
        CASE("-----", "aaaaa", "......"), /* somebody else runs */
        CASE("....a", ".....", ".....T"), /* the one before was cut off */
        CASE(".....", "aaaaa", "TFFFFF"),
        CASE("-....", ".a...", "T.F..."), /* not looked at, but never told either */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct notice_view view = {.looked = {false}};
        const char *told[NOTICE_KIND_COUNT] = {NULL};
        enum notice_act act[NOTICE_KIND_COUNT];
        char acts[NOTICE_KIND_COUNT + 1] = "";

        for (unsigned kind = 1; kind < NOTICE_KIND_COUNT; kind++) {
            view.looked[kind] = cases[i].seen[kind - 1] != '-';
            view.key[kind] = key_of(cases[i].seen[kind - 1]);
            told[kind] = key_of(cases[i].told[kind - 1]);
        }
        notice_decide(&view, told, act);
        for (unsigned kind = 0; kind < NOTICE_KIND_COUNT; kind++)
            acts[kind] = ".TF"[act[kind]];
        if (!text_equal(acts, cases[i].acts))
            fail_msg("line %d: %s, not %s", cases[i].line, acts, cases[i].acts);
    }
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
