/*
 * roster/scim: the attributes of a SCIM User (RFC 7643, 4.1 and 4.3), whose names have no case.
 */
#ifndef ROSTER_SCIM_H
#define ROSTER_SCIM_H

#include "base/arena.h"
#include "config/config.h"
#include "format/json.h"

/* Fills in what SCIM names and means when the configuration leaves it open: the attributes of every
 * User, `active` as employed (true) or departed (false). A mapping that is set stays as it is, and
 * *ret_default says whether there was none. An attribute that User does not have: ERR_CONFIG. */
int roster_scim_settle(struct config_roster *config, bool *ret_default, struct err *err)
    __attribute__((warn_unused_result));

/* A member by its name without case; JSON_UNREADABLE when two have it. */
enum json_found roster_scim_member(const struct json_object *object, const char *name,
                                   struct json_object **ret_member);

/* Whether an element says of itself that it is a Group and no User (RFC 7643, 4.2): by its schemas,
 * else by the type of the resource. */
bool roster_scim_is_group(const struct json_object *element);
/* The first attribute that it has and only a User may have; NULL = none. */
const char *roster_scim_of_user(const struct json_object *element);

/* The value of an attribute; JSON_UNREADABLE with *ret_flaw, which goes on behind the name. */
enum json_found roster_scim_find(const struct json_object *user, const char *name,
                                 struct arena *arena, const char **ret_value,
                                 const char **ret_flaw);

#endif
