/*
 * The dry run as a user runs it: what `plan` says, shows, stores and leaves alone, and the verbs
 * that look at it afterwards. The truth is the portal's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "end.h"
#include "test.h"

#define WORLD(name, options)                                                                       \
    CLEANUP(end_finish) struct end name;                                                           \
    end_begin(&name, options)

/* --- what a plan holds --- */

struct field {
    const char *path;
    const char *types; /* s string, i integer, b boolean, a array, n null */
};

/* INTERFACE "Plan as JSON". */
static const struct field plan_fields[] = {
    {"plan.id", "i"},
    {"plan.digest", "s"},
    {"plan.portal", "s"},
    {"plan.state", "s"},
    {"plan.created_at", "s"},
    {"plan.expires_at", "n"}, /* decisions end, plans do not */
    {"inputs.snapshot.id", "i"},
    {"inputs.snapshot.taken_at", "s"},
    {"inputs.snapshot.complete", "b"},
    {"inputs.snapshot.accounts", "i"},
    {"inputs.snapshot.active", "i"},
    {"inputs.snapshot.inactive", "i"},
    {"inputs.snapshot.requests", "i"},
    {"inputs.roster.id", "i"},
    {"inputs.roster.digest", "s"},
    {"inputs.roster.people", "i"},
    {"inputs.roster.rejected", "i"},
    {"inputs.policy.digest", "s"},
    {"inputs.policy.mode", "s"},
    {"totals.keep", "i"},
    {"totals.suspend", "i"},
    {"totals.deprovision", "i"},
    {"totals.reactivate", "i"},
    {"totals.seats_now", "i"},
    {"totals.seats_after", "i"},
    {"guards", "a"},
    {"decisions", "a"},
};

static const struct field guard_fields[] = {
    {"id", "s"}, {"verdict", "s"}, {"limit", "s"}, {"actual", "s"}, {"text", "s"},
};

static const struct field decision_fields[] = {
    {"account_id", "s"},
    {"username", "sn"},
    {"email", "sn"},
    {"name", "sn"},
    {"action", "s"},
    {"rule", "sn"},
    {"reason", "s"},
    {"row", "s"},
    {"not_before", "sn"},
    {"account", "s"},
    {"person", "s"},
    {"employee_number", "sn"},
    {"matched_by", "sn"},
    {"last_login", "sn"},
    {"last_login_source", "sn"},
    {"idle_days", "in"},
    {"profile", "sn"},
    {"roles", "a"},
    {"from_profile", "sn"},
    {"to_profile", "sn"},
    {"to_profile_id", "sn"},
    {"from_profile_id", "sn"},
    {"gained_roles", "a"},
    {"subject", "sn"},
    {"matched", "on"},
    {"decided", "on"},
    {"country", "s"}, /* everybody has one there */
};

static char type_of(struct json_object *value)
{
    switch (json_object_get_type(value)) {
    case json_type_string:
        return 's';
    case json_type_int:
        return 'i';
    case json_type_boolean:
        return 'b';
    case json_type_array:
        return 'a';
    case json_type_null:
        return 'n';
    case json_type_double:
        return 'd';
    case json_type_object:
        return 'o';
    }
    return '?';
}

static void check_fields(struct json_object *json, const struct field *field, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char type = type_of(end_at(json, field[i].path));

        if (!strchr(field[i].types, type))
            fail_msg("'%s' is of type %c, not %s", field[i].path, type, field[i].types);
    }
}

static void check_each(struct json_object *array, const struct field *field, size_t count)
{
    for (size_t i = 0; i < json_object_array_length(array); i++)
        check_fields(json_object_array_get_idx(array, i), field, count);
}

static void check_word(struct json_object *array, const char *key, const char *const *words)
{
    for (size_t i = 0; i < json_object_array_length(array); i++) {
        const char *word = end_text_at(json_object_array_get_idx(array, i), key);
        const char *const *known = words;

        while (*known && strcmp(*known, word) != 0)
            known++;
        if (!*known)
            fail_msg("'%s' is no %s", word, key);
    }
}

TEST(plan_json_has_every_field_and_the_truth)
{
    static const char *const actions[] = {"keep", "suspend", "deprovision", "reactivate", NULL};
    static const char *const accounts[] = {"active", "inactive", "gone", NULL};
    static const char *const persons[] = {"employed", "on_leave",  "future",  "departed",
                                          "absent",   "ambiguous", "unknown", NULL};
    WORLD(end, NULL);
    RUN(result, &end, "plan", "--format", "json", "--full");

    end_assert_code(&result, 0);
    JSON(plan, end_json(&result));
    struct json_object *decisions = end_at(plan, "decisions");
    check_fields(plan, plan_fields, COUNT_OF(plan_fields));
    assert_int_equal(json_object_array_length(end_at(plan, "guards")), 17); /* G1 to G16, policy */
    check_each(end_at(plan, "guards"), guard_fields, COUNT_OF(guard_fields));
    check_each(decisions, decision_fields, COUNT_OF(decision_fields));
    RUN(shown, &end, "show", "--format", "json");
    JSON(stored, end_json(&shown));
    check_each(end_at(stored, "decisions"), decision_fields, COUNT_OF(decision_fields));
    check_word(decisions, "action", actions);
    check_word(decisions, "account", accounts);
    check_word(decisions, "person", persons);
    assert_int_equal(json_object_array_length(decisions), 200);
    assert_string_equal(end_text_at(plan, "plan.state"), "proposed");
    assert_string_equal(end_text_at(plan, "plan.portal"), "end");
    assert_true(json_object_get_boolean(end_at(plan, "inputs.snapshot.complete")));
    size_t actions_made = end_assert_truth(&end, plan, true);
    assert_true(actions_made > 10);
    assert_int_equal(end_number_at(plan, "totals.suspend"), actions_made);
    assert_int_equal(end_number_at(plan, "totals.keep"), 200 - actions_made);
    assert_int_equal(end_number_at(plan, "totals.seats_now"), end_stat(&end, "users.active"));
    assert_int_equal(end_number_at(plan, "totals.seats_after"),
                     end_stat(&end, "users.active") - (double)actions_made);
    end_assert_no_writes(&end);
    assert_int_equal(end_number_at(plan, "inputs.snapshot.requests"), end_stat(&end, "requests"));
}

TEST(plan_without_full_leaves_plain_keeps_out)
{
    WORLD(end, NULL);
    RUN(result, &end, "plan", "--format=json");

    end_assert_code(&result, 0);
    JSON(plan, end_json(&result));
    assert_int_equal(json_object_array_length(end_at(plan, "decisions")),
                     end_number_at(plan, "totals.suspend") +
                         end_number_at(plan, "totals.findings"));
    (void)end_assert_truth(&end, plan, true);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;

    for (const char *at = text; (at = strstr(at, part)); at++)
        count++;
    return count;
}

/* Held, because then text shows every row too: who tripped the guard must be seen. */
TEST(show_of_a_held_plan_names_everybody_in_every_format)
{
    static const struct {
        const char *format, *opening;
    } cases[] = {{"text", ""}, {"csv", "account_id,"}, {"html", "<!DOCTYPE html>"}, {"json", "{"}};
    WORLD(end, NULL);

    end_hold(&end);
    RUN(result, &end, "plan", "--format", "json");
    end_assert_code(&result, 20);
    JSON(plan, end_json(&result));
    struct json_object *decisions = end_at(plan, "decisions");
    for (size_t c = 0; c < COUNT_OF(cases); c++) {
        RUN(shown, &end, "show", "--format", cases[c].format);
        end_assert_code(&shown, 0);
        if (strncasecmp(text_cstr(&shown.out), cases[c].opening, strlen(cases[c].opening)) != 0)
            fail_msg("%s begins with %.60s", cases[c].format, text_cstr(&shown.out));
        for (size_t i = 0; i < json_object_array_length(decisions); i++)
            end_assert_says(&shown.out,
                            end_text_at(json_object_array_get_idx(decisions, i), "email"));
    }
    RUN(html, &end, "show", "--format", "html");
    end_assert_silent_of(&html.out, "<script "); /* ours is in the page */
    end_assert_silent_of(&html.out, "src=");
    end_assert_silent_of(&html.out, "http://");
    end_assert_silent_of(&html.out, "https://");
    end_assert_no_writes(&end);
}

TEST(plan_output_file_holds_what_stdout_would)
{
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *path = probe_path(&end.probe, "plan.json");

    RUN(result, &end, "plan", "--format", "json", "--output", path);
    end_assert_code(&result, 0);
    assert_string_equal(text_cstr(&result.out), "");
    CLEANUP(mem_cleanup) char *written = end_read(path);
    RUN(shown, &end, "show", "--format", "json");
    assert_string_equal(written, text_cstr(&shown.out));
}

TEST(plan_report_directory_gets_every_format)
{
    static const char *const endings[] = {"txt", "json", "csv", "html"};
    WORLD(end, NULL);

    end_set(&end, END_REST,
            "report: { directory = \"reports\"; formats = [ \"text\", \"json\", \"csv\", "
            "\"html\" ]; };");
    RUN(result, &end, "plan");
    end_assert_code(&result, 0);
    end_assert_says(&result.err, "end-plan-1.html");
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        CLEANUP(text_release) struct text name = TEXT_INIT;
        text_addf(&name, "reports/end-plan-1.%s", endings[i]);
        CLEANUP(mem_cleanup) char *path = probe_path(&end.probe, text_cstr(&name));
        CLEANUP(mem_cleanup) char *content = end_read(path);
        struct stat status;
        assert_true(strlen(content) > 1000);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 007, 0); /* names of people are not for everybody */
    }
}

TEST(plan_detailed_exitcode_tells_changes_from_none)
{
    WORLD(end, NULL);

    end_set(&end, END_RULES,
            "{ name = \"none\"; do = \"keep\"; when = { account = \"active\"; }; }");
    RUN(nothing, &end, "plan", "--detailed-exitcode", "--format", "json");
    end_assert_code(&nothing, 0);
    JSON(empty, end_json(&nothing));
    assert_string_equal(end_text_at(empty, "plan.state"), "empty");
    end_set(&end, END_RULES,
            "{ name = \"one\"; do = \"suspend\"; when = { employee_number = \"100001\"; }; }");
    RUN(some, &end, "plan", "--detailed-exitcode", "--format", "json");
    end_assert_code(&some, 10);
    JSON(changes, end_json(&some));
    assert_string_equal(end_text_at(changes, "plan.state"), "proposed");
    assert_int_equal(end_number_at(changes, "totals.suspend"), 1);
    RUN(plain, &end, "plan");
    end_assert_code(&plain, 0);
}

TEST(plan_that_rests_on_too_small_a_roster_is_held_stored_and_shown_in_full)
{
    WORLD(end, NULL);

    end_hold(&end);
    RUN(result, &end, "plan", "--format", "json", "--detailed-exitcode");
    end_assert_code(&result, 20);
    JSON(plan, end_json(&result));
    assert_string_equal(end_text_at(plan, "plan.state"), "held");
    assert_string_equal(end_guard(plan, "G2"), "hold");
    (void)end_assert_truth(&end, plan, true); /* who is in it stays visible */
    RUN(shown, &end, "show", "1", "--format", "json");
    end_assert_code(&shown, 0);
    assert_string_equal(text_cstr(&shown.out), text_cstr(&result.out));
    RUN(status, &end, "status");
    end_assert_says(&status.out, "held");
    end_let_go(&end);
    end_set(&end, END_SUSPEND, "count = 0;"); /* how much there is of it is asked when it is done */
    RUN(zero, &end, "plan");
    end_assert_code(&zero, 0);
    end_assert_no_writes(&end);
}

/* --- looking at it afterwards --- */

TEST(show_picks_the_newest_or_the_named_plan)
{
    WORLD(end, NULL);

    RUN(none, &end, "show");
    end_assert_code(&none, 64);
    end_assert_says(&none.err, "no plan yet");
    RUN(first, &end, "plan", "--format", "json");
    end_assert_code(&first, 0);
    RUN(second, &end, "plan", "--format", "json");
    RUN(newest, &end, "show", "--format", "json");
    RUN(named, &end, "show", "2", "--format", "json");
    assert_string_equal(text_cstr(&newest.out), text_cstr(&second.out));
    assert_string_equal(text_cstr(&named.out), text_cstr(&second.out));
    RUN(older, &end, "show", "1", "--format", "json");
    JSON(plan, end_json(&older));
    assert_int_equal(end_number_at(plan, "plan.id"), 1);
    RUN(missing, &end, "show", "77");
    end_assert_code(&missing, 64);
    end_assert_says(&missing.err, "no plan 77");
    RUN(word, &end, "show", "newest");
    end_assert_code(&word, 64);
}

TEST(status_tells_the_runs_in_text_and_json)
{
    WORLD(end, NULL);

    RUN(before, &end, "status");
    end_assert_code(&before, 0);
    RUN(plan, &end, "plan");
    end_assert_code(&plan, 0);
    RUN(text, &end, "status");
    end_assert_code(&text, 0);
    end_assert_says(&text.out, "200");
    end_assert_says(&text.out, "lock      free");
    RUN(json, &end, "status", "--format", "json");
    end_assert_code(&json, 0);
    JSON(status, end_json(&json));
    assert_true(json_object_is_type(status, json_type_object));
    RUN(html, &end, "status", "--format", "html");
    end_assert_code(&html, 64);
}

TEST(psql_runs_a_query_and_hands_its_status_on)
{
    WORLD(end, NULL);

    RUN(plan, &end, "plan");
    end_assert_code(&plan, 0);
    RUN(result, &end, "psql", "-Atc", "select count(*) from reconcile.account");
    end_assert_code(&result, 0);
    assert_string_equal(text_cstr(&result.out), "200\n");
    RUN(wrong, &end, "psql", "-v", "ON_ERROR_STOP=1", "-c", "select * from nonsense");
    end_assert_code(&wrong, 1);
    RUN(failed, &end, "psql", "-f", "/nonexistent/file.sql");
    end_assert_code(&failed, 1);
}

TEST(migrate_a_second_time_has_nothing_to_do)
{
    WORLD(end, NULL);
    RUN(again, &end, "migrate");

    end_assert_code(&again, 0);
    end_assert_says(&again.out, "nothing to do");
}

TEST(roster_check_needs_neither_portal_nor_database)
{
    WORLD(end, NULL);

    end_set(&end, END_URL, "http://127.0.0.1:1");
    end_set(&end, END_DATABASE, "conninfo = \"host=/nonexistent dbname=none\";");
    RUN(result, &end, "roster", "check");
    end_assert_code(&result, 0);
    RUN(named, &end, "roster", "check", end.roster_path, "--format", "json");
    end_assert_code(&named, 0);
    JSON(report, end_json(&named));
    assert_true(json_object_is_type(report, json_type_object));
    assert_true(end_stat(&end, "requests") == 0);
}

/* --- check --- */

static size_t failures(const struct end_result *result)
{
    return count_of(text_cstr(&result->out), "FAIL ");
}

TEST(check_with_everything_right_is_all_ok)
{
    WORLD(end, NULL);
    RUN(result, &end, "check");

    end_assert_code(&result, 0);
    assert_int_equal(failures(&result), 0);
    assert_int_equal(count_of(text_cstr(&result.out), "\nok "), 6);
    end_assert_says(&result.out, "note  rights    more than the job needs: it is a superuser, ");
    end_assert_no_writes(&end);
    assert_int_equal(end_count(&end, "select count(*) from reconcile.run"), 0);
}

TEST(check_names_the_entries_that_fit_nobody)
{
    WORLD(end, NULL);
    CLEANUP(mem_cleanup)
    char *links = end_file(&end, "links.csv", "account,employee_number\nnobody.here,100001\n", 43);

    end_set(&end, END_POLICY,
            "protected = ( { who = \"100001\"; reason = \"board\"; owner = \"it@acme.example\"; "
            "expires = \"2199-06-30\"; }, { who = \"bord@acme.example\"; reason = \"typo\"; "
            "owner = \"it@acme.example\"; expires = \"2199-06-30\"; } );");
    end_set(&end, END_REST, "matching: { links_file = \"%s\"; };", links);
    RUN(before, &end, "check"); /* nothing was read yet: nothing can be told */
    end_assert_code(&before, 0);
    end_assert_silent_of(&before.out, "entries");
    RUN(plan, &end, "plan");
    end_assert_code(&plan, 0);
    end_assert_says(&plan.out, "1 protected entry fits no account");
    RUN(after, &end, "check");
    end_assert_code(&after, 0);
    end_assert_says(&after.out, "note  entries   fit no account of the reading of ");
    end_assert_says(&after.out,
                    "'bord@acme.example' (protected), 'nobody.here' (line 2 of the links file)");
    end_assert_silent_of(&after.out, "100001");

    end_set(&end, END_POLICY,
            "protected = ( { who = \"100001\"; reason = \"board\"; owner = \"it@acme.example\"; "
            "expires = \"2199-06-30\"; } );");
    end_set(&end, END_REST, "%s", "");
    RUN(mended, &end, "check");
    end_assert_says(&mended.out, "ok    entries   protected entries and links fit accounts");
}

TEST(check_with_one_thing_broken_names_it_alone)
{
    static const struct {
        enum end_piece piece;
        const char *value, *line;
        int code;
    } cases[] = {
        {END_DATABASE, "conninfo = \"host=/nonexistent dbname=none\";", "FAIL  database ", 69},
        {END_SOURCE, "/nonexistent/roster.csv", "FAIL  roster ", 65},
        {END_URL, "http://127.0.0.1:1", "FAIL  portal ", 69},
        {END_LOGIN, "client_id = \"other\"; client_secret_file = \"client-secret\";",
         "FAIL  portal ", 77},
        {END_REST, "report: { directory = \"client-secret/x\"; };", "FAIL  files ", 78},
        {END_REST,
         "notify: { mail: { server = \"smtp://127.0.0.1:1\"; from = \"a@acme.example\"; to = "
         "\"b@acme.example\"; }; };",
         "FAIL  mail ", 69},
    };
    WORLD(end, NULL);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(mem_cleanup) char *right = mem_strdup(end.piece[cases[i].piece]);
        end_set(&end, cases[i].piece, "%s", cases[i].value);
        RUN(result, &end, "check");
        end_assert_code(&result, cases[i].code);
        end_assert_says(&result.out, cases[i].line);
        end_assert_says(&result.out, "hint: "); /* what to do about it */
        assert_int_equal(failures(&result), 1);
        end_set(&end, cases[i].piece, "%s", right);
    }
}

/* --- the second time --- */

static const char *const version_counts = "select (select count(*) from reconcile.account_version)"
                                          "     + (select count(*) from reconcile.login) + (select "
                                          "count(*) from reconcile.person_version)"
                                          "     + (select count(*) from reconcile.profile_version)"
                                          "     + (select count(*) from reconcile.link_version)";

TEST(plan_again_over_the_same_adds_no_versions)
{
    WORLD(end, NULL);
    RUN(first, &end, "plan", "--format", "json");

    end_assert_code(&first, 0);
    int64_t versions = end_count(&end, version_counts);
    RUN(second, &end, "plan", "--format", "json");
    end_assert_code(&second, 0);
    assert_int_equal(end_count(&end, version_counts), versions);
    assert_true(versions > 600);
    JSON(one, end_json(&first));
    JSON(two, end_json(&second));
    assert_true(json_object_get_boolean(end_at(one, "plan.first_plan")));
    assert_false(json_object_get_boolean(end_at(two, "plan.first_plan")));
    assert_int_equal(end_count(&end, "select count(*) from reconcile.snapshot"), 2);
    (void)end_assert_truth(&end, two, true);
}

static struct json_object *find_row(struct json_object *plan, const char *rule, const char *id)
{
    struct json_object *decisions = end_at(plan, "decisions");

    for (size_t i = 0; i < json_object_array_length(decisions); i++) {
        struct json_object *row = json_object_array_get_idx(decisions, i);

        if (text_equal(end_text_at(row, "rule"), rule) &&
            (!id || text_equal(end_text_at(row, "account_id"), id)))
            return row;
    }
    return NULL;
}

/* The rule of the next two tests: it holds for this account whenever it logged in. */
#define ONE_ACCOUNT_RULE                                                                           \
    "{ name = \"idle\"; do = \"suspend\"; grace_days = 14; "                                       \
    "  when = { employee_number = \"100001\"; idle_days_min = 0; }; }"

/* Plans, with the announcement then put eleven days back, as if it had been made so long ago: the
 * day it is due; the id of the account. */
static char *announce_eleven_days_ago(struct end *end, char **ret_id)
{
    end_set(end, END_RULES, ONE_ACCOUNT_RULE);
    RUN(first, end, "plan", "--format", "json");
    end_assert_code(&first, 0);
    JSON(plan, end_json(&first));
    assert_int_equal(end_number_at(plan, "totals.waiting"), 1);
    *ret_id = mem_strdup(end_text_at(find_row(plan, "idle", NULL), "account_id"));
    assert_int_equal(end_count(end, "select count(*) from reconcile.announcement"), 0);
    RUN(night, end, "run"); /* a plan alone announces nothing */
    end_assert_code(&night, 0);
    return end_query(
        end,
        "update reconcile.announcement set announced_on = announced_on - 11,"
        " announced_at = (announced_at at time zone 'UTC' - interval '11 days') at time zone 'UTC',"
        " not_before = not_before - 11 returning not_before");
}

TEST(grace_keeps_its_day_in_the_next_plan)
{
    CLEANUP(mem_cleanup) char *id = NULL;
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *due = announce_eleven_days_ago(&end, &id);
    RUN(second, &end, "plan", "--format", "json");

    end_assert_code(&second, 0);
    JSON(plan, end_json(&second));
    assert_string_equal(end_text_at(find_row(plan, "idle", id), "not_before"), due);
}

TEST(grace_starts_anew_after_a_login_in_between)
{
    CLEANUP(text_release) struct text form = TEXT_INIT;
    CLEANUP(mem_cleanup) char *id = NULL;
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *due = announce_eleven_days_ago(&end, &id);
    CLEANUP(mem_cleanup)
    char *login = end_query(&end, "select to_char(now() - interval '5 days', 'YYYY-MM-DD')");
    CLEANUP(mem_cleanup)
    char *anew = end_query(&end, "select announced_on + 25 from reconcile.announcement");

    text_addf(&form, "lastLogin=%sT04:05:06Z", login);
    end_change_user(&end, id, text_cstr(&form));
    RUN(second, &end, "plan", "--format", "json");
    end_assert_code(&second, 0);
    JSON(plan, end_json(&second));
    assert_string_not_equal(anew, due);
    assert_string_equal(end_text_at(find_row(plan, "idle", id), "not_before"), anew);
}

TEST(login_of_today_takes_an_idle_account_out)
{
    WORLD(end, NULL);
    RUN(first, &end, "plan", "--format", "json");
    CLEANUP(text_release) struct text form = TEXT_INIT;

    JSON(one, end_json(&first));
    const char *id = end_text_at(find_row(one, "idle", NULL), "account_id");
    text_addf(&form, "lastLogin=%s", end_text_at(one, "plan.created_at"));
    end_change_user(&end, id, text_cstr(&form));
    RUN(second, &end, "plan", "--format", "json");
    end_assert_code(&second, 0);
    JSON(two, end_json(&second));
    assert_null(find_row(two, "idle", id));
    (void)end_assert_truth(&end, two, true);
}
