/*
 * audit/portals: how every portal of a database stands, by what is recorded there: three
 * statements, however many portals there are. Their configurations are not asked, so an approval
 * counts here whoever gave it, until a run ends it; `status` of one portal judges it by its own
 * configuration and by the clock. Only reads.
 */
#ifndef AUDIT_PORTALS_H
#define AUDIT_PORTALS_H

#include "audit/status.h"

/* What somebody is to look at, the most urgent first. */
enum portal_state {
    PORTAL_FAILED = 0, /* the newest run that may act ended with an error, or was cut off */
    PORTAL_OVERDUE,    /* no run came to a good end for PORTAL_OVERDUE_US, or none ever did */
    PORTAL_HELD,       /* a guard holds the newest plan */
    PORTAL_UNCLEAR,    /* of an act nobody knows the outcome */
    PORTAL_WAITING,    /* rows of the newest plan wait for a person */
    PORTAL_FINE,
    PORTAL_STATE_COUNT
};
const char *portal_state_name(enum portal_state state); /* "failed", "overdue" ... */

/* As the alert BynderReconcileNoSuccess (etc/prometheus). */
#define PORTAL_OVERDUE_US (26 * 3600 * SECOND_US)

struct portal_status {
    int64_t portal_id;
    const char *portal;
    struct store_status_run run; /* the newest; id 0 = there is none */
    int64_t acting_run_id;       /* the newest `run` or `apply`; 0 = none */
    int acting_exit_code;        /* of it; -1 = not finished */
    bool locked;                 /* a run holds the portal */
    bool unseen;                 /* or may: whoever answers is a standby, which knows no locks */
    struct instant last_success; /* of `run`; none = never */
    struct instant taken_at;     /* of the newest snapshot; none = there is none */
    bool complete;               /* likewise */
    int64_t accounts, active;    /* likewise; active ones are seats */
    int64_t plan_id;             /* the newest; 0 = there is none */
    enum plan_state plan_state;
    struct instant plan_created_at;
    struct day plan_today;
    const char *digest;                 /* 64 hex digits */
    const char *held_by;                /* guards that hold it, with blanks between; NULL = none */
    size_t waiting, due;                /* rows of it that wait for a person; those due by now */
    size_t open_steps;                  /* acts whose outcome nobody knows */
    const struct plan_savings *savings; /* of the month of that plan and its year so far */
    size_t savings_count;
    unsigned is;             /* bits 1 << PORTAL_...: all that hold */
    enum portal_state state; /* the most urgent of them */
};

/* In order of name, those set aside for another name left out. */
int portals_load(struct pg *pg, struct arena *arena, struct instant now,
                 struct portal_status **ret_portal, size_t *ret_count, struct err *err)
    __attribute__((warn_unused_result));

/* Which database of which server this is, however its address is spelled, until the server is
 * started anew. Arena. */
int portals_database(struct pg *pg, struct arena *arena, const char **ret_database, struct err *err)
    __attribute__((warn_unused_result));

/* Amounts in ten-thousandths, -1 = not told by any. */
struct portals_money {
    const char *currency;
    int64_t exposed, freed, year_freed, reducible;
};
struct portals_total {
    size_t portals;
    size_t is[PORTAL_STATE_COUNT]; /* a portal counts for each that holds of it */
    int64_t seats;                 /* active accounts */
    size_t waiting, due, open_steps;
    struct portals_money *money; /* by currency, in its order; currencies are never added */
    size_t money_count;
};
/* Money of this month and year as they are `now`: of a portal whose newest plan is of another one
 * nothing is freed in it. */
struct portals_total portals_add_up(struct arena *arena, const struct portal_status *portal,
                                    size_t count, struct instant now);

#endif
