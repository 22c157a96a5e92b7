/*
 * Canonical caseless matching as Unicode defines it (chapter 3.13, D145): decompose, fold the case,
 * compose again, so that the form is stable under folding once more. Nearly every address is plain
 * ASCII, for which all of that is lower case, and which never reaches ICU.
 */
#include "base/fold.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"

enum { MARKS_MOST = 30 };

/* The only thing ICU can fail at here is its own data or memory: nothing a caller could decide, and
 * a look-alike that goes unnoticed must not pass as "not near anybody". */
static void must(UErrorCode status)
{
    assert(U_SUCCESS(status));
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The high bits of those of eight ASCII bytes that are capitals. A sum whose high bit is set says
 * that a byte below 0x80 is so large. */
static uint64_t capitals(uint64_t word)
{
    return (word + EACH(0x80 - 'A')) & ~(word + EACH(0x80 - 'Z' - 1)) & EACH(0x80);
}

static char lower_char(char c)
{
    return is_upper(c) ? (char)(c + ('a' - 'A')) : c;
}

static void lower(char *at, size_t left)
{
    uint64_t word;

    for (; left >= sizeof(word); at += sizeof(word), left -= sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        word |= capitals(word) >> 2; /* 0x20, by which the small letter differs */
        memcpy(at, &word, sizeof(word));
    }
    for (; left > 0; at++, left--)
        *at = lower_char(*at);
}

/* `length` ASCII bytes at `start`, in lower case; `string` itself when they are all of it. */
static const char *lower_ascii(struct arena *arena, const char *string, const char *start,
                               size_t length)
{
    size_t i = 0;
    char *copy;

    while (i < length && !is_upper(start[i]))
        i++;
    if (i == length && start == string && string[length] == '\0')
        return string;
    copy = arena_strndup(arena, start, length);
    lower(copy + i, length - i);
    return copy;
}

/* UTF-16 with its length; ICU's functions are run twice when the first room was too small. */
struct wide {
    UChar *unit;
    int32_t length;
    int32_t capacity;
};

static void wide_release(struct wide *wide)
{
    free(wide->unit);
}

static void wide_reserve(struct wide *wide, int32_t capacity)
{
    if (capacity <= wide->capacity)
        return;
    wide->unit = mem_realloc_array(wide->unit, (size_t)capacity, sizeof(UChar));
    wide->capacity = capacity;
}

static void wide_from_utf8(struct wide *wide, const char *bytes, size_t length)
{
    UErrorCode status = U_ZERO_ERROR;

    wide_reserve(wide, (int32_t)length + 1);
    u_strFromUTF8(wide->unit, wide->capacity, &wide->length, bytes, (int32_t)length, &status);
    must(status);
}

static void wide_normalise(const UNormalizer2 *form, const struct wide *from, struct wide *to)
{
    UErrorCode status = U_ZERO_ERROR;

    wide_reserve(to, from->length * 2 + 16);
    to->length = unorm2_normalize(form, from->unit, from->length, to->unit, to->capacity, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        status = U_ZERO_ERROR;
        wide_reserve(to, to->length + 1);
        to->length =
            unorm2_normalize(form, from->unit, from->length, to->unit, to->capacity, &status);
    }
    must(status);
}

static void wide_fold_case(const struct wide *from, struct wide *to)
{
    UErrorCode status = U_ZERO_ERROR;

    wide_reserve(to, from->length * 3 + 1); /* a character folds to three at most */
    to->length = u_strFoldCase(to->unit, to->capacity, from->unit, from->length,
                               U_FOLD_CASE_DEFAULT, &status);
    must(status);
}

/* Folded UTF-8 in new memory. */
static char *fold_unicode(const char *bytes, size_t length)
{
    CLEANUP(wide_release) struct wide a = {.length = 0};
    CLEANUP(wide_release) struct wide b = {.length = 0};
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *composed = unorm2_getNFCInstance(&status);
    const UNormalizer2 *decomposed = unorm2_getNFDInstance(&status);
    int32_t capacity;
    char *folded;

    must(status);
    wide_from_utf8(&a, bytes, length);
    wide_normalise(decomposed, &a, &b);
    wide_fold_case(&b, &a);
    wide_normalise(composed, &a, &b);
    capacity = b.length * 3 + 1; /* a UTF-16 unit is three bytes of UTF-8 at most */
    folded = mem_alloc((size_t)capacity);
    u_strToUTF8(folded, capacity, NULL, b.unit, b.length, &status);
    must(status);
    return folded;
}

/* More marks on one letter than any writing has (UAX #15, 13: stream-safe text). Each is put in its
 * place among the others, which of thousands takes milliseconds, and their square. */
static bool is_heaped(const char *string, size_t length)
{
    unsigned marks = 0;

    for (size_t i = 0; i < length && marks <= MARKS_MOST;) {
        UChar32 c = 0;

        U8_NEXT((const uint8_t *)string, i, length, c);
        marks = c >= 0 && u_getCombiningClass(c) > 0 ? marks + 1 : 0;
    }
    return marks > MARKS_MOST;
}

/* What ICU can take: its lengths are 32 bits, and more than any field we keep is never a name. */
static bool is_foldable(const char *string, size_t length)
{
    return length <= LIMIT_CSV_FIELD && text_is_utf8(string, length) && !is_heaped(string, length);
}

/* Whether all of eight bytes are visible ASCII, or blanks, and none is a capital. */
static bool is_plain_word(uint64_t word)
{
    uint64_t high = EACH(0x80), visible = word + EACH(0x80 - ' '),
             rubout = word + EACH(0x80 - 0x7F);

    return (word & high) == 0 && (visible & high) == high && (rubout & high) == 0 &&
           capitals(word) == 0;
}

/* Most are folded as they come: visible ASCII without capitals from the first byte to the last, of
 * which eight are looked at together; the last eight overlap those before them. */
static bool is_folded_ascii(const char *string, size_t length)
{
    uint64_t word = EACH('a');

    if (length == 0 || *string == ' ' || string[length - 1] == ' ')
        return false;
    for (size_t i = 0; i + sizeof(word) <= length; i += sizeof(word)) {
        memcpy(&word, string + i, sizeof(word));
        if (!is_plain_word(word))
            return false;
    }
    if (length < sizeof(word))
        memcpy(&word, string, length);
    else
        memcpy(&word, string + length - sizeof(word), sizeof(word));
    return is_plain_word(word);
}

const char *fold_text(struct arena *arena, const char *string)
{
    CLEANUP(mem_cleanup) char *folded = NULL;
    const char *start = string, *result;
    size_t length = string ? strlen(string) : 0;

    if (!string || is_folded_ascii(string, length))
        return string;
    text_trim(&start, &length);
    if (length == 0)
        return NULL;
    if (text_is_ascii_bytes(start, length))
        return lower_ascii(arena, string, start, length);
    if (!is_foldable(start, length))
        return string;
    folded = fold_unicode(start, length);
    result = strcmp(folded, string) == 0 ? string : arena_strdup(arena, folded);
    return result;
}

bool fold_is(struct arena *arena, const char *string, const char *folded)
{
    size_t i = 0;

    /* what is folded has no blanks at its ends, so that what is the same byte by byte has none */
    while (string && folded && (unsigned char)string[i] < 0x80 && string[i] &&
           lower_char(string[i]) == folded[i])
        i++;
    if (i > 0 && !string[i] && !folded[i])
        return true;
    /* of ASCII each byte stays in its place, unless blanks in front of it go */
    if (string && folded && folded[i] && *string > ' ' && text_is_ascii(string + i))
        return false;
    return text_equal(fold_text(arena, string), folded);
}

/* The bytes of the white space at `s` (any that Unicode knows), 0 when there is none. */
static size_t space_at(const char *s)
{
    size_t step;
    int32_t c;

    if ((unsigned char)*s < 0x80)
        return *s == ' ' || (*s >= '\t' && *s <= '\r');
    step = text_decode(s, strnlen(s, U8_MAX_LENGTH), &c);
    return step > 0 && u_isUWhiteSpace(c) ? step : 0;
}

/* Whether collapsing would change anything: a blank at an end, two in a row, one that is no space.
 */
static bool is_collapsed(const char *string)
{
    bool after_blank = true;

    for (const char *s = string; *s; s++) {
        size_t blank = space_at(s);

        if (blank > 0 && (after_blank || *s != ' '))
            return false;
        after_blank = blank > 0;
    }
    return !after_blank;
}

const char *fold_name(struct arena *arena, const char *string)
{
    const char *folded = fold_text(arena, string);
    CLEANUP(text_release) struct text name = TEXT_INIT;
    bool pending = false;

    if (!folded || is_collapsed(folded) || !text_is_utf8(folded, strlen(folded)))
        return folded;
    for (const char *s = folded; *s;) {
        size_t blank = space_at(s);

        if (blank > 0) {
            pending = name.length > 0;
            s += blank;
            continue;
        }
        if (pending)
            text_add_char(&name, ' ');
        pending = false;
        text_add_char(&name, *s++);
    }
    return name.length > 0 ? arena_strndup(arena, name.data, name.length) : NULL;
}

/* Opened once, for good: opening costs more than a thousand skeletons. */
static USpoofChecker *spoof_checker(void)
{
    static USpoofChecker *checker;
    UErrorCode status = U_ZERO_ERROR;

    if (!checker) {
        checker = uspoof_open(&status);
        must(status);
    }
    return checker;
}

/* The skeleton in new memory. */
static char *skeleton_of(const char *string)
{
    int32_t length = (int32_t)strlen(string), capacity = length * 2 + 32, needed;
    UErrorCode status = U_ZERO_ERROR;
    char *skeleton = mem_alloc((size_t)capacity);

    needed =
        uspoof_getSkeletonUTF8(spoof_checker(), 0, string, length, skeleton, capacity, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR || status == U_STRING_NOT_TERMINATED_WARNING) {
        status = U_ZERO_ERROR;
        capacity = needed + 1;
        skeleton = mem_realloc(skeleton, (size_t)capacity);
        uspoof_getSkeletonUTF8(spoof_checker(), 0, string, length, skeleton, capacity, &status);
    }
    must(status);
    return skeleton;
}

/* A skeleton is made character by character, so for ASCII a table of 128 entries says it all. */
static const char *const *ascii_skeletons(void)
{
    static const char *table[128];
    char single[2] = {0};

    if (table[1])
        return table;
    for (int c = 0; c < 128; c++) {
        single[0] = (char)c;
        table[c] = skeleton_of(single);
    }
    return table;
}

static const char *skeleton_of_ascii(struct arena *arena, const char *string)
{
    const char *const *table = ascii_skeletons();
    size_t length = 0;
    char *skeleton, *end;

    for (const char *s = string; *s; s++)
        length += strlen(table[(unsigned char)*s]);
    skeleton = end = arena_alloc(arena, length + 1);
    for (const char *s = string; *s; s++)
        end = stpcpy(end, table[(unsigned char)*s]);
    *end = '\0';
    return skeleton;
}

const char *fold_skeleton(struct arena *arena, const char *string)
{
    CLEANUP(mem_cleanup) char *skeleton = NULL;
    const char *folded = fold_text(arena, string);

    if (!folded)
        return NULL;
    if (text_is_ascii(folded))
        return skeleton_of_ascii(arena, folded);
    if (!is_foldable(folded, strlen(folded)))
        return folded;
    skeleton = skeleton_of(folded);
    return arena_strdup(arena, skeleton);
}

/* The decomposed form without non-spacing marks, as UTF-8 in new memory. */
static char *without_marks(const char *string)
{
    CLEANUP(wide_release) struct wide a = {.length = 0};
    CLEANUP(wide_release) struct wide b = {.length = 0};
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *decomposed = unorm2_getNFKDInstance(&status);
    int32_t kept = 0, capacity;
    char *plain;

    must(status);
    wide_from_utf8(&a, string, strlen(string));
    wide_normalise(decomposed, &a, &b);
    for (int32_t i = 0; i < b.length; i++) { /* marks of names are all in the first plane */
        if (u_charType(b.unit[i]) != U_NON_SPACING_MARK)
            b.unit[kept++] = b.unit[i];
    }
    capacity = kept * 3 + 1;
    plain = mem_alloc((size_t)capacity);
    u_strToUTF8(plain, capacity, NULL, b.unit, kept, &status);
    must(status);
    return plain;
}

/* The whole name at once, as Unicode says it: whatever its characters make of each other. */
static const char *plain_as_a_whole(struct arena *arena, const char *string)
{
    CLEANUP(mem_cleanup) char *plain = NULL;
    const char *folded = fold_name(arena, string);

    if (!folded || text_is_ascii(folded) || !is_foldable(folded, strlen(folded)))
        return folded;
    plain = without_marks(folded);
    return fold_name(arena, arena_strdup(arena, plain)); /* the result may be its argument */
}

/* --- the same character by character, which nearly every name allows --- */

/* What a character is in a plain name. Once the marks are off, a letter says the same whatever
 * stands beside it, but for those that join what is in front of them (Hangul in pieces, vowel signs
 * of India) and those that leave a blank: with these the name is made as a whole. */
struct plain {
    char bytes[5];
    uint8_t length;
    uint8_t marks; /* how many it heaps on a letter */
    enum { PLAIN_UNKNOWN = 0, PLAIN_ALONE, PLAIN_TOGETHER } __attribute__((packed)) is;
};

#define PLAIN_END  0x10000 /* characters behind the first plane are rare in names */
#define PLAIN_LONG 256     /* bytes; longer names are rare as well */

static_assert(sizeof(struct plain) == sizeof(uint64_t), "one is read and written at once");

static unsigned count_marks(const struct wide *wide)
{
    unsigned marks = 0;

    for (int32_t i = 0; i < wide->length; i++)
        marks += u_getCombiningClass(wide->unit[i]) > 0;
    return marks;
}

/* The marks in a form that it passes through. */
static unsigned marks_of(const char *bytes, size_t length, bool folded)
{
    CLEANUP(wide_release) struct wide a = {.length = 0};
    CLEANUP(wide_release) struct wide b = {.length = 0};
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *decomposed = unorm2_getNFDInstance(&status);

    must(status);
    wide_from_utf8(&a, bytes, length);
    wide_normalise(decomposed, &a, &b);
    if (!folded)
        return count_marks(&b);
    wide_fold_case(&b, &a);
    wide_normalise(decomposed, &a, &b);
    return count_marks(&b);
}

/* Whether none of the characters joins one in front of it, or is a blank. */
static bool stands_alone(const char *bytes, size_t length)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *composed = unorm2_getNFCInstance(&status);

    must(status);
    for (size_t i = 0; i < length;) {
        UChar32 c = 0;

        U8_NEXT((const uint8_t *)bytes, i, length, c);
        if (c < 0 || u_isUWhiteSpace(c) || !unorm2_hasBoundaryBefore(composed, c))
            return false;
    }
    return true;
}

/* Between two letters, so that a blank at an end is seen. */
static struct plain find_plain(const char *bytes, size_t length)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct plain plain = {.is = PLAIN_TOGETHER};
    const char *found =
        plain_as_a_whole(&scratch, arena_printf(&scratch, "x%.*sx", (int)length, bytes));
    size_t left = strlen(found);
    unsigned marks = marks_of(bytes, length, false), later = marks_of(bytes, length, true);

    if (left < 2 || left - 2 > sizeof(plain.bytes) || found[0] != 'x' || found[left - 1] != 'x' ||
        !stands_alone(found + 1, left - 2))
        return plain;
    plain.is = PLAIN_ALONE;
    plain.length = (uint8_t)(left - 2);
    plain.marks = (uint8_t)(marks > later ? marks : later);
    memcpy(plain.bytes, found + 1, left - 2);
    return plain;
}

/* Each is found once; two threads that find it at the same time find the same. */
static struct plain plain_of(UChar32 c, const char *bytes, size_t length)
{
    static _Atomic uint64_t table[PLAIN_END];
    uint64_t word = atomic_load_explicit(&table[c], memory_order_relaxed);
    struct plain plain;

    memcpy(&plain, &word, sizeof(plain));
    if (plain.is != PLAIN_UNKNOWN)
        return plain;
    plain = find_plain(bytes, length);
    memcpy(&word, &plain, sizeof(word));
    atomic_store_explicit(&table[c], word, memory_order_relaxed);
    return plain;
}

/* Room for PLAIN_LONG bytes and then some in `to`; 0: it is to be made as a whole. */
static size_t plain_by_character(const char *string, size_t length, char *to)
{
    const char *const start = to;
    unsigned marks = 0;

    for (size_t i = 0; i < length && marks <= MARKS_MOST;) {
        size_t begin = i;
        UChar32 c = (unsigned char)string[i];

        if (c < 0x80) {
            i++;
            if (c < ' ' || (c == ' ' && (to == start || to[-1] == ' ')))
                return 0;
            *to++ = is_upper((char)c) ? (char)(c + ('a' - 'A')) : (char)c;
            marks = 0;
            continue;
        }
        U8_NEXT((const uint8_t *)string, i, length, c);
        if (c < 0 || c >= PLAIN_END)
            return 0;
        const struct plain plain = plain_of(c, string + begin, i - begin);
        if (plain.is != PLAIN_ALONE)
            return 0;
        memcpy(to, plain.bytes, sizeof(plain.bytes));
        to += plain.length;
        marks = plain.marks ? marks + plain.marks : 0;
    }
    return marks > MARKS_MOST || to == start || to[-1] == ' ' ? 0 : (size_t)(to - start);
}

const char *fold_plain_name(struct arena *arena, const char *string)
{
    char plain[PLAIN_LONG / 2 * sizeof((struct plain){0}.bytes) + sizeof(struct plain)];
    size_t length = string ? strlen(string) : 0, left = 0;

    if (length <= PLAIN_LONG && !text_is_ascii_bytes(string, length))
        left = plain_by_character(string, length, plain);
    return left > 0 ? arena_strndup(arena, plain, left) : plain_as_a_whole(arena, string);
}
