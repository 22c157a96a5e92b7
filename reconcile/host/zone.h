/*
 * zone: loads the offsets of an IANA time zone, once per run, into a table that pure code can use.
 * The system's zoneinfo is read through the C library; the process's own TZ is left as it was.
 */
#ifndef HOST_ZONE_H
#define HOST_ZONE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"

/* Every offset change from 1990 to 2100. An unknown name is an error with a hint (ERR_CONFIG). Not
 * thread-safe (it uses TZ for a moment). */
int zone_load(struct arena *arena, const char *name, const struct zone **ret_zone, struct err *err)
    __attribute__((warn_unused_result));

#endif
