/*
 * oracle: who should have gone when, by the truth and by the policy that `init` writes, without a
 * line of the program. It judges every act, and counts seat-days against the best that an
 * administrator who looks on Tuesdays could have had under the default limits.
 *
 * A seat waits from the first night on which the policy allows to plan it. Its person may go that
 * night (departed) or after the grace (idle). The best: approved on the next Tuesday, done the
 * night after, or when the grace ends, as far as the limit of that night has room.
 */
#ifndef YEAR_ORACLE_H
#define YEAR_ORACLE_H

#include "seats.h"
#include "trouble.h"

enum { ORACLE_IDLE_DAYS = 90, ORACLE_GRACE_DAYS = 14 };

enum reason { REASON_NONE = 0, REASON_DEPARTED, REASON_IDLE };

/* One wait of a seat. */
struct wait {
    enum reason reason; /* none: it does not wait */
    struct day planned; /* first night in a plan */
    struct day may_go;
    struct day due;   /* the best there could be but for limits and trouble */
    struct day best;  /* the best there could be; none: not yet */
    struct day freed; /* by the program; none: not yet */
};

/* What the oracle keeps of one seat. */
struct watch {
    struct wait wait;
    struct day kept_until; /* the administrator's decision */
    int lost_days;         /* reclaimable, and not free */
    enum reason lost_for;
    struct day lost_since; /* planned, of the newest wait with lost days */
};

struct figures {
    int64_t wrong;
    int64_t seat_days, reclaimed; /* reclaimable by that administrator; of these reclaimed */
    size_t freed, waited;         /* waits that ended with a free seat; waits that were due */
    int *days;                    /* from may go to free, one for each freed */
    size_t days_count, days_capacity;
};

struct oracle {
    const struct seats *seats;
    struct watch *watch; /* by seat */
    size_t count, capacity;
    struct day known; /* the day of the newest right export */
    struct figures figures;
};

void oracle_init(struct oracle *oracle, const struct seats *seats);
void oracle_release(struct oracle *oracle);

/* HR's export of that day arrived whole and right. */
void oracle_note_roster(struct oracle *oracle, struct day day);
void oracle_note_kept(struct oracle *oracle, const struct seat *seat, struct day until);
/* Before the run of a night: what is due, and what the best would do. */
void oracle_begin_night(struct oracle *oracle, struct day day, const struct trouble *trouble);
/* The program suspended it tonight. NULL when that is right, else what makes it wrong. Must come
 * before seats_note_suspended. */
const char *oracle_judge(struct oracle *oracle, const struct seat *seat, struct day day);
/* After the run and its acts. */
void oracle_end_night(struct oracle *oracle, struct day day);
/* Whether the best would free this seat tonight. */
bool oracle_frees(const struct oracle *oracle, size_t place, struct day day);
/* The seat that lost most days, which is then forgotten; false: none did. */
bool oracle_take_loss(struct oracle *oracle, size_t *ret_place, struct watch *ret_watch);
const char *reason_name(enum reason reason);
/* Once, behind the last night. */
void oracle_finish(struct oracle *oracle);

#endif
