/*
 * roster/json_value: one value of an element as the text that the intake reads, or why it is none.
 */
#ifndef ROSTER_JSON_VALUE_H
#define ROSTER_JSON_VALUE_H

#include "base/arena.h"
#include "base/text.h"
#include "format/json.h"

/* A text; with `numbers` also a whole number as its digits.
 * JSON_UNREADABLE with *ret_flaw, in the arena or static, which goes on behind the name;
 * `name` is what roster.columns calls it, NULL where that is no name of a member. */
enum json_found roster_json_text(struct json_object *value, const char *name, bool numbers,
                                 struct arena *arena, const char **ret_value,
                                 const char **ret_flaw);

/* true, false, 1 and 0, bare or as text in any case; false: none of these. */
bool roster_json_flag(struct json_object *value, bool *ret_flag);

/* What a name of roster.columns leads to in an element: a member, or with '/' in front a JSON
 * pointer. */
enum json_found roster_json_find(struct json_object *item, const char *name,
                                 struct json_object **ret_value);

/* Appends the pointer to a value of that name somewhere inside the element ("/attributes/id/value"
 * for "id"); false: there is none. */
bool roster_json_locate(struct json_object *item, const char *name, struct text *pointer);

#endif
