/*
 * One table says which characters these are; what has a width is a blank, the rest is nothing.
 */
#include "base/unseen.h"

#include <string.h>

#include "base/cleanup.h"

enum { NO_BREAK_SPACE = 0xA0 };

static const struct range {
    int32_t first, last;
    bool blank;
} unseen[] = {
    {0x00AD, 0x00AD, false}, {0x061C, 0x061C, false}, {0x1680, 0x1680, true},
    {0x180E, 0x180E, false}, {0x2000, 0x200A, true},  {0x200B, 0x200F, false},
    {0x2028, 0x2029, true},  {0x202A, 0x202E, false}, {0x202F, 0x202F, true},
    {0x205F, 0x205F, true},  {0x2060, 0x206F, false}, {0x3000, 0x3000, true},
    {0xFE00, 0xFE0F, false}, {0xFEFF, 0xFEFF, false}, {0xFFF9, 0xFFFD, false},
};

static const struct range *range_of(int32_t c)
{
    for (size_t i = 0; c >= 0x80 && i < COUNT_OF(unseen); i++) {
        if (c >= unseen[i].first && c <= unseen[i].last)
            return &unseen[i];
    }
    return NULL;
}

bool unseen_is(int32_t c)
{
    return range_of(c) != NULL;
}

/* The length of the next character; a byte that is of none is one by itself. */
static size_t next_of(const char *string, const char *end, int32_t *ret_char)
{
    size_t length = text_decode(string, (size_t)(end - string), ret_char);

    return length > 0 ? length : 1;
}

void unseen_fold(struct text *text, const char *string)
{
    const char *end = string + strlen(string);
    bool owed = false; /* a blank, when something follows */
    size_t from = text->length;

    while (string < end) {
        int32_t c = 0;
        size_t length = next_of(string, end, &c);
        const struct range *range = range_of(c);

        if (c == ' ' || (c >= '\t' && c <= '\r') || c == NO_BREAK_SPACE || (range && range->blank))
            owed = true;
        else if (!range) {
            if (owed && text->length > from)
                text_add_char(text, ' ');
            owed = false;
            text_add_bytes(text, string, length);
        }
        string += length;
    }
}

void unseen_show(struct text *text, const char *string, size_t limit)
{
    CLEANUP(text_release) struct text shown = TEXT_INIT;
    const char *end = string + strlen(string);

    while (string < end) {
        int32_t c = 0;
        size_t length = next_of(string, end, &c);

        if (c == NO_BREAK_SPACE)
            text_add(&shown, "<NBSP>");
        else if (unseen_is(c) && length > 1)
            text_addf(&shown, "<U+%04X>", (unsigned)c);
        else
            text_add_bytes(&shown, string, length);
        string += length;
    }
    text_add_excerpt(text, text_cstr(&shown), limit);
}
