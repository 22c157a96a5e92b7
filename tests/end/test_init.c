/*
 * The first hour: init makes a configuration that works as it is and cannot write to Bynder, from
 * options or at a terminal, and never replaces anything.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "config/config.h"
#include "first.h"
#include "host/file.h"
#include "test.h"

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
    assert_non_null(strstr(config, "name = \"127.0.0.1\";")); /* the first part of its host */
    assert_non_null(strstr(config, "max_same_days = "));      /* few people: few changes */
    assert_non_null(strstr(config, "username = [ \"svc-*\" ]"));
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
    end_assert_says(&made.err, "is there already and cannot be read");
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

TEST(init_with_a_portal_that_does_not_answer_writes_checks_and_says_so)
{
    FIRST(first);
    BARE(made, "--config", first.config, "init", "--portal", "http://127.0.0.1:1", "--client-id",
         "demo", "--secret-file", first.secret, "--roster", first.end.roster_path, "--database",
         first.embedded, "--name", "say \"a\\b\"");

    end_assert_code(&made, 69);
    end_assert_says(&made.out, "FAIL  portal");
    end_assert_says(&made.out, "something is to be mended first");
    assert_int_equal(mode_of(first.config), 0640);
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "name = \"say \\\"a\\\\b\\\"\";"));
}

TEST(init_looks_at_each_option_before_anything_is_written)
{
    FIRST(first);
    const struct {
        const char *option, *value, *says;
        int code;
    } wrong[] = {
        {"--portal", "acme.bynder.com", "--portal: 'portal.url'", 78},
        {"--portal", "http://acme.bynder.com", "--portal: 'portal.url'", 78},
        {"--roster", "/nonexistent.csv", "--roster: cannot read '/nonexistent.csv'", 65},
        {"--roster", "/tmp", "--roster: '/tmp' is no file", 65},
        {"--time-zone", "Mars/Olympus", "--time-zone: ", 78},
        {"--secret-file", first.end.roster_path, "--secret-file: ", 78},
    };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        BARE(made, "--config", first.config, "init", ANSWERS, wrong[i].option, wrong[i].value);
        end_assert_says(&made.err, wrong[i].says);
        end_assert_code(&made, wrong[i].code);
        assert_int_not_equal(access(first.config, F_OK), 0);
    }
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
        end_assert_says(&made.err, "--name: 'portal.name'");
        assert_int_not_equal(access(first.config, F_OK), 0);
    }
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
