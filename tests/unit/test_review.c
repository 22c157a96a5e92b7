/* core/review: which rows the names in the files of --only and --except mean. */
#include <string.h>

#include "base/cleanup.h"
#include "core/review.h"
#include "test.h"

#define A "AAAAAAAA-2B3A-141F-8F07D71AA1F223BD"
#define B "BBBBBBBB-2B3A-141F-8F07D71AA1F223BD"
#define C "CCCCCCCC-2B3A-141F-8F07D71AA1F223BD"
#define K "DDDDDDDD-2B3A-141F-8F07D71AA1F223BD"
#define M "EEEEEEEE-2B3A-141F-8F07D71AA1F223BD"
#define N "FFFFFFFF-2B3A-141F-8F07D71AA1F223BD"

/* A suspension, a deletion, a reactivation, a finding; one whose address is another's id; two of
 * one address; one that has neither; one whose address is an id that is not here; two of one
 * address, of which one is kept; addresses that fold. */
static struct plan_row rows[] = {
    {.action = ACTION_SUSPEND, .account_id = A, .username = "anna", .email = "Anna.A@acme.example"},
    {.action = ACTION_DEPROVISION, .account_id = B, .username = "b", .email = "bert@acme.example"},
    {.action = ACTION_REACTIVATE, .account_id = C, .username = "cora"},
    {.action = ACTION_KEEP, .account_id = K, .username = "kim", .email = "kim@acme.example"},
    {.action = ACTION_SUSPEND, .account_id = M, .email = A},
    {.action = ACTION_SUSPEND, .account_id = "F1", .email = "two@acme.example"},
    {.action = ACTION_SUSPEND, .account_id = "F2", .email = "TWO@acme.example"},
    {.action = ACTION_SUSPEND, .username = "no id"},
    {.action = ACTION_SUSPEND, .account_id = "F3", .email = N},
    {.action = ACTION_SUSPEND, .account_id = "F4", .email = "half@acme.example"},
    {.action = ACTION_KEEP, .account_id = "F5", .email = "Half@acme.example"},
    {.action = ACTION_SUSPEND, .account_id = "F6", .email = "anna.stra\u00dfe@acme.example"},
    {.action = ACTION_SUSPEND, .account_id = "F7", .email = "kay@acme.example"},
};
static const struct plan plan = {.row = rows, .row_count = COUNT_OF(rows)};

/* The names of one row of a file each, from the first on. */
static int select_rows(const char *const *name, bool *ret_named, struct err *err)
{
    struct review_name list[8];
    struct review_names names = {.file = "f", .name = list};

    for (; name[names.count]; names.count++)
        list[names.count] =
            (struct review_name){.value = name[names.count], .row = (uint32_t)names.count + 1};
    return review_select(&plan, &names, ret_named, err);
}

TEST(review_select_takes_ids_and_addresses)
{
    static const struct {
        const char *name[4], *named; /* 'x' for each of the rows */
    } cases[] = {
        {{NULL}, "-------------"},
        {{A}, "x------------"}, /* and not the one whose address it is */
        {{A, B}, "xx-----------"},
        {{"bert@acme.example", "ANNA.A@ACME.EXAMPLE"}, "xx-----------"},
        {{A, A}, "x------------"},
        {{"anna.a@acme.example", M}, "x---x--------"},
        {{"f2", "F1"}, "-----xx------"},
        {{"f3"}, "--------x----"},
        {{"F4"}, "---------x---"}, /* by its id, whoever else has the address */
        {{"Anna.STRA\u00dfe@acme.example", "KAY@acme.example"}, "-----------xx"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        bool named[COUNT_OF(rows)] = {false};
        if (select_rows(cases[i].name, named, &err))
            fail_msg("case %zu: %s", i, err.text);
        for (size_t k = 0; k < COUNT_OF(rows); k++)
            assert_int_equal(named[k], cases[i].named[k] == 'x');
    }
}

TEST(review_select_of_a_name_that_is_nobodys_or_several_peoples_is_a_mistake)
{
    static const struct {
        const char *name[4], *says;
    } cases[] = {
        {{A, "nobody"}, "f:2: 'nobody' is no account"},
        {{K}, "is kept by this plan: there is nothing to decide"},
        {{A, "Kim@acme.example"}, "f:2: 'Kim@acme.example' is kept by this plan"},
        {{"half@acme.example"}, "are several accounts"},
        {{N}, "is no account"}, /* somebody may call themselves so */
        {{"anna.strasse@acme.example"}, "is written otherwise in this plan"},
        {{"anna.STRASSE@acme.example"}, "is written otherwise in this plan"},
        {{"\u212aay@acme.example"}, "is written otherwise in this plan"}, /* the Kelvin sign */
        {{"anna"}, "f:1:"},                                               /* a username is no id */
        {{"no id"}, "f:1:"},
        {{"AAAAAAAA"}, "f:1:"},
        {{B, "two@acme.example"}, "f:2: 'two@acme.example' are several accounts"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        bool named[COUNT_OF(rows)] = {false};
        assert_int_equal(select_rows(cases[i].name, named, &err), -1);
        assert_int_equal(err.code, ERR_USAGE);
        if (!strstr(err.text, cases[i].says))
            fail_msg("case %zu: %s", i, err.text);
        for (size_t k = 0; k < COUNT_OF(rows); k++)
            assert_false(named[k]); /* outputs are written on success only */
    }
}

/* A row of a report without its header: what stands first must be the id, and not what somebody is
 * called. */
TEST(review_select_takes_a_row_of_a_report_only_with_its_username)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    bool named[COUNT_OF(rows)] = {false};
    struct review_name name = {.value = B, .username = "b", .row = 3};
    const struct review_names names = {.file = "f", .name = &name, .count = 1};

    assert_int_equal(review_select(&plan, &names, named, &err), 0);
    assert_true(named[1]);
    name.username = "mallory";
    assert_int_equal(review_select(&plan, &names, named, &err), -1);
    assert_non_null(strstr(err.text, "f:3: is no row of this plan's CSV"));
}
