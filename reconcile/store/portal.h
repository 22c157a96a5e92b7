/*
 * store/portal: who a portal is, over its runs (guard G14), and under which name its history goes
 * on. A history is its number: it can be given another name, and everything that hangs on the
 * number (the chain, acts, decisions, announcements, what is known of every account) comes with it.
 */
#ifndef STORE_PORTAL_H
#define STORE_PORTAL_H

#include "core/audit.h"
#include "store/store.h"

/* As of the last run that was sure of it. NULL = not learned yet. */
struct store_identity {
    const char *host, *own_id;
    const char *url;        /* of the configuration that was there last */
    const char *goes_on_as; /* the name of the history for which it was set aside; NULL = was not */
    const char *older_name; /* another name with the host that was asked about; NULL = none */
    int64_t known_snapshot_id; /* 0 = none */
};
/* `host` is that of tonight; NULL = other names do not matter. */
int store_load_identity(const struct store *store, struct arena *arena, const char *host,
                        struct store_identity *ret_identity, struct err *err)
    __attribute__((warn_unused_result));

/* Of the accounts of a reading, how many the newest one has. Over all of them. */
int store_count_known(const struct store *store, int64_t snapshot_id, int64_t *ret_known,
                      int64_t *ret_of_those, struct err *err) __attribute__((warn_unused_result));

/* This run was sure: what the next one compares with. `own_id` NULL leaves the one that is known.
 * An event when anything but the reading is new. ERR_LOCKED for the fence. */
int store_learn_identity(struct store *store, const struct store_run *run, const char *host,
                         const char *own_id, int64_t snapshot_id, struct err *err)
    __attribute__((warn_unused_result));

/* A person says that this is the portal, or under which name it was known. */
struct store_adoption {
    const char *who, *reason;
    const char *name, *url, *host; /* of the configuration in force */
    struct instant at;
};
struct store_adopted {
    const char *before; /* where it was before; NULL = nowhere that can be told */
    const char
        *set_aside; /* what the history of the new name is called now; NULL = there was none */
    int64_t acts, decisions; /* of that history, carried into this one */
};

/* Under the portal's lock. */
int store_adopt(struct store *store, struct arena *arena, const struct store_adoption *adoption,
                struct store_adopted *ret_adopted, struct err *err)
    __attribute__((warn_unused_result));

/* A portal by its name. ERR_USAGE: there is none. */
int store_find_portal(struct pg *pg, const char *name, struct store *ret_store, struct err *err)
    __attribute__((warn_unused_result));

/* The history of `from` goes on under adoption->name, with everything that is in it; what was
 * written under that name before is set aside, and of it acts, keeps and rejections are carried
 * along. What was approved there is not. What either knows of an account's life, it knows.
 * ERR_USAGE: there is no such name, or it was set aside. ERR_LOCKED: a run of either, or the names
 * changed hands meanwhile. ERR_HELD: calls of the new name are open, or the accounts are others and
 * so is the host. Sets store to the history. */
int store_adopt_from(struct pg *pg, struct arena *arena, const char *from,
                     const struct store_adoption *adoption, struct store *ret_store,
                     struct store_adopted *ret_adopted, struct err *err)
    __attribute__((warn_unused_result));

/* Whether the chain has this very event, or one that was set aside for it has, and where it ends.
 */
struct store_place {
    bool has, aside;
    int64_t ends_at;
};
int store_find_event(const struct store *store, const struct audit_head *head,
                     struct store_place *ret_place, struct err *err)
    __attribute__((warn_unused_result));

/* A person accepts that the record went back behind `kept` (sequence 0 = nothing was kept):
 * approvals of before are void, and plans get numbers above `last_plan`. */
struct store_restore {
    const char *who, *reason;
    struct audit_head kept;
    int64_t last_plan;
    struct instant at;
};
int store_accept_restore(struct store *store, const struct store_restore *restore, size_t *ret_void,
                         struct err *err) __attribute__((warn_unused_result));

#endif
