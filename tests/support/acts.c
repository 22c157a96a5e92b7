/*
 * The witnesses are the portal's own list of writes and the database; what the program says of
 * itself is compared with both.
 */
#include "acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/parse.h"
#include "host/file.h"
#include "test.h"

enum { OPTIONS_LIMIT = 20, LETTERS = 26 };

#define WIDE                                                                                       \
    "count = 100; percent = 100.0; rolling_days = 30; rolling_count = 100; rolling_percent = "     \
    "100.0;"

static void clear_result(PGresult **result)
{
    PQclear(*result);
}

/* --- the world --- */

static void add_people(struct text *csv, const char *kind, size_t count, size_t first, bool left)
{
    for (size_t i = 0; i < count; i++)
        text_addf(csv, "%zu,%s %c%c,%s,2015-01-05,%s,Team %zu\n", first + i, kind,
                  (char)('A' + i / LETTERS % LETTERS), (char)('a' + i % LETTERS),
                  left ? "Voluntarily Terminated" : "Active", left ? "2026-01-31" : "", i / 4);
}

void acts_limit(struct acts *acts, const char *suspend, const char *deprovision)
{
    end_set(&acts->end, END_SUSPEND, "%s }; min_admins = 0; deprovision: { %s",
            suspend ? suspend : WIDE, deprovision ? deprovision : WIDE);
}

void acts_approval(struct acts *acts, const char *settings)
{
    end_set(&acts->end, END_REST,
            "approval: { %s }; apply: { settle_seconds = 1; canary_minutes = %d; };", settings,
            acts->patient ? 1 : 0);
}

void acts_policy(struct acts *acts, const char *settings)
{
    end_set(&acts->end, END_POLICY, "allow_early_deprovision = \"yes, before 30 days\"; %s",
            settings);
}

#define DEPARTED                                                                                   \
    "{ name = \"departed\"; when = { account = \"active\"; person = \"departed\"; };"              \
    "  do = \"suspend\"; }"

void acts_only_suspend(struct acts *acts)
{
    end_set(&acts->end, END_RULES, DEPARTED);
}

static void set_rules(struct acts *acts)
{
    end_set(&acts->end, END_RULES,
            DEPARTED
            ","
            "{ name = \"long gone\"; when = { account = \"inactive\"; person = \"departed\";"
            "  suspended_days_min = 0; }; do = \"deprovision\"; }");
}

/* On the day before a weekend nothing is deleted (G12). What is started from here on lives on a
 * Tuesday: this one, or the next. */
static int days_to_tuesday(void)
{
    struct instant now = {.us = (int64_t)time(NULL) * SECOND_US};

    return (2 - day_of_week(instant_day(now, &zone_utc)) + 7) % 7;
}

/* What is started from now on. */
static void set_days(int days)
{
    char text[16];

    (void)snprintf(text, sizeof(text), "%d", days);
    assert_int_equal(setenv("CLOCK_DAYS", text, 1), 0);
    assert_int_equal(setenv("LD_PRELOAD", CLOCK_PRELOAD, 1), 0);
}

void acts_move_to(struct acts *acts, int day)
{
    struct instant at = {.us = ((int64_t)time(NULL) + 1) * SECOND_US +
                               (acts->first_day + day) * DAY_US};
    char text[INSTANT_TEXT_SIZE], form[INSTANT_TEXT_SIZE + 4];

    if (day == acts->day)
        return;
    acts->day = day;
    set_days(acts->first_day + day);
    (void)snprintf(form, sizeof(form), "at=%s", instant_format(at, text));
    probe_control(&acts->end.probe, "/_sim/clock", form);
}

void acts_begin(struct acts *acts, size_t leavers, size_t staff, const char *const *options)
{
    CLEANUP(text_release) struct text csv = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = NULL;
    struct probe place = {.pid = 0};
    const char *all[OPTIONS_LIMIT] = {"--people", NULL};
    size_t count = 2;

    *acts = (struct acts){.first_day = days_to_tuesday()};
    set_days(acts->first_day);
    text_add(&csv, "EmpID,Name,EmploymentStatus,DateofHire,DateofTermination,Department\n");
    add_people(&csv, "Lea", leavers, 101, true);
    add_people(&csv, "Sta", staff, leavers < 400 ? 501 : leavers + 501, false);
    probe_prepare(&place);
    path = probe_path(&place, "people.csv");
    assert_int_equal(file_write(path, 0600, text_cstr(&csv), csv.length, NULL), 0);
    all[1] = path;
    for (; options && *options; options++) {
        assert_true(count + 1 < OPTIONS_LIMIT);
        all[count++] = *options;
    }
    end_begin(&acts->end, all);
    (void)probe_stop(&place);
    acts_limit(acts, NULL, NULL);
    acts_approval(acts, "suspend = 1; deprovision = 1;");
    acts_policy(acts, "mode = \"enforce\";");
    set_rules(acts);
}

static void forget_plan(struct acts *acts)
{
    for (size_t i = 0; i < acts->count; i++) {
        free(acts->row[i].id);
        free(acts->row[i].action);
    }
    free(acts->row);
    free(acts->digest);
    acts->row = NULL;
    acts->digest = NULL;
    acts->count = 0;
}

void acts_finish(struct acts *acts)
{
    forget_plan(acts);
    end_finish(&acts->end);
}

void acts_rehire(struct acts *acts, const char *id)
{
    CLEANUP(mem_cleanup) char *roster = end_read(acts->end.roster_path);
    CLEANUP(mem_cleanup)
    char *number =
        acts_ask(acts,
                 "select employee_number from reconcile.account_version join reconcile.account "
                 "using (portal_id, account_no) where account_id = '%s'",
                 id);
    CLEANUP(text_release) struct text copy = TEXT_INIT, key = TEXT_INIT;

    text_addf(&key, "\n%s,", number);
    char *row = strstr(roster, text_cstr(&key));
    assert_non_null(row);
    char *word = strstr(row, "Voluntarily Terminated"), *day = strstr(row, "2026-01-31");
    assert_true(word && day && word < strchr(row + 1, '\n'));
    text_addf(&copy, "%.*sActive%.*s%s", (int)(word - roster), roster,
              (int)(day - word - (long)strlen("Voluntarily Terminated")),
              word + strlen("Voluntarily Terminated"), day + strlen("2026-01-31"));
    free(end_file(&acts->end, "roster.csv", copy.data, copy.length));
}

/* --- the database --- */

static PGresult *query(struct acts *acts, ExecStatusType wanted, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
static PGresult *query(struct acts *acts, ExecStatusType wanted, const char *format, va_list args)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addv(&sql, format, args);
    PGresult *result = end_sql(&acts->end, text_cstr(&sql));
    assert_int_equal(PQresultStatus(result), wanted);
    return result;
}

int64_t acts_change(struct acts *acts, const char *format, ...)
{
    int64_t rows = -1;
    va_list args;

    va_start(args, format);
    CLEANUP(clear_result) PGresult *result = query(acts, PGRES_COMMAND_OK, format, args);
    va_end(args);
    assert_true(parse_int(PQcmdTuples(result), 0, INT64_MAX, &rows));
    return rows;
}

char *acts_ask(struct acts *acts, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    CLEANUP(clear_result) PGresult *result = query(acts, PGRES_TUPLES_OK, format, args);
    va_end(args);
    return mem_strdup(PQntuples(result) ? PQgetvalue(result, 0, 0) : "(no row)");
}

static PGresult *ask_rows(struct acts *acts, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static PGresult *ask_rows(struct acts *acts, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    PGresult *result = query(acts, PGRES_TUPLES_OK, format, args);
    va_end(args);
    return result;
}

void acts_wait_for(struct acts *acts, const char *sql, const char *wanted)
{
    const struct timespec pause = {.tv_nsec = 10000000};

    for (int tries = 0; tries < ACTS_WAIT_S * 100; tries++) {
        CLEANUP(mem_cleanup) char *is = acts_ask(acts, "%s", sql);
        if (text_equal(is, wanted))
            return;
        (void)nanosleep(&pause, NULL);
    }
    fail_msg("waited in vain for '%s' of: %s", wanted, sql);
}

/* --- what a user does --- */

static void read_rows(struct acts *acts)
{
    CLEANUP(clear_result)
    PGresult *result =
        ask_rows(acts,
                 "select account_id, action from reconcile.plan_row where plan_id = %lld"
                 " and action <> 'keep' order by position",
                 (long long)acts->plan);

    acts->count = (size_t)PQntuples(result);
    acts->row = mem_calloc(acts->count + 1, sizeof(acts->row[0]));
    for (size_t i = 0; i < acts->count; i++) {
        acts->row[i].id = mem_strdup(PQgetvalue(result, (int)i, 0));
        acts->row[i].action = mem_strdup(PQgetvalue(result, (int)i, 1));
    }
}

void acts_plan(struct acts *acts, int code)
{
    CLEANUP(end_result_release)
    struct end_result result = END_RUN(&acts->end, "plan", "--format", "json");

    end_assert_code(&result, code);
    CLEANUP(end_put) struct json_object *plan = end_json(&result);
    forget_plan(acts);
    acts->plan = end_number_at(plan, "plan.id");
    acts->digest = mem_strdup(end_text_at(plan, "plan.digest"));
    read_rows(acts);
}

static const char *number(struct acts *acts, struct text *text)
{
    text_addf(text, "%lld", (long long)acts->plan);
    return text_cstr(text);
}

void acts_approve(struct acts *acts)
{
    CLEANUP(text_release) struct text plan = TEXT_INIT;
    CLEANUP(end_result_release)
    struct end_result result =
        END_RUN(&acts->end, "approve", number(acts, &plan), "--digest", acts->digest);

    end_assert_code(&result, 0);
}

void acts_approve_only(struct acts *acts, const char *id)
{
    CLEANUP(text_release) struct text plan = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = end_file(&acts->end, "only", id, strlen(id));
    CLEANUP(end_result_release)
    struct end_result result = END_RUN(&acts->end, "approve", number(acts, &plan), "--digest",
                                       acts->digest, "--only", path);

    end_assert_code(&result, 0);
}

struct end_child acts_start_apply(struct acts *acts)
{
    CLEANUP(text_release) struct text plan = TEXT_INIT;

    return end_start(&acts->end, (const char *const[]){"apply", number(acts, &plan), NULL});
}

struct end_result acts_apply(struct acts *acts, int code)
{
    struct end_child child = acts_start_apply(acts);
    struct end_result result = end_wait(&child);

    end_assert_code(&result, code);
    return result;
}

void acts_wait_for_writes(struct acts *acts, size_t writes)
{
    const struct timespec pause = {.tv_nsec = 5000000};

    for (int tries = 0; acts_writes(acts) < writes; tries++) {
        assert_true(tries < ACTS_WAIT_S * 200);
        (void)nanosleep(&pause, NULL);
    }
}

struct end_child acts_start_until_write(struct acts *acts, size_t writes)
{
    struct end_child child = acts_start_apply(acts);

    acts_wait_for_writes(acts, writes);
    return child;
}

struct end_child acts_start_until_held(struct acts *acts)
{
    size_t before = acts_writes(acts);

    end_keep_back(&acts->end, 1, "POST /api/v4/users/");
    return acts_start_until_write(acts, before + 1);
}

struct end_child acts_start_held(struct acts *acts)
{
    acts_plan(acts, 0);
    acts_approve(acts);
    return acts_start_until_held(acts);
}

void acts_do_all(struct acts *acts)
{
    acts_plan(acts, 0);
    acts_approve(acts);
    APPLY(result, acts, 0);
}

void acts_prepare_both(struct acts *acts)
{
    acts_plan(acts, 0);
    acts_approve_only(acts, acts->row[0].id);
    APPLY(result, acts, 0);
    acts_plan(acts, 0);
    acts_approve(acts);
    assert_string_equal(acts->row[acts->count - 1].action, "deprovision");
}

/* --- the witnesses --- */

size_t acts_writes(struct acts *acts)
{
    CLEANUP(end_put)
    struct json_object *writes = probe_control_json(&acts->end.probe, "/_sim/writes");

    return json_object_array_length(writes);
}

size_t acts_writes_on(struct acts *acts, const char *id)
{
    CLEANUP(end_put)
    struct json_object *writes = probe_control_json(&acts->end.probe, "/_sim/writes");
    size_t count = 0;

    for (size_t i = 0; i < json_object_array_length(writes); i++)
        count += text_equal(end_text_at(json_object_array_get_idx(writes, i), "id"), id);
    return count;
}

/* Method, path, form and effect are what the action asks for, and nothing else. */
static void check_write(struct json_object *write, const char *id, const char *action)
{
    static const struct {
        const char *action, *method, *form, *effect;
    } wanted[] = {
        {"suspend", "POST", "{\"active\":\"0\"}", "suspended"},
        {"reactivate", "POST", "{\"active\":\"1\"}", "reactivated"},
        {"deprovision", "DELETE", NULL, "deleted"},
    };
    size_t i = 0;

    while (i < sizeof(wanted) / sizeof(wanted[0]) - 1 && !text_equal(wanted[i].action, action))
        i++;
    assert_string_equal(wanted[i].action, action);
    assert_string_equal(end_text_at(write, "id"), id);
    assert_string_equal(end_text_at(write, "method"), wanted[i].method);
    assert_string_equal(end_text_at(write, "effect"), wanted[i].effect);
    assert_non_null(strstr(end_text_at(write, "path"), id));
    if (wanted[i].form)
        assert_string_equal(
            json_object_to_json_string_ext(end_at(write, "form"), JSON_C_TO_STRING_PLAIN),
            wanted[i].form);
}

/* The newest step of each account since the plan of acts_plan: a run makes a plan of its own, and
 * the next one another. */
#define STEPS_SINCE                                                                                \
    "(select distinct on (account_id) * from reconcile.step where plan_id >= %lld"                 \
    " order by account_id, plan_id desc) x"

void acts_assert_written(struct acts *acts, size_t from, const char *state)
{
    CLEANUP(end_put)
    struct json_object *writes = probe_control_json(&acts->end.probe, "/_sim/writes");
    CLEANUP(clear_result)
    PGresult *steps = ask_rows(acts,
                               "select account_id, action from " STEPS_SINCE
                               " where state = '%s' order by plan_id, position",
                               (long long)acts->plan, state);

    assert_int_equal(json_object_array_length(writes) - from, PQntuples(steps));
    for (int i = 0; i < PQntuples(steps); i++)
        check_write(json_object_array_get_idx(writes, from + (size_t)i), PQgetvalue(steps, i, 0),
                    PQgetvalue(steps, i, 1));
}

void acts_assert_steps(struct acts *acts, const char *wanted)
{
    CLEANUP(mem_cleanup)
    char *is = acts_ask(
        acts,
        "select coalesce(string_agg(state || ' ' || n, ', ' order by state), 'none') from (select"
        " state, count(*) as n from " STEPS_SINCE " group by state) y",
        (long long)acts->plan);

    assert_string_equal(is, wanted);
}

void acts_assert_step(struct acts *acts, const char *id, const char *state, const char *reason)
{
    CLEANUP(mem_cleanup)
    char *is = acts_ask(
        acts, "select concat(state, ': ', reason) from " STEPS_SINCE " where account_id = '%s'",
        (long long)acts->plan, id);

    if (!text_starts(is, state) || is[strlen(state)] != ':' || (reason && !strstr(is, reason)))
        fail_msg("the step of %s is '%s', not '%s: … %s'", id, is, state, reason ? reason : "");
}

void acts_assert_no_step(struct acts *acts, const char *id)
{
    CLEANUP(mem_cleanup)
    char *is = acts_ask(acts, "select state from " STEPS_SINCE " where account_id = '%s'",
                        (long long)acts->plan, id);

    assert_string_equal(is, "(no row)");
}

void acts_assert_plan_state(struct acts *acts, const char *state)
{
    CLEANUP(mem_cleanup)
    char *is = acts_ask(acts, "select state from reconcile.plan order by plan_id desc limit 1");

    assert_string_equal(is, state);
}
