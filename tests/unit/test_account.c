/* facts/account: ids that may stand in a path, and which of two logins is the newer evidence. */
#include <string.h>

#include "base/cleanup.h"
#include "facts/account.h"
#include "test.h"

TEST(account_id_is_v4_of_many_forms_takes_one)
{
    static const struct {
        const char *id;
        bool good;
    } rows[] = {
        {"1A84D758-2B3A-141F-8F07D71AA1F223BD", true},
        {"00000000-0000-0000-0000000000000000", true},
        {"1a84d758-2b3a-141f-8f07d71aa1f223bd", false},
        {"1A84D758-2B3A-141F-8F07-D71AA1F223BD", false},
        {"1A84D758-2B3A-141F-8F07D71AA1F223B", false},
        {"1A84D758-2B3A-141F-8F07D71AA1F223BD0", false},
        {"1A84D758-2B3A-141F-8F07D71AA1F223BG", false},
        {"1A84D758/2B3A-141F-8F07D71AA1F223BD", false},
        {"../../../../../../../../../../../..", false},
        {"-A84D758-2B3A-141F-8F07D71AA1F223BD", false},
        {"jane.doe", false},
        {"", false},
        {NULL, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(account_id_is_v4(rows[i].id), rows[i].good);
}

TEST(login_newest_of_two_keeps_the_better_evidence)
{
    const struct login not_read = {.kind = LOGIN_NOT_READ};
    const struct login never = {.kind = LOGIN_NEVER, .source = LOGIN_FROM_SINGLE_READ};
    const struct login odd = {.kind = LOGIN_UNREADABLE, .raw = "?"};
    const struct login older = {.kind = LOGIN_KNOWN, .at = {.us = 5}, .source = LOGIN_FROM_HISTORY};
    const struct login newer = {.kind = LOGIN_KNOWN, .at = {.us = 9}, .source = LOGIN_FROM_EVENTS};
    const struct login same = {.kind = LOGIN_KNOWN, .at = {.us = 9}, .source = LOGIN_FROM_EXPORT};
    const struct {
        struct login a, b;
        enum login_kind kind;
        enum login_source source;
    } rows[] = {
        {not_read, never, LOGIN_NEVER, LOGIN_FROM_SINGLE_READ},
        {never, not_read, LOGIN_NEVER, LOGIN_FROM_SINGLE_READ},
        {never, odd, LOGIN_UNREADABLE, LOGIN_FROM_NOWHERE},
        {odd, older, LOGIN_KNOWN, LOGIN_FROM_HISTORY},
        {older, never, LOGIN_KNOWN, LOGIN_FROM_HISTORY},
        {older, newer, LOGIN_KNOWN, LOGIN_FROM_EVENTS},
        {newer, older, LOGIN_KNOWN, LOGIN_FROM_EVENTS},
        {newer, same, LOGIN_KNOWN, LOGIN_FROM_EVENTS},
        {same, newer, LOGIN_KNOWN, LOGIN_FROM_EXPORT},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct login newest = login_newest(rows[i].a, rows[i].b);
        assert_int_equal(newest.kind, rows[i].kind);
        assert_int_equal(newest.source, rows[i].source);
    }
}

TEST(login_is_ahead_of_a_moment_by_more_than_a_day)
{
    const struct instant now = {.us = 100 * DAY_US};
    struct login login = {.kind = LOGIN_KNOWN, .at = {.us = 101 * DAY_US}};

    assert_false(login_is_ahead(&login, now));
    login.at.us++;
    assert_true(login_is_ahead(&login, now));
    login.kind = LOGIN_UNREADABLE;
    assert_false(login_is_ahead(&login, now));
}

TEST(account_words_are_those_of_the_contract)
{
    assert_string_equal(account_status_name(ACCOUNT_ACTIVE), "active");
    assert_string_equal(account_status_name(ACCOUNT_INACTIVE), "inactive");
    assert_string_equal(account_status_name(ACCOUNT_GONE), "gone");
    assert_string_equal(account_status_name(ACCOUNT_UNREADABLE), "unreadable");
    assert_string_equal(login_source_name(LOGIN_FROM_SINGLE_READ), "single read");
    assert_string_equal(login_source_name(LOGIN_FROM_NOWHERE), "");
}
