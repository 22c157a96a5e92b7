/* Three statements, however many portals there are, whose rows meet by number. */
#include "audit/portals.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/seats.h"
#include "store/column.h"
#include "store/savings.h"

static const char *const state_name[PORTAL_STATE_COUNT] = {
    [PORTAL_FAILED] = "failed",   [PORTAL_OVERDUE] = "overdue", [PORTAL_HELD] = "held",
    [PORTAL_UNCLEAR] = "unclear", [PORTAL_WAITING] = "waiting", [PORTAL_FINE] = "fine",
};

const char *portal_state_name(enum portal_state state)
{
    return state_name[state];
}

static const struct column portal_columns[] = {
    COLUMN("portal_id", struct portal_status, portal_id),
    COLUMN("portal", struct portal_status, portal),
    COLUMN("run_id", struct portal_status, run.id),
    COLUMN("verb", struct portal_status, run.verb),
    COLUMN("started_at", struct portal_status, run.started_at),
    COLUMN("finished_at", struct portal_status, run.finished_at),
    COLUMN_AS("exit_code", struct portal_status, run.exit_code, COLUMN_OPTIONAL),
    COLUMN("message", struct portal_status, run.message),
    COLUMN_AS("acting_exit_code", struct portal_status, acting_exit_code, COLUMN_OPTIONAL),
    COLUMN("acting_run_id", struct portal_status, acting_run_id),
    COLUMN("last_success", struct portal_status, last_success),
    COLUMN("taken_at", struct portal_status, taken_at),
    COLUMN("complete", struct portal_status, complete),
    COLUMN("accounts", struct portal_status, accounts),
    COLUMN("active", struct portal_status, active),
    COLUMN("plan_id", struct portal_status, plan_id),
    COLUMN_OF_WORDS("state", struct portal_status, plan_state, &plan_state_words),
    COLUMN("created_at", struct portal_status, plan_created_at),
    COLUMN("today", struct portal_status, plan_today),
    COLUMN("digest", struct portal_status, digest),
    COLUMN_AS("held_by", struct portal_status, held_by, COLUMN_WORDS),
    COLUMN("waiting", struct portal_status, waiting),
    COLUMN("due", struct portal_status, due),
    COLUMN("open_steps", struct portal_status, open_steps),
    COLUMN_END,
};

/* --- what holds of one --- */

static bool is_failed(const struct portal_status *portal)
{
    if (portal->acting_run_id == 0)
        return false;
    if (portal->acting_exit_code < 0)
        return !portal->locked && !portal->unseen;
    return portal->acting_exit_code != 0 && portal->acting_exit_code != ERR_HELD;
}

static void judge(struct portal_status *portal, struct instant now)
{
    const bool is[PORTAL_STATE_COUNT] = {
        [PORTAL_FAILED] = is_failed(portal),
        [PORTAL_OVERDUE] = !instant_is_set(portal->last_success) ||
                           now.us - portal->last_success.us > PORTAL_OVERDUE_US,
        [PORTAL_HELD] = portal->held_by != NULL,
        [PORTAL_UNCLEAR] = portal->open_steps > 0,
        [PORTAL_WAITING] = portal->waiting > 0,
    };

    portal->state = PORTAL_FINE;
    for (unsigned i = PORTAL_FINE; i-- > 0;) {
        if (!is[i])
            continue;
        portal->is |= 1U << i;
        portal->state = i;
    }
    if (portal->state == PORTAL_FINE)
        portal->is = 1U << PORTAL_FINE;
}

/* --- loading --- */

static int load_locks(struct pg *pg, struct portal_status *portal, size_t count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(pg, status_locks, PG_MANY, &result, err) < 0)
        return -1;
    for (int row = 0; row < PQntuples(result); row++) {
        bool unseen = PQgetisnull(result, row, 0);
        int64_t id = unseen ? 0 : pg_int(result, row, 0);
        for (size_t i = 0; i < count; i++) {
            portal[i].unseen |= unseen;
            portal[i].locked |= !unseen && portal[i].portal_id == id;
        }
    }
    return 0;
}

static int load_savings(struct pg *pg, struct arena *arena, struct portal_status *portal,
                        size_t count, struct err *err)
{
    struct plan_savings *savings = NULL;
    int64_t *of = NULL;
    size_t rows = 0;

    if (store_load_all_savings(pg, arena, &savings, &of, &rows, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        size_t low = 0, high = rows;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (of[middle] < portal[i].portal_id)
                low = middle + 1;
            else
                high = middle;
        }
        portal[i].savings = &savings[low];
        while (low + portal[i].savings_count < rows &&
               of[low + portal[i].savings_count] == portal[i].portal_id)
            portal[i].savings_count++;
    }
    return 0;
}

int portals_database(struct pg *pg, struct arena *arena, const char **ret_database, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(pg, status_server, PG_ONE, &result, err) < 0)
        return -1;
    *ret_database = store_string(arena, result, 0, 0);
    return 0;
}

int portals_load(struct pg *pg, struct arena *arena, struct instant now,
                 struct portal_status **ret_portal, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(pg, status_portals, PG_MANY, &result, err,
                 store_day(arena, instant_day(now, &zone_utc))) < 0)
        return -1;
    struct portal_status *portal =
        store_read_all(portal_columns, sizeof(*portal), result, arena, ret_count);
    if (load_locks(pg, portal, *ret_count, err) < 0 ||
        load_savings(pg, arena, portal, *ret_count, err) < 0)
        return -1;
    for (size_t i = 0; i < *ret_count; i++)
        judge(&portal[i], now);
    *ret_portal = portal;
    return 0;
}

/* --- in all --- */

static struct portals_money *find_currency(struct arena *arena, struct portals_total *total,
                                           const char *currency)
{
    size_t at = 0;

    while (at < total->money_count && strcmp(total->money[at].currency, currency) < 0)
        at++;
    if (at < total->money_count && text_equal(total->money[at].currency, currency))
        return &total->money[at];
    struct portals_money *money = arena_calloc(arena, total->money_count + 1, sizeof(*money));
    for (size_t i = 0; i < total->money_count; i++)
        money[i + (i >= at)] = total->money[i];
    money[at] = (struct portals_money){currency, -1, -1, -1, -1};
    total->money = money;
    total->money_count++;
    return &money[at];
}

/* What is not told adds nothing; what would not fit is told by nobody. */
static void add_amount(int64_t *sum, const char *amount)
{
    int64_t money = 0, more = 0;

    if (amount && money_parse(amount, &money) &&
        !__builtin_add_overflow(*sum < 0 ? 0 : *sum, money, &more))
        *sum = more;
}

/* Days as texts, "2026-11-29": the same year, or the same month, when so many characters are. */
static bool is_same(struct day a, struct day b, size_t characters)
{
    char left[DAY_TEXT_SIZE], right[DAY_TEXT_SIZE];

    return day_is_set(a) && strncmp(day_format(a, left), day_format(b, right), characters) == 0;
}

struct portals_total portals_add_up(struct arena *arena, const struct portal_status *portal,
                                    size_t count, struct instant now)
{
    enum { YEAR = 4, MONTH = 7 };
    struct portals_total total = {.portals = count};
    struct day today = instant_day(now, &zone_utc);

    for (size_t i = 0; i < count; i++) {
        for (unsigned state = 0; state < PORTAL_STATE_COUNT; state++)
            total.is[state] += (portal[i].is >> state) & 1U;
        total.seats += portal[i].active;
        total.waiting += portal[i].waiting;
        total.due += portal[i].due;
        total.open_steps += portal[i].open_steps;
        for (size_t k = 0; k < portal[i].savings_count; k++) {
            const struct plan_savings *one = &portal[i].savings[k];
            if (!one->currency)
                continue;
            struct portals_money *money = find_currency(arena, &total, one->currency);
            add_amount(&money->exposed, one->exposed);
            if (is_same(portal[i].plan_today, today, MONTH))
                add_amount(&money->freed, one->freed);
            if (is_same(portal[i].plan_today, today, YEAR))
                add_amount(&money->year_freed, one->year_freed);
            add_amount(&money->reducible, one->reducible);
        }
    }
    return total;
}
