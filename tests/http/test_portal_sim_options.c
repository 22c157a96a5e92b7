/*
 * What portal-sim is told when it is started: the same population for the same seed, the files it
 * writes and reads of people, and mistakes, which it names.
 */
#include "portal_sim_case.h"

#include "host/file.h"
#include "test.h"

TEST_GROUP(start_shared, stop_shared);
TEST_EACH(reset_shared, NULL);

/* --- population --- */

/* The accounts that a simulator with these options has, as text. */
static char *population_of(const char *const *options)
{
    PROBE_LOCAL probe = {.pid = -1};
    probe_start(&probe, options);
    struct reply reply = probe_ask(&probe, "GET", "/_sim/users", NULL, NULL, NULL);
    text_release(&reply.headers);
    return text_take(&reply.body);
}

TEST(population_is_the_same_for_the_same_seed)
{
    static const char *const seed7[] = {"--users", "500", "--seed", "7", "--today", TODAY, NULL};
    static const char *const seed8[] = {"--users", "500", "--seed", "8", "--today", TODAY, NULL};
    CLEANUP(mem_cleanup) char *first = population_of(seed7);
    CLEANUP(mem_cleanup) char *second = population_of(seed7);
    CLEANUP(mem_cleanup) char *other = population_of(seed8);
    assert_string_equal(first, second);
    assert_string_not_equal(first, other);
}

/* Known values: a change of the generator is a change of every test that was written against it. */
TEST(population_of_seed_1_begins_as_ever)
{
    JSON_LOCAL account = find_cast(&shared, "leaver");
    assert_string_equal(string_of(account, "username"), "lotte.visser");
    assert_string_equal(string_of(account, "id"), "D9A237FA-D8A9-46F5-A6B69950813A241F");
}

TEST(population_of_twenty_plays_every_part)
{
    static const char *const casts[] = {
        "token",     "service",      "pending",   "external", "leaver",
        "long-gone", "on-leave",     "never",     "idle",     "notice",
        "last-day",  "shared-email", "no-number", "rehired",  "employee",
    };
    static const char *const options[] = {"--users", "20", NULL};
    CLEANUP(mem_cleanup) char *population = population_of(options);
    for (size_t i = 0; i < COUNT_OF(casts); i++) {
        CLEANUP(text_release) struct text wanted = TEXT_INIT;
        text_addf(&wanted, "\"cast\":\"%s\"", casts[i]);
        if (!strstr(population, text_cstr(&wanted)))
            fail_msg("nobody plays '%s'", casts[i]);
    }
}

TEST(roster_and_leavers_match_the_population)
{
    PROBE_LOCAL probe = {.pid = -1};
    CLEANUP(text_release) struct text roster = TEXT_INIT;
    CLEANUP(text_release) struct text leavers = TEXT_INIT;
    probe_prepare(&probe);
    CLEANUP(mem_cleanup) char *roster_path = probe_path(&probe, "roster.csv");
    CLEANUP(mem_cleanup) char *leavers_path = probe_path(&probe, "leavers");
    const char *const options[] = {"--users",   "400",       "--today",    TODAY, "--roster",
                                   roster_path, "--leavers", leavers_path, NULL};
    probe_start(&probe, options);
    assert_int_equal(file_read(roster_path, 1 << 20, ERR_INTERNAL, &roster, NULL, NULL), 0);
    assert_int_equal(file_read(leavers_path, 1 << 20, ERR_INTERNAL, &leavers, NULL, NULL), 0);
    assert_true(text_starts(text_cstr(&roster), "EmpID,Name,Work Email,EmploymentStatus,DateofHire,"
                                                "DateofTermination,Department\n"));
    size_t count = 0;
    char *rest = leavers.data;
    for (char *id; (id = next_line(&rest)); count++) {
        CLEANUP(mem_cleanup) char *path = path_of(USERS, id);
        JSON_LOCAL user = get_json(&probe, path);
        assert_true(json_object_get_boolean(json_object_object_get(user, "active")));
        CLEANUP(text_release) struct text row = TEXT_INIT;
        text_addf(&row, "\n%s,", string_of(user, "employeeNumber"));
        const char *found = strstr(text_cstr(&roster), text_cstr(&row));
        assert_non_null(found);
        CLEANUP(mem_cleanup) char *line = mem_strndup(found + 1, strcspn(found + 1, "\n"));
        assert_non_null(strstr(line, ",202")); /* a hire date, and */
        assert_true(strstr(line, "Voluntarily Terminated") || strstr(line, "Terminated for Cause"));
    }
    assert_in_range(count, 8, 32); /* about 4 % */
}

TEST(people_file_gives_everybody_an_account)
{
    static const char csv[] =
        "\xEF\xBB\xBF"
        "First_Name;Last_Name;EmpID;Salary;DateofTermination;EmploymentStatus\r\n"
        "Ait Sidi; Karthikeyan   ;10084;1;2016/06/16;Voluntarily Terminated\r\n"
        "\"Lee; Jr\";Anne;10001;2; ;Active\r\n"
        "Old;Soon;10002;2;2099/01/31;Active\r\n"
        "No;Number; ;2;;Active\r\n";
    PROBE_LOCAL probe = {.pid = -1};
    CLEANUP(text_release) struct text leavers = TEXT_INIT;
    probe_prepare(&probe);
    CLEANUP(mem_cleanup) char *people = probe_path(&probe, "people.csv");
    CLEANUP(mem_cleanup) char *leavers_path = probe_path(&probe, "leavers");
    assert_int_equal(file_write(people, 0600, csv, strlen(csv), NULL), 0);
    const char *const options[] = {"--people", people, "--leavers", leavers_path,
                                   "--today",  TODAY,  NULL};
    probe_start(&probe, options);
    JSON_LOCAL users = get_json(&probe, USERS "?includeInActive=true");
    assert_int_equal(json_object_array_length(users), 4); /* three people and the token's */
    struct json_object *gone = json_object_array_get_idx(users, 1);
    assert_string_equal(string_of(gone, "employeeNumber"), "10084");
    assert_string_equal(string_of(gone, "name"), "Ait Sidi Karthikeyan");
    assert_string_equal(string_of(gone, "email"), "aitsidi.karthikeyan@acme.example");
    assert_int_equal(int_of(gone, "active"), 1);
    assert_string_equal(string_of(json_object_array_get_idx(users, 2), "name"), "Lee; Jr Anne");
    assert_int_equal(file_read(leavers_path, 4096, ERR_INTERNAL, &leavers, NULL, NULL), 0);
    CLEANUP(mem_cleanup) char *wanted = path_of(string_of(gone, "id"), "\n");
    assert_string_equal(text_cstr(&leavers), wanted);
}

/* --- command line --- */

TEST(command_line_with_mistake_exits_64_with_a_reason)
{
    static const struct {
        const char *words[4];
        const char *reason;
    } rows[] = {
        {{"--prot", "1"}, "did you mean --port"},
        {{"--port", "70000"}, "no number from 0 to 65535"},
        {{"--users"}, "wants a value"},
        {{"--help=x"}, "takes no value"},
        {{"loose"}, "unexpected word 'loose'"},
        {{"--today", "2026-02-30"}, "is no day"},
        {{"--fault", "latncy=3"}, "did you mean latency"},
        {{"--fault", "error=200"}, "'200' is no value"},
        {{"--fault", "error=503:101"}, "'101' is no value"},
        {{"--fault", "active-form=x"}, "'x' is no value"},
        {{"--scopes", "admin.user"}, "unknown scope 'admin.user'"},
        {{"--people", "/nonexistent"}, "/nonexistent"},
        {{"--people", "x", "--users=3"}, "exclude each other"},
        {{"--tls-cert", "x"}, "go together"},
        {{"--bind", "localhost"}, "no numeric IPv4 address"},
    };
    PROBE_LOCAL probe = {.pid = -1};
    probe_prepare(&probe);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text said = TEXT_INIT;
        const char *const options[] = {rows[i].words[0], rows[i].words[1], rows[i].words[2],
                                       rows[i].words[3], NULL};
        assert_int_equal(probe_run(&probe, options), 64);
        assert_int_equal(file_read(probe.stderr_path, 65536, ERR_INTERNAL, &said, NULL, NULL), 0);
        if (!strstr(text_cstr(&said), rows[i].reason))
            fail_msg("'%s' does not say '%s'", text_cstr(&said), rows[i].reason);
    }
}

TEST(taken_port_exits_69)
{
    CLEANUP(text_release) struct text port = TEXT_INIT;
    PROBE_LOCAL probe = {.pid = -1};
    probe_prepare(&probe);
    text_addf(&port, "%u", shared.port);
    const char *const options[] = {"--port", text_cstr(&port), NULL};
    assert_int_equal(probe_run(&probe, options), 69);
}

TEST(max_seconds_ends_by_itself)
{
    static const char *const options[] = {"--users", "20", "--max-seconds", "1", NULL};
    PROBE_LOCAL probe = {.pid = -1};
    probe_prepare(&probe);
    assert_int_equal(probe_run(&probe, options), 0);
}
