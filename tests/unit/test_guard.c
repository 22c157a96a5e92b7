/* core/guard: what makes a roster good, and that the defaults of nothing hold nothing by chance. */
#include <string.h>

#include "base/cleanup.h"
#include "core/guard.h"
#include "test.h"

#define HOUR (3600 * SECOND_US)

static const struct instant now = {.us = 1000 * HOUR};
static const struct day day = {.number = 46000};
static const struct limits limits = {
    .max_age_hours = 48,
    .max_same_days = 7,
    .min_people = 1,
    .max_shrink_percent = 10,
    .max_rejected_percent = 1,
    .max_duplicate_percent = 1,
};

TEST(guard_roster_is_good_of_doubtful_rosters_says_no)
{
    static struct person person[100];
    static const struct {
        size_t count, rejected, duplicates;
        int64_t read_hour, modified_hour, same_since_hour, last_people;
        bool good;
    } rows[] = {
        {100, 0, 0, 1000, 0, 0, -1, true},    {100, 0, 0, 952, 0, 0, -1, true},
        {100, 0, 0, 951, 0, 0, -1, false},    {100, 0, 0, 1000, 952, 0, -1, true},
        {100, 0, 0, 1000, 951, 0, -1, false}, {100, 0, 0, 951, 1000, 0, -1, false},
        {100, 0, 0, 1000, 0, 832, -1, true},  {100, 0, 0, 1000, 0, 831, -1, false},
        {100, 1, 0, 1000, 0, 0, -1, true},    {100, 2, 0, 1000, 0, 0, -1, false},
        {100, 0, 1, 1000, 0, 0, -1, true},    {100, 0, 2, 1000, 0, 0, -1, false},
        {100, 0, 0, 1000, 0, 0, 110, true},   {100, 0, 0, 1000, 0, 0, 112, false},
        {0, 0, 0, 1000, 0, 0, -1, false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct roster roster = {.person = person,
                                .count = rows[i].count,
                                .rejected = rows[i].rejected,
                                .duplicates = rows[i].duplicates,
                                .read_at = {rows[i].read_hour * HOUR},
                                .modified = {rows[i].modified_hour * HOUR}};
        struct guard_history history = {.last_roster_people = rows[i].last_people,
                                        .same_bytes_since = {rows[i].same_since_hour * HOUR}};
        if (guard_roster_is_good(&limits, &history, now, day, &roster) != rows[i].good)
            fail_msg("row %zu", i);
    }
}

TEST(guard_all_of_an_empty_world_holds_what_is_empty)
{
    struct arena arena = ARENA_INIT;
    struct snapshot snapshot = {.complete = true};
    struct roster roster = {.read_at = now};
    struct policy_context context = {.now = now, .snapshot = &snapshot};
    struct guard_history history = {
        .last_roster_people = -1, .last_snapshot_accounts = -1, .last_matched_percent = -1};

    struct decided none = decided_plain(NULL, 0);
    struct guard_result result =
        guard_all(&arena, &limits, &history, &context, &roster, NULL, &none);
    assert_int_equal(result.count, GUARD_COUNT);
    assert_true(result.held);
    for (size_t i = 0; i < result.count; i++) {
        const char *id = i + 1 == GUARD_COUNT ? "policy" : arena_printf(&arena, "G%zu", i + 1);
        assert_string_equal(result.finding[i].id, id);
        assert_int_equal(result.finding[i].hold, i == 1 || i == 3); /* no people, no accounts */
        assert_non_null(result.finding[i].limit);
        assert_non_null(result.finding[i].actual);
        assert_non_null(result.finding[i].text);
    }
    arena_release(&arena);
}
