/* audit, as a user runs it: the answers, their formats, and what they exit with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "end.h"

#define WORLD(name)                                                                                \
    CLEANUP(end_finish) struct end name;                                                           \
    end_begin(&(name), NULL)

static void change(struct end *end, const char *sql)
{
    CLEANUP(text_release) struct text both = TEXT_INIT;

    text_addf(&both, "%s; select 1", sql);
    free(end_query(end, text_cstr(&both)));
}

static void plan(struct end *end)
{
    struct end_result result = END_RUN(end, "plan", "--format", "json");

    end_assert_code(&result, 0);
    end_result_release(&result);
}

static void check_verify(struct end *end, int code, const char *says)
{
    struct end_result result = END_RUN(end, "audit", "verify");

    end_assert_code(&result, code);
    end_assert_says(&result.out, says);
    end_result_release(&result);
}

static void audit_verify_finds_nothing_and_then_what_was_done(void **state)
{
    WORLD(end);

    (void)state;
    plan(&end);
    check_verify(&end, 0, " events, 0 findings, 1 head from outside; head ");
    change(&end, "alter table reconcile.audit_event disable trigger audit_deny");
    check_verify(&end, 0, "0 findings");
    change(&end, "update reconcile.audit_event set word = 'run' where sequence = 2");
    check_verify(&end, 22, "event 2: it was changed");
}

/* The tail is cut, and the database's own head with it: the head file knows. */
static void audit_verify_takes_the_head_file_into_account(void **state)
{
    WORLD(end);

    (void)state;
    plan(&end);
    change(&end, "alter table reconcile.audit_event disable trigger all");
    change(&end, "alter table reconcile.audit_head disable trigger all");
    change(&end, "delete from reconcile.audit_event where kind = 'run_end'");
    change(&end, "update reconcile.audit_head set (sequence, count, hash) = (select sequence,"
                 " sequence, hash from reconcile.audit_event order by sequence desc limit 1)");
    check_verify(&end, 22, "the chain ends at");
}

static void audit_verify_takes_the_head_of_a_report(void **state)
{
    WORLD(end);

    (void)state;
    struct end_result result = END_RUN(&end, "plan", "--format", "json");
    end_assert_code(&result, 0);
    struct json_object *json = end_json(&result);
    CLEANUP(mem_cleanup) char *head = mem_strdup(end_text_at(json, "plan.audit_head"));
    json_object_put(json);
    end_assert_says(&result.err, "audit head ");
    end_result_release(&result);

    result = END_RUN(&end, "audit", "verify", "--head", head);
    end_assert_code(&result, 0);
    end_assert_says(&result.out, "2 heads from outside");
    end_result_release(&result);

    char *digit = strchr(head, ':') + 1;
    *digit = *digit == '0' ? '1' : '0';
    result = END_RUN(&end, "audit", "verify", "--head", head);
    end_assert_code(&result, 22);
    end_assert_says(&result.out, "its hash is not the one that was kept outside");
    end_result_release(&result);

    result = END_RUN(&end, "audit", "verify", "--head", "12");
    end_assert_code(&result, 64);
    end_result_release(&result);
    result = END_RUN(&end, "audit", "virify");
    end_assert_code(&result, 64);
    end_result_release(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_verify_finds_nothing_and_then_what_was_done),
        cmocka_unit_test(audit_verify_takes_the_head_file_into_account),
        cmocka_unit_test(audit_verify_takes_the_head_of_a_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
