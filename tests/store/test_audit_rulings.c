/*
 * What lasts, in the record: rulings, guards that people let go, announcements. Every column that
 * an event tells of is compared with the tables by the program and by psql, both ways; acts rest on
 * rulings about their very subject; and erasure leaves all of it whole.
 */
#include "ruling_case.h"

#include "audit/erase.h"

TEST_GROUP(review_case_begin, review_case_end);
TEST_EACH(audit_case_setup, NULL);

/* Rulings 1 (approval, replaced by 3), 2 (keep, ended by a person), 3 (approval that stands), 4
 * (rejection); acknowledgements 1 (replaced) and 2; announcements 1 (ended) and 2. */
static void make_rulings(struct review_case *test)
{
    static const char *const guard[] = {"G7"};
    const struct review_shape shape = {.suspend = 4, .approvals_suspend = 1};
    struct store *store = &test->world.store;

    review_case_plan(test, &shape);
    struct ruling approval = review_case_ruling(test, "anna", 1);
    approval.not_before = test->world.today;
    approval.expected_on = test->world.today;
    approval.nightly = 5;
    approval.spread = approval.asks_login = true;
    approval.override = guard;
    approval.override_count = 1;
    ruling_case_save(test, approval);
    ruling_case_save(test, ruling_case_keep(test, "bert", 2, "Anna Muster is needed"));
    ruling_case_end(test, "carl", 2, RULING_WITHDRAWN, "not needed any more");
    struct ruling of_file = review_case_ruling(test, "anna", 1);
    struct handed_in file = {.content = of_file.subject,
                             .name = "plan of Anna Muster.json",
                             .who = "anna",
                             .at = test->world.now,
                             .key = "SHA256:key",
                             .signature = "signed"};
    REVIEW_OK(store_take_file(store, &file, &of_file, 1, RULING_ADDRESS, &why));
    ruling_case_save(test, ruling_case_reject(test, "dora", 3, "on a project"));
    struct acknowledgement given = {.guard = "G2",
                                    .plan_id = test->plan->id,
                                    .who = "anna",
                                    .reason = "a branch was sold",
                                    .at = test->world.now,
                                    .cause = "400 people",
                                    .measure = 60};
    REVIEW_OK(store_acknowledge(store, &given, &why));
    REVIEW_OK(store_acknowledge(store, &given, &why));
    struct store_announced announced[] = {ruling_case_announcement(test, 1),
                                          ruling_case_announcement(test, 2)};
    const struct store_announcement_end end = {announced[0].account_id, announced[0].rule,
                                               "kept: Anna Muster is protected"};
    REVIEW_OK(
        store_announce(store, &test->world.run, NULL, 0, announced, 2, test->world.today, &why));
    REVIEW_OK(store_announce(store, &test->world.run, &end, 1, NULL, 0, test->world.today, &why));
}

TEST(every_decision_and_end_has_its_event)
{
    struct review_case *test = *state;

    make_rulings(test);
    assert_string_equal(
        store_world_text(&test->world, "select string_agg(concat_ws(' ', kind, word, run_id), ', '"
                                       " order by sequence) from audit_event where kind ~"
                                       " '^(ruling|ack|ann|hand)'"),
        "ruling approve 0, ruling keep 0, ruling_end withdrawn 0, handed_in signature 0, ruling "
        "approve 0, ruling_end newer 0, ruling reject 0, acknowledgement G2 0, acknowledgement_end "
        "G2 0, acknowledgement "
        "G2 0, announcement departed 1, announcement departed 1, announcement_end departed 1");
    assert_clean(test, NULL);
    /* Nothing personal is in the chain. */
    assert_int_equal(number(test, "select count(*) from audit_event e where e::text ~*"
                                  " 'anna|bert|carl|dora|muster|branch|project|needed|user1'"),
                     0);
}

struct edit {
    const char *table, *column, *value, *where, *psql_says;
};

#define RULING(column, value)                                                                      \
    {                                                                                              \
        "ruling", column, value, "ruling_id = 1", "ruling 1 is not stored as it was given"         \
    }
#define ENDED(column, value)                                                                       \
    {                                                                                              \
        "ruling", column, value, "ruling_id = 2", "the end of ruling 2 is not stored as it was"    \
    }
#define ANNOUNCED(column, value)                                                                   \
    {                                                                                              \
        "announcement", column, value, "announcement_id = 1",                                      \
            "announcement 1 is not stored as it was made"                                          \
    }

static const struct edit edits[] = {
    RULING("kind", "'keep', until = not_before, reason = 'x'"),
    RULING("account_id", "'00000002-2B3A-141F-8F07D71AA1F223BD'"),
    RULING("at", "(at at time zone 'UTC' - interval '1 day') at time zone 'UTC'"),
    RULING("position", "2"),
    RULING("subject", "sha256('x')"),
    RULING("action", "'deprovision'"),
    RULING("rule", "'idle'"),
    RULING("rule_text", "sha256('x')"),
    RULING("address", "'https://other.example'"),
    RULING("asks_login", "false"),
    RULING("asks_activity", "true"),
    RULING("snapshot_at", "(snapshot_at at time zone 'UTC' + interval '1 day') at time zone 'UTC'"),
    RULING("not_before", "not_before - 1"),
    RULING("person_departed", "true"),
    RULING("also_departed", "true"),
    RULING("spread", "false"),
    RULING("nightly", "500"),
    RULING("expected_on", "null"),
    RULING("at_once", "true"),
    RULING("overrides", "'{G7,G8}'"),
    RULING("handed_in_id", "1"),
    {"ruling", "handed_in_id", "null", "ruling_id = 3", "ruling 3 is not stored as it was given"},
    {"handed_in", "content", "sha256('x')", "true", "file 1 is not stored as it was taken"},
    {"handed_in", "at", "(at at time zone 'UTC' - interval '1 day') at time zone 'UTC'", "true",
     "file 1 is not stored as it was taken"},
    {"handed_in", "who", "'emil'", "true", "file 1 is stored with another name, key or signature"},
    {"handed_in", "name", "'x'", "true", "file 1 is stored with another name, key or signature"},
    {"handed_in", "key", "'SHA256:x'", "true",
     "file 1 is stored with another name, key or signature"},
    {"handed_in", "signature", "'x'", "true",
     "file 1 is stored with another name, key or signature"},
    {"ruling", "until", "until + 300", "ruling_id = 2", "ruling 2 is not stored as it was given"},
    {"ruling", "plan_id", "1, position = 1", "ruling_id = 2",
     "ruling 2 is not stored as it was given"},
    {"ruling", "who", "'emil'", "ruling_id = 1",
     "ruling 1 is stored with another name, reason or subject"},
    {"ruling", "reason", "'because'", "ruling_id = 4",
     "ruling 4 is stored with another name, reason or subject"},
    {"ruling", "about", "'{\"name\":\"x\"}'", "ruling_id = 3",
     "ruling 3 is stored with another name, reason or subject"},
    {"ruling", "about", "null", "ruling_id = 3",
     "ruling 3 is stored with another name, reason or subject"},
    ENDED("end_word", "'expired'"),
    ENDED("ended_at", "(ended_at at time zone 'UTC' + interval '1 day') at time zone 'UTC'"),
    {"ruling", "ended_by", "'emil'", "ruling_id = 2",
     "the end of ruling 2 is stored with another name or reason"},
    {"ruling", "end_reason", "'because'", "ruling_id = 1",
     "the end of ruling 1 is stored with another name or reason"},
    {"acknowledgement", "guard", "'G4'", "acknowledgement_id = 2",
     "acknowledgement 2 is not stored as it was given"},
    {"acknowledgement", "plan_id", "2", "acknowledgement_id = 2",
     "acknowledgement 2 is not stored as it was given"},
    {"acknowledgement", "at", "(at at time zone 'UTC' + interval '7 days') at time zone 'UTC'",
     "acknowledgement_id = 2", "acknowledgement 2 is not stored as it was given"},
    {"acknowledgement", "measure", "99", "acknowledgement_id = 2",
     "acknowledgement 2 is not stored as it was given"},
    {"acknowledgement", "who", "'emil'", "acknowledgement_id = 2",
     "acknowledgement 2 is stored with another name or reason"},
    {"acknowledgement", "reason", "'because'", "acknowledgement_id = 2",
     "acknowledgement 2 is stored with another name or reason"},
    {"acknowledgement", "cause", "'4 people'", "acknowledgement_id = 2",
     "acknowledgement 2 is stored with another name or reason"},
    {"acknowledgement", "ended_at",
     "(ended_at at time zone 'UTC' + interval '1 day') at time zone 'UTC'",
     "acknowledgement_id = 1", "the end of acknowledgement 1 is not stored as it was"},
    {"acknowledgement", "end_reason", "'because'", "acknowledgement_id = 1",
     "acknowledgement_end 1 is stored with another name or reason"},
    ANNOUNCED("action", "'reactivate'"),
    ANNOUNCED("to_profile", "'x'"),
    ANNOUNCED("account_id", "'00000003-2B3A-141F-8F07D71AA1F223BD'"),
    ANNOUNCED("rule", "'idle'"),
    ANNOUNCED("plan_id", "null"),
    ANNOUNCED("position", "7"),
    ANNOUNCED("announced_at",
              "(announced_at at time zone 'UTC' - interval '30 days') at time zone 'UTC'"),
    ANNOUNCED("announced_on", "announced_on - 30"),
    ANNOUNCED("not_before", "not_before - 10"),
    ANNOUNCED("login_at", "null"),
    ANNOUNCED("mode", "'report'"),
    {"announcement", "ended_on", "ended_on + 1", "announcement_id = 1",
     "the end of announcement 1 is not stored as it was"},
    {"announcement", "ended_reason", "'because'", "announcement_id = 1",
     "the end of announcement 1 is stored with another reason"},
};

TEST(each_column_that_lasts_is_compared_by_both)
{
    struct review_case *test = *state;

    make_rulings(test);
    keep(test);
    unlock(test);
    assert_clean(test, NULL);
    for (size_t i = 0; i < COUNT_OF(edits); i++) {
        const struct edit *edit = &edits[i];
        const char *what = arena_printf(&test->world.arena, "update %s set %s = %s where %s",
                                        edit->table, edit->column, edit->value, edit->where);
        if (can_do(test, what))
            assert_found(test, what, NULL, edit->column, edit->psql_says);
        put_back(test);
        if (is_taken(i))
            assert_null_found(test, edit->table, edit->column, edit->where, edit->psql_says);
        if (is_taken(i + 2))
            assert_endless_found(test, edit->table, edit->column, edit->where, edit->psql_says);
    }
    assert_clean(test, NULL);
    print_message("%zu changed columns, each found by both\n", COUNT_OF(edits));
}

TEST(a_number_that_was_taken_out_of_what_lasts_is_missed_by_both)
{
    static const struct number_of_row numbers[] = {
        {"ruling", "ruling_id", "ruling_id = 3"},
        {"ruling", "ruling_id", "ended_at is not null"},
        {"acknowledgement", "acknowledgement_id", "acknowledgement_id = 1"},
        {"announcement", "announcement_id", "announcement_id = 1"},
        {"handed_in", "handed_in_id", "true"},
    };
    struct review_case *test = *state;

    make_rulings(test);
    keep(test);
    unlock(test);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        assert_number_missed(test, &numbers[i]);
    assert_clean(test, NULL);
}

static const struct tamper {
    const char *what, *sql, *program_says, *psql_says;
} tampers[] = {
    {"a personal value that is none",
     "alter table audit_private alter value drop not null;"
     "update audit_private set value = null where value ~ 'anna'",
     "what is personal about it was changed", "what is personal about it was changed"},
    {"a salt that is none",
     "alter table audit_private alter salt drop not null;"
     "update audit_private set salt = null where value ~ 'anna'",
     "what is personal about it was changed", "what is personal about it was changed"},
    {"a ruling that was taken away", "delete from ruling where ruling_id = 3",
     "ruling 3 is not stored any more", "ruling 3 is not stored as it was given"},
    {"a ruling that never was",
     "insert into ruling (portal_id, ruling_id, kind, account_id, who, at, until, reason)"
     " select portal_id, 9, 'keep', account_id, who, at, until, reason from ruling"
     " where ruling_id = 2",
     "ruling 9 is stored, and no event tells of it", "ruling 9 is stored, and no event tells"},
    {"a ruling that stands again",
     "update ruling set ended_at = null, end_word = null, end_reason = null, ended_by = null"
     " where ruling_id = 2",
     "the end of ruling 2 is not stored any more", "the end of ruling 2 is not stored as it was"},
    {"an end that never was",
     "update ruling set ended_at = at, end_word = 'kept', end_reason = 'x' where ruling_id = 3",
     "the end of ruling 3 is stored, and no event tells of it",
     "the end of ruling 3 is stored, and no event tells of it"},
    {"a file that never was",
     "insert into handed_in select portal_id, 9, content, name, who, at from handed_in",
     "file 9 is stored, and no event tells of it", "file 9 is stored, and no event tells of it"},
    {"a file that was taken away", "update ruling set handed_in_id = null; delete from handed_in",
     "file 1 is not stored any more", "file 1 is not stored as it was taken"},
    {"an acknowledgement that was taken away",
     "delete from acknowledgement where acknowledgement_id = 2",
     "acknowledgement 2 is not stored any more", "acknowledgement 2 is not stored as it was"},
    {"an acknowledgement that never was",
     "insert into acknowledgement select portal_id, 9, 'G4', plan_id, who, at, reason, cause,"
     " measure from acknowledgement where acknowledgement_id = 2",
     "acknowledgement 9 is stored, and no event tells of it",
     "acknowledgement 9 is stored, and no event tells of it"},
    {"an acknowledgement that stands again",
     "delete from acknowledgement where acknowledgement_id = 2;"
     "update acknowledgement set ended_at = null, end_reason = null",
     "the end of acknowledgement 1 is not stored any more",
     "the end of acknowledgement 1 is not stored as it was"},
    {"an acknowledgement that ended unseen",
     "update acknowledgement set ended_at = at, end_reason = 'x' where acknowledgement_id = 2",
     "the end of acknowledgement 2 is stored, and no event tells of it",
     "the end of acknowledgement 2 is stored, and no event tells of it"},
    {"an announcement that was taken away", "delete from announcement where announcement_id = 2",
     "announcement 2 is not stored any more", "announcement 2 is not stored as it was made"},
    {"an announcement that never was",
     "insert into announcement (portal_id, announcement_id, account_id, rule, plan_id,"
     " announced_on, announced_at, mode) select portal_id, 9, account_id, 'idle', plan_id,"
     " announced_on - 30, announced_at, mode from announcement where announcement_id = 2",
     "announcement 9 is stored, and no event tells of it",
     "announcement 9 is stored, and no event tells of it"},
    {"an announcement that stands again",
     "update announcement set ended_on = null, ended_reason = null where announcement_id = 1",
     "the end of announcement 1 is not stored any more",
     "the end of announcement 1 is not stored as it was"},
    {"an announcement that ended unseen",
     "update announcement set ended_on = announced_on where announcement_id = 2",
     "the end of announcement 2 is stored, and no event tells of it",
     "the end of announcement 2 is stored, and no event tells of it"},
};

TEST(each_way_of_tampering_with_what_lasts_is_found_by_both)
{
    struct review_case *test = *state;

    make_rulings(test);
    keep(test);
    unlock(test);
    for (size_t i = 0; i < COUNT_OF(tampers); i++) {
        if (can_do(test, tampers[i].sql))
            assert_found(test, tampers[i].what, NULL, tampers[i].program_says,
                         tampers[i].psql_says);
        put_back(test);
    }
    assert_clean(test, NULL);
    execute(test, "alter table audit_private alter value set not null, alter salt set not null");
    print_message("%zu ways of tampering, each found by both\n", COUNT_OF(tampers));
}

/* A later login ends an approval. Whoever lets the plan say, until somebody has approved, that it
 * was read later than it was leaves a ruling that says so for ever. */
TEST(an_approval_of_what_was_read_at_another_time_is_found_by_both)
{
    const struct review_shape shape = {.suspend = 2, .approvals_suspend = 1};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    ruling_case_save(test, review_case_ruling(test, "anna", 1));
    assert_clean(test, NULL);
    struct ruling ruling = review_case_ruling(test, "anna", 2);
    ruling.snapshot_at = instant_add_us(ruling.snapshot_at, 1);
    ruling_case_save(test, ruling);
    assert_found(test, "an approval of another time", NULL,
                 "ruling 2 says that what was looked at was read at another time",
                 "ruling 2 says that what was looked at was read at another time");
}

/* --- acts that rest on rulings --- */

static void act_on(struct review_case *test, int64_t position)
{
    const struct store_intent intent = review_case_intent(test, position);
    const struct store_outcome outcome = {
        .plan_id = test->plan->id, .position = position, .state = STEP_DONE, .status = 202};

    REVIEW_OK(store_intend(&test->world.store, &test->world.run, &intent, test->world.now, &why));
    REVIEW_OK(store_outcome(&test->world.store, &test->world.run, &outcome, test->world.now, &why));
}

/* The database lets nobody act on less: what is stored is changed after the acts. */
static void an_act_without(struct review_case *test, const char *sql, const char *program_says,
                           const char *psql_says)
{
    execute(test, sql);
    assert_found(test, sql, NULL, program_says, psql_says);
    put_back(test);
}

TEST(an_act_rests_on_rulings_about_its_very_subject)
{
    static const char *const guard[] = {"G7"};
    const struct review_shape shape = {.suspend = 3, .approvals_suspend = 2};
    struct review_case *test = *state;

    review_case_plan(test, &shape);
    struct ruling with = review_case_ruling(test, "anna", 1);
    with.override = guard;
    with.override_count = 1;
    ruling_case_save(test, with);
    ruling_case_save(test, review_case_ruling(test, "anna", 2));
    ruling_case_save(test, review_case_ruling(test, "bert", 1));
    ruling_case_save(test, review_case_ruling(test, "bert", 2));
    ruling_case_save(test, review_case_ruling(test, "bert", 3));
    test->approved[2] = false;
    REVIEW_OK(review_case_open(test, &why));
    act_on(test, 1);
    act_on(test, 2);
    assert_string_equal(store_world_text(&test->world,
                                         "select string_agg(concat_ws(' ', ruling_id, end_word),"
                                         " ', ' order by ruling_id) from ruling"),
                        "1 done, 2 done, 3 done, 4 done, 5");
    assert_clean(test, NULL);
    keep(test);
    unlock(test);
    an_act_without(test, "update plan_row set subject = sha256('other') where position = 2",
                   "row 2 of plan 1 was acted on with 0 of 2 approvals",
                   "row 2 of plan 1 was acted on with fewer approvals");
    an_act_without(test, "update plan_row set approvals = 3 where position = 2",
                   "row 2 of plan 1 was acted on with 2 of 3 approvals",
                   "row 2 of plan 1 was acted on with fewer approvals");
    an_act_without(test, "update plan_row set held_by = 'G7' where position in (1, 2)",
                   "row 2 of plan 1 was acted on while G7 held it",
                   "row 2 of plan 1 was acted on while G7 held it");
    an_act_without(test, "update plan_row set held_by = 'G8' where position in (1, 2)",
                   "row 1 of plan 1 was acted on while G8 held it",
                   "row 1 of plan 1 was acted on while G8 held it");
    assert_clean(test, NULL);
}

/* --- erasure --- */

static void erase(struct review_case *test, const char *whom)
{
    struct store_subject *subject = NULL;
    struct store_erased erased;
    size_t count = 0;

    REVIEW_OK(store_find_who(&test->world.store, &test->world.arena, whom, &subject, &count, &why));
    assert_int_equal(count, 1);
    REVIEW_OK(store_erase(&test->world.store, &test->world.arena, subject, "eve", "a letter",
                          test->world.now, &erased, &why));
}

TEST(what_lasts_survives_the_erasure_of_whom_it_is_about)
{
    struct review_case *test = *state;

    make_rulings(test);
    erase(test, "user1");
    erase(test, "user2");
    assert_clean(test, NULL);
    assert_string_equal(
        store_world_text(&test->world,
                         "select string_agg(concat_ws(' ', ruling_id, who, coalesce(about, '-'),"
                         " reason, end_reason), ', ' order by ruling_id) from ruling"
                         " where ruling_id <= 3"),
        "1 anna - (erased), 2 bert - (erased) (erased), 3 anna -");
    assert_int_equal(number(test, "select count(*) from audit_private p join audit_event e"
                                  " using (portal_id, sequence) where e.kind in ('ruling',"
                                  " 'ruling_end', 'announcement_end')"),
                     1); /* the rejection of somebody else's row */
    assert_int_equal(number(test, "select count(*) from announcement where ended_reason is not"
                                  " null and ended_reason <> '(erased)'"),
                     0);
}

/* Somebody who decided is an account as well: the decisions stay, as nobody's and one's own. */
TEST(what_somebody_decided_survives_their_erasure)
{
    struct review_case *test = *state;

    make_rulings(test);
    ruling_case_save(test, ruling_case_keep(test, "user4", 1, "told by user4"));
    ruling_case_end(test, "user4", 4, RULING_WITHDRAWN, "says USER4@acme.example");
    struct acknowledgement given = {.guard = "G5",
                                    .plan_id = test->plan->id,
                                    .who = "user4",
                                    .reason = "user4 looked",
                                    .at = test->world.now,
                                    .cause = "no logins, says Name 4",
                                    .measure = -1};
    REVIEW_OK(store_acknowledge(&test->world.store, &given, &why));
    struct handed_in file = {.content = test->plan->row[0].subject,
                             .name = "plan of user4.json",
                             .who = "user4",
                             .at = test->world.now,
                             .key = "SHA256:theirs",
                             .signature = "of user4"};
    REVIEW_OK(store_take_file(&test->world.store, &file, NULL, 0, NULL, &why));
    assert_clean(test, NULL);
    erase(test, "user4");
    assert_clean(test, NULL);
    assert_int_equal(number(test,
                            "select count(*) from handed_in where who like 'erased:%' and name"
                            " = 'plan of (erased).json' and key is null and signature is"
                            " null"),
                     1);
    assert_int_equal(number(test, "select count(*) from handed_in where who = 'anna' and key ="
                                  " 'SHA256:key'"),
                     1);
    assert_int_equal(number(test, "select count(*) from ruling where who ~ '^erased:[0-9a-f]{16}$'"
                                  " and reason = 'told by (erased)'"),
                     1);
    assert_int_equal(number(test, "select count(*) from ruling where ended_by like 'erased:%' and"
                                  " end_reason = 'says (erased)'"),
                     1);
    assert_int_equal(number(test, "select count(*) from acknowledgement where who like 'erased:%'"
                                  " and reason = '(erased) looked' and cause = 'no logins, says"
                                  " (erased)'"),
                     1);
    assert_int_equal(number(test, "select count(distinct w) from (select who as w from ruling"
                                  " union all select ended_by from ruling union all select who from"
                                  " acknowledgement) x where w like 'erased:%'"),
                     1);
}
