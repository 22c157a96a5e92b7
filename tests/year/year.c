/*
 * year: lives through years of made-up companies and says what the program did in them. Each year
 * is a process of its own; two go side by side. `year --help` lists the options.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "host/file.h"

#include "score.h"

enum {
    SEEDS_MAX = 64,
    JOBS_MAX = 16,
    CLEANUP_PEOPLE = 4000,
    CLEANUP_PERCENT = 25,
    CLEANUP_NIGHTS = 14 + 20 + 10
};

struct options {
    int64_t nights, people, seeds, first_seed, large_seeds, jobs;
    struct kinds kinds;
    enum event event;
    int64_t event_at;
    bool cleanup, rehearse, verbose, help;
    const char *json, *more;
};

/* One year to live, and what came of it. */
struct task {
    struct world_settings settings;
    struct score score;
    pid_t pid;
    int result; /* the reading end of a pipe */
    bool is_cleanup;
};

/* --- options --- */

static const char help[] =
    "usage: year [OPTION]...\n\n"
    "  --short               60 nights of 3 seeds\n"
    "  --nights N            (365)\n"
    "  --people N            of the first seeds (300)\n"
    "  --seeds N             how many of them (10)\n"
    "  --seed S              the first one (1)\n"
    "  --large N             seeds of 3,000 people behind them (2)\n"
    "  --cleanup, --no-cleanup  the first clean-up of 1,000 of 4,000 seats (with the long form)\n"
    "  --without A,B         these kinds do not happen; `all` for every one\n"
    "  --with A,B            these do\n"
    "  --event NAME@DAY      layoff, domain, numbers or freeze on that day of the year\n"
    "  --more TEXT           further sections of the program's configuration\n"
    "  --jobs N              years at a time (2)\n"
    "  --json FILE           the figures\n"
    "  --rehearse            without the program: the best itself acts, and must meet every "
    "target\n"
    "  --verbose             what every run and every command said, on standard error\n";

static int parse_event(struct options *options, const char *value, struct err *err)
{
    static const char *const names[] = {[EVENT_LAYOFF] = "layoff",
                                        [EVENT_DOMAIN] = "domain",
                                        [EVENT_NUMBERS] = "numbers",
                                        [EVENT_FREEZE] = "freeze"};
    size_t length = strcspn(value, "@");

    for (unsigned i = EVENT_LAYOFF; i <= EVENT_FREEZE; i++)
        if (strlen(names[i]) == length && strncmp(names[i], value, length) == 0)
            options->event = (enum event)i;
    if (options->event == EVENT_NONE || value[length] != '@' ||
        !parse_int(value + length + 1, 0, 3650, &options->event_at))
        return err_set(err, ERR_USAGE, "'%s' is no event; hint: like layoff@120", value);
    return 0;
}

static int parse_number(struct options *options, const char *name, const char *value,
                        struct err *err)
{
    const struct {
        const char *name;
        int64_t minimum, maximum, *place;
    } numbers[] = {
        {"--nights", 1, 3650, &options->nights},
        {"--people", 10, 20000, &options->people},
        {"--seeds", 0, SEEDS_MAX, &options->seeds},
        {"--seed", 0, 1000000, &options->first_seed},
        {"--large", 0, SEEDS_MAX, &options->large_seeds},
        {"--jobs", 1, JOBS_MAX, &options->jobs},
    };

    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        if (!text_equal(name, numbers[i].name))
            continue;
        if (!parse_int(value, numbers[i].minimum, numbers[i].maximum, numbers[i].place))
            return err_set(err, ERR_USAGE, "'%s' wants a number from %lld to %lld", name,
                           (long long)numbers[i].minimum, (long long)numbers[i].maximum);
        return 0;
    }
    return err_set(err, ERR_USAGE, "unknown option '%s'; hint: --help", name);
}

static int parse_valued(struct options *options, const char *name, const char *value,
                        struct err *err)
{
    if (!value)
        return err_set(err, ERR_USAGE, "'%s' wants a value, or is no option; hint: --help", name);
    if (text_equal(name, "--without"))
        return kinds_set(&options->kinds, value, false, err);
    if (text_equal(name, "--with"))
        return kinds_set(&options->kinds, value, true, err);
    if (text_equal(name, "--event"))
        return parse_event(options, value, err);
    if (text_equal(name, "--json")) {
        options->json = value;
        return 0;
    }
    if (text_equal(name, "--more")) {
        options->more = value;
        return 0;
    }
    return parse_number(options, name, value, err);
}

static void make_short(struct options *options)
{
    options->nights = 60;
    options->seeds = 3;
    options->large_seeds = 0;
    options->cleanup = false;
}

static int parse_options(struct options *options, int argc, char **argv, struct err *err)
{
    for (int i = 1; i < argc; i++) {
        if (text_equal(argv[i], "--short"))
            make_short(options);
        else if (text_equal(argv[i], "--cleanup"))
            options->cleanup = true;
        else if (text_equal(argv[i], "--no-cleanup"))
            options->cleanup = false;
        else if (text_equal(argv[i], "--rehearse"))
            options->rehearse = true;
        else if (text_equal(argv[i], "--verbose"))
            options->verbose = true;
        else if (text_equal(argv[i], "--help"))
            options->help = true;
        else if (parse_valued(options, argv[i], argv[i + 1], err))
            return -1;
        else
            i++;
    }
    if (options->event != EVENT_NONE && options->event_at >= options->nights)
        return err_set(err, ERR_USAGE, "the event lies behind the last night");
    return 0;
}

/* --- years side by side --- */

/* Never returns. */
static void live_task(struct task *task, int out)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    size_t sent = 0;

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (world_live(&task->settings, &task->score, &err))
        (void)fprintf(stderr, "year: seed %lld: %s\n", (long long)task->score.seed, err.text);
    while (sent < sizeof(task->score)) {
        ssize_t put = write(out, (const char *)&task->score + sent, sizeof(task->score) - sent);
        if (put <= 0)
            break;
        sent += (size_t)put;
    }
    exit(sent == sizeof(task->score) ? 0 : 1);
}

static int start_task(struct task *task, struct err *err)
{
    int ends[2];

    (void)fflush(NULL);
    if (pipe(ends) < 0 || (task->pid = fork()) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "cannot start a year");
    if (task->pid == 0) {
        (void)close(ends[0]);
        live_task(task, ends[1]);
    }
    (void)close(ends[1]);
    task->result = ends[0];
    return 0;
}

/* Reads what a year came to; the rest of it is already over. */
static void take_task(struct task *task, int status)
{
    size_t got = 0;
    ssize_t read_now = 1;

    while (got < sizeof(task->score) && read_now > 0) {
        read_now = read(task->result, (char *)&task->score + got, sizeof(task->score) - got);
        got += read_now > 0 ? (size_t)read_now : 0;
    }
    if (got < sizeof(task->score)) {
        (void)fprintf(stderr, "year: seed %lld: its process ended by %s %d\n",
                      (long long)task->settings.company.chance.seed,
                      WIFSIGNALED(status) ? "signal" : "exit code",
                      WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        task->score =
            (struct score){.failed = true, .seed = (int64_t)task->settings.company.chance.seed};
    }
    (void)close(task->result);
    task->pid = 0;
}

static void show_task(const struct task *task)
{
    CLEANUP(text_release) struct text title = TEXT_INIT;

    if (task->is_cleanup)
        text_add(&title, "clean-up");
    else
        text_addf(&title, "seed %lld", (long long)task->score.seed);
    score_print(&task->score, text_cstr(&title));
    (void)fflush(stdout);
}

/* Waits for any of them. A score is smaller than what a pipe holds, so none waits for its reader.
 */
static void reap(struct task *task, size_t count)
{
    int status = 0;
    pid_t ended = waitpid(-1, &status, 0);

    for (size_t i = 0; i < count; i++)
        if (ended > 0 && task[i].pid == ended) {
            take_task(&task[i], status);
            show_task(&task[i]);
        }
}

static int live_all(struct task *task, size_t count, size_t jobs, struct err *err)
{
    size_t running = 0;

    for (size_t i = 0; i < count; i++) {
        for (; running >= jobs; running--)
            reap(task, i);
        if (start_task(&task[i], err))
            return -1;
        running++;
    }
    for (; running > 0; running--)
        reap(task, count);
    return 0;
}

/* --- all of it --- */

static struct world_settings year_settings(const struct options *options, int64_t seed,
                                           int64_t people)
{
    return (struct world_settings){
        .company = {.chance = {.seed = (uint64_t)seed},
                    .kinds = options->kinds,
                    .people = (size_t)people,
                    .nights = (int)options->nights,
                    .event = options->event,
                    .event_at = (int)options->event_at,
                    .idle_percent = -1},
        .rehearse = options->rehearse,
        .more = options->more,
        .verbose = options->verbose,
    };
}

static struct world_settings cleanup_settings(const struct options *options)
{
    struct world_settings settings = year_settings(options, options->first_seed, CLEANUP_PEOPLE);

    settings.company.kinds = (struct kinds){.on = {[KIND_IDLERS] = true, [KIND_MOVES] = true}};
    settings.company.nights = CLEANUP_NIGHTS;
    settings.company.event = EVENT_NONE;
    settings.company.idle_percent = CLEANUP_PERCENT;
    settings.one_look = true;
    return settings;
}

/* The large ones first: they take longest. */
static size_t make_tasks(const struct options *options, struct task *task)
{
    size_t count = 0;

    for (int64_t i = 0; i < options->large_seeds; i++)
        task[count++].settings =
            year_settings(options, options->first_seed + options->seeds + i, 10 * options->people);
    if (options->cleanup) {
        task[count].is_cleanup = true;
        task[count++].settings = cleanup_settings(options);
    }
    for (int64_t i = 0; i < options->seeds; i++)
        task[count++].settings = year_settings(options, options->first_seed + i, options->people);
    return count;
}

static int write_json(const char *path, const struct task *task, size_t count,
                      const struct score *total, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_add(&text, "{\"years\":[");
    for (size_t i = 0, shown = 0; i < count; i++) {
        if (task[i].is_cleanup)
            continue;
        text_add(&text, shown++ ? ",\n" : "\n");
        score_add_json(&task[i].score, &text);
    }
    text_add(&text, "],\n\"total\":");
    score_add_json(total, &text);
    text_add(&text, ",\n\"targets\":");
    score_add_targets_json(total, false, &text);
    for (size_t i = 0; i < count; i++) {
        if (!task[i].is_cleanup)
            continue;
        text_add(&text, ",\n\"cleanup\":");
        score_add_json(&task[i].score, &text);
        text_add(&text, ",\n\"cleanup_targets\":");
        score_add_targets_json(&task[i].score, true, &text);
    }
    text_add(&text, "}\n");
    return file_write(path, 0644, text_cstr(&text), text.length, err);
}

/* The closing line has the form of all suites. */
static size_t conclude(const struct task *task, size_t count, struct score *ret_total)
{
    struct score total = {.seed = 0};
    size_t years = 0, missed = 0, passed = 0;

    for (size_t i = 0; i < count; i++) {
        missed += task[i].score.failed;
        if (task[i].is_cleanup)
            continue;
        score_add(&total, &task[i].score);
        years++;
    }
    if (years) {
        score_print(&total, "in all");
        missed += score_check(&total, &passed);
    }
    for (size_t i = 0; i < count; i++)
        if (task[i].is_cleanup)
            missed += score_check_cleanup(&task[i].score, &passed);
    printf("%zu passed, %zu failed, 0 skipped\n", passed, missed);
    *ret_total = total;
    return missed;
}

static int run(const struct options *options, size_t *ret_missed, struct err *err)
{
    struct task *task = mem_calloc(2 * SEEDS_MAX + 1, sizeof(*task));
    size_t count = make_tasks(options, task);
    struct score total;
    int failed = live_all(task, count, (size_t)options->jobs, err);

    if (!failed) {
        *ret_missed = conclude(task, count, &total);
        failed = options->json ? write_json(options->json, task, count, &total, err) : 0;
    }
    free(task);
    return failed;
}

int main(int argc, char **argv)
{
    struct options options = {.nights = 365,
                              .people = 300,
                              .seeds = 10,
                              .first_seed = 1,
                              .large_seeds = 2,
                              .jobs = 2,
                              .cleanup = true,
                              .kinds = kinds_default()};
    CLEANUP(err_release) struct err err = ERR_INIT;
    size_t missed = 0;

    if (parse_options(&options, argc, argv, &err) == 0) {
        if (options.help) {
            (void)fputs(help, stdout);
            return 0;
        }
        if (run(&options, &missed, &err) == 0)
            return missed ? 1 : 0;
    }
    (void)fprintf(stderr, "year: %s\n", err.text);
    return (int)err.code;
}
