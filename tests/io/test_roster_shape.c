/*
 * What programs put around the rows of a CSV file is taken for that, and each time beside it stands
 * the row one fact away that is somebody's and must not vanish.
 */
#include "roster_case.h"
#include "test.h"

#define HEAD "EmpID,Mail,Name\n"
#define ANNA "1,anna@acme.example,Anna\n"
#define BO   "2,bo@acme.example,Bo\n"
#define BOTH HEAD ANNA BO
#define TOTAL                                                                                      \
    {                                                                                              \
        "Total*", "*** end*"                                                                       \
    }

static const char *const totals[] = TOTAL;

struct shape {
    const char *bytes;
    const char *refused; /* NULL = it is read */
    size_t people, rejected, blind;
    const char *reason; /* of a rejected row */
};

static void read_shape(const struct config_roster *config, const struct shape *shape)
{
    CLEANUP(case_release) struct roster_case c = case_read(config, shape->bytes);
    bool reason = !shape->reason;

    if (shape->refused) {
        assert_refused(&c, shape->refused);
        return;
    }
    if (c.result < 0)
        fail_msg("'%s': %s", shape->bytes, c.err.text);
    for (size_t i = 0; i < c.roster.count; i++)
        reason = reason || (person_rejected(&c.roster.person[i]) &&
                            strstr(person_rejected(&c.roster.person[i]), shape->reason));
    if (c.roster.count - c.roster.rejected != shape->people ||
        c.roster.rejected != shape->rejected || c.roster.blind != shape->blind || !reason)
        fail_msg("'%s': %zu people, %zu rejected, %zu blind: %s", shape->bytes,
                 c.roster.count - c.roster.rejected, c.roster.rejected, c.roster.blind,
                 c.roster.rejected ? person_rejected(&c.roster.person[c.roster.count - 1]) : "");
}

static void read_shapes(const struct config_roster *config, const struct shape *shape, size_t count)
{
    for (size_t i = 0; i < count; i++)
        read_shape(config, &shape[i]);
}

TEST(roster_sep_line_is_dropped_when_it_agrees)
{
    static const struct shape shapes[] = {
        {"sep=,\n" BOTH, .people = 2},
        {"SEP=,\r\n" BOTH, .people = 2},
        {"\xEF\xBB\xBFsep=,\n" BOTH, .people = 2},
        {"\"sep=,\"\r\n" BOTH, .people = 2},
        {"sep=;\n" BOTH, .refused = "roster.delimiter = \";\""},
        {"sep=\t\n" BOTH, .refused = "roster.delimiter = \"\\t\""},
        {"sep=,", .refused = "no row at all"},
        {"separator,Mail,Name\n" ANNA, .refused = "no column 'EmpID'"},
        {BOTH "sep=,\n", .people = 2, .rejected = 1, .blind = 1},
    };
    struct config_roster config = case_small_config();
    CLEANUP(case_release) struct roster_case c = case_read(&config, "sep=,\n" BOTH);

    read_shapes(&config, shapes, COUNT_OF(shapes));
    assert_read(&c);
    assert_int_equal(c.roster.person[0].row, 2); /* a spreadsheet does not show the line */
}

TEST(roster_titles_further_down_are_found_and_named)
{
    static const struct shape first[] = {
        {"People\nRun on 1 May\n" BOTH, .refused = "roster.header_row = 3"},
        {"People,,\n,,\nx,,\n" BOTH, .refused = "roster.header_row = 4"},
        {"a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\no\np\nq\nr\ns\n" BOTH, /* row 20 */
         .refused = "roster.header_row = 20"},
        {"a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\no\np\nq\nr\ns\nt\n" BOTH,
         .refused = "no column 'EmpID'"},
        {"People\nEmpID,Mail,Named\n" ANNA, .refused = "roster.header_row = 2"},
        {"People\nno,email,Name\n" ANNA, .refused = "no column 'EmpID'"},
        {"\n,,\n" BOTH, .people = 2},
    };
    static const struct shape third[] = {
        {"People\nRun\n" BOTH, .people = 2},
        {"People\n\n" BOTH, .people = 2},
        {"EmpID,Mail\nx\n" BOTH, .people = 2},
        {BOTH "3,,Cy\n4,,Di\n", .refused = "roster.header_row = 1"},
        {"People\nRun\n\n" BOTH, .refused = "roster.header_row = 4"},
        {"People\n", .refused = "ends before row 3"},
        {"People\nRun\n\n1,2,3\n", .refused = "it is blank"},
    };
    struct config_roster config = case_small_config();

    read_shapes(&config, first, COUNT_OF(first));
    config.header_row = 3;
    read_shapes(&config, third, COUNT_OF(third));
}

TEST(roster_titles_are_compared_as_they_look)
{
    static const struct shape shapes[] = {
        {"Emp\xC2\xA0ID,Mail,Name\n" ANNA, .people = 1},
        {"Emp  ID,Mail,Name\n" ANNA, .people = 1},
        {"Emp\xE2\x80\x89ID\xE2\x80\x8B,Mail,Name\n" ANNA, .people = 1},
        {"\xEF\xBB\xBF\xEF\xBB\xBF"
         "Emp ID,Mail,Name\n" ANNA,
         .people = 1},
        {"EmpID,Mail,Name\n" ANNA, .refused = "no column 'Emp ID'"},
        {"emp ID,Mail,Name\n" ANNA, .refused = "did you mean 'emp ID'?"},
        {"EMP\xC2\xA0ID,Mail,Name\n" ANNA, .refused = "'EMP<NBSP>ID'"},
        {"Emp ID,Emp\xC2\xA0ID,Mail,Name\n1," ANNA, .refused = "in the header twice"},
    };
    struct config_roster config = case_small_config();

    config.column.of[ROSTER_EMPLOYEE_NUMBER] = "Emp ID";
    read_shapes(&config, shapes, COUNT_OF(shapes));
}

TEST(roster_footer_at_the_end_is_nobody)
{
    static const struct shape shapes[] = {
        {BOTH "Total: 2\n", .people = 2},
        {BOTH "total: 2,,\n\n,,\n", .people = 2},
        {BOTH "\nTOTAL,,\n*** End of report ***\n", .people = 2},
        {BOTH ",,Total 2\n", .people = 2},
        /* one fact away: in the middle, with an address, a number, all cells, another word */
        {HEAD ANNA "Total: 1\n" BO, .people = 2, .rejected = 1, .blind = 1, .reason = "at the end"},
        {HEAD ANNA "Total: 1,,\n" BO, .people = 2, .rejected = 1, .reason = "at the end"},
        {HEAD ANNA BO "Totaler,max@acme.example,\n", .people = 3},
        {HEAD ANNA "Totaler,max@acme.example,\n" BO, .people = 3},
        {HEAD ANNA "17,max@acme.example,Totaler Max\n", .people = 2},
        {HEAD ANNA "Total,,Max\n" BO, .people = 2, .rejected = 1},
        {HEAD ANNA BO "Total,,Max\n", .people = 2, .rejected = 1, .reason = "a name or a status"},
        {HEAD ANNA BO "Total,,201\n", .people = 2},
        {HEAD ANNA BO "Sum: 2\n", .people = 2, .rejected = 1, .blind = 1,
         .reason = "roster.footer"},
    };
    static const struct shape by_name[] = {
        {"Name,EmpID,Mail\nAnna,1,\nTotal Max,17,\n", .people = 1, .rejected = 1,
         .reason = "has a number, a username, a name or a status"},
        {"Name,EmpID,Mail\nAnna,1,\nTotaler Max,17,\n", .people = 2},
        {"Name,EmpID,Mail\nAnna,1,\nTotaler Max,17,max@acme.example\n", .people = 2},
        {"Name,EmpID,Mail\nAnna,1,\nTotal,,\n", .people = 1},
        /* a code or an address that begins so is somebody's */
        {"Mail,EmpID,Name\na@b.example,1,\ntotal@b.example,,\n", .people = 2},
        {"EmpID,Mail,Name\n1,,\nTotal9,,\n", .people = 1, .rejected = 1, .reason = "has a number"},
        {"EmpID,Mail,Name\n1,,\nTotal 9,,\n", .people = 1},
    };
    struct config_roster config = case_small_config();

    config.footer = (struct name_list){totals, COUNT_OF(totals)};
    read_shapes(&config, shapes, COUNT_OF(shapes));
    read_shapes(&config, by_name, COUNT_OF(by_name));
}

/* A comma in it breaks the line of sums, which says by its first cell what it is. */
TEST(roster_footer_with_a_loose_delimiter_is_nobody_at_the_end)
{
    static const struct shape shapes[] = {
        {BOTH "Total of all: 1,204,records,in all\n", .people = 2},
        {BOTH "*** end of report, Monday, 28 November, 2026\n", .people = 2},
        /* one fact away: in the middle, an address, a code, other words */
        {HEAD ANNA "Total of all: 1,204,records,in all\n" BO, .people = 2, .rejected = 1,
         .blind = 1, .reason = "4 fields"},
        {BOTH "Total, of all,1,204\n", .people = 2, .rejected = 1, .blind = 1}, /* Max of all */
        {BOTH "Total, Max,max@acme.example,17\n", .people = 2, .rejected = 1, .blind = 1},
        {BOTH "Total, Max,17,max@acme.example\n", .people = 2, .rejected = 1, .blind = 1},
        {BOTH "Sum: 1,204,records,in all\n", .people = 2, .rejected = 1, .blind = 1},
    };
    static const struct shape by_name[] = {
        {"Name,EmpID,Mail\nAnna,1,\nTotal Garcia, Max,17,\n", .people = 1, .rejected = 1,
         .blind = 1},
    };
    struct config_roster config = case_small_config();

    config.footer = (struct name_list){totals, COUNT_OF(totals)};
    read_shapes(&config, shapes, COUNT_OF(shapes));
    read_shapes(&config, by_name, COUNT_OF(by_name));
}

/* Only the last star stands for something else: a pattern is met by what it says. */
TEST(roster_footer_is_what_its_pattern_says_and_no_star)
{
    static const struct {
        const char *pattern, *lead; /* the first cell, which is the number, of the last row */
        bool footer;
    } cases[] = {
        {"Total*", "Total: 2", true},
        {"Total*", "TOTAL", true},
        {"Total", "Total", true},
        {"Total", "Total: 2", false},
        {"*** end*", "*** end of report", true},
        {"*** end*", "*** END", true},
        {"*** end*", "Jean Endara", false},
        {"*** end*", "x end", false},
        {"*** 3 records ****", "*** 3 records ***", true},
        {"*** 3 records ****", "*** 1,204 records ***", false},
        {"*** 3 records ****", "*** 1204 records ***", true},
        {"*** 3 records ****", "*** records ***", false},
        {"合計*", "合計人数 3", true},
        {"合計*", "人数", false},
        /* without a letter it is met by no person's value */
        {"****", "10", false},
        {"****", "Anna", false},
        {"****", "*****", true},
        {"*", "10", false},
        {"*", "Anna", false},
        {"3*", "17", false},
        {"---*", "-----", true},
        {"---*", "---7", false},
        {"?*", "A", false},
        /* a word, and no name that begins like it */
        {"Sum*", "Sum: 2", true},
        {"Sum*", "Sum of all", true},
        {"Sum*", "Summers", false},
        {"Sum*", "Summers Ann", false},
        {"Gesamt*", "Gesamtzahl: 2", true},
    };
    struct config_roster config = case_small_config();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, BOTH "\"%s\"",
                  cases[i].lead); /* cut, or not: fewer fields than rows have */
        config.footer = (struct name_list){&cases[i].pattern, 1};
        CLEANUP(case_release) struct roster_case c = case_read(&config, text_cstr(&csv));
        assert_read(&c);
        if ((c.roster.count == 2) != cases[i].footer)
            fail_msg("'%s' of '%s': %zu rows", cases[i].pattern, cases[i].lead, c.roster.count);
    }
}

/* A status word makes a row somebody's whatever its name begins with. */
TEST(roster_footer_with_a_status_is_a_person)
{
    static const struct shape shapes[] = {
        {"Name,EmpID,Status\nAnna,1,Active\nTotaler Max,,Active\n", .people = 2, .blind = 1},
        {"Name,EmpID,Status\nAnna,1,Active\nTotal 1,,Retiring soon\n", .people = 1, .rejected = 1,
         .blind = 1, .reason = "or a status"},
        {"Name,EmpID,Status\nAnna,1,Active\nTotal 1,,201\n", .people = 1},
    };
    struct config_roster config = case_small_config();

    config.column.of[ROSTER_EMAIL] = NULL;
    config.column.of[ROSTER_STATUS] = "Status";
    config.footer = (struct name_list){totals, COUNT_OF(totals)};
    read_shapes(&config, shapes, COUNT_OF(shapes));
}

TEST(roster_lone_last_row_is_doubted_without_a_footer)
{
    static const struct shape shapes[] = {
        {BOTH "Total: 2,,\n", .people = 2, .rejected = 1, .reason = "footer = [ \"Total*\" ]"},
        {BOTH "Exported from bob on 28/11/2026,,\n", .people = 2, .rejected = 1,
         .reason = "footer = [ \"Exported*\" ]"},
        {BOTH ",,\"Max \"\"M\"\" Mustermann\"\n", .people = 2, .rejected = 1, .blind = 1,
         .reason = "[ \"Max*\" ]"},
        {BOTH ",,「合計」\n", .people = 2, .rejected = 1, .blind = 1,
         .reason = "[ \"「合計」*\" ]"},
        {BOTH "End of report,,\n", .people = 2, .rejected = 1, .reason = "roster.footer"},
        {BOTH "3,,\n", .people = 3},
        {BOTH "E3,,\nE4,,\n", .people = 4}, /* others have no more */
        {BOTH ",cy@acme.example,\n", .people = 3},
        {"EmpID,Mail,Name\nE3,,\n", .people = 1},
    };
    struct config_roster config = case_small_config();

    read_shapes(&config, shapes, COUNT_OF(shapes));
}

#define FULL_HEAD "EmpID,Mail,Name,Status,Hired\n"
#define FULL_ANNA "1,anna@acme.example,Anna,Active,2020-01-01\n"

TEST(roster_label_rows_hold_nobody)
{
    static const struct shape none[] = {
        {HEAD "Number,E-Mail,Full name\n" ANNA, .people = 1, .rejected = 1, .blind = 1,
         .reason = "roster.label_rows = 1"},
        {HEAD "Number,x,Full name\n" ANNA, .people = 1, .rejected = 1, .blind = 1},
        {HEAD "12,x,Full name\n" ANNA, .people = 1, .rejected = 1, .blind = 1, .reason = "no '@'"},
    };
    static const struct shape one[] = {
        {HEAD "Number,E-Mail,Full name\n" ANNA BO, .people = 2},
        {HEAD "Number,,Full name\n" ANNA BO, .people = 2},
        {HEAD ANNA BO, .refused = "row 2 is to be one of labels"},
        {HEAD "17,E-Mail,Full name\n" BO, .refused = "may be a person"},
        {HEAD ",anna@acme.example,Full name\n" BO, .refused = "may be a person"},
        {HEAD ",,Anna\n" BO, .refused = "may be a person"},
        {HEAD "ABC,,Ann Bee\n" BO, .refused = "may be a person"},
        {HEAD "string,string,string\n" ANNA BO, .people = 2},
        {HEAD "text(20),varchar,text\n" ANNA BO, .people = 2},
        {HEAD "Code,,\xE6\xB0\x8F\xE5\x90\x8D\n" ANNA, .people = 1}, /* a title in Japanese */
    };
    static const struct shape types[] = {
        {FULL_HEAD "string,string,string,enum,date\n" FULL_ANNA, .people = 1},
        {FULL_HEAD "Text,Text,Text,List,Date\n" FULL_ANNA, .people = 1},
        {FULL_HEAD "anna,string,string,Active,date\n" FULL_ANNA, .refused = "may be a person"},
        {FULL_HEAD "anna,string,string,enum,2020-01-01\n" FULL_ANNA, .refused = "may be a person"},
        {FULL_HEAD "17,string,string,enum,date\n" FULL_ANNA, .refused = "may be a person"},
        {FULL_HEAD "anna,,Anna Visser,,\n" FULL_ANNA, .refused = "may be a person"},
        {FULL_HEAD "AVI,Anna,Visser,Retired,soon\n" FULL_ANNA, .refused = "may be a person"},
    };
    struct config_roster config = case_small_config();

    read_shapes(&config, none, COUNT_OF(none));
    config.label_rows = 1;
    read_shapes(&config, one, COUNT_OF(one));
    config.column.of[ROSTER_STATUS] = "Status";
    config.column.of[ROSTER_HIRE_DATE] = "Hired";
    read_shapes(&config, types, COUNT_OF(types));
}

/* Some rows in one field: two marks in one column, each of which should be alone in its own. */
#define WIDE        "EmpID,Mail,Name,Team,Site,Note\n"
#define ROW(number) number ",," number ",Web,Bonn,"
#define TABBED      "EmpID\tMail\tName\tNote\n"

TEST(roster_rows_inside_of_a_field_are_nobodys_loss)
{
    static const char opened[] = "looks like several rows";
    static const struct shape shapes[] = {
        /* the last column, the first one, one in the middle; LF, CR LF, CR */
        {WIDE ROW("1") "\"\n" ROW("2") "x\n" ROW("3") "\"\n" ROW("4") "\n", .people = 1,
         .rejected = 1, .blind = 1, .reason = opened},
        {WIDE ROW("1") "\"\r\n" ROW("2") "x\r\n" ROW("3") "\"\r\n" ROW("4") "\r\n", .people = 1,
         .rejected = 1, .blind = 1, .reason = opened},
        {WIDE ROW("1") "\"\r" ROW("2") "x\r" ROW("3") "\"\r" ROW("4") "\r", .people = 1,
         .rejected = 1, .blind = 1, .reason = opened},
        {"Note,EmpID,Mail,Name,Team\n\",1,,Anna,Web\nx,2,,Bo,Web\n\",3,,Cy,Web\n,4,,Di,Web\n",
         .people = 1, .rejected = 1, .blind = 1, .reason = opened},
        {"EmpID,Mail,Note,Name,Team\n1,,\"x,Anna,Web\n2,,\",Bo,Web\n4,,,Di,Web\n", .people = 1,
         .rejected = 1, .blind = 1, .reason = opened},
        /* two rows alone; blank lines; double spacing; a delimiter behind each row */
        {WIDE ROW("1") "\"\n" ROW("3") "\"\n" ROW("4") "\n", .people = 1, .rejected = 1, .blind = 1,
         .reason = opened},
        {WIDE ROW("1") "\"\n\n" ROW("2") "x\n\n" ROW("3") "\"\n" ROW("4") "\n", .people = 1,
         .rejected = 1, .blind = 1, .reason = opened},
        {WIDE ROW("5") ",\n" ROW("1") "\"x,\n" ROW("2") "x,\n" ROW("3") "\",\n" ROW("4") ",\n",
         .people = 2, .rejected = 1, .blind = 1, .reason = opened},
        /* a short row and one with a loose delimiter between them */
        {WIDE ROW("1") "\"\n2,,Bo,Web\n" ROW("3") "\"\n", .rejected = 1, .blind = 1,
         .reason = opened},
        {WIDE ROW("1") "\"\n" ROW("2") "x,y\n" ROW("3") "\"\n", .rejected = 1, .blind = 1,
         .reason = opened},
        {"EmpID,Name,Note\n1,Anna,\"\n2,Bo\n3,Cy,\"\n", .rejected = 1, .blind = 1,
         .reason = opened},
        /* the row that opens is short */
        {"EmpID,Mail,Name,Team,Note,Site\n1,,Anna,Web,\"x\n2,,Bo,Web,\",Bonn\n", .rejected = 1,
         .blind = 1, .reason = opened},
        /* what people write */
        {WIDE ROW("1") "\"ill, then on leave,\nand back, in May\"\n" ROW("2") "\n", .people = 2},
        {WIDE ROW("1") "\"a, b\r\n\r\nc, d, e\r\nf, g, h\r\n\"\n" ROW("2") "\n", .people = 2},
        {"EmpID,Name,Note\n1,Anna,\"ill, and\nback\"\n2,Bo,\n", .people = 2},
        {WIDE ROW("1") "\",,,,,,\"\n", .people = 1},
        {"EmpID\n1\n\"\n2\n3\n\"\n", .people = 1, .rejected = 1, .blind = 1},
    };
    static const struct shape tabbed[] = {
        {TABBED "1\t\tAnna\t\"\n2\t\tBo\t\n3\t\tCy\t\"\n4\t\tDi\t\n", .people = 1, .rejected = 1,
         .blind = 1, .reason = opened},
        {TABBED "1\t\tAnna\t\"a, b, c, d\ne, f, g, h\"\n2\t\tBo\t\n", .people = 2},
    };
    struct config_roster config = case_small_config();

    config.column.of[ROSTER_EMAIL] = NULL;
    read_shape(&config, &shapes[10]);
    read_shape(&config, &shapes[14]);
    config.column.name.count = 0;
    read_shape(&config, &shapes[16]);
    config = case_small_config();
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        if (i != 10 && i != 14 && i != 16)
            read_shape(&config, &shapes[i]);
    }
    config.delimiter = '\t';
    read_shapes(&config, tabbed, COUNT_OF(tabbed));
}

/* In a mapped column nobody writes a second line: two rows in one, whatever stands there. */
TEST(roster_line_break_in_a_mapped_value_may_hide_anybody)
{
    static const char *const rows[] = {
        HEAD "1,,\"Anna\n50000\"\n" BO, HEAD "1,,\"Anna\r\n50000\"\n" BO,
        HEAD "1,,\"Anna\r50000\"\n" BO, HEAD "1,\"\n50000\nx\",Anna\n" BO,
        HEAD "\"1\n50000\",,Anna\n" BO,
    };
    static const struct shape whole[] = {
        {HEAD "1,,\"Anna\n\"\n" BO, .people = 2}, /* nothing beyond it */
        {HEAD "1,,\"\r\nAnna \"\n" BO, .people = 2},
    };
    struct config_roster config = case_small_config();

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(case_release) struct roster_case c = case_read(&config, rows[i]);

        assert_read(&c);
        assert_int_equal(c.roster.rejected, 1);
        assert_true(c.roster.person[0].key_unreadable);
        assert_mentions(person_rejected(&c.roster.person[0]), "a line break in column");
        assert_no_mention(person_rejected(&c.roster.person[0]), "50000");
    }
    read_shapes(&config, whole, COUNT_OF(whole));
}

TEST(roster_titles_in_another_order_further_down_are_refused)
{
    static const char refusal[] = "row 4 holds the titles again, in another order";
    static const struct shape shapes[] = {
        {BOTH "Mail,EmpID,Name\ncy@acme.example,3,Cy\n", .refused = refusal},
        {BOTH " MAIL ,EmpID,name\n", .refused = refusal},
        {BOTH "\"\xEF\xBB\xBFMail\",EmpID,Name\n", .refused = refusal},
        {BOTH "Name,EmpID\nCy,3\n", .refused = refusal},
        {BOTH "Name,Mail,EmpID,\n", .refused = refusal},
        {BOTH HEAD, .people = 2, .rejected = 1, .blind = 1, .reason = "header again"},
        {BOTH "empid,mail,name\n", .people = 2, .rejected = 1, .blind = 1},
        {BOTH "3,,Mail\n", .people = 3}, /* somebody's name */
        {BOTH "Name,,\n", .people = 2, .rejected = 1},
        {BOTH "3,Name,EmpID\n", .people = 2, .rejected = 1, .blind = 1},
    };
    struct config_roster config = case_small_config();

    read_shapes(&config, shapes, COUNT_OF(shapes));
}

TEST(roster_delimiter_behind_every_row_is_no_field)
{
    static const struct shape shapes[] = {
        {HEAD "1,,Anna,\n2,,Bo,\n", .people = 2},
        {HEAD "1,,Anna,\n2,,Bo,x\n", .people = 1, .rejected = 1, .blind = 1},
        {HEAD "1,,Anna,\n2,,Bo\n", .people = 1, .rejected = 1, .blind = 1,
         .reason = "an empty one"},
        {HEAD "1,,Anna\n2,,Bo,\n", .people = 1, .rejected = 1, .blind = 1, .reason = "4 fields"},
        {HEAD "1,,Anna,,\n2,,Bo,,\n", .rejected = 2, .blind = 2},
        {HEAD "1,,Anna,\n", .rejected = 1, .blind = 1, .reason = "no other row shows"},
    };
    struct config_roster config = case_small_config();

    read_shapes(&config, shapes, COUNT_OF(shapes));
}

TEST(roster_end_of_file_mark_of_dos_is_dropped_at_the_end_alone)
{
    static const struct shape shapes[] = {
        {BOTH "\x1A", .people = 2},
        {BOTH "\x1A\x1A\x1A", .people = 2},
        {HEAD ANNA "\x1A\n" BO, .people = 2, .rejected = 1, .blind = 1},
        {HEAD ANNA "2\x1A,,Bo\n", .people = 1, .rejected = 1, .blind = 1},
    };
    struct config_roster config = case_small_config();

    read_shapes(&config, shapes, COUNT_OF(shapes));
}

TEST(roster_pasted_and_repeated_titles_are_named)
{
    static const struct shape shapes[] = {
        {BOTH HEAD "3,,Cy\n", .people = 3, .rejected = 1, .blind = 1, .reason = "header again"},
        {BOTH "\xEF\xBB\xBF" HEAD "3,,Cy\n", .people = 3, .rejected = 1, .blind = 1,
         .reason = "two files"},
        {BOTH "EmpID,x,Name\n", .people = 2, .rejected = 1, .blind = 1, .reason = "no '@'"},
        {"EmpID,Mail,Name,1,,Anna\nEmpID,Mail,Name,2,,Bo\n", .refused = "repeats the titles"},
        {HEAD "1,,O'Neill\n2,,'Roe, Bo'\n", .people = 1, .rejected = 1, .blind = 1,
         .reason = "single marks"},
        {HEAD "1,,\"Jane \\\"JD\\\" Doe\"\n", .refused = "backslash"},
        {HEAD "1,,\"Jane \"JD\" Doe\"\n", .refused = "doubles it"},
    };
    struct config_roster config = case_small_config();

    read_shapes(&config, shapes, COUNT_OF(shapes));
}

TEST(roster_of_nul_bytes_at_the_end_is_said_to_be_cut)
{
    static const char padded[] = BOTH "\0\0\0", inside[] = HEAD "1,\0,Anna\n" BO;
    struct config_roster config = case_small_config();
    CLEANUP(case_release)
    struct roster_case c = case_read_bytes(&config, padded, sizeof(padded) - 1);
    CLEANUP(case_release)
    struct roster_case d = case_read_bytes(&config, inside, sizeof(inside) - 1);

    assert_refused(&c, "from line 4 on there are only NUL bytes");
    assert_refused(&d, "line 2 holds a NUL byte");
}

TEST(roster_that_is_no_text_says_what_it_is)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *part; /* NULL = not one of these */
    } files[] = {
#define BYTES(literal) (literal), sizeof(literal) - 1
        {BYTES("PK\x03\x04\x14\0\x06\0[Content_Types].xml..xl/workbook.xml"), "CSV UTF-8"},
        {BYTES("PK\x03\x04\x14\0\x06\0[Content_Types].xml..word/x"), "an Office document"},
        {BYTES("PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), ".ods"},
        {BYTES("PK\x03\x04\x14\0\x06\0roster.csv"), "unzip"},
        {BYTES(
             "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1..E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"),
         "take the password off"},
        {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1..W\0o\0r\0k\0b\0o\0o\0k\0"), "(.xls); hint"},
        {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1.."), "(.xls), or one with a password"},
        {BYTES("%PDF-1.7\n"), "is a PDF"},
        {BYTES("\x1F\x8B\x08"), "gunzip"},
        {BYTES("<!DOCTYPE html><title>Sign in</title>"), "login page"},
        {BYTES("\n <HTML>"), "login page"},
        {BYTES("-----BEGIN PGP MESSAGE-----"), "gpg"},
        {BYTES("\x85\x01\x0C\x03\x11\x22"), "gpg"},
        {BYTES("\x8C\x0D\x04\x09\x03"), "gpg"},
        {BYTES("\x28\xB5\x2F\xFD\x04"), "unzstd"},
        {BYTES("PKID,Mail\n"), NULL},
        {BYTES("<ID>,Mail\n"), NULL},
#undef BYTES
    };
    struct config_roster config = case_small_config();

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CLEANUP(case_release)
        struct roster_case c = case_read_bytes(&config, files[i].bytes, files[i].length);

        assert_refused(&c, files[i].part ? files[i].part : "no column");
    }
}
