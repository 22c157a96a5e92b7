/*
 * Databases that are reached or set up in another way than one would think: what is no good is
 * named with its cure, ends with 78, and nothing was done; what is odd makes no difference.
 */
#include <stdlib.h>
#include <string.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "pooler.h"
#include "test.h"

#define COUNT_RUNS "select count(*) from reconcile.run"

/* Each of these ends with 78 and says so. */
static void assert_all_refuse(struct end *end, const char *const *words, const char *cure)
{
    static const char *const verbs[] = {"check", "migrate", "run", "plan", "show", "status"};

    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        RUN(result, end, verbs[i]);
        const struct text *said = text_equal(verbs[i], "check") ? &result.out : &result.err;

        end_assert_code(&result, 78);
        for (size_t j = 0; words[j]; j++)
            end_assert_says(said, words[j]);
        end_assert_says(said, cure);
    }
}

TEST(every_verb_through_a_pool_of_transactions_is_78_and_does_nothing)
{
    WORLD(acts, 2, 4, NULL);
    CLEANUP(mem_cleanup) char *direct = mem_strdup(acts.end.piece[END_DATABASE]);
    CLEANUP(pooler_release)
    struct pooler pooler = pooler_start(&(struct pooler_settings){.mode = "transaction"});

    acts_plan(&acts, 0);
    acts_approve(&acts);
    int64_t runs = end_count(&acts.end, COUNT_RUNS);
    end_set(&acts.end, END_DATABASE, "conninfo = \"%s\";", pooler.conninfo);
    assert_all_refuse(&acts.end,
                      (const char *const[]){"a pooler in transaction mode stands between", NULL},
                      "hint: let database.conninfo lead to the server itself");
    assert_int_equal(acts_writes(&acts), 0);
    end_set(&acts.end, END_DATABASE, "%s", direct + strspn(direct, " "));
    assert_int_equal(end_count(&acts.end, COUNT_RUNS), runs);
    APPLY(applied, &acts, 0); /* what was approved is still approved */
    assert_int_equal(acts_writes(&acts), 2);
}

TEST(run_through_a_pool_of_sessions_does_what_was_approved)
{
    WORLD(acts, 2, 4, NULL);
    CLEANUP(pooler_release)
    struct pooler pooler = pooler_start(&(struct pooler_settings){.mode = "session"});

    end_set(&acts.end, END_DATABASE, "conninfo = \"%s\";", pooler.conninfo);
    RUN(checked, &acts.end, "check");
    end_assert_code(&checked, 0);
    acts_plan(&acts, 0);
    acts_approve(&acts);
    RUN(ran, &acts.end, "run");
    end_assert_code(&ran, 0);
    assert_int_equal(acts_writes(&acts), 2);
    RUN(verified, &acts.end, "audit", "verify");
    end_assert_code(&verified, 0);
}

TEST(every_verb_on_a_database_that_is_not_utf8_is_78_with_the_cure)
{
    WORLD(acts, 2, 4, NULL);

    RUN(made, &acts.end, "psql", "-c", "drop database if exists latin", "-c",
        "create database latin template template0 locale 'C' encoding 'LATIN1'");
    end_assert_code(&made, 0);
    end_set(&acts.end, END_DATABASE, "conninfo = \"%s dbname=latin\";", acts.end.conninfo);
    assert_all_refuse(&acts.end, (const char *const[]){"LATIN1", "'latin'", NULL}, "createdb -h ");
    assert_int_equal(acts_writes(&acts), 0);
}

TEST(settings_of_the_database_change_nothing_of_what_is_done)
{
    static const char *const odd[] = {
        "standard_conforming_strings = off",
        "default_transaction_read_only = on",
        "default_transaction_isolation = serializable",
        "datestyle = 'SQL, DMY'",
        "intervalstyle = sql_standard",
        "extra_float_digits = -15",
        "bytea_output = escape",
        "timezone = 'Pacific/Auckland'",
        "statement_timeout = '15s'",
        "lock_timeout = '1ms'",
        "idle_in_transaction_session_timeout = '15s'",
        "transform_null_equals = on",
        "search_path = nowhere",
    };
    WORLD(acts, 2, 4, NULL);
    CLEANUP(mem_cleanup) char *name = end_query(&acts.end, "select current_database()");
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    for (size_t i = 0; i < COUNT_OF(odd); i++)
        text_addf(&sql, "alter database %s set %s; ", name, odd[i]);
    end_change(&acts.end, text_cstr(&sql));
    RUN(migrated, &acts.end, "migrate");
    end_assert_code(&migrated, 0);
    acts_do_all(&acts);
    assert_int_equal(acts_writes(&acts), 2);
    RUN(verified, &acts.end, "audit", "verify");
    end_assert_code(&verified, 0);
    RUN(status, &acts.end, "status");
    end_assert_code(&status, 0);
}
