/*
 * The guards that ask of what came in whether it can be trusted: the roster, the snapshot, the
 * logins, and how the two match.
 *
 * Percentages are compared without rounding (part * 100 > percent * whole), and a limit of 0 allows
 * none. A whole of nobody is never too much of anything.
 */
#include "core/guard_private.h"

#define SHRINK_ROWS         10
#define SNAPSHOT_SHRINK     5.0
#define UNREADABLE_PERCENT  5.0
#define UNREADABLE_FEW      3 /* of a small portal no percent makes a pattern of so many */
#define LOGINS_LOST_PERCENT 5.0
#define MATCHED_DROP        10.0
#define SIGNAL_AFTER_DAYS   30
#define SIGNAL_PERCENT      5.0
#define SIGNAL_FEWEST       20
#define HOUR_US             (3600 * SECOND_US)

static bool exceeds_percent(int64_t part, double percent, int64_t whole)
{
    return whole > 0 && (double)part * 100.0 > percent * (double)whole;
}

/* --- the roster: G1 to G3 --- */

static double roster_age_hours(const struct roster *roster, struct instant now)
{
    return (double)(now.us - roster_as_of(roster).us) / (double)HOUR_US;
}

static const char *content_cause(struct arena *arena, const struct roster *roster)
{
    struct digest content = roster_content(roster);
    char hex[DIGEST_HEX_SIZE];

    return arena_printf(arena, "the roster with the content %s", digest_hex(&content, hex));
}

static const char *age_limit(const struct guard_scene *scene)
{
    const struct limits *limits = scene->limits;

    if (limits->max_same_days == 0)
        return arena_printf(scene->arena, "%g h", limits->max_age_hours);
    return arena_printf(scene->arena, "%g h, same bytes %lld days", limits->max_age_hours,
                        (long long)limits->max_same_days);
}

/* Whichever of the three it is, what a person accepts is this very content. */
struct guard_finding guard_age(const struct guard_scene *scene)
{
    const struct guard_history *history = scene->history;
    struct arena *arena = scene->arena;
    double hours = roster_age_hours(scene->roster, scene->context->now);
    struct instant since = history->same_bytes_since;
    int64_t same_us = instant_is_set(since) ? scene->context->now.us - since.us : 0;
    int64_t same_days = scene->limits->max_same_days;
    struct instant copy = history->older_copy_of;
    char at[INSTANT_TEXT_SIZE];
    struct guard_fault fault = {.measure = -1};

    if (hours > scene->limits->max_age_hours)
        fault.text = "the roster is too old: is HR's export still running?";
    else if (instant_is_set(copy))
        fault.text = arena_printf(arena,
                                  "the roster is an older copy: what it says was last read %s, and "
                                  "something else followed",
                                  instant_format(copy, at));
    else if (same_days > 0 && same_us > same_days * DAY_US)
        fault.text = "the roster has been the same bytes for too long: is HR's export still "
                     "running?";
    fault.found = fault.text != NULL;
    if (fault.found)
        fault.cause = content_cause(arena, scene->roster);
    return guard_judge(arena, &fault, 1, age_limit(scene),
                       arena_printf(arena, "%.1f h, same bytes %.1f days", hours,
                                    (double)same_us / (double)DAY_US),
                       "the roster is fresh");
}

struct guard_finding guard_people(const struct guard_scene *scene)
{
    struct arena *arena = scene->arena;
    int64_t people = (int64_t)roster_people(scene->roster);
    int64_t last = scene->history->last_roster_people, least = scene->limits->min_people;
    double allowed = last > 0 ? (double)last * scene->limits->max_shrink_percent / 100.0 : 0.0;

    if (allowed < SHRINK_ROWS)
        allowed = SHRINK_ROWS;
    const struct guard_fault faults[] = {
        {people == 0, "the roster has nobody: empty is never good", NULL, -1},
        {people < least, "the roster has too few people",
         "fewer people than roster.guards.min_people", least - people},
        {last >= 0 && (double)(last - people) > allowed,
         "the roster has shrunk too much since the last accepted one",
         "fewer people than in the last accepted roster", last - people},
    };
    const char *limit =
        last >= 0 ? arena_printf(arena, "at least %lld people, at most %.0f fewer than %lld",
                                 (long long)least, allowed, (long long)last)
                  : arena_printf(arena, "at least %lld people", (long long)least);
    return guard_judge(arena, faults, COUNT_OF(faults), limit,
                       arena_printf(arena, "%lld people", (long long)people),
                       "the roster is as large as expected");
}

struct guard_finding guard_rejected(const struct guard_scene *scene)
{
    struct arena *arena = scene->arena;
    const struct limits *limits = scene->limits;
    int64_t rows = (int64_t)scene->roster->count;
    int64_t rejected = (int64_t)scene->roster->rejected;
    int64_t duplicates = (int64_t)scene->roster->duplicates;
    const struct guard_fault faults[] = {
        {exceeds_percent(rejected, limits->max_rejected_percent, rows),
         "too many rows of the roster were rejected: see roster check", "rejected rows", rejected},
        {exceeds_percent(duplicates, limits->max_duplicate_percent, rows),
         "too many rows of the roster share a key with another row: see roster check",
         "rows that share a key", duplicates},
    };

    return guard_judge(arena, faults, COUNT_OF(faults),
                       arena_printf(arena, "%g %% of rows rejected, %g %% with a duplicate key",
                                    limits->max_rejected_percent, limits->max_duplicate_percent),
                       arena_printf(arena,
                                    "%lld rejected (%.2f %%), %lld with a duplicate key (%.2f %%)",
                                    (long long)rejected, guard_percent_of(rejected, rows),
                                    (long long)duplicates, guard_percent_of(duplicates, rows)),
                       "the roster's rows are readable and distinct");
}

/* --- the snapshot and the logins: G4, G5 --- */

/* Each of them is kept (P2), and so nothing would be done any more and nobody would hear of it; and
 * what misreads so many may misread the others. */
static struct guard_fault find_unreadable(const struct guard_scene *scene)
{
    const struct snapshot *snapshot = scene->context->snapshot;
    int64_t all = (int64_t)scene->totals.accounts, unread = 0;

    for (size_t i = 0; i < scene->count; i++) {
        const struct account *account = &snapshot->account[i];
        unread += account->status == ACCOUNT_UNREADABLE ||
                  (account_alike(account)->flaw && account->status != ACCOUNT_GONE);
    }
    return (struct guard_fault){
        .found = exceeds_percent(unread, UNREADABLE_PERCENT, all) && unread > UNREADABLE_FEW,
        .text = arena_printf(scene->arena,
                             "%lld of %lld accounts cannot be read: did the form of the portal's "
                             "answers change?",
                             (long long)unread, (long long)all),
        .cause = "accounts that cannot be read",
        .measure = unread,
    };
}

/* What this program deleted itself is not missing. */
struct guard_finding guard_snapshot(const struct guard_scene *scene)
{
    struct arena *arena = scene->arena;
    const struct snapshot *snapshot = scene->context->snapshot;
    const struct guard_history *history = scene->history;
    int64_t now = (int64_t)scene->totals.accounts;
    int64_t last = history->last_snapshot_accounts;
    int64_t missing = last - history->deprovisioned_since - now;
    const char *why = snapshot->incomplete_reason ? snapshot->incomplete_reason : "no reason";
    const struct guard_fault faults[] = {
        {!snapshot->complete, arena_printf(arena, "the snapshot is incomplete: %s", why), NULL, -1},
        {now == 0, "the portal listed no accounts: empty is never good", NULL, -1},
        {last > 0 && exceeds_percent(missing, SNAPSHOT_SHRINK, last),
         "the portal lists many fewer accounts than in the last complete snapshot",
         "fewer accounts than in the last complete snapshot", missing},
        find_unreadable(scene),
    };

    return guard_judge(
        arena, faults, COUNT_OF(faults),
        last > 0 ? arena_printf(arena,
                                "complete, at most %g %% fewer than %lld, at most %g %% "
                                "that cannot be read",
                                SNAPSHOT_SHRINK, (long long)last, UNREADABLE_PERCENT)
                 : arena_printf(arena, "complete, not empty, at most %g %% that cannot be read",
                                UNREADABLE_PERCENT),
        arena_printf(arena, "%s, %lld accounts", snapshot->complete ? "complete" : "incomplete",
                     (long long)now),
        "the snapshot is complete");
}

/* Active accounts whose login was asked for or told, and those of whom one is known. */
static void count_logins(const struct guard_scene *scene, int64_t *ret_asked, int64_t *ret_known)
{
    const struct snapshot *snapshot = scene->context->snapshot;
    int64_t asked = 0, known = 0;

    for (size_t i = 0; i < scene->count; i++) {
        const struct account *account = &snapshot->account[i];
        if (account->status != ACCOUNT_ACTIVE)
            continue;
        asked += account->login.kind != LOGIN_NOT_READ;
        known += account->login.kind == LOGIN_KNOWN;
    }
    *ret_asked = asked;
    *ret_known = known;
}

/* Hardly anybody's login is known after so long: the portal does not tell them, and "never logged
 * in" is true of nobody. */
static struct guard_fault find_no_signal(const struct guard_scene *scene)
{
    struct instant since = scene->history->history_since;
    int64_t asked = 0, known = 0;

    if (!instant_is_set(since) || scene->context->now.us - since.us <= SIGNAL_AFTER_DAYS * DAY_US)
        return (struct guard_fault){.found = false};
    count_logins(scene, &asked, &known);
    return (struct guard_fault){
        .found = known < SIGNAL_FEWEST && (double)known * 100.0 < SIGNAL_PERCENT * (double)asked,
        .text = arena_printf(scene->arena,
                             "of %lld active accounts whose last login was asked for, one is known "
                             "of only %lld: does the portal tell them?",
                             (long long)asked, (long long)known),
        .cause = "hardly anybody's last login is known",
        .measure = SIGNAL_FEWEST - known,
    };
}

/* An export tells of no login after it was made, and nobody can be asked. */
static struct guard_fault find_old_export(const struct guard_scene *scene)
{
    const struct snapshot *snapshot = scene->context->snapshot;

    return (struct guard_fault){
        .found = snapshot->source == SNAPSHOT_FROM_EXPORT &&
                 guard_asks_portal(snapshot->taken_at, scene->context->now),
        .text = "the export is older than 48 hours: who logged in since is not in it",
        .measure = -1,
    };
}

static bool has_answer(const struct guard_signal *signal)
{
    return 2 * signal->answered > signal->asked;
}

/* No events for two days is a weekend, or a signal that is broken: which of them those tell who are
 * there most. */
static struct guard_fault find_events_end(const struct guard_scene *scene)
{
    const struct guard_signal *signal = &scene->history->signal;
    bool stale = scene->context->snapshot->source != SNAPSHOT_FROM_EXPORT &&
                 guard_asks_portal(scene->history->events_reach, scene->context->now);

    return (struct guard_fault){
        .found = stale && (signal->missed > 0 || !has_answer(signal)),
        .text = signal->missed > 0
                    ? arena_printf(scene->arena,
                                   "the login events reach no further than 48 hours ago, and %lld "
                                   "of %lld accounts read singly logged in since: the events are "
                                   "broken",
                                   (long long)signal->missed, (long long)signal->answered)
                    : "the login events reach no further than 48 hours ago, and the portal could "
                      "not be asked whether anybody was there since",
        .cause = signal->missed > 0 ? "login events that miss logins"
                                    : "login events that end early, and nobody to ask",
        .measure = -1,
    };
}

static const char *logins_fine(const struct guard_scene *scene)
{
    const struct guard_signal *signal = &scene->history->signal;

    if (signal->asked == 0)
        return "last logins agree with what was known before";
    return arena_printf(scene->arena,
                        "nobody was there since the newest login event: of the %lld accounts that "
                        "log in most, read singly, none logged in since",
                        (long long)signal->answered);
}

struct guard_finding guard_logins(const struct guard_scene *scene)
{
    const struct guard_history *history = scene->history;
    const struct guard_fault faults[] = {
        {exceeds_percent(history->logins_lost, LOGINS_LOST_PERCENT, history->logins_known_before),
         "last logins vanished or moved backwards: the signal is broken",
         "last logins that vanished or moved backwards", history->logins_lost},
        find_old_export(scene),
        find_events_end(scene),
        find_no_signal(scene),
    };

    return guard_judge(scene->arena, faults, COUNT_OF(faults),
                       arena_printf(scene->arena, "%g %% of known logins, events within 48 h",
                                    LOGINS_LOST_PERCENT),
                       arena_printf(scene->arena, "%lld of %lld vanished or moved backwards",
                                    (long long)history->logins_lost,
                                    (long long)history->logins_known_before),
                       logins_fine(scene));
}

/* --- matching: G6 --- */

struct guard_finding guard_matched(const struct guard_scene *scene)
{
    struct arena *arena = scene->arena;
    const struct guard_matched *matched = &scene->matched;
    double last = scene->history->last_matched_percent;
    double least = scene->limits->min_matched_percent;
    const struct guard_fault faults[] = {
        {matched->active > 0 && matched->percent < least,
         "too few active accounts have a person in the roster: are the keys right?",
         "active accounts without a person", matched->active - matched->linked},
        {matched->active > 0 && last >= 0 && last - matched->like_last > MATCHED_DROP,
         "many fewer accounts have a person than in the last run",
         "percent points fewer than in the last run", (int64_t)(last - matched->like_last)},
    };
    const char *limit = last >= 0
                            ? arena_printf(arena, "at least %g %%, at most %g points below %.1f %%",
                                           least, MATCHED_DROP, last)
                            : arena_printf(arena, "at least %g %%", least);

    return guard_judge(arena, faults, COUNT_OF(faults), limit,
                       arena_printf(arena, "%.1f %% of active accounts", matched->percent),
                       "enough accounts have a person");
}
