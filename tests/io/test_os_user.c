/*
 * Who is at the keyboard. What root may say of sudo is only believed of root; the tests for both
 * sides run as whoever they can be.
 */
#include <pwd.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "base/text.h"
#include "database/os_user.h"
#include "test.h"

#define NOBODY_UID 65534

static int forget(void **state)
{
    (void)state;
    return unsetenv("SUDO_UID") | unsetenv("SUDO_USER");
}

TEST_EACH(forget, NULL);

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

TEST(os_user_without_sudo_is_the_real_user)
{
    const struct passwd *entry = getpwuid(getuid());

    if (!entry)
        skip();
    assert_true(says(entry->pw_name));
    assert_int_equal(setenv("SUDO_USER", "somebody-else", 1), 0); /* a name alone is nothing */
    assert_true(says(entry->pw_name));
}

TEST(os_user_under_sudo_is_who_called_it)
{
    if (geteuid() != 0)
        skip();
    assert_int_equal(setenv("SUDO_UID", "1", 1), 0);
    assert_true(says("daemon"));
    assert_int_equal(setenv("SUDO_USER", "root", 1), 0);
    assert_true(says("daemon"));
    assert_int_equal(setenv("SUDO_UID", "0", 1), 0);
    assert_true(says("root"));
}

TEST(os_user_with_a_senseless_sudo_uid_is_an_error)
{
    static const char *const senseless[] = {"", "x", "1x", " 1", "-1", "99999999999", "1999999999"};

    if (geteuid() != 0)
        skip();
    for (size_t i = 0; i < COUNT_OF(senseless); i++) {
        assert_int_equal(setenv("SUDO_UID", senseless[i], 1), 0);
        if (!says(NULL))
            fail_msg("'%s' is taken", senseless[i]);
    }
}

TEST(os_user_who_is_not_root_is_not_believed)
{
    const struct passwd *entry = getpwuid(NOBODY_UID);
    int status = -1;

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

TEST(os_group_is_found_by_name)
{
    gid_t group = 99;

    assert_true(os_group("root", &group));
    assert_int_equal(group, 0);
    assert_false(os_group("no-such-group", &group));
}
