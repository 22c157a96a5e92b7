#include "score.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "base/mem.h"

/* --- figures --- */

static double share(int64_t part, int64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0.0;
}

static double wrong_acts(const struct score *score)
{
    return (double)score->wrong;
}

/* What nobody could reclaim is reclaimed. */
static double reclaimed_percent(const struct score *score)
{
    return score->seat_days > 0 ? share(score->reclaimed, score->seat_days) : 100.0;
}

/* A seat that never got free counts as one that took longest. */
static double median_days(const struct score *score)
{
    int64_t count = score->freed > score->waited ? score->freed : score->waited, seen = 0;

    for (int i = 0; i < SCORE_DAYS_MAX; i++) {
        seen += score->days[i];
        if (2 * seen > count || (count == 0 && i == 0))
            return i;
    }
    return SCORE_DAYS_MAX;
}

static double red_percent(const struct score *score)
{
    return share(score->red, score->nights - score->excused);
}

static double overrides(const struct score *score)
{
    return (double)score->overrides;
}

static double messages_a_week(const struct score *score)
{
    return score->nights > 0 ? 7.0 * (double)score->messages / (double)score->nights : 0.0;
}

static double cleanup_nights(const struct score *score)
{
    return (double)(score->last_act ? score->last_act - score->first_act + 1 : SCORE_DAYS_MAX);
}

static double cleanup_left(const struct score *score)
{
    return (double)(score->people / 4 - score->acts);
}

static double approvals(const struct score *score)
{
    return (double)score->approved;
}

/* --- targets --- */

struct target {
    const char *name;
    double (*value)(const struct score *score);
    double limit;
    bool at_least; /* else at most */
};

static const struct target targets[] = {
    {"wrong acts", wrong_acts, 0, false},
    {"reclaimable seat-days reclaimed, percent", reclaimed_percent, 98, true},
    {"median days until a seat is free", median_days, 8, false},
    {"red nights outside of trouble, percent", red_percent, 1, false},
    {"overrides", overrides, 0, false},
    {"messages a week", messages_a_week, 2, false},
};

static const struct target cleanup_targets[] = {
    {"clean-up: wrong acts", wrong_acts, 0, false},
    {"clean-up: seats left", cleanup_left, 0, false},
    {"clean-up: nights behind the grace", cleanup_nights, 20, false},
    {"clean-up: approvals", approvals, 1, false},
    {"clean-up: overrides", overrides, 0, false},
    {"clean-up: red nights, percent", red_percent, 1, false},
};

static bool is_met(const struct target *target, double value)
{
    return target->at_least ? value >= target->limit : value <= target->limit;
}

static size_t check(const struct target *target, size_t count, const struct score *score,
                    size_t *ret_passed)
{
    size_t missed = 0;

    for (size_t i = 0; i < count; i++) {
        double value = target[i].value(score);
        bool met = is_met(&target[i], value);
        printf("  %-6s %-42s %9.2f  (%s %g)\n", met ? "met" : "MISSED", target[i].name, value,
               target[i].at_least ? "at least" : "at most", target[i].limit);
        missed += !met;
    }
    *ret_passed += count - missed;
    return missed;
}

static void add_targets_json(const struct target *target, size_t count, const struct score *score,
                             struct jsonw *json)
{
    for (size_t i = 0; i < count; i++) {
        double value = target[i].value(score);
        jsonw_begin_object(json);
        jsonw_field_string(json, "target", target[i].name);
        jsonw_field_double(json, target[i].at_least ? "at_least" : "at_most", target[i].limit);
        jsonw_field_double(json, "value", value);
        jsonw_field_bool(json, "met", is_met(&target[i], value));
        jsonw_end_object(json);
    }
}

void score_add_targets_json(const struct score *score, bool cleanup, struct text *out)
{
    struct jsonw json = jsonw_to(out);

    jsonw_begin_array(&json);
    if (cleanup)
        add_targets_json(cleanup_targets, COUNT_OF(cleanup_targets), score, &json);
    else
        add_targets_json(targets, COUNT_OF(targets), score, &json);
    jsonw_end_array(&json);
}

size_t score_check(const struct score *total, size_t *ret_passed)
{
    return check(targets, COUNT_OF(targets), total, ret_passed);
}

size_t score_check_cleanup(const struct score *cleanup, size_t *ret_passed)
{
    return check(cleanup_targets, COUNT_OF(cleanup_targets), cleanup, ret_passed);
}

/* --- adding --- */

/* Every figure that adds up, by its place. */
static const struct {
    const char *name;
    size_t offset;
} sums[] = {
#define SUM(name)                                                                                  \
    {                                                                                              \
#name, offsetof(struct score, name)                                                        \
    }
    SUM(people),      SUM(nights),    SUM(wrong),  SUM(seat_days),    SUM(reclaimed),
    SUM(freed),       SUM(waited),    SUM(red),    SUM(red_excused),  SUM(excused),
    SUM(messages),    SUM(overrides), SUM(spread), SUM(acknowledged), SUM(kept),
    SUM(approved),    SUM(refused),   SUM(looks),  SUM(holds),        SUM(minutes),
    SUM(reactivated), SUM(by_hand),   SUM(acts),
#undef SUM
};

static int64_t get_sum(const struct score *score, size_t i)
{
    int64_t value;

    memcpy(&value, (const char *)score + sums[i].offset, sizeof(value));
    return value;
}

static void add_missing(struct score *total, const struct score *year)
{
    for (size_t i = 0; i < VERBS_MISSING_MAX && year->missing[i][0]; i++)
        for (size_t t = 0; t < VERBS_MISSING_MAX; t++) {
            if (total->missing[t][0] && !text_equal(total->missing[t], year->missing[i]))
                continue;
            memcpy(total->missing[t], year->missing[i], sizeof(total->missing[t]));
            total->missing_count[t] += year->missing_count[i];
            break;
        }
}

void score_add(struct score *total, const struct score *year)
{
    for (size_t i = 0; i < COUNT_OF(sums); i++) {
        int64_t value = get_sum(total, i) + get_sum(year, i);
        memcpy((char *)total + sums[i].offset, &value, sizeof(value));
    }
    for (size_t i = 0; i < SCORE_DAYS_MAX; i++)
        total->days[i] += year->days[i];
    for (size_t i = 0; i < SCORE_CODES; i++)
        total->code[i] += year->code[i];
    add_missing(total, year);
    total->seconds += year->seconds;
    total->program_seconds += year->program_seconds;
    total->cpu_seconds += year->cpu_seconds;
    total->failed |= year->failed;
}

/* --- showing --- */

static void print_runs(const struct score *score)
{
    printf("  runs ended with");
    for (size_t i = 0; i < SCORE_CODES; i++)
        if (score->code[i])
            printf("  %zu: %" PRId64, i, score->code[i]);
    printf("\n");
}

void score_print(const struct score *score, const char *title)
{
    printf("%s: %" PRId64 " people, %" PRId64 " nights%s\n", title, score->people, score->nights,
           score->failed ? ", NOT FINISHED" : "");
    printf("  wrong acts %" PRId64 " of %" PRId64 "\n", score->wrong, score->acts);
    printf("  seat-days reclaimed %" PRId64 " of %" PRId64 " (%.1f %%); seats freed %" PRId64
           " of %" PRId64 "; median days %.0f\n",
           score->reclaimed, score->seat_days, reclaimed_percent(score), score->freed,
           score->waited, median_days(score));
    printf("  red nights %" PRId64 " of %" PRId64 " (%.1f %%), and %" PRId64 " of %" PRId64
           " in trouble\n",
           score->red, score->nights - score->excused, red_percent(score), score->red_excused,
           score->excused);
    print_runs(score);
    printf("  messages %" PRId64 " (%.1f a week); minutes %" PRId64 " (%" PRId64 " looks, %" PRId64
           " holds)\n",
           score->messages, messages_a_week(score), score->minutes, score->looks, score->holds);
    printf("  approvals %" PRId64 ", refused %" PRId64 "; spread %" PRId64 ", overrides %" PRId64
           ", acknowledged %" PRId64 ", kept %" PRId64 "\n",
           score->approved, score->refused, score->spread, score->overrides, score->acknowledged,
           score->kept);
    printf("  support reactivated %" PRId64 ", suspended by hand %" PRId64 "\n", score->reactivated,
           score->by_hand);
    for (size_t i = 0; i < VERBS_MISSING_MAX && score->missing[i][0]; i++)
        printf("  verb not there: %s, %" PRId64 " times\n", score->missing[i],
               score->missing_count[i]);
    for (size_t i = 0; i < SCORE_TEXTS && score->wrong_text[i][0]; i++)
        printf("  wrong: %s\n", score->wrong_text[i]);
    for (size_t i = 0; i < SCORE_TEXTS && score->lost_text[i][0]; i++)
        printf("  lost: %s\n", score->lost_text[i]);
    if (score->refusal[0])
        printf("  last refusal: %s%s", score->refusal, strchr(score->refusal, '\n') ? "" : "\n");
    double nights = score->nights ? (double)score->nights : 1.0;
    printf("  %.0f s; a night %.2f s, %.2f s of them the program; %.2f s of a core without the "
           "database\n",
           score->seconds, score->seconds / nights, score->program_seconds / nights,
           score->cpu_seconds / nights);
}

void score_add_json(const struct score *score, struct text *out)
{
    struct jsonw json = jsonw_to(out);

    jsonw_begin_object(&json);
    jsonw_field_int(&json, "seed", score->seed);
    jsonw_field_bool(&json, "finished", !score->failed);
    for (size_t i = 0; i < COUNT_OF(sums); i++)
        jsonw_field_int(&json, sums[i].name, get_sum(score, i));
    jsonw_field_double(&json, "reclaimed_percent", reclaimed_percent(score));
    jsonw_field_double(&json, "median_days", median_days(score));
    jsonw_field_double(&json, "red_percent", red_percent(score));
    jsonw_field_double(&json, "messages_a_week", messages_a_week(score));
    jsonw_field_double(&json, "seconds", score->seconds);
    jsonw_field_double(&json, "cpu_seconds", score->cpu_seconds);
    jsonw_key(&json, "missing");
    jsonw_begin_object(&json);
    for (size_t i = 0; i < VERBS_MISSING_MAX && score->missing[i][0]; i++)
        jsonw_field_int(&json, score->missing[i], score->missing_count[i]);
    jsonw_end_object(&json);
    jsonw_end_object(&json);
}
