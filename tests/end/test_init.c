/*
 * The first hour: init makes a configuration that works as it is and cannot write to Bynder, from
 * options or at a terminal, and never replaces anything.
 */
#include <pty.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "config/config.h"
#include "end.h"
#include "host/file.h"
#include "test.h"

#define BARE(name, ...)                                                                            \
    CLEANUP(end_result_release)                                                                    \
    struct end_result name = end_run_bare(&first.end, (const char *const[]){__VA_ARGS__, NULL})

struct first {
    struct end end;
    char *config, *secret;
    char url[64], embedded[200];
};

static void first_begin(struct first *first)
{
    static const char *const options[] = {"--users", "20", "--seed", "5", NULL};
    CLEANUP(mem_cleanup) char *cluster = cluster_fixture_directory();
    CLEANUP(text_release) struct text url = TEXT_INIT;

    end_begin(&first->end, options);
    first->config = probe_path(&first->end.probe, "etc/new.conf"); /* its directory is made */
    first->secret = probe_path(&first->end.probe, "client-secret");
    text_addf(&url, "http://127.0.0.1:%u", first->end.probe.port);
    assert_true(url.length < sizeof(first->url) && strlen(cluster) < sizeof(first->embedded));
    memcpy(first->url, text_cstr(&url), url.length + 1);
    memcpy(first->embedded, cluster, strlen(cluster) + 1);
}

static void first_finish(struct first *first)
{
    free(first->config);
    free(first->secret);
    end_finish(&first->end);
}

#define FIRST(name)                                                                                \
    CLEANUP(first_finish) struct first name;                                                       \
    first_begin(&name)

#define ANSWERS_WITH(database)                                                                     \
    "--portal", first.url, "--client-id", "demo", "--secret-file", first.secret, "--roster",       \
        first.end.roster_path, "--database", database
#define ANSWERS ANSWERS_WITH(first.embedded)

static mode_t mode_of(const char *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

TEST(init_with_options_writes_a_configuration_that_works)
{
    FIRST(first);
    mode_t mask = umask(0);
    BARE(made, "--config", first.config, "init", ANSWERS);

    (void)umask(mask);
    end_assert_code(&made, 0);
    end_assert_silent_of(&made.out, "FAIL");
    end_assert_says(&made.out, "ok    portal");
    end_assert_says(&made.out, "all is well; next:");
    end_assert_says(&made.out, " roster check ");
    end_assert_says(&made.out, " plan ");
    end_assert_says(&made.out, " show --format html ");
    assert_int_equal(mode_of(first.config), 0640);
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "mode = \"report\";"));
    assert_non_null(strstr(config, "name = \"127\";"));            /* the first part of its host */
    assert_non_null(strstr(config, "guards: { max_same_days = ")); /* few people: few changes */
    assert_null(strstr(config, END_SECRET));
    BARE(roster, "--config", first.config, "roster", "check", "--format", "json");
    end_assert_code(&roster, 0);
    BARE(plan, "--config", first.config, "plan", "--format", "json");
    if (plan.code != 0 && plan.code != 20)
        end_assert_code(&plan, 0);
    BARE(run, "--config", first.config, "run");
    assert_int_equal(run.code, plan.code);
    end_assert_no_writes(&first.end);
}

TEST(init_replaces_nothing)
{
    FIRST(first);

    CLEANUP(mem_cleanup) char *directory = probe_path(&first.end.probe, "etc");
    assert_int_equal(file_make_directory(directory, 0700, NULL), 0);
    assert_int_equal(file_write(first.config, 0600, "mine", 4, NULL), 0);
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 78);
    end_assert_says(&made.err, "is there already and is not replaced");
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_string_equal(config, "mine");
}

TEST(init_without_an_answer_names_the_option)
{
    FIRST(first);
    BARE(made, "--config", first.config, "init", "--portal", first.url);

    end_assert_code(&made, 64);
    end_assert_says(&made.err, "init needs --client-id ID");
    assert_int_not_equal(access(first.config, F_OK), 0);
}

TEST(init_with_something_wrong_writes_checks_and_says_so)
{
    FIRST(first);
    BARE(made, "--config", first.config, "init", "--portal", "http://127.0.0.1:1", "--client-id",
         "demo", "--secret-file", first.secret, "--roster", "/nonexistent.csv", "--database",
         first.embedded, "--name", "say \"a\\b\"");

    end_assert_code(&made, 78); /* without a roster no column is known */
    end_assert_says(&made.err, "'roster.columns' has no key");
    end_assert_says(&made.out, "something is to be mended first");
    assert_int_equal(mode_of(first.config), 0640);
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "name = \"say \\\"a\\\\b\\\"\";"));
}

static void assert_said(const struct first *first, const char *name)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct config config;

    if (config_load(&arena, first->config, CONFIG_ALL_SECRETS, &config, NULL, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(config.portal.name, name);
}

TEST(init_writes_each_value_so_that_it_is_read_back_as_it_was)
{
    FIRST(first);
    static const char *const names[] = {
        "a \"quoted\" b",  "back\\slash", "\\",    "ends in \\\"",    "\\n \\x41 \\t",
        "# no comment",    "// neither",  "/* */", "@include \"/x\"", "Zo\xC3\xAB \xF0\x9F\x8C\xB1",
        "; }; x = \"y\";",
    };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        BARE(made, "--config", first.config, "init", ANSWERS_WITH("host=/nonexistent"), "--name",
             names[i]);
        end_assert_says(&made.out, "written: ");
        assert_said(&first, names[i]);
        assert_int_equal(unlink(first.config), 0);
    }
}

TEST(init_places_nothing_that_it_could_not_read_back)
{
    FIRST(first);
    CLEANUP(text_release) struct text big = TEXT_INIT;
    const char *names[] = {"line\nbreak", "tab\there", "bell\a", "\x7F", NULL};

    while (big.length <= LIMIT_FIELD)
        text_add(&big, "0123456789abcdef");
    names[COUNT_OF(names) - 1] = text_cstr(&big);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        BARE(made, "--config", first.config, "init", ANSWERS_WITH("host=/nonexistent"), "--name",
             names[i]);
        end_assert_code(&made, 78);
        end_assert_says(&made.err, "nothing was written: 'portal.name'");
        assert_int_not_equal(access(first.config, F_OK), 0);
    }
}

/* What HR's file has in it is no answer of anybody's: it is left out, and the rest is written. */
TEST(init_leaves_out_what_of_the_roster_a_configuration_cannot_say)
{
    FIRST(first);
    static const char roster[] =
        "E-mail,Employee number\xA0,Status,Name\n"
        "a@acme.example,1,Active,A\nb@acme.example,2,Terminated \x96 laid off,B\n";

    assert_int_equal(file_write(first.end.roster_path, 0644, roster, strlen(roster), NULL), 0);
    BARE(made, "--config", first.config, "init", ANSWERS_WITH("host=/nonexistent"));
    end_assert_says(&made.out, "written: ");
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "email = \"E-mail\";"));
    assert_null(strstr(config, "employee_number = "));
    assert_non_null(strstr(config, "employed = [ \"Active\" ];"));
    assert_null(strstr(config, "departed = "));
    assert_non_null(strstr(config, "# which list is this word for? Terminated \\x96 laid off\n"));
    assert_said(&first, "127");
}

/* --- for the package's units --- */

/* An /etc of this test's own, in which the package is installed; false where none can be made. */
static bool install_package(struct first *first)
{
    static const char *const made[] = {"etc-upper", "etc-work"};
    CLEANUP(text_release) struct text options = TEXT_INIT;
    CLEANUP(mem_cleanup) char *above = probe_path(&first->end.probe, "overlay");

    if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mkdir(above, 0755) < 0 ||
        mount("none", above, "tmpfs", 0, "mode=0755,size=8m") < 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(made); i++) {
        CLEANUP(mem_cleanup) char *path = file_join(above, made[i]);
        assert_int_equal(mkdir(path, 0755), 0);
    }
    text_addf(&options, "lowerdir=/etc,upperdir=%s/etc-upper,workdir=%s/etc-work", above, above);
    if (mount("overlay", "/etc", "overlay", 0, text_cstr(&options)) < 0)
        return false;
    FILE *group = fopen("/etc/group", "a");
    assert_non_null(group);
    assert_true(fputs("bynder-reconcile:x:54321:\n", group) >= 0);
    assert_int_equal(fclose(group), 0);
    return mkdir("/etc/bynder-reconcile", 0755) == 0;
}

static void purge_package(const struct first *first)
{
    CLEANUP(mem_cleanup) char *above = probe_path(&first->end.probe, "overlay");

    assert_int_equal(umount("/etc"), 0);
    assert_int_equal(umount(above), 0);
}

#define INSTALLED  "/etc/bynder-reconcile/acme.conf"
#define CREDENTIAL "/etc/credstore/bynder-reconcile.acme.client-secret"

TEST(init_for_the_units_writes_what_works_under_them)
{
    FIRST(first);
    struct stat status;

    if (!install_package(&first))
        skip();
    BARE(made, "--config", INSTALLED, "init", "--portal", first.url, "--client-id", "demo",
         "--secret-file", first.secret, "--roster", first.end.roster_path);
    end_assert_code(&made, 0);
    end_assert_says(&made.out, "written: " INSTALLED);
    end_assert_says(&made.out, "bynder-reconcile @acme roster check ");
    end_assert_says(&made.out, "\n  systemctl start bynder-reconcile-plan@acme ");
    end_assert_says(&made.out, "bynder-reconcile @acme show --format html ");
    CLEANUP(mem_cleanup) char *config = end_read(INSTALLED);
    assert_non_null(strstr(config, "client_secret_credential = \"client-secret\";"));
    assert_null(strstr(config, "client_secret_file"));
    assert_non_null(strstr(config, "embedded = \"/var/lib/bynder-reconcile/acme\";"));
    assert_non_null(strstr(config, "state_directory = \"/var/lib/bynder-reconcile\";"));
    assert_non_null(strstr(config, "directory = \"/var/lib/bynder-reconcile/reports/acme\";"));
    assert_int_equal(stat(INSTALLED, &status), 0);
    assert_int_equal(status.st_gid, 54321);
    assert_int_equal(status.st_mode & 07777, 0640);
    assert_int_equal(stat(CREDENTIAL, &status), 0);
    assert_int_equal(status.st_uid, 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    CLEANUP(mem_cleanup) char *secret = end_read(CREDENTIAL);
    assert_string_equal(secret, END_SECRET "\n");
    BARE(roster, "--config", INSTALLED, "roster", "check"); /* needs no secret */
    end_assert_code(&roster, 0);
    purge_package(&first);
}

TEST(init_for_the_units_replaces_no_secret)
{
    FIRST(first);

    if (!install_package(&first))
        skip();
    assert_int_equal(file_make_directory("/etc/credstore", 0700, NULL), 0);
    assert_int_equal(file_write(CREDENTIAL, 0600, "mine", 4, NULL), 0);
    BARE(refused, "--config", INSTALLED, "init", "--portal", first.url, "--client-id", "demo",
         "--secret-file", first.secret, "--roster", first.end.roster_path);
    end_assert_code(&refused, 78);
    end_assert_says(&refused.err, "'" CREDENTIAL "' is there already and is not replaced");
    assert_int_not_equal(access(INSTALLED, F_OK), 0);
    BARE(made, "--config", INSTALLED, "init", "--portal", first.url, "--client-id", "demo",
         "--roster", first.end.roster_path); /* it is used as it is */
    end_assert_code(&made, 0);
    CLEANUP(mem_cleanup) char *secret = end_read(CREDENTIAL);
    assert_string_equal(secret, "mine");
    purge_package(&first);
}

TEST(init_for_the_units_without_a_secret_names_the_option)
{
    FIRST(first);

    if (!install_package(&first))
        skip();
    BARE(made, "--config", INSTALLED, "init", "--portal", first.url, "--client-id", "demo",
         "--roster", first.end.roster_path);
    end_assert_code(&made, 64);
    end_assert_says(&made.err, "init needs --secret-file FILE");
    assert_int_not_equal(access(INSTALLED, F_OK), 0);
    purge_package(&first);
}

/* --- at a terminal --- */

static pid_t start_at_terminal(struct first *first, int *ret_terminal)
{
    char *const argv[] = {mem_strdup(PROGRAM_PATH), mem_strdup("--config"),
                          mem_strdup(first->config), mem_strdup("init"), NULL};
    pid_t pid = forkpty(ret_terminal, NULL, NULL, NULL);

    assert_true(pid >= 0);
    if (pid == 0) {
        execv(argv[0], argv);
        _exit(127);
    }
    for (size_t i = 0; argv[i]; i++)
        free(argv[i]);
    return pid;
}

/* Reads until these words, or to the end when they are NULL. */
static void read_until(int terminal, struct text *seen, const char *words)
{
    char bytes[512];
    ssize_t got;

    while (!words || !strstr(text_cstr(seen), words)) {
        got = read(terminal, bytes, sizeof(bytes));
        if (got <= 0 && !words)
            return;
        if (got <= 0)
            fail_msg("'%s' never came: %s", words, text_cstr(seen));
        text_add_bytes(seen, bytes, (size_t)got);
    }
}

static void answer(int terminal, struct text *seen, const char *question, const char *words)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;

    read_until(terminal, seen, question);
    text_clear(seen);
    text_addf(&line, "%s\n", words);
    assert_int_equal(write(terminal, line.data, line.length), line.length);
}

/* Everything that is asked, with this name of the portal; how the program ended. */
static int answer_all(struct first *first, const char *name, const char *secret, struct text *seen)
{
    int terminal = -1, status = 0;
    pid_t pid = start_at_terminal(first, &terminal);

    answer(terminal, seen, "Address of the portal, like https://acme.bynder.com: ", first->url);
    answer(terminal, seen, "Its name in the history [127]: ", name);
    answer(terminal, seen, "Client id of the OAuth app in Bynder: ", "demo");
    answer(terminal, seen, "HR's roster, a file or an address: ", first->end.roster_path);
    answer(terminal, seen, "Directory of the database, or a connection string [", first->embedded);
    answer(terminal, seen, "(made when it is not there): ", secret);
    answer(terminal, seen, "The client secret (it is not shown): ", END_SECRET);
    read_until(terminal, seen, NULL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    (void)close(terminal);
    return status;
}

TEST(init_at_a_terminal_asks_and_keeps_the_secret_to_itself)
{
    FIRST(first);
    CLEANUP(mem_cleanup) char *secret = probe_path(&first.end.probe, "new-secret");
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    int status = answer_all(&first, "acme", secret, &seen);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("status %d: %s", status, text_cstr(&seen));
    end_assert_silent_of(&seen, END_SECRET);
    end_assert_says(&seen, "all is well; next:");
    assert_int_equal(mode_of(secret), 0600);
    CLEANUP(mem_cleanup) char *content = end_read(secret);
    assert_string_equal(content, END_SECRET "\n");
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "name = \"acme\";"));
}

/* What is given as an option is looked at before; what is typed is not. */
TEST(init_at_a_terminal_places_nothing_when_an_answer_is_no_text)
{
    FIRST(first);
    CLEANUP(mem_cleanup) char *secret = probe_path(&first.end.probe, "new-secret");
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    int status = answer_all(&first, "latin \xE9", secret, &seen);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 78);
    end_assert_says(&seen,
                    "nothing was written: 'portal.name' holds a control character or is not");
    assert_int_not_equal(access(secret, F_OK), 0);
    assert_int_not_equal(access(first.config, F_OK), 0);
}
