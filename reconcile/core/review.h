/*
 * review: which rows of a plan a person means. Pure.
 */
#ifndef CORE_REVIEW_H
#define CORE_REVIEW_H

#include "base/err.h"
#include "core/plan.h"

/* The rows a file of --only or --except names: one account id, e-mail or CSV row (its first cell)
 * each, folded; blank lines and a header cell `account_id` are passed over. Every line must name at
 * least one row with an action: else ERR_USAGE with the line. ret_named has row_count flags. */
int review_select(const struct plan *plan, const char *text, const char *file_name, bool *ret_named,
                  struct err *err) __attribute__((warn_unused_result));

#endif
