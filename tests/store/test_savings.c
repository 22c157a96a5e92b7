/*
 * audit.savings against books that are kept the naive way (savings_books.c): years of small
 * portals, each cell of each month; and views that are wrong on purpose, which the books must find.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/portals.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "savings_tales.h"
#include "savings_world.h"
#include "sql.h"
#include "store/savings.h"
#include "test.h"

#define WORLDS 10
#define SEED   16    /* of the first: from here ten have each kind */
#define TALES  10000 /* the number of the first portal of a tale */

/* The worlds that were lived through, in one database; SAVINGS_WORLDS: so many, SAVINGS_WORLD: the
 * one of that number alone. */
struct worlds {
    struct pg *pg;
    struct savings_world now;
    size_t first, count;
    char **books;
    char *tale_books[150];
};

static size_t number_of(const char *variable, size_t otherwise)
{
    const char *text = getenv(variable);

    return text ? (size_t)strtoul(text, NULL, 10) : otherwise;
}

static bool agrees(struct worlds *worlds, int64_t portal, const char *books, struct text *told)
{
    worlds->now.pg = worlds->pg;
    worlds->now.portal = portal;
    text_clear(told);
    savings_world_told(&worlds->now, told);
    return text_equal(text_cstr(told), books);
}

static void compare(struct worlds *worlds, int64_t portal, const char *books)
{
    CLEANUP(text_release) struct text told = TEXT_INIT;

    if (agrees(worlds, portal, books, &told))
        return;
    /* in parts: print_error cuts off what is long */
    print_error("--- books\n");
    (void)fputs(books, stderr);
    print_error("--- view\n");
    (void)fputs(text_cstr(&told), stderr);
    fail_msg("portal %lld", (long long)portal);
}

static int live_all(void **state)
{
    struct worlds *worlds = mem_calloc(1, sizeof(*worlds));
    size_t alone = number_of("SAVINGS_WORLD", 0);

    *state = worlds; /* leave_all is called after a failure as well */
    worlds->count = alone ? alone : number_of("SAVINGS_WORLDS", WORLDS);
    worlds->first = alone ? alone - 1 : 0;
    worlds->books = mem_calloc(worlds->count, sizeof(worlds->books[0]));
    worlds->pg = cluster_fixture_open_migrated();
    savings_world_begin(worlds->pg);
    for (size_t i = worlds->first; i < worlds->count; i++) {
        CLEANUP(text_release) struct text books = TEXT_INIT;
        savings_world_live(&worlds->now, worlds->pg, SEED + i, (int64_t)i + 1, NULL);
        savings_books(&worlds->now, &books);
        worlds->books[i] = mem_strdup(text_cstr(&books));
        if (i % 2) {
            compare(worlds, (int64_t)i + 1, worlds->books[i]);
            savings_world_thin(&worlds->now);
        }
    }
    for (size_t i = 0; savings_tale(i); i++) {
        CLEANUP(text_release) struct text books = TEXT_INIT;
        assert_true(i < COUNT_OF(worlds->tale_books));
        savings_tale_live(savings_tale(i), &worlds->now, worlds->pg, TALES + (int64_t)i, NULL);
        savings_books(&worlds->now, &books);
        worlds->tale_books[i] = mem_strdup(text_cstr(&books));
    }
    return 0;
}

static int leave_all(void **state)
{
    struct worlds *worlds = *state;

    for (size_t i = worlds->first; i < worlds->count; i++)
        free(worlds->books[i]);
    for (size_t i = 0; i < COUNT_OF(worlds->tale_books); i++)
        free(worlds->tale_books[i]);
    free(worlds->books);
    pg_close(worlds->pg);
    free(worlds);
    return 0;
}

TEST_GROUP(live_all, leave_all);

static void execute(struct worlds *worlds, const char *sql)
{
    struct err err = ERR_INIT;

    if (pg_script(worlds->pg, "test", sql, &err) < 0)
        fail_msg("%s\n%s", err.text, sql);
}

/* Half of them were thinned out once more, after they had been compared. */
TEST(savings_are_what_the_books_say_whatever_was_thinned_out)
{
    struct worlds *worlds = *state;

    for (size_t i = worlds->first; i < worlds->count; i++)
        compare(worlds, (int64_t)i + 1, worlds->books[i]);
}

/* By the tale's own words, and by the books. */
TEST(a_tale_is_told_as_it_was)
{
    struct worlds *worlds = *state;
    size_t wrong = 0;

    for (size_t i = 0; savings_tale(i); i++) {
        CLEANUP(text_release) struct text told = TEXT_INIT, lines = TEXT_INIT;
        bool agree = agrees(worlds, TALES + (int64_t)i, worlds->tale_books[i], &lines);
        savings_tale_told(&worlds->now, &told);
        if (agree && text_equal(text_cstr(&told), savings_tale(i)->says))
            continue;
        print_error("%s:\n%s\n", savings_tale(i)->what, text_cstr(&told));
        if (!agree)
            print_error("--- books\n%s--- view\n%s", worlds->tale_books[i], text_cstr(&lines));
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* A month in which an act did not count, and nothing else: the view says it, a report of that day
 * has no line of it. */
TEST(a_line_of_what_does_not_count_alone_is_not_in_a_report)
{
    static const struct {
        const char *tale, *today, *classes;
    } row[] = {
        {"restored within the month", "2026-01-31", ""},
        {"back after 31", "2026-02-15", ""},
        {"back after 32", "2026-02-15", "full"},
        {"restored", "2026-01-31", "full"},
    };
    struct worlds *worlds = *state;

    for (size_t r = 0; r < COUNT_OF(row); r++) {
        CLEANUP(text_release) struct text classes = TEXT_INIT;
        CLEANUP(pg_clearp) PGresult *result = NULL;
        CLEANUP(err_release) struct err err = ERR_INIT;
        char portal[24];
        const char *const parameter[] = {portal, row[r].today};
        size_t i = 0;
        while (savings_tale(i) && !text_equal(savings_tale(i)->what, row[r].tale))
            i++;
        assert_non_null(savings_tale(i));
        (void)snprintf(portal, sizeof(portal), "%zu", TALES + i);
        if (pg_run(worlds->pg, "now", query_savings_now, PG_MANY, parameter, 2, &result, &err) < 0)
            fail_msg("%s", err.text);
        for (int n = 0; n < PQntuples(result); n++)
            text_addf(&classes, "%s%s", n ? " " : "", PQgetvalue(result, n, 0));
        assert_string_equal(text_cstr(&classes), row[r].classes);
    }
}

/* --- of all portals at once --- */

static void add_answer(struct worlds *worlds, const char *sql, const char *const *parameter,
                       size_t count, struct text *out)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (pg_run(worlds->pg, "answer", sql, PG_MANY, parameter, count, &result, &err) < 0)
        fail_msg("%s\n%s", err.text, sql);
    for (int row = 0; row < PQntuples(result); row++)
        for (int i = 0; i < PQnfields(result); i++)
            text_addf(out, "%s%c", PQgetvalue(result, row, i),
                      i + 1 < PQnfields(result) ? '|' : '\n');
}

/* `all` and `one` list the same columns; `one` is asked of each portal that has a plan, by its
 * number and the day of its newest. */
static void compare_at_once(struct worlds *worlds, const char *all, const char *one)
{
    CLEANUP(text_release) struct text at_once = TEXT_INIT, singly = TEXT_INIT;
    CLEANUP(pg_clearp) PGresult *portals = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;

    execute(worlds, "set search_path = reconcile, pg_catalog");
    if (pg_run(worlds->pg, "portals",
               "select distinct on (p.portal_id) p.portal_id, l.today from portal p join plan l on "
               "l.portal_id = p.portal_id where p.set_aside_at is null order by p.portal_id, "
               "l.plan_id desc",
               PG_MANY, NULL, 0, &portals, &err) < 0)
        fail_msg("%s", err.text);
    assert_true(PQntuples(portals) > 1);
    for (int row = 0; row < PQntuples(portals); row++) {
        const char *const parameter[] = {PQgetvalue(portals, row, 0), PQgetvalue(portals, row, 1)};
        add_answer(worlds, one, parameter, COUNT_OF(parameter), &singly);
    }
    add_answer(worlds, all, NULL, 0, &at_once);
    assert_true(at_once.length > 100);
    assert_string_equal(text_cstr(&at_once), text_cstr(&singly));
}

#define HAS_PLAN "exists (select 1 from plan l where l.portal_id = s.portal_id)"
#define THIS_ONE "s.portal_id = $1::bigint and $2::date is not null"
#define LINES_OF(which)                                                                            \
    "select s.* from audit.savings s where " which " order by s.portal_id, s.month, s.class "      \
    "collate \"C\" nulls last, s.currency nulls last, s.two_currencies"
#define SPANS_OF(which)                                                                            \
    "select s.* from audit.savings_span s where " which " order by s.portal_id, s.act_id"

/* A question of all is one statement, and one of a single portal is about it alone. */
TEST(all_portals_at_once_say_what_each_says_alone)
{
    struct worlds *worlds = *state;

    compare_at_once(worlds, LINES_OF(HAS_PLAN), LINES_OF(THIS_ONE));
    compare_at_once(worlds, SPANS_OF(HAS_PLAN), SPANS_OF(THIS_ONE));
}

static void add_savings(const struct plan_savings *savings, size_t count, struct text *out)
{
    for (size_t i = 0; i < count; i++)
        text_addf(out, "%s %s %lld %s %lld %s %lld %s %lld %s %d\n",
                  savings[i].class ? savings[i].class : "-",
                  savings[i].currency ? savings[i].currency : "-",
                  (long long)savings[i].exposed_seats, savings[i].exposed,
                  (long long)savings[i].freed_seat_days, savings[i].freed,
                  (long long)savings[i].year_seat_days, savings[i].year_freed,
                  (long long)savings[i].reducible_seats,
                  savings[i].reducible ? savings[i].reducible : "-", savings[i].two_currencies);
}

/* `status --all`, and the report of one: each by the day of its own newest plan. */
static void compare_status(struct worlds *worlds)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct instant now = {.us = 1};
    struct portal_status *portal = NULL;
    size_t count = 0, with_savings = 0;

    if (portals_load(worlds->pg, &arena, now, &portal, &count, &err) < 0)
        fail_msg("%s", err.text);
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text_release) struct text at_once = TEXT_INIT, alone = TEXT_INIT;
        struct store store = {.pg = worlds->pg, .portal_id = portal[i].portal_id};
        struct plan_savings *savings = NULL;
        size_t rows = 0;
        if (portal[i].plan_id > 0 &&
            store_load_savings(&store, &arena, portal[i].plan_today, &savings, &rows, &err) < 0)
            fail_msg("%s", err.text);
        add_savings(savings, rows, &alone);
        add_savings(portal[i].savings, portal[i].savings_count, &at_once);
        assert_string_equal(text_cstr(&at_once), text_cstr(&alone));
        with_savings += rows > 0;
    }
    assert_true(with_savings > 1 && with_savings < count);
}

/* Statements that give the plan with the highest number of each month the day `day`, in terms of
 * its own. */
static char *dated(struct worlds *worlds, const char *day)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct err err = ERR_INIT;

    text_addf(&sql,
              "select string_agg(format('update plan set today = %%L where portal_id = %%s and "
              "plan_id = %%s', (%s)::date, portal_id, plan_id), ';') from (select distinct on "
              "(portal_id, date_trunc('month', today)) portal_id, plan_id, today from plan order "
              "by portal_id, date_trunc('month', today), plan_id desc) p",
              day);
    if (pg_run(worlds->pg, "dated", text_cstr(&sql), PG_ONE, NULL, 0, &result, &err) < 0)
        fail_msg("%s", err.text);
    return mem_strdup(pg_text(result, 0, 0));
}

TEST(status_of_all_has_the_savings_that_each_report_has)
{
    struct worlds *worlds = *state;

    execute(worlds, "set search_path = reconcile, pg_catalog");
    CLEANUP(mem_cleanup) char *back = dated(worlds, "date_trunc('month', today)");
    CLEANUP(mem_cleanup) char *again = dated(worlds, "today");
    compare_status(worlds);
    execute(worlds, back); /* as when a clock went back: none of these is of its month's last day */
    compare_status(worlds);
    execute(worlds, again);
}

/* --- what the random worlds hold --- */

#define SPANS           "audit.savings_span s where "
#define ACTS_BACK(word) "seat_act s where s.back_word = '" word "' and "
/* Two versions of one class, the second right after the first. */
#define TWO_OFFERS                                                                                 \
    "seat_class_version s join seat_class_version t on t.portal_id = s.portal_id and t.class = "   \
    "s.class and t.valid_from = s.valid_to where "
/* A reading with a profile that is of a class before it. */
#define A_NIGHT                                                                                    \
    "snapshot s where exists (select 1 from profile_class_version v where v.portal_id = "          \
    "s.portal_id and v.valid_to = s.snapshot_id) and not exists (select 1 from "                   \
    "profile_class_version v where v.portal_id = s.portal_id and v.valid_from <= s.snapshot_id "   \
    "and (v.valid_to is null or v.valid_to > s.snapshot_id)) and "
#define HAS_CLASSES                                                                                \
    "exists (select 1 from seat_class_version v where v.portal_id = s.portal_id and v.valid_from " \
    "<= s.snapshot_id and (v.valid_to is null or v.valid_to > s.snapshot_id)) and "

/* What never comes to pass in them is not compared: a change of a number must not lose a kind. */
TEST(each_kind_comes_to_pass_in_the_worlds)
{
    static const struct {
        const char *what, *rows;
    } kind[] = {
        {"a come-back that a reading shows", ACTS_BACK("active")},
        {"a come-back to another class", ACTS_BACK("class")},
        {"a come-back by an act", ACTS_BACK("act")},
        {"an account made anew", ACTS_BACK("account")},
        {"a come-back after a month", SPANS "s.why = 'back' and "},
        {"a come-back within the month", SPANS "s.why = 'not counted' and "},
        {"a new holder", SPANS "s.why = 'given' and "},
        {"a new holder of a downgrade", SPANS "s.why = 'given' and s.is_downgrade and "},
        {"classes that come later", SPANS "s.why = 'classes' and "},
        {"a seat that is free to the end", SPANS "s.why = 'open' and "},
        {"a restoration", "seat_act s join act a using (portal_id, act_id) where a.action = "
                          "'restore' and s.takes and "},
        {"a downgrade within a class", "seat_act s join act a using (portal_id, act_id) where "
                                       "a.action = 'downgrade' and not s.frees and "},
        {"an act before the first reading", "seat_act s where s.frees and s.snapshot_id is null "
                                            "and "},
        {"another price", TWO_OFFERS "s.price <> t.price and s.currency = t.currency and "},
        {"another currency", TWO_OFFERS "s.currency <> t.currency and "},
        {"a price that is missing from a day on",
         TWO_OFFERS "s.price > 0 and t.price is null and "},
        {"a contract of one reading", TWO_OFFERS "t.valid_to = t.valid_from + 1 and t.contracted "
                                                 "< s.contracted and "},
        {"two currencies", "audit.savings s where s.two_currencies and s.freed_seat_days > 0 and "},
        {"a class with another name",
         "seat_class_version s join seat_class_version t on t.portal_id = s.portal_id and t.class "
         "<> s.class and t.valid_from = s.valid_to and t.price = s.price and t.currency = "
         "s.currency and t.contracted is not distinct from s.contracted join "
         "profile_class_version a on a.portal_id = s.portal_id and a.class = s.class and "
         "a.valid_to = s.valid_to join profile_class_version b on b.portal_id = s.portal_id and "
         "b.class = t.class and b.valid_from = a.valid_to and b.profile_id = a.profile_id where "},
        {"a profile of another class",
         "profile_class_version s join profile_class_version t on t.portal_id = s.portal_id and "
         "t.profile_id = s.profile_id and t.valid_from = s.valid_to where "},
        {"a night without profiles", A_NIGHT HAS_CLASSES},
        {"a night without classes", A_NIGHT "not " HAS_CLASSES},
        {"an incomplete reading", "snapshot s where not s.complete and "},
        {"a reading that was thinned out", "snapshot s where s.thinned_at is not null and "},
        {"a plan without profiles", "plan_exposed s where s.seats > 0 and s.class is null and "},
    };
    struct worlds *worlds = *state;
    size_t missing = 0;

    if (worlds->first > 0 || worlds->count < WORLDS) {
        print_message("%zu worlds hold not every kind, %d do\n", worlds->count, WORLDS);
        skip();
    }
    execute(worlds, "set search_path = reconcile, pg_catalog");
    for (size_t i = 0; i < COUNT_OF(kind); i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT;
        CLEANUP(pg_clearp) PGresult *result = NULL;
        CLEANUP(err_release) struct err err = ERR_INIT;
        text_addf(&sql, "select count(*) from %s s.portal_id <= %d", kind[i].rows, WORLDS);
        if (pg_run(worlds->pg, "kind", text_cstr(&sql), PG_ONE, NULL, 0, &result, &err) < 0)
            fail_msg("%s\n%s", err.text, text_cstr(&sql));
        if (pg_int(result, 0, 0) > 0)
            continue;
        print_error("never: %s\n", kind[i].what);
        missing++;
    }
    assert_int_equal(missing, 0);
}

/* --- wrong on purpose --- */

struct wrong {
    const char *what, *from, *to;
};

static void keep_function(struct worlds *worlds)
{
    execute(
        worlds,
        "create temporary table right_one as select "
        "p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as text from "
        "pg_proc p where p.pronamespace = 'audit'::regnamespace and p.proname in "
        "('savings_of', 'savings_span_of', 'profile_class_of', 'seats_room', 'seats_given') "
        "union all select 'savings_source', 'create or replace view audit.savings_source as ' || "
        "pg_get_viewdef('audit.savings_source'::regclass)");
}

static void replace_function(struct worlds *worlds, const struct wrong *wrong)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(
        &sql,
        "do $do$ declare one record; wrong integer := 0; begin for one in select text, "
        "replace(text, $s$%s$s$, $s$%s$s$) as wrong_text from right_one loop wrong := wrong + "
        "(one.wrong_text <> one.text)::integer; execute one.wrong_text; end loop; "
        "if wrong = 0 and $s$%s$s$ <> '' then raise exception 'nothing is wrong'; end if; "
        "end $do$",
        wrong->from, wrong->to, wrong->from);
    execute(worlds, text_cstr(&sql));
}

static bool all_agree(struct worlds *worlds)
{
    CLEANUP(text_release) struct text told = TEXT_INIT;

    for (size_t i = 0; savings_tale(i); i++) {
        if (!agrees(worlds, TALES + (int64_t)i, worlds->tale_books[i], &told))
            return false;
    }
    for (size_t i = worlds->first; i < worlds->count; i++) {
        if (!agrees(worlds, (int64_t)i + 1, worlds->books[i], &told))
            return false;
    }
    return true;
}

TEST(a_wrong_view_is_noticed)
{
    static const struct wrong wrong[] = {
        {"a come-back is ignored",
         "case when a.back_on <= last_day then greatest(a.back_on, a.since) end", "null::date"},
        {"a come-back before the act", "when f.ended is null then greatest(a.back_on, a.since)",
         "when f.ended is null then a.back_on"},
        {"30 days", "f.since > 31, true", "f.since > 30, true"},
        {"32 days", "f.since > 31, true", "f.since > 32, true"},
        {"the price of today",
         "v.from_snapshot <= d.snapshot_id\n            and (v.to_snapshot is "
         "null or v.to_snapshot > d.snapshot_id)",
         "v.to_snapshot is null"},
        {"currencies are added", "f.currency, f.two_currencies,",
         "'EUR'::text as currency, false as two_currencies,"},
        {"a new holder is ignored", "free[c] > 0 and", "false and"},
        {"a downgrade at full price", "greatest(v.price - t.price, 0)", "v.price"},
        {"acts since the reading are forgotten", " - k.changed", ""},
        {"the contract is forgotten", "coalesce(k.contracted, c.most, 0)", "coalesce(c.most, 0)"},
        {"the most of today", "max(max(c.seats)) over (partition by k.class order by r.day)",
         "max(max(c.seats)) over (partition by k.class)"},
        {"the day of the come-back counts", "least(f.back_on, f", "least(f.back_on + 1, f"},
        {"the day of the act does not", "s.begins - first_day as begins",
         "s.begins + 1 - first_day as begins"},
        {"the first plan of the month", "l.today DESC, e", "l.today, e"},
        {"a reduction below nothing", "greatest(c.contracted - c.seats_after, 0)",
         "(c.contracted - c.seats_after)"},
        {"a downgrade to a dearer class", "greatest(v.price - t.price, 0)", "v.price - t.price"},
        {"our own downgrade is a new holder", " + paid[c]", ""},
        {"a downgrade pays on when its seat is given away",
         "paid[target[one]] := paid[target[one]] - 1;\n                            is_fewer",
         "is_fewer"},
        {"it is not looked at again what that leaves", "is_fewer := true", "is_fewer := false"},
        {"a restoration leaves nothing", "a.frees or (a.takes and a.action = 'restore') as leaves",
         "a.frees as leaves"},
        {"before the first reading nothing is free", "case when k.read_on is not null",
         "case when true"},
        {"two currencies are no price", "coalesce(v.currency <> t.currency, false)", "false"},
        {"a plan without profiles", "and not p.is_blind", ""},
        {"a class has the name it had", "coalesce(c.class, k.class) as class", "k.class"},
        {"a target has the name it had", "coalesce(t.class, k.target) end", "k.target end"},
        {"what is of one class is free", "and s.class is distinct from s.target", ""},
        {"of one class it has a holder", "and coalesce(k.class, u.class) is distinct from",
         "and ''="},
        {"the holder of a former name", "k.since <= turn[i]", "false"},
        {"profiles of one night", "and not k.is_new", ""},
        {"profiles of five nights", "rows 5 preceding", "rows 4 preceding"},
        {"profiles of a week", "rows 5 preceding", "rows 6 preceding"},
        {"a new profile is a change", "where v.before is not null", "where true"},
        {"into no class is no change", "where v.to_snapshot < v.after or", "where false and"},
        {"a contract of one night", "rows 6 preceding", "rows 0 preceding"},
        {"a contract of a week", "rows 6 preceding", "rows 7 preceding"},
        {"a mistake of six days", "rows 6 preceding", "rows 5 preceding"},
        {"of no class for ever", "a.freed_class is null and", "false and"},
        {"days begin with the first reading", "least(0, min(c.day) - first_day)",
         "min(c.day) - first_day"},
        {"what is done is in use", "<> t.currency, false), -1,", "<> t.currency, false), 0,"},
    };
    struct worlds *worlds = *state;
    size_t unnoticed = 0;

    keep_function(worlds);
    for (size_t w = 0; w < COUNT_OF(wrong); w++) {
        replace_function(worlds, &wrong[w]);
        if (all_agree(worlds)) {
            print_error("nobody notices: %s\n", wrong[w].what);
            unnoticed++;
        }
    }
    assert_int_equal(unnoticed, 0);
    replace_function(worlds, &(struct wrong){.from = "", .to = ""});
    compare(worlds, (int64_t)worlds->first + 1, worlds->books[worlds->first]);
}

static char *replaced(const char *text, const struct wrong *wrong)
{
    CLEANUP(text_release) struct text out = TEXT_INIT;
    const char *at = strstr(text, wrong->from);

    if (!at)
        fail_msg("nothing is wrong: %s", wrong->what);
    text_add_bytes(&out, text, (size_t)(at - text));
    text_add(&out, wrong->to);
    text_add(&out, at + strlen(wrong->from));
    return mem_strdup(text_cstr(&out));
}

/* Whether a tale, or else a random world, is told otherwise with a wrong statement. */
static bool is_noticed(struct worlds *worlds, const struct savings_wrong *wrong)
{
    static int64_t portal = 100000;
    CLEANUP(text_release) struct text told = TEXT_INIT;

    for (size_t i = 0; savings_tale(i); i++) {
        savings_tale_live(savings_tale(i), &worlds->now, worlds->pg, ++portal, wrong);
        if (!agrees(worlds, portal, worlds->tale_books[i], &told))
            return true;
    }
    for (size_t i = worlds->first; i < worlds->count; i++) {
        savings_world_live(&worlds->now, worlds->pg, SEED + i, ++portal, wrong);
        if (!agrees(worlds, portal, worlds->books[i], &told))
            return true;
    }
    return false;
}

static void assert_noticed(struct worlds *worlds, const char *sql, const struct wrong wrong[],
                           size_t count)
{
    size_t unnoticed = 0;

    for (size_t w = 0; w < count; w++) {
        CLEANUP(mem_cleanup) char *other = replaced(sql, &wrong[w]);
        if (is_noticed(worlds, &(struct savings_wrong){.of = sql, .sql = other}))
            continue;
        print_error("nobody notices: %s\n", wrong[w].what);
        unnoticed++;
    }
    assert_int_equal(unnoticed, 0);
}

TEST(a_wrong_look_for_who_came_back_is_noticed)
{
    static const struct wrong wrong[] = {
        {"a new account of the person", "k.person_key = o.person_key", "false"},
        {"acts of ours", "then b.action <> 'deprovision'", "then false"},
        {"a class that has another name", "coalesce(c.class, a.class_then)\n               and",
         "a.class_then\n               and"},
        {"the class of a new account as it was", "coalesce(c.class, a.class_then))",
         "a.class_then)"},
        {"a class that is missing for a night", "(k.class is not null\n               and", "("},
        {"an act while a class is missing", "'restore') and k.class is not null", "'restore')"},
        {"an act after a class was renamed", "k.profile_id is distinct from o.to_profile", "true"},
        {"an incomplete reading", "(s.complete or s.snapshot_id = a.valid_from)", "s.complete"},
        {"the classes of the first reading, of an act before it",
         "c.valid_from <= w.snapshot_id\n        and (c.valid_to is null or c.valid_to > "
         "w.snapshot_id)",
         "c.valid_from <= coalesce(w.snapshot_id, 1) and (c.valid_to is null or c.valid_to > "
         "coalesce(w.snapshot_id, 1))"},
        {"its prices", "join seat_act w on",
         "join (select portal_id, act_id, account_id, since, freed_class, taken_class, "
         "coalesce(snapshot_id, 1) as snapshot_id from seat_act) w on"},
        {"what an incomplete reading did not see", "(s.complete or s.snapshot_id = a.valid_from)",
         "true"},
        {"a class as dear", "i.price < t.price) is not true))",
         "i.price <= t.price) is not true))"},
        {"an act from a class as dear", "i.price < t.price) is not true end",
         "i.price <= t.price) is not true end"},
        {"a cheaper class", "i.price < t.price) is not true))", "false) is not true))"},
        {"an act from a cheaper class", "i.price < t.price) is not true end",
         "false) is not true end"},
    };

    assert_noticed(*state, query_savings_returns, wrong, COUNT_OF(wrong));
}

TEST(a_wrong_word_on_what_an_act_freed_is_noticed)
{
    static const struct wrong wrong[] = {
        {"a restoration frees", "a.action in ('suspend', 'downgrade') as frees",
         "a.action in ('suspend', 'downgrade', 'restore') as frees"},
        {"a downgrade to a class as dear frees nothing", "f.class is not distinct from t.class",
         "((select v.price from seat_class_version v where v.portal_id = $1::bigint and v.class = "
         "f.class and v.valid_to is null) is not distinct from (select v.price from "
         "seat_class_version v where v.portal_id = $1::bigint and v.class = t.class and v.valid_to "
         "is null))"},
        {"the profile is forgotten", "then c.profile_id end", "then null end"},
        {"a downgrade within a class frees", "f.class is not distinct from t.class as is_same",
         "false as is_same"},
    };

    assert_noticed(*state, query_savings_acts, wrong, COUNT_OF(wrong));
}
