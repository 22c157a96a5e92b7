/*
 * What a roster row says about a person on a given day. The last day decides, not the word in the
 * status column, because HR enters both ahead of time; where the two contradict each other the
 * answer is unknown, and unknown never leads to a write.
 */
#include "facts/person.h"

#include "base/cleanup.h"
#include "base/column.h"
#include "base/fold.h"
#include "base/text.h"

static const char *const status_name[] = {
    [PERSON_UNKNOWN] = "unknown", [PERSON_EMPLOYED] = "employed", [PERSON_ON_LEAVE] = "on_leave",
    [PERSON_FUTURE] = "future",   [PERSON_DEPARTED] = "departed", [PERSON_ABSENT] = "absent",
};

const struct column_words person_status_words = COLUMN_WORDS_OF(status_name);

const char *person_status_name(enum person_status status)
{
    return status_name[status];
}

const char *const person_flaw_sentence[] = {
    [PERSON_BACK_UNSAID] = "the hire date is after the last day, and no status says employed",
    [PERSON_GONE_BEFORE_HERE] = "the status says departed, but the hire date is still to come",
    [PERSON_HERE_AFTER_LAST] = "the status says employed, but the last day has passed",
    [PERSON_LEAVE_BACKWARDS] = "the leave ends before it begins",
    [PERSON_LEAVE_NOT_NOW] = "the column of leaves says yes, but the days of the leave are not now",
    [PERSON_LEAVE_NOW] = "the column of leaves says no, but today is a day of the leave",
    [PERSON_LEAVE_OUTLASTS] = "the last day has passed, but a leave goes on",
};

const struct person_alike person_alike_none = {.department = NULL};

struct person_alike *person_alike_own(struct arena *arena, struct person *person)
{
    struct person_alike *own = arena_alloc(arena, sizeof(*own));

    *own = *person_alike(person);
    person->alike = own;
    return own;
}

const struct person_extra person_extra_none = {.damaged_number = NULL};

struct person_extra *person_extra_of(struct arena *arena, struct person *person)
{
    struct person_extra *extra = person_alike(person)->extra;

    if (!extra) {
        extra = arena_calloc(arena, 1, sizeof(*extra));
        person_alike_own(arena, person)->extra = extra;
    }
    return extra;
}

enum person_status person_judge(const struct person *person, struct day today, struct day written,
                                enum person_flaw *ret_flaw)
{
    bool says_here = person->word == PERSON_EMPLOYED || person->word == PERSON_ON_LEAVE;
    bool left = day_is_set(person->last_day) && day_compare(person->last_day, today) < 0;
    bool left_before = left && day_compare(person->last_day, written) < 0;
    bool came_back = day_is_set(person->last_day) && day_is_set(person->hire_date) &&
                     day_compare(person->hire_date, person->last_day) > 0;
    bool starts_later = day_is_set(person->hire_date) && day_compare(person->hire_date, today) > 0;

    if (came_back && !says_here) {
        /* A last day and a newer hire date: only a status word can say which one counts. */
        *ret_flaw = PERSON_BACK_UNSAID;
        return PERSON_UNKNOWN;
    }
    if (starts_later && person->word == PERSON_DEPARTED && !left) {
        *ret_flaw = PERSON_GONE_BEFORE_HERE;
        return PERSON_UNKNOWN;
    }
    if (left_before && !came_back && says_here) {
        *ret_flaw = PERSON_HERE_AFTER_LAST;
        return PERSON_UNKNOWN;
    }
    if (left && !came_back)
        return PERSON_DEPARTED;
    if (person->word == PERSON_DEPARTED && !day_is_set(person->last_day))
        return PERSON_DEPARTED;
    if (starts_later && (left || !came_back)) /* until the last day of the time before: here */
        return PERSON_FUTURE;
    if (person->word == PERSON_ON_LEAVE)
        return PERSON_ON_LEAVE;
    return PERSON_EMPLOYED;
}

const char *person_key(struct arena *arena, const struct person *person)
{
    const struct {
        const char *prefix, *value;
    } candidate[] = {
        {"n:", person->employee_number},
        {"e:", person->email},
        {"u:", person->username},
    };

    for (size_t i = 0; i < COUNT_OF(candidate); i++) {
        const char *folded = fold_text(arena, candidate[i].value);
        if (folded)
            return arena_concat(arena, candidate[i].prefix, folded);
    }
    return "?";
}

/* Of two whose number is the same. */
static int compare_rest(const struct person *a, const struct person *b)
{
    const char *const text[][2] = {
        {a->email, b->email},
        {a->username, b->username},
        {a->name, b->name},
        {person_alike(a)->department, person_alike(b)->department},
        {person_alike(a)->country, person_alike(b)->country},
        {person_rejected(a), person_rejected(b)},
    };
    const struct day day[][2] = {{a->last_day, b->last_day}, {a->hire_date, b->hire_date}};
    int order = 0;

    for (size_t i = 0; i < COUNT_OF(text) && !order; i++)
        order = text_compare(text[i][0], text[i][1]);
    for (size_t i = 0; i < COUNT_OF(day) && !order; i++)
        order = day_compare(day[i][0], day[i][1]);
    if (!order)
        order = (a->status > b->status) - (a->status < b->status);
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

int person_compare(const struct person *a, const struct person *b)
{
    int order = text_compare(a->employee_number, b->employee_number);

    return order ? order : compare_rest(a, b);
}
