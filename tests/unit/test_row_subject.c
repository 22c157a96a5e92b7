/* core/row_subject: what ends an approval, and what does not. */
#include "alike.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "core/condition.h"
#include "core/row_subject.h"
#include "test.h"

/* A departed person's account, which one fact at a time is taken away from. */
struct world {
    struct arena arena;
    struct account account;
    struct account_past past;
    struct person person;
    struct pairing pairing;
    const char *role[2];
    struct profile profile[2];
    struct snapshot snapshot;
    struct email_alias alias;
    struct matching matching;
    struct rule rule;
    struct decision decision;
};

static struct day day_of(const char *text)
{
    struct day day = DAY_NONE;

    assert_true(day_parse_iso(text, &day));
    return day;
}

static void world_make(struct world *world)
{
    *world = (struct world){
        .arena = ARENA_INIT,
        .account = {.id = "1A84D758-2B3A-141F-8F07D71AA1F223BD",
                    .username = "jane",
                    .email = "Jane@new.example",
                    .employee_number = "e1",
                    ALIKE(.profile_id = "P1", .email2 = "j@home.example"),
                    .status = ACCOUNT_ACTIVE},
        .person = {.employee_number = "E1",
                   .email = "jane@new.example",
                   .name = "Jane  Doe",
                   .status = PERSON_DEPARTED},
        .role = {"B", "A"},
        .alias = {"old.example", "new.example"},
        .rule = {.name = "departed",
                 .action = ACTION_SUSPEND,
                 .when = CONDITIONS_NONE,
                 .unless = CONDITIONS_NONE,
                 .approval = -1},
    };
    world->account.history.past = &world->past;
    world->person.last_day = day_of("2026-03-03");
    world->rule.when.person = 1U << PERSON_DEPARTED;
    world->profile[0] = (struct profile){"P1", "One", world->role, 2};
    world->profile[1] = (struct profile){"P2", "Two", world->role, 1};
    world->snapshot = (struct snapshot){.profile = world->profile, .profile_count = 2};
    world->matching = (struct matching){.alias = &world->alias, .alias_count = 1};
    world->pairing = (struct pairing){
        .person = &world->person, .key = MATCH_BY_EMPLOYEE_NUMBER, .kind = LINK_ONE};
    world->decision = (struct decision){.account = &world->account,
                                        .pairing = &world->pairing,
                                        .by = &world->rule,
                                        .action = ACTION_SUSPEND,
                                        .person = PERSON_DEPARTED,
                                        .uses_person = true};
}

static struct row_subject subject_now(struct world *world)
{
    return row_subject_of(&world->arena, &world->matching, &world->snapshot, &world->decision);
}

/* --- what it holds --- */

TEST(row_subject_of_a_departed_person_holds_who_and_what)
{
    struct world world;

    world_make(&world);
    struct row_subject subject = subject_now(&world);
    struct digest rule = policy_rule_digest(&world.rule);
    char hex[DIGEST_HEX_SIZE];
    const char *const wanted[SUBJECT_FIELD_COUNT] = {
        [SUBJECT_ACCOUNT] = "1A84D758-2B3A-141F-8F07D71AA1F223BD",
        [SUBJECT_EMAIL] = "jane@new.example",
        [SUBJECT_EMAIL2] = "j@home.example",
        [SUBJECT_USERNAME] = "jane",
        [SUBJECT_NUMBER] = "e1",
        [SUBJECT_PROFILE] = "P1",
        [SUBJECT_ROLES] = "A B",
        [SUBJECT_ACTION] = "suspend",
        [SUBJECT_RULE] = "departed",
        [SUBJECT_RULE_TEXT] = digest_hex(&rule, hex),
        [SUBJECT_PERSON] = "e1",
        [SUBJECT_NAME] = "jane doe",
        [SUBJECT_LINKED_BY] = "employee_number",
        [SUBJECT_STATUS] = "departed",
        [SUBJECT_LAST_DAY] = "2026-03-03",
    };
    for (size_t i = 0; i < SUBJECT_FIELD_COUNT; i++) {
        if (!text_equal(subject.value[i], wanted[i]))
            fail_msg("field %zu is '%s', not '%s'", i, subject.value[i], wanted[i]);
    }
    arena_release(&world.arena);
}

/* --- what changes it --- */

static void set_username(struct world *world)
{
    world->account.username = "JANE ";
}
static void set_alias(struct world *world)
{
    world->account.email = "jane@OLD.example";
}
static void set_login(struct world *world)
{
    world->account.login = (struct login){.kind = LOGIN_KNOWN, .at = {.us = 1}};
}
static void set_hired(struct world *world)
{
    world->person.hire_date = day_of("2020-01-01");
}
static void set_department(struct world *world)
{
    person_alike_own(&world->arena, &world->person)->department = "Sales";
}
static void set_display(struct world *world)
{
    world->account.name = "J. Doe";
}
static void set_due(struct world *world)
{
    world->decision.not_before = day_of("2026-12-24");
}
static void set_reason(struct world *world)
{
    world->decision.reason = "another sentence";
}
static void set_grace(struct world *world)
{
    world->rule.grace_days = 14;
}
static void set_approval(struct world *world)
{
    world->rule.approval = 2;
}
static void set_role_order(struct world *world)
{
    world->role[0] = "A";
    world->role[1] = "B";
}
static void set_act(struct world *world)
{
    world->past.suspended_act = 7;
}
static void set_person_case(struct world *world)
{
    world->person.name = "JANE DOE";
}
static void set_blank(struct world *world)
{
    alike_own(&world->account)->country = "NL";
}

static void set_email(struct world *world)
{
    world->account.email = "janet@new.example";
}
static void set_email2(struct world *world)
{
    alike_own(&world->account)->email2 = NULL;
}
static void set_other_username(struct world *world)
{
    world->account.username = "jdoe";
}
static void set_number(struct world *world)
{
    world->account.employee_number = "E2";
}
static void set_profile(struct world *world)
{
    alike_own(&world->account)->profile_id = "P2";
}
static void set_role(struct world *world)
{
    world->role[0] = "C";
}
static void set_person_number(struct world *world)
{
    world->person.employee_number = "E2";
}
static void set_person_name(struct world *world)
{
    world->person.name = "John Doe";
}
static void set_key(struct world *world)
{
    world->pairing.key = MATCH_BY_EMAIL;
}
static void set_nobody(struct world *world)
{
    world->pairing.kind = LINK_NONE;
}
static void set_status(struct world *world)
{
    world->decision.person = PERSON_ABSENT;
}
static void set_last_day(struct world *world)
{
    world->person.last_day = DAY_NONE;
}
static void set_used(struct world *world)
{
    world->decision.used_after = true;
}
static void set_rule(struct world *world)
{
    world->rule.name = "gone";
}
static void set_text(struct world *world)
{
    world->rule.when.departed_days_min = 3;
}
static void set_unless(struct world *world)
{
    world->rule.has_unless = true;
}
static void set_action(struct world *world)
{
    world->decision.action = ACTION_DEPROVISION;
}

static const struct {
    const char *name;
    void (*set)(struct world *world);
    const char *change; /* NULL = it is the same row */
} changes[] = {
    {"nothing", NULL, NULL},
    {"a username in other letters", set_username, NULL},
    {"an address in a domain that is the same", set_alias, NULL},
    {"a login", set_login, NULL},
    {"a hire date", set_hired, NULL},
    {"a department", set_department, NULL},
    {"the name in Bynder", set_display, NULL},
    {"the country", set_blank, NULL},
    {"the day it is due", set_due, NULL},
    {"the sentence", set_reason, NULL},
    {"the grace of the rule", set_grace, NULL},
    {"the people that the rule needs", set_approval, NULL},
    {"the order of roles", set_role_order, NULL},
    {"an act, of a suspension", set_act, NULL},
    {"a name in other letters", set_person_case, NULL},
    {"another address", set_email, "the e-mail address was jane@new.example, is janet@new.example"},
    {"no second address", set_email2, "the second address was j@home.example, is none"},
    {"another username", set_other_username, "the username was jane, is jdoe"},
    {"another number", set_number, "the account's employee number was e1, is e2"},
    {"another profile", set_profile, "the profile was P1, is P2; the list of roles was A B, is B"},
    {"another role", set_role, "the list of roles was A B, is A C"},
    {"another person", set_person_number, "the person was e1, is e2"},
    {"another name", set_person_name, "the person's name was jane doe, is john doe"},
    {"another key", set_key, "the key of the link was employee_number, is email"},
    {"no link", set_nobody, "the person was e1, is none"},
    {"another status", set_status, "the person was departed, is absent"},
    {"no last day", set_last_day, "the last day was 2026-03-03, is none"},
    {"used after departure", set_used, "use after the last day was none, is yes"},
    {"another rule", set_rule, "the rule was departed, is gone"},
    {"another text of the rule", set_text, "the rule asks something else"},
    {"a veto", set_unless, "the rule asks something else"},
    {"another action", set_action, "the action was suspend, is deprovision"},
};

TEST(row_subject_changes_with_who_and_what_alone)
{
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct world world;
        world_make(&world);
        struct row_subject before = subject_now(&world);
        const char *text = row_subject_text(&world.arena, &before);
        if (changes[i].set)
            changes[i].set(&world);
        struct row_subject now = subject_now(&world);
        struct digest a = row_subject_digest(&before), b = row_subject_digest(&now);
        if ((digest_compare(&a, &b) == 0) != (changes[i].change == NULL))
            fail_msg("%s", changes[i].name);
        const char *change = row_subject_change(&world.arena, text, &now);
        const char *wanted = changes[i].change ? changes[i].change : "it is not the row it was";
        if (!text_starts(change, wanted))
            fail_msg("%s: '%s', not '%s'", changes[i].name, change, wanted);
        arena_release(&world.arena);
    }
}

TEST(row_subject_of_a_rule_that_does_not_ask_the_person_leaves_status_out)
{
    struct world world;

    world_make(&world);
    world.rule.when.person = 0;
    world.rule.when.idle_days_min = 90;
    struct row_subject subject = subject_now(&world); /* uses_person: a keep rule before it does */
    assert_null(subject.value[SUBJECT_STATUS]);
    assert_null(subject.value[SUBJECT_LAST_DAY]);
    assert_string_equal(subject.value[SUBJECT_PERSON], "e1");
    world.rule.has_unless = true; /* an `unless` asks as well */
    world.rule.unless.person = 1U << PERSON_ON_LEAVE;
    subject = subject_now(&world);
    assert_string_equal(subject.value[SUBJECT_STATUS], "departed");
    arena_release(&world.arena);
}

TEST(row_subject_of_a_rehire_asks_the_person_without_a_rule)
{
    struct world world;

    world_make(&world);
    world.decision.by = NULL;
    world.decision.action = ACTION_REACTIVATE;
    world.decision.person = PERSON_EMPLOYED;
    struct row_subject subject = subject_now(&world);
    assert_null(subject.value[SUBJECT_RULE]);
    assert_null(subject.value[SUBJECT_RULE_TEXT]);
    assert_string_equal(subject.value[SUBJECT_STATUS], "employed");
    arena_release(&world.arena);
}

TEST(row_subject_of_a_deprovision_holds_our_act)
{
    struct world world;

    world_make(&world);
    world.decision.action = ACTION_DEPROVISION;
    world.past.suspended_act = 7;
    struct row_subject before = subject_now(&world);
    const char *text = row_subject_text(&world.arena, &before);
    assert_string_equal(before.value[SUBJECT_ACT], "7");
    world.past.suspended_act = 8;
    struct row_subject now = subject_now(&world);
    assert_string_equal(row_subject_change(&world.arena, text, &now),
                        "the account was suspended by another act");
    world.past.suspended_act = 0;
    now = subject_now(&world);
    assert_string_equal(now.value[SUBJECT_ACT], "0");
    arena_release(&world.arena);
}

TEST(row_subject_of_a_person_without_a_number_goes_by_address)
{
    struct world world;

    world_make(&world);
    world.person.employee_number = " ";
    world.person.email = "Jane@Old.example";
    struct row_subject subject = subject_now(&world);
    assert_string_equal(subject.value[SUBJECT_PERSON], "jane@new.example");
    arena_release(&world.arena);
}

TEST(row_subject_digest_tells_fields_apart)
{
    struct row_subject subject[SUBJECT_FIELD_COUNT] = {0};

    for (size_t i = 0; i < SUBJECT_FIELD_COUNT; i++)
        subject[i].value[i] = "same";
    for (size_t i = 0; i < SUBJECT_FIELD_COUNT; i++) {
        for (size_t k = 0; k < SUBJECT_FIELD_COUNT; k++) {
            struct digest a = row_subject_digest(&subject[i]), b = row_subject_digest(&subject[k]);
            assert_int_equal(digest_compare(&a, &b) == 0, i == k);
        }
    }
}

/* What people approved is kept with this digest: it is the same for ever. */
TEST(row_subject_digest_is_the_same_in_every_version)
{
    const struct row_subject subject = {.value = {[SUBJECT_ACCOUNT] = "A", [SUBJECT_RULE] = "r"}};
    struct digest digest = row_subject_digest(&subject);
    char hex[DIGEST_HEX_SIZE];

    assert_string_equal(digest_hex(&digest, hex),
                        "168ad1c763c673ffd21520c89d4ca558c2cff1c063986e541e674167a0e340a8");
}

/* --- the text --- */

TEST(row_subject_change_reads_what_was_kept)
{
    static const char general[] = "it is not the row it was";
    static const struct {
        const char *before, *change;
    } rows[] = {
        {NULL, general},
        {"", general},
        {"null", general},
        {"[]", general},
        {"{", general},
        {"{\"rule\"", general},
        {"{\"rule\":1}", general},
        {"{\"rule\":\"a\"", general},
        {"{\"rule\":\"a\",}", general},
        {"{\"rule\":\"a\"} x", general},
        {"{\"rule\":\"a\\x\"}", general},
        {"{\"rule\":\"a\\u00\"}", general},
        {"{\"rule\":\"a\\u0000\"}", general},
        {"{\"rule\":\"\\ud83d\"}", general},
        {"{\"rule\":\"\\ude00\"}", general},
        {"{\"rule\":\"a", general},
        {"{\"rule\":\"a\\", general},
        {"{}", "the rule was none, is b"},
        {" { } ", "the rule was none, is b"},
        {"{\"rule\":\"b\"}", general}, /* nothing differs */
        {"{\"rule\":\"a\"}", "the rule was a, is b"},
        {" { \"rule\" : \"a\" , \"later\" : \"?\" } ", "the rule was a, is b"},
        {"{\"rule\":\"\\u00e9\\n\\\"\\/\\\\\"}", "the rule was \u00e9\n\"/\\, is b"},
        {"{\"rule\":\"\\ud83d\\ude00 \u20ac \\u20AC\"}",
         "the rule was \U0001f600 \u20ac \u20ac, is b"},
    };
    const struct row_subject now = {.value = {[SUBJECT_RULE] = "b"}};
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *change = row_subject_change(&arena, rows[i].before, &now);
        if (!text_equal(change, rows[i].change))
            fail_msg("%s: '%s'", rows[i].before, change);
    }
    arena_release(&arena);
}

/* Whoever changes a word of what is kept is found by the digest beside it. */
TEST(row_subject_is_of_its_own_words_alone)
{
    static const char *const others[] = {
        NULL,
        "",
        "{}",
        "{\"account\":\"A-1\"}",
        "{\"account\":\"A-2\",\"name\":\"zo\\u00eb \\\"x\\\"\"}",
        "{\"account\":\"A-1\",\"name\":\"zo\\u00eb \\\"x\\\"\"} ",
        "{\"account\":\"A-1\",\"name\":\"zo\303\253 \\\"x\\\"\",\"more\":\"x\"}",
        "{\"account\":\"A-2\",\"account\":\"A-1\",\"name\":\"zo\303\253 \\\"x\\\"\"}",
    };
    struct arena arena = ARENA_INIT;
    const struct row_subject subject = {
        .value = {[SUBJECT_ACCOUNT] = "A-1", [SUBJECT_NAME] = "zo\303\253 \"x\""}};
    struct digest digest = row_subject_digest(&subject), other = digest;

    assert_true(row_subject_is_of(row_subject_text(&arena, &subject), &digest));
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (row_subject_is_of(others[i], &digest))
            fail_msg("taken for it: %s", others[i]);
    }
    other.byte[0] ^= 1;
    assert_false(row_subject_is_of(row_subject_text(&arena, &subject), &other));
    arena_release(&arena);
}

/* Of every subject that a plan is made of, what is kept is read back as what it was. */
TEST(row_subject_is_of_what_a_plan_keeps)
{
    static const char *const names[] = {"Jane\tDoe", "O'Neil \\ \"x\"",
                                        "\346\235\216 \360\237\230\200", "a\342\200\256b",
                                        "a\177b\001"};
    struct world world;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        world_make(&world);
        world.person.name = names[i];
        world.account.username = names[i];
        struct row_subject subject = subject_now(&world);
        struct digest digest = row_subject_digest(&subject);
        if (!row_subject_is_of(row_subject_text(&world.arena, &subject), &digest))
            fail_msg("%s", names[i]);
        arena_release(&world.arena);
    }
}

TEST(row_subject_text_leaves_out_what_is_not_there)
{
    const struct row_subject subject = {
        .value = {[SUBJECT_ACCOUNT] = "A", [SUBJECT_NAME] = "o\"neill \u20ac"}};
    struct arena arena = ARENA_INIT;

    assert_string_equal(row_subject_text(&arena, &subject),
                        "{\"account\":\"A\",\"name\":\"o\\\"neill \u20ac\"}");
    arena_release(&arena);
}
