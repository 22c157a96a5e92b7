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

/* `count` rows of a number; they bear the names in turn, so that of two the number is nobody's. */
static void fill_crowd(struct person *person, size_t count, const char *number,
                       const char *const name[static 2])
{
    for (size_t i = 0; i < count; i++)
        person[i] = (struct person){
            .employee_number = number, .name = name[i % 2], .status = PERSON_EMPLOYED};
}

TEST(match_all_of_two_numbers_that_many_rows_have_mixes_up_neither)
{
    enum { CROWD = 65 }; /* one more than is gone through for each account */
    static const char *const numbers[][2] = {{"7", "8"}, {"7", "07"}, {"E007", "e7"}};
    static const struct {
        const char *name[2][2];
        enum link_kind kind[2];
    } rows[] = {
        {{{"Ann Lee", "Ann Lee"}, {"Bob Ray", "Bob Ray"}}, {LINK_ONE, LINK_ONE}},
        {{{"Ann Lee", "Ann Lee"}, {"Bob Ray", "Max Orr"}}, {LINK_ONE, LINK_AMBIGUOUS}},
        {{{"Ann Lee", "Max Orr"}, {"Bob Ray", "Bob Ray"}}, {LINK_AMBIGUOUS, LINK_ONE}},
        {{{"Ann Lee", "Max Orr"}, {"Bob Ray", "Zoe Zimmer"}}, {LINK_AMBIGUOUS, LINK_AMBIGUOUS}},
    };
    static const struct matching matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER}, .key_count = 1};
    static struct person person[2 * CROWD];
    struct roster roster = {.person = person, .count = COUNT_OF(person)};

    for (size_t i = 0; i < COUNT_OF(numbers) * COUNT_OF(rows); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        const char *const *number = numbers[i / COUNT_OF(rows)];
        struct account account[] = {
            {.id = "A", .employee_number = number[0], .name = "Ann Lee"},
            {.id = "B", .employee_number = number[1], .name = "Bob Ray"},
        };
        struct snapshot snapshot = {.account = account, .count = COUNT_OF(account)};
        for (size_t k = 0; k < 2; k++)
            fill_crowd(&person[k * CROWD], CROWD, number[k], rows[i % COUNT_OF(rows)].name[k]);
        struct pairing *pairing = match_all(&arena, &snapshot, &roster, &matching);
        for (size_t k = 0; k < 2; k++) {
            enum link_kind kind = rows[i % COUNT_OF(rows)].kind[k];
            const struct person *found = kind == LINK_ONE ? pairing[k].person : pairing[k].other;
            if (pairing[k].kind != kind || !found || (size_t)(found - person) / CROWD != k)
                fail_msg("numbers %zu, row %zu, account %zu", i / COUNT_OF(rows),
                         i % COUNT_OF(rows), k);
        }
    }
}

TEST(match_all_of_a_number_that_many_rows_have_finds_it_folded)
{
    enum { CROWD = 65 };
    static const char *const numbers[][2] = {{"E7", "e7"},
                                             {" 7", "7"},
                                             {"\xC3\x84"
                                              "7",
                                              "\xC3\xA4"
                                              "7"}};
    static const char *const ann[] = {"Ann Lee", "Ann Lee"};
    static const struct matching matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER}, .key_count = 1};
    static struct person person[CROWD];
    struct roster roster = {.person = person, .count = CROWD};

    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct account account = {.id = "A", .employee_number = numbers[i][1], .name = "Ann Lee"};
        struct snapshot snapshot = {.account = &account, .count = 1};
        fill_crowd(person, CROWD, numbers[i][0], ann);
        struct pairing *pairing = match_all(&arena, &snapshot, &roster, &matching);
        assert_int_equal(pairing->kind, LINK_ONE);
        assert_ptr_equal(pairing->person, &person[0]);
    }
}

/* What two have may be a typing error, what very many have is none. */
TEST(match_all_of_another_key_beside_a_number_that_is_nobodys)
{
    enum { CROWD = 65 };
    static const struct {
        enum match_key key;
        size_t count;
        enum link_kind kind;
    } rows[] = {
        {MATCH_BY_EMAIL, CROWD, LINK_ONE},
        {MATCH_BY_EMAIL, CROWD - 1, LINK_CONFLICT},
        {MATCH_BY_USERNAME, CROWD, LINK_ONE},
        {MATCH_BY_USERNAME, CROWD - 1, LINK_CONFLICT},
    };
    static const char *const others[] = {"Bob Ray", "Zoe Zimmer"};
    static struct person person[CROWD + 1];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        const struct matching matching = {.key = {MATCH_BY_EMPLOYEE_NUMBER, rows[i].key},
                                          .key_count = 2,
                                          .roster_has_username = true};
        bool email = rows[i].key == MATCH_BY_EMAIL;
        const char *value = email ? "ann@a.example" : "ann";
        struct account account = {.id = "A", .employee_number = "4711"};
        struct snapshot snapshot = {.account = &account, .count = 1};
        struct roster roster = {.person = person, .count = rows[i].count + 1};
        fill_crowd(person, rows[i].count, "4711", others);
        person[rows[i].count] =
            (struct person){.employee_number = "5", .name = "Ann Lee", .status = PERSON_EMPLOYED};
        *(email ? &account.email : &account.username) = value;
        *(email ? &person[rows[i].count].email : &person[rows[i].count].username) = value;
        struct pairing *pairing = match_all(&arena, &snapshot, &roster, &matching);
        if (pairing->kind != rows[i].kind)
            fail_msg("row %zu", i);
        assert_ptr_equal(pairing->person, &person[rows[i].count]);
    }
}
