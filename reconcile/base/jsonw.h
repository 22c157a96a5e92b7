/*
 * jsonw: writes JSON onto a struct text. It places commas and escapes strings, nothing else; what
 * comes out is always valid UTF-8 JSON as long as begin and end calls are paired (asserted).
 *
 *     struct jsonw json = jsonw_to(&text);
 *     jsonw_begin_object(&json);
 *     jsonw_field_string(&json, "name", name);
 *     jsonw_end_object(&json);
 */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/text.h"

#define JSONW_DEPTH 32 /* deepest nesting that a writer may open */

struct jsonw {
    struct text *out;
    bool pretty;    /* set after jsonw_to: one member per line, two spaces per level */
    bool after_key; /* a key was written, its value is due */
    unsigned depth;
    bool filled[JSONW_DEPTH]; /* the open array or object at this depth has an element already */
};

/* A writer that appends to `out`, compact. */
struct jsonw jsonw_to(struct text *out);

void jsonw_begin_object(struct jsonw *json);
void jsonw_end_object(struct jsonw *json);
void jsonw_begin_array(struct jsonw *json);
void jsonw_end_array(struct jsonw *json);
/* Inside an object, before each value. */
void jsonw_key(struct jsonw *json, const char *key);

/* Values. A NULL string is null; bytes that are not UTF-8 become U+FFFD, what is not printable
 * (text_is_printable) is escaped. */
void jsonw_string(struct jsonw *json, const char *value);
void jsonw_string_bytes(struct jsonw *json, const char *bytes, size_t length);
void jsonw_int(struct jsonw *json, int64_t value);
/* The shortest of 1 to 17 significant digits that reads back the same; null when not finite. */
void jsonw_double(struct jsonw *json, double value);
void jsonw_bool(struct jsonw *json, bool value);
void jsonw_null(struct jsonw *json);
/* `value` is JSON already and goes out as it is. */
void jsonw_raw(struct jsonw *json, const char *value);

/* Key and value in one call. */
void jsonw_field_string(struct jsonw *json, const char *key, const char *value);
void jsonw_field_int(struct jsonw *json, const char *key, int64_t value);
void jsonw_field_double(struct jsonw *json, const char *key, double value);
void jsonw_field_bool(struct jsonw *json, const char *key, bool value);
void jsonw_field_null(struct jsonw *json, const char *key);
/* null while it is not set. */
void jsonw_field_instant(struct jsonw *json, const char *key, struct instant instant);

#endif
