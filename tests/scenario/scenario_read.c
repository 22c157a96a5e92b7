/*
 * The lines of a case, one function per first word, by one table. A line about an account, a person
 * or a rule that is there already changes it; `remove` takes it away.
 */
#include "scenario_private.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "core/condition.h"
#include "core/ruling.h"
#include "host/zone.h"

static const char *const status_words[] = {"unreadable", "active", "inactive", "gone", NULL};
static const char *const person_words[] = {"unknown",  "employed", "on_leave", "future",
                                           "departed", "absent",   NULL};
/* enum action */
static const char *const again_words[] = {"-",       "reactivate",  "restore", "downgrade",
                                          "suspend", "deprovision", NULL};
static const char *const source_words[] = {"-", "single_read", "events", "history", "export", NULL};

static const struct field account_fields[] = {
    {"id", FIELD_TEXT, offsetof(struct account, id), NULL},
    {"status", FIELD_ENUM, offsetof(struct account, status), status_words},
    {"username", FIELD_TEXT, offsetof(struct account, username), NULL},
    {"email", FIELD_TEXT, offsetof(struct account, email), NULL},
    {"name", FIELD_TEXT, offsetof(struct account, name), NULL},
    {"employee_number", FIELD_TEXT, offsetof(struct account, employee_number), NULL},
    {"login_source", FIELD_ENUM, offsetof(struct account, login.source), source_words},
    {"yesterday", FIELD_TEXT, offsetof(struct account, history.yesterday), NULL},
    {"once_linked", FIELD_BOOL, offsetof(struct account, history.once_linked), NULL},
    {"ever_active", FIELD_BOOL, offsetof(struct account, history.ever_active), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field alike_fields[] = {
    {"email2", FIELD_TEXT, offsetof(struct account_alike, email2), NULL},
    {"profile", FIELD_TEXT, offsetof(struct account_alike, profile_id), NULL},
    {"country", FIELD_TEXT, offsetof(struct account_alike, country), NULL},
    {"department", FIELD_TEXT, offsetof(struct account_alike, department), NULL},
    {"flaw", FIELD_TEXT, offsetof(struct account_alike, flaw), NULL},
    {"groups_unreadable", FIELD_BOOL, offsetof(struct account_alike, groups_unreadable), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field since_fields[] = {
    {"first_seen", FIELD_INSTANT, offsetof(struct account_since, first_seen), NULL},
    {"created", FIELD_INSTANT, offsetof(struct account_since, created), NULL},
    {"missing_at", FIELD_INSTANT, offsetof(struct account_since, missing_at), NULL},
    {"unlinked_since", FIELD_INSTANT, offsetof(struct account_since, unlinked_since), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field past_fields[] = {
    {"suspended_by_us", FIELD_INSTANT, offsetof(struct account_past, suspended_by_us), NULL},
    {"suspended_as", FIELD_ENUM, offsetof(struct account_past, suspended_as), person_words},
    {"suspended_act", FIELD_INT64, offsetof(struct account_past, suspended_act), NULL},
    {"became_active", FIELD_INSTANT, offsetof(struct account_past, became_active), NULL},
    {"reactivated", FIELD_BOOL, offsetof(struct account_past, reactivated_since), NULL},
    {"reactivated_at", FIELD_INSTANT, offsetof(struct account_past, reactivated_at), NULL},
    {"acted_at", FIELD_INSTANT, offsetof(struct account_past, acted_at), NULL},
    {"reactivation_unknown", FIELD_BOOL, offsetof(struct account_past, reactivation_unknown), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field extra_fields[] = {
    {"damaged_number", FIELD_TEXT, offsetof(struct person_extra, damaged_number), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field person_fields[] = {
    {"number", FIELD_TEXT, offsetof(struct person, employee_number), NULL},
    {"email", FIELD_TEXT, offsetof(struct person, email), NULL},
    {"username", FIELD_TEXT, offsetof(struct person, username), NULL},
    {"name", FIELD_TEXT, offsetof(struct person, name), NULL},
    {"word", FIELD_ENUM, offsetof(struct person, word), person_words},
    {"hired", FIELD_DAY, offsetof(struct person, hire_date), NULL},
    {"last_day", FIELD_DAY, offsetof(struct person, last_day), NULL},
    {"blind", FIELD_BOOL, offsetof(struct person, key_unreadable), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field person_alike_fields[] = {
    {"department", FIELD_TEXT, offsetof(struct person_alike, department), NULL},
    {"country", FIELD_TEXT, offsetof(struct person_alike, country), NULL},
    {"rejected", FIELD_TEXT, offsetof(struct person_alike, rejected), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field ruling_fields[] = {
    {"who", FIELD_TEXT, offsetof(struct ruling, who), NULL},
    {"at", FIELD_INSTANT, offsetof(struct ruling, at), NULL},
    {"until", FIELD_DAY, offsetof(struct ruling, until), NULL},
    {"reason", FIELD_TEXT, offsetof(struct ruling, reason), NULL},
    {"person_departed", FIELD_BOOL, offsetof(struct ruling, person_departed), NULL},
    {"also_departed", FIELD_BOOL, offsetof(struct ruling, also_departed), NULL},
    {"of", FIELD_ENUM, offsetof(struct ruling, action), again_words},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field limit_fields[] = {
    {"suspend.count", FIELD_INT64, offsetof(struct limits, of[ACTION_SUSPEND].count), NULL},
    {"suspend.percent", FIELD_DOUBLE, offsetof(struct limits, of[ACTION_SUSPEND].percent), NULL},
    {"suspend.percent_floor", FIELD_INT64,
     offsetof(struct limits, of[ACTION_SUSPEND].percent_floor), NULL},
    {"suspend.rolling_percent", FIELD_DOUBLE,
     offsetof(struct limits, of[ACTION_SUSPEND].rolling_percent), NULL},
    {"deprovision.percent_floor", FIELD_INT64,
     offsetof(struct limits, of[ACTION_DEPROVISION].percent_floor), NULL},
    {"deprovision.rolling_percent", FIELD_DOUBLE,
     offsetof(struct limits, of[ACTION_DEPROVISION].rolling_percent), NULL},
    {"suspend.rolling_days", FIELD_INT, offsetof(struct limits, of[ACTION_SUSPEND].rolling_days),
     NULL},
    {"suspend.rolling_count", FIELD_INT64,
     offsetof(struct limits, of[ACTION_SUSPEND].rolling_count), NULL},
    {"deprovision.count", FIELD_INT64, offsetof(struct limits, of[ACTION_DEPROVISION].count), NULL},
    {"deprovision.percent", FIELD_DOUBLE, offsetof(struct limits, of[ACTION_DEPROVISION].percent),
     NULL},
    {"deprovision.rolling_days", FIELD_INT,
     offsetof(struct limits, of[ACTION_DEPROVISION].rolling_days), NULL},
    {"deprovision.rolling_count", FIELD_INT64,
     offsetof(struct limits, of[ACTION_DEPROVISION].rolling_count), NULL},
    {"min_admins", FIELD_INT64, offsetof(struct limits, min_admins), NULL},
    {"max_age_hours", FIELD_DOUBLE, offsetof(struct limits, max_age_hours), NULL},
    {"min_people", FIELD_INT64, offsetof(struct limits, min_people), NULL},
    {"max_shrink_percent", FIELD_DOUBLE, offsetof(struct limits, max_shrink_percent), NULL},
    {"max_rejected_percent", FIELD_DOUBLE, offsetof(struct limits, max_rejected_percent), NULL},
    {"max_duplicate_percent", FIELD_DOUBLE, offsetof(struct limits, max_duplicate_percent), NULL},
    {"max_same_days", FIELD_INT64, offsetof(struct limits, max_same_days), NULL},
    {"min_matched_percent", FIELD_DOUBLE, offsetof(struct limits, min_matched_percent), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field history_fields[] = {
    {"first_plan", FIELD_BOOL, offsetof(struct guard_history, first_plan), NULL},
    {"people", FIELD_INT64, offsetof(struct guard_history, last_roster_people), NULL},
    {"same_bytes_since", FIELD_INSTANT, offsetof(struct guard_history, same_bytes_since), NULL},
    {"older_copy_of", FIELD_INSTANT, offsetof(struct guard_history, older_copy_of), NULL},
    {"accounts", FIELD_INT64, offsetof(struct guard_history, last_snapshot_accounts), NULL},
    {"deprovisioned_since", FIELD_INT64, offsetof(struct guard_history, deprovisioned_since), NULL},
    {"matched", FIELD_DOUBLE, offsetof(struct guard_history, last_matched_percent), NULL},
    {"matched_at", FIELD_INSTANT, offsetof(struct guard_history, matched_at), NULL},
    {"logins_known", FIELD_INT64, offsetof(struct guard_history, logins_known_before), NULL},
    {"logins_lost", FIELD_INT64, offsetof(struct guard_history, logins_lost), NULL},
    {"events_reach", FIELD_INSTANT, offsetof(struct guard_history, events_reach), NULL},
    {"asked", FIELD_INT64, offsetof(struct guard_history, signal.asked), NULL},
    {"answered", FIELD_INT64, offsetof(struct guard_history, signal.answered), NULL},
    {"missed", FIELD_INT64, offsetof(struct guard_history, signal.missed), NULL},
    {"since", FIELD_INSTANT, offsetof(struct guard_history, history_since), NULL},
    {"clock_told", FIELD_BOOL, offsetof(struct guard_history, clock_told), NULL},
    {"clock_ahead_s", FIELD_DOUBLE, offsetof(struct guard_history, clock_ahead_s), NULL},
    {"policy_seen_at", FIELD_INSTANT, offsetof(struct guard_history, policy_seen_at), NULL},
    {"host", FIELD_TEXT, offsetof(struct guard_history, portal.host), NULL},
    {"last_host", FIELD_TEXT, offsetof(struct guard_history, portal.last_host), NULL},
    {"own_id", FIELD_TEXT, offsetof(struct guard_history, portal.own_id), NULL},
    {"last_own_id", FIELD_TEXT, offsetof(struct guard_history, portal.last_own_id), NULL},
    {"older_name", FIELD_TEXT, offsetof(struct guard_history, portal.older_name), NULL},
    {"known", FIELD_INT64, offsetof(struct guard_history, portal.known), NULL},
    {"of_those", FIELD_INT64, offsetof(struct guard_history, portal.of_those), NULL},
    {"record_back", FIELD_TEXT, offsetof(struct guard_history, record_back), NULL},
    {"suspended", FIELD_INT64, offsetof(struct guard_history, in_window[ACTION_SUSPEND]), NULL},
    {"deprovisioned", FIELD_INT64, offsetof(struct guard_history, in_window[ACTION_DEPROVISION]),
     NULL},
    {"last_run", FIELD_DAY, offsetof(struct guard_history, last_run_day), NULL},
    {"accept_gap", FIELD_BOOL, offsetof(struct guard_history, accept_gap), NULL},
    {"stopped_by", FIELD_TEXT, offsetof(struct guard_history, stopped_by), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field acknowledgement_fields[] = {
    {"who", FIELD_TEXT, offsetof(struct acknowledgement, who), NULL},
    {"until", FIELD_DAY, offsetof(struct acknowledgement, until), NULL},
    {"cause", FIELD_TEXT, offsetof(struct acknowledgement, cause), NULL},
    {"measure", FIELD_INT64, offsetof(struct acknowledgement, measure), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field policy_fields[] = {
    {"enforce", FIELD_BOOL, offsetof(struct scenario, policy.enforce), NULL},
    {"tells_people", FIELD_BOOL, offsetof(struct scenario, policy.tells_people), NULL},
    {"suspended_days_floor", FIELD_INT, offsetof(struct scenario, policy.suspended_days_floor),
     NULL},
    {"approvals_suspend", FIELD_INT, offsetof(struct scenario, setup.approvals[ACTION_SUSPEND]),
     NULL},
    {"approvals_deprovision", FIELD_INT,
     offsetof(struct scenario, setup.approvals[ACTION_DEPROVISION]), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field roster_fields[] = {
    {"read_at", FIELD_INSTANT, offsetof(struct scenario, read_at), NULL},
    {"modified", FIELD_INSTANT, offsetof(struct scenario, modified), NULL},
    {"bare", FIELD_BOOL, offsetof(struct scenario, bare), NULL},
    {"copy", FIELD_BOOL, offsetof(struct scenario, copies), NULL},
    {"has_username", FIELD_BOOL, offsetof(struct scenario, matching.roster_has_username), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

static const struct field snapshot_fields[] = {
    {"incomplete", FIELD_TEXT, offsetof(struct scenario, incomplete_reason), NULL},
    {"export_of", FIELD_INSTANT, offsetof(struct scenario, export_of), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

/* --- helpers --- */

int scenario_set_all(struct scenario *scenario, const struct field *fields, void *object,
                     const struct line *line, size_t from, struct err *err)
{
    for (size_t i = from; i < line->count; i++) {
        bool known = false;
        if (field_set(fields, object, &line->word[i], &scenario->arena, &known, err) < 0)
            return -1;
        if (!known)
            return err_set(err, ERR_CONFIG, "'%s' is not known to '%s'",
                           line->word[i].key ? line->word[i].key : line->word[i].value, line->verb);
    }
    return 0;
}

int scenario_need_label(const struct line *line, struct err *err)
{
    if (line->count > 0 && !line->word[0].key)
        return 0;
    return err_set(err, ERR_CONFIG, "'%s' needs a label behind it", line->verb);
}

int scenario_need_count(const struct line *line, size_t least, struct err *err)
{
    if (line->count >= least)
        return 0;
    return err_set(err, ERR_CONFIG, "'%s' needs %zu words or more", line->verb, least);
}

const char *scenario_id(struct arena *arena, const char *label)
{
    struct digest digest = digest_of(label, strlen(label));
    char hex[DIGEST_HEX_SIZE];

    digest_hex(&digest, hex);
    for (char *at = hex; *at; at++) {
        if (*at >= 'a' && *at <= 'f')
            *at = (char)(*at - 'a' + 'A');
    }
    return arena_printf(arena, "%.8s-%.4s-%.4s-%.16s", hex, hex + 8, hex + 12, hex + 16);
}

struct labelled_account *scenario_find_account(struct scenario *scenario, const char *label)
{
    for (size_t i = 0; i < scenario->account_count; i++) {
        if (text_equal(scenario->account[i].label, label))
            return &scenario->account[i];
    }
    return NULL;
}

static struct labelled_person *find_person(struct scenario *scenario, const char *label)
{
    for (size_t i = 0; i < scenario->person_count; i++) {
        if (text_equal(scenario->person[i].label, label))
            return &scenario->person[i];
    }
    return NULL;
}

/* --- accounts and people --- */

static int set_login(struct scenario *scenario, struct account *account, const char *value,
                     struct err *err)
{
    struct login login = {.source = LOGIN_FROM_SINGLE_READ, .seen_at = scenario->now};

    if (text_equal(value, "never")) {
        login.kind = LOGIN_NEVER;
    } else if (text_equal(value, "unread")) {
        login.source = LOGIN_FROM_NOWHERE;
    } else if (text_starts(value, "unreadable:")) {
        login.kind = LOGIN_UNREADABLE;
        login.raw = arena_strdup(&scenario->arena, value + strlen("unreadable:"));
    } else if (word_parse_instant(value, &login.at)) {
        login.kind = LOGIN_KNOWN;
    } else {
        return err_set(err, ERR_CONFIG,
                       "'login' cannot be '%s'; hint: never, unread, unreadable:TEXT or a time",
                       value);
    }
    account->login = login;
    return 0;
}

/* RULE:DAY or RULE:TIME, and behind an @ the day that was told. */
static int add_announcement(struct scenario *scenario, struct account *account, const char *value,
                            bool is_told, struct err *err)
{
    struct account_past *past = account->history.past;
    struct arena *arena = &scenario->arena;
    const char *colon = strchr(value, ':'), *told = strchr(value, '@');
    struct announcement one = {.login_at = account->login.at, .told = is_told};
    struct announcement *grown =
        arena_calloc(arena, past->announcement_count + 1, sizeof(grown[0]));

    if (!colon || colon == value)
        return err_set(err, ERR_CONFIG, "'announced' is RULE:TIME or RULE:TIME@DAY");
    const char *at =
        arena_strndup(arena, colon + 1, told ? (size_t)(told - colon - 1) : strlen(colon + 1));
    one.rule = arena_strndup(arena, value, (size_t)(colon - value));
    if (!word_parse_instant(at, &one.at) || (told && !word_parse_day(told + 1, &one.not_before)))
        return err_set(err, ERR_CONFIG, "'announced' cannot be '%s'", value);
    one.on = instant_day(one.at, scenario->zone);
    if (past->announcement_count)
        memcpy(grown, past->announcement, past->announcement_count * sizeof(grown[0]));
    grown[past->announcement_count++] = one;
    past->announcement = grown;
    return 0;
}

/* The newest announcement is of a downgrade to this profile. */
static int set_announced_to(struct account *account, const char *profile, struct err *err)
{
    struct account_past *past = account->history.past;

    if (past->announcement_count == 0)
        return err_set(err, ERR_CONFIG, "'announced_to' comes behind 'announced'");
    struct announcement *one =
        (struct announcement *)(uintptr_t)&past->announcement[past->announcement_count - 1];
    one->action = action_name(ACTION_DOWNGRADE);
    one->to_profile = profile;
    return 0;
}

/* RULE:ADDRESS of a mail that did not come. */
static int add_unreached(struct scenario *scenario, struct account *account, const char *value,
                         struct err *err)
{
    struct account_past *past = account->history.past;
    struct arena *arena = &scenario->arena;
    const char *colon = strchr(value, ':');
    struct unreached *grown = arena_calloc(arena, past->unreached_count + 1, sizeof(grown[0]));

    if (!colon || colon == value)
        return err_set(err, ERR_CONFIG, "'unreached' is RULE:ADDRESS");
    if (past->unreached_count)
        memcpy(grown, past->unreached, past->unreached_count * sizeof(grown[0]));
    grown[past->unreached_count++] =
        (struct unreached){.rule = arena_strndup(arena, value, (size_t)(colon - value)),
                           .address = arena_strdup(arena, colon + 1),
                           .why = "refused"};
    past->unreached = grown;
    return 0;
}

/* NAME|EMAIL|NUMBER, each may be -. */
static int add_earlier(struct scenario *scenario, struct account *account, const char *value,
                       struct err *err)
{
    struct account_past *past = account->history.past;
    struct account_earlier *grown =
        arena_calloc(&scenario->arena, past->earlier_count + 1, sizeof(grown[0]));
    const char *const *part = NULL;

    if (word_split(&scenario->arena, value, &part) != 3)
        return err_set(err, ERR_CONFIG, "'earlier' is NAME|EMAIL|NUMBER");
    if (past->earlier_count)
        memcpy(grown, past->earlier, past->earlier_count * sizeof(grown[0]));
    grown[past->earlier_count++] = (struct account_earlier){
        .name = text_equal(part[0], "-") ? NULL : part[0],
        .email = text_equal(part[1], "-") ? NULL : part[1],
        .employee_number = text_equal(part[2], "-") ? NULL : part[2],
    };
    past->earlier = grown;
    return 0;
}

static const struct field downgrade_fields[] = {
    {"downgraded", FIELD_INSTANT, offsetof(struct account_downgrade, at), NULL},
    {"downgraded_from", FIELD_TEXT, offsetof(struct account_downgrade, from), NULL},
    {"downgraded_to", FIELD_TEXT, offsetof(struct account_downgrade, to), NULL},
    {"downgraded_roles", FIELD_TEXT, offsetof(struct account_downgrade, from_roles), NULL},
    {"downgraded_as", FIELD_ENUM, offsetof(struct account_downgrade, as), person_words},
    {"regraded_at", FIELD_INSTANT, offsetof(struct account_downgrade, other_at), NULL},
    {"restored", FIELD_BOOL, offsetof(struct account_downgrade, restored), NULL},
    {NULL, FIELD_TEXT, 0, NULL},
};

/* A case changes a copy. */
static int set_downgrade(struct scenario *scenario, struct account *account,
                         const struct word *word, bool *ret_known, struct err *err)
{
    struct account_downgrade changed = {.act = 1}, *kept = NULL;

    if (account->history.past->downgrade)
        changed = *account->history.past->downgrade;
    if (field_set(downgrade_fields, &changed, word, &scenario->arena, ret_known, err) < 0)
        return -1;
    if (!*ret_known)
        return 0;
    kept = arena_alloc(&scenario->arena, sizeof(*kept));
    *kept = changed;
    account->history.past->downgrade = kept;
    return 0;
}

static struct account_downgrade *copy_downgrade(struct arena *arena,
                                                const struct account_downgrade *of)
{
    struct account_downgrade *copy = arena_alloc(arena, sizeof(*copy));

    *copy = *of;
    if (of->earlier)
        copy->earlier = copy_downgrade(arena, of->earlier);
    return copy;
}

/* FROM|ROLE|ROLE of the one before all of before, a day earlier: it gave what the next one took. */
static int add_downgrade_before(struct scenario *scenario, struct account *account,
                                const char *value, struct err *err)
{
    struct arena *arena = &scenario->arena;
    struct account_downgrade *last = account->history.past->downgrade;
    CLEANUP(text_release) struct text roles = TEXT_INIT;
    const char *const *part = NULL;
    size_t count = word_split(arena, value, &part);

    if (!last)
        return err_set(err, ERR_CONFIG, "'downgraded_before' comes behind 'downgraded'");
    account->history.past->downgrade = last = copy_downgrade(arena, last);
    while (last->earlier)
        last = last->earlier;
    for (size_t i = 1; i < count; i++)
        text_addf(&roles, "%s%s", i > 1 ? " " : "", part[i]);
    last->earlier = arena_calloc(arena, 1, sizeof(*last->earlier));
    *last->earlier =
        (struct account_downgrade){.act = last->act - 1,
                                   .at = instant_add_us(last->at, -DAY_US),
                                   .from = part[0],
                                   .to = last->from,
                                   .from_roles = arena_strdup(arena, text_cstr(&roles))};
    return 0;
}

static void set_groups(struct scenario *scenario, struct account *account, const char *value)
{
    const char *const *name = NULL;
    size_t count = word_split(&scenario->arena, value, &name);
    struct group *group = arena_calloc(&scenario->arena, count + 1, sizeof(group[0]));

    for (size_t i = 0; i < count; i++)
        group[i] = (struct group){.id = scenario_id(&scenario->arena, name[i]), .name = name[i]};
    struct account_alike *alike = account_alike_own(&scenario->arena, account);

    alike->group = group;
    alike->group_count = (uint32_t)count;
}

static int set_account_word(struct scenario *scenario, struct account *account,
                            const struct word *word, struct err *err)
{
    bool known = false;

    if (text_equal(word->key, "login"))
        return set_login(scenario, account, word->value, err);
    if (text_equal(word->key, "announced") || text_equal(word->key, "told"))
        return add_announcement(scenario, account, word->value, text_equal(word->key, "told"), err);
    if (text_equal(word->key, "announced_to"))
        return set_announced_to(account, arena_strdup(&scenario->arena, word->value), err);
    if (text_equal(word->key, "unreached"))
        return add_unreached(scenario, account, word->value, err);
    if (text_equal(word->key, "earlier"))
        return add_earlier(scenario, account, word->value, err);
    if (text_equal(word->key, "downgraded_before"))
        return add_downgrade_before(scenario, account, word->value, err);
    if (text_equal(word->key, "bound")) {
        size_t count = word_split(&scenario->arena, word->value, &account->history.past->bound);
        account->history.past->bound_count = (uint32_t)count;
        return 0;
    }
    if (text_equal(word->key, "groups")) {
        set_groups(scenario, account, word->value);
        return 0;
    }
    if (field_set(account_fields, account, word, &scenario->arena, &known, err) < 0 ||
        (!known && field_set(alike_fields, account_alike_own(&scenario->arena, account), word,
                             &scenario->arena, &known, err) < 0) ||
        (!known &&
         field_set(past_fields, account->history.past, word, &scenario->arena, &known, err) < 0) ||
        (!known && field_set(since_fields, account_since_own(&scenario->arena, account), word,
                             &scenario->arena, &known, err) < 0) ||
        (!known && set_downgrade(scenario, account, word, &known, err) < 0))
        return -1;
    if (!known)
        return err_set(err, ERR_CONFIG, "'%s' is not known to 'account'",
                       word->key ? word->key : word->value);
    return 0;
}

static struct account new_account(struct scenario *scenario, const char *label)
{
    static const struct account_alike alike = {.profile_id = "user"};
    struct account_since *since = arena_calloc(&scenario->arena, 1, sizeof(*since));

    (void)word_parse_instant("2020-01-01", &since->first_seen);
    return (struct account){
        .id = scenario_id(&scenario->arena, label),
        .username = label,
        .status = ACCOUNT_ACTIVE,
        .alike = &alike,
        .history = {.since = since, .ever_active = true, .once_linked = true},
    };
}

static int put_account(struct scenario *scenario, const char *label, const struct word *word,
                       size_t count, struct err *err)
{
    struct labelled_account *labelled = scenario_find_account(scenario, label);

    if (!labelled) {
        scenario->account = mem_grow(scenario->account, scenario->account_count,
                                     &scenario->account_capacity, sizeof(scenario->account[0]));
        labelled = &scenario->account[scenario->account_count++];
        *labelled = (struct labelled_account){.label = label};
        labelled->account = new_account(scenario, label);
    }
    (void)account_past_own(&scenario->arena, &labelled->account); /* a case changes a copy */
    for (size_t i = 0; i < count; i++) {
        if (set_account_word(scenario, &labelled->account, &word[i], err) < 0)
            return -1;
    }
    return 0;
}

int scenario_put_person(struct scenario *scenario, const char *label, const struct word *word,
                        size_t count, struct err *err)
{
    struct person_extra *extra = arena_alloc(&scenario->arena, sizeof(*extra));
    struct labelled_person *labelled = find_person(scenario, label);

    if (!labelled) {
        scenario->person = mem_grow(scenario->person, scenario->person_count,
                                    &scenario->person_capacity, sizeof(scenario->person[0]));
        labelled = &scenario->person[scenario->person_count++];
        *labelled = (struct labelled_person){
            .label = label, .person = {.employee_number = label, .word = PERSON_EMPLOYED}};
    }
    *extra = *person_extra(&labelled->person); /* likewise */
    struct person_alike *alike = person_alike_own(&scenario->arena, &labelled->person);
    alike->extra = extra;
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        if (field_set(person_fields, &labelled->person, &word[i], &scenario->arena, &known, err) <
                0 ||
            (!known &&
             field_set(person_alike_fields, alike, &word[i], &scenario->arena, &known, err) < 0) ||
            (!known && field_set(extra_fields, extra, &word[i], &scenario->arena, &known, err) < 0))
            return -1;
        if (!known)
            return err_set(err, ERR_CONFIG, "'%s' is not known to 'person'",
                           word[i].key ? word[i].key : word[i].value);
    }
    return 0;
}

static int read_account(struct scenario *scenario, const struct line *line, struct err *err)
{
    if (scenario_need_label(line, err) < 0)
        return -1;
    return put_account(scenario, line->word[0].value, line->word + 1, line->count - 1, err);
}

static int read_person(struct scenario *scenario, const struct line *line, struct err *err)
{
    if (scenario_need_label(line, err) < 0)
        return -1;
    return scenario_put_person(scenario, line->word[0].value, line->word + 1, line->count - 1, err);
}

/* The value with every % replaced by the number. */
static const char *numbered(struct arena *arena, const char *value, int64_t number)
{
    struct text text = TEXT_INIT;

    for (; *value; value++) {
        if (*value == '%')
            text_addf(&text, "%lld", (long long)number);
        else
            text_add_char(&text, *value);
    }
    const char *result = arena_strdup(arena, text_cstr(&text));
    text_release(&text);
    return result;
}

/* `accounts 100 A% …`, `people 100 E% …`: the same line with % from 1 on. */
static int read_many(struct scenario *scenario, const struct line *line, struct err *err)
{
    int (*put)(struct scenario *, const char *, const struct word *, size_t, struct err *) =
        text_equal(line->verb, "people") ? scenario_put_person : put_account;
    int64_t many = 0;

    if (scenario_need_count(line, 2, err) < 0)
        return -1;
    if (!parse_int(line->word[0].value, 0, 10000, &many) || !strchr(line->word[1].value, '%'))
        return err_set(err, ERR_CONFIG, "'%s' needs a number and a label with a %%", line->verb);
    for (int64_t number = 1; number <= many; number++) {
        struct word *word = arena_calloc(&scenario->arena, line->count, sizeof(word[0]));
        for (size_t i = 2; i < line->count; i++) {
            word[i - 2] = line->word[i];
            word[i - 2].value = numbered(&scenario->arena, word[i - 2].value, number);
        }
        const char *label = numbered(&scenario->arena, line->word[1].value, number);
        if (put(scenario, label, word, line->count - 2, err) < 0)
            return -1;
    }
    return 0;
}

/* `keep A1 until=DAY …`, `again A1 until=DAY …`: what a person decided, the newest last. */
static int read_ruling(struct scenario *scenario, const struct line *line, struct err *err)
{
    struct arena *arena = &scenario->arena;
    struct ruling one = {.who = "anna", .reason = "says anna"};

    if (scenario_need_label(line, err) < 0 ||
        scenario_set_all(scenario, ruling_fields, &one, line, 1, err) < 0)
        return -1;
    struct labelled_account *labelled = scenario_find_account(scenario, line->word[0].value);
    if (!labelled)
        return err_set(err, ERR_CONFIG, "there is no account '%s'", line->word[0].value);
    if (!ruling_kind_parse(line->verb, &one.kind) || !day_is_set(one.until))
        return err_set(err, ERR_CONFIG, "'%s' needs until=", line->verb);
    const struct rulings *before = account_past(&labelled->account)->rulings;
    size_t count = before ? before->count : 0;
    struct ruling *item = arena_calloc(arena, count + 1, sizeof(item[0]));
    struct rulings *rulings = arena_calloc(arena, 1, sizeof(*rulings));
    if (count)
        memcpy(item, before->item, count * sizeof(item[0]));
    one.account_id = labelled->account.id;
    item[count] = one;
    *rulings = (struct rulings){.item = item, .count = count + 1};
    account_past_own(&scenario->arena, &labelled->account)->rulings = rulings;
    return 0;
}

/* --- the rest --- */

static int read_now(struct scenario *scenario, const struct line *line, struct err *err)
{
    bool today = text_equal(line->verb, "today");
    bool good = line->count == 1;

    if (good && today)
        good = word_parse_day(line->word[0].value, &scenario->today);
    if (good)
        good = word_parse_instant(line->word[0].value, &scenario->now);
    if (!today)
        scenario->today = DAY_NONE;
    return good ? 0
                : err_set(err, ERR_CONFIG, "'%s' needs a %s", line->verb,
                          today ? "day" : "time like 2026-11-22T06:00:00Z");
}

static int read_zone(struct scenario *scenario, const struct line *line, struct err *err)
{
    if (scenario_need_label(line, err) < 0)
        return -1;
    return zone_load(&scenario->arena, line->word[0].value, &scenario->zone, err);
}

static int read_own(struct scenario *scenario, const struct line *line, struct err *err)
{
    if (scenario_need_label(line, err) < 0)
        return -1;
    scenario->own = line->word[0].value;
    return 0;
}

static int read_limit(struct scenario *scenario, const struct line *line, struct err *err)
{
    return scenario_set_all(scenario, limit_fields, &scenario->limits, line, 0, err);
}

static int read_history(struct scenario *scenario, const struct line *line, struct err *err)
{
    return scenario_set_all(scenario, history_fields, &scenario->history, line, 0, err);
}

/* `acknowledge G3 until=DAY cause="…" measure=…`: a guard that a person let go. */
static int read_acknowledge(struct scenario *scenario, const struct line *line, struct err *err)
{
    struct guard_history *history = &scenario->history;
    struct acknowledgement one = {
        .who = "anna", .reason = "says anna", .measure = -1, .id = 1 + (int64_t)line->number};
    struct acknowledgement *grown =
        arena_calloc(&scenario->arena, history->acknowledged_count + 1, sizeof(grown[0]));

    if (scenario_need_label(line, err) < 0 ||
        scenario_set_all(scenario, acknowledgement_fields, &one, line, 1, err) < 0)
        return -1;
    one.guard = line->word[0].value;
    for (size_t i = 0; i < history->acknowledged_count; i++)
        grown[i] = history->acknowledged[i];
    grown[history->acknowledged_count++] = one;
    history->acknowledged = grown;
    return 0;
}

static int read_policy(struct scenario *scenario, const struct line *line, struct err *err)
{
    return scenario_set_all(scenario, policy_fields, scenario, line, 0, err);
}

static int read_roster(struct scenario *scenario, const struct line *line, struct err *err)
{
    return scenario_set_all(scenario, roster_fields, scenario, line, 0, err);
}

static int read_snapshot(struct scenario *scenario, const struct line *line, struct err *err)
{
    if (scenario_set_all(scenario, snapshot_fields, scenario, line, 0, err) < 0)
        return -1;
    scenario->incomplete = scenario->incomplete_reason != NULL;
    return 0;
}

static int read_good_rosters(struct scenario *scenario, const struct line *line, struct err *err)
{
    scenario->good = arena_calloc(&scenario->arena, line->count + 1, sizeof(scenario->good[0]));
    scenario->good_count = line->count;
    for (size_t i = 0; i < line->count; i++) {
        struct roster_proof *one = &scenario->good[i];
        bool copy = text_equal(line->word[i].key, "copy");
        int64_t content = (int64_t)i;
        if (!word_parse_instant(line->word[i].value, &one->as_of))
            return err_set(err, ERR_CONFIG, "'%s' is no time", line->word[i].value);
        if (i && instant_compare(one[-1].as_of, one->as_of) >= 0)
            return err_set(err, ERR_CONFIG, "good rosters are written in order of time");
        one->read_at = one->as_of;
        one->values = copy && i ? one[-1].values : digest_of(&content, sizeof(content));
    }
    return 0;
}

static int read_profile(struct scenario *scenario, const struct line *line, struct err *err)
{
    struct profile profile = {0};

    if (scenario_need_label(line, err) < 0)
        return -1;
    profile.id = profile.name = line->word[0].value;
    for (size_t i = 1; i < line->count; i++) {
        if (text_equal(line->word[i].key, "name"))
            profile.name = line->word[i].value;
        else if (text_equal(line->word[i].key, "roles"))
            profile.role_count = word_split(&scenario->arena, line->word[i].value, &profile.role);
        else
            return err_set(err, ERR_CONFIG, "a profile has name= and roles=");
    }
    scenario->profile = mem_grow(scenario->profile, scenario->profile_count,
                                 &scenario->profile_capacity, sizeof(scenario->profile[0]));
    scenario->profile[scenario->profile_count++] = profile;
    return 0;
}

static int read_remove(struct scenario *scenario, const struct line *line, struct err *err)
{
    if (scenario_need_count(line, 2, err) < 0)
        return -1;
    const char *what = line->word[0].value, *label = line->word[1].value;
    struct labelled_account *account = scenario_find_account(scenario, label);
    struct labelled_person *person = find_person(scenario, label);
    if (account && text_equal(what, "account")) {
        *account = scenario->account[--scenario->account_count];
        return 0;
    }
    if (person && text_equal(what, "person")) {
        *person = scenario->person[--scenario->person_count];
        return 0;
    }
    for (size_t i = 0; text_equal(what, "rule") && i < scenario->rule_count; i++) {
        if (!text_equal(scenario->rule[i].name, label))
            continue;
        scenario->rule_count--;
        memmove(&scenario->rule[i], &scenario->rule[i + 1],
                (scenario->rule_count - i) * sizeof(scenario->rule[0]));
        return 0;
    }
    return err_set(err, ERR_CONFIG, "there is no %s '%s' to remove", what, label);
}

static int read_expect(struct scenario *scenario, const struct line *line, struct err *err)
{
    if (scenario_need_label(line, err) < 0)
        return -1;
    scenario->expectation =
        mem_grow(scenario->expectation, scenario->expectation_count,
                 &scenario->expectation_capacity, sizeof(scenario->expectation[0]));
    scenario->expectation[scenario->expectation_count++] = (struct expectation){
        .line = line->number,
        .about = line->word[0].value,
        .word = line->word + 1,
        .count = line->count - 1,
    };
    return 0;
}

static const struct {
    const char *verb;
    int (*read)(struct scenario *scenario, const struct line *line, struct err *err);
} verbs[] = {
    {"now", read_now},
    {"today", read_now},
    {"zone", read_zone},
    {"rule", scenario_read_rule},
    {"policy", read_policy},
    {"protected", scenario_read_protected},
    {"keys", scenario_read_keys},
    {"alias", scenario_read_alias},
    {"link", scenario_read_link},
    {"no_value", scenario_read_no_value},
    {"limit", read_limit},
    {"history", read_history},
    {"acknowledge", read_acknowledge},
    {"own", read_own},
    {"profile", read_profile},
    {"account", read_account},
    {"accounts", read_many},
    {"person", read_person},
    {"people", read_many},
    {"roster", read_roster},
    {"good_rosters", read_good_rosters},
    {"snapshot", read_snapshot},
    {"keep", read_ruling},
    {"again", read_ruling},
    {"remove", read_remove},
    {"expect", read_expect},
};

int scenario_read(struct scenario *scenario, const struct line *line, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        if (!text_equal(verbs[i].verb, line->verb))
            continue;
        if (verbs[i].read(scenario, line, err) == 0)
            return 0;
        return err_prefix(err, "%s:%u", scenario->file, line->number);
    }
    return err_set(err, ERR_CONFIG, "%s:%u: unknown word '%s'", scenario->file, line->number,
                   line->verb);
}
