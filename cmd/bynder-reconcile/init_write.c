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
    config_write_comment(writing, "roster.guards",
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
    config_write_comment(writing, "roster", "whose file this is today: nobody else's is read");
}

static void write_guess(struct config_writing *writing, const struct answers *answers)
{
    config_write_comment(writing, "roster",
                         "what follows was guessed from titles and values, or said by whoever "
                         "answered: look at it");
    roster_guess_write(&answers->guess, writing);
}

static void write_roster(struct config_writing *writing, const struct answers *answers)
{
    config_write_text(writing, "roster.source", answers->roster);
    write_writer(writing, answers->roster);
    if (!answers->guessed)
        return;
    write_guess(writing, answers);
    write_same_days(writing, answers);
}

/* --- the rules --- */

static void write_policy(struct config_writing *writing, const struct answers *answers)
{
    config_write_text(writing, "policy.mode", "report");
    config_write_comment(writing, "policy", "in this mode 'run' never writes to Bynder");
    config_write_text(writing, "policy.time_zone", answers->time_zone);
    init_rules_write(answers, writing);
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
    config_write_comment(writing, "",
                         INIT_MADE ". Every setting, with its default: "
                                   "bynder-reconcile check --print-sample");
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

enum { EXCHANGED_MAX = 48, KEPT_MAX = 1000 };

/* What is exchanged in it: all else says the same afterwards. */
struct exchange {
    struct config_writing *writing;
    const char *path[EXCHANGED_MAX];
    size_t paths;
};

static void take_out(struct exchange *exchange, const char *path)
{
    (void)config_edit_remove(&exchange->writing->text, path);
    exchange->path[exchange->paths++] = path;
}

/* What was written by itself goes to the end of its group, and is read back with the rest. */
static void put_in(struct exchange *exchange, struct config_writing *part)
{
    struct config_writing *writing = exchange->writing;
    const char *group = arena_strndup(part->arena, part->group, strcspn(part->group, "."));

    while (strcmp(part->group, group) != 0)
        config_write_up(part);
    config_edit_insert(&writing->text, group, strstr(text_cstr(&part->text), "{\n") + 2);
    for (size_t i = 0; i < part->count; i++) {
        writing->said =
            mem_grow(writing->said, writing->count, &writing->capacity, sizeof(writing->said[0]));
        writing->said[writing->count++] = part->said[i];
    }
}

static void exchange_one(struct exchange *exchange, const char *path, const char *value)
{
    CLEANUP(config_writing_release)
    struct config_writing part = {.arena = exchange->writing->arena};

    take_out(exchange, path);
    config_write_text(&part, path, value);
    put_in(exchange, &part);
}

static bool has_pages(const struct answers *answers)
{
    return answers->guess.shape.format == ROSTER_FORMAT_JSON &&
           (text_starts(answers->roster, "https:") || text_starts(answers->roster, "http:"));
}

/* Settings of the roster that a guess makes anew. Others of it are a person's, and stay where what
 * they are for is still there. */
static const struct {
    const char *path;
    bool (*stays)(const struct answers *answers); /* NULL = it is made anew */
} guessed_settings[] = {{"roster.format", NULL},
                        {"roster.delimiter", NULL},
                        {"roster.encoding", NULL},
                        {"roster.header_row", NULL},
                        {"roster.label_rows", NULL},
                        {"roster.footer", NULL},
                        {"roster.items", NULL},
                        {"roster.next", has_pages},
                        {"roster.columns", NULL},
                        {"roster.status", NULL},
                        {"roster.date_format", NULL},
                        {"roster.date_formats", NULL},
                        {"roster.two_digit_year_cutoff", NULL},
                        {"roster.no_date", NULL},
                        {"roster.on_leave_column", NULL},
                        {"roster.on_leave_words", NULL},
                        {"roster.not_on_leave_words", NULL},
                        {"roster.leave_from_column", NULL},
                        {"roster.leave_until_column", NULL}};

/* What init said over the guess before, beside what the guess itself did. */
static const char *const said_before[] = {"what follows was guessed from titles and values",
                                          "no rule for departures while that is open",
                                          "no rule for idle accounts while that is open"};

static void exchange_rules(struct exchange *exchange, const struct answers *answers)
{
    CLEANUP(config_writing_release)
    struct config_writing part = {.arena = exchange->writing->arena};

    take_out(exchange, "policy.rules");
    init_rules_write(answers, &part);
    put_in(exchange, &part);
}

static void exchange_guess(struct exchange *exchange, const struct init_before *before,
                           struct answers *answers)
{
    CLEANUP(config_writing_release)
    struct config_writing part = {.arena = exchange->writing->arena};
    enum init_rules_fate fate = init_rules_fate(before, answers);

    roster_guess_forget(&exchange->writing->text);
    for (size_t i = 0; i < COUNT_OF(said_before); i++)
        config_edit_remove_comments(&exchange->writing->text, said_before[i]);
    for (size_t i = 0; i < COUNT_OF(guessed_settings); i++) {
        if (!guessed_settings[i].stays || !guessed_settings[i].stays(answers))
            take_out(exchange, guessed_settings[i].path);
    }
    write_guess(&part, answers);
    put_in(exchange, &part);
    answers->rules_lack = fate == INIT_RULES_LACK;
    if (fate == INIT_RULES_ANEW)
        exchange_rules(exchange, answers);
}

static void exchange_wrong(struct exchange *exchange, const struct init_before *before,
                           struct answers *answers)
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
            exchange_one(exchange, settings[i].path, settings[i].value);
    }
    if (!text_equal(database_setting(answers), "database.embedded"))
        take_out(exchange, "database.embedded");
    if (answers->guessed)
        exchange_guess(exchange, before, answers);
}

/* --- placing it --- */

static int refuse_to_replace(const char *path, const char *hint, struct err *err)
{
    return err_set(err, ERR_CONFIG, "'%s' is there already and is not replaced; hint: %s", path,
                   hint);
}

/* Complete or not there at all. What replaces a file is whose that was, and for nobody whom that
 * was not for. */
static int put(const char *path, mode_t mode, const struct text *content, const struct stat *there,
               const char *hint, struct err *err)
{
    CLEANUP(file_draft_release) struct file_draft draft = FILE_DRAFT_NONE;

    if (file_draft_begin(&draft, path, there ? there->st_mode & 0777 : mode, err) < 0)
        return -1;
    if (there && fchown(draft.fd, there->st_uid, there->st_gid) < 0)
        draft.mode &= 0700;
    draft.keeps = !there;
    file_draft_add(&draft, text_cstr(content), content->length);
    if (file_draft_end(&draft, err) == 0)
        return 0;
    return draft.failure == EEXIST ? refuse_to_replace(path, hint, err) : -1;
}

static int put_secret(const struct answers *answers, struct err *err)
{
    CLEANUP(text_release) struct text content = TEXT_INIT;
    struct stat there;

    if (!answers->secret)
        return 0;
    bool replaces = answers->secret_anew && stat(answers->secret_file, &there) == 0;
    text_addf(&content, "%s\n", answers->secret);
    int failed = (answers->instance && file_make_directory(SERVICE_SECRET_DIRECTORY, 0700, err)) ||
                 put(answers->secret_file, 0600, &content, replaces ? &there : NULL,
                     "leave out --secret-file to use it, or remove it first", err);
    secret_wipe(content.data, content.length);
    secret_wipe(answers->secret, strlen(answers->secret));
    return failed ? -1 : 0;
}

/* The file as it was, under a name of its own: none that was kept before is replaced. */
static int keep_before(const struct invocation *invocation, const struct text *there,
                       struct err *err)
{
    const char *kept = arena_printf(invocation->arena, "%s.before", invocation->config_path);
    const char *usual = kept;

    for (int i = 2; access(kept, F_OK) == 0 && i < KEPT_MAX; i++)
        kept = arena_printf(invocation->arena, "%s.%d", usual, i);
    if (put(kept, 0600, there, NULL, "move it away", err) < 0)
        return -1;
    session_say("the file as it was is kept: %s", kept);
    return 0;
}

static int place(const struct invocation *invocation, const struct init_before *before,
                 const struct answers *answers, const struct config_writing *writing,
                 struct err *err)
{
    const char *path = invocation->config_path;
    CLEANUP(mem_cleanup) char *directory = file_directory(path);
    struct stat there;

    if (before->is_there && stat(path, &there) < 0)
        return err_set_errno(err, ERR_CONFIG, errno, "cannot look at '%s'", path);
    if (file_make_directory(directory, 0755, err) < 0 || put_secret(answers, err) < 0 ||
        (before->is_there && keep_before(invocation, &before->text, err) < 0) ||
        put(path, 0640, &writing->text, before->is_there ? &there : NULL,
            "name another file with --config", err) < 0)
        return -1;
    if (!before->is_there || there.st_gid == 0)
        service_share(path);
    session_say("written: %s", path);
    return 0;
}

int init_write(const struct invocation *invocation, const struct init_before *before,
               struct answers *answers, struct err *err)
{
    CLEANUP(config_writing_release) struct config_writing writing = {.arena = invocation->arena};
    const struct text *there = &before->text;
    struct exchange exchange = {.writing = &writing};

    if (!before->is_there) {
        write_all(&writing, answers);
    } else {
        text_add(&writing.text, text_cstr(there));
        exchange_wrong(&exchange, before, answers);
    }
    if (config_write_check(&writing, err) < 0 ||
        (before->is_there &&
         config_edit_compare(there, &writing.text, exchange.path, exchange.paths, err) < 0))
        return err_prefix(err, "nothing was written");
    if (before->is_there && text_equal(text_cstr(there), text_cstr(&writing.text))) {
        session_say("unchanged: %s", invocation->config_path);
        return put_secret(answers, err);
    }
    return place(invocation, before, answers, &writing, err);
}
