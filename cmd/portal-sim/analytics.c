/*
 * Events of all users, oldest first. The cursor names a day and a place in it, so a page costs the
 * days it covers and nothing is kept between requests. `MA` is the beginning (base64 of `0`, the
 * schema's default); asset views of the second version count in plain numbers.
 */
#include "analytics.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/parse.h"

#include "render.h"

#define LIMIT_DEFAULT 1000
#define LIMIT_MAX     10000
#define DAY_PLACES    INT64_C(100000000) /* in a cursor that is a number */
#define YEAR_EVERY    16                 /* days of a file of an earlier year that are in it */
#define YEAR_FIELDS   18

/* What each endpoint tells, and how (openapi). */
static const struct telling {
    enum event_sort sort;
    const char *type;
    bool new_form;       /* the id is `eventId` */
    bool number_cursor;  /* the cursor is a number */
    const char *subject; /* what it was about, where the item says so */
    bool about_asset;    /* with what is known of the asset */
} tellings[ENDPOINT_COUNT] = {
    [ENDPOINT_LOGINS] = {EVENT_LOGINS, "user.login", false, false, NULL, false},
    [ENDPOINT_VIEWS_NEW] = {EVENT_VIEWS, "AssetViewed", true, true, "assetId", false},
    [ENDPOINT_VIEWS] = {EVENT_VIEWS, "asset.view", false, false, "assetId", true},
    [ENDPOINT_DOWNLOADS_NEW] = {EVENT_DOWNLOADS, "AssetDownloadRequested", true, false, "assetId",
                                false},
    [ENDPOINT_DOWNLOADS] = {EVENT_DOWNLOADS, "asset.download", false, false, "assetId", true},
    [ENDPOINT_CREATIONS] = {EVENT_CREATIONS, "asset.create", false, false, "assetId", true},
    [ENDPOINT_ARCHIVALS] = {EVENT_ARCHIVALS, "asset.archive", false, false, "assetId", true},
    [ENDPOINT_REMOVALS] = {EVENT_REMOVALS, "asset.remove", false, false, "assetId", true},
    [ENDPOINT_SEARCHES_NEW] = {EVENT_SEARCHES, "SearchExecuted", true, false, NULL, false},
    [ENDPOINT_SEARCHES] = {EVENT_SEARCHES, "search.keyword", false, false, NULL, false},
    [ENDPOINT_COLLECTION_VIEWS] = {EVENT_COLLECTION_VIEWS, "CollectionViewed", true, false,
                                   "collectionId", false},
};

struct window {
    int64_t from_us, to_us; /* events after from, up to and with to */
    struct day first, last;
};

struct place {
    struct day day;
    size_t offset;
};

/* `yyyy-mm-ddThh:mm[:ssZ]`, seconds optional. false: unreadable. */
static bool read_time(const char *value, int64_t *us)
{
    struct instant instant = INSTANT_NONE;
    CLEANUP(text_release) struct text whole = TEXT_INIT;
    text_add(&whole, value);
    if (whole.length == strlen("yyyy-mm-ddThh:mm"))
        text_add(&whole, ":00Z");
    if (!instant_parse_bynder(text_cstr(&whole), &instant))
        return false;
    *us = instant.us;
    return true;
}

static bool read_window(struct call *call, struct window *window)
{
    const char *from = form_get(&call->query, "fromDateTime");
    const char *to = form_get(&call->query, "toDateTime");
    int64_t now_us = portal_wall_us(call->portal);
    window->from_us = INT64_MIN;
    window->to_us = INT64_MAX;
    if ((from && !read_time(from, &window->from_us)) || (to && !read_time(to, &window->to_us))) {
        answer_message(call->answer, 400, "Invalid date, expected yyyy-mm-ddThh:mm:ssZ");
        return false;
    }
    if (window->from_us < now_us - EVENTS_DAYS * DAY_US)
        window->from_us = now_us - EVENTS_DAYS * DAY_US;
    const struct fault *late = call_fault(call, FAULT_EVENTS_LATE);
    if (late)
        now_us -= late->number * 3600 * SECOND_US;
    if (window->to_us > now_us)
        window->to_us = now_us;
    window->first = instant_day((struct instant){.us = window->from_us}, &zone_utc);
    window->last = instant_day((struct instant){.us = window->to_us}, &zone_utc);
    return true;
}

static bool read_cursor(struct call *call, const struct window *window, struct place *place)
{
    const char *cursor = form_get(&call->query, "cursor");
    int64_t day = 0, offset = 0;
    *place = (struct place){.day = window->first};
    if (!cursor)
        return true;
    if (tellings[call->endpoint].number_cursor) {
        if (!parse_digits(cursor, strlen(cursor), INT64_MAX / 10, &offset)) {
            answer_message(call->answer, 400, "Invalid cursor");
            return false;
        }
        if (offset / DAY_PLACES >= window->first.number)
            *place = (struct place){.day = {.number = (int32_t)(offset / DAY_PLACES)},
                                    .offset = (size_t)(offset % DAY_PLACES)};
        return true;
    }
    CLEANUP(mem_cleanup) char *plain = base64_decode(cursor);
    char *colon = plain ? strchr(plain, ':') : NULL;
    if (text_equal(plain, "0"))
        return true;
    if (!colon || !parse_digits(plain, (size_t)(colon - plain), 1000000, &day) ||
        !parse_digits(colon + 1, strlen(colon + 1), 100000000, &offset)) {
        answer_message(call->answer, 400, "Invalid cursor");
        return false;
    }
    if (day >= window->first.number)
        *place = (struct place){.day = {.number = (int32_t)day}, .offset = (size_t)offset};
    return true;
}

static void write_about(struct jsonw *json, const struct telling *telling, const char *subject)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;
    if (telling->subject)
        jsonw_field_string(json, telling->subject, subject);
    if (!telling->about_asset)
        return;
    text_addf(&name, "%s___Asset", subject);
    jsonw_field_string(json, "assetType", "image");
    jsonw_field_string(json, "assetName", "Asset");
    jsonw_field_string(json, "assetAudit", "ACCEPTED");
    jsonw_field_string(json, "fileName", text_cstr(&name));
}

/* Of a user, or of nobody where a collection is shown to the world. */
static void write_event(struct call *call, struct jsonw *json, const struct event *event,
                        const struct fault *bad)
{
    const struct telling *telling = &tellings[call->endpoint];
    struct portal *portal = call->portal;
    const char *user = portal->population.user[event->ordinal].id;
    CLEANUP(text_release) struct text text = TEXT_INIT;
    bool anonymous = (telling->sort == EVENT_COLLECTION_VIEWS && event->us % 5 == 1) ||
                     (bad && bad->number == BAD_EVENT_NOBODY);
    if (bad && bad->number == BAD_EVENT_STRING) {
        jsonw_string(json, "event");
        return;
    }
    jsonw_begin_object(json);
    events_add_id(&text, &portal->events[telling->sort], event);
    jsonw_field_string(json, telling->new_form ? "eventId" : "id", text_cstr(&text));
    jsonw_field_string(json, "eventType", telling->type);
    if (bad && bad->number == BAD_EVENT_USER)
        jsonw_field_int(json, "userId", 7);
    else
        jsonw_field_string(json, "userId", anonymous ? "" : user);
    text_clear(&text);
    render_time_ms(&text, event->us);
    jsonw_field_string(json, "dateTime",
                       bad && bad->number == BAD_EVENT_TIME ? "yesterday" : text_cstr(&text));
    write_about(json, telling, user);
    jsonw_end_object(json);
}

/* Writes up to `limit` events from *place on and leaves *place at the first one not written. */
static bool write_events(struct call *call, const struct window *window, int64_t limit,
                         struct place *place)
{
    struct portal *portal = call->portal;
    struct events *events = &portal->events[tellings[call->endpoint].sort];
    const struct fault *bad = call_fault(call, FAULT_BAD_EVENT);
    struct jsonw json = jsonw_to(&call->answer->body);
    bool more = false;
    jsonw_begin_array(&json);
    while (!more && day_compare(place->day, window->last) <= 0) {
        events_load(events, &portal->population, place->day);
        for (; place->offset < events->count && !more; place->offset++) {
            const struct event *event = &events->event[place->offset];
            if (event->us <= window->from_us || event->us > window->to_us)
                continue;
            if (limit-- > 0) {
                write_event(call, &json, event, bad);
                bad = bad && bad->number == BAD_EVENT_NOBODY ? bad : NULL;
            } else {
                more = true;
            }
        }
        if (more)
            place->offset--;
        else
            *place = (struct place){.day = day_add(place->day, 1)};
    }
    jsonw_end_array(&json);
    return more;
}

static void add_next(struct call *call, const struct place *place)
{
    CLEANUP(text_release) struct text plain = TEXT_INIT;
    CLEANUP(text_release) struct text cursor = TEXT_INIT;
    CLEANUP(text_release) struct text url = TEXT_INIT;
    text_addf(&plain, "%d:%zu", (int)place->day.number, place->offset);
    if (tellings[call->endpoint].number_cursor)
        text_addf(&cursor, "%lld",
                  (long long)(place->day.number * DAY_PLACES + (int64_t)place->offset));
    else
        base64_encode(&cursor, text_cstr(&plain));
    text_addf(&url, "%s?cursor=%s", call->request->path, text_cstr(&cursor));
    for (size_t i = 0; i < call->query.count; i++) {
        if (text_equal(call->query.field[i].name, "cursor"))
            continue;
        text_add_char(&url, '&');
        percent_encode(&url, call->query.field[i].name);
        text_add_char(&url, '=');
        percent_encode(&url, call->query.field[i].value);
    }
    answer_header(call->answer, "Next-Cursor", "%s", text_cstr(&cursor));
    answer_header(call->answer, "Next-Url", "%s", text_cstr(&url));
}

void analytics_list(struct call *call)
{
    struct window window;
    struct place place;
    int64_t limit = LIMIT_DEFAULT;
    if (!call_number(call, "limit", 1, LIMIT_MAX, &limit) || !read_window(call, &window) ||
        !read_cursor(call, &window, &place))
        return;
    if (call_fault(call, FAULT_EMPTY_PAGE)) {
        text_add(&call->answer->body, "[]");
        add_next(call, &place);
        return;
    }
    bool more = write_events(call, &window, limit, &place);
    if (more && place.offset > 0 && limit > 1 && call_fault(call, FAULT_EVENTS_SHIFT))
        place.offset--;
    bool empty = call->answer->body.length <= 2;
    if (!more && !empty && call_fault(call, FAULT_CURSOR_LOOP)) {
        place = (struct place){.day = window.first};
        more = true;
    }
    if (!more && call_fault(call, FAULT_CURSOR_NEW)) {
        struct place beginning = {.day = window.first};
        if (empty) {
            text_clear(&call->answer->body);
            (void)write_events(call, &window, 1, &beginning);
        }
        place.offset++;
        more = true;
    }
    if (more || (!empty && call_fault(call, FAULT_CURSOR_ALWAYS)))
        add_next(call, &place);
}

/* --- files of earlier years --- */

static void write_row(struct call *call, enum event_sort sort, const struct event *event)
{
    const char *user = call->portal->population.user[event->ordinal].id;
    struct text *body = &call->answer->body;
    text_addf(body, "%s,", sort == EVENT_LOGINS ? "user.login" : "asset.download");
    render_time_zulu_ms(body, event->us);
    text_addf(body, ",%s", user);
    for (unsigned field = 3; field < YEAR_FIELDS; field++)
        text_add(body, field == 3 && sort != EVENT_LOGINS ? ",CA510292-E39E-4B28-AB6444CDD2B1C5C0"
                                                          : ",\"\"");
    text_add_char(body, '\n');
}

/* Of some days all events; of the others nothing but an account's last login. */
static void write_day(struct call *call, enum event_sort sort, struct day day, int64_t now_us)
{
    struct portal *portal = call->portal;
    struct events *events = &portal->events[sort];
    events_load(events, &portal->population, day);
    for (size_t i = 0; i < events->count; i++) {
        const struct event *event = &events->event[i];
        const struct user *user = &portal->population.user[event->ordinal];
        if (event->us <= now_us &&
            (day.number % YEAR_EVERY == 0 || event->us == user->last_login_us ||
             event->us == user->active_us))
            write_row(call, sort, event);
    }
}

void analytics_year(struct call *call)
{
    int64_t year = 0, now_us = portal_wall_us(call->portal);
    const char *dot = strchr(call->segment, '.');
    struct day first = DAY_NONE, next = DAY_NONE;
    if (!dot || !text_equal(dot, ".csv") ||
        !parse_digits(call->segment, (size_t)(dot - call->segment), 9998, &year) ||
        !day_from_civil((int)year, 1, 1, &first) || !day_from_civil((int)year + 1, 1, 1, &next)) {
        answer_message(call->answer, 404, "Not found");
        return;
    }
    call->answer->content_type = "text/csv";
    for (struct day day = first; day_compare(day, next) < 0; day = day_add(day, 1)) {
        write_day(call, EVENT_LOGINS, day, now_us);
        write_day(call, EVENT_DOWNLOADS, day, now_us);
    }
}
