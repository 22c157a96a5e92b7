/*
 * The inbox: files of decisions that people put into a directory, taken by the next run. Who
 * decides is who owns the file, and what anybody else could have put there, or written, decides
 * nothing. What cannot be read: test_inbox_unread.
 */
#include "inbox_case.h"

/* --- what is taken --- */

TEST(inbox_is_taken_before_the_plan_and_carried_out_in_the_same_run)
{
    INBOX(inbox, 4);
    struct acts *acts = &inbox.acts;
    CLEANUP(text_release) struct text sheet = TEXT_INIT;
    CLEANUP(mem_cleanup) char *second = approval_of(&inbox, 2);

    text_add(&sheet, HEADER);
    add(&inbox, &sheet, acts->row[0].id, "approve", "", "");
    add(&inbox, &sheet, acts->row[1].id, "reject", "", "ask again");
    add(&inbox, &sheet, acts->row[3].id, "perhaps", "", "");
    PUT(&inbox, "plan 1.csv", DAEMON, text_cstr(&sheet));
    PUT(&inbox, "b.csv", BIN, second);
    PUT(&inbox, ".b.csv.part", BIN, second);
    run_ends(&inbox, 0);
    assert_became(&inbox, "plan 1.csv", "taken",
                  "by 'daemon': approved 1, kept 0, rejected 1, "
                  "refused 1");
    assert_became(&inbox, "plan 1.csv", "taken", "'perhaps' is no decision");
    assert_became(&inbox, "b.csv", "taken", "by 'bin': approved 1");
    assert_true(is_there(&inbox, ".b.csv.part"));
    assert_int_equal(acts_writes(acts), 2);
    assert_int_equal(acts_writes_on(acts, acts->row[0].id), 1);
    assert_int_equal(acts_writes_on(acts, acts->row[2].id), 1);
    assert_int_equal(rulings(&inbox), 3);
    assert_int_equal(end_count(&acts->end, "select count(*) from reconcile.ruling where who in "
                                           "('daemon', 'bin')"),
                     3);
    run_ends(&inbox, 0); /* each is taken once */
    assert_int_equal(rulings(&inbox), 3);
}

TEST(inbox_takes_the_pages_file_of_its_plan_alone)
{
    INBOX(inbox, 2);
    struct acts *acts = &inbox.acts;
    CLEANUP(mem_cleanup)
    char *subject = acts_ask(acts,
                             "select encode(subject, 'hex') from reconcile.plan_row where plan_id "
                             "= 1 and account_id = '%s'",
                             acts->row[0].id);

    for (int plan = 1; plan <= 2; plan++) {
        CLEANUP(text_release) struct text file = TEXT_INIT, name = TEXT_INIT;
        text_addf(&file,
                  "{\"format\":\"bynder-reconcile decisions\",\"version\":1,\"portal\":\"end\","
                  "\"plan\":%d,\"digest\":\"%s\",\"decisions\":[{\"account_id\":\"%s\","
                  "\"subject\":\"%s\",\"decision\":\"approve\"}]}",
                  plan, acts->digest, acts->row[0].id, subject);
        text_addf(&name, "%d.json", plan);
        PUT(&inbox, text_cstr(&name), DAEMON, text_cstr(&file));
    }
    run_ends(&inbox, 0);
    assert_became(&inbox, "1.json", "taken", "plan 1, by 'daemon': approved 1");
    assert_became(&inbox, "2.json", "refused", "there is no plan 2 here");
    assert_int_equal(acts_writes(acts), 1);
}

/* A table of Friday counts on Monday: for the plan that its rows say they are of. */
TEST(inbox_takes_a_table_for_the_plan_that_its_rows_are_of)
{
    INBOX(inbox, 2);
    struct acts *acts = &inbox.acts;
    CLEANUP(text_release) struct text sheet = TEXT_INIT;
    CLEANUP(mem_cleanup)
    char *of = acts_ask(acts,
                        "select '1:' || encode(digest, 'hex') || ';' || encode(subject, 'hex') || "
                        "';approve' from reconcile.plan join reconcile.plan_row using (portal_id,"
                        " plan_id)"
                        " where account_id = '%s'",
                        acts->row[0].id);

    text_addf(&sheet, "account_id;of_plan;subject;decision\r\n%s;%s\r\n", acts->row[0].id, of);
    acts_plan(acts, 0);
    PUT(&inbox, "friday.csv", DAEMON, text_cstr(&sheet));
    run_ends(&inbox, 0);
    assert_became(&inbox, "friday.csv", "taken", "plan 1, by 'daemon': approved 1");
    assert_int_equal(acts_writes(acts), 1);
}

TEST(inbox_file_that_a_run_had_taken_when_it_was_killed_decides_once)
{
    INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *sheet = approval_of(&inbox, 0);

    end_hold(&inbox.acts.end);
    PUT(&inbox, "a.csv", DAEMON, sheet);
    run_ends(&inbox, 20);
    assert_became(&inbox, "a.csv", "taken", "approved 1");
    CLEANUP(mem_cleanup) char *taken = made(&inbox, "a.csv", "taken");
    CLEANUP(mem_cleanup) char *name = file_join(inbox.path, "a.csv");
    assert_int_equal(rename(taken, name), 0); /* the record was made, the name not yet */
    run_ends(&inbox, 20);
    assert_became(&inbox, "a.csv", "taken", "handed in already on 20");
    assert_int_equal(rulings(&inbox), 1);
}

/* --- what is not --- */

TEST(inbox_refuses_what_its_owner_alone_did_not_write_and_put_there)
{
    static const struct {
        const char *name;
        unsigned uid;
        mode_t mode;
        const char *says;
    } cases[] = {
        {"root.csv", 0, 0644, "user 'root' is not among the configured approvers"},
        {"nobody.csv", NOBODY, 0644, "it belongs to nobody"},
        {"stranger.csv", 3, 0644, "user 'sys' is not among the configured approvers"},
        {"nameless.csv", 54321, 0644, "user 54321, has no name on this machine"},
    };
    INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *sheet = approval_of(&inbox, 0);

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(mem_cleanup) char *path = put(&inbox, cases[i].name, cases[i].uid, sheet);
        assert_int_equal(chmod(path, cases[i].mode), 0);
    }
    CLEANUP(mem_cleanup)
    char *outside = end_file(&inbox.acts.end, "of-daemon.csv", sheet, strlen(sheet));
    CLEANUP(mem_cleanup) char *hard = file_join(inbox.path, "hard.csv");
    CLEANUP(mem_cleanup) char *soft = file_join(inbox.path, "soft.csv");
    CLEANUP(mem_cleanup) char *pipe = file_join(inbox.path, "pipe.csv");
    assert_int_equal(chown(outside, DAEMON, DAEMON), 0);
    assert_int_equal(link(outside, hard), 0);
    assert_int_equal(symlink(outside, soft), 0);
    assert_int_equal(mkfifo(pipe, 0644), 0);
    age(outside, 3600);
    PUT(&inbox, "broken.json", 0, "{\"format\":");
    PUT(&inbox, "good.csv", DAEMON, sheet); /* none of them stops the others */
    run_ends(&inbox, 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_became(&inbox, cases[i].name, "refused", cases[i].says);
    assert_became(&inbox, "hard.csv", "refused", "a second name");
    assert_became(&inbox, "soft.csv", "refused", "user 'root' is not among");
    assert_became(&inbox, "pipe.csv", "refused", "user 'root' is not among");
    assert_became(&inbox, "broken.json", "refused", "user 'root' is not among");
    assert_became(&inbox, "good.csv", "taken", "approved 1");
    assert_int_equal(rulings(&inbox), 1);
    CLEANUP(mem_cleanup) char *still = end_read(outside);
    assert_string_equal(still, sheet);
}

TEST(inbox_file_of_the_programs_own_user_decides_only_where_listed)
{
    INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *sheet = approval_of(&inbox, 0);

    configure(&inbox, "approvers = ();");
    PUT(&inbox, "a.csv", 0, sheet);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "refused", "as whom the program runs");
    assert_int_equal(rulings(&inbox), 0);
    configure(&inbox, "approvers = ( { user = \"root\"; } );");
    PUT(&inbox, "a.csv", 0, sheet);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "by 'root': approved 1");
}

TEST(inbox_decides_nothing_about_the_own_account)
{
    INBOX(inbox, 2);
    CLEANUP(text_release) struct text approval = TEXT_INIT, both = TEXT_INIT;
    CLEANUP(mem_cleanup)
    char *email = acts_ask(&inbox.acts,
                           "select email from reconcile.plan_row where account_id = '%s' limit 1",
                           inbox.acts.row[0].id);

    text_addf(&approval, "approvers = ( { user = \"daemon\"; email = \"%s\"; } );", email);
    configure(&inbox, text_cstr(&approval));
    text_add(&both, HEADER);
    add(&inbox, &both, inbox.acts.row[0].id, "approve", "", "");
    add(&inbox, &both, inbox.acts.row[1].id, "approve", "", "");
    PUT(&inbox, "a.csv", DAEMON, text_cstr(&both));
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "own account of 'daemon'");
    assert_int_equal(acts_writes(&inbox.acts), 1);
    assert_int_equal(acts_writes_on(&inbox.acts, inbox.acts.row[1].id), 1);
}

TEST(inbox_files_of_two_people_are_two_voices_and_of_one_one)
{
    INBOX(inbox, 1);
    struct acts *acts = &inbox.acts;
    CLEANUP(text_release) struct text mine = TEXT_INIT;

    end_set(&acts->end, END_REST,
            "approval: { suspend = 2; deprovision = 2; " LISTED
            " }; review: { inbox = \"inbox\"; };"
            "apply: { settle_seconds = 1; canary_minutes = 0; };");
    acts_plan(acts, 0); /* whose row needs two */
    CLEANUP(mem_cleanup) char *sheet = approval_of(&inbox, 0);
    text_addf(&mine, "%s\r\n", sheet);
    PUT(&inbox, "a.csv", DAEMON, sheet);
    PUT(&inbox, "b.csv", DAEMON, text_cstr(&mine));
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "1 need somebody else as well");
    assert_became(&inbox, "b.csv", "taken", "1 already so");
    assert_int_equal(acts_writes(acts), 0);
    PUT(&inbox, "c.csv", BIN, sheet); /* the very file of the other one, handed in by a second */
    run_ends(&inbox, 0);
    assert_became(&inbox, "c.csv", "taken", "by 'bin': approved 1");
    assert_int_equal(acts_writes(acts), 1);
}

/* What is judged again before an act is judged whatever way the approval came. */
TEST(inbox_approval_of_who_is_listed_no_more_or_of_what_changed_does_nothing)
{
    INBOX(inbox, 2);
    struct acts *acts = &inbox.acts;
    CLEANUP(text_release) struct text sheet = TEXT_INIT;

    end_hold(&acts->end);
    text_add(&sheet, HEADER);
    add(&inbox, &sheet, acts->row[0].id, "approve", "", "");
    add(&inbox, &sheet, acts->row[1].id, "approve", "", "");
    PUT(&inbox, "a.csv", DAEMON, text_cstr(&sheet));
    run_ends(&inbox, 20);
    assert_became(&inbox, "a.csv", "taken", "approved 2");
    end_let_go(&acts->end);
    configure(&inbox, "approvers = ( { user = \"bin\"; } );");
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(acts), 0);
    configure(&inbox, LISTED);
    acts_rehire(acts, acts->row[0].id);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(acts), 1);
    assert_int_equal(acts_writes_on(acts, acts->row[1].id), 1);
}

TEST(inbox_file_of_before_a_withdrawal_does_not_decide_anew)
{
    INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *sheet = approval_of(&inbox, 0);

    end_hold(&inbox.acts.end);
    PUT(&inbox, "a.csv", DAEMON, sheet);
    run_ends(&inbox, 20);
    assert_int_equal(rulings(&inbox), 1);
    end_sits("1");
    RUN(back, &inbox.acts.end, "withdraw", inbox.acts.row[0].id);
    end_sits(NULL);
    end_assert_code(&back, 0);
    PUT(&inbox, "b.csv", DAEMON, sheet);
    run_ends(&inbox, 20);
    assert_became(&inbox, "b.csv", "taken", "as the word of 'daemon': it counts once");
    CLEANUP(text_release) struct text other = TEXT_INIT;
    text_addf(&other, "%s\r\n", sheet);
    PUT(&inbox, "b.csv", DAEMON, text_cstr(&other));
    run_ends(&inbox, 20);
    assert_became(&inbox, "b.csv", "refused", "it was withdrawn after this file was written");
    assert_int_equal(rulings(&inbox), 1);
    CLEANUP(mem_cleanup) char *anew = put(&inbox, "c.csv", DAEMON, text_cstr(&other));
    age(anew, -60); /* written after it */
    run_ends(&inbox, 20);
    assert_became(&inbox, "c.csv", "taken", "approved 1");
}

/* The same words decide once: what they approved is not approved anew, nor is its time begun. */
TEST(inbox_file_that_is_handed_in_twice_says_when_it_was_taken_and_renews_nothing)
{
    INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *sheet = approval_of(&inbox, 0);

    PUT(&inbox, "a.csv", DAEMON, sheet);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 1);
    PUT(&inbox, "again.csv", DAEMON, sheet);
    run_ends(&inbox, 0);
    assert_became(&inbox, "again.csv", "taken", "handed in already on 20");
    assert_became(&inbox, "again.csv", "taken", "as the word of 'daemon': it counts once");
    assert_int_equal(rulings(&inbox), 1);
    assert_int_equal(end_count(&inbox.acts.end, "select count(*) from reconcile.handed_in"), 1);
}

/* Somebody who may move files can hand in what another one wrote long ago: it approves nothing. */
TEST(inbox_file_older_than_an_approval_lives_approves_nothing_and_spares_all_the_same)
{
    INBOX(inbox, 2);
    CLEANUP(text_release) struct text sheet = TEXT_INIT;

    text_add(&sheet, HEADER);
    add(&inbox, &sheet, inbox.acts.row[0].id, "approve", "", "");
    CLEANUP(mem_cleanup) char *old = put(&inbox, "a.csv", DAEMON, text_cstr(&sheet));
    age(old, 169 * 3600);
    text_clear(&sheet);
    text_add(&sheet, HEADER);
    add(&inbox, &sheet, inbox.acts.row[1].id, "reject", "", "works abroad");
    CLEANUP(mem_cleanup) char *spares = put(&inbox, "b.csv", DAEMON, text_cstr(&sheet));
    age(spares, 169 * 3600);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "refused", "older than an approval lives (168 hours)");
    assert_became(&inbox, "b.csv", "taken", "rejected 1");
    assert_int_equal(acts_writes(&inbox.acts), 0);
    assert_int_equal(rulings(&inbox), 1);
}

/* --- the directory --- */

TEST(inbox_that_others_could_fill_for_somebody_is_not_believed)
{
    static const struct {
        unsigned uid;
        mode_t mode;
        bool taken;
    } cases[] = {
        {0, 01777, false}, /* anybody puts files there */
        {0, 0770, false},  /* the group moves what is others' */
        {DAEMON, 01770, false},
        {0, 0700, true},
    };
    INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *sheet = approval_of(&inbox, 0);

    PUT(&inbox, "a.csv", DAEMON, sheet);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(chown(inbox.path, cases[i].uid, DAEMON) == 0 &&
                    chmod(inbox.path, cases[i].mode) == 0);
        RUN(result, &inbox.acts.end, "run");
        end_assert_code(&result, cases[i].taken ? 0 : 20);
        assert_int_equal(rulings(&inbox), cases[i].taken);
        assert_int_equal(is_there(&inbox, "a.csv"), !cases[i].taken);
        if (!cases[i].taken)
            end_assert_says(&result.err, "nobody knows whom the decisions in ");
    }
}

/* --- what is left of a person --- */

TEST(erase_removes_what_the_inbox_holds_of_a_person_and_follows_no_link)
{
    INBOX(inbox, 3);
    struct acts *acts = &inbox.acts;
    CLEANUP(mem_cleanup) char *gone = mem_strdup(acts->row[0].id);
    CLEANUP(mem_cleanup) char *of_gone = approval_of(&inbox, 0);
    CLEANUP(mem_cleanup) char *of_other = approval_of(&inbox, 1);
    CLEANUP(mem_cleanup) char *outside = end_file(&acts->end, "mine.txt", gone, strlen(gone));
    CLEANUP(mem_cleanup) char *soft = file_join(inbox.path, "soft.csv");

    PUT(&inbox, "a.csv", DAEMON, of_gone);
    PUT(&inbox, "b.csv", DAEMON, of_other);
    run_ends(&inbox, 0);
    CLEANUP(mem_cleanup) char *taken = made(&inbox, "a.csv", "taken");
    CLEANUP(mem_cleanup) char *answer = made(&inbox, "a.csv", "answer");
    CLEANUP(mem_cleanup) char *other = made(&inbox, "b.csv", "taken");
    PUT(&inbox, "waiting.csv", DAEMON, of_gone);
    PUT(&inbox, "other.csv", DAEMON, of_other);
    assert_int_equal(symlink(outside, soft), 0);
    RUN(erased, &acts->end, "erase", gone, "--reason", "asked for it in a letter");
    end_assert_code(&erased, 0);
    end_assert_says(&erased.err, "'waiting.csv' of 'daemon' was not taken yet and is removed");
    end_assert_silent_of(&erased.err, "other.csv");
    assert_true(access(taken, F_OK) < 0);
    assert_false(is_there(&inbox, "waiting.csv"));
    assert_false(is_there(&inbox, "soft.csv"));
    assert_int_equal(access(outside, F_OK), 0);
    assert_int_equal(access(other, F_OK), 0);
    assert_true(is_there(&inbox, "other.csv"));
    (void)answer;
}
