/*
 * host/place, by root over a directory of somebody else, who puts something in the place of a file:
 * what root alone may read is not read, what root alone may write stays as it was. Beside each the
 * case in which the same is right.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"
#include "test.h"

enum { OWNER = 12345, STRANGER = 12346 };

/* TOP/root is root's, with a file `canary` that only root may read; TOP/theirs is OWNER's. */
static char top[] = "/tmp/test-place-XXXXXX";
static char *roots, *canary, *theirs, *file;

static int begin(void **state)
{
    (void)state;
    if (geteuid() != 0)
        return 0;
    if (!mkdtemp(top) || chmod(top, 0755) < 0)
        return -1;
    roots = file_join(top, "root");
    theirs = file_join(top, "theirs");
    canary = file_join(roots, "canary");
    file = file_join(theirs, "file");
    return mkdir(roots, 0755) | mkdir(theirs, 0700) | chown(theirs, OWNER, OWNER);
}

static int finish(void **state)
{
    (void)state;
    if (geteuid() != 0)
        return 0;
    (void)rmdir(roots);
    (void)rmdir(theirs);
    free(roots);
    free(theirs);
    free(canary);
    free(file);
    return rmdir(top);
}

TEST_GROUP(begin, finish);

static void put_canary(void)
{
    if (geteuid() != 0)
        skip();
    assert_int_equal(file_write(canary, 0600, "bird", 4, NULL), 0);
}

static void assert_canary(void)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct stat status;

    assert_int_equal(file_read(canary, 100, ERR_INTERNAL, &text, NULL, NULL), 0);
    assert_string_equal(text_cstr(&text), "bird");
    assert_int_equal(stat(canary, &status), 0);
    assert_int_equal(status.st_uid, 0);
    assert_int_equal(status.st_gid, 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    /* Root has its own rights again. */
    assert_int_equal(setfsuid((uid_t)-1), 0);
    assert_int_equal(setfsgid((gid_t)-1), 0);
}

static void remove_all(void)
{
    (void)unlink(file);
    (void)rmdir(file);
    (void)unlink(canary);
    (void)rmdir(theirs);
    (void)unlink(theirs);
    (void)rmdir(roots);
    assert_int_equal(mkdir(roots, 0755) | mkdir(theirs, 0700) | chown(theirs, OWNER, OWNER), 0);
}

static bool reads(const char *path, const char *expected)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    return file_read(path, 100, ERR_INTERNAL, &text, NULL, NULL) == 0 &&
           text_equal(text_cstr(&text), expected);
}

/* By whose hand. */
static void link_by(uid_t uid, const char *target, const char *name)
{
    assert_int_equal(symlink(target, name), 0);
    assert_int_equal(lchown(name, uid, uid), 0);
}

TEST(their_link_to_a_file_of_root_is_neither_read_nor_written)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    put_canary();
    link_by(OWNER, canary, file);
    assert_false(reads(file, "bird"));
    assert_int_equal(file_write(file, 0640, "evil", 4, &err), -1);
    assert_non_null(strstr(err.text, "no more rights there than the owners"));
    assert_non_null(strstr(err.text, "namei -l"));
    assert_canary();
    /* A link that root has put there is one that they could have put there. */
    assert_int_equal(lchown(file, 0, 0), 0);
    assert_false(reads(file, "bird"));
    assert_int_equal(file_write(file, 0640, "evil", 4, NULL), -1);
    assert_canary();
    /* Their own file is read and replaced. */
    assert_int_equal(unlink(file), 0);
    assert_int_equal(file_write(file, 0640, "good", 4, NULL), 0);
    assert_true(reads(file, "good"));
    assert_int_equal(file_write(file, 0640, "better", 6, NULL), 0);
    assert_true(reads(file, "better"));
    assert_int_equal(file_remove(file), 0);
    remove_all();
}

TEST(their_link_to_a_file_of_their_own_is_read_and_written)
{
    CLEANUP(mem_cleanup) char *real = NULL;

    put_canary();
    real = file_join(theirs, "real");
    assert_int_equal(file_write(real, 0640, "good", 4, NULL), 0);
    link_by(OWNER, "real", file);
    assert_true(reads(file, "good"));
    assert_int_equal(file_write(file, 0640, "better", 6, NULL), 0);
    assert_true(reads(real, "better"));
    assert_int_equal(unlink(real), 0);
    remove_all();
}

TEST(their_hard_link_to_a_file_of_root_is_not_read_and_not_written_in_place)
{
    struct stat status;

    put_canary();
    assert_int_equal(link(canary, file), 0);
    assert_false(reads(file, "bird"));
    assert_int_equal(file_write(file, 0640, "theirs", 6, NULL), 0);
    assert_true(reads(file, "theirs"));
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_uid, OWNER);
    assert_canary();
    remove_all();
}

TEST(a_pipe_in_the_place_of_a_file_holds_nobody)
{
    put_canary();
    assert_int_equal(mkfifo(file, 0600), 0);
    assert_int_equal(chown(file, OWNER, OWNER), 0);
    assert_false(reads(file, ""));
    assert_int_equal(file_write(file, 0640, "x", 1, NULL), -1);
    assert_canary();
    remove_all();
}

TEST(their_link_in_the_place_of_a_directory_leads_where_they_may_go)
{
    CLEANUP(mem_cleanup) char *inside = NULL, *made = NULL;

    put_canary();
    inside = file_join(file, "canary");
    made = file_join(file, "made");
    link_by(OWNER, roots, file);
    assert_false(reads(inside, "bird"));
    assert_int_equal(file_write(inside, 0640, "evil", 4, NULL), -1);
    assert_int_equal(file_remove(inside), -1);
    assert_int_equal(file_rename(inside, "gone"), -1);
    assert_int_equal(file_make_directory(made, 0750, NULL), -1);
    assert_canary();
    /* Root's link in root's directory is as good as the directory. */
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(theirs), 0);
    link_by(0, roots, theirs);
    CLEANUP(mem_cleanup) char *linked = file_join(theirs, "canary");
    assert_true(reads(linked, "bird"));
    remove_all();
}

TEST(a_link_into_a_stranger_s_directory_is_no_way_into_it)
{
    CLEANUP(mem_cleanup) char *other = file_join(top, "other");
    CLEANUP(mem_cleanup) char *inside = file_join(other, "x");
    CLEANUP(mem_cleanup) char *through = NULL;

    put_canary();
    through = file_join(file, "x");
    assert_int_equal(mkdir(other, 0700), 0);
    assert_int_equal(chown(other, STRANGER, STRANGER), 0);
    link_by(OWNER, other, file);
    assert_int_equal(file_write(through, 0640, "evil", 4, NULL), -1);
    /* Straight on, it is the stranger's, and so is what is made. */
    struct stat status;
    assert_int_equal(file_write(inside, 0640, "good", 4, NULL), 0);
    assert_int_equal(stat(inside, &status), 0);
    assert_int_equal(status.st_uid, STRANGER);
    assert_int_equal(file_remove(through), -1);
    assert_int_equal(file_remove(inside), 0);
    assert_int_equal(rmdir(other), 0);
    assert_canary();
    remove_all();
}

/* Anybody may put a name into /tmp: a link there is followed with the rights of who made it. */
TEST(a_stranger_s_link_in_a_directory_for_all_is_theirs)
{
    CLEANUP(mem_cleanup) char *name = file_join(top, "shared");
    CLEANUP(mem_cleanup) char *link = file_join(name, "link");

    put_canary();
    assert_int_equal(mkdir(name, 0700), 0);
    assert_int_equal(chmod(name, 01777), 0);
    link_by(STRANGER, canary, link);
    assert_false(reads(link, "bird"));
    assert_int_equal(file_write(link, 0640, "evil", 4, NULL), -1);
    assert_canary();
    assert_int_equal(unlink(link), 0);
    assert_int_equal(rmdir(name), 0);
    remove_all();
}

TEST(a_directory_that_is_listed_is_listed_by_its_owner)
{
    put_canary();
    link_by(OWNER, roots, file);
    assert_int_equal(chmod(roots, 0700), 0);
    assert_int_equal(file_sync_directory(file), -1);
    assert_int_equal(errno, EACCES);
    assert_int_equal(chmod(roots, 0755), 0);
    assert_int_equal(file_sync_directory(theirs), 0);
    remove_all();
}

TEST(links_in_a_circle_end)
{
    put_canary();
    link_by(0, file, file);
    assert_false(reads(file, ""));
    assert_int_equal(errno, ELOOP);
    remove_all();
}

/* What a process was lent has no path of its own. */
TEST(what_is_open_is_read_by_its_number_and_by_nobody_who_may_not)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;

    put_canary();
    CLEANUP(cleanup_fd) int fd = open(canary, O_RDONLY | O_CLOEXEC);
    text_addf(&name, "/proc/self/fd/%d", fd);
    assert_true(reads(text_cstr(&name), "bird"));
    link_by(0, text_cstr(&name), file);
    assert_false(reads(file, "bird"));
    text_clear(&name);
    text_addf(&name, "/dev/fd/%d", fd);
    assert_true(reads(text_cstr(&name), "bird"));
    assert_canary();
    remove_all();
}
