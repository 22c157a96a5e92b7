/*
 * audit.savings against books that are kept the naive way (savings_books.c): years of small
 * portals, each cell of each month; and views that are wrong on purpose, which the books must find.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "savings_world.h"
#include "sql.h"
#include "test.h"

#define WORLDS 30

/* The worlds that were lived through, in one database; SAVINGS_WORLDS: so many. */
struct worlds {
    struct pg *pg;
    struct savings_world now;
    size_t count;
    char **books;
};

static size_t count_of(void)
{
    const char *text = getenv("SAVINGS_WORLDS");

    return text ? (size_t)strtoul(text, NULL, 10) : WORLDS;
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

    if (!agrees(worlds, portal, books, &told))
        fail_msg("portal %lld\n--- books\n%s--- view\n%s", (long long)portal, books,
                 text_cstr(&told));
}

static int live_all(void **state)
{
    struct worlds *worlds = mem_calloc(1, sizeof(*worlds));

    worlds->count = count_of();
    worlds->books = mem_calloc(worlds->count, sizeof(worlds->books[0]));
    worlds->pg = cluster_fixture_open_migrated();
    savings_world_begin(worlds->pg);
    for (size_t i = 0; i < worlds->count; i++) {
        CLEANUP(text_release) struct text books = TEXT_INIT;
        savings_world_live(&worlds->now, worlds->pg, i + 1, (int64_t)i + 1, NULL);
        savings_books(&worlds->now, &books);
        worlds->books[i] = mem_strdup(text_cstr(&books));
        if (i % 2) {
            compare(worlds, (int64_t)i + 1, worlds->books[i]);
            savings_world_thin(&worlds->now);
        }
    }
    *state = worlds;
    return 0;
}

static int leave_all(void **state)
{
    struct worlds *worlds = *state;

    for (size_t i = 0; i < worlds->count; i++)
        free(worlds->books[i]);
    free(worlds->books);
    pg_close(worlds->pg);
    free(worlds);
    return 0;
}

TEST_GROUP(live_all, leave_all);

/* Half of them were thinned out once more, after they had been compared. */
TEST(savings_are_what_the_books_say_whatever_was_thinned_out)
{
    struct worlds *worlds = *state;

    for (size_t i = 0; i < worlds->count; i++)
        compare(worlds, (int64_t)i + 1, worlds->books[i]);
}

/* --- wrong on purpose --- */

struct wrong {
    const char *what, *from, *to;
};

static void execute(struct worlds *worlds, const char *sql)
{
    struct err err = ERR_INIT;

    if (pg_script(worlds->pg, "test", sql, &err) < 0)
        fail_msg("%s\n%s", err.text, sql);
}

static void keep_function(struct worlds *worlds)
{
    execute(worlds, "create temporary table right_one as select "
                    "pg_get_functiondef('audit.savings_of(text)'::regprocedure) as text");
}

static void replace_function(struct worlds *worlds, const struct wrong *wrong)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "do $do$ declare right_text text := (select text from right_one); wrong_text text := "
              "replace(right_text, $s$%s$s$, $s$%s$s$); begin if wrong_text = right_text and "
              "$s$%s$s$ <> '' then raise exception 'nothing is wrong'; end if; execute wrong_text; "
              "end $do$",
              wrong->from, wrong->to, wrong->from);
    execute(worlds, text_cstr(&sql));
}

TEST(a_wrong_view_is_noticed)
{
    static const struct wrong wrong[] = {
        {"a come-back is ignored", "case when a.back_on <= last_day then a.back_on end",
         "null::date"},
        {"30 days", "f.since > 31", "f.since > 30"},
        {"32 days", "f.since > 31", "f.since > 32"},
        {"the price of today",
         "v.from_snapshot <= d.snapshot_id\n            and (v.to_snapshot is "
         "null or v.to_snapshot > d.snapshot_id)",
         "v.to_snapshot is null"},
        {"currencies are added", "f.currency, null::numeric",
         "'EUR'::text as currency, null::numeric"},
        {"a new holder is ignored", "audit.seats_given(s.begins, s.ends, r.room)", "s.ends"},
        {"a downgrade at full price", "v.price - t.price", "v.price"},
        {"acts since the reading are forgotten", " - k.changed", ""},
        {"the contract is forgotten", "coalesce(v.contracted, c.most, 0)", "coalesce(c.most, 0)"},
        {"the most of today", "max(max(c.seats)) over (partition by k.class order by r.day)",
         "max(max(c.seats)) over (partition by k.class)"},
        {"the day of the come-back counts", "least(f.back_on, ", "least(f.back_on + 1, "},
        {"the day of the act does not", "f.since - first_day as begins",
         "f.since + 1 - first_day as begins"},
        {"the first plan of the month", "e.day desc, e.plan_id desc", "e.day, e.plan_id"},
        {"a reduction below nothing", "greatest(c.contracted - c.seats_after, 0)",
         "(c.contracted - c.seats_after)"},
    };
    struct worlds *worlds = *state;
    CLEANUP(text_release) struct text told = TEXT_INIT;

    keep_function(worlds);
    for (size_t w = 0; w < COUNT_OF(wrong); w++) {
        size_t i = 0;
        replace_function(worlds, &wrong[w]);
        while (i < worlds->count && agrees(worlds, (int64_t)i + 1, worlds->books[i], &told))
            i++;
        if (i == worlds->count)
            fail_msg("nobody notices: %s", wrong[w].what);
    }
    replace_function(worlds, &(struct wrong){.from = "", .to = ""});
    compare(worlds, 1, worlds->books[0]);
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

TEST(a_wrong_look_for_who_came_back_is_noticed)
{
    static const struct wrong wrong[] = {
        {"a new account of the person", "k.person_key = o.person_key", "false"},
        {"acts of ours", "then b.action <> 'deprovision'", "then false"},
        {"a class as dear", "i.currency = t.currency and i.price < t.price",
         "i.currency = t.currency and i.price <= t.price"},
        {"an incomplete reading", "(s.complete or s.snapshot_id = a.valid_from)", "s.complete"},
        {"what an incomplete reading did not see", "(s.complete or s.snapshot_id = a.valid_from)",
         "true"},
    };
    struct worlds *worlds = *state;
    int64_t portal = 100000;

    for (size_t w = 0; w < COUNT_OF(wrong); w++) {
        CLEANUP(mem_cleanup) char *sql = replaced(query_savings_returns, &wrong[w]);
        CLEANUP(text_release) struct text told = TEXT_INIT;
        size_t i = 0;
        for (; i < worlds->count; i++) {
            savings_world_live(&worlds->now, worlds->pg, i + 1, ++portal, sql);
            if (!agrees(worlds, portal, worlds->books[i], &told))
                break;
        }
        if (i == worlds->count)
            fail_msg("nobody notices: %s", wrong[w].what);
    }
}
