/*
 * Many reads at a time, one level below Bynder: a server that does to one of them what it must not
 * do to the others. Each read ends once, whatever becomes of it; what is kept of it is bounded; a
 * connection serves many reads and never a write.
 */
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "base/limits.h"
#include "base/mem.h"
#include "net/http.h"
#include "sanitized.h"
#include "scripted.h"
#include "seconds.h"
#include "test.h"

enum { CONNECTIONS = 4, MANY = 40, ODD = 7 /* the read that is treated differently */ };

/* --- the server --- */

/* Sends the answer to the read that is treated differently. */
typedef bool odd_answer(int fd);

struct server {
    struct scripted scripted;
    odd_answer *odd;        /* NULL: none is */
    bool closes;            /* after every answer */
    size_t padding;         /* further bytes in every body */
    _Atomic unsigned asked; /* requests */
};

static unsigned number_of(const char *request)
{
    const char *slash = strchr(request, '/');

    return slash ? (unsigned)strtoul(slash + 1, NULL, 10) : 0;
}

static bool send_all(int fd, const char *text)
{
    return scripted_send(fd, text, strlen(text));
}

static bool answer(void *context, int fd, const char *request)
{
    struct server *server = context;
    unsigned number = number_of(request);
    CLEANUP(text_release) struct text text = TEXT_INIT, body = TEXT_INIT;

    atomic_fetch_add(&server->asked, 1);
    if (server->odd && number == ODD)
        return server->odd(fd);
    text_addf(&body, "answer %u", number);
    for (size_t i = 0; i < server->padding; i++)
        text_add_char(&body, '.');
    text_addf(&text,
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n%sContent-Length: %zu\r\n\r\n%s",
              server->closes ? "Connection: close\r\n" : "", body.length, text_cstr(&body));
    return scripted_send(fd, text.data, text.length) && !server->closes;
}

/* --- the reads --- */

struct reads {
    struct http *http;
    char url[64], now[96];
    size_t count, begun, ended, kept, failed;
    unsigned char *ends; /* by read: how often it ended */
    char *failure;       /* of the last that failed, which was number `failure_of` */
    size_t failure_of;
    struct text odd_body; /* of the one that is treated differently */
    long odd_status;
    size_t peak;         /* bytes in use */
    int wish;            /* what is answered at the one that is treated differently */
    size_t begun_before; /* how many were under way or over then */
};

static int make(void *context, size_t index, struct http_request *ret_request, struct err *err)
{
    struct reads *reads = context;

    (void)err;
    assert_int_equal(index, reads->begun); /* in their order, none twice */
    reads->begun++;
    (void)snprintf(reads->now, sizeof(reads->now), "%s/%zu", reads->url, index);
    *ret_request = (struct http_request){.method = HTTP_GET, .url = reads->now};
    return 0;
}

static void check_body(size_t index, const struct http_answer *answer)
{
    char wanted[32];

    (void)snprintf(wanted, sizeof(wanted), "answer %zu", index);
    if (answer->status != 200 || !text_starts(text_cstr(&answer->body), wanted))
        fail_msg("read %zu got status %ld, '%.40s'", index, answer->status,
                 text_cstr(&answer->body));
}

static int each(void *context, size_t index, struct http_answer *answer, struct err *failure,
                struct err *err)
{
    struct reads *reads = context;
    size_t now = mallinfo2().uordblks;

    (void)err;
    reads->ends[index]++;
    reads->ended++;
    if (now > reads->peak)
        reads->peak = now;
    if (index == ODD)
        reads->begun_before = reads->begun;
    if (answer && index == ODD) {
        reads->odd_status = answer->status;
        text_add_bytes(&reads->odd_body, answer->body.data, answer->body.length);
    } else if (answer) {
        check_body(index, answer);
    }
    if (answer) {
        reads->kept++;
    } else {
        reads->failed++;
        free(reads->failure);
        reads->failure = mem_strdup(failure->text);
        reads->failure_of = index;
    }
    return index == ODD ? reads->wish : HTTP_GO_ON;
}

struct world {
    struct server server;
    struct http_settings settings;
    struct reads reads;
    size_t connections;
    int result;     /* of http_exchange_many */
    size_t counted; /* requests, by the client */
};

static void world_begin(struct world *world, size_t count)
{
    world->server = (struct server){.odd = NULL};
    world->settings =
        (struct http_settings){.connect_timeout_s = 5, .timeout_s = 20, .body_limit = 100000};
    world->reads = (struct reads){.count = count, .odd_body = TEXT_INIT};
    world->reads.ends = mem_calloc(count, 1);
    world->connections = CONNECTIONS;
    world->result = 1;
    scripted_start(&world->server.scripted, answer, &world->server);
    (void)snprintf(world->reads.url, sizeof(world->reads.url), "http://127.0.0.1:%u",
                   world->server.scripted.port);
}

static void world_end(struct world *world)
{
    scripted_stop(&world->server.scripted);
    text_release(&world->reads.odd_body);
    free(world->reads.failure);
    free(world->reads.ends);
}

/* All reads; whatever happened, none has ended twice. */
static void read_all(struct world *world, http_each *taken)
{
    struct http *http = http_new(&world->settings);
    struct err err = ERR_INIT;

    world->result = http_exchange_many(http, world->connections, world->reads.count, make, taken,
                                       &world->reads, &err);
    world->counted = http_request_count(http);
    http_free(http);
    err_release(&err);
    for (size_t i = 0; i < world->reads.count; i++)
        assert_true(world->reads.ends[i] <= 1);
}

/* --- tests --- */

TEST(date_of_a_header_beyond_all_calendars_is_none)
{
    static const char *const none[] = {"8May1000000", "1 Jan 9999999999", "", "soon",
                                       "Thu, 01 Jan 1970 00:00:00 GMT"};
    struct instant instant = INSTANT_NONE;

    for (size_t i = 0; i < COUNT_OF(none); i++)
        assert_false(http_date(none[i], &instant));
    assert_false(http_date(NULL, &instant));
    assert_false(instant_is_set(instant));
    assert_true(http_date("Sun, 22 Nov 2026 07:45:00 GMT", &instant));
    assert_int_equal(instant.us, 1795333500 * SECOND_US);
}

TEST(reads_share_as_many_connections_as_allowed)
{
    struct world world;

    world_begin(&world, 400);
    read_all(&world, each);
    assert_int_equal(world.result, 0);
    assert_int_equal(world.reads.kept, 400);
    assert_int_equal(world.server.asked, 400);
    assert_int_equal(world.server.scripted.connections, CONNECTIONS);
    world_end(&world);
}

/* Also right after reads that left connections behind, and none of theirs is used afterwards. */
TEST(write_among_reads_has_a_connection_of_its_own)
{
    struct world world;
    struct http *http;
    CLEANUP(err_release) struct err err = ERR_INIT;

    world_begin(&world, MANY);
    http = http_new(&world.settings);
    for (unsigned i = 0; i < 3; i++) {
        struct http_outcome outcome;
        struct http_request write = {.method = HTTP_POST, .form = "active=0"};

        world.reads.begun = 0;
        assert_int_equal(
            http_exchange_many(http, CONNECTIONS, MANY, make, each, &world.reads, &err), 0);
        write.url = world.reads.now;
        assert_int_equal(http_write(http, &write, &outcome, &err), 0);
        assert_int_equal(outcome.fate, HTTP_ANSWERED);
        http_outcome_release(&outcome);
    }
    http_free(http);
    world_end(&world);
    /* Reads keep theirs over all three times; each write made one. */
    assert_int_equal(world.server.scripted.connections, CONNECTIONS + 3);
}

TEST(server_that_closes_after_each_answer_gets_a_connection_each)
{
    struct world world;

    world_begin(&world, MANY);
    world.server.closes = true;
    read_all(&world, each);
    assert_int_equal(world.result, 0);
    assert_int_equal(world.reads.kept, MANY);
    assert_int_equal(world.server.asked, MANY);
    world_end(&world);
    assert_int_equal(world.server.scripted.connections, MANY);
}

static bool send_nothing(int fd)
{
    char byte;

    while (read(fd, &byte, 1) > 0) /* until the client gives up */
        continue;
    return false;
}

static bool send_a_little_at_a_time(int fd)
{
    struct timespec pause = {.tv_nsec = 200000000};

    (void)send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
    while (send_all(fd, "x"))
        (void)nanosleep(&pause, NULL);
    return false;
}

/* Fast enough, and without an end. */
static bool send_for_ever(int fd)
{
    struct timespec pause = {.tv_nsec = 20000000};

    (void)send_all(fd, "HTTP/1.1 200 OK\r\n\r\n");
    while (send_all(fd, "a hundred bytes of text, so that nobody can say that this is too slow, "
                        "but how it goes on is not told"))
        (void)nanosleep(&pause, NULL);
    return false;
}

static bool send_half_and_close(int fd)
{
    (void)send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
    return false;
}

static bool send_half_a_chunk_and_close(int fd)
{
    (void)send_all(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf");
    return false;
}

static bool send_chunks_without_their_end(int fd)
{
    (void)send_all(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    return false;
}

static bool send_a_large_body(int fd)
{
    CLEANUP(text_release) struct text body = TEXT_INIT;

    text_add(&body, "HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n");
    for (int i = 0; i <= 100000; i++)
        text_add_char(&body, 'x');
    return scripted_send(fd, body.data, body.length);
}

static bool send_chunks_for_ever(int fd)
{
    (void)send_all(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (send_all(fd, "10\r\nsixteen bytes...\r\n"))
        continue;
    return false;
}

static bool send_headers_for_ever(int fd)
{
    (void)send_all(fd, "HTTP/1.1 200 OK\r\n");
    while (send_all(fd, "X-Further: and further and further and further\r\n"))
        continue;
    return false;
}

static bool close_at_once(int fd)
{
    (void)fd;
    return false;
}

static bool send_no_http(int fd)
{
    (void)send_all(fd, "220 mail.example ready\r\n");
    return false;
}

/* One read goes wrong in this way; the others are kept, and all that was sent is counted. */
TEST(one_of_many_that_fails_leaves_the_others)
{
    static const struct {
        odd_answer *odd;
        int64_t timeout_s;
        double at_least_s;
        const char *says;
    } rows[] = {
        {send_nothing, 1, 0.9, "timed out"},
        {send_for_ever, 8, 7.9,
         "timed out"}, /* slow is what stands still for 4 s: a busy machine */
        {send_a_little_at_a_time, 12, 4, "too slow"},
        {send_half_and_close, 20, 0, "cut off"},
        {send_half_a_chunk_and_close, 20, 0, "cut off"},
        {send_chunks_without_their_end, 20, 0, "cut off"},
        {send_a_large_body, 20, 0, "the answer is larger than 100000 bytes"},
        {send_chunks_for_ever, 20, 0, "the answer is larger than 100000 bytes"},
        {send_headers_for_ever, 20, 0, "the header lines of the answer are longer than 262144"},
        {close_at_once, 20, 0, "failed: "}, /* repeated on another connection or not */
        {send_no_http, 20, 0, "HTTP/0.9"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;
        double start = now_s();

        world_begin(&world, MANY);
        world.server.odd = rows[i].odd;
        world.settings.timeout_s = rows[i].timeout_s;
        read_all(&world, each);
        double took = now_s() - start;
        if (world.result != 0 || world.reads.kept != MANY - 1 || world.reads.failed != 1 ||
            world.reads.failure_of != ODD || !strstr(world.reads.failure, rows[i].says) ||
            took < rows[i].at_least_s)
            fail_msg("row %zu: result %d after %.1f s, %zu kept, %zu failed, read %zu: %s", i,
                     world.result, took, world.reads.kept, world.reads.failed,
                     world.reads.failure_of, world.reads.failure ? world.reads.failure : "-");
        /* A read whose kept connection died is repeated by libcurl: each time counts. */
        assert_int_equal(world.counted, world.server.asked);
        world_end(&world);
    }
}

static bool send_chunks(int fd)
{
    return send_all(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "4\r\nansw\r\n6;x=y\r\ner 777\r\n0\r\nX-Trailer: 1\r\n\r\n");
}

/* Nobody asked for it; so it is bytes, not text, and is nobody's JSON. */
static bool send_compressed(int fd)
{
    return scripted_send(fd,
                         "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\n"
                         "\x1f\x8b\x08\x00\x01\x02",
                         sizeof("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6"
                                "\r\n\r\n") -
                             1 + 6);
}

TEST(bodies_come_as_they_were_sent)
{
    static const struct {
        odd_answer *odd;
        const char *body;
        size_t length;
    } rows[] = {
        {send_chunks, "answer 777", 10},
        {send_compressed, "\x1f\x8b\x08\x00\x01\x02", 6},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;

        world_begin(&world, MANY);
        world.server.odd = rows[i].odd;
        read_all(&world, each);
        assert_int_equal(world.reads.kept, MANY);
        assert_int_equal(world.reads.odd_body.length, rows[i].length);
        assert_memory_equal(world.reads.odd_body.data, rows[i].body, rows[i].length);
        world_end(&world);
    }
}

#define SURPLUS "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nanswer 99"

static bool send_two_answers(int fd)
{
    return send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nanswer 7" SURPLUS);
}

/* The first answer is taken, and only then comes the second. */
static sem_t is_taken, is_sent;

/* Until the other end has all that was sent. */
static void wait_for_delivery(int fd)
{
    struct timespec pause = {.tv_nsec = 1000000};
    int queued = 1;

    while (ioctl(fd, SIOCOUTQ, &queued) == 0 && queued > 0)
        (void)nanosleep(&pause, NULL);
    assert_int_equal(queued, 0);
}

static bool send_two_answers_apart(int fd)
{
    bool sent;

    if (!send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nanswer 7"))
        return false;
    (void)sem_wait(&is_taken);
    sent = send_all(fd, SURPLUS);
    wait_for_delivery(fd);
    (void)sem_post(&is_sent);
    return sent;
}

static int each_with_surplus(void *context, size_t index, struct http_answer *answer,
                             struct err *failure, struct err *err)
{
    int wish = each(context, index, answer, failure, err);

    if (index == ODD) {
        (void)sem_post(&is_taken);
        (void)sem_wait(&is_sent);
    }
    return wish;
}

/* An answer that nobody asked for is nobody's: no later read takes it for its own (check_body). */
TEST(two_answers_in_one_are_one)
{
    struct world world;

    world_begin(&world, MANY);
    world.server.odd = send_two_answers;
    read_all(&world, each);
    assert_int_equal(world.reads.kept, MANY);
    assert_int_equal(world.reads.odd_body.length, 8);
    world_end(&world);
}

/* The read that would have been sent there takes a connection of its own, and is asked once. */
TEST(connection_that_speaks_unasked_is_not_used)
{
    struct world world;

    assert_int_equal(sem_init(&is_taken, 0, 0), 0);
    assert_int_equal(sem_init(&is_sent, 0, 0), 0);
    world_begin(&world, MANY);
    world.server.odd = send_two_answers_apart;
    world.connections = 1;
    read_all(&world, each_with_surplus);
    assert_int_equal(world.result, 0);
    assert_int_equal(world.reads.kept, MANY);
    assert_int_equal(world.reads.failed, 0);
    assert_int_equal(world.server.asked, MANY);
    assert_int_equal(world.counted, MANY);
    world_end(&world);
    assert_int_equal(world.server.scripted.connections, 2);
}

TEST(wish_for_no_more_lets_what_is_under_way_end)
{
    struct world world;

    world_begin(&world, MANY);
    world.reads.wish = HTTP_NO_MORE;
    read_all(&world, each);
    assert_int_equal(world.result, 0);
    assert_true(world.reads.begun > ODD && world.reads.begun == world.reads.begun_before);
    assert_int_equal(world.reads.ended, world.reads.begun);
    world_end(&world);
}

TEST(wish_to_stop_breaks_off_what_is_under_way)
{
    struct world world;

    world_begin(&world, MANY);
    world.reads.wish = HTTP_STOP;
    read_all(&world, each);
    assert_int_equal(world.result, -1);
    assert_true(world.reads.begun > ODD && world.reads.begun == world.reads.begun_before);
    assert_true(world.reads.ends[ODD]);
    world_end(&world);
}

static size_t peak_over(size_t count)
{
    struct world world;
    size_t before = mallinfo2().uordblks, peak;

    world_begin(&world, count);
    world.server.padding = 2000;
    read_all(&world, each);
    assert_int_equal(world.reads.kept, count);
    peak = world.reads.peak - before;
    world_end(&world);
    return peak;
}

/* The bodies of the longer reading are 40 MB together. One byte a read is the test's own. */
TEST(memory_does_not_grow_with_the_number_of_reads)
{
    enum { FEW = 2000, MORE = 20000, SLACK = 65536 };

    if (SANITIZED)
        skip();
    (void)peak_over(FEW); /* what libraries make once */
    size_t few = peak_over(FEW), more = peak_over(MORE);
    print_message("bytes in use at most: %zu over %d reads, %zu over %d\n", few, FEW, more, MORE);
    assert_true(more <= few + (MORE - FEW) + SLACK);
}
