/*
 * What a single read tells of one account may be about another one: of two people of one name one
 * has left, and only that the other uses an account of their own says that this one may go (K5).
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/text.h"
#include "end.h"
#include "test.h"

#define LEFT  "D9A237FA-D8A9-46F5-A6B69950813A241F"
#define THERE "35549C68-1938-45F2-D8026AA8B33014E1"

static const char *const options[] = {"--users", "200", "--seed", "1", NULL};

/* Somebody of the name of one who left works here, with an account of their own. */
static void begin(struct end *end)
{
    CLEANUP(text_release) struct text roster = TEXT_INIT;

    end_begin(end, options);
    end_set(end, END_PORTAL,
            "requests_per_second = 1000000.0; requests_per_window = 100000000; page_size = 50; "
            "connections = 4; logins = \"events\"; login_refresh_days = 1; ");
    end_set(end, END_RULES,
            "{ name = \"departed\"; when = { account = \"active\"; person = \"departed\"; }; "
            "do = \"suspend\"; }");
    end_set(end, END_SUSPEND, "count = 8000; percent = 100.0; rolling_count = 16000;");
    end_set(end, END_POLICY, "mode = \"enforce\";");
    CLEANUP(mem_cleanup) char *before = end_read(end->roster_path);
    text_addf(&roster,
              "%s300001,Lotte Visser,l.visser@other.example,Active,2026-11-10,,Marketing\n",
              before);
    free(end_file(end, "roster.csv", roster.data, roster.length));
    end_change_user(end, THERE,
                    "email=l.visser@other.example&username=l.visser@other.example"
                    "&firstname=Lotte&lastname=Visser&employeeNumber=300001");
}

static void approve_plan(struct end *end)
{
    char number[32];

    RUN(plan, end, "plan", "--format", "json");
    JSON(said, end_json(&plan));
    (void)snprintf(number, sizeof(number), "%lld", (long long)end_number_at(said, "plan.id"));
    RUN(approved, end, "approve", number, "--digest", end_text_at(said, "plan.digest"));
    end_assert_code(&approved, 0);
}

static size_t writes_on(struct end *end, const char *id)
{
    JSON(writes, probe_control_json(&end->probe, "/_sim/writes"));
    size_t count = 0;

    for (size_t i = 0; i < json_object_array_length(writes); i++)
        count += text_equal(end_text_at(json_object_array_get_idx(writes, i), "id"), id);
    return count;
}

/* A day later everybody is read anew. */
static size_t suspended_after(const char *fault)
{
    CLEANUP(end_finish) struct end end;
    char text[INSTANT_TEXT_SIZE], form[64];
    struct instant tomorrow = {.us = (int64_t)time(NULL) * SECOND_US + DAY_US};

    begin(&end);
    approve_plan(&end);
    (void)snprintf(form, sizeof(form), "at=%s", instant_format(tomorrow, text));
    assert_int_equal(setenv("CLOCK_DAYS", "1", 1), 0);
    assert_int_equal(setenv("LD_PRELOAD", CLOCK_PRELOAD, 1), 0);
    probe_control(&end.probe, "/_sim/clock", form);
    if (fault)
        end_fault(&end, fault);
    RUN(run, &end, "run");
    assert_int_equal(unsetenv("CLOCK_DAYS"), 0);
    assert_int_equal(unsetenv("LD_PRELOAD"), 0);
    assert_true(run.code == 0 || run.code == 20 || run.code == 21);
    return writes_on(&end, LEFT);
}

TEST(who_left_goes_while_the_other_of_their_name_uses_another_account)
{
    assert_int_equal(suspended_after(NULL), 1);
}

TEST(who_left_stays_when_a_read_does_not_tell_whether_the_other_account_is_in_use)
{
    assert_int_equal(suspended_after("active-form=garbage:GET /api/v4/users/" THERE), 0);
}
