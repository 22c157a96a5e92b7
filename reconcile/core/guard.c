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
    int64_t acts[ACTION_COUNT]; /* due now, or announced by this plan */
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

/* Whether a row would be carried out in this run. */
static bool is_due(const struct decision *decision, struct day today)
{
    return !day_is_set(decision->not_before) || day_compare(decision->not_before, today) <= 0;
}

/* Whether a row is an act of this plan: due today, or announced by it. What waits out an earlier
 * announcement was counted when it was announced, and is counted again when it is due. */
static bool acts_now(const struct decision *decision, struct day today)
{
    return decision->new_announcement || is_due(decision, today);
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

/* --- how much: G7, G8 --- */

static struct guard_finding guard_amount(const struct scene *scene, enum action action)
{
    const struct action_limit *limit = &scene->limits->of[action];
    const char *what = actions[action].noun;
    int64_t planned = scene->acts[action], in_window = scene->history->in_window[action];
    int64_t whole = (int64_t)(actions[action].expected == ACCOUNT_ACTIVE ? scene->totals.active
                                                                         : scene->totals.accounts);
    bool count = planned > limit->count;
    bool percent = planned > 0 && (exceeds_percent(planned, limit->percent, whole) || whole == 0);
    bool rolling = planned > 0 && in_window + planned > limit->rolling_count;
    const char *text = "within the limits";

    if (count)
        text = arena_printf(scene->arena, "more %ss in one plan than the configured count", what);
    else if (percent)
        text = arena_printf(scene->arena, "more %ss in one plan than the configured percent", what);
    else if (rolling)
        text = arena_printf(scene->arena, "more %ss than the rolling window of %d days allows",
                            what, limit->rolling_days);
    return finding(count || percent || rolling,
                   arena_printf(scene->arena, "%lld, %g %% of %lld, %lld in %d days",
                                (long long)limit->count, limit->percent, (long long)whole,
                                (long long)limit->rolling_count, limit->rolling_days),
                   arena_printf(scene->arena, "%lld (%.2f %%), %lld done in the window",
                                (long long)planned, percent_of(planned, whole),
                                (long long)in_window),
                   text);
}

/* --- who is left: G9, G10 --- */

static bool is_admin_profile(const struct limits *limits, const struct profile *profile)
{
    for (size_t i = 0; i < profile->role_count; i++) {
        for (size_t k = 0; k < limits->admin_role_count; k++) {
            if (text_equal(profile->role[i], limits->admin_role[k]))
                return true;
        }
    }
    return false;
}

/* Active accounts with an admin role that no row of this plan takes away, waiting rows included. */
static int64_t count_admins_left(const struct scene *scene)
{
    const struct snapshot *snapshot = scene->context->snapshot;
    CLEANUP(table_release) struct table admin_profile;
    int64_t left = 0;

    table_init(&admin_profile, snapshot->profile_count);
    for (size_t i = 0; i < snapshot->profile_count; i++) {
        if (is_admin_profile(scene->limits, &snapshot->profile[i]))
            table_add(&admin_profile, snapshot->profile[i].id, (uint32_t)i);
    }
    for (size_t i = 0; i < scene->count; i++) {
        const struct account *account = &snapshot->account[i];
        if (account->status == ACCOUNT_ACTIVE && !actions[scene->decision[i].action].frees_seat &&
            table_find(&admin_profile, account->profile_id) != TABLE_END)
            left++;
    }
    return left;
}

static struct guard_finding guard_admins(const struct scene *scene)
{
    int64_t left = count_admins_left(scene);
    bool hold = left < scene->limits->min_admins;

    return finding(
        hold, arena_printf(scene->arena, "at least %lld", (long long)scene->limits->min_admins),
        arena_printf(scene->arena, "%lld left", (long long)left),
        hold ? "too few active accounts with an admin role would be left"
             : "enough administrators stay");
}

/* How many of one department or country there are, and how many of them would go. */
struct share {
    const char *name; /* as first seen, for the sentence */
    const char *key;
    int64_t all, going;
};

struct shares {
    struct share *item;
    size_t count, capacity;
    struct table by_key;
    struct arena keys;
    const char *last_name;
    uint32_t last;
};

/* Names come kept once or repeated: the same pointer as last time is the same share. */
static void count_share(struct shares *shares, const char *name, bool going)
{
    if (name == shares->last_name) {
        shares->item[shares->last].all++;
        shares->item[shares->last].going += going;
        return;
    }
    const char *key = fold_name(&shares->keys, name);
    uint32_t at = table_find(&shares->by_key, key);

    if (!key)
        return;
    if (at == TABLE_END) {
        shares->item =
            mem_grow(shares->item, shares->count, &shares->capacity, sizeof(shares->item[0]));
        shares->item[shares->count] = (struct share){.name = name, .key = key};
        table_add(&shares->by_key, key, (uint32_t)shares->count);
        at = table_find(&shares->by_key, key);
        shares->count++;
    }
    shares->last_name = name;
    shares->last = table_value(&shares->by_key, at);
    struct share *share = &shares->item[shares->last];
    share->all++;
    share->going += going;
    if (strcmp(name, share->name) < 0) /* the spelling shown does not depend on the order */
        share->name = name;
}

/* The share that loses most, by percent, then by name. */
static const struct share *largest_loss(const struct shares *shares)
{
    const struct share *worst = NULL;

    for (size_t i = 0; i < shares->count; i++) {
        const struct share *share = &shares->item[i];
        if (share->all < CONCENTRATION_MIN)
            continue;
        double more = worst ? (double)share->going * (double)worst->all -
                                  (double)worst->going * (double)share->all
                            : 1.0;
        if (more > 0 || (more >= 0 && strcmp(share->key, worst->key) < 0))
            worst = share;
    }
    return worst;
}

static const char *concentration_key(const struct scene *scene, size_t i, bool by_department)
{
    const struct account *account = &scene->context->snapshot->account[i];
    const struct pairing *pairing = &scene->pairing[i];

    if (!by_department)
        return account->country;
    return subject_department(account, pairing->kind == LINK_ONE ? pairing->person : NULL);
}

/* Departments and countries are counted side by side: they have nothing in common. */
struct counting {
    const struct scene *scene;
    struct shares by_country, by_department;
};

static void count_shares(const struct scene *scene, bool by_department, struct shares *shares)
{
    table_init(&shares->by_key, 64);
    for (size_t i = 0; i < scene->count; i++) {
        const struct decision *decision = &scene->decision[i];
        const char *name = concentration_key(scene, i, by_department);
        if (decision->account->status == ACCOUNT_ACTIVE && name)
            count_share(shares, name,
                        actions[decision->action].frees_seat &&
                            is_due(decision, scene->context->today));
    }
}

static void count_part(void *context, size_t part, size_t begin, size_t end)
{
    struct counting *counting = context;

    (void)part;
    for (size_t which = begin; which < end; which++)
        count_shares(counting->scene, which == 1,
                     which == 1 ? &counting->by_department : &counting->by_country);
}

static const char *describe_loss(const struct scene *scene, const char *what,
                                 const struct shares *shares, bool *ret_hold)
{
    const struct share *worst = largest_loss(shares);

    if (!worst || worst->going == 0)
        return NULL;
    *ret_hold |= exceeds_percent(worst->going, CONCENTRATION_PERCENT, worst->all);
    return arena_printf(scene->arena, "%s '%s': %lld of %lld (%.1f %%)", what, worst->name,
                        (long long)worst->going, (long long)worst->all,
                        percent_of(worst->going, worst->all));
}

static void shares_release(struct shares *shares)
{
    table_release(&shares->by_key);
    arena_release(&shares->keys);
    free(shares->item);
}

static struct guard_finding guard_concentration(const struct scene *scene)
{
    struct counting counting = {.scene = scene};
    bool hold = false;
    const char *actual = "nobody";

    parallel_for(2, parallel_parts(scene->count) > 1 ? 2 : 1, count_part, &counting);
    const char *department = describe_loss(scene, "department", &counting.by_department, &hold);
    const char *country = describe_loss(scene, "country", &counting.by_country, &hold);
    shares_release(&counting.by_department);
    shares_release(&counting.by_country);

    if (department && country)
        actual = arena_printf(scene->arena, "%s; %s", department, country);
    else if (department || country)
        actual = department ? department : country;
    return finding(hold,
                   arena_printf(scene->arena, "%g %% of a department or country of %d or more",
                                CONCENTRATION_PERCENT, CONCENTRATION_MIN),
                   actual,
                   hold ? "too much of one department or country would go in one run"
                        : "no department or country loses too many at once");
}

/* --- the run itself: G11 to G13 --- */

/* Never holds the plan: a held plan could not be approved, and approval is what G11 asks for. */
static struct guard_finding guard_first(const struct scene *scene)
{
    return finding(false, "a person's approval",
                   scene->history->first_plan ? "first plan" : "later plan",
                   scene->history->first_plan
                       ? "first plan of this portal: it needs a person's approval whatever the "
                         "configuration says, and grace counts from today"
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
    {"G1", guard_age, SCOPE_PERSON},         /* old, or the same bytes for long */
    {"G2", guard_people, SCOPE_PERSON},      /* few people, or fewer than before */
    {"G3", guard_rejected, SCOPE_PERSON},    /* many rejected rows */
    {"G4", guard_snapshot, SCOPE_ALL},       /* a list that is not whole, or shrank */
    {"G5", guard_logins, SCOPE_LOGIN},       /* logins that vanished, events that end early */
    {"G6", guard_matched, SCOPE_PERSON},     /* fewer links than before */
    {"G7", NULL, SCOPE_ACTION},              /* too many suspensions */
    {"G8", NULL, SCOPE_ACTION},              /* too many deprovisions */
    {"G9", guard_admins, SCOPE_ALL},         /* the last admins */
    {"G10", guard_concentration, SCOPE_ALL}, /* much of one department or country */
    {"G11", guard_first, SCOPE_NOTHING},     /* never holds: the first plan needs a person */
    {"G12", guard_stop, SCOPE_ALL},          /* somebody says stop */
    {"G13", guard_gap, SCOPE_ALL},           /* the clock went back, or a long pause */
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

static void count_acts(struct scene *scene)
{
    for (size_t i = 0; i < scene->count; i++) {
        const struct decision *decision = &scene->decision[i];
        scene->acts[decision->action] += acts_now(decision, scene->context->today);
    }
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

    count_acts(&scene);
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
