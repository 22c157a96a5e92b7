/* base/column: what a field is as text, and words back into an enum. */
#include <string.h>

#include "base/column.h"
#include "test.h"

enum fruit { NO_FRUIT = 0, APPLE, PEAR };
enum small_fruit { NO_BERRY = 0, BERRY } __attribute__((packed));

static const struct {
    const char *name;
    int price;
} fruits[] = {{NULL, 0}, {"apple", 3}, {"pear", 4}};

struct basket {
    const char *owner;
    int64_t number;
    size_t size;
    int depth, age;
    bool open;
    struct day day;
    struct instant at;
    struct digest digest;
    enum fruit fruit;
    enum small_fruit small;
    uint8_t beside;
};

static const struct column_words fruit_words = COLUMN_WORDS_OF(fruits);
static const struct column columns[] = {
    COLUMN("owner", struct basket, owner),
    COLUMN("number", struct basket, number),
    COLUMN("size", struct basket, size),
    COLUMN("depth", struct basket, depth),
    COLUMN_AS("age", struct basket, age, COLUMN_OPTIONAL),
    COLUMN("open", struct basket, open),
    COLUMN("day", struct basket, day),
    COLUMN("at", struct basket, at),
    COLUMN("digest", struct basket, digest),
    COLUMN_OF_WORDS("fruit", struct basket, fruit, &fruit_words),
    COLUMN_OF_WORDS("small", struct basket, small, &fruit_words),
    COLUMN_END,
};

static void assert_texts(const struct basket *basket, const char *const *expected)
{
    char buffer[COLUMN_TEXT_SIZE];

    for (size_t i = 0; columns[i].name; i++) {
        const char *text = column_text(&columns[i], basket, buffer);
        if (expected[i])
            assert_string_equal(text, expected[i]);
        else
            assert_null(text);
    }
}

TEST(column_text_of_each_type_is_its_canonical_form)
{
    struct basket basket = {
        .owner = "Lea",
        .number = -7,
        .size = 12,
        .depth = -1,
        .age = 3,
        .open = true,
        .at = {.us = 1},
        .fruit = PEAR,
        .small = BERRY,
        .beside = 7,
    };
    const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    const char *const all[] = {"Lea", "-7",   "12",         "-1",
                               "3",   "true", "2026-11-22", "1970-01-01T00:00:00.000001Z",
                               zeros, "pear", "apple"};
    const char *const none[] = {NULL, "0", "0", "0", NULL, "false", NULL, NULL, zeros, NULL, NULL};

    assert_true(day_parse_iso("2026-11-22", &basket.day));
    assert_texts(&basket, all);
    assert_texts(&(struct basket){.age = -1, .day = DAY_NONE, .at = INSTANT_NONE}, none);
}

TEST(column_set_word_of_no_word_leaves_the_field)
{
    const struct column *column = column_find(columns, "fruit", 5);
    struct basket basket = {.beside = 7};

    assert_non_null(column);
    assert_true(column_set_word(column, &basket, "apple"));
    assert_false(column_set_word(column, &basket, "plum"));
    assert_false(column_set_word(column, &basket, NULL));
    assert_int_equal(basket.fruit, APPLE);
    assert_true(column_set_word(column_find(columns, "small", 5), &basket, "apple"));
    assert_int_equal(basket.small, BERRY);
    assert_int_equal(basket.beside, 7); /* a packed enum is one byte */
    assert_null(column_find(columns, "fruits", 6));
    assert_null(column_find(columns, "fruits", 4));
}
