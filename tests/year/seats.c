/*
 * A change goes to the portal with the others of its day. Nothing here asks what the program did,
 * but through seats_note_suspended.
 */
#include "seats.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"

#include "calendar.h"
#include "habits.h"

/* Of every portal-sim. */
#define PROFILE_ADMINISTRATOR "4C2E1B7A-93D0-4F1C-A6E85B20C9D7F318"

enum {
    SERVICES_SHARE = 100,  /* one service account for so many people */
    LOOK_BACK_DAYS = 700,  /* for the last login before the year */
    FOLLOW_DAYS = 25,      /* the portal takes a changed address within so many days, at a login */
    BY_HAND_RATE = 200,    /* days in 10,000 on which support does something, per 300 people */
    EVENT_FOLLOW_DAYS = 4, /* after a change of everybody the portal is changed as well */
};

const struct person *seats_person(const struct seats *seats, const struct seat *seat)
{
    return seat->who == SEAT_NOBODYS ? NULL : &seats->company->person[seat->who];
}

struct seat *seats_find(struct seats *seats, const char *id)
{
    uint32_t at = table_find(&seats->by_id, id);

    return at == TABLE_END ? NULL : &seats->seat[table_value(&seats->by_id, at)];
}

/* --- making accounts --- */

static void add_field(struct text *form, const char *name, const char *value)
{
    text_addf(form, "%s%s=", form->length ? "&" : "", name);
    text_add_url(form, value);
}

static void add_instant(struct text *form, const char *name, struct instant at)
{
    char text[INSTANT_TEXT_SIZE];

    add_field(form, name, instant_format(at, text));
}

static int add_seat(struct seats *seats, const struct seat *seat, const struct text *form,
                    struct err *err)
{
    struct seat made = *seat;

    if (portal_client_add(seats->portal, text_cstr(form), &made.id, err))
        return -1;
    seats->seat = mem_grow(seats->seat, seats->count, &seats->capacity, sizeof(made));
    table_add(&seats->by_id, made.id, (uint32_t)seats->count);
    seats->seat[seats->count++] = made;
    seats->active += made.active;
    return 0;
}

static int add_service(struct seats *seats, size_t number, struct err *err)
{
    CLEANUP(text_release) struct text form = TEXT_INIT, name = TEXT_INIT;
    const struct seat seat = {.who = SEAT_NOBODYS, .active = true, .email = "", .number = ""};

    text_addf(&name, "svc-%zu", number);
    add_field(&form, "username", text_cstr(&name));
    text_add(&name, "@acme.example");
    add_field(&form, "email", text_cstr(&name));
    text_add(&form, "&employeeNumber=&email2=&firstname=Service&lastname=Account&lastLogin=never"
                    "&habit=0");
    return add_seat(seats, &seat, &form, err);
}

/* `login` and `day` say the newest login; none: never. */
static int add_account(struct seats *seats, size_t who, struct day day, struct day login,
                       struct err *err)
{
    const struct person *person = &seats->company->person[who];
    CLEANUP(text_release) struct text form = TEXT_INIT;
    char created[DAY_TEXT_SIZE];
    struct seat seat = {.who = who, .active = true, .login = login, .since = day};

    seat.email = company_email(person, day);
    seat.number = person->without_number ? "" : company_number(person, day);
    add_field(&form, "username", seat.email);
    add_field(&form, "email", seat.email);
    add_field(&form, "employeeNumber", seat.number);
    add_field(&form, "firstname", person->given);
    add_field(&form, "lastname", company_family(person, day));
    add_field(&form, "department", company_department(person, day));
    add_field(&form, "created", day_format(day, created));
    if (day_is_set(login))
        add_instant(&form, "lastLogin", habits_time(seats->company, who, login));
    else
        add_field(&form, "lastLogin", "never");
    text_add(&form, "&email2=&infix=&habit=0");
    if (who < COMPANY_ADMINISTRATORS)
        add_field(&form, "profileId", PROFILE_ADMINISTRATOR);
    if (person->long_gone) {
        seat.active = false;
        text_add(&form, "&active=0");
        add_instant(&form, "deactivated", calendar_at(person->stint[0].last_day, 18 * 3600));
    }
    return add_seat(seats, &seat, &form, err);
}

int seats_begin(struct seats *seats, const struct company *company, struct portal_client *portal,
                struct err *err)
{
    *seats = (struct seats){.company = company, .portal = portal};
    table_init(&seats->by_id, company->count + company->count / SERVICES_SHARE + 8);
    for (size_t i = 0; i <= company->settings.people / SERVICES_SHARE; i++)
        if (add_service(seats, i, err))
            return -1;
    for (size_t i = 0; i < company->count; i++) {
        const struct person *person = &company->person[i];
        if (!day_is_set(person->account_on) || day_compare(person->account_on, company->first) >= 0)
            continue;
        struct day login = habits_last_before(company, i, company->first, LOOK_BACK_DAYS);
        if (add_account(seats, i, person->account_on, login, err))
            return -1;
    }
    return 0;
}

void seats_release(struct seats *seats)
{
    for (size_t i = 0; i < seats->count; i++)
        free(seats->seat[i].id);
    free(seats->seat);
    table_release(&seats->by_id);
}

/* --- a day --- */

static void set_active(struct seats *seats, struct seat *seat, bool active)
{
    if (seat->active && !active)
        seats->active--;
    else if (!seat->active && active)
        seats->active++;
    seat->active = active;
}

void seats_note_suspended(struct seats *seats, struct seat *seat)
{
    set_active(seats, seat, false);
    seat->by_program = true;
}

static int change(struct seats *seats, const struct seat *seat, const struct text *form,
                  struct err *err)
{
    return form->length ? portal_client_change(seats->portal, seat->id, text_cstr(form), err) : 0;
}

/* Single sign-on brings what HR changed, at a login some days later. */
static void follow(struct seats *seats, struct seat *seat, struct day day, struct text *form)
{
    const struct person *person = seats_person(seats, seat);
    struct day late = day_add(
        day, -chance_below(seats->company->settings.chance, "follow", seat->who, 0, FOLLOW_DAYS));
    const char *email = company_email(person, day), *number = company_number(person, day);

    /* What is new for longer than this one's delay, and never back to what was. */
    if (!text_equal(email, seat->email) && text_equal(email, company_email(person, late))) {
        add_field(form, "email", email);
        add_field(form, "lastname", company_family(person, day));
        seat->email = email;
    }
    if (!person->without_number && !text_equal(number, seat->number) &&
        text_equal(number, company_number(person, late))) {
        add_field(form, "employeeNumber", number);
        seat->number = number;
    }
}

/* After an event everybody's account is changed at once. */
static void follow_event(struct seats *seats, struct seat *seat, struct day day, struct text *form)
{
    const struct person *person = seats_person(seats, seat);
    enum event event = seats->company->settings.event;

    if ((event != EVENT_DOMAIN && event != EVENT_NUMBERS) ||
        day_between(seats->company->event_on, day) != EVENT_FOLLOW_DAYS)
        return;
    if (!text_equal(company_email(person, day), seat->email)) {
        seat->email = company_email(person, day);
        add_field(form, "email", seat->email);
    }
    if (!person->without_number && !text_equal(company_number(person, day), seat->number)) {
        seat->number = company_number(person, day);
        add_field(form, "employeeNumber", seat->number);
    }
}

/* Whoever comes back after weeks away wants in on the first day. */
static bool returns_on(const struct person *person, struct day day)
{
    for (size_t i = 1; i < person->stint_count; i++)
        if (day_compare(person->stint[i].hired, day) == 0)
            return true;
    return false;
}

static void log_in(struct seats *seats, struct seat *seat, struct day day, struct text *form)
{
    seat->login = day;
    follow(seats, seat, day, form);
    add_instant(form, "lastLogin", habits_time(seats->company, seat->who, day));
}

static void call_support(struct seats *seats, struct seat *seat, struct day day)
{
    if (seats->company->settings.kinds.on[KIND_SUPPORT] && !day_is_set(seat->support_on))
        seat->support_on = calendar_next_workday(day);
}

static int live_one(struct seats *seats, struct seat *seat, struct day day, struct err *err)
{
    const struct person *person = seats_person(seats, seat);
    CLEANUP(text_release) struct text form = TEXT_INIT;

    if (!person)
        return 0;
    follow_event(seats, seat, day, &form);
    if (day_is_set(seat->support_on) && day_compare(seat->support_on, day) <= 0) {
        seat->support_on = DAY_NONE;
        if (!seat->active && company_works(person, day)) {
            set_active(seats, seat, true);
            seat->by_program = false;
            seat->since = day;
            seats->reactivated++;
            add_field(&form, "active", "1");
            log_in(seats, seat, day, &form);
        }
    } else if (habits_wants_in(seats->company, seat->who, day) || returns_on(person, day)) {
        if (seat->active)
            log_in(seats, seat, day, &form);
        else if (company_works(person, day))
            call_support(seats, seat, day);
    }
    return change(seats, seat, &form, err);
}

/* Now and then support suspends the account of somebody who left. */
static int live_by_hand(struct seats *seats, struct day day, struct err *err)
{
    struct chance chance = seats->company->settings.chance;
    int rate = (int)(seats->company->settings.people * BY_HAND_RATE / 300);
    size_t from = (size_t)chance_below(chance, "by hand at", 0, day.number, (int)seats->count);

    if (!seats->company->settings.kinds.on[KIND_BY_HAND] || !calendar_is_workday(day) ||
        !chance_hits(chance, "by hand", 0, day.number, rate))
        return 0;
    for (size_t i = 0; i < seats->count; i++) {
        struct seat *seat = &seats->seat[(from + i) % seats->count];
        const struct person *person = seats_person(seats, seat);
        if (!person || !seat->active || !company_has_left(person, day))
            continue;
        set_active(seats, seat, false);
        seats->by_hand++;
        return portal_client_change(seats->portal, seat->id, "active=0", err);
    }
    return 0;
}

static int make_new_accounts(struct seats *seats, struct day day, struct err *err)
{
    const struct company *company = seats->company;

    for (size_t i = 0; i < company->count; i++)
        if (day_is_set(company->person[i].account_on) &&
            day_compare(company->person[i].account_on, day) == 0 &&
            day_compare(day, company->first) >= 0 && add_account(seats, i, day, day, err))
            return -1;
    return 0;
}

int seats_live(struct seats *seats, struct day day, struct err *err)
{
    for (size_t i = 0; i < seats->count; i++)
        if (live_one(seats, &seats->seat[i], day, err))
            return -1;
    return make_new_accounts(seats, day, err) || live_by_hand(seats, day, err)
               ? -1
               : portal_client_flush(seats->portal, err);
}
