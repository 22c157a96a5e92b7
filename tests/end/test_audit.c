/* audit, as a user runs it: the answers, their formats, and what they exit with. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "end.h"
#include "host/file.h"
#include "test.h"

#define WORLD(name)                                                                                \
    CLEANUP(end_finish) struct end name;                                                           \
    end_begin(&(name), NULL)

static void plan(struct end *end)
{
    struct end_result result = END_RUN(end, "plan", "--format", "json");

    end_assert_code(&result, 0);
    end_result_release(&result);
}

static void check_verify(struct end *end, int code, const char *says)
{
    struct end_result result = END_RUN(end, "audit", "verify");

    end_assert_code(&result, code);
    end_assert_says(&result.out, says);
    end_result_release(&result);
}

/* As the owner of a table may. */
static void unlock(struct end *end, const char *table)
{
    CLEANUP(mem_cleanup) char *off = cluster_fixture_triggers(table, TRIGGERS_OFF);

    end_change(end, off);
}

TEST(audit_verify_finds_nothing_and_then_what_was_done)
{
    WORLD(end);

    plan(&end);
    check_verify(&end, 0, " events, 0 findings, 1 head from outside; head ");
    unlock(&end, "audit_event");
    check_verify(&end, 0, "0 findings");
    end_change(&end, "update reconcile.audit_event set word = 'run' where sequence = 2");
    check_verify(&end, 22, "event 2: it was changed");
}

TEST(audit_verify_answers_programs_too)
{
    WORLD(end);

    plan(&end);
    RUN(good, &end, "audit", "verify", "--full", "--format", "json");
    end_assert_code(&good, 0);
    JSON(json, end_json(&good));
    assert_int_equal(json_object_array_length(end_at(json, "findings")), 0);
    assert_int_equal(end_number_at(json, "heads_from_outside"), 1);
    assert_int_equal(end_number_at(json, "events"),
                     end_count(&end, "select count(*) from reconcile.audit_event"));
    assert_int_equal(end_number_at(json, "made_again"), 2);
    assert_non_null(strchr(end_text_at(json, "head"), ':'));
    unlock(&end, "audit_event");
    end_change(&end, "update reconcile.audit_event set word = 'run' where sequence = 2");
    RUN(bad, &end, "audit", "verify", "--format", "json");
    end_assert_code(&bad, 22);
    JSON(found, end_json(&bad));
    struct json_object *first = json_object_array_get_idx(end_at(found, "findings"), 0);
    assert_int_equal(end_number_at(first, "event"), 2);
    assert_true(text_starts(end_text_at(first, "finding"), "it was changed"));
    CLEANUP(mem_cleanup) char *path = probe_path(&end.probe, "verify.csv");
    RUN(csv, &end, "audit", "verify", "--format", "csv", "--output", path);
    end_assert_code(&csv, 22);
    assert_string_equal(text_cstr(&csv.out), "");
    CLEANUP(mem_cleanup) char *rows = end_read(path);
    assert_true(text_starts(rows, "event,finding\r\n2,it was changed"));
}

/* What stands behind the readings is made again on demand. */
TEST(audit_verify_full_makes_every_reading_again)
{
    WORLD(end);

    plan(&end);
    plan(&end);
    struct end_result result = END_RUN(&end, "audit", "verify", "--full");
    end_assert_code(&result, 0);
    end_assert_says(&result.out, "4 snapshots and rosters made again, 0 left out");
    end_assert_says(&result.out, " 0 findings");
    end_result_release(&result);
    end_change(&end,
               "update reconcile.account_version set country = 'Elsewhere' where account_no = 1");
    check_verify(&end, 0, " 0 findings");
    result = END_RUN(&end, "audit", "verify", "--full");
    end_assert_code(&result, 22);
    end_assert_says(&result.out, "snapshot 1 is not what was read: made again from its versions");
    end_assert_says(&result.out, "snapshot 2 is not what was read");
    end_assert_says(&result.out, " 2 findings");
    end_result_release(&result);
}

/* The tail is cut, and the database's own head with it: the head file knows. */
TEST(audit_verify_takes_the_head_file_into_account)
{
    WORLD(end);

    plan(&end);
    unlock(&end, "audit_event");
    unlock(&end, "audit_head");
    end_change(&end, "delete from reconcile.audit_event where kind = 'run_end'");
    end_change(&end, "update reconcile.audit_head set (sequence, count, hash) = (select sequence,"
                     " sequence, hash from reconcile.audit_event order by sequence desc limit 1)");
    check_verify(&end, 22, "the chain ends at");
}

TEST(audit_verify_takes_the_head_of_a_report)
{
    WORLD(end);

    struct end_result result = END_RUN(&end, "plan", "--format", "json");
    end_assert_code(&result, 0);
    struct json_object *json = end_json(&result);
    CLEANUP(mem_cleanup) char *head = mem_strdup(end_text_at(json, "plan.audit_head"));
    json_object_put(json);
    end_assert_says(&result.err, "audit head ");
    end_result_release(&result);

    result = END_RUN(&end, "audit", "verify", "--head", head);
    end_assert_code(&result, 0);
    end_assert_says(&result.out, "2 heads from outside");
    end_result_release(&result);

    char *digit = strchr(head, ':') + 1;
    *digit = *digit == '0' ? '1' : '0';
    result = END_RUN(&end, "audit", "verify", "--head", head);
    end_assert_code(&result, 22);
    end_assert_says(&result.out, "its hash is not the one that was kept outside");
    end_result_release(&result);

    result = END_RUN(&end, "audit", "verify", "--head", "12");
    end_assert_code(&result, 64);
    end_result_release(&result);
    result = END_RUN(&end, "audit", "virify");
    end_assert_code(&result, 64);
    end_result_release(&result);
}

/* --- questions --- */

static void says(struct end *end, const char *const *words, int code, const char *out)
{
    struct end_result result = end_run(end, words);

    end_assert_code(&result, code);
    end_assert_says(&result.out, out);
    end_result_release(&result);
}
#define SAYS(end, code, out, ...) says(end, (const char *const[]){__VA_ARGS__, NULL}, code, out)

TEST(audit_answers_in_three_formats)
{
    WORLD(end);

    plan(&end);
    CLEANUP(mem_cleanup)
    char *id = end_query(&end, "select account_id from reconcile.account order by 1 limit 1");
    CLEANUP(mem_cleanup)
    char *username =
        end_query(&end, "select username from audit.account_history order by account_id limit 1");
    SAYS(&end, 0, "first seen: ", "audit", "user", id);
    SAYS(&end, 0, "\"kind\": \"account\"", "audit", "user", username, "--format", "json");
    SAYS(&end, 0, "at,kind,what,plan_id,who\r\n", "audit", "user", username, "--format", "csv");
    SAYS(&end, 0, id, "audit", "at", "2199-01-01");
    SAYS(&end, 0, "\"accounts\": [", "audit", "at", "2199-01-01", "--format", "json");
    SAYS(&end, 0, "seats by profile on ", "audit", "seats");
    SAYS(&end, 0, "\"seats\": [", "audit", "seats", "--format", "json", "--since", "2001-01-01");
    SAYS(&end, 0, "nothing", "audit", "actions");
    SAYS(&end, 0, "what happened to each row", "audit", "plan", "1");
    SAYS(&end, 0, "\"digest\": ", "audit", "plan", "1", "--format", "json");
    SAYS(&end, 64, "", "audit", "user", "nobody@nowhere.example");
    SAYS(&end, 64, "", "audit", "at", "2001-01-01");
    SAYS(&end, 64, "", "audit", "at", "yesterday");
    SAYS(&end, 64, "", "audit", "plan", "99");
    SAYS(&end, 64, "", "audit", "plan");
    SAYS(&end, 64, "", "audit", "seats", "--format", "html");
}

/* A name that was mistyped must not look like a record without a flaw. */
TEST(audit_verify_sql_of_no_portal_fails)
{
    CLEANUP(mem_cleanup) char *script = file_join(SOURCE_DIR, "db/audit-verify.sql");
    static const char run[] = "psql -X -q -d \"$1\" $3 -f \"$2\" 2>&1; echo \"exit $?\"";
    static const struct {
        const char *portal, *says;
    } rows[] = {
        {"-v portal=nobody", "no portal of that name"},
        {"", "which portal?"},
    };
    WORLD(end);
    CLEANUP(mem_cleanup) char *directory = file_directory(end.config_path);

    plan(&end);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(text_release) struct text said = TEXT_INIT;
        end_tool(directory,
                 (const char *const[]){"sh", "-c", run, "sh", end.conninfo, script, rows[i].portal,
                                       NULL},
                 &said);
        end_assert_says(&said, rows[i].says);
        end_assert_says(&said, "exit 3");
    }
}

TEST(audit_user_lists_several_and_takes_none)
{
    WORLD(end);

    plan(&end);
    end_change(&end,
               "update reconcile.account_version set employee_number = 'twice' where account_no"
               " in (1, 2)");
    struct end_result result = END_RUN(&end, "audit", "user", "Twice");
    end_assert_code(&result, 64);
    CLEANUP(mem_cleanup)
    char *one = end_query(&end, "select account_id from reconcile.account where account_no = 1");
    CLEANUP(mem_cleanup)
    char *two = end_query(&end, "select account_id from reconcile.account where account_no = 2");
    end_assert_says(&result.err, one);
    end_assert_says(&result.err, two);
    end_assert_silent_of(&result.out, one);
    end_result_release(&result);
}

TEST(export_has_the_columns_of_bynder_and_no_formula)
{
    WORLD(end);

    plan(&end);
    end_change(&end, "update reconcile.account_version set name = '=cmd() x', country = '@a;b'"
                     " where account_no = 1");
    struct end_result result = END_RUN(&end, "export");
    end_assert_code(&result, 0);
    end_assert_says(&result.out,
                    "First name;Last name;User ID;Username;Email Address;Last Login Date;Account "
                    "Status;Country;Phone Number;Job;Company Name;Department;Number of Logins;"
                    "Permission Profile;Assigned User Groups;Created Date;Deactivation Date;SSO "
                    "Only;Website\r\n");
    end_assert_says(&result.out, "'=cmd();x;");
    end_assert_says(&result.out, ";\"'@a;b\";");
    size_t lines = 0;
    for (const char *c = text_cstr(&result.out); *c; c++)
        lines += *c == '\n';
    end_result_release(&result);
    assert_int_equal(lines, end_count(&end, "select accounts + 1 from audit.snapshot"));
    SAYS(&end, 64, "", "export", "--at", "2001-01-01");
    SAYS(&end, 64, "", "export", "--format", "json");
}

/* --- CSV --- */

/* No field of what was said begins as a formula does; how many there were. */
static size_t assert_no_formula(const char *csv, const char *what)
{
    size_t fields = 0;
    bool begins = true, quoted = false;

    for (const char *c = csv; *c; c++) {
        if (begins) {
            const char *first = *c == '"' ? c + 1 : c;
            fields++;
            if (*first == '=' || *first == '+' || *first == '-' || *first == '@' ||
                *first == '\t' || (*first == '\r' && first[1] != '\n'))
                fail_msg("%s: a field begins with a formula: %.60s", what, c);
        }
        if (*c == '"')
            quoted = !quoted;
        begins = !quoted && (*c == ',' || *c == ';' || *c == '\n');
    }
    return fields;
}

/* A person who has a row in every plan, and whose every field wants to be a formula. */
TEST(no_csv_of_the_program_holds_a_formula)
{
    WORLD(end);

    plan(&end);
    CLEANUP(mem_cleanup)
    char *id = end_query(&end, "select account_id from audit.plan_row where action = 'suspend'"
                               " order by 1 limit 1");
    end_change_user(&end, id,
                    "username=%3Dcmd()&email=%2Bplus@acme.example&firstname=@sum(1)"
                    "&lastname=x&email2=-1@acme.example&department=%09tab");
    plan(&end);
    CLEANUP(mem_cleanup)
    char *changed = end_query(&end, "select count(*) from audit.account_history where username ="
                                    " '=cmd()'");
    assert_string_equal(changed, "1");
    const char *const asked[][5] = {
        {"plan", "--format", "csv", NULL},
        {"show", "--format", "csv", NULL},
        {"show", "2", "--format", "csv", NULL},
        {"audit", "user", id, "--format", "csv"},
        {"audit", "at", "2199-01-01", "--format", "csv"},
        {"audit", "actions", "--format", "csv", NULL},
        {"audit", "seats", "--format", "csv", NULL},
        {"audit", "plan", "2", "--format", "csv"},
        {"export", NULL},
        {"roster", "check", "--format", "csv", NULL},
    };
    size_t defused = 0;
    for (size_t i = 0; i < COUNT_OF(asked); i++) {
        const char *words[6] = {NULL};
        memcpy(words, asked[i], sizeof(asked[i]));
        struct end_result result = end_run(&end, words);
        end_assert_code(&result, 0);
        assert_true(
            assert_no_formula(text_cstr(&result.out), asked[i][1] ? asked[i][1] : "export") > 2);
        defused += strstr(text_cstr(&result.out), "'=cmd()") != NULL;
        end_result_release(&result);
    }
    assert_int_equal(defused, 7); /* not in actions, seats and the roster */
}
