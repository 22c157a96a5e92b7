/*
 * Rosters as JSON and SCIM: the same rules on values, and a document that is whole.
 */
#include "roster_case.h"
#include "test.h"

#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

static struct config_roster json_config(void)
{
    struct config_roster config = case_small_config();

    config.format = ROSTER_FORMAT_JSON;
    config.column.of[ROSTER_STATUS] = "Status";
    config.column.of[ROSTER_LAST_DAY] = "Last";
    return config;
}

static struct config_roster scim_config(void)
{
    return (struct config_roster){
        .format = ROSTER_FORMAT_SCIM, .encoding = "UTF-8", .date_format = "%Y-%m-%d"};
}

#define ANNA                                                                                       \
    "{\"EmpID\":\"0017\",\"Mail\":\"anna@acme.example\",\"Name\":\" J\\u00fcrg \","                \
    "\"Status\":\"Left\",\"Last\":\"2020-01-31\",\"Salary\":104437}"

TEST(roster_read_json_takes_mapped_members)
{
    struct config_roster config = json_config();
    CLEANUP(case_release)
    struct roster_case c =
        case_read(&config, "\xEF\xBB\xBF [ " ANNA ",\n{\"EmpID\":18,\"Mail\":null,\"Name\":\"Bo\","
                           "\"Status\":\"Active\"} ]\n");
    const struct person *p = c.roster.person;

    assert_read(&c);
    assert_int_equal(c.roster.count, 2);
    assert_int_equal(c.roster.rejected, 0);
    assert_string_equal(p[0].employee_number, "0017");
    assert_string_equal(p[0].name, "Jürg");
    assert_int_equal(p[0].word, PERSON_DEPARTED);
    assert_true(day_is_set(p[0].last_day));
    assert_int_equal(p[0].row, 1);
    assert_string_equal(p[1].employee_number, "18");
    assert_null(p[1].email);
    assert_int_equal(p[1].row, 2);
}

TEST(roster_read_json_bad_elements_are_rejected)
{
    static const struct {
        const char *element, *part;
        bool blind;
    } cases[] = {
        {"{\"EmpID\":17.5,\"Status\":\"Active\"}", "employee_number is a number with a decimal point", true},
        {"{\"EmpID\":\"1\",\"Mail\":5,\"Status\":\"Active\"}", "email is a number, a text", true},
        {"{\"EmpID\":\"1\",\"Name\":[\"a\"],\"Status\":\"Active\"}", "\"/Name/0\"", false},
        {"{\"EmpID\":\"1\",\"Status\":true}", "status 'true' is not in the mapping", false},
        {"{\"EmpID\":\"1\",\"Status\":\"Gone\"}", "status 'Gone'", false},
        {"{\"EmpID\":\"1\",\"Name\":\"a\\u0000b\",\"Status\":\"Active\"}", "name holds bytes that",
         false},
        {"{\"EmpID\":\"1\",\"Name\":\"a\\u0007b\",\"Status\":\"Active\"}", "control character",
         false},
        {"{\"Status\":\"Active\"}", "nothing in it says who it is", true},
        {"17", "", true},
        {"null", "", true},
        {"{\"EmpID\":\"1\",\"EmpID\":\"2\",\"Status\":\"Active\"}", "", true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = json_config();
        CLEANUP(text_release) struct text text = TEXT_INIT;
        CLEANUP(case_release) struct roster_case c = {.result = -1};

        text_addf(&text, "[" ANNA ",%s]", cases[i].element);
        c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        assert_int_equal(c.roster.count, 2);
        assert_null(c.roster.person[0].rejected);
        if (!c.roster.person[1].rejected)
            fail_msg("'%s' was accepted", cases[i].element);
        assert_mentions(c.roster.person[1].rejected, cases[i].part);
        if (c.roster.person[1].key_unreadable != cases[i].blind)
            fail_msg("'%s': blind is %d", cases[i].element, !cases[i].blind);
        assert_int_equal(c.roster.person[1].row, 2);
    }
}

TEST(roster_read_json_bad_documents_are_refused)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "is empty"},
        {" ", ""},
        {"{}", ""},
        {"{\"people\":[]}", ""},
        {"[" ANNA, ""},
        {"[" ANNA "] x", ""},
        {"[" ANNA ",]", ""},
        {"[" ANNA ",NaN]", ""},
        {"['a']", ""},
        {"[{\"EmpID\":\"1\",\"Mail\":\"\",\"Name\":\"\",\"Status\":\"Active\"}]",
         "no element has a member 'Last' (roster.columns.last_day)"},
        {"[\"J\xFCrg\"]", "line 1 is not UTF-8"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = json_config();
        CLEANUP(case_release) struct roster_case c = case_read(&config, cases[i].text);

        assert_refused(&c, cases[i].part);
        assert_mentions(c.err.text, "roster '/tmp/");
    }
}

TEST(roster_read_json_of_nobody_is_a_roster_of_nobody)
{
    struct config_roster config = json_config();
    CLEANUP(case_release) struct roster_case c = case_read(&config, "[]");

    assert_read(&c);
    assert_int_equal(c.roster.count, 0);
}

TEST(roster_read_json_in_another_encoding_is_decoded)
{
    struct config_roster config = json_config();
    CLEANUP(case_release) struct roster_case c = {.result = -1};

    config.encoding = "ISO-8859-1";
    config.column.of[ROSTER_STATUS] = NULL;
    config.column.of[ROSTER_LAST_DAY] = NULL;
    c = case_read(&config, "[{\"EmpID\":\"1\",\"Mail\":null,\"Name\":\"J\xFCrg\"}]");
    assert_read(&c);
    assert_string_equal(c.roster.person[0].name, "Jürg");
}

/* --- SCIM --- */

#define USER                                                                                       \
    "{\"schemas\":[\"x\"],\"id\":\"9\",\"userName\":\"anna\",\"displayName\":\"Anna Visser\","     \
    "\"active\":true,\"emails\":[{\"value\":\"old@acme.example\"},"                                \
    "{\"value\":\"anna@acme.example\",\"primary\":true}],"                                         \
    "\"" ENTERPRISE "\":{\"employeeNumber\":\"0017\",\"department\":\"IT\"}}"
#define LEAVER "{\"userName\":\"bo\",\"active\":false,\"emails\":[{\"value\":\"bo@acme.example\"}]}"
#define LIST(total, start, resources)                                                              \
    "{\"totalResults\":" total ",\"startIndex\":" start ",\"Resources\":[" resources "]}"

TEST(roster_read_scim_takes_the_attributes_of_users)
{
    struct config_roster config = scim_config();
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, LIST("2", "1", USER "," LEAVER));
    const struct person *p = c.roster.person;

    assert_read(&c);
    assert_int_equal(c.roster.count, 2);
    assert_int_equal(c.roster.rejected, 0);
    assert_string_equal(p[0].username, "anna");
    assert_string_equal(p[0].email, "anna@acme.example");
    assert_string_equal(p[0].employee_number, "0017");
    assert_string_equal(p[0].name, "Anna Visser");
    assert_string_equal(p[0].department, "IT");
    assert_int_equal(p[0].word, PERSON_EMPLOYED);
    assert_int_equal(p[1].word, PERSON_DEPARTED);
    assert_false(day_is_set(p[1].last_day));
    assert_string_equal(p[1].email, "bo@acme.example");
    assert_null(p[1].employee_number);
}

TEST(roster_read_scim_mapping_chooses_attributes)
{
    static const char *const parts[] = {"name.givenName", "name.familyName"};
    struct config_roster config = scim_config();
    CLEANUP(case_release) struct roster_case c = {.result = -1};

    config.column.of[ROSTER_EMPLOYEE_NUMBER] = "externalId";
    config.column.name = (struct name_list){parts, COUNT_OF(parts)};
    c = case_read(&config, LIST("1", "1",
                                "{\"externalId\":\"77\",\"userName\":\"anna\",\"name\":"
                                "{\"givenName\":\"Anna\",\"familyName\":\"Visser\"}}"));
    assert_read(&c);
    assert_string_equal(c.roster.person[0].employee_number, "77");
    assert_string_equal(c.roster.person[0].name, "Anna Visser");
    assert_null(c.roster.person[0].username);
    config.column.of[ROSTER_EMAIL] = "mail";
    case_release(&c);
    c = case_read(&config, LIST("0", "1", ""));
    assert_int_equal(c.err.code, ERR_CONFIG);
    assert_mentions(c.err.text, "'mail', which no SCIM user has");
}

TEST(roster_read_scim_pages_make_one_roster)
{
    struct config_roster config = scim_config();
    CLEANUP(case_release)
    struct roster_case c =
        case_read(&config, "[" LIST("2", "1", USER) "," LIST("2", "2", LEAVER) "]");

    assert_read(&c);
    assert_int_equal(c.roster.count, 2);
    assert_int_equal(c.roster.person[1].row, 2);
}

TEST(roster_read_scim_not_whole_is_refused)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {LIST("3", "1", USER "," LEAVER), "holds 2 of 3 people"},
        {LIST("1", "1", USER "," LEAVER), "holds 2 of 1 people"},
        {LIST("2", "2", USER), "page 1 has startIndex 2, but 0 people came before it"},
        {"[" LIST("3", "1", USER) "," LIST("3", "3", LEAVER) "]", "page 2 has startIndex 3"},
        {"[" LIST("2", "1", USER) "," LIST("2", "1", USER) "]", "page 2 has startIndex 1"},
        {"[" LIST("2", "1", USER) "," LIST("3", "2", LEAVER) "]", "the list changed while"},
        {"{\"Resources\":[" USER "]}", "has no 'totalResults'"},
        {"{\"totalResults\":1,\"Resources\":{}}", "no array"},
        {LIST("\"2\"", "1", USER "," LEAVER), "has no 'totalResults'"},
        {"[" LIST("1", "1", USER) ",7]", "page 2"},
        {"{\"totalResults\":1,\"R\\u0065sources\":[" USER "]}", "no array"},
        {"{\"totalResults\":1,\"Resources\":[" USER "],\"Resources\":[]}", "a member twice"},
        {"[]", "holds no page of a list"},
        {LIST("2", "1", USER "," LEAVER) "x", ""},
        {LIST("1", "1", "{\"active\":false}"), "no user has a userName"},
        {LIST("1", "1", "{\"userName\":\"a\"}"), "nobody can tell who has left"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = scim_config();
        CLEANUP(case_release) struct roster_case c = case_read(&config, cases[i].text);

        assert_refused(&c, cases[i].part);
    }
}

TEST(roster_read_scim_doubtful_users_are_rejected)
{
    static const struct {
        const char *user, *part;
        bool blind;
    } cases[] = {
        {"{\"userName\":\"x\"}", "status is empty", false},
        {"{\"userName\":\"x\",\"active\":\"maybe\"}", "neither true nor false", false},
        {"{\"userName\":5,\"active\":true}", "username is a number", true},
        {"{\"userName\":\"x\",\"active\":true,\"emails\":[{\"value\":\"a@b\"},"
         "{\"value\":\"c@d\"}]}",
         "email is no list of addresses of which one is primary", true},
        {"{\"userName\":\"x\",\"active\":true,\"emails\":[{\"value\":\"a@b\",\"primary\":true},"
         "{\"value\":\"c@d\",\"primary\":true}]}",
         "email is no list of addresses of which one is primary", true},
        {"{\"userName\":\"x\",\"active\":true,\"emails\":\"a@b\"}", "email is no list of addresses of which one is primary", true},
        {"{\"userName\":\"x\",\"active\":true,\"" ENTERPRISE "\":7}",
         "below something that is no object", true},
        {"7", "is not an object", true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = scim_config();
        CLEANUP(text_release) struct text text = TEXT_INIT;
        CLEANUP(case_release) struct roster_case c = {.result = -1};

        text_addf(&text, "{\"totalResults\":2,\"Resources\":[" USER ",%s]}", cases[i].user);
        c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        assert_int_equal(c.roster.count, 2);
        if (!c.roster.person[1].rejected)
            fail_msg("'%s' was accepted", cases[i].user);
        assert_mentions(c.roster.person[1].rejected, cases[i].part);
        assert_int_equal(c.roster.person[1].key_unreadable, cases[i].blind);
    }
}
