/*
 * review: the decisions of a file, into the record: approvals as `approve` makes them, by the same
 * weighing, keeps and rejections as `keep` and `reject` do. Row by row: what cannot be taken is
 * named, the others are, and all of them in one transaction. A file that comes twice decides once.
 */
#ifndef JOB_REVIEW_H
#define JOB_REVIEW_H

#include "core/decisions.h"
#include "job/decide.h"

/* A line that was not taken, and why. */
struct review_refused {
    const struct decisions_line *line;
    const struct plan_row *row; /* NULL: the plan has none */
    const char *why;
    bool is_of_form; /* by what stands in the file, held against the plan it is about */
};

struct review_answer {
    struct decide_answer approval; /* what approving comes to; its `left` are in `refused` */
    size_t kept, rejected;
    size_t already;                 /* lines that say what this person has said already */
    struct review_refused *refused; /* in order of the file */
    size_t refused_count;
};

/* `request` as for job_approve: who, the terms, and neither digest nor names, for which the file
 * stands. ERR_USAGE when it decides nothing. ERR_HELD, and nothing of it is recorded, when it is a
 * file of another plan or portal, or the approvals exceed a limit (G7 to G10) and are neither
 * spread nor overridden. That not one line could be taken is an answer. */
int job_review(struct job *job, const struct plan *seen, const struct decisions *decisions,
               const struct decide_request *request, struct review_answer *ret_answer,
               struct err *err) __attribute__((warn_unused_result));

#endif
