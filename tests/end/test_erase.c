/*
 * erase, as a user runs it: afterwards no table, no report file and no dump of the database holds
 * the person's names; what was done and the record stay.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "end.h"
#include "host/file.h"
#include "test.h"

static void begin(struct end *end)
{
    end_begin(end, NULL);
    end_set(end, END_REST,
            "report: { directory = \"reports\"; formats = [ \"text\", \"json\", "
            "\"csv\", \"html\" ]; }; apply: { state_directory = \"state\"; };"
            "metrics: { textfile = \"state/metrics.prom\"; };");
}

#define WORLD(name)                                                                                \
    CLEANUP(end_finish) struct end name;                                                           \
    begin(&(name))

static struct end_result run(struct end *end, int code, const char *const *words)
{
    struct end_result result = end_run(end, words);

    end_assert_code(&result, code);
    return result;
}
#define ENDS(end, code, ...) run(end, code, (const char *const[]){__VA_ARGS__, NULL})
#define RUNS(end, code, ...)                                                                       \
    do {                                                                                           \
        struct end_result done = ENDS(end, code, __VA_ARGS__);                                     \
        end_result_release(&done);                                                                 \
    } while (0)

/* As a word of its own, in any case. */
static bool holds(const char *text, const char *word)
{
    for (const char *at = text; (at = strcasestr(at, word)); at++) {
        if ((at == text || !isalnum((unsigned char)at[-1])) &&
            !isalnum((unsigned char)at[strlen(word)]))
            return true;
    }
    return false;
}

struct person {
    char *id, *name, *email, *username, *number;
};

static char *ask(struct end *end, const char *column, const char *id)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(&sql, "select %s from audit.account_at('end', now()) where account_id = '%s'", column,
              id);
    return end_query(end, text_cstr(&sql));
}

/* Somebody with a row in the plan and a place in the roster. */
static struct person choose(struct end *end)
{
    struct person person = {
        .id = end_query(end, "select r.account_id from audit.plan_row r"
                             " join audit.link_history l on l.account_id = r.account_id"
                             " where l.kind = 'one' and r.action = 'suspend'"
                             " and r.employee_number is not null order by 1 limit 1")};

    person.name = ask(end, "coalesce(name, person_name)", person.id);
    person.email = ask(end, "coalesce(email, person_email)", person.id);
    person.username = ask(end, "username", person.id);
    person.number = ask(end, "coalesce(employee_number, person_employee_number)", person.id);
    return person;
}

static void person_release(struct person *person)
{
    free(person->id);
    free(person->name);
    free(person->email);
    free(person->username);
    free(person->number);
}

static void dump(struct end *end, struct text *ret_dump)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(end->config_path);

    end_tool(directory, (const char *const[]){"pg_dump", "--inserts", "-d", end->conninfo, NULL},
             ret_dump);
}

/* Which of the person's values a text still holds; NULL = none. */
static const char *left(const struct person *person, const char *text)
{
    const char *const value[] = {person->name, person->email, person->username, person->number};

    for (size_t i = 0; i < 4; i++) {
        if (holds(text, value[i]))
            return value[i];
    }
    return NULL;
}

/* Files of a directory of the world that hold a value. */
static size_t files_with(struct end *end, const char *name, const struct person *person)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(end->config_path);
    CLEANUP(mem_cleanup) char *path_of = file_join(directory, name);
    size_t count = 0;
    DIR *folder = opendir(path_of);

    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        CLEANUP(mem_cleanup) char *path = file_join(path_of, entry->d_name);
        CLEANUP(mem_cleanup) char *text = end_read(path);
        count += left(person, text) != NULL;
    }
    (void)closedir(folder);
    return count;
}

static size_t reports_with(struct end *end, const struct person *person)
{
    return files_with(end, "reports", person);
}

static char *state_path(struct end *end, const char *name)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(end->config_path);
    CLEANUP(mem_cleanup) char *state = file_join(directory, "state");

    return file_join(state, name);
}

static void write_state(struct end *end, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void write_state(struct end *end, const char *name, const char *format, ...)
{
    CLEANUP(mem_cleanup) char *path = state_path(end, name);
    CLEANUP(text_release) struct text text = TEXT_INIT;
    va_list args;

    va_start(args, format);
    text_addv(&text, format, args);
    va_end(args);
    assert_int_equal(file_write(path, 0600, text_cstr(&text), text.length, NULL), 0);
}

/* Outcomes that no run has read in yet, and what people were told, here and of another portal. */
static void fill_state(struct end *end, const struct person *person)
{
    static const char *const outcome[] = {"outcome-end-1-1.json", "outcome-end-1-2.json.aside"};

    for (size_t i = 0; i < COUNT_OF(outcome); i++)
        write_state(end, outcome[i],
                    "{\"portal\":\"end\",\"plan\":1,\"position\":%zu,\"account_id\":\"%s\","
                    "\"state\":\"done\",\"reason\":\"was %s\",\"status\":200,\"at_us\":1}\n",
                    i + 1, person->id, person->email);
    write_state(end, "told-end", "mail failed about %s\n", person->email);
    write_state(end, "told-end2", "mail failed about nobody\n");
    assert_int_equal(files_with(end, "state", person), 3);
}

static void check_state(struct end *end, const struct person *person)
{
    CLEANUP(mem_cleanup) char *outcome_path = state_path(end, "outcome-end-1-1.json");
    CLEANUP(mem_cleanup) char *aside_path = state_path(end, "outcome-end-1-2.json.aside");
    CLEANUP(mem_cleanup) char *told = state_path(end, "told-end");
    CLEANUP(mem_cleanup) char *other = state_path(end, "told-end2");
    CLEANUP(mem_cleanup) char *outcome = end_read(outcome_path);
    CLEANUP(mem_cleanup) char *aside = end_read(aside_path);

    assert_int_equal(files_with(end, "state", person), 0);
    assert_non_null(strstr(outcome, person->id));
    assert_non_null(strstr(outcome, "\"state\":\"done\",\"reason\":\"(erased)\",\"status\":200"));
    assert_non_null(strstr(aside, "\"position\":2"));
    assert_int_equal(access(told, F_OK), -1);
    assert_int_equal(access(other, F_OK), 0);
}

TEST(erase_leaves_no_name_in_tables_reports_and_dumps)
{
    WORLD(end);
    CLEANUP(text_release) struct text before = TEXT_INIT, after = TEXT_INIT, sql = TEXT_INIT;
    CLEANUP(person_release) struct person person = {.id = NULL};

    RUNS(&end, 0, "plan");
    RUNS(&end, 0, "plan");
    person = choose(&end);
    /* Everywhere somebody may have written a name. */
    text_addf(&sql,
              "update reconcile.run set message = 'it was %s (%s), 12 accounts';"
              "insert into reconcile.stop select portal_id, 1, 'ask %s', '%s' from"
              " reconcile.portal;"
              "update reconcile.plan_guard set sentence = 'only %s', actual = '%s';"
              "insert into reconcile.plan_note select portal_id, plan_id, 99, 'protected %s' from"
              " reconcile.plan;"
              "update reconcile.snapshot set incomplete_reason = 'account of %s';"
              "update reconcile.plan_row set reason = 'near %s' where position = 1",
              person.name, person.email, person.username, person.username, person.name,
              person.number, person.email, person.name, person.name);
    /* In other letters, folded, and as a row that was refused. */
    text_addf(
        &sql,
        ";insert into reconcile.plan_note select portal_id, plan_id, 98, upper('%s and %s') ||"
        " ' ' || lower('%s') from reconcile.plan;"
        "update reconcile.account_version v set name = 'Zo\u00eb Stra\u00dfe' from"
        " reconcile.account a where a.portal_id = v.portal_id and a.account_no = v.account_no and "
        "a.account_id = '%s';"
        "insert into reconcile.plan_note select portal_id, plan_id, 97,"
        " 'ZO\u00cb STRASSE, zo\u00eb strasse' from reconcile.plan;"
        "insert into reconcile.roster_rejected (portal_id, row_number, valid_from, reason,"
        " employee_number, email) select portal_id, 99, 1, 'twice',"
        " ' %s ', null from reconcile.portal union all"
        " select portal_id, 98, 1, 'twice', null, upper(' %s ') from reconcile.portal",
        person.email, person.username, person.name, person.id, person.number, person.email);
    end_change(&end, text_cstr(&sql));
    fill_state(&end, &person);
    dump(&end, &before);
    assert_true(holds(text_cstr(&before), person.name) && holds(text_cstr(&before), person.email));
    assert_true(holds(text_cstr(&before), person.username));
    assert_true(holds(text_cstr(&before), person.number));
    assert_int_equal(reports_with(&end, &person), 8);

    struct end_result result =
        ENDS(&end, 0, "erase", person.email, "--reason", "asked for it in a letter");
    end_assert_says(&result.out, "erased: 1 account,");
    end_assert_says(&result.out, "8 report files");
    end_assert_says(&result.err, "is still in the portal");
    end_result_release(&result);

    dump(&end, &after);
    if (left(&person, text_cstr(&after)))
        fail_msg("the dump still holds '%s'", left(&person, text_cstr(&after)));
    if (holds(text_cstr(&after), "strasse") || holds(text_cstr(&after), "Stra\u00dfe"))
        fail_msg("the dump still holds the name that is not ASCII");
    assert_true(holds(text_cstr(&after), person.id));
    assert_true(holds(text_cstr(&after), "12 accounts"));
    check_state(&end, &person);
    assert_int_equal(reports_with(&end, &person), 0);
    assert_int_equal(end_count(&end, "select count(*) from audit.event where kind = 'erasure'"), 1);

    /* What was written into the runs by hand was no part of the record. */
    end_change(&end, "update reconcile.run set message = null");
    result = ENDS(&end, 0, "audit", "verify");
    end_assert_says(&result.out, " 0 findings");
    end_result_release(&result);
    RUNS(&end, 64, "audit", "user", person.email);
    result = ENDS(&end, 0, "audit", "user", person.id);
    end_assert_says(&result.out, "erasure");
    end_assert_says(&result.out, "suspend, rule");
    if (left(&person, text_cstr(&result.out)))
        fail_msg("%s", text_cstr(&result.out));
    end_result_release(&result);
    RUNS(&end, 0, "show", "1");
    assert_int_equal(end_count(&end, "select count(*) from audit.plan where state = 'proposed'"),
                     0);
}

/* What a portal wrote under a name that it lost is about the same people, in the database, where no
 * configuration leads to it any more, and in reports that are called by that name. */
TEST(erase_leaves_no_name_in_what_was_set_aside_and_under_names_of_before)
{
    WORLD(end);
    CLEANUP(text_release) struct text before = TEXT_INIT, after = TEXT_INIT;
    CLEANUP(person_release) struct person person = {.id = NULL};

    RUNS(&end, 0, "plan");
    person = choose(&end);
    end_set(&end, END_NAME, "Other"); /* of another name: nobody writes there */
    RUNS(&end, 0, "plan");
    RUNS(&end, 0, "portal", "adopt", "--from", "end", "--reason", "it is the same");
    RUNS(&end, 0, "plan");
    assert_int_equal(end_count(&end, "select count(*) from reconcile.portal"), 2);
    dump(&end, &before);
    assert_true(holds(text_cstr(&before), person.email));
    assert_true(reports_with(&end, &person) >= 8); /* end-plan-1, Other-plan-1, Other-plan-2 */
    RUNS(&end, 0, "erase", person.id, "--reason", "asked for it in a letter");
    dump(&end, &after);
    if (left(&person, text_cstr(&after)))
        fail_msg("the dump still holds '%s'", left(&person, text_cstr(&after)));
    assert_true(holds(text_cstr(&after), person.id));
    assert_int_equal(reports_with(&end, &person), 0);
    assert_int_equal(end_count(&end, "select count(*) from audit.event where kind = 'erasure'"), 2);
    struct end_result result = ENDS(&end, 0, "audit", "verify");
    end_assert_says(&result.out, " 0 findings");
    end_result_release(&result);
    CLEANUP(mem_cleanup)
    char *aside = end_query(&end, "select name from reconcile.portal where goes_on_in > 0");
    end_set(&end, END_NAME, "%s", aside);
    result = ENDS(&end, 0, "audit", "verify"); /* and what was set aside is whole too */
    end_assert_says(&result.out, " 0 findings");
    end_result_release(&result);
}

static void put_report(struct end *end, const char *name, const struct text *text)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(end->config_path);
    CLEANUP(mem_cleanup) char *reports = file_join(directory, "reports");
    CLEANUP(mem_cleanup) char *path = file_join(reports, name);

    assert_int_equal(file_write(path, 0640, text_cstr(text), text->length, NULL), 0);
}

static bool report_is_there(struct end *end, const char *name)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(end->config_path);
    CLEANUP(mem_cleanup) char *reports = file_join(directory, "reports");
    CLEANUP(mem_cleanup) char *path = file_join(reports, name);

    return access(path, F_OK) == 0;
}

static void check_reports(struct end *end, const char *const *name, size_t count, bool is_there)
{
    for (size_t i = 0; i < count; i++) {
        if (report_is_there(end, name[i]) != is_there)
            fail_msg("%s is %s there", name[i], is_there ? "not" : "still");
    }
}

/* Somebody whom plan 1 shows and plan 2 does not. */
static struct person choose_of_first(struct end *end)
{
    struct person person = {
        .id = end_query(end, "select r.account_id from audit.plan_row r"
                             " where r.plan_id = 1 and r.employee_number is not null and"
                             " r.account_id not in (select account_id from audit.plan_row"
                             " where plan_id = 2) order by 1 limit 1")};

    person.name = ask(end, "coalesce(name, person_name)", person.id);
    person.email = ask(end, "coalesce(email, person_email)", person.id);
    person.username = ask(end, "username", person.id);
    person.number = ask(end, "coalesce(employee_number, person_employee_number)", person.id);
    return person;
}

/* No search finds a name that is cut to a column, escaped, or in a file too long to be searched:
 * the stored plan is asked who is in its reports, and the rest goes. */
TEST(erase_leaves_no_report_of_a_plan_that_shows_them_however_it_is_written)
{
    WORLD(end);
    CLEANUP(person_release) struct person person = {.id = NULL};
    CLEANUP(text_release) struct text cut = TEXT_INIT, long_one = TEXT_INIT, outcome = TEXT_INIT;

    RUNS(&end, 0, "plan");
    end_set(&end, END_RULES,
            "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 2000; };"
            " do = \"suspend\"; }");
    RUNS(&end, 0, "plan");
    person = choose_of_first(&end);
    text_addf(&cut, "%.4s\u2026 left\n", person.name);
    put_report(&end, "end-plan-1.txt", &cut);
    put_report(&end, "end-plan-1.txt.bak", &cut);
    put_report(&end, ".end-plan-1.html.new-0badcafe", &cut); /* of a run that was killed */
    put_report(&end, ".new-AbCdEf", &cut);                   /* likewise, of a version before */
    while (long_one.length < 3 << 20)
        text_add(&long_one, "much ado about nobody\n");
    text_add(&long_one, person.name);
    put_report(&end, "end-plan-all.txt", &long_one);
    text_clear(&cut);
    text_add(&cut, "nothing of anybody\n");
    put_report(&end, "end-plan-notes.txt", &cut);
    put_report(&end, "end2-plan-1.txt", &cut);
    put_report(&end, "end-plan-77.txt", &cut); /* of a plan that the database does not know */
    for (const char *c = person.email; *c; c++)
        text_addf(&outcome, "\\u%04x", (unsigned)(unsigned char)*c);
    write_state(&end, "outcome-end-1-1.json",
                "{\"portal\":\"end\",\"plan\":1,\"position\":1,\"account_id\":\"%s\","
                "\"state\":\"done\",\"reason\":\"%s\",\"status\":200,\"at_us\":1}\n",
                person.id, text_cstr(&outcome));
    write_state(&end, ".outcome-end-1-2.json.new-0badcafe", "%s", person.email);

    RUNS(&end, 0, "erase", person.id, "--reason", "asked for it in a letter");

    static const char *const gone[] = {
        "end-plan-1.txt",  "end-plan-1.json",    "end-plan-1.csv",
        "end-plan-1.html", "end-plan-1.txt.bak", ".end-plan-1.html.new-0badcafe",
        ".new-AbCdEf",     "end-plan-all.txt",   "end-plan-77.txt"};
    static const char *const kept[] = {"end-plan-2.txt",  "end-plan-2.json",    "end-plan-2.csv",
                                       "end-plan-2.html", "end-plan-notes.txt", "end2-plan-1.txt"};
    check_reports(&end, gone, COUNT_OF(gone), false);
    check_reports(&end, kept, COUNT_OF(kept), true);
    assert_int_equal(reports_with(&end, &person), 0);
    CLEANUP(mem_cleanup) char *outcome_path = state_path(&end, "outcome-end-1-1.json");
    CLEANUP(mem_cleanup) char *left_over = state_path(&end, ".outcome-end-1-2.json.new-0badcafe");
    CLEANUP(mem_cleanup) char *text = end_read(outcome_path);
    assert_non_null(strstr(text, "(erased)"));
    assert_null(strstr(text, "\\u00"));
    assert_int_equal(access(left_over, F_OK), -1);
}

/* Beside the rows of a plan stands what people decided about them, in words that name whom they
 * like. What no plan on which it stands would show stays, and so does a file of a clean plan that
 * is too long to be searched, or holds a number only as a part of another. */
TEST(erase_leaves_no_report_in_which_a_decision_names_them)
{
    WORLD(end);
    CLEANUP(person_release) struct person person = {.id = NULL};
    CLEANUP(text_release) struct text reason = TEXT_INIT, guard = TEXT_INIT, part = TEXT_INIT;
    CLEANUP(text_release) struct text long_one = TEXT_INIT, old = TEXT_INIT, book = TEXT_INIT;

    RUNS(&end, 0, "plan");
    end_set(&end, END_RULES,
            "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 300; };"
            " do = \"suspend\"; }");
    RUNS(&end, 0, "plan");
    person = choose_of_first(&end);
    text_addf(&reason, "%s will take them over", person.name);
    RUNS(&end, 0, "reject", "2", "--reason", text_cstr(&reason));
    RUNS(&end, 0, "plan"); /* 3: its reports show the rejections */
    end_set(&end, END_RULES,
            "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 30000; };"
            " do = \"suspend\"; }");
    for (size_t i = 4; i <= 6; i++)
        RUNS(&end, 0, "plan");
    assert_true(reports_with(&end, &person) > 4); /* of plan 3 as well */
    text_addf(
        &guard,
        "insert into reconcile.acknowledgement (portal_id, acknowledgement_id, guard, plan_id,"
        " who, at, reason, cause, ended_at, end_reason) select portal_id, 1, 'G2', 5, 'anna',"
        " now(), 'as %s said', 'x', now(), 'passed' from reconcile.portal",
        person.email);
    end_change(&end, text_cstr(&guard));
    text_addf(&part, "of number 7%s7\n", person.number);
    put_report(&end, "end-plan-4.csv", &part);
    while (long_one.length < 3 << 20)
        text_add(&long_one, "much ado about nobody\n");
    put_report(&end, "end-plan-4.html", &long_one);
    text_addf(&old, "decided then: ask %s\n", person.email);
    text_add_bytes(&book, "PK\3\4\0\0", 6);
    put_report(&end, "end-plan-6.txt", &old);
    put_report(&end, "end-plan-4.xlsx", &book); /* no text that could be searched */

    RUNS(&end, 0, "erase", person.id, "--reason", "asked for it in a letter");

    static const char *const gone[] = {"end-plan-1.csv",  "end-plan-2.csv", "end-plan-3.txt",
                                       "end-plan-3.json", "end-plan-3.csv", "end-plan-3.html",
                                       "end-plan-5.html", "end-plan-6.txt", "end-plan-4.xlsx"};
    static const char *const kept[] = {"end-plan-4.txt", "end-plan-4.json", "end-plan-4.csv",
                                       "end-plan-4.html", "end-plan-6.csv"};
    check_reports(&end, gone, COUNT_OF(gone), false);
    check_reports(&end, kept, COUNT_OF(kept), true);
    assert_int_equal(reports_with(&end, &person), 0);
}

/* --- names that are words of ours --- */

/* Somebody of the plan is called like this, everywhere; what they were called before is gone. */
static void rename_person(struct end *end, const char *id, const char *name, const char *username)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(
        &sql,
        "update reconcile.account_version v set name = '%s', username = '%s' from"
        " reconcile.account a where a.portal_id = v.portal_id and a.account_no = v.account_no and "
        "a.account_id = '%s';"
        "update reconcile.person_version v set name = '%s', username = '%s' from"
        " reconcile.link_version l join reconcile.account a using (portal_id, account_no)"
        " where l.portal_id = v.portal_id and l.person_key = v.person_key and a.account_id = '%s';"
        "update reconcile.plan_row set name = '%s', username = '%s', matched_name = '%s'"
        " where account_id = '%s'",
        name, username, id, name, username, id, name, username, name, id);
    end_change(end, text_cstr(&sql));
}

/* Everything that is about others: what erase must leave as it is. */
static char *of_others(struct end *end, const char *id)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_addf(
        &sql,
        "select string_agg(line, E'\\n' order by line) from ("
        "select r::text from reconcile.plan_row r where account_id <> '%s' union all "
        "select g::text from reconcile.plan_guard g union all "
        "select n::text from reconcile.plan_note n where n.position < 98 union all "
        "select u::text from reconcile.run u where u.run_id <> 2 union all "
        "select p.plan_id || p.state || coalesce(p.redacted_at::text, '') from reconcile.plan"
        " p where p.plan_id = 2 union all "
        "select d.account_id || d.who || coalesce(d.reason, '') from reconcile.ruling d"
        " where account_id <> '%s' union all "
        "select e.sequence || v.value::text from reconcile.audit_event e join"
        " reconcile.audit_private v using (portal_id, sequence) where e.account_id is distinct"
        " from '%s' and e.kind <> 'erasure') t (line)",
        id, id, id);
    return end_query(end, text_cstr(&sql));
}

/* "idle" stands in every reason, "Suspend" in every report: none of that is about somebody who is
 * called so. A sentence that does name them, in quotes or as who decided, loses it, and so do the
 * words of people. */
TEST(erase_of_somebody_called_like_a_word_of_ours_leaves_others_alone)
{
    static const char *const called[][2] = {
        {"Suspend", "idle"},
        {"Roster", "last"},
        {"No rule applies", "reason"},
        {"Marketing", "account"},
        {"Last Login", "proposed.rule"},
    };

    for (size_t i = 0; i < COUNT_OF(called); i++) {
        WORLD(end);
        CLEANUP(text_release) struct text sql = TEXT_INIT, after = TEXT_INIT, named = TEXT_INIT;
        CLEANUP(person_release) struct person person = {.id = NULL};
        const char *name = called[i][0];

        RUNS(&end, 0, "plan");
        end_set(&end, END_RULES,
                "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 300; };"
                " do = \"suspend\"; }");
        RUNS(&end, 0, "plan"); /* without them: they are idle for less */
        person = choose_of_first(&end);
        rename_person(&end, person.id, name, called[i][1]);
        text_addf(&sql,
                  "update reconcile.run set message = 'the account of ''%s'' is odd' where run_id ="
                  " 2; insert into reconcile.plan_note select portal_id, 1, 99, 'protected until"
                  " 2027-01-01 by %s: as ''%s'' said' from reconcile.portal;"
                  "insert into reconcile.plan_note select portal_id, 1, 98, 'stopped by %s since"
                  " 2027-01-01: none (owner %s)' from reconcile.portal;"
                  "insert into reconcile.stop select portal_id, 1, '%s%s', 'anna' from"
                  " reconcile.portal",
                  name, name, name, name, name, strchr(name, ' ') ? "ask " : "", name);
        end_change(&end, text_cstr(&sql));
        RUNS(&end, 0, "reject", "2", "--reason", "to suspend is not right: no reason, no rule");
        CLEANUP(mem_cleanup) char *before = of_others(&end, person.id);

        RUNS(&end, 0, "erase", person.id, "--reason", "asked for it in a letter to the roster");

        CLEANUP(mem_cleanup) char *left_over = of_others(&end, person.id);
        for (size_t at = 0; before[at] || left_over[at]; at++) {
            if (before[at] != left_over[at])
                fail_msg("%s: of others was '%.200s', is '%.200s'", name,
                         before + (at > 60 ? at - 60 : 0), left_over + (at > 60 ? at - 60 : 0));
        }
        for (const char *const *format = (const char *const[]){"txt", "json", "csv", "html", NULL};
             *format; format++) {
            text_clear(&named);
            text_addf(&named, "end-plan-2.%s", *format);
            if (!report_is_there(&end, text_cstr(&named)))
                fail_msg("%s: %s is gone", name, text_cstr(&named));
            text_clear(&named);
            text_addf(&named, "end-plan-1.%s", *format);
            assert_false(report_is_there(&end, text_cstr(&named)));
        }
        text_clear(&sql);
        text_addf(&sql,
                  "select (select count(*) from reconcile.account_version where name = '%s' or"
                  " username = '%s') + (select count(*) from reconcile.person_version where name ="
                  " '%s') + (select count(*) from reconcile.plan_row where name = '%s' or"
                  " matched_name = '%s') + (select count(*) from reconcile.run where message <>"
                  " 'the account of ''(erased)'' is odd') + (select count(*) from"
                  " reconcile.plan_note where sentence <> 'protected until 2027-01-01 by (erased):"
                  " as ''(erased)'' said' and position = 99) + (select count(*) from"
                  " reconcile.plan_note where sentence <> 'stopped by (erased) since 2027-01-01:"
                  " none (owner (erased))' and position = 98) + (select count(*) from"
                  " reconcile.stop where reason not in ('(erased)', 'ask (erased)'))",
                  name, called[i][1], name, name, name);
        assert_int_equal(end_count(&end, text_cstr(&sql)), 0);
        dump(&end, &after);
        assert_false(holds(text_cstr(&after), person.email));
        /* What was written into the run by hand was no part of the record. */
        end_change(&end, "update reconcile.run set message = null");
        RUNS(&end, 0, "audit", "verify");
    }
}

/* Whom an account of somebody else is linked with is told by number, by address, or by a name that
 * stands alone; a namesake who has an address of their own is another person. */
TEST(erase_takes_the_name_by_which_another_account_is_linked)
{
    WORLD(end);
    CLEANUP(person_release) struct person person = {.id = NULL};
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    RUNS(&end, 0, "plan");
    end_set(&end, END_RULES,
            "{ name = \"idle\"; when = { account = \"active\"; idle_days_min = 300; };"
            " do = \"suspend\"; }");
    RUNS(&end, 0, "plan"); /* without them: they are idle for less */
    person = choose_of_first(&end);
    text_addf(&sql,
              "update reconcile.plan_row set matched_number = null, matched_name = '%s',"
              " matched_email = case position when 1 then null else 'an@oth.er' end,"
              " matched_row = 7 where plan_id = 2",
              person.name);
    end_change(&end, text_cstr(&sql));

    RUNS(&end, 0, "erase", person.id, "--reason", "asked for it in a letter");

    CLEANUP(mem_cleanup)
    char *names = end_query(&end, "select string_agg(distinct (position = 1) || ' ' ||"
                                  " (matched_name is null)::text, ', ') from"
                                  " reconcile.plan_row where plan_id = 2");
    assert_string_equal(names, "false false, true true");
    CLEANUP(mem_cleanup)
    char *redacted = end_query(&end, "select redacted_at is not null from reconcile.plan where"
                                     " plan_id = 2");
    assert_string_equal(redacted, "t");
}

TEST(erase_of_a_wrong_word_or_reason_touches_nothing)
{
    WORLD(end);
    CLEANUP(text_release) struct text before = TEXT_INIT, after = TEXT_INIT, reason = TEXT_INIT;
    CLEANUP(person_release) struct person person = {.id = NULL};

    RUNS(&end, 0, "plan");
    person = choose(&end);
    dump(&end, &before);
    text_addf(&reason, "letter of %s", person.name);
    struct end_result result = ENDS(&end, 64, "erase", person.id, "--reason", text_cstr(&reason));
    end_assert_says(&result.err, "the reason names the person");
    end_result_release(&result);
    RUNS(&end, 64, "erase", person.id, "--reason", " ");
    RUNS(&end, 64, "erase", person.id);
    RUNS(&end, 64, "erase", "nobody@nowhere.example", "--reason", "letter");
    dump(&end, &after);
    assert_true(holds(text_cstr(&after), person.name));
    assert_int_equal(end_count(&end, "select count(*) from audit.event where kind = 'erasure'"), 0);
}

/* The person is still in the portal: the next run reads and plans as if it saw them anew. */
TEST(a_run_after_an_erasure_goes_on)
{
    WORLD(end);
    CLEANUP(person_release) struct person person = {.id = NULL};

    RUNS(&end, 0, "plan");
    person = choose(&end);
    RUNS(&end, 0, "erase", person.id, "--reason", "a letter");
    RUNS(&end, 0, "plan");
    CLEANUP(mem_cleanup) char *again = ask(&end, "email", person.id);
    assert_string_equal(again, person.email);
    CLEANUP(mem_cleanup) char *number = ask(&end, "person_employee_number", person.id);
    assert_string_equal(number, person.number);
    /* Anew: what was before the erasure stays without a name, and both are one account. */
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    text_addf(&sql,
              "select string_agg(case when email is null then 'nobody' else 'named' end, ' ' order"
              " by from_snapshot) from audit.account_history where account_id = '%s'",
              person.id);
    CLEANUP(mem_cleanup) char *versions = end_query(&end, text_cstr(&sql));
    assert_string_equal(versions, "nobody named");
    RUNS(&end, 0, "audit", "verify");
    RUNS(&end, 0, "run");
}

/* --- what is old --- */

static char *report_path(struct end *end, const char *name)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(end->config_path);
    CLEANUP(mem_cleanup) char *reports = file_join(directory, "reports");

    return file_join(reports, name);
}

static bool has_report(struct end *end, const char *name)
{
    CLEANUP(mem_cleanup) char *path = report_path(end, name);

    return access(path, F_OK) == 0;
}

/* A report is as old as its file; the program cannot make one in the past. Empty, so that only its
 * age can be a reason. */
static void make_report_old(struct end *end, const char *name)
{
    const struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    CLEANUP(mem_cleanup) char *path = report_path(end, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* From now on the program lives so many days ago. */
static void go_to(int days_ago)
{
    char days[16];

    (void)snprintf(days, sizeof(days), "%d", -days_ago);
    assert_int_equal(setenv("CLOCK_DAYS", days, 1), 0);
    assert_int_equal(setenv("LD_PRELOAD", CLOCK_PRELOAD, 1), 0);
}

static void go_to_today(void)
{
    (void)unsetenv("LD_PRELOAD");
    (void)unsetenv("CLOCK_DAYS");
}

/* What a plan exits with is not the matter here: after a gap of weeks it is held. */
static void plan_days_ago(struct end *end, int days_ago)
{
    go_to(days_ago);
    struct end_result result = END_RUN(end, "plan");
    go_to_today();
    if (result.code != 0 && result.code != 20)
        end_assert_code(&result, 0);
    end_result_release(&result);
}

/* Nights of two hundred days: every one of some weeks, with gaps between. The person has left the
 * portal on the 90th day before today. */
static const int nights[] = {200, 199, 198, 192, 191, 170, 165, 164, 120, 119, 91, 90, 89, 60, 59,
                             58,  57,  56,  55,  54,  53,  40,  39,  26,  25,  20, 9,  8,  1};
#define GONE_SINCE 90
#define CLEAN_PLAN "end-plan-28" /* made long after: nothing of it goes because of them */

static void grow_old(struct end *end, struct person *ret_person)
{
    for (size_t i = 0; i < COUNT_OF(nights); i++) {
        if (nights[i] == GONE_SINCE) {
            *ret_person = choose(end);
            end_change_user(end, ret_person->id, "delete=1");
        }
        plan_days_ago(end, nights[i]);
    }
    make_report_old(end, CLEAN_PLAN ".html");
    make_report_old(end, CLEAN_PLAN ".txt.bak");
    make_report_old(end, "end-plan-notes.txt");
    make_report_old(end, "end2-plan-1.html");
}

/* Days that `audit at` answers for, oldest first: what a kept snapshot said, before and after. */
static char *answers(struct end *end, const char *moment)
{
    struct end_result result = END_RUN(end, "audit", "at", moment, "--format", "csv");

    end_assert_code(&result, 0);
    char *text = mem_strdup(text_cstr(&result.out));
    end_result_release(&result);
    return text;
}

TEST(run_takes_away_what_is_old)
{
    WORLD(end);
    CLEANUP(person_release) struct person person = {.id = NULL};
    CLEANUP(text_release) struct text dumped = TEXT_INIT;

    end_set(&end, END_REST,
            "report: { directory = \"reports\"; formats = [ \"html\" ]; };"
            "retention: { personal_days = 30; daily_days = 30; weekly_days = 100;"
            " plan_rows_days = 50; reports_days = 400; };");
    grow_old(&end, &person);
    CLEANUP(mem_cleanup)
    char *kept = end_query(&end, "select to_char(max(taken_at) at time zone 'UTC',"
                                 " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from audit.snapshot where"
                                 " taken_at < now() - interval '30 days'");
    CLEANUP(mem_cleanup)
    char *thinned = end_query(&end, "select to_char(min(taken_at) at time zone 'UTC',"
                                    " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from audit.snapshot"
                                    " where taken_at > now() - interval '60 days 12 hours'");
    CLEANUP(mem_cleanup) char *before = answers(&end, kept);
    int64_t events = end_count(&end, "select count(*) from audit.event");
    /* A plan that a guard holds keeps retention from nothing: the roster never changed. */
    struct end_result result = ENDS(&end, 20, "run");
    end_assert_says(&result.err, "retention: names of 1 accounts, ");
    end_assert_says(&result.err, "retention: 1 old report files removed");
    end_result_release(&result);
    RUNS(&end, 0, "audit", "verify");
    assert_true(end_count(&end, "select count(*) from audit.event") > events);

    /* Young snapshots are all there; of an older week one, of an older month one; and of each week
     * and month that had any there still is the last one that was old enough. */
    assert_int_equal(end_count(&end, "select count(*) from audit.snapshot where thinned_at is not"
                                     " null and taken_at > now() - interval '30 days'"),
                     0);
    assert_true(end_count(&end, "select count(*) from audit.snapshot where thinned_at is not"
                                " null") > 8);
    assert_int_equal(
        end_count(&end, "select count(*) from (select 1 from audit.snapshot where thinned_at is"
                        " null and taken_at < now() - interval '31 days' and taken_at >= now() -"
                        " interval '100 days' group by date_trunc('week', taken_at at time zone"
                        " 'UTC') having count(*) > 1) w"),
        0);
    assert_int_equal(
        end_count(&end, "select count(*) from (select 1 from audit.snapshot where thinned_at is"
                        " null and taken_at < now() - interval '101 days' group by"
                        " date_trunc('month', taken_at at time zone 'UTC') having count(*) > 1) m"),
        0);
    assert_int_equal(
        end_count(&end,
                  "select count(*) from audit.snapshot g where g.thinned_at is not null and"
                  " not exists (select 1 from audit.snapshot k where k.portal_id = g.portal_id and"
                  " k.thinned_at is null and"
                  " k.taken_at > g.taken_at and date_trunc('month', k.taken_at at time zone"
                  " 'UTC') - date_trunc('month', g.taken_at at time zone 'UTC') <"
                  " interval '32 days')"),
        0);
    CLEANUP(mem_cleanup) char *after = answers(&end, kept);
    assert_string_equal(before, after);

    /* A day that was thinned out says so, and answers with the one before it that is kept. */
    result = ENDS(&end, 0, "audit", "at", thinned);
    end_assert_says(&result.err, "was thinned out since (retention): this is what was known at ");
    end_result_release(&result);
    result = ENDS(&end, 0, "export", "--at", thinned);
    end_assert_says(&result.err, "was thinned out since (retention): this is what was known at ");
    end_result_release(&result);
    result = ENDS(&end, 0, "audit", "at", kept);
    end_assert_silent_of(&result.err, "thinned");
    end_result_release(&result);

    /* Who is gone has no name left, and the id stays with what was proposed. */
    dump(&end, &dumped);
    if (left(&person, text_cstr(&dumped)))
        fail_msg("the dump still holds '%s'", left(&person, text_cstr(&dumped)));
    assert_true(holds(text_cstr(&dumped), person.id));
    assert_int_equal(reports_with(&end, &person), 0);

    /* Rows of old plans go, the plans and what guards found stay, and all of it is an event. */
    assert_int_equal(end_count(&end, "select count(*) from audit.plan_row r join audit.plan p using"
                                     " (portal, plan_id) where p.created_at < now() - interval"
                                     " '51 days'"),
                     0);
    assert_true(end_count(&end, "select count(*) from audit.plan_row r join audit.plan p using"
                                " (portal, plan_id) where p.created_at > now() - interval"
                                " '50 days'") > 0);
    assert_int_equal(end_count(&end, "select count(*) from audit.plan"), COUNT_OF(nights) + 1);
    assert_int_equal(end_count(&end, "select count(distinct plan_id) from audit.guard"),
                     COUNT_OF(nights) + 1);
    assert_int_equal(end_count(&end, "select count(*) from audit.event where kind = 'retention'"),
                     1);

    /* Only what is old and named as a report of this portal is. */
    assert_false(has_report(&end, CLEAN_PLAN ".html"));
    assert_true(has_report(&end, "end-plan-30.html"));
    assert_true(has_report(&end, CLEAN_PLAN ".txt.bak"));
    assert_true(has_report(&end, "end-plan-notes.txt"));
    assert_true(has_report(&end, "end2-plan-1.html"));

    /* Nothing is old any more: another run takes nothing and records nothing. */
    result = ENDS(&end, 20, "run");
    end_assert_silent_of(&result.err, "retention: ");
    end_result_release(&result);
    assert_int_equal(end_count(&end, "select count(*) from audit.event where kind = 'retention'"),
                     1);
}

TEST(run_takes_nothing_away_where_retention_is_zero)
{
    WORLD(end);

    end_set(&end, END_REST,
            "report: { directory = \"reports\"; formats = [ \"html\" ]; };"
            "retention: { personal_days = 0; daily_days = 0; weekly_days = 0; plan_rows_days = 0;"
            " reports_days = 0; };");
    plan_days_ago(&end, 3000);
    plan_days_ago(&end, 2999);
    make_report_old(&end, "end-plan-1.html");
    int64_t rows = end_count(&end, "select count(*) from reconcile.plan_row");
    go_to(2998);
    struct end_result result = END_RUN(&end, "run");
    go_to_today();
    assert_true(result.code == 0 || result.code == 20);
    end_assert_silent_of(&result.err, "retention: ");
    end_result_release(&result);

    assert_true(end_count(&end, "select count(*) from reconcile.plan_row where plan_id <= 2") ==
                rows);
    assert_int_equal(
        end_count(&end, "select count(*) from reconcile.snapshot where thinned_at is not null"), 0);
    assert_int_equal(end_count(&end, "select count(*) from audit.event where kind = 'retention'"),
                     0);
    assert_true(has_report(&end, "end-plan-1.html"));
}
