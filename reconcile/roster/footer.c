/*
 * Who is taken for a footer is lost, so a pattern must be met by what it says in letters, and not
 * by its star. Other stars are literal, because reports are ended by rows of them.
 */
#include "roster/footer.h"

#include <string.h>

#include "base/fold.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Of folded text; all beyond ASCII counts. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (signed char)c < 0;
}

const char *footer_text(struct arena *arena, const char *written)
{
    const char *folded = fold_name(arena, written);
    size_t length = folded ? strlen(folded) : 0, kept = 0;
    char *text = arena_alloc(arena, length + 1);

    for (size_t i = 0; i < length; i++) {
        if (is_digit(folded[i]) && kept > 0 && text[kept - 1] == '0')
            continue;
        text[kept++] = is_digit(folded[i]) ? '0' : folded[i];
    }
    text[kept] = '\0';
    return text;
}

static bool has_letter(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (is_letter(text[i]))
            return true;
    }
    return false;
}

bool footer_fits(const char *pattern, const char *cell)
{
    size_t length = strlen(pattern), whole = strlen(cell);
    bool open = length > 0 && pattern[length - 1] == '*';

    length -= open;
    if (!has_letter(pattern, length) && (has_letter(cell, whole) || strchr(cell, '0')))
        return false;
    if (strncmp(cell, pattern, length) != 0)
        return false;
    if (!open)
        return cell[length] == '\0';
    bool within = length > 0 && pattern[length - 1] >= 'a' && is_letter(pattern[length - 1]) &&
                  is_letter(cell[length]);
    return !within || strpbrk(cell + length, "0:=(");
}

bool footer_may_fit(const char *pattern, char first)
{
    char folded = (char)(first >= 'A' && first <= 'Z' ? first - 'A' + 'a' : first);

    if ((signed char)first < 0 || (signed char)*pattern < 0 ||
        pattern[strspn(pattern, "*")] == '\0')
        return true;
    return *pattern == (is_digit(first) ? '0' : folded);
}
