/*
 * The first login events of a portal are those of a year, and so are those after a long pause. Of
 * whom they do not clear a single read tells as well; so they are read newest first, and before
 * each step it is asked what older ones could spare: whose last login is wanted as things are, and
 * whose would be if each of them had logged in just before what is told. Where the one is not more
 * than the other by what the step costs, the rest is read one by one.
 *
 * Invariant: what is said to be told (covered_from to complete_to) was told whole. Whoever was not
 * told of since is taken for somebody of whom nothing is known.
 */
#include "core/rules.h"
#include "core/thrift.h"
#include "host/log.h"
#include "job/events_private.h"
#include "job/logins.h"
#include "job/weigh.h"

enum {
    WANTED_LEAST = 64, /* accounts, for which it is worth to ask what older events could spare */
    LONG_DAYS = 14,    /* behind what is told */
    EVENTS_KEPT_DAYS = 365,
    WINDOW_S = 300, /* of the pace (net/pace) */
};

struct back {
    struct events *events;
    struct thrift thrift;
    struct instant from, told, to; /* told: from there to `to` */
};

/* Whether nothing told of this account since then. */
static bool is_open(const struct account *account, struct instant since)
{
    return account->login.kind != LOGIN_UNREADABLE &&
           instant_compare(account->login.at, since) < 0 &&
           instant_compare(account->history.read_at, since) < 0;
}

/* How many are read one by one when nothing older is told. */
static int64_t count_wanted(const struct back *back)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct job *job = back->events->job;
    struct collected *collected = back->events->collected;
    struct evidence_settings settings = logins_settings(job, collected);
    struct weighed weighed;
    size_t *index = NULL;

    settings.reread_days = job->config->portal.login_reread_days;
    settings.told_since = back->told;
    settings.days_passed = 0; /* the refresh takes as many, either way */
    job_weigh(job, collected, NULL, &scratch, &weighed);
    return (int64_t)evidence_choose(&scratch, &settings, &weighed.context, weighed.decided, &index);
}

/* The same, if everybody who can be had logged in just before what is told. */
static int64_t count_beyond(const struct back *back)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct snapshot *snapshot = back->events->snapshot;
    struct login *login = arena_calloc(&scratch, snapshot->count + 1, sizeof(login[0]));

    for (size_t i = 0; i < snapshot->count; i++) {
        struct account *account = &snapshot->account[i];
        login[i] = account->login;
        if (is_open(account, back->told))
            account->login = (struct login){.kind = LOGIN_KNOWN,
                                            .source = LOGIN_FROM_EVENTS,
                                            .at = back->told,
                                            .seen_at = back->events->job->now};
    }
    int64_t beyond = count_wanted(back);
    for (size_t i = 0; i < snapshot->count; i++)
        snapshot->account[i].login = login[i];
    return beyond;
}

static void weigh(struct back *back, double pages_a_day)
{
    struct thrift *thrift = &back->thrift;
    bool is_first = thrift->spent == 0;

    thrift->wanted = count_wanted(back);
    thrift->beyond = count_beyond(back);
    if (is_first || thrift->spent + thrift->wanted < thrift->best)
        thrift->best = thrift->spent + thrift->wanted;
    thrift->ahead = thrift_pages(back->told.us - back->from.us, pages_a_day);
}

static const char *pace_of(const struct back *back, double *ret_minutes)
{
    const struct config_portal *config = &back->events->job->config->portal;
    double pace = config->requests_per_second, window = (double)config->requests_per_window;

    if (pace <= 0 || (window > 0 && window / WINDOW_S < pace))
        pace = window / WINDOW_S;
    *ret_minutes = pace > 0 ? (double)back->thrift.wanted / pace / 60 : 0;
    return arena_printf(back->events->job->arena, "%.1f requests a second", pace);
}

/* What was chosen, and why: for the log, and for whoever reviews the plan. */
static void say(const struct back *back, int64_t older)
{
    struct events *events = back->events;
    const struct thrift *thrift = &back->thrift;
    char day[DAY_TEXT_SIZE];
    double minutes = 0;
    const char *pace = pace_of(back, &minutes);
    int64_t spares = thrift->wanted - thrift->beyond;

    if (older == 0)
        return;
    events_note(
        events,
        arena_printf(
            events->job->arena,
            "login events are read from %s on (%lld pages), and %lld accounts one by one, some "
            "%.0f min at %s; older events are some %lld pages more and would spare at most %lld "
            "of those reads",
            day_format(instant_day(back->told, events->job->config->policy.zone), day),
            (long long)thrift->spent, (long long)thrift->wanted, minutes, pace, (long long)older,
            (long long)(spares > 0 ? spares : 0)));
}

/* The old stretch goes on where the new one ends. */
static int join(struct events *events, struct instant covered_from, struct err *err)
{
    events->progress.covered_from = covered_from;
    return events_keep_progress(events, err);
}

int events_read_back(struct events *events, struct instant from, struct instant to,
                     double pages_a_day, struct err *err)
{
    struct events_progress before = events->progress;
    struct back back = {.events = events,
                        .from = from,
                        .told = to,
                        .to = to,
                        .thrift.needed = thrift_needs_events(&events->job->config->policy)};
    struct thrift *thrift = &back.thrift;
    bool whole = true, joins = instant_is_set(before.covered_from) &&
                               instant_compare(before.complete_to, to) < 0 &&
                               instant_compare(from, before.complete_to) <= 0;

    weigh(&back, pages_a_day);
    log_info("login events: some %lld pages, or single reads of %lld accounts: newest events first",
             (long long)thrift->ahead, (long long)thrift->wanted);
    for (;;) {
        int64_t left_us = back.told.us - from.us, older = thrift->ahead;
        /* The newest ones in any case: the next run's begin there. */
        bool must = instant_compare(events->progress.complete_to, to) < 0;
        int64_t step_us = thrift->needed ? left_us
                                         : thrift_step_us(to.us - back.told.us, left_us,
                                                          pages_a_day, thrift_room(thrift));
        thrift->ahead = thrift_pages(step_us, pages_a_day);
        thrift->ahead += thrift->ahead == 0;
        if (left_us <= 0 || (!must && !thrift_goes_on(thrift))) {
            say(&back, left_us > 0 ? older + (older == 0) : 0);
            break;
        }
        struct events_cut cut = {.from = instant_add_us(back.told, -step_us),
                                 .to = back.told,
                                 .pages = thrift->ahead,
                                 .newest_first = true};
        size_t pages = events->pages;
        if (events_read_parts(events, &cut, &whole, err) < 0)
            return -1;
        if (!whole)
            return 0;
        thrift->spent += (int64_t)(events->pages - pages);
        back.told = cut.from;
        pages_a_day = (double)thrift->spent * (double)DAY_US / (double)(to.us - back.told.us);
        weigh(&back, pages_a_day);
    }
    events->is_told = true;
    return joins && instant_compare(back.told, from) <= 0 ? join(events, before.covered_from, err)
                                                          : 0;
}

bool events_wants_back(const struct events *events)
{
    const struct snapshot *snapshot = events->snapshot;
    struct instant since = events->progress.covered_from;
    size_t open = 0;

    if (!policy_asks_login(&events->job->config->policy) ||
        events->job->now.us - since.us > (EVENTS_KEPT_DAYS - LONG_DAYS) * DAY_US)
        return false;
    if (thrift_needs_events(&events->job->config->policy))
        return true;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        open += account->status == ACCOUNT_ACTIVE && is_open(account, since);
    }
    return open > WANTED_LEAST;
}
