/*
 * What tests ask the simulator itself, below /_sim/: outside the portal's name space, neither
 * counted by the rate limit nor logged, no token needed. One table lists it all.
 */
#include "control.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/parse.h"

#include "render.h"
#include "users.h"

#define NO_ROUTE "no such control request; hint: see docs/portal-sim.md"

struct control {
    struct portal *portal;
    const struct request *request;
    struct answer *answer;
    struct form form;
    const char *segment;
};

static void answer_text(struct answer *answer, unsigned status, const char *text)
{
    answer_plain(answer, status, "text/plain; charset=utf-8", text);
    text_add_char(&answer->body, '\n');
}

static void get_log(struct control *control)
{
    const struct reqlog *log = &control->portal->log;
    control->answer->content_type = "application/x-ndjson";
    control->answer->file = log->file;
    control->answer->file_offset = (uint64_t)log->start;
}

static void get_writes(struct control *control)
{
    struct text *body = &control->answer->body;
    text_add_char(body, '[');
    text_add(body, text_cstr(&control->portal->log.write_list));
    text_add(body, "]\n");
}

static void write_rate(struct jsonw *json, const struct portal *portal)
{
    const struct rate *rate = &portal->rate;
    jsonw_key(json, "rate");
    jsonw_begin_object(json);
    jsonw_field_int(json, "limit", (int64_t)rate->limit);
    jsonw_field_double(json, "window_s", (double)rate->window_us / 1e6);
    jsonw_field_int(json, "highest_in_window", (int64_t)rate->highest);
    jsonw_field_int(json, "refused", (int64_t)rate->refused);
    jsonw_field_int(json, "blocks", (int64_t)rate->blocks);
    jsonw_field_bool(json, "blocked", rate->blocked);
    /* After each 429: seconds until the next request. The last may still be running. */
    jsonw_key(json, "silence_after_429_s");
    jsonw_begin_array(json);
    for (size_t i = 0; i < rate->silence_count; i++)
        jsonw_double(json, (double)rate->silence_us[i] / 1e6);
    jsonw_end_array(json);
    int64_t longest_us = rate->last_refused ? portal_now_us(portal) - rate->last_us : 0;
    for (size_t i = 0; i < rate->silence_count; i++)
        if (rate->silence_us[i] > longest_us)
            longest_us = rate->silence_us[i];
    jsonw_field_double(json, "longest_silence_after_429_s", (double)longest_us / 1e6);
    jsonw_end_object(json);
}

static void get_stats(struct control *control)
{
    const struct portal *portal = control->portal;
    const struct population *population = &portal->population;
    struct jsonw json = jsonw_to(&control->answer->body);
    jsonw_begin_object(&json);
    jsonw_field_int(&json, "requests", (int64_t)portal->log.requests);
    jsonw_field_int(&json, "writes", (int64_t)portal->log.writes);
    jsonw_field_int(&json, "effects", (int64_t)portal->log.effects);
    jsonw_key(&json, "endpoints");
    reqlog_write_counts(&portal->log, &json, endpoint_names);
    write_rate(&json, portal);
    jsonw_field_int(&json, "tokens_issued", (int64_t)portal->tokens.issued);
    jsonw_key(&json, "users");
    jsonw_begin_object(&json);
    jsonw_field_int(&json, "total", (int64_t)population->live);
    jsonw_field_int(&json, "active", (int64_t)population->active);
    jsonw_field_int(&json, "inactive", (int64_t)(population->live - population->active));
    jsonw_field_int(&json, "deleted", (int64_t)(population->count - population->live));
    jsonw_end_object(&json);
    jsonw_end_object(&json);
    text_add_char(&control->answer->body, '\n');
}

static void get_faults(struct control *control)
{
    struct jsonw json = jsonw_to(&control->answer->body);
    faults_write(&control->portal->faults, &json);
    text_add_char(&control->answer->body, '\n');
}

static void post_faults(struct control *control)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    if (form_get(&control->form, "clear"))
        faults_clear(&control->portal->faults);
    for (size_t i = 0; i < control->form.count; i++) {
        const struct form_field *field = &control->form.field[i];
        if (!text_equal(field->name, "clear") &&
            faults_set(&control->portal->faults, field->name, field->value, &err) < 0) {
            answer_text(control->answer, 400, err.text);
            return;
        }
    }
    get_faults(control);
}

/* --- accounts --- */

static void write_account(struct jsonw *json, const struct portal *portal, const struct user *user)
{
    CLEANUP(text_release) struct text time = TEXT_INIT;
    if (user->last_login_us != 0)
        render_time_ms(&time, user->last_login_us);
    jsonw_begin_object(json);
    jsonw_field_string(json, "id", user->id);
    jsonw_field_string(json, "username", user->username);
    jsonw_field_string(json, "email", user->email);
    jsonw_field_string(json, "email2", user->email2);
    jsonw_field_string(json, "employeeNumber", user->employee_number);
    jsonw_field_string(json, "profile", portal->population.profile[user->profile].name);
    jsonw_field_string(json, "department", user->department);
    jsonw_field_string(json, "cast", cast_name((enum cast)user->cast));
    jsonw_field_bool(json, "active", user->active);
    jsonw_field_bool(json, "deleted", user->deleted);
    jsonw_field_string(json, "lastLogin", user->last_login_us ? text_cstr(&time) : NULL);
    jsonw_end_object(json);
}

static void get_users(struct control *control)
{
    const struct population *population = &control->portal->population;
    control->answer->content_type = "application/x-ndjson";
    for (size_t i = 0; i < population->count; i++) {
        struct jsonw json = jsonw_to(&control->answer->body);
        write_account(&json, control->portal, &population->user[population->order[i]]);
        text_add_char(&control->answer->body, '\n');
    }
}

static struct user *find_user(struct control *control)
{
    struct population *population = &control->portal->population;
    CLEANUP(mem_cleanup)
    char *name = percent_decode(control->segment, strlen(control->segment), false);
    struct user *user = name ? population_by_id(population, name) : NULL;
    if (name && !user)
        user = population_by_username(population, name);
    if (!user)
        answer_text(control->answer, 404, "no such user");
    return user;
}

static void get_user(struct control *control)
{
    const struct user *user = find_user(control);
    if (!user)
        return;
    struct jsonw json = jsonw_to(&control->answer->body);
    write_account(&json, control->portal, user);
    text_add_char(&control->answer->body, '\n');
}

/* A time in any of the portal's forms; "" or "never": never; else the text itself is what the
 * portal will show. */
static void set_last_login(struct portal *portal, struct user *user, const char *value)
{
    struct instant instant = INSTANT_NONE;
    bool known =
        *value == '\0' || text_equal(value, "never") || instant_parse_bynder(value, &instant);
    user->last_login_raw = known ? NULL : population_text(&portal->population, value);
    if (known)
        user->last_login_us = instant.us;
}

static bool set_deactivated(struct user *user, const char *value)
{
    struct instant instant = INSTANT_NONE;
    bool good = instant_parse_bynder(value, &instant);
    if (good)
        user->deactivated_us = instant.us;
    return good;
}

/* "downloads 2026-11-20T10:00:00Z": by API, weekly up to then; "": none. */
static bool set_activity(struct user *user, const char *value)
{
    CLEANUP(text_release) struct text word = TEXT_INIT;
    struct instant at = INSTANT_NONE;
    size_t length = strcspn(value, " ");
    text_add_bytes(&word, value, length);
    enum event_sort sort = event_sort_of(text_cstr(&word));
    if (*value && (sort == EVENT_SORTS || sort == EVENT_LOGINS || !value[length] ||
                   !instant_parse_bynder(value + length + 1, &at)))
        return false;
    user->active_sort = (uint8_t)(*value ? sort : EVENT_LOGINS);
    user->active_us = *value ? at.us : 0;
    return true;
}

/* What only the simulator knows; NULL, or what is wrong. */
static const char *set_own_fields(struct user *user, const struct form *form)
{
    const char *value;
    int64_t habit = 0;
    if ((value = form_get(form, "deactivated")) && !set_deactivated(user, value))
        return "field 'deactivated' is no time";
    if ((value = form_get(form, "created")) && !day_parse_iso(value, &user->created))
        return "field 'created' is no day";
    if ((value = form_get(form, "activity")) && !set_activity(user, value))
        return "field 'activity' wants a sort of event and a time";
    if ((value = form_get(form, "habit"))) {
        if (!parse_int(value, 0, UINT8_MAX, &habit))
            return "field 'habit' wants a number from 0 to 255";
        user->habit = (uint8_t)habit;
    }
    return NULL;
}

/* false with an answer that says what is wrong. */
static bool apply_change(struct control *control, struct user *user, const struct form *form)
{
    struct portal *portal = control->portal;
    const char *value;
    if (!users_check_form(portal, user, form, control->answer))
        return false;
    users_apply_form(portal, user, form);
    if ((value = form_get(form, "email2")))
        user->email2 = population_text(&portal->population, value);
    if ((value = form_get(form, "employeeNumber")))
        user->employee_number = population_text(&portal->population, value);
    population_unlist(user);
    if ((value = form_get(form, "lastLogin")))
        set_last_login(portal, user, value);
    if ((value = set_own_fields(user, form))) {
        answer_text(control->answer, 400, value);
        return false;
    }
    if (form_get(form, "delete"))
        population_delete(&portal->population, user);
    return true;
}

static void change_user(struct control *control, struct user *user)
{
    if (!apply_change(control, user, &control->form))
        return;
    struct jsonw json = jsonw_to(&control->answer->body);
    write_account(&json, control->portal, user);
    text_add_char(&control->answer->body, '\n');
}

static void post_user(struct control *control)
{
    struct user *user = find_user(control);
    if (user)
        change_user(control, user);
}

static void post_users(struct control *control)
{
    change_user(control, population_add_employee(&control->portal->population, false));
}

/* The names of the form are users, its values are forms: many are changed in one request. Those
 * before a mistake are changed. */
static void post_changes(struct control *control)
{
    for (size_t i = 0; i < control->form.count; i++) {
        const struct form_field *field = &control->form.field[i];
        struct form form = {.count = 0};
        struct user *user = population_by_id(&control->portal->population, field->name);
        bool good = user && form_parse(&form, field->value);
        if (!good)
            answer_text(control->answer, user ? 400 : 404, field->name);
        good = good && apply_change(control, user, &form);
        form_release(&form);
        if (!good)
            return;
    }
    answer_text(control->answer, 200, "ok");
}

/* --- clock, reset --- */

/* To a moment that is not behind the clock: tokens and waits cannot go back. */
static void set_clock(struct control *control, const char *value)
{
    struct portal *portal = control->portal;
    struct instant at = INSTANT_NONE;
    int64_t now_us = portal_wall_us(portal);
    if (!instant_parse_bynder(value, &at) || at.us < now_us) {
        answer_text(control->answer, 400, "field 'at' wants a time, not before the portal's");
        return;
    }
    portal->offset_us += at.us - now_us;
    portal->clock_set = true;
    answer_text(control->answer, 200, "ok");
}

static void post_clock(struct control *control)
{
    double seconds = 0;
    const char *at = form_get(&control->form, "at");
    const char *value = form_get(&control->form, "advance");
    if (at) {
        set_clock(control, at);
        return;
    }
    if (!value || !parse_double(value, 0, 1e9, &seconds)) {
        answer_text(control->answer, 400, "field 'advance' wants seconds, 0 or more");
        return;
    }
    control->portal->offset_us += (int64_t)(seconds * 1e6);
    answer_text(control->answer, 200, "ok");
}

static void post_reset(struct control *control)
{
    portal_reset(control->portal);
    answer_text(control->answer, 200, "ok");
}

static const struct {
    const char *method, *path;
    bool segment;
    void (*handler)(struct control *control);
} controls[] = {
    {"GET", "/_sim/log", false, get_log},         {"GET", "/_sim/writes", false, get_writes},
    {"GET", "/_sim/stats", false, get_stats},     {"GET", "/_sim/faults", false, get_faults},
    {"POST", "/_sim/faults", false, post_faults}, {"GET", "/_sim/users", false, get_users},
    {"POST", "/_sim/users", false, post_users},   {"GET", "/_sim/users/", true, get_user},
    {"POST", "/_sim/users/", true, post_user},    {"POST", "/_sim/clock", false, post_clock},
    {"POST", "/_sim/reset", false, post_reset},   {"POST", "/_sim/changes", false, post_changes},
};

void control_answer(struct portal *portal, const struct request *request, struct answer *answer)
{
    struct control control = {.portal = portal, .request = request, .answer = answer};
    if (!form_parse(&control.form, text_cstr(&request->body))) {
        form_release(&control.form);
        answer_text(answer, 400, "unreadable form");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(controls); i++) {
        bool fits = controls[i].segment ? text_starts(request->path, controls[i].path)
                                        : text_equal(request->path, controls[i].path);
        if (!fits || !text_equal(request->method, controls[i].method))
            continue;
        control.segment = request->path + strlen(controls[i].path);
        controls[i].handler(&control);
        form_release(&control.form);
        return;
    }
    form_release(&control.form);
    answer_text(answer, 404, NO_ROUTE);
}
