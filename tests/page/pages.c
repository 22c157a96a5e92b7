/*
 * Pages for tests/page/check.js: `pages DIRECTORY` writes people.html (a company, with what was
 * decided and done before), hostile.html (names that break pages), many.html (20,000 rows),
 * plain.html (nothing to decide), and beside each what the rows say (NAME.json, the plan itself).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "core/seats.h"
#include "hostile.h"
#include "random.h"
#include "report/files.h"

enum { PEOPLE = 300, HOSTILE = 300, MANY = 20000 };

static struct arena arena;

static const char *const departments[] = {
    "Legal",  "Marketing", "Brand & Design",           "Sales", "Finance", "People",
    "Studio", "IT",        "Corporate Communications", "Events"};
static const char *const countries[] = {"NL", "DE", "BE"};
static const char *const classes[] = {"Top", "Middle", "Base"};
static const char *const profiles[] = {"Light", "Regular", "Heavy", "Download only"};
static const char *const first_names[] = {"Anna",   "Bram",  "Chloé", "Daan", "Elif", "Femke",
                                          "Giulia", "Hanna", "Ivo",   "Jane", "Kofi", "Lena"};
static const char *const last_names[] = {"Okafor",   "van der Berg", "Smith",  "Özcelik",  "Novak",
                                         "de Vries", "Müller",       "Garcia", "Lindqvist"};

static struct day day_of(const char *iso)
{
    struct day day = DAY_NONE;

    if (!day_parse_iso(iso, &day))
        abort();
    return day;
}

static const struct {
    enum action action;
    bool finding, used_after, uses_person, uses_login, inactive;
    const char *clause, *rule, *person, *reason;
    int idle; /* days at least; -1 = no login */
} kinds[] = {
    {.action = ACTION_SUSPEND,
     .used_after = true,
     .uses_person = true,
     .clause = "R10",
     .rule = "departed",
     .person = "departed",
     .idle = 3,
     .reason = "departed: last day 2026-08-31 (83 days ago) in the roster; used since"},
    {.action = ACTION_SUSPEND,
     .uses_person = true,
     .clause = "R10",
     .rule = "departed",
     .person = "departed",
     .idle = 90,
     .reason = "departed: last day 2026-08-31 (83 days ago) in the roster"},
    {.action = ACTION_SUSPEND,
     .uses_login = true,
     .clause = "R5",
     .rule = "never used",
     .person = "employed",
     .idle = -1,
     .reason = "never logged in: known for 120 days, at or over 60"},
    {.action = ACTION_SUSPEND,
     .uses_person = true,
     .clause = "R6",
     .rule = "gone from HR",
     .person = "absent",
     .idle = 100,
     .reason = "absent since 2026-10-01: in none of the last 3 good rosters, 3 needed"},
    {.action = ACTION_SUSPEND,
     .uses_login = true,
     .clause = "R4",
     .rule = "idle",
     .person = "employed",
     .idle = 380,
     .reason = "idle: last login long ago (from single read) is at or over 90 days"},
    {.action = ACTION_SUSPEND,
     .uses_login = true,
     .clause = "R7",
     .rule = "idle",
     .person = "employed",
     .idle = 95,
     .reason = "idle: last login (from single read) is at or over 90 days; announced 2026-11-15"},
    {.action = ACTION_KEEP,
     .finding = true,
     .clause = "P4",
     .person = "ambiguous",
     .idle = 20,
     .reason = "two people of the roster fit: 'Jane Doe' (row 17), 'Jane Doe' (row 200)"},
    {.action = ACTION_KEEP,
     .finding = true,
     .clause = "P6",
     .person = "absent",
     .idle = 200,
     .reason = "near 'Jan Smit' (row 31): the same name in another domain"},
    {.action = ACTION_DEPROVISION,
     .inactive = true,
     .clause = "R2",
     .rule = "delete",
     .person = "departed",
     .idle = 500,
     .reason = "suspended by us on 2026-05-01 (205 days ago)"},
};

static size_t below(uint64_t *seed, size_t limit)
{
    return (size_t)(next_random(seed) >> 16) % limit;
}

static struct plan_row row_of(size_t i, size_t kind, uint64_t *seed)
{
    size_t first = below(seed, COUNT_OF(first_names));
    size_t second = below(seed, COUNT_OF(last_names));
    const char *name = arena_printf(&arena, "%s %s", first_names[first], last_names[second]);
    int more = (int)below(seed, 60);
    struct plan_row row = {
        .action = kinds[kind].action,
        .finding = kinds[kind].finding,
        .used_after = kinds[kind].used_after,
        .uses_person = kinds[kind].uses_person,
        .uses_login = kinds[kind].uses_login,
        .account_id = arena_printf(&arena, "%08zX-2B3A-141F-8F07D71AA1F223BD", i + 1),
        .username = arena_printf(&arena, "user%zu", i + 1),
        .email = arena_printf(&arena, "user%zu@acme.example", i + 1),
        .name = name,
        .rule = kinds[kind].rule,
        .reason = kinds[kind].reason,
        .clause = kinds[kind].clause,
        .account_word = kinds[kind].inactive ? "inactive" : "active",
        .person_word = kinds[kind].person,
        .employee_number = arena_printf(&arena, "%zu", 1000 + i),
        .matched_by = kinds[kind].finding ? "" : "email",
        .matched_name = kinds[kind].finding ? NULL : name,
        .matched_row = (int)i + 2,
        .idle_days = kinds[kind].idle < 0 ? -1 : kinds[kind].idle + more,
        .last_login_source = "single read",
        .profile = profiles[below(seed, COUNT_OF(profiles))],
        .roles = "ASSETUPLOAD MEDIADOWNLOAD",
        .department = i % 11 ? departments[below(seed, COUNT_OF(departments))] : NULL,
        .seat_class = i % 11 ? classes[i % COUNT_OF(classes)] : NULL,
        .country = i % 13 ? countries[i % COUNT_OF(countries)] : NULL,
        .needed = kinds[kind].action == ACTION_DEPROVISION ? 2 : 1,
    };

    if (row.idle_days >= 0)
        row.last_login = (struct instant){INT64_C(1795334400) * SECOND_US - row.idle_days * DAY_US};
    if (text_equal(row.clause, "R7"))
        row.not_before = day_of("2026-11-29");
    if (row.action != ACTION_KEEP)
        row.subject = digest_of(row.account_id, strlen(row.account_id));
    return row;
}

static struct guard_finding guards[] = {
    {.id = "G1", .limit = "84 h", .actual = "3 h", .text = "the roster was read 3 hours ago"},
    {.id = "G7", .limit = "50", .actual = "0", .text = "nothing is approved and due"},
};

static struct class_seats by_class[] = {
    {.name = "Top",
     .seats = 42,
     .seats_after = 38,
     .contracted = 40,
     .price = 12005000,
     .currency = "EUR"},
    {.name = "Middle", .seats = 900, .seats_after = 700, .contracted = 1000, .price = -1},
    {.name = "Base", .seats = 2550, .seats_after = 2000, .contracted = -1, .price = -1},
    {.seats = 8, .seats_after = 8, .contracted = -1, .price = -1},
};

static struct plan plan_of(struct plan_row *row, size_t count)
{
    struct plan plan = {
        .id = 12,
        .portal = "acme",
        .digest = digest_of("plan", 4),
        .state = PLAN_PROPOSED,
        .created_at = {INT64_C(1795334400) * SECOND_US},
        .today = day_of("2026-11-22"),
        .time_zone = "Europe/Amsterdam",
        .approvals = {[ACTION_SUSPEND] = 1, [ACTION_DEPROVISION] = 2},
        .inputs = {.snapshot_complete = true,
                   .accounts = 4000,
                   .active = 3500,
                   .inactive = 500,
                   .snapshot_id = 3,
                   .roster_id = 5,
                   .roster_source = "file:///srv/hr/roster.csv",
                   .snapshot_taken_at = {INT64_C(1795334300) * SECOND_US},
                   .roster_read_at = {INT64_C(1795334000) * SECOND_US},
                   .people = 3400},
        .totals = {.of[ACTION_KEEP] = 3200, .seats_now = 3500},
        .idle = {{900, 700, 500, 300, 200, 150, 90, 60, 40, 20, 10, 5, 2, 110}, 19, 4},
        .guard = guards,
        .guard_count = COUNT_OF(guards),
        .row = row,
        .row_count = count,
    };

    for (size_t i = 0; i < count; i++) {
        plan.totals.of[row[i].action] += row[i].action != ACTION_KEEP;
        plan.totals.findings += row[i].finding;
        plan.totals.waiting += day_is_set(row[i].not_before);
    }
    plan.totals.seats_after = plan.totals.seats_now - plan.totals.of[ACTION_SUSPEND];
    plan.seat_class = by_class;
    plan.seat_class_count = COUNT_OF(by_class);
    return plan;
}

/* Since the plan before: every seventh row is new. */
static void compare(struct plan *plan)
{
    static struct plan_seats seats[60];
    static struct simulate_point curve[] = {
        {.days = 30, .acts = 900, .seats = 880, .idle = 700, .unread = 12, .later = 500},
        {.days = 60, .acts = 500, .seats = 480, .later = 300},
        {.days = 90, .acts = 234, .seats = 201, .later = 33},
        {.days = 120, .acts = 190, .seats = 170, .later = 20}};

    plan->since = (struct plan_since){
        .plan_id = 11, .today = day_of("2026-11-15"), .decided = true, .gone = 14};
    for (size_t i = 0; i < plan->row_count; i++) {
        plan->row[i].standing.is_new = i % 7 == 0;
        plan->since.new_rows += i % 7 == 0;
    }
    plan->curve = curve;
    plan->curve_count = COUNT_OF(curve);
    plan->threshold = 90;
    for (size_t i = 0; i < COUNT_OF(seats); i++)
        seats[i] =
            (struct plan_seats){.day = day_add(plan->today, (int)i + 1 - (int)COUNT_OF(seats)),
                                .seats = 3640 - 2 * i - i % 7};
    seats[COUNT_OF(seats) - 1].seats = plan->totals.seats_now;
    plan->seats = seats;
    plan->seats_count = COUNT_OF(seats);
    plan->contracted = 3600;
}

static void write_page(const char *directory, const char *name, const struct plan *plan)
{
    static const struct {
        enum report_format format;
        const char *extension;
    } files[] = {{REPORT_HTML, "html"}, {REPORT_JSON, "json"}};
    static const struct report_style plain = {.width = 0};

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CLEANUP(text_release) struct text path = TEXT_INIT;
        CLEANUP(err_release) struct err err = ERR_INIT;

        text_addf(&path, "%s/%s.%s", directory, name, files[i].extension);
        if (report_write(plan, files[i].format, &plain, text_cstr(&path), &err) < 0) {
            fprintf(stderr, "%s\n", err.text);
            exit(1);
        }
    }
}

/* Of the rows of each kind the first few: what people said before, and what was done. */
static void stand(struct plan *plan)
{
    for (size_t i = 0; i < plan->row_count; i++) {
        struct row_standing *standing = &plan->row[i].standing;
        if (plan->row[i].action != ACTION_SUSPEND || i % 25 > 3)
            continue;
        *standing = (struct row_standing){.decision = i % 25 == 0 ? "keep" : "approve",
                                          .who = "anna",
                                          .reason = i % 25 == 0 ? "runs the campaign" : NULL,
                                          .until = i % 25 == 0 ? day_of("2027-03-31") : DAY_NONE,
                                          .approvers = 1,
                                          .night = day_of("2026-11-23")};
        if (i % 25 == 3)
            *standing = (struct row_standing){.state = "verified",
                                              .done = true,
                                              .state_at = plan->created_at,
                                              .back_on = day_of("2027-05-22"),
                                              .approved_by = "anna, bert"};
        plan->totals.done += standing->done;
        plan->totals.approved += text_equal(standing->decision, "approve");
        plan->totals.kept += text_equal(standing->decision, "keep");
    }
}

static struct plan_row *rows_of(size_t count)
{
    struct plan_row *row = arena_calloc(&arena, count, sizeof(*row));
    uint64_t seed = 16;

    for (size_t i = 0; i < count; i++)
        row[i] = row_of(i, i % COUNT_OF(kinds), &seed);
    return row;
}

static void write_hostile(const char *directory)
{
    struct plan_row *row = rows_of(HOSTILE);
    struct plan plan = plan_of(row, HOSTILE);
    uint64_t seed = 300;

    for (size_t i = 0; i < HOSTILE; i++) {
        char *value = hostile_value(&arena, &seed, i);
        row[i].name = row[i].email = row[i].username = row[i].department = row[i].profile = value;
        row[i].country = row[i].seat_class = value;
        row[i].reason = row[i].matched_name = row[i].rule = value;
        row[i].standing = (struct row_standing){.not_counted = value};
    }
    plan.portal = row[HOSTILE / 2].name;
    write_page(directory, "hostile", &plan);
}

static void write_held(const char *directory, struct plan plan)
{
    static struct guard_finding holding = {.id = "G2",
                                           .hold = true,
                                           .limit = "10 %",
                                           .actual = "18 %",
                                           .cause = "612 people",
                                           .text = "612 people fewer than in the last roster"};
    static const char *const notes[] = {"protected entry 'boss' expired on 2026-06-30"};

    plan.state = PLAN_HELD;
    plan.guard = &holding;
    plan.guard_count = 1;
    plan.note = notes;
    plan.note_count = 1;
    write_page(directory, "held", &plan);
}

int main(int count, char **words)
{
    struct plan_row *row;

    if (count != 2)
        return 64;
    arena = ARENA_INIT;
    row = rows_of(PEOPLE);
    struct plan people = plan_of(row, PEOPLE);
    write_page(words[1], "fresh", &people);
    stand(&people);
    compare(&people);
    write_page(words[1], "people", &people);
    write_held(words[1], people);
    people.id = 0;
    write_page(words[1], "plain", &people);
    for (size_t i = 0; i < PEOPLE; i++)
        row[i].country = row[i].seat_class = NULL;
    write_page(words[1], "nowhere", &people);
    write_hostile(words[1]);
    row = rows_of(MANY);
    struct plan many = plan_of(row, MANY);
    many.digest = digest_of("many", 4);
    write_page(words[1], "many", &many);
    arena_release(&arena);
    return 0;
}
