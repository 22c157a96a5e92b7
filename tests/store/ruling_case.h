/*
 * ruling_case: rulings, acknowledgements and announcements about the rows of a review_case.
 */
#ifndef RULING_CASE_H
#define RULING_CASE_H

#include "audit_case.h"
#include "store/announce.h"

#define RULING_ADDRESS "https://acme.example"

static inline struct ruling ruling_case_keep(struct review_case *test, const char *who,
                                             int64_t position, const char *reason)
{
    return (struct ruling){.kind = RULING_KEEP,
                           .account_id = test->plan->row[position - 1].account_id,
                           .who = who,
                           .at = test->world.now,
                           .until = day_add(test->world.today, 90),
                           .reason = reason};
}

static inline struct ruling ruling_case_reject(struct review_case *test, const char *who,
                                               int64_t position, const char *reason)
{
    struct ruling ruling = review_case_ruling(test, who, position);

    ruling.kind = RULING_REJECT;
    ruling.until = day_add(test->world.today, 180);
    ruling.reason = reason;
    return ruling;
}

static inline int64_t ruling_case_save(struct review_case *test, struct ruling ruling)
{
    REVIEW_OK(store_save_rulings(&test->world.store, &ruling, 1, RULING_ADDRESS, &why));
    return ruling.id;
}

static inline void ruling_case_end(struct review_case *test, const char *who, int64_t id,
                                   enum ruling_end end, const char *reason)
{
    const struct store_ruling_end ends = {.id = id, .end = end, .reason = reason};

    REVIEW_OK(store_end_rulings(&test->world.store, &test->world.run, who, &ends, 1,
                                test->world.now, &why));
}

static inline struct store_announced ruling_case_announcement(struct review_case *test,
                                                              int64_t position)
{
    const struct plan_row *row = &test->plan->row[position - 1];

    return (struct store_announced){
        .account_id = row->account_id,
        .rule = row->rule,
        .action = action_name(row->action),
        .to_profile = row->to_profile_id,
        .plan_id = test->plan->id,
        .position = position,
        .at = test->world.now,
        .on = test->world.today,
        .not_before = day_add(test->world.today, 14),
        .login_at = instant_add_us(test->world.now, -30 * DAY_US),
        .enforce = true,
    };
}

#endif
