/*
 * Rosters as HR really exports them, a folder each: the file, a configuration, what is right. They
 * are not part of the project; without them these tests are skipped. Each is read with its own
 * configuration and the settings that somebody would add who has read the message.
 */
#include "roster_case.h"
#include "test.h"

#include <dirent.h>

#include "base/mem.h"
#include "config/config.h"

#define PLAIN "employee_number = \"Employee ID\"; email = \"Work Email\"; name = \"Full Name\"; "

/* For folders without a configuration; %s of it stands for the added settings. */
static const char written[] =
    "portal: { name = \"c\"; url = \"http://127.0.0.1:9\"; client_id = \"demo\"; "
    "client_secret_file = \"secret\"; };\ndatabase: { embedded = \"pg\"; };\n"
    "roster:\n{ source = \"roster.csv\"; };\n"
    "policy: { mode = \"report\"; time_zone = \"UTC\"; rules = ( { name = \"on leave\"; "
    "when = { person = \"on_leave\"; }; do = \"keep\"; } ); };\n";

static const struct known_case {
    const char *folder;
    const char *settings; /* added below roster */
    const char *refused;  /* the file is, with this in the reason; NULL = it is read */
    size_t employed, on_leave, future, departed, rejected, duplicates;
    const char *reason; /* of some rejected row */
    const char *who;    /* somebody by number, and what they are */
    enum person_status status;
} cases[] = {
    {"01-rehire-two-rows-same-number", .employed = 201, .departed = 1},
    {"02-rehire-new-number-same-email", .employed = 201, .departed = 1},
    {"03-rehire-new-number-new-email", .employed = 201, .departed = 1},
    {"04-rehire-new-number-no-email-column", .employed = 201, .departed = 1},
    {"05b-contractor-becomes-employee", .employed = 201, .departed = 1},
    {"06-assignments-until-9999", .employed = 201, .departed = 9, .rejected = 3},
    {"06b-assignments-blank-end", .employed = 201, .departed = 11, .rejected = 3},
    {"07-end-of-time", .employed = 200, .departed = 1, .who = "101", .status = PERSON_DEPARTED},
    {"07d-end-of-time-2199", .employed = 200, .departed = 1},
    {"08-1900-means-none", .departed = 1, .rejected = 201, .reason = "roster.no_date"},
    {"08-1900-means-none", "no_date = \"1/1/1900\";", .employed = 201, .departed = 1},
    {"08b-1900-few-no-status", "columns: { " PLAIN "last_day = \"Termination Date\"; };",
     .employed = 198, .departed = 1, .rejected = 3, .reason = "before 1980"},
    {"09a-no-date-as-0000-00-00", .employed = 200, .departed = 1},
    {"09b-no-date-as-zero", .employed = 200, .departed = 1},
    {"09c-no-date-as-null", .employed = 200, .departed = 1},
    {"09d-no-date-as-backslashN", .employed = 200, .departed = 1},
    {"09f-no-date-as-na", .employed = 200, .departed = 1},
    {"09g-no-date-as-dash", .employed = 200, .departed = 1},
    {"09h-no-date-as-nat", .employed = 200, .departed = 1},
    {"09k-no-date-as-zeros8", .employed = 200, .departed = 1},
    {"09l-no-date-as-nines8", .employed = 200, .departed = 1},
    {"10-rehire-keeps-old-termination-date", .employed = 201, .departed = 1, .who = "100",
     .status = PERSON_EMPLOYED},
    {"11-status-codes-A-L-T", .employed = 200, .on_leave = 1, .departed = 1, .rejected = 1,
     .who = "104", .status = PERSON_ON_LEAVE},
    {"12-sep-line", .employed = 200, .departed = 1},
    {"13-title-block", .refused = "roster.header_row = 3"},
    {"13-title-block", "header_row = 3;", .employed = 200, .departed = 1},
    {"13b-title-block-padded", .refused = "roster.header_row = 4"},
    {"13b-title-block-padded", "header_row = 4;", .employed = 200, .departed = 1},
    {"14-footer-total", .employed = 200, .departed = 1, .rejected = 1, .reason = "roster.footer"},
    {"14-footer-total", "footer = \"total*\";", .employed = 200, .departed = 1},
    {"14b-footer-total-padded", "footer = \"Total*\";", .employed = 200, .departed = 1},
    {"14c-footer-no-status", .employed = 200, .rejected = 1, .reason = "roster.footer"},
    {"14c-footer-no-status", "footer = \"Total*\";", .employed = 200},
    {"15-two-header-rows", .employed = 200, .departed = 1, .rejected = 1,
     .reason = "roster.label_rows = 1"},
    {"15-two-header-rows", "label_rows = 1;", .employed = 200, .departed = 1},
    {"15-two-header-rows", "label_rows = 2;", .refused = "row 3"},
    {"16-excel-serial-dates", .rejected = 201, .reason = "serial day number (2010-01-13)"},
    {"16-excel-serial-dates", "date_format = \"excel-serial\";", .employed = 200, .departed = 1,
     .who = "101", .status = PERSON_DEPARTED},
    {"16b-excel-serial-some", .employed = 200, .rejected = 2,
     .reason = "serial day number (2026-09-19)"},
    {"17-utc-shifted-days", .employed = 201, .rejected = 1, .who = "100",
     .status = PERSON_EMPLOYED},
    {"18-excel-unicode-text", .employed = 200, .departed = 1},
    {"19-german-1252", .employed = 200, .departed = 1},
    {"19b-english-titles-1252",
     "delimiter = \";\"; columns: { employee_number = \"Employee ID\"; };",
     .refused = "roster.encoding"},
    {"19b-english-titles-1252",
     "delimiter = \";\"; encoding = \"WINDOWS-1252\"; date_format = \"%d.%m.%Y\"; columns: { "
     "employee_number = \"Employee ID\"; last_day = \"Termination Date\"; };",
     .employed = 200, .departed = 1},
    {"20-japanese-cp932", .employed = 200, .departed = 1},
    {"21-invisible-characters", .employed = 201, .rejected = 4, .reason = "U+200B"},
    {"21-invisible-characters", .employed = 201, .rejected = 4, .reason = "<NBSP>"},
    {"22-placeholder-address", .employed = 203, .departed = 2},
    {"23-placeholder-number", .employed = 200, .departed = 1},
    {"24-leading-zeros-lost", .employed = 201, .departed = 1},
    {"24b-leading-zeros-with-names", .employed = 201, .departed = 1},
    {"24c-leaver-with-lost-zeros", .employed = 200, .departed = 1},
    {"25-two-digit-years", .rejected = 202, .reason = "roster.two_digit_year_cutoff"},
    {"25-two-digit-years", "date_format = \"%m/%d/%y\"; two_digit_year_cutoff = 2049;",
     .employed = 200, .departed = 1, .rejected = 1, .reason = "the last day has passed"},
    {"26-header-on-every-row", .refused = "repeats the titles"},
    {"27-title-twice", .refused = "is in the header twice"},
    {"27b-email-twice", "columns: { employee_number = \"Employee ID\"; email = \"Email\"; };",
     .refused = "is in the header twice, as columns"},
    {"28-two-files-pasted", .employed = 200, .departed = 1, .rejected = 1,
     .reason = "the header again: two files"},
    {"29-trailing-comma", .employed = 200, .departed = 1},
    {"31-on-leave-in-its-own-column", "on_leave_column = \"OnLeave\";", .employed = 200,
     .on_leave = 1, .who = "104", .status = PERSON_ON_LEAVE},
    {"32-scim-as-specified", .employed = 31, .departed = 1},
    {"32b-scim-active-as-text", .employed = 31, .departed = 1},
    {"32c-scim-active-as-number", .employed = 31, .departed = 1},
    {"32d-scim-lower-case-name", .employed = 31, .departed = 1},
    {"32e-scim-some-lower-case", .employed = 31, .departed = 1},
    {"32f-scim-active-missing", .refused = "no user has 'active'"},
    {"32g-scim-bare-array", .refused = "bare list of users"},
    {"32h-scim-start-index-0", .refused = "startIndex 0"},
    {"34-json-array", .employed = 30, .departed = 1},
    {"34b-workday-report-entry", .refused = "roster.items = \"/Report_Entry\""},
    {"34b-workday-report-entry", "items = \"/Report_Entry\";", .employed = 30, .departed = 1},
    {"34d-personio-nested", .refused = "/attributes/id/value"},
    {"34d-personio-nested",
     "columns: { employee_number = \"/attributes/id/value\"; email = \"/attributes/email/value\"; "
     "status = \"/attributes/status/value\"; last_day = \"/attributes/termination_date/value\"; };"
     "status: { employed = \"active\"; departed = \"inactive\"; };",
     .employed = 30},
    {"34e-json-member-twice", .employed = 30, .rejected = 1, .reason = "a member twice"},
    {"34f-json-huge-number", .employed = 30, .departed = 1, .rejected = 1,
     .reason = "a number too large"},
    {"34g-json-float-number", .employed = 30, .rejected = 1, .reason = "decimal point"},
    {"34h-json-nan", .refused = "(element 1, member 'lastDay'): NaN"},
    {"34i-json-lines", .refused = "roster.format = \"jsonl\""},
    {"34i-json-lines", "format = \"jsonl\";", .employed = 30, .departed = 1},
    {"34j-json-bom", .employed = 30, .departed = 1},
    {"34k-json-msdate", .employed = 30, .rejected = 1, .reason = "in milliseconds"},
    {"34l-json-list-valued", .rejected = 31, .reason = "\"/email/0\""},
    {"36-rehire-row-with-unknown-word", .employed = 200, .departed = 1, .rejected = 1,
     .reason = "'Rehired'"},
    {"36b-rehire-row-with-a-loose-comma", .employed = 200, .departed = 1, .rejected = 1,
     .duplicates = 2, .reason = "must be quoted"},
    {"38-rehire-number-damaged", .employed = 200, .departed = 1, .rejected = 1, .reason = "100.0"},
    {"39b-to-be-terminated",
     "columns: { " PLAIN "status = \"Status\"; }; status: { employed = \"Employed\"; departed = "
     "\"Terminated\"; };",
     .employed = 200, .departed = 1, .rejected = 1, .reason = "'To Be Terminated'"},
    {"40-nickname-in-quotes", .refused = "doubles it"},
    {"40b-backslash-quotes", .refused = "backslash"},
    {"41-dos-end-of-file", .employed = 200, .departed = 1},
    {"41b-nul-at-the-end", .refused = "only NUL bytes"},
    {"42-mixed-line-ends", .employed = 200, .departed = 1},
    {"44-nbsp-in-title", .employed = 200, .departed = 1},
    {"45-two-accounts-one-number", .employed = 200, .departed = 1},
    {"46-two-orders-in-two-columns",
     "columns: { " PLAIN "status = \"Employment Status\"; hire_date = \"Hire Date\"; last_day = "
     "\"Termination Date\"; }; status: { employed = \"Active\"; departed = \"Terminated\"; }; "
     "date_formats: { hire_date = \"%m/%d/%Y\"; last_day = \"%d/%m/%Y\"; };",
     .employed = 201, .departed = 1, .who = "100", .status = PERSON_EMPLOYED},
    {"50-nobody-in-it", .employed = 0},
    {"51-single-quotes", .employed = 200, .rejected = 1, .reason = "single marks"},
    {"60a-dates-with-a-time", .employed = 200, .departed = 1},
    {"60b-dates-with-a-time", .employed = 200, .departed = 1},
    {"60c-dates-with-a-time", .employed = 200, .departed = 1},
    {"60d-dates-with-a-time", .employed = 200, .departed = 1},
    {"60e-dates-with-a-time", .employed = 200, .departed = 1},
};

static void add_directory(struct text *path)
{
    const char *directory = getenv("SHARED_CASES");

    text_add(path, directory ? directory : SOURCE_DIR "/../shared/cases");
    text_add(path, "/roster");
}

/* skip() jumps, so whoever calls holds nothing yet. */
static void need_cases(void)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;
    bool there;

    add_directory(&path);
    there = access(text_cstr(&path), R_OK) == 0;
    text_release(&path);
    if (!there)
        skip();
}

static char *read_file(const char *folder, const char *name)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;
    struct text text = TEXT_INIT;

    add_directory(&path);
    text_addf(&path, "/%s/%s", folder, name);
    FILE *file = fopen(text_cstr(&path), "r");
    for (int c; file && (c = fgetc(file)) != EOF;)
        text_add_char(&text, (char)c);
    if (!file)
        return NULL;
    fclose(file);
    return text_take(&text);
}

/* Whether the setting that begins there is among those added. */
static bool is_added(const char *setting, size_t length, const char *added)
{
    CLEANUP(mem_cleanup) char *name = mem_strndup(setting, length);
    const char *found = added ? strstr(added, name) : NULL;

    return found && (found == added || found[-1] == ' ') && strchr(" :=", found[length]);
}

/* The configuration with the settings added to `roster`, each in place of what it said before. */
static void add_configuration(struct text *text, const struct known_case *one, const char *config)
{
    const char *roster = strstr(config, "roster:\n{"), *end = strstr(roster, "\n};");
    const char *c = roster + strlen("roster:\n{");

    if (!end)
        end = strstr(roster, "};\n");
    text_add_bytes(text, config, (size_t)(c - config));
    while (c < end) {
        size_t blanks = strspn(c, " \n"), name = strcspn(c + blanks, " :=\n;}");
        const char *stop = c + blanks;
        int depth = 0;

        for (; stop < end && (depth > 0 || *stop != ';'); stop++)
            depth += (*stop == '{') - (*stop == '}');
        stop += stop < end;
        if (!is_added(c + blanks, name, one->settings) || name == 0)
            text_add_bytes(text, c, (size_t)(stop - c));
        c = stop;
    }
    text_addf(text, " %s ", one->settings ? one->settings : "");
    text_add(text, end);
}

static void put(const char *directory, const char *name, const char *bytes)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "%s/%s", directory, name);
    assert_int_equal(file_write(text_cstr(&path), 0600, bytes, strlen(bytes), NULL), 0);
}

static void load(const struct known_case *one, const char *directory, struct arena *arena,
                 struct config *ret_config)
{
    CLEANUP(mem_cleanup) char *given = read_file(one->folder, "case.conf");
    CLEANUP(text_release) struct text text = TEXT_INIT, path = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    char *port;

    add_configuration(&text, one, given ? given : written);
    port = strstr(text.data, ":PORT\"");
    if (port)
        memcpy(port, ":9\"; ##", 3), memmove(port + 3, port + 6, strlen(port + 6) + 1);
    put(directory, "secret", "x\n");
    put(directory, "case.conf", text_cstr(&text));
    text_addf(&path, "%s/case.conf", directory);
    if (config_load(arena, text_cstr(&path), CONFIG_ALL_SECRETS, ret_config, NULL, &err) < 0)
        fail_msg("%s (%s): %s", one->folder, one->settings ? one->settings : "", err.text);
}

static struct roster_case read_case(const struct known_case *one)
{
    char directory[] = "/tmp/roster-case-XXXXXX";
    struct roster_case c = {.result = -1};
    CLEANUP(text_release) struct text path = TEXT_INIT;
    CLEANUP(text_release) struct text command = TEXT_INIT;
    struct config config;

    assert_non_null(mkdtemp(directory));
    load(one, directory, &c.arena, &config);
    add_directory(&path);
    text_addf(&path, "/%s/%s", one->folder, strrchr(config.roster.source, '/') + 1);
    c.result = roster_read(&c.arena, &config.roster, text_cstr(&path), CASE_NOW, &c.roster, &c.err);
    for (const char *const *name = (const char *const[]){"secret", "case.conf", NULL}; *name;
         name++) {
        text_clear(&command);
        text_addf(&command, "%s/%s", directory, *name);
        (void)unlink(text_cstr(&command));
    }
    (void)rmdir(directory);
    return c;
}

static void check_read(const struct known_case *one, struct roster_case *c, struct text *wrong)
{
    size_t by_status[PERSON_ABSENT + 1] = {0};
    bool reason = !one->reason, who = !one->who;
    struct day today = DAY_NONE;

    assert_true(day_from_civil(2026, 11, 28, &today));
    roster_judge(&c->roster, today);
    for (size_t i = 0; i < c->roster.count; i++) {
        const struct person *person = &c->roster.person[i];

        by_status[person->status]++;
        reason =
            reason || (person_rejected(person) && strstr(person_rejected(person), one->reason));
        who = who || (person->employee_number && strcmp(person->employee_number, one->who) == 0 &&
                      person->status == one->status);
    }
    if (by_status[PERSON_EMPLOYED] != one->employed ||
        by_status[PERSON_ON_LEAVE] != one->on_leave || by_status[PERSON_FUTURE] != one->future ||
        by_status[PERSON_DEPARTED] != one->departed || c->roster.rejected != one->rejected ||
        c->roster.duplicates != one->duplicates || !reason || !who)
        text_addf(wrong,
                  "%s (%s): %zu employed, %zu on leave, %zu future, %zu departed, %zu rejected, "
                  "%zu duplicates%s%s\n",
                  one->folder, one->settings ? one->settings : "", by_status[PERSON_EMPLOYED],
                  by_status[PERSON_ON_LEAVE], by_status[PERSON_FUTURE], by_status[PERSON_DEPARTED],
                  c->roster.rejected, c->roster.duplicates, reason ? "" : ", not that reason",
                  who ? "" : ", somebody is something else");
}

TEST(roster_case_is_read_as_is_right)
{
    CLEANUP(text_release) struct text wrong = TEXT_INIT;

    need_cases();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(case_release) struct roster_case c = read_case(&cases[i]);

        if (c.result == 0 && !cases[i].refused)
            check_read(&cases[i], &c, &wrong);
        else if (c.result == 0 || !cases[i].refused || !strstr(c.err.text, cases[i].refused))
            text_addf(&wrong, "%s (%s): %s\n", cases[i].folder,
                      cases[i].settings ? cases[i].settings : "",
                      c.result == 0 ? "accepted" : c.err.text);
    }
    if (wrong.length > 0)
        fail_msg("%s", text_cstr(&wrong));
}

/* A folder that nobody wrote down here would be a case that nobody tries. */
TEST(roster_case_of_each_folder_is_known)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;
    struct dirent *entry;
    DIR *directory;

    need_cases();
    add_directory(&path);
    directory = opendir(text_cstr(&path));
    assert_non_null(directory);
    while ((entry = readdir(directory))) {
        bool known = false;

        for (size_t i = 0; i < COUNT_OF(cases); i++)
            known = known || strcmp(cases[i].folder, entry->d_name) == 0;
        if (!known && entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
            fail_msg("no row for %s", entry->d_name);
    }
    closedir(directory);
}
