/*
 * The roster, then the file, then what the history adds to both. The file is somebody's download,
 * edited by nobody knows whom: so the history takes from it only what a later reading of the portal
 * can outdo (a login only makes an account safer) or what rule R5 asks for, and only from a file of
 * which every row could be read.
 */
#include "job/from_export.h"

#include "bynder/export_reader.h"
#include "facts/export.h"
#include "host/log.h"
#include "job/collect.h"
#include "store/login.h"
#include "store/snapshot.h"

enum { NOTES_MAX = 10 };

struct reading {
    struct job *job;
    struct export export;
    struct collected *collected;
    struct snapshot known; /* the newest of the history */
    struct export_gaps gaps;
    const char **note;
    size_t note_count;
};

/* --- what the history takes over --- */

static bool is_dated(const struct export_dates *dates)
{
    return instant_is_set(dates->created) || instant_is_set(dates->deactivated);
}

/* A login that nobody knew, of an account that is known. One from after the file was made cannot
 * be: for good it would make somebody look as if they were here. A day is let pass for the zone. */
static bool is_news(const struct account *account, struct instant taken_at)
{
    const struct login *login = &account->login;

    return login->kind == LOGIN_KNOWN && login->source == LOGIN_FROM_EXPORT &&
           instant_compare(login->seen_at, taken_at) == 0 && login->at.us <= taken_at.us + DAY_US;
}

static int feed(struct reading *reading, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct snapshot *snapshot = &reading->collected->snapshot;
    size_t read = reading->export.snapshot.count, dated = 0, told = 0, changed = 0;
    struct account_dates *dates = arena_calloc(&scratch, read + 1, sizeof(dates[0]));
    struct pending_login *pending = arena_calloc(&scratch, read + 1, sizeof(pending[0]));

    if (!snapshot->complete)
        return 0;
    for (size_t i = 0; i < read; i++) {
        const struct account *account = &snapshot->account[i];
        const struct export_dates *told_dates = &reading->export.dates[i];
        if (account->history.number == 0)
            continue;
        if (is_dated(told_dates))
            dates[dated++] = (struct account_dates){.account_id = account->id,
                                                    .created = told_dates->created,
                                                    .deactivated = told_dates->deactivated};
        if (is_news(account, snapshot->taken_at))
            pending[told++] =
                (struct pending_login){.account_id = account->id, .login = account->login};
    }
    if (dated + told == 0)
        return 0;
    if (store_save_export(reading->job->store, dates, dated, pending, told, &changed, err) < 0)
        return -1;
    log_info("the history took over the dates of %zu accounts and %zu last logins of the export",
             changed, told);
    return 0;
}

/* --- what the history adds --- */

static struct instant later(struct instant a, struct instant b)
{
    return instant_compare(a, b) > 0 ? a : b;
}

/* R5 counts from the created date; of two the later one accuses less. */
static void take_created(struct arena *arena, struct reading *reading)
{
    for (size_t i = 0; i < reading->export.snapshot.count; i++) {
        struct account *account = &reading->collected->snapshot.account[i];
        struct account_since *since = account_since_own(arena, account);
        since->created = later(since->created, reading->export.dates[i].created);
    }
}

static int add_history(struct reading *reading, struct err *err)
{
    struct job *job = reading->job;
    struct snapshot *snapshot = &reading->collected->snapshot;

    if (store_load_newest_snapshot(job->store, job->arena, &reading->known, err) < 0)
        return -1;
    export_complete(job->arena, snapshot, &reading->known, &reading->gaps);
    if (collect_history(job, reading->collected, err) < 0)
        return -1;
    take_created(job->arena, reading);
    return 0;
}

/* --- what the report has to say of it --- */

static bool is_outdated(const struct reading *reading)
{
    return reading->known.id != 0 &&
           instant_compare(reading->known.taken_at, reading->collected->snapshot.taken_at) > 0;
}

static void note(struct reading *reading, const char *sentence)
{
    if (reading->note_count < NOTES_MAX)
        reading->note[reading->note_count++] = sentence;
}

static void note_known(struct reading *reading)
{
    struct arena *arena = reading->job->arena;
    const struct export_gaps *gaps = &reading->gaps;
    char at[INSTANT_TEXT_SIZE];

    if (is_outdated(reading))
        note(reading, arena_printf(arena,
                                   "the export is older than the newest snapshot of the history "
                                   "(%s): nobody is judged gone by it, and a status may have "
                                   "changed since",
                                   instant_format(reading->known.taken_at, at)));
    if (gaps->strangers > 0)
        note(reading, arena_printf(arena,
                                   "the history does not have %zu of the accounts: an export tells "
                                   "no employee number, so they are matched without",
                                   gaps->strangers));
    if (gaps->profiles_unknown > 0)
        note(reading, arena_printf(arena,
                                   "the permission profile of %zu accounts is a name that no "
                                   "single profile of the history has, so P8 keeps them; a plan "
                                   "over the portal makes the profiles known",
                                   gaps->profiles_unknown));
}

static void note_doubts(struct reading *reading)
{
    struct arena *arena = reading->job->arena;
    const struct export_doubts *doubts = &reading->export.doubts;

    if (doubts->logins_unreadable > 0)
        note(reading, arena_printf(arena,
                                   "%zu last logins could not be read, or in two ways, so P7 keeps "
                                   "the accounts; the first is '%s'",
                                   doubts->logins_unreadable, doubts->login_example));
    if (doubts->dates_unreadable > 0)
        note(reading, arena_printf(arena,
                                   "%zu created or deactivation dates could not be read, or in two "
                                   "ways, and count as not told; the first is '%s'",
                                   doubts->dates_unreadable, doubts->date_example));
    if (doubts->dates_contradicted > 0)
        note(reading, arena_printf(arena,
                                   "%zu created or deactivation dates cannot be true beside the "
                                   "other dates of the export, and count as not told",
                                   doubts->dates_contradicted));
}

static void note_source(struct reading *reading)
{
    const struct snapshot *snapshot = &reading->collected->snapshot;
    char at[INSTANT_TEXT_SIZE];

    note(reading, arena_printf(reading->job->arena,
                               "made from Bynder's user export in the file '%s', last changed %s, "
                               "and not from the portal: what happened there since is not in it, "
                               "and nothing of this report can be approved or carried out",
                               snapshot->file, instant_format(snapshot->taken_at, at)));
}

/* --- the flow --- */

int from_export(struct job *job, const char *path, struct collected *ret_collected, struct err *err)
{
    struct collected collected = {.roster = {.source = NULL}};
    struct reading reading = {
        .job = job,
        .collected = &collected,
        .note = arena_calloc(job->arena, NOTES_MAX, sizeof(reading.note[0])),
    };

    if (collect_roster(job, &collected.roster, err) < 0 ||
        export_read(job->arena, path, job->now, &reading.export, err) < 0)
        return -1;
    collected.snapshot = reading.export.snapshot;
    if (add_history(&reading, err) < 0 || feed(&reading, err) < 0)
        return -1;
    if (is_outdated(&reading))
        snapshot_drop_gone(&collected.snapshot);
    snapshot_forget_gone(&collected.snapshot);
    snapshot_digest(&collected.snapshot);
    note_source(&reading);
    note_known(&reading);
    note_doubts(&reading);
    collected.note = reading.note;
    collected.note_count = reading.note_count;
    *ret_collected = collected;
    return 0;
}
