/*
 * Everything that comes in is decoded strictly once, here: a broken escape or an embedded NUL is no
 * value at all, so later code works with plain strings.
 */
#include "message.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "base/mem.h"

void answer_init(struct answer *answer)
{
    *answer = (struct answer){.status = 200, .content_type = "application/json", .file = -1};
}

static void drop_headers(struct answer *answer)
{
    for (size_t i = 0; i < answer->header_count; i++)
        free(answer->header[i].value);
    answer->header_count = 0;
}

void answer_release(struct answer *answer)
{
    drop_headers(answer);
    text_release(&answer->body);
}

void answer_header(struct answer *answer, const char *name, const char *format, ...)
{
    struct text value = TEXT_INIT;
    va_list args;
    assert(answer->header_count < ANSWER_HEADERS);
    va_start(args, format);
    text_addv(&value, format, args);
    va_end(args);
    answer->header[answer->header_count].name = name;
    answer->header[answer->header_count++].value = text_take(&value);
}

void answer_plain(struct answer *answer, unsigned status, const char *content_type,
                  const char *body)
{
    drop_headers(answer);
    answer->status = status;
    answer->content_type = content_type;
    text_clear(&answer->body);
    text_add(&answer->body, body);
}

void answer_message(struct answer *answer, unsigned status, const char *message)
{
    answer_plain(answer, status, "application/json", "");
    struct jsonw json = jsonw_to(&answer->body);
    jsonw_begin_object(&json);
    jsonw_field_string(&json, "message", message);
    jsonw_field_int(&json, "statuscode", status);
    jsonw_end_object(&json);
}

/* --- percent encoding and forms --- */

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)((found - digits) % 16) : -1;
}

char *percent_decode(const char *encoded, size_t length, bool plus)
{
    char *plain = mem_alloc(length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        char c = encoded[i];
        if (c == '+' && plus) {
            c = ' ';
        } else if (c == '%') {
            int high = length - i > 2 ? hex_digit(encoded[i + 1]) : -1;
            int low = length - i > 2 ? hex_digit(encoded[i + 2]) : -1;
            if (high < 0 || low < 0)
                goto broken;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\0')
            goto broken;
        plain[used++] = c;
    }
    plain[used] = '\0';
    return plain;
broken:
    free(plain);
    return NULL;
}

void percent_encode(struct text *text, const char *plain)
{
    for (const char *at = plain; *at; at++) {
        unsigned char c = (unsigned char)*at;
        bool unreserved = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                          (c >= 'a' && c <= 'z') || strchr("-._~", c);
        if (unreserved)
            text_add_char(text, *at);
        else
            text_addf(text, "%%%02X", c);
    }
}

static void add_field(struct form *form, char *name, char *value)
{
    form->field = mem_grow(form->field, form->count, &form->capacity, sizeof(form->field[0]));
    form->field[form->count++] = (struct form_field){.name = name, .value = value};
}

bool form_parse(struct form *form, const char *encoded)
{
    *form = (struct form){.count = 0};
    for (const char *at = encoded; *at;) {
        size_t length = strcspn(at, "&");
        const char *equals = memchr(at, '=', length);
        size_t name_length = equals ? (size_t)(equals - at) : length;
        size_t value_length = equals ? length - name_length - 1 : 0;
        if (length > 0) {
            char *name = percent_decode(at, name_length, true);
            char *value = percent_decode(equals ? equals + 1 : "", value_length, true);
            if (!name || !value) {
                free(name);
                free(value);
                return false;
            }
            add_field(form, name, value);
        }
        at += length + (at[length] ? 1 : 0);
    }
    return true;
}

void form_release(struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        free(form->field[i].name);
        free(form->field[i].value);
    }
    free(form->field);
    *form = (struct form){.count = 0};
}

const char *form_get(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (text_equal(form->field[i].name, name))
            return form->field[i].value;
    return NULL;
}

/* --- base64 --- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64_encode(struct text *text, const char *plain)
{
    size_t length = strlen(plain);
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i < 3 ? length - i : 3;
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < left ? (unsigned char)plain[i + k] : 0);
        for (size_t k = 0; k <= left; k++)
            text_add_char(text, alphabet[group >> (18 - 6 * k) & 63]);
    }
}

static int base64_digit(char c)
{
    if (c == '+' || c == '/')
        return c == '+' ? 62 : 63;
    const char *found = c ? strchr(alphabet, c) : NULL;
    return found ? (int)(found - alphabet) : -1;
}

char *base64_decode(const char *encoded)
{
    struct text plain = TEXT_INIT;
    uint32_t bits = 0;
    unsigned have = 0;
    size_t length = strcspn(encoded, "=");
    bool good = strspn(encoded + length, "=") == strlen(encoded + length) && length % 4 != 1;
    for (size_t i = 0; good && i < length; i++) {
        int digit = base64_digit(encoded[i]);
        bits = bits << 6 | (uint32_t)(digit & 63);
        have += 6;
        good = digit >= 0;
        if (good && have >= 8) {
            have -= 8;
            char byte = (char)(bits >> have & 0xFF);
            good = byte != '\0';
            text_add_char(&plain, byte);
        }
    }
    if (good)
        return text_take(&plain);
    text_release(&plain);
    return NULL;
}
