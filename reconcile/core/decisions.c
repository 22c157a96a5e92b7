/*
 * What a line says is asked in one order: can it be read, does it decide, does it stand alone, is
 * its row still what it was, and does the decision say all that its kind needs. The first no is the
 * answer.
 */
#include "core/decisions.h"

#include <string.h>
#include <strings.h>

#include "base/fold.h"
#include "base/parse.h"
#include "base/table.h"

#define REASON_BYTES 1000 /* of a reason that is kept: a sentence or two */

/* --- which plan --- */

/* The number for people, the digest for certainty: that one covers the portal and every row. */
void decisions_add_plan(struct text *out, const struct plan *plan)
{
    char hex[DIGEST_HEX_SIZE];

    if (plan->id > 0 && !plan_is_report(plan))
        text_addf(out, "%lld:%s", (long long)plan->id, digest_hex(&plan->digest, hex));
}

int64_t decisions_plan_id(const char *of_plan)
{
    const char *colon = strchr(of_plan, ':');
    struct digest digest;
    int64_t id = 0;

    if (!colon || !parse_digits(of_plan, (size_t)(colon - of_plan), INT64_MAX, &id) ||
        !digest_parse(colon + 1, &digest))
        return 0;
    return id;
}

/* --- days --- */

/* Which order day and month have in a date with slashes or hyphens nobody can tell, so both are
 * tried; with points the day stands first wherever points are used (CLDR's short formats). Of two
 * digits the year stands last. */
static const char *const day_forms[] = {
    "%Y-%m-%d",  "%Y/%m/%d", "%Y.%m.%d",  "%Y. %m. %d", "%Y. %m. %d.", "%d.%m.%Y",
    "%d.%m.%Y.", "%d.%m.%y", "%d.%m.%y.", "%d. %m. %Y", "%d. %m. %Y.", "%d/%m/%Y",
    "%m/%d/%Y",  "%d/%m/%y", "%m/%d/%y",  "%d-%m-%Y",   "%m-%d-%Y",    "%d-%m-%y",
    "%m-%d-%y",  "%d-%b-%Y", "%d-%b-%y",  "%d %b %Y",   "%d %B %Y",    "%B %d, %Y",
};
#define LAST_CENTURY 2099 /* a year of two digits is of this one */

/* A cell of a day is at midnight, however it is shown. */
static const char *without_midnight(struct arena *arena, const char *written)
{
    static const char *const ends[] = {" 00:00:00", "T00:00:00", " 00:00", " 0:00"};
    size_t length = strlen(written);

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        size_t end = strlen(ends[i]);
        if (length > end && text_equal(written + length - end, ends[i]))
            return arena_strndup(arena, written, length - end);
    }
    return written;
}

/* A day as ISO has it, or as spreadsheets of Europe and America write one: false when it is none,
 * or may be two, and *ret_why says what to write. */
static bool read_day(struct arena *arena, const char *written, struct day *ret_day,
                     const char **ret_why)
{
    const char *value = without_midnight(arena, written);
    struct day found = DAY_NONE;
    char first[DAY_TEXT_SIZE], second[DAY_TEXT_SIZE];

    for (size_t i = 0; i < COUNT_OF(day_forms); i++) {
        struct day_time time;
        if (!day_parse_time(value, day_forms[i], LAST_CENTURY, &time) || !day_is_set(time.day))
            continue;
        if (day_is_set(found) && day_compare(found, time.day) != 0) {
            *ret_why = arena_printf(arena, "may be %s or %s: write the one you mean just so",
                                    day_format(found, first), day_format(time.day, second));
            return false;
        }
        found = time.day;
    }
    if (!day_is_set(found)) {
        *ret_why = "is no day: write it like 2027-03-31";
        return false;
    }
    *ret_day = found;
    return true;
}

/* --- what stands in the file --- */

struct judging {
    struct arena *arena;
    const struct plan *plan;
    const struct decisions_terms *terms;
    struct table row_of;  /* of the plan, by folded id */
    struct table line_of; /* of the file, likewise: with every line, whether it decides or not */
    const struct decisions *decisions;
    const char *of_plan; /* what the rows of the plan's own table say */
};

static void judging_release(struct judging *judging)
{
    table_release(&judging->row_of);
    table_release(&judging->line_of);
}

static void index_all(struct judging *judging)
{
    struct arena *arena = judging->arena;

    table_init(&judging->row_of, judging->plan->row_count);
    table_init(&judging->line_of, judging->decisions->count);
    for (size_t i = 0; i < judging->plan->row_count; i++) {
        const char *key = fold_text(arena, judging->plan->row[i].account_id);
        if (key)
            table_add(&judging->row_of, key, (uint32_t)i);
    }
    for (size_t i = 0; i < judging->decisions->count; i++) {
        const char *key = fold_text(arena, judging->decisions->line[i].account_id);
        if (key)
            table_add(&judging->line_of, key, (uint32_t)i);
    }
}

/* A cell as it is shown in a sentence. */
static const char *show(struct arena *arena, const char *cell)
{
    struct text text = TEXT_INIT;

    text_add_excerpt(&text, cell, 60);
    const char *shown = arena_strdup(arena, text_cstr(&text));
    text_release(&text);
    return shown;
}

static const char *why_formula(struct arena *arena, const char *what, const char *cell)
{
    if (!cell || !strchr("=+-@", cell[0]))
        return NULL;
    return arena_printf(arena,
                        "its %s '%s' is a formula, and not what it comes to: write the word, or "
                        "paste it as a value",
                        what, show(arena, cell));
}

/* Another line about the same account, whatever it says: which one counts nobody can tell. */
static const char *why_doubled(struct judging *judging, const struct decisions_line *line)
{
    const char *key = fold_text(judging->arena, line->account_id);

    for (uint32_t at = table_find(&judging->line_of, key); at != TABLE_END;
         at = table_next(&judging->line_of, at)) {
        const struct decisions_line *other =
            &judging->decisions->line[table_value(&judging->line_of, at)];
        if (other != line)
            return arena_printf(judging->arena,
                                "it stands in the file twice, in row %u as well: leave one of them",
                                other->row);
    }
    return NULL;
}

static const struct plan_row *find_row(const struct judging *judging, const char *account_id)
{
    uint32_t at = table_find(&judging->row_of, fold_text(judging->arena, account_id));

    if (at == TABLE_END || table_next(&judging->row_of, at) != TABLE_END)
        return NULL;
    const struct plan_row *row = &judging->plan->row[table_value(&judging->row_of, at)];
    return strcasecmp(row->account_id, account_id) == 0 ? row : NULL;
}

/* While nothing changes a row has the same subject in every plan; which one the person looked at
 * says the table, where it says it. */
static const char *why_other_plan(struct judging *judging, const struct decisions_line *line)
{
    struct arena *arena = judging->arena;
    long long wanted = (long long)judging->plan->id;

    if (!line->of_plan)
        return judging->decisions->portal || judging->decisions->plan == 0
                   ? NULL
                   : "its of_plan is missing: keep the column 'of_plan', hidden or not, as it was "
                     "written";
    if (text_equal(line->of_plan, judging->of_plan))
        return NULL;
    long long id = (long long)decisions_plan_id(line->of_plan);
    if (id == 0)
        return arena_printf(arena, "its of_plan '%s' is none: keep that column as it was",
                            show(arena, line->of_plan));
    if (id == wanted)
        return arena_printf(arena,
                            "it is a row of another plan %lld, of another portal or database", id);
    return arena_printf(arena,
                        "it is a row of plan %lld, and this is plan %lld: decide it in a table of "
                        "this one",
                        id, wanted);
}

/* The subject says what the person looked at when they decided. */
static const char *why_changed(struct judging *judging, const struct decisions_line *line,
                               const struct plan_row *row)
{
    struct digest subject;
    bool has = !digest_is_zero(&row->subject);

    if (row->action == ACTION_KEEP && !has && !line->subject)
        return NULL; /* there is nothing that it could have changed from */
    if (row->action != ACTION_KEEP && !has)
        return "the plan is of before decisions, and says no subject: look at the newest plan";
    if (!line->subject)
        return "its subject is missing: keep the column 'subject', hidden or not, as it was "
               "written";
    if (!digest_parse(line->subject, &subject))
        return arena_printf(judging->arena, "its subject '%s' is none: keep that column as it was",
                            show(judging->arena, line->subject));
    if (!has || digest_compare(&subject, &row->subject) != 0)
        return arena_printf(
            judging->arena,
            "it is about something else than the row of plan %lld: look at it there "
            "and decide anew",
            (long long)judging->plan->id);
    return NULL;
}

/* --- what is decided --- */

static bool read_word(const char *word, enum ruling_kind *ret_kind)
{
    static const enum ruling_kind kinds[] = {RULING_APPROVE, RULING_KEEP, RULING_REJECT};

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strcasecmp(word, ruling_kind_name(kinds[i])) == 0) {
            *ret_kind = kinds[i];
            return true;
        }
    }
    return false;
}

static const char *read_until(struct judging *judging, const char *written, struct day *ret_day)
{
    const char *why = why_formula(judging->arena, "day", written);

    if (why || !written)
        return why;
    if (!read_day(judging->arena, written, ret_day, &why))
        return arena_printf(judging->arena, "its day '%s' %s", show(judging->arena, written), why);
    if (day_compare(*ret_day, judging->terms->today) < 0)
        return arena_printf(judging->arena, "its day '%s' is over", show(judging->arena, written));
    return NULL;
}

/* In one line, without what nobody sees, and not for ever. */
static const char *one_line(struct arena *arena, const char *reason)
{
    struct text text = TEXT_INIT, printable = TEXT_INIT;

    for (const char *at = reason ? reason : ""; *at;) {
        size_t blanks = strspn(at, " \t\r\n\v\f"), length = strcspn(at + blanks, " \t\r\n\v\f");
        if (blanks && text.length && length)
            text_add_char(&text, ' ');
        text_add_bytes(&text, at + blanks, length);
        at += blanks + length;
    }
    text_add_excerpt(&printable, text_cstr(&text), REASON_BYTES);
    const char *line = printable.length ? arena_strdup(arena, text_cstr(&printable)) : NULL;
    text_release(&text);
    text_release(&printable);
    return line;
}

static const char *why_not_approve(struct judging *judging, const struct decisions_row *one)
{
    if (one->row->action == ACTION_KEEP)
        return "the plan keeps it: there is nothing to approve";
    if (day_is_set(one->until))
        return "an approval has no day: clear it, or decide 'keep'";
    (void)judging;
    return NULL;
}

static const char *why_not_keep(struct judging *judging, const struct decisions_row *one)
{
    if (!day_is_set(one->until))
        return "a keep needs a day, in the column 'until', like 2027-03-31";
    if (day_between(judging->terms->today, one->until) > judging->terms->keep_max_days)
        return arena_printf(judging->arena,
                            "at most %d days are kept at once (approval.keep_max_days), and '%s' "
                            "is later",
                            judging->terms->keep_max_days, show(judging->arena, one->line->until));
    return one->reason ? NULL : "a keep needs a reason, in the column 'reason'";
}

static const char *why_not_reject(struct judging *judging, const struct decisions_row *one)
{
    (void)judging;
    if (one->row->action == ACTION_KEEP)
        return "the plan keeps it: there is nothing to reject";
    return one->reason ? NULL : "a rejection needs a reason, in the column 'reason'";
}

static const char *judge(struct judging *judging, struct decisions_row *one)
{
    static const char *(*const needs[RULING_KIND_COUNT])(struct judging *,
                                                         const struct decisions_row *) = {
        [RULING_APPROVE] = why_not_approve,
        [RULING_KEEP] = why_not_keep,
        [RULING_REJECT] = why_not_reject,
    };
    struct arena *arena = judging->arena;
    const struct decisions_line *line = one->line;
    const char *why = line->flaw;

    one->row = line->account_id ? find_row(judging, line->account_id) : NULL;
    if (!why && !line->decision)
        why = "it has a day or a reason and no decision: write approve, keep or reject";
    if (!why && !line->account_id)
        why = "it says no account_id";
    if (!why)
        why = why_formula(arena, "account_id", line->account_id);
    if (!why)
        why = why_formula(arena, "decision", line->decision);
    if (!why && !read_word(line->decision, &one->kind))
        why = arena_printf(arena, "'%s' is no decision: write approve, keep or reject",
                           show(arena, line->decision));
    if (!why)
        why = why_doubled(judging, line);
    if (!why)
        why = why_other_plan(judging, line);
    if (why)
        return why;
    if (!one->row)
        return arena_printf(arena, "it is no row of plan %lld of portal '%s'",
                            (long long)judging->plan->id, judging->plan->portal);
    one->reason = one_line(arena, line->reason);
    why = why_changed(judging, line, one->row);
    if (!why)
        why = read_until(judging, line->until, &one->until);
    return why ? why : needs[one->kind](judging, one);
}

size_t decisions_judge(struct arena *arena, const struct plan *plan,
                       const struct decisions *decisions, const struct decisions_terms *terms,
                       struct decisions_row **ret_row)
{
    CLEANUP(judging_release)
    struct judging judging = {.arena = arena, .plan = plan, .terms = terms, .decisions = decisions};
    struct decisions_row *row = arena_calloc(arena, decisions->count + 1, sizeof(row[0]));
    CLEANUP(text_release) struct text of_plan = TEXT_INIT;
    size_t count = 0;

    decisions_add_plan(&of_plan, plan);
    judging.of_plan = text_cstr(&of_plan);
    index_all(&judging);
    for (size_t i = 0; i < decisions->count; i++) {
        const struct decisions_line *line = &decisions->line[i];
        if (!line->decision && !line->until && !line->reason && !line->flaw)
            continue;
        row[count] = (struct decisions_row){.line = line};
        row[count].refused = judge(&judging, &row[count]);
        count++;
    }
    *ret_row = row;
    return count;
}
