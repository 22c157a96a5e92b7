/* notify/metrics: the file as node exporter reads it, and what of the one before stays. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"
#include "notify/metrics.h"
#include "test.h"

/* What is written over a file with `previous` in it (NULL: there is none). */
static void render(const struct metrics *metrics, const char *previous, struct text *ret_text)
{
    char directory[] = "/tmp/test-metrics-XXXXXX";
    CLEANUP(err_release) struct err err = ERR_INIT;

    assert_non_null(mkdtemp(directory));
    CLEANUP(mem_cleanup) char *path = file_join(directory, "acme.prom");
    if (previous)
        assert_int_equal(file_write(path, 0644, previous, strlen(previous), &err), 0);
    assert_int_equal(metrics_write(metrics, path, &err), 0);
    assert_int_equal(file_read(path, 1U << 20, ERR_INTERNAL, ret_text, NULL, &err), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0);
}

TEST(metrics_write_known_ones_with_help_and_type)
{
    CLEANUP(text_release) struct text out = TEXT_INIT;
    struct metrics metrics = {.portal = "acme"};

    metrics_set(&metrics, METRIC_SEATS, NULL, 1234567890);
    metrics_set(&metrics, METRIC_ACCOUNTS, "active", 3);
    metrics_set(&metrics, METRIC_ACCOUNTS, "inactive", 0);
    metrics_set(&metrics, METRIC_LAST_RUN_DURATION, NULL, 1.5);
    render(&metrics, NULL, &out);
    assert_string_equal(
        text_cstr(&out),
        "# HELP bynder_reconcile_last_run_duration_seconds How long that run took.\n"
        "# TYPE bynder_reconcile_last_run_duration_seconds gauge\n"
        "bynder_reconcile_last_run_duration_seconds{portal=\"acme\"} 1.500\n"
        "# HELP bynder_reconcile_accounts Accounts in the newest snapshot.\n"
        "# TYPE bynder_reconcile_accounts gauge\n"
        "bynder_reconcile_accounts{portal=\"acme\",status=\"active\"} 3\n"
        "bynder_reconcile_accounts{portal=\"acme\",status=\"inactive\"} 0\n"
        "# HELP bynder_reconcile_seats Active accounts in the newest snapshot.\n"
        "# TYPE bynder_reconcile_seats gauge\n"
        "bynder_reconcile_seats{portal=\"acme\"} 1234567890\n");
}

TEST(metrics_write_escapes_the_portal)
{
    CLEANUP(text_release) struct text out = TEXT_INIT;
    struct metrics metrics = {.portal = "a\"b\\c\n\xff"};

    metrics_set(&metrics, METRIC_SEATS, NULL, 1);
    render(&metrics, NULL, &out);
    assert_non_null(strstr(text_cstr(&out), "{portal=\"a\\\"b\\\\c\\\\x0a\\\\xff\"} 1\n"));
}

TEST(metrics_write_classes_by_name_and_prices_by_currency)
{
    static const char previous[] =
        "bynder_reconcile_class_seats{portal=\"acme\",class=\"gone\"} 7\n"; /* configured no more */
    CLEANUP(text_release) struct text out = TEXT_INIT;
    struct metrics metrics = {.portal = "acme"};

    metrics_set(&metrics, METRIC_CLASS_FREE, "Heavy \"seat\"", -2);
    metrics_set_price(&metrics, METRIC_CLASS_PRICE, "Heavy \"seat\"", "EUR", 1200.0001);
    render(&metrics, previous, &out);
    assert_non_null(strstr(text_cstr(&out), "bynder_reconcile_class_seats_free{portal=\"acme\","
                                            "class=\"Heavy \\\"seat\\\"\"} -2\n"));
    assert_non_null(strstr(text_cstr(&out),
                           "bynder_reconcile_class_seat_price{portal=\"acme\",class=\"Heavy "
                           "\\\"seat\\\"\",currency=\"EUR\"} 1200.0001\n"));
    assert_null(strstr(text_cstr(&out), "gone"));
}

TEST(metrics_write_keeps_what_outlives_a_run)
{
    static const char previous[] =
        "bynder_reconcile_last_success_timestamp_seconds{portal=\"acme\"} 1764000000\n"
        "bynder_reconcile_seats{portal=\"acme\"} 7\n"
        "bynder_reconcile_seats{portal=\"other\"} 8\n"
        "bynder_reconcile_guard_held{portal=\"acme\",guard=\"G7\"} 1\n"
        "bynder_reconcile_accounts{portal=\"acme\",status=\"ac tive\"} 9\n"
        "bynder_reconcile_accounts{portal=\"acme\",status=\"active\",more=\"x\"} 9\n"
        "bynder_reconcile_open_steps{portal=\"acme\"} many\n"
        "bynder_reconcile_requests{portal=\"acme\"} 11\n"
        "bynder_reconcile_seats_contracted{portal=\"acme\"} 13\n" /* of the configuration */
        "somebody_elses{portal=\"acme\"} 12\n"
        "bynder_reconcile_last_run_timestamp_seconds{portal=\"acme\"} 1764000001";
    CLEANUP(text_release) struct text out = TEXT_INIT;
    struct metrics metrics = {.portal = "acme"};

    metrics_set(&metrics, METRIC_SEATS, NULL, 6); /* known now: the old one goes */
    render(&metrics, previous, &out);
    assert_string_equal(
        text_cstr(&out),
        "# HELP bynder_reconcile_last_success_timestamp_seconds When 'run' last came to a good "
        "end (exit code 0 or 20).\n"
        "# TYPE bynder_reconcile_last_success_timestamp_seconds gauge\n"
        "bynder_reconcile_last_success_timestamp_seconds{portal=\"acme\"} 1764000000\n"
        "# HELP bynder_reconcile_last_run_timestamp_seconds When 'run' last ended.\n"
        "# TYPE bynder_reconcile_last_run_timestamp_seconds gauge\n"
        "bynder_reconcile_last_run_timestamp_seconds{portal=\"acme\"} 1764000001\n"
        "# HELP bynder_reconcile_seats Active accounts in the newest snapshot.\n"
        "# TYPE bynder_reconcile_seats gauge\n"
        "bynder_reconcile_seats{portal=\"acme\"} 6\n"
        "# HELP bynder_reconcile_guard_held 1 while a guard holds the newest plan.\n"
        "# TYPE bynder_reconcile_guard_held gauge\n"
        "bynder_reconcile_guard_held{portal=\"acme\",guard=\"G7\"} 1\n"
        "# HELP bynder_reconcile_requests Requests to the portal of the last run.\n"
        "# TYPE bynder_reconcile_requests gauge\n"
        "bynder_reconcile_requests{portal=\"acme\"} 11\n");
}

TEST(metrics_write_replaces_the_file_for_everybody_to_read)
{
    char directory[] = "/tmp/test-metrics-XXXXXX";
    struct metrics metrics = {.portal = "acme"};
    CLEANUP(text_release) struct text content = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct stat status;

    assert_non_null(mkdtemp(directory));
    CLEANUP(mem_cleanup) char *path = file_join(directory, "acme.prom");
    mode_t mask = umask(077);
    metrics_set(&metrics, METRIC_SEATS, NULL, 6);
    assert_int_equal(metrics_write(&metrics, path, &err), 0);
    metrics.count = 0;
    metrics_set(&metrics, METRIC_OPEN_STEPS, NULL, 1);
    assert_int_equal(metrics_write(&metrics, path, &err), 0);
    (void)umask(mask);
    assert_int_equal(file_read(path, 1u << 20, ERR_INTERNAL, &content, NULL, &err), 0);
    assert_non_null(strstr(text_cstr(&content), "bynder_reconcile_seats{portal=\"acme\"} 6\n"));
    assert_non_null(strstr(text_cstr(&content), "_open_steps{portal=\"acme\"} 1\n"));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0); /* nothing else was left in it */
    assert_int_equal(metrics_write(&metrics, path, &err), -1);
    assert_non_null(strstr(err.text, "metrics: "));
}
