/*
 * score: what years add up to, as tables and as JSON, held against the targets.
 */
#ifndef YEAR_SCORE_H
#define YEAR_SCORE_H

#include "base/text.h"

#include "world.h"

void score_add(struct score *total, const struct score *year);
void score_print(const struct score *score, const char *title);
/* Prints each target with what was reached; how many were missed. The clean-up has its own. */
size_t score_check(const struct score *total, size_t *ret_passed);
size_t score_check_cleanup(const struct score *cleanup, size_t *ret_passed);
/* The targets with what was reached, as an array. */
void score_add_targets_json(const struct score *score, bool cleanup, struct text *out);
void score_add_json(const struct score *score, struct text *out);

#endif
