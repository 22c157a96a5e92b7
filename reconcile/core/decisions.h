/*
 * decisions: what a file says that somebody decided, row by row, from a page or a spreadsheet, held
 * against the plan that it is about. A row that is not certainly what it was when they decided is
 * refused by name, and the others are taken. Pure: nothing is recorded here (job/review).
 */
#ifndef CORE_DECISIONS_H
#define CORE_DECISIONS_H

#include "base/text.h"
#include "core/plan.h"
#include "core/ruling.h"

/* A row of the file, as it was written. */
struct decisions_line {
    const char *account_id, *subject, *decision, *until, *reason; /* NULL = empty, or not there */
    const char *of_plan; /* which plan it is of, as decisions_add_plan writes it; likewise */
    uint32_t row;        /* of the file, from 1; of a list in JSON its place in it */
    const char *flaw;    /* why it cannot be read, a clause; NULL = it can */
};

struct decisions {
    const char *file;   /* its name, for sentences */
    const char *portal; /* what it says it is of; NULL: a table, bound by what its rows say */
    int64_t plan; /* of a table the newest that a row of it is of; 0 = none says of which it is */
    struct digest digest; /* of that plan; not told of a table */
    const struct decisions_line *line;
    size_t count;
};

/* A line that decides. */
struct decisions_row {
    const struct decisions_line *line;
    const struct plan_row *row; /* NULL: the plan has none */
    enum ruling_kind kind;      /* APPROVE, KEEP or REJECT */
    struct day until;           /* of a keep; of a rejection none = as long as it usually is */
    const char *reason;         /* one line; NULL = none */
    const char *refused;        /* why it is not taken, a sentence; NULL = it is */
};

struct decisions_terms {
    struct day today;
    int keep_max_days;
};

/* "12:DIGEST": which plan it is, for each row of a table of it; nothing for one that can only be
 * read. The number that such a cell says; 0: it is none. */
void decisions_add_plan(struct text *out, const struct plan *plan);
int64_t decisions_plan_id(const char *of_plan);

/* Those that decide, in order of the file; lines without a decision pass. An account has at most
 * one that is not refused. Arena. */
size_t decisions_judge(struct arena *arena, const struct plan *plan,
                       const struct decisions *decisions, const struct decisions_terms *terms,
                       struct decisions_row **ret_row);

#endif
