/*
 * test: cmocka, and tests that register themselves. A test is written once:
 *
 *     TEST(day_from_civil_before_the_epoch_is_negative)
 *     {
 *         assert_true(…);
 *     }
 *
 * and is run by the main of test_main.c, which every suite links; there is no list to forget it in.
 * In the body stands cmocka's `void **state`, for those who need it.
 */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those four first */
#include <cmocka.h>
#include <stdbool.h>

struct test_around {
    CMFixtureFunction setup, teardown; /* either may be NULL */
};

struct test {
    const char *name;
    int line;
    CMUnitTestFunction body;
    struct test_around around;
    bool alone; /* TEST_EACH has no say */
    /* Of a series: the name and state of its test number `i` (from 0), NULL behind the last. */
    const char *(*next)(size_t i, void **ret_state);
    struct test *later;
};

/* Before main, by the macros below. */
void test_add(struct test *test);

/* Around all tests of a file, around each one: a file says so at most once, by the macros below. */
extern struct test_around test_group, test_each;

/* The function of a test is declared, registered, and then defined by the braces that follow. */
#define TEST_ADD(name_, ...)                                                                       \
    static void name_(void **state);                                                               \
    __attribute__((constructor)) static void add_##name_(void)                                     \
    {                                                                                              \
        static struct test test = {.name = #name_, .line = __LINE__, .body = name_, __VA_ARGS__};  \
                                                                                                   \
        test_add(&test);                                                                           \
    }                                                                                              \
    static void name_(__attribute__((unused)) void **state)

#define TEST(name_) TEST_ADD(name_, .alone = false)

/* A test with a setup and teardown of its own (or NULL), whatever TEST_EACH says. */
#define TEST_WITH(name_, setup_, teardown_)                                                        \
    TEST_ADD(name_, .alone = true, .around = {setup_, teardown_})

/* One body for many tests, each with a name and a state: of the rows of a table, of files. */
#define TEST_SERIES(name_, next_) TEST_ADD(name_, .next = next_)

/* `TEST_GROUP(setup, teardown);` once before the first and once after the last test of the file,
 * `TEST_EACH(setup, teardown);` before and after each. */
#define TEST_GROUP(setup_, teardown_) struct test_around test_group = {setup_, teardown_}
#define TEST_EACH(setup_, teardown_)  struct test_around test_each = {setup_, teardown_}

#endif
