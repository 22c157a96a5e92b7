/*
 * roster/titles: the row of titles of a CSV roster, and where in it the mapped columns stand.
 *
 * Titles are compared with every run of blanks one space and without what does not show, because
 * nobody sees a no-break space in a title. In messages it is shown.
 */
#ifndef ROSTER_TITLES_H
#define ROSTER_TITLES_H

#include "base/err.h"
#include "base/text.h"
#include "roster/intake.h"

struct roster_titles {
    struct text written; /* as they stand in the file, trimmed, each with its NUL */
    size_t count;
};

void roster_titles_clear(struct roster_titles *titles);
void roster_titles_release(struct roster_titles *titles);
/* ERR_ROSTER for one over LIMIT_FIELD. */
int roster_titles_add(struct roster_titles *titles, uint32_t row, const char *bytes, size_t length,
                      struct err *err) __attribute__((warn_unused_result));

/* Whether these are titles, and no values of a person that a message must not show: one of the
 * mapped is among them, or two that the lexicon knows. */
bool roster_titles_may_be_shown(const char *const *names, size_t count,
                                const struct roster_column *mapped, size_t mapped_count);

/* How many of the mapped columns have their title there. */
size_t roster_titles_match(const struct roster_titles *titles, const struct roster_column *mapped,
                           size_t count);

/* For each mapped column the column of the file, from 0, into ret_at. ERR_ROSTER for one that is
 * missing, with what is there, or there twice. */
int roster_titles_bind(const struct roster_titles *titles, uint32_t row,
                       const struct roster_column *mapped, size_t count, int *ret_at,
                       struct err *err) __attribute__((warn_unused_result));

#endif
