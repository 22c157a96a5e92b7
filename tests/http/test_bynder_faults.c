/*
 * For every fault of the simulator: what the client does about it. It is complete and right, or it
 * says that it is incomplete and is right in what it does say, or it fails with a reason; it never
 * hangs, and it never writes. Each row of the table is a test of its own.
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "seconds.h"
#include "sim.h"
#include "test.h"

#define USERS   "/api/v4/users/"
#define SINGLE  "/api/v4/users/1" /* of the users whose id begins with 1 */
#define TOKEN   "/v6/"
#define MISSING .allowance.missing = true
#define UNREAD  .allowance.unreadable = true
#define LIES    .allowance.logins_lie = true

enum outcome { COMPLETE = 0, INCOMPLETE, FAILS };

static struct sim shared;

/* The rows of the table; what comes last are further members. */
#define GOOD(row, pair, ...)                                                                       \
    {                                                                                              \
        .name = row, .fault = pair, .outcome = COMPLETE, __VA_ARGS__                               \
    }
#define PARTLY(row, pair, words, ...)                                                              \
    {                                                                                              \
        .name = row, .fault = pair, .outcome = INCOMPLETE, .said = words, __VA_ARGS__              \
    }
#define FAILING(row, pair, where, exit, ...)                                                       \
    {                                                                                              \
        .name = row, .fault = pair, .outcome = FAILS, .stage = where, .code = exit,                \
        .said = __VA_ARGS__                                                                        \
    }

static struct row {
    const char *name;
    const char *fault;
    enum outcome outcome;
    enum sim_stage stage; /* FAILS: where, and with which code */
    enum err_code code;
    const char *said; /* part of the reason */
    struct sim_allowance allowance;
    int64_t timeout, page_size, connections; /* 0 = as usual */
    const char *also;                        /* a second fault */
    unsigned repeat;                         /* the fault is set so often */
} rows[] = {
    /* What a further try cures. */
    GOOD("collect_with_latency_is_complete", "latency=20"),
    GOOD("collect_with_some_500_is_complete", "error=500:every=11"),
    GOOD("collect_with_some_503_is_complete", "error=503:every=11"),
    GOOD("collect_with_some_resets_is_complete", "reset=every=5"),
    GOOD("collect_with_some_lost_answers_is_complete", "lost-answer=every=5"),
    GOOD("collect_with_some_bodies_cut_is_complete", "cut=length:every=11"),
    GOOD("collect_with_some_chunks_cut_is_complete", "cut=chunked:every=11"),
    GOOD("collect_with_some_unframed_bodies_cut_is_complete", "cut=close:every=11"),
    GOOD("collect_with_some_trailing_garbage_is_complete", "trailing-garbage=every=11"),
    GOOD("collect_with_token_expiry_is_complete", "token-expiry=7"),
    GOOD("collect_with_token_expiry_at_every_use_is_complete", "token-expiry=1"),
    GOOD("collect_with_one_429_is_complete", "error=429:nth=5"),
    /* What the list may look like. */
    GOOD("collect_with_a_clamped_limit_is_complete", "clamp-limit=7"),
    GOOD("collect_with_a_repeated_last_page_is_complete", "repeat-last-page"),
    GOOD("collect_without_paging_headers_is_complete", "no-paging-headers"),
    PARTLY("collect_with_drift_is_incomplete", "drift=both", "", MISSING, UNREAD),
    PARTLY("collect_with_users_removed_is_incomplete", "drift=remove", "", MISSING, UNREAD),
    PARTLY("collect_with_users_added_is_incomplete", "drift=add", "", MISSING, UNREAD),
    PARTLY("collect_with_a_total_too_high_is_incomplete", "wrong-total=1", "announces", MISSING),
    PARTLY("collect_with_a_total_too_low_is_incomplete", "wrong-total=-1", "announces", MISSING),
    PARTLY("collect_with_a_total_of_whole_pages_less_is_incomplete", "wrong-total=-20", "announces",
           MISSING),
    PARTLY("collect_with_a_total_beyond_all_pages_is_incomplete", "wrong-total=1000000",
           "announces", MISSING),
    PARTLY("collect_with_duplicate_ids_is_incomplete", "duplicate-ids", "announces", MISSING),
    PARTLY("collect_with_an_item_that_is_a_string_is_incomplete", "bad-item=string",
           "cannot be read: item 11 of page 1", MISSING),
    PARTLY("collect_with_an_item_that_is_null_is_incomplete", "bad-item=null", "cannot be read",
           MISSING),
    PARTLY("collect_with_an_item_that_is_a_number_is_incomplete", "bad-item=number",
           "cannot be read", MISSING),
    PARTLY("collect_with_an_item_without_id_is_incomplete", "bad-item=no-id", "cannot be read",
           MISSING),
    PARTLY("collect_with_an_item_whose_id_is_a_number_is_incomplete", "bad-item=id-number",
           "cannot be read", MISSING),
    GOOD("collect_with_an_id_of_another_form_flaws_the_account", "bad-item=id-form", MISSING,
         UNREAD, .page_size = 100),
    PARTLY("list_with_the_third_page_missing_is_incomplete", "error=503:nth=3:" USERS,
           "page 3 of the users is missing", MISSING, UNREAD, .repeat = 100, .connections = 1),
    /* Two at once. */
    GOOD("collect_without_headers_and_clamped_is_complete", "no-paging-headers",
         .also = "clamp-limit=7"),
    GOOD("collect_without_headers_and_repeating_is_complete", "no-paging-headers",
         .also = "repeat-last-page"),
    GOOD("collect_clamped_and_repeating_is_complete", "clamp-limit=7", .also = "repeat-last-page"),
    PARTLY("collect_without_headers_and_one_page_repeating_is_incomplete", "no-paging-headers",
           "the second page is the first one again", .also = "repeat-last-page", .page_size = 100),
    PARTLY("collect_without_headers_and_with_duplicates_is_incomplete", "no-paging-headers",
           "listed twice", MISSING, .also = "duplicate-ids"),
    PARTLY("collect_without_headers_and_with_users_removed_is_incomplete", "no-paging-headers",
           "two readings of the list differ", MISSING, UNREAD, .also = "drift=remove"),
    PARTLY("logins_with_redirects_for_missing_slashes_are_incomplete", "redirect-slash",
           "a redirect to", UNREAD),
    /* What a status and a last login may look like. */
    GOOD("collect_with_active_as_int_is_complete", "active-form=int"),
    GOOD("collect_with_active_as_bool_is_complete", "active-form=bool"),
    GOOD("collect_with_active_as_string_is_complete", "active-form=string"),
    GOOD("collect_with_active_as_quoted_bool_is_complete", "active-form=quoted-bool"),
    GOOD("collect_with_active_garbled_reads_no_status", "active-form=garbage", UNREAD),
    GOOD("collect_with_active_missing_reads_no_status", "active-form=missing", UNREAD),
    GOOD("collect_with_last_login_rfc3339_is_complete", "last-login-form=rfc3339"),
    GOOD("collect_with_last_login_zulu_is_complete", "last-login-form=zulu"),
    GOOD("collect_with_last_login_without_zone_is_complete", "last-login-form=no-zone"),
    GOOD("collect_with_last_login_in_words_is_complete", "last-login-form=words"),
    GOOD("collect_with_last_login_in_ms_is_complete", "last-login-form=epoch-ms"),
    GOOD("collect_with_last_login_in_ms_as_text_is_complete", "last-login-form=epoch-ms-text"),
    GOOD("collect_with_last_login_in_seven_forms_is_complete", "last-login-form=mixed"),
    GOOD("collect_with_last_login_in_all_forms_is_complete", "last-login-form=all", LIES, UNREAD),
    GOOD("collect_with_last_login_null_is_complete", "last-login-form=null", LIES),
    GOOD("collect_with_last_login_missing_is_complete", "last-login-form=missing", LIES),
    GOOD("collect_with_last_login_empty_is_complete", "last-login-form=empty", LIES),
    GOOD("collect_with_last_login_in_the_future_is_complete", "last-login-form=future", LIES),
    GOOD("collect_with_last_login_garbled_reads_none", "last-login-form=garbage", UNREAD),
    GOOD("collect_with_never_as_null_is_complete", "never-form=null"),
    GOOD("collect_with_never_as_empty_is_complete", "never-form=empty"),
    /* What fails for good. */
    FAILING("login_with_every_token_refused_fails", "error=401:/api/", SIM_LOGIN, ERR_SCOPE,
            "token refused"),
    FAILING("login_with_503_at_the_token_fails", "error=503:" TOKEN, SIM_LOGIN, ERR_UNREACHABLE,
            "gives no token: status 503"),
    FAILING("login_with_resets_fails", "reset", SIM_LOGIN, ERR_UNREACHABLE, "failed: "),
    FAILING("login_with_a_login_page_fails", "wrong-type", SIM_LOGIN, ERR_UNREACHABLE, ""),
    FAILING("list_with_a_login_page_fails", "wrong-type=" USERS, SIM_LIST, ERR_UNREACHABLE,
            "which is not JSON"),
    FAILING("list_with_every_body_cut_fails", "cut=length:" USERS, SIM_LIST, ERR_UNREACHABLE,
            "cut off"),
    FAILING("list_with_every_chunk_cut_fails", "cut=chunked:" USERS, SIM_LIST, ERR_UNREACHABLE, ""),
    FAILING("list_with_every_unframed_body_cut_fails", "cut=close:" USERS, SIM_LIST,
            ERR_UNREACHABLE, "cut off at byte"),
    FAILING("list_with_trailing_garbage_fails", "trailing-garbage=" USERS, SIM_LIST,
            ERR_UNREACHABLE, "something follows"),
    FAILING("list_with_deep_json_fails", "deep-json=10000:" USERS, SIM_LIST, ERR_UNREACHABLE,
            "too deep"),
    FAILING("list_with_a_huge_body_fails", "huge-body=70:" USERS, SIM_LIST, ERR_UNREACHABLE,
            "larger than 67108864 bytes", .timeout = 20),
    FAILING("list_without_the_role_fails", "role-missing", SIM_LIST, ERR_SCOPE, "USERMANAGEMENT"),
    FAILING("list_with_403_at_the_profiles_fails", "error=403:/api/v4/profiles/", SIM_LIST,
            ERR_SCOPE, "PERMISSIONMANAGEMENT"),
    FAILING("list_with_503_at_the_profiles_fails", "error=503:/api/v4/profiles/", SIM_LIST,
            ERR_UNREACHABLE, "503"),
    FAILING("list_that_hangs_fails", "hang=" USERS, SIM_LIST, ERR_UNREACHABLE, "", .timeout = 1),
    FAILING("list_with_a_slow_body_fails", "slow-body=5:" USERS, SIM_LIST, ERR_UNREACHABLE, "",
            .timeout = 2),
    FAILING("login_with_latency_beyond_the_timeout_fails", "latency=3000", SIM_LOGIN,
            ERR_UNREACHABLE, "", .timeout = 1),
    FAILING("list_with_429_for_ever_fails", "error=429:" USERS, SIM_LIST, ERR_UNREACHABLE, "429"),
    /* What goes wrong with single users. */
    FAILING("logins_with_gateway_404_fail", "gateway-404", SIM_LOGINS, ERR_UNREACHABLE,
            "no such path"),
    PARTLY("logins_with_no_such_user_are_incomplete", "no-such-user", "not there any more", UNREAD),
    FAILING("logins_with_some_users_403_fail", "error=403:" SINGLE, SIM_LOGINS, ERR_SCOPE,
            "must be active"),
    PARTLY("logins_with_some_users_400_are_incomplete", "error=400:" SINGLE, "400", UNREAD),
    PARTLY("logins_with_some_users_503_are_incomplete", "error=503:" SINGLE, "503", UNREAD),
    PARTLY("logins_with_some_users_hanging_are_incomplete", "hang=" SINGLE, "", UNREAD,
           .timeout = 1),
    PARTLY("logins_with_some_login_pages_are_incomplete", "wrong-type=" SINGLE, "not JSON", UNREAD),
    PARTLY("logins_with_some_redirects_are_incomplete", "redirect-slash=" SINGLE, "redirect",
           UNREAD),
    PARTLY("logins_with_some_bodies_always_cut_are_incomplete", "cut=close:" SINGLE, "cut off",
           UNREAD),
    PARTLY("logins_with_some_deep_json_are_incomplete", "deep-json=10000:" SINGLE, "too deep",
           UNREAD),
    /* What belongs to writes and events does not touch reading. */
    GOOD("collect_with_delayed_202_is_complete", "delay-202"),
    GOOD("collect_with_delayed_202_reads_is_complete", "delay-202-reads"),
    GOOD("collect_with_never_202_is_complete", "never-202"),
    GOOD("collect_with_defaults_for_omitted_is_complete", "default-omitted"),
    GOOD("collect_with_events_403_is_complete", "events-403"),
    GOOD("collect_with_events_404_is_complete", "events-404"),
    GOOD("collect_with_cursor_always_is_complete", "cursor-always"),
    GOOD("collect_with_cursor_loop_is_complete", "cursor-loop"),
    GOOD("collect_with_cursor_new_is_complete", "cursor-new"),
};

static void check_reason(const char *reason, const char *said)
{
    if (!reason || !*reason)
        fail_msg("no reason is given");
    if (said && !strstr(reason, said))
        fail_msg("'%s' does not say '%s'", reason, said);
}

static void check_outcome(const struct row *row, const struct collected *collected)
{
    const struct snapshot *snapshot = &collected->snapshot;

    if (row->outcome == FAILS) {
        if (collected->failed_at != row->stage || collected->err.code != row->code)
            fail_msg("stage %d, code %d: %s", (int)collected->failed_at, (int)collected->err.code,
                     collected->err.text ? collected->err.text : "no error");
        check_reason(collected->err.text, row->said);
        return;
    }
    if (collected->failed_at != SIM_DONE)
        fail_msg("stage %d: %s", (int)collected->failed_at, collected->err.text);
    if (snapshot->complete && row->outcome == INCOMPLETE)
        fail_msg("claims to be complete");
    if (!snapshot->complete && row->outcome == COMPLETE)
        fail_msg("incomplete: %s", snapshot->incomplete_reason);
    if (row->outcome == INCOMPLETE)
        check_reason(snapshot->incomplete_reason, row->said);
    assert_true(snapshot->count > 0);
    sim_assert_true(&shared, collected, row->allowance);
}

static int start_shared(void **state)
{
    static const char *const options[] = {"--users", "90", NULL};

    (void)state;
    sim_start(&shared, options);
    return 0;
}

static int stop_shared(void **state)
{
    (void)state;
    return sim_stop(&shared) == 0 ? 0 : -1;
}

TEST_GROUP(start_shared, stop_shared);

static const char *row_of(size_t i, void **ret_state)
{
    if (i == COUNT_OF(rows))
        return NULL;
    *ret_state = &rows[i];
    return rows[i].name;
}

TEST_SERIES(one_fault, row_of)
{
    const struct row *row = *state;
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
    double start = now_s();

    sim_reset(&shared);
    for (unsigned i = 0; i == 0 || i < row->repeat; i++)
        sim_fault(&shared, row->fault);
    if (row->also)
        sim_fault(&shared, row->also);
    if (row->page_size > 0)
        shared.config.page_size = row->page_size;
    if (row->connections > 0)
        shared.config.connections = row->connections;
    if (row->timeout > 0)
        shared.config.timeout = row->timeout;
    sim_collect(&shared, &collected);
    assert_true(now_s() - start < HANGS_S);
    check_outcome(row, &collected);
    sim_assert_no_writes(&shared);
}
