/*
 * account: one user of a Bynder portal as this program knows it, typed and bounded, with what our
 * own history adds. Facts as in docs/decisions.md "Facts"; fields as in Bynder's users API.
 */
#ifndef FACTS_ACCOUNT_H
#define FACTS_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alike.h"
#include "base/arena.h"
#include "base/day.h"
#include "base/instant.h"
#include "facts/event.h"
#include "facts/person.h"

/* A portal has many accounts: what an account says of itself takes a byte where one is enough. */
enum account_status {
    ACCOUNT_UNREADABLE = 0, /* `active` was missing or none of the documented forms */
    ACCOUNT_ACTIVE,
    ACCOUNT_INACTIVE,
    ACCOUNT_GONE, /* in the last complete snapshot, not in this complete one: Deprovisioned */
} __attribute__((packed));

enum login_kind {
    LOGIN_NOT_READ = 0, /* nobody asked: neither idle nor never */
    LOGIN_UNREADABLE,   /* Bynder said something we cannot read; `raw` keeps it */
    LOGIN_NEVER,        /* Bynder gave no value, and we never saw one */
    LOGIN_KNOWN,
} __attribute__((packed));

enum login_source {
    LOGIN_FROM_NOWHERE = 0,
    LOGIN_FROM_SINGLE_READ, /* GET /api/v4/users/{id} */
    LOGIN_FROM_EVENTS,      /* GET /v7/analytics/api/v1/user/login */
    LOGIN_FROM_HISTORY,     /* an earlier run of ours saw it, and it is newer than today's */
    LOGIN_FROM_EXPORT,      /* Bynder's own user export */
} __attribute__((packed));

struct login {
    enum login_kind kind;
    enum login_source source;
    struct instant at;      /* LOGIN_KNOWN only */
    struct instant seen_at; /* when the source said so */
    const char *raw;        /* LOGIN_UNREADABLE only: the text as it came, bounded */
};

struct group {
    const char *id;
    const char *name;
};

/* R7: a rule told the world at `at`, on the day `on`, that it would act, not before a day. Where
 * the rule asks the login, one after `at` starts anew. */
struct announcement {
    const char *rule;
    const char *action;     /* its name; NULL = of before it was kept: none that sets a profile */
    const char *to_profile; /* id; of what sets one */
    struct day on;
    struct instant login_at; /* the newest login known when it was announced */
    struct instant at;       /* when */
    struct day not_before;   /* the day told; none = announced before days were kept */
    bool told;               /* to the person concerned, or a person vouches whom no mail reaches */
};

/* The person concerned was to be told what a rule is going to do, and no mail reaches them. */
struct unreached {
    const char *rule;
    const char *address; /* as it was; with another one it is tried anew */
    const char *why;     /* a phrase */
};

/* What an account was called before; NULL = as now, or not told. */
struct account_earlier {
    const char *name, *email, *employee_number;
};

/* Our newest downgrade of it (R8, R16). */
struct account_downgrade {
    int64_t act;
    struct instant at;       /* when it was done */
    struct instant other_at; /* first seen with another profile than it gave, or when we gave the
                                former one back ourselves; none = neither */
    const char *from, *to;   /* ids of profiles */
    const char *from_roles;  /* of the former one then, joined by ' ' */
    enum person_status as;   /* the person fact it was done on */
    bool restored;           /* by us */
    struct account_downgrade *earlier; /* the one before it, when what that gave is what this one
                                          took, and nobody changed it in between */
};

struct rulings; /* core/ruling.h */

/* What our own history knows of an account that is nothing for most: what was done to it,
 * announced, decided, and what it was before. */
struct account_past {
    struct instant suspended_by_us;  /* none = we did not, or it was undone by a later state */
    struct instant acted_at;         /* our newest suspension, whatever came of it; none = none */
    struct instant became_active;    /* seen with a seat after one reading without (R4, R5) */
    struct instant reactivated_at;   /* first seen with a seat after our newest suspension (R8) */
    struct instant regraded_at;      /* likewise with another profile after our newest downgrade */
    struct instant profile_other_at; /* newest time it had another one; none = never seen so */
    int64_t suspended_act;           /* the act that suspended_by_us is of; 0 = not told */
    struct account_downgrade *downgrade; /* NULL = none */
    const struct rulings *rulings;       /* what people decided about it; NULL = nothing */
    const struct announcement *announcement;
    const struct unreached *unreached;
    const struct account_earlier *earlier; /* what it was called before (P6) */
    const char *const *bound;              /* protected entries that once fitted it, folded (P3) */
    uint32_t announcement_count, unreached_count, earlier_count, bound_count;
    enum person_status
        suspended_as;          /* the person fact when we suspended; PERSON_UNKNOWN = not told */
    bool reactivated_since;    /* we suspended it, and it was seen active afterwards (R8) */
    bool reactivation_unknown; /* what was read after our suspension is not there any more */
};

/* Since when an account is what it is. The same of many, who came on the same night and whom
 * nothing became of since: they share one. */
struct account_since {
    struct instant first_seen;     /* our first sight; none = this snapshot is it */
    struct instant created;        /* from Bynder's export; none = not told */
    struct instant unlinked_since; /* first of the unbroken rosters without a person for it (R6) */
    struct instant profile_since;  /* first of the unbroken snapshots with its profile */
    struct instant missing_at;     /* newest complete snapshot before our first sight, which did not
                                      have it (K4); none = our first snapshot has it */
};

/* What our own history knows of the account (store_load_history). */
struct account_history {
    struct account_past *past; /* NULL = none: read by account_past, made by account_past_of */
    const struct account_since *since; /* NULL = none of it is known: read by account_since */
    struct instant read_at;            /* when a single read last answered; none = none did */
    struct instant first_event;        /* oldest one in a file of an earlier year; none = in none */
    const char *yesterday;     /* person_key of whom it was last linked to for seven nights or
                                  more (K6); NULL = nobody */
    int32_t number;            /* in the store; 0 = never seen before */
    enum login_source told_by; /* who first told the login that the history knows */
    bool read_anew;            /* a single read answered that no snapshot has taken yet */
    bool once_linked;          /* it once led to a person (R6) */
    bool ever_active;          /* seen active by us at least once, this snapshot included */
};

/* What many accounts have alike: they share one. What hardly any has stands here as well, and who
 * has it has one of their own. */
struct account_alike {
    const char *profile_id;
    const char *country;
    const char *department; /* from the single read, NULL when that was not made */
    const char *email2;
    const char *flaw; /* what was unreadable, for P2; NULL when nothing */
    const struct group *group;
    uint32_t group_count;
    bool groups_unreadable;
};

/* A portal has many: what is nothing for most, or the same, stands behind a pointer. */
struct account {
    const char *id; /* NULL only when unreadable */
    const char *username;
    const char *email;
    const char *name;
    const char *employee_number;
    const struct account_alike *alike; /* NULL = nothing of it: read by account_alike */
    bool sso_only;
    enum account_status status;
    bool as_stored; /* the history has just this open, by snapshot_digest */
    struct login login;
    struct activity
        *activity; /* the newest that is known; NULL = nothing: read by account_activity */
    struct account_history history;
};

extern const struct account_alike account_alike_none;
/* All zero for one that has nothing of it. In the header, because every account is asked. */
static inline const struct account_alike *account_alike(const struct account *account)
{
    return account->alike ? account->alike : &account_alike_none;
}
/* To be written: a copy that is this account's own. */
struct account_alike *account_alike_own(struct arena *arena, struct account *account);

/* The account has what this says, as many others may: of texts and groups that are interned. Who
 * has a second address has one of their own. */
void account_alike_share(struct alike *all, struct account *account,
                         const struct account_alike *alike);

extern const struct activity account_activity_none;
static inline const struct activity *account_activity(const struct account *account)
{
    return account->activity ? account->activity : &account_activity_none;
}
/* It is what is known from now on, also of a copy that was made of the account before; nothing
 * happens where it is older than what is known. */
void account_tell_activity(struct arena *arena, struct account *account, struct activity activity);

extern const struct account_past account_past_none;
static inline const struct account_past *account_past(const struct account *account)
{
    return account->history.past ? account->history.past : &account_past_none;
}
/* To be written: made where there is none. A copy of an account has the same one, until it gets its
 * own. */
struct account_past *account_past_of(struct arena *arena, struct account *account);
struct account_past *account_past_own(struct arena *arena, struct account *account);

extern const struct account_since account_since_none;
static inline const struct account_since *account_since(const struct account *account)
{
    return account->history.since ? account->history.since : &account_since_none;
}
/* To be written: a copy that is this account's own. */
struct account_since *account_since_own(struct arena *arena, struct account *account);

/* What is shared while many are given theirs: the latest of each hash. */
struct account_sinces {
    struct arena *arena;
    const struct account_since *kept[1024];
};
/* One that says the same. */
const struct account_since *account_since_shared(struct account_sinces *all,
                                                 const struct account_since *since);

struct column_words; /* base/column */
extern const struct column_words account_status_words;
/* When we suspended it, as long as it is ours: a use after that shows that somebody gave it back,
 * whoever took it away again. None = it is not. */
struct instant account_ours_since(const struct account *account);
/* Words of the reports and the JSON contract: "active", "inactive", "gone", "unreadable". */
const char *account_status_name(enum account_status status);
/* "single read", "events", "history", "export", "" */
const char *login_source_name(enum login_source source);

/* The newest use that is known of: by a login or by activity; none = neither is known. */
struct instant account_used_at(const struct account *account);

/* Whether a login lies more than a day ahead of a moment: then it never was (P7). */
bool login_is_ahead(const struct login *login, struct instant now);

/* The newer of two pieces of evidence. A known login beats any other kind, unreadable beats never,
 * never beats not read; of two known ones the later wins, of equals the first. */
struct login login_newest(struct login a, struct login b);

/* What holds after a single read of an account of which `known` was known: the newest, but one that
 * was read and cannot be understood stays so, because it may be newer than anything. */
struct login login_reread(struct login fresh, struct login known);

/* Whether an id has the v4 form 8-4-4-16 upper-case hex, which alone may be put into a path. */
bool account_id_is_v4(const char *id);

/* Whether a name, folded, is written like an id. Such a name is that account's alone: an id is
 * nobody else's name, whatever a portal lets people call themselves. */
bool account_name_is_id(const char *folded);

#endif
