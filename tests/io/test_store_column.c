/* store/column: a result is read by the names of its columns, and one that has another shape than
 * its table ends the program. */
#include "store/column.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

enum { BOOL = 16, INT8 = 20, TEXT = 25 };

enum fruit { NO_FRUIT = 0, APPLE } __attribute__((packed));
static const char *const fruits[] = {NULL, "apple"};
static const struct column_words fruit_words = COLUMN_WORDS_OF(fruits);

struct basket {
    const char *owner;
    int64_t number;
    enum fruit fruit;
    bool open;
};

static const struct column columns[] = {
    COLUMN("owner", struct basket, owner),
    COLUMN("number", struct basket, number),
    COLUMN_OF_WORDS("fruit", struct basket, fruit, &fruit_words),
    COLUMN("open", struct basket, open),
    COLUMN_END,
};

struct given {
    const char *name;
    Oid type;
    const char *value[2];
};

static const struct given whole[] = {
    {"open", BOOL, {"t", "f"}},    {"fruit", TEXT, {"apple", "plum"}}, {"other", TEXT, {"x", NULL}},
    {"number", INT8, {"7", "-7"}}, {"owner", TEXT, {"Lea", NULL}},
};

static PGresult *result_of(const struct given *given, int count)
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc attribute[8];

    memset(attribute, 0, sizeof(attribute));
    for (int c = 0; c < count; c++) {
        attribute[c].name = (char *)(uintptr_t)given[c].name;
        attribute[c].typid = given[c].type;
    }
    assert_true(PQsetResultAttrs(result, count, attribute));
    for (int i = 0; i < 2 * count; i++) {
        const char *value = given[i / 2].value[i % 2];
        assert_true(PQsetvalue(result, i % 2, i / 2, (char *)(uintptr_t)value,
                               value ? (int)strlen(value) : -1));
    }
    return result;
}

TEST(store_read_takes_columns_by_their_names_in_any_order)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = result_of(whole, COUNT_OF(whole));
    struct store_reader reader = {.columns = columns};
    struct basket basket = {.fruit = NO_FRUIT};

    assert_true(store_read(&reader, result, 0, &arena, &basket));
    assert_string_equal(basket.owner, "Lea");
    assert_int_equal(basket.number, 7);
    assert_int_equal(basket.fruit, APPLE);
    assert_true(basket.open);
    assert_false(store_read(&reader, result, 1, &arena, &basket)); /* no word: plum */
    assert_null(basket.owner);
    assert_int_equal(basket.number, -7);
    assert_int_equal(basket.fruit, APPLE);
}

TEST(store_read_without_an_arena_leaves_text_in_the_result)
{
    CLEANUP(pg_clearp) PGresult *result = result_of(whole, COUNT_OF(whole));
    struct basket basket = {.fruit = NO_FRUIT};

    assert_true(store_read_row(columns, result, 0, NULL, &basket));
    assert_ptr_equal(basket.owner, PQgetvalue(result, 0, 4));
}

/* Reads a result in another process; what that says before it is aborted. */
static void assert_ends(const struct given *given, int count, const char *sentence)
{
    CLEANUP(pg_clearp) PGresult *result = result_of(given, count);
    struct basket basket = {.fruit = NO_FRUIT};
    char said[256] = "";
    int ends[2], status = 0;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)store_read_row(columns, result, 0, NULL, &basket);
        _exit(0);
    }
    (void)close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(read(ends[0], said, sizeof(said) - 1) > 0);
    (void)close(ends[0]);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_non_null(strstr(said, sentence));
}

TEST(store_read_of_a_result_of_another_shape_ends_the_program)
{
    struct given other[COUNT_OF(whole)];

    assert_ends(whole, 4,
                "column 'owner' is missing in a statement that gives: open fruit other number\n");
    memcpy(other, whole, sizeof(other));
    other[3].type = TEXT;
    assert_ends(other, COUNT_OF(whole), "column 'number' is of another type");
}
