/*
 * What became of the rows: who was suspended, until when Bynder keeps them out, and what to write
 * to its support when somebody has to come back sooner.
 */
#include "base/cleanup.h"
#include "base/text.h"
#include "core/step.h"
#include "format/encode.h"
#include "report/html.h"

/* Found as it should be: somebody else did it, who knows when. */
static bool is_anothers(const struct plan_row *row)
{
    return text_equal(row->standing.state, step_state_name(STEP_ALREADY));
}

static bool is_seat_freed(const struct plan_row *row)
{
    return row->standing.done && !is_anothers(row) && actions[row->action].frees_seat &&
           text_equal(row->account_word, account_status_name(ACCOUNT_ACTIVE));
}

static bool is_moved(const struct plan_row *row)
{
    return row->standing.done && !is_anothers(row) && actions[row->action].sets_profile;
}

static void add_summary(struct text *out, const struct plan *plan)
{
    size_t freed = 0, moved = 0;

    for (size_t i = 0; i < plan->row_count; i++) {
        freed += is_seat_freed(&plan->row[i]);
        moved += is_moved(&plan->row[i]);
    }
    text_add(out, "<p>");
    report_add_counted(out, freed, "seat");
    text_add(out, freed == 1 ? " was freed." : " were freed.");
    if (moved > 0) {
        text_add(out, " ");
        report_add_counted(out, moved, "account");
        text_add(out, moved == 1 ? " got another profile." : " got another profile each.");
    }
    if (plan->totals.not_done > 0) {
        text_add(out, " ");
        report_add_counted(out, plan->totals.not_done, "row");
        text_add(out, plan->totals.not_done == 1 ? " was tried and not done."
                                                 : " were tried and not done.");
    }
    text_add(out, "</p>\n");
}

/* Of a suspension, or a downgrade. */
static void add_way_back(struct text *out, const struct plan_row *row)
{
    CLEANUP(text_release) struct text request = TEXT_INIT;
    char day[DAY_TEXT_SIZE];

    report_add_request(&request, row);
    if (row->action == ACTION_DOWNGRADE && row->standing.done) {
        text_add(out, "at any time<small>By an administrator of the portal: <q>");
        html_add_capitalized(out, text_cstr(&request));
        text_add(out, "</q></small>");
    }
    if (!day_is_set(row->standing.back_on))
        return;
    text_addf(out, "from %s<small>Sooner by Bynder's support: <q>",
              day_format(row->standing.back_on, day));
    html_add_capitalized(out, text_cstr(&request));
    text_add(out, "</q></small>");
}

static void add_outcome(struct text *out, const struct plan_row *row)
{
    CLEANUP(text_release) struct text standing = TEXT_INIT;

    report_add_standing(&standing, row);
    text_add(out, "<tr><th scope=row>");
    html_add_bdi(out, report_name_of(row));
    html_add_small(out, "", row->email);
    text_add(out, "<td>");
    html_add_bdi(out, text_cstr(&standing));
    html_add_small(out, "approved by ", row->standing.approved_by);
    text_add(out, "<td>");
    add_way_back(out, row);
    text_add_char(out, '\n');
}

void html_add_outcome(struct text *out, const struct plan *plan)
{
    if (plan->totals.done + plan->totals.not_done == 0)
        return;
    text_add(out, "<section id=outcome>\n<h2>What was done</h2>\n");
    add_summary(out, plan);
    text_add(out, "<table class=outcome>\n<thead><tr><th scope=col>Who<th scope=col>What became of "
                  "it<th scope=col>Can come back</thead>\n<tbody>\n");
    for (size_t i = 0; i < plan->row_count; i++) {
        if (plan->row[i].standing.state)
            add_outcome(out, &plan->row[i]);
        text_spill(out);
    }
    text_add(out, "</tbody></table>\n</section>\n");
}
