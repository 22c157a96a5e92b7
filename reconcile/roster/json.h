/*
 * roster/json: a roster as JSON, in three shapes.
 *
 * json: an array of objects, or a member of the document that is one (roster.items).
 * jsonl: an object on each line.
 * scim: one SCIM ListResponse (RFC 7644, 3.4.2) or an array of them, the pages of one answer; all
 * pages must be there. roster.columns name attributes of User (RFC 7643, 4.1 and 4.3).
 */
#ifndef ROSTER_JSON_H
#define ROSTER_JSON_H

#include "roster/intake.h"

struct roster_json;

/* config is settled; both must outlive it. */
struct roster_json *roster_json_new(const struct config_roster *config,
                                    struct roster_intake *intake) __attribute__((returns_nonnull));
void roster_json_free(struct roster_json *json);
CLEANUP_POINTER(struct roster_json, roster_json_freep, roster_json_free)

/* A whole document into the intake: the next page, when there are several. Rows are elements,
 * counted from 1 over all pages, of JSON Lines lines. ERR_ROSTER for what is no such document, and
 * for the `last` one when it says that another follows. */
int roster_json_page(struct roster_json *json, const char *bytes, size_t length, bool last,
                     struct err *err) __attribute__((warn_unused_result));
/* Behind the last one. ERR_ROSTER for pages that are missing, and for a mapped member that no
 * element has; `by_default`: the mapping is SCIM's own (roster_scim_settle). */
int roster_json_finish(struct roster_json *json, bool by_default, struct err *err)
    __attribute__((warn_unused_result));
/* Groups in a list of SCIM, which are no rows. */
size_t roster_json_groups(const struct roster_json *json);

#endif
