/*
 * What one setting means for another, in the order of the file. Settings that were refused or are
 * missing have been reported before and are NULL or zero here; they are not reported again, so
 * "is it there" is asked of the tree (config_given) and not of the values.
 */
#include <libpq-fe.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/table.h"
#include "config/loader.h"
#include "core/rules.h"
#include "host/zone.h"

/* --- portal --- */

static void check_portal(struct config_loader *loader)
{
    const struct config_portal *portal = &loader->config->portal;
    unsigned line = config_line(loader, "portal");
    bool id = config_given(loader, "portal.client_id");
    bool secret = config_is_secret_given(loader, "portal.client_secret");
    bool token = config_is_secret_given(loader, "portal.token");

    config_check_secret(loader, "portal.client_secret", &portal->client_secret);
    config_check_secret(loader, "portal.token", &portal->token);
    if (!config_given(loader, "portal"))
        return;
    if (token && (id || secret))
        config_problem_add(loader, line,
                           "'portal' has a permanent token and a client as well; hint: keep "
                           "either 'token_file' or 'client_id' with 'client_secret_file'");
    else if (!token && !id && !secret)
        config_problem_add(loader, line,
                           "'portal' has nothing to log in with; hint: set 'client_id' and "
                           "'client_secret_file', or 'token_file'");
    else if (!token && !id)
        config_problem_add(loader, line, "'portal.client_id' is missing beside the client secret");
    else if (!token && !secret)
        config_problem_add(loader, line,
                           "'portal.client_secret_file' is missing beside 'portal.client_id'");
}

/* --- database --- */

/* libpq's own words are left out: they repeat parts of the string, and with them a password. */
static void check_conninfo(struct config_loader *loader, const char *conninfo)
{
    static const char path[] = "database.conninfo";
    char *text = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &text);

    PQfreemem(text);
    if (!options) {
        config_problem_add(loader, config_line(loader, path),
                           "'%s' is no connection string; hint: write it like \"host=db.example "
                           "dbname=bynder\"",
                           path);
        return;
    }
    for (const PQconninfoOption *option = options; option->keyword; option++)
        if (option->val && strstr(option->keyword, "password"))
            config_problem_add(loader, config_line(loader, path),
                               "'%s' has '%s' in it, secrets are never values; hint: put it into a "
                               "file of mode 0600 and name it in 'database.password_file'",
                               path, option->keyword);
    PQconninfoFree(options);
}

static void check_database(struct config_loader *loader)
{
    const struct config_database *database = &loader->config->database;
    bool embedded = config_given(loader, "database.embedded");
    bool conninfo = config_given(loader, "database.conninfo");

    config_check_secret(loader, "database.password", &database->password);
    if (!config_given(loader, "database"))
        return;
    if (embedded == conninfo)
        config_problem_add(loader, config_line(loader, "database"),
                           "'database' needs %s of 'embedded' and 'conninfo'",
                           embedded ? "only one" : "one");
    if (embedded && !conninfo && config_is_secret_given(loader, "database.password"))
        config_problem_add(loader, config_line(loader, "database"),
                           "'database' has a password, which 'embedded' does not take");
    if (database->conninfo)
        check_conninfo(loader, database->conninfo);
}

/* --- matching --- */

/* A key that somebody chose must have a column (usernames may be e-mail addresses, so a column
 * 'email' will do for them); the whole list takes what there is. */
static void check_keys(struct config_loader *loader)
{
    const struct matching *matching = &loader->config->matching;

    if (!config_given(loader, "matching.keys") || !config_given(loader, "roster.columns") ||
        matching->key_count == 3)
        return;
    for (size_t i = 0; i < matching->key_count; i++) {
        const char *name = match_key_name(matching->key[i]);

        if (config_given(loader, arena_printf(loader->arena, "roster.columns.%s", name)) ||
            (matching->key[i] == MATCH_BY_USERNAME && config_given(loader, "roster.columns.email")))
            continue;
        config_problem_add(loader, config_line(loader, "matching.keys"),
                           "'matching.keys' has '%s', but 'roster.columns.%s' names no column",
                           name, name);
    }
}

static void check_aliases(struct config_loader *loader)
{
    const struct matching *matching = &loader->config->matching;

    for (size_t i = 0; i < matching->alias_count; i++) {
        const struct email_alias *alias = &matching->alias[i];
        unsigned line =
            config_line(loader, arena_printf(loader->arena, "matching.email_aliases.[%zu]", i));

        if (!alias->from || !alias->to)
            continue;
        if (strchr(alias->from, '@') || strchr(alias->to, '@'))
            config_problem_add(loader, line, "'matching.email_aliases' takes domains, without '@'");
        else if (strcasecmp(alias->from, alias->to) == 0)
            config_problem_add(loader, line, "'matching.email_aliases' has '%s' as its own alias",
                               alias->from);
        for (size_t earlier = 0; earlier < i; earlier++)
            if (matching->alias[earlier].from &&
                strcasecmp(matching->alias[earlier].from, alias->from) == 0)
                config_problem_add(loader, line, "'matching.email_aliases' has '%s' twice",
                                   alias->from);
    }
}

/* --- policy --- */

static unsigned line_in_rule(const struct config_loader *loader, size_t i, const char *name)
{
    return config_line(loader, arena_printf(loader->arena, "policy.rules.[%zu].%s", i, name));
}

static bool rule_has_condition(const struct config_loader *loader, size_t i)
{
    const config_setting_t *when =
        config_lookup(&loader->tree, arena_printf(loader->arena, "policy.rules.[%zu].when", i));

    return when && config_setting_is_group(when) && config_setting_length(when) > 0;
}

static void check_rule(struct config_loader *loader, size_t i)
{
    const struct policy *policy = &loader->config->policy;
    const struct rule *rule = &policy->rule[i];

    if (!rule->name)
        return;
    if (rule->action != ACTION_KEEP && !rule_has_condition(loader, i))
        config_problem_add(loader, rule->line,
                           "rule '%s' has no condition in 'when' and would %s everybody",
                           rule->name, action_name(rule->action));
    if (rule->action == ACTION_KEEP && rule->grace_days > 0)
        config_problem_add(loader, line_in_rule(loader, i, "grace_days"),
                           "rule '%s' keeps, so 'grace_days' means nothing", rule->name);
    if (rule->action == ACTION_KEEP && rule->approval >= 0)
        config_problem_add(loader, line_in_rule(loader, i, "approval"),
                           "rule '%s' keeps, so 'approval' means nothing", rule->name);
    if (rule->action == ACTION_DOWNGRADE && !rule->to_profile)
        config_problem_add(loader, line_in_rule(loader, i, "do"),
                           "rule '%s' downgrades and does not say to which profile; hint: add "
                           "'to_profile' with its name or id",
                           rule->name);
    if (rule->action != ACTION_DOWNGRADE && rule->to_profile)
        config_problem_add(loader, line_in_rule(loader, i, "to_profile"),
                           "rule '%s' does not downgrade, so 'to_profile' means nothing",
                           rule->name);
    if (rule->action == ACTION_DEPROVISION && rule->approval == 0)
        config_problem_add(loader, line_in_rule(loader, i, "approval"),
                           "rule '%s' deletes, and a deletion needs one person at least",
                           rule->name);
    if (rule->action == ACTION_DEPROVISION && rule->when.suspended_days_min >= 0 &&
        rule->when.suspended_days_min < policy->suspended_days_floor)
        config_problem_add(loader, line_in_rule(loader, i, "when.suspended_days_min"),
                           "rule '%s' deletes after %d days of suspension, fewer than %d (R2); "
                           "hint: a deletion is for ever; if it must be, set "
                           "policy.allow_early_deprovision = \"yes, before 30 days\"",
                           rule->name, rule->when.suspended_days_min, policy->suspended_days_floor);
    for (size_t earlier = 0; earlier < i; earlier++)
        if (text_equal(policy->rule[earlier].name, rule->name))
            config_problem_add(loader, line_in_rule(loader, i, "name"),
                               "rule '%s' is there twice, in line %u as well", rule->name,
                               policy->rule[earlier].line);
}

static void check_policy(struct config_loader *loader)
{
    struct config *config = loader->config;
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (config_given(loader, "policy.rules") && config->policy.rule &&
        config->policy.rule_count == 0)
        config_problem_add(loader, config_line(loader, "policy.rules"),
                           "'policy.rules' is empty; hint: without a rule there is nothing to do");
    for (size_t i = 0; i < config->policy.rule_count; i++)
        check_rule(loader, i);
    if (config->time_zone &&
        zone_load(loader->arena, config->time_zone, &config->policy.zone, &err) < 0)
        config_problem_from(loader, config_line(loader, "policy.time_zone"), "policy.time_zone",
                            &err);
    config->policy.admin_role = config->limits.admin_role;
    config->policy.admin_role_count = config->limits.admin_role_count;
    config->matching.zone = config->policy.zone;
    config->roster.zone = config->policy.zone;
}

/* --- approval --- */

/* Two entries for one person would be two voices: who has two accounts has one address. */
static void check_approval(struct config_loader *loader)
{
    struct config *config = loader->config;

    if (config->approval.of[ACTION_DOWNGRADE] < 0)
        config->approval.of[ACTION_DOWNGRADE] = config->approval.of[ACTION_SUSPEND];
    if (config->approval.allowed_signers && config->approval.approver_count == 0)
        config_problem_add(loader, config_line(loader, "approval.allowed_signers"),
                           "'approval.allowed_signers' says by which keys the approvers sign, and "
                           "'approval.approvers' lists none");
    for (size_t i = 0; i < config->approval.approver_count; i++)
        for (size_t earlier = 0; earlier < i; earlier++) {
            const struct config_approver *one = &config->approval.approver[earlier];
            const struct config_approver *two = &config->approval.approver[i];
            unsigned line = config_line(loader, "approval.approvers");

            if (!one->user || !two->user) /* said already */
                continue;
            if (text_equal(fold_text(loader->arena, one->user),
                           fold_text(loader->arena, two->user)))
                config_problem_add(loader, line, "'approval.approvers' has user '%s' twice",
                                   two->user);
            else if (!text_is_empty(one->email) && !text_is_empty(two->email) &&
                     text_equal(fold_text(loader->arena, one->email),
                                fold_text(loader->arena, two->email)))
                config_problem_add(loader, line,
                                   "'approval.approvers' has '%s' for '%s' and for '%s': one "
                                   "person would be two; hint: one account for each person, with "
                                   "an address of their own",
                                   two->email, one->user, two->user);
        }
}

/* --- apply --- */

static void check_windows(struct config_loader *loader)
{
    struct config *config = loader->config;
    struct window *window =
        arena_calloc(loader->arena, config->apply.window_count + 1, sizeof(window[0]));

    for (size_t i = 0; i < config->apply.window_count; i++) {
        if (!window_parse(config->apply.window[i], &window[i]))
            config_problem_add(loader, config_line(loader, "apply.windows"),
                               "'apply.windows' has '%s'; hint: like 'Mon-Thu 01:00-06:00'",
                               config->apply.window[i]);
    }
    config->apply.calendar.window = window;
    config->apply.calendar.window_count = config->apply.window_count;
}

static void check_freeze(struct config_loader *loader)
{
    struct config *config = loader->config;
    struct freeze *freeze =
        arena_calloc(loader->arena, config->apply.frozen_count + 1, sizeof(freeze[0]));

    for (size_t i = 0; i < config->apply.frozen_count; i++) {
        if (!freeze_parse(config->apply.frozen[i], &freeze[i]))
            config_problem_add(loader, config_line(loader, "apply.freeze"),
                               "'apply.freeze' has '%s'; hint: like '2026-12-20/2027-01-05'",
                               config->apply.frozen[i]);
    }
    config->apply.calendar.freeze = freeze;
    config->apply.calendar.freeze_count = config->apply.frozen_count;
}

/* What counts as activity is part of what a rule asks. */
static void give_kinds(struct config_loader *loader)
{
    struct config *config = loader->config;
    size_t count = config->policy.rule_count;
    struct rule *rule = arena_calloc(loader->arena, count + 1, sizeof(rule[0]));
    unsigned kinds = 0, all = 0;

    for (enum event_kind kind = event_after(EVENT_NONE); kind; kind = event_after(kind)) {
        all |= 1U << kind;
        kinds |= config->portal.activity[kind] ? 1U << kind : 0;
    }
    for (size_t i = 0; i < count; i++) {
        rule[i] = config->policy.rule[i];
        rule[i].kinds = kinds == all ? 0 : kinds;
    }
    if (count > 0)
        config->policy.rule = rule;
}

void config_check(struct config_loader *loader)
{
    check_portal(loader);
    check_database(loader);
    config_check_roster(loader);
    check_keys(loader);
    check_aliases(loader);
    check_policy(loader);
    config_check_seats(loader);
    check_approval(loader);
    check_windows(loader);
    check_freeze(loader);
    config_check_notify(loader);
    give_kinds(loader);
    loader->config->portal.activity_wanted =
        loader->config->portal.activity_always || policy_asks_activity(&loader->config->policy);
    loader->config->matching.roster_has_username =
        loader->config->roster.column.of[ROSTER_USERNAME] != NULL;
}
