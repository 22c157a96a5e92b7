/* core/step: the table of states, and the three questions on the way of an act. */
#include <string.h>

#include "alike.h"
#include "base/cleanup.h"
#include "base/table.h"
#include "base/text.h"
#include "core/step.h"
#include "test.h"

#define ID     "1A84D758-2B3A-141F-8F07D71AA1F223BD"
#define SECOND INT64_C(1000000)

/* --- states --- */

TEST(step_state_parse_of_every_name_gives_it_back)
{
    enum step_state parsed = STEP_PLANNED;

    for (unsigned i = 0; i < STEP_STATE_COUNT; i++) {
        assert_true(step_state_parse(step_state_name((enum step_state)i), &parsed));
        assert_int_equal(parsed, i);
    }
    assert_false(step_state_parse("", &parsed));
    assert_false(step_state_parse("Done", &parsed));
    assert_false(step_state_parse("done ", &parsed));
    assert_int_equal(parsed, STEP_STATE_COUNT - 1); /* as it was */
}

TEST(step_may_become_only_what_the_table_says)
{
    /* Rows from, columns to, in the order of the enum: planned approved intent done already skipped
     * failed unknown verified. */
    static const char *const wanted[STEP_STATE_COUNT] = {
        [STEP_PLANNED] = "-x-------", [STEP_APPROVED] = "x-x-xx---", [STEP_INTENT] = "-x-x--xx-",
        [STEP_DONE] = "--------x",    [STEP_ALREADY] = "---------",  [STEP_SKIPPED] = "---------",
        [STEP_FAILED] = "---x-----",  [STEP_UNKNOWN] = "---x--x--",  [STEP_VERIFIED] = "---------",
    };

    for (unsigned from = 0; from < STEP_STATE_COUNT; from++) {
        for (unsigned to = 0; to < STEP_STATE_COUNT; to++) {
            if (step_may_become((enum step_state)from, (enum step_state)to) !=
                (wanted[from][to] == 'x'))
                fail_msg("%s to %s", step_state_name((enum step_state)from),
                         step_state_name((enum step_state)to));
        }
        assert_int_equal(step_is_open((enum step_state)from),
                         from == STEP_INTENT || from == STEP_UNKNOWN);
    }
}

/* --- what is wanted --- */

TEST(step_is_wanted_only_of_a_reading_that_shows_it)
{
    static const struct {
        enum action action;
        enum reading_kind kind;
        enum account_status status;
        bool wanted;
    } rows[] = {
        {ACTION_SUSPEND, READING_FOUND, ACCOUNT_INACTIVE, true},
        {ACTION_SUSPEND, READING_FOUND, ACCOUNT_ACTIVE, false},
        {ACTION_SUSPEND, READING_FOUND, ACCOUNT_UNREADABLE, false},
        {ACTION_SUSPEND, READING_GONE, ACCOUNT_INACTIVE, false},
        {ACTION_SUSPEND, READING_FAILED, ACCOUNT_INACTIVE, false},
        {ACTION_REACTIVATE, READING_FOUND, ACCOUNT_ACTIVE, true},
        {ACTION_REACTIVATE, READING_FOUND, ACCOUNT_INACTIVE, false},
        {ACTION_REACTIVATE, READING_FAILED, ACCOUNT_ACTIVE, false},
        {ACTION_REACTIVATE, READING_GONE, ACCOUNT_ACTIVE, false},
        {ACTION_DEPROVISION, READING_GONE, ACCOUNT_UNREADABLE, true},
        {ACTION_DEPROVISION, READING_FOUND, ACCOUNT_GONE, false}, /* an answer is no absence */
        {ACTION_DEPROVISION, READING_FAILED, ACCOUNT_UNREADABLE, false},
        {ACTION_KEEP, READING_FOUND, ACCOUNT_ACTIVE, false},
        {ACTION_KEEP, READING_GONE, ACCOUNT_ACTIVE, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct step_aim aim = {.action = rows[i].action};
        const struct reading reading = {.kind = rows[i].kind, .account.status = rows[i].status};
        assert_int_equal(step_is_wanted(&aim, &reading), rows[i].wanted);
    }
}

/* Active is not enough, nor is the profile. */
TEST(step_is_wanted_of_a_downgrade_in_the_profile_alone)
{
    static const struct {
        enum action action;
        enum reading_kind kind;
        enum account_status status;
        bool wanted;
        const char *profile; /* that it has; the wanted one is "light" */
    } rows[] = {
        {ACTION_DOWNGRADE, READING_FOUND, ACCOUNT_ACTIVE, true, "light"},
        {ACTION_DOWNGRADE, READING_FOUND, ACCOUNT_ACTIVE, false, "heavy"},
        {ACTION_DOWNGRADE, READING_FOUND, ACCOUNT_ACTIVE, false, NULL},
        {ACTION_DOWNGRADE, READING_FOUND, ACCOUNT_INACTIVE, false, "light"},
        {ACTION_DOWNGRADE, READING_FAILED, ACCOUNT_ACTIVE, false, "light"},
        {ACTION_DOWNGRADE, READING_GONE, ACCOUNT_ACTIVE, false, "light"},
        {ACTION_RESTORE, READING_FOUND, ACCOUNT_ACTIVE, true, "light"},
        {ACTION_RESTORE, READING_FOUND, ACCOUNT_ACTIVE, false, "heavy"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct step_aim aim = {rows[i].action, "heavy", "light"};
        const struct reading reading = {
            .kind = rows[i].kind,
            .account = {.status = rows[i].status, ALIKE(.profile_id = rows[i].profile)}};
        assert_int_equal(step_is_wanted(&aim, &reading), rows[i].wanted);
    }
}

/* No profile is wanted that nobody named. */
TEST(step_is_wanted_of_a_downgrade_without_a_profile_is_never)
{
    const struct step_aim aim = {.action = ACTION_DOWNGRADE};
    const struct reading reading = {.kind = READING_FOUND, .account.status = ACCOUNT_ACTIVE};

    assert_false(step_is_wanted(&aim, &reading));
}

/* --- before the act --- */

/* One case: everything is as it was approved, but for what it changes. */
struct before {
    struct plan_row row;
    struct reading reading;
    struct decision fresh;
};

static const struct day today = {.number = 20000};
static const struct rule departed = {.name = "departed"}, idle = {.name = "idle"};

static struct before make_before(void)
{
    return (struct before){
        .row = {.action = ACTION_SUSPEND,
                .account_id = ID,
                .email = "lea@acme.example",
                .rule = "departed"},
        .reading = {.kind = READING_FOUND,
                    .account = {.id = ID, .email = "lea@acme.example", .status = ACCOUNT_ACTIVE}},
        .fresh = {.action = ACTION_SUSPEND,
                  .by = &departed,
                  .clause = "R10",
                  .reason = "left on 2026-01-31",
                  .not_before = DAY_NONE},
    };
}

static void check_verdict(const struct before *before, enum verdict_kind kind, const char *reason)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct step_verdict verdict =
        step_judge(&arena, &before->row, &before->reading, &before->fresh, today);

    if (verdict.kind != kind || !verdict.reason || !strstr(verdict.reason, reason))
        fail_msg("verdict %d, '%s', not %d, '%s'", (int)verdict.kind, verdict.reason, (int)kind,
                 reason);
}

TEST(step_judge_of_everything_as_approved_acts)
{
    struct before before = make_before();

    check_verdict(&before, STEP_ACT, "left on");
    before.reading.account.email = "LEA@Acme.example"; /* e-mail is compared folded */
    check_verdict(&before, STEP_ACT, "left on");
    before.fresh.not_before = today; /* due today */
    check_verdict(&before, STEP_ACT, "left on");
    before.fresh.not_before = (struct day){.number = today.number - 1};
    check_verdict(&before, STEP_ACT, "left on");
}

TEST(step_judge_of_each_change_alone_skips)
{
    struct before before = make_before();

    before.reading.kind = READING_FAILED;
    check_verdict(&before, STEP_SKIP, "could not be read");
    before = make_before();
    before.reading.kind = READING_GONE;
    check_verdict(&before, STEP_SKIP, "gone");
    before = make_before();
    before.reading.account.id = "2B84D758-2B3A-141F-8F07D71AA1F223BD";
    check_verdict(&before, STEP_SKIP, "another account");
    before.reading.account.id = NULL;
    check_verdict(&before, STEP_SKIP, "another account");
    before = make_before();
    before.reading.account.email = "leo@acme.example";
    check_verdict(&before, STEP_SKIP, "another e-mail");
    before.reading.account.email = NULL;
    check_verdict(&before, STEP_SKIP, "another e-mail");
    before = make_before();
    before.reading.account.status = ACCOUNT_UNREADABLE;
    check_verdict(&before, STEP_SKIP, "unreadable, not active");
    before = make_before();
    before.fresh.action = ACTION_KEEP;
    before.fresh.clause = "P3";
    check_verdict(&before, STEP_SKIP, "now keep (P3");
    before = make_before();
    before.fresh.by = &idle; /* the same action for another reason was not approved */
    check_verdict(&before, STEP_SKIP, "the rule does not hold");
    before = make_before();
    before.fresh.action = ACTION_DEPROVISION;
    check_verdict(&before, STEP_SKIP, "the rule does not hold");
    before = make_before();
    before.fresh.not_before = (struct day){.number = today.number + 1};
    check_verdict(&before, STEP_SKIP, "grace is not over");
    before.fresh.new_announcement = true;
    check_verdict(&before, STEP_SKIP, "starts anew");
}

TEST(step_judge_of_the_wanted_state_needs_no_act)
{
    struct before before = make_before();

    before.reading.account.status = ACCOUNT_INACTIVE;
    check_verdict(&before, STEP_IS_ALREADY, "already");
    before = make_before();
    before.row.action = ACTION_DEPROVISION;
    before.fresh.action = ACTION_DEPROVISION;
    before.reading.kind = READING_GONE;
    check_verdict(&before, STEP_IS_ALREADY, "already");
}

TEST(step_judge_of_an_account_in_the_other_state_skips)
{
    struct before before = make_before();

    before.row.action = ACTION_DEPROVISION;
    before.fresh.action = ACTION_DEPROVISION;
    check_verdict(&before, STEP_SKIP, "is active, not inactive");
    before.reading.account.status = ACCOUNT_INACTIVE;
    check_verdict(&before, STEP_ACT, "left on");
    before.row.action = ACTION_REACTIVATE;
    before.fresh.action = ACTION_REACTIVATE;
    check_verdict(&before, STEP_ACT, "left on");
}

TEST(step_status_then_is_what_is_wanted_and_of_a_profile_what_it_is)
{
    const struct account active = {.status = ACCOUNT_ACTIVE}, gone = {.status = ACCOUNT_GONE},
                         inactive = {.status = ACCOUNT_INACTIVE};

    for (int action = ACTION_RESTORE; action <= ACTION_DOWNGRADE; action++) {
        const struct step_aim aim = {(enum action)action, "1", "2"};
        assert_int_equal(step_status_then(&aim, &active), ACCOUNT_ACTIVE);
        assert_int_equal(step_status_then(&aim, &inactive), ACCOUNT_INACTIVE);
        assert_int_equal(step_status_then(&aim, &gone), ACCOUNT_GONE);
    }
    const struct step_aim suspend = {.action = ACTION_SUSPEND},
                          let_in = {.action = ACTION_REACTIVATE};
    assert_int_equal(step_status_then(&suspend, &active), ACCOUNT_INACTIVE);
    assert_int_equal(step_status_then(&let_in, &inactive), ACCOUNT_ACTIVE);
}

/* --- after the act --- */

static struct account make_account(void)
{
    static const struct group groups[] = {{.id = "g1", .name = "One"}, {.id = "g2", .name = "Two"}};

    return (struct account){
        .id = ID,
        .username = "lea",
        .email = "lea@acme.example",
        .name = "Lea",
        .employee_number = "101",
        ALIKE(.profile_id = "1", .country = "NL", .department = "IT", .group = groups,
              .group_count = 2),
        .sso_only = true,
        .status = ACCOUNT_ACTIVE,
        .login = {.kind = LOGIN_KNOWN, .at = {.us = 1000 * SECOND}},
    };
}

static void check_aim(const struct step_aim *aim, struct account after, const char *says)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const struct account was = make_account();
    const struct step_sight before = {.account = &was}, seen = {.account = &after};
    const char *change = step_unintended_change(&arena, aim, NULL, &before, &seen);

    if ((change == NULL) != (says == NULL) || (says && !strstr(change, says)))
        fail_msg("'%s', not '%s'", change ? change : "(none)", says ? says : "(none)");
}

static void check_change(struct account after, const char *says)
{
    const struct step_aim aim = {.action = ACTION_SUSPEND};

    check_aim(&aim, after, says);
}

/* The account with one field changed. */
#define CHANGED(field, value)                                                                      \
    __extension__({                                                                                \
        struct account changed_ = make_account();                                                  \
        changed_.field = (value);                                                                  \
        changed_;                                                                                  \
    })

/* Likewise one of those that many have alike. */
#define CHANGED_ALIKE(field, value)                                                                \
    __extension__({                                                                                \
        struct account changed_ = make_account();                                                  \
        alike_own(&changed_)->field = (value);                                                     \
        changed_;                                                                                  \
    })

TEST(step_unintended_change_names_the_field)
{
    static const struct group others[] = {{.id = "g1"}, {.id = "g3"}};

    check_change(CHANGED(id, "x"), "id is another now");
    check_change(CHANGED(username, "leo"), "username is another now");
    check_change(CHANGED(email, "leo@acme.example"), "email");
    check_change(CHANGED(name, NULL), "name is empty now");
    check_change(CHANGED(employee_number, "102"), "employeeNumber");
    check_change(CHANGED_ALIKE(profile_id, "2"), "profileId");
    check_change(CHANGED_ALIKE(country, "BE"), "country");
    check_change(CHANGED_ALIKE(department, "HR"), "department");
    check_change(CHANGED(sso_only, false), "isSSOOnly was 'true' and is 'false'");
    check_change(CHANGED_ALIKE(group, others), "groups");
    check_change(CHANGED_ALIKE(group_count, 1), "groups");
    check_change(CHANGED(login.at.us, 999 * SECOND), "backwards");
    check_change(CHANGED(login.kind, LOGIN_NEVER), "backwards");
}

TEST(step_unintended_change_of_status_login_or_order_is_none)
{
    static const struct group turned[] = {{.id = "g2", .name = "2"}, {.id = "g1", .name = "1"}};

    check_change(make_account(), NULL);
    check_change(CHANGED(status, ACCOUNT_INACTIVE), NULL);
    check_change(CHANGED(login.at.us, 1001 * SECOND), NULL);
    check_change(CHANGED_ALIKE(group, turned), NULL);
}

/* The profile is to change, and to nothing else; the status is a field like others. */
TEST(step_unintended_change_of_a_downgrade_is_all_but_its_profile)
{
    const struct step_aim aim = {ACTION_DOWNGRADE, "1", "2"}, other = {ACTION_DOWNGRADE, "3", "2"};
    struct account after = CHANGED_ALIKE(profile_id, "2");

    check_aim(&aim, after, NULL);
    check_aim(&other, after, "profileId was '3' and is '1'");
    check_aim(&aim, make_account(), "profileId was '2' and is '1'");
    check_aim(&aim, CHANGED_ALIKE(profile_id, "3"), "profileId was '2' and is '3'");
    after.status = ACCOUNT_INACTIVE;
    check_aim(&aim, after, "active was 'active' and is 'inactive'");
    after.status = ACCOUNT_ACTIVE;
    alike_own(&after)->country = "BE";
    check_aim(&aim, after, "country");
    alike_own(&after)->country = "NL";
    after.sso_only = false;
    check_aim(&aim, after, "isSSOOnly");
}

/* --- what only the single user tells --- */

static struct particulars make_particulars(void)
{
    struct particulars particulars = {.value = {NULL}};

    for (size_t i = 0; i + 1 < PARTICULAR_COUNT; i++)
        particulars.value[i] = "secret";
    return particulars; /* of the last one there is none */
}

/* What is said when one of them became this, `later_s` after the login of before. */
static void check_particular(size_t at, const char *value, int64_t later_s, const char *says)
{
    static const struct step_aim aims[] = {
        {.action = ACTION_SUSPEND}, {.action = ACTION_REACTIVATE}, {ACTION_DOWNGRADE, "0", "1"}};
    CLEANUP(text_release) struct text wanted = TEXT_INIT;

    if (says)
        text_addf(&wanted, "%s %s; hint: ", particular_names[at], says);
    for (size_t i = 0; i < COUNT_OF(aims); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct account was = make_account(), is = make_account();
        const struct particulars before = make_particulars();
        struct particulars after = make_particulars();
        if (aims[i].from_profile)
            alike_own(&was)->profile_id = aims[i].from_profile;
        is.login.at.us += later_s * SECOND;
        after.value[at] = value;
        const char *change =
            step_unintended_change(&arena, &aims[i], NULL, &(struct step_sight){&was, &before},
                                   &(struct step_sight){&is, &after});
        if ((change == NULL) != (says == NULL) ||
            (says && (!text_starts(change, text_cstr(&wanted)) || strstr(change, "secret"))))
            fail_msg("'%s', not '%s'", change ? change : "(none)", text_cstr(&wanted));
    }
}

TEST(step_unintended_change_of_a_particular_names_it_and_no_value)
{
    const size_t last = PARTICULAR_COUNT - 1;

    for (size_t i = 0; i < last; i++) {
        check_particular(i, "secret", 0, NULL);
        check_particular(i, "other", 0, "is another now");
        check_particular(i, NULL, 0, "is empty now");
    }
    check_particular(last, NULL, 0, NULL);
    check_particular(last, "other", 0, "is another now");
}

/* Who was there since may have changed it; nobody empties by being there. */
TEST(step_unintended_change_of_who_logged_in_since_is_an_emptied_particular_alone)
{
    check_particular(0, "other", 1, NULL);
    check_particular(0, NULL, 1, "is empty now");
    check_particular(PARTICULAR_COUNT - 1, "other", 1, NULL);
}

TEST(step_unintended_change_of_particulars_that_one_reading_does_not_tell_is_none)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const struct step_aim aim = {.action = ACTION_SUSPEND};
    const struct account account = make_account();
    const struct particulars told = make_particulars();
    const struct step_sight with = {&account, &told}, without = {.account = &account};

    assert_null(step_unintended_change(&arena, &aim, NULL, &with, &without));
    assert_null(step_unintended_change(&arena, &aim, NULL, &without, &with));
}

/* --- what the portal changes by itself --- */

/* What is said when this became empty or another, and that naming it alone lets acts go on. */
static void check_let_go(const char *name, const struct particulars *is, struct account now)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text line = TEXT_INIT;
    const struct step_aim aim = {.action = ACTION_SUSPEND};
    const struct account was = make_account();
    const struct particulars before = {{"a", "a", "a", "a", "a", "a", "a", "a", "a"}};
    const struct step_sight first = {&was, &before}, then = {&now, is};
    struct own_changes own = {{false}};
    size_t at = 0;

    while (at < OWN_CHANGE_COUNT && strcmp(own_change_names[at], name) != 0)
        at++;
    text_addf(&line, "changes_itself = [ \"%s\" ];", name);
    const char *change = step_unintended_change(&arena, &aim, &own, &first, &then);
    assert_non_null(change);
    assert_true(text_starts(change, name));
    assert_non_null(strstr(change, "look at the account first"));
    assert_true((strstr(change, text_cstr(&line)) != NULL) == (at < OWN_CHANGE_COUNT));
    for (size_t i = 0; i < OWN_CHANGE_COUNT; i++)
        own.of[i] = i != at;
    assert_non_null(step_unintended_change(&arena, &aim, &own, &first, &then));
    if (at < OWN_CHANGE_COUNT) {
        own = (struct own_changes){{false}};
        own.of[at] = true;
        assert_null(step_unintended_change(&arena, &aim, &own, &first, &then));
    }
}

TEST(step_change_that_is_the_portals_own_is_none_where_it_is_named_and_may_be)
{
    const struct particulars same = {{"a", "a", "a", "a", "a", "a", "a", "a", "a"}};

    for (size_t i = 0; i < PARTICULAR_COUNT; i++) {
        struct particulars is = same;
        is.value[i] = NULL;
        check_let_go(particular_names[i], &is, make_account());
    }
    check_let_go("username", &same, CHANGED(username, NULL));
    check_let_go("email", &same, CHANGED(email, NULL));
    check_let_go("name", &same, CHANGED(name, NULL));
    check_let_go("employeeNumber", &same, CHANGED(employee_number, NULL));
    check_let_go("profileId", &same, CHANGED_ALIKE(profile_id, NULL));
    check_let_go("isSSOOnly", &same, CHANGED(sso_only, false));
    check_let_go("country", &same, CHANGED_ALIKE(country, NULL));
    check_let_go("department", &same, CHANGED_ALIKE(department, NULL));
}

/* The line takes the place of the one that stands there. */
TEST(step_change_beside_one_that_is_the_portals_own_says_a_line_with_both)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const struct step_aim aim = {.action = ACTION_SUSPEND};
    const struct account was = make_account(), is = CHANGED_ALIKE(country, "BE");
    const struct own_changes own = {{[1] = true, [7] = true}};
    const char *change =
        step_unintended_change(&arena, &aim, &own, &(struct step_sight){.account = &was},
                               &(struct step_sight){.account = &is});

    assert_non_null(change);
    assert_non_null(
        strstr(change, "changes_itself = [ \"phoneNumber\", \"country\", \"terms\" ];"));
}

/* --- what nobody saw the end of --- */

#define DAYS(days) ((days)*INT64_C(86400))

TEST(step_settle_goes_by_the_reading_and_by_what_was_answered)
{
    static const struct {
        enum action action;
        enum reading_kind kind;
        enum account_status status;
        int64_t age_s; /* of the call; patience is 20 */
        enum step_state unanswered, accepted;
    } rows[] = {
        {ACTION_SUSPEND, READING_FOUND, ACCOUNT_INACTIVE, 0, STEP_DONE, STEP_DONE},
        {ACTION_SUSPEND, READING_FOUND, ACCOUNT_INACTIVE, DAYS(100), STEP_DONE, STEP_DONE},
        {ACTION_SUSPEND, READING_FOUND, ACCOUNT_ACTIVE, 19, STEP_UNKNOWN, STEP_UNKNOWN},
        {ACTION_SUSPEND, READING_FOUND, ACCOUNT_ACTIVE, 20, STEP_FAILED, STEP_UNKNOWN},
        {ACTION_SUSPEND, READING_FOUND, ACCOUNT_ACTIVE, DAYS(7) - 1, STEP_FAILED, STEP_UNKNOWN},
        {ACTION_SUSPEND, READING_FOUND, ACCOUNT_ACTIVE, DAYS(7), STEP_FAILED, STEP_FAILED},
        {ACTION_SUSPEND, READING_FOUND, ACCOUNT_ACTIVE, -60, STEP_UNKNOWN, STEP_UNKNOWN},
        {ACTION_SUSPEND, READING_FOUND, ACCOUNT_UNREADABLE, DAYS(8), STEP_UNKNOWN, STEP_UNKNOWN},
        {ACTION_SUSPEND, READING_FAILED, ACCOUNT_ACTIVE, DAYS(8), STEP_UNKNOWN, STEP_UNKNOWN},
        {ACTION_SUSPEND, READING_GONE, ACCOUNT_ACTIVE, 0, STEP_FAILED, STEP_FAILED},
        {ACTION_DEPROVISION, READING_GONE, ACCOUNT_UNREADABLE, 0, STEP_DONE, STEP_DONE},
        {ACTION_DEPROVISION, READING_FAILED, ACCOUNT_UNREADABLE, 1000, STEP_UNKNOWN, STEP_UNKNOWN},
        {ACTION_DEPROVISION, READING_FOUND, ACCOUNT_INACTIVE, 19, STEP_UNKNOWN, STEP_UNKNOWN},
        {ACTION_DEPROVISION, READING_FOUND, ACCOUNT_INACTIVE, 20, STEP_FAILED, STEP_UNKNOWN},
        {ACTION_REACTIVATE, READING_FOUND, ACCOUNT_ACTIVE, 0, STEP_DONE, STEP_DONE},
        {ACTION_REACTIVATE, READING_FOUND, ACCOUNT_INACTIVE, 20, STEP_FAILED, STEP_UNKNOWN},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        const struct reading reading = {.kind = rows[i / 2].kind,
                                        .account.status = rows[i / 2].status};
        const struct step_call call = {
            .aim.action = rows[i / 2].action, .at = {.us = 5000 * SECOND}, .accepted = i % 2};
        const struct instant now = {.us = call.at.us + rows[i / 2].age_s * SECOND};
        const char *reason = NULL;
        enum step_state is = step_settle(&call, &reading, now, 20 * SECOND, &reason);
        if (is != (call.accepted ? rows[i / 2].accepted : rows[i / 2].unanswered) || !reason)
            fail_msg("case %zu, %saccepted, is %s: %s", i / 2, call.accepted ? "" : "not ",
                     step_state_name(is), reason);
    }
}

TEST(step_settle_of_a_downgrade_goes_by_the_profile_whatever_the_status)
{
    static const struct {
        const char *profile;
        enum account_status status;
        int64_t age_s;
        enum step_state is; /* accepted */
        const char *says;
    } rows[] = {
        {"light", ACCOUNT_ACTIVE, 0, STEP_DONE, "wanted state"},
        {"light", ACCOUNT_INACTIVE, 0, STEP_DONE, "shows the profile"},
        {"light", ACCOUNT_INACTIVE, DAYS(8), STEP_DONE, "shows the profile"},
        {"light", ACCOUNT_UNREADABLE, DAYS(8), STEP_UNKNOWN, "could not be read"},
        {"heavy", ACCOUNT_INACTIVE, DAYS(8), STEP_FAILED, "without effect"},
        {"heavy", ACCOUNT_ACTIVE, 0, STEP_UNKNOWN, "does not show yet"},
        {"third", ACCOUNT_ACTIVE, 0, STEP_UNKNOWN, "does not show yet"},
        {"third", ACCOUNT_ACTIVE, DAYS(8), STEP_FAILED, "changed by somebody since"},
        {NULL, ACCOUNT_ACTIVE, DAYS(8), STEP_FAILED, "without effect"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct reading reading = {
            .kind = READING_FOUND,
            .account = {.status = rows[i].status, ALIKE(.profile_id = rows[i].profile)}};
        const struct step_call call = {.aim = {ACTION_DOWNGRADE, "heavy", "light"},
                                       .at = {.us = 5000 * SECOND},
                                       .accepted = true};
        const struct instant now = {.us = call.at.us + rows[i].age_s * SECOND};
        const char *reason = NULL;
        if (step_settle(&call, &reading, now, 0, &reason) != rows[i].is ||
            !strstr(reason, rows[i].says))
            fail_msg("row %zu: %s", i, reason);
    }
}

TEST(step_settle_says_why_an_accepted_call_failed)
{
    const struct reading reading = {.kind = READING_FOUND, .account.status = ACCOUNT_ACTIVE};
    const struct step_call call = {
        .aim.action = ACTION_SUSPEND, .at = {.us = 5000 * SECOND}, .accepted = true};
    const char *reason = NULL;

    (void)step_settle(&call, &reading, (struct instant){.us = (5000 + DAYS(7)) * SECOND}, 0,
                      &reason);
    assert_string_equal(reason, "accepted, and without effect");
}

/* --- how much may fail --- */

/* 'f' failed, '.' did not; whether that ends the run. */
static bool ends(const char *acts)
{
    struct step_failures failures = {.tried = 0};

    for (const char *act = acts; *act; act++)
        step_failures_count(&failures, *act == 'f');
    return step_failures_stop(&failures);
}

TEST(step_failures_stop_at_three_in_a_row_or_above_5_percent)
{
    assert_false(ends(""));
    assert_false(ends("ff"));
    assert_true(ends("fff"));
    assert_false(ends("ff.ff"));
    assert_true(ends("ff.fff"));
    assert_false(ends("f.f.f.f.f.f.f.f.f.f"));  /* too few to speak of percent */
    assert_false(ends("...................f")); /* 1 of 20 */
    assert_true(ends("f..................f"));  /* 2 of 20 */
    assert_false(ends("f...................f"
                      "...................")); /* 2 of 40 */
}
