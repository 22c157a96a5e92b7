/*
 * What libpq makes of a string, a service file and the environment is asked of libpq: it is told to
 * connect with an sslmode that does not exist, which it refuses after it has put all of that
 * together, and before it looks anything up.
 */
#include "database/conninfo.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "database/pg_private.h"

#define NO_SSLMODE "none-of-bynder-reconcile"

struct keywords {
    const char **keyword, **value;
    size_t count;
};

static void keywords_release(struct keywords *keywords)
{
    free(keywords->keyword);
    free(keywords->value);
}

/* The array has room: see collect. The last of equal keywords counts; NULL is not said. */
static void add(struct keywords *keywords, const char *keyword, const char *value)
{
    keywords->keyword[keywords->count] = keyword;
    keywords->value[keywords->count] = value;
    keywords->count += value ? 1 : 0;
}

static const char *find(const PQconninfoOption *option, const char *keyword)
{
    for (; option && option->keyword; option++) {
        if (strcmp(option->keyword, keyword) == 0)
            return option->val && option->val[0] ? option->val : NULL;
    }
    return NULL;
}

/* What the connection string may say otherwise. */
static const char *const keyword_defaults[][2] = {
    {"keepalives", "1"},       {"keepalives_idle", "30"},     {"keepalives_interval", "10"},
    {"keepalives_count", "3"}, {"tcp_user_timeout", "60000"},
};
/* What it may not. Which server is wanted is looked at here, where a role that does not write by
 * default is no reason to refuse. */
static const char *const keyword_fixed[][2] = {
    {"client_encoding", "UTF8"},
    {"application_name", "bynder-reconcile"},
    {"target_session_attrs", "any"},
};

/* With room for `more`, and for the NULL behind them. */
static void collect(const PQconninfoOption *option, size_t more, struct keywords *ret_keywords)
{
    size_t room = COUNT_OF(keyword_defaults) + COUNT_OF(keyword_fixed) + more + 1;

    for (size_t i = 0; option[i].keyword; i++)
        room++;
    ret_keywords->keyword = mem_calloc(room, sizeof(ret_keywords->keyword[0]));
    ret_keywords->value = mem_calloc(room, sizeof(ret_keywords->value[0]));
    for (size_t i = 0; i < COUNT_OF(keyword_defaults); i++)
        add(ret_keywords, keyword_defaults[i][0], keyword_defaults[i][1]);
    for (size_t i = 0; option[i].keyword; i++)
        add(ret_keywords, option[i].keyword, option[i].val);
    for (size_t i = 0; i < COUNT_OF(keyword_fixed); i++)
        add(ret_keywords, keyword_fixed[i][0], keyword_fixed[i][1]);
}

static PGconn *begin(struct keywords *keywords)
{
    keywords->keyword[keywords->count] = NULL;
    return PQconnectStartParams(keywords->keyword, keywords->value, 0);
}

PGconn *conninfo_start(const struct conninfo *conninfo, const struct conninfo_host *host,
                       const struct secret *password)
{
    CLEANUP(keywords_release) struct keywords keywords = {.count = 0};

    collect(conninfo->option, 4, &keywords);
    add(&keywords, "host", host->name);
    add(&keywords, "hostaddr", host->address);
    add(&keywords, "port", host->port);
    add(&keywords, "password", password ? secret_reveal(password) : NULL);
    return begin(&keywords);
}

/* --- taking it apart --- */

/* Item `at` of a list with commas, of which the last stands for all behind it; NULL = empty. */
static const char *item(struct arena *arena, const char *list, size_t at)
{
    const char *end;

    if (!list)
        return NULL;
    for (; at > 0 && (end = strchr(list, ',')); at--)
        list = end + 1;
    end = list + strcspn(list, ",");
    return end > list ? arena_strndup(arena, list, (size_t)(end - list)) : NULL;
}

static size_t items(const char *list)
{
    size_t count = 1;

    while (list && (list = strchr(list, ','))) {
        list++;
        count++;
    }
    return count;
}

static void split(struct conninfo *conninfo, const char *names, const char *addresses,
                  const char *ports)
{
    conninfo->count = items(addresses ? addresses : names);
    conninfo->host = arena_alloc(&conninfo->arena, conninfo->count * sizeof(conninfo->host[0]));
    for (size_t i = 0; i < conninfo->count; i++)
        conninfo->host[i] = (struct conninfo_host){.name = item(&conninfo->arena, names, i),
                                                   .address = item(&conninfo->arena, addresses, i),
                                                   .port = item(&conninfo->arena, ports, i)};
}

static int refuse(const char *reason, struct err *err)
{
    CLEANUP(text_release) struct text shown = TEXT_INIT;

    pg_add_message(&shown, reason);
    return err_set(err, ERR_CONFIG, "the connection string of the database is wrong: %s",
                   text_cstr(&shown));
}

static void cleanup_conn(PGconn **conn)
{
    PQfinish(*conn);
}

static void cleanup_options(PQconninfoOption **option)
{
    PQconninfoFree(*option);
}

static int find_hosts(struct conninfo *conninfo, struct err *err)
{
    CLEANUP(keywords_release) struct keywords keywords = {.count = 0};

    collect(conninfo->option, 1, &keywords);
    add(&keywords, "sslmode", NO_SSLMODE);
    CLEANUP(cleanup_conn) PGconn *conn = begin(&keywords);
    CLEANUP(cleanup_options) PQconninfoOption *all = conn ? PQconninfo(conn) : NULL;
    if (!all)
        return refuse("out of memory", err);
    if (!strstr(PQerrorMessage(conn), NO_SSLMODE))
        return refuse(PQerrorMessage(conn), err);
    split(conninfo, find(all, "host"), find(all, "hostaddr"), find(all, "port"));
    return 0;
}

static int find_wanted(struct conninfo *conninfo, struct err *err)
{
    static const struct {
        const char *word;
        enum conninfo_wanted wanted;
    } words[] = {
        {"read-write", CONNINFO_WRITABLE},
        {"primary", CONNINFO_WRITABLE},
        {"any", CONNINFO_ANY},
        {"standby", CONNINFO_STANDBY},
        {"read-only", CONNINFO_READ_ONLY},
        {"prefer-standby", CONNINFO_PREFER_STANDBY},
    };
    const char *said = find(conninfo->option, "target_session_attrs");

    for (size_t i = 0; said && i < COUNT_OF(words); i++) {
        if (strcmp(said, words[i].word) == 0) {
            conninfo->wanted = words[i].wanted;
            return 0;
        }
    }
    return said ? refuse("target_session_attrs is read-write, primary, any, standby, read-only or "
                         "prefer-standby",
                         err)
                : 0;
}

void conninfo_release(struct conninfo *conninfo)
{
    PQconninfoFree(conninfo->option);
    arena_release(&conninfo->arena);
}

int conninfo_parse(const char *string, struct conninfo *ret_conninfo, struct err *err)
{
    CLEANUP(conninfo_release) struct conninfo conninfo = {.arena = ARENA_INIT};
    char *reason = NULL;

    conninfo.option = PQconninfoParse(string, &reason);
    if (!conninfo.option) {
        (void)refuse(reason, err);
        PQfreemem(reason);
        return -1;
    }
    if (find_wanted(&conninfo, err) < 0 || find_hosts(&conninfo, err) < 0)
        return -1;
    conninfo.database = find(conninfo.option, "dbname");
    conninfo.database = conninfo.database ? conninfo.database : "";
    *ret_conninfo = conninfo;
    conninfo = (struct conninfo){.arena = ARENA_INIT};
    return 0;
}
