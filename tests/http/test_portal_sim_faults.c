/*
 * Every fault of portal-sim does what its line in `portal-sim --help` says, as a client without any
 * mercy of its own sees it; and many connections at once, slow ones among them, are all served.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"
#include "portal_sim_case.h"

#define SELF USERS "svc-reconcile"

static char leaver[64]; /* path of an active account that has logged in */

static int start_with_leaver(void **state)
{
    static const char *const options[] = {"--users",      "60", "--today", TODAY,
                                          "--rate-limit", "0",  NULL};
    (void)state;
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    probe_start(&shared, options);
    REPLY_LOCAL reply = probe_get(&shared, USERS "?limit=60&includeInActive=true");
    JSON_LOCAL users = reply_json(&reply);
    struct json_object *user = json_object_array_get_idx(users, 5);
    (void)snprintf(leaver, sizeof(leaver), USERS "%s",
                   json_object_get_string(json_object_object_get(user, "id")));
    return 0;
}

TEST_GROUP(start_with_leaver, stop_shared);

TEST_EACH(reset_shared, NULL);

static void set_fault(const char *form)
{
    probe_control(&shared, "/_sim/faults", form);
}

static struct reply get(const char *path)
{
    return probe_get(&shared, path);
}

static void assert_answers(const char *path, long status)
{
    REPLY_LOCAL reply = get(path);
    if (reply.code != CURLE_OK || reply.status != status)
        fail_msg("GET %s: %s, status %ld, not %ld", path, curl_easy_strerror(reply.code),
                 reply.status, status);
}

/* A field of a user as JSON text; "(missing)" when it is not there. Owned by the caller. */
static char *field_of(const char *path, const char *name)
{
    JSON_LOCAL user = get_json(&shared, path);
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(user, name, &value))
        return mem_strdup("(missing)");
    return mem_strdup(json_object_to_json_string_ext(value, JSON_C_TO_STRING_NOSLASHESCAPE));
}

static void assert_field(const char *path, const char *name, const char *wanted)
{
    CLEANUP(mem_cleanup) char *value = field_of(path, name);
    if (!text_equal(value, wanted))
        fail_msg("%s of %s is %s, not %s", name, path, value, wanted);
}

/* --- before the application --- */

TEST(latency_delays_every_answer)
{
    set_fault("latency=80");
    REPLY_LOCAL reply = get("/api/v4/currentUser/");
    assert_int_equal(reply.status, 200);
    assert_true(reply.seconds >= 0.08);
}

/* A change on its way; the answer does not come before perform_one says so. */
static CURL *send_change(CURLM *multi, const char *url)
{
    CURL *easy = curl_easy_init();
    int running = 0;

    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    (void)curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, PROBE_TOKEN);
    (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "active=0");
    assert_int_equal(curl_multi_add_handle(multi, easy), CURLM_OK);
    for (size_t done = 0; done == 0;) {
        assert_int_equal(curl_multi_perform(multi, &running), CURLM_OK);
        JSON_LOCAL writes = probe_control_json(&shared, "/_sim/writes");
        done = json_object_array_length(writes);
    }
    return easy;
}

TEST(hold_does_what_is_asked_and_answers_when_it_is_over)
{
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CURLM *multi = curl_multi_init();
    int running = 1;
    long status = 0;

    text_addf(&url, "http://127.0.0.1:%u%s", shared.port, leaver);
    set_fault("hold=nth=1:POST");
    CURL *change = send_change(multi, text_cstr(&url));
    assert_field(leaver, "active", "false"); /* done, and who asks is answered */
    for (int i = 0; i < 20; i++)
        (void)curl_multi_poll(multi, NULL, 0, 10, NULL);
    assert_int_equal(curl_multi_perform(multi, &running), CURLM_OK);
    assert_int_equal(running, 1);
    set_fault("hold=off");
    while (running > 0 && curl_multi_perform(multi, &running) == CURLM_OK && running > 0)
        (void)curl_multi_poll(multi, NULL, 0, 1000, NULL);
    (void)curl_easy_getinfo(change, CURLINFO_RESPONSE_CODE, &status);
    assert_int_equal(status, 202);
    (void)curl_multi_remove_handle(multi, change);
    curl_easy_cleanup(change);
    (void)curl_multi_cleanup(multi);
}

TEST(error_answers_with_its_status)
{
    static const long statuses[] = {400, 401, 403, 404, 429, 500, 502, 503, 504};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        CLEANUP(text_release) struct text form = TEXT_INIT;
        text_addf(&form, "clear=1&error=%ld", statuses[i]);
        set_fault(text_cstr(&form));
        assert_answers(USERS, statuses[i]);
    }
}

TEST(error_hits_by_percentage_the_same_every_time)
{
    CLEANUP(text_release) struct text first = TEXT_INIT;
    CLEANUP(text_release) struct text second = TEXT_INIT;
    struct text *const runs[] = {&first, &second};
    size_t hits = 0;
    for (size_t run = 0; run < 2; run++) {
        probe_control(&shared, "/_sim/reset", "");
        set_fault("error=503:25");
        for (int i = 0; i < 80; i++) {
            REPLY_LOCAL reply = get("/api/v4/currentUser/");
            text_add_char(runs[run], reply.status == 503 ? 'x' : '.');
            hits += reply.status == 503;
        }
    }
    assert_string_equal(text_cstr(&first), text_cstr(&second));
    assert_in_range(hits, 20, 60); /* 40 of 160 */
}

TEST(error_hits_where_it_should)
{
    static const struct {
        const char *value;
        long users, single, write;
    } rows[] = {
        {"503:/api/v4/users/svc", 200, 503, 202},
        {"503:POST", 200, 200, 503},
        {"503:POST /api/v4/profiles", 200, 200, 202},
        {"503:GET /api/v4/users/", 503, 503, 202},
        {"503:nth=2", 200, 503, 202},
        {"503:every=3", 200, 200, 503},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text form = TEXT_INIT;
        text_addf(&form, "clear=1&error=%s", rows[i].value);
        set_fault(text_cstr(&form));
        assert_answers(USERS, rows[i].users);
        assert_answers(SELF, rows[i].single);
        REPLY_LOCAL reply = probe_post(&shared, leaver, "job=x");
        assert_int_equal(reply.status, rows[i].write);
    }
}

TEST(reset_ends_the_connection_before_anything_is_done)
{
    set_fault("reset=POST");
    REPLY_LOCAL reply = probe_post(&shared, leaver, "active=0");
    assert_int_not_equal(reply.code, CURLE_OK);
    assert_int_equal(reply.headers.length, 0);
    assert_field(leaver, "active", "true");
}

TEST(lost_answer_ends_the_connection_after_it_is_done)
{
    set_fault("lost-answer=POST");
    REPLY_LOCAL reply = probe_post(&shared, leaver, "active=0");
    assert_int_not_equal(reply.code, CURLE_OK);
    assert_int_equal(reply.headers.length, 0);
    assert_field(leaver, "active", "false");
}

TEST(hang_never_answers)
{
    set_fault("hang=nth=1");
    struct reply reply = {.code = CURLE_OK};
    CURL *curl = curl_easy_init();
    CLEANUP(text_release) struct text url = TEXT_INIT;
    text_addf(&url, "http://127.0.0.1:%u/api/v4/currentUser/", shared.port);
    (void)curl_easy_setopt(curl, CURLOPT_URL, text_cstr(&url));
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 300L);
    reply.code = curl_easy_perform(curl);
    curl_easy_cleanup(curl);
    assert_int_equal(reply.code, CURLE_OPERATION_TIMEDOUT);
    assert_answers("/api/v4/currentUser/", 200); /* the next one is served */
}

TEST(wrong_type_is_a_login_page_with_200)
{
    set_fault("wrong-type=");
    REPLY_LOCAL reply = get(USERS);
    assert_int_equal(reply.status, 200);
    assert_header(&reply, "Content-Type", "text/html; charset=utf-8");
    assert_true(text_starts(text_cstr(&reply.body), "<!DOCTYPE html>"));
}

TEST(redirect_slash_points_behind_the_slash)
{
    set_fault("redirect-slash=");
    REPLY_LOCAL read = get("/api/v4/users?limit=1");
    assert_int_equal(read.status, 301);
    assert_header(&read, "Location", "/api/v4/users/?limit=1");
    REPLY_LOCAL write = probe_post(&shared, leaver, "active=0");
    assert_int_equal(write.status, 301);
    assert_field(SELF "/", "username", "\"svc-reconcile\"");
    set_fault("clear=1");
    assert_field(leaver, "active", "true");
}

TEST(gateway_404_and_no_such_user_differ)
{
    set_fault("gateway-404=");
    REPLY_LOCAL gateway = get(SELF);
    assert_int_equal(gateway.status, 404);
    assert_non_null(strstr(text_cstr(&gateway.body), "no Route matched"));
    assert_answers("/api/v4/currentUser/", 200);
    set_fault("clear=1&no-such-user=");
    REPLY_LOCAL application = get(SELF);
    assert_int_equal(application.status, 404);
    assert_non_null(strstr(text_cstr(&application.body), "User not found"));
    assert_answers("/api/v4/currentUser/", 200);
}

TEST(role_missing_and_event_faults_answer_their_status)
{
    static const struct {
        const char *fault, *path;
        long status;
    } rows[] = {
        {"role-missing=", USERS, 403},  {"role-missing=", "/api/v4/profiles/", 403},
        {"role-missing=", LOGINS, 200}, {"events-403=", LOGINS, 403},
        {"events-404=", LOGINS, 404},   {"events-403=", USERS, 200},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_fault("clear=1");
        set_fault(rows[i].fault);
        assert_answers(rows[i].path, rows[i].status);
    }
}

TEST(token_expiry_ends_a_token_after_its_uses)
{
    set_fault("token-expiry=3");
    for (int i = 0; i < 3; i++)
        assert_answers("/api/v4/currentUser/", 200);
    assert_answers("/api/v4/currentUser/", 401);
}

/* --- the body --- */

TEST(cut_body_ends_in_the_middle)
{
    static const struct {
        const char *fault;
        bool looks_complete, has_length, chunked;
    } rows[] = {{"cut=length", false, true, false},
                {"cut=chunked", false, false, true},
                {"cut=close", true, false, false}};
    REPLY_LOCAL whole = get(SELF);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_fault(rows[i].fault);
        REPLY_LOCAL reply = get(SELF);
        CLEANUP(mem_cleanup) char *length = reply_header(&reply, "Content-Length");
        CLEANUP(mem_cleanup) char *encoding = reply_header(&reply, "Transfer-Encoding");
        assert_int_equal(reply.status, 200);
        assert_int_equal(reply.code == CURLE_OK, rows[i].looks_complete);
        assert_int_equal(length != NULL, rows[i].has_length);
        assert_int_equal(encoding != NULL, rows[i].chunked);
        assert_int_equal(reply.body.length, whole.body.length / 2);
    }
}

TEST(slow_body_comes_in_drops)
{
    REPLY_LOCAL whole = get(SELF);
    set_fault("slow-body=1000");
    REPLY_LOCAL slow = get(SELF);
    assert_int_equal(slow.code, CURLE_OK);
    assert_string_equal(text_cstr(&slow.body), text_cstr(&whole.body));
    assert_true(slow.seconds >= 0.4); /* over 500 bytes at 1,000 a second */
}

TEST(trailing_garbage_follows_the_document)
{
    REPLY_LOCAL whole = get(SELF);
    set_fault("trailing-garbage=");
    REPLY_LOCAL reply = get(SELF);
    assert_true(text_starts(text_cstr(&reply.body), text_cstr(&whole.body)));
    assert_true(reply.body.length > whole.body.length);
}

TEST(deep_json_is_nested_as_deep)
{
    static const char *const paths[] = {SELF, USERS "?limit=1", USERS "?page=99"};
    set_fault("deep-json=40");
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        REPLY_LOCAL reply = get(paths[i]);
        json_object_put(reply_json(&reply)); /* still JSON */
        CLEANUP(mem_cleanup) char *nest = mem_alloc(41);
        memset(nest, '[', 40);
        nest[40] = '\0';
        assert_non_null(strstr(text_cstr(&reply.body), nest));
    }
}

TEST(huge_body_is_swollen_by_blanks)
{
    set_fault("huge-body=3");
    REPLY_LOCAL reply = get(SELF);
    assert_int_equal(reply.code, CURLE_OK);
    assert_true(reply.body.length > 3U << 20);
    json_object_put(reply_json(&reply));
}

/* --- the list --- */

TEST(clamp_limit_shortens_pages)
{
    set_fault("clamp-limit=7");
    REPLY_LOCAL reply = get(USERS "?limit=500&includeInActive=true");
    assert_header(&reply, "X-Pagination-Limit", "7");
    assert_header(&reply, "X-Pagination-TotalPages", "9");
    JSON_LOCAL users = reply_json(&reply);
    assert_int_equal(json_object_array_length(users), 7);
}

TEST(repeat_last_page_never_ends)
{
    set_fault("repeat-last-page=");
    REPLY_LOCAL last = get(USERS "?limit=50&includeInActive=true&page=2");
    REPLY_LOCAL past = get(USERS "?limit=50&includeInActive=true&page=9");
    assert_string_equal(text_cstr(&last.body), text_cstr(&past.body));
    assert_header(&past, "X-Pagination-Page", "9");
}

TEST(paging_headers_can_be_missing_or_wrong)
{
    set_fault("no-paging-headers=");
    REPLY_LOCAL without = get(USERS "?includeInActive=true");
    assert_null(strstr(text_cstr(&without.headers), "X-Pagination"));
    set_fault("clear=1&wrong-total=%2B5");
    REPLY_LOCAL more = get(USERS "?includeInActive=true");
    assert_header(&more, "X-Pagination-TotalRecords", "65");
    set_fault("wrong-total=-5");
    REPLY_LOCAL fewer = get(USERS "?includeInActive=true");
    assert_header(&fewer, "X-Pagination-TotalRecords", "55");
}

/* How many different users the pages of 10 hold, and how many items. */
static void count_users(size_t *ret_different, size_t *ret_items)
{
    JSON_LOCAL seen = json_object_new_object();
    *ret_items = 0;
    for (int page = 1; page < 20; page++) {
        CLEANUP(text_release) struct text path = TEXT_INIT;
        text_addf(&path, USERS "?includeInActive=true&limit=10&page=%d", page);
        JSON_LOCAL users = get_json(&shared, text_cstr(&path));
        size_t count = json_object_array_length(users);
        for (size_t i = 0; i < count; i++) {
            struct json_object *id =
                json_object_object_get(json_object_array_get_idx(users, i), "id");
            json_object_object_add(seen, json_object_get_string(id), json_object_new_int(1));
        }
        *ret_items += count;
        if (count < 10)
            break;
    }
    *ret_different = (size_t)json_object_object_length(seen);
}

TEST(drift_makes_users_missed_or_seen_twice)
{
    size_t different = 0, items = 0;
    count_users(&different, &items);
    assert_int_equal(different, 60);
    set_fault("drift=remove");
    count_users(&different, &items);
    assert_true(different < 60);
    assert_int_equal(different, items);
    probe_control(&shared, "/_sim/reset", "");
    set_fault("drift=add");
    count_users(&different, &items);
    assert_true(items > different);
    probe_control(&shared, "/_sim/reset", "");
    set_fault("drift=both");
    count_users(&different, &items);
    assert_true(different < items);
}

TEST(duplicate_ids_repeat_the_first_user)
{
    size_t different = 0, items = 0;
    set_fault("duplicate-ids=");
    count_users(&different, &items);
    assert_int_equal(items, 60);
    assert_int_equal(different, 54); /* one of each of six pages */
}

TEST(bad_item_is_in_the_middle)
{
    static const struct {
        const char *fault, *wanted;
    } rows[] = {
        {"bad-item=string", "\"user\""},
        {"bad-item=null", "null"},
        {"bad-item=number", "17"},
        {"bad-item=no-id", "{\"username\":\"unreadable\""},
        {"bad-item=id-number", "{\"id\":1234567,"},
        {"bad-item=id-form", "{\"id\":\"1a84d758-2b3a-141f-8f07-d71aa1f223bd\","},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_fault(rows[i].fault);
        JSON_LOCAL users = get_json(&shared, USERS "?limit=5");
        const char *item = json_object_to_json_string_ext(json_object_array_get_idx(users, 2),
                                                          JSON_C_TO_STRING_PLAIN);
        assert_true(text_starts(item ? item : "null", rows[i].wanted));
    }
}

TEST(active_form_changes_list_and_single)
{
    static const struct {
        const char *fault, *wanted;
    } rows[] = {
        {"active-form=int", "1"},
        {"active-form=bool", "true"},
        {"active-form=string", "\"1\""},
        {"active-form=quoted-bool", "\"true\""},
        {"active-form=garbage", "\"perhaps\""},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_fault(rows[i].fault);
        assert_field(SELF, "active", rows[i].wanted);
        JSON_LOCAL users = get_json(&shared, USERS "?limit=1");
        assert_string_equal(json_object_to_json_string(json_object_object_get(
                                json_object_array_get_idx(users, 0), "active")),
                            rows[i].wanted);
    }
    set_fault("active-form=missing");
    assert_field(SELF, "active", "(missing)");
}

/* --- last login --- */

TEST(last_login_form_writes_every_known_form)
{
    static const struct {
        const char *form, *wanted;
    } rows[] = {
        {"rfc3339-ms", "\"2019-03-31T23:59:40.000+00:00\""},
        {"rfc3339", "\"2019-03-31T23:59:40+00:00\""},
        {"zulu", "\"2019-03-31T23:59:40Z\""},
        {"no-zone", "\"2019-03-31T23:59:40\""},
        {"words", "\"March, 31 2019 23:59:40 +0000\""},
        {"epoch-ms", "1554076780000"},
        {"epoch-ms-text", "\"1554076780000\""},
        {"null", "null"},
        {"missing", "(missing)"},
        {"empty", "\"\""},
        {"garbage", "\"a while ago\""},
        {"future", "\"2028-11-21T00:00:00.000+00:00\""},
    };
    probe_control(&shared, "/_sim/users/svc-reconcile", "lastLogin=2019-03-31T23:59:40Z");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text form = TEXT_INIT;
        text_addf(&form, "last-login-form=%s", rows[i].form);
        set_fault(text_cstr(&form));
        assert_field(SELF, "lastLogin", rows[i].wanted);
    }
}

/* All that the reader of the program accepts says the same moment; the mixed forms differ. */
TEST(last_login_form_mixed_stays_readable)
{
    JSON_LOCAL kinds = json_object_new_object();
    JSON_LOCAL users = get_json(&shared, USERS "?limit=40");
    set_fault("last-login-form=mixed");
    for (size_t i = 0; i < 40; i++) {
        const char *id = json_object_get_string(
            json_object_object_get(json_object_array_get_idx(users, i), "id"));
        CLEANUP(text_release) struct text path = TEXT_INIT;
        text_addf(&path, USERS "%s", id);
        JSON_LOCAL user = get_json(&shared, text_cstr(&path));
        struct json_object *login = json_object_object_get(user, "lastLogin");
        struct instant instant = INSTANT_NONE;
        if (!login)
            continue;
        assert_true(instant_parse_bynder(json_object_get_string(login), &instant));
        CLEANUP(text_release) struct text kind = TEXT_INIT;
        text_addf(&kind, "%zu", strlen(json_object_to_json_string(login)));
        json_object_object_add(kinds, text_cstr(&kind), NULL);
    }
    assert_true(json_object_object_length(kinds) >= 6);
}

TEST(never_form_writes_no_login_in_three_ways)
{
    assert_field(SELF, "lastLogin", "(missing)");
    set_fault("never-form=null");
    assert_field(SELF, "lastLogin", "null");
    set_fault("never-form=empty");
    assert_field(SELF, "lastLogin", "\"\"");
}

TEST(control_sets_a_raw_last_login)
{
    probe_control(&shared, "/_sim/users/svc-reconcile", "lastLogin=last+summer");
    assert_field(SELF, "lastLogin", "\"last summer\"");
    probe_control(&shared, "/_sim/users/svc-reconcile", "lastLogin=never");
    assert_field(SELF, "lastLogin", "(missing)");
}

/* --- writes --- */

TEST(delay_202_shows_the_change_later)
{
    set_fault("delay-202=60000");
    REPLY_LOCAL reply = probe_post(&shared, leaver, "active=0");
    assert_int_equal(reply.status, 202);
    assert_field(leaver, "active", "true");
    probe_control(&shared, "/_sim/clock", "advance=59");
    assert_field(leaver, "active", "true");
    probe_control(&shared, "/_sim/clock", "advance=1.5");
    assert_field(leaver, "active", "false");
}

TEST(delay_202_reads_shows_the_change_after_reads)
{
    set_fault("delay-202-reads=2");
    REPLY_LOCAL reply = probe_post(&shared, leaver, "active=0");
    assert_int_equal(reply.status, 202);
    assert_field(leaver, "active", "true");
    assert_field(leaver, "active", "true");
    assert_field(leaver, "active", "false");
}

TEST(never_202_changes_nothing)
{
    set_fault("never-202=");
    REPLY_LOCAL reply = probe_post(&shared, leaver, "active=0");
    assert_int_equal(reply.status, 202);
    assert_field(leaver, "active", "true");
    JSON_LOCAL stats = probe_control_json(&shared, "/_sim/stats");
    assert_int_equal(json_object_get_int(json_object_object_get(stats, "effects")), 0);
}

TEST(default_omitted_resets_what_was_left_out)
{
    probe_control(&shared, "/_sim/users/svc-reconcile", "isSSOOnly=true");
    JSON_LOCAL self = get_json(&shared, SELF);
    CLEANUP(text_release) struct text path = TEXT_INIT;
    text_addf(&path, USERS "%s", json_object_get_string(json_object_object_get(self, "id")));
    REPLY_LOCAL kept = probe_post(&shared, text_cstr(&path), "job=x");
    assert_field(SELF, "isSSOOnly", "true");
    set_fault("default-omitted=");
    REPLY_LOCAL reset = probe_post(&shared, text_cstr(&path), "job=y");
    assert_int_equal(kept.status, 202);
    assert_int_equal(reset.status, 202);
    assert_field(SELF, "isSSOOnly", "false");
}

TEST(empty_omitted_empties_the_text_that_was_left_out)
{
    probe_control(&shared, "/_sim/users/svc-reconcile", "phoneNumber=1&costCenter=2&language=nl");
    JSON_LOCAL self = get_json(&shared, SELF);
    CLEANUP(text_release) struct text path = TEXT_INIT;
    text_addf(&path, USERS "%s", json_object_get_string(json_object_object_get(self, "id")));
    set_fault("empty-omitted=phoneNumber");
    REPLY_LOCAL one = probe_post(&shared, text_cstr(&path), "job=x");
    assert_int_equal(one.status, 202);
    assert_field(SELF, "phoneNumber", "\"\"");
    assert_field(SELF, "costCenter", "\"2\"");
    assert_field(SELF, "language", "\"nl\"");
    set_fault("empty-omitted=");
    REPLY_LOCAL all = probe_post(&shared, text_cstr(&path), "job=y&language=de");
    assert_int_equal(all.status, 202);
    assert_field(SELF, "costCenter", "\"\"");
    assert_field(SELF, "lastname", "\"\"");
    assert_field(SELF, "job", "\"y\"");
    assert_field(SELF, "language", "\"de\"");
}

TEST(cursor_always_ends_with_an_empty_page)
{
    static const char recent[] = LOGINS "?limit=10000&fromDateTime=2026-11-01T00:00:00Z";
    set_fault("cursor-always=");
    REPLY_LOCAL page = get(recent);
    CLEANUP(mem_cleanup) char *next = reply_header(&page, "Next-Url");
    assert_non_null(next);
    REPLY_LOCAL last = get(next);
    assert_string_equal(text_cstr(&last.body), "[]");
    assert_header(&last, "Next-Url", NULL);
}

TEST(cursor_loop_leads_back_to_the_first_page)
{
    static const char recent[] = LOGINS "?limit=10000&fromDateTime=2026-11-01T00:00:00Z";
    set_fault("cursor-loop=");
    REPLY_LOCAL page = get(recent);
    CLEANUP(mem_cleanup) char *next = reply_header(&page, "Next-Url");
    assert_non_null(next);
    REPLY_LOCAL again = get(next);
    CLEANUP(mem_cleanup) char *same = reply_header(&again, "Next-Url");
    assert_string_equal(text_cstr(&again.body), text_cstr(&page.body));
    assert_string_equal(same, next);
}

TEST(cursor_new_names_ever_new_pages_of_one_event)
{
    static const char recent[] = LOGINS "?limit=10000&fromDateTime=2026-11-01T00:00:00Z";
    set_fault("cursor-new=");
    REPLY_LOCAL page = get(recent);
    CLEANUP(mem_cleanup) char *next = reply_header(&page, "Next-Url");
    assert_non_null(next);
    REPLY_LOCAL one = get(next);
    CLEANUP(mem_cleanup) char *other = reply_header(&one, "Next-Url");
    REPLY_LOCAL two = get(other);
    CLEANUP(mem_cleanup) char *third = reply_header(&two, "Next-Url");
    assert_string_not_equal(other, next);
    assert_string_not_equal(third, other);
    assert_string_equal(text_cstr(&two.body), text_cstr(&one.body));
    assert_true(one.body.length > 2 && one.body.length < page.body.length);
}

/* --- the control request --- */

TEST(faults_are_listed_replaced_and_cleared)
{
    static const struct {
        const char *form, *wanted;
    } rows[] = {
        {"latency=5&error=503", "[ \"latency=5\", \"error=503\" ]"},
        {"latency=6&error=500", "[ \"error=503\", \"latency=6\", \"error=500\" ]"},
        {"error=off", "[ \"latency=6\" ]"},
        {"clear=1", "[ ]"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        set_fault(rows[i].form);
        JSON_LOCAL faults = probe_control_json(&shared, "/_sim/faults");
        assert_string_equal(json_object_to_json_string(faults), rows[i].wanted);
    }
    REPLY_LOCAL bad = probe_ask(&shared, "POST", "/_sim/faults", NULL,
                                "application/x-www-form-urlencoded", "latency=soon");
    assert_int_equal(bad.status, 400);
    assert_non_null(strstr(text_cstr(&bad.body), "'soon'"));
}

TEST(log_names_the_fault)
{
    set_fault("error=503");
    assert_answers(USERS, 503);
    REPLY_LOCAL log = probe_ask(&shared, "GET", "/_sim/log", NULL, NULL, NULL);
    assert_non_null(strstr(text_cstr(&log.body), "\"status\":503,"));
    assert_non_null(strstr(text_cstr(&log.body), "\"fault\":\"error\""));
}

/* --- many connections, TLS --- */

#define CROWD 200

static size_t count_bytes(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    *(size_t *)context += size * count;
    return size * count;
}

/* Starts CROWD transfers at once, each on a connection of its own, and counts the good ends. */
static size_t run_crowd(const char *url)
{
    CURLM *multi = curl_multi_init();
    CURL *easy[CROWD];
    size_t received[CROWD] = {0};
    size_t good = 0;
    int running = 1, left = 0;
    for (size_t i = 0; i < CROWD; i++) {
        easy[i] = curl_easy_init();
        (void)curl_easy_setopt(easy[i], CURLOPT_URL, url);
        (void)curl_easy_setopt(easy[i], CURLOPT_PROXY, "");
        (void)curl_easy_setopt(easy[i], CURLOPT_TIMEOUT_MS, 100000L);
        (void)curl_easy_setopt(easy[i], CURLOPT_FRESH_CONNECT, 1L);
        (void)curl_easy_setopt(easy[i], CURLOPT_WRITEFUNCTION, count_bytes);
        (void)curl_easy_setopt(easy[i], CURLOPT_WRITEDATA, &received[i]);
        (void)curl_multi_add_handle(multi, easy[i]);
    }
    while (running > 0 && curl_multi_perform(multi, &running) == CURLM_OK && running > 0)
        (void)curl_multi_poll(multi, NULL, 0, 1000, NULL);
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));)
        good += message->msg == CURLMSG_DONE && message->data.result == CURLE_OK;
    for (size_t i = 0; i < CROWD; i++) {
        good -= received[i] == 0;
        (void)curl_multi_remove_handle(multi, easy[i]);
        curl_easy_cleanup(easy[i]);
    }
    (void)curl_multi_cleanup(multi);
    return good;
}

TEST(crowd_of_connections_is_served)
{
    CLEANUP(text_release) struct text url = TEXT_INIT;
    text_addf(&url, "http://127.0.0.1:%u/api/v4/currentUser/", shared.port);
    for (int round = 0; round < 5; round++) {
        set_fault(round % 2 == 0 ? "clear=1" : "latency=50");
        assert_int_equal(run_crowd(text_cstr(&url)), CROWD);
    }
}

/* A key and a certificate of its own for 127.0.0.1, as PEM files. */
static void make_certificate(const char *certificate_path, const char *key_path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    assert_non_null(key);
    assert_non_null(certificate);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    (void)X509_time_adj_ex(X509_getm_notBefore(certificate), -1, 0, NULL);
    (void)X509_time_adj_ex(X509_getm_notAfter(certificate), 1, 0, NULL);
    (void)X509_set_version(certificate, X509_VERSION_3);
    (void)X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    (void)X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost",
                                     -1, -1, 0);
    (void)X509_set_issuer_name(certificate, name);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    FILE *out = fopen(certificate_path, "we");
    assert_non_null(out);
    assert_int_equal(PEM_write_X509(out, certificate), 1);
    assert_int_equal(fclose(out), 0);
    out = fopen(key_path, "we");
    assert_non_null(out);
    assert_int_equal(PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(out), 0);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

TEST(tls_is_spoken_with_the_given_certificate)
{
    struct probe probe = {.pid = -1};
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CLEANUP(text_release) struct text where = TEXT_INIT;
    size_t received = 0;
    long status = 0;
    probe_prepare(&probe);
    CLEANUP(mem_cleanup) char *certificate = probe_path(&probe, "cert.pem");
    CLEANUP(mem_cleanup) char *key = probe_path(&probe, "key.pem");
    make_certificate(certificate, key);
    const char *const options[] = {"--users",   "20", "--tls-cert", certificate,
                                   "--tls-key", key,  NULL};
    probe_start(&probe, options);
    text_addf(&url, "https://localhost:%u/api/v4/currentUser/", probe.port);
    text_addf(&where, "localhost:%u:127.0.0.1", probe.port);
    struct curl_slist *resolve = curl_slist_append(NULL, text_cstr(&where));
    CURL *curl = probe.curl;
    (void)curl_easy_setopt(curl, CURLOPT_URL, text_cstr(&url));
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(curl, CURLOPT_RESOLVE, resolve);
    (void)curl_easy_setopt(curl, CURLOPT_CAINFO, certificate);
    (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 15000L);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, count_bytes);
    (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
    CURLcode code = curl_easy_perform(curl);
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(resolve);
    assert_int_equal(code, CURLE_OK);
    assert_int_equal(status, 401);
    assert_int_equal(probe_stop(&probe), 0);
}

TEST(stop_ends_hanging_connections)
{
    static const char *const options[] = {"--users", "20", "--fault", "hang", NULL};
    struct probe probe = {.pid = -1};
    CLEANUP(text_release) struct text url = TEXT_INIT;
    int running = 1;
    probe_start(&probe, options);
    text_addf(&url, "http://127.0.0.1:%u/api/v4/currentUser/", probe.port);
    CURLM *multi = curl_multi_init();
    CURL *curl = curl_easy_init();
    (void)curl_easy_setopt(curl, CURLOPT_URL, text_cstr(&url));
    (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
    (void)curl_multi_add_handle(multi, curl);
    for (int requests = 0; requests == 0;) { /* until the request has arrived */
        (void)curl_multi_perform(multi, &running);
        JSON_LOCAL stats = probe_control_json(&probe, "/_sim/stats");
        requests = json_object_get_int(json_object_object_get(stats, "requests"));
    }
    assert_int_equal(probe_stop(&probe), 0);
    (void)curl_multi_remove_handle(multi, curl);
    curl_easy_cleanup(curl);
    (void)curl_multi_cleanup(multi);
}
