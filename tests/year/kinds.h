/*
 * kinds: what can happen in a year, each of which can be switched off by name.
 */
#ifndef YEAR_KINDS_H
#define YEAR_KINDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum kind {
    KIND_HIRES = 0,   /* people come */
    KIND_LEAVERS,     /* people go, most with notice given */
    KIND_LATE,        /* HR enters some departures days or weeks after the last day */
    KIND_LEAVE,       /* months on leave */
    KIND_REHIRES,     /* back under the old number, one row */
    KIND_REHIRES_NEW, /* back under a new number, the old row stays */
    KIND_CONTRACTORS, /* in no roster, with accounts */
    KIND_IDLERS,      /* who stop using it, for a while or for good */
    KIND_AFTER,       /* a few leavers still log in for days */
    KIND_MOVES,       /* another department, same number */
    KIND_NO_NUMBER,   /* accounts without employee number, found by address */
    KIND_SUPPORT,     /* reactivates whom we suspended when they come back */
    KIND_BY_HAND,     /* support suspends leavers, renames departments, creates accounts */
    KIND_OUTAGE,      /* the portal answers 503 for a night or two */
    KIND_SLOW,        /* a week of slow answers and late effects */
    KIND_MISSED,      /* HR's export does not come one evening */
    KIND_CUT,         /* … ends in the middle */
    KIND_OLD,         /* … is that of two weeks ago under today's date */
    /* Off unless asked for: who is who is hard, or the machine's clock is wrong. */
    KIND_TWINS,     /* two people of one name */
    KIND_RENAMES,   /* addresses change, the portal follows later */
    KIND_MARRIAGES, /* family name and address change */
    KIND_TRANSFERS, /* to another company of the group: old number ended, new number running */
    KIND_CLOCK,     /* the clock of the machine is four days ahead for a night */
    KIND_COUNT
};

struct kinds {
    bool on[KIND_COUNT];
};

struct kinds kinds_default(void);
/* Names with commas between, or `all`. An unknown name is an error of usage that lists them. */
int kinds_set(struct kinds *kinds, const char *names, bool on, struct err *err)
    __attribute__((warn_unused_result));
const char *kind_name(enum kind kind);

#endif
