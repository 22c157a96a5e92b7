/*
 * Tales of accounts: downgrades, suspensions, restorations, who comes back and who has the seat.
 */
#include "savings_tales.h"

/* --- a class as dear as another one --- */

static void moved_to_guest(struct savings_world *world, int64_t a_day)
{
    tale_offer(world, GUEST, 9, a_day);
    world->setup.class_of[READER] = GUEST;
    tale_downgraded(world);
    world->account[0].profile = READER;
    tale_night(world, 40);
    tale_night(world, 45);
}

static void moved_to_as_dear(struct savings_world *world)
{
    moved_to_guest(world, 1);
}

static void moved_to_cheaper(struct savings_world *world)
{
    moved_to_guest(world, 0);
}

static void moved_and_downgraded_anew(struct savings_world *world, int64_t a_day)
{
    tale_offer(world, GUEST, 9, a_day);
    world->setup.class_of[READER] = GUEST;
    tale_downgraded(world);
    tale_at(world, 40); /* nobody read what the administrator did */
    world->account[0].profile = READER;
    tale_downgrade(world, 0);
    tale_night(world, 45);
}

static void downgraded_anew_from_as_dear(struct savings_world *world)
{
    moved_and_downgraded_anew(world, 1);
}

static void downgraded_anew_from_cheaper(struct savings_world *world)
{
    moved_and_downgraded_anew(world, 0);
}

static void downgraded_to_as_dear(struct savings_world *world)
{
    tale_offer(world, LIGHT, 9, 3);
    tale_downgraded(world);
    tale_night(world, 45);
}

static void downgraded_within(struct savings_world *world)
{
    tale_night(world, 0);
    tale_at(world, 5);
    savings_world_do(world, 0, DOWNGRADE, EDITOR);
    tale_night(world, 45);
}

/* What freed nothing does not come back. */
static void downgraded_within_and_moved(struct savings_world *world)
{
    tale_offer(world, GUEST, 9, 3);
    world->setup.class_of[READER] = GUEST;
    tale_night(world, 0);
    tale_at(world, 5);
    savings_world_do(world, 0, DOWNGRADE, EDITOR);
    tale_night(world, 6);
    world->account[0].profile = READER;
    tale_night(world, 20);
    tale_night(world, 45);
}

/* --- a downgrade whose seat is given away --- */

/* Of `dear` a seat is freed by a downgrade to `cheap`, of which one is freed by a suspension. Then
 * somebody new has the dear seat, so the downgrade does not pay for its cheap one any more. */
static void given_away(struct savings_world *world, int dear, int cheap, int64_t room)
{
    static const int profile[CLASSES] = {[FULL] = CHIEF, [LIGHT] = VIEWER};

    tale_offer(world, dear, 4, 3);
    tale_offer(world, cheap, room, 1);
    tale_night(world, 0);
    tale_at(world, 5);
    savings_world_do(world, dear == FULL ? 0 : 4, DOWNGRADE, profile[cheap]);
    tale_suspend(world, cheap == FULL ? 1 : 5);
    tale_night(world, 6);
    tale_be(world, 8, profile[dear], 8);
    tale_night(world, 10);
    tale_night(world, 20);
}

static void given_away_and_no_room(struct savings_world *world)
{
    world->account[3].profile = CHIEF;
    given_away(world, FULL, LIGHT, 4);
}

static void given_away_and_room(struct savings_world *world)
{
    world->account[3].profile = CHIEF;
    given_away(world, FULL, LIGHT, 5);
}

static void given_away_and_no_room_before_it(struct savings_world *world)
{
    given_away(world, LIGHT, FULL, 4);
}

static void given_away_and_room_before_it(struct savings_world *world)
{
    given_away(world, LIGHT, FULL, 5);
}

/* --- restorations --- */

static void restored(struct savings_world *world)
{
    tale_downgraded(world);
    tale_at(world, 40);
    savings_world_do(world, 0, RESTORE, CHIEF);
    tale_night(world, 45);
}

static void restored_within_the_month(struct savings_world *world)
{
    tale_downgraded(world);
    tale_at(world, 30);
    savings_world_do(world, 0, RESTORE, CHIEF);
    tale_night(world, 45);
}

/* After the reading of a day one gets a cheap seat, and perhaps another one leaves theirs. */
static void reactivated(struct savings_world *world, bool restores)
{
    tale_offer(world, LIGHT, 4, 1);
    tale_be(world, 8, VIEWER, 8);
    world->account[8].status = INACTIVE;
    tale_night(world, 0);
    tale_at(world, 5);
    tale_suspend(world, 4);
    tale_night(world, 10);
    savings_world_do(world, 8, REACTIVATE, NONE);
    if (restores)
        savings_world_do(world, 5, RESTORE, CHIEF);
    tale_night(world, 11);
    tale_night(world, 20);
}

static void reactivated_beside_a_restoration(struct savings_world *world)
{
    reactivated(world, true);
}

static void reactivated_alone(struct savings_world *world)
{
    reactivated(world, false);
}

/* --- before the first reading --- */

static void carried(struct savings_world *world, bool read)
{
    tale_offer(world, LIGHT, 4, 1);
    world->account[8] = (struct holder){.status = INACTIVE, .profile = VIEWER, .person = 8};
    if (read)
        tale_night(world, 0);
    tale_at(world, 3);
    savings_world_carry(savings_world_do(world, 4, SUSPEND, NONE), LIGHT, NONE);
    tale_at(world, 4);
    savings_world_carry(savings_world_do(world, 8, REACTIVATE, NONE), NONE, LIGHT);
    world->account[8].status = INACTIVE; /* an administrator took that back */
    tale_night(world, 10);
    tale_night(world, 20);
}

static void carried_before_a_reading(struct savings_world *world)
{
    carried(world, false);
}

static void carried_after_a_reading(struct savings_world *world)
{
    carried(world, true);
}

/* --- coming back --- */

static void back_after(struct savings_world *world, int days)
{
    tale_night(world, 0);
    tale_at(world, 5);
    tale_suspend(world, 0);
    tale_night(world, 6);
    tale_night(world, 5 + days - 1);
    world->account[0].status = ACTIVE;
    tale_night(world, 5 + days);
    tale_night(world, 45);
}

static void back_after_30(struct savings_world *world)
{
    back_after(world, 30);
}

static void back_after_31(struct savings_world *world)
{
    back_after(world, 31);
}

static void back_after_32(struct savings_world *world)
{
    back_after(world, 32);
}

/* Nothing but an act of ours tells that they were back. */
static void acted_on_again(struct savings_world *world, enum done done)
{
    tale_night(world, 0);
    tale_at(world, 5);
    tale_suspend(world, 0);
    tale_night(world, 6);
    tale_at(world, 40);
    savings_world_do(world, 0, done, NONE);
    world->account[0].status = done == REACTIVATE ? INACTIVE : GONE;
    tale_night(world, 45);
}

static void reactivated_by_us(struct savings_world *world)
{
    acted_on_again(world, REACTIVATE);
}

static void deleted_by_us(struct savings_world *world)
{
    acted_on_again(world, DEPROVISION);
}

static void shown_by_half_a_reading(struct savings_world *world, unsigned shown)
{
    tale_night(world, 0);
    tale_at(world, 5);
    tale_suspend(world, 0);
    tale_night(world, 6);
    tale_at(world, 40);
    world->account[0].status = ACTIVE;
    savings_world_read(world, &world->setup, false, shown);
    world->account[0].status = INACTIVE;
    tale_night(world, 45);
}

static void half_a_reading_shows_them(struct savings_world *world)
{
    shown_by_half_a_reading(world, 1);
}

static void half_a_reading_shows_others(struct savings_world *world)
{
    shown_by_half_a_reading(world, 2);
}

static void half_a_reading_after_the_act(struct savings_world *world)
{
    tale_night(world, 0);
    tale_at(world, 5);
    tale_suspend(world, 0);
    tale_at(world, 40);
    savings_world_read(world, &world->setup, false, 2);
    tale_night(world, 45);
}

/* On the night on which no profile is of a class they have another one. */
static void moved_without_classes(struct savings_world *world, int profile, bool acts)
{
    struct setup was = world->setup;

    tale_downgraded(world);
    for (int p = 0; p < PROFILES; p++)
        world->setup.class_of[p] = NONE;
    world->account[0].profile = profile;
    tale_night(world, 40);
    if (acts)
        tale_downgrade(world, 0);
    world->setup = was;
    tale_night(world, 41);
    tale_night(world, 45);
}

static void moved_within_on_a_night_without_classes(struct savings_world *world)
{
    moved_without_classes(world, READER, false);
}

static void moved_out_on_a_night_without_classes(struct savings_world *world)
{
    moved_without_classes(world, EDITOR, false);
}

static void downgraded_anew_on_a_night_without_classes(struct savings_world *world)
{
    moved_without_classes(world, READER, true);
}

/* Two downgrades of another name of the portal, where the class was renamed in between. */
static void carried_anew(struct savings_world *world, int from)
{
    tale_at(world, 3);
    savings_world_carry(savings_world_do(world, 0, DOWNGRADE, VIEWER), FULL, LIGHT);
    tale_at(world, 40);
    world->account[0].profile = from;
    savings_world_carry(savings_world_do(world, 0, DOWNGRADE, READER), GUEST, LIGHT);
    tale_night(world, 41);
    tale_night(world, 45);
}

static void carried_from_what_was_given(struct savings_world *world)
{
    carried_anew(world, VIEWER);
}

static void carried_from_another(struct savings_world *world)
{
    carried_anew(world, STRAY);
}

/* By the first reading GUEST is the cheapest. Another name of the portal is not known to have had
 * it so. */
static void anew_from_guest(struct savings_world *world, bool carries)
{
    tale_offer(world, GUEST, 9, 0);
    world->setup.class_of[READER] = GUEST;
    if (!carries)
        tale_night(world, 0);
    tale_at(world, 5);
    tale_downgrade(world, 0);
    tale_at(world, 40);
    world->account[0].profile = READER;
    tale_downgrade(world, 0);
    if (carries) {
        savings_world_carry(&world->deed[0], FULL, LIGHT);
        savings_world_carry(&world->deed[1], GUEST, LIGHT);
    }
    tale_night(world, 41);
    tale_night(world, 45);
}

static void carried_from_cheaper_since(struct savings_world *world)
{
    anew_from_guest(world, true);
}

static void read_from_cheaper(struct savings_world *world)
{
    anew_from_guest(world, false);
}

/* By the first reading what was given is of GUEST. It was of LIGHT. */
static void carried_and_renamed(struct savings_world *world, int from, int to)
{
    tale_rename(world, LIGHT, GUEST);
    tale_at(world, 5);
    savings_world_carry(savings_world_do(world, 0, DOWNGRADE, VIEWER), FULL, LIGHT);
    tale_at(world, 40);
    world->account[0].profile = READER;
    savings_world_carry(savings_world_do(world, 0, DOWNGRADE, VIEWER), from, to);
    tale_night(world, 41);
    tale_night(world, 45);
}

static void carried_from_its_class_since(struct savings_world *world)
{
    carried_and_renamed(world, GUEST, LIGHT);
}

static void carried_from_its_class(struct savings_world *world)
{
    carried_and_renamed(world, LIGHT, GUEST);
}

/* --- two acts on one account --- */

static void downgraded_and_suspended(struct savings_world *world)
{
    tale_downgraded(world);
    tale_at(world, 10);
    tale_suspend(world, 0);
    tale_night(world, 11);
    tale_night(world, 30);
}

static void downgraded_suspended_and_let_in(struct savings_world *world, int profile)
{
    downgraded_and_suspended(world);
    world->account[0].status = ACTIVE;
    world->account[0].profile = profile;
    tale_night(world, 50);
    tale_night(world, 55);
}

static void let_in_with_the_cheap_seat(struct savings_world *world)
{
    downgraded_suspended_and_let_in(world, VIEWER);
}

static void let_in_with_the_dear_seat(struct savings_world *world)
{
    downgraded_suspended_and_let_in(world, CHIEF);
}

/* --- new holders --- */

static void hired(struct savings_world *world, int64_t room)
{
    tale_offer(world, FULL, room, 3);
    tale_night(world, 0);
    tale_at(world, 5);
    tale_suspend(world, 0);
    tale_night(world, 6);
    tale_be(world, 8, CHIEF, 8);
    tale_night(world, 10);
    world->account[8].status = INACTIVE; /* what is given does not come back */
    tale_night(world, 20);
    tale_night(world, 30);
}

static void hired_without_room(struct savings_world *world)
{
    hired(world, 4);
}

static void hired_with_room(struct savings_world *world)
{
    hired(world, 5);
}

/* The most that there ever were is then what there is room for: until that day. */
static void hired_without_a_contract(struct savings_world *world)
{
    tale_offer(world, FULL, NONE, 3);
    tale_night(world, 0);
    tale_at(world, 5);
    tale_suspend(world, 0);
    tale_night(world, 6);
    tale_be(world, 8, CHIEF, 8);
    tale_night(world, 10);
}

static void hired_twice_without_a_contract(struct savings_world *world)
{
    hired_without_a_contract(world);
    tale_be(world, 9, CHIEF, 9);
    tale_night(world, 20);
}

/* Classes are configured on the 10th day only. */
static void suspended_without_classes(struct savings_world *world, int day)
{
    struct setup was = world->setup;

    for (int p = 0; p < PROFILES; p++)
        world->setup.class_of[p] = NONE;
    world->setup.offer[FULL].there = world->setup.offer[LIGHT].there = false;
    tale_night(world, 0);
    if (day < 10) {
        tale_at(world, day);
        tale_suspend(world, 0);
    }
    world->setup = was;
    tale_night(world, 10);
    if (day >= 10) {
        tale_at(world, day);
        tale_suspend(world, 0);
    }
    tale_night(world, 20);
}

static void suspended_before_there_were_classes(struct savings_world *world)
{
    suspended_without_classes(world, 5);
}

static void suspended_when_there_were_classes(struct savings_world *world)
{
    suspended_without_classes(world, 11);
}

const struct savings_tale savings_tales_of_acts[] = {
    {"moved to as dear", moved_to_as_dear,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-02 full EUR, 9 days = 18, 1 back"},
    {"moved to cheaper", moved_to_cheaper,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-02 full EUR, 15 days = 30"},
    {"downgraded anew from as dear", downgraded_anew_from_as_dear,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-02 full EUR, 9 days = 18, 1 back\n"
     "2026-02 guest EUR, 6 days = 0"},
    {"downgraded anew from cheaper", downgraded_anew_from_cheaper,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-02 full EUR, 15 days = 30\n"
     "2026-02 guest EUR, 6 days = 0"},
    {"downgraded to as dear", downgraded_to_as_dear,
     "2026-01 full EUR, 26 days = 0\n"
     "2026-02 full EUR, 15 days = 0"},
    {"downgraded within", downgraded_within, ""},
    {"downgraded within and moved", downgraded_within_and_moved, ""},
    {"given away and no room", given_away_and_no_room,
     "2026-01 full EUR, 5 days = 10, 1 given\n"
     "2026-01 light EUR, 5 days = 5, 1 given"},
    {"given away and room", given_away_and_room,
     "2026-01 full EUR, 5 days = 10, 1 given\n"
     "2026-01 light EUR, 16 days = 16"},
    {"given away and no room before it", given_away_and_no_room_before_it,
     "2026-01 full EUR, 5 days = 5, 1 given\n"
     "2026-01 light EUR, 5 days = 10, 1 given"},
    {"given away and room before it", given_away_and_room_before_it,
     "2026-01 full EUR, 16 days = 16\n"
     "2026-01 light EUR, 5 days = 10, 1 given"},
    {"restored", restored,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-02 full EUR, 9 days = 18, 1 back"},
    {"restored within the month", restored_within_the_month, "2026-01 full EUR, 1 not counted"},
    {"reactivated beside a restoration", reactivated_beside_a_restoration,
     "2026-01 light EUR, 16 days = 16"},
    {"reactivated alone", reactivated_alone, "2026-01 light EUR, 5 days = 5, 1 given"},
    {"carried before a reading", carried_before_a_reading,
     "2026-01 light EUR, 11 days = 11\n"
     "2026-01 light -, 7 days"},
    {"carried after a reading", carried_after_a_reading, "2026-01 light EUR, 1 days = 1, 1 given"},
    {"back after 30", back_after_30, "2026-02 full EUR, 1 not counted"},
    {"back after 31", back_after_31, "2026-02 full EUR, 1 not counted"},
    {"back after 32", back_after_32,
     "2026-01 full EUR, 26 days = 78\n"
     "2026-02 full EUR, 6 days = 18, 1 back"},
    {"reactivated by us", reactivated_by_us,
     "2026-01 full EUR, 26 days = 78\n"
     "2026-02 full EUR, 9 days = 27, 1 back"},
    {"deleted by us", deleted_by_us,
     "2026-01 full EUR, 26 days = 78\n"
     "2026-02 full EUR, 15 days = 45"},
    {"half a reading shows them", half_a_reading_shows_them,
     "2026-01 full EUR, 26 days = 78\n"
     "2026-02 full EUR, 9 days = 27, 1 back"},
    {"half a reading shows others", half_a_reading_shows_others,
     "2026-01 full EUR, 26 days = 78\n"
     "2026-02 full EUR, 15 days = 45"},
    {"half a reading after the act", half_a_reading_after_the_act,
     "2026-01 full EUR, 26 days = 78\n"
     "2026-02 full EUR, 15 days = 45"},
    {"moved within on a night without classes", moved_within_on_a_night_without_classes,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-02 full EUR, 15 days = 30"},
    {"moved out on a night without classes", moved_out_on_a_night_without_classes,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-02 full EUR, 10 days = 20, 1 back"},
    {"downgraded anew on a night without classes", downgraded_anew_on_a_night_without_classes,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-02 full EUR, 15 days = 30"},
    {"carried from what was given", carried_from_what_was_given,
     "2026-01 full -, 28 days\n"
     "2026-02 full EUR, 5 days = 10\n"
     "2026-02 full -, 10 days\n"
     "2026-02 guest -, 1 days"},
    {"carried from another", carried_from_another,
     "2026-01 full -, 28 days\n"
     "2026-02 full -, 9 days, 1 back\n"
     "2026-02 guest -, 1 days, 1 given"},
    {"carried from a class that is cheaper since", carried_from_cheaper_since,
     "2026-01 full -, 26 days\n"
     "2026-02 full -, 9 days, 1 back\n"
     "2026-02 guest EUR, 5 days = 0\n"
     "2026-02 guest -, 1 days"},
    {"the same with a reading before it", read_from_cheaper,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-02 full EUR, 15 days = 30\n"
     "2026-02 guest EUR, 6 days = 0"},
    {"carried from what is its class since", carried_from_its_class_since,
     "2026-01 full -, 26 days\n"
     "2026-02 full -, 9 days, 1 back\n"
     "2026-02 guest -, 1 days"},
    {"carried from its class", carried_from_its_class,
     "2026-01 full -, 26 days\n"
     "2026-02 full EUR, 5 days = 10\n"
     "2026-02 full -, 10 days\n"
     "2026-02 light -, 1 days"},
    {"downgraded and suspended", downgraded_and_suspended,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-01 light EUR, 21 days = 21"},
    {"let in with the cheap seat", let_in_with_the_cheap_seat,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-01 light EUR, 21 days = 21\n"
     "2026-02 full EUR, 25 days = 50\n"
     "2026-02 light EUR, 19 days = 19, 1 back"},
    {"let in with the dear seat", let_in_with_the_dear_seat,
     "2026-01 full EUR, 26 days = 52\n"
     "2026-01 light EUR, 21 days = 21\n"
     "2026-02 full EUR, 19 days = 38, 1 back\n"
     "2026-02 light EUR, 19 days = 19, 1 back"},
    {"hired without room", hired_without_room, "2026-01 full EUR, 5 days = 15, 1 given"},
    {"hired with room", hired_with_room, "2026-01 full EUR, 26 days = 78"},
    {"hired without a contract", hired_without_a_contract,
     "2026-01 full EUR, 5 days = 15, 1 given"},
    {"hired twice without a contract", hired_twice_without_a_contract,
     "2026-01 full EUR, 5 days = 15, 1 given"},
    {"suspended before there were classes", suspended_before_there_were_classes,
     "2026-01 - -, 5 days"},
    {"suspended when there were classes", suspended_when_there_were_classes,
     "2026-01 full EUR, 10 days = 30"},
    {0}};
