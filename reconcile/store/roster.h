/*
 * store/roster: HR's people as a run found them, kept as versions and made again from them.
 */
#ifndef STORE_ROSTER_H
#define STORE_ROSTER_H

#include "core/roster.h"
#include "store/store.h"

/* Roster and versions of people; `good` as judged by the guards. Sets roster->id. */
int store_save_roster(struct store *store, const struct store_run *run, struct roster *roster,
                      bool good, struct err *err) __attribute__((warn_unused_result));
/* A roster again, people in order of their keys, row numbers 0; status not judged. ERR_USAGE when
 * there is no such roster. */
int store_load_roster(struct store *store, struct arena *arena, int64_t id,
                      struct roster *ret_roster, struct err *err)
    __attribute__((warn_unused_result));

#endif
