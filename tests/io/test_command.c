/*
 * Commands that are printed, by how this process was called and who it is. That they work when they
 * are pasted is asked of the program itself, in tests/end/test_commands.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/table.h"
#include "host/command.h"
#include "host/file.h"
#include "test.h"

static char directory[] = "/tmp/command-XXXXXX";

/* Nobody's sudo, no terminal to speak of, the usual configuration. */
static int begin(void **state)
{
    (void)state;
    command_set_config(NULL);
    command_set_credentials(false);
    return unsetenv("SUDO_UID") | unsetenv(COMMAND_CONFIG_VARIABLE) | setenv("PATH", "/nowhere", 1);
}

TEST_EACH(begin, NULL);

static void check(const char *wanted)
{
    CLEANUP(mem_cleanup) char *is = command_make("show %d", 12);

    assert_string_equal(is, wanted);
}

TEST(command_names_the_configuration_it_was_called_with)
{
    static const struct {
        const char *path, *wanted;
    } cases[] = {
        {NULL, "bynder-reconcile show 12"},
        {"/etc/bynder-reconcile/bynder-reconcile.conf", "bynder-reconcile show 12"},
        {"/etc/bynder-reconcile/acme.conf", "bynder-reconcile @acme show 12"},
        {"/etc/bynder-reconcile/acme.eu-1_x.conf", "bynder-reconcile @acme.eu-1_x show 12"},
        {"/etc/bynder-reconcile/-acme.conf",
         "bynder-reconcile --config /etc/bynder-reconcile/-acme.conf show 12"},
        {"/etc/bynder-reconcile/acme",
         "bynder-reconcile --config /etc/bynder-reconcile/acme show 12"},
        {"/etc/bynder-reconcile/a b.conf",
         "bynder-reconcile --config '/etc/bynder-reconcile/a b.conf' show 12"},
        {"/etc/bynder-reconcile/more/acme.conf",
         "bynder-reconcile --config /etc/bynder-reconcile/more/acme.conf show 12"},
        {"/srv/Anna's/$(x).conf", "bynder-reconcile --config '/srv/Anna'\\''s/$(x).conf' show 12"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        command_set_config(cases[i].path);
        check(cases[i].wanted);
    }
}

TEST(command_names_the_usual_configuration_where_the_environment_names_another)
{
    command_set_config(COMMAND_CONFIG_DEFAULT);
    assert_int_equal(setenv(COMMAND_CONFIG_VARIABLE, "/srv/x.conf", 1), 0);
    check("bynder-reconcile @bynder-reconcile show 12");
}

TEST(command_with_a_relative_path_works_from_anywhere)
{
    CLEANUP(mem_cleanup) char *here = getcwd(NULL, 0);
    CLEANUP(text_release) struct text wanted = TEXT_INIT;

    text_add(&wanted, "bynder-reconcile --config ");
    CLEANUP(mem_cleanup) char *path = file_join(here, "x.conf");
    command_quote(&wanted, path);
    text_add(&wanted, " show 12");
    command_set_config("x.conf");
    check(text_cstr(&wanted));
    command_set_config("./x.conf");
    check(text_cstr(&wanted));
}

/* A word is shown before it is pasted, and what is shown must be it. */
TEST(command_quotes_what_is_no_text_so_that_it_can_be_pasted)
{
    static const struct {
        const char *word, *wanted;
    } cases[] = {
        {"a.json", "a.json"},
        {"it's", "'it'\\''s'"},
        {"M\xc3\xa4rz 1", "'M\xc3\xa4rz 1'"},
        {"M\xe4rz", "$'M\\344rz'"},
        {"two\nlines'\\", "$'two\\012lines\\047\\134'"},
        {"a\xe2\x80\x8b"
         "1",
         "$'a\\342\\200\\2131'"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text quoted = TEXT_INIT;
        command_quote(&quoted, cases[i].word);
        assert_string_equal(text_cstr(&quoted), cases[i].wanted);
    }
}

TEST(command_config_of_takes_plain_names_only)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    static const char *const wrong[] = {"@", "acme", "@a/b", "@../x", "@.x", "@a b", "@-x", "@"};

    assert_string_equal(command_config_of(&arena, "@acme"), "/etc/bynder-reconcile/acme.conf");
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_null(command_config_of(&arena, wrong[i]));
}

static void check_portal(enum command_portal what, const char *wanted)
{
    CLEANUP(text_release) struct text is = TEXT_INIT;

    command_add_portal(&is, what, 12);
    assert_string_equal(text_cstr(&is), wanted);
}

TEST(command_that_needs_secrets_of_systemd_starts_a_unit)
{
    command_set_config("/etc/bynder-reconcile/acme.conf");
    check_portal(COMMAND_APPLY, "bynder-reconcile @acme apply 12");
    command_set_credentials(true);
    check_portal(COMMAND_PLAN, "systemctl start bynder-reconcile-plan@acme");
    check_portal(COMMAND_APPLY, "systemctl start bynder-reconcile@acme");
    check_portal(COMMAND_RUN, "systemctl start bynder-reconcile@acme");
    check_portal(COMMAND_CHECK, "systemctl start bynder-reconcile-check@acme; "
                                "journalctl -n 20 -o cat -u bynder-reconcile-check@acme");
    command_set_config("/srv/acme.conf"); /* no unit of ours reads it */
    check_portal(COMMAND_APPLY, "bynder-reconcile --config /srv/acme.conf apply 12");
}

/* A machine that has sudo, for a process that root's sudo started. */
static void let_there_be_sudo(void)
{
    if (!mkdtemp(directory))
        fail_msg("no directory");
    CLEANUP(mem_cleanup) char *sudo = file_join(directory, "sudo");
    assert_int_equal(file_write(sudo, 0700, "#!/bin/sh\n", 10, NULL), 0);
    assert_int_equal(setenv("PATH", directory, 1), 0);
}

TEST(command_for_who_is_no_root_begins_with_sudo)
{
    if (geteuid() != 0)
        skip();
    assert_int_equal(setenv("SUDO_UID", "1", 1), 0);
    check("bynder-reconcile show 12"); /* there is none here */
    let_there_be_sudo();
    check("sudo bynder-reconcile show 12");
    command_set_config("/etc/bynder-reconcile/acme.conf");
    check("bynder-reconcile @acme show 12"); /* at the desk root is nobody */
    CLEANUP(mem_cleanup) char *migrate = command_make("migrate");
    assert_string_equal(migrate, "sudo bynder-reconcile @acme migrate");
    assert_int_equal(unsetenv("SUDO_UID") | setenv("SUDO_USER", "carol", 1), 0); /* `sudo env -u` */
    CLEANUP(mem_cleanup) char *roster = command_make("roster check");
    assert_string_equal(roster, "sudo bynder-reconcile @acme roster check");
    assert_int_equal(unsetenv("SUDO_USER"), 0);
    command_set_credentials(true);
    check_portal(COMMAND_CHECK, "sudo systemctl start bynder-reconcile-check@acme; "
                                "sudo journalctl -n 20 -o cat -u bynder-reconcile-check@acme");
    CLEANUP(mem_cleanup) char *sudo = file_join(directory, "sudo");
    (void)unlink(sudo);
    (void)rmdir(directory);
}
