/*
 * twin: the person of a link has departed, and another row that is at work may be the same person,
 * moved to another company of the group, hired again under a new number; or the one whose name the
 * account bears, to whom it was given on (docs/decisions.md K5).
 */
#ifndef CORE_TWIN_H
#define CORE_TWIN_H

#include "core/people.h"

/* What twins are judged by: the active accounts of each row that logged in. */
struct twins {
    const struct people *people;
    const struct snapshot *snapshot;
    const struct pairing *pairing;
    const struct zone *zone;
    uint32_t *first; /* by row that speaks: 1 and the number of an account of theirs; 0 = none */
    uint32_t *next;  /* by account: likewise, the next of the same row */
};

void twins_init(struct twins *twins, const struct people *people, const struct snapshot *snapshot,
                const struct pairing *pairing);
void twins_release(struct twins *twins);

/* Whether this link may have a twin at all: a departed person, and nobody's written word. */
bool twin_is_asked(const struct account *account, const struct pairing *pairing);

/* Whether a row is of somebody who may be behind an account: employed, future, on leave, rejected.
 */
bool twin_is_at_work(const struct person *row);

/* Whether the account has a name and nothing says that it is its person's, and the row has that
 * name: it may have been given on, and whoever is called so be behind it. */
bool twin_is_called_as(struct arena *scratch, const struct account *account,
                       const struct person *departed, const struct person *row);

/* What is compared of an account and its departed person, made once. */
struct twin_side {
    const struct person *departed;
    const struct name_parts *name;  /* the person's, else the account's */
    const struct name_parts *bears; /* the account's, where nothing says that it is its person's;
                                       else NULL */
    const char *local[4]; /* local parts of the addresses of both; NULL = none, likewise */
    const char *number;   /* the person's, bare */
};
/* `name` and `bears` are the parts of these two names, and stay with the caller. */
struct twin_side twin_side_of(const struct people *people, struct arena *arena,
                              const struct account *account, const struct person *departed,
                              const struct name_parts *name, const struct name_parts *bears);

/* The same of a row; `name` is its own and stays with the caller. */
struct twin_row {
    const struct person *row;
    const struct name_parts *name;
    const char *local[2];
    const char *number; /* also a damaged one */
    struct day own;     /* of the newest login of an account that is surely theirs */
};
struct twin_row twin_row_of(const struct twins *twins, struct arena *arena,
                            const struct person *row, const struct name_parts *name);

/* Whether a row is a twin of the person that the account is linked to; *ret_until: a login of the
 * account up to and including that day says that it is not, none = nothing says so. */
bool twin_is(const struct twins *twins, const struct twin_side *side, const struct twin_row *row,
             struct day *ret_until);

#endif
