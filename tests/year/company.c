/*
 * Everything about a person follows from their place and the seed. Names are put together of parts
 * that differ in two letters and more, so nobody is like somebody else by chance.
 */
#include "company.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"

#include "calendar.h"

enum { PROBATION_DAYS = 20, ADMINISTRATOR_RATE = 7000 };

#define DOMAIN       "acme.example"
#define DOMAIN_LATER "acme-group.example"
#define DOMAIN_OTHER "studio.example"

static const char *const given_names[] = {
    "Anna",   "Bertram",  "Cecilia", "Dmitri",   "Elif",    "Farouk",   "Greta",  "Hugo",
    "Ingrid", "Jakub",    "Katinka", "Lorenzo",  "Miriam",  "Nikolai",  "Odette", "Pavel",
    "Quirin", "Rosalind", "Stefan",  "Tatjana",  "Ulrich",  "Violeta",  "Wanda",  "Xaver",
    "Yasmin", "Zoltan",   "Aurelie", "Boguslaw", "Clemens", "Domenica", "Emre",   "Friederike",
};
static const char *const family_begins[] = {
    "Ahl",   "Brem", "Czer",   "Drost", "Eich", "Falk", "Grun", "Halb",
    "Immer", "Jorg", "Krantz", "Lind",  "Mohr", "Nyst", "Ober", "Pfan",
    "Quel",  "Roth", "Spiel",  "Thor",  "Ulm",  "Vogt", "Wint", "Zoll",
};
static const char *const family_ends[] = {
    "acker", "berg", "dottir", "feld",  "gaard", "hoff",  "inski", "jansen", "kamp", "land",
    "mann",  "nuss", "ovic",   "quist", "rup",   "stein", "topf",  "ussen",  "wick", "zweig",
};
static const char *const departments[] = {"Marketing", "Sales",   "Design",     "Legal",
                                          "Finance",   "Support", "Production", "Research"};

#define COMBINATIONS (COUNT_OF(given_names) * COUNT_OF(family_begins) * COUNT_OF(family_ends))
/* Prime to the number of combinations: everybody gets another one. */
#define NAME_STEP 7919

/* A draw for one person. */
struct draw {
    struct company *company;
    uint64_t who;
};

static int below(const struct draw *draw, const char *what, int bound)
{
    return chance_below(draw->company->settings.chance, what, draw->who, 0, bound);
}

static bool hits(const struct draw *draw, const char *what, int share)
{
    return chance_hits(draw->company->settings.chance, what, draw->who, 0, share);
}

static bool is_on(const struct draw *draw, enum kind kind)
{
    return draw->company->settings.kinds.on[kind];
}

/* A day from `from` to `to` of the year, counted from its first. */
static struct day day_in(const struct draw *draw, const char *what, int from, int to)
{
    return day_add(draw->company->first, from + below(draw, what, to - from + 1));
}

/* --- who they are --- */

static void add_lower(struct text *out, const char *name)
{
    for (const char *c = name; *c; c++)
        text_add_char(out, (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c));
}

static const char *make_address(struct company *company, const char *given, const char *family,
                                const char *domain)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    add_lower(&text, given);
    text_add_char(&text, '.');
    add_lower(&text, family);
    text_addf(&text, "@%s", domain);
    return arena_strdup(&company->arena, text_cstr(&text));
}

static const char *family_name(struct company *company, size_t number)
{
    return arena_printf(&company->arena, "%s%s", family_begins[number % COUNT_OF(family_begins)],
                        family_ends[number / COUNT_OF(family_begins) % COUNT_OF(family_ends)]);
}

static void name_person(const struct draw *draw, struct person *person)
{
    struct company *company = draw->company;
    size_t place = (size_t)draw->who * NAME_STEP;
    int twin = is_on(draw, KIND_TWINS) && draw->who > 20 && hits(draw, "twin", 100) ? 1 : 0;

    if (twin) /* the name of somebody before, another address */
        place = (size_t)below(draw, "twin of", 20) * NAME_STEP;
    place %= COMBINATIONS;
    person->given = given_names[place % COUNT_OF(given_names)];
    person->family = family_name(company, place / COUNT_OF(given_names));
    person->email = twin
                        ? arena_printf(&company->arena, "%llu.%s", (unsigned long long)draw->who,
                                       make_address(company, person->given, person->family, DOMAIN))
                        : make_address(company, person->given, person->family,
                                       person->contractor ? DOMAIN_OTHER : DOMAIN);
    person->department = departments[below(draw, "department", COUNT_OF(departments))];
}

static const char *make_number(const struct draw *draw, unsigned which)
{
    return arena_printf(&draw->company->arena, "%u%05llu", which + 1,
                        (unsigned long long)draw->who + 100);
}

/* Workdays in 10,000. */
static int draw_rate(const struct draw *draw)
{
    static const struct {
        int share, rate;
    } habits[] = {{40, 6000}, {28, 2000}, {20, 600}, {8, 300}, {4, 120}};
    int roll = below(draw, "rate", 100);

    for (size_t i = 0; i < COUNT_OF(habits); i++) {
        if (roll < habits[i].share)
            return habits[i].rate;
        roll -= habits[i].share;
    }
    return habits[0].rate;
}

/* --- what happens to them --- */

/* When HR's export has the last day: ahead, at once, or late. */
static struct day draw_entry(const struct draw *draw, struct day last_day)
{
    int roll = below(draw, "entry", 100);

    if (roll < 60)
        return day_add(last_day, -(20 + below(draw, "notice", 70)));
    if (roll < 85 || !is_on(draw, KIND_LATE))
        return day_add(last_day, below(draw, "entry at once", 2));
    return day_add(last_day, 3 + below(draw, "entry late", 28));
}

static void end_stint(const struct draw *draw, struct stint *stint, struct day last_day)
{
    stint->last_day = last_day;
    stint->ended = draw_entry(draw, last_day);
    if (day_compare(stint->ended, stint->known) < 0)
        stint->ended = stint->known;
}

static struct stint *add_stint(struct person *person, const char *number, struct day hired,
                               struct day known)
{
    struct stint *stint = &person->stint[person->stint_count++];

    *stint = (struct stint){.number = number, .hired = hired, .known = known};
    return stint;
}

/* Some of those who left come back. */
static void may_return(const struct draw *draw, struct person *person, const struct stint *left)
{
    bool new_number = is_on(draw, KIND_REHIRES_NEW) && hits(draw, "new number", 5000);
    struct day back = day_add(left->last_day, 20 + below(draw, "away", 110));

    if (!hits(draw, "returns", 1500) || (!new_number && !is_on(draw, KIND_REHIRES)))
        return;
    while (!calendar_is_workday(back))
        back = day_add(back, 1);
    struct stint *stint = add_stint(person, new_number ? make_number(draw, 1) : left->number, back,
                                    day_add(back, -below(draw, "return known", 5) - 1));
    stint->same_row = !new_number;
}

/* To a sister company on a day: the old number ends, a new one runs on. */
static void may_transfer(const struct draw *draw, struct person *person)
{
    struct stint *old = &person->stint[0];
    int nights = draw->company->settings.nights;

    if (!is_on(draw, KIND_TRANSFERS) || day_is_set(old->last_day) || !hits(draw, "transfer", 300))
        return;
    struct day last = day_in(draw, "transfer on", 5, nights);
    if (day_compare(last, day_add(old->hired, PROBATION_DAYS)) < 0)
        return;
    old->last_day = last;
    old->ended = day_add(last, -5);
    struct stint *stint =
        add_stint(person, make_number(draw, 2), day_add(last, 1), day_add(last, -5));
    stint->same_row = false;
}

/* Long ago, before the year with the account still there, or in the year; none: they stay. */
static struct day draw_last_day(const struct draw *draw, struct person *person, bool before)
{
    int nights = draw->company->settings.nights;
    struct day last = DAY_NONE;

    if (before && draw->who > 3 && hits(draw, "long gone", 500)) {
        person->long_gone = true;
        return day_in(draw, "long gone on", -390, -250);
    }
    if (before && draw->who > 3 && hits(draw, "left before", 400))
        return day_in(draw, "left before on", -200, -10);
    if (chance_below(draw->company->settings.chance, "leaves", draw->who, 0, 365 * 100) <
        nights * 13)
        last = day_in(draw, "leaves on", 3, nights);
    /* Nobody leaves before the probation is over. */
    return day_compare(last, day_add(person->stint[0].hired, PROBATION_DAYS)) > 0 ? last : DAY_NONE;
}

static void draw_departure(const struct draw *draw, struct person *person, bool before)
{
    struct day last = DAY_NONE;

    if (draw->company->settings.kinds.on[KIND_LEAVERS])
        last = draw_last_day(draw, person, before);
    if (!day_is_set(last))
        return;
    if (hits(draw, "end of month", 5000))
        last = calendar_end_of_month(last);
    end_stint(draw, &person->stint[0], last);
    if (person->long_gone)
        return;
    may_return(draw, person, &person->stint[0]);
    person->uses_after = is_on(draw, KIND_AFTER) && hits(draw, "uses after", 500);
}

static void draw_leave(const struct draw *draw, struct person *person)
{
    int nights = draw->company->settings.nights;

    if (!is_on(draw, KIND_LEAVE) || person->contractor)
        return;
    /* The third one always is, so that the words of HR are known from the first day on. */
    if (draw->who == 3)
        person->leave = (struct leave){.from = day_add(draw->company->first, -100),
                                       .to = day_add(draw->company->first, nights + 30)};
    else if (hits(draw, "leave", 400)) {
        person->leave.from = day_in(draw, "leave from", -150, nights);
        person->leave.to = day_add(person->leave.from, 60 + below(draw, "leave for", 180));
        if (day_compare(person->leave.from, person->stint[0].hired) < 0)
            person->leave = (struct leave){.from = DAY_NONE};
    }
}

static void draw_idleness(const struct draw *draw, struct person *person)
{
    int percent = draw->company->settings.idle_percent;
    int nights = draw->company->settings.nights;

    if (percent >= 0) { /* exactly so many, and everybody else is there every day */
        person->rate = 6000;
        if (draw->who * (uint64_t)percent / 100 != (draw->who + 1) * (uint64_t)percent / 100)
            person->idle_from = day_in(draw, "idle since", -380, -92);
        return;
    }
    person->never_logs_in = hits(draw, "never", 200);
    if (!is_on(draw, KIND_IDLERS))
        return;
    if (below(draw, "idle before", 100) < 16) {
        person->idle_from = day_in(draw, "idle since", -380, -60);
    } else if (chance_below(draw->company->settings.chance, "idles", draw->who, 0, 365 * 100) <
               nights * 12) {
        person->idle_from = day_in(draw, "idle on", -60, nights);
    }
    if (day_is_set(person->idle_from) && hits(draw, "idle ends", 2500))
        person->idle_to = day_add(person->idle_from, 80 + below(draw, "idle for", 240));
}

static void draw_changes(const struct draw *draw, struct person *person)
{
    struct company *company = draw->company;
    int nights = company->settings.nights;

    if (is_on(draw, KIND_MOVES) && hits(draw, "moves", 800)) {
        person->moved = day_in(draw, "moves on", 0, nights);
        person->later_department = departments[below(draw, "moves to", COUNT_OF(departments))];
    }
    if (is_on(draw, KIND_MARRIAGES) && hits(draw, "marries", 250)) {
        person->change.on = day_in(draw, "marries on", 0, nights);
        person->change.family = family_name(company, (size_t)draw->who * 31 + 7);
        person->change.email = make_address(company, person->given, person->change.family, DOMAIN);
    } else if (is_on(draw, KIND_RENAMES) && hits(draw, "renamed", 250)) {
        person->change.on = day_in(draw, "renamed on", 0, nights);
        person->change.family = person->family;
        const char *initial = arena_strndup(&company->arena, person->given, 1);
        person->change.email = make_address(company, initial, person->family, DOMAIN);
    }
}

/* --- what happens to everybody --- */

static void apply_event(const struct draw *draw, struct person *person)
{
    struct company *company = draw->company;
    struct stint *last = &person->stint[person->stint_count - 1];

    if (person->contractor || !day_is_set(company->event_on))
        return;
    if (company->settings.event == EVENT_LAYOFF && draw->who >= COMPANY_ADMINISTRATORS &&
        !day_is_set(last->last_day) && day_compare(last->hired, company->event_on) < 0 &&
        hits(draw, "laid off", 3000)) {
        last->last_day = company->event_on;
        last->ended = day_add(company->event_on, -1);
    }
    if (company->settings.event == EVENT_DOMAIN && !day_is_set(person->change.on)) {
        person->change.on = company->event_on;
        person->change.family = person->family;
        person->change.email = make_address(company, person->given, person->family, DOMAIN_LATER);
    }
    if (company->settings.event == EVENT_NUMBERS) {
        person->renumbered = company->event_on;
        person->later_number = arena_printf(&company->arena, "A-%s", last->number);
    }
}

/* --- making --- */

static void draw_life(const struct draw *draw, struct person *person, bool before)
{
    if (draw->who < COMPANY_ADMINISTRATORS) {
        person->rate = ADMINISTRATOR_RATE;
        return;
    }
    draw_departure(draw, person, before);
    may_transfer(draw, person);
    draw_leave(draw, person);
    if (before)
        draw_idleness(draw, person);
    draw_changes(draw, person);
}

/* hired: none for those who were there before the year. */
static void make_person(struct company *company, size_t who, struct day hired)
{
    struct draw draw = {.company = company, .who = who};
    bool before = !day_is_set(hired);
    struct person *person;

    company->person =
        mem_grow(company->person, company->count, &company->capacity, sizeof(struct person));
    person = &company->person[company->count++];
    *person = (struct person){.rate = draw_rate(&draw)};
    person->contractor =
        who > 3 && company->settings.kinds.on[KIND_CONTRACTORS] && hits(&draw, "contractor", 600);
    name_person(&draw, person);
    if (before)
        hired = day_in(&draw, "hired", -2500, -COMPANY_DAYS_BEFORE);
    (void)add_stint(person, make_number(&draw, 0), hired,
                    day_add(hired, -1 - below(&draw, "hire known", 14)));
    person->without_number =
        person->contractor || (is_on(&draw, KIND_NO_NUMBER) && hits(&draw, "no number", 500));
    if (before || hits(&draw, "gets account", 9500))
        person->account_on = before ? hired : day_add(hired, below(&draw, "account", 4));
    draw_life(&draw, person, before);
    apply_event(&draw, person);
}

void company_make(struct company *company, const struct company_settings *settings)
{
    *company = (struct company){.settings = *settings, .first = calendar_first_day()};
    if (settings->event != EVENT_NONE)
        company->event_on = day_add(company->first, settings->event_at);
    for (size_t i = 0; i < settings->people; i++)
        make_person(company, i, DAY_NONE);
    if (!settings->kinds.on[KIND_HIRES])
        return;
    size_t hires = settings->people * (size_t)settings->nights * 13 / 36500;
    for (size_t i = 0; i < hires; i++) {
        struct draw draw = {.company = company, .who = settings->people + i};
        struct day day = day_in(&draw, "comes", 0, settings->nights);
        while (!calendar_is_workday(day))
            day = day_add(day, 1);
        make_person(company, settings->people + i, day);
    }
}

void company_release(struct company *company)
{
    free(company->person);
    arena_release(&company->arena);
}

/* --- asking --- */

static bool reached(struct day when, struct day day)
{
    return day_is_set(when) && day_compare(when, day) <= 0;
}

bool company_works(const struct person *person, struct day day)
{
    for (size_t i = 0; i < person->stint_count; i++) {
        const struct stint *stint = &person->stint[i];
        if (reached(stint->hired, day) &&
            (!day_is_set(stint->last_day) || day_compare(day, stint->last_day) <= 0))
            return true;
    }
    return false;
}

bool company_on_leave(const struct person *person, struct day day)
{
    return reached(person->leave.from, day) && day_compare(day, person->leave.to) <= 0;
}

bool company_has_left(const struct person *person, struct day day)
{
    return !company_works(person, day) && reached(person->stint[0].hired, day);
}

const char *company_email(const struct person *person, struct day day)
{
    return reached(person->change.on, day) ? person->change.email : person->email;
}

const char *company_family(const struct person *person, struct day day)
{
    return reached(person->change.on, day) ? person->change.family : person->family;
}

const char *company_department(const struct person *person, struct day day)
{
    return reached(person->moved, day) ? person->later_department : person->department;
}

const char *company_number(const struct person *person, struct day day)
{
    const char *number = person->stint[0].number;

    for (size_t i = 1; i < person->stint_count; i++)
        if (reached(person->stint[i].hired, day))
            number = person->stint[i].number;
    return reached(person->renumbered, day) ? person->later_number : number;
}

bool company_departed_by_hr(const struct person *person, struct day known, struct day today)
{
    bool departed = false;

    for (size_t i = 0; i < person->stint_count; i++) {
        const struct stint *stint = &person->stint[i];
        if (person->contractor || !reached(stint->known, known))
            continue;
        departed = reached(stint->ended, known) && day_compare(stint->last_day, today) < 0;
        bool replaced = i + 1 < person->stint_count && person->stint[i + 1].same_row;
        if (!departed && !(replaced && reached(person->stint[i + 1].known, known)))
            return false; /* works, or will */
    }
    return departed;
}

bool company_on_leave_by_hr(const struct person *person, struct day known)
{
    return !person->contractor && company_on_leave(person, known);
}

/* --- HR's export --- */

/* Rows of people who left stay for so many days. */
#define LEAVERS_STAY 500

static void add_row(const struct person *person, const struct stint *stint, struct day day,
                    struct text *out)
{
    char hired[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];
    bool ended = reached(stint->ended, day);
    bool gone = ended && day_compare(stint->last_day, day) < 0;
    const char *number = reached(person->renumbered, day) ? person->later_number : stint->number;

    if (gone && day_between(stint->last_day, day) > LEAVERS_STAY)
        return;
    text_addf(out, "%s,%s %s,%s,%s,%s,%s,%s\n", number, person->given, company_family(person, day),
              company_email(person, day),
              gone                            ? "Voluntarily Terminated"
              : company_on_leave(person, day) ? "Leave"
                                              : "Active",
              day_format(stint->hired, hired), ended ? day_format(stint->last_day, last) : "",
              company_department(person, day));
}

void company_add_roster(const struct company *company, struct day day, struct text *out)
{
    text_add(out, "EmpID,Name,Work Email,EmploymentStatus,DateofHire,DateofTermination,"
                  "Department\n");
    for (size_t i = 0; i < company->count; i++) {
        const struct person *person = &company->person[i];
        for (size_t s = 0; s < person->stint_count && !person->contractor; s++) {
            const struct stint *next = s + 1 < person->stint_count ? &person->stint[s + 1] : NULL;
            bool replaced = next && next->same_row && reached(next->known, day);
            if (reached(person->stint[s].known, day) && !replaced)
                add_row(person, &person->stint[s], day, out);
        }
    }
}
