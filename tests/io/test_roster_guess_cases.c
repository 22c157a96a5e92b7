/*
 * Rosters as people have exported them, which are not part of the project: without them this is
 * skipped. What init makes of each by itself, what it asks, and who is departed under a
 * configuration of which nobody has answered a question: nobody who is at work.
 */
#include "guess_case.h"

static const char *cases_directory(void)
{
    const char *directory = getenv("SHARED_CASES");

    return directory ? directory : SOURCE_DIR "/../shared/cases/roster";
}

static bool read_file(const char *path, struct text *ret_bytes)
{
    CLEANUP(cleanup_fd) int fd = file_open(path, FILE_TO_READ, 0);
    char bytes[4096];
    ssize_t got;

    while (fd >= 0 && (got = read(fd, bytes, sizeof(bytes))) > 0)
        text_add_bytes(ret_bytes, bytes, (size_t)got);
    return fd >= 0;
}

/* What was found, in one line. */
struct seen {
    struct text asks;     /* subjects of the open questions, each once */
    struct text departed; /* keys, a blank between two */
    struct text refused;  /* by the guess or by the reader; empty = it was read */
    size_t on_leave, rejected;
};

static void seen_release(struct seen *seen)
{
    text_release(&seen->asks);
    text_release(&seen->departed);
    text_release(&seen->refused);
}

static void see_questions(const struct guess_case *c, struct seen *seen)
{
    static const char *const subjects[] = {
        [GUESS_ABOUT_WORD] = "word",         [GUESS_ABOUT_ORDER] = "order",
        [GUESS_ABOUT_CENTURY] = "century",   [GUESS_ABOUT_SERIAL] = "serial",
        [GUESS_ABOUT_NO_DATE] = "no date",   [GUESS_ABOUT_LAST_DAY] = "last day",
        [GUESS_ABOUT_COLUMN] = "column",     [GUESS_ABOUT_EMAIL] = "e-mail",
        [GUESS_ABOUT_INACTIVE] = "inactive", [GUESS_ABOUT_FILE] = "file",
        [GUESS_ABOUT_MUTE] = "mute",         [GUESS_ABOUT_LATER] = "later",
        [GUESS_ABOUT_SHARED] = "shared",     [GUESS_ABOUT_AWAY] = "away",
        [GUESS_ABOUT_LIST] = "list",         [GUESS_ABOUT_ABOVE] = "above",
        [GUESS_ABOUT_NUMBER] = "number",     [GUESS_ABOUT_TYPES] = "types",
        [GUESS_ABOUT_REHIRED] = "rehired",   [GUESS_ABOUT_GONE] = "gone",
        [GUESS_ABOUT_AHEAD] = "ahead"};

    for (size_t i = 0; i < c->guess.questions; i++) {
        const char *subject = subjects[c->guess.question[i].subject];
        if (c->guess.question[i].subject != GUESS_ABOUT_AWAY &&
            !strstr(text_cstr(&seen->asks), subject))
            text_addf(&seen->asks, "%s%s", seen->asks.length ? ", " : "", subject);
    }
}

static void see_people(const struct guess_case *c, struct seen *seen)
{
    for (size_t i = 0; i < c->roster.count; i++) {
        const struct person *person = &c->roster.person[i];
        seen->on_leave += person->status == PERSON_ON_LEAVE;
        if (person->status == PERSON_DEPARTED)
            text_addf(&seen->departed, "%s%s", seen->departed.length ? " " : "",
                      person->employee_number ? person->employee_number : person->name);
    }
    seen->rejected = c->roster.rejected;
}

static void see(const char *folder, struct seen *seen)
{
    static const char *const names[] = {"roster.csv", "roster.json", "roster.txt"};
    CLEANUP(text_release) struct text bytes = TEXT_INIT;

    for (size_t n = 0; n < COUNT_OF(names) && bytes.length == 0; n++) {
        CLEANUP(text_release) struct text path = TEXT_INIT;
        text_addf(&path, "%s/%s/%s", cases_directory(), folder, names[n]);
        (void)!read_file(text_cstr(&path), &bytes);
    }
    if (bytes.length == 0)
        fail_msg("%s has no roster", folder);
    CLEANUP(guess_case_release) struct guess_case c = guess_of_bytes(bytes.data, bytes.length);
    if (c.result == 0) {
        guess_case_read(&c, bytes.data, bytes.length);
        see_questions(&c, seen);
    }
    if (c.read < 0)
        text_add(&seen->refused, c.err.text);
    else
        see_people(&c, seen);
}

/* What is right of each. `refused` is a part of what is said of a file that nobody can read. */
static const struct expected {
    const char *folder, *asks, *departed;
    size_t on_leave, rejected;
    const char *refused;
} expected[] = {
    {"01-rehire-two-rows-same-number", "", "100", 0, 0, NULL},
    {"02-rehire-new-number-same-email", "", "100", 0, 0, NULL},
    {"03-rehire-new-number-new-email", "", "100", 0, 0, NULL},
    {"04-rehire-new-number-no-email-column", "", "100", 0, 0, NULL},
    {"05b-contractor-becomes-employee", "", "C100", 0, 0, NULL},
    {"06-assignments-until-9999", "last day", "", 0, 0, NULL},
    {"06b-assignments-blank-end", "last day", "", 0, 0, NULL},
    {"07-end-of-time", "", "101", 0, 0, NULL},
    {"07d-end-of-time-2199", "", "101", 0, 0, NULL},
    {"08-1900-means-none", "", "101", 0, 0, NULL},
    {"08b-1900-few-no-status", "no date", "101", 0, 3, NULL},
    {"09a-no-date-as-0000-00-00", "", "101", 0, 0, NULL},
    {"09b-no-date-as-zero", "", "101", 0, 0, NULL},
    {"09c-no-date-as-null", "", "101", 0, 0, NULL},
    {"09d-no-date-as-backslashN", "", "101", 0, 0, NULL},
    {"09f-no-date-as-na", "", "101", 0, 0, NULL},
    {"09g-no-date-as-dash", "", "101", 0, 0, NULL},
    {"09h-no-date-as-nat", "", "101", 0, 0, NULL},
    {"09k-no-date-as-zeros8", "", "101", 0, 0, NULL},
    {"09l-no-date-as-nines8", "", "101", 0, 0, NULL},
    {"10-rehire-keeps-old-termination-date", "column", "101", 0, 1, NULL},
    {"11-status-codes-A-L-T", "word", "", 0, 203, NULL},
    {"12-sep-line", "", "101", 0, 0, NULL},
    {"13-title-block", "", "101", 0, 0, NULL},
    {"13b-title-block-padded", "", "101", 0, 0, NULL},
    {"14-footer-total", "", "101", 0, 0, NULL},
    {"14b-footer-total-padded", "", "101", 0, 0, NULL},
    {"14c-footer-no-status", "", "", 0, 0, NULL},
    {"15-two-header-rows", "word", "", 0, 1, NULL},
    {"16-excel-serial-dates", "serial", "", 0, 201, NULL},
    {"16b-excel-serial-some", "serial", "", 0, 2, NULL},
    {"17-utc-shifted-days", "file", "", 0, 202, NULL},
    {"18-excel-unicode-text", "", "101", 0, 0, NULL},
    {"19-german-1252", "", "101", 0, 0, NULL},
    {"19b-english-titles-1252", "", "101", 0, 0, NULL},
    {"20-japanese-cp932", "", "101", 0, 0, NULL},
    {"21-invisible-characters", "", "", 0, 4, NULL},
    {"22-placeholder-address", "", "101 300", 0, 0, NULL},
    {"23-placeholder-number", "", "Temp Worker", 0, 0, NULL},
    {"24-leading-zeros-lost", "", "101", 0, 0, NULL},
    {"24b-leading-zeros-with-names", "", "101", 0, 0, NULL},
    {"24c-leaver-with-lost-zeros", "", "17", 0, 0, NULL},
    {"25-two-digit-years", "century", "", 0, 202, NULL},
    {"26-header-on-every-row", "file", "", 0, 0, "row 2 repeats the titles"},
    {"27-title-twice", "file", "", 0, 0, NULL},
    {"27b-email-twice", "file", "", 0, 0, NULL},
    {"28-two-files-pasted", "", "101", 0, 1, NULL},
    {"29-trailing-comma", "", "101", 0, 0, NULL},
    {"31-on-leave-in-its-own-column", "", "", 1, 0, NULL},
    {"32-scim-as-specified", "inactive", "101", 0, 0, NULL},
    {"32b-scim-active-as-text", "inactive", "101", 0, 0, NULL},
    {"32c-scim-active-as-number", "inactive", "101", 0, 0, NULL},
    {"32d-scim-lower-case-name", "inactive", "101", 0, 0, NULL},
    {"32e-scim-some-lower-case", "inactive", "101", 0, 0, NULL},
    {"32f-scim-active-missing", "inactive", "", 0, 0, "no user has 'active'"},
    {"32g-scim-bare-array", "", "", 0, 0, "ListResponse"},
    {"32h-scim-start-index-0", "inactive", "", 0, 0, "SCIM counts from 1"},
    {"34-json-array", "", "101", 0, 0, NULL},
    {"34b-workday-report-entry", "", "101", 0, 0, NULL},
    {"34d-personio-nested", "", "", 0, 0, NULL},
    {"34e-json-member-twice", "", "", 0, 1, NULL},
    {"34f-json-huge-number", "", "101", 0, 1, NULL},
    {"34g-json-float-number", "", "", 0, 1, NULL},
    {"34h-json-nan", "", "", 0, 0, "NaN is no JSON"},
    {"34i-json-lines", "", "101", 0, 0, NULL},
    {"34j-json-bom", "", "101", 0, 0, NULL},
    {"34k-json-msdate", "file", "", 0, 1, NULL},
    {"34l-json-list-valued", "", "", 0, 31, NULL},
    {"36-rehire-row-with-unknown-word", "word", "100", 0, 1, NULL},
    {"36b-rehire-row-with-a-loose-comma", "", "100", 0, 1, NULL},
    {"38-rehire-number-damaged", "", "100", 0, 1, NULL},
    {"39b-to-be-terminated", "word", "101", 0, 1, NULL},
    {"40-nickname-in-quotes", "", "", 0, 0, "row 203, column 3: a quotation mark"},
    {"40b-backslash-quotes", "", "", 0, 0, "escaped by a backslash"},
    {"41-dos-end-of-file", "", "101", 0, 0, NULL},
    {"41b-nul-at-the-end", "", "", 0, 0, "NUL"},
    {"42-mixed-line-ends", "", "101", 0, 0, NULL},
    {"44-nbsp-in-title", "", "101", 0, 0, NULL},
    {"45-two-accounts-one-number", "", "101", 0, 0, NULL},
    {"46-two-orders-in-two-columns", "order", "", 0, 2, NULL},
    {"50-nobody-in-it", "file", "", 0, 0, NULL},
    {"51-single-quotes", "", "", 0, 1, NULL},
    {"60a-dates-with-a-time", "", "101", 0, 0, NULL},
    {"60b-dates-with-a-time", "", "101", 0, 0, NULL},
    {"60c-dates-with-a-time", "", "101", 0, 0, NULL},
    {"60d-dates-with-a-time", "", "101", 0, 0, NULL},
    {"60e-dates-with-a-time", "", "101", 0, 0, NULL},
};

TEST(roster_guess_of_real_exports_is_right_or_asked)
{
    size_t wrong = 0;

    if (access(cases_directory(), R_OK) != 0)
        skip();
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        CLEANUP(seen_release) struct seen seen = {.on_leave = 0};
        const struct expected *right = &expected[i];
        see(right->folder, &seen);
        bool is_right = text_equal(text_cstr(&seen.asks), right->asks) &&
                        text_equal(text_cstr(&seen.departed), right->departed) &&
                        seen.on_leave == right->on_leave && seen.rejected == right->rejected &&
                        (right->refused ? strstr(text_cstr(&seen.refused), right->refused) != NULL
                                        : seen.refused.length == 0);
        wrong += !is_right;
        print_message("%s %s | asks: %s | departed: %s | on leave %zu, rejected %zu | %s\n",
                      is_right ? "right" : "WRONG", right->folder, text_cstr(&seen.asks),
                      text_cstr(&seen.departed), seen.on_leave, seen.rejected,
                      text_cstr(&seen.refused));
    }
    assert_int_equal(wrong, 0);
}

/* --- varied --- */

static void read_case(const char *folder, struct text *ret_bytes)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "%s/%s/roster.csv", cases_directory(), folder);
    if (!read_file(text_cstr(&path), ret_bytes)) {
        text_release(&path); /* skip jumps out of here */
        skip();
    }
}

/* Every `from` of the text becomes `to`. */
static void vary(struct text *text, const char *from, const char *to)
{
    struct text varied = TEXT_INIT;
    const char *at = text_cstr(text);

    for (const char *next; (next = strstr(at, from)); at = next + strlen(from)) {
        text_add_bytes(&varied, at, (size_t)(next - at));
        text_add(&varied, to);
    }
    text_add(&varied, at);
    text_release(text);
    *text = varied;
}

static enum person_status status_of(const struct guess_case *c, const char *number)
{
    for (size_t i = 0; i < c->roster.count; i++) {
        if (text_equal(c->roster.person[i].employee_number, number))
            return c->roster.person[i].status;
    }
    return PERSON_ABSENT;
}

/* Of the dangerous ones: whatever word stands for it, who works out notice is not departed. */
TEST(roster_guess_of_a_notice_in_any_words_departs_nobody)
{
    static const char *const words[] = {"Notice",
                                        "Working notice",
                                        "Leaving",
                                        "Resigned",
                                        "Leaver",
                                        "Will terminate",
                                        "Terminates 2026-12-31",
                                        "Gekündigt",
                                        "Kündigung zum 31.12.",
                                        "En préavis",
                                        "En preaviso",
                                        "In opzegtermijn",
                                        "Dimissioni presentate",
                                        "Em aviso prévio",
                                        "W wypowiedzeniu",
                                        "退職予定",
                                        "N",
                                        "I",
                                        "P",
                                        "Inactive",
                                        "Pre-terminated",
                                        "Terminated soon"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        CLEANUP(text_release) struct text bytes = TEXT_INIT;
        read_case("39b-to-be-terminated", &bytes);
        vary(&bytes, "To Be Terminated", words[i]);
        CLEANUP(guess_case_release)
        struct guess_case c = guess_of_bytes(bytes.data, bytes.length);
        assert_guessed(&c);
        guess_case_read(&c, bytes.data, bytes.length);
        assert_non_null(asked(&c, GUESS_ABOUT_WORD, words[i]));
        assert_int_equal(status_of(&c, "100"), PERSON_UNKNOWN);
        assert_int_equal(status_of(&c, "101"), PERSON_DEPARTED);
    }
}

/* A status by any name keeps who was hired again from being departed by an old date. */
TEST(roster_guess_of_a_rehire_under_any_titles_departs_nobody_at_work)
{
    static const char *const titles[] = {"Position Status",  "Status",  "Lifecycle status",
                                         "Some Status Code", "Zustand", "Column 8"};
    static const char *const words[] = {"Active", "A", "Aktiv", "1"};

    for (size_t i = 0; i < COUNT_OF(titles) * COUNT_OF(words); i++) {
        CLEANUP(text_release) struct text bytes = TEXT_INIT;
        read_case("10-rehire-keeps-old-termination-date", &bytes);
        vary(&bytes, "Position Status", titles[i % COUNT_OF(titles)]);
        CLEANUP(text_release) struct text word = TEXT_INIT;
        text_addf(&word, ",%s,", words[i / COUNT_OF(titles)]);
        vary(&bytes, ",Active,", text_cstr(&word));
        CLEANUP(guess_case_release)
        struct guess_case c = guess_of_bytes(bytes.data, bytes.length);
        assert_guessed(&c);
        guess_case_read(&c, bytes.data, bytes.length);
        if (c.read == 0 && status_of(&c, "100") == PERSON_DEPARTED &&
            !roster_guess_blocks_departed(&c.guess))
            fail_msg("%s with %s", titles[i % COUNT_OF(titles)], words[i / COUNT_OF(titles)]);
        assert_true(questions_of(&c) > 0);
    }
}

TEST(roster_guess_of_leave_under_any_title_is_mapped_or_blocks_the_idle_rule)
{
    static const char *const titles[] = {"OnLeave",      "On Leave?",   "LOA",
                                         "Leave Status", "Is On Leave", "Abwesend",
                                         "En congé",     "Met verlof",  "休職中"};

    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        CLEANUP(text_release) struct text bytes = TEXT_INIT;
        read_case("31-on-leave-in-its-own-column", &bytes);
        vary(&bytes, "OnLeave", titles[i]);
        CLEANUP(guess_case_release)
        struct guess_case c = guess_of_bytes(bytes.data, bytes.length);
        assert_guessed(&c);
        guess_case_read(&c, bytes.data, bytes.length);
        if (status_of(&c, "104") != PERSON_ON_LEAVE && !roster_guess_blocks_idle(&c.guess))
            fail_msg("%s is left out", titles[i]);
    }
}

/* --- answered --- */

TEST(roster_guess_of_real_exports_when_answered_reads_what_is_right)
{
    static const struct {
        const char *folder, *what;
        enum guess_subject subject;
        size_t choice;
        const char *number[3];
        enum person_status status[3];
    } cases[] = {
        {"06-assignments-until-9999",
         "to_date",
         GUESS_ABOUT_LAST_DAY,
         0,
         {"101"},
         {PERSON_DEPARTED}},
        {"46-two-orders-in-two-columns",
         "Termination Date",
         GUESS_ABOUT_ORDER,
         0,
         {"100", "101"},
         {PERSON_EMPLOYED, PERSON_DEPARTED}},
        {"16b-excel-serial-some",
         "Termination Date",
         GUESS_ABOUT_SERIAL,
         0,
         {"100", "101"},
         {PERSON_EMPLOYED, PERSON_DEPARTED}},
        {"25-two-digit-years",
         "Termination Date",
         GUESS_ABOUT_CENTURY,
         0,
         {"101", "102"},
         {PERSON_DEPARTED, PERSON_UNKNOWN}},
        {"08b-1900-few-no-status",
         "1900-01-01",
         GUESS_ABOUT_NO_DATE,
         0,
         {"100", "101"},
         {PERSON_EMPLOYED, PERSON_DEPARTED}},
        {"39b-to-be-terminated",
         "To Be Terminated",
         GUESS_ABOUT_WORD,
         0,
         {"100", "101"},
         {PERSON_EMPLOYED, PERSON_DEPARTED}},
        {"15-two-header-rows", "inactive", GUESS_ABOUT_WORD, 2, {"101"}, {PERSON_DEPARTED}},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text bytes = TEXT_INIT;
        read_case(cases[i].folder, &bytes);
        CLEANUP(guess_case_release)
        struct guess_case c = guess_of_bytes(bytes.data, bytes.length);
        assert_guessed(&c);
        answer(&c, cases[i].subject, cases[i].what, cases[i].choice);
        if (asked(&c, GUESS_ABOUT_LATER, NULL)) /* from_date, where no status says more */
            answer(&c, GUESS_ABOUT_LATER, NULL, 0);
        assert_int_equal(questions_of(&c), 0);
        guess_case_read(&c, bytes.data, bytes.length);
        assert_int_equal(c.read, 0);
        for (size_t n = 0; n < 3 && cases[i].number[n]; n++) {
            if (status_of(&c, cases[i].number[n]) != cases[i].status[n])
                fail_msg("%s: %s is %s", cases[i].folder, cases[i].number[n],
                         person_status_name(status_of(&c, cases[i].number[n])));
        }
    }
}
