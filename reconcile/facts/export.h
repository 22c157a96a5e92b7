/*
 * export: what Bynder's own user export does not tell of an account, taken from the newest snapshot
 * of the history where that has the account. Pure; the file itself is read by bynder/export_reader.
 */
#ifndef FACTS_EXPORT_H
#define FACTS_EXPORT_H

#include "base/arena.h"
#include "facts/snapshot.h"

/* What is wanting after that, counted in accounts. */
struct export_gaps {
    size_t strangers;        /* not in the history: no employee number to match by */
    size_t profiles_unknown; /* the name of their permission profile is that of no known one, or of
                                several (P8 keeps them) */
};

/* `snapshot` as export_read gives it; `known` the newest one of the history, or an empty one.
 *
 * - employee number and second address are those known of the account;
 * - the name of the permission profile becomes the id of the profile that has it, and the profiles
 *   with their roles are those known. A name that tells no single profile stays one that nobody
 *   knows, so that P8 keeps the account;
 * - groups are those known when the export names exactly these, however it joins them;
 * - the job's own user (P1) is the one known. */
void export_complete(struct arena *arena, struct snapshot *snapshot, const struct snapshot *known,
                     struct export_gaps *ret_gaps);

#endif
