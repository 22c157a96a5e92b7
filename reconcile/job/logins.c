/*
 * Events first (job/events, job/years), of logins and of activity. Then the core is asked what it
 * would decide; whose decision rests on the login, without a single read that is young enough, is
 * read, in portions that are stored; and asked again, because what was read may have changed a
 * decision. Nobody is read twice, so this ends.
 *
 * Events alone never lead to an act: they only make a login newer.
 */
#include "job/logins.h"

#include <stdlib.h>

#include "base/mem.h"
#include "core/rules.h"
#include "facts/account_index.h"
#include "host/log.h"
#include "job/events.h"
#include "job/weigh.h"
#include "job/years.h"
#include "store/login.h"
#include "store/roster.h"

enum {
    PORTION = 500,  /* single reads that are stored together */
    ROUNDS = 5,     /* of deciding and reading; two are the rule */
    ASKED = 20,     /* accounts that are read to learn whether anybody was there */
    ASKED_OF = 200, /* they are the first of these who are still there */
};

/* --- single reads --- */

/* The progress of one portion, shown as that of the whole. */
struct portion {
    const struct progress *shown;
    size_t before, total;
};

static void report_portion(void *context, const char *what, size_t done, size_t total)
{
    const struct portion *portion = context;

    (void)total;
    if (portion->shown->report)
        portion->shown->report(portion->shown->context, what, portion->before + done,
                               portion->total);
}

/* What the single reads answered. One that told nothing newer than what is known is kept as the
 * mere fact that it was made. */
static int keep_reads(struct job *job, const struct snapshot *snapshot, const size_t *index,
                      size_t count, struct err *err)
{
    struct pending_login pending[PORTION];
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const struct account *account = &snapshot->account[index[i]];
        struct login answer = account->login;
        if (!account->history.read_anew)
            continue;
        if (answer.source != LOGIN_FROM_SINGLE_READ)
            answer = (struct login){.source = LOGIN_FROM_SINGLE_READ,
                                    .seen_at = account->history.read_at};
        pending[kept++] = (struct pending_login){.account_id = account->id,
                                                 .login = answer,
                                                 .department = account_alike(account)->department};
    }
    return store_save_logins(job->store, pending, kept, NULL, err);
}

/* Portion by portion, each stored before the next one is asked for. */
static int read_portions(struct job *job, struct snapshot *snapshot, const size_t *index,
                         size_t count, struct err *err)
{
    const struct portal *portal = &job->portal;
    struct portion portion = {.shown = &job->progress, .total = count};
    struct progress progress = {.report = report_portion, .context = &portion};

    for (; portion.before < count && !snapshot->logins_given_up; portion.before += PORTION) {
        const size_t *first = &index[portion.before];
        size_t left = count - portion.before, size = left < PORTION ? left : PORTION;

        if (portal->logins(portal->self, job->arena, &progress, first, size, snapshot, err) < 0 ||
            keep_reads(job, snapshot, first, size, err) < 0)
            return -1;
    }
    return 0;
}

/* --- whether anybody was there --- */

struct asking {
    const struct snapshot *snapshot;
    bool *chosen; /* by index */
    size_t index[ASKED];
    size_t count;
};

static void choose(struct asking *asking, size_t i)
{
    const struct account *account = &asking->snapshot->account[i];

    if (asking->count == ASKED || asking->chosen[i] || account->status != ACCOUNT_ACTIVE ||
        !account->id || text_equal(account->id, asking->snapshot->own_id))
        return;
    asking->chosen[i] = true;
    asking->index[asking->count++] = i;
}

/* While the history is young: whoever logged in last. */
static void choose_newest(struct asking *asking)
{
    const struct snapshot *snapshot = asking->snapshot;

    for (size_t before = SIZE_MAX; asking->count < ASKED && asking->count != before;) {
        size_t newest = snapshot->count;
        before = asking->count;
        for (size_t i = 0; i < snapshot->count; i++) {
            const struct account *account = &snapshot->account[i];
            if (asking->chosen[i] || !account->id || account->status != ACCOUNT_ACTIVE ||
                account->login.kind != LOGIN_KNOWN || text_equal(account->id, snapshot->own_id))
                continue;
            if (newest == snapshot->count ||
                instant_compare(account->login.at, snapshot->account[newest].login.at) > 0)
                newest = i;
        }
        if (newest < snapshot->count)
            choose(asking, newest);
    }
}

static int choose_asked(struct job *job, struct asking *asking, struct err *err)
{
    const struct snapshot *snapshot = asking->snapshot;
    struct account_index by_id;
    const char **most = NULL;
    size_t count = 0;

    if (store_load_login_most(job->store, job->arena, ASKED_OF, &most, &count, err) < 0)
        return -1;
    account_index_init(&by_id, snapshot->account, snapshot->count);
    for (size_t i = 0; i < count; i++) {
        uint32_t at = account_index_find(&by_id, snapshot->account, most[i]);
        if (at != ACCOUNT_NOWHERE)
            choose(asking, at);
    }
    account_index_release(&by_id);
    choose_newest(asking);
    return 0;
}

/* No login event for two days: a weekend, or events that are broken. Those who log in most are read
 * singly; whoever of them was there a day or more after the newest event was told of by none. */
static int ask_portal(struct job *job, struct collected *collected, struct err *err)
{
    struct snapshot *snapshot = &collected->snapshot;
    struct instant reach = snapshot->events_reach;
    struct asking asking = {.snapshot = snapshot};
    struct guard_signal signal = {.asked = 0};

    if (!snapshot->by_events || !guard_asks_portal(reach, job->now))
        return 0;
    asking.chosen = arena_calloc(job->arena, snapshot->count + 1, sizeof(asking.chosen[0]));
    if (choose_asked(job, &asking, err) < 0 ||
        read_portions(job, snapshot, asking.index, asking.count, err) < 0)
        return -1;
    for (size_t i = 0; i < asking.count; i++) {
        const struct account *account = &snapshot->account[asking.index[i]];
        signal.asked++;
        if (!account->history.read_anew)
            continue;
        signal.answered++;
        signal.missed += account->login.kind == LOGIN_KNOWN &&
                         account->login.at.us - reach.us > DAY_US &&
                         instant_compare(account->login.at, job->now) <= 0;
    }
    collected->history.signal = signal;
    log_info("the newest login event is older than two days: of %lld accounts that log in most "
             "%lld were read, and %lld logged in since",
             (long long)signal.asked, (long long)signal.answered, (long long)signal.missed);
    return 0;
}

/* --- those a decision rests on --- */

static int64_t days_passed(const struct job *job, const struct collected *collected)
{
    if (!day_is_set(collected->history.last_run_day))
        return 1;
    int64_t days = day_between(collected->history.last_run_day, job->today);
    return days > 0 ? days : 0;
}

struct evidence_settings logins_settings(const struct job *job, const struct collected *collected)
{
    const struct snapshot *snapshot = &collected->snapshot;
    const struct config_portal *config = &job->config->portal;

    return (struct evidence_settings){
        .full = job->full,
        .asked = policy_asks_login(&job->config->policy),
        .department_asked = policy_asks_department(&job->config->policy),
        /* Without the events since then nothing but a single read tells that somebody came back. */
        .reread_days = snapshot->by_events ? config->login_reread_days : 0,
        .refresh_days = config->login_refresh_days,
        .days_passed = days_passed(job, collected),
        .told_since = snapshot->events_since,
    };
}

/* Reads them; *ret_as_before: no link can be another one by what was read. */
static int read_for_links(struct job *job, struct snapshot *snapshot, struct arena *scratch,
                          const size_t *index, size_t count, bool *ret_as_before, struct err *err)
{
    struct match_evidence *known = arena_calloc(scratch, count + 1, sizeof(known[0]));

    for (size_t i = 0; i < count; i++)
        known[i] = match_evidence_of(&snapshot->account[index[i]]);
    if (read_portions(job, snapshot, index, count, err) < 0)
        return -1;
    *ret_as_before = true;
    for (size_t i = 0; i < count && *ret_as_before; i++)
        *ret_as_before =
            match_evidence_is_same(known[i], match_evidence_of(&snapshot->account[index[i]]));
    return 0;
}

static int read_wanted(struct job *job, struct collected *collected, struct err *err)
{
    CLEANUP(arena_release) struct arena matched = ARENA_INIT, decided = ARENA_INIT;
    struct snapshot *snapshot = &collected->snapshot;
    struct evidence_settings settings = logins_settings(job, collected);
    struct pairing *pairing = NULL;
    struct decided *known = NULL; /* what is decided of all that is known by now */

    for (int round = 0; round < ROUNDS && !snapshot->logins_given_up; round++) {
        CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
        struct weighed weighed;
        size_t *index = NULL;

        if (!known)
            arena_release(&decided); /* matching takes the most */
        if (!pairing) {
            arena_clear(&matched);
            pairing = match_all(&matched, snapshot, &collected->roster, &job->config->matching);
        }
        collected->decided = known;
        job_weigh(job, collected, pairing, &decided, &weighed);
        collected->decided = NULL;
        size_t count =
            evidence_choose(&scratch, &settings, &weighed.context, weighed.decided, &index);
        if (count == 0) { /* so nothing of what this rests on changes any more */
            collected->decided = weighed.decided;
            arena_adopt(job->arena, &decided);
            break;
        }
        log_debug("%zu last logins are read one by one", count);
        bool as_before = false;
        if (read_for_links(job, snapshot, &scratch, index, count, &as_before, err) < 0)
            return -1;
        if (!as_before)
            pairing = NULL;
        known = pairing && policy_decide_again(&decided, &job->config->policy, &weighed.context,
                                               weighed.decided, index, count)
                    ? weighed.decided
                    : NULL;
        settings.days_passed = 0; /* the refresh has had its share */
    }
    if (pairing)
        arena_adopt(job->arena, &matched);
    collected->pairing = pairing;
    return 0;
}

static const char *explain_logins(struct job *job, const struct snapshot *snapshot)
{
    return arena_printf(job->arena, "last logins: %s%s", snapshot->logins_note,
                        snapshot->by_events
                            ? ""
                            : "; login events were not used, last logins were read one by one "
                              "where they decide something");
}

/* Why a rule that asks activity finds nobody, or not everybody; NULL where it may. */
static const char *explain_activity(struct job *job, const struct snapshot *snapshot)
{
    const struct policy *policy = &job->config->policy;
    int days = policy_activity_days(policy);
    char since[DAY_TEXT_SIZE], from[DAY_TEXT_SIZE];

    if (days < 0 || snapshot->activity.missing)
        return snapshot->activity.missing;
    struct day reach = instant_day(snapshot->activity.since, policy->zone);
    if (!day_is_set(reach))
        return "activity: none is read: nobody is known to be unused";
    if (day_between(reach, job->today) >= days)
        return NULL;
    return arena_printf(job->arena,
                        "activity is known without a gap since %s only: whoever was not active "
                        "since is known to be unused for %d days from %s on",
                        day_format(reach, since), days, day_format(day_add(reach, days), from));
}

/* Whoever reviews the plan is to know what it rests on. */
static void explain_evidence(struct job *job, struct collected *collected, const char *years)
{
    const struct snapshot *snapshot = &collected->snapshot;
    const char **note = arena_calloc(job->arena, 3, sizeof(note[0]));
    const char *activity = explain_activity(job, snapshot);
    size_t count = 0;

    if (snapshot->logins_note)
        note[count++] = explain_logins(job, snapshot);
    if (activity)
        note[count++] = activity;
    if (years)
        note[count++] = years;
    collected->note = note;
    collected->note_count = count;
}

int job_read_logins(struct job *job, struct collected *collected, struct err *err)
{
    struct snapshot *snapshot = &collected->snapshot;
    const char *years = NULL;

    if (events_read_logins(job, collected, err) < 0 ||
        events_read_activity(job, snapshot, err) < 0 ||
        years_read(job, snapshot, &years, err) < 0 || ask_portal(job, collected, err) < 0 ||
        store_ask_roster(job->store, &collected->roster, err) < 0 || /* while all are matched */
        read_wanted(job, collected, err) < 0)
        return -1;
    explain_evidence(job, collected, years);
    collected->history.events_reach = snapshot->events_reach;
    collected->history.logins_known_before = (int64_t)snapshot->logins_known_before;
    collected->history.logins_lost = (int64_t)snapshot->logins_lost;
    return 0;
}
