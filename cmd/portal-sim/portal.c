/*
 * The state of the portal and its clocks: one that never goes back and that tests can turn on, and
 * the wall clock of its day.
 */
#include "portal.h"

#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/parse.h"

const char *const endpoint_names[REQLOG_ENDPOINTS] = {
    [ENDPOINT_NONE] = "none",
    [ENDPOINT_TOKEN] = "token",
    [ENDPOINT_CURRENT_USER] = "currentUser",
    [ENDPOINT_USERS_LIST] = "users.list",
    [ENDPOINT_USERS_CREATE] = "users.create",
    [ENDPOINT_USERS_GET] = "users.get",
    [ENDPOINT_USERS_MODIFY] = "users.modify",
    [ENDPOINT_USERS_DELETE] = "users.delete",
    [ENDPOINT_PROFILES_LIST] = "profiles.list",
    [ENDPOINT_PROFILES_GET] = "profiles.get",
    [ENDPOINT_LOGINS] = "logins",
    [ENDPOINT_VIEWS_NEW] = "views-v2",
    [ENDPOINT_VIEWS] = "views",
    [ENDPOINT_DOWNLOADS_NEW] = "downloads-v2",
    [ENDPOINT_DOWNLOADS] = "downloads",
    [ENDPOINT_CREATIONS] = "creations",
    [ENDPOINT_ARCHIVALS] = "archivals",
    [ENDPOINT_REMOVALS] = "removals",
    [ENDPOINT_SEARCHES_NEW] = "searches-v2",
    [ENDPOINT_SEARCHES] = "searches",
    [ENDPOINT_COLLECTION_VIEWS] = "collection_views",
    [ENDPOINT_YEAR] = "historical",
};

_Static_assert(ENDPOINT_COUNT <= REQLOG_ENDPOINTS, "the log counts every endpoint");

/* --- time and life --- */

static int64_t clock_us(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int64_t portal_now_us(const struct portal *portal)
{
    return clock_us(CLOCK_MONOTONIC) + portal->offset_us;
}

int64_t portal_wall_us(const struct portal *portal)
{
    return portal->start_wall_us + portal_now_us(portal) - portal->start_us;
}

static void start_clock(struct portal *portal)
{
    portal->offset_us = 0;
    portal->clock_set = false;
    portal->start_us = clock_us(CLOCK_MONOTONIC);
    portal->start_wall_us = clock_us(CLOCK_REALTIME);
    if (portal->settings.today_given) {
        struct day epoch = DAY_NONE;
        (void)day_from_civil(1970, 1, 1, &epoch);
        portal->start_wall_us =
            (int64_t)day_between(epoch, portal->settings.today) * DAY_US + DAY_US / 2;
    }
}

static void people_the_portal(struct portal *portal, bool with_people)
{
    const struct portal_settings *settings = &portal->settings;
    struct population *population = &portal->population;
    population_init(population, settings->seed, settings->today);
    if (settings->rows)
        population_from_rows(population, settings->rows, settings->row_count);
    else
        population_generate(population, settings->users, with_people);
    if (!settings->roles)
        return;
    struct profile *profile = &population->profile[PROFILE_API];
    for (size_t i = 0; settings->roles[i] && i + 1 < COUNT_OF(profile->roles); i++)
        profile->roles[i] = settings->roles[i];
    population_token_user(population)->profile = PROFILE_API;
}

/* Everything that a reset makes anew. The faults of the command line are known to be good. */
static int begin(struct portal *portal, bool with_people, struct err *err)
{
    const struct portal_settings *settings = &portal->settings;
    start_clock(portal);
    people_the_portal(portal, with_people);
    for (unsigned sort = 0; sort < EVENT_SORTS; sort++)
        events_init(&portal->events[sort], (enum event_sort)sort, settings->seed);
    tokens_init(&portal->tokens, settings->seed, settings->token_lifetime_us);
    portal->tokens.grantable = settings->scopes;
    for (size_t i = 0; i < settings->permanent_count; i++)
        tokens_add_permanent(&portal->tokens, settings->permanent[i]);
    rate_init(&portal->rate, settings->rate_limit, settings->rate_window_us);
    faults_init(&portal->faults, settings->seed);
    for (size_t i = 0; i < settings->fault_count; i++)
        if (faults_set_pair(&portal->faults, settings->faults[i], err) < 0)
            return -1;
    portal->pages_served = 0;
    return 0;
}

static void finish(struct portal *portal)
{
    for (size_t i = 0; i < portal->pending_count; i++)
        form_release(&portal->pending[i].form);
    portal->pending_count = 0;
    population_release(&portal->population);
    for (unsigned sort = 0; sort < EVENT_SORTS; sort++)
        events_release(&portal->events[sort]);
    tokens_release(&portal->tokens);
    rate_release(&portal->rate);
    faults_release(&portal->faults);
}

int portal_init(struct portal *portal, const struct portal_settings *settings, bool with_people,
                struct err *err)
{
    *portal = (struct portal){.settings = *settings, .lock = PTHREAD_MUTEX_INITIALIZER};
    if (reqlog_open(&portal->log, settings->log_path, err) < 0)
        return -1;
    if (begin(portal, with_people, err) == 0)
        return 0;
    finish(portal);
    reqlog_close(&portal->log);
    return -1;
}

void portal_release(struct portal *portal)
{
    finish(portal);
    free(portal->pending);
    reqlog_close(&portal->log);
}

void portal_reset(struct portal *portal)
{
    finish(portal);
    (void)begin(portal, false, NULL);
    reqlog_reset(&portal->log);
}

/* --- helpers of the handlers --- */

const struct fault *call_fault(struct call *call, enum fault_id id)
{
    const struct fault *fault =
        faults_hit(&call->portal->faults, id, call->request->method, call->request->path);
    if (fault)
        call->answer->fault = fault_name(id);
    return fault;
}

bool call_number(struct call *call, const char *name, int64_t minimum, int64_t maximum,
                 int64_t *ret_value)
{
    const char *value = form_get(&call->query, name);
    if (!value || parse_int(value, minimum, maximum, ret_value))
        return true;
    CLEANUP(text_release) struct text message = TEXT_INIT;
    text_addf(&message, "Invalid value for parameter %s", name);
    answer_message(call->answer, 400, text_cstr(&message));
    return false;
}
