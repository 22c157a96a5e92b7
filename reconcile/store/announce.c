/*
 * Announcements end before others begin, in one transaction: of each account and rule one is open.
 */
#include "store/announce.h"

#include "store/audit.h"
#include "store/column.h"

struct announcing {
    const struct store *store;
    struct arena arena;
    struct store_announced *announced; /* with their numbers: those that begin, */
    size_t count;
    struct store_announced *asked; /* of all that were asked for */
    size_t asked_count;
    struct store_audit_ended *ended;
    size_t ended_count;
};

/* Whoever approves a row may find its grace begun: the run that made the plan was there before.
 * That day was told, and stays. */
static int leave_begun(struct announcing *announcing, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct arena *arena = &announcing->arena;
    size_t count = announcing->asked_count;
    const char **account_id = arena_calloc(arena, count + 1, sizeof(account_id[0]));
    const char **rule = arena_calloc(arena, count + 1, sizeof(rule[0]));
    const char **plan = arena_calloc(arena, count + 1, sizeof(plan[0]));

    for (size_t i = 0; i < count; i++) {
        account_id[i] = announcing->asked[i].account_id;
        rule[i] = announcing->asked[i].rule;
        plan[i] = store_number(arena, announcing->asked[i].plan_id);
    }
    if (count > 0 &&
        PG_QUERY(announcing->store->pg, announcement_begun, PG_MANY, &result, err,
                 store_number(arena, announcing->store->portal_id),
                 store_text_array(arena, account_id, count), store_text_array(arena, rule, count),
                 store_text_array(arena, plan, count)) < 0)
        return -1;
    for (int i = 0; count > 0 && i < PQntuples(result); i++)
        announcing->asked[pg_int(result, i, store_place_of(result, "place"))].id =
            pg_int(result, i, store_place_of(result, "announcement_id"));
    for (size_t i = 0; i < count; i++) {
        if (announcing->asked[i].id == 0)
            announcing->announced[announcing->count++] = announcing->asked[i];
    }
    return 0;
}

/* Those named, and those that are announced anew. */
static int end_open(struct announcing *announcing, const struct store_announcement_end *end,
                    size_t end_count, struct day today, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct arena *arena = &announcing->arena;
    size_t count = end_count + announcing->count;
    const char **account_id = arena_calloc(arena, count + 1, sizeof(account_id[0]));
    const char **rule = arena_calloc(arena, count + 1, sizeof(rule[0]));
    const char **reason = arena_calloc(arena, count + 1, sizeof(reason[0]));

    for (size_t i = 0; i < count; i++) {
        bool is_named = i < end_count;
        const struct store_announced *anew =
            is_named ? NULL : &announcing->announced[i - end_count];
        account_id[i] = is_named ? end[i].account_id : anew->account_id;
        rule[i] = is_named ? end[i].rule : anew->rule;
        reason[i] = is_named ? end[i].reason : "it was announced anew";
    }
    if (PG_QUERY(announcing->store->pg, announcement_end, PG_MANY, &result, err,
                 store_number(arena, announcing->store->portal_id),
                 store_text_array(arena, account_id, count), store_text_array(arena, rule, count),
                 store_text_array(arena, reason, count), store_day(arena, today)) < 0)
        return -1;
    announcing->ended_count = (size_t)PQntuples(result);
    announcing->ended =
        arena_calloc(arena, announcing->ended_count + 1, sizeof(announcing->ended[0]));
    for (int i = 0; i < (int)announcing->ended_count; i++) {
        announcing->ended[i] = (struct store_audit_ended){
            .id = pg_int(result, i, store_place_of(result, "announcement_id")),
            .account_id = store_string(arena, result, i, store_place_of(result, "account_id")),
            .word = store_string(arena, result, i, store_place_of(result, "rule")),
            .reason = store_string(arena, result, i, store_place_of(result, "ended_reason")),
        };
    }
    return 0;
}

static void add_row(struct text *row, const void *context, size_t number)
{
    const struct announcing *announcing = context;
    const struct store_announced *announced = &announcing->announced[number];

    store_copy_number(row, announcing->store->portal_id);
    store_copy_number(row, announced->id);
    pg_copy_field(row, announced->account_id);
    pg_copy_field(row, announced->rule);
    store_copy_number(row, announced->plan_id);
    store_copy_number(row, announced->position);
    store_copy_day(row, announced->on);
    store_copy_time(row, announced->at);
    store_copy_day(row, announced->not_before);
    store_copy_time(row, announced->login_at);
    pg_copy_field(row, announced->enforce ? "enforce" : "report");
    pg_copy_field(row, store_flag(announced->told != ANNOUNCED_TO_NOBODY));
    pg_copy_field(row, announced->action);
    pg_copy_field(row, announced->to_profile);
    pg_copy_end_row(row);
}

static int begin_new(struct announcing *announcing, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const struct store *store = announcing->store;
    struct arena *arena = &announcing->arena;

    if (announcing->count == 0)
        return 0;
    if (PG_QUERY(store->pg, announcement_number_take, PG_ONE, &result, err,
                 store_number(arena, store->portal_id),
                 store_number(arena, (int64_t)announcing->count)) < 0)
        return -1;
    int64_t last = pg_int(result, 0, 0);
    for (size_t i = 0; i < announcing->count; i++)
        announcing->announced[i].id = last + (int64_t)i + 1;
    return store_copy(store->pg, "announcement_copy", query_announcement_copy, add_row, announcing,
                      announcing->count, err);
}

/* Of those that people know of: which mails were taken, and nobody is sought any more. */
static int tell(struct announcing *announcing, struct err *err)
{
    const struct store *store = announcing->store;
    struct arena *arena = &announcing->arena;
    size_t mailed = 0, told = 0;
    const char **id = arena_calloc(arena, announcing->count + 1, sizeof(id[0]));
    const char **account_id = arena_calloc(arena, announcing->count + 1, sizeof(account_id[0]));
    const char **rule = arena_calloc(arena, announcing->count + 1, sizeof(rule[0]));

    for (size_t i = 0; i < announcing->count; i++) {
        const struct store_announced *announced = &announcing->announced[i];
        if (announced->told == ANNOUNCED_TO_NOBODY)
            continue;
        if (announced->told == ANNOUNCED_BY_MAIL)
            id[mailed++] = store_number(arena, announced->id);
        account_id[told] = announced->account_id;
        rule[told++] = announced->rule;
    }
    if (mailed > 0 &&
        PG_QUERY(store->pg, announcement_mailed, PG_NOTHING, NULL, err,
                 store_number(arena, store->portal_id), store_text_array(arena, id, mailed)) < 0)
        return -1;
    if (told == 0)
        return 0;
    return PG_QUERY(store->pg, unreached_forget, PG_NOTHING, NULL, err,
                    store_number(arena, store->portal_id),
                    store_text_array(arena, account_id, told), store_text_array(arena, rule, told));
}

static int announce(struct announcing *announcing, const struct store_run *run,
                    const struct store_announcement_end *end, size_t end_count, struct day today,
                    struct err *err)
{
    if (store_hold(announcing->store, run ? run->id : 0, NULL, err) < 0 ||
        leave_begun(announcing, err) < 0 || end_open(announcing, end, end_count, today, err) < 0 ||
        begin_new(announcing, err) < 0 || tell(announcing, err) < 0)
        return -1;
    if (announcing->ended_count + announcing->count == 0)
        return 0;
    return store_audit_announcements(announcing->store, run ? run->id : 0, announcing->announced,
                                     announcing->count, announcing->ended, announcing->ended_count,
                                     today, err);
}

int store_announce(struct store *store, const struct store_run *run,
                   const struct store_announcement_end *end, size_t end_count,
                   struct store_announced *announced, size_t count, struct day today,
                   struct err *err)
{
    struct announcing announcing = {.store = store, .arena = ARENA_INIT, .asked_count = count};
    size_t next = 0;

    if (end_count + count == 0)
        return 0;
    announcing.announced = arena_calloc(&announcing.arena, count + 1, sizeof(announced[0]));
    announcing.asked = arena_calloc(&announcing.arena, count + 1, sizeof(announced[0]));
    for (size_t i = 0; i < count; i++) {
        announcing.asked[i] = announced[i];
        announcing.asked[i].id = 0;
    }
    int failed = pg_begin(store->pg, err);
    if (!failed)
        failed = store_end(store, announce(&announcing, run, end, end_count, today, err), err);
    for (size_t i = 0; i < count && !failed; i++)
        announced[i].id =
            announcing.asked[i].id ? announcing.asked[i].id : announcing.announced[next++].id;
    arena_release(&announcing.arena);
    return failed ? err_prefix(err, "the announcements were not stored") : 0;
}

/* --- whom no mail reaches --- */

int store_claim_unreached(struct store *store, const char *account_id, const char *rule,
                          const char *address, struct instant now, const char *why, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, unreached_claim, PG_MAYBE, &result, err,
                 store_number(&scratch, store->portal_id), account_id, rule, address,
                 store_time(&scratch, now), why) < 0)
        return -1;
    if (PQntuples(result) == 0)
        return err_set(err, ERR_LOCKED, "the announcement to account '%s' was tried already",
                       account_id);
    return 0;
}

int store_keep_unreached(struct store *store, const char *account_id, const char *rule,
                         const char *why, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    return PG_QUERY(store->pg, unreached_why, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id), account_id, rule, why);
}

int store_forget_unreached(struct store *store, const struct store_announcement_end *end,
                           size_t count, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char **account_id = arena_calloc(&scratch, count + 1, sizeof(account_id[0]));
    const char **rule = arena_calloc(&scratch, count + 1, sizeof(rule[0]));

    if (count == 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        account_id[i] = end[i].account_id;
        rule[i] = end[i].rule;
    }
    return PG_QUERY(store->pg, unreached_forget, PG_NOTHING, NULL, err,
                    store_number(&scratch, store->portal_id),
                    store_text_array(&scratch, account_id, count),
                    store_text_array(&scratch, rule, count));
}
