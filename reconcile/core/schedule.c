/*
 * A night is played as a run would: whoever is due and not done yet is given to amount_choose, and
 * what it takes is taken off the picture of the next night (accounts, administrators, departments),
 * and put into the window. Nights on which nothing waits and nothing becomes due are left out.
 */
#include "core/schedule.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"

#define NIGHTS_MAX 400

/* What a night took that the window counts. */
struct taken {
    struct day night;
    int64_t count[ACTION_COUNT];
};

struct playing {
    const struct amount_scene *scene;
    const struct calendar *calendar;
    struct day first;
    const struct amount_row *row;
    const struct day *due;
    size_t count;
    struct scheduled *scheduled;
    /* as the nights go by */
    struct amount_scene now;
    struct amount_department *department, *country;
    struct table by_department, by_country; /* folded names */
    struct taken *taken;
    size_t taken_count;
    struct amount_row *candidate;
    size_t *index; /* of each candidate among the rows */
    size_t candidate_count;
    struct arena arena;
};

static struct amount_department *copy_departments(struct playing *playing,
                                                  const struct amount_department *department,
                                                  size_t count, struct table *by_name)
{
    struct amount_department *copy = arena_calloc(&playing->arena, count + 1, sizeof(copy[0]));

    table_init(by_name, count);
    for (size_t i = 0; i < count; i++) {
        const char *name = fold_name(&playing->arena, department[i].name);
        copy[i] = department[i];
        if (name)
            table_add(by_name, name, (uint32_t)i);
    }
    return copy;
}

static void begin(struct playing *playing)
{
    const struct amount_scene *scene = playing->scene;

    playing->department = copy_departments(playing, scene->department, scene->department_count,
                                           &playing->by_department);
    playing->country =
        copy_departments(playing, scene->country, scene->country_count, &playing->by_country);
    playing->taken = mem_calloc(NIGHTS_MAX, sizeof(playing->taken[0]));
    playing->candidate = mem_calloc(playing->count + 1, sizeof(playing->candidate[0]));
    playing->index = mem_calloc(playing->count + 1, sizeof(playing->index[0]));
    playing->now = *scene;
    playing->now.department = playing->department;
    playing->now.country = playing->country;
    for (size_t i = 0; i < playing->count; i++)
        playing->scheduled[i] = (struct scheduled){.night = DAY_NONE, .waited_on = DAY_NONE};
}

static void end(struct playing *playing)
{
    table_release(&playing->by_department);
    table_release(&playing->by_country);
    free(playing->taken);
    free(playing->candidate);
    free(playing->index);
    arena_release(&playing->arena);
}

/* What a window holds when a night begins. */
static int64_t in_window(const struct playing *playing, enum action action, struct day night)
{
    const struct action_limit *limit = amount_limit(playing->scene->limits, action);
    bool holds_past = day_between(playing->first, night) < limit->rolling_days;
    int64_t sum = holds_past ? playing->scene->done[action].in_window : 0;

    for (size_t i = 0; i < playing->taken_count; i++) {
        if (day_between(playing->taken[i].night, night) < limit->rolling_days)
            sum += playing->taken[i].count[action];
    }
    return sum;
}

static void begin_night(struct playing *playing, struct day night)
{
    bool is_first = day_compare(night, playing->first) == 0;

    for (unsigned action = 0; action < ACTION_COUNT; action++) {
        if (!amount_limit(playing->scene->limits, (enum action)action))
            continue;
        if (!is_first)
            playing->now.done[action] = (struct amount_done){.today = 0};
        playing->now.done[action].in_window = in_window(playing, (enum action)action, night);
    }
    for (size_t i = 0; !is_first && i < playing->now.department_count; i++)
        playing->department[i].gone_today = 0;
    for (size_t i = 0; !is_first && i < playing->now.country_count; i++)
        playing->country[i].gone_today = 0;
}

static bool is_open(const struct playing *playing, size_t i, struct day night)
{
    bool deletes = playing->row[i].action == ACTION_DEPROVISION;

    return day_compare(calendar_next_day(playing->calendar, night, deletes), night) == 0;
}

static void collect(struct playing *playing, struct day night)
{
    playing->candidate_count = 0;
    for (size_t i = 0; i < playing->count; i++) {
        if (day_is_set(playing->scheduled[i].night) || day_compare(playing->due[i], night) > 0 ||
            !is_open(playing, i, night))
            continue;
        playing->index[playing->candidate_count] = i;
        playing->candidate[playing->candidate_count++] = playing->row[i];
    }
}

static void leave(struct playing *playing, struct table *by_name,
                  struct amount_department *department, const char *name)
{
    uint32_t at = name ? table_find(by_name, fold_name(&playing->arena, name)) : TABLE_END;

    if (at != TABLE_END)
        department[table_value(by_name, at)].active--;
}

/* A row that is done is missing from the next night's picture. */
static void take(struct playing *playing, const struct amount_row *row, struct taken *taken)
{
    struct amount_scene *now = &playing->now;

    if (!row->overridden && row->class != AMOUNT_SPREAD)
        taken->count[row->action]++;
    if (actions[row->action].takes_seat)
        return;
    now->admins -= row->is_admin;
    if (actions[row->action].frees_seat)
        now->whole[row->action]--;
    if (row->action != ACTION_SUSPEND)
        return;
    leave(playing, &playing->by_department, playing->department, row->department);
    leave(playing, &playing->by_country, playing->country, row->country);
}

/* How many of an action a limit asks for wanted to be done this night, and how many were. */
static void count_action(const struct playing *playing, enum action action, struct scheduled *one)
{
    one->wanted = one->allowed = 0;
    for (size_t k = 0; k < playing->candidate_count; k++) {
        if (playing->candidate[k].action != action || playing->candidate[k].overridden)
            continue;
        one->wanted++;
        one->allowed += playing->candidate[k].chosen;
    }
}

static void note_wait(const struct playing *playing, size_t k, struct day night,
                      const struct amount_room room[ACTION_COUNT])
{
    const struct amount_row *row = &playing->candidate[k];
    struct scheduled *one = &playing->scheduled[playing->index[k]];

    if (one->waits || !row->waits)
        return;
    one->waits = row->waits;
    one->waited_on = night;
    one->limit = room[row->action].limit;
    count_action(playing, row->action, one);
}

/* Returns whether somebody still waits for room. */
static bool play(struct playing *playing, struct day night)
{
    struct amount_room room[ACTION_COUNT] = {{.left = 0}};
    struct taken *taken = &playing->taken[playing->taken_count];
    bool waits = false;

    begin_night(playing, night);
    collect(playing, night);
    for (unsigned action = 0; action < ACTION_COUNT; action++) {
        const struct action_limit *limit = amount_limit(playing->scene->limits, action);
        if (limit)
            room[action] =
                amount_room(limit, playing->now.whole[action], &playing->now.done[action]);
    }
    amount_choose(&playing->now, playing->candidate, playing->candidate_count);
    *taken = (struct taken){.night = night};
    for (size_t k = 0; k < playing->candidate_count; k++) {
        note_wait(playing, k, night, room);
        waits |= !playing->candidate[k].chosen;
        if (!playing->candidate[k].chosen)
            continue;
        playing->scheduled[playing->index[k]].night = night;
        take(playing, &playing->candidate[k], taken);
    }
    playing->taken_count++;
    return waits;
}

/* The next night on which anything may happen; none when nothing is left. */
static struct day next_night(const struct playing *playing, struct day night, bool waits)
{
    struct day next = DAY_NONE;

    for (size_t i = 0; i < playing->count; i++) {
        struct day due = playing->due[i];
        if (day_is_set(playing->scheduled[i].night))
            continue;
        if (day_compare(due, night) <= 0) /* waits for room, or for an open day */
            due = day_add(night, 1);
        if (!day_is_set(next) || day_compare(due, next) < 0)
            next = due;
    }
    if (waits)
        next = day_add(night, 1);
    return day_is_set(next) ? calendar_next_day(playing->calendar, next, false) : DAY_NONE;
}

void schedule_make(const struct amount_scene *scene, const struct calendar *calendar,
                   struct day first, const struct amount_row *row, const struct day *due,
                   size_t count, struct scheduled *ret_scheduled)
{
    struct playing playing = {
        .scene = scene,
        .calendar = calendar,
        .first = first,
        .row = row,
        .due = due,
        .count = count,
        .scheduled = ret_scheduled,
        .arena = ARENA_INIT,
    };
    struct day night = first;

    begin(&playing);
    while (day_is_set(night) && playing.taken_count < NIGHTS_MAX) {
        bool waits = play(&playing, night);
        struct day next = next_night(&playing, night, waits);
        night = day_compare(next, night) > 0 ? next : DAY_NONE; /* the calendar ends */
    }
    end(&playing);
}
