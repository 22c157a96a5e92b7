/* facts/export: what an export does not tell is taken from the history, and nothing is guessed. */
#include <string.h>

#include "alike.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "facts/export.h"
#include "test.h"

static struct group ones[] = {{"g1", "One"}, {"g2", "One Two"}, {"g3", "Two, Three"}};

/* The history: A and B; two profiles share a name, and one has the id that another has for a name.
 */
static struct account known_account[] = {
    {.id = "A",
     .employee_number = "100",
     .alike =
         &(const struct account_alike){
             .profile_id = "2", .email2 = "a@two.example", .group = ones, .group_count = 3}},
    {.id = "B", .alike = &(const struct account_alike){.profile_id = "4"}},
};
static struct profile known_profile[] = {{.id = "1", .name = "Light"},
                                         {.id = "2", .name = "Team"},
                                         {.id = "3", .name = "Team"},
                                         {.id = "4", .name = "1"},
                                         {.id = "Admin", .name = "5"}};
static const struct snapshot known = {.id = 7,
                                      .own_id = "OWN",
                                      .account = known_account,
                                      .count = COUNT_OF(known_account),
                                      .profile = known_profile,
                                      .profile_count = COUNT_OF(known_profile)};

/* One account of an export against the history. */
static struct account complete(struct arena *arena, struct account account,
                               struct export_gaps *ret_gaps)
{
    struct snapshot snapshot = {.account = &account, .count = 1};

    export_complete(arena, &snapshot, &known, ret_gaps);
    assert_string_equal(snapshot.own_id, "OWN");
    assert_int_equal(snapshot.profile_count, COUNT_OF(known_profile));
    return account;
}

TEST(export_complete_of_a_known_account_adds_what_is_known)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct export_gaps gaps;

    struct account account = complete(&arena, (struct account){.id = "A"}, &gaps);
    assert_string_equal(account.employee_number, "100");
    assert_string_equal(account_alike(&account)->email2, "a@two.example");
    assert_int_equal(gaps.strangers, 0);
    account = complete(&arena, (struct account){.id = "Z"}, &gaps);
    assert_null(account.employee_number);
    assert_int_equal(gaps.strangers, 1);
    account = complete(&arena, (struct account){.id = NULL}, &gaps);
    assert_int_equal(gaps.strangers, 1);
}

TEST(export_complete_of_a_profile_name_finds_one_or_none)
{
    static const struct {
        const char *id, *name, *profile_id;
        size_t unknown;
    } cases[] = {
        {"Z", "Light", "1", 0},
        {"A", "Team", "2", 0}, /* which of the two is known of this account */
        {"Z", "Team", "Team (several have the name)", 1},
        {"B", "Team", "Team (several have the name)", 1},
        {"B", "Light", "1", 0},              /* it has another one now */
        {"Z", "1", "4", 0},                  /* the one named so, not the one numbered so */
        {"Z", "Admin", "Admin (a name)", 1}, /* an id is no name */
        {"Z", "light", "light", 1},
        {"Z", "Nobody knows", "Nobody knows", 1},
        {"Z", NULL, NULL, 0},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct export_gaps gaps;
        struct account account = complete(
            &arena, (struct account){.id = cases[i].id, ALIKE(.profile_id = cases[i].name)}, &gaps);
        if (cases[i].profile_id)
            assert_string_equal(account_alike(&account)->profile_id, cases[i].profile_id);
        else
            assert_null(account_alike(&account)->profile_id);
        assert_int_equal(gaps.profiles_unknown, cases[i].unknown);
        size_t at = 0;
        while (at < COUNT_OF(known_profile) &&
               !text_equal(known_profile[at].id, account_alike(&account)->profile_id))
            at++;
        assert_int_equal(at == COUNT_OF(known_profile), cases[i].unknown > 0 || !cases[i].name);
    }
}

TEST(export_complete_of_the_known_groups_takes_them_with_their_ids)
{
    static const struct {
        const char *id, *cell;
        bool known;
    } cases[] = {
        {"A", "One,One Two,Two, Three", true},
        {"A", "Two, Three, One Two, One", true},
        {"A", "One|One Two|Two, Three", true},
        {"A", "One,One Two", false},
        {"A", "One,One Two,Two, Three,Four", false},
        {"A", "One,One,One Two,Two, Three", false},
        {"A", "OneOne TwoTwo, Three", false},
        {"B", "One,One Two,Two, Three", false},
        {"Z", "One", false},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct export_gaps gaps;
        const struct group cell = {.name = cases[i].cell};
        struct account account = complete(
            &arena,
            (struct account){.id = cases[i].id,
                             ALIKE(.group = &cell, .group_count = 1, .groups_unreadable = true)},
            &gaps);
        if (account_alike(&account)->groups_unreadable == cases[i].known)
            fail_msg("'%s'", cases[i].cell);
        assert_int_equal(account_alike(&account)->group_count, cases[i].known ? 3 : 1);
    }
}

TEST(export_complete_without_a_history_leaves_everything_open)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct account account = {.id = "A", ALIKE(.profile_id = "Light")};
    struct snapshot snapshot = {.account = &account, .count = 1}, none = {.id = 0};
    struct export_gaps gaps;

    export_complete(&arena, &snapshot, &none, &gaps);
    assert_null(snapshot.own_id);
    assert_int_equal(gaps.strangers, 1);
    assert_int_equal(gaps.profiles_unknown, 1);
    assert_int_equal(snapshot.profile_count, 0);
}
