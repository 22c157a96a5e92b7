/*
 * logins: the login events of the analytics API. Called with the lock held.
 */
#ifndef SIM_LOGINS_H
#define SIM_LOGINS_H

#include "portal.h"

void logins_list(struct call *call);

#endif
