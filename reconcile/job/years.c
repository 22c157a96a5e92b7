/*
 * A file is taken over when it is whole, and not before: what its rows say is gathered for each
 * account of the list, and goes into accounts and history at its end. So memory is bounded by the
 * list, whoever else a file tells of.
 *
 * Which years: those up to the one in which the events begin that are told page by page. What comes
 * later is told by these, so a year that ends asks for no file.
 */
#include "job/years.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "facts/account_index.h"
#include "host/log.h"
#include "store/year.h"

enum {
    KEPT_DAYS = 365,      /* the portal tells page by page */
    ABSENT_FOR_DAYS = 30, /* until one that was not there is asked for again */
};

/* What a file says of one account. */
struct past {
    struct instant login, first, active;
    enum event_kind kind; /* what the newest activity was */
};

struct years {
    struct job *job;
    struct snapshot *snapshot;
    struct account_index by_id;
    struct past *past;       /* by the account's index */
    struct instant asked_at; /* for the file in hand */
    struct text note;
};

static void take_event(void *context, const char *user_id, enum event_kind kind, struct instant at)
{
    struct years *years = context;
    const struct config_portal *config = &years->job->config->portal;
    uint32_t listed = account_index_find(&years->by_id, years->snapshot->account, user_id);

    if (listed == ACCOUNT_NOWHERE)
        return;
    struct past *past = &years->past[listed];
    if (!instant_is_set(past->first) || instant_compare(at, past->first) < 0)
        past->first = at;
    if (kind == EVENT_LOGIN)
        past->login = instant_later(past->login, at);
    else if (kind && config->activity_wanted && config->activity[kind] &&
             instant_compare(at, past->active) > 0) {
        past->active = at;
        past->kind = kind;
    }
}

/* --- what is known by it --- */

static bool tells_login(const struct years *years, size_t i)
{
    const struct login *known = &years->snapshot->account[i].login;
    struct instant at = years->past[i].login;

    return instant_is_set(at) && (known->kind != LOGIN_KNOWN || instant_compare(at, known->at) > 0);
}

static bool tells_activity(const struct years *years, size_t i)
{
    struct instant at = years->past[i].active;

    return instant_is_set(at) &&
           instant_compare(at, account_activity(&years->snapshot->account[i])->at) > 0;
}

static bool tells_first(const struct years *years, size_t i)
{
    struct instant known = years->snapshot->account[i].history.first_event;
    struct instant at = years->past[i].first;

    return instant_is_set(at) && (!instant_is_set(known) || instant_compare(at, known) < 0);
}

static struct pending_login told_login(const void *context, size_t i)
{
    const struct years *years = context;

    if (!tells_login(years, i))
        return (struct pending_login){.account_id = NULL};
    return (struct pending_login){.account_id = years->snapshot->account[i].id,
                                  .login = {.kind = LOGIN_KNOWN,
                                            .source = LOGIN_FROM_EVENTS,
                                            .at = years->past[i].login,
                                            .seen_at = years->asked_at}};
}

static struct pending_activity told_activity(const void *context, size_t i)
{
    const struct years *years = context;

    if (!tells_activity(years, i))
        return (struct pending_activity){.account_id = NULL};
    return (struct pending_activity){.account_id = years->snapshot->account[i].id,
                                     .activity = {.at = years->past[i].active,
                                                  .seen_at = years->asked_at,
                                                  .kind = years->past[i].kind,
                                                  .is_new = true}};
}

static struct first_event told_first(const void *context, size_t i)
{
    const struct years *years = context;

    if (!tells_first(years, i))
        return (struct first_event){.account_id = NULL};
    return (struct first_event){.account_id = years->snapshot->account[i].id,
                                .at = years->past[i].first,
                                .seen_at = years->asked_at};
}

/* What is news is what the accounts do not say yet: they are told when it is stored. */
static struct store_year_told count_told(const struct years *years)
{
    struct store_year_told told = {
        .context = years,
        .places = years->snapshot->count,
        .login = told_login,
        .activity = told_activity,
        .first = told_first,
    };

    for (size_t i = 0; i < told.places; i++) {
        told.login_count += tells_login(years, i);
        told.activity_count += tells_activity(years, i);
        told.first_count += tells_first(years, i);
    }
    return told;
}

static void tell_accounts(struct years *years)
{
    for (size_t i = 0; i < years->snapshot->count; i++) {
        struct account *account = &years->snapshot->account[i];
        if (tells_login(years, i))
            account->login = login_newest(account->login, told_login(years, i).login);
        if (tells_activity(years, i))
            account_tell_activity(years->job->arena, account, told_activity(years, i).activity);
        if (tells_first(years, i))
            account->history.first_event = years->past[i].first;
    }
}

/* --- one year --- */

static void say(struct years *years, int year, const char *why)
{
    text_addf(&years->note, "%s%d: %s", years->note.length > 0 ? "; " : "", year, why);
}

static void log_year(struct years *years, const struct store_year *year, size_t accounts)
{
    switch (year->outcome) {
    case YEAR_WAS_READ:
        log_info("the events of %d were read: %lld rows, %zu accounts in them%s%s", year->year,
                 (long long)year->rows, accounts, year->why ? "; " : "",
                 year->why ? year->why : "");
        return;
    case YEAR_WAS_ABSENT:
        log_warning("the events of %d are not there, the run goes on without; in %d days they are "
                    "asked for again: %s",
                    year->year, ABSENT_FOR_DAYS, year->why);
        break;
    case YEAR_WAS_BROKEN:
        log_warning("of the events of %d nothing was taken, the next run asks again: %s",
                    year->year, year->why);
        break;
    }
    say(years, year->year, year->why);
}

static int read_year(struct years *years, int number, struct err *err)
{
    static const enum year_outcome outcomes[] = {[YEAR_BROKEN] = YEAR_WAS_BROKEN,
                                                 [YEAR_READ] = YEAR_WAS_READ,
                                                 [YEAR_ABSENT] = YEAR_WAS_ABSENT};
    struct job *job = years->job;
    struct portal_year wanted = {
        .year = number, .now = job->now, .context = years, .take = take_event};
    struct portal_year_told answer;
    struct store_year_told told = {.places = 0};

    memset(years->past, 0, (years->snapshot->count + 1) * sizeof(years->past[0]));
    if (job->portal.year(job->portal.self, job->arena, &wanted, &answer, err) < 0)
        return -1;
    if (answer.access == YEAR_UNASKED)
        return 0;
    struct store_year year = {.year = number,
                              .outcome = outcomes[answer.access],
                              .asked_at = job->clock->now(job->clock->self),
                              .why = answer.why};
    if (year.outcome == YEAR_WAS_READ) {
        year.rows = (int64_t)answer.rows;
        year.unreadable = (int64_t)answer.unreadable;
        years->asked_at = year.asked_at;
        told = count_told(years);
    }
    log_year(years, &year, told.first_count);
    if (store_save_year(job->store, &year, &told, err) < 0)
        return -1;
    if (year.outcome == YEAR_WAS_READ)
        tell_accounts(years);
    return 0;
}

/* --- which --- */

static const struct store_year *find_year(const struct store_year *year, size_t count, int number)
{
    for (size_t i = 0; i < count; i++) {
        if (year[i].year == number)
            return &year[i];
    }
    return NULL;
}

static bool is_due(const struct store_year *year, struct instant now)
{
    if (!year || year->outcome == YEAR_WAS_BROKEN)
        return true;
    return year->outcome == YEAR_WAS_ABSENT &&
           now.us - year->asked_at.us >= ABSENT_FOR_DAYS * DAY_US;
}

/* The last year that a file is needed of: the one in which what is told page by page begins. */
static int last_year(const struct job *job, struct instant covered_from)
{
    struct instant kept_from = instant_add_us(job->now, -KEPT_DAYS * DAY_US);
    bool since_long = instant_is_set(covered_from) && instant_compare(covered_from, kept_from) < 0;
    int year = 0, month = 0, day = 0;

    day_to_civil(instant_day(since_long ? covered_from : kept_from, &zone_utc), &year, &month,
                 &day);
    return year;
}

static int read_due(struct years *years, const struct store_year *year, size_t count, int last,
                    struct err *err)
{
    int wanted = (int)years->job->config->portal.historical_years;

    for (int number = last; number > last - wanted; number--) {
        if (is_due(find_year(year, count, number), years->job->now) &&
            read_year(years, number, err) < 0)
            return -1;
    }
    return 0;
}

static bool any_due(const struct job *job, const struct store_year *year, size_t count, int last)
{
    int wanted = (int)job->config->portal.historical_years;

    for (int number = last; number > last - wanted; number--) {
        if (is_due(find_year(year, count, number), job->now))
            return true;
    }
    return false;
}

static void index_accounts(struct years *years)
{
    const struct snapshot *snapshot = years->snapshot;

    account_index_init(&years->by_id, snapshot->account, snapshot->count);
    years->past = mem_calloc(snapshot->count + 1, sizeof(years->past[0]));
}

static int read_years(struct years *years, const struct store_year *year, size_t count, int last,
                      const char **ret_note, struct err *err)
{
    struct arena *arena = years->job->arena;

    index_accounts(years);
    int failed = read_due(years, year, count, last, err);
    if (!failed && years->note.length > 0)
        *ret_note = arena_printf(arena,
                                 "events of earlier years were not read, the plan does without "
                                 "them: %s",
                                 text_cstr(&years->note));
    account_index_release(&years->by_id);
    free(years->past);
    text_release(&years->note);
    return failed;
}

int years_read(struct job *job, struct snapshot *snapshot, const char **ret_note, struct err *err)
{
    CLEANUP(arena_release) struct arena loaded = ARENA_INIT;
    struct years years = {.job = job, .snapshot = snapshot, .note = TEXT_INIT};
    struct events_progress logins;
    struct store_year *year = NULL;
    size_t count = 0;

    *ret_note = NULL;
    /* Whom a list that broke off does not name, a file that is read once would be lost for. */
    if (!job->portal.year || job->config->portal.historical_years == 0 || !snapshot->by_events ||
        !snapshot->complete)
        return 0;
    if (store_load_events(job->store, &loaded, EVENT_LOGIN, &logins, err) < 0 ||
        store_load_years(job->store, &loaded, &year, &count, err) < 0)
        return -1;
    int last = last_year(job, logins.covered_from);
    if (!any_due(job, year, count, last))
        return 0;
    return read_years(&years, year, count, last, ret_note, err);
}
