/*
 * spread: whether the history is on one server or on several, each with the portals that fell to it
 * (db/distribute.sql). Nothing else in the program asks: a statement names its portal, and the
 * server that coordinates sends it to where that is.
 */
#ifndef STORE_SPREAD_H
#define STORE_SPREAD_H

#include "store/store.h"

struct store_spread {
    bool is_spread;
    int64_t servers;
    const char *at; /* the server that has this portal; NULL: the portal is not known yet */
    int64_t here;   /* tables that are on the coordinating server alone, and should not be */
};

/* Of a store without a portal `at` is NULL. */
int store_look_spread(const struct store *store, struct arena *arena,
                      struct store_spread *ret_spread, struct err *err)
    __attribute__((warn_unused_result));

#endif
