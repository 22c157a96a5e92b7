/* roster check [FILE]: a roster read with the configured mapping. Asks no portal, no database. */
#include "base/instant.h"
#include "cmd/bynder-reconcile/session.h"
#include "host/clock.h"
#include "host/zone.h"
#include "report/roster.h"
#include "roster/reader.h"

static const struct option_spec options[] = {
    {"format", "FORMAT", "text (default), json or csv"},
    {"output", "FILE", "write there instead of to standard output"},
    {"all", NULL, "every rejected row and duplicate, not the first ones"},
    {NULL, NULL, NULL},
};

static int check_words(const struct invocation *invocation, enum report_format *ret_format,
                       struct err *err)
{
    if (invocation->argument_count == 0 || !text_equal(invocation->argument[0], "check"))
        return err_set(err, ERR_USAGE, "roster does one thing: 'roster check [FILE]'");
    if (session_format(invocation_option(invocation, "format"), ret_format, err) < 0)
        return -1;
    if (*ret_format == REPORT_HTML || *ret_format == REPORT_XLSX)
        return err_set(err, ERR_USAGE, "roster check has no format '%s'; hint: text, json, csv",
                       report_format_name(*ret_format));
    return 0;
}

static int read_roster(const struct invocation *invocation, const struct config *config,
                       struct roster *ret_roster, struct day *ret_today, struct err *err)
{
    const char *path = invocation_argument_file(invocation);
    const struct zone *zone = NULL;
    const struct clock *clock = clock_system();
    struct instant now = clock->now(clock->self);

    if (zone_load(invocation->arena, config->time_zone, &zone, err) < 0 ||
        roster_read(invocation->arena, &config->roster, path, now, ret_roster, err) < 0)
        return -1;
    *ret_today = instant_day(now, zone);
    ret_roster->written = instant_day(roster_as_of(ret_roster), zone);
    roster_judge(ret_roster, *ret_today);
    return 0;
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    struct config config;
    struct roster roster;
    struct roster_report report = {.roster = &roster, .config = &config.roster};
    enum report_format format;

    if (check_words(invocation, &format, err) < 0 || session_config(invocation, &config, err) < 0 ||
        read_roster(invocation, &config, &roster, &report.today, err) < 0)
        return (int)err->code;
    report.limits = &config.limits;
    report.all = invocation_option(invocation, "all") != NULL;
    roster_report(&report, format, &text);
    return session_print(invocation_option(invocation, "output"), &text, err) ? (int)err->code : 0;
}

const struct verb verb_roster = {
    .name = "roster",
    .synopsis = "check [FILE] [--format FORMAT]",
    .sentence = "read a roster and say what would be accepted and rejected, and why",
    .option = options,
    .argument_max = 2,
    .argument_file = 2,
    .run = run_verb,
};
