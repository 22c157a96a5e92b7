/*
 * store/year: events of years that are over, which the portal keeps in files: what became of each
 * file, and what it told. A file is taken over whole or not at all, so a year that was read never
 * has to be asked for again.
 */
#ifndef STORE_YEAR_H
#define STORE_YEAR_H

#include "store/login.h"

enum year_outcome {
    YEAR_WAS_READ = 0,
    YEAR_WAS_ABSENT, /* the portal has none */
    YEAR_WAS_BROKEN, /* nothing of it was taken */
};

struct store_year {
    int year;
    enum year_outcome outcome;
    struct instant asked_at;
    int64_t rows, unreadable;
    const char *why; /* NULL = nothing is to be said */
};

/* The oldest event that is known of an account. */
struct first_event {
    const char *account_id;
    struct instant at, seen_at;
};

/* By year. */
int store_load_years(const struct store *store, struct arena *arena, struct store_year **ret_year,
                     size_t *ret_count, struct err *err) __attribute__((warn_unused_result));

/* What a file told, of so many places (store/login.h): lists of nearly everybody, which are made
 * while they are sent. All zero where it was not read. */
struct store_year_told {
    const void *context;
    size_t places;
    size_t login_count, activity_count, first_count; /* of these that have one */
    store_login_at *login;
    store_activity_at *activity;
    struct first_event (*first)(const void *context, size_t place);
};

/* One transaction. A year that was read stays read. ERR_LOCKED: this is not the newest run any
 * more.
 */
int store_save_year(struct store *store, const struct store_year *year,
                    const struct store_year_told *told, struct err *err)
    __attribute__((warn_unused_result));

#endif
