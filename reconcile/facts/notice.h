/*
 * notice: what is worth telling people, and when. A reason is told once, and again only when it
 * changes for the worse; that people are waited for, once a week; that a decision is about to end,
 * once. When the last trouble that was told is gone, that is told as well. Specification:
 * docs/operations.md "Messages".
 *
 * A run that failed did not look at everything: what it did not look at neither stands nor is gone,
 * it stays as it was told. So no failure is ever told as "all clear".
 */
#ifndef FACTS_NOTICE_H
#define FACTS_NOTICE_H

#include "base/arena.h"
#include "base/instant.h"

enum notice_kind {
    NOTICE_CLEAR = 0, /* no trouble stands any more: nothing of `held` to `cut_off` */
    NOTICE_APPROVAL,  /* rows wait for people: notice_acts_key */
    NOTICE_EXPIRING,  /* decisions are about to end: the later its key, the more of them */
    NOTICE_HELD,      /* guards hold: "G1 G3" */
    NOTICE_STEPS,   /* acts failed, or nobody can tell what became of them: "failed 1 unknown 2" */
    NOTICE_FAILED,  /* the run did not come to its end */
    NOTICE_CUT_OFF, /* the run before did not even say how it ended */
    NOTICE_SEATS,   /* no trouble of the program: classes of seats are over their contract, or too
                     * few of them are free: notice_class_word of each */
    NOTICE_KIND_COUNT,
};
const char *notice_kind_name(enum notice_kind kind); /* "clear", "approval" … */
bool notice_kind_parse(const char *name, enum notice_kind *ret_kind);

enum notice_channel { NOTICE_MAIL = 0, NOTICE_WEBHOOK, NOTICE_CHANNEL_COUNT };
const char *notice_channel_name(enum notice_channel channel); /* "mail", "webhook" */

/* What a run saw. */
struct notice_view {
    bool looked[NOTICE_KIND_COUNT];
    const char *key[NOTICE_KIND_COUNT]; /* what exactly the reason is; NULL = there is none */
    struct instant now;
};

/* How many acts wait, and when that was seen; NULL for none. */
const char *notice_acts_key(struct arena *arena, size_t count, struct instant now);

/* A word of the key of NOTICE_SEATS: what is wrong ("over", "short"), and of which class. */
const char *notice_class_word(struct arena *arena, const char *what, const char *name);

enum notice_act {
    NOTICE_NOTHING = 0,
    NOTICE_TELL,
    NOTICE_NOTE, /* it is less than what was told: the new key is kept, and nothing told */
    NOTICE_FORGET,
};

/* told[kind] is the key that was told last, NULL = none. What is to be forgotten is forgotten only
 * after NOTICE_CLEAR was told, when that is to be told as well. */
void notice_decide(const struct notice_view *view, const char *const told[NOTICE_KIND_COUNT],
                   enum notice_act ret_act[NOTICE_KIND_COUNT]);

#endif
