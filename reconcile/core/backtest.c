/*
 * A login, where the rule asks it any activity, is what starts an announcement anew; either is what
 * coming back is. A night knows the newest one: one of the span that an earlier night did not know
 * is found by the first night that does.
 */
#include "core/backtest.h"

#include "base/mem.h"
#include "core/rules.h"
#include "core/simulate.h"

#include <stdlib.h>

const int backtest_span[BACKTEST_SPANS] = {30, 90};

void backtest_init(struct backtest *backtest, struct arena *arena, const struct zone *zone)
{
    *backtest = (struct backtest){.arena = arena, .zone = zone, .last = DAY_NONE};
    table_init(&backtest->by_id, 64);
}

void backtest_release(struct backtest *backtest)
{
    table_release(&backtest->by_id);
    free(backtest->seat);
}

static struct backtest_seat *seat_of(struct backtest *backtest, const char *id)
{
    uint32_t at = table_find(&backtest->by_id, id);

    if (at != TABLE_END)
        return &backtest->seat[table_value(&backtest->by_id, at)];
    backtest->seat =
        mem_grow(backtest->seat, backtest->count, &backtest->capacity, sizeof(backtest->seat[0]));
    struct backtest_seat *seat = &backtest->seat[backtest->count];
    *seat = (struct backtest_seat){.account_id = arena_strdup(backtest->arena, id)};
    table_add(&backtest->by_id, seat->account_id, (uint32_t)backtest->count++);
    return seat;
}

static void watch(const struct backtest *backtest, struct backtest_seat *seat,
                  const struct account *account)
{
    struct instant used = account_used_at(account);

    if (day_is_set(seat->back_on))
        return;
    if (instant_compare(used, seat->acted_at) > 0)
        seat->back_on = instant_day(used, backtest->zone);
    else if (account->status != ACCOUNT_ACTIVE && !day_is_set(seat->lost_on))
        seat->lost_on = backtest->last;
}

static void play(struct backtest_seat *seat, const struct policy_context *context,
                 const struct decision *decision)
{
    if (decision->held_by)
        return;
    if (!simulate_frees_idle(decision)) {
        if (!decision->doubt)
            seat->announced_at = INSTANT_NONE;
        return;
    }
    const struct account *account = decision->account;
    struct instant shown =
        rule_asks_activity(decision->by) ? account_used_at(account) : account->login.at;
    if (!instant_is_set(seat->announced_at) || instant_compare(shown, seat->announced_at) > 0) {
        seat->announced_at = context->now;
        seat->due = day_add(context->today, decision->by->grace_days);
    }
    if (day_compare(seat->due, context->today) > 0)
        return;
    seat->acted_on = context->today;
    seat->acted_at = context->now;
}

void backtest_night(struct backtest *backtest, const struct policy_context *context,
                    const struct decided *decided, bool acts)
{
    const struct snapshot *snapshot = context->snapshot;

    backtest->night++;
    backtest->last = context->today;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct decision one = decided_at(decided, i);
        const struct account *account = one.account;
        if (!account->id)
            continue;
        struct backtest_seat *seat = seat_of(backtest, account->id);
        seat->seen = backtest->night;
        if (day_is_set(seat->acted_on))
            watch(backtest, seat, account);
        else if (acts)
            play(seat, context, &one);
    }
    for (size_t i = 0; snapshot->complete && i < backtest->count; i++) {
        struct backtest_seat *seat = &backtest->seat[i];
        if (seat->seen < backtest->night && day_is_set(seat->acted_on) &&
            !day_is_set(seat->lost_on))
            seat->lost_on = context->today;
    }
}

enum backtest_end backtest_end(const struct backtest *backtest, const struct backtest_seat *seat,
                               int days)
{
    struct day until = day_add(seat->acted_on, days);

    if (day_is_set(seat->back_on) && day_compare(seat->back_on, until) <= 0)
        return BACKTEST_BACK;
    if (day_is_set(seat->lost_on) && day_compare(seat->lost_on, until) <= 0)
        return BACKTEST_UNKNOWN;
    return day_compare(backtest->last, until) > 0 ? BACKTEST_AWAY : BACKTEST_UNKNOWN;
}

struct backtest_sum backtest_sum(const struct backtest *backtest)
{
    struct backtest_sum sum = {.acted = 0};

    for (size_t i = 0; i < backtest->count; i++) {
        const struct backtest_seat *seat = &backtest->seat[i];
        if (!day_is_set(seat->acted_on))
            continue;
        sum.acted++;
        for (size_t s = 0; s < BACKTEST_SPANS; s++) {
            enum backtest_end end = backtest_end(backtest, seat, backtest_span[s]);
            sum.of[s].back += end == BACKTEST_BACK;
            sum.of[s].away += end == BACKTEST_AWAY;
            sum.of[s].unknown += end == BACKTEST_UNKNOWN;
        }
    }
    return sum;
}
