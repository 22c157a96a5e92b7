/*
 * CSV rosters: what refuses a file, what rejects a row, how rows are numbered, and that columns
 * which are not mapped stay out.
 */
#include "roster_case.h"
#include "test.h"

#include "base/limits.h"
#include "base/mem.h"

#define HEAD "EmpID,Mail,Name\n"

TEST(roster_read_plain_rows_takes_all_fields)
{
    struct config_roster config = case_config();
    CLEANUP(case_release)
    struct roster_case c =
        case_read(&config, "EmpID,Mail,Login,Name,Status,Hired,Last,Dept,Country\r\n"
                           "0017,anna@acme.example,anna,Anna Visser,Active,2020-02-29,,IT,NL\r\n");
    const struct person *person = &c.roster.person[0];
    struct day hired;

    assert_read(&c);
    assert_true(day_from_civil(2020, 2, 29, &hired));
    assert_int_equal(c.roster.count, 1);
    assert_string_equal(person->employee_number, "0017");
    assert_string_equal(person->email, "anna@acme.example");
    assert_string_equal(person->username, "anna");
    assert_string_equal(person->name, "Anna Visser");
    assert_int_equal(person->word, PERSON_EMPLOYED);
    assert_int_equal(person->hire_date.number, hired.number);
    assert_false(day_is_set(person->last_day));
    assert_string_equal(person_alike(person)->department, "IT");
    assert_string_equal(person_alike(person)->country, "NL");
    assert_null(person_rejected(person));
    assert_int_equal(person->row, 2);
    assert_int_equal(c.roster.read_at.us, CASE_NOW.us);
    assert_true(instant_is_set(c.roster.modified));
    assert_non_null(c.roster.source);
}

TEST(roster_read_digest_is_of_the_bytes_as_they_came)
{
    static const char bytes[] = "\xEF\xBB\xBF" HEAD "1,a@b,Anna\n";
    struct config_roster config = case_small_config();
    CLEANUP(case_release) struct roster_case c = case_read(&config, bytes);
    struct digest digest = digest_of(bytes, strlen(bytes));

    assert_read(&c);
    assert_int_equal(digest_compare(&digest, &c.roster.digest), 0);
}

/* --- shapes that are fine --- */

TEST(roster_read_good_shapes_gives_the_value)
{
    static const struct {
        char delimiter;
        const char *text;
        const char *number, *name;
    } cases[] = {
        {',', "EmpID,Mail,Name\n7,a@b,Anna\n", "7", "Anna"},
        {',', "EmpID,Mail,Name\r\n7,a@b,Anna\r\n", "7", "Anna"},
        {',', "EmpID,Mail,Name\r7,a@b,Anna\r", "7", "Anna"},
        {',', "EmpID,Mail,Name\n7,a@b,Anna", "7", "Anna"},
        {',',
         "\xEF\xBB\xBF"
         "EmpID,Mail,Name\n7,a@b,Anna\n",
         "7", "Anna"},
        {',', "\n\n  \nEmpID,Mail,Name\n7,a@b,Anna\n", "7", "Anna"},
        {',', "  EmpID , Mail\t,\xC2\xA0Name\xC2\xA0\n 7 ,a@b,  Anna\xC2\xA0 \n", "7", "Anna"},
        {',', "Name,Mail,EmpID\nAnna,a@b,7\n", "7", "Anna"},
        {',', "EmpID,Mail,Name\n7,a@b,\"Visser, Anna\"\n", "7", "Visser, Anna"},
        {',', "EmpID,Mail,Name\n7,a@b,\"Anna \"\"An\"\" V\"\n", "7", "Anna \"An\" V"},
        {',', "EmpID,Mail,Name\n7,a@b, \"Anna\" \n", "7", "Anna"},
        {',', "EmpID,Mail,Name,Note\n7,a@b,Anna,\"one\ntwo, three\"\n", "7", "Anna"},
        {';', "EmpID;Mail;Name\n7;a@b;Visser, Anna\n", "7", "Visser, Anna"},
        {'\t', "EmpID\tMail\tName\n7\t\tAnna\n", "7", "Anna"},
        {'|', "EmpID|Mail|Name\n7|a@b|Anna\n", "7", "Anna"},
        {',', "EmpID,Mail,Name,\n7,a@b,Anna,\n", "7", "Anna"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = case_small_config();
        struct roster_case c;

        config.delimiter = cases[i].delimiter;
        c = case_read(&config, cases[i].text);
        assert_read(&c);
        if (c.roster.count != 1 || c.roster.rejected != 0)
            fail_msg("case %zu: %zu people, rejected: %s", i, c.roster.count,
                     c.roster.count > 0 ? person_rejected(&c.roster.person[0]) : "-");
        assert_string_equal(c.roster.person[0].employee_number, cases[i].number);
        assert_string_equal(c.roster.person[0].name, cases[i].name);
        case_release(&c);
    }
}

TEST(roster_read_header_alone_is_a_roster_of_nobody)
{
    struct config_roster config = case_small_config();
    CLEANUP(case_release) struct roster_case c = case_read(&config, HEAD);

    assert_read(&c);
    assert_int_equal(c.roster.count, 0);
}

TEST(roster_read_name_of_several_columns_joins_them)
{
    static const char *const parts[] = {"First", "Middle", "Last"};
    struct config_roster config = case_small_config();
    struct roster_case c;

    config.column.name = (struct name_list){parts, COUNT_OF(parts)};
    c = case_read(&config, "Last,EmpID,Mail,First,Middle\nVisser,1,,Anna,\nVos,2,,Bo,van de\n");
    assert_read(&c);
    assert_string_equal(c.roster.person[0].name, "Anna Visser");
    assert_string_equal(c.roster.person[1].name, "Bo van de Vos");
    case_release(&c);
}

TEST(roster_read_configured_name_with_blanks_is_the_same_column)
{
    struct config_roster config = case_small_config();
    struct roster_case c;

    config.column.of[ROSTER_EMAIL] = " Mail ";
    config.column.of[ROSTER_USERNAME] = " ";
    c = case_read(&config, HEAD "7,a@b,Anna\n");
    assert_read(&c);
    assert_string_equal(c.roster.person[0].email, "a@b");
    case_release(&c);
}

TEST(roster_read_one_column_for_two_fields_gives_both)
{
    struct config_roster config = case_small_config();
    struct roster_case c;

    config.column.of[ROSTER_USERNAME] = "Mail";
    c = case_read(&config, HEAD "7,anna@acme.example,Anna\n");
    assert_read(&c);
    assert_string_equal(c.roster.person[0].email, "anna@acme.example");
    assert_string_equal(c.roster.person[0].username, "anna@acme.example");
    case_release(&c);
}

/* --- row numbers --- */

TEST(roster_read_row_numbers_are_those_of_a_spreadsheet)
{
    static const struct {
        const char *text;
        uint32_t row[3];
    } cases[] = {
        {HEAD "1,,a\n2,,b\n3,,c\n", {2, 3, 4}},
        {"EmpID,Mail,Name\r\n1,,a\r\n2,,b\r\n3,,c\r\n", {2, 3, 4}},
        {HEAD "1,,a\n\n2,,b\n\n\n3,,c\n", {2, 4, 7}},
        {"EmpID,Mail,Name\r\n1,,a\r\n\r\n2,,b\r\n\r\n\r\n3,,c\r\n", {2, 4, 7}},
        {"EmpID,Mail,Name\r1,,a\r\r2,,b\r3,,c", {2, 4, 5}},
        {HEAD "1,,a\n   \n2,,b\n,,\n3,,c\n , ,\xC2\xA0\n", {2, 4, 6}},
        {"\n\n" HEAD "1,,a\n2,,b\n3,,c\n", {4, 5, 6}},
        {"EmpID,Mail,Name,Note\n1,,a,\"x\ny\nz\"\n2,,b,\n3,,c,\n", {2, 3, 4}},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = case_small_config();
        struct roster_case c = case_read(&config, cases[i].text);

        assert_read(&c);
        if (c.roster.count != 3)
            fail_msg("case %zu: %zu people", i, c.roster.count);
        for (size_t k = 0; k < 3; k++) {
            if (c.roster.person[k].row != cases[i].row[k] || person_rejected(&c.roster.person[k]))
                fail_msg("case %zu: person %zu is in row %u (%s)", i, k, c.roster.person[k].row,
                         person_rejected(&c.roster.person[k]));
        }
        case_release(&c);
    }
}

/* --- what refuses a file --- */

TEST(roster_read_bad_files_are_refused_with_the_place)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "is empty"},
        {"\n\n  \n", "no row at all"},
        {"\xEF\xBB\xBF", "no row at all"},
        {HEAD "1,,\"Anna\n2,,b\n", "row 2, column 3: a quoted field is never closed"},
        {HEAD "1,,a\n\n2,x\"y,b\n3,,c\n", "row 4, column 2: a quotation mark where none can be"},
        {HEAD "1,,a\n2,\"x\" y,b\n", "row 3, column 2: a quotation mark where none can be"},
        {HEAD "1,,a\n2,\"x\"y\"\",b\n", "row 3, column 2: a quotation mark"},
        {"EmpID,Name\n1,a\n", "'Mail' (roster.columns.email)"},
        {"EmpID,Name\n1,a\n", "columns present: 'EmpID', 'Name'"},
        {"EmpID,mail,Name\n1,,a\n", "did you mean 'mail'?"},
        {"EmpID,Mial,Name\n1,,a\n", "did you mean 'Mial'?"},
        {"EmpID;Mail;Name\n1;;a\n", "is roster.delimiter right?"},
        {"EmpID,Mail,Name,Mail\n1,,a,\n", "'Mail' (roster.columns.email) is in the header twice, "
                                          "as columns 2 and 4"},
        {"EmpID,Mail,Name, Mail \n1,,a,\n", "twice"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = case_small_config();
        struct roster_case c = case_read(&config, cases[i].text);

        assert_refused(&c, cases[i].part);
        assert_mentions(c.err.text, "roster '/tmp/");
        case_release(&c);
    }
}

TEST(roster_read_missing_columns_names_them_all)
{
    struct config_roster config = case_config();
    CLEANUP(case_release) struct roster_case c = case_read(&config, "EmpID,Mail\n1,\n");

    assert_refused(&c, "'Login' (roster.columns.username), 'Status' (roster.columns.status)");
}

/* A row is shown for what it is, and titles of which one is known, or two elsewhere, are titles. */
TEST(roster_read_values_of_a_person_are_in_no_message)
{
    static const struct {
        const char *row, *shown; /* NULL = nothing of it */
    } rows[] = {
        {"E1001,Anna Muster,Hauptstr. 5 Berlin,85k EUR,kranke Mutter", NULL},
        {"E1001;Anna Muster;kranke Mutter", NULL},
        {"Anna Muster", NULL},
        {"Nale,Anna Muster", NULL}, /* near a title, and not one */
        {"EmpID,Anna Muster", "'Anna Muster'"},
        {"empid,Pay", "'Pay'"},
        {"Personnel Number,Work Email,Pay", "'Pay'"},
        {"Personnel Number,Pay", NULL},
        {"EmpID;Mail;Pay", "'EmpID;Mail;Pay'"},
    };
    struct config_roster config = case_small_config();

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "%s\n2,x\n", rows[i].row);
        CLEANUP(case_release) struct roster_case c = case_read(&config, text_cstr(&csv));
        assert_refused(&c, rows[i].shown ? rows[i].shown : "looks like data");
        for (const char *word = "Anna\0Pay\0EUR\0Nale\0"; *word && !rows[i].shown;
             word += strlen(word) + 1)
            assert_no_mention(c.err.text, word);
    }
}

TEST(roster_read_no_header_shows_no_values)
{
    struct config_roster config = case_small_config();
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, "17,Anna,104437,anna@acme.example\n18,Bo,99000,\n");

    assert_refused(&c, "looks like data");
    assert_no_mention(c.err.text, "104437");
    assert_no_mention(c.err.text, "Anna");
}

TEST(roster_read_repeated_unmapped_header_is_fine)
{
    struct config_roster config = case_small_config();
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, "EmpID,Mail,Name,Note,Note\n1,,a,x,y\n");

    assert_read(&c);
}

TEST(roster_read_field_of_50_MB_is_refused_without_holding_it)
{
    struct config_roster config = case_small_config();
    struct text text = TEXT_INIT;
    struct roster_case c;
    static char block[1 << 20];

    memset(block, 'x', sizeof(block));
    text_add(&text, HEAD "1,,\"");
    for (int i = 0; i < 50; i++)
        text_add_bytes(&text, block, sizeof(block));
    c = case_read_bytes(&config, text_cstr(&text), text.length);
    text_release(&text);
    assert_refused(&c, "row 2, column 3: a field is longer than 1048576 bytes");
    assert_true(c.arena.used < 1 << 20);
    case_release(&c);
}

TEST(roster_read_field_at_the_limit_is_taken_one_over_refused)
{
    for (size_t over = 0; over <= 1; over++) {
        struct config_roster config = case_small_config();
        struct text text = TEXT_INIT;
        struct roster_case c;

        text_add(&text, "EmpID,Mail,Name,Note\n1,,a,");
        for (size_t i = 0; i < LIMIT_CSV_FIELD + over; i++)
            text_add_char(&text, 'x');
        text_add(&text, "\n2,,b,\n");
        c = case_read(&config, text_cstr(&text));
        if (over)
            assert_refused(&c, "row 2, column 4: a field is longer");
        else
            assert_read(&c);
        text_release(&text);
        case_release(&c);
    }
}

static void add_columns(struct text *text, size_t count, const char *prefix)
{
    for (size_t i = 0; i < count; i++)
        text_addf(text, ",%s%zu", prefix, i);
    text_add_char(text, '\n');
}

TEST(roster_read_row_of_300_columns_is_a_bad_row)
{
    struct config_roster config = case_small_config();
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct roster_case c;

    text_add(&text, HEAD "1,,a\n2,,b");
    add_columns(&text, 297, "v");
    text_add(&text, "3,,c\n");
    c = case_read(&config, text_cstr(&text));
    assert_read(&c);
    assert_int_equal(c.roster.count, 3);
    assert_int_equal(c.roster.rejected, 1);
    assert_int_equal(c.roster.blind, 1);
    assert_int_equal(c.roster.person[1].row, 3);
    assert_mentions(person_rejected(&c.roster.person[1]), "has 300 fields, the header has 3");
    case_release(&c);
}

TEST(roster_read_too_many_columns_is_refused)
{
    static const size_t more[] = {LIMIT_CSV_COLUMNS - 3, LIMIT_CSV_COLUMNS - 2};

    for (size_t i = 0; i < COUNT_OF(more); i++) {
        struct config_roster config = case_small_config();
        CLEANUP(text_release) struct text text = TEXT_INIT;
        struct roster_case c;

        text_add(&text, "EmpID,Mail,Name");
        add_columns(&text, more[i], "c");
        text_add(&text, "1,,a");
        add_columns(&text, more[i], "v");
        c = case_read(&config, text_cstr(&text));
        if (i == 0)
            assert_read(&c);
        else
            assert_refused(&c, "row 1 has more than 1024 columns");
        case_release(&c);
    }
}

TEST(roster_read_long_column_name_is_refused)
{
    struct config_roster config = case_small_config();
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct roster_case c;

    text_add(&text, "EmpID,Mail,Name,");
    for (int i = 0; i < LIMIT_FIELD + 1; i++)
        text_add_char(&text, 'n');
    text_add(&text, "\n1,,a,\n");
    c = case_read(&config, text_cstr(&text));
    assert_refused(&c, "column 4: a column name is longer");
    case_release(&c);
}

/* --- rows of a wrong shape --- */

TEST(roster_read_wrong_field_count_keeps_the_row_as_anybody)
{
    static const struct {
        const char *row, *part;
    } cases[] = {
        {"7,a@b\n", "has 2 fields, the header has 3"},
        {"7,a@b\n", "hint: empty cells at its end were left out"},
        {"7\n", "has 1 field, the header has 3"},
        {"7,a@b,Visser, Anna\n", "has 4 fields, the header has 3"},
        {"7,a@b,Visser, Anna\n", "must be quoted"},
        {"7,a@b,Anna,\n", "has 4 fields, the header has 3"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct config_roster config = case_small_config();
        CLEANUP(text_release) struct text text = TEXT_INIT;
        struct roster_case c;
        const struct person *person;

        text_addf(&text, HEAD "1,,a\n%s3,,c\n", cases[i].row);
        c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        assert_int_equal(c.roster.count, 3);
        person = &c.roster.person[1];
        assert_mentions(person_rejected(person), cases[i].part);
        assert_true(person->key_unreadable);
        assert_int_equal(person->row, 3);
        assert_null(person->employee_number);
        assert_null(person->name);
        assert_int_equal(c.roster.rejected, 1);
        assert_int_equal(c.roster.blind, 1);
        case_release(&c);
    }
}

TEST(roster_read_damaged_row_keeps_an_address_that_is_one)
{
    struct config_roster config = case_small_config();
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, HEAD "7,anna@acme.example,Visser, Anna\n8,1,x,y\n");

    assert_read(&c);
    assert_string_equal(c.roster.person[0].email, "anna@acme.example");
    assert_null(c.roster.person[1].email);
    assert_no_mention(person_rejected(&c.roster.person[1]), "email");
}

TEST(roster_read_damaged_row_keeps_keys_that_another_row_has)
{
    struct config_roster config = case_small_config();
    CLEANUP(case_release)
    struct roster_case c = case_read(&config, HEAD "E17,,Anna\n"
                                                   "e17,,Visser, Anna\n" /* she came back */
                                                   "104437,,Vos, Bo\n"
                                                   "E18,,Cy\n"
                                                   "Di,E18,,\n");

    assert_read(&c);
    assert_int_equal(c.roster.rejected, 3);
    assert_string_equal(c.roster.person[1].employee_number, "E17");
    assert_null(c.roster.person[1].name);
    assert_null(c.roster.person[2].employee_number);
    assert_string_equal(c.roster.person[4].employee_number, "E18");
    assert_true(c.roster.person[4].key_unreadable);
}

TEST(roster_read_swallowed_rows_are_noticed)
{
    struct config_roster config = case_small_config();
    CLEANUP(case_release)
    struct roster_case c = case_read(
        &config, "EmpID,Mail,Name,Note\n1,,Anna,\"ill\n2,,Bo,well\n3,,Cy,fine\"\n4,,Di,\n");

    assert_read(&c);
    assert_int_equal(c.roster.count, 2);
    assert_mentions(person_rejected(&c.roster.person[0]), "column 4 looks like several rows");
    assert_true(c.roster.person[0].key_unreadable);
    assert_null(person_rejected(&c.roster.person[1]));
}

/* --- only mapped columns --- */

TEST(roster_read_of_people_who_are_alike_keeps_it_once)
{
    struct config_roster config = case_config();
    CLEANUP(case_release)
    struct roster_case c =
        case_read(&config, "EmpID,Mail,Login,Name,Status,Hired,Last,Dept,Country\n"
                           "1,,,Ann,Active,,,IT,NL\n"
                           "2,,,Bo,Active,,,IT,NL\n"
                           "3,,,Cy,Active,,,IT,BE\n"
                           "1.2E+05,,,Di,Active,,,IT,NL\n"
                           "4,,,Ed,Active,,,,\n");
    const struct person *p = c.roster.person;

    assert_int_equal(c.roster.count, 5);
    assert_ptr_equal(p[1].alike, p[0].alike);
    assert_ptr_not_equal(p[2].alike, p[0].alike);
    assert_ptr_not_equal(p[3].alike, p[0].alike); /* what few rows tell stands there, too */
    assert_string_equal(person_alike(&p[3])->department, "IT");
    assert_string_equal(person_extra(&p[3])->damaged_number, "1.2E+05");
    assert_null(person_extra(&p[0])->damaged_number);
    assert_null(person_alike(&p[4])->department);
}

static bool arena_holds(const struct roster_case *c, const char *canary)
{
    for (size_t i = 0; i < c->roster.count; i++) {
        const struct person *p = &c->roster.person[i];
        const char *const values[] = {p->employee_number,
                                      p->email,
                                      p->username,
                                      p->name,
                                      person_alike(p)->department,
                                      person_alike(p)->country,
                                      person_rejected(p)};

        for (size_t k = 0; k < COUNT_OF(values); k++) {
            if (values[k] && strstr(values[k], canary))
                return true;
        }
    }
    return false;
}

TEST(roster_read_unmapped_columns_stay_out)
{
    static const char *const rows[] = {
        "1,SALARY-104437,a@b,Anna,1975\n",      /* good */
        "2,SALARY-104437,a@b,Anna,1975,more\n", /* one too many */
        "SALARY-104437,3,a@b,Anna\n",           /* one too few */
        "4,SALARY-104437,nonsense,Anna,1975\n", /* a bad value beside it */
        "5,\"SALARY-104437\nSALARY-104437\",,Anna,1975\n",
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct config_roster config = case_small_config();
        CLEANUP(text_release) struct text text = TEXT_INIT;
        struct roster_case c;
        size_t plain;

        text_addf(&text, "EmpID,Salary,Mail,Name,Born\n%s", rows[i]);
        c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        assert_false(arena_holds(&c, "SALARY"));
        assert_false(arena_holds(&c, "1975"));
        plain = c.arena.used;
        assert_true(plain < 1024);
        case_release(&c);
    }
}

TEST(roster_read_memory_does_not_grow_with_unmapped_columns)
{
    size_t used[2];

    for (size_t i = 0; i < 2; i++) {
        struct config_roster config = case_small_config();
        CLEANUP(text_release) struct text text = TEXT_INIT;
        struct roster_case c;

        text_add(&text, "EmpID,Mail,Name,Note\n");
        for (int row = 0; row < 100; row++) {
            text_addf(&text, "%d,,Anna,", row);
            for (int k = 0; k < (i == 0 ? 1 : 10000); k++)
                text_add_char(&text, 'n');
            text_add_char(&text, '\n');
        }
        c = case_read(&config, text_cstr(&text));
        assert_read(&c);
        used[i] = c.arena.used - strlen(c.roster.source);
        case_release(&c);
    }
    assert_int_equal(used[0], used[1]);
}

/* --- whatever comes --- */

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

TEST(roster_read_mutated_bytes_never_crashes_nor_half_answers)
{
    static const char good[] = "\xEF\xBB\xBF"
                               "EmpID,Mail,Login,Name,Status,Hired,Last,Dept,Country,Note\r\n"
                               "1,a@b,anna,\"Visser, Anna\",Active,2020-01-02,,IT,NL,\"x\ny\"\r\n"
                               "2,b@b,bo,B\xC3\xB6,Left,2020-01-02,2021-03-04,IT,NL,\r\n"
                               "\r\n3,c@b,cy,Cy,Leave,2020-12-31,,\"a \"\"b\"\"\",DE,z\r\n";
    static const char spice[] = "\",;\r\n\t \x00\xFF\xC3\xEF@0";
    struct config_roster config = case_config();
    uint32_t random = 2463534242U;

    for (int round = 0; round < 2000; round++) {
        char bytes[sizeof(good)];
        size_t length = sizeof(good) - 1 - (round % 7 == 0 ? next_random(&random) % 60 : 0);
        struct roster_case c;

        memcpy(bytes, good, sizeof(good));
        for (uint32_t k = next_random(&random) % 4 + 1; k > 0; k--)
            bytes[next_random(&random) % length] =
                spice[next_random(&random) % (sizeof(spice) - 1)];
        c = case_read_bytes(&config, bytes, length);
        if (c.result < 0) {
            assert_int_equal(c.err.code, ERR_ROSTER);
            assert_null(c.roster.person);
            assert_true(strlen(c.err.text) < 2000);
        }
        for (size_t i = 0; i < c.roster.count; i++) {
            const struct person *p = &c.roster.person[i];

            assert_true(person_rejected(p) || p->employee_number || p->email || p->username);
            assert_true(!p->email || strchr(p->email, '@'));
        }
        case_release(&c);
    }
}
