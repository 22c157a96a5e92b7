/*
 * roster/date: what a cell of a column of dates says: a day, no date, or nothing that can be known.
 *
 * Exports write "no date" in many ways and one day in several forms; each column has one form, and
 * what does not certainly fit it is refused with a sentence. Not for what a day means.
 */
#ifndef ROSTER_DATE_H
#define ROSTER_DATE_H

#include "base/arena.h"
#include "base/text.h"
#include "config/config.h"

struct roster_dates;

/* Of the columns that the configuration maps; both arguments must outlive it. A date format that is
 * not valid: ERR_CONFIG. */
int roster_dates_new(struct arena *arena, const struct config_roster *config,
                     struct roster_dates **ret_dates, struct err *err)
    __attribute__((warn_unused_result));

/* A trimmed value of a column. What stands for no date, the empty value too, is none. false: in
 * *problem a sentence that goes on behind the value. */
bool roster_date_read(struct roster_dates *dates, enum roster_field field, const char *value,
                      struct day *ret_day, struct text *problem)
    __attribute__((warn_unused_result));
/* Whether it is a day, without a word about it. */
bool roster_date_fits(const struct roster_dates *dates, enum roster_field field, const char *value);

/* When a date was seen that fits only with day and month exchanged, so that another of this column
 * can be read in two ways: the format that it fits. Else NULL. */
const char *roster_date_other_order(const struct roster_dates *dates, enum roster_field field);

/* '#N/A' and the like, and '########'. */
bool roster_is_spreadsheet_error(const char *value);

#endif
