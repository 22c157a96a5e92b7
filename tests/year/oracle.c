#include "oracle.h"

#include <stdlib.h>

#include "base/mem.h"

#include "calendar.h"

/* The limits that `init` leaves at their defaults: acts of one night. */
enum { LIMIT_COUNT = 50, LIMIT_PERCENT = 5, LIMIT_FLOOR = 3 };

void oracle_init(struct oracle *oracle, const struct seats *seats)
{
    *oracle = (struct oracle){.seats = seats};
}

void oracle_release(struct oracle *oracle)
{
    free(oracle->watch);
    free(oracle->figures.days);
}

void oracle_note_roster(struct oracle *oracle, struct day day)
{
    oracle->known = day;
}

/* Seats are only ever added. */
static void grow(struct oracle *oracle)
{
    while (oracle->count < oracle->seats->count) {
        oracle->watch =
            mem_grow(oracle->watch, oracle->count, &oracle->capacity, sizeof(struct watch));
        oracle->watch[oracle->count++] = (struct watch){.lost_days = 0};
    }
}

static size_t place_of(const struct oracle *oracle, const struct seat *seat)
{
    return (size_t)(seat - oracle->seats->seat);
}

void oracle_note_kept(struct oracle *oracle, const struct seat *seat, struct day until)
{
    grow(oracle);
    oracle->watch[place_of(oracle, seat)].kept_until = until;
}

/* --- the truth --- */

/* Days without use, since the newest login or since the seat was made active again. -1: never used.
 */
static int idle_days(const struct seat *seat, struct day day)
{
    struct day since = day_compare(seat->login, seat->since) > 0 ? seat->login : seat->since;

    return day_is_set(seat->login) ? day_between(since, day) : -1;
}

static bool is_kept(const struct oracle *oracle, size_t place, struct day day)
{
    return day_is_set(oracle->watch[place].kept_until) &&
           day_compare(day, oracle->watch[place].kept_until) <= 0;
}

static bool may_depart(const struct oracle *oracle, const struct person *person, struct day day)
{
    return company_has_left(person, day) && company_departed_by_hr(person, oracle->known, day);
}

/* Whether somebody may be planned for this, by the policy and what can be known. */
static enum reason reason_of(const struct oracle *oracle, size_t place, struct day day)
{
    const struct seat *seat = &oracle->seats->seat[place];
    const struct person *person = seats_person(oracle->seats, seat);

    if (!person)
        return REASON_NONE;
    if (may_depart(oracle, person, day))
        return REASON_DEPARTED;
    if (is_kept(oracle, place, day) || company_on_leave_by_hr(person, oracle->known) ||
        idle_days(seat, day) < ORACLE_IDLE_DAYS)
        return REASON_NONE;
    return REASON_IDLE;
}

const char *oracle_judge(struct oracle *oracle, const struct seat *seat, struct day day)
{
    const struct person *person = seat ? seats_person(oracle->seats, seat) : NULL;
    const char *wrong = NULL;

    grow(oracle);
    if (!person)
        wrong = "nobody's account";
    else if (may_depart(oracle, person, day))
        wrong = NULL;
    else if (is_kept(oracle, place_of(oracle, seat), day))
        wrong = "the administrator keeps it";
    else if (company_on_leave_by_hr(person, oracle->known))
        wrong = "on leave";
    else if (idle_days(seat, day) < ORACLE_IDLE_DAYS)
        wrong = company_works(person, day) ? "at work and in use" : "gone, and nobody said so";
    else if (idle_days(seat, day) < ORACLE_IDLE_DAYS + ORACLE_GRACE_DAYS)
        wrong = "idle, and the grace is not over";
    oracle->figures.wrong += wrong != NULL;
    return wrong;
}

/* --- waits --- */

static struct day later(struct day a, struct day b)
{
    return day_compare(a, b) > 0 ? a : b;
}

static void begin_wait(struct wait *wait, enum reason reason, struct day day)
{
    struct day approved = day_add(calendar_next_tuesday(day), 1);

    *wait = (struct wait){.reason = reason, .planned = day, .may_go = day, .due = approved};
    if (reason == REASON_IDLE) {
        wait->may_go = day_add(day, ORACLE_GRACE_DAYS);
        wait->due = later(wait->may_go, approved);
    }
}

static void note_days(struct figures *figures, int days)
{
    figures->days =
        mem_grow(figures->days, figures->days_count, &figures->days_capacity, sizeof(int));
    figures->days[figures->days_count++] = days;
}

/* A wait that is over: its person is back, or nobody may say any more that they are not. */
static void end_wait(struct oracle *oracle, struct wait *wait)
{
    oracle->figures.waited += day_is_set(wait->best) || day_is_set(wait->freed);
    *wait = (struct wait){.reason = REASON_NONE};
}

static void look_at(struct oracle *oracle, size_t place, struct day day)
{
    const struct seat *seat = &oracle->seats->seat[place];
    struct wait *wait = &oracle->watch[place].wait;
    enum reason reason = reason_of(oracle, place, day);

    if (day_is_set(wait->freed)) {
        if (seat->active || day_is_set(seat->support_on) || reason == REASON_NONE)
            end_wait(oracle, wait);
        return;
    }
    if (!seat->active || reason == REASON_NONE) {
        if (wait->reason)
            end_wait(oracle, wait);
        return;
    }
    /* Another reason is another row, which is looked at anew; unless its day has come already. */
    if (!wait->reason || (reason != wait->reason && !day_is_set(wait->best)))
        begin_wait(wait, reason, day);
}

/* --- nights --- */

static size_t room_of(const struct oracle *oracle)
{
    size_t percent = oracle->seats->active * LIMIT_PERCENT / 100;
    size_t room = percent < LIMIT_COUNT ? percent : LIMIT_COUNT;

    return room > LIMIT_FLOOR ? room : LIMIT_FLOOR;
}

/* Those first who wait longest. */
static struct wait *next_due(struct oracle *oracle, struct day day)
{
    struct wait *first = NULL;

    for (size_t i = 0; i < oracle->count; i++) {
        struct wait *wait = &oracle->watch[i].wait;
        if (wait->reason && !day_is_set(wait->best) && day_compare(wait->due, day) <= 0 &&
            (!first || day_compare(wait->due, first->due) < 0))
            first = wait;
    }
    return first;
}

void oracle_begin_night(struct oracle *oracle, struct day day, const struct trouble *trouble)
{
    grow(oracle);
    for (size_t i = 0; i < oracle->count; i++)
        look_at(oracle, i, day);
    if (!trouble_allows(trouble))
        return;
    for (size_t room = room_of(oracle); room > 0; room--) {
        struct wait *wait = next_due(oracle, day);
        if (!wait)
            return;
        wait->best = day;
    }
}

static void note_loss(struct watch *watch)
{
    watch->lost_days++;
    watch->lost_for = watch->wait.reason;
    watch->lost_since = watch->wait.planned;
}

bool oracle_take_loss(struct oracle *oracle, size_t *ret_place, struct watch *ret_watch)
{
    struct watch *most = NULL;

    for (size_t i = 0; i < oracle->count; i++)
        if (oracle->watch[i].lost_days > (most ? most->lost_days : 0))
            most = &oracle->watch[i];
    if (!most)
        return false;
    *ret_place = (size_t)(most - oracle->watch);
    *ret_watch = *most;
    most->lost_days = 0;
    return true;
}

const char *reason_name(enum reason reason)
{
    static const char *const names[] = {
        [REASON_NONE] = "none", [REASON_DEPARTED] = "departed", [REASON_IDLE] = "idle"};

    return names[reason];
}

void oracle_end_night(struct oracle *oracle, struct day day)
{
    for (size_t i = 0; i < oracle->count; i++) {
        struct wait *wait = &oracle->watch[i].wait;
        const struct seat *seat = &oracle->seats->seat[i];
        if (wait->reason && !day_is_set(wait->freed) && !seat->active && seat->by_program) {
            wait->freed = day;
            oracle->figures.freed++;
            note_days(&oracle->figures, day_between(wait->may_go, day));
        }
        if (!day_is_set(wait->best))
            continue;
        oracle->figures.seat_days++;
        oracle->figures.reclaimed += !seat->active;
        if (seat->active)
            note_loss(&oracle->watch[i]);
    }
}

bool oracle_frees(const struct oracle *oracle, size_t place, struct day day)
{
    const struct wait *wait = &oracle->watch[place].wait;

    return wait->reason && day_is_set(wait->best) && day_compare(wait->best, day) == 0 &&
           oracle->seats->seat[place].active;
}

void oracle_finish(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->count; i++)
        if (oracle->watch[i].wait.reason)
            end_wait(oracle, &oracle->watch[i].wait);
}
