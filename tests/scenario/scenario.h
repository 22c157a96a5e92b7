/*
 * scenario: a small world written down as plain text, with what must be decided in it. The words
 * are described in docs/scenarios.md.
 *
 * A file holds one or more cases. Lines before the first `case` belong to every case of the file,
 * and a line about somebody already there changes only what it names, so that a twin case differs
 * in one fact.
 */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include "base/err.h"
#include "base/text.h"
#include "core/plan.h"

struct word { /* `value`, `key=value` or `key~value` */
    const char *key;
    char op; /* '=' or '~'; 0 when there is no key */
    const char *value;
};

struct line {
    unsigned number;
    const char *verb;
    struct word *word;
    size_t count;
};

struct labelled_account {
    const char *label;
    struct account account;
};

struct labelled_person {
    const char *label;
    struct person person;
};

struct expectation {
    unsigned line;
    const char *about; /* "guard", "state", "total", "note", "approvals" or a pattern of labels */
    const struct word *word;
    size_t count;
};

struct scenario {
    struct arena arena;
    const char *file;
    const char *name;
    const struct zone *zone;
    struct instant now;
    struct day today; /* as written; none = follows from `now` */
    struct policy policy;
    struct matching matching;
    struct limits limits;
    struct guard_history history;
    struct plan_setup setup;
    const char *own;
    bool incomplete;
    const char *incomplete_reason;
    struct instant export_of; /* the snapshot is an export, last changed then; none = it is not */
    struct instant read_at, modified; /* of the roster */
    bool bare;                        /* no bystander */
    struct roster_proof *good;        /* earlier ones that prove absence, ascending */
    size_t good_count;
    bool copies; /* the roster says what the newest of those says */
    struct rule *rule;
    size_t rule_count, rule_capacity;
    struct protected_entry *protected_entry;
    size_t protected_count, protected_capacity;
    struct email_alias *alias;
    size_t alias_count, alias_capacity;
    struct link_override *link;
    size_t link_count, link_capacity;
    struct profile *profile;
    size_t profile_count, profile_capacity;
    struct labelled_account *account;
    size_t account_count, account_capacity;
    struct labelled_person *person;
    size_t person_count, person_capacity;
    struct expectation *expectation;
    size_t expectation_count, expectation_capacity;
};

/* --- words --- */

/* Cuts one line of text into words; blanks separate, "…" keeps blanks, # ends the line. A line
 * without words gives count 0 and verb NULL. */
int line_cut(struct arena *arena, const char *text, unsigned number, struct line *ret_line,
             struct err *err) __attribute__((warn_unused_result));

bool word_parse_bool(const char *value, bool *ret_value);
/* A day is noon UTC of it; "-" is none. */
bool word_parse_instant(const char *value, struct instant *ret_instant);
bool word_parse_day(const char *value, struct day *ret_day); /* "-" is none */
/* "-" is NULL; a list is separated by | */
size_t word_split(struct arena *arena, const char *value, const char *const **ret_item);

enum field_type {
    FIELD_TEXT,
    FIELD_BOOL,
    FIELD_DAY,
    FIELD_INSTANT,
    FIELD_INT,   /* int */
    FIELD_INT64, /* int64_t */
    FIELD_DOUBLE,
    FIELD_ENUM, /* position in `words` */
};

struct field {
    const char *name;
    enum field_type type;
    size_t offset;
    const char *const *words;
};

/* Sets the field that the word names; *ret_known false when the table (ended by NULL) has none. */
int field_set(const struct field *fields, void *object, const struct word *word,
              struct arena *arena, bool *ret_known, struct err *err)
    __attribute__((warn_unused_result));

/* --- cases --- */

void scenario_init(struct scenario *scenario, const char *file);
void scenario_release(struct scenario *scenario);
/* One line after the other; errors say file and line. */
int scenario_read(struct scenario *scenario, const struct line *line, struct err *err)
    __attribute__((warn_unused_result));
/* What can only be said once all lines are read. */
int scenario_finish(struct scenario *scenario, struct err *err) __attribute__((warn_unused_result));

/* The id that stands for a label: of the v4 form, always the same. */
const char *scenario_id(struct arena *arena, const char *label);

/* --- running --- */

/* What a file showed, for the check that every row and guard is covered. */
struct coverage {
    struct text rows; /* " A1=P1 A1=R13 …": label or guard, and outcome, as expected and seen */
};

/* Decides the case; everything that is not as expected goes to `problems`, one line each. */
void scenario_run(const struct scenario *scenario, struct coverage *coverage,
                  struct text *problems);

#endif
