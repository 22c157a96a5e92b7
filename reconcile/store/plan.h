/*
 * store/plan: what a run proposed, word for word.
 */
#ifndef STORE_PLAN_H
#define STORE_PLAN_H

#include "core/plan.h"
#include "store/store.h"

/* Plan, rows (but for plain keeps), guards, announcements (R7; only of rows nothing holds). Earlier
 * proposed and held plans become expired. A plan that is not held and saw everything ends the
 * announcements it no longer makes. Sets plan->id and plan->audit_head. Never a plan that can only
 * be read (plan_is_report): ERR_INTERNAL. */
int store_save_plan(struct store *store, const struct store_run *run, struct plan *plan,
                    struct err *err) __attribute__((warn_unused_result));
/* The guards of a plan in their order. */
int store_load_guards(const struct store *store, struct arena *arena, int64_t plan_id,
                      struct guard_finding **ret_guard, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));
/* What has become of a stored plan, the number of the newest one, and whether there are steps of
 * it, or of one behind it: else store_load_became has none. */
int store_plan_state(const struct store *store, int64_t plan_id, enum plan_state *ret_state,
                     int64_t *ret_newest, bool *ret_is_tried, struct err *err)
    __attribute__((warn_unused_result));
/* Whether there is a plan of this number, and it is this one. */
int store_plan_is_there(const struct store *store, int64_t plan_id, const struct digest *digest,
                        bool *ret_is_there, struct err *err) __attribute__((warn_unused_result));
/* id 0 = the newest. *ret_plan NULL when there is none. The digest is checked: ERR_INTERNAL when it
 * differs. */
int store_load_plan(struct store *store, struct arena *arena, int64_t id, struct plan **ret_plan,
                    struct err *err) __attribute__((warn_unused_result));

/* The seats by class of a plan alone; 0 of them where none were configured. */
int store_load_plan_classes(const struct store *store, struct arena *arena, int64_t plan_id,
                            struct class_seats **ret_class, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

#endif
