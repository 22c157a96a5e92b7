/* The sentence of a row is `reason` in JSON; in a table that is what a reviewer writes. */
#include "report/sheet.h"

#include <assert.h>

#include "base/text.h"

#define BEHIND "name" /* the column in front of those to be filled in */

static const struct sheet_column to_fill[] = {
    {.name = "decision", .use = SHEET_DECISION},
    {.name = "until", .use = SHEET_UNTIL},
    {.name = "reason", .use = SHEET_REASON},
};

size_t sheet_columns(struct sheet_column ret_column[static SHEET_COLUMNS_MAX])
{
    size_t count = 0;

    for (const struct column *c = NULL; (c = plan_row_shown(c));) {
        assert(count + COUNT_OF(to_fill) < SHEET_COLUMNS_MAX);
        ret_column[count++] = (struct sheet_column){
            .name = text_equal(c->name, "reason") ? "why" : c->name, .column = c};
        for (size_t i = 0; i < COUNT_OF(to_fill) && text_equal(c->name, BEHIND); i++)
            ret_column[count++] = to_fill[i];
    }
    return count;
}
