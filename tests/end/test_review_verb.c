/*
 * `review`: the file of decisions, from the hands of whoever filled it in to the portal. What is
 * certain is taken, what is not is named, and a file that comes twice decides once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/table.h"
#include "test.h"

#define ONLY_COUNT(n)                                                                              \
    "count = " #n "; percent = 100.0; rolling_days = 30; rolling_count = 100;"                     \
    " rolling_percent = 100.0;"

static int stand_up(void **state)
{
    (void)state;
    end_sits(NULL);
    return 0;
}

TEST_EACH(stand_up, NULL);

/* --- a file --- */

struct sheet {
    struct acts *acts;
    struct text text;
};

static void sheet_release(struct sheet *sheet)
{
    text_release(&sheet->text);
}

#define SHEET(name, of)                                                                            \
    CLEANUP(sheet_release) struct sheet name = {.acts = &(of), .text = TEXT_INIT};                 \
    text_add(&name.text, "subject;account_id;decision;until;reason\r\n")

static char *subject_of(struct acts *acts, const char *id)
{
    return acts_ask(acts,
                    "select encode(subject, 'hex') from reconcile.plan_row"
                    " where plan_id = %lld and account_id = '%s' and action <> 'keep'",
                    (long long)acts->plan, id);
}

/* A line about a row of the newest plan; `until` in days from its day, 0 = none. */
static void add(struct sheet *sheet, const char *id, const char *decision, int until,
                const char *reason)
{
    CLEANUP(mem_cleanup) char *subject = subject_of(sheet->acts, id);
    CLEANUP(mem_cleanup)
    char *day = acts_ask(sheet->acts,
                         "select to_char(today + %d, 'DD.MM.YYYY') from reconcile.plan"
                         " order by plan_id desc limit 1",
                         until);

    text_addf(&sheet->text, "%s;%s;%s;%s;%s\r\n", subject, id, decision, until ? day : "", reason);
}

/* Hands it in for a plan; what was said is the caller's to release. */
static struct end_result hand_in(struct sheet *sheet, const char *plan, const char *const *more)
{
    struct acts *acts = sheet->acts;
    CLEANUP(mem_cleanup)
    char *path = end_file(&acts->end, "decisions.csv", sheet->text.data, sheet->text.length);
    const char *words[12] = {"review", plan, path, NULL};

    for (size_t i = 0; more && more[i]; i++)
        words[3 + i] = more[i];
    return end_run(&acts->end, words);
}
#define HAND_IN(name, sheet, plan, ...)                                                            \
    CLEANUP(end_result_release)                                                                    \
    __attribute__((unused)) struct end_result name =                                               \
        hand_in(sheet, plan, (const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})

static int64_t count_rulings(struct acts *acts)
{
    return end_count(&acts->end, "select count(*) from reconcile.ruling");
}

/* --- what is taken --- */

TEST(review_approves_keeps_and_rejects_and_says_how_many)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    double requests = end_stat(&acts.end, "requests");
    SHEET(sheet, acts);
    add(&sheet, acts.row[0].id, "Approve", 0, "HR says so");
    add(&sheet, acts.row[1].id, "keep", 30, "\"hands over;\nuntil spring\"");
    add(&sheet, acts.row[2].id, "reject", 0, "ask again");
    add(&sheet, acts.row[3].id, "", 0, "");
    HAND_IN(first, &sheet, "1");
    end_assert_code(&first, 0);
    end_assert_says(&first.out, "approved 1, kept 1, rejected 1, refused 0");
    end_assert_says(&first.out, " (or the first run after it)");
    CLEANUP(mem_cleanup)
    char *recorded =
        acts_ask(&acts, "select string_agg(concat_ws(' ', kind, until - today, reason),"
                        " ', ' order by kind) from reconcile.ruling join reconcile.plan"
                        " using (portal_id)");
    assert_string_equal(recorded, "approve HR says so, keep 30 hands over; until spring,"
                                  " reject 180 ask again");
    HAND_IN(second, &sheet, "1");
    end_assert_code(&second, 0);
    end_assert_says(&second.out, "approved 0, kept 0, rejected 0, refused 0");
    end_assert_says(&second.out, "3 already so");
    assert_int_equal(count_rulings(&acts), 3); /* a file that comes twice decides once */
    assert_true(end_stat(&acts.end, "requests") == requests);
    CLEANUP(mem_cleanup) char *approved = mem_strdup(acts.row[0].id);
    APPLY(applied, &acts, 0);
    assert_int_equal(acts_writes(&acts), 1);
    assert_int_equal(acts_writes_on(&acts, approved), 1);
    HAND_IN(third, &sheet, "1");
    end_assert_code(&third, 0);
    end_assert_says(&third.out, "1 were done already");
    assert_int_equal(count_rulings(&acts), 3);
}

/* What was rejected on a plan holds up nobody who takes back what was approved on it. */
TEST(review_of_one_file_is_taken_back_in_part_by_who_may_not_decide)
{
    static const char standing[] = "select count(*) from reconcile.ruling where ended_at is null";
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    SHEET(sheet, acts);
    add(&sheet, acts.row[0].id, "approve", 0, "HR says so");
    add(&sheet, acts.row[1].id, "keep", 30, "hands over");
    add(&sheet, acts.row[2].id, "reject", 0, "ask again");
    HAND_IN(decided, &sheet, "1");
    end_assert_code(&decided, 0);
    acts_approval(&acts, "suspend = 1; approvers = ( { user = \"daemon\"; } );");
    RUN(first, &acts.end, "withdraw", "1", "--reason", "a mistake");
    end_assert_code(&first, 0);
    end_assert_says(&first.out, "1 decisions taken back");
    end_assert_says(&first.out, "1 that spare somebody stay: ");
    assert_int_equal(end_count(&acts.end, standing), 2);
    RUN(second, &acts.end, "withdraw", "1", "--reason", "a mistake");
    end_assert_code(&second, 20);
    end_assert_says(&second.err, "not among the configured approvers");
    assert_int_equal(end_count(&acts.end, standing), 2);
}

TEST(review_of_the_pages_file_is_of_just_its_plan)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *subject = subject_of(&acts, acts.row[0].id);
    CLEANUP(mem_cleanup) char *other = mem_strdup(acts.digest);
    other[0] = other[0] == '0' ? '1' : '0';
    const struct {
        const char *portal, *digest;
        int plan, code;
        const char *says;
    } cases[] = {
        {"other", acts.digest, 1, 20, "is about portal 'other'"},
        {"end", acts.digest, 2, 20, "is about plan 2"},
        {"end", other, 1, 20, "its digest is not that of plan 1"},
        {"end", acts.digest, 1, 0, "approved 1, kept 0, rejected 0, refused 0"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text file = TEXT_INIT;
        text_addf(&file,
                  "{\"format\": \"bynder-reconcile decisions\", \"version\": 1, \"portal\": \"%s\","
                  " \"plan\": %d, \"digest\": \"%s\", \"decisions\": [ { \"account_id\": \"%s\","
                  " \"subject\": \"%s\", \"decision\": \"approve\", \"until\": null, \"reason\":"
                  " null } ] }",
                  cases[i].portal, cases[i].plan, cases[i].digest, acts.row[0].id, subject);
        CLEANUP(mem_cleanup) char *path = end_file(&acts.end, "d.json", file.data, file.length);
        assert_int_equal(count_rulings(&acts), 0);
        RUN(result, &acts.end, "review", "1", path);
        end_assert_code(&result, cases[i].code);
        end_assert_says(cases[i].code ? &result.err : &result.out, cases[i].says);
    }
    assert_int_equal(count_rulings(&acts), 1);
}

/* What is handed out is what comes back: the table of the plan decides nothing by itself. */
TEST(review_of_a_table_as_it_was_written_decides_nothing)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    RUN(plain, &acts.end, "show", "--format", "csv");
    RUN(marked, &acts.end, "show", "--format", "csv", "--bom");
    assert_true(text_starts(text_cstr(&marked.out), "\xEF\xBB\xBF"
                                                    "account_id,"));
    RUN(pointless, &acts.end, "show", "--format", "json", "--bom");
    end_assert_code(&pointless, 64);
    const struct text *const tables[] = {&plain.out, &marked.out};
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        CLEANUP(mem_cleanup)
        char *path = end_file(&acts.end, "plan.csv", tables[i]->data, tables[i]->length);
        RUN(result, &acts.end, "review", "1", path);
        end_assert_code(&result, 64);
        end_assert_says(&result.err, "decides nothing");
    }
    assert_int_equal(count_rulings(&acts), 2);
}

/* Other words are another approval, as `approve` has it; the same ones are not. */
TEST(review_records_an_approval_that_is_given_anew_in_other_words)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    SHEET(sheet, acts);
    for (size_t i = 0; i < 3; i++)
        add(&sheet, acts.row[i].id, "approve", 0, "");
    HAND_IN(first, &sheet, "1");
    end_assert_code(&first, 0);
    acts_limit(&acts, ONLY_COUNT(1), NULL);
    const struct {
        const char *const *more;
        const char *says;
    } cases[] = {
        {(const char *const[]){"--spread", NULL}, "approved 3"},
        {(const char *const[]){"--spread", NULL}, "3 already so"},
        {(const char *const[]){"--spread", "--nightly", "1", "--reason", "slow", NULL},
         "approved 3"},
        {(const char *const[]){"--spread", "--nightly", "1", "--reason", "slow", NULL},
         "3 already so"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(end_result_release) struct end_result said = hand_in(&sheet, "1", cases[i].more);
        end_assert_code(&said, 0);
        end_assert_says(&said.out, cases[i].says);
    }
}

/* --- what is refused --- */

TEST(review_names_a_row_with_a_day_or_a_reason_and_no_decision)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    SHEET(sheet, acts);
    add(&sheet, acts.row[0].id, "", 30, "until spring");
    add(&sheet, acts.row[1].id, "reject", 0, "no");
    add(&sheet, acts.row[2].id, "", 0, "");
    HAND_IN(result, &sheet, "1");
    end_assert_says(&result.out, "rejected 1, refused 1");
    assert_int_equal(count_rulings(&acts), 1);
}

TEST(review_names_what_it_refuses_and_takes_the_rest)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    SHEET(sheet, acts);
    add(&sheet, acts.row[0].id, "approve", 0, "");
    text_addf(&sheet.text, "%064d;%s;approve;;\r\n", 7, acts.row[1].id);
    add(&sheet, acts.row[2].id, "approve", 0, "");
    add(&sheet, acts.row[2].id, "keep", 30, "no");
    add(&sheet, acts.row[3].id, "\"=IF(1;\"\"approve\"\")\"", 0, "");
    text_addf(&sheet.text, "%064d;EEEEEEEE-2B3A-141F-8F07D71AA1F223BD;approve;;\r\n", 7);
    HAND_IN(result, &sheet, "1");
    end_assert_code(&result, 0);
    end_assert_says(&result.out, "approved 1, kept 0, rejected 0, refused 5");
    static const char *const named[] = {
        "decisions.csv:3: ", "decisions.csv:4: ", "decisions.csv:5: ", "decisions.csv:6: ",
        "decisions.csv:7: EEEEEEEE-"};
    for (size_t i = 0; i < COUNT_OF(named); i++)
        end_assert_says(&result.out, named[i]);
    end_assert_says(&result.out, "it is about something else than the row of plan 1");
    end_assert_says(&result.out, "it stands in the file twice, in row 5 as well");
    end_assert_says(&result.out, "is a formula");
    end_assert_says(&result.out, "it is no row of plan 1 of portal 'end'");
    CLEANUP(mem_cleanup) char *who = acts_ask(&acts, "select account_id from reconcile.ruling");
    assert_string_equal(who, acts.row[0].id);
}

TEST(review_of_which_nothing_can_be_taken_ends_with_20)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    SHEET(wrong, acts);
    add(&wrong, acts.row[0].id, "aprove", 0, "");
    HAND_IN(refused, &wrong, "1");
    end_assert_code(&refused, 20);
    end_assert_says(&refused.out, "'aprove' is no decision");
    end_assert_says(&refused.err, "nothing of '");
    SHEET(empty, acts);
    add(&empty, acts.row[0].id, "", 0, "");
    HAND_IN(nothing, &empty, "1");
    end_assert_code(&nothing, 64);
    end_assert_says(&nothing.err, "decides nothing");
    HAND_IN(unknown, &wrong, "99");
    end_assert_code(&unknown, 64);
    RUN(missing, &acts.end, "review", "1", "/nowhere/decisions.csv");
    end_assert_code(&missing, 64);
    RUN(nobody, &acts.end, "review", "1");
    end_assert_code(&nobody, 64);
    assert_int_equal(count_rulings(&acts), 0);
}

/* A file of last night's plan counts for the rows that are still the same. */
TEST(review_of_a_superseded_plan_refuses_what_has_changed_since)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    SHEET(sheet, acts);
    add(&sheet, acts.row[0].id, "approve", 0, "");
    add(&sheet, acts.row[1].id, "approve", 0, "");
    add(&sheet, acts.row[2].id, "keep", 30, "r");
    add(&sheet, acts.row[3].id, "keep", 30, "r");
    CLEANUP(mem_cleanup) char *same = mem_strdup(acts.row[0].id);
    CLEANUP(mem_cleanup) char *kept = mem_strdup(acts.row[2].id);
    end_change_user(&acts.end, acts.row[1].id, "email=other1@acme.example");
    end_change_user(&acts.end, acts.row[3].id, "email=other3@acme.example");
    acts_plan(&acts, 0);
    HAND_IN(result, &sheet, "1");
    end_assert_code(&result, 0);
    end_assert_says(&result.out, "approved 1, kept 1, rejected 0, refused 2");
    end_assert_says(&result.out, "it is about something else since");
    CLEANUP(mem_cleanup)
    char *who = acts_ask(&acts, "select string_agg(account_id, ' ' order by kind) from"
                                " reconcile.ruling");
    CLEANUP(text_release) struct text both = TEXT_INIT;
    text_addf(&both, "%s %s", same, kept);
    assert_string_equal(who, text_cstr(&both));
    HAND_IN(newer, &sheet, "2"); /* the same file is about other rows than plan 2 has */
    end_assert_code(&newer, 0);
    end_assert_says(&newer.out, "2 already so");
    end_assert_says(&newer.out, "it is about something else than the row of plan 2");
}

/* --- a table of another plan --- */

/* The plan's own table, with a word in the column `decision` of these accounts, all other lines
 * left out. The caller releases it. */
static void fill_in(struct acts *acts, const char *plan, const char *const *id, struct text *out)
{
    RUN(shown, &acts->end, "show", plan, "--format", "csv");
    const char *line = text_cstr(&shown.out), *end = NULL;

    end_assert_code(&shown, 0);
    assert_true(text_starts(line, "account_id,username,email,name,decision,"));
    for (size_t number = 0; (end = strchr(line, '\n')); line = end + 1, number++) {
        bool asked = number == 0 && out->length == 0;
        for (size_t i = 0; id[i]; i++)
            asked |= text_starts(line, id[i]);
        if (!asked)
            continue;
        const char *cell = line;
        for (size_t i = 0; i < 4; i++)
            cell = strchr(cell, ',') + 1;
        text_add_bytes(out, line, (size_t)(cell - line));
        text_add(out, number ? "approve" : "");
        text_add_bytes(out, cell, (size_t)(end + 1 - cell));
    }
}
#define FILLED(name, of, plan, ...)                                                                \
    CLEANUP(sheet_release) struct sheet name = {.acts = &(of), .text = TEXT_INIT};                 \
    fill_in(&(of), plan, (const char *const[]){__VA_ARGS__, NULL}, &name.text)

/* Nothing has changed, and the subjects are the same: it is another plan all the same. */
TEST(review_of_a_table_names_the_rows_of_another_plan)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_move_to(&acts, 1);
    acts_plan(&acts, 0);
    FILLED(earlier, acts, "1", acts.row[0].id, acts.row[1].id);
    FILLED(mixed, acts, "2", acts.row[2].id);
    fill_in(&acts, "1", (const char *const[]){acts.row[3].id, NULL}, &mixed.text);

    HAND_IN(whole, &earlier, "2");
    end_assert_code(&whole, 20);
    end_assert_says(&whole.out, "approved 0, kept 0, rejected 0, refused 2");
    end_assert_says(&whole.out, "it is a row of plan 1, and this is plan 2");
    assert_int_equal(count_rulings(&acts), 0);
    HAND_IN(pasted, &mixed, "2");
    end_assert_code(&pasted, 0);
    end_assert_says(&pasted.out, "approved 1, kept 0, rejected 0, refused 1");
    end_assert_says(&pasted.out, "decisions.csv:3: ");
    end_assert_says(&pasted.out, "it is a row of plan 1, and this is plan 2");
    HAND_IN(right, &earlier, "1"); /* by its own number it counts: nothing has changed since */
    end_assert_code(&right, 0);
    end_assert_says(&right.out, "approved 2, kept 0, rejected 0, refused 0");
    assert_int_equal(count_rulings(&acts), 3);
}

TEST(review_ends_no_keep_by_an_approval)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    SHEET(keeps, acts);
    add(&keeps, acts.row[0].id, "keep", 30, "r");
    HAND_IN(kept, &keeps, "1");
    SHEET(sheet, acts);
    add(&sheet, acts.row[0].id, "approve", 0, "");
    add(&sheet, acts.row[1].id, "approve", 0, "");
    HAND_IN(result, &sheet, "1");
    end_assert_code(&result, 0);
    end_assert_says(&result.out, "approved 1, kept 0, rejected 0, refused 1");
    end_assert_says(&result.out, "kept until ");
    HAND_IN(later, &keeps, "1"); /* and a keep ends an approval of the same row */
    end_assert_says(&later.out, "1 already so");
}

/* --- limits, and who --- */

TEST(review_above_a_limit_records_nothing_of_the_file_without_spread)
{
    WORLD(acts, 4, 4, NULL);

    acts_only_suspend(&acts);
    acts_limit(&acts, ONLY_COUNT(1), NULL);
    acts_plan(&acts, 0);
    SHEET(sheet, acts);
    for (size_t i = 0; i < 3; i++)
        add(&sheet, acts.row[i].id, "approve", 0, "");
    add(&sheet, acts.row[3].id, "keep", 30, "r");
    HAND_IN(refused, &sheet, "1");
    end_assert_code(&refused, 20);
    end_assert_says(&refused.err, "nothing is recorded");
    assert_int_equal(count_rulings(&acts), 0); /* not the keep either: all or what is said */
    HAND_IN(unreasoned, &sheet, "1", "--spread", "--nightly", "1");
    end_assert_code(&unreasoned, 64);
    HAND_IN(spread, &sheet, "1", "--spread");
    end_assert_code(&spread, 0);
    end_assert_says(&spread.out, "approved 3, kept 1, rejected 0, refused 0");
    HAND_IN(again, &sheet, "1", "--spread");
    end_assert_says(&again.out, "4 already so");
    HAND_IN(overridden, &sheet, "1", "--override", "G7", "--reason", "they asked");
    end_assert_says(&overridden.out, "approved 3, kept 0");
    assert_int_equal(
        end_count(&acts.end, "select count(*) from reconcile.ruling where ended_at is null"), 4);
}

/* What the file spares makes room for what it approves: weighed as it will stand. */
TEST(review_weighs_what_it_approves_beside_what_it_spares)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_limit(&acts, ONLY_COUNT(1), NULL);
    acts_plan(&acts, 0);
    acts_approve_only(&acts, acts.row[0].id);
    SHEET(more, acts);
    add(&more, acts.row[1].id, "approve", 0, "");
    HAND_IN(full, &more, "1");
    end_assert_code(&full, 20);
    add(&more, acts.row[0].id, "reject", 0, "not now");
    HAND_IN(room, &more, "1");
    end_assert_code(&room, 0);
    end_assert_says(&room.out, "approved 1, kept 0, rejected 1, refused 0");
}

/* Lines without end, each of which says next to nothing, would each be judged, named and printed.
 */
TEST(review_of_a_file_with_many_times_the_rows_of_its_plan_is_refused_as_a_whole)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    SHEET(sheet, acts);
    for (int i = 0; i < 200000; i++)
        text_add(&sheet.text, ";;x;;\r\n");
    HAND_IN(flood, &sheet, "1");
    end_assert_code(&flood, 64);
    end_assert_says(&flood.err, "has 200000 rows, and plan 1 has ");
    assert_true(flood.out.length == 0);
    assert_int_equal(count_rulings(&acts), 0);
    text_clear(&sheet.text); /* what people write below their rows is no flood */
    text_add(&sheet.text, "subject;account_id;decision;until;reason\r\n");
    add(&sheet, acts.row[0].id, "approve", 0, "");
    for (int i = 0; i < 900; i++)
        text_add(&sheet.text, ";;;;who is that?\r\n");
    HAND_IN(notes, &sheet, "1");
    end_assert_code(&notes, 0);
    end_assert_says(&notes.out, "approved 1, kept 0, rejected 0, refused 900");
}

TEST(review_of_two_people_counts_twice_and_of_one_once)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip();
    acts_only_suspend(&acts);
    acts_approval(&acts, "suspend = 2; deprovision = 2;"
                         " approvers = ( { user = \"daemon\"; }, { user = \"bin\"; } );");
    acts_plan(&acts, 0);
    SHEET(sheet, acts);
    add(&sheet, acts.row[0].id, "approve", 0, "");
    add(&sheet, acts.row[1].id, "approve", 0, "");
    HAND_IN(stranger, &sheet, "1"); /* root is not listed */
    end_assert_code(&stranger, 20);
    end_assert_says(&stranger.out, "not among the configured approvers");
    end_sits("1");
    HAND_IN(first, &sheet, "1");
    end_assert_code(&first, 0);
    end_assert_says(&first.out, "2 need somebody else as well");
    HAND_IN(again, &sheet, "1");
    end_assert_says(&again.out, "2 already so");
    APPLY(alone, &acts, 20);
    assert_int_equal(acts_writes(&acts), 0);
    end_sits("2");
    HAND_IN(second, &sheet, "1");
    end_assert_code(&second, 0);
    end_assert_says(&second.out, "approved 2");
    end_sits(NULL);
    APPLY(both, &acts, 0);
    assert_int_equal(acts_writes(&acts), 2);
}

TEST(review_of_ones_own_account_is_refused_by_name)
{
    WORLD(acts, 3, 4, NULL);

    if (geteuid() != 0)
        skip();
    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    CLEANUP(text_release) struct text settings = TEXT_INIT;
    static const char *const decisions[] = {"approve", "keep", "reject"};
    CLEANUP(mem_cleanup)
    char *email = acts_ask(&acts, "select email from reconcile.plan_row where account_id = '%s'",
                           acts.row[0].id);
    text_addf(&settings, "suspend = 1; approvers = ( { user = \"daemon\"; email = \"%s\"; } );",
              email);
    acts_approval(&acts, text_cstr(&settings));
    end_sits("1");
    for (size_t i = 0; i < COUNT_OF(decisions); i++) {
        SHEET(sheet, acts);
        add(&sheet, acts.row[0].id, decisions[i], i == 1 ? 30 : 0, "r");
        HAND_IN(result, &sheet, "1");
        end_assert_code(&result, 20);
        end_assert_says(&result.out, "own account of 'daemon'");
    }
    assert_int_equal(count_rulings(&acts), 0);
    SHEET(other, acts);
    add(&other, acts.row[1].id, "approve", 0, "");
    HAND_IN(result, &other, "1");
    end_assert_code(&result, 0);
}
