/*
 * review: which rows of a plan a person means. Pure.
 */
#ifndef CORE_REVIEW_H
#define CORE_REVIEW_H

#include "base/err.h"
#include "core/plan.h"

/* A name in a file of --only or --except, as somebody wrote it. */
struct review_name {
    const char *value; /* not blank */
    uint32_t row;      /* of the file, from 1 */
};

struct review_names {
    const char *file; /* its name, for sentences */
    struct review_name *name;
    size_t count;
};

/* The rows that are meant, by account id or else e-mail, folded. Each name must be that of exactly
 * one row with an action: else ERR_USAGE with file and row. ret_named has row_count flags. */
int review_select(const struct plan *plan, const struct review_names *names, bool *ret_named,
                  struct err *err) __attribute__((warn_unused_result));

#endif
