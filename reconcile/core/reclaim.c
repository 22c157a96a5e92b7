/*
 * Rows of no use enter the choice of the day one class after the other, longest unused first, as
 * many as are still missing when everything chosen so far is counted: a downgrade frees a seat in
 * one class and takes one in another, a departure frees one whatever is missing. The choice is made
 * again until nothing enters or leaves; a row enters once and leaves once, so it ends.
 */
#include "core/reclaim.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"

enum place { PLACE_OUT = 0, PLACE_IN, PLACE_LEFT };

struct reclaiming {
    const struct amount_scene *scene;
    struct amount_row *row;
    size_t count;
    enum place *place;
    struct amount_row *chosen_from; /* the rows that take part, and where each is */
    size_t *index;
    size_t *order; /* rows of_login, longest unused first */
    size_t ordered;
    int64_t *freed;   /* by what is chosen, of each class */
    int64_t *awaited; /* rows that are in and wait for room, or for a person */
};

bool reclaim_waits(const char *waits)
{
    return text_equal(waits, RECLAIM_WAITS);
}

static bool is_class(const struct reclaiming *all, int class)
{
    return class >= 0 && (size_t) class < all->scene->class_count;
}

/* Longest unused first, never used first of all; else in the order of the plan. */
static int compare_unused(const void *a, const void *b, void *context)
{
    const struct reclaiming *all = context;
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    int order = instant_compare(all->row[left].used, all->row[right].used);

    return order ? order : (left > right) - (left < right);
}

static void begin(struct reclaiming *all)
{
    all->place = mem_calloc(all->count + 1, sizeof(all->place[0]));
    all->chosen_from = mem_calloc(all->count + 1, sizeof(all->chosen_from[0]));
    all->index = mem_calloc(all->count + 1, sizeof(all->index[0]));
    all->order = mem_calloc(all->count + 1, sizeof(all->order[0]));
    all->freed = mem_calloc(all->scene->class_count + 1, sizeof(all->freed[0]));
    all->awaited = mem_calloc(all->scene->class_count + 1, sizeof(all->awaited[0]));
    for (size_t i = 0; i < all->count; i++) {
        if (all->row[i].of_login)
            all->order[all->ordered++] = i;
        else
            all->place[i] = PLACE_IN;
    }
    qsort_r(all->order, all->ordered, sizeof(all->order[0]), compare_unused, all);
}

static void end(struct reclaiming *all)
{
    free(all->place);
    free(all->chosen_from);
    free(all->index);
    free(all->order);
    free(all->freed);
    free(all->awaited);
}

/* Whether the next one may have its place: a person who was asked cannot help (G9, G10). Room comes
 * with another day, and what nobody was asked about waits for a person. */
static bool gives_way(const struct amount_row *row)
{
    return text_equal(row->waits, "G9") ||
           (text_equal(row->waits, "G10") && row->class != AMOUNT_UNASKED);
}

static void count_one(struct reclaiming *all, const struct amount_row *row)
{
    if (row->chosen && is_class(all, row->frees))
        all->freed[row->frees]++;
    if (row->chosen && is_class(all, row->takes))
        all->freed[row->takes]--;
    if (row->of_login && !row->chosen && !gives_way(row) && is_class(all, row->frees))
        all->awaited[row->frees]++;
}

static void choose(struct reclaiming *all)
{
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++) {
        if (!all->row[i].of_login)
            all->index[count++] = i;
    }
    for (size_t k = 0; k < all->ordered; k++) { /* so that room is theirs who wait longest */
        if (all->place[all->order[k]] == PLACE_IN)
            all->index[count++] = all->order[k];
    }
    for (size_t k = 0; k < count; k++)
        all->chosen_from[k] = all->row[all->index[k]];
    amount_choose(all->scene, all->chosen_from, count);
    for (size_t c = 0; c < all->scene->class_count; c++)
        all->freed[c] = all->awaited[c] = 0;
    for (size_t k = 0; k < count; k++) {
        all->row[all->index[k]] = all->chosen_from[k];
        count_one(all, &all->chosen_from[k]);
    }
}

static bool let_in(struct reclaiming *all, int class, int64_t wanted)
{
    bool any = false;

    for (size_t k = 0; k < all->ordered && wanted > 0; k++) {
        size_t i = all->order[k];
        if (all->place[i] != PLACE_OUT || all->row[i].frees != class)
            continue;
        all->place[i] = PLACE_IN;
        any = true;
        wanted--;
    }
    return any;
}

static bool let_out(struct reclaiming *all, int class, int64_t too_many)
{
    bool any = false;

    for (size_t k = all->ordered; k-- > 0 && too_many > 0;) {
        size_t i = all->order[k];
        if (all->place[i] != PLACE_IN || all->row[i].frees != class || !all->row[i].chosen)
            continue;
        all->place[i] = PLACE_LEFT;
        any = true;
        too_many--;
    }
    return any;
}

static bool adjust(struct reclaiming *all)
{
    bool changed = false;

    for (size_t c = 0; c < all->scene->class_count; c++) {
        int64_t lacking = all->scene->missing[c] - all->freed[c];
        if (lacking - all->awaited[c] > 0)
            changed |= let_in(all, (int)c, lacking - all->awaited[c]);
        else if (lacking < 0)
            changed |= let_out(all, (int)c, -lacking);
    }
    return changed;
}

void reclaim_choose(const struct amount_scene *scene, struct amount_row *row, size_t count)
{
    struct reclaiming all = {.scene = scene, .row = row, .count = count};

    if (!scene->missing) {
        amount_choose(scene, row, count);
        return;
    }
    begin(&all);
    do
        choose(&all);
    while (adjust(&all));
    for (size_t i = 0; i < count; i++) {
        if (all.place[i] == PLACE_IN)
            continue;
        row[i].chosen = false;
        row[i].waits = RECLAIM_WAITS;
    }
    end(&all);
}
