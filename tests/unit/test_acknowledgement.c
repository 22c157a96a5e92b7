/* core/acknowledgement: how long letting a guard go lasts. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/acknowledgement.h"
#include "core/policy.h"
#include "test.h"

TEST(acknowledgement_end_of_each_case_says_why)
{
    static const struct {
        const char *cause; /* tonight's; NULL = nobody can accept it */
        int64_t accepted, measure;
        int day; /* from the last day of it */
        bool hold;
        const char *why; /* NULL = it lasts */
        const char *refused;
    } rows[] = {
        {"lost", 5, 5, 0, true, NULL, NULL},
        {"lost", 5, 4, -6, true, NULL, NULL},
        {"lost", -1, 900, 0, true, NULL, NULL},
        {"lost", 5, -1, 0, true, NULL, NULL},
        {"lost", 5, 6, 0, true, "6 instead of 5", NULL},
        {"lost", 0, 1, 0, true, "worse", NULL},
        {"late", 5, 5, 0, true, "something else", NULL},
        {NULL, 5, 5, 0, true, "something else", NULL},
        {"lost", 5, 5, 0, false, "passes", NULL},
        {"lost", 5, 5, 1, true, "7 days", NULL},
        {"lost", 5, 5, 1, false, "7 days", NULL},
        {"lost", 5, 5, 0, true, "not among", "user 'anna' is not among the configured approvers"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct day until = {.number = 46000};
        struct acknowledgement given = {.cause = "lost",
                                        .measure = rows[i].accepted,
                                        .until = until,
                                        .refused = rows[i].refused};
        struct acknowledgement_found found = {
            .hold = rows[i].hold, .cause = rows[i].cause, .measure = rows[i].measure};
        const char *why = acknowledgement_end(&arena, &given, &found, day_add(until, rows[i].day));
        if (rows[i].why ? !why || !strstr(why, rows[i].why) : why != NULL)
            fail_msg("row %zu: %s", i, why ? why : "it lasts");
    }
}

TEST(acknowledgement_until_is_the_seventh_day_after)
{
    struct instant late = {.us = 20000 * DAY_US + 23 * 3600 * SECOND_US};
    struct day day = instant_day(late, &zone_utc);

    assert_int_equal(acknowledgement_until(late, &zone_utc).number, day.number + 7);
}

/* --- what its guard compares of a policy --- */

static struct rule two_rules[2];
static struct protected_entry two_entries[2];
static struct email_alias two_aliases[2];

static void setup(struct policy *policy, struct matching *matching)
{
    two_rules[0] = (struct rule){.name = "idle", .action = ACTION_SUSPEND, .grace_days = 14};
    two_rules[1] = (struct rule){.name = "gone", .action = ACTION_DEPROVISION};
    two_entries[0] = (struct protected_entry){.who = "ann", .reason = "why"};
    two_entries[1] = (struct protected_entry){.who = "bob"};
    two_aliases[0] = (struct email_alias){.from = "a", .to = "b"};
    two_aliases[1] = (struct email_alias){.from = "c", .to = "d"};
    *policy = (struct policy){.rule = two_rules,
                              .rule_count = 2,
                              .protected_entry = two_entries,
                              .protected_count = 2,
                              .zone = &zone_utc};
    *matching = (struct matching){.key = {MATCH_BY_EMAIL, MATCH_BY_USERNAME},
                                  .key_count = 2,
                                  .alias = two_aliases,
                                  .alias_count = 2};
}

enum policy_change {
    GRACE,
    APPROVAL,
    NAME,
    REASON,
    MODE,
    ENTRY_ORDER,
    LINKS,
    ACTION,
    RULE_ORDER,
    ONE_RULE,
    ONE_ENTRY,
    KEY_ORDER,
    ALIAS,
    FLOOR,
    CHANGES,
};

static void change(enum policy_change what, struct policy *policy, struct matching *matching)
{
    static struct link_override link = {.account = "x", .employee_number = "1"};
    struct rule swapped = two_rules[0];

    switch (what) {
    case GRACE:
        two_rules[0].grace_days = 3;
        break;
    case APPROVAL:
        two_rules[0].approval = 2;
        break;
    case NAME:
        two_rules[0].name = "other";
        break;
    case REASON:
        two_entries[0].reason = "because";
        break;
    case MODE:
        policy->enforce = true;
        break;
    case ENTRY_ORDER:
        two_entries[0].who = "bob";
        two_entries[1].who = "ann";
        break;
    case LINKS:
        matching->link = &link;
        matching->link_count = 1;
        break;
    case ACTION:
        two_rules[0].action = ACTION_KEEP;
        break;
    case RULE_ORDER:
        two_rules[0] = two_rules[1];
        two_rules[1] = swapped;
        break;
    case ONE_RULE:
        policy->rule_count = 1;
        break;
    case ONE_ENTRY:
        policy->protected_count = 1;
        break;
    case KEY_ORDER:
        matching->key[0] = MATCH_BY_USERNAME;
        matching->key[1] = MATCH_BY_EMAIL;
        break;
    case ALIAS:
        two_aliases[0].to = "e";
        break;
    case FLOOR:
        policy->suspended_days_floor = 1;
        break;
    case CHANGES:
        break;
    }
}

TEST(policy_text_digest_covers_what_decides_and_nothing_else)
{
    struct policy policy;
    struct matching matching;

    setup(&policy, &matching);
    struct digest before = policy_text_digest(&policy, &matching);
    for (int what = 0; what < CHANGES; what++) {
        setup(&policy, &matching);
        change((enum policy_change)what, &policy, &matching);
        struct digest after = policy_text_digest(&policy, &matching);
        bool same = digest_compare(&before, &after) == 0;
        if (same != (what < ACTION))
            fail_msg("change %d", what);
    }
}
