/*
 * match: pairs accounts with people by several keys in a fixed order. Ambiguous is a result,
 * never a guess.
 */
#ifndef CORE_MATCH_H
#define CORE_MATCH_H

#include "base/arena.h"
#include "core/roster.h"
#include "core/snapshot.h"

enum match_key {
    MATCH_BY_NOTHING = 0,
    MATCH_BY_LINKS_FILE,
    MATCH_BY_EMPLOYEE_NUMBER,
    MATCH_BY_EMAIL,
    MATCH_BY_USERNAME,
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
} __attribute__((packed));

struct pairing {
    const struct person *person; /* LINK_ONE; LINK_CONFLICT: whom the first key found */
    const struct person *other;  /* a competing or near person, for the sentence; NULL in a conflict
                                  * with an employee number that nobody has */
    const struct account *rival; /* a competing account, for the sentence */
    enum match_key key;
    enum link_kind kind;
    enum near_kind near; /* LINK_NONE only */
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
    double min_matched_percent;
    bool roster_has_username;
};

/* "links file", "employee_number", "email", "username", "" */
const char *match_key_name(enum match_key key);
const char *near_kind_sentence(enum near_kind near);

/* One pairing per account, same index; memory from the arena. Neither order of accounts nor of
 * people changes any pairing. A links file entry that names nobody gives LINK_AMBIGUOUS. */
struct pairing *match_all(struct arena *arena, const struct snapshot *snapshot,
                          const struct roster *roster, const struct matching *matching);

#endif
