/*
 * Many portals: what `status --all` says of each is what `status` says of that one; and one command
 * approves over several only the plans whose digests a person wrote down.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"
#include "test.h"

/* Says the words and must succeed. */
static void say(struct acts *acts, const char *const *words)
{
    CLEANUP(end_result_release) struct end_result result = end_run(&acts->end, words);

    end_assert_code(&result, 0);
}
#define SAY(acts, ...) say(acts, (const char *const[]){__VA_ARGS__, NULL})
#define BARE(name, ...)                                                                            \
    CLEANUP(end_result_release)                                                                    \
    struct end_result name = end_run_bare(&acts.end, (const char *const[]){__VA_ARGS__, NULL})

static struct json_object *portal_of(struct json_object *all, const char *name)
{
    struct json_object *portals = end_at(all, "portals");

    for (size_t i = 0; i < json_object_array_length(portals); i++) {
        struct json_object *one = json_object_array_get_idx(portals, i);
        if (strcmp(end_text_at(one, "portal"), name) == 0)
            return one;
    }
    fail_msg("no portal '%s'", name);
    return NULL;
}

/* One statement over all portals, and what the program judges of one: no two truths. */
static void assert_same(struct acts *acts, int64_t waiting, const char *state)
{
    RUN(one_json, &acts->end, "status", "--format", "json");
    RUN(all_json, &acts->end, "status", "--all", "--format", "json");
    end_assert_code(&one_json, 0);
    end_assert_code(&all_json, 0);
    JSON(one, end_json(&one_json));
    JSON(all, end_json(&all_json));
    struct json_object *line = portal_of(all, "end");

    assert_int_equal(end_number_at(one, "stands.waiting"), waiting);
    assert_int_equal(end_number_at(line, "plan.waiting"), waiting);
    assert_int_equal(end_number_at(line, "plan.waiting_due"),
                     end_number_at(one, "stands.waiting_due"));
    assert_int_equal(end_number_at(line, "open_steps"), end_number_at(one, "open_steps"));
    assert_int_equal(end_number_at(line, "snapshot.active"), end_number_at(one, "snapshot.active"));
    assert_int_equal(end_number_at(line, "plan.id"), end_number_at(one, "plan.id"));
    assert_int_equal(end_number_at(all, "total.rows_waiting"), waiting);
    assert_string_equal(end_text_at(line, "state"), state);
}

TEST(status_of_all_counts_what_waits_as_status_of_one_does)
{
    WORLD(acts, 5, 4, NULL);

    acts_only_suspend(&acts);
    RUN(first, &acts.end, "run");
    end_assert_code(&first, 0);
    acts_plan(&acts, 0);
    assert_same(&acts, 5, "waiting");
    acts_approve_only(&acts, acts.row[0].id);
    assert_same(&acts, 4, "waiting");
    CLEANUP(mem_cleanup)
    char *far = acts_ask(&acts, "select (today + 60)::text from reconcile.plan");
    /* made while the person is gone, it covers the departure */
    SAY(&acts, "keep", acts.row[1].id, "--until", far, "--reason", "handover");
    assert_same(&acts, 3, "waiting");
    CLEANUP(mem_cleanup)
    char *only = end_file(&acts.end, "rejected", acts.row[2].id, strlen(acts.row[2].id));
    CLEANUP(mem_cleanup) char *plan = acts_ask(&acts, "select max(plan_id) from reconcile.plan");
    SAY(&acts, "reject", plan, "--only", only, "--until", far, "--reason", "stays");
    assert_same(&acts, 2, "waiting");
    /* what was decided for another address is not decided here */
    (void)acts_change(&acts, "update reconcile.ruling set address = 'https://other.example'"
                             " where kind = 'approve'");
    assert_same(&acts, 3, "waiting");
    (void)acts_change(&acts, "update reconcile.ruling set address = null where kind = 'approve'");
    assert_same(&acts, 2, "waiting");
    /* one that was made before does not */
    (void)acts_change(&acts, "update reconcile.ruling set person_departed = false"
                             " where kind = 'keep'");
    assert_same(&acts, 3, "waiting");
    end_fault(&acts.end, "never-202");
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 21);
    assert_same(&acts, 3, "failed");
    end_clear_faults(&acts.end);
}

TEST(status_of_all_says_first_what_is_most_urgent)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    RUN(run, &acts.end, "run");
    end_assert_code(&run, 0);
    end_set(&acts.end, END_NAME, "alpha");
    RUN(shown, &acts.end, "show");
    end_assert_code(&shown, 64); /* it has no plan, but it is there now */
    RUN(text, &acts.end, "status", "--all");
    end_assert_code(&text, 0);
    end_assert_says(&text.out, "2 portals: 1 overdue, 1 waiting for approval\n");
    assert_true(strstr(text_cstr(&text.out), "\nalpha ") < strstr(text_cstr(&text.out), "\nend "));
    end_assert_says(&text.out, "2 rows wait for a person, 2 due by now\n");
    RUN(page, &acts.end, "status", "--all", "--format", "html");
    end_assert_code(&page, 0);
    end_assert_says(&page.out, "<h1>2 portals: 1 overdue, 1 waiting for approval</h1>");
    end_assert_says(&page.out, "<section id=overdue class=hold>");
    end_assert_says(&page.out, "<section id=waiting>");
    end_assert_silent_of(&page.out, "<script");
    RUN(one, &acts.end, "status", "--format", "html");
    end_assert_code(&one, 64);
}

/* --- approving --- */

struct two {
    char *directory;
    char *digest[2]; /* of the newest plan of "end", of "beta" */
};

static void two_release(struct two *two)
{
    free(two->directory);
    free(two->digest[0]);
    free(two->digest[1]);
}

static void copy_config(struct acts *acts, const char *directory, const char *name)
{
    CLEANUP(mem_cleanup) char *path = file_join(directory, name);
    CLEANUP(mem_cleanup) char *text = end_read(acts->end.config_path);

    assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), 0);
}

static char *digest_of_newest(struct acts *acts, const char *portal)
{
    return acts_ask(acts,
                    "select encode(p.digest, 'hex') from reconcile.plan p"
                    " join reconcile.portal o using (portal_id) where o.name = '%s'"
                    " order by p.plan_id desc limit 1",
                    portal);
}

/* Two portals in one directory of configurations, each with a plan. */
static void make_two(struct acts *acts, struct two *two)
{
    CLEANUP(mem_cleanup) char *secret = probe_path(&acts->end.probe, "client-secret");

    two->directory = probe_path(&acts->end.probe, "etc");
    end_set(&acts->end, END_LOGIN, "client_id = \"demo\"; client_secret_file = \"%s\";", secret);
    assert_int_equal(mkdir(two->directory, 0700), 0);
    acts_only_suspend(acts);
    acts_plan(acts, 0);
    copy_config(acts, two->directory, "a.conf");
    end_set(&acts->end, END_NAME, "beta");
    acts_plan(acts, 0);
    copy_config(acts, two->directory, "b.conf");
    two->digest[0] = digest_of_newest(acts, "end");
    two->digest[1] = digest_of_newest(acts, "beta");
}

static int64_t approvals_of(struct acts *acts, const char *portal)
{
    CLEANUP(mem_cleanup)
    char *count = acts_ask(acts,
                           "select count(*) from reconcile.ruling r join reconcile.portal p using"
                           " (portal_id) where p.name = '%s' and r.kind = 'approve'"
                           " and r.ended_at is null",
                           portal);

    return strtoll(count, NULL, 10);
}

static void approve(struct acts *acts, const struct two *two, const char *table, int code,
                    const char *says)
{
    CLEANUP(mem_cleanup) char *file = end_file(&acts->end, "portals.csv", table, strlen(table));
    CLEANUP(end_result_release)
    struct end_result result =
        end_run_bare(&acts->end, (const char *const[]){"--config", two->directory, "approve",
                                                       "--portals", file, NULL});

    end_assert_code(&result, code);
    end_assert_says(code == 0 ? &result.out : &result.err, says);
}

#define WITH_TWO(two)                                                                              \
    CLEANUP(two_release) struct two two = {.directory = NULL};                                     \
    make_two(&acts, &two)

TEST(approve_over_portals_takes_the_lines_that_say_so)
{
    WORLD(acts, 3, 4, NULL);
    WITH_TWO(two);
    CLEANUP(text_release) struct text table = TEXT_INIT;

    BARE(csv, "--config", two.directory, "status", "--format", "csv");
    end_assert_code(&csv, 0);
    text_add(&table, text_cstr(&csv.out));
    approve(&acts, &two, text_cstr(&table), 64, "approves nothing");
    assert_int_equal(approvals_of(&acts, "end") + approvals_of(&acts, "beta"), 0);
    /* as a spreadsheet gives it back: beta's line, its last cell filled in */
    char *beta = strstr(table.data, two.digest[1]);
    assert_non_null(beta);
    size_t at = (size_t)(beta - table.data) + strlen(two.digest[1]) + 1;
    CLEANUP(mem_cleanup) char *rest = mem_strdup(table.data + at);
    table.length = at;
    text_add(&table, "approve");
    text_add(&table, rest);
    approve(&acts, &two, text_cstr(&table), 0, "beta: plan 1: 3 rows approved by ");
    assert_int_equal(approvals_of(&acts, "beta"), 3);
    assert_int_equal(approvals_of(&acts, "end"), 0);
}

TEST(approve_over_portals_needs_each_digest)
{
    WORLD(acts, 3, 4, NULL);
    WITH_TWO(two);
    CLEANUP(text_release) struct text table = TEXT_INIT;

    /* without one nothing is taken of the whole file */
    text_addf(&table, "portal;plan;digest;decision\nend;1;%s;approve\nbeta;1;;approve\n",
              two.digest[0]);
    approve(&acts, &two, text_cstr(&table), 64, "portal 'beta': it does not have the digest");
    assert_int_equal(approvals_of(&acts, "end"), 0);
    /* with that of another plan just the right one is */
    text_clear(&table);
    text_addf(&table, "portal;plan;digest;decision\nend;1;%s;approve\nbeta;1;%s;approve\n",
              two.digest[0], two.digest[0]);
    approve(&acts, &two, text_cstr(&table), 21, "beta: ");
    assert_int_equal(approvals_of(&acts, "end"), 3);
    assert_int_equal(approvals_of(&acts, "beta"), 0);
}

/* --- as somebody who may read no configuration --- */

#define DAEMON 1

static pid_t open_desk(struct acts *acts, const struct two *two, const char *config,
                       const char *desks, const char *name)
{
    CLEANUP(mem_cleanup) char *path = file_join(two->directory, config);
    CLEANUP(mem_cleanup) char *socket = file_join(desks, name);
    char *own = acts->end.config_path;

    acts->end.config_path = path;
    pid_t desk = end_open_desk(&acts->end, socket, 0666);
    acts->end.config_path = own;
    return desk;
}

static void approve_as_daemon(struct acts *acts, const char *desks, const char *table, int code,
                              const char *out, const char *err)
{
    CLEANUP(mem_cleanup) char *file = end_file(&acts->end, "daemons.csv", table, strlen(table));

    assert_int_equal(chmod(file, 0644), 0);
    CLEANUP(end_result_release)
    struct end_result result =
        end_run_as(&acts->end, DAEMON,
                   (const char *const[]){"--desk", desks, "approve", "--portals", file, "--reason",
                                         "an office closed", NULL});
    end_assert_code(&result, code);
    end_assert_says(&result.out, out);
    end_assert_says(&result.err, err);
}

TEST(approve_over_portals_asks_each_portals_desk)
{
    WORLD(acts, 3, 4, NULL);

    if (geteuid() != 0)
        skip();
    WITH_TWO(two);
    CLEANUP(text_release) struct text table = TEXT_INIT;
    CLEANUP(mem_cleanup) char *desks = probe_path(&acts.end.probe, "desks");
    assert_int_equal(mkdir(desks, 0755), 0);
    pid_t first = open_desk(&acts, &two, "a.conf", desks, "acme");
    pid_t second = open_desk(&acts, &two, "b.conf", desks, "brand");

    /* a digest of the other one, and a portal that nobody answers for */
    text_addf(&table,
              "portal,plan,digest,decision\nend,1,%s,approve\nbeta,1,%s,approve\n"
              "beta2,1,%s,approve\n",
              two.digest[1], two.digest[1], two.digest[1]);
    approve_as_daemon(&acts, desks, text_cstr(&table), 21,
                      "beta: plan 1: 3 rows approved by 'daemon'",
                      "beta2: no desk that could be read is of this portal");
    approve_as_daemon(&acts, desks, text_cstr(&table), 21, "", "end: its desk says why above");
    assert_int_equal(approvals_of(&acts, "end"), 0);
    assert_int_equal(approvals_of(&acts, "beta"), 3);
    text_clear(&table);
    text_addf(&table, "portal,plan,digest,decision\nend,1,%s,approve\nbeta,1,%s,\n", two.digest[0],
              two.digest[1]);
    approve_as_daemon(&acts, desks, text_cstr(&table), 0,
                      "end: plan 1: 3 rows approved by 'daemon'", "");
    assert_int_equal(approvals_of(&acts, "end"), 3);
    CLEANUP(mem_cleanup)
    char *reasons =
        acts_ask(&acts, "select string_agg(distinct reason, '; ') from reconcile.ruling");
    assert_string_equal(reasons, "an office closed");
    /* a directory is nobody's desk for what is about one portal */
    CLEANUP(end_result_release)
    struct end_result show =
        end_run_as(&acts.end, DAEMON, (const char *const[]){"--desk", desks, "show", "1", NULL});
    end_assert_code(&show, 64);
    end_assert_says(&show.err, "is a directory, and this is about one portal");
    /* two desks of one name: which is meant nobody can tell */
    pid_t third = open_desk(&acts, &two, "b.conf", desks, "copy");
    text_clear(&table);
    text_addf(&table, "portal,plan,digest,decision\nbeta,1,%s,approve\n", two.digest[1]);
    approve_as_daemon(&acts, desks, text_cstr(&table), 20, "",
                      "2 desks are of a portal of this name");
    end_close_desk(first);
    end_close_desk(second);
    end_close_desk(third);
}

/* What it is asked, and what was lent to be written on. */
static bool is_asked(int connection, int *ret_out)
{
    char words[4096] = "";
    union {
        char bytes[CMSG_SPACE(16 * sizeof(int))];
        size_t align;
    } control;
    struct iovec part = {.iov_base = words, .iov_len = sizeof(words) - 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    ssize_t length = recvmsg(connection, &message, 0);
    const struct cmsghdr *header = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;

    if (!header)
        return false;
    memcpy(ret_out, CMSG_DATA(header) + sizeof(int), sizeof(int));
    return memmem(words, (size_t)length, "status", strlen("status")) != NULL;
}

/* A service that says of which portal it is, and ends in the midst of what it is asked then. */
static pid_t open_mute_desk(const char *desks, const char *says)
{
    CLEANUP(mem_cleanup) char *path = file_join(desks, "mute");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int door = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), code = 0, out = -1;

    memcpy(address.sun_path, path, strlen(path));
    assert_int_equal(bind(door, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(door, 8) + chmod(path, 0666), 0);
    pid_t pid = fork();
    while (pid == 0) {
        int connection = accept(door, NULL, NULL);
        if (!is_asked(connection, &out) || write(out, says, strlen(says)) < 0 ||
            send(connection, &code, sizeof(code), 0) < 0)
            _exit(0);
    }
    (void)close(door);
    return pid;
}

TEST(approve_over_portals_does_not_know_what_nobody_answered)
{
    WORLD(acts, 3, 4, NULL);

    if (geteuid() != 0)
        skip();
    WITH_TWO(two);
    CLEANUP(text_release) struct text table = TEXT_INIT;
    CLEANUP(mem_cleanup) char *desks = probe_path(&acts.end.probe, "desks");
    assert_int_equal(mkdir(desks, 0755), 0);
    assert_int_equal(chmod(acts.end.probe.directory, 0711), 0);
    pid_t mute = open_mute_desk(desks, "{\"portal\": \"beta\"}");
    text_addf(&table, "portal,plan,digest,decision\nbeta,1,%s,approve\n", two.digest[1]);
    approve_as_daemon(&acts, desks, text_cstr(&table), 21,
                      "beta: it is not known whether it was taken",
                      "beta: whether it was taken is not known, 'show 1' of that portal says so");
    assert_int_equal(waitpid(mute, NULL, 0), mute);
    /* nobody is there any more: that is no for certain */
    approve_as_daemon(&acts, desks, text_cstr(&table), 20, "", "nobody answers at");
}

/* Two configurations of a name: which portal is meant nobody can tell. */
TEST(approve_over_portals_wants_one_configuration_of_each)
{
    WORLD(acts, 3, 4, NULL);
    WITH_TWO(two);
    CLEANUP(text_release) struct text table = TEXT_INIT;

    copy_config(&acts, two.directory, "c.conf"); /* beta again */
    text_addf(&table, "portal,plan,digest,decision\nend,1,%s,approve\nbeta,1,%s,approve\n",
              two.digest[0], two.digest[1]);
    approve(&acts, &two, text_cstr(&table), 21, "2 configurations are of a portal of this name");
    assert_int_equal(approvals_of(&acts, "end"), 3);
    assert_int_equal(approvals_of(&acts, "beta"), 0);
}

/* Each is told once, and does not keep the others. */
TEST(approve_over_portals_tells_once_what_it_cannot_read)
{
    WORLD(acts, 3, 4, NULL);
    WITH_TWO(two);
    CLEANUP(text_release) struct text table = TEXT_INIT;
    CLEANUP(mem_cleanup) char *file = NULL;

    for (const char *name = "xyz"; *name; name++) {
        const char broken[] = {*name, ' ', '=', ' ', '1', ';', '\0'};
        const char called[] = {*name, '.', 'c', 'o', 'n', 'f', '\0'};
        CLEANUP(mem_cleanup) char *path = file_join(two.directory, called);
        assert_int_equal(file_write(path, 0600, broken, strlen(broken), NULL), 0);
    }
    text_addf(&table, "portal,plan,digest,decision\nend,1,%s,approve\n", two.digest[0]);
    file = end_file(&acts.end, "portals.csv", text_cstr(&table), table.length);
    BARE(result, "--config", two.directory, "approve", "--portals", file);
    end_assert_code(&result, 0);
    for (const char *name = "xyz"; *name; name++) {
        const char says[] = {'\'', *name, '\'', '\0'};
        const char *first = strstr(text_cstr(&result.err), says);
        assert_non_null(first);
        assert_null(strstr(first + 1, says));
    }
}

TEST(approve_over_portals_refuses_what_it_cannot_mean)
{
    WORLD(acts, 2, 4, NULL);
    WITH_TWO(two);
    CLEANUP(text_release) struct text table = TEXT_INIT;

    text_addf(&table, "portal,plan,digest,decision\ngamma,1,%s,approve\n", two.digest[0]);
    approve(&acts, &two, text_cstr(&table), 20,
            "gamma: no configuration that could be read is of this portal");
    text_clear(&table);
    text_addf(&table, "portal,plan,digest,decision\nend,1,%s,approve\nend,1,%s,approve\n",
              two.digest[0], two.digest[0]);
    approve(&acts, &two, text_cstr(&table), 64, "approved twice");
    text_clear(&table);
    text_addf(&table, "portal,plan,digest,decision\nend,1,%s,yes\n", two.digest[0]);
    approve(&acts, &two, text_cstr(&table), 64, "takes 'approve', or nothing");
    approve(&acts, &two, "portal,plan,decision\nend,1,approve\n", 64,
            "no column is called 'digest'");
    assert_int_equal(approvals_of(&acts, "end"), 0);
    CLEANUP(mem_cleanup) char *file = end_file(&acts.end, "p.csv", "x", 1);
    BARE(both, "--config", two.directory, "approve", "--portals", file, "--override", "G7");
    end_assert_code(&both, 64);
    BARE(plan, "--config", two.directory, "approve", "1", "--portals", file);
    end_assert_code(&plan, 64);
}
