/*
 * Limits are compared without rounding (part * 100 > percent * whole), so how many are allowed is
 * the largest number that does not exceed. Rows are taken class by class: what a person looked at
 * singly first, then what needs nobody, then what may be spread; so nothing that a machine proposes
 * takes the room of what a person decided.
 *
 * Invariant: after amount_choose no limit is exceeded by rows that do not override it, together
 * with what was done before on this day.
 */
#include "core/amount.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"

#define CONCENTRATION_PERCENT 20.0
#define CONCENTRATION_MIN     10

/* --- the room of a day --- */

/* The most of `whole` that do not exceed the percent; up to the floor always. */
static int64_t allowed_of(double percent, int64_t floor, int64_t whole)
{
    double parts = percent * (double)whole;
    int64_t allowed = (int64_t)(parts / 100.0);

    if (percent <= 0.0)
        return 0;
    while ((double)(allowed + 1) * 100.0 <= parts)
        allowed++;
    while (allowed > 0 && (double)allowed * 100.0 > parts)
        allowed--;
    return allowed > floor ? allowed : floor;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t left_of(int64_t allowed, int64_t used)
{
    return allowed > used ? allowed - used : 0;
}

struct amount_room amount_room(const struct action_limit *limit, int64_t whole,
                               const struct amount_done *done)
{
    const struct {
        const char *name;
        int64_t allowed, used;
    } limits[] = {
        {"count", limit->count, done->today},
        {"percent", allowed_of(limit->percent, limit->percent_floor, whole), done->today},
        {"window", limit->rolling_count, done->in_window},
        {"window percent", allowed_of(limit->rolling_percent, limit->percent_floor, whole),
         done->in_window},
    };
    struct amount_room room = {.left = INT64_MAX, .left_today = INT64_MAX};

    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        int64_t left = left_of(limits[i].allowed, limits[i].used);
        if (i < 2)
            room.left_today = least(room.left_today, left);
        if (left >= room.left)
            continue;
        room.left = left;
        room.limit = limits[i].name;
        room.allowed = limits[i].allowed;
    }
    return room;
}

const struct action_limit *amount_limit(const struct limits *limits, enum action action)
{
    return actions[action].guard ? &limits->of[action] : NULL;
}

/* --- departments and countries (G10) --- */

struct share {
    int64_t allowed, going;
};

struct shares {
    bool known;
    struct table by_name; /* folded */
    struct share *item;
};

static void shares_init(struct shares *shares, struct arena *arena, bool known,
                        const struct amount_department *department, size_t count, int64_t floor)
{
    shares->known = known;
    shares->item = arena_calloc(arena, count, sizeof(shares->item[0]));
    table_init(&shares->by_name, count);
    for (size_t i = 0; i < count; i++) {
        const char *name = fold_name(arena, department[i].name);
        int64_t whole = department[i].active + department[i].gone_today;
        shares->item[i] = (struct share){
            .allowed = whole < CONCENTRATION_MIN ? INT64_MAX
                                                 : allowed_of(CONCENTRATION_PERCENT, floor, whole),
            .going = department[i].gone_today,
        };
        if (name)
            table_add(&shares->by_name, name, (uint32_t)i);
    }
}

static struct share *shares_find(const struct shares *shares, struct arena *arena, const char *name)
{
    uint32_t at = shares->known ? table_find(&shares->by_name, fold_name(arena, name)) : TABLE_END;

    return at == TABLE_END ? NULL : &shares->item[table_value(&shares->by_name, at)];
}

/* --- choosing --- */

/* What is left while rows are taken one after the other. */
struct tally {
    struct arena arena;
    const struct amount_scene *scene;
    struct amount_room room[ACTION_COUNT];
    int64_t spread[ACTION_COUNT]; /* taken as spread on this day */
    int64_t admins;
    struct shares departments, countries;
};

static void tally_init(struct tally *tally, const struct amount_scene *scene)
{
    const struct limits *limits = scene->limits;
    int64_t floor = limits->of[ACTION_SUSPEND].percent_floor;

    *tally = (struct tally){.arena = ARENA_INIT, .scene = scene, .admins = scene->admins};
    for (unsigned action = 0; action < ACTION_COUNT; action++) {
        const struct action_limit *limit = amount_limit(limits, (enum action)action);
        if (limit)
            tally->room[action] = amount_room(limit, scene->whole[action], &scene->done[action]);
        tally->spread[action] = scene->done[action].spread_today;
    }
    shares_init(&tally->departments, &tally->arena, scene->departments_known, scene->department,
                scene->department_count, floor);
    shares_init(&tally->countries, &tally->arena, scene->countries_known, scene->country,
                scene->country_count, floor);
}

static void tally_release(struct tally *tally)
{
    table_release(&tally->departments.by_name);
    table_release(&tally->countries.by_name);
    arena_release(&tally->arena);
}

static bool takes_admin(const struct amount_row *row)
{
    return row->is_admin && !actions[row->action].takes_seat;
}

/* The shares a row takes from; either may be NULL. */
static void find_shares(struct tally *tally, const struct amount_row *row,
                        struct share *ret_share[2])
{
    bool counts = row->action == ACTION_SUSPEND;

    ret_share[0] = counts ? shares_find(&tally->departments, &tally->arena, row->department) : NULL;
    ret_share[1] = counts ? shares_find(&tally->countries, &tally->arena, row->country) : NULL;
}

/* Who would be left (G9) and what of (G10): the guard that is in the way, or NULL. */
static const char *held_by_loss(struct tally *tally, const struct amount_row *row)
{
    struct share *share[2];

    if (takes_admin(row) && !row->overrides_g9 &&
        tally->admins - 1 < tally->scene->limits->min_admins)
        return "G9";
    find_shares(tally, row, share);
    for (size_t i = 0; i < COUNT_OF(share) && !row->overrides_g10; i++) {
        if (share[i] && share[i]->going >= share[i]->allowed)
            return "G10";
    }
    return NULL;
}

/* Counts what the row takes away; -1 gives it back. */
static void count_loss(struct tally *tally, const struct amount_row *row, int by)
{
    struct share *share[2];

    tally->admins -= takes_admin(row) ? by : 0;
    find_shares(tally, row, share);
    for (size_t i = 0; i < COUNT_OF(share); i++) {
        if (share[i])
            share[i]->going += by;
    }
}

static bool is_limited(const struct tally *tally, const struct amount_row *row)
{
    return !row->overridden && amount_limit(tally->scene->limits, row->action) != NULL;
}

/* Whether the guard of the action leaves room for one more. */
static bool has_room(const struct tally *tally, const struct amount_row *row)
{
    const struct amount_room *room = &tally->room[row->action];

    if (!is_limited(tally, row))
        return true;
    if (row->class != AMOUNT_SPREAD)
        return room->left > 0;
    return room->left_today > 0 && (!row->nightly || tally->spread[row->action] < row->nightly);
}

static void count_amount(struct tally *tally, const struct amount_row *row)
{
    struct amount_room *room = &tally->room[row->action];

    if (!is_limited(tally, row))
        return;
    room->left_today--;
    if (row->class == AMOUNT_SPREAD)
        tally->spread[row->action]++;
    else
        room->left--;
}

static void choose_if_it_fits(struct tally *tally, struct amount_row *row)
{
    row->waits = held_by_loss(tally, row);
    if (!row->waits && !has_room(tally, row))
        row->waits = actions[row->action].guard;
    row->chosen = !row->waits;
    if (!row->chosen)
        return;
    count_loss(tally, row, 1);
    count_amount(tally, row);
}

/* As many as there is room for, in order. */
static void choose_singly(struct tally *tally, struct amount_row *row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (row[i].class == AMOUNT_SINGLY)
            choose_if_it_fits(tally, &row[i]);
    }
}

/* Longest without a login first, never first of all; else in the order of the plan. */
static int compare_used(const void *a, const void *b)
{
    const struct amount_row *left = *(struct amount_row *const *)a;
    const struct amount_row *right = *(struct amount_row *const *)b;
    int order = instant_compare(left->used, right->used);

    return order ? order : (left > right) - (left < right);
}

static void choose_spread(struct tally *tally, struct amount_row *row, size_t count)
{
    CLEANUP(mem_cleanup) struct amount_row **order = mem_calloc(count, sizeof(order[0]));
    size_t spread = 0;

    for (size_t i = 0; i < count; i++) {
        if (row[i].class == AMOUNT_SPREAD)
            order[spread++] = &row[i];
    }
    qsort(order, spread, sizeof(order[0]), compare_used);
    for (size_t i = 0; i < spread; i++)
        choose_if_it_fits(tally, order[i]);
}

/* Whether what all unasked rows would take from a share is too much for it. */
static bool is_over(const struct share *share)
{
    return share && share->going > share->allowed;
}

static bool is_unasked(const struct amount_row *row)
{
    return row->class == AMOUNT_UNASKED && !row->waits;
}

static void wait_unasked(struct tally *tally, struct amount_row *row, const char *guard)
{
    count_loss(tally, row, -1);
    row->waits = guard;
}

/* All that a guard of loss lets pass, or none of what it does not. First everything is counted;
 * then what is too much together waits together, whatever the order. */
static void hold_unasked_losses(struct tally *tally, struct amount_row *row, size_t count)
{
    bool *over = mem_calloc(count, sizeof(over[0]));
    bool admins_over;

    for (size_t i = 0; i < count; i++) {
        if (is_unasked(&row[i]))
            count_loss(tally, &row[i], 1);
    }
    admins_over = tally->admins < tally->scene->limits->min_admins;
    for (size_t i = 0; i < count; i++) {
        struct share *share[2];
        find_shares(tally, &row[i], share);
        over[i] = is_over(share[0]) || is_over(share[1]);
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_unasked(&row[i]))
            continue;
        if (admins_over && takes_admin(&row[i]) && !row[i].overrides_g9)
            wait_unasked(tally, &row[i], "G9");
        else if (over[i] && !row[i].overrides_g10)
            wait_unasked(tally, &row[i], "G10");
    }
    free(over);
}

static void choose_unasked(struct tally *tally, struct amount_row *row, size_t count)
{
    int64_t wanted[ACTION_COUNT] = {0};

    hold_unasked_losses(tally, row, count);
    for (size_t i = 0; i < count; i++) {
        if (is_unasked(&row[i]) && is_limited(tally, &row[i]))
            wanted[row[i].action]++;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_unasked(&row[i]))
            continue;
        if (is_limited(tally, &row[i]) && wanted[row[i].action] > tally->room[row[i].action].left)
            wait_unasked(tally, &row[i], actions[row[i].action].guard);
        row[i].chosen = !row[i].waits;
    }
    for (size_t i = 0; i < count; i++) {
        if (row[i].class == AMOUNT_UNASKED && row[i].chosen)
            count_amount(tally, &row[i]);
    }
}

void amount_choose(const struct amount_scene *scene, struct amount_row *row, size_t count)
{
    struct tally tally;

    tally_init(&tally, scene);
    for (size_t i = 0; i < count; i++) {
        row[i].chosen = false;
        row[i].waits = NULL;
    }
    choose_singly(&tally, row, count);
    choose_unasked(&tally, row, count);
    choose_spread(&tally, row, count);
    tally_release(&tally);
}
