/*
 * near_compare: one person against one account for which somebody is sought (near.c). What is
 * compared is made once of each side, so that a pair costs some comparisons of strings.
 */
#ifndef CORE_NEAR_COMPARE_H
#define CORE_NEAR_COMPARE_H

#include "core/near_edit.h"
#include "core/twin.h"

/* By what they were found: the key that both have. */
enum near_index {
    BY_NAME,     /* wide keys of accounts, asked with a person's own */
    BY_OWN_NAME, /* own keys of accounts, asked with a person's wide ones */
    BY_LOCAL,
    BY_NUMBER,
    BY_SKELETON,
    BY_EDIT, /* the only one that is no table */
    NEAR_INDEXES,
};

/* What the account has the key for. */
enum near_role { ROLE_NOW, ROLE_EARLIER, ROLE_TWIN };

/* What an account was called before. */
struct former {
    const struct name_parts *name;
    const char *local;
};

struct seeker { /* there may be a million, each of which is read at random: small */
    const struct account *account;
    union {
        const struct twin_side *twin; /* of one whose person has departed: it has nothing else */
        const struct former *former;  /* as many as its history has */
    } as;
    const struct name_parts *name;
    const char *address; /* folded, NULL = none */
    uint32_t local_length;
    bool is_twin;
};

struct face { /* a person */
    const struct person *person;
    struct name_parts name;
    struct address address; /* no `whole` = none */
    const char *local;      /* of the address, without a tag */
    struct twin_row row;    /* made when an account asks for a twin; no `row` = not yet */
};

/* The nearest so far of one account. */
struct nearest {
    enum near_kind kind;
    struct day until; /* of a twin, which has no kind */
    const struct person *person;
};

/* An account without an e-mail address often has one as its username; a person likewise. */
const char *address_text(const char *email, const char *username);
/* false: it is no address, and nothing is set. */
bool address_split(struct arena *arena, const char *email, struct address *ret_address);

/* The local part without a tag; NULL of no address. What address_local makes of the text, made of
 * what is folded already. */
const char *address_untagged(struct arena *arena, const struct address *address);

struct face face_of(struct arena *scratch, const struct person *person);

/* Keeps the person when they are nearer than who is kept, or a twin harder to excuse. */
void near_compare(const struct twins *twins, struct arena *scratch, enum near_index index,
                  enum near_role role, const struct seeker *seeker, struct face *face,
                  struct nearest *nearest);

/* The same where having the key is enough; `here`: the least of those at work, NULL = nobody is. */
void near_take(enum near_index index, enum near_role role, const struct person *least,
               const struct person *here, struct nearest *nearest);

/* Keeps the least (kind, person). */
void keep_least(struct nearest *nearest, enum near_kind kind, const struct person *person);
/* Keeps the twin with the earliest day, the least of these. */
void keep_hardest(struct nearest *nearest, struct day until, const struct person *person);

#endif
