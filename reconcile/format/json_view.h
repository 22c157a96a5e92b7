/*
 * json_view: the members of an object where they stand in bytes that format/json has accepted. For
 * long lists of which each value is looked at once: nothing is built of them. What the accessors
 * say is what those of format/json say of the object that json-c makes of the same bytes.
 */
#ifndef FORMAT_JSON_VIEW_H
#define FORMAT_JSON_VIEW_H

#include "format/json.h"

struct json_view {
    struct json_member {
        struct json_part name; /* between its quotation marks */
        struct json_part value;
    } * member;
    size_t count, capacity;
    struct json_known *known; /* NULL = none */
};

/* Values of one document in which no name is twice: most come again and again. */
struct json_known {
    struct json_part value[256];
};

/* The members of an accepted part that is an object; whatever members the view held are forgotten.
 * false: there may be a name twice, in it or below; json-c can tell. */
bool json_view_read(struct json_view *view, struct json_part object);
void json_view_release(struct json_view *view);

/* Like json_each, but each element comes as a view, NULL with the same flaws. It is the same view
 * each time. */
typedef int json_each_view(void *context, size_t index, const struct json_view *item,
                           const char *flaw, struct err *err);
int json_list_views(const struct json_list *list, json_each_view *each, void *context,
                    struct err *err) __attribute__((warn_unused_result));

/* As json_string, json_label and json_flag. */
enum json_found json_view_string(const struct json_view *view, const char *name, size_t limit,
                                 struct arena *arena, const char **ret_string);
enum json_found json_view_label(const struct json_view *view, const char *name, size_t limit,
                                struct arena *arena, const char **ret_string);
enum json_found json_view_flag(const struct json_view *view, const char *name, bool *ret_flag);
/* Any value, as it stands there. */
enum json_found json_view_part(const struct json_view *view, const char *name,
                               struct json_part *ret_value);
/* As json_array; elements by json_next_element. */
enum json_found json_view_array(const struct json_view *view, const char *name, size_t maximum,
                                struct json_part *ret_array, size_t *ret_count);

#endif
