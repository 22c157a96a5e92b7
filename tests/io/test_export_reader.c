/*
 * Bynder's user export as a snapshot: what it tells, what is left out, and every way in which a
 * file can be cut, wrong or hostile.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "bynder/export_reader.h"
#include "format/encode.h"
#include "host/file.h"
#include "test.h"

#define HEADER                                                                                     \
    "First name;Last name;User ID;Username;Email Address;Last Login Date;Account Status;Country;"  \
    "Phone Number;Job;Company Name;Department;Number of Logins;Permission Profile;"                \
    "Assigned User Groups;Created Date;Deactivation Date;SSO Only;Website\n"
#define ID_A "1A84D758-2B3A-141F-8F07D71AA1F223BD"
#define ID_B "1A84D758-2B3A-141F-8F07D71AA1F223BE"

/* 2026-11-22T12:00:00Z, of the file; a reading an hour later. */
#define FILE_S INT64_C(1795348800)
#define NOW    ((struct instant){.us = (FILE_S + 3600) * SECOND_US})

struct reading {
    char *directory, *path;
    struct arena arena;
    struct err err;
    struct export export;
    int result;
};

static void reading_release(struct reading *reading)
{
    (void)unlink(reading->path);
    (void)rmdir(reading->directory);
    free(reading->directory);
    free(reading->path);
    arena_release(&reading->arena);
    err_release(&reading->err);
}

static struct reading read_at(const void *bytes, size_t length, int64_t file_s, struct instant now)
{
    struct reading reading = {.arena = ARENA_INIT, .err = ERR_INIT};
    const char *parent = getenv("TMPDIR");
    const struct timespec times[] = {{.tv_sec = file_s}, {.tv_sec = file_s}};

    assert_true(asprintf(&reading.directory, "%s/export.XXXXXX", parent ? parent : "/tmp") > 0);
    assert_non_null(mkdtemp(reading.directory));
    reading.path = file_join(reading.directory, "export.csv");
    assert_int_equal(file_write(reading.path, 0600, bytes, length, NULL), 0);
    assert_int_equal(utimensat(AT_FDCWD, reading.path, times, 0), 0);
    reading.result = export_read(&reading.arena, reading.path, now, &reading.export, &reading.err);
    return reading;
}

#define READ(name, text)                                                                           \
    CLEANUP(reading_release) struct reading name = read_at((text), strlen(text), FILE_S, NOW)

static const struct account *only(const struct reading *reading)
{
    if (reading->result)
        fail_msg("%s", reading->err.text);
    assert_int_equal(reading->export.snapshot.count, 1);
    return &reading->export.snapshot.account[0];
}

static void assert_instant(struct instant instant, const char *expected)
{
    char text[INSTANT_TEXT_SIZE];

    assert_string_equal(instant_format(instant, text), expected);
}

/* A row with this login, status, created and deactivation date. */
static char *row_with(const char *id, const char *login, const char *status, const char *created,
                      const char *deactivated)
{
    char *row = NULL;

    assert_true(asprintf(&row,
                         "Ada;Byron;%s;ada;ada@acme.example;%s;%s;GB;;;Acme;IT;7;Light;"
                         "Everyone;%s;%s;No;\n",
                         id, login, status, created, deactivated) > 0);
    return row;
}

/* --- what a row tells --- */

TEST(whole_row_gives_an_account_and_its_dates)
{
    READ(reading, HEADER "Ada;Byron;" ID_A ";ada;ada@acme.example;2026-11-01T10:00:00.000+00:00;"
                         "Active;GB;+44 20 7946 0000;Countess;Acme;Engines;7;Light;Everyone;"
                         "2024-05-06;2025-01-02 03:04:05;Yes;https://ada.example\n");
    const struct account *account = only(&reading);
    const struct snapshot *snapshot = &reading.export.snapshot;

    assert_true(snapshot->complete);
    assert_int_equal(snapshot->source, SNAPSHOT_FROM_EXPORT);
    assert_string_equal(snapshot->file, reading.path);
    assert_instant(snapshot->taken_at, "2026-11-22T12:00:00Z");
    assert_string_equal(account->id, ID_A);
    assert_string_equal(account->username, "ada");
    assert_string_equal(account->email, "ada@acme.example");
    assert_string_equal(account->name, "Ada Byron");
    assert_string_equal(account_alike(account)->country, "GB");
    assert_string_equal(account_alike(account)->department, "Engines");
    assert_string_equal(account_alike(account)->profile_id, "Light");
    assert_string_equal(account_alike(account)->group[0].name, "Everyone");
    assert_null(account_alike(account)->group[0].id);
    assert_false(account_alike(account)->groups_unreadable);
    assert_null(account_alike(account)->flaw);
    assert_int_equal(account->status, ACCOUNT_ACTIVE);
    assert_int_equal(account->login.kind, LOGIN_KNOWN);
    assert_int_equal(account->login.source, LOGIN_FROM_EXPORT);
    assert_instant(account->login.at, "2026-11-01T10:00:00Z");
    assert_instant(reading.export.dates[0].created, "2024-05-06T12:00:00Z");
    assert_instant(reading.export.dates[0].deactivated, "2025-01-02T03:04:05Z");
}

TEST(file_changed_after_now_is_taken_as_of_now)
{
    static const char text[] = HEADER;
    CLEANUP(reading_release)
    struct reading reading = read_at(text, strlen(text), FILE_S + 86400, NOW);

    assert_int_equal(reading.result, 0);
    assert_instant(reading.export.snapshot.taken_at, "2026-11-22T13:00:00Z");
    assert_true(reading.export.snapshot.complete); /* nobody at all: guard G4 judges that */
}

/* Columns in another order and spelling, unknown ones between, BOM, CR LF, no last line break. */
TEST(header_in_any_order_is_found_by_name)
{
    READ(reading, "\xEF\xBB\xBF"
                  "account  STATUS;\"Permission Profile\";Shoe Size;user id;USERNAME;Last name;"
                  "email address;First name;Last Login Date\r\n"
                  "inactive;Light;46;" ID_A ";ada;Byron;ada@acme.example;Ada;\r\n"
                  ";;;;;;;;\r\n"
                  "TRUE;Light;46;" ID_B ";bob;\"O;B\";bob@acme.example;Bob;2026-11-01");

    assert_int_equal(reading.result, 0);
    assert_int_equal(reading.export.snapshot.count, 2);
    assert_true(reading.export.snapshot.complete);
    const struct account *account = reading.export.snapshot.account;
    assert_int_equal(account[0].status, ACCOUNT_INACTIVE);
    assert_int_equal(account[0].login.kind, LOGIN_NEVER);
    assert_true(account_alike(&account[0])->groups_unreadable); /* no such column: nobody knows */
    assert_null(account_alike(&account[0])->department);
    assert_false(instant_is_set(reading.export.dates[0].created));
    assert_int_equal(account[1].status, ACCOUNT_ACTIVE);
    assert_string_equal(account[1].name, "Bob O;B");
    assert_instant(account[1].login.at, "2026-11-01T12:00:00Z");
}

TEST(login_in_each_form_is_read_or_kept_raw)
{
    static const struct {
        const char *text;
        enum login_kind kind;
        const char *at;
    } cases[] = {
        {"", LOGIN_NEVER, "-"},
        {"2019-03-31T23:59:40.000+00:00", LOGIN_KNOWN, "2019-03-31T23:59:40Z"},
        {"2017-01-10T07:43:12+02:00", LOGIN_KNOWN, "2017-01-10T05:43:12Z"},
        {"2015-06-01T08:36:18Z", LOGIN_KNOWN, "2015-06-01T08:36:18Z"},
        {"2024-06-28T10:42:11", LOGIN_KNOWN, "2024-06-28T10:42:11Z"},
        {"2024-06-28 10:42:11", LOGIN_KNOWN, "2024-06-28T10:42:11Z"},
        {"March, 08 2017 14:17:37 +0000", LOGIN_KNOWN, "2017-03-08T14:17:37Z"},
        {"1488982657000", LOGIN_KNOWN, "2017-03-08T14:17:37Z"},
        {"2024-06-28", LOGIN_KNOWN, "2024-06-28T12:00:00Z"},
        {"03-04-2016", LOGIN_UNREADABLE, "-"},
        {"03/04/2016", LOGIN_UNREADABLE, "-"},
        {"25-04-2016", LOGIN_UNREADABLE, "-"}, /* the form can be read in two ways, if not this */
        {"2024-02-30", LOGIN_UNREADABLE, "-"},
        {"2024-06-28 24:00:00", LOGIN_UNREADABLE, "-"},
        {"1899-06-28", LOGIN_UNREADABLE, "-"},
        {"44927", LOGIN_UNREADABLE, "-"},
        {"never", LOGIN_UNREADABLE, "-"},
        {"-", LOGIN_UNREADABLE, "-"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(mem_cleanup) char *row = row_with(ID_A, cases[i].text, "Active", "", "");
        CLEANUP(text_release) struct text text = TEXT_INIT;
        text_addf(&text, "%s%s", HEADER, row);
        READ(reading, text_cstr(&text));
        const struct login *login = &only(&reading)->login;
        if (login->kind != cases[i].kind)
            fail_msg("'%s' is of kind %d", cases[i].text, (int)login->kind);
        assert_instant(login->at, cases[i].at);
        assert_true(reading.export.snapshot.complete);
        if (login->kind == LOGIN_UNREADABLE) {
            assert_string_equal(login->raw, cases[i].text);
            assert_int_equal(reading.export.doubts.logins_unreadable, 1);
            assert_string_equal(reading.export.doubts.login_example, cases[i].text);
        }
    }
}

TEST(status_word_is_known_or_makes_it_incomplete)
{
    static const struct {
        const char *word;
        enum account_status status;
    } cases[] = {
        {"Active", ACCOUNT_ACTIVE},         {"ACTIVE", ACCOUNT_ACTIVE},
        {" active ", ACCOUNT_ACTIVE},       {"1", ACCOUNT_ACTIVE},
        {"true", ACCOUNT_ACTIVE},           {"Inactive", ACCOUNT_INACTIVE},
        {"Suspended", ACCOUNT_INACTIVE},    {"Deactivated", ACCOUNT_INACTIVE},
        {"False", ACCOUNT_INACTIVE},        {"0", ACCOUNT_INACTIVE},
        {"", ACCOUNT_UNREADABLE},           {"Pending", ACCOUNT_UNREADABLE},
        {"Not active", ACCOUNT_UNREADABLE}, {"yes", ACCOUNT_UNREADABLE},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(mem_cleanup) char *row = row_with(ID_A, "", cases[i].word, "", "");
        CLEANUP(text_release) struct text text = TEXT_INIT;
        text_addf(&text, "%s%s", HEADER, row);
        READ(reading, text_cstr(&text));
        bool readable = cases[i].status != ACCOUNT_UNREADABLE;
        assert_int_equal(only(&reading)->status, cases[i].status);
        assert_int_equal(reading.export.snapshot.complete, readable);
        assert_int_equal(account_alike(only(&reading))->flaw == NULL, readable);
    }
}

TEST(date_that_cannot_be_is_not_told)
{
    static const struct {
        const char *login, *created, *deactivated;
        bool has_created, has_deactivated;
        size_t unreadable, contradicted;
    } cases[] = {
        {"", "2024-05-06", "2024-05-06", true, true, 0, 0},
        {"", "06-05-2024", "", false, false, 1, 0},
        {"", "2024-05-06", "yesterday", true, false, 1, 0},
        {"", "2026-11-23", "", true, false, 0, 0}, /* a day is let pass for the zone */
        {"", "2026-11-25", "", false, false, 0, 1},
        {"", "", "2027-01-01", false, false, 0, 1},
        {"", "2024-05-06", "2024-05-01", false, false, 0, 2},
        {"2024-05-01", "2024-05-06", "", false, false, 0, 1},
        {"2024-05-06 01:00:00", "2024-05-06", "", true, false, 0, 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(mem_cleanup)
        char *row =
            row_with(ID_A, cases[i].login, "Active", cases[i].created, cases[i].deactivated);
        CLEANUP(text_release) struct text text = TEXT_INIT;
        text_addf(&text, "%s%s", HEADER, row);
        READ(reading, text_cstr(&text));
        (void)only(&reading);
        const struct export_dates *dates = &reading.export.dates[0];
        assert_int_equal(instant_is_set(dates->created), cases[i].has_created);
        assert_int_equal(instant_is_set(dates->deactivated), cases[i].has_deactivated);
        assert_int_equal(reading.export.doubts.dates_unreadable, cases[i].unreadable);
        assert_int_equal(reading.export.doubts.dates_contradicted, cases[i].contradicted);
        assert_true(reading.export.snapshot.complete);
    }
}

/* What our own CSV writes comes back as it was; an apostrophe that is part of a name stays. */
TEST(defused_cell_comes_back_as_it_was)
{
    static const char *const names[] = {"=1+1", "+31", "-x", "@ada", "'t Hart", "'", "O'=x", "a;b"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;
        text_add(&text, HEADER ";");
        encode_csv(&text, names[i]);
        text_add(&text, ";" ID_A ";");
        encode_csv(&text, names[i]);
        text_add(&text, ";;;Active;;;;;;;;;;;;\n");
        READ(reading, text_cstr(&text));
        assert_string_equal(only(&reading)->name, names[i]);
        assert_string_equal(only(&reading)->username, names[i]);
    }
}

TEST(cell_of_several_groups_is_not_read)
{
    READ(reading, HEADER ";;" ID_A ";;;;Active;;;;;;;;\"One,Two\";;;;\n");

    assert_true(account_alike(only(&reading))->groups_unreadable);
    assert_string_equal(account_alike(only(&reading))->group[0].name, "One,Two");
}

TEST(long_value_is_a_flaw)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_add(&text, HEADER ";;" ID_A ";");
    for (int i = 0; i < 5000; i++)
        text_add_char(&text, 'u');
    text_add(&text, ";;;Active;;;;;;;;;;;;\n");
    READ(reading, text_cstr(&text));
    assert_null(only(&reading)->username);
    assert_non_null(strstr(account_alike(only(&reading))->flaw, "'Username'"));
}

/* --- rows and files that are not right --- */

#define GOOD(id) ";;" id ";u;u@acme.example;;Active;;;;;;;Light;;;;;\n"

TEST(damaged_row_makes_it_incomplete)
{
    static const struct {
        const char *text, *reason;
        size_t accounts;
    } cases[] = {
        {HEADER GOOD(ID_A) ";;" ID_B ";u;u@acme.example;;Act", "row 3 has 7 fields", 1},
        {HEADER GOOD(ID_A) ";;;" ID_B ";u;;;Active;;;;;;;Light;;;;;\n", "row 3 has 20 fields", 1},
        {HEADER GOOD(ID_A) GOOD(""), "row 3 has no 'User ID'", 2},
        {HEADER GOOD(ID_A) GOOD("1a84d758-2b3a-141f-8f07d71aa1f223be"), "no 'User ID' in the form",
         2},
        {HEADER GOOD(ID_A) GOOD("1A84D758-2B3A-141F-8F07-D71AA1F223BE"), "no 'User ID' in the form",
         2},
        {HEADER GOOD(ID_A) GOOD(ID_A), "stands in more than one row", 2},
        {HEADER "\"x;;" ID_A ";u;;;Active;;;;;;;Light;;;;;\ny\";;" ID_B
                ";u;;;Active;;;;;;;Light;;;;;\n",
         "looks like several rows", 0},
        /* A lone mark at the end of one row and of the next but one: the break is at the edge. */
        {HEADER GOOD(ID_A) ";;" ID_B ";u;u@acme.example;;Active;;;;;;;Light;;;;;\"\n"
                           ";;" ID_A ";u;u@acme.example;;Active;;;;;;;Light;;;;;\"\n",
         "looks like several rows", 1},
        {HEADER GOOD(ID_A) "\"x\ry;z\";;" ID_B ";u;u@acme.example;;Active;;;;;;;Light;;;;;\n",
         "looks like several rows", 1},
        {HEADER GOOD("") GOOD("") GOOD(""), "and 2 more like it", 3},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        READ(reading, cases[i].text);
        if (reading.result)
            fail_msg("%s", reading.err.text);
        assert_false(reading.export.snapshot.complete);
        if (!strstr(reading.export.snapshot.incomplete_reason, cases[i].reason))
            fail_msg("'%s' is not in '%s'", cases[i].reason,
                     reading.export.snapshot.incomplete_reason);
        assert_int_equal(reading.export.snapshot.count, cases[i].accounts);
    }
}

TEST(both_rows_of_one_id_have_a_flaw)
{
    READ(reading, HEADER GOOD(ID_A) GOOD(ID_B) GOOD(ID_A));

    const struct account *account = reading.export.snapshot.account;
    assert_non_null(account_alike(&account[0])->flaw);
    assert_null(account_alike(&account[1])->flaw);
    assert_non_null(account_alike(&account[2])->flaw);
}

static void refuse(const void *bytes, size_t length, const char *words)
{
    CLEANUP(reading_release) struct reading reading = read_at(bytes, length, FILE_S, NOW);

    assert_int_equal(reading.result, -1);
    assert_int_equal(reading.err.code, ERR_ROSTER);
    assert_non_null(strstr(reading.err.text, reading.path));
    if (!strstr(reading.err.text, words))
        fail_msg("'%s' is not in '%s'", words, reading.err.text);
}

TEST(file_that_is_no_export_is_refused)
{
    static const char nul[] = HEADER ";;" ID_A ";u\0v;u@acme.example;;Active;;;;;;;;;;;;\n";
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "holds no row at all"},
        {"\n\n", "holds no row at all"},
        {"First name,Last name,User ID\nAda,Byron,x\n", "has no column 'User ID', 'Username'"},
        {"User ID;Username;Email Address;Last Login Date;First name;Last name\n",
         "has no column 'Account Status', 'Permission Profile'"},
        {"User ID;Username;user id;Email Address;Last Login Date;First name;Last name;"
         "Account Status;Permission Profile\n",
         "'User ID' is in the header twice"},
        {HEADER ";;" ID_A ";\xE9;u@acme.example;;Active;;;;;;;;;;;;\n", "UTF-8"},
        {HEADER ";;" ID_A ";a\"b;u@acme.example;;Active;;;;;;;;;;;;\n", "quotation mark"},
        {HEADER ";;" ID_A ";\"ada;u@acme.example;;Active;;;;;;;;;;;;\n", "never closed"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        refuse(cases[i].text, strlen(cases[i].text), cases[i].words);
    refuse(nul, sizeof(nul) - 1, "NUL");
    refuse("\xFF\xFEU\0s\0", 6, "export '");
}

/* Whatever a download is cut to: refused or incomplete, unless only whole rows are missing. */
TEST(cut_anywhere_never_reads_as_whole)
{
    CLEANUP(text_release) struct text whole = TEXT_INIT;

    text_add(&whole, HEADER GOOD(ID_A) GOOD(ID_B));
    size_t first = strlen(HEADER GOOD(ID_A));
    for (size_t length = strlen(HEADER); length < whole.length; length++) {
        CLEANUP(reading_release)
        struct reading reading = read_at(whole.data, length, FILE_S, NOW);
        size_t count = reading.export.snapshot.count;
        if (reading.result)
            fail_msg("%s", reading.err.text);
        /* Behind the last delimiter of a row nothing of it is missing. */
        bool at_row_end = length + 1 >= whole.length || length == first || length + 1 == first ||
                          length == strlen(HEADER);
        assert_int_equal(reading.export.snapshot.complete, at_row_end);
        assert_true(count <= 2);
    }
}

TEST(long_field_is_refused)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_add(&text, HEADER ";;" ID_A ";");
    for (int i = 0; i < 1100000; i++)
        text_add_char(&text, 'u');
    refuse(text.data, text.length, "is longer than");
}
