/*
 * report/parts: what the outputs of a plan share: the groups that people read, the words for rows
 * and guards, the headline, the commands that follow. Private to the folder report.
 *
 * Texts that this module puts out are not encoded for any context: the caller passes them through
 * format/encode.
 */
#ifndef REPORT_PARTS_H
#define REPORT_PARTS_H

#include "report/report.h"

/* --- groups: rows as people read them --- */

enum report_section { REPORT_ACTIONS = 0, REPORT_FINDINGS, REPORT_KEEPS };

struct report_group {
    enum report_section section;
    const struct plan_row **row; /* into the list's array */
    size_t count;
    size_t waiting;      /* not before a day after the plan's */
    struct day earliest; /* of those days */
    bool several_days;
    size_t held;         /* rows that a guard holds */
    const char *held_by; /* the first of these guards */
};

struct report_groups {
    const struct plan_row **row;
    struct report_group *group;
    size_t count;
};

/* 0 for rows of one group, which stay in the order of the plan. */
typedef int report_order(const struct plan_row *a, const struct plan_row *b);
/* Actions by (action, rule), findings by row number, keeps. */
report_order report_by_rule;
/* "P4" before "P10" before "R1". */
int report_compare_code(const char *a, const char *b);

/* The rows stay where they are; the plan must outlive the groups. */
struct report_groups report_groups_of(const struct plan *plan, report_order *order);
void report_groups_release(struct report_groups *groups);

/* "suspend — rule 'idle'", "finding P4 — …", "keep" */
void report_add_group_title(struct text *out, const struct report_group *group);
/* "12 accounts, 3 not before 2026-12-06, all held by G7" */
void report_add_group_counts(struct text *out, const struct report_group *group);

/* --- words --- */

/* What a row of the decision table means and what a person does about it; NULL when unknown. */
const char *report_row_title(const char *row);
const char *report_row_advice(const char *row);
/* What a guard looks at, and what to do when it holds; NULL when unknown. */
const char *report_guard_title(const char *id);
const char *report_guard_advice(const char *id);
/* Appends the command that helps with the advice for a row or a guard, and says what for; NULL:
 * there is none. A command is shown on a line of its own, where nothing wraps it. */
const char *report_advice_command(const char *id, struct text *ret_command);

/* 1234567 as "1,234,567". */
void report_add_number(struct text *out, size_t number);
/* "1 account", "12 accounts": `one` gets an s. */
void report_add_counted(struct text *out, size_t number, const char *one);

/* --- the plan as a whole --- */

bool report_is_held(const struct plan *plan);
/* "suspended 13; would suspend 12 more, deprovision 3, propose 1 reactivation; 4 findings" or
 * "nothing to do". */
void report_add_headline(struct text *out, const struct plan *plan);
/* " by 1 to suspend, by 2 to deprovision": how many people each action needs. */
void report_add_approvals(struct text *out, const struct plan *plan);
/* What the state means for the reader, a sentence. */
const char *report_state_sentence(const struct plan *plan);
/* "new since plan 17 of 2026-11-22 (people decided on it): 12 rows, 2 of them changed; 3 rows of it
 * are gone, 1 by its act". Nothing without a plan to compare with. */
void report_add_since(struct text *out, const struct plan *plan);
/* What the notes of a plan are about, a heading. */
const char *report_notes_title(const struct plan *plan);
/* What people decided about a row, or what became of its act, a clause; nothing when nobody did:
 * "done on 2026-12-01", "approved by anna, to be done on 2026-12-01", "kept until ... by ...". */
void report_add_standing(struct text *out, const struct plan_row *row);
/* What to call a person in a report: name, else username, e-mail, id. */
const char *report_name_of(const struct plan_row *row);

/* The commands that follow from a stored plan: what it is for, and the command itself. false behind
 * the last. */
bool report_command(const struct plan *plan, size_t index, struct text *ret_purpose,
                    struct text *ret_command);

/* "acknowledged by anna until 2026-12-05: HR sold a company"; nothing when nobody let it go. */
void report_add_acknowledged(struct text *out, const struct guard_finding *guard);

/* The command that lets a guard of this plan go. */
void report_add_acknowledge(struct text *out, int64_t plan_id, const char *digest,
                            const char *guard);

/* Of a guard that has a verb of its own (G14, G15), by its id and what it found; false for others.
 */
bool report_add_own_verb(struct text *out, const char *guard, const char *actual);

/* The command that lets a guard go which holds a stored plan, for whoever looked at what it found.
 * false when nobody can let it go, or somebody did. */
bool report_add_let_go(struct text *out, const struct plan *plan,
                       const struct guard_finding *guard);

/* --- outputs --- */

void report_add_text(const struct plan *plan, const struct report_style *style, struct text *out);
struct jsonw;
/* Savings of a class and currency, an object. */
void report_add_json_savings(struct jsonw *json, const struct plan_savings *savings);
void report_add_json(const struct plan *plan, const struct report_style *style, struct text *out);
void report_add_csv(const struct plan *plan, const struct report_style *style, struct text *out);
void report_add_csv_bom(const struct plan *plan, const struct report_style *style,
                        struct text *out);
int report_make_xlsx(const struct plan *plan, struct text *out, struct err *err)
    __attribute__((warn_unused_result));
void report_add_html(const struct plan *plan, const struct report_style *style, struct text *out);

#endif
