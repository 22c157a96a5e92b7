/* core/downgrade: what lets go that somebody gave back what a downgrade of ours took (R8). */
#include "base/cleanup.h"
#include "core/downgrade.h"
#include "core/policy.h"
#include "test.h"

static bool is_undone_on(struct day today, struct instant login_at, struct instant activity_at)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct account_downgrade downgrade = {.at = {1 * DAY_US}, .other_at = {2 * DAY_US}};
    struct account_past past = {.downgrade = &downgrade};
    struct activity activity = {.at = activity_at, .kind = EVENT_DOWNLOAD};
    const struct account account = {
        .history = {.past = &past},
        .login = {.kind = instant_is_set(login_at) ? LOGIN_KNOWN : LOGIN_NEVER, .at = login_at},
        .activity = &activity};
    const struct subject subject = {.account = &account, .scratch = &arena};
    const struct policy_context context = {.today = today};

    return downgrade_is_undone(&context, &subject);
}

/* However long ago: in the first nights and a year later. */
static bool is_undone(struct instant login_at, struct instant activity_at)
{
    const struct day given = instant_day((struct instant){2 * DAY_US}, &zone_utc);
    static const int later[] = {0, 1, 30, 31, 400};
    const bool undone = is_undone_on(given, login_at, activity_at);

    for (size_t i = 0; i < COUNT_OF(later); i++)
        assert_int_equal(is_undone_on(day_add(given, later[i]), login_at, activity_at), undone);
    return undone;
}

TEST(downgrade_is_undone_until_a_login_and_activity_is_none)
{
    const struct instant before = {2 * DAY_US}, after = {2 * DAY_US + 1};

    assert_true(is_undone(INSTANT_NONE, INSTANT_NONE));
    assert_true(is_undone(before, INSTANT_NONE));
    assert_true(is_undone(before, after));
    assert_false(is_undone(after, INSTANT_NONE));
}
