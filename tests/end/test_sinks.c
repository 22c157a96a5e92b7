/*
 * Five hundred hostile names, addresses, departments, profiles and reasons through every sink, read
 * back by somebody else's readers (tests/sinks/check.py) and held against what was meant.
 * With SINKS_DIRECTORY in the environment what came out stays there, for `make check-sinks`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "format/encode.h"
#include "host/file.h"
#include "host/journal.h"
#include "hostile.h"
#include "notify/delivery.h"
#include "notify/message.h"
#include "notify/metrics.h"
#include "report/report.h"
#include "test.h"
#include "told.h"

enum { COUNT = 500, KEPT = 110 };

static struct {
    struct arena arena;
    struct probe probe; /* its directory alone */
    const char *directory;
    char *value[COUNT];
} world;

static int begin(void **state)
{
    uint64_t seed = 20261128;

    (void)state;
    world.arena = ARENA_INIT;
    probe_prepare(&world.probe);
    world.directory = getenv("SINKS_DIRECTORY");
    if (!world.directory)
        world.directory = world.probe.directory;
    for (size_t i = 0; i < COUNT; i++)
        world.value[i] = hostile_value(&world.arena, &seed, i);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    arena_release(&world.arena);
    (void)probe_stop(&world.probe);
    return 0;
}

TEST_EACH(begin, finish);

/* The value of row `i` in a field: each field has all of them, in another order. */
static const char *of(size_t i, size_t field)
{
    return world.value[(i * 7 + field * 101) % COUNT];
}

/* Without the care of host/file: there are thousands. */
static void put(const char *name, const void *bytes, size_t length)
{
    CLEANUP(mem_cleanup) char *path = file_join(world.directory, name);
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void put_numbered(const char *name, size_t number, const struct text *text)
{
    CLEANUP(text_release) struct text numbered = TEXT_INIT;

    text_addf(&numbered, "%s.%zu", name, number);
    put(text_cstr(&numbered), text_cstr(text), text->length);
}

/* Fields in hex: no encoder that is under test has a hand in them. */
static void add_meant(struct text *out, const char *const *value, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_add(out, i ? "\t" : "");
        for (const char *c = value[i]; *c; c++)
            text_addf(out, "%02x", (unsigned)(unsigned char)*c);
    }
    text_add_char(out, '\n');
}

static void check_by(const char *what, const char *a, const char *b)
{
    CLEANUP(text_release) struct text out = TEXT_INIT;
    CLEANUP(mem_cleanup) char *script = file_join(SOURCE_DIR, "tests/sinks/check.py");

    end_tool(world.probe.directory,
             (const char *const[]){"/usr/bin/python3", script, what, world.directory, a, b, NULL},
             &out);
}

/* --- reports --- */

static struct plan make_plan(struct plan_row row[static COUNT])
{
    for (size_t i = 0; i < COUNT; i++) {
        row[i] = (struct plan_row){
            .action = i % 3 ? ACTION_SUSPEND : ACTION_KEEP,
            .finding = i % 3 == 0,
            .account_id = arena_printf(&world.arena, "%08zX-2B3A-141F-8F07D71AA1F223BD", i + 1),
            .name = of(i, 1),
            .email = of(i, 2),
            .username = of(i, 3),
            .department = of(i, 4),
            .country = of(i, 5),
            .profile = of(i, 5),
            .reason = of(i, 6),
            .rule = i % 3 ? world.value[i % 2] : "",
            .clause = i % 3 ? "R1" : "P4",
            .account_word = "active",
            .person_word = "employed",
            .idle_days = -1,
        };
    }
    return (struct plan){.id = 1,
                         .portal = world.value[0],
                         .time_zone = "UTC",
                         .state = PLAN_PROPOSED,
                         .row = row,
                         .row_count = COUNT};
}

TEST(hostile_values_stay_values_in_every_report)
{
    static const char *const name[REPORT_FORMAT_COUNT] = {
        "report.txt", "report.json", "report.csv", "report.html", "report.xlsx", "report.bom"};
    static const struct report_style plain = {.width = 120};
    struct plan_row *row = arena_calloc(&world.arena, COUNT, sizeof(*row));
    struct plan plan = make_plan(row);
    CLEANUP(text_release) struct text meant = TEXT_INIT;

    plan.totals.of[ACTION_SUSPEND] = COUNT;
    plan.guard = &(struct guard_finding){.id = "G7",
                                         .hold = true, /* the text shows every row */
                                         .limit = world.value[1],
                                         .actual = world.value[2],
                                         .text = world.value[3]};
    plan.guard_count = 1;
    for (size_t i = 0; i < COUNT; i++)
        add_meant(&meant,
                  (const char *const[]){row[i].account_id, row[i].name, row[i].email,
                                        row[i].username, row[i].department, row[i].profile,
                                        row[i].reason},
                  7);
    put("report.meant", text_cstr(&meant), meant.length);
    for (enum report_format f = 0; f < REPORT_FORMAT_COUNT; f++) {
        CLEANUP(text_release) struct text out = TEXT_INIT;
        assert_int_equal(report_plan(&plan, f, &plain, &out, NULL), 0);
        put(name[f], text_cstr(&out), out.length);
    }
    check_by("reports", NULL, NULL);
}

/* --- messages --- */

static void send_mail(const struct sink *sink, const struct notice_facts *facts, size_t number)
{
    static const char *const to[] = {"it@acme.example"};
    const struct clock *clock = clock_system();
    CLEANUP(notice_message_release) struct notice_message message = {.text = TEXT_INIT};
    CLEANUP(text_release) struct text server = TEXT_INIT, id = TEXT_INIT;
    struct mail_attachment csv = {.name = "plan-1.csv", .type = "text/csv; charset=utf-8"};
    CLEANUP(err_release) struct err err = ERR_INIT;
    const struct delivery_bound bound = {
        .clock = clock, .until = instant_add_us(clock->steady(clock->self), 8 * SECOND_US)};

    report_notice(facts, &message);
    text_addf(&server, "smtp://127.0.0.1:%u", sink->port);
    text_addf(&id, "%zu", number);
    encode_csv(&csv.content, facts->portal);
    const struct config_mail config = {.server = text_cstr(&server),
                                       .from = "job@acme.example",
                                       .security = MAIL_CLEAR_TEXT,
                                       .to = {.item = to, .count = 1}};
    const struct mail mail = {.id = text_cstr(&id),
                              .subject = text_cstr(&message.subject),
                              .date = facts->now,
                              .text = text_cstr(&message.text),
                              .html = text_cstr(&message.html),
                              .attachment = &csv,
                              .attachment_count = 1};
    if (delivery_mail(&config, &mail, &bound, NULL, &err) < 0)
        fail_msg("mail %zu: %s", number, err.text);
    text_release(&csv.content);
}

static void keep_posts(const struct notice_facts *facts, size_t number)
{
    static const char *const name[] = {"post-generic", "post-slack", "post-teams"};

    for (enum webhook_shape shape = WEBHOOK_GENERIC; shape <= WEBHOOK_TEAMS; shape++) {
        CLEANUP(text_release) struct text out = TEXT_INIT;
        report_notice_json(facts, shape, &out);
        put_numbered(name[shape], number, &out);
    }
}

static void keep_metrics(const char *portal, size_t number)
{
    struct metrics metrics = {.portal = portal};
    CLEANUP(text_release) struct text name = TEXT_INIT;

    metrics_set(&metrics, METRIC_SEATS, NULL, 1);
    text_addf(&name, "metrics.%zu", number);
    CLEANUP(mem_cleanup) char *path = file_join(world.directory, text_cstr(&name));
    for (int twice = 0; twice < 2; twice++) /* the second time over what is kept of the first */
        assert_int_equal(metrics_write(&metrics, path, NULL), 0);
}

static int listen_as_journal(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    assert_true(fd >= 0 && strlen(path) < sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path));
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void keep_entry(int journal, const char *value, size_t number)
{
    static char bytes[65536];
    CLEANUP(text_release) struct text entry = TEXT_INIT;

    log_context("portal", value);
    log_warning("about %s", value);
    ssize_t got = recv(journal, bytes, sizeof(bytes), 0);
    assert_true(got > 0);
    text_add_bytes(&entry, bytes, (size_t)got);
    put_numbered("entry", number, &entry);
}

TEST(hostile_values_stay_values_in_every_message)
{
    CLEANUP(mem_cleanup) char *path = probe_path(&world.probe, "journal");
    CLEANUP(sink_stop) struct sink sink = {.pid = 0};
    CLEANUP(cleanup_fd) int journal = listen_as_journal(path);
    CLEANUP(text_release) struct text meant = TEXT_INIT;

    sink_start(&sink, world.probe.directory, "mail", NULL);
    journal_begin(path);
    for (size_t i = 0; i < COUNT; i++) {
        const struct notice_facts facts = {.kind = NOTICE_FAILED,
                                           .portal = world.value[i],
                                           .verb = "run",
                                           .host = "job1",
                                           .run = 5,
                                           .now = {.us = INT64_C(1764000000) * SECOND_US},
                                           .exit_code = 70,
                                           .why = of(i, 1)};
        add_meant(&meant, (const char *const[]){world.value[i]}, 1);
        send_mail(&sink, &facts, i + 1);
        keep_posts(&facts, i + 1);
        keep_metrics(world.value[i], i + 1);
        keep_entry(journal, world.value[i], i + 1);
    }
    journal_end();
    log_context("portal", NULL);
    put("values.meant", text_cstr(&meant), meant.length);
    CLEANUP(mem_cleanup) char *mails = file_join(world.directory, "mail-sink");
    (void)unlink(mails);
    assert_int_equal(symlink(sink.directory, mails), 0);
    check_by("messages", NULL, NULL);
    (void)unlink(mails);
}

/* --- a portal of such people --- */

static void add_field(struct text *form, const char *name, const char *value)
{
    text_addf(form, "%s%s=", form->length ? "&" : "", name);
    text_add_url(form, value);
}

/* Addresses and user names must be unique: theirs end in a number. The account's id. */
static const char *add_account(struct end *end, size_t i, struct text *meant)
{
    CLEANUP(text_release) struct text form = TEXT_INIT;
    const char *email = arena_printf(&world.arena, "%s%zu@acme.example", of(i, 2), i);
    const char *username = arena_printf(&world.arena, "%s%zu", of(i, 3), i);

    add_field(&form, "firstname", of(i, 1));
    add_field(&form, "lastname", "");
    add_field(&form, "infix", "");
    add_field(&form, "email", email);
    add_field(&form, "email2", "");
    add_field(&form, "username", username);
    add_field(&form, "department", of(i, 4));
    add_field(&form, "created", "2015-01-05");
    add_field(&form, "lastLogin", "2020-01-05T10:00:00Z");
    add_field(&form, "habit", "0");
    CLEANUP(reply_release)
    struct reply reply = probe_ask(&end->probe, "POST", "/_sim/users", NULL,
                                   "application/x-www-form-urlencoded", text_cstr(&form));
    assert_int_equal(reply.status, 200);
    JSON(json, reply_json(&reply));
    const char *id = arena_strdup(&world.arena, end_text_at(json, "id"));
    add_meant(meant, (const char *const[]){id, of(i, 1), email, username, of(i, 4), "", of(i, 6)},
              7);
    return id;
}

static void keep_output(struct end *end, const char *name, const char *const *words)
{
    CLEANUP(end_result_release) struct end_result result = end_run(end, words);

    end_assert_code(&result, 0);
    put(name, text_cstr(&result.out), result.out.length);
}
#define OUTPUT(end, name, ...) keep_output(end, name, (const char *const[]){__VA_ARGS__, NULL})

static void keep_rows(struct end *end)
{
    CLEANUP(mem_cleanup)
    char *rows = end_query(end, "select json_agg(json_build_object('account_id', account_id, "
                                "'name', name, 'email', email, 'username', username, "
                                "'department', department)) from reconcile.plan_row");

    put("sql.json", rows, strlen(rows));
}

TEST(hostile_values_stay_values_all_the_way_from_a_portal)
{
    static const char *const few[] = {"--users", "1", NULL};
    CLEANUP(end_finish) struct end end;
    CLEANUP(text_release) struct text meant = TEXT_INIT;
    const char *id[COUNT];

    end_begin(&end, few);
    end_set(&end, END_RULES,
            "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 90; }; do = "
            "\"suspend\"; }");
    for (size_t i = 0; i < COUNT; i++)
        id[i] = add_account(&end, i, &meant);
    put("portal.meant", text_cstr(&meant), meant.length);
    RUN(plan, &end, "plan");
    if (plan.code != 20)
        end_assert_code(&plan, 0);
    CLEANUP(mem_cleanup) char *until = end_query(&end, "select (current_date + 100)::text");
    for (size_t i = 0; i < KEPT; i++) {
        CLEANUP(text_release) struct text reason = TEXT_INIT;
        text_addf(&reason, "--reason=%s", of(i, 6));
        RUN(keep, &end, "keep", id[i], "--until", until, text_cstr(&reason));
        end_assert_code(&keep, 0);
    }
    OUTPUT(&end, "plan.txt", "show");
    OUTPUT(&end, "plan.json", "show", "--format", "json");
    OUTPUT(&end, "plan.csv", "show", "--format", "csv");
    OUTPUT(&end, "plan.html", "show", "--format", "html");
    OUTPUT(&end, "export.csv", "export");
    OUTPUT(&end, "at.csv", "audit", "at", "2199-01-01", "--format", "csv");
    OUTPUT(&end, "decisions.json", "audit", "decisions", "--format", "json");
    keep_rows(&end);
    check_by("portal", PROGRAM_PATH, end.config_path);
}
