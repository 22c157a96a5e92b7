/*
 * A drop while somebody works in it: between two looks of ours its file becomes another one.
 */
#include "host/drop.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"
#include "test.h"

struct dropping {
    struct arena arena;
    struct drop drop;
    char *path, *file;
    struct instant later; /* than anything that is written now */
};

static void begin(struct dropping *test)
{
    struct timespec now;

    *test = (struct dropping){.arena = ARENA_INIT};
    test->path = mem_strdup("/tmp/drop.XXXXXX");
    assert_non_null(mkdtemp(test->path));
    test->file = file_join(test->path, "a");
    (void)clock_gettime(CLOCK_REALTIME, &now);
    test->later = (struct instant){.us = (int64_t)now.tv_sec * SECOND_US + 60 * SECOND_US};
    assert_int_equal(drop_open(test->path, &test->drop, NULL), 0);
}

static void finish(struct dropping *test)
{
    CLEANUP(mem_cleanup) char *aside = file_join(test->path, "a.taken");

    drop_release(&test->drop);
    arena_release(&test->arena);
    (void)unlink(test->file);
    (void)unlink(aside);
    assert_int_equal(rmdir(test->path), 0);
    free(test->path);
    free(test->file);
}

static void put(struct dropping *test, const char *content)
{
    assert_int_equal(file_write(test->file, 0644, content, strlen(content), NULL), 0);
}

#define DROPPING(name)                                                                             \
    CLEANUP(finish) struct dropping name;                                                          \
    CLEANUP(drop_file_release) struct drop_file file;                                              \
    begin(&name);                                                                                  \
    put(&name, "first");                                                                           \
    assert_int_equal(drop_look(&name.drop, &name.arena, "a", &file), DROP_READ)

TEST(drop_read_of_what_was_not_looked_at_waits)
{
    DROPPING(test);

    put(&test, "other");
    assert_int_equal(drop_read(&test.drop, &test.arena, test.later, &file), DROP_LEFT);
    assert_int_equal(drop_look(&test.drop, &test.arena, "a", &file), DROP_READ);
    assert_int_equal(drop_read(&test.drop, &test.arena, test.later, &file), DROP_READ);
    assert_string_equal(text_cstr(&file.content), "other");
}

TEST(drop_set_aside_leaves_what_was_not_read_in_its_name)
{
    DROPPING(test);
    struct stat status;
    bool replaced = false;
    CLEANUP(mem_cleanup) char *aside = file_join(test.path, "a.taken");

    assert_int_equal(drop_read(&test.drop, &test.arena, test.later, &file), DROP_READ);
    put(&test, "other");
    assert_int_equal(drop_set_aside(&test.drop, &file, "a.taken", &replaced, NULL), -1);
    assert_true(replaced);
    assert_true(lstat(test.file, &status) == 0 && lstat(aside, &status) < 0);
    drop_file_release(&file);
    assert_int_equal(drop_look(&test.drop, &test.arena, "a", &file), DROP_READ);
    assert_int_equal(drop_set_aside(&test.drop, &file, "a.taken", &replaced, NULL), 0);
    assert_false(replaced);
    assert_true(lstat(test.file, &status) < 0 && lstat(aside, &status) == 0);
}

TEST(drop_read_opens_no_pipe_and_no_link)
{
    DROPPING(test);

    assert_true(unlink(test.file) == 0 && mkfifo(test.file, 0644) == 0);
    assert_int_equal(drop_look(&test.drop, &test.arena, "a", &file), DROP_READ);
    assert_int_equal(drop_read(&test.drop, &test.arena, test.later, &file), DROP_REFUSED);
    assert_string_equal(file.why, "it is no regular file");
    assert_true(unlink(test.file) == 0 && symlink("/etc/passwd", test.file) == 0);
    assert_int_equal(drop_look(&test.drop, &test.arena, "a", &file), DROP_READ);
    assert_int_equal(drop_read(&test.drop, &test.arena, test.later, &file), DROP_REFUSED);
    assert_string_equal(file.why, "it is a link: put the file itself here");
}

TEST(drop_read_of_a_file_that_was_written_a_moment_ago_waits)
{
    DROPPING(test);
    struct instant soon = instant_add_us(file.written, DROP_QUIET_US - 1);

    assert_int_equal(drop_read(&test.drop, &test.arena, soon, &file), DROP_LEFT);
    soon = instant_add_us(file.written, DROP_QUIET_US);
    assert_int_equal(drop_read(&test.drop, &test.arena, soon, &file), DROP_READ);
}
