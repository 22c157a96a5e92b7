/*
 * The journal of acts. An intent is committed before the call, its outcome after it; both hold the
 * portal's row while they look and write, so that of two processes that want the last act of a
 * budget one gets it, and one that was overtaken gets none.
 *
 * What happened is recorded even by a run that was overtaken, as long as the step is still its own:
 * a true record is worth more than the fence. A newer run that settles a step makes it its own.
 */
#include "store/step.h"

#include "base/text.h"
#include "store/audit.h"
#include "store/column.h"
#include "store/review.h"

#define UNVERIFIED_DAYS 7 /* older acts are left to the next plan, which sees every account */

/* --- making steps --- */

/* Positions of the rows that are approved, as an array literal; position 1 is row 0. */
static const char *positions(struct arena *arena, const struct plan *plan, const bool *approved,
                             size_t *ret_count)
{
    CLEANUP(text_release) struct text array = TEXT_INIT;
    size_t count = 0;

    text_add_char(&array, '{');
    for (size_t i = 0; i < plan->row_count; i++) {
        if (approved[i] && plan->row[i].action != ACTION_KEEP)
            text_addf(&array, "%s%zu", count++ ? "," : "", i + 1);
    }
    text_add_char(&array, '}');
    *ret_count = count;
    return arena_strdup(arena, text_cstr(&array));
}

/* Whether a plan in this state may be carried out. A row of a plan that nobody decided on passes
 * only when it needs nobody, and one of a held plan only when nothing holds that row. */
static bool may_be_opened(enum plan_state state)
{
    return state == PLAN_HELD || state == PLAN_PROPOSED || state == PLAN_APPROVED ||
           state == PLAN_APPLYING;
}

static int check_plan(const struct store *store, struct arena *arena, const struct plan *plan,
                      size_t approved, enum plan_state *ret_state, struct err *err)
{
    struct store_standing standing;

    if (store_load_standing(store, arena, plan->id, &standing, err) < 0)
        return -1;
    if (digest_compare(&standing.digest, &plan->digest) != 0)
        return err_set(err, ERR_HELD, "plan '%lld' has another digest than the one that was loaded",
                       (long long)plan->id);
    if (!may_be_opened(standing.state))
        return err_set(err, ERR_HELD, "plan '%lld' is %s", (long long)plan->id,
                       plan_state_name(standing.state));
    if (approved == 0 && standing.state != PLAN_APPLYING)
        return err_set(err, ERR_HELD, "no row of plan '%lld' is approved", (long long)plan->id);
    *ret_state = standing.state;
    return 0;
}

/* A row that may not become a step. */
struct short_row {
    const char *account_id, *held_by; /* NULL = by nothing */
    int64_t position, needed, people;
};

static const struct column short_columns[] = {
    COLUMN("position", struct short_row, position),
    COLUMN("account_id", struct short_row, account_id),
    COLUMN("needed", struct short_row, needed),
    COLUMN("people", struct short_row, people),
    COLUMN("held_by", struct short_row, held_by),
    COLUMN_END,
};

/* The database must come to the same count of people as core/review did. */
static int check_approved(const struct store *store, struct arena *arena, int64_t plan_id,
                          const char *approved, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_not_approved, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, plan_id), approved) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return 0;
    struct short_row row = {.position = 0};
    (void)store_read_row(short_columns, result, 0, arena, &row);
    if (row.held_by)
        return err_set(err, ERR_HELD, "row '%lld' of plan '%lld', account '%s', is held by %s",
                       (long long)row.position, (long long)plan_id, row.account_id, row.held_by);
    return err_set(err, ERR_HELD,
                   "row '%lld' of plan '%lld', account '%s', is not approved: by %lld of %lld "
                   "people",
                   (long long)row.position, (long long)plan_id, row.account_id,
                   (long long)row.people, (long long)row.needed);
}

static int open_steps(const struct store *store, const struct store_run *run,
                      const struct plan *plan, const bool *approved, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *number = store_number(&scratch, plan->id);
    enum plan_state state = PLAN_EXPIRED;
    size_t count = 0;
    const char *which = positions(&scratch, plan, approved, &count);

    if (store_hold(store, run->id, NULL, err) < 0 ||
        check_plan(store, &scratch, plan, count, &state, err) < 0 ||
        check_approved(store, &scratch, plan->id, which, err) < 0 ||
        PG_QUERY(store->pg, step_insert, PG_NOTHING, NULL, err, portal, number) < 0 ||
        PG_QUERY(store->pg, step_approve, PG_NOTHING, NULL, err, portal, number, which) < 0)
        return -1;
    if (state == PLAN_APPLYING)
        return 0;
    return PG_QUERY(store->pg, plan_set_state, PG_NOTHING, NULL, err, portal, number,
                    plan_state_name(PLAN_APPLYING));
}

int store_open_steps(struct store *store, const struct store_run *run, const struct plan *plan,
                     const bool *approved, struct err *err)
{
    if (pg_begin(store->pg, err) < 0)
        return -1;
    return store_end(store, open_steps(store, run, plan, approved, err), err);
}

/* --- loading --- */

static const struct column step_columns[] = {
    COLUMN("plan_id", struct store_step, plan_id),
    COLUMN("position", struct store_step, position),
    COLUMN("account_id", struct store_step, account_id),
    COLUMN_OF_WORDS("action", struct store_step, action, &action_words),
    COLUMN_OF_WORDS("state", struct store_step, state, &step_state_words),
    COLUMN("reason", struct store_step, reason),
    COLUMN("run_id", struct store_step, run_id),
    COLUMN("intent_at", struct store_step, intent_at),
    COLUMN("outcome_at", struct store_step, outcome_at),
    COLUMN_END,
};

/* A state or action that is none was put there by hand: nothing is done about such a step. */
static int read_steps(const PGresult *result, struct arena *arena, struct store_step **ret_step,
                      size_t *ret_count, struct err *err)
{
    struct store_reader reader = {.columns = step_columns};
    size_t count = (size_t)PQntuples(result);
    struct store_step *step = arena_calloc(arena, count + 1, sizeof(step[0]));

    for (size_t i = 0; i < count; i++) {
        if (!store_read(&reader, result, (int)i, arena, &step[i]))
            return err_set(err, ERR_INTERNAL,
                           "step '%lld' of plan '%lld' was changed in the database: it is '%s', "
                           "'%s'",
                           (long long)step[i].position, (long long)step[i].plan_id,
                           pg_text(result, (int)i, store_place_of(result, "action")),
                           pg_text(result, (int)i, store_place_of(result, "state")));
    }
    *ret_step = step;
    *ret_count = count;
    return 0;
}

int store_load_steps(struct store *store, struct arena *arena, int64_t plan_id,
                     struct store_step **ret_step, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, step_list, PG_MANY, &result, err, store_number(arena, store->portal_id),
                 store_number(arena, plan_id)) < 0)
        return -1;
    return read_steps(result, arena, ret_step, ret_count, err);
}

int store_load_open_steps(struct store *store, struct arena *arena, struct store_step **ret_step,
                          size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, step_list_open, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    return read_steps(result, arena, ret_step, ret_count, err);
}

int store_load_unverified(struct store *store, struct arena *arena, struct store_step **ret_step,
                          size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, step_list_unverified, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, UNVERIFIED_DAYS)) < 0)
        return -1;
    return read_steps(result, arena, ret_step, ret_count, err);
}

/* --- the intent --- */

/* Everything that may stand against an intent, as the database has it. */
struct standing_against {
    const char *state, *account_id, *action; /* of the step */
    const char *plan_state, *stopped_by;     /* NULL = by nothing */
    struct instant expires_at;
    int64_t in_plan, in_window;
    bool overridden;
};

static const struct column may_columns[] = {
    COLUMN("state", struct standing_against, state),
    COLUMN("account_id", struct standing_against, account_id),
    COLUMN("action", struct standing_against, action),
    COLUMN("plan_state", struct standing_against, plan_state),
    COLUMN("expires_at", struct standing_against, expires_at),
    COLUMN("stopped_by", struct standing_against, stopped_by),
    COLUMN("in_plan", struct standing_against, in_plan),
    COLUMN("in_window", struct standing_against, in_window),
    COLUMN("overridden", struct standing_against, overridden),
    COLUMN_END,
};

static int check_step(const struct standing_against *found, const struct store_intent *intent,
                      struct err *err)
{
    if (!text_equal(found->state, step_state_name(STEP_APPROVED)))
        return err_set(err, ERR_HELD, "step '%lld' of plan '%lld' is %s, not approved",
                       (long long)intent->position, (long long)intent->plan_id, found->state);
    if (!text_equal(found->account_id, intent->row->account_id) ||
        !text_equal(found->action, action_name(intent->row->action)))
        return err_set(err, ERR_INTERNAL, "step '%lld' of plan '%lld' is to %s '%s', not '%s'",
                       (long long)intent->position, (long long)intent->plan_id, found->action,
                       found->account_id, intent->row->account_id);
    return 0;
}

static int check_plan_applies(const struct standing_against *found,
                              const struct store_intent *intent, struct instant now,
                              struct err *err)
{
    char since[INSTANT_TEXT_SIZE];

    if (!text_equal(found->plan_state, plan_state_name(PLAN_APPLYING)))
        return err_set(err, ERR_HELD, "plan '%lld' is %s, not applying", (long long)intent->plan_id,
                       found->plan_state);
    if (instant_is_set(found->expires_at) && instant_compare(found->expires_at, now) <= 0)
        return err_set(err, ERR_HELD, "plan '%lld' is expired since %s", (long long)intent->plan_id,
                       instant_format(found->expires_at, since));
    if (found->stopped_by)
        return err_set(err, ERR_HELD, "%s", found->stopped_by);
    return 0;
}

/* G7 and G8 once more. One act more than the limit is the same as a thousand more. */
static int check_budget(const struct standing_against *found, const struct store_intent *intent,
                        struct err *err)
{
    const char *action = action_name(intent->row->action);

    if (!actions[intent->row->action].guard || found->overridden)
        return 0;
    if (found->in_plan >= intent->limit->count)
        return err_set(err, ERR_HELD, "limit: plan '%lld' may %s %lld accounts, and did %lld",
                       (long long)intent->plan_id, action, (long long)intent->limit->count,
                       (long long)found->in_plan);
    if (found->in_window >= intent->limit->rolling_count)
        return err_set(err, ERR_HELD,
                       "rolling limit: %lld accounts in %d days for %s, and there were %lld",
                       (long long)intent->limit->rolling_count, intent->limit->rolling_days, action,
                       (long long)found->in_window);
    return 0;
}

static int check_intent(const struct store_intent *intent, struct err *err)
{
    enum action action = intent->row->action;

    if (action == ACTION_KEEP)
        return err_set(err, ERR_INTERNAL, "a keep is no act");
    if (actions[action].guard && !intent->limit)
        return err_set(err, ERR_INTERNAL, "no limit was given for %s", action_name(action));
    if (actions[action].needs_record && !intent->record)
        return err_set(err, ERR_INTERNAL, "'%s' is not deprovisioned without a record of it",
                       intent->row->account_id);
    return 0;
}

/* The portal's row must be held by a statement of its own: only the next one sees what those
 * committed for whom it waited. */
static int intend(const struct store *store, const struct store_run *run,
                  const struct store_intent *intent, struct instant now, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *may = NULL;
    CLEANUP(pg_clearp) PGresult *done = NULL;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *plan = store_number(&scratch, intent->plan_id);
    const char *position = store_number(&scratch, intent->position);
    struct standing_against found = {.state = NULL};
    int days = intent->limit ? intent->limit->rolling_days : 0;

    if (store_hold(store, run->id, NULL, err) < 0 ||
        PG_QUERY(store->pg, step_may, PG_MAYBE, &may, err, portal, plan, position,
                 store_time(&scratch, now), store_number(&scratch, days),
                 actions[intent->row->action].guard) < 0)
        return -1;
    if (PQntuples(may) == 0)
        return err_set(err, ERR_HELD, "plan '%lld' has no step '%lld'", (long long)intent->plan_id,
                       (long long)intent->position);
    (void)store_read_row(may_columns, may, 0, NULL, &found);
    if (check_step(&found, intent, err) < 0 || check_plan_applies(&found, intent, now, err) < 0 ||
        check_budget(&found, intent, err) < 0)
        return -1;
    if (PG_QUERY(store->pg, step_intend, PG_ONE, &done, err, portal, plan, position,
                 store_number(&scratch, run->id), store_time(&scratch, now), intent->record) < 0)
        return -1;
    return store_audit_intent(store, run, intent, now, err);
}

int store_intend(struct store *store, const struct store_run *run,
                 const struct store_intent *intent, struct instant now, struct err *err)
{
    if (check_intent(intent, err) < 0 || pg_begin(store->pg, err) < 0)
        return -1;
    return store_end(store, intend(store, run, intent, now, err), err);
}

/* --- the outcome --- */

/* A step becomes planned or approved by a review, and intent by store_intend, and in no other way;
 * but a call without effect gives it back. */
static bool may_be_recorded(enum step_state from, enum step_state to)
{
    if (to == STEP_PLANNED || to == STEP_INTENT || (to == STEP_APPROVED && from != STEP_INTENT))
        return false;
    return step_may_become(from, to);
}

/* Recorded before, perhaps by a commit whose answer was lost, or settled since to something more
 * certain. */
static bool says_as_much(enum step_state is, enum step_state told)
{
    bool is_certain = is == STEP_DONE || is == STEP_FAILED || is == STEP_VERIFIED;

    return (is == told && told != STEP_PLANNED && told != STEP_INTENT) ||
           (is == STEP_VERIFIED && told == STEP_DONE) || (is_certain && told == STEP_UNKNOWN);
}

/* An overtaken run still tells what became of its own calls. */
static int check_fence(const struct store *store, const struct store_run *run, enum step_state from,
                       int64_t owner, struct err *err)
{
    bool ours = step_is_open(from) && owner == run->id;

    return store_hold(store, ours ? 0 : run->id, NULL, err);
}

/* A step as an outcome finds it. */
struct found {
    enum step_state state;
    int64_t owner; /* the run that touched it last */
    const char *account_id, *action;
};

static const struct column found_columns[] = {
    COLUMN_OF_WORDS("state", struct found, state, &step_state_words),
    COLUMN("run_id", struct found, owner),
    COLUMN("account_id", struct found, account_id),
    COLUMN("action", struct found, action),
    COLUMN_END,
};

static int look(const struct store *store, struct arena *arena, const struct store_outcome *outcome,
                struct found *ret_found, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, step_look, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, outcome->plan_id),
                 store_number(arena, outcome->position)) < 0)
        return -1;
    if (PQntuples(result) == 0 || !store_read_row(found_columns, result, 0, arena, ret_found))
        return err_set(err, ERR_INTERNAL, "plan '%lld' has no step '%lld'",
                       (long long)outcome->plan_id, (long long)outcome->position);
    return 0;
}

static int record(const struct store *store, const struct store_run *run,
                  const struct store_outcome *outcome, struct instant now, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *plan = store_number(&scratch, outcome->plan_id);
    const char *position = store_number(&scratch, outcome->position);
    const char *at = store_time(&scratch, now);
    struct found found = {.state = STEP_PLANNED};

    if (store_hold(store, 0, NULL, err) < 0 || look(store, &scratch, outcome, &found, err) < 0)
        return -1;
    enum step_state from = found.state;
    if (says_as_much(from, outcome->state))
        return 0;
    if (check_fence(store, run, from, found.owner, err) < 0)
        return -1;
    if (!may_be_recorded(from, outcome->state))
        return err_set(err, ERR_INTERNAL, "step '%s' of plan '%s' is %s and cannot become %s",
                       position, plan, step_state_name(from), step_state_name(outcome->state));
    if (PG_QUERY(store->pg, step_outcome, PG_ONE, &result, err, portal, plan, position,
                 step_state_name(from), step_state_name(outcome->state), outcome->reason,
                 store_number(&scratch, run->id), at,
                 store_number(&scratch, outcome->status)) < 0 ||
        (outcome->state == STEP_DONE &&
         PG_QUERY(store->pg, act_insert, PG_NOTHING, NULL, err, portal, plan, position, at) < 0))
        return -1;
    return store_audit_outcome(store, run, outcome, found.account_id, found.action, now, err);
}

int store_outcome(struct store *store, const struct store_run *run,
                  const struct store_outcome *outcome, struct instant now, struct err *err)
{
    if (pg_begin(store->pg, err) < 0)
        return -1;
    return store_end(store, record(store, run, outcome, now, err), err);
}

/* --- the end of a plan --- */

int store_close_plan(struct store *store, int64_t plan_id, bool *ret_closed, struct err *err)
{
    int64_t rows = 0;

    if (pg_begin(store->pg, err) < 0)
        return -1;
    int failed = store_hold(store, 0, NULL, err) < 0 ||
                 store_merge(store, "plan_close", query_plan_close, plan_id, &rows, err) < 0;
    if (store_end(store, failed, err) < 0)
        return -1;
    *ret_closed = rows > 0;
    return 0;
}

struct expired_step {
    const char *account_id, *action, *reason;
    int64_t plan_id, position;
};

static const struct column expired_columns[] = {
    COLUMN("plan_id", struct expired_step, plan_id),
    COLUMN("position", struct expired_step, position),
    COLUMN("account_id", struct expired_step, account_id),
    COLUMN("action", struct expired_step, action),
    COLUMN("reason", struct expired_step, reason),
    COLUMN_END,
};

/* Each is an outcome like any other: nobody called, and the record says why. */
static int expire_steps(const struct store *store, const struct store_run *run, struct instant now,
                        struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *expired = NULL;
    size_t count = 0;

    if (PG_QUERY(store->pg, step_expire, PG_MANY, &expired, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, run->id),
                 store_time(&scratch, now)) < 0)
        return -1;
    const struct expired_step *step =
        store_read_all(expired_columns, sizeof(step[0]), expired, &scratch, &count);
    for (size_t i = 0; i < count; i++) {
        const struct store_outcome outcome = {.plan_id = step[i].plan_id,
                                              .position = step[i].position,
                                              .state = STEP_SKIPPED,
                                              .reason = step[i].reason};
        if (store_audit_outcome(store, run, &outcome, step[i].account_id, step[i].action, now,
                                err) < 0)
            return -1;
    }
    return 0;
}

int store_close_expired(struct store *store, const struct store_run *run, struct instant now,
                        struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    if (pg_begin(store->pg, err) < 0)
        return -1;
    int failed = store_hold(store, run->id, NULL, err) < 0 ||
                 expire_steps(store, run, now, err) < 0 ||
                 PG_QUERY(store->pg, plan_close_expired, PG_NOTHING, NULL, err,
                          store_number(&scratch, store->portal_id), store_time(&scratch, now)) < 0;
    return store_end(store, failed ? -1 : 0, err);
}
