/*
 * roster/json: a roster as JSON, in two shapes.
 *
 * json: an array of objects, whose members have the names that roster.columns gives.
 * scim: one SCIM ListResponse (RFC 7644, 3.4.2) or an array of them, the pages of one answer; all
 * pages must be there. roster.columns name attributes of User (RFC 7643, 4.1 and 4.3).
 */
#ifndef ROSTER_JSON_H
#define ROSTER_JSON_H

#include "roster/intake.h"

/* Fills in what SCIM names and means when the configuration leaves it open: the attributes of every
 * User, `active` as employed (true) or departed (false). A mapping that is set stays as it is. An
 * attribute that User does not have: ERR_CONFIG. */
int roster_scim_settle(struct config_roster *config, struct err *err)
    __attribute__((warn_unused_result));

/* The whole document into the intake, whose configuration is settled; rows are elements, counted
 * from 1. ERR_ROSTER for what is no such document, for pages that are missing, and for a mapped
 * member that no element has. */
int roster_json_read(enum roster_format format, const char *bytes, size_t length,
                     struct roster_intake *intake, struct err *err)
    __attribute__((warn_unused_result));

#endif
