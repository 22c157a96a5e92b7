/*
 * A byte string that grows by doubling and always ends in a NUL that is not counted, and the small
 * questions about strings that several modules ask. Nothing here knows a locale: bytes are bytes,
 * and what is said about characters is said about UTF-8.
 */
#include "base/text.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/utf8.h>

#include "base/cleanup.h"
#include "base/mem.h"

enum { SPILL_BYTES = 65536 };

static void grow(struct text *text, size_t more)
{
    size_t needed, capacity = text->capacity;

    if (__builtin_add_overflow(text->length, more, &needed) ||
        __builtin_add_overflow(needed, 1, &needed))
        mem_exhausted();
    if (__builtin_mul_overflow(capacity, 2, &capacity) || capacity < needed)
        capacity = needed;
    if (capacity < 64)
        capacity = 64;
    text->data = mem_realloc(text->data, capacity);
    text->capacity = capacity;
}

/* Room for `more` bytes and the NUL. */
static inline void reserve(struct text *text, size_t more)
{
    if (!text->data || more >= text->capacity - text->length)
        grow(text, more);
}

void text_spill(struct text *text)
{
    if (!text->spill || text->length < SPILL_BYTES)
        return;
    text->spill(text->spill_context, text->data, text->length);
    text_clear(text);
}

void text_add(struct text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_add_bytes(struct text *text, const void *bytes, size_t length)
{
    reserve(text, length);
    if (length > 0)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

char *text_extend(struct text *text, size_t more)
{
    reserve(text, more);
    char *at = text->data + text->length;
    text->length += more;
    text->data[text->length] = '\0';
    return at;
}

void text_add_char(struct text *text, char c)
{
    *text_extend(text, 1) = c;
}

void text_add_int(struct text *text, int64_t value)
{
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0)
        digits[--at] = '-';
    text_add_bytes(text, digits + at, sizeof(digits) - at);
}

void text_addf(struct text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    text_addv(text, format, args);
    va_end(args);
}

void text_addv(struct text *text, const char *format, va_list args)
{
    va_list again;
    size_t room;
    int length;

    reserve(text, 0);
    room = text->capacity - text->length;
    va_copy(again, args);
    length = vsnprintf(text->data + text->length, room, format, args);
    assert(length >= 0); /* only a wide character conversion can fail, and we use none */
    if ((size_t)length >= room) {
        reserve(text, (size_t)length);
        length = vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
    }
    va_end(again);
    text->length += (size_t)length;
}

void text_clear(struct text *text)
{
    text->length = 0;
    if (text->data)
        text->data[0] = '\0';
}

void text_release(struct text *text)
{
    free(text->data);
    *text = TEXT_INIT;
}

const char *text_cstr(const struct text *text)
{
    return text->data ? text->data : "";
}

char *text_take(struct text *text)
{
    char *data;

    reserve(text, 0);
    data = text->data;
    data[text->length] = '\0';
    *text = TEXT_INIT;
    return data;
}

bool text_equal(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}

int text_compare(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

bool text_is_empty(const char *string)
{
    return !string || !*string;
}

bool text_starts(const char *string, const char *prefix)
{
    return strncmp(string, prefix, strlen(prefix)) == 0;
}

/* The bytes of the blank that begins at `s`, 0 when there is none. */
static size_t blank_at(const char *s, size_t left)
{
    if (left >= 1 && (*s == ' ' || (*s >= '\t' && *s <= '\r')))
        return 1;
    if (left >= 2 && s[0] == '\xC2' && s[1] == '\xA0')
        return 2;
    return 0;
}

void text_trim(const char **start, size_t *length)
{
    const char *first = *start;
    size_t left = *length, blank;

    while ((blank = blank_at(first, left)) > 0) {
        first += blank;
        left -= blank;
    }
    for (;;) {
        if (left >= 1 && blank_at(first + left - 1, 1) == 1)
            left -= 1;
        else if (left >= 2 && blank_at(first + left - 2, 2) == 2)
            left -= 2;
        else
            break;
    }
    *start = first;
    *length = left;
}

bool text_is_ascii(const char *string)
{
    return text_is_ascii_bytes(string, strlen(string));
}

bool text_is_ascii_bytes(const char *bytes, size_t length)
{
    uint64_t all = 0, word;

    for (; length >= sizeof(word); bytes += sizeof(word), length -= sizeof(word)) {
        memcpy(&word, bytes, sizeof(word));
        all |= word;
    }
    for (; length > 0; length--)
        all |= (unsigned char)*bytes++;
    return !(all & UINT64_C(0x8080808080808080));
}

static bool is_plain(char c)
{
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (c))

/* The highest bit of each byte that is 0; of bytes above one that is, perhaps too many. */
static uint64_t zeros(uint64_t word)
{
    return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

size_t text_plain_run(const char *bytes, size_t length)
{
    size_t run = 0;
    uint64_t word;

    for (; length - run >= sizeof(word); run += sizeof(word)) {
        memcpy(&word, bytes + run, sizeof(word));
        if ((word & EACH_BYTE(0x80)) | ((word - EACH_BYTE(0x20)) & EACH_BYTE(0x80)) |
            zeros(word ^ EACH_BYTE('"')) | zeros(word ^ EACH_BYTE('\\')) |
            zeros(word ^ EACH_BYTE(0x7F)))
            break;
    }
    while (run < length && is_plain(bytes[run]))
        run++;
    return run;
}

size_t text_decode(const char *bytes, size_t left, int32_t *ret_char)
{
    const uint8_t *s = (const uint8_t *)bytes;
    int32_t step = 0, end = left < U8_MAX_LENGTH ? (int32_t)left : U8_MAX_LENGTH;
    UChar32 value;

    if (end == 0)
        return 0;
    U8_NEXT(s, step, end, value);
    if (value < 0)
        return 0;
    *ret_char = value;
    return (size_t)step;
}

size_t text_whole(const char *bytes, size_t length)
{
    const uint8_t *s = (const uint8_t *)bytes;
    ptrdiff_t end = (ptrdiff_t)length;

    U8_TRUNCATE_IF_INCOMPLETE(s, 0, end);
    return (size_t)end;
}

size_t text_excerpt(const char *string, size_t limit)
{
    size_t length = strnlen(string, limit);

    return string[length] ? text_whole(string, length) : length;
}

void text_add_excerpt(struct text *text, const char *string, size_t limit)
{
    size_t length = text_excerpt(string, limit);
    CLEANUP(mem_cleanup) char *beginning = mem_strndup(string, length);

    text_add_printable(text, beginning);
    if (string[length])
        text_add(text, "…");
}

bool text_is_utf8(const char *bytes, size_t length)
{
    size_t i = 0;

    if (text_is_ascii_bytes(bytes, length))
        return length == 0 || !memchr(bytes, '\0', length);
    while (i < length) {
        int32_t value = 0;
        size_t step = text_decode(bytes + i, length - i, &value);

        if (step == 0 || value == 0)
            return false;
        i += step;
    }
    return true;
}

/* Control characters; those that move or hide what stands around them; those of which nothing is
 * seen and that join nothing; what is no character. Ascending. */
static const int32_t hidden[][2] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},       {0x180E, 0x180E},   {0x200B, 0x200B},
    {0x2028, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},   {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0x1D173, 0x1D17A}, {0xE0000, 0xE00FF},
};

bool text_is_printable(int32_t value)
{
    if (value >= ' ' && value <= '~')
        return true;
    for (size_t i = 0; i < COUNT_OF(hidden) && value >= hidden[i][0]; i++) {
        if (value <= hidden[i][1])
            return false;
    }
    return (value & 0xFFFE) != 0xFFFE;
}

void text_add_url(struct text *text, const char *string)
{
    for (const char *c = string; *c; c++) {
        if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
            strchr("-._~", *c))
            text_add_char(text, *c);
        else
            text_addf(text, "%%%02X", (unsigned)(unsigned char)*c);
    }
}

/* How many bytes from the first on are printable ASCII. */
static size_t plain_length(const char *bytes, size_t length)
{
    size_t plain = 0;

    while (plain < length && bytes[plain] >= ' ' && bytes[plain] <= '~')
        plain++;
    return plain;
}

void text_add_printable(struct text *text, const char *string)
{
    const char *s = string;
    size_t left = strlen(string);

    while (left > 0) {
        int32_t value = 0;
        size_t plain = plain_length(s, left);
        text_add_bytes(text, s, plain);
        s += plain;
        left -= plain;
        if (left == 0)
            break;
        size_t step = text_decode(s, left, &value);

        if (step == 0 || (step == 1 && !text_is_printable(value))) {
            text_addf(text, "\\x%02x", (unsigned)(unsigned char)s[0]);
            step = 1;
        } else if (!text_is_printable(value)) {
            text_addf(text, "\\u{%x}", (unsigned)value);
        } else {
            text_add_bytes(text, s, step);
        }
        s += step;
        left -= step;
    }
}

enum { DISTANCE_LIMIT = 3, DISTANCE_BAND = 2 * DISTANCE_LIMIT + 1 };

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

/* The dynamic programme over the diagonal band -limit..limit only: band[k] is the distance of the
 * first i bytes of a and the first i + k - limit bytes of b, capped at limit + 1. */
static unsigned banded(const char *a, size_t a_length, const char *b, size_t b_length,
                       unsigned limit)
{
    unsigned band[DISTANCE_BAND + 1], width = 2 * limit + 1, over = limit + 1;

    for (unsigned k = 0; k < width; k++)
        band[k] = k >= limit ? k - limit : over;
    band[width] = over;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned best = over;

        for (unsigned k = 0; k < width; k++) {
            size_t column = i + k; /* of b, limit too many */
            unsigned left = k > 0 ? band[k - 1] + 1 : over;
            unsigned value;

            if (column < limit || column - limit > b_length) {
                band[k] = over;
                continue;
            }
            column -= limit;
            if (column == 0)
                value = i < over ? (unsigned)i : over;
            else
                value = smallest(band[k] + (a[i - 1] != b[column - 1]), band[k + 1] + 1, left);
            band[k] = value < over ? value : over;
            best = band[k] < best ? band[k] : best;
        }
        if (best == over)
            return over;
    }
    return band[b_length + limit - a_length];
}

unsigned text_distance(const char *a, size_t a_length, const char *b, size_t b_length,
                       unsigned limit)
{
    assert(limit <= DISTANCE_LIMIT);
    if (a_length > b_length ? a_length - b_length > limit : b_length - a_length > limit)
        return limit + 1;
    for (; a_length > 0 && b_length > 0 && *a == *b; a_length--, b_length--) {
        a++;
        b++;
    }
    while (a_length > 0 && b_length > 0 && a[a_length - 1] == b[b_length - 1]) {
        a_length--;
        b_length--;
    }
    return banded(a, a_length, b, b_length, limit);
}

const char *text_nearest(const char *word, const char *const *candidates, size_t count)
{
    const char *nearest = NULL;
    unsigned least = DISTANCE_LIMIT + 1;
    size_t length = strlen(word);

    if (length < least)
        least = (unsigned)length;
    for (size_t i = 0; i < count; i++) {
        unsigned distance =
            text_distance(word, length, candidates[i], strlen(candidates[i]), DISTANCE_LIMIT);

        if (distance < least) {
            least = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

bool text_matches(const char *pattern, const char *string)
{
    const char *star = NULL, *resume = NULL;

    /* Only the last star ever needs to be stretched: what stood before it has matched for good. */
    while (*string) {
        if (*pattern == '*') {
            star = pattern++;
            resume = string;
        } else if (*pattern == '?' || *pattern == *string) {
            pattern++;
            string++;
        } else if (star) {
            pattern = star + 1;
            string = ++resume;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

uint64_t text_hash(const char *string)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *string; string++) {
        hash ^= (unsigned char)*string;
        hash *= UINT64_C(0x100000001b3);
    }
    return hash;
}
