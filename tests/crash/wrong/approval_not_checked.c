/*
 * Wrong on purpose: every row counts as approved, to the program and to its questions to the
 * database.
 */
#include "job/rule.h"
#include "wrong_sql.h"

bool __wrap_rule_is_approved(const struct rule_book *book, size_t row);

bool __wrap_rule_is_approved(const struct rule_book *book, size_t row)
{
    (void)book;
    (void)row;
    return true;
}

static const struct wrong_sql wrong[] = {
    {"step_may", "coalesce(r.approvals, 1) as needed", "0 as needed"},
    {"plan_not_approved", "coalesce(r.approvals, 1) as needed", "0 as needed"},
    {"plan_not_approved", "j.ended_at is null", "false"},
};
WRONG_SQL(wrong)
