/*
 * The world is made once, by the program itself: a plan, decisions of people, and for
 * deprovisioning a suspension that was done a month ago. The database of that moment is the
 * template of every point; the portal goes back by its own reset.
 *
 * Who decided has not the last word: between the decisions and tonight HR changes its mind about
 * some, and people do about others. With them, an employed bystander and somebody of whom nobody
 * approved anything it is a cast that must never be touched. Behind them a crowd, so that three
 * acts of our own are no implausible change for the guards that look at the list again.
 */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/parse.h"
#include "host/clock.h"
#include "host/file.h"
#include "seconds.h"

enum { WORDS_LIMIT = 60, AGE_DAYS = 31, FEW = 4, SAID_LIMIT = 1500 };

/* How the paths differ. */
static const struct path {
    const char *name;
    enum action action;
    bool is_night; /* `run`, and what it needs is there */
    bool deletes;  /* which is not done before a weekend: it is always a Tuesday */
    bool spreads;  /* what people approved is spread over nights */
    /* Where the first of the rules' acts was done a month ago: what became of who left. */
    const char *was_done;
    bool downgrades; /* rules do that in place of suspending */
} paths[WORLD_PATHS] = {
    [WORLD_SUSPEND] = {.name = "suspend", .action = ACTION_SUSPEND},
    [WORLD_DEPROVISION] = {.name = "deprovision",
                           .action = ACTION_DEPROVISION,
                           .deletes = true,
                           .was_done = "active=0"},
    [WORLD_DOWNGRADE] = {.name = "downgrade", .action = ACTION_DOWNGRADE, .downgrades = true},
    [WORLD_RESTORE] = {.name = "restore",
                       .action = ACTION_RESTORE,
                       .downgrades = true,
                       .was_done = "profileId=" WORLD_LIGHT},
    [WORLD_NIGHT] = {.name = "night", .action = ACTION_SUSPEND, .is_night = true, .spreads = true},
    [WORLD_APPROVE] = {.name = "approve", .action = ACTION_SUSPEND},
};

const char *world_path_name(enum world_path path)
{
    return paths[path].name;
}

enum action world_action(enum world_path path)
{
    return paths[path].action;
}

void world_violate(struct world *world, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    text_addv(&world->violation, format, args);
    va_end(args);
    text_add_char(&world->violation, '\n');
}

void world_die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    exit(1);
}

/* --- files --- */

char *world_write_file(struct world *world, const char *name, const char *content)
{
    char *path = probe_path(&world->probe, name);
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (file_write(path, 0600, content, strlen(content), &err) < 0)
        world_die("%s", err.text);
    return path;
}

/* The portal has one address in all worlds and on every way to it (G14): what changes is a proxy.
 */
static void write_config(struct world *world)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const struct passwd *self = getpwuid(getuid()); /* who approves */
    const char *does = paths[world->path].downgrades ? "do = \"downgrade\"; to_profile = \"Light\";"
                                                     : "do = \"suspend\";";

    text_addf(&text,
              "portal: { name = \"world\"; url = \"http://localhost\"; proxy = \"%s\"; client_id ="
              " \"demo\";"
              " client_secret_file = \"client-secret\"; requests_per_second = 1000000.0;"
              " requests_per_window = 100000000; connections = 1; timeout = 3; patience = 10;"
              " silence_after_429 = 1.0; logins = \"each\"; };\n"
              /* libpq waits for more of a result that it has no memory for: the deadline ends it */
              "database: { conninfo = \"%s\"; statement_timeout = 5; };\n",
              world->portal_url, world->database_conninfo);
    text_add(&text, "roster: { source = \"roster.csv\"; columns: { employee_number = \"EmpID\";"
                    " email = \"Work Email\"; name = \"Name\"; status = \"EmploymentStatus\";"
                    " hire_date = \"DateofHire\"; last_day = \"DateofTermination\";"
                    " department = \"Department\"; };"
                    " status: { employed = [ \"Active\" ]; on_leave = [ \"Leave\" ]; departed ="
                    " [ \"Voluntarily Terminated\" ]; }; };\n"
                    "matching: { keys = [ \"employee_number\" ]; };\n"
                    "policy: { mode = \"enforce\"; rules = (\n"
                    " { name = \"integrations\"; when = { username = [ \"svc-*\" ]; }; do = "
                    "\"keep\"; },\n"
                    " { name = \"farewell\"; when = { account = \"active\"; person = \"departed\"; "
                    "username = [ \"jonvoight\", \"kimnovak\" ]; }; grace_days = 14; ");
    text_addf(&text,
              "%s },\n { name = \"departed\"; when = { account = \"active\"; person = "
              "\"departed\"; }; %s },\n",
              does, does);
    text_add(&text, " { name = \"long gone\"; when = { account = \"inactive\"; person = "
                    "\"departed\"; departed_days_min = 30; suspended_days_min = 30; }; do = "
                    "\"deprovision\"; } ); };\n");
    text_addf(
        &text,
        "limits: { suspend: { count = %d; percent = 100.0; rolling_count = %d; };"
        " deprovision: { count = 100; percent = 100.0; rolling_count = %d; };"
        " downgrade: { count = 100; percent = 100.0; rolling_count = %d; };"
        " min_admins = 1; };\n"
        "approval: { suspend = 1; deprovision = 1; approvers = ( { user = \"%s\"; } ); };\n"
        "apply: { settle_seconds = 1; canary_minutes = 0; state_directory = \"state\"; %s};\n",
        !world->made && paths[world->path].spreads ? FEW : 100, world->rolling_count,
        world->rolling_count, world->rolling_count, self ? self->pw_name : "nobody",
        !world->made && paths[world->path].is_night ? "freeze = [ \"2000-01-01/2199-12-31\" ]; "
                                                    : "");
    free(world->config_path);
    world->config_path = world_write_file(world, "world.conf", text_cstr(&text));
}

static void set_string(char **string, const char *value)
{
    char *copy = mem_strdup(value);

    free(*string);
    *string = copy;
}

void world_route(struct world *world, const char *portal_url, const char *conninfo)
{
    CLEANUP(text_release) struct text url = TEXT_INIT;

    text_addf(&url, "http://127.0.0.1:%u", world->probe.port);
    set_string(&world->portal_url, portal_url ? portal_url : text_cstr(&url));
    set_string(&world->database_conninfo, conninfo ? conninfo : world->conninfo);
    write_config(world);
}

void world_limit(struct world *world, int rolling_count)
{
    world->rolling_count = rolling_count;
    write_config(world);
}

void world_fault(struct world *world, const char *pair)
{
    probe_control(&world->probe, "/_sim/faults", pair);
}

void world_heal(struct world *world)
{
    world_fault(world, "clear=1");
    world_route(world, NULL, NULL);
}

static void remove_state(const struct world *world)
{
    CLEANUP(mem_cleanup) char *state = probe_path(&world->probe, "state");
    pid_t pid = access(state, F_OK) == 0 ? fork() : -1;

    if (pid == 0) {
        execlp("rm", "rm", "-rf", state, (char *)NULL);
        _exit(127);
    }
    if (pid > 0)
        (void)waitpid(pid, NULL, 0);
}

/* --- the portal --- */

void world_change_user(struct world *world, const char *id, const char *form)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "/_sim/users/%s", id);
    probe_control(&world->probe, text_cstr(&path), form);
}

struct json_object *world_user(struct world *world, const char *who)
{
    CLEANUP(text_release) struct text path = TEXT_INIT;

    text_addf(&path, "/_sim/users/%s", who);
    CLEANUP(reply_release)
    struct reply reply = probe_ask(&world->probe, "GET", text_cstr(&path), NULL, NULL, NULL);
    if (reply.code != CURLE_OK || (reply.status != 200 && reply.status != 404))
        world_die("%s: status %ld: %s", text_cstr(&path), reply.status, text_cstr(&reply.body));
    return reply.status == 200 ? reply_json(&reply) : NULL;
}

static char *id_of(struct world *world, const char *username)
{
    struct json_object *json = world_user(world, username);
    const char *there = json_object_get_string(json_object_object_get(json, "id"));
    char *id = mem_strdup(there ? there : "");

    json_object_put(json);
    return id;
}

/* The portal at the moment of the approval. */
static void reset_portal(struct world *world)
{
    const struct path *path = &paths[world->path];

    probe_control(&world->probe, "/_sim/reset", "");
    for (enum world_cast i = 0; path->downgrades && i < CAST_COUNT; i++)
        world_change_user(world, world_cast_username(i), "profileId=" WORLD_REGULAR);
    for (size_t i = 0; path->downgrades && world_long_gone[i]; i++)
        world_change_user(world, world_long_gone[i], "profileId=" WORLD_REGULAR);
    for (size_t i = 0; world->after && world_long_gone[i]; i++)
        world_change_user(world, world_long_gone[i], path->was_done);
}

/* --- running the program --- */

/* For the processes that the next ones start: civil time of the world. */
static void set_clock(const struct world *world)
{
    CLEANUP(text_release) struct text days = TEXT_INIT, preload = TEXT_INIT;
    const char *other = getenv("LD_PRELOAD");

    if (world->days_ahead == 0)
        return;
    text_addf(&days, "%d", world->days_ahead);
    text_addf(&preload, "%s%s%s", other ? other : "", other ? ":" : "", CLOCK_PRELOAD);
    (void)setenv("CLOCK_DAYS", text_cstr(&days), 1);
    (void)setenv("LD_PRELOAD", text_cstr(&preload), 1);
}

static void clear_clock(void)
{
    (void)unsetenv("CLOCK_DAYS");
    (void)unsetenv("LD_PRELOAD");
}

/* A copy of the world's own: a build that goes on meanwhile does not change what is tested. */
static char *copy_program(struct world *world, const char *source, const char *name)
{
    char *path = probe_path(&world->probe, name);
    CLEANUP(text_release) struct text bytes = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;

    if (file_read(source, 1u << 28, ERR_INTERNAL, &bytes, NULL, &err) < 0 ||
        file_write(path, 0700, bytes.data, bytes.length, &err) < 0)
        world_die("%s", err.text);
    return path;
}

static void copy_programs(struct world *world)
{
    const char *wanted = getenv("CRASH_PROGRAM");

    world->right_program = copy_program(world, PROGRAM_PATH, "right-program");
    world->program = copy_program(world, text_is_empty(wanted) ? PROGRAM_PATH : wanted, "program");
}

/* Calls are counted by thread, and what is aside for one is not for the other: with one processor
 * to use the program has one thread, whose calls are all there are. */
static void use_one_processor(void)
{
    cpu_set_t usable, one;

    CPU_ZERO(&one);
    if (sched_getaffinity(0, sizeof(usable), &usable) < 0)
        return;
    int others = (int)getpid() % CPU_COUNT(&usable);
    for (size_t i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++) {
        if (CPU_ISSET(i, &usable) && others-- == 0)
            CPU_SET(i, &one);
    }
    (void)sched_setaffinity(0, sizeof(one), &one);
}

static void become(const struct world *world, const struct world_run *run, char **words,
                   const char *const *environment)
{
    int in = open("/dev/null", O_RDONLY);
    int out = open(run->said_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setpgid(0, 0);
    for (; environment && *environment; environment++)
        (void)putenv(mem_strdup(*environment));
    set_clock(world);
    use_one_processor();
    if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(127);
    execvp(words[0], words);
    _exit(127);
}

static void start(struct world *world, const char *const *wrapper, const char *const *environment,
                  const char *const *arguments, struct world_run *ret_run)
{
    CLEANUP(text_release) struct text name = TEXT_INIT;
    char *words[WORDS_LIMIT + 1] = {NULL};
    size_t count = 0;

    for (; wrapper && *wrapper && count < WORDS_LIMIT - 10; wrapper++)
        words[count++] = mem_strdup(*wrapper);
    for (; *arguments && count < WORDS_LIMIT; arguments++)
        words[count++] = mem_strdup(*arguments);
    text_addf(&name, "run-%u", ++world->runs % 8);
    *ret_run = (struct world_run){.began = now_s(),
                                  .said_path = probe_path(&world->probe, text_cstr(&name))};
    ret_run->pid = fork();
    if (!(ret_run->pid >= 0))
        world_die("%s", strerror(errno));
    if (ret_run->pid == 0)
        become(world, ret_run, words, environment);
    (void)setpgid(ret_run->pid, ret_run->pid);
    while (count > 0)
        free(words[--count]);
}

/* Approves all but the cast that nobody approved. */
static void start_approve(struct world *world, const char *const *wrapper,
                          const char *const *environment, const char *program,
                          struct world_run *ret_run)
{
    CLEANUP(text_release) struct text plan = TEXT_INIT, list = TEXT_INIT;

    text_addf(&plan, "%lld", (long long)world->plan_id);
    for (enum world_cast i = CAST_UNAPPROVED; i < CAST_RETURNED; i++) {
        if (i == CAST_UNAPPROVED || world->path == WORLD_APPROVE)
            text_addf(&list, "%s\n", world->cast[i]);
    }
    CLEANUP(mem_cleanup) char *except = world_write_file(world, "except", text_cstr(&list));
    const char *const arguments[] = {
        program,
        "--config",
        world->config_path,
        "approve",
        text_cstr(&plan),
        "--digest",
        world->digest,
        "--except",
        except,
        paths[world->path].spreads ? "--spread" : NULL,
        NULL,
    };
    start(world, wrapper, environment, arguments, ret_run);
}

void world_start(struct world *world, const char *const *wrapper, const char *const *environment,
                 struct world_run *ret_run)
{
    CLEANUP(text_release) struct text plan = TEXT_INIT;
    bool is_night = paths[world->path].is_night;

    if (world->deciding) {
        start_approve(world, wrapper, environment, world->program, ret_run);
        return;
    }
    text_addf(&plan, "%lld", (long long)world->plan_id);
    const char *const arguments[] = {world->program,
                                     "--config",
                                     world->config_path,
                                     is_night ? "run" : "apply",
                                     is_night ? NULL : text_cstr(&plan),
                                     NULL};
    start(world, wrapper, environment, arguments, ret_run);
}

void world_start_person(struct world *world, const char *const *words, struct world_run *ret_run)
{
    const char *arguments[WORDS_LIMIT] = {world->right_program, "--config", world->config_path};

    for (size_t i = 0; words[i] && i + 4 < WORDS_LIMIT; i++)
        arguments[3 + i] = words[i];
    start(world, NULL, NULL, arguments, ret_run);
}

/* Ended, or stopped when that is looked for. */
static bool wait_for(struct world *world, struct world_run *run, int options)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    int status = 0;
    pid_t pid;

    while ((pid = waitpid(run->pid, &status, WNOHANG | options)) == 0) {
        if (now_s() - run->began > WORLD_DEADLINE_S) {
            CLEANUP(text_release) struct text said = TEXT_INIT;
            (void)kill(-run->pid, SIGKILL);
            (void)waitpid(run->pid, &status, 0);
            run->late = true;
            world_said(run, &said);
            world_violate(world, "a run takes longer than %d s: %s", WORLD_DEADLINE_S,
                          text_cstr(&said));
            break;
        }
        (void)nanosleep(&pause, NULL);
    }
    run->seconds = now_s() - run->began;
    if (pid > 0 && WIFSTOPPED(status))
        return true;
    run->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    run->pid = -1;
    return false;
}

void world_wait(struct world *world, struct world_run *run)
{
    (void)wait_for(world, run, 0);
}

bool world_wait_stopped(struct world *world, struct world_run *run)
{
    return wait_for(world, run, WUNTRACED);
}

static bool has_ended(const struct world_run *run)
{
    siginfo_t info = {.si_pid = 0};

    return waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
           info.si_pid != 0;
}

bool world_wait_blocked(struct world *world, struct world_run *run)
{
    const struct timespec pause = {.tv_nsec = 5000000};

    while (!has_ended(run)) {
        if (world_count(world, "select count(*) from pg_stat_activity where datname = "
                               "current_database() and wait_event_type = 'Lock'") > 0)
            return true;
        (void)nanosleep(&pause, NULL);
    }
    world_wait(world, run);
    return false;
}

struct world_run world_apply(struct world *world, const char *const *wrapper,
                             const char *const *environment)
{
    struct world_run run;

    world_start(world, wrapper, environment, &run);
    world_wait(world, &run);
    return run;
}

void world_said(const struct world_run *run, struct text *ret_said)
{
    struct text said = TEXT_INIT;

    if (file_read(run->said_path, 1u << 28, ERR_INTERNAL, &said, NULL, NULL) < 0)
        text_clear(&said);
    if (said.length > SAID_LIMIT)
        text_addf(ret_said, "…%s", said.data + said.length - SAID_LIMIT);
    else
        text_add(ret_said, text_cstr(&said));
    text_release(&said);
}

void world_run_release(struct world_run *run)
{
    free(run->said_path);
    run->said_path = NULL;
}

/* --- making it --- */

static void must_succeed(struct world *world, const char *what, struct world_run *run)
{
    CLEANUP(text_release) struct text said = TEXT_INIT;

    world_wait(world, run);
    world_said(run, &said);
    if (run->code != 0)
        world_die("%s ends with %d: %s", what, run->code, text_cstr(&said));
    world_run_release(run);
}

/* A verb that must succeed. */
static void do_verb(struct world *world, const char *const *words)
{
    struct world_run run;

    world_start_person(world, words, &run);
    must_succeed(world, words[0], &run);
}
#define DO_VERB(world, ...) do_verb(world, (const char *const[]){__VA_ARGS__, NULL})

/* The newest plan is the one that people decide on. */
static void take_plan(struct world *world)
{
    world->plan_id = world_count(world, "select max(plan_id) from reconcile.plan");
    free(world->digest);
    world->digest = world_query(
        world, "select encode(digest, 'hex') from reconcile.plan order by plan_id desc limit 1");
}

/* Everybody but Eve is approved, and then people think again. */
static void decide(struct world *world)
{
    CLEANUP(text_release) struct text plan = TEXT_INIT;
    CLEANUP(mem_cleanup) char *until = world_query(world, "select (current_date + 90)::text");
    CLEANUP(mem_cleanup)
    char *rejected = world_write_file(world, "rejected", world->cast[CAST_REJECTED]);
    struct world_run run;

    text_addf(&plan, "%lld", (long long)world->plan_id);
    start_approve(world, NULL, NULL, world->right_program, &run);
    must_succeed(world, "approve", &run);
    DO_VERB(world, "reject", text_cstr(&plan), "--only", rejected, "--reason", "still needed");
    DO_VERB(world, "keep", world->cast[CAST_KEPT], "--until", until, "--reason", "a project");
    DO_VERB(world, "withdraw", world->cast[CAST_WITHDRAWN], "--reason", "a mistake");
}

static void start_portal(struct world *world)
{
    probe_prepare(&world->probe);
    world->roster_path = probe_path(&world->probe, "roster.csv");
    CLEANUP(mem_cleanup) char *people = world_people();
    CLEANUP(mem_cleanup) char *source = world_write_file(world, "people.csv", people);
    const char *const options[] = {"--people",         source, "--rate-limit", "0", "--roster",
                                   world->roster_path, NULL};

    copy_programs(world);
    set_clock(world);
    probe_start(&world->probe, options);
    clear_clock();
    CLEANUP(text_release) struct text roster = TEXT_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    if (file_read(world->roster_path, 1u << 20, ERR_INTERNAL, &roster, NULL, &err) < 0)
        world_die("%s", err.text);
    world->first_roster = world->after && paths[world->path].downgrades
                              ? world_roster_back(text_cstr(&roster))
                              : mem_strdup(text_cstr(&roster));
    world->roster = world->path == WORLD_APPROVE ? mem_strdup(world->first_roster)
                                                 : world_roster_tonight(world, world->first_roster);
    free(world_write_file(world, "roster.csv", world->first_roster));
    free(world_write_file(world, "client-secret", "demo-secret\n"));
}

/* Days to the next Tuesday. */
static int days_to_tuesday(void)
{
    enum { TUESDAY = 2, WEEK = 7 };
    const struct clock *clock = clock_system();
    struct day today = instant_day(clock->now(clock->self), &zone_utc);

    return (TUESDAY + WEEK - day_of_week(today)) % WEEK;
}

static void stop_portal(struct world *world)
{
    char **const strings[] = {&world->config_path,   &world->roster_path, &world->program,
                              &world->right_program, &world->roster,      &world->first_roster};

    (void)probe_stop(&world->probe);
    for (size_t i = 0; i < COUNT_OF(strings); i++) {
        free(*strings[i]);
        *strings[i] = NULL;
    }
}

/* Suspended (or downgraded) by us AGE_DAYS ago, in a portal that is the same but for its clock; the
 * next plan deletes them (or gives them their profile back). */
static void act_long_ago(struct world *world)
{
    world->days_ahead = days_to_tuesday() - AGE_DAYS;
    start_portal(world);
    world_route(world, NULL, NULL);
    reset_portal(world);
    CLEANUP(mem_cleanup)
    char *roster = world_roster_with(world->first_roster, "Person Numberaa", "Leave", "");
    free(world_write_file(world, "roster.csv", roster));
    DO_VERB(world, "migrate");
    DO_VERB(world, "plan");
    take_plan(world);
    DO_VERB(world, "approve", "1", "--digest", world->digest);
    DO_VERB(world, "apply", "1");
    stop_portal(world);
    world->days_ahead += AGE_DAYS;
    world->after = true;
}

/* Target i is row i of the plan, the cast left out. */
static void name_targets(struct world *world)
{
    CLEANUP(text_release) struct text cast = TEXT_INIT;

    for (enum world_cast i = 0; i < CAST_COUNT; i++)
        text_addf(&cast, "%s'%s'", i ? "," : "", world->cast[i]);
    for (size_t i = 0; i < WORLD_TARGETS; i++) {
        CLEANUP(text_release) struct text id = TEXT_INIT, name = TEXT_INIT;
        text_addf(&id,
                  "select account_id from reconcile.plan_row where plan_id = %lld and action = '%s'"
                  " and account_id not in (%s) order by position offset %zu limit 1",
                  (long long)world->plan_id, action_name(paths[world->path].action),
                  text_cstr(&cast), i);
        world->target[i] = world_query(world, text_cstr(&id));
        if (strlen(world->target[i]) != 35)
            world_die("the plan has no target %zu", i);
        text_addf(&name,
                  "select name from reconcile.plan_row where plan_id = %lld and account_id = '%s'",
                  (long long)world->plan_id, world->target[i]);
        world->target_name[i] = world_query(world, text_cstr(&name));
    }
}

/* What the template says before any fault. */
static void remember(struct world *world)
{
    world->first_run = world_count(world, "select last_run_id from reconcile.portal");
    world->changed = WORLD_TARGETS;
    world->made = true;
}

static void begin(struct world *world, enum world_path path, bool spread)
{
    *world = (struct world){.path = path, .rolling_count = 1000, .spread = spread};
    world_begin_database(world);
    if (paths[path].was_done)
        act_long_ago(world);
    start_portal(world);
    for (enum world_cast i = 0; i < CAST_COUNT; i++)
        world->cast[i] = id_of(world, world_cast_username(i));
    world_route(world, NULL, NULL);
    reset_portal(world);
    DO_VERB(world, "migrate");
    DO_VERB(world, paths[path].is_night ? "run" : "plan");
    take_plan(world);
    name_targets(world);
    if (path != WORLD_APPROVE)
        decide(world);
    remember(world);
    world_keep_tables(world);
    world_reset(world);
}

void world_begin(struct world *world, enum world_path path)
{
    begin(world, path, false);
}

void world_begin_spread(struct world *world, enum world_path path)
{
    begin(world, path, true);
}

void world_join(const struct world *model, struct world *ret_world)
{
    struct world world = {.path = model->path,
                          .spread = model->spread,
                          .rolling_count = model->rolling_count,
                          .days_ahead = model->days_ahead,
                          .after = model->after};

    start_portal(&world);
    world_join_database(model, &world);
    for (size_t i = 0; i < WORLD_TARGETS; i++) {
        world.target[i] = mem_strdup(model->target[i]);
        world.target_name[i] = mem_strdup(model->target_name[i]);
    }
    for (enum world_cast i = 0; i < CAST_COUNT; i++)
        world.cast[i] = mem_strdup(model->cast[i]);
    world.plan_id = model->plan_id;
    world.digest = mem_strdup(model->digest);
    remember(&world);
    *ret_world = world;
    world_reset(ret_world);
}

void world_finish(struct world *world)
{
    char **const strings[] = {
        &world->server,      &world->template,      &world->database,   &world->conninfo,
        &world->config_path, &world->roster_path,   &world->portal_url, &world->database_conninfo,
        &world->program,     &world->right_program, &world->digest,     &world->first_roster,
        &world->roster,      &world->home,
    };

    world_look_away(world);
    PQfinish(world->maker);
    (void)probe_stop(&world->probe);
    for (size_t i = 0; i < COUNT_OF(strings); i++)
        free(*strings[i]);
    for (size_t i = 0; i < WORLD_TARGETS; i++) {
        free(world->target[i]);
        free(world->target_name[i]);
    }
    for (enum world_cast i = 0; i < CAST_COUNT; i++)
        free(world->cast[i]);
    text_release(&world->violation);
}

bool world_is_untouched(struct world *world)
{
    world_wait_for_sessions(world);
    return world_written(world, NULL) == 0 &&
           world_count(world, "select last_run_id from reconcile.portal") == world->first_run &&
           !(world->deciding && world_count(world, "select count(*) from reconcile.ruling") > 0);
}

void world_reset(struct world *world)
{
    world_wait_for_sessions(world);
    world_restore_tables(world);
    reset_portal(world);
    remove_state(world);
    free(world_write_file(world, "roster.csv", world->roster));
    world->rolling_count = 1000;
    world_heal(world);
    world->changed = WORLD_TARGETS;
    world->writes_at_change = 0;
    world->deciding = world->path == WORLD_APPROVE;
    text_clear(&world->violation);
}
