#include "habits.h"

#include "calendar.h"

enum {
    WEEKEND_SHARE = 30, /* one login in so many happens when nobody works */
    VACATION_DAYS = 18,
    AFTER_DAYS = 10, /* for so long a few leavers still log in */
    AFTER_RATE = 3000
};

/* Everybody is away once in the summer. */
static bool on_vacation(const struct company *company, size_t who, struct day day)
{
    int from = 165 + chance_below(company->settings.chance, "vacation", who, 0, 80);
    int at = day_between(company->first, day);

    return at >= from && at < from + VACATION_DAYS;
}

static bool still_uses_it(const struct person *person, struct day day)
{
    const struct stint *last = &person->stint[person->stint_count - 1];

    return person->uses_after && day_is_set(last->last_day) &&
           day_compare(day, last->last_day) > 0 && day_between(last->last_day, day) <= AFTER_DAYS;
}

static bool is_idle(const struct person *person, struct day day)
{
    return day_is_set(person->idle_from) && day_compare(person->idle_from, day) <= 0 &&
           (!day_is_set(person->idle_to) || day_compare(day, person->idle_to) < 0);
}

bool habits_wants_in(const struct company *company, size_t who, struct day day)
{
    const struct person *person = &company->person[who];
    int rate = calendar_is_workday(day) ? person->rate : person->rate / WEEKEND_SHARE;

    if (person->never_logs_in)
        return false;
    if (still_uses_it(person, day))
        return chance_hits(company->settings.chance, "after", who, day.number, AFTER_RATE);
    if (!company_works(person, day) || company_on_leave(person, day) || is_idle(person, day) ||
        on_vacation(company, who, day))
        return false;
    /* Who comes back after months does so that day. */
    if (day_is_set(person->idle_to) && day_compare(day, person->idle_to) == 0)
        return true;
    return chance_hits(company->settings.chance, "login", who, day.number, rate);
}

struct instant habits_time(const struct company *company, size_t who, struct day day)
{
    int second = chance_below(company->settings.chance, "at", who, day.number, 12 * 3600);

    return calendar_at(day, 7 * 3600 + second);
}

struct day habits_last_before(const struct company *company, size_t who, struct day day, int back)
{
    for (int i = 1; i <= back; i++)
        if (habits_wants_in(company, who, day_add(day, -i)))
            return day_add(day, -i);
    return DAY_NONE;
}
