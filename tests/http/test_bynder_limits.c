/*
 * What bounds the client in time: the pace, the silence after a 429, a deadline, a signal. And what
 * it does not talk to: a server whose certificate does not prove who it is.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "host/environment.h"
#include "scripted.h"
#include "seconds.h"
#include "sim.h"
#include "test.h"

TEST(collect_over_the_rate_limit_is_silent_and_then_complete)
{
    static const char *const options[] = {"--users", "60", "--rate-limit", "50", "--rate-window",
                                          "1",       NULL};
    SIM_LOCAL sim = {.url = NULL};
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};

    sim_start(&sim, options);
    sim.config.silence_after_429 = 1.3;
    sim_collect(&sim, &collected);
    sim_assert_complete(&collected);
    assert_true(collected.blocks >= 1);
    sim_assert_true(&sim, &collected, (struct sim_allowance){.missing = false});
    /* Each block was lifted by one silence: no request prolonged it but those under way. */
    assert_true(sim_stat(&sim, "rate.longest_silence_after_429_s") >= 1.25);
    assert_true(sim_stat(&sim, "rate.refused") <=
                sim_stat(&sim, "rate.blocks") * (double)sim.config.connections);
    sim_assert_no_writes(&sim);
}

TEST(collect_under_the_pace_never_meets_the_limit)
{
    static const char *const options[] = {"--users", "60", "--rate-limit", "60", "--rate-window",
                                          "1",       NULL};
    SIM_LOCAL sim = {.url = NULL};
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
    double start;

    sim_start(&sim, options);
    sim.config.requests_per_second = 50;
    start = now_s();
    sim_collect(&sim, &collected);
    sim_assert_complete(&collected);
    assert_int_equal(collected.blocks, 0);
    assert_true(sim_stat(&sim, "rate.highest_in_window") <= 60);
    assert_true(now_s() - start >= (double)(collected.requests - 1) / 50);
}

struct waits {
    unsigned count;
    double longest;
    bool named;
};

static void note_wait(void *context, double seconds, const char *why)
{
    struct waits *waits = context;

    waits->count++;
    if (seconds > waits->longest)
        waits->longest = seconds;
    if (strstr(why, "429"))
        waits->named = true;
}

/* A clock that jumps instead of sleeping. */
struct fake {
    struct instant now;
    int64_t slept_us;
};

static struct instant fake_now(void *self)
{
    struct fake *fake = self;

    return fake->now;
}

static bool fake_sleep_until(void *self, struct instant until)
{
    struct fake *fake = self;

    if (until.us > fake->now.us) {
        fake->slept_us += until.us - fake->now.us;
        fake->now = until;
    }
    return true;
}

TEST(login_met_by_a_429_waits_five_minutes_of_its_clock)
{
    static const char *const options[] = {"--users", "5", "--fault", "error=429:nth=2:/api/", NULL};
    SIM_LOCAL sim = {.url = NULL};
    struct fake fake = {.now = {.us = INT64_C(1795334400) * SECOND_US}};
    struct clock clock = {
        .self = &fake, .now = fake_now, .steady = fake_now, .sleep_until = fake_sleep_until};
    struct waits waits = {.count = 0};
    struct bynder_setup setup = {
        .config = &sim.config, .waiting = note_wait, .waiting_context = &waits, .clock = &clock};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct snapshot snapshot = {.id = 0};
    struct portal portal;

    sim_start(&sim, options);
    sim.config.silence_after_429 = 310;
    assert_int_equal(bynder_new(&setup, &bynder, &err), 0);
    portal = bynder_read_only(bynder);
    if (portal.enter(portal.self, &arena, &snapshot, &err) < 0 ||
        portal.list(portal.self, &arena, NULL, &snapshot, &err) < 0)
        fail_msg("%s", err.text);
    assert_true(snapshot.complete);
    assert_int_equal(bynder_429s(bynder), 1);
    assert_true(fake.slept_us >= 310 * SECOND_US && fake.slept_us < 312 * SECOND_US);
    assert_int_equal(waits.count, 1);
    assert_true(waits.named && waits.longest > 309);
}

TEST(collect_with_a_short_token_life_renews_early)
{
    static const char *const options[] = {"--users", "40", "--token-lifetime", "1", NULL};
    SIM_LOCAL sim = {.url = NULL};
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};

    sim_start(&sim, options);
    sim.config.requests_per_second = 20;
    sim_collect(&sim, &collected);
    sim_assert_complete(&collected);
    assert_true(sim_stat(&sim, "tokens_issued") >= 3);
}

static void interrupt(int signal)
{
    clock_interrupt(signal);
}

TEST(collect_ended_by_a_signal_stops_within_its_wait)
{
    static const char *const options[] = {"--users", "5", "--fault", "error=429:/api/", NULL};
    struct sigaction action = {.sa_handler = interrupt};
    SIM_LOCAL sim = {.url = NULL};
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
    double start;

    sim_start(&sim, options);
    sim.config.silence_after_429 = 310;
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    start = now_s();
    (void)alarm(1);
    sim_collect(&sim, &collected);
    clock_clear_interrupt();
    assert_true(now_s() - start < HANGS_S); /* and not for 310 s */
    assert_int_equal(collected.failed_at, SIM_LOGIN);
    assert_non_null(strstr(collected.err.text, "stopped by a signal"));
}

TEST(list_that_changed_once_is_read_again_and_complete)
{
    /* Of the two readings only the first one is answered in a changing way. */
    static const char *const options[] = {"--users", "90", "--fault", "duplicate-ids=nth=2", NULL};
    SIM_LOCAL sim = {.url = NULL};
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};

    sim_start(&sim, options);
    sim_collect(&sim, &collected);
    sim_assert_complete(&collected);
    sim_assert_true(&sim, &collected, (struct sim_allowance){.missing = false});
}

/* A key and a certificate for this name that no authority has signed. */
static void make_certificate(const char *certificate_path, const char *key_path, const char *name)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_NAME *subject = X509_get_subject_name(certificate);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, name);
    FILE *file;

    assert_non_null(key);
    assert_non_null(names);
    (void)X509_set_version(certificate, 2);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    (void)X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    (void)X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    (void)X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                     (const unsigned char *)"portal-sim", -1, -1, 0);
    (void)X509_set_issuer_name(certificate, subject);
    (void)X509_set_pubkey(certificate, key);
    (void)X509_add_ext(certificate, names, -1);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    file = fopen(certificate_path, "we");
    assert_non_null(file);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    assert_int_equal(fclose(file), 0);
    file = fopen(key_path, "we");
    assert_non_null(file);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(file), 0);
    X509_EXTENSION_free(names);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

TEST(login_over_tls_trusts_a_proven_certificate_only)
{
    static const struct {
        const char *name;
        bool known;
        enum sim_stage stage;
    } rows[] = {
        {"IP:127.0.0.1", true, SIM_DONE},
        {"IP:127.0.0.1", false, SIM_LOGIN},
        {"DNS:acme.bynder.example", true, SIM_LOGIN},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SIM_LOCAL sim = {.url = NULL};
        COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
        CLEANUP(mem_cleanup) char *certificate = NULL, *key = NULL;
        CLEANUP(text_release) struct text url = TEXT_INIT;

        probe_prepare(&sim.probe);
        certificate = probe_path(&sim.probe, "certificate.pem");
        key = probe_path(&sim.probe, "key.pem");
        make_certificate(certificate, key, rows[i].name);
        sim_start(&sim, (const char *const[]){"--users", "5", "--tls-cert", certificate,
                                              "--tls-key", key, NULL});
        text_addf(&url, "https://127.0.0.1:%u", sim.probe.port);
        sim.config.url = text_cstr(&url);
        if (rows[i].known)
            sim.config.ca_file = certificate;
        sim_collect(&sim, &collected);
        if (collected.failed_at != rows[i].stage)
            fail_msg("row %zu: stage %d: %s", i, (int)collected.failed_at,
                     collected.err.text ? collected.err.text : "no error");
        if (rows[i].stage != SIM_DONE) {
            assert_int_equal(collected.err.code, ERR_UNREACHABLE);
            assert_non_null(strstr(collected.err.text, "certificate"));
            assert_non_null(strstr(collected.err.text, "portal.ca_file"));
            /* Who stands between says so by its name. */
            assert_non_null(strstr(collected.err.text, "signed by 'CN = portal-sim'"));
        }
    }
}

TEST(collect_with_proxies_in_the_environment_ignores_them)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"};
    static const char *const options[] = {"--users", "5", NULL};
    SIM_LOCAL sim = {.url = NULL};
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};

    sim_start(&sim, options);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(setenv(names[i], "http://127.0.0.1:1", 1), 0);
    sim_collect(&sim, &collected);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(unsetenv(names[i]), 0);
    sim_assert_complete(&collected);
}

TEST(collect_through_a_configured_proxy_uses_it)
{
    static const char *const options[] = {"--users", "5", NULL};
    SIM_LOCAL sim = {.url = NULL};
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};

    sim_start(&sim, options);
    sim.config.proxy = "http://127.0.0.1:1";
    assert_int_equal(setenv("no_proxy", "*", 1), 0);
    sim_collect(&sim, &collected);
    assert_int_equal(unsetenv("no_proxy"), 0);
    assert_int_equal(collected.failed_at, SIM_LOGIN);
    assert_int_equal(sim_stat(&sim, "requests"), 0);
}

/* The way to the portal is asked for first, and what the proxy says to that is no word of the
 * portal's. */
static void serve_proxy(void *context, int fd)
{
    CLEANUP(text_release) struct text request = TEXT_INIT, answer = TEXT_INIT;

    if (!scripted_receive(fd, &request) || !text_starts(text_cstr(&request), "CONNECT "))
        return;
    text_addf(&answer, "HTTP/1.1 %s\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n",
              (const char *)context);
    (void)scripted_send(fd, answer.data, answer.length);
}

TEST(collect_through_a_proxy_that_refuses_names_the_proxy)
{
    static const struct {
        char status[40];
        const char *says;
    } rows[] = {
        {"407 Proxy Authentication Required", "the proxy wants a login (407)"},
        {"403 Forbidden", "the proxy answers 403 when it is asked for the way to the portal"},
        {"502 Bad Gateway", "the proxy answers 502 when it is asked for the way to the portal"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SIM_LOCAL sim = {.url = NULL};
        COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
        struct scripted_queue proxy;
        char status[40], address[40];

        memcpy(status, rows[i].status, sizeof(status));
        scripted_queue_start(&proxy, serve_proxy, status);
        (void)snprintf(address, sizeof(address), "http://127.0.0.1:%u", proxy.port);
        sim_start(&sim, (const char *const[]){"--users", "5", NULL});
        sim.config.url = "https://127.0.0.1:1";
        sim.config.proxy = address;
        sim_collect(&sim, &collected);
        scripted_queue_stop(&proxy);
        assert_int_equal(collected.failed_at, SIM_LOGIN);
        assert_int_equal(collected.err.code, ERR_UNREACHABLE);
        if (!strstr(collected.err.text, rows[i].says))
            fail_msg("%s", collected.err.text);
    }
}

/* The last test: what is not on the list is gone from this process. */
TEST(environment_is_cut_down_to_a_short_list)
{
    assert_int_equal(setenv("SSLKEYLOGFILE", "/nonexistent/keys", 1), 0);
    assert_int_equal(setenv("HTTPS_PROXY", "http://127.0.0.1:1", 1), 0);
    assert_int_equal(setenv("LC_ALL", "C.UTF-8", 1), 0);
    assert_int_equal(setenv("TZ", "Europe/Amsterdam", 1), 0);
    environment_reduce();
    assert_null(getenv("SSLKEYLOGFILE"));
    assert_null(getenv("HTTPS_PROXY"));
    assert_string_equal(getenv("LC_ALL"), "C.UTF-8");
    assert_string_equal(getenv("TZ"), "Europe/Amsterdam");
}

TEST(collect_of_5000_accounts_is_modest)
{
    static const char *const options[] = {"--users", "5000", NULL};
    SIM_LOCAL sim = {.url = NULL};
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
    struct rusage usage;
    double start;

    sim_start(&sim, options);
    sim.config.page_size = 500;
    sim.config.connections = 8;
    start = now_s();
    sim_collect(&sim, &collected);
    sim_assert_complete(&collected);
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    print_message("5000 accounts: %.2f s, %zu requests, arena %zu kB, peak %ld MB\n",
                  now_s() - start, collected.requests, collected.arena.used / 1024,
                  usage.ru_maxrss / 1024);
    assert_true(collected.arena.used < 8u * 1024 * 1024);
    sim_assert_true(&sim, &collected, (struct sim_allowance){.missing = false});
}
