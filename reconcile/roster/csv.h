/*
 * roster/csv: a roster as CSV. Finds the mapped columns by their names in the header and hands
 * their values, and no others, to the intake. Not for what a value must look like.
 */
#ifndef ROSTER_CSV_H
#define ROSTER_CSV_H

#include "roster/intake.h"

struct roster_csv;

/* Both arguments must outlive it. */
struct roster_csv *roster_csv_new(const struct config_roster *config, struct roster_intake *intake)
    __attribute__((returns_nonnull));
void roster_csv_free(struct roster_csv *csv);
CLEANUP_POINTER(struct roster_csv, roster_csv_freep, roster_csv_free)

/* The next bytes, in UTF-8; fits encoding_sink. ERR_ROSTER for a missing or repeated mapped column
 * and for what csv_reader refuses. */
int roster_csv_push(void *csv, const char *utf8, size_t length, struct err *err)
    __attribute__((warn_unused_result));
/* The end of the file. One without any row has no header, which is ERR_ROSTER; one without people
 * is a roster of nobody (guard G2 judges that). */
int roster_csv_finish(struct roster_csv *csv, struct err *err) __attribute__((warn_unused_result));

#endif
