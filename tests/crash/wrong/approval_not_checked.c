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
    {"step_may", "select count(distinct a.who)", "select 9 + count(distinct a.who)"},
    {"plan_not_approved", "select count(distinct a.who)", "select 9 + count(distinct a.who)"},
    {"plan_not_approved", "j.ended_at is null", "false"},
};
WRONG_SQL(wrong)
