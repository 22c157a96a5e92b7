/*
 * Rulings in a real server: what takes the place of what, what a night ends, what is loaded, and
 * how long a thousand of them take.
 */
#include "distributed.h"
#include "ruling_case.h"

#include <time.h>

#include "store/column.h"
#include "store/history.h"

TEST_GROUP(review_case_begin, review_case_end);
TEST_EACH(audit_case_setup, NULL);

static const struct review_shape four = {.reactivate = 1, .suspend = 4, .approvals_suspend = 1};

/* "1 approve anna -, 2 keep bert newer": every ruling with why it ended. */
static const char *rulings(struct review_case *test)
{
    return store_world_text(&test->world,
                            "select coalesce(string_agg(concat_ws(' ', ruling_id, kind, who,"
                            " coalesce(end_word, '-')), ', ' order by ruling_id), '') from ruling");
}

TEST(store_save_rulings_gives_every_field_back)
{
    static const char *const guard[] = {"G7", "G10"};
    struct review_case *test = *state;
    struct store_standing *standing = NULL;
    size_t count = 0;

    review_case_plan(test, &four);
    struct ruling given = review_case_ruling(test, "anna", 2);
    given.asks_login = given.spread = given.at_once = true;
    given.not_before = day_add(test->world.today, 3);
    given.expected_on = day_add(test->world.today, 5);
    given.nightly = 7;
    given.override = guard;
    given.override_count = 2;
    assert_int_equal(ruling_case_save(test, given), 1);
    REVIEW_OK(store_load_standing(&test->world.store, &test->world.arena, &standing, &count, &why));
    assert_int_equal(count, 1);
    assert_string_equal(standing[0].account_id, given.account_id);
    assert_int_equal(standing[0].rulings.count, 1);
    const struct ruling *read = &standing[0].rulings.item[0];
    assert_int_equal(read->id, 1);
    assert_int_equal(read->kind, RULING_APPROVE);
    assert_int_equal(read->end, RULING_STANDS);
    assert_string_equal(read->who, "anna");
    assert_int_equal(read->at.us, given.at.us);
    assert_int_equal(read->plan_id, 1);
    assert_int_equal(read->position, 2);
    assert_int_equal(digest_compare(&read->subject, &given.subject), 0);
    assert_string_equal(read->subject_text, given.subject_text);
    assert_int_equal(read->action, ACTION_SUSPEND);
    assert_string_equal(read->rule, "departed");
    assert_int_equal(digest_compare(&read->rule_text, &given.rule_text), 0);
    assert_true(read->asks_login && read->spread && read->at_once);
    assert_int_equal(read->snapshot_at.us, given.snapshot_at.us);
    assert_int_equal(day_compare(read->not_before, given.not_before), 0);
    assert_int_equal(day_compare(read->expected_on, given.expected_on), 0);
    assert_false(day_is_set(read->until));
    assert_null(read->reason);
    assert_int_equal(read->nightly, 7);
    assert_int_equal(read->override_count, 2);
    assert_string_equal(read->override[0], "G7");
    assert_string_equal(read->override[1], "G10");
    assert_false(instant_is_set(read->could_act_at));
    assert_clean(test, NULL);
}

TEST(store_save_rulings_a_new_word_takes_the_place_of_what_it_contradicts)
{
    struct review_case *test = *state;

    review_case_plan(test, &four);
    ruling_case_save(test, review_case_ruling(test, "anna", 2));
    ruling_case_save(test, review_case_ruling(test, "bert", 2));
    ruling_case_save(test, review_case_ruling(test, "anna", 3));
    assert_string_equal(rulings(test), "1 approve anna -, 2 approve bert -, 3 approve anna -");
    /* Anew by the same person about the same row. */
    ruling_case_save(test, review_case_ruling(test, "anna", 2));
    assert_string_equal(rulings(test),
                        "1 approve anna newer, 2 approve bert -, 3 approve anna -, 4 approve anna "
                        "-");
    /* A rejection ends everybody's approvals of the row, and of no other. */
    ruling_case_save(test, ruling_case_reject(test, "carl", 2, "still needed"));
    assert_string_equal(rulings(test),
                        "1 approve anna newer, 2 approve bert newer, 3 approve anna -, 4 approve "
                        "anna newer, 5 reject carl -");
    /* A keep those of its account; of keeps each person has one. */
    ruling_case_save(test, ruling_case_keep(test, "dora", 3, "a project"));
    ruling_case_save(test, ruling_case_keep(test, "emil", 3, "a project"));
    ruling_case_save(test, ruling_case_keep(test, "dora", 3, "a longer project"));
    assert_string_equal(rulings(test),
                        "1 approve anna newer, 2 approve bert newer, 3 approve anna newer, 4 "
                        "approve anna newer, 5 reject carl -, 6 keep dora newer, 7 keep emil -, 8 "
                        "keep dora -");
    /* No approval ends a keep or a rejection. */
    ruling_case_save(test, review_case_ruling(test, "anna", 2));
    ruling_case_save(test, review_case_ruling(test, "anna", 3));
    assert_int_equal(number(test, "select count(*) from ruling where ended_at is null"), 5);
    assert_string_equal(store_world_text(&test->world, "select concat_ws('|', end_reason, ended_by)"
                                                       " from ruling where ruling_id = 3"),
                        "the account is kept|dora");
    assert_clean(test, NULL);
}

/* Within one batch the later one counts. */
TEST(store_save_rulings_of_one_batch_are_taken_in_their_order)
{
    struct review_case *test = *state;
    struct ruling batch[4];

    review_case_plan(test, &four);
    batch[0] = review_case_ruling(test, "anna", 2);
    batch[1] = review_case_ruling(test, "anna", 3);
    batch[2] = review_case_ruling(test, "anna", 2);
    batch[3] = ruling_case_keep(test, "anna", 3, "a project");
    REVIEW_OK(store_save_rulings(&test->world.store, batch, 4, RULING_ADDRESS, &why));
    assert_int_equal(batch[3].id, 4);
    assert_string_equal(rulings(test),
                        "1 approve anna newer, 2 approve anna newer, 3 approve anna -, 4 keep anna "
                        "-");
    assert_clean(test, NULL);
}

TEST(store_save_rulings_is_all_or_nothing)
{
    struct review_case *test = *state;
    struct ruling batch[2];

    review_case_plan(test, &four);
    int64_t events = number(test, "select count(*) from audit_event");
    batch[0] = review_case_ruling(test, "anna", 2);
    batch[1] = ruling_case_keep(test, "anna", 3, "");
    REVIEW_REFUSED(store_save_rulings(&test->world.store, batch, 2, RULING_ADDRESS, &why),
                   ERR_USAGE, "'keep' needs a reason");
    batch[1] = review_case_ruling(test, "anna", 3);
    batch[1].account_id = "nobody";
    REVIEW_REFUSED(store_save_rulings(&test->world.store, batch, 2, RULING_ADDRESS, &why),
                   distributed_refusal(), "the decision was not recorded");
    assert_int_equal(batch[0].id, 0);
    assert_string_equal(rulings(test), "");
    assert_int_equal(number(test, "select count(*) from audit_event"), events);
}

TEST(store_end_rulings_ends_what_stands_and_passes_over_the_rest)
{
    struct review_case *test = *state;
    const struct store_run old = {.id = test->world.run.id};
    struct store_ruling_end ends[] = {{1, RULING_CHANGED, "last day was 2026-03-03, is none"},
                                      {2, RULING_EXPIRED, "168 hours are over"},
                                      {99, RULING_DONE, "never was"}};

    review_case_plan(test, &four);
    ruling_case_save(test, review_case_ruling(test, "anna", 2));
    ruling_case_save(test, review_case_ruling(test, "anna", 3));
    ruling_case_save(test, review_case_ruling(test, "anna", 4));
    ruling_case_end(test, "anna", 2, RULING_WITHDRAWN, "a mistake");
    store_world_tomorrow(&test->world);
    REVIEW_REFUSED(
        store_end_rulings(&test->world.store, &old, NULL, ends, 3, test->world.now, &why),
        ERR_LOCKED, "was overtaken by run '2'");
    REVIEW_OK(store_end_rulings(&test->world.store, &test->world.run, NULL, ends, 3,
                                test->world.now, &why));
    assert_string_equal(rulings(test),
                        "1 approve anna changed, 2 approve anna withdrawn, 3 approve anna -");
    assert_string_equal(
        store_world_text(&test->world, "select string_agg(concat_ws(' ', word, run_id), ', ' order"
                                       " by sequence) from audit_event where kind = 'ruling_end'"),
        "withdrawn 0, changed 2");
    assert_clean(test, NULL);
}

/* The chain is the same on every server, however it joins: in the order of their numbers. */
TEST(store_end_rulings_tells_the_ends_in_the_order_of_the_rulings)
{
    struct review_case *test = *state;
    const struct store_ruling_end ends[] = {{3, RULING_KEPT, "protected"},
                                            {1, RULING_DONE, "done"},
                                            {2, RULING_EXPIRED, "168 hours are over"}};

    review_case_plan(test, &four);
    for (int64_t position = 2; position <= 4; position++)
        ruling_case_save(test, review_case_ruling(test, "anna", position));
    store_world_execute(&test->world, "update ruling set reason = reason where ruling_id = 1");
    REVIEW_OK(pg_run(test->world.store.pg, "test",
                     "select set_config(name, 'off', false) from pg_settings"
                     " where name in ('enable_indexscan', 'enable_bitmapscan')",
                     PG_MANY, NULL, 0, NULL, &why));
    REVIEW_OK(store_end_rulings(&test->world.store, &test->world.run, NULL, ends, 3,
                                test->world.now, &why));
    assert_string_equal(store_world_text(&test->world,
                                         "select string_agg(word, ', ' order by sequence)"
                                         " from audit_event where kind = 'ruling_end'"),
                        "done, expired, kept");
    assert_clean(test, NULL);
}

TEST(store_load_rulings_lists_what_stands_and_what_ended_since)
{
    struct review_case *test = *state;
    struct store_ruling *ruling = NULL;
    size_t count = 0;

    review_case_plan(test, &four);
    ruling_case_save(test, review_case_ruling(test, "anna", 3));
    ruling_case_save(test, review_case_ruling(test, "anna", 2));
    ruling_case_end(test, NULL, 1, RULING_KEPT, "protected");
    REVIEW_OK(store_load_rulings(&test->world.store, &test->world.arena, INSTANT_NONE, &ruling,
                                 &count, &why));
    assert_int_equal(count, 1);
    assert_int_equal(ruling[0].ruling.id, 2);
    assert_string_equal(ruling[0].email, "user2@acme.example");
    assert_false(instant_is_set(ruling[0].ended_at));
    REVIEW_OK(store_load_rulings(&test->world.store, &test->world.arena, test->world.now, &ruling,
                                 &count, &why));
    assert_int_equal(count, 2);
    assert_int_equal(ruling[1].ruling.end, RULING_KEPT);
    assert_string_equal(ruling[1].end_reason, "protected");
    assert_null(ruling[1].ended_by);
    REVIEW_OK(store_load_rulings(&test->world.store, &test->world.arena,
                                 instant_add_us(test->world.now, 1), &ruling, &count, &why));
    assert_int_equal(count, 1);
}

TEST(store_load_history_brings_the_rulings_of_each_account)
{
    struct review_case *test = *state;

    review_case_plan(test, &four);
    ruling_case_save(test, ruling_case_reject(test, "anna", 2, "still needed"));
    ruling_case_save(test, ruling_case_keep(test, "bert", 2, "a project"));
    ruling_case_save(test, review_case_ruling(test, "anna", 3));
    ruling_case_end(test, "anna", 1, RULING_WITHDRAWN, "a mistake");
    ruling_case_end(test, NULL, 3, RULING_KEPT, "protected");
    store_world_tomorrow(&test->world);
    struct snapshot snapshot = store_world_snapshot(&test->world, 6);
    store_world_load(&test->world, &snapshot);
    const struct rulings *second = account_past(&snapshot.account[1])->rulings;
    assert_non_null(second); /* a rejection that ended is remembered */
    assert_int_equal(second->count, 2);
    assert_int_equal(second->item[0].kind, RULING_REJECT);
    assert_int_equal(second->item[0].end, RULING_WITHDRAWN);
    assert_int_equal(second->item[1].kind, RULING_KEEP);
    assert_int_equal(second->item[1].end, RULING_STANDS);
    assert_null(account_past(&snapshot.account[2])->rulings);
    assert_null(account_past(&snapshot.account[3])->rulings);
}

TEST(store_mark_could_act_keeps_the_first_night)
{
    struct review_case *test = *state;
    const int64_t id[] = {1, 2};

    review_case_plan(test, &four);
    ruling_case_save(test, review_case_ruling(test, "anna", 2));
    ruling_case_save(test, review_case_ruling(test, "anna", 3));
    REVIEW_OK(
        store_mark_could_act(&test->world.store, &test->world.run, id, 1, test->world.now, &why));
    store_world_tomorrow(&test->world);
    REVIEW_OK(
        store_mark_could_act(&test->world.store, &test->world.run, id, 2, test->world.now, &why));
    assert_string_equal(store_world_text(&test->world, "select string_agg(could_act_at::date::text,"
                                                       " ' ' order by ruling_id) from ruling"),
                        "2026-11-01 2026-11-02");
}

TEST(store_load_approved_rules_counts_at_one_address_and_by_name_from_before)
{
    struct review_case *test = *state;
    struct approved_rules rules;
    struct digest departed = digest_of("departed", 8);

    review_case_plan(test, &four);
    ruling_case_save(test, review_case_ruling(test, "anna", 2));
    ruling_case_end(test, NULL, 1, RULING_DONE, "done");
    ruling_case_save(test, ruling_case_reject(test, "anna", 3, "no"));
    execute(test,
            "insert into approved_rule select portal_id, 'idle', '" RULING_ADDRESS "' from portal");
    REVIEW_OK(store_load_approved_rules(&test->world.store, &test->world.arena, RULING_ADDRESS,
                                        &rules, &why));
    assert_int_equal(rules.rule_text_count, 1);
    assert_int_equal(digest_compare(&rules.rule_text[0], &departed), 0);
    assert_int_equal(rules.name_count, 1);
    assert_string_equal(rules.name[0], "idle");
    REVIEW_OK(store_load_approved_rules(&test->world.store, &test->world.arena,
                                        "https://ACME.example:443/", &rules, &why));
    assert_int_equal(rules.rule_text_count, 1); /* the same, written differently */
    assert_int_equal(rules.name_count, 1);
    REVIEW_OK(store_load_approved_rules(&test->world.store, &test->world.arena,
                                        "https://acme.example:8443", &rules, &why));
    assert_int_equal(rules.rule_text_count + rules.name_count, 0);
}

TEST(store_acknowledge_stands_once_for_each_guard)
{
    static const int64_t measures[] = {0, 12, 250000, INT64_MAX};
    struct review_case *test = *state;
    struct acknowledgement given = {.guard = "G2",
                                    .who = "anna",
                                    .reason = "a branch was sold",
                                    .at = test->world.now,
                                    .cause = "400 people, 1,000 before"};
    struct acknowledgement *item = NULL;
    size_t count = 0;

    review_case_plan(test, &four);
    given.plan_id = test->plan->id;
    for (size_t i = 0; i < COUNT_OF(measures); i++) {
        given.measure = measures[i];
        REVIEW_OK(store_acknowledge(&test->world.store, &given, &why));
        assert_int_equal(given.id, i + 1);
        REVIEW_OK(store_load_acknowledgements(&test->world.store, &test->world.arena, &item, &count,
                                              &why));
        assert_int_equal(count, 1);
        assert_int_equal(item[0].measure, measures[i]);
    }
    assert_string_equal(item[0].cause, "400 people, 1,000 before");
    assert_string_equal(item[0].who, "anna");
    given.guard = "G13";
    given.measure = -1;
    REVIEW_OK(store_acknowledge(&test->world.store, &given, &why));
    REVIEW_OK(store_end_acknowledgement(&test->world.store, &test->world.run, given.id,
                                        "the guard passes", test->world.now, &why));
    REVIEW_OK(store_end_acknowledgement(&test->world.store, &test->world.run, given.id,
                                        "the guard passes", test->world.now, &why));
    REVIEW_OK(
        store_load_acknowledgements(&test->world.store, &test->world.arena, &item, &count, &why));
    assert_int_equal(count, 1);
    given.reason = "";
    REVIEW_REFUSED(store_acknowledge(&test->world.store, &given, &why), ERR_USAGE,
                   "needs a reason");
    assert_clean(test, NULL);
}

TEST(a_thousand_rulings_are_quick)
{
    const struct review_shape many = {.suspend = 1000, .approvals_suspend = 1};
    struct review_case *test = *state;
    struct timespec begun, ended;

    review_case_plan(test, &many);
    execute(test, "analyze account; analyze plan_row");
    for (unsigned turn = 0; turn < 2; turn++) { /* the second ends the first */
        struct ruling *batch = arena_calloc(&test->world.arena, 1000, sizeof(batch[0]));
        for (int64_t i = 0; i < 1000; i++)
            batch[i] = review_case_ruling(test, "anna", i + 1);
        (void)clock_gettime(CLOCK_MONOTONIC, &begun);
        REVIEW_OK(store_save_rulings(&test->world.store, batch, 1000, RULING_ADDRESS, &why));
        (void)clock_gettime(CLOCK_MONOTONIC, &ended);
        print_message("1,000 rulings, %s: %.0f ms\n", turn ? "1,000 replaced" : "none replaced",
                      (double)(ended.tv_sec - begun.tv_sec) * 1e3 +
                          (double)(ended.tv_nsec - begun.tv_nsec) / 1e6);
    }
    assert_int_equal(number(test, "select count(*) from audit_event where kind like 'ruling%'"),
                     3000);
    assert_clean(test, NULL);
}

/* --- announcements --- */

/* As the next reading finds it, which shows account 1 in this state. */
static const struct account_past *life_as(struct review_case *test, size_t account,
                                          enum account_status first)
{
    struct snapshot snapshot = store_world_snapshot(&test->world, 6);

    snapshot.account[0].status = first;
    store_world_load(&test->world, &snapshot);
    return account_past(&snapshot.account[account - 1]);
}

static const struct account_past *life(struct review_case *test, size_t account)
{
    return life_as(test, account, ACCOUNT_ACTIVE);
}

TEST(store_announce_keeps_what_was_told_until_it_is_ended)
{
    struct review_case *test = *state;
    struct store *store = &test->world.store;

    review_case_plan(test, &four);
    struct store_announced begun[] = {ruling_case_announcement(test, 2),
                                      ruling_case_announcement(test, 3)};
    REVIEW_OK(store_announce(store, &test->world.run, NULL, 0, begun, 2, test->world.today, &why));
    assert_int_equal(begun[0].id, 1);
    assert_int_equal(begun[1].id, 2);
    const struct account_past *second = life(test, 2);
    assert_int_equal(second->announcement_count, 1);
    assert_string_equal(second->announcement->rule, "departed");
    assert_true(second->announcement->at.us == begun[0].at.us);
    assert_int_equal(day_compare(second->announcement->on, test->world.today), 0);
    assert_int_equal(day_compare(second->announcement->not_before, begun[0].not_before), 0);
    assert_true(second->announcement->login_at.us == begun[0].login_at.us);
    /* The day after one ends, and another one is announced anew; what never began ends nothing. */
    store_world_tomorrow(&test->world);
    review_case_plan(test, &four);
    const struct store_announcement_end end[] = {
        {begun[0].account_id, "departed", "a login on 2 November"},
        {begun[0].account_id, "idle", "never was"}};
    begun[1].plan_id = test->plan->id;
    begun[1].at = test->world.now;
    begun[1].on = test->world.today;
    REVIEW_OK(
        store_announce(store, &test->world.run, end, 2, &begun[1], 1, test->world.today, &why));
    assert_int_equal(begun[1].id, 3);
    assert_int_equal(life(test, 2)->announcement_count, 0);
    assert_int_equal(life(test, 3)->announcement_count, 1);
    assert_true(life(test, 3)->announcement->at.us == test->world.now.us);
    assert_string_equal(
        store_world_text(&test->world, "select string_agg(concat_ws(' ', announcement_id, ended_on,"
                                       " ended_reason), ', ' order by announcement_id)"
                                       " from announcement"),
        "1 2026-11-02 a login on 2 November, 2 2026-11-02 it was announced anew, 3");
    assert_clean(test, NULL);
}

TEST(store_announce_of_an_older_run_is_refused_and_a_person_needs_none)
{
    struct review_case *test = *state;
    const struct store_run old = test->world.run;

    review_case_plan(test, &four);
    struct store_announced begun = ruling_case_announcement(test, 2);
    store_world_tomorrow(&test->world);
    REVIEW_REFUSED(
        store_announce(&test->world.store, &old, NULL, 0, &begun, 1, test->world.today, &why),
        ERR_LOCKED, "the announcements were not stored");
    assert_int_equal(begun.id, 0);
    REVIEW_OK(
        store_announce(&test->world.store, NULL, NULL, 0, &begun, 1, test->world.today, &why));
    assert_int_equal(begun.id, 1);
    assert_clean(test, NULL);
}

/* `run` announced the row before somebody approved it: the day that was told is the day. */
TEST(store_announce_of_a_row_whose_grace_has_begun_changes_nothing)
{
    struct review_case *test = *state;
    struct store *store = &test->world.store;

    review_case_plan(test, &four);
    struct store_announced begun[] = {ruling_case_announcement(test, 2),
                                      ruling_case_announcement(test, 3)};
    REVIEW_OK(store_announce(store, &test->world.run, NULL, 0, begun, 1, test->world.today, &why));
    begun[0].at = begun[1].at = instant_add_us(test->world.now, 3 * DAY_US);
    begun[0].not_before = day_add(begun[0].not_before, 3);
    REVIEW_OK(store_announce(store, NULL, NULL, 0, begun, 2, test->world.today, &why));
    assert_int_equal(begun[0].id, 1);
    assert_int_equal(begun[1].id, 2);
    assert_int_equal(number(test, "select count(*) from announcement where ended_on is null"), 2);
    const struct account_past *second = life(test, 2);
    assert_true(second->announcement->at.us == test->world.now.us);
    assert_int_equal(day_compare(second->announcement->not_before, day_add(test->world.today, 14)),
                     0);
    assert_clean(test, NULL);
}

/* --- became active, reactivated --- */

/* The states of account 1 on the days that follow, each saved as a snapshot of a new run: "aig-":
 * active, inactive, gone, unreadable. */
static void live(struct review_case *test, const char *states)
{
    for (; *states; states++) {
        store_world_tomorrow(&test->world);
        struct snapshot snapshot = store_world_snapshot(&test->world, 3);
        switch (*states) {
        case 'a':
            break;
        case 'i':
            snapshot.account[0].status = ACCOUNT_INACTIVE;
            break;
        case 'g':
            snapshot.account++;
            snapshot.count--;
            break;
        default:
            snapshot.account[0].status = ACCOUNT_UNREADABLE;
        }
        store_world_load(&test->world, &snapshot);
        store_world_save(&test->world, &snapshot);
    }
}

static const struct {
    const char *states, *became;
} lives[] = {
    {"a", "-"},
    {"aa", "-"},
    {"i", "-"},
    {"ia", "2026-11-03"},
    {"iaa", "2026-11-03"},
    {"iaia", "2026-11-05"},
    {"i-a", "2026-11-04"}, /* by its last clear state */
    {"a-a", "-"},
    {"iga", "2026-11-04"},
    {"aga", "-"},
};

TEST(became_active_is_the_newest_turn_from_a_clear_state_without_a_seat)
{
    struct review_case *test = *state;

    for (size_t i = 0; i < COUNT_OF(lives); i++) {
        audit_case_setup(state);
        live(test, lives[i].states);
        const char *became = store_world_text(
            &test->world, "select coalesce(became_active_at::date::text, '-') from account"
                          " where account_id like '00000001-%'");
        if (!text_equal(became, lives[i].became))
            fail_msg("%s: %s, not %s", lives[i].states, became, lives[i].became);
    }
}

/* A reading that was not stored yet counts as well. */
TEST(became_active_is_known_before_the_reading_that_shows_it_is_stored)
{
    struct review_case *test = *state;

    live(test, "i");
    store_world_tomorrow(&test->world);
    assert_true(life(test, 1)->became_active.us == test->world.now.us);
    assert_false(instant_is_set(life(test, 2)->became_active));
}

static void act(struct review_case *test, const char *action)
{
    execute(test, arena_printf(&test->world.arena,
                               "insert into act (portal_id, act_id, account_id, action, done_at,"
                               " person_status) select portal_id, (select count(*) + 1 from act),"
                               " '00000001-2B3A-141F-8F07D71AA1F223BD', '%s', '%s', 'departed'"
                               " from portal",
                               action,
                               store_time(&test->world.arena,
                                          instant_add_us(test->world.now, 60 * SECOND_US))));
}

TEST(reactivated_is_the_first_reading_with_a_seat_after_our_newest_suspension)
{
    struct review_case *test = *state;

    live(test, "a");
    act(test, "suspend");
    live(test, "i");
    assert_int_equal(life_as(test, 1, ACCOUNT_INACTIVE)->suspended_act, 1);
    live(test, "aa"); /* one day, and it stays so */
    store_world_tomorrow(&test->world);
    const struct account_past *past = life(test, 1);
    assert_true(past->reactivated_since);
    assert_false(instant_is_set(past->suspended_by_us));
    assert_true(past->reactivated_at.us == test->world.now.us - 2 * DAY_US);
    /* A second suspension begins anew. */
    act(test, "suspend");
    live(test, "i");
    past = life_as(test, 1, ACCOUNT_INACTIVE);
    assert_false(past->reactivated_since);
    assert_false(instant_is_set(past->reactivated_at));
    assert_int_equal(past->suspended_act, 2);
    /* Before any reading saw it without a seat: the account did not change. */
    act(test, "reactivate");
    live(test, "a");
    act(test, "suspend");
    live(test, "a");
    assert_true(life(test, 1)->reactivated_since);
    assert_string_equal(store_world_text(&test->world,
                                         "select reactivated_at::date::text from account where"
                                         " account_id like '00000001-%'"),
                        store_world_text(&test->world, "select max(taken_at)::date::text from"
                                                       " snapshot"));
}

/* What thinning took before the facts were kept is unknown. */
TEST(reactivation_is_unknown_where_readings_after_the_suspension_are_missing)
{
    struct review_case *test = *state;

    live(test, "a");
    act(test, "suspend");
    live(test, "ii");
    assert_false(life_as(test, 1, ACCOUNT_INACTIVE)->reactivation_unknown);
    execute(test, "update portal set states_whole_from = (select max(taken_at) from snapshot)");
    assert_true(life_as(test, 1, ACCOUNT_INACTIVE)->reactivation_unknown);
    act(test, "suspend");
    assert_false(life_as(test, 1, ACCOUNT_INACTIVE)->reactivation_unknown);
}
