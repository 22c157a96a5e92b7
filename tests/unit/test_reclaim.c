/* core/reclaim: as many seats as are missing, longest unused first. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/reclaim.h"
#include "random.h"
#include "test.h"

enum { HEAVY, REGULAR, LIGHT, CLASSES };

/* The limits let everything pass. */
static const struct limits wide = {.of = {[ACTION_SUSPEND] = {.count = 1000,
                                                              .percent = 100,
                                                              .rolling_days = 30,
                                                              .rolling_count = 1000,
                                                              .rolling_percent = 100},
                                          [ACTION_DEPROVISION] = {.count = 1000,
                                                                  .percent = 100,
                                                                  .rolling_days = 30,
                                                                  .rolling_count = 1000,
                                                                  .rolling_percent = 100}}};

static struct amount_scene scene_of(const struct limits *limits, const int64_t *missing)
{
    return (struct amount_scene){.limits = limits,
                                 .whole = {[ACTION_SUSPEND] = 1000, [ACTION_DEPROVISION] = 1000},
                                 .admins = 100,
                                 .missing = missing,
                                 .class_count = CLASSES};
}

/* `unused` days ago was the last login; -1 = never. */
static struct amount_row idle_in(int class, int unused)
{
    return (struct amount_row){
        .action = ACTION_SUSPEND,
        .of_login = true,
        .frees = class,
        .takes = AMOUNT_NO_CLASS,
        .used = unused < 0 ? INSTANT_NONE : (struct instant){(1000 - unused) * DAY_US},
    };
}

static struct amount_row departed_in(int class)
{
    struct amount_row row = idle_in(class, 1);

    row.of_login = false;
    return row;
}

static void expect(const struct amount_row *row, size_t count, const char *chosen)
{
    for (size_t i = 0; i < count; i++) {
        if (row[i].chosen != (chosen[i] == 'x'))
            fail_msg("row %zu of '%s': chosen %d, waits for %s", i, chosen, row[i].chosen,
                     row[i].waits ? row[i].waits : "nothing");
    }
}

TEST(reclaim_takes_the_longest_unused_and_no_more_than_are_missing)
{
    const int64_t missing[CLASSES] = {2, 0, 0};
    struct amount_row row[] = {idle_in(HEAVY, 100), idle_in(HEAVY, 300), idle_in(HEAVY, 200),
                               idle_in(HEAVY, -1)};
    struct amount_scene scene = scene_of(&wide, missing);

    reclaim_choose(&scene, row, 4);
    expect(row, 4, ".x.x");
    assert_string_equal(row[0].waits, RECLAIM_WAITS);
    assert_null(row[1].waits);
}

TEST(reclaim_without_the_wish_takes_everything)
{
    struct amount_row row[] = {idle_in(HEAVY, 100), idle_in(AMOUNT_NO_CLASS, 300)};
    struct amount_scene scene = scene_of(&wide, NULL);

    reclaim_choose(&scene, row, 2);
    expect(row, 2, "xx");
}

TEST(reclaim_counts_whoever_left_first_and_never_lets_them_wait)
{
    const int64_t one[CLASSES] = {2, 0, 0}, none[CLASSES] = {0, 0, 0}, spare[CLASSES] = {-4, 0, 0};
    const struct {
        const int64_t *missing;
        const char *chosen;
    } rows[] = {{one, ".xx"}, {none, "..x"}, {spare, "..x"}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct amount_row row[] = {idle_in(HEAVY, 100), idle_in(HEAVY, 300), departed_in(HEAVY)};
        struct amount_scene scene = scene_of(&wide, rows[i].missing);
        reclaim_choose(&scene, row, 3);
        expect(row, 3, rows[i].chosen);
    }
}

TEST(reclaim_of_a_downgrade_makes_the_other_class_miss_one)
{
    const int64_t missing[CLASSES] = {1, 0, 0}, spare[CLASSES] = {1, 0, -1};
    struct amount_row row[] = {idle_in(HEAVY, 100), idle_in(LIGHT, 90), idle_in(LIGHT, 95)};
    struct amount_scene scene = scene_of(&wide, missing);

    row[0].takes = LIGHT;
    reclaim_choose(&scene, row, 3);
    expect(row, 3, "x.x");
    scene.missing = spare;
    reclaim_choose(&scene, row, 3);
    expect(row, 3, "x..");
}

TEST(reclaim_knows_nothing_of_no_class)
{
    const int64_t missing[CLASSES] = {9, 9, 9};
    struct amount_row row[] = {idle_in(AMOUNT_NO_CLASS, 300), idle_in(LIGHT, 90)};
    struct amount_scene scene = scene_of(&wide, missing);

    reclaim_choose(&scene, row, 2);
    expect(row, 2, ".x");
    assert_true(reclaim_waits(row[0].waits));
}

/* What G9 holds gives its place to the next; what has no room today keeps it for tomorrow. */
TEST(reclaim_passes_over_who_may_never_go)
{
    const int64_t missing[CLASSES] = {1, 0, 0};
    struct limits limits = wide;
    struct amount_row row[] = {idle_in(HEAVY, 300), idle_in(HEAVY, 100)};
    struct amount_scene scene = scene_of(&limits, missing);

    row[0].is_admin = true;
    limits.min_admins = 100;
    reclaim_choose(&scene, row, 2);
    expect(row, 2, ".x");
    assert_string_equal(row[0].waits, "G9");

    row[0].is_admin = false;
    limits.of[ACTION_SUSPEND].count = 0;
    reclaim_choose(&scene, row, 2);
    expect(row, 2, "..");
    assert_string_equal(row[0].waits, "G7");
    assert_true(reclaim_waits(row[1].waits));
}

/* --- random worlds --- */

enum { WORLDS = 1000, ROWS_MAX = 40 };

static int64_t draw(uint64_t *random, int64_t below)
{
    return (int64_t)((next_random(random) >> 11) % (uint64_t)below);
}

static void draw_row(uint64_t *random, struct amount_row *row)
{
    int class = (int)draw(random, CLASSES + 1) - 1;

    *row = draw(random, 4) ? idle_in(class, (int)draw(random, 60) - 1) : departed_in(class);
    row->class = (enum amount_class)draw(random, AMOUNT_CLASS_COUNT);
    switch (draw(random, 8)) {
    case 0:
        row->action = ACTION_REACTIVATE;
        row->of_login = false;
        row->frees = AMOUNT_NO_CLASS;
        row->takes = class;
        break;
    case 1: /* a downgrade, always to a cheaper one */
        if (class >= 0 && class < LIGHT)
            row->takes = class + 1 + (int)draw(random, LIGHT - class);
        break;
    default:
        break;
    }
}

static void count_net(const struct amount_row *row, size_t count, bool of_login_too,
                      int64_t net[CLASSES])
{
    for (int c = 0; c < CLASSES; c++)
        net[c] = 0;
    for (size_t i = 0; i < count; i++) {
        if (!row[i].chosen || (row[i].of_login && !of_login_too))
            continue;
        if (row[i].frees >= 0)
            net[row[i].frees]++;
        if (row[i].takes >= 0)
            net[row[i].takes]--;
    }
}

/* The same, as slowly and plainly as can be: the dearest class first, because a downgrade leads
 * from a dear to a cheap one; the longest unused by looking at all of them, again and again. */
static void choose_plainly(const int64_t missing[CLASSES], struct amount_row *row, size_t count)
{
    for (size_t i = 0; i < count; i++)
        row[i].chosen = !row[i].of_login;
    for (int c = 0; c < CLASSES; c++) {
        for (;;) {
            struct amount_row *longest = NULL;
            int64_t net[CLASSES];
            count_net(row, count, true, net);
            for (size_t i = 0; i < count && net[c] < missing[c]; i++) {
                if (!row[i].chosen && row[i].frees == c &&
                    (!longest || instant_compare(row[i].used, longest->used) < 0))
                    longest = &row[i];
            }
            if (!longest)
                break;
            longest->chosen = true;
        }
    }
}

TEST(reclaim_of_random_worlds_frees_exactly_what_is_missing)
{
    uint64_t random = 20261129;
    size_t exact = 0;

    for (size_t world = 0; world < WORLDS; world++) {
        struct amount_row row[ROWS_MAX] = {0}, plain[ROWS_MAX];
        size_t count = (size_t)draw(&random, ROWS_MAX + 1);
        int64_t missing[CLASSES], net[CLASSES];

        for (int c = 0; c < CLASSES; c++)
            missing[c] = draw(&random, 14) - 4;
        for (size_t i = 0; i < count; i++)
            draw_row(&random, &row[i]);
        memcpy(plain, row, sizeof(row));
        struct amount_scene scene = scene_of(&wide, missing);
        reclaim_choose(&scene, row, count);
        choose_plainly(missing, plain, count);
        for (size_t i = 0; i < count; i++) {
            if (row[i].chosen != plain[i].chosen)
                fail_msg("world %zu, row %zu of %zu: %d, by the plain way %d", world, i, count,
                         row[i].chosen, plain[i].chosen);
        }
        count_net(row, count, true, net);
        for (int c = 0; c < CLASSES; c++)
            exact += net[c] == missing[c];
    }
    assert_true(exact > WORLDS / 2); /* the worlds are worth something */
}

/* With limits, administrators and departments in the way: never more, and whoever waits for no use
 * waits behind everybody who does not. */
TEST(reclaim_of_random_worlds_with_limits_never_frees_more)
{
    uint64_t random = 11;
    size_t done = 0, waiting = 0;

    for (size_t world = 0; world < WORLDS; world++) {
        struct amount_row row[ROWS_MAX] = {0}, again[ROWS_MAX];
        struct amount_department sales = {.name = "Sales", .active = 12 + draw(&random, 40)};
        size_t count = (size_t)draw(&random, ROWS_MAX + 1);
        int64_t missing[CLASSES], net[CLASSES];
        struct limits limits = wide;

        limits.of[ACTION_SUSPEND].count = draw(&random, 12);
        limits.min_admins = draw(&random, 3);
        for (int c = 0; c < CLASSES; c++)
            missing[c] = draw(&random, 14) - 4;
        for (size_t i = 0; i < count; i++) {
            draw_row(&random, &row[i]);
            row[i].is_admin = draw(&random, 6) == 0;
            row[i].department = draw(&random, 2) ? "Sales" : NULL;
        }
        memcpy(again, row, sizeof(row));
        struct amount_scene scene = scene_of(&limits, missing);
        scene.admins = draw(&random, 6);
        scene.department = &sales;
        scene.department_count = 1;
        scene.departments_known = draw(&random, 2);
        reclaim_choose(&scene, row, count);
        count_net(row, count, true, net);
        for (size_t i = 0; i < count; i++) {
            const struct amount_row *one = &row[i];
            assert_true(one->chosen || one->waits);
            done += one->chosen && one->of_login;
            waiting += reclaim_waits(one->waits);
            assert_false(!one->of_login && reclaim_waits(one->waits));
            if (one->of_login && one->chosen)
                assert_true(one->frees >= 0 && net[one->frees] <= missing[one->frees]);
        }
        reclaim_choose(&scene, again, count);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(again[i].chosen, row[i].chosen);
    }
    assert_true(done > WORLDS && waiting > WORLDS);
}
