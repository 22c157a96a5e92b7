/*
 * pace_share: lets the pace of this run keep the limit together with all other runs behind the same
 * public address, through the database: it gets permits there, some seconds' worth at a time, and
 * tells of every 429.
 */
#ifndef JOB_PACE_SHARE_H
#define JOB_PACE_SHARE_H

#include "config/config.h"
#include "host/clock.h"
#include "net/pace.h"
#include "store/store.h"

struct pace_share {
    struct store *store;
    struct pace *pace;
    const struct clock *clock;
    const struct config_portal *config;
    unsigned blocks_told;
    int64_t granted;  /* by the database last */
    int64_t count_at; /* requests sent until then */
    int64_t unshared; /* requests that may go without a permit while the database is away */
    struct instant busy_since; /* others are not done since then; by the steady clock */
};

void pace_share_init(struct pace_share *share, struct store *store, struct pace *pace,
                     const struct clock *clock, const struct config_portal *config);

/* For http_settings.permit; the context is the pace_share. When the database cannot be asked, a few
 * requests are permitted all the same, once: an act in hand must be read back. */
int pace_share_permit(void *context, struct err *err);

/* At the end of a run. A failure is told, and harmless: permits run out by themselves. */
int pace_share_end(struct pace_share *share, struct err *err) __attribute__((warn_unused_result));

#endif
