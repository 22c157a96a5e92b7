/*
 * Wrong on purpose: every row counts as approved, to the program and to its question to the
 * database.
 */
#include "base/text.h"
#include "core/review.h"
#include "database/pg.h"

bool __wrap_review_is_approved(struct arena *arena, const struct plan *plan,
                               const struct review *review, const struct plan_row *row,
                               const char **ret_reason);
int __real_pg_run(struct pg *pg, const char *name, const char *sql, enum pg_shape shape,
                  const char *const *parameter, size_t count, PGresult **ret_result,
                  struct err *err);
int __wrap_pg_run(struct pg *pg, const char *name, const char *sql, enum pg_shape shape,
                  const char *const *parameter, size_t count, PGresult **ret_result,
                  struct err *err);

bool __wrap_review_is_approved(struct arena *arena, const struct plan *plan,
                               const struct review *review, const struct plan_row *row,
                               const char **ret_reason)
{
    (void)arena;
    (void)plan;
    (void)review;
    (void)row;
    *ret_reason = NULL;
    return true;
}

int __wrap_pg_run(struct pg *pg, const char *name, const char *sql, enum pg_shape shape,
                  const char *const *parameter, size_t count, PGresult **ret_result,
                  struct err *err)
{
    if (text_equal(name, "plan_not_approved"))
        return __real_pg_run(pg, name, "select 1 where false", shape, NULL, 0, ret_result, err);
    return __real_pg_run(pg, name, sql, shape, parameter, count, ret_result, err);
}
