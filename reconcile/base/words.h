/*
 * words: closed lists of words and what each stands for. A list is an array of strings indexed by
 * an enum, or an array of structs whose first member is the word; a NULL there is no word.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/* The first of `count` rows of `size` bytes that begins with `word`, byte for byte; NULL when none
 * does, and for a word that is NULL. */
const void *word_row(const void *rows, size_t count, size_t size, const char *word);

#define WORD_ROW(rows, word) word_row((rows), COUNT_OF(rows), sizeof((rows)[0]), (word))

/* Whether there is one, and its index into an enum of any size, which is left alone without. */
#define WORD_FIND(rows, word, ret_value)                                                           \
    __extension__({                                                                                \
        const __typeof__((rows)[0]) *row_ = WORD_ROW(rows, word);                                  \
        if (row_)                                                                                  \
            *(ret_value) = (__typeof__(*(ret_value)))(row_ - (rows));                              \
        row_ != NULL;                                                                              \
    })

/* Its index, 0 when there is none: the zero of our enums is the harmless value. */
#define WORD_INDEX(rows, word)                                                                     \
    __extension__({                                                                                \
        const __typeof__((rows)[0]) *row_ = WORD_ROW(rows, word);                                  \
        row_ ? (size_t)(row_ - (rows)) : 0;                                                        \
    })

#endif
