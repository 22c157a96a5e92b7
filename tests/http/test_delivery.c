/*
 * notify/delivery against a real SMTP server and a webhook on loopback: what arrives is what was
 * sent, nothing leaves in clear text that must not, and every failure ends in time and says why
 * without a secret.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "end.h"
#include "host/file.h"
#include "notify/delivery.h"
#include "seconds.h"
#include "sink.h"
#include "test.h"

#define PASSWORD "canary-password"

static struct {
    struct probe probe; /* its directory alone */
    char *certificate, *both, *password;
    struct sink sink;
} world;

static int begin(void **state)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};

    (void)state;
    (void)sigaction(SIGPIPE, &ignore, NULL); /* as the program does */
    probe_prepare(&world.probe);
    world.certificate = sink_certificate(world.probe.directory);
    world.both = probe_path(&world.probe, "sink-both.pem");
    world.password = probe_path(&world.probe, "password");
    return file_write(world.password, 0600, PASSWORD "\n", strlen(PASSWORD) + 1, NULL);
}

static int finish(void **state)
{
    (void)state;
    sink_stop(&world.sink);
    free(world.certificate);
    free(world.both);
    free(world.password);
    (void)probe_stop(&world.probe);
    return 0;
}

TEST_EACH(begin, finish);

static struct delivery_bound within(int64_t ms)
{
    const struct clock *clock = clock_system();

    return (struct delivery_bound){.clock = clock,
                                   .until = instant_add_us(clock->steady(clock->self), ms * 1000)};
}

static struct config_mail configure(enum mail_security security, const char *scheme)
{
    static const char *const to[] = {"it@acme.example", "second@acme.example"};
    static char server[80];
    CLEANUP(text_release) struct text url = TEXT_INIT;

    text_addf(&url, "%s://localhost:%u", scheme, world.sink.port);
    assert_true(url.length < sizeof(server));
    memcpy(server, text_cstr(&url), url.length + 1);
    return (struct config_mail){.server = server,
                                .security = security,
                                .from = "job@acme.example",
                                .to = {.item = to, .count = 2},
                                .ca_file = world.certificate};
}

static const struct mail small = {.id = "a.1",
                                  .subject = "[bynder-reconcile] acme: plan 3 waits",
                                  .date = {.us = INT64_C(1764000000) * SECOND_US},
                                  .text = "one\n.\n..two\nFrom me\n",
                                  .html = "<p>one</p>\n.\n"};

static void start_mail(const char *const *options)
{
    sink_start(&world.sink, world.probe.directory, "mail", options);
}

static int send_mail(const struct config_mail *config, const struct mail *mail,
                     enum delivery_fate *ret_fate, struct err *err)
{
    struct delivery_bound bound = within(600000);

    return delivery_mail(config, mail, &bound, ret_fate, err);
}

/* --- mail that arrives --- */

TEST(mail_over_starttls_with_a_login_arrives_whole)
{
    const char *const options[] = {"--starttls", "--cert",     world.both, "--user",
                                   "job",        "--password", PASSWORD,   NULL};
    CLEANUP(text_release) struct text csv = TEXT_INIT;
    struct mail mail = small;
    enum delivery_fate fate;
    CLEANUP(err_release) struct err err = ERR_INIT;

    start_mail(options);
    struct config_mail config = configure(MAIL_STARTTLS, "smtp");
    config.user = "job";
    config.password.file = world.password;
    for (int i = 0; i < 20000; i++)
        text_addf(&csv, "%d,zo\xC3\xAB,.\r\n", i);
    const struct mail_attachment attachment = {
        .name = "plan-3.csv", .type = "text/csv; charset=utf-8", .content = csv};
    mail.attachment = &attachment;
    mail.attachment_count = 1;
    if (send_mail(&config, &mail, &fate, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(fate, DELIVERY_TAKEN);
    assert_int_equal(sink_count(&world.sink), 1);
    JSON(about, sink_about(&world.sink, 1));
    assert_true(json_object_get_boolean(end_at(about, "tls")));
    assert_true(json_object_get_boolean(end_at(about, "login")));
    assert_string_equal(end_text_at(about, "from"), "job@acme.example");
    assert_int_equal(json_object_array_length(end_at(about, "to")), 2);
    JSON(got, sink_taken(&world.sink, 1));
    assert_int_equal(json_object_array_length(end_at(got, "defects")), 0);
    assert_int_equal(end_number_at(got, "bare_newlines"), 0);
    assert_true(end_number_at(got, "longest_line") <= 998);
    assert_string_equal(end_text_at(got, "headers.subject"), small.subject);
    assert_string_equal(end_text_at(got, "headers.from"), "job@acme.example");
    assert_string_equal(end_text_at(got, "headers.to"), "it@acme.example, second@acme.example");
    assert_string_equal(end_text_at(got, "headers.date"), "Mon, 24 Nov 2025 16:00:00 +0000");
    assert_string_equal(end_text_at(got, "headers.message-id"), "<a.1@acme.example>");
    assert_string_equal(end_text_at(got, "headers.auto-submitted"), "auto-generated");
    assert_string_equal(end_text_at(got, "headers.mime-version"), "1.0");
    assert_string_equal(end_text_at(sink_part(got, "text/plain"), "content"),
                        "one\n.\n..two\nFrom me\n");
    assert_string_equal(end_text_at(sink_part(got, "text/html"), "content"), small.html);
    (void)sink_part(got, "multipart/mixed");
    (void)sink_part(got, "multipart/alternative");
    assert_string_equal(end_text_at(sink_part(got, "text/csv"), "filename"), "plan-3.csv");
    assert_string_equal(end_text_at(sink_part(got, "text/csv"), "disposition"), "attachment");
    assert_string_equal(end_text_at(sink_part(got, "text/csv"), "content"), text_cstr(&csv));
}

TEST(mail_over_smtps_arrives)
{
    const char *const options[] = {"--tls", "--cert", world.both, NULL};
    CLEANUP(err_release) struct err err = ERR_INIT;

    start_mail(options);
    struct config_mail config = configure(MAIL_STARTTLS, "smtps");
    if (send_mail(&config, &small, NULL, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(sink_count(&world.sink), 1);
}

TEST(mail_in_clear_text_arrives_where_that_was_asked_for)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    start_mail(NULL);
    struct config_mail config = configure(MAIL_CLEAR_TEXT, "smtp");
    if (send_mail(&config, &small, NULL, &err) < 0)
        fail_msg("%s", err.text);
    JSON(about, sink_about(&world.sink, 1));
    assert_false(json_object_get_boolean(end_at(about, "tls")));
}

TEST(mail_to_one_person_names_nobody_in_a_header)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct mail mail = small;

    start_mail(NULL);
    struct config_mail config = configure(MAIL_CLEAR_TEXT, "smtp");
    mail.to = "person@acme.example";
    if (send_mail(&config, &mail, NULL, &err) < 0)
        fail_msg("%s", err.text);
    JSON(about, sink_about(&world.sink, 1));
    assert_int_equal(json_object_array_length(end_at(about, "to")), 1);
    CLEANUP(mem_cleanup) char *raw = sink_raw(&world.sink, 1);
    assert_null(strstr(raw, "person@"));
    assert_null(strstr(raw, "it@acme"));
}

/* --- mail that does not --- */

static void check_failure(const struct config_mail *config, enum delivery_fate wanted,
                          const char *says)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    enum delivery_fate fate = DELIVERY_TAKEN;

    assert_int_equal(send_mail(config, &small, &fate, &err), -1);
    if (!strstr(err.text, says))
        fail_msg("'%s' is not in: %s", says, err.text);
    assert_null(strstr(err.text, PASSWORD));
    assert_int_equal(fate, wanted);
    assert_true(!world.sink.pid || sink_count(&world.sink) == 0);
}

TEST(mail_without_starttls_on_offer_is_not_sent)
{
    start_mail(NULL);
    struct config_mail config = configure(MAIL_STARTTLS, "smtp");
    check_failure(&config, DELIVERY_UNREACHED, "STARTTLS");
}

TEST(mail_to_an_unknown_authority_is_not_sent)
{
    const char *const options[] = {"--starttls", "--cert", world.both, NULL};

    start_mail(options);
    struct config_mail config = configure(MAIL_STARTTLS, "smtp");
    config.ca_file = NULL;
    check_failure(&config, DELIVERY_UNREACHED, "certificate");
}

TEST(mail_with_a_wrong_password_is_not_sent_and_tells_none)
{
    const char *const options[] = {"--starttls", "--cert",     world.both, "--user",
                                   "job",        "--password", "other",    NULL};

    start_mail(options);
    struct config_mail config = configure(MAIL_STARTTLS, "smtp");
    config.user = "job";
    config.password.file = world.password;
    check_failure(&config, DELIVERY_UNREACHED, "denied");
}

TEST(mail_that_is_refused_says_for_how_long)
{
    start_mail(NULL);
    struct config_mail config = configure(MAIL_CLEAR_TEXT, "smtp");
    sink_answer(&world.sink, "451");
    check_failure(&config, DELIVERY_DEFERRED, "451");
    sink_answer(&world.sink, "554");
    check_failure(&config, DELIVERY_REFUSED, "554");
    sink_answer(&world.sink, "rcpt 550");
    check_failure(&config, DELIVERY_REFUSED, "550");
    sink_answer(&world.sink, "rcpt 450");
    check_failure(&config, DELIVERY_DEFERRED, "450");
    sink_stop(&world.sink);
    check_failure(&config, DELIVERY_UNREACHED, "connect");
}

TEST(mail_server_that_hangs_costs_no_more_than_the_bound)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    enum delivery_fate fate = DELIVERY_TAKEN;
    struct delivery_bound bound;

    start_mail(NULL);
    struct config_mail config = configure(MAIL_CLEAR_TEXT, "smtp");
    sink_answer(&world.sink, "hang");
    bound = within(700);
    assert_int_equal(delivery_mail(&config, &small, &bound, &fate, &err), -1);
    assert_int_equal(fate, DELIVERY_PERHAPS);
    assert_true(bound.clock->steady(NULL).us < bound.until.us + (int64_t)HANGS_S * SECOND_US);
    assert_int_equal(delivery_mail(&config, &small, &bound, &fate, &err), -1);
    assert_string_equal(err.text, "no time is left (notify.timeout)");
    assert_int_equal(fate, DELIVERY_UNREACHED);
}

TEST(mail_server_can_be_tried_without_a_mail)
{
    const char *const options[] = {"--starttls", "--cert",     world.both, "--user",
                                   "job",        "--password", PASSWORD,   NULL};
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct delivery_bound bound = within(600000);

    start_mail(options);
    struct config_mail config = configure(MAIL_STARTTLS, "smtp");
    config.user = "job";
    config.password.file = world.password;
    if (delivery_check_mail(&config, &bound, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(file_write(world.password, 0600, "wrong\n", 6, NULL), 0);
    assert_int_equal(delivery_check_mail(&config, &bound, &err), -1);
    assert_non_null(strstr(err.text, "denied"));
    assert_int_equal(sink_count(&world.sink), 0);
}

/* --- webhook --- */

static struct config_webhook point(const char *scheme)
{
    CLEANUP(text_release) struct text url = TEXT_INIT;
    struct config_webhook config = {.ca_file = world.certificate};

    text_addf(&url, "%s://localhost:%u/services/" PASSWORD "\n", scheme, world.sink.port);
    assert_int_equal(file_write(world.password, 0600, text_cstr(&url), url.length, NULL), 0);
    config.url.file = world.password;
    return config;
}

TEST(webhook_over_tls_gets_the_json)
{
    const char *const options[] = {"--tls", "--cert", world.both, NULL};
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(text_release) struct text json = TEXT_INIT;
    struct delivery_bound bound = within(600000);

    sink_start(&world.sink, world.probe.directory, "webhook", options);
    struct config_webhook config = point("https");
    text_add(&json, "{\"a\":1}");
    if (delivery_webhook(&config, &json, &bound, &err) < 0)
        fail_msg("%s", err.text);
    JSON(about, sink_about(&world.sink, 1));
    assert_string_equal(end_text_at(about, "path"), "/services/" PASSWORD);
    assert_string_equal(end_text_at(about, "type"), "application/json");
    CLEANUP(mem_cleanup) char *body = sink_raw(&world.sink, 1);
    assert_string_equal(body, "{\"a\":1}");
    config.ca_file = NULL;
    assert_int_equal(delivery_webhook(&config, &json, &bound, &err), -1);
    assert_int_equal(sink_count(&world.sink), 1);
}

TEST(webhook_that_fails_never_tells_its_address)
{
    static const char *const answers[] = {"500", "404", "302", "hang"};
    CLEANUP(text_release) struct text json = TEXT_INIT;

    sink_start(&world.sink, world.probe.directory, "webhook", NULL);
    struct config_webhook config = point("http");
    text_add(&json, "{}");
    for (size_t i = 0; i <= COUNT_OF(answers); i++) {
        CLEANUP(err_release) struct err err = ERR_INIT;
        struct delivery_bound bound = within(500);

        if (i < COUNT_OF(answers))
            sink_answer(&world.sink, answers[i]);
        else
            sink_stop(&world.sink);
        assert_int_equal(delivery_webhook(&config, &json, &bound, &err), -1);
        assert_null(strstr(err.text, PASSWORD));
        assert_null(strstr(err.text, "services"));
    }
}
