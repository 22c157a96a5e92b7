/*
 * The list read many pages at a time, from a server that answers in the order the test wants: what
 * comes out is the same whichever page came first.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "bynder/bynder.h"
#include "host/file.h"
#include "scripted.h"
#include "test.h"

enum { PAGES = 5, PAGE_SIZE = 2, TOTAL = PAGES * PAGE_SIZE, TOGETHER = PAGES - 1 };

#define ID "%08d-0000-0000-0000000000000000"

/* Somebody who is listed elsewhere than where he belongs: an item of a page is replaced. */
struct portal_script {
    int order[TOGETHER]; /* in which pages 2 to 5 are answered; 0 = at once */
    int total;           /* announced; 0 = TOTAL */
    int total_of_page[PAGES + 2];
    int twice_on[2];      /* pages whose first item is account 999, by different names */
    int unreadable_on[2]; /* pages whose second item has no id */
    int longer, shorter;  /* a page that holds one more, one less */
    bool once;            /* all of that in the first reading alone */
    int failing;          /* a page that is never answered well */
    int empty;            /* a page that holds nobody */
};

struct portal_server {
    const struct portal_script *script;
    struct scripted server;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    size_t next; /* place in script->order */
    unsigned pages_asked, failing_asked, readings;
};

static void add_item(struct text *body, const char *id, int page, int i)
{
    text_addf(body, "%s{\"id\":%s,\"active\":1,\"username\":\"p%d.%d\"}",
              body->length > 1 ? "," : "", id, page, i);
}

static void add_page(const struct portal_script *script, int page, struct text *body)
{
    int count = page > PAGES || page == script->empty
                    ? 0
                    : PAGE_SIZE + (script->longer == page) - (script->shorter == page);

    text_add(body, "[");
    for (int i = 0; i < count; i++) {
        char id[64];
        int number = (page - 1) * PAGE_SIZE + i;

        if (i == 0 && (page == script->twice_on[0] || page == script->twice_on[1]))
            number = 999;
        if (i == PAGE_SIZE)
            number = 500;
        (void)snprintf(id, sizeof(id), "\"" ID "\"", number);
        if (i == 1 && (page == script->unreadable_on[0] || page == script->unreadable_on[1]))
            (void)snprintf(id, sizeof(id), "7");
        add_item(body, id, page, i);
    }
    text_add(body, "]");
}

static bool send_json(int fd, const char *status, int total, const char *body)
{
    CLEANUP(text_release) struct text answer = TEXT_INIT;

    text_addf(&answer,
              "HTTP/1.1 %s\r\nContent-Type: application/json\r\nX-Pagination-Limit: %d\r\n"
              "X-Pagination-TotalRecords: %d\r\nContent-Length: %zu\r\n\r\n%s",
              status, PAGE_SIZE, total, strlen(body), body);
    return scripted_send(fd, answer.data, answer.length);
}

/* Waits until it is this page's turn. */
static void wait_turn(struct portal_server *portal, int page)
{
    const int *order = portal->script->order;

    (void)pthread_mutex_lock(&portal->lock);
    portal->pages_asked++;
    portal->failing_asked += page == portal->script->failing;
    while (order[0] && page > 1 && portal->next < TOGETHER && order[portal->next] != page)
        (void)pthread_cond_wait(&portal->answered, &portal->lock);
    (void)pthread_mutex_unlock(&portal->lock);
}

static void pass_turn(struct portal_server *portal, int page)
{
    (void)pthread_mutex_lock(&portal->lock);
    if (page > 1)
        portal->next++;
    (void)pthread_cond_broadcast(&portal->answered);
    (void)pthread_mutex_unlock(&portal->lock);
}

/* What this reading of the list is answered by. */
static const struct portal_script *script_of(struct portal_server *portal, int page)
{
    static const struct portal_script plain = {.total = 0};
    bool over;

    (void)pthread_mutex_lock(&portal->lock);
    portal->readings += page == 1;
    over = portal->script->once && portal->readings > 1;
    (void)pthread_mutex_unlock(&portal->lock);
    return over ? &plain : portal->script;
}

static bool answer_page(struct portal_server *portal, int fd, int page)
{
    const struct portal_script *script = script_of(portal, page);
    CLEANUP(text_release) struct text body = TEXT_INIT;
    int total = script->total ? script->total : TOTAL;
    bool sent;

    if (page <= PAGES && script->total_of_page[page])
        total = script->total_of_page[page];
    wait_turn(portal, page);
    add_page(script, page, &body);
    sent = page == script->failing ? send_json(fd, "500 No", total, "{\"message\":\"no\"}")
                                   : send_json(fd, "200 OK", total, text_cstr(&body));
    pass_turn(portal, page);
    return sent;
}

static bool answer(void *context, int fd, const char *request)
{
    const char *page = strstr(request, "&page=");

    if (strstr(request, "/api/v4/profiles/"))
        return send_json(fd, "200 OK", 0, "[{\"id\":\"1\",\"name\":\"Admin\",\"roles\":[]}]");
    if (!page)
        return send_json(fd, "404 No", 0, "{}");
    return answer_page(context, fd, (int)strtol(page + 6, NULL, 10));
}

static char *token_path;

struct listed {
    struct arena arena;
    struct snapshot snapshot;
    unsigned pages_asked, failing_asked, readings;
};

static void listed_release(struct listed *listed)
{
    arena_release(&listed->arena);
}

static struct listed list(const struct portal_script *script)
{
    struct portal_server server = {
        .script = script, .lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
    struct config_portal config = {.loopback = true,
                                   .token = {.file = token_path},
                                   .page_size = PAGE_SIZE,
                                   .connections = TOGETHER,
                                   .timeout = 10};
    struct bynder_setup setup = {.config = &config, .patience_us = 300000};
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct bynder *bynder = NULL;
    struct listed listed = {.pages_asked = 0};
    struct portal portal;

    scripted_start(&server.server, answer, &server);
    text_addf(&url, "http://127.0.0.1:%u", server.server.port);
    config.url = text_cstr(&url);
    assert_int_equal(bynder_new(&setup, &bynder, &err), 0);
    portal = bynder_read_only(bynder);
    if (portal.list(portal.self, &listed.arena, NULL, &listed.snapshot, &err) < 0)
        fail_msg("%s", err.text);
    bynder_free(bynder);
    scripted_stop(&server.server);
    listed.pages_asked = server.pages_asked;
    listed.failing_asked = server.failing_asked;
    listed.readings = server.readings;
    return listed;
}

#define FORWARD                                                                                    \
    {                                                                                              \
        2, 3, 4, 5                                                                                 \
    }
#define BACKWARD                                                                                   \
    {                                                                                              \
        5, 4, 3, 2                                                                                 \
    }
#define LISTED_LOCAL CLEANUP(listed_release) struct listed

TEST(list_in_any_order_of_arrival_is_in_the_order_of_pages)
{
    static const struct portal_script scripts[] = {
        {.order = FORWARD}, {.order = BACKWARD}, {.order = {3, 5, 2, 4}}};

    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        LISTED_LOCAL listed = list(&scripts[i]);

        if (!listed.snapshot.complete)
            fail_msg("incomplete: %s", listed.snapshot.incomplete_reason);
        assert_int_equal(listed.snapshot.count, TOTAL);
        for (int k = 0; k < TOTAL; k++) {
            char id[64];

            (void)snprintf(id, sizeof(id), ID, k);
            assert_string_equal(listed.snapshot.account[k].id, id);
        }
        /* The last page is full, so one more is asked for: that it is empty proves the end. */
        assert_int_equal(listed.pages_asked, PAGES + 1);
    }
}

TEST(list_with_an_id_on_two_pages_keeps_the_earlier_page_s)
{
    static const struct portal_script scripts[] = {
        {.order = FORWARD, .twice_on = {2, 4}},
        {.order = BACKWARD, .twice_on = {2, 4}},
    };

    for (size_t i = 0; i < COUNT_OF(scripts); i++) {
        LISTED_LOCAL listed = list(&scripts[i]);

        assert_false(listed.snapshot.complete);
        assert_non_null(strstr(listed.snapshot.incomplete_reason, "9 different users"));
        assert_int_equal(listed.snapshot.count, TOTAL - 1);
        assert_string_equal(listed.snapshot.account[2].username, "p2.0");
        assert_string_equal(listed.snapshot.account[6].username, "p4.1");
        assert_int_equal(listed.readings, 2);
    }
}

static const struct {
    struct portal_script script;
    size_t count;
    bool drifts; /* another reading may help */
    const char *said;
} odd_lists[] = {
    {{.unreadable_on = {3, 5}}, 8, false, "2 of the list cannot be read: item 2 of page 3: "},
    {{.twice_on = {2, 4}}, 9, true, "holds 9 different users, but the portal announces 10"},
    {{.longer = 4}, 10, true, "a page of the list holds more users than it may"},
    {{.shorter = 3}, 9, true, "holds 9 different users, but the portal announces 10"},
    {{.shorter = 5}, 9, true, "holds 9 different users, but the portal announces 10"},
    {{.total_of_page = {[4] = 11}}, 10, true, "users came or went while the list was read"},
    {{.total_of_page = {[5] = 9}}, 10, true, "users came or went while the list was read"},
    {{.total = 11}, 10, true, "holds 10 different users, but the portal announces 11"},
    {{.total = 8}, 10, true, "holds 10 different users, but the portal announces 8"},
    {{.total = 6}, 10, true, "holds 10 different users, but the portal announces 6"},
    {{.empty = 4}, 8, true, "holds 8 different users, but the portal announces 10"},
    {{.empty = 5}, 8, true, "holds 8 different users, but the portal announces 10"},
};

TEST(list_that_is_odd_says_the_same_in_any_order)
{
    static const int orders[][TOGETHER] = {FORWARD, BACKWARD};

    for (size_t i = 0; i < COUNT_OF(odd_lists); i++) {
        for (size_t k = 0; k < COUNT_OF(orders); k++) {
            struct portal_script script = odd_lists[i].script;

            /* Where fewer pages are announced the order cannot be told. */
            if (script.total == 0)
                memcpy(script.order, orders[k], sizeof(script.order));
            LISTED_LOCAL listed = list(&script);
            if (listed.snapshot.complete || listed.snapshot.count != odd_lists[i].count ||
                !strstr(listed.snapshot.incomplete_reason, odd_lists[i].said) ||
                listed.readings != (odd_lists[i].drifts ? 2u : 1u))
                fail_msg("row %zu, order %zu: %zu accounts in %u readings, %s", i, k,
                         listed.snapshot.count, listed.readings,
                         listed.snapshot.complete ? "complete" : listed.snapshot.incomplete_reason);
        }
    }
}

/* What drifted in the first reading alone is whole in the second, with nothing of the first. */
TEST(list_that_drifted_once_is_complete_by_its_second_reading)
{
    for (size_t i = 0; i < COUNT_OF(odd_lists); i++) {
        struct portal_script script = odd_lists[i].script;

        if (!odd_lists[i].drifts)
            continue;
        script.once = true;
        LISTED_LOCAL listed = list(&script);
        if (!listed.snapshot.complete || listed.snapshot.count != TOTAL || listed.readings != 2)
            fail_msg("row %zu: %zu accounts in %u readings, %s", i, listed.snapshot.count,
                     listed.readings,
                     listed.snapshot.complete ? "complete" : listed.snapshot.incomplete_reason);
    }
}

TEST(list_with_a_page_missing_keeps_the_others)
{
    static const struct portal_script script = {.failing = 3};
    LISTED_LOCAL listed = list(&script);

    assert_false(listed.snapshot.complete);
    assert_non_null(
        strstr(listed.snapshot.incomplete_reason, "page 3 of the users is missing: GET"));
    assert_int_equal(listed.snapshot.count, TOTAL - PAGE_SIZE);
    /* The page that fails is tried while there is patience; nothing is asked for behind the
     * announced end, and no other page twice. */
    assert_true(listed.pages_asked >= PAGES + 2);
    assert_int_equal(listed.pages_asked - listed.failing_asked, PAGES - 1);
}

TEST(list_with_an_absurd_total_ends_at_the_empty_page)
{
    static const struct portal_script script = {.total = 1999999};
    LISTED_LOCAL listed = list(&script);

    assert_false(listed.snapshot.complete);
    assert_int_equal(listed.snapshot.count, TOTAL);
    assert_true(listed.pages_asked < 2 * (PAGES + 2 * TOGETHER));
}

static int make_token(void **state)
{
    char directory[] = "/tmp/list.XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(directory));
    token_path = file_join(directory, "token");
    return file_write(token_path, 0600, "tok", 3, NULL);
}

static int remove_token(void **state)
{
    (void)state;
    (void)unlink(token_path);
    *strrchr(token_path, '/') = '\0';
    (void)rmdir(token_path);
    free(token_path);
    return 0;
}

TEST_GROUP(make_token, remove_token);
