/*
 * roster: everybody HR knows, from one reading of one file, all or nothing.
 */
#ifndef FACTS_ROSTER_H
#define FACTS_ROSTER_H

#include "base/digest.h"
#include "base/instant.h"
#include "facts/likeness.h"
#include "facts/person.h"

struct roster {
    int64_t id; /* in the store; 0 = not stored */
    const char *source;
    struct digest digest; /* of the bytes as they came */
    struct instant read_at;
    struct instant modified; /* of the file or the answer; none = not told */
    struct day written;      /* the civil day of roster_as_of(); none = the day it is judged on */
    struct person *person;   /* good and rejected rows, in file order */
    size_t count;
    size_t rejected;   /* rows with a reason */
    size_t blind;      /* rows that may be anybody, rejected or not (key_unreadable) */
    size_t duplicates; /* rows that share a key with a row of somebody else (roster_judge) */
    size_t groups;     /* SCIM: Groups among the Users, left out when it was read */
    struct digest content, values; /* once roster_settle was called */
    bool settled;
};

/* Sets each person's status as of today, rejects rows that contradict themselves, and counts
 * rejected, blind and duplicates: rows that share a value of a key are duplicates unless they
 * are one person (roster_likeness). Idempotent for the same day. */
void roster_judge(struct roster *roster, struct day today);

/* Whether no row has a name: then a number that rows share is one person's. */
bool roster_is_nameless(const struct roster *roster);

/* What rows that share the value of a key are (K8): NAMES_SAME = one person, NAMES_DIFFER =
 * several, NAMES_AGREE = nobody can tell. The names say it; in a roster without any, one number in
 * all rows and no two addresses or usernames that differ are one person. The order of the rows says
 * nothing.
 */
enum name_likeness roster_likeness(const struct roster *roster, const uint32_t *row, size_t count,
                                   bool nameless);

/* Rows that share the value of a key, ascending; none of it outlives the call. */
struct shared_rows {
    const char *field; /* "employee_number", "email", "username" */
    const char *value; /* as the first row has it */
    const uint32_t *row;
    size_t count;
    bool one_person; /* else they are duplicates */
};

/* Each such group, key by key. */
typedef void roster_on_shared(void *context, const struct shared_rows *shared);
void roster_each_shared(const struct roster *roster, roster_on_shared *on_shared, void *context);

/* The time the roster speaks of: when it was last changed, or when it was read if that is earlier
 * or nobody told. Reading one file twice does not make two rosters. */
struct instant roster_as_of(const struct roster *roster);

/* SHA-256 over everybody in an order of its own: the same rows in any order, with any other columns
 * beside them, give the same. */
struct digest roster_content(const struct roster *roster);

/* Likewise of what is mapped alone, without why rows are rejected: that may hang on the day on
 * which they are judged, and an old file would look like news. */
struct digest roster_values(const struct roster *roster);

/* From now on roster_content and roster_values are what they are now, and cost nothing: nothing of
 * its rows that they cover changes any more. */
void roster_settle(struct roster *roster);

/* The texts of a roster, so that an account that says the same of itself need not keep them again:
 * nothing is concluded from it. Borrows from the roster, which outlives what was found. */
struct roster_texts {
    const struct roster *roster;
    uint32_t *slot; /* by hash of an employee number or address: whose it is, four bytes each */
    uint32_t mask;  /* slots - 1 */
};

void roster_texts_init(struct roster_texts *texts, const struct roster *roster);
void roster_texts_release(struct roster_texts *texts);
/* Somebody who writes their employee number or address so; NULL = nobody. */
const struct person *roster_texts_find(const struct roster_texts *texts, const char *key);

/* Accepted people: rows that were not rejected. */
size_t roster_people(const struct roster *roster);

/* A good roster of a night on which nothing was in doubt: it can prove that somebody is absent
 * (R6).
 */
struct roster_proof {
    struct instant as_of;   /* as roster_as_of */
    struct instant read_at; /* none = as_of */
    struct digest values;   /* as roster_values; all zero = of a content of its own */
    bool few;               /* fewer than ROSTER_FEW people */
};

struct roster_proof roster_proof(const struct roster *roster);

#define ROSTER_FEW 200 /* of so few people the truth is the same for weeks */

/* Since when and how often absence was confirmed. */
#define ABSENCE_TOLD 4
struct absence {
    unsigned times;
    struct instant at[ABSENCE_TOLD]; /* what it rests on: the first one, then the newest */
};

/* Of the proofs, ascending, those at or after `since`; of them each that is at least 20 hours after
 * the last one that counted and says something else than that one. Where few people are, one that
 * says the same counts too when it was read at least seven days later. */
struct absence roster_absence(const struct roster_proof *proof, size_t count, struct instant since);

#endif
