/*
 * What can be said of any answer, that of the token endpoint included: its words, who it comes
 * from, and how long to wait before asking again. Nothing here sends.
 */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "bynder/private.h"

enum {
    WORDS_LIMIT = 200,
    PAUSE_US = 2000000,         /* before the second try */
    PAUSE_LOOPBACK_US = 100000, /* nobody else is served there */
};

/* The message of a JSON answer; NULL when there is none. */
static const char *message_of(const struct http_answer *answer, struct arena *arena)
{
    CLEANUP(json_freep) struct json_object *object = NULL;
    const char *message = NULL;

    if (json_parse_object(answer->body.data, answer->body.length, &object, NULL) < 0)
        return NULL;
    if (json_string(object, "message", LIMIT_FIELD, arena, &message) != JSON_FOUND)
        (void)json_string(object, "error_description", LIMIT_FIELD, arena, &message);
    if (!message)
        (void)json_string(object, "error", LIMIT_FIELD, arena, &message);
    return message;
}

char *bynder_words(const struct http_answer *answer)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct text words = TEXT_INIT;
    const char *message = message_of(answer, &arena);

    if (!message && text_equal(answer->content_type, "text/plain"))
        message = text_cstr(&answer->body);
    if (!message && text_equal(answer->content_type, "text/html"))
        message = "an HTML page";
    if (message) {
        size_t first_line = strcspn(message, "\r\n"), limit = text_excerpt(message, WORDS_LIMIT);
        CLEANUP(mem_cleanup)
        char *shown = mem_strndup(message, first_line < limit ? first_line : limit);

        text_add_printable(&words, shown);
    }
    return text_take(&words);
}

bool bynder_is_gateways(const struct http_answer *answer)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const char *message = message_of(answer, &arena);

    /* Not JSON at all: whoever answers there is not the application. */
    return !message || text_equal(message, "no Route matched with those values");
}

bool bynder_is_json(const struct http_answer *answer)
{
    const char *type = answer->content_type;
    size_t length = type ? strlen(type) : 0;

    return !type || text_equal(type, "application/json") || text_equal(type, "text/json") ||
           (length > 5 && text_equal(type + length - 5, "+json"));
}

int bynder_pause(struct bynder *bynder, unsigned tries, struct err *err)
{
    int64_t step = bynder->config->loopback ? PAUSE_LOOPBACK_US : PAUSE_US;
    struct instant until = bynder->clock->steady(bynder->clock->self);

    until.us += step * tries;
    if (!bynder->clock->sleep_until(bynder->clock->self, until))
        return err_set(err, ERR_INTERNAL, "stopped by a signal while talking to the portal");
    return 0;
}
