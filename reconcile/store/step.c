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
#include "store/private.h"

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
    CLEANUP(pg_clearp) PGresult *result = NULL;
    enum plan_state state = PLAN_EXPIRED;

    if (PG_QUERY(store->pg, plan_review, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, plan->id)) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return err_set(err, ERR_USAGE, "there is no plan '%lld'", (long long)plan->id);
    struct digest stored = store_digest(result, 0, 2);
    (void)plan_state_parse(pg_text(result, 0, 0), &state);
    if (digest_compare(&stored, &plan->digest) != 0)
        return err_set(err, ERR_HELD, "plan '%lld' has another digest than the one that was loaded",
                       (long long)plan->id);
    if (!may_be_opened(state))
        return err_set(err, ERR_HELD, "plan '%lld' is %s", (long long)plan->id,
                       plan_state_name(state));
    if (approved == 0 && state != PLAN_APPLYING)
        return err_set(err, ERR_HELD, "no row of plan '%lld' is approved", (long long)plan->id);
    *ret_state = state;
    return 0;
}

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
    if (!PQgetisnull(result, 0, 4))
        return err_set(err, ERR_HELD, "row '%s' of plan '%lld', account '%s', is held by %s",
                       pg_text(result, 0, 0), (long long)plan_id, pg_text(result, 0, 1),
                       pg_text(result, 0, 4));
    return err_set(err, ERR_HELD,
                   "row '%s' of plan '%lld', account '%s', is not approved: by %s of %s people",
                   pg_text(result, 0, 0), (long long)plan_id, pg_text(result, 0, 1),
                   pg_text(result, 0, 3), pg_text(result, 0, 2));
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

/* A state or action that is none was put there by hand: nothing is done about such a step. */
static int read_step(const PGresult *result, int row, struct arena *arena,
                     struct store_step *ret_step, struct err *err)
{
    struct store_step step = {
        .plan_id = pg_int(result, row, 0),
        .position = pg_int(result, row, 1),
        .account_id = store_string(arena, result, row, 2),
        .reason = store_string(arena, result, row, 5),
        .run_id = pg_int(result, row, 6),
        .intent_at = pg_instant(result, row, 7),
        .outcome_at = pg_instant(result, row, 8),
    };

    if (!action_parse(pg_text(result, row, 3), &step.action) ||
        !step_state_parse(pg_text(result, row, 4), &step.state))
        return err_set(err, ERR_INTERNAL,
                       "step '%lld' of plan '%lld' was changed in the database: it is '%s', '%s'",
                       (long long)step.position, (long long)step.plan_id, pg_text(result, row, 3),
                       pg_text(result, row, 4));
    *ret_step = step;
    return 0;
}

static int read_steps(const PGresult *result, struct arena *arena, struct store_step **ret_step,
                      size_t *ret_count, struct err *err)
{
    size_t count = (size_t)PQntuples(result);
    struct store_step *step = arena_calloc(arena, count + 1, sizeof(step[0]));

    for (size_t i = 0; i < count; i++) {
        if (read_step(result, (int)i, arena, &step[i], err) < 0)
            return -1;
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

static int check_step(const PGresult *found, const struct store_intent *intent, struct err *err)
{
    const char *state = pg_text(found, 0, 0);

    if (!text_equal(state, step_state_name(STEP_APPROVED)))
        return err_set(err, ERR_HELD, "step '%lld' of plan '%lld' is %s, not approved",
                       (long long)intent->position, (long long)intent->plan_id, state);
    if (!text_equal(pg_text(found, 0, 1), intent->row->account_id) ||
        !text_equal(pg_text(found, 0, 2), action_name(intent->row->action)))
        return err_set(err, ERR_INTERNAL, "step '%lld' of plan '%lld' is to %s '%s', not '%s'",
                       (long long)intent->position, (long long)intent->plan_id,
                       pg_text(found, 0, 2), pg_text(found, 0, 1), intent->row->account_id);
    return 0;
}

static int check_plan_applies(const PGresult *found, const struct store_intent *intent,
                              struct instant now, struct err *err)
{
    const char *state = pg_text(found, 0, 3);
    struct instant expires_at = pg_instant(found, 0, 4);
    char since[INSTANT_TEXT_SIZE];

    if (!text_equal(state, plan_state_name(PLAN_APPLYING)))
        return err_set(err, ERR_HELD, "plan '%lld' is %s, not applying", (long long)intent->plan_id,
                       state);
    if (instant_is_set(expires_at) && instant_compare(expires_at, now) <= 0)
        return err_set(err, ERR_HELD, "plan '%lld' is expired since %s", (long long)intent->plan_id,
                       instant_format(expires_at, since));
    if (!PQgetisnull(found, 0, 5))
        return err_set(err, ERR_HELD, "%s", pg_text(found, 0, 5));
    return 0;
}

/* G7 and G8 once more. One act more than the limit is the same as a thousand more. */
static int check_budget(const PGresult *found, const struct store_intent *intent, struct err *err)
{
    const char *action = action_name(intent->row->action);
    int64_t in_plan = pg_int(found, 0, 6), in_window = pg_int(found, 0, 7);
    bool overridden = pg_bool(found, 0, 8);

    if (!actions[intent->row->action].guard || overridden)
        return 0;
    if (in_plan >= intent->limit->count)
        return err_set(err, ERR_HELD, "limit: plan '%lld' may %s %lld accounts, and did %lld",
                       (long long)intent->plan_id, action, (long long)intent->limit->count,
                       (long long)in_plan);
    if (in_window >= intent->limit->rolling_count)
        return err_set(err, ERR_HELD,
                       "rolling limit: %lld accounts in %d days for %s, and there were %lld",
                       (long long)intent->limit->rolling_count, intent->limit->rolling_days, action,
                       (long long)in_window);
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
    CLEANUP(pg_clearp) PGresult *found = NULL;
    CLEANUP(pg_clearp) PGresult *done = NULL;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *plan = store_number(&scratch, intent->plan_id);
    const char *position = store_number(&scratch, intent->position);
    int days = intent->limit ? intent->limit->rolling_days : 0;

    if (store_hold(store, run->id, NULL, err) < 0 ||
        PG_QUERY(store->pg, step_may, PG_MAYBE, &found, err, portal, plan, position,
                 store_time(&scratch, now), store_number(&scratch, days)) < 0)
        return -1;
    if (PQntuples(found) == 0)
        return err_set(err, ERR_HELD, "plan '%lld' has no step '%lld'", (long long)intent->plan_id,
                       (long long)intent->position);
    if (check_step(found, intent, err) < 0 || check_plan_applies(found, intent, now, err) < 0 ||
        check_budget(found, intent, err) < 0)
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

static int look(const struct store *store, struct arena *arena, const struct store_outcome *outcome,
                struct found *ret_found, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, step_look, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, outcome->plan_id),
                 store_number(arena, outcome->position)) < 0)
        return -1;
    if (PQntuples(result) == 0 || !step_state_parse(pg_text(result, 0, 0), &ret_found->state))
        return err_set(err, ERR_INTERNAL, "plan '%lld' has no step '%lld'",
                       (long long)outcome->plan_id, (long long)outcome->position);
    ret_found->owner = pg_int(result, 0, 1);
    ret_found->account_id = store_string(arena, result, 0, 2);
    ret_found->action = store_string(arena, result, 0, 3);
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

/* Each is an outcome like any other: nobody called, and the record says why. */
static int expire_steps(const struct store *store, const struct store_run *run, struct instant now,
                        struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *expired = NULL;

    if (PG_QUERY(store->pg, step_expire, PG_MANY, &expired, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, run->id),
                 store_time(&scratch, now)) < 0)
        return -1;
    for (int i = 0; i < PQntuples(expired); i++) {
        const struct store_outcome outcome = {.plan_id = pg_int(expired, i, 0),
                                              .position = pg_int(expired, i, 1),
                                              .state = STEP_SKIPPED,
                                              .reason = pg_text(expired, i, 4)};
        if (store_audit_outcome(store, run, &outcome, pg_text(expired, i, 2),
                                pg_text(expired, i, 3), now, err) < 0)
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
