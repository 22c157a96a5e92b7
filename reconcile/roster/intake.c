/*
 * Each mapped column of the open row has a cell; closing the row judges the cells one by one, the
 * name parts last, and every problem found is named, so that HR can mend a row in one go. The
 * invariant: a value that is not certainly what it should be is never kept as if it were, and a row
 * with such a value is rejected.
 *
 * Dates need one look more at the end: a cell like 25/12/2016 under %m/%d/%Y shows that the file
 * mixes two orders, and then 03/04/2016 can be read in two ways, in whichever row it stands.
 */
#include "roster/intake.h"

#include <stdlib.h>
#include <string.h>

#include "base/alike.h"
#include "base/fold.h"
#include "base/intern.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/unseen.h"
#include "base/words.h"
#include "facts/likeness.h"
#include "roster/date.h"
#include "roster/doubt.h"
#include "roster/mapped_words.h"

enum { EXCERPT = 80 };

struct cell {
    size_t start, length; /* in intake->bytes, NUL-terminated there */
    bool long_value;      /* over LIMIT_FIELD, not kept */
    bool unreadable;      /* there stands the format's reason */
};

struct roster_intake {
    struct arena *arena;
    const struct config_roster *config;
    struct intern names; /* of people */
    struct intern kept;  /* departments, countries */
    struct alike alikes;
    struct person_alike alike; /* of the open row */
    struct arena scratch;      /* columns, status words */
    struct roster_column *column;
    struct cell *cell;
    size_t columns;
    struct no_values no_value; /* folded */
    struct mapped_words *words;
    struct roster_dates *dates;

    struct text bytes;    /* of the open row's cells */
    struct text problems; /* of the open row */
    struct text name;
    bool damaged;
    bool nobodys;     /* a key of the open row says that there is none */
    bool either;      /* its status says on leave, or departed when there is a last day */
    const char *hint; /* for the open row, if it is rejected */

    struct person *person;
    size_t count, capacity;
    size_t rejected;
    size_t plain, grouped;     /* employee numbers of digits alone, and with a mark for thousands */
    struct roster_doubt doubt; /* values of damaged rows */
};

static const struct field_trait {
    const char *name;
    const char *setting; /* that names its column */
    bool key;
    size_t member; /* of struct person, for those that are kept as text as they are; of those that
                      recur of struct person_alike */
} traits[ROSTER_FIELD_COUNT] = {
    [ROSTER_EMPLOYEE_NUMBER] = {"employee_number", "roster.columns.employee_number", true,
                                offsetof(struct person, employee_number)},
    [ROSTER_EMAIL] = {"email", "roster.columns.email", true, offsetof(struct person, email)},
    [ROSTER_USERNAME] = {"username", "roster.columns.username", true,
                         offsetof(struct person, username)},
    [ROSTER_STATUS] = {"status", "roster.columns.status", false, 0},
    [ROSTER_HIRE_DATE] = {"hire_date", "roster.columns.hire_date", false, 0},
    [ROSTER_LAST_DAY] = {"last_day", "roster.columns.last_day", false, 0},
    [ROSTER_DEPARTMENT] = {"department", "roster.columns.department", false,
                           offsetof(struct person_alike, department)},
    [ROSTER_COUNTRY] = {"country", "roster.columns.country", false,
                        offsetof(struct person_alike, country)},
    [ROSTER_ON_LEAVE] = {"on_leave", "roster.on_leave_column", false, 0},
    [ROSTER_LEAVE_FROM] = {"leave_from", "roster.leave_from_column", false, 0},
    [ROSTER_LEAVE_UNTIL] = {"leave_until", "roster.leave_until_column", false, 0},
    [ROSTER_NAME] = {"name", "roster.columns.name", false, 0},
};

const char *roster_field_setting(enum roster_field field)
{
    return traits[field].setting;
}

/* --- setting up --- */

static void add_column(struct roster_intake *intake, enum roster_field field, const char *name)
{
    size_t length;

    if (!name)
        return;
    length = strlen(name);
    text_trim(&name, &length);
    if (length == 0)
        return;
    intake->column[intake->columns++] = (struct roster_column){
        .field = field, .name = arena_strndup(&intake->scratch, name, length)};
}

static void add_columns(struct roster_intake *intake, const struct config_roster *config)
{
    size_t room = ROSTER_FIELD_COUNT + config->column.name.count;

    intake->column = arena_calloc(&intake->scratch, room, sizeof(intake->column[0]));
    intake->cell = arena_calloc(&intake->scratch, room, sizeof(intake->cell[0]));
    for (unsigned field = 0; field < ROSTER_NAME; field++)
        add_column(intake, (enum roster_field)field, config->column.of[field]);
    for (size_t i = 0; i < config->column.name.count; i++)
        add_column(intake, ROSTER_NAME, config->column.name.item[i]);
}

/* Each folded. */
static const char **fold_words(struct arena *arena, const struct name_list *list)
{
    const char **item = arena_calloc(arena, list->count + 1, sizeof(item[0]));

    for (size_t i = 0; i < list->count; i++)
        item[i] = mapped_word_fold(arena, list->item[i]);
    return item;
}

static int check_mapping(const struct roster_intake *intake, struct err *err)
{
    bool key = false;

    for (size_t i = 0; i < intake->columns; i++)
        key = key || traits[intake->column[i].field].key;
    if (!key)
        return err_set(err, ERR_CONFIG,
                       "roster.columns maps none of employee_number, email and username, so no "
                       "row could be told from another");
    return 0;
}

int roster_intake_new(struct arena *arena, const struct config_roster *config,
                      struct roster_intake **ret_intake, struct err *err)
{
    struct roster_intake *intake = mem_calloc(1, sizeof(*intake));

    intake->arena = arena;
    intake->config = config;
    intern_init(&intake->names, arena);
    intern_init(&intake->kept, arena);
    alike_init(&intake->alikes, arena, sizeof(intake->alike));
    add_columns(intake, config);
    intake->words = mapped_words_new(&intake->scratch, config);
    intake->no_value =
        (struct no_values){fold_words(&intake->scratch, &config->no_value), config->no_value.count};
    if (check_mapping(intake, err) < 0 ||
        roster_dates_new(&intake->scratch, config, &intake->dates, err) < 0) {
        roster_intake_free(intake);
        return -1;
    }
    *ret_intake = intake;
    return 0;
}

void roster_intake_free(struct roster_intake *intake)
{
    if (!intake)
        return;
    arena_release(&intake->scratch);
    intern_release(&intake->names);
    intern_release(&intake->kept);
    alike_release(&intake->alikes);
    roster_doubt_release(&intake->doubt);
    text_release(&intake->bytes);
    text_release(&intake->problems);
    text_release(&intake->name);
    free(intake->person);
    free(intake);
}

size_t roster_intake_columns(const struct roster_intake *intake,
                             const struct roster_column **ret_column)
{
    *ret_column = intake->column;
    return intake->columns;
}

/* --- the open row --- */

void roster_intake_value(struct roster_intake *intake, size_t column, const char *bytes,
                         size_t length)
{
    struct cell *cell = &intake->cell[column];

    text_trim(&bytes, &length);
    *cell = (struct cell){.start = intake->bytes.length};
    if (length > LIMIT_FIELD) {
        cell->long_value = true;
        return;
    }
    cell->length = length;
    text_add_bytes(&intake->bytes, bytes, length);
    text_add_char(&intake->bytes, '\0');
}

void roster_intake_unreadable(struct roster_intake *intake, size_t column, const char *reason)
{
    intake->cell[column] = (struct cell){.start = intake->bytes.length, .unreadable = true};
    text_add(&intake->bytes, reason);
    text_add_char(&intake->bytes, '\0');
}

static void begin_problem(struct roster_intake *intake)
{
    if (intake->problems.length > 0)
        text_add(&intake->problems, "; ");
}

void roster_intake_damaged(struct roster_intake *intake, const char *reason)
{
    intake->damaged = true;
    begin_problem(intake);
    text_add(&intake->problems, reason);
}

void roster_intake_reject(struct roster_intake *intake, const char *reason)
{
    begin_problem(intake);
    text_add(&intake->problems, reason);
}

void roster_intake_hint(struct roster_intake *intake, const char *hint)
{
    intake->hint = hint;
}

void roster_intake_drop(struct roster_intake *intake)
{
    memset(intake->cell, 0, intake->columns * sizeof(intake->cell[0]));
    text_clear(&intake->bytes);
    text_clear(&intake->problems);
    text_clear(&intake->name);
    intake->damaged = false;
    intake->nobodys = false;
    intake->either = false;
    intake->hint = NULL;
}

static const char *cell_value(const struct roster_intake *intake, size_t column)
{
    const struct cell *cell = &intake->cell[column];

    return cell->length > 0 ? intake->bytes.data + cell->start : "";
}

/* `last_day '31/31/2016'`: the column and the beginning of its value, fit for a terminal. */
static void add_subject(struct roster_intake *intake, size_t column)
{
    begin_problem(intake);
    text_addf(&intake->problems, "%s '", traits[intake->column[column].field].name);
    unseen_show(&intake->problems, cell_value(intake, column), EXCERPT);
    text_add_char(&intake->problems, '\'');
}

static bool complain(struct roster_intake *intake, size_t column, const char *problem)
{
    add_subject(intake, column);
    text_add_char(&intake->problems, ' ');
    text_add(&intake->problems, problem);
    return false;
}

static bool complain_without_value(struct roster_intake *intake, size_t column, const char *problem)
{
    begin_problem(intake);
    text_addf(&intake->problems, "%s %s", traits[intake->column[column].field].name, problem);
    return false;
}

/* --- one value --- */

static bool check_characters(struct roster_intake *intake, size_t column)
{
    const char *cursor = cell_value(intake, column);
    const char *end = cursor + intake->cell[column].length;
    bool key = traits[intake->column[column].field].key;

    while (cursor < end) {
        int32_t c = 0;

        cursor += text_decode(cursor, (size_t)(end - cursor), &c);
        if (c < 0x20 || c == 0x7F)
            return complain(intake, column, "holds a control character or a line break");
        if (c >= 0x80 && c <= 0x9F)
            return complain(intake, column,
                            "holds a control character; hint: is roster.encoding right? "
                            "WINDOWS-1252 is often called ISO-8859-1");
        if (key && unseen_is(c)) {
            add_subject(intake, column);
            text_addf(&intake->problems,
                      " holds the character U+%04X, which does not show; hint: type the value anew",
                      (unsigned)c);
            return false;
        }
    }
    return true;
}

static size_t span_digits(const char *s)
{
    return strspn(s, "0123456789");
}

/* `1.0084E+4`, `1E+05`, `10084.0`, `10084,00`: a number as a spreadsheet shows it. */
static bool is_spreadsheet_number(const char *value)
{
    size_t whole = span_digits(value), fraction = 0;
    const char *rest = value + whole;
    bool point = *rest == '.' || *rest == ',';

    if (whole == 0)
        return false;
    if (point) {
        fraction = span_digits(rest + 1);
        rest += 1 + fraction;
    }
    if (*rest == 'e' || *rest == 'E') {
        bool sign = rest[1] == '+' || rest[1] == '-';
        size_t exponent = span_digits(rest + 1 + sign);

        return (sign || point) && exponent > 0 && rest[1 + sign + exponent] == '\0';
    }
    return point && *rest == '\0' && strspn(value + whole + 1, "0") == fraction;
}

static bool check_key(struct roster_intake *intake, size_t column, const char *value)
{
    if (roster_is_spreadsheet_error(value))
        return complain(intake, column, "is an error value of a spreadsheet");
    if (*value == '=' || *value == '\'')
        return complain(intake, column,
                        "begins like a spreadsheet's formula or text mark; hint: the column must "
                        "hold the bare value");
    return true;
}

static bool check_employee_number(struct roster_intake *intake, size_t column, const char *value)
{
    if (is_spreadsheet_number(value) || number_is_grouped_decimal(value))
        return complain(intake, column,
                        "is a number as a spreadsheet shows it; hint: format the column as text, "
                        "so that it keeps its digits");
    return true;
}

static bool check_email(struct roster_intake *intake, size_t column, const char *value)
{
    const char *at = strchr(value, '@');

    if (!at)
        return complain(intake, column,
                        "is not an e-mail address: it has no '@'; hint: if it says that there is "
                        "none, list it in roster.no_value");
    if (strchr(at + 1, '@'))
        return complain(intake, column, "is not one e-mail address: it has more than one '@'");
    if (at == value || at[1] == '\0')
        return complain(intake, column, "is not an e-mail address: a part is empty");
    if (strpbrk(value, " \t<>()[]{},;:\"\\|") || strstr(value, "\xC2\xA0"))
        return complain(intake, column,
                        "is not a bare e-mail address: it holds a blank or a mark that none has");
    return true;
}

static bool read_status(struct roster_intake *intake, size_t column, const char *value,
                        struct person *person)
{
    enum person_status status = mapped_words_status(intake->words, value, &intake->either);

    if (status == PERSON_UNKNOWN)
        return *value ? complain(intake, column, "is not in the mapping roster.status")
                      : complain_without_value(
                            intake, column, "is empty, and the mapping roster.status has no \"\"");
    person->word = status;
    return true;
}

static bool read_date(struct roster_intake *intake, size_t column, const char *value,
                      struct day *ret_day)
{
    CLEANUP(text_release) struct text problem = TEXT_INIT;
    enum roster_field field = intake->column[column].field;

    return roster_date_read(intake->dates, field, value, ret_day, &problem) ||
           complain(intake, column, text_cstr(&problem));
}

static bool read_leave(struct roster_intake *intake, size_t column, const char *value,
                       struct person *person)
{
    struct day day = DAY_NONE;

    if (!read_date(intake, column, value, &day))
        return false;
    if (!day_is_set(day))
        return true;
    struct person_extra *extra = person_extra_of(intake->arena, person);
    *(intake->column[column].field == ROSTER_LEAVE_FROM ? &extra->leave_from
                                                        : &extra->leave_until) = day;
    return true;
}

static bool read_on_leave(struct roster_intake *intake, size_t column, const char *value,
                          struct person *person)
{
    enum person_leave leave = LEAVE_UNSAID;

    if (!mapped_words_leave(intake->words, value, &leave))
        return complain(intake, column,
                        "says neither yes nor no; hint: list a word that means on leave in "
                        "roster.on_leave_words, one that does not in roster.not_on_leave_words");
    person->leave = leave;
    return true;
}

/* A key's value that stands for nobody is none (K2); errors of a spreadsheet stay what they are. */
static bool is_nobodys(struct roster_intake *intake, size_t column)
{
    struct arena arena = ARENA_INIT;
    const char *value = cell_value(intake, column);
    bool nobody = traits[intake->column[column].field].key && !roster_is_spreadsheet_error(value) &&
                  is_no_value(&intake->no_value, fold_text(&arena, value));

    arena_release(&arena);
    return nobody;
}

/* Judges what the column's field demands and puts the value where it belongs. */
static bool read_value(struct roster_intake *intake, size_t column, struct person *person)
{
    const char *value = cell_value(intake, column);
    const struct roster_column *mapped = &intake->column[column];

    if (is_nobodys(intake, column)) {
        intake->nobodys = true;
        return true;
    }
    switch (mapped->field) {
    case ROSTER_EMPLOYEE_NUMBER:
        if (!check_key(intake, column, value))
            return false;
        if (!check_employee_number(intake, column, value)) {
            person_extra_of(intake->arena, person)->damaged_number =
                arena_strdup(intake->arena, value);
            return false;
        }
        intake->plain += *value && value[span_digits(value)] == '\0';
        intake->grouped += number_is_grouped(value);
        break;
    case ROSTER_EMAIL:
        if (!check_key(intake, column, value) || (*value && !check_email(intake, column, value)))
            return false;
        break;
    case ROSTER_USERNAME:
        if (!check_key(intake, column, value))
            return false;
        break;
    case ROSTER_STATUS:
        return read_status(intake, column, value, person);
    case ROSTER_HIRE_DATE:
        return read_date(intake, column, value, &person->hire_date);
    case ROSTER_LAST_DAY:
        return read_date(intake, column, value, &person->last_day);
    case ROSTER_ON_LEAVE:
        return read_on_leave(intake, column, value, person);
    case ROSTER_LEAVE_FROM:
    case ROSTER_LEAVE_UNTIL:
        return read_leave(intake, column, value, person);
    case ROSTER_NAME:
        if (*value && intake->name.length > 0)
            text_add_char(&intake->name, ' ');
        text_add(&intake->name, value);
        return true;
    case ROSTER_DEPARTMENT:
    case ROSTER_COUNTRY:
    case ROSTER_FIELD_COUNT:
        break;
    }
    if (*value) {
        bool recurs = mapped->field == ROSTER_DEPARTMENT || mapped->field == ROSTER_COUNTRY;
        char *whole = recurs ? (char *)&intake->alike : (char *)person;
        char *member = whole + traits[mapped->field].member;
        const char *copy =
            recurs ? intern_string(&intake->kept, value) : arena_strdup(intake->arena, value);

        memcpy(member, &copy, sizeof(copy));
    }
    return true;
}

static bool judge_cell(struct roster_intake *intake, size_t column, struct person *person)
{
    const struct cell *cell = &intake->cell[column];

    if (cell->unreadable)
        return complain_without_value(intake, column, intake->bytes.data + cell->start);
    if (cell->long_value) {
        begin_problem(intake);
        text_addf(&intake->problems, "%s is longer than %d bytes",
                  traits[intake->column[column].field].name, LIMIT_FIELD);
        return false;
    }
    return check_characters(intake, column) && read_value(intake, column, person);
}

/* The values of a damaged row may have moved to other columns, a salary to the employee number. */
static void judge_damaged(struct roster_intake *intake, struct person *person)
{
    struct text problems = intake->problems;

    intake->problems = TEXT_INIT; /* what is wrong with single values says nothing more */
    for (size_t i = 0; i < intake->columns; i++) {
        if (intake->column[i].field == ROSTER_EMAIL)
            (void)judge_cell(intake, i, person);
        roster_doubt_add(&intake->doubt, intake->count, cell_value(intake, i));
    }
    text_release(&intake->problems);
    intake->problems = problems;
    person->key_unreadable = true;
}

/* 'N/A' and '201' find nobody. */
static bool is_name(const struct roster_intake *intake, const char *name)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    return name && name[strspn(name, "0123456789.,:-/ ")] &&
           !is_no_value(&intake->no_value, fold_text(&arena, name));
}

/* Somebody new has a name before they have a number: the name finds them (P6), and the row is no
 * mistake. But an empty cell may as well be one that was lost, so whoever is missed may be them;
 * one that says 'N/A' was never filled. */
static void judge_keyless(struct roster_intake *intake, struct person *person)
{
    bool named = is_name(intake, person->name);

    person->key_unreadable = !named || !intake->nobodys;
    if (named)
        return;
    begin_problem(intake);
    text_add(&intake->problems, "nothing in it says who it is: no employee number, e-mail or "
                                "username");
}

/* Who is not at work until a last day that is to come is on leave till then. */
static void settle_either(const struct roster_intake *intake, struct person *person)
{
    if (!intake->either || !day_is_set(person->last_day))
        return;
    person->word = PERSON_DEPARTED;
    person->leave = LEAVE_YES;
}

static void judge_cells(struct roster_intake *intake, struct person *person)
{
    for (size_t i = 0; i < intake->columns; i++) {
        if (!judge_cell(intake, i, person) && traits[intake->column[i].field].key)
            person->key_unreadable = true;
    }
    settle_either(intake, person);
    if (intake->name.length > 0)
        person->name = intern_some(&intake->names, text_cstr(&intake->name));
    if (!person->employee_number && !person->email && !person->username && !person->key_unreadable)
        judge_keyless(intake, person);
}

/* All rows count, the first ones keep what is said of them in particular. */
static const char *keep_reason(struct roster_intake *intake, const char *reason)
{
    if (intake->rejected++ < LIMIT_REJECTED_SHOWN)
        return arena_strdup(intake->arena, reason);
    return "rejected, as are so many rows that the reasons of the later ones are not kept";
}

void roster_intake_row(struct roster_intake *intake, uint32_t row)
{
    struct person person = {.row = row};

    intake->alike = person_alike_none;
    if (intake->damaged)
        judge_damaged(intake, &person);
    else
        judge_cells(intake, &person);
    if (intake->problems.length > 0 && intake->hint)
        text_addf(&intake->problems, "; hint: %s", intake->hint);
    if (intake->problems.length > 0)
        intake->alike.rejected = keep_reason(intake, text_cstr(&intake->problems));
    intake->alike.extra = person_alike(&person)->extra;
    person.alike = alike_keep(&intake->alikes, &intake->alike);
    intake->person =
        mem_grow(intake->person, intake->count, &intake->capacity, sizeof(intake->person[0]));
    intake->person[intake->count++] = person;
    roster_intake_drop(intake);
}

/* --- looking at rows before and after --- */

const char *roster_intake_peek(const struct roster_intake *intake, size_t column)
{
    return cell_value(intake, column);
}

enum roster_evidence roster_intake_evidence(struct roster_intake *intake, size_t column)
{
    const char *value = cell_value(intake, column);
    enum roster_field field = intake->column[column].field;
    const char *at;

    if (*value == '\0' || is_nobodys(intake, column))
        return EVIDENCE_NONE;
    switch (field) {
    case ROSTER_EMPLOYEE_NUMBER:
    case ROSTER_USERNAME:
        return EVIDENCE_KEY;
    case ROSTER_EMAIL:
        at = strchr(value, '@');
        return at && at > value && at[1] ? EVIDENCE_PERSON : EVIDENCE_NONE;
    case ROSTER_STATUS:
        if (mapped_words_status(intake->words, value, NULL) != PERSON_UNKNOWN)
            return EVIDENCE_PERSON;
        return value[strspn(value, "0123456789.,:-/ ")] ? EVIDENCE_KEY : EVIDENCE_NONE;
    case ROSTER_HIRE_DATE:
    case ROSTER_LAST_DAY:
    case ROSTER_LEAVE_FROM:
    case ROSTER_LEAVE_UNTIL:
        return roster_date_fits(intake->dates, field, value) ? EVIDENCE_DATE : EVIDENCE_NONE;
    case ROSTER_NAME:
        return value[strspn(value, "0123456789.,:-/ ")] ? EVIDENCE_KEY : EVIDENCE_NONE;
    case ROSTER_DEPARTMENT:
    case ROSTER_COUNTRY:
    case ROSTER_ON_LEAVE:
    case ROSTER_FIELD_COUNT:
        break;
    }
    return EVIDENCE_NONE;
}

bool roster_intake_date_fits(const struct roster_intake *intake, size_t column, const char *value)
{
    return roster_date_fits(intake->dates, intake->column[column].field, value);
}

bool roster_intake_begins_word(struct roster_intake *intake, size_t column)
{
    return mapped_words_begins(intake->words, intake->column[column].field == ROSTER_STATUS,
                               cell_value(intake, column));
}

enum person_status roster_intake_status(struct roster_intake *intake)
{
    for (size_t i = 0; i < intake->columns; i++) {
        if (intake->column[i].field == ROSTER_STATUS)
            return mapped_words_status(intake->words, cell_value(intake, i), NULL);
    }
    return PERSON_UNKNOWN;
}

size_t roster_intake_count(const struct roster_intake *intake)
{
    return intake->count;
}

const struct person *roster_intake_people(const struct roster_intake *intake, size_t *ret_count)
{
    *ret_count = intake->count;
    return intake->person;
}

void roster_intake_take_back(struct roster_intake *intake, size_t from)
{
    roster_doubt_take_back(&intake->doubt, from);
    for (size_t i = from; i < intake->count; i++)
        intake->rejected -= person_rejected(&intake->person[i]) != NULL;
    intake->count = from;
}

static void set_rejected(struct roster_intake *intake, struct person *person)
{
    struct person_alike alike = *person_alike(person);

    alike.rejected = keep_reason(intake, text_cstr(&intake->problems));
    person->alike = alike_keep(&intake->alikes, &alike);
}

static void reject_person(struct roster_intake *intake, struct person *person, const char *reason,
                          bool blind)
{
    text_clear(&intake->problems);
    if (person_rejected(person))
        text_addf(&intake->problems, "%s; ", person_rejected(person));
    text_add(&intake->problems, reason);
    intake->rejected -= person_rejected(person) != NULL;
    set_rejected(intake, person);
    person->key_unreadable = person->key_unreadable || blind;
    text_clear(&intake->problems);
}

void roster_intake_reject_last(struct roster_intake *intake, const char *reason, bool blind)
{
    reject_person(intake, &intake->person[intake->count - 1], reason, blind);
}

/* --- the end --- */

static bool reads_two_ways(struct day day)
{
    int year, month, of_month;

    if (!day_is_set(day))
        return false;
    day_to_civil(day, &year, &month, &of_month);
    return of_month <= 12 && of_month != month;
}

/* The column whose date of this person can be read in two ways; ROSTER_FIELD_COUNT = none. */
static enum roster_field two_way_field(const struct roster_intake *intake,
                                       const struct person *person)
{
    const struct {
        enum roster_field field;
        struct day day;
    } dates[] = {
        {ROSTER_LAST_DAY, person->last_day},
        {ROSTER_HIRE_DATE, person->hire_date},
        {ROSTER_LEAVE_FROM, person_extra(person)->leave_from},
        {ROSTER_LEAVE_UNTIL, person_extra(person)->leave_until},
    };

    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        if (roster_date_other_order(intake->dates, dates[i].field) && reads_two_ways(dates[i].day))
            return dates[i].field;
    }
    return ROSTER_FIELD_COUNT;
}

static void reject_two_way_dates(struct roster_intake *intake)
{
    for (size_t i = 0; i < intake->count; i++) {
        struct person *person = &intake->person[i];
        enum roster_field field = two_way_field(intake, person);

        if (person_rejected(person) || field == ROSTER_FIELD_COUNT)
            continue;
        text_clear(&intake->problems);
        text_addf(&intake->problems,
                  "%s can be read in two ways: other rows of this file have dates that fit '%s' "
                  "only; hint: export the dates in one format",
                  traits[field].name, roster_date_other_order(intake->dates, field));
        set_rejected(intake, person);
    }
}

/* '1,009' where nearly all are like '10045': what a spreadsheet made of a number. Where most are so
 * that may be what they look like in the portal as well; a plain one there is no other (K1). */
static void reject_thousands(struct roster_intake *intake)
{
    for (size_t i = 0; i < intake->count && intake->grouped < intake->plain; i++) {
        struct person *person = &intake->person[i];
        CLEANUP(text_release) struct text reason = TEXT_INIT;

        if (!number_is_grouped(person->employee_number))
            continue;
        text_add(&reason, "employee_number '");
        unseen_show(&reason, person->employee_number, EXCERPT);
        text_add(&reason, "' is a number with a mark for thousands, and most others have none; "
                          "hint: format the column as text, so that it keeps its digits");
        person_extra_of(intake->arena, person)->damaged_number = person->employee_number;
        person->employee_number = NULL;
        reject_person(intake, person, text_cstr(&reason), true);
    }
}

void roster_intake_finish(struct roster_intake *intake, struct roster *ret_roster)
{
    size_t rejected = 0, blind = 0;

    if (intake->grouped > 0)
        reject_thousands(intake);
    reject_two_way_dates(intake);
    for (size_t i = 0; i < intake->count; i++) {
        rejected += person_rejected(&intake->person[i]) != NULL;
        blind += intake->person[i].key_unreadable;
    }
    roster_doubt_resolve(&intake->doubt, intake->person, intake->count);
    ret_roster->person = arena_calloc(intake->arena, intake->count, sizeof(intake->person[0]));
    if (intake->count > 0)
        memcpy(ret_roster->person, intake->person, intake->count * sizeof(intake->person[0]));
    ret_roster->count = intake->count;
    ret_roster->rejected = rejected;
    ret_roster->blind = blind;
    ret_roster->duplicates = 0;
}
