/*
 * One function for each brake, asked in order and always all of them, so that a held plan shows
 * everything that is wrong with it at once. A guard holds the rows in its scope, never "the first
 * N": which rows those are is one table at the end.
 *
 * A guard of evidence is a list of faults that it may find. What it found is what a person accepts
 * who lets it go, and it holds again when that is not what it finds any more, or gets worse. Those
 * of what came in (G1 to G6) are core/guard_input.
 */
#include "core/guard_private.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "base/text.h"

#define GUARD_ID_MAX          15
#define EVENTS_REACH_US       (2 * DAY_US)
#define CONCENTRATION_PERCENT 20.0
#define CONCENTRATION_MIN     10
#define LONGEST_GAP_DAYS      32
#define CLOCK_APART_S         600
#define ROSTER_GUARDS         3 /* the first ones of the table look at the roster alone */

double guard_percent_of(int64_t part, int64_t whole)
{
    return whole > 0 ? (double)part * 100.0 / (double)whole : 0.0;
}

static struct guard_finding finding(bool hold, const char *limit, const char *actual,
                                    const char *text)
{
    return (struct guard_finding){.hold = hold, .limit = limit, .actual = actual, .text = text};
}

/* --- evidence --- */

/* Of several faults at once each is named with its measure, and only just these are accepted: which
 * of them got worse one number could not tell. */
static void add_causes(struct arena *arena, const struct guard_fault *fault, size_t count,
                       struct guard_finding *finding)
{
    const char *cause = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!fault[i].found)
            continue;
        if (!fault[i].cause)
            return;
        const char *one = fault[i].measure < 0 ? fault[i].cause
                                               : arena_printf(arena, "%s (%lld)", fault[i].cause,
                                                              (long long)fault[i].measure);
        cause = cause ? arena_printf(arena, "%s; %s", cause, one) : one;
    }
    finding->cause = cause;
}

struct guard_finding guard_judge(struct arena *arena, const struct guard_fault *fault, size_t count,
                                 const char *limit, const char *actual, const char *fine)
{
    struct guard_finding result = finding(false, limit, actual, fine);
    const struct guard_fault *first = NULL;
    size_t found = 0;

    result.measure = -1;
    for (size_t i = 0; i < count; i++) {
        if (fault[i].found && found++ == 0)
            first = &fault[i];
    }
    if (!first)
        return result;
    result.hold = true;
    result.text = first->text;
    if (found > 1) {
        add_causes(arena, fault, count, &result);
        return result;
    }
    result.cause = first->cause;
    result.measure = first->measure;
    return result;
}

/* --- amounts: G7 to G10 --- */

/* Nothing that lies on somebody's desk is too much: what is approved and due is weighed when it is
 * done (core/amount), and what that said is written into these findings then. */

static struct guard_finding guard_amount(const struct guard_scene *scene, enum action action)
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
static int64_t count_admins(const struct guard_scene *scene)
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
                 table_find(&admin_profile, account_alike(account)->profile_id) != TABLE_END;
    }
    return count;
}

static struct guard_finding guard_admins(const struct guard_scene *scene)
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

static struct guard_finding guard_concentration(const struct guard_scene *scene)
{
    return finding(false,
                   arena_printf(scene->arena, "%g %% of a department or country of %d or more",
                                CONCENTRATION_PERCENT, CONCENTRATION_MIN),
                   "none waits", "asked of what is approved and due, department by department");
}

/* --- the run itself: G11 to G15, policy --- */

/* Never holds the plan: a held plan could not be approved, and approval is what G11 asks for. */
static struct guard_finding guard_first(const struct guard_scene *scene)
{
    return finding(false, "a person's approval",
                   scene->history->first_plan ? "first plan" : "later plan",
                   scene->history->first_plan
                       ? "first plan of this portal: it needs a person's approval whatever the "
                         "configuration says"
                       : "not the first plan of this portal");
}

static struct guard_finding guard_stop(const struct guard_scene *scene)
{
    const char *by = scene->history->stopped_by;
    const struct guard_fault fault = {by != NULL, by, NULL,
                                      -1}; /* lets go when the stop is taken away */

    return guard_judge(scene->arena, &fault, 1, "no stop file, no stop row",
                       by ? "stopped" : "none", "nobody asked to stop");
}

/* A begun one is a whole one. */
static int64_t clock_minutes(const struct guard_history *history)
{
    double apart_s = history->clock_ahead_s < 0 ? -history->clock_ahead_s : history->clock_ahead_s;

    return history->clock_told ? ((int64_t)apart_s + 59) / 60 : 0;
}

static struct guard_fault find_clock(const struct guard_scene *scene)
{
    const struct guard_history *history = scene->history;
    bool ahead = history->clock_ahead_s > 0;
    int64_t minutes = clock_minutes(history);

    return (struct guard_fault){
        .found = minutes * 60 > CLOCK_APART_S,
        .text = arena_printf(scene->arena,
                             "the portal's clock is %lld minutes %s this machine's: which of them "
                             "is right?",
                             (long long)minutes, ahead ? "ahead of" : "behind"),
        .cause = ahead ? "the portal's clock is ahead, in minutes"
                       : "the portal's clock is behind, in minutes",
        .measure = minutes,
    };
}

/* The pause grows by itself from night to night, so what is accepted is where it began. */
static struct guard_finding guard_gap(const struct guard_scene *scene)
{
    struct arena *arena = scene->arena;
    struct day last = scene->history->last_run_day;
    int days = day_is_set(last) ? day_between(last, scene->context->today) : 0;
    char day[DAY_TEXT_SIZE];
    const char *since = day_is_set(last) ? day_format(last, day) : "";
    const struct guard_fault faults[] = {
        {days < 0, "today is before the last run: is the clock right?",
         arena_printf(arena, "today is before the last run of %s, in days", since), -days},
        {days > LONGEST_GAP_DAYS && !scene->history->accept_gap,
         "the last run is long ago: look at the plan, then use --accept-gap",
         arena_printf(arena, "no run since %s", since), -1},
        find_clock(scene),
    };
    const char *run = day_is_set(last) ? arena_printf(arena, "%d days", days) : "no earlier run";

    return guard_judge(
        arena, faults, COUNT_OF(faults),
        arena_printf(arena, "0 to %d days since the last run, clocks %d minutes apart",
                     LONGEST_GAP_DAYS, CLOCK_APART_S / 60),
        clock_minutes(scene->history) > 1 ? arena_printf(arena, "%s, %lld minutes apart", run,
                                                         (long long)clock_minutes(scene->history))
                                          : run,
        "the time since the last run is plausible");
}

/* Both of it: tokens are renewed by other people, and accounts are deleted by the hundred, but
 * hardly in one night. Of a list that is not whole it cannot be said who is not there. */
static bool is_other_portal(const struct guard_scene *scene)
{
    const struct guard_portal *portal = &scene->history->portal;

    return portal->own_id && portal->last_own_id &&
           !text_equal(portal->own_id, portal->last_own_id) && scene->context->snapshot->complete &&
           portal->of_those * 2 < portal->known;
}

/* Nobody acknowledges it: whoever says that it is the portal after all says so once, for all nights
 * to come, and may say under which name it was known. */
static struct guard_finding guard_portal(const struct guard_scene *scene)
{
    const struct guard_portal *portal = &scene->history->portal;
    struct arena *arena = scene->arena;
    bool moved = portal->host && portal->last_host && !text_equal(portal->host, portal->last_host);
    const struct guard_fault faults[] = {
        {moved,
         arena_printf(arena, "the portal is at '%s', and in the last run it was at '%s'",
                      portal->host ? portal->host : "", portal->last_host ? portal->last_host : ""),
         NULL, -1},
        {is_other_portal(scene),
         arena_printf(arena,
                      "the token acts as another user than in the last run, and of the %lld "
                      "accounts of then %lld are there",
                      (long long)portal->known, (long long)portal->of_those),
         NULL, -1},
        {portal->older_name != NULL,
         arena_printf(arena, "this is the portal that this history knows as '%s'",
                      portal->older_name ? portal->older_name : ""),
         NULL, -1},
    };

    bool renamed = portal->older_name && !faults[0].found && !faults[1].found;
    const char *actual = portal->host ? portal->host : "not told";

    if (renamed)
        actual = arena_printf(arena, GUARD_ALSO_KNOWN "%s", portal->older_name);
    return guard_judge(
        arena, faults, COUNT_OF(faults),
        "the host of the last run, and its user or half of its accounts; no second name", actual,
        "the portal is that of the last run");
}

/* Whatever was done since that backup would be done once more. */
static struct guard_finding guard_record(const struct guard_scene *scene)
{
    const char *back = scene->history->record_back;
    const struct guard_fault fault = {.found = back != NULL, .text = back, .measure = -1};

    return guard_judge(scene->arena, &fault, 1,
                       "the record goes on from what this machine kept of it",
                       back ? "an older record" : "it does",
                       "the record goes on from what this machine kept of it");
}

/* A second host with a file of last month would undo what was decided since. */
static struct guard_finding guard_policy(const struct guard_scene *scene)
{
    const struct guard_history *history = scene->history;
    char at[INSTANT_TEXT_SIZE], hex[DIGEST_HEX_SIZE];
    struct guard_fault fault = {.found = instant_is_set(history->policy_seen_at), .measure = -1};

    if (fault.found) {
        fault.text = arena_printf(scene->arena,
                                  "the policy is one that was in force until %s, and another one "
                                  "followed: is this an old configuration file?",
                                  instant_format(history->policy_seen_at, at));
        fault.cause = arena_printf(scene->arena, "the policy with the digest %s",
                                   digest_hex(&history->policy_text, hex));
    }
    return guard_judge(scene->arena, &fault, 1, "no policy that another one followed",
                       fault.found ? "an older policy" : "the newest, or new",
                       "the policy is that of the last run, or a new one");
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
    struct guard_finding (*evaluate)(const struct guard_scene *scene); /* NULL with SCOPE_ACTION */
    enum scope scope;
} guards[] = {
    {"G1", guard_age, SCOPE_PERSON},             /* old, or the same bytes for long */
    {"G2", guard_people, SCOPE_PERSON},          /* few people, or fewer than before */
    {"G3", guard_rejected, SCOPE_PERSON},        /* many rejected rows */
    {"G4", guard_snapshot, SCOPE_ALL},           /* a list not whole, shrunk or garbled */
    {"G5", guard_logins, SCOPE_LOGIN},           /* logins that vanished, events that end early */
    {"G6", guard_matched, SCOPE_PERSON},         /* fewer links than before */
    {"G7", NULL, SCOPE_ACTION},                  /* too many suspensions */
    {"G8", NULL, SCOPE_ACTION},                  /* too many deprovisions */
    {"G9", guard_admins, SCOPE_NOTHING},         /* the last admins */
    {"G10", guard_concentration, SCOPE_NOTHING}, /* much of one department or country */
    {"G11", guard_first, SCOPE_NOTHING},         /* never holds: the first plan needs a person */
    {"G12", guard_stop, SCOPE_ALL},              /* somebody says stop */
    {"G13", guard_gap, SCOPE_ALL},               /* a clock that is wrong, or a long pause */
    {"G14", guard_portal, SCOPE_ALL},            /* another portal, or a second name */
    {"G15", guard_record, SCOPE_ALL},            /* a record that was restored from a backup */
    {"G16", NULL, SCOPE_ACTION},                 /* too many downgrades */
    {"policy", guard_policy, SCOPE_ALL},         /* an older policy again */
};

_Static_assert(COUNT_OF(guards) == GUARD_COUNT, "every guard is counted");

static struct guard_finding evaluate(const struct guard *guard, const struct guard_scene *scene)
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

/* Whether what a night says of people is in doubt while this guard holds. A stop doubts nothing. */
static bool doubts_person(const struct guard *guard)
{
    return is_in_scope(guard, ACTION_SUSPEND, true, false) && guard->scope != SCOPE_ACTION &&
           guard->evaluate != guard_stop;
}

void guard_hold(const struct guard_finding *found, size_t findings, struct decided *decided)
{
    for (size_t f = 0; f < findings; f++) {
        const struct guard *guard = guards;
        while (guard < guards + COUNT_OF(guards) && !text_equal(guard->id, found[f].id))
            guard++;
        bool holds = found[f].hold && guard < guards + COUNT_OF(guards);
        for (size_t i = 0; holds && i < decided->item_count; i++) {
            struct decision *one = &decided->item[i];
            if (one->action != ACTION_KEEP && !one->held_by &&
                is_in_scope(guard, one->action, one->uses_person, one->uses_login))
                one->held_by = (uint8_t)(guard - guards + 1);
        }
    }
}

static struct guard_matched count_matched(const struct guard_scene *scene)
{
    struct instant last = scene->history->matched_at;
    int64_t active = 0, linked = 0, own = 0, own_linked = 0;

    for (size_t i = 0; i < scene->count; i++) {
        const struct account *account = &scene->context->snapshot->account[i];
        bool is_linked = scene->pairing[i].kind == LINK_ONE;
        struct instant by_us = account_past(account)->suspended_by_us;
        if (account->status == ACCOUNT_ACTIVE) {
            active++;
            linked += is_linked;
        } else if (account->status == ACCOUNT_INACTIVE && instant_is_set(last) &&
                   instant_is_set(by_us) && instant_compare(by_us, last) > 0) {
            own++;
            own_linked += is_linked;
        }
    }
    return (struct guard_matched){.active = active,
                                  .linked = linked,
                                  .percent = guard_percent_of(linked, active),
                                  .like_last = guard_percent_of(linked + own_linked, active + own)};
}

/* --- letting go --- */

static const struct acknowledgement *find_given(const struct guard_history *history,
                                                const char *guard)
{
    for (size_t i = 0; i < history->acknowledged_count; i++) {
        if (text_equal(history->acknowledged[i].guard, guard))
            return &history->acknowledged[i];
    }
    return NULL;
}

static struct acknowledgement_found found_of(const struct guard_finding *finding)
{
    return (struct acknowledgement_found){
        .hold = finding->hold, .cause = finding->cause, .measure = finding->measure};
}

/* What one guard finds, and whether a person let just that go. */
static struct guard_finding look(const struct guard *guard, const struct guard_scene *scene)
{
    struct guard_finding one = evaluate(guard, scene);
    const struct acknowledgement *given = find_given(scene->history, guard->id);
    struct acknowledgement_found found = found_of(&one);

    one.id = guard->id;
    if (!one.hold || !given ||
        acknowledgement_end(scene->arena, given, &found, scene->context->today))
        return one;
    one.hold = false;
    one.let_go_id = given->id;
    one.let_go_by = given->who;
    one.let_go_reason = given->reason;
    one.let_go_until = given->until;
    return one;
}

/* Of a list that is not whole nothing is learned that ends anything but by time. */
static void find_ends(const struct guard_scene *scene, struct guard_result *result)
{
    const struct guard_history *history = scene->history;
    bool whole = scene->context->snapshot->complete;

    result->end =
        arena_calloc(scene->arena, history->acknowledged_count + 1, sizeof(result->end[0]));
    for (size_t i = 0; i < history->acknowledged_count; i++) {
        const struct acknowledgement *given = &history->acknowledged[i];
        bool over =
            day_is_set(given->until) && day_compare(scene->context->today, given->until) > 0;
        for (size_t g = 0; g < result->count; g++) {
            const struct guard_finding *one = &result->finding[g];
            struct acknowledgement_found found = found_of(one);
            if (!text_equal(one->id, given->guard) || one->let_go_id == given->id ||
                (!whole && !over))
                continue;
            result->end[result->end_count++] = (struct guard_end){
                .given = given,
                .reason = acknowledgement_end(scene->arena, given, &found, scene->context->today)};
        }
    }
}

struct guard_result guard_all(struct arena *arena, const struct limits *limits,
                              const struct guard_history *history,
                              const struct policy_context *context, const struct roster *roster,
                              const struct pairing *pairing, struct decided *decided)
{
    struct guard_scene scene = {
        .arena = arena,
        .limits = limits,
        .history = history,
        .context = context,
        .roster = roster,
        .pairing = pairing,
        .count = context->snapshot->count,
        .totals = snapshot_count(context->snapshot),
    };
    struct guard_result result = {
        .finding = arena_calloc(arena, COUNT_OF(guards), sizeof(result.finding[0])),
        .count = COUNT_OF(guards),
    };

    scene.matched = count_matched(&scene);
    result.matched_percent = scene.matched.percent;
    for (size_t i = 0; i < COUNT_OF(guards); i++) {
        result.finding[i] = look(&guards[i], &scene);
        result.held |= result.finding[i].hold;
    }
    find_ends(&scene, &result);
    guard_hold(result.finding, result.count, decided);
    for (size_t i = 0; i < COUNT_OF(guards); i++)
        result.person_in_doubt |= result.finding[i].hold && doubts_person(&guards[i]);
    return result;
}

const char *guard_id(size_t number)
{
    return number < COUNT_OF(guards) ? guards[number].id : NULL;
}

bool guard_id_is_plain(const char *id)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    return !text_is_empty(id) && strlen(id) <= GUARD_ID_MAX && id[strspn(id, plain)] == '\0';
}

bool guard_asks_portal(struct instant events_reach, struct instant now)
{
    return instant_is_set(events_reach) && now.us - events_reach.us > EVENTS_REACH_US;
}

bool guard_roster_is_good(const struct limits *limits, const struct guard_history *history,
                          struct instant now, struct day today, const struct roster *roster)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct policy_context context = {.now = now, .today = today};
    struct guard_scene scene = {.arena = &arena,
                                .limits = limits,
                                .history = history,
                                .context = &context,
                                .roster = roster};

    for (size_t i = 0; i < ROSTER_GUARDS; i++)
        if (look(&guards[i], &scene).hold)
            return false;
    return true;
}
