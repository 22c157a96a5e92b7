/*
 * A table of what is, and one of what came back. Names of people are in the JSON alone, as they are
 * in that of a plan.
 */
#include "report/simulate.h"

#include "base/cleanup.h"
#include "base/jsonw.h"
#include "format/encode.h"
#include "report/parts.h"

/* --- text --- */

enum { LABEL_WIDTH = 22, FIGURE_WIDTH = 12, LINE_WIDTH = 100 };

static void add_label(struct text *out, const struct simulate_case *one)
{
    CLEANUP(text_release) struct text label = TEXT_INIT;

    if (!one->as_written)
        text_addf(&label, "%d", one->days);
    else if (one->days >= 0)
        text_addf(&label, "as written (from %d)", one->days);
    else
        text_add(&label, "as written");
    text_add(out, "  ");
    encode_cell(out, text_cstr(&label), LABEL_WIDTH);
}

static void add_figure(struct text *out, size_t figure)
{
    CLEANUP(text_release) struct text number = TEXT_INIT;

    report_add_number(&number, figure);
    text_addf(out, "%*s", FIGURE_WIDTH, text_cstr(&number));
}

static void add_titles(struct text *out, const char *const *title, size_t count)
{
    text_add(out, "  ");
    encode_cell(out, "idle days", LABEL_WIDTH);
    for (size_t i = 0; i < count; i++)
        text_addf(out, "%*s", FIGURE_WIDTH, title[i]);
    text_add_char(out, '\n');
}

static void add_guards(const struct simulation *simulation, struct text *out)
{
    const char *comma = "";

    for (size_t i = 0; i < simulation->guard_count; i++) {
        if (!simulation->guard[i].hold)
            continue;
        text_addf(out, "%s%s", *comma ? comma : "; held in it by ", simulation->guard[i].id);
        comma = ", ";
    }
}

static void add_head(const struct simulation *simulation, struct text *out)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    char day[DAY_TEXT_SIZE];

    text_addf(&line, "%s: what would be, on the picture of plan %lld of %s (", simulation->portal,
              (long long)simulation->picture.plan_id, day_format(simulation->picture.today, day));
    report_add_counted(&line, simulation->active, "seat");
    text_add(&line, " taken)");
    add_guards(simulation, &line);
    if (simulation->policy_file)
        text_addf(&line, "; by the policy of '%s'", simulation->policy_file);
    if (simulation->no_activity)
        text_addf(&line, "; %s", simulation->no_activity);
    text_add(&line, "; nothing of it is stored or done");
    encode_wrapped(out, text_cstr(&line), 2, LINE_WIDTH);
    text_add(out, "\n\n");
}

static void add_seats(const struct simulation *simulation, struct text *out)
{
    static const char *const titles[] = {"seats freed", "of idle",   "to be read",
                                         "later",       "rows held", "kept"};

    add_titles(out, titles, COUNT_OF(titles));
    for (size_t i = 0; i < simulation->count; i++) {
        const struct simulate_point *point = &simulation->of[i].point;
        add_label(out, &simulation->of[i]);
        add_figure(out, point->seats);
        add_figure(out, point->idle);
        add_figure(out, point->unread);
        add_figure(out, point->later);
        add_figure(out, point->held);
        add_figure(out, point->kept);
        text_add_char(out, '\n');
    }
    text_add(
        out,
        "\n  of idle: by rules that ask how long somebody is idle; to be read: of these, whose "
        "last login a\n  plan would read first, since it was not read lately; later: only "
        "after a grace period;\n  kept: idle so long, and keep their seat all the same\n");
}

/* Why who is idle so long keeps the seat. */
static void add_reasons(const struct simulation *simulation, struct text *out)
{
    const char *blank_line = "\n";

    for (size_t i = 0; i < simulation->count; i++) {
        const struct simulate_point *point = &simulation->of[i].point;
        if (point->kept == 0)
            continue;
        text_add(out, blank_line);
        blank_line = "";
        add_label(out, &simulation->of[i]);
        text_add(out, "kept by");
        for (size_t k = 0; k < SIMULATE_CLAUSES && point->kept_by[k].clause; k++)
            text_addf(out, "%s %s %zu", k ? "," : "", point->kept_by[k].clause,
                      point->kept_by[k].count);
        text_add_char(out, '\n');
    }
}

static void add_nights(const struct simulation *simulation, struct text *out)
{
    static const char *const titles[] = {"seats taken", "back in 30", "not back", "unknown",
                                         "back in 90",  "not back",   "unknown"};
    char from[DAY_TEXT_SIZE], to[DAY_TEXT_SIZE], watched[DAY_TEXT_SIZE];

    if (simulation->nights == 0)
        return;
    text_addf(out, "\non %zu stored nights from %s to %s, watched until %s:\n\n",
              simulation->nights, day_format(simulation->from, from),
              day_format(simulation->to, to), day_format(simulation->watched, watched));
    if (simulation->without_activity > 0)
        text_addf(
            out,
            "  of %zu of them activity is not known: a rule that asks it took nobody there\n\n",
            simulation->without_activity);
    add_titles(out, titles, COUNT_OF(titles));
    for (size_t i = 0; i < simulation->count; i++) {
        const struct backtest_sum *sum = &simulation->of[i].sum;
        add_label(out, &simulation->of[i]);
        add_figure(out, sum->acted);
        for (size_t s = 0; s < BACKTEST_SPANS; s++) {
            add_figure(out, sum->of[s].back);
            add_figure(out, sum->of[s].away);
            add_figure(out, sum->of[s].unknown);
        }
        text_add_char(out, '\n');
    }
    text_add(out, "\n  unknown: they lost the seat in the meantime, by us or anybody, or the days "
                  "are not over\n");
}

void simulate_report_text(const struct simulation *simulation, struct text *out)
{
    add_head(simulation, out);
    add_seats(simulation, out);
    add_reasons(simulation, out);
    add_nights(simulation, out);
}

/* --- JSON --- */

static void field_size(struct jsonw *json, const char *key, size_t value)
{
    jsonw_field_int(json, key, (int64_t)value);
}

static void field_day(struct jsonw *json, const char *key, struct day day)
{
    char text[DAY_TEXT_SIZE];

    jsonw_field_string(json, key, day_is_set(day) ? day_format(day, text) : NULL);
}

static void add_picture(struct jsonw *json, const struct simulation *simulation)
{
    jsonw_key(json, "picture");
    jsonw_begin_object(json);
    jsonw_field_int(json, "plan", simulation->picture.plan_id);
    field_day(json, "today", simulation->picture.today);
    jsonw_field_int(json, "snapshot", simulation->picture.snapshot_id);
    jsonw_field_int(json, "roster", simulation->picture.roster_id);
    field_size(json, "seats_now", simulation->active);
    jsonw_key(json, "held_by");
    jsonw_begin_array(json);
    for (size_t i = 0; i < simulation->guard_count; i++) {
        if (simulation->guard[i].hold)
            jsonw_string(json, simulation->guard[i].id);
    }
    jsonw_end_array(json);
    jsonw_field_string(json, "no_activity", simulation->no_activity);
    jsonw_end_object(json);
}

static void add_span(struct jsonw *json, int days, const struct backtest_back *back)
{
    jsonw_begin_object(json);
    jsonw_field_int(json, "days", days);
    field_size(json, "back", back->back);
    field_size(json, "not_back", back->away);
    field_size(json, "unknown", back->unknown);
    jsonw_end_object(json);
}

/* Who would have lost the seat on which night, and when they came back. */
static void add_taken(struct jsonw *json, const struct backtest *back)
{
    static const char *const words[] = {
        [BACKTEST_UNKNOWN] = "unknown", [BACKTEST_BACK] = "back", [BACKTEST_AWAY] = "not_back"};

    jsonw_key(json, "accounts");
    jsonw_begin_array(json);
    for (size_t i = 0; i < back->count; i++) {
        const struct backtest_seat *seat = &back->seat[i];
        if (!day_is_set(seat->acted_on))
            continue;
        jsonw_begin_object(json);
        jsonw_field_string(json, "account_id", seat->account_id);
        field_day(json, "taken_on", seat->acted_on);
        field_day(json, "back_on", seat->back_on);
        field_day(json, "lost_on", seat->lost_on);
        jsonw_key(json, "within");
        jsonw_begin_array(json);
        for (size_t s = 0; s < BACKTEST_SPANS; s++)
            jsonw_string(json, words[backtest_end(back, seat, backtest_span[s])]);
        jsonw_end_array(json);
        jsonw_end_object(json);
        text_spill(json->out);
    }
    jsonw_end_array(json);
}

static void add_back(struct jsonw *json, const struct simulation *simulation,
                     const struct simulate_case *one)
{
    jsonw_key(json, "nights");
    if (simulation->nights == 0) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    field_size(json, "taken", one->sum.acted);
    jsonw_key(json, "within");
    jsonw_begin_array(json);
    for (size_t s = 0; s < BACKTEST_SPANS; s++)
        add_span(json, backtest_span[s], &one->sum.of[s]);
    jsonw_end_array(json);
    add_taken(json, &one->back);
    jsonw_end_object(json);
}

static void add_row(struct jsonw *json, const struct plan_row *row)
{
    char hex[DIGEST_HEX_SIZE];

    jsonw_begin_object(json);
    jsonw_field_string(json, "account_id", row->account_id);
    jsonw_field_string(json, "email", row->email);
    jsonw_field_string(json, "name", row->name);
    jsonw_field_string(json, "action", action_name(row->action));
    jsonw_field_string(json, "rule", text_is_empty(row->rule) ? NULL : row->rule);
    jsonw_field_string(json, "row", row->clause);
    jsonw_field_string(json, "reason", row->reason);
    field_day(json, "not_before", row->not_before);
    jsonw_field_string(json, "held_by", row->held_by);
    jsonw_field_string(json, "subject", digest_hex(&row->subject, hex));
    jsonw_end_object(json);
    text_spill(json->out);
}

static void add_case(struct jsonw *json, const struct simulation *simulation,
                     const struct simulate_case *one)
{
    const struct simulate_point *point = &one->point;

    jsonw_begin_object(json);
    jsonw_field_bool(json, "as_written", one->as_written);
    if (one->days >= 0)
        jsonw_field_int(json, "days", one->days);
    else
        jsonw_field_null(json, "days");
    field_size(json, "acts", point->acts);
    field_size(json, "seats", point->seats);
    field_size(json, "idle", point->idle);
    field_size(json, "unread", point->unread);
    field_size(json, "later", point->later);
    field_size(json, "held", point->held);
    field_size(json, "kept", point->kept);
    jsonw_key(json, "kept_by");
    jsonw_begin_object(json);
    for (size_t k = 0; k < SIMULATE_CLAUSES && point->kept_by[k].clause; k++)
        field_size(json, point->kept_by[k].clause, point->kept_by[k].count);
    jsonw_end_object(json);
    jsonw_key(json, "rows");
    jsonw_begin_array(json);
    for (size_t i = 0; i < one->plan->row_count; i++) {
        if (one->plan->row[i].action != ACTION_KEEP)
            add_row(json, &one->plan->row[i]);
    }
    jsonw_end_array(json);
    add_back(json, simulation, one);
    jsonw_end_object(json);
}

static void add_span_of_nights(struct jsonw *json, const struct simulation *simulation)
{
    jsonw_key(json, "nights");
    if (simulation->nights == 0) {
        jsonw_null(json);
        return;
    }
    jsonw_begin_object(json);
    field_size(json, "count", simulation->nights);
    field_size(json, "without_activity", simulation->without_activity);
    field_day(json, "from", simulation->from);
    field_day(json, "to", simulation->to);
    field_day(json, "watched_until", simulation->watched);
    jsonw_end_object(json);
}

void simulate_report_json(const struct simulation *simulation, struct text *out)
{
    struct jsonw json = jsonw_to(out);

    json.pretty = true;
    jsonw_begin_object(&json);
    jsonw_field_string(&json, "portal", simulation->portal);
    jsonw_field_string(&json, "policy_file", simulation->policy_file);
    add_picture(&json, simulation);
    add_span_of_nights(&json, simulation);
    jsonw_key(&json, "policies");
    jsonw_begin_array(&json);
    for (size_t i = 0; i < simulation->count; i++)
        add_case(&json, simulation, &simulation->of[i]);
    jsonw_end_array(&json);
    jsonw_end_object(&json);
    text_add_char(out, '\n');
}
