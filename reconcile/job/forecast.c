/*
 * The pictures are those of the newest plan. What is asked is first played as if it were approved
 * singly: whatever a guard of amount makes wait is above a limit. With `spread` the actions
 * concerned are played again, as spread ones, and that is what will be.
 */
#include "job/forecast.h"

#include "base/text.h"
#include "core/match.h"
#include "facts/account_index.h"
#include "job/choose.h"
#include "store/roster.h"
#include "store/snapshot.h"

/* The rows that take part, in the order of the plan. */
struct forecasting {
    struct job *job;
    const struct rule_book *book;
    const bool *asked;
    const struct forecast_terms *terms;
    struct amount_scene scene;
    struct day first;
    struct amount_row *row;
    struct day *due;
    size_t *index; /* of each in the plan */
    size_t count;
};

static bool is_asked(const struct forecasting *all, size_t i)
{
    return all->asked && all->asked[i];
}

static bool names_guard(const struct forecast_terms *terms, const char *guard)
{
    for (size_t i = 0; i < terms->override_count; i++) {
        if (text_equal(terms->override[i], guard))
            return true;
    }
    return false;
}

/* A row that is about to be approved, as the choice will see it. */
static void ask(const struct forecasting *all, struct amount_row *row)
{
    row->class = AMOUNT_SINGLY;
    row->overridden =
        actions[row->action].guard && names_guard(all->terms, actions[row->action].guard);
    row->nightly = all->terms->nightly;
    row->overrides_g9 = names_guard(all->terms, "G9");
    row->overrides_g10 = names_guard(all->terms, "G10");
}

static struct day due_of(const struct forecasting *all, size_t i)
{
    const struct plan_row *row = &all->book->plan->row[i];
    bool at_once = row->action == ACTION_REACTIVATE &&
                   (is_asked(all, i) ? all->terms->at_once : all->book->ruled[i].at_once);

    if (at_once || day_compare(row->not_before, all->first) < 0)
        return all->first;
    return row->not_before;
}

static void collect_rows(struct forecasting *all, const struct snapshot *snapshot)
{
    const struct plan *plan = all->book->plan;
    CLEANUP(account_index_release) struct account_index by_id;

    account_index_init(&by_id, snapshot->account, snapshot->count);
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        uint32_t at = ACCOUNT_NOWHERE;
        if (row->action != ACTION_KEEP && row->account_id &&
            (is_asked(all, i) || rule_is_approved(all->book, i) || rule_is_unasked(all->book, i)))
            at = account_index_find(&by_id, snapshot->account, row->account_id);
        if (at == ACCOUNT_NOWHERE)
            continue;
        all->row[all->count] = choose_row(all->job, snapshot, all->book, i, &snapshot->account[at]);
        if (is_asked(all, i))
            ask(all, &all->row[all->count]);
        all->due[all->count] = due_of(all, i);
        all->index[all->count++] = i;
    }
}

/* What the newest plan was made from: this run has it at hand, or the history tells it. */
static int load_picture(struct job *job, const struct plan *plan, struct picture *ret_picture,
                        struct err *err)
{
    const struct picture *made = job->picture;
    struct picture picture = {.roster_id = plan->inputs.roster_id};
    struct roster roster = {.count = 0};

    if (made && made->snapshot.id == plan->inputs.snapshot_id &&
        made->roster_id == plan->inputs.roster_id) {
        *ret_picture = *made;
        return 0;
    }
    if (store_load_snapshot(job->store, job->arena, plan->inputs.snapshot_id, &picture.snapshot,
                            err) < 0 ||
        (picture.roster_id &&
         store_load_roster(job->store, job->arena, picture.roster_id, &roster, err) < 0))
        return -1;
    picture.pairing = match_all(job->arena, &picture.snapshot, &roster, &job->config->matching);
    *ret_picture = picture;
    return 0;
}

static int look(struct forecasting *all, struct err *err)
{
    struct job *job = all->job;
    struct picture picture;

    if (load_picture(job, all->book->plan, &picture, err) < 0 ||
        choose_scene(job, &picture.snapshot, picture.pairing, &all->scene, err) < 0)
        return -1;
    for (unsigned action = 0; action < ACTION_COUNT; action++) {
        struct amount_done *done = &all->scene.done[action];
        if (day_compare(all->first, job->today) > 0) { /* the night is a new day */
            all->scene.whole[action] -= actions[action].frees_seat ? done->today : 0;
            done->today = done->spread_today = 0;
        }
    }
    collect_rows(all, &picture.snapshot);
    return 0;
}

static int begin(struct job *job, const struct rule_book *book, struct forecasting *all,
                 struct err *err)
{
    size_t count = book->plan->row_count + 1;

    all->job = job;
    all->book = book;
    all->first =
        day_compare(book->plan->today, job->today) >= 0 ? day_add(job->today, 1) : job->today;
    all->row = arena_calloc(job->arena, count, sizeof(all->row[0]));
    all->due = arena_calloc(job->arena, count, sizeof(all->due[0]));
    all->index = arena_calloc(job->arena, count, sizeof(all->index[0]));
    return look(all, err);
}

static struct forecast play(const struct forecasting *all)
{
    struct arena *arena = all->job->arena;
    struct scheduled *scheduled = arena_calloc(arena, all->count + 1, sizeof(scheduled[0]));
    struct forecast forecast = {
        .first = all->first,
        .row = arena_calloc(arena, all->book->plan->row_count + 1, sizeof(forecast.row[0])),
    };

    schedule_make(&all->scene, &all->job->config->apply.calendar, all->first, all->row, all->due,
                  all->count, scheduled);
    for (size_t k = 0; k < all->count; k++)
        forecast.row[all->index[k]] = scheduled[k];
    return forecast;
}

/* The asked row that a limit makes wait first, in the order of days; TABLE_END = none. */
static size_t find_waiting(const struct forecasting *all, const struct forecast *forecast)
{
    size_t found = SIZE_MAX;

    for (size_t k = 0; k < all->count; k++) {
        size_t i = all->index[k];
        if (!is_asked(all, i) || !forecast->row[i].waits)
            continue;
        if (found == SIZE_MAX ||
            day_compare(forecast->row[i].waited_on, forecast->row[found].waited_on) < 0)
            found = i;
    }
    return found;
}

static int64_t per_night(const struct forecasting *all, enum action action)
{
    const struct action_limit *limit = amount_limit(&all->job->config->limits, action);
    struct amount_done nothing = {.today = 0};
    int64_t left = amount_room(limit, all->scene.whole[action], &nothing).left_today;

    return all->terms->nightly > 0 && all->terms->nightly < left ? all->terms->nightly : left;
}

static int refuse(const struct forecasting *all, const struct forecast *forecast, size_t i,
                  struct err *err)
{
    const struct plan_row *row = &all->book->plan->row[i];
    const struct scheduled *one = &forecast->row[i];
    const char *who = row->email ? row->email : row->account_id;
    char day[DAY_TEXT_SIZE];

    day_format(one->waited_on, day);
    if (text_equal(one->waits, "G9"))
        return err_set(err, ERR_HELD,
                       "fewer than %lld administrators would be left on %s (limits.min_admins), "
                       "the first one too many is %s: nothing is recorded; hint: '--except FILE' "
                       "with that account in it approves the others, '--override G9 --reason TEXT' "
                       "all",
                       (long long)all->job->config->limits.min_admins, day, who);
    if (text_equal(one->waits, "G10"))
        return err_set(err, ERR_HELD,
                       "more than a fifth of a department or country would go on %s, the first one "
                       "too many is %s (G10): nothing is recorded; hint: '--spread' takes as "
                       "many a night as a fifth allows; or '--override G10 --reason TEXT' lets "
                       "just these pass",
                       day, who);
    return err_set(err, ERR_HELD,
                   "that would come to %lld of %s on %s, and the day allows %lld (limits.%s, %s): "
                   "nothing is recorded; hint: '--spread' does them over several nights, %lld a "
                   "night; or '--override %s --reason TEXT' lets just these pass",
                   (long long)one->wanted, action_name(row->action), day, (long long)one->allowed,
                   action_name(row->action), one->limit, (long long)per_night(all, row->action),
                   one->waits);
}

/* What waits may be spread, but for administrators: who is too many is so on every night. */
static void spread(struct forecasting *all, const struct forecast *forecast,
                   bool ret_spread[ACTION_COUNT])
{
    for (size_t k = 0; k < all->count; k++) {
        const struct scheduled *one = &forecast->row[all->index[k]];
        if (is_asked(all, all->index[k]) && one->waits && !text_equal(one->waits, "G9"))
            ret_spread[all->row[k].action] = true;
    }
    for (size_t k = 0; k < all->count; k++) {
        if (is_asked(all, all->index[k]) && ret_spread[all->row[k].action])
            all->row[k].class = AMOUNT_SPREAD;
    }
}

/* A spread row must have its night. */
static int check_nights(const struct forecasting *all, const struct forecast *forecast,
                        struct err *err)
{
    for (size_t k = 0; k < all->count; k++) {
        size_t i = all->index[k];
        if (!is_asked(all, i) || day_is_set(forecast->row[i].night) || forecast->row[i].unneeded)
            continue;
        if (text_equal(forecast->row[i].waits, "G9"))
            return refuse(all, forecast, i, err);
        return err_set(err, ERR_HELD,
                       "limits.%s allows none a night (%s), so nothing can be spread: nothing is "
                       "recorded",
                       action_name(all->row[k].action),
                       forecast->row[i].limit ? forecast->row[i].limit : "apply.windows");
    }
    return 0;
}

int job_forecast(struct job *job, const struct rule_book *book, struct forecast *ret_forecast,
                 struct err *err)
{
    struct forecasting all = {.count = 0};

    if (begin(job, book, &all, err) < 0)
        return -1;
    *ret_forecast = play(&all);
    return 0;
}

int job_forecast_asked(struct job *job, const struct rule_book *book, const bool *asked,
                       const struct forecast_terms *terms, struct forecast *ret_forecast,
                       struct err *err)
{
    struct forecasting all = {.asked = asked, .terms = terms};
    bool spread_out[ACTION_COUNT] = {false};

    if (begin(job, book, &all, err) < 0)
        return -1;
    struct forecast forecast = play(&all);
    size_t waiting = find_waiting(&all, &forecast);
    if (waiting != SIZE_MAX && !terms->spread)
        return refuse(&all, &forecast, waiting, err);
    if (waiting != SIZE_MAX) {
        spread(&all, &forecast, spread_out);
        forecast = play(&all);
        if (check_nights(&all, &forecast, err) < 0)
            return -1;
    }
    for (unsigned action = 0; action < ACTION_COUNT; action++)
        forecast.spread[action] = spread_out[action];
    *ret_forecast = forecast;
    return 0;
}
