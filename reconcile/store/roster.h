/*
 * store/roster: HR's people as a run found them, kept as versions and made again from them.
 */
#ifndef STORE_ROSTER_H
#define STORE_ROSTER_H

#include "facts/roster.h"
#include "store/store.h"

/* Lets the server find whether what is kept of people is what this roster says, while something
 * else is done: store_save_roster need not wait for that. For a run that has the portal's lock:
 * nobody else changes what is kept. */
int store_ask_roster(struct store *store, const struct roster *roster, struct err *err)
    __attribute__((warn_unused_result));

/* Roster and versions of people; `good` as judged by the guards. A failure says whether they are
 * stored all the same. */
int store_save_roster(struct store *store, const struct store_run *run, const struct roster *roster,
                      bool good, int64_t *ret_id, struct err *err)
    __attribute__((warn_unused_result));
/* A roster again, people in order of their keys, row numbers 0; status not judged. ERR_USAGE when
 * there is no such roster. */
int store_load_roster(struct store *store, struct arena *arena, int64_t id,
                      struct roster *ret_roster, struct err *err)
    __attribute__((warn_unused_result));

/* Who of a roster that is judged was on leave, as the rosters until a moment said it: the last day
 * on which one had them on leave, and the first one after it on which one had them back, this one
 * of `today` included. */
int store_load_leaves(struct store *store, struct arena *arena, struct instant until,
                      const struct zone *zone, struct day today, struct roster *roster,
                      struct err *err) __attribute__((warn_unused_result));

#endif
