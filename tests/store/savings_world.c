/*
 * A day: administrators, hires and the contract change something; perhaps a reading; perhaps acts
 * of ours; perhaps more of all that, late in the evening, when the civil day of the zone is the
 * next one already. What a reading shows becomes versions, as the store merges them.
 */
#include "savings_world.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "random.h"
#include "sql.h"
#include "test.h"

const char *const class_names[CLASSES] = {"full", "guest", "light"};
const char *const currency_names[2] = {"EUR", "USD"};
static const char *const quoted_class[CLASSES] = {"'full'", "'guest'", "'light'"};

enum { OF_ACCOUNT, OF_LINK, OF_CLASS, OF_PROFILE };
#define ZONE         "Etc/GMT-2" /* two hours before UTC */
#define ZONE_MINUTES 120

static int draw(struct savings_world *world, int below)
{
    return (int)((next_random(&world->random) >> 20) % (uint64_t)below);
}

static bool chance(struct savings_world *world, int per_mille)
{
    return draw(world, 1000) < per_mille;
}

int savings_day(int minute)
{
    return (minute + ZONE_MINUTES) / 1440;
}

/* --- what happens --- */

static struct offer draw_offer(struct savings_world *world)
{
    struct offer offer = {.there = true, .contracted = NONE, .price = NONE};

    if (chance(world, 400))
        offer.contracted = draw(world, 9);
    if (chance(world, 850)) {
        offer.price = (int64_t)draw(world, 3) * 1200000 + draw(world, 2) * 12345;
        offer.currency = chance(world, 150);
    }
    return offer;
}

static void change_setup(struct savings_world *world)
{
    struct setup *setup = &world->setup;

    if (chance(world, 15))
        setup->offer[draw(world, CLASSES)] = draw_offer(world);
    if (chance(world, 8)) { /* the classes are rearranged */
        setup->class_of[draw(world, PROFILES)] = draw(world, CLASSES + 1) - 1;
        setup->offer[draw(world, CLASSES)].there = chance(world, 850);
    }
    if (chance(world, 6)) { /* a class has another name */
        int old = draw(world, CLASSES), name = (old + 1) % CLASSES;
        setup->offer[name] = setup->offer[old];
        setup->offer[old].there = false;
        for (int p = 0; p < PROFILES; p++)
            setup->class_of[p] = setup->class_of[p] == old ? name : setup->class_of[p];
    }
    for (int p = 0; p < PROFILES; p++) { /* a profile is of a class that is configured */
        int class = setup->class_of[p];
        if (class != NONE && !setup->offer[class].there)
            setup->class_of[p] = NONE;
    }
}

/* Whether the last act on an account is about as long ago as a come-back undoes it. */
static bool is_month_ago(const struct savings_world *world, int account)
{
    for (int i = world->deed_count - 1; i >= 0; i--) {
        int days = savings_day(world->minute) - world->deed[i].day;
        if (world->deed[i].account == account)
            return days >= 30 && days <= 33;
    }
    return false;
}

static void live(struct savings_world *world)
{
    for (int i = 0; i < ACCOUNTS; i++) {
        struct holder *one = &world->account[i];
        if (one->status == UNSEEN && chance(world, 6))
            *one = (struct holder){
                .status = ACTIVE, .profile = draw(world, PROFILES), .person = draw(world, 6) - 1};
        else if (one->status == INACTIVE && chance(world, is_month_ago(world, i) ? 80 : 8))
            one->status = ACTIVE;
        else if (one->status == ACTIVE && chance(world, 5))
            one->status = INACTIVE;
        else if (one->status == INACTIVE && chance(world, 3))
            one->status = GONE;
        if ((one->status == ACTIVE || one->status == INACTIVE) && chance(world, 5))
            one->profile = draw(world, PROFILES);
        if (one->status != UNSEEN && one->status != GONE && chance(world, 3))
            one->person = draw(world, 6) - 1;
    }
    change_setup(world);
}

static bool is_due(struct savings_world *world, enum done done, const struct holder *one)
{
    static const int per_mille[DONE_COUNT] = {
        [SUSPEND] = 25, [DOWNGRADE] = 20, [RESTORE] = 6, [REACTIVATE] = 10, [DEPROVISION] = 4};
    bool active = done == SUSPEND || done == DOWNGRADE || done == RESTORE;

    return one->status == (active ? ACTIVE : INACTIVE) && chance(world, per_mille[done]);
}

/* The act as a row of the newest plan, when that is of the newest reading and not stored yet. */
static void propose_deed(struct savings_world *world, struct deed *deed)
{
    struct proposal *plan = &world->plan[world->plan_count - 1];
    int profile = world->reading[world->reading_count - 1].known[deed->account].profile;

    if (world->plan_count == 0 || plan->reading != world->reading_count - 1 ||
        plan->count == ROWS || world->plan_count <= world->plans_stored ||
        (deed->done != SUSPEND && deed->done != DOWNGRADE))
        return;
    if (deed->from != NONE)
        profile = deed->from;
    deed->plan = world->plan_count - 1;
    plan->row[plan->count++] = (struct proposal_row){
        .done = deed->done,
        .has_seat = true,
        .carried_out = true,
        .class = profile == NONE ? NONE : world->reading[plan->reading].setup.class_of[profile],
        .to = deed->to};
}

struct deed *savings_world_do(struct savings_world *world, int account, enum done done, int to)
{
    struct holder *one = &world->account[account];
    struct deed *deed = &world->deed[world->deed_count++];
    bool regrades = done == DOWNGRADE || done == RESTORE;

    assert_true(world->deed_count < ACTS);
    world->minute++;
    *deed = (struct deed){.minute = world->minute,
                          .day = savings_day(world->minute),
                          .account = account,
                          .done = done,
                          .from = regrades ? one->profile : NONE,
                          .to = regrades ? to : NONE,
                          .plan = NONE};
    one->profile = regrades ? to : one->profile;
    one->status = done == SUSPEND ? INACTIVE : done == DEPROVISION ? GONE : ACTIVE;
    return deed;
}

static void act(struct savings_world *world)
{
    for (int i = 0; i < ACCOUNTS; i++) {
        struct holder *one = &world->account[i];
        enum done done = (enum done)draw(world, DONE_COUNT);
        int to = one->profile;
        if (world->first_seen[i] == NONE || !is_due(world, done, one))
            continue;
        if (done == DOWNGRADE || done == RESTORE)
            to = (one->profile + 1 + draw(world, PROFILES - 1)) % PROFILES;
        propose_deed(world, savings_world_do(world, i, done, to));
    }
}

/* --- what a reading shows --- */

/* What holds from a reading on; NULL: nothing. True when it is something else than before. */
static bool say(struct savings_world *world, int table, int key, const char *value)
{
    int now = world->reading_count;

    for (int i = world->version_count - 1; i >= 0; i--) {
        struct version *open = &world->version[i];
        if (open->table != table || open->key != key || open->to != NONE)
            continue;
        if (value && strcmp(open->value, value) == 0)
            return false;
        open->to = now;
        break;
    }
    if (!value)
        return true;
    struct version *version = &world->version[world->version_count++];
    assert_true((size_t)world->version_count < COUNT_OF(world->version));
    *version = (struct version){.table = table, .key = key, .from = now, .to = NONE};
    (void)snprintf(version->value, sizeof(version->value), "%s", value);
    return true;
}

static void see(struct savings_world *world, struct savings_reading *reading, int i)
{
    static const char *const word[] = {"", "active", "inactive", "gone"};
    struct holder *known = &reading->known[i];
    const struct holder *one = &world->account[i];
    char value[VALUE_SIZE];

    if (one->status == UNSEEN || (one->status == GONE && world->first_seen[i] == NONE) ||
        (one->status == GONE && !reading->complete))
        return;
    if (world->first_seen[i] == NONE)
        world->first_seen[i] = reading->minute;
    if (one->status != GONE)
        *known = *one;
    known->status = one->status;
    (void)snprintf(value, sizeof(value), "'%s', 'p%d'", word[known->status], known->profile);
    known->changed = say(world, OF_ACCOUNT, i, value);
    if (one->status == GONE)
        known->person = NONE;
    if (known->person == NONE)
        (void)snprintf(value, sizeof(value), "'none', null");
    else
        (void)snprintf(value, sizeof(value), "'one', 'n:%d'", known->person);
    known->linked = say(world, OF_LINK, i, one->status == GONE ? NULL : value);
}

static void say_setup(struct savings_world *world, const struct setup *setup)
{
    char value[VALUE_SIZE];

    for (int class = 0; class < CLASSES; class ++) {
        const struct offer *offer = &setup->offer[class];
        char contracted[24] = "null", price[64] = "null, null";
        if (offer->contracted != NONE)
            (void)snprintf(contracted, sizeof(contracted), "%d", (int)offer->contracted);
        if (offer->price != NONE)
            (void)snprintf(price, sizeof(price), "%d.%04d, '%s'", (int)(offer->price / 10000),
                           (int)(offer->price % 10000), currency_names[offer->currency]);
        (void)snprintf(value, sizeof(value), "%s, %s", contracted, price);
        (void)say(world, OF_CLASS, class, offer->there ? value : NULL);
    }
    for (int p = 0; p < PROFILES; p++) {
        int class = setup->class_of[p];
        (void)snprintf(value, sizeof(value), "'%s'", class == NONE ? "" : class_names[class]);
        (void)say(world, OF_PROFILE, p, class == NONE ? NULL : value);
    }
}

void savings_world_read(struct savings_world *world, const struct setup *setup, bool complete,
                        unsigned shown)
{
    struct savings_reading *reading = &world->reading[world->reading_count++];

    assert_true(world->reading_count < READINGS);
    world->minute++;
    *reading = (struct savings_reading){.minute = world->minute,
                                        .day = savings_day(world->minute),
                                        .complete = complete,
                                        .setup = *setup};
    if (world->reading_count > 1)
        memcpy(reading->known, reading[-1].known, sizeof(reading->known));
    for (int i = 0; i < ACCOUNTS; i++) {
        reading->known[i].changed = reading->known[i].linked = false;
        if (complete || (shown >> i) & 1)
            see(world, reading, i);
    }
    say_setup(world, setup);
}

static void read_portal(struct savings_world *world, bool complete)
{
    struct setup setup = world->setup;
    unsigned shown = 0;

    if (world->minute + 1 < world->configured ||
        chance(world, 15)) { /* for one night the classes are missing, or the profiles */
        bool classes = world->minute + 1 < world->configured || chance(world, 500);
        for (int p = 0; p < PROFILES; p++)
            setup.class_of[p] = NONE;
        for (int class = 0; class < CLASSES && classes; class ++)
            setup.offer[class].there = false;
    } else if (chance(world, 20)) { /* or a contract is mistyped */
        setup.offer[draw(world, CLASSES)].contracted = draw(world, 2);
    }
    for (int i = 0; i < ACCOUNTS && !complete; i++)
        shown |= (unsigned)chance(world, 600) << i;
    savings_world_read(world, &setup, complete, shown);
}

struct proposal *savings_world_propose(struct savings_world *world)
{
    struct proposal *plan = &world->plan[world->plan_count++];

    assert_true(world->plan_count < PLANS);
    *plan = (struct proposal){.reading = world->reading_count - 1,
                              .day = world->reading[world->reading_count - 1].day};
    return plan;
}

static void propose(struct savings_world *world)
{
    struct proposal *plan = savings_world_propose(world);
    const struct savings_reading *reading = &world->reading[plan->reading];

    plan->count = draw(world, ROWS + 1);
    for (int class = 0; class < CLASSES; class ++)
        plan->after[class] = draw(world, 9);
    for (int i = 0; i < plan->count; i++) {
        int profile = draw(world, PROFILES);
        plan->row[i] = (struct proposal_row){.done = (enum done)draw(world, DONE_COUNT),
                                             .finding = chance(world, 100),
                                             .has_seat = chance(world, 850),
                                             .class = reading->setup.class_of[profile],
                                             .to = draw(world, PROFILES)};
    }
}

/* --- as rows of the history --- */

static void execute(struct savings_world *world, const char *sql)
{
    struct err err = ERR_INIT;

    if (pg_script(world->pg, "savings_world", sql, &err) < 0)
        fail_msg("%s\n%s", err.text, sql);
}

static const char *moment(int minute, char *text, size_t size)
{
    (void)snprintf(text, size, "timestamptz '2026-01-01 00:00+00' + interval '%d minutes'", minute);
    return text;
}

static void store_readings(struct savings_world *world, struct text *sql)
{
    char at[96];

    for (int i = world->readings_stored; i < world->reading_count; i++) {
        const struct savings_reading *reading = &world->reading[i];
        text_addf(
            sql,
            "insert into run (portal_id, run_id, verb, today, started_at) values "
            "(%lld, %d, 'run', date '2026-01-01' + %d, %s);\n"
            "insert into snapshot (portal_id, snapshot_id, run_id, taken_at, complete, "
            "accounts, active, inactive, unreadable, gone, nameless, requests, logins_read, "
            "logins_by, events, digest) values (%lld, %d, %d, %s, %s, 0, 0, 0, 0, 0, 0, 0, 0, "
            "'each', 0, sha256(''));\n",
            (long long)world->portal, i + 1, reading->day, moment(reading->minute, at, sizeof(at)),
            (long long)world->portal, i + 1, i + 1, at, reading->complete ? "true" : "false");
    }
    world->readings_stored = world->reading_count;
    text_addf(sql, "update portal set last_snapshot_id = %d where portal_id = %lld;\n",
              world->reading_count, (long long)world->portal);
}

static void store_accounts(struct savings_world *world, struct text *sql)
{
    char at[96];

    for (int i = 0; i < ACCOUNTS; i++) {
        if (world->first_seen[i] == NONE || (world->accounts_stored >> i) & 1)
            continue;
        world->accounts_stored |= 1 << i;
        text_addf(sql,
                  "insert into account (portal_id, account_id, account_no, first_snapshot_id, "
                  "first_seen, ever_active) values (%lld, 'a%d', %d, 1, %s, true);\n",
                  (long long)world->portal, i, i + 1, moment(world->first_seen[i], at, sizeof(at)));
    }
}

static void store_versions(struct savings_world *world, struct text *sql)
{
    static const struct {
        const char *into, *key, *more;
        bool named;
    } table[] = {
        [OF_ACCOUNT] = {"account_version", "account_no",
                        ", status, profile_id, groups_unreadable, sso_only, groups, digest", false},
        [OF_LINK] = {"link_version", "account_no", ", kind, person_key, since, matched_by", false},
        [OF_CLASS] = {"seat_class_version", "class", ", contracted, price, currency, position",
                      true},
        [OF_PROFILE] = {"profile_class_version", "profile_id", ", class", true},
    };
    static const char *const rest[] = {[OF_ACCOUNT] = ", false, false, '[]', sha256('')",
                                       [OF_LINK] = ", now(), ''",
                                       [OF_CLASS] = ", 1",
                                       [OF_PROFILE] = ""};

    for (int i = 0; i < world->version_count; i++) {
        struct version *one = &world->version[i];
        char key[24], to[24] = "null";
        if (one->stored && (one->closed || one->to == NONE))
            continue;
        (void)snprintf(key, sizeof(key), table[one->table].named ? "'p%d'" : "%d",
                       one->key + !table[one->table].named);
        if (one->table == OF_CLASS)
            (void)snprintf(key, sizeof(key), "'%s'", class_names[one->key]);
        if (one->to != NONE)
            (void)snprintf(to, sizeof(to), "%d", one->to);
        if (one->stored)
            text_addf(sql,
                      "update %s set valid_to = %s where portal_id = %lld and %s = %s and "
                      "valid_to is null;\n",
                      table[one->table].into, to, (long long)world->portal, table[one->table].key,
                      key);
        else
            text_addf(
                sql,
                "insert into %s (portal_id, %s, valid_from, valid_to%s) values (%lld, %s, %d, "
                "%s, %s%s);\n",
                table[one->table].into, table[one->table].key, table[one->table].more,
                (long long)world->portal, key, one->from, to, one->value, rest[one->table]);
        one->stored = true;
        one->closed = one->to != NONE;
    }
}

static void store_deeds(struct savings_world *world, struct text *sql)
{
    static const char *const word[] = {"suspend", "downgrade", "restore", "reactivate",
                                       "deprovision"};
    char at[96], profiles[48], plan[16];

    for (int i = world->deeds_stored; i < world->deed_count; i++) {
        const struct deed *deed = &world->deed[i];
        (void)snprintf(profiles, sizeof(profiles),
                       deed->from == NONE ? "null, null" : "'p%d', 'p%d'", deed->from, deed->to);
        (void)snprintf(plan, sizeof(plan), deed->plan == NONE ? "null" : "%d", deed->plan + 1);
        text_addf(sql,
                  "insert into act (portal_id, act_id, account_id, action, done_at, from_profile, "
                  "to_profile, plan_id) values (%lld, %d, 'a%d', '%s', %s, %s, %s);\n",
                  (long long)world->portal, i + 1, deed->account, word[deed->done],
                  moment(deed->minute, at, sizeof(at)), profiles, plan);
        if (deed->carried)
            text_addf(
                sql,
                "insert into seat_act (portal_id, act_id, account_id, since, frees, "
                "freed_class, takes, taken_class, freed_profile) select %lld, %d, 'a%d', date "
                "'2026-01-01' + %d, %s, %s, %s, %s, from_profile from act where portal_id = "
                "%lld and act_id = %d;\n",
                (long long)world->portal, i + 1, deed->account, deed->day,
                deed->done == REACTIVATE ? "false" : "true",
                deed->done == REACTIVATE ? "null" : quoted_class[deed->freed],
                deed->done == SUSPEND ? "false" : "true",
                deed->done == SUSPEND ? "null" : quoted_class[deed->taken],
                (long long)world->portal, i + 1);
    }
    world->deeds_stored = world->deed_count;
}

static void store_plan_rows(struct savings_world *world, const struct proposal *plan, int id,
                            struct text *sql)
{
    static const char *const word[] = {"suspend", "downgrade", "restore", "reactivate",
                                       "deprovision"};

    for (int i = 0; i < plan->count; i++) {
        const struct proposal_row *row = &plan->row[i];
        char class[24] = "null", profiles[32] = "null, null";
        if (row->class != NONE)
            (void)snprintf(class, sizeof(class), "'%s'", class_names[row->class]);
        if (row->done == DOWNGRADE || row->done == RESTORE)
            (void)snprintf(profiles, sizeof(profiles), "'p0', 'p%d'", row->to);
        text_addf(sql,
                  "insert into plan_row (portal_id, plan_id, position, action, finding, "
                  "new_announcement, account, class, from_profile_id, to_profile_id, uses_person, "
                  "uses_login, asks_login, asks_activity, of_login, used_after_departure) values "
                  "(%lld, %d, %d, '%s', %s, false, '%s', %s, %s, false, false, false, false, "
                  "false, false);\n",
                  (long long)world->portal, id, i + 1, row->finding ? "keep" : word[row->done],
                  row->finding ? "true" : "false", row->has_seat ? "active" : "inactive", class,
                  row->finding ? "null, null" : profiles);
    }
}

static void store_plans(struct savings_world *world, struct text *sql)
{
    for (int i = world->plans_stored; i < world->plan_count; i++) {
        const struct proposal *plan = &world->plan[i];
        text_addf(sql,
                  "insert into plan select (jsonb_populate_record(null::plan, (select plan from "
                  "plan_template) || jsonb_build_object('portal_id', %lld, 'plan_id', %d, 'today', "
                  "date '2026-01-01' + %d, 'run_id', %d, 'snapshot_id', %d))).*;\n",
                  (long long)world->portal, i + 1, plan->day, plan->reading + 1, plan->reading + 1);
        store_plan_rows(world, plan, i + 1, sql);
        for (int class = 0; class < CLASSES; class ++)
            text_addf(
                sql,
                "insert into plan_class select portal_id, %d, %d, class, %lld, %lld, contracted, "
                "price, currency from seat_class_version where portal_id = %lld and class = "
                "'%s' and valid_from <= %d and (valid_to is null or valid_to > %d);\n",
                i + 1, class + 1, (long long)plan->before[class], (long long)plan->after[class],
                (long long)world->portal, class_names[class], plan->reading + 1, plan->reading + 1);
        text_addf(
            sql,
            "insert into plan_class (portal_id, plan_id, position, seats, seats_after) values "
            "(%lld, %d, %d, %lld, 0);\n",
            (long long)world->portal, i + 1, CLASSES + 1, (long long)plan->unclassed);
    }
}

static void run_on(struct savings_world *world, const char *name, const char *sql, int plan)
{
    struct err err = ERR_INIT;
    char portal[24], number[16];
    const char *const parameter[] = {portal, number};

    (void)snprintf(portal, sizeof(portal), "%lld", (long long)world->portal);
    (void)snprintf(number, sizeof(number), "%d", plan);

    /* plan: 0 = the portal alone, -1 = nothing is asked */
    if (pg_run(world->pg, name, sql, PG_NOTHING, parameter, (size_t)(plan > 0) + (plan >= 0), NULL,
               &err) < 0)
        fail_msg("%s", err.text);
}

static void store_all(struct savings_world *world)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    text_add(&sql, "set search_path = reconcile, pg_catalog;\nbegin;\n");
    store_readings(world, &sql);
    store_accounts(world, &sql);
    store_versions(world, &sql);
    store_plans(world, &sql);
    store_deeds(world, &sql);
    text_add(&sql, "commit;\n");
    execute(world, text_cstr(&sql));
    for (; world->plans_stored < world->plan_count; world->plans_stored++)
        run_on(world, "plan_exposed", query_plan_exposed, world->plans_stored + 1);
}

void savings_world_begin(struct pg *pg)
{
    static const char sql[] =
        "create temporary table plan_template (plan jsonb);"
        "insert into plan_template select jsonb_build_object('state', 'proposed', 'digest', d, "
        "'created_at', now(), 'time_zone', '" ZONE
        "', 'first_plan', false, 'approvals_suspend', 1, "
        "'approvals_deprovision', 1, 'approvals_downgrade', 1, 'snapshot_complete', true, "
        "'snapshot_digest', d, 'accounts', 0, 'active', 0, 'inactive', 0, 'gone', 0, 'unreadable', "
        "0, "
        "'requests', 0, 'roster_id', 1, 'roster_digest', d, 'roster_content', d, 'people', 0, "
        "'rejected', 0, 'duplicates', 0, 'policy_digest', d, 'enforce', true, 'keep', 0, "
        "'suspend', 0, "
        "'deprovision', 0, 'reactivate', 0) || jsonb_build_object('downgrade', 0, 'restore', 0, "
        "'waiting', 0, 'findings', 0, 'seats_now', 0, 'seats_after', 0, 'idle_never', 0, "
        "'idle_unknown', 0, 'rows', 0, 'version', 2) from (select sha256('') as d) d;";
    struct savings_world world = {.pg = pg};

    execute(&world, sql);
}

void savings_world_open(struct savings_world *world, struct pg *pg, int64_t portal,
                        const struct savings_wrong *wrong)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;

    memset(world, 0, sizeof(*world));
    world->pg = pg;
    world->portal = portal;
    world->wrong = wrong;
    for (int i = 0; i < ACCOUNTS; i++)
        world->first_seen[i] = NONE;
    text_addf(
        &sql,
        "set search_path = reconcile, pg_catalog;\n"
        "insert into portal (portal_id, name, url) values (%lld, 'w%lld', 'http://w');\n"
        "insert into run (portal_id, run_id, verb, today, started_at) values (%lld, 0, 'run', "
        "date '2025-12-31', timestamptz '2025-12-31 00:00+00');\n"
        "insert into roster (portal_id, roster_id, run_id, read_at, digest, rows, people, "
        "rejected, blind, duplicates, good) values (%lld, 1, 0, now(), sha256(''), 0, 0, 0, 0, "
        "0, true);\n",
        (long long)world->portal, (long long)world->portal, (long long)world->portal,
        (long long)world->portal);
    execute(world, text_cstr(&sql));
}

static void begin(struct savings_world *world, uint64_t seed)
{
    world->random = seed * 0x9E3779B97F4A7C15U | 1;
    for (int i = 0; i < 8; i++)
        (void)next_random(&world->random);
    for (int i = 0; i < ACCOUNTS * 2 / 3; i++)
        world->account[i] = (struct holder){
            .status = ACTIVE, .profile = draw(world, PROFILES), .person = draw(world, 6) - 1};
    for (int class = 0; class < CLASSES; class ++) {
        world->setup.offer[class] = draw_offer(world);
        if (chance(world, 100)) /* classes that are configured later */
            world->setup.offer[class].there = false;
    }
    for (int p = 0; p < PROFILES; p++)
        world->setup.class_of[p] = p == PROFILES - 1 ? NONE : p % CLASSES;
    change_setup(world);
}

void savings_world_carry(struct deed *deed, int freed, int taken)
{
    deed->carried = true;
    deed->freed = freed;
    deed->taken = taken;
}

/* What was done in the first days, under another name of the portal: nobody read anything then. */
static void carry(struct savings_world *world, int days)
{
    for (int day = 0; day < days; day += 1 + draw(world, 6)) {
        int i = draw(world, ACCOUNTS * 2 / 3), class = draw(world, CLASSES);
        struct holder *one = &world->account[i];
        if (one->status != ACTIVE)
            continue;
        enum done done = chance(world, 600) ? SUSPEND : DOWNGRADE;
        int to = (one->profile + 1 + draw(world, PROFILES - 1)) % PROFILES;
        world->minute = day * 1440 + 100;
        savings_world_carry(savings_world_do(world, i, done, to), class, (class + 1) % CLASSES);
        if (done == SUSPEND && chance(world, 200)) /* an administrator let them in again */
            one->status = ACTIVE;
    }
}

/* A part of a day, of the readings and acts that come to pass in it. */
static void pass(struct savings_world *world, int at, int reads, int acts)
{
    world->minute = at;
    live(world);
    if (chance(world, reads)) {
        read_portal(world, world->reading_count == 0 || chance(world, 920));
        if (world->reading_count == 1 || chance(world, 400))
            propose(world);
    }
    if (chance(world, acts))
        act(world);
}

void savings_world_live(struct savings_world *world, struct pg *pg, uint64_t seed, int64_t portal,
                        const struct savings_wrong *wrong)
{
    savings_world_open(world, pg, portal, wrong);
    begin(world, seed);
    int days = 150 + draw(world, 290), stages = draw(world, 40);
    int first = chance(world, 400) ? 20 + draw(world, 40) : 0;
    carry(world, first);
    if (chance(world, 300))
        world->configured = (first + draw(world, 80)) * 1440;
    for (int day = first; day < days; day++) {
        pass(world, day * 1440 + 60, day == first ? 1000 : 850, 600);
        pass(world, day * 1440 + 1200, 60, 60);
        pass(world, day * 1440 + 1380, 30, 150); /* it is tomorrow already */
        if (chance(world, stages))
            savings_world_settle(world);
        if (chance(world, stages / 2))
            savings_world_thin(world);
    }
    savings_world_settle(world);
}

/* Of readings older than six weeks a few are kept. */
void savings_world_thin(struct savings_world *world)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    int last = 0;

    savings_world_settle(world);
    text_add(&sql, "set search_path = reconcile, pg_catalog;\nbegin;\n");
    while (last < world->reading_count && world->reading[last].minute < world->minute - 42 * 1440)
        last++;
    for (int i = 0; i < last; i++) {
        if (!world->reading[i].thinned && chance(world, 800)) {
            world->reading[i].thinned = true;
            text_addf(&sql,
                      "update snapshot set thinned_at = now() where portal_id = %lld and "
                      "snapshot_id = %d;\n",
                      (long long)world->portal, i + 1);
        }
    }
    execute(world, text_cstr(&sql));
    run_on(world, "thin_create", query_thin_create, -1);
    run_on(world, "thin_put", query_thin_put, 0);
    run_on(world, "thin_account_version_drop", query_thin_account_version_drop, 0);
    run_on(world, "thin_account_version_move", query_thin_account_version_move, 0);
    run_on(world, "thin_link_version_drop", query_thin_link_version_drop, 0);
    run_on(world, "thin_link_version_move", query_thin_link_version_move, 0);
    execute(world, "commit");
}

void savings_world_told(const struct savings_world *world, struct text *out)
{
    CLEANUP(text_release) struct text sql = TEXT_INIT;
    CLEANUP(pg_clearp) PGresult *rows = NULL;
    struct err err = ERR_INIT;

    text_addf(&sql,
              "select to_char(month, 'YYYY-MM'), class, currency, exposed_seats, "
              "(exposed * 10000)::bigint, freed_seat_days, round(freed * 365 * 10000, 6)::float8, "
              "come_backs, not_counted, new_holders, reducible_seats, (reducible * 10000)::bigint, "
              "two_currencies "
              "from audit.savings where portal = 'w%lld'",
              (long long)world->portal);
    if (pg_run(world->pg, "savings", text_cstr(&sql), PG_MANY, NULL, 0, &rows, &err) < 0)
        fail_msg("%s", err.text);
    for (int r = 0; r < PQntuples(rows); r++) {
        for (int c = 0; c < PQnfields(rows); c++)
            text_addf(out, "%s%s", c ? "|" : "", PQgetvalue(rows, r, c));
        text_add_char(out, '\n');
    }
}

/* A statement, or the wrong one in its place. */
static void settle_by(struct savings_world *world, const char *name, const char *sql)
{
    const struct savings_wrong *wrong = world->wrong;

    if (wrong && wrong->of == sql)
        run_on(world, "wrong", wrong->sql, 0);
    else
        run_on(world, name, sql, 0);
}

void savings_world_settle(struct savings_world *world)
{
    store_all(world);
    settle_by(world, "savings_acts", query_savings_acts);
    settle_by(world, "savings_counts", query_savings_counts);
    settle_by(world, "savings_returns", query_savings_returns);
    settle_by(world, "savings_settled", query_savings_settled);
}
