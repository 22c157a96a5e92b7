/*
 * text: a growable byte string, always NUL-terminated, and small questions about strings.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    char *data; /* NULL while nothing was added; see text_cstr */
    size_t length;
    size_t capacity;
    /* Where a long text goes while it is made, NULL = nowhere; see text_spill. */
    void (*spill)(void *context, const char *bytes, size_t length);
    void *spill_context;
};

#define TEXT_INIT                                                                                  \
    (struct text)                                                                                  \
    {                                                                                              \
        .data = NULL, .length = 0, .capacity = 0                                                   \
    }

/* What stands in the text so far is finished: where it has a spill and is large, it is handed on
 * and the text is empty again. Called between the rows of a report, so that one of any length needs
 * no memory. The rest, and an error of the spill, are the caller's. */
void text_spill(struct text *text);

void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const void *bytes, size_t length);
void text_add_char(struct text *text, char c);
/* Longer by so many bytes, which stand there to be written. */
char *text_extend(struct text *text, size_t more);
void text_add_int(struct text *text, int64_t value); /* as decimal digits */
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_addv(struct text *text, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
void text_clear(struct text *text); /* empty, keeps the memory */
void text_release(struct text *text);
const char *text_cstr(const struct text *text); /* "" while empty; valid until the next change */
/* The malloc'ed string; the text is empty afterwards. Never NULL. */
char *text_take(struct text *text) __attribute__((returns_nonnull));

bool text_equal(const char *a, const char *b);  /* NULL equals NULL only */
int text_compare(const char *a, const char *b); /* strcmp, NULL first */
bool text_is_empty(const char *string);         /* NULL or "" */
bool text_starts(const char *string, const char *prefix);
/* Blanks are space, tab, CR, LF, VT, FF and U+00A0 (C2 A0), which spreadsheets leave behind.
 * Moves *start and shrinks *length; the bytes are not touched. */
void text_trim(const char **start, size_t *length);
bool text_is_ascii(const char *string);
bool text_is_ascii_bytes(const char *bytes, size_t length);
/* How many bytes come before the first that is not printable ASCII, or is a quotation mark or a
 * backslash: nearly all. */
size_t text_plain_run(const char *bytes, size_t length);
/* The bytes of the well-formed character of UTF-8 that begins there, 0 when none does, and which
 * one it is. */
size_t text_decode(const char *bytes, size_t left, int32_t *ret_char);
/* The length without a character that is begun at the end and not ended. */
size_t text_whole(const char *bytes, size_t length);
/* The length of the longest beginning of at most `limit` bytes that cuts no character apart. */
size_t text_excerpt(const char *string, size_t limit);
/* Appends that beginning, printable, and "…" when it is not all. */
void text_add_excerpt(struct text *text, const char *string, size_t limit);
/* RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF; embedded NUL is invalid. */
bool text_is_utf8(const char *bytes, size_t length);

/* Whether a character is seen, or combines with one that is, and leaves its neighbours where they
 * are. Not: C0, DEL, C1, line separators, bidi overrides and isolates, blanks of no width, tags. */
bool text_is_printable(int32_t value);

/* Appends `string` for a terminal, a log line, a page, a cell: what is not printable, and invalid
 * UTF-8, as \xNN or \u{…}. */
void text_add_printable(struct text *text, const char *string);

/* Appends `string` for a form or the query of a URL: all but RFC 3986's unreserved bytes as %XX. */
void text_add_url(struct text *text, const char *string);

/* Levenshtein distance of two byte strings when it is at most `limit` (0..3), else limit + 1. */
unsigned text_distance(const char *a, size_t a_length, const char *b, size_t b_length,
                       unsigned limit);

/* The candidate nearest to `word` within distance 3, or NULL: for "did you mean". Of equally near
 * ones the first; one that shares nothing with a short word is not near. */
const char *text_nearest(const char *word, const char *const *candidates, size_t count);

/* Shell-style match of the whole string: `*` any run, `?` one byte; both already folded. */
bool text_matches(const char *pattern, const char *string);

/* FNV-1a of a string, for hash tables in memory (not for anything stored). */
uint64_t text_hash(const char *string);

#endif
