/* core/near: who resembles whom, one pair at a time. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/near.h"
#include "random.h"
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

/* Only in the domains of the roster a letter apart is looked for: whoever stands in front, however
 * the domain is written. */
TEST(near_find_of_a_letter_apart_knows_the_domain_of_each_row)
{
    static const char *const fronts[] = {
        "@a.example", "jim@b.example", "jim", NULL, "J\xc3\x96RG@A.example", " @a.example ", ""};
    static const char *const rows[] = {"janee@a.example", "JANEE@A.Example", " janee@a.example "};

    for (size_t i = 0; i < COUNT_OF(fronts) * COUNT_OF(rows); i++) {
        struct account account = {.email = "jane@a.example"};
        struct person person[] = {{.email = fronts[i / COUNT_OF(rows)]},
                                  {.email = rows[i % COUNT_OF(rows)]},
                                  {.email = "zoe@a.example"}};
        struct snapshot snapshot = {.account = &account, .count = 1};
        struct roster roster = {.person = person, .count = COUNT_OF(person)};
        struct pairing pairing = {.kind = LINK_NONE};
        find_near(&snapshot, &roster, &pairing);
        assert_int_equal(pairing.near, NEAR_ONE_EDIT);
        assert_ptr_equal(pairing.other, &person[1]);
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

/* Three hundred of each: every pair is compared. */
TEST(near_find_of_many_compares_each_with_each)
{
    enum { CROWD = 300 };
    static struct account account[CROWD];
    static struct person person[CROWD];
    static struct pairing pairing[CROWD];
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct snapshot snapshot = {.account = account, .count = CROWD};
    struct roster roster = {.person = person, .count = CROWD};

    for (size_t i = 0; i < CROWD; i++) {
        account[i].name = arena_printf(&arena, "Ann Lee %c%c", (char)('a' + i % 26), /* no word */
                                       (char)('a' + i / 26));
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

/* So many people that several look for them at once: each account finds the least of its own crowd.
 */
TEST(near_find_of_many_crowds_takes_the_least_of_each)
{
    enum { CROWD = 60, CROWDS = 350, ALL = CROWD * CROWDS };
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct account *account = arena_calloc(&arena, ALL, sizeof(account[0]));
    struct person *person = arena_calloc(&arena, ALL, sizeof(person[0]));
    struct pairing *pairing = arena_calloc(&arena, ALL, sizeof(pairing[0]));
    struct snapshot snapshot = {.account = account, .count = ALL};
    struct roster roster = {.person = person, .count = ALL};

    for (size_t i = 0; i < ALL; i++) {
        const char *name = arena_printf(&arena, "Ann Lee%c%c", (char)('a' + i % CROWDS % 26),
                                        (char)('a' + i % CROWDS / 26));
        account[i].name = name;
        person[i] = (struct person){.name = name,
                                    .employee_number = arena_printf(&arena, "%05zu", ALL - i),
                                    .status = PERSON_EMPLOYED};
        pairing[i] = (struct pairing){.kind = LINK_NONE};
    }
    account[7].name = "Bob Ray";
    find_near(&snapshot, &roster, pairing);
    for (size_t i = 0; i < ALL; i++) {
        assert_int_equal(pairing[i].near, i == 7 ? NEAR_NOBODY : NEAR_NAME);
        assert_ptr_equal(pairing[i].other, i == 7 ? NULL : &person[ALL - CROWDS + i % CROWDS]);
    }
}

/* People and accounts with look-alike numbers, nobody with the name of another one: as many as are
 * still compared are apart; of more, the number alone is enough, and the least stands for all. */
TEST(near_find_of_a_crowd_takes_the_key_for_enough)
{
    static const struct {
        size_t crowd;
        enum near_kind near;
    } rows[] = {{2000, NEAR_NOBODY}, {2100, NEAR_NUMBER}};

    for (size_t k = 0; k < COUNT_OF(rows); k++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        size_t crowd = rows[k].crowd, beside = 20;
        struct account *account = arena_calloc(&arena, crowd + beside, sizeof(account[0]));
        struct person *person = arena_calloc(&arena, crowd + beside, sizeof(person[0]));
        struct pairing *pairing = arena_calloc(&arena, crowd + beside, sizeof(pairing[0]));
        struct snapshot snapshot = {.account = account, .count = crowd + beside};
        struct roster roster = {.person = person, .count = crowd + beside};
        for (size_t i = 0; i < crowd + beside; i++) {
            const char *number = i < crowd ? "42" : "77"; /* the others are a small crowd beside */
            account[i] = (struct account){.name = "Ann Lee",
                                          .employee_number = arena_printf(&arena, "0%s", number)};
            person[i] = (struct person){.name = "Bob Ray",
                                        .employee_number = number,
                                        .row = (uint32_t)(crowd + beside - i),
                                        .status = PERSON_EMPLOYED};
            pairing[i] = (struct pairing){.kind = LINK_NONE};
        }
        find_near(&snapshot, &roster, pairing);
        for (size_t i = 0; i < crowd; i++) {
            assert_int_equal(pairing[i].near, rows[k].near);
            if (rows[k].near)
                assert_ptr_equal(pairing[i].other, &person[crowd - 1]);
        }
        for (size_t i = crowd; i < crowd + beside; i++)
            assert_int_equal(pairing[i].near, NEAR_NOBODY);
    }
}

/* Of all those who left nobody can tell who moved, when they are too many to be compared: none is
 * excused by when they were hired. */
TEST(near_find_of_a_crowd_that_left_finds_a_twin_who_is_at_work)
{
    static const size_t crowds[] = {300, 2100};

    for (size_t k = 0; k < COUNT_OF(crowds); k++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        size_t crowd = crowds[k];
        struct account *account = arena_calloc(&arena, crowd, sizeof(account[0]));
        struct person *person = arena_calloc(&arena, crowd * 2, sizeof(person[0]));
        struct pairing *pairing = arena_calloc(&arena, crowd, sizeof(pairing[0]));
        struct snapshot snapshot = {.account = account, .count = crowd};
        struct roster roster = {.person = person, .count = crowd * 2};
        for (size_t i = 0; i < crowd * 2; i++)
            person[i] = (struct person){.name = "Ann Lee",
                                        .email = arena_printf(&arena, "a%zu@a.example", i),
                                        .employee_number = arena_printf(&arena, "E%04zu", i),
                                        .hire_date = {.number = i < crowd ? 44000 : 40000},
                                        .last_day = {.number = i < crowd ? 46000 : 0},
                                        .status = i < crowd ? PERSON_DEPARTED : PERSON_EMPLOYED};
        for (size_t i = 0; i < crowd; i++)
            pairing[i] = (struct pairing){
                .kind = LINK_ONE, .key = MATCH_BY_EMPLOYEE_NUMBER, .person = &person[i]};
        find_near(&snapshot, &roster, pairing);
        for (size_t i = 0; i < crowd; i++) {
            assert_ptr_equal(pairing[i].other, &person[crowd]);
            assert_int_equal(pairing[i].twin_until.number, crowd < 2000 ? 46000 : 0);
        }
    }
}

/* --- against everybody with everybody --- */

static const char *pick(uint64_t *state, const char *const *words, size_t count)
{
    return words[next_random(state) % count];
}

static const char *random_name(struct arena *arena, uint64_t *state)
{
    static const char *const words[] = {"Ana", "Bao", "Cruz", "Dieu", "Li", "Wu", "Ana-Li"};
    CLEANUP(text_release) struct text name = TEXT_INIT;

    for (uint64_t left = next_random(state) % 5; left > 0; left--)
        text_addf(&name, "%s%s", name.length > 0 ? " " : "", pick(state, words, COUNT_OF(words)));
    return name.length > 0 ? arena_strdup(arena, text_cstr(&name)) : NULL;
}

static const char *random_address(struct arena *arena, uint64_t *state)
{
    static const char *const locals[] = {"ana", "anna", "an", "bao", "bao+x", "ana+y", "cruz"};
    static const char *const domains[] = {"a.example", "b.example"};

    if (next_random(state) % 3 == 0)
        return NULL;
    return arena_printf(arena, "%s@%s", pick(state, locals, COUNT_OF(locals)),
                        pick(state, domains, COUNT_OF(domains)));
}

static const char *random_number(uint64_t *state)
{
    static const char *const numbers[] = {NULL, NULL, "42", "042", "0042", "42.0", "7", "07"};

    return pick(state, numbers, COUNT_OF(numbers));
}

static bool meet(struct arena *arena, const char *a, const char *b)
{
    struct name_parts one = name_parts(arena, a), other = name_parts(arena, b);

    return name_parts_meet(&one, &other);
}

static bool one_edit(const char *a, const char *b)
{
    const char *left = a ? strchr(a, '@') : NULL, *right = b ? strchr(b, '@') : NULL;

    return left && right && text_equal(left, right) &&
           text_distance(a, (size_t)(left - a), b, (size_t)(right - b), 1) <= 1;
}

static bool same_number(struct arena *arena, const char *a, const char *b)
{
    return a && b && text_equal(number_bare(arena, a), number_bare(arena, b));
}

/* What the documented kinds say of one account and one person, the least of them. */
static enum near_kind naive(struct arena *arena, const struct account *account,
                            const struct person *person)
{
    bool apart = names_compare(arena, account->name, person->name) == NAMES_DIFFER;
    const char *mine = account->email, *theirs = person->email;
    bool domain = mine && theirs && text_equal(strchr(mine, '@'), strchr(theirs, '@'));
    bool local = addresses_agree(arena, mine, theirs);

    if (local && (!domain || text_equal(mine, theirs)))
        return NEAR_LOCAL_PART;
    if (one_edit(mine, theirs) && !apart)
        return NEAR_ONE_EDIT;
    if (meet(arena, account->name, person->name))
        return NEAR_NAME;
    if (local)
        return NEAR_TAG;
    if (same_number(arena, account->employee_number, person->employee_number) && !apart)
        return NEAR_NUMBER;
    for (uint32_t i = 0; i < account_past(account)->earlier_count; i++) {
        const struct account_earlier *earlier = &account_past(account)->earlier[i];
        if (addresses_agree(arena, earlier->email, theirs) ||
            meet(arena, earlier->name, person->name) ||
            same_number(arena, earlier->employee_number, person->employee_number))
            return NEAR_EARLIER;
    }
    return NEAR_NOBODY;
}

static void random_world(struct arena *arena, uint64_t *state, struct account *account,
                         struct person *person, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct account_earlier *earlier = arena_calloc(arena, 1, sizeof(earlier[0]));
        *earlier = (struct account_earlier){.name = random_name(arena, state),
                                            .email = random_address(arena, state),
                                            .employee_number = random_number(state)};
        account[i] = (struct account){
            .name = random_name(arena, state),
            .email = random_address(arena, state),
            .employee_number = random_number(state),
        };
        *account_past_of(arena, &account[i]) =
            (struct account_past){.earlier = earlier, .earlier_count = next_random(state) % 4 == 0};
        person[i] = (struct person){.name = random_name(arena, state),
                                    .email = random_address(arena, state),
                                    .employee_number = random_number(state),
                                    .status = PERSON_EMPLOYED,
                                    .row = (uint32_t)i + 2};
    }
}

TEST(near_find_of_random_worlds_finds_what_everybody_with_everybody_finds)
{
    enum { COUNT = 12, WORLDS = 3000 };
    uint64_t seed = 88172645463325252U;
    unsigned found[NEAR_YESTERDAY] = {0};

    for (unsigned world = 0; world < WORLDS; world++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        struct account account[COUNT];
        struct person person[COUNT];
        struct pairing pairing[COUNT];
        struct snapshot snapshot = {.account = account, .count = COUNT};
        struct roster roster = {.person = person, .count = 1 + next_random(&seed) % COUNT};
        random_world(&arena, &seed, account, person, COUNT);
        for (size_t i = 0; i < COUNT; i++)
            pairing[i] = (struct pairing){.kind = LINK_NONE};
        find_near(&snapshot, &roster, pairing);
        for (size_t i = 0; i < COUNT; i++) {
            enum near_kind least = NEAR_NOBODY;
            const struct person *who = NULL;
            for (size_t k = 0; k < roster.count; k++) {
                enum near_kind kind = naive(&arena, &account[i], &person[k]);
                if (kind == NEAR_NOBODY || (who && kind > least) ||
                    (who && kind == least && person_compare(&person[k], who) > 0))
                    continue;
                least = kind;
                who = &person[k];
            }
            if (pairing[i].near != least || pairing[i].other != who)
                fail_msg("world %u, account %zu: '%s', not '%s'", world, i,
                         near_kind_sentence(pairing[i].near), near_kind_sentence(least));
            found[least]++;
        }
    }
    for (enum near_kind kind = NEAR_LOCAL_PART; kind < NEAR_YESTERDAY; kind++) {
        if (kind != NEAR_LOOK_ALIKE && found[kind] < 50)
            fail_msg("'%s' came up %u times", near_kind_sentence(kind), found[kind]);
    }
}
