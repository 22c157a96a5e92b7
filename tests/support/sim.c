/*
 * The client under test is a new one for every collection, so nothing of an earlier one (token,
 * pace, connections) helps or hinders.
 */
#include "sim.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/table.h"
#include "host/file.h"
#include "test.h"

enum {
    OPTIONS_LIMIT = 60,
    SIM_PATIENCE_US = 600000, /* what fails for good shall not take its minutes */
};

static void put_json(struct json_object **json)
{
    (void)json_object_put(*json);
}

void sim_default_config(struct sim *sim)
{
    sim->config = (struct config_portal){
        .name = "sim",
        .url = sim->url,
        .loopback = true,
        .client_id = "demo",
        .client_secret = {.file = sim->secret_path},
        .silence_after_429 = 1.2,
        .page_size = 20,
        .connections = 4,
        .login_events = true,
        .include_inactive = "true",
        .timeout = 5,
    };
}

void sim_start(struct sim *sim, const char *const *options)
{
    const char *all[OPTIONS_LIMIT] = {"--today", SIM_TODAY, "--rate-limit", "0"};
    struct text url = TEXT_INIT;

    for (size_t i = 0; options[i]; i++)
        all[4 + i] = options[i];
    if (!sim->probe.directory)
        probe_prepare(&sim->probe);
    probe_start(&sim->probe, all);
    text_addf(&url, "http://127.0.0.1:%u", sim->probe.port);
    sim->url = text_take(&url);
    sim->secret_path = sim_file(sim, "client-secret", "demo-secret\n");
    sim_default_config(sim);
}

int sim_stop(struct sim *sim)
{
    int status = probe_stop(&sim->probe);

    free(sim->url);
    free(sim->secret_path);
    return status;
}

void sim_stop_quietly(struct sim *sim)
{
    (void)sim_stop(sim);
}

void sim_reset(struct sim *sim)
{
    probe_control(&sim->probe, "/_sim/reset", "");
    sim_default_config(sim);
}

void sim_fault(struct sim *sim, const char *pair)
{
    probe_fault(&sim->probe, pair);
}

char *sim_file(struct sim *sim, const char *name, const char *content)
{
    char *path = probe_path(&sim->probe, name);
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (file_write(path, 0600, content, strlen(content), &err) < 0)
        fail_msg("%s", err.text);
    return path;
}

double sim_stat(struct sim *sim, const char *path)
{
    CLEANUP(put_json) struct json_object *stats = probe_control_json(&sim->probe, "/_sim/stats");
    struct json_object *value = stats;

    while (*path) {
        size_t length = strcspn(path, ".");
        CLEANUP(mem_cleanup) char *key = mem_strndup(path, length);

        if (!json_object_object_get_ex(value, key, &value))
            fail_msg("no statistic '%s'", key);
        path += length + (path[length] ? 1 : 0);
    }
    return json_object_get_double(value);
}

static void note_progress(void *context, const char *what, size_t done, size_t total)
{
    struct collected *collected = context;

    (void)what;
    assert_true(total == 0 || done <= total + 1000);
    collected->progressed++;
}

static int run_stages(struct bynder *bynder, struct collected *collected)
{
    struct portal portal = bynder_read_only(bynder);
    struct progress progress = {.report = note_progress, .context = collected};
    struct snapshot *snapshot = &collected->snapshot;
    CLEANUP(mem_cleanup) size_t *index = NULL;

    assert_null(portal.act);
    collected->failed_at = SIM_LOGIN;
    if (portal.enter(portal.self, &collected->arena, snapshot, &collected->err) < 0)
        return -1;
    collected->failed_at = SIM_LIST;
    if (portal.list(portal.self, &collected->arena, &progress, snapshot, &collected->err) < 0)
        return -1;
    collected->failed_at = SIM_LOGINS;
    index = mem_calloc(snapshot->count, sizeof(index[0]));
    for (size_t i = 0; i < snapshot->count; i++)
        index[i] = i;
    return portal.logins(portal.self, &collected->arena, &progress, index, snapshot->count,
                         snapshot, &collected->err);
}

void sim_collect(struct sim *sim, struct collected *ret_collected)
{
    struct bynder_setup setup = {.config = &sim->config, .patience_us = SIM_PATIENCE_US};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    struct collected *collected = ret_collected;

    *collected = (struct collected){.failed_at = SIM_NEW};
    if (bynder_new(&setup, &bynder, &collected->err) < 0)
        return;
    if (run_stages(bynder, collected) == 0)
        collected->failed_at = SIM_DONE;
    collected->requests = bynder_requests(bynder);
    collected->blocks = bynder_429s(bynder);
    collected->clock_offset = bynder_clock_offset(bynder);
    if (bynder_scopes(bynder))
        collected->scopes = mem_strdup(bynder_scopes(bynder));
}

void collected_release(struct collected *collected)
{
    arena_release(&collected->arena);
    err_release(&collected->err);
    free(collected->scopes);
}

void sim_assert_complete(const struct collected *collected)
{
    if (collected->failed_at != SIM_DONE)
        fail_msg("stage %d: %s", (int)collected->failed_at, collected->err.text);
    if (!collected->snapshot.complete)
        fail_msg("incomplete: %s", collected->snapshot.incomplete_reason);
    assert_null(collected->snapshot.incomplete_reason);
}

static const char *text_member(struct json_object *user, const char *key)
{
    struct json_object *value = NULL;
    const char *text;

    if (!json_object_object_get_ex(user, key, &value) || !value)
        return NULL;
    text = json_object_get_string(value);
    return *text ? text : NULL;
}

static bool flag_member(struct json_object *user, const char *key)
{
    struct json_object *value = NULL;

    return json_object_object_get_ex(user, key, &value) && json_object_get_boolean(value);
}

static void check_text(const char *id, const char *what, const char *got, const char *wanted)
{
    if (!text_equal(got, wanted))
        fail_msg("account %s: %s is '%s', not '%s'", id, what, got ? got : "(none)",
                 wanted ? wanted : "(none)");
}

static void check_login(const struct account *account, struct json_object *user,
                        struct sim_allowance allowance)
{
    const char *wanted = text_member(user, "lastLogin");
    struct instant at = INSTANT_NONE;

    switch (account->login.kind) {
    case LOGIN_NOT_READ:
    case LOGIN_UNREADABLE:
        if (!allowance.unreadable)
            fail_msg("account %s: last login was not read", account->id);
        break;
    case LOGIN_NEVER:
        if (wanted && !allowance.logins_lie)
            fail_msg("account %s: never logged in, but did at %s", account->id, wanted);
        break;
    case LOGIN_KNOWN:
        assert_true(!wanted || instant_parse_bynder(wanted, &at));
        /* Some forms end at the second. */
        if (!allowance.logins_lie && account->login.at.us / SECOND_US != at.us / SECOND_US)
            fail_msg("account %s: last login differs from %s", account->id,
                     wanted ? wanted : "(never)");
        break;
    }
}

static void check_account(const struct account *account, struct json_object *user,
                          struct sim_allowance allowance)
{
    enum account_status wanted = flag_member(user, "active") ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE;

    check_text(account->id, "username", account->username, text_member(user, "username"));
    check_text(account->id, "email", account->email, text_member(user, "email"));
    check_text(account->id, "employee number", account->employee_number,
               text_member(user, "employeeNumber"));
    if (account->status != wanted && !(allowance.unreadable && account->status == 0))
        fail_msg("account %s: status is %d, not %d", account->id, (int)account->status,
                 (int)wanted);
    if ((account->status == ACCOUNT_UNREADABLE) != (account_alike(account)->flaw != NULL) &&
        account_id_is_v4(account->id))
        fail_msg("account %s: flaw '%s' does not fit its status", account->id,
                 account_alike(account)->flaw ? account_alike(account)->flaw : "(none)");
    check_login(account, user, allowance);
}

static size_t index_accounts(const struct snapshot *snapshot, struct table *table)
{
    table_init(table, snapshot->count);
    for (size_t i = 0; i < snapshot->count; i++) {
        if (table_find(table, snapshot->account[i].id) != TABLE_END)
            fail_msg("account %s stands twice in the snapshot", snapshot->account[i].id);
        table_add(table, snapshot->account[i].id, (uint32_t)i);
    }
    return snapshot->count;
}

void sim_assert_true(struct sim *sim, const struct collected *collected,
                     struct sim_allowance allowance)
{
    struct reply reply = probe_ask(&sim->probe, "GET", "/_sim/users", NULL, NULL, NULL);
    CLEANUP(table_release) struct table table = {.count = 0};
    size_t unmatched = index_accounts(&collected->snapshot, &table);

    for (char *line = reply.body.data, *next; line && *line; line = next) {
        CLEANUP(put_json) struct json_object *user = NULL;
        uint32_t entry;

        next = line + strcspn(line, "\n");
        if (*next)
            *next++ = '\0';
        user = json_tokener_parse(line);
        entry = table_find(&table, text_member(user, "id"));
        if (entry == TABLE_END && !allowance.missing && !flag_member(user, "deleted"))
            fail_msg("account %s is missing", text_member(user, "id"));
        if (entry == TABLE_END)
            continue;
        unmatched--;
        check_account(&collected->snapshot.account[table_value(&table, entry)], user, allowance);
    }
    reply_release(&reply);
    if (unmatched > 0 && !allowance.missing)
        fail_msg("%zu accounts of the snapshot are unknown to the portal", unmatched);
}

void sim_assert_no_writes(struct sim *sim)
{
    assert_true(sim_stat(sim, "writes") == 0);
}
