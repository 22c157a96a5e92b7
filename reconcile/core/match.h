/*
 * match: pairs accounts with people by several keys in a fixed order. Ambiguous is a result,
 * never a guess.
 */
#ifndef CORE_MATCH_H
#define CORE_MATCH_H

#include "base/arena.h"
#include "facts/likeness.h"
#include "facts/roster.h"
#include "facts/snapshot.h"

enum match_key {
    MATCH_BY_NOTHING = 0,
    MATCH_BY_LINKS_FILE,
    MATCH_BY_EMPLOYEE_NUMBER,
    MATCH_BY_EMAIL,
    MATCH_BY_USERNAME,
    MATCH_BY_HISTORY, /* no key leads to anybody, and yesterday one did (K6) */
    MATCH_KEY_COUNT,
};

enum link_kind {
    LINK_AMBIGUOUS = 0, /* several people, or several accounts for one person by different keys */
    LINK_CONFLICT,      /* keys point to different people */
    LINK_NONE,
    LINK_ONE,
} __attribute__((packed));

enum near_kind {
    NEAR_NOBODY = 0,
    NEAR_SECOND_EMAIL, /* their address is this account's second address */
    NEAR_LOCAL_PART,   /* same local part in another domain */
    NEAR_ONE_EDIT,     /* one edit away in the same domain */
    NEAR_NAME,         /* same first and last name */
    NEAR_LOOK_ALIKE,   /* non-ASCII look-alike */
    NEAR_TAG,          /* an address that differs by a '+' tag */
    NEAR_NUMBER,       /* a number that only looks different (K1) */
    NEAR_EARLIER,      /* what the account was called before */
    NEAR_YESTERDAY,    /* whom it was linked to until now (K6) */
} __attribute__((packed));

/* What contests a link, for the sentence. */
enum link_doubt {
    DOUBT_NONE = 0,
    DOUBT_SHARED,           /* a key of theirs stands in more than one row */
    DOUBT_SHARED_ELSEWHERE, /* likewise, a key that is not this account's */
    DOUBT_NO_LINE,          /* the links file names nobody, or several */
    DOUBT_RIVAL,            /* another account leads to them by another key */
    DOUBT_KEYS,             /* the keys point to different people */
    DOUBT_STRAY_NUMBER,     /* the account has a number that nobody has */
    DOUBT_LOOKS,            /* somebody else's number only looks different (K1) */
    DOUBT_STRANGER,         /* one key, and neither name nor address agree (K3) */
    DOUBT_CROWD,      /* several accounts with one number, and nothing speaks for this one (K3) */
    DOUBT_BORN_LATER, /* the account is younger than the person's last day (K4) */
} __attribute__((packed));

struct pairing {
    const struct person *person; /* LINK_ONE; LINK_CONFLICT: whom the first key found;
                                  * LINK_AMBIGUOUS: the first of two who share a value */
    const struct person *other;  /* a competing or near person, for the sentence; NULL in a conflict
                                  * with nobody. LINK_ONE: a twin who works here (K5) */
    union {
        struct day twin_until; /* LINK_ONE, with a twin: a login of this account after that day
                                * speaks for the twin; none = whatever the login is, nothing speaks
                                * against */
        uint32_t rival;        /* DOUBT_RIVAL: its place in the snapshot and 1, for the sentence */
    };
    enum match_key key : 8;
    enum link_doubt doubt;
    uint8_t keys; /* bits 1 << enum match_key: which lead to the person. A username that is the
                   * address is no second one */
    enum link_kind kind : 2;
    enum near_kind near : 4; /* LINK_NONE only */
};

struct email_alias { /* an address in domain `from` is the same as in domain `to` */
    const char *from;
    const char *to;
};

struct link_override {   /* one line of the links file; person "-" = known to have none */
    const char *account; /* id, username or e-mail */
    const char *employee_number;
    unsigned line;
};

struct matching {
    enum match_key key[MATCH_KEY_COUNT];
    size_t key_count;
    const struct email_alias *alias;
    size_t alias_count;
    const struct link_override *link;
    size_t link_count;
    struct no_values no_value; /* roster.no_value, folded (K2) */
    const struct zone *zone;   /* in which days are counted; NULL = UTC */
    double min_matched_percent;
    bool roster_has_username;
};

/* "links file", "employee_number", "email", "username", "history", "" */
const char *match_key_name(enum match_key key);
const char *near_kind_sentence(enum near_kind near);

/* The address as it is compared: folded, in the domain that stands for its aliases. A text that is
 * no address is folded. NULL for NULL or blank. Memory from the arena, or the argument itself. */
const char *match_canonical_email(struct arena *arena, const struct matching *matching,
                                  const char *email);

/* Lines of the links file that fit no account that is not gone, in their order; memory from the
 * arena. Returns how many. */
size_t match_unused_lines(struct arena *arena, const struct matching *matching,
                          const struct snapshot *snapshot,
                          const struct link_override *const **ret_line);

/* Whether two keys lead to the person, or one that a person wrote down. */
bool pairing_is_sure(const struct pairing *pairing);

/* What pairings may rest on of all that a single read of an account tells: whether it is in use
 * (K5, K7), and its last login (K5). */
struct match_evidence {
    struct instant login_at; /* none = none is known */
    enum account_status status;
};
struct match_evidence match_evidence_of(const struct account *account);
bool match_evidence_is_same(struct match_evidence a, struct match_evidence b);

/* One pairing per account, same index; memory from the arena. Neither order of accounts nor of
 * people changes any pairing. A links file entry that names nobody gives LINK_AMBIGUOUS. */
struct pairing *match_all(struct arena *arena, const struct snapshot *snapshot,
                          const struct roster *roster, const struct matching *matching);

#endif
