/* The table of outputs. */
#include "report/report.h"

#include "base/cleanup.h"
#include "base/words.h"
#include "report/parts.h"

static const struct output {
    const char *name;
    void (*add)(const struct plan *, const struct report_style *, struct text *);
} outputs[REPORT_FORMAT_COUNT] = {
    [REPORT_TEXT] = {"text", report_add_text},
    [REPORT_JSON] = {"json", report_add_json},
    [REPORT_CSV] = {"csv", report_add_csv},
    [REPORT_HTML] = {"html", report_add_html},
};

bool report_format_parse(const char *name, enum report_format *ret_format)
{
    return WORD_FIND(outputs, name, ret_format);
}

const char *report_format_name(enum report_format format)
{
    return outputs[format].name;
}

void report_plan(const struct plan *plan, enum report_format format,
                 const struct report_style *style, struct text *ret_text)
{
    outputs[format].add(plan, style, ret_text);
}
