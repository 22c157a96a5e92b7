/*
 * Events first, page by page, each page stored together with how far they are read. Then the core
 * is asked what it would decide; whose decision rests on the login, without a single read that is
 * young enough, is read, in portions that are stored as well; and asked again, because what was
 * read may have changed a decision. Nobody is read twice, so this ends.
 *
 * Events alone never lead to an act: they only make a login newer.
 */
#include "job/logins.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/table.h"
#include "core/evidence.h"
#include "core/rules.h"
#include "host/log.h"
#include "job/weigh.h"
#include "store/login.h"

enum {
    EVENTS_KEPT_DAYS = 365, /* Bynder keeps twelve months */
    EVENTS_A_PAGE = 1000,   /* a guess at the pages of earlier runs, rather low */
    PORTION = 500,          /* single reads that are stored together */
    ROUNDS = 5,             /* of deciding and reading; two are the rule */
    ASKED = 20,             /* accounts that are read to learn whether anybody was there */
    CLOCKS_AGREE_S = 60,    /* the portal tells its own in whole seconds, and answers take time */
    ASKED_OF = 200,         /* they are the first of these who are still there */
};

/* --- events --- */

struct events {
    struct job *job;
    struct snapshot *snapshot;
    struct table by_id;
    struct events_progress progress;
    struct instant
        until;    /* what there can be events of: now; the portal's when our clock is ahead */
    bool resumed; /* the cursor is of an earlier run */
    size_t pages; /* read by this run */
    int64_t told; /* events of this window; of the pages of earlier runs a guess */
    /* Cursors are told to go round in a circle by comparing each with one of those before. Which
     * one moves on after 1, 2, 4, 8 … pages (Brent), so a circle of any length is seen before it
     * was gone round three times, and no other cursor has to be kept. */
    const char *mark;
    size_t since_mark, until_next_mark;
};

static void note(struct events *events, const char *why)
{
    if (!events->snapshot->logins_note)
        events->snapshot->logins_note = arena_strdup(events->job->arena, why);
}

/* From where the last window ended, and a little before that, to now. */
static void begin_window(struct events *events)
{
    const struct job *job = events->job;
    struct events_progress *progress = &events->progress;
    struct instant oldest = instant_add_us(job->now, -EVENTS_KEPT_DAYS * DAY_US);
    int64_t overlap_us = job->config->portal.events_overlap_hours * 3600 * SECOND_US;
    struct instant from = instant_add_us(progress->complete_to, -overlap_us);

    progress->from = instant_compare(from, oldest) > 0 ? from : oldest;
    progress->to = events->until;
    progress->cursor = NULL;
    progress->pages = 0;
}

/* Of one page, what is news: nobody's newest login twice, and none that is known already. Accounts
 * that are not listed are kept as well: they may only be missing from this list. */
static size_t take_page(struct events *events, const struct events_page *page,
                        struct pending_login *pending)
{
    struct snapshot *snapshot = events->snapshot;
    struct instant seen_at = events->job->clock->now(events->job->clock->self);
    struct table at;
    size_t count = 0;

    table_init(&at, page->count);
    for (size_t i = 0; i < page->count; i++) {
        const struct login_event *event = &page->event[i];
        struct login login = {
            .kind = LOGIN_KNOWN, .source = LOGIN_FROM_EVENTS, .at = event->at, .seen_at = seen_at};
        uint32_t listed = table_find(&events->by_id, event->user_id);
        uint32_t again = table_find(&at, event->user_id);

        if (instant_compare(event->at, events->progress.newest_at) > 0)
            events->progress.newest_at = event->at;
        if (listed != TABLE_END) {
            struct account *account = &snapshot->account[table_value(&events->by_id, listed)];
            struct login known = account->login;
            account->login = login_newest(known, login);
            if (known.kind == LOGIN_KNOWN && instant_compare(login.at, known.at) <= 0)
                continue;
        }
        if (again == TABLE_END) {
            table_add(&at, event->user_id, (uint32_t)count);
            pending[count++] = (struct pending_login){.account_id = event->user_id, .login = login};
        } else {
            struct login *kept = &pending[table_value(&at, again)].login;
            *kept = login_newest(*kept, login);
        }
    }
    table_release(&at);
    return count;
}

static void set_mark(struct events *events, const char *cursor, size_t until_next_mark)
{
    events->mark = cursor;
    events->since_mark = 0;
    events->until_next_mark = until_next_mark;
}

/* Whether this cursor, now that of the next page, was one before. */
static bool leads_back(struct events *events)
{
    const char *cursor = events->progress.cursor;

    if (text_equal(cursor, events->mark))
        return true;
    if (++events->since_mark >= events->until_next_mark)
        set_mark(events, cursor, 2 * events->until_next_mark);
    return false;
}

/* Why the next page that was named leads to no end; NULL when nothing says so. */
static const char *find_lie(struct events *events)
{
    const struct events_progress *progress = &events->progress;
    int64_t window_us = progress->to.us - progress->from.us;

    if (leads_back(events))
        return "the pages of login events go round in a circle";
    if (evidence_is_invented(events->snapshot->count, window_us, progress->pages, events->told))
        return arena_printf(events->job->arena,
                            "the login events have no end: %lld on %lld pages, and still a next "
                            "page",
                            (long long)events->told, (long long)progress->pages);
    return NULL;
}

/* The next run reads the window from its beginning. */
static void forget_pages(struct events_progress *progress)
{
    progress->cursor = NULL;
    progress->pages = 0;
}

/* What the page tells is kept, also when what follows it is no next page. */
static int keep_page(struct events *events, struct arena *scratch, const struct events_page *page,
                     struct err *err)
{
    struct events_progress *progress = &events->progress;
    struct pending_login *pending = arena_calloc(scratch, page->count + 1, sizeof(pending[0]));
    size_t count = take_page(events, page, pending);

    events->snapshot->events += page->count;
    events->pages++;
    events->told += (int64_t)page->told;
    progress->pages++;
    progress->cursor = arena_strdup(events->job->arena, page->next_cursor);
    const char *lie = progress->cursor ? find_lie(events) : NULL;
    if (lie) {
        note(events, lie);
        forget_pages(progress);
    } else if (!progress->cursor) {
        progress->complete_to = progress->to;
        progress->from = progress->to = INSTANT_NONE;
    }
    if (events->job->progress.report)
        events->job->progress.report(events->job->progress.context, "login events",
                                     events->snapshot->events, 0);
    return store_save_logins(events->job->store, pending, count, progress, err);
}

/* *ret_over: there is nothing more to ask. */
static int read_page(struct events *events, bool *ret_over, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct job *job = events->job;
    struct events_progress *progress = &events->progress;
    struct events_window window = {
        .from = progress->from, .to = progress->to, .cursor = progress->cursor};
    struct events_page page;

    if (job->portal.events(job->portal.self, &scratch, &window, &page, err) < 0)
        return -1;
    if (page.why)
        note(events, page.why);
    if (page.access == EVENTS_READ) {
        events->resumed = false;
        if (keep_page(events, &scratch, &page, err) < 0)
            return -1;
        *ret_over = !progress->cursor;
        return 0;
    }
    /* A cursor of another day may be forgotten: the window is read from its beginning then. */
    *ret_over = !events->resumed || page.access == EVENTS_DENIED;
    if (events->resumed) {
        forget_pages(progress);
        set_mark(events, NULL, 1);
        events->resumed = false;
    }
    return 0;
}

/* A window that an earlier run left is read to its end, and then the time since. */
static int read_windows(struct events *events, struct err *err)
{
    struct events_progress *progress = &events->progress;

    while (instant_compare(progress->complete_to, events->until) < 0) {
        bool over = false;
        if (!instant_is_set(progress->to))
            begin_window(events);
        set_mark(events, progress->cursor, 1);
        events->told = progress->pages * EVENTS_A_PAGE;
        while (!over) {
            if (read_page(events, &over, err) < 0)
                return -1;
        }
        if (instant_is_set(progress->to)) /* it was not read to its end */
            return 0;
    }
    events->snapshot->by_events = true;
    return 0;
}

/* Events carry the portal's time: while this machine's clock is ahead of it, the days between have
 * not come. What an earlier run with such a clock called read is read only up to its newest event.
 */
static void bound_by_clocks(struct events *events)
{
    const struct snapshot *snapshot = events->snapshot;
    struct events_progress *progress = &events->progress;
    struct instant now = events->job->now;
    struct instant told =
        instant_add_us(now, (int64_t)(snapshot->clock_ahead_s * (double)SECOND_US));

    bool is_ahead = snapshot->clock_told && now.us - told.us > CLOCKS_AGREE_S * SECOND_US;
    events->until = is_ahead ? told : now;
    struct instant future = instant_add_us(events->until, CLOCKS_AGREE_S * SECOND_US);
    if (instant_compare(progress->to, future) > 0) {
        progress->from = progress->to = INSTANT_NONE;
        forget_pages(progress);
    }
    if (instant_compare(progress->newest_at, future) > 0)
        progress->newest_at = INSTANT_NONE;
    if (instant_compare(progress->complete_to, future) > 0)
        progress->complete_to = progress->newest_at;
}

static void log_events(const struct events *events)
{
    const struct snapshot *snapshot = events->snapshot;

    if (snapshot->by_events)
        log_info("%zu login events on %zu pages%s%s", snapshot->events, events->pages,
                 snapshot->logins_note ? "; " : "",
                 snapshot->logins_note ? snapshot->logins_note : "");
    else
        log_warning("login events are not used, last logins are read one by one where they are "
                    "needed: %s",
                    snapshot->logins_note ? snapshot->logins_note
                                          : "they were not read to the end");
}

static int read_events(struct job *job, struct collected *collected, struct err *err)
{
    struct events events = {.job = job, .snapshot = &collected->snapshot};
    const struct snapshot *snapshot = &collected->snapshot;

    if (!job->portal.events)
        return 0;
    if (store_load_events(job->store, job->arena, &events.progress, err) < 0)
        return -1;
    bound_by_clocks(&events);
    events.resumed = events.progress.cursor != NULL;
    table_init(&events.by_id, snapshot->count);
    for (size_t i = 0; i < snapshot->count; i++) {
        if (snapshot->account[i].id)
            table_add(&events.by_id, snapshot->account[i].id, (uint32_t)i);
    }
    int failed = read_windows(&events, err);
    table_release(&events.by_id);
    if (failed)
        return -1;
    if (snapshot->by_events)
        collected->snapshot.events_reach = events.progress.newest_at;
    log_events(&events);
    return 0;
}

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
        pending[kept++] = (struct pending_login){
            .account_id = account->id, .login = answer, .department = account->department};
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
    struct table by_id;
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
    const char **most = NULL;
    size_t count = 0;

    if (store_load_login_most(job->store, job->arena, ASKED_OF, &most, &count, err) < 0)
        return -1;
    table_init(&asking->by_id, snapshot->count);
    for (size_t i = 0; i < snapshot->count; i++) {
        if (snapshot->account[i].id)
            table_add(&asking->by_id, snapshot->account[i].id, (uint32_t)i);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t at = table_find(&asking->by_id, most[i]);
        if (at != TABLE_END)
            choose(asking, table_value(&asking->by_id, at));
    }
    table_release(&asking->by_id);
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

/* K5: whether a link has a twin, which the login of another account may excuse. */
static bool rests_on_logins(const struct snapshot *snapshot, const struct pairing *pairing)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        if (pairing[i].kind == LINK_ONE && pairing[i].other)
            return true;
    }
    return false;
}

static int read_wanted(struct job *job, struct collected *collected, struct err *err)
{
    CLEANUP(arena_release) struct arena matched = ARENA_INIT;
    struct snapshot *snapshot = &collected->snapshot;
    const struct config_portal *config = &job->config->portal;
    struct evidence_settings settings = {
        .full = job->full,
        .asked = policy_asks_login(&job->config->policy),
        .department_asked = policy_asks_department(&job->config->policy),
        /* Without the events since then nothing but a single read tells that somebody came back. */
        .reread_days = snapshot->by_events ? config->login_reread_days : 0,
        .refresh_days = config->login_refresh_days,
        .days_passed = days_passed(job, collected),
    };

    struct pairing *pairing = NULL;
    for (int round = 0; round < ROUNDS && !snapshot->logins_given_up; round++) {
        CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
        struct weighed weighed;
        size_t *index = NULL;

        if (!pairing || rests_on_logins(snapshot, pairing))
            pairing = match_all(&matched, snapshot, &collected->roster, &job->config->matching);
        job_weigh(job, collected, pairing, &scratch, &weighed);
        size_t count =
            evidence_choose(&scratch, &settings, &weighed.context, weighed.decision, &index);
        if (count == 0)
            return 0;
        log_debug("%zu last logins are read one by one", count);
        if (read_portions(job, snapshot, index, count, err) < 0)
            return -1;
        settings.days_passed = 0; /* the refresh has had its share */
    }
    return 0;
}

/* Whoever reviews the plan is to know what it rests on. */
static void explain_logins(struct job *job, struct collected *collected)
{
    const char **note = arena_calloc(job->arena, 1, sizeof(note[0]));

    note[0] = arena_printf(job->arena, "last logins: %s%s", collected->snapshot.logins_note,
                           collected->snapshot.by_events
                               ? ""
                               : "; login events were not used, last logins were read one by one "
                                 "where they decide something");
    collected->note = note;
    collected->note_count = 1;
}

int job_read_logins(struct job *job, struct collected *collected, struct err *err)
{
    struct snapshot *snapshot = &collected->snapshot;

    if (read_events(job, collected, err) < 0 || ask_portal(job, collected, err) < 0 ||
        read_wanted(job, collected, err) < 0)
        return -1;
    if (snapshot->logins_note)
        explain_logins(job, collected);
    collected->history.events_reach = snapshot->events_reach;
    collected->history.logins_known_before = (int64_t)snapshot->logins_known_before;
    collected->history.logins_lost = (int64_t)snapshot->logins_lost;
    return 0;
}
