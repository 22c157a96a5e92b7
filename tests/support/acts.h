/*
 * acts: a small world for plan, approve and apply. Everybody in it is one of two kinds: leavers,
 * who left by the roster and have an active account, and staff. The rules suspend a leaver's active
 * account and delete an inactive one that we suspended, so one plan can hold both classes. With
 * fewer than ten accounts (one is the token's) no department or country is large enough for G10.
 */
#ifndef SUPPORT_ACTS_H
#define SUPPORT_ACTS_H

#include <stddef.h>

#include "base/cleanup.h"
#include "end.h"

struct acts_row {
    char *id, *action;
};

struct acts {
    struct end end;
    int64_t plan; /* the newest one made by acts_plan */
    char *digest;
    int first_day, day; /* the world began so many days from now; days since then */
    bool patient; /* from the next acts_approval on a late effect is waited for, for a minute */
    struct acts_row *row; /* its rows with an action, in order of position */
    size_t count;
};

/* The world with so many of each, and further options of the portal (NULL: none). Limits are wide,
 * one person approves, mode is "enforce", and an effect that does not show in a second is unknown.
 */
void acts_begin(struct acts *acts, size_t leavers, size_t staff, const char *const *options);
void acts_finish(struct acts *acts);

/* From now on program and portal live so many days after the day that the world began on, which is
 * not before the day that they live on. */
void acts_move_to(struct acts *acts, int day);

/* limits: the two groups' settings; NULL keeps the wide ones. */
void acts_limit(struct acts *acts, const char *suspend, const char *deprovision);
/* Only the first of the two rules: afterwards there is nothing left to do. */
void acts_only_suspend(struct acts *acts);
/* Settings of approval and further ones of policy. */
void acts_approval(struct acts *acts, const char *settings);
void acts_policy(struct acts *acts, const char *settings);

/* Makes a plan, which must end with this code, and reads its rows. */
void acts_plan(struct acts *acts, int code);
/* Approves it as the caller, all rows or just this one. */
void acts_approve(struct acts *acts);
void acts_approve_only(struct acts *acts, const char *id);
/* Applies it; the caller releases what was said. */
struct end_result acts_apply(struct acts *acts, int code);
struct end_child acts_start_apply(struct acts *acts);
/* Waits until so many writes have reached the portal. */
void acts_wait_for_writes(struct acts *acts, size_t writes);
/* Starts apply and waits until so many writes have reached the portal. */
struct end_child acts_start_until_write(struct acts *acts, size_t writes);
/* The same with the answer to the next write kept back, until "hold" is off. */
struct end_child acts_start_until_held(struct acts *acts);
/* plan, approve, and an apply whose first write is done and not answered yet. */
struct end_child acts_start_held(struct acts *acts);
/* plan, approve, apply, all of it as it should be: the leavers are suspended. */
void acts_do_all(struct acts *acts);
/* The first leaver is suspended, and the newest plan, approved, holds their deletion and the
 * suspension of the others. */
void acts_prepare_both(struct acts *acts);

/* How many writes reached the portal, and how many of them for this account. */
size_t acts_writes(struct acts *acts);
size_t acts_writes_on(struct acts *acts, const char *id);
/* The writes from number `from` on are exactly those steps with this state, one each, in the order
 * of the plans. */
void acts_assert_written(struct acts *acts, size_t from, const char *state);
/* A sentence on the newest step of each account since that plan, whose rows later ones carry out:
 * "skipped 1, verified 2", in order of name. A row that was never chosen has none. */
void acts_assert_steps(struct acts *acts, const char *wanted);
void acts_assert_step(struct acts *acts, const char *id, const char *state, const char *reason);
void acts_assert_no_step(struct acts *acts, const char *id);
/* Of the newest plan, which is the one that was carried out. */
void acts_assert_plan_state(struct acts *acts, const char *state);

/* A statement that changes something: how many rows. */
int64_t acts_change(struct acts *acts, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The first cell of a query, malloc'ed. */
char *acts_ask(struct acts *acts, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The roster says that this account's person works here again. */
void acts_rehire(struct acts *acts, const char *id);

/* Waits for a condition of the world; fails the test when it does not come. */
#define ACTS_WAIT_S END_DEADLINE_S
void acts_wait_for(struct acts *acts, const char *sql, const char *wanted);

/* What a test begins with, and a line it says often; what they make goes away with its block. */
#define WORLD(name, leavers, staff, options)                                                       \
    CLEANUP(acts_finish) struct acts name;                                                         \
    acts_begin(&name, leavers, staff, options)
#define APPLY(name, ...)                                                                           \
    CLEANUP(end_result_release)                                                                    \
    __attribute__((unused)) struct end_result name = acts_apply(__VA_ARGS__)

#endif
