/*
 * Thirteen brakes, one function each, asked in order and always all of them, so that a held plan
 * shows everything that is wrong with it at once. A guard holds the rows in its scope, never "the
 * first N": which rows those are is one table at the end.
 *
 * Percentages are compared without rounding (part * 100 > percent * whole), and a limit of 0 allows
 * none. A whole of nobody is never too much of anything.
 */
#include "core/guard.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/table.h"
#include "base/text.h"
#include "core/condition.h"

#define SAME_BYTES_DAYS       7
#define SHRINK_ROWS           10
#define SNAPSHOT_SHRINK       5.0
#define LOGINS_LOST_PERCENT   5.0
#define EVENTS_REACH_US       (2 * DAY_US)
#define MATCHED_DROP          10.0
#define CONCENTRATION_PERCENT 20.0
#define CONCENTRATION_MIN     10
#define LONGEST_GAP_DAYS      32
#define HOUR_US               (3600 * SECOND_US)

/* What all guards look at, counted once. */
struct scene {
    struct arena *arena;
    const struct limits *limits;
    const struct guard_history *history;
    const struct policy_context *context;
    const struct roster *roster;
    const struct pairing *pairing;
    const struct decision *decision;
    size_t count; /* accounts = decisions */
    struct snapshot_totals totals;
    double matched_percent;
};

static bool exceeds_percent(int64_t part, double percent, int64_t whole)
{
    return whole > 0 && (double)part * 100.0 > percent * (double)whole;
}

static double percent_of(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part * 100.0 / (double)whole : 0.0;
}

static struct guard_finding finding(bool hold, const char *limit, const char *actual,
                                    const char *text)
{
    return (struct guard_finding){.hold = hold, .limit = limit, .actual = actual, .text = text};
}

/* --- the roster: G1 to G3 --- */

static double roster_age_hours(const struct roster *roster, struct instant now)
{
    return (double)(now.us - roster_as_of(roster).us) / (double)HOUR_US;
}

static struct guard_finding guard_age(const struct scene *scene)
{
    double hours = roster_age_hours(scene->roster, scene->context->now);
    struct instant since = scene->history->same_bytes_since;
    int64_t same_us = instant_is_set(since) ? scene->context->now.us - since.us : 0;
    bool old = hours > scene->limits->max_age_hours;
    bool same = same_us > SAME_BYTES_DAYS * DAY_US;
    const char *limit = arena_printf(scene->arena, "%g h, same bytes %d days",
                                     scene->limits->max_age_hours, SAME_BYTES_DAYS);
    const char *actual = arena_printf(scene->arena, "%.1f h, same bytes %.1f days", hours,
                                      (double)same_us / (double)DAY_US);

    return finding(old || same, limit, actual,
                   old    ? "the roster is too old: is HR's export still running?"
                   : same ? "the roster has been the same bytes for too long: is HR's export still "
                            "running?"
                          : "the roster is fresh");
}

static struct guard_finding guard_people(const struct scene *scene)
{
    int64_t people = (int64_t)roster_people(scene->roster);
    int64_t last = scene->history->last_roster_people;
    double allowed = last > 0 ? (double)last * scene->limits->max_shrink_percent / 100.0 : 0.0;
    bool few = people == 0 || people < scene->limits->min_people; /* empty is never good */

    if (allowed < SHRINK_ROWS)
        allowed = SHRINK_ROWS;
    bool shrunk = last >= 0 && (double)(last - people) > allowed;
    const char *limit =
        last >= 0 ? arena_printf(scene->arena, "at least %lld people, at most %.0f fewer than %lld",
                                 (long long)scene->limits->min_people, allowed, (long long)last)
                  : arena_printf(scene->arena, "at least %lld people",
                                 (long long)scene->limits->min_people);
    return finding(few || shrunk, limit,
                   arena_printf(scene->arena, "%lld people", (long long)people),
                   few      ? "the roster has too few people"
                   : shrunk ? "the roster has shrunk too much since the last accepted one"
                            : "the roster is as large as expected");
}

static struct guard_finding guard_rejected(const struct scene *scene)
{
    int64_t rows = (int64_t)scene->roster->count;
    double limit = scene->limits->max_rejected_percent;
    bool rejected = exceeds_percent((int64_t)scene->roster->rejected, limit, rows);
    bool duplicate = exceeds_percent((int64_t)scene->roster->duplicates, limit, rows);

    return finding(
        rejected || duplicate, arena_printf(scene->arena, "%g %% of rows each", limit),
        arena_printf(scene->arena, "%zu rejected (%.2f %%), %zu with a duplicate key (%.2f %%)",
                     scene->roster->rejected, percent_of((int64_t)scene->roster->rejected, rows),
                     scene->roster->duplicates,
                     percent_of((int64_t)scene->roster->duplicates, rows)),
        rejected    ? "too many rows of the roster were rejected: see roster check"
        : duplicate ? "too many rows of the roster share a key with another row: see roster check"
                    : "the roster's rows are readable and distinct");
}

/* --- the snapshot and the logins: G4, G5 --- */

static struct guard_finding guard_snapshot(const struct scene *scene)
{
    const struct snapshot *snapshot = scene->context->snapshot;
    int64_t now = (int64_t)scene->totals.accounts, last = scene->history->last_snapshot_accounts;
    bool empty = now == 0;
    bool shrunk = last > 0 && exceeds_percent(last - now, SNAPSHOT_SHRINK, last);
    const char *text = "the snapshot is complete";

    if (!snapshot->complete)
        text =
            arena_printf(scene->arena, "the snapshot is incomplete: %s",
                         snapshot->incomplete_reason ? snapshot->incomplete_reason : "no reason");
    else if (empty)
        text = "the portal listed no accounts: empty is never good";
    else if (shrunk)
        text = "the portal lists many fewer accounts than in the last complete snapshot";
    return finding(!snapshot->complete || empty || shrunk,
                   last > 0 ? arena_printf(scene->arena, "complete, at most %g %% fewer than %lld",
                                           SNAPSHOT_SHRINK, (long long)last)
                            : "complete, not empty",
                   arena_printf(scene->arena, "%s, %lld accounts",
                                snapshot->complete ? "complete" : "incomplete", (long long)now),
                   text);
}

static struct guard_finding guard_logins(const struct scene *scene)
{
    const struct guard_history *history = scene->history;
    bool lost =
        exceeds_percent(history->logins_lost, LOGINS_LOST_PERCENT, history->logins_known_before);
    const struct snapshot *snapshot = scene->context->snapshot;
    bool from_export = snapshot->source == SNAPSHOT_FROM_EXPORT;
    /* An export tells of no login after it was made. */
    struct instant reach = from_export ? snapshot->taken_at : history->events_reach;
    bool stale = instant_is_set(reach) && scene->context->now.us - reach.us > EVENTS_REACH_US;

    return finding(
        lost || stale,
        arena_printf(scene->arena, "%g %% of known logins, events within 48 h",
                     LOGINS_LOST_PERCENT),
        arena_printf(scene->arena, "%lld of %lld vanished or moved backwards",
                     (long long)history->logins_lost, (long long)history->logins_known_before),
        lost    ? "last logins vanished or moved backwards: the signal is broken"
        : stale ? from_export ? "the export is older than 48 hours: who logged in since is not "
                                "in it"
                              : "the login events reach no further than 48 hours ago"
                : "last logins agree with what was known before");
}

/* --- matching: G6 --- */

static struct guard_finding guard_matched(const struct scene *scene)
{
    double now = scene->matched_percent, last = scene->history->last_matched_percent;
    bool few = scene->totals.active > 0 && now < scene->limits->min_matched_percent;
    bool fell = scene->totals.active > 0 && last >= 0 && last - now > MATCHED_DROP;
    const char *limit =
        last >= 0
            ? arena_printf(scene->arena, "at least %g %%, at most %g points below %.1f %%",
                           scene->limits->min_matched_percent, MATCHED_DROP, last)
            : arena_printf(scene->arena, "at least %g %%", scene->limits->min_matched_percent);

    return finding(few || fell, limit,
                   arena_printf(scene->arena, "%.1f %% of active accounts", now),
                   few ? "too few active accounts have a person in the roster: are the keys right?"
                   : fell ? "many fewer accounts have a person than in the last run"
                          : "enough accounts have a person");
}

/* --- amounts: G7 to G10 --- */

/* Nothing that lies on somebody's desk is too much: what is approved and due is weighed when it is
 * done (core/amount), and what that said is written into these findings then. */

static struct guard_finding guard_amount(const struct scene *scene, enum action action)
{
    const struct action_limit *limit = &scene->limits->of[action];

    return finding(false,
                   arena_printf(scene->arena, "%lld a day, %g %%; %lld in %d days, %g %%",
                                (long long)limit->count, limit->percent,
                                (long long)limit->rolling_count, limit->rolling_days,
                                limit->rolling_percent),
                   "none waits", "asked of what is approved and due, day by day");
}

bool guard_is_admin_profile(const struct limits *limits, const struct profile *profile)
{
    for (size_t i = 0; i < profile->role_count; i++) {
        for (size_t k = 0; k < limits->admin_role_count; k++) {
            if (text_equal(profile->role[i], limits->admin_role[k]))
                return true;
        }
    }
    return false;
}

/* Active accounts with an admin role; the job's own is no administrator. */
static int64_t count_admins(const struct scene *scene)
{
    const struct snapshot *snapshot = scene->context->snapshot;
    CLEANUP(table_release) struct table admin_profile;
    int64_t count = 0;

    table_init(&admin_profile, snapshot->profile_count);
    for (size_t i = 0; i < snapshot->profile_count; i++) {
        if (guard_is_admin_profile(scene->limits, &snapshot->profile[i]))
            table_add(&admin_profile, snapshot->profile[i].id, (uint32_t)i);
    }
    for (size_t i = 0; i < scene->count; i++) {
        const struct account *account = &snapshot->account[i];
        count += account->status == ACCOUNT_ACTIVE && !text_equal(account->id, snapshot->own_id) &&
                 table_find(&admin_profile, account->profile_id) != TABLE_END;
    }
    return count;
}

static struct guard_finding guard_admins(const struct scene *scene)
{
    int64_t admins = count_admins(scene);
    bool few = admins < scene->limits->min_admins;

    return finding(
        false, arena_printf(scene->arena, "at least %lld", (long long)scene->limits->min_admins),
        arena_printf(scene->arena, "%lld", (long long)admins),
        few ? "the portal has fewer administrators than limits.min_admins already: no "
              "administrator is taken away"
            : "asked of what is approved and due, and again before each act on an administrator");
}

static struct guard_finding guard_concentration(const struct scene *scene)
{
    return finding(false,
                   arena_printf(scene->arena, "%g %% of a department or country of %d or more",
                                CONCENTRATION_PERCENT, CONCENTRATION_MIN),
                   "none waits", "asked of what is approved and due, department by department");
}

/* --- the run itself: G11 to G13 --- */

/* Never holds the plan: a held plan could not be approved, and approval is what G11 asks for. */
static struct guard_finding guard_first(const struct scene *scene)
{
    return finding(false, "a person's approval",
                   scene->history->first_plan ? "first plan" : "later plan",
                   scene->history->first_plan
                       ? "first plan of this portal: it needs a person's approval whatever the "
                         "configuration says"
                       : "not the first plan of this portal");
}

static struct guard_finding guard_stop(const struct scene *scene)
{
    const char *by = scene->history->stopped_by;

    return finding(by != NULL, "no stop file, no stop row", by ? "stopped" : "none",
                   by ? by : "nobody asked to stop");
}

static struct guard_finding guard_gap(const struct scene *scene)
{
    struct day last = scene->history->last_run_day, today = scene->context->today;
    int days = day_is_set(last) ? day_between(last, today) : 0;
    bool back = days < 0;
    bool gap = days > LONGEST_GAP_DAYS && !scene->history->accept_gap;

    return finding(back || gap,
                   arena_printf(scene->arena, "0 to %d days since the last run", LONGEST_GAP_DAYS),
                   day_is_set(last) ? arena_printf(scene->arena, "%d days", days)
                                    : "no earlier run",
                   back  ? "today is before the last run: is the clock right?"
                   : gap ? "the last run is long ago: look at the plan, then use --accept-gap"
                         : "the time since the last run is plausible");
}

/* --- all of them --- */

/* Which rows a guard holds. */
enum scope {
    SCOPE_NOTHING = 0,
    SCOPE_ALL,
    SCOPE_PERSON,
    SCOPE_LOGIN,
    SCOPE_ACTION, /* the one whose guard it is (actions[].guard): too many of them */
};

static const struct guard {
    const char *id;
    struct guard_finding (*evaluate)(const struct scene *scene); /* NULL with SCOPE_ACTION */
    enum scope scope;
} guards[] = {
    {"G1", guard_age, SCOPE_PERSON},             /* old, or the same bytes for long */
    {"G2", guard_people, SCOPE_PERSON},          /* few people, or fewer than before */
    {"G3", guard_rejected, SCOPE_PERSON},        /* many rejected rows */
    {"G4", guard_snapshot, SCOPE_ALL},           /* a list that is not whole, or shrank */
    {"G5", guard_logins, SCOPE_LOGIN},           /* logins that vanished, events that end early */
    {"G6", guard_matched, SCOPE_PERSON},         /* fewer links than before */
    {"G7", NULL, SCOPE_ACTION},                  /* too many suspensions */
    {"G8", NULL, SCOPE_ACTION},                  /* too many deprovisions */
    {"G9", guard_admins, SCOPE_NOTHING},         /* the last admins */
    {"G10", guard_concentration, SCOPE_NOTHING}, /* much of one department or country */
    {"G11", guard_first, SCOPE_NOTHING},         /* never holds: the first plan needs a person */
    {"G12", guard_stop, SCOPE_ALL},              /* somebody says stop */
    {"G13", guard_gap, SCOPE_ALL},               /* the clock went back, or a long pause */
};

static struct guard_finding evaluate(const struct guard *guard, const struct scene *scene)
{
    if (guard->scope != SCOPE_ACTION)
        return guard->evaluate(scene);
    for (unsigned action = 0; action < ACTION_COUNT; action++) {
        if (text_equal(actions[action].guard, guard->id))
            return guard_amount(scene, (enum action)action);
    }
    return finding(false, "", "", "no action has this guard");
}

static bool is_in_scope(const struct guard *guard, enum action action, bool uses_person,
                        bool uses_login)
{
    switch (guard->scope) {
    case SCOPE_NOTHING:
        return false;
    case SCOPE_ALL:
        return true;
    case SCOPE_PERSON:
        return uses_person;
    case SCOPE_LOGIN:
        return uses_login;
    case SCOPE_ACTION:
        return text_equal(actions[action].guard, guard->id);
    }
    return true;
}

static void hold_rows(const struct guard *guard, struct decision *decision, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (decision[i].action != ACTION_KEEP && !decision[i].held_by &&
            is_in_scope(guard, decision[i].action, decision[i].uses_person, decision[i].uses_login))
            decision[i].held_by = guard->id;
    }
}

static double matched_percent(const struct scene *scene)
{
    int64_t matched = 0;

    for (size_t i = 0; i < scene->count; i++)
        matched += scene->context->snapshot->account[i].status == ACCOUNT_ACTIVE &&
                   scene->pairing[i].kind == LINK_ONE;
    return percent_of(matched, (int64_t)scene->totals.active);
}

struct guard_result guard_all(struct arena *arena, const struct limits *limits,
                              const struct guard_history *history,
                              const struct policy_context *context, const struct roster *roster,
                              const struct pairing *pairing, struct decision *decision)
{
    struct scene scene = {
        .arena = arena,
        .limits = limits,
        .history = history,
        .context = context,
        .roster = roster,
        .pairing = pairing,
        .decision = decision,
        .count = context->snapshot->count,
        .totals = snapshot_count(context->snapshot),
    };
    struct guard_result result = {
        .finding = arena_calloc(arena, COUNT_OF(guards), sizeof(result.finding[0])),
        .count = COUNT_OF(guards),
    };

    result.matched_percent = scene.matched_percent = matched_percent(&scene);
    for (size_t i = 0; i < COUNT_OF(guards); i++) {
        result.finding[i] = evaluate(&guards[i], &scene);
        result.finding[i].id = guards[i].id;
        result.held |= result.finding[i].hold;
    }
    for (size_t i = 0; i < COUNT_OF(guards); i++) {
        if (result.finding[i].hold)
            hold_rows(&guards[i], decision, scene.count);
    }
    return result;
}

bool guard_holds(const char *id, enum action action, bool uses_person, bool uses_login)
{
    for (size_t i = 0; i < COUNT_OF(guards); i++) {
        if (text_equal(guards[i].id, id))
            return is_in_scope(&guards[i], action, uses_person, uses_login);
    }
    return true;
}

bool guard_roster_is_good(const struct limits *limits, const struct guard_history *history,
                          struct instant now, const struct roster *roster)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct policy_context context = {.now = now};
    struct scene scene = {.arena = &arena,
                          .limits = limits,
                          .history = history,
                          .context = &context,
                          .roster = roster};

    return !guard_age(&scene).hold && !guard_people(&scene).hold && !guard_rejected(&scene).hold;
}
