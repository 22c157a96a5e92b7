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
/* What nobody can answer: HR's file has to be mended. */
void guess_tell_file(struct roster_guess *guess, const struct guess_column *column,
                     const char *sentence, const char *open);
/* A value for people: cut, and what does not show is shown. */
const char *guess_shown(struct roster_guess *guess, const char *value);
/* "'Active', 'Terminated', …"; NULL = values of people, which are nobody's: one of them is neither
 * a word of states, a yes or no, a date, nor a number of one or two digits. */
const char *guess_examples_of(struct roster_guess *guess, const struct guess_column *column);
/* It can be named, has words and not too many of them, and no dates. */
bool guess_can_be_status(const struct guess_column *column);
const char *guess_rows_of(struct roster_guess *guess, size_t rows);
/* It says yes or no in a way that the reader knows. */
bool guess_is_flag(const char *value);
/* The column says who is on leave: by a yes, and by each of its other words. */
void guess_take_leave(struct roster_guess *guess, struct guess_column *column);
/* Of the columns of dates (guess_date_questions.c). */
void guess_ask_dates(struct roster_guess *guess);
void guess_answer_date(struct roster_guess *guess, const struct guess_question *question,
                       size_t choice);
/* How they are written, and what is no date, as a configuration says, where their cells fit it. */
void guess_recall_dates(struct roster_guess *guess, const struct config_roster *known);
/* A person has said, or most rows do, that this value stands for no date. */
bool guess_is_no_date(const struct roster_guess *guess, const char *value);
/* All open questions, anew. */
void guess_ask(struct roster_guess *guess);

#endif
