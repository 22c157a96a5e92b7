/*
 * roster/intake: makes people of the raw values of rows, under one set of rules for every format.
 *
 * A reader (CSV, JSON, SCIM) hands over the values of the mapped columns of one row and closes it;
 * what is then accepted, or rejected and why, is decided here. No row is dropped: a bad one becomes
 * a rejected person with the keys that could be read. Not for what a status means today, nor for
 * duplicates: that is facts/roster.
 */
#ifndef ROSTER_INTAKE_H
#define ROSTER_INTAKE_H

#include "base/cleanup.h"
#include "config/config.h"
#include "facts/roster.h"
#include "roster/leave.h"

/* The setting that names its column: "roster.columns.employee_number", … */
const char *roster_field_setting(enum roster_field field);

struct roster_column {
    enum roster_field field;
    const char *name; /* of the column (the member, in JSON) as configured, trimmed */
};

struct roster_intake;

/* arena and config must outlive the intake. A date format that is not valid, no column mapped that
 * identifies a person: ERR_CONFIG. */
int roster_intake_new(struct arena *arena, const struct config_roster *config,
                      struct roster_intake **ret_intake, struct err *err)
    __attribute__((warn_unused_result));
void roster_intake_free(struct roster_intake *intake);
CLEANUP_POINTER(struct roster_intake, roster_intake_freep, roster_intake_free)

/* The mapped columns, the parts of the name in their order. Two may have the same name. */
size_t roster_intake_columns(const struct roster_intake *intake,
                             const struct roster_column **ret_column);

/* The value of a mapped column in the row that is being read; one that is never given is empty. */
void roster_intake_value(struct roster_intake *intake, size_t column, const char *bytes,
                         size_t length);
/* The value of a mapped column cannot be read for a reason that the format knows: what follows the
 * field's name in a sentence. */
void roster_intake_unreadable(struct roster_intake *intake, size_t column, const char *reason);
/* The row as a whole is not to be trusted: nobody knows which value belongs to which column, so
 * none of its values is kept but an e-mail address, which shows by itself what it is, and keys that
 * another row has as well (roster_doubt). */
void roster_intake_damaged(struct roster_intake *intake, const char *reason);

/* The row is rejected for this reason, its values are what they are. */
void roster_intake_reject(struct roster_intake *intake, const char *reason);
/* What helps when the row is rejected for other reasons. */
void roster_intake_hint(struct roster_intake *intake, const char *hint);

/* How much the value of a mapped column speaks for the open row being somebody's, least first. */
enum roster_evidence {
    EVIDENCE_NONE = 0, /* empty, or nothing that the column can hold */
    EVIDENCE_DATE,     /* a date that fits */
    EVIDENCE_KEY,      /* any employee number or username, a name or status that is no number */
    EVIDENCE_PERSON,   /* an e-mail address, or a word of roster.status */
};
enum roster_evidence roster_intake_evidence(struct roster_intake *intake, size_t column);
/* The value so far, "" when it is empty. */
const char *roster_intake_peek(const struct roster_intake *intake, size_t column);

/* Whether a date in that column's form. */
bool roster_intake_date_fits(const struct roster_intake *intake, size_t column, const char *value);
/* Whether the word of a status or a leave begins one, of the mapping or of another row, that means
 * something else. An empty one begins any, unless another row's is empty too. */
bool roster_intake_begins_word(struct roster_intake *intake, size_t column);

/* What the word of the open row's status means; PERSON_UNKNOWN without such a column or word. */
enum person_status roster_intake_status(struct roster_intake *intake);

/* Closes the row: one more person. */
void roster_intake_row(struct roster_intake *intake, uint32_t row);
size_t roster_intake_count(const struct roster_intake *intake);
/* Those so far, as long as no further row is closed. */
const struct person *roster_intake_people(const struct roster_intake *intake, size_t *ret_count);
/* Takes the rows from the one of this number (from 0) on back: they turned out to be nobody's. */
void roster_intake_take_back(struct roster_intake *intake, size_t from);
/* The row that was closed last is rejected after all; `blind`: it may be anybody. */
void roster_intake_reject_last(struct roster_intake *intake, const char *reason, bool blind);
/* Forgets the values of the open row: it was a blank line. */
void roster_intake_drop(struct roster_intake *intake);

/* Everybody, with counts; the other members of *ret_roster are untouched. */
void roster_intake_finish(struct roster_intake *intake, struct roster *ret_roster);

#endif
