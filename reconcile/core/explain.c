/*
 * Each condition that carries evidence has one function that writes its part of the sentence; the
 * table below is in the order in which the parts read best.
 */
#include "core/explain.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

static void add_departed(struct text *text, const struct rule *rule, const struct subject *subject)
{
    char day[DAY_TEXT_SIZE];

    if (subject->status != PERSON_DEPARTED)
        return;
    if (subject->departed_days < 0) {
        text_add(text, "departed: the roster says so, without a last day");
        return;
    }
    text_addf(text, "departed: last day %s (%d days ago) in the roster",
              day_format(subject->person->last_day, day), subject->departed_days);
    if (rule->when.departed_days_min >= 0)
        text_addf(text, " is at or over %d days", rule->when.departed_days_min);
}

const char *explain_absence(struct arena *arena, const struct absence *absence,
                            const struct zone *zone)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    char day[DAY_TEXT_SIZE];

    for (unsigned i = 0; i < absence->times && i < ABSENCE_TOLD; i++) {
        bool left_out = i == 1 && absence->times > ABSENCE_TOLD;
        text_addf(&text, "%s%s",
                  i == 0     ? " ("
                  : left_out ? ", …, "
                             : ", ",
                  day_format(instant_day(absence->at[i], zone), day));
    }
    if (text.length > 0)
        text_add_char(&text, ')');
    return arena_strdup(arena, text_cstr(&text));
}

static void add_absent(struct text *text, const struct rule *rule, const struct subject *subject,
                       const struct policy *policy)
{
    int needed = rule->when.absent_rosters_min;
    char day[DAY_TEXT_SIZE];

    if (subject->status != PERSON_ABSENT || subject->absence.times == 0 ||
        !((rule->when.person & (1U << PERSON_ABSENT)) || needed >= 0))
        return;
    text_addf(text, "absent since %s: in none of the last %u good rosters, %d needed%s",
              day_format(instant_day(subject->absence.at[0], policy->zone), day),
              subject->absence.times, needed >= 0 ? needed : ABSENT_ROSTERS_DEFAULT,
              explain_absence(subject->scratch, &subject->absence, policy->zone));
}

static void add_person(struct text *text, const struct rule *rule, const struct subject *subject)
{
    if (!rule->when.person || subject->status == PERSON_DEPARTED ||
        subject->status == PERSON_ABSENT)
        return;
    text_addf(text, "the roster says %s", person_status_name(subject->status));
}

static void add_idle(struct text *text, const struct rule *rule, const struct subject *subject,
                     const struct policy *policy)
{
    const struct login *login = &subject->account->login;
    struct instant active = account_past(subject->account)->became_active;
    char day[DAY_TEXT_SIZE], since[DAY_TEXT_SIZE];

    if (rule->when.idle_days_min < 0 || login->kind != LOGIN_KNOWN)
        return;
    day_format(instant_day(login->at, policy->zone), day);
    if (instant_compare(active, login->at) > 0)
        text_addf(
            text,
            "idle: last login %s (from %s), active again since %s (%d days ago) is at or over "
            "%d days",
            day, login_source_name(login->source),
            day_format(instant_day(active, policy->zone), since), subject->idle_days,
            rule->when.idle_days_min);
    else
        text_addf(text, "idle: last login %s (%d days ago, from %s) is at or over %d days", day,
                  subject->idle_days, login_source_name(login->source), rule->when.idle_days_min);
}

static void add_unused(struct text *text, const struct rule *rule, const struct subject *subject,
                       const struct policy *policy)
{
    const struct account *account = subject->account;
    const struct login *login = &account->login;
    struct instant active = account_past(account)->became_active;
    char day[DAY_TEXT_SIZE];

    if (rule->when.activity_days_min < 0 || subject->unused_days < 0)
        return;
    if (login->kind == LOGIN_KNOWN)
        text_addf(text, "unused: last login %s (from %s)",
                  day_format(instant_day(login->at, policy->zone), day),
                  login_source_name(login->source));
    else
        text_add(text, "unused: never logged in");
    if (instant_is_set(account_activity(account)->at))
        text_addf(text, ", last activity %s (%s)",
                  day_format(instant_day(account_activity(account)->at, policy->zone), day),
                  event_kinds[account_activity(account)->kind].what);
    else
        text_add(text, ", no activity known");
    if (instant_compare(active, account_used_at(account)) > 0)
        text_addf(text, ", active again since %s",
                  day_format(instant_day(active, policy->zone), day));
    text_addf(text, ": %d days ago is at or over %d days", subject->unused_days,
              rule->when.activity_days_min);
}

static void add_never(struct text *text, const struct rule *rule, const struct subject *subject)
{
    if (subject->account->login.kind != LOGIN_NEVER || !(rule->when.login & (1U << LOGIN_NEVER)))
        return;
    text_addf(text, "never logged in: known for %d days, at or over %d days", subject->known_days,
              rule->when.known_days_min);
}

static void add_suspended(struct text *text, const struct rule *rule, const struct subject *subject,
                          const struct policy *policy)
{
    char day[DAY_TEXT_SIZE];
    struct instant at = account_past(subject->account)->suspended_by_us;

    if (rule->action != ACTION_DEPROVISION || subject->suspended_days < 0)
        return;
    text_addf(text, "suspended by us on %s (%d days ago)",
              day_format(instant_day(at, policy->zone), day), subject->suspended_days);
}

static void end_part(struct text *text, size_t *length_before)
{
    if (text->length > *length_before)
        text_add(text, "; ");
    *length_before = text->length;
}

const char *explain_rule(struct arena *arena, const struct rule *rule,
                         const struct subject *subject, const struct policy *policy)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    size_t before = 0;

    add_departed(&text, rule, subject);
    end_part(&text, &before);
    add_absent(&text, rule, subject, policy);
    end_part(&text, &before);
    add_person(&text, rule, subject);
    end_part(&text, &before);
    add_idle(&text, rule, subject, policy);
    end_part(&text, &before);
    add_unused(&text, rule, subject, policy);
    end_part(&text, &before);
    add_never(&text, rule, subject);
    end_part(&text, &before);
    add_suspended(&text, rule, subject, policy);
    end_part(&text, &before);
    return text.length >= 2 ? arena_strndup(arena, text_cstr(&text), text.length - 2)
                            : arena_printf(arena, "rule '%s' applies", rule->name);
}

/* Of a million that are near somebody: no printf. */
static const char *row_text(uint32_t row, char digits[static sizeof("row 4294967295")])
{
    static const char word[] = "row ";
    char *at = digits + sizeof("row 4294967295") - 1;

    *at = '\0';
    for (; row > 0; row /= 10)
        *--at = (char)('0' + row % 10);
    return memcpy(at - strlen(word), word, strlen(word));
}

const char *explain_person(struct arena *arena, const struct person *person)
{
    const char *name = person->name ? person->name : person->email;
    const char *number = person->employee_number;
    char digits[sizeof("row 4294967295")] = "";
    const char *row = person->row ? row_text(person->row, digits) : digits;

    if (!name && number)
        return arena_concat(arena, "employee ", number, *row ? " (" : "", row, *row ? ")" : "");
    if (!name)
        name = "somebody without a name";
    if (!number && !*row)
        return arena_concat(arena, "'", name, "'");
    return arena_concat(arena, "'", name, "' (", number ? "employee " : "", number ? number : "",
                        number && *row ? ", " : "", row, ")");
}
