/* core/plan: order of rows, totals, the chart, and a digest that covers what a person approves. */
#include <string.h>

#include "base/cleanup.h"
#include "core/plan.h"
#include "core/row_subject.h"
#include "test.h"

#define COUNT 7

/* Seven decisions of every kind, in no order. */
struct sample {
    struct arena arena;
    struct account account[COUNT];
    struct pairing pairing[COUNT];
    struct decision decision[COUNT];
    struct snapshot snapshot;
    struct roster roster;
    struct matching matching;
    struct policy policy;
    struct policy_context context;
    struct guard_finding finding[2];
    struct guard_result guards;
    struct plan_setup setup;
};

static void sample_init(struct sample *sample)
{
    static const struct rule rules[] = {{.name = "long"}, {.name = "idle"}};
    static const struct {
        const char *id;
        enum account_status status;
        enum action action;
        const struct rule *rule;
        const char *row;
        bool finding;
        int32_t not_before;
        int idle;
    } rows[COUNT] = {
        {"D", ACCOUNT_INACTIVE, ACTION_DEPROVISION, &rules[0], "R2", false, 0, 400},
        {"B", ACCOUNT_ACTIVE, ACTION_SUSPEND, &rules[1], "R4", false, 0, 90},
        {"F", ACCOUNT_ACTIVE, ACTION_KEEP, NULL, "P4", true, 0, 29},
        {"A", ACCOUNT_ACTIVE, ACTION_SUSPEND, &rules[1], "R7", false, 46010, 5000},
        {"K", ACCOUNT_ACTIVE, ACTION_KEEP, NULL, "R13", false, 0, 30},
        {"R", ACCOUNT_INACTIVE, ACTION_REACTIVATE, NULL, "R9", false, 0, -1},
        {"G", ACCOUNT_GONE, ACTION_KEEP, NULL, "R14", false, 0, -1},
    };

    *sample = (struct sample){.arena = ARENA_INIT};
    for (size_t i = 0; i < COUNT; i++) {
        sample->account[i] = (struct account){.id = rows[i].id, .status = rows[i].status};
        if (rows[i].idle >= 0)
            sample->account[i].login = (struct login){.kind = LOGIN_KNOWN, .at = {.us = 1}};
        sample->pairing[i].kind = LINK_NONE;
        sample->decision[i] = (struct decision){.account = &sample->account[i],
                                                .pairing = &sample->pairing[i],
                                                .action = rows[i].action,
                                                .by = rows[i].rule,
                                                .clause = rows[i].row,
                                                .reason = "so",
                                                .finding = rows[i].finding,
                                                .not_before = {rows[i].not_before},
                                                .idle_days = rows[i].idle};
    }
    sample->snapshot =
        (struct snapshot){.complete = true, .account = sample->account, .count = COUNT};
    sample->policy = (struct policy){.zone = &zone_utc};
    sample->context = (struct policy_context){
        .today = {46000}, .now = {.us = DAY_US}, .snapshot = &sample->snapshot};
    sample->finding[0] =
        (struct guard_finding){.id = "G1", .hold = false, .limit = "l", .actual = "a", .text = "t"};
    sample->finding[1] =
        (struct guard_finding){.id = "G2", .hold = false, .limit = "l", .actual = "a", .text = "t"};
    sample->guards = (struct guard_result){.finding = sample->finding, .count = 2};
    sample->setup = (struct plan_setup){
        .portal = "acme", .approvals[ACTION_SUSPEND] = 1, .approvals[ACTION_DEPROVISION] = 2};
}

static struct plan *make(struct sample *sample)
{
    struct decided decided = decided_plain(sample->decision, COUNT);

    struct plan *plan =
        plan_make(&sample->arena, &sample->setup, &sample->policy, &sample->matching,
                  &sample->context, &sample->roster, &decided, &sample->guards);
    plan_seal(plan);
    return plan;
}

TEST(plan_make_of_mixed_decisions_puts_deletions_last)
{
    static const char *const order[] = {"R", "A", "B", "D", "F", "K", "G"};
    struct sample sample;

    for (int full = 0; full < 2; full++) {
        sample_init(&sample);
        sample.setup.full = full;
        struct plan *plan = make(&sample);
        assert_int_equal(plan->row_count, full ? 7 : 5);
        for (size_t i = 0; i < plan->row_count; i++) {
            assert_string_equal(plan->row[i].account_id, order[i]);
            assert_int_equal(plan_row_is_plain_keep(&plan->row[i]), i >= 5);
        }
        arena_release(&sample.arena);
    }
}

TEST(plan_make_of_mixed_decisions_counts)
{
    struct sample sample;

    sample_init(&sample);
    struct plan *plan = make(&sample);
    assert_int_equal(plan->state, PLAN_PROPOSED);
    assert_int_equal(plan->totals.of[ACTION_KEEP], 2);
    assert_int_equal(plan->totals.of[ACTION_SUSPEND], 2);
    assert_int_equal(plan->totals.of[ACTION_DEPROVISION], 1);
    assert_int_equal(plan->totals.of[ACTION_REACTIVATE], 1);
    assert_int_equal(plan->totals.waiting, 1);
    assert_int_equal(plan->totals.findings, 1);
    assert_int_equal(plan->totals.seats_now, 4);
    assert_int_equal(plan->totals.seats_after, 3);
    assert_int_equal(plan->idle.bucket[0], 1); /* 29 days */
    assert_int_equal(plan->idle.bucket[1], 1); /* 30 days */
    assert_int_equal(plan->idle.bucket[3], 1); /* 90 days */
    assert_int_equal(plan->idle.bucket[PLAN_IDLE_BUCKETS - 1], 1);
    assert_false(instant_is_set(plan->expires_at)); /* decisions end, not plans */
    arena_release(&sample.arena);
}

/* So many rows that several describe them: each says what it says alone. */
TEST(plan_make_of_many_rows_tells_of_each_what_it_is_about)
{
    enum { ALL = 20001 };
    struct sample sample;

    sample_init(&sample);
    struct arena *arena = &sample.arena;
    struct account *account = arena_calloc(arena, ALL, sizeof(account[0]));
    struct decision *decision = arena_calloc(arena, ALL, sizeof(decision[0]));
    for (size_t i = 0; i < ALL; i++) {
        account[i] = (struct account){.id = arena_printf(arena, "%05zu", ALL - i),
                                      .email = arena_printf(arena, "a%zu@acme.example", i),
                                      .status = ACCOUNT_ACTIVE};
        decision[i] = sample.decision[1];
        decision[i].account = &account[i];
        decision[i].pairing = &sample.pairing[1];
    }
    sample.snapshot.account = account;
    sample.snapshot.count = ALL;
    struct decided decided = decided_plain(decision, ALL);
    const struct plan *plan = plan_make(arena, &sample.setup, &sample.policy, &sample.matching,
                                        &sample.context, &sample.roster, &decided, &sample.guards);
    assert_int_equal(plan->row_count, ALL);
    for (size_t i = 0; i < ALL; i++) {
        CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
        const struct decision *of = &decision[ALL - 1 - i];
        struct row_subject subject =
            row_subject_of(&scratch, &sample.matching, &sample.snapshot, of);
        struct digest digest = row_subject_digest(&subject);
        assert_string_equal(plan->row[i].account_id, of->account->id);
        assert_string_equal(plan_row_about(&scratch, plan, &plan->row[i]),
                            row_subject_text(&scratch, &subject));
        assert_memory_equal(&plan->row[i].subject, &digest, sizeof(digest));
    }
    arena_release(arena);
}

TEST(plan_make_of_nothing_to_do_is_empty_and_of_a_held_guard_held)
{
    struct sample sample;

    sample_init(&sample);
    for (size_t i = 0; i < COUNT; i++)
        sample.decision[i].action = ACTION_KEEP;
    assert_int_equal(make(&sample)->state, PLAN_EMPTY);
    sample.guards.held = true;
    assert_int_equal(make(&sample)->state, PLAN_HELD);
    arena_release(&sample.arena);
}

TEST(plan_make_of_a_first_plan_needs_a_person)
{
    struct sample sample;

    sample_init(&sample);
    sample.setup.approvals[ACTION_SUSPEND] = 0;
    assert_int_equal(make(&sample)->approvals[ACTION_SUSPEND], 0);
    sample.context.first_plan = true;
    assert_int_equal(make(&sample)->approvals[ACTION_SUSPEND], 1);
    assert_int_equal(make(&sample)->approvals[ACTION_DEPROVISION], 2);
    arena_release(&sample.arena);
}

/* What a person approves, each of which must change the digest. */
static void change(struct sample *sample, size_t what)
{
    struct decision *decision = &sample->decision[1];

    switch (what) {
    case 0:
        decision->reason = "other";
        break;
    case 1:
        decision->not_before.number = 46001;
        break;
    case 2:
        decision->held_by = 7;
        break;
    case 3:
        decision->action = ACTION_DEPROVISION;
        break;
    case 4:
        sample->finding[1].hold = true;
        break;
    case 5:
        sample->setup.portal = "other";
        break;
    case 6:
        sample->policy.suspended_days_floor = 1;
        break;
    case 7:
        sample->snapshot.digest.byte[0] = 1;
        break;
    case 8:
        sample->context.today.number = 46001;
        break;
    case 9:
        sample->account[1].email = "x";
        break;
    case 10:
        sample->setup.approvals[ACTION_SUSPEND] = 2;
        break;
    case 11:
        sample->roster.count = 1;
        sample->roster.person = arena_calloc(&sample->arena, 1, sizeof(struct person));
        break;
    case 12:
        sample->decision[2].finding = false;
        break;
    case 13:
        decision->new_announcement = true;
        break;
    }
}

TEST(plan_digest_of_any_changed_part_differs)
{
    struct sample sample;

    sample_init(&sample);
    struct digest digest = make(&sample)->digest;
    arena_release(&sample.arena);
    for (size_t i = 0; i < 14; i++) {
        sample_init(&sample);
        change(&sample, i);
        struct digest other = make(&sample)->digest;
        if (digest_compare(&digest, &other) == 0)
            fail_msg("change %zu is not seen", i);
        arena_release(&sample.arena);
    }
}

/* A row with something in it that every version knows, and something that only the newest does. */
static struct plan_row known_row(void)
{
    return (struct plan_row){
        .action = ACTION_SUSPEND,
        .finding = true,
        .account_id = "account_id",
        .username = "username",
        .email = "email",
        .name = "name",
        .rule = "rule",
        .reason = "reason",
        .clause = "R7",
        .not_before = {46010},
        .account_word = "active",
        .person_word = "absent",
        .employee_number = "employee_number",
        .matched_by = "matched_by",
        .last_login = {.us = 7},
        .last_login_source = "events",
        .idle_days = 90,
        .profile = "profile",
        .roles = "a b",
        .department = "department",
        .held_by = "G7",
        .uses_person = true,
        .telling = "mail",
        .last_activity = {.us = 8},
        .last_activity_kind = "views",
        .rule_text = {.byte = {1}},
        .asks_login = true,
        .of_login = true,
        .needed = 2,
    };
}

static struct plan known_plan(struct guard_finding *guard, struct plan_row *row)
{
    *guard =
        (struct guard_finding){.id = "G7", .hold = true, .limit = "l", .actual = "a", .text = "t"};
    *row = known_row();
    return (struct plan){
        .portal = "acme",
        .today = {46000},
        .first_plan = true,
        .approvals[ACTION_SUSPEND] = 1,
        .approvals[ACTION_DEPROVISION] = 2,
        .guard = guard,
        .guard_count = 1,
        .row = row,
        .row_count = 1,
    };
}

/* Plans that are stored have their digest: the same plan has the same one in every version of the
 * program. These were computed by another program. */
TEST(plan_digest_of_a_known_plan_is_known)
{
    static const char *const known[] = {
        "ec0c1055ca6967695e56077ccb99f2da68ebd1b41d0009c38413f4014f211555",
        "c6ad134c5f0b3681b7437b8b1e0cfebcbb9b1b7ca605ee2eb1657ebcc9762042",
        "9f63f040b4e7087ebdadd531a43af3134e36f73fd823ebf0ed1eaa6169e17ffe",
        "b62b23ef0e0e1c8d38ea528d2ac0305195f606eb74f49b06c3182f7aaffb4f01",
    };
    struct guard_finding guard;
    struct plan_row row;
    struct plan plan = known_plan(&guard, &row);
    char hex[DIGEST_HEX_SIZE];

    assert_int_equal(COUNT_OF(known), PLAN_VERSION);
    for (plan.version = 1; plan.version <= PLAN_VERSION; plan.version++) {
        struct digest digest = plan_digest(&plan);
        assert_string_equal(digest_hex(&digest, hex), known[plan.version - 1]);
    }
}

/* Another value of any type. */
static void change_field(const struct column *column, struct plan_row *row)
{
    void *field = (char *)row + column->offset;

    switch (column->type) {
    case COLUMN_STRING:
    case COLUMN_WORDS:
        *(const char **)field = *(const char **)field ? NULL : "x";
        return;
    case COLUMN_INT:
    case COLUMN_OPTIONAL:
        ++*(int *)field;
        return;
    case COLUMN_FLAG:
        *(bool *)field = !*(bool *)field;
        return;
    case COLUMN_DAY:
        ((struct day *)field)->number++;
        return;
    case COLUMN_INSTANT:
        ((struct instant *)field)->us++;
        return;
    case COLUMN_DIGEST:
    case COLUMN_SEAL:
        ((struct digest *)field)->byte[0] ^= 2;
        return;
    case COLUMN_ENUM:
        row->action = ACTION_DEPROVISION;
        return;
    case COLUMN_NUMBER:
    case COLUMN_SIZE:
        break;
    }
    fail_msg("no row of a plan has a column like '%s'", column->name);
}

/* Whatever is stored of a row is believed later, but for these. */
TEST(plan_digest_covers_every_column_that_is_stored)
{
    static const char *const uncovered[] = {"class", "matched_row", "about"};
    struct guard_finding guard;
    struct plan_row row;
    struct plan plan = known_plan(&guard, &row);
    size_t found = 0;

    plan.version = PLAN_VERSION;
    const struct digest digest = plan_digest(&plan);
    for (const struct column *column = plan_row_columns; column->name; column++) {
        bool covered = column->use & PLAN_ROW_STORED;
        for (size_t i = 0; i < COUNT_OF(uncovered); i++)
            covered &= strcmp(column->name, uncovered[i]) != 0;
        if (!(column->use & PLAN_ROW_STORED))
            continue;
        row = known_row();
        change_field(column, &row);
        struct digest other = plan_digest(&plan);
        if ((digest_compare(&digest, &other) != 0) != covered)
            fail_msg("the digest %s '%s'", covered ? "leaves out" : "takes in", column->name);
        found += covered;
    }
    assert_int_equal(found, 42);
}

TEST(plan_seal_of_a_row_that_needs_one_person_more_differs)
{
    struct sample sample;

    sample_init(&sample);
    struct plan *plan = make(&sample);
    struct digest before = plan->digest;
    plan->row[1].needed++;
    plan_seal(plan);
    assert_int_not_equal(digest_compare(&before, &plan->digest), 0);
    arena_release(&sample.arena);
}

TEST(plan_digest_of_the_hour_and_the_form_is_the_same)
{
    struct sample sample;

    sample_init(&sample);
    struct plan *plan = make(&sample);
    struct digest again = plan_digest(plan);
    assert_int_equal(digest_compare(&plan->digest, &again), 0);
    sample.setup.full = true;
    sample.context.now.us += 3600 * SECOND_US;
    sample.finding[0].actual = "an hour later";
    sample.roster.digest.byte[0] = 1; /* the bytes; what they say is the same */
    struct digest other = make(&sample)->digest;
    assert_int_equal(digest_compare(&plan->digest, &other), 0);
    arena_release(&sample.arena);
}

TEST(plan_make_over_an_export_gives_nothing_to_approve)
{
    static const struct digest none = {.byte = {0}};
    struct sample sample;

    sample_init(&sample);
    sample.snapshot.source = SNAPSHOT_FROM_EXPORT;
    sample.snapshot.file = "export.csv";
    struct plan *plan = make(&sample);
    assert_true(plan_is_report(plan));
    assert_int_equal(digest_compare(&plan->digest, &none), 0);
    assert_false(instant_is_set(plan->expires_at));
    assert_string_equal(plan->inputs.snapshot_file, "export.csv");
    assert_int_equal(plan->state, PLAN_PROPOSED);
    arena_release(&sample.arena);
}
