/*
 * The world's database: made, put back before each point, asked. Where the history is spread over
 * several servers (world.spread) there is one for all points, and what puts it back is at the
 * server of the portal, about the parts of tables that are there.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "cluster_fixture.h"
#include "database/pg.h"
#include "distributed.h"
#include "world.h"

enum { IDLE_TRIES = 5000 };

#define DATABASE_NAME "world"

/* As a server that holds portals is spoken to about its parts of tables. */
#define PARTS                                                                                      \
    " options='-c citus.enable_ddl_propagation=off -c citus.enable_manual_changes_to_shards=on"    \
    " -c citus.override_table_visibility=off'"

static void ignore_notice(void *context, const char *text)
{
    (void)context;
    (void)text;
}

static PGconn *connect_to(const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);

    if (PQstatus(connection) != CONNECTION_OK)
        world_die("%s", PQerrorMessage(connection));
    (void)PQsetNoticeProcessor(connection, ignore_notice, NULL);
    return connection;
}

static char *cell_of(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    char *cell = NULL;

    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        world_die("%s: %s", sql, PQerrorMessage(connection));
    cell = mem_strdup(PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return cell;
}

char *world_query(struct world *world, const char *sql)
{
    if (!world->looker)
        world->looker = connect_to(world->conninfo);
    return cell_of(world->looker, sql);
}

int64_t world_count(struct world *world, const char *sql)
{
    CLEANUP(mem_cleanup) char *cell = world_query(world, sql);
    int64_t count = 0;

    if (!parse_int(cell, INT64_MIN, INT64_MAX, &count))
        world_die("%s: '%s' is no number", sql, cell);
    return count;
}

static void make(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void make(struct world *world, const char *format, ...)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    va_list args;

    va_start(args, format);
    text_addv(&sql, format, args);
    va_end(args);
    free(cell_of(world->maker, text_cstr(&sql)));
}

void world_look_away(struct world *world)
{
    PQfinish(world->looker);
    world->looker = NULL;
}

static void set_string(char **string, const char *value)
{
    char *copy = mem_strdup(value);

    free(*string);
    *string = copy;
}

/* A new, empty or copied database under this name. */
static void make_database(struct world *world, const char *name, const char *template)
{
    CLEANUP(text_release) struct text conninfo = TEXT_INIT;

    text_addf(&conninfo, "%s dbname=%s", world->server, name);
    set_string(&world->database, name);
    set_string(&world->conninfo, text_cstr(&conninfo));
    world_look_away(world);
    make(world, "drop database if exists %s with (force)", name);
    make(world, "create database %s template %s", name, template);
}

/* The server lives as long as the sweep: nothing has to outlast its crash. */
static void hurry_server(struct world *world)
{
    static const char *const settings[] = {"synchronous_commit = off", "full_page_writes = off",
                                           "checkpoint_timeout = '1h'"};

    for (size_t i = 0; i < COUNT_OF(settings); i++)
        make(world, "alter system set %s", settings[i]);
    make(world, "select pg_reload_conf()");
}

void world_begin_database(struct world *world)
{
    if (world->spread) {
        pg_close(cluster_fixture_open_migrated());
        world->conninfo = mem_strdup(cluster_fixture_conninfo());
        world->database = world_query(world, "select current_database()");
        world->server = mem_strdup(getenv("RECONCILE_TEST_CITUS"));
        world->maker = connect_to(world->server);
        return;
    }
    world->server = mem_strdup(cluster_fixture_conninfo());
    world->maker = connect_to(world->server);
    hurry_server(world);
    make_database(world, DATABASE_NAME "_template", "template1");
}

void world_join_database(const struct world *model, struct world *world)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;

    world->server = mem_strdup(model->server);
    world->maker = connect_to(world->server);
    if (world->spread) {
        world->conninfo = mem_strdup(model->conninfo);
        world->database = mem_strdup(model->database);
        world->home = mem_strdup(model->home);
        return;
    }
    world->template = mem_strdup(model->template);
    text_addf(&name, DATABASE_NAME "_%ld", (long)getpid());
    make_database(world, text_cstr(&name), world->template);
}

/* A copy of every table beside them, and a function that puts back what a point changed, whichever
 * table: a new database for each of thousands of points would cost more than the points. Keys and
 * triggers are passed over meanwhile (replica). Those of the record fire all the same: they are
 * switched off for the moment, as only the owner can. Its statements are written out, so that a
 * session plans them once. Parts of tables have a number behind their names. */
static const char keep[] =
    "do $$ declare name text; guard text; guards text; body text := ''; begin"
    " create schema kept;"
    " for name in select tablename from pg_tables where schemaname = 'reconcile'"
    "  and (current_setting('citus.override_table_visibility', true) is null"
    "  or tablename ~ '_[0-9]+$') loop"
    "  execute format('create table kept.%1$I as table reconcile.%1$I', name);"
    "  guards := '';"
    "  for guard in select tgname from pg_trigger where not tgisinternal and"
    "   tgrelid = format('reconcile.%I', name)::regclass loop"
    "   guards := guards ||"
    "    format('alter table reconcile.%I enable always trigger %I; ', name, guard);"
    "  end loop;"
    "  body := body || format("
    "'if exists ((select t::text from reconcile.%1$I t except all"
    " select k::text from kept.%1$I k) union all (select k::text from kept.%1$I k except all"
    " select t::text from reconcile.%1$I t)) then ', name);"
    "  if guards <> '' then"
    "   body := body || format('alter table reconcile.%I disable trigger user; ', name);"
    "  end if;"
    "  body := body || format('delete from reconcile.%1$I; insert into reconcile.%1$I"
    " table kept.%1$I; ', name) || guards || 'end if; ';"
    " end loop;"
    " execute format('create function kept.restore() returns void language plpgsql"
    " set session_replication_role = replica as %L', 'begin ' || body || 'end');"
    " end $$";

/* Where the portal's rows are: there alone anything is changed. */
static void at_home(struct world *world, const char *sql)
{
    CLEANUP(text_release) struct text where = TEXT_INIT;

    if (!world->spread) {
        free(world_query(world, sql));
        return;
    }
    text_addf(&where, "%s" PARTS, world->home);
    PGconn *home = connect_to(text_cstr(&where));
    free(cell_of(home, sql));
    PQfinish(home);
}

void world_keep_tables(struct world *world)
{
    if (world->spread) { /* what is committed there outlasts a crash, whatever the server's setting
                          */
        world->home = distributed_home(world->conninfo);
        at_home(world, "do $$ begin execute format('alter database %I set synchronous_commit = on',"
                       " current_database()); end $$");
    }
    at_home(world, keep);
    world_look_away(world);
    if (world->spread)
        return;
    world->template = mem_strdup(world->database);
    make_database(world, DATABASE_NAME, world->template);
}

void world_restore_tables(struct world *world)
{
    at_home(world, "select kept.restore()");
}

/* A killed program's session ends when the server notices; until then it holds the lock. Servers
 * that know each other have sessions of their own. */
void world_wait_for_sessions(struct world *world)
{
    const struct timespec pause = {.tv_nsec = 2000000};
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql,
              "select count(*) from pg_stat_activity where datname = '%s' and pid <> %d"
              " and pid <> pg_backend_pid() and backend_type = 'client backend'"
              " and application_name not like 'citus%%'",
              world->database, world->looker ? PQbackendPID(world->looker) : 0);
    for (unsigned tries = 0; tries < IDLE_TRIES; tries++) {
        CLEANUP(mem_cleanup) char *count = cell_of(world->maker, text_cstr(&sql));
        if (text_equal(count, "0"))
            return;
        (void)nanosleep(&pause, NULL);
    }
    world_violate(world, "a session of a killed run does not end");
}
