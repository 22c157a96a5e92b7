/*
 * Nothing is approximated: every decision is the whole policy asked again over an account, by the
 * functions that a plan is made with. So a point is what a plan with that threshold would be.
 */
#include "core/simulate.h"

#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parallel.h"
#include "base/text.h"
#include "core/evidence.h"

enum { PORTION = 4096 }; /* accounts that are asked at a time */

static const int curve_days[] = {30,  45,  60,  75,  90,  120, 150, 180,
                                 210, 240, 270, 300, 330, 365, 0};

static bool asks_idle(const struct rule *rule)
{
    return rule->when.idle_days_min >= 0 || rule->when.activity_days_min >= 0;
}

static bool varies(const struct rule *rule)
{
    return actions[rule->action].frees_seat && asks_idle(rule);
}

static int least_of(int least, int days)
{
    return days >= 0 && (least < 0 || days < least) ? days : least;
}

int simulate_threshold(const struct policy *policy)
{
    int least = -1;

    for (size_t i = 0; i < policy->rule_count; i++) {
        const struct conditions *when = &policy->rule[i].when;
        if (varies(&policy->rule[i]))
            least = least_of(least_of(least, when->idle_days_min), when->activity_days_min);
    }
    return least;
}

/* Whether some of them ask activity, too: then being idle so long is not all that a threshold hangs
 * on. */
static bool varies_activity(const struct policy *policy)
{
    for (size_t i = 0; i < policy->rule_count; i++) {
        if (varies(&policy->rule[i]) && policy->rule[i].when.activity_days_min >= 0)
            return true;
    }
    return false;
}

bool simulate_asks_idle(const struct policy *policy)
{
    return simulate_threshold(policy) >= 0;
}

struct policy simulate_policy(struct arena *arena, const struct policy *policy, int idle_days)
{
    struct rule *rule = arena_calloc(arena, policy->rule_count + 1, sizeof(rule[0]));
    struct policy other = *policy;

    for (size_t i = 0; i < policy->rule_count; i++) {
        rule[i] = policy->rule[i];
        if (!varies(&rule[i]))
            continue;
        if (rule[i].when.idle_days_min >= 0)
            rule[i].when.idle_days_min = idle_days;
        if (rule[i].when.activity_days_min >= 0)
            rule[i].when.activity_days_min = idle_days;
    }
    other.rule = rule;
    return other;
}

struct decided *simulate_decide(struct arena *arena, const struct policy *policy,
                                const struct simulate_scene *scene)
{
    struct decided *decided = policy_decide(arena, policy, scene->context, scene->pairing);

    guard_hold(scene->guard, scene->guard_count, decided);
    return decided;
}

static bool frees_seat(const struct decision *decision)
{
    return actions[decision->action].frees_seat && decision->account->status == ACCOUNT_ACTIVE;
}

bool simulate_frees_idle(const struct decision *decision)
{
    return frees_seat(decision) && decision->by && asks_idle(decision->by);
}

static void add_kept(struct simulate_point *point, const char *clause, size_t count)
{
    size_t i = 0;

    point->kept += count;
    while (i < SIMULATE_CLAUSES - 1 && point->kept_by[i].clause &&
           !text_equal(point->kept_by[i].clause, clause))
        i++;
    point->kept_by[i].clause = clause;
    point->kept_by[i].count += count;
}

/* Where logins are read one by one, nobody looked lately at those whom no rule was about: by index.
 */
static const bool *find_unread(struct arena *arena, const struct simulate_scene *scene,
                               const struct decided *decided)
{
    const struct evidence_settings settings = {.asked = true, .reread_days = scene->reread_days};
    bool *unread = arena_calloc(arena, scene->context->snapshot->count + 1, sizeof(unread[0]));
    size_t *index = NULL;
    size_t count = evidence_choose(arena, &settings, scene->context, decided, &index);

    for (size_t i = 0; i < count; i++) {
        const struct decision one = decided_at(decided, index[i]);
        unread[index[i]] = simulate_frees_idle(&one);
    }
    return unread;
}

/* What one decision is at some of the thresholds. */
static void add_decision(struct simulate_point *point, size_t points, struct day today,
                         const struct decision *one, bool unread)
{
    bool acts = one->action != ACTION_KEEP, frees = frees_seat(one);
    bool held = acts && one->held_by, idle = simulate_frees_idle(one);
    bool later = frees && day_compare(one->not_before, today) > 0;
    bool may_be_kept = !acts && one->account->status == ACCOUNT_ACTIVE;

    for (size_t p = 0; p < points; p++) {
        point[p].unread += unread;
        point[p].acts += acts;
        point[p].held += held;
        point[p].seats += frees;
        point[p].idle += idle;
        point[p].later += later;
        if (may_be_kept && one->idle_days >= point[p].days)
            add_kept(&point[p], one->clause, 1);
    }
}

static void add_portion(struct simulate_point *point, const struct simulate_scene *scene,
                        const struct decided *decided)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const bool *unread = find_unread(&scratch, scene, decided);

    for (size_t i = 0; i < scene->context->snapshot->count; i++) {
        const struct decision one = decided_at(decided, i);
        add_decision(point, 1, scene->context->today, &one, unread[i]);
    }
}

struct simulate_point simulate_count(const struct simulate_scene *scene,
                                     const struct decided *decided, int days)
{
    struct simulate_point point = {.days = days};

    add_portion(&point, scene, decided);
    return point;
}

/* --- the curve --- */

/* Where rules ask activity, each threshold is asked by itself. */
static void ask_each(struct arena *arena, const struct policy *policy,
                     const struct simulate_scene *portion, struct simulate_point *point,
                     size_t points)
{
    for (size_t p = 0; p < points; p++) {
        struct policy other = simulate_policy(arena, policy, point[p].days);
        add_portion(&point[p], portion, simulate_decide(arena, &other, portion));
    }
}

/* The threshold, where all rules that vary have the same one; -1 = they have not. */
static int only_threshold(const struct policy *policy)
{
    int least = simulate_threshold(policy);

    for (size_t i = 0; i < policy->rule_count; i++) {
        if (varies(&policy->rule[i]) && policy->rule[i].when.idle_days_min != least)
            return -1;
    }
    return least;
}

/* What is known of a portion: each account's decision at one threshold. */
struct known {
    const struct decided *decided;
    int days;
};

/* Decisions of some accounts of a portion, by their place among them. */
struct asked {
    const struct decided *decided;
    uint32_t *place;
};

/* How many of the thresholds, which ascend, an account was idle for. */
static size_t count_reached(const struct simulate_point *point, size_t points, int idle_days)
{
    size_t reached = 0;

    while (reached < points && point[reached].days <= idle_days)
        reached++;
    return reached;
}

/* By a policy by which everybody was idle so long, or nobody: of those alone of whom it is to be
 * known and is not. */
static struct asked ask_some(struct arena *arena, const struct policy *policy, bool idle,
                             const struct simulate_scene *portion, const struct known *known,
                             const struct simulate_point *point, size_t points)
{
    struct snapshot some = *portion->context->snapshot;
    struct policy_context context = *portion->context;
    struct simulate_scene scene = *portion;
    size_t count = some.count, wanted = 0;
    struct account *account = arena_alloc(arena, (count + 1) * sizeof(account[0]));
    struct pairing *pairing = arena_alloc(arena, (count + 1) * sizeof(pairing[0]));
    uint32_t *place = arena_alloc(arena, (count + 1) * sizeof(place[0]));

    for (size_t i = 0; i < count; i++) {
        int days = decided_at(known->decided, i).idle_days;
        size_t reached = count_reached(point, points, days);
        bool is_asked = idle ? reached > 0 : reached < points;
        if (!is_asked || idle == (days >= known->days))
            continue;
        account[wanted] = portion->context->snapshot->account[i];
        pairing[wanted] = portion->pairing[i];
        place[i] = (uint32_t)wanted++;
    }
    some.account = account;
    some.count = wanted;
    context.snapshot = &some;
    scene.context = &context;
    scene.pairing = pairing;
    return (struct asked){.decided = simulate_decide(arena, policy, &scene), .place = place};
}

/* A threshold changes an account's decision only by whether it was idle so long: so two decisions
 * of each, as one that was and as one that was not, are its decisions at all thresholds. One of the
 * two is known, and the other one is asked where a threshold lies on its side. */
static void ask_other(struct arena *arena, const struct policy *policy,
                      const struct simulate_scene *portion, const struct known *known,
                      struct simulate_point *point, size_t points)
{
    const struct evidence_settings settings = {.asked = true, .reread_days = portion->reread_days};
    const struct policy least = simulate_policy(arena, policy, curve_days[0]);
    const struct policy never = simulate_policy(arena, policy, INT_MAX);
    const struct asked as_idle = ask_some(arena, &least, true, portion, known, point, points);
    const struct asked as_not = ask_some(arena, &never, false, portion, known, point, points);
    const struct policy_context *context = portion->context;
    const struct twin_people twins = evidence_twins(arena, context->snapshot, known->decided);

    for (size_t i = 0; i < context->snapshot->count; i++) {
        const struct decision one = decided_at(known->decided, i);
        size_t reached = count_reached(point, points, one.idle_days);
        bool is_idle = one.idle_days >= known->days;
        for (int side = 0; side < 2; side++) { /* thresholds that it reached, then the others */
            size_t first = side == 0 ? 0 : reached, end = side == 0 ? reached : points;
            const struct asked *asked = side == 0 ? &as_idle : &as_not;
            if (first == end)
                continue;
            const struct decision at =
                is_idle == (side == 0) ? one : decided_at(asked->decided, asked->place[i]);
            bool unread =
                simulate_frees_idle(&at) && evidence_asks(&settings, context, &twins, &at);
            add_decision(&point[first], end - first, context->today, &at, unread);
        }
    }
}

/* A part of what was decided of all. */
static struct decided decided_from(const struct decided *decided, size_t first)
{
    struct decided part = *decided;

    if (!part.of)
        part.item += first;
    else
        part.of += first;
    part.account = part.account ? part.account + first : NULL;
    part.pairing = part.pairing ? part.pairing + first : NULL;
    return part;
}

static void ask_both(struct arena *arena, const struct policy *policy,
                     const struct simulate_scene *portion, size_t begin,
                     struct simulate_point *point, size_t points)
{
    struct known known = {.days = only_threshold(policy)};
    struct decided part;

    if (portion->decided && known.days >= 0) {
        part = decided_from(portion->decided, begin);
        known.decided = &part;
    } else {
        const struct policy least = simulate_policy(arena, policy, curve_days[0]);
        known = (struct known){.decided = simulate_decide(arena, &least, portion),
                               .days = curve_days[0]};
    }
    ask_other(arena, policy, portion, &known, point, points);
}

/* Who rivals whom is told by a place in the whole, which no portion has, and is for a sentence that
 * nobody reads here. */
static const struct pairing *without_rivals(struct arena *arena, const struct pairing *pairing,
                                            size_t count)
{
    struct pairing *copy = arena_alloc(arena, (count + 1) * sizeof(copy[0]));

    for (size_t i = 0; i < count; i++) {
        copy[i] = pairing[i];
        if (copy[i].doubt == DOUBT_RIVAL)
            copy[i].rival = 0;
    }
    return copy;
}

/* Each account is judged by itself, so portions give what the whole gives, in little memory. */
static void ask_portion(struct arena *arena, const struct policy *policy,
                        const struct simulate_scene *scene, size_t begin, size_t end,
                        struct simulate_point *point, size_t points)
{
    struct snapshot part = *scene->context->snapshot;
    struct policy_context context = *scene->context;
    struct simulate_scene portion = *scene;

    part.count = end - begin < PORTION ? end - begin : PORTION;
    part.account += begin;
    context.snapshot = &part;
    portion.context = &context;
    portion.pairing = without_rivals(arena, scene->pairing + begin, part.count);
    if (varies_activity(policy))
        ask_each(arena, policy, &portion, point, points);
    else
        ask_both(arena, policy, &portion, begin, point, points);
}

/* The points of each part of the accounts. */
struct curve {
    const struct policy *policy;
    const struct simulate_scene *scene;
    struct simulate_point point[PARALLEL_PARTS_MAX][COUNT_OF(curve_days)];
    size_t points;
};

static void ask_part(void *context, size_t part, size_t begin, size_t end)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct curve *curve = context;

    for (size_t at = begin; at < end; at += PORTION) {
        ask_portion(&scratch, curve->policy, curve->scene, at, end, curve->point[part],
                    curve->points);
        arena_clear(&scratch);
    }
}

static void add_point(struct simulate_point *point, const struct simulate_point *part)
{
    point->acts += part->acts;
    point->seats += part->seats;
    point->idle += part->idle;
    point->unread += part->unread;
    point->later += part->later;
    point->held += part->held;
    for (size_t i = 0; i < SIMULATE_CLAUSES && part->kept_by[i].clause; i++)
        add_kept(point, part->kept_by[i].clause, part->kept_by[i].count);
}

size_t simulate_curve(struct arena *arena, const struct policy *policy,
                      const struct simulate_scene *scene, const struct simulate_point **ret_point)
{
    size_t accounts = scene->context->snapshot->count, parts = parallel_parts(accounts);
    struct curve curve = {.policy = policy, .scene = scene};

    while (simulate_asks_idle(policy) && curve_days[curve.points] > 0)
        curve.points++;
    struct simulate_point *point = arena_calloc(arena, curve.points + 1, sizeof(point[0]));
    *ret_point = point;
    if (curve.points == 0)
        return 0;
    for (size_t i = 0; i < curve.points; i++) {
        point[i].days = curve_days[i];
        for (size_t part = 0; part < parts; part++)
            curve.point[part][i].days = curve_days[i];
    }
    parallel_for(accounts, parts, ask_part, &curve);
    for (size_t i = 0; i < curve.points; i++) {
        for (size_t part = 0; part < parts; part++)
            add_point(&point[i], &curve.point[part][i]);
    }
    return curve.points;
}
