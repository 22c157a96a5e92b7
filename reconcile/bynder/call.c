/*
 * One place judges every answer of the portal, whether it came alone or among many: what is good,
 * what is worth another try, what a new token may cure, and what ends the reading because no
 * request of that kind can succeed. A 429, and how long an answer asks us to wait, is told to the
 * pace by net/http, so another try comes after the silence by itself.
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
    [ENDPOINT_EVENTS] = {"reading events", "analytics.api:read", NULL},
    [ENDPOINT_YEAR] = {"reading the events of earlier years", "analytics.api:read", NULL},
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

static bool is_blocked_too_often(const struct bynder *bynder)
{
    int64_t connections = bynder->config->connections > 0 ? bynder->config->connections : 1;

    return pace_blocks(bynder->pace) > BLOCKS_LIMIT * (unsigned)connections;
}

/* A status other than the good ones and 401, of the portal itself. */
static enum verdict judge_status(struct bynder *bynder, enum endpoint endpoint, const char *subject,
                                 const struct http_answer *answer, struct err *err)
{
    long status = answer->status;

    bynder->stopped_by = status;
    if (status == 403)
        return refuse_forbidden(endpoint, subject, err);
    if ((status == 404 || status == 410) &&
        (endpoint == ENDPOINT_EVENTS || endpoint == ENDPOINT_YEAR)) {
        err_set(err, ERR_SCOPE, "%s: this portal has no such events%s", subject,
                status == 410 ? " any more" : "");
        return VERDICT_STOP;
    }
    if (status == 404) {
        err_set(err, ERR_UNREACHABLE,
                "%s: there is no such path at this portal; hint: is portal.url right?", subject);
        return VERDICT_STOP;
    }
    if (bynder_heed(bynder, answer, subject, err) < 0)
        return VERDICT_STOP;
    err_set(err, ERR_UNREACHABLE, "%s", subject);
    if (status == 429 && is_blocked_too_often(bynder)) {
        err_set(err, ERR_UNREACHABLE,
                "%s, again and again; hint: what else uses Bynder's API from this network address? "
                "lower portal.requests_per_second",
                subject);
        return VERDICT_STOP;
    }
    if (status == 429) /* the pace waits, and a new try needs no patience */
        return VERDICT_FEW;
    return status >= 500 ? VERDICT_AGAIN : VERDICT_BAD;
}

/* No whole answer came. */
static enum verdict judge_failure(const struct bynder *bynder)
{
    static const enum verdict verdicts[] = {[HTTP_PASSING] = VERDICT_AGAIN,
                                            [HTTP_ODD_ANSWER] = VERDICT_BAD,
                                            [HTTP_NO_WAY] = VERDICT_STOP};

    return clock_is_interrupted() ? VERDICT_STOP : verdicts[http_trouble(bynder->http)];
}

/* A proxy's, a network's or a login page's: whatever its status says is not said of us. */
static bool is_in_front(const struct http_answer *answer, const char *url, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_addf(&text, "GET '%.*s' answers %ld", (int)strcspn(url, "?"), url, answer->status);
    if (!bynder_in_front(answer, url, &text))
        return false;
    err_set(err, ERR_UNREACHABLE, "%s", text_cstr(&text));
    return true;
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

/* A proxy that wants a login answers 401 like the portal: should no token help, that is the reason.
 */
static enum verdict suspect_token(struct bynder *bynder, const struct http_answer *answer,
                                  const char *url)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    free(bynder->in_front);
    bynder->in_front = is_in_front(answer, url, &err) ? mem_strdup(err.text) : NULL;
    return VERDICT_TOKEN;
}

static bool is_wanted(enum endpoint endpoint, const struct http_answer *answer)
{
    return endpoint == ENDPOINT_YEAR ? bynder_is_csv(answer) : bynder_is_json(answer);
}

enum verdict bynder_judge(struct bynder *bynder, enum endpoint endpoint, const char *url,
                          const struct http_answer *answer, struct err *failure, struct err *err)
{
    CLEANUP(text_release) struct text subject = TEXT_INIT;
    CLEANUP(mem_cleanup) char *words = NULL;

    if (!answer) {
        err_move(err, failure);
        return judge_failure(bynder);
    }
    note_clock(bynder, answer);
    if ((answer->status == 200 && is_wanted(endpoint, answer)) ||
        (answer->status == 404 && endpoint == ENDPOINT_USER && !bynder_is_gateways(answer))) {
        bynder->is_fresh = false;
        return VERDICT_GOOD;
    }
    if (answer->status == 401)
        return suspect_token(bynder, answer, url);
    /* The body of a file went elsewhere: that there is none here says nothing. */
    if ((endpoint != ENDPOINT_YEAR || answer->status != 200) && is_in_front(answer, url, err))
        return VERDICT_BAD;
    words = bynder_words(answer);
    text_addf(&subject, "GET '%.*s' answers %ld%s%s", (int)strcspn(url, "?"), url, answer->status,
              *words ? ": " : "", words);
    if (answer->status != 200)
        return judge_status(bynder, endpoint, text_cstr(&subject), answer, err);
    err_set(err, ERR_UNREACHABLE,
            "%s, which is not %s; hint: portal.url must be the portal's own address",
            text_cstr(&subject), endpoint == ENDPOINT_YEAR ? "CSV" : "JSON");
    return VERDICT_BAD;
}

enum verdict bynder_misfit(const char *url, const struct http_answer *answer, struct err *err)
{
    CLEANUP(mem_cleanup) char *words = NULL;
    bool is_cut = json_is_cut_off(answer->body.data, answer->body.length);

    if (is_in_front(answer, url, err))
        return answer->body.length > 0 ? VERDICT_BAD : VERDICT_AGAIN;
    words = bynder_refusal(answer);
    if (*words) {
        err_set(err, ERR_UNREACHABLE, "GET '%.*s' answers %ld, but what it says is an error: %s",
                (int)strcspn(url, "?"), url, answer->status, words);
        return VERDICT_FEW;
    }
    err_prefix(err, "GET '%.*s'", (int)strcspn(url, "?"), url);
    return is_cut ? VERDICT_AGAIN : VERDICT_FEW;
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

    if (verdict != VERDICT_GOOD)
        return verdict;
    if (use(context, &answer, err) < 0)
        return bynder_misfit(url, &answer, err);
    bynder_answered(bynder);
    return VERDICT_GOOD;
}

int bynder_before_next(struct bynder *bynder, enum verdict verdict, unsigned tries, struct err *err)
{
    switch (verdict) {
    case VERDICT_GOOD:
        return 0;
    case VERDICT_TOKEN:
        return bynder_token_doubted(bynder, err);
    case VERDICT_AGAIN:
        return bynder_bears(bynder) ? bynder_pause(bynder, err->text, err) : -1;
    case VERDICT_FEW:
        return tries < BYNDER_TRIES ? bynder_pause(bynder, err->text, err) : -1;
    case VERDICT_BAD:
    case VERDICT_STOP:
        break;
    }
    return -1;
}

int bynder_get(struct bynder *bynder, enum endpoint endpoint, const char *url, bynder_use *use,
               void *context, struct err *err)
{
    CLEANUP(err_release) struct err failure = ERR_INIT;
    enum verdict verdict = VERDICT_TOKEN;
    unsigned tries = 0;

    while (verdict != VERDICT_GOOD) {
        if (bynder_may_ask(bynder, err) < 0 || bynder_token_ensure(bynder, err) < 0)
            return -1;
        err_release(&failure);
        verdict = attempt(bynder, endpoint, url, use, context, &failure);
        tries += verdict == VERDICT_FEW;
        if (bynder_before_next(bynder, verdict, tries, &failure) < 0)
            return err_move(err, &failure);
    }
    return 0;
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
