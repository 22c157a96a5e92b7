/*
 * Addresses are taken apart and put together by libcurl, which also sends the request: two readers
 * of one address could disagree about its host.
 */
#include "roster/next.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/mem.h"
#include "format/json.h"

/* --- where it says so --- */

/* Behind the parameter that begins there: its end, a ';', a ',' or the NUL. */
static const char *skip_parameter(const char *c)
{
    bool quoted = false;

    for (; *c && (quoted || (*c != ';' && *c != ',')); c++) {
        if (*c == '\\' && quoted && c[1])
            c++;
        else if (*c == '"')
            quoted = !quoted;
    }
    return c;
}

/* `rel=next`, `rel="prev next"`: whether one of the words is next. */
static bool is_next(const char *parameter, const char *end)
{
    static const char marks[] = " \t\"";

    while (parameter < end && strchr(marks, *parameter))
        parameter++;
    if (end - parameter < 4 || strncasecmp(parameter, "rel", 3) != 0)
        return false;
    parameter += 3 + strspn(parameter + 3, " \t");
    if (*parameter++ != '=')
        return false;
    while (parameter < end) {
        size_t blanks = strspn(parameter, marks);
        size_t length = strcspn(parameter + blanks, " \t\";,");

        if (length == 4 && strncasecmp(parameter + blanks, "next", 4) == 0)
            return true;
        parameter += blanks + length + (length == 0);
    }
    return false;
}

char *roster_next_link(const char *value)
{
    while (*value) {
        const char *begin = strchr(value, '<'), *end = begin ? strchr(begin, '>') : NULL;
        bool next = false;

        if (!end)
            return NULL;
        value = end + 1;
        while (*value && *value != ',') {
            const char *stop = skip_parameter(value);

            next = next || is_next(value, stop);
            value = stop + (*stop == ';');
        }
        if (next)
            return mem_strndup(begin + 1, (size_t)(end - begin - 1));
    }
    return NULL;
}

int roster_next_pointer(const struct text *body, const char *pointer, char **ret_address,
                        struct err *err)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text wrapped = TEXT_INIT;
    CLEANUP(json_freep) struct json_object *object = NULL;
    struct json_part whole, part;
    const char *address = "";

    *ret_address = NULL;
    if (json_whole(text_cstr(body), body->length, &whole, err) < 0) {
        if (err)
            err->code = ERR_ROSTER;
        return -1;
    }
    if (!json_follow(whole, pointer, &part) || *part.bytes == 'n' || *part.bytes == 'f')
        return 0; /* null, false */
    text_add(&wrapped, "{\"next\":");
    text_add_bytes(&wrapped, part.bytes, part.length);
    text_add_char(&wrapped, '}');
    if (*part.bytes != '"' ||
        json_parse_object(text_cstr(&wrapped), wrapped.length, &object, NULL) < 0 ||
        json_string(object, "next", LIMIT_FIELD, &arena, &address) != JSON_FOUND)
        return err_set(err, ERR_ROSTER, "what stands at %s (roster.next) is no address", pointer);
    if (*address)
        *ret_address = mem_strdup(address);
    return 0;
}

/* --- where it leads --- */

static void url_cleanup(CURLU **url)
{
    curl_url_cleanup(*url);
}

static void part_cleanup(char **part)
{
    curl_free(*part);
}

static bool is_same(CURLU *a, CURLU *b, CURLUPart part)
{
    CLEANUP(part_cleanup) char *one = NULL;
    CLEANUP(part_cleanup) char *two = NULL;

    return curl_url_get(a, part, &one, CURLU_DEFAULT_PORT) == CURLUE_OK &&
           curl_url_get(b, part, &two, CURLU_DEFAULT_PORT) == CURLUE_OK &&
           strcasecmp(one, two) == 0;
}

static bool has(CURLU *url, CURLUPart part)
{
    CLEANUP(part_cleanup) char *value = NULL;

    return curl_url_get(url, part, &value, 0) == CURLUE_OK;
}

int roster_next_resolve(const char *base, const char *address, char **ret_whole, struct err *err)
{
    CLEANUP(url_cleanup) CURLU *from = curl_url();
    CLEANUP(url_cleanup) CURLU *to = curl_url();
    CLEANUP(part_cleanup) char *whole = NULL;

    if (!from || !to)
        mem_exhausted();
    if (curl_url_set(from, CURLUPART_URL, base, 0) != CURLUE_OK ||
        curl_url_set(to, CURLUPART_URL, base, 0) != CURLUE_OK ||
        curl_url_set(to, CURLUPART_URL, address, 0) != CURLUE_OK)
        return err_set(err, ERR_ROSTER, "the address of the next page cannot be read");
    if (!is_same(from, to, CURLUPART_SCHEME) || !is_same(from, to, CURLUPART_HOST) ||
        !is_same(from, to, CURLUPART_PORT))
        return err_set(err, ERR_ROSTER,
                       "the next page is to come from another scheme, host or port than "
                       "roster.source, which the credentials are not for");
    if (!has(from, CURLUPART_USER) && (has(to, CURLUPART_USER) || has(to, CURLUPART_PASSWORD)))
        return err_set(err, ERR_ROSTER, "the address of the next page holds a user or password");
    (void)curl_url_set(to, CURLUPART_FRAGMENT, NULL, 0);
    if (curl_url_get(to, CURLUPART_URL, &whole, 0) != CURLUE_OK)
        return err_set(err, ERR_ROSTER, "the address of the next page cannot be read");
    *ret_whole = mem_strdup(whole);
    return 0;
}
