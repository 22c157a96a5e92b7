/* core/policy: words, findings about the policy, and a digest that sees every setting. */
#include <string.h>

#include "base/cleanup.h"
#include "core/policy.h"
#include "core/rules.h"
#include "test.h"

static const struct zone amsterdam = {.name = "Europe/Amsterdam"};

/* A policy with one of everything, to change one thing at a time. */
struct sample {
    struct rule rule[2];
    struct protected_entry protected_entry[2];
    struct link_override link[2];
    struct email_alias alias[1];
    const char *pattern[1];
    struct policy policy;
    struct matching matching;
};

static void sample_init(struct sample *sample)
{
    *sample = (struct sample){
        .rule = {{.name = "idle",
                  .action = ACTION_SUSPEND,
                  .when = CONDITIONS_NONE,
                  .unless = CONDITIONS_NONE,
                  .grace_days = 14,
                  .line = 3},
                 {.name = "gone",
                  .action = ACTION_DEPROVISION,
                  .when = CONDITIONS_NONE,
                  .unless = CONDITIONS_NONE,
                  .has_unless = true}},
        .protected_entry = {{"boss", "board", "it", {.number = 46000}},
                            {"ceo", "board", "it", {.number = 46001}}},
        .link = {{"A1", "1", 1}, {"A2", "2", 2}},
        .alias = {{"old.example", "new.example"}},
        .pattern = {"VIP"},
        .policy = {.rule_count = 2,
                   .protected_count = 2,
                   .suspended_days_floor = 30,
                   .zone = &zone_utc},
        .matching = {.key = {MATCH_BY_EMAIL, MATCH_BY_USERNAME},
                     .key_count = 2,
                     .alias_count = 1,
                     .link_count = 2},
    };
    sample->rule[0].when.idle_days_min = 90;
    sample->rule[0].when.account = 1U << ACCOUNT_ACTIVE;
    sample->rule[0].when.group = (struct patterns){.item = sample->pattern, .count = 1};
    sample->policy.rule = sample->rule;
    sample->policy.protected_entry = sample->protected_entry;
    sample->matching.alias = sample->alias;
    sample->matching.link = sample->link;
}

static void change(struct sample *sample, size_t what)
{
    struct {
        void *at;
        size_t size;
        const void *value;
    } const changes[] = {
#define CHANGE(target, setting)                                                                    \
    {                                                                                              \
        &(target), sizeof(target), &(const __typeof__(target))                                     \
        {                                                                                          \
            setting                                                                                \
        }                                                                                          \
    }
        CHANGE(sample->rule[0].name, "lazy"),
        CHANGE(sample->rule[0].action, ACTION_KEEP),
        CHANGE(sample->rule[0].grace_days, 13),
        CHANGE(sample->rule[0].has_unless, true),
        CHANGE(sample->rule[1].has_unless, false),
        CHANGE(sample->rule[1].unless.person, 2),
        CHANGE(sample->rule[0].when.idle_days_min, 91),
        CHANGE(sample->rule[0].when.account, 1U << ACCOUNT_INACTIVE),
        CHANGE(sample->rule[0].when.known_days_min, 90),
        CHANGE(sample->pattern[0], "vip"),
        CHANGE(sample->policy.rule_count, 1),
        CHANGE(sample->policy.protected_count, 1),
        CHANGE(sample->protected_entry[0].who, "boss2"),
        CHANGE(sample->protected_entry[0].expires.number, 46001),
        CHANGE(sample->policy.enforce, true),
        CHANGE(sample->policy.suspended_days_floor, 29),
        CHANGE(sample->policy.zone, &amsterdam),
        CHANGE(sample->matching.key_count, 1),
        CHANGE(sample->matching.key[0], MATCH_BY_EMPLOYEE_NUMBER),
        CHANGE(sample->matching.alias_count, 0),
        CHANGE(sample->alias[0].to, "other.example"),
        CHANGE(sample->matching.link_count, 1),
        CHANGE(sample->link[0].employee_number, "3"),
        CHANGE(sample->matching.roster_has_username, true),
    };

    if (what < COUNT_OF(changes))
        memcpy(changes[what].at, changes[what].value, changes[what].size);
    else if (what == COUNT_OF(changes)) /* the order of rules decides */
        sample->rule[0] = sample->rule[1];
}

#define CHANGES 25

TEST(policy_digest_of_any_changed_setting_differs)
{
    struct sample sample;

    sample_init(&sample);
    struct digest digest = policy_digest(&sample.policy, &sample.matching);
    for (size_t i = 0; i < CHANGES; i++) {
        sample_init(&sample);
        change(&sample, i);
        struct digest other = policy_digest(&sample.policy, &sample.matching);
        if (digest_compare(&digest, &other) == 0)
            fail_msg("change %zu is not seen", i);
    }
}

TEST(policy_digest_of_a_known_policy_is_known)
{
    struct sample sample;
    char hex[DIGEST_HEX_SIZE];

    sample_init(&sample);
    struct digest digest = policy_digest(&sample.policy, &sample.matching);
    assert_string_equal(digest_hex(&digest, hex),
                        "0c4e507d2ac9e2d70ebd40d404791ae9a66385e102a465c0e6a56764b67abfd9");
}

TEST(policy_digest_of_reordered_links_is_the_same)
{
    struct sample sample;

    sample_init(&sample);
    struct digest digest = policy_digest(&sample.policy, &sample.matching);
    sample.link[0] = (struct link_override){"A2", "2", 7};
    sample.link[1] = (struct link_override){"A1", "1", 8};
    sample.rule[0].line = 99;
    struct digest other = policy_digest(&sample.policy, &sample.matching);
    assert_int_equal(digest_compare(&digest, &other), 0);
}

TEST(policy_findings_of_expired_entries_name_them)
{
    struct arena arena = ARENA_INIT;
    const char *const *sentence = NULL;
    struct sample sample;

    sample_init(&sample);
    assert_int_equal(
        policy_findings(&arena, &sample.policy, (struct day){.number = 46000}, &sentence), 0);
    assert_int_equal(
        policy_findings(&arena, &sample.policy, (struct day){.number = 46001}, &sentence), 1);
    assert_non_null(strstr(sentence[0], "'boss' expired"));
    sample.rule[0].when.login = 1U << LOGIN_NEVER;
    assert_int_equal(
        policy_findings(&arena, &sample.policy, (struct day){.number = 46002}, &sentence), 3);
    assert_non_null(strstr(sentence[2], "rule 'idle'"));
    sample.rule[0].when.known_days_min = 60;
    assert_int_equal(
        policy_findings(&arena, &sample.policy, (struct day){.number = 46002}, &sentence), 2);
    arena_release(&arena);
}

TEST(action_parse_of_words_takes_the_four)
{
    enum action action = ACTION_KEEP;

    for (unsigned i = ACTION_KEEP; i <= ACTION_DEPROVISION; i++) {
        assert_true(action_parse(action_name((enum action)i), &action));
        assert_int_equal(action, i);
    }
    assert_false(action_parse("delete", &action));
    assert_false(action_parse("", &action));
    assert_true(ACTION_KEEP < ACTION_REACTIVATE && ACTION_REACTIVATE < ACTION_SUSPEND &&
                ACTION_SUSPEND < ACTION_DEPROVISION); /* execution order */
}
