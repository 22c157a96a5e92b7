/*
 * What a person decides about an account from the outside: keep, again and withdraw, what each of
 * them does to the nights that follow, and what the record says of it.
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

static void says(struct acts *acts, int code, const char *words_said, const char *const *words)
{
    CLEANUP(end_result_release) struct end_result result = end_run(&acts->end, words);

    end_assert_code(&result, code);
    if (words_said)
        end_assert_says(code ? &result.err : &result.out, words_said);
}
#define SAYS(acts, code, words_said, ...)                                                          \
    says(acts, code, words_said, (const char *const[]){__VA_ARGS__, NULL})

static void run(struct acts *acts, int code)
{
    SAYS(acts, code, NULL, "run");
}

static int64_t count_standing(struct acts *acts)
{
    return end_count(&acts->end, "select count(*) from reconcile.ruling where ended_at is null");
}

/* So many days from the day of the newest plan. */
static char *day_ahead(struct acts *acts, int days)
{
    return acts_ask(
        acts, "select (today + %d)::text from reconcile.plan order by plan_id desc limit 1", days);
}

static char *address_of(struct acts *acts, const char *id)
{
    return acts_ask(acts,
                    "select email from reconcile.account_version join reconcile.account"
                    " using (portal_id, account_no) where account_id = '%s' limit 1",
                    id);
}

/* --- keep --- */

TEST(keep_needs_a_person_a_day_and_a_reason)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    const char *id = acts.row[0].id;
    CLEANUP(mem_cleanup) char *day = day_ahead(&acts, 30);
    CLEANUP(mem_cleanup) char *past = day_ahead(&acts, -1);
    CLEANUP(mem_cleanup) char *far = day_ahead(&acts, 366);
    CLEANUP(mem_cleanup) char *farthest = day_ahead(&acts, 365);
    SAYS(&acts, 64, "keep whom", "keep");
    SAYS(&acts, 64, "--reason", "keep", id, "--until", day);
    SAYS(&acts, 64, "--until", "keep", id, "--reason", "x");
    SAYS(&acts, 64, "not 'soon'", "keep", id, "--reason", "x", "--until", "soon");
    SAYS(&acts, 64, "still to come", "keep", id, "--reason", "x", "--until", past);
    SAYS(&acts, 64, "at most 365 days", "keep", id, "--reason", "x", "--until", far);
    SAYS(&acts, 64, "no account", "keep", "nobody@acme.example", "--reason", "x", "--until", day);
    assert_int_equal(count_standing(&acts), 0);
    SAYS(&acts, 0, farthest, "keep", id, "--reason", "x", "--until", farthest);
    assert_int_equal(count_standing(&acts), 1);
}

/* Whoever is kept is not in the plan, whatever was approved; and when the keep ends they are. */
TEST(keep_spares_until_its_day_and_ends_what_was_approved)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    CLEANUP(mem_cleanup) char *kept = mem_strdup(acts.row[0].id);
    CLEANUP(mem_cleanup) char *email = address_of(&acts, kept);
    CLEANUP(mem_cleanup) char *day = day_ahead(&acts, 1);
    SAYS(&acts, 0, kept, "keep", email, "--until", day, "--reason", "hands over until then");
    CLEANUP(mem_cleanup)
    char *end = acts_ask(&acts,
                         "select end_word from reconcile.ruling where kind = 'approve'"
                         " and account_id = '%s'",
                         kept);
    assert_string_equal(end, "newer");
    CLEANUP(text_release) struct text number = TEXT_INIT;
    text_addf(&number, "%lld", (long long)acts.plan);
    SAYS(&acts, 0, "kept until", "approve", text_cstr(&number), "--digest", acts.digest);
    run(&acts, 0);
    assert_int_equal(acts_writes(&acts), 1); /* the other one */
    assert_int_equal(acts_writes_on(&acts, kept), 0);
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 0);
    (void)acts_change(&acts, "update reconcile.ruling set until = until - 1 where kind = 'keep'");
    acts_plan(&acts, 0); /* today is its day: up to and including */
    assert_int_equal(acts.count, 0);
    (void)acts_change(&acts, "update reconcile.ruling set until = until - 1 where kind = 'keep'");
    run(&acts, 0);
    assert_int_equal(acts_writes_on(&acts, kept), 0); /* the approval has ended for ever */
    CLEANUP(mem_cleanup)
    char *over = acts_ask(&acts, "select end_word from reconcile.ruling where kind = 'keep'");
    assert_string_equal(over, "expired");
    acts_do_all(&acts);
    assert_int_equal(acts_writes_on(&acts, kept), 1);
}

TEST(keep_list_says_who_until_when_by_whom_and_why_and_end_ends_it)
{
    WORLD(acts, 2, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    const char *id = acts.row[0].id;
    CLEANUP(mem_cleanup) char *email = address_of(&acts, id);
    CLEANUP(mem_cleanup) char *day = day_ahead(&acts, 30);
    RUN(none, &acts.end, "keep", "--list");
    end_assert_code(&none, 0);
    assert_string_equal(text_cstr(&none.out), "");
    SAYS(&acts, 64, "not kept", "keep", "--end", id);
    SAYS(&acts, 0, NULL, "keep", id, "--until", day, "--reason", "on a sabbatical");
    RUN(list, &acts.end, "keep", "--list");
    end_assert_code(&list, 0);
    end_assert_says(&list.out, id);
    end_assert_says(&list.out, email);
    end_assert_says(&list.out, day);
    end_assert_says(&list.out, "on a sabbatical");
    end_assert_silent_of(&list.out, acts.row[1].id);
    CLEANUP(mem_cleanup) char *other = mem_strdup(acts.row[1].id);
    SAYS(&acts, 64, "not kept", "keep", "--end", other);
    CLEANUP(mem_cleanup) char *kept = mem_strdup(id);
    SAYS(&acts, 0, "not kept any more", "keep", "--end", kept);
    assert_int_equal(count_standing(&acts), 0);
    RUN(after, &acts.end, "keep", "--list");
    assert_string_equal(text_cstr(&after.out), "");
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 2);
}

/* Kept while she works here: a departure is another matter, unless it was said. */
TEST(keep_covers_a_later_departure_only_when_it_says_so)
{
    for (int also = 0; also < 2; also++) {
        WORLD(acts, 1, 4, NULL);
        acts_only_suspend(&acts);
        acts_plan(&acts, 0);
        CLEANUP(mem_cleanup) char *id = mem_strdup(acts.row[0].id);
        CLEANUP(mem_cleanup) char *day = day_ahead(&acts, 30);
        CLEANUP(mem_cleanup) char *roster = end_read(acts.end.roster_path);
        acts_rehire(&acts, id); /* she works here */
        acts_plan(&acts, 0);
        assert_int_equal(acts.count, 0);
        SAYS(&acts, 0, NULL, "keep", id, "--until", day, "--reason", "x",
             also ? "--also-departed" : NULL);
        free(end_file(&acts.end, "roster.csv", roster, strlen(roster))); /* and left */
        acts_plan(&acts, 0);
        assert_int_equal(acts.count, also ? 0 : 1);
    }
}

TEST(keep_of_ones_own_account_is_refused)
{
    WORLD(acts, 2, 4, NULL);

    if (geteuid() != 0)
        skip(); /* root alone can be somebody else */
    acts_plan(&acts, 0);
    const char *id = acts.row[0].id;
    CLEANUP(mem_cleanup) char *day = day_ahead(&acts, 30);
    end_change_user(&acts.end, id, "username=daemon");
    acts_plan(&acts, 0);
    end_sits("1");
    RUN(own, &acts.end, "keep", acts.row[0].id, "--until", day, "--reason", "x");
    RUN(again, &acts.end, "again", acts.row[0].id, "--reason", "x");
    RUN(other, &acts.end, "keep", acts.row[1].id, "--until", day, "--reason", "x");
    end_sits(NULL);
    end_assert_code(&own, 20);
    end_assert_says(&own.err, "own account");
    end_assert_code(&again, 20);
    end_assert_code(&other, 0);
    assert_int_equal(count_standing(&acts), 1);
}

/* --- again --- */

/* We suspended by a rule about the account alone, and somebody let it in again: kept by R8, until a
 * login or a person's word. */
TEST(again_lets_the_rules_apply_to_whom_somebody_let_in)
{
    WORLD(acts, 0, 6, NULL);

    end_set(&acts.end, END_RULES,
            "{ name = \"trials\"; when = { account = \"active\"; username = [ \"staaa\" ]; };"
            " do = \"suspend\"; }");
    acts_do_all(&acts);
    assert_int_equal(acts_writes(&acts), 1);
    CLEANUP(mem_cleanup)
    char *id = acts_ask(&acts, "select account_id from reconcile.act limit 1");
    SAYS(&acts, 0, NULL, "run"); /* sees it inactive */
    end_change_user(&acts.end, id, "active=1");
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 0);
    CLEANUP(mem_cleanup)
    char *row = acts_ask(&acts,
                         "select decision_row from reconcile.plan_row where plan_id = %lld"
                         " and account_id = '%s'",
                         (long long)acts.plan, id);
    assert_string_equal(row, "R8");
    SAYS(&acts, 64, "again whom", "again");
    SAYS(&acts, 64, "--reason", "again", id);
    SAYS(&acts, 0, "90 days", "again", id, "--reason", "the trial is over");
    CLEANUP(mem_cleanup)
    char *until = acts_ask(&acts, "select until - (at at time zone 'UTC')::date from"
                                  " reconcile.ruling where kind = 'again'");
    assert_string_equal(until, "90");
    CLEANUP(mem_cleanup)
    char *about = acts_ask(&acts, "select action from reconcile.ruling where kind = 'again'");
    assert_string_equal(about, "suspend");
    acts_plan(&acts, 0);
    assert_int_equal(acts.count, 1);
    acts_approve(&acts);
    SAYS(&acts, 0, NULL, "apply");
    assert_int_equal(acts_writes_on(&acts, id), 2);
    assert_int_equal(count_standing(&acts), 0); /* used up by the act */
}

/* --- withdraw --- */

TEST(withdraw_takes_back_a_plan_or_a_person_and_nothing_else)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    CLEANUP(mem_cleanup) char *one = mem_strdup(acts.row[1].id);
    CLEANUP(mem_cleanup) char *email = address_of(&acts, one);
    SAYS(&acts, 64, "withdraw whom", "withdraw");
    SAYS(&acts, 0, "1 decisions taken back", "withdraw", email, "--reason", "not her");
    SAYS(&acts, 64, "nothing stands of", "withdraw", email);
    assert_int_equal(count_standing(&acts), 2);
    CLEANUP(mem_cleanup)
    char *word = acts_ask(&acts,
                          "select concat(end_word, ': ', end_reason) from reconcile.ruling"
                          " where account_id = '%s'",
                          one);
    assert_string_equal(word, "withdrawn: not her");
    acts_plan(&acts, 0);
    acts_approve_only(&acts, one); /* of another plan, and so not taken back with the first */
    SAYS(&acts, 0, "2 decisions taken back", "withdraw", "1");
    run(&acts, 0);
    assert_int_equal(acts_writes(&acts), 1);
    assert_int_equal(acts_writes_on(&acts, one), 1);
}

/* Whoever calls their account what another one's id is does not take that id away from it: people
 * paste ids from plans and mails, and every hint says to. */
TEST(an_id_is_its_own_account_whatever_another_one_calls_itself)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    CLEANUP(mem_cleanup) char *meant = mem_strdup(acts.row[0].id);
    CLEANUP(mem_cleanup) char *other = mem_strdup(acts.row[1].id);
    CLEANUP(mem_cleanup) char *day = day_ahead(&acts, 30);
    CLEANUP(text_release) struct text form = TEXT_INIT;
    text_addf(&form, "username=%s&firstname=%s&lastname=", meant, meant);
    end_change_user(&acts.end, other, text_cstr(&form));
    acts_plan(&acts, 0);
    SAYS(&acts, 0, "1 decisions taken back", "withdraw", meant, "--reason", "not him");
    SAYS(&acts, 0, meant, "keep", meant, "--until", day, "--reason", "needs it");
    SAYS(&acts, 0, meant, "again", meant, "--reason", "x");
    SAYS(&acts, 0, "not kept any more", "keep", "--end", meant, "--reason", "y");
    /* An id that no account has is nobody, whatever somebody is called; a name is one. */
    static const char nobody[] = "0D0D0D0D-0000-4000-80000000000000D0";
    text_clear(&form);
    text_addf(&form, "username=%s", nobody);
    end_change_user(&acts.end, other, text_cstr(&form));
    end_change_user(&acts.end, acts.row[0].id, "username=whatever");
    acts_plan(&acts, 0);
    SAYS(&acts, 64, "is no account", "again", nobody, "--reason", "x");
    SAYS(&acts, 0, meant, "keep", "whatever", "--until", day, "--reason", "z");
}

/* --- what the record says --- */

/* What people write is shown to other people's terminals. */
TEST(keep_shows_no_control_character_of_what_somebody_wrote)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *day = day_ahead(&acts, 30);
    end_change_user(&acts.end, acts.row[0].id, "email=%1b%5b31mx@acme.example");
    acts_plan(&acts, 0);
    RUN(kept, &acts.end, "keep", acts.row[0].id, "--until", day, "--reason", "a \033[2J screen");
    end_assert_code(&kept, 0);
    RUN(list, &acts.end, "keep", "--list");
    RUN(again, &acts.end, "again", acts.row[0].id, "--reason", "x");
    end_assert_says(&list.out, "screen");
    assert_null(strchr(text_cstr(&kept.out), '\033'));
    assert_null(strchr(text_cstr(&list.out), '\033'));
    assert_null(strchr(text_cstr(&again.out), '\033'));
    RUN(approved, &acts.end, "approve", "2", "--digest", acts.digest);
    assert_null(strchr(text_cstr(&approved.out), '\033'));
    assert_null(strchr(text_cstr(&approved.err), '\033'));
}

/* To take back what spares is to decide; to take back an approval is not. */
TEST(withdraw_of_a_keep_is_for_those_who_may_decide)
{
    WORLD(acts, 2, 4, NULL);

    acts_plan(&acts, 0);
    CLEANUP(mem_cleanup) char *day = day_ahead(&acts, 30);
    RUN(kept, &acts.end, "keep", acts.row[0].id, "--until", day, "--reason", "x");
    acts_approve_only(&acts, acts.row[1].id);
    end_assert_code(&kept, 0);
    assert_int_equal(count_standing(&acts), 2);
    acts_approval(&acts, "suspend = 1; approvers = ( { user = \"daemon\"; } );");
    RUN(ended, &acts.end, "keep", "--end", acts.row[0].id, "--reason", "y");
    RUN(withdrawn, &acts.end, "withdraw", acts.row[0].id, "--reason", "y");
    end_assert_code(&ended, 20);
    end_assert_says(&ended.err, "not among the configured approvers");
    end_assert_code(&withdrawn, 20);
    assert_int_equal(count_standing(&acts), 2);
    RUN(approval, &acts.end, "withdraw", acts.row[1].id, "--reason", "y");
    end_assert_code(&approval, 0);
    assert_int_equal(count_standing(&acts), 1);
}

TEST(audit_decisions_has_each_with_its_end_and_verifies)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    CLEANUP(mem_cleanup) char *day = day_ahead(&acts, 30);
    CLEANUP(mem_cleanup) char *kept = mem_strdup(acts.row[0].id);
    CLEANUP(mem_cleanup) char *back = mem_strdup(acts.row[1].id);
    CLEANUP(mem_cleanup) char *done = mem_strdup(acts.row[2].id);
    SAYS(&acts, 0, NULL, "keep", kept, "--until", day, "--reason", "a sabbatical");
    SAYS(&acts, 0, NULL, "withdraw", back, "--reason", "too early");
    run(&acts, 0);
    RUN(all, &acts.end, "audit", "decisions", "--format", "csv");
    end_assert_code(&all, 0);
    end_assert_says(&all.out, "a sabbatical");
    end_assert_says(&all.out, "too early");
    end_assert_says(&all.out, done);
    RUN(about, &acts.end, "audit", "decisions", "--account", back, "--format", "csv");
    end_assert_code(&about, 0);
    end_assert_says(&about.out, "withdrawn");
    end_assert_silent_of(&about.out, kept);
    end_assert_silent_of(&about.out, done);
    RUN(nobody, &acts.end, "audit", "decisions", "--by", "somebody-else", "--format", "csv");
    end_assert_code(&nobody, 0);
    end_assert_silent_of(&nobody.out, done);
    SAYS(&acts, 0, " 0 findings", "audit", "verify");
}

/* The row of an array of rows that is about this account. */
static struct json_object *row_about(struct json_object *rows, const char *id)
{
    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        if (strcmp(end_text_at(row, "account_id"), id) == 0)
            return row;
    }
    fail_msg("no decision about %s", id);
    return NULL;
}

TEST(audit_decisions_says_the_same_in_text_and_json_and_narrows_down)
{
    WORLD(acts, 3, 4, NULL);

    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    CLEANUP(mem_cleanup) char *day = day_ahead(&acts, 30);
    CLEANUP(mem_cleanup) char *after = day_ahead(&acts, 2);
    CLEANUP(mem_cleanup) char *kept = mem_strdup(acts.row[0].id);
    CLEANUP(mem_cleanup) char *changed = mem_strdup(acts.row[1].id);
    CLEANUP(mem_cleanup) char *done = mem_strdup(acts.row[2].id);
    SAYS(&acts, 0, NULL, "withdraw", kept, "--reason", "too early");
    SAYS(&acts, 0, NULL, "keep", kept, "--until", day, "--reason", "a sabbatical");
    end_change_user(&acts.end, changed, "email=other@acme.example");
    run(&acts, 0);
    CLEANUP(mem_cleanup) char *who = acts_ask(&acts, "select distinct who from reconcile.ruling");
    RUN(json, &acts.end, "audit", "decisions", "--format", "json");
    end_assert_code(&json, 0);
    JSON(record, end_json(&json));
    struct json_object *rows = end_at(record, "decisions");
    assert_int_equal(json_object_array_length(rows), 4);
    assert_string_equal(end_text_at(row_about(rows, done), "end"), "done");
    assert_string_equal(end_text_at(row_about(rows, changed), "end"), "changed");
    assert_non_null(strstr(end_text_at(row_about(rows, changed), "end_reason"), "other@acme"));
    assert_string_equal(end_text_at(row_about(rows, kept), "end"), "withdrawn");
    assert_string_equal(end_text_at(row_about(rows, kept), "end_reason"), "too early");
    assert_string_equal(end_text_at(row_about(rows, kept), "ended_by"), who);
    RUN(text, &acts.end, "audit", "decisions", "--account", kept, "--by", who);
    end_assert_code(&text, 0);
    end_assert_says(&text.out, "withdrawn");
    end_assert_says(&text.out, "stands");
    end_assert_says(&text.out, "a sabbatical\n"); /* whole: the reason stands last */
    end_assert_silent_of(&text.out, "done");
    end_assert_silent_of(&text.out, "changed");
    RUN(later, &acts.end, "audit", "decisions", "--since", after, "--format", "csv");
    end_assert_code(&later, 0);
    end_assert_silent_of(&later.out, "approve");
    SAYS(&acts, 64, "is no date", "audit", "decisions", "--since", "yesterday");
}
