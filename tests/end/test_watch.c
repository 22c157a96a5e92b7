/*
 * The table of conditions in docs/operations.md: what each of them leads to, as exit code, figure,
 * log line and message. A missed night shows in a figure that gets older, which is for the alert
 * rules to see (tests/prometheus).
 */
#include <ctype.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/parse.h"
#include "cluster_fixture.h"
#include "host/clock.h"
#include "host/file.h"
#include "test.h"
#include "told.h"

#define P       "{portal=\"end\"}"
#define SUBJECT "[bynder-reconcile] end: "

/* --- the file --- */

/* One line of a sample: the family's name, labels, a number. */
static void check_sample(const char *line, const char *family)
{
    size_t length = strlen(family);
    double value;

    if (strncmp(line, family, length) != 0 || line[length] != '{')
        fail_msg("not of family %s: %s", family, line);
    const char *end = strstr(line, "} ");
    if (!end || !strstr(line, "portal=\"") || !parse_double(end + 2, -1e18, 1e18, &value))
        fail_msg("no sample: %s", line);
}

/* The exposition format: HELP, TYPE, samples of that family and of no other, each family once. */
static void check_format(const char *metrics)
{
    char family[128] = "", seen[8192] = "\n";
    enum { HELP, TYPE, SAMPLES } wanted = HELP;

    for (const char *at = metrics; *at; at += strcspn(at, "\n") + 1) {
        CLEANUP(mem_cleanup) char *line = mem_strndup(at, strcspn(at, "\n"));
        size_t length = strcspn(line + (text_starts(line, "# ") ? 7 : 0), " {");

        assert_true(at[strcspn(at, "\n")] == '\n');
        if (text_starts(line, "# HELP ")) {
            CLEANUP(text_release) struct text key = TEXT_INIT;
            assert_true(wanted != TYPE && length < sizeof(family));
            memcpy(family, line + 7, length);
            family[length] = '\0';
            text_addf(&key, "\n%s\n", family);
            assert_null(strstr(seen, text_cstr(&key)));
            assert_true(strlen(seen) + key.length < sizeof(seen));
            memcpy(seen + strlen(seen), text_cstr(&key) + 1, key.length);
            wanted = TYPE;
        } else if (text_starts(line, "# TYPE ")) {
            assert_true(wanted == TYPE && strncmp(line + 7, family, length) == 0);
            assert_string_equal(line + 7 + length, " gauge");
            wanted = SAMPLES;
        } else {
            assert_true(wanted == SAMPLES);
            check_sample(line, family);
        }
    }
    assert_true(wanted == SAMPLES);
}

static void check_with_promtool(struct told *told)
{
    const char *const words[] = {"sh", "-c",
                                 SOURCE_DIR "/build/tools/promtool check metrics < "
                                            "end.prom",
                                 NULL};
    CLEANUP(text_release) struct text out = TEXT_INIT;

    if (access(SOURCE_DIR "/build/tools/promtool", X_OK) != 0)
        return; /* `make check-rules` brings it; check_format looks in any case */
    end_tool(told->acts.end.probe.directory, words, &out);
    assert_string_equal(text_cstr(&out), "");
}

/* As the program has it: the worlds of acts live on another day. */
static double now(void)
{
    const struct clock *clock = clock_system();
    const char *days = getenv("CLOCK_DAYS");

    return (double)clock->now(clock->self).us / 1e6 + (days ? strtod(days, NULL) * 86400 : 0);
}

TEST(run_writes_figures_that_are_true)
{
    TOLD(told, 3, 4);
    struct stat status;
    double began = now();

    told.more = "approval: { suspend = 0; };";
    told_configure(&told);
    end_set(&told.acts.end, END_PORTAL, END_FREELY "contracted_seats = 9;");
    told_run(&told, 0);
    CLEANUP(mem_cleanup) char *metrics = end_read(told.metrics_path);
    check_format(metrics);
    check_with_promtool(&told);
    assert_int_equal(stat(told.metrics_path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    assert_true(told_metric(&told, "last_success_timestamp_seconds" P) >= (double)(int64_t)began);
    assert_true(told_metric(&told, "last_success_timestamp_seconds" P) <= now());
    assert_true(told_metric(&told, "last_run_duration_seconds" P) < 60);
    assert_true(told_metric(&told, "last_run_exit_code" P) == 0);
    assert_true(told_metric(&told, "accounts{portal=\"end\",status=\"active\"}") == 8);
    assert_true(told_metric(&told, "seats" P) == 8);
    assert_true(told_metric(&told, "seats_after_plan" P) == 5);
    assert_true(told_metric(&told, "seats_contracted" P) == 9);
    assert_true(told_metric(&told, "planned{portal=\"end\",action=\"suspend\"}") == 3);
    assert_true(told_metric(&told, "plan_to_approve" P) == 1);
    assert_true(told_metric(&told, "guard_held{portal=\"end\",guard=\"G2\"}") == 0);
    assert_true(told_metric(&told, "done{portal=\"end\",action=\"suspend\"}") == 0);
    assert_true(told_metric(&told, "open_steps" P) == 0);
    assert_true(told_metric(&told, "requests" P) == end_stat(&told.acts.end, "requests"));
    assert_true(told_metric(&told, "responses_429" P) == 0);
    assert_int_equal((int64_t)told_metric(&told, "audit_head_sequence" P),
                     end_count(&told.acts.end, "select sequence from reconcile.audit_head"));
    acts_plan(&told.acts, 0);
    acts_approve_only(&told.acts, told.acts.row[0].id); /* G11; the others need nobody then */
    told_run(&told, 0);
    assert_true(told_metric(&told, "done{portal=\"end\",action=\"suspend\"}") == 3);
    assert_true(told_metric(&told, "seats" P) == 8); /* of the snapshot, before the acts */
    assert_true(told_metric(&told, "plan_to_approve" P) == 0);
    RUN(plan, &told.acts.end, "plan"); /* a person's question leaves the figures alone */
    CLEANUP(mem_cleanup) char *after = end_read(told.metrics_path);
    assert_null(strstr(after, "bynder_reconcile_seats{portal=\"end\"} 5\n"));
}

TEST(held_plan_shows_its_guard)
{
    TOLD(told, 3, 4);

    end_hold(&told.acts.end);
    told_run(&told, 20);
    assert_true(told_metric(&told, "guard_held{portal=\"end\",guard=\"G2\"}") == 1);
    assert_true(told_metric(&told, "guard_held{portal=\"end\",guard=\"G4\"}") == 0);
    assert_true(told_metric(&told, "last_run_exit_code" P) == 20);
    assert_true(told_metric(&told, "plan_to_approve" P) == 0);
    assert_true(told_metric(&told, "last_success_timestamp_seconds" P) > 0);
}

/* --- conditions --- */

/* A good night, then one that ends so: the last success stays, the exit code is told. */
struct condition {
    int code;
    const char *log, *subject;
};

static void check_condition(struct told *told, double success, const struct condition *condition,
                            const struct end_result *result)
{
    end_assert_code(result, condition->code);
    end_assert_says(&result->err, condition->log);
    assert_true(told_metric(told, "last_run_exit_code" P) == condition->code);
    assert_true(told_metric(told, "last_success_timestamp_seconds" P) == success);
    assert_true(told_metric(told, "last_run_timestamp_seconds" P) >= success);
    assert_int_equal(sink_count(&told->mail), 1);
    told_check_subject(told, 1, condition->subject);
}

static double good_night(struct told *told)
{
    told_run(told, 0);
    assert_int_equal(sink_count(&told->mail), 0);
    return told_metric(told, "last_success_timestamp_seconds" P);
}

TEST(hung_portal)
{
    static const struct condition condition = {
        69, "error: ", SUBJECT "run failed: not reachable (exit code 69)"};
    TOLD(told, 0, 4);
    double success = good_night(&told);

    end_set(&told.acts.end, END_PORTAL, END_FREELY "timeout = 1; patience = 2;");
    end_fault(&told.acts.end, "hang");
    RUN(result, &told.acts.end, "run");
    check_condition(&told, success, &condition, &result);
    assert_true(told_metric(&told, "requests" P) > 0);
}

TEST(revoked_token)
{
    static const struct condition condition = {
        77, "401", SUBJECT "run failed: token lacks a right (exit code 77)"};
    TOLD(told, 0, 4);
    double success = good_night(&told);

    end_fault(&told.acts.end, "error=401:/api/");
    RUN(result, &told.acts.end, "run");
    check_condition(&told, success, &condition, &result);
}

TEST(refused_roster)
{
    static const struct condition condition = {65, "roster",
                                               SUBJECT "run failed: roster refused (exit code 65)"};
    TOLD(told, 0, 4);
    double success = good_night(&told);

    free(end_file(&told.acts.end, "empty.csv", "", 0));
    end_set(&told.acts.end, END_SOURCE, "empty.csv");
    RUN(result, &told.acts.end, "run");
    check_condition(&told, success, &condition, &result);
}

TEST(database_away)
{
    static const struct condition condition = {
        69, "error: ", SUBJECT "run failed: not reachable (exit code 69)"};
    TOLD(told, 0, 4);
    double success = good_night(&told);

    end_set(&told.acts.end, END_DATABASE, "conninfo = \"host=127.0.0.1 port=1 dbname=none\";");
    RUN(result, &told.acts.end, "run");
    check_condition(&told, success, &condition, &result);
    assert_true(told_metric(&told, "seats" P) == 5); /* what is known from before stays */
    CLEANUP(mem_cleanup) char *metrics = end_read(told.metrics_path);
    check_format(metrics);
}

TEST(crashed_run)
{
    TOLD(told, 0, 4);
    double success = good_night(&told);

    struct end_child child = told_start_run(&told);
    (void)kill(child.pid, SIGKILL);
    CLEANUP(end_result_release) struct end_result killed = end_wait(&child);
    assert_int_equal(killed.code, 128 + SIGKILL);
    assert_true(told_metric(&told, "last_success_timestamp_seconds" P) == success); /* gets older */
    RUN(status, &told.acts.end, "status");
    end_assert_says(&status.out, "cut off");
    end_clear_faults(&told.acts.end);
    RUN(next, &told.acts.end, "run");
    end_assert_code(&next, 0);
    end_assert_says(&next.err, "warning: run 2 ('run' on host '");
    assert_int_equal(sink_count(&told.mail), 1);
    told_check_subject(&told, 1, SUBJECT "run 2 was cut off");
    assert_true(told_metric(&told, "last_success_timestamp_seconds" P) > success);
}

TEST(run_that_finds_the_lock_held)
{
    TOLD(told, 0, 4);
    double success = good_night(&told), requests = told_metric(&told, "requests" P);

    assert_true(requests > 0);
    struct end_child child = told_start_run(&told);
    RUN(same_host, &told.acts.end, "run");
    end_assert_code(&same_host, 75);
    assert_true(told_metric(&told, "requests" P) ==
                requests);                          /* not those of a run that did nothing */
    assert_int_equal(unlink(told.metrics_path), 0); /* as on another host */
    RUN(second, &told.acts.end, "run");
    end_assert_code(&second, 75);
    assert_true(told_metric(&told, "last_run_exit_code" P) == 0); /* of the last that ended */
    assert_true(told_metric(&told, "last_success_timestamp_seconds" P) == success);
    end_clear_faults(&told.acts.end);
    CLEANUP(end_result_release) struct end_result first = end_wait(&child);
    end_assert_code(&first, 0);
    assert_int_equal(sink_count(&told.mail), 0);
}

/* --- a full disk --- */

/* A file system of its own; false where that cannot be made. */
static bool make_disk(const char *path, const char *size)
{
    CLEANUP(text_release) struct text options = TEXT_INIT;

    text_addf(&options, "mode=0755,size=%s", size);
    return mkdir(path, 0755) == 0 && unshare(CLONE_NEWNS) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", path, "tmpfs", 0, text_cstr(&options)) == 0;
}

/* Full but for `left` bytes. */
static void fill(const char *path, size_t left)
{
    struct statvfs space;

    assert_int_equal(statvfs(path, &space), 0);
    CLEANUP(mem_cleanup) char *filler = file_join(path, "filler");
    size_t size = space.f_bavail * space.f_bsize - left;
    CLEANUP(mem_cleanup) char *bytes = mem_calloc(1, size);
    assert_int_equal(file_write(filler, 0600, bytes, size, NULL), 0);
}

TEST(full_disk_under_the_reports)
{
    static const struct condition condition = {70, "No space left on device",
                                               SUBJECT "run failed: internal error (exit code 70)"};
    TOLD(told, 0, 4);
    double success = good_night(&told);
    CLEANUP(mem_cleanup) char *full = probe_path(&told.acts.end.probe, "full");

    if (!make_disk(full, "1m"))
        skip();
    fill(full, 0);
    told.more = "report: { directory = \"full/reports\"; };";
    told_configure(&told);
    RUN(result, &told.acts.end, "run");
    check_condition(&told, success, &condition, &result);
    (void)umount(full);
}

TEST(full_disk_under_the_figures)
{
    TOLD(told, 0, 4);
    CLEANUP(mem_cleanup) char *full = probe_path(&told.acts.end.probe, "full");
    CLEANUP(mem_cleanup) char *metrics = file_join(full, "end.prom");

    if (!make_disk(full, "1m"))
        skip();
    fill(full, 4096);
    /* The old file stays whole, and gets older: the alert for a missed night is the one for this.
     */
    assert_int_equal(file_write(metrics, 0644, "x 1\n", 4, NULL), 0);
    end_set(&told.acts.end, END_REST, "metrics: { textfile = \"full/end.prom\"; };");
    RUN(result, &told.acts.end, "run");
    end_assert_code(&result, 0);
    end_assert_says(&result.err, "warning: metrics: cannot write");
    CLEANUP(mem_cleanup) char *content = end_read(metrics);
    assert_string_equal(content, "x 1\n");
    (void)umount(full);
}

TEST(full_disk_under_the_database)
{
    TOLD(told, 0, 4);
    CLEANUP(mem_cleanup) char *disk = cluster_fixture_directory();

    if (!make_disk(disk, "160m"))
        skip();
    end_set(&told.acts.end, END_DATABASE, "embedded = \"%s/pg\";", disk);
    double success = good_night(&told);
    fill(disk, 0);
    RUN(result, &told.acts.end, "run");
    end_assert_code(&result, 69);
    end_assert_says(&result.err, "No space left on device");
    assert_true(told_metric(&told, "last_run_exit_code" P) == result.code);
    assert_true(told_metric(&told, "last_success_timestamp_seconds" P) == success);
    assert_int_equal(sink_count(&told.mail), 1);
    CLEANUP(mem_cleanup) char *filler = file_join(disk, "filler");
    assert_int_equal(unlink(filler), 0);
    told_run(&told, 0); /* it comes back by itself */
    told_check_subject(&told, 2, SUBJECT "all clear again");
    (void)umount(disk);
}

/* --- the journal --- */

/* A socket where the journal's is, seen by this test and its children alone; -1 where that cannot
 * be made. */
static int listen_as_journal(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/journal/socket"};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("none", "/run", "tmpfs", 0, "size=1m") < 0 || mkdir("/run/systemd", 0755) < 0 ||
        mkdir("/run/systemd/journal", 0755) < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

TEST(journal_gets_lines_with_portal_run_and_plan)
{
    const char *const words[] = {"sh", "-c",
                                 "touch log && JOURNAL_STREAM=$(stat -c %d:%i log) && export "
                                 "JOURNAL_STREAM && exec " PROGRAM_PATH
                                 " --config end.conf run > /dev/null 2> log",
                                 NULL};
    TOLD(told, 3, 4);
    CLEANUP(text_release) struct text out = TEXT_INIT, entries = TEXT_INIT;
    char entry[4096];
    ssize_t got;

    CLEANUP(cleanup_fd) int fd = listen_as_journal();
    if (fd < 0)
        skip();
    end_tool(told.acts.end.probe.directory, words, &out);
    while ((got = recv(fd, entry, sizeof(entry), 0)) > 0)
        text_addf(&entries, "%.*s--\n", (int)got, entry);
    end_assert_says(&entries, "PRIORITY=6\nSYSLOG_IDENTIFIER=bynder-reconcile\n"
                              "MESSAGE=told by mail: approval\nPORTAL=end\nRUN=1\nPLAN=1\n--\n");
    CLEANUP(mem_cleanup) char *path = probe_path(&told.acts.end.probe, "log");
    CLEANUP(mem_cleanup) char *log = end_read(path);
    assert_string_equal(log, "");
}
