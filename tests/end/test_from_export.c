/*
 * `plan --from-export` as a user runs it: the same people give the same decisions, the portal is
 * not asked anything, nothing of it can be approved, and what the export tells reaches the history
 * only where it is whole.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "end.h"
#include "test.h"

/* A world with a history: one plan over the portal. */
static void begin_known(struct end *end)
{
    end_begin(end, NULL);
    RUN(result, end, "plan", "--full");
    end_assert_code(&result, 0);
}

/* The portal is gone, and there is no secret: whoever needs one of them fails. */
static void unplug(struct end *end)
{
    end_set(end, END_URL, "http://127.0.0.1:1");
    end_set(end, END_LOGIN, "client_id = \"demo\"; client_secret_credential = \"none\";");
}

static struct end_result report(struct end *end, const char *path)
{
    return END_RUN(end, "plan", "--from-export", path, "--format", "json", "--full");
}

static size_t row_count(struct json_object *plan)
{
    return json_object_array_length(end_at(plan, "decisions"));
}

static struct json_object *row_of(struct json_object *plan, const char *id)
{
    struct json_object *rows = end_at(plan, "decisions");

    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        if (strcmp(end_text_at(row, "account_id"), id) == 0)
            return row;
    }
    fail_msg("the plan has no row for %s", id);
    return NULL;
}

static bool has_note(struct json_object *plan, const char *words)
{
    struct json_object *notes = end_at(plan, "notes");

    for (size_t i = 0; i < json_object_array_length(notes); i++) {
        if (strstr(json_object_get_string(json_object_array_get_idx(notes, i)), words))
            return true;
    }
    return false;
}

/* A changed copy of the export, in which the first `from` behind `after` is `to`. */
static char *edited(struct end *end, const char *after, const char *from, const char *to)
{
    CLEANUP(mem_cleanup) char *whole = end_read(end->export_path);
    CLEANUP(text_release) struct text text = TEXT_INIT;
    char *at = strstr(whole, after);

    assert_non_null(at);
    at = strstr(at, from);
    assert_non_null(at);
    text_add_bytes(&text, whole, (size_t)(at - whole));
    text_add(&text, to);
    text_add(&text, at + strlen(from));
    return end_file(end, "edited.csv", text_cstr(&text), text.length);
}

static int64_t count_fed(struct end *end)
{
    return end_count(end,
                     "select (select count(*) from reconcile.account where created is not null "
                     "or deactivated is not null) + (select count(*) from "
                     "reconcile.login_pending)");
}

/* --- the report --- */

static void compare_rows(struct json_object *online, struct json_object *offline)
{
    /* Of inactive accounts the portal is not asked the login, which the export tells all the same:
     * the last two are compared for active ones. */
    static const char *const same[] = {
        "username", "email",   "name",  "action",          "rule",       "row",        "account",
        "person",   "profile", "roles", "employee_number", "matched_by", "last_login", "idle_days",
    };
    struct json_object *rows = end_at(online, "decisions");

    assert_int_equal(row_count(online), row_count(offline));
    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *left = json_object_array_get_idx(rows, i);
        struct json_object *right = row_of(offline, end_text_at(left, "account_id"));
        bool active = strcmp(end_text_at(left, "account"), "active") == 0;
        for (size_t k = 0; k < COUNT_OF(same) - (active ? 0 : 2); k++)
            if (!json_object_equal(end_at(left, same[k]), end_at(right, same[k])))
                fail_msg("'%s' differs: %s\n%s", same[k], json_object_to_json_string(left),
                         json_object_to_json_string(right));
    }
}

TEST(export_of_the_same_people_gives_the_same_decisions)
{
    CLEANUP(end_finish) struct end end;

    end_begin(&end, NULL);
    RUN(first, &end, "plan", "--full", "--format", "json");
    end_assert_code(&first, 0);
    JSON(online, end_json(&first));
    double requests = end_stat(&end, "requests");
    int64_t plans = end_count(&end, "select count(*) from reconcile.plan");
    unplug(&end);
    CLEANUP(end_result_release) struct end_result second = report(&end, end.export_path);
    end_assert_code(&second, 0);
    JSON(offline, end_json(&second));
    assert_true(end_number_at(online, "totals.suspend") > 0);
    compare_rows(online, offline);
    assert_string_equal(end_text_at(online, "inputs.snapshot.source"), "portal");
    assert_string_equal(end_text_at(offline, "inputs.snapshot.source"), "export");
    assert_string_equal(end_text_at(offline, "inputs.snapshot.file"), end.export_path);
    assert_int_equal(end_number_at(offline, "inputs.snapshot.requests"), 0);
    assert_true(has_note(offline, "nothing of this report can be approved or carried out"));
    assert_true(end_stat(&end, "requests") == requests);
    end_assert_no_writes(&end);
    assert_int_equal(end_count(&end, "select count(*) from reconcile.plan"), plans);
    assert_int_equal(end_count(&end, "select count(*) from reconcile.snapshot"), 1);
    assert_int_equal(end_count(&end, "select count(*) from reconcile.roster"), 1);
}

TEST(report_has_nothing_that_could_be_approved)
{
    CLEANUP(end_finish) struct end end;

    begin_known(&end);
    CLEANUP(mem_cleanup)
    char *digest = end_query(&end, "select encode(digest, 'hex') from reconcile.plan");
    RUN(text, &end, "plan", "--from-export", end.export_path);
    end_assert_code(&text, 0);
    end_assert_says(&text.out, "not stored");
    end_assert_says(&text.out, "export file '");
    end_assert_says(&text.out, "a report over an export file");
    end_assert_silent_of(&text.out, "digest");
    end_assert_silent_of(&text.out, "bynder-reconcile a");
    RUN(html, &end, "plan", "--from-export", end.export_path, "--format", "html");
    end_assert_code(&html, 0);
    end_assert_says(&html.out, "from the export file");
    end_assert_silent_of(&html.out, "approval by");
    CLEANUP(end_result_release) struct end_result json = report(&end, end.export_path);
    JSON(plan, end_json(&json));
    assert_null(end_at(plan, "plan.id"));
    assert_null(end_at(plan, "plan.digest"));
    assert_null(end_at(plan, "plan.expires_at"));
    /* The plan that was there is the only one, and is as it was. */
    RUN(second, &end, "approve", "2", "--digest", digest);
    assert_int_not_equal(second.code, 0);
    RUN(none, &end, "approve", "0", "--digest", digest);
    end_assert_code(&none, 64);
    assert_int_equal(
        end_count(&end, "select count(*) from reconcile.plan where state = 'proposed'"), 1);
}

TEST(empty_history_knows_no_profile_and_keeps_everybody)
{
    CLEANUP(end_finish) struct end end;

    end_begin(&end, NULL);
    unplug(&end);
    CLEANUP(end_result_release) struct end_result result = report(&end, end.export_path);
    end_assert_code(&result, 0); /* there is nothing to hold: no administrator can be told */
    JSON(plan, end_json(&result));
    assert_string_equal(end_guard(plan, "G9"), "pass");
    assert_int_equal(end_number_at(plan, "totals.suspend"), 0);
    assert_int_equal(end_number_at(plan, "totals.deprovision"), 0);
    assert_true(has_note(plan, "so P8 keeps them"));
    assert_true(has_note(plan, "no employee number"));
    assert_int_equal(end_count(&end, "select count(*) from reconcile.snapshot"), 0);
    assert_int_equal(end_count(&end, "select count(*) from reconcile.account"), 0);
    assert_int_equal(end_count(&end, "select count(*) from reconcile.plan"), 0);
}

static void set_age(const char *path, int64_t seconds)
{
    struct timespec now;

    assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
    now.tv_sec -= seconds;
    const struct timespec times[] = {now, now};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

TEST(old_export_is_held_and_judges_nobody_gone)
{
    CLEANUP(end_finish) struct end end;

    begin_known(&end);
    CLEANUP(mem_cleanup) char *path = edited(&end, "Website", "Active", "Active");
    CLEANUP(mem_cleanup)
    char *id =
        end_query(&end, "select account_id from reconcile.account join reconcile.account_version "
                        "using (portal_id, account_no) where status = 'active' and username like "
                        "'%a%' order by account_id limit 1");
    CLEANUP(mem_cleanup) char *whole = end_read(path);
    char *row = strstr(whole, id);
    assert_non_null(row);
    char *start = row, *behind = strchr(row, '\n') + 1;
    while (start[-1] != '\n')
        start--;
    memmove(start, behind, strlen(behind) + 1);
    CLEANUP(mem_cleanup) char *without = end_file(&end, "without.csv", whole, strlen(whole));

    /* A younger one says that somebody is gone; an older one cannot know. */
    CLEANUP(end_result_release) struct end_result young = report(&end, without);
    JSON(now, end_json(&young));
    assert_int_equal(end_number_at(now, "inputs.snapshot.gone"), 1);
    assert_string_equal(end_guard(now, "G5"), "pass");
    set_age(without, 5 * 86400);
    CLEANUP(end_result_release) struct end_result old = report(&end, without);
    end_assert_code(&old, 20);
    JSON(then, end_json(&old));
    assert_int_equal(end_number_at(then, "inputs.snapshot.gone"), 0);
    assert_string_equal(end_guard(then, "G5"), "hold");
    assert_true(has_note(then, "older than the newest snapshot"));
}

/* --- what the history takes over --- */

TEST(login_of_an_export_clears_somebody_on_the_portal)
{
    CLEANUP(end_finish) struct end end;

    begin_known(&end);
    CLEANUP(mem_cleanup)
    char *id =
        end_query(&end, "select account_id from reconcile.plan_row where rule = 'idle' order by 1 "
                        "limit 1");
    CLEANUP(mem_cleanup)
    char *old =
        end_query(&end, "select to_char(last_login at time zone 'UTC', 'YYYY-MM-DD') from "
                        "reconcile.plan_row where rule = 'idle' order by account_id limit 1");
    CLEANUP(mem_cleanup) char *today = end_query(&end, "select current_date::text");
    CLEANUP(mem_cleanup) char *path = edited(&end, id, old, today);
    unplug(&end);
    CLEANUP(end_result_release) struct end_result offline = report(&end, path);
    end_assert_code(&offline, 0);
    JSON(first, end_json(&offline));
    assert_string_equal(end_text_at(row_of(first, id), "action"), "keep");
    /* Of active accounts: of the others nobody ever asked the login, so any is news. */
    assert_int_equal(end_count(&end, "select count(*) from reconcile.login_pending join "
                                     "reconcile.account using (portal_id, account_id) join "
                                     "reconcile.account_version using (portal_id, account_no) "
                                     "where source = 'export' and status = 'active'"),
                     1);
    end_set(&end, END_URL, "http://127.0.0.1:%u", end.probe.port);
    end_set(&end, END_LOGIN, "client_id = \"demo\"; client_secret_file = \"client-secret\";");
    RUN(online, &end, "plan", "--full", "--format", "json");
    end_assert_code(&online, 0);
    JSON(second, end_json(&online));
    assert_string_equal(end_text_at(row_of(second, id), "action"), "keep");
    assert_string_equal(end_text_at(row_of(second, id), "last_login_source"), "export");
    assert_int_equal(end_count(&end, "select count(*) from reconcile.login_pending"), 0);
    /* The single read said less than the export: nothing was taken back, today nor tomorrow. */
    RUN(again, &end, "plan", "--full", "--format", "json");
    JSON(third, end_json(&again));
    assert_string_equal(end_guard(third, "G5"), "pass");
    assert_int_equal(end_count(&end, "select count(*) from reconcile.plan_guard where guard = 'G5' "
                                     "and actual not like '0 of %'"),
                     0);
}

TEST(created_date_of_an_export_counts_for_never_logged_in)
{
    CLEANUP(end_finish) struct end end;

    end_begin(&end, NULL);
    end_set(&end, END_RULES,
            "{ name = \"never\"; when = { account = \"active\"; login = \"never\"; "
            "known_days_min = 60; }; unless = { username = [ \"svc-*\" ]; }; do = \"suspend\"; }");
    RUN(before, &end, "plan", "--full", "--format", "json");
    end_assert_code(&before, 0);
    JSON(first, end_json(&before));
    assert_int_equal(end_number_at(first, "totals.suspend"), 0); /* first seen today */
    CLEANUP(end_result_release) struct end_result told = report(&end, end.export_path);
    end_assert_code(&told, 0);
    JSON(offline, end_json(&told));
    int64_t suspended = end_number_at(offline, "totals.suspend");
    assert_true(suspended > 0);
    assert_int_equal(
        end_count(&end, "select count(*) from reconcile.account where created is null"), 0);
    assert_true(end_count(&end, "select count(*) from reconcile.account where deactivated is not "
                                "null") > 0);
    RUN(after, &end, "plan", "--format", "json");
    end_assert_code(&after, 0);
    JSON(online, end_json(&after));
    assert_int_equal(end_number_at(online, "totals.suspend"), suspended);
}

/* --- files that are not what they should be --- */

TEST(incomplete_export_shows_and_feeds_nothing)
{
    static const struct {
        const char *from, *to, *reason;
    } cases[] = {
        {";Active;", ";Whatever;", "Account Status"},
        {";Active;", ";Active;;", "fields"},
        {";Active;", "", "fields"},
    };
    CLEANUP(end_finish) struct end end;

    begin_known(&end);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(mem_cleanup) char *path = edited(&end, "Website", cases[i].from, cases[i].to);
        CLEANUP(end_result_release) struct end_result result = report(&end, path);
        end_assert_code(&result, 20);
        end_assert_says(&result.err, cases[i].reason);
        JSON(plan, end_json(&result));
        assert_string_equal(end_guard(plan, "G4"), "hold");
        assert_int_equal(end_number_at(plan, "inputs.snapshot.gone"), 0);
        assert_int_equal(count_fed(&end), 0);
    }
    /* Cut in the middle of a row, as a download is. */
    CLEANUP(mem_cleanup) char *whole = end_read(end.export_path);
    CLEANUP(mem_cleanup) char *cut = end_file(&end, "cut.csv", whole, strlen(whole) / 2);
    CLEANUP(end_result_release) struct end_result result = report(&end, cut);
    end_assert_code(&result, 20);
    assert_int_equal(count_fed(&end), 0);
}

static void refuse(struct end *end, const char *path, const char *words)
{
    RUN(result, end, "plan", "--from-export", path);

    end_assert_code(&result, 65);
    end_assert_says(&result.err, words);
    assert_int_equal(result.out.length, 0);
    assert_int_equal(count_fed(end), 0);
}

TEST(file_that_is_no_export_is_refused)
{
    CLEANUP(end_finish) struct end end;

    begin_known(&end);
    refuse(&end, end.roster_path, "'User ID', 'Username'");
    refuse(&end, "/nowhere/export.csv", "cannot open it");
    refuse(&end, end.probe.directory, "is a directory");
    CLEANUP(mem_cleanup) char *nul = edited(&end, "Website", "Active", "Act");
    CLEANUP(mem_cleanup) char *whole = end_read(nul);
    size_t length = strlen(whole);
    *strstr(whole, "Act") = '\0';
    CLEANUP(mem_cleanup) char *with_nul = end_file(&end, "nul.csv", whole, length);
    refuse(&end, with_nul, "export '");
}

TEST(line_of_a_gigabyte_is_refused_in_little_memory)
{
    CLEANUP(end_finish) struct end end;

    begin_known(&end);
    CLEANUP(mem_cleanup) char *whole = end_read(end.export_path);
    CLEANUP(mem_cleanup) char *path = end_file(&end, "long.csv", whole, strlen(whole));
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    /* A quoted field without an end; of zeroes it would be refused for those. */
    CLEANUP(text_release) struct text piece = TEXT_INIT;
    for (size_t i = 0; i < 8 * 1048576; i++)
        text_add_char(&piece, 'x');
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    assert_true(fputs("\"", file) >= 0);
    assert_int_equal(fwrite(piece.data, 1, piece.length, file), piece.length);
    assert_int_equal(fflush(file), 0);
    assert_int_equal(ftruncate(fileno(file), 1L << 30), 0);
    assert_int_equal(fclose(file), 0);
    RUN(result, &end, "plan", "--from-export", path);
    end_assert_code(&result, 65);
    end_assert_says(&result.err, "is longer than");
    assert_true(result.peak_kib < 256 * 1024); /* of a file of 1 GiB; sanitizers take more */
}
