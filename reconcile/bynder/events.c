/*
 * Events come in bulk, a page at a time, oldest first or not: only the newest of each account
 * matters, so neither order nor repetition does. The cursor of the next page is a header. It is put
 * into a URL of our own making; the address that the portal offers beside it is only looked into
 * for that cursor, never followed, because the token goes nowhere else. Whether cursors ever come
 * to an end is for whoever follows them (job/events).
 *
 * A login event that cannot be read is left out and counted: they only ever clear somebody, and
 * whoever is not cleared is read one by one. So is one of a user whose id has not the v4 form: no
 * such account is ever acted on, and what is kept of users that are not listed stays bounded. Of
 * activity nothing but events tells, so what cannot be read there never makes anybody idle, and its
 * pages are followed as long as one names the next.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"
#include "bynder/private.h"

enum { PAGE_EVENTS = 10000 /* the most the API gives */ };

struct reading {
    struct arena *arena;
    struct intern user; /* an account has many events */
    struct events_page *page;
    const struct events_window *window;
    size_t items, unreadable;
};

static bool is_login(const struct reading *reading)
{
    return reading->window->kind == EVENT_LOGIN;
}

/* 32 hex digits are one id however they are written: as the list of users writes it. NULL: none. */
static const char *find_id(struct arena *scratch, const char *user)
{
    char digit[32];
    size_t count = 0;

    for (; *user; user++) {
        if (*user == '-')
            continue;
        if (parse_hex(*user) < 0 || count == sizeof(digit))
            return NULL;
        digit[count++] = "0123456789ABCDEF"[parse_hex(*user)];
    }
    return count == sizeof(digit) ? arena_printf(scratch, "%.8s-%.4s-%.4s-%.16s", digit, digit + 8,
                                                 digit + 12, digit + 16)
                                  : NULL;
}

/* false: nobody can tell whose, or of what time, it is. A login event needs both. Activity is of
 * nobody where no user is named (a collection that is shown to the world), and of the latest time
 * that it can be where that cannot be read. */
static bool read_event(const struct reading *reading, struct json_object *item,
                       struct arena *scratch, const char **ret_user, struct portal_event *ret_event)
{
    const char *at = NULL, *user = NULL, *id = NULL;
    enum json_found found =
        item ? json_string(item, "userId", LIMIT_FIELD, scratch, &user) : JSON_UNREADABLE;

    if (found == JSON_FOUND && is_login(reading))
        id = account_id_is_v4(user) ? user : NULL;
    else if (found == JSON_FOUND)
        id = find_id(scratch, user);
    *ret_user = id;
    ret_event->is_untimed = false;
    if (!id)
        return !is_login(reading) && found != JSON_UNREADABLE &&
               (found != JSON_FOUND || text_is_empty(user));
    if (json_label(item, "dateTime", LIMIT_FIELD, scratch, &at) == JSON_FOUND &&
        instant_parse_bynder(at, &ret_event->at))
        return true;
    ret_event->at = reading->window->to;
    ret_event->is_untimed = true;
    return !is_login(reading);
}

static int take_event(void *context, size_t index, struct json_object *item, const char *flaw,
                      struct err *err)
{
    struct reading *reading = context;
    struct portal_event *event = &reading->page->event[reading->page->count];
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *user = NULL, *type = NULL;

    (void)flaw;
    if (index >= PAGE_EVENTS)
        return err_set(err, ERR_UNREACHABLE, "more than %d events in one page", PAGE_EVENTS);
    reading->items++;
    if (!read_event(reading, item, &scratch, &user, event)) {
        reading->unreadable++;
        return 0;
    }
    /* Whatever else somebody did is activity as well. */
    if (is_login(reading) &&
        json_string(item, "eventType", LIMIT_FIELD, &scratch, &type) == JSON_FOUND &&
        event_kind_of_type(type) != EVENT_LOGIN)
        return 0;
    if (!user)
        return 0;
    event->user_id = intern_string(&reading->user, user);
    reading->page->count++;
    return 0;
}

/* The value of `cursor` in the query of an address; malloc'ed, NULL when there is none. */
static char *cursor_of_url(const char *url)
{
    const char *query = strchr(url, '?');

    for (const char *part = query ? query + 1 : NULL; part; part = strchr(part, '&')) {
        part += *part == '&';
        if (text_starts(part, "cursor="))
            return mem_strndup(part + strlen("cursor="), strcspn(part + strlen("cursor="), "&#"));
    }
    return NULL;
}

/* Appends what stood in the query of an address as unreserved characters and %XX alone. false: a
 * character that no query has (RFC 3986, 3.4). */
static bool add_encoded(struct text *text, const char *value)
{
    static const char legal[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-._~!$'()*+,;:@/?=";

    for (; *value; value++) {
        char one[2] = {*value, '\0'};

        if (*value == '%' && parse_hex(value[1]) >= 0 && parse_hex(value[2]) >= 0) {
            text_add_bytes(text, value, 3);
            value += 2;
        } else if (strchr(legal, *value)) {
            text_add_url(text, one);
        } else {
            return false;
        }
    }
    return true;
}

/* The cursor as it goes into a query, NULL when none is named. The one from a header is plain, the
 * one from an address encoded. -1: what is named is none, so this is not the last page either. */
static int find_next(struct arena *arena, const struct http_answer *answer, const char **ret_cursor,
                     struct err *err)
{
    CLEANUP(mem_cleanup) char *plain = http_header(answer, "Next-Cursor");
    CLEANUP(mem_cleanup) char *url = http_header(answer, "Next-Url");
    CLEANUP(mem_cleanup) char *encoded = NULL;
    CLEANUP(text_release) struct text text = TEXT_INIT;

    encoded = url ? cursor_of_url(url) : NULL;
    if (!text_is_empty(plain))
        text_add_url(&text, plain);
    else if (encoded && !add_encoded(&text, encoded))
        return err_set(err, ERR_UNREACHABLE,
                       "the address of the next page holds no cursor that "
                       "an address can hold");
    if (text.length > LIMIT_FIELD)
        return err_set(err, ERR_UNREACHABLE, "the cursor of the next page has more than %d bytes",
                       LIMIT_FIELD);
    *ret_cursor = text.length > 0 ? arena_strdup(arena, text_cstr(&text)) : NULL;
    return 0;
}

/* May be called again for the same page. */
static int use_page(void *context, const struct http_answer *answer, struct err *err)
{
    struct reading *reading = context;
    struct events_page *page = reading->page;

    page->count = reading->items = reading->unreadable = 0;
    if (json_each(answer->body.data, answer->body.length, take_event, reading, err) < 0)
        return -1;
    page->told = reading->items;
    page->next_cursor = NULL;
    /* Of login events an empty page is the last. */
    return reading->items > 0 || !is_login(reading)
               ? find_next(reading->arena, answer, &page->next_cursor, err)
               : 0;
}

static void add_time(struct text *url, const char *name, struct instant at)
{
    char time[INSTANT_TEXT_SIZE];

    at.us -= at.us % SECOND_US; /* the API documents whole seconds */
    text_addf(url, "&%s=%s", name, instant_format(at, time));
}

static void make_url(struct text *url, const struct bynder *bynder,
                     const struct events_window *window)
{
    text_addf(url, "%s%s?limit=%d", bynder->config->url,
              event_kinds[window->kind].path[window->version], PAGE_EVENTS);
    add_time(url, "fromDateTime", window->from);
    add_time(url, "toDateTime", window->to);
    if (window->cursor)
        text_addf(url, "&cursor=%s", window->cursor);
}

/* A full page of activity that names no next one may be all that was given of more. */
static void find_cut(const struct reading *reading)
{
    struct events_page *page = reading->page;

    if (is_login(reading) || reading->items < PAGE_EVENTS || page->next_cursor)
        return;
    page->unreadable++;
    page->why = arena_printf(reading->arena, "a full page of %d %s names no next one", PAGE_EVENTS,
                             event_kinds[reading->window->kind].what);
}

static void find_flaws(const struct reading *reading)
{
    struct events_page *page = reading->page;

    page->unreadable = reading->unreadable;
    if (reading->unreadable > 0)
        page->why = arena_printf(
            reading->arena, "%zu of %zu %s cannot be read", reading->unreadable, reading->items,
            is_login(reading) ? "login events" : event_kinds[reading->window->kind].what);
    find_cut(reading);
}

static enum events_access access_of(const struct bynder *bynder, const struct err *failure)
{
    if (failure->code != ERR_SCOPE)
        return EVENTS_MISSING;
    return bynder->stopped_by == 404 || bynder->stopped_by == 410 ? EVENTS_ABSENT : EVENTS_DENIED;
}

static int read_page(struct bynder *bynder, struct reading *reading,
                     const struct events_window *window, struct err *err)
{
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CLEANUP(err_release) struct err failure = ERR_INIT;
    struct events_page *page = reading->page;

    make_url(&url, bynder, window);
    bynder->stopped_by = 0;
    if (bynder_get(bynder, ENDPOINT_EVENTS, text_cstr(&url), use_page, reading, &failure) == 0) {
        find_flaws(reading);
        return 0;
    }
    if (clock_is_interrupted())
        return err_move(err, &failure);
    page->access = access_of(bynder, &failure);
    page->why = arena_strdup(reading->arena, failure.text);
    page->count = 0;
    page->next_cursor = NULL;
    return 0;
}

int bynder_events(void *self, struct arena *arena, const struct events_window *window,
                  struct events_page *ret_page, struct err *err)
{
    struct bynder *bynder = self;
    struct events_page page = {.access = EVENTS_READ};
    struct reading reading = {.arena = arena, .page = &page, .window = window};

    if (bynder_token_ensure(bynder, err) < 0)
        return -1;
    if (!bynder_may_read_events(bynder)) {
        page.access = EVENTS_DENIED;
        page.why = "the token has no scope 'analytics.api:read'";
        *ret_page = page;
        return 0;
    }
    intern_init(&reading.user, arena);
    page.event = arena_calloc(arena, PAGE_EVENTS, sizeof(page.event[0]));
    int failed = read_page(bynder, &reading, window, err);
    intern_release(&reading.user);
    if (failed)
        return -1;
    *ret_page = page;
    return 0;
}

/* --- many windows --- */

struct many {
    struct bynder *bynder;
    const struct events_pages *pages;
    bool *over;         /* by number of window */
    struct err failure; /* what `take` said */
};

static void many_release(struct many *many)
{
    free(many->over);
    err_release(&many->failure);
}

static void add_page_url(void *context, size_t number, struct text *url)
{
    const struct many *many = context;

    make_url(url, many->bynder, &many->pages->window[number]);
}

/* HTTP_NO_MORE when nothing further is wanted. */
static int tell(struct many *many, size_t number, const struct events_page *page)
{
    if (many->failure.text)
        return HTTP_NO_MORE;
    if (many->over[number])
        return HTTP_GO_ON;
    int wish = many->pages->take(many->pages->context, number, page, &many->failure);
    many->over[number] = wish != EVENTS_AGAIN || page->access != EVENTS_READ;
    if (wish < 0)
        return HTTP_NO_MORE;
    return many->over[number] ? HTTP_GO_ON : HTTP_ONE_MORE;
}

static int use_one(void *context, size_t number, struct http_answer *answer, struct err *err)
{
    struct many *many = context;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct events_page page = {.access = EVENTS_READ};
    struct reading reading = {
        .arena = &arena, .page = &page, .window = &many->pages->window[number]};

    intern_init(&reading.user, &arena);
    page.event = arena_calloc(&arena, PAGE_EVENTS, sizeof(page.event[0]));
    int failed = use_page(&reading, answer, err);
    intern_release(&reading.user);
    if (failed)
        return -1;
    find_flaws(&reading);
    return tell(many, number, &page);
}

static void miss_one(void *context, size_t number, const struct err *failure)
{
    struct events_page page = {.access = EVENTS_MISSING,
                               .why = failure->text ? failure->text : "no answer"};

    (void)tell(context, number, &page);
}

/* Of each that is not over. */
static void miss_all(struct many *many, enum events_access access, const struct err *why)
{
    struct events_page page = {.access = access, .why = why->text ? why->text : "no answer"};

    for (size_t i = 0; i < many->pages->count; i++)
        (void)tell(many, i, &page);
}

static void give_up(void *context, unsigned failures, const struct err *last)
{
    (void)failures;
    miss_all(context, EVENTS_MISSING, last);
}

int bynder_events_many(void *self, const struct events_pages *pages, struct err *err)
{
    CLEANUP(many_release)
    struct many many = {.bynder = self, .pages = pages, .failure = ERR_INIT};
    CLEANUP(err_release) struct err failure = ERR_INIT;
    const struct rounds rounds = {.bynder = self,
                                  .endpoint = ENDPOINT_EVENTS,
                                  .context = &many,
                                  .add_url = add_page_url,
                                  .use = use_one,
                                  .miss = miss_one,
                                  .give_up = give_up};

    many.over = mem_calloc(pages->count, sizeof(many.over[0]));
    many.bynder->stopped_by = 0;
    if (bynder_rounds(&rounds, pages->count, &failure) < 0) {
        if (clock_is_interrupted())
            return err_move(err, &failure);
        miss_all(&many, access_of(many.bynder, &failure), &failure);
    }
    return many.failure.text ? err_move(err, &many.failure) : 0;
}
