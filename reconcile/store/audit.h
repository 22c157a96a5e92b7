/*
 * store/audit: the chain of events in the database. The functions that add are called inside the
 * transaction that writes the fact they record, so that there is no fact without its event and no
 * event without its fact; each takes the end of the chain and holds it until that transaction ends.
 *
 * What may be personal (who decided, reasons in free words, messages) goes beside the chain with a
 * salt; the chain holds its digest.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include "core/audit.h"
#include "store/announce.h"
#include "store/ruling.h"
#include "store/step.h"

/* The end of the chain; sequence 0 when there is none. */
int store_audit_head(const struct store *store, struct audit_head *ret_head, struct err *err)
    __attribute__((warn_unused_result));

/* --- adding, each inside the caller's transaction --- */

/* The first event of a portal's chain; adds nothing to a chain that has begun. */
int store_audit_portal(const struct store *store, const char *name, struct err *err)
    __attribute__((warn_unused_result));
/* To the chain of every portal of the database, when the schema has chains. */
int store_audit_migration(struct pg *pg, int version, const char *name, const char *sha256,
                          struct err *err) __attribute__((warn_unused_result));
int store_audit_run_begin(const struct store *store, const char *verb, struct day today,
                          struct instant now, struct err *err) __attribute__((warn_unused_result));
int store_audit_run_end(const struct store *store, const struct store_run *run,
                        const struct store_run_result *result, struct err *err)
    __attribute__((warn_unused_result));
int store_audit_snapshot(const struct store *store, const struct store_run *run,
                         const struct snapshot *snapshot, int64_t id, size_t nameless,
                         struct err *err) __attribute__((warn_unused_result));
int store_audit_roster(const struct store *store, const struct store_run *run,
                       const struct roster *roster, bool good, int64_t id, struct err *err)
    __attribute__((warn_unused_result));
/* The plan, and an event for each guard; *ret_head: the last of them. */
int store_audit_plan(const struct store *store, const struct store_run *run,
                     const struct plan *plan, int64_t id, struct audit_head *ret_head,
                     struct err *err) __attribute__((warn_unused_result));
int store_audit_intent(const struct store *store, const struct store_run *run,
                       const struct store_intent *intent, struct instant now, struct err *err)
    __attribute__((warn_unused_result));
int store_audit_outcome(const struct store *store, const struct store_run *run,
                        const struct store_outcome *outcome, const char *account_id,
                        const char *action, struct instant now, struct err *err)
    __attribute__((warn_unused_result));

/* What does not stand any more, with who ended it (NULL = a run). */
struct store_audit_ended {
    int64_t id;
    struct instant at; /* of a ruling */
    const char *account_id;
    const char *word; /* of a ruling why, of an announcement its rule */
    const char *who, *reason;
};
/* A file that they stood in. */
int store_audit_handed_in(const struct store *store, const struct handed_in *file, struct err *err)
    __attribute__((warn_unused_result));
/* Rulings that were made (their ids are set) and those that ended, many in few round trips. run_id
 * 0 = a person did it. */
int store_audit_rulings(const struct store *store, int64_t run_id, const struct ruling *ruling,
                        size_t count, const char *address, const struct store_audit_ended *ended,
                        size_t ended_count, struct err *err) __attribute__((warn_unused_result));
/* `measure` as it is stored; NULL = none. */
int store_audit_acknowledgement(const struct store *store,
                                const struct acknowledgement *acknowledgement, const char *measure,
                                struct err *err) __attribute__((warn_unused_result));
int store_audit_acknowledgement_end(const struct store *store, int64_t run_id, const char *guard,
                                    int64_t id, const char *reason, struct instant now,
                                    struct err *err) __attribute__((warn_unused_result));
/* Who the portal is; what is NULL or 0 is not told. */
struct store_audit_identity {
    const char *word; /* learned, adopted, renamed, set_aside */
    int64_t run_id;
    const char *before, *name; /* of a new name */
    const char *host, *own_id;
    int64_t goes_on_in;
    const char *acts; /* a JSON array of what was carried: number, account, action, when */
    const char *who, *reason;
};
int store_audit_identity(const struct store *store, const struct store_audit_identity *identity,
                         struct err *err) __attribute__((warn_unused_result));
/* A person accepted that the record went back behind `kept` (NULL = nothing was kept). */
int store_audit_restore(const struct store *store, const struct audit_head *kept, int64_t last_plan,
                        const char *who, const char *reason, struct err *err)
    __attribute__((warn_unused_result));
/* Announcements that ended, and then those that began (their ids are set). */
int store_audit_announcements(const struct store *store, int64_t run_id,
                              const struct store_announced *announced, size_t count,
                              const struct store_audit_ended *ended, size_t ended_count,
                              struct day today, struct err *err)
    __attribute__((warn_unused_result));

/* What was taken away: whose, from which plans, and which events lost what is personal. */
struct store_audit_erased {
    const char *const *account_id;
    size_t account_count;
    const char *const *plan_id; /* numbers, as text; likewise below */
    size_t plan_count;
    const char *const *sequence;
    size_t sequence_count;
};
int store_audit_erasure(const struct store *store, const char *account_id,
                        const struct store_audit_erased *erased, const char *who,
                        const char *reason, struct err *err) __attribute__((warn_unused_result));
/* What was too old besides: numbers as text. */
struct store_audit_thinned {
    const char *const *snapshot_id;
    size_t snapshot_count;
    const char *const *plan_id; /* plans that lost their rows */
    size_t plan_count;
    int64_t plan_rows;
};
int store_audit_retention(const struct store *store, int64_t run_id,
                          const struct store_audit_erased *erased,
                          const struct store_audit_thinned *thinned, struct err *err)
    __attribute__((warn_unused_result));

#endif
