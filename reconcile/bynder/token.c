/*
 * A token is fetched with the client's credentials (RFC 6749, 4.4), used until shortly before it
 * ends, and fetched anew once when the portal refuses it early. One that is refused as soon as it
 * is given may not be known everywhere yet, and has some seconds for that. What was granted is
 * compared with what is needed before any work: Bynder cuts the scopes down to what the app's user
 * may do and says so nowhere else.
 *
 * The secret passes through one buffer of its own, which is wiped.
 */
#include "bynder/private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"

#define TOKEN_PATH     "/v6/authentication/oauth2/token"
#define OPTIONAL_SCOPE "analytics.api:read"

enum {
    EARLY_S = 60,
    EARLY_PARTS = 10,
    EXPIRY_LIMIT_S = 366 * 86400,
    NETWORK_LOGIN = 511, /* never the portal's (RFC 6585, 6), and no trouble that passes */
    SETTLE_S = 3,        /* after which a new token is known to every server of the portal */
};

static const struct needed {
    const char *scope, *purpose, *role;
    bool for_writes; /* neither asked for nor needed by who only reads */
} needed[] = {
    {"admin.user:read", "reading the users", "USERMANAGEMENT", false},
    {"admin.profile:read", "reading the permission profiles", "PERMISSIONMANAGEMENT", false},
    {"current.user:read", "knowing which account is the program's own", NULL, false},
    {"admin.user:write", "suspending, reactivating and deprovisioning users", "USERMANAGEMENT",
     true},
};

/* What the token endpoint answered, and what to make of it. */
struct grant {
    bool basic;
    bool optional;
    struct http_answer answer;
};

static void grant_release(struct grant *grant)
{
    secret_wipe(grant->answer.body.data, grant->answer.body.length);
    http_answer_release(&grant->answer);
}

static bool is_needed(const struct bynder *bynder, const struct needed *need)
{
    return bynder->writes || !need->for_writes;
}

/* The scopes that are asked for, separated by blanks. */
static void add_scopes(struct text *scopes, const struct bynder *bynder, bool optional)
{
    for (size_t i = 0; i < COUNT_OF(needed); i++) {
        if (is_needed(bynder, &needed[i]))
            text_addf(scopes, "%s%s", scopes->length > 0 ? " " : "", needed[i].scope);
    }
    if (optional)
        text_add(scopes, " " OPTIONAL_SCOPE);
}

/* The form without and, in a buffer that never moves, with the secret. */
static char *make_form(const struct bynder *bynder, const struct grant *grant, size_t *ret_size)
{
    CLEANUP(text_release) struct text form = TEXT_INIT;
    CLEANUP(text_release) struct text scopes = TEXT_INIT;
    const char *secret = secret_reveal(&bynder->client_secret);
    struct text whole = TEXT_INIT;

    text_add(&form, "grant_type=client_credentials&scope=");
    add_scopes(&scopes, bynder, grant->optional);
    text_add_url(&form, text_cstr(&scopes));
    if (!grant->basic) {
        text_add(&form, "&client_id=");
        text_add_url(&form, bynder->config->client_id);
        text_add(&form, "&client_secret=");
    }
    whole.capacity = form.length + 3 * strlen(secret) + 1;
    whole.data = mem_calloc(whole.capacity, 1);
    text_add(&whole, text_cstr(&form));
    if (!grant->basic)
        text_add_url(&whole, secret);
    *ret_size = whole.capacity;
    return whole.data;
}

static int ask(struct bynder *bynder, struct grant *grant, struct err *err)
{
    CLEANUP(text_release) struct text url = TEXT_INIT;
    size_t size = 0;
    char *form = make_form(bynder, grant, &size);
    struct http_request request = {.method = HTTP_POST, .form = form};
    int result;

    text_addf(&url, "%s" TOKEN_PATH, bynder->config->url);
    request.url = text_cstr(&url);
    if (grant->basic) {
        request.basic_user = bynder->config->client_id;
        request.basic_password = &bynder->client_secret;
    }
    grant_release(grant);
    result = http_exchange(bynder->http, &request, &grant->answer, err);
    secret_wipe(form, size);
    free(form);
    return result;
}

static bool is_worth_another_try(const struct http_answer *answer)
{
    if (answer->status == 200)
        return json_is_cut_off(answer->body.data, answer->body.length);
    return answer->status == 429 || (answer->status >= 500 && answer->status != NETWORK_LOGIN);
}

/* Says why there was no answer that says something about us. */
static int no_answer(struct bynder *bynder, const struct http_answer *answer, struct err *err)
{
    CLEANUP(mem_cleanup) char *words = bynder_words(answer);
    CLEANUP(text_release) struct text subject = TEXT_INIT;

    text_addf(&subject, "the portal gives no token: status %ld%s%s", answer->status,
              *words ? ": " : "", words);
    if (answer->status == 200)
        text_add(&subject, ", and the answer is cut off or empty");
    if (bynder_heed(bynder, answer, text_cstr(&subject), err) < 0)
        return -1;
    return err_set(err, ERR_UNREACHABLE, "%s", text_cstr(&subject));
}

/* Asks until there is an answer that says something about us. */
static int ask_patiently(struct bynder *bynder, struct grant *grant, struct err *err)
{
    CLEANUP(err_release) struct err failure = ERR_INIT;
    unsigned tries = 0;
    bool again = true;

    while (again) {
        if (bynder_may_ask(bynder, err) < 0)
            return -1;
        err_release(&failure);
        bool whole = ask(bynder, grant, &failure) == 0;
        if (whole && !is_worth_another_try(&grant->answer))
            return 0;
        if (whole) {
            (void)no_answer(bynder, &grant->answer, &failure);
            again = grant->answer.status == 429 ? ++tries < BYNDER_TRIES : bynder_bears(bynder);
        } else {
            again = failure.code == ERR_UNREACHABLE && http_trouble(bynder->http) == HTTP_PASSING &&
                    bynder_bears(bynder);
        }
        if (again && bynder_pause(bynder, failure.text, &failure) < 0)
            break;
    }
    return err_move(err, &failure);
}

static bool says_invalid_scope(const struct http_answer *answer)
{
    CLEANUP(json_freep) struct json_object *object = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const char *error = NULL;

    if (json_parse_object(answer->body.data, answer->body.length, &object, NULL) < 0)
        return false;
    (void)json_string(object, "error", LIMIT_FIELD, &arena, &error);
    return text_equal(error, "invalid_scope");
}

/* Statuses with which the portal says no to the client, and 200 with an error in it. */
static bool is_refusal(const struct http_answer *answer, const char *words)
{
    return answer->status == 400 || answer->status == 401 || answer->status == 403 ||
           (answer->status == 200 && *words);
}

static int refuse_token(const struct bynder *bynder, const struct http_answer *answer,
                        const char *words, struct err *err)
{
    CLEANUP(text_release) struct text subject = TEXT_INIT;
    CLEANUP(text_release) struct text scopes = TEXT_INIT;
    const char *colon = *words ? ": " : "";

    text_addf(&subject, "'%s" TOKEN_PATH "' answers %ld", bynder->config->url, answer->status);
    if (bynder_in_front(answer, bynder->config->url, &subject))
        return err_set(err, ERR_UNREACHABLE, "%s", text_cstr(&subject));
    add_scopes(&scopes, bynder, false);
    if (is_refusal(answer, words))
        return err_set(err, ERR_SCOPE,
                       "the portal gives client '%s' no token (%ld%s%s); hint: client_id and "
                       "client secret must be those of an OAuth app with client credentials, and "
                       "the app's user must be active and hold the scopes '%s'",
                       bynder->config->client_id, answer->status, colon, words, text_cstr(&scopes));
    return err_set(err, ERR_UNREACHABLE, "%s%s%s; hint: is portal.url right?", text_cstr(&subject),
                   colon, words);
}

/* A token goes into a header: no blank, no control character. */
static bool is_token(const char *token)
{
    for (const char *c = token; *c; c++) {
        if (*c <= ' ' || *c > '~')
            return false;
    }
    return *token != '\0';
}

static int take_token(struct bynder *bynder, const struct json_object *object, struct err *err)
{
    struct arena arena = ARENA_INIT;
    const char *type = NULL, *token = NULL;
    int result = -1;

    if (json_string(object, "token_type", LIMIT_FIELD, &arena, &type) != JSON_FOUND ||
        strcasecmp(type, "bearer") != 0)
        err_set(err, ERR_UNREACHABLE, "the portal gave a token that is not of type 'bearer'");
    else if (json_string(object, "access_token", LIMIT_SECRET, &arena, &token) != JSON_FOUND ||
             !is_token(token))
        err_set(err, ERR_UNREACHABLE, "the portal's answer holds no usable access_token");
    else
        result = 0;
    if (result == 0)
        secret_set(&bynder->token, token, strlen(token));
    if (token) /* the arena's copy, which nobody else has seen */
        secret_wipe((void *)(uintptr_t)token, strlen(token));
    arena_release(&arena);
    return result;
}

/* Scopes and life time. A scope that is not told is what was asked for (RFC 6749, 5.1). */
static void take_terms(struct bynder *bynder, const struct json_object *object, bool optional)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text scopes = TEXT_INIT;
    const char *granted = NULL;
    int64_t seconds = 0, early_us;

    if (json_string(object, "scope", LIMIT_FIELD, &arena, &granted) == JSON_FOUND) {
        text_add(&scopes, granted);
    } else {
        add_scopes(&scopes, bynder, optional);
    }
    free(bynder->scopes);
    bynder->scopes = text_take(&scopes);
    bynder->renew_at = INSTANT_NONE;
    if (json_integer(object, "expires_in", 1, EXPIRY_LIMIT_S, &seconds) != JSON_FOUND)
        return;
    early_us = seconds * SECOND_US / EARLY_PARTS;
    if (early_us > EARLY_S * SECOND_US)
        early_us = EARLY_S * SECOND_US;
    bynder->renew_at.us =
        bynder->clock->steady(bynder->clock->self).us + seconds * SECOND_US - early_us;
}

/* One more way to ask, after a refusal: without the scope that only helps, by HTTP Basic. */
static bool may_ask_otherwise(const struct bynder *bynder, struct grant *grant)
{
    CLEANUP(mem_cleanup) char *words = bynder_refusal(&grant->answer);
    long status = grant->answer.status;

    if (status != 400 && status != 401 && !(status == 200 && *words))
        return false;
    if (grant->optional && says_invalid_scope(&grant->answer))
        grant->optional = false;
    else if (!grant->basic && !bynder->by_basic)
        grant->basic = true;
    else
        return false;
    return true;
}

/* A grant, or why it is none. */
static int take_grant(struct bynder *bynder, const struct grant *grant, struct err *err)
{
    const struct http_answer *answer = &grant->answer;
    CLEANUP(json_freep) struct json_object *object = NULL;
    CLEANUP(mem_cleanup)
    char *words = answer->status == 200 ? bynder_refusal(answer) : bynder_words(answer);

    if (answer->status != 200 || *words)
        return refuse_token(bynder, answer, words, err);
    if (json_parse_object(answer->body.data, answer->body.length, &object, err) < 0) {
        CLEANUP(text_release) struct text subject = TEXT_INIT;
        text_addf(&subject, "'%s" TOKEN_PATH "' answers 200", bynder->config->url);
        if (bynder_in_front(answer, bynder->config->url, &subject))
            return err_set(err, ERR_UNREACHABLE, "%s", text_cstr(&subject));
        return err_prefix(err, "the answer of '%s" TOKEN_PATH "'", bynder->config->url);
    }
    if (take_token(bynder, object, err) < 0)
        return -1;
    take_terms(bynder, object, grant->optional);
    return 0;
}

static int fetch(struct bynder *bynder, struct err *err)
{
    CLEANUP(grant_release)
    struct grant grant = {.basic = bynder->by_basic,
                          .optional = bynder_wants_events(bynder) && !bynder->without_optional};

    do {
        if (ask_patiently(bynder, &grant, err) < 0)
            return -1;
    } while (may_ask_otherwise(bynder, &grant));
    if (take_grant(bynder, &grant, err) < 0)
        return -1;
    bynder_answered(bynder);
    bynder->by_basic = grant.basic;
    bynder->without_optional = !grant.optional;
    bynder->is_fresh = true;
    bynder->token_waited = false;
    free(bynder->in_front);
    bynder->in_front = NULL;
    return 0;
}

bool bynder_token_is_due(const struct bynder *bynder)
{
    if (bynder->is_permanent)
        return false;
    return !secret_is_set(&bynder->token) ||
           (instant_is_set(bynder->renew_at) &&
            bynder->clock->steady(bynder->clock->self).us >= bynder->renew_at.us);
}

int bynder_token_ensure(struct bynder *bynder, struct err *err)
{
    return bynder_token_is_due(bynder) ? fetch(bynder, err) : 0;
}

int bynder_token_refused(struct bynder *bynder, struct err *err)
{
    if (!bynder->is_permanent && !bynder->is_fresh) {
        secret_release(&bynder->token);
        return 0;
    }
    if (bynder->in_front)
        return err_set(err, ERR_UNREACHABLE, "%s", bynder->in_front);
    return err_set(err, ERR_SCOPE, "token refused: the portal answers 401 to %s; hint: %s",
                   bynder->is_permanent ? "the permanent token" : "a token it has just given",
                   bynder->is_permanent ? "it may have been withdrawn: make a new one in the "
                                          "portal and put it into portal.token_file"
                                        : "is portal.url the portal the OAuth app belongs to?");
}

int bynder_token_doubted(struct bynder *bynder, struct err *err)
{
    struct instant until = bynder->clock->steady(bynder->clock->self);

    if (bynder->is_permanent || !bynder->is_fresh || bynder->token_waited)
        return bynder_token_refused(bynder, err);
    bynder->token_waited = true;
    until.us += SETTLE_S * SECOND_US;
    if (!bynder->clock->sleep_until(bynder->clock->self, until))
        return err_set(err, ERR_INTERRUPTED, "stopped by a signal while talking to the portal");
    return 0;
}

static bool holds_word(const char *words, const char *word)
{
    size_t length = strlen(word);

    while (*words) {
        size_t here = strcspn(words, " ");

        if (here == length && memcmp(words, word, length) == 0)
            return true;
        words += here;
        words += strspn(words, " ");
    }
    return false;
}

bool bynder_wants_events(const struct bynder *bynder)
{
    return bynder->config->login_events || bynder->config->activity_wanted;
}

bool bynder_may_read_events(const struct bynder *bynder)
{
    return !bynder->scopes || holds_word(bynder->scopes, OPTIONAL_SCOPE);
}

int bynder_check_scopes(const struct bynder *bynder, struct err *err)
{
    CLEANUP(text_release) struct text granted = TEXT_INIT;

    if (!bynder->scopes) /* a permanent token's are not told: a refusal will name them */
        return 0;
    text_add_printable(&granted, bynder->scopes);
    for (size_t i = 0; i < COUNT_OF(needed); i++) {
        const struct needed *need = &needed[i];

        if (!is_needed(bynder, need) || holds_word(bynder->scopes, need->scope))
            continue;
        return err_set(err, ERR_SCOPE,
                       "the token lacks scope '%s', needed for %s (granted: '%s'); hint: an "
                       "administrator of the portal adds the scope to the OAuth app%s%s",
                       need->scope, need->purpose, text_cstr(&granted),
                       need->role ? " and gives the app's user the security role " : "",
                       need->role ? need->role : "");
    }
    return 0;
}
