/* The table of a plan's row beside the statements that store and load it: each has all of it. */
#include <string.h>

#include "core/plan_row.h"
#include "sql.h"
#include "test.h"

static bool is_in_name(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z');
}

/* Whether a word of the statement, not a part of one, is this name. */
static bool names(const char *sql, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = sql; (at = strstr(at, name)); at += length) {
        if ((at == sql || !is_in_name(at[-1])) && !is_in_name(at[length]))
            return true;
    }
    return false;
}

/* Those between columns, and not between the arguments of a function. */
static size_t commas(const char *from, const char *until)
{
    size_t count = 0;
    int depth = 0, own = *from == '(';

    for (; from < until; from++) {
        depth += (*from == '(') - (*from == ')');
        count += *from == ',' && depth == own;
    }
    return count;
}

TEST(plan_row_columns_are_those_of_its_statements)
{
    const char *select = strstr(query_plan_rows, "select");
    const char *list = strchr(query_plan_row_copy, '(');
    size_t stored = 0;

    for (const struct column *column = plan_row_columns; column->name; column++) {
        if (!(column->use & PLAN_ROW_STORED))
            continue;
        stored++;
        if (!names(query_plan_row_copy, column->name) || !names(query_plan_rows, column->name))
            fail_msg("column '%s' is not in both statements", column->name);
    }
    /* and where it stands: one names the plan as well, and its portal */
    assert_int_equal(commas(select, strstr(select, "from plan_row")) + 1, stored + 1);
    assert_int_equal(commas(list, strchr(list, ')')) + 1, stored + 3);
}
