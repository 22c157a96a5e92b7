/*
 * wrong_sql: for wrong programs that ask the database something else than the right one does. They
 * replace pg_run; a program that includes this must wrap it.
 */
#ifndef WRONG_SQL_H
#define WRONG_SQL_H

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "database/pg.h"

/* In the statement of a name every `from` is `to`. */
struct wrong_sql {
    const char *name, *from, *to;
};

int __real_pg_run(struct pg *pg, const char *name, const char *sql, enum pg_shape shape,
                  const char *const *parameter, size_t count, PGresult **ret_result,
                  struct err *err);
int __wrap_pg_run(struct pg *pg, const char *name, const char *sql, enum pg_shape shape,
                  const char *const *parameter, size_t count, PGresult **ret_result,
                  struct err *err);

static inline void wrong_sql_replace(const struct wrong_sql *wrong, struct text *sql)
{
    CLEANUP(text_release) struct text old = TEXT_INIT;
    const char *from, *at;

    text_add(&old, text_cstr(sql));
    text_clear(sql);
    for (from = text_cstr(&old); (at = strstr(from, wrong->from)); from = at + strlen(wrong->from))
        text_addf(sql, "%.*s%s", (int)(at - from), from, wrong->to);
    text_add(sql, from);
}

#define WRONG_SQL(table)                                                                           \
    int __wrap_pg_run(struct pg *pg, const char *name, const char *sql, enum pg_shape shape,       \
                      const char *const *parameter, size_t count, PGresult **ret_result,           \
                      struct err *err)                                                             \
    {                                                                                              \
        CLEANUP(text_release) struct text asked = TEXT_INIT;                                       \
                                                                                                   \
        text_add(&asked, sql);                                                                     \
        for (size_t i = 0; i < COUNT_OF(table); i++) {                                             \
            if (text_equal((table)[i].name, name))                                                 \
                wrong_sql_replace(&(table)[i], &asked);                                            \
        }                                                                                          \
        return __real_pg_run(pg, name, text_cstr(&asked), shape, parameter, count, ret_result,     \
                             err);                                                                 \
    }

#endif
