/*
 * users: lists, changes and single users, as the portal's API has them. Called with the lock held.
 */
#ifndef SIM_USERS_H
#define SIM_USERS_H

#include "portal.h"

void users_list(struct call *call);
void users_create(struct call *call);
void users_get(struct call *call);
void users_modify(struct call *call);
void users_delete(struct call *call);
void current_user(struct call *call);

/* Whether every field of a form fits (values, known profile, user name free); false with an answer
 * of 400. user may be NULL: a new one. */
bool users_check_form(struct portal *portal, const struct user *user, const struct form *form,
                      struct answer *answer);
/* Takes the known fields of a checked form into a user; the others are ignored. */
void users_apply_form(struct portal *portal, struct user *user, const struct form *form);
/* Makes delayed changes visible whose time has come. */
void users_settle_pending(struct portal *portal);

#endif
