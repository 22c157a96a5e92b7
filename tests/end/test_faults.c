/*
 * Every fault of the portal, met by the whole program: what the plan then says is right, or it is
 * held and says that the snapshot is incomplete, or there is no plan and a reason. Nobody ever gets
 * an action who must not have one, nobody is judged gone by an incomplete list, and nothing is ever
 * written. One connection, so that the same requests are hit every time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "end.h"
#include "test.h"

enum outcome {
    RIGHT = 0,  /* complete, and everybody who must go is in the plan */
    CAREFUL,    /* complete; who cannot be judged is kept */
    INCOMPLETE, /* held by G4, with a reason */
    UNREADABLE, /* complete, everybody is kept, and held by G4, for nobody would hear of it */
    NO_PLAN,    /* an error, nothing stored */
};

struct fault_case {
    const char *fault;
    enum outcome outcome;
    int code; /* of NO_PLAN */
    const char *says;
    const char *portal; /* other settings of the portal */
};

#define PORTAL                                                                                     \
    "requests_per_second = 1000000.0; requests_per_window = 100000000; page_size = 50; "           \
    "silence_after_429 = 1.0; "
#define EACH   PORTAL "connections = 1; timeout = 3; patience = 2; logins = \"each\";"
#define EVENTS PORTAL "connections = 1; timeout = 3; patience = 2; logins = \"events\";"
#define HASTY  PORTAL "connections = 1; timeout = 1; patience = 2; logins = \"each\";"

/* Trouble on the way. */
static const struct fault_case way_cases[] = {
    {"latency=5", RIGHT, 0, NULL, NULL},
    {"error=503:5", RIGHT, 0, NULL, NULL},
    {"error=503:every=7", INCOMPLETE, 0, NULL, NULL},
    {"error=502:nth=3:/api/v4/users/", RIGHT, 0, NULL, NULL},
    {"error=429:nth=50", RIGHT, 0, NULL, NULL},
    {"error=500", NO_PLAN, 69, "500", NULL},
    {"error=500:/api/v4/profiles/", NO_PLAN, 69, "500", NULL},
    {"error=401", NO_PLAN, 77, "401", NULL},
    {"error=403", NO_PLAN, 77, "403", NULL},
    {"error=404", NO_PLAN, 69, "is portal.url right?", NULL},
    {"reset=5", RIGHT, 0, NULL, NULL},
    {"reset=every=9", RIGHT, 0, NULL, NULL},
    {"reset", NO_PLAN, 69, "failed", NULL},
    {"lost-answer", NO_PLAN, 69, "failed", NULL},
    {"cut=length", NO_PLAN, 69, "cut off", NULL},
    {"cut=chunked", NO_PLAN, 69, "cut off", NULL},
    {"cut=close", NO_PLAN, 69, "cut off", NULL},
    {"cut=close:4", RIGHT, 0, NULL, NULL},
    {"cut=length:4", RIGHT, 0, NULL, NULL},
    {"wrong-type", NO_PLAN, 69, "JSON", NULL},
    {"wrong-type=nth=20", INCOMPLETE, 0, NULL, NULL},
    {"redirect-slash", INCOMPLETE, 0, NULL, NULL},
    {"token-expiry", RIGHT, 0, NULL, NULL},
    {"token-expiry=1", RIGHT, 0, NULL, NULL},
    {"trailing-garbage", NO_PLAN, 69, "something follows", NULL},
    {"trailing-garbage=nth=20", RIGHT, 0, NULL, NULL},
    {"deep-json", NO_PLAN, 69, "too deep", NULL},
    {"deep-json=every=50", RIGHT, 0, NULL, NULL},
    {"huge-body=1:every=40", RIGHT, 0, NULL, NULL},
    {"huge-body=80", NO_PLAN, 69, "larger than", NULL},
    {"slow-body=every=90", RIGHT, 0, NULL, HASTY},
    {"slow-body", NO_PLAN, 69, "failed: Operation", HASTY},
    {"hang=nth=90", RIGHT, 0, NULL, HASTY},
    {"hang", NO_PLAN, 69, "timed out", HASTY},
};

/* What the list says. */
static const struct fault_case list_cases[] = {
    {"clamp-limit=20", RIGHT, 0, NULL, NULL},
    {"clamp-limit=1", RIGHT, 0, NULL, NULL},
    {"repeat-last-page", RIGHT, 0, NULL, NULL},
    {"no-paging-headers", RIGHT, 0, NULL, NULL},
    {"drift=both", INCOMPLETE, 0, NULL, NULL},
    {"drift=remove", INCOMPLETE, 0, NULL, NULL},
    {"drift=add", INCOMPLETE, 0, NULL, NULL},
    {"wrong-total=1", INCOMPLETE, 0, NULL, NULL},
    {"wrong-total=-1", INCOMPLETE, 0, NULL, NULL},
    {"wrong-total=1000", INCOMPLETE, 0, NULL, NULL},
    {"duplicate-ids", INCOMPLETE, 0, NULL, NULL},
    {"bad-item=string", INCOMPLETE, 0, NULL, NULL},
    {"bad-item=null", INCOMPLETE, 0, NULL, NULL},
    {"bad-item=number", INCOMPLETE, 0, NULL, NULL},
    {"bad-item=no-id", INCOMPLETE, 0, NULL, NULL},
    {"bad-item=id-number", INCOMPLETE, 0, NULL, NULL},
    {"bad-item=id-form", INCOMPLETE, 0, NULL, NULL},
    {"active-form=int", RIGHT, 0, NULL, NULL},
    {"active-form=bool", RIGHT, 0, NULL, NULL},
    {"active-form=string", RIGHT, 0, NULL, NULL},
    {"active-form=quoted-bool", RIGHT, 0, NULL, NULL},
    {"active-form=garbage", UNREADABLE, 0, NULL, NULL},
    {"active-form=missing", UNREADABLE, 0, NULL, NULL},
    {"role-missing", NO_PLAN, 77, "USERMANAGEMENT", NULL},
};

/* What single reads and login events say. */
static const struct fault_case login_cases[] = {
    {"last-login-form=rfc3339-ms", RIGHT, 0, NULL, NULL},
    {"last-login-form=rfc3339", RIGHT, 0, NULL, NULL},
    {"last-login-form=zulu", RIGHT, 0, NULL, NULL},
    {"last-login-form=no-zone", RIGHT, 0, NULL, NULL},
    {"last-login-form=words", RIGHT, 0, NULL, NULL},
    {"last-login-form=epoch-ms", RIGHT, 0, NULL, NULL},
    {"last-login-form=epoch-ms-text", RIGHT, 0, NULL, NULL},
    {"last-login-form=mixed", RIGHT, 0, NULL, NULL},
    {"last-login-form=null", CAREFUL, 0, NULL, NULL},
    {"last-login-form=missing", CAREFUL, 0, NULL, NULL},
    {"last-login-form=empty", CAREFUL, 0, NULL, NULL},
    {"last-login-form=garbage", CAREFUL, 0, NULL, NULL},
    {"last-login-form=future", CAREFUL, 0, NULL, NULL},
    {"last-login-form=all", CAREFUL, 0, NULL, NULL},
    {"never-form=missing", RIGHT, 0, NULL, NULL},
    {"never-form=null", RIGHT, 0, NULL, NULL},
    {"never-form=empty", RIGHT, 0, NULL, NULL},
    {"gateway-404", NO_PLAN, 69, "is portal.url right?", NULL},
    {"gateway-404=nth=5", NO_PLAN, 69, "is portal.url right?", NULL},
    {"no-such-user", INCOMPLETE, 0, NULL, NULL},
    {"no-such-user=nth=5", INCOMPLETE, 0, NULL, NULL},
    {"events-403", RIGHT, 0, NULL, EVENTS},
    {"events-404", RIGHT, 0, NULL, EVENTS},
    {"cursor-always", RIGHT, 0, NULL, EVENTS},
    {"cursor-loop", RIGHT, 0, NULL, EVENTS},
    {"cursor-new", RIGHT, 0, NULL, EVENTS},
    {"error=503:/v7/", RIGHT, 0, NULL, EVENTS},
    {"cut=close:/v7/", RIGHT, 0, NULL, EVENTS},
    {"latency=1", RIGHT, 0, NULL, EVENTS},
};

/* Faults of writing do not matter to a plan. */
static const struct fault_case write_cases[] = {
    {"delay-202", RIGHT, 0, NULL, NULL},
    {"delay-202-reads", RIGHT, 0, NULL, NULL},
    {"never-202", RIGHT, 0, NULL, NULL},
    {"default-omitted", RIGHT, 0, NULL, NULL},
};

static void check_plan(struct end *end, const struct fault_case *one,
                       const struct end_result *result)
{
    CLEANUP(end_put) struct json_object *plan = end_json(result);
    bool complete = one->outcome != INCOMPLETE;

    assert_int_equal(json_object_get_boolean(end_at(plan, "inputs.snapshot.complete")), complete);
    assert_int_equal(end_text_at(plan, "inputs.snapshot.incomplete_reason") == NULL, complete);
    assert_string_equal(end_guard(plan, "G4"),
                        complete && one->outcome != UNREADABLE ? "pass" : "hold");
    assert_int_equal(end_number_at(plan, "inputs.snapshot.gone"), 0);
    (void)end_assert_truth(end, plan, one->outcome == RIGHT);
    assert_int_equal(end_count(end, "select count(*) from reconcile.account_version"
                                    " where status = 'gone'"),
                     0);
}

static int wanted_code(const struct fault_case *one)
{
    switch (one->outcome) {
    case RIGHT:
    case CAREFUL:
        return 0;
    case INCOMPLETE:
    case UNREADABLE:
        return 20;
    case NO_PLAN:
        return one->code;
    }
    return -1;
}

/* Each case is a portal of its own to the history. */
static void meet(struct end *end, const struct fault_case *one)
{
    static unsigned met;
    int64_t before = end_count(end, "select count(*) from reconcile.snapshot");

    print_message("  %s\n", one->fault);
    probe_control(&end->probe, "/_sim/reset", "");
    end_set(end, END_NAME, "portal-%u", ++met);
    end_set(end, END_PORTAL, "%s", one->portal ? one->portal : EACH);
    end_fault(end, one->fault);
    CLEANUP(end_result_release)
    struct end_result result = END_RUN(end, "plan", "--format", "json");
    end_assert_code(&result, wanted_code(one));
    end_assert_no_writes(end);
    if (one->outcome != NO_PLAN) {
        check_plan(end, one, &result);
        return;
    }
    assert_string_equal(text_cstr(&result.out), "");
    end_assert_says(&result.err, "error: ");
    end_assert_says(&result.err, one->says);
    assert_int_equal(end_count(end, "select count(*) from reconcile.snapshot"), before);
}

static void meet_all(const struct fault_case *one, size_t count)
{
    CLEANUP(end_finish) struct end end;

    end_begin(&end, NULL);
    for (size_t i = 0; i < count; i++)
        meet(&end, &one[i]);
}

TEST(plan_with_trouble_on_the_way_is_right_or_says_so)
{
    meet_all(way_cases, COUNT_OF(way_cases));
}

TEST(plan_with_a_doubtful_list_is_right_or_says_so)
{
    meet_all(list_cases, COUNT_OF(list_cases));
}

TEST(plan_with_doubtful_logins_is_right_or_says_so)
{
    meet_all(login_cases, COUNT_OF(login_cases));
}

TEST(plan_with_faults_of_writing_is_right)
{
    meet_all(write_cases, COUNT_OF(write_cases));
}

TEST(plan_after_an_incomplete_one_is_right_again)
{
    CLEANUP(end_finish) struct end end;

    end_begin(&end, NULL);
    end_fault(&end, "no-such-user");
    CLEANUP(end_result_release)
    struct end_result incomplete = END_RUN(&end, "plan", "--format", "json");
    end_assert_code(&incomplete, 20);
    end_clear_faults(&end);
    CLEANUP(end_result_release) struct end_result right = END_RUN(&end, "plan", "--format", "json");
    end_assert_code(&right, 0);
    CLEANUP(end_put) struct json_object *plan = end_json(&right);
    (void)end_assert_truth(&end, plan, true);
    assert_int_equal(end_number_at(plan, "inputs.snapshot.gone"), 0);
}
