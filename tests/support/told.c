/* What was told is read from the other side: the mail server's files and the metrics file. */
#include "told.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/parse.h"
#include "test.h"

void told_configure(struct told *told)
{
    CLEANUP(text_release) struct text webhook = TEXT_INIT;

    if (told->webhook.pid)
        text_add(&webhook, "webhook: { url_file = \"webhook-url\"; };");
    end_set(&told->acts.end, END_REST,
            "apply: { settle_seconds = 1; canary_minutes = 0; state_directory = \"state\"; }; %s "
            "metrics: { textfile = \"end.prom\"; }; notify: { timeout = %d; mail: { server = "
            "\"smtp://127.0.0.1:%u\"; starttls = \"none\"; from = \"job@acme.example\"; to = "
            "\"it@acme.example\"; %s }; %s };",
            told->more, told->timeout_s, told->mail.port, told->mail_more, text_cstr(&webhook));
}

void told_begin(struct told *told, size_t leavers, size_t staff)
{
    *told = (struct told){.mail_more = "", .more = "", .timeout_s = 600};
    acts_begin(&told->acts, leavers, staff, NULL);
    acts_only_suspend(&told->acts);
    told->metrics_path = probe_path(&told->acts.end.probe, "end.prom");
    sink_start(&told->mail, told->acts.end.probe.directory, "mail", NULL);
    told_configure(told);
}

void told_add_webhook(struct told *told)
{
    CLEANUP(text_release) struct text url = TEXT_INIT;

    sink_start(&told->webhook, told->acts.end.probe.directory, "webhook", NULL);
    text_addf(&url, "http://127.0.0.1:%u/hook\n", told->webhook.port);
    free(end_file(&told->acts.end, "webhook-url", text_cstr(&url), url.length));
    told_configure(told);
}

void told_finish(struct told *told)
{
    sink_stop(&told->mail);
    sink_stop(&told->webhook);
    free(told->metrics_path);
    acts_finish(&told->acts);
}

void told_run(struct told *told, int code)
{
    RUN(result, &told->acts.end, "run");
    end_assert_code(&result, code);
}

struct end_child told_start_run(struct told *told)
{
    static const char *const words[] = {"run", NULL};

    end_keep_back(&told->acts.end, 1, NULL);
    struct end_child child = end_start(&told->acts.end, words);
    acts_wait_for(&told->acts, "select count(*) from reconcile.run where finished_at is null", "1");
    return child;
}

void told_check_subject(struct told *told, size_t number, const char *wanted)
{
    JSON(mail, sink_taken(&told->mail, number));

    assert_int_equal(json_object_array_length(end_at(mail, "defects")), 0);
    assert_string_equal(end_text_at(mail, "headers.subject"), wanted);
}

void told_check_says(struct json_object *mail, const char *type, const char *words)
{
    const char *content = end_text_at(sink_part(mail, type), "content");

    if (!strstr(content, words))
        fail_msg("'%s' is not in: %s", words, content);
}

double told_metric(struct told *told, const char *series)
{
    CLEANUP(mem_cleanup) char *metrics = end_read(told->metrics_path);
    CLEANUP(text_release) struct text key = TEXT_INIT;
    double value = NAN;

    text_addf(&key, "\nbynder_reconcile_%s ", series);
    const char *line = strstr(metrics, text_cstr(&key));
    if (line) {
        line += key.length;
        CLEANUP(mem_cleanup) char *number = mem_strndup(line, strcspn(line, "\n"));
        assert_true(parse_double(number, -1e18, 1e18, &value));
    }
    return value;
}
