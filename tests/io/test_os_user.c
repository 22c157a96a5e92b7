/*
 * Who decides: what the kernel says, of this process or of the other end of a socket.
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

/* Anybody sets a variable; root by sudo is root. */
TEST(os_user_of_root_is_root_whatever_the_environment_says)
{
    static const char *const variables[] = {"SUDO_UID",   "SUDO_USER", "DOAS_USER",
                                            "PKEXEC_UID", "USER",      "LOGNAME"};

    if (geteuid() != 0)
        skip();
    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        assert_int_equal(setenv(variables[i], i == 0 || i == 3 ? "1" : "daemon", 1), 0);
        assert_true(says("root"));
        assert_int_equal(unsetenv(variables[i]), 0);
    }
}

/* In a child, since it is for the rest of a process. */
static bool says_of_peer(uid_t peer, const char *name)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        os_user_is(peer);
        _exit(says(name) ? 0 : 1);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

TEST(os_user_at_the_other_end_is_who_the_kernel_says)
{
    assert_int_equal(setenv("SUDO_UID", "2", 1), 0);
    assert_true(says_of_peer(1, "daemon"));
    assert_true(says_of_peer(0, "root"));
    assert_true(says_of_peer(1999999999, NULL)); /* a number without a name */
}

TEST(os_group_is_found_by_name)
{
    gid_t group = 99;

    assert_true(os_group("root", &group));
    assert_int_equal(group, 0);
    assert_false(os_group("no-such-group", &group));
}
