/*
 * backtest: what a policy would have done on nights that were, and who of those came back. Night by
 * night: whom a rule for idle accounts would have announced, whose grace would have run out without
 * a login, and who logged in afterwards. Pure.
 *
 * The portal went its own way: nobody was really suspended by what is played here, so that whoever
 * logs in later shows that they would have missed the seat. Who really lost the seat in the
 * meantime, by us or by anybody, could not come back: of them nothing is told.
 */
#ifndef CORE_BACKTEST_H
#define CORE_BACKTEST_H

#include "base/table.h"
#include "core/decided.h"

enum { BACKTEST_SPANS = 2 };
extern const int backtest_span[BACKTEST_SPANS]; /* days: 30, 90 */

/* One account that would have lost its seat, for the first time. */
struct backtest_seat {
    const char *account_id;
    struct instant announced_at; /* none: nothing stands; behind the act as it was, likewise due */
    struct day due;
    struct day acted_on; /* the night; none = it would never have lost the seat */
    struct instant acted_at;
    struct day back_on; /* of the first login known behind that; none = not yet */
    struct day lost_on; /* the first night on which it really had no seat; none = it had */
    size_t seen;        /* the night that last had it */
};

struct backtest {
    struct arena *arena;
    const struct zone *zone;
    struct table by_id;
    struct backtest_seat *seat;
    size_t count, capacity;
    size_t night;    /* how many were played */
    struct day last; /* of them */
};

void backtest_init(struct backtest *backtest, struct arena *arena, const struct zone *zone);
void backtest_release(struct backtest *backtest);

/* The next night, its accounts and what the policy says of each, held where a guard held. Behind
 * the days that are asked about (acts false) it is only watched who comes back. A row that a guard
 * holds is neither announced nor done, and a keep in doubt ends nothing. */
void backtest_night(struct backtest *backtest, const struct policy_context *context,
                    const struct decided *decided, bool acts);

struct backtest_sum {
    size_t acted; /* would have lost their seat */
    struct backtest_back {
        size_t back;    /* came back within the span */
        size_t away;    /* had their seat all the time, and did not */
        size_t unknown; /* lost it in the meantime, or the span is not over */
    } of[BACKTEST_SPANS];
};

/* Whether an account that would have lost its seat came back: by span. */
enum backtest_end { BACKTEST_UNKNOWN = 0, BACKTEST_BACK, BACKTEST_AWAY };
enum backtest_end backtest_end(const struct backtest *backtest, const struct backtest_seat *seat,
                               int days);
struct backtest_sum backtest_sum(const struct backtest *backtest);

#endif
