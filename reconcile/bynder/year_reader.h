/*
 * year_reader: the events of a year as historical/{year}.csv tells them (API.md 1.3): rows without
 * a header, of which the first three fields are what, when and who. Fed in pieces; nothing is kept.
 *
 * A row that cannot be read is left out and counted: fewer fields, no kind, no time, a time that is
 * not of that year (a day before and behind it are, for zones) or has not been yet. One of nobody
 * (no id of the v4 form) is read and told to nobody. A file of which most rows cannot be read is no
 * such file.
 */
#ifndef BYNDER_YEAR_READER_H
#define BYNDER_YEAR_READER_H

#include "base/cleanup.h"
#include "base/err.h"
#include "facts/portal.h"

struct year_reader;

/* `year` must outlive it. */
struct year_reader *year_reader_new(const struct portal_year *year)
    __attribute__((returns_nonnull));
void year_reader_free(struct year_reader *reader);
CLEANUP_POINTER(struct year_reader, year_reader_freep, year_reader_free)

/* The next bytes. ERR_UNREACHABLE, here and below: this is no CSV, or no file of events. */
int year_reader_push(struct year_reader *reader, const char *bytes, size_t length, struct err *err)
    __attribute__((warn_unused_result));
/* The end of the file. The last row must have its line break: half a row may look like one. */
int year_reader_finish(struct year_reader *reader, size_t *ret_rows, size_t *ret_unreadable,
                       struct err *err) __attribute__((warn_unused_result));

#endif
