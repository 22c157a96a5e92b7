/*
 * delays: connections that wait. A suspended connection costs no thread; one timer thread resumes
 * each when its time has come. What hangs for good is kept here too, so that a stop can end it.
 */
#ifndef SIM_DELAYS_H
#define SIM_DELAYS_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

struct delays;

struct delays *delays_new(void);
/* Suspends the connection, to be resumed after `us`; 0 or less: not before delays_stop. Call it
 * from the connection's own callback. false: we are stopping, nothing was suspended. */
bool delays_suspend(struct delays *delays, struct MHD_Connection *connection, int64_t us);
/* Resumes everybody and lets nobody wait any more. */
void delays_stop(struct delays *delays);
void delays_free(struct delays *delays);

#endif
