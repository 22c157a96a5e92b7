/*
 * trouble: what is wrong on which night, injected by a schedule that follows from the seed. A red
 * night behind injected trouble is no fault of the program.
 */
#ifndef YEAR_TROUBLE_H
#define YEAR_TROUBLE_H

#include <stdbool.h>

#include "company.h"

/* Of one night, or of the evening before it. */
struct trouble {
    bool outage, slow, clock; /* of the night */
    bool missed, cut, old;    /* of the export of the evening of this day */
    bool doubt;               /* the roster that lies there is not that of the last workday */
    bool frozen;              /* nobody may change anything (event `freeze`) */
};

enum { TROUBLE_FREEZE_DAYS = 14, TROUBLE_OLD_DAYS = 14 };

/* One entry for each night, malloc'ed. */
struct trouble *trouble_make(const struct company *company);
/* Whether the night may be red. */
bool trouble_excuses(const struct trouble *night);
/* Whether an act was possible. */
bool trouble_allows(const struct trouble *night);

#endif
