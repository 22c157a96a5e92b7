/*
 * What all tales begin with, and how they are asked for.
 */
#include "savings_tales.h"

#include <stdio.h>

#include "base/cleanup.h"
#include "test.h"

void tale_at(struct savings_world *world, int day)
{
    world->minute = day * 1440 + 60;
}

void tale_night(struct savings_world *world, int day)
{
    tale_at(world, day);
    savings_world_read(world, &world->setup, true, 0);
}

void tale_offer(struct savings_world *world, int class, int64_t contracted, int64_t a_day)
{
    world->setup.offer[class] = (struct offer){
        .there = true, .contracted = contracted, .price = a_day == NONE ? NONE : YEAR(a_day)};
}

void tale_be(struct savings_world *world, int account, int profile, int person)
{
    world->account[account] =
        (struct holder){.status = ACTIVE, .profile = profile, .person = person};
}

static void begin(struct savings_world *world)
{
    static const int class_of[PROFILES] = {FULL, FULL, LIGHT, LIGHT, NONE};

    for (int p = 0; p < PROFILES; p++)
        world->setup.class_of[p] = class_of[p];
    tale_offer(world, FULL, 9, 3);
    tale_offer(world, LIGHT, 9, 1);
    for (int i = 0; i < 8; i++)
        tale_be(world, i, i < 4 ? CHIEF : VIEWER, i);
    world->account[3].profile = EDITOR;
}

void tale_rename(struct savings_world *world, int old, int name)
{
    world->setup.offer[name] = world->setup.offer[old];
    world->setup.offer[old].there = false;
    for (int p = 0; p < PROFILES; p++) {
        if (world->setup.class_of[p] == old)
            world->setup.class_of[p] = name;
    }
}

void tale_downgrade(struct savings_world *world, int account)
{
    savings_world_do(world, account, DOWNGRADE, VIEWER);
}

void tale_suspend(struct savings_world *world, int account)
{
    savings_world_do(world, account, SUSPEND, NONE);
}

void tale_downgraded(struct savings_world *world)
{
    tale_night(world, 0);
    tale_at(world, 5);
    tale_downgrade(world, 0);
    tale_night(world, 6);
}

const struct savings_tale *savings_tale(size_t number)
{
    static const struct savings_tale *const table[] = {savings_tales_of_acts,
                                                       savings_tales_of_setups};

    for (size_t t = 0; t < COUNT_OF(table); t++) {
        for (size_t i = 0; table[t][i].what; i++, number--) {
            if (number == 0)
                return &table[t][i];
        }
    }
    return NULL;
}

void savings_tale_live(const struct savings_tale *tale, struct savings_world *world, struct pg *pg,
                       int64_t portal, const struct savings_wrong *wrong)
{
    savings_world_open(world, pg, portal, wrong);
    begin(world);
    tale->tell(world);
    savings_world_settle(world);
}

void savings_tale_told(const struct savings_world *world, struct text *out)
{
    static const char *const sql =
        "select coalesce(string_agg(concat_ws(', ', to_char(month, 'YYYY-MM') || ' ' || "
        "coalesce(class, '-') || ' ' || coalesce(currency, '-'), "
        "case when two_currencies then 'two currencies' end, "
        "'exposed ' || nullif(exposed_seats, 0) || coalesce(' = ' || round(exposed), ''), "
        "nullif(freed_seat_days, 0) || ' days' || coalesce(' = ' || round(freed), ''), "
        "nullif(come_backs, 0) || ' back', nullif(not_counted, 0) || ' not counted', "
        "nullif(new_holders, 0) || ' given', 'reducible ' || reducible_seats || "
        "coalesce(' = ' || round(reducible), '')), E'\\n' "
        "order by month, class nulls last, currency nulls last, two_currencies), '') "
        "from audit.savings where portal = 'w' || $1";
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    struct err err = ERR_INIT;
    char portal[24];
    const char *const parameter[] = {portal};

    (void)snprintf(portal, sizeof(portal), "%lld", (long long)world->portal);
    if (pg_run(world->pg, "tale", sql, PG_ONE, parameter, 1, &rows, &err) < 0)
        fail_msg("%s", err.text);
    text_add(out, PQgetvalue(rows, 0, 0));
}
