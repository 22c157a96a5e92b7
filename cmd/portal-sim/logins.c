/*
 * Login events of all users, oldest first. The cursor names a day and a place in it, so a page
 * costs the days it covers and nothing is kept between requests. `MA` is the beginning (base64 of
 * `0`, the schema's default).
 */
#include "logins.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/parse.h"

#include "render.h"

#define LOGINS_LIMIT_DEFAULT 1000
#define LOGINS_LIMIT_MAX     10000

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

static void write_event(struct jsonw *json, const struct portal *portal, const struct event *event)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    jsonw_begin_object(json);
    events_add_id(&text, &portal->events, event);
    jsonw_field_string(json, "id", text_cstr(&text));
    jsonw_field_string(json, "eventType", "user.login");
    jsonw_field_string(json, "userId", portal->population.user[event->ordinal].id);
    text_clear(&text);
    render_time_ms(&text, event->us);
    jsonw_field_string(json, "dateTime", text_cstr(&text));
    jsonw_end_object(json);
}

/* Writes up to `limit` events from *place on and leaves *place at the first one not written. */
static bool write_events(struct call *call, const struct window *window, int64_t limit,
                         struct place *place)
{
    struct portal *portal = call->portal;
    struct jsonw json = jsonw_to(&call->answer->body);
    bool more = false;
    jsonw_begin_array(&json);
    while (!more && day_compare(place->day, window->last) <= 0) {
        events_load(&portal->events, &portal->population, place->day);
        for (; place->offset < portal->events.count && !more; place->offset++) {
            const struct event *event = &portal->events.event[place->offset];
            if (event->us <= window->from_us || event->us > window->to_us)
                continue;
            if (limit-- > 0)
                write_event(&json, portal, event);
            else
                more = true;
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

void logins_list(struct call *call)
{
    struct window window;
    struct place place;
    int64_t limit = LOGINS_LIMIT_DEFAULT;
    if (!call_number(call, "limit", 1, LOGINS_LIMIT_MAX, &limit) || !read_window(call, &window) ||
        !read_cursor(call, &window, &place))
        return;
    bool more = write_events(call, &window, limit, &place);
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
