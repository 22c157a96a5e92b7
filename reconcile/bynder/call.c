/*
 * One place judges every answer of the portal, whether it came alone or among many: what is good,
 * what is worth another try, what a new token may cure, and what ends the reading because no
 * request of that kind can succeed. A 429 is told to the pace by net/http, so another try comes
 * after the silence by itself.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "bynder/private.h"

enum { BLOCKS_LIMIT = 5 }; /* silences in one run, and each may have met every connection */

static const struct {
    const char *what, *scope, *role;
} endpoints[] = {
    [ENDPOINT_CURRENT_USER] = {"reading its own account", "current.user:read", NULL},
    [ENDPOINT_USERS] = {"reading the users", "admin.user:read", "USERMANAGEMENT"},
    [ENDPOINT_USER] = {"reading a user", "admin.user:read", "USERMANAGEMENT"},
    [ENDPOINT_PROFILES] = {"reading the permission profiles", "admin.profile:read",
                           "PERMISSIONMANAGEMENT"},
    [ENDPOINT_EVENTS] = {"reading login events", "analytics.api:read", NULL},
};

static enum verdict refuse_forbidden(enum endpoint endpoint, const char *subject, struct err *err)
{
    const char *role = endpoints[endpoint].role;

    err_set(err, ERR_SCOPE,
            "%s; hint: %s needs scope %s%s%s, and the user the token acts as must be active: an "
            "administrator of the portal sees to both",
            subject, endpoints[endpoint].what, endpoints[endpoint].scope,
            role ? " and in the token user's permission profile the security role " : "",
            role ? role : "");
    return VERDICT_STOP;
}

static enum verdict refuse_redirect(const struct http_answer *answer, const char *subject,
                                    struct err *err)
{
    CLEANUP(mem_cleanup) char *location = http_header(answer, "Location");
    CLEANUP(text_release) struct text to = TEXT_INIT;

    text_add_printable(&to, location ? location : "");
    err_set(err, ERR_UNREACHABLE,
            "%s, a redirect to '%s', which is not followed; hint: portal.url must be the portal's "
            "own address",
            subject, text_cstr(&to));
    return VERDICT_BAD;
}

/* A status other than the good ones and 401. */
static enum verdict judge_status(struct bynder *bynder, enum endpoint endpoint, const char *subject,
                                 const struct http_answer *answer, struct err *err)
{
    long status = answer->status;

    if (status == 403)
        return refuse_forbidden(endpoint, subject, err);
    if (status == 404 && endpoint == ENDPOINT_EVENTS) {
        err_set(err, ERR_SCOPE, "%s: this portal has no login events", subject);
        return VERDICT_STOP;
    }
    if (status == 404) {
        err_set(err, ERR_UNREACHABLE,
                "%s: there is no such path at this portal; hint: is portal.url right?", subject);
        return VERDICT_STOP;
    }
    if (status >= 300 && status < 400)
        return refuse_redirect(answer, subject, err);
    err_set(err, ERR_UNREACHABLE, "%s", subject);
    if (status == 429 &&
        pace_blocks(bynder->pace) >
            BLOCKS_LIMIT *
                (unsigned)(bynder->config->connections > 0 ? bynder->config->connections : 1)) {
        err_set(err, ERR_UNREACHABLE,
                "%s, again and again; hint: what else uses Bynder's API from this network address? "
                "lower portal.requests_per_second",
                subject);
        return VERDICT_STOP;
    }
    return status >= 500 || status == 429 ? VERDICT_AGAIN : VERDICT_BAD;
}

static void note_clock(struct bynder *bynder, const struct http_answer *answer)
{
    struct instant date;

    if (!http_date(answer->date, &date))
        return;
    bynder->clock_told = true;
    bynder->clock_offset =
        (double)(date.us - bynder->clock->now(bynder->clock->self).us) / (double)SECOND_US;
}

enum verdict bynder_judge(struct bynder *bynder, enum endpoint endpoint, const char *url,
                          const struct http_answer *answer, struct err *failure, struct err *err)
{
    CLEANUP(text_release) struct text subject = TEXT_INIT;
    CLEANUP(mem_cleanup) char *words = NULL;

    if (!answer) {
        err_move(err, failure);
        return clock_is_interrupted() ? VERDICT_STOP : VERDICT_AGAIN;
    }
    note_clock(bynder, answer);
    if ((answer->status == 200 && bynder_is_json(answer)) ||
        (answer->status == 404 && endpoint == ENDPOINT_USER && !bynder_is_gateways(answer))) {
        bynder->is_fresh = false;
        return VERDICT_GOOD;
    }
    if (answer->status == 401)
        return VERDICT_TOKEN;
    words = bynder_words(answer);
    text_addf(&subject, "GET '%.*s' answers %ld%s%s", (int)strcspn(url, "?"), url, answer->status,
              *words ? ": " : "", words);
    if (answer->status != 200)
        return judge_status(bynder, endpoint, text_cstr(&subject), answer, err);
    err_set(err, ERR_UNREACHABLE,
            "%s, which is not JSON; hint: a login page? portal.url must be the portal's own "
            "address",
            text_cstr(&subject));
    return VERDICT_BAD;
}

/* One try. */
static enum verdict attempt(struct bynder *bynder, enum endpoint endpoint, const char *url,
                            bynder_use *use, void *context, struct err *err)
{
    CLEANUP(http_answer_release) struct http_answer answer = {.status = 0};
    CLEANUP(err_release) struct err failure = ERR_INIT;
    struct http_request request = {.method = HTTP_GET, .url = url, .bearer = &bynder->token};
    bool whole = http_exchange(bynder->http, &request, &answer, &failure) == 0;
    enum verdict verdict =
        bynder_judge(bynder, endpoint, url, whole ? &answer : NULL, &failure, err);

    if (verdict != VERDICT_GOOD || use(context, &answer, err) == 0)
        return verdict;
    err_prefix(err, "GET '%.*s'", (int)strcspn(url, "?"), url);
    return VERDICT_AGAIN;
}

int bynder_get(struct bynder *bynder, enum endpoint endpoint, const char *url, bynder_use *use,
               void *context, struct err *err)
{
    unsigned tries = 0;

    for (;;) {
        if (bynder_token_ensure(bynder, err) < 0)
            return -1;
        switch (attempt(bynder, endpoint, url, use, context, err)) {
        case VERDICT_GOOD:
            err_release(err);
            return 0;
        case VERDICT_TOKEN:
            if (bynder_token_refused(bynder, err) < 0)
                return -1;
            break;
        case VERDICT_AGAIN:
            if (++tries >= BYNDER_TRIES)
                return -1;
            if (bynder_pause(bynder, tries, err) < 0)
                return -1;
            break;
        case VERDICT_BAD:
        case VERDICT_STOP:
            return -1;
        }
    }
}

void bynder_add_user_url(const struct bynder *bynder, const char *id, struct text *url)
{
    text_add(url, bynder->config->url);
    text_add(url, "/api/v4/users/");
    text_add(url, id);
}

char *bynder_user_url(const struct bynder *bynder, const char *id)
{
    struct text url = TEXT_INIT;

    bynder_add_user_url(bynder, id, &url);
    return text_take(&url);
}

struct own {
    struct arena *arena;
    const char *id;
};

static int use_current_user(void *context, const struct http_answer *answer, struct err *err)
{
    struct own *own = context;
    CLEANUP(json_freep) struct json_object *user = NULL;

    if (json_parse_object(answer->body.data, answer->body.length, &user, err) < 0)
        return -1;
    if (json_string(user, "id", LIMIT_FIELD, own->arena, &own->id) != JSON_FOUND || !*own->id)
        return err_set(err, ERR_UNREACHABLE,
                       "no id of the token's own user, so it cannot be protected");
    return 0;
}

int bynder_current_user(struct bynder *bynder, struct arena *arena, const char **ret_id,
                        struct err *err)
{
    CLEANUP(text_release) struct text url = TEXT_INIT;
    struct own own = {.arena = arena};

    text_addf(&url, "%s/api/v4/currentUser/", bynder->config->url);
    if (bynder_get(bynder, ENDPOINT_CURRENT_USER, text_cstr(&url), use_current_user, &own, err) < 0)
        return -1;
    *ret_id = own.id;
    return 0;
}

void bynder_incomplete(struct arena *arena, struct snapshot *snapshot, const char *format, ...)
{
    CLEANUP(text_release) struct text reason = TEXT_INIT;
    va_list args;

    snapshot->complete = false;
    if (snapshot->incomplete_reason)
        return;
    va_start(args, format);
    text_addv(&reason, format, args);
    va_end(args);
    snapshot->incomplete_reason = arena_strdup(arena, text_cstr(&reason));
}
