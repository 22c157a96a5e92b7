/*
 * describe: what became of decisions, in lines for the person who made them: at a terminal, and
 * beside a file that was taken from the inbox.
 */
#ifndef JOB_DESCRIBE_H
#define JOB_DESCRIBE_H

#include "job/review.h"

/* What will happen when, a line each, ended by a newline; likewise below. */
void describe_nights(struct text *out, const struct decide_answer *answer);
/* Rows that were named and not decided on, each by its name. */
void describe_left(struct text *out, const struct decide_answer *answer);
void describe_review(struct text *out, int64_t plan_id, const char *who, const char *file,
                     const struct review_answer *answer);
/* Whether a file decided anything, be it again. */
bool describe_took_any(const struct review_answer *answer);

#endif
