/*
 * Storing at scale: a snapshot of a million accounts merged into the history, the first time and
 * unchanged, next to a bare COPY of the same rows into an unlogged table of the same columns on the
 * same server. `bench_store [COUNT]`
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "bench.h"
#include "store_world.h"

static struct snapshot make_snapshot(struct store_world *world, size_t count)
{
    static const struct group groups[] = {{"G-1", "Everybody"}, {"G-2", "Marketing"}};
    static const char *const departments[] = {"Marketing", "Sales", "Engineering", "IT/IS"};
    struct snapshot snapshot = store_world_snapshot(world, count);
    struct alike alikes;

    alike_init(&alikes, &world->arena, sizeof(struct account_alike));
    for (size_t i = 0; i < count; i++) {
        struct account *account = &snapshot.account[i];
        struct account_alike alike = *account_alike(account);
        alike.group = groups;
        alike.group_count = 1 + i % 2;
        alike.department = departments[i % COUNT_OF(departments)];
        alike.country = "Netherlands";
        account_alike_share(&alikes, account, &alike);
    }
    alike_release(&alikes);
    return snapshot;
}

/* Last logins are what was told: in the first snapshot everybody's, in the next nobody's. */
static void tell_logins(struct store_world *world, struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++)
        snapshot->account[i].login =
            store_world_login(instant_add_us(world->now, -(int64_t)(i % 400) * DAY_US), world->now);
}

static void take_logins_back(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++)
        snapshot->account[i].login.source = LOGIN_FROM_HISTORY;
}

/* The rows of the open versions, as COPY takes them in text and in binary. */
struct rows {
    struct text text, binary;
};

static void add_big_endian(struct text *out, uint32_t value, unsigned bytes)
{
    while (bytes-- > 0)
        text_add_char(out, (char)(value >> 8 * bytes));
}

/* Each column comes twice: as it is, in binary, and as the server would print it. */
static int take_row(const PGresult *row, void *context, struct err *err)
{
    struct rows *rows = context;
    int columns = PQnfields(row) / 2;

    (void)err;
    add_big_endian(&rows->binary, (uint32_t)columns, 2);
    for (int column = 0; column < columns; column++) {
        bool is_null = PQgetisnull(row, 0, column);
        size_t length = is_null ? 0 : (size_t)PQgetlength(row, 0, column);
        add_big_endian(&rows->binary, is_null ? UINT32_MAX : (uint32_t)length, 4);
        text_add_bytes(&rows->binary, PQgetvalue(row, 0, column), length);
        pg_copy_field(&rows->text, pg_text(row, 0, columns + column));
    }
    pg_copy_end_row(&rows->text);
    return 0;
}

/* Seconds of processors of the server's process, which looks them up itself; a tick is 10 ms. */
static double server_s(struct store_world *world)
{
    static const char sql[] =
        "select split_part(line, ' ', 14)::bigint + split_part(line, ' ', 15)::bigint "
        "from pg_read_file(format('/proc/%s/stat', pg_backend_pid()), 0, 1000) line";

    return (double)store_world_number(world, sql) / 100;
}

static double time_copy(struct store_world *world, const char *sql, struct text *rows, size_t count)
{
    struct err err = ERR_INIT;
    int64_t copied = 0;

    store_world_execute(world, "truncate bare");
    double begin = now_s();
    if (pg_copy_begin(world->pg, "bare", sql, &err) || pg_copy_send(world->pg, rows, true, &err) ||
        pg_copy_end(world->pg, &copied, &err) || (size_t)copied != count) {
        fprintf(stderr, "bare COPY: %s\n", err.text ? err.text : "rows are missing");
        exit(1);
    }
    return now_s() - begin;
}

#define COLUMNS(as)                                                                                \
    "v.account_no" as ", a.account_id" as ", v.status" as ", v.username" as ", v.email" as         \
    ", v.email2" as ", v.name" as ", v.employee_number" as ", v.profile_id" as ", v.country" as    \
    ", v.department" as ", v.groups" as ", v.groups_unreadable" as ", v.sso_only" as ", v.flaw" as \
    ", v.digest" as " "

/* *ret_server: of it, the server's processors. *ret_binary: the same rows, the other way. */
static double time_bare_copy(struct store_world *world, size_t count, double *ret_server,
                             double *ret_binary)
{
    static const char from[] =
        "from account_version v join account a using (portal_id, account_no) "
        "where v.valid_to is null";
    static const char signature[] = "PGCOPY\n\377\r\n"; /* its own NUL belongs to it */
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    struct rows rows = {.text = TEXT_INIT, .binary = TEXT_INIT};
    struct err err = ERR_INIT;

    text_addf(&sql, "create unlogged table bare as select " COLUMNS("") "%s limit 0", from);
    store_world_execute(world, text_cstr(&sql));
    text_clear(&sql);
    text_addf(&sql, "select " COLUMNS("") ", " COLUMNS("::text") "%s", from);
    text_add_bytes(&rows.binary, signature, sizeof(signature));
    add_big_endian(&rows.binary, 0, 4); /* flags */
    add_big_endian(&rows.binary, 0, 4); /* no extension */
    must(pg_each(world->pg, "rows", text_cstr(&sql), NULL, 0, take_row, &rows, &err), &err);
    add_big_endian(&rows.binary, UINT16_MAX, 2);
    double server = server_s(world);
    double took = time_copy(world, "copy bare from stdin", &rows.text, count);
    *ret_server = server_s(world) - server;
    *ret_binary = time_copy(world, "copy bare from stdin (format binary)", &rows.binary, count);
    store_world_execute(world, "drop table bare");
    text_release(&rows.text);
    text_release(&rows.binary);
    return took;
}

static double time_save(struct store_world *world, struct snapshot *snapshot)
{
    CLEANUP(saved_snapshot_release) struct saved_snapshot saved = {.count = 0};
    struct err err = ERR_INIT;

    snapshot_digest(snapshot);
    double begin = now_s();
    must(store_save_snapshot(&world->store, &world->run, snapshot, &saved, &err), &err);
    store_take_saved(snapshot, &saved);
    return now_s() - begin;
}

static double time_load(struct store_world *world, struct snapshot *snapshot)
{
    struct err err = ERR_INIT;
    double begin = now_s();

    must(store_load_history(&world->store, &world->arena, snapshot, &err), &err);
    return now_s() - begin;
}

int main(int argc, char **argv)
{
    struct store_world world;
    int64_t count = 1000000;

    if (argc > 1 && !parse_int(argv[1], 1, 2000000, &count))
        return 64;
    store_world_begin(&world);
    struct snapshot first = make_snapshot(&world, (size_t)count);
    tell_logins(&world, &first);
    double load = time_load(&world, &first), server = server_s(&world),
           save = time_save(&world, &first), server_save = server_s(&world) - server;
    int64_t versions = store_world_number(&world, "select count(*) from account_version");

    store_world_tomorrow(&world);
    struct snapshot again = make_snapshot(&world, (size_t)count);
    double load_again = time_load(&world, &again);
    take_logins_back(&again);
    double unchanged = time_save(&world, &again);
    int64_t added = store_world_number(&world, "select count(*) from account_version") - versions;
    double binary = 0, server_bare = 0;
    double bare = time_bare_copy(&world, (size_t)count, &server_bare, &binary);

    printf("%lld accounts: bare COPY %.2f s; first load %.2f s, first merge %.2f s; history loaded "
           "%.2f s; unchanged merge %.2f s, %lld new versions\n",
           (long long)count, bare, load, save, load_again, unchanged, (long long)added);
    printf("FIGURE merge_unchanged_over_copy %.2f 3 an unchanged snapshot merged, over a bare COPY "
           "of the same rows\n",
           unchanged / bare);
    printf("FIGURE merge_first_over_copy %.2f 5 a first snapshot merged, over a bare COPY of the "
           "same rows\n",
           save / bare);
    printf("FIGURE merge_first_server_over_copy %.2f - the same, in processor time of the server\n",
           server_save / server_bare);
    printf(
        "FIGURE copy_binary_over_text %.2f - a bare COPY of the same rows in binary, over one in "
        "text\n",
        binary / bare);
    printf("FIGURE versions_of_unchanged %lld 0 version rows that an unchanged snapshot adds\n",
           (long long)added);
    store_world_end(&world);
    return 0;
}
