/*
 * decided: what policy_decide gives, one decision for each account of a snapshot. A portal has many
 * accounts, and nearly all of them are kept for one of few reasons: decisions to keep that say the
 * same are one, which four bytes an account lead to. A decision that acts stands by itself.
 */
#ifndef CORE_DECIDED_H
#define CORE_DECIDED_H

#include "core/policy.h"

struct decided {
    const struct account *account; /* that the decisions are about, by index */
    const struct pairing *pairing; /* likewise */
    uint32_t *of;                  /* by index: its place in `item`; NULL = the index itself */
    struct decision *item;         /* one that is shared has no account and no pairing */
    size_t item_count, item_room;
};

/* The decision about account i, with its account and its pairing. In the header, because a loop
 * over all accounts mostly looks at one or two facts of each. */
static inline struct decision decided_at(const struct decided *decided, size_t i)
{
    struct decision one = decided->item[decided->of ? decided->of[i] : i];

    if (!one.account) {
        one.account = &decided->account[i];
        one.pairing = &decided->pairing[i];
    }
    return one;
}

/* One that acts, as it lies there: for as long as its arena. */
const struct decision *decided_acting(const struct decided *decided, size_t i);
/* Decisions that lie one behind the other and know their accounts. Borrows. */
static inline struct decided decided_plain(struct decision *decision, size_t count)
{
    return (struct decided){.item = decision, .item_count = count};
}

/* Decisions of a range of accounts in their order, as one part of a loop makes them. */
#define DECIDED_KEPT 1024
struct decided_part {
    struct decision *item;
    size_t count, capacity;
    uint32_t kept[DECIDED_KEPT]; /* by hash: of those that are shared the latest, its place + 1 */
};

/* The place of such a decision in the part. */
uint32_t decided_part_add(struct decided_part *part, const struct decision *decision);
void decided_part_release(struct decided_part *part);

#endif
