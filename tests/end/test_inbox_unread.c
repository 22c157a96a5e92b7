/*
 * What lies in the inbox and was not read may spare somebody. So while the inbox cannot be read, or
 * a file in it of somebody whose word counts, nothing is done; and as soon as it can be, or the
 * file is taken away, the next run acts. Whoever's word does not count holds nothing up.
 */
#include <signal.h>
#include <sys/wait.h>

#include "inbox_case.h"

static void run_says(struct inbox *inbox, int code, const char *says)
{
    RUN(result, &inbox->acts.end, "run");
    end_assert_code(&result, code);
    end_assert_says(&result.err, says);
}

static char *rejection_of(struct inbox *inbox, size_t row)
{
    struct text sheet = TEXT_INIT;

    text_add(&sheet, HEADER);
    add(inbox, &sheet, inbox->acts.row[row].id, "reject", "", "works abroad");
    return text_take(&sheet);
}

/* It lies where it was put, with what is wrong beside it. */
static void assert_unread(struct inbox *inbox, const char *name, const char *says)
{
    CLEANUP(text_release) struct text beside = TEXT_INIT;

    text_addf(&beside, "%s.unread.txt", name);
    if (!is_there(inbox, name) || !is_there(inbox, text_cstr(&beside)))
        fail_msg("'%s' was not left, or nothing is beside it", name);
    CLEANUP(mem_cleanup) char *path = file_join(inbox->path, text_cstr(&beside));
    CLEANUP(mem_cleanup) char *answer = end_read(path);
    if (!strstr(answer, says))
        fail_msg("'%s' is not said of '%s': %s", says, name, answer);
}

/* --- the directory --- */

TEST(inbox_that_cannot_be_read_holds_every_act_until_it_can_be)
{
    static const struct {
        unsigned uid;
        mode_t mode;
        const char *says;
    } cases[] = {
        {0, 01777, "may be written by anybody"},
        {0, 0770, "could be replaced by its group"},
        {DAEMON, 01770, "could be replaced by user 1 (daemon)"},
    };
    APPROVED(inbox, 2);
    CLEANUP(mem_cleanup) char *spares = rejection_of(&inbox, 0);
    CLEANUP(mem_cleanup) char *elsewhere = file_join(inbox.acts.end.probe.directory, "elsewhere");

    PUT(&inbox, "a.csv", DAEMON, spares);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(chown(inbox.path, cases[i].uid, DAEMON) == 0 &&
                    chmod(inbox.path, cases[i].mode) == 0);
        run_says(&inbox, 20, cases[i].says);
        assert_int_equal(acts_writes(&inbox.acts), 0);
    }
    assert_int_equal(rename(inbox.path, elsewhere), 0);
    run_says(&inbox, 20, "'install -d -m 1770 -o root -g ");
    RUN(shown, &inbox.acts.end, "show");
    end_assert_says(&shown.out, "G12");
    end_assert_says(&shown.out, "nobody knows whom the decisions in ");
    RUN(applied, &inbox.acts.end, "apply");
    end_assert_code(&applied, 20);
    assert_int_equal(acts_writes(&inbox.acts), 0);
    assert_int_equal(rename(elsewhere, inbox.path), 0);
    assert_true(chown(inbox.path, 0, DAEMON) == 0 && chmod(inbox.path, 01770) == 0);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "rejected 1");
    assert_int_equal(acts_writes(&inbox.acts), 1);
    assert_int_equal(acts_writes_on(&inbox.acts, inbox.acts.row[1].id), 1);
}

TEST(inbox_is_taken_by_apply_as_by_run)
{
    APPROVED(inbox, 2);
    CLEANUP(mem_cleanup) char *spares = rejection_of(&inbox, 0);

    PUT(&inbox, "a.csv", DAEMON, spares);
    RUN(applied, &inbox.acts.end, "apply");
    end_assert_code(&applied, 0);
    assert_became(&inbox, "a.csv", "taken", "rejected 1");
    assert_int_equal(acts_writes(&inbox.acts), 1);
    assert_int_equal(acts_writes_on(&inbox.acts, inbox.acts.row[1].id), 1);
}

/* --- a file --- */

TEST(inbox_file_of_an_approver_that_cannot_be_read_holds_every_act_until_it_is_put_right)
{
    APPROVED(inbox, 3);
    CLEANUP(mem_cleanup) char *spares = rejection_of(&inbox, 0);
    CLEANUP(mem_cleanup) char *soft = file_join(inbox.path, "soft.csv");
    CLEANUP(mem_cleanup) char *open = put(&inbox, "open.csv", DAEMON, spares);
    CLEANUP(mem_cleanup) char *broken = put(&inbox, "broken.json", DAEMON, "{\"format\":");
    CLEANUP(mem_cleanup) char *large = put(&inbox, "large.csv", BIN, spares);

    assert_int_equal(chmod(open, 0666), 0);
    assert_int_equal(symlink(open, soft), 0);
    assert_int_equal(lchown(soft, BIN, BIN), 0);
    assert_int_equal(truncate(large, 100 << 20), 0);
    age(large, 3600);
    for (int night = 0; night < 2; night++) {
        run_says(&inbox, 20, "sudo rm ");
        assert_int_equal(acts_writes(&inbox.acts), 0);
        assert_unread(&inbox, "open.csv", "others than its owner may write it");
        assert_unread(&inbox, "soft.csv", "it is a link");
        assert_unread(&inbox, "broken.json", "broken.json");
        assert_unread(&inbox, "large.csv", "bytes");
    }
    assert_true(chmod(open, 0644) == 0 && unlink(soft) == 0 && unlink(broken) == 0);
    run_says(&inbox, 20, "'large.csv' of 'bin'"); /* one is enough */
    assert_became(&inbox, "open.csv", "taken", "rejected 1");
    assert_false(is_there(&inbox, "open.csv.unread.txt"));
    assert_int_equal(acts_writes(&inbox.acts), 0);
    assert_int_equal(unlink(large), 0);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 2);
    assert_int_equal(acts_writes_on(&inbox.acts, inbox.acts.row[0].id), 0);
}

TEST(inbox_file_of_somebody_whose_word_does_not_count_holds_nothing)
{
    APPROVED(inbox, 2);
    CLEANUP(mem_cleanup) char *spares = rejection_of(&inbox, 0);
    CLEANUP(mem_cleanup) char *pipe = file_join(inbox.path, "pipe.csv");
    CLEANUP(mem_cleanup) char *hard = file_join(inbox.path, "hard.csv");
    CLEANUP(mem_cleanup) char *young = NULL;
    CLEANUP(mem_cleanup)
    char *outside = end_file(&inbox.acts.end, "of-daemon.csv", "{\"format\":", 10);

    PUT(&inbox, "broken.json", 3, "{\"format\":");
    PUT(&inbox, "nameless.csv", 54321, spares);
    PUT(&inbox, "nobody.csv", NOBODY, spares);
    young = put(&inbox, "young.csv", 3, spares);
    age(young, 0);
    assert_true(mkfifo(pipe, 0644) == 0 && chown(pipe, 3, 3) == 0);
    assert_true(chown(outside, DAEMON, DAEMON) == 0 && link(outside, hard) == 0);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 2);
    assert_became(&inbox, "broken.json", "refused", "user 'sys' is not among");
    assert_became(&inbox, "nameless.csv", "refused", "has no name on this machine");
    assert_became(&inbox, "nobody.csv", "refused", "it belongs to nobody");
    assert_became(&inbox, "pipe.csv", "refused", "user 'sys' is not among");
    assert_became(&inbox, "young.csv", "refused", "user 'sys' is not among");
    assert_became(&inbox, "hard.csv", "refused", "a second name");
}

/* Names that are no text, and so many of them that they are no work of people. */
/* Its owner may be the approver whom nobody knows the name of just now. */
TEST(inbox_file_of_no_known_owner_holds_while_an_approver_has_no_name_either)
{
    APPROVED(inbox, 2);
    CLEANUP(mem_cleanup) char *spares = rejection_of(&inbox, 0);

    configure(&inbox, "approvers = ( { user = \"root\"; }, { user = \"daemon\"; }, "
                      "{ user = \"in-the-directory\"; } );");
    PUT(&inbox, "nameless.csv", 54321, spares);
    run_ends(&inbox, 20);
    assert_true(is_there(&inbox, "nameless.csv"));
    assert_int_equal(acts_writes(&inbox.acts), 0);
    configure(&inbox, "approvers = ( { user = \"root\"; }, { user = \"daemon\"; } );");
    run_ends(&inbox, 0);
    assert_became(&inbox, "nameless.csv", "refused", "has no name on this machine");
    assert_true(acts_writes(&inbox.acts) > 0);
}

/* A blank id in a page's file names nobody: that run does nothing, and lives. */
TEST(inbox_page_that_keeps_nobody_in_particular_holds_one_run)
{
    APPROVED(inbox, 1);
    CLEANUP(text_release) struct text page = TEXT_INIT;

    text_addf(&page,
              "{\"format\":\"bynder-reconcile decisions\",\"version\":1,\"portal\":\"end\","
              "\"plan\":1,\"digest\":\"%s\",\"decisions\":[{\"account_id\":\" \","
              "\"decision\":\"reject\",\"reason\":\"x\"}]}",
              inbox.acts.digest);
    PUT(&inbox, "a.json", DAEMON, text_cstr(&page));
    run_ends(&inbox, 20);
    assert_int_equal(acts_writes(&inbox.acts), 0);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 1);
}

/* Taken, taken back by somebody, and said again: not taken twice, and not acted past at once. */
TEST(inbox_rejection_that_is_handed_in_again_keeps_its_account_from_this_run)
{
    INBOX(inbox, 1);
    CLEANUP(mem_cleanup) char *spares = rejection_of(&inbox, 0);

    configure(&inbox, WITH_ROOT);
    PUT(&inbox, "a.csv", DAEMON, spares);
    run_ends(&inbox, 0);
    RUN(back, &inbox.acts.end, "withdraw", inbox.acts.row[0].id, "--reason", "x");
    end_assert_code(&back, 0);
    acts_plan(&inbox.acts, 0);
    acts_approve(&inbox.acts);
    PUT(&inbox, "b.csv", DAEMON, spares);
    run_ends(&inbox, 20);
    assert_became(&inbox, "b.csv", "taken", "handed in already on 20");
    assert_int_equal(acts_writes(&inbox.acts), 0);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 1);
}

TEST(inbox_of_a_thousand_hostile_names_takes_the_one_that_counts)
{
    APPROVED(inbox, 2);
    CLEANUP(mem_cleanup) char *spares = rejection_of(&inbox, 0);

    for (int i = 0; i < 1000; i++) {
        CLEANUP(text_release) struct text name = TEXT_INIT;
        text_addf(&name, "%d\n\033[31m\xff%s.csv", i, i % 2 ? "" : "\r<script>");
        PUT(&inbox, text_cstr(&name), 3, spares);
    }
    PUT(&inbox, "z\nb.csv", DAEMON, spares);
    char longest[256] = "";
    memset(longest, 'x', sizeof(longest) - 1);
    PUT(&inbox, longest, BIN, spares);
    RUN(result, &inbox.acts.end, "run");
    end_assert_code(&result, 0);
    end_assert_says(&result.err, "2 files taken, 1000 refused");
    end_assert_silent_of(&result.err, "\033");
    assert_became(&inbox, "z\nb.csv", "taken", "rejected 1");
    assert_false(is_there(&inbox, longest));
    assert_int_equal(acts_writes(&inbox.acts), 1);
    assert_int_equal(acts_writes_on(&inbox.acts, inbox.acts.row[1].id), 1);
}

/* Hurried in before the night: the run waits for it, and not for ever. */
TEST(inbox_file_that_was_just_written_is_waited_for_and_one_that_is_written_on_holds)
{
    APPROVED(inbox, 2);
    CLEANUP(mem_cleanup) char *spares = rejection_of(&inbox, 0);
    CLEANUP(mem_cleanup) char *path = put(&inbox, "a.csv", DAEMON, spares);

    pid_t writer = fork();
    if (writer == 0) {
        for (int i = 0; i < 300; i++) {
            age(path, 0);
            usleep(100000);
        }
        _exit(0);
    }
    run_says(&inbox, 20, "'a.csv' of 'daemon'");
    assert_int_equal(kill(writer, SIGKILL), 0);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    assert_int_equal(acts_writes(&inbox.acts), 0);
    age(path, 0);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "rejected 1");
    assert_int_equal(acts_writes_on(&inbox.acts, inbox.acts.row[1].id), 1);
    assert_int_equal(acts_writes(&inbox.acts), 1);
}

/* --- of a file that was read, what spares --- */

TEST(inbox_file_whose_approvals_are_too_many_spares_all_the_same)
{
    INBOX(inbox, 4);
    CLEANUP(text_release) struct text sheet = TEXT_INIT;

    acts_limit(&inbox.acts, "count = 2; percent = 100.0; percent_floor = 2;", NULL);
    text_add(&sheet, HEADER);
    for (size_t i = 0; i < 3; i++)
        add(&inbox, &sheet, inbox.acts.row[i].id, "approve", "", "");
    add(&inbox, &sheet, inbox.acts.row[3].id, "reject", "", "works abroad");
    PUT(&inbox, "a.csv", DAEMON, text_cstr(&sheet));
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "rejected 1");
    assert_became(&inbox, "a.csv", "taken", "the approvals in it are refused: ");
    assert_int_equal(rulings(&inbox), 1);
    assert_int_equal(acts_writes(&inbox.acts), 0);
}

TEST(inbox_line_that_would_spare_and_cannot_be_taken_keeps_its_account_from_this_run)
{
    APPROVED(inbox, 3);
    CLEANUP(text_release) struct text sheet = TEXT_INIT;

    text_add(&sheet, HEADER);
    add(&inbox, &sheet, inbox.acts.row[0].id, "keep", "31.02.2027", "until March");
    add(&inbox, &sheet, inbox.acts.row[1].id, "spare", "", "");
    PUT(&inbox, "a.csv", DAEMON, text_cstr(&sheet));
    run_says(&inbox, 21, "2 rows are left alone"); /* held in part */
    assert_int_equal(acts_writes(&inbox.acts), 1);
    assert_int_equal(acts_writes_on(&inbox.acts, inbox.acts.row[2].id), 1);
    assert_became(&inbox, "a.csv", "refused", "31.02.2027");
    run_ends(&inbox, 0); /* its owner was told, and said nothing */
    assert_int_equal(acts_writes(&inbox.acts), 3);
}

TEST(inbox_file_dated_ahead_approves_nothing_and_spares)
{
    INBOX(inbox, 2);
    CLEANUP(text_release) struct text sheet = TEXT_INIT;

    text_add(&sheet, HEADER);
    add(&inbox, &sheet, inbox.acts.row[0].id, "approve", "", "");
    add(&inbox, &sheet, inbox.acts.row[1].id, "reject", "", "works abroad");
    CLEANUP(mem_cleanup) char *path = put(&inbox, "a.csv", DAEMON, text_cstr(&sheet));
    age(path, -86400);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "rejected 1, refused 1");
    assert_became(&inbox, "a.csv", "taken", "the file is dated ahead");
    assert_int_equal(acts_writes(&inbox.acts), 0);
}
