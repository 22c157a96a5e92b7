/*
 * init over rosters of each kind, at a terminal and by options, to a configuration and a plan; and
 * repeated over a configuration that is there.
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "first.h"
#include "host/file.h"
#include "test.h"

#define OPTIONS                                                                                    \
    "--portal", first.url, "--client-id", "demo", "--secret-file", first.secret, "--roster",       \
        first.end.roster_path, "--database", first.embedded

/* Nobody is away for long, of which few of these rosters say anything. */
#define ANSWERS OPTIONS, "--leave-out", "leave"
#define NOBODY_AWAY                                                                                \
    {                                                                                              \
        "nothing in this file says who is on leave", "1"                                           \
    }

/* What is asked before the roster is looked at. */
#define FIRST_LINES                                                                                \
    {"Address of the portal", first.url}, {"Its name in the history", "acme"},                     \
        {"Client id of the OAuth app", "demo"}, {"HR's roster", first.end.roster_path},            \
        {"Directory of the database", first.embedded}, {"Time zone of the company", "UTC"},        \
    {                                                                                              \
        "File with its client secret", first.secret                                                \
    }

/* Everybody whom the portal of these tests has is at work; two have left, one is away. */
static void put_people(struct first *first, const char *head, const char *at_work, const char *rest)
{
    CLEANUP(text_release) struct text bytes = TEXT_INIT;

    text_add(&bytes, head);
    for (int i = 0; i < 60; i++) {
        const char *number = strstr(at_work, "%d");
        text_add_bytes(&bytes, at_work, (size_t)(number - at_work));
        text_addf(&bytes, "%d%s", 5000 + i, number + 2);
    }
    text_add(&bytes, rest);
    first_put_roster(first, bytes.data, bytes.length);
}

static void assert_plans(struct first *first)
{
    CLEANUP(end_result_release)
    struct end_result plan =
        end_run_bare(&first->end, (const char *const[]){"--config", first->config, "plan",
                                                        "--format", "json", NULL});
    if (plan.code != 0 && plan.code != 20)
        end_assert_code(&plan, 0);
    end_assert_says(&plan.out, "\"decisions\"");
}

static void change(const struct first *first, const char *from, const char *to)
{
    CLEANUP(mem_cleanup) char *config = end_read(first->config);
    CLEANUP(text_release) struct text changed = TEXT_INIT;
    const char *at = strstr(config, from);

    assert_non_null(at);
    text_add_bytes(&changed, config, (size_t)(at - config));
    text_add(&changed, to);
    text_add(&changed, at + strlen(from));
    assert_int_equal(file_write(first->config, 0640, changed.data, changed.length, NULL), 0);
}

TEST(init_at_a_terminal_asks_what_cannot_be_known_and_writes_what_was_said)
{
    FIRST(first);
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    put_people(&first, "Employee ID,Full Name,Status,Termination Date,Worker Type\n",
               "%d,A B,Active,,Regular\n",
               "100,Jane Doe,To Be Terminated,03/12/2030,Regular\n"
               "101,Bob Roe,Terminated,11/09/2025,Contractor\n");
    const struct first_line lines[] = {
        FIRST_LINES,
        {"'Worker Type'", "1"},
        {"'To Be Terminated' in 'Status' (1 row): what does it mean?", "9"},
        {"a number from 0 to 4 is wanted", "1"},
        {"can be read in two ways", "1"},
        NOBODY_AWAY,
        {NULL, NULL}};
    int code = first_dialogue(&first, lines, &seen);

    if (code != 0)
        fail_msg("%d: %s", code, text_cstr(&seen));
    end_assert_says(&seen, "your column");
    end_assert_says(&seen, "who is 'Terminated' (1 row) has left");
    end_assert_says(&seen, "not used: 'Worker Type'");
    end_assert_says(&seen, "How a run would read it");
    end_assert_says(&seen, "all is well; next:");
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "employed = [ \"Active\", \"To Be Terminated\" ];"));
    assert_non_null(strstr(config, "date_format = \"%d/%m/%Y\";"));
    assert_non_null(strstr(config, "name = \"departed\""));
    assert_plans(&first);
    end_assert_no_writes(&first.end);
}

TEST(init_of_words_that_stay_unknown_says_what_can_be_done_and_asks_once)
{
    FIRST_MIGRATED(first);
    CLEANUP(text_release) struct text seen = TEXT_INIT, again = TEXT_INIT;
    put_people(&first, "Employee ID,Status,Worker Type\n", "%d,Active,Regular\n",
               "100,Inactive,Regular\n101,Terminated,Regular\n");
    const struct first_line lines[] = {FIRST_LINES,
                                       {"'Worker Type'", "1"},
                                       {"people on leave and people who have not started yet", "4"},
                                       NOBODY_AWAY,
                                       {NULL, NULL}};
    const struct first_line none[] = {{NULL, NULL}};

    assert_int_equal(first_dialogue(&first, lines, &seen), 20);
    end_assert_says(&seen, "everything is answered; each plan will be held");
    end_assert_says(&seen, "roster.guards.max_rejected_percent = 2");
    end_assert_says(&seen, "acknowledge --guard G3");
    end_assert_silent_of(&seen, "something is to be mended");
    assert_int_equal(first_dialogue(&first, none, &again), 20);
    end_assert_says(&again, "everything is answered");
    end_assert_silent_of(&again, "what does it mean");
    end_assert_silent_of(&again, "'Worker Type' (");
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "# as was said, not used: Worker Type\n"));
    const char *said =
        strstr(config, "# as was said, in no list, so its rows are rejected: Inactive");
    assert_true(said && !strstr(strchr(said, '\n'), "in no list"));
    change(&first, "mode = \"report\";", "mode = \"report\";\n    # mine");
    put_people(&first, "Employee ID,Status,Worker Type\n", "%d,Active,Regular\n",
               "101,Terminated,Regular\n");
    BARE(well, "--config", first.config, "init");
    end_assert_code(&well, 0); /* nothing is held any more */
    end_assert_says(&well.out, "all is well");
}

TEST(init_repeated_forgets_what_was_open_when_it_is_answered)
{
    FIRST_MIGRATED(first);
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    put_people(&first, "Employee ID,Status,Termination Date,Last Day of Work\n", "%d,Active,,\n",
               "101,Terminated,2025-01-01,2024-12-20\n102,Odd,,\n");

    BARE(made, "--config", first.config, "init", ANSWERS, "--time-zone", "UTC");
    end_assert_code(&made, 20);
    CLEANUP(mem_cleanup) char *open = end_read(first.config);
    assert_non_null(strstr(open, "# open: both 'Termination Date' and 'Last Day of Work'"));
    assert_null(strstr(open, "name = \"departed\""));
    const struct first_line lines[] = {
        {"on which does the employment end?", "1"}, {"'Odd' in 'Status'", "1"}, {NULL, NULL}};
    int code = first_dialogue(&first, lines, &seen);
    if (code != 0)
        fail_msg("%d: %s", code, text_cstr(&seen));
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_null(strstr(config, "# open:"));
    assert_null(strstr(config, "in no list"));
    assert_non_null(strstr(config, "# as was said, not used: Last Day of Work\n"));
}

TEST(init_at_a_terminal_leaves_open_what_nobody_knows_and_is_not_well)
{
    FIRST_MIGRATED(first);
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    put_people(&first, "emp_no,dept_no,to_date\n", "%d,d001,9999-01-01\n", "101,d002,2020-02-01\n");
    const struct first_line lines[] = {
        FIRST_LINES, {"may be the last day of employment", ""}, NOBODY_AWAY, {NULL, NULL}};
    int code = first_dialogue(&first, lines, &seen);

    assert_int_equal(code, 20);
    end_assert_says(&seen, "What is open:");
    end_assert_says(&seen, "has no rule for departures");
    end_assert_silent_of(&seen, "?.");
    end_assert_says(&seen, "something is to be mended first");
    end_assert_silent_of(&seen, "all is well");
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_null(strstr(config, "last_day = "));
    assert_null(strstr(config, "name = \"departed\""));
    assert_non_null(strstr(config, "# open: 'to_date'"));
    assert_plans(&first);
}

TEST(init_at_a_terminal_asks_anew_for_what_cannot_be)
{
    FIRST_MIGRATED(first);
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    put_people(&first, "Employee ID,Status\n", "%d,Active\n", "101,Terminated\n");
    const struct first_line lines[] = {{"Address of the portal", "acme.bynder.com"},
                                       {"this cannot be: 'portal.url'", first.url},
                                       {"Its name in the history [127.0.0.1]", "latin \xE9"},
                                       {"this cannot be: 'portal.name'", "acme"},
                                       {"Client id of the OAuth app", "demo"},
                                       {"HR's roster", "/nonexistent.csv"},
                                       {"this cannot be: cannot read", first.end.roster_path},
                                       {"Directory of the database", first.embedded},
                                       {"Time zone of the company", "Mars"},
                                       {"this cannot be: ", "Europe/Berlin"},
                                       {"File with its client secret", first.secret},
                                       NOBODY_AWAY,
                                       {NULL, NULL}};
    int code = first_dialogue(&first, lines, &seen);

    if (code != 0)
        fail_msg("%d: %s", code, text_cstr(&seen));
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "name = \"acme\";"));
    assert_non_null(strstr(config, "time_zone = \"Europe/Berlin\";"));
}

TEST(init_at_a_terminal_keeps_the_secret_to_itself)
{
    FIRST_MIGRATED(first);
    CLEANUP(mem_cleanup) char *secret = probe_path(&first.end.probe, "new-secret");
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    const struct first_line lines[] = {{"Address of the portal", first.url},
                                       {"Its name in the history", "acme"},
                                       {"Client id of the OAuth app", "demo"},
                                       {"HR's roster", first.end.roster_path},
                                       {"Directory of the database", first.embedded},
                                       {"Time zone of the company", "UTC"},
                                       {"File with its client secret", secret},
                                       {"The client secret (it is not shown)", END_SECRET},
                                       {NULL, NULL}};
    int code = first_dialogue(&first, lines, &seen);

    if (code != 0)
        fail_msg("%d: %s", code, text_cstr(&seen));
    end_assert_silent_of(&seen, END_SECRET);
    CLEANUP(mem_cleanup) char *content = end_read(secret);
    assert_string_equal(content, END_SECRET "\n");
}

/* --- by options --- */

static const struct kind {
    const char *what, *head, *at_work, *rest;
    const char *config[3]; /* what stands in the configuration */
    int code;
} kinds[] = {
    {"sep= and semicolons",
     "sep=;\r\nEmployee ID;Status;Last day\r\n",
     "%d;Active;\r\n",
     "101;Terminated;19.09.2025\r\n",
     {"delimiter = \";\";", "date_format = \"%d.%m.%Y\";"},
     0},
    {"titles above, total below",
     "Staff,,\nRun today,,\nEmployee ID,Status,Termination Date\n",
     "%d,Active,\n",
     "101,Terminated,2025-09-19\nTotal: 61,,\n",
     {"header_row = 3;", "footer = [ \"Total*\" ];"},
     0},
    {"labels",
     "USERID,STATUS,FIRSTNAME,LASTNAME\nUser ID,Status,First Name,Last Name\n",
     "%d,active,A,B\n",
     "101,terminated,C,D\n",
     {"label_rows = 1;", "name = [ \"FIRSTNAME\""},
     0},
    {"Windows-1252",
     "Personalnummer;Nachname;Vorname;Status;Austritt\n",
     "%d;M\xFCller;J\xF6rg;Aktiv;\n",
     "101;A;B;Ausgeschieden;19.09.2025\n",
     {"encoding = \"WINDOWS-1252\";", "departed = [ \"Ausgeschieden\" ];"},
     0},
    {"no last day yet",
     "Employee ID,Status,OnLeave\n",
     "%d,Active,False\n",
     "104,Active,True\n",
     {"on_leave_column = \"OnLeave\";", "name = \"on leave\""},
     0},
    {"years to 9999",
     "Employee ID,Status,Termination Date\n",
     "%d,Active,12/31/9999\n",
     "101,Terminated,9/19/2025\n",
     {"date_format = \"%m/%d/%Y\";"},
     0},
    {"lines of JSON",
     "",
     "{\"employeeNumber\": \"%d\", \"status\": \"Active\"}\n",
     "{\"employeeNumber\": \"101\", \"status\": \"Terminated\"}\n",
     {"format = \"jsonl\";"},
     0},
    {"JSON below a member",
     "{\"Report_Entry\": [",
     "{\"attributes\": {\"id\": {\"value\": %d}, \"status\": {\"value\": \"Active\"}}},",
     "{\"attributes\": {\"id\": {\"value\": 9}, \"status\": {\"value\": \"Left\"}}}]}",
     {"items = \"/Report_Entry\";", "employee_number = \"/attributes/id/value\";"},
     0},
    {"codes",
     "Employee ID,Status,Termination Date\n",
     "%d,A,\n",
     "101,T,2025-09-19\n",
     {"employed = [ ];", "# in no list, so its rows are rejected: A"},
     20},
    {"a second status",
     "Employee ID,Status,Payroll Status\n",
     "%d,Active,Y\n",
     "1,Terminated,N\n",
     {"# open: 'Payroll Status'", "# no rule for departures", "# no rule for idle accounts"},
     20},
    {"serial numbers",
     "Employee ID,Status,Hire Date\n",
     "%d,Active,40191\n",
     "",
     {"# open: numbers may be a spreadsheet's days in 'Hire Date'"},
     20},
    {"twice the same key",
     "Employee ID,Full Name,Status\n",
     "%d,A B,Active\n",
     "5000,X Y,Active\n5001,X Z,Active\n5002,X W,Active\n",
     {"employed = [ \"Active\" ];"},
     20},
};

TEST(init_over_each_kind_of_roster_writes_what_it_is_and_says_whether_it_is_well)
{
    FIRST_MIGRATED(first);

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        put_people(&first, kinds[i].head, kinds[i].at_work, kinds[i].rest);
        BARE(made, "--config", first.config, "init", ANSWERS, "--time-zone", "UTC");
        if (made.code != kinds[i].code)
            fail_msg("%s: %d: %s%s", kinds[i].what, made.code, text_cstr(&made.out),
                     text_cstr(&made.err));
        CLEANUP(mem_cleanup) char *config = end_read(first.config);
        for (size_t k = 0; k < 3 && kinds[i].config[k]; k++) {
            if (!strstr(config, kinds[i].config[k]))
                fail_msg("%s: no %s in %s", kinds[i].what, kinds[i].config[k], config);
        }
        if (kinds[i].code == 0)
            end_assert_says(&made.out, "all is well");
        else
            end_assert_silent_of(&made.out, "all is well");
        if (i == 0)
            assert_plans(&first);
        assert_int_equal(unlink(first.config), 0);
    }
    end_assert_no_writes(&first.end);
}

TEST(init_leaves_out_what_it_is_told_to_and_is_well)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Status,Payroll Status,Worker Type\n", "%d,Active,Y,x\n", "");
    BARE(wrong, "--config", first.config, "init", OPTIONS, "--leave-out", "Nothing");
    end_assert_code(&wrong, 64);
    end_assert_says(&wrong.err, "--leave-out: no column is titled 'Nothing'");
    BARE(made, "--config", first.config, "init", OPTIONS, "--leave-out",
         "Payroll Status, leave, Worker Type");
    end_assert_code(&made, 0);
    end_assert_says(&made.out, "all is well");
}

/* Of which column it was said that it does not tell who is on leave is known the next time; of a
 * new one nobody has said it. */
TEST(init_repeated_knows_of_which_columns_leave_was_denied)
{
    FIRST_MIGRATED(first);
    CLEANUP(text_release) struct text seen = TEXT_INIT, again = TEXT_INIT;
    put_people(&first, "Employee ID,Status,Zebra\n", "%d,Active,No\n",
               "100,Active,Yes\n101,Terminated,No\n");
    const struct first_line lines[] = {
        FIRST_LINES, {"unless one of these does: 'Zebra'", "1"}, {NULL, NULL}};
    const struct first_line none[] = {{NULL, NULL}};

    int code = first_dialogue(&first, lines, &seen);
    if (code != 0)
        fail_msg("%d: %s", code, text_cstr(&seen));
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "# as was said, not about leave: Zebra\n"));
    change(&first, "employee_number = \"Employee ID\";", "employee_number = \"EmpID\";");
    code = first_dialogue(&first, none, &again);
    if (code != 0)
        fail_msg("%d: %s", code, text_cstr(&again));
    end_assert_silent_of(&again, "on leave: whoever");
    CLEANUP(mem_cleanup) char *kept = end_read(first.config);
    assert_non_null(strstr(kept, "employee_number = \"Employee ID\";"));
    assert_non_null(strstr(kept, "# as was said, not about leave: Zebra\n"));
    put_people(&first, "Employee ID,Status,Zebra,Okapi\n", "%d,Active,No,No\n",
               "100,Active,Yes,Yes\n101,Terminated,No,No\n");
    BARE(new, "--config", first.config, "init");
    end_assert_code(&new, 20);
    end_assert_says(&new.out, "unless one of these does: 'Okapi'");
}

/* Without a status it is asked whether who is hired again has no last day: a script can say so. */
TEST(init_of_a_last_day_alone_is_answered_by_an_option_and_remembers_it)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Termination Date\n", "%d,\n", "101,2025-09-19\n");
    BARE(open, "--config", first.config, "init", ANSWERS);
    end_assert_code(&open, 20);
    end_assert_says(&open.out, "a script says --leave-out rehires");
    BARE(made, "--config", first.config, "init", "--leave-out", "rehires,leave");
    if (made.code != 0)
        fail_msg("%d: %s%s", made.code, text_cstr(&made.out), text_cstr(&made.err));
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "name = \"departed\""));
    assert_non_null(strstr(config, "# as was said, who is hired again has no last day any more\n"));
    change(&first, "employee_number = \"Employee ID\";", "employee_number = \"EmpID\";");
    BARE(again, "--config", first.config, "init");
    end_assert_code(&again, 0);
    end_assert_silent_of(&again.out, "What is open:");
}

TEST(init_over_a_file_that_is_no_roster_says_what_to_do_and_writes_nothing)
{
    FIRST_MIGRATED(first);
    static const struct {
        const char *bytes;
        size_t length;
        const char *says;
    } files[] = {
        {"PK\x03\x04\x14\0\x06\0 [Content_Types].xml xl/workbook.xml", 45, "CSV"},
        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0", 12, "CSV"},
        {"%PDF-1.7\n1 0 obj\n", 17, "PDF"},
        {"Employee ID,Name\n1,A\0\0\0", 24, "NUL"},
        {"[{\"a\": NaN}]", 12, "NaN"},
    };

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        first_put_roster(&first, files[i].bytes, files[i].length);
        BARE(made, "--config", first.config, "init", ANSWERS);
        end_assert_code(&made, 65);
        end_assert_says(&made.err, files[i].says);
        assert_int_not_equal(access(first.config, F_OK), 0);
    }
}

TEST(init_says_read_errors_as_the_reader_says_them)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Full Name,Status\n", "%d,A B,Active\n",
               "101,William \"Bill\" Smith,Active\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 65);
    end_assert_says(&made.err, "row 62, column 2: a quotation mark where none can be");
    end_assert_says(&made.err, "nothing was written");
    assert_int_not_equal(access(first.config, F_OK), 0);
    put_people(&first, "Employee ID,Full Name,Status\n", "%d,A B,Active\n",
               "101,\"Smith,Active\n102,B,Active\n");
    BARE(unclosed, "--config", first.config, "init", ANSWERS);
    end_assert_code(&unclosed, 65);
    assert_int_not_equal(access(first.config, F_OK), 0);
}

/* Nobody answers questions about a file that cannot be used whatever is answered. */
TEST(init_at_a_terminal_refuses_what_cannot_be_used_before_it_asks)
{
    FIRST_MIGRATED(first);
    static const char *const files[][2] = {
        {"{\"data\":[{\"id\":\"1\",\"status\":\"To Be Terminated\"},"
         "{\"id\":\"2\",\"status\":\"Active\"}],\"next\":\"https://h/2\"}",
         "one page of several"},
        {"{\"total\":7,\"data\":[{\"id\":\"1\",\"status\":\"To Be Terminated\"},"
         "{\"id\":\"2\",\"status\":\"Active\"}]}",
         "tells that there are 7"},
        {"Shoe size,Status\n12,To Be Terminated\n13,Active\n", "its columns are listed above"},
        {"[{\"employeeNumber\":\"1\",\"employeeNumber\":\"2\",\"status\":\"Active\"}]",
         "no member of its elements could be read"},
    };
    const struct first_line lines[] = {FIRST_LINES, {NULL, NULL}};

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CLEANUP(text_release) struct text seen = TEXT_INIT;
        first_put_roster(&first, files[i][0], strlen(files[i][0]));
        int code = first_dialogue(&first, lines, &seen);
        if (code != 65)
            fail_msg("%zu: %d: %s", i, code, text_cstr(&seen));
        end_assert_says(&seen, files[i][1]);
        end_assert_silent_of(&seen, "what does it mean?");
        assert_int_not_equal(access(first.config, F_OK), 0);
    }
}

/* An answer may say who a person is. */
TEST(init_at_a_terminal_asks_where_an_answer_says_who_people_are)
{
    FIRST_MIGRATED(first);
    CLEANUP(text_release) struct text seen = TEXT_INIT;

    put_people(&first, "Email,E-mail,Status\n", "a%d@x.example,,Active\n",
               "j@x.example,j@y.example,Terminated\n");
    const struct first_line lines[] = {
        FIRST_LINES, {"which one has the work address?", "1"}, NOBODY_AWAY, {NULL, NULL}};
    int code = first_dialogue(&first, lines, &seen);
    if (code != 0)
        fail_msg("%d: %s", code, text_cstr(&seen));
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "email = \""));
}

/* --- repeated --- */

TEST(init_repeated_over_what_is_right_changes_nothing)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Status\n", "%d,Active\n", "101,Terminated\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 0);
    CLEANUP(mem_cleanup) char *before = end_read(first.config);
    BARE(again, "--config", first.config, "init");
    end_assert_code(&again, 0);
    end_assert_says(&again.out, "kept: portal.url");
    end_assert_says(&again.out, "unchanged: ");
    CLEANUP(mem_cleanup) char *after = end_read(first.config);
    assert_string_equal(after, before);
}

TEST(init_repeated_keeps_what_is_right_and_mends_what_is_not)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Status\n", "%d,Active\n", "101,Terminated\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 0);
    change(&first, "mode = \"report\";",
           "mode = \"report\"; # mine\n    protected = ( { who = \"ceo@x.y\"; reason = \"r\"; "
           "owner = \"it@x.y\"; expires = \"2099-01-01\"; } );");
    change(&first, "client_id = \"demo\";", "client_id = 7;");
    change(&first, "employee_number = \"Employee ID\";", "employee_number = \"EmpID\";");
    BARE(again, "--config", first.config, "init", "--client-id", "demo");
    if (again.code != 0)
        fail_msg("%d: %s%s", again.code, text_cstr(&again.out), text_cstr(&again.err));
    end_assert_says(&again.out, "the file as it was is kept: ");
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "client_id = \"demo\";"));
    assert_non_null(strstr(config, "employee_number = \"Employee ID\";"));
    assert_null(strstr(config, "EmpID"));
    assert_non_null(strstr(config, "# mine\n"));
    assert_non_null(strstr(config, "protected = ( { who = \"ceo@x.y\"; reason = \"r\"; owner = "
                                   "\"it@x.y\"; expires = \"2099-01-01\"; } );"));
    assert_non_null(strstr(config, "svc-*"));
    assert_plans(&first);
}

/* No setting needs a ';' behind it. */
TEST(init_repeated_leaves_each_setting_beside_an_exchanged_one)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Status\n", "%d,Active\n", "101,Terminated\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 0);
    change(&first, "client_id = \"demo\";", "client_id = \"demo\"\n page_size = 7 timeout = 33");
    BARE(again, "--config", first.config, "init", "--client-id", "other", "--name", "acme");
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    if (!strstr(config, "\n page_size = 7 timeout = 33\n"))
        fail_msg("%s%s", text_cstr(&again.err), config);
    assert_non_null(strstr(config, "client_id = \"other\";"));
    assert_non_null(strstr(config, "name = \"acme\";"));
}

/* What is for a column goes with the column; what is for another one stays. */
TEST(init_repeated_takes_out_what_a_setting_is_needed_for_with_it)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Status,OnLeave\n", "%d,Active,False\n", "104,Active,Ja\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 0);
    change(&first, "on_leave_column = \"OnLeave\";",
           "on_leave_column = \"OnLeave\"; on_leave_words = [ \"Ja\" ];"
           " no_value = [ \"0000\" ];");
    put_people(&first, "Staff No,Status,OnLeave\n", "%d,Active,False\n", "104,Active,Ja\n");
    BARE(same, "--config", first.config, "init");
    end_assert_code(&same, 0);
    CLEANUP(mem_cleanup) char *kept = end_read(first.config);
    assert_non_null(strstr(kept, "employee_number = \"Staff No\""));
    assert_non_null(strstr(kept, "on_leave_words = [ \"Ja\" ];"));
    put_people(&first, "Employee ID,Status\n", "%d,Active\n", "101,Terminated\n");
    BARE(again, "--config", first.config, "init", "--leave-out", "leave");
    if (again.code != 0)
        fail_msg("%d: %s%s", again.code, text_cstr(&again.out), text_cstr(&again.err));
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_null(strstr(config, "on_leave_words"));
    assert_non_null(strstr(config, "no_value = [ \"0000\" ];"));
}

/* What was left open is asked again, and answered the rules are there. */
TEST(init_repeated_over_what_was_left_open_is_not_well_until_it_is_answered)
{
    FIRST_MIGRATED(first);
    CLEANUP(text_release) struct text seen = TEXT_INIT;

    put_people(&first, "emp_no,dept_no,to_date\n", "%d,d001,9999-01-01\n", "101,d002,2020-02-01\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 20);
    for (int i = 0; i < 2; i++) { /* the command that it said; nobody answers */
        BARE(again, "--config", first.config, "init");
        end_assert_code(&again, 20);
        end_assert_says(&again.out, "What is open:");
        end_assert_silent_of(&again.out, "all is well");
        CLEANUP(mem_cleanup) char *config = end_read(first.config);
        assert_null(strstr(config, "name = \"departed\""));
        const char *comment = strstr(config, "# no rule for departures");
        assert_non_null(comment);
        assert_null(strstr(comment + 1, "# no rule for departures"));
    }
    const struct first_line lines[] = {{"may be the last day of employment", "1"},
                                       {"emptied when somebody is hired again", "1"},
                                       {NULL, NULL}};
    int code = first_dialogue(&first, lines, &seen);
    if (code != 0)
        fail_msg("%d: %s", code, text_cstr(&seen));
    end_assert_says(&seen, "all is well");
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "last_day = \"to_date\";"));
    assert_non_null(strstr(config, "name = \"departed\""));
    assert_null(strstr(config, "# open:"));
    assert_null(strstr(config, "# no rule for"));
    assert_plans(&first);
    BARE(well, "--config", first.config, "init");
    end_assert_code(&well, 0);
    end_assert_says(&well.out, "unchanged: ");
}

TEST(init_repeated_with_what_is_left_out_has_the_rules_that_waited_for_it)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Termination Date,Rehire Date\n", "%d,,\n",
               "101,2025-09-19,2020-01-01\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 20);
    BARE(again, "--config", first.config, "init", "--leave-out", "Rehire Date");
    if (again.code != 0)
        fail_msg("%d: %s%s", again.code, text_cstr(&again.out), text_cstr(&again.err));
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "name = \"departed\""));
    assert_null(strstr(config, "# open:"));
}

/* Rules that a person has made are not touched; that one is missing is said. */
TEST(init_repeated_says_which_rule_a_persons_rules_lack)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Termination Date,Rehire Date\n", "%d,,\n",
               "101,2025-09-19,2020-01-01\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 20);
    change(&first, "idle_days_min = 90;", "idle_days_min = 91;");
    BARE(open, "--config", first.config, "init");
    end_assert_code(&open, 20);
    end_assert_says(&open.err, "nothing was written");
    BARE(again, "--config", first.config, "init", "--leave-out", "Rehire Date");
    end_assert_code(&again, 20);
    end_assert_says(&again.out, "no rule acts on departures");
    end_assert_silent_of(&again.out, "all is well");
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "idle_days_min = 91;"));
    change(&first, "svc-*\" ]; }; do = \"keep\"; }",
           "svc-*\" ]; }; do = \"keep\"; }, { name = \"gone\"; when = { person = "
           "\"departed\"; }; do = \"suspend\"; }");
    BARE(well, "--config", first.config, "init", "--leave-out", "Rehire Date");
    if (well.code != 0)
        fail_msg("%d: %s%s", well.code, text_cstr(&well.out), text_cstr(&well.err));
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

/* Each repeat that changes something: for whom the file is stays, and so does each file before. */
TEST(init_repeated_keeps_the_mode_and_every_file_as_it_was)
{
    static const mode_t modes[] = {0600, 0640, 0400};
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Status\n", "%d,Active\n", "101,Terminated\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 0);
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        CLEANUP(text_release) struct text id = TEXT_INIT, kept = TEXT_INIT;
        text_addf(&id, "demo%zu", i);
        text_addf(&kept, i ? "%s.before.%zu" : "%s.before", first.config, i + 1);
        CLEANUP(mem_cleanup) char *before = end_read(first.config);
        assert_int_equal(chmod(first.config, modes[i]), 0);
        BARE(again, "--config", first.config, "init", "--client-id", text_cstr(&id));
        end_assert_says(&again.out, text_cstr(&kept));
        assert_int_equal(mode_of(first.config), modes[i]);
        CLEANUP(mem_cleanup) char *as_it_was = end_read(text_cstr(&kept));
        assert_string_equal(as_it_was, before);
        assert_int_equal(mode_of(text_cstr(&kept)), 0600);
    }
}

/* What stands behind the '?' of an address, and before its '@', may be a secret. */
TEST(init_shows_no_secret_of_an_address)
{
    FIRST_MIGRATED(first);
    static const char address[] = "http://127.0.0.1:1/export?token=TOPSECRET";

    BARE(made, "--config", first.config, "init", ANSWERS, "--roster", address);
    end_assert_says(&made.err, "127.0.0.1:1/export");
    end_assert_silent_of(&made.err, "TOPSECRET");
    put_people(&first, "Employee ID,Status\n", "%d,Active\n", "101,Terminated\n");
    BARE(written, "--config", first.config, "init", ANSWERS);
    end_assert_code(&written, 0);
    CLEANUP(text_release) struct text from = TEXT_INIT, to = TEXT_INIT;
    text_addf(&from, "source = \"%s\"", first.end.roster_path);
    text_addf(&to, "source = \"%s\"", address);
    change(&first, text_cstr(&from), text_cstr(&to));
    BARE(again, "--config", first.config, "init");
    end_assert_says(&again.out, "kept: roster.source http://127.0.0.1:1/export\n");
    end_assert_silent_of(&again.out, "TOPSECRET");
    end_assert_silent_of(&again.err, "TOPSECRET");
}

/* What is said is a line, without control characters spelled out. */
TEST(init_says_in_a_line_that_a_run_would_not_read_it)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Status\n", "%d,Active\n", "101,Terminated\n");
    assert_int_equal(chmod(first.end.roster_path, 0666), 0); /* anybody may have written it */
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 65);
    end_assert_says(&made.out, "How a run would read it: not at all: ");
    end_assert_silent_of(&made.out, "\\x0a");
    end_assert_says(&made.out, "these look again");
    end_assert_silent_of(&made.out, " plan ");
}

TEST(init_repeated_remembers_words_that_a_person_has_sorted)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Status\n", "%d,A\n", "101,T\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 20);
    change(&first, "employed = [ ];", "employed = [ \"A\" ]; departed = [ \"T\" ];");
    put_people(&first, "Personnel No;Status\n", "%d;A\n", "101;T\n");
    BARE(again, "--config", first.config, "init");
    if (again.code != 0)
        fail_msg("%d: %s%s", again.code, text_cstr(&again.out), text_cstr(&again.err));
    CLEANUP(mem_cleanup) char *config = end_read(first.config);
    assert_non_null(strstr(config, "employed = [ \"A\" ];"));
    assert_non_null(strstr(config, "departed = [ \"T\" ];"));
    assert_non_null(strstr(config, "employee_number = \"Personnel No\";"));
}

TEST(init_repeated_asks_anew_for_a_secret_that_the_portal_refuses)
{
    FIRST_MIGRATED(first);
    CLEANUP(text_release) struct text seen = TEXT_INIT;

    put_people(&first, "Employee ID,Status\n", "%d,Active\n", "101,Terminated\n");
    CLEANUP(mem_cleanup) char *secret = probe_path(&first.end.probe, "wrong-secret");
    assert_int_equal(file_write(secret, 0600, "wrong\n", 6, NULL), 0);
    BARE(made, "--config", first.config, "init", "--portal", first.url, "--client-id", "demo",
         "--secret-file", secret, "--roster", first.end.roster_path, "--database", first.embedded);
    end_assert_code(&made, 77);
    const struct first_line lines[] = {
        {"The client secret (it is not shown)", END_SECRET}, NOBODY_AWAY, {NULL, NULL}};
    int code = first_dialogue(&first, lines, &seen);
    if (code != 0)
        fail_msg("%d: %s", code, text_cstr(&seen));
    CLEANUP(mem_cleanup) char *content = end_read(secret);
    assert_string_equal(content, END_SECRET "\n");
}

TEST(init_repeated_writes_nothing_where_rules_would_act_on_what_is_open)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Status\n", "%d,Active\n", "101,Terminated\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 0);
    CLEANUP(mem_cleanup) char *before = end_read(first.config);
    put_people(&first, "Worker,Staff No,Status,HR Status\n", "A B,%d,Active,Y\n",
               "C D,1,Terminated,N\n");
    BARE(again, "--config", first.config, "init");
    end_assert_code(&again, 20);
    end_assert_says(&again.err, "nothing was written: the rules that are there would act on");
    CLEANUP(mem_cleanup) char *after = end_read(first.config);
    assert_string_equal(after, before);
    BARE(told, "--config", first.config, "init", "--leave-out", "HR Status");
    if (told.code == 64) /* it was taken for the status */
        end_assert_says(&told.err, "--leave-out");
}

/* --- what was said, and what is new --- */

/* Every answer is remembered: a second init has nothing to ask. */
TEST(init_repeated_asks_nothing_that_was_answered)
{
    static const struct {
        const char *head, *at_work, *rest;
        struct first_line line[4];
    } cases[] = {
        {"Employee ID,Status,Hire Date,Termination Date\n",
         "%d,Active,03/04/2016,\n",
         "101,Terminated,03/04/2016,11/09/2025\n",
         {{"'03/04/2016' in 'Hire Date' can be read in two ways", "1"},
          {"'11/09/2025' in 'Termination Date' can be read in two ways", "2"},
          NOBODY_AWAY}},
        {"Employee ID,Status,Termination Date\n",
         "%d,Active,\n",
         "101,Terminated,19.09.25\n",
         {{"have two digits", "1"}, NOBODY_AWAY}},
        {"Employee ID,Status,Email,Mail\n",
         "%d,Active,,\n",
         "101,Terminated,a@x.example,b@x.example\n",
         {{"several columns hold e-mail addresses", "2"}, NOBODY_AWAY}},
        {"7,Bob Roe,Active\nEmployee ID,Full Name,Status\n",
         "%d,A B,Active\n",
         "101,C D,Terminated\n",
         {{"above the titles in row 2", "1"}, NOBODY_AWAY}},
        {"Employee ID,Status,Leave Type\n",
         "%d,Active,\n",
         "101,Active,Parental\n",
         {{"'Leave Type'", "2"}}},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        FIRST_MIGRATED(first);
        CLEANUP(text_release) struct text seen = TEXT_INIT;
        const struct first_line lines[] = {
            FIRST_LINES, cases[i].line[0], cases[i].line[1], cases[i].line[2], {NULL, NULL}};
        put_people(&first, cases[i].head, cases[i].at_work, cases[i].rest);
        int code = first_dialogue(&first, lines, &seen);
        if (code != 0)
            fail_msg("%zu: %d: %s", i, code, text_cstr(&seen));
        BARE(again, "--config", first.config, "init");
        if (again.code != 0)
            fail_msg("%zu: %d: %s%s", i, again.code, text_cstr(&again.out), text_cstr(&again.err));
        end_assert_says(&again.out, "unchanged: ");
        BARE(anew, "--config", first.config, "init", "--roster", first.end.roster_path);
        if (anew.code != 0)
            fail_msg("%zu: %d: %s%s", i, anew.code, text_cstr(&anew.out), text_cstr(&anew.err));
        end_assert_silent_of(&anew.out, "What is open:");
    }
}

/* HR adds a column: what it may mean is asked, though the roster is read as well as before. */
TEST(init_repeated_says_that_hr_has_a_new_column)
{
    static const char *const columns[] = {"Contract Status", "Rehire Date", "Leave Type",
                                          "Last Day of Work"};
    static const char *const values[] = {"Active", "2024-01-01", "Parental", "2026-01-01"};

    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        FIRST_MIGRATED(first);
        CLEANUP(text_release) struct text head = TEXT_INIT, work = TEXT_INIT, left = TEXT_INIT;
        put_people(&first, "Employee ID,Status,Termination Date\n", "%d,Active,\n",
                   "101,Terminated,2025-09-19\n");
        BARE(made, "--config", first.config, "init", ANSWERS);
        end_assert_code(&made, 0);
        text_addf(&head, "Employee ID,Status,Termination Date,%s\n", columns[i]);
        text_addf(&work, "%%d,Active,,%s\n", values[i]);
        text_addf(&left, "101,Terminated,2025-09-19,%s\n", values[i]);
        put_people(&first, text_cstr(&head), text_cstr(&work), text_cstr(&left));
        BARE(again, "--config", first.config, "init");
        end_assert_code(&again, 20);
        end_assert_says(&again.out, "not right: HR's file has something that nobody was asked");
        end_assert_says(&again.out, columns[i]);
        BARE(told, "--config", first.config, "init", "--leave-out", columns[i]);
        if (told.code != 0)
            fail_msg("%s: %d: %s%s", columns[i], told.code, text_cstr(&told.out),
                     text_cstr(&told.err));
        BARE(well, "--config", first.config, "init");
        end_assert_code(&well, 0);
        end_assert_says(&well.out, "unchanged: ");
    }
}

TEST(init_repeated_over_a_new_column_that_says_nothing_or_a_persons_own_file_changes_nothing)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Status\n", "%d,Active\n", "101,Terminated\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 0);
    put_people(&first, "Employee ID,Status,City\n", "%d,Active,Rom\n", "101,Terminated,Rom\n");
    BARE(again, "--config", first.config, "init");
    end_assert_code(&again, 0);
    end_assert_says(&again.out, "unchanged: ");
    change(&first, "# Made by", "# Written by");
    put_people(&first, "Employee ID,Status,Worker Type\n", "%d,Active,x\n", "101,Terminated,x\n");
    BARE(own, "--config", first.config, "init");
    end_assert_code(&own, 0);
    end_assert_says(&own.out, "unchanged: ");
}

TEST(init_leaves_out_titles_with_commas_and_in_several_options)
{
    static const char *const ways[][4] = {
        {"--leave-out", "\"Worker Type, local\",Rehired", "--leave-out", "leave"},
        {"--leave-out", "Worker Type, local", "--leave-out", "Rehired,leave"},
        {"--leave-out", "leave, Rehired , \"Worker Type, local\"", "--leave-out", "leave"},
    };

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        FIRST_MIGRATED(first);
        put_people(&first, "Employee ID,Status,\"Worker Type, local\",Rehired\n",
                   "%d,Active,Regular,x\n", "101,Terminated,Regular,x\n");
        BARE(made, "--config", first.config, "init", OPTIONS, ways[i][0], ways[i][1], ways[i][2],
             ways[i][3]);
        if (made.code != 0)
            fail_msg("%zu: %d: %s%s", i, made.code, text_cstr(&made.out), text_cstr(&made.err));
        CLEANUP(mem_cleanup) char *config = end_read(first.config);
        assert_non_null(strstr(config, "# as was said, not used: Worker Type, local\n"));
        BARE(wrong, "--config", first.config, "init", "--leave-out", "Worker Type");
        end_assert_code(&wrong, 64);
        end_assert_says(&wrong.err, "no column is titled 'Worker Type'");
    }
}

TEST(init_over_two_encodings_in_one_file_says_where_and_writes_nothing)
{
    FIRST_MIGRATED(first);

    put_people(&first, "Employee ID,Name,Status\n", "%d,M\xC3\xBCller,Active\n",
               "101,H\xF6he,Terminated\n");
    BARE(made, "--config", first.config, "init", ANSWERS);
    end_assert_code(&made, 65);
    end_assert_says(&made.err, "UTF-8 but for 1 byte, the first in line 62");
    assert_int_not_equal(access(first.config, F_OK), 0);
}
