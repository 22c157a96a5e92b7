/*
 * Numbers are read by hand, digit by digit with an overflow check, because the C library's readers
 * skip blanks, take signs and prefixes, and clamp. Only the value of a decimal fraction, whose form
 * was checked before, is left to strtod, in the C locale whatever the process has set.
 */
#include "base/parse.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool parse_int(const char *string, int64_t minimum, int64_t maximum, int64_t *ret_value)
{
    bool negative = string && *string == '-';
    const char *digit = string;
    int64_t value = 0;

    if (!string)
        return false;
    if (negative)
        digit++;
    if (!is_digit(*digit) || (*digit == '0' && (digit[1] || negative)))
        return false;
    /* Downwards from zero for a negative number: INT64_MIN has no positive counterpart. */
    for (; is_digit(*digit); digit++) {
        int64_t step = negative ? -(*digit - '0') : *digit - '0';

        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, step, &value))
            return false;
    }
    if (*digit || value < minimum || value > maximum)
        return false;
    *ret_value = value;
    return true;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)? */
static bool is_decimal(const char *string)
{
    const char *c = string;

    if (*c == '-')
        c++;
    if (!is_digit(*c) || (*c == '0' && is_digit(c[1])))
        return false;
    while (is_digit(*c))
        c++;
    if (*c == '.') {
        c++;
        if (!is_digit(*c))
            return false;
        while (is_digit(*c))
            c++;
    }
    return *c == '\0';
}

bool parse_double(const char *string, double minimum, double maximum, double *ret_value)
{
    locale_t plain;
    double value;

    if (!string || !is_decimal(string))
        return false;
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0)
        return false;
    value = strtod_l(string, NULL, plain);
    freelocale(plain);
    if (!isfinite(value) || value < minimum || value > maximum)
        return false;
    *ret_value = value;
    return true;
}

bool parse_digits(const char *bytes, size_t length, int64_t maximum, int64_t *ret_value)
{
    int64_t value = 0;

    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(bytes[i]) || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, bytes[i] - '0', &value))
            return false;
    }
    if (value > maximum)
        return false;
    *ret_value = value;
    return true;
}

int parse_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
