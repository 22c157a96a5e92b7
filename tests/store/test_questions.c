/*
 * Two hundred days and more of a portal and its people, with books of its own beside the history:
 * hires, leavers, returns, renames, changes made in the portal, plans, approvals, acts. The ten
 * questions of docs/history.md are read from there, asked, and compared with the books; and what
 * the history says of fifty past moments is what the plan of that day saw, field by field.
 */
#include "review_case.h"
#include "test.h"

#include <stdio.h>

#include "audit/erase.h"
#include "audit/question.h"
#include "audit/rebuild.h"
#include "base/mem.h"
#include "core/match.h"
#include "host/file.h"
#include "store/audit.h"

#define DAYS   215
#define PEOPLE 24

/* How somebody is on a day, in the portal and in the roster. */
struct entry {
    enum { NOWHERE = 0, ACTIVE, INACTIVE } account;
    unsigned renamed; /* how often the address changed */
    unsigned profile; /* 1 users, 2 managers */
    struct instant login;
    bool in_roster, departed;
    struct day last_day;
};

struct done {
    size_t who, day;
    struct instant at, decided_at;
    int64_t plan_id;
    const char *approver[2];
    const char *reason, *rule;
    struct instant returned_at;
};

struct held {
    int64_t plan_id;
    struct day today;
    const char *who, *reason; /* NULL = nobody let it pass */
};

struct books {
    struct entry entry[DAYS][PEOPLE];
    struct instant taken_at[DAYS];
    struct day day[DAYS];
    struct snapshot seen[DAYS]; /* as the plan of the day saw it */
    struct pairing *pairing[DAYS];
    struct done done[DAYS];
    size_t done_count;
    struct held held[DAYS];
    size_t held_count;
};

struct world {
    struct store_world store;
    struct books *books;
    uint64_t random;
};

static uint64_t draw(struct world *world, uint64_t below)
{
    world->random = world->random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (world->random >> 33) % below;
}

/* --- names --- */

static const char *id_of(struct world *world, size_t who)
{
    return arena_printf(&world->store.arena, "%08zX-2B3A-141F-8F07D71AA1F223BD", who + 1);
}

static const char *email_of(struct world *world, size_t who, const struct entry *entry)
{
    return arena_printf(&world->store.arena, "p%zu-%u@acme.example", who, entry->renamed);
}

static const char *name_of(struct world *world, size_t who, const struct entry *entry)
{
    return arena_printf(&world->store.arena, "First%zu Last%u", who, entry->renamed);
}

static const char *time_of(struct world *world, struct instant at)
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
                            .profile = draw(world, 6) ? 1 : 2,
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
    if (day == 0 ? who < PEOPLE / 2 : before->account == NOWHERE && draw(world, 60) == 0) {
        hire(world, entry);
        return;
    }
    if (entry->account == ACTIVE && draw(world, 5) == 0)
        entry->login = instant_add_us(now, -(int64_t)(draw(world, 80000) + 1) * SECOND_US);
    if (entry->account != NOWHERE && draw(world, 90) == 0)
        entry->renamed++;
    if (entry->account == ACTIVE && draw(world, 120) == 0)
        entry->profile = 3 - entry->profile;
    if (entry->in_roster && !entry->departed && draw(world, 100) == 0) {
        entry->departed = true;
        entry->last_day = day_add(world->store.today, -1);
    } else if (entry->departed && entry->account == INACTIVE && draw(world, 25) == 0) {
        entry->departed = false; /* comes back, and the portal's people let them in again */
        entry->last_day = DAY_NONE;
        entry->account = ACTIVE;
    } else if (entry->departed && entry->account == INACTIVE && draw(world, 50) == 0) {
        entry->account = NOWHERE; /* deleted in the portal */
        entry->in_roster = false;
        entry->departed = false;
    }
    if (entry->account == ACTIVE && !entry->departed && draw(world, 300) == 0)
        entry->account = INACTIVE; /* suspended in the portal, not by us */
    else if (entry->account == INACTIVE && !entry->departed && draw(world, 10) == 0)
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
            .id = id_of(world, who),
            .username = arena_printf(arena, "u%zu", who),
            .email = email_of(world, who, &entry[who]),
            .name = name_of(world, who, &entry[who]),
            .employee_number = arena_printf(arena, "%05zu", who),
            .profile_id = entry[who].profile == 2 ? "p2" : "p1",
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

    for (size_t who = 0; who < PEOPLE; who++) {
        if (!entry[who].in_roster)
            continue;
        roster.person[roster.count++] = (struct person){
            .employee_number = arena_printf(arena, "%05zu", who),
            .email = email_of(world, who, &entry[who]),
            .name = name_of(world, who, &entry[who]),
            .department = "Sales",
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
    REVIEW_OK(store_save_links(store, &snapshot, &roster, books->pairing[day], 100, &why));
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

    plan.guard[0] = (struct guard_finding){"G7", is_held, "2", "3", "3 of 2"};
    for (size_t who = 0; who < PEOPLE; who++) {
        const struct entry *entry = &books->entry[day][who];
        if (entry->account != ACTIVE || !entry->departed)
            continue;
        plan.row[plan.row_count++] = (struct plan_row){
            .action = ACTION_SUSPEND,
            .account_id = id_of(world, who),
            .username = arena_printf(arena, "u%zu", who),
            .email = email_of(world, who, entry),
            .name = name_of(world, who, entry),
            .rule = "departed",
            .reason = arena_printf(arena, "left %d days ago",
                                   day_between(entry->last_day, world->store.today)),
            .row = "R10",
            .account = "active",
            .person = "departed",
            .idle_days = -1,
            .held_by = is_held ? "G7" : NULL,
            .uses_person = true,
        };
    }
    plan.totals.of[ACTION_SUSPEND] = plan.row_count;
    plan.digest = plan_digest(&plan);
    return plan;
}

static size_t who_is(struct world *world, const char *id)
{
    size_t who = 0;

    while (!text_equal(id_of(world, who), id))
        who++;
    return who;
}

/* Every row done; from the next reading on the account is suspended. */
static void carry_out(struct world *world, size_t day, const struct plan *plan,
                      const char *const approver[2])
{
    static const struct action_limit plenty = {
        .count = 100, .percent = 100, .rolling_days = 30, .rolling_count = 1000};
    struct store *store = &world->store.store;
    struct books *books = world->books;
    bool approved[PEOPLE];

    memset(approved, true, sizeof(approved));
    REVIEW_OK(store_open_steps(store, &world->store.run, plan, approved, &why));
    for (size_t i = 0; i < plan->row_count; i++) {
        struct instant at = instant_add_us(world->store.now, (int64_t)(100 + i) * SECOND_US);
        const struct store_intent intent = {.row = &plan->row[i],
                                            .plan_id = plan->id,
                                            .position = (int64_t)i + 1,
                                            .record = "{}",
                                            .limit = &plenty};
        const struct store_outcome outcome = {
            .plan_id = plan->id, .position = (int64_t)i + 1, .state = STEP_DONE, .status = 202};
        REVIEW_OK(store_intend(store, &world->store.run, &intent, at, &why));
        REVIEW_OK(store_outcome(store, &world->store.run, &outcome, at, &why));
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
    struct plan plan = make_plan(world, day, draw(world, 4) == 0);
    const struct override override = {"G7", "carl", "year end"};
    bool is_held = plan.state == PLAN_HELD, passes = draw(world, 2) == 0;
    const char *const *who = approvers[draw(world, 3)];

    if (plan.row_count == 0)
        return;
    REVIEW_OK(store_save_plan(store, &world->store.run, &plan, &why));
    if (is_held)
        books->held[books->held_count++] =
            (struct held){plan.id, world->store.today, passes ? "carl" : NULL, "year end"};
    if (is_held && !passes)
        return;
    for (size_t i = 0; i < 2 && who[i]; i++) {
        const struct approval approval = {.who = who[i], .at = decided_at, .all = true};
        REVIEW_OK(
            store_approve(store, &plan, &approval, &override, is_held && i == 0, decided_at, &why));
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

/* --- the questions --- */

/* The SQL of question `number` from the page, its words replaced; 0: the first one as it is asked
 * by who sees no names. */
static const char *question(struct world *world, unsigned number, const char *const *pair)
{
    CLEANUP(text_release) struct text page = TEXT_INIT, sql = TEXT_INIT;
    CLEANUP(mem_cleanup) char *path = file_join(SOURCE_DIR, "docs/history.md");
    const char *heading = number ? arena_printf(&world->store.arena, "### %u. ", number)
                                 : "for question 1 there is this";

    REVIEW_OK(file_read(path, 1 << 20, ERR_INTERNAL, &page, NULL, &why));
    const char *from = strstr(text_cstr(&page), heading);
    assert_non_null(from);
    from = strstr(from, "```sql\n");
    assert_non_null(from);
    from += strlen("```sql\n");
    const char *to = strstr(from, ";\n```");
    assert_non_null(to);
    while (from < to) {
        size_t i = 0;
        while (pair[i] && !text_starts(from, arena_printf(&world->store.arena, ":'%s'", pair[i])))
            i += 2;
        if (pair[i]) {
            text_addf(&sql, "'%s'", pair[i + 1]);
            from += strlen(pair[i]) + 3;
        } else {
            text_add_char(&sql, *from++);
        }
    }
    return arena_strdup(&world->store.arena, text_cstr(&sql));
}

/* Rows as psql -A shows them, one a line. */
static void ask(struct world *world, unsigned number, const char *const *pair, struct text *ret)
{
    CLEANUP(pg_clearp) PGresult *rows = NULL;

    REVIEW_OK(pg_run(world->store.pg, "question", question(world, number, pair), PG_MANY, NULL, 0,
                     &rows, &why));
    for (int r = 0; r < PQntuples(rows); r++) {
        for (int c = 0; c < PQnfields(rows); c++)
            text_addf(ret, "%s%s", c ? "|" : "", PQgetvalue(rows, r, c));
        text_add_char(ret, '\n');
    }
}

static void check(struct world *world, unsigned number, const char *const *pair,
                  const struct text *expected)
{
    CLEANUP(text_release) struct text got = TEXT_INIT;

    ask(world, number, pair, &got);
    if (!text_equal(text_cstr(&got), text_cstr(expected)))
        fail_msg("question %u\n--- books\n%s--- history\n%s", number, text_cstr(expected),
                 text_cstr(&got));
}

#define WORDS(...) ((const char *const[]){"portal", "acme", __VA_ARGS__, NULL})

static const char *day_of(struct world *world, size_t day)
{
    char text[DAY_TEXT_SIZE];

    return arena_strdup(&world->store.arena, day_format(world->books->day[day], text));
}

static void check_seats_on(struct world *world, size_t day)
{
    CLEANUP(text_release) struct text seats = TEXT_INIT, left = TEXT_INIT, ids = TEXT_INIT;
    const struct entry *entry = world->books->entry[day];
    char last[DAY_TEXT_SIZE];

    for (size_t who = 0; who < PEOPLE; who++) {
        if (entry[who].account != ACTIVE)
            continue;
        text_addf(&ids, "%s\n", id_of(world, who));
        text_addf(&seats, "%s|u%zu|%s|%s\n", id_of(world, who), who,
                  name_of(world, who, &entry[who]), time_of(world, entry[who].login));
        if (entry[who].departed)
            text_addf(&left, "%s|%05zu|%s|%s\n", id_of(world, who), who,
                      name_of(world, who, &entry[who]), day_format(entry[who].last_day, last));
    }
    check(world, 0, WORDS("day", day_of(world, day)), &ids);
    check(world, 1, WORDS("day", day_of(world, day)), &seats);
    check(world, 10, WORDS("day", day_of(world, day)), &left);
}

static void check_why_and_who(struct world *world, size_t who)
{
    CLEANUP(text_release) struct text reasons = TEXT_INIT, approvals = TEXT_INIT;
    const struct books *books = world->books;

    for (size_t i = 0; i < books->done_count; i++) {
        const struct done *done = &books->done[i];
        if (done->who != who)
            continue;
        text_addf(&reasons, "%s|%s|R10|%s\n", time_of(world, done->at), done->rule, done->reason);
        for (size_t a = 0; a < 2 && done->approver[a]; a++)
            text_addf(&approvals, "%s|%s|%s\n", time_of(world, done->at), done->approver[a],
                      time_of(world, done->decided_at));
    }
    check(world, 2, WORDS("account", id_of(world, who)), &reasons);
    check(world, 3, WORDS("account", id_of(world, who)), &approvals);
}

/* A row for each reading that showed something else; a deletion shows as gone. */
static void check_changes(struct world *world, size_t who)
{
    CLEANUP(text_release) struct text changes = TEXT_INIT;
    const struct books *books = world->books;
    const struct entry *last = NULL; /* as last seen there */
    bool gone = false;

    for (size_t day = 0; day < DAYS; day++) {
        const struct entry *now = &books->entry[day][who];
        bool leaves = now->account == NOWHERE && last && !gone;
        bool changed = now->account != NOWHERE &&
                       (!last || gone || now->account != last->account ||
                        now->renamed != last->renamed || now->profile != last->profile);
        if (leaves || changed) {
            const struct entry *shown = leaves ? last : now;
            text_addf(&changes, "%s|%s|u%zu|%s|%s\n", time_of(world, books->taken_at[day]),
                      leaves                   ? "gone"
                      : now->account == ACTIVE ? "active"
                                               : "inactive",
                      who, email_of(world, who, shown), shown->profile == 2 ? "p2" : "p1");
        }
        gone = now->account == NOWHERE ? last != NULL : false;
        last = now->account == NOWHERE ? last : now;
    }
    check(world, 4, WORDS("account", id_of(world, who)), &changes);
}

/* Since the first day of an unbroken row of days with the managers' profile. */
static void check_entitlements(struct world *world)
{
    CLEANUP(text_release) struct text holders = TEXT_INIT;
    const struct books *books = world->books;

    for (size_t who = 0; who < PEOPLE; who++) {
        size_t day = DAYS;
        while (day > 0 && books->entry[day - 1][who].account != NOWHERE &&
               books->entry[day - 1][who].profile == 2)
            day--;
        if (day < DAYS)
            text_addf(&holders, "%s|u%zu|Managers|%s\n", id_of(world, who), who,
                      time_of(world, books->taken_at[day]));
    }
    assert_true(holders.length > 0);
    check(world, 5, WORDS("role", "USERMANAGEMENT"), &holders);
}

static void check_seat_counts(struct world *world, size_t until)
{
    CLEANUP(text_release) struct text seats = TEXT_INIT;

    for (size_t day = until < 30 ? 0 : until - 30; day <= until; day++) {
        size_t count[3] = {0};
        for (size_t who = 0; who < PEOPLE; who++) {
            const struct entry *entry = &world->books->entry[day][who];
            if (entry->account == ACTIVE)
                count[entry->profile]++;
        }
        if (count[2])
            text_addf(&seats, "%s|Managers|%zu\n", day_of(world, day), count[2]);
        if (count[1])
            text_addf(&seats, "%s|Users|%zu\n", day_of(world, day), count[1]);
    }
    check(world, 6, WORDS("day", day_of(world, until)), &seats);
}

/* `audit seats` loses no act and no return, whatever day it was. */
static void check_totals(struct world *world, size_t reclaimed, size_t returned)
{
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    int64_t sum[2] = {0, 0};

    REVIEW_OK(store_ask_seats(&world->store.store, "acme", DAY_NONE, &rows, &why));
    for (int row = 0; row < PQntuples(rows); row++) {
        if (!PQgetisnull(rows, row, 1))
            continue;
        sum[0] += pg_int(rows, row, 3);
        sum[1] += pg_int(rows, row, 4);
    }
    assert_int_equal(sum[0], reclaimed);
    assert_int_equal(sum[1], returned);
}

static void check_reclaimed_held_and_renamed(struct world *world)
{
    CLEANUP(text_release) struct text reclaimed = TEXT_INIT, held = TEXT_INIT, renamed = TEXT_INIT;
    const struct books *books = world->books;
    size_t returned = 0, passed = 0;
    char day[DAY_TEXT_SIZE];

    for (size_t i = 0; i < books->done_count; i++) {
        const struct done *done = &books->done[i];
        returned += instant_is_set(done->returned_at);
        text_addf(&reclaimed, "%s|%s|%s|%s\n", id_of(world, done->who), time_of(world, done->at),
                  done->rule, time_of(world, done->returned_at));
    }
    for (size_t i = 0; i < books->held_count; i++) {
        const struct held *plan = &books->held[i];
        passed += plan->who != NULL;
        text_addf(&held, "%lld|%s|G7|%s|%s\n", (long long)plan->plan_id,
                  day_format(plan->today, day), plan->who ? plan->who : "",
                  plan->who ? plan->reason : "");
    }
    const struct entry *last[PEOPLE] = {NULL};
    for (size_t d = 0; d < DAYS; d++) {
        for (size_t who = 0; who < PEOPLE; who++) {
            const struct entry *now = &books->entry[d][who];
            if (now->account == NOWHERE)
                continue;
            if (last[who] && last[who]->renamed != now->renamed)
                text_addf(&renamed, "%s|%s|%s|%s\n", id_of(world, who),
                          time_of(world, books->taken_at[d]), email_of(world, who, last[who]),
                          email_of(world, who, now));
            last[who] = now;
        }
    }
    print_message("%zu suspensions, %zu came back, %zu plans held, %zu let pass\n",
                  books->done_count, returned, books->held_count, passed);
    assert_true(books->done_count > 10 && returned > 3 && books->held_count > 2 && passed > 0);
    check(world, 7, WORDS("day", ""), &reclaimed);
    check_totals(world, books->done_count, returned);
    /* Nor where days have no reading any more. */
    store_world_execute(&world->store, "update snapshot set thinned_at = now() where snapshot_id %"
                                       " 3 > 0");
    check_totals(world, books->done_count, returned);
    store_world_execute(&world->store, "update snapshot set thinned_at = null");
    check(world, 8, WORDS("day", ""), &held);
    check(world, 9, WORDS("day", ""), &renamed);
}

TEST(the_ten_documented_questions_are_answered_as_the_books_say)
{
    struct world *world = *state;

    for (size_t i = 0; i < 25; i++)
        check_seats_on(world, draw(world, DAYS));
    for (size_t who = 0; who < PEOPLE; who++) {
        check_why_and_who(world, who);
        check_changes(world, who);
    }
    check_entitlements(world);
    check_seat_counts(world, DAYS - 1);
    check_seat_counts(world, 77);
    check_reclaimed_held_and_renamed(world);
}

/* --- a past moment --- */

static void same(const char *what, const char *expected, const char *got)
{
    if (!text_equal(expected, got))
        fail_msg("%s: the plan saw '%s', the history says '%s'", what, expected ? expected : "-",
                 got ? got : "-");
}

static const char *value(const PGresult *rows, int row, const char *column)
{
    int c = PQfnumber(rows, column);

    assert_true(c >= 0);
    return PQgetisnull(rows, row, c) ? NULL : PQgetvalue(rows, row, c);
}

static const char *zulu(struct world *world, struct instant at)
{
    char text[INSTANT_TEXT_SIZE];

    return instant_is_set(at) ? arena_strdup(&world->store.arena, instant_format(at, text)) : NULL;
}

static void check_person(struct world *world, const PGresult *rows, int row,
                         const struct pairing *pairing)
{
    static const char *const kind[] = {"ambiguous", "conflict", "none", "one"};
    const struct person *person = pairing->kind == LINK_ONE ? pairing->person : NULL;
    char day[DAY_TEXT_SIZE];

    (void)world;
    same("link", kind[pairing->kind], value(rows, row, "link"));
    same("matched_by", match_key_name(pairing->key), value(rows, row, "matched_by"));
    same("person_employee_number", person ? person->employee_number : NULL,
         value(rows, row, "person_employee_number"));
    same("person_email", person ? person->email : NULL, value(rows, row, "person_email"));
    same("person_name", person ? person->name : NULL, value(rows, row, "person_name"));
    same("hire_date",
         person && day_is_set(person->hire_date) ? day_format(person->hire_date, day) : NULL,
         value(rows, row, "hire_date"));
    same("person_word", person ? person_status_name(person->word) : NULL,
         value(rows, row, "person_word"));
    same("last_day",
         person && day_is_set(person->last_day) ? day_format(person->last_day, day) : NULL,
         value(rows, row, "last_day"));
}

static void check_account(struct world *world, const PGresult *rows, int row,
                          const struct account *account)
{
    static const char *const kind[] = {
        [LOGIN_NOT_READ] = NULL,
        [LOGIN_UNREADABLE] = "unreadable",
        [LOGIN_NEVER] = "never",
        [LOGIN_KNOWN] = "known",
    };

    same("account_id", account->id, value(rows, row, "account_id"));
    same("status", account_status_name(account->status), value(rows, row, "status"));
    same("username", account->username, value(rows, row, "username"));
    same("email", account->email, value(rows, row, "email"));
    same("name", account->name, value(rows, row, "name"));
    same("employee_number", account->employee_number, value(rows, row, "employee_number"));
    same("profile", text_equal(account->profile_id, "p2") ? "Managers" : "Users",
         value(rows, row, "profile"));
    same("country", account->country, value(rows, row, "country"));
    same("department", account->department, value(rows, row, "department"));
    same("login_kind", kind[account->login.kind], value(rows, row, "login_kind"));
    same("last_login", zulu(world, account->login.at), value(rows, row, "last_login"));
}

/* What audit.account_at has and `audit at` does not show. */
static void check_the_rest(struct world *world, size_t day, struct instant moment)
{
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    const struct books *books = world->books;
    const struct snapshot *seen = &books->seen[day];
    const char *const parameter[] = {
        arena_printf(&world->store.arena, "%lld", (long long)moment.us)};

    REVIEW_OK(pg_run(world->store.pg, "test",
                     "select account_id, profile_id, roles, email2, sso_only, groups::text,"
                     " person_department, person_key from audit.account_at('acme',"
                     " 'epoch'::timestamptz + $1::bigint * interval '1 microsecond')",
                     PG_MANY, parameter, 1, &rows, &why));
    for (int row = 0; row < PQntuples(rows); row++) {
        for (size_t a = 0; a < seen->count; a++) {
            const struct account *account = &seen->account[a];
            if (!text_equal(account->id, value(rows, row, "account_id")))
                continue;
            same("profile_id", account->profile_id, value(rows, row, "profile_id"));
            same("roles", text_equal(account->profile_id, "p2") ? "USERMANAGEMENT VIEW" : "VIEW",
                 value(rows, row, "roles"));
            same("email2", account->email2, value(rows, row, "email2"));
            same("sso_only", account->sso_only ? "t" : "f", value(rows, row, "sso_only"));
            same("groups", "[]", value(rows, row, "groups"));
            if (account->status == ACCOUNT_GONE)
                continue;
            const struct pairing *pairing = &books->pairing[day][a];
            const struct person *person = pairing->kind == LINK_ONE ? pairing->person : NULL;
            same("person_department", person ? person->department : NULL,
                 value(rows, row, "person_department"));
            same("person_key",
                 person ? arena_printf(&world->store.arena, "n:%s", person->employee_number) : NULL,
                 value(rows, row, "person_key"));
        }
    }
}

static size_t check_day(struct world *world, size_t day, struct instant moment)
{
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    const struct books *books = world->books;
    const struct snapshot *seen = &books->seen[day];
    size_t gone_before = 0;

    REVIEW_OK(store_ask_at(&world->store.store, "acme", moment, &rows, &why));
    same("taken_at", zulu(world, seen->taken_at), value(rows, 0, "taken_at"));
    for (int row = 0; row < PQntuples(rows); row++) {
        size_t a = 0;
        while (a < seen->count && !text_equal(seen->account[a].id, value(rows, row, "account_id")))
            a++;
        if (a == seen->count) { /* since the last snapshot that is kept, not since the one before */
            same("status", "gone", value(rows, row, "status"));
            gone_before++;
            continue;
        }
        check_account(world, rows, row, &seen->account[a]);
        if (seen->account[a].status != ACCOUNT_GONE)
            check_person(world, rows, row, &books->pairing[day][a]);
    }
    assert_int_equal(PQntuples(rows), seen->count + gone_before);
    check_the_rest(world, day, moment);
    return gone_before;
}

TEST(fifty_past_moments_are_what_the_plan_saw_then)
{
    struct world *world = *state;
    size_t accounts = 0;

    for (size_t i = 0; i < 50; i++) {
        size_t day = draw(world, DAYS);
        struct instant moment =
            instant_add_us(world->books->taken_at[day], (int64_t)draw(world, 86399) * SECOND_US);

        assert_int_equal(check_day(world, day, moment), 0);
        accounts += world->books->seen[day].count;
    }
    print_message("%zu accounts compared\n", accounts);
}

/* --- what stands behind the readings --- */

static void note_finding(void *context, int64_t sequence, const char *sentence)
{
    (void)context;
    print_message("event %lld: %s\n", (long long)sequence, sentence);
}

static void ignore(void *context, int64_t sequence, const char *sentence)
{
    (void)context;
    (void)sequence;
    (void)sentence;
}

static struct store_audit_rebuilt rebuild(struct world *world, audit_found *found)
{
    struct store_audit_rebuilt rebuilt;

    REVIEW_OK(store_audit_rebuild(&world->store.store, found, NULL, &rebuilt, &why));
    return rebuilt;
}

/* Each column that a plan reads of the portal or of HR. */
static const struct {
    const char *table, *change;
} behind[] = {
    {"account_version", "update account_version set status = 'inactive' where status = 'active'"
                        " and valid_to is null and account_no = 1"},
    {"account_version", "update account_version set name = 'Somebody' where account_no = 2"},
    {"account_version", "update account_version set username = 'other' where account_no = 2"},
    {"account_version", "update account_version set email = upper(email) where account_no = 2"},
    {"account_version", "update account_version set email2 = email where account_no = 2"},
    {"account_version", "update account_version set employee_number = '1' where account_no = 2"},
    {"account_version", "update account_version set profile_id = 'p3' where account_no = 2"},
    {"account_version", "update account_version set country = 'NL' where account_no = 2"},
    {"account_version", "update account_version set department = 'x' where account_no = 2"},
    {"account_version", "update account_version set groups = '[{\"id\":\"g\",\"name\":\"n\"}]'"
                        " where account_no = 2"},
    {"account_version", "update account_version set sso_only = true where account_no = 2"},
    {"account_version", "update account_version set groups_unreadable = true where account_no = 2"},
    {"account_version", "update account_version set flaw = 'x' where account_no = 2"},
    {"account_version", "delete from account_version where account_no = 2 and valid_to is null"},
    {"account_version", "update account_version set valid_from = valid_from + 1 where account_no ="
                        " 2 and valid_from = (select min(valid_from) from account_version where"
                        " account_no = 2 and coalesce(valid_to, 999) > valid_from + 1)"},
    {"login",
     "update login set at = at + interval '1 year' where account_no = 2 and at is not"
     " null and valid_from = (select max(valid_from) from login where account_no = 2 and at"
     " is not null)"},
    {"login", "delete from login where account_no = 2"},
    {"profile_version", "update profile_version set roles = '[]' where profile_id = 'p2'"},
    {"profile_version", "update profile_version set name = 'x' where profile_id = 'p2'"},
    {"person_version", "update person_version set last_day = date '2020-01-01' where person_key ="
                       " (select min(person_key) from person_version)"},
    {"person_version", "update person_version set word = 'departed' where word = 'employed' and"
                       " person_key = (select min(person_key) from person_version)"},
    {"person_version", "delete from person_version where person_key = (select min(person_key) from"
                       " person_version)"},
};

TEST(every_reading_made_again_is_what_the_chain_says)
{
    struct world *world = *state;
    struct store_audit_rebuilt rebuilt = rebuild(world, note_finding);

    assert_int_equal(rebuilt.count, 2 * DAYS);
    assert_int_equal(rebuilt.findings, 0);
    assert_int_equal(rebuilt.left_out, 0);
    for (size_t i = 0; i < COUNT_OF(behind); i++) {
        struct arena *arena = &world->store.arena;
        store_world_execute(&world->store,
                            arena_printf(arena, "create table kept as table %s", behind[i].table));
        store_world_execute(&world->store, behind[i].change);
        if (rebuild(world, ignore).findings == 0)
            fail_msg("not found: %s", behind[i].change);
        store_world_execute(&world->store, arena_printf(arena, "delete from %s", behind[i].table));
        store_world_execute(&world->store,
                            arena_printf(arena, "insert into %s table kept", behind[i].table));
        store_world_execute(&world->store, "drop table kept");
    }
    assert_int_equal(rebuild(world, note_finding).findings, 0);
    print_message("%zu readings made again, %zu changes behind them found\n", rebuilt.count,
                  COUNT_OF(behind));
}

TEST(a_moment_before_the_first_snapshot_is_an_error)
{
    struct world *world = *state;
    CLEANUP(pg_clearp) PGresult *rows = NULL;

    REVIEW_REFUSED(store_ask_at(&world->store.store, "acme",
                                instant_add_us(world->books->taken_at[0], -1), &rows, &why),
                   ERR_USAGE, "knows of no account");
}

/* --- who is meant --- */

static size_t find(struct world *world, const char *who, struct store_subject **ret_subject)
{
    size_t count = 0;

    REVIEW_OK(
        store_find_who(&world->store.store, &world->store.arena, who, ret_subject, &count, &why));
    return count;
}

TEST(store_ask_user_tells_everything_in_its_order)
{
    struct world *world = *state;
    const struct books *books = world->books;
    const struct done *done = &books->done[0];
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    struct store_subject *subject = NULL;
    size_t intents = 0, outcomes = 0, approvals = 0, decisions = 0;

    assert_int_equal(find(world, id_of(world, done->who), &subject), 1);
    REVIEW_OK(store_ask_user(&world->store.store, subject, &rows, &why));
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *kind = value(rows, row, "kind");
        intents += text_equal(kind, "intent");
        outcomes += text_equal(kind, "outcome");
        approvals += text_equal(kind, "approval");
        decisions +=
            text_equal(kind, "decision") && strstr(value(rows, row, "what"), done->reason) != NULL;
        if (row > 0)
            assert_true(strcmp(value(rows, row - 1, "at"), value(rows, row, "at")) <= 0);
    }
    size_t acts = 0;
    for (size_t i = 0; i < books->done_count; i++)
        acts += books->done[i].who == done->who;
    assert_int_equal(intents, acts);
    assert_int_equal(outcomes, acts);
    assert_true(approvals >= acts);
    assert_int_equal(decisions, 1);
}

TEST(store_find_who_finds_by_every_name_and_guesses_nobody)
{
    struct world *world = *state;
    struct store_subject *subject = NULL;

    assert_int_equal(find(world, id_of(world, 3), &subject), 1);
    assert_string_equal(subject->account_id, id_of(world, 3));
    assert_int_equal(find(world, " U3 ", &subject), 1);
    assert_string_equal(subject->account_id, id_of(world, 3));
    assert_int_equal(find(world, "P3-0@ACME.example", &subject), 1); /* the first of several */
    assert_string_equal(subject->account_id, id_of(world, 3));
    assert_int_equal(find(world, "00003", &subject), 1);
    assert_int_equal(find(world, "nobody", &subject), 0);
    assert_int_equal(find(world, "U30", &subject), 0);
}

/* --- what is old, and what changes what the tests above find --- */

static void check_verifies(struct world *world)
{
    struct audit_head last;
    size_t findings = 0;

    REVIEW_OK(store_audit_verify(&world->store.store, NULL, 0, note_finding, NULL, &last, &findings,
                                 &why));
    assert_int_equal(findings, 0);
}

/* Nothing else is left out than what was taken away. */
static size_t check_rebuilds(struct world *world)
{
    struct store_audit_rebuilt rebuilt = rebuild(world, note_finding);

    assert_int_equal(rebuilt.findings, 0);
    assert_int_equal(rebuilt.count + rebuilt.left_out, 2 * DAYS);
    assert_true(rebuilt.left_out > 0);
    return rebuilt.count;
}

TEST(store_retain_thins_and_what_is_kept_stays_exact)
{
    struct world *world = *state;
    struct books *books = world->books;
    const struct store_retention retention = {.personal_before = books->taken_at[DAYS - 1],
                                              .daily_before = books->taken_at[150],
                                              .weekly_before = books->taken_at[60],
                                              .plan_rows_before = books->taken_at[DAYS - 1]};
    struct store_retained retained;
    size_t kept = 0;

    int64_t versions = store_world_number(&world->store, "select count(*) from account_version");
    int64_t logins = store_world_number(&world->store, "select count(*) from login");
    int64_t acts = store_world_number(&world->store, "select count(*) from act");
    REVIEW_OK(store_retain(&world->store.store, &world->store.run, &world->store.arena, &retention,
                           world->store.now, &retained, &why));
    print_message("%lld snapshots thinned, %lld rows of plans, %zu accounts\n",
                  (long long)retained.snapshots, (long long)retained.plan_rows,
                  retained.erased.accounts);
    assert_true(retained.snapshots > 100 && retained.plan_rows > 0 && retained.erased.accounts > 0);
    assert_true(store_world_number(&world->store, "select count(*) from account_version") <
                versions);
    assert_true(store_world_number(&world->store, "select count(*) from login") < logins);
    assert_int_equal(store_world_number(&world->store, "select count(*) from act"), acts);
    check_verifies(world);
    size_t still = check_rebuilds(world);
    print_message("%zu readings still made again\n", still);
    assert_true(still > 0);
    for (size_t day = 0; day < DAYS; day++) {
        const char *sql = arena_printf(&world->store.arena,
                                       "select count(*) from snapshot where snapshot_id = %lld and"
                                       " thinned_at is null",
                                       (long long)books->seen[day].id);
        if (store_world_number(&world->store, sql) == 0)
            continue;
        kept++;
        /* Those whose names went are not compared. */
        struct snapshot *seen = &books->seen[day];
        bool whole = true;
        for (size_t i = 0; i < seen->count; i++)
            whole &= store_world_number(
                         &world->store,
                         arena_printf(&world->store.arena,
                                      "select count(*) from account_version join account"
                                      " using (portal_id, account_no) where account_id = '%s'"
                                      " and email is null",
                                      seen->account[i].id)) == 0;
        if (whole)
            (void)check_day(world, day, books->taken_at[day]);
    }
    assert_int_equal(kept + (size_t)retained.snapshots, DAYS);
    /* Once more takes nothing away and is no event. */
    int64_t events = store_world_number(&world->store, "select count(*) from audit_event");
    REVIEW_OK(store_retain(&world->store.store, &world->store.run, &world->store.arena, &retention,
                           world->store.now, &retained, &why));
    assert_int_equal(retained.snapshots + retained.plan_rows, 0);
    assert_int_equal(store_world_number(&world->store, "select count(*) from audit_event"), events);
}

TEST(store_erase_of_somebody_in_a_plan_under_way_is_refused)
{
    struct world *world = *state;
    const struct done *done = &world->books->done[world->books->done_count - 1];
    struct store_subject *subject = NULL;
    struct store_erased erased;

    assert_int_equal(find(world, id_of(world, done->who), &subject), 1);
    store_world_execute(&world->store,
                        arena_printf(&world->store.arena,
                                     "update plan set state = 'applying' where plan_id = %lld",
                                     (long long)done->plan_id));
    REVIEW_REFUSED(store_erase(&world->store.store, &world->store.arena, subject, "eve", "letter",
                               world->store.now, &erased, &why),
                   ERR_HELD, "it is being carried out");
    store_world_execute(&world->store,
                        arena_printf(&world->store.arena,
                                     "update plan set state = 'applied' where plan_id = %lld",
                                     (long long)done->plan_id));
    REVIEW_OK(store_erase(&world->store.store, &world->store.arena, subject, "eve", "letter",
                          world->store.now, &erased, &why));
    assert_int_equal(erased.accounts, 1);
    check_verifies(world);
    (void)check_rebuilds(world); /* who was there from the first day on was in every reading */
}

/* A number that two have, and names outside of ASCII. */
TEST(store_find_who_lists_several_and_folds_what_is_not_ascii)
{
    static const char active[] =
        "(account_no) from account_version where valid_to is null and status = 'active'"
        " and username is not null";
    struct world *world = *state;
    struct arena *arena = &world->store.arena;
    struct store_subject *subject = NULL;
    long long one = store_world_number(&world->store, arena_printf(arena, "select min%s", active));
    long long two = store_world_number(&world->store, arena_printf(arena, "select max%s", active));

    store_world_execute(&world->store,
                        arena_printf(arena,
                                     "update account_version set employee_number = 'Twice'"
                                     " where valid_to is null and account_no in (%lld, %lld)",
                                     one, two));
    store_world_execute(&world->store,
                        arena_printf(arena,
                                     "update account_version set email = 'stra\xc3\x9f"
                                     "e@acme.example', email2 = 'J\xc3\x84NE@x.example'"
                                     " where valid_to is null and account_no = %lld",
                                     two));
    assert_int_equal(find(world, "TWICE", &subject), 2);
    assert_int_equal(subject[0].account_no, one);
    assert_int_equal(subject[1].account_no, two);
    assert_int_equal(find(world, "STRASSE@acme.example", &subject), 1);
    assert_int_equal(subject->account_no, two);
    assert_int_equal(find(world, "ja\xcc\x88ne@x.example", &subject), 1);
    assert_int_equal(subject->account_no, two);
    assert_int_equal(find(world, "jane@x.example", &subject), 0);
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    world->random = 20261101;
    store_world_begin(&world->store);
    world->books = arena_calloc(&world->store.arena, 1, sizeof(*world->books));
    pass_days(world);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;

    store_world_end(&world->store);
    free(world);
    return 0;
}

TEST_GROUP(setup, teardown);
