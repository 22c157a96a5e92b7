/* core/review: which rows the files of --only and --except name. */
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
static const struct plan plan = {.row = rows, .row_count = COUNT_OF(rows)};

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
