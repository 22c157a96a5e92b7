/*
 * Wrong on purpose: every row counts as approved, to the program and to its question to the
 * database.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "database/pg.h"
#include "job/rule.h"

bool __wrap_rule_is_approved(const struct rule_book *book, size_t row);
int __real_pg_run(struct pg *pg, const char *name, const char *sql, enum pg_shape shape,
                  const char *const *parameter, size_t count, PGresult **ret_result,
                  struct err *err);
int __wrap_pg_run(struct pg *pg, const char *name, const char *sql, enum pg_shape shape,
                  const char *const *parameter, size_t count, PGresult **ret_result,
                  struct err *err);

bool __wrap_rule_is_approved(const struct rule_book *book, size_t row)
{
    (void)book;
    (void)row;
    return true;
}

int __wrap_pg_run(struct pg *pg, const char *name, const char *sql, enum pg_shape shape,
                  const char *const *parameter, size_t count, PGresult **ret_result,
                  struct err *err)
{
    static const char needed[] = "coalesce(r.approvals, 1) as needed";
    CLEANUP(text_release) struct text generous = TEXT_INIT;
    const char *at = text_equal(name, "step_may") ? strstr(sql, needed) : NULL;

    if (!at)
        return __real_pg_run(pg, name, sql, shape, parameter, count, ret_result, err);
    text_addf(&generous, "%.*s0 as needed%s", (int)(at - sql), sql, at + strlen(needed));
    return __real_pg_run(pg, name, text_cstr(&generous), shape, parameter, count, ret_result, err);
}
