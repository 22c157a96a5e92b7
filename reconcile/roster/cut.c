/*
 * A proof for each kind of value: a day that no further digit could follow, a number as long as any
 * other, a domain that somebody else has, a word that begins no other. A name proves nothing and
 * needs no proof: the beginning of one finds nobody and contradicts nobody.
 */
#include "roster/cut.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"

static const char *text_of(const struct person *person, enum roster_field field)
{
    switch (field) {
    case ROSTER_EMPLOYEE_NUMBER:
        return person->employee_number;
    case ROSTER_EMAIL:
        return person->email;
    case ROSTER_USERNAME:
        return person->username;
    case ROSTER_DEPARTMENT:
        return person_alike(person)->department;
    case ROSTER_COUNTRY:
        return person_alike(person)->country;
    case ROSTER_STATUS:
    case ROSTER_HIRE_DATE:
    case ROSTER_LAST_DAY:
    case ROSTER_ON_LEAVE:
    case ROSTER_LEAVE_FROM:
    case ROSTER_LEAVE_UNTIL:
    case ROSTER_NAME:
    case ROSTER_FIELD_COUNT:
        break;
    }
    return NULL;
}

static struct day day_of(const struct person *person, enum roster_field field)
{
    return field == ROSTER_HIRE_DATE    ? person->hire_date
           : field == ROSTER_LAST_DAY   ? person->last_day
           : field == ROSTER_LEAVE_FROM ? person_extra(person)->leave_from
                                        : person_extra(person)->leave_until;
}

/* Whether nothing is all that stands there. Of a leave nobody can tell, but with who has left it
 * does not matter; of others, another row whose status means the same has nothing there either. */
static bool may_be_none(struct roster_intake *intake, enum roster_field field, bool date)
{
    size_t count;
    enum person_status status = roster_intake_status(intake);
    const struct person *person = roster_intake_people(intake, &count);

    if (field == ROSTER_ON_LEAVE || field == ROSTER_LEAVE_FROM || field == ROSTER_LEAVE_UNTIL)
        return status == PERSON_DEPARTED;
    for (size_t i = 0; i < count; i++) {
        bool none =
            date ? !day_is_set(day_of(&person[i], field)) : text_of(&person[i], field) == NULL;
        if (none && !person_rejected(&person[i]) && person[i].word == status)
            return true;
    }
    return false;
}

static bool is_whole_day(struct roster_intake *intake, size_t column, enum roster_field field,
                         const char *value, size_t longest)
{
    CLEANUP(text_release) struct text more = TEXT_INIT;
    size_t length = strlen(value);

    if (!*value)
        return may_be_none(intake, field, true);
    if (strspn(value, "0123456789") == length || !roster_intake_date_fits(intake, column, value))
        return length >= longest || !strchr("0123456789", *value); /* no word begins a date */
    for (char digit = '0'; digit <= '9'; digit++) {
        text_clear(&more);
        text_addf(&more, "%s%c", value, digit);
        if (roster_intake_date_fits(intake, column, text_cstr(&more)))
            return false;
    }
    return true;
}

/* Whether somebody has the text and nobody one that begins with it, in theirs from `mark` on. */
static bool is_somebodys(const struct roster_intake *intake, enum roster_field field, char mark,
                         const char *text)
{
    size_t count, length = strlen(text);
    const struct person *person = roster_intake_people(intake, &count);
    bool same = false;

    for (size_t i = 0; i < count; i++) {
        const char *other = text_of(&person[i], field);

        if (other && mark)
            other = strchr(other, mark);
        if (!other || strncasecmp(other, text, length) != 0)
            continue;
        if (other[length])
            return false;
        same = true;
    }
    return same;
}

static bool is_whole_key(struct roster_intake *intake, size_t column, enum roster_field field,
                         const char *value, size_t longest)
{
    const char *at = strchr(value, '@');

    if (roster_intake_evidence(intake, column) == EVIDENCE_NONE && !at)
        return may_be_none(intake, field, false);
    return at ? is_somebodys(intake, field, '@', at) : strlen(value) >= longest;
}

bool roster_cut_is_whole(struct roster_intake *intake, size_t column, size_t longest)
{
    const struct roster_column *mapped;
    const char *value = roster_intake_peek(intake, column);

    (void)roster_intake_columns(intake, &mapped);
    enum roster_field field = mapped[column].field;
    switch (field) {
    case ROSTER_EMPLOYEE_NUMBER:
    case ROSTER_EMAIL:
    case ROSTER_USERNAME:
        return is_whole_key(intake, column, field, value, longest);
    case ROSTER_HIRE_DATE:
    case ROSTER_LAST_DAY:
    case ROSTER_LEAVE_FROM:
    case ROSTER_LEAVE_UNTIL:
        return is_whole_day(intake, column, field, value, longest);
    case ROSTER_ON_LEAVE:
        return *value ? !roster_intake_begins_word(intake, column)
                      : may_be_none(intake, field, false);
    case ROSTER_STATUS:
        return !roster_intake_begins_word(intake, column);
    case ROSTER_DEPARTMENT:
    case ROSTER_COUNTRY:
        return *value ? is_somebodys(intake, field, '\0', value)
                      : may_be_none(intake, field, false);
    case ROSTER_NAME:
    case ROSTER_FIELD_COUNT:
        break;
    }
    return true;
}
