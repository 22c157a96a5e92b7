/* base/err: codes, context, ownership. */
#include <errno.h>

#include "base/err.h"
#include "test.h"

TEST(err_set_over_an_older_text_replaces_it)
{
    struct err err = ERR_INIT;

    assert_int_equal(err_set(&err, ERR_CONFIG, "first %d", 1), -1);
    assert_int_equal(err_set(&err, ERR_ROSTER, "second after '%s'", err.text), -1);
    assert_int_equal(err.code, ERR_ROSTER);
    assert_string_equal(err.text, "second after 'first 1'");
    err_release(&err);
    assert_int_equal(err.code, ERR_NONE);
    assert_null(err.text);
}

TEST(err_set_without_an_error_still_fails)
{
    assert_int_equal(err_set(NULL, ERR_CONFIG, "lost"), -1);
    assert_int_equal(err_set_errno(NULL, ERR_CONFIG, ENOENT, "lost"), -1);
    assert_int_equal(err_prefix(NULL, "lost"), -1);
    err_release(NULL);
}

TEST(err_set_errno_puts_the_reason_behind)
{
    struct err err = ERR_INIT;

    assert_int_equal(err_set_errno(&err, ERR_INTERNAL, ENOENT, "cannot open '%s'", "x"), -1);
    assert_string_equal(err.text, "cannot open 'x': No such file or directory");
    err_release(&err);
}

TEST(err_prefix_puts_context_in_front)
{
    struct err err = ERR_INIT;

    assert_int_equal(err_prefix(&err, "no error yet"), -1);
    assert_int_equal(err.code, ERR_NONE);
    assert_null(err.text);
    err_set(&err, ERR_ROSTER, "unknown status 'x'");
    err_prefix(&err, "row %d", 17);
    assert_int_equal(err_prefix(&err, "roster '%s'", "hr.csv"), -1);
    assert_string_equal(err.text, "roster 'hr.csv': row 17: unknown status 'x'");
    assert_int_equal(err.code, ERR_ROSTER);
    err_release(&err);
}

TEST(err_move_hands_the_text_over)
{
    struct err from = ERR_INIT, to = ERR_INIT;

    err_set(&to, ERR_CONFIG, "old");
    err_set(&from, ERR_LOCKED, "new");
    assert_int_equal(err_move(&to, &from), -1);
    assert_null(from.text);
    assert_int_equal(from.code, ERR_NONE);
    assert_int_equal(to.code, ERR_LOCKED);
    assert_string_equal(to.text, "new");
    assert_int_equal(err_move(&to, &to), -1);
    assert_string_equal(to.text, "new");
    assert_int_equal(err_move(NULL, &to), -1);
    assert_null(to.text);
    assert_int_equal(err_move(&to, NULL), -1);
}
