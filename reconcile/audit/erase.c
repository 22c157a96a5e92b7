/*
 * Everything happens in one transaction over lists of whose data goes: either nothing is left or
 * nothing was touched. The order matters: values are collected before the first is taken away, and
 * plans are marked while what they show can still be told.
 */
#include "audit/erase.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "audit/our_words.h"
#include "base/cleanup.h"
#include "base/fold.h"
#include "base/parse.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/column.h"

/* What is erased in which order; each statement is told the portal, and as it needs a pattern and
 * the word that stands for who decided. The pattern is that for texts of ours, or of people. */
static const struct sweep {
    const char *name, *sql;
    int parameters;
    bool ours;
} sweeps[] = {
    {"erase_account_version", query_erase_account_version, 1, false},
    {"erase_login", query_erase_login, 1, false},
    {"erase_activity", query_erase_activity, 1, false},
    {"erase_first_event", query_erase_first_event, 1, false},
    {"erase_person_version", query_erase_person_version, 1, false},
    {"erase_person_leave", query_erase_person_leave, 1, false},
    {"erase_account_bound", query_erase_account_bound, 1, false},
    {"erase_link_version", query_erase_link_version, 1, false},
    {"erase_seat_act", query_erase_seat_act, 1, false},
    {"erase_roster_rejected", query_erase_roster_rejected, 2, true},
    {"erase_plan_row", query_erase_plan_row, 2, true},
    {"erase_step", query_erase_step, 2, true},
    {"erase_sweep_run", query_erase_sweep_run, 2, true},
    {"erase_sweep_approval", query_erase_sweep_approval, 2, false},
    {"erase_sweep_override", query_erase_sweep_override, 2, false},
    {"erase_sweep_guard", query_erase_sweep_guard, 2, true},
    {"erase_sweep_note", query_erase_sweep_note, 2, true},
    {"erase_sweep_plan", query_erase_sweep_plan, 2, true},
    {"erase_sweep_snapshot", query_erase_sweep_snapshot, 2, true},
    {"erase_sweep_stop", query_erase_sweep_stop, 2, false},
    {"erase_sweep_notice", query_erase_sweep_notice, 2, true},
    {"erase_handed_in", query_erase_handed_in, 3, false},
    {"erase_ruling", query_erase_ruling, 3, false},
    {"erase_acknowledgement", query_erase_acknowledgement, 3, false},
    {"erase_announcement", query_erase_announcement, 2, true},
    {"erase_unreached", query_erase_unreached, 2, true},
};

struct erasing {
    const struct store *store;
    struct arena *arena;
    const char *portal;   /* parameter */
    const char **history; /* its own, and those that were set aside for it: parameters */
    size_t history_count;
    const char *pattern;      /* of what they are called, for texts that people write */
    const char *pattern_ours; /* the same for our own sentences */
    const char *word;         /* in place of who decided: nobody's name, and their own */
    struct instant now;
    struct store_erased erased;
    const char **account_id;
    size_t account_count;
    const char **plan_id, **sequence;
    size_t plan_count, sequence_count;
};

/* A name of nothing but words that our sentences have: "Suspend", "Mark Last". */
static bool is_common(const char *value)
{
    CLEANUP(text_release) struct text word = TEXT_INIT;

    for (const char *at = value; *at; at++) {
        char letter = (char)(*at | 0x20);
        bool is_letter = letter >= 'a' && letter <= 'z';
        if (!is_letter && !strchr(" .,-'", *at))
            return false;
        if (word.length == 0)
            text_add_char(&word, '\n');
        if (is_letter)
            text_add_char(&word, letter);
        if (word.length > 1 && (!is_letter || at[1] == '\0')) {
            text_add_char(&word, '\n');
            if (!strstr(our_words, text_cstr(&word)))
                return false;
            text_clear(&word);
        }
    }
    return true;
}

/* Values are compared folded, so keys and sentences may hold them in that form too. */
static int add_forms(const struct erasing *erasing, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *values = NULL;
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct pg *pg = erasing->store->pg;
    size_t count = 0, common_count = 0;

    if (PG_QUERY(pg, erase_values, PG_MANY, &values, err) < 0)
        return -1;
    size_t most = 3 * (size_t)PQntuples(values) + 1;
    const char **folded = arena_calloc(&scratch, most, sizeof(folded[0]));
    const char **common = arena_calloc(&scratch, most, sizeof(common[0]));
    int place = store_place_of(values, "value");
    for (int i = 0; i < PQntuples(values); i++) {
        const char *value = pg_text(values, i, place);
        const char *const form[] = {value, fold_text(&scratch, value), fold_name(&scratch, value)};
        for (size_t f = 0; f < COUNT_OF(form); f++) {
            if (f > 0 && form[f])
                folded[count++] = form[f];
            if (form[f] && is_common(form[f]))
                common[common_count++] = form[f];
        }
    }
    if (PG_QUERY(pg, erase_value_fold, PG_NOTHING, NULL, err,
                 store_text_array(&scratch, folded, count)) < 0)
        return -1;
    const char *all = store_text_array(&scratch, common, common_count);
    for (size_t i = 0; i < erasing->history_count; i++) {
        if (PG_QUERY(pg, erase_value_common, PG_NOTHING, NULL, err, erasing->history[i], all) < 0)
            return -1;
    }
    return 0;
}

/* What a text is searched for, by the database and in files. */
static void take_values(struct erasing *erasing, const PGresult *values)
{
    static const char nothing[] = "[^\\s\\S]"; /* is met by nothing */
    struct store_erased *erased = &erasing->erased;
    struct arena *arena = erasing->arena;
    int value = store_place_of(values, "value"), common = store_place_of(values, "is_common");

    erased->value_count = (size_t)PQntuples(values);
    erased->name = arena_calloc(arena, erased->value_count + 1, sizeof(erased->name[0]));
    for (int i = 0; i < PQntuples(values); i++) {
        if (!pg_bool(values, i, common))
            erased->name[erased->name_count++] = store_string(arena, values, i, value);
    }
    erasing->pattern = erasing->pattern_ours = NULL;
    if (PQntuples(values)) {
        erasing->pattern = store_string(arena, values, 0, store_place_of(values, "pattern"));
        erasing->pattern_ours =
            store_string(arena, values, 0, store_place_of(values, "pattern_ours"));
    }
    if (!erasing->pattern)
        erasing->pattern = nothing;
    if (!erasing->pattern_ours)
        erasing->pattern_ours = nothing;
}

/* The accounts of one history: numbers are its own, ids are the portal's. */
static int choose(const struct erasing *erasing, const char *history, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    struct pg *pg = erasing->store->pg;

    if (PG_QUERY(pg, erase_account_clear, PG_NOTHING, NULL, err) < 0)
        return -1;
    return PG_QUERY(pg, erase_account_same, PG_NOTHING, NULL, err, history,
                    store_text_array(&scratch, erasing->account_id, erasing->account_count));
}

/* Whose data goes, and what they are or were called, in any history. */
static int find_values(struct erasing *erasing, const char *account_nos, const char *person_keys,
                       struct err *err)
{
    struct pg *pg = erasing->store->pg;
    const char *portal = erasing->portal;
    CLEANUP(pg_clearp) PGresult *histories = NULL;
    CLEANUP(pg_clearp) PGresult *accounts = NULL;

    if (PG_QUERY(pg, erase_histories, PG_MANY, &histories, err, portal) < 0 ||
        PG_QUERY(pg, erase_account_create, PG_NOTHING, NULL, err) < 0 ||
        PG_QUERY(pg, erase_account_put, PG_NOTHING, NULL, err, portal, account_nos) < 0 ||
        PG_QUERY(pg, erase_accounts, PG_MANY, &accounts, err) < 0 ||
        PG_QUERY(pg, erase_person_create, PG_NOTHING, NULL, err) < 0 ||
        PG_QUERY(pg, erase_value_create, PG_NOTHING, NULL, err) < 0)
        return -1;
    erasing->history =
        store_read_list("portal_id", histories, erasing->arena, &erasing->history_count);
    erasing->account_id =
        store_read_list("account_id", accounts, erasing->arena, &erasing->account_count);
    for (size_t i = 0; i < erasing->history_count; i++) {
        const char *history = erasing->history[i];
        if (choose(erasing, history, err) < 0 ||
            PG_QUERY(pg, erase_person_put, PG_NOTHING, NULL, err, history, person_keys) < 0 ||
            PG_QUERY(pg, erase_value_put, PG_NOTHING, NULL, err, history) < 0)
            return -1;
    }
    return add_forms(erasing, err);
}

static int prepare(struct erasing *erasing, const char *account_nos, const char *person_keys,
                   struct err *err)
{
    struct pg *pg = erasing->store->pg;
    struct store_erased *erased = &erasing->erased;
    CLEANUP(pg_clearp) PGresult *values = NULL;
    CLEANUP(pg_clearp) PGresult *listed = NULL;

    if (find_values(erasing, account_nos, person_keys, err) < 0 ||
        PG_QUERY(pg, erase_values, PG_MANY, &values, err) < 0 ||
        choose(erasing, erasing->portal, err) < 0 ||
        PG_QUERY(pg, erase_listed, PG_MANY, &listed, err, erasing->portal) < 0)
        return -1;
    take_values(erasing, values);
    erased->listed = store_read_list("account_id", listed, erasing->arena, &erased->listed_count);
    erased->accounts = erasing->account_count;
    erased->account_id = erasing->account_id;
    erased->account_id_count = erasing->account_count;
    return 0;
}

static int check_open(const struct erasing *erasing, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(erasing->store->pg, erase_open_steps, PG_MAYBE, &result, err, erasing->portal,
                 erasing->pattern_ours) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return 0;
    return err_set(err, ERR_HELD, "plan '%s' shows them, and %s; hint: wait for the next run",
                   pg_text(result, 0, store_place_of(result, "plan_id")),
                   pg_text(result, 0, store_place_of(result, "why")));
}

static int make_word(struct erasing *erasing, struct err *err)
{
    uint64_t random = 0;

    if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return err_set_errno(err, ERR_INTERNAL, errno, "the system gives no random bytes");
    erasing->word = arena_printf(erasing->arena, "erased:%016llx", (unsigned long long)random);
    return 0;
}

/* Where they decided about whole plans, before people decided about rows. */
static int rename_approver(struct erasing *erasing, struct err *err)
{
    struct pg *pg = erasing->store->pg;
    CLEANUP(pg_clearp) PGresult *names = NULL;

    if (PG_QUERY(pg, erase_approvers, PG_MAYBE, &names, err, erasing->portal) < 0)
        return -1;
    return PQntuples(names) ? PG_QUERY(pg, erase_approver, PG_NOTHING, NULL, err, erasing->portal,
                                       erasing->word, pg_text(names, 0, 0))
                            : 0;
}

static int take_away(struct erasing *erasing, struct err *err)
{
    struct pg *pg = erasing->store->pg;
    CLEANUP(pg_clearp) PGresult *plans = NULL;
    CLEANUP(pg_clearp) PGresult *private = NULL;
    CLEANUP(pg_clearp) PGresult *clean = NULL;
    const char *now = store_time(erasing->arena, erasing->now);
    struct store_erased *erased = &erasing->erased;

    if (PG_QUERY(pg, erase_plans, PG_MANY, &plans, err, erasing->portal, erasing->pattern_ours,
                 now) < 0 ||
        PG_QUERY(pg, erase_plans_clean, PG_MANY, &clean, err, erasing->portal, erasing->pattern,
                 now, erasing->pattern_ours) < 0 ||
        PG_QUERY(pg, erase_private, PG_MANY, &private, err, erasing->portal, erasing->pattern,
                 erasing->pattern_ours) < 0 ||
        rename_approver(erasing, err) < 0)
        return -1;
    for (size_t i = 0; i < COUNT_OF(sweeps); i++) {
        const char *const parameter[] = {erasing->portal,
                                         sweeps[i].ours ? erasing->pattern_ours : erasing->pattern,
                                         erasing->word};
        if (pg_run(pg, sweeps[i].name, sweeps[i].sql, PG_NOTHING, parameter,
                   (size_t)sweeps[i].parameters, NULL, err) < 0)
            return -1;
    }
    erased->clean_plan =
        store_read_list("plan_id", clean, erasing->arena, &erased->clean_plan_count);
    erasing->plan_id = store_read_list("plan_id", plans, erasing->arena, &erasing->plan_count);
    erasing->sequence =
        store_read_list("sequence", private, erasing->arena, &erasing->sequence_count);
    return 0;
}

static struct store_audit_erased told(const struct erasing *erasing)
{
    return (struct store_audit_erased){
        .account_id = erasing->account_id,
        .account_count = erasing->account_count,
        .plan_id = erasing->plan_id,
        .plan_count = erasing->plan_count,
        .sequence = erasing->sequence,
        .sequence_count = erasing->sequence_count,
    };
}

/* --- what was set aside --- */

static bool is_among(const char *item, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(list[i], item))
            return true;
    }
    return false;
}

/* Two histories number their plans each from 1, and reports say the number alone: one is clean when
 * every plan of that number is. */
static int leave_clean(struct erasing *erasing, const struct erasing *aside, struct err *err)
{
    struct store_erased *erased = &erasing->erased;
    CLEANUP(pg_clearp) PGresult *plans = NULL;
    size_t count = 0, kept = 0;

    if (PG_QUERY(erasing->store->pg, erase_plan_numbers, PG_MANY, &plans, err, aside->portal) < 0)
        return -1;
    const char **plan = store_read_list("plan_id", plans, erasing->arena, &count);
    for (size_t i = 0; i < erased->clean_plan_count; i++) {
        const char *number = erased->clean_plan[i];
        if (!is_among(number, plan, count) ||
            is_among(number, aside->erased.clean_plan, aside->erased.clean_plan_count))
            erased->clean_plan[kept++] = number;
    }
    erased->clean_plan_count = kept;
    return 0;
}

/* Takes it out of the portal's own history, and then out of each that was set aside for it, with an
 * event of its own: `tell` writes it. What is left there open was settled before it was set aside.
 */
static int take_all_away(struct erasing *erasing,
                         int (*tell)(const struct erasing *erasing, const void *context,
                                     struct err *err),
                         const void *context, struct err *err)
{
    if (make_word(erasing, err) < 0 || take_away(erasing, err) < 0)
        return -1;
    for (size_t i = 1; i < erasing->history_count; i++) {
        struct erasing aside = *erasing;
        struct store store = *erasing->store;
        int64_t id = 0;
        if (!parse_int(erasing->history[i], 1, INT64_MAX, &id))
            return err_set(err, ERR_INTERNAL, "'%s' is no number", erasing->history[i]);
        store.portal_id = id;
        aside.store = &store;
        aside.portal = erasing->history[i];
        if (store_hold(&store, 0, NULL, err) < 0 || choose(&aside, aside.portal, err) < 0 ||
            take_away(&aside, err) < 0 || tell(&aside, context, err) < 0 ||
            leave_clean(erasing, &aside, err) < 0)
            return -1;
    }
    return 0;
}

/* --- one person --- */

/* The reason is kept beside the event: it must not bring the name back. */
static int check_reason(const struct erasing *erasing, const char *reason, struct err *err)
{
    const char *folded = fold_text(erasing->arena, reason);

    if (!folded)
        return err_set(err, ERR_USAGE, "an erasure needs a reason");
    for (size_t i = 0; i < erasing->erased.name_count; i++) {
        const char *value = fold_text(erasing->arena, erasing->erased.name[i]);
        if (value && strlen(value) > 2 && strstr(folded, value))
            return err_set(
                err, ERR_USAGE,
                "the reason names the person, and it is kept; hint: say it without name, "
                "address and number");
    }
    return 0;
}

/* Who asks for one person's data to go, and why. */
struct request {
    const struct store_subject *subject;
    const char *who, *reason;
};

static int tell_erasure(const struct erasing *erasing, const void *context, struct err *err)
{
    const struct request *request = context;
    struct store_audit_erased erased = told(erasing);

    return store_audit_erasure(erasing->store, request->subject->account_id, &erased, request->who,
                               request->reason, err);
}

static int erase(struct erasing *erasing, const struct request *request, struct err *err)
{
    struct arena *arena = erasing->arena;
    const struct store_subject *subject = request->subject;
    const char *nos =
        subject->account_no ? arena_printf(arena, "{%lld}", (long long)subject->account_no) : "{}";
    const char *const key[] = {subject->person_key};

    if (store_hold(erasing->store, 0, NULL, err) < 0 ||
        prepare(erasing, nos, store_text_array(arena, key, subject->person_key ? 1 : 0), err) < 0 ||
        check_reason(erasing, request->reason, err) < 0 || check_open(erasing, err) < 0 ||
        take_all_away(erasing, tell_erasure, request, err) < 0)
        return -1;
    return tell_erasure(erasing, request, err);
}

static struct erasing begin(const struct store *store, struct arena *arena, struct instant now)
{
    return (struct erasing){.store = store,
                            .arena = arena,
                            .portal = store_number(arena, store->portal_id),
                            .now = now};
}

int store_erase(struct store *store, struct arena *arena, const struct store_subject *subject,
                const char *who, const char *reason, struct instant now,
                struct store_erased *ret_erased, struct err *err)
{
    struct erasing erasing = begin(store, arena, now);
    const struct request request = {.subject = subject, .who = who, .reason = reason};

    if (store_begin(store, err) < 0 || store_end(store, erase(&erasing, &request, err), err) < 0)
        return err_prefix(err, "nothing was erased");
    *ret_erased = erasing.erased;
    return 0;
}

/* --- those whose time is over --- */

static int tell_retention(const struct erasing *erasing, const void *context, struct err *err)
{
    const struct store_audit_thinned nothing = {.plan_rows = 0};
    struct store_audit_erased erased = told(erasing);

    (void)context;
    return store_audit_retention(erasing->store, 0, &erased, &nothing, err);
}

static int erase_expired(struct erasing *erasing, struct instant before, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *accounts = NULL;
    CLEANUP(pg_clearp) PGresult *people = NULL;
    struct arena *arena = erasing->arena;
    const char *at = store_time(arena, before);
    size_t account_count = 0, people_count = 0;

    if (PG_QUERY(erasing->store->pg, retain_accounts, PG_MANY, &accounts, err, erasing->portal,
                 at) < 0 ||
        PG_QUERY(erasing->store->pg, retain_people, PG_MANY, &people, err, erasing->portal, at) < 0)
        return -1;
    const char **no = store_read_list("account_no", accounts, arena, &account_count);
    const char **key = store_read_list("person_key", people, arena, &people_count);
    if (account_count + people_count == 0)
        return 0;
    if (prepare(erasing, store_text_array(arena, no, account_count),
                store_text_array(arena, key, people_count), err) < 0 ||
        check_open(erasing, err) < 0)
        return -1;
    return take_all_away(erasing, tell_retention, NULL, err);
}

static int thin(const struct erasing *erasing, const struct store_retention *retention,
                struct store_audit_thinned *thinned, struct err *err)
{
    static const struct {
        const char *name, *sql;
    } step[] = {
        {"thin_account_version_drop", query_thin_account_version_drop},
        {"thin_account_version_move", query_thin_account_version_move},
        {"thin_link_version_drop", query_thin_link_version_drop},
        {"thin_link_version_move", query_thin_link_version_move},
        {"thin_profile_version_drop", query_thin_profile_version_drop},
        {"thin_profile_version_move", query_thin_profile_version_move},
        {"thin_login_drop", query_thin_login_drop},
        {"thin_login_move", query_thin_login_move},
        {"thin_activity_drop", query_thin_activity_drop},
        {"thin_activity_move", query_thin_activity_move},
    };
    CLEANUP(pg_clearp) PGresult *marked = NULL;
    struct pg *pg = erasing->store->pg;
    struct instant weekly = retention->weekly_before;

    if (PG_QUERY(pg, retain_snapshots, PG_MANY, &marked, err, erasing->portal,
                 store_time(erasing->arena, retention->daily_before),
                 instant_is_set(weekly) ? store_time(erasing->arena, weekly) : "-infinity",
                 store_time(erasing->arena, erasing->now)) < 0)
        return -1;
    thinned->snapshot_id =
        store_read_list("snapshot_id", marked, erasing->arena, &thinned->snapshot_count);
    if (thinned->snapshot_count == 0)
        return 0;
    if (PG_QUERY(pg, thin_create, PG_NOTHING, NULL, err) < 0 ||
        PG_QUERY(pg, thin_put, PG_NOTHING, NULL, err, erasing->portal) < 0)
        return -1;
    for (size_t i = 0; i < COUNT_OF(step); i++) {
        if (pg_run(pg, step[i].name, step[i].sql, PG_NOTHING, &erasing->portal, 1, NULL, err) < 0)
            return -1;
    }
    return 0;
}

static int drop_plan_rows(const struct erasing *erasing, struct instant before,
                          struct store_audit_thinned *thinned, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *dropped = NULL;

    if (PG_QUERY(erasing->store->pg, retain_plan_rows, PG_MANY, &dropped, err, erasing->portal,
                 store_time(erasing->arena, before), store_time(erasing->arena, erasing->now)) < 0)
        return -1;
    thinned->plan_id = store_read_list("plan_id", dropped, erasing->arena, &thinned->plan_count);
    int rows = store_place_of(dropped, "rows");
    for (int i = 0; i < PQntuples(dropped); i++)
        thinned->plan_rows += pg_int(dropped, i, rows);
    return 0;
}

static int retain(struct erasing *erasing, int64_t run, const struct store_retention *retention,
                  struct store_retained *retained, struct err *err)
{
    struct store_audit_thinned thinned = {.plan_rows = 0};

    if (store_hold(erasing->store, run, NULL, err) < 0 ||
        (instant_is_set(retention->personal_before) &&
         erase_expired(erasing, retention->personal_before, err) < 0) ||
        (instant_is_set(retention->daily_before) && thin(erasing, retention, &thinned, err) < 0) ||
        (instant_is_set(retention->plan_rows_before) &&
         drop_plan_rows(erasing, retention->plan_rows_before, &thinned, err) < 0))
        return -1;
    retained->erased = erasing->erased;
    retained->plan_rows = thinned.plan_rows;
    retained->snapshots = (int64_t)thinned.snapshot_count;
    if (!erasing->pattern && !thinned.snapshot_count && !thinned.plan_count)
        return 0;
    struct store_audit_erased erased = told(erasing);
    return store_audit_retention(erasing->store, run, &erased, &thinned, err);
}

int store_retain(struct store *store, const struct store_run *run, struct arena *arena,
                 const struct store_retention *retention, struct instant now,
                 struct store_retained *ret_retained, struct err *err)
{
    struct erasing erasing = begin(store, arena, now);
    struct store_retained retained = {.plan_rows = 0};

    if (store_begin(store, err) < 0 ||
        store_end(store, retain(&erasing, run->id, retention, &retained, err), err) < 0)
        return err_prefix(err, "nothing old was taken away");
    *ret_retained = retained;
    return 0;
}

int store_find_thinned(const struct store *store, struct instant moment, bool *ret_found,
                       struct instant *ret_gone, struct instant *ret_kept, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, audit_thinned, PG_MAYBE, &result, err,
                 store_number(&scratch, store->portal_id), store_time(&scratch, moment)) < 0)
        return -1;
    *ret_found = PQntuples(result) > 0;
    if (*ret_found) {
        *ret_gone = pg_instant(result, 0, store_place_of(result, "gone"));
        *ret_kept = pg_instant(result, 0, store_place_of(result, "kept"));
    }
    return 0;
}

int store_may_erase(const struct store *store, bool *ret_may, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, erase_may, PG_ONE, &result, err) < 0)
        return -1;
    *ret_may = pg_bool(result, 0, 0);
    return 0;
}

int store_names_of_before(const struct store *store, struct arena *arena, const char ***ret_name,
                          size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *names = NULL;

    if (PG_QUERY(store->pg, erase_names, PG_MANY, &names, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    *ret_name = store_read_list("name", names, arena, ret_count);
    return 0;
}
