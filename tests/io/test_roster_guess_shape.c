/* roster/guess_text and roster/guess_shape: what kind of file it is, and where the people stand. */
#include <iconv.h>

#include "guess_case.h"

/* --- encodings --- */

static void encode(const char *encoding, const char *utf8, struct text *ret_bytes)
{
    iconv_t converter = iconv_open(encoding, "UTF-8");
    char bytes[4096], *from = (char *)(uintptr_t)utf8, *to = bytes;
    size_t left = strlen(utf8), room = sizeof(bytes);

    assert_true(converter != (iconv_t)-1);
    assert_true(iconv(converter, &from, &left, &to, &room) != (size_t)-1);
    (void)iconv_close(converter);
    text_add_bytes(ret_bytes, bytes, (size_t)(to - bytes));
}

TEST(roster_guess_of_an_encoding_is_that_in_which_letters_stand_where_letters_do)
{
    static const char german[] = "Personalnummer;Nachname;Straße\n1;Müller;Höhe\n2;Jäger-Groß;Æ\n";
    static const char french[] = "Matricule;Nom;Prénom\n1;Lefèvre;Zoé\n2;Garçon;Hélène\n";
    static const char polish[] =
        "Nazwisko;Imię;Numer pracownika\nŻółć;Łukasz;1\nWiśniewski;Jan;2\n";
    static const char japanese[] = "社員番号,氏名,在籍状況\n1,田中 太郎,在職\n2,髙橋 花子,退職\n";
    static const struct {
        const char *encoding, *text, *guessed;
    } cases[] = {
        {"UTF-8", german, "UTF-8"},
        {"UTF-8", japanese, "UTF-8"},
        {"WINDOWS-1252", german, "WINDOWS-1252"},
        {"ISO-8859-1", german, "WINDOWS-1252"},
        {"WINDOWS-1252", french, "WINDOWS-1252"},
        {"WINDOWS-1250", polish, "WINDOWS-1250"},
        {"ISO-8859-2", polish, "ISO-8859-2"},
        {"CP932", japanese, "CP932"},
        {"MACINTOSH", german, "MACINTOSH"},
        {"MACINTOSH", french, "MACINTOSH"},
        {"CP850", french, "CP850"},
        {"UTF-16LE", german, "UTF-16LE"},
        {"UTF-16BE", german, "UTF-16BE"},
        {"UTF-16", german, "UTF-16"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text bytes = TEXT_INIT;
        encode(cases[i].encoding, cases[i].text, &bytes);
        CLEANUP(guess_case_release)
        struct guess_case got = guess_of_bytes(bytes.data, bytes.length);
        assert_guessed(&got);
        if (!text_equal(got.guess.encoding, cases[i].guessed))
            fail_msg("%s %zu: %s", cases[i].encoding, i, got.guess.encoding);
        guess_case_read(&got, bytes.data, bytes.length);
        if (got.read < 0)
            fail_msg("%s: %s", cases[i].encoding, got.err.text);
    }
}

/* Signs and letters that two encodings have both: titles and words that are known tell them apart,
 * then what letters do. */
TEST(roster_guess_of_an_encoding_is_that_in_which_titles_are_known)
{
    static const char spanish[] = "Nº empleado;Nombre;Apellidos;Correo;Estado\n"
                                  "1;Íñigo;Muñoz;a@x.example;Activo\n"
                                  "2;José;Peña;b@x.example;Activo\n"
                                  "3;PÍO;PEÑA;c@x.example;Activo\n";
    static const char dates[] = "社員番号,氏名,メールアドレス,在籍区分,入社日\n"
                                "1,A B,a@x.example,在籍,2020年4月1日\n"
                                "2,C D,c@x.example,在籍,2021年10月28日\n";
    static const char half_width[] = "社員番号,氏名,メールアドレス,在籍区分\n"
                                     "1,ｻﾄｳ ﾀﾛｳ,a@x.example,在籍\n"
                                     "2,ｽｽﾞｷ ﾊﾅｺ,c@x.example,退職\n";
    static const char half_width_only[] = "Employee ID,Name,Hire Date\n"
                                          "1,ｻﾄｳ ﾀﾛｳ,2020年4月1日\n"
                                          "2,ｽｽﾞｷ ﾊﾅｺ,2021年4月1日\n";
    static const char polish[] = "Numer pracownika;Imię;Nazwisko;Stan zatrudnienia;Dział\n"
                                 "1;Łucja;Wójcik;Zatrudniony;Księgowość\n"
                                 "2;Jan;Dąbrowski;Zwolniony;Księgowość\n";
    static const char russian[] = "Employee ID;Name;Department\n"
                                  "1;ИВАНОВ ПЁТР;ОТДЕЛ\n2;Смирнова Анна;Отдел\n";
    static const char russian_capitals[] =
        "Employee ID;Name;Department\n1;ИВАНОВ ИВАН;СКЛАД\n2;АННА СМИРНОВА;СКЛАД\n";
    static const char french[] = "Matricule;Nom;Prénom;Statut\n"
                                 "1;LEFÈVRE;Éloïse;En activité\n2;Noël;Hélène;Retraité\n";
    static const char german[] = "Personalnummer;Name;Kündigungsdatum;Beschäftigungsstatus\n"
                                 "1;DüBois;;aktiv\n2;Mac'Äb;;aktiv\n3;VanÖs;;aktiv\n4;LaÜz;;aktiv\n"
                                 "5;LeÄx;;aktiv\n6;DeÖy;;aktiv\n";
    static const struct {
        const char *encoding, *text, *guessed;
    } cases[] = {
        {"WINDOWS-1252", german, "WINDOWS-1252"},
        {"WINDOWS-1252", spanish, "WINDOWS-1252"},
        {"CP850", spanish, "CP850"},
        {"MACINTOSH", spanish, "MACINTOSH"},
        {"CP932", dates, "CP932"},
        {"EUC-JP", dates, "EUC-JP"},
        {"CP932", half_width, "CP932"},
        {"CP932", half_width_only, "CP932"},
        {"CP852", polish, "CP852"},
        {"WINDOWS-1250", polish, "WINDOWS-1250"},
        {"ISO-8859-2", polish, "ISO-8859-2"},
        {"WINDOWS-1251", russian, "WINDOWS-1251"},
        {"WINDOWS-1251", russian_capitals, "WINDOWS-1251"},
        {"WINDOWS-1252", french, "WINDOWS-1252"},
        {"CP850", french, "CP850"},
        {"MACINTOSH", french, "MACINTOSH"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text bytes = TEXT_INIT;
        encode(cases[i].encoding, cases[i].text, &bytes);
        CLEANUP(guess_case_release)
        struct guess_case got = guess_of_bytes(bytes.data, bytes.length);
        assert_guessed(&got);
        if (!text_equal(got.guess.encoding, cases[i].guessed))
            fail_msg("%s %zu: %s", cases[i].encoding, i, got.guess.encoding);
    }
}

TEST(roster_guess_of_bytes_that_are_no_text_is_refused)
{
    static const char zeros[] = "Employee ID,Name\n1,A\n\0\0\0";
    CLEANUP(guess_case_release)
    struct guess_case got = guess_of_bytes(zeros, sizeof(zeros) - 1);

    assert_int_equal(got.result, -1);
    assert_int_equal(got.err.code, ERR_ROSTER);
}

/* --- CSV --- */

/* As a spreadsheet wraps its titles. */
TEST(roster_guess_of_titles_of_two_lines_names_them_in_one)
{
    static const char csv[] = "\"Employee\nID\",\"Full\r\nName\",\"Employment\nStatus\",Left\n"
                              "1,A B,Active,\n2,C D,Terminated,\n";
    CLEANUP(guess_case_release) struct guess_case got = guess_of(csv);

    assert_guessed(&got);
    assert_string_equal(title_of(&got, MEANING_EMPLOYEE_NUMBER), "Employee ID");
    assert_string_equal(title_of(&got, MEANING_STATUS), "Employment Status");
    guess_case_read(&got, csv, strlen(csv));
    assert_int_equal(got.read, 0);
    assert_int_equal(got.roster.person[1].status, PERSON_DEPARTED);
    assert_string_equal(got.roster.person[0].name, "A B");
}

/* Two may fit as well: how the letters read shows which. */
TEST(roster_guess_of_an_encoding_that_was_tried_shows_how_its_letters_read)
{
    static const char czech[] = "Employee ID,Name\n1,Jan Dvořák\n";
    CLEANUP(text_release) struct text bytes = TEXT_INIT;

    encode("WINDOWS-1250", czech, &bytes);
    CLEANUP(guess_case_release) struct guess_case got = guess_of_bytes(bytes.data, bytes.length);
    CLEANUP(guess_case_release) struct guess_case known = guess_of(czech);
    assert_guessed(&got);
    assert_string_equal(got.guess.letters, "Dvoøák");
    assert_string_equal(got.guess.encoding, "WINDOWS-1252");
    assert_null(known.guess.letters);
}

TEST(roster_guess_of_a_delimiter_is_that_by_which_titles_are_titles)
{
    static const struct {
        const char *csv;
        char delimiter;
    } cases[] = {
        {"Employee ID,Name\n1,A\n", ','},
        {"Employee ID;Name;Salary\n1;A;1,2\n2;B;3,4\n", ';'},
        {"Employee ID\tName\n1\tA, B\n", '\t'},
        {"Employee ID|Name\n1|A\n", '|'},
        {"Employee ID~Name\n1~A, B\n", '~'},
        {"Employee ID^Name\n1^A, B\n", '^'},
        {"sep=;\r\nEmployee ID;Name\r\n1;A\r\n", ';'},
        {"SEP=|\nEmployee ID|Name\n1|A\n", '|'},
        {"List of staff, as of today, by HR\nEmployee ID;Name\n1;A\n", ';'},
        {"Employee ID\n1\n", ','},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(guess_case_release) struct guess_case got = guess_of(cases[i].csv);
        assert_guessed(&got);
        if (got.guess.shape.delimiter != cases[i].delimiter)
            fail_msg("%zu: '%c'", i, got.guess.shape.delimiter);
        if (!title_of(&got, MEANING_EMPLOYEE_NUMBER))
            fail_msg("%zu: no title", i);
        guess_case_read(&got, cases[i].csv, strlen(cases[i].csv));
        if (got.read < 0)
            fail_msg("%zu: %s", i, got.err.text);
        assert_int_equal(got.guess.rows, got.roster.count);
    }
}

TEST(roster_guess_finds_titles_labels_and_footers)
{
    static const struct {
        const char *csv;
        size_t header, labels, rows;
        const char *footer; /* NULL = none */
    } cases[] = {
        {"Staff\nRun on 2026-11-28\nEmployee ID,Name\n1,A\n", 3, 0, 1, NULL},
        {"Staff,,\nRun on 2026-11-28,,\n,,\nEmployee ID,Name,Dept\n1,A,x\n", 4, 0, 1, NULL},
        {"\n\nEmployee ID,Name\n1,A\n", 3, 0, 1, NULL},
        {"USERID,FIRSTNAME,EMAIL\nUser ID,First Name,Email\n1,A,a@b\n", 1, 1, 1, NULL},
        {"Employee ID,Name\n1,A\nTotal: 1\n", 1, 0, 1, "Total*"},
        {"Employee ID,Name,Dept\n1,A,x\nTotal: 1,,\n", 1, 0, 1, "Total*"},
        {"Employee ID;Name\n1;A\n2;B\nAnzahl 2;\n", 1, 0, 2, "Anzahl*"},
        {"Employee ID,Name\n1,A\n*** end of report ***\n", 1, 0, 1, "*** end of report ****"},
        {"Employee ID,Name,Dept\n1,A,x\n*** 3 records ***,,\n", 1, 0, 1, "*** 3 records ****"},
        {"Employee ID,Name,Dept\n1,A,x\n-----,,\n", 1, 0, 1, "-----*"},
        {"Employee ID,Name\n1,A\nEnd of report\n", 1, 0, 1, "End of report*"},
        {"Employee ID,Name,Dept\n1,A,x\n合計 3,,\n", 1, 0, 1, "合計*"},
        /* a person whose name begins so is a person */
        {"Name,Employee ID,Email\nA,1,a@b\nSummers,2,\n", 1, 0, 2, NULL},
        {"Name,Employee ID,Email\nA,1,a@b\nSum Ting,2,\n", 1, 0, 2, NULL},
        {"Name,Employee ID,Email\nA,1,a@b\nEnders Jo 2,2,\n", 1, 0, 2, NULL},
        {"Employee ID,Name,Email\n1,A,a@b\nTotal,Bob,bob@b\n", 1, 0, 2, NULL},
        {"Employee ID,Name,Email\n1,A,a@b\n7,Summers Ann,s@b\n", 1, 0, 2, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(guess_case_release) struct guess_case got = guess_of(cases[i].csv);
        assert_guessed(&got);
        const struct guess_shape *shape = &got.guess.shape;
        const char *footer = shape->footers ? shape->footer[0] : NULL;
        if (shape->header_row != cases[i].header || shape->label_rows != cases[i].labels ||
            got.guess.rows != cases[i].rows || !text_equal(footer, cases[i].footer))
            fail_msg("%zu: row %zu+%zu, %zu rows, footer %s", i, shape->header_row,
                     shape->label_rows, got.guess.rows, footer ? footer : "none");
        guess_case_read(&got, cases[i].csv, strlen(cases[i].csv));
        if (got.read < 0)
            fail_msg("%zu: %s", i, got.err.text);
        if (got.roster.count != cases[i].rows || got.roster.rejected > 0)
            fail_msg("%zu: %zu people, %zu rejected", i, got.roster.count, got.roster.rejected);
    }
}

TEST(roster_guess_of_titles_on_every_row_says_so)
{
    CLEANUP(guess_case_release)
    struct guess_case got = guess_of("Employee ID,Name,1,A\nEmployee ID,Name,2,B\n"
                                     "Employee ID,Name,3,C\n");

    assert_guessed(&got);
    assert_asked(&got, GUESS_ABOUT_FILE, NULL, "repeats the titles");
}

TEST(roster_guess_of_a_broken_quote_keeps_what_stands_before)
{
    CLEANUP(guess_case_release)
    struct guess_case got = guess_of("Employee ID,Name\n1,A\n2,William \"Bill\" S\n");

    assert_guessed(&got);
    assert_non_null(strstr(got.guess.shape.trouble, "row 3"));
    assert_string_equal(title_of(&got, MEANING_NAME), "Name");
}

TEST(roster_guess_of_titles_without_people_says_so)
{
    CLEANUP(guess_case_release) struct guess_case got = guess_of("Employee ID,Name\n");

    assert_guessed(&got);
    assert_asked(&got, GUESS_ABOUT_FILE, NULL, "nobody");
}

/* --- JSON --- */

#define PERSON "{\"employeeNumber\": \"1\", \"email\": \"a@b\", \"status\": \"Active\"}"

TEST(roster_guess_of_json_finds_the_list_of_people)
{
    static const struct {
        const char *json, *items;
        enum roster_format format;
    } cases[] = {
        {"[" PERSON ", " PERSON "]", NULL, ROSTER_FORMAT_JSON},
        {"\xEF\xBB\xBF[" PERSON "]", NULL, ROSTER_FORMAT_JSON},
        {"{\"Report_Entry\": [" PERSON "]}", "/Report_Entry", ROSTER_FORMAT_JSON},
        {"{\"d\": {\"results\": [" PERSON "]}}", "/d/results", ROSTER_FORMAT_JSON},
        {"{\"a/b~\": [" PERSON "]}", "/a~1b~0", ROSTER_FORMAT_JSON},
        {"{\"fields\": [{\"id\": \"x\"}], \"employees\": [" PERSON ", " PERSON "]}", "/employees",
         ROSTER_FORMAT_JSON},
        {"{\"note\": \"[{]}\\\"\", \"n\": 1.5e3, \"value\": [" PERSON "]}", "/value",
         ROSTER_FORMAT_JSON},
        {PERSON "\n" PERSON "\n", NULL, ROSTER_FORMAT_JSONL},
        {"{\"totalResults\": 1, \"Resources\": [{\"userName\": \"a\", \"active\": true}]}", NULL,
         ROSTER_FORMAT_SCIM},
        {"{\"totalresults\": 1, \"resources\": [{\"username\": \"a\", \"active\": true}]}", NULL,
         ROSTER_FORMAT_SCIM},
        {"[{\"totalResults\": 1, \"Resources\": [{\"userName\": \"a\", \"active\": true}]}]", NULL,
         ROSTER_FORMAT_SCIM},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(guess_case_release) struct guess_case got = guess_of(cases[i].json);
        assert_guessed(&got);
        size_t expected = cases[i].format == ROSTER_FORMAT_SCIM; /* what inactive means */
        expected += asked(&got, GUESS_ABOUT_LIST, NULL) != NULL;
        if (got.guess.shape.format != cases[i].format ||
            !text_equal(got.guess.shape.items, cases[i].items) || questions_of(&got) != expected)
            fail_msg("%zu: %s below %s", i, config_roster_format_name(got.guess.shape.format),
                     got.guess.shape.items ? got.guess.shape.items : "-");
        if (cases[i].format != ROSTER_FORMAT_SCIM)
            assert_string_equal(title_of(&got, MEANING_EMPLOYEE_NUMBER), "employeeNumber");
    }
}

/* Why a run would refuse the document whatever is answered is known before anything is asked. */
TEST(roster_guess_of_a_document_that_a_run_would_refuse_says_why)
{
    static const struct {
        const char *json, *refusal;
    } cases[] = {
        {"{\"data\": [" PERSON "], \"next\": \"https://h/2\"}", "one page of several"},
        {"{\"total\": 7, \"data\": [" PERSON "]}", "tells that there are 7"},
        {"{\"totalResults\": 3, \"Resources\": [{\"userName\": \"a\", \"active\": true}]}",
         "holds 1 of 3 people"},
        {"{\"totalResults\": 1, \"Resources\": [{\"userName\": \"a\"}]}", "no user has 'active'"},
        {"{\"total\": 1, \"data\": [" PERSON "]}", NULL},
        {"{\"data\": [" PERSON "], \"next\": null}", NULL},
        {"{\"totalResults\": 1, \"Resources\": [{\"userName\": \"a\", \"active\": true}]}", NULL},
        {PERSON "\n" PERSON "\n", NULL},
        {"Employee ID,Status\n1,Active\n", NULL},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(guess_case_release) struct guess_case got = guess_of(cases[i].json);
        struct roster_guess part;
        assert_guessed(&got);
        if (cases[i].refusal)
            assert_mentions(got.guess.refusal, cases[i].refusal);
        else if (got.guess.refusal)
            fail_msg("%zu: %s", i, got.guess.refusal);
        if (roster_guess(got.guessed, cases[i].json, strlen(cases[i].json), false, NULL, NULL,
                         &part, NULL) == 0)
            assert_null(part.refusal); /* of a part nobody knows */
    }
}

TEST(roster_guess_of_nested_members_names_them_by_pointers)
{
    CLEANUP(guess_case_release)
    struct guess_case got = guess_of(
        "[{\"type\": \"Employee\", \"attributes\": {\"id\": {\"label\": \"ID\", \"value\": 1}, "
        "\"email\": {\"label\": \"Email\", \"value\": \"a@b\"}, \"status\": {\"label\": \"S\", "
        "\"value\": \"active\"}, \"tags\": [1]}}]");

    assert_guessed(&got);
    assert_string_equal(title_of(&got, MEANING_EMPLOYEE_NUMBER), "/attributes/id/value");
    assert_string_equal(title_of(&got, MEANING_EMAIL), "/attributes/email/value");
    assert_string_equal(title_of(&got, MEANING_STATUS), "/attributes/status/value");
    assert_int_equal(questions_of(&got), 0);
}

TEST(roster_guess_of_scim_asks_whether_who_is_not_active_has_left)
{
    static const char *const values[] = {"false", "\"False\"", "0"};

    for (size_t i = 0; i < COUNT_OF(values); i++) {
        CLEANUP(text_release) struct text json = TEXT_INIT;
        text_addf(&json,
                  "{\"Resources\": [{\"userName\": \"a\", \"active\": true}, {\"userName\": "
                  "\"b\", \"Active\": %s}]}",
                  values[i]);
        CLEANUP(guess_case_release) struct guess_case got = guess_of(text_cstr(&json));
        assert_guessed(&got);
        assert_int_equal(got.guess.inactive, 1);
        assert_true(roster_guess_blocks_departed(&got.guess));
        answer(&got, GUESS_ABOUT_INACTIVE, NULL, 0);
        assert_int_equal(questions_of(&got), 0);
    }
}

TEST(roster_guess_of_a_bare_list_of_scim_users_says_what_to_take)
{
    CLEANUP(guess_case_release)
    struct guess_case got = guess_of("[{\"schemas\": [\"urn:ietf:params:scim\"], \"id\": \"1\"}]");

    assert_int_equal(got.result, -1);
    assert_mentions(got.err.text, "ListResponse");
}

/* --- what may be lost --- */

static const char *const people_above[] = {
    "E1,Ann,a@x.example,Active\nE2,Bob,b@x.example,Active\n",
    "E1,Ann,,Active\n",
    "1001,Ann,,Employed\n",
    "Ann,7,01.02.2020,Yes\n",
};

TEST(roster_guess_of_people_above_the_titles_acts_on_nothing_until_that_is_said)
{
    for (size_t i = 0; i < COUNT_OF(people_above); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "%sEmployee ID,Full Name,Work Email,Status\nE3,Cy,c@x.example,Terminated\n",
                  people_above[i]);
        CLEANUP(guess_case_release) struct guess_case got = guess_of(text_cstr(&csv));
        assert_guessed(&got);
        assert_asked(&got, GUESS_ABOUT_ABOVE, NULL, "like people");
        assert_true(roster_guess_blocks_departed(&got.guess));
        assert_true(roster_guess_blocks_idle(&got.guess));
        answer(&got, GUESS_ABOUT_ABOVE, NULL, 0);
        assert_int_equal(questions_of(&got), 0);
        assert_false(roster_guess_blocks_departed(&got.guess));
    }
}

TEST(roster_guess_of_a_report_above_the_titles_asks_nothing)
{
    static const char *const blocks[] = {"Staff report,,,\nRun,2026-11-28,,\n", "Staff report\n\n",
                                         "Personal,,Work,\n", "Report,Status,Department\n"};

    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv,
                  "%sEmployee ID,Name,Email,Status\n1,A,a@x.example,Active\n"
                  "2,B,b@x.example,Active\n",
                  blocks[i]);
        CLEANUP(guess_case_release) struct guess_case got = guess_of(text_cstr(&csv));
        assert_guessed(&got);
        assert_string_equal(title_of(&got, MEANING_EMPLOYEE_NUMBER), "Employee ID");
        assert_int_equal(questions_of(&got), 0);
        assert_int_equal(got.guess.rows, 2);
    }
}

/* Fewer of the real titles are known than of what stands above them. */
TEST(roster_guess_of_titles_takes_those_that_say_who_a_person_is)
{
    CLEANUP(guess_case_release)
    struct guess_case got = guess_of("Report,Status,Department,,,\nStaff,Active,All,,,\n"
                                     "Staff No,Foo,Bar,Baz,Qux,Quux\n1,A,B,C,D,E\n2,A,B,C,D,E\n");

    assert_guessed(&got);
    assert_int_equal(got.guess.shape.header_row, 3);
    assert_string_equal(title_of(&got, MEANING_EMPLOYEE_NUMBER), "Staff No");
}

TEST(roster_guess_of_two_encodings_in_one_file_says_where)
{
    static const char *const mixed[] = {
        "Personalnummer;Name\n1;M\xC3\xBCller\n2;J\xC3\xA4ger\n3;Gro\xC3\x9F\n4;H\xF6he\n",
        "Personalnummer;Name\n1;M\xC3\xBCller\n2;B\n3;C\n4;H\xF6he\n",
    };

    for (size_t i = 0; i < COUNT_OF(mixed); i++) {
        CLEANUP(guess_case_release) struct guess_case got = guess_of(mixed[i]);
        assert_int_equal(got.result, -1);
        assert_int_equal(got.err.code, ERR_ROSTER);
        assert_mentions(got.err.text, "UTF-8 but for 1 byte, the first in line 5");
        assert_mentions(got.err.text, "[F6] 68 65");
    }
}

TEST(roster_guess_of_sums_in_the_last_row_takes_it_for_a_footer)
{
    static const struct {
        const char *last, *footer;
    } rows[] = {{"Total,,,201,200", "Total*"},
                {"Total,,,,", "Total*"},
                {"Total,A B,,201,200", NULL}, /* a name stands there */
                {"Total,1,2,3,4", NULL},      /* every cell is filled */
                {"Totalli,,,201,200", NULL}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text csv = TEXT_INIT;
        text_addf(&csv, "Employee ID,Name,Status,FTE,Days\n1,A,Active,1,2\n2,B,Active,1,2\n%s\n",
                  rows[i].last);
        CLEANUP(guess_case_release) struct guess_case got = guess_of(text_cstr(&csv));
        assert_guessed(&got);
        assert_int_equal(got.guess.shape.footers, rows[i].footer != NULL);
        if (rows[i].footer)
            assert_string_equal(got.guess.shape.footer[0], rows[i].footer);
    }
}
