/*
 * The main of every test binary. The tests of one are all in one file; they run in the order in
 * which they stand there, because some share a server and a reader follows them from top to bottom.
 * Each is put behind those of earlier lines, as nothing promises in which order constructors run.
 *
 * `test_day` runs all of them, `test_day 'day_from_*'` those whose names match.
 */
#include "test.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((weak)) struct test_around test_group, test_each;

static struct test *first;

void test_add(struct test *test)
{
    struct test **place = &first;

    while (*place && (*place)->line <= test->line)
        place = &(*place)->later;
    test->later = *place;
    *place = test;
}

struct chosen {
    struct CMUnitTest *test;
    size_t count;
};

static void choose(struct chosen *chosen, const char *pattern, const struct CMUnitTest *test)
{
    if (fnmatch(pattern, test->name, 0) != 0)
        return;
    chosen->test = reallocarray(chosen->test, chosen->count + 1, sizeof(*test));
    if (!chosen->test)
        abort();
    chosen->test[chosen->count++] = *test;
}

static void choose_from(struct chosen *chosen, const char *pattern, const struct test *from)
{
    struct test_around around = from->alone ? from->around : test_each;
    struct CMUnitTest test = {.name = from->name,
                              .test_func = from->body,
                              .setup_func = around.setup,
                              .teardown_func = around.teardown};

    if (!from->next)
        choose(chosen, pattern, &test);
    else
        for (size_t i = 0; (test.name = from->next(i, &test.initial_state)); i++)
            choose(chosen, pattern, &test);
}

int main(int argc, char **argv)
{
    const char *pattern = argc > 1 ? argv[1] : "*";
    struct chosen chosen = {0};

    for (const struct test *test = first; test; test = test->later)
        choose_from(&chosen, pattern, test);
    if (chosen.count == 0) {
        (void)fprintf(stderr, "%s: no test is called '%s'\n", program_invocation_short_name,
                      pattern);
        return EXIT_FAILURE;
    }
    int failed = _cmocka_run_group_tests(program_invocation_short_name, chosen.test, chosen.count,
                                         test_group.setup, test_group.teardown);
    free(chosen.test);
    return failed;
}
