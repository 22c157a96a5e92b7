/*
 * A comma is due before every element but the first of its container, and never between a key and
 * its value: element_begin is the one place that knows this, and every value goes through it.
 * Strings are copied in runs; only quotes, backslashes, broken UTF-8 and what is not printable
 * leave a run: JSON is lossless and yet may be printed on any terminal.
 */
#include "base/jsonw.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct jsonw jsonw_to(struct text *out)
{
    return (struct jsonw){.out = out};
}

static void new_line(struct jsonw *json)
{
    static const char line[] = "\n                                "
                               "                                ";

    _Static_assert(sizeof(line) > 1 + 2 * (size_t)JSONW_DEPTH, "two spaces for each level");
    text_add_bytes(json->out, line, 1 + 2 * (size_t)json->depth);
}

static void element_begin(struct jsonw *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->depth == 0)
        return;
    if (json->filled[json->depth - 1])
        text_add_char(json->out, ',');
    json->filled[json->depth - 1] = true;
    if (json->pretty)
        new_line(json);
}

static void begin(struct jsonw *json, char bracket)
{
    assert(json->depth < JSONW_DEPTH);
    element_begin(json);
    text_add_char(json->out, bracket);
    json->filled[json->depth++] = false;
}

static void end(struct jsonw *json, char bracket)
{
    assert(json->depth > 0 && !json->after_key);
    json->depth--;
    if (json->pretty && json->filled[json->depth])
        new_line(json);
    text_add_char(json->out, bracket);
}

void jsonw_begin_object(struct jsonw *json)
{
    begin(json, '{');
}

void jsonw_end_object(struct jsonw *json)
{
    end(json, '}');
}

void jsonw_begin_array(struct jsonw *json)
{
    begin(json, '[');
}

void jsonw_end_array(struct jsonw *json)
{
    end(json, ']');
}

static void add_unit(struct text *out, int32_t unit)
{
    text_addf(out, "\\u%04x", (unsigned)unit);
}

static void add_escaped(struct text *out, int32_t c)
{
    static const char letters[] = "\"\\\b\f\n\r\t";
    static const char codes[] = "\"\\bfnrt";
    const char *found = c > 0 && c < 0x80 ? strchr(letters, c) : NULL;

    if (found) {
        text_add_char(out, '\\');
        text_add_char(out, codes[found - letters]);
    } else if (c < 0x10000) {
        add_unit(out, c);
    } else {
        add_unit(out, 0xD800 + ((c - 0x10000) >> 10));
        add_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
    }
}

static void add_string(struct text *out, const char *bytes, size_t length)
{
    size_t run = 0, plain = text_plain_run(bytes, length);
    if (plain == length) { /* nearly all, and much the fastest */
        char *at = text_extend(out, length + 2);
        at[0] = at[length + 1] = '"';
        memcpy(at + 1, bytes, length);
        return;
    }
    text_add_char(out, '"');
    for (size_t i = plain; i < length; i += text_plain_run(bytes + i, length - i)) {
        int32_t c = (unsigned char)bytes[i];
        size_t width = c < 0x80 ? 1 : text_decode(bytes + i, length - i, &c);
        if (width > 0 && c != '"' && c != '\\' && text_is_printable(c)) {
            i += width;
            continue;
        }
        text_add_bytes(out, bytes + run, i - run);
        if (width == 0)
            text_add(out, "\xEF\xBF\xBD");
        else
            add_escaped(out, c);
        i += width > 0 ? width : 1;
        run = i;
    }
    text_add_bytes(out, bytes + run, length - run);
    text_add_char(out, '"');
}

void jsonw_key(struct jsonw *json, const char *key)
{
    assert(json->depth > 0 && !json->after_key);
    element_begin(json);
    add_string(json->out, key, strlen(key));
    text_add(json->out, json->pretty ? ": " : ":");
    json->after_key = true;
}

void jsonw_string(struct jsonw *json, const char *value)
{
    if (value)
        jsonw_string_bytes(json, value, strlen(value));
    else
        jsonw_null(json);
}

void jsonw_string_bytes(struct jsonw *json, const char *bytes, size_t length)
{
    element_begin(json);
    add_string(json->out, bytes, length);
}

void jsonw_int(struct jsonw *json, int64_t value)
{
    element_begin(json);
    text_add_int(json->out, value);
}

void jsonw_double(struct jsonw *json, double value)
{
    if (!isfinite(value)) {
        jsonw_null(json);
        return;
    }
    element_begin(json);
    char number[40]; /* 17 digits, point, sign and exponent always fit */
    for (int digits = 1; digits <= 17; digits++) {
        (void)snprintf(number, sizeof(number), "%.*g", digits, value);
        double back = strtod(number, NULL);
        if (memcmp(&back, &value, sizeof(back)) == 0)
            break;
    }
    text_add(json->out, number);
}

void jsonw_bool(struct jsonw *json, bool value)
{
    jsonw_raw(json, value ? "true" : "false");
}

void jsonw_null(struct jsonw *json)
{
    jsonw_raw(json, "null");
}

void jsonw_raw(struct jsonw *json, const char *value)
{
    element_begin(json);
    text_add(json->out, value);
}

void jsonw_field_string(struct jsonw *json, const char *key, const char *value)
{
    jsonw_key(json, key);
    jsonw_string(json, value);
}

void jsonw_field_int(struct jsonw *json, const char *key, int64_t value)
{
    jsonw_key(json, key);
    jsonw_int(json, value);
}

void jsonw_field_double(struct jsonw *json, const char *key, double value)
{
    jsonw_key(json, key);
    jsonw_double(json, value);
}

void jsonw_field_bool(struct jsonw *json, const char *key, bool value)
{
    jsonw_key(json, key);
    jsonw_bool(json, value);
}

void jsonw_field_null(struct jsonw *json, const char *key)
{
    jsonw_key(json, key);
    jsonw_null(json);
}

void jsonw_field_instant(struct jsonw *json, const char *key, struct instant instant)
{
    char buffer[INSTANT_TEXT_SIZE];

    jsonw_field_string(json, key, instant_is_set(instant) ? instant_format(instant, buffer) : NULL);
}
