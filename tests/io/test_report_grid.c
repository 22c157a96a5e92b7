/* report/grid: the renewal beside a plan, in every format. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/report.h"
#include "test.h"

static struct renewal_class items[] = {{.name = "Heavy <b>&\x1b[2J",
                                        .now = 41,
                                        .planned = 3,
                                        .leaving = 2,
                                        .starting = 1,
                                        .expected = 37,
                                        .contracted = 40,
                                        .price = 12000000,
                                        .currency = "EUR"},
                                       {.name = "Light",
                                        .now = 900,
                                        .planned = -3,
                                        .expected = 903,
                                        .contracted = 800,
                                        .price = 995000,
                                        .currency = "USD"},
                                       {.now = 4, .expected = 4, .contracted = -1, .price = -1}};

static struct plan make_plan(void)
{
    return (struct plan){
        .version = PLAN_VERSION,
        .portal = "acme",
        .time_zone = "UTC",
        .state = PLAN_EMPTY,
        .renewal = {.on = day_nearest(46448),
                    .days = 92,
                    .starters = 12,
                    .at_work = 950,
                    .item = items,
                    .count = COUNT_OF(items)},
    };
}

static struct text render(const struct plan *plan, enum report_format format, unsigned width)
{
    const struct report_style style = {.width = width};
    struct text out = TEXT_INIT;

    assert_int_equal(report_plan(plan, format, &style, &out, NULL), 0);
    return out;
}

#define RENDER(name, plan, ...) CLEANUP(text_release) struct text name = render(plan, __VA_ARGS__)

static void assert_has(const struct text *text, const char *words)
{
    if (!strstr(text_cstr(text), words))
        fail_msg("'%s' is not in: %s", words, text_cstr(text));
}

TEST(report_text_tells_the_renewal_as_a_table_or_in_sentences)
{
    const struct plan plan = make_plan();
    RENDER(wide, &plan, REPORT_TEXT, 160);
    RENDER(narrow, &plan, REPORT_TEXT, 60);

    assert_has(&wide, "Seats on the day of the renewal");
    assert_has(&wide,
               "Light                     900           +3             0             0          "
               "903         800       -103  -10248.5 USD\n");
    assert_has(&wide, "3600 EUR\n");
    assert_has(&wide, "(no class)");
    assert_has(&narrow, "Light: in use now 900, by the plan +3");
    assert_null(strchr(text_cstr(&wide), '\x1b'));
    assert_null(strchr(text_cstr(&narrow), '\x1b'));
}

TEST(report_page_and_json_tell_the_renewal)
{
    const struct plan plan = make_plan();
    RENDER(page, &plan, REPORT_HTML, 80);
    RENDER(json, &plan, REPORT_JSON, 80);

    assert_has(&page, "<a href=\"#renewal\">");
    assert_has(&page, "<section id=renewal>");
    assert_has(&page, "Heavy &lt;b&gt;&amp;");
    assert_has(&json, "\"days\": 92");
    assert_has(&json, "\"left_over\": -103,");
    assert_has(&json, "\"price\": 1200,");
    assert_has(&json, "\"contracted\": null");
}

TEST(report_without_a_renewal_says_nothing_of_it)
{
    struct plan plan = make_plan();

    plan.renewal = (struct renewal){.on = DAY_NONE};
    RENDER(text, &plan, REPORT_TEXT, 160);
    RENDER(page, &plan, REPORT_HTML, 80);
    RENDER(json, &plan, REPORT_JSON, 80);
    assert_null(strstr(text_cstr(&text), "renewal"));
    assert_null(strstr(text_cstr(&page), "id=renewal"));
    assert_has(&json, "\"renewal\": null");
}

TEST(report_says_that_with_keep_free_the_seats_after_a_plan_are_the_most)
{
    struct plan plan = make_plan();
    RENDER(before, &plan, REPORT_TEXT, 400);

    plan.keep_free = 5;
    plan.renewal.days = 0;
    RENDER(text, &plan, REPORT_TEXT, 400);
    assert_null(strstr(text_cstr(&before), "at most"));
    assert_has(&text, "today. So many seats will be in use then if all of this plan is done; at "
                      "most, because seats.keep_free takes back for lack of use only what is "
                      "missing until 5 of a class are free. 12 people");
}

TEST(report_page_counts_accounts_that_got_another_profile)
{
    struct plan_row row = {.action = ACTION_DOWNGRADE,
                           .account_id = "0226F7F3-2B3A-141F-8F07D71AA1F223BD",
                           .account_word = "active",
                           .rule = "idle",
                           .clause = "R4",
                           .idle_days = -1,
                           .standing = {.state = "verified", .done = true}};
    struct plan plan = make_plan();

    plan.row = &row;
    plan.row_count = plan.totals.done = 1;
    RENDER(page, &plan, REPORT_HTML, 80);
    assert_has(&page, "<p>0 seats were freed. 1 account got another profile.</p>");
}
