/*
 * Users: listing by pages, reading, changing, deleting. What a change looks like to a reader is
 * decided in one place (users_apply_form), at once or when its delay has passed.
 */
#include "users.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/parse.h"

#include "render.h"

#define REACTIVATION_US (180 * DAY_US) /* API.md 1.5 */
#define PAGE_LIMIT_MAX  1000000

static struct render_forms forms_of(struct call *call)
{
    struct render_forms forms = {.active = -1};
    const struct fault *fault = call_fault(call, FAULT_ACTIVE_FORM);
    if (fault)
        forms.active = (int)fault->number;
    fault = call_fault(call, FAULT_LAST_LOGIN_FORM);
    if (fault)
        forms.last_login = (enum last_login_form)fault->number;
    fault = call_fault(call, FAULT_NEVER_FORM);
    if (fault)
        forms.never = (int)fault->number;
    return forms;
}

/* --- the list --- */

static void write_bad_item(struct jsonw *json, enum bad_item form)
{
    switch (form) {
    case BAD_STRING:
        jsonw_string(json, "user");
        return;
    case BAD_NULL:
        jsonw_null(json);
        return;
    case BAD_NUMBER:
        jsonw_int(json, 17);
        return;
    case BAD_NO_ID:
    case BAD_ID_NUMBER:
    case BAD_ID_FORM:
        break;
    }
    jsonw_begin_object(json);
    if (form == BAD_ID_NUMBER)
        jsonw_field_int(json, "id", 1234567);
    if (form == BAD_ID_FORM)
        jsonw_field_string(json, "id", "1a84d758-2b3a-141f-8f07-d71aa1f223bd");
    jsonw_field_string(json, "username", "unreadable");
    jsonw_field_string(json, "email", "unreadable@" MAIL_DOMAIN);
    jsonw_field_int(json, "active", 1);
    jsonw_end_object(json);
}

/* The users of one page, as ordinals. */
struct page {
    uint32_t *ordinal;
    size_t count;
};

static struct page collect_page(const struct population *population, bool inactive_too, size_t skip,
                                size_t limit)
{
    size_t total = inactive_too ? population->live : population->active;
    size_t room = skip >= total ? 0 : total - skip < limit ? total - skip : limit;
    struct page page = {.ordinal = mem_calloc(room + 1, sizeof(uint32_t))};
    for (size_t i = 0; i < population->count && page.count < room; i++) {
        const struct user *user = &population->user[population->order[i]];
        if (user->deleted || !(inactive_too || user->active))
            continue;
        if (skip > 0)
            skip--;
        else
            page.ordinal[page.count++] = user->ordinal;
    }
    return page;
}

/* Who asks for the list asks for it again, and little of it has changed by then. */
static void write_item(struct jsonw *json, const struct population *population, struct user *user,
                       const struct render_forms *forms)
{
    if (forms->active >= 0) {
        render_list_item(json, population, user, forms);
        return;
    }
    if (!user->listed) {
        CLEANUP(text_release) struct text item = TEXT_INIT;
        struct jsonw alone = jsonw_to(&item);
        render_list_item(&alone, population, user, forms);
        user->listed = mem_strdup(text_cstr(&item)); /* no more than it takes */
    }
    jsonw_raw(json, user->listed);
}

static void write_page(struct call *call, const struct page *page)
{
    struct population *population = &call->portal->population;
    struct render_forms forms = forms_of(call);
    const struct fault *bad = page->count > 0 ? call_fault(call, FAULT_BAD_ITEM) : NULL;
    bool twice = page->count > 1 && call_fault(call, FAULT_DUPLICATE_IDS);
    struct jsonw json = jsonw_to(&call->answer->body);
    jsonw_begin_array(&json);
    for (size_t i = 0; i < page->count; i++) {
        size_t shown = twice && i == 1 ? 0 : i;
        if (bad && i == page->count / 2)
            write_bad_item(&json, (enum bad_item)bad->number);
        else
            write_item(&json, population, &population->user[page->ordinal[shown]], &forms);
    }
    jsonw_end_array(&json);
}

/* Between two pages somebody else deletes a user, or creates one at the front of the list: what
 * follows moves by one place, and a user is missed or seen twice. */
static void drift(struct call *call)
{
    struct population *population = &call->portal->population;
    const struct fault *fault = call_fault(call, FAULT_DRIFT);
    if (!fault)
        return;
    bool odd = ++call->portal->pages_served % 2 == 1;
    if (fault->number == DRIFT_ADD || (fault->number == DRIFT_BOTH && !odd)) {
        (void)population_add_employee(population, true);
        return;
    }
    for (size_t i = 0; i < population->count; i++) {
        struct user *user = &population->user[population->order[i]];
        if (!user->deleted && user->active && user->ordinal != 0) {
            population_delete(population, user);
            return;
        }
    }
}

static void add_paging_headers(struct call *call, int64_t total, int64_t page, int64_t limit)
{
    const struct fault *wrong = call_fault(call, FAULT_WRONG_TOTAL);
    if (wrong)
        total += wrong->number;
    if (call_fault(call, FAULT_NO_PAGING_HEADERS))
        return;
    answer_header(call->answer, "X-Pagination-TotalRecords", "%lld", (long long)total);
    answer_header(call->answer, "X-Pagination-TotalPages", "%lld",
                  (long long)((total + limit - 1) / limit));
    answer_header(call->answer, "X-Pagination-Page", "%lld", (long long)page);
    answer_header(call->answer, "X-Pagination-Limit", "%lld", (long long)limit);
}

void users_list(struct call *call)
{
    struct population *population = &call->portal->population;
    const char *include = form_get(&call->query, "includeInActive");
    bool inactive_too = text_equal(include, "true") || text_equal(include, "1");
    int64_t limit = 100, page = 1;
    if (!call_number(call, "limit", 1, PAGE_LIMIT_MAX, &limit) ||
        !call_number(call, "page", 1, PAGE_LIMIT_MAX, &page))
        return;
    const struct fault *clamp = call_fault(call, FAULT_CLAMP_LIMIT);
    if (clamp && limit > clamp->number)
        limit = clamp->number;
    int64_t total = (int64_t)(inactive_too ? population->live : population->active);
    int64_t pages = (total + limit - 1) / limit;
    int64_t served = page;
    if (page > pages && pages > 0 && call_fault(call, FAULT_REPEAT_LAST_PAGE))
        served = pages;
    struct page users =
        collect_page(population, inactive_too, (size_t)((served - 1) * limit), (size_t)limit);
    write_page(call, &users);
    free(users.ordinal);
    add_paging_headers(call, total, page, limit);
    drift(call);
}

/* --- one user --- */

/* By id, or where the portal takes it (reading and deleting, API.md 1.9) by user name. */
static struct user *find_user(struct call *call, bool by_username_too)
{
    struct population *population = &call->portal->population;
    struct user *user = population_by_id(population, call->segment);
    if (!user && by_username_too)
        user = population_by_username(population, call->segment);
    if (!user)
        answer_message(call->answer, 404, "User not found");
    else
        call->user_id = user->id;
    return user;
}

static void pending_remove(struct portal *portal, size_t index)
{
    form_release(&portal->pending[index].form);
    portal->pending_count--;
    memmove(portal->pending + index, portal->pending + index + 1,
            (portal->pending_count - index) * sizeof(struct pending));
}

static void pending_apply(struct portal *portal, size_t index)
{
    struct user *user = &portal->population.user[portal->pending[index].ordinal];
    if (!user->deleted)
        users_apply_form(portal, user, &portal->pending[index].form);
    pending_remove(portal, index);
}

void users_settle_pending(struct portal *portal)
{
    for (size_t i = 0; i < portal->pending_count;) {
        int64_t due_us = portal->pending[i].due_us;
        if (due_us > 0 && due_us <= portal_now_us(portal))
            pending_apply(portal, i);
        else
            i++;
    }
}

/* A read of this user brings changes that wait for reads nearer. */
static void settle_by_read(struct portal *portal, uint32_t ordinal)
{
    for (size_t i = 0; i < portal->pending_count;) {
        struct pending *pending = &portal->pending[i];
        if (pending->due_us > 0 || pending->ordinal != ordinal)
            i++;
        else if (pending->reads_left == 0)
            pending_apply(portal, i);
        else {
            pending->reads_left--;
            i++;
        }
    }
}

void users_get(struct call *call)
{
    struct user *user = find_user(call, true);
    if (!user)
        return;
    settle_by_read(call->portal, user->ordinal);
    struct render_forms forms = forms_of(call);
    struct jsonw json = jsonw_to(&call->answer->body);
    render_user(&json, &call->portal->population, user, &forms);
}

void current_user(struct call *call)
{
    struct render_forms forms = forms_of(call);
    struct jsonw json = jsonw_to(&call->answer->body);
    render_current_user(&json, &call->portal->population,
                        population_token_user(&call->portal->population), &forms);
}

/* --- changes --- */

/* Fields that are plain text, by where they live. */
static const struct {
    const char *name;
    size_t offset;
} text_fields[] = {
    [EMPTY_LANGUAGE] = {"language", offsetof(struct user, language)},
    [EMPTY_FIRSTNAME] = {"firstname", offsetof(struct user, given)},
    [EMPTY_INFIX] = {"infix", offsetof(struct user, infix)},
    [EMPTY_LASTNAME] = {"lastname", offsetof(struct user, family)},
    [EMPTY_PHONE] = {"phoneNumber", offsetof(struct user, phone)},
    [EMPTY_COMPANY] = {"companyName", offsetof(struct user, company)},
    [EMPTY_DEPARTMENT] = {"department", offsetof(struct user, department)},
    [EMPTY_JOB] = {"job", offsetof(struct user, job)},
    [EMPTY_COST_CENTER] = {"costCenter", offsetof(struct user, cost_center)},
    [EMPTY_ALL] = {"email", offsetof(struct user, email)}, /* no fault empties it */
};

static bool is_flag(const char *value, const char *yes, const char *no)
{
    return !value || text_equal(value, yes) || text_equal(value, no);
}

bool users_check_form(struct portal *portal, const struct user *user, const struct form *form,
                      struct answer *answer)
{
    const char *username = form_get(form, "username");
    const char *profile = form_get(form, "profileId");
    const char *wrong = NULL;
    if (!is_flag(form_get(form, "active"), "1", "0"))
        wrong = "Invalid value for parameter active";
    else if (!is_flag(form_get(form, "isSSOOnly"), "true", "false"))
        wrong = "Invalid value for parameter isSSOOnly";
    else if (profile && population_profile(&portal->population, profile) < 0)
        wrong = "Invalid value for parameter profileId";
    else if (username && *username == '\0')
        wrong = "Invalid value for parameter username";
    else if (username) {
        const struct user *other = population_by_username(&portal->population, username);
        wrong = other && other != user ? "The username is already in use" : NULL;
    }
    if (wrong)
        answer_message(answer, 400, wrong);
    return !wrong;
}

static uint16_t groups_from(const struct population *population, const char *ids)
{
    unsigned groups = 0;
    for (unsigned g = 0; g < GROUPS_COUNT; g++)
        if (strstr(ids, population->group[g].id))
            groups |= 1U << g;
    return (uint16_t)groups;
}

void users_apply_form(struct portal *portal, struct user *user, const struct form *form)
{
    struct population *population = &portal->population;
    const char *value;
    for (size_t i = 0; i < COUNT_OF(text_fields); i++) {
        value = form_get(form, text_fields[i].name);
        if (value) {
            const char *kept = population_text(population, value);
            memcpy((char *)user + text_fields[i].offset, &kept, sizeof(kept));
        }
    }
    if ((value = form_get(form, "username")))
        population_rename(population, user, value);
    if ((value = form_get(form, "profileId")) && population_profile(population, value) >= 0)
        user->profile = (uint8_t)population_profile(population, value);
    if ((value = form_get(form, "groupIds")))
        user->groups = groups_from(population, value);
    if ((value = form_get(form, "isSSOOnly")))
        user->sso_only = text_equal(value, "true");
    if ((value = form_get(form, "active")))
        population_set_active(population, user, text_equal(value, "1"), portal_wall_us(portal));
    population_unlist(user);
    population->version++;
}

static void add_default(struct form *form, const char *name, const char *value)
{
    if (form_get(form, name))
        return;
    form->field = mem_grow(form->field, form->count, &form->capacity, sizeof(form->field[0]));
    form->field[form->count++] =
        (struct form_field){.name = mem_strdup(name), .value = mem_strdup(value)};
}

/* A copy, with what a fault puts in the place of what was omitted: the schema's defaults, or
 * nothing. */
static struct form effective_form(struct call *call)
{
    const struct fault *emptied = call_fault(call, FAULT_EMPTY_OMITTED);
    struct form copy = {.count = 0};
    for (size_t i = 0; i < call->form.count; i++)
        add_default(&copy, call->form.field[i].name, call->form.field[i].value);
    if (call_fault(call, FAULT_DEFAULT_OMITTED)) {
        add_default(&copy, "active", "1");
        add_default(&copy, "isSSOOnly", "false");
    }
    for (int64_t i = 0; emptied && i < EMPTY_ALL; i++)
        if (emptied->number == EMPTY_ALL || emptied->number == i)
            add_default(&copy, text_fields[i].name, "");
    return copy;
}

static const char *effect_of(const struct population *population, const struct user *user,
                             const struct form *form)
{
    const char *active = form_get(form, "active");
    if (active && text_equal(active, "1") != user->active)
        return user->active ? "suspended" : "reactivated";
    const char *profile = form_get(form, "profileId");
    bool is_other = profile && population_profile(population, profile) != user->profile;
    size_t told = (active ? 1U : 0U) + (profile ? 1U : 0U);
    if (told == 0 || form->count != told)
        return "modified";
    return is_other ? "regraded" : "unchanged";
}

static bool reactivation_is_locked(struct call *call, const struct user *user)
{
    const char *active = form_get(&call->form, "active");
    return call->portal->settings.enforce_180_days && !user->active && text_equal(active, "1") &&
           user->deactivated_us > 0 &&
           portal_wall_us(call->portal) - user->deactivated_us < REACTIVATION_US;
}

/* Makes the change now, later, or never; the form passes into our hands. */
static void carry_out(struct call *call, struct user *user, struct form *form)
{
    struct portal *portal = call->portal;
    const struct fault *delay = call_fault(call, FAULT_DELAY_202);
    const struct fault *reads = call_fault(call, FAULT_DELAY_202_READS);
    call->effect = effect_of(&portal->population, user, form);
    if (call_fault(call, FAULT_NEVER_202)) {
        call->effect = "none";
        form_release(form);
        return;
    }
    if (!delay && !reads) {
        users_apply_form(portal, user, form);
        form_release(form);
        return;
    }
    portal->pending = mem_grow(portal->pending, portal->pending_count, &portal->pending_capacity,
                               sizeof(struct pending));
    portal->pending[portal->pending_count++] = (struct pending){
        .ordinal = user->ordinal,
        .form = *form,
        .due_us = delay ? portal_now_us(portal) + delay->number * 1000 : 0,
        .reads_left = delay ? 0 : (unsigned)reads->number,
    };
    call->effect = "delayed";
}

/* The portal takes forms and nothing else. */
static bool body_is_form(struct call *call)
{
    const char *type = call->request->content_type;
    if (!type)
        answer_message(call->answer, 400, "Missing content type");
    else if (strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0)
        answer_message(call->answer, 415, "Unsupported media type");
    else if (call->form.count == 0)
        answer_message(call->answer, 400, "Malformed form");
    else
        return true;
    return false;
}

static void answer_accepted(struct call *call, unsigned status, const struct user *user)
{
    call->answer->status = status;
    struct jsonw json = jsonw_to(&call->answer->body);
    jsonw_begin_object(&json);
    jsonw_field_string(&json, "id", user->id);
    jsonw_field_string(&json, "username", user->username);
    jsonw_end_object(&json);
}

void users_modify(struct call *call)
{
    struct user *user = find_user(call, false);
    if (!user || !body_is_form(call) ||
        !users_check_form(call->portal, user, &call->form, call->answer))
        return;
    if (reactivation_is_locked(call, user)) {
        answer_message(call->answer, 403,
                       "User can only be activated 180 days after the deactivation");
        return;
    }
    struct form form = effective_form(call);
    carry_out(call, user, &form);
    answer_accepted(call, 202, user);
}

void users_delete(struct call *call)
{
    struct user *user = find_user(call, true);
    if (!user)
        return;
    population_delete(&call->portal->population, user);
    call->effect = "deleted";
    answer_plain(call->answer, 204, NULL, "");
}

void users_create(struct call *call)
{
    static const char *const required[] = {"password", "email", "profileId", "firstname",
                                           "lastname"};
    struct population *population = &call->portal->population;
    if (!body_is_form(call) || !users_check_form(call->portal, NULL, &call->form, call->answer))
        return;
    for (size_t i = 0; i < COUNT_OF(required); i++) {
        if (!text_is_empty(form_get(&call->form, required[i])))
            continue;
        answer_message(call->answer, 400, "A required parameter is missing");
        return;
    }
    const char *email = form_get(&call->form, "email");
    if (!form_get(&call->form, "username") && population_by_username(population, email)) {
        answer_message(call->answer, 400, "The username is already in use");
        return;
    }
    struct user *user = population_add(population, false);
    if (!form_get(&call->form, "username"))
        population_rename(population, user, email);
    users_apply_form(call->portal, user, &call->form);
    call->user_id = user->id;
    call->effect = "created";
    answer_accepted(call, 201, user);
}
