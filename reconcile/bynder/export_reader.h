/*
 * export_reader: Bynder's own user export, the semicolon CSV that an administrator downloads from
 * user management (API.md 4), as a snapshot. It is the only source of created and deactivated
 * dates. Strict: what cannot be read, or could be read in two ways, is not known.
 *
 * Of the columns that the job does not need (telephone, company, number of logins, …) nothing is
 * kept.
 */
#ifndef BYNDER_EXPORT_READER_H
#define BYNDER_EXPORT_READER_H

#include "base/arena.h"
#include "base/err.h"
#include "facts/snapshot.h"

/* none = not told. */
struct export_dates {
    struct instant created, deactivated;
};

/* Values that were not taken, with an example of what could not be read (arena) or NULL. */
struct export_doubts {
    size_t logins_unreadable;  /* P7 keeps these accounts */
    size_t dates_unreadable;   /* created and deactivated */
    size_t dates_contradicted; /* by the file's own time, or by another date of the row */
    const char *login_example, *date_example;
};

struct export
{
    struct snapshot snapshot;
    struct export_dates *dates; /* of snapshot.account, by index */
    struct export_doubts doubts;
};

/* Reads the file at `path`; memory from the arena.
 *
 * The snapshot's source is SNAPSHOT_FROM_EXPORT, taken_at the time the file was last changed, but
 * not later than `now`. It is incomplete, with the first reason, when a row has another number of
 * fields than the header, no id of the v4 form, an id of another row, or a status that is none of
 * Active, Inactive, Suspended, Deactivated, true, false, 1 and 0.
 *
 * Accounts have what the file tells; profile_id is the *name* of the profile, and the one group is
 * the whole cell without an id, unreadable when it may hold several: export_complete (facts/export)
 * goes on from there. Last logins are of source LOGIN_FROM_EXPORT; a blank one is LOGIN_NEVER.
 *
 * Times are those of instant_parse_bynder and a day alone, which is taken as its noon in UTC: the
 * same day in nearly every zone.
 *
 * ERR_ROSTER, with the path in front: no such file, not UTF-8, no CSV, or no such column as every
 * export has. */
int export_read(struct arena *arena, const char *path, struct instant now,
                struct export *ret_export, struct err *err) __attribute__((warn_unused_result));

#endif
