/*
 * The inbox: files of decisions that people put into a directory, taken by the next run. Who
 * decides is who owns the file, and what anybody else could have put there, or written, decides
 * nothing. No file stops a run.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "host/file.h"
#include "test.h"

enum { DAEMON = 1, BIN = 2, NOBODY = 65534 };

#define LISTED                                                                                     \
    "approvers = ( { user = \"daemon\"; }, { user = \"bin\"; }, { user = \"nobody\"; } );"

struct inbox {
    struct acts acts;
    char *path;
};

static void configure(struct inbox *inbox, const char *approval)
{
    end_set(&inbox->acts.end, END_REST,
            "approval: { suspend = 1; deprovision = 1; %s }; review: { inbox = \"inbox\"; };"
            "apply: { settle_seconds = 1; canary_minutes = 0; };",
            approval);
}

static void begin(struct inbox *inbox, size_t leavers)
{
    acts_begin(&inbox->acts, leavers, 4, NULL);
    acts_only_suspend(&inbox->acts);
    acts_plan(&inbox->acts, 0);
    inbox->path = probe_path(&inbox->acts.end.probe, "inbox");
    assert_int_equal(mkdir(inbox->path, 0700), 0);
    assert_int_equal(chmod(inbox->path, 01770), 0);
    configure(inbox, LISTED);
}

static void finish(struct inbox *inbox)
{
    free(inbox->path);
    acts_finish(&inbox->acts);
}

#define INBOX(name, leavers)                                                                       \
    CLEANUP(finish) struct inbox name;                                                             \
    if (geteuid() != 0)                                                                            \
        skip();                                                                                    \
    begin(&name, leavers)

/* --- files --- */

#define HEADER "account_id;subject;decision;until;reason\r\n"

/* A line about a row of the newest plan. */
static void add(struct inbox *inbox, struct text *sheet, const char *id, const char *decision,
                const char *until, const char *reason)
{
    CLEANUP(mem_cleanup)
    char *subject = acts_ask(&inbox->acts,
                             "select encode(subject, 'hex') from reconcile.plan_row where plan_id ="
                             " (select max(plan_id) from reconcile.plan) and account_id = '%s'",
                             id);

    text_addf(sheet, "%s;%s;%s;%s;%s\r\n", id, subject, decision, until, reason);
}

/* As written so long ago, in the time that the program lives in. */
static void age(const char *path, int seconds)
{
    const char *days = getenv("CLOCK_DAYS");
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += (days ? strtol(days, NULL, 10) * 86400 : 0) - seconds;
    const struct timespec times[2] = {now, now};
    assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

/* Put there by a user; its path is the caller's to free. */
static char *put(struct inbox *inbox, const char *name, unsigned uid, const char *content)
{
    char *path = file_join(inbox->path, name);

    assert_int_equal(file_write(path, 0644, content, strlen(content), NULL), 0);
    assert_int_equal(chown(path, uid, uid), 0);
    age(path, 3600);
    return path;
}
#define PUT(inbox, name, uid, content) free(put(inbox, name, uid, content))

/* An approval of this row, and nothing else. */
static char *approval_of(struct inbox *inbox, size_t row)
{
    struct text sheet = TEXT_INIT;

    text_add(&sheet, HEADER);
    add(inbox, &sheet, inbox->acts.row[row].id, "approve", "", "");
    return text_take(&sheet);
}

static int64_t newest_run(struct inbox *inbox)
{
    return end_count(&inbox->acts.end, "select max(run_id) from reconcile.run");
}

/* A name that the newest run gave. */
static char *made(struct inbox *inbox, const char *name, const char *mark)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_addf(&text, "%s.%s-%lld%s", name, mark, (long long)newest_run(inbox),
              text_equal(mark, "answer") ? ".txt" : "");
    return file_join(inbox->path, text_cstr(&text));
}

static bool is_there(struct inbox *inbox, const char *name)
{
    CLEANUP(mem_cleanup) char *path = file_join(inbox->path, name);
    struct stat status;

    return lstat(path, &status) == 0;
}

/* What the newest run did with it, and what its answer says. */
static void assert_became(struct inbox *inbox, const char *name, const char *mark, const char *says)
{
    CLEANUP(mem_cleanup) char *aside = made(inbox, name, mark);
    CLEANUP(mem_cleanup) char *beside = made(inbox, name, "answer");
    struct stat status;

    if (is_there(inbox, name) || lstat(aside, &status) < 0)
        fail_msg("'%s' was not %s", name, mark);
    CLEANUP(mem_cleanup) char *answer = end_read(beside);
    if (!strstr(answer, says))
        fail_msg("'%s' is not said of '%s': %s", says, name, answer);
}

static int64_t rulings(struct inbox *inbox)
{
    return end_count(&inbox->acts.end, "select count(*) from reconcile.ruling");
}

static void run_ends(struct inbox *inbox, int code)
{
    RUN(result, &inbox->acts.end, "run");
    end_assert_code(&result, code);
}

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
                        "';approve' from reconcile.plan join reconcile.plan_row using (plan_id)"
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
    assert_became(&inbox, "a.csv", "taken", "1 already so: nothing is recorded twice");
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
        {"world.csv", DAEMON, 0666, "others than its owner may write it (mode 0666)"},
        {"group.csv", DAEMON, 0664, "others than its owner may write it (mode 0664)"},
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
    PUT(&inbox, "broken.json", DAEMON, "{\"format\":");
    PUT(&inbox, "good.csv", DAEMON, sheet); /* none of them stops the others */
    run_ends(&inbox, 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_became(&inbox, cases[i].name, "refused", cases[i].says);
    assert_became(&inbox, "hard.csv", "refused", "a second name");
    assert_became(&inbox, "soft.csv", "refused", "it is a link");
    assert_became(&inbox, "pipe.csv", "refused", "it is no regular file");
    assert_became(&inbox, "broken.json", "refused", "broken.json");
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
    assert_became(&inbox, "b.csv", "refused", "it was withdrawn after this file was written");
    assert_int_equal(rulings(&inbox), 1);
    CLEANUP(mem_cleanup) char *anew = put(&inbox, "c.csv", DAEMON, sheet);
    age(anew, -3600); /* written after it */
    run_ends(&inbox, 20);
    assert_became(&inbox, "c.csv", "taken", "approved 1");
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

TEST(inbox_file_that_is_being_written_waits_for_the_next_run)
{
    INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *sheet = approval_of(&inbox, 0);
    CLEANUP(mem_cleanup) char *path = put(&inbox, "a.csv", DAEMON, sheet);

    age(path, 0);
    run_ends(&inbox, 0);
    assert_true(is_there(&inbox, "a.csv"));
    assert_int_equal(rulings(&inbox), 0);
    age(path, 60);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "approved 1");
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
        end_assert_code(&result, 0);
        assert_int_equal(rulings(&inbox), cases[i].taken);
        assert_int_equal(is_there(&inbox, "a.csv"), !cases[i].taken);
        if (!cases[i].taken)
            end_assert_says(&result.err, "no decision is taken from ");
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
    assert_true(access(taken, F_OK) < 0);
    assert_false(is_there(&inbox, "waiting.csv"));
    assert_false(is_there(&inbox, "soft.csv"));
    assert_int_equal(access(outside, F_OK), 0);
    assert_int_equal(access(other, F_OK), 0);
    assert_true(is_there(&inbox, "other.csv"));
    (void)answer;
}
