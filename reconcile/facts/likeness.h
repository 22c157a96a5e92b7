/*
 * likeness: when two names, two addresses or two employee numbers speak for one person, and which
 * values speak for nobody (docs/decisions.md "The link", K1 to K3). Pure comparisons of two texts:
 * nothing here makes a link.
 */
#ifndef FACTS_LIKENESS_H
#define FACTS_LIKENESS_H

#include <stdbool.h>

#include "base/arena.h"

enum name_likeness {
    NAMES_UNKNOWN = 0, /* one of them is not known */
    NAMES_DIFFER,
    NAMES_AGREE, /* a part of three letters or more is common: family, or married since */
    NAMES_SAME,  /* two parts are, and the shorter one is wholly in the longer; or identical */
};

#define NAME_PARTS_MAX 8
#define NAME_OWN_MAX   3
#define NAME_WIDE_MAX  (28 + 56 + 3) /* two and three parts of eight, and those of its own */

/* The parts of a name, folded, without accents ('Müller' is 'Mueller'), sorted; without particles
 * ('van', 'bin'), titles and what stands in brackets. */
struct name_parts {
    const char *whole; /* all letters in their order without what is between; NULL = no name */
    const char
        *turned;       /* of two parts in a script that may leave the blank out: the second first */
    const char *ends;  /* where there are more than two parts: the first and the last word, in a
                          fixed order */
    const char *parts; /* in order, a blank between two; NULL = none */
    unsigned count;
};
struct name_parts name_parts(struct arena *arena, const char *name);
/* A copy in one piece, no larger than it must be: of a million names. */
const struct name_parts *name_parts_keep(struct arena *arena, const struct name_parts *parts);

enum name_likeness name_parts_compare(const struct name_parts *a, const struct name_parts *b);
enum name_likeness names_compare(struct arena *scratch, const char *a, const char *b);

/* The same, or of the same first and last word. */
bool name_parts_meet(const struct name_parts *a, const struct name_parts *b);

/* Keys of an index of names. Names that meet have a key of the one's own among the wide keys of the
 * other, and which of them is which does not matter when both are asked. Returns how many. */
unsigned name_keys_own(struct arena *arena, const struct name_parts *parts,
                       const char *ret_key[static NAME_OWN_MAX]);
unsigned name_keys_wide(struct arena *arena, const struct name_parts *parts,
                        const char *ret_key[static NAME_WIDE_MAX]);

/* The local part of an address, folded, without a '+' tag; NULL when it is none. */
const char *address_local(struct arena *arena, const char *email);
/* Both are known, and have the same local part. */
bool addresses_agree(struct arena *scratch, const char *a, const char *b);

/* What stays of an employee number when leading zeros and what a spreadsheet makes of it are taken
 * off: '100' of '00100', '100.0', '1.0E+02', '="100"', '1042' of '1,042'; letters in front stay.
 * The folded number itself where nothing is to be taken off. NULL for none. */
const char *number_bare(struct arena *arena, const char *number);

/* '1,042', '1.042.000', '10 045': digits in threes with one and the same mark between. */
bool number_is_grouped(const char *number);
/* And decimals that are zeros behind it: '10.084,00'. */
bool number_is_grouped_decimal(const char *number);

/* The values of `roster.no_value`, shell-style, beside those that are built in. */
struct no_values {
    const char *const *item;
    size_t count;
};
/* Whether a folded value of a key stands for nobody: 'n/a', '0', '-', 'no_email@…' (K2). */
bool is_no_value(const struct no_values *more, const char *folded);

#endif
