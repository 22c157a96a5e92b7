/*
 * The portal put together: secrets in, one pace for every request, and a `struct portal`. Its
 * writing members are set in one place alone, bynder_writing: what was not asked for there cannot
 * act.
 */
#include "bynder/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

enum { WINDOW_S = 300, CONNECT_S = 20 };

static int read_secrets(struct bynder *bynder, struct err *err)
{
    const struct config_portal *config = bynder->config;

    bynder->is_permanent = config->token.file || config->token.credential;
    if (bynder->is_permanent)
        return config_read_secret(&config->token, &bynder->token, err);
    if (text_is_empty(config->client_id))
        return err_set(err, ERR_CONFIG,
                       "portal: neither client_id nor token_file is set; hint: an administrator "
                       "of the portal makes an OAuth app with client credentials");
    return config_read_secret(&config->client_secret, &bynder->client_secret, err);
}

static void set_up_http(struct bynder *bynder, const struct bynder_setup *setup)
{
    const struct config_portal *config = setup->config;

    bynder->pace = pace_new(&(struct pace_settings){
        .per_second = config->requests_per_second,
        .per_window = config->requests_per_window,
        .window_us = WINDOW_S * SECOND_US,
        .silence_us = (int64_t)(config->silence_after_429 * (double)SECOND_US),
        .shared = setup->permit != NULL,
    });
    bynder->http = http_new(&(struct http_settings){
        .ca_file = config->ca_file,
        .proxy = config->proxy,
        .connect_timeout_s = config->timeout < CONNECT_S ? config->timeout : CONNECT_S,
        .timeout_s = config->timeout,
        .body_limit = LIMIT_HTTP_BODY,
        .pace = bynder->pace,
        .permit = setup->permit,
        .permit_context = setup->permit_context,
        .clock = bynder->clock,
        .waiting = setup->waiting,
        .waiting_context = setup->waiting_context,
    });
}

int bynder_new(const struct bynder_setup *setup, struct bynder **ret_bynder, struct err *err)
{
    CLEANUP(bynder_freep) struct bynder *bynder = mem_calloc(1, sizeof(*bynder));

    bynder->config = setup->config;
    bynder->clock = setup->clock ? setup->clock : clock_system();
    bynder->waiting = setup->waiting;
    bynder->waiting_context = setup->waiting_context;
    bynder->is_stopped = setup->is_stopped;
    bynder->stop_context = setup->stop_context;
    bynder_patience_init(bynder, setup->patience_us);
    if (read_secrets(bynder, err) < 0)
        return -1;
    set_up_http(bynder, setup);
    *ret_bynder = TAKE(bynder);
    return 0;
}

void bynder_free(struct bynder *bynder)
{
    if (!bynder)
        return;
    secret_release(&bynder->client_secret);
    secret_release(&bynder->token);
    http_free(bynder->http);
    pace_free(bynder->pace);
    free(bynder->scopes);
    free(bynder->in_front);
    free(bynder->gave_up);
    free(bynder);
}

static int portal_permit(void *self, struct err *err)
{
    const struct bynder *bynder = self;

    return http_ask_permit(bynder->http, err);
}

static int portal_enter(void *self, struct arena *arena, struct snapshot *snapshot, struct err *err)
{
    struct bynder *bynder = self;

    if (bynder_token_ensure(bynder, err) < 0 || bynder_check_scopes(bynder, err) < 0)
        return -1;
    if (bynder_current_user(bynder, arena, &snapshot->own_id, err) < 0)
        return -1;
    snapshot->clock_told = bynder->clock_told;
    snapshot->clock_ahead_s = bynder->clock_offset;
    return 0;
}

/* One user read afresh. */
struct fresh {
    struct bynder *bynder;
    struct arena *arena;
    const char *id;
    struct account *account;
    const char *raw; /* the answer as it came */
    bool found;
};

/* Of a document that is an object. */
static bool read_account(struct account_reader *reader, const char *bytes, size_t length,
                         struct account *ret_account)
{
    CLEANUP(json_view_release) struct json_view view = {.count = 0};
    struct json_part whole;

    if (json_whole(bytes, length, &whole, NULL) < 0)
        return false;
    (void)json_view_read(&view, whole); /* json-c has told that no name is there twice */
    return account_reader_read(reader, &view, ret_account);
}

static int use_user(void *context, const struct http_answer *answer, struct err *err)
{
    struct fresh *fresh = context;
    CLEANUP(account_reader_release) struct account_reader reader = {.arena = NULL};
    CLEANUP(json_freep) struct json_object *user = NULL;

    fresh->found = answer->status == 200;
    if (!fresh->found)
        return 0;
    if (json_parse_object(answer->body.data, answer->body.length, &user, err) < 0)
        return -1;
    fresh->raw = arena_strndup(fresh->arena, answer->body.data, answer->body.length);
    account_reader_init(&reader, fresh->arena);
    if (!read_account(&reader, answer->body.data, answer->body.length, fresh->account) ||
        !text_equal(fresh->account->id, fresh->id))
        return err_set(err, ERR_UNREACHABLE, "the answer is not of account '%s'", fresh->id);
    account_reader_compose_name(&reader, user, fresh->account);
    account_reader_refresh(&reader, user, fresh->bynder->clock->now(fresh->bynder->clock->self),
                           fresh->account);
    return 0;
}

int bynder_account_of(struct arena *arena, const char *raw, struct account *ret_account,
                      struct err *err)
{
    CLEANUP(account_reader_release) struct account_reader reader = {.arena = NULL};
    CLEANUP(json_freep) struct json_object *user = NULL;
    struct account account = {.id = NULL};

    if (json_parse_object(raw, strlen(raw), &user, err) < 0)
        return -1;
    account_reader_init(&reader, arena);
    if (!read_account(&reader, raw, strlen(raw), &account))
        return err_set(err, ERR_UNREACHABLE, "this is no account");
    account_reader_compose_name(&reader, user, &account);
    account_reader_refresh(&reader, user, INSTANT_NONE, &account);
    *ret_account = account;
    return 0;
}

int bynder_particulars_of(struct arena *arena, const char *raw, struct particulars *ret_particulars,
                          struct err *err)
{
    CLEANUP(json_freep) struct json_object *user = NULL;

    if (json_parse_object(raw, strlen(raw), &user, err) < 0)
        return -1;
    account_read_particulars(user, arena, ret_particulars);
    return 0;
}

static int portal_get(void *self, struct arena *arena, const char *id, struct account *ret_account,
                      bool *ret_found, const char **ret_raw, struct err *err)
{
    struct bynder *bynder = self;
    struct account account = {.id = NULL};
    struct fresh fresh = {.bynder = bynder, .arena = arena, .id = id, .account = &account};
    CLEANUP(mem_cleanup) char *url = NULL;
    const char *own_id;

    if (!account_id_is_v4(id))
        return err_set(err, ERR_INTERNAL, "account id '%s' does not have the form of one", id);
    url = bynder_user_url(bynder, id);
    if (bynder_get(bynder, ENDPOINT_USER, url, use_user, &fresh, err) < 0)
        return -1;
    /* "No such user" is believed only of a portal that still knows us. */
    if (!fresh.found && bynder_current_user(bynder, arena, &own_id, err) < 0)
        return -1;
    if (fresh.found)
        *ret_account = account;
    if (ret_raw)
        *ret_raw = fresh.raw;
    *ret_found = fresh.found;
    return 0;
}

static size_t portal_requests(void *self)
{
    return bynder_requests(self);
}

struct portal bynder_read_only(struct bynder *bynder)
{
    return (struct portal){
        .self = bynder,
        .permit = portal_permit,
        .enter = portal_enter,
        .list = bynder_list,
        .logins = bynder_logins,
        .events = bynder_wants_events(bynder) ? bynder_events : NULL,
        .events_many = bynder_wants_events(bynder) ? bynder_events_many : NULL,
        .year = bynder->config->login_events ? bynder_year : NULL,
        .get = portal_get,
        .requests = portal_requests,
    };
}

struct portal bynder_writing(struct bynder *bynder)
{
    struct portal portal = bynder_read_only(bynder);

    if (!bynder->writes && !bynder->is_permanent)
        secret_release(&bynder->token); /* it was asked for without the scope of writing */
    bynder->writes = true;
    portal.ready = bynder_ready;
    portal.act = bynder_act;
    return portal;
}

size_t bynder_requests(const struct bynder *bynder)
{
    return http_request_count(bynder->http);
}

unsigned bynder_429s(const struct bynder *bynder)
{
    return pace_blocks(bynder->pace);
}

const char *bynder_scopes(const struct bynder *bynder)
{
    return bynder->scopes;
}

struct pace *bynder_pace(struct bynder *bynder)
{
    return bynder->pace;
}

double bynder_clock_offset(const struct bynder *bynder)
{
    return bynder->clock_offset;
}
