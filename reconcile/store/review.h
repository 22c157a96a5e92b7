/*
 * store/review: what people decided about a plan, and what waits or stands still because of it.
 */
#ifndef STORE_REVIEW_H
#define STORE_REVIEW_H

#include "core/review.h"
#include "store/store.h"

/* Records an approval with its rows (all, or `count` account ids) and overrides, and sets the
 * plan's state to approved as soon as one row has enough people. ERR_HELD when in the meantime the
 * plan is not proposed or approved (or held, with every holding guard overridden) any more, is not
 * the newest, is expired at `now`, or its digest is another. The same person approving again
 * replaces their rows, and with them the state. Of an override of the same guard the first one
 * stays. ERR_USAGE, and nothing is recorded: an account that is no row with an action, a guard that
 * does not hold this plan, an override without a reason. */
int store_approve(struct store *store, const struct plan *plan, const struct approval *approval,
                  const struct override *override, size_t override_count, struct instant now,
                  struct err *err) __attribute__((warn_unused_result));
/* A held, proposed, approved or applying plan: from then on no intent of it is granted; what became
 * of earlier ones can still be recorded. ERR_HELD in any other state, ERR_USAGE without a reason.
 */
int store_reject(struct store *store, int64_t plan_id, const char *who, const char *reason,
                 struct instant now, struct err *err) __attribute__((warn_unused_result));
/* Empty for a plan that nobody decided on, or that there is not. Rejections are not part of it. */
int store_load_review(struct store *store, struct arena *arena, int64_t plan_id,
                      struct review *ret_review, struct err *err)
    __attribute__((warn_unused_result));

/* A plan as a decision finds it, held until the end of the caller's transaction. ERR_USAGE when
 * there is none. */
struct store_standing {
    enum plan_state state;
    struct instant expires_at;
    struct digest digest;
    const char *held_by; /* guards that hold it and were not overridden; NULL = none */
};
int store_load_standing(const struct store *store, struct arena *arena, int64_t plan_id,
                        struct store_standing *ret_standing, struct err *err)
    __attribute__((warn_unused_result));

/* Plans that are approved or applying and not expired at `now`, oldest first. */
int store_load_ready_plans(struct store *store, struct arena *arena, struct instant now,
                           int64_t **ret_id, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));
/* The stop row's sentence, NULL when there is none. */
int store_load_stop(struct store *store, struct arena *arena, const char **ret_reason,
                    struct err *err) __attribute__((warn_unused_result));

/* An account that this program suspended and that Bynder does not let anybody reactivate yet. */
struct store_lock_until {
    const char *account_id, *username, *email;
    struct instant suspended_at, until; /* suspended_at + 180 days */
};

/* Accounts we suspended, newest first, with the time from which Bynder allows reactivation. Without
 * those whose time has come, that are gone, or that were seen active since. */
int store_load_locked(struct store *store, struct arena *arena, struct instant now,
                      struct store_lock_until **ret_locked, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

#endif
