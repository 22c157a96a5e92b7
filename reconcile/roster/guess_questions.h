/*
 * roster/guess_questions: what a guess cannot know, put as questions, and what answers do to it.
 * Private to roster/guess.
 */
#ifndef ROSTER_GUESS_QUESTIONS_H
#define ROSTER_GUESS_QUESTIONS_H

#include "roster/guess.h"

bool guess_has_words(const struct roster_guess *guess, const struct guess_column *column);
/* Columns with this hint that have values. */
size_t guess_count_hints(const struct roster_guess *guess, enum meaning hint);
/* A configuration can name it, and no other column is titled so. */
bool guess_can_be_named(const struct guess_column *column);
/* By a person: what was taken for this before is not used any more. */
void guess_take(struct roster_guess *guess, struct guess_taking taking);
/* The column is the status, its values the words. */
void guess_take_status(struct roster_guess *guess, struct guess_column *column);
/* How the columns of dates are written, where it is proven. */
void guess_find_dates(struct roster_guess *guess);
/* SCIM: how many users are not active. */
void guess_count_inactive(struct roster_guess *guess);
struct guess_question *guess_put_question(struct roster_guess *guess, enum guess_subject subject,
                                          const struct guess_column *column);
/* All open questions, anew. */
void guess_ask(struct roster_guess *guess);

#endif
