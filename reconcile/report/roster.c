/*
 * The facts are gathered once, then one function per format puts them in words, so that the formats
 * cannot disagree. Values go through the encoder of their context on the way out.
 */
#include "report/roster.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/jsonw.h"
#include "base/limits.h"
#include "base/mem.h"
#include "format/encode.h"

enum { SHOWN = 20, STATUSES = PERSON_ABSENT + 1 };

/* What a guard would say, as far as the roster alone tells. */
struct verdict {
    const char *guard;
    bool holds;
    const char *text;
};

struct facts {
    struct arena arena;
    size_t by_status[STATUSES]; /* of the accepted rows */
    struct shared_rows *shared;
    size_t shared_count, shared_capacity;
    struct verdict verdict[3];
    size_t verdicts;
    const char *note[3]; /* what is accepted, or left out, and may not be meant */
    size_t notes;
};

static void facts_release(struct facts *facts)
{
    free(facts->shared);
    arena_release(&facts->arena);
}

/* --- gathering --- */

static void keep_shared(void *context, const struct shared_rows *shared)
{
    struct facts *facts = context;
    uint32_t *row = arena_calloc(&facts->arena, shared->count, sizeof(row[0]));

    memcpy(row, shared->row, shared->count * sizeof(row[0]));
    facts->shared = mem_grow(facts->shared, facts->shared_count, &facts->shared_capacity,
                             sizeof(facts->shared[0]));
    facts->shared[facts->shared_count] = *shared;
    facts->shared[facts->shared_count++].row = row;
}

static double percent(size_t part, size_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0.0;
}

static void judge(struct facts *facts, const char *guard, bool holds, const char *text)
{
    facts->verdict[facts->verdicts++] =
        (struct verdict){.guard = guard, .holds = holds, .text = text};
}

static void judge_guards(struct facts *facts, const struct roster_report *report)
{
    const struct roster *roster = report->roster;
    const struct limits *limits = report->limits;
    double hours = (double)(roster->read_at.us - roster_as_of(roster).us) / (3600.0 * SECOND_US);
    double rejected = percent(roster->rejected, roster->count);
    double shared = percent(roster->duplicates, roster->count);

    judge(facts, "G1", hours > limits->max_age_hours,
          arena_printf(&facts->arena, "the file is %.1f hours old, max_age_hours is %g", hours,
                       limits->max_age_hours));
    judge(facts, "G2",
          roster_people(roster) == 0 || (int64_t)roster_people(roster) < limits->min_people,
          arena_printf(&facts->arena, "%zu people are accepted, min_people is %lld",
                       roster_people(roster), (long long)limits->min_people));
    judge(facts, "G3",
          rejected > limits->max_rejected_percent || shared > limits->max_duplicate_percent,
          arena_printf(&facts->arena,
                       "%zu of %zu rows are rejected (%.1f %%), max_rejected_percent is %g; %zu "
                       "share a key with somebody else (%.1f %%), max_duplicate_percent is %g%s",
                       roster->rejected, roster->count, rejected, limits->max_rejected_percent,
                       roster->duplicates, shared, limits->max_duplicate_percent,
                       shared > limits->max_duplicate_percent
                           ? "; hint: a mailbox that several people share is listed in "
                             "roster.no_value"
                           : ""));
}

/* SCIM says who is active and not who has left; without roster.status the one stands for the other.
 */
static void note_inactive(struct facts *facts, const struct roster_report *report)
{
    const struct config_roster *config = report->config;
    size_t departed = facts->by_status[PERSON_DEPARTED];
    bool stated = config->status.employed.count + config->status.on_leave.count +
                      config->status.departed.count >
                  0;

    if (config->format == ROSTER_FORMAT_SCIM && !stated && departed > 0)
        facts->note[facts->notes++] = arena_printf(
            &facts->arena,
            "%zu %s not active and count%s as departed, because roster.status is not set; many "
            "directories switch off people on leave and blocked ones too; hint: status: { employed "
            "= \"true\"; }; keeps them unknown until it is known",
            departed, departed == 1 ? "person is" : "people are", departed == 1 ? "s" : "");
}

static void note_groups(struct facts *facts, const struct roster_report *report)
{
    size_t groups = report->roster->groups;

    if (groups > 0)
        facts->note[facts->notes++] =
            arena_printf(&facts->arena,
                         "%zu of the list say%s that %s Group%s: left out, for %s "
                         "nobody",
                         groups, groups == 1 ? "s" : "", groups == 1 ? "it is a" : "they are",
                         groups == 1 ? "" : "s", groups == 1 ? "it is" : "they are");
}

static void note_thousands(struct facts *facts, const struct roster_report *report)
{
    const struct roster *roster = report->roster;
    const char *first = NULL;
    size_t count = 0;

    for (size_t i = 0; i < roster->count; i++) {
        const char *number = roster->person[i].employee_number;

        if (!number_is_grouped(number))
            continue;
        first = first ? first : number;
        count++;
    }
    if (count > 0)
        facts->note[facts->notes++] = arena_printf(
            &facts->arena,
            "%zu employee number%s a mark as for thousands ('%s'); nobody is found by it whose "
            "number in the portal has none: they are found by another key, or kept; hint: where "
            "the portal has plain digits, format the column as text",
            count, count == 1 ? " has" : "s have", first);
}

static void gather(struct facts *facts, const struct roster_report *report)
{
    const struct roster *roster = report->roster;

    for (size_t i = 0; i < roster->count; i++) {
        if (!person_rejected(&roster->person[i]))
            facts->by_status[roster->person[i].status]++;
    }
    roster_each_shared(roster, keep_shared, facts);
    judge_guards(facts, report);
    note_inactive(facts, report);
    note_groups(facts, report);
    note_thousands(facts, report);
}

/* --- text --- */

static void add_label(struct text *text, const char *label, const char *value)
{
    text_addf(text, "%-11s", label);
    text_add_printable(text, value);
    text_add_char(text, '\n');
}

static void add_head(struct text *text, const struct roster_report *report)
{
    const struct config_roster *config = report->config;
    char modified[INSTANT_TEXT_SIZE], today[DAY_TEXT_SIZE], digest[DIGEST_HEX_SIZE];

    add_label(text, "roster", report->roster->source);
    text_addf(text, "%-11s%s, ", "format", config_roster_format_name(config->format));
    if (config->format == ROSTER_FORMAT_CSV && config->delimiter == '\t')
        text_add(text, "delimiter tab, ");
    else if (config->format == ROSTER_FORMAT_CSV)
        text_addf(text, "delimiter '%c', ", config->delimiter);
    text_add_printable(text, config->encoding);
    text_add(text, ", dates ");
    text_add_printable(text, config->date_format);
    text_add_char(text, '\n');
    if (instant_is_set(report->roster->modified))
        add_label(text, "modified", instant_format(report->roster->modified, modified));
    add_label(text, "sha-256", digest_hex(&report->roster->digest, digest));
    add_label(text, "as of", day_format(report->today, today));
    text_addf(text, "%-11s%zu\n", "rows", report->roster->count);
}

static void add_accepted(struct text *text, const struct roster_report *report,
                         const struct facts *facts)
{
    static const struct {
        enum person_status status;
        const char *word;
    } lines[] = {{PERSON_EMPLOYED, "employed"},
                 {PERSON_ON_LEAVE, "on leave"},
                 {PERSON_FUTURE, "future"},
                 {PERSON_DEPARTED, "departed"}};

    text_addf(text, "\n%-11s%zu\n", "accepted", roster_people(report->roster));
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        text_addf(text, "  %-9s%zu\n", lines[i].word, facts->by_status[lines[i].status]);
}

static void add_more(struct text *text, size_t shown, size_t count)
{
    if (shown < count)
        text_addf(text, "  and %zu more; --all shows them\n", count - shown);
}

/* Why a row is not taken, or not for somebody in particular; NULL = nothing is the matter. */
static const char *trouble_of(const struct person *person)
{
    if (person_rejected(person) || !person->key_unreadable)
        return person_rejected(person);
    return "taken, but it has a name alone: no employee number, e-mail or username";
}

static size_t count_troubled(const struct roster *roster)
{
    size_t count = 0;

    for (size_t i = 0; i < roster->count; i++)
        count += trouble_of(&roster->person[i]) != NULL;
    return count;
}

static void add_rejected(struct text *text, const struct roster_report *report)
{
    const struct roster *roster = report->roster;
    size_t troubled = count_troubled(roster);
    size_t limit = report->all ? troubled : SHOWN, shown = 0;

    text_addf(text, "\n%-11s%zu (%.1f %%)", "rejected", roster->rejected,
              percent(roster->rejected, roster->count));
    if (roster->blind > 0)
        text_addf(text, "; could be anybody: %zu", roster->blind);
    text_add_char(text, '\n');
    for (size_t i = 0; i < roster->count && shown < limit; i++) {
        const char *trouble = trouble_of(&roster->person[i]);
        if (!trouble)
            continue;
        text_addf(text, "  row %-6u", roster->person[i].row);
        text_add_printable(text, trouble);
        if (roster->person[i].key_unreadable)
            text_add(text, " (may be anybody)");
        text_add_char(text, '\n');
        shown++;
    }
    add_more(text, shown, troubled);
    if (roster->blind > 0)
        text_add(text, "  A row that may be anybody may be any account's person: as long as it is "
                       "there, nobody's\n  absence from the roster proves anything.\n");
}

static void add_shared_keys(struct text *text, const struct roster_report *report,
                            const struct facts *facts)
{
    size_t limit = report->all || facts->shared_count < SHOWN ? facts->shared_count : SHOWN;

    text_addf(text, "\n%-11s%zu rows share a key with a row of somebody else (%.1f %%)\n",
              "duplicates", report->roster->duplicates,
              percent(report->roster->duplicates, report->roster->count));
    for (size_t i = 0; i < limit; i++) {
        const struct shared_rows *shared = &facts->shared[i];
        size_t rows = shared->count < SHOWN ? shared->count : SHOWN;

        text_addf(text, "  %s '", shared->field);
        text_add_printable(text, shared->value);
        text_add(text, "' in rows");
        for (size_t k = 0; k < rows; k++)
            text_addf(text, "%s %u", k > 0 ? "," : "", report->roster->person[shared->row[k]].row);
        if (rows < shared->count)
            text_addf(text, " and %zu more", shared->count - rows);
        text_add(text, shared->one_person ? ": one person\n"
                                          : ": not certainly one person, so counted by G3\n");
    }
    add_more(text, limit, facts->shared_count);
}

enum { REJECTED_BY_DESIGN = 20 }; /* percent; more are no roster */

/* Where rows stay rejected, something has to be decided, or every plan is held for good. */
static void add_ways(struct text *text, const struct roster_report *report)
{
    double rejected = percent(report->roster->rejected, report->roster->count);

    if (rejected <= report->limits->max_rejected_percent)
        return;
    text_add(text, "hint: what can be done about rejected rows:\n"
                   "  - HR mends them, or the export: each row says why\n");
    if (rejected < REJECTED_BY_DESIGN)
        text_addf(text,
                  "  - where so many are right: roster.guards.max_rejected_percent = %d lets plans "
                  "pass, and nobody in these rows is touched\n",
                  (int)rejected + 1);
    text_add(text,
             "  - a person lets it go for some days, for the plan that they saw: 'show' prints "
             "the command (acknowledge --guard G3)\n");
}

static void write_text(const struct roster_report *report, const struct facts *facts,
                       struct text *text)
{
    add_head(text, report);
    add_accepted(text, report, facts);
    add_rejected(text, report);
    add_shared_keys(text, report, facts);
    text_add_char(text, '\n');
    for (size_t i = 0; i < facts->verdicts; i++)
        text_addf(text, "%sguard %s would %s: %s\n", facts->verdict[i].holds ? "warning: " : "",
                  facts->verdict[i].guard, facts->verdict[i].holds ? "hold a plan" : "pass",
                  facts->verdict[i].text);
    for (size_t i = 0; i < facts->notes; i++) {
        text_add(text, "note: ");
        text_add_printable(text, facts->note[i]);
        text_add_char(text, '\n');
    }
    add_ways(text, report);
}

/* --- JSON --- */

static const char *const person_columns[] = {"employee_number", "email",  "username", "name",
                                             "department",      "country"};
struct person_values {
    const char *value[COUNT_OF(person_columns)];
};

/* In the order of person_columns. */
static struct person_values values_of(const struct person *person)
{
    const struct person_alike *alike = person_alike(person);

    return (struct person_values){{person->employee_number, person->email, person->username,
                                   person->name, alike->department, alike->country}};
}

static void write_json_head(struct jsonw *json, const struct roster_report *report)
{
    const struct roster *roster = report->roster;
    char modified[INSTANT_TEXT_SIZE], today[DAY_TEXT_SIZE], digest[DIGEST_HEX_SIZE];
    const char delimiter[] = {report->config->delimiter, '\0'};

    jsonw_key(json, "roster");
    jsonw_begin_object(json);
    jsonw_field_string(json, "source", roster->source);
    jsonw_field_string(json, "format", config_roster_format_name(report->config->format));
    jsonw_field_string(json, "delimiter",
                       report->config->format == ROSTER_FORMAT_CSV ? delimiter : NULL);
    jsonw_field_string(json, "encoding", report->config->encoding);
    jsonw_field_string(json, "date_format", report->config->date_format);
    jsonw_field_string(json, "modified",
                       instant_is_set(roster->modified) ? instant_format(roster->modified, modified)
                                                        : NULL);
    jsonw_field_string(json, "digest", digest_hex(&roster->digest, digest));
    jsonw_field_string(json, "as_of", day_format(report->today, today));
    jsonw_field_int(json, "rows", (int64_t)roster->count);
    jsonw_end_object(json);
}

static void write_json_accepted(struct jsonw *json, const struct roster_report *report,
                                const struct facts *facts)
{
    static const enum person_status statuses[] = {PERSON_EMPLOYED, PERSON_ON_LEAVE, PERSON_FUTURE,
                                                  PERSON_DEPARTED};

    jsonw_key(json, "accepted");
    jsonw_begin_object(json);
    jsonw_field_int(json, "people", (int64_t)roster_people(report->roster));
    for (size_t i = 0; i < COUNT_OF(statuses); i++)
        jsonw_field_int(json, person_status_name(statuses[i]),
                        (int64_t)facts->by_status[statuses[i]]);
    jsonw_end_object(json);
}

static void write_json_rejected(struct jsonw *json, const struct roster_report *report)
{
    const struct roster *roster = report->roster;
    size_t limit = report->all ? roster->count : LIMIT_REJECTED_SHOWN, shown = 0;

    jsonw_key(json, "rejected");
    jsonw_begin_object(json);
    jsonw_field_int(json, "count", (int64_t)roster->rejected);
    jsonw_field_int(json, "could_be_anybody", (int64_t)roster->blind);
    jsonw_key(json, "rows");
    jsonw_begin_array(json);
    for (size_t i = 0; i < roster->count && shown < limit; i++) {
        const struct person *person = &roster->person[i];

        const char *trouble = trouble_of(person);

        if (!trouble)
            continue;
        jsonw_begin_object(json);
        jsonw_field_int(json, "row", person->row);
        jsonw_field_string(json, "reason", trouble);
        jsonw_field_bool(json, "taken", !person_rejected(person));
        jsonw_field_bool(json, "could_be_anybody", person->key_unreadable);
        const struct person_values values = values_of(person);
        for (size_t k = 0; k < COUNT_OF(person_columns); k++)
            jsonw_field_string(json, person_columns[k], values.value[k]);
        jsonw_end_object(json);
        shown++;
    }
    jsonw_end_array(json);
    jsonw_end_object(json);
}

static void write_json_duplicates(struct jsonw *json, const struct roster_report *report,
                                  const struct facts *facts)
{
    jsonw_key(json, "duplicates");
    jsonw_begin_object(json);
    jsonw_field_int(json, "rows", (int64_t)report->roster->duplicates);
    jsonw_key(json, "keys");
    jsonw_begin_array(json);
    for (size_t i = 0; i < facts->shared_count; i++) {
        const struct shared_rows *shared = &facts->shared[i];

        jsonw_begin_object(json);
        jsonw_field_string(json, "key", shared->field);
        jsonw_field_string(json, "value", shared->value);
        jsonw_field_bool(json, "one_person", shared->one_person);
        jsonw_key(json, "rows");
        jsonw_begin_array(json);
        for (size_t k = 0; k < shared->count; k++)
            jsonw_int(json, report->roster->person[shared->row[k]].row);
        jsonw_end_array(json);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
    jsonw_end_object(json);
}

static void write_json_verdicts(struct jsonw *json, const char *name, const struct facts *facts,
                                bool holds)
{
    jsonw_key(json, name);
    jsonw_begin_array(json);
    for (size_t i = 0; i < facts->verdicts; i++) {
        if (facts->verdict[i].holds != holds)
            continue;
        jsonw_begin_object(json);
        jsonw_field_string(json, "guard", facts->verdict[i].guard);
        jsonw_field_string(json, "text", facts->verdict[i].text);
        jsonw_end_object(json);
    }
    jsonw_end_array(json);
}

static void write_json(const struct roster_report *report, const struct facts *facts,
                       struct text *text)
{
    struct jsonw json = jsonw_to(text);

    json.pretty = true;
    jsonw_begin_object(&json);
    write_json_head(&json, report);
    write_json_accepted(&json, report, facts);
    write_json_rejected(&json, report);
    write_json_duplicates(&json, report, facts);
    write_json_verdicts(&json, "warnings", facts, true);
    write_json_verdicts(&json, "passes", facts, false);
    jsonw_key(&json, "notes");
    jsonw_begin_array(&json);
    for (size_t i = 0; i < facts->notes; i++)
        jsonw_string(&json, facts->note[i]);
    jsonw_end_array(&json);
    jsonw_end_object(&json);
    text_add_char(text, '\n');
}

/* --- CSV --- */

static void add_day(struct text *text, struct day day)
{
    char buffer[DAY_TEXT_SIZE];

    text_add_char(text, ',');
    if (day_is_set(day))
        text_add(text, day_format(day, buffer));
}

static void write_csv(const struct roster_report *report, struct text *text)
{
    text_add(text, "row,verdict,status");
    for (size_t k = 0; k < COUNT_OF(person_columns); k++)
        text_addf(text, ",%s", person_columns[k]);
    text_add(text, ",hire_date,last_day,reason\r\n");
    for (size_t i = 0; i < report->roster->count; i++) {
        const struct person *person = &report->roster->person[i];

        text_addf(text, "%u,%s,%s", person->row, person_rejected(person) ? "rejected" : "accepted",
                  person_status_name(person->status));
        const struct person_values values = values_of(person);
        for (size_t k = 0; k < COUNT_OF(person_columns); k++) {
            text_add_char(text, ',');
            encode_csv(text, values.value[k]);
        }
        add_day(text, person->hire_date);
        add_day(text, person->last_day);
        text_add_char(text, ',');
        encode_csv(text, person_rejected(person));
        text_add(text, "\r\n");
    }
}

void roster_report(const struct roster_report *report, enum report_format format,
                   struct text *ret_text)
{
    CLEANUP(facts_release) struct facts facts = {.shared = NULL};

    gather(&facts, report);
    switch (format) {
    case REPORT_JSON:
        write_json(report, &facts, ret_text);
        return;
    case REPORT_CSV:
        write_csv(report, ret_text);
        return;
    case REPORT_TEXT:
    case REPORT_HTML:
    case REPORT_XLSX:
    case REPORT_CSV_BOM:
    case REPORT_FORMAT_COUNT:
        write_text(report, &facts, ret_text);
        return;
    }
}

bool roster_report_holds(const struct roster_report *report)
{
    CLEANUP(facts_release) struct facts facts = {.shared = NULL};
    bool holds = false;

    judge_guards(&facts, report);
    for (size_t i = 0; i < facts.verdicts; i++)
        holds |= facts.verdict[i].holds;
    return holds;
}
