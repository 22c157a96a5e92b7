/*
 * person: one row of the roster HR sends, reduced to the mapped columns.
 */
#ifndef FACTS_PERSON_H
#define FACTS_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/day.h"

enum person_status {
    PERSON_UNKNOWN = 0, /* the row was rejected, or contradicts itself */
    PERSON_EMPLOYED,
    PERSON_ON_LEAVE,
    PERSON_FUTURE,   /* starts after today */
    PERSON_DEPARTED, /* last day before today */
    PERSON_ABSENT,   /* in no row: never the status of a row, only of an account's person */
} __attribute__((packed));

/* What a column of its own says of a leave; roster_judge adds the days. */
enum person_leave { LEAVE_UNSAID = 0, LEAVE_NO, LEAVE_YES } __attribute__((packed));

/* Why a row that can be read contradicts itself. */
enum person_flaw {
    PERSON_SOUND = 0,
    PERSON_BACK_UNSAID,      /* a hire date after the last day, and no status word */
    PERSON_GONE_BEFORE_HERE, /* departed by the word, and the hire date is to come */
    PERSON_HERE_AFTER_LAST,  /* employed by the word, and the last day has passed */
    PERSON_LEAVE_BACKWARDS,  /* it ends before it begins */
    PERSON_LEAVE_NOT_NOW,    /* the column of leaves says yes, the days no */
    PERSON_LEAVE_NOW,        /* likewise the other way round */
    PERSON_LEAVE_OUTLASTS,   /* it goes on behind the last day */
} __attribute__((packed));

/* What few rows tell. */
struct person_extra {
    const char
        *damaged_number; /* refused because of it: what a spreadsheet made of a number (K1) */
    struct day leave_from, leave_until; /* both still on leave; none = not told */
    struct day on_leave_at; /* the last day of which a roster had them on leave; none = no roster */
    struct day back_on;     /* the first day after it of which one had them back */
};

/* What many people have alike: they share one. Who has what few rows tell has one of their own. */
struct person_alike {
    const char *department; /* NULL = empty or not mapped; likewise below */
    const char *country;
    const char *rejected;       /* why what was read is refused: read by person_rejected */
    struct person_extra *extra; /* NULL = nothing of it: read by person_extra */
};

/* There are as many as a company has people: what is nothing for most, or the same, stands behind a
 * pointer, and what is asked of each account's person side by side. */
struct person {
    const char *employee_number; /* NULL = empty or not mapped; likewise below */
    const char *email;
    const char *username;
    const char *name;
    struct day hire_date;
    uint32_t row;                     /* as a spreadsheet numbers it: the header is row 1 */
    const struct person_alike *alike; /* NULL = nothing of it: read by person_alike */
    struct day last_day;
    bool key_unreadable; /* a key of it could not be read, or all are empty: it may be anybody */
    enum person_status word;       /* what the status column says: EMPLOYED, ON_LEAVE, DEPARTED, or
                                      UNKNOWN when no status column is mapped */
    enum person_status status : 4; /* set by roster_judge */
    enum person_status said : 4;   /* what `word` was before a leave made it what it is … */
    bool put_on_leave : 1;         /* … as roster_judge did */
    enum person_leave leave : 2;
    enum person_flaw flaw : 4; /* set by roster_judge, and stays */
};

extern const struct person_alike person_alike_none;
static inline const struct person_alike *person_alike(const struct person *person)
{
    return person->alike ? person->alike : &person_alike_none;
}
/* Why the row is refused, as it was read or by itself; NULL for a good one. */
extern const char *const person_flaw_sentence[];
static inline const char *person_rejected(const struct person *person)
{
    return person->flaw ? person_flaw_sentence[person->flaw] : person_alike(person)->rejected;
}
/* To be written: a copy that is this person's own. */
struct person_alike *person_alike_own(struct arena *arena, struct person *person);

extern const struct person_extra person_extra_none;
static inline const struct person_extra *person_extra(const struct person *person)
{
    const struct person_extra *extra = person_alike(person)->extra;

    return extra ? extra : &person_extra_none;
}
/* To be written: made where there is none. */
struct person_extra *person_extra_of(struct arena *arena, struct person *person);

struct column_words; /* base/column */
extern const struct column_words person_status_words;
/* "unknown", "employed", "on_leave", "future", "departed", "absent" */
const char *person_status_name(enum person_status status);

/* The status as of `today`; when the row contradicts itself PERSON_UNKNOWN and, in *ret_flaw, how.
 * A last day of today or later is still employed. A last day in the past with a
 * status word that says employed is a contradiction, unless the hire date is later (a re-hire), or
 * it had not passed on `written`, the day that the row is of: the word was right then. */
enum person_status person_judge(const struct person *person, struct day today, struct day written,
                                enum person_flaw *ret_flaw);

/* The key by which the history knows a person: "n:" and the employee number, else "e:" and the
 * address, else "u:" and the username, folded; "?" without any. */
const char *person_key(struct arena *arena, const struct person *person);

/* A fixed order of people that does not depend on where they stand in the roster. */
int person_compare(const struct person *a, const struct person *b);

#endif
