/* A case before its first line, and what can only be said behind its last. */
#include "scenario_private.h"

#include <string.h>

#include "base/mem.h"
#include "host/zone.h"

/* Limits that never hold, so that a case names the one it is about. */
static const struct limits wide_open = {
    .of = {[ACTION_SUSPEND] = {.count = 100000,
                               .percent = 100,
                               .rolling_days = 30,
                               .rolling_count = 100000,
                               .rolling_percent = 100},
           [ACTION_DEPROVISION] = {.count = 100000,
                                   .percent = 100,
                                   .rolling_days = 30,
                                   .rolling_count = 100000,
                                   .rolling_percent = 100}},
    .max_age_hours = 48,
    .max_shrink_percent = 10,
    .max_rejected_percent = 100,
    .max_duplicate_percent = 100,
    .max_same_days = 7,
};

void scenario_init(struct scenario *scenario, const char *file)
{
    static const char *const admin_role[] = {"USERMANAGEMENT"};

    *scenario = (struct scenario){
        .arena = ARENA_INIT,
        .file = file,
        .name = "the only case",
        .zone = &zone_utc,
        .limits = wide_open,
        .history = {.last_roster_people = -1,
                    .last_snapshot_accounts = -1,
                    .last_matched_percent = -1},
        .matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER, MATCH_BY_EMAIL, MATCH_BY_USERNAME},
                     .key_count = 3},
        .policy = {.suspended_days_floor = 30},
        .setup = {.portal = "acme",
                  .approvals[ACTION_SUSPEND] = 1,
                  .approvals[ACTION_DEPROVISION] = 2,
                  .full = true},
        .own = "the-job",
    };
    scenario->limits.admin_role = admin_role;
    scenario->limits.admin_role_count = 1;
}

void scenario_release(struct scenario *scenario)
{
    mem_cleanup(&scenario->rule);
    mem_cleanup(&scenario->protected_entry);
    mem_cleanup(&scenario->alias);
    mem_cleanup(&scenario->link);
    mem_cleanup(&scenario->profile);
    mem_cleanup(&scenario->account);
    mem_cleanup(&scenario->person);
    mem_cleanup(&scenario->expectation);
    arena_release(&scenario->arena);
}

/* A label where the program wants an account becomes its id; anything else stays. */
static const char *id_of(struct scenario *scenario, const char *who)
{
    const struct labelled_account *labelled = scenario_find_account(scenario, who);

    return labelled && labelled->account.id ? labelled->account.id : who;
}

static int read_own_profiles(struct scenario *scenario, struct err *err)
{
    static const char *const text[] = {"profile user name=Regular",
                                       "profile admin name=Admin roles=USERMANAGEMENT|ASSETS"};

    for (size_t i = 0; i < COUNT_OF(text); i++) {
        struct line line;
        if (line_cut(&scenario->arena, text[i], 0, &line, err) < 0 ||
            scenario_read(scenario, &line, err) < 0)
            return -1;
    }
    return 0;
}

/* An empty roster is held by G2. So that cases about accounts need not mention people, a roster of
 * fewer than two rows gets somebody who is nobody's person. */
static int add_bystander(struct scenario *scenario, struct err *err)
{
    static const struct word word = {.key = "email", .op = '=', .value = "42@bystander.example"};

    return scenario_put_person(scenario, "the-bystander", &word, 1, err);
}

int scenario_finish(struct scenario *scenario, struct err *err)
{
    if (scenario->person_count < 2 && !scenario->bare && add_bystander(scenario, err) < 0)
        return -1;
    if (read_own_profiles(scenario, err) < 0)
        return -1;
    if (!instant_is_set(scenario->now))
        return err_set(err, ERR_CONFIG, "%s: case '%s' needs 'today' or 'now'", scenario->file,
                       scenario->name);
    struct day today = instant_day(scenario->now, scenario->zone);
    if (day_is_set(scenario->today) && day_compare(today, scenario->today) != 0)
        return err_set(err, ERR_CONFIG, "%s: noon UTC of 'today' is another day in zone '%s'",
                       scenario->file, scenario->zone->name);
    scenario->today = today;
    if (!instant_is_set(scenario->read_at))
        scenario->read_at = scenario->now;
    for (size_t i = 0; i < scenario->link_count; i++)
        scenario->link[i].account = id_of(scenario, scenario->link[i].account);
    for (size_t i = 0; i < scenario->protected_count; i++)
        scenario->protected_entry[i].who = id_of(scenario, scenario->protected_entry[i].who);
    scenario->own = id_of(scenario, scenario->own);
    for (size_t i = 0; i < scenario->person_count; i++)
        scenario->person[i].person.row = (uint32_t)i + 2;
    return 0;
}
