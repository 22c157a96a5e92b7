/*
 * A plan is made once, from decisions and guard findings, and never changed. Rows are sorted so
 * that the order is the order of execution, reactivations first and what cannot be undone last, and
 * does not depend on the order in which Bynder or HR listed anybody.
 */
#include "core/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/table.h"
#include "base/text.h"
#include "core/condition.h"
#include "core/downgrade.h"
#include "core/remark.h"
#include "core/row_subject.h"
#include "core/rules.h"
#include "core/seats.h"

static const char *const state_name[] = {
    [PLAN_HELD] = "held",         [PLAN_EMPTY] = "empty",       [PLAN_PROPOSED] = "proposed",
    [PLAN_APPROVED] = "approved", [PLAN_APPLYING] = "applying", [PLAN_APPLIED] = "applied",
    [PLAN_EXPIRED] = "expired",   [PLAN_REJECTED] = "rejected",
};

const struct column_words plan_state_words = COLUMN_WORDS_OF(state_name);

const char *plan_state_name(enum plan_state state)
{
    return state_name[state];
}

/* --- rows --- */

/* What a row says of a profile, made once per profile and shared by its accounts. */
struct profile_words {
    struct table by_id;
    const char **name;
    const char **roles;
    const char **seat_class; /* NULL = none */
};

static void words_init(struct profile_words *words, struct arena *arena,
                       const struct snapshot *snapshot, const struct seats *seats)
{
    words->name = mem_calloc(snapshot->profile_count, sizeof(words->name[0]));
    words->roles = mem_calloc(snapshot->profile_count, sizeof(words->roles[0]));
    words->seat_class = mem_calloc(snapshot->profile_count, sizeof(words->seat_class[0]));
    table_init(&words->by_id, snapshot->profile_count);
    for (size_t i = 0; i < snapshot->profile_count; i++) {
        const struct profile *profile = &snapshot->profile[i];
        table_add(&words->by_id, profile->id, (uint32_t)i);
        words->name[i] = profile->name ? profile->name : profile->id;
        words->roles[i] = profile_roles(arena, profile);
        const struct seat_class *is = seats_class_of(seats, profile);
        words->seat_class[i] = is ? is->name : NULL;
    }
}

static void words_release(struct profile_words *words)
{
    table_release(&words->by_id);
    free(words->name);
    free(words->roles);
    free(words->seat_class);
}

static const char *person_word(const struct decision *decision)
{
    enum link_kind kind = decision->pairing->kind;

    if (kind == LINK_AMBIGUOUS || kind == LINK_CONFLICT)
        return "ambiguous";
    return person_status_name(decision->person);
}

static struct plan_row make_row(const struct decision *decision, const struct profile_words *words)
{
    const struct account *account = decision->account;
    const struct pairing *pairing = decision->pairing;
    const struct person *person = pairing->kind == LINK_ONE ? pairing->person : NULL;
    uint32_t at = table_find(&words->by_id, account_alike(account)->profile_id);
    bool known = account->login.kind == LOGIN_KNOWN;

    struct plan_row row = {
        .action = decision->action,
        .finding = decision->finding,
        .new_announcement = decision->new_announcement,
        .telling = decision_telling(decision),
        .account_id = account->id,
        .username = account->username,
        .email = account->email,
        .name = account->name ? account->name
                : person      ? person->name
                              : NULL,
        .rule = decision_rule(decision),
        .reason = decision->reason,
        .clause = decision->clause,
        .not_before = decision->not_before,
        .account_word = account_status_name(account->status),
        .person_word = person_word(decision),
        .employee_number =
            person && person->employee_number ? person->employee_number : account->employee_number,
        .matched_by = pairing->kind == LINK_ONE ? match_key_name(pairing->key) : "",
        .last_login = known ? account->login.at : INSTANT_NONE,
        .last_login_source = login_source_name(account->login.source),
        .idle_days = decision->idle_days,
        .last_activity = account_activity(account)->at,
        .last_activity_kind = event_kinds[account_activity(account)->kind].word,
        .profile = at == TABLE_END ? account_alike(account)->profile_id
                                   : words->name[table_value(&words->by_id, at)],
        .roles = at == TABLE_END ? "" : words->roles[table_value(&words->by_id, at)],
        .department = subject_department(account, person),
        .country = account_alike(account)->country || !person ? account_alike(account)->country
                                                              : person_alike(person)->country,
        .seat_class = at == TABLE_END ? NULL : words->seat_class[table_value(&words->by_id, at)],
        .held_by = decision->held_by ? guard_id(decision->held_by - 1U) : NULL,
        .uses_person = decision->uses_person,
        .uses_login = decision->uses_login,
        .used_after = decision->used_after,
        .matched_number = person ? person->employee_number : NULL,
        .matched_name = person ? person->name : NULL,
        .matched_email = person ? person->email : NULL,
        .matched_row = person ? (int)person->row : -1,
    };
    if (decision->to) {
        row.from_profile_id = account_alike(account)->profile_id;
        row.from_profile = row.profile;
        row.to_profile_id = decision->to->id;
        row.to_profile = decision->to->name ? decision->to->name : decision->to->id;
    }
    return row;
}

static const char *gained_roles(struct arena *arena, const struct snapshot *snapshot,
                                const struct decision *decision)
{
    const struct profile *from =
        snapshot_profile(snapshot, account_alike(decision->account)->profile_id);

    return decision->to && from ? downgrade_gains(arena, from, decision->to) : NULL;
}

/* What a decision of people about the row hangs on. */
static void add_subject(struct plan_row *row, const struct matching *matching,
                        const struct snapshot *snapshot)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct decision *decision = row->made_of;

    if (!decision)
        return;
    if (decision->by)
        row->rule_text = policy_rule_digest(decision->by);
    struct row_subject subject =
        row_subject_by(&scratch, matching, snapshot, decision, &row->rule_text);
    row->subject = row_subject_digest(&subject);
    if (!decision->by)
        return;
    row->asks_login = rule_asks_login(decision->by);
    row->asks_activity = rule_asks_activity(decision->by);
    row->of_login = rule_is_of_login(decision->by);
}

const char *plan_row_about(struct arena *arena, const struct plan *plan, const struct plan_row *row)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    if (row->about || !row->made_of)
        return row->about;
    struct row_subject subject =
        row_subject_by(&scratch, plan->matching, plan->snapshot, row->made_of, &row->rule_text);
    return row_subject_text(arena, &subject);
}

/* Actions in execution order, then findings by protection row, then plain keeps. */
static int compare_rows(const void *a, const void *b)
{
    const struct plan_row *left = a, *right = b;
    int left_class = left->action != ACTION_KEEP ? (int)left->action : left->finding ? 10 : 11;
    int right_class = right->action != ACTION_KEEP ? (int)right->action : right->finding ? 10 : 11;

    if (left_class != right_class)
        return left_class < right_class ? -1 : 1;
    const char *const key[][2] = {
        {left->action == ACTION_KEEP ? left->clause : left->rule,
         left->action == ACTION_KEEP ? right->clause : right->rule},
        {left->account_id, right->account_id},
        /* behind the id only what tells apart accounts that have none */
        {left->username, right->username},
        {left->email, right->email},
        {left->reason, right->reason},
        {left->name, right->name},
        {left->account_word, right->account_word},
        {left->person_word, right->person_word},
        {left->employee_number, right->employee_number},
        {left->profile, right->profile},
        {left->department, right->department},
        {left->last_login_source, right->last_login_source},
    };
    for (size_t i = 0; i < COUNT_OF(key); i++) {
        int order = text_compare(key[i][0], key[i][1]);
        if (order)
            return order;
    }
    return instant_compare(left->last_login, right->last_login);
}

static bool is_row(const struct decision *decision, bool full)
{
    return full || decision->action != ACTION_KEEP || decision->finding;
}

/* Rows in any order. */
struct describing {
    struct plan_row *row;
    const struct matching *matching;
    const struct snapshot *snapshot;
};

static void describe_part(void *context, size_t part, size_t begin, size_t end)
{
    struct describing *describing = context;

    (void)part;
    for (size_t i = begin; i < end; i++)
        add_subject(&describing->row[i], describing->matching, describing->snapshot);
}

static void make_rows(struct plan *plan, struct arena *arena, const struct seats *seats,
                      const struct matching *matching, const struct snapshot *snapshot,
                      const struct decided *decided, bool full)
{
    struct profile_words words;
    size_t count = 0;

    for (size_t i = 0; i < snapshot->count; i++) {
        const struct decision one = decided_at(decided, i);
        count += is_row(&one, full);
    }
    plan->row = arena_calloc(arena, count + 1, sizeof(plan->row[0]));
    words_init(&words, arena, snapshot, seats);
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct decision one = decided_at(decided, i);
        if (!is_row(&one, full))
            continue;
        struct plan_row *row = &plan->row[plan->row_count++];
        *row = make_row(&one, &words);
        row->gained_roles = gained_roles(arena, snapshot, &one);
        if (row->action != ACTION_KEEP)
            row->made_of = decided_acting(decided, i);
    }
    words_release(&words);
    struct describing describing = {.row = plan->row, .matching = matching, .snapshot = snapshot};
    parallel_for(plan->row_count, parallel_parts(plan->row_count), describe_part, &describing);
    qsort(plan->row, plan->row_count, sizeof(plan->row[0]), compare_rows);
}

/* --- totals --- */

static void count_idle(struct plan_idle *idle, const struct decision *decision)
{
    const struct account *account = decision->account;
    size_t bucket = decision->idle_days >= 0 ? (size_t)decision->idle_days / 30 : 0;

    if (account->status != ACCOUNT_ACTIVE)
        return;
    switch (account->login.kind) {
    case LOGIN_KNOWN:
        idle->bucket[bucket < PLAN_IDLE_BUCKETS ? bucket : PLAN_IDLE_BUCKETS - 1]++;
        break;
    case LOGIN_NEVER:
        idle->never++;
        break;
    case LOGIN_NOT_READ:
    case LOGIN_UNREADABLE:
        idle->unknown++;
        break;
    }
}

static void count_totals(struct plan *plan, const struct snapshot *snapshot,
                         const struct decided *decided)
{
    struct plan_totals *totals = &plan->totals;

    totals->seats_after = totals->seats_now = plan->inputs.active;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct decision one = decided_at(decided, i);
        enum account_status status = one.account->status;
        enum action action = one.action;
        bool acts = action != ACTION_KEEP;
        totals->of[action] += acts || status != ACCOUNT_GONE;
        totals->findings += one.finding;
        totals->waiting += acts && day_compare(one.not_before, plan->today) > 0;
        totals->seats_after -= actions[action].frees_seat && status == ACCOUNT_ACTIVE;
        totals->seats_after += actions[action].takes_seat;
        count_idle(&plan->idle, &one);
    }
}

size_t plan_acts(const struct plan *plan)
{
    size_t acts = 0;

    for (unsigned action = ACTION_KEEP + 1; action < ACTION_COUNT; action++)
        acts += plan->totals.of[action];
    return acts;
}

static struct plan_inputs make_inputs(const struct snapshot *snapshot, const struct roster *roster,
                                      const struct policy *policy, const struct matching *matching)
{
    struct snapshot_totals totals = snapshot_count(snapshot);

    return (struct plan_inputs){
        .snapshot_id = snapshot->id,
        .snapshot_source = snapshot->source,
        .snapshot_file = snapshot->file,
        .snapshot_taken_at = snapshot->taken_at,
        .snapshot_complete = snapshot->complete,
        .snapshot_incomplete_reason = snapshot->incomplete_reason,
        .accounts = totals.accounts,
        .active = totals.active,
        .inactive = totals.inactive,
        .gone = totals.gone,
        .unreadable = totals.unreadable,
        .requests = snapshot->requests,
        .snapshot_digest = snapshot->digest,
        .roster_id = roster->id,
        .roster_source = roster->source,
        .roster_digest = roster->digest,
        .roster_content = roster_content(roster),
        .roster_read_at = roster->read_at,
        .people = roster_people(roster),
        .rejected = roster->rejected,
        .duplicates = roster->duplicates,
        .policy_digest = policy_digest(policy, matching),
        .policy_text = policy_text_digest(policy, matching),
        .enforce = policy->enforce,
    };
}

/* G11: the first plan of a portal needs at least one person for anything. */
static int approvals_needed(int configured, bool first_plan)
{
    return first_plan && configured < 1 ? 1 : configured;
}

static void make_notes(struct plan *plan, struct arena *arena, const struct policy *policy,
                       const struct matching *matching, const struct policy_context *context,
                       const struct decided *decided)
{
    const char *const *finding = NULL;
    const char *const *unknown = NULL;
    size_t count = policy_findings(arena, policy, context->today, &finding), first = count;
    count += downgrade_findings(arena, policy, context->snapshot, &unknown);
    const char **note = arena_calloc(arena, count + REMARKS_MAX, sizeof(note[0]));

    for (size_t i = 0; i < count; i++)
        note[i] = i < first ? finding[i] : unknown[i - first];
    plan->note = note;
    plan->note_count = count + remark_all(arena, policy, matching, context, decided, note + count);
}

/* Who is absent may be in a row that nobody can read: said in every plan, because nothing else does
 * while nobody is gone. */
static void add_blind_note(struct plan *plan, struct arena *arena, const struct roster *roster)
{
    const char **note = arena_calloc(arena, plan->note_count + 1, sizeof(note[0]));

    if (roster->blind == 0)
        return;
    note[0] = arena_printf(arena, "%zu %s of the roster may be anybody: absence proves nothing",
                           roster->blind, roster->blind == 1 ? "row" : "rows");
    for (size_t i = 0; i < plan->note_count; i++)
        note[i + 1] = plan->note[i];
    plan->note = note;
    plan->note_count++;
}

struct plan *plan_make(struct arena *arena, const struct plan_setup *setup,
                       const struct policy *policy, const struct matching *matching,
                       const struct policy_context *context, const struct roster *roster,
                       const struct decided *decided, const struct guard_result *guards)
{
    const struct snapshot *snapshot = context->snapshot;
    struct plan *plan = arena_calloc(arena, 1, sizeof(*plan));

    assert(!setup->full || !context->brief); /* who asks for all is told why */
    plan->version = PLAN_VERSION;
    plan->portal = setup->portal;
    plan->time_zone = setup->time_zone;
    plan->created_at = context->now;
    plan->today = context->today;
    plan->first_plan = context->first_plan;
    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a)) {
        if (actions[a].approved_as == a)
            plan->approvals[a] = approvals_needed(setup->approvals[a], context->first_plan);
    }
    plan->inputs = make_inputs(snapshot, roster, policy, matching);
    plan->matching = matching;
    plan->snapshot = snapshot;
    plan->guard = guards->finding;
    plan->guard_count = guards->count;
    make_notes(plan, arena, policy, matching, context, decided);
    add_blind_note(plan, arena, roster);
    make_rows(plan, arena, policy->seats, matching, snapshot, decided, setup->full);
    plan->countries_told = true;
    count_totals(plan, snapshot, decided);
    plan->seat_class_count =
        seats_count(arena, policy->seats, snapshot, decided, &plan->seat_class);
    if (guards->held)
        plan->state = PLAN_HELD;
    else if (plan_acts(plan) == 0)
        plan->state = PLAN_EMPTY;
    else
        plan->state = PLAN_PROPOSED;
    return plan;
}

void plan_seal(struct plan *plan)
{
    if (!plan_is_report(plan))
        plan->digest = plan_digest(plan);
}

bool plan_is_report(const struct plan *plan)
{
    return plan->inputs.snapshot_source == SNAPSHOT_FROM_EXPORT;
}

/* --- the digest --- */

struct digest plan_digest(const struct plan *plan)
{
    struct digest_stream *stream = digest_new();
    const struct plan_inputs *inputs = &plan->inputs;

    CLEANUP(text_release) struct text title = TEXT_INIT;

    text_addf(&title, "bynder-reconcile plan %d", plan->version);
    digest_field(stream, text_cstr(&title));
    digest_field(stream, plan->portal);
    digest_int(stream, plan->today.number);
    digest_bytes(stream, inputs->snapshot_digest.byte, DIGEST_SIZE);
    digest_bytes(stream, inputs->roster_content.byte, DIGEST_SIZE);
    digest_bytes(stream, inputs->policy_digest.byte, DIGEST_SIZE);
    digest_int(stream, plan->first_plan);
    for (enum action a = action_after(ACTION_KEEP); a; a = action_after(a)) {
        if (actions[a].approved_as == a && actions[a].plan_version <= plan->version)
            digest_int(stream, plan->approvals[a]);
    }
    digest_int(stream, (int64_t)plan->guard_count);
    for (size_t i = 0; i < plan->guard_count; i++) { /* "actual" tells the hour: not covered */
        digest_field(stream, plan->guard[i].id);
        digest_int(stream, plan->guard[i].hold);
    }
    for (size_t i = 0; i < plan->row_count; i++) {
        if (!plan_row_is_plain_keep(&plan->row[i]))
            plan_row_digest(stream, plan->version, &plan->row[i]);
    }
    return digest_finish(stream);
}
