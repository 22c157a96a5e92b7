/*
 * erase, as a user runs it: afterwards no table, no report file and no dump of the database holds
 * the person's names; what was done and the record stay.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/mem.h"
#include "end.h"

static void begin(struct end *end)
{
    end_begin(end, NULL);
    end_set(end, END_REST,
            "report: { directory = \"reports\"; formats = [ \"text\", \"json\", "
            "\"csv\", \"html\" ]; };");
}

#define WORLD(name)                                                                                \
    CLEANUP(end_finish) struct end name;                                                           \
    begin(&(name))

static void change(struct end *end, const char *sql)
{
    CLEANUP(text_release) struct text both = TEXT_INIT;

    text_addf(&both, "%s; select 1", sql);
    free(end_query(end, text_cstr(&both)));
}

static struct end_result run(struct end *end, int code, const char *const *words)
{
    struct end_result result = end_run(end, words);

    end_assert_code(&result, code);
    return result;
}
#define RUN(end, code, ...) run(end, code, (const char *const[]){__VA_ARGS__, NULL})
#define RUNS(end, code, ...)                                                                       \
    do {                                                                                           \
        struct end_result done = RUN(end, code, __VA_ARGS__);                                      \
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

/* Report files that hold a value. */
static size_t reports_with(struct end *end, const struct person *person)
{
    CLEANUP(mem_cleanup) char *directory = file_directory(end->config_path);
    CLEANUP(mem_cleanup) char *reports = file_join(directory, "reports");
    size_t count = 0;
    DIR *folder = opendir(reports);

    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        CLEANUP(mem_cleanup) char *path = file_join(reports, entry->d_name);
        CLEANUP(mem_cleanup) char *text = end_read(path);
        count += left(person, text) != NULL;
    }
    (void)closedir(folder);
    return count;
}

static void erase_leaves_no_name_in_tables_reports_and_dumps(void **state)
{
    WORLD(end);
    CLEANUP(text_release) struct text before = TEXT_INIT, after = TEXT_INIT, sql = TEXT_INIT;
    CLEANUP(person_release) struct person person = {.id = NULL};

    (void)state;
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
    change(&end, text_cstr(&sql));
    dump(&end, &before);
    assert_true(holds(text_cstr(&before), person.name) && holds(text_cstr(&before), person.email));
    assert_true(holds(text_cstr(&before), person.username));
    assert_true(holds(text_cstr(&before), person.number));
    assert_int_equal(reports_with(&end, &person), 8);

    struct end_result result =
        RUN(&end, 0, "erase", person.email, "--reason", "asked for it in a letter");
    end_assert_says(&result.out, "erased: 1 account,");
    end_assert_says(&result.out, "8 report files");
    end_assert_says(&result.err, "is still in the portal");
    end_result_release(&result);

    dump(&end, &after);
    if (left(&person, text_cstr(&after)))
        fail_msg("the dump still holds '%s'", left(&person, text_cstr(&after)));
    assert_true(holds(text_cstr(&after), person.id));
    assert_true(holds(text_cstr(&after), "12 accounts"));
    assert_int_equal(reports_with(&end, &person), 0);
    assert_int_equal(end_count(&end, "select count(*) from audit.event where kind = 'erasure'"), 1);

    /* What was written into the runs by hand was no part of the record. */
    change(&end, "update reconcile.run set message = null");
    result = RUN(&end, 0, "audit", "verify");
    end_assert_says(&result.out, " 0 findings");
    end_result_release(&result);
    RUNS(&end, 64, "audit", "user", person.email);
    result = RUN(&end, 0, "audit", "user", person.id);
    end_assert_says(&result.out, "erasure");
    end_assert_says(&result.out, "suspend, rule");
    if (left(&person, text_cstr(&result.out)))
        fail_msg("%s", text_cstr(&result.out));
    end_result_release(&result);
    RUNS(&end, 0, "show", "1");
    assert_int_equal(end_count(&end, "select count(*) from audit.plan where state = 'proposed'"),
                     0);
}

static void erase_of_a_wrong_word_or_reason_touches_nothing(void **state)
{
    WORLD(end);
    CLEANUP(text_release) struct text before = TEXT_INIT, after = TEXT_INIT, reason = TEXT_INIT;
    CLEANUP(person_release) struct person person = {.id = NULL};

    (void)state;
    RUNS(&end, 0, "plan");
    person = choose(&end);
    dump(&end, &before);
    text_addf(&reason, "letter of %s", person.name);
    struct end_result result = RUN(&end, 64, "erase", person.id, "--reason", text_cstr(&reason));
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
static void a_run_after_an_erasure_goes_on(void **state)
{
    WORLD(end);
    CLEANUP(person_release) struct person person = {.id = NULL};

    (void)state;
    RUNS(&end, 0, "plan");
    person = choose(&end);
    RUNS(&end, 0, "erase", person.id, "--reason", "a letter");
    RUNS(&end, 0, "plan");
    CLEANUP(mem_cleanup) char *again = ask(&end, "email", person.id);
    assert_string_equal(again, person.email);
    RUNS(&end, 0, "audit", "verify");
    RUNS(&end, 0, "run");
}

/* --- what is old
 * ------------------------------------------------------------------------------------ */

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

/* As if it were written in 2001; empty, so that only its age can be a reason. */
static void make_report_old(struct end *end, const char *name)
{
    const struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    CLEANUP(mem_cleanup) char *path = report_path(end, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Three plans, the person gone from the portal with the third; all of it as if in 2001. */
static void grow_old(struct end *end, struct person *ret_person)
{
    RUNS(end, 0, "plan");
    *ret_person = choose(end);
    RUNS(end, 0, "plan");
    end_change_user(end, ret_person->id, "delete=1");
    RUNS(end, 0, "plan");
    change(end, "update reconcile.snapshot set taken_at = timestamptz '2001-03-05 12:00Z' +"
                " snapshot_id * interval '1 hour'");
    change(end, "update reconcile.plan set created_at = timestamptz '2001-03-05 12:00Z' +"
                " plan_id * interval '1 hour', state = 'expired'");
    make_report_old(end, "end-plan-1.html");
    make_report_old(end, "end-plan-1.txt.bak");
    make_report_old(end, "end-plan-notes.txt");
    make_report_old(end, "end2-plan-1.html");
}

static void run_takes_away_what_is_old(void **state)
{
    WORLD(end);
    CLEANUP(person_release) struct person person = {.id = NULL};

    (void)state;
    grow_old(&end, &person);
    struct end_result result = RUN(&end, 0, "run");
    end_assert_says(&result.err, "retention: names of 1 accounts, 2 snapshots thinned, ");
    end_assert_says(&result.err, "retention: 1 old report files removed");
    end_result_release(&result);

    assert_int_equal(end_count(&end, "select count(*) from audit.event where kind = 'retention'"),
                     1);
    /* Of the plans that showed the person as well, which the erasure had marked already. */
    assert_int_equal(end_count(&end, "select count(*) from reconcile.plan_row where plan_id <= 3"),
                     0);
    assert_int_equal(
        end_count(&end, "select count(*) from reconcile.snapshot where thinned_at is null"), 2);
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    text_addf(&sql,
              "select count(*) from reconcile.account_version v join reconcile.account a using"
              " (portal_id, account_no) where a.account_id = '%s' and"
              " coalesce(username, email, name, employee_number) is not null",
              person.id);
    assert_int_equal(end_count(&end, text_cstr(&sql)), 0);
    assert_false(has_report(&end, "end-plan-1.html"));
    /* Younger, or not named as a report of this portal is. */
    assert_true(has_report(&end, "end-plan-4.html"));
    assert_true(has_report(&end, "end-plan-1.txt.bak"));
    assert_true(has_report(&end, "end-plan-notes.txt"));
    assert_true(has_report(&end, "end2-plan-1.html"));
    RUNS(&end, 0, "audit", "verify");

    /* Nothing is old any more: another run takes nothing and records nothing. */
    result = RUN(&end, 0, "run");
    end_assert_silent_of(&result.err, "retention: ");
    end_result_release(&result);
    assert_int_equal(end_count(&end, "select count(*) from audit.event where kind = 'retention'"),
                     1);
}

static void run_takes_nothing_away_where_retention_is_zero(void **state)
{
    WORLD(end);
    CLEANUP(person_release) struct person person = {.id = NULL};

    (void)state;
    end_set(&end, END_REST,
            "report: { directory = \"reports\"; formats = [ \"html\" ]; };"
            "retention: { personal_days = 0; daily_days = 0; weekly_days = 0; plan_rows_days = 0;"
            " reports_days = 0; };");
    grow_old(&end, &person);
    int64_t rows = end_count(&end, "select count(*) from reconcile.plan_row");
    struct end_result result = RUN(&end, 0, "run");
    end_assert_silent_of(&result.err, "retention: ");
    end_result_release(&result);

    assert_true(end_count(&end, "select count(*) from reconcile.plan_row where plan_id <= 3") ==
                rows);
    assert_int_equal(
        end_count(&end, "select count(*) from reconcile.snapshot where thinned_at is not null"), 0);
    assert_int_equal(end_count(&end, "select count(*) from audit.event where kind = 'retention'"),
                     0);
    assert_true(has_report(&end, "end-plan-1.html"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(erase_leaves_no_name_in_tables_reports_and_dumps),
        cmocka_unit_test(erase_of_a_wrong_word_or_reason_touches_nothing),
        cmocka_unit_test(a_run_after_an_erasure_goes_on),
        cmocka_unit_test(run_takes_away_what_is_old),
        cmocka_unit_test(run_takes_nothing_away_where_retention_is_zero),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
