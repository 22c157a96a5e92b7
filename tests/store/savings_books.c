/*
 * The books: every day is counted anew, from everything that was seen, in the most naive way there
 * is. No total is carried from one day to the next but who lost a seat to somebody else.
 */
#include "savings_world.h"

#include <string.h>

#include "base/day.h"
#include "test.h"

enum { MONTHS = 20, NO_CURRENCY = 2, TWO_CURRENCIES };

struct cell {
    int64_t exposed_seats, exposed, days, freed, backs, not_counted, holders, seats, reducible;
    bool told, has_contract, has_price;
};

struct freed {
    const struct deed *deed;
    int class, target; /* at the act; target only of a downgrade */
    int profile;       /* of the seat; NONE: not known */
    bool downgrade;
    int back; /* the day, NONE */
    bool counts, given;
    int configured; /* of no class: the day on which the first class was configured; NONE */
};

struct books {
    const struct savings_world *world;
    struct cell cell[MONTHS][CLASSES + 1][TWO_CURRENCIES + 1];
    struct freed freed[ACTS];
    int count, last_day;
};

static int month_of(int day)
{
    struct day first = DAY_NONE;
    int year = 0, month = 0, number = 0;

    assert_true(day_from_civil(2026, 1, 1, &first));
    day_to_civil(day_add(first, day), &year, &month, &number);
    return (year - 2026) * 12 + month - 1;
}

static int class_at(const struct setup *setup, int profile)
{
    return profile == NONE ? NONE : setup->class_of[profile];
}

static int first_day(const struct savings_world *world)
{
    return world->reading[0].day;
}

/* The newest reading before an act; NULL: of one of another name of the portal nothing is known but
 * what it carries. */
static const struct savings_reading *before(const struct savings_world *world,
                                            const struct deed *deed)
{
    const struct savings_reading *found = NULL;

    for (int i = 0; i < world->reading_count && !deed->carried; i++)
        found = world->reading[i].minute <= deed->minute ? &world->reading[i] : found;
    assert_true(found || deed->carried);
    return found;
}

/* The newest whose day is not later than one. */
static const struct savings_reading *until(const struct savings_world *world, int day,
                                           bool complete)
{
    const struct savings_reading *found = &world->reading[0]; /* complete */

    for (int i = 0; i < world->reading_count; i++) {
        if (world->reading[i].day <= day && (!complete || world->reading[i].complete))
            found = &world->reading[i];
    }
    return found;
}

/* What a deed freed and took: classes; false: nothing. */
static bool moves(const struct savings_world *world, const struct deed *deed, bool *ret_frees,
                  int *ret_freed, bool *ret_takes, int *ret_taken)
{
    const struct savings_reading *reading = before(world, deed);

    *ret_frees = deed->done == SUSPEND || deed->done == DOWNGRADE;
    *ret_takes = deed->done == REACTIVATE || deed->done == DOWNGRADE || deed->done == RESTORE;
    *ret_freed = deed->freed;
    *ret_taken = deed->taken;
    if (reading) {
        int known = reading->known[deed->account].profile;
        *ret_freed = class_at(&reading->setup, deed->from != NONE ? deed->from : known);
        *ret_taken = class_at(&reading->setup, deed->to != NONE ? deed->to : known);
    }
    if ((deed->done == DOWNGRADE || deed->done == RESTORE) && *ret_freed == *ret_taken)
        *ret_frees = *ret_takes = false;
    return *ret_frees || *ret_takes;
}

/* Of which class a profile is by the readings before one: of none that is missing, as before; at
 * the act it was of `then`. */
static int kept_class(const struct savings_world *world, int profile, int then, int readings)
{
    for (int i = 0; i < readings && profile != NONE; i++) {
        if (world->reading[i].setup.class_of[profile] != NONE)
            then = world->reading[i].setup.class_of[profile];
    }
    return then;
}

/* Up to a reading, this one too. */
static int kept_at(const struct savings_world *world, int profile, int then,
                   const struct savings_reading *reading)
{
    return kept_class(world, profile, then, (int)(reading - world->reading) + 1);
}

static int readings_until(const struct savings_world *world, int day)
{
    int count = 0;

    while (count < world->reading_count && world->reading[count].day <= day)
        count++;
    return count;
}

static int class_on(const struct savings_world *world, const struct freed *freed, int day)
{
    return kept_class(world, freed->profile, freed->class, readings_until(world, day));
}

static int target_on(const struct savings_world *world, const struct freed *freed, int day)
{
    return kept_class(world, freed->deed->to, freed->target, readings_until(world, day));
}

/* Whether a seat of a class is known to cost less than another one. */
static bool is_cheaper(const struct setup *setup, int class, int other)
{
    if (class == NONE || other == NONE)
        return false;
    const struct offer *a = &setup->offer[class], *b = &setup->offer[other];
    return a->there && b->there && a->price != NONE && b->price != NONE &&
           a->currency == b->currency && a->price < b->price;
}

/* Another profile than they were given, of a class that is known, and not known to be cheaper by a
 * reading; NULL: nothing is known of classes but what they were at the acts. */
static bool ends_downgrade(const struct savings_world *world, const struct savings_reading *reading,
                           int profile, int class, const struct freed *freed)
{
    int target = reading ? kept_at(world, freed->deed->to, freed->target, reading) : freed->target;

    return profile != freed->deed->to && class != NONE && class != target &&
           !(reading && is_cheaper(&reading->setup, class, target));
}

static bool reading_shows(const struct savings_world *world, const struct savings_reading *reading,
                          const struct freed *freed)
{
    const struct deed *deed = freed->deed;
    const struct holder *own = &reading->known[deed->account];
    int person = deed->carried ? NONE : before(world, deed)->known[deed->account].person;

    if (own->status == ACTIVE && (reading->complete || own->changed) &&
        (!freed->downgrade || ends_downgrade(world, reading, own->profile,
                                             class_at(&reading->setup, own->profile), freed)))
        return true;
    for (int i = 0; i < ACCOUNTS && person != NONE; i++) {
        const struct holder *other = &reading->known[i];
        if (i != deed->account && other->status == ACTIVE && other->person == person &&
            world->first_seen[i] > deed->minute &&
            (reading->complete || other->changed || other->linked) &&
            class_at(&reading->setup, other->profile) ==
                kept_at(world, freed->profile, freed->class, reading))
            return true;
    }
    return false;
}

static bool deed_shows(const struct savings_world *world, const struct deed *later,
                       const struct freed *freed)
{
    bool frees = false, takes = false;
    int from = NONE, to = NONE;

    if (later->account != freed->deed->account || later->done == DEPROVISION)
        return false;
    if (!freed->downgrade)
        return true;
    if ((later->done != DOWNGRADE && later->done != RESTORE) ||
        !moves(world, later, &frees, &from, &takes, &to))
        return false;
    bool again = later->done == DOWNGRADE; /* they had another one before it */
    return ends_downgrade(world, before(world, later), again ? later->from : later->to,
                          again ? from : to, freed);
}

/* The first day on which it was seen that the seat is in use. */
static int back_of(const struct savings_world *world, const struct freed *freed)
{
    int minute = freed->deed->minute;
    int best = NONE, at = 0;

    for (int i = 0; i < world->reading_count; i++) {
        const struct savings_reading *reading = &world->reading[i];
        if (reading->minute > minute && reading_shows(world, reading, freed) &&
            (best == NONE || reading->minute < at)) {
            best = reading->day;
            at = reading->minute;
        }
    }
    for (int i = 0; i < world->deed_count; i++) {
        const struct deed *later = &world->deed[i];
        if (later->minute > minute && deed_shows(world, later, freed) &&
            (best == NONE || later->minute < at)) {
            best = later->day;
            at = later->minute;
        }
    }
    return best;
}

static void find_freed(struct books *books)
{
    const struct savings_world *world = books->world;
    bool takes = false;
    int taken = NONE;

    for (int i = 0; i < world->deed_count; i++) {
        struct freed freed = {.deed = &world->deed[i], .configured = NONE, .back = NONE};
        bool frees = false;
        if (world->deed[i].day > books->last_day)
            continue;
        (void)moves(world, &world->deed[i], &frees, &freed.class, &takes, &taken);
        if (!frees)
            continue;
        freed.downgrade = takes;
        freed.target = taken;
        freed.profile = freed.deed->from;
        if (freed.profile == NONE && !freed.deed->carried)
            freed.profile = before(world, freed.deed)->known[freed.deed->account].profile;
        freed.back = back_of(world, &freed);
        if (freed.back != NONE && freed.back < freed.deed->day) /* in a zone in the west */
            freed.back = freed.deed->day;
        if (freed.back > books->last_day)
            freed.back = NONE;
        freed.counts = freed.back == NONE || freed.back - freed.deed->day > 31;
        for (int r = world->reading_count - 1; r >= 0 && freed.class == NONE; r--) {
            const struct offer *offer = world->reading[r].setup.offer;
            for (int class = 0; class < CLASSES; class ++)
                freed.configured = offer[class].there ? world->reading[r].day : freed.configured;
        }
        books->freed[books->count++] = freed;
    }
}

/* Whether a seat is free by this act on a day, as far as the account alone tells. */
static bool is_open(const struct freed *freed, int day)
{
    return freed->counts && day >= freed->deed->day && (freed->back == NONE || day < freed->back) &&
           (freed->configured <= freed->deed->day || day < freed->configured);
}

/* Whether it frees a seat of a class: none when both seats are of one class by now. */
static bool is_free(const struct savings_world *world, const struct freed *freed, int day)
{
    return is_open(freed, day) &&
           !(freed->downgrade && class_on(world, freed, day) == target_on(world, freed, day));
}

static bool was_ever(const struct savings_world *world, int profile, int readings)
{
    return kept_class(world, profile, NONE, readings) != NONE;
}

/* Whether a profile came to a class from another one, or from none, by one reading. */
static bool is_turned(const struct savings_world *world, int reading, int class)
{
    for (int p = 0; p < PROFILES && reading > 0; p++) {
        int was = world->reading[reading - 1].setup.class_of[p];
        int is = world->reading[reading].setup.class_of[p];
        if (was != is && is == class && was_ever(world, p, reading))
            return true;
    }
    return false;
}

/* On that day and in the five before: what may be a mistake ends nothing. */
static bool is_new(const struct savings_world *world, int day, int class)
{
    for (int i = 0; i < world->reading_count; i++) {
        if (world->reading[i].day >= day - 5 && world->reading[i].day <= day &&
            is_turned(world, i, class))
            return true;
    }
    return false;
}

static int64_t seats_in(const struct savings_reading *reading, int class)
{
    int64_t seats = 0;

    for (int i = 0; i < ACCOUNTS; i++)
        seats += reading->known[i].status == ACTIVE &&
                 class_at(&reading->setup, reading->known[i].profile) == class;
    return seats;
}

static int64_t room_on(const struct books *books, int day, int class)
{
    const struct savings_world *world = books->world;
    const struct savings_reading *reading = until(world, day, true);
    int64_t used = 0, most = 0;

    for (int i = 0; i < world->reading_count; i++) {
        const struct savings_reading *one = &world->reading[i];
        if (one->complete && one->day <= day && seats_in(one, class) > most)
            most = seats_in(one, class);
    }
    int contracted = NONE; /* a mistake of less than a week ends nothing */
    for (int d = day - 6; class != NONE && d <= day; d++) {
        const struct offer *offer = &until(world, d, false)->setup.offer[class];
        if (d >= first_day(world) && offer->there && offer->contracted > contracted)
            contracted = (int)offer->contracted;
    }
    if (contracted != NONE)
        most = contracted;
    used = seats_in(reading, class);
    for (int i = 0; i < world->deed_count; i++) {
        const struct deed *deed = &world->deed[i];
        bool frees = false, takes = false;
        int freed = NONE, taken = NONE;
        if (deed->day > day || deed->day > books->last_day || deed->minute <= reading->minute ||
            !moves(world, deed, &frees, &freed, &takes, &taken))
            continue;
        bool leaves = frees || (takes && deed->done == RESTORE);
        used += (takes && taken == class) - (leaves && freed == class);
    }
    for (int i = 0; i < books->count; i++) { /* their cheap seat is paid for by the downgrade */
        const struct freed *freed = &books->freed[i];
        used -= freed->downgrade && !freed->given && is_free(world, freed, day) &&
                target_on(world, freed, day) == class;
    }
    return most > used ? most - used : 0;
}

/* What a seat is worth by a configuration, of a downgrade the difference; NO_CURRENCY and
 * TWO_CURRENCIES: nobody knows. */
static int worth_by(const struct setup *setup, int class, bool downgrade, int target,
                    int64_t *ret_price)
{
    const struct offer *own = class == NONE ? NULL : &setup->offer[class];
    const struct offer *other = target == NONE ? NULL : &setup->offer[target];

    *ret_price = 0;
    if (!own || !own->there || own->price == NONE)
        return NO_CURRENCY;
    if (downgrade && (!other || !other->there || other->price == NONE))
        return NO_CURRENCY;
    if (downgrade && other->currency != own->currency)
        return TWO_CURRENCIES;
    *ret_price = own->price - (downgrade ? other->price : 0);
    if (*ret_price < 0)
        *ret_price = 0;
    return own->currency;
}

static struct cell *cell_of(struct books *books, int day, int class, int currency)
{
    struct cell *cell = &books->cell[month_of(day)][class == NONE ? CLASSES : class][currency];

    cell->told = true;
    return cell;
}

static struct cell *cell_on(struct books *books, const struct freed *freed, int day,
                            int64_t *ret_price)
{
    const struct setup *setup = &until(books->world, day, false)->setup;
    int class = class_on(books->world, freed, day), target = target_on(books->world, freed, day);

    *ret_price = 0;
    if (day < first_day(books->world))
        return cell_of(books, day, freed->class, NO_CURRENCY);
    return cell_of(books, day, class, worth_by(setup, class, freed->downgrade, target, ret_price));
}

/* The oldest ones of which more are open than there is room for have another holder. */
static bool give(struct books *books, int day)
{
    const struct savings_world *world = books->world;
    int64_t price = 0;
    bool more = false;

    for (int class = NONE; class < CLASSES; class ++) {
        if (is_new(world, day, class))
            continue;
        int64_t room = room_on(books, day, class), open = 0;
        for (int i = 0; i < books->count; i++)
            open += class_on(world, &books->freed[i], day) == class && !books->freed[i].given &&
                    is_free(world, &books->freed[i], day);
        for (int i = 0; i < books->count && open > room; i++) { /* the oldest first */
            struct freed *freed = &books->freed[i];
            if (class_on(world, freed, day) != class || freed->given || !is_free(world, freed, day))
                continue;
            freed->given = more = true;
            cell_on(books, freed, day, &price)->holders++;
            open--;
        }
    }
    return more;
}

static void pass_day(struct books *books, int day)
{
    int64_t price = 0;

    while (day >= first_day(books->world) && give(books, day))
        continue; /* a downgrade that has another holder does not pay for its cheap seat any more */
    for (int i = 0; i < books->count; i++) {
        const struct freed *freed = &books->freed[i];
        if (!freed->counts && freed->back == day)
            cell_on(books, freed, day, &price)->not_counted++;
        if (freed->given)
            continue;
        if (is_free(books->world, freed, day)) {
            struct cell *cell = cell_on(books, freed, day, &price);
            cell->days++;
            cell->freed += price;
        } else if (freed->counts && freed->back == day && is_open(freed, day - 1)) {
            cell_on(books, freed, day, &price)->backs++;
        }
    }
}

static void add_row(struct books *books, const struct proposal *plan,
                    const struct proposal_row *row)
{
    const struct setup *setup = &books->world->reading[plan->reading].setup;
    bool downgrade = row->done == DOWNGRADE;
    int target = downgrade ? class_at(setup, row->to) : NONE;
    int64_t price = 0;

    if (row->finding || !row->has_seat || (row->done != SUSPEND && row->done != DOWNGRADE) ||
        (downgrade && target == row->class))
        return;
    int currency = worth_by(setup, row->class, downgrade, target, &price);
    struct cell *cell = cell_of(books, plan->day, row->class, currency);
    if (row->carried_out) /* not in use any more */
        return;
    cell->exposed_seats++;
    cell->exposed += price;
}

static void add_plan(struct books *books, const struct proposal *plan)
{
    const struct setup *setup = &books->world->reading[plan->reading].setup;
    bool is_blind = plan->unclassed > 0; /* and nobody is of a class */

    for (int class = 0; class < CLASSES; class ++)
        is_blind = is_blind && (!setup->offer[class].there || plan->before[class] == 0);
    for (int i = 0; i < plan->count; i++)
        add_row(books, plan, &plan->row[i]);
    for (int class = 0; class < CLASSES; class ++) {
        const struct offer *offer = &setup->offer[class];
        if (!offer->there || offer->contracted == NONE || is_blind)
            continue;
        int64_t seats = offer->contracted - plan->after[class];
        struct cell *cell =
            cell_of(books, plan->day, class, offer->price == NONE ? NO_CURRENCY : offer->currency);
        cell->has_contract = true;
        cell->has_price = offer->price != NONE;
        cell->seats += seats > 0 ? seats : 0;
        cell->reducible += seats > 0 && offer->price != NONE ? seats * offer->price : 0;
    }
}

/* Of each month the newest plan of the last day that has one. */
static void add_plans(struct books *books)
{
    const struct savings_world *world = books->world;

    for (int month = 0; month < MONTHS; month++) {
        const struct proposal *last = NULL;
        for (int i = 0; i < world->plan_count; i++) {
            const struct proposal *plan = &world->plan[i];
            if (month_of(plan->day) == month && (!last || plan->day >= last->day))
                last = plan;
        }
        if (last)
            add_plan(books, last);
    }
}

static void add_amount(struct text *out, bool is_told, int64_t amount)
{
    text_add_char(out, '|');
    if (is_told)
        text_addf(out, "%lld", (long long)amount);
}

static void print_cell(struct text *out, int month, int class, int currency,
                       const struct cell *cell)
{
    bool priced = currency < NO_CURRENCY;

    text_addf(out, "%04d-%02d|%s|%s|%lld", 2026 + month / 12, month % 12 + 1,
              class == CLASSES ? "" : class_names[class], priced ? currency_names[currency] : "",
              (long long)cell->exposed_seats);
    add_amount(out, priced, cell->exposed);
    add_amount(out, true, cell->days);
    add_amount(out, priced, cell->freed);
    text_addf(out, "|%lld|%lld|%lld", (long long)cell->backs, (long long)cell->not_counted,
              (long long)cell->holders);
    add_amount(out, cell->has_contract, cell->seats);
    add_amount(out, cell->has_contract && cell->has_price, cell->reducible);
    text_add(out, currency == TWO_CURRENCIES ? "|t" : "|f");
    text_add_char(out, '\n');
}

void savings_books(const struct savings_world *world, struct text *out)
{
    static struct books books;

    memset(&books, 0, sizeof(books));
    books.world = world;
    books.last_day = NONE;
    for (int i = 0; i < world->reading_count; i++) {
        if (world->reading[i].complete && world->reading[i].day > books.last_day)
            books.last_day = world->reading[i].day;
    }
    find_freed(&books);
    for (int day = 0; day <= books.last_day; day++)
        pass_day(&books, day);
    add_plans(&books);
    for (int month = 0; month < MONTHS; month++) {
        for (int class = 0; class <= CLASSES; class ++) {
            for (int currency = 0; currency <= TWO_CURRENCIES; currency++) {
                if (books.cell[month][class][currency].told)
                    print_cell(out, month, class, currency, &books.cell[month][class][currency]);
            }
        }
    }
}
