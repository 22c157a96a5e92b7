/*
 * One write: made ready for as long as that takes, sent once, and judged by its answer alone. What
 * was done is never guessed: an effect other than EFFECT_UNKNOWN is named only where the portal's
 * own answer, whole, leaves no other reading, and a refusal only where nobody can have acted.
 * Nothing here sends a write a second time; whether one is worth another try is the caller's
 * question, after a reading.
 *
 * Order: pace and silence first, then a token that is good for now, then the write. A silence of
 * five minutes may outlast a token. The look at the account goes before the write and after those
 * waits, and one that is too old when the request could go out stops it there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "bynder/private.h"

enum { TEXT_LIMIT = 1000, BODY_SHOWN = 200 };

struct act {
    enum http_method method;
    const char *form; /* the whole of it, but for the profile: what is omitted stays as it is */
    const char *what;
    const char *roles; /* that the token's user needs for it; what the portal asks for is open */
    bool is_locked;    /* for 180 days after a deactivation */
};

#define USERS    "the security role USERMANAGEMENT"
#define PROFILES USERS ", and PERMISSIONMANAGEMENT where the portal asks for that as well"

/* Every form has `active`, and says of it what is to be: omitted it would be 1 (API.md 1.5). */
static const struct act acts[ACTION_COUNT] = {
    [ACTION_DOWNGRADE] = {HTTP_POST, "active=1&profileId=", "changing a user's profile", PROFILES,
                          false},
    [ACTION_RESTORE] = {HTTP_POST, "active=1&profileId=", "changing a user's profile", PROFILES,
                        false},
    [ACTION_SUSPEND] = {HTTP_POST, "active=0", "suspending a user", USERS, false},
    [ACTION_REACTIVATE] = {HTTP_POST, "active=1", "reactivating a user", USERS, true},
    [ACTION_DEPROVISION] = {HTTP_DELETE, NULL, "deprovisioning a user", USERS, false},
};

/* What is accepted, by the method: 202 and 204 are documented, the others say the same. */
static const struct {
    enum http_method method;
    long status;
} accepted[] = {
    {HTTP_POST, 202}, {HTTP_POST, 200}, {HTTP_DELETE, 204}, {HTTP_DELETE, 200}, {HTTP_DELETE, 202},
};

/* What nobody acted on; the first row that fits. 302 and 303 are missing on purpose: they are how a
 * web application says "done, look there". */
static const struct {
    long first, last;
    enum portal_effect effect;
    bool by_application; /* only if the body is the application's */
} refusals[] = {
    {301, 301, EFFECT_REFUSED, false},   /* another address */
    {307, 308, EFFECT_REFUSED, false},   /* likewise */
    {401, 401, EFFECT_TOKEN, false},     /* a token that ended */
    {403, 403, EFFECT_FORBIDDEN, false}, /* a scope or a role */
    {404, 404, EFFECT_GONE, false},      /* no such user, or no such path */
    {408, 408, EFFECT_UNKNOWN, false},   /* it gave up waiting, and nobody knows for what */
    {429, 429, EFFECT_BLOCKED, false},   /* too many requests */
    {400, 499, EFFECT_REFUSED, true},    /* whatever else is the request's fault */
};

/* The write and its answer, being judged. */
struct trial {
    struct bynder *bynder;
    const struct act *act;
    const char *id;
    const char *form; /* as it was sent; NULL = none */
    const struct http_answer *answer;
    char *words;      /* the portal's */
    struct text text; /* for the journal */
};

static bool is_json_object(const struct http_answer *answer)
{
    CLEANUP(json_freep) struct json_object *object = NULL;

    return json_parse_object(answer->body.data, answer->body.length, &object, NULL) == 0;
}

/* The message, or where there is none the beginning of the JSON. malloc'ed. */
static char *words_of(const struct http_answer *answer)
{
    char *words = bynder_words(answer);
    struct text shown = TEXT_INIT;

    if (*words || !is_json_object(answer))
        return words;
    free(words);
    words = mem_strndup(answer->body.data, answer->body.length < BODY_SHOWN ? answer->body.length
                                                                            : (size_t)BODY_SHOWN);
    text_add_printable(&shown, words);
    free(words);
    return text_take(&shown);
}

/* NULL when the body of an accepted write is as it should be: empty, or the account's. */
static const char *flaw_of(const struct http_answer *answer, const char *id)
{
    CLEANUP(json_freep) struct json_object *object = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const char *named = NULL;

    if (answer->body.length == 0)
        return NULL;
    if (json_parse_object(answer->body.data, answer->body.length, &object, NULL) < 0)
        return "with something else than the application's answer";
    switch (json_string(object, "id", LIMIT_FIELD, &arena, &named)) {
    case JSON_MISSING:
    case JSON_NULL:
        return NULL;
    case JSON_UNREADABLE:
        return "with an id that cannot be read";
    case JSON_FOUND:
        return text_equal(named, id) ? NULL : "with the id of another account";
    }
    return "with an id that cannot be read";
}

static bool is_accepted(const struct trial *trial)
{
    for (size_t i = 0; i < COUNT_OF(accepted); i++) {
        if (accepted[i].method == trial->act->method && accepted[i].status == trial->answer->status)
            return true;
    }
    return false;
}

static enum portal_effect effect_of_refusal(const struct trial *trial)
{
    const struct http_answer *answer = trial->answer;

    for (size_t i = 0; i < COUNT_OF(refusals); i++) {
        if (answer->status < refusals[i].first || answer->status > refusals[i].last)
            continue;
        return refusals[i].by_application && !is_json_object(answer) ? EFFECT_UNKNOWN
                                                                     : refusals[i].effect;
    }
    return EFFECT_UNKNOWN;
}

static enum portal_effect explain_token(struct trial *trial)
{
    CLEANUP(err_release) struct err failure = ERR_INIT;

    if (bynder_token_refused(trial->bynder, &failure) == 0)
        text_add(&trial->text, "; nothing was done, and the token will be renewed");
    else
        text_addf(&trial->text, "; nothing was done: %s", failure.text);
    return EFFECT_TOKEN;
}

/* A lock on one account is no missing right: the next act may well succeed. */
static enum portal_effect explain_forbidden(struct trial *trial)
{
    CLEANUP(text_release) struct text front = TEXT_INIT;

    if (trial->act->is_locked && strstr(trial->words, "180"))
        return EFFECT_REFUSED;
    if (bynder_in_front(trial->answer, trial->bynder->config->url, &front)) {
        text_add(&trial->text, text_cstr(&front));
        return EFFECT_FORBIDDEN;
    }
    text_addf(&trial->text,
              "; hint: %s needs scope admin.user:write and in the token user's permission profile "
              "%s; that user must be active: an administrator of the portal sees to all of it",
              trial->act->what, trial->act->roles);
    return EFFECT_FORBIDDEN;
}

static enum portal_effect explain_gone(struct trial *trial)
{
    if (!bynder_is_gateways(trial->answer))
        return EFFECT_GONE;
    text_add(&trial->text, "; wrong path: it is not the portal's application that answers there, "
                           "and this says nothing of the account; hint: is portal.url right?");
    return EFFECT_REFUSED;
}

static void explain_redirect(struct trial *trial)
{
    CLEANUP(mem_cleanup) char *location = http_header(trial->answer, "Location");

    text_addf(&trial->text,
              ", a redirect to '%s', which a write never follows; hint: portal.url must be the "
              "portal's own address",
              location ? location : "");
}

/* Adds to the text what follows from the refusal; some turn out to be of another kind. */
static enum portal_effect explain_refusal(struct trial *trial, enum portal_effect effect)
{
    switch (effect) {
    case EFFECT_UNKNOWN:
        text_add(&trial->text, "; whether it was carried out is not known");
        break;
    case EFFECT_TOKEN:
        effect = explain_token(trial);
        break;
    case EFFECT_FORBIDDEN:
        effect = explain_forbidden(trial);
        break;
    case EFFECT_GONE:
        effect = explain_gone(trial);
        break;
    case EFFECT_BLOCKED:
        text_add(&trial->text, "; nothing was done, and nothing is sent until the portal has had "
                               "its silence");
        break;
    case EFFECT_REFUSED:
        if (trial->answer->status < 400)
            explain_redirect(trial);
        break;
    case EFFECT_ACCEPTED:
    case EFFECT_UNSENT:
    case EFFECT_LATE:
        break;
    }
    if (effect == EFFECT_REFUSED && trial->act->is_locked && strstr(trial->words, "180"))
        text_add(&trial->text, "; hint: a user can be reactivated only 180 days after the "
                               "deactivation, or by Bynder's support");
    return effect;
}

/* How long a 429 or 503 asks to wait: too long ends the run before the next request. */
static void heed(struct trial *trial)
{
    CLEANUP(text_release) struct text subject = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;

    text_addf(&subject, "the portal answers %ld", trial->answer->status);
    if (bynder_heed(trial->bynder, trial->answer, text_cstr(&subject), &err) < 0)
        text_addf(&trial->text, "; %s", err.text);
}

static enum portal_effect judge(struct trial *trial)
{
    const char *flaw;

    text_addf(&trial->text, " answers %ld", trial->answer->status);
    if (is_accepted(trial)) {
        flaw = flaw_of(trial->answer, trial->id);
        if (!flaw) {
            trial->bynder->is_fresh = false;
            return EFFECT_ACCEPTED;
        }
        text_addf(&trial->text, " %s", flaw);
        return explain_refusal(trial, EFFECT_UNKNOWN);
    }
    trial->words = words_of(trial->answer);
    if (*trial->words)
        text_addf(&trial->text, ": %s", trial->words);
    heed(trial);
    return explain_refusal(trial, effect_of_refusal(trial));
}

/* Printable and bounded, cut between characters. */
static const char *keep_text(struct arena *arena, const struct text *text)
{
    CLEANUP(text_release) struct text printable = TEXT_INIT;
    CLEANUP(text_release) struct text kept = TEXT_INIT;

    text_add_printable(&printable, text_cstr(text));
    text_add_excerpt(&kept, text_cstr(&printable), TEXT_LIMIT);
    return arena_strdup(arena, text_cstr(&kept));
}

static void judge_outcome(struct bynder *bynder, const struct act *act, const char *id,
                          const char *form, const struct http_outcome *outcome, struct arena *arena,
                          struct portal_answer *ret_answer)
{
    struct trial trial = {
        .bynder = bynder, .act = act, .id = id, .form = form, .answer = &outcome->answer};
    CLEANUP(mem_cleanup) char *url = bynder_user_url(bynder, id);
    enum portal_effect effect = EFFECT_UNKNOWN;

    switch (outcome->fate) {
    case HTTP_PERHAPS:
        text_addf(&trial.text, "whether it was carried out is not known: %s",
                  outcome->failure.text);
        break;
    case HTTP_UNSENT:
        text_addf(&trial.text, "nothing was sent: %s", outcome->failure.text);
        effect = EFFECT_UNSENT;
        break;
    case HTTP_LATE:
        text_add(&trial.text, "nothing was sent: the account was read too long before");
        effect = EFFECT_LATE;
        break;
    case HTTP_ANSWERED:
        text_addf(&trial.text, "%s '%s'%s%s", form ? "POST" : "DELETE", url, form ? " with " : "",
                  form ? form : "");
        effect = judge(&trial);
        break;
    }
    *ret_answer = (struct portal_answer){
        .effect = effect, .status = outcome->answer.status, .text = keep_text(arena, &trial.text)};
    free(trial.words);
    text_release(&trial.text);
}

/* Fetching a token is a request as well, after which the pace is to be awaited again. */
int bynder_ready(void *self, size_t requests, struct err *err)
{
    struct bynder *bynder = self;

    for (unsigned tries = 0; tries < BYNDER_TRIES; tries++) {
        if (bynder_may_ask(bynder, err) < 0)
            return err_prefix(err, "nothing was sent");
        if (http_reserve(bynder->http, (int64_t)requests, err) < 0)
            return err_prefix(err, "nothing was sent");
        if (!bynder_token_is_due(bynder))
            return 0;
        if (bynder_token_ensure(bynder, err) < 0 || bynder_check_scopes(bynder, err) < 0)
            return err_prefix(err, "nothing was sent");
    }
    return 0;
}

/* What is sent, and whether it may be: an id or a profile that is none is never guessed at. */
static int make_form(const struct portal_act *what, const struct act *act, struct text *form,
                     struct err *err)
{
    if (!act->what)
        return err_set(err, ERR_INTERNAL, "a step of a plan asks for nothing");
    if (!account_id_is_v4(what->account_id))
        return err_set(err, ERR_INTERNAL,
                       "account id '%s' does not have the form of one, so nothing is sent",
                       what->account_id ? what->account_id : "");
    if (actions[what->action].sets_profile == text_is_empty(what->profile_id))
        return err_set(err, ERR_INTERNAL, "%s of '%s' has %s profile, so nothing is sent",
                       action_name(what->action), what->account_id,
                       text_is_empty(what->profile_id) ? "no" : "a");
    text_add(form, act->form ? act->form : "");
    text_add_url(form, what->profile_id ? what->profile_id : "");
    return 0;
}

int bynder_act(void *self, struct arena *arena, const struct portal_act *what,
               const struct time_mark *looked, struct portal_answer *ret_answer, struct err *err)
{
    struct bynder *bynder = self;
    const struct act *act = &acts[what->action];
    CLEANUP(http_outcome_release) struct http_outcome outcome = {.fate = HTTP_PERHAPS};
    CLEANUP(text_release) struct text form = TEXT_INIT;
    CLEANUP(mem_cleanup) char *url = NULL;
    struct http_request request = {
        .method = act->method,
        .bearer = &bynder->token,
        .since = looked,
        .since_us = PORTAL_LOOK_S * SECOND_US,
    };

    if (make_form(what, act, &form, err) < 0)
        return -1;
    url = bynder_user_url(bynder, what->account_id);
    request.url = url;
    request.form = act->form ? text_cstr(&form) : NULL;
    if ((bynder_token_is_due(bynder) && bynder_ready(bynder, 1, err) < 0) ||
        http_write(bynder->http, &request, &outcome, err) < 0)
        return err_prefix(err, "%s ('%s'): nothing was sent", act->what, what->account_id);
    judge_outcome(bynder, act, what->account_id, request.form, &outcome, arena, ret_answer);
    return 0;
}
