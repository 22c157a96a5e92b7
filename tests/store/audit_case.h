/*
 * audit_case: the record of a review_case looked at in the two ways there are, by the program and
 * by db/audit-verify.sql in psql alone; and the tables, kept aside while a test tampers with them.
 */
#ifndef AUDIT_CASE_H
#define AUDIT_CASE_H

#include "review_case.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/verify.h"
#include "base/mem.h"
#include "distributed.h"
#include "host/file.h"
#include "store/audit.h"

/* What is spread over several servers takes one command at a time; none here has a ; in a text. */
static inline int run_commands(struct review_case *test, const char *sql, struct err *err)
{
    const char *rest = sql;
    int failed = 0;

    if (!distributed_is_here() || strchr(sql, '$'))
        return pg_script(test->world.pg, "test", sql, err);
    while (*rest && !failed) {
        size_t length = strcspn(rest, ";");
        CLEANUP(mem_cleanup) char *one = mem_strndup(rest, length);
        failed = one[strspn(one, " \n")] ? pg_script(test->world.pg, "test", one, err) : 0;
        rest += length + (rest[length] == ';');
    }
    return failed;
}

static inline void execute(struct review_case *test, const char *sql)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (run_commands(test, sql, &err) < 0)
        fail_msg("%s: %s", sql, err.text);
}

/* Of several servers some refuse what the owner of one may do to a row; false: so it is here. */
static inline bool can_do(struct review_case *test, const char *sql)
{
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (run_commands(test, sql, &err) == 0)
        return true;
    if (!strstr(err.text, "SQLSTATE 23505") &&
        (!distributed_is_here() || !strstr(err.text, "SQLSTATE 0A000")))
        fail_msg("%s: %s", sql, err.text);
    print_message("refused by the server itself: %s\n", sql);
    return false;
}

#define TABLES_KEPT                                                                                \
    "audit_event", "audit_head", "audit_private", "run", "snapshot", "roster", "act", "approval",  \
        "approval_row", "guard_override", "handed_in", "ruling", "acknowledgement",                \
        "announcement", "plan_row", "plan_guard", "plan", "step", "migration"

static inline void keep(struct review_case *test)
{
    static const char *const table[] = {TABLES_KEPT};

    for (size_t i = 0; i < COUNT_OF(table); i++)
        execute(test, arena_printf(&test->world.arena,
                                   "create schema if not exists kept;"
                                   "create table kept.%s as table reconcile.%s",
                                   table[i], table[i]));
}

/* Triggers are no hindrance to who owns the tables: that is what the chain is for. */
static inline void unlock(struct review_case *test)
{
    static const char *const table[] = {TABLES_KEPT};

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(mem_cleanup) char *off = cluster_fixture_triggers(table[i], TRIGGERS_OFF);
        execute(test, off);
    }
}

static inline void lock_again(struct review_case *test)
{
    static const char *const table[] = {TABLES_KEPT};

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(mem_cleanup) char *on = cluster_fixture_triggers(table[i], TRIGGERS_ON);
        CLEANUP(mem_cleanup) char *always = cluster_fixture_triggers(table[i], TRIGGERS_ALWAYS);
        execute(test, on);
        if (text_starts(table[i], "audit_"))
            execute(test, always);
    }
}

static inline void put_back(struct review_case *test)
{
    static const char *const table[] = {TABLES_KEPT};

    for (size_t i = 0; i < COUNT_OF(table); i++)
        execute(test, arena_printf(&test->world.arena,
                                   "delete from reconcile.%s;"
                                   "insert into reconcile.%s table kept.%s",
                                   table[i], table[i], table[i]));
}

/* --- the two ways to check --- */

static inline void note(void *context, int64_t sequence, const char *sentence)
{
    text_addf(context, "event %lld: %s\n", (long long)sequence, sentence);
}

static inline size_t by_program(struct review_case *test, const struct audit_head *anchor,
                                struct text *ret_said)
{
    struct audit_head last;
    size_t findings = 0;

    REVIEW_OK(store_audit_verify(&test->world.store, anchor, anchor ? 1 : 0, note, ret_said, &last,
                                 &findings, &why));
    return findings;
}

/* psql's exit status; what it printed. */
static inline int by_psql(const char *const *option, struct text *ret_said)
{
    CLEANUP(mem_cleanup) char *script = file_join(SOURCE_DIR, "db/audit-verify.sql");
    const char *argv[16] = {"psql", "-X", "-d", cluster_fixture_conninfo(), "-v", "portal=acme"};
    size_t count = 6;
    int end[2], status = 0;
    char buffer[4096];

    for (; option && *option; option++)
        argv[count++] = *option;
    argv[count++] = "-f";
    argv[count] = script;
    assert_int_equal(pipe(end), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(end[1], STDOUT_FILENO);
        (void)dup2(end[1], STDERR_FILENO);
        (void)execvp("psql", (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    (void)close(end[1]);
    for (ssize_t n; (n = read(end[0], buffer, sizeof(buffer))) > 0;)
        text_add_bytes(ret_said, buffer, (size_t)n);
    (void)close(end[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static inline int by_psql_with(struct review_case *test, const struct audit_head *anchor,
                               struct text *ret_said)
{
    char text[AUDIT_HEAD_SIZE];

    if (!anchor)
        return by_psql(NULL, ret_said);
    const char *const option[] = {
        "-v",
        arena_printf(&test->world.arena, "head=%s", audit_head_format(anchor, text)),
        NULL,
    };
    return by_psql(option, ret_said);
}

static inline void assert_clean(struct review_case *test, const struct audit_head *anchor)
{
    CLEANUP(text_release) struct text program = TEXT_INIT, psql = TEXT_INIT;

    if (by_program(test, anchor, &program) != 0)
        fail_msg("%s", text_cstr(&program));
    if (by_psql_with(test, anchor, &psql) != 0)
        fail_msg("%s", text_cstr(&psql));
}

/* Both say so, and both name the event. */
static inline void assert_found(struct review_case *test, const char *what,
                                const struct audit_head *anchor, const char *program_says,
                                const char *psql_says)
{
    CLEANUP(text_release) struct text program = TEXT_INIT, psql = TEXT_INIT;

    if (by_program(test, anchor, &program) == 0 || !strstr(text_cstr(&program), program_says))
        fail_msg("%s, by program, not '%s': %s", what, program_says, text_cstr(&program));
    if (by_psql_with(test, anchor, &psql) != 3 || !strstr(text_cstr(&psql), psql_says))
        fail_msg("%s, by psql, not '%s': %s", what, psql_says, text_cstr(&psql));
}

/* Statements that take away, or give back, what keeps a column from being empty: what checks it,
 * the key that it is of, and what refers to that. */
static inline const char *constraints_of(struct review_case *test, const char *table,
                                         const char *column, bool give_back)
{
    const char *const order = give_back ? "c.contype = 'f'" : "c.contype <> 'f'";

    return store_world_text(
        &test->world,
        arena_printf(
            &test->world.arena,
            "select coalesce(string_agg(format('alter table %%s %s;', c.conrelid::regclass, %s),"
            " ' ' order by %s), '')"
            " || coalesce((select ' alter table %s alter %s %s not null' from pg_attribute"
            " where attrelid = 'reconcile.%s'::regclass and attname = '%s' and attnotnull), '')"
            " from pg_constraint c left join pg_constraint k on k.contype = 'p'"
            " and k.conrelid = 'reconcile.%s'::regclass and pg_get_constraintdef(k.oid) ~ "
            "'\\m%s\\M'"
            " where c.contype = 'c' and c.conrelid = 'reconcile.%s'::regclass"
            " and pg_get_constraintdef(c.oid) ~ '\\m%s\\M' or c.oid = k.oid"
            " or c.contype = 'f' and c.confrelid = k.conrelid",
            give_back ? "add constraint %I %s" : "drop constraint %I",
            give_back ? "c.conname, pg_get_constraintdef(c.oid)" : "c.conname", order, table,
            column, give_back ? "set" : "drop", table, column, table, column, table, column));
}

/* Of many ways to change a column a check takes a part, `make check-sweeps` all. */
static inline bool is_taken(size_t i)
{
    return i % 4 == 0 || getenv("EVERY_EVENT") != NULL;
}

/* Nothing where something stood, which the owner of a table may let be: another value like any. */
static inline void assert_null_found(struct review_case *test, const char *table,
                                     const char *column, const char *where, const char *psql_says)
{
    struct arena *arena = &test->world.arena;
    const char *what =
        arena_printf(arena, "update %s set %s = null where %s", table, column, where);
    bool is_end = strcmp(column, "ended_at") == 0 || strcmp(column, "ended_on") == 0;
    const char *again = constraints_of(test, table, column, true);

    if (number(test, arena_printf(arena, "select count(*) from %s where (%s) and %s is not null",
                                  table, where, column)) == 0)
        return;
    execute(test, constraints_of(test, table, column, false));
    if (can_do(test, what))
        assert_found(test, what, NULL, is_end ? "is not stored any more" : column, psql_says);
    put_back(test);
    execute(test, again);
}

/* Neither is the end of time a moment, or a day. */
static inline void assert_endless_found(struct review_case *test, const char *table,
                                        const char *column, const char *where,
                                        const char *psql_says)
{
    struct arena *arena = &test->world.arena;
    const char *what =
        arena_printf(arena, "update %s set %s = 'infinity' where %s", table, column, where);

    if (number(test, arena_printf(arena,
                                  "select count(*) from pg_attribute where attrelid ="
                                  " 'reconcile.%s'::regclass and attname = '%s' and atttypid in"
                                  " ('timestamptz'::regtype, 'date'::regtype)",
                                  table, column)) == 0)
        return;
    if (can_do(test, what))
        assert_found(test, what, NULL, column, psql_says);
    put_back(test);
}

/* Likewise what a row is found by: what is said then depends on who looks for it, but both say
 * something, and go on to the end. */
struct number_of_row {
    const char *table, *column, *where;
};

static inline void assert_number_missed(struct review_case *test, const struct number_of_row *row)
{
    CLEANUP(text_release) struct text said = TEXT_INIT;
    struct arena *arena = &test->world.arena;
    const char *again = constraints_of(test, row->table, row->column, true);
    const char *what = arena_printf(arena, "update %s set %s = null where %s", row->table,
                                    row->column, row->where);

    assert_true(number(test, arena_printf(arena, "select count(*) from %s where %s", row->table,
                                          row->where)) > 0);
    execute(test, constraints_of(test, row->table, row->column, false));
    if (can_do(test, what)) {
        if (by_program(test, NULL, &said) == 0)
            fail_msg("%s: nothing found by program", what);
        if (by_psql(NULL, &said) != 3)
            fail_msg("%s, by psql: %s", what, text_cstr(&said));
    }
    put_back(test);
    execute(test, again);
    unlock(test); /* those of keys are new */
}

/* Empty tables, with their triggers, whatever a test did. */
static inline int audit_case_setup(void **state)
{
    struct review_case *test = *state;

    if (!distributed_is_here()) { /* else the database is another one */
        execute(test, "drop schema if exists kept cascade");
        if (number(test, "select count(*) from audit_event")) {
            unlock(test);
            execute(test,
                    "delete from audit_private; delete from audit_event; delete from audit_head");
            lock_again(test);
        }
    }
    return review_case_setup(state);
}

#endif
