/* core/amount: how much a day allows, and what is done of it. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/amount.h"
#include "test.h"

#define WIDE                                                                                       \
    {                                                                                              \
        .count = 1000, .percent = 100, .rolling_days = 30, .rolling_count = 1000,                  \
        .rolling_percent = 100                                                                     \
    }

/* --- the room of a day --- */

TEST(amount_room_is_that_of_the_tightest_limit)
{
    static const struct {
        const char *name;
        struct action_limit limit;
        int64_t whole;
        struct amount_done done;
        int64_t left;
        const char *by;
        int64_t allowed, left_today;
    } rows[] = {
        {"count", {50, 100, 0, 30, 1000, 100}, 1000, {0}, 50, "count", 50, 50},
        {"count, some done", {50, 100, 0, 30, 1000, 100}, 1000, {20, 0, 20}, 30, "count", 50, 30},
        {"count, more done than allowed",
         {50, 100, 0, 30, 1000, 100},
         1000,
         {60, 0, 60},
         0,
         "count",
         50,
         0},
        {"count of 0", {0, 100, 3, 30, 1000, 100}, 1000, {0}, 0, "count", 0, 0},
        {"percent", {50, 5, 3, 30, 1000, 100}, 900, {0}, 45, "percent", 45, 45},
        {"percent, cut off", {50, 5, 3, 30, 1000, 100}, 919, {0}, 45, "percent", 45, 45},
        {"percent, just whole", {50, 5, 3, 30, 1000, 100}, 920, {0}, 46, "percent", 46, 46},
        {"percent that binary cannot say",
         {50, 0.1, 0, 30, 1000, 100},
         30000,
         {0},
         30,
         "percent",
         30,
         30},
        {"percent under its floor", {50, 5, 3, 30, 1000, 100}, 40, {0}, 3, "percent", 3, 3},
        {"percent, floor taken", {50, 5, 3, 30, 1000, 100}, 40, {3, 0, 3}, 0, "percent", 3, 0},
        {"percent without a floor", {50, 5, 0, 30, 1000, 100}, 40, {0}, 2, "percent", 2, 2},
        {"percent of 0 allows none", {50, 0, 3, 30, 1000, 100}, 1000, {0}, 0, "percent", 0, 0},
        {"percent of nobody", {50, 5, 3, 30, 1000, 100}, 0, {0}, 3, "percent", 3, 3},
        {"floor never beats the count", {2, 5, 3, 30, 1000, 100}, 40, {0}, 2, "count", 2, 2},
        {"window", {50, 100, 0, 30, 60, 100}, 1000, {0, 0, 40}, 20, "window", 60, 50},
        {"window full", {50, 100, 0, 30, 60, 100}, 1000, {0, 0, 60}, 0, "window", 60, 50},
        {"window percent",
         {50, 100, 3, 30, 1000, 25},
         100,
         {0, 0, 20},
         5,
         "window percent",
         25,
         50},
        {"window percent under its floor",
         {50, 100, 3, 30, 1000, 25},
         8,
         {0, 0, 2},
         1,
         "window percent",
         3,
         8},
        {"window percent of 0", {50, 100, 3, 30, 1000, 0}, 1000, {0}, 0, "window percent", 0, 50},
        {"equal: the first named", {50, 5, 0, 30, 50, 5}, 1000, {0}, 50, "count", 50, 50},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct amount_room room = amount_room(&rows[i].limit, rows[i].whole, &rows[i].done);
        if (room.left != rows[i].left || !text_equal(room.limit, rows[i].by) ||
            room.allowed != rows[i].allowed || room.left_today != rows[i].left_today)
            fail_msg("%s: left %lld by %s of %lld, today %lld", rows[i].name, (long long)room.left,
                     room.limit, (long long)room.allowed, (long long)room.left_today);
    }
}

TEST(amount_room_of_every_percent_never_exceeds)
{
    for (int tenths = 1; tenths <= 1000; tenths += 7) {
        for (int64_t whole = 0; whole < 2000; whole += 13) {
            const struct action_limit limit = {.count = INT64_MAX,
                                               .percent = tenths / 10.0,
                                               .rolling_count = INT64_MAX,
                                               .rolling_percent = 100};
            const struct amount_done done = {0};
            double parts = limit.percent * (double)whole;
            int64_t left = amount_room(&limit, whole, &done).left;
            assert_true((double)left * 100.0 <= parts);
            assert_true((double)(left + 1) * 100.0 > parts);
        }
    }
}

TEST(amount_limit_of_a_reactivation_is_none)
{
    const struct limits limits = {0};

    assert_null(amount_limit(&limits, ACTION_KEEP));
    assert_null(amount_limit(&limits, ACTION_REACTIVATE));
    assert_ptr_equal(amount_limit(&limits, ACTION_SUSPEND), &limits.of[ACTION_SUSPEND]);
    assert_ptr_equal(amount_limit(&limits, ACTION_DEPROVISION), &limits.of[ACTION_DEPROVISION]);
}

/* --- choosing --- */

/* One letter a row: what it is. Small: done where there is room. */
static struct amount_row row_of(char letter)
{
    struct amount_row row = {.action = ACTION_SUSPEND, .class = AMOUNT_SINGLY};

    switch (letter) {
    case 's':
        break;
    case 'u':
        row.class = AMOUNT_UNASKED;
        break;
    case 'p':
        row.class = AMOUNT_SPREAD;
        break;
    case 'n': /* two a night */
        row.class = AMOUNT_SPREAD;
        row.nightly = 2;
        break;
    case 'o':
        row.overridden = true;
        break;
    case 'd':
        row.action = ACTION_DEPROVISION;
        break;
    case 'r':
        row.action = ACTION_REACTIVATE;
        break;
    case 'a': /* an admin */
        row.is_admin = true;
        break;
    case 'A': /* whose removal a person wants */
        row.is_admin = row.overrides_g9 = true;
        break;
    case 'v': /* an admin, unasked */
        row.is_admin = true;
        row.class = AMOUNT_UNASKED;
        break;
    case 'c': /* an admin that comes back */
        row.is_admin = true;
        row.action = ACTION_REACTIVATE;
        break;
    case 'x': /* of the department, approved */
        row.department = "Sales ";
        break;
    case 'X':
        row.department = "sales";
        row.overrides_g10 = true;
        break;
    case 'y': /* unasked */
        row.department = "SALES";
        row.class = AMOUNT_UNASKED;
        break;
    case 'z': /* spread */
        row.department = "Sales";
        row.class = AMOUNT_SPREAD;
        break;
    case 'l': /* of the country, approved */
        row.country = "NL";
        break;
    case 'q': /* a deletion in the department: it was gone before */
        row.department = "Sales";
        row.action = ACTION_DEPROVISION;
        break;
    default:
        fail_msg("no row is called %c", letter);
    }
    return row;
}

/* What became of each row: 'x' chosen, else the last digit of its guard, 0 for G10. */
static void choose(const struct amount_scene *scene, const char *letters, char *ret_fate)
{
    struct amount_row row[64];
    size_t count = strlen(letters);

    assert_true(count < COUNT_OF(row));
    for (size_t i = 0; i < count; i++)
        row[i] = row_of(letters[i]);
    amount_choose(scene, row, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(row[i].chosen, row[i].waits == NULL);
        ret_fate[i] = row[i].chosen ? 'x' : row[i].waits[strlen(row[i].waits) - 1];
    }
    ret_fate[count] = '\0';
}

TEST(amount_choose_takes_class_by_class)
{
    static const struct {
        const char *name;
        int64_t count, rolling_count; /* of suspensions; deletions 1 a day */
        struct amount_done done;
        const char *rows, *fate;
    } rows[] = {
        {"nothing", 5, 100, {0}, "", ""},
        {"all fit", 3, 100, {0}, "sss", "xxx"},
        {"one too many approved singly: the rest another day", 2, 100, {0}, "sss", "xx7"},
        {"a limit of 0", 0, 100, {0}, "sup", "777"},
        {"unasked that fit", 2, 100, {0}, "uu", "xx"},
        {"unasked above the limit: none of them", 2, 100, {0}, "uuu", "777"},
        {"they hold themselves only", 2, 100, {0}, "uusuu", "77x77"},
        {"singly goes first wherever it stands", 2, 100, {0}, "uss", "7xx"},
        {"unasked before spread", 2, 100, {0}, "ppu", "x7x"},
        {"spread fills what is left", 3, 100, {0}, "pps", "xxx"},
        {"spread, and no more than that", 3, 100, {0}, "ppsp", "xxx7"},
        {"spread is left what unasked could not use", 2, 100, {0}, "uuuppp", "777xx7"},
        {"at most two a night", 9, 100, {0}, "nnn", "xx7"},
        {"at most two a night, one done today", 9, 100, {1, 1, 0}, "nnn", "x77"},
        {"at most two a night, others done today", 9, 100, {5, 0, 5}, "nnn", "xx7"},
        {"two a night do not stop others", 9, 100, {0}, "nnnpp", "xx7xx"},
        {"the day is used up", 2, 100, {2, 0, 2}, "sup", "777"},
        {"the day is used up but for one", 2, 100, {1, 0, 1}, "us", "7x"},
        {"the window is full", 5, 3, {0, 0, 3}, "su", "77"},
        {"the window is full but for one", 5, 3, {0, 0, 2}, "ss", "x7"},
        {"no window counts what is spread", 5, 3, {0, 0, 3}, "pp", "xx"},
        {"but the day does", 5, 3, {4, 0, 3}, "pp", "x7"},
        {"overridden: neither held", 0, 0, {0}, "oo", "xx"},
        {"nor counted", 1, 100, {0}, "oos", "xxx"},
        {"each action has its own room", 1, 100, {0}, "sds", "xx7"},
        {"deletions are G8", 1, 100, {0}, "dds", "x8x"},
        {"reactivations have no limit", 0, 0, {0}, "rrr", "xxx"},
    };
    struct limits limits = {.of[ACTION_SUSPEND] = WIDE, .of[ACTION_DEPROVISION] = WIDE};
    char fate[64];

    limits.of[ACTION_DEPROVISION].count = 1;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct amount_scene scene = {
            .limits = &limits, .whole = {100, 100, 100, 100, 100, 100}, .admins = 9};
        limits.of[ACTION_SUSPEND].count = rows[i].count;
        limits.of[ACTION_SUSPEND].rolling_count = rows[i].rolling_count;
        scene.done[ACTION_SUSPEND] = rows[i].done;
        choose(&scene, rows[i].rows, fate);
        if (!text_equal(fate, rows[i].fate))
            fail_msg("%s: %s gives %s, not %s", rows[i].name, rows[i].rows, fate, rows[i].fate);
    }
}

TEST(amount_choose_spreads_from_who_is_longest_away)
{
    static const struct action_limit two = {2, 100, 0, 30, 1000, 100};
    struct limits limits = {.of[ACTION_SUSPEND] = two};
    const struct amount_scene scene = {.limits = &limits, .whole[ACTION_SUSPEND] = 100};
    struct amount_row row[] = {
        {.action = ACTION_SUSPEND, .class = AMOUNT_SPREAD, .used = {.us = 30}},
        {.action = ACTION_SUSPEND, .class = AMOUNT_SPREAD, .used = {.us = 10}},
        {.action = ACTION_SUSPEND, .class = AMOUNT_SPREAD, .used = {.us = 20}},
        {.action = ACTION_SUSPEND, .class = AMOUNT_SPREAD, .used = INSTANT_NONE}, /* never */
    };

    amount_choose(&scene, row, COUNT_OF(row));
    assert_false(row[0].chosen);
    assert_true(row[1].chosen);
    assert_false(row[2].chosen);
    assert_true(row[3].chosen);
    for (size_t i = 0; i < COUNT_OF(row);
         i++) /* approved singly they go in the order of the plan */
        row[i].class = AMOUNT_SINGLY;
    amount_choose(&scene, row, COUNT_OF(row));
    assert_true(row[0].chosen && row[1].chosen && !row[2].chosen && !row[3].chosen);
}

TEST(amount_choose_leaves_enough_administrators)
{
    static const struct {
        const char *name;
        int64_t admins;
        const char *rows, *fate;
    } rows[] = {
        {"three, two needed: one may go", 3, "aa", "x9"},
        {"two: none may", 2, "aas", "99x"},
        {"fewer than needed already", 1, "as", "9x"},
        {"a person wants it", 2, "A", "x"},
        {"and is counted all the same", 3, "Aa", "x9"},
        {"unasked: both or none", 4, "vv", "xx"},
        {"unasked: none", 3, "vvu", "99x"},
        {"unasked behind one approved", 3, "va", "9x"},
        {"a reactivation takes nobody away", 0, "c", "x"},
    };
    const struct limits limits = {
        .of[ACTION_SUSPEND] = WIDE, .of[ACTION_DEPROVISION] = WIDE, .min_admins = 2};
    char fate[64];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct amount_scene scene = {
            .limits = &limits, .whole = {100, 100, 100, 100, 100, 100}, .admins = rows[i].admins};
        choose(&scene, rows[i].rows, fate);
        if (!text_equal(fate, rows[i].fate))
            fail_msg("%s: %s gives %s, not %s", rows[i].name, rows[i].rows, fate, rows[i].fate);
    }
}

TEST(amount_choose_takes_no_fifth_of_a_department)
{
    static const struct {
        const char *name;
        int64_t active, gone_today, floor;
        bool known;
        const char *rows, *fate;
    } rows[] = {
        {"two of ten", 10, 0, 0, true, "xx", "xx"},
        {"three of ten: two", 10, 0, 0, true, "xxx", "xx0"},
        {"three of ten, under the floor", 10, 0, 3, true, "xxx", "xxx"},
        {"four of ten, floor 3", 10, 0, 3, true, "xxxx", "xxx0"},
        {"of nine nobody asks", 9, 0, 0, true, "xxxxx", "xxxxx"},
        {"two went today, of ten", 8, 2, 0, true, "x", "0"},
        {"one went today, of ten", 9, 1, 0, true, "xx", "x0"},
        {"others go on", 10, 0, 0, true, "xxxs", "xx0x"},
        {"departments are not known: silent", 10, 0, 0, false, "xxx", "xxx"},
        {"a person wants it", 10, 0, 0, true, "XXX", "xxx"},
        {"and is counted all the same", 10, 0, 0, true, "XXx", "xx0"},
        {"unasked that fit", 10, 0, 0, true, "yy", "xx"},
        {"unasked: the department waits, all of it", 10, 0, 0, true, "yyyu", "000x"},
        {"unasked behind approved ones", 10, 0, 0, true, "yyx", "00x"},
        {"spread takes what fits", 10, 0, 0, true, "zzz", "xx0"},
        {"also what the unasked gave back", 10, 0, 0, true, "yyyz", "000x"},
        {"a deletion takes no seat from it", 10, 0, 0, true, "qqq", "xxx"},
        {"a country likewise", 10, 0, 0, true, "lll", "xx0"},
        {"side by side", 10, 0, 0, true, "xxll", "xxxx"},
    };
    struct limits limits = {.of[ACTION_SUSPEND] = WIDE, .of[ACTION_DEPROVISION] = WIDE};
    char fate[64];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct amount_department sales = {"Sales", rows[i].active, rows[i].gone_today};
        const struct amount_department country = {"nl", rows[i].active, rows[i].gone_today};
        const struct amount_scene scene = {
            .limits = &limits,
            .whole = {100, 100, 100, 100, 100, 100},
            .department = &sales,
            .country = &country,
            .department_count = 1,
            .country_count = 1,
            .departments_known = rows[i].known,
            .countries_known = rows[i].known,
        };
        limits.of[ACTION_SUSPEND].percent_floor = rows[i].floor;
        choose(&scene, rows[i].rows, fate);
        if (!text_equal(fate, rows[i].fate))
            fail_msg("%s: %s gives %s, not %s", rows[i].name, rows[i].rows, fate, rows[i].fate);
    }
}

/* --- any scene --- */

static uint64_t draw(uint64_t *random, uint64_t below)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (*random >> 11) % below;
}

static void draw_row(uint64_t *random, struct amount_row *row)
{
    static const enum action kinds[] = {ACTION_SUSPEND, ACTION_SUSPEND, ACTION_SUSPEND,
                                        ACTION_DEPROVISION, ACTION_REACTIVATE};

    *row = (struct amount_row){
        .action = kinds[draw(random, COUNT_OF(kinds))],
        .class = (enum amount_class)draw(random, AMOUNT_CLASS_COUNT),
        .nightly = draw(random, 4) ? 0 : 2,
        .department = draw(random, 2) ? "Sales" : NULL,
        .is_admin = draw(random, 5) == 0,
        .overridden = draw(random, 10) == 0,
        .overrides_g9 = draw(random, 10) == 0,
        .overrides_g10 = draw(random, 10) == 0,
    };
}

/* What was taken, counted again without the program's own counters. */
struct taken {
    int64_t day, window;
    int64_t sales, admins; /* by rows that do not override it */
    int64_t unasked, unasked_waiting;
};

static struct taken count_taken(const struct amount_row *row, size_t count, enum action action)
{
    struct taken taken = {0};

    for (size_t i = 0; i < count; i++) {
        bool limited = row[i].action == action && !row[i].overridden;
        bool unasked = limited && row[i].class == AMOUNT_UNASKED;
        assert_int_equal(row[i].chosen, row[i].waits == NULL);
        taken.unasked_waiting += unasked && row[i].waits && text_equal(row[i].waits, "G7");
        if (!row[i].chosen)
            continue;
        taken.unasked += unasked;
        taken.day += limited;
        taken.window += limited && row[i].class != AMOUNT_SPREAD;
        taken.sales +=
            row[i].action == ACTION_SUSPEND && row[i].department && !row[i].overrides_g10;
        taken.admins += row[i].action >= ACTION_SUSPEND && row[i].is_admin && !row[i].overrides_g9;
    }
    return taken;
}

TEST(amount_choose_of_any_scene_exceeds_nothing)
{
    uint64_t random = 7;

    for (size_t round = 0; round < 20000; round++) {
        struct limits limits = {.of[ACTION_SUSPEND] = WIDE, .of[ACTION_DEPROVISION] = WIDE};
        struct amount_department sales = {"sales", (int64_t)draw(&random, 30), 0};
        struct amount_row row[12], again[12];
        size_t count = draw(&random, COUNT_OF(row) + 1);
        struct amount_scene scene = {
            .limits = &limits,
            .whole = {100, 100, 100, 100, 100, 100},
            .admins = (int64_t)draw(&random, 5),
            .department = &sales,
            .department_count = 1,
            .departments_known = draw(&random, 4) > 0,
        };
        struct amount_done *done = &scene.done[ACTION_SUSPEND];
        limits.min_admins = (int64_t)draw(&random, 3);
        limits.of[ACTION_SUSPEND].count = (int64_t)draw(&random, 9);
        limits.of[ACTION_SUSPEND].percent = (double)draw(&random, 9);
        limits.of[ACTION_SUSPEND].percent_floor = (int64_t)draw(&random, 3);
        limits.of[ACTION_SUSPEND].rolling_count = (int64_t)draw(&random, 9);
        *done = (struct amount_done){.today = (int64_t)draw(&random, 4),
                                     .in_window = (int64_t)draw(&random, 6)};
        const struct amount_room room = amount_room(&limits.of[ACTION_SUSPEND], 100, done);
        for (size_t i = 0; i < count; i++)
            draw_row(&random, &row[i]);
        memcpy(again, row, sizeof(row));
        amount_choose(&scene, row, count);

        const struct taken taken = count_taken(row, count, ACTION_SUSPEND);
        int64_t fifth = sales.active / 5, spare = scene.admins - limits.min_admins;
        if (fifth < limits.of[ACTION_SUSPEND].percent_floor)
            fifth = limits.of[ACTION_SUSPEND].percent_floor;
        assert_true(taken.day <= room.left_today);
        assert_true(taken.window <= room.left);
        assert_true(taken.unasked == 0 || taken.unasked_waiting == 0);
        assert_true(!scene.departments_known || sales.active < 10 || taken.sales <= fifth);
        assert_true(taken.admins <= (spare > 0 ? spare : 0));
        for (size_t i = 0; i < count; i++) {
            if (row[i].waits && text_equal(row[i].waits, "G7") && row[i].class == AMOUNT_SINGLY)
                assert_int_equal(taken.window, room.left); /* nobody waits beside a free place */
        }
        amount_choose(&scene, again, count);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(again[i].chosen, row[i].chosen);
    }
}
