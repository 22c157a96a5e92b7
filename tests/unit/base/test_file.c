/* host/file: whole files in, whole files out. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"
#include "test.h"

static char directory[] = "/tmp/test-file-XXXXXX";
static char *path, *other;

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    path = file_join(directory, "file");
    other = file_join(directory, "other");
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)unlink(other);
    free(path);
    free(other);
    return rmdir(directory); /* fails when a temporary file was left */
}

TEST_GROUP(make_directory, remove_directory);

static void put(const char *content)
{
    struct err err = ERR_INIT;

    assert_int_equal(file_write(path, 0640, content, strlen(content), &err), 0);
}

static void assert_content(const char *name, const char *expected)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct err err = ERR_INIT;

    assert_int_equal(file_read(name, 1000, ERR_ROSTER, &text, NULL, &err), 0);
    assert_string_equal(text_cstr(&text), expected);
}

static void assert_unreadable(const char *name, size_t limit, const char *why)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct instant modified = {.us = 7};
    struct err err = ERR_INIT;

    text_add(&text, "kept");
    assert_int_equal(file_read(name, limit, ERR_ROSTER, &text, &modified, &err), -1);
    assert_int_equal(err.code, ERR_ROSTER);
    assert_non_null(strstr(err.text, name));
    assert_non_null(strstr(err.text, why));
    assert_string_equal(text_cstr(&text), "kept");
    assert_true(modified.us == 7);
    err_release(&err);
}

static void assert_unwritable(const char *name, const char *why)
{
    struct err err = ERR_INIT;

    assert_int_equal(file_write(name, 0600, "x", 1, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_non_null(strstr(err.text, why));
    err_release(&err);
}

TEST(file_read_within_the_limit_appends_all)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct timespec times[2] = {{.tv_sec = 1700000000, .tv_nsec = 123456789},
                                {.tv_sec = 1700000000, .tv_nsec = 123456789}};
    struct instant modified = INSTANT_NONE;
    struct err err = ERR_INIT;

    put("hello");
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    assert_int_equal(file_read(path, 5, ERR_ROSTER, &text, &modified, &err), 0);
    assert_int_equal(file_read(path, 5, ERR_ROSTER, &text, NULL, &err), 0);
    assert_string_equal(text_cstr(&text), "hellohello");
    assert_true(modified.us == INT64_C(1700000000123456));
    put("");
    assert_content(path, "");
}

TEST(file_read_of_a_large_file_is_whole)
{
    enum { SIZE = 3000000 };
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(mem_cleanup) char *bytes = mem_alloc(SIZE);
    struct err err = ERR_INIT;

    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 31 >> 3 & 0xFF);
    assert_int_equal(file_write(path, 0600, bytes, SIZE, &err), 0);
    assert_int_equal(file_read(path, SIZE, ERR_ROSTER, &text, NULL, &err), 0);
    assert_int_equal(text.length, SIZE);
    assert_memory_equal(text.data, bytes, SIZE);
}

TEST(file_read_of_other_things_says_what_they_are)
{
    (void)unlink(path);
    assert_unreadable(path, 10, "No such file");
    assert_unreadable(directory, 10, "is a directory");
    assert_unreadable("/dev/null", 10, "not a regular file");
    assert_int_equal(mkfifo(path, 0600), 0); /* must not wait for a writer */
    assert_unreadable(path, 10, "not a regular file");
    assert_int_equal(unlink(path), 0);
    put("hello");
    assert_unreadable(path, 4, "larger than 4 bytes");
    assert_unreadable("/proc/self/status", 4, "larger than 4 bytes"); /* which says it is empty */
}

TEST(file_write_over_a_file_replaces_content_and_mode)
{
    mode_t mask = umask(077);
    struct stat status;
    struct err err = ERR_INIT;
    int old;

    put("old");
    old = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(old >= 0);
    assert_int_equal(file_write(path, 0644, "new text", 8, &err), 0);
    umask(mask);
    assert_content(path, "new text");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    assert_int_equal(fstat(old, &status), 0); /* a reader of the old one still has it whole */
    assert_int_equal(status.st_size, 3);
    assert_int_equal(close(old), 0);
}

TEST(file_write_through_a_link_keeps_the_link)
{
    struct stat status;
    struct err err = ERR_INIT;

    put("old");
    (void)unlink(other);
    assert_int_equal(symlink(path, other), 0);
    assert_int_equal(file_write(other, 0600, "new", 3, &err), 0);
    assert_content(path, "new");
    assert_int_equal(lstat(other, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(file_write(other, 0600, "anew", 4, &err), 0);
    assert_content(path, "anew");
    assert_int_equal(unlink(other), 0);
}

TEST(file_write_by_root_belongs_to_the_owner_of_the_directory)
{
    const uid_t owner = 12345;
    struct stat status;

    if (geteuid() != 0)
        skip();
    put("root's");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_uid, 0);
    assert_int_equal(chown(directory, owner, owner), 0);
    put("the owner's");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(chown(directory, 0, 0), 0);
    assert_int_equal(status.st_uid, owner);
    assert_int_equal(status.st_gid, 65534); /* who has no name here has no group */
    assert_int_equal(status.st_mode & 0777, 0640);
}

TEST(file_make_directory_by_root_belongs_to_the_owner_of_the_directory_above)
{
    CLEANUP(mem_cleanup) char *new = file_join(directory, "made"), *deep = file_join(new, "deep");
    const uid_t owner = 12345;
    struct stat status;

    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(directory, owner, owner), 0);
    assert_int_equal(file_make_directory(deep, 0750, NULL), 0);
    assert_int_equal(chown(directory, 0, 0), 0);
    assert_int_equal(stat(deep, &status), 0);
    assert_int_equal(rmdir(deep), 0);
    assert_int_equal(rmdir(new), 0);
    assert_int_equal(status.st_uid, owner);
    assert_int_equal(status.st_gid, 65534); /* who has no name here has no group */
    assert_int_equal(status.st_mode & 0777, 0750);
}

TEST(file_write_to_what_is_no_file_is_refused)
{
    CLEANUP(mem_cleanup) char *missing = file_join(directory, "missing/file");

    assert_unwritable(directory, "is a directory");
    assert_unwritable("/dev/null", "not a regular file");
    assert_unwritable(missing, "No such file");
}

TEST(file_paths_are_joined_and_split)
{
    static const struct {
        const char *directory, *name, *joined;
    } joins[] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"", "b", "b"}, {"/", "b", "/b"}, {"a", "/b", "/b"},
    };
    static const struct {
        const char *path, *directory;
    } splits[] = {
        {"a/b", "a"}, {"/a", "/"},   {"a", "."},    {"", "."},
        {"/", "/"},   {"a/b/", "a"}, {"a//b", "a"}, {"/a/b/c", "/a/b"},
    };

    for (size_t i = 0; i < COUNT_OF(joins); i++) {
        CLEANUP(mem_cleanup) char *joined = file_join(joins[i].directory, joins[i].name);

        assert_string_equal(joined, joins[i].joined);
    }
    for (size_t i = 0; i < COUNT_OF(splits); i++) {
        CLEANUP(mem_cleanup) char *parent = file_directory(splits[i].path);

        assert_string_equal(parent, splits[i].directory);
    }
}

TEST(file_make_directory_makes_what_is_missing)
{
    CLEANUP(mem_cleanup) char *first = file_join(directory, "d");
    CLEANUP(mem_cleanup) char *second = file_join(first, "e");
    CLEANUP(mem_cleanup) char *blocked = file_join(path, "d");
    mode_t mask = umask(077);
    struct stat status;
    struct err err = ERR_INIT;

    assert_int_equal(file_make_directory(second, 0750, &err), 0);
    umask(mask);
    assert_int_equal(file_make_directory(second, 0700, &err), 0); /* there already: untouched */
    assert_int_equal(stat(first, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0750);
    assert_int_equal(stat(second, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0750);
    assert_int_equal(rmdir(second), 0);
    assert_int_equal(rmdir(first), 0);
    put("x");
    assert_int_equal(file_make_directory(blocked, 0750, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_non_null(strstr(err.text, "a file is in its place"));
    err_release(&err);
}

/* Notes what stands behind the prefix; "2" ends it with 7. */
static int visit(void *context, const char *name, const char *rest, struct err *err)
{
    (void)err;
    assert_true(text_starts(name, directory));
    text_addf(context, "%s ", rest);
    return text_equal(rest, "2") ? 7 : 0;
}

TEST(file_each_takes_the_named_ones_in_order_until_one_ends_it)
{
    static const char *const names[] = {"a-3", "b-0", "a-1"};
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    struct err err = ERR_INIT;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(mem_cleanup) char *name = file_join(directory, names[i]);
        assert_int_equal(file_write(name, 0600, "", 0, &err), 0);
    }
    assert_int_equal(file_each(directory, "a-", visit, &seen, &err), 0);
    assert_string_equal(text_cstr(&seen), "1 3 ");
    CLEANUP(mem_cleanup) char *last = file_join(directory, "a-2");
    assert_int_equal(file_write(last, 0600, "", 0, &err), 0);
    assert_int_equal(file_each(directory, "a-", visit, &seen, &err), 7);
    assert_string_equal(text_cstr(&seen), "1 3 1 2 ");
    assert_int_equal(unlink(last), 0);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(mem_cleanup) char *name = file_join(directory, names[i]);
        assert_int_equal(unlink(name), 0);
    }
    assert_int_equal(file_each("/nowhere", "", visit, &seen, &err), 0);
    put("x");
    assert_int_equal(file_each(path, "", visit, &seen, &err), -1);
    assert_non_null(strstr(err.text, "cannot list"));
    err_release(&err);
}
