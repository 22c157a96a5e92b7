/*
 * What people decide, as they decide it: a batch is numbered, copied, takes the place of what it
 * replaces, and is told to the chain, all in one transaction that holds the portal's row.
 *
 * A word that the tables hold and this program does not know was put there by somebody else's hand:
 * such a ruling is passed over, so that it neither acts nor spares.
 */
#include "store/ruling.h"

#include <stdlib.h>
#include <string.h>

#include "base/site.h"
#include "base/text.h"
#include "store/audit.h"
#include "store/column.h"

/* More than so many are joined as sets: what was just added has no figures yet, and the planner
 * takes it for a few rows. */
#define FEW 50

/* --- deciding --- */

struct saving {
    const struct store *store;
    struct arena arena;
    struct ruling *ruling; /* with their numbers */
    size_t count;
    const char *address;
    struct handed_in *file; /* that they stood in; NULL = none */
};

const char *store_ruling_action(const struct ruling *ruling)
{
    if (ruling->kind == RULING_AGAIN)
        return action_name(ruling_again_of(ruling));
    return ruling->kind == RULING_KEEP ? NULL : action_name(ruling->action);
}

static bool is_about_row(const struct ruling *ruling)
{
    return ruling->kind == RULING_APPROVE || ruling->kind == RULING_REJECT;
}

static void add_number_or_null(struct text *row, int64_t number)
{
    if (number == 0)
        pg_copy_field(row, NULL);
    else
        store_copy_number(row, number);
}

/* Of a reading, a rule and a row only what a ruling of its kind is about. */
static void add_row(struct text *row, const void *context, size_t number)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct saving *saving = context;
    const struct ruling *ruling = &saving->ruling[number];
    bool is_row = is_about_row(ruling), is_approve = ruling->kind == RULING_APPROVE;

    store_copy_number(row, saving->store->portal_id);
    store_copy_number(row, ruling->id);
    pg_copy_field(row, ruling_kind_name(ruling->kind));
    pg_copy_field(row, ruling->account_id);
    pg_copy_field(row, ruling->who);
    store_copy_time(row, ruling->at);
    add_number_or_null(row, ruling->plan_id);
    add_number_or_null(row, ruling->position);
    store_copy_digest_or_null(row, is_approve ? &ruling->subject : NULL);
    pg_copy_field(row, ruling->subject_text);
    pg_copy_field(row, store_ruling_action(ruling));
    pg_copy_field(row, is_row ? ruling->rule : NULL);
    store_copy_digest_or_null(row, is_row ? &ruling->rule_text : NULL);
    pg_copy_field(row, is_approve ? saving->address : NULL);
    store_copy_flag(row, ruling->asks_login);
    store_copy_flag(row, ruling->asks_activity);
    store_copy_time(row, ruling->snapshot_at);
    store_copy_day(row, ruling->not_before);
    store_copy_day(row, ruling->until);
    pg_copy_field(row, ruling->reason);
    store_copy_flag(row, ruling->person_departed);
    store_copy_flag(row, ruling->also_departed);
    store_copy_flag(row, ruling->spread);
    add_number_or_null(row, ruling->nightly);
    store_copy_day(row, ruling->expected_on);
    store_copy_flag(row, ruling->at_once);
    pg_copy_field(row, store_text_array(&scratch, ruling->override, ruling->override_count));
    add_number_or_null(row, ruling->handed_in_id);
    pg_copy_end_row(row);
}

static int take_numbers(struct saving *saving, int64_t *ret_last, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(saving->store->pg, ruling_number_take, PG_ONE, &result, err,
                 store_number(&saving->arena, saving->store->portal_id),
                 store_number(&saving->arena, (int64_t)saving->count)) < 0)
        return -1;
    *ret_last = pg_int(result, 0, 0);
    for (size_t i = 0; i < saving->count; i++)
        saving->ruling[i].id = *ret_last + (int64_t)i + 1;
    return 0;
}

/* Before what stood in it, which names it. */
static int save_file(struct saving *saving, struct err *err)
{
    const struct store *store = saving->store;
    struct handed_in *file = saving->file;
    CLEANUP(pg_clearp) PGresult *number = NULL;
    const char *portal = store_number(&saving->arena, store->portal_id);
    char content[DIGEST_HEX_SIZE];

    if (!file)
        return 0;
    if (PG_QUERY(store->pg, handed_in_number_take, PG_ONE, &number, err, portal) < 0)
        return -1;
    file->id = pg_int(number, 0, 0);
    if (PG_QUERY(store->pg, handed_in_put, PG_NOTHING, NULL, err, portal,
                 store_number(&saving->arena, file->id), digest_hex(&file->content, content),
                 file->name, file->who, store_time(&saving->arena, file->at), file->key,
                 file->signature) < 0)
        return -1;
    for (size_t i = 0; i < saving->count; i++)
        saving->ruling[i].handed_in_id = file->id;
    return store_audit_handed_in(store, file, err);
}

/* What the new ones take the place of. */
static int replace(struct saving *saving, int64_t last, struct store_audit_ended **ret_ended,
                   size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    struct arena *arena = &saving->arena;

    if ((saving->count > FEW && PG_QUERY(saving->store->pg, set_many, PG_ONE, NULL, err) < 0) ||
        PG_QUERY(saving->store->pg, ruling_replace, PG_MANY, &result, err,
                 store_number(arena, saving->store->portal_id), store_number(arena, last)) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    struct store_audit_ended *ended = arena_calloc(arena, count + 1, sizeof(ended[0]));
    for (int i = 0; i < (int)count; i++) {
        ended[i] = (struct store_audit_ended){
            .id = pg_int(result, i, store_place_of(result, "ruling_id")),
            .at = pg_instant(result, i, store_place_of(result, "ended_at")),
            .account_id = store_string(arena, result, i, store_place_of(result, "account_id")),
            .word = ruling_end_name(RULING_NEWER),
            .who = store_string(arena, result, i, store_place_of(result, "ended_by")),
            .reason = store_string(arena, result, i, store_place_of(result, "end_reason")),
        };
    }
    *ret_ended = ended;
    *ret_count = count;
    return 0;
}

static int save(struct saving *saving, struct err *err)
{
    const struct store *store = saving->store;
    struct store_audit_ended *ended = NULL;
    size_t ended_count = 0;
    int64_t last = 0;

    if (store_hold(store, 0, NULL, err) < 0 || save_file(saving, err) < 0)
        return -1;
    if (saving->count == 0)
        return 0;
    if (take_numbers(saving, &last, err) < 0 ||
        store_copy(store->pg, "ruling_copy", query_ruling_copy, add_row, saving, saving->count,
                   err) < 0 ||
        replace(saving, last, &ended, &ended_count, err) < 0)
        return -1;
    return store_audit_rulings(store, 0, saving->ruling, saving->count, saving->address, ended,
                               ended_count, err);
}

static int check_reasons(const struct ruling *ruling, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (ruling[i].kind != RULING_APPROVE && text_is_empty(ruling[i].reason))
            return err_set(err, ERR_USAGE, "'%s' needs a reason", ruling_kind_name(ruling[i].kind));
    }
    return 0;
}

int store_take_file(struct store *store, struct handed_in *file, struct ruling *ruling,
                    size_t count, const char *address, struct err *err)
{
    struct handed_in made = file ? *file : (struct handed_in){.id = 0};
    struct saving saving = {
        .store = store, .count = count, .address = address, .file = file ? &made : NULL};

    if (check_reasons(ruling, count, err) < 0 || pg_begin(store->pg, err) < 0)
        return -1;
    saving.arena = ARENA_INIT;
    saving.ruling = arena_calloc(&saving.arena, count + 1, sizeof(ruling[0]));
    if (count > 0)
        memcpy(saving.ruling, ruling, count * sizeof(ruling[0]));
    int failed = store_end(store, save(&saving, err), err);
    for (size_t i = 0; i < count && !failed; i++)
        ruling[i].id = saving.ruling[i].id;
    if (file && !failed)
        file->id = made.id;
    arena_release(&saving.arena);
    return failed ? err_prefix(err, "the decision was not recorded") : 0;
}

int store_save_rulings(struct store *store, struct ruling *ruling, size_t count,
                       const char *address, struct err *err)
{
    return count ? store_take_file(store, NULL, ruling, count, address, err) : 0;
}

int store_find_file(struct store *store, struct arena *arena, const struct digest *content,
                    const char *who, bool is_signed, struct instant *ret_at, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    char hex[DIGEST_HEX_SIZE];

    if (PG_QUERY(store->pg, handed_in_find, PG_ONE, &result, err,
                 store_number(arena, store->portal_id), digest_hex(content, hex), who,
                 store_flag(is_signed)) < 0)
        return -1;
    *ret_at = pg_instant(result, 0, 0);
    return 0;
}

/* --- ending --- */

/* While the portal's row is held. */
static int end_rulings(const struct store *store, const struct store_run *run, const char *who,
                       const struct store_ruling_end *end, size_t count, struct instant now,
                       struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;
    int64_t *id = arena_calloc(&scratch, count, sizeof(id[0]));
    const char **word = arena_calloc(&scratch, count, sizeof(word[0]));
    const char **reason = arena_calloc(&scratch, count, sizeof(reason[0]));

    for (size_t i = 0; i < count; i++) {
        id[i] = end[i].id;
        word[i] = ruling_end_name(end[i].end);
        reason[i] = end[i].reason;
    }
    if (PG_QUERY(store->pg, ruling_end, PG_MANY, &result, err,
                 store_number(&scratch, store->portal_id), store_number_array(&scratch, id, count),
                 store_text_array(&scratch, word, count), store_text_array(&scratch, reason, count),
                 store_time(&scratch, now), who) < 0)
        return -1;
    size_t ended_count = (size_t)PQntuples(result);
    if (ended_count == 0)
        return 0;
    struct store_audit_ended *ended = arena_calloc(&scratch, ended_count, sizeof(ended[0]));
    for (int i = 0; i < (int)ended_count; i++) {
        ended[i] = (struct store_audit_ended){
            .id = pg_int(result, i, store_place_of(result, "ruling_id")),
            .at = now,
            .account_id = store_string(&scratch, result, i, store_place_of(result, "account_id")),
            .word = store_string(&scratch, result, i, store_place_of(result, "end_word")),
            .who = who,
            .reason = store_string(&scratch, result, i, store_place_of(result, "end_reason")),
        };
    }
    return store_audit_rulings(store, who ? 0 : run->id, NULL, 0, NULL, ended, ended_count, err);
}

int store_end_rulings(struct store *store, const struct store_run *run, const char *who,
                      const struct store_ruling_end *end, size_t count, struct instant now,
                      struct err *err)
{
    if (count == 0)
        return 0;
    if (pg_begin(store->pg, err) < 0)
        return -1;
    int failed = store_hold(store, who ? 0 : run->id, NULL, err) < 0 ||
                 end_rulings(store, run, who, end, count, now, err) < 0;
    if (store_end(store, failed ? -1 : 0, err) < 0)
        return err_prefix(err, "the end of a decision was not recorded");
    return 0;
}

int store_close_rulings(const struct store *store, const char *who,
                        const struct store_ruling_end *end, size_t count, struct instant now,
                        struct err *err)
{
    return count ? end_rulings(store, NULL, who, end, count, now, err) : 0;
}

int store_add_rulings(const struct store *store, struct ruling *ruling, size_t count,
                      const char *address, struct err *err)
{
    struct saving saving = {
        .store = store, .arena = ARENA_INIT, .ruling = ruling, .count = count, .address = address};
    int failed = 0;

    for (size_t i = 0; i < count; i++)
        ruling[i].handed_in_id = 0; /* the file stays with the name under which it was taken */
    failed = count ? save(&saving, err) : 0;
    for (size_t i = 0; i < count && !failed; i++) {
        struct store_ruling_end end = {.id = ruling[i].id,
                                       .end = ruling[i].end,
                                       .reason = "it had ended under the other name"};
        if (ruling[i].end != RULING_STANDS)
            failed = end_rulings(store, NULL, ruling[i].who, &end, 1, ruling[i].at, err);
    }
    arena_release(&saving.arena);
    return failed;
}

/* An overtaken run as well: what its own call used up is used up. */
int store_end_of_step(const struct store *store, const struct store_run *run, int64_t plan_id,
                      int64_t position, enum ruling_end word, const char *reason,
                      struct instant now, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, ruling_of_step, PG_MANY, &result, err,
                 store_number(&scratch, store->portal_id), store_number(&scratch, plan_id),
                 store_number(&scratch, position)) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    struct store_ruling_end *end = arena_calloc(&scratch, count + 1, sizeof(end[0]));
    if (!reason)
        reason = word == RULING_DONE ? "it was done" : "Bynder refused it";
    for (size_t i = 0; i < count; i++)
        end[i] = (struct store_ruling_end){.id = pg_int(result, (int)i, 0),
                                           .end = word,
                                           .reason = reason ? reason : ruling_end_name(word)};
    return count ? end_rulings(store, run, NULL, end, count, now, err) : 0;
}

int store_mark_could_act(struct store *store, const struct store_run *run, const int64_t *id,
                         size_t count, struct instant now, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    if (count == 0)
        return 0;
    if (pg_begin(store->pg, err) < 0)
        return -1;
    int failed = store_hold(store, run->id, NULL, err) < 0 ||
                 PG_QUERY(store->pg, ruling_could_act, PG_NOTHING, NULL, err,
                          store_number(&scratch, store->portal_id),
                          store_number_array(&scratch, id, count), store_time(&scratch, now)) < 0;
    return store_end(store, failed ? -1 : 0, err);
}

/* --- loading --- */

/* "G7 G10" */
static void read_overrides(const char *words, struct arena *arena, struct ruling *ruling)
{
    size_t count = 0;
    char *rest = arena_strdup(arena, words ? words : "");
    const char **item = arena_calloc(arena, strlen(rest) / 2 + 1, sizeof(item[0]));

    for (char *word; (word = strsep(&rest, " "));) {
        if (*word)
            item[count++] = word;
    }
    ruling->override = item;
    ruling->override_count = count;
}

/* False for a word that is none. */
static bool read_ruling(const PGresult *result, int row, struct arena *arena,
                        struct ruling *ret_ruling)
{
#define FIELD(get, name) get(result, row, store_place_of(result, name))
#define STRING(name)     store_string(arena, result, row, store_place_of(result, name))
    const char *action = pg_text(result, row, store_place_of(result, "action"));
    struct ruling ruling = {
        .id = FIELD(pg_int, "ruling_id"),
        .account_id = STRING("account_id"),
        .who = STRING("who"),
        .at = FIELD(pg_instant, "at"),
        .plan_id = FIELD(pg_int, "plan_id"),
        .position = FIELD(pg_int, "position"),
        .subject = FIELD(store_digest, "subject"),
        .subject_text = STRING("about"),
        .rule = STRING("rule"),
        .rule_text = FIELD(store_digest, "rule_text"),
        .asks_login = FIELD(pg_bool, "asks_login"),
        .asks_activity = FIELD(pg_bool, "asks_activity"),
        .snapshot_at = FIELD(pg_instant, "snapshot_at"),
        .address = STRING("address"),
        .not_before = FIELD(pg_day, "not_before"),
        .until = FIELD(pg_day, "until"),
        .reason = STRING("reason"),
        .person_departed = FIELD(pg_bool, "person_departed"),
        .also_departed = FIELD(pg_bool, "also_departed"),
        .spread = FIELD(pg_bool, "spread"),
        .nightly = (int)FIELD(pg_int, "nightly"),
        .expected_on = FIELD(pg_day, "expected_on"),
        .at_once = FIELD(pg_bool, "at_once"),
        .could_act_at = FIELD(pg_instant, "could_act_at"),
        .handed_in_id = FIELD(pg_int, "handed_in_id"),
    };

    read_overrides(pg_text(result, row, store_place_of(result, "overrides")), arena, &ruling);
    *ret_ruling = ruling;
    return ruling_kind_parse(pg_text(result, row, store_place_of(result, "kind")),
                             &ret_ruling->kind) &&
           ruling_end_parse(pg_text(result, row, store_place_of(result, "end_word")),
                            &ret_ruling->end) &&
           (!action || action_parse(action, &ret_ruling->action));
#undef STRING
#undef FIELD
}

int store_load_standing(const struct store *store, struct arena *arena,
                        struct store_standing **ret_standing, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, ruling_standing, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    size_t rows = (size_t)PQntuples(result), accounts = 0, read = 0;
    struct ruling *ruling = arena_calloc(arena, rows + 1, sizeof(ruling[0]));
    struct store_standing *standing = arena_calloc(arena, rows + 1, sizeof(standing[0]));
    for (int i = 0; i < (int)rows; i++) {
        if (!read_ruling(result, i, arena, &ruling[read]))
            continue;
        const char *account_id = ruling[read].account_id;
        if (accounts == 0 || !text_equal(standing[accounts - 1].account_id, account_id))
            standing[accounts++] = (struct store_standing){.account_id = account_id,
                                                           .rulings = {.item = &ruling[read]}};
        standing[accounts - 1].rulings.count++;
        read++;
    }
    *ret_standing = standing;
    *ret_count = accounts;
    return 0;
}

int store_load_rulings(struct store *store, struct arena *arena, struct instant since,
                       struct store_ruling **ret_ruling, size_t *ret_count, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;
    const char *from = instant_is_set(since) ? store_time(arena, since) : "infinity";

    if (PG_QUERY(store->pg, ruling_list, PG_MANY, &result, err,
                 store_number(arena, store->portal_id), from) < 0)
        return -1;
    size_t rows = (size_t)PQntuples(result), count = 0;
    struct store_ruling *ruling = arena_calloc(arena, rows + 1, sizeof(ruling[0]));
    for (int i = 0; i < (int)rows; i++) {
        if (!read_ruling(result, i, arena, &ruling[count].ruling))
            continue;
        ruling[count].ended_at = pg_instant(result, i, store_place_of(result, "ended_at"));
        ruling[count].end_reason =
            store_string(arena, result, i, store_place_of(result, "end_reason"));
        ruling[count].ended_by = store_string(arena, result, i, store_place_of(result, "ended_by"));
        ruling[count].name = store_string(arena, result, i, store_place_of(result, "name"));
        ruling[count].email = store_string(arena, result, i, store_place_of(result, "email"));
        count++;
    }
    *ret_ruling = ruling;
    *ret_count = count;
    return 0;
}

int store_load_approved_rules(struct store *store, struct arena *arena, const char *address,
                              struct approved_rules *ret_rules, struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, ruling_rules, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    size_t rows = (size_t)PQntuples(result);
    struct digest *rule_text = arena_calloc(arena, rows + 1, sizeof(rule_text[0]));
    const char **name = arena_calloc(arena, rows + 1, sizeof(name[0]));
    struct approved_rules rules = {.rule_text = rule_text, .name = name};
    for (int i = 0; i < (int)rows; i++) {
        int text_column = store_place_of(result, "rule_text");
        if (!site_is_same(arena, pg_text(result, i, store_place_of(result, "address")), address))
            continue;
        if (PQgetisnull(result, i, text_column))
            name[rules.name_count++] =
                store_string(arena, result, i, store_place_of(result, "rule"));
        else
            rule_text[rules.rule_text_count++] = store_digest(result, i, text_column);
    }
    *ret_rules = rules;
    return 0;
}

/* --- guards that a person let go --- */

/* The record and the table hold the same text. */
static const char *measure_text(struct arena *arena, int64_t measure)
{
    return measure < 0 ? NULL : store_number(arena, measure); /* cannot be compared */
}

static int tell_end(const struct store *store, int64_t run_id, const PGresult *ended,
                    struct instant now, struct err *err)
{
    if (PQntuples(ended) == 0)
        return 0;
    return store_audit_acknowledgement_end(
        store, run_id, pg_text(ended, 0, store_place_of(ended, "guard")),
        pg_int(ended, 0, store_place_of(ended, "acknowledgement_id")),
        pg_text(ended, 0, store_place_of(ended, "end_reason")), now, err);
}

static int acknowledge(const struct store *store, const struct acknowledgement *given,
                       int64_t *ret_id, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *number = NULL;
    CLEANUP(pg_clearp) PGresult *ended = NULL;
    const char *portal = store_number(&scratch, store->portal_id);
    const char *measure = measure_text(&scratch, given->measure);
    const char *at = store_time(&scratch, given->at);
    struct acknowledgement made = *given;

    if (store_hold(store, 0, NULL, err) < 0 ||
        PG_QUERY(store->pg, acknowledgement_number_take, PG_ONE, &number, err, portal) < 0 ||
        PG_QUERY(store->pg, acknowledgement_replace, PG_MAYBE, &ended, err, portal, given->guard,
                 at) < 0)
        return -1;
    made.id = pg_int(number, 0, 0);
    *ret_id = made.id;
    if (PG_QUERY(store->pg, acknowledgement_put, PG_NOTHING, NULL, err, portal,
                 store_number(&scratch, made.id), given->guard,
                 store_number(&scratch, given->plan_id), given->who, at, given->reason,
                 given->cause, measure) < 0 ||
        tell_end(store, 0, ended, given->at, err) < 0)
        return -1;
    return store_audit_acknowledgement(store, &made, measure, err);
}

int store_acknowledge(struct store *store, struct acknowledgement *acknowledgement, struct err *err)
{
    int64_t id = 0;

    if (text_is_empty(acknowledgement->reason))
        return err_set(err, ERR_USAGE, "'acknowledge' needs a reason");
    if (pg_begin(store->pg, err) < 0 ||
        store_end(store, acknowledge(store, acknowledgement, &id, err), err) < 0)
        return err_prefix(err, "the acknowledgement was not recorded");
    acknowledgement->id = id;
    return 0;
}

int store_load_acknowledgements(struct store *store, struct arena *arena,
                                struct acknowledgement **ret_item, size_t *ret_count,
                                struct err *err)
{
    CLEANUP(pg_clearp) PGresult *result = NULL;

    if (PG_QUERY(store->pg, acknowledgement_list, PG_MANY, &result, err,
                 store_number(arena, store->portal_id)) < 0)
        return -1;
    size_t count = (size_t)PQntuples(result);
    struct acknowledgement *item = arena_calloc(arena, count + 1, sizeof(item[0]));
    for (int i = 0; i < (int)count; i++) {
        item[i] = (struct acknowledgement){
            .id = pg_int(result, i, store_place_of(result, "acknowledgement_id")),
            .guard = store_string(arena, result, i, store_place_of(result, "guard")),
            .plan_id = pg_int(result, i, store_place_of(result, "plan_id")),
            .who = store_string(arena, result, i, store_place_of(result, "who")),
            .reason = store_string(arena, result, i, store_place_of(result, "reason")),
            .at = pg_instant(result, i, store_place_of(result, "at")),
            .cause = store_string(arena, result, i, store_place_of(result, "cause")),
            .measure = pg_int(result, i, store_place_of(result, "measure")),
        };
    }
    *ret_item = item;
    *ret_count = count;
    return 0;
}

int store_end_acknowledgement(struct store *store, const struct store_run *run, int64_t id,
                              const char *reason, struct instant now, struct err *err)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    CLEANUP(pg_clearp) PGresult *ended = NULL;

    if (pg_begin(store->pg, err) < 0)
        return -1;
    int failed = store_hold(store, run->id, NULL, err) < 0 ||
                 PG_QUERY(store->pg, acknowledgement_end, PG_MAYBE, &ended, err,
                          store_number(&scratch, store->portal_id), store_number(&scratch, id),
                          store_time(&scratch, now), reason) < 0 ||
                 tell_end(store, run->id, ended, now, err) < 0;
    return store_end(store, failed ? -1 : 0, err);
}
