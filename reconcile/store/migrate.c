/*
 * What is recorded must be a prefix of what this program knows: same versions, same texts, nothing
 * left out. Each missing migration then gets a transaction of its own, which takes the lock, looks
 * at the record again (another process may have been faster), and commits text and record together,
 * so that a cut leaves either both or none.
 */
#include "store/migrate.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "host/command.h"
#include "store/audit.h"
#include "store/column.h"

static const char sql_lock[] =
    "select pg_catalog.pg_advisory_xact_lock(7095763420163997697)"; /* "bynder" and a number */
static const char sql_has_schema[] = "select pg_catalog.to_regnamespace('reconcile') is not null";
static const char sql_make_schema[] = "create schema reconcile";
static const char sql_has_table[] =
    "select pg_catalog.to_regclass('reconcile.migration') is not null";
static const char sql_make_table[] =
    "create table reconcile.migration ("
    " version integer primary key, name text not null, sha256 text not null,"
    " applied_at timestamptz not null default pg_catalog.now(), program_version text not null)";
static const char sql_recorded[] =
    "select version, name, sha256, program_version from reconcile.migration order by version";
static const char sql_record[] =
    "insert into reconcile.migration (version, name, sha256, program_version)"
    " values ($1::integer, $2, $3, $4)";

static int ask(struct pg *pg, const char *name, const char *sql, bool *ret_answer, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (pg_run(pg, name, sql, PG_ONE, NULL, 0, &result, err) < 0)
        return -1;
    *ret_answer = pg_bool(result, 0, 0);
    return 0;
}

static int change(struct pg *pg, const char *name, const char *sql, struct err *err)
{
    return pg_run(pg, name, sql, PG_NOTHING, NULL, 0, NULL, err);
}

static const char *checksum(const struct migration *migration, char hex[static DIGEST_HEX_SIZE])
{
    struct digest digest = digest_of(migration->text, strlen(migration->text));

    return digest_hex(&digest, hex);
}

struct record {
    int64_t version;
    const char *name, *sha256, *program_version;
};

static const struct column record_columns[] = {
    COLUMN("version", struct record, version),
    COLUMN("name", struct record, name),
    COLUMN("sha256", struct record, sha256),
    COLUMN("program_version", struct record, program_version),
    COLUMN_END,
};

static int unknown_version(const struct record *record, struct err *err)
{
    CLEANUP(text_release) struct text name = TEXT_INIT, version = TEXT_INIT;

    text_add_printable(&name, record->name);
    text_add_printable(&version, record->program_version);
    return err_set(err, ERR_CONFIG,
                   "the database has the migration '%s', which this version (%s) does not know; "
                   "hint: it was applied by version %s, use that one or a newer one",
                   text_cstr(&name), PROGRAM_VERSION, text_cstr(&version));
}

/* Compares the record with the list; *ret_count: how many of the list are applied. */
static int compare(const struct record *record, size_t records, const struct migration *list,
                   size_t *ret_count, struct err *err)
{
    for (size_t count = 0; count < records; count++) {
        const struct migration *known = &list[count];
        char hex[DIGEST_HEX_SIZE];
        size_t i = 0;

        while (list[i].version != 0 && list[i].version != record[count].version)
            i++;
        if (list[i].version == 0)
            return unknown_version(&record[count], err);
        if (i != count)
            return err_set(err, ERR_CONFIG,
                           "the database has the migration '%s' but not '%s', which comes before "
                           "it; hint: restore the database from a backup, or ask who changed it",
                           list[i].name, known->name);
        if (strcmp(checksum(known, hex), record[count].sha256) != 0)
            return err_set(err, ERR_CONFIG,
                           "the migration '%s' was applied with another text than this version "
                           "(%s) has; hint: use the version it was applied by, a migration never "
                           "changes once it is released",
                           known->name, PROGRAM_VERSION);
    }
    *ret_count = records;
    return 0;
}

static int read_record(struct pg *pg, const struct migration *list, size_t *ret_count,
                       struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *recorded = NULL;
    size_t records = 0;

    if (pg_run(pg, "migration_recorded", sql_recorded, PG_MANY, NULL, 0, &recorded, err) < 0)
        return -1;
    const struct record *record =
        store_read_all(record_columns, sizeof(record[0]), recorded, &scratch, &records);
    return compare(record, records, list, ret_count, err);
}

/* Only what is missing: a role that may use the schema need not be allowed to make one. */
static int ensure_record(struct pg *pg, struct err *err)
{
    bool has_schema, has_table;

    if (ask(pg, "migration_schema", sql_has_schema, &has_schema, err) < 0 ||
        (!has_schema && change(pg, "migration_make_schema", sql_make_schema, err) < 0) ||
        ask(pg, "migration_table", sql_has_table, &has_table, err) < 0 ||
        (!has_table && change(pg, "migration_make_table", sql_make_table, err) < 0))
        return -1;
    return 0;
}

static int apply(struct pg *pg, const struct migration *migration, struct err *err)
{
    CLEANUP(text_release) struct text version = TEXT_INIT;
    char hex[DIGEST_HEX_SIZE];

    if (pg_script(pg, migration->name, migration->text, err) < 0)
        return err_prefix(err, "migration '%s'", migration->name);
    if (PQtransactionStatus(pg_raw(pg)) != PQTRANS_INTRANS)
        return err_set(err, ERR_INTERNAL, "the migration '%s' ends its own transaction",
                       migration->name);
    text_addf(&version, "%d", migration->version);
    if (pg_run(pg, "migration_record", sql_record, PG_NOTHING,
               (const char *const[]){text_cstr(&version), migration->name, checksum(migration, hex),
                                     PROGRAM_VERSION},
               4, NULL, err) < 0)
        return -1;
    return store_audit_migration(pg, migration->version, migration->name, hex, err);
}

/* Inside a transaction: *ret_count of the list were applied, *ret_more says whether this call
 * applied the next one. */
static int step(struct pg *pg, const struct migration *list, size_t *ret_count, bool *ret_more,
                struct err *err)
{
    size_t count;

    if (pg_run(pg, "migration_lock", sql_lock, PG_ONE, NULL, 0, NULL, err) < 0 ||
        ensure_record(pg, err) < 0 || read_record(pg, list, &count, err) < 0)
        return -1;
    *ret_count = count;
    *ret_more = list[count].version != 0;
    return *ret_more ? apply(pg, &list[count], err) : 0;
}

static void check_list(const struct migration *list)
{
    for (size_t i = 0; list[i].version != 0; i++)
        assert(list[i].version > (i > 0 ? list[i - 1].version : 0));
}

int migrate_run_list(struct pg *pg, const struct migration *list, struct migrate_result *ret_result,
                     struct err *err)
{
    struct migrate_result result = {.applied = 0};
    size_t count = 0;
    bool more = true;

    check_list(list);
    while (more) {
        if (pg_begin(pg, err) < 0)
            return -1;
        if (step(pg, list, &count, &more, err) < 0 || pg_commit(pg, err) < 0) {
            pg_rollback(pg);
            return -1;
        }
        result.applied += more ? 1 : 0;
    }
    result.version = count > 0 ? list[count - 1].version : 0;
    *ret_result = result;
    return 0;
}

int migrate_check_list(struct pg *pg, const struct migration *list, struct err *err)
{
    bool has_table;
    size_t count = 0;

    check_list(list);
    if (ask(pg, "migration_table", sql_has_table, &has_table, err) < 0 ||
        (has_table && read_record(pg, list, &count, err) < 0))
        return -1;
    if (has_table && list[count].version == 0)
        return 0;
    CLEANUP(mem_cleanup) char *migrate = command_make("migrate");
    if (!has_table)
        return err_set(err, ERR_CONFIG, "the database has no schema yet; hint: run '%s'", migrate);
    return err_set(err, ERR_CONFIG, "the database lacks the migration '%s'; hint: run '%s'",
                   list[count].name, migrate);
}

int migrate_run(struct pg *pg, struct migrate_result *ret_result, struct err *err)
{
    return migrate_run_list(pg, migrations, ret_result, err);
}

int migrate_check(struct pg *pg, struct err *err)
{
    return migrate_check_list(pg, migrations, err);
}
