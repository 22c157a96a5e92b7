/*
 * The inbox as people use it who have other things to do: names of their own, files saved twice or
 * mended where they lie, tables of last week. What spares somebody is heard or keeps the account
 * from being touched, and what is printed at three in the morning does what it says.
 */
#include "inbox_case.h"

static char *subject_of(struct inbox *inbox, size_t row)
{
    return acts_ask(&inbox->acts,
                    "select encode(subject, 'hex') from reconcile.plan_row where plan_id = (select "
                    "max(plan_id) from reconcile.plan) and account_id = '%s'",
                    inbox->acts.row[row].id);
}

static void rejection_of(struct inbox *inbox, size_t row, struct text *ret_sheet)
{
    text_add(ret_sheet, HEADER);
    add(inbox, ret_sheet, inbox->acts.row[row].id, "reject", "", "works abroad");
}

/* --- names --- */

/* As they come out of an archive, or from a share that speaks Latin-1. */
TEST(inbox_takes_a_file_whose_name_is_no_text)
{
    APPROVED(inbox, 2);
    CLEANUP(text_release) struct text sheet = TEXT_INIT;

    rejection_of(&inbox, 0, &sheet);
    PUT(&inbox, "Pl\xe4ne M\xe4rz.csv", DAEMON, text_cstr(&sheet));
    run_ends(&inbox, 0);
    assert_became(&inbox, "Pl\xe4ne M\xe4rz.csv", "taken", "rejected 1");
    assert_int_equal(acts_writes(&inbox.acts), 1);
    assert_int_equal(acts_writes_on(&inbox.acts, inbox.acts.row[1].id), 1);
}

/* What is between the marks of the hint, by a shell, but for sudo. */
static void paste(const struct text *said)
{
    static const char begin[] = "'sudo rm ";
    char *line = strstr(said->data, begin);
    CLEANUP(text_release) struct text out = TEXT_INIT;

    assert_non_null(line);
    CLEANUP(mem_cleanup)
    char *command = mem_strndup(line + strlen("'sudo "), strcspn(line, "\n") - strlen("'sudo "));
    *strrchr(command, '\'') = '\0';
    end_tool("/", (const char *const[]){"bash", "-c", command, NULL}, &out);
}

/* Whatever it is called, the printed command takes away what holds. */
TEST(inbox_command_that_is_printed_takes_the_file_away_whatever_it_is_called)
{
    static const char *const names[] = {"it's M\xe4rz.json", "two\nlines.json", "m\xc3\xa4rz.json",
                                        "-rf.json", "a\xe2\x80\x8bz.json"};
    APPROVED(inbox, 2);

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        free(put(&inbox, names[i], DAEMON, "{\"format\":"));
        RUN(result, &inbox.acts.end, "run");
        end_assert_code(&result, 20);
        assert_true(is_there(&inbox, names[i]));
        paste(&result.err);
        if (is_there(&inbox, names[i]))
            fail_msg("'%s' is still there: %s", names[i], result.err.data);
    }
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 2);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(text_release) struct text beside = TEXT_INIT;
        text_addf(&beside, "%s.unread.txt", names[i]);
        assert_false(is_there(&inbox, text_cstr(&beside))); /* it is true no more */
    }
}

/* --- a file that is refused as a whole --- */

/* Dragged down a column the number of the plan counts on; and a page of another portal. */
TEST(inbox_file_that_is_refused_as_a_whole_keeps_whom_it_would_spare_from_this_run)
{
    APPROVED(inbox, 3);
    struct acts *acts = &inbox.acts;
    CLEANUP(text_release) struct text sheet = TEXT_INIT, page = TEXT_INIT;
    CLEANUP(mem_cleanup) char *first = subject_of(&inbox, 0);
    CLEANUP(mem_cleanup) char *second = subject_of(&inbox, 1);

    text_addf(&sheet,
              "account_id;of_plan;subject;decision;until;reason\r\n%s;77:%s;%s;reject;;abroad\r\n",
              acts->row[0].id, acts->digest, first);
    PUT(&inbox, "a.csv", DAEMON, text_cstr(&sheet));
    text_addf(&page,
              "{\"format\":\"bynder-reconcile decisions\",\"version\":1,\"portal\":\"other\","
              "\"plan\":1,\"digest\":\"%s\",\"decisions\":[{\"account_id\":\"%s\","
              "\"subject\":\"%s\",\"decision\":\"reject\",\"reason\":\"abroad\"}]}",
              acts->digest, acts->row[1].id, second);
    PUT(&inbox, "b.json", DAEMON, text_cstr(&page));
    run_ends(&inbox, 21);
    assert_became(&inbox, "a.csv", "refused", "there is no plan 77 here");
    assert_became(&inbox, "b.json", "refused", "other");
    assert_int_equal(acts_writes(acts), 1);
    assert_int_equal(acts_writes_on(acts, acts->row[2].id), 1);
    run_ends(&inbox, 0); /* who put them there was told */
    assert_int_equal(acts_writes(acts), 3);
}

/* In other letters, or so that nobody knows whom it names. */
TEST(inbox_line_that_would_spare_is_about_its_account_however_that_is_written)
{
    APPROVED(inbox, 4);
    struct acts *acts = &inbox.acts;
    CLEANUP(text_release) struct text sheet = TEXT_INIT;
    CLEANUP(mem_cleanup) char *lower = mem_strdup(acts->row[0].id);
    CLEANUP(mem_cleanup) char *first = subject_of(&inbox, 0);
    CLEANUP(mem_cleanup) char *second = subject_of(&inbox, 1);

    for (char *c = lower; *c; c++)
        *c |= *c >= 'A' && *c <= 'Z' ? 0x20 : 0;
    text_addf(&sheet,
              HEADER "%s;%s;keep;31.02.2027;until March\r\n"
                     "jane doe;%s;keep;2027-03-31;until March\r\n",
              lower, first, second);
    PUT(&inbox, "a.csv", DAEMON, text_cstr(&sheet));
    run_ends(&inbox, 21);
    assert_int_equal(acts_writes(acts), 2);
    assert_int_equal(acts_writes_on(acts, acts->row[0].id), 0);
    assert_int_equal(acts_writes_on(acts, acts->row[1].id), 0);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(acts), 4);
}

/* --- saved again --- */

/* What is mended where it lies, under the name that the program gave it, is read. */
TEST(inbox_file_that_was_refused_and_is_mended_in_its_place_is_taken)
{
    APPROVED(inbox, 1);
    CLEANUP(text_release) struct text sheet = TEXT_INIT;

    end_hold(&inbox.acts.end);
    text_add(&sheet, HEADER);
    add(&inbox, &sheet, inbox.acts.row[0].id, "keep", "soon", "until March");
    PUT(&inbox, "a.csv", DAEMON, text_cstr(&sheet));
    run_ends(&inbox, 20);
    CLEANUP(mem_cleanup) char *refused = made(&inbox, "a.csv", "refused");
    text_clear(&sheet);
    rejection_of(&inbox, 0, &sheet);
    assert_int_equal(file_write(refused, 0644, text_cstr(&sheet), sheet.length, NULL), 0);
    assert_int_equal(chown(refused, DAEMON, DAEMON), 0);
    end_let_go(&inbox.acts.end);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 0);
    assert_int_equal(rulings(&inbox), 2);
}

/* And approves nothing, for what was refused long ago is not to come back some day. */
TEST(inbox_file_that_is_called_like_one_that_was_set_aside_approves_nothing)
{
    INBOX(inbox, 1);
    CLEANUP(mem_cleanup) char *sheet = approval_of(&inbox, 0);

    PUT(&inbox, "a.csv.refused-1", DAEMON, sheet);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv.refused-1", "refused", "give it a name of its own");
    assert_int_equal(acts_writes(&inbox.acts), 0);
    PUT(&inbox, "a.csv", DAEMON, sheet);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 1);
}

/* A name like ours that is none of ours. */
TEST(inbox_file_that_somebody_calls_like_one_of_ours_is_not_passed_over)
{
    static const char *const names[] = {"a.taken-77777", "a.answer-1.txt", "b.unread.txt"};
    APPROVED(inbox, 4);
    struct acts *acts = &inbox.acts;

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(text_release) struct text sheet = TEXT_INIT;
        rejection_of(&inbox, i, &sheet);
        PUT(&inbox, names[i], DAEMON, text_cstr(&sheet));
    }
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(acts), 1);
    assert_int_equal(acts_writes_on(acts, acts->row[3].id), 1);
}

/* Of two files of the same person the later one counts, whatever they are called. */
TEST(inbox_takes_the_files_of_a_person_in_the_order_they_were_written_in)
{
    APPROVED(inbox, 1);
    CLEANUP(text_release) struct text first = TEXT_INIT, second = TEXT_INIT;

    end_hold(&inbox.acts.end);
    text_add(&first, HEADER);
    add(&inbox, &first, inbox.acts.row[0].id, "reject", "2027-02-01", "too short");
    text_add(&second, HEADER);
    add(&inbox, &second, inbox.acts.row[0].id, "reject", "2027-03-31", "until March");
    CLEANUP(mem_cleanup) char *old = put(&inbox, "b.csv", DAEMON, text_cstr(&first));
    age(old, 7200);
    PUT(&inbox, "a.csv", DAEMON, text_cstr(&second));
    run_ends(&inbox, 20);
    CLEANUP(mem_cleanup)
    char *says = acts_ask(&inbox.acts, "select reason from reconcile.ruling where kind = 'reject' "
                                       "and ended_at is null order by ruling_id desc limit 1");
    assert_string_equal(says, "until March");
}

/* What Windows and Excel leave beside what people save. */
TEST(inbox_passes_over_what_windows_and_spreadsheets_put_beside_a_file)
{
    static const char *const names[] = {"~$plan-1.xlsx", "Thumbs.db", "desktop.ini",
                                        ".~lock.plan-1.csv#"};
    APPROVED(inbox, 2);

    for (size_t i = 0; i < COUNT_OF(names); i++)
        PUT(&inbox, names[i], DAEMON,
            "\x05"
            "daemon");
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 2);
}

/* What no database takes is a mistake of the file. */
TEST(inbox_page_that_holds_what_no_record_takes_is_refused_and_stops_nothing)
{
    static const char *const reasons[] = {"\\u0000", "a\\u0000b", "\\ud800"};
    APPROVED(inbox, 4);
    struct acts *acts = &inbox.acts;

    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        CLEANUP(text_release) struct text page = TEXT_INIT, name = TEXT_INIT;
        CLEANUP(mem_cleanup) char *subject = subject_of(&inbox, i);
        text_addf(&page,
                  "{\"format\":\"bynder-reconcile decisions\",\"version\":1,\"portal\":\"end\","
                  "\"plan\":1,\"digest\":\"%s\",\"decisions\":[{\"account_id\":\"%s\","
                  "\"subject\":\"%s\",\"decision\":\"reject\",\"reason\":\"%s\"}]}",
                  acts->digest, acts->row[i].id, subject, reasons[i]);
        text_addf(&name, "%zu.json", i);
        PUT(&inbox, text_cstr(&name), DAEMON, text_cstr(&page));
    }
    run_ends(&inbox, 20); /* of one that is no text at all nobody knows whom it names */
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        char name[] = {(char)('0' + (char)i), '.', 'j', 's', 'o', 'n', '\0'};
        assert_became(&inbox, name, "refused", "nothing of it could be taken");
    }
    assert_int_equal(acts_writes(acts), 0);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(acts), 4);
}

/* --- whom nobody can tell --- */

/* Somebody types a person below the table. */
TEST(inbox_line_that_spares_and_names_no_account_holds_every_act_for_one_run)
{
    APPROVED(inbox, 2);
    CLEANUP(text_release) struct text sheet = TEXT_INIT;

    text_add(&sheet, HEADER);
    add(&inbox, &sheet, inbox.acts.row[1].id, "", "", "");
    text_add(&sheet, "Jane Doe;;keep;2027-03-31;until March\r\nwith thanks;;;;\r\n");
    PUT(&inbox, "a.csv", DAEMON, text_cstr(&sheet));
    RUN(result, &inbox.acts.end, "run");
    end_assert_code(&result, 20);
    end_assert_says(&result.err, "names no account ('Jane Doe')");
    assert_int_equal(acts_writes(&inbox.acts), 0);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 2);
}

TEST(inbox_line_that_approves_and_names_no_account_holds_nothing)
{
    APPROVED(inbox, 2);

    PUT(&inbox, "a.csv", DAEMON, HEADER "Jane Doe;;approve;;\r\n");
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "refused", "Jane Doe");
    assert_int_equal(acts_writes(&inbox.acts), 2);
}

/* What somebody handed in before they were listed is not their word afterwards. */
TEST(inbox_file_that_was_refused_stays_so_when_its_owner_is_listed_later)
{
    APPROVED(inbox, 1);
    CLEANUP(mem_cleanup) char *sheet = approval_of(&inbox, 0);

    RUN(back, &inbox.acts.end, "withdraw", "1");
    end_assert_code(&back, 0);
    configure(&inbox, "approvers = ( { user = \"bin\"; } );");
    PUT(&inbox, "a.csv", DAEMON, sheet);
    run_ends(&inbox, 0);
    assert_became(&inbox, "a.csv", "refused", "not among");
    configure(&inbox, WITH_ROOT);
    run_ends(&inbox, 0);
    assert_int_equal(acts_writes(&inbox.acts), 0);
}
