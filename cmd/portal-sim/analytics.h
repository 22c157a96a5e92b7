/*
 * analytics: events in bulk, and the files of earlier years. Called with the lock held.
 */
#ifndef SIM_ANALYTICS_H
#define SIM_ANALYTICS_H

#include "portal.h"

/* One page of the events of call->endpoint. */
void analytics_list(struct call *call);
/* historical/{year}.csv */
void analytics_year(struct call *call);

#endif
