/*
 * Checking a chain: events a second by the program and by db/audit-verify.sql, next to merely
 * reading the same rows. `bench_audit [EVENTS]`
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/verify.h"
#include "base/mem.h"
#include "base/parse.h"
#include "bench.h"
#include "cluster_fixture.h"
#include "host/clock.h"
#include "host/file.h"
#include "store/audit.h"
#include "store/private.h"
#include "store_world.h"
#include "test.h"

struct making {
    struct audit_event *event;
    struct digest *sealed;
    size_t count;
};

static void add_digest(struct text *row, const struct digest *digest)
{
    store_copy_digest(row, digest);
}

static void add_row(struct text *row, const void *context, size_t i)
{
    const struct making *making = context;
    const struct audit_event *event = &making->event[i];

    store_copy_number(row, event->portal_id);
    store_copy_number(row, event->sequence);
    store_copy_number(row, event->version);
    store_copy_time(row, event->at);
    pg_copy_field(row, event->kind);
    store_copy_number(row, event->run_id);
    store_copy_number(row, event->plan_id);
    store_copy_number(row, event->position);
    pg_copy_field(row, event->account_id);
    pg_copy_field(row, event->word);
    pg_copy_field(row, event->fact);
    add_digest(row, &event->previous);
    add_digest(row, &event->hash);
    pg_copy_end_row(row);
}

/* Runs of fifteen events: intents and their outcomes, as a busy portal has them. */
static struct making make(struct arena *arena, int64_t portal_id, struct audit_head head,
                          size_t count)
{
    struct making making = {.event = arena_calloc(arena, count, sizeof(making.event[0])),
                            .count = count};

    for (size_t i = 0; i < count; i++) {
        struct audit_event *event = &making.event[i];
        *event = (struct audit_event){
            .version = AUDIT_VERSION,
            .portal_id = portal_id,
            .sequence = head.sequence + 1,
            .previous = head.hash,
            .at = {INT64_C(4000000000000000) + (int64_t)i},
            .kind = i % 3 ? "outcome" : "intent",
            .run_id = (int64_t)i / 15 + 1,
            .plan_id = (int64_t)i / 15 + 1,
            .position = (int64_t)i % 15 / 3 + 1,
            .account_id = arena_printf(arena, "0A84D758-2B3A-141F-%016zX", i / 3),
            .word = i % 3 == 0   ? "suspend"
                    : i % 3 == 1 ? "done"
                                 : "verified",
            .fact =
                i % 3 == 0 ? "{\"intent_us\":1799999999000000,\"person\":\"not_in_roster\"}"
                : i % 3 == 1
                    ? "{\"action\":\"suspend\",\"outcome_us\":1800000000000000,\"http_status\":202}"
                    : "{\"action\":\"suspend\",\"outcome_us\":1800000001000000}",
        };
        event->hash = audit_event_hash(event);
        head = (struct audit_head){event->sequence, event->sequence, event->hash};
    }
    return making;
}

static void end_with(const char *why)
{
    fprintf(stderr, "%s\n", why);
    exit(1);
}

/* What the events tell of, stored as it went: nothing is to be found. */
static const char as_it_went[] =
    "set local session_replication_role = replica;"
    "alter table audit_head disable trigger all;"
    "insert into step (portal_id, plan_id, position, account_id, action, state, run_id, intent_at,"
    " outcome_at, verified_at, http_status)"
    " select portal_id, plan_id, position, account_id, word, 'verified', run_id,"
    " to_timestamp(1799999999), to_timestamp(1800000000), to_timestamp(1800000001), 202"
    " from audit_event where kind = 'intent';"
    "insert into act (portal_id, act_id, account_id, action, done_at, plan_id)"
    " select portal_id, sequence, account_id, 'suspend', to_timestamp(1800000000), plan_id"
    " from audit_event where word = 'done';"
    "update audit_head h set (sequence, count, hash) = (select e.sequence, e.sequence, e.hash"
    " from audit_event e where e.portal_id = h.portal_id order by e.sequence desc limit 1);"
    "analyze audit_event, step, act;";

static void ignore(void *context, int64_t sequence, const char *sentence)
{
    (void)sequence;
    (void)sentence;
    ++*(size_t *)context;
}

static int only_read(const PGresult *row, void *context, struct err *err)
{
    (void)row;
    (void)err;
    ++*(size_t *)context;
    return 0;
}

static double seconds_since(struct instant from)
{
    const struct clock *clock = clock_system();

    return (double)(clock->steady(clock->self).us - from.us) / 1e6;
}

static double run_psql(void)
{
    CLEANUP(mem_cleanup) char *script = file_join(SOURCE_DIR, "db/audit-verify.sql");
    const struct clock *clock = clock_system();
    struct instant from = clock->steady(clock->self);
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
            _exit(127);
        (void)execlp("psql", "psql", "-X", "-d", cluster_fixture_conninfo(), "-v", "portal=acme",
                     "-f", script, (char *)NULL);
        _exit(127);
    }
    (void)waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        end_with("audit-verify.sql found something in a record that is whole, or did not run");
    return seconds_since(from);
}

int main(int argc, char **argv)
{
    const struct clock *clock = clock_system();
    struct store_world world;
    struct err err = ERR_INIT;
    struct audit_head head, last;
    int64_t count = 300000;
    size_t findings = 0, rows = 0, told = 0;

    if (argc > 1 && !parse_int(argv[1], 1, 10000000, &count))
        return 64;
    store_world_begin(&world);
    must(store_audit_head(&world.store, &head, &err), &err);
    struct making making = make(&world.arena, world.store.portal_id, head, (size_t)count);
    must(pg_script(world.pg, "bench", "alter table audit_event disable trigger all", &err), &err);
    must(store_copy(world.pg, "bench",
                    "copy audit_event (portal_id, sequence, version, at, kind, run_id, plan_id,"
                    " position, account_id, word, fact, previous, hash) from stdin",
                    add_row, &making, making.count, &err),
         &err);
    must(pg_script(world.pg, "bench", as_it_went, &err), &err);

    const char *const parameter[] = {store_number(&world.arena, world.store.portal_id)};
    struct instant from = clock->steady(clock->self);
    must(
        pg_each(world.pg, "audit_events", query_audit_events, parameter, 1, only_read, &rows, &err),
        &err);
    double reading = seconds_since(from);
    struct audit_chain chain;
    from = clock->steady(clock->self);
    audit_chain_init(&chain, world.store.portal_id, NULL, 0, ignore, &told);
    for (size_t i = 0; i < making.count; i++)
        audit_chain_add(&chain, &making.event[i]);
    double checking = seconds_since(from);
    audit_chain_release(&chain);
    from = clock->steady(clock->self);
    must(store_audit_verify(&world.store, NULL, 0, ignore, &told, &last, &findings, &err), &err);
    double verifying = seconds_since(from);
    if (findings)
        end_with("audit verify found something in a record that is whole");
    double by_psql = run_psql();
    printf("%lld events: read %.0f/s, checked in memory %.0f/s, audit verify %.0f/s, "
           "audit-verify.sql %.0f/s\n",
           (long long)last.count, (double)rows / reading, (double)making.count / checking,
           (double)last.count / verifying, (double)last.count / by_psql);
    printf("FIGURE audit_verify_over_reading %.2f - a chain of %lld events checked, over merely "
           "reading its rows\n",
           verifying / reading, (long long)last.count);
    printf("FIGURE audit_sql_over_reading %.2f - the same by db/audit-verify.sql\n",
           by_psql / reading);
    printf(
        "FIGURE audit_sql_us_per_event %.2f 6.67 the same by it, microseconds an event: 6.67 are "
        "150,000 events a second\n",
        by_psql * 1e6 / (double)last.count);
    store_world_end(&world);
    return 0;
}
