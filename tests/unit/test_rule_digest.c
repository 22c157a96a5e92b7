/* core/rule_digest: the same rule has the same digest however it is written, another one has not.
 */
#include "base/cleanup.h"
#include "core/condition.h"
#include "core/policy.h"
#include "test.h"

static const char *const one[] = {"svc-*", "bot-*"};
static const char *const turned[] = {"BOT-*", "svc-*", "svc-*"};
static const char *const less[] = {"svc-*"};

static struct rule idle_rule(void)
{
    struct rule rule = {.name = "idle",
                        .action = ACTION_SUSPEND,
                        .when = CONDITIONS_NONE,
                        .unless = CONDITIONS_NONE,
                        .has_unless = true,
                        .approval = -1};

    rule.when.account = 1U << ACCOUNT_ACTIVE;
    rule.when.idle_days_min = 90;
    rule.unless.username = (struct patterns){one, 2};
    rule.unless.person = 1U << PERSON_ON_LEAVE | 1U << PERSON_FUTURE;
    return rule;
}

static void set_name(struct rule *rule)
{
    rule->name = "not used";
}
static void set_grace(struct rule *rule)
{
    rule->grace_days = 14;
}
static void set_approval(struct rule *rule)
{
    rule->approval = 0;
}
static void set_line(struct rule *rule)
{
    rule->line = 7;
}
static void set_order(struct rule *rule)
{
    rule->unless.username = (struct patterns){turned, 3};
}

static void set_action(struct rule *rule)
{
    rule->action = ACTION_DEPROVISION;
}
static void set_days(struct rule *rule)
{
    rule->when.idle_days_min = 91;
}
static void set_other_days(struct rule *rule)
{
    rule->when.idle_days_min = -1;
    rule->when.known_days_min = 90;
}
static void set_word(struct rule *rule)
{
    rule->when.account = 1U << ACCOUNT_INACTIVE;
}
static void set_words(struct rule *rule)
{
    rule->unless.person = 1U << PERSON_ON_LEAVE;
}
static void set_pattern(struct rule *rule)
{
    rule->unless.username = (struct patterns){less, 1};
}
static void set_field(struct rule *rule)
{
    rule->unless.email = rule->unless.username;
    rule->unless.username.count = 0;
}
static void set_more(struct rule *rule)
{
    rule->when.login = 1U << LOGIN_KNOWN;
}
static void set_no_unless(struct rule *rule)
{
    rule->has_unless = false;
}
static void set_empty_unless(struct rule *rule)
{
    rule->unless = CONDITIONS_NONE;
}
static void set_no_when(struct rule *rule)
{
    rule->when = CONDITIONS_NONE;
}
static void set_turned(struct rule *rule)
{
    struct conditions when = rule->when;

    rule->when = rule->unless;
    rule->unless = when;
}

TEST(policy_rule_digest_changes_with_what_it_asks_and_does)
{
    static void (*const same[])(struct rule *) = {set_name, set_grace, set_approval, set_line,
                                                  set_order};
    static void (*const other[])(struct rule *) = {
        set_action, set_days, set_other_days, set_word,    set_words,        set_pattern,
        set_field,  set_more, set_no_unless,  set_no_when, set_empty_unless, set_turned};
    struct digest seen[COUNT_OF(other) + 1];
    struct rule rule = idle_rule();

    seen[0] = policy_rule_digest(&rule);
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        rule = idle_rule();
        same[i](&rule);
        struct digest digest = policy_rule_digest(&rule);
        if (digest_compare(&digest, &seen[0]) != 0)
            fail_msg("same %zu", i);
    }
    for (size_t i = 0; i < COUNT_OF(other); i++) {
        rule = idle_rule();
        other[i](&rule);
        seen[i + 1] = policy_rule_digest(&rule);
        for (size_t k = 0; k <= i; k++) {
            if (digest_compare(&seen[i + 1], &seen[k]) == 0)
                fail_msg("other %zu is as %zu", i, k);
        }
    }
}

static struct digest digest_with(int activity_days, unsigned kinds)
{
    struct rule rule = idle_rule();

    rule.when.activity_days_min = activity_days;
    rule.kinds = kinds;
    return policy_rule_digest(&rule);
}

/* With fewer kinds more people are unused. Where the rule does not ask it they change nothing. */
TEST(policy_rule_digest_changes_with_what_counts_as_activity)
{
    const unsigned views = 1U << EVENT_VIEW, both = views | 1U << EVENT_DOWNLOAD;
    struct digest all = digest_with(90, 0), two = digest_with(90, both),
                  one_kind = digest_with(90, views), again = digest_with(90, views),
                  none = digest_with(-1, 0), none_of_two = digest_with(-1, both);

    assert_int_not_equal(digest_compare(&all, &two), 0);
    assert_int_not_equal(digest_compare(&all, &one_kind), 0);
    assert_int_not_equal(digest_compare(&two, &one_kind), 0);
    assert_int_equal(digest_compare(&one_kind, &again), 0);
    assert_int_equal(digest_compare(&none, &none_of_two), 0);
}

static void set_condition(const struct condition_field *field, struct conditions *conditions)
{
    void *at = (char *)conditions + field->offset;

    if (field->type == CONDITION_PATTERNS)
        *(struct patterns *)at = (struct patterns){one, 2};
    else
        *(int *)at = 1;
}

/* The one that a new condition's row is forgotten in is found here. */
TEST(policy_rule_digest_of_each_condition_is_its_own_in_when_and_in_unless)
{
    enum { MOST = 64 };
    struct digest seen[MOST];
    size_t count = 0;

    for (const struct condition_field *field = policy_conditions; field->name; field++) {
        for (int unless = 0; unless < 2; unless++) {
            struct rule rule = {.action = ACTION_SUSPEND,
                                .when = CONDITIONS_NONE,
                                .unless = CONDITIONS_NONE,
                                .has_unless = true};
            set_condition(field, unless ? &rule.unless : &rule.when);
            assert_true(count < MOST);
            seen[count] = policy_rule_digest(&rule);
            for (size_t i = 0; i < count; i++) {
                if (digest_compare(&seen[i], &seen[count]) == 0)
                    fail_msg("%s in %s is as %zu", field->name, unless ? "unless" : "when", i);
            }
            count++;
        }
    }
}

/* A day more or less is another rule. */
TEST(policy_rule_digest_changes_with_the_days_of_each_condition_that_has_some)
{
    for (const struct condition_field *field = policy_conditions; field->name; field++) {
        struct rule rule = idle_rule(), other = idle_rule();
        if (field->type != CONDITION_DAYS)
            continue;
        *(int *)(void *)((char *)&rule.when + field->offset) = 30;
        *(int *)(void *)((char *)&other.when + field->offset) = 31;
        struct digest digest = policy_rule_digest(&rule), is = policy_rule_digest(&other);
        if (digest_compare(&digest, &is) == 0)
            fail_msg("%s", field->name);
    }
}

static void assert_digest(const struct rule *rule, const char *is)
{
    struct digest digest = policy_rule_digest(rule);
    char hex[DIGEST_HEX_SIZE];

    assert_string_equal(digest_hex(&digest, hex), is);
}

/* What people approved is kept with these digests: they are the same for ever. */
TEST(policy_rule_digest_is_the_same_in_every_version)
{
    struct rule rule = idle_rule();

    assert_digest(&rule, "35fa4f9f981b2dabf2443be711f7f50bcc7975fa72f14c0538b913bf524fa152");
    rule.action = ACTION_DOWNGRADE;
    rule.to_profile = "Light";
    rule.when = CONDITIONS_NONE;
    rule.when.seat_class = (struct patterns){less, 1};
    rule.when.activity_days_min = 60;
    rule.when.profile_days_min = 30;
    rule.when.back_from_leave_days_min = 30;
    assert_digest(&rule, "823bb470494d104635ca3b570361edfe2ff6ac02fc5bd015c27ac9f961132ddb");
    rule.kinds = 1U << EVENT_VIEW;
    assert_digest(&rule, "d248f2dd641731cda22203f2b20154e71815fd226d4bd2bdbe039230ea6b9e2a");
}

TEST(policy_rule_digest_of_a_downgrade_changes_with_its_profile)
{
    struct rule rule = idle_rule(), other = idle_rule();

    rule.action = other.action = ACTION_DOWNGRADE;
    rule.to_profile = "Light";
    other.to_profile = "Regular";
    struct digest digest = policy_rule_digest(&rule), is = policy_rule_digest(&other);
    assert_int_not_equal(digest_compare(&digest, &is), 0);
}
