/* The table of outputs. */
#include "report/report.h"

#include "base/cleanup.h"
#include "base/words.h"
#include "report/parts.h"

static const struct output {
    const char *name;
    void (*add)(const struct plan *, const struct report_style *, struct text *);
    int (*make)(const struct plan *, struct text *, struct err *); /* what may fail */
} outputs[REPORT_FORMAT_COUNT] = {
    [REPORT_TEXT] = {"text", .add = report_add_text},
    [REPORT_JSON] = {"json", .add = report_add_json},
    [REPORT_CSV] = {"csv", .add = report_add_csv},
    [REPORT_HTML] = {"html", .add = report_add_html},
    [REPORT_XLSX] = {"xlsx", .make = report_make_xlsx},
    [REPORT_CSV_BOM] = {"csv-bom", .add = report_add_csv_bom},
};

bool report_format_parse(const char *name, enum report_format *ret_format)
{
    return WORD_FIND(outputs, name, ret_format);
}

const char *report_format_name(enum report_format format)
{
    return outputs[format].name;
}

int report_plan(const struct plan *plan, enum report_format format,
                const struct report_style *style, struct text *ret_text, struct err *err)
{
    if (outputs[format].make)
        return outputs[format].make(plan, ret_text, err);
    outputs[format].add(plan, style, ret_text);
    return 0;
}
