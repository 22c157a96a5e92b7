/*
 * Each account is followed to that day: what the plan makes of it, then whether its person is still
 * there. The roster tells who starts, not who will have a seat, nor of which class: as many as of
 * the people at work today.
 */
#include "core/renewal.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"

struct counting {
    struct class_places places;
    const struct policy_context *context;
    const struct roster *roster;
    struct renewal *renewal;
    bool *has_account;   /* of each person of the roster */
    int64_t *of_at_work; /* seats of people at work, by class */
};

static bool is_before(struct day day, struct day other)
{
    return day_is_set(day) && day_compare(day, other) < 0;
}

static bool is_at_work(enum person_status status)
{
    return status == PERSON_EMPLOYED || status == PERSON_ON_LEAVE;
}

/* Whether the plan acts on it by then. */
static bool acts(const struct counting *counting, const struct decision *decision)
{
    return decision->action != ACTION_KEEP &&
           (!day_is_set(decision->not_before) ||
            day_compare(decision->not_before, counting->renewal->on) <= 0);
}

static const char *profile_after(const struct counting *counting, const struct decision *decision)
{
    return acts(counting, decision) && decision->to ? decision->to->id
                                                    : account_alike(decision->account)->profile_id;
}

static bool has_seat_after(const struct counting *counting, const struct decision *decision)
{
    enum account_status status = decision->account->status;

    if (acts(counting, decision))
        status = actions[decision->action].wanted;
    return status == ACCOUNT_ACTIVE;
}

static void count_account(struct counting *counting, const struct decision *decision)
{
    const struct account *account = decision->account;
    const struct pairing *pairing = decision->pairing;
    const struct person *person = pairing->kind == LINK_ONE ? pairing->person : NULL;
    struct renewal *renewal = counting->renewal;
    size_t now = class_place(&counting->places, account_alike(account)->profile_id);
    size_t after = class_place(&counting->places, profile_after(counting, decision));

    if (person)
        counting->has_account[person - counting->roster->person] = true;
    if (account->status == ACCOUNT_ACTIVE) {
        renewal->item[now].now++;
        renewal->item[now].planned++;
        counting->of_at_work[now] += person && is_at_work(person->status);
    }
    if (!has_seat_after(counting, decision))
        return;
    renewal->item[after].planned--;
    renewal->item[after].leaving +=
        person && (is_at_work(person->status) || person->status == PERSON_FUTURE) &&
        is_before(person->last_day, renewal->on);
}

static void count_people(struct counting *counting)
{
    struct renewal *renewal = counting->renewal;

    for (size_t i = 0; i < counting->roster->count; i++) {
        const struct person *person = &counting->roster->person[i];
        renewal->at_work += is_at_work(person->status);
        renewal->starters += person->status == PERSON_FUTURE && !counting->has_account[i] &&
                             day_compare(person->hire_date, renewal->on) <= 0 &&
                             !is_before(person->last_day, renewal->on);
    }
}

/* Half a seat is one. */
static int64_t share_of(int64_t starters, int64_t part, int64_t whole)
{
    return whole > 0 ? (2 * starters * part + whole) / (2 * whole) : 0;
}

static bool is_near(const struct seats *seats, struct day today)
{
    return seats->count > 0 && day_is_set(seats->renews) &&
           day_compare(today, seats->renews) <= 0 &&
           day_between(today, seats->renews) <= RENEWAL_DAYS;
}

struct renewal renewal_of(struct arena *arena, const struct seats *seats,
                          const struct policy_context *context, const struct roster *roster,
                          const struct decided *decided)
{
    struct renewal renewal = {.on = DAY_NONE};
    CLEANUP(mem_cleanup) bool *has_account = mem_calloc(roster->count + 1, sizeof(has_account[0]));
    CLEANUP(mem_cleanup) int64_t *of_at_work = mem_calloc(seats->count + 1, sizeof(of_at_work[0]));
    struct counting counting = {.context = context,
                                .roster = roster,
                                .renewal = &renewal,
                                .has_account = has_account,
                                .of_at_work = of_at_work};

    if (!is_near(seats, context->today))
        return renewal;
    renewal.on = seats->renews;
    renewal.days = day_between(context->today, seats->renews);
    renewal.item = arena_calloc(arena, seats->count + 1, sizeof(renewal.item[0]));
    class_places_init(&counting.places, seats, context->snapshot);
    for (size_t i = 0; i < context->snapshot->count; i++) {
        const struct decision one = decided_at(decided, i);
        count_account(&counting, &one);
    }
    class_places_release(&counting.places);
    count_people(&counting);
    for (size_t c = 0; c <= seats->count; c++) {
        const struct seat_class *seat_class = c < seats->count ? &seats->seat_class[c] : NULL;
        struct renewal_class *item = &renewal.item[c];
        item->name = seat_class ? seat_class->name : NULL;
        item->contracted = seat_class ? seat_class->contracted : -1;
        item->price = seat_class ? seat_class->price : -1;
        item->currency = seat_class ? seat_class->currency : NULL;
        item->starting = share_of(renewal.starters, of_at_work[c], renewal.at_work);
        item->expected = item->now - item->planned - item->leaving + item->starting;
    }
    renewal.count =
        seats->count + (renewal.item[seats->count].now + renewal.item[seats->count].expected > 0);
    return renewal;
}

bool renewal_left_over(const struct renewal_class *item, int64_t *ret_seats)
{
    *ret_seats = item->contracted - item->expected;
    return item->contracted >= 0;
}
