/*
 * A stored plan with something of every kind: suspensions of accounts 1 to `suspend`, then
 * deprovisions, then reactivations, one finding; and what people and runs do with it.
 */
#ifndef REVIEW_CASE_H
#define REVIEW_CASE_H

#include <stdlib.h>
#include <string.h>

#include "cluster_fixture.h"
#include "core/row_subject.h"
#include "distributed.h"
#include "store/review.h"
#include "store/ruling.h"
#include "store/step.h"
#include "store_world.h"
#include "test.h"

struct review_case {
    struct store_world world;
    struct plan *plan;
    bool *approved; /* all of them, until a test says else */
};

struct review_shape {
    unsigned reactivate, suspend, deprovision; /* in the order of rows */
    int approvals_suspend, approvals_deprovision;
    const char *held_by; /* a guard that holds the suspensions, or NULL */
    bool unasked;        /* its rows need nobody, and the guard holds none of them */
    int version;         /* 0 = the newest */
};

static inline void review_case_save(struct review_case *test, struct plan *plan)
{
    struct err err = ERR_INIT;

    plan->digest = plan_digest(plan);
    if (store_save_plan(&test->world.store, &test->world.run, plan, &err) < 0)
        fail_msg("%s", err.text);
    test->plan = plan;
}

static inline void review_case_add(struct review_case *test, struct plan *plan, enum action action,
                                   const char *held_by)
{
    struct account account = store_world_account(&test->world, (unsigned)plan->row_count + 1);
    const struct row_subject subject = {
        .value = {[SUBJECT_ACCOUNT] = account.id, [SUBJECT_NAME] = account.name}};

    plan->row[plan->row_count++] = (struct plan_row){
        .action = action,
        .finding = action == ACTION_KEEP,
        .account_id = account.id,
        .username = account.username,
        .email = account.email,
        .rule = "departed",
        .reason = "departed 9 days ago",
        .clause = "R4",
        .account_word = action == ACTION_SUSPEND ? "active" : "inactive",
        .person_word = "departed",
        .idle_days = -1,
        .held_by = held_by,
        .uses_person = true,
        .subject = row_subject_digest(&subject),
        .about = row_subject_text(&test->world.arena, &subject),
        .rule_text = digest_of("departed", 8),
        .needed = action == ACTION_DEPROVISION ? plan->approvals[ACTION_DEPROVISION]
                  : action == ACTION_SUSPEND   ? plan->approvals[ACTION_SUSPEND]
                                               : action == ACTION_REACTIVATE,
    };
}

static inline void review_case_inputs(struct review_case *test, struct plan *plan, size_t accounts)
{
    struct snapshot snapshot = store_world_snapshot(&test->world, accounts);
    struct roster roster = store_world_roster(&test->world, accounts);

    store_world_save(&test->world, &snapshot);
    store_world_save_roster(&test->world, &roster, true);
    plan->inputs = (struct plan_inputs){
        .snapshot_id = snapshot.id,
        .snapshot_taken_at = snapshot.taken_at,
        .snapshot_complete = true,
        .snapshot_digest = snapshot.digest,
        .roster_id = roster.id,
        .roster_digest = roster.digest,
        .roster_read_at = roster.read_at,
        .enforce = true,
    };
}

static inline void review_case_plan(struct review_case *test, const struct review_shape *shape)
{
    struct arena *arena = &test->world.arena;
    struct plan *plan = arena_calloc(arena, 1, sizeof(*plan));
    size_t rows = (size_t)shape->reactivate + shape->suspend + shape->deprovision + 1;

    *plan = (struct plan){
        .version = shape->version ? shape->version : PLAN_VERSION,
        .portal = "acme",
        .state = shape->held_by ? PLAN_HELD : PLAN_PROPOSED,
        .created_at = test->world.now,
        .expires_at = instant_add_us(test->world.now, 3 * DAY_US),
        .today = test->world.today,
        .time_zone = "UTC",
        .approvals[ACTION_SUSPEND] = shape->approvals_suspend,
        .approvals[ACTION_DEPROVISION] = shape->approvals_deprovision,
        .row = arena_calloc(arena, rows, sizeof(plan->row[0])),
        .guard = arena_calloc(arena, 2, sizeof(plan->guard[0])),
        .guard_count = 2,
    };
    plan->guard[0] = (struct guard_finding){
        .id = "G1", .hold = false, .limit = "48 h", .actual = "3 h", .text = "3 h old"};
    plan->guard[1] = (struct guard_finding){.id = shape->held_by ? shape->held_by : "G7",
                                            .hold = shape->held_by != NULL,
                                            .limit = "1",
                                            .actual = "2",
                                            .text = "2 of 1"};
    review_case_inputs(test, plan, rows);
    for (unsigned i = 0; i < shape->reactivate; i++)
        review_case_add(test, plan, ACTION_REACTIVATE, NULL);
    for (unsigned i = 0; i < shape->suspend; i++)
        review_case_add(test, plan, ACTION_SUSPEND, shape->unasked ? NULL : shape->held_by);
    for (unsigned i = 0; i < shape->deprovision; i++)
        review_case_add(test, plan, ACTION_DEPROVISION, NULL);
    review_case_add(test, plan, ACTION_KEEP, NULL);
    for (size_t i = 0; i < plan->row_count && shape->unasked; i++)
        plan->row[i].needed = 0;
    test->approved = arena_calloc(arena, rows, sizeof(bool));
    memset(test->approved, true, rows * sizeof(bool));
    review_case_save(test, plan);
}

static inline int64_t number(struct review_case *test, const char *sql)
{
    return store_world_number(&test->world, sql);
}

/* What must work, works; what must not, says why with these words. */
#define REVIEW_OK(call)                                                                            \
    do {                                                                                           \
        CLEANUP(err_release) struct err why = ERR_INIT;                                            \
        if ((call) < 0)                                                                            \
            fail_msg("%s", why.text);                                                              \
    } while (0)
#define REVIEW_REFUSED(call, wanted, words)                                                        \
    do {                                                                                           \
        CLEANUP(err_release) struct err why = ERR_INIT;                                            \
        if ((call) == 0)                                                                           \
            fail_msg("not refused: %s", #call);                                                    \
        if (why.code != (wanted) || !strstr(why.text, (words)))                                    \
            fail_msg("%d, not %d with '%s': %s", (int)why.code, (int)(wanted), (words), why.text); \
    } while (0)

/* One server and database for all tests of a program; each test finds an empty portal. */
static inline int review_case_begin(void **state)
{
    struct review_case *test = calloc(1, sizeof(*test));

    store_world_begin(&test->world);
    *state = test;
    return 0;
}

static inline int review_case_end(void **state)
{
    struct review_case *test = *state;

    store_world_end(&test->world);
    free(test);
    return 0;
}

static inline int review_case_setup(void **state)
{
    struct review_case *test = *state;
    struct store_world *world = &test->world;

    if (distributed_is_here()) { /* emptied part by part it would take a hundred times as long */
        pg_close(world->pg);
        world->pg = cluster_fixture_open_migrated();
    } else {
        store_world_execute(world,
                            "truncate portal, account, account_version, link_version, login_past, "
                            "login_pending, person_version, plan_row cascade");
    }
    REVIEW_OK(store_open(world->pg, "acme", "http://127.0.0.1", &world->store, &why));
    assert_true(instant_parse_rfc3339("2026-10-31T02:00:00Z", &world->now));
    assert_true(day_from_civil(2026, 10, 31, &world->today));
    store_world_tomorrow(world);
    assert_int_equal(world->run.id, 1);
    return 0;
}

/* An approval of row `position`, as `who` saw it: a ruling. */
static inline struct ruling review_case_ruling(struct review_case *test, const char *who,
                                               int64_t position)
{
    const struct plan_row *row = &test->plan->row[position - 1];

    return (struct ruling){
        .kind = RULING_APPROVE,
        .account_id = row->account_id,
        .who = who,
        .at = test->world.now,
        .plan_id = test->plan->id,
        .position = position,
        .subject = row->subject,
        .subject_text = row->about,
        .action = row->action,
        .rule = row->rule,
        .rule_text = row->rule_text,
        .snapshot_at = test->plan->inputs.snapshot_taken_at,
    };
}

static inline void review_case_approve_one(struct review_case *test, const char *who,
                                           int64_t position)
{
    struct ruling ruling = review_case_ruling(test, who, position);

    REVIEW_OK(store_save_rulings(&test->world.store, &ruling, 1, "https://acme.example", &why));
}

/* Of every row with an action. */
static inline void review_case_approve(struct review_case *test, const char *who)
{
    for (size_t i = 0; i < test->plan->row_count; i++) {
        if (test->plan->row[i].action != ACTION_KEEP)
            review_case_approve_one(test, who, (int64_t)i + 1);
    }
}

static inline int review_case_open(struct review_case *test, struct err *err)
{
    const bool *uncounted =
        arena_calloc(&test->world.arena, test->plan->row_count + 1, sizeof(uncounted[0]));

    return store_open_steps(&test->world.store, &test->world.run, test->plan, test->approved,
                            uncounted, err);
}

/* Of a row, with room for many. */
static inline struct store_intent review_case_intent(struct review_case *test, int64_t position)
{
    static const struct limits plenty = {.of = {
                                             [ACTION_SUSPEND] = {.count = 100,
                                                                 .percent = 100,
                                                                 .rolling_days = 30,
                                                                 .rolling_count = 1000,
                                                                 .rolling_percent = 100},
                                             [ACTION_DEPROVISION] = {.count = 100,
                                                                     .percent = 100,
                                                                     .rolling_days = 30,
                                                                     .rolling_count = 1000,
                                                                     .rolling_percent = 100},
                                         }};
    const struct plan_row *row = &test->plan->row[position - 1];

    return (struct store_intent){
        .row = row,
        .plan_id = test->plan->id,
        .position = position,
        .record = "{}",
        .limit = &plenty.of[row->action],
        .limits = &plenty,
        .whole = 1000,
        .day_began = instant_add_us(test->world.now, -2 * 3600 * SECOND_US),
    };
}

#endif
