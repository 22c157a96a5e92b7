/* What the files of scenario share: helpers of a line, and the lines about the policy. */
#ifndef SCENARIO_PRIVATE_H
#define SCENARIO_PRIVATE_H

#include "scenario.h"

/* Every word of the line from there on must be a field of the table. */
int scenario_set_all(struct scenario *scenario, const struct field *fields, void *object,
                     const struct line *line, size_t from, struct err *err)
    __attribute__((warn_unused_result));
int scenario_need_label(const struct line *line, struct err *err)
    __attribute__((warn_unused_result));
int scenario_need_count(const struct line *line, size_t least, struct err *err)
    __attribute__((warn_unused_result));
/* The words from `word` on about the person of this label, who is made when nobody has it. */
int scenario_put_person(struct scenario *scenario, const char *label, const struct word *word,
                        size_t count, struct err *err) __attribute__((warn_unused_result));
struct labelled_account *scenario_find_account(struct scenario *scenario, const char *label);

int scenario_read_rule(struct scenario *scenario, const struct line *line, struct err *err)
    __attribute__((warn_unused_result));
int scenario_read_protected(struct scenario *scenario, const struct line *line, struct err *err)
    __attribute__((warn_unused_result));
int scenario_read_alias(struct scenario *scenario, const struct line *line, struct err *err)
    __attribute__((warn_unused_result));
int scenario_read_no_value(struct scenario *scenario, const struct line *line, struct err *err)
    __attribute__((warn_unused_result));
int scenario_read_link(struct scenario *scenario, const struct line *line, struct err *err)
    __attribute__((warn_unused_result));
int scenario_read_keys(struct scenario *scenario, const struct line *line, struct err *err)
    __attribute__((warn_unused_result));

#endif
