/*
 * Decides a case and compares. For every case three more things are proved: the order of accounts,
 * people, profiles, links and announcements changes neither digest nor rows; an account asked alone
 * gets the same decision; asking twice gives the same.
 */
#include "scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "random.h"

#define SHUFFLES 4

/* One evaluation. The arrays are in an order of their own; `label` names account i. */
struct world {
    struct arena arena;
    struct policy policy;
    struct matching matching;
    struct snapshot snapshot;
    struct roster roster;
    struct policy_context context;
    const char **label;
    struct pairing *pairing;
    struct decided *decided;
    struct guard_result guards;
    struct plan *plan;
};

/* A permutation of 0 … count-1: the identity for seed 0. */
static size_t *shuffled(struct arena *arena, size_t count, uint64_t seed)
{
    size_t *order = arena_calloc(arena, count + 1, sizeof(order[0]));
    uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15) + count;

    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; seed && i > 1; i--) {
        size_t other = (size_t)(next_random(&state) % i), kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
    return order;
}

/* --- making the world --- */

static struct account copy_account(struct world *world, const struct account *from, uint64_t seed)
{
    struct account account = *from;
    struct account_past *past = account_past_own(&world->arena, &account);
    size_t count = past->announcement_count;
    struct announcement *announcement =
        arena_calloc(&world->arena, count + 1, sizeof(announcement[0]));
    size_t *order = shuffled(&world->arena, count, seed);

    for (size_t i = 0; i < count; i++)
        announcement[i] = past->announcement[order[i]];
    past->announcement = announcement;
    return account;
}

static void make_snapshot(struct world *world, const struct scenario *scenario, uint64_t seed)
{
    struct snapshot *snapshot = &world->snapshot;
    size_t *order = shuffled(&world->arena, scenario->account_count, seed);
    struct profile *profile =
        arena_calloc(&world->arena, scenario->profile_count + 1, sizeof(profile[0]));

    *snapshot = (struct snapshot){
        .source = instant_is_set(scenario->export_of) ? SNAPSHOT_FROM_EXPORT : SNAPSHOT_FROM_PORTAL,
        .taken_at = instant_is_set(scenario->export_of) ? scenario->export_of : scenario->now,
        .complete = !scenario->incomplete,
        .incomplete_reason = scenario->incomplete_reason,
        .own_id = scenario->own,
        .profile = profile,
        .count = scenario->account_count,
        .profile_count = scenario->profile_count,
    };
    world->label = arena_calloc(&world->arena, snapshot->count + 1, sizeof(world->label[0]));
    snapshot->account = arena_calloc(&world->arena, snapshot->count + 1, sizeof(struct account));
    for (size_t i = 0; i < snapshot->count; i++) {
        snapshot->account[i] = copy_account(world, &scenario->account[order[i]].account, seed);
        world->label[i] = scenario->account[order[i]].label;
    }
    order = shuffled(&world->arena, scenario->profile_count, seed);
    for (size_t i = 0; i < scenario->profile_count; i++)
        profile[i] = scenario->profile[order[i]];
    snapshot_digest(snapshot);
}

static void make_roster(struct world *world, const struct scenario *scenario, uint64_t seed)
{
    size_t *order = shuffled(&world->arena, scenario->person_count, seed);

    world->roster = (struct roster){
        .source = "scenario",
        .read_at = scenario->read_at,
        .modified = scenario->modified,
        .count = scenario->person_count,
    };
    world->roster.person =
        arena_calloc(&world->arena, world->roster.count + 1, sizeof(struct person));
    for (size_t i = 0; i < world->roster.count; i++)
        world->roster.person[i] = scenario->person[order[i]].person;
    world->roster.written = instant_day(roster_as_of(&world->roster), scenario->zone);
    roster_judge(&world->roster, scenario->today);
}

static void make_policy(struct world *world, const struct scenario *scenario, uint64_t seed)
{
    struct link_override *link =
        arena_calloc(&world->arena, scenario->link_count + 1, sizeof(link[0]));
    size_t *order = shuffled(&world->arena, scenario->link_count, seed);

    for (size_t i = 0; i < scenario->link_count; i++)
        link[i] = scenario->link[order[i]];
    world->matching = scenario->matching;
    world->matching.link = link;
    world->matching.link_count = scenario->link_count;
    world->matching.alias = scenario->alias;
    world->matching.alias_count = scenario->alias_count;
    world->matching.zone = scenario->zone;
    world->matching.min_matched_percent = scenario->limits.min_matched_percent;
    world->policy = scenario->policy;
    world->policy.zone = scenario->zone;
    world->policy.rule = scenario->rule;
    world->policy.rule_count = scenario->rule_count;
    world->policy.admin_role = scenario->limits.admin_role;
    world->policy.admin_role_count = scenario->limits.admin_role_count;
    world->policy.protected_entry = scenario->protected_entry;
    world->policy.protected_count = scenario->protected_count;
}

/* The good rosters before this one, and this one when it is good: as a run does it. */
static void make_context(struct world *world, const struct scenario *scenario)
{
    bool good = guard_roster_is_good(&scenario->limits, &scenario->history, scenario->now,
                                     scenario->today, &world->roster);
    struct roster_proof *proof =
        arena_calloc(&world->arena, scenario->good_count + 1, sizeof(proof[0]));
    struct roster_proof present = roster_proof(&world->roster);
    size_t count = scenario->good_count;

    for (size_t i = 0; i < count; i++) {
        proof[i] = scenario->good[i];
        proof[i].few = present.few;
    }
    if (scenario->copies && count > 0)
        present.values = proof[count - 1].values;
    if (good)
        proof[count++] = present;
    world->context = (struct policy_context){
        .today = scenario->today,
        .now = scenario->now,
        .snapshot = &world->snapshot,
        .matching = &world->matching,
        .proof = proof,
        .proof_count = count,
        .absence_provable = good && world->roster.blind == 0,
        .blind_rows = world->roster.blind > 0,
        .first_plan = scenario->history.first_plan,
    };
}

static void world_make(struct world *world, const struct scenario *scenario, uint64_t seed)
{
    *world = (struct world){.arena = ARENA_INIT};
    make_snapshot(world, scenario, seed);
    make_roster(world, scenario, seed);
    make_policy(world, scenario, seed);
    make_context(world, scenario);
    world->pairing = match_all(&world->arena, &world->snapshot, &world->roster, &world->matching);
    world->decided = policy_decide(&world->arena, &world->policy, &world->context, world->pairing);
}

static void world_finish(struct world *world, const struct scenario *scenario)
{
    world->guards = guard_all(&world->arena, &scenario->limits, &scenario->history, &world->context,
                              &world->roster, world->pairing, world->decided);
    world->plan = plan_make(&world->arena, &scenario->setup, &world->policy, &world->matching,
                            &world->context, &world->roster, world->decided, &world->guards);
    plan_seal(world->plan);
}

/* --- what is compared --- */

static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

static void tell_row(struct text *text, const struct plan_row *row)
{
    char buffer[COLUMN_TEXT_SIZE];

    for (const struct column *column = plan_row_columns; column->name; column++)
        text_addf(text, "%s\t", or_dash(column_text(column, row, buffer)));
    text_add_char(text, '\n');
}

/* Everything of a plan as text: what must not depend on the order of anything. */
static void tell_plan(struct text *text, const struct world *world)
{
    const struct plan *plan = world->plan;
    char hex[DIGEST_HEX_SIZE];

    text_addf(text, "digest %s\n", digest_hex(&plan->digest, hex));
    text_addf(text, "state %s, totals %zu %zu %zu %zu %zu %zu %zu %zu\n",
              plan_state_name(plan->state), plan->totals.of[ACTION_KEEP],
              plan->totals.of[ACTION_SUSPEND], plan->totals.of[ACTION_DEPROVISION],
              plan->totals.of[ACTION_REACTIVATE], plan->totals.waiting, plan->totals.findings,
              plan->totals.seats_now, plan->totals.seats_after);
    for (size_t i = 0; i < plan->guard_count; i++)
        text_addf(text, "%s %d %s %s %s %s %lld %s\n", plan->guard[i].id, plan->guard[i].hold,
                  plan->guard[i].limit, plan->guard[i].actual, plan->guard[i].text,
                  or_dash(plan->guard[i].cause), (long long)plan->guard[i].measure,
                  or_dash(plan->guard[i].let_go_by));
    for (size_t i = 0; i < plan->row_count; i++)
        tell_row(text, &plan->row[i]);
}

static void tell_decision(struct text *text, const struct decision *decision)
{
    text_addf(text, "%s %s '%s' %s: %s; %d %d %d %d %d %d %d %d %d %d %d",
              action_name(decision->action), or_dash(decision->clause), decision_rule(decision),
              person_status_name(decision->person), or_dash(decision->reason), decision->finding,
              decision->new_announcement, decision->not_before.number, decision->idle_days,
              decision->uses_person, decision->uses_login, decision->used_after,
              decision->needs_person, decision->recreated, decision->doubt, decision->held_by != 0);
}

static void compare_texts(const struct scenario *scenario, const char *what, const struct text *a,
                          const struct text *b, struct text *problems)
{
    if (text_equal(text_cstr(a), text_cstr(b)))
        return;
    text_addf(problems, "%s: case '%s': %s\n--- one\n%s\n--- other\n%s\n", scenario->file,
              scenario->name, what, text_cstr(a), text_cstr(b));
}

static void check_order(const struct scenario *scenario, const struct world *world,
                        struct text *problems)
{
    struct text first = TEXT_INIT, other = TEXT_INIT;

    tell_plan(&first, world);
    for (uint64_t seed = 0; seed <= SHUFFLES; seed++) { /* 0: the same again */
        struct world again;
        world_make(&again, scenario, seed);
        world_finish(&again, scenario);
        text_clear(&other);
        tell_plan(&other, &again);
        compare_texts(scenario,
                      seed ? "the order of the input changes the plan"
                           : "a second evaluation gives another plan",
                      &first, &other, problems);
        arena_release(&again.arena);
    }
    text_release(&first);
    text_release(&other);
}

/* Before the guards, which set held_by. */
static void check_alone(const struct scenario *scenario, struct world *world, struct text *problems)
{
    struct text all = TEXT_INIT, alone = TEXT_INIT;

    for (size_t i = 0; i < world->snapshot.count; i++) {
        struct decision one = policy_decide_one(&world->arena, &world->policy, &world->context,
                                                &world->snapshot.account[i], &world->pairing[i]);
        text_clear(&all);
        text_clear(&alone);
        const struct decision among = decided_at(world->decided, i);
        tell_decision(&all, &among);
        tell_decision(&alone, &one);
        compare_texts(scenario, "an account asked alone gets another decision", &all, &alone,
                      problems);
    }
    text_release(&all);
    text_release(&alone);
}

/* --- expectations about accounts --- */

static const char *tell_near(const struct pairing *pairing)
{
    static const char *const name[] = {
        [NEAR_NOBODY] = "-",         [NEAR_SECOND_EMAIL] = "second_email",
        [NEAR_LOCAL_PART] = "local", [NEAR_ONE_EDIT] = "one_edit",
        [NEAR_NAME] = "name",        [NEAR_LOOK_ALIKE] = "look_alike",
        [NEAR_TAG] = "tag",          [NEAR_NUMBER] = "number",
        [NEAR_EARLIER] = "earlier",  [NEAR_YESTERDAY] = "yesterday",
    };
    return name[pairing->near];
}

static const char *tell_link(const struct pairing *pairing)
{
    static const char *const name[] = {
        [LINK_AMBIGUOUS] = "ambiguous",
        [LINK_CONFLICT] = "conflict",
        [LINK_NONE] = "none",
        [LINK_ONE] = "one",
    };
    return name[pairing->kind];
}

/* What an expectation may ask of a decision: the answer as text. */
static const char *ask_decision(struct arena *arena, const struct decision *decision,
                                const char *key)
{
    char day[DAY_TEXT_SIZE];
    const struct {
        const char *key, *value;
    } answers[] = {
        {"action", action_name(decision->action)},
        {"row", or_dash(decision->clause)},
        {"rule", decision->by ? decision->by->name : "-"},
        {"reason", or_dash(decision->reason)},
        {"held_by", decision->held_by ? guard_id(decision->held_by - 1U) : "-"},
        {"not_before", day_format(decision->not_before, day)},
        {"person", person_status_name(decision->person)},
        {"link", tell_link(decision->pairing)},
        {"key", match_key_name(decision->pairing->key)},
        {"near", tell_near(decision->pairing)},
        {"finding", decision->finding ? "yes" : "no"},
        {"announced", decision->new_announcement ? "yes" : "no"},
        {"telling", or_dash(decision_telling(decision))},
        {"uses_person", decision->uses_person ? "yes" : "no"},
        {"uses_login", decision->uses_login ? "yes" : "no"},
        {"used_after", decision->used_after ? "yes" : "no"},
        {"recreated", decision->recreated ? "yes" : "no"},
        {"needs_person", decision->needs_person ? "yes" : "no"},
        {"doubt", decision->doubt ? "yes" : "no"},
    };

    if (text_equal(key, "idle_days"))
        return arena_printf(arena, "%d", decision->idle_days);
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        if (text_equal(answers[i].key, key))
            return arena_strdup(arena, answers[i].value);
    }
    return NULL;
}

static bool is_as_expected(const struct word *word, const char *actual)
{
    return word->op == '~' ? strstr(actual, word->value) != NULL : text_equal(word->value, actual);
}

static void complain(const struct scenario *scenario, const struct expectation *expectation,
                     const char *subject, const struct word *word, const char *actual,
                     struct text *problems)
{
    text_addf(problems, "%s:%u: case '%s': %s: expected %s%c%s, got '%s'\n", scenario->file,
              expectation->line, scenario->name, subject, word->key, word->op, word->value,
              or_dash(actual));
}

static void check_decision(const struct scenario *scenario, struct world *world, size_t i,
                           const struct expectation *expectation, struct text *problems)
{
    static const char *const place[] = {"action", "row"};
    const struct decision decision = decided_at(world->decided, i);

    for (size_t k = 0; k < expectation->count; k++) {
        struct word word = expectation->word[k];
        if (!word.key && k < COUNT_OF(place))
            word = (struct word){.key = place[k], .op = '=', .value = word.value};
        const char *actual = ask_decision(&world->arena, &decision, word.key);
        if (!word.key || !actual || !is_as_expected(&word, actual))
            complain(scenario, expectation, world->label[i], &word,
                     actual ? actual : "nobody knows this word", problems);
    }
}

/* Every account that matches the pattern; also counts it as foreseen. */
static void check_accounts(const struct scenario *scenario, struct world *world, bool *foreseen,
                           const struct expectation *expectation, struct coverage *coverage,
                           struct text *problems)
{
    size_t count = 0;

    for (size_t i = 0; i < world->snapshot.count; i++) {
        if (!text_matches(expectation->about, world->label[i]))
            continue;
        count++;
        foreseen[i] |= expectation->count > 0;
        check_decision(scenario, world, i, expectation, problems);
        text_addf(&coverage->rows, " %s=%s/%s", world->label[i],
                  or_dash(decided_at(world->decided, i).clause),
                  action_name(decided_at(world->decided, i).action));
    }
    if (!count)
        text_addf(problems, "%s:%u: case '%s': there is no account '%s'\n", scenario->file,
                  expectation->line, scenario->name, expectation->about);
}

/* --- expectations about the plan --- */

/* Why the acknowledgement of a guard ended. */
static const char *end_of(const struct world *world, const char *id)
{
    for (size_t i = 0; i < world->guards.end_count; i++) {
        if (text_equal(world->guards.end[i].given->guard, id))
            return world->guards.end[i].reason;
    }
    return NULL;
}

static const char *ask_guard(const struct world *world, const struct guard_finding *finding,
                             const char *key)
{
    const struct {
        const char *key, *value;
    } answers[] = {
        {"limit", finding->limit},      {"actual", finding->actual},
        {"text", finding->text},        {"cause", finding->cause},
        {"let_go", finding->let_go_by}, {"ended", end_of(world, finding->id)},
    };

    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        if (text_equal(answers[i].key, key))
            return or_dash(answers[i].value);
    }
    return "nobody knows this word";
}

static void check_guard(const struct scenario *scenario, struct world *world, bool *foreseen,
                        const struct expectation *expectation, struct coverage *coverage,
                        struct text *problems)
{
    const char *id = expectation->count ? expectation->word[0].value : "";

    for (size_t g = 0; g < world->guards.count; g++) {
        const struct guard_finding *finding = &world->guards.finding[g];
        if (!text_equal(finding->id, id))
            continue;
        foreseen[g] = true;
        text_addf(&coverage->rows, " %s=%s", id, finding->hold ? "hold" : "pass");
        for (size_t k = 1; k < expectation->count; k++) {
            struct word word = expectation->word[k];
            const char *actual = ask_guard(world, finding, word.key);
            if (!word.key) {
                word = (struct word){.key = "verdict", .op = '=', .value = word.value};
                actual = finding->hold ? "hold" : "pass";
            }
            if (!is_as_expected(&word, actual))
                complain(scenario, expectation, id, &word, actual, problems);
        }
        return;
    }
    text_addf(problems, "%s:%u: case '%s': there is no guard '%s'\n", scenario->file,
              expectation->line, scenario->name, id);
}

static const char *ask_plan(struct arena *arena, const struct plan *plan, const char *key)
{
    const struct {
        const char *key;
        size_t value;
    } numbers[] = {
        {"keep", plan->totals.of[ACTION_KEEP]},
        {"suspend", plan->totals.of[ACTION_SUSPEND]},
        {"deprovision", plan->totals.of[ACTION_DEPROVISION]},
        {"reactivate", plan->totals.of[ACTION_REACTIVATE]},
        {"downgrade", plan->totals.of[ACTION_DOWNGRADE]},
        {"restore", plan->totals.of[ACTION_RESTORE]},
        {"waiting", plan->totals.waiting},
        {"findings", plan->totals.findings},
        {"seats_now", plan->totals.seats_now},
        {"seats_after", plan->totals.seats_after},
        {"people", plan->inputs.people},
        {"rejected", plan->inputs.rejected},
        {"duplicates", plan->inputs.duplicates},
        {"approvals_suspend", (size_t)plan->approvals[ACTION_SUSPEND]},
        {"approvals_deprovision", (size_t)plan->approvals[ACTION_DEPROVISION]},
        {"notes", plan->note_count},
    };

    if (text_equal(key, "state"))
        return plan_state_name(plan->state);
    if (text_equal(key, "note"))
        return plan->note_count ? plan->note[0] : "";
    if (text_equal(key, "today")) {
        char day[DAY_TEXT_SIZE];
        return arena_strdup(arena, day_format(plan->today, day));
    }
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        if (text_equal(numbers[i].key, key))
            return arena_printf(arena, "%zu", numbers[i].value);
    }
    return NULL;
}

static void check_plan(const struct scenario *scenario, struct world *world,
                       const struct expectation *expectation, struct text *problems)
{
    for (size_t k = 0; k < expectation->count; k++) {
        const struct word *word = &expectation->word[k];
        const char *actual = word->key ? ask_plan(&world->arena, world->plan, word->key) : NULL;
        if (actual && is_as_expected(word, actual))
            continue;
        struct word told = *word;
        told.key = word->key ? word->key : "a word without a value";
        told.op = word->op ? word->op : '=';
        complain(scenario, expectation, "plan", &told, actual ? actual : "nobody knows this word",
                 problems);
    }
}

/* Nothing may happen that no line foresees. */
static void check_unforeseen(const struct scenario *scenario, const struct world *world,
                             const bool *accounts, const bool *guards, struct text *problems)
{
    for (size_t i = 0; i < world->snapshot.count; i++) {
        const struct decision decision = decided_at(world->decided, i);
        if (!accounts[i] && (decision.action != ACTION_KEEP || decision.finding))
            text_addf(problems, "%s: case '%s': nobody expects %s: %s %s: %s\n", scenario->file,
                      scenario->name, world->label[i], action_name(decision.action),
                      decision.clause, decision.reason);
    }
    for (size_t g = 0; g < world->guards.count; g++) {
        const struct guard_finding *finding = &world->guards.finding[g];
        if (!guards[g] && finding->hold)
            text_addf(problems, "%s: case '%s': nobody expects %s to hold: %s (%s)\n",
                      scenario->file, scenario->name, finding->id, finding->text, finding->actual);
    }
    if (scenario->expectation_count == 0)
        text_addf(problems, "%s: case '%s': expects nothing, so it proves nothing\n",
                  scenario->file, scenario->name);
}

void scenario_run(const struct scenario *scenario, struct coverage *coverage, struct text *problems)
{
    struct world world;

    world_make(&world, scenario, 0);
    check_alone(scenario, &world, problems);
    world_finish(&world, scenario);
    bool *accounts = arena_calloc(&world.arena, world.snapshot.count + 1, sizeof(bool));
    bool *guards = arena_calloc(&world.arena, GUARD_COUNT, sizeof(bool));
    for (size_t i = 0; i < scenario->expectation_count; i++) {
        const struct expectation *expectation = &scenario->expectation[i];
        if (text_equal(expectation->about, "guard"))
            check_guard(scenario, &world, guards, expectation, coverage, problems);
        else if (text_equal(expectation->about, "plan"))
            check_plan(scenario, &world, expectation, problems);
        else
            check_accounts(scenario, &world, accounts, expectation, coverage, problems);
    }
    check_unforeseen(scenario, &world, accounts, guards, problems);
    check_order(scenario, &world, problems);
    arena_release(&world.arena);
}
