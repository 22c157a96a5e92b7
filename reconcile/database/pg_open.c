/*
 * Host after host, each with its own time, until one is what is wanted. What is asked of a server
 * before anything is set there: whether it is a standby, its encoding, and whether the session is
 * ours alone. A pooler that gives each transaction another session would leave the settings with
 * strangers and the lock with nobody.
 */
#include "database/pg.h"

#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "database/conninfo.h"
#include "database/pg_private.h"
#include "host/clock.h"
#include "host/command.h"

#define CONNECT_TIMEOUT_S   10
#define STATEMENT_TIMEOUT_S 600
#define LOCK_TIMEOUT_S      30
#define DEADLINE_EXTRA_MS   5000 /* the server's own timeout comes first and says more */
#define SECOND_S            5    /* for the connection that only compares sessions */
#define SECOND_ROUNDS       9

struct opening {
    struct conninfo conninfo;
    const struct secret *password;
    int64_t connect_s, statement_s, lock_s;
    enum conninfo_wanted wanted; /* in this round */
    struct text failures;        /* of the hosts so far */
    size_t tried;
    bool several; /* hosts, or addresses of one */
    bool standby; /* one of them was a standby, which is not wanted */
};

static void opening_release(struct opening *opening)
{
    conninfo_release(&opening->conninfo);
    text_release(&opening->failures);
}

/* "'db.example:5432' (192.0.2.1)" */
static void add_label(struct text *text, const struct opening *opening,
                      const struct conninfo_host *host)
{
    const char *name = host->name ? host->name : host->address;
    CLEANUP(text_release) struct text raw = TEXT_INIT;

    text_addf(&raw, "'%s%s%s'", name ? name : "", name && host->port ? ":" : "",
              host->port ? host->port : "");
    if (opening->several && host->name && host->address && strcmp(host->name, host->address) != 0)
        text_addf(&raw, " (%s)", host->address);
    text_add_printable(text, text_cstr(&raw));
}

static char *describe(const struct opening *opening, const struct conninfo_host *host)
{
    CLEANUP(text_release) struct text raw = TEXT_INIT;
    struct text shown = TEXT_INIT;

    text_addf(&raw, "database '%s'", opening->conninfo.database);
    text_add_printable(&shown, text_cstr(&raw));
    if (host->name || host->address) {
        text_add(&shown, " at ");
        add_label(&shown, opening, host);
    }
    return text_take(&shown);
}

/* --- one connection --- */

static int connect_within(struct pg *pg, int64_t timeout_s, struct err *err)
{
    int64_t deadline = clock_steady_ms() + timeout_s * 1000;
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    CLEANUP(text_release) struct text reason = TEXT_INIT;

    while (PQstatus(pg->conn) != CONNECTION_BAD && next != PGRES_POLLING_OK &&
           next != PGRES_POLLING_FAILED) {
        struct pollfd socket = {.fd = PQsocket(pg->conn),
                                .events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        int64_t left = deadline - clock_steady_ms();

        if (left <= 0)
            return err_set(err, ERR_UNREACHABLE, "%s did not answer within %lld s", pg->where,
                           (long long)timeout_s);
        if (poll(&socket, 1, (int)left) > 0)
            next = PQconnectPoll(pg->conn);
    }
    if (PQstatus(pg->conn) == CONNECTION_OK)
        return 0;
    pg_add_message(&reason, PQerrorMessage(pg->conn));
    return err_set(err, ERR_UNREACHABLE, "cannot connect to %s: %s", pg->where, text_cstr(&reason));
}

/* The default writes notices to stderr, which is the program's log. */
static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context;
    (void)notice;
}

static int connect_to(const struct opening *opening, const struct conninfo_host *host,
                      int64_t timeout_s, struct pg *pg, struct err *err)
{
    pg->where = describe(opening, host);
    pg->call_ms = timeout_s * 1000;
    pg->conn = conninfo_start(&opening->conninfo, host, opening->password);
    if (!pg->conn)
        return err_set(err, ERR_UNREACHABLE, "cannot connect to %s: out of memory", pg->where);
    (void)PQsetNoticeReceiver(pg->conn, ignore_notice, NULL);
    if (connect_within(pg, timeout_s, err) < 0)
        return -1;
    if (PQsetnonblocking(pg->conn, 1) < 0)
        return err_set(err, ERR_UNREACHABLE, "cannot connect to %s: the socket cannot be set",
                       pg->where);
    return 0;
}

/* --- whose session it is --- */

/* Which session of the server answers now; a number alone may be of two servers behind one name.
 * When it began is not shown to a login that takes on a role which is no member of it: "". */
static int find_session(struct pg *pg, int64_t *ret_pid, char *ret_began[static 1], struct err *err)
{
    static const char sql[] = "select pid, coalesce(extract(epoch from backend_start)::text, '')"
                              " from pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())";
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (pg_run(pg, "session", sql, PG_ONE, NULL, 0, &result, err) < 0)
        return -1;
    *ret_pid = pg_int(result, 0, 0);
    free(*ret_began);
    *ret_began = mem_strdup(pg_text(result, 0, 1));
    return 0;
}

int pg_shared_session(const struct pg *pg, struct err *err)
{
    return err_set(err, ERR_CONFIG,
                   "a pooler in transaction mode stands between this program and %s: it lends one "
                   "session to many, so no lock would keep two runs apart; hint: let "
                   "database.conninfo lead to the server itself, or to a pool in session mode "
                   "(pgbouncer: pool_mode=session)",
                   pg->where);
}

struct session {
    struct pg *pg;
    int64_t pid;
    char *began;
};

static void session_release(struct session *session)
{
    free(session->began);
}

static bool same_session(const struct session *a, const struct session *b)
{
    return a->pid == b->pid && strcmp(a->began, b->began) == 0;
}

/* Two servers may give the same number, and two runs would then hold one lock each. */
static int refuse_unknown(const struct pg *pg, const struct session *session, struct err *err)
{
    if (*session->began)
        return 0;
    return err_set(err, ERR_CONFIG,
                   "a pooler stands between this program and %s, and whether it keeps one session "
                   "for one client cannot be told: the role that %s takes on at its login may not "
                   "see when the session began; hint: let database.conninfo lead to the server "
                   "itself, or take the role away (alter role ... reset role)",
                   pg->where, PQuser(pg->conn));
}

/* Asks again; *ret_same: it is the session of before. */
static int ask_again(const struct session *session, bool *ret_same, struct err *err)
{
    CLEANUP(session_release) struct session now = {.began = NULL};

    if (find_session(session->pg, &now.pid, &now.began, err) < 0)
        return -1;
    *ret_same = same_session(session, &now);
    return 0;
}

/* Whoever is told the truth about the number of their session by the greeting of the server has
 * nobody in between. Else a second connection asks in turns with the first: in a pool of
 * transactions they meet in one session, or one of them moves. A second connection that does not
 * come about proves nothing; then the lock is looked at when it is taken (store_lock). */
static int check_alone(const struct opening *opening, const struct conninfo_host *host,
                       struct pg *pg, struct err *err)
{
    CLEANUP(session_release) struct session first = {.pg = pg}, second = {.pid = 0};
    CLEANUP(pg_closep) struct pg *other = mem_calloc(1, sizeof(*other));
    int64_t timeout_s = opening->connect_s < SECOND_S ? opening->connect_s : SECOND_S;
    bool stays = true;

    if (find_session(pg, &first.pid, &first.began, err) < 0)
        return -1;
    if (first.pid == PQbackendPID(pg->conn))
        return 0;
    if (refuse_unknown(pg, &first, err) < 0)
        return -1;
    second.pg = other;
    if (connect_to(opening, host, timeout_s, other, NULL) < 0 ||
        find_session(other, &second.pid, &second.began, NULL) < 0)
        return 0;
    if (refuse_unknown(pg, &second, err) < 0)
        return -1;
    for (int i = 0; i < SECOND_ROUNDS; i++) {
        bool other_stays = true;

        /* Every third question is the other's: a pool that takes turns gives two in a row another
         * session. */
        if (ask_again(&first, &stays, err) < 0)
            return -1;
        if (i % 3 == 2 && ask_again(&second, &other_stays, NULL) < 0)
            return 0;
        if (same_session(&first, &second) || !stays || !other_stays)
            return pg_shared_session(pg, err);
    }
    return 0;
}

/* --- what the server is --- */

/* The cure is a database beside it: an encoding cannot be changed. */
static int refuse_encoding(const struct pg *pg, const char *encoding, struct err *err)
{
    CLEANUP(text_release) struct text command = TEXT_INIT, name = TEXT_INIT;
    const struct {
        const char *option, *value;
    } words[] = {{"-h", PQhost(pg->conn)}, {"-p", PQport(pg->conn)}, {"-O", PQuser(pg->conn)}};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (!text_is_empty(words[i].value)) {
            text_addf(&command, " %s ", words[i].option);
            command_quote(&command, words[i].value);
        }
    }
    text_addf(&name, "%s_utf8", PQdb(pg->conn));
    text_add(&command, " -T template0 -E UTF8 --locale=C.UTF-8 ");
    command_quote(&command, text_cstr(&name));
    return err_set(err, ERR_CONFIG,
                   "%s keeps its text as %s, which has no place for every name; hint: make one "
                   "that has, as a user of the server who may, and name it in database.conninfo: "
                   "createdb%s",
                   pg->where, encoding, text_cstr(&command));
}

static bool is_wanted(enum conninfo_wanted wanted, bool standby, bool read_only)
{
    switch (wanted) {
    case CONNINFO_WRITABLE:
        return !standby;
    case CONNINFO_STANDBY:
    case CONNINFO_PREFER_STANDBY:
        return standby;
    case CONNINFO_READ_ONLY:
        return standby || read_only;
    case CONNINFO_ANY:
        break;
    }
    return true;
}

/* Of several servers over which a history is spread one coordinates: locks that keep two runs apart
 * are that one's, and another server's would let both pass. */
static int check_coordinates(struct pg *pg, struct err *err)
{
    static const char sql[] = "select groupid <> 0 from pg_catalog.pg_dist_local_group";
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (pg_run(pg, "coordinates", sql, PG_ONE, NULL, 0, &result, err) < 0)
        return -1;
    if (!pg_bool(result, 0, 0))
        return 0;
    return err_set(
        err, ERR_UNREACHABLE,
        "%s holds a part of a history that is spread over several servers, and its locks "
        "keep no two runs apart; hint: let database.conninfo lead to the server that "
        "coordinates",
        pg->where);
}

static int check_server(struct opening *opening, struct pg *pg, struct err *err)
{
    static const char sql[] = "select pg_catalog.pg_is_in_recovery(),"
                              " pg_catalog.current_setting('default_transaction_read_only') = 'on',"
                              " pg_catalog.current_setting('server_encoding'),"
                              " pg_catalog.current_setting('session_replication_role') = 'origin',"
                              " pg_catalog.to_regclass('pg_catalog.pg_dist_local_group') is not"
                              " null";
    CLEANUP(pg_clearp) PGresult *result = NULL;
    bool standby;

    if (pg_run(pg, "server", sql, PG_ONE, NULL, 0, &result, err) < 0)
        return -1;
    standby = pg_bool(result, 0, 0);
    if (!is_wanted(opening->wanted, standby, pg_bool(result, 0, 1))) {
        opening->standby |= standby;
        return err_set(err, ERR_UNREACHABLE,
                       standby ? "%s is a standby, which takes no writes"
                               : "%s is no standby, and target_session_attrs asks for one",
                       pg->where);
    }
    if (strcmp(pg_text(result, 0, 2), "UTF8") != 0)
        return refuse_encoding(pg, pg_text(result, 0, 2), err);
    if (!pg_bool(result, 0, 3))
        return err_set(err, ERR_CONFIG,
                       "in %s this login's triggers are switched off, and with them what keeps the "
                       "record; hint: alter role … reset session_replication_role",
                       pg->where);
    return pg_bool(result, 0, 4) ? check_coordinates(pg, err) : 0;
}

/* Set after connecting and not by start-up options, which connection poolers refuse. A setting that
 * an older server does not know is left out. Whatever a role or a database has of its own makes no
 * difference: neither to what a literal or a value means, nor to what is kept after a power cut.
 * Where a history is spread one connection to each server has to do: a session that a statement
 * over all parts begins there costs more than its share of the statement. */
static int set_session(struct pg *pg, const struct opening *opening, struct err *err)
{
    static const char sql[] =
        "select pg_catalog.set_config(v.name, v.value, false)"
        " from (values ('TimeZone', 'UTC'), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', "
        "'iso_8601'), ('search_path', 'reconcile, pg_catalog'), ('statement_timeout', $1),"
        " ('lock_timeout', $2), ('idle_in_transaction_session_timeout', $3),"
        " ('idle_session_timeout', '0'), ('transaction_timeout', '0'),"
        " ('standard_conforming_strings', 'on'), ('default_transaction_read_only', 'off'),"
        " ('default_transaction_isolation', 'read committed'),"
        " ('default_transaction_deferrable', 'off'), ('bytea_output', 'hex'),"
        " ('extra_float_digits', '3'), ('transform_null_equals', 'off'), ('array_nulls', 'on'),"
        " ('exit_on_error', 'off'), ('row_security', 'on'),"
        " ('citus.max_adaptive_executor_pool_size', '1')) v (name, value)"
        " where pg_catalog.current_setting(v.name, true) is not null"
        " union all select pg_catalog.set_config('synchronous_commit', 'on', false)"
        " where pg_catalog.current_setting('synchronous_commit') = 'off'";
    CLEANUP(text_release) struct text statement = TEXT_INIT, lock = TEXT_INIT, idle = TEXT_INIT;
    int64_t idle_s = opening->statement_s > 60 ? opening->statement_s : 60;

    text_addf(&statement, "%llds", (long long)opening->statement_s);
    text_addf(&lock, "%llds", (long long)opening->lock_s);
    text_addf(&idle, "%llds", (long long)idle_s);
    return pg_run(pg, "set_session", sql, PG_MANY,
                  (const char *const[]){text_cstr(&statement), text_cstr(&lock), text_cstr(&idle)},
                  3, NULL, err);
}

/* --- host after host --- */

/* ERR_UNREACHABLE: another host may do. */
static int open_at(struct opening *opening, const struct conninfo_host *host, struct pg **ret_pg,
                   struct err *err)
{
    CLEANUP(pg_closep) struct pg *pg = mem_calloc(1, sizeof(*pg));

    if (connect_to(opening, host, opening->connect_s, pg, err) < 0 ||
        check_server(opening, pg, err) < 0 || check_alone(opening, host, pg, err) < 0 ||
        set_session(pg, opening, err) < 0)
        return -1;
    pg->call_ms = opening->statement_s * 1000 + DEADLINE_EXTRA_MS;
    *ret_pg = TAKE(pg);
    return 0;
}

/* Writes down why a host would not do; -1 when no other can mend it. */
static int note_failure(struct opening *opening, struct err *failure, struct err *err)
{
    if (failure->code != ERR_UNREACHABLE)
        return err_move(err, failure);
    text_addf(&opening->failures, "%s%s", opening->tried ? "; " : "", failure->text);
    opening->tried++;
    err_release(failure);
    return 0;
}

static int try_host(struct opening *opening, const struct conninfo_host *host, struct pg **ret_pg,
                    struct err *err)
{
    CLEANUP(err_release) struct err failure = ERR_INIT;

    if (open_at(opening, host, ret_pg, &failure) == 0)
        return 0;
    return note_failure(opening, &failure, err);
}

static void cleanup_addresses(struct addrinfo **list)
{
    if (*list)
        freeaddrinfo(*list);
}

/* All addresses of a name, each as a host. The resolver has its own time. */
static int try_name(struct opening *opening, const struct conninfo_host *host, struct pg **ret_pg,
                    struct err *err)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    CLEANUP(cleanup_addresses) struct addrinfo *list = NULL;
    int failed = getaddrinfo(host->name, NULL, &hints, &list);

    if (failed) {
        CLEANUP(err_release) struct err failure = ERR_INIT;
        CLEANUP(mem_cleanup) char *where = describe(opening, host);

        (void)err_set(&failure, ERR_UNREACHABLE, "cannot find %s: %s", where, gai_strerror(failed));
        return note_failure(opening, &failure, err);
    }
    opening->several |= list->ai_next != NULL;
    for (const struct addrinfo *one = list; one && !*ret_pg; one = one->ai_next) {
        char address[NI_MAXHOST];
        struct conninfo_host found = *host;

        if (getnameinfo(one->ai_addr, one->ai_addrlen, address, sizeof(address), NULL, 0,
                        NI_NUMERICHOST) != 0)
            continue;
        found.address = address;
        if (try_host(opening, &found, ret_pg, err) < 0)
            return -1;
    }
    return 0;
}

/* *ret_pg stays NULL when no host would do; -1 when that cannot be mended by another. */
static int try_all(struct opening *opening, struct pg **ret_pg, struct err *err)
{
    text_clear(&opening->failures);
    opening->tried = 0;
    for (size_t i = 0; i < opening->conninfo.count && !*ret_pg; i++) {
        const struct conninfo_host *host = &opening->conninfo.host[i];
        bool is_name = host->name && !host->address && !strchr("/@", host->name[0]);

        if ((is_name ? try_name : try_host)(opening, host, ret_pg, err) < 0)
            return -1;
    }
    return 0;
}

static int fail_all(const struct opening *opening, struct err *err)
{
    const char *hint = opening->standby
                           ? "; hint: name the primary in database.conninfo, or all servers "
                             "(host=a,b): the one that takes writes is found"
                           : "";

    if (!opening->several)
        return err_set(err, ERR_UNREACHABLE, "%s%s", text_cstr(&opening->failures), hint);
    return err_set(err, ERR_UNREACHABLE, "none of the %zu hosts of the database will do: %s%s",
                   opening->tried, text_cstr(&opening->failures), hint);
}

static int64_t or_default(int64_t seconds, int64_t fallback)
{
    return seconds > 0 ? seconds : fallback;
}

int pg_open(const struct pg_settings *settings, struct pg **ret_pg, struct err *err)
{
    CLEANUP(opening_release)
    struct opening opening = {
        .password = settings->password,
        .connect_s = or_default(settings->connect_timeout_s, CONNECT_TIMEOUT_S),
        .statement_s = or_default(settings->statement_timeout_s, STATEMENT_TIMEOUT_S),
        .lock_s = or_default(settings->lock_timeout_s, LOCK_TIMEOUT_S),
        .failures = TEXT_INIT,
    };
    struct pg *pg = NULL;

    if (conninfo_parse(settings->conninfo, &opening.conninfo, err) < 0)
        return -1;
    opening.several = opening.conninfo.count > 1;
    opening.wanted = opening.conninfo.wanted;
    if (try_all(&opening, &pg, err) < 0)
        return -1;
    if (!pg && opening.wanted == CONNINFO_PREFER_STANDBY) {
        opening.wanted = CONNINFO_ANY;
        if (try_all(&opening, &pg, err) < 0)
            return -1;
    }
    if (!pg)
        return fail_all(&opening, err);
    *ret_pg = pg;
    return 0;
}
