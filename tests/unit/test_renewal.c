/* core/renewal: the seats of each class on the day the contract is renewed. */
#include <string.h>

#include "alike.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "core/renewal.h"
#include "test.h"

enum { MOST = 12 };

static struct profile profiles[] = {
    {.id = "p1", .name = "Heavy"}, {.id = "p2", .name = "Light"}, {.id = "p3", .name = "Other"}};
static const char *const heavy_patterns[] = {"heavy"}, *const light_patterns[] = {"light"};
static struct seat_class classes[] = {
    {.name = "Heavy",
     .profile = {heavy_patterns, 1},
     .contracted = 3,
     .price = 12000000,
     .currency = "EUR"},
    {.name = "Light", .profile = {light_patterns, 1}, .contracted = -1, .price = -1},
};

struct scene {
    struct arena arena;
    struct seats seats;
    struct snapshot snapshot;
    struct roster roster;
    struct account account[MOST];
    struct person person[MOST];
    struct pairing pairing[MOST];
    struct decision decision[MOST];
    struct day today;
};

static void scene_release(struct scene *scene)
{
    arena_release(&scene->arena);
}

static struct day in_days(const struct scene *scene, int days)
{
    return day_add(scene->today, days);
}

/* The contract is renewed in so many days. */
static void begin(struct scene *scene, int days)
{
    *scene = (struct scene){.arena = ARENA_INIT, .today = day_nearest(46327)};
    scene->seats = (struct seats){
        .seat_class = classes, .count = COUNT_OF(classes), .renews = in_days(scene, days)};
    scene->snapshot = (struct snapshot){
        .account = scene->account, .profile = profiles, .profile_count = COUNT_OF(profiles)};
    scene->roster = (struct roster){.person = scene->person};
}

static struct person *add_person(struct scene *scene, enum person_status status)
{
    struct person *person = &scene->person[scene->roster.count++];

    *person = (struct person){.status = status, .hire_date = DAY_NONE, .last_day = DAY_NONE};
    return person;
}

/* An active account of the profile, of this person (NULL = nobody), that is kept. */
static struct decision *add_account(struct scene *scene, const char *profile, struct person *person)
{
    size_t i = scene->snapshot.count++;
    struct decision *decision = &scene->decision[i];

    scene->account[i] =
        (struct account){.id = "id", ALIKE(.profile_id = profile), .status = ACCOUNT_ACTIVE};
    scene->pairing[i] = (struct pairing){.kind = person ? LINK_ONE : LINK_NONE, .person = person};
    *decision = (struct decision){
        .account = &scene->account[i], .pairing = &scene->pairing[i], .not_before = DAY_NONE};
    return decision;
}

static struct renewal ask(struct scene *scene)
{
    struct policy_context context = {.today = scene->today, .snapshot = &scene->snapshot};
    struct decided decided = decided_plain(scene->decision, scene->snapshot.count);

    return renewal_of(&scene->arena, &scene->seats, &context, &scene->roster, &decided);
}

static void expect(const struct renewal_class *item, const char *figures)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_addf(&text, "%lld -%lld -%lld +%lld = %lld", (long long)item->now,
              (long long)item->planned, (long long)item->leaving, (long long)item->starting,
              (long long)item->expected);
    assert_string_equal(text_cstr(&text), figures);
}

#define SCENE(name, days)                                                                          \
    CLEANUP(scene_release) struct scene name;                                                      \
    begin(&name, days)

TEST(renewal_follows_each_account_to_its_day)
{
    SCENE(scene, 100);
    struct decision *suspended, *later, *given, *returns;
    struct person *leaver = add_person(&scene, PERSON_EMPLOYED);

    leaver->last_day = in_days(&scene, 99);
    add_account(&scene, "p1", leaver);
    add_account(&scene, "p1", add_person(&scene, PERSON_EMPLOYED));
    suspended = add_account(&scene, "p1", NULL);
    suspended->action = ACTION_SUSPEND;
    later = add_account(&scene, "p2", NULL); /* its grace is longer than that */
    later->action = ACTION_SUSPEND;
    later->not_before = in_days(&scene, 101);
    given = add_account(&scene, "p2", NULL);
    given->action = ACTION_SUSPEND;
    given->not_before = in_days(&scene, 100);
    returns = add_account(&scene, "p2", NULL);
    scene.account[5].status = ACCOUNT_INACTIVE;
    returns->action = ACTION_REACTIVATE;
    struct renewal renewal = ask(&scene);
    assert_int_equal(renewal.days, 100);
    assert_int_equal(renewal.count, 2);
    expect(&renewal.item[0], "3 -1 -1 +0 = 1");
    expect(&renewal.item[1], "2 -0 -0 +0 = 2");
    int64_t left = 0;
    assert_true(renewal_left_over(&renewal.item[0], &left));
    assert_int_equal(left, 2);
    assert_false(renewal_left_over(&renewal.item[1], &left)); /* nothing is contracted */
}

/* A downgrade moves a seat, and who leaves afterwards leaves the new one. */
TEST(renewal_follows_a_downgrade_into_its_class)
{
    SCENE(scene, 30);
    struct person *leaver = add_person(&scene, PERSON_EMPLOYED);
    struct decision *moved = add_account(&scene, "p1", leaver);

    moved->action = ACTION_REACTIVATE; /* like every act after which the account is active */
    moved->to = &profiles[1];
    leaver->last_day = in_days(&scene, 10);
    struct renewal renewal = ask(&scene);
    expect(&renewal.item[0], "1 -1 -0 +0 = 0");
    expect(&renewal.item[1], "0 --1 -1 +0 = 0");
}

TEST(renewal_counts_the_last_day_as_a_day_with_a_seat)
{
    static const struct {
        int last_day;
        enum person_status status;
        const char *figures;
    } rows[] = {
        {29, PERSON_EMPLOYED, "1 -0 -1 +0 = 0"}, {30, PERSON_EMPLOYED, "1 -0 -0 +0 = 1"},
        {29, PERSON_ON_LEAVE, "1 -0 -1 +0 = 0"}, {-3, PERSON_DEPARTED, "1 -0 -0 +0 = 1"},
        {29, PERSON_UNKNOWN, "1 -0 -0 +0 = 1"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SCENE(scene, 30);
        struct person *person = add_person(&scene, rows[i].status);
        person->last_day = in_days(&scene, rows[i].last_day);
        add_account(&scene, "p1", person);
        expect(&ask(&scene).item[0], rows[i].figures);
    }
}

/* Of four at work two have a Heavy seat and one a Light one; of three who start by then one has an
 * account already, another starts later. */
TEST(renewal_expects_seats_for_who_starts_by_the_share_of_who_works)
{
    SCENE(scene, 30);

    add_account(&scene, "p1", add_person(&scene, PERSON_EMPLOYED));
    add_account(&scene, "p1", add_person(&scene, PERSON_EMPLOYED));
    add_account(&scene, "p2", add_person(&scene, PERSON_ON_LEAVE));
    add_person(&scene, PERSON_EMPLOYED);
    for (int i = 0; i < 4; i++) {
        struct person *starter = add_person(&scene, PERSON_FUTURE);
        starter->hire_date = in_days(&scene, i == 3 ? 31 : 30);
        if (i == 0)
            add_account(&scene, "p1", starter);
    }
    struct renewal renewal = ask(&scene);
    assert_int_equal(renewal.starters, 2);
    assert_int_equal(renewal.at_work, 4);
    expect(&renewal.item[0], "3 -0 -0 +1 = 4");
    expect(&renewal.item[1], "1 -0 -0 +1 = 2"); /* half a seat is one */
}

TEST(renewal_shows_seats_of_no_class_apart)
{
    SCENE(scene, 30);

    add_account(&scene, "p3", NULL);
    add_account(&scene, "gone", NULL);
    struct renewal renewal = ask(&scene);
    assert_int_equal(renewal.count, 3);
    assert_null(renewal.item[2].name);
    expect(&renewal.item[2], "2 -0 -0 +0 = 2");
}

TEST(renewal_is_silent_until_it_is_near)
{
    static const struct {
        int days;
        bool said;
    } rows[] = {{121, false}, {120, true}, {0, true}, {-1, false}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        SCENE(scene, rows[i].days);
        add_account(&scene, "p1", NULL);
        assert_int_equal(day_is_set(ask(&scene).on), rows[i].said);
        scene.seats.count = 0;
        assert_false(day_is_set(ask(&scene).on));
        scene.seats.count = COUNT_OF(classes);
        scene.seats.renews = DAY_NONE;
        assert_false(day_is_set(ask(&scene).on));
    }
}
