/*
 * The way of a request, in the order of the real portal's layers: the address's rate limit, the
 * gateway's routes, the token, the account it acts for, the scope, the security role, and only then
 * the application. Faults sit between: those that keep the application from running come before it,
 * those that spoil its answer after it.
 */
#include "answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"

#include "analytics.h"
#include "control.h"
#include "render.h"
#include "users.h"

#define GATEWAY_404 "{\"message\":\"no Route matched with those values\"}"
#define LOGIN_PAGE                                                                                 \
    "<!DOCTYPE html><html><head><title>Login</title></head><body><form method=\"post\">"           \
    "<input name=\"username\"><input name=\"password\" type=\"password\"></form></body></html>"

/* --- token and profiles --- */

static void oauth_error(struct answer *answer, unsigned status, const char *error,
                        const char *description)
{
    answer_plain(answer, status, "application/json", "");
    struct jsonw json = jsonw_to(&answer->body);
    jsonw_begin_object(&json);
    jsonw_field_string(&json, "error", error);
    jsonw_field_string(&json, "error_description", description);
    jsonw_end_object(&json);
}

/* Id and secret come in the body or by HTTP Basic; both are in use (API.md 2). */
static bool client_is_known(struct call *call)
{
    const struct portal_settings *settings = &call->portal->settings;
    const char *basic = call->request->authorization;
    if (basic && strncasecmp(basic, "Basic ", 6) == 0) {
        CLEANUP(mem_cleanup) char *pair = base64_decode(basic + 6);
        char *colon = pair ? strchr(pair, ':') : NULL;
        if (!colon)
            return false;
        CLEANUP(mem_cleanup) char *id = percent_decode(pair, (size_t)(colon - pair), true);
        CLEANUP(mem_cleanup) char *secret = percent_decode(colon + 1, strlen(colon + 1), true);
        return text_equal(id, settings->client_id) && text_equal(secret, settings->client_secret);
    }
    return text_equal(form_get(&call->form, "client_id"), settings->client_id) &&
           text_equal(form_get(&call->form, "client_secret"), settings->client_secret);
}

static void token_endpoint(struct call *call)
{
    struct portal *portal = call->portal;
    if (!text_equal(form_get(&call->form, "grant_type"), "client_credentials")) {
        oauth_error(call->answer, 400, "unsupported_grant_type",
                    "The authorization grant type is not supported by this portal.");
        return;
    }
    if (!client_is_known(call)) {
        oauth_error(call->answer, 401, "invalid_client", "Client authentication failed.");
        return;
    }
    const struct token *token =
        tokens_grant(&portal->tokens, form_get(&call->form, "scope"), portal_now_us(portal));
    CLEANUP(text_release) struct text scope = TEXT_INIT;
    scopes_add_names(&scope, token->scopes);
    struct jsonw json = jsonw_to(&call->answer->body);
    jsonw_begin_object(&json);
    jsonw_field_string(&json, "token_type", "bearer");
    jsonw_field_int(&json, "expires_in", portal->settings.token_lifetime_us / SECOND_US);
    jsonw_field_string(&json, "access_token", token->value);
    jsonw_field_string(&json, "scope", text_cstr(&scope));
    jsonw_end_object(&json);
    answer_header(call->answer, "Cache-Control", "no-store");
}

static bool has_role(struct portal *portal, const char *role)
{
    const struct user *user = population_token_user(&portal->population);
    const struct profile *profile = &portal->population.profile[user->profile];
    for (size_t i = 0; profile->roles[i]; i++)
        if (text_equal(profile->roles[i], role))
            return true;
    return false;
}

static void profiles_list(struct call *call)
{
    struct population *population = &call->portal->population;
    struct jsonw json = jsonw_to(&call->answer->body);
    jsonw_begin_array(&json);
    for (size_t i = 0; i < COUNT_OF(population->profile); i++)
        render_profile(&json, &population->profile[i]);
    jsonw_end_array(&json);
}

/* One's own profile needs no role. */
static void profiles_get(struct call *call)
{
    struct population *population = &call->portal->population;
    int index = population_profile(population, call->segment);
    if (index != population_token_user(population)->profile &&
        !has_role(call->portal, "PERMISSIONMANAGEMENT")) {
        answer_message(call->answer, 403, "Access denied");
        return;
    }
    if (index < 0) {
        answer_message(call->answer, 404, "Profile not found");
        return;
    }
    struct jsonw json = jsonw_to(&call->answer->body);
    render_profile(&json, &population->profile[index]);
}

/* --- the way in --- */

static const struct route {
    const char *method, *path;
    bool segment; /* one more path segment follows */
    enum scope scope;
    const char *role; /* security role of the token's user, or NULL */
    void (*handler)(struct call *call);
} routes[ENDPOINT_COUNT] = {
    [ENDPOINT_NONE] = {"", "", false, SCOPE_NONE, NULL, NULL},
    [ENDPOINT_TOKEN] = {"POST", "/v6/authentication/oauth2/token", false, SCOPE_NONE, NULL,
                        token_endpoint},
    [ENDPOINT_CURRENT_USER] = {"GET", "/api/v4/currentUser/", false, SCOPE_CURRENT_USER, NULL,
                               current_user},
    [ENDPOINT_USERS_LIST] = {"GET", "/api/v4/users/", false, SCOPE_USER_READ, "USERMANAGEMENT",
                             users_list},
    [ENDPOINT_USERS_CREATE] = {"POST", "/api/v4/users/", false, SCOPE_USER_WRITE, "USERMANAGEMENT",
                               users_create},
    [ENDPOINT_USERS_GET] = {"GET", "/api/v4/users/", true, SCOPE_USER_READ, "USERMANAGEMENT",
                            users_get},
    [ENDPOINT_USERS_MODIFY] = {"POST", "/api/v4/users/", true, SCOPE_USER_WRITE, "USERMANAGEMENT",
                               users_modify},
    [ENDPOINT_USERS_DELETE] = {"DELETE", "/api/v4/users/", true, SCOPE_USER_WRITE, "USERMANAGEMENT",
                               users_delete},
    [ENDPOINT_PROFILES_LIST] = {"GET", "/api/v4/profiles/", false, SCOPE_PROFILE_READ,
                                "PERMISSIONMANAGEMENT", profiles_list},
    [ENDPOINT_PROFILES_GET] = {"GET", "/api/v4/profiles/", true, SCOPE_PROFILE_READ, NULL,
                               profiles_get},
    [ENDPOINT_LOGINS] = {"GET", "/v7/analytics/api/v1/user/login", false, SCOPE_ANALYTICS, NULL,
                         analytics_list},
    [ENDPOINT_VIEWS_NEW] = {"GET", "/v7/analytics/api/v2/asset/views", false, SCOPE_ANALYTICS, NULL,
                            analytics_list},
    [ENDPOINT_VIEWS] = {"GET", "/v7/analytics/api/v1/asset/view", false, SCOPE_ANALYTICS, NULL,
                        analytics_list},
    [ENDPOINT_DOWNLOADS_NEW] = {"GET", "/v7/analytics/api/v1/asset/v2/download", false,
                                SCOPE_ANALYTICS, NULL, analytics_list},
    [ENDPOINT_DOWNLOADS] = {"GET", "/v7/analytics/api/v1/asset/download", false, SCOPE_ANALYTICS,
                            NULL, analytics_list},
    [ENDPOINT_CREATIONS] = {"GET", "/v7/analytics/api/v1/asset/create", false, SCOPE_ANALYTICS,
                            NULL, analytics_list},
    [ENDPOINT_ARCHIVALS] = {"GET", "/v7/analytics/api/v1/asset/archive", false, SCOPE_ANALYTICS,
                            NULL, analytics_list},
    [ENDPOINT_REMOVALS] = {"GET", "/v7/analytics/api/v1/asset/remove", false, SCOPE_ANALYTICS, NULL,
                           analytics_list},
    [ENDPOINT_SEARCHES_NEW] = {"GET", "/v7/analytics/api/v1/search/executions", false,
                               SCOPE_ANALYTICS, NULL, analytics_list},
    [ENDPOINT_SEARCHES] = {"GET", "/v7/analytics/api/v1/search/keyword", false, SCOPE_ANALYTICS,
                           NULL, analytics_list},
    [ENDPOINT_COLLECTION_VIEWS] = {"GET", "/v7/analytics/api/v1/collection/views", false,
                                   SCOPE_ANALYTICS, NULL, analytics_list},
    [ENDPOINT_YEAR] = {"GET", "/v7/analytics/api/v1/historical/", true, SCOPE_ANALYTICS, NULL,
                       analytics_year},
};

/* The route of a path, whatever the method; the method decides among those of one path. A missing
 * or extra slash at the end is tolerated. */
static enum endpoint find_route(const struct request *request, bool *ret_path_known,
                                const char **ret_segment)
{
    size_t length = strlen(request->path);
    *ret_path_known = false;
    for (unsigned i = ENDPOINT_NONE + 1; i < ENDPOINT_COUNT; i++) {
        const struct route *route = &routes[i];
        size_t stem = strlen(route->path);
        bool fits;
        if (route->segment) {
            const char *segment = length > stem ? request->path + stem : "";
            size_t segment_length = strcspn(segment, "/");
            fits = text_starts(request->path, route->path) && segment_length > 0 &&
                   (segment[segment_length] == '\0' || segment[segment_length + 1] == '\0');
            *ret_segment = segment;
        } else {
            size_t bare = route->path[stem - 1] == '/' ? stem - 1 : stem;
            fits = strncmp(request->path, route->path, bare) == 0 &&
                   (length == bare || (length == bare + 1 && request->path[bare] == '/'));
        }
        *ret_path_known |= fits;
        if (fits && text_equal(route->method, request->method))
            return (enum endpoint)i;
    }
    return ENDPOINT_NONE;
}

static void deny(struct answer *answer)
{
    answer_message(answer, 403, "Access denied");
}

static bool authorise(struct call *call, const struct route *route)
{
    struct portal *portal = call->portal;
    const char *bearer = call->request->authorization;
    const struct fault *expiry = call_fault(call, FAULT_TOKEN_EXPIRY);
    const struct token *token =
        bearer && strncasecmp(bearer, "Bearer ", 7) == 0
            ? tokens_use(&portal->tokens, bearer + 7, expiry ? (uint64_t)expiry->number : 0,
                         portal_now_us(portal))
            : NULL;
    const struct user *self = population_token_user(&portal->population);
    if (!token) {
        answer_plain(call->answer, 401, "text/plain", "Invalid or expired token.");
        return false;
    }
    if (expiry)
        call->answer->fault = NULL; /* it did not bite yet */
    call->scopes = tokens_scopes(&portal->tokens, token);
    if (self->deleted || !self->active || !(call->scopes & route->scope) ||
        (route->role && (!has_role(portal, route->role) || call_fault(call, FAULT_ROLE_MISSING)))) {
        deny(call->answer);
        return false;
    }
    return true;
}

/* --- faults --- */

static void answer_error_fault(struct call *call, const struct fault *fault)
{
    unsigned status = (unsigned)fault->number;
    if (status == 401)
        answer_plain(call->answer, status, "text/plain", "Invalid or expired token.");
    else if (status < 500)
        answer_message(call->answer, status, "Refused");
    else
        answer_plain(call->answer, status, "text/html",
                     "<html><body><h1>The service is temporarily unavailable</h1></body></html>");
}

/* Faults that keep the application from running; true when one of them answered. */
static bool faults_before(struct call *call, enum endpoint endpoint)
{
    const struct fault *fault;
    struct answer *answer = call->answer;
    bool single = routes[endpoint].segment && (routes[endpoint].scope == SCOPE_USER_READ ||
                                               routes[endpoint].scope == SCOPE_USER_WRITE);
    size_t length = strlen(call->request->path);
    if (call_fault(call, FAULT_HANG)) {
        answer->delivery = DELIVER_HANG;
        answer->status = 0;
    } else if (call_fault(call, FAULT_RESET)) {
        answer->delivery = DELIVER_RESET;
        answer->status = 0;
    } else if ((fault = call_fault(call, FAULT_ERROR))) {
        answer_error_fault(call, fault);
    } else if (call_fault(call, FAULT_WRONG_TYPE)) {
        answer_plain(answer, 200, "text/html; charset=utf-8", LOGIN_PAGE);
    } else if (call->request->path[length - 1] != '/' && endpoint != ENDPOINT_TOKEN &&
               routes[endpoint].scope != SCOPE_ANALYTICS &&
               call_fault(call, FAULT_REDIRECT_SLASH)) {
        answer_plain(answer, 301, "text/html", "<html><body>Moved Permanently</body></html>");
        answer_header(answer, "Location", "%s/%s%s", call->request->path,
                      *call->request->query ? "?" : "", call->request->query);
    } else if ((single && call_fault(call, FAULT_GATEWAY_404)) ||
               (endpoint == ENDPOINT_LOGINS && call_fault(call, FAULT_EVENTS_404))) {
        answer_plain(answer, 404, "application/json", GATEWAY_404);
    } else if (single && call_fault(call, FAULT_NO_SUCH_USER)) {
        answer_message(answer, 404, "User not found");
    } else if (endpoint == ENDPOINT_LOGINS && call_fault(call, FAULT_EVENTS_403)) {
        deny(answer);
    } else {
        return false;
    }
    return true;
}

static void insert_deep(struct text *body, int64_t depth)
{
    CLEANUP(text_release) struct text whole = TEXT_INIT;
    bool array = body->data[0] == '[';
    bool empty = body->length == 2;
    text_add(&whole, array ? "[" : "{\"deep\":");
    for (int64_t i = 0; i < depth; i++)
        text_add_char(&whole, '[');
    for (int64_t i = 0; i < depth; i++)
        text_add_char(&whole, ']');
    text_add(&whole, empty ? "" : ",");
    text_add_bytes(&whole, body->data + 1, body->length - 1);
    text_clear(body);
    text_add_bytes(body, whole.data, whole.length);
}

/* Faults that spoil a finished answer. */
static void faults_after(struct call *call)
{
    static const enum delivery cuts[] = {[CUT_LENGTH] = DELIVER_CUT_LENGTH,
                                         [CUT_CHUNKED] = DELIVER_CUT_CHUNKED,
                                         [CUT_CLOSE] = DELIVER_CUT_CLOSE};
    const struct fault *fault;
    struct answer *answer = call->answer;
    if (answer->delivery != DELIVER_WHOLE)
        return;
    if (call_fault(call, FAULT_LOST_ANSWER)) {
        answer->delivery = DELIVER_RESET;
        return;
    }
    if (answer->body.length < 2)
        return;
    bool json = answer->body.data[0] == '[' || answer->body.data[0] == '{';
    if (json && (fault = call_fault(call, FAULT_DEEP_JSON)))
        insert_deep(&answer->body, fault->number);
    if (json && (fault = call_fault(call, FAULT_HUGE_BODY)))
        answer->filler = (uint64_t)fault->number << 20;
    if (json && call_fault(call, FAULT_TRAILING_GARBAGE))
        text_add(&answer->body, "\n<!-- served by node 7 -->");
    if ((fault = call_fault(call, FAULT_CUT)))
        answer->delivery = cuts[fault->number];
    else if ((fault = call_fault(call, FAULT_SLOW_BODY))) {
        answer->delivery = DELIVER_SLOW;
        answer->slow_bytes = (size_t)fault->number;
    }
}

/* --- one request --- */

static void answer_unknown(struct call *call, bool path_known)
{
    if (path_known)
        answer_message(call->answer, 405, "Method not allowed");
    else
        answer_plain(call->answer, 404, "application/json", GATEWAY_404);
}

/* The application's answer, or that of the layer before it which had enough. */
static void serve(struct call *call, enum endpoint endpoint, bool path_known, const char *segment)
{
    const struct route *route = &routes[endpoint];
    struct answer *answer = call->answer;
    if (!rate_admit(&call->portal->rate, portal_now_us(call->portal))) {
        answer_message(answer, 429, "API rate limit exceeded");
        return;
    }
    if (faults_before(call, endpoint))
        return;
    if (endpoint == ENDPOINT_NONE) {
        answer_unknown(call, path_known);
        return;
    }
    if (call->request->body.length > MESSAGE_BODY_MAX) {
        answer_message(answer, 413, "Request entity too large");
        return;
    }
    if (route->segment) {
        call->segment = percent_decode(segment, strcspn(segment, "/"), false);
        if (!call->segment) {
            answer_message(answer, 400, "Malformed path");
            return;
        }
    }
    if (!form_parse(&call->query, call->request->query)) {
        answer_message(answer, 400, "Malformed query");
        return;
    }
    if (endpoint != ENDPOINT_TOKEN && !authorise(call, route))
        return;
    route->handler(call);
}

static bool is_form(const char *content_type)
{
    static const char form_type[] = "application/x-www-form-urlencoded";
    size_t length = strlen(form_type);
    return content_type && strncasecmp(content_type, form_type, length) == 0 &&
           (content_type[length] == '\0' || content_type[length] == ';' ||
            content_type[length] == ' ');
}

static void write_log(struct call *call, enum endpoint endpoint)
{
    struct portal *portal = call->portal;
    const struct request *request = call->request;
    const struct answer *answer = call->answer;
    reqlog_add(&portal->log, &(struct reqlog_entry){
                                 .time_us = portal_wall_us(portal),
                                 .ms = (portal_now_us(portal) - portal->start_us) / 1000,
                                 .port = request->port,
                                 .method = request->method,
                                 .path = request->path,
                                 .query = request->query,
                                 .endpoint = endpoint,
                                 .endpoint_name = endpoint_names[endpoint],
                                 .status = answer->status,
                                 .bytes = answer->body.length,
                                 .fault = answer->fault,
                             });
    bool reading = text_equal(request->method, "GET") || text_equal(request->method, "HEAD");
    if (reading || endpoint == ENDPOINT_TOKEN)
        return;
    reqlog_add_write(&portal->log, &(struct reqlog_write){
                                       .time_us = portal_wall_us(portal),
                                       .method = request->method,
                                       .path = request->path,
                                       .id = call->user_id,
                                       .form = &call->form,
                                       .status = answer->status,
                                       .effect = call->effect,
                                   });
}

static void answer_call(struct portal *portal, const struct request *request, struct answer *answer)
{
    struct call call = {.portal = portal, .request = request, .answer = answer, .effect = "none"};
    const struct fault *latency = call_fault(&call, FAULT_LATENCY);
    answer->held = call_fault(&call, FAULT_HOLD) != NULL;
    bool path_known = false;
    const char *segment = "";
    enum endpoint endpoint = find_route(request, &path_known, &segment);
    answer->delay_ms = latency ? latency->number : 0;
    users_settle_pending(portal);
    if (is_form(request->content_type) && request->body.length <= MESSAGE_BODY_MAX &&
        !form_parse(&call.form, text_cstr(&request->body)))
        form_release(&call.form); /* an unreadable form has no fields */
    call.endpoint = endpoint;
    serve(&call, endpoint, path_known, segment);
    faults_after(&call);
    write_log(&call, endpoint);
    form_release(&call.query);
    form_release(&call.form);
    free(call.segment);
}

void portal_answer(struct portal *portal, const struct request *request, struct answer *answer)
{
    (void)pthread_mutex_lock(&portal->lock);
    if (text_starts(request->path, "/_sim/"))
        control_answer(portal, request, answer);
    else
        answer_call(portal, request, answer);
    if (portal->clock_set)
        answer->date_us = portal_wall_us(portal);
    (void)pthread_mutex_unlock(&portal->lock);
}

bool portal_holds(struct portal *portal)
{
    (void)pthread_mutex_lock(&portal->lock);
    bool holds = faults_have(&portal->faults, FAULT_HOLD);
    (void)pthread_mutex_unlock(&portal->lock);
    return holds;
}
