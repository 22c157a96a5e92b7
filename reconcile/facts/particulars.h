/*
 * particulars: what a write of an account may change, that a single read tells, and that no rule
 * asks: language, phone and the like. Kept for one comparison, and never shown: they are personal,
 * and none of our business but that an act of ours leaves them as they are.
 */
#ifndef FACTS_PARTICULARS_H
#define FACTS_PARTICULARS_H

#include <stdbool.h>

enum { PARTICULAR_COUNT = 9 };

/* Members of Bynder's single user. What an account has already is not among them. */
extern const char *const particular_names[PARTICULAR_COUNT];

struct particulars {
    const char *value[PARTICULAR_COUNT]; /* NULL = none: missing, null or empty */
};

/* Members of which a person may say that the portal changes them by itself with an act of ours
 * (portal.changes_itself). Not those that say who an account is, what it may do, or that an act is
 * about. */
enum { OWN_CHANGE_COUNT = 8 };

extern const char *const own_change_names[OWN_CHANGE_COUNT];

struct own_changes {
    bool of[OWN_CHANGE_COUNT];
};

#endif
