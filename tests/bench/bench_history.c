/*
 * Five years of history: 100,000 accounts, a snapshot a day, 0.5 % of the accounts change and 3 %
 * log in on each. Made by statements over whole sets, straight into the tables; then what auditors
 * ask of it, and what it weighs. `bench_history [ACCOUNTS [DAYS]]`
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/question.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "bench.h"
#include "database/pg.h"
#include "store_world.h"

/* @P portal, @A accounts, @D days. Snapshot 1 is the first day's. */
static const char *const statements[] = {
    "update portal set last_account_no = @A, last_snapshot_id = @D, last_roster_id = "
    "@D, "
    "last_run_id = @D where portal_id = @P",
    "insert into run (portal_id, run_id, verb, today, started_at, finished_at, exit_code, host, "
    "pid, "
    "requests, blocked) select @P, d, 'run', date '2021-11-01' + d::integer, timestamptz "
    "'2021-11-01 02:00Z' + d * interval '1 day', timestamptz '2021-11-01 02:02Z' + d * interval '1 "
    "day', 0, 'job', 1, 500, 0 from generate_series(2, @D) d",
    "insert into snapshot (portal_id, snapshot_id, run_id, taken_at, complete, accounts, active, "
    "inactive, unreadable, gone, nameless, requests, logins_read, digest, logins_by, events) "
    "select "
    "@P, d, d, timestamptz '2021-11-01 02:00Z' + d * interval '1 day', true, @A, @A, "
    "0, "
    "0, 0, 0, 500, 300, sha256(int8send(d)), 'events', 3000 from generate_series(1, @D) d",
    "insert into roster (portal_id, roster_id, run_id, read_at, digest, rows, people, rejected, "
    "blind, duplicates, good) select @P, d, d, timestamptz '2021-11-01 02:00Z' + d * interval "
    "'1 day', sha256(int8send(d)), @A, @A, 0, 0, 0, true from generate_series(1, @D) d",
    "insert into account (portal_id, account_id, account_no, first_snapshot_id, first_seen, "
    "ever_active) select @P, upper(lpad(to_hex(a), 8, '0')) || '-2B3A-141F-8F07D71AA1F223BD', "
    "a, "
    "1, timestamptz '2021-11-02 02:00Z', true from generate_series(1, @A) a",
    /* An account changes once in 200 days, each on a day of its own. */
    "insert into account_version (portal_id, account_no, valid_from, valid_to, groups_unreadable, "
    "sso_only, status, username, email, name, employee_number, profile_id, country, department, "
    "groups, digest) select @P, a, greatest(f, 1), case when f + 200 <= @D then f + 200 "
    "end, "
    "false, false, case when (a + f / 200) % 10 = 0 then 'inactive' else 'active' end, "
    "'first.last' "
    "|| a, 'first.last' || a || '@acme.example', 'First Last ' || a, lpad(a::text, 6, '0'), 'p' || "
    "(a + f / 200) % 6, 'Netherlands', 'Marketing', jsonb_build_array(jsonb_build_object('id', "
    "'G-' "
    "|| a % 8, 'name', 'Group ' || a % 8)), sha256(int8send(a * 10000 + f)) from "
    "generate_series(1, @A) a, lateral (select g from generate_series(1 - a % 200, @D, "
    "200) "
    "g) s(f) where f + 200 > 1 order by greatest(f, 1), a",
    /* Three in a hundred log in on a day: each account every 33 days or so. */
    "insert into login_past (portal_id, at, seen_at, account_no, valid_from, kind, source) select "
    "@P, "
    "timestamptz '2021-10-31 10:00Z' + greatest(f, 1) * interval '1 day' + a * interval '1 ms', "
    "timestamptz '2021-11-01 02:00Z' + greatest(f, 1) * interval '1 day', a, greatest(f, 1), "
    "'known', 'events' from generate_series(1, @A) a, lateral (select g from generate_series(1 "
    "- "
    "a % 33, @D, 33) g) s(f) order by greatest(f, 1), a",
    "with newest as (delete from login_past p where valid_from = (select max(valid_from) from "
    "login_past o where o.portal_id = p.portal_id and o.account_no = p.account_no) returning *) "
    "update account a set login_at = n.at, login_seen_at = n.seen_at, login_from = n.valid_from, "
    "login_kind = n.kind, login_source = n.source from newest n where a.portal_id = n.portal_id "
    "and a.account_no = n.account_no",
    "insert into person_version (portal_id, person_key, ordinal, valid_from, valid_to, "
    "employee_number, email, name, department, word, hire_date, key_unreadable, digest) select "
    "@P, 'n:' || lpad(a::text, 6, '0'), 1, greatest(f, 1), case when f + 200 <= @D then f "
    "+ "
    "200 end, lpad(a::text, 6, '0'), 'first.last' || a || '@acme.example', 'First Last ' || a, "
    "'Marketing', 'employed', date '2015-01-01', false, sha256(int8send(a * 10000 + f)) from "
    "generate_series(1, @A) a, lateral (select g from generate_series(1 - (a + 100) % 200, "
    "@D, 200) g) s(f) where f + 200 > 1 order by greatest(f, 1), a",
    "insert into link_version (portal_id, account_no, valid_from, since, kind, matched_by, "
    "person_key) select @P, a, 1, timestamptz '2021-11-02 02:00Z', 'one', 'employee_number', "
    "'n:' || lpad(a::text, 6, '0') from generate_series(1, @A) a",
    /* What the server would do by itself some seconds later, beside what is measured. */
    "vacuum analyze",
};

static void fill_in(struct text *sql, const char *statement, const int64_t value[3])
{
    static const char marks[] = "PAD";

    for (const char *c = statement; *c; c++) {
        const char *mark = *c == '@' && c[1] ? strchr(marks, c[1]) : NULL;
        if (!mark) {
            text_add_char(sql, *c);
            continue;
        }
        text_addf(sql, "%lld", (long long)value[mark - marks]);
        c++;
    }
}

static void make_history(struct store_world *world, int64_t accounts, int64_t days)
{
    const int64_t value[] = {world->store.portal_id, accounts, days};

    for (size_t i = 0; i < COUNT_OF(statements); i++) {
        CLEANUP(text_release) struct text sql = TEXT_INIT;
        fill_in(&sql, statements[i], value);
        store_world_execute(world, text_cstr(&sql));
    }
    world->store.run_id = days;
    world->run.id = days;
}

/* What the next plan compares with: a snapshot again, whole, without its people. The best of three:
 * caches are warm then. */
static double time_rebuild(struct store_world *world, int64_t snapshot, size_t *ret_accounts)
{
    double best = 1e9;

    for (int i = 0; i < 3; i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct snapshot loaded;
        struct err err = ERR_INIT;
        double begin = now_s();
        must(store_load_snapshot(&world->store, &arena, snapshot, &loaded, &err), &err);
        double took = now_s() - begin;
        best = took < best ? took : best;
        *ret_accounts = loaded.count;
    }
    return best;
}

/* The rows about one account, merely counted: what `audit user` cannot be faster than. */
static double time_timeline(struct store_world *world, int64_t account)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    double best = 1e9;

    text_addf(
        &sql,
        "select count(*) from (select v.valid_from from account a join account_version v using "
        "(portal_id, account_no) where a.portal_id = %lld and a.account_id = "
        "upper(lpad(to_hex(%lld), 8, '0')) || '-2B3A-141F-8F07D71AA1F223BD' union all select "
        "l.valid_from from account a join login l using (portal_id, account_no) where "
        "a.portal_id = %lld and a.account_id = upper(lpad(to_hex(%lld), 8, '0')) || "
        "'-2B3A-141F-8F07D71AA1F223BD' union all select p.valid_from from person_version p "
        "where p.portal_id = %lld and p.person_key = 'n:' || lpad('%lld', 6, '0')) t",
        (long long)world->store.portal_id, (long long)account, (long long)world->store.portal_id,
        (long long)account, (long long)world->store.portal_id, (long long)account);
    for (int i = 0; i < 3; i++) {
        double begin = now_s();
        (void)store_world_number(world, text_cstr(&sql));
        double took = now_s() - begin;
        best = took < best ? took : best;
    }
    return best;
}

/* audit at DATE, as the verb asks it: every account with its person, all rows read. */
static double time_audit_at(struct store_world *world, int64_t snapshot)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    double best = 1e9;

    text_addf(&sql,
              "select (extract(epoch from taken_at) * 1000000)::bigint from snapshot where "
              "snapshot_id = %lld",
              (long long)snapshot);
    const struct instant moment = {store_world_number(world, text_cstr(&sql))};
    const char *portal = store_world_text(world, "select name from portal");
    for (int i = 0; i < 3; i++) {
        CLEANUP(pg_clearp) PGresult *rows = NULL;
        struct err err = ERR_INIT;
        double begin = now_s();
        must(store_ask_at(&world->store, portal, moment, &rows, &err), &err);
        double took = now_s() - begin;
        best = took < best ? took : best;
    }
    return best;
}

/* audit user WHO, as the verb asks it: whom it means, and the timeline. */
static double time_audit_user(struct store_world *world, int64_t account)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    double best = 1e9;

    text_addf(&sql, "select account_id from account where account_no = %lld", (long long)account);
    const char *who = store_world_text(world, text_cstr(&sql));
    for (int i = 0; i < 3; i++) {
        CLEANUP(pg_clearp) PGresult *rows = NULL;
        struct store_subject *subject = NULL;
        struct err err = ERR_INIT;
        size_t count = 0;
        double begin = now_s();
        must(store_find_who(&world->store, &world->arena, who, &subject, &count, &err), &err);
        must(count == 1 ? store_ask_user(&world->store, subject, &rows, &err)
                        : err_set(&err, ERR_INTERNAL, "%zu are called %s", count, who),
             &err);
        double took = now_s() - begin;
        best = took < best ? took : best;
    }
    return best;
}

static void save_again(struct store_world *world, int64_t snapshot)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct snapshot loaded;
    struct err err = ERR_INIT;

    must(store_load_snapshot(&world->store, &arena, snapshot, &loaded, &err), &err);
    for (size_t i = 0; i < loaded.count; i++)
        loaded.account[i].login = (struct login){.kind = LOGIN_NOT_READ};
    store_world_save(world, &loaded);
}

struct night {
    int64_t bytes; /* of all tables and indexes but those of its own row */
    int64_t rows;  /* versions and logins that begin with it */
};

/* What one more night without any change adds. The versions were not made by the program, so the
 * night before gives them their digests. */
static struct night weigh_unchanged_night(struct store_world *world, int64_t days)
{
    static const char size[] =
        "select sum(pg_relation_size(c.oid))::bigint from pg_class c join pg_namespace n on n.oid "
        "= "
        "c.relnamespace where n.nspname = 'reconcile' and c.relkind in ('r', 'i') and c.relname "
        "not in ('snapshot', 'snapshot_pkey', 'portal', 'portal_pkey')";
    CLEANUP(text_release) struct text rows = TEXT_INIT;
    struct night night;

    save_again(world, days);
    int64_t before = store_world_number(world, size);
    save_again(world, days + 1);
    night.bytes = store_world_number(world, size) - before;
    text_addf(&rows,
              "select (select count(*) from account_version where valid_from = %lld or valid_to = "
              "%lld) + (select count(*) from login where valid_from = %lld)",
              (long long)days + 2, (long long)days + 2, (long long)days + 2);
    night.rows = store_world_number(world, text_cstr(&rows));
    return night;
}

int main(int argc, char **argv)
{
    struct store_world world;
    int64_t accounts = 100000, days = 1825;
    size_t rebuilt = 0;

    if ((argc > 1 && !parse_int(argv[1], 1, 1000000, &accounts)) ||
        (argc > 2 && !parse_int(argv[2], 1, 10000, &days)))
        return 64;
    store_world_begin(&world);
    double begin = now_s();
    make_history(&world, accounts, days);
    double made = now_s() - begin;
    int64_t bytes = store_world_number(&world, "select pg_database_size(current_database())");
    int64_t versions = store_world_number(&world, "select count(*) from account_version");
    int64_t logins = store_world_number(&world, "select count(*) from login");
    double middle = time_rebuild(&world, days / 2 + 1, &rebuilt);
    double last = time_rebuild(&world, days, &rebuilt);
    double user = time_timeline(&world, accounts / 2 + 1);
    double asked_middle = time_audit_at(&world, days / 2 + 1);
    double asked_last = time_audit_at(&world, days);
    double asked_user = time_audit_user(&world, accounts / 2 + 1);

    printf(
        "%lld accounts, %lld days, made in %.0f s: %lld versions, %lld last logins, %zu accounts "
        "rebuilt\n",
        (long long)accounts, (long long)days, made, (long long)versions, (long long)logins,
        rebuilt);
    printf("FIGURE history_gigabytes %.3f 1.5 a history of %lld days of %lld accounts, GB\n",
           (double)bytes / 1e9, (long long)days, (long long)accounts);
    printf("FIGURE history_bytes_per_account %.0f - of it, bytes per account\n",
           (double)bytes / (double)accounts);
    printf(
        "FIGURE history_bytes_per_account_and_day %.2f - of it, bytes per account and day, 0.5 %% "
        "changing and 3 %% logging in\n",
        (double)bytes / (double)accounts / (double)days);
    printf("FIGURE audit_at_middle_seconds %.2f 1 audit at, a day in the middle, s\n",
           asked_middle);
    printf("FIGURE audit_at_last_seconds %.2f 1 audit at, the last day, s\n", asked_last);
    printf("FIGURE audit_user_milliseconds %.1f 20 audit user, ms\n", asked_user * 1000);
    printf("FIGURE snapshot_middle_seconds %.2f 1 the snapshot of a day in the middle loaded, s\n",
           middle);
    printf("FIGURE snapshot_last_seconds %.2f 1 the snapshot of the last day loaded, s\n", last);
    printf("FIGURE account_rows_milliseconds %.1f 20 all rows about one account counted, ms\n",
           user * 1e3);
    struct night night = weigh_unchanged_night(&world, days);
    printf("FIGURE unchanged_bytes_per_account_and_day %.3f 0 what a night without any change adds "
           "beside its own row, bytes per account\n",
           (double)night.bytes / (double)accounts);
    printf("FIGURE unchanged_rows %lld 0 versions and last logins that such a night adds or "
           "closes\n",
           (long long)night.rows);
    store_world_end(&world);
    return 0;
}
