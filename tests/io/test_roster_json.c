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
        {"{\"EmpID\":17.5,\"Status\":\"Active\"}",
         "employee_number is a number with a decimal point", true},
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
        assert_null(person_rejected(&c.roster.person[0]));
        if (!person_rejected(&c.roster.person[1]))
            fail_msg("'%s' was accepted", cases[i].element);
        assert_mentions(person_rejected(&c.roster.person[1]), cases[i].part);
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
    assert_string_equal(person_alike(&p[0])->department, "IT");
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
        {"{\"userName\":\"x\",\"active\":true,\"emails\":[{\"value\":\"a@b\",\"type\":\"work\"},"
         "{\"value\":\"c@d\",\"type\":\"work\"}]}",
         "leave emails out of roster.columns", true},
        {"{\"userName\":\"x\",\"active\":true,\"emails\":[\"a@b\",\"c@d\"]}",
         "email is no list of addresses of which one is primary", true},
        {"{\"userName\":\"x\",\"active\":true,\"emails\":7}",
         "email is no list of addresses of which one is primary", true},
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
        if (!person_rejected(&c.roster.person[1]))
            fail_msg("'%s' was accepted", cases[i].user);
        assert_mentions(person_rejected(&c.roster.person[1]), cases[i].part);
        assert_int_equal(c.roster.person[1].key_unreadable, cases[i].blind);
    }
}

#define GROUP_SCHEMA "urn:ietf:params:scim:schemas:core:2.0:Group"

/* What says that it is a Group is nobody, and counts for the list; what says nothing may be
 * anybody. */
TEST(roster_read_scim_leaves_out_what_says_that_it_is_a_group)
{
    static const struct {
        const char *element;
        bool is_group;
        const char *part; /* of why else the row is rejected */
    } cases[] = {
        {"{\"schemas\":[\"" GROUP_SCHEMA "\"],\"displayName\":\"Design\"}", true, NULL},
        {"{\"Schemas\":[\"URN:ietf:params:scim:schemas:core:2.0:group\"],\"members\":[]}", true,
         NULL},
        {"{\"meta\":{\"resourceType\":\"Group\"},\"displayName\":\"Design\"}", true, NULL},
        {"{\"schemas\":[\"" GROUP_SCHEMA "\"],\"userName\":\"x\",\"active\":true}", false,
         "says that it is a Group, and has 'userName'"},
        {"{\"schemas\":[\"" GROUP_SCHEMA "\"],\"emails\":[{\"value\":\"a@b\"}]}", false,
         "says that it is a Group, and has 'emails'"},
        {"{\"schemas\":[\"" GROUP_SCHEMA "\",\"urn:ietf:params:scim:schemas:core:2.0:User\"],"
         "\"displayName\":\"Design\"}",
         false, "status is empty"},
        {"{\"displayName\":\"Group of 7\"}", false, "status is empty"},
        {"{\"meta\":\"Group\",\"schemas\":\"" GROUP_SCHEMA "\"}", false, "status is empty"},
        {"{\"meta\":{\"resourceType\":\"User\"},\"displayName\":\"Group\"}", false,
         "status is empty"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = scim_config();
        CLEANUP(text_release) struct text text = TEXT_INIT;
        CLEANUP(case_release) struct roster_case c = {.result = -1};

        text_addf(&text, "{\"totalResults\":2,\"Resources\":[" USER ",%s]}", cases[i].element);
        c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        assert_int_equal(c.roster.groups, cases[i].is_group);
        assert_int_equal(c.roster.count, cases[i].is_group ? 1 : 2);
        assert_int_equal(c.roster.blind, cases[i].is_group ? 0 : 1);
        if (cases[i].part)
            assert_mentions(person_rejected(&c.roster.person[1]), cases[i].part);
    }
}

TEST(roster_read_scim_of_groups_alone_is_refused)
{
    struct config_roster config = scim_config();
    CLEANUP(case_release)
    struct roster_case c =
        case_read(&config, LIST("1", "1", "{\"schemas\":[\"" GROUP_SCHEMA "\"]}"));

    assert_int_equal(c.result, -1);
    assert_mentions(c.err.text, "all that is in it are Groups and no Users; hint: take /Users");
}

TEST(roster_read_scim_addresses_without_a_primary_one)
{
    static const char *const users[] = {
        "\"emails\":\"a@b.example\"",
        "\"emails\":[\"a@b.example\"]",
        "\"emails\":{\"value\":\"a@b.example\"}",
        ("\"emails\":[{\"value\":\"x@home.example\",\"type\":\"home\"},"
         "{\"value\":\"a@b.example\",\"type\":\"Work\"}]"),
        ("\"emails\":[{\"value\":\"x@b.example\",\"type\":\"work\"},"
         "{\"value\":\"a@b.example\",\"primary\":true}]"),
    };

    for (size_t i = 0; i < COUNT_OF(users); i++) {
        struct config_roster config = scim_config();
        CLEANUP(text_release) struct text text = TEXT_INIT;

        text_addf(&text,
                  "{\"totalResults\":1,\"Resources\":[{\"userName\":\"x\",\"active\":true,"
                  "\"" ENTERPRISE "\":{\"employeeNumber\":17},%s}]}",
                  users[i]);
        CLEANUP(case_release) struct roster_case c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        if (person_rejected(&c.roster.person[0]))
            fail_msg("%s: %s", users[i], person_rejected(&c.roster.person[0]));
        assert_string_equal(c.roster.person[0].email, "a@b.example");
        assert_string_equal(c.roster.person[0].employee_number, "17");
    }
}

/* --- where the people stand, and what else there is --- */

#define BO "{\"EmpID\":\"18\",\"Status\":\"Active\"}"

static void read_json_cases(const struct config_roster *config, const char *const (*rows)[2],
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP(case_release) struct roster_case c = case_read(config, rows[i][0]);

        if (rows[i][1]) {
            assert_refused(&c, rows[i][1]);
            continue;
        }
        if (c.result < 0)
            fail_msg("'%s': %s", rows[i][0], c.err.text);
        assert_int_equal(c.roster.count, 2);
        assert_int_equal(c.roster.rejected, 0);
    }
}

TEST(roster_read_json_below_a_member)
{
    static const char *const plain[][2] = {
        {"{\"Report_Entry\":[" ANNA "," BO "]}", "roster.items = \"/Report_Entry\""},
        {"{\"d\":{\"results\":[" ANNA "]},\"n\":[1]}", "roster.items = \"/d/results\""},
        {"{\"workers\":[" ANNA "],\"x\":[" BO "],\"Staff\":[" BO "]}",
         "its members are 'workers', 'Staff' and 1 more"},
        {"{\"anna.muster\":{\"EmpID\":\"1\"},\"bo@acme.example\":{\"EmpID\":\"2\"}}",
         "its members are 2 that are not shown"},
        {"{\"bo@acme.example\":{\"jobs\":[{\"EmpID\":\"2\"}]}}",
         "its members are 1 that are not shown"},
        {"[{\"anna.muster\":{\"x\":\"1\"},\"bo\":{\"x\":\"2\"}}]", "is not shown"},
        {"{}", "its members are none"},
        {"7", "neither a list of people nor an object"},
        {"{\"totalResults\":1,\"Resources\":[]}", "roster.format = \"scim\""},
        {"\xEF\xBB\xBF[" ANNA "," BO "]", NULL},
        {"[" ANNA "," BO "]\x1A", NULL},
        {ANNA "\n" BO "\n", "roster.format = \"jsonl\""},
        {"[" ANNA "," BO ",{\"EmpID\":NaN}]", "(element 3, member 'EmpID'): NaN is no JSON"},
        {"[" ANNA ",{\"EmpID\":None}]", "(element 2, member 'EmpID'): None is Python"},
        {"[" ANNA ",{\"EmpID\":-Infinity}]", "Infinity is no JSON"},
        {"[" ANNA ",{\"EmpID\":'x'}]", "double quotation marks"},
        {"[" ANNA "," BO, "cut off"},
        {"[\"\\\\\\", "cut off"},
        {"[" ANNA "," BO "][]", "something follows"},
    };
    static const char *const below[][2] = {
        {"{\"a\":{\"b/c~d\":[" ANNA "," BO "]}}", NULL},
        {"{\"x\":1,\"a\":{\"z\":[2],\"b/c~d\":[" ANNA "," BO "]},\"y\":{}}", NULL},
        {"{\"a\":{\"b\":[" ANNA "]}}", "it has no member /a/b~1c~0d (roster.items)"},
        {"{\"a\":{\"b/c~d\":{}}}", "(roster.items) is no list"},
        {"{\"a\":{\"b/c~d\":[],\"b/c~d\":[" ANNA "]}}", "it has no member"},
        {"[" ANNA "]", "leave out roster.items"},
    };
    struct config_roster config = json_config();

    read_json_cases(&config, plain, COUNT_OF(plain));
    config.items = "/a/b~1c~0d";
    read_json_cases(&config, below, COUNT_OF(below));
}

/* Half a list reads like a wave of leavers. */
TEST(roster_read_json_one_page_of_several_is_refused)
{
    static const char *const rows[][2] = {
        {"{\"value\":[" ANNA "," BO "]}", NULL},
        {"{\"value\":[" ANNA "," BO "],\"@odata.nextLink\":null}", NULL},
        {"{\"value\":[" ANNA "," BO "],\"next\":\"\"}", NULL},
        {"{\"value\":[" ANNA "," BO "],\"next\":0}", NULL},
        {"{\"value\":[" ANNA "," BO "],\"next\":7}", "member '/next' says"},
        {"{\"value\":[" ANNA "," BO "],\"next_page\":2}", "'/next_page'"},
        {"{\"value\":[" ANNA "," BO "],\"NextLink\":\"/2\"}", "roster.next = \"/NextLink\""},
        {"{\"value\":[" ANNA "," BO "],\"has_more\":false}", NULL},
        {"{\"value\":[" ANNA "," BO "],\"has_more\":true}", "'/has_more'"},
        {"{\"value\":[" ANNA "," BO "],\"last\":true}", NULL},
        {"{\"value\":[" ANNA "," BO "],\"last\":false}", "'/last'"},
        {"{\"value\":[" ANNA "," BO "],\"pagination\":{\"next\":\"/2\"}}",
         "roster.next = \"/pagination/next\""},
        {"{\"value\":[" ANNA "," BO "],\"pagination\":{\"next\":null,\"prev\":\"/1\"}}", NULL},
        {"{\"_meta\":{\"links\":{\"next\":{\"href\":\"/2\"}}},\"value\":[" ANNA "]}",
         "'/_meta/links/next'"},
        {"{\"_meta\":{\"links\":{\"next\":{\"href\":null}}},\"value\":[" ANNA "," BO "]}", NULL},
        {"{\"value\":[" ANNA "," BO "],\"meta\":{\"total\":2,\"totalPages\":1}}", NULL},
        {"{\"value\":[" ANNA "," BO "],\"meta\":{\"total\":1}}", NULL},
        {"{\"value\":[" ANNA "," BO "],\"meta\":{\"total\":3}}", "2 elements, and tells that there "
                                                                 "are 3"},
        {"{\"@odata.count\":3,\"value\":[" ANNA "," BO "]}", "tells that there are 3"},
        {"{\"value\":[" ANNA "," BO "],\"total_pages\":2}", "'/total_pages'"},
        {"{\"value\":[" ANNA "," BO "],\"@odata.nextLink\":\"https://x/2\"}",
         "roster.next = \"/@odata.nextLink\""},
        {"{\"value\":[" ANNA "," BO "],\"next\":\"/2\"}", "it is one page of several"},
        /* links as a list of them (FHIR, SCIM's cousins, JSON:API) and their neighbours */
        {"{\"value\":[" ANNA "," BO "],\"links\":[{\"rel\":\"self\",\"href\":\"/1\"},"
         "{\"rel\":\"next\",\"href\":\"/2\"}]}",
         "the list '/links' leads to the next"},
        {"{\"links\":[{\"href\":\"/2\",\"rel\":\"Next\"}],\"value\":[" ANNA "," BO "]}",
         "one page of several"},
        {"{\"link\":[{\"relation\":\"next\",\"url\":\"https://x/2\"}],\"value\":[" ANNA "]}",
         "'/link'"},
        {"{\"_meta\":{\"_links\":[{\"rel\":\"prev next\",\"uri\":\"/2\"}]},\"value\":[" ANNA "]}",
         "'/_meta/_links'"},
        {"{\"pageLinks\":[{\"name\":\"next\",\"href\":\"/2\"}],\"value\":[" ANNA "]}",
         "one page of several"},
        {"{\"links\":[{\"next\":\"/2\"}],\"value\":[" ANNA "]}", "one page of several"},
        {"{\"links\":[{\"rel\":[\"next\"],\"href\":\"/2\"}],\"value\":[" ANNA "]}",
         "one page of several"},
        {"{\"_links\":{\"next\":[{\"href\":\"/2\"}]},\"value\":[" ANNA "]}", "one page of several"},
        {"{\"_links\":{\"next\":[]},\"value\":[" ANNA "," BO "]}", NULL},
        {"{\"links\":[{\"rel\":\"self\",\"href\":\"/1?next=2\"},{\"rel\":\"prev\",\"href\":\"/"
         "1\"}],"
         "\"value\":[" ANNA "," BO "]}",
         NULL},
        {"{\"links\":[{\"rel\":\"next\",\"href\":null}],\"value\":[" ANNA "," BO "]}", NULL},
        {"{\"links\":[{\"rel\":\"next\",\"href\":null,\"method\":\"GET\",\"title\":\"Next\"}],"
         "\"value\":[" ANNA "," BO "]}",
         NULL},
        {"{\"links\":[{\"rel\":\"next\",\"href\":\"\"}],\"value\":[" ANNA "," BO "]}", NULL},
        {"{\"links\":[],\"link\":[\"next\",7,null],\"value\":[" ANNA "," BO "]}", NULL},
        {"{\"teams\":[{\"name\":\"next\",\"href\":\"/2\"}],\"value\":[" ANNA "," BO "]}", NULL},
    };
    struct config_roster config = json_config();

    config.items = "/value";
    read_json_cases(&config, rows, COUNT_OF(rows));
    config.next = "/@odata.nextLink"; /* of another name it is not what was meant */
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, "{\"value\":[" ANNA "],\"next\":\"/2\"}");
    assert_refused(&c, "roster.next = \"/next\"");
    CLEANUP(case_release) /* what a server would be asked for is not there in a file */
    struct roster_case d = case_read(&config, "{\"value\":[" ANNA "],\"@odata.nextLink\":\"/2\"}");
    assert_refused(&d, "it is one page of several");
}

TEST(roster_read_json_values_by_pointers)
{
    static const char good[] = "[{\"a\":{\"id\":{\"value\":17}},\"m\":[\"a@b.example\"],"
                               "\"s\":true},{\"a\":{\"id\":{\"value\":\"18\"}},\"s\":false}]";
    static const char *const employed[] = {"true"}, *const departed[] = {"false"};
    struct config_roster config = json_config();

    config.column.of[ROSTER_LAST_DAY] = NULL;
    config.column.name.count = 0;
    config.column.of[ROSTER_EMPLOYEE_NUMBER] = "/a/id/value";
    config.column.of[ROSTER_EMAIL] = "/m/0";
    config.column.of[ROSTER_STATUS] = "s";
    config.status.employed = (struct name_list){employed, 1};
    config.status.departed = (struct name_list){departed, 1};
    CLEANUP(case_release) struct roster_case c = case_read(&config, good);
    assert_read(&c);
    assert_string_equal(c.roster.person[0].employee_number, "17");
    assert_string_equal(c.roster.person[0].email, "a@b.example");
    assert_int_equal(c.roster.person[1].word, PERSON_DEPARTED);
    config.column.of[ROSTER_EMPLOYEE_NUMBER] = "id";
    CLEANUP(case_release) struct roster_case d = case_read(&config, good);
    assert_refused(&d, "is \"/a/id/value\" meant?");
    config.column.of[ROSTER_EMPLOYEE_NUMBER] = "/a/id";
    CLEANUP(case_release) struct roster_case e = case_read(&config, good);
    assert_read(&e);
    assert_mentions(person_rejected(&e.roster.person[0]), "\"/a/id/value\"");
    config.column.of[ROSTER_EMPLOYEE_NUMBER] = "nobody";
    CLEANUP(case_release) struct roster_case f = case_read(&config, good);
    assert_refused(&f, "members present: 'a', 'm', 's'");
}

TEST(roster_read_json_lines)
{
    struct config_roster config = json_config();

    config.format = ROSTER_FORMAT_JSONL;
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, "\xEF\xBB\xBF" ANNA "\r\n\n  " BO);
    assert_read(&c);
    assert_int_equal(c.roster.count, 2);
    assert_int_equal(c.roster.person[1].row, 3);
    CLEANUP(case_release) struct roster_case d = case_read(&config, ANNA "\n7\n" BO "\n");
    assert_read(&d);
    assert_mentions(person_rejected(&d.roster.person[1]), "not an object");
    assert_true(d.roster.person[1].key_unreadable);
    CLEANUP(case_release) struct roster_case e = case_read(&config, ANNA "\n{\"EmpID\":\"1");
    assert_refused(&e, "line 2 is no JSON");
    CLEANUP(case_release) struct roster_case f = case_read(&config, ANNA BO "\n");
    assert_refused(&f, "line 1 is no JSON");
    CLEANUP(case_release) struct roster_case g = case_read(&config, "[" ANNA "," BO "]\n");
    assert_refused(&g, "roster.format = \"json\"");
    CLEANUP(case_release) struct roster_case h = case_read(&config, "[\n" ANNA ",\n" BO "]\n");
    assert_refused(&h, "roster.format = \"json\"");
    CLEANUP(case_release) struct roster_case k = case_read(&config, "{\n  \"EmpID\": \"1\"\n}\n");
    assert_refused(&k, "each object in one line");
}

/* Names have no case, and what is not there is filled in from what is (RFC 7643). */
TEST(roster_read_scim_as_servers_send_it)
{
    static const char *const taken[] = {
        ("{\"USERNAME\":\"anna\",\"Active\":\"True\",\"name\":{\"GivenName\":\"Anna\","
         "\"familyname\":\"Visser\"}}"),
        "{\"userName\":\"anna\",\"active\":1,\"Name\":{\"formatted\":\"Anna Visser\"}}",
        "{\"userName\":\"anna\",\"active\":\"TRUE\",\"DisplayName\":\"Anna Visser\"}",
    };
    static const char *const rejected[][2] = {
        {"{\"userName\":\"anna\",\"username\":\"bo\",\"active\":true}", "there twice"},
        {"{\"userName\":\"anna\",\"active\":2}", "neither true nor false"},
        {"{\"userName\":\"anna\",\"active\":\"yes\"}", "neither true nor false"},
    };
    struct config_roster config = scim_config();

    for (size_t i = 0; i < COUNT_OF(taken); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;

        text_addf(&text, "{\"TotalResults\":1,\"resources\":[%s]}", taken[i]);
        CLEANUP(case_release) struct roster_case c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        assert_null(person_rejected(&c.roster.person[0]));
        assert_string_equal(c.roster.person[0].username, "anna");
        assert_string_equal(c.roster.person[0].name, "Anna Visser");
        assert_int_equal(c.roster.person[0].word, PERSON_EMPLOYED);
    }
    for (size_t i = 0; i < COUNT_OF(rejected); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;

        text_addf(&text, "{\"totalResults\":1,\"Resources\":[%s]}", rejected[i][0]);
        CLEANUP(case_release) struct roster_case c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        assert_mentions(person_rejected(&c.roster.person[0]), rejected[i][1]);
    }
}
