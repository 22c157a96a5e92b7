/*
 * migrate: brings the schema up to date by db/migrations, forward only, one transaction each,
 * recorded with a SHA-256 of its text, under an advisory lock.
 */
#ifndef IO_MIGRATE_H
#define IO_MIGRATE_H

#include "io/pg.h"

struct migrate_result {
    int version; /* now */
    int applied; /* by this call */
};

/* Applies what is missing. A recorded migration whose text differs, or that this program does not
 * know: ERR_CONFIG, nothing is done. */
int migrate_run(struct pg *pg, struct migrate_result *ret_result, struct err *err)
    __attribute__((warn_unused_result));

/* Whether the schema is exactly what this program needs; else ERR_CONFIG with the hint to run
 * migrate. */
int migrate_check(struct pg *pg, struct err *err) __attribute__((warn_unused_result));

#endif
