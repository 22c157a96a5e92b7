/*
 * One loop for every list: a row's first bytes are the pointer to its word.
 */
#include "base/words.h"

#include <string.h>

#include "base/text.h"

const void *word_row(const void *rows, size_t count, size_t size, const char *word)
{
    const char *row = rows;

    for (; word && count > 0; row += size, count--) {
        const char *own;

        memcpy(&own, row, sizeof(own));
        if (own && *own == *word && text_equal(own, word)) /* few begin as it does */
            return row;
    }
    return NULL;
}
