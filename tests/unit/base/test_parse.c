/* base/parse: numbers from outside. */
#include "base/cleanup.h"
#include "base/parse.h"
#include "test.h"

TEST(parse_int_of_any_form_is_strict)
{
    static const struct {
        const char *string;
        bool fits;
        int64_t expected;
    } cases[] = {
        {"0", true, 0},
        {"-7", true, -7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"-0", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"01", false, 0},
        {"0x1", false, 0},
        {"1e3", false, 0},
        {"1.0", false, 0},
        {"\xD9\xA1", false, 0}, /* an Arabic-Indic digit */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t value = 4711;

        assert_int_equal(parse_int(cases[i].string, INT64_MIN, INT64_MAX, &value), cases[i].fits);
        assert_true(value == (cases[i].fits ? cases[i].expected : 4711));
    }
    assert_false(parse_int(NULL, 0, 1, &(int64_t){0}));
}

TEST(parse_int_at_the_limits_is_inclusive)
{
    int64_t value;

    assert_true(parse_int("3", 3, 5, &value) && value == 3);
    assert_true(parse_int("5", 3, 5, &value) && value == 5);
    assert_false(parse_int("2", 3, 5, &value));
    assert_false(parse_int("6", 3, 5, &value));
}

TEST(parse_double_of_any_form_is_strict)
{
    static const char *const refused[] = {"",    ".",   ".5",    "5.", "1e3", "inf", "nan",
                                          "0x1", " 1",  "1 ",    "+1", "01",  "1,5", "1.5x",
                                          "-",   "--1", "1e999", "1.", "1..2"};
    double value = 0;

    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(parse_double(refused[i], -1e300, 1e300, &value));
    assert_true(parse_double("10", 0, 100, &value) && value >= 10 && value <= 10);
    assert_true(parse_double("-0.25", -1, 1, &value) && value >= -0.25 && value <= -0.25);
    assert_true(parse_double("100.0", 0, 100, &value));
    assert_false(parse_double("100.1", 0, 100, &value));
    assert_false(parse_double("-0.1", 0, 100, &value));
    assert_false(parse_double(NULL, 0, 100, &value));
}

TEST(parse_digits_of_bytes_stops_at_their_length)
{
    int64_t value = 0;

    assert_true(parse_digits("007x", 3, 10, &value) && value == 7);
    assert_false(parse_digits("7x", 2, 10, &value));
    assert_false(parse_digits("-7", 2, 10, &value));
    assert_false(parse_digits("", 0, 10, &value));
    assert_false(parse_digits("11", 2, 10, &value));
    assert_false(parse_digits("99999999999999999999", 20, INT64_MAX, &value));
    assert_int_equal(value, 7);
}
