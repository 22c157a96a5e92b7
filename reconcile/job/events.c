/*
 * Page by page, each stored together with how far its kind is read. A window is read from its first
 * page to its last, by whichever runs it takes; then the next one begins a little before its end.
 *
 * Invariant of activity: what a kind is said to cover (covered_from to complete_to) was told whole.
 * Where a stretch was never told, or held something that nobody could read, it begins anew behind
 * that. What another portal told tells nothing of this one: progress is of one host, and while it
 * may be another portal (G14) no activity is read and no progress is kept. And what was told whole
 * may be told by something broken: a silence that is not to be believed ends what is known as well,
 * and what is known begins anew behind it.
 */
#include "job/events.h"

#include "base/mem.h"
#include "base/text.h"
#include "host/log.h"
#include "job/events_private.h"

enum {
    EVENTS_KEPT_DAYS = 365, /* Bynder keeps twelve months */
    EDGE_DAYS = 7,        /* activity begins so far within, or pages would shift while it is read */
    EVENTS_A_PAGE = 1000, /* a guess at the pages of earlier runs, rather low */
    FEW_PAGES = 16,       /* are read one after the other */
    LONG_DAYS = 14,       /* of login events: it is asked how much of them is worth reading */
    CLOCKS_AGREE_S = 60,  /* the portal tells its own in whole seconds, and answers take time */
};

static bool is_login(const struct events *events)
{
    return events->progress.kind == EVENT_LOGIN;
}

const char *events_what(const struct events *events)
{
    return is_login(events) ? "login events" : event_kinds[events->progress.kind].what;
}

void events_note(struct events *events, const char *why)
{
    struct events *whole = events->whole ? events->whole : events;

    if (!whole->why)
        whole->why = arena_strdup(events->job->arena, why);
}

/* --- windows --- */

/* From where the last window ended. Of activity what is told late is told by nothing else, so from
 * its newest event on, unless something could not be read since. */
static struct instant read_so_far(const struct events *events)
{
    const struct events_progress *progress = &events->progress;
    bool ends_before = instant_compare(progress->newest_at, progress->complete_to) < 0;

    if (is_login(events) || !ends_before)
        return progress->complete_to;
    return instant_later(progress->newest_at, progress->covered_from);
}

/* When a day begins (UTC). */
static struct instant begin_of_day(struct day day)
{
    struct instant second_day = instant_of_seconds(DAY_US / SECOND_US); /* 0 is no instant */
    int days = 1 + day_between(instant_day(second_day, &zone_utc), day);

    return instant_of_seconds(days * (DAY_US / SECOND_US));
}

static bool is_silenced(const struct events *events)
{
    return day_is_set(events->silence.since) && !day_is_set(events->silence.until);
}

/* Where the silence begins that is not to be believed, or `otherwise`: what is told late may be of
 * any day of it. */
static struct instant silent_since(const struct events *events, struct instant otherwise)
{
    if (!is_silenced(events))
        return otherwise;
    struct instant since = begin_of_day(events->silence.since);
    return instant_compare(since, otherwise) < 0 ? since : otherwise;
}

/* From what is read, and a little before that, to now. */
static void begin_window(struct events *events)
{
    const struct job *job = events->job;
    struct events_progress *progress = &events->progress;
    int days = EVENTS_KEPT_DAYS - (is_login(events) ? 0 : EDGE_DAYS);
    struct instant oldest = instant_add_us(job->now, -days * DAY_US);
    int64_t overlap_us = job->config->portal.events_overlap_hours * 3600 * SECOND_US;
    struct instant so_far = silent_since(events, read_so_far(events));
    struct instant from = instant_add_us(so_far, -overlap_us);

    progress->from = instant_compare(from, oldest) > 0 ? from : oldest;
    progress->to = events->until;
    progress->cursor = NULL;
    progress->pages = 0;
    progress->torn = false;
}

/* Every page of it is in. What it joins is covered from where that is. An older version of the
 * endpoint may be there and empty: it does not go on from where the newer one ended. */
void events_end_window(struct events_progress *progress)
{
    bool joins = instant_is_set(progress->covered_from) &&
                 instant_compare(progress->from, progress->complete_to) <= 0;
    bool is_other =
        instant_is_set(progress->complete_to) && progress->version > progress->whole_version;

    /* Of logins single reads tell as well. Where a history is older than this mark, nothing is
     * missing in what it was told. */
    bool is_login = progress->kind == EVENT_LOGIN;
    bool is_unmarked = is_login && instant_is_set(progress->complete_to) &&
                       !instant_is_set(progress->covered_from);

    progress->whole_version = progress->version;
    if ((progress->torn && !is_login) || is_other)
        progress->covered_from = progress->to;
    else if (!joins && !is_unmarked)
        progress->covered_from = progress->from;
    progress->complete_to = progress->to;
    progress->from = progress->to = INSTANT_NONE;
    progress->torn = false;
}

/* The next run reads the window from its beginning. */
static void forget_pages(struct events_progress *progress)
{
    progress->cursor = NULL;
    progress->pages = 0;
}

/* --- pages --- */

/* Of one page, what is news: nobody's newest login twice, and none that is known already. Accounts
 * that are not listed are kept as well: they may only be missing from this list. */
static size_t take_logins(struct events *events, const struct events_page *page,
                          struct pending_login *pending)
{
    struct snapshot *snapshot = events->snapshot;
    struct instant seen_at = events->job->clock->now(events->job->clock->self);
    struct table at;
    size_t count = 0;

    table_init(&at, page->count);
    for (size_t i = 0; i < page->count; i++) {
        const struct portal_event *event = &page->event[i];
        struct login login = {
            .kind = LOGIN_KNOWN, .source = LOGIN_FROM_EVENTS, .at = event->at, .seen_at = seen_at};
        uint32_t listed = account_index_find(events->by_id, snapshot->account, event->user_id);
        uint32_t again = table_find(&at, event->user_id);

        if (listed != ACCOUNT_NOWHERE) {
            struct account *account = &snapshot->account[listed];
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

/* The same of activity. What lies ahead of the portal's own time has not been: it counts as of now,
 * which spares whoever it is of. */
static size_t take_activity(struct events *events, const struct events_page *page,
                            struct pending_activity *pending)
{
    struct snapshot *snapshot = events->snapshot;
    struct instant seen_at = events->job->clock->now(events->job->clock->self);
    struct table at;
    size_t count = 0;

    table_init(&at, page->count);
    for (size_t i = 0; i < page->count; i++) {
        const struct portal_event *event = &page->event[i];
        bool ahead = instant_compare(event->at, events->until) > 0;
        struct activity activity = {.at = ahead ? events->until : event->at,
                                    .seen_at = seen_at,
                                    .kind = events->progress.kind,
                                    .is_new = true};
        uint32_t listed = account_index_find(events->by_id, snapshot->account, event->user_id);
        uint32_t again = table_find(&at, event->user_id);

        if (listed != ACCOUNT_NOWHERE) {
            struct account *account = &snapshot->account[listed];
            if (instant_compare(activity.at, account_activity(account)->at) <= 0)
                continue;
            account_tell_activity(events->job->arena, account, activity);
        }
        if (again == TABLE_END) {
            table_add(&at, event->user_id, (uint32_t)count);
            pending[count++] =
                (struct pending_activity){.account_id = event->user_id, .activity = activity};
        } else {
            struct activity *kept = &pending[table_value(&at, again)].activity;
            *kept = activity_newest(*kept, activity);
        }
    }
    table_release(&at);
    return count;
}

static int store_page(struct events *events, struct arena *scratch, const struct events_page *page,
                      struct err *err)
{
    struct store *store = events->job->store;
    bool is_kept = !events->whole && !events->job->may_be_another;
    const struct events_progress *progress = is_kept ? &events->progress : NULL;

    if (is_login(events)) {
        struct pending_login *pending = arena_calloc(scratch, page->count + 1, sizeof(pending[0]));
        size_t count = take_logins(events, page, pending);
        return store_save_logins(store, pending, count, progress, err);
    }
    struct pending_activity *pending = arena_calloc(scratch, page->count + 1, sizeof(pending[0]));
    size_t count = take_activity(events, page, pending);
    return store_save_activity(store, pending, count, progress, err);
}

int events_keep_progress(struct events *events, struct err *err)
{
    struct store *store = events->job->store;

    if (events->job->may_be_another)
        return 0;
    return is_login(events) ? store_save_logins(store, NULL, 0, &events->progress, err)
                            : store_save_activity(store, NULL, 0, &events->progress, err);
}

static void set_mark(struct events *events, const char *cursor, size_t until_next_mark)
{
    events->mark = cursor;
    events->since_mark = 0;
    events->until_next_mark = until_next_mark;
}

void events_set_mark(struct events *events, const char *cursor)
{
    set_mark(events, cursor, 1);
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
        return arena_printf(events->job->arena, "the pages of %s go round in a circle",
                            events_what(events));
    if (evidence_is_invented(events->snapshot->count, window_us, progress->pages, events->told))
        return arena_printf(
            events->job->arena, "the %s have no end: %lld on %lld pages, and still a next page",
            events_what(events), (long long)events->told, (long long)progress->pages);
    return NULL;
}

static void note_newest(struct events *events, const struct events_page *page)
{
    struct instant *newest = &events->progress.newest_at;

    for (size_t i = 0; i < page->count; i++) {
        const struct portal_event *event = &page->event[i];
        bool ahead = instant_compare(event->at, events->until) > 0;
        if (is_login(events) || (!event->is_untimed && !ahead))
            *newest = instant_later(*newest, event->at);
    }
}

/* The days on which the page has an event that says its time. */
static void note_days(struct events *events, struct arena *scratch, const struct events_page *page)
{
    struct events_progress *progress = &events->progress;
    struct day *day = arena_calloc(scratch, page->count + 1, sizeof(day[0]));
    size_t count = 0;

    for (size_t i = 0; i < page->count && !is_login(events); i++) {
        const struct portal_event *event = &page->event[i];
        struct day of = instant_day(event->at, &zone_utc);
        bool ahead = instant_compare(event->at, events->until) > 0;
        if (!event->is_untimed && !ahead && (count == 0 || day_compare(day[count - 1], of) != 0))
            day[count++] = of;
    }
    progress->told = day;
    progress->told_count = count;
    for (size_t i = 0; i < count && events->whole; i++) {
        events->day =
            mem_grow(events->day, events->day_count, &events->day_room, sizeof(events->day[0]));
        events->day[events->day_count++] = day[i];
    }
}

/* How long a time the pages tell of, where their events are in order: how many pages there are can
 * be guessed from that. */
static void note_length(struct events *events, const struct events_page *page)
{
    int64_t length_us = 0;

    for (size_t i = 1; i < page->count; i++) {
        int64_t step_us = page->event[i].at.us - page->event[i - 1].at.us;
        if ((step_us > 0 && length_us < 0) || (step_us < 0 && length_us > 0))
            return;
        length_us += step_us;
    }
    events->timed_pages += page->count > 1;
    events->timed_us += length_us < 0 ? -length_us : length_us;
}

/* What its last page is: the window ends with it, unless not one of many events names a user. Then
 * it is read anew. */
static void close_window(struct events *events)
{
    struct events_progress *progress = &events->progress;

    events->is_told = true;
    if (events->whole)
        return;
    events->is_nameless = !is_login(events) && events->told > 0 && events->named == 0;
    if (!events->is_nameless) {
        events_end_window(progress);
        return;
    }
    events_note(events, arena_printf(events->job->arena, "none of the %s names a user",
                                     events_what(events)));
    forget_pages(progress);
    progress->from = progress->to = INSTANT_NONE;
}

/* Where the page leads. An empty one may name a next one, of which a second empty one is the last;
 * whether cursors lead nowhere is asked of the others. */
static const char *take_cursor(struct events *events, const struct events_page *page)
{
    struct events_progress *progress = &events->progress;
    bool is_empty = page->told == 0, is_end = is_empty && events->was_empty;

    events->was_empty = is_empty;
    progress->cursor = is_end ? NULL : arena_strdup(events->job->arena, page->next_cursor);
    return progress->cursor && !is_empty ? find_lie(events) : NULL;
}

/* What the page tells is kept, also when what follows it is no next page. */
int events_keep_page(struct events *events, struct arena *scratch, const struct events_page *page,
                     struct err *err)
{
    struct events_progress *progress = &events->progress;
    struct events *whole = events->whole ? events->whole : events;

    note_newest(events, page);
    note_days(events, scratch, page);
    note_length(events, page);
    whole->count += page->count;
    whole->pages++;
    whole->named += page->count;
    events->told += (int64_t)page->told;
    progress->torn |= page->unreadable > 0;
    progress->pages++;
    const char *lie = take_cursor(events, page);
    if (lie) {
        events_note(events, lie);
        forget_pages(progress);
    } else if (!progress->cursor) {
        close_window(events);
    }
    if (events->job->progress.report)
        events->job->progress.report(events->job->progress.context, events_what(events),
                                     whole->count, 0);
    return store_page(events, scratch, page, err);
}

/* Yesterday this version of the endpoint was there: that it is not is no reason yet to believe what
 * an older one tells. */
static bool is_lapse(const struct events *events)
{
    const struct events_progress *progress = &events->progress;

    return instant_is_set(progress->complete_to) && progress->whole_version <= progress->version &&
           events->until.us - progress->complete_to.us < EVIDENCE_SILENT_DAYS * DAY_US;
}

/* The portal has not this version of the endpoint, or not any more: the other one, from the
 * beginning of the window. false: there is none, or it was asked. */
static bool falls_back(struct events *events, enum events_access access)
{
    struct events_progress *progress = &events->progress;

    if (access != EVENTS_ABSENT || progress->version + 1 >= EVENT_PATHS ||
        !event_kinds[progress->kind].path[progress->version + 1] || is_lapse(events))
        return false;
    log_info("%s: this portal has not the newer of two endpoints, the older one is asked",
             events_what(events));
    progress->version++;
    forget_pages(progress);
    events_set_mark(events, NULL);
    events->resumed = false;
    events->why = NULL;
    return true;
}

/* *ret_over: there is nothing more to ask. */
static int read_page(struct events *events, bool *ret_over, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct job *job = events->job;
    struct events_progress *progress = &events->progress;
    struct events_window window = {.kind = progress->kind,
                                   .version = progress->version,
                                   .from = progress->from,
                                   .to = progress->to,
                                   .cursor = progress->cursor};
    struct events_page page;

    if (job->portal.events(job->portal.self, &scratch, &window, &page, err) < 0)
        return -1;
    if (falls_back(events, page.access)) {
        *ret_over = false;
        return 0;
    }
    if (page.why)
        events_note(events, page.why);
    if (page.access == EVENTS_READ) {
        events->resumed = false;
        if (events_keep_page(events, &scratch, &page, err) < 0)
            return -1;
        *ret_over = !progress->cursor;
        return 0;
    }
    /* A cursor of another day may be forgotten: the window is read from its beginning then. */
    *ret_over = !events->resumed || page.access != EVENTS_MISSING;
    if (events->resumed) {
        forget_pages(progress);
        events_set_mark(events, NULL);
        events->resumed = false;
    }
    return 0;
}

/* So many pages there are of so long a time, going by those that were read. */
static double guess_pages(const struct events *events, int64_t us)
{
    return events->timed_us > 0
               ? (double)us * (double)events->timed_pages / (double)events->timed_us
               : 0;
}

/* The window under way, anew from its beginning or its end, several pages at a time. */
static int read_long(struct events *events, struct err *err)
{
    struct events_progress *progress = &events->progress;
    int64_t length_us = progress->to.us - progress->from.us;
    double pages = guess_pages(events, length_us);
    struct events_cut cut = {
        .from = progress->from, .to = progress->to, .pages = (int64_t)pages + 1};

    forget_pages(progress);
    progress->from = progress->to = INSTANT_NONE;
    progress->torn = false;
    if (is_login(events) && length_us > LONG_DAYS * DAY_US)
        return events_read_back(events, cut.from, cut.to, guess_pages(events, DAY_US), err);
    return events_read_parts(events, &cut, &events->is_told, err);
}

/* A window, page by page; a long one otherwise, as soon as it is known to be one. */
static int read_window(struct events *events, struct err *err)
{
    struct events_progress *progress = &events->progress;

    events_set_mark(events, progress->cursor);
    events->told = progress->pages * EVENTS_A_PAGE;
    events->named = 0;
    events->was_empty = events->is_told = false;
    events->timed_us = 0;
    events->timed_pages = 0;
    for (bool over = false; !over;) {
        if (read_page(events, &over, err) < 0)
            return -1;
        double pages = guess_pages(events, progress->to.us - progress->from.us);
        if (!over && pages > (double)(progress->pages + FEW_PAGES))
            return read_long(events, err);
    }
    return 0;
}

/* A window that an earlier run left is read to its end, and then the time since. */
static int read_windows(struct events *events, struct err *err)
{
    struct events_progress *progress = &events->progress;

    while (instant_compare(progress->complete_to, events->until) < 0) {
        if (!instant_is_set(progress->to))
            begin_window(events);
        if (read_window(events, err) < 0)
            return -1;
        if (events->is_nameless || !events->is_told) /* it was not read to its end */
            return 0;
    }
    events->is_read = true;
    return 0;
}

/* Login events that an earlier run was cut off from, before it was known how many are worth it. */
static int read_older(struct events *events, struct instant was_covered, struct err *err)
{
    struct events_progress *progress = &events->progress;
    struct instant oldest = instant_add_us(events->job->now, -EVENTS_KEPT_DAYS * DAY_US);
    double days = (double)(events->until.us - was_covered.us) / (double)DAY_US;

    if (!is_login(events) || !events->is_read || !instant_is_set(was_covered) ||
        instant_compare(was_covered, progress->covered_from) != 0 || !events_wants_back(events))
        return 0;
    events->is_told = false;
    if (events_read_back(events, oldest, progress->covered_from,
                         days > 1 ? (double)events->pages / days : 0, err) < 0)
        return -1;
    return 0; /* what is not told of older ones leaves the newer ones told */
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

/* How far another host was read says nothing of this one. */
static void forget_other_host(struct events_progress *progress, const char *host)
{
    if (!text_equal(progress->host, host))
        *progress = (struct events_progress){.kind = progress->kind, .host = host};
}

/* A page is a place in a list that loses its oldest events: what was begun and has lost some since
 * is begun anew. */
static void forget_old_window(struct events *events)
{
    struct events_progress *progress = &events->progress;
    struct instant oldest = instant_add_us(events->job->now, -EVENTS_KEPT_DAYS * DAY_US);

    if (is_login(events) || !instant_is_set(progress->to) ||
        instant_compare(progress->from, oldest) >= 0)
        return;
    progress->from = progress->to = INSTANT_NONE;
    forget_pages(progress);
}

/* Of activity: whether the kind is silent in a way that nobody believes. Where it was, and tells
 * again, it is covered from the first whole day after that on: the lost days stay unknown. */
static int find_silence(struct events *events, struct err *err)
{
    struct job *job = events->job;
    struct events_progress *progress = &events->progress;
    struct day today = instant_day(events->until, &zone_utc), *told;
    size_t count;

    if (is_login(events))
        return 0;
    if (store_load_told_days(job->store, job->arena, progress->kind, progress->host, today, &told,
                             &count, err) < 0)
        return -1;
    events->silence = evidence_find_silence(told, count, today);
    if (day_is_set(events->silence.until) && instant_is_set(progress->covered_from))
        progress->covered_from =
            instant_later(progress->covered_from, begin_of_day(day_add(events->silence.until, 1)));
    return 0;
}

static int read_kind(struct events *events, enum event_kind kind, struct err *err)
{
    struct instant was_covered;

    if (store_load_events(events->job->store, events->job->arena, kind, &events->progress, err) < 0)
        return -1;
    forget_other_host(&events->progress, events->job->config->portal.host);
    bound_by_clocks(events);
    forget_old_window(events);
    events->resumed = events->progress.cursor != NULL;
    if (!events->resumed)
        events->progress.version = 0; /* the newer one may be there by now */
    was_covered = events->progress.covered_from;
    if (find_silence(events, err) < 0 || read_windows(events, err) < 0 ||
        read_older(events, was_covered, err) < 0)
        return -1;
    return find_silence(events, err);
}

/* --- logins --- */

static void log_logins(const struct events *events)
{
    if (events->is_read)
        log_info("%zu login events on %zu pages%s%s", events->count, events->pages,
                 events->why ? "; " : "", events->why ? events->why : "");
    else
        log_warning("login events are not used, last logins are read one by one where they are "
                    "needed: %s",
                    events->why ? events->why : "they were not read to the end");
}

int events_read_logins(struct job *job, struct collected *collected, struct err *err)
{
    struct snapshot *snapshot = &collected->snapshot;
    struct account_index by_id;
    struct events events = {
        .job = job, .collected = collected, .snapshot = snapshot, .by_id = &by_id};

    if (!job->portal.events || !job->config->portal.login_events)
        return 0;
    account_index_init(&by_id, snapshot->account, snapshot->count);
    int failed = read_kind(&events, EVENT_LOGIN, err);
    account_index_release(&by_id);
    if (failed)
        return -1;
    snapshot->events = events.count;
    snapshot->by_events = events.is_read;
    if (events.why && !snapshot->logins_note)
        snapshot->logins_note = events.why;
    if (events.is_read) {
        snapshot->events_reach = events.progress.newest_at;
        snapshot->events_since = events.progress.covered_from;
    }
    log_logins(&events);
    return 0;
}

/* --- activity --- */

/* What all kinds together tell. */
struct telling {
    struct instant since;  /* the latest beginning of what is covered */
    struct instant newest; /* activity of anybody, of any kind */
    struct text missing;   /* kinds that are not told to their end, and why */
    const char *why;       /* of the last of them */
    struct text silenced;  /* kinds whose silence is not to be believed, and since when */
    size_t count;
};

/* A reason that several have is said once, behind the last of them. */
static void add_missing(struct telling *telling, const char *what, const char *why)
{
    if (telling->why && !text_equal(telling->why, why))
        text_addf(&telling->missing, " (%s)", telling->why);
    text_addf(&telling->missing, "%s%s", telling->missing.length > 0 ? ", " : "", what);
    telling->why = why;
}

static void add_silence(struct telling *telling, const struct events *events)
{
    char day[DAY_TEXT_SIZE];

    text_addf(&telling->silenced, "%sno %s on %lld days after %s",
              telling->silenced.length > 0 ? ", " : "", events_what(events),
              (long long)events->silence.silent, day_format(events->silence.since, day));
}

static void add_kind(struct telling *telling, const struct events *events)
{
    const struct events_progress *progress = &events->progress;

    telling->newest = instant_later(telling->newest, progress->newest_at);
    telling->since = instant_later(telling->since, progress->covered_from);
    telling->count += events->count;
    if (events->is_read && events->why)
        log_info("%s: %s", events_what(events), events->why);
    if (!events->is_read)
        add_missing(telling, events_what(events),
                    events->why ? events->why : "not read to the end");
    if (is_silenced(events))
        add_silence(telling, events);
}

static const char *find_silenced(struct job *job, const struct telling *telling)
{
    return telling->silenced.length == 0
               ? NULL
               : arena_printf(job->arena,
                              "activity: %s, and some on most days before: its events may be "
                              "broken, so nobody is known to be unused until so many days after "
                              "it told some on most days of a week again; or take the kind out of "
                              "'portal.activity'",
                              text_cstr(&telling->silenced));
}

static const char *find_missing(struct job *job, const struct telling *telling)
{
    char day[DAY_TEXT_SIZE];

    if (telling->missing.length > 0)
        return arena_printf(
            job->arena,
            "activity: %s (%s): while that is not told, nobody is known to be unused; it needs the "
            "scope 'analytics.api:read', or take the kind out of 'portal.activity'",
            text_cstr(&telling->missing), telling->why);
    if (telling->newest.us >= job->now.us - EVIDENCE_SILENT_DAYS * DAY_US)
        return find_silenced(job, telling);
    if (!instant_is_set(telling->newest))
        return "activity: this portal told none of anybody: nobody is known to be unused by that";
    return arena_printf(job->arena,
                        "activity: none of anybody was told since %s: its events may be broken, so "
                        "nobody is known to be unused until there is some",
                        day_format(instant_day(telling->newest, job->config->policy.zone), day));
}

int events_read_activity(struct job *job, struct snapshot *snapshot, struct err *err)
{
    struct telling telling = {.missing = TEXT_INIT, .silenced = TEXT_INIT};
    struct account_index by_id;
    int failed = 0;

    if (!job->portal.events || !job->config->portal.activity_wanted)
        return 0;
    if (job->may_be_another) {
        snapshot->activity.missing =
            "activity: this may be another portal than in the last run (G14): none is read, and "
            "nobody is known to be unused";
        return 0;
    }
    account_index_init(&by_id, snapshot->account, snapshot->count);
    for (enum event_kind kind = event_after(EVENT_NONE); kind && !failed;
         kind = event_after(kind)) {
        struct events events = {.job = job, .snapshot = snapshot, .by_id = &by_id};
        if (!job->config->portal.activity[kind])
            continue;
        failed = read_kind(&events, kind, err);
        if (!failed)
            add_kind(&telling, &events);
    }
    account_index_release(&by_id);
    if (!failed) {
        snapshot->activity.missing = find_missing(job, &telling);
        if (!snapshot->activity.missing)
            snapshot->activity.since = telling.since;
        log_info("%zu events of activity%s%s", telling.count,
                 snapshot->activity.missing ? "; " : "",
                 snapshot->activity.missing ? snapshot->activity.missing : "");
    }
    text_release(&telling.missing);
    text_release(&telling.silenced);
    return failed;
}
