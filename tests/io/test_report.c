/*
 * The outputs of one hand-made plan full of names that somebody wrote to break a report, and of
 * plans that are held, empty, or long. JSON is read back by json-c, CSV by libcsv, HTML by
 * xmllint where it is installed.
 */
#include <csv.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "core/seats.h"
#include "format/encode.h"
#include "host/file.h"
#include "instant_of.h"
#include "report/files.h"
#include "report/report.h"
#include "test.h"

#define RLO "\xE2\x80\xAE"

static struct day day_of(const char *iso)
{
    struct day day = DAY_NONE;

    assert_true(day_parse_iso(iso, &day));
    return day;
}

static struct plan_row row_of(enum action action, const char *rule, const char *number,
                              const char *name, const char *reason)
{
    return (struct plan_row){
        .action = action,
        .finding = action == ACTION_KEEP,
        .account_id = "ABCDEF01-2345-6789-0123456789ABCDEF",
        .username = "user",
        .email = "user@acme.example",
        .name = name,
        .rule = rule,
        .reason = reason,
        .clause = number,
        .account_word = "active",
        .person_word = "employed",
        .matched_by = "email",
        .last_login_source = "",
        .idle_days = -1,
        .profile = "Regular user",
        .roles = "ASSETUPLOAD MEDIADOWNLOAD",
    };
}

enum { HOSTILE_COUNT = 12 };

static const char *const hostile[HOSTILE_COUNT] = {
    "<script>alert('x')</script>",
    "\"><img src=x onerror=\"alert(1)\">",
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "two\nlines\r\nand a tab\t.",
    RLO "txt.exe" RLO,
    "broken \xff\xfe\xC3 utf-8",
    "👩\xE2\x80\x8D💻 Zoë 🇳🇱",
    "محمد بن موسى الخوارزمي",
    "李小龍,司馬懿",
    "' OR 1=1 --",
    "&amp;&lt;already&gt;",
    "\x1b[31mred\x1b[0m\x07",
};

static struct plan_row hostile_rows[HOSTILE_COUNT];
static struct guard_finding guards[] = {
    {.id = "G1",
     .hold = false,
     .limit = "48 h",
     .actual = "3 h",
     .text = "the roster was read 3 hours ago"},
    {.id = "G7",
     .hold = false,
     .limit = "50",
     .actual = "8",
     .text = "8 suspensions are within 50"},
    {.id = "G9",
     .hold = false,
     .limit = "2",
     .actual = "4",
     .text = "4 administrators would be left"},
};
static struct class_seats classes[] = {
    {.name = "Heavy",
     .seats = 42,
     .seats_after = 40,
     .contracted = 41,
     .price = 12005000,
     .currency = "EUR"},
    {.name = "<script>alert('x')</script>",
     .seats = 7,
     .seats_after = 7,
     .contracted = -1,
     .price = -1},
    {.seats = 1, .contracted = -1, .price = -1},
};
static const char *const notes[] = {"protected entry 'boss@<acme>' expired on 2026-06-30"};

/* Eight suspensions of two rules, one deprovision, one reactivation, two findings. */
static struct plan make_plan(void)
{
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        enum action action = i == 0   ? ACTION_REACTIVATE
                             : i <= 8 ? ACTION_SUSPEND
                             : i == 9 ? ACTION_DEPROVISION
                                      : ACTION_KEEP;
        const char *rule = i == 0 ? "re-hired" : i <= 4 ? "departed" : i <= 8 ? "idle" : "gone";

        hostile_rows[i] = row_of(action, i > 9 ? "" : rule, i > 9 ? "P4" : "R4", hostile[i],
                                 "idle: last login 2026-05-01 (205 days ago) is at or over 90");
        hostile_rows[i].last_login = instant_of("2026-05-01T10:11:12Z");
        hostile_rows[i].idle_days = 205;
        hostile_rows[i].last_login_source = "single read";
    }
    hostile_rows[5].not_before = day_of("2026-12-06");
    hostile_rows[5].new_announcement = true;
    hostile_rows[6].last_login = INSTANT_NONE;
    hostile_rows[6].idle_days = -1;
    hostile_rows[7].reason = hostile[1];
    hostile_rows[7].department = hostile[0];
    hostile_rows[7].country = hostile[0];
    hostile_rows[8].country = "NL";
    hostile_rows[7].seat_class = hostile[0];
    hostile_rows[8].seat_class = "Heavy";
    hostile_rows[8].roles = NULL;
    hostile_rows[8].employee_number = "007";
    return (struct plan){
        .id = 7,
        .portal = "acme <&> \"co\"",
        .digest = digest_of("x", 1),
        .state = PLAN_PROPOSED,
        .created_at = instant_of("2026-11-22T07:45:00Z"),
        .today = day_of("2026-11-22"),
        .time_zone = "Europe/Amsterdam",
        .first_plan = true,
        .approvals[ACTION_SUSPEND] = 1,
        .approvals[ACTION_DEPROVISION] = 2,
        .seat_class = classes,
        .seat_class_count = COUNT_OF(classes),
        .inputs =
            {
                .snapshot_id = 3,
                .snapshot_taken_at = instant_of("2026-11-22T07:40:00.5Z"),
                .snapshot_complete = true,
                .accounts = 5000,
                .active = 4100,
                .inactive = 898,
                .gone = 4,
                .unreadable = 2,
                .requests = 321,
                .snapshot_digest = digest_of("s", 1),
                .roster_id = 5,
                .roster_source = "file:///srv/hr/roster.csv",
                .roster_digest = digest_of("r", 1),
                .roster_read_at = instant_of("2026-11-22T07:39:00Z"),
                .people = 4800,
                .rejected = 3,
                .duplicates = 1,
                .policy_digest = digest_of("p", 1),
            },
        .totals = {.of = {[ACTION_KEEP] = 4990,
                          [ACTION_SUSPEND] = 8,
                          [ACTION_DEPROVISION] = 1,
                          [ACTION_REACTIVATE] = 1},
                   .waiting = 1,
                   .findings = 2,
                   .seats_now = 4100,
                   .seats_after = 4093},
        .idle = {{900, 700, 500, 300, 200, 150, 90, 60, 40, 20, 10, 5, 2, 1100}, 19, 4},
        .guard = guards,
        .guard_count = COUNT_OF(guards),
        .row = hostile_rows,
        .row_count = HOSTILE_COUNT,
        .note = notes,
        .note_count = COUNT_OF(notes),
    };
}

static struct text render(const struct plan *plan, enum report_format format, unsigned width)
{
    const struct report_style style = {.width = width};
    struct text out = TEXT_INIT;

    assert_int_equal(report_plan(plan, format, &style, &out, NULL), 0);
    assert_true(text_is_utf8(text_cstr(&out), out.length));
    assert_int_equal(out.data[out.length - 1], '\n');
    return out;
}

static size_t count_of(const char *haystack, const char *needle)
{
    size_t count = 0;

    for (const char *at = haystack; (at = strstr(at, needle)); at += strlen(needle))
        count++;
    return count;
}

/* --- JSON --- */

static void release_json(struct json_object **object)
{
    json_object_put(*object);
}

/* The member at a path such as "inputs/roster/id"; it must be there, null included. */
static struct json_object *member(struct json_object *object, const char *path)
{
    CLEANUP(mem_cleanup) char *copy = mem_strdup(path);
    char *name = copy;

    for (char *slash; name; name = slash ? slash + 1 : NULL) {
        slash = strchr(name, '/');
        if (slash)
            *slash = '\0';
        assert_true(json_object_object_get_ex(object, name, &object));
    }
    return object;
}

/* What json-c writes for the member: type and value in one comparison. */
static void assert_member(struct json_object *object, const char *path, const char *expected)
{
    assert_string_equal(
        json_object_to_json_string_ext(member(object, path), JSON_C_TO_STRING_NOSLASHESCAPE),
        expected);
}

TEST(report_json_plan_has_every_field_of_the_contract)
{
    static const char *const expected[][2] = {
        {"plan/id", "7"},
        {"plan/digest", "\"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881\""},
        {"plan/portal", "\"acme <&> \\\"co\\\"\""},
        {"plan/state", "\"proposed\""},
        {"plan/created_at", "\"2026-11-22T07:45:00Z\""},
        {"plan/expires_at", "null"},
        {"plan/first_plan", "true"},
        {"plan/approvals/suspend", "1"},
        {"plan/approvals/deprovision", "2"},
        {"inputs/snapshot/id", "3"},
        {"inputs/snapshot/taken_at", "\"2026-11-22T07:40:00.500000Z\""},
        {"inputs/snapshot/complete", "true"},
        {"inputs/snapshot/incomplete_reason", "null"},
        {"inputs/snapshot/accounts", "5000"},
        {"inputs/snapshot/active", "4100"},
        {"inputs/snapshot/inactive", "898"},
        {"inputs/snapshot/gone", "4"},
        {"inputs/snapshot/unreadable", "2"},
        {"inputs/snapshot/requests", "321"},
        {"inputs/roster/id", "5"},
        {"inputs/roster/people", "4800"},
        {"inputs/roster/rejected", "3"},
        {"inputs/roster/duplicates", "1"},
        {"inputs/roster/source", "\"file:///srv/hr/roster.csv\""},
        {"inputs/roster/read_at", "\"2026-11-22T07:39:00Z\""},
        {"inputs/policy/mode", "\"report\""},
        {"totals/keep", "4990"},
        {"totals/suspend", "8"},
        {"totals/deprovision", "1"},
        {"totals/reactivate", "1"},
        {"totals/of",
         "{\"downgrade\":0,\"suspend\":8,\"deprovision\":1,\"reactivate\":1,\"restore\":0}"},
        {"totals/approved", "0"},
        {"totals/kept", "0"},
        {"totals/waiting", "1"},
        {"totals/findings", "2"},
        {"totals/seats_now", "4100"},
        {"totals/seats_after", "4093"},
    };
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text out = render(&plan, REPORT_JSON, 0);
    CLEANUP(release_json) struct json_object *root = json_tokener_parse(text_cstr(&out));

    assert_non_null(root);
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_member(root, expected[i][0], expected[i][1]);
    assert_int_equal(json_object_array_length(member(root, "guards")), COUNT_OF(guards));
    assert_member(json_object_array_get_idx(member(root, "guards"), 1), "verdict", "\"pass\"");
    assert_member(json_object_array_get_idx(member(root, "guards"), 1), "limit", "\"50\"");
    assert_int_equal(json_object_array_length(member(root, "notes")), 1);
    assert_member(root, "classes",
                  "[{\"class\":\"Heavy\",\"seats\":42,\"seats_after\":40,\"contracted\":41,"
                  "\"free\":-1,\"free_after\":1,\"price\":1200.5,\"currency\":\"EUR\"},"
                  "{\"class\":\"<script>alert('x')</script>\",\"seats\":7,\"seats_after\":7,"
                  "\"contracted\":null,\"free\":null,\"free_after\":null,\"price\":null,"
                  "\"currency\":null},{\"class\":null,\"seats\":1,\"seats_after\":0,"
                  "\"contracted\":null,\"free\":null,\"free_after\":null,\"price\":null,"
                  "\"currency\":null}]");
    assert_non_null(strstr(text_cstr(&out), "\n  \"plan\": {\n    \"id\": 7,\n"));
}

TEST(report_json_decisions_keep_hostile_texts_as_they_are)
{
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text out = render(&plan, REPORT_JSON, 0);
    CLEANUP(release_json) struct json_object *root = json_tokener_parse(text_cstr(&out));
    struct json_object *decisions = member(root, "decisions"), *row;

    assert_int_equal(json_object_array_length(decisions), HOSTILE_COUNT);
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        row = json_object_array_get_idx(decisions, i);
        if (text_is_utf8(hostile[i], strlen(hostile[i])))
            assert_string_equal(json_object_get_string(member(row, "name")), hostile[i]);
        assert_member(row, "profile", "\"Regular user\"");
    }
    row = json_object_array_get_idx(decisions, 5);
    assert_member(row, "account_id", "\"ABCDEF01-2345-6789-0123456789ABCDEF\"");
    assert_member(row, "action", "\"suspend\"");
    assert_member(row, "not_before", "\"2026-12-06\"");
    assert_member(row, "last_login", "\"2026-05-01T10:11:12Z\"");
    assert_member(row, "idle_days", "205");
    assert_member(row, "department", "null");
    assert_member(row, "held_by", "null");
    assert_member(row, "new_announcement", "true");
    assert_member(row, "roles", "[\"ASSETUPLOAD\",\"MEDIADOWNLOAD\"]");
    row = json_object_array_get_idx(decisions, 6);
    assert_member(row, "last_login", "null");
    assert_member(row, "idle_days", "null");
    assert_member(row, "not_before", "null");
    assert_member(json_object_array_get_idx(decisions, 6), "country", "null");
    assert_member(json_object_array_get_idx(decisions, 8), "country", "\"NL\"");
    assert_member(json_object_array_get_idx(decisions, 6), "class", "null");
    assert_member(json_object_array_get_idx(decisions, 8), "class", "\"Heavy\"");
    assert_member(json_object_array_get_idx(decisions, 8), "roles", "[]");
    assert_member(json_object_array_get_idx(decisions, 8), "employee_number", "\"007\"");
    assert_member(json_object_array_get_idx(decisions, 11), "finding", "true");
    assert_member(json_object_array_get_idx(decisions, 11), "rule", "null");
}

/* --- CSV --- */

struct cells {
    char *cell[1000];
    size_t count;
    size_t rows;
    size_t row_end[100];
};

static void on_cell(void *bytes, size_t length, void *context)
{
    struct cells *cells = context;

    cells->cell[cells->count++] = mem_strndup(bytes, length);
}

static void on_row(int last, void *context)
{
    struct cells *cells = context;

    (void)last;
    cells->row_end[cells->rows++] = cells->count;
}

static void read_csv(const struct text *csv, struct cells *cells)
{
    struct csv_parser parser;

    assert_int_equal(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL), 0);
    assert_int_equal(csv_parse(&parser, csv->data, csv->length, on_cell, on_row, cells),
                     csv->length);
    assert_int_equal(csv_fini(&parser, on_cell, on_row, cells), 0);
    csv_free(&parser);
}

static void release_cells(struct cells *cells)
{
    for (size_t i = 0; i < cells->count; i++)
        free(cells->cell[i]);
}

TEST(report_csv_read_back_equals_the_rows_but_for_defusing)
{
    static const char *const expected[HOSTILE_COUNT] = {
        [2] = "'=HYPERLINK(\"http://evil.example\",\"click\")",
        [3] = "two\\x0alines\\x0d\\x0aand a tab\\x09.",
        [4] = "\\u{202e}txt.exe\\u{202e}",
        [5] = "broken \\xff\\xfe\\xc3 utf-8",
        [9] = "' OR 1=1 '--",
        [11] = "\\x1b[31mred\\x1b[0m\\x07",
    };
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text out = render(&plan, REPORT_CSV, 0);
    CLEANUP(release_cells) struct cells cells = {.count = 0};
    size_t columns;

    assert_true(text_starts(
        text_cstr(&out),
        "account_id,username,email,name,decision,until,reason,"
        "action,rule,why,row,not_before,account,person,employee_number,"
        "matched_by,last_login,last_login_source,idle_days,last_activity,last_activity_kind,"
        "profile,roles,from_profile,from_profile_id,to_profile,"
        "to_profile_id,gained_roles,department,country,class,"));
    read_csv(&out, &cells);
    assert_int_equal(cells.rows, HOSTILE_COUNT + 1);
    columns = cells.row_end[0];
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        char *const *cell = &cells.cell[(i + 1) * columns];

        assert_int_equal(cells.row_end[i + 1], (i + 2) * columns);
        assert_string_equal(cell[0], "ABCDEF01-2345-6789-0123456789ABCDEF");
        assert_string_equal(cell[3], expected[i] ? expected[i] : hostile[i]);
    }
    assert_string_equal(cells.cell[6 * columns + 11], "2026-12-06");
    assert_string_equal(cells.cell[6 * columns + 16], "2026-05-01T10:11:12Z");
    assert_string_equal(cells.cell[6 * columns + 18], "205");
    assert_string_equal(cells.cell[6 * columns + 22], "ASSETUPLOAD MEDIADOWNLOAD");
    assert_string_equal(cells.cell[7 * columns + 18], "");
}

/* --- HTML --- */

TEST(report_html_hostile_texts_stay_text)
{
    static const char *const forbidden[] = {
        "<img", "<link", "<iframe", "onerror=\"", "javascript:", "http://", "https://", "url(",
        RLO,    "\x1b",  "\x07",    "\xff",       "@import",     "style=",  "onclick",
    };
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text out = render(&plan, REPORT_HTML, 0);

    assert_int_equal(count_of(text_cstr(&out), "<script"), 1); /* ours, behind all rows */
    assert_null(strstr(strstr(text_cstr(&out), "<script"), "<bdi>"));

    for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
        const char *found = strstr(text_cstr(&out), forbidden[i]);

        if (found && !text_starts(found, "http://evil.example&quot;"))
            fail_msg("'%s' in the report: %.60s", forbidden[i], found);
    }
    assert_non_null(strstr(text_cstr(&out), "<bdi>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"
                                            "</bdi>"));
    assert_non_null(strstr(text_cstr(&out), "lang=\"en\""));
    assert_non_null(strstr(text_cstr(&out), "<bdi>acme &lt;&amp;&gt; &quot;co&quot;</bdi>"));
    assert_non_null(strstr(text_cstr(&out), "expired on 2026-06-30"));
}

/* `sha256-…` of what stands between two tags of the page, as a browser computes it. */
static void add_source(struct text *out, const char *page, const char *from, const char *to)
{
    const char *begin = strstr(page, from);
    const char *end = begin ? strstr(begin, to) : NULL;
    char base64[DIGEST_BASE64_SIZE];

    assert_true(begin && end);
    begin += strlen(from);
    struct digest digest = digest_of(begin, (size_t)(end - begin));
    text_addf(out, "'sha256-%s'", digest_base64(&digest, base64));
}

TEST(report_html_policy_allows_its_own_script_and_style_by_what_is_in_them)
{
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text out = render(&plan, REPORT_HTML, 0);
    CLEANUP(text_release) struct text policy = TEXT_INIT;

    text_add(&policy, "content=\"default-src 'none'; script-src ");
    add_source(&policy, text_cstr(&out), "<script>", "</script>");
    text_add(&policy, "; style-src ");
    add_source(&policy, text_cstr(&out), "<style>", "</style>");
    text_add(&policy, "; base-uri 'none'; form-action 'none'\"");
    assert_non_null(strstr(text_cstr(&out), text_cstr(&policy)));
}

/* What a script of ours could turn into elements or programs is not in it. */
TEST(report_html_script_makes_elements_of_texts_in_no_way)
{
    static const char *const forbidden[] = {
        "innerHTML", "outerHTML", "insertAdjacent", "document.write",
        "DOMParser", "eval(",     "Function(",      "createContextualFragment",
        "import(",   "fetch(",    "XMLHttpRequest"};
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text out = render(&plan, REPORT_HTML, 0);
    const char *script = strstr(text_cstr(&out), "<script>");

    assert_non_null(script);
    for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
        if (strstr(script, forbidden[i]))
            fail_msg("'%s' in the script", forbidden[i]);
    }
}

/* What can be decided with the page is what the verb review takes: its row has a subject, and
 * nothing was done of it. */
TEST(report_html_rows_that_can_be_decided_carry_their_subject)
{
    struct plan plan = make_plan();
    char hex[DIGEST_HEX_SIZE];

    for (size_t i = 0; i < 5; i++)
        hostile_rows[i].subject = digest_of(&i, sizeof(i));
    hostile_rows[1].standing =
        (struct row_standing){.state = "done", .done = true, .state_at = plan.created_at};
    CLEANUP(text_release) struct text out = render(&plan, REPORT_HTML, 0);
    assert_int_equal(count_of(text_cstr(&out), " data-subject=\""), 4);
    assert_non_null(strstr(text_cstr(&out), digest_hex(&hostile_rows[2].subject, hex)));
    assert_null(strstr(text_cstr(&out), digest_hex(&hostile_rows[1].subject, hex)));
    assert_non_null(
        strstr(text_cstr(&out), " data-portal=\"acme &lt;&amp;&gt; &quot;co&quot;\" data-plan=7"));
    assert_non_null(strstr(text_cstr(&out), "-plan-7-decisions.json\""));
    plan.id = 0;
    CLEANUP(text_release) struct text unstored = render(&plan, REPORT_HTML, 0);
    assert_int_equal(count_of(text_cstr(&unstored), " data-subject=\""), 0);
    assert_int_equal(count_of(text_cstr(&unstored), " data-digest=\""), 0);
}

/* Why a row is there, by which people read. */
TEST(report_html_each_row_stands_in_the_section_of_why)
{
    static const struct {
        struct plan_row row;
        const char *section;
    } cases[] = {
        {{.action = ACTION_SUSPEND, .person_word = "departed", .used_after = true}, "used-after"},
        {{.action = ACTION_SUSPEND, .person_word = "departed", .idle_days = 400}, "departed"},
        {{.action = ACTION_SUSPEND, .uses_login = true, .idle_days = -1}, "never"},
        {{.action = ACTION_SUSPEND, .uses_person = true, .person_word = "absent"}, "absent"},
        {{.action = ACTION_SUSPEND, .uses_login = true, .idle_days = 365, .last_login = {1}},
         "idle-365"},
        {{.action = ACTION_SUSPEND, .uses_login = true, .idle_days = 364, .last_login = {1}},
         "idle-180"},
        {{.action = ACTION_SUSPEND, .uses_login = true, .idle_days = 179, .last_login = {1}},
         "idle-90"},
        {{.action = ACTION_SUSPEND, .uses_login = true, .idle_days = 89, .last_login = {1}},
         "idle-0"},
        {{.action = ACTION_SUSPEND, .idle_days = 400, .last_login = {1}}, "rule"},
        {{.action = ACTION_KEEP, .finding = true, .clause = "P4"}, "findingP4"},
        {{.action = ACTION_REACTIVATE, .account_word = "inactive"}, "back"},
        {{.action = ACTION_DEPROVISION, .account_word = "inactive"}, "inactive"},
        {{.action = ACTION_KEEP}, "keep"},
    };
    struct plan plan = make_plan();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct plan_row row = cases[i].row;
        CLEANUP(text_release) struct text section = TEXT_INIT;
        row.name = "Anna";
        plan.row = &row;
        plan.row_count = 1;
        CLEANUP(text_release) struct text out = render(&plan, REPORT_HTML, 0);
        text_addf(&section, "<section id=\"%s\" class=\"group ", cases[i].section);
        if (count_of(text_cstr(&out), "class=\"group ") != 1 ||
            !strstr(text_cstr(&out), text_cstr(&section)))
            fail_msg("not in '%s': %s", cases[i].section,
                     strstr(text_cstr(&out), "class=\"group ") - 30);
    }
}

/* A person without a shell is shown no command but where it says whom it is for. */
TEST(report_html_commands_stand_where_the_administrator_looks)
{
    static struct guard_finding holding[] = {
        {.id = "G3", .hold = true, .limit = "1", .actual = "2", .text = "t", .cause = "c"}};
    struct plan plan = make_plan();
    bool folded = false;
    size_t commands = 0;

    plan.guard = holding;
    plan.guard_count = 1;
    CLEANUP(text_release) struct text out = render(&plan, REPORT_HTML, 0);
    for (const char *at = text_cstr(&out); *at && !text_starts(at, "<script>"); at++) {
        if (text_starts(at, "<details class=admin>"))
            folded = true;
        else if (text_starts(at, "</details>"))
            folded = false;
        if (!text_starts(at, "bynder-reconcile ") || !text_starts(at - 6, "<code>"))
            continue;
        assert_true(folded);
        commands++;
    }
    assert_true(commands > 3);
}

/* What the database says of a guard is no more ours than a name is, its id included. */
TEST(report_html_hostile_guards_stay_text)
{
    static struct guard_finding guard[4];
    struct plan plan = make_plan();

    for (size_t i = 0; i < COUNT_OF(guard); i++)
        guard[i] = (struct guard_finding){.id = hostile[0],
                                          .hold = i % 2,
                                          .limit = hostile[0],
                                          .actual = hostile[0],
                                          .text = hostile[0],
                                          .cause = hostile[0],
                                          .let_go_id = (int64_t)i / 2,
                                          .let_go_by = i / 2 ? hostile[0] : NULL,
                                          .let_go_reason = i / 2 ? hostile[0] : NULL};
    plan.guard = guard;
    plan.guard_count = COUNT_OF(guard);
    plan.time_zone = hostile[0];
    CLEANUP(text_release) struct text out = render(&plan, REPORT_HTML, 0);

    assert_int_equal(count_of(text_cstr(&out), "<script"), 1);
    assert_true(count_of(text_cstr(&out), "&lt;script&gt;") > COUNT_OF(guard));
}

TEST(report_html_every_row_guard_and_figure_is_there)
{
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text out = render(&plan, REPORT_HTML, 0);

    assert_int_equal(count_of(text_cstr(&out), "<tr data-action="), HOSTILE_COUNT);
    assert_non_null(strstr(text_cstr(&out), "4,100 &rarr; 4,093"));
    assert_non_null(strstr(text_cstr(&out), "not before 2026-12-06"));
    assert_non_null(strstr(
        text_cstr(&out), "show 7 --format xlsx --output acme%20%3c%26%3e%20%22co%22-plan-7.xlsx"));
    assert_int_equal(count_of(text_cstr(&out), "<rect "), PLAN_IDLE_BUCKETS + 2 + 2);
    assert_int_equal(count_of(text_cstr(&out), "class=digest"), 4);
    for (size_t i = 0; i < COUNT_OF(guards); i++)
        assert_non_null(strstr(text_cstr(&out), guards[i].text));
}

TEST(report_html_and_text_tell_seats_by_class)
{
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text page = render(&plan, REPORT_HTML, 0);
    CLEANUP(text_release) struct text text = render(&plan, REPORT_TEXT, 200);

    assert_non_null(strstr(text_cstr(&page), "<a href=\"#classes\">Seats by class</a>"));
    assert_non_null(strstr(text_cstr(&page),
                           "<tr><th scope=row><bdi>Heavy</bdi><td>42<td>41<td class=beyond>-1"
                           "<td>40<td>1<td>1200.5 EUR\n"));
    assert_non_null(strstr(text_cstr(&page), "<bdi>(no class)</bdi><td>1<td>&ndash;<td>&ndash;<td>0"
                                             "<td>&ndash;<td>&ndash;\n"));
    assert_non_null(strstr(text_cstr(&page), " data-class=\"Heavy\""));
    assert_non_null(strstr(text_cstr(&page), "<small><bdi>Heavy</bdi></small>"));
    assert_non_null(
        strstr(text_cstr(&text),
               "           42          41    -1           40           1       1200.5 EUR\n"));
    assert_non_null(strstr(text_cstr(&text), "  (no class)  "));
    plan.seat_class_count = 0;
    CLEANUP(text_release) struct text without = render(&plan, REPORT_HTML, 0);
    CLEANUP(text_release) struct text plain = render(&plan, REPORT_TEXT, 200);
    assert_null(strstr(text_cstr(&without), "by class"));
    assert_null(strstr(text_cstr(&plain), "Seats by class"));
}

/* An independent reader finds nothing to complain about (xmllint, which does not know the elements
 * of HTML 5 and says so with code 801). */
TEST(report_html_independent_parser_finds_no_error)
{
    char line[512];
    int status;
    pid_t child;

    if (access("/usr/bin/xmllint", X_OK) < 0)
        skip(); /* it jumps out: before there is anything to release */
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text out = render(&plan, REPORT_HTML, 0);
    FILE *input = tmpfile(), *complaints = tmpfile();
    assert_true(input && complaints);
    assert_int_equal(fwrite(out.data, 1, out.length, input), out.length);
    assert_int_equal(fflush(input), 0);
    rewind(input);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(fileno(input), STDIN_FILENO);
        (void)dup2(fileno(complaints), STDERR_FILENO);
        (void)execl("/usr/bin/xmllint", "xmllint", "--html", "--noout", "--huge", "-", (char *)0);
        _exit(127);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    rewind(complaints);
    while (fgets(line, sizeof(line), complaints)) {
        if (strstr(line, "error :") && !strstr(line, " invalid"))
            fail_msg("%s", line);
    }
    (void)fclose(input);
    (void)fclose(complaints);
}

/* --- text --- */

TEST(report_text_plan_says_what_would_happen_first)
{
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text out = render(&plan, REPORT_TEXT, 100);

    assert_true(text_starts(text_cstr(&out),
                            "acme <&> \"co\": would suspend 8, deprovision 1, propose 1 "
                            "reactivation (1 of them only after a grace period); 2 findings\n"));
    assert_non_null(strstr(text_cstr(&out), "suspend — rule 'departed' (4 accounts)\n"));
    assert_non_null(
        strstr(text_cstr(&out), "suspend — rule 'idle' (4 accounts, 1 not before 2026-12-06)\n"));
    assert_non_null(strstr(text_cstr(&out), "finding P4 — more than one person or account fits (2 "
                                            "accounts)\n"));
    assert_non_null(strstr(text_cstr(&out), "seats 4,100 → 4,093 of active accounts"));
    assert_non_null(strstr(text_cstr(&out), "bynder-reconcile show 7 --format html --output "));
    assert_null(strstr(text_cstr(&out), "HELD"));
    assert_true(strstr(text_cstr(&out), "rule 'idle'") < strstr(text_cstr(&out), "deprovision —"));
    assert_true(strstr(text_cstr(&out), "deprovision —") < strstr(text_cstr(&out), "finding P4"));
}

/* What people decided about the rows, and what was done of them. */
static struct plan make_stood(void)
{
    struct plan plan = make_plan();
    struct plan_row *row = hostile_rows;

    row[1].standing = (struct row_standing){.state = "verified",
                                            .done = true,
                                            .state_at = instant_of("2026-11-23T02:00:09Z"),
                                            .back_on = day_of("2027-05-22"),
                                            .approved_by = "anna, bert"};
    row[2].standing = (struct row_standing){
        .state = "skipped", .state_reason = "a login since", .decision = "approve", .who = "anna"};
    row[3].needed = 2;
    row[3].standing = (struct row_standing){
        .decision = "approve", .who = "anna", .approvers = 1, .at = plan.created_at};
    row[4].needed = 1;
    row[4].standing = (struct row_standing){.decision = "approve",
                                            .who = "anna",
                                            .approvers = 1,
                                            .at = plan.created_at,
                                            .night = day_of("2026-11-24")};
    row[5].standing = (struct row_standing){.decision = "keep",
                                            .who = "bert",
                                            .at = plan.created_at,
                                            .until = day_of("2027-03-01"),
                                            .reason = "on a <b>project"};
    plan.totals.done = plan.totals.not_done = plan.totals.approved = plan.totals.kept = 1;
    return plan;
}

TEST(report_says_what_was_decided_and_done)
{
    static const struct {
        enum report_format format;
        const char *says;
    } cases[] = {
        {REPORT_TEXT, "suspended 1, 1 not done; would suspend 7 more, deprovision 1, propose 1 "},
        {REPORT_TEXT, "suspended on 2026-11-23"},
        {REPORT_TEXT, "skipped: a login since"},
        {REPORT_TEXT, "approved by anna, needs 1 more"},
        {REPORT_TEXT, "approved by anna, to be done on 2026-11-24"},
        {REPORT_TEXT, "kept until 2027-03-01 by bert: on a <b>project"},
        {REPORT_TEXT, "approved 1, kept or rejected 1, done 1"},
        {REPORT_HTML, "<small class=\"done\"><b><bdi>suspended on 2026-11-23</bdi></b></small>"},
        {REPORT_HTML, "<small>approved by <bdi>anna, bert</bdi></small>"},
        {REPORT_HTML, "from 2027-05-22<small>Sooner by Bynder's support: <q>Please reactivate "},
        {REPORT_HTML, "<p>1 seat was freed. 1 row was tried and not done.</p>"},
        {REPORT_JSON, "\"approved_by\": \"anna, bert\""},
        {REPORT_HTML, "kept until 2027-03-01 by bert: on a &lt;b&gt;project"},
        {REPORT_JSON, "\"decision\": \"keep\",\n"},
        {REPORT_JSON, "\"state\": \"verified\",\n"},
        {REPORT_JSON, "\"expected_on\": \"2026-11-24\""},
        {REPORT_CSV, ",keep,bert,2026-11-22T07:45:00Z,2027-03-01,on a <b>project,"},
        {REPORT_CSV, ",2026-11-24,"},
    };
    struct plan plan = make_stood();

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text out = render(&plan, cases[i].format, 400);
        if (!strstr(text_cstr(&out), cases[i].says))
            fail_msg("%s: %s", cases[i].says, text_cstr(&out));
    }
}

/* A seat is freed by an act of ours on an account that held one; where there is nothing to tell
 * there is no section. */
TEST(report_html_tells_the_seats_that_were_freed_and_no_others)
{
    struct plan plan = make_stood();
    struct plan_seats seats[] = {{day_of("2026-11-21"), 4101}, {day_of("2026-11-22"), 4100}};

    hostile_rows[4].standing = (struct row_standing){.state = "already", .done = true};
    hostile_rows[9].account_word = "inactive";
    hostile_rows[9].standing = (struct row_standing){.state = "done", .done = true};
    plan.totals.done = 3;
    plan.seats = seats;
    plan.seats_count = 2;
    CLEANUP(text_release) struct text told = render(&plan, REPORT_HTML, 0);
    assert_non_null(strstr(text_cstr(&told), "<p>1 seat was freed. 1 row was tried and not done."));
    assert_non_null(strstr(text_cstr(&told), "<section id=seats>"));
    plan = make_plan();
    for (size_t i = 0; i < HOSTILE_COUNT; i++)
        hostile_rows[i].standing = (struct row_standing){.state = NULL};
    plan.seats = seats;
    plan.seats_count = 1;
    CLEANUP(text_release) struct text fresh = render(&plan, REPORT_HTML, 0);
    assert_null(strstr(text_cstr(&fresh), "<section id=outcome>"));
    assert_null(strstr(text_cstr(&fresh), "<section id=seats>"));
}

/* What was reviewed need not be reviewed again: with which plan, what is new, what went. */
TEST(report_says_what_is_new_since_a_plan_that_people_looked_at)
{
    static const struct {
        enum report_format format;
        const char *says;
    } cases[] = {
        {REPORT_TEXT, "\nnew since plan 3 of 2026-11-15 (the last one that people decided on): 2 "
                      "rows, 1 of them changed; gone since: 1,204, 9 of them by an act; they begin "
                      "with +\n"},
        {REPORT_JSON, "\"since_plan\": {\n      \"id\": 3,\n      \"today\": \"2026-11-15\",\n"
                      "      \"decided\": true,\n      \"new\": 2,\n      \"changed\": 1,\n"
                      "      \"gone\": 1204,\n      \"gone_by_acts\": 9\n    }"},
        {REPORT_CSV, ",is_new,"},
    };
    struct plan plan = make_plan();

    hostile_rows[1].standing.is_new = hostile_rows[5].standing.is_new = true;
    plan.since = (struct plan_since){.plan_id = 3,
                                     .today = day_of("2026-11-15"),
                                     .decided = true,
                                     .new_rows = 2,
                                     .changed = 1,
                                     .gone = 1204,
                                     .gone_by_acts = 9};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text out = render(&plan, cases[i].format, 400);
        if (!strstr(text_cstr(&out), cases[i].says))
            fail_msg("%s: %s", cases[i].says, text_cstr(&out));
    }
    CLEANUP(text_release) struct text text = render(&plan, REPORT_TEXT, 400);
    assert_int_equal(count_of(text_cstr(&text), "\n+ "), 2);
    CLEANUP(text_release) struct text json = render(&plan, REPORT_JSON, 0);
    assert_int_equal(count_of(text_cstr(&json), "\"is_new\": true"), 2);
}

TEST(report_says_of_the_one_before_that_it_is_just_that_and_nothing_without_one)
{
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text none = render(&plan, REPORT_TEXT, 400);

    assert_null(strstr(text_cstr(&none), "new since"));
    plan.since = (struct plan_since){.plan_id = 6, .today = day_of("2026-11-21")};
    CLEANUP(text_release) struct text quiet = render(&plan, REPORT_TEXT, 400);
    assert_non_null(strstr(text_cstr(&quiet),
                           "\nnew since plan 6 of 2026-11-21 (the one before): 0 "
                           "rows; gone since: 0\n"));
    assert_null(strstr(text_cstr(&quiet), "\n+ "));
}

/* Excel takes UTF-8 for what the machine's code page is unless there is a mark, and a time with its
 * letters for a text. Nobody decides by handing a table back as it was written. */
TEST(report_csv_for_spreadsheets_has_a_mark_and_times_that_they_know)
{
    struct plan plan = make_stood();
    CLEANUP(text_release) struct text plain = render(&plan, REPORT_CSV, 0);
    CLEANUP(text_release) struct text marked = render(&plan, REPORT_CSV_BOM, 0);
    CLEANUP(release_cells) struct cells cells = {.count = 0};

    assert_true(text_starts(text_cstr(&marked), "\xEF\xBB\xBF"
                                                "account_id,"));
    assert_non_null(strstr(text_cstr(&plain), ",2026-05-01T10:11:12Z,"));
    assert_non_null(strstr(text_cstr(&marked), ",2026-05-01 10:11:12,"));
    assert_null(strstr(text_cstr(&marked), ",2026-05-01T"));
    read_csv(&plain, &cells);
    size_t columns = cells.row_end[0];
    for (size_t i = 1; i < cells.rows; i++) {
        for (size_t c = 4; c < 7; c++)
            assert_string_equal(cells.cell[i * columns + c], "");
    }
}

/* Each row says which plan it is of: the subject is the same in every plan while nothing changes.
 * A report over an export has no number, and nobody hands it back. */
TEST(report_csv_row_says_which_plan_it_is_of)
{
    static const char *const hexes = "0123456789abcdef";

    for (size_t exported = 0; exported < 2; exported++) {
        struct plan plan = make_plan();
        if (exported) {
            plan.id = 0;
            plan.inputs.snapshot_source = SNAPSHOT_FROM_EXPORT;
        }
        CLEANUP(text_release) struct text out = render(&plan, REPORT_CSV, 0);
        CLEANUP(release_cells) struct cells cells = {.count = 0};
        size_t place = 0;
        read_csv(&out, &cells);
        size_t columns = cells.row_end[0];
        while (place < columns && !text_equal(cells.cell[place], "of_plan"))
            place++;
        assert_true(place < columns);
        assert_string_equal(cells.cell[place - 1], "subject");
        for (size_t i = 1; i < cells.rows; i++) {
            const char *cell = cells.cell[i * columns + place];
            if (exported) {
                assert_string_equal(cell, "");
                continue;
            }
            assert_true(text_starts(cell, "7:"));
            assert_int_equal(strspn(cell + 2, hexes), 64);
        }
    }
}

/* The same plan is the same file, whenever it is made: it can be signed, and compared. */
TEST(report_xlsx_is_a_workbook_and_the_same_each_time)
{
    struct plan plan = make_stood();
    const struct report_style style = {.width = 0};
    CLEANUP(text_release) struct text first = TEXT_INIT, second = TEXT_INIT;

    assert_int_equal(report_plan(&plan, REPORT_XLSX, &style, &first, NULL), 0);
    (void)usleep(1100000); /* the clock of a zip archive has seconds */
    assert_int_equal(report_plan(&plan, REPORT_XLSX, &style, &second, NULL), 0);
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.data, second.data, first.length);
    assert_memory_equal(first.data, "PK\x03\x04", 4);
}

TEST(report_xlsx_of_more_rows_than_a_workbook_takes_is_refused)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text out = TEXT_INIT;
    const struct report_style style = {.width = 0};
    struct plan plan = make_plan();

    plan.row_count = 1048576;
    assert_int_equal(report_plan(&plan, REPORT_XLSX, &style, &out, &err), -1);
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.text, "--format csv"));
    assert_int_equal(out.length, 0);
}

TEST(report_html_a_headline_that_begins_with_a_number_stays_one)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct plan plan = make_plan();

    plan.totals.not_done = 3;
    assert_int_equal(
        report_plan(&plan, REPORT_HTML, &(struct report_style){.width = 80}, &text, NULL), 0);
    assert_non_null(strstr(text_cstr(&text), "<h1>3 not done; would suspend"));
}

TEST(report_html_a_headline_that_begins_with_a_word_begins_large)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct plan plan = make_plan();

    assert_int_equal(
        report_plan(&plan, REPORT_HTML, &(struct report_style){.width = 80}, &text, NULL), 0);
    assert_non_null(strstr(text_cstr(&text), "<h1>Would suspend"));
}

TEST(report_text_hostile_names_show_no_control_character)
{
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text out = render(&plan, REPORT_TEXT, 100);

    for (size_t i = 0; i < out.length; i++)
        assert_true(out.data[i] == '\n' || (unsigned char)out.data[i] >= 0x20);
    assert_null(strstr(text_cstr(&out), RLO));
}

TEST(report_text_any_width_keeps_every_line_within_it)
{
    static const unsigned widths[] = {60, 80, 100, 132, 200};
    struct plan plan = make_plan();

    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        CLEANUP(text_release) struct text out = render(&plan, REPORT_TEXT, widths[i]);

        for (char *line = out.data, *end; (end = strchr(line, '\n')); line = end + 1) {
            *end = '\0';
            if (strstr(line, "--digest ") || strstr(line, "digest   ") || strstr(line, "--output "))
                continue; /* made to be copied: never broken */
            if (strstr(line, "acme <&>"))
                continue; /* the headline, one line whatever it takes */
            if (encode_width(line) > widths[i])
                fail_msg("%zu columns of %u: %s", encode_width(line), widths[i], line);
        }
    }
}

static struct plan make_long_plan(struct plan_row *rows, size_t count)
{
    struct plan plan = make_plan();

    for (size_t i = 0; i < count; i++)
        rows[i] = row_of(ACTION_SUSPEND, "idle", "R4", "Anna Example", "idle for long");
    plan.row = rows;
    plan.row_count = count;
    plan.totals = (struct plan_totals){.of[ACTION_SUSPEND] = count, .seats_now = count};
    return plan;
}

TEST(report_text_long_group_shows_twenty_and_how_many_more)
{
    static struct plan_row rows[1220];
    struct plan plan = make_long_plan(rows, COUNT_OF(rows));
    CLEANUP(text_release) struct text out = render(&plan, REPORT_TEXT, 100);

    assert_int_equal(count_of(text_cstr(&out), "Anna Example"), 20);
    assert_non_null(strstr(text_cstr(&out), "… 1,200 more (see --format csv, json or html)\n"));
    assert_non_null(strstr(text_cstr(&out), "(1,220 accounts)"));
}

TEST(report_text_held_plan_shows_every_row_and_what_to_do)
{
    static struct plan_row rows[120];
    static struct guard_finding holding[] = {
        {.id = "G1", .hold = false, .limit = "48 h", .actual = "3 h", .text = "fresh"},
        {.id = "G7",
         .hold = true,
         .limit = "50",
         .actual = "120",
         .text = "120 suspensions are more than 50"},
    };
    struct plan plan = make_long_plan(rows, COUNT_OF(rows));
    CLEANUP(text_release) struct text out = TEXT_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        rows[i].held_by = "G7";
    plan.state = PLAN_HELD;
    plan.guard = holding;
    plan.guard_count = COUNT_OF(holding);
    out = render(&plan, REPORT_TEXT, 100);
    assert_int_equal(count_of(text_cstr(&out), "Anna Example"), COUNT_OF(rows));
    assert_non_null(strstr(text_cstr(&out), "\nHELD by G7: "));
    assert_non_null(strstr(text_cstr(&out), "G7 number of suspensions: limit 50, actual 120\n"));
    assert_non_null(strstr(text_cstr(&out), "what to do: "));
    assert_non_null(strstr(text_cstr(&out), "(120 accounts, held by G7)"));
}

TEST(report_text_nothing_to_do_is_one_line_and_the_guards)
{
    struct plan plan = make_plan();
    CLEANUP(text_release) struct text out = TEXT_INIT;

    plan.state = PLAN_EMPTY;
    plan.row_count = 0;
    plan.note_count = 0;
    plan.portal = "acme";
    plan.totals =
        (struct plan_totals){.of[ACTION_KEEP] = 5000, .seats_now = 4100, .seats_after = 4100};
    out = render(&plan, REPORT_TEXT, 100);
    assert_true(text_starts(text_cstr(&out), "acme: nothing to do\nplan 7, empty, "));
    assert_non_null(strstr(text_cstr(&out), "guards: 3 looked at, none holds\n"));
}

TEST(report_text_colour_only_when_asked_and_never_alone)
{
    struct plan plan = make_plan();
    const struct report_style style = {.color = true, .width = 100};
    CLEANUP(text_release) struct text colored = TEXT_INIT;
    CLEANUP(text_release) struct text bare = TEXT_INIT;
    CLEANUP(text_release) struct text plain = render(&plan, REPORT_TEXT, 100);

    assert_int_equal(report_plan(&plan, REPORT_TEXT, &style, &colored, NULL), 0);
    for (const char *c = colored.data; *c; c++) {
        if (*c == '\x1b')
            c = strchr(c, 'm');
        else
            text_add_char(&bare, *c);
    }
    assert_string_equal(text_cstr(&bare), text_cstr(&plain));
    assert_true(colored.length > plain.length);
}

/* --- formats and files --- */

TEST(report_format_parse_names_are_those_of_the_contract)
{
    static const char *const names[REPORT_FORMAT_COUNT] = {"text", "json", "csv",
                                                           "html", "xlsx", "csv-bom"};
    enum report_format format = REPORT_TEXT;

    for (size_t i = 0; i < REPORT_FORMAT_COUNT; i++) {
        assert_true(report_format_parse(names[i], &format));
        assert_int_equal(format, i);
        assert_string_equal(report_format_name(format), names[i]);
    }
    assert_false(report_format_parse("xml", &format));
    assert_false(report_format_parse("", &format));
    assert_false(report_format_parse(NULL, &format));
}

static void make_directory(char directory[static 32])
{
    (void)snprintf(directory, 32, "/tmp/test-report-XXXXXX");
    assert_non_null(mkdtemp(directory));
}

static void assert_file(const char *directory, const char *name, const struct text *content)
{
    CLEANUP(mem_cleanup) char *path = file_join(directory, name);
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct stat status;

    if (!content) {
        assert_int_equal(access(path, F_OK), -1);
        return;
    }
    assert_int_equal(file_read(path, 10000000, ERR_INTERNAL, &text, NULL, NULL), 0);
    assert_string_equal(text_cstr(&text), text_cstr(content));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_int_equal(unlink(path), 0);
}

TEST(report_write_files_configured_formats_only_under_safe_names)
{
    char base[32];
    struct plan plan = make_plan();
    struct config config = {.report = {.text = true, .csv = true, .html = true}};
    CLEANUP(text_release) struct text text = render(&plan, REPORT_TEXT, 0);
    CLEANUP(text_release) struct text csv = render(&plan, REPORT_CSV, 0);
    CLEANUP(text_release) struct text html = render(&plan, REPORT_HTML, 0);
    CLEANUP(mem_cleanup) char *directory = NULL;
    CLEANUP(mem_cleanup) char *path = NULL;
    CLEANUP(mem_cleanup) char *expected = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;

    make_directory(base);
    directory = file_join(base, "new/reports");
    config.report.directory = directory;
    plan.portal = "../acme co";
    text_release(&html);
    text_release(&text);
    html = render(&plan, REPORT_HTML, 0);
    text = render(&plan, REPORT_TEXT, 0);
    assert_int_equal(report_write_files(&config, &plan, NULL, &path, &err), 0);
    expected = file_join(directory, "%2e.%2facme%20co-plan-7.html");
    assert_string_equal(path, expected);
    assert_file(directory, "%2e.%2facme%20co-plan-7.txt", &text);
    assert_file(directory, "%2e.%2facme%20co-plan-7.csv", &csv);
    assert_file(directory, "%2e.%2facme%20co-plan-7.html", &html);
    assert_file(directory, "%2e.%2facme%20co-plan-7.json", NULL);
    assert_int_equal(rmdir(directory), 0);
    *strrchr(directory, '/') = '\0';
    assert_int_equal(rmdir(directory), 0);
    assert_int_equal(rmdir(base), 0);
}

static int count_file(void *context, const char *path, const char *rest, struct err *err)
{
    (void)path, (void)err;
    assert_true(report_is_file_name(rest));
    (*(size_t *)context)++;
    return 0;
}

TEST(report_files_of_two_portals_never_share_a_name)
{
    static const char *const name[] = {"a b", "a_b", "a%20b", "a/b", ".a", "%2ea", "_a", "A"};
    char base[32];
    struct config config = {.report = {.csv = true}};
    CLEANUP(err_release) struct err err = ERR_INIT;

    make_directory(base);
    config.report.directory = base;
    for (size_t i = 0; i < COUNT_OF(name); i++) {
        struct plan plan = make_plan();
        size_t count = 0;

        plan.portal = config.portal.name = name[i];
        assert_int_equal(report_write_files(&config, &plan, NULL, NULL, &err), 0);
        assert_int_equal(report_each_file(&config, count_file, &count, &err), 0);
        /* "a/b" finds what an older version may have written for it, under the name of "a_b" */
        assert_int_equal(count, text_equal(name[i], "a/b") ? 2 : 1);
    }
    for (size_t i = 0; i < COUNT_OF(name); i++) {
        struct plan plan = {.id = 7, .portal = name[i]};
        CLEANUP(text_release) struct text file = TEXT_INIT;

        report_add_file_name(&file, &plan, REPORT_CSV);
        CLEANUP(mem_cleanup) char *path = file_join(base, text_cstr(&file));
        assert_int_equal(unlink(path), 0); /* each has its own */
    }
    assert_int_equal(rmdir(base), 0);
}

/* Somebody who looks. */
struct onlooker {
    struct text seen;
    bool gone; /* before the end */
};

static void onlooker_add(void *context, const char *bytes, size_t length)
{
    text_add_bytes(&((struct onlooker *)context)->seen, bytes, length);
}

static int onlooker_end(void *context, struct err *err)
{
    return ((struct onlooker *)context)->gone ? err_set(err, ERR_INTERNAL, "nobody looks") : 0;
}

static int write_shown(struct onlooker *onlooker, const char *directory, enum report_format format,
                       struct err *err)
{
    const struct report_shown shown = {.format = format,
                                       .style = {.color = true},
                                       .add = onlooker_add,
                                       .end = onlooker_end,
                                       .context = onlooker};
    struct config config = {
        .report = {.text = true, .json = true, .html = true, .directory = directory}};
    struct plan plan = make_plan();

    plan.portal = "acme";
    return report_write_files(&config, &plan, &shown, NULL, err);
}

TEST(report_write_files_shown_as_well_are_what_they_are_alone)
{
    static const enum report_format format[] = {REPORT_JSON, REPORT_TEXT, REPORT_CSV, REPORT_HTML};
    struct plan plan = make_plan();
    plan.portal = "acme";
    CLEANUP(text_release) struct text text = render(&plan, REPORT_TEXT, 0);
    CLEANUP(text_release) struct text json = render(&plan, REPORT_JSON, 0);
    CLEANUP(text_release) struct text csv = render(&plan, REPORT_CSV, 0);
    CLEANUP(text_release) struct text html = render(&plan, REPORT_HTML, 0);
    char base[32];

    make_directory(base);
    for (size_t i = 0; i < COUNT_OF(format); i++) {
        struct onlooker onlooker = {.seen = TEXT_INIT};
        const struct text *own = format[i] == REPORT_JSON  ? &json
                                 : format[i] == REPORT_CSV ? &csv
                                                           : &html;
        assert_int_equal(write_shown(&onlooker, base, format[i], NULL), 0);
        if (format[i] == REPORT_TEXT) /* in colours, which its file has not */
            assert_non_null(strstr(text_cstr(&onlooker.seen), "\033["));
        else
            assert_string_equal(text_cstr(&onlooker.seen), text_cstr(own));
        assert_file(base, "acme-plan-7.txt", &text);
        assert_file(base, "acme-plan-7.json", &json);
        assert_file(base, "acme-plan-7.html", &html);
        assert_file(base, "acme-plan-7.csv", NULL);
        text_release(&onlooker.seen);
    }
    assert_int_equal(rmdir(base), 0);
}

TEST(report_write_files_not_shown_leave_no_file)
{
    struct onlooker onlooker = {.seen = TEXT_INIT, .gone = true};
    CLEANUP(err_release) struct err err = ERR_INIT;
    char base[32];

    make_directory(base);
    assert_int_equal(write_shown(&onlooker, base, REPORT_JSON, &err), -1);
    assert_string_equal(err.text, "nobody looks");
    assert_int_equal(rmdir(base), 0);
    text_release(&onlooker.seen);
}

TEST(report_write_files_without_a_place_are_shown)
{
    struct plan plan = make_plan();
    plan.portal = "acme";
    CLEANUP(text_release) struct text json = render(&plan, REPORT_JSON, 0);
    struct onlooker onlooker = {.seen = TEXT_INIT};
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(write_shown(&onlooker, "/dev/null/reports", REPORT_JSON, &err), -1);
    assert_non_null(strstr(err.text, "/dev/null"));
    assert_string_equal(text_cstr(&onlooker.seen), text_cstr(&json));
    text_release(&onlooker.seen);
}

TEST(report_write_files_no_directory_configured_writes_nothing)
{
    struct plan plan = make_plan();
    struct config config = {.report = {.html = true}};
    char *path = NULL;

    assert_int_equal(report_write_files(&config, &plan, NULL, &path, NULL), 0);
    assert_null(path);
}

TEST(report_write_files_file_in_the_way_is_an_error_that_names_it)
{
    struct plan plan = make_plan();
    struct config config = {.report = {.html = true, .directory = "/dev/null/reports"}};
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_int_equal(report_write_files(&config, &plan, NULL, NULL, &err), -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    assert_non_null(strstr(err.text, "/dev/null"));
}
