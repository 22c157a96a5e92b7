/*
 * The configuration: what is taken and what it becomes, the links file, secrets, what is printed;
 * and that no file at all makes it crash. What is refused: test_config_refused.c.
 */
#include "config_case.h"
#include "host/secret.h"
#include "test.h"

/* --- what it becomes --- */

TEST(config_load_small_file_takes_documented_defaults)
{
    CLEANUP(loaded_release) struct loaded loaded = load_text(text_cstr(&small));
    const struct config *config = &loaded.config;

    assert_loads(&loaded);
    assert_true(config->portal.requests_per_second == 10.0);
    assert_int_equal(config->portal.requests_per_window, 4500);
    assert_true(config->portal.silence_after_429 == 310.0);
    assert_int_equal(config->portal.page_size, 500);
    assert_int_equal(config->portal.connections, 8);
    assert_true(config->portal.login_events);
    assert_string_equal(config->portal.include_inactive, "true");
    assert_int_equal(config->portal.timeout, 60);
    assert_null(config->portal.proxy);
    assert_null(config->database.os_user);
    assert_int_equal(config->roster.format, ROSTER_FORMAT_CSV);
    assert_int_equal(config->roster.delimiter, ',');
    assert_string_equal(config->roster.encoding, "UTF-8");
    assert_string_equal(config->roster.date_format, "%Y-%m-%d");
    assert_true(config->limits.max_age_hours == 84.0);
    assert_int_equal(config->limits.min_people, 1);
    assert_true(config->limits.max_shrink_percent == 10.0);
    assert_true(config->limits.max_rejected_percent == 1.0);
    assert_true(config->limits.max_duplicate_percent == 1.0);
    assert_int_equal(config->limits.max_same_days, 7);
    assert_true(config->limits.min_matched_percent == 50.0);
    assert_true(config->matching.min_matched_percent == 50.0);
    assert_int_equal(config->limits.of[ACTION_SUSPEND].count, 50);
    assert_true(config->limits.of[ACTION_SUSPEND].percent == 5.0);
    assert_int_equal(config->limits.of[ACTION_SUSPEND].rolling_days, 30);
    assert_int_equal(config->limits.of[ACTION_SUSPEND].rolling_count, 200);
    assert_int_equal(config->limits.of[ACTION_DEPROVISION].count, 10);
    assert_true(config->limits.of[ACTION_DEPROVISION].percent == 1.0);
    assert_int_equal(config->limits.of[ACTION_DEPROVISION].rolling_days, 30);
    assert_int_equal(config->limits.of[ACTION_DEPROVISION].rolling_count, 40);
    assert_int_equal(config->limits.min_admins, 2);
    assert_int_equal(config->limits.admin_role_count, 1);
    assert_string_equal(config->limits.admin_role[0], "USERMANAGEMENT");
    assert_false(config->policy.enforce);
    assert_int_equal(config->policy.suspended_days_floor, 30);
    assert_string_equal(config->time_zone, "UTC");
    assert_non_null(config->policy.zone);
    assert_int_equal(config->approval.of[ACTION_SUSPEND], 1);
    assert_int_equal(config->approval.of[ACTION_DEPROVISION], 2);
    assert_int_equal(config->approval.expires_hours, 168);
    assert_true(config->report.text && config->report.json && config->report.csv &&
                config->report.html);
    assert_null(config->report.directory);
    assert_null(config->metrics_textfile);
}

TEST(config_load_small_file_takes_default_keys_and_rule)
{
    CLEANUP(loaded_release) struct loaded loaded = load_text(text_cstr(&small));
    const struct matching *matching = &loaded.config.matching;
    const struct rule *rule;

    assert_loads(&loaded);
    assert_int_equal(matching->key_count, 3);
    assert_int_equal(matching->key[0], MATCH_BY_EMPLOYEE_NUMBER);
    assert_int_equal(matching->key[1], MATCH_BY_EMAIL);
    assert_int_equal(matching->key[2], MATCH_BY_USERNAME);
    assert_false(matching->roster_has_username);
    assert_int_equal(loaded.config.policy.rule_count, 1);
    rule = &loaded.config.policy.rule[0];
    assert_string_equal(rule->name, "gone");
    assert_int_equal(rule->line, 17);
    assert_int_equal(rule->action, ACTION_SUSPEND);
    assert_int_equal(rule->when.person, 1U << PERSON_DEPARTED);
    assert_int_equal(rule->when.account, 0);
    assert_int_equal(rule->when.idle_days_min, -1);
    assert_false(rule->has_unless);
    assert_int_equal(rule->unless.idle_days_min, -1);
    assert_int_equal(rule->grace_days, 0);
}

TEST(config_load_relative_paths_start_at_the_file)
{
    unsigned line;
    CLEANUP(mem_cleanup)
    char *text = change(
        "policy:",
        "report: { directory = \"out\"; };\nmetrics: { textfile = \"/m.prom\"; };\npolicy:", &line);
    CLEANUP(loaded_release) struct loaded loaded = load_text(text);
    CLEANUP(mem_cleanup) char *absolute = realpath(directory, NULL);
    CLEANUP(mem_cleanup) char *out = file_join(absolute, "out");
    CLEANUP(mem_cleanup) char *pg = file_join(absolute, "pg");
    CLEANUP(mem_cleanup) char *roster = file_join(absolute, "roster.csv");

    assert_loads(&loaded);
    assert_string_equal(loaded.config.report.directory, out);
    assert_string_equal(loaded.config.database.embedded, pg);
    assert_string_equal(loaded.config.metrics_textfile, "/m.prom");
    assert_string_equal(loaded.config.roster.source, roster);
}

TEST(config_load_roster_source_in_each_form)
{
    static const struct {
        const char *written, *becomes;
    } cases[] = {
        {"source = \"/srv/hr/a b%20.csv\";", "/srv/hr/a b%20.csv"},
        {"source = \"file:///srv/hr/roster.csv\";", "file:///srv/hr/roster.csv"},
        {"source = \"file:/srv/hr/roster.csv\";", "file:///srv/hr/roster.csv"},
        {"source = \"FILE://localhost/srv/hr/roster.csv\";", "file:///srv/hr/roster.csv"},
        {"source = \"https://hr.example/roster.csv?a=b\";", "https://hr.example/roster.csv?a=b"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned line;
        CLEANUP(mem_cleanup) char *text = change(SOURCE, cases[i].written, &line);
        CLEANUP(loaded_release) struct loaded loaded = load_text(text);

        assert_loads(&loaded);
        assert_string_equal(loaded.config.roster.source, cases[i].becomes);
    }
}

TEST(config_load_portal_url_is_normalised_and_loopback_told)
{
    static const struct {
        const char *written, *becomes;
        bool loopback;
    } cases[] = {
        {"    url = \"HTTPS://acme.bynder.com/\";\n", "https://acme.bynder.com", false},
        {"    url = \"https://acme.bynder.com:8443\";\n", "https://acme.bynder.com:8443", false},
        {"    url = \"http://127.1:80\";\n", "http://127.0.0.1:80", true},
        {"    url = \"https://localhost\";\n", "https://localhost", true},
        {"    url = \"http://[::1]:9/\";\n", "http://[::1]:9", true},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned line;
        CLEANUP(mem_cleanup) char *text = change(URL_LINE, cases[i].written, &line);
        CLEANUP(loaded_release) struct loaded loaded = load_text(text);

        assert_loads(&loaded);
        assert_string_equal(loaded.config.portal.url, cases[i].becomes);
        assert_int_equal(loaded.config.portal.loopback, cases[i].loopback);
    }
}

TEST(config_load_conditions_become_masks_days_and_folded_patterns)
{
    unsigned line;
    CLEANUP(mem_cleanup)
    char *text = change(
        "when = { person = \"departed\"; };",
        "when = { account = [ \"active\", \"inactive\" ]; login = \"never\"; idle_days_min = "
        "0; email = \"*@ACME.example\"; }; unless = { group = ( \"Board\", \"IT\" ); }; "
        "grace_days = 14;",
        &line);
    CLEANUP(loaded_release) struct loaded loaded = load_text(text);
    const struct rule *rule;

    assert_loads(&loaded);
    rule = &loaded.config.policy.rule[0];
    assert_int_equal(rule->when.account, 1U << ACCOUNT_ACTIVE | 1U << ACCOUNT_INACTIVE);
    assert_int_equal(rule->when.person, 0);
    assert_int_equal(rule->when.login, 1U << LOGIN_NEVER);
    assert_int_equal(rule->when.idle_days_min, 0);
    assert_int_equal(rule->when.known_days_min, -1);
    assert_int_equal(rule->when.email.count, 1);
    assert_string_equal(rule->when.email.item[0], "*@acme.example");
    assert_true(rule->has_unless);
    assert_int_equal(rule->unless.group.count, 2);
    assert_string_equal(rule->unless.group.item[1], "it");
    assert_int_equal(rule->grace_days, 14);
}

TEST(config_load_early_deprovision_needs_the_words)
{
    unsigned line;
    CLEANUP(mem_cleanup)
    char *text =
        change("    rules = (",
               "    allow_early_deprovision = \"yes, before 30 days\";\n    rules = (", &line);
    CLEANUP(loaded_release) struct loaded loaded = load_text(text);

    assert_loads(&loaded);
    assert_int_equal(loaded.config.policy.suspended_days_floor, 0);
}

TEST(config_load_byte_order_mark_is_skipped)
{
    struct text text = TEXT_INIT;
    CLEANUP(mem_cleanup) char *marked = NULL;
    struct loaded loaded;

    text_add(&text, "\xEF\xBB\xBF");
    text_add(&text, text_cstr(&small));
    marked = text_take(&text);
    loaded = load_text(marked);
    assert_loads(&loaded);
    loaded_release(&loaded);
}

TEST(config_load_interface_sample_reads_every_value)
{
    CLEANUP(text_release) struct text text = get_source("tests/fixtures/config/interface.conf");
    struct loaded loaded;
    const struct config *config = &loaded.config;

    put_text("links.csv", "account,employee_number\n");
    loaded = load_text(text_cstr(&text));
    assert_loads(&loaded);
    assert_int_equal(config->policy.rule_count, 6);
    assert_int_equal(config->policy.rule[3].action, ACTION_DEPROVISION);
    assert_int_equal(config->policy.rule[3].when.suspended_days_min, 30);
    assert_int_equal(config->policy.protected_count, 1);
    assert_string_equal(config->policy.protected_entry[0].who, "boss@acme.example");
    assert_int_equal(config->matching.alias_count, 1);
    assert_string_equal(config->matching.alias[0].to, "new.example");
    assert_int_equal(config->roster.status.departed.count, 2);
    assert_int_equal(config->roster.column.name.count, 1);
    assert_int_equal(config->approval.approver_count, 1);
    assert_string_equal(config->approval.approver[0].email, "anna@acme.example");
    loaded_release(&loaded);
}

/* --- the links file --- */

static const char links_setting[] = ROSTER_END "matching: { links_file = \"links.csv\"; };\n";

TEST(config_load_links_file_becomes_links)
{
    unsigned line;
    CLEANUP(mem_cleanup) char *text = change(ROSTER_END, links_setting, &line);
    struct loaded loaded;
    const struct matching *matching = &loaded.config.matching;

    put_text("links.csv", "\xEF\xBB\xBF"
                          "account,employee_number,reason\r\n"
                          " Anna@acme.example , 0042,\"married,\nrenamed\"\r\n"
                          "\r\n"
                          "press,-,\r\n"
                          "last,7");
    loaded = load_text(text);
    assert_loads(&loaded);
    assert_int_equal(matching->link_count, 3);
    assert_string_equal(matching->link[0].account, "Anna@acme.example");
    assert_string_equal(matching->link[0].employee_number, "0042");
    assert_int_equal(matching->link[0].line, 2);
    assert_string_equal(matching->link[1].employee_number, "-");
    assert_int_equal(matching->link[1].line, 5);
    assert_string_equal(matching->link[2].employee_number, "7");
    assert_int_equal(matching->link[2].line, 6);
    loaded_release(&loaded);
}

TEST(config_load_flawed_links_file_names_file_and_line)
{
    static const struct {
        const char *content;
        unsigned line;
        const char *problem;
    } cases[] = {
        {"", 0, "the file is empty"},
        {"account;employee_number\na;1\n", 1, "must begin with 'account,employee_number'"},
        {"a,1\n", 1, "must begin with 'account,employee_number'"},
        {"account,employee_number\na\n", 2, "account 'a' has no employee number"},
        {"account,employee_number\na,1\nb, \n", 3, "account 'b' has no employee number"},
        {"account,employee_number\n,1\n", 2, "the account is empty"},
        {"account,employee_number\nAnna,1\n\nanna,2\n", 4,
         "account 'anna' is there twice, in line 2"},
        {"account,employee_number\n\"a,1\nb,2\n", 2, "a quote '\"' is opened here and not closed"},
        {"account,employee_number\na\"b,1\n", 2, "a quote '\"' is out of place"},
        {"account,employee_number\n\xFF,1\n", 0, "the file is not text in UTF-8"},
    };
    unsigned line;
    CLEANUP(mem_cleanup) char *text = change(ROSTER_END, links_setting, &line);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct loaded loaded;

        put_text("links.csv", cases[i].content);
        loaded = load_text(text);
        assert_problem(&loaded, cases[i].content, "links.csv", cases[i].line, cases[i].problem);
        loaded_release(&loaded);
    }
}

/* --- secrets --- */

TEST(config_read_secret_from_each_source)
{
    CLEANUP(mem_cleanup) char *file = in_directory("client-secret");
    CLEANUP(secret_release) struct secret secret = SECRET_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    const struct secret_source by_file = {.file = file};
    const struct secret_source by_credential = {.credential = "credential"};
    const struct secret_source by_nothing = {.file = NULL};

    assert_int_equal(config_read_secret(&by_file, &secret, &err), 0);
    assert_string_equal(secret_reveal(&secret), "hunter2");
    secret_release(&secret);
    assert_int_equal(config_read_secret(&by_credential, &secret, &err), -1);
    assert_non_null(strstr(err.text, "LoadCredential=credential:PATH"));
    assert_int_equal(config_read_secret(&by_nothing, &secret, &err), -1);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", directory, 1), 0);
    assert_int_equal(config_read_secret(&by_credential, &secret, &err), 0);
    assert_string_equal(secret_reveal(&secret), "hunter2");
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

TEST(config_load_under_a_unit_judges_credentials)
{
    unsigned line;
    CLEANUP(mem_cleanup)
    char *missing = change(SECRET, "    client_secret_credential = \"none\";\n", &line);
    CLEANUP(mem_cleanup)
    char *there = change(SECRET, "    client_secret_credential = \"client-secret\";\n", &line);
    struct loaded refused, taken;

    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", directory, 1), 0);
    refused = load_text(missing);
    taken = load_text(there);
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    assert_problem(&refused, "none", "test.conf", line,
                   "'portal.client_secret_credential': cannot");
    assert_loads(&taken);
    loaded_release(&refused);
    loaded_release(&taken);
}

/* The desk is given the database's secret and no other. */
TEST(config_load_for_reviewers_asks_for_the_secret_of_the_database_alone)
{
    static const char *const password[] = {"client-secret", "none"};
    unsigned line;
    CLEANUP(mem_cleanup)
    char *start = change(SECRET, "    client_secret_credential = \"none\";\n", &line);

    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", directory, 1), 0);
    for (size_t i = 0; i < COUNT_OF(password); i++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;
        CLEANUP(mem_cleanup) char *path = in_directory("test.conf");
        struct loaded loaded = {.arena = ARENA_INIT, .err = ERR_INIT};
        const char *rest = strchr(strstr(start, "embedded"), '\n');

        text_addf(&text, "%.*sconninfo = \"host=h dbname=d\"; password_credential = \"%s\"; };%s",
                  (int)(strstr(start, "embedded") - start), start, password[i], rest);
        put_text("test.conf", text_cstr(&text));
        loaded.result = config_load(&loaded.arena, path, CONFIG_DATABASE_SECRET, &loaded.config,
                                    &loaded.problems, &loaded.err);
        if (i == 0)
            assert_loads(&loaded);
        else
            assert_problem(&loaded, "none", "test.conf", line + 2,
                           "'database.password_credential': cannot");
        loaded_release(&loaded);
    }
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

/* --- what is printed --- */

static struct text print(void (*printer)(FILE *))
{
    struct text text = TEXT_INIT;
    char *data = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&data, &length);

    assert_non_null(stream);
    printer(stream);
    assert_int_equal(fclose(stream), 0);
    text_add_bytes(&text, data, length);
    free(data);
    return text;
}

TEST(config_print_sample_is_the_file_and_loads)
{
    CLEANUP(text_release) struct text printed = print(config_print_sample);
    CLEANUP(text_release) struct text file = get_source("etc/bynder-reconcile.conf");
    CLEANUP(loaded_release) struct loaded loaded = load_text(text_cstr(&printed));

    assert_string_equal(text_cstr(&printed), text_cstr(&file));
    assert_loads(&loaded);
    assert_int_equal(loaded.config.policy.rule_count, 6);
}

/* Every setting in it is live after this, and must be taken for what it is. */
TEST(config_print_sample_without_comment_marks_has_known_settings_only)
{
    CLEANUP(text_release) struct text printed = print(config_print_sample);
    struct text text = TEXT_INIT;
    CLEANUP(mem_cleanup) char *live = NULL;
    struct loaded loaded;

    for (char *line = printed.data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        const char *mark = line + strspn(line, " ");

        *end = '\0';
        if (text_starts(mark, "# ") && strstr(mark, " = ") && strchr(mark, ';') == end - 1)
            mark += 2;
        else if (text_starts(mark, "# ") && strstr(mark, " = ( {"))
            mark += 2;
        text_addf(&text, "%s\n", mark);
    }
    live = text_take(&text);
    assert_non_null(strstr(live, "\nproxy = "));
    assert_non_null(strstr(live, "\nemail_aliases = "));
    loaded = load_text(live);
    assert_int_equal(loaded.result, -1);
    for (size_t i = 0; i < loaded.problems.count; i++) {
        assert_null(strstr(loaded.problems.item[i].text, "unknown"));
        assert_null(strstr(loaded.problems.item[i].text, "syntax"));
        assert_null(strstr(loaded.problems.item[i].text, "must be"));
    }
    loaded_release(&loaded);
}

TEST(config_print_manual_is_the_file)
{
    CLEANUP(text_release) struct text printed = print(config_print_manual);
    CLEANUP(text_release) struct text file = get_source("docs/man/bynder-reconcile.conf.5");

    assert_string_equal(text_cstr(&printed), text_cstr(&file));
}

TEST(config_load_examples_load)
{
    CLEANUP(mem_cleanup) char *path = file_join(SOURCE_DIR, "etc/examples/hr-dataset.conf");
    CLEANUP(loaded_release) struct loaded loaded = load_path(path);
    CLEANUP(text_release) struct text links = get_source("etc/examples/links.csv");
    unsigned line;
    CLEANUP(mem_cleanup) char *text = change(ROSTER_END, links_setting, &line);
    struct loaded linked;

    assert_loads(&loaded);
    assert_int_equal(loaded.config.roster.delimiter, ';');
    assert_int_equal(loaded.config.roster.column.name.count, 2);
    assert_string_equal(loaded.config.roster.column.name.item[0], "Last_Name");
    put_text("links.csv", text_cstr(&links));
    linked = load_text(text);
    assert_loads(&linked);
    assert_int_equal(linked.config.matching.link_count, 2);
    loaded_release(&linked);
}

/* --- anything at all --- */

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

/* A few bytes of a valid file changed, left out, doubled or moved. */
static void mutate(char *bytes, size_t length, char **ret_bytes, size_t *ret_length)
{
    struct text text = TEXT_INIT;
    size_t at = random_below((uint32_t)length), size = random_below(20) + 1;

    size = size < length - at ? size : length - at;
    text_add_bytes(&text, bytes, at);
    switch (random_below(4)) {
    case 0:
        for (size_t i = 0; i < size; i++)
            text_add_char(&text, (char)random_below(256));
        break;
    case 1:
        text_add_bytes(&text, bytes + at, size);
        text_add_bytes(&text, bytes + at, size);
        break;
    case 2:
        text_add_bytes(&text, bytes + random_below((uint32_t)(length - size)), size);
        break;
    default:
        break;
    }
    text_add_bytes(&text, bytes + at + size, length - at - size);
    *ret_length = text.length;
    *ret_bytes = text_take(&text);
}

TEST(config_load_mutated_files_are_judged_without_a_crash)
{
    static const char *const sources[] = {"tests/fixtures/config/interface.conf",
                                          "tests/fixtures/config/broken.conf"};
    size_t refused = 0;

    random_state = 20261122;
    put_text("links.csv", "account,employee_number\n");
    for (size_t s = 0; s < COUNT_OF(sources); s++) {
        CLEANUP(text_release) struct text text = get_source(sources[s]);

        for (int round = 0; round < 400; round++) {
            CLEANUP(mem_cleanup) char *bytes = mem_strdup(text_cstr(&text));
            size_t length = text.length;

            for (uint32_t times = random_below(3) + 1; times > 0; times--) {
                char *changed;

                mutate(bytes, length, &changed, &length);
                free(bytes);
                bytes = changed;
            }
            put("test.conf", 0600, bytes, length);
            struct loaded loaded = load_name("test.conf");
            refused += loaded.result != 0;
            loaded_release(&loaded);
        }
    }
    assert_in_range(refused, 500, 800);
}
TEST_GROUP(set_up, tear_down);
