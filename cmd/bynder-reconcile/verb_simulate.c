/*
 * simulate: what if. Nothing is asked of the portal, nothing is stored, no lock is taken.
 */
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/parse.h"
#include "cmd/bynder-reconcile/session.h"
#include "host/clock.h"
#include "host/file.h"
#include "job/simulate.h"

enum { THRESHOLDS_MOST = 24, DAYS_MOST = 36500 };

static const struct option_spec options[] = {
    {"idle", "DAYS", "thresholds, with commas between (default: 30,60,90,120,180)"},
    {"policy", "FILE", "by the policy of this configuration instead"},
    {"from", "DAY", "also on the stored nights from this day on"},
    {"to", "DAY", "likewise until this day"},
    {"format", "FORMAT", "text (default) or json"},
    {"output", "FILE", "write there instead of to standard output"},
    {NULL, NULL, NULL},
};

struct asked {
    const struct invocation *invocation;
    enum report_format format;
    int days[THRESHOLDS_MOST];
    struct policy policy;
    struct simulate_wish wish;
};

static int read_idle(struct asked *asked, struct err *err)
{
    const char *idle = invocation_option(asked->invocation, "idle");

    for (const char *at = idle ? idle : "30,60,90,120,180"; at;) {
        size_t length = strcspn(at, ",");
        CLEANUP(mem_cleanup) char *word = mem_strndup(at, length);
        int64_t days = 0;
        if (asked->wish.count == THRESHOLDS_MOST || !parse_int(word, 0, DAYS_MOST, &days))
            return err_set(err, ERR_USAGE,
                           "--idle takes at most %d numbers of days, with commas between, and not "
                           "'%s'",
                           THRESHOLDS_MOST, idle);
        asked->days[asked->wish.count++] = (int)days;
        at = at[length] ? at + length + 1 : NULL;
    }
    asked->wish.days = asked->days;
    return 0;
}

static int read_day(struct asked *asked, const char *option, struct day *ret_day, struct err *err)
{
    const char *word = invocation_option(asked->invocation, option);

    if (!word)
        return 0;
    asked->wish.nights = true;
    if (!day_parse_iso(word, ret_day))
        return err_set(err, ERR_USAGE, "--%s is a day such as 2027-03-31, not '%s'", option, word);
    return 0;
}

static int read_policy(struct asked *asked, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const char *name = invocation_option(asked->invocation, "policy");

    if (!name)
        return 0;
    if (file_read(invocation_file(asked->invocation, "policy"), LIMIT_CONFIG_BYTES, ERR_USAGE,
                  &text, NULL, err) < 0 ||
        config_read_policy(asked->invocation->arena, name, &text, &asked->policy, err) < 0)
        return -1;
    asked->wish.policy = &asked->policy;
    asked->wish.policy_file = name;
    return 0;
}

static int read_options(struct asked *asked, struct err *err)
{
    const char *format = invocation_option(asked->invocation, "format");
    struct simulate_wish *wish = &asked->wish;

    if (session_format(format, &asked->format, err) < 0)
        return -1;
    if (asked->format != REPORT_TEXT && asked->format != REPORT_JSON)
        return err_set(err, ERR_USAGE, "'%s' is no format here; hint: text or json", format);
    if (read_idle(asked, err) < 0 || read_day(asked, "from", &wish->from, err) < 0 ||
        read_day(asked, "to", &wish->to, err) < 0)
        return -1;
    if (day_is_set(wish->from) && day_is_set(wish->to) && day_compare(wish->from, wish->to) > 0)
        return err_set(err, ERR_USAGE, "--to is before --from");
    return read_policy(asked, err);
}

static int print(const struct asked *asked, const struct simulation *simulation, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    if (asked->format == REPORT_JSON)
        simulate_report_json(simulation, &text);
    else
        simulate_report_text(simulation, &text);
    return session_print(invocation_option(asked->invocation, "output"), &text, err);
}

static int simulate(struct asked *asked, struct err *err)
{
    CLEANUP(database_release) struct database database = {.cluster = NULL};
    CLEANUP(simulation_release) struct simulation simulation = {.count = 0};
    const struct clock *clock = clock_system();
    struct config config;
    struct store store;

    if (session_config(asked->invocation, &config, err) < 0)
        return -1;
    asked->policy.tells_people = config.policy.tells_people;
    if (session_open(&config, SESSION_READS, &database, &store, err) < 0)
        return -1;
    struct job job = {.config = &config,
                      .arena = asked->invocation->arena,
                      .clock = clock,
                      .store = &store,
                      .now = clock->now(clock->self)};
    job.today = instant_day(job.now, config.policy.zone);
    return job_simulate(&job, &asked->wish, &simulation, err) < 0 ? -1
                                                                  : print(asked, &simulation, err);
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    struct asked asked = {.invocation = invocation};

    if (read_options(&asked, err) < 0 || simulate(&asked, err) < 0)
        return (int)err->code;
    return 0;
}

const struct verb verb_simulate = {
    .name = "simulate",
    .synopsis = "[--idle DAYS] [--policy FILE] [--from DAY] [--to DAY] [--format FORMAT] "
                "[--output FILE]",
    .sentence = "what other thresholds or another policy would do; reads only",
    .option = options,
    .run = run_verb,
};
