/*
 * random_tale: a small world of which is known what nobody in it knows: whose each account really
 * is, and who is at work. Each tells one of the stories by which somebody wrong was suspended once,
 * or one just beside it in which the act is right; then names, numbers and addresses are dropped at
 * random, and with them evidence.
 */
#ifndef RANDOM_TALE_H
#define RANDOM_TALE_H

#include "core/policy.h"

#define TALE_HUMANS   7
#define TALE_ROWS     10
#define TALE_ACCOUNTS 8
#define TALE_TODAY    46348

struct human {
    const char *given, *family, *name, *number, *email;
    bool gone;     /* not at work any more */
    bool stranger; /* works for somebody else, and stands in no roster */
};

/* What is true of an account, and no key tells. */
struct whose {
    size_t owner;
    bool left_behind; /* its owner is at work, and uses another account now */
    bool spared;      /* a person wrote down that it is to stay */
};

struct tale {
    uint64_t random;
    struct arena arena;
    const char *story;
    struct human human[TALE_HUMANS];
    size_t humans;
    struct person person[TALE_ROWS];
    size_t row_owner[TALE_ROWS];
    struct account account[TALE_ACCOUNTS];
    struct whose whose[TALE_ACCOUNTS];
    struct account_earlier earlier[TALE_ACCOUNTS][1];
    const char *bound[TALE_ACCOUNTS][1];
    struct protected_entry entry[1];
    struct link_override link[1];
    struct rule rule[3];
    struct profile profile[1];
    struct roster_proof good[6];
    struct roster roster;
    struct snapshot snapshot;
    struct matching matching;
    struct policy policy;
    struct policy_context context;
};

/* The same seed tells the same tale. The caller releases its arena. */
void tale_tell(struct tale *tale, uint64_t seed);
/* All that stands in it, to look at when something fails. */
void tale_show(const struct tale *tale);

#endif
