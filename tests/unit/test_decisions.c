/*
 * core/decisions: what a file of decisions says of a plan, row by row. Each way in which a row may
 * not be what it was, or not say enough, is refused by name, and the row beside it is taken.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/decisions.h"
#include "test.h"

#define ID(letter)                                                                                 \
    letter letter letter letter letter letter letter letter "-2B3A-141F-8F07D71AA1F223BD"
#define HEX(two)                                                                                   \
    two two two two two two two two two two two two two two two two two two two two two two two    \
        two two two two two two two two two

enum { ROWS = 4 };

static struct digest digest_in(const char *hex)
{
    struct digest digest;

    assert_true(digest_parse(hex, &digest));
    return digest;
}

struct world {
    struct arena arena;
    struct plan_row row[ROWS];
    struct plan plan;
    struct decisions_terms terms;
};

static void world_release(struct world *world)
{
    arena_release(&world->arena);
}

/* anna and bert are to be suspended, cora is a finding, dora is kept. */
static struct world make_world(void)
{
    struct world world = {
        .arena = ARENA_INIT,
        .row = {{.action = ACTION_SUSPEND, .account_id = ID("A"), .subject = digest_in(HEX("a1"))},
                {.action = ACTION_SUSPEND, .account_id = ID("B"), .subject = digest_in(HEX("b2"))},
                {.action = ACTION_KEEP, .finding = true, .account_id = ID("C")},
                {.action = ACTION_KEEP, .account_id = ID("D")}},
        .plan = {.id = 12, .portal = "acme", .row_count = ROWS},
        .terms = {.keep_max_days = 365},
    };

    assert_true(day_from_civil(2026, 11, 29, &world.terms.today));
    return world;
}
#define WORLD(name)                                                                                \
    CLEANUP(world_release) struct world name = make_world();                                       \
    name.plan.row = name.row

static size_t judge(struct world *world, const struct decisions_line *line, size_t count,
                    struct decisions_row **ret_row)
{
    struct decisions decisions = {.file = "f", .line = line, .count = count};

    return decisions_judge(&world->arena, &world->plan, &decisions, &world->terms, ret_row);
}

TEST(decisions_each_kind_is_taken_with_what_it_needs)
{
    static const struct {
        struct decisions_line line;
        enum ruling_kind kind;
        const char *until, *reason;
    } cases[] = {
        {{.account_id = ID("A"), .subject = HEX("a1"), .decision = "approve"},
         RULING_APPROVE,
         NULL,
         NULL},
        {{.account_id = ID("A"), .subject = HEX("A1"), .decision = "Approve", .reason = "all gone"},
         RULING_APPROVE,
         NULL,
         "all gone"}, /* a spreadsheet begins words with a capital */
        {{.account_id = ID("B"),
          .subject = HEX("b2"),
          .decision = "KEEP",
          .until = "31.03.2027",
          .reason = " the\r\n\tspring  campaign\n"},
         RULING_KEEP,
         "2027-03-31",
         "the spring campaign"},
        {{.account_id = ID("B"), .subject = HEX("b2"), .decision = "reject", .reason = "=not now"},
         RULING_REJECT,
         NULL,
         "=not now"}, /* a reason is any text */
        {{.account_id = ID("B"),
          .subject = HEX("b2"),
          .decision = "reject",
          .until = "2027-01-15",
          .reason = "later"},
         RULING_REJECT,
         "2027-01-15",
         "later"},
        {{.account_id = ID("C"), .decision = "keep", .until = "2026-11-29", .reason = "an agency"},
         RULING_KEEP,
         "2026-11-29",
         "an agency"}, /* a finding can be kept, and today is a day */
        {{.account_id = ID("D"), .decision = "keep", .until = "2027-11-29", .reason = "r"},
         RULING_KEEP,
         "2027-11-29",
         "r"}, /* 365 days */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        WORLD(world);
        struct decisions_row *row = NULL;
        char day[DAY_TEXT_SIZE];
        assert_int_equal(judge(&world, &cases[i].line, 1, &row), 1);
        if (row->refused)
            fail_msg("case %zu: %s", i, row->refused);
        assert_int_equal(row->kind, cases[i].kind);
        assert_string_equal(row->row->account_id, cases[i].line.account_id);
        if (cases[i].until)
            assert_string_equal(day_format(row->until, day), cases[i].until);
        else
            assert_false(day_is_set(row->until));
        assert_true(text_equal(row->reason, cases[i].reason));
    }
}

TEST(decisions_that_are_not_certain_are_refused_by_name)
{
#define A_LINE(...) .account_id = ID("A"), .subject = HEX("a1"), __VA_ARGS__
    static const struct {
        struct decisions_line line;
        const char *says;
    } cases[] = {
        {{A_LINE(.decision = "aprove")}, "'aprove' is no decision"},
        {{A_LINE(.decision = "yes")}, "write approve, keep or reject"},
        {{A_LINE(.decision = "=IF(A1;\"approve\";\"\")")}, "is a formula"},
        {{A_LINE(.decision = "+approve")}, "is a formula"},
        {{A_LINE(.decision = "-")}, "is a formula"},
        {{A_LINE(.decision = "@approve")}, "is a formula"},
        {{A_LINE(.decision = "#NAME?")}, "is no decision"},
        {{A_LINE(.decision = "approve", .until = "2027-03-01")}, "an approval has no day"},
        {{A_LINE(.decision = "keep", .reason = "r")}, "a keep needs a day"},
        {{A_LINE(.decision = "keep", .until = "2027-03-01")}, "a keep needs a reason"},
        {{A_LINE(.decision = "keep", .until = "2027-03-01", .reason = " \n ")}, "needs a reason"},
        {{A_LINE(.decision = "keep", .until = "=A1+90", .reason = "r")}, "'=A1+90' is a formula"},
        {{A_LINE(.decision = "keep", .until = "46477", .reason = "r")}, "'46477' is no day"},
        {{A_LINE(.decision = "keep", .until = "until March", .reason = "r")}, "write it like"},
        {{A_LINE(.decision = "keep", .until = "03/04/2027", .reason = "r")},
         "may be 2027-04-03 or 2027-03-04"},
        {{A_LINE(.decision = "keep", .until = "2026-11-28", .reason = "r")}, "is over"},
        {{A_LINE(.decision = "keep", .until = "2027-11-30", .reason = "r")}, "at most 365 days"},
        {{A_LINE(.decision = "reject")}, "a rejection needs a reason"},
        {{A_LINE(.decision = "reject", .until = "31/31/2027", .reason = "r")}, "is no day"},
        {{.account_id = ID("A"), .subject = HEX("a2"), .decision = "approve"}, "something else"},
        {{.account_id = ID("A"), .subject = HEX("b2"), .decision = "keep"}, "something else"},
        {{.account_id = ID("A"), .decision = "approve"}, "its subject is missing"},
        {{.account_id = ID("A"), .subject = "1.2E+63", .decision = "approve"}, "is none"},
        {{.account_id = ID("C"), .decision = "approve"}, "nothing to approve"},
        {{.account_id = ID("D"), .decision = "reject", .reason = "r"}, "nothing to reject"},
        {{.account_id = ID("C"), .subject = HEX("a1"), .decision = "keep"}, "something else"},
        {{.account_id = ID("E"), .subject = HEX("a1"), .decision = "approve"},
         "it is no row of plan 12 of portal 'acme'"},
        {{.account_id = "=" ID("A"), .subject = HEX("a1"), .decision = "approve"}, "is a formula"},
        {{.subject = HEX("a1"), .decision = "approve"}, "says no account_id"},
        {{.flaw = "it is not an object"}, "it is not an object"},
        {{A_LINE(.decision = "approve", .flaw = "its 'until' is no text")}, "its 'until' is no"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        WORLD(world);
        const struct decisions_line line[] = {
            cases[i].line,
            {.account_id = ID("B"), .subject = HEX("b2"), .decision = "approve", .row = 2}};
        struct decisions_row *row = NULL;
        assert_int_equal(judge(&world, line, 2, &row), 2);
        if (!row[0].refused || !strstr(row[0].refused, cases[i].says))
            fail_msg("case %zu: %s", i, row[0].refused ? row[0].refused : "is taken");
        assert_null(row[1].refused);
    }
}

TEST(decisions_of_a_row_that_stands_twice_are_refused_both)
{
    static const struct decisions_line line[] = {
        {.account_id = ID("A"), .subject = HEX("a1"), .decision = "approve", .row = 2},
        {.account_id = ID("B"), .subject = HEX("b2"), .decision = "approve", .row = 3},
        {.account_id = ID("A"), .subject = HEX("a1"), .decision = "approve", .row = 7},
        {.account_id = ID("C"), .row = 8}, /* and one that decides nothing beside one that does */
        {.account_id = ID("C"), .decision = "keep", .until = "2027-01-01", .reason = "r", .row = 9},
    };
    WORLD(world);
    struct decisions_row *row = NULL;

    assert_int_equal(judge(&world, line, COUNT_OF(line), &row), 4);
    assert_non_null(strstr(row[0].refused, "in row 7 as well"));
    assert_null(row[1].refused);
    assert_non_null(strstr(row[2].refused, "in row 2 as well"));
    assert_non_null(strstr(row[3].refused, "in row 8 as well"));
}

/* The subject alone does not tell: it is the same in every plan while nothing changes. */
TEST(decisions_of_a_row_of_another_plan_are_refused_by_name)
{
    static const struct {
        const char *of_plan, *says;
    } cases[] = {
        {"12:" HEX("12"), NULL},
        {"7:" HEX("07"), "it is a row of plan 7, and this is plan 12"},
        {"7:" HEX("12"), "it is a row of plan 7, and this is plan 12"},
        {"13:" HEX("12"), "it is a row of plan 13, and this is plan 12"},
        {"12:" HEX("07"), "it is a row of another plan 12"}, /* of another portal, or database */
        {"12", "its of_plan '12' is none"},
        {"12:00:00", "its of_plan '12:00:00' is none"},
        {"=A1", "its of_plan '=A1' is none"},
        {NULL, "its of_plan is missing"}, /* somebody else's row, among those of a plan */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct decisions_line line[] = {{.account_id = ID("A"),
                                               .subject = HEX("a1"),
                                               .decision = "approve",
                                               .of_plan = cases[i].of_plan},
                                              {.account_id = ID("B"),
                                               .subject = HEX("b2"),
                                               .decision = "approve",
                                               .of_plan = "12:" HEX("12")}};
        const struct decisions decisions = {.file = "f", .plan = 12, .line = line, .count = 2};
        WORLD(world);
        struct decisions_row *row = NULL;
        world.plan.digest = digest_in(HEX("12"));
        assert_int_equal(decisions_judge(&world.arena, &world.plan, &decisions, &world.terms, &row),
                         2);
        if (!row[0].refused != !cases[i].says ||
            (cases[i].says && !strstr(row[0].refused, cases[i].says)))
            fail_msg("case %zu: %s", i, row[0].refused ? row[0].refused : "is taken");
        assert_null(row[1].refused);
    }
}

TEST(decisions_without_a_decision_pass)
{
    static const struct decisions_line line[] = {
        {.account_id = ID("A"), .subject = HEX("a2")},
        {.account_id = ID("C")},
        {.account_id = NULL},
        {.account_id = "nobody"},
    };
    WORLD(world);
    struct decisions_row *row = NULL;

    assert_int_equal(judge(&world, line, COUNT_OF(line), &row), 0);
}

/* The likeliest slip of a hand: a keep that would be lost without a word. */
TEST(decisions_of_a_row_with_a_day_or_a_reason_alone_are_refused_by_name)
{
    static const struct decisions_line line[] = {
        {.account_id = ID("A"), .subject = HEX("a1"), .until = "2026-12-20"},
        {.account_id = ID("C"), .reason = "on a journey"},
    };
    WORLD(world);
    struct decisions_row *row = NULL;

    assert_int_equal(judge(&world, line, COUNT_OF(line), &row), 2);
    for (size_t i = 0; i < COUNT_OF(line); i++)
        assert_non_null(strstr(row[i].refused, "no decision"));
}

/* A plan of before decisions has no subjects: nothing says what was looked at. */
TEST(decisions_on_a_plan_without_subjects_are_refused)
{
    static const char *const subjects[] = {NULL, HEX("00"), HEX("a1")};
    WORLD(world);
    struct decisions_row *row = NULL;

    memset(&world.row[0].subject, 0, sizeof(world.row[0].subject));
    for (size_t i = 0; i < COUNT_OF(subjects); i++) {
        const struct decisions_line line = {
            .account_id = ID("A"), .subject = subjects[i], .decision = "approve"};
        assert_int_equal(judge(&world, &line, 1, &row), 1);
        assert_non_null(row->refused);
        assert_non_null(strstr(row->refused, "says no subject"));
    }
}

TEST(decisions_day_reads_what_spreadsheets_write_and_nothing_twofold)
{
    static const struct {
        const char *written, *day, *why;
    } cases[] = {
        {"2027-03-31", "2027-03-31", NULL},
        {"2027/3/31", "2027-03-31", NULL},
        {"2027.03.31", "2027-03-31", NULL},
        {"2027. 03. 31.", "2027-03-31", NULL}, /* hu */
        {"31.03.2027", "2027-03-31", NULL},
        {"31.3.2027", "2027-03-31", NULL},
        {"31.03.27", "2027-03-31", NULL},      /* LibreOffice in German */
        {"31. 3. 2027", "2027-03-31", NULL},   /* cs */
        {"31. 03. 2027.", "2027-03-31", NULL}, /* hr */
        {"03.04.2027", "2027-04-03", NULL},    /* nobody writes months first with points */
        {"31/03/2027", "2027-03-31", NULL},
        {"31/03/27", "2027-03-31", NULL},
        {"03/31/2027", "2027-03-31", NULL},
        {"3/31/27", "2027-03-31", NULL},
        {"31-03-2027", "2027-03-31", NULL}, /* nl */
        {"31-3-27", "2027-03-31", NULL},
        {"04/04/2027", "2027-04-04", NULL}, /* either way */
        {"31-Mar-2027", "2027-03-31", NULL},
        {"31-Mar-27", "2027-03-31", NULL},
        {"31 March 2027", "2027-03-31", NULL},
        {"March 31, 2027", "2027-03-31", NULL},
        {"2027-03-31 00:00:00", "2027-03-31", NULL},
        {"2027-03-31T00:00:00", "2027-03-31", NULL},
        {"31/03/2027 00:00", "2027-03-31", NULL},
        {"03/04/2027", NULL, "may be 2027-04-03 or 2027-03-04"},
        {"3/4/27", NULL, "may be"},
        {"03-04-2027", NULL, "may be"},
        {"2027-03-31 12:00:00", NULL, "is no day"},
        {"31/31/2027", NULL, "is no day"},
        {"2027-02-29", NULL, "is no day"},
        {"46477", NULL, "is no day"},
        {"March", NULL, "is no day"},
        {"2027-03-31x", NULL, "is no day"},
        {"9999-12-31", NULL, "is no day"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct decisions_line line = {.account_id = ID("A"),
                                            .subject = HEX("a1"),
                                            .decision = "keep",
                                            .until = cases[i].written,
                                            .reason = "r"};
        WORLD(world);
        struct decisions_row *row = NULL;
        char text[DAY_TEXT_SIZE];
        assert_int_equal(judge(&world, &line, 1, &row), 1);
        if ((row->refused == NULL) != (cases[i].day != NULL))
            fail_msg("'%s': %s", cases[i].written,
                     row->refused ? row->refused : day_format(row->until, text));
        if (row->refused)
            assert_non_null(strstr(row->refused, cases[i].why));
        else
            assert_string_equal(day_format(row->until, text), cases[i].day);
    }
}
