/*
 * audit/question: what auditors ask the history, by the views of schema audit and nothing else, so
 * that somebody who sees only those can ask as well. Answers are rows, for report/audit.
 */
#ifndef AUDIT_QUESTION_H
#define AUDIT_QUESTION_H

#include "store/store.h"

/* For somebody who may not see the tables: finds the portal by the views. ERR_CONFIG when the
 * history does not know it. */
int store_open_views(struct pg *pg, const char *portal, struct store *ret_store, struct err *err)
    __attribute__((warn_unused_result));
/* Whether the connection may look at the tables, or only at the views. ERR_CONFIG when there are no
 * views. */
int store_sees_tables(struct pg *pg, bool *ret_sees, struct err *err)
    __attribute__((warn_unused_result));

/* What the connection may do beyond what the job needs, in words; NULL = nothing. */
int store_excess_rights(struct pg *pg, struct arena *arena, const char **ret_excess,
                        struct err *err) __attribute__((warn_unused_result));

/* ERR_CONFIG with what the job needs (what roles.sql gives its role) and the connection may not,
 * and the statements that give it; what no migration made is not the program's. */
int store_check_rights(struct pg *pg, struct err *err) __attribute__((warn_unused_result));

/* An account, or a person who never had one (account_no 0, account_id NULL). */
struct store_subject {
    int64_t account_no;
    const char *account_id;
    const char *person_key; /* only without an account */
    const char *status;     /* of the account, else what HR says */
    const char *username, *email, *name;
};

/* Everybody who is or ever was called so, compared folded: id, username, addresses, employee
 * number; of an account also those of the person it belonged to. An exact id is that account alone.
 * Memory from the arena. */
int store_find_who(const struct store *store, struct arena *arena, const char *who,
                   struct store_subject **ret_subject, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

/* The caller clears the results. */
int store_ask_user(const struct store *store, const struct store_subject *subject,
                   PGresult **ret_result, struct err *err) __attribute__((warn_unused_result));
/* ERR_USAGE when nothing was known then. */
int store_ask_at(const struct store *store, const char *portal, struct instant moment,
                 PGresult **ret_result, struct err *err) __attribute__((warn_unused_result));
int store_ask_actions(const struct store *store, struct instant since, PGresult **ret_result,
                      struct err *err) __attribute__((warn_unused_result));
int store_ask_seats(const struct store *store, struct day since, PGresult **ret_result,
                    struct err *err) __attribute__((warn_unused_result));
/* Two answers: by month, and in all months from that of `since` on (none = ever). */
struct store_savings_told {
    PGresult *months, *total;
};
int store_ask_savings(const struct store *store, struct day since,
                      struct store_savings_told *ret_told, struct err *err)
    __attribute__((warn_unused_result));
void store_savings_told_release(struct store_savings_told *told);
/* What people decided, and what became of it: since a moment (none = ever), about one account and
 * by one person (either NULL = whoever). */
int store_ask_decisions(const struct store *store, struct instant since, const char *account_id,
                        const char *who, PGresult **ret_result, struct err *err)
    __attribute__((warn_unused_result));
struct store_plan_story {
    PGresult *plan, *decisions, *rows;
};
/* ERR_USAGE when there is no such plan. */
int store_ask_plan(const struct store *store, const char *portal, int64_t plan_id,
                   struct store_plan_story *ret_story, struct err *err)
    __attribute__((warn_unused_result));
void store_plan_story_release(struct store_plan_story *story);

/* Every account of a moment, with Bynder's columns as far as they are known (export_at.sql). */
int store_ask_export(const struct store *store, const char *portal, struct instant moment,
                     PGresult **ret_result, struct err *err) __attribute__((warn_unused_result));

#endif
