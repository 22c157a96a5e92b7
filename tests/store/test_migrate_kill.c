/*
 * Migrations under fire: the session is killed at a command that a migration sends, and each time
 * the schema is the old one to the last comment, the program says which migration is missing, and
 * the next try brings it up to date. At every command where EVERY_COMMAND is set (`make
 * check-sweeps`) and in the newest migration, which is the one being written; else at every eighth.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cluster_fixture.h"
#include "sql.h"
#include "store/migrate.h"
#include "test.h"

#define MIGRATIONS_MAX 64

static struct pg *reconnect(const char *conninfo)
{
    const struct pg_settings settings = {.conninfo = conninfo};
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct pg *pg = NULL;

    if (pg_open(&settings, &pg, &err) < 0)
        fail_msg("%s", err.text);
    return pg;
}

static void execute(struct pg *pg, const char *sql)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (pg_script(pg, "test", sql, &err) < 0)
        fail_msg("%s", err.text);
}

static char *text(struct pg *pg, const char *sql)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (pg_run(pg, "test", sql, PG_ONE, NULL, 0, &result, &err) < 0)
        fail_msg("%s", err.text);
    return mem_strdup(pg_text(result, 0, 0) ? pg_text(result, 0, 0) : "");
}

/* Tables, columns, constraints, indexes, triggers, views, functions, comments, and what they hold.
 */
static char *fingerprint(struct pg *pg)
{
    return text(
        pg,
        "with ours as (select oid from pg_namespace where nspname in ('reconcile', 'audit')),"
        " item as ("
        " select concat_ws(' ', 'c', c.oid::regclass, c.relkind, c.reloptions::text, a.attname,"
        "  format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attnum) as x"
        " from pg_class c left join pg_attribute a on a.attrelid = c.oid and not a.attisdropped"
        " where c.relnamespace in (select oid from ours)"
        " union all select concat_ws(' ', 'k', conrelid::regclass, pg_get_constraintdef(oid))"
        " from pg_constraint where connamespace in (select oid from ours)"
        " union all select concat_ws(' ', 'i', pg_get_indexdef(oid)) from pg_class"
        " where relkind = 'i' and relnamespace in (select oid from ours)"
        " union all select concat_ws(' ', 't', tgrelid::regclass, tgenabled, tgname) from "
        "pg_trigger"
        " where not tgisinternal"
        " union all select concat_ws(' ', 'f', oid::regprocedure, prosrc, prosqlbody::text)"
        " from pg_proc where pronamespace in (select oid from ours)"
        " union all select concat_ws(' ', 'v', oid::regclass, pg_get_viewdef(oid)) from pg_class"
        " where relkind = 'v' and relnamespace in (select oid from ours)"
        " union all select concat_ws(' ', 'd', d.objoid::regclass, d.objsubid, d.description)"
        " from pg_description d join pg_class c on c.oid = d.objoid"
        " where c.relnamespace in (select oid from ours))"
        " select md5(coalesce(string_agg(x, E'\\n' order by x), '')) from item");
}

/* From now on the n-th command that defines anything ends its own session. A sequence does not roll
 * back, so it counts over sessions. */
static void arm(struct pg *pg, int64_t at)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "select setval('fire.number', 1, false); update fire.at set command = %lld",
              (long long)at);
    execute(pg, text_cstr(&sql));
}

static void make_trigger(struct pg *pg)
{
    execute(pg, "create schema fire; create sequence fire.number;"
                "create table fire.at (command bigint); insert into fire.at values (0);"
                "create function fire.strike() returns event_trigger language plpgsql as $$"
                " declare n bigint; wanted bigint; begin"
                "  select command into wanted from fire.at;"
                "  if wanted > 0 then n := nextval('fire.number'); end if;"
                "  if n = wanted then perform pg_terminate_backend(pg_backend_pid()); end if;"
                " end $$;"
                "create event trigger strike on ddl_command_end execute function fire.strike()");
}

/* Kills migration `which` at every command; returns how often. Who watches is not killed: a session
 * that has read the catalogue before reads it in a third of the time. */
static size_t under_fire(struct pg *watch, const char *conninfo, const struct migration *list,
                         size_t which)
{
    bool newest = list[which + 1].version == 0;
    size_t step = newest || getenv("EVERY_COMMAND") ? 1 : 8;
    CLEANUP(pg_closep) struct pg *pg = reconnect(conninfo);
    CLEANUP(mem_cleanup) char *before = fingerprint(watch);
    struct migration upto[MIGRATIONS_MAX] = {{.version = 0}};
    size_t kills = 0;

    memcpy(upto, list, (which + 1) * sizeof(upto[0]));
    upto[which + 1] = (struct migration){0, "", ""};
    for (;;) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        struct migrate_result result;

        arm(watch, (int64_t)(kills * step) + 1);
        if (migrate_run_list(pg, upto, &result, &err) == 0) {
            assert_int_equal(result.applied, 1);
            return kills;
        }
        assert_int_equal(err.code, ERR_UNREACHABLE);
        kills++;
        pg_close(pg);
        pg = reconnect(conninfo);
        arm(watch, 0);
        CLEANUP(mem_cleanup) char *after = fingerprint(watch);
        if (strcmp(before, after) != 0)
            fail_msg("migration '%s', killed at command %zu, left something", list[which].name,
                     kills);
        err_release(&err);
        assert_int_equal(migrate_check_list(pg, upto, &err), -1);
        if (which > 0 && !strstr(err.text, list[which].name))
            fail_msg("it does not say which: %s", err.text);
    }
}

TEST(a_migration_killed_at_any_command_leaves_the_old_schema_or_the_new)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(mem_cleanup) char *conninfo = mem_strdup(cluster_fixture_conninfo());
    CLEANUP(err_release) struct err err = ERR_INIT;
    size_t kills = 0;

    make_trigger(pg);
    for (size_t which = 0; migrations[which].version; which++) {
        assert_true(which + 2 < MIGRATIONS_MAX);
        size_t of_this = under_fire(pg, conninfo, migrations, which);
        print_message("%s: killed %zu times\n", migrations[which].name, of_this);
        assert_true(of_this > 0);
        kills += of_this;
        if (which == 0) /* whose chain is told of what follows */
            execute(pg, "update fire.at set command = 0; insert into reconcile.portal (portal_id,"
                        " name, url) values (1, 'acme', 'x')");
    }
    assert_true(kills > (getenv("EVERY_COMMAND") ? 100 : 20));
    assert_int_equal(migrate_check(pg, &err), 0);
    CLEANUP(mem_cleanup)
    char *told =
        text(pg, "select string_agg(word, ' ' order by sequence) from reconcile.audit_event");
    assert_non_null(strstr(told, "0004_audit"));
}
