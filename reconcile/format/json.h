/*
 * json: JSON from outside, strictly. Syntax is checked here, after RFC 8259, before json-c sees a
 * byte, because json-c takes more than JSON (NaN, single quotes, duplicate keys) and clamps and
 * coerces silently. Values come out through accessors that check type, range and length.
 *
 * A byte order mark in front is not ours to complain about (RFC 8259, 8.1). A broken document is an
 * error as a whole. What only makes one value unusable (bytes that are not
 * UTF-8, an embedded NUL, a number out of range) is told of that value. An object of more than
 * LIMIT_JSON_VALUES values is not used, and never built.
 */
#ifndef FORMAT_JSON_H
#define FORMAT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"

struct json_object; /* json-c's */

void json_free(struct json_object *value);
CLEANUP_POINTER(struct json_object, json_freep, json_free)

/* One whole document that is an object, nothing behind it but blanks. ERR_UNREACHABLE says at which
 * byte it is broken. */
int json_parse_object(const char *bytes, size_t length, struct json_object **ret_object,
                      struct err *err) __attribute__((warn_unused_result));

/* Whether the bytes end before the value does that they begin, or before there is any: not all of
 * it came. */
bool json_is_cut_off(const char *bytes, size_t length);

/* One whole document that is an array, element by element, so that a long list never stands in
 * memory at once. The whole is checked before the first element is handed out. `item` is NULL when
 * the element is no object, has a member twice or holds too many values, and then `flaw` says so.
 * -1 from `each` ends it. */
typedef int json_each_item(void *context, size_t index, struct json_object *item, const char *flaw,
                           struct err *err);
int json_each(const char *bytes, size_t length, json_each_item *each, void *context,
              struct err *err) __attribute__((warn_unused_result));

/* The same in two steps: the document is checked and its elements are found; then they are handed
 * out (json_list_views), by whichever thread, one at a time. The list borrows the bytes. */
struct json_list {
    const char *bytes;
    struct json_element {
        size_t from, to;
        size_t members, values;
        bool lone_surrogate;
    } * element;
    size_t count, capacity;
};
int json_list_read(const char *bytes, size_t length, struct json_list *ret_list, struct err *err)
    __attribute__((warn_unused_result));
void json_list_release(struct json_list *list);

/* The same for the pages of a list: one such object or an array of them. `head` gets each page, the
 * array in its member `list` (case aside) empty, and returned 0; then `each` gets the elements of
 * that array. */
int json_each_of_pages(const char *bytes, size_t length, const char *list, json_each_item *head,
                       json_each_item *each, void *context, struct err *err)
    __attribute__((warn_unused_result));

/* One value of a document, as it is written there, without the blanks around it. */
struct json_part {
    const char *bytes;
    size_t length;
};

/* The value that the whole document is. What is broken is told with its place: the byte, the
 * element of the first list, the member. */
int json_whole(const char *bytes, size_t length, struct json_part *ret_whole, struct err *err)
    __attribute__((warn_unused_result));
/* Whether the bytes are objects one after another, which is no document (JSON Lines). */
bool json_is_lines(const char *bytes, size_t length);
/* The members of an object one after another, *cursor 0 at first; false behind the last. The name
 * is what stands between the quotation marks. */
bool json_next_member(struct json_part object, size_t *cursor, struct json_part *ret_name,
                      struct json_part *ret_value);
/* Likewise the elements of a list. */
bool json_next_element(struct json_part list, size_t *cursor, struct json_part *ret_value);
/* What a JSON pointer (RFC 6901) leads to through objects. false: there is no such member, or it
 * is there twice. "" leads to the part itself. */
bool json_follow(struct json_part part, const char *pointer, struct json_part *ret_part);
/* A part that is a list, handed out like json_each does. */
int json_each_of(struct json_part list, json_each_item *each, void *context, struct err *err)
    __attribute__((warn_unused_result));
/* The same for JSON Lines: an object on each line, blank lines aside; `index` is that of the line,
 * from 0. ERR_UNREACHABLE for a line that is no JSON. */
int json_each_line(const char *bytes, size_t length, json_each_item *each, void *context,
                   struct err *err) __attribute__((warn_unused_result));

enum json_found {
    JSON_MISSING = 0, /* no such member */
    JSON_NULL,
    JSON_UNREADABLE, /* of another type, too long, out of range, or not text */
    JSON_FOUND,      /* the only case in which an output is written */
};

/* A string of at most `limit` bytes, copied into the arena. */
enum json_found json_string(const struct json_object *object, const char *name, size_t limit,
                            struct arena *arena, const char **ret_string);
/* The same, or an integer of 0 or more as its digits: for numbers that are names. */
enum json_found json_label(const struct json_object *object, const char *name, size_t limit,
                           struct arena *arena, const char **ret_string);
enum json_found json_integer(const struct json_object *object, const char *name, int64_t minimum,
                             int64_t maximum, int64_t *ret_integer);
/* true, false, 1, 0, bare or quoted (API of users: an integer in the list, a bool in the single
 * user). */
enum json_found json_flag(const struct json_object *object, const char *name, bool *ret_flag);
/* Borrowed, valid as long as the object. */
enum json_found json_array(const struct json_object *object, const char *name, size_t maximum,
                           const struct json_object **ret_array, size_t *ret_count);
/* Elements of such an array: an object, or NULL; a string as json_string does. */
const struct json_object *json_array_object(const struct json_object *array, size_t index);
enum json_found json_array_string(const struct json_object *array, size_t index, size_t limit,
                                  struct arena *arena, const char **ret_string);
/* A member as it was written, at most `limit` bytes of it, made printable: for reports. */
const char *json_raw(const struct json_object *object, const char *name, size_t limit,
                     struct arena *arena);

#endif
