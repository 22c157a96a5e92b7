/*
 * Storing at scale: a snapshot of a million accounts merged into the history, the first time and
 * unchanged, next to a bare COPY of the same rows into an unlogged table of the same columns on the
 * same server. `bench_store [COUNT]`
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "store_world.h"

static double seconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct snapshot make_snapshot(struct store_world *world, size_t count)
{
    static const struct group groups[] = {{"G-1", "Everybody"}, {"G-2", "Marketing"}};
    static const char *const departments[] = {"Marketing", "Sales", "Engineering", "IT/IS"};
    struct snapshot snapshot = store_world_snapshot(world, count);

    for (size_t i = 0; i < count; i++) {
        struct account *account = &snapshot.account[i];
        account->group = groups;
        account->group_count = 1 + i % 2;
        account->department = departments[i % COUNT_OF(departments)];
        account->country = "Netherlands";
    }
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

/* The rows of the open versions as COPY sends them. */
static int take_row(const PGresult *row, void *context, struct err *err)
{
    struct text *rows = context;

    (void)err;
    for (int column = 0; column < PQnfields(row); column++)
        pg_copy_field(rows, pg_text(row, 0, column));
    pg_copy_end_row(rows);
    return 0;
}

static double time_bare_copy(struct store_world *world, size_t count)
{
    static const char columns[] =
        "select v.account_no, a.account_id, v.status, v.username, v.email, v.email2, v.name, "
        "v.employee_number, v.profile_id, v.country, v.department, v.groups, v.groups_unreadable, "
        "v.sso_only, v.flaw, v.digest from account_version v join account a using (portal_id, "
        "account_no) where v.valid_to is null";
    CLEANUP(text_release) struct text rows = TEXT_INIT, sql = TEXT_INIT;
    struct err err = ERR_INIT;
    int64_t copied = 0;

    text_addf(&sql, "create unlogged table bare as %s limit 0", columns);
    store_world_execute(world, text_cstr(&sql));
    if (pg_each(world->pg, "rows", columns, NULL, 0, take_row, &rows, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    double begin = seconds_now();
    if (pg_copy_begin(world->pg, "bare", "copy bare from stdin", &err) ||
        pg_copy_send(world->pg, &rows, true, &err) || pg_copy_end(world->pg, &copied, &err) ||
        (size_t)copied != count) {
        fprintf(stderr, "bare COPY: %s\n", err.text ? err.text : "rows are missing");
        exit(1);
    }
    double took = seconds_now() - begin;
    store_world_execute(world, "drop table bare");
    return took;
}

static double time_save(struct store_world *world, struct snapshot *snapshot)
{
    snapshot_digest(snapshot);
    double begin = seconds_now();
    store_world_save(world, snapshot);
    return seconds_now() - begin;
}

static double time_load(struct store_world *world, struct snapshot *snapshot)
{
    struct err err = ERR_INIT;
    double begin = seconds_now();

    if (store_load_history(&world->store, &world->arena, snapshot, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return seconds_now() - begin;
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
    double load = time_load(&world, &first), save = time_save(&world, &first);
    int64_t versions = store_world_number(&world, "select count(*) from account_version");

    store_world_tomorrow(&world);
    struct snapshot again = make_snapshot(&world, (size_t)count);
    double load_again = time_load(&world, &again);
    take_logins_back(&again);
    double unchanged = time_save(&world, &again);
    int64_t added = store_world_number(&world, "select count(*) from account_version") - versions;
    double bare = time_bare_copy(&world, (size_t)count);

    printf("%lld accounts: bare COPY %.2f s; first load %.2f s, first merge %.2f s; history loaded "
           "%.2f s; unchanged merge %.2f s, %lld new versions\n",
           (long long)count, bare, load, save, load_again, unchanged, (long long)added);
    printf("FIGURE merge_unchanged_over_copy %.2f 3 an unchanged snapshot merged, over a bare COPY "
           "of the same rows\n",
           unchanged / bare);
    printf("FIGURE merge_first_over_copy %.2f - a first snapshot merged, over a bare COPY of the "
           "same rows\n",
           save / bare);
    printf("FIGURE versions_of_unchanged %lld 0 version rows that an unchanged snapshot adds\n",
           (long long)added);
    store_world_end(&world);
    return 0;
}
