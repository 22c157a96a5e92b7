/*
 * company: the truth about the people of one year, and what HR knows of it on which day. Made at
 * once for the whole year from a seed; nothing of it is ever told to the program but the roster.
 *
 * A person's work is a list of stints. HR learns of a stint and of its end on days of their own.
 */
#ifndef YEAR_COMPANY_H
#define YEAR_COMPANY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/day.h"
#include "base/text.h"

#include "chance.h"
#include "kinds.h"

enum {
    STINTS_MAX = 4,
    COMPANY_DAYS_BEFORE = 400,
    COMPANY_ADMINISTRATORS = 3 /* the first people: at work all year, and in use */
};

struct stint {
    const char *number;
    struct day hired, last_day; /* in truth; last_day may be none */
    struct day known;           /* from when HR's export has it */
    struct day ended;           /* from when HR's export has the last day; none with it */
    bool same_row;              /* it replaces the row of the stint before */
};

struct leave {
    struct day from, to; /* both included; none: no leave */
};

/* Someone's other names from a day on; none: never. */
struct change {
    struct day on;
    const char *family, *email;
};

struct person {
    const char *given, *family, *email;
    const char *department, *later_department;
    struct day moved; /* to the later department */
    struct change change;
    const char *later_number; /* of all stints, from a day on (event `numbers`) */
    struct day renumbered;
    struct stint stint[STINTS_MAX]; /* a contractor has one too, and HR knows nothing of it */
    size_t stint_count;
    struct leave leave;
    bool contractor, without_number, uses_after, never_logs_in;
    bool long_gone; /* left long before the year, and the account was suspended then */
    int rate;       /* workdays in 10,000 on which they log in */
    struct day idle_from,
        idle_to;           /* uses nothing in between; from none: never, to none: for good */
    struct day account_on; /* when their account is made; none: they have none */
};

/* What happens to everybody on one day. */
enum event { EVENT_NONE = 0, EVENT_LAYOFF, EVENT_DOMAIN, EVENT_NUMBERS, EVENT_FREEZE };

struct company_settings {
    struct chance chance;
    struct kinds kinds;
    size_t people;
    int nights;
    enum event event;
    int event_at;     /* day of the year, from 0 */
    int idle_percent; /* of those who are there at the start and have long been idle; -1: usual */
};

struct company {
    struct company_settings settings;
    struct day first; /* the first day of the year */
    struct day event_on;
    struct person *person;
    size_t count, capacity;
    struct arena arena;
};

void company_make(struct company *company, const struct company_settings *settings);
void company_release(struct company *company);

/* The truth on a day. */
bool company_works(const struct person *person, struct day day);
bool company_on_leave(const struct person *person, struct day day);
/* Every stint that began has ended before this day. */
bool company_has_left(const struct person *person, struct day day);
const char *company_email(const struct person *person, struct day day);
const char *company_family(const struct person *person, struct day day);
const char *company_department(const struct person *person, struct day day);
/* The number of the stint that runs on that day, or of the last one. */
const char *company_number(const struct person *person, struct day day);

/* What HR's export of the day `known` says of today: departed by every row of theirs; on leave. */
bool company_departed_by_hr(const struct person *person, struct day known, struct day today);
bool company_on_leave_by_hr(const struct person *person, struct day known);

/* HR's export of a day, as CSV with a header. */
void company_add_roster(const struct company *company, struct day day, struct text *out);

#endif
