/*
 * roster/guess_questions: what a guess cannot know, put as questions, and what answers do to it.
 * Private to roster/guess.
 */
#ifndef ROSTER_GUESS_QUESTIONS_H
#define ROSTER_GUESS_QUESTIONS_H

#include "roster/guess.h"

/* Nothing is known of it yet, neither by its title nor by a person. */
bool guess_is_unused(const struct guess_column *column);
bool guess_has_words(const struct roster_guess *guess, const struct guess_column *column);
/* Columns with this hint that have values. */
size_t guess_count_hints(const struct roster_guess *guess, enum meaning hint);
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
