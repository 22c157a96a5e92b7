/* core/review: who approved which rows, who may, and what the files of --only and --except name. */
#include <string.h>

#include "base/cleanup.h"
#include "base/table.h"
#include "base/text.h"
#include "core/review.h"
#include "test.h"

#define A "AAAAAAAA-2B3A-141F-8F07D71AA1F223BD"
#define B "BBBBBBBB-2B3A-141F-8F07D71AA1F223BD"
#define C "CCCCCCCC-2B3A-141F-8F07D71AA1F223BD"
#define K "DDDDDDDD-2B3A-141F-8F07D71AA1F223BD"

/* A suspension, a deletion, a reactivation and a finding. */
static struct plan_row rows[] = {
    {.action = ACTION_SUSPEND, .account_id = A, .username = "anna", .email = "Anna.A@acme.example"},
    {.action = ACTION_DEPROVISION, .account_id = B, .username = "b", .email = "bert@acme.example"},
    {.action = ACTION_REACTIVATE, .account_id = C, .username = "cora"},
    {.action = ACTION_KEEP, .account_id = K, .username = "kim", .email = "kim@acme.example"},
};
static const struct plan plan = {.row = rows,
                                 .row_count = COUNT_OF(rows),
                                 .approvals[ACTION_SUSPEND] = 1,
                                 .approvals[ACTION_DEPROVISION] = 2};

/* --- how many --- */

TEST(review_needed_is_as_the_plan_says)
{
    static const struct {
        int suspend, deprovision;
        size_t wanted[COUNT_OF(rows)];
    } cases[] = {
        {1, 2, {1, 2, 1, 0}},
        {0, 0, {0, 0, 1, 0}}, /* a reactivation always needs somebody */
        {3, 1, {3, 1, 3, 0}},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct plan other = plan;
        other.approvals[ACTION_SUSPEND] = cases[i].suspend;
        other.approvals[ACTION_DEPROVISION] = cases[i].deprovision;
        for (size_t k = 0; k < COUNT_OF(rows); k++)
            assert_int_equal(review_needed(&other, &rows[k]), cases[i].wanted[k]);
    }
}

TEST(review_approvers_counts_different_people_of_that_row)
{
    static const char *const only_a[] = {A};
    static const char *const a_and_b[] = {B, A};
    static const struct approval approvals[] = {
        {.who = "x", .account_id = only_a, .count = 1},
        {.who = "y", .account_id = a_and_b, .count = 2},
        {.who = "x", .all = true}, /* again: counts once where both name the row */
        {.who = "z", .account_id = NULL, .count = 0},
    };
    const struct review review = {.approval = approvals, .approval_count = COUNT_OF(approvals)};
    const struct review none = {.approval_count = 0};

    assert_int_equal(review_approvers(&review, &rows[0]), 2);
    assert_int_equal(review_approvers(&review, &rows[1]), 2);
    assert_int_equal(review_approvers(&review, &rows[2]), 1);
    assert_int_equal(review_approvers(&none, &rows[0]), 0);
}

static void check_approved(const struct review *review, size_t row, bool wanted, const char *says)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const char *reason = NULL;

    assert_int_equal(review_is_approved(&arena, &plan, review, &rows[row], &reason), wanted);
    assert_non_null(reason);
    assert_non_null(strstr(reason, says));
}

TEST(review_is_approved_when_enough_people_and_no_guard_say_so)
{
    static const struct approval approvals[] = {{.who = "x", .all = true},
                                                {.who = "y", .all = true}};
    static const struct override overrides[] = {{.guard = "G8", .who = "x", .reason = "r"},
                                                {.guard = "G7", .who = "x", .reason = "r"}};
    struct review review = {.approval = approvals, .approval_count = 1};

    check_approved(&review, 0, true, "approved by 1");
    check_approved(&review, 1, false, "1 of 2");
    review.approval_count = 2;
    check_approved(&review, 1, true, "approved by 2");
    rows[0].held_by = "G7";
    check_approved(&review, 0, false, "held by G7");
    review.override = overrides;
    review.override_count = 1; /* of another guard */
    check_approved(&review, 0, false, "held by G7");
    review.override_count = 2;
    check_approved(&review, 0, true, "approved");
    review.approval_count = 0; /* an override is no approval */
    check_approved(&review, 0, false, "0 of 1");
    rows[0].held_by = NULL;
}

/* --- who --- */

TEST(review_refuse_approver_of_own_account_or_not_listed)
{
    static const struct approver list[] = {
        {.user = "dora", .email = "dora@acme.example"},
        {.user = "anna2", .email = "ANNA.a@ACME.example"},
        {.user = "beatrix", .email = "B"},
        {.user = "bert"},
    };
    static const struct {
        const char *who;
        size_t count;
        const char *says; /* NULL = may */
    } cases[] = {
        {"dora", COUNT_OF(list), NULL},
        {"anna2", COUNT_OF(list), "own account"},   /* by e-mail, folded */
        {"beatrix", COUNT_OF(list), "own account"}, /* the e-mail is the username */
        {"bert", COUNT_OF(list), "own account"},    /* the local part, no e-mail given */
        {"eve", COUNT_OF(list), "not among"},
        {"", COUNT_OF(list), "not among"},
        {"eve", 0, NULL},
        {"ANNA", 0, "own account"}, /* the username, folded */
        {"anna.a", 0, "own account"},
        {"kim", 0, NULL}, /* a finding is no act */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        const char *refusal =
            review_refuse_approver(&arena, &plan, cases[i].who, list, cases[i].count);
        if ((refusal == NULL) != (cases[i].says == NULL) ||
            (refusal && !strstr(refusal, cases[i].says)))
            fail_msg("%s: %s", cases[i].who, refusal ? refusal : "may");
    }
}

/* --- which rows --- */

TEST(review_select_takes_ids_addresses_and_csv_rows)
{
    static const struct {
        const char *text, *named; /* 'x' for each of the rows */
    } cases[] = {
        {"", "----"},
        {"\n \r\n", "----"},
        {A, "x---"},
        {A "\n" B "\n", "xx--"},
        {"bert@acme.example\r\nANNA.A@ACME.EXAMPLE", "xx--"},
        {"account_id,username\n" C ",cora,x\n", "--x-"},
        {"\xEF\xBB\xBF"
         "account_id\n\"" A "\",\"a, b\"\n",
         "x---"},
        {"  " A "  ,x\n\n\n" A, "x---"}, /* twice is once */
        {"'" B, "-x--"},
        {"account_id", "----"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        bool named[COUNT_OF(rows)] = {false};
        if (review_select(&plan, cases[i].text, "f", named, &err))
            fail_msg("case %zu: %s", i, err.text);
        for (size_t k = 0; k < COUNT_OF(rows); k++)
            assert_int_equal(named[k], cases[i].named[k] == 'x');
    }
}

TEST(review_select_of_a_line_that_names_nobody_is_a_mistake)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {A "\nnobody", "f:2: 'nobody'"},
        {"\n\n" K, "f:3:"}, /* a finding has no action */
        {"kim@acme.example", "f:1:"},
        {"anna", "f:1:"},           /* a username is no id */
        {A "\naccount_id", "f:2:"}, /* a header stands first */
        {"\"" A, "f:1:"},
        {"AAAAAAAA", "f:1:"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        bool named[COUNT_OF(rows)] = {false};
        assert_int_equal(review_select(&plan, cases[i].text, "f", named, &err), -1);
        assert_int_equal(err.code, ERR_USAGE);
        if (!strstr(err.text, cases[i].says))
            fail_msg("case %zu: %s", i, err.text);
        for (size_t k = 0; k < COUNT_OF(rows); k++)
            assert_false(named[k]); /* outputs are written on success only */
    }
}
