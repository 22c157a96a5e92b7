/* core/evidence: who is read one by one, who is not, and that nobody is forgotten. */
#include "alike.h"
#include "base/cleanup.h"
#include "core/evidence.h"
#include "test.h"

#define NOW                                                                                        \
    (struct instant)                                                                               \
    {                                                                                              \
        .us = INT64_C(20500) * DAY_US + 7200 * SECOND_US                                           \
    }

enum { MANY = 3650 };

struct world {
    struct arena arena;
    struct snapshot snapshot;
    struct policy_context context;
    struct decision *decision;
    struct evidence_settings settings;
};

static struct instant days_ago(int64_t days)
{
    return (struct instant){.us = NOW.us - days * DAY_US};
}

/* Accounts that are active, logged in yesterday by what the history says, and were never read. */
static void begin(struct world *world, size_t count)
{
    struct account *account;

    *world = (struct world){.arena = ARENA_INIT, .settings = {.asked = true, .reread_days = 7}};
    account = arena_calloc(&world->arena, count, sizeof(account[0]));
    world->decision = arena_calloc(&world->arena, count, sizeof(world->decision[0]));
    for (size_t i = 0; i < count; i++) {
        account[i] = (struct account){
            .id = arena_printf(&world->arena, "%08zX-2B3A-141F-8F07D71AA1F223BD", i),
            .status = ACCOUNT_ACTIVE,
            .login = {.kind = LOGIN_KNOWN,
                      .source = LOGIN_FROM_HISTORY,
                      .at = days_ago(1),
                      .seen_at = days_ago(1)},
        };
        world->decision[i] = (struct decision){.account = &account[i], .clause = ""};
    }
    world->snapshot = (struct snapshot){.account = account, .count = count, .complete = true};
    world->context = (struct policy_context){.now = NOW, .snapshot = &world->snapshot};
}

static size_t choose(struct world *world, size_t **ret_index)
{
    size_t *index = NULL;
    struct decided decided = decided_plain(world->decision, world->snapshot.count);
    size_t count =
        evidence_choose(&world->arena, &world->settings, &world->context, &decided, &index);
    if (ret_index)
        *ret_index = index;
    return count;
}

static void propose(struct world *world, size_t i)
{
    world->decision[i].action = ACTION_SUSPEND;
    world->decision[i].uses_login = true;
}

/* A login that the portal told when it was older than what it tells page by page stood in a file,
 * and nobody knows what came after it; one that it told a day sooner did not. */
TEST(evidence_choose_reads_whose_login_a_file_of_an_earlier_year_told)
{
    static const struct {
        int64_t at, told;
        enum login_source source, told_by;
        bool was_read, asked, departed, read;
    } rows[] = {
        {600, 1, LOGIN_FROM_EVENTS, LOGIN_FROM_NOWHERE, false, true, false, true},
        {600, 1, LOGIN_FROM_HISTORY, LOGIN_FROM_EVENTS, false, true, false, true},
        {600, 1, LOGIN_FROM_HISTORY, LOGIN_FROM_EVENTS, true, true, false, false},
        {600, 1, LOGIN_FROM_HISTORY, LOGIN_FROM_EXPORT, false, true, false, false},
        {600, 300, LOGIN_FROM_HISTORY, LOGIN_FROM_EVENTS, false, true, false, false},
        {366, 1, LOGIN_FROM_EVENTS, LOGIN_FROM_NOWHERE, false, true, false, false},
        {367, 1, LOGIN_FROM_EVENTS, LOGIN_FROM_NOWHERE, false, true, false, true},
        {600, 1, LOGIN_FROM_EVENTS, LOGIN_FROM_NOWHERE, false, false, false, false},
        {600, 1, LOGIN_FROM_EVENTS, LOGIN_FROM_NOWHERE, false, false, true, true}, /* P9 */
        {300, 1, LOGIN_FROM_EVENTS, LOGIN_FROM_NOWHERE, false, false, true, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;

        begin(&world, 1);
        struct account *account = &world.snapshot.account[0];
        world.settings.asked = rows[i].asked;
        account->login = (struct login){.kind = LOGIN_KNOWN,
                                        .source = rows[i].source,
                                        .at = days_ago(rows[i].at),
                                        .seen_at = days_ago(rows[i].told)};
        account->history.told_by = rows[i].told_by;
        account->history.read_at = rows[i].was_read ? days_ago(100) : INSTANT_NONE;
        if (rows[i].departed) {
            world.decision[0].action = ACTION_SUSPEND;
            world.decision[0].person = PERSON_DEPARTED;
        }
        if (choose(&world, NULL) != (size_t)rows[i].read)
            fail_msg("row %zu", i);
        arena_release(&world.arena);
    }
}

/* Events are told from told_since on, and what was known before says nothing of the time between.
 */
TEST(evidence_choose_reads_of_whom_nothing_was_told_since)
{
    static const struct {
        int64_t since, at, read; /* days ago; 0 = never */
        enum login_kind kind;
        bool asked, acted, departed, wanted;
    } rows[] = {
        {30, 31, 0, LOGIN_KNOWN, true, false, false, true},
        {30, 30, 0, LOGIN_KNOWN, true, false, false, false},
        {30, 31, 30, LOGIN_KNOWN, true, false, false, false}, /* a single read is word enough */
        {30, 31, 31, LOGIN_KNOWN, true, false, false, true},
        {30, 31, 0, LOGIN_KNOWN, false, false, false, false},
        {30, 31, 0, LOGIN_KNOWN, false, false, true, true}, /* P9 */
        {30, 0, 31, LOGIN_NEVER, true, false, false, true},
        {30, 0, 30, LOGIN_NEVER, true, false, false, false},
        {0, 31, 0, LOGIN_KNOWN, true, false, false, false},
        /* A read of three days ago is word enough of a proposal, if events were told since. */
        {3, 100, 3, LOGIN_KNOWN, true, true, false, false},
        {2, 100, 3, LOGIN_KNOWN, true, true, false, true},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;

        begin(&world, 1);
        struct account *account = &world.snapshot.account[0];
        world.settings.asked = rows[i].asked;
        world.settings.told_since = rows[i].since > 0 ? days_ago(rows[i].since) : INSTANT_NONE;
        account->login = (struct login){.kind = rows[i].kind,
                                        .source = LOGIN_FROM_HISTORY,
                                        .at = rows[i].at > 0 ? days_ago(rows[i].at) : INSTANT_NONE,
                                        .seen_at = days_ago(rows[i].at)};
        account->history.read_at = rows[i].read > 0 ? days_ago(rows[i].read) : INSTANT_NONE;
        if (rows[i].acted)
            propose(&world, 0);
        if (rows[i].departed) {
            world.decision[0].action = ACTION_SUSPEND;
            world.decision[0].person = PERSON_DEPARTED;
        }
        if (choose(&world, NULL) != (size_t)rows[i].wanted)
            fail_msg("row %zu", i);
        arena_release(&world.arena);
    }
}

/* One account, one thing about it. */
TEST(evidence_choose_of_one_account_reads_what_decides)
{
    enum { NEVER_READ = -1 };
    static const struct {
        const char *what;
        enum account_status status;
        const char *flaw;
        enum login_kind login;
        enum action action;
        bool uses_login;
        const char *row;
        int64_t read_days_ago; /* 0 = in this run */
        bool full, read;
    } rows[] = {
        {"cleared by what is known", ACCOUNT_ACTIVE, NULL, LOGIN_KNOWN, ACTION_KEEP, false, "",
         NEVER_READ, false, false},
        {"nothing known of it", ACCOUNT_ACTIVE, NULL, LOGIN_NOT_READ, ACTION_KEEP, false, "",
         NEVER_READ, false, true},
        {"proposed for its login, never read", ACCOUNT_ACTIVE, NULL, LOGIN_KNOWN, ACTION_SUSPEND,
         true, "R4", NEVER_READ, false, true},
        {"proposed, never logged in, never read", ACCOUNT_ACTIVE, NULL, LOGIN_NEVER, ACTION_SUSPEND,
         true, "R5", NEVER_READ, false, true},
        {"proposed for its login, read yesterday", ACCOUNT_ACTIVE, NULL, LOGIN_KNOWN,
         ACTION_SUSPEND, true, "R4", 1, false, false},
        {"proposed for its login, read a week ago", ACCOUNT_ACTIVE, NULL, LOGIN_KNOWN,
         ACTION_SUSPEND, true, "R4", 7, false, true},
        {"proposed for its login, read in this run", ACCOUNT_ACTIVE, NULL, LOGIN_KNOWN,
         ACTION_SUSPEND, true, "R4", 0, false, false},
        {"proposed, but not for its login", ACCOUNT_ACTIVE, NULL, LOGIN_KNOWN, ACTION_SUSPEND,
         false, "", NEVER_READ, false, false},
        {"unreadable, read a week ago", ACCOUNT_ACTIVE, NULL, LOGIN_UNREADABLE, ACTION_KEEP, false,
         "P7", 7, false, true},
        {"unreadable, read yesterday", ACCOUNT_ACTIVE, NULL, LOGIN_UNREADABLE, ACTION_KEEP, false,
         "P7", 1, false, false},
        {"ahead of now, never read", ACCOUNT_ACTIVE, NULL, LOGIN_KNOWN, ACTION_KEEP, false, "P7",
         NEVER_READ, false, true},
        {"everybody is wanted", ACCOUNT_ACTIVE, NULL, LOGIN_KNOWN, ACTION_KEEP, false, "", 1, true,
         true},
        {"everybody is wanted, read in this run", ACCOUNT_ACTIVE, NULL, LOGIN_KNOWN, ACTION_KEEP,
         false, "", 0, true, false},
        {"inactive", ACCOUNT_INACTIVE, NULL, LOGIN_NOT_READ, ACTION_KEEP, false, "", NEVER_READ,
         true, false},
        {"unreadable status", ACCOUNT_UNREADABLE, NULL, LOGIN_NOT_READ, ACTION_KEEP, false, "",
         NEVER_READ, true, false},
        {"gone", ACCOUNT_GONE, NULL, LOGIN_NOT_READ, ACTION_KEEP, false, "", NEVER_READ, true,
         false},
        {"flawed", ACCOUNT_ACTIVE, "'active' is unreadable", LOGIN_NOT_READ, ACTION_KEEP, false,
         "P2", NEVER_READ, true, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;

        begin(&world, 1);
        world.settings.full = rows[i].full;
        world.snapshot.account[0].status = rows[i].status;
        alike_own(&world.snapshot.account[0])->flaw = rows[i].flaw;
        world.snapshot.account[0].login.kind = rows[i].login;
        world.decision[0].action = rows[i].action;
        world.decision[0].uses_login = rows[i].uses_login;
        world.decision[0].clause = rows[i].row;
        if (rows[i].read_days_ago != NEVER_READ)
            world.snapshot.account[0].history.read_at = days_ago(rows[i].read_days_ago);
        if (choose(&world, NULL) != (size_t)rows[i].read)
            fail_msg("%s", rows[i].what);
        arena_release(&world.arena);
    }
}

TEST(evidence_choose_where_no_rule_asks_reads_nobody_unknown)
{
    struct world world;

    begin(&world, 1);
    world.snapshot.account[0].login.kind = LOGIN_NOT_READ;
    assert_int_equal(choose(&world, NULL), 1);
    world.settings.asked = false;
    assert_int_equal(choose(&world, NULL), 0);
    arena_release(&world.arena);
}

/* HR's word on it is enough, and one single read, whatever it said. */
TEST(evidence_choose_reads_the_account_of_who_may_be_the_same_as_a_leaver)
{
    static const struct person leaver = {.status = PERSON_DEPARTED},
                               twin = {.status = PERSON_EMPLOYED},
                               other = {.status = PERSON_EMPLOYED};
    const struct pairing pairing[] = {{.kind = LINK_ONE, .person = &leaver, .other = &twin},
                                      {.kind = LINK_ONE, .person = &twin},
                                      {.kind = LINK_ONE, .person = &other}};
    struct world world;
    size_t *index = NULL;

    begin(&world, 3);
    world.settings.asked = false; /* no rule asks a login */
    for (size_t i = 0; i < 3; i++) {
        world.decision[i].pairing = &pairing[i];
        world.snapshot.account[i].login.kind = LOGIN_NOT_READ;
    }
    assert_int_equal(choose(&world, &index), 1);
    assert_int_equal(index[0], 1);
    world.snapshot.account[1].login.kind = LOGIN_KNOWN; /* it was read */
    assert_int_equal(choose(&world, NULL), 0);
    arena_release(&world.arena);
}

TEST(evidence_choose_where_a_rule_asks_the_department_reads_whose_nobody_told)
{
    static const struct {
        bool asked;
        const char *account, *person; /* department that is known */
        int64_t read_days_ago;        /* 0 = never */
        enum link_kind kind;
        size_t count;
    } rows[] = {
        {true, NULL, NULL, 0, LINK_ONE, 1},    {true, NULL, NULL, 0, LINK_NONE, 1},
        {true, NULL, "Sales", 0, LINK_ONE, 0}, {true, NULL, "Sales", 0, LINK_AMBIGUOUS, 1},
        {true, "Sales", NULL, 0, LINK_ONE, 0}, {true, NULL, NULL, 90, LINK_ONE, 0},
        {false, NULL, NULL, 0, LINK_ONE, 0},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct world world;
        begin(&world, 1);
        struct account *account = &world.snapshot.account[0];
        const struct person_alike alike = {.department = rows[i].person};
        struct person person = {.alike = &alike};
        const struct pairing pairing = {.kind = rows[i].kind, .person = &person};
        world.settings.department_asked = rows[i].asked;
        alike_own(account)->department = rows[i].account;
        account->history.read_at =
            rows[i].read_days_ago ? days_ago(rows[i].read_days_ago) : INSTANT_NONE;
        world.decision[0].pairing = &pairing;
        assert_int_equal(choose(&world, NULL), rows[i].count);
        arena_release(&world.arena);
    }
}

TEST(evidence_choose_of_an_id_of_another_form_never_asks)
{
    struct world world;

    begin(&world, 1);
    world.settings.full = true;
    world.snapshot.account[0].id = "somebodys.username";
    assert_int_equal(choose(&world, NULL), 0);
    arena_release(&world.arena);
}

/* Thousands who wait for an approval, all read on the same night, for months. */
TEST(evidence_choose_spreads_what_was_read_on_one_night)
{
    enum { NIGHTS = 90, SETTLED = 15 };
    size_t night[NIGHTS + 1] = {0};
    struct world world;

    begin(&world, MANY);
    for (size_t i = 0; i < MANY; i++) {
        propose(&world, i);
        world.snapshot.account[i].history.read_at = days_ago(0);
    }
    for (int64_t day = 1; day <= NIGHTS; day++) {
        size_t *index;
        world.context.now.us = NOW.us + day * DAY_US;
        night[day] = choose(&world, &index);
        for (size_t i = 0; i < night[day]; i++)
            world.snapshot.account[index[i]].history.read_at = world.context.now;
        for (size_t i = 0; i < MANY; i++)
            assert_true(world.context.now.us - world.snapshot.account[i].history.read_at.us <
                        world.settings.reread_days * DAY_US);
    }
    assert_int_equal(night[1] + night[2] + night[3], 0);
    assert_int_equal(night[4] + night[5] + night[6] + night[7], MANY);
    for (int day = 1; day < SETTLED; day++)
        assert_in_range(night[day], 0, MANY / 3);
    for (int day = SETTLED; day <= NIGHTS; day++) /* a seventh of them, not one read more */
        assert_in_range(night[day], MANY / 9, MANY / 5);
    for (int day = SETTLED; day + 7 <= NIGHTS; day++)
        assert_int_equal(night[day], night[day + 7]);
    arena_release(&world.arena);
}

TEST(evidence_choose_with_reread_of_no_days_reads_in_every_run)
{
    struct world world;

    begin(&world, 1);
    propose(&world, 0);
    world.settings.reread_days = 0;
    world.snapshot.account[0].history.read_at = (struct instant){.us = NOW.us - SECOND_US};
    assert_int_equal(choose(&world, NULL), 1);
    arena_release(&world.arena);
}

TEST(evidence_choose_refreshes_everybody_within_the_days)
{
    struct world world;
    size_t most = 0;

    begin(&world, MANY);
    world.settings.refresh_days = 365;
    world.settings.days_passed = 1;
    for (int64_t day = 0; day < 365; day++) {
        size_t *index;
        world.context.now.us = NOW.us + day * DAY_US;
        size_t count = choose(&world, &index);
        most = count > most ? count : most;
        for (size_t i = 0; i < count; i++)
            world.snapshot.account[index[i]].history.read_at = world.context.now;
    }
    assert_int_equal(most, MANY / 365);
    for (size_t i = 0; i < MANY; i++)
        assert_true(instant_is_set(world.snapshot.account[i].history.read_at));
    arena_release(&world.arena);
}

TEST(evidence_choose_refreshes_the_oldest_evidence_first)
{
    struct world world;
    size_t *index;

    begin(&world, 5);
    for (size_t i = 0; i < 5; i++)
        world.snapshot.account[i].history.read_at = days_ago(10 + (int64_t)i);
    world.snapshot.account[1].history.read_at = INSTANT_NONE;
    world.settings.refresh_days = 5;
    world.settings.days_passed = 2;
    assert_int_equal(choose(&world, &index), 2);
    assert_int_equal(index[0], 1); /* never read */
    assert_int_equal(index[1], 4);
    world.settings.days_passed = 0; /* a second run of the day */
    assert_int_equal(choose(&world, &index), 0);
    world.settings.days_passed = 40; /* after a long pause */
    assert_int_equal(choose(&world, &index), 5);
    arena_release(&world.arena);
}

/* However they stand: ascending, descending, mixed. */
TEST(evidence_choose_refreshes_none_before_an_older_one)
{
    static const int64_t steps[] = {1, MANY - 1, 379};

    for (size_t order = 0; order < COUNT_OF(steps); order++) {
        struct world world;
        size_t *index;
        bool chosen[MANY] = {false};
        int64_t youngest = INT64_MIN;

        begin(&world, MANY);
        for (size_t i = 0; i < MANY; i++)
            world.snapshot.account[i].history.read_at =
                days_ago(10 + (int64_t)i * steps[order] % MANY);
        world.settings.refresh_days = 100;
        world.settings.days_passed = 1;
        size_t count = choose(&world, &index);
        assert_int_equal(count, (MANY + 99) / 100);
        for (size_t i = 0; i < count; i++) {
            int64_t read_at = world.snapshot.account[index[i]].history.read_at.us;
            assert_true(read_at >= youngest);
            youngest = read_at;
            chosen[index[i]] = true;
        }
        for (size_t i = 0; i < MANY; i++)
            assert_true(chosen[i] || world.snapshot.account[i].history.read_at.us >= youngest);
        arena_release(&world.arena);
    }
}

/* --- events that there cannot be --- */

TEST(portal_that_names_ever_more_pages_is_told_by_arithmetic)
{
    enum { YEAR = 365 };
    static const struct {
        size_t accounts;
        int64_t days, pages, events;
        bool is_invented;
    } rows[] = {
        {0, 0, 1, 10000, false},
        {0, 2, 100, 0, false}, /* nothing on any of them, so far */
        {0, 2, 101, 0, true},
        {600, 2, 102, 102, false},
        {600, 2, 103, 103, true},          /* one on each */
        {600, YEAR, 700, 600000, false},   /* a portal that gives a thousand at a time */
        {600, YEAR, 12000, 600000, false}, /* one that gives fifty */
        {600, YEAR, 12100, 600000, false},
        {600, YEAR, 12101, 600000, true},
        {600, YEAR, 60000, 600000, true}, /* ten */
        {600, YEAR, 3000, 3000000, false},
        {600, YEAR, 320, 3196001, true}, /* more than ten a day of each, and a million */
        {600, YEAR, 320, 3196000, false},
        {3, YEAR, 100, 1000000, false}, /* a machine that logs in every half minute */
        {3, 2, 101, 1000091, true},
        {2000000, YEAR, 100000, INT64_C(1000000000), false},
        {2000000, YEAR, 800000, INT64_C(8000000000), true},
        {5, -3, 1, 1, false}, /* a window that ends before it begins */
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (evidence_is_invented(rows[i].accounts, rows[i].days * DAY_US, rows[i].pages,
                                 rows[i].events) != rows[i].is_invented)
            fail_msg("row %zu", i);
    }
}

/* Days of a kind: runs of days with an event, and of days without, in turn; 0 ends them. The last
 * one is until the day before today. */
static struct evidence_silence silence_of(const int *runs)
{
    struct day told[1000], today = {.number = 40000};
    size_t count = 0;

    for (size_t i = 0; runs[i] > 0; i++) {
        for (int day = 0; day < runs[i]; day++) {
            if (i % 2 == 0)
                told[count++] = today;
            today = day_add(today, 1);
        }
    }
    return evidence_find_silence(told, count, today);
}

/* In days since the first one with an event; -1 for none. A neighbour each is a day away. */
TEST(silence_that_nobody_believes_is_over_when_most_days_of_a_week_tell_again)
{
    static const struct {
        int runs[16];
        int since, until;
        int64_t silent;
    } rows[] = {
        {{60, 7}, -1, -1, 0},
        {{60, 8}, 59, -1, 8},
        {{27, 300}, -1, -1, 0},
        {{60, 2, 5, 2, 5, 6, 40}, -1, -1, 0}, /* a holiday */
        {{60, 70, 6}, 59, -1, 70},            /* its week is not over */
        {{60, 70, 7}, 59, 130, 70},
        {{60, 70, 4, 3}, 59, 130, 70},
        {{60, 70, 3, 4}, 59, -1, 74},           /* not on most days */
        {{60, 70, 1, 2, 2, 1, 1}, 59, 130, 70}, /* here and there, on most */
        {{60, 70, 1, 6}, 59, -1, 76},           /* one alone */
        {{60, 70, 1, 30}, 59, -1, 100},         /* and never again */
        {{60, 70, 1, 6, 7}, 59, 137, 76},       /* before it began to */
        {{60, 70, 40, 7}, 59, 130, 70},
        {{60, 70, 40, 8}, 169, -1, 8}, /* one that was not believed excuses none */
        {{40, 90, 10, 8}, 139, -1, 8}, /* nor makes it rare */
        {{28, 7, 40, 21}, -1, -1, 0},  /* one that was believed does */
        {{28, 7, 40, 22}, 74, -1, 22},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct evidence_silence is = silence_of(rows[i].runs);
        int since = day_is_set(is.since) ? is.since.number - 40000 : -1;
        int until = day_is_set(is.until) ? is.until.number - 40000 : -1;
        if (since != rows[i].since || until != rows[i].until || is.silent != rows[i].silent)
            fail_msg("row %zu: %d to %d, %lld", i, since, until, (long long)is.silent);
    }
}

TEST(silence_of_a_kind_that_told_nothing_is_none)
{
    struct evidence_silence is = evidence_find_silence(NULL, 0, (struct day){.number = 40000});

    assert_false(day_is_set(is.since) || day_is_set(is.until) || is.silent);
}
