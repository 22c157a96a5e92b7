/*
 * The pure core at scale: match, decide and guard over a million accounts and a million people,
 * next to sort(1) over the same keys in the same run. `bench_core [COUNT [SHAPE]]`,
 * with a shape (their place in the table below) nothing but that one, for a profiler
 *
 * The world is made by a fixed generator: 95 % matched by employee number, e-mail or username in
 * turns, 3 % near somebody, 2 % strangers; one in ten has departed, one in five is idle.
 */
#include <limits.h>
#include <malloc.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "core/simulate.h"
#include "random.h"
#include "seconds.h"

static struct instant days_ago(struct instant now, uint64_t days)
{
    return instant_add_us(now, -(int64_t)days * DAY_US);
}

static void make_person(struct arena *arena, struct person *person, size_t i, struct day today)
{
    static const struct person_alike alike[] = {{.department = "Sales"},
                                                {.department = "Marketing"}};

    *person = (struct person){
        .employee_number = arena_printf(arena, "E%07zu", i),
        .email = arena_printf(arena, "first%zu.last%zu@acme.example", i % 9973, i),
        .name = arena_printf(arena, "First%zu Last%zu", i % 9973, i),
        .alike = &alike[i % 7 ? 1 : 0],
        .word = i % 10 ? PERSON_EMPLOYED : PERSON_DEPARTED,
        .last_day = i % 10 ? DAY_NONE : day_add(today, -(int)(i % 400) - 1),
        .row = (uint32_t)i + 2,
    };
}

static void make_account(struct arena *arena, struct account *account, const struct person *person,
                         const struct account_since *since, size_t i, struct instant now)
{
    static const struct account_alike alike[] = {{.profile_id = "1", .country = "NL"},
                                                 {.profile_id = "2", .country = "NL"}};
    size_t kind = i % 100;

    *account = (struct account){
        .id = arena_printf(arena, "%08zX-2B3A-141F-8F07D71A%08zX", i, i),
        .username = arena_strdup(arena, person->email),
        .email = kind < 60 ? arena_strdup(arena, person->email) : NULL,
        .employee_number = kind < 40 ? arena_strdup(arena, person->employee_number) : NULL,
        .name = arena_strdup(arena, person->name),
        .alike = &alike[i % 200 ? 1 : 0],
        .status = i % 20 ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE,
        .login = {.kind = LOGIN_KNOWN,
                  .source = LOGIN_FROM_SINGLE_READ,
                  .at = days_ago(now, i % 5 ? i % 60 : 90 + i % 300)},
        .history = {.since = since, .ever_active = true},
    };
    if (kind >= 95 && kind < 98) { /* near: another domain */
        account->username = account->email =
            arena_printf(arena, "first%zu.last%zu@other.example", i % 9973, i);
        account->employee_number = NULL;
    } else if (kind >= 98) { /* a stranger */
        account->username = account->email =
            arena_printf(arena, "x%zu.guest@agency.example", i * 7919);
        account->name = arena_printf(arena, "Guest%zu Agency%zu", i, i * 31);
        account->employee_number = NULL;
    }
}

/* Of all threads: what is left of a measure when others use the machine as well. */
static double cpu_s(void)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

struct world {
    struct arena arena;
    struct snapshot snapshot;
    struct roster roster;
    struct instant now;
    struct day today;
};

static const char *const admin_roles[] = {"USERMANAGEMENT"};
static struct profile profiles[] = {
    {.id = "1", .name = "Admin", .role = admin_roles, .role_count = 1},
    {.id = "2", .name = "Regular"},
};

static void make_world(struct world *world, size_t count)
{
    uint64_t state = 88172645463325252U;

    *world = (struct world){.now = {1795000000 * SECOND_US}};
    world->today = instant_day(world->now, &zone_utc);
    world->roster = (struct roster){.count = count, .read_at = world->now};
    world->roster.person = mem_calloc(count, sizeof(struct person));
    world->snapshot = (struct snapshot){.complete = true, .count = count, .own_id = "own"};
    world->snapshot.account = mem_calloc(count, sizeof(struct account));
    world->snapshot.profile = profiles;
    world->snapshot.profile_count = COUNT_OF(profiles);
    size_t *order = mem_calloc(count, sizeof(order[0]));
    for (size_t i = 0; i < count; i++) {
        make_person(&world->arena, &world->roster.person[i], i, world->today);
        order[i] = i;
    }
    for (size_t i = count - 1; i > 0; i--) { /* the portal lists in another order than HR */
        size_t other = next_random(&state) % (i + 1), swap = order[i];
        order[i] = order[other];
        order[other] = swap;
    }
    struct account_since *since = arena_calloc(&world->arena, 1, sizeof(*since));
    since->first_seen = days_ago(world->now, 400);
    for (size_t i = 0; i < count; i++)
        make_account(&world->arena, &world->snapshot.account[i], &world->roster.person[order[i]],
                     since, order[i], world->now);
    free(order);
    roster_judge(&world->roster, world->today);
}

/* sort(1) over the addresses of all accounts and people, in the C locale, to nowhere. */
static double time_sort(const struct world *world)
{
    char path[] = "/tmp/bench-core-XXXXXX";
    char sort[] = "sort", output[] = "-o", nowhere[] = "/dev/null", locale[] = "LC_ALL=C";
    char *const argv[] = {sort, path, output, nowhere, NULL};
    char *const environment[] = {locale, NULL};
    FILE *file = fdopen(mkstemp(path), "w");
    int status = 0;
    pid_t pid;

    if (!file)
        exit(1);
    for (size_t i = 0; i < world->roster.count; i++)
        fprintf(file, "%s\n%s\n", world->roster.person[i].email,
                world->snapshot.account[i].username);
    (void)fclose(file);
    double began = now_s();
    if (posix_spawnp(&pid, "sort", NULL, NULL, argv, environment) ||
        waitpid(pid, &status, 0) != pid || status)
        exit(1);
    double took = now_s() - began;
    (void)unlink(path);
    return took;
}

static struct rule rules[4];

static void make_rules(void)
{
    static const char *const services[] = {"svc-*"};

    for (size_t i = 0; i < COUNT_OF(rules); i++)
        rules[i] = (struct rule){.when = CONDITIONS_NONE, .unless = CONDITIONS_NONE};
    rules[0].name = "integrations";
    rules[0].when.username = (struct patterns){services, 1};
    rules[1].name = "departed";
    rules[1].action = ACTION_SUSPEND;
    rules[1].when.account = 1U << ACCOUNT_ACTIVE;
    rules[1].when.person = 1U << PERSON_DEPARTED;
    rules[2].name = "long gone";
    rules[2].action = ACTION_DEPROVISION;
    rules[2].when.account = 1U << ACCOUNT_INACTIVE;
    rules[2].when.person = 1U << PERSON_DEPARTED;
    rules[2].when.suspended_days_min = 30;
    rules[3].name = "idle";
    rules[3].action = ACTION_SUSPEND;
    rules[3].when.account = 1U << ACCOUNT_ACTIVE;
    rules[3].when.idle_days_min = 90;
    rules[3].grace_days = 14;
}

/* --- worst shapes: many have the same of something --- */

/* One pair of a shape: account and person `i`, whom no key joins unless the shape says so. */
struct pair {
    struct arena *arena;
    struct person *person;
    struct account *account;
    size_t i;
    struct day today;
};

static void name_both(const struct pair *pair, const char *name)
{
    pair->person->name = pair->account->name = name;
}

static void address_account(const struct pair *pair, const char *address)
{
    pair->account->email = pair->account->username = address;
}

/* Joined by the number alone; every second person has left. */
static void link_half_left(const struct pair *pair)
{
    pair->account->employee_number = pair->person->employee_number;
    if (pair->i % 2) {
        pair->person->last_day = day_add(pair->today, -40);
        pair->person->word = pair->person->status = PERSON_DEPARTED;
    }
}

static const char *name_of_250(const struct pair *pair)
{
    return arena_printf(pair->arena, "Anna%zu Maria Smith%zu", pair->i / 250, pair->i / 250);
}

static void shape_one_name(const struct pair *pair)
{
    name_both(pair, "Anna Maria Smith");
}

static void shape_one_name_left(const struct pair *pair)
{
    name_both(pair, "Anna Maria Smith");
    link_half_left(pair);
}

static void shape_some_names(const struct pair *pair)
{
    name_both(pair, name_of_250(pair));
}

static void shape_some_names_left(const struct pair *pair)
{
    name_both(pair, name_of_250(pair));
    link_half_left(pair);
}

/* As many marks as are still folded, each name with others. */
static void shape_heaped_name(const struct pair *pair)
{
    char name[256] = "Ann";

    for (size_t mark = 0; mark < 30; mark++)
        (void)snprintf(name + strlen(name), sizeof(name) - strlen(name), "\xcc%c",
                       (char)(0x80 + (pair->i >> mark % 16) % 16));
    name_both(pair, arena_printf(pair->arena, "%sa Smith%zu", name, pair->i % 9973));
}

static void shape_one_local_part(const struct pair *pair)
{
    pair->person->email = arena_printf(pair->arena, "info@a%zu.example", pair->i);
    address_account(pair, arena_printf(pair->arena, "info@b%zu.example", pair->i));
}

/* Five letters, and the first four of them: each account is near eighty people. */
static void shape_one_edit(const struct pair *pair)
{
    size_t i = pair->i;

    pair->person->email =
        arena_printf(pair->arena, "%c%c%c%c%c@a.example", (char)('a' + i / 65536 % 16),
                     (char)('a' + i / 4096 % 16), (char)('a' + i / 256 % 16),
                     (char)('a' + i / 16 % 16), (char)('a' + i % 16));
    address_account(pair, arena_printf(pair->arena, "%.4s@a.example", pair->person->email));
}

static void shape_one_number(const struct pair *pair)
{
    pair->person->employee_number = pair->account->employee_number = "4711";
}

static void shape_like_numbers(const struct pair *pair)
{
    static const char zeros[] = "000000000000000000000000000000";

    pair->person->employee_number =
        arena_printf(pair->arena, "%.*s4711", (int)(pair->i % 30), zeros);
    pair->account->employee_number =
        arena_printf(pair->arena, "%.*s4711", (int)((pair->i + 7) % 30), zeros);
}

static void shape_one_address(const struct pair *pair)
{
    pair->person->email = "info@a.example";
    address_account(pair, "info@a.example");
}

static const struct shape {
    const char *name;
    void (*make)(const struct pair *pair); /* NULL = the world as it is */
} shapes[] = {
    {"nothing in particular", NULL},
    {"one name, nobody linked", shape_one_name},
    {"one name, half of them left", shape_one_name_left},
    {"names that 250 have each, nobody linked", shape_some_names},
    {"names that 250 have each, half of them left", shape_some_names_left},
    {"names under a heap of accents, nobody linked", shape_heaped_name},
    {"one local part, nobody linked", shape_one_local_part},
    {"short addresses, all a letter apart from many", shape_one_edit},
    {"one number", shape_one_number},
    {"numbers that differ in their zeros alone", shape_like_numbers},
    {"one address", shape_one_address},
};

static void shape_world(struct world *world, const struct shape *shape)
{
    struct pair pair = {.arena = &world->arena, .today = world->today};

    for (size_t i = 0; i < world->roster.count && shape->make; i++) {
        pair.i = i;
        pair.person = &world->roster.person[i];
        pair.account = &world->snapshot.account[i];
        pair.account->employee_number = NULL;
        address_account(&pair, arena_printf(pair.arena, "y%zu@agency.example", i * 3 + 1));
        shape->make(&pair);
    }
}

#define TURNS 3 /* the least of so many: others use the caches as well */

static double time_shape(const struct shape *shape, size_t count, const struct matching *matching)
{
    const struct policy policy = {.rule = rules,
                                  .rule_count = COUNT_OF(rules),
                                  .suspended_days_floor = 30,
                                  .zone = &zone_utc};
    struct world world;

    make_world(&world, count);
    shape_world(&world, shape);
    const struct policy_context context = {
        .today = world.today, .now = world.now, .snapshot = &world.snapshot};
    double least = 0;
    for (int turn = 0; turn < TURNS; turn++) {
        CLEANUP(arena_release) struct arena arena = ARENA_INIT;
        double began = cpu_s();
        const struct pairing *pairing = match_all(&arena, &world.snapshot, &world.roster, matching);
        (void)policy_decide(&arena, &policy, &context, pairing);
        double took = cpu_s() - began;
        least = turn == 0 || took < least ? took : least;
    }
    free(world.roster.person);
    free(world.snapshot.account);
    arena_release(&world.arena);
    return least;
}

#define SHAPE_BYTES_EACH 1536 /* more than any shape takes for an account and a person */

/* A machine under another one may need longer to find the memory than we to fill it, which is no
 * property of a shape: they all use what the process has touched and keeps. */
static void keep_memory(size_t bytes)
{
    (void)mallopt(M_MMAP_MAX, 0);
    (void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
    (void)mallopt(M_ARENA_MAX, 1);
    CLEANUP(mem_cleanup) void *memory = mem_alloc(bytes);
    memset(memory, 1, bytes);
}

/* Against the world that has nothing in particular. */
static void tell_shapes(size_t count, const struct matching *matching)
{
    keep_memory(count * SHAPE_BYTES_EACH);
    double ordinary = time_shape(&shapes[0], count, matching), worst = 0;

    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        double took = i == 0 ? ordinary : time_shape(&shapes[i], count, matching);
        printf("core, %zu accounts and people with %s: %.2f s of processors, %.2f times the "
               "ordinary\n",
               count, shapes[i].name, took, took / ordinary);
        worst = took > worst ? took : worst;
    }
    printf("FIGURE core_worst_shape %.2f 1.5 matching and deciding %zu accounts and people of the "
           "worst shape, over the ordinary\n",
           worst / ordinary, count);
}

int main(int argc, char **argv)
{
    static const enum match_key keys[] = {MATCH_BY_EMPLOYEE_NUMBER, MATCH_BY_EMAIL,
                                          MATCH_BY_USERNAME};
    struct matching matching = {.key_count = COUNT_OF(keys)};
    struct limits limits = {
        .max_age_hours = 48, .min_people = 1, .admin_role = admin_roles, .admin_role_count = 1};
    struct guard_history history = {
        .last_roster_people = -1, .last_snapshot_accounts = -1, .last_matched_percent = -1};
    int64_t count = 1000000, only = -1;
    struct world world;

    if (argc > 1 && !parse_int(argv[1], 1, 2000000, &count))
        return 64;
    if (argc > 2 && !parse_int(argv[2], 0, (int64_t)COUNT_OF(shapes) - 1, &only))
        return 64;
    memcpy(matching.key, keys, sizeof(keys));
    make_rules();
    if (only >= 0) {
        keep_memory((size_t)count * SHAPE_BYTES_EACH);
        printf("%s: %.2f s\n", shapes[only].name,
               time_shape(&shapes[only], (size_t)count, &matching));
        return 0;
    }
    make_world(&world, (size_t)count);
    struct policy policy = {.rule = rules,
                            .rule_count = COUNT_OF(rules),
                            .suspended_days_floor = 30,
                            .zone = &zone_utc};
    struct policy_context context = {
        .today = world.today, .now = world.now, .snapshot = &world.snapshot, .first_plan = true};

    double began = now_s(), cpu_began = cpu_s();
    struct pairing *pairing = match_all(&world.arena, &world.snapshot, &world.roster, &matching);
    double matched = now_s(), cpu_matched = cpu_s();
    struct decided *all = policy_decide(&world.arena, &policy, &context, pairing);
    double decided = now_s(), cpu_decided = cpu_s();
    struct guard_result guards =
        guard_all(&world.arena, &limits, &history, &context, &world.roster, pairing, all);
    double guarded = now_s(), cpu = cpu_s() - cpu_began;
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);

    const struct simulate_scene scene = {.context = &context,
                                         .pairing = pairing,
                                         .guard = guards.finding,
                                         .guard_count = guards.count,
                                         .reread_days = 7};
    const struct simulate_point *point = NULL;
    double cpu_curve = cpu_s();
    size_t points = simulate_curve(&world.arena, &policy, &scene, &point);
    cpu_curve = cpu_s() - cpu_curve;

    size_t links[4] = {0}, acts = 0;
    for (size_t i = 0; i < world.snapshot.count; i++) {
        links[pairing[i].kind]++;
        acts += decided_at(all, i).action != ACTION_KEEP;
    }
    double sorted = time_sort(&world);
    printf("core, %lld accounts and %lld people: match %.2f s, decide %.2f s, guard %.2f s, "
           "together %.2f s; of processors %.2f, %.2f, %.2f, together %.2f s; sort(1) %.2f s\n",
           (long long)count, (long long)count, matched - began, decided - matched,
           guarded - decided, guarded - began, cpu_matched - cpu_began, cpu_decided - cpu_matched,
           cpu - (cpu_decided - cpu_began), cpu, sorted);
    printf(
        "core, linked %zu, none %zu, ambiguous %zu, conflict %zu; actions %zu; guards held: %s\n",
        links[LINK_ONE], links[LINK_NONE], links[LINK_AMBIGUOUS], links[LINK_CONFLICT], acts,
        guards.held ? "yes" : "no");
    printf("FIGURE core_over_sort %.2f - matching, deciding and guarding %lld accounts and as many "
           "people, over sort(1) of their keys\n",
           (guarded - began) / sorted, (long long)count);
    printf("FIGURE core_seconds_per_million %.2f 2 matching, deciding and guarding, s per "
           "1,000,000 accounts\n",
           (guarded - began) * 1e6 / (double)count);
    printf("FIGURE core_megabytes_per_100000 %.1f 107.4 peak memory of it with the world itself, "
           "MB per 100,000 accounts\n",
           (double)usage.ru_maxrss * 1024 / 1e6 * 1e5 / (double)count);
    printf(
        "FIGURE curve_over_deciding %.2f 6 processor time of the curve over %zu thresholds, over "
        "deciding once\n",
        cpu_curve / (cpu_decided - cpu_matched), points);
    free(world.roster.person);
    free(world.snapshot.account);
    arena_release(&world.arena);
    tell_shapes((size_t)count, &matching);
    return 0;
}
