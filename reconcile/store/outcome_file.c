/*
 * The name of a file is `outcome-PORTAL-PLAN-POSITION.json`, so an act has one file at most and a
 * second attempt to keep it replaces the first. Reading takes them in order of name.
 */
#include "store/outcome_file.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "format/json.h"
#include "host/file.h"
#include "store/step.h"

#define OUTCOME_FILE_LIMIT 65536 /* bytes of one file: a reason is at most a few hundred */

/* `outcome-PORTAL-` */
static void add_prefix(struct text *text, const struct config *config)
{
    text_add(text, "outcome-");
    config_add_portal(text, config);
    text_add_char(text, '-');
}

static void write_json(struct text *out, const struct config *config, const struct store_step *step,
                       const struct store_outcome *outcome, struct instant now)
{
    struct jsonw json = jsonw_to(out);

    jsonw_begin_object(&json);
    jsonw_field_string(&json, "portal", config->portal.name);
    jsonw_field_int(&json, "plan", outcome->plan_id);
    jsonw_field_int(&json, "position", outcome->position);
    jsonw_field_string(&json, "account_id", step->account_id);
    jsonw_field_string(&json, "action", action_name(step->aim.action));
    jsonw_field_string(&json, "state", step_state_name(outcome->state));
    jsonw_field_string(&json, "reason", outcome->reason);
    jsonw_field_int(&json, "status", outcome->status);
    jsonw_field_bool(&json, "accepted", outcome->accepted);
    jsonw_field_int(&json, "at_us", now.us);
    jsonw_end_object(&json);
    text_add_char(out, '\n');
}

void outcome_file_keep(const struct config *config, const struct store_step *step,
                       const struct store_outcome *outcome, struct instant now, struct err *err)
{
    CLEANUP(err_release) struct err own = ERR_INIT;
    CLEANUP(text_release) struct text json = TEXT_INIT;
    CLEANUP(text_release) struct text name = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = NULL;

    write_json(&json, config, step, outcome, now);
    add_prefix(&name, config);
    text_addf(&name, "%lld-%lld.json", (long long)outcome->plan_id, (long long)outcome->position);
    path = file_join(config_state_directory(config), text_cstr(&name));
    if (file_make_directory(config_state_directory(config), STATE_DIRECTORY_MODE, &own) == 0 &&
        file_write(path, 0600, text_cstr(&json), json.length, &own) == 0)
        (void)err_prefix(err, "%s of account '%s' is %s, kept in '%s' for the next run",
                         action_name(step->aim.action), step->account_id,
                         step_state_name(outcome->state), path);
    else
        (void)err_prefix(
            err,
            "%s of account '%s' is %s, and that could not be kept anywhere (%s): write "
            "it down",
            action_name(step->aim.action), step->account_id, step_state_name(outcome->state),
            own.text);
}

/* --- reading --- */

static int parse(struct arena *arena, const struct config *config, const struct text *text,
                 struct store_outcome *ret_outcome, struct instant *ret_at, struct err *err)
{
    CLEANUP(json_freep) struct json_object *json = NULL;
    struct store_outcome outcome = {.reason = NULL};
    const char *portal = NULL, *state = NULL;
    int64_t status = 0, at = 0;

    if (json_parse_object(text_cstr(text), text->length, &json, err) < 0)
        return -1;
    if (json_string(json, "portal", 4096, arena, &portal) != JSON_FOUND ||
        json_string(json, "state", 32, arena, &state) != JSON_FOUND ||
        json_integer(json, "plan", 1, INT64_MAX, &outcome.plan_id) != JSON_FOUND ||
        json_integer(json, "position", 1, INT64_MAX, &outcome.position) != JSON_FOUND ||
        json_integer(json, "status", 0, 999, &status) != JSON_FOUND ||
        json_integer(json, "at_us", 1, INT64_MAX, &at) != JSON_FOUND ||
        !step_state_parse(state, &outcome.state) || !text_equal(portal, config->portal.name))
        return err_set(err, ERR_INTERNAL, "it is not the outcome of an act of this portal");
    (void)json_string(json, "reason", 32768, arena, &outcome.reason);
    (void)json_flag(json, "accepted", &outcome.accepted); /* files of before do not tell */
    outcome.status = status;
    *ret_outcome = outcome;
    *ret_at = (struct instant){at};
    return 0;
}

typedef int take_function(void *context, const struct store_outcome *outcome, struct instant at,
                          struct err *err);

static int take_file(struct arena *arena, const struct config *config, const char *path,
                     take_function *take, void *context, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct store_outcome outcome;
    struct instant at;

    if (file_read(path, OUTCOME_FILE_LIMIT, ERR_INTERNAL, &text, NULL, err) < 0)
        return -1;
    if (parse(arena, config, &text, &outcome, &at, err) < 0)
        return err_prefix(err, "outcome file '%s'", path);
    int answer = take(context, &outcome, at, err);
    if (answer < 0)
        return err_prefix(err, "outcome file '%s'", path);
    if (answer == OUTCOME_SET_ASIDE) {
        CLEANUP(text_release) struct text aside = TEXT_INIT;
        text_addf(&aside, "%s.aside", strrchr(path, '/') + 1);
        if (file_rename(path, text_cstr(&aside)) == 0)
            return 0;
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot rename '%s'", path);
    }
    if (file_remove(path) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot remove '%s'", path);
    return 0;
}

struct taking {
    struct arena *arena;
    const struct config *config;
    take_function *take;
    void *context;
};

static int take_whole(void *context, const char *path, const char *rest, struct err *err)
{
    const struct taking *taking = context;

    if (!text_equal(strrchr(rest, '.'), ".json"))
        return 0;
    return take_file(taking->arena, taking->config, path, taking->take, taking->context, err);
}

int outcome_file_each(struct arena *arena, const struct config *config, take_function *take,
                      void *context, struct err *err)
{
    struct taking taking = {.arena = arena, .config = config, .take = take, .context = context};

    /* While an outcome could not be kept nothing may be done: that is to be known before. */
    if (file_make_directory(config_state_directory(config), STATE_DIRECTORY_MODE, err) < 0)
        return err_prefix(err, "apply.state_directory");
    return outcome_file_visit(config, take_whole, &taking, err);
}

/* --- forgetting --- */

int outcome_file_visit(const struct config *config, file_visit *visit, void *context,
                       struct err *err)
{
    CLEANUP(text_release) struct text prefix = TEXT_INIT;

    add_prefix(&prefix, config);
    return file_each(config_state_directory(config), text_cstr(&prefix), visit, context, err);
}

int outcome_file_each_draft(const struct config *config, file_visit *visit, void *context,
                            struct err *err)
{
    CLEANUP(text_release) struct text prefix = TEXT_INIT;

    text_add_char(&prefix, '.');
    add_prefix(&prefix, config);
    if (file_each(config_state_directory(config), text_cstr(&prefix), visit, context, err) < 0)
        return -1;
    return file_each(config_state_directory(config), FILE_DRAFT, visit, context, err);
}

int outcome_file_forget(const char *path, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    CLEANUP(json_freep) struct json_object *json = NULL;

    if (file_read(path, OUTCOME_FILE_LIMIT, ERR_INTERNAL, &text, NULL, err) < 0)
        return -1;
    if (json_parse_object(text_cstr(&text), text.length, &json, err) < 0)
        return err_prefix(err, "outcome file '%s'", path);
    if (json_object_object_add(json, "reason", json_object_new_string("(erased)")) < 0)
        return err_set(err, ERR_INTERNAL, "outcome file '%s': cannot be changed", path);
    text_clear(&text);
    text_addf(&text, "%s\n", json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN));
    return file_write(path, 0600, text_cstr(&text), text.length, err);
}
