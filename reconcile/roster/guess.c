/*
 * Titles are compared by their letters and digits alone, the likeliest name first. Only words that
 * can hardly mean anything else are sorted into a kind of employment.
 */
#include "roster/guess.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/csv_reader.h"

static const struct {
    enum guess_column column;
    const char *letters;
} titles[] = {
    {GUESS_EMPLOYEE_NUMBER, "employeenumber"},
    {GUESS_EMPLOYEE_NUMBER, "employeeid"},
    {GUESS_EMPLOYEE_NUMBER, "empid"},
    {GUESS_EMPLOYEE_NUMBER, "employeeno"},
    {GUESS_EMPLOYEE_NUMBER, "personnelnumber"},
    {GUESS_EMPLOYEE_NUMBER, "personnelno"},
    {GUESS_EMPLOYEE_NUMBER, "staffid"},
    {GUESS_EMPLOYEE_NUMBER, "staffnumber"},
    {GUESS_EMPLOYEE_NUMBER, "workerid"},
    {GUESS_EMAIL, "workemail"},
    {GUESS_EMAIL, "workemailaddress"},
    {GUESS_EMAIL, "businessemail"},
    {GUESS_EMAIL, "companyemail"},
    {GUESS_EMAIL, "email"},
    {GUESS_EMAIL, "emailaddress"},
    {GUESS_EMAIL, "mail"},
    {GUESS_USERNAME, "username"},
    {GUESS_USERNAME, "login"},
    {GUESS_NAME, "fullname"},
    {GUESS_NAME, "employeename"},
    {GUESS_NAME, "displayname"},
    {GUESS_NAME, "name"},
    {GUESS_FIRST_NAME, "firstname"},
    {GUESS_FIRST_NAME, "givenname"},
    {GUESS_LAST_NAME, "lastname"},
    {GUESS_LAST_NAME, "surname"},
    {GUESS_LAST_NAME, "familyname"},
    {GUESS_STATUS, "employmentstatus"},
    {GUESS_STATUS, "employeestatus"},
    {GUESS_STATUS, "workerstatus"},
    {GUESS_STATUS, "status"},
    {GUESS_HIRE_DATE, "hiredate"},
    {GUESS_HIRE_DATE, "dateofhire"},
    {GUESS_HIRE_DATE, "startdate"},
    {GUESS_LAST_DAY, "lastday"},
    {GUESS_LAST_DAY, "lastworkingday"},
    {GUESS_LAST_DAY, "terminationdate"},
    {GUESS_LAST_DAY, "dateoftermination"},
    {GUESS_LAST_DAY, "enddate"},
    {GUESS_LAST_DAY, "leavingdate"},
    {GUESS_DEPARTMENT, "department"},
    {GUESS_DEPARTMENT, "dept"},
};

/* %d/%m/%Y and %m/%d/%Y stand both here: where every day is below 13 neither is taken. */
static const char *const formats[] = {"%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y",
                                      "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d"};

enum { ALL_FORMATS = (1 << COUNT_OF(formats)) - 1 };

struct guessing {
    struct arena *arena;
    struct roster_guess guess;
    const char *title[LIMIT_CSV_COLUMNS];
    size_t title_count;
    size_t at[GUESS_COLUMN_COUNT]; /* the column's place; LIMIT_CSV_COLUMNS = none */
    bool header_done;
    unsigned formats; /* bits: those that every date so far fits */
    size_t dates;
};

static bool has_letters(const char *title, const char *letters)
{
    for (; *title; title++) {
        if (!isalnum((unsigned char)*title))
            continue;
        if (tolower((unsigned char)*title) != *letters)
            return false;
        letters++;
    }
    return *letters == '\0';
}

static void find_columns(struct guessing *guessing)
{
    for (size_t c = 0; c < GUESS_COLUMN_COUNT; c++)
        guessing->at[c] = LIMIT_CSV_COLUMNS;
    for (size_t t = 0; t < COUNT_OF(titles); t++) {
        enum guess_column column = titles[t].column;
        for (size_t i = 0; i < guessing->title_count; i++) {
            if (guessing->guess.title[column] ||
                !has_letters(guessing->title[i], titles[t].letters))
                continue;
            guessing->guess.title[column] = guessing->title[i];
            guessing->at[column] = i;
        }
    }
}

/* --- words and dates --- */

/* What a configuration can say. */
static bool is_plain(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7F)
            return false;
    }
    return length <= LIMIT_FIELD && text_is_utf8(bytes, length);
}

static bool is_any(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(word, list[i]) == 0)
            return true;
    }
    return false;
}

static bool holds_any(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasestr(word, list[i]))
            return true;
    }
    return false;
}

static struct guess_words *kind_of(struct roster_guess *guess, const char *word)
{
    static const char *const employed[] = {"active", "employed", "current", "working"};
    static const char *const departed[] = {"left", "departed", "leaver", "resigned", "retired"};
    static const char *const departing[] = {"terminated", "former employee"};
    static const char *const leave[] = {"on leave",   "leave",          "leave of absence",
                                        "sabbatical", "parental leave", "maternity leave"};

    if (is_any(word, employed, COUNT_OF(employed)))
        return &guess->employed;
    if (is_any(word, departed, COUNT_OF(departed)) ||
        holds_any(word, departing, COUNT_OF(departing)))
        return &guess->departed;
    if (is_any(word, leave, COUNT_OF(leave)))
        return &guess->on_leave;
    return &guess->unclear;
}

static void take_word(struct guessing *guessing, const char *word)
{
    struct guess_words *words =
        is_plain(word, strlen(word)) ? kind_of(&guessing->guess, word) : &guessing->guess.unclear;

    if (!is_any(word, words->item, words->count) && words->count < GUESS_WORDS_MAX)
        words->item[words->count++] = word;
}

static void take_date(struct guessing *guessing, const char *value)
{
    struct day day;

    guessing->dates++;
    for (unsigned i = 0; i < COUNT_OF(formats); i++) {
        if (!day_parse(value, formats[i], &day))
            guessing->formats &= ~(1U << i);
    }
}

static int on_field(void *context, uint32_t row, size_t column, const char *bytes, size_t length,
                    struct err *err)
{
    struct guessing *guessing = context;

    (void)row, (void)err;
    text_trim(&bytes, &length);
    if (!guessing->header_done) {
        guessing->title[column] =
            is_plain(bytes, length) ? arena_strndup(guessing->arena, bytes, length) : "";
        guessing->title_count = column + 1;
        return 0;
    }
    if (length == 0 || length > 100)
        return 0;
    const char *value = arena_strndup(guessing->arena, bytes, length);
    if (column == guessing->at[GUESS_STATUS])
        take_word(guessing, value);
    else if (column == guessing->at[GUESS_HIRE_DATE] || column == guessing->at[GUESS_LAST_DAY])
        take_date(guessing, value);
    return 0;
}

static int on_row(void *context, uint32_t row, size_t columns, struct err *err)
{
    struct guessing *guessing = context;

    (void)row, (void)columns, (void)err;
    if (!guessing->header_done)
        find_columns(guessing);
    else
        guessing->guess.rows++;
    guessing->header_done = true;
    return 0;
}

/* The one that is most often in the first line; in doubt a comma. */
static char find_delimiter(const char *bytes, size_t length)
{
    static const char candidates[] = ",;\t|";
    size_t best = 0;
    char delimiter = ',';

    for (const char *c = candidates; *c; c++) {
        size_t count = 0;
        for (size_t i = 0; i < length && bytes[i] != '\n'; i++)
            count += bytes[i] == *c;
        if (count > best) {
            best = count;
            delimiter = *c;
        }
    }
    return delimiter;
}

int roster_guess(struct arena *arena, const char *bytes, size_t length,
                 struct roster_guess *ret_guess, struct err *err)
{
    static const char bom[] = "\xEF\xBB\xBF";
    struct guessing *guessing = arena_calloc(arena, 1, sizeof(*guessing));
    const struct csv_handler handler = {.context = guessing, .field = on_field, .row = on_row};

    if (length >= strlen(bom) && memcmp(bytes, bom, strlen(bom)) == 0) {
        bytes += strlen(bom);
        length -= strlen(bom);
    }
    guessing->arena = arena;
    guessing->formats = ALL_FORMATS;
    guessing->guess.delimiter = find_delimiter(bytes, length);
    CLEANUP(csv_reader_freep)
    struct csv_reader *reader = csv_reader_new(guessing->guess.delimiter, &handler);
    if (csv_reader_push(reader, bytes, length, err) < 0)
        return -1;
    if (!guessing->header_done)
        return err_set(err, ERR_ROSTER, "there is no line of titles with rows below");
    for (unsigned i = 0; i < COUNT_OF(formats) && guessing->dates > 0; i++) {
        if (guessing->formats == 1U << i)
            guessing->guess.date_format = formats[i];
    }
    *ret_guess = guessing->guess;
    return 0;
}
