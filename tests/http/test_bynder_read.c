/*
 * The client against a portal that behaves: what it reads is what is there, it writes nothing, and
 * what keeps it out is named with who can change it.
 */
#include <string.h>

#include "base/mem.h"
#include "sim.h"
#include "test.h"

static struct sim shared;

static int start_shared(void **state)
{
    static const char *const options[] = {"--users", "150", NULL};

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

static int reset_shared(void **state)
{
    (void)state;
    sim_reset(&shared);
    return 0;
}

static int check_shared(void **state)
{
    (void)state;
    sim_assert_no_writes(&shared);
    return 0;
}

TEST_EACH(reset_shared, check_shared);

static void assert_failed(const struct collected *collected, enum sim_stage stage,
                          enum err_code code, const char *part)
{
    if (collected->failed_at != stage || collected->err.code != code)
        fail_msg("stage %d, code %d: %s", (int)collected->failed_at, (int)collected->err.code,
                 collected->err.text ? collected->err.text : "no error");
    if (!strstr(collected->err.text, part))
        fail_msg("'%s' does not say '%s'", collected->err.text, part);
}

TEST(collect_from_a_good_portal_is_complete_and_true)
{
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
    const struct snapshot *snapshot = &collected.snapshot;
    size_t with_groups = 0, with_department = 0, with_profile = 0;

    sim_collect(&shared, &collected);
    sim_assert_complete(&collected);
    sim_assert_true(&shared, &collected, (struct sim_allowance){.missing = false});
    assert_non_null(snapshot->own_id);
    assert_true(snapshot->profile_count >= 2);
    assert_true(snapshot->logins_read == snapshot->count);
    assert_true(snapshot->requests == collected.requests);
    assert_true((double)snapshot->requests == sim_stat(&shared, "requests"));
    assert_true(instant_is_set(snapshot->taken_at));
    assert_true(collected.progressed > snapshot->count);
    assert_true(collected.clock_offset > -5 && collected.clock_offset < 5);
    assert_non_null(strstr(collected.scopes, "analytics.api:read"));
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];

        with_groups += account_alike(account)->group_count > 0;
        with_department += account_alike(account)->department != NULL;
        for (size_t p = 0; p < snapshot->profile_count; p++)
            with_profile += text_equal(snapshot->profile[p].id, account_alike(account)->profile_id);
        assert_false(account_alike(account)->groups_unreadable);
        assert_int_equal(account->login.source, LOGIN_FROM_SINGLE_READ);
        assert_true(instant_is_set(account->login.seen_at));
    }
    assert_true(with_groups > 0 && with_department > 0);
    assert_int_equal(with_profile, snapshot->count);
}

TEST(collect_with_any_page_size_is_the_same)
{
    static const int64_t sizes[] = {1, 7, 50, 75, 149, 150, 151, 500, 10000};

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};

        shared.config.page_size = sizes[i];
        shared.config.connections = (int64_t)i + 1;
        sim_collect(&shared, &collected);
        sim_assert_complete(&collected);
        sim_assert_true(&shared, &collected, (struct sim_allowance){.missing = false});
    }
}

TEST(collect_with_a_permanent_token_needs_no_client)
{
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
    CLEANUP(mem_cleanup) char *path = sim_file(&shared, "token", PROBE_TOKEN "\n");

    shared.config.client_id = NULL;
    shared.config.client_secret = (struct secret_source){.file = NULL};
    shared.config.token.file = path;
    sim_collect(&shared, &collected);
    sim_assert_complete(&collected);
    assert_null(collected.scopes);
    assert_true(sim_stat(&shared, "tokens_issued") == 0);
}

TEST(login_with_a_withdrawn_permanent_token_says_token_refused)
{
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
    CLEANUP(mem_cleanup) char *path = sim_file(&shared, "token", "gone-token\n");

    shared.config.token.file = path;
    sim_collect(&shared, &collected);
    assert_failed(&collected, SIM_LOGIN, ERR_SCOPE, "token refused");
    assert_null(strstr(collected.err.text, "gone-token"));
}

TEST(login_with_a_wrong_client_secret_is_a_matter_of_scope)
{
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
    CLEANUP(mem_cleanup) char *path = sim_file(&shared, "wrong-secret", "tre5&%=+wrong");

    shared.config.client_secret.file = path;
    sim_collect(&shared, &collected);
    assert_failed(&collected, SIM_LOGIN, ERR_SCOPE, "gives client 'demo' no token (40");
    assert_null(strstr(collected.err.text, "tre5"));
    /* Once in the body, once by Basic. */
    assert_int_equal(collected.requests, 2);
}

TEST(login_with_a_portal_that_is_down_is_unreachable)
{
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};

    shared.config.url = "http://127.0.0.1:1";
    sim_collect(&shared, &collected);
    assert_failed(&collected, SIM_LOGIN, ERR_UNREACHABLE, "hint: is the host in portal.url right");
}

/* A POST to a path that is none counts as a write for the simulator: without check_shared. */
TEST_WITH(login_at_a_wrong_address_is_unreachable, reset_shared, NULL)
{
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
    CLEANUP(text_release) struct text url = TEXT_INIT;

    text_addf(&url, "%s/elsewhere", shared.url);
    shared.config.url = text_cstr(&url);
    sim_collect(&shared, &collected);
    assert_failed(&collected, SIM_LOGIN, ERR_UNREACHABLE, "answers 404");
}

TEST(get_of_one_account_reads_it_whole)
{
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct bynder_setup setup = {.config = &shared.config};
    struct portal portal;

    sim_collect(&shared, &collected);
    sim_assert_complete(&collected);
    assert_int_equal(bynder_new(&setup, &bynder, &err), 0);
    portal = bynder_read_only(bynder);
    for (size_t i = 0; i < collected.snapshot.count; i += 10) {
        const struct account *listed = &collected.snapshot.account[i];
        struct account account;
        bool found = false;

        if (portal.get(portal.self, &collected.arena, listed->id, &account, &found, NULL, &err) < 0)
            fail_msg("%s", err.text);
        assert_true(found);
        assert_string_equal(account.id, listed->id);
        assert_true(text_equal(account.username, listed->username));
        assert_true(text_equal(account.email, listed->email));
        assert_true(text_equal(account.name, listed->name));
        assert_true(text_equal(account.employee_number, listed->employee_number));
        assert_true(
            text_equal(account_alike(&account)->profile_id, account_alike(listed)->profile_id));
        assert_true(
            text_equal(account_alike(&account)->department, account_alike(listed)->department));
        assert_true(text_equal(account_alike(&account)->country, account_alike(listed)->country));
        assert_int_equal(account.status, listed->status);
        assert_int_equal(account_alike(&account)->group_count, account_alike(listed)->group_count);
        assert_int_equal(account.login.kind, listed->login.kind);
        assert_int_equal(account.login.at.us, listed->login.at.us);
        assert_null(account_alike(&account)->flaw);
    }
}

TEST(get_of_somebody_unknown_is_not_found)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(bynder_freep) struct bynder *bynder = NULL;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct bynder_setup setup = {.config = &shared.config};
    struct portal portal;
    struct account account;
    bool found = true;

    assert_int_equal(bynder_new(&setup, &bynder, &err), 0);
    portal = bynder_read_only(bynder);
    assert_int_equal(portal.get(portal.self, &arena, "00000000-0000-0000-0000000000000000",
                                &account, &found, NULL, &err),
                     0);
    assert_false(found);
    found = true;
    assert_int_equal(portal.get(portal.self, &arena, "some.username", &account, &found, NULL, &err),
                     -1);
    assert_int_equal(err.code, ERR_INTERNAL);
    sim_fault(&shared, "gateway-404");
    assert_int_equal(portal.get(portal.self, &arena, "00000000-0000-0000-0000000000000000",
                                &account, &found, NULL, &err),
                     -1);
    assert_int_equal(err.code, ERR_UNREACHABLE);
    assert_true(found);
}

/* Somebody works in the portal between the list and the single reads. */
TEST(logins_after_a_change_take_the_newer_word)
{
    static const struct {
        const char *form;
        enum account_status status;
        bool complete;
    } rows[] = {
        {"active=0", ACCOUNT_INACTIVE, true},
        {"active=1", ACCOUNT_ACTIVE, true},
        {"delete=1", ACCOUNT_UNREADABLE, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        CLEANUP(bynder_freep) struct bynder *bynder = NULL;
        CLEANUP(err_release) struct err err = ERR_INIT;
        CLEANUP(text_release) struct text path = TEXT_INIT;
        struct bynder_setup setup = {.config = &shared.config};
        struct snapshot snapshot = {.id = 0};
        struct portal portal;
        struct account *account;
        const size_t index[] = {7};

        sim_reset(&shared);
        assert_int_equal(bynder_new(&setup, &bynder, &err), 0);
        portal = bynder_read_only(bynder);
        assert_int_equal(portal.enter(bynder, &arena, &snapshot, &err), 0);
        assert_int_equal(portal.list(bynder, &arena, NULL, &snapshot, &err), 0);
        account = &snapshot.account[index[0]];
        text_addf(&path, "/_sim/users/%s", account->id);
        probe_control(&shared.probe, text_cstr(&path), rows[i].form);
        assert_int_equal(portal.logins(bynder, &arena, NULL, index, 1, &snapshot, &err), 0);
        assert_true(snapshot.complete == rows[i].complete);
        if (rows[i].complete) {
            assert_int_equal(account->status, rows[i].status);
            assert_true(account->login.kind == LOGIN_KNOWN || account->login.kind == LOGIN_NEVER);
        } else {
            assert_int_equal(account->login.kind, LOGIN_NOT_READ);
            assert_non_null(strstr(snapshot.incomplete_reason, "not there any more"));
        }
    }
}

TEST_WITH(login_without_a_scope_names_it_and_who_grants_it, NULL, NULL)
{
    static const struct {
        const char *scopes, *said;
    } rows[] = {
        {"current.user:read admin.profile:read", "'admin.user:read'"},
        {"current.user:read admin.user:read", "'admin.profile:read'"},
        {"admin.user:read admin.profile:read", "'current.user:read'"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *const options[] = {"--users", "20", "--scopes", rows[i].scopes, NULL};
        SIM_LOCAL sim = {.url = NULL};
        COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};

        sim_start(&sim, options);
        sim_collect(&sim, &collected);
        assert_failed(&collected, SIM_LOGIN, ERR_SCOPE, rows[i].said);
        assert_non_null(strstr(collected.err.text, "administrator of the portal"));
    }
}

TEST_WITH(login_without_the_optional_scope_goes_on, NULL, NULL)
{
    static const char *const options[] = {
        "--users", "20", "--scopes", "admin.user:read admin.profile:read current.user:read", NULL};
    SIM_LOCAL sim = {.url = NULL};
    COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};

    sim_start(&sim, options);
    sim_collect(&sim, &collected);
    sim_assert_complete(&collected);
}

TEST_WITH(collect_without_a_role_names_it, NULL, NULL)
{
    static const struct {
        const char *roles, *said;
    } rows[] = {
        {"PERMISSIONMANAGEMENT", "USERMANAGEMENT"},
        {"USERMANAGEMENT", "PERMISSIONMANAGEMENT"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *const options[] = {"--users", "20", "--roles", rows[i].roles, NULL};
        SIM_LOCAL sim = {.url = NULL};
        COLLECTED_LOCAL collected = {.failed_at = SIM_NEW};
        CLEANUP(mem_cleanup) char *path = NULL;

        sim_start(&sim, options);
        path = sim_file(&sim, "token", PROBE_TOKEN);
        sim.config.token.file = path; /* no scope in an answer tells beforehand */
        sim_collect(&sim, &collected);
        assert_failed(&collected, SIM_LIST, ERR_SCOPE, rows[i].said);
    }
}
