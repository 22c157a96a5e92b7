/*
 * Which portal this is, and which record: the sandbox under the production's name, a portal that
 * moved or has another name now, and a database that is the backup of yesterday. Each has a
 * neighbour, one fact away, in which the program goes on as ever.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "distributed.h"
#include "host/file.h"
#include "story.h"
#include "test.h"

static int stand_up(void **state)
{
    (void)state;
    story_sits(NULL);
    return 0;
}

TEST_EACH(stand_up, NULL);

#define REASON "--reason", "we looked"

/* By its portal, the newest first. */
static int64_t newest(struct story *story, const char *what, const char *name)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "select coalesce(max(%s), 0) from audit.%s where portal = '%s'", what,
              text_equal(what, "act_id") ? "act" : "plan", name);
    return end_count(&story->end, text_cstr(&sql));
}

/* The newest plan of the story's portal, when the database has several. */
static void take_plan(struct story *story, const char *name)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    story->plan = newest(story, "plan_id", name);
    text_addf(&sql,
              "select encode(digest, 'hex') from audit.plan where portal = '%s' and plan_id = %lld",
              name, (long long)story->plan);
    free(story->digest);
    story->digest = end_query(&story->end, text_cstr(&sql));
}

static void is_held_by(struct story *story, const char *name, const char *guards)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    take_plan(story, name);
    text_addf(&sql,
              "select coalesce((select string_agg(guard, ' ' order by position) from audit.guard"
              " where portal = '%s' and plan_id = %lld and hold), '')",
              name, (long long)story->plan);
    CLEANUP(mem_cleanup) char *is = end_query(&story->end, text_cstr(&sql));
    assert_string_equal(is, guards);
}

/* The record is whole, as the program sees it and as psql does. */
static void record_is_whole(struct story *story, const char *name)
{
    CLEANUP(text_release) struct text out = TEXT_INIT;
    CLEANUP(text_release) struct text portal = TEXT_INIT;
    CLEANUP(mem_cleanup) char *script = file_join(SOURCE_DIR, "db/audit-verify.sql");
    CLEANUP(mem_cleanup) char *directory = file_directory(story->end.config_path);

    SAYS(story, 0, " 0 findings", "audit", "verify");
    text_addf(&portal, "portal=%s", name);
    end_tool(directory,
             (const char *const[]){"psql", "-X", "-d", story->end.conninfo, "-v",
                                   text_cstr(&portal), "-f", script, NULL},
             &out);
    end_assert_says(&out, " 0 findings");
}

/* --- the portal moved: another host --- */

/* The same portal-sim, by another name of this machine. */
static void move_host(struct story *story)
{
    end_set(&story->end, END_URL, "http://localhost:%u", story->end.probe.port);
}

static void move_back(struct story *story)
{
    end_set(&story->end, END_URL, "http://127.0.0.1:%u", story->end.probe.port);
}

TEST(what_was_approved_for_the_sandbox_is_not_done_in_production)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "leo");
    story_nights(&story, 2);
    story_leaves(&story, "lea");
    story_nights(&story, 1);
    move_host(&story); /* the sandbox, under the production's name */
    story_night(&story, 20);
    is_held_by(&story, "end", "G14");
    story_approves(&story); /* of what is held: nothing comes of it here */
    story_night(&story, 20);
    story_is_active(&story, "lea");
    move_back(&story); /* in production, where nobody approved anything */
    story_nights(&story, 1);
    is_held_by(&story, "end", "");
    story_is_active(&story, "lea");
    story_ended(&story, "approve", "lea", "changed: it was given for the portal at");
    story_approves(&story);
    story_nights(&story, 1);
    story_is_suspended(&story, "lea");
    record_is_whole(&story, "end");
}

/* What another portal says of an account is no answer to what was done in this one. */
TEST(a_call_in_doubt_is_not_settled_by_another_portal)
{
    static const char what[] = "select state from reconcile.step order by plan_id limit 1";
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    story_nights(&story, 2);
    story_leaves(&story, "lea");
    story_nights(&story, 1);
    story_approves(&story);
    story_nights(&story, 1);
    story_is_suspended(&story, "lea");
    end_change(&story.end, "update reconcile.step set state = 'unknown', verified_at = null");
    end_change(&story.end, "delete from reconcile.act");
    move_host(&story);
    story_night(&story, 20);
    CLEANUP(mem_cleanup) char *there = end_query(&story.end, what);
    assert_string_equal(there, "unknown");
    move_back(&story);
    story_nights(&story, 1);
    CLEANUP(mem_cleanup) char *here = end_query(&story.end, what);
    assert_true(text_equal(here, "done") || text_equal(here, "verified"));
}

TEST(a_portal_that_moved_is_adopted_once_and_for_all_nights_to_come)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    story_nights(&story, 2);
    move_host(&story);
    story_leaves(&story, "lea");
    story_night(&story, 20);
    story_night(&story, 20); /* a brake that lets go by itself is none */
    is_held_by(&story, "end", "G14");
    DECIDES(&story, 64, "nobody can let G14 go", "acknowledge", "--digest", story.digest, "--guard",
            "G14", REASON);
    SAYS(&story, 64, "--reason", "portal", "adopt");
    SAYS(&story, 64, "portal what", "portal");
    SAYS(&story, 0, "is the portal at 'localhost:", "portal", "adopt", REASON);
    story_nights(&story, 2);
    is_held_by(&story, "end", "");
    story_approves(&story);
    story_nights(&story, 1);
    story_is_suspended(&story, "lea");
    record_is_whole(&story, "end");
    move_back(&story); /* and it is another one again */
    story_night(&story, 20);
    is_held_by(&story, "end", "G14");
}

/* Two files with each other's address: neither acts, and put right both go on. */
TEST(two_portals_with_each_others_address_are_both_held)
{
    STORY(story, 20);

    story_nights(&story, 1);
    end_set(&story.end, END_NAME, "other");
    move_host(&story);
    story_nights(&story, 1);
    move_back(&story);
    story_night(&story, 20);
    is_held_by(&story, "other", "G14");
    end_set(&story.end, END_NAME, "end");
    move_host(&story);
    story_night(&story, 20);
    is_held_by(&story, "end", "G14");
    move_back(&story);
    story_nights(&story, 1);
    is_held_by(&story, "end", "");
    end_set(&story.end, END_NAME, "other");
    move_host(&story);
    story_nights(&story, 1);
    is_held_by(&story, "other", "");
}

/* A look from a laptop at another portal neither learns anything nor is it a base. */
TEST(plan_learns_nothing_of_the_portal)
{
    STORY(story, 20);

    story_passes(&story, 1);
    story_clock(&story, 9, 0);
    SAYS(&story, 20, NULL, "plan"); /* G2: HR's file is still empty */
    move_host(&story);
    story_nights(&story, 1); /* the first run: it is learned, and not held */
    is_held_by(&story, "end", "");
    move_back(&story);
    SAYS(&story, 20, NULL, "plan");
    move_host(&story);
    story_nights(&story, 1);
    is_held_by(&story, "end", "");
}

/* --- another name --- */

static void rename_portal(struct story *story, const char *name)
{
    end_set(&story->end, END_NAME, "%s", name);
}

/* Everything that hangs on the old name goes on under the new one. */
TEST(a_renamed_portal_keeps_its_memory)
{
    STORY(story, 30);

    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "max");
    story_idles(&story, "ida", 100);
    story_rules(&story, STORY_DEPARTED "," STORY_IDLE
                                       ", { name = \"trials\"; when = { account = \"active\"; "
                                       "username = [ \"tri*\" ]; }; do = \"suspend\"; }");
    (void)story_joins(&story, "tria");
    story_nights(&story, 1);
    story_approves(&story);
    story_nights(&story, 1);
    story_is_suspended(&story, "tria");
    story_nights(&story, 1);
    story_changes(&story, "tria", "active=1"); /* somebody let it in again: R8 */
    story_leaves(&story, "lea");
    story_leaves(&story, "max");
    story_nights(&story, 1);
    CLEANUP(mem_cleanup) char *names = story_names(&story, "lea");
    DECIDES(&story, 0, NULL, "approve", "--only", names);
    int64_t acts = newest(&story, "act_id", "end");

    rename_portal(&story, "End");
    story_night(&story,
                0); /* on this machine no second name is held (tests/store/test_store_portal) */
    story_is_active(&story, "lea"); /* and without its memory it knows of no approval */
    SAYS(&story, 0, "the history of 'end' goes on as 'End'", "portal", "adopt", "--from", "end",
         REASON);
    story_nights(&story, 1);
    take_plan(&story, "End");
    story_is_suspended(&story, "lea");
    story_is_active(&story, "max");
    story_is_active(&story, "tria");
    story_is_planned(&story, "tria", "keep R8");
    assert_int_equal(newest(&story, "act_id", "End"), acts + 1);
    assert_int_equal(end_count(&story.end, "select count(*) from audit.announcement"
                                           " where portal = 'End' and ended_on is null"),
                     1);
    record_is_whole(&story, "End");

    rename_portal(&story, "end"); /* the old name can do nothing more */
    SAYS(&story, 78, "goes on as 'End'", "plan");
    SAYS(&story, 78, "goes on as 'End'", "keep", "max", "--until", "2026-01-01", REASON);
    SAYS(&story, 0, "goes on as 'end'", "portal", "adopt", "--from", "End", REASON);
    story_nights(&story, 1);
    is_held_by(&story, "end", "");
    record_is_whole(&story, "end");
    assert_int_equal(newest(&story, "act_id", "end"), acts + 1);
}

/* What the new name did before anybody noticed counts as well: it is ours, and a keep is a keep. */
TEST(what_the_new_name_did_meanwhile_is_carried_along)
{
    STORY(story, 30);

    (void)story_joins(&story, "lea");
    (void)story_joins(&story, "max");
    (void)story_joins(&story, "tria");
    story_nights(&story, 2);
    rename_portal(&story, "End");
    (void)story_joins(&story, "trib"); /* an account that the old name has never seen */
    story_rules(&story, STORY_DEPARTED ", { name = \"trials\"; when = { account = \"active\"; "
                                       "username = [ \"tri*\" ]; }; do = \"suspend\"; }");
    story_nights(&story, 1);
    take_plan(&story, "End");
    story_approves(&story);
    story_nights(&story, 1);
    story_is_suspended(&story, "tria");
    story_is_suspended(&story, "trib");
    story_leaves(&story, "max");
    SAYS(&story, 0, "kept", "keep", "max", "--until", "2026-01-01", "--also-departed", REASON);
    SAYS(&story, 0, "2 acts and 1 keeps", "portal", "adopt", "--from", "end", REASON);
    story_changes(&story, "tria", "active=1");
    story_changes(&story, "trib", "active=1");
    story_nights(&story, 2);
    take_plan(&story, "End");
    story_is_planned(&story, "tria", "keep R8");
    story_is_planned(&story, "trib", "keep R8");
    assert_int_equal(end_count(&story.end, "select count(*) from audit.act where portal = 'End'"),
                     2);
    assert_int_equal(end_count(&story.end, "select count(*) from audit.ruling where portal = 'End'"
                                           " and decision = 'keep' and ended_at is null"),
                     1);
    story_is_active(&story, "max");
    record_is_whole(&story, "End");
}

TEST(a_name_that_is_none_and_a_portal_that_is_another_are_refused)
{
    STORY(story, 20);

    story_nights(&story, 1);
    SAYS(&story, 64, "has no portal 'nobody'", "portal", "adopt", "--from", "nobody", REASON);
    SAYS(&story, 64, "the name that it has already", "portal", "adopt", "--from", "end", REASON);
    rename_portal(&story, "prod");
    move_host(&story); /* another host, and nobody has read it yet */
    SAYS(&story, 20, "that is another portal", "portal", "adopt", "--from", "end", REASON);
    SAYS(&story, 0, NULL, "plan"); /* the same accounts: it moved and was renamed */
    SAYS(&story, 0, "goes on as 'prod'", "portal", "adopt", "--from", "end", REASON);
}

/* --- the backup of yesterday --- */

static void tool(struct story *story, const char *const *words)
{
    CLEANUP(text_release) struct text out = TEXT_INIT;
    CLEANUP(mem_cleanup) char *directory = file_directory(story->end.config_path);

    end_tool(directory, words, &out);
}

static void leave(struct story *story)
{
    PQfinish(story->end.connection);
    story->end.connection = NULL;
}

static char *back_up(struct story *story)
{
    char *path = probe_path(&story->end.probe, "backup.sql");

    if (distributed_is_here()) { /* a dump of one server is no backup of several */
        leave(story);
        distributed_back_up(story->end.conninfo);
    } else
        tool(story, (const char *const[]){"pg_dump", "-d", story->end.conninfo, "-f", path, NULL});
    return path;
}

static void restore(struct story *story, const char *path)
{
    if (distributed_is_here()) {
        leave(story);
        distributed_restore(story->end.conninfo);
        return;
    }
    tool(story,
         (const char *const[]){"psql", "-X", "-q", "-d", story->end.conninfo, "-c",
                               "drop schema audit cascade; drop schema reconcile cascade", NULL});
    tool(story, (const char *const[]){"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d",
                                      story->end.conninfo, "-f", path, NULL});
}

static void keep_reports(struct story *story)
{
    CLEANUP(mem_cleanup) char *directory = probe_path(&story->end.probe, "reports");

    end_set(
        &story->end, END_REST,
        "apply: { settle_seconds = 1; }; report: { directory = \"%s\"; formats = [ \"json\" ]; };",
        directory);
}

/* The same approval would be carried out again on somebody whom people let in. */
TEST(a_database_of_yesterday_does_nothing_until_somebody_says_so)
{
    STORY(story, 20);

    keep_reports(&story);
    (void)story_joins(&story, "lea");
    story_nights(&story, 2);
    story_leaves(&story, "lea");
    story_nights(&story, 1);
    story_approves(&story);
    CLEANUP(mem_cleanup) char *backup = back_up(&story);
    story_nights(&story, 1);
    story_is_suspended(&story, "lea");
    story_changes(&story, "lea", "active=1"); /* HR was wrong, and somebody let her in again */
    int64_t last = story.plan;

    restore(&story, backup);
    SAYS(&story, 22, NULL, "audit", "verify");
    story_night(&story, 20);
    is_held_by(&story, "end", "G15");
    story_night(&story, 20); /* red every night, and what was kept is not overwritten */
    is_held_by(&story, "end", "G15");
    story_is_active(&story, "lea");
    SAYS(&story, 20, "G15", "apply");
    SAYS(&story, 20, NULL, "plan");
    SAYS(&story, 20, "accept-restore", "approve", "1", "--digest", story.digest);
    SAYS(&story, 0, NULL, "audit", "actions");
    SAYS(&story, 22, NULL, "audit", "verify");
    story_ended(&story, "approve", "lea", "stands");
    assert_int_equal(story_writes(&story), 1);

    SAYS(&story, 64, "--reason", "audit", "accept-restore");
    CLEANUP(end_result_release)
    struct end_result accepted =
        END_RUN(&story.end, "audit", "accept-restore", "--reason", "the disk broke");
    end_assert_code(&accepted, 0);
    end_assert_says(&accepted.out, "1 approvals of before are void");
    end_assert_says(&accepted.out, "is not in the database");
    end_assert_says(&accepted.out, "suspend of account '");
    story_ended(&story, "approve", "lea", "void: the record went back");
    SAYS(&story, 64, "nothing to accept", "audit", "accept-restore", REASON);
    story_nights(&story, 1);
    is_held_by(&story, "end", "");
    assert_true(story.plan > last); /* numbers that were given are not given again */
    story_is_active(&story, "lea");
    record_is_whole(&story, "end");
    story_approves(&story); /* who is to go all the same is approved anew */
    story_nights(&story, 1);
    story_is_suspended(&story, "lea");
}

/* The program with a standard output that takes a few lines, and then no more until it is read. */
static pid_t accept_unread(struct story *story, int *ret_fd)
{
    int said[2] = {-1, -1};

    assert_int_equal(pipe2(said, O_CLOEXEC), 0);
    assert_true(fcntl(said[1], F_SETPIPE_SZ, 4096) > 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (dup2(said[1], STDOUT_FILENO) == STDOUT_FILENO)
            execl(PROGRAM_PATH, PROGRAM_PATH, "--config", story->end.config_path, "audit",
                  "accept-restore", REASON, (char *)NULL);
        _exit(127);
    }
    (void)close(said[1]);
    *ret_fd = said[0];
    return pid;
}

TEST(what_a_backup_has_lost_is_listed_when_nobody_waits_for_it)
{
    STORY(story, 20);
    CLEANUP(text_release) struct text said = TEXT_INIT;
    CLEANUP(cleanup_fd) int fd = -1;
    int status = 0;

    (void)story_joins(&story, "lea");
    story_nights(&story, 1);
    CLEANUP(mem_cleanup) char *backup = back_up(&story);
    story_nights(&story, 1);
    restore(&story, backup);
    for (int i = 1; i <= 200; i++) {
        CLEANUP(text_release) struct text name = TEXT_INIT;
        text_addf(&name, "outcome-end-9-%d.json", i);
        free(end_file(&story.end, text_cstr(&name), "{\"plan\":9,\"state\":\"done\"}\n", 28));
    }
    pid_t pid = accept_unread(&story, &fd);
    for (int i = 0;
         end_count(&story.end, "select count(*) from audit.event where kind = 'restore'") == 0;
         i++) {
        const struct timespec pause = {.tv_nsec = 50000000};
        if (i == 400) {
            (void)kill(pid, SIGKILL);
            fail_msg("nothing is accepted while nobody reads what was lost");
        }
        (void)nanosleep(&pause, NULL);
    }
    SAYS(&story, 0, "kept", "keep", "lea", "--until", "2026-01-01", "--also-departed", REASON);
    assert_int_equal(waitpid(pid, NULL, WNOHANG), 0); /* it still says it */
    for (char bytes[4096];;) {
        ssize_t got = read(fd, bytes, sizeof(bytes));
        if (got <= 0)
            break;
        text_add_bytes(&said, bytes, (size_t)got);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    end_assert_says(&said, "200 things that files on this machine know of are not in the database");
    end_assert_says(&said, "outcome-end-9-200.json'");
}

/* What the new name did since that backup is not carried, and its record must not be buried. */
TEST(a_name_whose_record_went_back_is_not_set_aside)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    story_nights(&story, 1);
    rename_portal(&story, "End");
    story_nights(&story, 1);
    CLEANUP(mem_cleanup) char *backup = back_up(&story);
    SAYS(&story, 0, "kept", "keep", "lea", "--until", "2026-01-01", "--also-departed", REASON);
    restore(&story, backup);
    SAYS(&story, 20, "audit accept-restore", "portal", "adopt", "--from", "end", REASON);
    SAYS(&story, 0, NULL, "audit", "accept-restore", REASON);
    SAYS(&story, 0, "goes on as 'End'", "portal", "adopt", "--from", "end", REASON);
    record_is_whole(&story, "End");
}

/* The counter-cases: another machine ran, a crash before the head was written, a new machine. */
TEST(a_record_that_is_ahead_of_what_was_kept_goes_on)
{
    STORY(story, 20);
    CLEANUP(mem_cleanup) char *kept = NULL;

    (void)story_joins(&story, "lea");
    story_nights(&story, 2);
    CLEANUP(mem_cleanup) char *head = probe_path(&story.end.probe, "audit-head-end");
    kept = end_read(head);
    story_leaves(&story, "lea");
    story_nights(&story, 1);
    CLEANUP(err_release) struct err err = ERR_INIT;
    assert_int_equal(file_write(head, 0600, kept, strlen(kept), &err), 0);
    story_approves(&story);
    assert_int_equal(file_write(head, 0600, kept, strlen(kept), &err), 0);
    story_nights(&story, 1);
    is_held_by(&story, "end", "");
    story_is_suspended(&story, "lea");
    assert_int_equal(unlink(head), 0);
    story_nights(&story, 1);
    is_held_by(&story, "end", "");
    assert_int_equal(access(head, F_OK), 0);
    assert_int_equal(file_write(head, 0600, "nonsense\n", 9, &err), 0);
    story_night(&story, 20);
    is_held_by(&story, "end", "G15");
    SAYS(&story, 22, "cannot be read", "audit", "verify");
    assert_int_equal(unlink(head), 0);
    assert_int_equal(symlink("/etc/hostname", head), 0);
    SAYS(&story, 22, "cannot be read", "audit", "verify");
    assert_int_equal(unlink(head), 0);
    SAYS(&story, 0, NULL, "audit", "verify");
}

/* A keep that was lost with the newest seconds would be an act: the decision keeps the head as
 * well. */
TEST(a_failover_that_lost_a_decision_is_noticed)
{
    STORY(story, 20);

    (void)story_joins(&story, "lea");
    story_nights(&story, 2);
    story_leaves(&story, "lea");
    story_nights(&story, 1);
    story_approves(&story);
    CLEANUP(mem_cleanup) char *backup = back_up(&story);
    SAYS(&story, 0, "kept", "keep", "lea", "--until", "2026-01-01", "--also-departed", REASON);
    restore(&story, backup);
    story_night(&story, 20);
    is_held_by(&story, "end", "G15");
    story_is_active(&story, "lea");
}
