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
#include "store/ruling.h"

#define UNVERIFIED_DAYS 7 /* older acts are left to the next plan, which sees every account */

/* --- making steps --- */

/* Of the flagged rows, as array literals. */
struct flagged {
    const char *position; /* 1 is row 0 */
    const char *needed;   /* people, as the plan was made */
};

static struct flagged flagged(struct arena *arena, const struct plan *plan, const bool *flag)
{
    CLEANUP(text_release) struct text position = TEXT_INIT, needed = TEXT_INIT;

    for (size_t i = 0; i < plan->row_count; i++) {
        const char *before = position.length ? "," : "{";
        if (!flag[i] || plan->row[i].action == ACTION_KEEP)
            continue;
        text_addf(&position, "%s%zu", before, i + 1);
        text_addf(&needed, "%s%d", before, plan->row[i].needed);
    }
    text_add(&position, position.length ? "}" : "{}");
    text_add(&needed, needed.length ? "}" : "{}");
    return (struct flagged){.position = arena_strdup(arena, text_cstr(&position)),
                            .needed = arena_strdup(arena, text_cstr(&needed))};
}

/* Whether a plan in this state may be carried out: a row of a held one only when nothing holds it.
 */
static bool may_be_opened(enum plan_state state)
{
    return state == PLAN_HELD || state == PLAN_PROPOSED || state == PLAN_APPROVED ||
           state == PLAN_APPLYING;
}

/* A plan as its steps are opened. */
struct plan_found {
    enum plan_state state;
    struct digest digest;
};

static const struct column plan_found_columns[] = {
    COLUMN_OF_WORDS("state", struct plan_found, state, &plan_state_words),
    COLUMN("digest", struct plan_found, digest),
    COLUMN_END,
};

static int check_plan(const struct store *store, struct arena *arena, const struct plan *plan,
                      struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct plan_found found = {.state = PLAN_EXPIRED};

    if (PG_QUERY(store->pg, plan_look, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, plan->id)) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return err_set(err, ERR_USAGE, "there is no plan '%lld'", (long long)plan->id);
    (void)store_read_row(plan_found_columns, result, 0, NULL, &found);
    if (digest_compare(&found.digest, &plan->digest) != 0)
        return err_set(err, ERR_HELD, "plan '%lld' has another digest than the one that was made",
                       (long long)plan->id);
    if (!may_be_opened(found.state))
        return err_set(err, ERR_HELD, "plan '%lld' is %s", (long long)plan->id,
                       plan_state_name(found.state));
    return 0;
}

/* How many people a row needs is what the plan was made with, not what stands there by now. */
static int refuse_changed(int64_t plan_id, int64_t position, int64_t made_with, int64_t needed,
                          struct err *err)
{
    return err_set(err, ERR_INTERNAL,
                   "row '%lld' of plan '%lld' was made to need %lld people, and the database says "
                   "%lld: somebody changed it; hint: 'bynder-reconcile audit verify' tells "
                   "what else was",
                   (long long)position, (long long)plan_id, (long long)made_with,
                   (long long)needed);
}

/* A row that may not become a step. */
struct short_row {
    const char *account_id, *held_by; /* NULL = by nothing */
    int64_t position, made_with, needed, people;
};

static const struct column short_columns[] = {
    COLUMN("position", struct short_row, position),
    COLUMN("account_id", struct short_row, account_id),
    COLUMN("made_with", struct short_row, made_with),
    COLUMN("needed", struct short_row, needed),
    COLUMN("people", struct short_row, people),
    COLUMN("held_by", struct short_row, held_by),
    COLUMN_END,
};

/* The database must come to the same count of people as core/ruling did. */
static int check_approved(const struct store *store, struct arena *arena, int64_t plan_id,
                          const struct flagged *chosen, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, plan_not_approved, PG_MAYBE, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, plan_id),
                 chosen->position, chosen->needed) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return 0;
    struct short_row row = {.position = 0};
    (void)store_read_row(short_columns, result, 0, arena, &row);
    if (row.needed != row.made_with)
        return refuse_changed(plan_id, row.position, row.made_with, row.needed, err);
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
                      const struct plan *plan, const bool *chosen, const bool *uncounted,
                      struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *number = store_number(&scratch, plan->id);
    int64_t newest = 0;
    const struct flagged which = flagged(&scratch, plan, chosen);
    const struct flagged outside = flagged(&scratch, plan, uncounted);

    if (store_hold(store, run->id, &newest, err) < 0)
        return -1;
    if (newest != plan->id)
        return err_set(err, ERR_HELD, "plan '%lld' is not the newest: that is plan '%lld'",
                       (long long)plan->id, (long long)newest);
    if (check_plan(store, &scratch, plan, err) < 0 ||
        check_approved(store, &scratch, plan->id, &which, err) < 0 ||
        PG_QUERY(store->pg, step_insert, PG_NOTHING, NULL, err, portal, number, which.position,
                 outside.position) < 0)
        return -1;
    return PG_QUERY(store->pg, plan_set_state, PG_NOTHING, NULL, err, portal, number,
                    plan_state_name(PLAN_APPLYING));
}

int store_open_steps(struct store *store, const struct store_run *run, const struct plan *plan,
                     const bool *chosen, const bool *uncounted, struct err *err)
{
    if (pg_begin(store->pg, err) < 0)
        return -1;
    return store_end(store, open_steps(store, run, plan, chosen, uncounted, err), err);
}

/* --- how much was done --- */

static int load_done(const struct store *store, struct instant now, struct instant day_began,
                     const struct limits *limits, struct amount_done *done, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *name[ACTION_COUNT], *days[ACTION_COUNT];
    size_t count = 0;

    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a)) {
        name[count] = action_name(a);
        days[count++] = store_number(&scratch, actions[a].guard ? limits->of[a].rolling_days : 0);
    }
    if (PG_QUERY(store->pg, step_done, PG_MANY, &result, err,
                 store_number(&scratch, store->portal_id), store_time(&scratch, day_began),
                 store_time(&scratch, now), store_text_array(&scratch, name, count),
                 store_text_array(&scratch, days, count)) < 0)
        return -1;
    for (int i = 0; i < PQntuples(result); i++) {
        enum action action;
        if (!action_parse(pg_text(result, i, 0), &action))
            continue;
        done[action] = (struct amount_done){.today = pg_int(result, i, 1),
                                            .spread_today = pg_int(result, i, 2),
                                            .in_window = pg_int(result, i, 3)};
    }
    return 0;
}

int store_load_done(struct store *store, struct instant now, const struct zone *zone,
                    const struct limits *limits, struct amount_done ret_done[ACTION_COUNT],
                    struct err *err)
{
    struct instant day_began = instant_add_us(now, -instant_second_of_day(now, zone) * SECOND_US);

    for (unsigned action = 0; action < ACTION_COUNT; action++)
        ret_done[action] = (struct amount_done){.today = 0};
    return load_done(store, now, day_began, limits, ret_done, err);
}

/* --- loading --- */

static const struct column step_columns[] = {
    COLUMN("plan_id", struct store_step, plan_id),
    COLUMN("position", struct store_step, position),
    COLUMN("account_id", struct store_step, account_id),
    COLUMN_OF_WORDS("action", struct store_step, aim.action, &action_words),
    COLUMN("from_profile", struct store_step, aim.from_profile),
    COLUMN("to_profile", struct store_step, aim.to_profile),
    COLUMN_OF_WORDS("state", struct store_step, state, &step_state_words),
    COLUMN("reason", struct store_step, reason),
    COLUMN("run_id", struct store_step, run_id),
    COLUMN("intent_at", struct store_step, intent_at),
    COLUMN("outcome_at", struct store_step, outcome_at),
    COLUMN("accepted_at", struct store_step, accepted_at),
    COLUMN("record", struct store_step, record),
    COLUMN("approved_by", struct store_step, approved_by),
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

int store_load_became(struct store *store, struct arena *arena, int64_t plan_id,
                      struct store_step **ret_step, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, step_became, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), store_number(arena, plan_id)) < 0)
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

int store_load_left_steps(struct store *store, struct arena *arena, struct store_step **ret_step,
                          size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, step_list_left, PG_MANY, &result, err,
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
    const char *state, *account_id, *action, *to_profile; /* of the step */
    const char *plan_state, *stopped_by;                  /* NULL = by nothing */
    const char *against; /* what a person decided otherwise since, likewise */
    const char *open;    /* what was called on the account before, and is not seen yet; likewise */
    int64_t people, needed;
};

static const struct column may_columns[] = {
    COLUMN("state", struct standing_against, state),
    COLUMN("account_id", struct standing_against, account_id),
    COLUMN("action", struct standing_against, action),
    COLUMN("to_profile", struct standing_against, to_profile),
    COLUMN("plan_state", struct standing_against, plan_state),
    COLUMN("stopped_by", struct standing_against, stopped_by),
    COLUMN("people", struct standing_against, people),
    COLUMN("needed", struct standing_against, needed),
    COLUMN("against", struct standing_against, against),
    COLUMN("open", struct standing_against, open),
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
    if (!text_equal(found->to_profile, intent->row->to_profile_id))
        return err_set(err, ERR_INTERNAL, "step '%lld' of plan '%lld' gives another profile",
                       (long long)intent->position, (long long)intent->plan_id);
    return 0;
}

static int check_standing(const struct standing_against *found, const struct store_intent *intent,
                          struct err *err)
{

    if (!text_equal(found->plan_state, plan_state_name(PLAN_APPLYING)))
        return err_set(err, ERR_HELD, "plan '%lld' is %s, not applying", (long long)intent->plan_id,
                       found->plan_state);
    if (found->stopped_by)
        return err_set(err, ERR_HELD, "%s", found->stopped_by);
    if (found->against)
        return err_set(err, ERR_USAGE, "somebody decided otherwise since: %s", found->against);
    if (found->open)
        return err_set(err, ERR_USAGE, "an earlier %s of this account is not seen yet",
                       found->open);
    if (found->needed != intent->row->needed)
        return refuse_changed(intent->plan_id, intent->position, intent->row->needed, found->needed,
                              err);
    if (found->people < found->needed)
        return err_set(err, ERR_USAGE,
                       "the approval does not stand any more: by %lld of %lld people",
                       (long long)found->people, (long long)found->needed);
    return 0;
}

/* The guard of the action once more (G7, G8, G16). One act more than the limit is the same as a
 * thousand more. */
static int check_budget(const struct store *store, const struct store_intent *intent,
                        const struct limits *limits, struct instant now, struct err *err)
{
    enum action action = intent->row->action;
    struct amount_done done[ACTION_COUNT] = {{.today = 0}};

    if (!actions[action].guard || intent->overridden)
        return 0;
    if (load_done(store, now, intent->day_began, limits, done, err) < 0)
        return -1;
    struct amount_room room = amount_room(intent->limit, intent->whole, &done[action]);
    if ((intent->spread ? room.left_today : room.left) > 0)
        return 0;
    return err_set(err, ERR_HELD, "limit: no further %s today (%s: %lld; %lld were done)",
                   action_name(action), room.limit, (long long)room.allowed,
                   (long long)done[action].today);
}

static int check_intent(const struct store_intent *intent, struct err *err)
{
    enum action action = intent->row->action;

    if (action == ACTION_KEEP)
        return err_set(err, ERR_INTERNAL, "a keep is no act");
    if (actions[action].guard && !intent->limit)
        return err_set(err, ERR_INTERNAL, "no limit was given for %s", action_name(action));
    if (actions[action].sets_profile &&
        (!intent->row->from_profile_id || !intent->row->to_profile_id))
        return err_set(err, ERR_INTERNAL, "'%s' is given no profile that is not written down",
                       intent->row->account_id);
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

    if (store_hold(store, run->id, NULL, err) < 0 ||
        PG_QUERY(store->pg, step_may, PG_MAYBE, &may, err, portal, plan, position) < 0)
        return -1;
    if (PQntuples(may) == 0)
        return err_set(err, ERR_HELD, "plan '%lld' has no step '%lld'", (long long)intent->plan_id,
                       (long long)intent->position);
    (void)store_read_row(may_columns, may, 0, NULL, &found);
    if (check_step(&found, intent, err) < 0 || check_standing(&found, intent, err) < 0 ||
        check_budget(store, intent, intent->limits, now, err) < 0)
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

int store_accept(struct store *store, const struct store_run *run, int64_t plan_id,
                 int64_t position, struct instant now, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    return PG_QUERY(store->pg, step_accept, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id), store_number(&scratch, plan_id),
                    store_number(&scratch, position), store_number(&scratch, run->id),
                    store_time(&scratch, now));
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
                 store_number(&scratch, run->id), at, store_number(&scratch, outcome->status),
                 store_flag(outcome->accepted)) < 0 ||
        (outcome->state == STEP_DONE &&
         PG_QUERY(store->pg, act_insert, PG_NOTHING, NULL, err, portal, plan, position, at) < 0))
        return -1;
    if (store_audit_outcome(store, run, outcome, found.account_id, found.action, now, err) < 0)
        return -1;
    if (outcome->state != STEP_DONE && !outcome->refused)
        return 0;
    return store_end_of_step(store, run, outcome->plan_id, outcome->position,
                             outcome->refused ? RULING_REFUSED : RULING_DONE, outcome->reason, now,
                             err);
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
