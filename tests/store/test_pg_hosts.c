/*
 * Several hosts: each has its time, one after the other, until one fits. A black hole is a port of
 * the loopback that answers nothing: it takes connections and is silent, or its queue is full.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "database/database.h"
#include "host/file.h"
#include "pooler.h"
#include "seconds.h"
#include "standby.h"
#include "test.h"

/* "two.example" is 127.0.0.1 and 127.0.0.2, in this order, and "nowhere.example" nobody: for libpq
 * too, in this program. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **result)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
    int failed;

    memcpy(&real, &symbol, sizeof(real));
    if (name && strcmp(name, "nowhere.example") == 0)
        return EAI_NONAME;
    if (!name || strcmp(name, "two.example") != 0)
        return real(name, service, hints, result);
    failed = real("127.0.0.1", service, hints, result);
    return failed ? failed : real("127.0.0.2", service, hints, &(*result)->ai_next);
}

struct hole {
    uint16_t port;
    int fd[4];
};

static void hole_release(struct hole *hole)
{
    for (size_t i = 0; i < COUNT_OF(hole->fd); i++) {
        if (hole->fd[i] > 0)
            (void)close(hole->fd[i]);
    }
}

enum kind { REFUSES, SILENT, FULL };

static struct hole dig(enum kind kind)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof(address);
    struct hole hole = {.port = 0};

    hole.fd[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(hole.fd[0], (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(getsockname(hole.fd[0], (struct sockaddr *)&address, &length), 0);
    hole.port = ntohs(address.sin_port);
    if (kind == REFUSES)
        return hole;
    assert_int_equal(listen(hole.fd[0], kind == FULL ? 0 : 5), 0);
    for (size_t i = 1; kind == FULL && i < COUNT_OF(hole.fd); i++) {
        hole.fd[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(hole.fd[i], (const struct sockaddr *)&address, sizeof(address));
    }
    return hole;
}

/* The socket's directory of the fixture's server. */
static char *own_directory(void)
{
    PQconninfoOption *option = PQconninfoParse(cluster_fixture_conninfo(), NULL);
    char *host = NULL;

    for (size_t i = 0; option && option[i].keyword; i++) {
        if (strcmp(option[i].keyword, "host") == 0)
            host = mem_strdup(option[i].val);
    }
    PQconninfoFree(option);
    assert_non_null(host);
    return host;
}

/* Opens with two seconds for each host; the error when it does not. */
static struct pg *open_in_time(const char *conninfo, struct err *err)
{
    struct pg *pg = NULL;
    double start = now_s();
    int result =
        pg_open(&(struct pg_settings){.conninfo = conninfo, .connect_timeout_s = 2}, &pg, err);

    assert_int_equal(result, pg ? 0 : -1);
    assert_true(now_s() - start < HANGS_S);
    return pg;
}

static void assert_opens(const char *conninfo)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_closep) struct pg *pg = open_in_time(conninfo, &err);

    if (!pg)
        fail_msg("%s", err.text);
    assert_int_equal(pg_run(pg, "one", "select 1", PG_ONE, NULL, 0, NULL, NULL), 0);
}

/* Each word in the error. */
static void assert_fails(const char *conninfo, enum err_code code, const char *const *word)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_null(open_in_time(conninfo, &err));
    assert_int_equal(err.code, code);
    for (; *word; word++) {
        if (!strstr(err.text, *word))
            fail_msg("no '%s' in: %s", *word, err.text);
    }
}

TEST(pg_open_goes_on_to_the_next_host)
{
    CLEANUP(mem_cleanup) char *own = own_directory();

    for (int kind = REFUSES; kind <= FULL; kind++) {
        CLEANUP(hole_release) struct hole hole = dig((enum kind)kind);
        CLEANUP(text_release) struct text after = TEXT_INIT, before = TEXT_INIT;

        /* What works comes first: nobody asks the other. */
        text_addf(&before, "host=%s,127.0.0.1 port=5432,%u user=reconcile", own, hole.port);
        assert_opens(text_cstr(&before));
        assert_true(kind != SILENT || accept4(hole.fd[0], NULL, NULL, SOCK_CLOEXEC) < 0);
        text_addf(&after, "host=127.0.0.1,%s port=%u,5432 user=reconcile", own, hole.port);
        assert_opens(text_cstr(&after));
    }
}

TEST(pg_open_all_hosts_away_names_each_and_has_a_bound)
{
    CLEANUP(hole_release) struct hole silent = dig(SILENT), full = dig(FULL), none = dig(REFUSES);
    CLEANUP(text_release) struct text conninfo = TEXT_INIT, first = TEXT_INIT, second = TEXT_INIT;
    CLEANUP(text_release) struct text third = TEXT_INIT;

    text_addf(&conninfo, "postgresql://127.0.0.1:%u,127.0.0.1:%u,127.0.0.1:%u,nowhere.example/acme",
              silent.port, none.port, full.port);
    text_addf(&first, "'127.0.0.1:%u' did not answer within 2 s", silent.port);
    text_addf(&second, "port %u failed: Connection refused", none.port);
    text_addf(&third, "'127.0.0.1:%u' did not answer within 2 s", full.port);
    assert_fails(text_cstr(&conninfo), ERR_UNREACHABLE,
                 (const char *const[]){"'acme'", "none of the 4 hosts", text_cstr(&first),
                                       text_cstr(&second), text_cstr(&third), "nowhere.example",
                                       NULL});
}

/* A name with two addresses is two hosts; what a certificate is checked against is the name. */
TEST(pg_open_goes_on_to_the_next_address_of_a_name)
{
    CLEANUP(pg_closep) __attribute__((unused)) struct pg *made = cluster_fixture_open();
    CLEANUP(hole_release) struct hole hole = dig(SILENT);
    CLEANUP(text_release) struct text conninfo = TEXT_INIT, first = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;

    text_addf(&conninfo, "host=two.example port=%u dbname=postgres user=reconcile", hole.port);
    text_addf(&first, "'two.example:%u' (127.0.0.1) did not answer", hole.port);
    assert_fails(text_cstr(&conninfo), ERR_UNREACHABLE,
                 (const char *const[]){text_cstr(&first), "127.0.0.2", "refused", NULL});

    CLEANUP(pooler_release)
    __attribute__((unused)) struct pooler pooler = pooler_start(
        &(struct pooler_settings){.mode = "session", .address = "127.0.0.2", .port = hole.port});
    CLEANUP(pg_closep) struct pg *pg = open_in_time(text_cstr(&conninfo), &err);
    if (!pg)
        fail_msg("%s", err.text);
    assert_string_equal(PQhost(pg_raw(pg)), "two.example");
    assert_string_equal(PQhostaddr(pg_raw(pg)), "127.0.0.2");
}

TEST(pg_open_hosts_of_a_service_are_tried_too)
{
    CLEANUP(mem_cleanup) char *own = own_directory();
    CLEANUP(mem_cleanup) char *path = cluster_fixture_directory();
    CLEANUP(hole_release) struct hole hole = dig(SILENT);
    CLEANUP(text_release) struct text file = TEXT_INIT;

    text_addf(&file, "[ours]\nhost=127.0.0.1,%s\nport=%u,5432\nuser=reconcile\n", own, hole.port);
    assert_int_equal(file_write(path, 0600, file.data, file.length, NULL), 0);
    assert_int_equal(setenv("PGSERVICEFILE", path, 1), 0);
    assert_opens("service=ours");
    assert_int_equal(unsetenv("PGSERVICEFILE"), 0);
}

TEST(pg_open_hosts_and_ports_that_do_not_fit_are_config)
{
    static const char *const wrong[] = {"host=a,b port=1,2,3", "host=a,b hostaddr=127.0.0.1",
                                        "host=a target_session_attrs=writable"};

    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_fails(wrong[i], ERR_CONFIG, (const char *const[]){"connection string", NULL});
}

/* --- which of them --- */

TEST(pg_open_takes_the_server_that_is_asked_for)
{
    static const struct {
        const char *wanted; /* target_session_attrs */
        bool standby_first, ends_at_standby;
    } cases[] = {
        {NULL, true, false},
        {NULL, false, false},
        {"read-write", true, false},
        {"primary", true, false},
        {"any", true, true},
        {"any", false, false},
        {"standby", false, true},
        {"read-only", false, true},
        {"prefer-standby", false, true},
        {"prefer-standby", true, true},
    };
    CLEANUP(mem_cleanup) char *own = own_directory();
    CLEANUP(standby_release) struct standby standby = standby_start();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text conninfo = TEXT_INIT;
        CLEANUP(err_release) struct err err = ERR_INIT;
        CLEANUP(pg_clearp) PGresult *result = NULL;
        bool first = cases[i].standby_first;

        text_addf(&conninfo, "host=%s,%s user=reconcile dbname=postgres",
                  first ? standby.directory : own, first ? own : standby.directory);
        if (cases[i].wanted)
            text_addf(&conninfo, " target_session_attrs=%s", cases[i].wanted);
        CLEANUP(pg_closep) struct pg *pg = open_in_time(text_cstr(&conninfo), &err);
        if (!pg)
            fail_msg("%zu: %s", i, err.text);
        assert_int_equal(
            pg_run(pg, "q", "select pg_is_in_recovery()", PG_ONE, NULL, 0, &result, NULL), 0);
        assert_int_equal(pg_bool(result, 0, 0), cases[i].ends_at_standby);
    }
}

TEST(pg_open_a_standby_is_named_for_what_it_is)
{
    CLEANUP(mem_cleanup) char *own = own_directory();
    CLEANUP(standby_release) struct standby standby = standby_start();
    CLEANUP(text_release) struct text alone = TEXT_INIT, wanted = TEXT_INIT, two = TEXT_INIT;
    CLEANUP(hole_release) struct hole hole = dig(REFUSES);

    text_addf(&alone, "host=%s user=reconcile dbname=postgres", standby.directory);
    assert_fails(text_cstr(&alone), ERR_UNREACHABLE,
                 (const char *const[]){"is a standby", "hint: ", "primary", "host=a,b", NULL});
    text_addf(&two, "host=%s,127.0.0.1 port=5432,%u user=reconcile dbname=postgres",
              standby.directory, hole.port);
    assert_fails(text_cstr(&two), ERR_UNREACHABLE,
                 (const char *const[]){"is a standby", "refused", "hint: ", NULL});
    text_addf(&wanted, "host=%s user=reconcile dbname=postgres target_session_attrs=standby", own);
    assert_fails(text_cstr(&wanted), ERR_UNREACHABLE,
                 (const char *const[]){"is no standby", "target_session_attrs", NULL});
}

/* --- psql --- */

TEST(database_psql_goes_on_to_the_next_host)
{
    CLEANUP(mem_cleanup) char *own = own_directory();
    CLEANUP(hole_release) struct hole hole = dig(SILENT);
    CLEANUP(text_release) struct text conninfo = TEXT_INIT;
    struct config_database config = {.connect_timeout = 2};
    char *const arguments[] = {(char[]){"-XAtqc"}, (char[]){"do $$ begin end $$"}, NULL};
    double start = now_s();
    int status = -1;

    text_addf(&conninfo, "host=127.0.0.1,%s port=%u,5432 user=reconcile dbname=postgres", own,
              hole.port);
    config.conninfo = text_cstr(&conninfo);
    assert_int_equal(database_psql(&config, arguments, &status, NULL), 0);
    assert_int_equal(status, 0);
    assert_true(now_s() - start < HANGS_S);
}
