/* host/trust: who could have written a file, and what is said about it. */
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"
#include "host/trust.h"
#include "test.h"

enum { STRANGER = 12345 };

static char top[] = "/tmp/test-trust-XXXXXX";
static char *above, *directory, *path;

static int begin(void **state)
{
    (void)state;
    if (!mkdtemp(top))
        return -1;
    above = file_join(top, "above");
    directory = file_join(above, "in it");
    path = file_join(directory, "file");
    return mkdir(above, 0755) | mkdir(directory, 0755) | file_write(path, 0644, "x", 1, NULL);
}

static int finish(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)rmdir(directory);
    (void)rmdir(above);
    free(path);
    free(directory);
    free(above);
    return rmdir(top);
}

TEST_GROUP(begin, finish);

static const char *const writers[] = {"12345", "@tty", "daemon"};

static const struct trust plain = {.what = "links file", .code = ERR_CONFIG};
static const struct trust named = {.what = "the file",
                                   .code = ERR_ROSTER,
                                   .writer = writers,
                                   .writer_count = 3,
                                   .setting = "roster.writers"};

static void taken(const struct trust *trust)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(cleanup_fd) int fd = -1;

    if (trust_open(path, trust, &fd, &err) < 0)
        fail_msg("%s", err.text);
    assert_true(fd >= 0);
}

static void refused(const struct trust *trust, const char *says, const char *hint)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(cleanup_fd) int fd = -1;

    assert_int_equal(trust_open(path, trust, &fd, &err), -1);
    assert_int_equal(err.code, trust->code);
    if (!strstr(err.text, says) || !strstr(err.text, hint))
        fail_msg("'%s' does not say '%s' and '%s'", err.text, says, hint);
}

/* The mode of the file, or of a directory above it, and back. */
static void mode(const char *of, mode_t bits)
{
    assert_int_equal(chmod(of, bits), 0);
}

TEST(one_s_own_file_that_others_may_read_is_taken)
{
    static const mode_t modes[] = {0600, 0640, 0644, 0444};

    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        mode(path, modes[i]);
        taken(&plain);
    }
    mode(path, 0644);
}

TEST(a_file_that_anybody_may_write_is_refused_with_the_command_that_mends_it)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;

    text_addf(&command, "'chmod go-w '%s''", path);
    mode(path, 0666);
    refused(&plain, "links file", "may be written by anybody (mode 0666)");
    refused(&plain, "anybody", text_cstr(&command));
    refused(&named, "may be written by anybody", "chmod go-w");
    mode(path, 0602);
    refused(&plain, "may be written by anybody", "chmod go-w");
    mode(path, 0644);
    taken(&plain);
}

TEST(a_file_that_a_group_may_write_is_refused_unless_the_group_is_named)
{
    const struct group *group = getgrnam("tty");
    gid_t gid = group ? group->gr_gid : 0, other;

    group = getgrnam("games");
    if (geteuid() != 0 || !gid || !group)
        skip();
    other = group->gr_gid;
    mode(path, 0664);
    assert_int_equal(chown(path, 0, gid), 0);
    refused(&plain, "may be written by the group", "chmod g-w");
    taken(&named);
    assert_int_equal(chown(path, 0, other), 0);
    refused(&named, "(games)", "or name the group with an @ in roster.writers");
    assert_int_equal(chown(path, 0, 0), 0);
    mode(path, 0644);
}

TEST(a_stranger_s_file_is_refused_unless_they_are_named)
{
    const struct passwd *daemon = getpwnam("daemon");
    CLEANUP(text_release) struct text command = TEXT_INIT;

    if (geteuid() != 0 || !daemon)
        skip();
    uid_t uid = daemon->pw_uid;
    text_addf(&command, "then 'chown root '%s''", path);
    assert_int_equal(chown(path, STRANGER, 0), 0);
    refused(&plain, "belongs to user 12345", text_cstr(&command));
    taken(&named); /* by number */
    assert_int_equal(chown(path, uid, 0), 0);
    refused(&plain, "(daemon)", text_cstr(&command));
    taken(&named); /* by name */
    assert_int_equal(chown(path, 54321, 0), 0);
    refused(&named, "belongs to user 54321", text_cstr(&command));
    refused(&named, "or name who that is in roster.writers", "");
    assert_int_equal(chown(path, 0, 0), 0);
    taken(&plain); /* what the command does */
}

TEST(a_directory_above_that_anybody_may_write_is_refused)
{
    mode(above, 0777);
    refused(&plain, "could be replaced by anybody, who may write the directory", "chmod go-w");
    refused(&plain, above, "chmod go-w");
    mode(above, 01777); /* as /tmp: nobody moves what is somebody else's */
    taken(&plain);
    mode(above, 0775);
    if (geteuid() == 0) {
        const struct group *tty = getgrnam("tty");
        assert_int_equal(chown(above, 0, tty ? tty->gr_gid : 5), 0);
        refused(&plain, "could be replaced by its group", "chmod g-w");
        taken(&named);
        assert_int_equal(chown(above, 0, 0), 0);
    }
    mode(above, 0755);
    mode(directory, 0777);
    refused(&plain, "could be replaced by anybody", "in it'");
    mode(directory, 0755);
    taken(&plain);
}

/* The file is root's; whose the directory is moves it aside all the same. */
TEST(a_directory_above_that_is_a_stranger_s_is_refused_unless_they_are_named)
{
    CLEANUP(text_release) struct text command = TEXT_INIT;

    if (geteuid() != 0)
        skip();
    text_addf(&command, "'chown root '%s''", directory);
    assert_int_equal(chown(directory, STRANGER, 0), 0);
    refused(&plain, "could be replaced by user 12345", text_cstr(&command));
    taken(&named); /* whose directory the roster lies in may write it anyway */
    mode(directory, 01777);
    refused(&plain, "could be replaced by user 12345", "chown root"); /* sticky is for the others */
    mode(directory, 0755);
    assert_int_equal(chown(directory, 54321, 0), 0);
    refused(&named, "could be replaced by user 54321", "or name who that is in roster.writers");
    mode(top, 0711);
    assert_int_equal(seteuid(54321), 0); /* below one's own home */
    taken(&plain);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(chown(directory, 0, 0), 0);
    taken(&plain);
}

TEST(a_secret_is_for_its_owner_alone)
{
    const struct trust secret = {.what = "secret file", .code = ERR_CONFIG, .forbidden = 077};

    mode(path, 0600);
    taken(&secret);
    mode(path, 0620);
    refused(&secret, "is open to others (mode 0620)", "chmod 0600");
    mode(path, 0644);
}

/* Root's would be closed to who has to read it. */
TEST(a_secret_of_somebody_else_is_to_become_that_of_who_reads_it)
{
    const struct trust secret = {.what = "secret file", .code = ERR_CONFIG, .forbidden = 077};

    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(path, 54321, 0), 0);
    mode(top, 0711);
    assert_int_equal(seteuid(STRANGER), 0);
    refused(&secret, "belongs to user 54321", "then 'chown 12345 '");
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(chown(path, STRANGER, 0), 0);
    mode(path, 0600);
    assert_int_equal(seteuid(STRANGER), 0);
    taken(&secret);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(chown(path, 0, 0), 0);
    mode(path, 0644);
}
