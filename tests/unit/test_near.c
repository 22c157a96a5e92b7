/* core/near: who resembles whom, one pair at a time. */
#include <string.h>

#include "base/cleanup.h"
#include "core/near.h"
#include "test.h"

static void find_near(const struct snapshot *snapshot, const struct roster *roster,
                      struct pairing *pairing)
{
    static const struct matching matching = {
        .key = {MATCH_BY_EMPLOYEE_NUMBER, MATCH_BY_EMAIL},
        .key_count = 2,
    };
    struct people people;

    people_init(&people, &matching, roster);
    near_find(&people, snapshot, pairing);
    people_release(&people);
}

static enum near_kind near_of(struct account *account, struct person *person)
{
    struct snapshot snapshot = {.account = account, .count = 1};
    struct roster roster = {.person = person, .count = 1};
    struct pairing pairing = {.kind = LINK_NONE};

    find_near(&snapshot, &roster, &pairing);
    if (pairing.near != NEAR_NOBODY)
        assert_ptr_equal(pairing.other, person);
    else
        assert_null(pairing.other);
    return pairing.near;
}

TEST(near_find_of_addresses_notices_resemblance)
{
    static const struct {
        const char *account, *person;
        enum near_kind near;
    } rows[] = {
        {"jane@a.example", "jane@b.example", NEAR_LOCAL_PART},
        {"JANE@a.example", "jane@b.example", NEAR_LOCAL_PART},
        {"jane@a.example", "janee@a.example", NEAR_ONE_EDIT},
        {"jane@a.example", "jan@a.example", NEAR_ONE_EDIT},
        {"jane@a.example", "ane@a.example", NEAR_ONE_EDIT},
        {"jane@a.example", "j.ane@a.example", NEAR_ONE_EDIT},
        {"jane@a.example", "jame@a.example", NEAR_ONE_EDIT},
        {"jane@a.example", "jaen@a.example", NEAR_NOBODY}, /* two edits */
        {"jane@a.example", "janee@b.example", NEAR_NOBODY},
        {"a@a.example", "b@a.example", NEAR_ONE_EDIT},
        {"jane@a.example", "j\xd0\xb0ne@a.example", NEAR_LOOK_ALIKE}, /* Cyrillic a */
        {"j\xc3\xa4ne@a.example", "jane@a.example", NEAR_LOOK_ALIKE},
        {"@a.example", "@a.example", NEAR_NOBODY},
        {"jane", "jane", NEAR_NOBODY},
        {"jane@", "jane@", NEAR_LOCAL_PART},
        {NULL, "jane@a.example", NEAR_NOBODY},
        {"jane@a.example", NULL, NEAR_NOBODY},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct account account = {.email = rows[i].account};
        struct person person = {.email = rows[i].person};
        enum near_kind near = near_of(&account, &person);
        if (near != rows[i].near)
            fail_msg("%s and %s: %s", rows[i].account, rows[i].person, near_kind_sentence(near));
    }
}

TEST(near_find_of_names_notices_resemblance)
{
    static const struct {
        const char *account, *person;
        bool near;
    } rows[] = {
        {"Jane Doe", "jane doe", true},
        {"Jane Doe", "Doe Jane", true},
        {"Jane Doe", "Doe, Jane", true},
        {"Jane Doe", "Doe, Jane Maria", true},
        {"Jane  Doe", " Jane Maria Doe ", true},
        {"Jos\xc3\xa9 Mu\xc3\xb1oz", "Jose Munoz", true},
        {"\xe6\x9d\x8e\xe5\xb0\x8f\xe9\xbe\x99", "\xe6\x9d\x8e\xe5\xb0\x8f\xe9\xbe\x99", true},
        {"Jane Doe", "Jane Roe", false},
        {"Suharto", "SUHARTO", true}, /* a whole name */
        {"Suharto", "Suharto Wijaya", false},
        {"Maria Doe", "Jane Maria Doe", true},
        {"Jane van der Berg", "Piet van der Meer", false},
        {"", "", false},
        {NULL, "Jane Doe", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct account account = {.name = rows[i].account};
        struct person person = {.name = rows[i].person};
        if (near_of(&account, &person) != (rows[i].near ? NEAR_NAME : NEAR_NOBODY))
            fail_msg("'%s' and '%s'", rows[i].account, rows[i].person);
    }
}

TEST(near_find_of_long_addresses_does_not_write_past_its_arrays)
{
    for (int length = 62; length <= 70; length++) {
        struct arena arena = ARENA_INIT;
        char *letters = arena_alloc(&arena, 100);
        memset(letters, 'x', 99);
        letters[99] = '\0';
        struct account account = {.email = arena_printf(&arena, "%.*s@a", length, letters)};
        struct person person = {.email = arena_printf(&arena, "%.*s@a", length - 1, letters)};
        assert_int_equal(near_of(&account, &person), length <= 64 ? NEAR_ONE_EDIT : NEAR_NOBODY);
        arena_release(&arena);
    }
}

TEST(near_find_of_several_takes_the_least)
{
    struct account account = {.email = "jane@a.example", .name = "Jane Doe"};
    struct person person[] = {
        {.employee_number = "1", .name = "Jane Doe"},
        {.employee_number = "3", .email = "jane@c.example"},
        {.employee_number = "2", .email = "jane@b.example"},
        {.employee_number = "0", .email = "janee@a.example"},
    };
    struct snapshot snapshot = {.account = &account, .count = 1};
    struct roster roster = {.person = person, .count = COUNT_OF(person)};
    struct pairing pairing = {.kind = LINK_NONE};

    find_near(&snapshot, &roster, &pairing);
    assert_int_equal(pairing.near, NEAR_LOCAL_PART);
    assert_ptr_equal(pairing.other, &person[2]);
}

TEST(near_find_of_settled_pairings_leaves_them)
{
    struct account account = {.email = "jane@a.example"};
    struct person person = {.email = "jane@b.example"};
    struct snapshot snapshot = {.account = &account, .count = 1};
    struct roster roster = {.person = &person, .count = 1};
    struct pairing by_word = {.kind = LINK_NONE, .key = MATCH_BY_LINKS_FILE};
    struct pairing contested = {.kind = LINK_AMBIGUOUS};

    find_near(&snapshot, &roster, &by_word);
    find_near(&snapshot, &roster, &contested);
    assert_int_equal(by_word.near, NEAR_NOBODY);
    assert_int_equal(contested.near, NEAR_NOBODY);
}

/* More pairs than are compared: all of them have the key, and the least one stands for all. */
TEST(near_find_of_a_crowd_takes_the_key_for_enough)
{
    enum { CROWD = 300 };
    static struct account account[CROWD];
    static struct person person[CROWD];
    static struct pairing pairing[CROWD];
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct snapshot snapshot = {.account = account, .count = CROWD};
    struct roster roster = {.person = person, .count = CROWD};

    for (size_t i = 0; i < CROWD; i++) {
        account[i].name =
            arena_printf(&arena, "Ann Lee %c%c", (char)('a' + i % 26), (char)('a' + i / 26));
        person[i] = (struct person){.name = "Lee, Ann",
                                    .employee_number = arena_printf(&arena, "%03zu", CROWD - i),
                                    .status = PERSON_EMPLOYED};
        pairing[i] = (struct pairing){.kind = LINK_NONE};
    }
    account[7].name = "Bob Ray";
    find_near(&snapshot, &roster, pairing);
    for (size_t i = 0; i < CROWD; i++) {
        assert_int_equal(pairing[i].near, i == 7 ? NEAR_NOBODY : NEAR_NAME);
        assert_ptr_equal(pairing[i].other, i == 7 ? NULL : &person[CROWD - 1]);
    }
}

/* Of all those who left, nobody can tell who moved. */
TEST(near_find_of_a_crowd_that_left_finds_a_twin_who_is_at_work)
{
    enum { CROWD = 300 };
    static struct account account[CROWD];
    static struct person person[CROWD * 2];
    static struct pairing pairing[CROWD];
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct snapshot snapshot = {.account = account, .count = CROWD};
    struct roster roster = {.person = person, .count = COUNT_OF(person)};

    for (size_t i = 0; i < COUNT_OF(person); i++)
        person[i] = (struct person){.name = "Ann Lee",
                                    .employee_number = arena_printf(&arena, "E%03zu", i),
                                    .last_day = {.number = i < CROWD ? 46000 : 0},
                                    .status = i < CROWD ? PERSON_DEPARTED : PERSON_EMPLOYED};
    for (size_t i = 0; i < CROWD; i++)
        pairing[i] = (struct pairing){
            .kind = LINK_ONE, .key = MATCH_BY_EMPLOYEE_NUMBER, .person = &person[i]};
    find_near(&snapshot, &roster, pairing);
    for (size_t i = 0; i < CROWD; i++) {
        assert_ptr_equal(pairing[i].other, &person[CROWD]);
        assert_false(day_is_set(pairing[i].twin_until));
    }
}
