/*
 * people: the roster indexed by the keys of the matching. It knows which rows are one person (K8),
 * which values stand for nobody (K2), and which rows nobody can tell apart.
 */
#ifndef CORE_PEOPLE_H
#define CORE_PEOPLE_H

#include <assert.h>

#include "base/table.h"
#include "core/match.h"

/* What of an employee number need not be made again. */
enum number_form {
    NUMBER_AS_IT_IS = 0, /* none, or it stands for nobody; or numbers are no key: not known */
    NUMBER_AS_WRITTEN,   /* it is compared as it is written … */
    NUMBER_IS_BARE,      /* … and nothing is to be taken off */
    NUMBER_FOLDED,       /* there is one, and it is to be folded */
} __attribute__((packed));
#define NUMBER_FORM 6 /* above the bits of all keys */
static_assert(MATCH_KEY_COUNT <= NUMBER_FORM, "a form lies beside the keys");

struct people {
    const struct matching *matching;
    const struct roster *roster;
    struct arena arena;
    struct email_alias *alias;               /* folded */
    struct arena key_arena[MATCH_KEY_COUNT]; /* folded keys, as long as their table */
    struct table by[MATCH_KEY_COUNT]; /* numbers by number_bare: look-alikes stand together */
    uint8_t *nobody; /* by row, bits 1 << key: that value is nobody's; from NUMBER_FORM on the form
                      * of its number */
    bool *unclear;   /* by row: a key of theirs stands in another row too */
    bool numbers;    /* they are a key */
    uint32_t *speaker; /* by row: the row that speaks for this person; NULL = each for itself */
    uint32_t
        *crowd[MATCH_KEY_COUNT]; /* by row: its entry of crowds and 1, 0 = in none; NULL = none */
    struct crowd *crowds;
    size_t crowd_count, crowd_capacity;
    struct table crowd_number; /* crowds of a number by it: many may look alike */
};

/* What one key finds. */
struct found {
    const struct person *person; /* of several the least who is not at work, else the least */
    const struct person *also;   /* the next of them; none = there are not several */
    bool nobodys;                /* the value is in rows of different people: no key */
};

/* What is found by a value that very many rows have: looked up once, not by every account. */
struct crowd {
    enum match_key key;
    uint32_t first;             /* a row of it */
    bool alone;                 /* no other value only looks like it */
    const struct person *least; /* by person_compare */
    struct found found;
};

/* The crowd of a row by this key; NULL when the row is in none. */
const struct crowd *people_crowd(const struct people *people, enum match_key key,
                                 const struct person *row);
/* The crowd that an entry of this table leads to; of numbers those who have just `number`. NULL
 * when there is no entry or it leads to none. */
const struct crowd *people_crowd_at(const struct people *people, enum match_key where,
                                    uint32_t entry, const char *number);

void people_init(struct people *people, const struct matching *matching,
                 const struct roster *roster);
void people_release(struct people *people);
/* From now on nobody is found by a value any more; what is known of each row stays, but for
 * `unclear`. */
void people_forget_values(struct people *people);

/* The table in which a key is looked up: usernames among addresses when the roster has none. */
enum match_key people_table(const struct people *people, enum match_key key);

/* A value of a key as it is compared; NULL when there is none, or it stands for nobody (K2). */
const char *people_value(const struct people *people, struct arena *arena, enum match_key key,
                         const char *text);

/* The row that speaks for a row's person. */
const struct person *people_speaker(const struct people *people, const struct person *person);
bool people_are_one(const struct people *people, const struct person *a, const struct person *b);

/* Whom the entries from `entry` on stand for. `number` is the folded employee number where the
 * table is that of numbers: rows whose number only looks alike are passed over. */
struct found people_find(const struct people *people, struct arena *scratch, enum match_key key,
                         uint32_t entry, const char *number);

/* Asks memory for what people_find reads of each of these entries of the table of numbers. */
void people_expect(const struct people *people, const uint32_t *entry, size_t count);

/* Whether an entry of the table of numbers has just this one, folded, and not one that looks like
 * it. */
bool people_entry_has(const struct people *people, struct arena *scratch, uint32_t entry,
                      const char *number);
/* The text it has in the table of numbers, and a damaged one too; NULL when there is none. */
const char *people_row_bare(const struct people *people, struct arena *arena,
                            const struct person *row, bool damaged);

/* The person's own number, folded; NULL when there is none or it is nobody's. */
const char *people_number(const struct people *people, struct arena *scratch,
                          const struct person *person);

#endif
