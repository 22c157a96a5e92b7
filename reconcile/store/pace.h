/*
 * store/pace: one count of requests for all runs behind one public address, whichever portal, host
 * or hour they are of. Bynder counts per address, so a run that only minds itself is not enough.
 *
 * Times are those of the database's clock. A block of requests counts until the last moment at
 * which one of it may have been sent; a run that dies leaves a block that counts a little too long,
 * never one that is forgotten.
 */
#ifndef STORE_PACE_H
#define STORE_PACE_H

#include "store/store.h"

struct pace_request {
    const char *address_group;
    int64_t wanted;     /* requests */
    int64_t least;      /* fewer are of no use */
    int64_t limit;      /* of everybody, in any window */
    int64_t window_us;  /* with its margin */
    int64_t valid_us;   /* how long the grant is good for */
    int64_t unused;     /* of the grant before */
    int64_t silence_us; /* a 429 came since the last request: announce the silence; 0 = none came */
    bool patient;       /* others who are not done in lock_timeout are no error: ask again */
};

struct pace_grant {
    int64_t granted; /* 0: none can be had now */
    int64_t wait_us; /* then: ask again after that */
    bool silent;     /* because somebody behind the address met a 429 */
    bool busy;       /* because others were not done in lock_timeout; nothing has changed */
    int64_t others;  /* requests in the window before this grant */
};

/* One transaction. Ends the grant before, of which `unused` were not sent (less than 0: more were
 * sent, while the database could not be asked). Grants all of what is wanted or what the limit
 * leaves, unless that is less than `least`, or than the limit itself where that is lower. */
int store_grant(struct store *store, const struct pace_request *request,
                struct pace_grant *ret_grant, struct err *err) __attribute__((warn_unused_result));

/* The run sends nothing more. unused and silence_us as above. */
int store_grant_end(struct store *store, const char *address_group, int64_t unused,
                    int64_t silence_us, struct err *err) __attribute__((warn_unused_result));

#endif
