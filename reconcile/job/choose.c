/*
 * The rows are collected in the order of the plan, core/amount says how many of them the day takes,
 * and what it said is written beside the guards of amount of the plan, which hold nothing that lies
 * on somebody's desk. An account on which a call is open is no candidate: nothing is called twice.
 */
#include "job/choose.h"

#include <stdlib.h>
#include <string.h>

#include "audit/status.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"
#include "core/calendar.h"
#include "core/condition.h"
#include "core/reclaim.h"
#include "facts/account_index.h"
#include "host/log.h"
#include "store/step.h"

#define KNOWN_PERCENT 80

/* --- the scene --- */

struct counting {
    struct arena *arena;
    struct arena keys;    /* of by_name */
    struct arena scratch; /* an account's, folded: nearly all have one that is there */
    struct table by_name;
    struct amount_department *item;
    size_t count, capacity;
    int64_t known;
};

/* `gone`: suspended by us today; else active. */
static void count_name(struct counting *counting, const char *name, bool gone)
{
    const char *key = name ? fold_name(&counting->scratch, name) : NULL;

    if (!key)
        return;
    counting->known += !gone;
    uint32_t at = table_find(&counting->by_name, key);
    if (at == TABLE_END) {
        counting->item = mem_grow(counting->item, counting->count, &counting->capacity,
                                  sizeof(counting->item[0]));
        counting->item[counting->count] = (struct amount_department){.name = name};
        key = arena_strdup(&counting->keys, key);
        table_add(&counting->by_name, key, (uint32_t)counting->count++);
        at = table_find(&counting->by_name, key);
    }
    struct amount_department *department = &counting->item[table_value(&counting->by_name, at)];
    department->active += !gone;
    department->gone_today += gone;
    arena_clear(&counting->scratch);
}

static const struct amount_department *settle(struct counting *counting, int64_t active,
                                              size_t *ret_count, bool *ret_known)
{
    struct amount_department *kept =
        arena_calloc(counting->arena, counting->count + 1, sizeof(kept[0]));

    for (size_t i = 0; i < counting->count; i++)
        kept[i] = counting->item[i];
    *ret_count = counting->count;
    *ret_known = counting->known * 100 >= active * KNOWN_PERCENT;
    table_release(&counting->by_name);
    arena_release(&counting->keys);
    arena_release(&counting->scratch);
    free(counting->item);
    return kept;
}

static bool is_admin(const struct job *job, const struct snapshot *snapshot, const char *profile_id)
{
    const struct limits *limits = &job->config->limits;
    const struct profile *profile = snapshot_profile(snapshot, profile_id);

    return profile && guard_is_admin_profile(limits, profile);
}

/* Whether an administrator is one no more when the row is done. */
static bool takes_admin(const struct job *job, const struct snapshot *snapshot,
                        const struct account *account, const struct plan_row *row)
{
    return account->status == ACCOUNT_ACTIVE &&
           is_admin(job, snapshot, account_alike(account)->profile_id) &&
           !(row->to_profile_id && is_admin(job, snapshot, row->to_profile_id));
}

static bool is_gone_today(const struct job *job, const struct account *account)
{
    struct day day = instant_day(account_past(account)->suspended_by_us, job->config->policy.zone);

    return account->status == ACCOUNT_INACTIVE && day_compare(day, job->today) == 0;
}

/* Accounts on which something was called whose effect no reading has shown yet. */
static int load_called(struct job *job, struct table *called, const struct store_step **ret_step,
                       struct err *err)
{
    struct store_step *step = NULL;
    size_t count = 0;

    if (store_load_open_steps(job->store, job->arena, &step, &count, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        table_add(called, step[i].account_id, (uint32_t)i);
    *ret_step = step;
    return 0;
}

/* The place of the class of a profile; AMOUNT_NO_CLASS. */
static int class_of(const struct job *job, const struct profile *profile)
{
    const struct seats *seats = &job->config->seats;
    const struct seat_class *found = seats_class_of(seats, profile);

    return found ? (int)(found - seats->seat_class) : AMOUNT_NO_CLASS;
}

/* What each class lacks until seats.keep_free of it are free, as if what was called and is not seen
 * yet were so. */
static void count_missing(const struct job *job, const struct snapshot *snapshot,
                          const struct table *called, const struct store_step *step,
                          struct amount_scene *scene)
{
    const struct seats *seats = &job->config->seats;
    int64_t *missing = arena_calloc(job->arena, seats->count + 1, sizeof(missing[0]));
    CLEANUP(class_places_release) struct class_places places = {.none = 0};

    if (seats->keep_free == 0)
        return;
    class_places_init(&places, seats, snapshot);
    for (size_t c = 0; c < seats->count; c++)
        missing[c] = seats->keep_free - seats->seat_class[c].contracted;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        uint32_t at = account->id ? table_find(called, account->id) : TABLE_END;
        const struct step_aim *aim = at == TABLE_END ? NULL : &step[table_value(called, at)].aim;
        enum account_status status = aim ? step_status_then(aim, account) : account->status;
        if (status == ACCOUNT_ACTIVE)
            missing[class_place(&places, aim && aim->to_profile
                                             ? aim->to_profile
                                             : account_alike(account)->profile_id)]++;
    }
    scene->missing = missing;
    scene->class_count = seats->count;
}

int choose_scene(struct job *job, const struct snapshot *snapshot, const struct pairing *pairing,
                 struct amount_scene *ret_scene, struct err *err)
{
    CLEANUP(table_release) struct table called = {.count = 0};
    struct counting department = {.arena = job->arena}, country = {.arena = job->arena};
    struct amount_scene scene = {.limits = &job->config->limits};
    const struct store_step *step = NULL;
    int64_t active = 0, listed = 0;

    table_init(&called, 0);
    if (load_called(job, &called, &step, err) < 0 ||
        store_load_done(job->store, job->now, job->config->policy.zone, &job->config->limits,
                        scene.done, err) < 0)
        return -1;
    table_init(&department.by_name, 64);
    table_init(&country.by_name, 64);
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct account *account = &snapshot->account[i];
        const struct pairing *pair = &pairing[i];
        listed += account->status != ACCOUNT_GONE;
        bool gone = is_gone_today(job, account);
        if (account->status != ACCOUNT_ACTIVE && !gone)
            continue;
        count_name(&department,
                   subject_department(account, pair->kind == LINK_ONE ? pair->person : NULL), gone);
        count_name(&country, account_alike(account)->country, gone);
        if (gone)
            continue;
        active++;
        scene.admins += is_admin(job, snapshot, account_alike(account)->profile_id) &&
                        !text_equal(account->id, snapshot->own_id) &&
                        table_find(&called, account->id) == TABLE_END;
    }
    scene.whole[ACTION_DOWNGRADE] = active;
    scene.whole[ACTION_SUSPEND] = active + scene.done[ACTION_SUSPEND].today;
    scene.whole[ACTION_DEPROVISION] = listed + scene.done[ACTION_DEPROVISION].today;
    scene.department =
        settle(&department, active, &scene.department_count, &scene.departments_known);
    scene.country = settle(&country, active, &scene.country_count, &scene.countries_known);
    count_missing(job, snapshot, &called, step, &scene);
    *ret_scene = scene;
    return 0;
}

/* --- the rows --- */

struct choosing {
    struct job *job;
    const struct weighed *weighed;
    const struct rule_book *book;
    struct plan *plan;
    struct amount_row *row; /* candidates */
    size_t *index;          /* of each in the plan */
    size_t count;
    struct table *called; /* accounts of which an earlier act is not seen yet */
    size_t early;         /* not due yet */
    struct table *unheard;
    size_t unheard_rows; /* due, and somebody may have wanted to spare them */
};

static bool is_due(const struct job *job, const struct rule_book *book, size_t i)
{
    const struct plan_row *row = &book->plan->row[i];

    if (row->new_announcement)
        return false;
    return !day_is_set(row->not_before) || day_compare(row->not_before, job->today) <= 0 ||
           (row->action == ACTION_REACTIVATE && book->ruled[i].at_once);
}

/* Whether an earlier plan has this row, with the same subject. */
static bool is_in(const struct plan *only, const struct table *by_account,
                  const struct plan_row *row)
{
    if (!only)
        return true;
    for (uint32_t at = table_find(by_account, row->account_id); at != TABLE_END;
         at = table_next(by_account, at)) {
        if (digest_compare(&only->row[table_value(by_account, at)].subject, &row->subject) == 0)
            return true;
    }
    return false;
}

struct amount_row choose_row(struct job *job, const struct snapshot *snapshot,
                             const struct rule_book *book, size_t i, const struct account *account)
{
    const struct plan_row *row = &book->plan->row[i];
    const char *guard = actions[row->action].guard;
    const struct ruling *approve = book->ruled[i].approve;
    const char *profile =
        row->to_profile_id ? row->to_profile_id : account_alike(account)->profile_id;
    int before = class_of(job, snapshot_profile(snapshot, account_alike(account)->profile_id));
    int after = class_of(job, snapshot_profile(snapshot, profile));
    bool is_active = account->status == ACCOUNT_ACTIVE;
    bool stays = row->to_profile_id && before == after; /* another profile of the same class */

    return (struct amount_row){
        .action = row->action,
        .class = rule_is_approved(book, i) ? book->ruled[i].spread ? AMOUNT_SPREAD : AMOUNT_SINGLY
                                           : AMOUNT_UNASKED,
        .overridden = guard && rule_overrides(job, book, i, guard),
        .nightly = approve ? approve->nightly : 0,
        .used = instant_later(row->last_login, row->last_activity),
        .department = row->department,
        .country = account_alike(account)->country,
        .is_admin = takes_admin(job, snapshot, account, row),
        .overrides_g9 = rule_overrides(job, book, i, "G9"),
        .overrides_g10 = rule_overrides(job, book, i, "G10"),
        .of_login = row->of_login && is_active,
        .frees = is_active && !stays ? before : AMOUNT_NO_CLASS,
        .takes = actions[row->action].wanted == ACCOUNT_ACTIVE && !stays ? after : AMOUNT_NO_CLASS,
    };
}

/* A line of the inbox that was to spare somebody was about its account, or about what it is. */
static bool is_unheard(const struct choosing *choosing, const struct plan_row *row)
{
    const char *id = fold_text(choosing->job->arena, row->account_id);
    char subject[DIGEST_HEX_SIZE];

    return (id && table_find(choosing->unheard, id) != TABLE_END) ||
           table_find(choosing->unheard, digest_hex(&row->subject, subject)) != TABLE_END;
}

static void collect_rows(struct choosing *choosing, const struct plan *only)
{
    const struct snapshot *snapshot = choosing->weighed->context.snapshot;
    const struct plan *plan = choosing->plan;
    struct table in_only;
    struct account_index by_id = {.slot = NULL}; /* made for the first row that asks */

    table_init(&in_only, only ? only->row_count : 0);
    for (size_t i = 0; only && i < only->row_count; i++) {
        if (only->row[i].action != ACTION_KEEP && only->row[i].account_id)
            table_add(&in_only, only->row[i].account_id, (uint32_t)i);
    }
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        if (row->action == ACTION_KEEP || row->held_by || !row->account_id ||
            !(rule_is_approved(choosing->book, i) || rule_is_unasked(choosing->book, i)) ||
            !is_in(only, &in_only, row))
            continue;
        if (!is_due(choosing->job, choosing->book, i)) {
            choosing->early++;
            continue;
        }
        if (is_unheard(choosing, row)) {
            choosing->unheard_rows++;
            continue;
        }
        if (!by_id.slot)
            account_index_init(&by_id, snapshot->account, snapshot->count);
        uint32_t at = account_index_find(&by_id, snapshot->account, row->account_id);
        if (at == ACCOUNT_NOWHERE || table_find(choosing->called, row->account_id) != TABLE_END)
            continue;
        choosing->index[choosing->count] = i;
        choosing->row[choosing->count++] =
            choose_row(choosing->job, snapshot, choosing->book, i, &snapshot->account[at]);
    }
    table_release(&in_only);
    account_index_release(&by_id);
}

/* --- what it says --- */

static void tell_guards(struct choosing *choosing)
{
    static const char *const amounts[] = {"G7", "G8", "G9", "G10", "G16"};

    for (size_t g = 0; g < COUNT_OF(amounts); g++) {
        size_t waits = 0;
        for (size_t i = 0; i < choosing->count; i++)
            waits += text_equal(choosing->row[i].waits, amounts[g]);
        for (size_t k = 0; k < choosing->plan->guard_count && waits; k++) {
            struct guard_finding *finding = &choosing->plan->guard[k];
            if (!text_equal(finding->id, amounts[g]))
                continue;
            finding->actual = arena_printf(choosing->job->arena, "%zu of %zu approved and due wait",
                                           waits, choosing->count);
            finding->text =
                "some of what is approved and due waits for another day or for a person";
        }
    }
}

enum { MISSED_RUNS = 5, MISSED_DAYS = 7 };

/* Whether the runs of a week or more all began outside of the windows: then no later one helps. */
static int find_missed(struct job *job, bool *ret_missed, struct err *err)
{
    const struct calendar *all = &job->config->apply.calendar;
    const struct calendar windows = {.window = all->window, .window_count = all->window_count};
    char text[CALENDAR_TEXT_SIZE];
    struct store_status status;
    size_t runs = 0;

    *ret_missed = false;
    if (windows.window_count == 0)
        return 0;
    if (store_load_status(job->store, job->arena, &status, err) < 0)
        return -1;
    for (size_t i = 0; i < status.run_count; i++) {
        const struct store_status_run *run = &status.run[i];
        if (!text_equal(run->verb, "run"))
            continue;
        if (!calendar_forbids(&windows, job->config->policy.zone, run->started_at, false, text))
            return 0;
        runs++;
        *ret_missed |=
            runs >= MISSED_RUNS && job->now.us - run->started_at.us >= MISSED_DAYS * DAY_US;
    }
    return 0;
}

static int look_at_windows(struct job *job, struct choice *choice, struct err *err)
{
    bool missed = false;

    if (!choice->closed || choice->due == 0)
        return 0;
    if (find_missed(job, &missed, err) < 0)
        return -1;
    if (!missed)
        return 0;
    choice->impossible += choice->due;
    log_warning("no run of the last %d days or more began inside of apply.windows, so what is due "
                "waits for ever: %zu rows; hint: let a window cover the hour of the timer "
                "('systemctl list-timers' has it)",
                MISSED_DAYS, choice->due);
    return 0;
}

/* What the day's choice says of each row. */
static void take_rows(const struct choosing *choosing, struct choice *choice)
{
    for (size_t k = 0; k < choosing->count; k++) {
        const struct amount_row *row = &choosing->row[k];
        size_t i = choosing->index[k];
        bool open = row->action == ACTION_DEPROVISION ? !choice->no_deletes : !choice->closed;
        choice->chosen[i] = row->chosen && open;
        choice->uncounted[i] = row->overridden || row->class == AMOUNT_SPREAD;
        choice->overridden[i] = row->overridden;
        choice->waits[i] = row->waits;
        choice->count += choice->chosen[i];
        choice->impossible += row->class != AMOUNT_UNASKED && text_equal(row->waits, "G9");
        choice->unneeded += reclaim_waits(row->waits);
        choice->unasked_waits +=
            row->class == AMOUNT_UNASKED && row->waits && !reclaim_waits(row->waits);
    }
}

int job_choose(struct job *job, const struct weighed *weighed, const struct rule_book *book,
               const struct plan *only, struct plan *plan, struct choice *ret_choice,
               struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct choosing choosing = {
        .job = job,
        .weighed = weighed,
        .book = book,
        .plan = plan,
        .row = arena_alloc(&scratch, (plan->row_count + 1) * sizeof(choosing.row[0])),
        .index = arena_alloc(&scratch, (plan->row_count + 1) * sizeof(choosing.index[0])),
    };
    struct choice choice = {
        .chosen = arena_calloc(job->arena, plan->row_count + 1, sizeof(choice.chosen[0])),
        .uncounted = arena_calloc(job->arena, plan->row_count + 1, sizeof(choice.uncounted[0])),
        .overridden = arena_calloc(job->arena, plan->row_count + 1, sizeof(choice.overridden[0])),
        .waits = arena_calloc(job->arena, plan->row_count + 1, sizeof(choice.waits[0])),
    };
    struct amount_scene scene;
    const struct store_step *step = NULL;
    char *buffer = arena_calloc(job->arena, 2 * CALENDAR_TEXT_SIZE, 1);
    const struct calendar *calendar = &job->config->apply.calendar;

    choice.no_deletes =
        calendar_forbids(calendar, job->config->policy.zone, job->now, true, buffer);
    choice.closed = calendar_forbids(calendar, job->config->policy.zone, job->now, false,
                                     buffer + CALENDAR_TEXT_SIZE);
    CLEANUP(table_release) struct table called = {.count = 0};
    table_init(&called, 0);
    CLEANUP(table_release) struct table unheard = {.count = 0};
    table_init(&unheard, job->unheard_count);
    for (size_t i = 0; i < job->unheard_count; i++)
        table_add(&unheard, job->unheard[i], (uint32_t)i);
    choosing.called = &called;
    choosing.unheard = &unheard;
    if (load_called(job, &called, &step, err) < 0)
        return -1;
    collect_rows(&choosing, only);
    if (choose_scene(job, weighed->context.snapshot, weighed->pairing, &scene, err) < 0)
        return -1;
    reclaim_choose(&scene, choosing.row, choosing.count);
    take_rows(&choosing, &choice);
    choice.due = choosing.count;
    choice.unheard = choosing.unheard_rows;
    choice.early = choosing.early;
    job->unasked_waits = choice.unasked_waits;
    memcpy(choice.whole, scene.whole, sizeof(choice.whole));
    tell_guards(&choosing);
    if (look_at_windows(job, &choice, err) < 0)
        return -1;
    *ret_choice = choice;
    return 0;
}
