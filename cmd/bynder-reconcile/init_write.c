/*
 * A new configuration is made of answers and guess. In one that is there only what was not right is
 * exchanged: every other setting and comment stays as it was written, and the file as it was is
 * kept beside it. Both are read back before anything is placed.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "cmd/bynder-reconcile/init.h"
#include "cmd/bynder-reconcile/service.h"
#include "config/edit.h"
#include "host/file.h"
#include "host/secret.h"
#include "roster/guess_write.h"

/* --- the roster --- */

/* Where few people are, nothing may change for weeks: a file that says the same is no stuck export
 * before its time. Per year about a third of all rows change (hires, leavers, moves), so that in a
 * company of a thousand a week without any change does not happen. */
enum { SAME_DAYS_PEOPLE = 1000, SAME_DAYS_USUAL = 7, SAME_DAYS_MOST = 60 };

static void write_same_days(struct config_writing *writing, const struct answers *answers)
{
    size_t people = answers->guess.rows;
    size_t days = people ? (size_t)SAME_DAYS_USUAL * SAME_DAYS_PEOPLE / people : 0;

    if (people == 0 || people >= SAME_DAYS_PEOPLE)
        return;
    if (days > SAME_DAYS_MOST)
        days = SAME_DAYS_MOST;
    config_write_comment(writing,
                         arena_printf(writing->arena,
                                      "of %zu people: HR's file may say the same for some weeks, "
                                      "and is no copy yet",
                                      people));
    config_write_plain(writing, "roster.guards.max_same_days",
                       arena_printf(writing->arena, "%zu", days));
}

/* HR's file belongs to whoever puts it there, and that is for a person to confirm by reading. */
static void write_writer(struct config_writing *writing, const char *roster)
{
    struct stat status;
    const struct passwd *owner;

    if (init_is_address(roster) || file_look(roster, &status) < 0 || status.st_uid == 0 ||
        status.st_uid == geteuid())
        return;
    owner = getpwuid(status.st_uid);
    const char *name = owner ? arena_strdup(writing->arena, owner->pw_name)
                             : arena_printf(writing->arena, "%u", (unsigned)status.st_uid);
    config_write_list(writing, "roster.writers", &name, 1);
    config_write_comment(writing, "whose file this is today: nobody else's is read");
}

static void write_roster(struct config_writing *writing, const struct answers *answers)
{
    config_write_text(writing, "roster.source", answers->roster);
    write_writer(writing, answers->roster);
    if (!answers->guessed)
        return;
    config_write_comment(writing,
                         "what follows was guessed from titles and values, or said by whoever "
                         "answered: look at it");
    roster_guess_write(&answers->guess, writing);
    write_same_days(writing, answers);
}

/* --- the rules --- */

/* The rules of the sample that need no more of the roster than was found in it. */
static void write_policy(struct config_writing *writing, const struct answers *answers)
{
    const struct roster_guess *guess = &answers->guess;
    bool scim = guess->shape.format == ROSTER_FORMAT_SCIM, leave = false, departed = scim;
    CLEANUP(text_release) struct text rules = TEXT_INIT;

    for (size_t i = 0; i < guess->words; i++) {
        leave |= guess->word[i].status == PERSON_ON_LEAVE;
        departed |= guess->word[i].status == PERSON_DEPARTED;
    }
    leave |= answers->guessed && (roster_guess_of(guess, MEANING_ON_LEAVE) ||
                                  roster_guess_of(guess, MEANING_LEAVE_FROM));
    departed |= answers->guessed && roster_guess_of(guess, MEANING_LAST_DAY);
    text_add(&rules, "(\n        { name = \"integrations\"; when = { username = [ \"svc-*\" ]; };"
                     " do = \"keep\"; }");
    if (leave)
        text_add(&rules, ",\n        { name = \"on leave\"; when = { person = \"on_leave\"; };"
                         " do = \"keep\"; }");
    if (departed && !roster_guess_blocks_departed(guess))
        text_add(&rules, ",\n        { name = \"departed\"; when = { account = \"active\"; person "
                         "= \"departed\"; };\n          do = \"suspend\"; }");
    if (!roster_guess_blocks_idle(guess))
        text_add(&rules, ",\n        { name = \"idle\"; when = { account = \"active\"; "
                         "idle_days_min = 90; };\n          do = \"suspend\"; grace_days = 14; }");
    text_add(&rules, "\n    )");
    config_write_text(writing, "policy.mode", "report");
    config_write_comment(writing, "in this mode 'run' never writes to Bynder");
    config_write_text(writing, "policy.time_zone", answers->time_zone);
    if (roster_guess_blocks_departed(guess))
        config_write_comment(writing, "no rule for departures while that is open, see roster");
    if (roster_guess_blocks_idle(guess))
        config_write_comment(writing, "no rule for idle accounts while that is open, see roster");
    config_write_plain(writing, "policy.rules", arena_strdup(writing->arena, text_cstr(&rules)));
}

/* --- the rest --- */

/* What the units may write to, and a person's sudo writes to as well. */
static void write_places(struct config_writing *writing, const char *instance)
{
    struct arena *arena = writing->arena;

    config_write_text(writing, "apply.state_directory", SERVICE_STATE_DIRECTORY);
    config_write_text(writing, "report.directory",
                      arena_printf(arena, SERVICE_STATE_DIRECTORY "/reports/%s", instance));
    if (access(SERVICE_FIGURES, F_OK) == 0)
        config_write_text(
            writing, "metrics.textfile",
            arena_printf(arena, SERVICE_FIGURES "/bynder-reconcile-%s.prom", instance));
}

static void write_secret(struct config_writing *writing, const struct answers *answers)
{
    if (answers->instance)
        config_write_text(writing, "portal.client_secret_credential", SERVICE_SECRET);
    else
        config_write_text(writing, "portal.client_secret_file", answers->secret_file);
}

static const char *database_setting(const struct answers *answers)
{
    return init_is_conninfo(answers->database) ? "database.conninfo" : "database.embedded";
}

static void write_all(struct config_writing *writing, const struct answers *answers)
{
    config_write_comment(writing, "Made by 'bynder-reconcile init'. Every setting, with its "
                                  "default: bynder-reconcile check --print-sample");
    config_write_text(writing, "portal.name", answers->name);
    config_write_text(writing, "portal.url", answers->portal);
    config_write_text(writing, "portal.client_id", answers->client_id);
    write_secret(writing, answers);
    config_write_text(writing, database_setting(answers), answers->database);
    if (answers->instance)
        write_places(writing, answers->instance);
    write_roster(writing, answers);
    write_policy(writing, answers);
    config_write_end(writing);
}

/* --- what is there --- */

/* One setting, exchanged. */
static void exchange(struct config_writing *writing, const char *path, const char *value)
{
    CLEANUP(config_writing_release) struct config_writing one = {.arena = writing->arena};
    const char *group = arena_strndup(writing->arena, path, strcspn(path, "."));

    config_write_text(&one, path, value);
    const char *line = strstr(text_cstr(&one.text), "{\n") + 2;
    (void)config_edit_remove(&writing->text, path);
    config_edit_insert(&writing->text, group, line);
    writing->said =
        mem_grow(writing->said, writing->count, &writing->capacity, sizeof(writing->said[0]));
    writing->said[writing->count++] = (struct config_said){path, value};
}

/* Settings of the roster that a guess makes anew; others of it are a person's. */
static const char *const guessed_settings[] = {"roster.format",
                                               "roster.delimiter",
                                               "roster.encoding",
                                               "roster.header_row",
                                               "roster.label_rows",
                                               "roster.footer",
                                               "roster.items",
                                               "roster.columns",
                                               "roster.status",
                                               "roster.date_format",
                                               "roster.date_formats",
                                               "roster.two_digit_year_cutoff",
                                               "roster.no_date",
                                               "roster.on_leave_column",
                                               "roster.leave_from_column",
                                               "roster.leave_until_column"};

static void exchange_guess(struct config_writing *writing, const struct answers *answers)
{
    CLEANUP(config_writing_release) struct config_writing guess = {.arena = writing->arena};

    for (size_t i = 0; i < COUNT_OF(guessed_settings); i++)
        (void)config_edit_remove(&writing->text, guessed_settings[i]);
    roster_guess_forget(&writing->text);
    roster_guess_write(&answers->guess, &guess);
    while (guess.group && strcmp(guess.group, "roster") != 0)
        config_write_up(&guess);
    config_edit_insert(&writing->text, "roster", strstr(text_cstr(&guess.text), "{\n") + 2);
}

static void exchange_wrong(struct config_writing *writing, const struct init_before *before,
                           const struct answers *answers)
{
    const struct {
        const char *path, *there, *value;
    } settings[] = {
        {"portal.url", before->config.portal.url, answers->portal},
        {"portal.name", before->config.portal.name, answers->name},
        {"portal.client_id", before->config.portal.client_id, answers->client_id},
        {"portal.client_secret_file", before->config.portal.client_secret.file,
         answers->instance ? NULL : answers->secret_file},
        {"database.embedded", before->config.database.embedded,
         init_is_conninfo(answers->database) ? NULL : answers->database},
        {"database.conninfo", before->config.database.conninfo,
         init_is_conninfo(answers->database) ? answers->database : NULL},
        {"roster.source", before->config.roster.source, answers->roster},
        {"policy.time_zone", before->config.time_zone, answers->time_zone},
    };

    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        bool right = init_is_right(before, settings[i].path, settings[i].there);
        if (settings[i].value && !(right && text_equal(settings[i].there, settings[i].value)))
            exchange(writing, settings[i].path, settings[i].value);
    }
    if (!text_equal(database_setting(answers), "database.embedded"))
        (void)config_edit_remove(&writing->text, "database.embedded");
    if (answers->guessed)
        exchange_guess(writing, answers);
}

/* --- placing it --- */

static int refuse_to_replace(const char *path, const char *hint, struct err *err)
{
    return err_set(err, ERR_CONFIG, "'%s' is there already and is not replaced; hint: %s", path,
                   hint);
}

/* Complete or not there at all. */
static int put(const char *path, mode_t mode, const struct text *content, bool is_new,
               const char *hint, struct err *err)
{
    CLEANUP(file_draft_release) struct file_draft draft = FILE_DRAFT_NONE;

    if (file_draft_begin(&draft, path, mode, err) < 0)
        return -1;
    draft.keeps = is_new;
    file_draft_add(&draft, text_cstr(content), content->length);
    if (file_draft_end(&draft, err) == 0)
        return 0;
    return draft.failure == EEXIST ? refuse_to_replace(path, hint, err) : -1;
}

static int put_secret(const struct answers *answers, struct err *err)
{
    CLEANUP(text_release) struct text content = TEXT_INIT;

    if (!answers->secret)
        return 0;
    text_addf(&content, "%s\n", answers->secret);
    int failed = (answers->instance && file_make_directory(SERVICE_SECRET_DIRECTORY, 0700, err)) ||
                 put(answers->secret_file, 0600, &content, !answers->secret_anew,
                     "leave out --secret-file to use it, or remove it first", err);
    secret_wipe(content.data, content.length);
    secret_wipe(answers->secret, strlen(answers->secret));
    return failed ? -1 : 0;
}

/* The file as it was, under a name of its own. */
static int keep_before(const struct invocation *invocation, const struct text *there,
                       struct err *err)
{
    const char *kept = arena_printf(invocation->arena, "%s.before", invocation->config_path);

    if (file_write(kept, 0600, text_cstr(there), there->length, err) < 0)
        return -1;
    session_say("the file as it was is kept: %s", kept);
    return 0;
}

static int place(const struct invocation *invocation, const struct init_before *before,
                 const struct answers *answers, const struct config_writing *writing,
                 const struct text *there, struct err *err)
{
    const char *path = invocation->config_path;
    CLEANUP(mem_cleanup) char *directory = file_directory(path);

    if (file_make_directory(directory, 0755, err) < 0 || put_secret(answers, err) < 0 ||
        (before->is_there && keep_before(invocation, there, err) < 0) ||
        put(path, 0640, &writing->text, !before->is_there, "name another file with --config", err) <
            0)
        return -1;
    service_share(path);
    session_say("written: %s", path);
    return 0;
}

int init_write(const struct invocation *invocation, const struct init_before *before,
               const struct answers *answers, struct err *err)
{
    CLEANUP(config_writing_release) struct config_writing writing = {.arena = invocation->arena};
    CLEANUP(text_release) struct text there = TEXT_INIT;

    if (!before->is_there) {
        write_all(&writing, answers);
    } else {
        if (file_read(invocation->config_path, LIMIT_CONFIG_BYTES, ERR_CONFIG, &writing.text, NULL,
                      err) < 0)
            return -1;
        text_add(&there, text_cstr(&writing.text));
        exchange_wrong(&writing, before, answers);
    }
    if (config_write_check(&writing, err) < 0)
        return err_prefix(err, "nothing was written");
    if (before->is_there && text_equal(text_cstr(&there), text_cstr(&writing.text))) {
        session_say("unchanged: %s", invocation->config_path);
        return put_secret(answers, err);
    }
    return place(invocation, before, answers, &writing, &there, err);
}
