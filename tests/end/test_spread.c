/*
 * The program on a history that is spread over several servers: what `check` says of it, that a
 * server which does not coordinate is refused, that a portal may be moved while its run is under
 * way, and that a server which goes away at whatever step of it leaves nothing undone and nothing
 * twice.
 */
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "distributed.h"
#include "test.h"

/* `check` names the server that has the rows of the portal, as that server itself sees them. */
static void assert_check_names_home(struct acts *acts)
{
    CLEANUP(mem_cleanup) char *home = distributed_home(acts->end.conninfo);
    CLEANUP(mem_cleanup)
    char *part = acts_ask(acts, "select get_shard_id_for_distribution_column('reconcile.portal',"
                                " portal_id) from reconcile.portal");
    CLEANUP(text_release) struct text where = TEXT_INIT, rows = TEXT_INIT, says = TEXT_INIT;
    RUN(check, &acts->end, "check");

    text_addf(&where, "%s options='-c citus.override_table_visibility=off'", home);
    text_addf(&rows, "select count(*) from reconcile.portal_%s", part);
    PGconn *there = PQconnectdb(text_cstr(&where));
    PGresult *result = PQexec(there, text_cstr(&rows));
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", home, PQerrorMessage(there));
    assert_string_equal(PQgetvalue(result, 0, 0), "1");
    text_addf(&says, " others, this portal is at %s:%s\n", PQhost(there), PQport(there));
    end_assert_says(&check.out, text_cstr(&says));
    PQclear(result);
    PQfinish(there);
}

TEST(check_says_where_the_portal_is)
{
    WORLD(acts, 1, 4, NULL);

    RUN(before, &acts.end, "check");
    end_assert_says(&before.out, "connected, the schema is up to date");
    acts_plan(&acts, 0);
    RUN(check, &acts.end, "check");
    if (!distributed_is_here()) {
        end_assert_silent_of(&before.out, "coordinates");
        end_assert_silent_of(&check.out, "coordinates");
        return;
    }
    end_assert_says(&before.out, "others, none has this portal yet");
    end_assert_says(&check.out, "; this server coordinates ");
    assert_check_names_home(&acts);
    end_change(&acts.end, "create table reconcile.later (portal_id bigint primary key)");
    RUN(after, &acts.end, "check");
    end_assert_code(&after, 78);
    end_assert_says(&after.out, "but for 1 of its tables; hint: run db/distribute.sql again");
}

TEST(a_server_that_does_not_coordinate_is_refused)
{
    NEEDS_DISTRIBUTED;
    WORLD(acts, 1, 4, NULL);
    CLEANUP(mem_cleanup) char *worker = distributed_worker(acts.end.conninfo, 0);

    end_set(&acts.end, END_DATABASE, "conninfo = \"%s\";", worker);
    static const char *const verb[] = {"plan", "run", "status", "migrate"};
    for (size_t i = 0; i < COUNT_OF(verb); i++) {
        RUN(refused, &acts.end, verb[i]);
        end_assert_code(&refused, 69);
        end_assert_says(&refused.err, "its locks keep no two runs apart");
    }
    /* Named beside the one that does, it is passed over. */
    end_set(&acts.end, END_DATABASE, "conninfo = \"%s\";", acts.end.conninfo);
    RUN(plan, &acts.end, "plan");
    end_assert_code(&plan, 0);
}

static void assert_settled(struct acts *acts, const char *steps)
{
    RUN(run, &acts->end, "run");
    end_assert_code(&run, 0);
    acts_assert_steps(acts, steps);
    acts_assert_written(acts, 0, "verified");
    RUN(verify, &acts->end, "audit", "verify");
    end_assert_code(&verify, 0);
    end_assert_says(&verify.out, " 0 findings");
}

TEST(a_portal_is_moved_while_its_run_is_under_way)
{
    NEEDS_DISTRIBUTED;
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    assert_check_names_home(&acts);
    struct end_child child = acts_start_until_held(&acts);
    CLEANUP(mem_cleanup)
    char *was = acts_ask(&acts, "select min(nodeport) from pg_dist_shard_placement where shardid ="
                                " (select get_shard_id_for_distribution_column('reconcile.portal',"
                                " portal_id) from reconcile.portal)");
    end_change(&acts.end,
               "select citus_move_shard_placement(s.shardid, f.nodename, f.nodeport, t.nodename,"
               " t.nodeport, 'block_writes') from (select shardid, nodename, nodeport from"
               " pg_dist_shard_placement where shardid = (select"
               " get_shard_id_for_distribution_column('reconcile.portal', portal_id) from"
               " reconcile.portal)) s join pg_dist_node f on f.nodeport = s.nodeport join"
               " pg_dist_node t on t.groupid <> 0 and t.nodeport <> s.nodeport limit 1");
    CLEANUP(mem_cleanup)
    char *is = acts_ask(&acts, "select min(nodeport) from pg_dist_shard_placement where shardid ="
                               " (select get_shard_id_for_distribution_column('reconcile.portal',"
                               " portal_id) from reconcile.portal)");
    assert_string_not_equal(is, was);
    end_clear_faults(&acts.end);
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    end_assert_code(&ended, 0);
    assert_settled(&acts, "verified 3");
    assert_check_names_home(&acts);
}

/* Waits until the portal was asked so often; false: the program ended before. */
static bool comes_to(struct end *end, pid_t program, double requests)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    siginfo_t ended = {.si_pid = 0};

    while (end_stat(end, "requests") < requests) {
        if (waitid(P_PID, (id_t)program, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid)
            return false;
        (void)nanosleep(&pause, NULL);
    }
    return true;
}

/* The server of the portal goes away while request `n` of a run is under way, whatever stands on
 * both sides of it. False: the run has not so many. */
static bool lose_server_at(unsigned n)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    double before = end_stat(&acts.end, "requests");
    end_keep_back(&acts.end, n, NULL);
    struct end_child child = end_start(&acts.end, (const char *const[]){"run", NULL});
    bool came = comes_to(&acts.end, child.pid, before + n);
    if (came) {
        distributed_lose(acts.end.conninfo);
        end_clear_faults(&acts.end);
    }
    CLEANUP(end_result_release) struct end_result ended = end_wait(&child);
    if (!came) {
        end_assert_code(&ended, 0);
        return false;
    }
    end_assert_code(&ended, 69);
    distributed_regain(acts.end.conninfo);
    RUN(heals, &acts.end, "run");
    assert_true(heals.code == 0 || heals.code == 21);
    assert_settled(&acts, "verified 2");
    return true;
}

TEST(a_server_that_goes_away_at_any_step_leaves_nothing_undone_and_nothing_twice)
{
    unsigned n = 1;

    NEEDS_DISTRIBUTED;
    while (lose_server_at(n))
        n++;
    assert_true(n > 6);
    print_message("%u requests of a run\n", n - 1);
}
