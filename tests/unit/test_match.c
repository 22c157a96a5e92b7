/* core/match: links one at a time (worlds of them: test_plan_random). */
#include "alike.h"
#include "base/cleanup.h"
#include "core/match.h"
#include "test.h"

static const struct matching all_keys = {
    .key = {MATCH_BY_EMPLOYEE_NUMBER, MATCH_BY_EMAIL, MATCH_BY_USERNAME},
    .key_count = 3,
};

TEST(match_all_of_folded_forms_links)
{
    static const struct {
        const char *account, *person;
        enum link_kind kind;
    } rows[] = {
        {"Jane@Acme.Example", "jane@acme.example", LINK_ONE},
        {" jane@acme.example ", "JANE@ACME.EXAMPLE", LINK_ONE},
        {"ja\xcc\x88ne@acme.example", "j\xc3\xa4ne@acme.example", LINK_ONE}, /* NFD, NFC */
        {"stra\xc3\x9f"
         "e@acme.example",
         "STRASSE@acme.example", LINK_ONE},
        {"\xd0\x96@acme.example", "\xd0\xb6@acme.example", LINK_ONE},
        {"jane@acme.example", "jane@acme.example.org", LINK_NONE},
        {"", "", LINK_NONE}, /* two blanks are not one person */
        {NULL, NULL, LINK_NONE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena = ARENA_INIT;
        struct account account = {.id = "A", .email = rows[i].account};
        struct person person = {.email = rows[i].person};
        struct snapshot snapshot = {.account = &account, .count = 1};
        struct roster roster = {.person = &person, .count = 1};
        struct pairing *pairing = match_all(&arena, &snapshot, &roster, &all_keys);

        if (pairing->kind != rows[i].kind)
            fail_msg("row %zu", i);
        arena_release(&arena);
    }
}

TEST(match_all_without_the_email_key_never_links_by_it)
{
    const struct matching numbers = {.key = {MATCH_BY_EMPLOYEE_NUMBER}, .key_count = 1};
    struct arena arena = ARENA_INIT;
    struct account account = {.id = "A", .email = "jane@a.example", ALIKE(.email2 = "x@a.example")};
    struct person person[] = {{.email = "jane@a.example"}, {.email = "x@a.example"}};
    struct snapshot snapshot = {.account = &account, .count = 1};
    struct roster roster = {.person = person, .count = 2};

    struct pairing *pairing = match_all(&arena, &snapshot, &roster, &numbers);
    assert_int_equal(pairing->kind, LINK_NONE);
    assert_int_equal(pairing->near, NEAR_LOCAL_PART); /* but it is noticed */
    assert_ptr_equal(pairing->other, &person[0]);
    arena_release(&arena);
}

TEST(match_all_of_nobody_links_nobody)
{
    struct arena arena = ARENA_INIT;
    struct snapshot snapshot = {.account = NULL};
    struct roster roster = {.person = NULL};
    struct account account = {.id = "A", .email = "jane@a.example"};

    assert_non_null(match_all(&arena, &snapshot, &roster, &all_keys));
    snapshot = (struct snapshot){.account = &account, .count = 1};
    assert_int_equal(match_all(&arena, &snapshot, &roster, &all_keys)->kind, LINK_NONE);
    arena_release(&arena);
}

TEST(match_all_of_many_accounts_links_each)
{
    enum { COUNT = 1000 }; /* more than one block of look-ups */
    struct arena arena = ARENA_INIT;
    struct account *account = arena_calloc(&arena, COUNT, sizeof(account[0]));
    struct person *person = arena_calloc(&arena, COUNT, sizeof(person[0]));
    struct snapshot snapshot = {.account = account, .count = COUNT};
    struct roster roster = {.person = person, .count = COUNT};

    for (int i = 0; i < COUNT; i++) {
        account[i].id = arena_printf(&arena, "A%d", i);
        account[i].email = arena_printf(&arena, "Person%d@a.example", i);
        person[COUNT - 1 - i].email = arena_printf(&arena, "person%d@a.example", i);
    }
    struct pairing *pairing = match_all(&arena, &snapshot, &roster, &all_keys);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(pairing[i].kind, LINK_ONE);
        assert_ptr_equal(pairing[i].person, &person[COUNT - 1 - i]);
    }
    arena_release(&arena);
}

/* A number of two people that is nobody's may still be the better one of the two that lead to
 * somebody; that very many have one that only looks alike says nothing of it. */
TEST(match_all_weighs_a_number_beside_one_that_very_many_have)
{
    enum { CROWD = 100, ROWS = CROWD + 3 };
    static const struct matching matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER, MATCH_BY_EMAIL},
                                             .key_count = 2};
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    static struct person person[ROWS];
    struct account account = {
        .id = "A", .employee_number = "04711", .email = "ann@a.example", .name = "Ann Lee"};
    struct snapshot snapshot = {.account = &account, .count = 1};
    struct roster roster = {.person = person, .count = ROWS};

    for (size_t i = 0; i < CROWD; i++)
        person[i] = (struct person){
            .employee_number = "4711", .name = "Bob Ray", .status = PERSON_EMPLOYED};
    person[CROWD] =
        (struct person){.employee_number = "04711", .name = "Ann Lee", .status = PERSON_EMPLOYED};
    person[CROWD + 1] = (struct person){
        .employee_number = "04711", .name = "Zoe Zimmer", .status = PERSON_DEPARTED};
    person[CROWD + 2] = (struct person){.employee_number = "5",
                                        .email = "ann@a.example",
                                        .name = "Ann Lee",
                                        .status = PERSON_DEPARTED};
    struct pairing *pairing = match_all(&arena, &snapshot, &roster, &matching);
    assert_int_equal(pairing->kind, LINK_CONFLICT);
    assert_ptr_equal(pairing->other, &person[CROWD]);

    person[CROWD].name = "Carl Moe"; /* nobody of theirs has the account's name */
    pairing = match_all(&arena, &snapshot, &roster, &matching);
    assert_int_equal(pairing->kind, LINK_ONE);
    assert_ptr_equal(pairing->person, &person[CROWD + 2]);
}

/* A value that very many rows have is looked up once; what is found is the same. */
TEST(match_all_of_a_number_that_many_rows_have)
{
    enum { ROWS = 200 };
    static const char *const names[] = {"Ann Lee", "Bob Ray"};
    static const struct matching matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER}, .key_count = 1};
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    static struct person person[ROWS];
    struct account account[] = {{.id = "A", .employee_number = "4711", .name = "Zoe Zimmer"},
                                {.id = "B", .employee_number = "04711", .name = "Ann Lee"}};
    struct snapshot snapshot = {.account = account, .count = COUNT_OF(account)};
    struct roster roster = {.person = person, .count = ROWS};

    for (size_t kind = 1; kind <= 2; kind++) { /* of one name: one person; of two: nobody's */
        for (size_t i = 0; i < ROWS; i++)
            person[i] = (struct person){.employee_number = "4711",
                                        .name = names[i % kind],
                                        .row = (uint32_t)i,
                                        .last_day = {.number = i == 150 ? 0 : 46000},
                                        .status = i == 150 ? PERSON_EMPLOYED : PERSON_DEPARTED};
        struct pairing *pairing = match_all(&arena, &snapshot, &roster, &matching);
        assert_int_equal(pairing[0].kind, kind == 1 ? LINK_ONE : LINK_AMBIGUOUS);
        if (kind == 1)
            assert_ptr_equal(pairing[0].person, &person[150]);
        else
            assert_int_equal(pairing[0].doubt, DOUBT_SHARED);
        assert_int_equal(pairing[1].kind, LINK_NONE);
        assert_int_equal(pairing[1].near, NEAR_NAME);
    }
}
