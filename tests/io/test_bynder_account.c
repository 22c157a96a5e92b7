/*
 * One user of the API becomes one account: every odd form of a member, and what becomes of it.
 */
#include <string.h>

#include "base/text.h"
#include "bynder/private.h"
#include "facts/roster.h"
#include "test.h"

#define ID  "1A84D758-2B3A-141F-8F07D71AA1F223BD"
#define NOW ((struct instant){.us = INT64_C(1795334400) * SECOND_US})

struct fixture {
    struct arena arena;
    struct account_reader reader;
    struct account account;
    bool is_usable;
};

static void fixture_release(struct fixture *fixture)
{
    account_reader_release(&fixture->reader);
    arena_release(&fixture->arena);
}

static struct json_object *parse(const char *text)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct json_object *object = NULL;

    if (json_parse_object(text, strlen(text), &object, &err) < 0)
        fail_msg("%s: %s", text, err.text);
    return object;
}

static bool read_text(struct fixture *fixture, const char *text)
{
    CLEANUP(json_view_release) struct json_view view = {.count = 0};
    struct json_part whole;

    json_free(parse(text)); /* it is an object, and no name is there twice */
    assert_int_equal(json_whole(text, strlen(text), &whole, NULL), 0);
    (void)json_view_read(&view, whole);
    return account_reader_read(&fixture->reader, &view, &fixture->account);
}

static void read_account(struct fixture *fixture, const char *text)
{
    *fixture = (struct fixture){.arena = ARENA_INIT};
    account_reader_init(&fixture->reader, &fixture->arena);
    fixture->is_usable = read_text(fixture, text);
}

TEST(account_reader_read_of_a_documented_item_takes_every_field)
{
    CLEANUP(fixture_release) struct fixture fixture;
    const struct account *account = &fixture.account;

    read_account(&fixture,
                 "{\"id\":\"" ID "\",\"username\":\"ann\",\"email\":\"ann@acme.example\","
                 "\"email2\":\"\",\"name\":\"Ann \\u00c9lan\",\"active\":1,\"isSSOOnly\":true,"
                 "\"profileId\":\"7\",\"groups\":[{\"id\":\"g1\",\"name\":\"Sales\"},"
                 "{\"id\":\"g2\",\"name\":null}],\"employeeNumber\":\"0042\",\"salesrepId\":null,"
                 "\"timeZone\":\"x\",\"website\":{},\"country\":\"NL\"}");
    assert_true(fixture.is_usable);
    assert_null(account_alike(account)->flaw);
    assert_string_equal(account->id, ID);
    assert_string_equal(account->username, "ann");
    assert_string_equal(account->email, "ann@acme.example");
    assert_null(account_alike(account)->email2);
    assert_string_equal(account->name, "Ann Élan");
    assert_string_equal(account_alike(account)->profile_id, "7");
    assert_string_equal(account->employee_number, "0042");
    assert_string_equal(account_alike(account)->country, "NL");
    assert_null(account_alike(account)->department);
    assert_int_equal(account->status, ACCOUNT_ACTIVE);
    assert_true(account->sso_only);
    assert_int_equal(account_alike(account)->group_count, 2);
    assert_string_equal(account_alike(account)->group[0].name, "Sales");
    assert_string_equal(account_alike(account)->group[1].id, "g2");
    assert_null(account_alike(account)->group[1].name);
    assert_false(account_alike(account)->groups_unreadable);
    assert_int_equal(account->login.kind, LOGIN_NOT_READ);
}

/* The same texts, and only the same: one that differs by a letter is the account's own. */
TEST(account_reader_read_of_what_the_roster_says_too_keeps_it_once)
{
    struct person people[] = {
        {.employee_number = "42", .email = "Ann@acme.example", .name = "Ann"}};
    const struct roster roster = {.person = people, .count = COUNT_OF(people)};
    CLEANUP(roster_texts_release) struct roster_texts texts;
    CLEANUP(fixture_release) struct fixture fixture = {.arena = ARENA_INIT};
    const char *const text =
        "{\"id\":\"" ID "\",\"username\":\"Ann@acme.example\",\"email\":\"Ann@acme.example\","
        "\"name\":\"Anne\",\"employeeNumber\":\"42\",\"active\":1}";

    roster_texts_init(&texts, &roster);
    account_reader_init(&fixture.reader, &fixture.arena);
    fixture.reader.texts = &texts;
    assert_true(read_text(&fixture, text));
    assert_ptr_equal(fixture.account.email, people[0].email);
    assert_ptr_equal(fixture.account.username, people[0].email);
    assert_ptr_equal(fixture.account.employee_number, people[0].employee_number);
    assert_string_equal(fixture.account.name, "Anne");
}

TEST(account_reader_read_without_a_readable_id_is_nobody)
{
    static const char *const rows[] = {
        "{}",
        "{\"id\":null}",
        "{\"id\":\"\"}",
        "{\"id\":7}",
        "{\"id\":[\"" ID "\"]}",
        "{\"id\":\"\\u0000" ID "\"}",
        "{\"id\":\"\xFF\"}",
        "{\"ID\":\"" ID "\"}",
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(fixture_release) struct fixture fixture;

        read_account(&fixture, rows[i]);
        if (fixture.is_usable)
            fail_msg("usable: %s", rows[i]);
    }
}

TEST(account_reader_read_of_odd_members_flaws_what_cannot_be_read)
{
    static const struct {
        const char *members;
        enum account_status status;
        const char *flaw; /* part of it, NULL = none */
        const char *employee_number, *profile_id;
        bool groups_unreadable;
    } rows[] = {
        {"\"active\":0", ACCOUNT_INACTIVE, NULL, NULL, NULL, false},
        {"\"active\":\"true\"", ACCOUNT_ACTIVE, NULL, NULL, NULL, false},
        {"\"username\":\"x\"", ACCOUNT_UNREADABLE, "'active'", NULL, NULL, false},
        {"\"active\":null", ACCOUNT_UNREADABLE, "'active'", NULL, NULL, false},
        {"\"active\":2", ACCOUNT_UNREADABLE, "'active'", NULL, NULL, false},
        {"\"active\":\"yes\"", ACCOUNT_UNREADABLE, "'active'", NULL, NULL, false},
        {"\"active\":[1]", ACCOUNT_UNREADABLE, "'active'", NULL, NULL, false},
        {"\"active\":1,\"email\":7", ACCOUNT_ACTIVE, "'email'", NULL, NULL, false},
        {"\"active\":1,\"username\":\"a\\u0000b\"", ACCOUNT_ACTIVE, "'username'", NULL, NULL,
         false},
        {"\"active\":1,\"name\":\"\xC0\xAF\"", ACCOUNT_ACTIVE, "'name'", NULL, NULL, false},
        {"\"active\":1,\"isSSOOnly\":\"maybe\"", ACCOUNT_ACTIVE, "'isSSOOnly'", NULL, NULL, false},
        {"\"active\":1,\"employeeNumber\":42", ACCOUNT_ACTIVE, NULL, "42", NULL, false},
        {"\"active\":1,\"employeeNumber\":42.0", ACCOUNT_ACTIVE, "'employeeNumber'", NULL, NULL,
         false},
        {"\"active\":1,\"employeeNumber\":-1", ACCOUNT_ACTIVE, "'employeeNumber'", NULL, NULL,
         false},
        {"\"active\":1,\"employeeNumber\":99999999999999999999", ACCOUNT_ACTIVE, "'employeeNumber'",
         NULL, NULL, false},
        {"\"active\":1,\"profileId\":3", ACCOUNT_ACTIVE, NULL, NULL, "3", false},
        {"\"active\":1,\"profileId\":{}", ACCOUNT_ACTIVE, "'profileId'", NULL, NULL, false},
        {"\"active\":1,\"groups\":null", ACCOUNT_ACTIVE, NULL, NULL, NULL, false},
        {"\"active\":1,\"groups\":{}", ACCOUNT_ACTIVE, NULL, NULL, NULL, true},
        {"\"active\":1,\"groups\":[\"g1\"]", ACCOUNT_ACTIVE, NULL, NULL, NULL, true},
        {"\"active\":1,\"groups\":[{\"name\":\"x\"}]", ACCOUNT_ACTIVE, NULL, NULL, NULL, true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(fixture_release) struct fixture fixture;
        CLEANUP(text_release) struct text text = TEXT_INIT;
        const struct account *account = &fixture.account;

        text_addf(&text, "{\"id\":\"" ID "\",%s}", rows[i].members);
        read_account(&fixture, text_cstr(&text));
        assert_true(fixture.is_usable);
        if (account->status != rows[i].status ||
            (rows[i].flaw == NULL) != (account_alike(account)->flaw == NULL))
            fail_msg("%s: status %d, flaw '%s'", rows[i].members, (int)account->status,
                     account_alike(account)->flaw ? account_alike(account)->flaw : "(none)");
        if (rows[i].flaw)
            assert_non_null(strstr(account_alike(account)->flaw, rows[i].flaw));
        assert_true(text_equal(account->employee_number, rows[i].employee_number));
        assert_true(text_equal(account_alike(account)->profile_id, rows[i].profile_id));
        assert_true(account_alike(account)->groups_unreadable == rows[i].groups_unreadable);
        assert_true(!account_alike(account)->groups_unreadable ||
                    account_alike(account)->group_count == 0);
    }
}

TEST(account_reader_read_of_another_form_of_id_keeps_and_flaws_it)
{
    static const char *const rows[] = {"ann.smith", "1A84D758-2B3A-141F-8F07-D71AA1F223BD",
                                       "1a84d758-2b3a-141f-8f07d71aa1f223bd", (ID "X"), ("../" ID)};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(fixture_release) struct fixture fixture;
        CLEANUP(text_release) struct text text = TEXT_INIT;

        text_addf(&text, "{\"id\":\"%s\",\"active\":1}", rows[i]);
        read_account(&fixture, text_cstr(&text));
        assert_true(fixture.is_usable);
        assert_string_equal(fixture.account.id, rows[i]);
        assert_non_null(strstr(account_alike(&fixture.account)->flaw, "'id'"));
    }
}

/* The part of an account that others have alike, of the same reader. */
static const struct account_alike *alike_read(struct fixture *fixture, const char *members)
{
    CLEANUP(text_release) struct text item = TEXT_INIT;

    text_addf(&item, "{\"id\":\"" ID "\",\"active\":true,\"profileId\":\"7\"%s}", members);
    assert_true(read_text(fixture, text_cstr(&item)));
    return fixture->account.alike;
}

TEST(account_reader_read_of_accounts_that_are_alike_keeps_it_once)
{
#define IN_SALES ",\"groups\":[{\"id\":\"g1\",\"name\":\"Sales\"}]"
    CLEANUP(fixture_release) struct fixture fixture = {.arena = ARENA_INIT};

    account_reader_init(&fixture.reader, &fixture.arena);
    const struct account_alike *plain = alike_read(&fixture, "");
    const struct account_alike *sales = alike_read(&fixture, IN_SALES);
    assert_ptr_equal(alike_read(&fixture, ",\"name\":\"Bo\""), plain);
    assert_ptr_equal(alike_read(&fixture, IN_SALES ",\"username\":\"bo\""), sales);
    assert_ptr_not_equal(sales, plain);
    assert_ptr_not_equal(alike_read(&fixture, ",\"country\":\"NL\""), plain);
    assert_ptr_not_equal(alike_read(&fixture, ",\"groups\":7"), plain);
    const struct account_alike *second = alike_read(&fixture, ",\"email2\":\"bo@two.example\"");
    assert_string_equal(second->email2, "bo@two.example");
    assert_null(plain->email2);
    assert_null(plain->country);
    assert_false(plain->groups_unreadable);
    assert_int_equal(plain->group_count, 0);
}

TEST(account_reader_refresh_takes_the_newer_word)
{
    static const struct {
        const char *user;
        enum account_status status; /* the list said active */
        enum login_kind kind;
        int64_t at_s;
        const char *raw;
        const char *department;
    } rows[] = {
        {"{\"active\":true,\"lastLogin\":\"2024-06-28T10:42:11\",\"department\":\"IT\"}",
         ACCOUNT_ACTIVE, LOGIN_KNOWN, 1719571331, NULL, "IT"},
        {"{\"active\":false,\"lastLogin\":1719571331000}", ACCOUNT_INACTIVE, LOGIN_KNOWN,
         1719571331, NULL, NULL},
        {"{\"lastLogin\":\"1719571331000\"}", ACCOUNT_ACTIVE, LOGIN_KNOWN, 1719571331, NULL, NULL},
        {"{\"active\":\"gone\",\"lastLogin\":null}", ACCOUNT_UNREADABLE, LOGIN_NEVER, 0, NULL,
         NULL},
        {"{\"active\":null}", ACCOUNT_UNREADABLE, LOGIN_NEVER, 0, NULL, NULL},
        {"{\"active\":1,\"lastLogin\":\"\"}", ACCOUNT_ACTIVE, LOGIN_NEVER, 0, NULL, NULL},
        {"{\"active\":1,\"lastLogin\":\" \"}", ACCOUNT_ACTIVE, LOGIN_UNREADABLE, 0, " ", NULL},
        {"{\"active\":1,\"lastLogin\":\"last week\"}", ACCOUNT_ACTIVE, LOGIN_UNREADABLE, 0,
         "last week", NULL},
        {"{\"active\":1,\"lastLogin\":0}", ACCOUNT_ACTIVE, LOGIN_UNREADABLE, 0, "0", NULL},
        {"{\"active\":1,\"lastLogin\":-5}", ACCOUNT_ACTIVE, LOGIN_UNREADABLE, 0, "-5", NULL},
        {"{\"active\":1,\"lastLogin\":1719571331.5}", ACCOUNT_ACTIVE, LOGIN_UNREADABLE, 0,
         "1719571331.5", NULL},
        {"{\"active\":1,\"lastLogin\":false}", ACCOUNT_ACTIVE, LOGIN_UNREADABLE, 0, "false", NULL},
        {"{\"active\":1,\"lastLogin\":\"0000-00-00T00:00:00Z\"}", ACCOUNT_ACTIVE, LOGIN_UNREADABLE,
         0, "0000-00-00T00:00:00Z", NULL},
        {"{\"active\":1,\"lastLogin\":\"2024-06-28\\u0000\"}", ACCOUNT_ACTIVE, LOGIN_UNREADABLE, 0,
         "2024-06-28", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(fixture_release) struct fixture fixture;
        CLEANUP(json_freep) struct json_object *user = parse(rows[i].user);
        const struct account *account = &fixture.account;

        read_account(&fixture, "{\"id\":\"" ID "\",\"active\":1}");
        account_reader_refresh(&fixture.reader, user, NOW, &fixture.account);
        if (account->status != rows[i].status || account->login.kind != rows[i].kind)
            fail_msg("%s: status %d, login %d", rows[i].user, (int)account->status,
                     (int)account->login.kind);
        assert_int_equal(account->login.at.us, rows[i].at_s * SECOND_US);
        assert_true(text_equal(account->login.raw, rows[i].raw));
        assert_true(text_equal(account_alike(account)->department, rows[i].department));
        assert_true((account->status == ACCOUNT_UNREADABLE) ==
                    (account_alike(account)->flaw != NULL));
        assert_int_equal(account->login.seen_at.us, NOW.us);
        assert_int_equal(account->login.source, LOGIN_FROM_SINGLE_READ);
    }
}
