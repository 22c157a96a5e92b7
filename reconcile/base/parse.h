/*
 * parse: strict readers of numbers. The whole string, a range, no blanks, no plus sign, no
 * leading zeros except "0" itself; false otherwise and the output is untouched.
 */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool parse_int(const char *string, int64_t minimum, int64_t maximum, int64_t *ret_value);
bool parse_double(const char *string, double minimum, double maximum, double *ret_value);
/* As parse_int for `length` bytes that need not be terminated; leading zeros are fine. */
bool parse_digits(const char *bytes, size_t length, int64_t maximum, int64_t *ret_value);
/* 0 to 15; -1: no hex digit. */
int parse_hex(char c);

#endif
