/*
 * What the settings below `roster` mean for another. A setting that another format would not look
 * at is refused: somebody believes that it does something.
 */
#include <iconv.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/fold.h"
#include "base/table.h"
#include "config/loader.h"

static void check_encoding(struct config_loader *loader, const char *encoding)
{
    iconv_t converter = iconv_open("UTF-8", encoding);

    if (converter != (iconv_t)-1)
        (void)iconv_close(converter);
    if (converter == (iconv_t)-1 || strchr(encoding, '/'))
        config_problem_add(loader, config_line(loader, "roster.encoding"),
                           "'roster.encoding' is '%s', which iconv does not know; hint: `iconv -l` "
                           "lists the names",
                           encoding);
}

struct words {
    const char *name;
    const struct name_list *list;
};

/* Where a column of last days tells which of the two it is. */
static bool may_mean_both(const struct words *one, const struct words *other)
{
    return strcmp(one->name, "on_leave") == 0 && strcmp(other->name, "departed") == 0;
}

static void refuse_both(struct config_loader *loader, const char *path, const char *word,
                        const struct words *one, const struct words *other)
{
    bool both = may_mean_both(one, other);

    if (!both || !config_given(loader, "roster.columns.last_day"))
        config_problem_add(
            loader, config_line(loader, path), "'%s' has the word '%s' as %s and as %s%s", path,
            word, one->name, other->name,
            both ? ", between which 'roster.columns.last_day' decides; hint: name it" : "");
}

/* One word must mean one thing. */
static void check_words(struct config_loader *loader, const char *path, const struct words *lists,
                        uint32_t count)
{
    struct table seen;

    table_init(&seen, 16);
    for (uint32_t l = 0; l < count; l++)
        for (size_t i = 0; i < lists[l].list->count; i++) {
            const char *folded = fold_text(loader->arena, lists[l].list->item[i]);
            const char *word = folded ? folded : ""; /* an empty cell */
            uint32_t entry = table_find(&seen, word);

            if (entry == TABLE_END)
                table_add(&seen, word, l);
            else if (table_value(&seen, entry) != l)
                refuse_both(loader, path, word, &lists[table_value(&seen, entry)], &lists[l]);
        }
    table_release(&seen);
}

static void check_status(struct config_loader *loader)
{
    const struct config_roster *roster = &loader->config->roster;
    const struct words words[] = {{"employed", &roster->status.employed},
                                  {"on_leave", &roster->status.on_leave},
                                  {"departed", &roster->status.departed}};
    bool column = config_given(loader, "roster.columns.status");
    bool scim = loader->config->roster.format == ROSTER_FORMAT_SCIM; /* `active` explains itself */

    if (column && !scim && !config_given(loader, "roster.status.employed"))
        config_problem_add(loader, config_line(loader, "roster.columns.status"),
                           "'roster.columns.status' needs 'roster.status' to say what its words "
                           "mean; hint: at least 'employed'");
    if (!column && config_given(loader, "roster.columns") && config_given(loader, "roster.status"))
        config_problem_add(loader, config_line(loader, "roster.status"),
                           "'roster.status' is given, but 'roster.columns.status' names no column");
    check_words(loader, "roster.status", words, COUNT_OF(words));
}

static void check_columns(struct config_loader *loader)
{
    if (!config_given(loader, "roster.columns")) {
        if (config_given(loader, "roster") && loader->config->roster.format != ROSTER_FORMAT_SCIM)
            config_problem_add(loader, config_line(loader, "roster"),
                               "'roster.columns' is missing");
        return;
    }
    if (!config_given(loader, "roster.columns.employee_number") &&
        !config_given(loader, "roster.columns.email") &&
        !config_given(loader, "roster.columns.username"))
        config_problem_add(loader, config_line(loader, "roster.columns"),
                           "'roster.columns' has no key; hint: name at least one of "
                           "'employee_number', 'email' and 'username'");
}

/* --- dates --- */

static void check_date_format(struct config_loader *loader, const char *path, const char *format)
{
    int64_t cutoff = loader->config->roster.two_digit_year_cutoff;

    if (!format || strcmp(format, ROSTER_EXCEL_SERIAL) == 0 ||
        day_format_is_valid(format, (int)cutoff))
        return;
    if (day_format_is_valid(format, 1999))
        config_problem_add(loader, config_line(loader, path),
                           "'%s' is '%s', and of a year in two digits nobody can tell the century; "
                           "hint: say which hundred years they are, as in "
                           "roster.two_digit_year_cutoff = 2049",
                           path, format);
    else
        config_problem_add(loader, config_line(loader, path),
                           "'%s' is '%s'; hint: it needs %%Y, one of %%m %%b %%B, and %%d, each "
                           "once, such as %%d/%%m/%%Y, or \"" ROSTER_EXCEL_SERIAL "\"%s",
                           path, format,
                           strstr(format, "%-") ? "; %m and %d take one digit, too" : "");
}

static const struct date_column {
    enum roster_field field;
    const char *column, *format;
} date_columns[] = {
    {ROSTER_HIRE_DATE, "roster.columns.hire_date", "roster.date_formats.hire_date"},
    {ROSTER_LAST_DAY, "roster.columns.last_day", "roster.date_formats.last_day"},
    {ROSTER_LEAVE_FROM, "roster.leave_from_column", "roster.date_formats.leave_from"},
    {ROSTER_LEAVE_UNTIL, "roster.leave_until_column", "roster.date_formats.leave_until"},
};

static void check_dates(struct config_loader *loader)
{
    const struct config_roster *roster = &loader->config->roster;
    bool two_digits = roster->date_format && strstr(roster->date_format, "%y");
    bool any = false;

    check_date_format(loader, "roster.date_format", roster->date_format);
    for (size_t i = 0; i < COUNT_OF(date_columns); i++) {
        const struct date_column *date = &date_columns[i];
        const char *format = roster->date_formats[date->field];
        bool mapped = config_given(loader, date->column);

        any = any || mapped;
        two_digits = two_digits || (format && strstr(format, "%y"));
        check_date_format(loader, date->format, format);
        if (format && !mapped)
            config_problem_add(loader, config_line(loader, date->format),
                               "'%s' is given, but '%s' names no column", date->format,
                               date->column);
    }
    if (!any && config_given(loader, "roster.no_date"))
        config_problem_add(loader, config_line(loader, "roster.no_date"),
                           "'roster.no_date' is given, but no column of dates is named");
    if (roster->two_digit_year_cutoff && !two_digits)
        config_problem_add(loader, config_line(loader, "roster.two_digit_year_cutoff"),
                           "'roster.two_digit_year_cutoff' is given, but no date format has a year "
                           "in two digits (%%y)");
}

static void check_leave(struct config_loader *loader)
{
    static const struct {
        const char *given, *needs;
    } pairs[] = {
        {"roster.on_leave_words", "roster.on_leave_column"},
        {"roster.not_on_leave_words", "roster.on_leave_column"},
        {"roster.leave_until_column", "roster.leave_from_column"},
    };

    const struct config_roster *roster = &loader->config->roster;
    const struct words words[] = {{"roster.on_leave_words", &roster->on_leave_words},
                                  {"roster.not_on_leave_words", &roster->not_on_leave_words}};

    check_words(loader, "roster.not_on_leave_words", words, COUNT_OF(words));
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        if (config_given(loader, pairs[i].given) && !config_given(loader, pairs[i].needs))
            config_problem_add(loader, config_line(loader, pairs[i].given),
                               "'%s' is given, but '%s' is not", pairs[i].given, pairs[i].needs);
    }
}

/* --- what belongs to a format --- */

enum {
    FOR_CSV = 1U << ROSTER_FORMAT_CSV,
    FOR_JSON = 1U << ROSTER_FORMAT_JSON,
    FOR_JSONL = 1U << ROSTER_FORMAT_JSONL
};

static void check_formats(struct config_loader *loader)
{
    static const struct {
        const char *path;
        unsigned formats;
        const char *of;
    } settings_of[] = {
        {"roster.header_row", FOR_CSV, "a CSV file"},
        {"roster.label_rows", FOR_CSV, "a CSV file"},
        {"roster.footer", FOR_CSV, "a CSV file"},
        {"roster.items", FOR_JSON, "format = \"json\""},
        {"roster.next", FOR_JSON, "format = \"json\""},
        {"roster.on_leave_column", FOR_CSV | FOR_JSON | FOR_JSONL, "the other formats"},
        {"roster.leave_from_column", FOR_CSV | FOR_JSON | FOR_JSONL, "the other formats"},
        {"roster.leave_until_column", FOR_CSV | FOR_JSON | FOR_JSONL, "the other formats"},
    };
    enum roster_format format = loader->config->roster.format;

    for (size_t i = 0; i < COUNT_OF(settings_of); i++) {
        if (config_given(loader, settings_of[i].path) && !(settings_of[i].formats & 1U << format))
            config_problem_add(loader, config_line(loader, settings_of[i].path),
                               "'%s' is for %s, and 'roster.format' is \"%s\"", settings_of[i].path,
                               settings_of[i].of, config_roster_format_name(format));
    }
}

/* RFC 6901: "/a/b", where ~ stands as ~0 and / as ~1. */
static bool is_pointer(const char *text)
{
    for (const char *tilde = strchr(text, '~'); tilde; tilde = strchr(tilde + 1, '~')) {
        if (tilde[1] != '0' && tilde[1] != '1')
            return false;
    }
    return *text == '/' && text[1];
}

static void check_pointers(struct config_loader *loader)
{
    const struct config_roster *roster = &loader->config->roster;
    bool is_link = roster->next && strcmp(roster->next, "link") == 0;

    if (roster->items && !is_pointer(roster->items))
        config_problem_add(loader, config_line(loader, "roster.items"),
                           "'roster.items' is '%s', and a JSON pointer begins with '/'; hint: "
                           "\"/Report_Entry\" is the member Report_Entry",
                           roster->items);
    if (roster->next && !is_link && !is_pointer(roster->next))
        config_problem_add(loader, config_line(loader, "roster.next"),
                           "'roster.next' is '%s', it must be \"link\" or a JSON pointer, which "
                           "begins with '/'",
                           roster->next);
    if (roster->next && roster->source && !text_starts(roster->source, "https:") &&
        !text_starts(roster->source, "http:"))
        config_problem_add(loader, config_line(loader, "roster.next"),
                           "'roster.next' is for pages over https:, and 'roster.source' is none");
}

void config_check_roster(struct config_loader *loader)
{
    const struct config_roster *roster = &loader->config->roster;

    config_check_secret(loader, "roster.credentials", &roster->credentials);
    if (roster->encoding)
        check_encoding(loader, roster->encoding);
    check_columns(loader);
    check_dates(loader);
    check_leave(loader);
    check_formats(loader);
    check_pointers(loader);
    check_status(loader);
}
