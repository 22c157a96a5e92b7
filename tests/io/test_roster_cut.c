/*
 * A file that ends without a line end may be cut, or its program never writes the last one. The
 * last value is taken where it must be whole, and otherwise its row is unknown.
 */
#include "roster_case.h"
#include "test.h"

#include "base/mem.h"

#define CUT "may be cut"

/* The last row of a file, its last column, and whether it is taken as it stands. */
struct cut_case {
    const char *last;   /* title of the last column */
    const char *others; /* values of it in the rows before, a blank between; "." is empty */
    const char *value;
    bool whole;
};

static void write_row(struct text *text, size_t row, const char *last, const char *value)
{
    bool is_number = text_equal(last, "EmpID");

    if (!is_number)
        text_addf(text, "9%03zu,", row);
    if (!text_equal(last, "Mail"))
        text_addf(text, "p%zu@acme.example,", row);
    text_addf(text, "Person Number%c,%s", (char)('A' + row), value);
}

static char *write_file(const struct cut_case *c, const char *end)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct text text = TEXT_INIT;
    const char *other = c->others;
    size_t row = 0;

    text_addf(&text, "%s%sName,%s\n", text_equal(c->last, "EmpID") ? "" : "EmpID,",
              text_equal(c->last, "Mail") ? "" : "Mail,", c->last);
    while (*other) {
        size_t length = strcspn(other, " ");
        const char *value = arena_strndup(&arena, other, length);

        write_row(&text, row++, c->last, text_equal(value, ".") ? "" : value);
        text_add_char(&text, '\n');
        other += length + (other[length] == ' ');
    }
    write_row(&text, row, c->last, c->value);
    text_add(&text, end);
    return text_take(&text);
}

static struct config_roster config_of(const char *last)
{
    static const char *const titles[ROSTER_NAME] = {
        [ROSTER_EMPLOYEE_NUMBER] = "EmpID", [ROSTER_EMAIL] = "Mail",
        [ROSTER_USERNAME] = "Login",        [ROSTER_STATUS] = "Status",
        [ROSTER_HIRE_DATE] = "Hired",       [ROSTER_LAST_DAY] = "Last",
        [ROSTER_DEPARTMENT] = "Dept",       [ROSTER_ON_LEAVE] = "Leave",
        [ROSTER_LEAVE_FROM] = "From",       [ROSTER_LEAVE_UNTIL] = "Until"};
    static const char *const departed[] = {"Left", "A", "T"};
    static const char *const employed[] = {"Active", "Left and back", "Trans"};
    static const char *const words[] = {"n - sick"};
    struct config_roster config = case_small_config();

    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        if (text_equal(titles[i], last))
            config.column.of[i] = titles[i];
    }
    config.status.departed = (struct name_list){departed, COUNT_OF(departed)};
    config.status.employed = (struct name_list){employed, COUNT_OF(employed)};
    config.on_leave_words = (struct name_list){words, COUNT_OF(words)};
    return config;
}

static const char *last_reason(const struct roster_case *c)
{
    assert_read(c);
    assert_true(c->roster.count > 0);
    return person_rejected(&c->roster.person[c->roster.count - 1]);
}

static const struct cut_case cut_cases[] = {
    /* a day that one more digit would make another one */
    {"Last", "2026-11-30 . 2025-01-31", "2026-11-3", false},
    {"Last", "2026-11-30 . 2025-01-31", "2026-11-30", true},
    {"Last", "2026-11-30 . 2025-01-31", "2026-11-03", true},
    {"Last", "2026-11-30 . 2025-01-31", "", true},
    {"Last", "2026-11-30 9999-12-31", "9999-12-31", true},
    {"Last", "2026-11-30 - 2025-01-31", "-", true},
    {"Last", "2026-11-30 0000-00-00", "0000-00-00", true},
    {"Last", "2026-11-30 0000-00-00", "0", false},
    {"Hired", "2026-11-30 2025-01-31", "", false}, /* everybody else has one */
    {"Hired", "2026-11-30 2025-01-31", "2020-01-1", false},
    {"Hired", "2026-11-30 2025-01-31", "2020-01-11", true},
    /* numbers and usernames: nothing longer is there */
    {"EmpID", "20098 20077", "2009", false},
    {"EmpID", "20098 20077", "20099", true},
    {"EmpID", "20098 999", "2009", false},
    {"EmpID", "20098 20077", "", false},
    {"EmpID", "20098 . 20077", "", true},
    {"Login", "u20098 u20077", "u20099", true},
    {"Login", "anna.visser bo", "an", false},
    {"Login", "anna@acme.example bo@acme.example", "x@acme.example", true},
    {"Login", "anna@acme.example bo@acme.example", "x@acme.ex", false},
    /* addresses: a domain that others have */
    {"Mail", "anna@acme.example bo@acme.example", "bartholomew@acme.exam", false},
    {"Mail", "anna@acme.example bo@acme.example", "x@acme.example", true},
    {"Mail", "anna@acme.example bo@acme.example", "x@ACME.Example", true},
    {"Mail", "anna@acme.co bo@acme.co.uk", "x@acme.co", false},
    {"Mail", "anna@acme.co bo@acme.co.uk", "x@acme.co.uk", true},
    {"Mail", "anna@acme.co bo@acme.co", "x", false},
    {"Mail", "anna@acme.co bo@acme.co", "", false},
    {"Mail", "anna@acme.co .", "", true},
    /* words: none that means something else begins so */
    {"Status", "Active Active", "Left", false},
    {"Status", "Active Left", "Active", true},
    {"Status", "Active Left", "T", false},
    {"Status", "Active Left", "Trans", true},
    {"Status", "Active Left A-not-listed", "A", false},
    {"Leave", "yes . no", "y", true},
    {"Leave", "yes . no", "", false}, /* on leave, for all that is known */
    {"From", "2026-11-30 .", "", false},
    {"From", "2026-11-30 .", "2026-11-30", true},
    {"Until", "2026-11-30 .", "", false},
    {"Leave", "yes . no", "n", false}, /* 'n - sick' is yes */
    {"Dept", "Sales Sales IT", "Sales", true},
    {"Dept", "Sales Sales IT", "IT", true},
    {"Dept", "Sales Sales IT", "Sal", false},
    {"Dept", "Sales SalesEast IT", "Sales", false},
    /* what is not mapped may end anywhere */
    {"Note", "abc def", "x", true},
    {"Note", "abc def", "", true},
};

TEST(roster_last_value_without_line_end_is_whole_or_its_row_unknown)
{
    for (size_t i = 0; i < COUNT_OF(cut_cases); i++) {
        const struct cut_case *wanted = &cut_cases[i];
        struct config_roster config = config_of(wanted->last);
        CLEANUP(mem_cleanup) char *bytes = write_file(wanted, "");
        CLEANUP(case_release) struct roster_case c = case_read(&config, bytes);
        const char *reason = last_reason(&c);
        bool key = text_equal(wanted->last, "EmpID") || text_equal(wanted->last, "Mail") ||
                   text_equal(wanted->last, "Login");

        if (wanted->whole && reason)
            fail_msg("%s '%s' was rejected: %s", wanted->last, wanted->value, reason);
        if (!wanted->whole && (!reason || !strstr(reason, CUT)))
            fail_msg("%s '%s' was taken: %s", wanted->last, wanted->value, reason ? reason : "-");
        if (!wanted->whole)
            assert_int_equal(c.roster.person[c.roster.count - 1].key_unreadable, key);
    }
}

/* What nobody has whose status means the same may be missing; a leave is nothing to who has left.
 */
TEST(roster_last_value_that_is_missing_is_whole_as_others_of_that_status_show)
{
    static const struct {
        const char *last, *rows;
        bool whole;
    } cases[] = {
        {"Last", "1,Active,\n2,Left,2026-11-01\n3,Left,", false},
        {"Last", "1,Active,\n2,Left,\n3,Left,", true},
        {"Last", "1,Active,\n2,Left,2026-11-01\n3,Active,", true},
        {"Last", "1,Gone,\n2,Left,2026-11-01\n3,Left,", false},
        {"Mail", "1,Active,a@acme.example\n2,Left,\n3,Left,", true},
        {"Mail", "1,Active,a@acme.example\n2,Left,\n3,Active,", false},
        {"Leave", "1,Active,\n2,Left,\n3,Active,", false},
        {"Leave", "1,Active,\n2,Left,\n3,Left,", true},
        {"From", "1,Active,\n2,Left,\n3,Active,", false},
        {"Until", "1,Active,2026-11-30\n3,Left,", true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;
        struct config_roster config = config_of(cases[i].last);

        config.column.name.count = 0;
        config.column.of[ROSTER_STATUS] = "Status";
        if (!text_equal(cases[i].last, "Mail"))
            config.column.of[ROSTER_EMAIL] = NULL;
        text_addf(&text, "EmpID,Status,%s\n%s", cases[i].last, cases[i].rows);
        CLEANUP(case_release) struct roster_case c = case_read(&config, text_cstr(&text));
        const char *reason = last_reason(&c);
        if (cases[i].whole != !(reason && strstr(reason, CUT)))
            fail_msg("'%s': %s", text_cstr(&text), reason ? reason : "taken");
    }
}

/* What shows that the file is whole: a line end, a mark at the end, an end of file of DOS. */
TEST(roster_that_ends_for_certain_is_not_said_to_be_cut)
{
    static const char *const ends[] = {"\n", "\r\n", "\r", "\x1A", "\n\n", "\n,,,\n"};

    for (size_t i = 0; i < COUNT_OF(cut_cases); i++) {
        const struct cut_case *wanted = &cut_cases[i];
        struct config_roster config = config_of(wanted->last);

        for (size_t k = 0; k < COUNT_OF(ends); k++) {
            CLEANUP(mem_cleanup) char *bytes = write_file(wanted, ends[k]);
            CLEANUP(case_release) struct roster_case c = case_read(&config, bytes);

            assert_no_mention(last_reason(&c), CUT);
        }
    }
}

TEST(roster_last_value_in_quotes_is_whole)
{
    static const struct {
        const char *text;
        bool whole;
    } rows[] = {
        {"Mail,EmpID\na@acme.example,20098\nb@acme.example,\"2009\"", true},
        {"Mail,EmpID\na@acme.example,20098\nb@acme.example,\"2009\"  ", true},
        {"Mail,EmpID\na@acme.example,20098\nb@acme.example,2009", false},
        {"Mail,EmpID\na@acme.example,20098\n\"b@acme.example\",2009", false},
        {"Mail,EmpID\na@acme.example,20098\n\"b@acme.example\",", false},
        /* fewer fields than the header: it was rejected before */
        {"Mail,EmpID\na@acme.example,20098\nb@acme.exa", false},
        /* a delimiter behind every row is an end as well */
        {"Mail,EmpID,\na@acme.example,20098,\nb@acme.example,2009,", true},
        {"Mail,EmpID\na@acme.example,20098,\nb@acme.example,2009,", true},
        {"Mail,EmpID\na@acme.example,20098,\nb@acme.example,2009", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct config_roster config = case_small_config();

        config.column.name.count = 0;
        CLEANUP(case_release) struct roster_case c = case_read(&config, rows[i].text);
        if (rows[i].whole != !last_reason(&c))
            fail_msg("'%s': %s", rows[i].text, last_reason(&c));
        if (!rows[i].whole)
            assert_true(c.roster.person[c.roster.count - 1].key_unreadable);
    }
}

/* Cut anywhere in its last row, a file says of nobody what the whole one does not. */
TEST(roster_cut_in_its_last_row_never_tells_another_day_number_or_word)
{
    static const char *const files[] = {
        "EmpID,Mail,Name,Status,Last\n20098,a@acme.example,Anna Visser,Active,2026-11-30\n"
        "20099,b@acme.example,Bo Vos,Left,2026-11-30\n",
        "Last,Status,Name,Mail,EmpID\n2026-11-30,Left,Anna Visser,a@acme.example,20098\n"
        "2026-11-30,Active,Bo Vos,b@acme.example,20099\n",
        "Mail,EmpID,Last,Name,Status\na@acme.example,20098,,Anna Visser,Trans\n"
        "b@acme.example,20099,2026-11-30,Bo Vos,Trans\n",
        "EmpID,Last,Status,Name,Mail\n20098,2026-11-30,Left,Anna Visser,a@acme.example\n"
        "20099,2026-11-30,Active,Bo Vos,b@acme.example\n",
    };

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct config_roster config = config_of("Status");
        size_t length = strlen(files[i]), first = length - 1;

        config.column.of[ROSTER_LAST_DAY] = "Last";
        CLEANUP(case_release) struct roster_case whole = case_read(&config, files[i]);
        assert_read(&whole);
        assert_int_equal(whole.roster.rejected, 0);
        const struct person *right = &whole.roster.person[1];

        while (files[i][first - 1] != '\n')
            first--;
        for (size_t cut = first + 1; cut < length; cut++) {
            CLEANUP(case_release)
            struct roster_case c = case_read_bytes(&config, files[i], cut);
            const struct person *person = &c.roster.person[1];

            assert_read(&c);
            assert_int_equal(c.roster.count, 2);
            if (!person_rejected(person) &&
                (person->word != right->word || person->last_day.number != right->last_day.number ||
                 !text_equal(person->employee_number, right->employee_number) ||
                 !text_equal(person->email, right->email)))
                fail_msg("cut at byte %zu of '%s': taken for another", cut, files[i]);
        }
    }
}
