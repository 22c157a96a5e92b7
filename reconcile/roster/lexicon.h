/*
 * roster/lexicon: what HR systems call their columns and states, in nine languages: titles.def and
 * words.def, which anybody can extend. Certain or nothing: for `init`, which asks about the rest.
 */
#ifndef ROSTER_LEXICON_H
#define ROSTER_LEXICON_H

#include "base/arena.h"
#include "facts/person.h"

enum meaning {
    MEANING_NONE = 0, /* of an unknown title */
    MEANING_EMPLOYEE_NUMBER,
    MEANING_EMAIL,
    MEANING_USERNAME,
    MEANING_NAME,
    MEANING_FIRST_NAME,
    MEANING_LAST_NAME,
    MEANING_STATUS,
    MEANING_HIRE_DATE,
    MEANING_LAST_DAY,
    MEANING_ON_LEAVE,
    MEANING_LEAVE_FROM,
    MEANING_LEAVE_UNTIL,
    MEANING_DEPARTMENT,
    MEANING_COUNTRY,
    MEANING_MAPPED, /* those above are what a column can be mapped to; below is what a title hints
                     */
    MEANING_PLAIN_EMAIL = MEANING_MAPPED,
    MEANING_OTHER_EMAIL,
    MEANING_MAYBE_NUMBER,
    MEANING_STATUS_LIKE,
    MEANING_LEAVE_LIKE,
    MEANING_REHIRE,
    MEANING_TYPE,
    MEANING_MAYBE_LAST_DAY,
    MEANING_LAST_WORKED,
    MEANING_ORIGINAL_HIRE,
    MEANING_NOTHING,
};

/* For people: "employee number", …; NULL for what is no more than a hint. */
const char *meaning_name(enum meaning meaning);
bool meaning_is_date(enum meaning meaning);
/* Says who somebody is, or may. */
bool meaning_is_key(enum meaning meaning);

struct lexicon;

/* Memory from the arena. */
struct lexicon *lexicon_new(struct arena *arena) __attribute__((returns_nonnull));

/* What a title means and, of titles that mean the same, how likely it is (less is likelier). A JSON
 * pointer is taken for the title that its last parts make. */
enum meaning lexicon_title(const struct lexicon *lexicon, const char *title, unsigned *ret_rank);

/* EMPLOYED, ON_LEAVE, DEPARTED; UNKNOWN for all that may mean something else. */
enum person_status lexicon_word(const struct lexicon *lexicon, const char *word);

/* Not active, which whoever has left is, and others are. */
bool lexicon_is_inactive(const struct lexicon *lexicon, const char *word);

#endif
