/*
 * roster/guess_doubt: what a roster may say in columns that nobody knows, by how they are filled
 * and not by their titles: a flag, a code or a list beside a last day, a day behind the last one, a
 * last day that most rows share; and whether anything says who is on leave. Private to
 * roster/guess.
 */
#ifndef ROSTER_GUESS_DOUBT_H
#define ROSTER_GUESS_DOUBT_H

#include "roster/guess.h"

#define GUESS_ROW_DATES         64
#define GUESS_DATE_SIZE         40
#define GUESS_LEAVE_OUT_LEAVE   "leave"   /* in place of a title: nobody is away for long */
#define GUESS_LEAVE_OUT_REHIRES "rehires" /* who is hired again has no last day */

/* Cells of one row that may be dates. All zero at the beginning. */
struct guess_row_dates {
    struct {
        size_t column;
        char text[GUESS_DATE_SIZE];
    } cell[GUESS_ROW_DATES];
    size_t count;
    bool may_depart; /* a status has a word that is neither of work nor of leave */
};

void guess_doubt_cell(struct roster_guess *guess, struct guess_row_dates *dates, size_t column,
                      const char *value, const struct zone *zone);
/* Behind the cells of one person. */
void guess_doubt_row(struct roster_guess *guess, struct guess_row_dates *dates);
/* Nobody is on leave for long, or they are protected. */
void guess_doubt_settle_away(struct roster_guess *guess);
void guess_doubt_ask(struct roster_guess *guess);
void guess_doubt_answer(struct roster_guess *guess, const struct guess_question *question,
                        size_t choice);

#endif
