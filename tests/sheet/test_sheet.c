/*
 * `review` and a real spreadsheet: the workbook of a plan filled in, saved as a workbook again, and
 * as CSV in every way (edit.py). A row that is not what it was, one that stands twice, a formula
 * and rows of another plan are among them, and each is refused by name.
 */
#include <stdlib.h>

#include "acts.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "test.h"

TEST(review_takes_what_libreoffice_saves)
{
    static const char *const ways[] = {"comma", "semicolon", "tab", "marked", "utf16"};

    WORLD(acts, 7, 2, NULL);
    acts_only_suspend(&acts);
    acts_plan(&acts, 0);
    acts_plan(&acts, 0); /* the same rows once more, with the same subjects */
    CLEANUP(text_release) struct text other = TEXT_INIT;
    text_addf(&other, "2:%s", acts.digest);
    const char *at = acts.end.probe.directory;
    CLEANUP(mem_cleanup) char *book = probe_path(&acts.end.probe, "plan.xlsx");
    CLEANUP(mem_cleanup)
    char *day = acts_ask(&acts, "select (date_trunc('month', today + 60)::date + 27)::text"
                                " from reconcile.plan limit 1"); /* no month has this number */
    RUN(shown, &acts.end, "show", "1", "--format", "xlsx", "--output", book);
    end_assert_code(&shown, 0);
    CLEANUP(text_release) struct text out = TEXT_INIT;
    end_tool(at,
             (const char *const[]){"/usr/bin/python3", SOURCE_DIR "/tests/sheet/edit.py", at,
                                   acts.row[0].id, acts.row[1].id, acts.row[2].id, acts.row[3].id,
                                   acts.row[4].id, acts.row[5].id, acts.row[6].id, day,
                                   text_cstr(&other), NULL},
             &out);
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        CLEANUP(text_release) struct text name = TEXT_INIT;
        text_addf(&name, "%s/%s.csv", at, ways[i]);
        RUN(result, &acts.end, "review", "1", text_cstr(&name));
        if (getenv("SHEET_VERBOSE"))
            print_message("%s: %s%s", ways[i], text_cstr(&result.out), text_cstr(&result.err));
        end_assert_code(&result, 0);
        end_assert_says(&result.out, i ? "approved 0, kept 0, rejected 0, refused 6"
                                       : "approved 1, kept 1, rejected 1, refused 6");
        end_assert_says(&result.out, i ? "3 already so" : "approved 1");
        end_assert_says(&result.out, "it is about something else than the row of plan 1");
        end_assert_says(&result.out, "it is a row of plan 2, and this is plan 1");
        end_assert_says(&result.out, "it stands in the file twice");
        end_assert_says(&result.out, "'=approve' is a formula");
        end_assert_says(&result.out, "EEEEEEEE-2B3A-141F-8F07D71AA1F223BD: it is no row of plan 1");
        RUN(newer, &acts.end, "review", "2", text_cstr(&name));
        end_assert_code(&newer, 0); /* the one row that is of it */
        end_assert_says(&newer.out, i ? "1 already so" : "approved 1, kept 0, rejected 0");
        end_assert_says(&newer.out, "it is a row of plan 1, and this is plan 2");
    }
    CLEANUP(mem_cleanup)
    char *recorded = acts_ask(&acts, "select string_agg(concat_ws(' ', kind, account_id, reason),"
                                     " ', ' order by kind, ruling_id) from reconcile.ruling");
    CLEANUP(text_release) struct text wanted = TEXT_INIT;
    text_addf(&wanted,
              "approve %s, approve %s, keep %s für \"März\"; später, reject %s ask, then decide",
              acts.row[0].id, acts.row[6].id, acts.row[1].id, acts.row[2].id);
    assert_string_equal(recorded, text_cstr(&wanted));
    CLEANUP(mem_cleanup)
    char *until = acts_ask(&acts, "select until::text from reconcile.ruling where kind = 'keep'");
    assert_string_equal(until, day);
}
