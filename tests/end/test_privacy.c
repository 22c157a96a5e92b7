/*
 * What must not get out, and what must come out the same: secrets, the columns nobody mapped,
 * hostile names; the order of the input; memory; and a roster as people really export it.
 */
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "end.h"
#include "host/file.h"
#include "sanitized.h"
#include "sink.h"
#include "test.h"

#define WORLD(name, options)                                                                       \
    CLEANUP(end_finish) struct end name;                                                           \
    end_begin(&name, options)

/* --- what must not get out --- */

static void check_silent(const struct end_result *result, const char *secret)
{
    end_assert_silent_of(&result->out, secret);
    end_assert_silent_of(&result->err, secret);
}

static void check_dump(struct end *end, const char *secret)
{
    const char *const words[] = {"pg_dump", "-d", end->conninfo, NULL};
    CLEANUP(text_release) struct text dump = TEXT_INIT;

    end_tool(end->probe.directory, words, &dump);
    end_assert_says(&dump, "account_version");
    end_assert_silent_of(&dump, secret);
}

/* The command line and the environment of a process. */
static void read_process(pid_t pid, struct text *ret_text)
{
    static const char *const files[] = {"cmdline", "environ"};

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        CLEANUP(text_release) struct text path = TEXT_INIT, bytes = TEXT_INIT;

        text_addf(&path, "/proc/%d/%s", (int)pid, files[i]);
        assert_int_equal(file_read(text_cstr(&path), 1u << 20, ERR_INTERNAL, &bytes, NULL, NULL),
                         0);
        for (size_t k = 0; k < bytes.length; k++)
            text_add_char(ret_text, bytes.data[k] ? bytes.data[k] : '\n');
    }
}

#define CANARY "canary-5Xq9-secret"

TEST(secrets_get_into_no_output_and_no_database)
{
    static const char *const options[] = {
        "--users", "200", "--seed", "5", "--token", CANARY, "--client-secret", CANARY, NULL};
    static const char *const logins[] = {"client_id = \"demo\"; client_secret_file = \"canary\";",
                                         "token_file = \"canary\";"};
    static const char *const levels[] = {"text", "json"};
    WORLD(end, options);

    free(end_file(&end, "canary", CANARY "\n", strlen(CANARY "\n")));
    for (size_t i = 0; i < COUNT_OF(logins); i++) {
        end_set(&end, END_LOGIN, "%s", logins[i]);
        RUN(plan, &end, "--log-level", "debug", "--log-format", levels[i], "plan", "--full");
        end_assert_code(&plan, 0);
        check_silent(&plan, CANARY);
        RUN(check, &end, "--log-level", "debug", "check");
        end_assert_code(&check, 0);
        check_silent(&check, CANARY);
        end_fault(&end, "error=401:/api/");
        RUN(refused, &end, "--log-level", "debug", "plan");
        end_assert_code(&refused, 77);
        check_silent(&refused, CANARY);
        end_clear_faults(&end);
    }
    check_dump(&end, CANARY);
}

TEST(secrets_are_not_in_the_command_line_or_environment)
{
    static const char *const words[] = {"plan", NULL};
    CLEANUP(text_release) struct text process = TEXT_INIT;
    WORLD(end, NULL);

    end_keep_back(&end, 8, NULL);
    struct end_child child = end_start(&end, words);
    end_wait_for_requests(&end, 8);
    read_process(child.pid, &process);
    end_assert_says(&process, "plan");
    end_assert_silent_of(&process, END_SECRET);
    (void)kill(child.pid, SIGTERM);
    CLEANUP(end_result_release) struct end_result result = end_wait(&child);
    assert_int_not_equal(result.code, 0);
}

TEST(password_of_the_database_is_not_in_the_command_line_of_psql)
{
    WORLD(end, NULL);

    free(end_file(&end, "canary", CANARY "\n", strlen(CANARY "\n")));
    end_set(&end, END_DATABASE, "conninfo = \"%s\"; password_file = \"canary\";", end.conninfo);
    RUN(result, &end, "psql", "-c", "\\! tr '\\0' ' ' < /proc/$PPID/cmdline");
    end_assert_code(&result, 0);
    end_assert_says(&result.out, "psql");
    check_silent(&result, CANARY);
    RUN(plan, &end, "--log-level", "debug", "plan");
    end_assert_code(&plan, 0);
    check_silent(&plan, CANARY);
}

/* --- all of them at once --- */

static const char *const canaries[] = {"canary-1-token", "canary-2-client", "canary-3-database",
                                       "canary-4-mail", "canary-5-webhook"};

static void check_text(const struct text *text, const char *where)
{
    for (size_t i = 0; i < COUNT_OF(canaries); i++) {
        if (strstr(text_cstr(text), canaries[i]))
            fail_msg("%s is in %s", canaries[i], where);
    }
}

static void put_canary(struct end *end, const char *name, const char *format, unsigned port)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    for (const char *c = format; *c; c++) {
        if (*c == '#')
            text_addf(&text, "%u", port);
        else
            text_add_char(&text, *c);
    }
    text_add_char(&text, '\n');
    free(end_file(end, name, text_cstr(&text), text.length));
}

struct guarded {
    struct end end;
    struct sink mail, webhook;
};

static void guarded_begin(struct guarded *guarded)
{
    static const char *const options[] = {
        "--users",         "60", "--seed", "5", "--token", "canary-1-token", "--client-secret",
        "canary-2-client", NULL};
    const char *const login[] = {"--user", "job", "--password", "canary-4-mail", NULL};
    struct end *end = &guarded->end;

    *guarded = (struct guarded){.mail = {.pid = 0}};
    end_begin(end, options);
    sink_start(&guarded->mail, end->probe.directory, "mail", login);
    sink_start(&guarded->webhook, end->probe.directory, "webhook", NULL);
    put_canary(end, "token", "canary-1-token", 0);
    put_canary(end, "client", "canary-2-client", 0);
    put_canary(end, "database", "canary-3-database", 0);
    put_canary(end, "mail-password", "canary-4-mail", 0);
    put_canary(end, "webhook-url", "http://127.0.0.1:#/services/canary-5-webhook",
               guarded->webhook.port);
    end_set(end, END_DATABASE, "conninfo = \"%s\"; password_file = \"database\";", end->conninfo);
    end_set(
        end, END_REST,
        "report: { directory = \"said/reports\"; }; metrics: { textfile = \"said/end.prom\"; };"
        "apply: { state_directory = \"said/state\"; };"
        "notify: { timeout = 600; mail: { server = \"smtp://127.0.0.1:%u\"; starttls = \"none\";"
        " from = \"a@acme.example\"; to = \"b@acme.example\"; user = \"job\"; "
        "password_file = \"mail-password\"; }; webhook: { url_file = \"webhook-url\"; }; };",
        guarded->mail.port);
    CLEANUP(mem_cleanup) char *said = probe_path(&end->probe, "said");
    assert_int_equal(file_make_directory(said, 0700, NULL), 0);
}

static void guarded_finish(struct guarded *guarded)
{
    sink_stop(&guarded->mail);
    sink_stop(&guarded->webhook);
    end_finish(&guarded->end);
}

/* Everything the program left in files, by grep, and in the database. */
static void check_left(struct guarded *guarded)
{
    const char *const grep[] = {"sh", "-c",
                                "find said -type f | grep -q . && ! grep -rE 'canary-[1-5]' said "
                                "sink-mail/*.mail sink-webhook/*.post",
                                NULL};
    CLEANUP(text_release) struct text found = TEXT_INIT;

    end_tool(guarded->end.probe.directory, grep, &found);
    check_dump(&guarded->end, "canary-");
}

TEST(run_with_every_secret_tells_none_of_them)
{
    static const char *const logins[] = {"client_id = \"demo\"; client_secret_file = \"client\";",
                                         "token_file = \"token\";"};
    static const char *const words[] = {"run", "plan", "check", "status"};
    CLEANUP(guarded_finish) struct guarded guarded;

    guarded_begin(&guarded);
    for (size_t i = 0; i < 2 * COUNT_OF(words); i++) {
        end_set(&guarded.end, END_LOGIN, "%s", logins[i % 2]);
        RUN(result, &guarded.end, "--log-level", "debug", "--log-format", i % 2 ? "json" : "text",
            words[i / 2]);
        end_assert_code(&result, 0);
        check_text(&result.out, words[i / 2]);
        check_text(&result.err, words[i / 2]);
    }
    assert_int_equal(sink_count(&guarded.mail), 1);
    assert_int_equal(sink_count(&guarded.webhook), 1);
    check_left(&guarded);
}

TEST(run_that_fails_everywhere_tells_no_secret_either)
{
    CLEANUP(guarded_finish) struct guarded guarded;

    guarded_begin(&guarded);
    end_set(&guarded.end, END_LOGIN, "token_file = \"token\";");
    sink_answer(&guarded.webhook, "404");
    sink_answer(&guarded.mail, "554");
    end_fault(&guarded.end, "error=401:/api/");
    RUN(refused, &guarded.end, "--log-level", "debug", "run");
    end_assert_code(&refused, 77);
    end_assert_says(&refused.err, "by mail");
    end_assert_says(&refused.err, "by webhook");
    check_text(&refused.err, "a run with everything refused");
    sink_stop(&guarded.webhook);
    sink_stop(&guarded.mail);
    end_set(&guarded.end, END_DATABASE,
            "conninfo = \"host=127.0.0.1 port=1\"; password_file = \"database\";");
    RUN(away, &guarded.end, "--log-level", "debug", "run");
    end_assert_code(&away, 69);
    check_text(&away.err, "a run with everything away");
    RUN(check, &guarded.end, "--log-level", "debug", "check");
    end_assert_code(&check, 69);
    check_text(&check.out, "check with everything away");
    check_text(&check.err, "check with everything away");
}

TEST(process_shows_no_secret_and_leaves_no_core)
{
    static const char *const words[] = {"run", NULL};
    const char *const find[] = {"sh", "-c", "! find . -name 'core*' | grep .", NULL};
    CLEANUP(guarded_finish) struct guarded guarded;
    CLEANUP(text_release)
    struct text process = TEXT_INIT, limits = TEXT_INIT, found = TEXT_INIT, path = TEXT_INIT;
    struct rlimit old, cores = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};

    guarded_begin(&guarded);
    end_set(&guarded.end, END_LOGIN, "token_file = \"token\";");
    end_keep_back(&guarded.end, 5, NULL);
    assert_int_equal(getrlimit(RLIMIT_CORE, &old), 0);
    if (setrlimit(RLIMIT_CORE, &cores) < 0) {
        cores.rlim_cur = cores.rlim_max = old.rlim_max;
        assert_int_equal(setrlimit(RLIMIT_CORE, &cores), 0);
    }
    struct end_child child = end_start(&guarded.end, words);
    end_wait_for_requests(&guarded.end, 5);
    read_process(child.pid, &process);
    check_text(&process, "the process");
    text_addf(&path, "/proc/%d/limits", (int)child.pid);
    assert_int_equal(file_read(text_cstr(&path), 1u << 16, ERR_INTERNAL, &limits, NULL, NULL), 0);
    end_assert_says(&limits, "Max core file size        0                    0 ");
    (void)kill(child.pid, SIGABRT);
    CLEANUP(end_result_release) struct end_result result = end_wait(&child);
    assert_int_equal(result.code, 128 + SIGABRT);
    end_tool(guarded.end.probe.directory, find, &found);
}

/* The roster with one more column, which nobody mapped, and two rows that are refused. */
static char *roster_with_salaries(struct end *end)
{
    CLEANUP(mem_cleanup) char *roster = end_read(end->roster_path);
    struct text text = TEXT_INIT;
    const char *title = ",Salary\n";

    for (const char *line = roster; *line; line += strcspn(line, "\n") + 1) {
        text_add_bytes(&text, line, strcspn(line, "\r\n"));
        text_add(&text, title);
        title = "," CANARY "\n";
    }
    text_add(&text, "999991,Bad Date,bad@acme.example,Active,31.12.2019,,IT," CANARY "\n");
    text_add(&text, "999992,Bad Status,bad2@acme.example,Sleeping,2019-12-31,,IT," CANARY "\n");
    return text_take(&text);
}

TEST(unmapped_columns_get_into_no_output_and_no_database)
{
    static const char *const formats[] = {"text", "json", "csv"};
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *roster = roster_with_salaries(&end);

    free(end_file(&end, "salaries.csv", roster, strlen(roster)));
    end_set(&end, END_SOURCE, "salaries.csv");
    end_set(&end, END_ROSTER, "%s guards: { max_rejected_percent = 50.0; };",
            "status: { employed = [ \"Active\" ]; on_leave = [ \"Leave\" ]; departed = "
            "[ \"Voluntarily Terminated\", \"Terminated for Cause\" ]; };");
    RUN(plan, &end, "--log-level", "debug", "plan", "--full", "--format", "json");
    end_assert_code(&plan, 0);
    JSON(json, end_json(&plan));
    assert_int_equal(end_number_at(json, "inputs.roster.rejected"), 2);
    check_silent(&plan, CANARY);
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        RUN(check, &end, "--log-level", "debug", "roster", "check", "--all", "--format",
            formats[i]);
        end_assert_code(&check, 0);
        end_assert_says(&check.out, "Sleeping");
        check_silent(&check, CANARY);
    }
    check_dump(&end, CANARY);
}

/* --- hostile names --- */

/* The form that makes an account look so. */
static const char *const hostile[] = {
    "firstname=%3Cscript%3Ealert%281%29%3C%2Fscript%3E&lastname=%22onload%3D%27x%27",
    "firstname=%3Dcmd%7C%27%20%2FC%20calc%27%21A0&lastname=x",
    "firstname=%2B1%2B1&lastname=%20x",
    "firstname=%40SUM%28A1%29&lastname=x",
    "firstname=%1B%5B31mred&lastname=%07bell",
    "firstname=%E2%80%AEdetrevni&lastname=x",
    "firstname=tab%09tab&lastname=line%0Aline",
    "firstname=%3C%2Ftd%3E%3C%2Ftable%3E%26amp%3B&lastname=--%3E",
    "firstname=%2D2%2B3&lastname=%7Cpipe",
};

/* Outside of tags and entities no control character, no bare markup of theirs. */
static void check_printable(const struct text *text)
{
    for (size_t i = 0; i < text->length; i++) {
        unsigned char c = (unsigned char)text->data[i];
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f)
            fail_msg("control character %02x at %zu", c, i);
    }
    end_assert_silent_of(text, "\xE2\x80\xAE"); /* right-to-left override */
}

/* No cell that a spreadsheet would calculate. */
static void check_cells(const struct text *text)
{
    for (size_t i = 1; i + 1 < text->length; i++) {
        bool begins = text->data[i - 1] == ',' || text->data[i - 1] == '\n' ||
                      (text->data[i - 1] == '"' && i > 1 &&
                       (text->data[i - 2] == ',' || text->data[i - 2] == '\n'));
        if (begins && strchr("=+-@|%\t", text->data[i]))
            fail_msg("a cell begins with: %.40s", text->data + i);
    }
}

TEST(hostile_names_stay_text_in_every_format)
{
    WORLD(end, NULL);
    RUN(first, &end, "plan", "--format", "json");

    end_hold(&end); /* held, so that text shows every row */
    JSON(before, end_json(&first));
    struct json_object *rows = end_at(before, "decisions");
    for (size_t i = 0; i < COUNT_OF(hostile); i++)
        end_change_user(&end, end_text_at(json_object_array_get_idx(rows, i), "account_id"),
                        hostile[i]);
    RUN(json, &end, "--log-level", "debug", "plan", "--format", "json");
    end_assert_code(&json, 20);
    JSON(plan, end_json(&json));
    (void)end_assert_truth(&end, plan, true);
    end_assert_says(&json.out, "=cmd|' /C calc'!A0"); /* the lossless form */
    check_printable(&json.err);
    RUN(text, &end, "show", "--format", "text");
    end_assert_says(&text.out, "=cmd|");
    check_printable(&text.out);
    RUN(csv, &end, "show", "--format", "csv");
    end_assert_says(&csv.out, "'=cmd|");
    check_cells(&csv.out);
    RUN(html, &end, "show", "--format", "html");
    end_assert_says(&html.out, "=cmd|");
    check_printable(&html.out);
    const char *ours = strstr(text_cstr(&html.out), "<script");
    assert_non_null(ours); /* of the page, behind all rows; and no other */
    assert_true(text_starts(ours, "<script>/*\n * What the page can do"));
    assert_null(strstr(ours + 1, "<script"));
    end_assert_silent_of(&html.out, "</table>&amp;amp;-->");
    end_assert_says(&html.out, "&lt;script&gt;");
}

/* --- the same input --- */

/* The rows the other way round. */
static char *reversed(const char *roster)
{
    const char *body = strchr(roster, '\n') + 1;
    struct text text = TEXT_INIT;

    text_add_bytes(&text, roster, (size_t)(body - roster));
    for (const char *at = roster + strlen(roster); at > body;) {
        const char *line = at - 1;
        while (line > body && line[-1] != '\n')
            line--;
        text_add_bytes(&text, line, (size_t)(at - line));
        at = line;
    }
    return text_take(&text);
}

static char *digest_of_plan(const char *page_size, bool reverse)
{
    WORLD(end, NULL);
    CLEANUP(mem_cleanup) char *roster = end_read(end.roster_path);
    CLEANUP(mem_cleanup) char *other = reversed(roster);

    assert_int_equal(strlen(roster), strlen(other));
    free(end_file(&end, "r.csv", reverse ? other : roster, strlen(roster)));
    end_set(&end, END_SOURCE, "r.csv");
    end_set(&end, END_PORTAL,
            "requests_per_second = 1000000.0; requests_per_window = 100000000; connections = 3; "
            "logins = \"each\"; page_size = %s;",
            page_size);
    RUN(result, &end, "plan", "--format", "json");
    end_assert_code(&result, 0);
    JSON(plan, end_json(&result));
    return mem_strdup(end_text_at(plan, "plan.digest"));
}

TEST(digest_does_not_depend_on_order_or_pages)
{
    CLEANUP(mem_cleanup) char *one = digest_of_plan("500", false);
    CLEANUP(mem_cleanup) char *two = digest_of_plan("7", true);

    assert_string_equal(one, two);
}

/* --- memory --- */

TEST(plan_over_5000_accounts_takes_less_than_60_megabytes)
{
    static const char *const options[] = {"--users", "5000", "--seed", "7", NULL};

    if (SANITIZED)
        skip();
    WORLD(end, options);
    end_set(&end, END_PORTAL,
            "requests_per_second = 1000000.0; requests_per_window = 100000000; "
            "logins = \"each\";");
    RUN(result, &end, "plan", "--format", "html");
    assert_true(result.code == 0 || result.code == 20);
    print_message("  %lld KiB, %.1f s\n", (long long)result.peak_kib, result.seconds);
    assert_true(result.peak_kib < 60 * 1024);
    end_assert_no_writes(&end);
}

/* --- a roster as people export it --- */

/* Replaces the value of a setting in the text of a configuration, up to the semicolon. */
static void replace_setting(struct text *text, const char *setting, const char *value)
{
    struct text changed = TEXT_INIT;
    const char *at = strstr(text_cstr(text), setting);

    if (!at)
        fail_msg("the example has no '%s'", setting);
    text_add_bytes(&changed, text->data, (size_t)(at - text->data));
    text_add(&changed, value);
    text_add(&changed, at + strcspn(at, ";"));
    text_release(text);
    *text = changed;
}

static void take_example(struct end *end, const char *roster)
{
    CLEANUP(text_release) struct text text = TEXT_INIT, value = TEXT_INIT;

    assert_int_equal(file_read(SOURCE_DIR "/etc/examples/hr-dataset.conf", 1u << 20, ERR_INTERNAL,
                               &text, NULL, NULL),
                     0);
    text_addf(&value,
              "url = \"http://127.0.0.1:%u\"; requests_per_second = 1000000.0; "
              "requests_per_window = 100000000",
              end->probe.port);
    replace_setting(&text, "url = ", text_cstr(&value));
    replace_setting(&text, "client_id = ", "client_id = \"demo\"");
    replace_setting(&text, "client_secret_credential = ", "client_secret_file = \"client-secret\"");
    text_clear(&value);
    text_addf(&value, "conninfo = \"%s\"", end->conninfo);
    replace_setting(&text, "embedded = ", text_cstr(&value));
    text_clear(&value);
    text_addf(&value, "source = \"%s\"", roster);
    replace_setting(&text, "source = ", text_cstr(&value));
    free(end_file(end, "end.conf", text.data, text.length));
}

/* The cell in a row of semicolons, trimmed. */
static char *cell_of(const char *row, size_t column)
{
    while (column-- > 0)
        row += strcspn(row, ";") + 1;
    size_t length = strcspn(row, ";\r\n");
    text_trim(&row, &length);
    return mem_strndup(row, length);
}

static size_t column_of(const char *row, const char *title)
{
    for (size_t column = 0; column < 40; column++) {
        CLEANUP(mem_cleanup) char *cell = cell_of(row, column);
        if (strcmp(cell, title) == 0)
            return column;
    }
    fail_msg("there is no column '%s'", title);
    return 0;
}

/* Numbers of the people with a date in DateofTermination, by the plainest of readers. */
static size_t find_leavers(const char *roster, struct text *keys)
{
    size_t id = 1, last_day = column_of(roster, "DateofTermination"), count = 0;

    if (strstr(roster, "EmpID;"))
        id = column_of(roster, "EmpID");
    text_add_char(keys, ' ');
    for (const char *row = strchr(roster, '\n') + 1; *row; row += strcspn(row, "\n") + 1) {
        CLEANUP(mem_cleanup) char *number = cell_of(row, id), *day = cell_of(row, last_day);
        if (isdigit((unsigned char)day[0])) {
            text_addf(keys, "%s ", number);
            count++;
        }
    }
    return count;
}

TEST(real_roster_shows_its_leavers_and_nobody_else)
{
    const char *directory = getenv("SHARED_DATA");
    CLEANUP(text_release) struct text path = TEXT_INIT, keys = TEXT_INIT;

    text_addf(&path, "%s/hr-roster-2019.csv", directory ? directory : SOURCE_DIR "/../shared/data");
    if (access(text_cstr(&path), R_OK) != 0) {
        text_release(&path); /* skip jumps out of here */
        skip();
    }
    const char *const options[] = {"--people", text_cstr(&path), NULL};
    WORLD(end, options);
    CLEANUP(mem_cleanup) char *roster = end_read(text_cstr(&path));
    assert_int_equal(find_leavers(roster, &keys), 104);
    take_example(&end, text_cstr(&path));
    RUN(result, &end, "plan", "--format", "json");
    JSON(plan, end_json(&result));
    struct json_object *decisions = end_at(plan, "decisions");
    size_t found = 0;
    for (size_t i = 0; i < json_object_array_length(decisions); i++) {
        struct json_object *row = json_object_array_get_idx(decisions, i);
        CLEANUP(text_release) struct text key = TEXT_INIT;
        if (strcmp(end_text_at(row, "action"), "keep") == 0)
            continue;
        text_addf(&key, " %s ", end_text_at(row, "employee_number"));
        assert_string_equal(end_text_at(row, "action"), "suspend");
        assert_string_equal(end_text_at(row, "person"), "departed");
        end_assert_says(&keys, text_cstr(&key));
        found++;
    }
    assert_int_equal(found, 104);
    end_assert_no_writes(&end);
}
