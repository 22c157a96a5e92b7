/*
 * Files of decisions with a signature beside them: who decides is who signed, by a key that the
 * signers' file knows, whoever put the files there; and each way in which a signature is not that
 * approves nothing, by its name.
 */
#include "inbox_case.h"

enum { SHARE = 54321 }; /* the owner of all files of a share: nobody on this machine */

#define NAMESPACE "bynder-reconcile@decisions"
#define SIGNERS                                                                                    \
    "approvers = ( { user = \"anna\"; email = \"anna@acme.example\"; },"                           \
    " { user = \"bert\"; }, { user = \"daemon\"; } ); allowed_signers = \"signers\";"

static char *in_world(struct inbox *inbox, const char *name)
{
    return file_join(inbox->acts.end.probe.directory, name);
}

static void make_key(struct inbox *inbox, const char *name)
{
    CLEANUP(mem_cleanup) char *path = in_world(inbox, name);
    CLEANUP(text_release) struct text said = TEXT_INIT;

    end_tool("/",
             (const char *const[]){"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f",
                                   path, NULL},
             &said);
}

/* A line of the signers' file: whom this key stands for, and how. */
static void allow(struct inbox *inbox, struct text *signers, const char *principal,
                  const char *options, const char *key)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;

    text_addf(&name, "%s.pub", key);
    CLEANUP(mem_cleanup) char *path = in_world(inbox, text_cstr(&name));
    CLEANUP(mem_cleanup) char *public = end_read(path);
    text_addf(signers, "%s %s %s", principal, options, public);
}

static void write_signers(struct inbox *inbox, const struct text *signers)
{
    free(end_file(&inbox->acts.end, "signers", text_cstr(signers), signers->length));
}

/* anna has key "a", by her address; bert has "b"; a stranger has "s". */
static void begin_signed(struct inbox *inbox, size_t leavers)
{
    CLEANUP(text_release) struct text signers = TEXT_INIT;

    begin(inbox, leavers);
    configure(inbox, SIGNERS);
    make_key(inbox, "a");
    make_key(inbox, "b");
    make_key(inbox, "s");
    allow(inbox, &signers, "anna@acme.example", "", "a");
    allow(inbox, &signers, "bert", "", "b");
    write_signers(inbox, &signers);
}

#define SIGNED_INBOX(name, leavers)                                                                \
    CLEANUP(finish) struct inbox name;                                                             \
    if (geteuid() != 0)                                                                            \
        skip();                                                                                    \
    begin_signed(&name, leavers)

/* Signs somewhere else, as a person does, and puts both there. */
static void put_signed(struct inbox *inbox, const char *name, const char *content, const char *key,
                       const char *space)
{
    CLEANUP(mem_cleanup) char *draft = in_world(inbox, "draft");
    CLEANUP(mem_cleanup) char *draft_signature = in_world(inbox, "draft.sig");
    CLEANUP(mem_cleanup) char *key_path = in_world(inbox, key);
    CLEANUP(text_release) struct text said = TEXT_INIT, beside = TEXT_INIT;

    (void)unlink(draft_signature);
    assert_int_equal(file_write(draft, 0644, content, strlen(content), NULL), 0);
    end_tool("/",
             (const char *const[]){"ssh-keygen", "-q", "-Y", "sign", "-f", key_path, "-n", space,
                                   draft, NULL},
             &said);
    CLEANUP(mem_cleanup) char *signature = end_read(draft_signature);
    text_addf(&beside, "%s.sig", name);
    PUT(inbox, name, SHARE, content);
    PUT(inbox, text_cstr(&beside), SHARE, signature);
}

static void run_and_keep(struct inbox *inbox)
{
    end_hold(&inbox->acts.end); /* nothing is done, and what was decided stands */
    run_ends(inbox, 20);
}

#define OF_PLAN "subject;of_plan;account_id;decision;reason\r\n"

/* A line as a spreadsheet saves it of the table of the newest plan. */
static void add_of_plan(struct inbox *inbox, struct text *table, size_t row, const char *decision)
{
    const struct acts *acts = &inbox->acts;
    CLEANUP(mem_cleanup)
    char *subject = acts_ask(&inbox->acts,
                             "select encode(subject, 'hex') from reconcile.plan_row where plan_id "
                             "= %lld and account_id = '%s'",
                             (long long)acts->plan, acts->row[row].id);

    text_addf(table, "%s;%lld:%s;%s;%s;works abroad\r\n", subject, (long long)acts->plan,
              acts->digest, acts->row[row].id, decision);
}

static char *table_approval(struct inbox *inbox, size_t row)
{
    struct text table = TEXT_INIT;

    text_add(&table, OF_PLAN);
    add_of_plan(inbox, &table, row, "approve");
    return text_take(&table);
}

static char *page_approval(struct inbox *inbox, size_t row)
{
    struct text file = TEXT_INIT;
    CLEANUP(mem_cleanup)
    char *subject = acts_ask(&inbox->acts,
                             "select encode(subject, 'hex') from reconcile.plan_row where plan_id "
                             "= 1 and account_id = '%s'",
                             inbox->acts.row[row].id);

    text_addf(&file,
              "{\"format\":\"bynder-reconcile decisions\",\"version\":1,\"portal\":\"end\","
              "\"plan\":1,\"digest\":\"%s\",\"decisions\":[{\"account_id\":\"%s\","
              "\"subject\":\"%s\",\"decision\":\"approve\"}]}",
              inbox->acts.digest, inbox->acts.row[row].id, subject);
    return text_take(&file);
}

TEST(inbox_takes_a_signed_file_as_the_word_of_who_signed_it_and_keeps_the_signature)
{
    SIGNED_INBOX(inbox, 2);
    struct acts *acts = &inbox.acts;
    CLEANUP(mem_cleanup) char *sheet = table_approval(&inbox, 0);

    put_signed(&inbox, "a.csv", sheet, "a", NAMESPACE);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "by 'anna': approved 1");
    CLEANUP(mem_cleanup) char *aside = made(&inbox, "a.csv.sig", "taken");
    assert_int_equal(access(aside, F_OK), 0);
    assert_int_equal(acts_writes(acts), 1);
    assert_int_equal(acts_writes_on(acts, acts->row[0].id), 1);
    CLEANUP(mem_cleanup)
    char *kept = acts_ask(acts, "select concat_ws(' ', h.who, h.name, h.key ~ '^SHA256:.{43}$', "
                                "h.signature ~ '^-----BEGIN SSH SIGNATURE', r.decision, r.who) "
                                "from audit.handed_in h join audit.ruling r using (portal_id, "
                                "handed_in_id)");
    assert_string_equal(kept, "anna a.csv t t approve anna");
    RUN(verified, &acts->end, "audit", "verify");
    end_assert_code(&verified, 0);
    RUN(told, &acts->end, "audit", "decisions");
    end_assert_code(&told, 0);
    end_assert_says(&told.out, "SHA256:");
}

TEST(inbox_signature_that_does_not_hold_approves_nothing_and_is_named)
{
    static const struct {
        const char *principal, *options, *key, *space, *says;
        bool changed;
    } cases[] = {
        {"anna@acme.example", "valid-before=\"20260101Z\"", "a", NAMESPACE, "expired", false},
        {"anna@acme.example", "", "s", NAMESPACE, "No principal matched", false},
        {"carl", "", "a", NAMESPACE, "signed by 'carl', who is not among", false},
        {"anna@acme.example,bert", "", "a", NAMESPACE, "stands for 'anna' and for 'bert'", false},
        {"anna@acme.example", "", "a", "file", "namespace does not match", false},
        {"anna@acme.example", "namespaces=\"file\"", "a", NAMESPACE, "not permitted", false},
        {"anna@acme.example", "", "a", NAMESPACE, "incorrect signature", true},
    };
    SIGNED_INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *sheet = table_approval(&inbox, 0);

    end_hold(&inbox.acts.end);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(text_release) struct text signers = TEXT_INIT, other = TEXT_INIT;
        allow(&inbox, &signers, cases[i].principal, cases[i].options, "a");
        write_signers(&inbox, &signers);
        put_signed(&inbox, "a.csv", sheet, cases[i].key, cases[i].space);
        text_addf(&other, "%s\r\n", sheet);
        if (cases[i].changed)
            PUT(&inbox, "a.csv", SHARE, text_cstr(&other));
        run_ends(&inbox, 20);
        assert_became(&inbox, "a.csv", "refused", cases[i].says);
        assert_false(is_there(&inbox, "a.csv.sig"));
        assert_int_equal(rulings(&inbox), 0);
    }
    put_signed(&inbox, "a.csv", sheet, "a", NAMESPACE); /* the same key, as it should be */
    CLEANUP(text_release) struct text signers = TEXT_INIT;
    allow(&inbox, &signers, "anna@acme.example", "valid-before=\"20990101Z\"", "a");
    write_signers(&inbox, &signers);
    run_ends(&inbox, 20);
    assert_became(&inbox, "a.csv", "taken", "by 'anna': approved 1");
}

TEST(inbox_where_signatures_are_asked_for_an_owner_spares_and_does_not_approve)
{
    SIGNED_INBOX(inbox, 2);
    CLEANUP(text_release) struct text both = TEXT_INIT;

    text_add(&both, OF_PLAN);
    add_of_plan(&inbox, &both, 0, "approve");
    add_of_plan(&inbox, &both, 1, "reject");
    PUT(&inbox, "a.csv", DAEMON, text_cstr(&both));
    run_and_keep(&inbox);
    assert_became(&inbox, "a.csv", "taken", "rejected 1, refused 1");
    assert_became(&inbox, "a.csv", "taken", "only with a signature");
    put_signed(&inbox, "a.csv", text_cstr(&both), "b", NAMESPACE); /* the very same, signed */
    run_ends(&inbox, 20);
    assert_became(&inbox, "a.csv", "taken", "by 'bert': approved 1, kept 0, rejected 1");
    PUT(&inbox, "lone.csv.sig", SHARE, "-----BEGIN SSH SIGNATURE-----\n");
    run_ends(&inbox, 20);
    assert_became(&inbox, "lone.csv.sig", "refused", "what it signs does not lie beside it");
}

/* Who may only put files there spoils nobody's with a signature of theirs, or with a directory in
 * the place of a name that the program gives. */
TEST(inbox_file_beside_which_a_stranger_puts_something_is_its_owners_all_the_same)
{
    SIGNED_INBOX(inbox, 3);
    CLEANUP(text_release) struct text sheet = TEXT_INIT, squat = TEXT_INIT;
    CLEANUP(mem_cleanup) char *pipe = file_join(inbox.path, "a.csv.sig");

    text_add(&sheet, HEADER);
    add(&inbox, &sheet, inbox.acts.row[0].id, "reject", "", "works abroad");
    PUT(&inbox, "a.csv", DAEMON, text_cstr(&sheet));
    assert_true(mkfifo(pipe, 0644) == 0 && chown(pipe, 3, 3) == 0);
    PUT(&inbox, "s.csv", 3, "{");
    int64_t next = newest_run(&inbox);
    for (int64_t run = next; run < next + 9; run++) {
        text_clear(&squat);
        text_addf(&squat, "s.csv.refused-%lld", (long long)run);
        CLEANUP(mem_cleanup) char *path = file_join(inbox.path, text_cstr(&squat));
        assert_true(mkdir(path, 0700) == 0 && chown(path, 3, 3) == 0);
    }
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "rejected 1");
    /* Others may have written this one, and a signature that does not hold does not mend that. */
    CLEANUP(mem_cleanup) char *open = put(&inbox, "b.csv", DAEMON, text_cstr(&sheet));
    assert_int_equal(chmod(open, 0666), 0);
    PUT(&inbox, "b.csv.sig", 3, "-----BEGIN SSH SIGNATURE-----\n");
    run_ends(&inbox, 20);
    assert_true(is_there(&inbox, "b.csv.unread.txt"));
    assert_int_equal(rulings(&inbox), 1);
}

TEST(inbox_signed_file_is_taken_once_whoever_carries_it)
{
    SIGNED_INBOX(inbox, 2);
    struct acts *acts = &inbox.acts;
    CLEANUP(mem_cleanup) char *sheet = table_approval(&inbox, 0);

    put_signed(&inbox, "a.csv", sheet, "b", NAMESPACE);
    run_and_keep(&inbox);
    assert_became(&inbox, "a.csv", "taken", "by 'bert': approved 1");
    end_sits(NULL);
    assert_int_equal(
        acts_change(acts, "update reconcile.ruling set ended_at = now(), end_word = 'withdrawn', "
                          "end_reason = 'x', ended_by = 'bert'"),
        1);
    put_signed(&inbox, "b.csv", sheet, "b", NAMESPACE); /* carried there again, dated anew */
    run_ends(&inbox, 20);
    assert_became(&inbox, "b.csv", "taken", "handed in already on 20");
    assert_int_equal(rulings(&inbox), 1);
    put_signed(&inbox, "c.csv", sheet, "a", NAMESPACE); /* somebody else's word */
    run_ends(&inbox, 20);
    assert_became(&inbox, "c.csv", "taken", "by 'anna': approved 1");
}

TEST(inbox_signed_page_of_an_old_plan_approves_nothing_however_it_is_dated)
{
    SIGNED_INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *file = page_approval(&inbox, 0);

    acts_move_to(&inbox.acts, 9);
    put_signed(&inbox, "a.json", file, "b", NAMESPACE);
    run_ends(&inbox, 20); /* the roster is old as well (G1) */
    assert_became(&inbox, "a.json", "refused", "the plan it is about, is older than an approval");
    assert_int_equal(acts_writes(&inbox.acts), 0);
}

TEST(inbox_signed_table_is_as_old_as_its_plan)
{
    SIGNED_INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *table = table_approval(&inbox, 0);
    CLEANUP(mem_cleanup) char *bare = approval_of(&inbox, 0);

    put_signed(&inbox, "bare.csv", bare, "b", NAMESPACE);
    run_ends(&inbox, 0);
    assert_became(&inbox, "bare.csv", "refused", "without the column 'of_plan' approves nothing");
    acts_move_to(&inbox.acts, 9);
    put_signed(&inbox, "a.csv", table, "b", NAMESPACE);
    run_ends(&inbox, 20); /* the roster is old as well (G1) */
    assert_became(&inbox, "a.csv", "refused", "the plan it is about, is older than an approval");
    assert_int_equal(acts_writes(&inbox.acts), 0);
}

/* Too much for a day: whoever carries it there again on another one is not its signer. */
TEST(inbox_signed_file_that_was_refused_counts_no_second_time)
{
    SIGNED_INBOX(inbox, 4);
    CLEANUP(text_release) struct text table = TEXT_INIT;

    acts_limit(&inbox.acts, "count = 2; percent = 100.0; percent_floor = 2;", NULL);
    text_add(&table, OF_PLAN);
    for (size_t i = 0; i < 3; i++)
        add_of_plan(&inbox, &table, i, "approve");
    put_signed(&inbox, "a.csv", text_cstr(&table), "b", NAMESPACE);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "refused", "the day allows 2");
    acts_limit(&inbox.acts, NULL, NULL);
    put_signed(&inbox, "b.csv", text_cstr(&table), "b", NAMESPACE);
    run_ends(&inbox, 0);
    assert_became(&inbox, "b.csv", "taken", "handed in already on 20");
    assert_int_equal(rulings(&inbox), 0);
    assert_int_equal(acts_writes(&inbox.acts), 0);
}

/* Of a share all files are one number's, which has no name, as the signers need none here. */
TEST(inbox_where_people_sign_a_file_of_no_known_owner_holds_nothing)
{
    SIGNED_INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *table = table_approval(&inbox, 0);

    PUT(&inbox, "notes.txt", SHARE, "call anna");
    put_signed(&inbox, "a.csv", table, "b", NAMESPACE);
    run_ends(&inbox, 0);
    assert_became(&inbox, "notes.txt", "refused", "has no name on this machine");
    assert_int_equal(acts_writes(&inbox.acts), 1);
}

TEST(inbox_signatures_of_two_people_are_two_and_of_one_and_their_login_one)
{
    SIGNED_INBOX(inbox, 1);
    CLEANUP(text_release) struct text signers = TEXT_INIT;

    end_set(&inbox.acts.end, END_REST,
            "approval: { suspend = 2; deprovision = 2; " SIGNERS " }; review: { inbox = "
            "\"inbox\"; }; apply: { settle_seconds = 1; canary_minutes = 0; };");
    acts_plan(&inbox.acts, 0); /* whose row needs two */
    CLEANUP(mem_cleanup) char *sheet = table_approval(&inbox, 0);
    allow(&inbox, &signers, "anna", "", "a"); /* by her login, and by her address */
    allow(&inbox, &signers, "anna@acme.example", "", "s");
    allow(&inbox, &signers, "bert", "", "b");
    write_signers(&inbox, &signers);
    put_signed(&inbox, "a.csv", sheet, "a", NAMESPACE);
    put_signed(&inbox, "b.csv", sheet, "s", NAMESPACE);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "1 need somebody else as well");
    assert_became(&inbox, "b.csv", "taken", "handed in already");
    assert_int_equal(acts_writes(&inbox.acts), 0);
    put_signed(&inbox, "c.csv", sheet, "b", NAMESPACE);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 1);
}

/* On a line for each of two people, of which ssh-keygen tells the first one. */
TEST(inbox_key_that_two_lines_give_to_two_people_is_nobodys)
{
    SIGNED_INBOX(inbox, 1);
    CLEANUP(text_release) struct text signers = TEXT_INIT;
    CLEANUP(mem_cleanup) char *sheet = table_approval(&inbox, 0);

    allow(&inbox, &signers, "anna@acme.example", "", "a");
    allow(&inbox, &signers, "bert", "", "a");
    write_signers(&inbox, &signers);
    put_signed(&inbox, "a.csv", sheet, "a", NAMESPACE);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "refused", "stands for 'anna' and for 'bert'");
    assert_int_equal(acts_writes(&inbox.acts), 0);
    text_clear(&signers); /* and the same person twice is one */
    allow(&inbox, &signers, "anna@acme.example", "", "a");
    allow(&inbox, &signers, "anna", "", "a");
    write_signers(&inbox, &signers);
    put_signed(&inbox, "a.csv", sheet, "a", NAMESPACE);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "by 'anna': approved 1");
}

TEST(inbox_signer_decides_nothing_about_their_own_account)
{
    SIGNED_INBOX(inbox, 2);
    CLEANUP(text_release) struct text approval = TEXT_INIT, signers = TEXT_INIT;
    CLEANUP(mem_cleanup) char *sheet = table_approval(&inbox, 0);
    CLEANUP(mem_cleanup)
    char *email = acts_ask(&inbox.acts,
                           "select email from reconcile.plan_row where account_id = '%s' limit 1",
                           inbox.acts.row[0].id);

    text_addf(&approval,
              "approvers = ( { user = \"anna\"; email = \"%s\"; } ); allowed_signers = "
              "\"signers\";",
              email);
    configure(&inbox, text_cstr(&approval));
    allow(&inbox, &signers, "anna", "", "a");
    write_signers(&inbox, &signers);
    put_signed(&inbox, "a.csv", sheet, "a", NAMESPACE);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "refused", "own account of 'anna'");
    assert_int_equal(acts_writes(&inbox.acts), 0);
}

TEST(inbox_signers_that_cannot_be_believed_hold_every_act)
{
    SIGNED_INBOX(inbox, 2);
    CLEANUP(mem_cleanup) char *sheet = table_approval(&inbox, 0);
    CLEANUP(mem_cleanup) char *signers = in_world(&inbox, "signers");

    put_signed(&inbox, "a.csv", sheet, "a", NAMESPACE);
    assert_int_equal(chmod(signers, 0666), 0);
    RUN(checked, &inbox.acts.end, "check");
    end_assert_says(&checked.out, "allowed signers");
    run_ends(&inbox, 20);
    assert_int_equal(acts_writes(&inbox.acts), 0);
    assert_true(is_there(&inbox, "a.csv"));
    assert_int_equal(chmod(signers, 0644), 0);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "taken", "by 'anna': approved 1");
    assert_int_equal(acts_writes(&inbox.acts), 1);
}
