/*
 * review: which rows of a plan a person means. Pure.
 */
#ifndef CORE_REVIEW_H
#define CORE_REVIEW_H

#include "base/err.h"
#include "core/plan.h"

/* A name in a file of --only or --except, as somebody wrote it. */
struct review_name {
    const char *value;    /* not blank */
    const char *username; /* what the row says it is, where no header says what is where; or NULL */
    uint32_t row;         /* of the file, from 1 */
};

struct review_names {
    const char *file; /* its name, for sentences */
    struct review_name *name;
    size_t count;
};

/* The rows that are meant, by account id or else e-mail, in any ASCII case; what has the form of an
 * id is no e-mail. Each name must be that of exactly one row, with an action and of that username,
 * and no other row may have a name that folds alike: else ERR_USAGE with file and row. ret_named
 * has row_count flags. */
int review_select(const struct plan *plan, const struct review_names *names, bool *ret_named,
                  struct err *err) __attribute__((warn_unused_result));

#endif
