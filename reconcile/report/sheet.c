/* The sentence of a row is `reason` in JSON; in a table that is what a reviewer writes. */
#include "report/sheet.h"

#include <assert.h>

#include "base/text.h"

static const struct {
    const char *behind; /* the column in front of it, of those of a row */
    struct sheet_column column;
} added[] = {
    {"name", {.name = "decision", .use = SHEET_DECISION}},
    {"name", {.name = "until", .use = SHEET_UNTIL}},
    {"name", {.name = "reason", .use = SHEET_REASON}},
    {"subject", {.name = "of_plan", .use = SHEET_OF_PLAN}},
};

size_t sheet_columns(struct sheet_column ret_column[static SHEET_COLUMNS_MAX])
{
    size_t count = 0;

    for (const struct column *c = NULL; (c = plan_row_shown(c));) {
        assert(count + COUNT_OF(added) < SHEET_COLUMNS_MAX);
        ret_column[count++] = (struct sheet_column){
            .name = text_equal(c->name, "reason") ? "why" : c->name, .column = c};
        for (size_t i = 0; i < COUNT_OF(added); i++) {
            if (text_equal(c->name, added[i].behind))
                ret_column[count++] = added[i].column;
        }
    }
    return count;
}
