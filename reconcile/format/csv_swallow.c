/*
 * A field that opens in one row and closes in another one holds the rest of the first, whole rows,
 * and the beginning of the last up to its own column. Any of these is looked for, because rows may
 * be short or hold a delimiter too many. People write commas as well, in notes of some lines, but
 * hardly as many in one line as a row has; where a row has one or two, all lines must have them, or
 * the first and the last one exactly what they would.
 */
#include "format/csv_swallow.h"

enum { FEW = 3 }; /* fewer delimiters than that may stand in any line that somebody wrote */

/* What the lines of a field hold. */
struct lines {
    size_t count;       /* those with anything in them, and the first and the last one */
    size_t total;       /* delimiters in all of them … */
    size_t most;        /* … and in one … */
    size_t first, last; /* … and in these */
};

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

bool csv_has_break(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (is_break(bytes[i]))
            return true;
    }
    return false;
}

static void end_line(struct lines *lines, size_t delimiters, bool filled)
{
    if (lines->count == 0)
        lines->first = delimiters;
    lines->count += filled || lines->count == 0;
    lines->total += delimiters;
    lines->most = delimiters > lines->most ? delimiters : lines->most;
    lines->last = delimiters;
}

static struct lines count_lines(const char *bytes, size_t length, char delimiter)
{
    struct lines lines = {.count = 0};
    size_t delimiters = 0;
    bool filled = false;

    for (size_t i = 0; i < length; i++) {
        if (is_break(bytes[i])) {
            end_line(&lines, delimiters, filled);
            delimiters = 0;
            filled = false;
        } else {
            delimiters += bytes[i] == delimiter;
            filled = filled || bytes[i] != ' ';
        }
    }
    end_line(&lines, delimiters, true);
    return lines;
}

bool csv_swallows_rows(const char *bytes, size_t length, char delimiter, size_t column,
                       size_t columns)
{
    size_t row = columns > 0 ? columns - 1 : 0; /* delimiters of one */
    struct lines lines;

    if (row == 0 || !csv_has_break(bytes, length))
        return false;
    lines = count_lines(bytes, length, delimiter);
    if (lines.total >= (lines.count - 1) * row ||
        (lines.first == row - column && lines.last == column))
        return true;
    return row >= FEW && (lines.most >= row || lines.first + lines.last >= row ||
                          (column >= FEW && lines.last >= column));
}
