/*
 * Tales of the configuration: names, profiles, contracts, prices and currencies, each with the way
 * back; and what plans say by it.
 */
#include "savings_tales.h"

/* --- names and mappings --- */

/* What is configured for some nights, and then as it was. */
static void away(struct savings_world *world, const struct setup *other, int from, int to)
{
    struct setup was = world->setup;

    tale_downgraded(world);
    world->setup = *other;
    for (int day = from; day < to; day++)
        tale_night(world, day);
    world->setup = was;
    for (int day = to; day <= 30; day++)
        tale_night(world, day);
}

static void renamed(struct savings_world *world, int class, int to)
{
    struct setup was = world->setup, other;

    tale_rename(world, class, GUEST);
    other = world->setup;
    world->setup = was;
    away(world, &other, 10, to);
}

static void dear_class_renamed(struct savings_world *world)
{
    renamed(world, FULL, 31);
}

static void dear_class_renamed_and_back(struct savings_world *world)
{
    renamed(world, FULL, 20);
}

static void cheap_class_renamed(struct savings_world *world)
{
    renamed(world, LIGHT, 31);
}

static void cheap_class_renamed_and_back(struct savings_world *world)
{
    renamed(world, LIGHT, 20);
}

/* An administrator moves them within the class, or out of it, after it was renamed. */
static void moved_after_a_rename(struct savings_world *world, int profile)
{
    tale_downgraded(world);
    tale_rename(world, LIGHT, GUEST);
    tale_night(world, 10);
    world->account[0].profile = profile;
    tale_night(world, 40);
    tale_night(world, 45);
}

static void moved_within_a_renamed_class(struct savings_world *world)
{
    moved_after_a_rename(world, READER);
}

static void moved_out_of_a_renamed_class(struct savings_world *world)
{
    moved_after_a_rename(world, EDITOR);
}

static void recreated(struct savings_world *world, bool renames, int profile, int person)
{
    tale_night(world, 0);
    tale_at(world, 5);
    tale_suspend(world, 0);
    tale_night(world, 6);
    if (renames)
        tale_rename(world, FULL, GUEST);
    tale_night(world, 10);
    tale_be(world, 8, profile, person);
    tale_night(world, 40);
    tale_night(world, 45);
}

static void recreated_in_the_class(struct savings_world *world)
{
    recreated(world, false, EDITOR, 0);
}

static void recreated_in_another_class(struct savings_world *world)
{
    recreated(world, false, VIEWER, 0);
}

static void somebody_else_in_the_class(struct savings_world *world)
{
    recreated(world, false, EDITOR, 8);
}

static void recreated_in_a_renamed_class(struct savings_world *world)
{
    recreated(world, true, EDITOR, 0);
}

/* Somebody new has the seat of a class that has another name since. */
static void given_in_a_renamed_class(struct savings_world *world, int64_t room)
{
    tale_offer(world, FULL, room, 3);
    tale_night(world, 0);
    tale_at(world, 5);
    tale_suspend(world, 0);
    tale_night(world, 6);
    tale_rename(world, FULL, GUEST);
    for (int day = 10; day < 20; day++)
        tale_night(world, day);
    tale_be(world, 8, EDITOR, 8);
    tale_night(world, 20);
    tale_night(world, 25);
}

static void new_holder_in_a_renamed_class(struct savings_world *world)
{
    given_in_a_renamed_class(world, 4);
}

static void new_seat_in_a_renamed_class(struct savings_world *world)
{
    given_in_a_renamed_class(world, 5);
}

static void profiles_missing(struct savings_world *world)
{
    struct setup other = world->setup;

    other.class_of[VIEWER] = other.class_of[READER] = NONE;
    away(world, &other, 10, 11);
}

static void no_profile_at_all(struct savings_world *world)
{
    struct setup other = world->setup;

    for (int p = 0; p < PROFILES; p++)
        other.class_of[p] = NONE;
    away(world, &other, 10, 11);
}

static void no_classes_at_all(struct savings_world *world)
{
    struct setup other = world->setup;

    for (int p = 0; p < PROFILES; p++)
        other.class_of[p] = NONE;
    other.offer[FULL].there = other.offer[LIGHT].there = false;
    away(world, &other, 10, 11);
}

/* Nobody else's seat ends on the night on which everybody is of no class. */
static void stray_suspended_and_no_profile(struct savings_world *world)
{
    struct setup other = world->setup;

    tale_be(world, 8, STRAY, 8);
    tale_be(world, 9, STRAY, 9);
    for (int p = 0; p < PROFILES; p++)
        other.class_of[p] = NONE;
    tale_night(world, 0);
    tale_at(world, 5);
    tale_suspend(world, 8);
    away(world, &other, 10, 11);
}

static void target_remapped(struct savings_world *world)
{
    struct setup other = world->setup;

    other.class_of[VIEWER] = FULL;
    away(world, &other, 10, 31);
}

static void target_remapped_and_back(struct savings_world *world)
{
    struct setup other = world->setup;

    other.class_of[VIEWER] = FULL;
    away(world, &other, 10, 20);
}

static void former_remapped_and_back(struct savings_world *world)
{
    struct setup other = world->setup;

    other.class_of[CHIEF] = GUEST;
    other.offer[GUEST] = (struct offer){.there = true, .contracted = 9, .price = YEAR(2)};
    away(world, &other, 10, 20);
}

/* The dear class is full with its new profiles, for a night or for good. */
static void crowded(struct savings_world *world, int to)
{
    struct setup other = world->setup;

    other.class_of[VIEWER] = FULL;
    other.offer[FULL].contracted = world->setup.offer[FULL].contracted = 6;
    tale_night(world, 0);
    tale_at(world, 3);
    tale_suspend(world, 1);
    away(world, &other, 10, to);
}

static void crowded_for_a_night(struct savings_world *world)
{
    crowded(world, 11);
}

static void crowded_for_six_nights(struct savings_world *world)
{
    crowded(world, 16);
}

static void crowded_for_good(struct savings_world *world)
{
    crowded(world, 31);
}

/* --- contracts, prices, currencies --- */

static void mistyped(struct savings_world *world, int64_t contracted)
{
    struct setup other = world->setup;

    other.offer[FULL].contracted = contracted;
    away(world, &other, 10, 11);
}

static void contract_mistyped_down(struct savings_world *world)
{
    mistyped(world, 0);
}

static void contract_mistyped_up(struct savings_world *world)
{
    mistyped(world, 90);
}

static void contract_made_smaller(struct savings_world *world)
{
    struct setup other = world->setup;

    other.offer[FULL].contracted = 3;
    away(world, &other, 10, 31);
}

static void price_missing(struct savings_world *world)
{
    struct setup other = world->setup;

    other.offer[FULL].price = NONE;
    away(world, &other, 10, 11);
}

static void cheap_price_missing(struct savings_world *world)
{
    struct setup other = world->setup;

    other.offer[LIGHT].price = NONE;
    away(world, &other, 10, 11);
}

static void currency_changed(struct savings_world *world, bool both, int to)
{
    struct setup other = world->setup;

    other.offer[FULL].currency = 1;
    other.offer[LIGHT].currency = both;
    away(world, &other, 20, to);
}

static void currency_changed_of_both(struct savings_world *world)
{
    currency_changed(world, true, 31);
}

static void currency_changed_of_both_and_back(struct savings_world *world)
{
    currency_changed(world, true, 25);
}

static void currency_changed_of_one(struct savings_world *world)
{
    currency_changed(world, false, 31);
}

static void currency_changed_of_one_and_back(struct savings_world *world)
{
    currency_changed(world, false, 25);
}

static void class_made_anew(struct savings_world *world)
{
    struct setup other = world->setup;

    other.offer[FULL].there = false;
    other.class_of[CHIEF] = other.class_of[EDITOR] = NONE;
    tale_downgraded(world);
    struct setup was = world->setup;
    world->setup = other;
    tale_night(world, 10);
    world->setup = was;
    tale_offer(world, FULL, 9, 4);
    tale_night(world, 20);
    tale_night(world, 30);
}

/* --- the zone --- */

/* Suspended an hour before midnight, when it is the next month in the zone; and read again within
 * the hour, by a configuration of that zone or of one in the west. */
static void read_again(struct savings_world *world, int days_west)
{
    tale_night(world, 0);
    (void)savings_world_propose(world); /* it tells the zone */
    world->minute = 30 * 1440 + 1380;
    tale_suspend(world, 0);
    world->account[0].status = ACTIVE;
    savings_world_read(world, &world->setup, true, 0);
    world->reading[world->reading_count - 1].day -= days_west;
    tale_night(world, 45);
}

static void read_again_in_the_zone(struct savings_world *world)
{
    read_again(world, 0);
}

static void read_again_in_the_west(struct savings_world *world)
{
    read_again(world, 1);
}

/* --- what a plan says --- */

/* A plan of the newest reading that downgrades the chief and suspends a viewer. */
static void plan(struct savings_world *world)
{
    struct proposal *made = savings_world_propose(world);
    const struct savings_reading *reading = &world->reading[made->reading];

    made->row[made->count++] = (struct proposal_row){
        .done = DOWNGRADE, .has_seat = true, .class = reading->setup.class_of[CHIEF], .to = VIEWER};
    made->row[made->count++] = (struct proposal_row){
        .done = SUSPEND, .has_seat = true, .class = reading->setup.class_of[VIEWER]};
    for (int i = 0; i < 8; i++) {
        int class = reading->setup.class_of[reading->known[i].profile];
        *(class == NONE ? &made->unclassed : &made->before[class]) += 1;
    }
    for (int class = 0; class < CLASSES; class ++) {
        made->after[class] = made->before[class];
        for (int i = 0; i < made->count; i++)
            made->after[class] +=
                (made->row[i].done == DOWNGRADE && reading->setup.class_of[VIEWER] == class) -
                (made->row[i].class == class);
    }
}

static void planned(struct savings_world *world)
{
    tale_night(world, 5);
    plan(world);
}

static void planned_without_profiles(struct savings_world *world)
{
    for (int p = 0; p < PROFILES; p++)
        world->setup.class_of[p] = NONE;
    planned(world);
}

static void planned_without_profiles_and_with_them(struct savings_world *world)
{
    struct setup was = world->setup;

    planned_without_profiles(world);
    world->setup = was;
    tale_night(world, 6);
    plan(world);
}

static void planned_without_a_price(struct savings_world *world)
{
    world->setup.offer[FULL].price = NONE;
    planned(world);
}

static void planned_in_two_currencies(struct savings_world *world)
{
    world->setup.offer[FULL].currency = 1;
    planned(world);
}

static void planned_with_a_contract_mistyped(struct savings_world *world)
{
    world->setup.offer[FULL].contracted = 0;
    world->setup.offer[LIGHT].contracted = 90;
    planned(world);
}

static void planned_by_a_dearer_target(struct savings_world *world)
{
    tale_offer(world, LIGHT, 9, 4);
    planned(world);
}

static void done_of_a_plan(struct savings_world *world, bool does)
{
    planned(world);
    struct proposal *made = &world->plan[world->plan_count - 1];
    tale_suspend(world, 4);
    if (does) {
        world->deed[world->deed_count - 1].plan = world->plan_count - 1;
        made->row[1].carried_out = true;
    }
    tale_night(world, 6);
}

static void planned_and_done(struct savings_world *world)
{
    done_of_a_plan(world, true);
}

static void planned_and_another_done(struct savings_world *world)
{
    done_of_a_plan(world, false);
}

static void planned_with_another_name(struct savings_world *world)
{
    tale_rename(world, FULL, GUEST);
    planned(world);
}

const struct savings_tale savings_tales_of_setups[] = {
    {"dear class renamed", dear_class_renamed,
     "2026-01 full EUR, 5 days = 10\n"
     "2026-01 guest EUR, 21 days = 42"},
    {"dear class renamed and back", dear_class_renamed_and_back,
     "2026-01 full EUR, 16 days = 32\n"
     "2026-01 guest EUR, 10 days = 20"},
    {"cheap class renamed", cheap_class_renamed, "2026-01 full EUR, 26 days = 52"},
    {"cheap class renamed and back", cheap_class_renamed_and_back,
     "2026-01 full EUR, 26 days = 52"},
    {"moved within a renamed class", moved_within_a_renamed_class,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-02 full EUR, 15 days = 30"},
    {"moved out of a renamed class", moved_out_of_a_renamed_class,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-02 full EUR, 9 days = 18, 1 back"},
    {"recreated in the class", recreated_in_the_class,
     "2026-01 full EUR, 26 days = 78\n"
     "2026-02 full EUR, 9 days = 27, 1 back"},
    {"recreated in another class", recreated_in_another_class,
     "2026-01 full EUR, 26 days = 78\n"
     "2026-02 full EUR, 15 days = 45"},
    {"somebody else in the class", somebody_else_in_the_class,
     "2026-01 full EUR, 26 days = 78\n"
     "2026-02 full EUR, 15 days = 45"},
    {"recreated in a renamed class", recreated_in_a_renamed_class,
     "2026-01 full EUR, 5 days = 15\n"
     "2026-01 guest EUR, 21 days = 63\n"
     "2026-02 guest EUR, 9 days = 27, 1 back"},
    {"new holder in a renamed class", new_holder_in_a_renamed_class,
     "2026-01 full EUR, 5 days = 15\n"
     "2026-01 guest EUR, 10 days = 30, 1 given"},
    {"new seat in a renamed class", new_seat_in_a_renamed_class,
     "2026-01 full EUR, 5 days = 15\n"
     "2026-01 guest EUR, 16 days = 48"},
    {"profiles missing", profiles_missing, "2026-01 full EUR, 26 days = 52"},
    {"no profile at all", no_profile_at_all, "2026-01 full EUR, 26 days = 52"},
    {"no classes at all", no_classes_at_all,
     "2026-01 full EUR, 25 days = 50\n"
     "2026-01 full -, 1 days"},
    {"stray suspended and no profile", stray_suspended_and_no_profile,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-01 - -, 26 days"},
    {"target remapped", target_remapped, "2026-01 full EUR, 5 days = 10"},
    {"target remapped and back", target_remapped_and_back, "2026-01 full EUR, 16 days = 32"},
    {"former remapped and back", former_remapped_and_back,
     "2026-01 full EUR, 16 days = 32\n"
     "2026-01 guest EUR, 10 days = 10"},
    {"crowded for a night", crowded_for_a_night, "2026-01 full EUR, 53 days = 134"},
    {"crowded for six nights", crowded_for_six_nights, "2026-01 full EUR, 48 days = 124"},
    {"crowded for good", crowded_for_good, "2026-01 full EUR, 18 days = 49, 1 given"},
    {"contract mistyped down", contract_mistyped_down, "2026-01 full EUR, 26 days = 52"},
    {"contract mistyped up", contract_mistyped_up, "2026-01 full EUR, 26 days = 52"},
    {"contract made smaller", contract_made_smaller, "2026-01 full EUR, 11 days = 22, 1 given"},
    {"price missing", price_missing,
     "2026-01 full EUR, 25 days = 50\n"
     "2026-01 full -, 1 days"},
    {"cheap price missing", cheap_price_missing,
     "2026-01 full EUR, 25 days = 50\n"
     "2026-01 full -, 1 days"},
    {"currency changed of both", currency_changed_of_both,
     "2026-01 full EUR, 15 days = 30\n"
     "2026-01 full USD, 11 days = 22"},
    {"currency changed of both and back", currency_changed_of_both_and_back,
     "2026-01 full EUR, 21 days = 42\n"
     "2026-01 full USD, 5 days = 10"},
    {"currency changed of one", currency_changed_of_one,
     "2026-01 full EUR, 15 days = 30\n"
     "2026-01 full -, two currencies, 11 days"},
    {"currency changed of one and back", currency_changed_of_one_and_back,
     "2026-01 full EUR, 21 days = 42\n"
     "2026-01 full -, two currencies, 5 days"},
    {"class made anew", class_made_anew,
     "2026-01 full EUR, 16 days = 43\n"
     "2026-01 full -, 10 days"},
    {"read again in the zone", read_again_in_the_zone,
     "2026-01 full EUR, reducible 9 = 9855\n"
     "2026-01 light EUR, reducible 9 = 3285\n"
     "2026-02 full EUR, 1 not counted"},
    {"read again in the west", read_again_in_the_west,
     "2026-01 full EUR, reducible 9 = 9855\n"
     "2026-01 light EUR, reducible 9 = 3285\n"
     "2026-02 full EUR, 1 not counted"},
    {"planned", planned,
     "2026-01 full EUR, exposed 1 = 730, reducible 6 = 6570\n"
     "2026-01 light EUR, exposed 1 = 365, reducible 5 = 1825"},
    {"planned without profiles", planned_without_profiles, "2026-01 - -, exposed 1"},
    {"planned without profiles and with them", planned_without_profiles_and_with_them,
     "2026-01 full EUR, exposed 1 = 730, reducible 6 = 6570\n"
     "2026-01 light EUR, exposed 1 = 365, reducible 5 = 1825"},
    {"planned without a price", planned_without_a_price,
     "2026-01 full -, exposed 1, reducible 6\n"
     "2026-01 light EUR, exposed 1 = 365, reducible 5 = 1825"},
    {"planned in two currencies", planned_in_two_currencies,
     "2026-01 full USD, reducible 6 = 6570\n"
     "2026-01 full -, two currencies, exposed 1\n"
     "2026-01 light EUR, exposed 1 = 365, reducible 5 = 1825"},
    {"planned with a contract mistyped", planned_with_a_contract_mistyped,
     "2026-01 full EUR, exposed 1 = 730, reducible 0 = 0\n"
     "2026-01 light EUR, exposed 1 = 365, reducible 86 = 31390"},
    {"planned by a dearer target", planned_by_a_dearer_target,
     "2026-01 full EUR, exposed 1 = 0, reducible 6 = 6570\n"
     "2026-01 light EUR, exposed 1 = 1460, reducible 5 = 7300"},
    {"planned and done", planned_and_done,
     "2026-01 full EUR, exposed 1 = 730, reducible 6 = 6570\n"
     "2026-01 light EUR, 2 days = 2, reducible 5 = 1825"},
    {"planned and another done", planned_and_another_done,
     "2026-01 full EUR, exposed 1 = 730, reducible 6 = 6570\n"
     "2026-01 light EUR, exposed 1 = 365, 2 days = 2, reducible 5 = 1825"},
    {"planned with another name", planned_with_another_name,
     "2026-01 guest EUR, exposed 1 = 730, reducible 6 = 6570\n"
     "2026-01 light EUR, exposed 1 = 365, reducible 5 = 1825"},
    {0}};
