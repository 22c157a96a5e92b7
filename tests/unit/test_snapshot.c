/* facts/snapshot: counts, and digests that tell every difference and no order. */
#include "alike.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "facts/snapshot.h"
#include "test.h"

TEST(snapshot_count_of_each_status_leaves_gone_ones_out)
{
    struct account account[] = {
        {.status = ACCOUNT_ACTIVE},   {.status = ACCOUNT_ACTIVE},     {.status = ACCOUNT_INACTIVE},
        {.status = ACCOUNT_GONE},     {.status = ACCOUNT_UNREADABLE}, {.status = ACCOUNT_GONE},
        {.status = ACCOUNT_INACTIVE},
    };
    struct snapshot snapshot = {.account = account, .count = COUNT_OF(account)};

    struct snapshot_totals totals = snapshot_count(&snapshot);
    assert_int_equal(totals.accounts, 5);
    assert_int_equal(totals.active, 2);
    assert_int_equal(totals.inactive, 2);
    assert_int_equal(totals.unreadable, 1);
    assert_int_equal(totals.gone, 2);
}

static struct account sample(void)
{
    static const struct group group[] = {{"g1", "One"}, {"g2", "Two"}};

    return (struct account){
        .id = "A",
        .username = "u",
        .email = "e",
        .name = "n",
        .employee_number = "1",
        ALIKE(.email2 = "f", .profile_id = "p", .country = "NL", .group = group, .group_count = 2),
        .status = ACCOUNT_ACTIVE};
}

TEST(account_digest_of_any_changed_field_differs)
{
    static const struct group swapped[] = {{"g2", "Two"}, {"g1", "One"}};
    struct account account = sample(), changed[13];

    for (size_t i = 0; i < COUNT_OF(changed); i++)
        changed[i] = sample();
    changed[0].id = "B";
    changed[1].username = "v";
    changed[2].email = NULL;
    alike_own(&changed[3])->email2 = "";
    changed[4].name = "m";
    changed[5].employee_number = "2";
    alike_own(&changed[6])->profile_id = "q";
    alike_own(&changed[7])->country = "DE";
    alike_own(&changed[8])->group_count = 1;
    changed[9].status = ACCOUNT_INACTIVE;
    changed[10].sso_only = true;
    alike_own(&changed[11])->groups_unreadable = true;
    alike_own(&changed[12])->flaw = "odd";
    struct digest digest = account_digest(&account);
    for (size_t i = 0; i < COUNT_OF(changed); i++) {
        struct digest other = account_digest(&changed[i]);
        if (digest_compare(&digest, &other) == 0)
            fail_msg("change %zu is not seen", i);
    }
    alike_own(&account)->group = swapped;
    account.login.kind = LOGIN_NEVER;
    account.history.ever_active = true;
    struct digest other = account_digest(&account);
    assert_int_equal(digest_compare(&digest, &other), 0);
}

static struct digest digest_of_two(bool swap, struct login login, const char *own, bool complete)
{
    static const char *const ab[] = {"A", "B"}, *const ba[] = {"B", "A"};
    struct profile profile[] = {{.id = "p", .role = swap ? ba : ab, .role_count = 2}, {.id = "q"}};
    struct account one = sample(), two = sample();
    struct account account[2];
    struct profile kept = profile[0];

    two.id = "B";
    two.login = login;
    account[swap] = one;
    account[!swap] = two;
    if (swap) {
        profile[0] = profile[1];
        profile[1] = kept;
    }
    struct snapshot snapshot = {.account = account,
                                .count = 2,
                                .profile = profile,
                                .profile_count = 2,
                                .own_id = own,
                                .complete = complete};
    snapshot_digest(&snapshot);
    return snapshot.digest;
}

TEST(snapshot_digest_of_any_order_is_the_same)
{
    struct login none = {.kind = LOGIN_NOT_READ}, never = {.kind = LOGIN_NEVER};

    struct digest digest = digest_of_two(false, none, "X", true);
    struct digest shuffled = digest_of_two(true, none, "X", true);
    struct digest other[] = {digest_of_two(false, never, "X", true),
                             digest_of_two(false, none, "Y", true),
                             digest_of_two(false, none, "X", false)};
    assert_int_equal(digest_compare(&digest, &shuffled), 0);
    for (size_t i = 0; i < COUNT_OF(other); i++)
        assert_int_not_equal(digest_compare(&digest, &other[i]), 0);
}

/* So many that several make their digests. */
TEST(snapshot_digest_of_many_in_any_order_is_the_same)
{
    enum { ALL = 20001 };
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct account *account = arena_calloc(&arena, ALL, sizeof(account[0]));
    struct account *shuffled = arena_calloc(&arena, ALL, sizeof(account[0]));
    struct snapshot snapshot = {.account = account, .count = ALL};
    struct snapshot other = {.account = shuffled, .count = ALL};

    for (size_t i = 0; i < ALL; i++) {
        account[i].id = arena_printf(&arena, "%05zu", i / 2); /* two have the same id */
        account[i].email = arena_printf(&arena, "a%zu@acme.example", i);
        shuffled[(i * 7919) % ALL] = account[i];
    }
    snapshot_digest(&snapshot);
    snapshot_digest(&other);
    assert_int_equal(digest_compare(&snapshot.digest, &other.digest), 0);
    for (size_t i = 0; i < ALL; i += ALL - 1) {
        const char *email = shuffled[i].email;
        shuffled[i].email = "else@acme.example";
        snapshot_digest(&other);
        assert_int_not_equal(digest_compare(&snapshot.digest, &other.digest), 0);
        shuffled[i].email = email;
    }
}
