/*
 * Who is at the keyboard. What root may say of sudo is only believed of root; the tests for both
 * sides run as whoever they can be.
 */
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "base/text.h"
#include "database/os_user.h"

#define NOBODY_UID 65534

static int forget(void **state)
{
    (void)state;
    return unsetenv("SUDO_UID") | unsetenv("SUDO_USER");
}

/* Whether it says so: a name, or NULL for an error. */
static bool says(const char *name)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    const char *is = NULL;

    if (os_user(&arena, &is, &err))
        return !name && err.code == ERR_INTERNAL && !is;
    return name && text_equal(is, name);
}

static void os_user_without_sudo_is_the_real_user(void **state)
{
    const struct passwd *entry = getpwuid(getuid());

    (void)state;
    if (!entry)
        skip();
    assert_true(says(entry->pw_name));
    assert_int_equal(setenv("SUDO_USER", "somebody-else", 1), 0); /* a name alone is nothing */
    assert_true(says(entry->pw_name));
}

static void os_user_under_sudo_is_who_called_it(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(setenv("SUDO_UID", "1", 1), 0);
    assert_true(says("daemon"));
    assert_int_equal(setenv("SUDO_USER", "root", 1), 0);
    assert_true(says("daemon"));
    assert_int_equal(setenv("SUDO_UID", "0", 1), 0);
    assert_true(says("root"));
}

static void os_user_with_a_senseless_sudo_uid_is_an_error(void **state)
{
    static const char *const senseless[] = {"", "x", "1x", " 1", "-1", "99999999999", "1999999999"};

    (void)state;
    if (geteuid() != 0)
        skip();
    for (size_t i = 0; i < COUNT_OF(senseless); i++) {
        assert_int_equal(setenv("SUDO_UID", senseless[i], 1), 0);
        if (!says(NULL))
            fail_msg("'%s' is taken", senseless[i]);
    }
}

static void os_user_who_is_not_root_is_not_believed(void **state)
{
    const struct passwd *entry = getpwuid(NOBODY_UID);
    int status = -1;

    (void)state;
    if (geteuid() != 0 || !entry)
        skip();
    assert_int_equal(setenv("SUDO_UID", "0", 1), 0);
    CLEANUP(text_release) struct text name = TEXT_INIT;
    text_add(&name, entry->pw_name);
    pid_t pid = fork();
    if (pid == 0)
        _exit(setresuid(NOBODY_UID, NOBODY_UID, NOBODY_UID) == 0 && says(text_cstr(&name)) ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void os_group_is_found_by_name(void **state)
{
    gid_t group = 99;

    (void)state;
    assert_true(os_group("root", &group));
    assert_int_equal(group, 0);
    assert_false(os_group("no-such-group", &group));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(os_user_without_sudo_is_the_real_user, forget),
        cmocka_unit_test_teardown(os_user_under_sudo_is_who_called_it, forget),
        cmocka_unit_test_teardown(os_user_with_a_senseless_sudo_uid_is_an_error, forget),
        cmocka_unit_test_teardown(os_user_who_is_not_root_is_not_believed, forget),
        cmocka_unit_test(os_group_is_found_by_name),
    };

    (void)forget(NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
