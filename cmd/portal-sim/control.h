/*
 * control: the requests below /_sim/, by which tests look behind the portal and steer it.
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include "portal.h"

/* With the lock held. */
void control_answer(struct portal *portal, const struct request *request, struct answer *answer);

#endif
