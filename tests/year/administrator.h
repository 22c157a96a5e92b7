/*
 * administrator: who looks on Tuesdays, with the command line alone. Approves what is proposed,
 * follows the advice that the program prints, keeps two people a year, and lets a guard of evidence
 * go when what it saw is true.
 */
#ifndef YEAR_ADMINISTRATOR_H
#define YEAR_ADMINISTRATOR_H

#include "oracle.h"
#include "program.h"

enum { ADMINISTRATOR_KEEPS = 2, ADMINISTRATOR_KEEP_DAYS = 120, VERBS_MISSING_MAX = 8 };

struct administrator {
    struct program *program;
    struct oracle *oracle;
    struct seats *seats;
    int nights;   /* of the year: says when somebody is kept */
    bool verbose; /* tells every command and what came of it */
    int looks, holds, minutes;
    int approved, refused; /* approvals */
    int spread, overrides, acknowledged, kept, keeps_tried;
    const char *missing[VERBS_MISSING_MAX]; /* verbs or options that the program does not know */
    int missing_count[VERBS_MISSING_MAX];
    char *refusal; /* what the program said last to an approval that it did not take */
};

void administrator_init(struct administrator *administrator, struct program *program,
                        struct seats *seats, struct oracle *oracle, int nights);
void administrator_release(struct administrator *administrator);
/* What they do on a day at ten o'clock; `true_evidence`: roster and portal are as they should be.
 */
int administrator_look(struct administrator *administrator, struct day day, bool true_evidence,
                       struct err *err) __attribute__((warn_unused_result));

#endif
