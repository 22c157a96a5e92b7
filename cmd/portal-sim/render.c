/*
 * Items are written straight from the population, so a page costs no memory but its own text.
 */
#include "render.h"

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/text.h"

/* The first day a form may show as the future. */
#define FUTURE_DAYS 730

struct moment {
    int year, month, day, hour, minute, second, millisecond;
};

static struct moment split(int64_t us)
{
    struct day epoch = DAY_NONE;
    (void)day_from_civil(1970, 1, 1, &epoch);
    int64_t in_day = us % DAY_US;
    struct moment moment = {.hour = (int)(in_day / (3600 * SECOND_US)),
                            .minute = (int)(in_day / (60 * SECOND_US) % 60),
                            .second = (int)(in_day / SECOND_US % 60),
                            .millisecond = (int)(in_day / 1000 % 1000)};
    day_to_civil(day_add(epoch, (int)(us / DAY_US)), &moment.year, &moment.month, &moment.day);
    return moment;
}

void render_time_ms(struct text *text, int64_t us)
{
    struct moment at = split(us);
    text_addf(text, "%04d-%02d-%02dT%02d:%02d:%02d.%03d+00:00", at.year, at.month, at.day, at.hour,
              at.minute, at.second, at.millisecond);
}

void render_time_zulu_ms(struct text *text, int64_t us)
{
    struct moment at = split(us);
    text_addf(text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", at.year, at.month, at.day, at.hour,
              at.minute, at.second, at.millisecond);
}

void render_http_date(struct text *text, int64_t us)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct moment at = split(us);
    struct day day = DAY_NONE;
    (void)day_from_civil(at.year, at.month, at.day, &day);
    text_addf(text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[day_of_week(day) - 1], at.day,
              months[at.month - 1], at.year, at.hour, at.minute, at.second);
}

static void add_time_words(struct text *text, const struct moment *at)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    text_addf(text, "%s, %02d %04d %02d:%02d:%02d +0000", months[at->month - 1], at->day, at->year,
              at->hour, at->minute, at->second);
}

static enum last_login_form form_for(enum last_login_form form, const struct user *user)
{
    if (form == LOGIN_MIXED)
        return (enum last_login_form)(user->ordinal % (LOGIN_EPOCH_MS_TEXT + 1));
    if (form == LOGIN_ALL)
        return (enum last_login_form)(user->ordinal % LOGIN_MIXED);
    return form;
}

static void write_time(struct jsonw *json, int64_t us, const char *behind)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct moment at = split(us);
    text_addf(&text, "%04d-%02d-%02dT%02d:%02d:%02d%s", at.year, at.month, at.day, at.hour,
              at.minute, at.second, behind);
    jsonw_field_string(json, "lastLogin", text_cstr(&text));
}

static void write_time_ms(struct jsonw *json, int64_t us)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    render_time_ms(&text, us);
    jsonw_field_string(json, "lastLogin", text_cstr(&text));
}

static void write_time_words(struct jsonw *json, int64_t us)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct moment at = split(us);
    add_time_words(&text, &at);
    jsonw_field_string(json, "lastLogin", text_cstr(&text));
}

static void write_epoch_text(struct jsonw *json, int64_t us)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    text_addf(&text, "%lld", (long long)(us / 1000));
    jsonw_field_string(json, "lastLogin", text_cstr(&text));
}

static void write_login(struct jsonw *json, const struct user *user, enum last_login_form form,
                        int64_t now_us)
{
    int64_t us = user->last_login_us;
    switch (form_for(form, user)) {
    case LOGIN_RFC3339_MS:
        write_time_ms(json, us);
        break;
    case LOGIN_RFC3339:
        write_time(json, us, "+00:00");
        break;
    case LOGIN_ZULU:
        write_time(json, us, "Z");
        break;
    case LOGIN_NO_ZONE:
        write_time(json, us, "");
        break;
    case LOGIN_WORDS:
        write_time_words(json, us);
        break;
    case LOGIN_EPOCH_MS:
        jsonw_field_int(json, "lastLogin", us / 1000);
        break;
    case LOGIN_EPOCH_MS_TEXT:
        write_epoch_text(json, us);
        break;
    case LOGIN_NULL:
        jsonw_field_null(json, "lastLogin");
        break;
    case LOGIN_MISSING:
        break;
    case LOGIN_EMPTY:
        jsonw_field_string(json, "lastLogin", "");
        break;
    case LOGIN_GARBAGE:
        jsonw_field_string(json, "lastLogin", "a while ago");
        break;
    case LOGIN_FUTURE:
        write_time_ms(json, now_us + FUTURE_DAYS * DAY_US);
        break;
    case LOGIN_MIXED:
    case LOGIN_ALL:
        break;
    }
}

static void write_last_login(struct jsonw *json, const struct population *population,
                             const struct user *user, const struct render_forms *forms)
{
    struct day epoch = DAY_NONE;
    (void)day_from_civil(1970, 1, 1, &epoch);
    if (user->last_login_raw)
        jsonw_field_string(json, "lastLogin", user->last_login_raw);
    else if (user->last_login_us != 0)
        write_login(json, user, forms->last_login,
                    (int64_t)day_between(epoch, population->today) * DAY_US);
    else if (forms->never == 1)
        jsonw_field_null(json, "lastLogin");
    else if (forms->never == 2)
        jsonw_field_string(json, "lastLogin", "");
}

static void write_active(struct jsonw *json, bool active, enum active_form form)
{
    switch (form) {
    case ACTIVE_INT:
        jsonw_field_int(json, "active", active);
        break;
    case ACTIVE_BOOL:
        jsonw_field_bool(json, "active", active);
        break;
    case ACTIVE_STRING:
        jsonw_field_string(json, "active", active ? "1" : "0");
        break;
    case ACTIVE_QUOTED_BOOL:
        jsonw_field_string(json, "active", active ? "true" : "false");
        break;
    case ACTIVE_GARBAGE:
        jsonw_field_string(json, "active", "perhaps");
        break;
    case ACTIVE_MISSING:
        break;
    }
}

static void write_groups(struct jsonw *json, const struct population *population,
                         const struct user *user)
{
    jsonw_key(json, "groups");
    jsonw_begin_array(json);
    for (unsigned g = 0; g < GROUPS_COUNT; g++) {
        if (!(user->groups & 1U << g))
            continue;
        jsonw_begin_object(json);
        jsonw_field_string(json, "id", population->group[g].id);
        jsonw_field_string(json, "name", population->group[g].name);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

void render_list_item(struct jsonw *json, const struct population *population,
                      const struct user *user, const struct render_forms *forms)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;
    population_add_name(&name, user->given, user->infix, user->family);
    jsonw_begin_object(json);
    jsonw_field_string(json, "id", user->id);
    jsonw_field_string(json, "username", user->username);
    jsonw_field_string(json, "email", user->email);
    jsonw_field_string(json, "email2", user->email2);
    jsonw_field_string(json, "name", text_cstr(&name));
    write_active(json, user->active,
                 forms->active < 0 ? ACTIVE_INT : (enum active_form)forms->active);
    jsonw_field_bool(json, "isSSOOnly", user->sso_only);
    jsonw_field_string(json, "profileId", population->profile[user->profile].id);
    write_groups(json, population, user);
    jsonw_field_string(json, "employeeNumber", user->employee_number);
    jsonw_field_string(json, "salesrepId", "");
    jsonw_field_string(json, "timeZone", user->culture->time_zone);
    jsonw_field_string(json, "website", "");
    jsonw_field_string(json, "country", user->culture->country);
    jsonw_end_object(json);
}

/* Fields that a portal fills for hardly anybody. */
static void write_rest(struct jsonw *json)
{
    static const char *const empty[] = {"departmentCode", "cellphoneNumber", "legalEntity",
                                        "address",        "postalCode",      "county",
                                        "state"};
    for (size_t i = 0; i < COUNT_OF(empty); i++)
        jsonw_field_string(json, empty[i], "");
    jsonw_field_string(json, "gender", "");
    jsonw_field_bool(json, "persisted", true);
    jsonw_field_string(json, "terms", "");
}

static void write_user(struct jsonw *json, const struct population *population,
                       const struct user *user, const struct render_forms *forms, bool whole)
{
    jsonw_begin_object(json);
    jsonw_field_string(json, "id", user->id);
    jsonw_field_string(json, "username", user->username);
    jsonw_field_string(json, "email", user->email);
    jsonw_field_string(json, "firstname", user->given);
    if (whole)
        jsonw_field_string(json, "infix", user->infix);
    jsonw_field_string(json, "lastname", user->family);
    write_active(json, user->active,
                 forms->active < 0 ? ACTIVE_BOOL : (enum active_form)forms->active);
    jsonw_field_bool(json, "isSSOOnly", user->sso_only);
    jsonw_field_string(json, "profileId", population->profile[user->profile].id);
    if (whole)
        write_groups(json, population, user);
    write_last_login(json, population, user, forms);
    jsonw_field_string(json, "language", user->language ? user->language : user->culture->language);
    jsonw_field_string(json, "timeZone", user->culture->time_zone);
    jsonw_field_string(json, "department", user->department);
    jsonw_field_string(json, "job", user->job);
    jsonw_field_string(json, "companyName", user->company);
    jsonw_field_string(json, "phoneNumber", user->phone);
    jsonw_field_string(json, "costCenter", user->cost_center);
    jsonw_field_string(json, "employeeNumber", user->employee_number);
    jsonw_field_string(json, "city", user->culture->city);
    jsonw_field_string(json, "country", user->culture->country);
    write_rest(json);
    jsonw_end_object(json);
}

void render_user(struct jsonw *json, const struct population *population, const struct user *user,
                 const struct render_forms *forms)
{
    write_user(json, population, user, forms, true);
}

void render_current_user(struct jsonw *json, const struct population *population,
                         const struct user *user, const struct render_forms *forms)
{
    write_user(json, population, user, forms, false);
}

void render_profile(struct jsonw *json, const struct profile *profile)
{
    jsonw_begin_object(json);
    jsonw_field_string(json, "name", profile->name);
    jsonw_field_string(json, "id", profile->id);
    jsonw_key(json, "roles");
    jsonw_begin_array(json);
    for (size_t i = 0; profile->roles[i]; i++)
        jsonw_string(json, profile->roles[i]);
    jsonw_end_array(json);
    jsonw_end_object(json);
}
