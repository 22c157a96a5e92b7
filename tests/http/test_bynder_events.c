/*
 * Login events read page by page: from portal-sim to their end, and from a server that answers byte
 * by byte what no sane portal does. Whatever comes back, a page is whole or missing, and the token
 * goes to one host only.
 */
#include <json-c/json.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "host/file.h"
#include "scripted.h"
#include "sim.h"
#include "test.h"

#define SIM_LOCAL CLEANUP(sim_stop_quietly) struct sim

#define ONE   "1A84D758-2B3A-141F-8F07D71AA1F223BD"
#define OTHER "2A84D758-2B3A-141F-8F07D71AA1F223BD"
#define AT    "2026-01-02T03:04:05.000+00:00"

#define EVENT(user, at)                                                                            \
    "{\"id\":\"e\",\"eventType\":\"user.login\",\"userId\":\"" user "\",\"dateTime\":" at "}"
#define GOOD EVENT(ONE, "\"" AT "\"")

enum { PAGES_LIMIT = 20, PAGE_EVENTS = 10000 };

static struct instant at(const char *text)
{
    struct instant instant = INSTANT_NONE;

    assert_true(instant_parse_bynder(text, &instant));
    return instant;
}

/* --- a portal as documented --- */

static int portal_read(struct portal *portal, struct arena *arena,
                       const struct events_window *window, struct events_page *ret_page)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (portal->events(portal->self, arena, window, ret_page, &err) < 0)
        fail_msg("%s", err.text);
    return ret_page->access == EVENTS_READ;
}

TEST(events_are_read_by_the_cursor_to_their_end)
{
    static const char *const options[] = {"--users", "300", NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct bynder_setup setup = {.config = &sim.config};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct events_page page = {.count = 0};
    struct instant newest = INSTANT_NONE;
    size_t pages = 0, events = 0;

    sim_start(&sim, options);
    assert_int_equal(bynder_new(&setup, &bynder, NULL), 0);
    struct portal portal = bynder_read_only(bynder);
    struct events_window window = {
        .kind = EVENT_LOGIN, .from = at("2025-11-22T00:00:00Z"), .to = at("2026-11-22T23:59:59Z")};
    do {
        assert_true(portal_read(&portal, &arena, &window, &page));
        assert_null(page.why);
        for (size_t i = 0; i < page.count; i++) {
            assert_true(account_id_is_v4(page.event[i].user_id));
            assert_true(instant_compare(newest, page.event[i].at) <= 0); /* none twice */
            newest = page.event[i].at;
        }
        assert_true(!page.next_cursor || page.count == PAGE_EVENTS);
        events += page.count;
        window.cursor = page.next_cursor;
    } while (++pages < PAGES_LIMIT && page.next_cursor);
    assert_null(page.next_cursor);
    assert_true(pages >= 2);
    assert_int_equal((events + PAGE_EVENTS - 1) / PAGE_EVENTS, pages);
    assert_int_equal(sim_stat(&sim, "endpoints.logins.200"), pages);
}

TEST(events_end_where_a_last_cursor_leads_to_an_empty_page)
{
    static const char *const options[] = {"--users", "20", "--fault", "cursor-always", NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct bynder_setup setup = {.config = &sim.config};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct events_page page = {.count = 0};

    sim_start(&sim, options);
    assert_int_equal(bynder_new(&setup, &bynder, NULL), 0);
    struct portal portal = bynder_read_only(bynder);
    struct events_window window = {
        .kind = EVENT_LOGIN, .from = at("2026-11-01T00:00:00Z"), .to = at("2026-11-22T23:59:59Z")};
    assert_true(portal_read(&portal, &arena, &window, &page));
    assert_true(page.count > 0);
    assert_non_null(page.next_cursor);
    window.cursor = page.next_cursor;
    assert_true(portal_read(&portal, &arena, &window, &page));
    assert_int_equal(page.count, 0);
    assert_null(page.next_cursor);
}

/* --- many windows --- */

enum { WINDOWS = 12 };

struct side_by_side {
    struct events_window window[WINDOWS];
    size_t events, pages, over, access[EVENTS_MISSING + 1];
    size_t fails_at; /* page; 0 = none */
};

static int take_one(void *context, size_t number, const struct events_page *page, struct err *err)
{
    struct side_by_side *side = context;

    side->access[page->access]++;
    if (page->access != EVENTS_READ) {
        assert_non_null(page->why);
        side->over++;
        return 0;
    }
    side->events += page->count;
    if (++side->pages == side->fails_at)
        return err_set(err, ERR_INTERNAL, "no room");
    for (size_t i = 0; i < page->count; i++)
        assert_true(instant_compare(page->event[i].at, side->window[number].from) > 0 &&
                    instant_compare(page->event[i].at, side->window[number].to) <= 0);
    free((char *)(uintptr_t)side->window[number].cursor);
    side->window[number].cursor = page->next_cursor ? mem_strdup(page->next_cursor) : NULL;
    side->over += !page->next_cursor;
    return page->next_cursor ? EVENTS_AGAIN : 0;
}

/* Twelve windows of thirty days each. */
static int read_side_by_side(struct sim *sim, struct side_by_side *side, struct err *err)
{
    struct bynder_setup setup = {.config = &sim->config};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    struct events_pages pages = {
        .window = side->window, .count = WINDOWS, .context = side, .take = take_one};
    struct instant from = at("2025-11-27T00:00:00Z");

    for (size_t i = 0; i < WINDOWS; i++)
        side->window[i] =
            (struct events_window){.kind = EVENT_LOGIN,
                                   .from = instant_add_us(from, (int64_t)i * 30 * DAY_US),
                                   .to = instant_add_us(from, (int64_t)(i + 1) * 30 * DAY_US)};
    assert_int_equal(bynder_new(&setup, &bynder, NULL), 0);
    struct portal portal = bynder_read_only(bynder);
    int failed = portal.events_many(portal.self, &pages, err);
    for (size_t i = 0; i < WINDOWS; i++)
        free((char *)(uintptr_t)side->window[i].cursor);
    return failed;
}

TEST(windows_side_by_side_are_read_each_to_its_end)
{
    static const char *const options[] = {
        "--users", "3000", "--fault", "error=503:nth=5:/v7/", "--fault", "cut=length:nth=9:/v7/",
        NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct side_by_side side = {.fails_at = 0};

    sim_start(&sim, options);
    assert_int_equal(read_side_by_side(&sim, &side, NULL), 0);
    assert_true(side.over == WINDOWS && side.access[EVENTS_READ] == side.pages);
    assert_true(side.pages > WINDOWS);                                        /* some have two */
    assert_true(sim_stat(&sim, "endpoints.logins.200") > (double)side.pages); /* one was cut */
    struct bynder_setup setup = {.config = &sim.config};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct events_page page = {.count = 0};
    struct events_window whole = {
        .kind = EVENT_LOGIN, .from = side.window[0].from, .to = side.window[WINDOWS - 1].to};
    size_t events = 0;
    assert_int_equal(bynder_new(&setup, &bynder, NULL), 0);
    struct portal portal = bynder_read_only(bynder);
    do {
        assert_true(portal_read(&portal, &arena, &whole, &page));
        events += page.count;
        whole.cursor = page.next_cursor;
    } while (page.next_cursor);
    assert_int_equal(side.events, events);
}

TEST(windows_side_by_side_that_are_denied_are_all_told_so)
{
    static const char *const options[] = {"--users", "300", "--fault", "error=403:/v7/", NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct side_by_side side = {.fails_at = 0};

    sim_start(&sim, options);
    assert_int_equal(read_side_by_side(&sim, &side, NULL), 0);
    assert_true(side.over == WINDOWS && side.access[EVENTS_DENIED] == WINDOWS);
}

TEST(window_side_by_side_that_fails_leaves_the_others)
{
    static const char *const options[] = {"--users", "300", "--fault", "error=400:nth=4:/v7/",
                                          NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct side_by_side side = {.fails_at = 0};

    sim_start(&sim, options);
    assert_int_equal(read_side_by_side(&sim, &side, NULL), 0);
    assert_true(side.over == WINDOWS && side.access[EVENTS_MISSING] == 1);
    assert_int_equal(side.access[EVENTS_READ], WINDOWS - 1);
}

TEST(windows_side_by_side_end_where_a_page_cannot_be_kept)
{
    static const char *const options[] = {"--users", "300", NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct side_by_side side = {.fails_at = 2};
    CLEANUP(err_release) struct err err = ERR_INIT;

    sim_start(&sim, options);
    assert_int_equal(read_side_by_side(&sim, &side, &err), -1);
    assert_string_equal(err.text, "no room");
    assert_int_equal(side.pages, 2); /* what came later was thrown away */
}

/* --- answers byte by byte --- */

/* The answer to the page of this cursor; NULL = the first page. */
struct scripted_page {
    const char *cursor;
    const char *headers; /* each with its line end */
    const char *body;
    size_t cut; /* bytes that are announced and do not come */
};

struct events_server {
    const struct scripted_page *page;
    size_t pages;
    struct scripted server;
    pthread_mutex_t lock;
    struct text requests;
};

static const struct scripted_page *find_page(const struct events_server *server,
                                             const char *request)
{
    const char *cursor = strstr(request, "&cursor=");
    size_t length = cursor ? strcspn(cursor + 8, "& ") : 0;

    for (size_t i = 0; i < server->pages; i++) {
        const char *wanted = server->page[i].cursor;

        if (!cursor
                ? !wanted
                : wanted && strlen(wanted) == length && strncmp(wanted, cursor + 8, length) == 0)
            return &server->page[i];
    }
    return NULL;
}

static bool answer(void *context, int fd, const char *request)
{
    struct events_server *server = context;
    const struct scripted_page *page = find_page(server, request);
    CLEANUP(text_release) struct text text = TEXT_INIT;

    (void)pthread_mutex_lock(&server->lock);
    text_add(&server->requests, request);
    (void)pthread_mutex_unlock(&server->lock);
    if (page)
        text_addf(&text,
                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n"
                  "\r\n%s",
                  page->headers, strlen(page->body) + page->cut, page->body);
    else
        text_add(&text, "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n");
    return scripted_send(fd, text.data, text.length) && page && page->cut == 0;
}

static bool refuse(void *context, int fd, const char *request)
{
    (void)context;
    (void)fd;
    (void)request;
    return false;
}

struct read {
    struct arena arena;
    struct events_page page[PAGES_LIMIT];
    size_t pages;
    char *requests;
};

static void read_release(struct read *read)
{
    arena_release(&read->arena);
    free(read->requests);
}

#define READ_LOCAL CLEANUP(read_release) struct read

/* Follows the cursors until one page names none, or there is no more room. */
static void follow(const struct config_portal *config, enum event_kind kind, int version,
                   struct read *read)
{
    struct bynder_setup setup = {.config = config};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    struct events_window window = {.kind = kind,
                                   .version = version,
                                   .from = at("2026-01-01T00:00:00Z"),
                                   .to = at("2026-02-01T00:00:00Z")};

    assert_int_equal(bynder_new(&setup, &bynder, NULL), 0);
    struct portal portal = bynder_read_only(bynder);
    do {
        (void)portal_read(&portal, &read->arena, &window, &read->page[read->pages]);
        window.cursor = read->page[read->pages++].next_cursor;
    } while (window.cursor && read->pages < PAGES_LIMIT);
}

static struct read read_pages_from(enum event_kind kind, int version,
                                   const struct scripted_page *page, size_t pages)
{
    char directory[] = "/tmp/events.XXXXXX";
    struct events_server server = {
        .page = page, .pages = pages, .lock = PTHREAD_MUTEX_INITIALIZER, .requests = TEXT_INIT};
    struct read read = {.arena = ARENA_INIT};
    struct config_portal config = {
        .loopback = true, .connections = 1, .login_events = true, .timeout = 3};
    CLEANUP(text_release) struct text url = TEXT_INIT;

    assert_non_null(mkdtemp(directory));
    CLEANUP(mem_cleanup) char *token = file_join(directory, "token");
    assert_int_equal(file_write(token, 0600, "tok", 3, NULL), 0);
    scripted_start(&server.server, answer, &server);
    text_addf(&url, "http://127.0.0.1:%u", server.server.port);
    config.url = text_cstr(&url);
    config.token.file = token;
    follow(&config, kind, version, &read);
    scripted_stop(&server.server);
    read.requests = text_take(&server.requests);
    (void)unlink(token);
    (void)rmdir(directory);
    return read;
}

static struct read read_pages_of(enum event_kind kind, const struct scripted_page *page,
                                 size_t pages)
{
    return read_pages_from(kind, 0, page, pages);
}

static struct read read_pages(const struct scripted_page *page, size_t pages)
{
    return read_pages_of(EVENT_LOGIN, page, pages);
}

static struct read read_body(const char *body)
{
    const struct scripted_page page = {.headers = "", .body = body};

    return read_pages(&page, 1);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *found = text; (found = strstr(found, part)); found++)
        count++;
    return count;
}

TEST(next_cursor_is_encoded_into_our_own_address)
{
    static const struct scripted_page pages[] = {
        {NULL, "next-cursor: a/b+c==&limit=1\r\n", "[" GOOD "]", 0},
        {"a%2Fb%2Bc%3D%3D%26limit%3D1", "", "[" GOOD "," GOOD "]", 0},
    };
    READ_LOCAL read = read_pages(pages, COUNT_OF(pages));

    assert_int_equal(read.pages, 2);
    assert_int_equal(read.page[1].access, EVENTS_READ);
    assert_int_equal(read.page[1].count, 2);
    assert_non_null(strstr(read.requests,
                           "GET /v7/analytics/api/v1/user/login?limit=10000"
                           "&fromDateTime=2026-01-01T00:00:00Z&toDateTime=2026-02-01T00:00:00Z "));
    assert_int_equal(count_of(read.requests, "Authorization: Bearer tok\r\n"), 2);
}

/* The other host is there, and nobody comes. */
TEST(next_url_alone_gives_the_cursor_and_is_not_followed)
{
    struct scripted other;
    CLEANUP(text_release) struct text header = TEXT_INIT;

    scripted_start(&other, refuse, NULL);
    text_addf(&header, "Next-Url: http://127.0.0.1:%u/steal?limit=1&cursor=abc%%3D&x=y#z\r\n",
              other.port);
    const struct scripted_page pages[] = {
        {NULL, text_cstr(&header), "[" GOOD "]", 0},
        {"abc%3D", "Next-Url: http://evil.example/?limit=2\r\n", "[" GOOD "]", 0},
    };
    READ_LOCAL read = read_pages(pages, COUNT_OF(pages));
    scripted_stop(&other);
    assert_int_equal(other.connections, 0);
    assert_int_equal(read.pages, 2); /* an address without a cursor names no page */
    assert_int_equal(read.page[1].access, EVENTS_READ);
    assert_int_equal(count_of(read.requests, "GET /v7/analytics/api/v1/user/login?limit=10000&"),
                     2);
}

/* What is told is passed on; that it is no next page is for whoever follows it. */
TEST(cursor_that_points_to_itself_is_told)
{
    static const struct scripted_page pages[] = {
        {NULL, "Next-Cursor: same=\r\n", "[" GOOD "]", 0},
        {"same%3D", "Next-Cursor: same=\r\n", "[" GOOD "]", 0},
    };
    READ_LOCAL read = read_pages(pages, COUNT_OF(pages));

    assert_int_equal(read.pages, PAGES_LIMIT);
    for (size_t i = 0; i < read.pages; i++) {
        assert_int_equal(read.page[i].access, EVENTS_READ);
        assert_int_equal(read.page[i].count, 1);
        assert_string_equal(read.page[i].next_cursor, "same%3D");
    }
}

/* A page that names its next one by what is no cursor is not the last, nor can it be followed: what
 * it tells would be half of a window that counts as whole. Nothing of it goes into a request, nor,
 * as bytes that are no text, into the database. */
TEST(cursor_that_no_address_can_hold_makes_its_page_a_missing_one)
{
    static const char *const headers[] = {
        "Next-Url: /x?cursor=\xff\r\n",
        "Next-Url: /x?cursor=a\xc3\xa4\r\n",
        "Next-Url: /x?cursor=a b\tc\"<>\\\r\n",
        "Next-Url: /x?cursor=%4\r\n",
        "Next-Url: /x?cursor=%\r\n",
        "Next-Url: /x?cursor=ab%zz\r\n",
        "Next-Url: /x?cursor=a^b\r\n",
    };

    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        const struct scripted_page pages[] = {{NULL, headers[i], "[" GOOD "]", 0}};
        READ_LOCAL read = read_pages(pages, COUNT_OF(pages));

        if (read.pages != 1 || read.page[0].access != EVENTS_MISSING || read.page[0].next_cursor ||
            !strstr(read.page[0].why, "no cursor"))
            fail_msg("%s: %zu pages, access %d, next '%s'", headers[i], read.pages,
                     (int)read.page[0].access,
                     read.page[0].next_cursor ? read.page[0].next_cursor : "");
        assert_null(strstr(read.requests, "cursor="));
    }
}

TEST(cursor_that_is_too_long_makes_its_page_a_missing_one)
{
    CLEANUP(text_release) struct text header = TEXT_INIT;

    text_addf(&header, "Next-Url: /x?cursor=%0*d\r\n", LIMIT_FIELD + 1, 1);
    const struct scripted_page pages[] = {{NULL, text_cstr(&header), "[" GOOD "]", 0}};
    READ_LOCAL read = read_pages(pages, COUNT_OF(pages));

    assert_int_equal(read.page[0].access, EVENTS_MISSING);
    assert_non_null(strstr(read.page[0].why, "more than 4096 bytes"));
}

/* Whatever a query may hold comes to the portal as it was meant. */
TEST(cursor_that_an_address_can_hold_is_followed)
{
    static const struct {
        const char *header, *cursor;
    } rows[] = {
        {"Next-Url: /x?cursor=aZ09-._~\r\n", "aZ09-._~"},
        {"Next-Url: /x?cursor=%2F%ff%00a\r\n", "%2F%ff%00a"},
        {"Next-Url: /x?limit=1&cursor=YWJj+/==&a=b\r\n", "YWJj%2B%2F%3D%3D"},
        {"Next-Url: /x?cursor=2026-01-02T03:04:05Z,17\r\n", "2026-01-02T03%3A04%3A05Z%2C17"},
        {"Next-Cursor: \xff\r\n", "%FF"},
        {"Next-Cursor: a\"b c%\r\nNext-Url: /x?cursor=%\r\n", "a%22b%20c%25"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct scripted_page pages[] = {{NULL, rows[i].header, "[" GOOD "]", 0},
                                              {rows[i].cursor, "", "[" GOOD "," GOOD "]", 0}};
        READ_LOCAL read = read_pages(pages, COUNT_OF(pages));

        if (read.pages != 2 || read.page[1].access != EVENTS_READ || read.page[1].count != 2)
            fail_msg("%s: %zu pages: %s", rows[i].header, read.pages, read.requests);
    }
}

TEST(event_that_cannot_be_read_is_left_out_and_counted)
{
    static const char *const items[] = {
        "null",
        "7",
        "[]",
        "{}",
        "{\"userId\":\"" ONE "\"}",
        "{\"dateTime\":\"" AT "\"}",
        EVENT("", "\"" AT "\""),
        EVENT(ONE, "\"yesterday\""),
        EVENT(ONE, "\"\""),
        EVENT(ONE, "null"),
        EVENT(ONE, "-5"),
        EVENT(ONE, "{}"),
        "{\"userId\":12,\"dateTime\":\"" AT "\"}",
        "{\"userId\":\"" ONE "\",\"userId\":\"" OTHER "\",\"dateTime\":\"" AT "\"}",
        "{\"userId\":\"" ONE "\\u0000\",\"dateTime\":\"" AT "\"}",
    };

    for (size_t i = 0; i < COUNT_OF(items); i++) {
        CLEANUP(text_release) struct text body = TEXT_INIT;

        text_addf(&body, "[%s,%s]", items[i], EVENT(OTHER, "\"" AT "\""));
        READ_LOCAL read = read_body(text_cstr(&body));
        if (read.page[0].access != EVENTS_READ || read.page[0].count != 1 ||
            !text_equal(read.page[0].event[0].user_id, OTHER) ||
            !text_equal(read.page[0].why, "1 of 2 login events cannot be read"))
            fail_msg("item %s: access %d, %zu events: %s", items[i], (int)read.page[0].access,
                     read.page[0].count, read.page[0].why ? read.page[0].why : "(nothing)");
    }
}

/* No account that could be read or acted on has such an id, and no index has to hold it. */
TEST(event_of_an_id_that_is_no_id_is_left_out_and_counted)
{
    static const char *const ids[] = {
        "../../etc/passwd", "x' or '1'='1", "1a84d758-2b3a-141f-8f07d71aa1f223bd", ONE " ", "\\\\N",
        "\\t\\n",
    };
    CLEANUP(text_release) struct text body = TEXT_INIT;

    text_add(&body, "[" GOOD);
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        text_addf(&body, ",{\"userId\":\"%s\",\"dateTime\":\"" AT "\"}", ids[i]);
    text_add(&body, ",{\"userId\":\"");
    for (unsigned i = 0; i < 4000; i++)
        text_add_char(&body, (char)('A' + (i * i + i / 7) % 26));
    text_add(&body, "\",\"dateTime\":\"" AT "\"}]");
    READ_LOCAL read = read_body(text_cstr(&body));
    assert_int_equal(read.page[0].access, EVENTS_READ);
    assert_int_equal(read.page[0].count, 1);
    assert_string_equal(read.page[0].event[0].user_id, ONE);
    assert_string_equal(read.page[0].why, "7 of 8 login events cannot be read");
}

TEST(event_times_are_read_in_every_form)
{
    READ_LOCAL read = read_body("[" EVENT(ONE, "1767323045678") "," EVENT(
        ONE, "\"1767323045678\"") "," EVENT(ONE, "\"2026-01-02T03:04:05Z\"") "]");

    assert_null(read.page[0].why);
    assert_int_equal(read.page[0].count, 3);
    assert_true(read.page[0].event[0].at.us == INT64_C(1767323045678000));
    assert_true(read.page[0].event[1].at.us == INT64_C(1767323045678000));
    assert_true(read.page[0].event[2].at.us == INT64_C(1767323045000000));
}

TEST(event_of_another_type_is_no_login)
{
    READ_LOCAL read =
        read_body("[{\"eventType\":\"user.logout\",\"userId\":\"" ONE "\",\"dateTime\":\"" AT
                  "\"},{\"eventType\":\"User.Login\",\"userId\":\"" ONE "\",\"dateTime\":\"" AT
                  "\"}," GOOD "]");

    assert_int_equal(read.page[0].access, EVENTS_READ);
    assert_int_equal(read.page[0].count, 1);
    assert_null(read.page[0].why);
}

static struct read read_events(int count)
{
    CLEANUP(text_release) struct text body = TEXT_INIT;

    for (int i = 0; i < count; i++)
        text_addf(&body, "%s" GOOD, i == 0 ? "[" : ",");
    text_add(&body, "]");
    return read_body(text_cstr(&body));
}

TEST(page_that_is_too_long_is_missing)
{
    READ_LOCAL most = read_events(PAGE_EVENTS);
    READ_LOCAL more = read_events(PAGE_EVENTS + 1);

    assert_int_equal(most.page[0].access, EVENTS_READ);
    assert_int_equal(most.page[0].count, PAGE_EVENTS);
    assert_int_equal(more.page[0].access, EVENTS_MISSING);
    assert_int_equal(more.page[0].count, 0);
    assert_null(more.page[0].next_cursor);
    assert_non_null(strstr(more.page[0].why, "more than 10000 events"));
}

TEST(page_that_is_not_whole_is_missing)
{
    static const struct scripted_page pages[] = {
        {NULL, "Next-Cursor: b\r\n", "[" GOOD "]", 10},
        {NULL, "Next-Cursor: b\r\n", "[" GOOD ",", 0},
        {NULL, "Next-Cursor: b\r\n", "[" GOOD "]]", 0},
        {NULL, "Next-Cursor: b\r\n", "{\"events\":[" GOOD "]}", 0},
        {NULL, "Next-Cursor: b\r\n", "", 0},
    };

    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        READ_LOCAL read = read_pages(&pages[i], 1);

        if (read.page[0].access != EVENTS_MISSING || read.page[0].count != 0 ||
            read.page[0].next_cursor || !read.page[0].why)
            fail_msg("row %zu: access %d, %zu events, next %s", i, (int)read.page[0].access,
                     read.page[0].count,
                     read.page[0].next_cursor ? read.page[0].next_cursor : "(none)");
    }
}

/* --- activity --- */

#define DID(user) "{\"userId\":\"" user "\",\"dateTime\":\"" AT "\"}"

static struct read read_activity(const char *body)
{
    const struct scripted_page page = {.headers = "", .body = body};

    return read_pages_of(EVENT_DOWNLOAD, &page, 1);
}

TEST(activity_of_an_id_in_another_form_is_of_its_user)
{
    READ_LOCAL read = read_activity("[" DID("1a84d758-2b3a-141f-8f07-d71aa1f223bd") "," DID(
        "1a84d758-2b3a-141f-8f07d71aa1f223bd") "," DID("1a84d7582b3a141f8f07d71aa1f223bd") "]");

    assert_int_equal(read.page[0].access, EVENTS_READ);
    assert_int_equal(read.page[0].unreadable, 0);
    assert_int_equal(read.page[0].count, 3);
    for (size_t i = 0; i < read.page[0].count; i++)
        assert_string_equal(read.page[0].event[i].user_id, ONE);
}

/* Any id that is none may be anybody's; without one it is nobody's. */
TEST(activity_of_an_id_that_is_no_id_cannot_be_read_and_of_none_is_nobodys)
{
    static const struct {
        const char *body;
        size_t unreadable;
    } cases[] = {
        {"[" DID("") "," GOOD "]", 0},
        {"[{\"dateTime\":\"" AT "\"}," GOOD "]", 0},
        {"[{\"userId\":null,\"dateTime\":\"" AT "\"}," GOOD "]", 0},
        {"[" DID("1234") "," GOOD "]", 1},
        {"[" DID(ONE "0") "," GOOD "]", 1},
        {"[" DID("1A84D758-2B3A-141F-8F07D71AA1F223B") "," GOOD "]", 1},
        {"[" DID("1A84D758-2B3A-141F-8F07D71AA1F223BG") "," GOOD "]", 1},
        {"[{\"userId\":7,\"dateTime\":\"" AT "\"}," GOOD "]", 1},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        READ_LOCAL read = read_activity(cases[i].body);
        if (read.page[0].access != EVENTS_READ || read.page[0].count != 1 ||
            read.page[0].unreadable != cases[i].unreadable)
            fail_msg("%s: access %d, %zu events, %zu unreadable", cases[i].body,
                     (int)read.page[0].access, read.page[0].count, read.page[0].unreadable);
    }
}

TEST(activity_without_a_time_is_of_the_end_of_the_window_and_says_so)
{
    READ_LOCAL read = read_activity("[" EVENT(ONE, "\"yesterday\"") "," GOOD "]");

    assert_int_equal(read.page[0].count, 2);
    assert_true(read.page[0].event[0].is_untimed);
    assert_int_equal(read.page[0].event[0].at.us, at("2026-02-01T00:00:00Z").us);
    assert_false(read.page[0].event[1].is_untimed);
}

TEST(activity_goes_on_behind_an_empty_page_that_names_a_next_one)
{
    static const struct scripted_page pages[] = {{NULL, "Next-Cursor: 10000\r\n", "[]", 0},
                                                 {"10000", "", "[" GOOD "]", 0}};
    READ_LOCAL read = read_pages_of(EVENT_DOWNLOAD, pages, COUNT_OF(pages));

    assert_int_equal(read.pages, 2);
    assert_int_equal(read.page[1].count, 1);
}

/* There may be more of it. A page that is not full, or is followed by one, is whole. */
TEST(activity_of_a_full_page_that_names_no_next_one_is_not_whole)
{
    for (int missing = 0; missing < 2; missing++) {
        CLEANUP(text_release) struct text body = TEXT_INIT;
        for (int i = 0; i < PAGE_EVENTS - missing; i++)
            text_addf(&body, "%s" GOOD, i == 0 ? "[" : ",");
        text_add(&body, "]");
        READ_LOCAL read = read_activity(text_cstr(&body));
        assert_int_equal(read.page[0].count, PAGE_EVENTS - missing);
        assert_int_equal(read.page[0].unreadable, missing ? 0 : 1);
    }
}

/* --- as the portal's own description has it --- */

static struct json_object *member(struct json_object *object, const char *name)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(object, name, &value))
        fail_msg("the description has no '%s'", name);
    return value;
}

/* What the description gives as an answer, in words of its own or as they stand. */
static const char *example_of(struct json_object *success)
{
    struct json_object *content = member(member(success, "content"), "application/json");
    struct json_object *value = member(member(member(content, "examples"), "example-1"), "value");

    return json_object_is_type(value, json_type_string) ? json_object_get_string(value)
                                                        : json_object_to_json_string(value);
}

static struct json_object *parameter_of(struct json_object *method, const char *name, size_t length)
{
    struct json_object *all = member(method, "parameters");

    for (size_t i = 0; i < json_object_array_length(all); i++) {
        struct json_object *one = json_object_array_get_idx(all, i);
        const char *called = json_object_get_string(member(one, "name"));
        if (strlen(called) == length && strncmp(called, name, length) == 0)
            return one;
    }
    fail_msg("the description has no parameter '%.*s'", (int)length, name);
    return NULL;
}

/* One `name=value` of a query, in the form that the description gives to it. */
static void check_parameter(struct json_object *method, const char *pair, size_t length)
{
    size_t name = strcspn(pair, "=");
    struct json_object *parameter = parameter_of(method, pair, name);
    struct json_object *schema = member(parameter, "schema"), *format = NULL;
    CLEANUP(mem_cleanup) char *value = mem_strndup(pair + name + 1, length - name - 1);
    struct instant when;

    assert_string_equal(json_object_get_string(member(parameter, "in")), "query");
    if (strcmp(json_object_get_string(member(schema, "type")), "integer") == 0)
        assert_int_equal(strspn(value, "0123456789"), strlen(value));
    if (!json_object_object_get_ex(schema, "format", &format))
        return;
    assert_string_equal(json_object_get_string(format), "date-time");
    assert_int_equal(strlen(value), strlen("yyyy-mm-ddThh:mm:ssZ"));
    assert_true(instant_parse_bynder(value, &when));
}

/* Each request that was made: its method and path, and every parameter of its query. */
static size_t check_requests(const char *requests, const char *path, struct json_object *method)
{
    size_t count = 0;

    for (const char *found = requests; (found = strstr(found, "GET ")); count++) {
        found += strlen("GET ");
        assert_int_equal(strncmp(found, path, strlen(path)), 0);
        found += strlen(path);
        assert_int_equal(*found, '?');
        for (size_t length; *found == '?' || *found == '&'; found += length) {
            length = strcspn(++found, "& ");
            check_parameter(method, found, length);
        }
    }
    return count;
}

/* The example of an answer, and a second page by a cursor that has the form of theirs. */
static void check_path(struct json_object *paths, enum event_kind kind, int version)
{
    const char *path = event_kinds[kind].path[version];
    struct json_object *method = member(member(paths, path), "get");
    struct json_object *success = member(member(method, "responses"), "200");
    const char *example = example_of(success);
    const struct scripted_page pages[] = {{NULL, "Next-Cursor: 1000\r\n", example, 0},
                                          {"1000", "", "[]", 0}};
    struct json_object *events = json_tokener_parse(example);
    READ_LOCAL read = read_pages_from(kind, version, pages, COUNT_OF(pages));

    assert_non_null(member(member(success, "headers"), "Next-Cursor"));
    assert_non_null(member(member(success, "headers"), "Next-Url"));
    assert_int_equal(check_requests(read.requests, path, method), 2);
    assert_int_equal(read.page[0].access, EVENTS_READ);
    assert_int_equal(read.page[0].unreadable, 0);
    size_t named = 0;
    for (size_t i = 0; i < json_object_array_length(events); i++) {
        struct json_object *event = json_object_array_get_idx(events, i);
        const char *type = json_object_get_string(member(event, "eventType"));
        assert_int_equal(event_kind_of_type(type), kind);
        named += *json_object_get_string(member(event, "userId")) != '\0';
    }
    assert_true(named > 0);
    assert_int_equal(read.page[0].count, named);
    for (size_t i = 0; i < named; i++) {
        assert_string_equal(read.page[0].event[i].user_id, ONE);
        assert_false(read.page[0].event[i].is_untimed);
    }
    json_object_put(events);
}

TEST(events_are_asked_for_and_read_as_the_portal_describes_them)
{
    const char *directory = getenv("BYNDER_OPENAPI");
    CLEANUP(text_release) struct text file = TEXT_INIT;

    text_addf(&file, "%s/analytics.json",
              directory ? directory : SOURCE_DIR "/../shared/bynder/openapi");
    if (access(text_cstr(&file), R_OK) < 0) {
        text_release(&file); /* a skip leaves by a jump */
        skip();
    }
    struct json_object *description = json_object_from_file(text_cstr(&file));
    assert_non_null(description);
    struct json_object *paths = member(description, "paths");
    for (unsigned kind = EVENT_LOGIN; kind < EVENT_KINDS; kind++) {
        for (int version = 0; version < EVENT_PATHS && event_kinds[kind].path[version]; version++)
            check_path(paths, (enum event_kind)kind, version);
    }
    struct json_object *year = member(
        member(member(paths, "/v7/analytics/api/v1/historical/{year}.csv"), "get"), "responses");
    assert_non_null(member(member(member(year, "200"), "content"), "text/csv"));
    json_object_put(description);
}
