/*
 * answer: the portal as it is asked from outside.
 *
 * May be called from several threads; one lock covers the whole portal, so every answer is one
 * consistent moment and the order of the log is the order of events.
 */
#ifndef SIM_ANSWER_H
#define SIM_ANSWER_H

#include "portal.h"

/* Answers one request; *answer was set by answer_init. */
void portal_answer(struct portal *portal, const struct request *request, struct answer *answer);
/* Is an answer that is held back to be held back still? */
bool portal_holds(struct portal *portal);

#endif
