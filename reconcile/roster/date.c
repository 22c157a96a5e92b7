/*
 * First what stands for no date, then the column's form, then what else the value may be, which is
 * said and never done: a number of five digits is a spreadsheet's day only where somebody stated
 * that. The invariant: false, or the day that everybody would read there.
 */
#include "roster/date.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/words.h"
#include "facts/likeness.h"

enum {
    FAR_YEAR = 2200,      /* from here on a year says "for ever" */
    FIRST_YEAR = 1980,    /* before it a last day, or one of a leave, is a placeholder */
    SERIAL_EPOCH = 25569, /* the serial number of 1970-01-01 */
    SERIAL_FIRST = 61, /* of 1900-03-01: before it spreadsheets count a 29 February that was none */
    SERIAL_LAST = 2958465, /* of 9999-12-31 */
    PLAIN_FIRST = 29221,   /* of 1980-01-01, likewise below: a number that looks like a day */
    PLAIN_LAST = 73050,    /* of 2099-12-31 */
    LAST_CUTOFF = 2099,
};

/* A form of dates, which several columns may have. */
struct form {
    const char *format;
    const char *other; /* day and month exchanged; NULL when that makes no sense */
    bool serial;
    bool two_orders; /* a date was seen that fits only the other one */
};

struct roster_dates {
    const struct config_roster *config;
    struct no_values no_date; /* folded */
    struct form form[ROSTER_NAME];
    struct form *of[ROSTER_NAME]; /* NULL = no column of dates */
};

/* --- setting up --- */

/* The format with %d (or %e) and %m exchanged, NULL when the month is a name or is missing. */
static const char *exchange_day_and_month(struct arena *arena, const char *format)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    bool day = false, month = false;

    for (; *format; format++) {
        text_add_char(&text, *format);
        if (*format != '%' || !format[1])
            continue;
        format++;
        day = day || *format == 'd' || *format == 'e';
        month = month || *format == 'm';
        text_add_char(&text, *format == 'd' || *format == 'e' ? 'm'
                             : *format == 'm'                 ? 'd'
                                                              : *format);
    }
    return day && month ? arena_strdup(arena, text_cstr(&text)) : NULL;
}

static struct form *find_form(struct roster_dates *dates, struct arena *arena, const char *format)
{
    size_t i = 0;

    while (dates->form[i].format && strcmp(dates->form[i].format, format) != 0)
        i++;
    if (!dates->form[i].format)
        dates->form[i] = (struct form){.format = format,
                                       .serial = strcmp(format, ROSTER_EXCEL_SERIAL) == 0,
                                       .other = exchange_day_and_month(arena, format)};
    return &dates->form[i];
}

int roster_dates_new(struct arena *arena, const struct config_roster *config,
                     struct roster_dates **ret_dates, struct err *err)
{
    static const enum roster_field fields[] = {ROSTER_HIRE_DATE, ROSTER_LAST_DAY, ROSTER_LEAVE_FROM,
                                               ROSTER_LEAVE_UNTIL};
    struct roster_dates *dates = arena_calloc(arena, 1, sizeof(*dates));
    const char **item = arena_calloc(arena, config->no_date.count + 1, sizeof(item[0]));

    dates->config = config;
    for (size_t i = 0; i < config->no_date.count; i++) {
        const char *folded = fold_name(arena, config->no_date.item[i]);

        item[i] = folded ? folded : "";
    }
    dates->no_date = (struct no_values){item, config->no_date.count};
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const char *format = config->date_formats[fields[i]];

        if (!config->column.of[fields[i]])
            continue;
        if (!format)
            format = config->date_format ? config->date_format : "";
        if (strcmp(format, ROSTER_EXCEL_SERIAL) != 0 &&
            !day_format_is_valid(format, (int)config->two_digit_year_cutoff))
            return err_set(err, ERR_CONFIG,
                           "roster.date_format '%s' does not name one year (%%Y), month and day",
                           format);
        dates->of[fields[i]] = find_form(dates, arena, format);
    }
    *ret_dates = dates;
    return 0;
}

/* --- no date --- */

bool roster_is_spreadsheet_error(const char *value)
{
    static const char *const errors[] = {"#N/A",   "#REF!", "#NAME?", "#VALUE!",
                                         "#NULL!", "#NUM!", "#DIV/0!"};

    return *value == '#' &&
           (WORD_ROW(errors, value) || (value[1] == '#' && value[strspn(value, "#")] == '\0'));
}

/* '0', '00000000', '0000-00-00', '00.00.0000', '0000-00-00T00:00:00Z' */
static bool is_of_zeros(const char *value)
{
    return strchr(value, '0') && value[strspn(value, "0-./: TZ")] == '\0';
}

/* '31.12.2026 ' and the like are folded as they are, and there are a million of them. */
static bool is_folded(const char *value)
{
    return value[strspn(value, "0123456789.-/:")] == '\0';
}

static bool is_no_date(const struct roster_dates *dates, const char *value)
{
    static const char *const words[] = {"nat", "nan"};
    struct arena arena = ARENA_INIT;
    bool none = false;

    if (*value >= '1' && *value <= '9' && dates->no_date.count == 0)
        return false; /* nearly all of a million */
    if (is_of_zeros(value))
        return true;
    if (!roster_is_spreadsheet_error(value)) {
        const char *folded = is_folded(value) ? value : fold_name(&arena, value);

        none = folded && (is_no_value(&dates->no_date, folded) || WORD_ROW(words, folded));
    }
    arena_release(&arena);
    return none;
}

/* --- the column's form --- */

/* Digits, and a fraction of a day behind a point or a comma. */
static bool read_serial(const char *value, struct day_time *ret_time)
{
    char *end = NULL;
    size_t digits = strspn(value, "0123456789");
    struct day_time time = {.second = 0};
    struct day first = DAY_NONE;
    int64_t number, second = 0;

    if (digits == 0 || digits > 7)
        return false;
    number = strtoll(value, &end, 10);
    if (*end == '.' || *end == ',') {
        int64_t part = 0, scale = 1;

        for (end++; *end >= '0' && *end <= '9'; end++) {
            if (scale < 1000000000) {
                part = part * 10 + (*end - '0');
                scale *= 10;
            }
        }
        second = (part * 86400 + scale / 2) / scale;
    }
    if (*end || number < SERIAL_FIRST || number > SERIAL_LAST)
        return false;
    (void)day_from_civil(1970, 1, 1, &first);
    number += first.number - SERIAL_EPOCH;
    time.second = (int)(second < 86400 ? second : 86399);
    time.year = FAR_YEAR;
    if (number <= DAY_NUMBER_LAST) {
        int month, day;

        time.day = (struct day){.number = (int32_t)number};
        day_to_civil(time.day, &time.year, &month, &day);
    }
    *ret_time = time;
    return true;
}

static bool parse(const struct roster_dates *dates, const struct form *form, const char *value,
                  struct day_time *ret_time)
{
    if (form->serial)
        return read_serial(value, ret_time);
    return day_parse_time(value, form->format, (int)dates->config->two_digit_year_cutoff, ret_time);
}

/* '99991231' where the column's other dates have hyphens: which year it is shows in any form. */
static bool is_far(const char *value)
{
    static const char *const forms[] = {
        "%Y-%m-%d", "%Y%m%d",   "%d.%m.%Y", "%m/%d/%Y",          "%d/%m/%Y",
        "%Y/%m/%d", "%d-%m-%Y", "%d-%b-%Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"};
    struct day_time time;

    for (size_t i = 0; i < COUNT_OF(forms); i++) {
        if (day_parse_time(value, forms[i], 0, &time) && time.year >= FAR_YEAR)
            return true;
    }
    return false;
}

bool roster_date_fits(const struct roster_dates *dates, enum roster_field field, const char *value)
{
    struct day_time time;

    return dates->of[field] && parse(dates, dates->of[field], value, &time);
}

/* --- what else it may be --- */

/* '19.09.26' where the form has %Y. */
static bool is_of_two_digits(const struct form *form, const char *value)
{
    CLEANUP(text_release) struct text format = TEXT_INIT;
    const char *year = strstr(form->format, "%Y");
    struct day_time time;

    if (!year)
        return false;
    text_add_bytes(&format, form->format, (size_t)(year - form->format));
    text_addf(&format, "%%y%s", year + 2);
    return day_parse_time(value, text_cstr(&format), LAST_CUTOFF, &time);
}

static bool explain(struct roster_dates *dates, struct form *form, const char *value,
                    struct text *problem)
{
    struct day_time time;
    char day[DAY_TEXT_SIZE];
    int cutoff = (int)dates->config->two_digit_year_cutoff;

    if (roster_is_spreadsheet_error(value)) {
        text_add(problem, "is an error value of a spreadsheet, or a column that was too narrow");
        return false;
    }
    if (!form->serial && read_serial(value, &time) && strtoll(value, NULL, 10) >= PLAIN_FIRST &&
        strtoll(value, NULL, 10) <= PLAIN_LAST) {
        text_addf(problem,
                  "looks like a spreadsheet's serial day number (%s); hint: export dates as dates, "
                  "or state it for this column below roster.date_formats (\"%s\")",
                  day_format(time.day, day), ROSTER_EXCEL_SERIAL);
        return false;
    }
    if (text_starts(value, "/Date(")) {
        text_add(problem, "is a moment in milliseconds as OData writes it; hint: let the source "
                          "write dates as text, such as 2026-09-19");
        return false;
    }
    text_addf(problem, "does not fit '%s' or is no day", form->format);
    if (!value[strcspn(value, "0123456789")])
        text_add(problem, "; hint: if it says that there is no date, list it in roster.no_date");
    if (is_of_two_digits(form, value))
        text_add(problem, ": its year has two digits; hint: export four, or use '%y' with "
                          "roster.two_digit_year_cutoff = 2049");
    if (form->other && day_parse_time(value, form->other, cutoff, &time)) {
        form->two_orders = true;
        text_addf(problem, ", but fits '%s'", form->other);
    }
    return false;
}

/* Of a moment the day is that of the company's zone: the last day of somebody in Amsterdam ends an
 * hour or two before that of UTC. Midnight is no moment, but a day that was put into a longer form.
 */
static bool settle_moment(const struct roster_dates *dates, const struct day_time *time,
                          struct day *ret_day, struct text *problem)
{
    const struct zone *zone = dates->config->zone;
    struct day epoch = DAY_NONE;

    if (time->second == 0) {
        *ret_day = time->day;
        return true;
    }
    if (!time->has_offset) {
        text_add(problem, "has a time and no offset, so which day it is nobody can tell; hint: "
                          "export days, or the offset with the time (%z)");
        return false;
    }
    (void)day_from_civil(1970, 1, 1, &epoch);
    struct instant moment = {.us = day_between(epoch, time->day) * DAY_US +
                                   (time->second - time->offset_s) * SECOND_US};
    *ret_day = instant_day(moment, zone ? zone : &zone_utc);
    return true;
}

/* '12/31/99': the end of time of one program, New Year's Eve of another. */
static bool is_end_of_century(const struct form *form, const struct day_time *time)
{
    int year, month, day;

    if (!strstr(form->format, "%y") || time->year % 100 != 99 || !day_is_set(time->day))
        return false;
    day_to_civil(time->day, &year, &month, &day);
    return month == 12 && day == 31;
}

bool roster_date_read(struct roster_dates *dates, enum roster_field field, const char *value,
                      struct day *ret_day, struct text *problem)
{
    struct form *form = dates->of[field];
    bool hire = field == ROSTER_HIRE_DATE;
    struct day_time time;

    if (*value == '\0' || is_no_date(dates, value))
        return true;
    if (!parse(dates, form, value, &time))
        return is_far(value) || explain(dates, form, value, problem);
    if (time.year >= FAR_YEAR)
        return true;
    if (!hire && time.year < FIRST_YEAR) {
        text_add(problem, "is before 1980: it stands for no day; hint: if it says that there is no "
                          "date, list it in roster.no_date");
        return false;
    }
    if (!hire && is_end_of_century(form, &time)) {
        text_add(problem,
                 "is 1999 or the end of time, and two digits do not tell; hint: if it says "
                 "that there is no date, list it in roster.no_date");
        return false;
    }
    if (!day_is_set(time.day)) {
        text_addf(problem, "does not fit '%s' or is no day", form->format);
        return false;
    }
    return settle_moment(dates, &time, ret_day, problem);
}

const char *roster_date_other_order(const struct roster_dates *dates, enum roster_field field)
{
    const struct form *form = dates->of[field];

    return form && form->two_orders ? form->other : NULL;
}
