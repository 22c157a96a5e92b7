/*
 * What can be said of any answer, that of the token endpoint included: its words, who it comes
 * from. Nothing here sends.
 */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "bynder/private.h"
#include "format/front.h"

enum { WORDS_LIMIT = 200 };

/* Where portals, OAuth servers and SCIM put their words: a kind, and a sentence. */
static const char *const kinds[] = {"error", "scimType"};
static const char *const sentences[] = {"message", "error_description", "detail"};

static const char *find_words(const struct json_object *object, const char *const *names,
                              size_t count, struct arena *arena)
{
    const char *words = NULL;

    for (size_t i = 0; i < count && !words; i++) {
        if (json_string(object, names[i], LIMIT_FIELD, arena, &words) == JSON_FOUND && !*words)
            words = NULL;
    }
    return words;
}

/* "invalid_client: Client authentication failed"; NULL when the object says nothing. */
static const char *words_of(const struct json_object *object, struct arena *arena)
{
    const char *kind = find_words(object, kinds, COUNT_OF(kinds), arena);
    const char *sentence = find_words(object, sentences, COUNT_OF(sentences), arena);

    if (kind && sentence && !text_equal(kind, sentence))
        return arena_printf(arena, "%s: %s", kind, sentence);
    return sentence ? sentence : kind;
}

/* The message of a JSON answer; NULL when there is none. */
static const char *message_of(const struct http_answer *answer, struct arena *arena)
{
    CLEANUP(json_freep) struct json_object *object = NULL;

    if (json_parse_object(answer->body.data, answer->body.length, &object, NULL) < 0)
        return NULL;
    return words_of(object, arena);
}

static char *shorten(const char *message)
{
    struct text words = TEXT_INIT;
    size_t first_line = strcspn(message, "\r\n"), limit = text_excerpt(message, WORDS_LIMIT);
    CLEANUP(mem_cleanup)
    char *shown = mem_strndup(message, first_line < limit ? first_line : limit);

    text_add_printable(&words, shown);
    return text_take(&words);
}

/* As front.h wants it; *ret_encoding and *ret_location are the caller's to free. */
static struct front_answer front_of(const struct http_answer *answer, const char *url,
                                    char **ret_encoding, char **ret_location)
{
    *ret_encoding = http_header(answer, "Content-Encoding");
    *ret_location = http_header(answer, "Location");
    return (struct front_answer){
        .status = answer->status,
        .content_type = answer->content_type,
        .encoding = *ret_encoding,
        .location = *ret_location,
        .url = url,
        .body = text_cstr(&answer->body),
        .length = answer->body.length,
        .setting = "portal.url",
        .wanted = "JSON",
    };
}

bool bynder_in_front(const struct http_answer *answer, const char *url, struct text *out)
{
    CLEANUP(mem_cleanup) char *encoding = NULL;
    CLEANUP(mem_cleanup) char *location = NULL;
    struct front_answer front = front_of(answer, url, &encoding, &location);

    return front_describe(&front, out);
}

char *bynder_words(const struct http_answer *answer)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(mem_cleanup) char *encoding = NULL;
    CLEANUP(mem_cleanup) char *location = NULL;
    struct front_answer front = front_of(answer, NULL, &encoding, &location);
    const char *message = message_of(answer, &arena);
    struct text words = TEXT_INIT;

    if (!message && text_equal(answer->content_type, "text/plain"))
        message = text_cstr(&answer->body);
    if (message)
        return shorten(message);
    if (front_is_page(&front)) {
        text_add(&words, "an HTML page");
        front_add_title(&front, &words);
    }
    return text_take(&words);
}

char *bynder_refusal(const struct http_answer *answer)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(json_freep) struct json_object *object = NULL;
    const char *id = NULL, *words = NULL;

    if (json_parse_object(answer->body.data, answer->body.length, &object, NULL) == 0 &&
        json_string(object, "id", LIMIT_FIELD, &arena, &id) == JSON_MISSING)
        words = words_of(object, &arena);
    return words ? shorten(words) : mem_strdup("");
}

bool bynder_is_gateways(const struct http_answer *answer)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const char *message = message_of(answer, &arena);

    /* Not JSON at all: whoever answers there is not the application. */
    return !message || text_equal(message, "no Route matched with those values");
}

bool bynder_is_csv(const struct http_answer *answer)
{
    static const char *const types[] = {"text/csv", "application/csv", "text/plain",
                                        "application/octet-stream", "binary/octet-stream"};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (text_equal(answer->content_type, types[i]))
            return true;
    }
    return !answer->content_type;
}

bool bynder_is_json(const struct http_answer *answer)
{
    const char *type = answer->content_type;
    size_t length = type ? strlen(type) : 0;

    return !type || text_equal(type, "application/json") || text_equal(type, "text/json") ||
           (length > 5 && text_equal(type + length - 5, "+json"));
}
