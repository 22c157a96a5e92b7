/*
 * The pure core at scale: match, decide and guard over a million accounts and a million people,
 * next to sort(1) over the same keys in the same run. `bench_core [COUNT]`
 *
 * The world is made by a fixed generator: 95 % matched by employee number, e-mail or username in
 * turns, 3 % near somebody, 2 % strangers; one in ten has departed, one in five is idle.
 */
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
#include "core/guard.h"
#include "random.h"
#include "seconds.h"

static struct instant days_ago(struct instant now, uint64_t days)
{
    return instant_add_us(now, -(int64_t)days * DAY_US);
}

static void make_person(struct arena *arena, struct person *person, size_t i, struct day today)
{
    *person = (struct person){
        .employee_number = arena_printf(arena, "E%07zu", i),
        .email = arena_printf(arena, "first%zu.last%zu@acme.example", i % 9973, i),
        .name = arena_printf(arena, "First%zu Last%zu", i % 9973, i),
        .department = i % 7 ? "Marketing" : "Sales",
        .word = i % 10 ? PERSON_EMPLOYED : PERSON_DEPARTED,
        .last_day = i % 10 ? DAY_NONE : day_add(today, -(int)(i % 400) - 1),
        .row = (uint32_t)i + 2,
    };
}

static void make_account(struct arena *arena, struct account *account, const struct person *person,
                         size_t i, struct instant now)
{
    size_t kind = i % 100;

    *account = (struct account){
        .id = arena_printf(arena, "%08zX-2B3A-141F-8F07D71A%08zX", i, i),
        .username = arena_strdup(arena, person->email),
        .email = kind < 60 ? arena_strdup(arena, person->email) : NULL,
        .employee_number = kind < 40 ? arena_strdup(arena, person->employee_number) : NULL,
        .name = arena_strdup(arena, person->name),
        .profile_id = i % 200 ? "2" : "1",
        .country = "NL",
        .status = i % 20 ? ACCOUNT_ACTIVE : ACCOUNT_INACTIVE,
        .login = {.kind = LOGIN_KNOWN,
                  .source = LOGIN_FROM_SINGLE_READ,
                  .at = days_ago(now, i % 5 ? i % 60 : 90 + i % 300)},
        .history = {.first_seen = days_ago(now, 400), .ever_active = true},
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
    for (size_t i = 0; i < count; i++)
        make_account(&world->arena, &world->snapshot.account[i], &world->roster.person[order[i]],
                     order[i], world->now);
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

/* --- worst shapes: everybody has the same of something --- */

enum shape { ONE_NAME, ONE_NAME_LEFT, ONE_LOCAL_PART, ONE_EDIT, ONE_NUMBER, ONE_ADDRESS, SHAPES };

static const char *const shape_name[] = {
    [ONE_NAME] = "one name, nobody linked",
    [ONE_NAME_LEFT] = "one name, half of them left",
    [ONE_LOCAL_PART] = "one local part, nobody linked",
    [ONE_EDIT] = "short addresses, all a letter apart from many",
    [ONE_NUMBER] = "one number",
    [ONE_ADDRESS] = "one address",
};

static void shape_world(struct world *world, enum shape shape)
{
    struct arena *arena = &world->arena;

    for (size_t i = 0; i < world->roster.count; i++) {
        struct person *person = &world->roster.person[i];
        struct account *account = &world->snapshot.account[i];
        bool linked = shape == ONE_NAME_LEFT;
        if (shape == ONE_NAME || linked)
            person->name = account->name = "Anna Maria Smith";
        account->employee_number = linked ? arena_printf(arena, "E%07zu", i) : NULL;
        account->email = account->username = arena_printf(arena, "y%zu@agency.example", i * 3 + 1);
        if (linked && i % 2) {
            person->last_day = day_add(world->today, -40);
            person->word = person->status = PERSON_DEPARTED;
        }
        if (shape == ONE_LOCAL_PART) {
            person->email = arena_printf(arena, "info@a%zu.example", i);
            account->email = account->username = arena_printf(arena, "info@b%zu.example", i);
        }
        if (shape == ONE_EDIT) {
            person->email = arena_printf(arena, "%c%c%c%c@a.example", (char)('a' + i / 17576),
                                         (char)('a' + i / 676 % 26), (char)('a' + i / 26 % 26),
                                         (char)('a' + i % 26));
            account->email = account->username =
                arena_printf(arena, "%.3s@a.example", person->email);
        }
        if (shape == ONE_NUMBER)
            person->employee_number = account->employee_number = "4711";
        if (shape == ONE_ADDRESS)
            person->email = account->email = account->username = "info@a.example";
    }
}

static double time_shape(enum shape shape, size_t count, const struct matching *matching)
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
    double began = cpu_s();
    const struct pairing *pairing =
        match_all(&world.arena, &world.snapshot, &world.roster, matching);
    (void)policy_decide(&world.arena, &policy, &context, pairing);
    double took = cpu_s() - began;
    free(world.roster.person);
    free(world.snapshot.account);
    arena_release(&world.arena);
    return took;
}

/* Twice as many may take twice as long; four times would be everybody against everybody. */
static void tell_shapes(size_t count, const struct matching *matching)
{
    double worst = 0;

    for (enum shape shape = ONE_NAME; shape < SHAPES; shape++) {
        double half = time_shape(shape, count / 2, matching);
        double whole = time_shape(shape, count, matching);
        printf("core, %zu accounts and people with %s: %.2f s of processors, %.2f s for half of "
               "them\n",
               count, shape_name[shape], whole, half);
        worst = whole > worst ? whole : worst;
    }
    printf("FIGURE core_worst_shape %.2f 1 matching and deciding %zu accounts and people who all "
           "have the same name, number or address, s of processors\n",
           worst, count);
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
    int64_t count = 1000000;
    struct world world;

    if (argc > 1 && !parse_int(argv[1], 1, 2000000, &count))
        return 64;
    memcpy(matching.key, keys, sizeof(keys));
    make_rules();
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
    struct decision *decision = policy_decide(&world.arena, &policy, &context, pairing);
    double decided = now_s(), cpu_decided = cpu_s();
    struct guard_result guards =
        guard_all(&world.arena, &limits, &history, &context, &world.roster, pairing, decision);
    double guarded = now_s(), cpu = cpu_s() - cpu_began;
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);

    size_t links[4] = {0}, acts = 0;
    for (size_t i = 0; i < world.snapshot.count; i++) {
        links[pairing[i].kind]++;
        acts += decision[i].action != ACTION_KEEP;
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
    if (argc <= 2)
        tell_shapes((size_t)count / 25, &matching);
    return 0;
}
