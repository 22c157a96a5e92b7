/*
 * review: what people decided about a plan, and which of its rows that makes approved. Pure.
 */
#ifndef CORE_REVIEW_H
#define CORE_REVIEW_H

#include "base/err.h"
#include "core/plan.h"

struct approval {
    const char *who; /* operating-system user */
    struct instant at;
    bool all; /* every row, else those in account_id */
    const char *const *account_id;
    size_t count;
};

struct override {
    const char *guard; /* "G7" */
    const char *who;
    const char *reason;
};

struct review {
    const struct approval *approval;
    size_t approval_count;
    const struct override *override;
    size_t override_count;
};

/* Whether a person let this guard pass for the plan. */
bool review_is_overridden(const struct review *review, const char *guard);

/* How many different people approved this row. */
size_t review_approvers(const struct review *review, const struct plan_row *row);
/* How many it needs: as the plan says of its action; a reactivation always at least one. */
size_t review_needed(const struct plan *plan, const struct plan_row *row);
/* Approved, and nothing holds it that was not overridden. *ret_reason says what is missing. */
bool review_is_approved(struct arena *arena, const struct plan *plan, const struct review *review,
                        const struct plan_row *row, const char **ret_reason);

/* Why this person may not approve this plan, or NULL: not among the approvers, or their own account
 * is in it. `email` is from the configuration, may be NULL. */
struct approver {
    const char *user;
    const char *email;
};
const char *review_refuse_approver(struct arena *arena, const struct plan *plan, const char *who,
                                   const struct approver *approver, size_t approver_count);

/* The rows a file of --only or --except names: one account id, e-mail or CSV row (its first cell)
 * each, folded; blank lines and a header cell `account_id` are passed over. Every line must name at
 * least one row with an action: else ERR_USAGE with the line. ret_named has row_count flags. */
int review_select(const struct plan *plan, const char *text, const char *file_name, bool *ret_named,
                  struct err *err) __attribute__((warn_unused_result));

#endif
