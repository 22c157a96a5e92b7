/*
 * migrate: brings the schema up to date by db/migrations, forward only, one transaction each,
 * recorded with a SHA-256 of its text, under an advisory lock. The record is the table
 * reconcile.migration, which this module makes itself.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "database/pg.h"

struct migration; /* sql.h: version, name, text; a list ends with version 0 */

struct migrate_result {
    int version; /* now */
    int applied; /* by this call */
};

/* Applies what is missing. A recorded migration whose text differs, that this program does not
 * know, or that is recorded although an earlier one is not: ERR_CONFIG, nothing is done. Another
 * one that migrates for longer than the lock_timeout: ERR_LOCKED. When one fails, those before it
 * stay. */
int migrate_run(struct pg *pg, struct migrate_result *ret_result, struct err *err)
    __attribute__((warn_unused_result));

/* Whether the schema is exactly what this program needs; else ERR_CONFIG with the hint to run
 * migrate. */
int migrate_check(struct pg *pg, struct err *err) __attribute__((warn_unused_result));

/* The same for a given list instead of the compiled one. */
int migrate_run_list(struct pg *pg, const struct migration *list, struct migrate_result *ret_result,
                     struct err *err) __attribute__((warn_unused_result));
int migrate_check_list(struct pg *pg, const struct migration *list, struct err *err)
    __attribute__((warn_unused_result));

#endif
