/*
 * The chain in a real server: every fact has its event, what was tampered with is found by the
 * program and by db/audit-verify.sql, which psql runs alone, and the triggers let nothing through.
 */
#include "audit_case.h"
#include "distributed.h"

TEST_GROUP(review_case_begin, review_case_end);

static void tell(struct review_case *test, int64_t position, enum step_state to)
{
    const struct store_outcome outcome = {.plan_id = test->plan->id,
                                          .position = position,
                                          .state = to,
                                          .reason = "because Anna said so",
                                          .status = 202};

    REVIEW_OK(store_outcome(&test->world.store, &test->world.run, &outcome, test->world.now, &why));
}

static void intend(struct review_case *test, int64_t position)
{
    const struct store_intent intent = review_case_intent(test, position);

    REVIEW_OK(store_intend(&test->world.store, &test->world.run, &intent, test->world.now, &why));
}

static void end_run(struct review_case *test, int exit_code, const char *message)
{
    const struct store_run_result result = {
        .finished_at = test->world.now, .exit_code = exit_code, .message = message};

    REVIEW_OK(store_run_end(&test->world.store, &test->world.run, &result, &why));
}

/* When event e says that it was decided. */
#define DECIDED "timestamptz 'epoch' + (e.fact ->> 'decided_us')::bigint * interval '1 microsecond'"

/* Column by column: not every server takes a row apart where its place depends on it. */
#define EVENT                                                                                      \
    "e.portal_id, e.sequence, e.version, e.at, e.kind, e.run_id, e.plan_id, e.position,"           \
    " e.account_id, e.word, e.fact, e.sealed, e.previous, e.hash"

/* What a person decided about a whole plan, as the program did before people decided on rows: an
 * event, and the statement that makes its row. */
static void decide_as_before(struct review_case *test, const char *kind, const char *word,
                             const char *fact, const char *personal, const char *row)
{
    struct arena *arena = &test->world.arena;

    execute(
        test,
        arena_printf(arena,
                     "do $$ declare h record; p bigint := (select portal_id from portal);"
                     " e reconcile.audit_event; v text := '%s';"
                     " salt bytea := uuid_send(gen_random_uuid()); begin"
                     " select * into h from audit_hold(p);"
                     " e := row(p, h.sequence + 1, 1, clock_timestamp(),"
                     " '%s', 0, %lld, 0, null, %s, '{%s\"decided_us\":%lld}',"
                     " sha256(salt || convert_to(v, 'UTF8')), h.hash, null);"
                     " e.hash := audit_hash(e); insert into audit_event values (" EVENT ");"
                     " insert into audit_private values (e.portal_id, e.sequence, salt, v); end $$",
                     personal, kind, (long long)test->plan->id, word, fact,
                     (long long)test->world.now.us));
    execute(test, row);
}

/* A day with something of every kind: a held plan, overridden, approved, carried out in part; and
 * the day after, a plan that is rejected. What was made is kept aside, to be put back. */
static void make_history(struct review_case *test)
{
    const struct review_shape held = {
        .suspend = 4, .approvals_suspend = 1, .held_by = "G7", .unasked = true};
    const struct review_shape plain = {.suspend = 1, .approvals_suspend = 1};
    char digest[DIGEST_HEX_SIZE];

    review_case_plan(test, &held);
    decide_as_before(test, "override", "'G7'", "",
                     "{\"who\":\"anna\",\"reason\":\"a reorganisation\"}",
                     "insert into guard_override (at, plan_id, portal_id, guard, who, reason)"
                     " select " DECIDED ", 1, e.portal_id, 'G7', 'anna', 'a reorganisation'"
                     " from audit_event e where e.kind = 'override'");
    decide_as_before(
        test, "approval", "'all'",
        arena_printf(&test->world.arena, "\"digest\":\"%s\",",
                     digest_hex(&test->plan->digest, digest)),
        "{\"who\":\"anna\"}",
        "insert into approval (decided_at, plan_id, portal_id, who, kind, digest,"
        " all_rows) select " DECIDED ", p.plan_id, p.portal_id, 'anna', 'approve',"
        " p.digest, true from plan p join audit_event e on e.portal_id = p.portal_id and"
        " e.kind = 'approval' where p.plan_id = 1");
    REVIEW_OK(review_case_open(test, &why));
    intend(test, 1);
    tell(test, 1, STEP_DONE);
    intend(test, 2);
    tell(test, 2, STEP_UNKNOWN);
    tell(test, 2, STEP_FAILED);
    intend(test, 3);
    tell(test, 3, STEP_APPROVED);
    tell(test, 3, STEP_SKIPPED);
    tell(test, 1, STEP_VERIFIED);
    end_run(test, 21, "some failed");
    store_world_tomorrow(&test->world);
    review_case_plan(test, &plain);
    decide_as_before(
        test, "rejection", "null", "", "{\"who\":\"bert\",\"reason\":\"not now\"}",
        "insert into approval (decided_at, plan_id, portal_id, who, kind, digest,"
        " all_rows, reason) select " DECIDED ", p.plan_id, p.portal_id, 'bert',"
        " 'reject', p.digest, true, 'not now' from plan p join audit_event e on e.portal_id ="
        " p.portal_id and e.kind = 'rejection' where p.plan_id = 2");
    execute(test, "update plan set state = 'rejected' where plan_id = 2");
    end_run(test, 0, NULL);
}

/* --- tests --- */

TEST_EACH(audit_case_setup, NULL);

TEST(every_fact_has_its_event_and_both_checks_find_nothing)
{
    struct review_case *test = *state;
    struct audit_head head;

    make_history(test);
    assert_string_equal(
        store_world_text(&test->world,
                         "select string_agg(kind || coalesce(' ' || word, ''), ', ' order by"
                         " sequence) from audit_event where kind <> 'guard'"),
        "portal acme, run_begin plan, snapshot complete, roster good, plan held, override G7, "
        "approval all, intent suspend, outcome done, intent suspend, outcome unknown, outcome "
        "failed, intent suspend, outcome approved, outcome skipped, outcome verified, run_end 21, "
        "run_begin plan, snapshot complete, roster good, plan proposed, rejection, run_end 0");
    assert_int_equal(number(test, "select count(*) from audit_event where kind = 'guard'"), 4);
    assert_int_equal(number(test, "select count(*) from audit_event where sequence <> 1 and kind ="
                                  " 'portal'"),
                     0);
    REVIEW_OK(store_audit_head(&test->world.store, &head, &why));
    assert_int_equal(head.count, 27);
    assert_int_equal(head.sequence, 27);
    assert_clean(test, NULL);
    assert_clean(test, &head);
    /* Nothing personal is in the chain. */
    assert_int_equal(number(test, "select count(*) from audit_event e where e::text ~*"
                                  " 'anna|bert|because|reorg|not now'"),
                     0);
    assert_int_equal(number(test, "select count(*) from audit_private where value ~*"
                                  " 'anna|bert|because|reorg|not now'"),
                     9);
}

TEST(a_transaction_that_fails_leaves_no_event)
{
    struct review_case *test = *state;
    const struct review_shape shape = {.suspend = 1, .approvals_suspend = 1};

    review_case_plan(test, &shape);
    int64_t before = number(test, "select count(*) from audit_event");
    struct ruling nobody = review_case_ruling(test, "anna", 1);
    nobody.account_id = "nobody";
    REVIEW_REFUSED(store_save_rulings(&test->world.store, &nobody, 1, "http://acme", &why),
                   distributed_refusal(), "the decision was not recorded");
    const struct store_run old = {.id = 0};
    struct snapshot snapshot = store_world_snapshot(&test->world, 1);
    assert_int_equal(store_save_snapshot(&test->world.store, &old, &snapshot, NULL, NULL), -1);
    assert_int_equal(number(test, "select count(*) from audit_event"), before);
    assert_clean(test, NULL);
}

/* A process that stood still between its intent and its call tells the truth when another run has
 * settled the step (core/step). */
TEST(an_act_that_is_told_late_is_no_finding)
{
    struct review_case *test = *state;
    const struct review_shape shape = {.suspend = 2, .approvals_suspend = 1};

    review_case_plan(test, &shape);
    review_case_approve(test, "anna");
    REVIEW_OK(review_case_open(test, &why));
    intend(test, 1);
    tell(test, 1, STEP_FAILED);
    tell(test, 1, STEP_DONE);
    assert_clean(test, NULL);
    tell(test, 1, STEP_VERIFIED);
    assert_clean(test, NULL);
}

/* Made with the right hashes, as somebody who knows how would: behind `from` everything is new. */
#define REMAKE(from)                                                                               \
    "do $$ declare e reconcile.audit_event; p bytea; n bigint; c bigint; begin"                    \
    " select hash into p from audit_event where sequence = " from " - 1;"                          \
    " for e in select * from audit_event where sequence >= " from " order by sequence loop"        \
    " e.previous := coalesce(p, decode(repeat('00', 32), 'hex')); e.hash := audit_hash(e);"        \
    " p := e.hash;"                                                                                \
    " update audit_event set previous = e.previous, hash = e.hash where sequence = e.sequence;"    \
    " end loop; select max(sequence), count(*) into n, c from audit_event;"                        \
    " update audit_head set hash = p, sequence = n, count = c; end $$;"

static const struct tamper {
    const char *what, *sql;
    bool with_anchor; /* needs a head from outside to be found */
    const char *program_says, *psql_says;
} tampers[] = {
    {"edit of version", "update audit_event set version = 2 where sequence = 5", false,
     "event 5: it was changed", "event 5: it was changed"},
    {"edit of at",
     "update audit_event set at = (at at time zone 'UTC' + interval '1 microsecond') at time zone "
     "'UTC' where sequence = 5",
     false, "event 5: it was changed", "event 5: it was changed"},
    {"edit of kind", "update audit_event set kind = 'roster' where sequence = 3", false,
     "event 3: it was changed", "event 3: it was changed"},
    {"edit of run_id", "update audit_event set run_id = 7 where sequence = 5", false,
     "event 5: it was changed", "event 5: it was changed"},
    {"edit of plan_id", "update audit_event set plan_id = 7 where sequence = 9", false,
     "event 9: it was changed", "event 9: it was changed"},
    {"edit of position",
     "update audit_event set position = 2 where kind = 'guard' and position = 1", false,
     "event 6: it was changed", "event 6: it was changed"},
    {"edit of account_id", "update audit_event set account_id = 'X' where sequence = 3", false,
     "event 3: it was changed", "event 3: it was changed"},
    {"edit of word", "update audit_event set word = 'pass' where word = 'hold'", false,
     "event 7: it was changed", "event 7: it was changed"},
    {"edit of fact", "update audit_event set fact = '{\"guard\":\"G2\"}' where sequence = 6", false,
     "event 6: it was changed", "event 6: it was changed"},
    {"edit of sealed",
     "update audit_event set sealed = set_bit(sealed, 0, 1 - get_bit(sealed, 0))"
     " where sequence = 8",
     false, "event 8: it was changed", "event 8: it was changed"},
    {"edit of previous", "update audit_event set previous = hash where sequence = 5", false,
     "event 5: it does not follow", "event 5: it does not follow"},
    {"edit of hash", "update audit_event set hash = previous where sequence = 5", false,
     "event 5: it was changed", "event 5: it was changed"},
    {"edit of sequence", "update audit_event set sequence = 1000 where sequence = 27", false,
     "event 1000: it was changed", "event 1000: it was changed"},
    {"edit of portal", "update audit_event set portal_id = 1 where sequence = 5", false,
     "event 5: the event is missing", "event 5: events are missing"},
    {"deletion in the middle", "delete from audit_event where sequence in (13, 14)", false,
     "event 13: the events from here to 14 are missing", "event 13: events are missing, up to 14"},
    {"cut tail, head not changed", "delete from audit_event where sequence > 20", false,
     "event 20: the chain ends here, and its head says", "event 20: the head of the chain says"},
    {"cut tail, head changed",
     "delete from audit_event where sequence > 26;"
     "update run set finished_at = null, exit_code = null, requests = null, blocked = null"
     " where run_id = 2;"
     "update audit_head h set sequence = 26, count = 26, hash = e.hash from audit_event e"
     " where e.portal_id = h.portal_id and e.sequence = 26",
     true, "event 27: the event was there when the head was kept outside",
     "event 27: it was there when the head was kept outside"},
    {"insertion",
     "update audit_event set sequence = sequence + 100 where sequence > 5;"
     "insert into audit_event select portal_id, 6, version, at, kind, run_id, plan_id, position,"
     " account_id, word, fact, sealed, previous, hash from audit_event where sequence = 5;"
     "update audit_event set sequence = sequence - 99 where sequence > 100",
     false, "event 6: it was changed", "event 6: it was changed"},
    {"swap",
     "update audit_event set sequence = case sequence when 5 then 1006 else 1005 end"
     " where sequence in (5, 6); update audit_event set sequence = sequence - 1000"
     " where sequence > 1000",
     false, "event 5: it was changed", "event 5: it was changed"},
    {"duplicate",
     "alter table audit_private drop constraint audit_private_portal_id_sequence_fkey;"
     "alter table audit_event drop constraint audit_event_pkey;"
     "insert into audit_event select * from audit_event where sequence = 5",
     false, "event 5: the number was given before", "event 5: the number was given before"},
    {"fork",
     "insert into audit_event select portal_id, sequence, version, at, kind, run_id, plan_id,"
     " position, account_id, 'other', fact, sealed, previous, hash from audit_event"
     " where sequence = 26;"
     "update audit_event e set hash = audit_hash(e) where sequence = 26 and word = 'other'",
     false, "event 26: the number was given before", "event 26: the number was given before"},
    {"rebuilt chain, and the table with it",
     "update run set verb = 'other' where run_id = 1;"
     "update audit_event set word = 'other' where sequence = 2;" REMAKE("2"),
     true, "event 27: its hash is not the one", "event 27: its hash is not the one kept outside"},
    {"a clock moved back",
     "update audit_event set at = (at at time zone 'UTC' - interval '1 day') at time zone 'UTC' "
     "where sequence >= 17;" REMAKE("17"),
     false, "event 17: the clock moved back", "event 17: the clock moved back"},
    {"an outcome without an intent",
     "update audit_event set kind = 'guard' where sequence = 10;" REMAKE("10"), false,
     "is done without an intent before it", "is done without an intent before it"},
    {"an approved digest that is not the stored plan's",
     "update plan set digest = sha256('x') where plan_id = 1", false,
     "plan 1 is not stored as it was made", "plan 1 is not stored as it was made"},
    {"an approval of another digest", "update approval set digest = sha256('x') where plan_id = 1",
     false,
     "a decision (approve) about plan 1 is stored that no event tells of, or is about "
     "another digest",
     "a decision (approve) about plan 1 is not stored as any event tells of it"},
    {"an approval event of another digest",
     "update audit_event set fact = json_build_object('digest', repeat('0', 64))"
     " where kind = 'approval';" REMAKE("9"),
     false, "what was approved is not plan 1", "what was approved is not plan 1"},
    {"an act that never was",
     "insert into act select portal_id, 99, '00000009-2B3A-141F-8F07D71AA1F223BD', action, done_at,"
     " plan_id, rule, person_status from act",
     false, "act 99 is stored, and no outcome tells of it",
     "act 99 is stored, and no outcome tells of it"},
    {"an act that was taken away", "delete from act", false, "was done, and no act is stored",
     "was done, and no act is stored"},
    {"a snapshot that was taken away", "delete from snapshot where snapshot_id = 2", false,
     "snapshot 2 is not stored any more", "snapshot 2 is not stored as it was taken"},
    {"a snapshot that never was",
     "insert into snapshot select portal_id, 9, run_id, taken_at, complete, incomplete_reason,"
     " accounts, active, inactive, unreadable, gone, nameless, requests, logins_read, own_id,"
     " digest, matched_percent, logins_by, events, logins_note, thinned_at"
     " from snapshot where snapshot_id = 2",
     false, "snapshot 9 is stored, and no event tells of it",
     "snapshot 9 is stored, and no event tells of it"},
    {"a roster that was taken away", "delete from roster where roster_id = 2", false,
     "roster 2 is not stored any more", "roster 2 is not stored as it was read"},
    {"a roster that never was",
     "create temporary table r as table roster; update r set roster_id = 9 where roster_id = 2;"
     "insert into roster select * from r where roster_id = 9; drop table r",
     false, "roster 9 is stored, and no event tells of it",
     "roster 9 is stored, and no event tells of it"},
    {"a run that was taken away", "delete from run where run_id = 2", false,
     "run 2 is not stored any more", "run 2 is not stored as it began"},
    {"a run that never was",
     "insert into run (portal_id, run_id, verb, today, started_at)"
     " select portal_id, 9, verb, today, started_at from run where run_id = 2",
     false, "run 9 is stored, and no event tells that it began",
     "run 9 is stored, and no event tells that it began"},
    {"an end that never was",
     "delete from audit_event where sequence > 26;"
     "update audit_head h set sequence = 26, count = 26, hash = e.hash from audit_event e"
     " where e.portal_id = h.portal_id and e.sequence = 26",
     false, "run 2 is stored as finished, and no event tells of that",
     "run 2 is stored as finished, and no event tells of that"},
    {"a plan that was taken away", "delete from plan where plan_id = 2", false,
     "plan 2 is not stored any more", "plan 2 is not stored as it was made"},
    {"a plan that never was",
     "create temporary table p as table plan; update p set plan_id = 9 where plan_id = 2;"
     "insert into plan select * from p where plan_id = 9; drop table p",
     false, "plan 9 is stored, and no event tells of it",
     "plan 9 is stored, and no event tells of it"},
    {"rows of a plan that never was",
     "create temporary table p as table plan_row; update p set plan_id = 9;"
     "insert into plan_row select distinct on (position) * from p; drop table p",
     false, "rows of plan 9 are stored, and there is no such plan",
     "rows of plan 9 are stored, and there is no such plan"},
    {"a brake that was taken away", "delete from plan_guard where plan_id = 1 and hold", false,
     "guard finding 2 of plan 1 is not stored any more",
     "guard finding 2 of plan 1 is not stored as it was"},
    {"a brake that never was",
     "insert into plan_guard select portal_id, plan_id, 3, 'G8', false from plan_guard"
     " where plan_id = 1 and hold",
     false, "guard finding 3 of plan 1 is stored, and no event tells of it",
     "guard finding 3 of plan 1 is stored, and no event tells of it"},
    {"names taken away without an erasure", "update plan set redacted_at = now() where plan_id = 2",
     false, "names were taken away from plan 2, and no erasure tells of it",
     "names were taken away from plan 2, and no erasure tells of it"},
    {"a snapshot marked as thinned out",
     "update snapshot set thinned_at = now() where snapshot_id = 1", false,
     "snapshot 1 was thinned out, and no retention tells of it",
     "snapshot 1 was thinned out, and no retention tells of it"},
    {"an approval of somebody else", "update approval set who = 'bert' where plan_id = 1", false,
     "the approval of plan 1 is not stored any more, or as somebody else's",
     "the approval of plan 1 is not stored as it was made, or as somebody else's"},
    {"an approval of somebody erased who never was",
     "update approval set who = 'erased:0', decided_at = (decided_at at time zone 'UTC' + interval "
     "'1 day') at time zone 'UTC'"
     " where plan_id = 1",
     false, "the approval of plan 1 is not stored any more",
     "a decision (approve) about plan 1 is not stored as any event tells of it"},
    {"an approval that never was",
     "insert into approval select portal_id, plan_id, 'carl', kind, decided_at, digest, all_rows,"
     " reason from approval where plan_id = 1",
     false, "a decision (approve) about plan 1 is stored that no event tells of",
     "a decision (approve) about plan 1 is stored as of somebody that no event names"},
    {"an approval that was taken away", "delete from approval where plan_id = 1", false,
     "the approval of plan 1 is not stored any more",
     "the approval of plan 1 is not stored any more"},
    {"a row that nobody approved",
     "insert into approval_row (portal_id, plan_id, who, account_id)"
     " select portal_id, 1, 'anna', account_id from step where position = 4;"
     "update approval set all_rows = false where plan_id = 1",
     false, "the approval of plan 1 is not stored as it was made: all_rows",
     "of plan 1 is stored as approved, and no event tells of it"},
    {"an override that was taken away", "delete from guard_override", false,
     "the override of G7 for plan 1 is not stored as it was made: it is gone",
     "the override of G7 for plan 1 is not stored as it was"},
    {"an override that never was",
     "insert into guard_override select portal_id, plan_id, 'G1', who, reason, at"
     " from guard_override",
     false, "an override of G1 for plan 1 is stored, and no event tells of it",
     "an override of G1 for plan 1 is stored, and no event tells of it"},
    {"a step that was taken away", "delete from step where position = 2", false,
     "row 2 of plan 1 is not stored as it went: it is gone",
     "row 2 of plan 1 is not stored as it went"},
    {"a step that no event tells of",
     "update step set state = 'skipped', outcome_at = now() where position = 4", false,
     "row 4 of plan 1 is stored as skipped, and no event tells of it",
     "row 4 of plan 1 is stored as skipped, and no event tells of it"},
    {"an act that too few approved", "update plan_row set approvals = 2 where plan_id = 1", false,
     "row 1 of plan 1 was acted on with 1 of 2 approvals",
     "row 1 of plan 1 was acted on with fewer approvals than it needs"},
    {"an act that a guard held", "update plan_row set held_by = 'G1' where plan_id = 1", false,
     "row 1 of plan 1 was acted on while G1 held it",
     "row 1 of plan 1 was acted on while G1 held it"},
    {"a personal value that was changed",
     "update audit_private set value = replace(value, 'anna', 'bert')", false,
     "what is personal about it was changed", "what is personal about it was changed"},
    {"an act of a plan that needs nobody knows how many",
     "alter table plan alter approvals_suspend drop not null;"
     "update plan set approvals_suspend = null where plan_id = 1;"
     "update plan_row set approvals = null where plan_id = 1",
     false, "row 1 of plan 1 was acted on with 1 of ? approvals",
     "row 1 of plan 1 was acted on with fewer approvals than it needs"},
    {"a personal value that was taken away", "delete from audit_private where value ~ 'anna'",
     false, "what is personal about it is gone, and no erasure tells of it",
     "what is personal about it is gone, and no erasure tells of it"},
};

TEST(each_way_of_tampering_is_found_by_the_program_and_by_psql)
{
    struct review_case *test = *state;
    struct audit_head head;

    make_history(test);
    REVIEW_OK(store_audit_head(&test->world.store, &head, &why));
    keep(test);
    unlock(test);
    for (size_t i = 0; i < COUNT_OF(tampers); i++) {
        const struct tamper *tamper = &tampers[i];
        if (can_do(test, tamper->sql)) {
            if (tamper->with_anchor)
                assert_clean(test, NULL); /* this is why heads are kept outside */
            assert_found(test, tamper->what, tamper->with_anchor ? &head : NULL,
                         tamper->program_says, tamper->psql_says);
        }
        put_back(test);
    }
    assert_clean(test, &head);
    execute(test, "alter table audit_event add primary key (portal_id, sequence);"
                  "alter table audit_private add foreign key (portal_id, sequence)"
                  " references audit_event;"
                  "alter table plan alter approvals_suspend set not null");
    print_message("%zu ways of tampering, each found by both\n", COUNT_OF(tampers));
}

/* What the events tell of, column by column: by years, by one, by another word. */
static const struct edit {
    const char *table, *column, *value, *where;
    const char *psql_says;
} edits[] = {
    {"run", "verb", "'apply'", "run_id = 1", "run 1 is not stored as it began"},
    {"run", "today", "today + 1", "run_id = 1", "run 1 is not stored as it began"},
    {"run", "started_at", "(started_at at time zone 'UTC' - interval '3 years') at time zone 'UTC'",
     "run_id = 1", "run 1 is not stored as it began"},
    {"run", "finished_at",
     "(finished_at at time zone 'UTC' + interval '1 microsecond') at time zone 'UTC'", "run_id = 1",
     "run 1 is not stored as it ended"},
    {"run", "exit_code", "0", "run_id = 1", "run 1 is not stored as it ended"},
    {"run", "requests", "1 + requests", "run_id = 1", "run 1 is not stored as it ended"},
    {"run", "blocked", "1 + blocked", "run_id = 1", "run 1 is not stored as it ended"},
    {"run", "message", "'all went well'", "run_id = 1",
     "the message of run 1 is stored as another"},
    {"run", "message", "'all went well'", "run_id = 2",
     "the message of run 2 is stored as another"},
    {"snapshot", "run_id", "2", "snapshot_id = 1", "snapshot 1 is not stored as it was taken"},
    {"snapshot", "taken_at",
     "(taken_at at time zone 'UTC' - interval '3 years') at time zone 'UTC'", "snapshot_id = 1",
     "snapshot 1 is not stored as it was taken"},
    {"snapshot", "complete", "false", "snapshot_id = 1",
     "snapshot 1 is not stored as it was taken"},
    {"snapshot", "accounts", "7", "snapshot_id = 1", "snapshot 1 is not stored as it was taken"},
    {"snapshot", "active", "7", "snapshot_id = 1", "snapshot 1 is not stored as it was taken"},
    {"snapshot", "inactive", "7", "snapshot_id = 1", "snapshot 1 is not stored as it was taken"},
    {"snapshot", "unreadable", "7", "snapshot_id = 1", "snapshot 1 is not stored as it was taken"},
    {"snapshot", "nameless", "7", "snapshot_id = 1", "snapshot 1 is not stored as it was taken"},
    {"snapshot", "gone", "7", "snapshot_id = 1", "snapshot 1 is not stored as it was taken"},
    {"snapshot", "requests", "7777", "snapshot_id = 1", "snapshot 1 is not stored as it was taken"},
    {"snapshot", "logins_read", "7", "snapshot_id = 1", "snapshot 1 is not stored as it was taken"},
    {"snapshot", "digest", "sha256('x')", "snapshot_id = 1",
     "snapshot 1 is not stored as it was taken"},
    {"roster", "run_id", "2", "roster_id = 1", "roster 1 is not stored as it was read"},
    {"roster", "read_at", "(read_at at time zone 'UTC' - interval '3 years') at time zone 'UTC'",
     "roster_id = 1", "roster 1 is not stored as it was read"},
    {"roster", "good", "not good", "roster_id = 1", "roster 1 is not stored as it was read"},
    {"roster", "people", "7", "roster_id = 1", "roster 1 is not stored as it was read"},
    {"roster", "rejected", "7", "roster_id = 1", "roster 1 is not stored as it was read"},
    {"roster", "digest", "sha256('x')", "roster_id = 1", "roster 1 is not stored as it was read"},
    {"plan", "run_id", "2", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "created_at",
     "(created_at at time zone 'UTC' - interval '3 years') at time zone 'UTC'", "plan_id = 1",
     "plan 1 is not stored as it was made"},
    {"plan", "expires_at", "(expires_at at time zone 'UTC' + interval '1 hour') at time zone 'UTC'",
     "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "expires_at", "null", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "today", "today - 1", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "snapshot_id", "2", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "roster_id", "2", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "policy_digest", "sha256('x')", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "enforce", "false", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "keep", "7", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "suspend", "7", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "deprovision", "7", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "reactivate", "7", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "waiting", "7", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "findings", "7", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "seats_now", "7", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "seats_after", "7", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "state", "'rejected'", "plan_id = 1", "plan 1 is not stored as it was made"},
    {"plan", "state", "'proposed'", "plan_id = 2", "plan 2 is not stored as it was made"},
    {"plan_guard", "guard", "'G2'", "plan_id = 1 and position = 1",
     "guard finding 1 of plan 1 is not stored as it was"},
    {"plan_guard", "hold", "not hold", "plan_id = 1 and position = 2",
     "guard finding 2 of plan 1 is not stored as it was"},
    {"plan_guard", "limit_text", "'100'", "plan_id = 1 and position = 2",
     "guard finding 2 of plan 1 is stored with other words"},
    {"plan_guard", "actual", "'0'", "plan_id = 1 and position = 2",
     "guard finding 2 of plan 1 is stored with other words"},
    {"plan_guard", "sentence", "'fine'", "plan_id = 1 and position = 2",
     "guard finding 2 of plan 1 is stored with other words"},
    {"approval", "decided_at",
     "(decided_at at time zone 'UTC' - interval '1 day') at time zone 'UTC'", "plan_id = 1",
     "a decision (approve) about plan 1 is not stored as any event tells of it"},
    {"approval", "all_rows", "false", "plan_id = 1",
     "a decision (approve) about plan 1 is not stored as any event tells of it"},
    {"approval", "decided_at",
     "(decided_at at time zone 'UTC' - interval '1 day') at time zone 'UTC'", "plan_id = 2",
     "a decision (reject) about plan 2 is not stored as any event tells of it"},
    {"approval", "reason", "'because'", "plan_id = 2",
     "the rejection of plan 2 is not stored as it was made, or as somebody else's"},
    {"approval", "digest", "sha256('x')", "plan_id = 1",
     "a decision (approve) about plan 1 is not stored as any event tells of it"},
    {"guard_override", "reason", "'Anna said so'", "plan_id = 1",
     "the override of G7 for plan 1 is stored with another name or reason"},
    {"guard_override", "who", "'bert'", "plan_id = 1",
     "the override of G7 for plan 1 is stored with another name or reason"},
    {"guard_override", "at", "(at at time zone 'UTC' + interval '1 hour') at time zone 'UTC'",
     "plan_id = 1", "the override of G7 for plan 1 is not stored as it was"},
    {"step", "account_id", "'somebody'", "position = 1",
     "row 1 of plan 1 is not stored as it went"},
    {"step", "action", "'reactivate'", "position = 1",
     "the action of row 1 of plan 1 is stored as another"},
    {"step", "run_id", "2", "position = 2", "row 2 of plan 1 is not stored as it went"},
    {"step", "intent_at", "(intent_at at time zone 'UTC' - interval '1 second') at time zone 'UTC'",
     "position = 2", "row 2 of plan 1 is not stored as it went"},
    {"step", "outcome_at",
     "(outcome_at at time zone 'UTC' + interval '1 second') at time zone 'UTC'", "position = 2",
     "row 2 of plan 1 is not stored as it went"},
    {"step", "verified_at",
     "(verified_at at time zone 'UTC' + interval '1 second') at time zone 'UTC'", "position = 1",
     "row 1 of plan 1 is not stored as it went"},
    {"step", "http_status", "500", "position = 2", "row 2 of plan 1 is not stored as it went"},
    {"step", "reason", "'nobody said so'", "position = 2",
     "row 2 of plan 1 is stored with another reason"},
    {"step", "state", "'already'", "position = 3", "row 3 of plan 1 is not stored as it went"},
    {"act", "done_at", "(done_at at time zone 'UTC' - interval '1 day') at time zone 'UTC'", "true",
     "act 1 is not stored as it was done"},
    {"act", "rule", "'idle'", "true", "act 1 is not stored as it was done"},
    {"act", "person_status", "'employed'", "true", "act 1 is not stored as it was done"},
    {"migration", "sha256", "repeat('0', 64)", "name = '0007_pace'",
     "migration 0007_pace is not stored as it was applied"},
};

TEST(what_an_open_intent_has_no_answer_of)
{
    struct review_case *test = *state;
    const struct review_shape shape = {.suspend = 2, .approvals_suspend = 1};

    review_case_plan(test, &shape);
    review_case_approve(test, "anna");
    REVIEW_OK(review_case_open(test, &why));
    intend(test, 1);
    assert_clean(test, NULL);
    execute(test, "update step set http_status = 204 where plan_id = 1 and position = 1");
    assert_found(test, "http_status of an open intent", NULL, "http_status",
                 "is not stored as it went");
}

/* The chain tells of migrations only to portals that are there when they are applied. */
static void tell_migration(struct review_case *test)
{
    execute(test, "begin");
    REVIEW_OK(store_audit_migration(test->world.pg, 7, "0007_pace",
                                    store_world_text(&test->world, "select sha256 from migration"
                                                                   " where version = 7"),
                                    &why));
    execute(test, "commit");
}

TEST(each_column_that_an_event_tells_of_is_compared_by_both)
{
    struct review_case *test = *state;

    make_history(test);
    tell_migration(test);
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

/* Steps that all went as steps do, which leaves the short way to look at their acts: what is wrong
 * with one alone, and what was changed in both alike. */
#define DAY_BEFORE(column) "(" column " at time zone 'UTC' - interval '1 day') at time zone 'UTC'"
static const struct {
    const char *sql, *both_say;
} acts_of_ordinary_steps[] = {
    {"delete from act where act_id = 1", "was done, and no act is stored"},
    {"insert into act select portal_id, 99, '00000009-2B3A-141F-8F07D71AA1F223BD', action, done_at,"
     " plan_id from act where act_id = 1",
     "act 99 is stored, and no outcome tells of it"},
    {"update act set done_at = " DAY_BEFORE("done_at") " where act_id = 1",
     "act 1 is not stored as it was done"},
    {"update act set rule = 'idle' where act_id = 1", "act 1 is not stored as it was done"},
    {"update act set person_status = 'employed' where act_id = 1",
     "act 1 is not stored as it was done"},
    {"update act set done_at = " DAY_BEFORE("done_at") " where act_id = 1;"
                                                       "update step set outcome_at = " DAY_BEFORE(
                                                           "outcome_at") " where position = 1",
     "act 1 is not stored as it was done"},
    {"insert into act select s.portal_id, 99, s.account_id, s.action, a.done_at, s.plan_id"
     " from step s join act a on a.portal_id = s.portal_id and a.act_id = 1 where s.position = 3;"
     "update act set (rule, person_status) = (select rule, person from plan_row r where"
     " r.portal_id = act.portal_id and r.plan_id = 1 and r.position = 3) where act_id = 99;"
     "update step set state = 'done', run_id = 1, outcome_at = timestamptz '2026-11-01 03:00Z',"
     " intent_at = timestamptz '2026-11-01 03:00Z' where position = 3;"
     "update act set done_at = timestamptz '2026-11-01 03:00Z' where act_id = 99",
     "act 99 is stored, and no outcome tells of it"},
};

TEST(acts_of_steps_that_went_as_steps_do_are_compared_by_both)
{
    struct review_case *test = *state;
    const struct review_shape shape = {.suspend = 3, .approvals_suspend = 1};

    review_case_plan(test, &shape);
    review_case_approve(test, "anna");
    REVIEW_OK(review_case_open(test, &why));
    for (int row = 1; row <= 2; row++) {
        intend(test, row);
        tell(test, row, STEP_DONE);
        const struct store_outcome seen = {/* no answer to anything sent */
                                           .plan_id = test->plan->id,
                                           .position = row,
                                           .state = STEP_VERIFIED};
        REVIEW_OK(
            store_outcome(&test->world.store, &test->world.run, &seen, test->world.now, &why));
    }
    keep(test);
    unlock(test);
    assert_clean(test, NULL);
    for (size_t i = 0; i < COUNT_OF(acts_of_ordinary_steps); i++) {
        if (can_do(test, acts_of_ordinary_steps[i].sql))
            assert_found(test, acts_of_ordinary_steps[i].sql, NULL, "act",
                         acts_of_ordinary_steps[i].both_say);
        put_back(test);
    }
    assert_clean(test, NULL);
}

/* What only the program can do: every row of a plan is part of its digest, whatever became of it.
 */
TEST(a_changed_row_of_a_plan_is_found_by_the_program)
{
    CLEANUP(text_release) struct text said = TEXT_INIT;
    struct review_case *test = *state;

    make_history(test);
    execute(test, "update plan_row set reason = 'idle' where plan_id = 1 and position = 1");
    assert_int_equal(by_program(test, NULL, &said), 1);
    assert_non_null(strstr(text_cstr(&said), "event 5: plan '1' is not the one that was stored"));
    execute(test, "update plan_row set reason = 'idle' where plan_id = 2 and position = 2");
    assert_int_equal(by_program(test, NULL, &said), 2);
    assert_non_null(strstr(text_cstr(&said), "plan '2' is not the one that was stored"));
}

/* Whatever is stored of a row is believed later, by an approval, an act or this check itself, but
 * for what a seat costs and where the file has the person. */
TEST(each_column_of_a_row_of_a_plan_is_found_by_the_program)
{
    struct review_case *test = *state;
    struct arena *arena = &test->world.arena;
    CLEANUP(pg_clearp) PGresult *columns = NULL;
    size_t found = 0;

    make_history(test);
    REVIEW_OK(pg_run(
        test->world.pg, "columns",
        "select attname::text as name, case when attname = 'action' then '''reactivate'''"
        " when attname = 'telling' then '''approval''' when attname = 'about' then '''{}'''"
        " when atttypid = 'bool'::regtype then format('not %I', attname)"
        " when atttypid = 'text'::regtype then format('coalesce(%I, ''x'') || ''x''', attname)"
        " when atttypid = 'bytea'::regtype then 'sha256(''x'')'"
        " when atttypid = 'date'::regtype then format('coalesce(%I, ''2026-01-01'') + 1', attname)"
        " when atttypid = 'timestamptz'::regtype then '''2026-01-01 00:00Z'''"
        " else format('coalesce(%I, 0) + 9', attname) end as other,"
        " (attname in ('class', 'matched_row'))::int as is_beside"
        " from pg_attribute where attrelid = 'reconcile.plan_row'::regclass and attnum > 0"
        " and not attisdropped and attname <> 'portal_id' order by attnum",
        PG_MANY, NULL, 0, &columns, &why));
    keep(test);
    unlock(test);
    for (int i = 0; i < PQntuples(columns); i++) {
        const char *name = pg_text(columns, i, 0), *other = pg_text(columns, i, 1);
        bool is_beside = pg_int(columns, i, 2);
        const char *again = constraints_of(test, "plan_row", name, true);
        const char *const value[] = {other, "null"};
        execute(test, constraints_of(test, "plan_row", name, false));
        for (size_t k = 0; k < COUNT_OF(value); k++) {
            CLEANUP(text_release) struct text said = TEXT_INIT;
            const char *what = arena_printf(
                arena, "update plan_row set %s = %s where plan_id = 1 and position = 2", name,
                value[k]);
            if (number(test, arena_printf(arena,
                                          "select count(*) from plan_row where plan_id = 1 and"
                                          " position = 2 and %s::text is distinct from (%s)::text",
                                          name, value[k])) == 0)
                continue;
            if (can_do(test, what) && (by_program(test, NULL, &said) == 0) != is_beside)
                fail_msg("%s: %s", what, is_beside ? text_cstr(&said) : "nothing is found");
            found += !is_beside;
            put_back(test);
        }
        execute(test, again);
        unlock(test); /* those of keys are new */
    }
    assert_clean(test, NULL);
    assert_true(found > 44);
    print_message("%zu changes of a row of a plan\n", found);
}

/* What was stored before the digest covered all of that stays what it was: it is read, verified,
 * approved and carried out, and what its digest covers is found. */
TEST(a_plan_of_an_earlier_version_verifies_and_is_carried_out)
{
    struct review_case *test = *state;

    for (int version = 1; version < PLAN_VERSION; version++) {
        const struct review_shape shape = {
            .suspend = 2, .approvals_suspend = 2, .version = version};
        CLEANUP(text_release) struct text said = TEXT_INIT;
        struct plan *loaded = NULL;

        audit_case_setup(state);
        review_case_plan(test, &shape);
        assert_clean(test, NULL);
        REVIEW_OK(store_load_plan(&test->world.store, &test->world.arena, 0, &loaded, &why));
        assert_int_equal(loaded->version, version);
        assert_int_equal(loaded->row[0].needed, 2);
        test->plan = loaded;
        review_case_approve(test, "anna");
        REVIEW_REFUSED(review_case_open(test, &why), ERR_HELD, "by 1 of 2 people");
        review_case_approve(test, "bert");
        REVIEW_OK(review_case_open(test, &why));
        intend(test, 1);
        tell(test, 1, STEP_DONE);
        assert_clean(test, NULL);
        execute(test, "update plan_row set reason = 'idle' where position = 2");
        assert_int_equal(by_program(test, NULL, &said), 1);
    }
}

/* A column that is never NULL can be made so by who owns the table. */
TEST(a_value_that_was_taken_out_of_an_event_is_found_by_both)
{
    static const char *const column[] = {"version", "at",       "kind",     "run_id",
                                         "plan_id", "position", "previous", "hash"};
    struct review_case *test = *state;

    make_history(test);
    keep(test);
    unlock(test);
    for (size_t i = 0; i < COUNT_OF(column); i++) {
        CLEANUP(text_release) struct text said = TEXT_INIT;
        execute(test,
                arena_printf(&test->world.arena,
                             "alter table audit_event alter column %s drop not null", column[i]));
        execute(test,
                arena_printf(&test->world.arena,
                             "update audit_event set %s = null where sequence = 9", column[i]));
        if (by_psql(NULL, &said) != 3 || !strstr(text_cstr(&said), "event 9: it was changed"))
            fail_msg("%s: %s", column[i], text_cstr(&said));
        text_clear(&said);
        if (by_program(test, NULL, &said) == 0 ||
            !strstr(text_cstr(&said), "event 9: it was changed"))
            fail_msg("%s: %s", column[i], text_cstr(&said));
        put_back(test);
    }
}

TEST(a_number_that_was_taken_out_of_a_row_is_missed_by_both)
{
    static const struct number_of_row numbers[] = {
        {"audit_event", "sequence", "sequence = 9"},
        {"audit_private", "sequence", "sequence = (select max(sequence) from audit_private)"},
        {"audit_head", "sequence", "true"},
        {"audit_head", "hash", "true"},
        {"audit_head", "count", "true"},
        {"run", "run_id", "run_id = 2"},
        {"snapshot", "snapshot_id", "snapshot_id = 1"},
        {"roster", "roster_id", "roster_id = 1"},
        {"plan", "plan_id", "plan_id = 1"},
        {"plan_row", "plan_id", "position = 1"},
        {"plan_guard", "plan_id", "plan_id = 1"},
        {"plan_guard", "position", "plan_id = 1"},
        {"approval", "plan_id", "plan_id = 1"},
        {"guard_override", "plan_id", "plan_id = 1"},
        {"guard_override", "guard", "plan_id = 1"},
        {"step", "plan_id", "position = 1"},
        {"step", "position", "position = 1"},
        {"act", "plan_id", "true"},
        {"act", "account_id", "true"},
        {"act", "action", "true"},
    };
    struct review_case *test = *state;

    make_history(test);
    keep(test);
    unlock(test);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        assert_number_missed(test, &numbers[i]);
    assert_clean(test, NULL);
}

/* What stands beside a plan is in no digest of it; with nothing where something must stand nobody
 * can load it, which is said and ends nothing. */
TEST(a_value_that_was_taken_out_of_what_stands_beside_a_plan_is_found)
{
    static const struct {
        const char *table, *columns, *values; /* those that are never NULL */
    } beside[] = {
        {"plan_idle", "position, accounts", "1, 7"},
        {"plan_note", "position, sentence", "1, 'x'"},
        {"plan_curve", "position, days, acts, seats, idle, unread, later, held, kept",
         "1, 90, 0, 0, 0, 0, 0, 0, 0"},
        {"plan_class", "position, seats, seats_after", "1, 7, 7"},
        {"plan_renewal",
         "position, renews, starters, at_work, planned, leaving, starting, expected",
         "1, '2027-01-01', 0, 0, 0, 0, 0, 0"},
    };
    struct review_case *test = *state;
    size_t found = 0;

    make_history(test);
    for (size_t i = 0; i < COUNT_OF(beside); i++) {
        struct arena *arena = &test->world.arena;
        const char *table = beside[i].table;
        const char *rest = beside[i].columns;
        execute(test,
                arena_printf(arena,
                             "delete from %s; alter table %s drop constraint %s_pkey cascade;"
                             " insert into %s (portal_id, plan_id, %s)"
                             " select portal_id, 1, %s from portal",
                             table, table, table, table, beside[i].columns, beside[i].values));
        while (*rest) {
            CLEANUP(text_release) struct text said = TEXT_INIT;
            size_t length = strcspn(rest, ",");
            CLEANUP(mem_cleanup) char *column = mem_strndup(rest, length);
            rest += length;
            rest += strspn(rest, ", ");
            execute(test, arena_printf(arena,
                                       "create table was as table %s;"
                                       " alter table %s alter %s drop not null;"
                                       " update %s set %s = null",
                                       table, table, column, table, column));
            if (by_program(test, NULL, &said) == 0 ||
                !strstr(text_cstr(&said), "plan 1 has nothing where something must stand"))
                fail_msg("%s of %s: %s", column, table, text_cstr(&said));
            execute(test, arena_printf(arena,
                                       "delete from %s; insert into %s table was; drop table was;"
                                       " alter table %s alter %s set not null",
                                       table, table, table, column));
            found++;
        }
        execute(test, arena_printf(arena,
                                   "delete from %s; alter table %s add constraint %s_pkey"
                                   " primary key (portal_id, plan_id, position)",
                                   table, table, table));
    }
    execute(test, "alter table plan_renewal add foreign key (portal_id, plan_id, position)"
                  " references plan_class");
    assert_clean(test, NULL);
    print_message("%zu values beside a plan\n", found);
}

/* Nor what is no moment, no day, and no version of a plan. */
TEST(a_plan_that_cannot_be_read_is_found)
{
    static const char *const edits_of_plans[] = {
        "update plan set today = 'infinity' where plan_id = 1",
        "update plan set snapshot_taken_at = 'infinity' where plan_id = 1",
        "update plan set created_at = 'infinity' where plan_id = 1",
        "update plan set version = 0 where plan_id = 1",
        "update plan set version = -2147483648 where plan_id = 1",
        "update plan set version = 77 where plan_id = 1",
        "update plan set rows = -1 where plan_id = 1",
        "update plan_row set not_before = '-infinity' where plan_id = 1 and position = 1",
    };
    struct review_case *test = *state;

    make_history(test);
    keep(test);
    unlock(test);
    for (size_t i = 0; i < COUNT_OF(edits_of_plans); i++) {
        CLEANUP(text_release) struct text said = TEXT_INIT;
        execute(test, edits_of_plans[i]);
        if (by_program(test, NULL, &said) == 0)
            fail_msg("%s: nothing is found", edits_of_plans[i]);
        put_back(test);
    }
}

/* Neither is a hash of another length one, nor the end of time a moment. The first event names no
 * hash before it, which is not the same as one that is none. */
TEST(a_value_of_an_event_that_is_none_is_found)
{
    static const struct {
        const char *edit;
        int event;
    } not_one[] = {
        {"at = 'infinity'", 9},        {"at = '-infinity'", 9},
        {"previous = '\\x00'", 1},     {"previous = previous || '\\x00'", 1},
        {"hash = hash || '\\x00'", 9}, {"sealed = ''", 9},
    };
    struct review_case *test = *state;

    make_history(test);
    keep(test);
    unlock(test);
    execute(test, "do $$ declare c name; begin for c in select conname from pg_constraint where"
                  " conrelid = 'audit_event'::regclass and contype = 'c' loop"
                  " execute format('alter table audit_event drop constraint %I', c);"
                  " end loop; end $$");
    for (size_t i = 0; i < COUNT_OF(not_one); i++) {
        CLEANUP(text_release) struct text said = TEXT_INIT, finding = TEXT_INIT;
        execute(test,
                arena_printf(&test->world.arena, "update audit_event set %s where sequence = %d",
                             not_one[i].edit, not_one[i].event));
        text_addf(&finding, "event %d: it was changed", not_one[i].event);
        if (by_program(test, NULL, &said) == 0 || !strstr(text_cstr(&said), text_cstr(&finding)))
            fail_msg("%s: %s", not_one[i].edit, text_cstr(&said));
        put_back(test);
    }
}

/* An older backup: everything is as it was then, the head included. */
TEST(an_older_backup_is_found_with_a_head_from_outside)
{
    struct review_case *test = *state;
    struct audit_head head;

    make_history(test);
    keep(test);
    store_world_tomorrow(&test->world);
    REVIEW_OK(store_audit_head(&test->world.store, &head, &why));
    assert_clean(test, &head);
    unlock(test);
    put_back(test);
    execute(test, "delete from run where run_id = 3");
    assert_clean(test, NULL);
    assert_found(test, "older backup", &head, "event 28: the event was there", "event 28: it was");
}

/* --- what the database refuses --- */

static void refused(struct review_case *test, const char *sql, const char *words)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (pg_script(test->world.pg, "test", sql, &err) == 0)
        fail_msg("not refused: %s", sql);
    if (!strstr(err.text, words))
        fail_msg("%s: not '%s' but %s", sql, words, err.text);
}

TEST(the_record_is_not_changed_under_any_replication_role)
{
    static const char *const role[] = {"origin", "replica", "local"};
    struct review_case *test = *state;

    for (size_t i = 0; i < COUNT_OF(role); i++) {
        execute(test,
                arena_printf(&test->world.arena, "set session_replication_role = %s", role[i]));
        refused(test, "update audit_event set word = 'x'", "update of audit_event is not allowed");
        refused(test, "delete from audit_event", "delete of audit_event is not");
        refused(test, "truncate audit_event cascade", "truncate of audit_");
        refused(test, "update audit_private set value = ''", "update of audit_private is not");
        refused(test, "truncate audit_private", "truncate of audit_private is not");
        refused(test, "update audit_head set count = 0", "update of audit_head is not");
        refused(test, "delete from audit_head", "delete of audit_head is not");
        refused(test, "truncate audit_head", "truncate of audit_head is not");
        refused(test, "insert into audit_head values (5, 5, sha256(''), 5)",
                "insert of audit_head");
        refused(test,
                "insert into audit_event select portal_id, 2, version, at, kind, run_id,"
                " plan_id, position, account_id, word, fact, sealed, previous, hash"
                " from audit_event where sequence = 2",
                "duplicate key");
        refused(test,
                "insert into audit_event select portal_id, 9, version, at, kind, run_id,"
                " plan_id, position, account_id, word, fact, sealed, hash, hash"
                " from audit_event where sequence = 2",
                "does not follow the end of the chain");
        refused(test,
                "insert into audit_event select portal_id, 3, version, at, kind, run_id,"
                " plan_id, position, account_id, word, fact, sealed, hash, sha256('')"
                " from audit_event where sequence = 2",
                "does not follow the end of the chain");
    }
    execute(test, "set session_replication_role = origin");
    assert_clean(test, NULL);
}

/* --- every bit, in SQL --- */

/* What the script hashes, cut out of the script itself, up to the alias. */
static const char *script_hash(struct review_case *test)
{
    CLEANUP(text_release) struct text script = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = file_join(SOURCE_DIR, "db/audit-verify.sql");

    REVIEW_OK(file_read(path, 1 << 20, ERR_INTERNAL, &script, NULL, &why));
    const char *from = strstr(text_cstr(&script), "sha256(\n");
    assert_non_null(from);
    const char *to = strstr(from, " as is_changed");
    assert_non_null(to);
    return arena_strndup(&test->world.arena, from, (size_t)(to - from));
}

/* Events with one column replaced by an expression of the bit `b`. */
static void add_flips(struct text *sql, const char *column, const char *expression, int bits,
                      const char *where)
{
    static const char *const columns[] = {
        "version", "portal_id", "sequence",   "previous", "at",   "kind",   "run_id",
        "plan_id", "position",  "account_id", "word",     "fact", "sealed", "hash"};

    text_add(sql, sql->length ? "\nunion all select " : "select ");
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        bool flipped = strcmp(columns[i], column) == 0;
        text_addf(sql, "%s%s as %s", i ? ", " : "",
                  flipped                           ? expression
                  : strcmp(columns[i], "fact") == 0 ? "fact::text"
                                                    : columns[i],
                  columns[i]);
    }
    text_addf(sql, " from audit_event, generate_series(0, %d) b where sequence <= 1000 and %s",
              bits - 1, where);
}

/* Of a thousand events where EVERY_EVENT is set (`make check-sweeps`), else of a hundred. */
TEST(every_bit_of_each_event_is_found_by_the_sql_of_the_script)
{
    int events = getenv("EVERY_EVENT") ? 1000 : 100;
    static const char *const integer[] = {"version", "portal_id", "sequence",
                                          "run_id",  "plan_id",   "position"};
    static const char *const bytes[] = {"previous", "sealed", "hash"};
    static const char *const words[] = {"kind", "account_id", "word", "fact"};
    CLEANUP(text_release) struct text flips = TEXT_INIT;
    struct review_case *test = *state;
    struct arena *arena = &test->world.arena;

    execute(test,
            arena_printf(
                arena,
                "do $$ declare e reconcile.audit_event; h record;"
                " p bigint := (select portal_id from portal); begin"
                " for i in 1..%d loop"
                "  select * into h from audit_hold(p);"
                "  e := row(p, h.sequence + 1, 1, clock_timestamp(),"
                "   'guard', i / 15, i / 15, i %% 15, 'ACC' || i, 'pass',"
                "   json_build_object('guard', 'G' || i %% 13), sha256(int4send(i)), h.hash, null);"
                "  e.hash := audit_hash(e); insert into audit_event values (" EVENT ");"
                " end loop; end $$",
                events));
    for (size_t i = 0; i < COUNT_OF(integer); i++)
        add_flips(&flips, integer[i], arena_printf(arena, "%s # (1::bigint << b)", integer[i]), 64,
                  "true");
    for (size_t i = 0; i < COUNT_OF(bytes); i++)
        add_flips(&flips, bytes[i],
                  arena_printf(arena, "set_bit(%s, b, 1 - get_bit(%s, b))", bytes[i], bytes[i]),
                  256, arena_printf(arena, "%s is not null", bytes[i]));
    /* Above bit 50 a time is beyond what the program takes. */
    add_flips(&flips, "at",
              "'epoch'::timestamptz + (us(at) # (1::bigint << b)) * interval '1 microsecond'", 51,
              "true");
    /* All are ASCII: the eighth bit would be no text, and the server takes none. */
    for (size_t i = 0; i < COUNT_OF(words); i++)
        add_flips(&flips, words[i],
                  arena_printf(arena,
                               "convert_from(set_bit(convert_to(%s::text, 'UTF8'), b, 1 - "
                               "get_bit(convert_to(%s::text, 'UTF8'), b)), 'UTF8')",
                               words[i], words[i]),
                  400,
                  arena_printf(arena,
                               "b %% 8 <> 7 and b / 8 < octet_length(%s::text) and "
                               "get_byte(convert_to(%s::text, 'UTF8'), b / 8) <> 1 << b %% 8",
                               words[i], words[i]));
    const char *sql = arena_printf(arena,
                                   "select count(*)::text || ' ' || count(*) filter (where e.hash ="
                                   " %s) from (%s) e",
                                   script_hash(test), text_cstr(&flips));
    const char *counts = store_world_text(&test->world, sql);
    print_message("single-bit changes, and missed ones: %s\n", counts);
    assert_true(strtoll(counts, NULL, 10) > 1000LL * events);
    assert_string_equal(strchr(counts, ' '), " 0");
}
