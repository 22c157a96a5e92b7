/*
 * Every encoder walks the text once and decides per character by a closed list what may pass as it
 * is. First comes the printable form, so that what is measured is what is shown and no encoder has
 * a control character to think of; those of a terminal then step by clusters: a base character with
 * all that combines with it is never cut apart.
 */
#include "format/encode.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <unicode/uchar.h>

#include "base/cleanup.h"

#define ELLIPSIS "\xE2\x80\xA6"

/* Most texts are plain ASCII, of which each byte is a column and prints as itself: the length of
 * such a one, SIZE_MAX for any other. */
static size_t plain_length(const char *value)
{
    size_t length = 0;

    while (value[length] >= ' ' && value[length] <= '~')
        length++;
    return value[length] == '\0' ? length : SIZE_MAX;
}

/* --- CSV --- */

/* What a formula begins with, its full-width form and the mathematical minus too. */
static bool is_formula_sign(UChar32 c)
{
    enum { MINUS = 0x2212, FULL_WIDTH = 0xFF01, FULL_WIDTH_LAST = 0xFF5E };

    if (c >= FULL_WIDTH && c <= FULL_WIDTH_LAST)
        c -= FULL_WIDTH - '!';
    return c == MINUS || (c > ' ' && c <= '~' && strchr("=+-@|%", c));
}

/* What may stand in front of it in a cell: blanks of any kind, quotation marks, apostrophes. */
static bool is_passed_over(UChar32 c)
{
    if (c > ' ' && c <= '~')
        return c == '"' || c == '\'';
    return u_isUWhiteSpace(c) || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

/* What a file may be split at, whatever is between its own fields: a cell begins behind it. */
#define SEPARATORS ",;|:^~ "

/* Whether the word ends at `s`, behind the apostrophe that closes `quoted` too. */
static bool ends_word(const char *s, bool quoted)
{
    return *s == ' ' || (quoted && *s == '\'' && (!s[1] || strchr(SEPARATORS, s[1])));
}

/* Whether a spreadsheet that begins a cell at `s` may take it for a formula. One that begins cells
 * behind blanks ends them there too: in a word a sign alone is none, and "a - b" and "no '@'" are
 * text, as is a form of dates between apostrophes: "fits '%d/%m/%Y'". */
static bool begins_formula(const char *s, bool word)
{
    enum { LONGEST = 4 };
    size_t step;
    int32_t c = 0;
    bool quoted = false;

    while ((step = text_decode(s, strnlen(s, LONGEST), &c)) > 0 && is_passed_over(c) &&
           !(word && c == ' ')) {
        quoted = c == '\'';
        s += step;
    }
    bool form = quoted && c == '%' && (s[step] | 0x20) >= 'a' && (s[step] | 0x20) <= 'z';
    return step > 0 && is_formula_sign(c) && !(word && (form || ends_word(s + step, quoted)));
}

static bool needs_quotes(const char *value)
{
    size_t length = strlen(value);

    return strpbrk(value, ",;\"") || value[0] == ' ' || (length > 0 && value[length - 1] == ' ');
}

static void add_doubled(struct text *out, const char *s, size_t length)
{
    const char *quote;

    while ((quote = memchr(s, '"', length))) {
        size_t run = (size_t)(quote - s) + 1;

        text_add_bytes(out, s, run);
        text_add_char(out, '"');
        s += run;
        length -= run;
    }
    text_add_bytes(out, s, length);
}

/* One possible cell after the other, each with the separator behind it. */
static void add_csv(struct text *out, const char *printable)
{
    bool quotes = needs_quotes(printable), word = false;

    if (quotes)
        text_add_char(out, '"');
    while (*printable) {
        size_t length = strcspn(printable, SEPARATORS);

        length += printable[length] != '\0';
        if (begins_formula(printable, word))
            text_add_char(out, '\'');
        add_doubled(out, printable, length);
        printable += length;
        word = printable[-1] == ' ';
    }
    if (quotes)
        text_add_char(out, '"');
}

void encode_csv(struct text *out, const char *value)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;

    if (text_is_empty(value))
        return;
    if (plain_length(value) != SIZE_MAX) {
        add_csv(out, value);
        return;
    }
    text_add_printable(&printable, value);
    add_csv(out, text_cstr(&printable));
}

size_t encode_csv_defused(const char *value)
{
    return value[0] == '\'' && begins_formula(value + 1, false);
}

/* --- HTML --- */

static const char *html_entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void add_html(struct text *out, const char *string)
{
    for (;;) {
        size_t plain = strcspn(string, "&<>\"'");

        text_add_bytes(out, string, plain);
        string += plain;
        if (!*string)
            return;
        text_add(out, html_entity(*string++));
    }
}

void encode_html(struct text *out, const char *value)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;

    if (text_is_empty(value))
        return;
    if (plain_length(value) != SIZE_MAX) {
        add_html(out, value);
        return;
    }
    text_add_printable(&printable, value);
    add_html(out, text_cstr(&printable));
}

/* --- terminal --- */

static bool is_regional(UChar32 c)
{
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

static bool is_picture(UChar32 c)
{
    return u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC);
}

static bool is_combining(UChar32 c)
{
    return u_hasBinaryProperty(c, UCHAR_GRAPHEME_EXTEND) ||
           (u_charType(c) == U_FORMAT_CHAR &&
            u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) ||
           u_charType(c) == U_COMBINING_SPACING_MARK ||
           u_hasBinaryProperty(c, UCHAR_EMOJI_MODIFIER) || (c >= 0x1160 && c <= 0x11FF);
}

static size_t character_width(UChar32 c)
{
    int east_asian = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);

    if (is_combining(c))
        return 0;
    return east_asian == U_EA_FULLWIDTH || east_asian == U_EA_WIDE || is_regional(c) ? 2 : 1;
}

/* The bytes of what a reader sees as one character at `s` (valid UTF-8, not empty), and its
 * columns: a base and all that combines with it, emoji joined by U+200D, a flag of two letters. */
static size_t cluster(const char *s, size_t left, size_t *ret_width)
{
    enum { JOINER = 0x200D, EMOJI_STYLE = 0xFE0F };
    UChar32 first, c, previous;
    size_t end;

    if ((unsigned char)s[0] < 0x80 && (left == 1 || (unsigned char)s[1] < 0x80)) {
        *ret_width = 1;
        return 1;
    }
    end = text_decode(s, left, &first);
    *ret_width = character_width(first);
    previous = first;
    while (end < left) {
        size_t step = text_decode(s + end, left - end, &c);
        bool flag = previous == first && is_regional(first) && is_regional(c);
        bool joined = previous == JOINER && is_picture(first) && is_picture(c);

        if (!is_combining(c) && !joined && !flag)
            break;
        if (c == EMOJI_STYLE)
            *ret_width = 2;
        previous = flag ? 0 : c;
        end += step;
    }
    return end;
}

static size_t width_of(const char *s, size_t length)
{
    size_t total = 0, width = 0;

    while (length > 0) {
        size_t step = cluster(s, length, &width);

        total += width;
        s += step;
        length -= step;
    }
    return total;
}

/* The bytes of the longest beginning that fits into `width` columns. */
static size_t fitting(const char *s, size_t length, size_t width, size_t *ret_used)
{
    size_t done = 0, used = 0, wide = 0;

    while (done < length) {
        size_t step = cluster(s + done, length - done, &wide);

        if (used + wide > width)
            break;
        used += wide;
        done += step;
    }
    *ret_used = used;
    return done;
}

static void add_blanks(struct text *out, size_t count)
{
    static const char blanks[] = "                                ";

    for (; count >= sizeof(blanks); count -= sizeof(blanks) - 1)
        text_add_bytes(out, blanks, sizeof(blanks) - 1);
    text_add_bytes(out, blanks, count);
}

size_t encode_width(const char *value)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;
    size_t plain = value ? plain_length(value) : 0;

    if (plain != SIZE_MAX)
        return plain;
    text_add_printable(&printable, value);
    return width_of(printable.data, printable.length);
}

void encode_cell(struct text *out, const char *value, size_t width)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;
    size_t length, used = 0, plain = value ? plain_length(value) : 0;

    if (width == 0)
        return;
    if (plain <= width) {
        text_add_bytes(out, value ? value : "", plain);
        add_blanks(out, width - plain);
        return;
    }
    text_add_printable(&printable, value ? value : "");
    length = fitting(text_cstr(&printable), printable.length, width, &used);
    if (length < printable.length) {
        length = fitting(printable.data, printable.length, width - 1, &used);
        text_add_bytes(out, printable.data, length);
        text_add(out, ELLIPSIS);
        used++;
    } else {
        text_add_bytes(out, text_cstr(&printable), length);
    }
    add_blanks(out, width - used);
}

/* The bytes of the next line, at a blank when there is one that fits. */
static size_t line_length(const char *s, size_t length, size_t width)
{
    size_t used, fits = fitting(s, length, width, &used), cut = fits;

    if (fits == length || s[fits] == ' ')
        return fits;
    while (cut > 0 && s[cut - 1] != ' ')
        cut--;
    if (cut > 0)
        return cut;
    return fits > 0 ? fits : cluster(s, length, &used); /* a character wider than the line */
}

void encode_wrapped(struct text *out, const char *value, size_t indent, size_t width)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;
    const char *s;
    size_t left;

    if (text_is_empty(value))
        return;
    text_add_printable(&printable, value);
    s = printable.data;
    left = printable.length;
    for (bool first = true; left > 0; first = false) {
        size_t length = line_length(s, left, width > 0 ? width : 1), shown = length;

        while (shown > 0 && s[shown - 1] == ' ')
            shown--;
        if (!first)
            text_addf(out, "\n%*s", (int)indent, "");
        text_add_bytes(out, s, shown);
        for (s += length, left -= length; left > 0 && *s == ' '; left--)
            s++;
    }
}
