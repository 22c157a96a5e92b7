/*
 * A token is fetched with the client's credentials (RFC 6749, 4.4), used until shortly before it
 * ends, and fetched anew once when the portal refuses it early. What was granted is compared with
 * what is needed before any work: Bynder cuts the scopes down to what the app's user may do and
 * says so nowhere else.
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

enum { EARLY_S = 60, EARLY_PARTS = 10, EXPIRY_LIMIT_S = 366 * 86400 };

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
    return answer->status >= 500 || answer->status == 429;
}

/* Asks until there is an answer that says something about us. */
static int ask_patiently(struct bynder *bynder, struct grant *grant, struct err *err)
{
    for (unsigned tries = 1;; tries++) {
        CLEANUP(err_release) struct err failure = ERR_INIT;
        int result = ask(bynder, grant, &failure);

        if (result == 0 && !is_worth_another_try(&grant->answer))
            return 0;
        if (result == 0) {
            CLEANUP(mem_cleanup) char *words = bynder_words(&grant->answer);

            err_set(&failure, ERR_UNREACHABLE, "the portal gives no token: status %ld%s%s",
                    grant->answer.status, *words ? ": " : "", words);
        }
        if (tries >= BYNDER_TRIES || failure.code != ERR_UNREACHABLE)
            return err_move(err, &failure);
        if (bynder_pause(bynder, tries, err) < 0)
            return -1;
    }
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

static int refuse_token(const struct bynder *bynder, const struct http_answer *answer,
                        struct err *err)
{
    CLEANUP(mem_cleanup) char *words = bynder_words(answer);
    CLEANUP(text_release) struct text scopes = TEXT_INIT;
    const char *colon = *words ? ": " : "";

    add_scopes(&scopes, bynder, false);
    if (answer->status == 400 || answer->status == 401 || answer->status == 403)
        return err_set(err, ERR_SCOPE,
                       "the portal gives client '%s' no token (%ld%s%s); hint: client_id and "
                       "client secret must be those of an OAuth app with client credentials, and "
                       "the app's user must be active and hold the scopes '%s'",
                       bynder->config->client_id, answer->status, colon, words, text_cstr(&scopes));
    return err_set(err, ERR_UNREACHABLE,
                   "'%s" TOKEN_PATH "' answers %ld%s%s; hint: is portal.url right?",
                   bynder->config->url, answer->status, colon, words);
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

static int fetch(struct bynder *bynder, struct err *err)
{
    CLEANUP(grant_release)
    struct grant grant = {.basic = bynder->by_basic,
                          .optional = bynder->config->login_events && !bynder->without_optional};
    CLEANUP(json_freep) struct json_object *object = NULL;

    for (;;) {
        if (ask_patiently(bynder, &grant, err) < 0)
            return -1;
        if (grant.answer.status != 400 && grant.answer.status != 401)
            break;
        if (grant.optional && says_invalid_scope(&grant.answer))
            grant.optional = false;
        else if (!grant.basic && !bynder->by_basic)
            grant.basic = true;
        else
            break;
    }
    if (grant.answer.status != 200)
        return refuse_token(bynder, &grant.answer, err);
    if (json_parse_object(grant.answer.body.data, grant.answer.body.length, &object, err) < 0)
        return err_prefix(err, "the answer of '%s" TOKEN_PATH "'", bynder->config->url);
    if (take_token(bynder, object, err) < 0)
        return -1;
    take_terms(bynder, object, grant.optional);
    bynder->by_basic = grant.basic;
    bynder->without_optional = !grant.optional;
    bynder->is_fresh = true;
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
    return err_set(err, ERR_SCOPE, "token refused: the portal answers 401 to %s; hint: %s",
                   bynder->is_permanent ? "the permanent token" : "a token it has just given",
                   bynder->is_permanent ? "it may have been withdrawn: make a new one in the "
                                          "portal and put it into portal.token_file"
                                        : "is portal.url the portal the OAuth app belongs to?");
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
