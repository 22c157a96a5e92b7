/*
 * A day passes: people and administrators live, the portal and the roster are read, now and then
 * there is a plan, which people approve and a run carries out. Whatever happens is noted in the
 * books at the moment it is made, never read back from the history.
 */
#include "questions_world.h"
#include "alike.h"

#include "core/match.h"
#include "core/row_subject.h"

uint64_t world_draw(struct world *world, uint64_t below)
{
    world->random = world->random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (world->random >> 33) % below;
}

/* --- names --- */

const char *world_id_of(struct world *world, size_t who)
{
    return arena_printf(&world->store.arena, "%08zX-2B3A-141F-8F07D71AA1F223BD", who + 1);
}

const char *world_email_of(struct world *world, size_t who, const struct entry *entry)
{
    return arena_printf(&world->store.arena, "p%zu-%u@acme.example", who, entry->renamed);
}

const char *world_name_of(struct world *world, size_t who, const struct entry *entry)
{
    return arena_printf(&world->store.arena, "First%zu Last%u", who, entry->renamed);
}

const char *world_time_of(struct world *world, struct instant at)
{
    char text[INSTANT_TEXT_SIZE];
    struct arena *arena = &world->store.arena;

    if (!instant_is_set(at))
        return "";
    (void)instant_format(at, text);
    text[10] = ' ';
    return arena_printf(arena, "%.19s+00", text); /* whole seconds only are used here */
}

/* --- a day passes --- */

static void hire(struct world *world, struct entry *entry)
{
    *entry = (struct entry){.account = ACTIVE,
                            .profile = world_draw(world, 6) ? 1 : 2,
                            .in_roster = true,
                            .renamed = entry->renamed,
                            .login = entry->login}; /* what was known stays known */
}

/* What people and administrators do between two readings. */
static void live(struct world *world, size_t day, size_t who, const struct entry *before,
                 struct entry *entry)
{
    struct instant now = world->store.now;

    *entry = *before;
    if (day == 0 ? who < PEOPLE / 2 : before->account == NOWHERE && world_draw(world, 60) == 0) {
        hire(world, entry);
        return;
    }
    if (entry->account == ACTIVE && world_draw(world, 5) == 0)
        entry->login = instant_add_us(now, -(int64_t)(world_draw(world, 80000) + 1) * SECOND_US);
    if (entry->account != NOWHERE && world_draw(world, 90) == 0)
        entry->renamed++;
    if (entry->account == ACTIVE && world_draw(world, 120) == 0)
        entry->profile = 3 - entry->profile;
    if (entry->in_roster && !entry->departed && world_draw(world, 100) == 0) {
        entry->departed = true;
        entry->last_day = day_add(world->store.today, -1);
    } else if (entry->departed && entry->account == INACTIVE && world_draw(world, 25) == 0) {
        entry->departed = false; /* comes back, and the portal's people let them in again */
        entry->last_day = DAY_NONE;
        entry->account = ACTIVE;
    } else if (entry->departed && entry->account == INACTIVE && world_draw(world, 50) == 0) {
        entry->account = NOWHERE; /* deleted in the portal */
        entry->in_roster = false;
        entry->departed = false;
    }
    if (entry->account == ACTIVE && !entry->departed && world_draw(world, 300) == 0)
        entry->account = INACTIVE; /* suspended in the portal, not by us */
    else if (entry->account == INACTIVE && !entry->departed && world_draw(world, 10) == 0)
        entry->account = ACTIVE;
}

static struct snapshot make_snapshot(struct world *world, const struct entry *entry)
{
    static const char *const users[] = {"VIEW"};
    static const char *const managers[] = {"USERMANAGEMENT", "VIEW"};
    struct arena *arena = &world->store.arena;
    struct snapshot snapshot = {
        .taken_at = world->store.now,
        .complete = true,
        .account = arena_calloc(arena, PEOPLE + 1, sizeof(snapshot.account[0])),
        .profile = arena_calloc(arena, 2, sizeof(snapshot.profile[0])),
        .profile_count = 2,
        .own_id = "0A84D758-2B3A-141F-8F07D71AA1F223BD",
    };

    snapshot.profile[0] =
        (struct profile){.id = "p1", .name = "Users", .role = users, .role_count = 1};
    snapshot.profile[1] =
        (struct profile){.id = "p2", .name = "Managers", .role = managers, .role_count = 2};
    for (size_t who = 0; who < PEOPLE; who++) {
        if (entry[who].account == NOWHERE)
            continue;
        snapshot.account[snapshot.count++] = (struct account){
            .id = world_id_of(world, who),
            .username = arena_printf(arena, "u%zu", who),
            .email = world_email_of(world, who, &entry[who]),
            .name = world_name_of(world, who, &entry[who]),
            .employee_number = arena_printf(arena, "%05zu", who),
            ALIKE(.profile_id = entry[who].profile == 2 ? "p2" : "p1"),
            .status = entry[who].account == ACTIVE ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE,
            .login = entry[who].account != ACTIVE ? (struct login){.kind = LOGIN_NOT_READ}
                     : instant_is_set(entry[who].login)
                         ? store_world_login(entry[who].login, world->store.now)
                         : (struct login){.kind = LOGIN_NEVER,
                                          .source = LOGIN_FROM_SINGLE_READ,
                                          .seen_at = world->store.now},
        };
    }
    return snapshot;
}

static struct roster make_roster(struct world *world, size_t day, const struct entry *entry)
{
    struct arena *arena = &world->store.arena;
    struct roster roster = {
        .source = "file:///srv/hr.csv",
        .digest = digest_of(&day, sizeof(day)),
        .read_at = world->store.now,
        .person = arena_calloc(arena, PEOPLE + 1, sizeof(roster.person[0])),
    };

    static const struct person_alike sales = {.department = "Sales"};
    for (size_t who = 0; who < PEOPLE; who++) {
        if (!entry[who].in_roster)
            continue;
        roster.person[roster.count++] = (struct person){
            .employee_number = arena_printf(arena, "%05zu", who),
            .email = world_email_of(world, who, &entry[who]),
            .name = world_name_of(world, who, &entry[who]),
            .alike = &sales,
            .word = entry[who].departed ? PERSON_DEPARTED : PERSON_EMPLOYED,
            .last_day = entry[who].last_day,
            .row = (uint32_t)roster.count + 2,
        };
    }
    roster_judge(&roster, world->store.today);
    return roster;
}

static void collect(struct world *world, size_t day)
{
    static const struct matching matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER}, .key_count = 1};
    struct books *books = world->books;
    struct store *store = &world->store.store;
    struct snapshot snapshot = make_snapshot(world, books->entry[day]);
    struct roster roster = make_roster(world, day, books->entry[day]);

    REVIEW_OK(store_load_history(store, &world->store.arena, &snapshot, &why));
    snapshot_digest(&snapshot);
    store_world_save(&world->store, &snapshot);
    store_world_save_roster(&world->store, &roster, true);
    books->pairing[day] = match_all(&world->store.arena, &snapshot, &roster, &matching);
    REVIEW_OK(store_save_links(store, &snapshot, &roster, books->pairing[day], 100, true, &why));
    books->seen[day] = snapshot;
    books->taken_at[day] = snapshot.taken_at;
    books->day[day] = world->store.today;
}

/* --- plans and acts --- */

static struct plan make_plan(struct world *world, size_t day, bool is_held)
{
    struct arena *arena = &world->store.arena;
    struct books *books = world->books;
    struct plan plan = {
        .version = PLAN_VERSION,
        .portal = "acme",
        .state = is_held ? PLAN_HELD : PLAN_PROPOSED,
        .created_at = world->store.now,
        .expires_at = instant_add_us(world->store.now, 3 * DAY_US),
        .today = world->store.today,
        .time_zone = "UTC",
        .approvals[ACTION_SUSPEND] = 1,
        .inputs = {.snapshot_id = books->seen[day].id,
                   .snapshot_taken_at = world->store.now,
                   .snapshot_complete = true,
                   .snapshot_digest = books->seen[day].digest,
                   .roster_id = (int64_t)day + 1,
                   .roster_digest = digest_of(&day, sizeof(day)),
                   .roster_read_at = world->store.now,
                   .enforce = true},
        .row = arena_calloc(arena, PEOPLE, sizeof(plan.row[0])),
        .guard = arena_calloc(arena, 1, sizeof(plan.guard[0])),
        .guard_count = 1,
    };

    plan.guard[0] = (struct guard_finding){
        .id = "G2", .hold = is_held, .limit = "2", .actual = "3", .text = "3 of 2"};
    for (size_t who = 0; who < PEOPLE; who++) {
        const struct entry *entry = &books->entry[day][who];
        const struct row_subject subject = {.value[SUBJECT_ACCOUNT] = world_id_of(world, who)};
        if (entry->account != ACTIVE || !entry->departed)
            continue;
        plan.row[plan.row_count++] = (struct plan_row){
            .action = ACTION_SUSPEND,
            .account_id = world_id_of(world, who),
            .username = arena_printf(arena, "u%zu", who),
            .email = world_email_of(world, who, entry),
            .name = world_name_of(world, who, entry),
            .rule = "departed",
            .reason = arena_printf(arena, "left %d days ago",
                                   day_between(entry->last_day, world->store.today)),
            .clause = "R10",
            .account_word = "active",
            .person_word = "departed",
            .idle_days = -1,
            .uses_person = true,
            .subject = row_subject_digest(&subject),
            .about = row_subject_text(arena, &subject),
            .rule_text = digest_of("departed", 8),
            .needed = 1,
        };
    }
    plan.totals.of[ACTION_SUSPEND] = plan.row_count;
    plan.digest = plan_digest(&plan);
    return plan;
}

/* --- what people decide --- */

static void end(struct decided_ruling *decided, const char *word, const char *reason,
                const char *by, struct instant at)
{
    decided->end_word = word;
    decided->end_reason = reason;
    decided->ended_by = by;
    decided->ended_at = at;
}

/* Who keeps somebody anew replaces their own word. */
static struct decided_ruling *decide(struct world *world, struct ruling ruling)
{
    struct books *books = world->books;

    for (size_t i = 0; i < books->decided_count && ruling.kind == RULING_KEEP; i++) {
        struct decided_ruling *before = &books->decided[i];
        if (!before->end_word && before->ruling.kind == RULING_KEEP &&
            text_equal(before->ruling.who, ruling.who) &&
            text_equal(before->ruling.account_id, ruling.account_id))
            end(before, "newer", "the same person decided anew", ruling.who, ruling.at);
    }
    REVIEW_OK(store_save_rulings(&world->store.store, &ruling, 1, "http://127.0.0.1", &why));
    struct decided_ruling *decided = &books->decided[books->decided_count++];
    *decided = (struct decided_ruling){.ruling = ruling};
    return decided;
}

static void end_as(struct world *world, struct decided_ruling *decided, enum ruling_end word,
                   const char *reason, const char *by, int64_t after_s)
{
    const struct store_ruling_end one = {.id = decided->ruling.id, .end = word, .reason = reason};
    struct instant at = instant_add_us(world->store.now, after_s * SECOND_US);

    REVIEW_OK(store_end_rulings(&world->store.store, &world->store.run, by, &one, 1, at, &why));
    end(decided, ruling_end_name(word), reason, by, at);
}

static struct ruling ruling_on(const struct plan *plan, size_t row, enum ruling_kind kind,
                               const char *who, struct instant at)
{
    return (struct ruling){.kind = kind,
                           .account_id = plan->row[row].account_id,
                           .who = who,
                           .at = at,
                           .plan_id = plan->id,
                           .position = (int64_t)row + 1,
                           .subject = plan->row[row].subject,
                           .action = ACTION_SUSPEND,
                           .rule = "departed",
                           .rule_text = plan->row[row].rule_text,
                           .snapshot_at = plan->inputs.snapshot_taken_at};
}

/* Held plans that nobody let pass. */
static size_t count_stopped(const struct books *books)
{
    size_t count = 0;

    for (size_t i = 0; i < books->held_count; i++)
        count += books->held[i].who == NULL;
    return count;
}

/* Of a plan that nobody lets pass: an approval that is over before it could be used, a rejection
 * that somebody else takes back, and a keep. About the first of them nobody decides anything. */
static void decide_without_an_act(struct world *world, const struct plan *plan,
                                  struct instant decided_at)
{
    struct store *store = &world->store.store;
    size_t stopped = count_stopped(world->books);

    if (stopped == 1)
        return;
    struct decided_ruling *approval =
        decide(world, ruling_on(plan, 0, RULING_APPROVE, "erik", decided_at));
    struct ruling no = ruling_on(plan, plan->row_count - 1, RULING_REJECT, "fay", decided_at);
    struct ruling keep = {.kind = RULING_KEEP,
                          .account_id = plan->row[0].account_id,
                          .who = "gus",
                          .at = instant_add_us(decided_at, 3 * SECOND_US),
                          .until = day_add(world->store.today, 30),
                          .reason = "the board asked"};

    if (stopped % 2) {
        approval->could_act_at = instant_add_us(decided_at, SECOND_US);
        REVIEW_OK(store_mark_could_act(store, &world->store.run, &approval->ruling.id, 1,
                                       approval->could_act_at, &why));
    }
    end_as(world, approval, RULING_EXPIRED, "it was due for that long", NULL, 62);
    no.until = day_add(world->store.today, 180);
    no.reason = "ask again";
    end_as(world, decide(world, no), RULING_WITHDRAWN, "taken back by anna", "anna", 64);
    (void)decide(world, keep);
}

static size_t who_is(struct world *world, const char *id)
{
    size_t who = 0;

    while (!text_equal(world_id_of(world, who), id))
        who++;
    return who;
}

/* Every row done; from the next reading on the account is suspended. */
static void carry_out(struct world *world, size_t day, const struct plan *plan,
                      const char *const approver[2])
{
    static const struct limits plenty = {.of[ACTION_SUSPEND] = {.count = 100,
                                                                .percent = 100,
                                                                .rolling_days = 30,
                                                                .rolling_count = 1000,
                                                                .rolling_percent = 100}};
    static const bool none[PEOPLE];
    struct store *store = &world->store.store;
    struct books *books = world->books;
    bool approved[PEOPLE];

    memset(approved, true, sizeof(approved));
    REVIEW_OK(store_open_steps(store, &world->store.run, plan, approved, none, &why));
    for (size_t i = 0; i < plan->row_count; i++) {
        struct instant at = instant_add_us(world->store.now, (int64_t)(100 + i) * SECOND_US);
        const struct store_intent intent = {
            .row = &plan->row[i],
            .plan_id = plan->id,
            .position = (int64_t)i + 1,
            .record = "{}",
            .limit = &plenty.of[ACTION_SUSPEND],
            .limits = &plenty,
            .whole = 1000,
            .day_began = instant_add_us(world->store.now, -2 * 3600 * SECOND_US)};
        const struct store_outcome outcome = {
            .plan_id = plan->id, .position = (int64_t)i + 1, .state = STEP_DONE, .status = 202};
        REVIEW_OK(store_intend(store, &world->store.run, &intent, at, &why));
        REVIEW_OK(store_outcome(store, &world->store.run, &outcome, at, &why));
        for (size_t d = 0; d < books->decided_count; d++) {
            struct decided_ruling *decided = &books->decided[d];
            if (!decided->end_word && decided->ruling.kind == RULING_APPROVE &&
                text_equal(decided->ruling.account_id, plan->row[i].account_id))
                end(decided, "done", "it was done", NULL, at);
        }
        books->done[books->done_count++] = (struct done){
            .who = who_is(world, plan->row[i].account_id),
            .day = day,
            .at = at,
            .decided_at = instant_add_us(world->store.now, 60 * SECOND_US),
            .plan_id = plan->id,
            .approver = {approver[0], approver[1]},
            .reason = plan->row[i].reason,
            .rule = "departed",
        };
    }
    bool closed = false;
    REVIEW_OK(store_close_plan(store, plan->id, &closed, &why));
    assert_true(closed);
}

static void propose(struct world *world, size_t day)
{
    static const char *const approvers[][2] = {{"anna", NULL}, {"anna", "bert"}, {"bert", NULL}};
    struct books *books = world->books;
    struct store *store = &world->store.store;
    struct instant decided_at = instant_add_us(world->store.now, 60 * SECOND_US);
    struct plan plan = make_plan(world, day, world_draw(world, 4) == 0);
    struct acknowledgement given = {
        .guard = "G2", .who = "carl", .reason = "year end", .cause = "3 of 2", .at = decided_at};
    bool is_held = plan.state == PLAN_HELD, passes = world_draw(world, 2) == 0;
    const char *const *who = approvers[world_draw(world, 3)];

    if (plan.row_count == 0)
        return;
    REVIEW_OK(store_save_plan(store, &world->store.run, &plan, &why));
    if (is_held)
        books->held[books->held_count++] = (struct held){.plan_id = plan.id,
                                                         .today = world->store.today,
                                                         .passed_at = decided_at,
                                                         .who = passes ? "carl" : NULL,
                                                         .reason = "year end"};
    if (is_held && !passes) {
        decide_without_an_act(world, &plan, decided_at);
        return;
    }
    given.plan_id = plan.id;
    if (is_held)
        REVIEW_OK(store_acknowledge(store, &given, &why));
    for (size_t i = 0; i < 2 && who[i]; i++) {
        for (size_t r = 0; r < plan.row_count; r++)
            (void)decide(world, ruling_on(&plan, r, RULING_APPROVE, who[i], decided_at));
    }
    carry_out(world, day, &plan, who);
}

/* An account that we suspended and that a later reading shows active again. */
static void note_returns(struct books *books)
{
    for (size_t i = 0; i < books->done_count; i++) {
        struct done *done = &books->done[i];
        size_t day = done->day + 1;
        bool was_off = false;
        for (; day < DAYS; day++) {
            bool active = books->entry[day][done->who].account == ACTIVE;
            if (active && was_off)
                break;
            was_off |= !active;
        }
        if (day < DAYS)
            done->returned_at = books->taken_at[day];
    }
}

static void pass_days(struct world *world)
{
    struct books *books = world->books;

    for (size_t day = 0; day < DAYS; day++) {
        static const struct entry nobody;
        if (day > 0)
            store_world_tomorrow(&world->store);
        for (size_t who = 0; who < PEOPLE; who++)
            live(world, day, who, day ? &books->entry[day - 1][who] : &nobody,
                 &books->entry[day][who]);
        for (size_t i = 0; day && i < books->done_count; i++) { /* what we did shows */
            struct entry *entry = &books->entry[day][books->done[i].who];
            if (books->done[i].day + 1 == day && entry->account == ACTIVE)
                entry->account = INACTIVE;
        }
        collect(world, day);
        if (day % 3 == 1)
            propose(world, day);
    }
    note_returns(books);
}
int world_begin(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    world->random = 20261101;
    store_world_begin(&world->store);
    world->books = arena_calloc(&world->store.arena, 1, sizeof(*world->books));
    pass_days(world);
    *state = world;
    return 0;
}

int world_end(void **state)
{
    struct world *world = *state;

    store_world_end(&world->store);
    free(world);
    return 0;
}
