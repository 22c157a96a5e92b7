/* host/secret: only a file that nobody else can read is a secret. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "host/file.h"
#include "host/secret.h"
#include "test.h"

static char directory[] = "/tmp/test-secret-XXXXXX";
static char *path;

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    path = file_join(directory, "secret");
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    (void)unlink(path);
    free(path);
    return rmdir(directory);
}

TEST_GROUP(make_directory, remove_directory);

static void put(const char *bytes, size_t length, mode_t mode)
{
    struct err err = ERR_INIT;

    (void)unlink(path);
    assert_int_equal(file_write(path, mode, bytes, length, &err), 0);
}

static void assert_refused(bool credential, const char *why)
{
    struct secret secret = SECRET_INIT;
    struct err err = ERR_INIT;

    assert_int_equal(secret_read(path, credential, &secret, &err), -1);
    assert_int_equal(err.code, ERR_CONFIG);
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, why));
    assert_null(strstr(err.text, "hush"));
    assert_false(secret_is_set(&secret));
    err_release(&err);
}

static void assert_accepted(bool credential, const char *expected)
{
    CLEANUP(secret_release) struct secret secret = SECRET_INIT;
    struct err err = ERR_INIT;

    assert_int_equal(secret_read(path, credential, &secret, &err), 0);
    assert_string_equal(secret_reveal(&secret), expected);
    assert_int_equal(secret.length, strlen(expected));
}

TEST(secret_read_of_one_line_drops_one_newline)
{
    put("hush", 4, 0600);
    assert_accepted(false, "hush");
    put("hush hush\n", 10, 0400);
    assert_accepted(false, "hush hush");
}

TEST(secret_read_of_other_content_is_refused)
{
    char *large = mem_alloc(LIMIT_SECRET + 2);

    put("", 0, 0600);
    assert_refused(false, "empty");
    put("\n", 1, 0600);
    assert_refused(false, "empty");
    put("hush\n\n", 6, 0600);
    assert_refused(false, "more than one line");
    put("hush\r\n", 6, 0600);
    assert_refused(false, "control character");
    put("hu\0sh", 5, 0600);
    assert_refused(false, "control character");
    memset(large, 'x', LIMIT_SECRET + 1);
    large[LIMIT_SECRET + 1] = '\0';
    put(large, LIMIT_SECRET + 1, 0600);
    assert_refused(false, "longer than");
    large[LIMIT_SECRET] = '\n';
    put(large, LIMIT_SECRET + 1, 0600);
    large[LIMIT_SECRET] = '\0';
    assert_accepted(false, large);
    free(large);
}

TEST(secret_read_of_a_file_open_to_others_is_refused)
{
    static const struct {
        mode_t mode;
        bool plain, credential; /* accepted */
    } cases[] = {
        {0600, true, true},   {0400, true, true},   {0440, false, true}, {0640, false, true},
        {0604, false, false}, {0444, false, false}, {0620, false, true}, {0601, false, false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        put("hush\n", 5, cases[i].mode);
        if (cases[i].plain)
            assert_accepted(false, "hush");
        else
            assert_refused(false, "open to others");
        if (cases[i].credential)
            assert_accepted(true, "hush");
        else
            assert_refused(true, "open to others");
    }
}

TEST(secret_read_of_what_is_no_file_is_refused)
{
    (void)unlink(path);
    assert_refused(false, "No such file");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_refused(false, "is a directory");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0); /* must not wait for a writer */
    assert_refused(false, "not a regular file");
    assert_int_equal(unlink(path), 0);
}

TEST(secret_read_of_a_stranger_s_file_is_refused)
{
    if (geteuid() != 0)
        skip();
    put("hush\n", 5, 0600);
    assert_int_equal(chown(path, 12345, (gid_t)-1), 0);
    assert_refused(false, "belongs to user 12345");
}

TEST(secret_set_over_an_older_one_replaces_it)
{
    struct secret secret = SECRET_INIT;

    assert_string_equal(secret_reveal(&secret), "");
    secret_set(&secret, "first", 5);
    secret_set(&secret, secret_reveal(&secret), 2); /* out of itself */
    assert_string_equal(secret_reveal(&secret), "fi");
    secret_release(&secret);
    assert_false(secret_is_set(&secret));
}

TEST(secret_wipe_overwrites)
{
    char bytes[] = "hush";

    secret_wipe(bytes, sizeof(bytes));
    assert_memory_equal(bytes, "\0\0\0\0", 5);
    secret_wipe(NULL, 0);
}
