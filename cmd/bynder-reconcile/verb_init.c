/*
 * init: the first hour. Gathers a few answers, from options or at a terminal, finds out what HR's
 * roster is, writes a configuration that cannot write to Bynder (mode "report"), and tries it: what
 * a run would read of the roster, which guard would hold, then all that `check` looks at. Repeated,
 * it keeps what is right, and asks anew for what is not. A configuration that the package's units
 * run gets what works under them: the secret as a credential of systemd, all that is written below
 * the state directory, and the unit's own check.
 *
 * "all is well" is said only of a configuration of which nothing is open and by whose roster no
 * plan would be held.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "bynder/bynder.h"
#include "cmd/bynder-reconcile/check.h"
#include "cmd/bynder-reconcile/desk.h"
#include "cmd/bynder-reconcile/init.h"
#include "cmd/bynder-reconcile/options.h"
#include "cmd/bynder-reconcile/service.h"
#include "host/command.h"
#include "host/log.h"

const struct option_spec init_options[INIT_OPTIONS + 1] = {
    [INIT_PORTAL] = {"portal", "URL", "address of the portal, like https://acme.bynder.com"},
    [INIT_NAME] = {"name", "NAME", "its name in the history (default: acme, of that address)"},
    [INIT_CLIENT_ID] = {"client-id", "ID", "client id of the OAuth app in Bynder"},
    [INIT_SECRET_FILE] = {"secret-file", "FILE",
                          "file of mode 0600 with its client secret; for a configuration below "
                          "/etc/bynder-reconcile it is copied into " SERVICE_SECRET_DIRECTORY},
    [INIT_ROSTER] = {"roster", "FILE", "HR's file, or an address: https://, sftp://"},
    [INIT_DATABASE] = {"database", "DATABASE",
                       "directory of an embedded database (default: pg "
                       "below the state directory), or a connection string"},
    [INIT_TIME_ZONE] = {"time-zone", "ZONE",
                        "of the company, like Europe/Berlin (default: this machine's)"},
    [INIT_LEAVE_OUT] = {"leave-out", "COLUMNS",
                        "titles of columns that look as if they mattered and do not, a comma "
                        "between two, one that holds a comma in double quotes; may be repeated; "
                        "'leave': nobody is away for long; 'rehires': who is hired again has no "
                        "last day"},
    [INIT_OPTIONS] = {NULL, NULL, NULL},
};

/* --- what is there --- */

/* Whether the portal takes the credentials that are there; when nobody knows (it cannot be
 * reached), they stay. */
static bool is_refused(const struct invocation *invocation, const struct config *config)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct bynder_setup setup = {.config = &config->portal, .patience_us = 5 * SECOND_US};
    struct snapshot snapshot = {.count = 0};
    struct bynder *bynder = NULL;

    if (bynder_new(&setup, &bynder, &err) < 0)
        return true;
    struct portal portal = bynder_read_only(bynder);
    int failed = portal.enter(portal.self, invocation->arena, &snapshot, &err);
    bynder_free(bynder);
    if (failed && err.code == ERR_SCOPE)
        session_say("not right: %s", err.text);
    return failed && err.code == ERR_SCOPE;
}

/* The roster as it is configured stays when it is read, no guard would hold, nothing was left open
 * and nobody says anything new about it. */
static bool is_read_well(const struct invocation *invocation, const struct init_before *before)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    bool holds = true;

    if (!before->loads || invocation->value[INIT_ROSTER] || invocation->value[INIT_LEAVE_OUT])
        return false;
    if (before->is_open) {
        session_say("not right: something was left open, see '" INIT_OPEN "' in %s",
                    invocation->config_path);
        return false;
    }
    if (init_look(invocation, &before->config, false, &holds, &err) < 0)
        session_say("not right: %s", err.text);
    else if (holds)
        session_say("not right: a guard would hold every plan that is made of the roster");
    const char *news = holds ? NULL : init_find_news(invocation, before);
    if (news)
        session_say("not right: HR's file has something that nobody was asked about: %s", news);
    return !holds && !news;
}

static int init(const struct invocation *invocation, struct answers *answers, struct err *err)
{
    CLEANUP(init_before_release) struct init_before before = {.is_there = false};

    answers->instance = service_instance(invocation->arena, invocation->config_path);
    if (answers->instance)
        answers->secret_file = service_secret_path(invocation->arena, answers->instance);
    if (init_read_before(invocation, &before, err) < 0)
        return -1;
    answers->secret_anew = before.loads && !answers->instance &&
                           (init_at_terminal() || invocation->value[INIT_SECRET_FILE]) &&
                           is_refused(invocation, &before.config);
    answers->reads_well = is_read_well(invocation, &before);
    if (init_gather(invocation, &before, answers, err) < 0 ||
        (!answers->reads_well && init_guess(invocation, &before, answers, err) < 0) ||
        init_rules_refuse(&before, answers, err) < 0)
        return -1;
    return init_write(invocation, &before, answers, err);
}

/* --- and then --- */

/* How all ended. */
struct ending {
    int code;
    bool held;   /* nothing is wrong or open but that a guard would hold every plan */
    bool unread; /* no run can read the roster: there is nothing to be planned */
};

static void say_ending(const struct ending *ending)
{
    CLEANUP(text_release) struct text again = TEXT_INIT;
    CLEANUP(mem_cleanup) char *init = command_make("init");

    command_add_portal(&again, COMMAND_CHECK, 0);
    if (ending->held)
        printf("\neverything is answered; each plan will be held by the guard that is named "
               "above, until something is done about it; next:\n\n");
    else if (ending->code)
        printf("\nsomething is to be mended first; these look again, and keep what is right:\n\n"
               "  %s    # asks for what is open\n  %s\n%s",
               init, text_cstr(&again), ending->unread ? "" : "\nthen:\n\n");
    else
        printf("\nall is well; next:\n\n");
}

static void show_next(const char *instance, const struct ending *ending)
{
    CLEANUP(text_release) struct text plan = TEXT_INIT;
    CLEANUP(mem_cleanup) char *roster = command_make("roster check");
    CLEANUP(mem_cleanup) char *show = command_make("show --format html --output plan.html");

    command_set_credentials(instance != NULL);
    command_add_portal(&plan, COMMAND_PLAN, 0);
    say_ending(ending);
    if (ending->unread)
        return;
    /* Whoever reviews asks the desk as a member of its group; for today root may look. */
    printf("  %s    # what of the roster is accepted\n"
           "  %s    # the first plan; changes nothing\n"
           "  %s%s    # for the people who decide\n",
           roster, text_cstr(&plan), instance ? "sudo " : "", show);
    if (instance)
        printf("  sudo adduser \"$USER\" " COMMAND_REVIEWERS
               "    # once for each of them, who logs in"
               " anew\n");
}

/* With the eyes of the run. */
static int try_service(const char *instance, struct err *err)
{
    if (service_is_running_here())
        return service_check(instance, err);
    printf("not tried: systemd does not run here, and the units need it\n");
    return 0;
}

/* What a run would read, then all else. The first thing that is wrong gives the code. */
static struct ending try_all(const struct invocation *invocation, const struct answers *answers,
                             struct err *err)
{
    CLEANUP(err_release) struct err of_roster = ERR_INIT;
    struct config config;
    bool holds = false;

    if (session_config(invocation, &config, err) < 0)
        return (struct ending){.code = (int)err->code};
    int failed = init_look(invocation, &config, true, &holds, &of_roster);
    if (failed)
        session_say("How a run would read it: not at all: %s", of_roster.text);
    int code = answers->instance ? try_service(answers->instance, err)
                                 : check_all(invocation, &config, err);
    if (code || failed)
        return (struct ending){.code = code < 0   ? (int)err->code
                                       : code > 0 ? code
                                                  : (int)of_roster.code,
                               .unread = failed};
    if (answers->rules_lack)
        session_say("not right: no rule acts on departures, and those in policy.rules are not "
                    "init's to change; a rule for it: { name = \"departed\"; when = { account = "
                    "\"active\"; person = \"departed\"; }; do = \"suspend\"; }");
    bool open = (answers->guessed && answers->guess.questions > 0) || answers->rules_lack;
    return (struct ending){.code = holds || open ? ERR_HELD : 0, .held = holds && !open};
}

static int run_verb(const struct invocation *invocation, struct err *err)
{
    struct answers answers = {.guessed = false};

    if (init(invocation, &answers, err) < 0)
        return (int)err->code;
    (void)fflush(stdout);
    struct ending ending = try_all(invocation, &answers, err);
    show_next(answers.instance, &ending);
    return ending.code;
}

const struct verb verb_init = {
    .name = "init",
    .synopsis = "[--portal URL] [--client-id ID] [--secret-file FILE] [--roster FILE]...",
    .sentence = "write a first configuration, try it, and say what comes next",
    .option = init_options,
    .run = run_verb,
};
