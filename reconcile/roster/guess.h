/*
 * roster/guess: what the columns of a CSV roster seem to be, for `init` to write down and a person
 * to read. By titles and by the words and dates in the columns alone; what is not plain is left
 * out, because a row whose word or date has no meaning is rejected, and nobody in it is touched.
 */
#ifndef ROSTER_GUESS_H
#define ROSTER_GUESS_H

#include "config/config.h"

enum guess_column {
    GUESS_EMPLOYEE_NUMBER = 0,
    GUESS_EMAIL,
    GUESS_USERNAME,
    GUESS_NAME,
    GUESS_FIRST_NAME,
    GUESS_LAST_NAME,
    GUESS_STATUS,
    GUESS_HIRE_DATE,
    GUESS_LAST_DAY,
    GUESS_DEPARTMENT,
    GUESS_COLUMN_COUNT,
};

#define GUESS_WORDS_MAX 40

struct guess_words {
    const char *item[GUESS_WORDS_MAX];
    size_t count;
};

struct roster_guess {
    char delimiter;
    const char *title[GUESS_COLUMN_COUNT]; /* NULL = none seems to be it */
    struct guess_words employed, on_leave, departed;
    struct guess_words unclear; /* words of the status column that were not understood */
    const char *date_format;    /* the one that all dates fit; NULL = none or several */
    size_t rows;                /* below the titles, as far as the bytes go */
};

/* The bytes are UTF-8 and may end in the middle of a row. ERR_ROSTER: no title, or no CSV. Memory
 * from the arena. */
int roster_guess(struct arena *arena, const char *bytes, size_t length,
                 struct roster_guess *ret_guess, struct err *err)
    __attribute__((warn_unused_result));

#endif
