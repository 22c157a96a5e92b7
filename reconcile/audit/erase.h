/*
 * audit/erase: takes what is personal out of the history, for one person who asks or for those
 * whose time is over, and thins what is old. What was done stays: ids, times, states, rules, acts,
 * and the chain, of which only salted digests of personal values are left.
 */
#ifndef AUDIT_ERASE_H
#define AUDIT_ERASE_H

#include "audit/question.h"

struct store_erased {
    size_t accounts;
    size_t value_count; /* names, addresses and numbers that are gone */
    const char **name;  /* those that name them in a text by themselves: for files elsewhere */
    size_t name_count;
    const char *
        *listed; /* ids of accounts that the portal still has: the next run brings them back */
    size_t listed_count;
    const char **account_id; /* all that were erased */
    size_t account_id_count;
    const char **clean_plan; /* numbers of the stored plans that do not show them, for certain */
    size_t clean_plan_count;
};

/* One person, in one transaction, with its event; `who` erases and says why. What was set aside for
 * the portal is about the same people, and is erased with it. The people an account
 * belonged to go with it. ERR_HELD while an act on them is open or about to be done. ERR_USAGE for
 * a reason that is empty or names them. Plans that wait for a decision and show them expire. Memory
 * from the arena. */
int store_erase(struct store *store, struct arena *arena, const struct store_subject *subject,
                const char *who, const char *reason, struct instant now,
                struct store_erased *ret_erased, struct err *err)
    __attribute__((warn_unused_result));

struct store_retention {
    struct instant personal_before;  /* gone accounts and people of whom nothing was told since */
    struct instant daily_before;     /* older snapshots: one a week … */
    struct instant weekly_before;    /* … and before this: one a month */
    struct instant plan_rows_before; /* rows of plans that nobody approved */
};                                   /* none = for ever */

struct store_retained {
    struct store_erased erased;
    int64_t plan_rows, snapshots;
};

/* ERR_LOCKED for a run that is not the newest. At most 100 accounts and 100 people at a time. */
int store_retain(struct store *store, const struct store_run *run, struct arena *arena,
                 const struct store_retention *retention, struct instant now,
                 struct store_retained *ret_retained, struct err *err)
    __attribute__((warn_unused_result));

/* Whether the newest reading until a moment was thinned out since: when it was, and when the one
 * was that answers instead. Sees the views alone. */
int store_find_thinned(const struct store *store, struct instant moment, bool *ret_found,
                       struct instant *ret_gone, struct instant *ret_kept, struct err *err)
    __attribute__((warn_unused_result));

/* What the portal was called before: files of then are called so. */
int store_names_of_before(const struct store *store, struct arena *arena, const char ***ret_name,
                          size_t *ret_count, struct err *err) __attribute__((warn_unused_result));

/* Whether this connection may erase: a job that may not leaves it to who may. */
int store_may_erase(const struct store *store, bool *ret_may, struct err *err)
    __attribute__((warn_unused_result));

#endif
