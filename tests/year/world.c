/*
 * A day of the year: at two the run, at ten on Tuesdays the administrator, then the working day,
 * and at eleven in the evening HR's export.
 */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "cluster_fixture.h"
#include "host/file.h"

#include "calendar.h"

#define OUTAGE "error=503"
#define SLOW   "latency=20&delay-202=1200"
#define CLEAR  "clear=1"

enum { CLOCK_AHEAD_DAYS = 4 };

struct world {
    const struct world_settings *settings;
    struct company company;
    struct seats seats;
    struct oracle oracle;
    struct program program;
    struct administrator administrator;
    struct portal_client portal;
    struct mailbox mailbox;
    struct trouble *trouble;
    char *directory, *roster_path;
    size_t writes_seen;
    struct score score;
};

static double now_s(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu_s(int who)
{
    struct rusage usage;

    (void)getrusage(who, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void put_json(struct json_object **json)
{
    (void)json_object_put(*json);
}

/* --- HR's export --- */

/* The file is as old as the evening it is written on. */
static int write_roster(struct world *world, struct day day, const struct text *text,
                        struct err *err)
{
    struct instant at = calendar_at(day, CALENDAR_EXPORT_S);
    const struct timespec times[2] = {{.tv_sec = at.us / SECOND_US}, {.tv_sec = at.us / SECOND_US}};

    if (file_write(world->roster_path, 0644, text_cstr(text), text->length, err))
        return -1;
    if (utimensat(AT_FDCWD, world->roster_path, times, 0) < 0)
        return err_set_errno(err, ERR_INTERNAL, errno, "'%s'", world->roster_path);
    return 0;
}

/* `trouble` may be NULL: none. */
static int live_evening(struct world *world, struct day day, const struct trouble *trouble,
                        struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    bool old = trouble && trouble->old;

    if (!calendar_is_workday(day) || (trouble && trouble->missed))
        return 0;
    company_add_roster(&world->company, old ? day_add(day, -TROUBLE_OLD_DAYS) : day, &text);
    if (trouble && trouble->cut) {
        text.length = text.length / 2;
        text.data[text.length] = '\0';
    } else if (!old) {
        oracle_note_roster(&world->oracle, day);
    }
    return write_roster(world, day, &text, err);
}

/* --- a night --- */

static const char *field_of(struct json_object *json, const char *key)
{
    struct json_object *value = NULL;

    return json_object_object_get_ex(json, key, &value) && value ? json_object_get_string(value)
                                                                 : "";
}

static void note_wrong(struct score *score, const struct seat *seat, struct day day,
                       const char *effect, const char *wrong)
{
    char text[DAY_TEXT_SIZE];
    size_t at = 0;

    while (at < SCORE_TEXTS && score->wrong_text[at][0])
        at++;
    if (at < SCORE_TEXTS)
        (void)snprintf(score->wrong_text[at], SCORE_TEXT, "%s: %s: %s (%s, %s)",
                       day_format(day, text), effect, wrong, seat ? seat->email : "",
                       seat ? seat->id : "no such account");
}

static void note_act(struct world *world, struct day day)
{
    struct score *score = &world->score;

    score->acts++;
    score->last_act = day_between(world->company.first, day) + 1;
    if (!score->first_act)
        score->first_act = score->last_act;
}

static void judge_write(struct world *world, struct json_object *write, struct day day)
{
    const char *effect = field_of(write, "effect");
    struct seat *seat = seats_find(&world->seats, field_of(write, "id"));
    const char *wrong;

    if (text_equal(effect, "none") || text_equal(effect, "unchanged"))
        return;
    note_act(world, day);
    if (!text_equal(effect, "suspended") && !text_equal(effect, "delayed")) {
        wrong = "nobody asked for this";
        world->oracle.figures.wrong++;
    } else {
        wrong = oracle_judge(&world->oracle, seat, day);
        if (seat)
            seats_note_suspended(&world->seats, seat);
    }
    if (wrong)
        note_wrong(&world->score, seat, day, effect, wrong);
}

static int judge_writes(struct world *world, struct day day, struct err *err)
{
    CLEANUP(put_json) struct json_object *list = NULL;

    if (portal_client_writes(&world->portal, &list, err))
        return -1;
    for (size_t count = json_object_array_length(list); world->writes_seen < count;)
        judge_write(world, json_object_array_get_idx(list, world->writes_seen++), day);
    return 0;
}

/* What a program would do that makes no mistake and loses no night. */
static int rehearse(struct world *world, struct day day, struct err *err)
{
    for (size_t i = 0; i < world->seats.count; i++) {
        struct seat *seat = &world->seats.seat[i];
        if (!oracle_frees(&world->oracle, i, day))
            continue;
        const char *wrong = oracle_judge(&world->oracle, seat, day);
        if (wrong)
            note_wrong(&world->score, seat, day, "the best", wrong);
        note_act(world, day);
        seats_note_suspended(&world->seats, seat);
        if (portal_client_change(&world->portal, seat->id, "active=0", err))
            return -1;
    }
    return portal_client_flush(&world->portal, err);
}

static void note_run(struct world *world, const struct trouble *trouble, struct day day,
                     const struct program_result *result)
{
    struct score *score = &world->score;
    bool excused = trouble_excuses(trouble);
    char text[DAY_TEXT_SIZE];

    score->code[result->code < SCORE_CODES ? result->code : SCORE_CODES - 1]++;
    score->excused += excused;
    score->red += result->code != 0 && !excused;
    score->red_excused += result->code != 0 && excused;
    if (world->settings->verbose)
        (void)fprintf(stderr, "%s %d%s\n%s", day_format(day, text), result->code,
                      excused ? " (trouble)" : "", text_cstr(&result->err));
}

static int run_program(struct world *world, struct day day, const struct trouble *trouble,
                       struct err *err)
{
    CLEANUP(program_result_release) struct program_result result = {.code = 0};
    struct day shown = day_add(day, trouble->clock ? CLOCK_AHEAD_DAYS : 0);
    const char *faults = trouble->outage ? OUTAGE : trouble->slow ? SLOW : NULL;

    if (portal_client_set_clock(&world->portal, calendar_at(day, CALENDAR_NIGHT_S), err) ||
        (faults && portal_client_faults(&world->portal, faults, err)) ||
        program_run(&world->program, calendar_at(shown, CALENDAR_NIGHT_S),
                    (const char *const[]){"run", NULL}, &result, err) ||
        (faults && portal_client_faults(&world->portal, CLEAR, err)) ||
        judge_writes(world, day, err))
        return -1;
    note_run(world, trouble, day, &result);
    return 0;
}

static int live_night(struct world *world, struct day day, const struct trouble *trouble,
                      struct err *err)
{
    oracle_begin_night(&world->oracle, day, trouble);
    if (world->settings->rehearse ? rehearse(world, day, err)
                                  : run_program(world, day, trouble, err))
        return -1;
    oracle_end_night(&world->oracle, day);
    return 0;
}

/* --- the year --- */

static bool looks_on(const struct world *world, struct day day)
{
    return day_of_week(day) == CALENDAR_TUESDAY && !world->settings->rehearse &&
           !(world->settings->one_look && world->administrator.approved > 0);
}

static int live_day(struct world *world, int at, struct err *err)
{
    struct day day = day_add(world->company.first, at);
    const struct trouble *trouble = &world->trouble[at];

    if (live_night(world, day, trouble, err))
        return -1;
    if (looks_on(world, day) &&
        administrator_look(&world->administrator, day, !trouble_excuses(trouble), err))
        return -1;
    return seats_live(&world->seats, day, err) || live_evening(world, day, trouble, err) ? -1 : 0;
}

/* The freeze that an event asks for, as the configuration writes it; malloc'ed or NULL. */
static char *freeze_of(const struct company *company)
{
    char from[DAY_TEXT_SIZE], to[DAY_TEXT_SIZE];
    struct text text = TEXT_INIT;

    if (company->settings.event != EVENT_FREEZE)
        return NULL;
    text_addf(&text, "%s/%s", day_format(company->event_on, from),
              day_format(day_add(company->event_on, TROUBLE_FREEZE_DAYS - 1), to));
    return text_take(&text);
}

static int begin_program(struct world *world, struct day before, struct err *err)
{
    CLEANUP(mem_cleanup) char *freeze = freeze_of(&world->company);
    struct program_settings settings = {.portal_port = world->portal.port,
                                        .mail_port = world->mailbox.port,
                                        .roster_path = world->roster_path,
                                        .freeze = freeze,
                                        .more = world->settings->more};

    if (world->settings->rehearse)
        return 0;
    pg_close(cluster_fixture_open());
    settings.conninfo = cluster_fixture_conninfo();
    return program_configure(&world->program, calendar_at(before, CALENDAR_EXPORT_S), &settings,
                             err);
}

static int begin(struct world *world, struct err *err)
{
    struct day before = day_add(world->company.first, -1);
    CLEANUP(mem_cleanup) char *mails = file_join(world->directory, "mails");

    if (portal_client_start(&world->portal, world->directory, world->settings->company.chance.seed,
                            before, err) ||
        seats_begin(&world->seats, &world->company, &world->portal, err) ||
        mailbox_start(&world->mailbox, mails, err))
        return -1;
    oracle_init(&world->oracle, &world->seats);
    administrator_init(&world->administrator, &world->program, &world->seats, &world->oracle,
                       world->company.settings.nights);
    world->administrator.verbose = world->settings->verbose;
    return live_evening(world, before, NULL, err) ||
                   portal_client_set_clock(&world->portal, calendar_at(before, CALENDAR_EXPORT_S),
                                           err) ||
                   begin_program(world, before, err)
               ? -1
               : 0;
}

static void take_losses(struct world *world)
{
    struct watch watch;
    char since[DAY_TEXT_SIZE];
    size_t place = 0;

    for (size_t i = 0; i < SCORE_TEXTS && oracle_take_loss(&world->oracle, &place, &watch); i++) {
        const struct seat *seat = &world->seats.seat[place];
        (void)snprintf(world->score.lost_text[i], SCORE_TEXT, "%d days of %s (%s, %s since %s)",
                       watch.lost_days, seat->email, seat->id, reason_name(watch.lost_for),
                       day_format(watch.lost_since, since));
    }
}

static void take_figures(struct world *world)
{
    struct score *score = &world->score;
    const struct figures *figures = &world->oracle.figures;
    const struct administrator *admin = &world->administrator;

    take_losses(world);
    oracle_finish(&world->oracle);
    score->wrong = figures->wrong;
    score->seat_days = figures->seat_days;
    score->reclaimed = figures->reclaimed;
    score->freed = (int64_t)figures->freed;
    score->waited = (int64_t)figures->waited;
    for (size_t i = 0; i < figures->days_count; i++) {
        int days = figures->days[i] < 0 ? 0 : figures->days[i];
        score->days[days < SCORE_DAYS_MAX ? days : SCORE_DAYS_MAX - 1]++;
    }
    score->messages = (int64_t)mailbox_count(&world->mailbox);
    score->overrides = admin->overrides;
    score->spread = admin->spread;
    score->acknowledged = admin->acknowledged;
    score->kept = admin->kept;
    score->approved = admin->approved;
    score->refused = admin->refused;
    score->looks = admin->looks;
    score->holds = admin->holds;
    score->minutes = admin->minutes;
    score->reactivated = (int64_t)world->seats.reactivated;
    score->by_hand = (int64_t)world->seats.by_hand;
    score->program_seconds = world->program.seconds;
    score->cpu_seconds = cpu_s(RUSAGE_SELF) + cpu_s(RUSAGE_CHILDREN);
    for (size_t i = 0; i < VERBS_MISSING_MAX && admin->missing[i]; i++) {
        (void)snprintf(score->missing[i], sizeof(score->missing[i]), "%s", admin->missing[i]);
        score->missing_count[i] = admin->missing_count[i];
    }
    (void)snprintf(score->refusal, SCORE_TEXT, "%s", admin->refusal ? admin->refusal : "");
}

static int live(struct world *world, struct err *err)
{
    double began = now_s();

    if (file_make_directory(world->directory, 0755, err) || begin(world, err))
        return -1;
    for (int i = 0; i < world->company.settings.nights; i++)
        if (live_day(world, i, err))
            return err_prefix(err, "night %d", i);
    world->score.seconds = now_s() - began;
    take_figures(world);
    return 0;
}

int world_live(const struct world_settings *settings, struct score *ret_score, struct err *err)
{
    struct world world = {.settings = settings, .directory = cluster_fixture_directory()};

    world.score.seed = (int64_t)settings->company.chance.seed;
    world.score.people = (int64_t)settings->company.people;
    world.score.nights = settings->company.nights;
    world.roster_path = file_join(world.directory, "roster.csv");
    company_make(&world.company, &settings->company);
    world.trouble = trouble_make(&world.company);
    program_init(&world.program, world.directory);
    int failed = live(&world, err);
    *ret_score = world.score;
    ret_score->failed = failed != 0;
    portal_client_stop(&world.portal);
    mailbox_stop(&world.mailbox);
    administrator_release(&world.administrator);
    program_release(&world.program);
    oracle_release(&world.oracle);
    seats_release(&world.seats);
    company_release(&world.company);
    free(world.trouble);
    free(world.directory);
    free(world.roster_path);
    return failed;
}
