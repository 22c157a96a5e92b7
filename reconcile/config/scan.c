/*
 * libconfig 1.5 reads 4294967297 as 1 and 99999999999999999999L as something else again, and
 * reports success. So the bytes are walked once before it sees them, just far enough to tell
 * strings and comments from words and numbers, and every number is judged as text: a whole one of
 * at most 18 digits, decimal, that fits what it will be stored in.
 *
 * @include is refused here, before libconfig would open anything: one file, one set of lines.
 */
#include <string.h>

#include "base/mem.h"
#include "base/parse.h"
#include "config/loader.h"

#define DIGITS_MAX 18

struct scan {
    struct config_loader *loader;
    const char *at;
    const char *end;
    unsigned line;
    bool refused; /* libconfig must not parse this */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word_part(char c)
{
    return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '*';
}

static void step(struct scan *scan)
{
    if (*scan->at == '\n')
        scan->line++;
    scan->at++;
}

static bool starts(const struct scan *scan, const char *word)
{
    size_t length = strlen(word);

    return (size_t)(scan->end - scan->at) >= length && memcmp(scan->at, word, length) == 0;
}

static void skip_line(struct scan *scan)
{
    while (scan->at < scan->end && *scan->at != '\n')
        scan->at++;
}

static void skip_comment(struct scan *scan)
{
    unsigned line = scan->line;

    scan->at += 2;
    while (scan->at < scan->end && !starts(scan, "*/"))
        step(scan);
    if (scan->at == scan->end) {
        config_problem_add(scan->loader, line, "a comment '/*' has no end '*/'");
        scan->refused = true;
        return;
    }
    scan->at += 2;
}

/* A quote that is missing turns everything up to the next one inside out, and libconfig would name
 * the line where that ends. */
static void skip_string(struct scan *scan)
{
    scan->at++;
    while (scan->at < scan->end && *scan->at != '"' && *scan->at != '\n') {
        if (*scan->at == '\\' && scan->at + 1 < scan->end && scan->at[1] != '\n')
            scan->at++;
        scan->at++;
    }
    if (scan->at < scan->end && *scan->at == '"') {
        scan->at++;
        return;
    }
    config_problem_add(scan->loader, scan->line,
                       "a text begins here and has no end; hint: add the missing '\"'");
    scan->refused = true;
}

static size_t longest_digit_run(const char *number, size_t length)
{
    size_t longest = 0, run = 0;

    for (size_t i = 0; i < length; i++) {
        run = is_digit(number[i]) ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* What is wrong with a number as it is written, or NULL. */
static const char *find_number_flaw(const char *number, size_t length)
{
    bool is_signed = number[0] == '-' || number[0] == '+';
    const char *digit = number + is_signed;
    size_t count = length - is_signed;
    int64_t value;

    if (longest_digit_run(number, length) > DIGITS_MAX)
        return "has too many digits";
    if (count > 1 && digit[0] == '0' && (digit[1] == 'x' || digit[1] == 'X'))
        return "is not decimal";
    if (count > 1 && digit[0] == '0' && is_digit(digit[1]))
        return "starts with a zero";
    if (memchr(digit, '.', count) || memchr(digit, 'e', count) || memchr(digit, 'E', count) ||
        memchr(digit, 'L', count)) /* a float, or 64 bits: 18 digits fit */
        return NULL;
    if (count > 0 && !parse_digits(digit, count, INT32_MAX, &value) &&
        longest_digit_run(digit, count) == count)
        return "is too large";
    return NULL;
}

static void take_number(struct scan *scan)
{
    struct config_loader *loader = scan->loader;
    const char *start = scan->at;
    size_t length;
    const char *flaw;

    scan->at++;
    while (
        scan->at < scan->end &&
        (is_digit(*scan->at) || is_letter(*scan->at) || *scan->at == '.' ||
         ((*scan->at == '-' || *scan->at == '+') && (scan->at[-1] == 'e' || scan->at[-1] == 'E'))))
        scan->at++;
    length = (size_t)(scan->at - start);
    flaw = find_number_flaw(start, length);
    if (!flaw)
        return;
    config_problem_add(loader, scan->line, "the number '%.*s%s' %s; hint: write it in decimal, %s",
                       (int)(length < 40 ? length : 40), start, length < 40 ? "" : "…", flaw,
                       "no setting takes more than 2147483647");
    loader->bad_number_line =
        mem_grow(loader->bad_number_line, loader->bad_number_count, &loader->bad_number_capacity,
                 sizeof(loader->bad_number_line[0]));
    loader->bad_number_line[loader->bad_number_count++] = scan->line;
}

static void take_token(struct scan *scan)
{
    char c = *scan->at;

    if (c == '#' || starts(scan, "//")) {
        skip_line(scan);
    } else if (starts(scan, "/*")) {
        skip_comment(scan);
    } else if (c == '"') {
        skip_string(scan);
    } else if (is_letter(c) || c == '*') {
        while (scan->at < scan->end && is_word_part(*scan->at))
            scan->at++;
    } else if (is_digit(c) || c == '+' || c == '-' || c == '.') {
        take_number(scan);
    } else if (starts(scan, "@include")) {
        config_problem_add(scan->loader, scan->line,
                           "'@include' is not taken; hint: put everything into one file");
        scan->refused = true;
    } else {
        step(scan);
    }
}

/* 1-based line of the byte at `position`. */
static unsigned line_at(const char *bytes, size_t position)
{
    unsigned line = 1;

    for (size_t i = 0; i < position; i++)
        line += bytes[i] == '\n';
    return line;
}

/* The length of the longest beginning that is valid UTF-8, cut at a line's end. */
static size_t valid_lines(const char *bytes, size_t length)
{
    size_t start = 0;

    while (start < length) {
        const char *newline = memchr(bytes + start, '\n', length - start);
        size_t end = newline ? (size_t)(newline - bytes) + 1 : length;

        if (!text_is_utf8(bytes + start, end - start))
            return start;
        start = end;
    }
    return length;
}

int config_scan(struct config_loader *loader, const char *bytes, size_t length)
{
    struct scan scan = {.loader = loader, .at = bytes, .end = bytes + length, .line = 1};
    size_t valid = valid_lines(bytes, length);

    if (valid < length) {
        config_problem_add(loader, line_at(bytes, valid),
                           "this line is not text in UTF-8; hint: save the file as UTF-8");
        return -1;
    }
    while (scan.at < scan.end && !scan.refused)
        take_token(&scan);
    return scan.refused ? -1 : 0;
}
