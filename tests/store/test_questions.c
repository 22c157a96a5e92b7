/*
 * The questions of docs/history.md are read from there, asked of the history of
 * questions_world, and compared with its books; and what the history says of fifty past moments is
 * what the plan of that day saw, field by field.
 */
#include "questions_world.h"
#include "test.h"

#include <stdio.h>

#include "audit/erase.h"
#include "audit/question.h"
#include "audit/rebuild.h"
#include "base/mem.h"
#include "host/file.h"
#include "store/audit.h"

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
        if (text_starts(from, ":portal_id")) {
            text_addf(&sql, "%lld", (long long)world->store.store.portal_id);
            from += strlen(":portal_id");
        } else if (pair[i]) {
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
        text_addf(&ids, "%s\n", world_id_of(world, who));
        text_addf(&seats, "%s|u%zu|%s|%s\n", world_id_of(world, who), who,
                  world_name_of(world, who, &entry[who]), world_time_of(world, entry[who].login));
        if (entry[who].departed)
            text_addf(&left, "%s|%05zu|%s|%s\n", world_id_of(world, who), who,
                      world_name_of(world, who, &entry[who]),
                      day_format(entry[who].last_day, last));
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
        text_addf(&reasons, "%s|%s|R10|%s\n", world_time_of(world, done->at), done->rule,
                  done->reason);
        for (size_t a = 0; a < 2 && done->approver[a]; a++)
            text_addf(&approvals, "%s|%s|%s\n", world_time_of(world, done->at), done->approver[a],
                      world_time_of(world, done->decided_at));
    }
    check(world, 2, WORDS("account", world_id_of(world, who)), &reasons);
    check(world, 3, WORDS("account", world_id_of(world, who)), &approvals);
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
            text_addf(&changes, "%s|%s|u%zu|%s|%s\n", world_time_of(world, books->taken_at[day]),
                      leaves                   ? "gone"
                      : now->account == ACTIVE ? "active"
                                               : "inactive",
                      who, world_email_of(world, who, shown), shown->profile == 2 ? "p2" : "p1");
        }
        gone = now->account == NOWHERE ? last != NULL : false;
        last = now->account == NOWHERE ? last : now;
    }
    check(world, 4, WORDS("account", world_id_of(world, who)), &changes);
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
            text_addf(&holders, "%s|u%zu|Managers|%s\n", world_id_of(world, who), who,
                      world_time_of(world, books->taken_at[day]));
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

    REVIEW_OK(store_ask_seats(&world->store.store, DAY_NONE, &rows, &why));
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
        text_addf(&reclaimed, "%s|%s|%s|%s\n", world_id_of(world, done->who),
                  world_time_of(world, done->at), done->rule,
                  world_time_of(world, done->returned_at));
    }
    for (size_t i = 0; i < books->held_count; i++) {
        const struct held *plan = &books->held[i];
        passed += plan->who != NULL;
        text_addf(&held, "%lld|%s|G2|%s|%s\n", (long long)plan->plan_id,
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
                text_addf(&renamed, "%s|%s|%s|%s\n", world_id_of(world, who),
                          world_time_of(world, books->taken_at[d]),
                          world_email_of(world, who, last[who]), world_email_of(world, who, now));
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

/* --- the questions about decisions --- */

static const char *or_blank(const char *string)
{
    return string ? string : "";
}

static const char *until_of(struct world *world, const struct ruling *ruling)
{
    char text[DAY_TEXT_SIZE];

    return day_is_set(ruling->until)
               ? arena_strdup(&world->store.arena, day_format(ruling->until, text))
               : "";
}

static bool is_row(const struct ruling *ruling)
{
    return ruling->kind == RULING_APPROVE || ruling->kind == RULING_REJECT;
}

static void check_decisions_about(struct world *world, size_t who)
{
    CLEANUP(text_release) struct text about = TEXT_INIT;
    const struct books *books = world->books;

    for (size_t i = 0; i < books->decided_count; i++) {
        const struct decided_ruling *one = &books->decided[i];
        const struct ruling *ruling = &one->ruling;
        if (!text_equal(ruling->account_id, world_id_of(world, who)))
            continue;
        text_addf(&about, "%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s\n", world_time_of(world, ruling->at),
                  ruling->who, ruling_kind_name(ruling->kind), is_row(ruling) ? "suspend" : "",
                  is_row(ruling) ? "departed" : "", or_blank(ruling->reason),
                  until_of(world, ruling), world_time_of(world, one->ended_at),
                  or_blank(one->end_word), or_blank(one->end_reason), or_blank(one->ended_by));
    }
    check(world, 11, WORDS("account", world_id_of(world, who)), &about);
}

/* By account, as the books have them in the order of time. */
static size_t check_standing(struct world *world)
{
    CLEANUP(text_release) struct text standing = TEXT_INIT;
    const struct books *books = world->books;
    size_t count = 0;

    for (size_t who = 0; who < PEOPLE; who++) {
        for (size_t i = 0; i < books->decided_count; i++) {
            const struct ruling *ruling = &books->decided[i].ruling;
            if (books->decided[i].end_word ||
                !text_equal(ruling->account_id, world_id_of(world, who)))
                continue;
            count++;
            text_addf(&standing, "%s|%s|%s|%s|%s|%s|%s|f\n", ruling->account_id,
                      ruling_kind_name(ruling->kind), is_row(ruling) ? "suspend" : "",
                      is_row(ruling) ? "departed" : "", ruling->who,
                      world_time_of(world, ruling->at), until_of(world, ruling));
        }
    }
    check(world, 12, WORDS("day", ""), &standing);
    return count;
}

static void check_decisions_since(struct world *world, size_t day)
{
    CLEANUP(text_release) struct text since = TEXT_INIT;
    const struct books *books = world->books;

    for (size_t i = 0; i < books->decided_count; i++) {
        const struct decided_ruling *one = &books->decided[i];
        const struct ruling *ruling = &one->ruling;
        if (instant_compare(ruling->at, books->taken_at[day]) < 0)
            continue;
        text_addf(&since, "%s|%s|%s|%s|%s|%s|%s|%s|%s\n", world_time_of(world, ruling->at),
                  ruling->who, ruling_kind_name(ruling->kind), ruling->account_id,
                  or_blank(ruling->reason), or_blank(one->end_word),
                  world_time_of(world, one->ended_at), or_blank(one->end_reason),
                  or_blank(one->ended_by));
    }
    check(world, 13, WORDS("day", day_of(world, day)), &since);
}

static void check_grounds(struct world *world, size_t who)
{
    CLEANUP(text_release) struct text grounds = TEXT_INIT;
    const struct books *books = world->books;

    for (size_t i = 0; i < books->done_count; i++) {
        const struct done *done = &books->done[i];
        if (done->who != who)
            continue;
        for (size_t a = 0; a < 2 && done->approver[a]; a++) {
            const char *read_at = world_time_of(world, books->taken_at[done->day]);
            text_addf(&grounds, "%s|%s|%s|%s|%s|%s|%s|%lld|%lld\n", world_time_of(world, done->at),
                      done->rule, done->reason, read_at, read_at, done->approver[a],
                      world_time_of(world, done->decided_at), (long long)done->plan_id,
                      (long long)done->plan_id);
        }
    }
    check(world, 14, WORDS("account", world_id_of(world, who)), &grounds);
}

/* Carl lets guards go, the others decide about rows; anna ends what fay rejected. */
static void check_decisions_by(struct world *world, const char *who)
{
    CLEANUP(text_release) struct text by = TEXT_INIT;
    const struct books *books = world->books;
    size_t last = 0;

    for (size_t i = 0; i < books->decided_count; i++) {
        const struct decided_ruling *one = &books->decided[i];
        const struct ruling *ruling = &one->ruling;
        if (text_equal(ruling->who, who) || text_equal(one->ended_by, who))
            text_addf(&by, "%s|%s|%s|%s|%s\n", world_time_of(world, ruling->at),
                      ruling_kind_name(ruling->kind), ruling->account_id,
                      is_row(ruling) ? "departed" : "", or_blank(one->end_word));
    }
    for (size_t i = 0; i < books->held_count; i++)
        last = books->held[i].who ? i : last;
    for (size_t i = 0; i < books->held_count && text_equal(who, "carl"); i++) {
        if (books->held[i].who)
            text_addf(&by, "%s|acknowledge G2|||%s\n",
                      world_time_of(world, books->held[i].passed_at), i == last ? "" : "ended");
    }
    assert_true(by.length > 0);
    check(world, 15, WORDS("who", who), &by);
}

static size_t check_expired(struct world *world)
{
    CLEANUP(text_release) struct text expired = TEXT_INIT;
    const struct books *books = world->books;
    size_t could = 0, count = 0;

    for (size_t i = 0; i < books->decided_count; i++) {
        const struct decided_ruling *one = &books->decided[i];
        if (!text_equal(one->end_word, "expired"))
            continue;
        count++;
        could += instant_is_set(one->could_act_at);
        text_addf(&expired, "%s|suspend|departed|%s|%s|%s|%s\n", one->ruling.account_id,
                  one->ruling.who, world_time_of(world, one->ruling.at),
                  world_time_of(world, one->could_act_at), world_time_of(world, one->ended_at));
    }
    assert_true(could > 0 && could < count);
    check(world, 16, WORDS("day", ""), &expired);
    return count;
}

TEST(the_questions_about_decisions_are_answered_as_the_books_say)
{
    static const char *const people[] = {"anna", "bert", "carl", "erik", "fay", "gus"};
    struct world *world = *state;

    for (size_t who = 0; who < PEOPLE; who++) {
        check_decisions_about(world, who);
        check_grounds(world, who);
    }
    size_t standing = check_standing(world), expired = check_expired(world);
    check_decisions_since(world, 0);
    check_decisions_since(world, 100);
    for (size_t i = 0; i < COUNT_OF(people); i++)
        check_decisions_by(world, people[i]);
    print_message("%zu decisions, %zu stand, %zu expired unused\n", world->books->decided_count,
                  standing, expired);
    assert_true(standing > 0);
}

TEST(the_ten_documented_questions_are_answered_as_the_books_say)
{
    struct world *world = *state;

    for (size_t i = 0; i < 25; i++)
        check_seats_on(world, world_draw(world, DAYS));
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
    bool near = pairing->kind == LINK_NONE && pairing->near != NEAR_NOBODY;
    same("matched_by", near ? "near" : match_key_name(pairing->key),
         value(rows, row, "matched_by"));
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
    same("profile", text_equal(account_alike(account)->profile_id, "p2") ? "Managers" : "Users",
         value(rows, row, "profile"));
    same("country", account_alike(account)->country, value(rows, row, "country"));
    same("department", account_alike(account)->department, value(rows, row, "department"));
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
            same("profile_id", account_alike(account)->profile_id, value(rows, row, "profile_id"));
            same("roles",
                 text_equal(account_alike(account)->profile_id, "p2") ? "USERMANAGEMENT VIEW"
                                                                      : "VIEW",
                 value(rows, row, "roles"));
            same("email2", account_alike(account)->email2, value(rows, row, "email2"));
            same("sso_only", account->sso_only ? "t" : "f", value(rows, row, "sso_only"));
            same("groups", "[]", value(rows, row, "groups"));
            if (account->status == ACCOUNT_GONE)
                continue;
            const struct pairing *pairing = &books->pairing[day][a];
            const struct person *person = pairing->kind == LINK_ONE ? pairing->person : NULL;
            same("person_department", person ? person_alike(person)->department : NULL,
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
        size_t day = world_draw(world, DAYS);
        struct instant moment = instant_add_us(world->books->taken_at[day],
                                               (int64_t)world_draw(world, 86399) * SECOND_US);

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

#define LOGIN_MOVED(to) "update account set " to " where account_no = 2 and login_at is not null"

/* Others refer to the rows of accounts, which therefore stay. */
static const struct {
    const char *change, *back;
} of_account[] = {
    {LOGIN_MOVED(
         "login_at = (login_at at time zone 'UTC' + interval '9 years') at time zone 'UTC'"),
     LOGIN_MOVED(
         "login_at = (login_at at time zone 'UTC' - interval '9 years') at time zone 'UTC'")},
    {LOGIN_MOVED("login_from = login_from + 99999"),
     LOGIN_MOVED("login_from = login_from - 99999")},
};

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
    {"login_past", "update login_past set at = timestamptz '2031-01-01Z' where account_no = 2 and "
                   "at is not null"},
    {"login_past", "delete from login_past where account_no = 2"},
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
    for (size_t i = 0; i < COUNT_OF(of_account); i++) {
        store_world_execute(&world->store, of_account[i].change);
        if (rebuild(world, ignore).findings == 0)
            fail_msg("not found: %s", of_account[i].change);
        store_world_execute(&world->store, of_account[i].back);
    }
    assert_int_equal(rebuild(world, note_finding).findings, 0);
    print_message("%zu readings made again, %zu changes behind them found\n", rebuilt.count,
                  COUNT_OF(behind) + COUNT_OF(of_account));
}

/* The end of time, which is no moment, hides nothing that is to be found behind it. */
TEST(every_reading_is_made_again_whatever_stands_where_a_moment_should)
{
    static const struct {
        const char *table, *key, *column;
    } endless[] = {
        {"roster", "roster_id", "read_at"},
        {"snapshot", "snapshot_id", "taken_at"},
        {"account", "account_no", "login_at"},
        {"account", "account_no", "login_seen_at"},
    };
    struct world *world = *state;

    for (size_t i = 0; i < COUNT_OF(endless); i++) {
        struct arena *arena = &world->store.arena;
        const char *table = endless[i].table, *key = endless[i].key, *column = endless[i].column;
        store_world_execute(
            &world->store,
            arena_printf(arena, "create table kept as select %s, %s from %s", key, column, table));
        store_world_execute(
            &world->store, arena_printf(arena, "update %s set %s = 'infinity' where %s is not null",
                                        table, column, column));
        assert_int_equal(rebuild(world, ignore).count, 2 * DAYS);
        store_world_execute(&world->store,
                            arena_printf(arena,
                                         "update %s t set %s = k.%s from kept k where k.%s = t.%s",
                                         table, column, column, key, key));
        store_world_execute(&world->store, "drop table kept");
    }
    assert_int_equal(rebuild(world, note_finding).findings, 0);
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

    assert_int_equal(find(world, world_id_of(world, done->who), &subject), 1);
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

    assert_int_equal(find(world, world_id_of(world, 3), &subject), 1);
    assert_string_equal(subject->account_id, world_id_of(world, 3));
    assert_int_equal(find(world, " U3 ", &subject), 1);
    assert_string_equal(subject->account_id, world_id_of(world, 3));
    assert_int_equal(find(world, "P3-0@ACME.example", &subject), 1); /* the first of several */
    assert_string_equal(subject->account_id, world_id_of(world, 3));
    assert_int_equal(find(world, "00003", &subject), 1);
    assert_int_equal(find(world, "nobody", &subject), 0);
    assert_int_equal(find(world, "U30", &subject), 0);
}

/* Whoever is called so by their username or address, and nobody else, however the two are alike. */
TEST(store_find_who_finds_a_username_that_begins_an_address)
{
    static const char *const names[][2] = {
        {"bob", "bob@x.example"},
        {"Bob", "bob@x.example"},
        {"bob ", "bob @x.example"},
        {" bob", " bob@x.example"},
        {"bob\t", "bob\t@x.example"},
        {"bob", "Bob@x.example "},
        {"bob", "bobby@x.example"},
        {"bob", "bob"},
        {"bob", NULL},
        {NULL, "bob@x.example"},
        {"", "@x.example"},
        {"BOB", "BOB@X.EXAMPLE"},
        {"b_b", "b_b@x.example"},
        {"b%b", "bob@x.example"},
        {"bob@x", "bob@x@y.example"},
        {"bobA", "boba@x.example"},
        {"a\\b", "a\\b@x.example"},
        {"bob.", "bob.@x.example"},
    };
    static const char *const asked[] = {"bob",  " BOB ", "bob@x", "b_b",           "b%b",
                                        "a\\b", "boba",  "bob.",  "bob@x.example", "bobby"};
    static const char called[] =
        "select count(*) from account_version where valid_to is null and"
        " (audit.plain(username) = audit.plain($1) or audit.plain(email) = audit.plain($1))";
    struct world *world = *state;
    struct store_world *store = &world->store;
    struct store_subject *subject = NULL;

    store_world_execute(store, "create table kept_names as table account_version");
    for (int i = 0; i < (int)COUNT_OF(names); i++) {
        const char *const parameter[] = {names[i][0], names[i][1],
                                         arena_printf(&store->arena, "%d", i)};
        REVIEW_OK(
            pg_run(store->pg, "name",
                   "update account_version set username = $1, email = $2, employee_number = null"
                   " where valid_to is null and account_no = (select min(account_no) from"
                   " account_version where valid_to is null) + $3::integer",
                   PG_NOTHING, parameter, COUNT_OF(parameter), NULL, &why));
    }
    for (size_t i = 0; i < COUNT_OF(asked); i++) {
        CLEANUP(pg_clearp) PGresult *count = NULL;
        REVIEW_OK(pg_run(store->pg, "called", called, PG_ONE, &asked[i], 1, &count, &why));
        assert_int_equal(find(world, asked[i], &subject), pg_int(count, 0, 0));
    }
    assert_int_equal(find(world, "bob", &subject), 10);
    store_world_execute(store,
                        "update account_version v set username = k.username, email = k.email,"
                        " employee_number = k.employee_number from kept_names k"
                        " where (k.account_no, k.valid_from) = (v.account_no, v.valid_from)");
    store_world_execute(store, "drop table kept_names");
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

    assert_int_equal(find(world, world_id_of(world, done->who), &subject), 1);
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
TEST_GROUP(world_begin, world_end);
