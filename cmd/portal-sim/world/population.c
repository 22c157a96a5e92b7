/*
 * Each account is drawn from a stream of its own, keyed by seed and ordinal, so one more draw for
 * one account never moves another. The first accounts play every role once (a population of twenty
 * has them all); behind them roles fall by the shares of the table below. Days are kept well away
 * from the borders a policy draws (90 days, today), so what a role means does not depend on the
 * time zone or the hour of the reader.
 */
#include "population.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/text.h"

#include "random.h"

#define CAST_FIRST_MIN 20 /* from this size on, every role is played at least once */

static const struct {
    const char *name;
    unsigned per_mille; /* share of the population; what is left are plain employees */
} casts[CAST_COUNT] = {
    [CAST_EMPLOYEE] = {"employee", 0},
    [CAST_TOKEN] = {"token", 0},
    [CAST_SERVICE] = {"service", 10},
    [CAST_PENDING] = {"pending", 15},
    [CAST_EXTERNAL] = {"external", 20},
    [CAST_LEAVER] = {"leaver", 40},
    [CAST_LONG_GONE] = {"long-gone", 50},
    [CAST_ON_LEAVE] = {"on-leave", 10},
    [CAST_NEVER] = {"never", 20},
    [CAST_IDLE] = {"idle", 200},
    [CAST_NOTICE] = {"notice", 3},
    [CAST_LAST_DAY] = {"last-day", 1},
    [CAST_SHARED_EMAIL] = {"shared-email", 5},
    [CAST_NO_NUMBER] = {"no-number", 50},
    [CAST_REHIRED] = {"rehired", 2},
};

static const char *const hr_names[] = {
    [HR_NONE] = "",
    [HR_ACTIVE] = "Active",
    [HR_LEAVE] = "Leave",
    [HR_VOLUNTARY] = "Voluntarily Terminated",
    [HR_CAUSE] = "Terminated for Cause",
};

static const struct profile stock_profiles[] = {
    {"4C2E1B7A-93D0-4F1C-A6E85B20C9D7F318",
     "Administrator",
     {"USERMANAGEMENT", "PERMISSIONMANAGEMENT", "GROUPMANAGEMENT", "MEDIAUPLOAD", "MEDIAEDIT",
      "MEDIADOWNLOAD", "ANALYTICS", NULL}},
    {"9A7F3D52-0B4E-4C68-8D1FE3A25067BC94",
     "Brand Manager",
     {"MEDIAUPLOAD", "MEDIAEDIT", "MEDIADOWNLOAD", "COLLECTIONSHARE", NULL}},
    {"17D6E0C3-5A2B-4839-B7F40C91E8A3D256",
     "Content Creator",
     {"MEDIAUPLOAD", "MEDIADOWNLOAD", NULL}},
    {"E5B8290F-7C14-4D6A-9E03A1F7D4C26B80", "Regular", {"MEDIADOWNLOAD", NULL}},
    {"63F0A9D8-1E75-42BC-85D6097B3CE4F1A2", "Light", {NULL}},
    {"B2C4D6E8-3F50-4A1B-9C7D8E6F0A2B4C1D",
     "Agency",
     {"MEDIAUPLOAD", "MEDIADOWNLOAD", "COLLECTIONSHARE", NULL}},
    {"F81D4FAE-7DEC-41D0-A76500A0C91E6BF6", "API", {NULL}},
};

static const struct group stock_groups[GROUPS_COUNT] = {
    {"0A1B2C3D-4E5F-4061-8273A4B5C6D7E8F9", "Everyone"},
    {"1B2C3D4E-5F60-4172-8394B5C6D7E8F90A", "Marketing EMEA"},
    {"2C3D4E5F-6071-4283-94A5C6D7E8F90A1B", "Marketing Americas"},
    {"3D4E5F60-7182-4394-A5B6D7E8F90A1B2C", "Marketing APAC"},
    {"4E5F6071-8293-44A5-B6C7E8F90A1B2C3D", "Fotografie & Video"},
    {"5F607182-93A4-45B6-87D8F90A1B2C3D4E", "Agencies"},
    {"60718293-A4B5-46C7-98E90A1B2C3D4E5F", "Packaging"},
    {"718293A4-B5C6-47D8-A9FA1B2C3D4E5F60", "日本チーム"},
};

const char *cast_name(enum cast cast)
{
    return casts[cast].name;
}

const char *hr_status_name(enum hr_status status)
{
    return hr_names[status];
}

void population_init(struct population *population, uint64_t seed, struct day today)
{
    *population = (struct population){.seed = seed, .today = today, .arena = ARENA_INIT};
    memcpy(population->profile, stock_profiles, sizeof(population->profile));
    memcpy(population->group, stock_groups, sizeof(population->group));
    table_init(&population->by_id, 64);
    table_init(&population->by_username, 64);
    table_init(&population->taken, 64);
}

void population_release(struct population *population)
{
    for (size_t i = 0; i < population->count; i++)
        population_unlist(&population->user[i]);
    free(population->user);
    free(population->order);
    free(population->person);
    free(population->taken_count);
    table_release(&population->by_id);
    table_release(&population->by_username);
    table_release(&population->taken);
    arena_release(&population->arena);
}

void population_forget_people(struct population *population)
{
    free(population->person);
    population->person = NULL;
    population->person_capacity = 0; /* the count stays: it numbers those who come later */
}

const char *population_text(struct population *population, const char *text)
{
    return text && *text ? arena_strdup(&population->arena, text) : "";
}

void population_add_name(struct text *text, const char *given, const char *infix,
                         const char *family)
{
    const char *const parts[] = {given, infix, family};
    for (size_t i = 0, written = 0; i < COUNT_OF(parts); i++) {
        if (text_is_empty(parts[i]))
            continue;
        if (written++ > 0)
            text_add_char(text, ' ');
        text_add(text, parts[i]);
    }
}

/* --- names and addresses --- */

/* `stem` as it is the first time, with 2, 3, … behind it from then on: unique among stems. */
static const char *unique(struct population *population, const char *stem)
{
    uint32_t entry = table_find(&population->taken, stem);
    if (entry == TABLE_END) {
        population->taken_count =
            mem_grow(population->taken_count, population->taken_used, &population->taken_capacity,
                     sizeof(population->taken_count[0]));
        const char *kept = arena_strdup(&population->arena, stem);
        population->taken_count[population->taken_used] = 1;
        table_add(&population->taken, kept, (uint32_t)population->taken_used++);
        return kept;
    }
    uint32_t number = ++population->taken_count[table_value(&population->taken, entry)];
    return arena_printf(&population->arena, "%s%u", stem, number);
}

static void add_ascii(struct text *text, const struct name *name)
{
    const char *source = name->ascii ? name->ascii : name->native;
    for (const char *at = source; *at; at++)
        if (isalpha((unsigned char)*at))
            text_add_char(text, (char)tolower((unsigned char)*at));
}

/* How an account writes the address that HR writes as local@acme.example. */
enum mail_habit { MAIL_PLAIN = 0, MAIL_UPPER, MAIL_ALIAS, MAIL_PLUS, MAIL_SHORT };

static const struct {
    enum mail_habit habit;
    unsigned percent;
} mail_habits[] = {
    {MAIL_PLAIN, 62}, {MAIL_UPPER, 10}, {MAIL_ALIAS, 8}, {MAIL_PLUS, 5}, {MAIL_SHORT, 15}};

static enum mail_habit draw_mail_habit(struct random *random)
{
    unsigned roll = random_below(random, 100);
    for (size_t i = 0; i < COUNT_OF(mail_habits); i++) {
        if (roll < mail_habits[i].percent)
            return mail_habits[i].habit;
        roll -= mail_habits[i].percent;
    }
    return MAIL_PLAIN;
}

static const char *capitalised(struct population *population, const char *address)
{
    char *copy = arena_strdup(&population->arena, address);
    for (char *at = copy; *at; at++)
        if (at == copy || at[-1] == '.' || at[-1] == '@')
            *at = (char)toupper((unsigned char)*at);
    return copy;
}

static const char *write_address(struct population *population, enum mail_habit habit,
                                 const char *local, const char *initial)
{
    struct arena *arena = &population->arena;
    switch (habit) {
    case MAIL_PLAIN:
        break;
    case MAIL_UPPER:
        return capitalised(population, arena_printf(arena, "%s@" MAIL_DOMAIN, local));
    case MAIL_ALIAS:
        return arena_printf(arena, "%s@" MAIL_DOMAIN_ALIAS, local);
    case MAIL_PLUS:
        return arena_printf(arena, "%s+bynder@" MAIL_DOMAIN, local);
    case MAIL_SHORT:
        return arena_printf(arena, "%s@" MAIL_DOMAIN, unique(population, initial));
    }
    return arena_printf(arena, "%s@" MAIL_DOMAIN, local);
}

/* A drawn name with the parts of its addresses. */
struct identity {
    const struct culture *culture;
    const char *given, *infix, *family;
    const char *local;   /* first.last, unique */
    const char *initial; /* flast, not yet unique */
};

static struct identity draw_identity(struct population *population, struct random *random)
{
    const struct culture *culture = &cultures[random_below(random, (uint32_t)culture_count)];
    const struct name *given =
        &culture->given[random_below(random, (uint32_t)culture->given_count)];
    const struct name *family =
        &culture->family[random_below(random, (uint32_t)culture->family_count)];
    bool infixed = culture->infix_count > 0 && random_below(random, 100) < 40;
    CLEANUP(text_release) struct text stem = TEXT_INIT;

    add_ascii(&stem, given);
    text_add_char(&stem, '.');
    add_ascii(&stem, family);
    const char *local = unique(population, text_cstr(&stem));
    text_clear(&stem);
    add_ascii(&stem, given);
    stem.length = 1; /* the initial alone */
    add_ascii(&stem, family);
    return (struct identity){
        .culture = culture,
        .given = given->native,
        .infix =
            infixed ? culture->infix[random_below(random, (uint32_t)culture->infix_count)] : "",
        .family = family->native,
        .local = local,
        .initial = arena_strdup(&population->arena, text_cstr(&stem)),
    };
}

/* --- accounts --- */

static const char *draw_id(struct population *population, uint32_t ordinal)
{
    uint64_t high = random_pair(population->seed ^ UINT64_C(0x1D), ordinal);
    uint64_t low = random_pair(high, ordinal);
    return arena_printf(&population->arena, "%08X-%04X-4%03X-%016llX", (unsigned)(high >> 32),
                        (unsigned)(high >> 16 & 0xFFFF), (unsigned)(high & 0x0FFF),
                        (unsigned long long)(low | UINT64_C(1) << 63));
}

static struct user *append(struct population *population, bool front)
{
    uint32_t ordinal = (uint32_t)population->count;
    population->user = mem_grow(population->user, population->count, &population->capacity,
                                sizeof(population->user[0]));
    population->order = mem_grow(population->order, population->count, &population->order_capacity,
                                 sizeof(population->order[0]));
    size_t place = front ? 0 : population->count;
    memmove(population->order + place + 1, population->order + place,
            (population->count - place) * sizeof(population->order[0]));
    population->order[place] = ordinal;
    struct user *user = &population->user[population->count++];
    *user = (struct user){
        .id = draw_id(population, ordinal),
        .username = "",
        .email = "",
        .email2 = "",
        .given = "",
        .infix = "",
        .family = "",
        .employee_number = "",
        .department = "",
        .job = "",
        .phone = "",
        .company = "Acme",
        .cost_center = "",
        .culture = &cultures[0],
        .ordinal = ordinal,
        .groups = 1,
        .profile = 3,
        .active = true,
        .created = population->today,
    };
    table_add(&population->by_id, user->id, ordinal);
    population->live++;
    population->active++;
    population->version++;
    return user;
}

struct user *population_add(struct population *population, bool front)
{
    return append(population, front);
}

static void set_username(struct population *population, struct user *user, const char *username)
{
    user->username = username;
    table_add(&population->by_username, username, user->ordinal);
}

void population_unlist(struct user *user)
{
    free(user->listed);
    user->listed = NULL;
}

void population_rename(struct population *population, struct user *user, const char *username)
{
    set_username(population, user, population_text(population, username));
    population_unlist(user);
    population->version++;
}

void population_set_active(struct population *population, struct user *user, bool active,
                           int64_t now_us)
{
    population->version++;
    if (user->active == active)
        return;
    user->active = active;
    population_unlist(user);
    user->deactivated_us = active ? 0 : now_us;
    if (!user->deleted)
        population->active = active ? population->active + 1 : population->active - 1;
}

void population_delete(struct population *population, struct user *user)
{
    if (user->deleted)
        return;
    user->deleted = true;
    population->live--;
    if (user->active)
        population->active--;
    population->version++;
}

struct user *population_by_id(struct population *population, const char *id)
{
    uint32_t entry = table_find(&population->by_id, id);
    if (entry == TABLE_END)
        return NULL;
    struct user *user = &population->user[table_value(&population->by_id, entry)];
    return user->deleted ? NULL : user;
}

struct user *population_by_username(struct population *population, const char *username)
{
    for (uint32_t entry = table_find(&population->by_username, username); entry != TABLE_END;
         entry = table_next(&population->by_username, entry)) {
        struct user *user = &population->user[table_value(&population->by_username, entry)];
        if (!user->deleted && text_equal(user->username, username))
            return user;
    }
    return NULL;
}

struct user *population_token_user(struct population *population)
{
    return &population->user[0];
}

int population_profile(const struct population *population, const char *id)
{
    for (size_t i = 0; i < COUNT_OF(population->profile); i++)
        if (text_equal(population->profile[i].id, id))
            return (int)i;
    return -1;
}

/* --- drawing the values of one account --- */

/* Some moment of that day, between 06:00 and 20:00 UTC, to the millisecond. */
static int64_t draw_moment(struct random *random, struct day day)
{
    struct day epoch = DAY_NONE;
    (void)day_from_civil(1970, 1, 1, &epoch);
    int64_t milliseconds = 6 * 3600000 + (int64_t)random_below(random, 14 * 3600000);
    return (int64_t)day_between(epoch, day) * DAY_US + milliseconds * 1000;
}

static int64_t draw_login(struct population *population, struct random *random, unsigned from_days,
                          unsigned to_days)
{
    unsigned days = from_days + random_below(random, to_days - from_days + 1);
    return draw_moment(random, day_add(population->today, -(int)days));
}

static struct day days_ago(struct population *population, struct random *random, unsigned from,
                           unsigned to)
{
    return day_add(population->today, -(int)(from + random_below(random, to - from + 1)));
}

/* Most people were here within the last weeks. */
static int64_t draw_recent_login(struct population *population, struct random *random)
{
    return random_below(random, 100) < 70 ? draw_login(population, random, 1, 14)
                                          : draw_login(population, random, 15, 85);
}

static const char *draw_username(struct population *population, struct random *random,
                                 const struct user *user, const struct identity *identity)
{
    unsigned roll = random_below(random, 100);
    if (roll < 45)
        return arena_printf(&population->arena, "%s@" MAIL_DOMAIN, identity->local);
    if (roll < 75)
        return identity->local;
    if (roll < 80 && *user->employee_number)
        return arena_printf(&population->arena, "e%s", user->employee_number);
    return unique(population, identity->initial);
}

static uint8_t draw_profile(struct random *random)
{
    static const unsigned bounds[] = {15, 90, 300, 800, 1000}; /* per mille: 1.5 % administrators */
    unsigned roll = random_below(random, 1000);
    for (uint8_t i = 0; i < COUNT_OF(bounds); i++)
        if (roll < bounds[i])
            return i;
    return 4;
}

static void fill_place(struct random *random, struct user *user, const struct identity *identity)
{
    user->culture = identity->culture;
    user->given = identity->given;
    user->infix = identity->infix;
    user->family = identity->family;
    user->department = departments[random_below(random, (uint32_t)department_count)];
    user->job = jobs[random_below(random, (uint32_t)job_count)];
    user->groups = (uint16_t)(1U | 1U << random_below(random, GROUPS_COUNT) |
                              1U << random_below(random, GROUPS_COUNT));
    user->profile = draw_profile(random);
    user->sso_only = random_below(random, 100) < 35;
    user->habit = (uint8_t)(random_below(random, 100) < 40 ? 120 + random_below(random, 100)
                                                           : 4 + random_below(random, 60));
}

static void fill_token(struct population *population, struct user *user)
{
    user->cast = CAST_TOKEN;
    set_username(population, user, "svc-reconcile");
    user->email = "svc-reconcile@" MAIL_DOMAIN;
    user->given = "Service";
    user->family = "Reconcile";
    user->department = "IT";
    user->profile = 0;
    user->created = day_add(population->today, -700);
}

static void fill_service(struct population *population, struct random *random, struct user *user)
{
    const char *stem = service_names[random_below(random, (uint32_t)service_count)];
    const char *name = unique(population, arena_printf(&population->arena, "svc-%s", stem));
    set_username(population, user, name);
    user->email = arena_printf(&population->arena, "%s@" MAIL_DOMAIN, name);
    user->given = "Service";
    user->family = arena_strdup(&population->arena, name + strlen("svc-"));
    user->department = "IT";
    user->profile = 2;
    user->created = days_ago(population, random, 400, 2000);
    if (random_below(random, 2) == 0)
        user->last_login_us = draw_login(population, random, 1, 300);
}

static void fill_outsider(struct population *population, struct random *random, struct user *user)
{
    struct identity identity = draw_identity(population, random);
    fill_place(random, user, &identity);
    bool pending = user->cast == CAST_PENDING;
    user->email = arena_printf(&population->arena, "%s@%s", identity.local,
                               pending ? "mail.example" : "agency.example");
    set_username(population, user, user->email);
    user->department = "";
    user->sso_only = false;
    user->groups = pending ? 0 : 1U | 1U << 5;
    user->profile = pending ? 4 : 5;
    user->created = days_ago(population, random, 100, 900);
    if (pending)
        user->active = false;
    else
        user->last_login_us = draw_recent_login(population, random);
}

static struct person draw_person(struct population *population, struct random *random,
                                 const struct identity *identity)
{
    return (struct person){
        .number =
            arena_printf(&population->arena, "%u", (unsigned)(100001 + population->person_count)),
        .email = arena_printf(&population->arena, "%s@" MAIL_DOMAIN, identity->local),
        .given = identity->given,
        .infix = identity->infix,
        .family = identity->family,
        .department = departments[random_below(random, (uint32_t)department_count)],
        .hired = days_ago(population, random, 800, 6000),
        .status = HR_ACTIVE,
        .account = UINT32_MAX,
    };
}

static void depart(struct person *person, struct random *random, struct day last_day)
{
    person->last_day = last_day;
    person->status = random_below(random, 100) < 80 ? HR_VOLUNTARY : HR_CAUSE;
}

/* The last login of somebody who left: at most three weeks before the last day. */
static int64_t draw_parting_login(struct random *random, struct day last_day)
{
    return draw_moment(random, day_add(last_day, -(int)random_below(random, 21)));
}

/* What the role makes of a plain employee who was here lately. */
static void play(struct population *population, struct random *random, struct user *user,
                 struct person *person)
{
    switch ((enum cast)user->cast) {
    case CAST_LEAVER:
        depart(person, random, days_ago(population, random, 2, 240));
        user->last_login_us = draw_parting_login(random, person->last_day);
        break;
    case CAST_LONG_GONE:
        depart(person, random, days_ago(population, random, 100, 700));
        user->last_login_us = draw_parting_login(random, person->last_day);
        user->active = false;
        user->deactivated_us = draw_moment(random, day_add(person->last_day, 3));
        break;
    case CAST_ON_LEAVE:
        person->status = HR_LEAVE;
        user->last_login_us = draw_login(population, random, 100, 300);
        break;
    case CAST_NEVER:
        user->last_login_us = 0;
        break;
    case CAST_IDLE:
        user->last_login_us = draw_login(population, random, 93, 700);
        break;
    case CAST_NOTICE:
        person->last_day = day_add(population->today, 5 + (int)random_below(random, 60));
        break;
    case CAST_LAST_DAY:
        person->last_day = population->today;
        break;
    case CAST_NO_NUMBER:
        user->employee_number = "";
        user->email =
            random_below(random, 2) ? capitalised(population, person->email) : person->email;
        break;
    case CAST_REHIRED:
        person->hired = days_ago(population, random, 1, 30);
        user->last_login_us = draw_login(population, random, 250, 600);
        user->active = false;
        break;
    case CAST_EMPLOYEE:
    case CAST_SHARED_EMAIL:
    case CAST_TOKEN:
    case CAST_SERVICE:
    case CAST_PENDING:
    case CAST_EXTERNAL:
    case CAST_COUNT:
        break;
    }
}

static void keep_person(struct population *population, const struct person *person, bool wanted)
{
    if (wanted) {
        population->person = mem_grow(population->person, population->person_count,
                                      &population->person_capacity, sizeof(struct person));
        population->person[population->person_count] = *person;
    }
    population->person_count++;
}

static void fill_employee(struct population *population, struct random *random, struct user *user,
                          bool with_people)
{
    struct identity identity = draw_identity(population, random);
    struct person person = draw_person(population, random, &identity);
    fill_place(random, user, &identity);
    user->department = person.department;
    user->employee_number = person.number;
    user->email =
        write_address(population, draw_mail_habit(random), identity.local, identity.initial);
    set_username(population, user, draw_username(population, random, user, &identity));
    unsigned private_mail = random_below(random, 100);
    if (user->cast == CAST_SHARED_EMAIL)
        user->email2 = population->user[random_below(random, user->ordinal)].email;
    else if (private_mail < 10)
        user->email2 = arena_printf(&population->arena, "%s@mail.example", identity.local);
    user->last_login_us = draw_recent_login(population, random);
    user->created = days_ago(population, random, 720, 800);
    play(population, random, user, &person);
    person.account = user->ordinal;
    keep_person(population, &person, with_people);
}

static enum cast draw_cast(struct random *random, uint32_t ordinal, size_t users)
{
    unsigned roll = random_below(random, 1000);
    if (users >= CAST_FIRST_MIN && ordinal < CAST_COUNT && ordinal > CAST_TOKEN)
        return (enum cast)ordinal;
    for (unsigned cast = 0; cast < CAST_COUNT; cast++) {
        if (roll < casts[cast].per_mille)
            return (enum cast)cast;
        roll -= casts[cast].per_mille;
    }
    return CAST_EMPLOYEE;
}

static void fill(struct population *population, struct user *user, enum cast cast,
                 struct random *random, bool with_people)
{
    user->cast = (uint8_t)cast;
    if (cast == CAST_TOKEN)
        fill_token(population, user);
    else if (cast == CAST_SERVICE)
        fill_service(population, random, user);
    else if (cast == CAST_PENDING || cast == CAST_EXTERNAL)
        fill_outsider(population, random, user);
    else
        fill_employee(population, random, user, with_people);
    if (!user->active) {
        population->active--;
        if (user->deactivated_us == 0)
            user->deactivated_us = draw_moment(random, days_ago(population, random, 30, 400));
    }
}

static struct random stream_of(struct population *population, uint32_t ordinal)
{
    return (struct random){.state = random_pair(population->seed, ordinal)};
}

/* People without an account, some of whom have not started yet. They are made even when nobody asks
 * for people, so that who comes later never gets a number of theirs. */
static void add_others(struct population *population, size_t users, bool with_people)
{
    size_t others = users * 35 / 1000 + (users >= CAST_FIRST_MIN ? 2 : 0);
    struct random random = stream_of(population, UINT32_MAX);
    for (size_t i = 0; i < others; i++) {
        struct identity identity = draw_identity(population, &random);
        struct person person = draw_person(population, &random, &identity);
        if (i % 7 == 0)
            person.hired = day_add(population->today, 5 + (int)random_below(&random, 60));
        else if (i % 7 == 1)
            depart(&person, &random, days_ago(population, &random, 2, 700));
        keep_person(population, &person, with_people);
    }
}

void population_generate(struct population *population, size_t users, bool with_people)
{
    for (size_t i = 0; i < users; i++) {
        struct user *user = append(population, false);
        struct random random = stream_of(population, user->ordinal);
        enum cast cast = i == 0 ? CAST_TOKEN : draw_cast(&random, user->ordinal, users);
        fill(population, user, cast, &random, with_people);
    }
    add_others(population, users, with_people);
}

struct user *population_add_employee(struct population *population, bool front)
{
    struct user *user = append(population, front);
    struct random random = stream_of(population, user->ordinal);
    fill(population, user, CAST_EMPLOYEE, &random, false);
    return user;
}

/* --- from a given roster --- */

/* ASCII letters and digits of a part of a name, for an address. */
static void add_mail_part(struct text *text, const char *part)
{
    for (const char *at = part; *at; at++)
        if (isalnum((unsigned char)*at))
            text_add_char(text, (char)tolower((unsigned char)*at));
}

static const char *address_stem(struct population *population, const struct roster_row *row)
{
    CLEANUP(text_release) struct text stem = TEXT_INIT;
    add_mail_part(&stem, row->given);
    if (stem.length > 0 && *row->family)
        text_add_char(&stem, '.');
    add_mail_part(&stem, row->family);
    if (stem.length == 0 || stem.data[stem.length - 1] == '.') {
        text_add(&stem, "p");
        add_mail_part(&stem, row->number);
    }
    return unique(population, text_cstr(&stem));
}

static bool has_departed(const struct population *population, const struct roster_row *row)
{
    if (day_is_set(row->last_day))
        return day_compare(row->last_day, population->today) < 0;
    return row->status == HR_VOLUNTARY || row->status == HR_CAUSE;
}

static void keep_row(struct population *population, const struct user *user,
                     const struct roster_row *row)
{
    struct person person = {
        .number = user->employee_number,
        .email = user->email,
        .given = user->given,
        .infix = "",
        .family = user->family,
        .department = user->department,
        .hired = row->hired,
        .last_day = row->last_day,
        .status = row->status,
        .account = user->ordinal,
    };
    keep_person(population, &person, true);
}

static void fill_from_row(struct population *population, struct user *user,
                          const struct roster_row *row)
{
    struct random random = stream_of(population, user->ordinal);
    struct identity identity = {
        .culture = &cultures[0],
        .given = population_text(population, row->given),
        .infix = "",
        .family = population_text(population, row->family),
        .local = address_stem(population, row),
    };
    fill_place(&random, user, &identity);
    user->employee_number = population_text(population, row->number);
    user->department = population_text(population, row->department);
    user->email = arena_printf(&population->arena, "%s@" MAIL_DOMAIN, identity.local);
    set_username(population, user, identity.local);
    user->created = days_ago(population, &random, 400, 800);
    bool departed = has_departed(population, row);
    user->cast = departed ? CAST_LEAVER : CAST_EMPLOYEE;
    if (departed && day_is_set(row->last_day))
        user->last_login_us = draw_parting_login(&random, row->last_day);
    else
        user->last_login_us = draw_login(population, &random, 1, 30);
    keep_row(population, user, row);
}

void population_from_rows(struct population *population, const struct roster_row *rows,
                          size_t count)
{
    fill_token(population, append(population, false));
    for (size_t i = 0; i < count; i++)
        fill_from_row(population, append(population, false), &rows[i]);
}
