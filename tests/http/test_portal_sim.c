/*
 * portal-sim conforms to the portal's OpenAPI files and to what docs/portal-sim.md promises of its
 * answers: types, codes, headers, scopes, paging, the idle-based rate block.
 */
#include "portal_sim_case.h"

#include <unistd.h>

#include "base/instant.h"
#include "host/file.h"
#include "test.h"

TEST_GROUP(start_shared, stop_shared);
TEST_EACH(reset_shared, NULL);

struct field {
    const char *name;
    enum json_type type;
};

/* Exactly these fields with these types. */
static void assert_fields(struct json_object *object, const struct field *fields, size_t count)
{
    assert_true(json_object_is_type(object, json_type_object));
    for (size_t i = 0; i < count; i++) {
        struct json_object *value = NULL;
        if (!json_object_object_get_ex(object, fields[i].name, &value))
            fail_msg("field '%s' is missing", fields[i].name);
        if (json_object_get_type(value) != fields[i].type)
            fail_msg("field '%s' is of type %s", fields[i].name,
                     json_type_to_name(json_object_get_type(value)));
    }
    assert_int_equal(json_object_object_length(object), count);
}

/* --- token --- */

static struct reply ask_token(struct probe *probe, const char *authorization, const char *form)
{
    return probe_ask(probe, "POST", "/v6/authentication/oauth2/token", authorization,
                     "application/x-www-form-urlencoded", form);
}

TEST(token_of_known_client_is_granted)
{
    static const struct {
        const char *authorization, *form, *scope;
    } rows[] = {
        {NULL, "grant_type=client_credentials&client_id=demo&client_secret=demo-secret",
         "admin.user:read admin.user:write admin.profile:read current.user:read "
         "analytics.api:read"},
        {"Basic ZGVtbzpkZW1vLXNlY3JldA==",
         "grant_type=client_credentials&scope=current.user%3Aread", "current.user:read"},
        {"Basic ZGVtbzpkZW1vLXNlY3JldA==",
         "grant_type=client_credentials&scope=nonsense+admin.user:read", "admin.user:read"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        REPLY_LOCAL reply = ask_token(&shared, rows[i].authorization, rows[i].form);
        assert_int_equal(reply.status, 200);
        JSON_LOCAL token = reply_json(&reply);
        assert_string_equal(string_of(token, "token_type"), "bearer");
        assert_int_equal(int_of(token, "expires_in"), 3600);
        assert_string_equal(string_of(token, "scope"), rows[i].scope);
        assert_true(strlen(string_of(token, "access_token")) > 20);
    }
}

TEST(token_of_unknown_client_is_refused)
{
    static const struct {
        const char *authorization, *form;
        long status;
        const char *error;
    } rows[] = {
        {NULL, "grant_type=client_credentials&client_id=demo&client_secret=wrong", 401,
         "invalid_client"},
        {NULL, "grant_type=client_credentials&client_id=demo", 401, "invalid_client"},
        {"Basic !!", "grant_type=client_credentials", 401, "invalid_client"},
        {NULL, "grant_type=password&client_id=demo&client_secret=demo-secret", 400,
         "unsupported_grant_type"},
        {NULL, "", 400, "unsupported_grant_type"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        REPLY_LOCAL reply = ask_token(&shared, rows[i].authorization, rows[i].form);
        assert_int_equal(reply.status, rows[i].status);
        JSON_LOCAL error = reply_json(&reply);
        assert_string_equal(string_of(error, "error"), rows[i].error);
    }
}

/* The value of an Authorization header with a fresh token of these scopes. */
static char *fresh_bearer(struct probe *probe, const char *scope)
{
    CLEANUP(text_release) struct text form = TEXT_INIT;
    text_addf(&form,
              "grant_type=client_credentials&client_id=demo&client_secret=demo-secret&scope=%s",
              scope);
    REPLY_LOCAL reply = ask_token(probe, NULL, text_cstr(&form));
    JSON_LOCAL token = reply_json(&reply);
    return path_of("Bearer ", string_of(token, "access_token"));
}

TEST(token_lives_its_lifetime)
{
    CLEANUP(mem_cleanup) char *bearer = fresh_bearer(&shared, "current.user:read");
    probe_control(&shared, "/_sim/clock", "advance=3590");
    REPLY_LOCAL before = probe_ask(&shared, "GET", "/api/v4/currentUser/", bearer, NULL, NULL);
    probe_control(&shared, "/_sim/clock", "advance=20");
    REPLY_LOCAL after = probe_ask(&shared, "GET", "/api/v4/currentUser/", bearer, NULL, NULL);
    assert_int_equal(before.status, 200);
    assert_int_equal(after.status, 401);
}

TEST(clock_set_to_a_moment_is_the_date_of_the_answers)
{
    probe_control(&shared, "/_sim/clock", "at=2026-12-01T02:00:00Z");
    REPLY_LOCAL reply = probe_get(&shared, USERS "?limit=1");
    CLEANUP(mem_cleanup) char *date = reply_header(&reply, "Date");
    assert_non_null(date);
    assert_memory_equal(date, "Tue, 01 Dec 2026 02:00:", strlen("Tue, 01 Dec 2026 02:00:"));
    REPLY_LOCAL back = probe_ask(&shared, "POST", "/_sim/clock", NULL,
                                 "application/x-www-form-urlencoded", "at=2026-11-30T02:00:00Z");
    assert_int_equal(back.status, 400);
}

TEST(many_changes_are_made_at_once)
{
    CLEANUP(text_release) struct text form = TEXT_INIT;
    JSON_LOCAL leaver = find_cast(&shared, "leaver");
    JSON_LOCAL idle = find_cast(&shared, "idle");
    text_addf(&form, "%s=active%%3D0&%s=lastLogin%%3D2026-11-20T10:00:00Z%%26habit%%3D0",
              string_of(leaver, "id"), string_of(idle, "id"));
    probe_control(&shared, "/_sim/changes", text_cstr(&form));
    CLEANUP(mem_cleanup) char *gone = path_of("/_sim/users/", string_of(leaver, "id"));
    CLEANUP(mem_cleanup) char *used = path_of("/_sim/users/", string_of(idle, "id"));
    JSON_LOCAL left = probe_control_json(&shared, gone);
    JSON_LOCAL back = probe_control_json(&shared, used);
    assert_false(json_object_get_boolean(json_object_object_get(left, "active")));
    assert_string_equal(string_of(back, "lastLogin"), "2026-11-20T10:00:00.000+00:00");
    JSON_LOCAL writes = probe_control_json(&shared, "/_sim/writes");
    assert_int_equal(json_object_array_length(writes), 0);
    REPLY_LOCAL unknown = probe_ask(&shared, "POST", "/_sim/changes", NULL,
                                    "application/x-www-form-urlencoded", "nobody=active%3D0");
    assert_int_equal(unknown.status, 404);
}

TEST(request_without_good_token_answers_401_text)
{
    static const char *const headers[] = {NULL, "Bearer wrong", "Bearer", "Basic eA==", ""};
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        REPLY_LOCAL reply = probe_ask(&shared, "GET", USERS, headers[i], NULL, NULL);
        assert_int_equal(reply.status, 401);
        assert_header(&reply, "Content-Type", "text/plain");
        assert_string_equal(text_cstr(&reply.body), "Invalid or expired token.");
    }
}

TEST(request_without_scope_answers_403)
{
    static const struct {
        const char *method, *path, *scope;
    } rows[] = {
        {"GET", "/api/v4/currentUser/", "current.user:read"},
        {"GET", USERS, "admin.user:read"},
        {"GET", USERS "svc-reconcile", "admin.user:read"},
        {"POST", USERS "x", "admin.user:write"},
        {"DELETE", USERS "x", "admin.user:write"},
        {"GET", "/api/v4/profiles/", "admin.profile:read"},
        {"GET", LOGINS, "analytics.api:read"},
    };
    static const char *const scopes[] = {"current.user:read", "admin.user:read", "admin.user:write",
                                         "admin.profile:read", "analytics.api:read"};
    for (size_t s = 0; s < COUNT_OF(scopes); s++) {
        CLEANUP(mem_cleanup) char *bearer = fresh_bearer(&shared, scopes[s]);
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            REPLY_LOCAL reply =
                probe_ask(&shared, rows[i].method, rows[i].path, bearer, NULL, NULL);
            bool held = text_equal(rows[i].scope, scopes[s]);
            assert_true((reply.status == 403) == !held);
            if (!held) {
                JSON_LOCAL error = reply_json(&reply);
                assert_int_equal(int_of(error, "statuscode"), 403);
                assert_string_equal(string_of(error, "message"), "Access denied");
            }
        }
    }
}

TEST(request_with_suspended_token_user_answers_403)
{
    probe_control(&shared, "/_sim/users/svc-reconcile", "active=0");
    assert_status(&shared, "/api/v4/currentUser/", 403);
    assert_status(&shared, USERS, 403);
    assert_status(&shared, "/api/v4/profiles/", 403);
}

TEST(roles_missing_answers_403_but_own_profile)
{
    static const char *const options[] = {"--users", "20", "--roles", "MEDIADOWNLOAD", NULL};
    PROBE_LOCAL probe = {.pid = -1};
    probe_start(&probe, options);
    assert_status(&probe, USERS, 403);
    assert_status(&probe, "/api/v4/profiles/", 403);
    JSON_LOCAL self = get_json(&probe, "/api/v4/currentUser/");
    CLEANUP(mem_cleanup) char *own = path_of("/api/v4/profiles/", string_of(self, "profileId"));
    JSON_LOCAL profile = get_json(&probe, own);
    struct json_object *roles = json_object_object_get(profile, "roles");
    assert_int_equal(json_object_array_length(roles), 1);
    assert_string_equal(json_object_get_string(json_object_array_get_idx(roles, 0)),
                        "MEDIADOWNLOAD");
    assert_status(&probe, "/api/v4/profiles/4C2E1B7A-93D0-4F1C-A6E85B20C9D7F318", 403);
}

TEST(scopes_option_cuts_every_grant)
{
    static const char *const options[] = {"--users", "20", "--scopes",
                                          "current.user:read admin.user:read", NULL};
    PROBE_LOCAL probe = {.pid = -1};
    probe_start(&probe, options);
    REPLY_LOCAL reply =
        ask_token(&probe, NULL,
                  "grant_type=client_credentials&client_id=demo&client_secret=demo-secret"
                  "&scope=current.user:read+admin.user:write");
    JSON_LOCAL token = reply_json(&reply);
    assert_string_equal(string_of(token, "scope"), "current.user:read");
    assert_status(&probe, USERS, 200); /* a permanent token has what can be granted */
    assert_status(&probe, "/api/v4/profiles/", 403);
}

/* --- routes --- */

TEST(unknown_route_answers_the_gateway_404)
{
    static const char *const paths[] = {"/",
                                        "/api/v4/",
                                        "/api/v5/users/",
                                        "/api/v4/users/a/b",
                                        "/api/v4/usersx",
                                        "/v7/analytics/api/v1/user/logins"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        REPLY_LOCAL reply = probe_ask(&shared, "GET", paths[i], NULL, NULL, NULL);
        assert_int_equal(reply.status, 404);
        assert_string_equal(text_cstr(&reply.body),
                            "{\"message\":\"no Route matched with those values\"}");
    }
}

TEST(unknown_method_answers_405)
{
    REPLY_LOCAL put = probe_ask(&shared, "PUT", USERS "x", "Bearer " PROBE_TOKEN,
                                "application/x-www-form-urlencoded", "active=0");
    REPLY_LOCAL removal = probe_ask(&shared, "DELETE", USERS, "Bearer " PROBE_TOKEN, NULL, NULL);
    assert_int_equal(put.status, 405);
    assert_int_equal(removal.status, 405);
}

/* --- users --- */

static const struct field list_fields[] = {
    {"id", json_type_string},         {"username", json_type_string},
    {"email", json_type_string},      {"email2", json_type_string},
    {"name", json_type_string},       {"active", json_type_int},
    {"isSSOOnly", json_type_boolean}, {"profileId", json_type_string},
    {"groups", json_type_array},      {"employeeNumber", json_type_string},
    {"salesrepId", json_type_string}, {"timeZone", json_type_string},
    {"website", json_type_string},    {"country", json_type_string},
};

static const struct field user_fields[] = {
    {"id", json_type_string},          {"username", json_type_string},
    {"email", json_type_string},       {"firstname", json_type_string},
    {"lastname", json_type_string},    {"active", json_type_boolean},
    {"isSSOOnly", json_type_boolean},  {"profileId", json_type_string},
    {"language", json_type_string},    {"timeZone", json_type_string},
    {"department", json_type_string},  {"departmentCode", json_type_string},
    {"job", json_type_string},         {"phoneNumber", json_type_string},
    {"companyName", json_type_string}, {"cellphoneNumber", json_type_string},
    {"costCenter", json_type_string},  {"employeeNumber", json_type_string},
    {"legalEntity", json_type_string}, {"address", json_type_string},
    {"postalCode", json_type_string},  {"city", json_type_string},
    {"county", json_type_string},      {"state", json_type_string},
    {"country", json_type_string},     {"gender", json_type_string},
    {"persisted", json_type_boolean},  {"terms", json_type_string},
    {"infix", json_type_string},       {"groups", json_type_array},
    {"lastLogin", json_type_string},
};

static void assert_is_v4_id(const char *id)
{
    static const char form[] = "XXXXXXXX-XXXX-XXXX-XXXXXXXXXXXXXXXX";
    assert_int_equal(strlen(id), strlen(form));
    for (size_t i = 0; form[i]; i++)
        assert_true(form[i] == '-' ? id[i] == '-' : strchr("0123456789ABCDEF", id[i]) != NULL);
}

TEST(users_list_item_has_exactly_the_documented_fields)
{
    JSON_LOCAL page = get_json(&shared, USERS "?includeInActive=true&limit=300");
    assert_int_equal(json_object_array_length(page), 300);
    for (size_t i = 0; i < 300; i++) {
        struct json_object *item = json_object_array_get_idx(page, i);
        assert_fields(item, list_fields, COUNT_OF(list_fields));
        assert_is_v4_id(string_of(item, "id"));
    }
}

TEST(users_list_pages_cover_everybody_once)
{
    CLEANUP(text_release) struct text seen = TEXT_INIT;
    size_t total = 0;
    for (int page = 1; page <= 8; page++) {
        CLEANUP(text_release) struct text path = TEXT_INIT;
        text_addf(&path, USERS "?includeInActive=true&limit=43&page=%d", page);
        REPLY_LOCAL reply = probe_get(&shared, text_cstr(&path));
        assert_header(&reply, "X-Pagination-TotalRecords", "300");
        assert_header(&reply, "X-Pagination-TotalPages", "7");
        assert_header(&reply, "X-Pagination-Limit", "43");
        JSON_LOCAL users = reply_json(&reply);
        size_t count = json_object_array_length(users);
        assert_int_equal(count, page < 7 ? 43 : page == 7 ? 42 : 0);
        for (size_t i = 0; i < count; i++) {
            const char *id = string_of(json_object_array_get_idx(users, i), "id");
            assert_null(strstr(text_cstr(&seen), id));
            text_add(&seen, id);
        }
        total += count;
    }
    assert_int_equal(total, 300);
}

static struct json_object *listed(struct json_object *page, const char *id)
{
    for (size_t i = 0; i < json_object_array_length(page); i++) {
        struct json_object *item = json_object_array_get_idx(page, i);
        if (text_equal(string_of(item, "id"), id))
            return item;
    }
    fail_msg("%s is not listed", id);
    return NULL;
}

/* Items are kept as they were written: whatever changes them, by whichever way, is told. */
TEST(users_list_tells_what_changed_since_it_was_listed)
{
    static const struct {
        const char *change, *field, *value;
    } rows[] = {
        {"employeeNumber=E-77", "employeeNumber", "E-77"},
        {"email2=b%40acme.example", "email2", "b@acme.example"},
        {"email=c%40acme.example", "email", "c@acme.example"},
        {"username=somebody.else", "username", "somebody.else"},
        {"lastname=Other", "name", NULL},
    };
    JSON_LOCAL idle = find_cast(&shared, "idle");
    const char *id = string_of(idle, "id");
    CLEANUP(mem_cleanup) char *control = path_of("/_sim/users/", id);
    CLEANUP(mem_cleanup) char *user = path_of(USERS, id);
    const char *all = USERS "?includeInActive=true&limit=300";

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        JSON_LOCAL before = get_json(&shared, all);
        probe_control(&shared, control, rows[i].change);
        JSON_LOCAL after = get_json(&shared, all);
        const char *is = string_of(listed(after, id), rows[i].field);
        assert_string_not_equal(is, string_of(listed(before, id), rows[i].field));
        if (rows[i].value)
            assert_string_equal(is, rows[i].value);
    }
    REPLY_LOCAL reply = probe_post(&shared, user, "active=0");
    assert_int_equal(reply.status, 202);
    JSON_LOCAL page = get_json(&shared, all);
    assert_int_equal(int_of(listed(page, id), "active"), 0);
}

TEST(users_list_leaves_inactive_out_unless_asked)
{
    static const struct {
        const char *query;
        bool inactive;
    } rows[] = {{"", false},
                {"&includeInActive=false", false},
                {"&includeInActive=0", false},
                {"&includeInActive=true", true},
                {"&includeInActive=1", true},
                {"&includeInactive=true", false}};
    for (size_t r = 0; r < COUNT_OF(rows); r++) {
        CLEANUP(mem_cleanup) char *path = path_of(USERS "?limit=1000", rows[r].query);
        JSON_LOCAL users = get_json(&shared, path);
        bool inactive = false;
        for (size_t i = 0; i < json_object_array_length(users); i++)
            inactive |= int_of(json_object_array_get_idx(users, i), "active") == 0;
        assert_int_equal(inactive, rows[r].inactive);
    }
}

TEST(users_list_without_limit_has_100)
{
    JSON_LOCAL users = get_json(&shared, USERS "?includeInActive=true");
    assert_int_equal(json_object_array_length(users), 100);
}

TEST(users_list_with_bad_number_answers_400)
{
    static const char *const queries[] = {"?limit=0", "?limit=-1", "?limit=x",
                                          "?page=0",  "?page=1.5", "?limit="};
    for (size_t i = 0; i < COUNT_OF(queries); i++) {
        CLEANUP(mem_cleanup) char *path = path_of(USERS, queries[i]);
        assert_status(&shared, path, 400);
    }
}

TEST(users_get_has_exactly_the_documented_fields)
{
    JSON_LOCAL account = find_cast(&shared, "employee");
    CLEANUP(mem_cleanup) char *path = path_of(USERS, string_of(account, "id"));
    JSON_LOCAL user = get_json(&shared, path);
    assert_fields(user, user_fields, COUNT_OF(user_fields));
    assert_string_equal(string_of(user, "lastLogin"), string_of(account, "lastLogin"));
}

TEST(users_get_of_who_never_logged_in_has_no_last_login)
{
    JSON_LOCAL account = find_cast(&shared, "never");
    CLEANUP(mem_cleanup) char *path = path_of(USERS, string_of(account, "id"));
    JSON_LOCAL user = get_json(&shared, path);
    assert_false(json_object_object_get_ex(user, "lastLogin", NULL));
}

TEST(users_get_by_username_finds_the_same)
{
    JSON_LOCAL user = get_json(&shared, USERS "svc-reconcile");
    JSON_LOCAL self = get_json(&shared, "/api/v4/currentUser/");
    assert_string_equal(string_of(user, "id"), string_of(self, "id"));
}

TEST(users_get_of_unknown_or_other_id_form_answers_404)
{
    static const char *const ids[] = {"1A84D758-2B3A-141F-8F07D71AA1F223BD",
                                      "1a84d758-2b3a-141f-8f07-d71aa1f223bd", "nobody", "..%2F",
                                      "%41"};
    JSON_LOCAL account = find_cast(&shared, "employee");
    CLEANUP(mem_cleanup) char *lower = mem_strdup(string_of(account, "id"));
    for (char *at = lower; *at; at++)
        *at = *at >= 'A' && *at <= 'F' ? (char)(*at + 32) : *at;
    for (size_t i = 0; i <= COUNT_OF(ids); i++) {
        CLEANUP(mem_cleanup) char *path = path_of(USERS, i < COUNT_OF(ids) ? ids[i] : lower);
        REPLY_LOCAL reply = probe_get(&shared, path);
        assert_int_equal(reply.status, 404);
        JSON_LOCAL error = reply_json(&reply);
        assert_string_equal(string_of(error, "message"), "User not found");
    }
}

TEST(current_user_has_no_groups_and_no_infix)
{
    JSON_LOCAL self = get_json(&shared, "/api/v4/currentUser/");
    assert_fields(self, user_fields, COUNT_OF(user_fields) - 3);
}

TEST(profiles_are_listed_and_read)
{
    static const struct field fields[] = {
        {"name", json_type_string}, {"id", json_type_string}, {"roles", json_type_array}};
    JSON_LOCAL profiles = get_json(&shared, "/api/v4/profiles/");
    size_t count = json_object_array_length(profiles);
    assert_true(count >= 6);
    for (size_t i = 0; i < count; i++) {
        struct json_object *listed = json_object_array_get_idx(profiles, i);
        assert_fields(listed, fields, COUNT_OF(fields));
        CLEANUP(mem_cleanup) char *path = path_of("/api/v4/profiles/", string_of(listed, "id"));
        JSON_LOCAL profile = get_json(&shared, path);
        assert_string_equal(json_object_to_json_string(profile),
                            json_object_to_json_string(listed));
    }
    assert_status(&shared, "/api/v4/profiles/none", 404);
}

/* --- writes --- */

TEST(users_modify_by_form_suspends)
{
    JSON_LOCAL account = find_cast(&shared, "leaver");
    CLEANUP(mem_cleanup) char *path = path_of(USERS, string_of(account, "id"));
    JSON_LOCAL before = get_json(&shared, path);
    REPLY_LOCAL reply = probe_post(&shared, path, "active=0");
    assert_int_equal(reply.status, 202);
    JSON_LOCAL accepted = reply_json(&reply);
    assert_int_equal(json_object_object_length(accepted), 2);
    assert_string_equal(string_of(accepted, "id"), string_of(account, "id"));
    assert_string_equal(string_of(accepted, "username"), string_of(account, "username"));
    JSON_LOCAL after = get_json(&shared, path);
    assert_false(json_object_get_boolean(json_object_object_get(after, "active")));
    json_object_object_add(before, "active", json_object_new_boolean(0));
    assert_true(json_object_equal(before, after));
}

TEST(users_modify_is_logged_as_a_write)
{
    JSON_LOCAL account = find_cast(&shared, "leaver");
    CLEANUP(mem_cleanup) char *path = path_of(USERS, string_of(account, "id"));
    REPLY_LOCAL reply = probe_post(&shared, path, "active=0&password=hidden");
    assert_int_equal(reply.status, 202);
    JSON_LOCAL writes = probe_control_json(&shared, "/_sim/writes");
    assert_int_equal(json_object_array_length(writes), 1);
    struct json_object *write = json_object_array_get_idx(writes, 0);
    assert_string_equal(string_of(write, "method"), "POST");
    assert_string_equal(string_of(write, "path"), path);
    assert_string_equal(string_of(write, "id"), string_of(account, "id"));
    assert_string_equal(string_of(write, "effect"), "suspended");
    assert_int_equal(int_of(write, "status"), 202);
    struct json_object *form = json_object_object_get(write, "form");
    assert_string_equal(string_of(form, "active"), "0");
    assert_string_equal(string_of(form, "password"), "***");
}

TEST(users_modify_with_bad_body_changes_nothing)
{
    static const struct {
        const char *type, *body;
        long status;
    } rows[] = {
        {"application/json", "{\"active\":0}", 415},
        {"multipart/form-data", "active=0", 415},
        {NULL, "active=0", 400},
        {"application/x-www-form-urlencoded", "", 400},
        {"application/x-www-form-urlencoded", "active=%zz", 400},
        {"application/x-www-form-urlencoded", "active=2", 400},
        {"application/x-www-form-urlencoded", "active=false", 400},
        {"application/x-www-form-urlencoded", "isSSOOnly=1", 400},
        {"application/x-www-form-urlencoded", "active=0&profileId=none", 400},
        {"application/x-www-form-urlencoded", "active=0&username=svc-reconcile", 400},
    };
    JSON_LOCAL account = find_cast(&shared, "leaver");
    CLEANUP(mem_cleanup) char *path = path_of(USERS, string_of(account, "id"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        REPLY_LOCAL reply =
            probe_ask(&shared, "POST", path, "Bearer " PROBE_TOKEN, rows[i].type, rows[i].body);
        assert_int_equal(reply.status, rows[i].status);
    }
    JSON_LOCAL after = get_json(&shared, path);
    assert_true(json_object_get_boolean(json_object_object_get(after, "active")));
    JSON_LOCAL stats = probe_control_json(&shared, "/_sim/stats");
    assert_int_equal(int_of(stats, "writes"), COUNT_OF(rows));
    assert_int_equal(int_of(stats, "effects"), 0);
}

TEST(users_modify_takes_no_username)
{
    REPLY_LOCAL reply = probe_post(&shared, USERS "svc-reconcile", "active=0");
    assert_int_equal(reply.status, 404);
}

TEST(users_delete_answers_204_and_then_404)
{
    JSON_LOCAL account = find_cast(&shared, "long-gone");
    CLEANUP(mem_cleanup) char *path = path_of(USERS, string_of(account, "id"));
    REPLY_LOCAL reply = probe_delete(&shared, path);
    assert_int_equal(reply.status, 204);
    assert_header(&reply, "Content-Type", NULL);
    assert_int_equal(reply.body.length, 0);
    assert_status(&shared, path, 404);
    REPLY_LOCAL again = probe_delete(&shared, path);
    assert_int_equal(again.status, 404);
    REPLY_LOCAL list = probe_get(&shared, USERS "?includeInActive=true&limit=1");
    assert_header(&list, "X-Pagination-TotalRecords", "299");
}

TEST(users_create_answers_201)
{
    REPLY_LOCAL reply = probe_post(&shared, USERS,
                                   "password=p&email=new%40acme.example&firstname=N&lastname=E"
                                   "&profileId=E5B8290F-7C14-4D6A-9E03A1F7D4C26B80");
    assert_int_equal(reply.status, 201);
    JSON_LOCAL created = reply_json(&reply);
    CLEANUP(mem_cleanup) char *path = path_of(USERS, string_of(created, "id"));
    JSON_LOCAL user = get_json(&shared, path);
    assert_string_equal(string_of(user, "email"), "new@acme.example");
    REPLY_LOCAL short_form = probe_post(&shared, USERS, "email=x%40acme.example");
    assert_int_equal(short_form.status, 400);
}

TEST(users_modify_within_180_days_is_refused_when_enforced)
{
    static const char *const options[] = {"--users", "20", "--today", TODAY, "--enforce-180-days",
                                          NULL};
    PROBE_LOCAL probe = {.pid = -1};
    probe_start(&probe, options);
    JSON_LOCAL account = find_cast(&probe, "leaver");
    CLEANUP(mem_cleanup) char *path = path_of(USERS, string_of(account, "id"));
    REPLY_LOCAL suspended = probe_post(&probe, path, "active=0");
    assert_int_equal(suspended.status, 202);
    probe_control(&probe, "/_sim/clock", "advance=15465600"); /* 179 days */
    REPLY_LOCAL early = probe_post(&probe, path, "active=1");
    assert_int_equal(early.status, 403);
    probe_control(&probe, "/_sim/clock", "advance=86400");
    REPLY_LOCAL late = probe_post(&probe, path, "active=1");
    assert_int_equal(late.status, 202);
}

/* --- logins --- */

/* Appends all events between the two times, page by page of `limit`, to *ret_events. */
static void collect_logins(struct probe *probe, const char *query, int limit,
                           struct json_object *ret_events)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;
    text_addf(&path, LOGINS "?limit=%d%s", limit, query);
    for (;;) {
        REPLY_LOCAL reply = probe_get(probe, text_cstr(&path));
        assert_int_equal(reply.status, 200);
        JSON_LOCAL page = reply_json(&reply);
        size_t count = json_object_array_length(page);
        assert_true(count <= (size_t)limit);
        for (size_t i = 0; i < count; i++)
            json_object_array_add(ret_events, json_object_get(json_object_array_get_idx(page, i)));
        CLEANUP(mem_cleanup) char *next = reply_header(&reply, "Next-Url");
        CLEANUP(mem_cleanup) char *cursor = reply_header(&reply, "Next-Cursor");
        assert_int_equal(next != NULL, cursor != NULL);
        if (!next)
            return;
        assert_int_equal(count, limit);
        assert_non_null(strstr(next, cursor));
        text_clear(&path);
        text_add(&path, next);
    }
}

TEST(logins_pages_cover_every_event_once_in_order)
{
    JSON_LOCAL small = json_object_new_array();
    JSON_LOCAL large = json_object_new_array();
    collect_logins(&shared, "&fromDateTime=2026-10-01T00:00:00Z", 97, small);
    collect_logins(&shared, "&fromDateTime=2026-10-01T00:00:00Z", 10000, large);
    assert_true(json_object_array_length(small) > 300);
    assert_true(json_object_equal(small, large));
    const char *before = "";
    for (size_t i = 0; i < json_object_array_length(small); i++) {
        struct json_object *event = json_object_array_get_idx(small, i);
        assert_int_equal(json_object_object_length(event), 4);
        assert_string_equal(string_of(event, "eventType"), "user.login");
        assert_int_equal(strlen(string_of(event, "id")), 24);
        assert_true(strcmp(string_of(event, "dateTime"), before) >= 0);
        before = string_of(event, "dateTime");
    }
}

TEST(logins_newest_of_each_user_is_the_last_login)
{
    JSON_LOCAL events = json_object_new_array();
    JSON_LOCAL newest = json_object_new_object();
    size_t checked = 0;
    collect_logins(&shared, "", 10000, events);
    for (size_t i = 0; i < json_object_array_length(events); i++) {
        struct json_object *event = json_object_array_get_idx(events, i);
        json_object_object_add(newest, string_of(event, "userId"),
                               json_object_new_string(string_of(event, "dateTime")));
    }
    REPLY_LOCAL accounts = probe_ask(&shared, "GET", "/_sim/users", NULL, NULL, NULL);
    char *rest = accounts.body.data;
    for (char *line; (line = next_line(&rest));) {
        JSON_LOCAL account = json_tokener_parse(line);
        struct json_object *last = json_object_object_get(account, "lastLogin");
        struct json_object *event = json_object_object_get(newest, string_of(account, "id"));
        if (last && strcmp(json_object_get_string(last), "2025-11-23") >= 0) {
            assert_non_null(event);
            assert_string_equal(json_object_get_string(event), json_object_get_string(last));
            checked++;
        } else {
            assert_null(event);
        }
    }
    assert_true(checked > 200);
}

TEST(logins_follow_a_login_that_just_happened)
{
    JSON_LOCAL events = json_object_new_array();
    probe_control(&shared, "/_sim/users/svc-reconcile", "lastLogin=2026-11-22T08:00:00Z");
    collect_logins(&shared, "&fromDateTime=2026-11-22T00:00:00Z", 10, events);
    assert_int_equal(json_object_array_length(events), 1);
    assert_string_equal(string_of(json_object_array_get_idx(events, 0), "dateTime"),
                        "2026-11-22T08:00:00.000+00:00");
}

TEST(logins_with_bad_parameter_answers_400)
{
    static const char *const queries[] = {"?limit=0",
                                          "?limit=10001",
                                          "?fromDateTime=yesterday",
                                          "?toDateTime=2026-11-22",
                                          "?cursor=%21",
                                          "?cursor=eA",
                                          "?fromDateTime=2026-11-22T08:00:00+00:00"};
    for (size_t i = 0; i < COUNT_OF(queries); i++) {
        CLEANUP(mem_cleanup) char *path = path_of(LOGINS, queries[i]);
        assert_status(&shared, path, 400);
    }
    assert_status(&shared, LOGINS "?cursor=MA&fromDateTime=2026-11-22T08:00", 200);
}

/* --- rate limit --- */

TEST(rate_over_the_limit_blocks_until_a_window_of_silence)
{
    static const char *const options[] = {"--users", "20", "--rate-limit", "5", NULL};
    PROBE_LOCAL probe = {.pid = -1};
    probe_start(&probe, options);
    for (int i = 0; i < 5; i++)
        assert_status(&probe, "/api/v4/currentUser/", 200);
    assert_status(&probe, "/api/v4/currentUser/", 429);
    probe_control(&probe, "/_sim/clock", "advance=299");
    assert_status(&probe, "/api/v4/currentUser/", 429); /* and begins the wait anew */
    probe_control(&probe, "/_sim/clock", "advance=299");
    assert_status(&probe, "/nowhere", 429);
    probe_control(&probe, "/_sim/clock", "advance=300");
    assert_status(&probe, "/api/v4/currentUser/", 200);
    JSON_LOCAL stats = probe_control_json(&probe, "/_sim/stats");
    struct json_object *rate = json_object_object_get(stats, "rate");
    assert_int_equal(int_of(rate, "refused"), 3);
    assert_int_equal(int_of(rate, "blocks"), 1);
    assert_int_equal(int_of(rate, "highest_in_window"), 7);
    struct json_object *silences = json_object_object_get(rate, "silence_after_429_s");
    assert_int_equal(json_object_array_length(silences), 3);
    assert_true(json_object_get_double(json_object_array_get_idx(silences, 2)) >= 300);
}

TEST(rate_at_the_limit_in_any_window_is_served)
{
    static const char *const options[] = {"--users", "20", "--rate-limit", "5", "--rate-window",
                                          "60",      NULL};
    PROBE_LOCAL probe = {.pid = -1};
    probe_start(&probe, options);
    for (int i = 0; i < 20; i++) {
        assert_status(&probe, "/api/v4/currentUser/", 200);
        probe_control(&probe, "/_sim/clock", "advance=12");
    }
}

TEST(control_requests_are_neither_counted_nor_logged)
{
    for (int i = 0; i < 3; i++)
        json_object_put(probe_control_json(&shared, "/_sim/faults"));
    JSON_LOCAL stats = probe_control_json(&shared, "/_sim/stats");
    assert_int_equal(int_of(stats, "requests"), 0);
    assert_int_equal(int_of(json_object_object_get(stats, "rate"), "highest_in_window"), 0);
}

/* --- log --- */

TEST(log_file_has_a_line_for_every_request)
{
    PROBE_LOCAL probe = {.pid = -1};
    CLEANUP(text_release) struct text log = TEXT_INIT;
    probe_prepare(&probe);
    CLEANUP(mem_cleanup) char *path = probe_path(&probe, "log");
    const char *const options[] = {"--users", "20", "--log", path, NULL};
    probe_start(&probe, options);
    assert_status(&probe, USERS "?limit=2", 200);
    assert_status(&probe, "/nowhere", 404);
    assert_int_equal(file_read(path, 65536, ERR_INTERNAL, &log, NULL, NULL), 0);
    REPLY_LOCAL served = probe_ask(&probe, "GET", "/_sim/log", NULL, NULL, NULL);
    assert_string_equal(text_cstr(&served.body), text_cstr(&log));
    size_t first = strcspn(log.data, "\n");
    log.data[first] = '\0';
    JSON_LOCAL line = json_tokener_parse(log.data);
    assert_int_equal(int_of(line, "n"), 1);
    assert_string_equal(string_of(line, "method"), "GET");
    assert_string_equal(string_of(line, "path"), USERS);
    assert_string_equal(string_of(line, "query"), "limit=2");
    assert_string_equal(string_of(line, "endpoint"), "users.list");
    assert_int_equal(int_of(line, "status"), 200);
    JSON_LOCAL second = json_tokener_parse(log.data + first + 1);
    assert_string_equal(string_of(second, "endpoint"), "none");
}

TEST(reset_brings_back_the_first_state)
{
    REPLY_LOCAL before = probe_ask(&shared, "GET", "/_sim/users", NULL, NULL, NULL);
    probe_control(&shared, "/_sim/users/svc-reconcile", "active=0&email=x%40y.example");
    probe_control(&shared, "/_sim/faults", "error=503");
    probe_control(&shared, "/_sim/reset", "");
    REPLY_LOCAL after = probe_ask(&shared, "GET", "/_sim/users", NULL, NULL, NULL);
    assert_string_equal(text_cstr(&before.body), text_cstr(&after.body));
    assert_status(&shared, "/api/v4/currentUser/", 200);
}
