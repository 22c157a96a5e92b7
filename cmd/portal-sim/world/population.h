/*
 * population: the accounts of the simulated portal, and the people of the company behind it.
 *
 * A seed, a size and a day give the same population every time, on every machine. Every account
 * has a role in the play (enum cast): what a correct job should find out about it. The portal never
 * shows the role; tests and the oracle files do.
 *
 * Not thread-safe: the portal holds its lock around every call.
 */
#ifndef SIM_POPULATION_H
#define SIM_POPULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/table.h"
#include "base/text.h"

#include "names.h"

#define MAIL_DOMAIN       "acme.example"     /* what HR writes */
#define MAIL_DOMAIN_ALIAS "old-acme.example" /* some accounts still carry it */
#define GROUPS_COUNT      8                  /* bits of user.groups */
#define PROFILE_API       6                  /* the token's own profile when --roles is given */

enum cast {
    CAST_EMPLOYEE = 0, /* employed, logs in */
    CAST_TOKEN,        /* the account that the token acts for; always user 0 */
    CAST_SERVICE,      /* svc-*: nobody's, no employee number */
    CAST_PENDING,      /* an access request: inactive, never logged in, not in the roster */
    CAST_EXTERNAL,     /* agency people: log in, are in no roster */
    CAST_LEAVER,       /* departed by the roster, account still active: should be suspended */
    CAST_LONG_GONE,    /* departed by the roster, account inactive */
    CAST_ON_LEAVE,     /* on leave, idle for months, to be kept */
    CAST_NEVER,        /* employed, account active, never logged in */
    CAST_IDLE,         /* employed, account active, last login over 90 days ago */
    CAST_NOTICE,       /* employed, the last day lies in the future */
    CAST_LAST_DAY,     /* employed, the last day is today */
    CAST_SHARED_EMAIL, /* employed; email2 is the e-mail of another account */
    CAST_NO_NUMBER,    /* employed; no employee number in the portal, found by e-mail only */
    CAST_REHIRED,      /* employed, account inactive */
    CAST_COUNT
};

enum hr_status { HR_NONE = 0, HR_ACTIVE, HR_LEAVE, HR_VOLUNTARY, HR_CAUSE };

struct user {
    const char *id; /* 8-4-4-16 upper-case hex */
    const char *username, *email, *email2;
    const char *given, *infix, *family;
    const char *employee_number; /* "" when the portal does not have it */
    const char *department, *job, *phone, *company, *cost_center;
    const char *language;       /* NULL: its culture's */
    const char *last_login_raw; /* what a control request put there, sent as it is; or NULL */
    const struct culture *culture;
    int64_t last_login_us;  /* 0: never */
    int64_t active_us;      /* its newest activity by API, weekly before; 0: none */
    int64_t deactivated_us; /* when it became inactive, 0 while active */
    struct day created;
    uint32_t ordinal;    /* place in the population, also of users added later */
    uint16_t groups;     /* bit g: member of group g */
    uint8_t profile;     /* index into the population's profiles */
    uint8_t habit;       /* 0..255: how likely a login on a working day is */
    uint8_t cast;        /* enum cast */
    uint8_t active_sort; /* enum event_sort: what that was */
    bool active, sso_only, deleted;
    char *listed; /* its item of the list as it is written plainly; NULL = not made yet */
};

/* A row of HR. Only made when somebody wants the roster or the list of leavers. */
struct person {
    const char *number, *email;
    const char *given, *infix, *family;
    const char *department;
    struct day hired, last_day; /* last_day may be none */
    uint32_t account;           /* index of the user, or UINT32_MAX */
    enum hr_status status;
};

struct profile {
    const char *id, *name;
    const char *roles[12]; /* ends with NULL */
};

struct group {
    const char *id, *name;
};

struct population {
    struct user *user; /* by ordinal; never shrinks, a deleted user stays with `deleted` set */
    size_t count, capacity;
    uint32_t *order; /* the order of the list: ordinals */
    size_t order_capacity;
    size_t live, active; /* not deleted; not deleted and active */
    uint64_t version;    /* grows with every change, for caches */
    struct person *person;
    size_t person_count, person_capacity;
    struct profile profile[PROFILE_API + 1];
    struct group group[GROUPS_COUNT];
    struct arena arena;
    struct table by_id, by_username; /* a hit must be verified: names change, users go */
    struct table taken;              /* name stems handed out: value is an index into taken_count */
    uint32_t *taken_count;
    size_t taken_used, taken_capacity;
    uint64_t seed;
    struct day today;
};

/* What a roster given by --people says about one person. */
struct roster_row {
    const char *number;
    const char *given, *family; /* family may hold the whole name */
    const char *department;
    struct day hired, last_day;
    enum hr_status status;
};

void population_init(struct population *population, uint64_t seed, struct day today);
void population_release(struct population *population);

/* `users` accounts, the token's included, and the people behind them when with_people. */
void population_generate(struct population *population, size_t users, bool with_people);
/* One account for every row, all active, plus the token's. Only leavers look like leavers. */
void population_from_rows(struct population *population, const struct roster_row *rows,
                          size_t count);

/* The people are only needed for the roster. */
void population_forget_people(struct population *population);

/* NULL: no such user, or deleted. By id: the exact form only. */
struct user *population_by_id(struct population *population, const char *id);
struct user *population_by_username(struct population *population, const char *username);
struct user *population_token_user(struct population *population);

/* Index of the profile with this id, or -1. */
int population_profile(const struct population *population, const char *id);

/* After a change of anything that the list tells of it. */
void population_unlist(struct user *user);

/* Changes; all of them keep the counts and raise the version. */
void population_set_active(struct population *population, struct user *user, bool active,
                           int64_t now_us);
void population_delete(struct population *population, struct user *user);
void population_rename(struct population *population, struct user *user, const char *username);
/* A new, active account with nothing but an id, first (front) or last in the list. */
struct user *population_add(struct population *population, bool front);
/* A new employee with a whole set of made-up values: somebody else is creating users meanwhile. */
struct user *population_add_employee(struct population *population, bool front);
/* A copy that lives as long as the population. */
const char *population_text(struct population *population, const char *text);

/* The name as the portal shows it: given, infix and family name with single blanks. */
void population_add_name(struct text *text, const char *given, const char *infix,
                         const char *family);

const char *cast_name(enum cast cast);
const char *hr_status_name(enum hr_status status);

#endif
