/*
 * Counting and digesting a snapshot. A digest is taken in order of id, so that the order in which a
 * portal lists its users never matters.
 */
#include "facts/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parallel.h"
#include "base/text.h"

struct snapshot_totals snapshot_count(const struct snapshot *snapshot)
{
    struct snapshot_totals totals = {0};

    for (size_t i = 0; i < snapshot->count; i++) {
        switch (snapshot->account[i].status) {
        case ACCOUNT_ACTIVE:
            totals.active++;
            break;
        case ACCOUNT_INACTIVE:
            totals.inactive++;
            break;
        case ACCOUNT_UNREADABLE:
            totals.unreadable++;
            break;
        case ACCOUNT_GONE:
            totals.gone++;
            break;
        }
    }
    totals.accounts = snapshot->count - totals.gone;
    return totals;
}

/* G5. A single read that knows of no login at all contradicts whoever told one before; one that
 * tells an older login contradicts only a single read, because events are ahead of it at times. An
 * export is left out: nobody knows the zone of its times, and at times not the hour. */
static void count_lost(struct snapshot *snapshot, const struct account *account, struct login known)
{
    enum login_source told_by = account->history.told_by;
    const struct login *fresh = &account->login;

    if (known.kind != LOGIN_KNOWN || known.source != LOGIN_FROM_HISTORY ||
        told_by == LOGIN_FROM_EXPORT)
        return;
    snapshot->logins_known_before++;
    if (fresh->kind == LOGIN_NEVER ||
        (fresh->kind == LOGIN_KNOWN && told_by == LOGIN_FROM_SINGLE_READ &&
         instant_compare(fresh->at, known.at) < 0))
        snapshot->logins_lost++;
}

void snapshot_reread(struct snapshot *snapshot, struct account *account, struct login known,
                     struct instant now)
{
    struct login fresh = account->login;

    count_lost(snapshot, account, known);
    account->login = login_reread(fresh, known);
    account->history.read_at = now;
    account->history.read_anew = true;
}

void snapshot_drop_gone(struct snapshot *snapshot)
{
    while (snapshot->count > 0 && snapshot->account[snapshot->count - 1].status == ACCOUNT_GONE)
        snapshot->count--;
}

void snapshot_forget_gone(struct snapshot *snapshot)
{
    if (!snapshot->complete)
        snapshot_drop_gone(snapshot);
}

const char *snapshot_source_name(enum snapshot_source source)
{
    static const char *const name[] = {
        [SNAPSHOT_FROM_PORTAL] = "portal",
        [SNAPSHOT_FROM_EXPORT] = "export",
    };
    return name[source];
}

const struct profile *snapshot_profile(const struct snapshot *snapshot, const char *profile_id)
{
    for (size_t i = 0; profile_id && i < snapshot->profile_count; i++) {
        if (text_equal(snapshot->profile[i].id, profile_id))
            return &snapshot->profile[i];
    }
    return NULL;
}

static int compare_text(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static int compare_groups(const void *a, const void *b)
{
    const struct group *left = *(const struct group *const *)a;
    const struct group *right = *(const struct group *const *)b;
    int order = compare_text(left->id, right->id);

    return order ? order : compare_text(left->name, right->name);
}

static void add_groups(struct digest_stream *stream, const struct account *account)
{
    if (account_alike(account)->group_count == 0) {
        digest_int(stream, 0);
        return;
    }
    CLEANUP(mem_cleanup)
    const struct group **sorted =
        mem_calloc(account_alike(account)->group_count, sizeof(sorted[0]));

    for (size_t i = 0; i < account_alike(account)->group_count; i++)
        sorted[i] = &account_alike(account)->group[i];
    qsort(sorted, account_alike(account)->group_count, sizeof(sorted[0]), compare_groups);
    digest_int(stream, (int64_t)account_alike(account)->group_count);
    for (size_t i = 0; i < account_alike(account)->group_count; i++) {
        digest_field(stream, sorted[i]->id);
        digest_field(stream, sorted[i]->name);
    }
}

struct digest account_digest(const struct account *account)
{
    struct digest_stream *stream = digest_new();
    const char *const field[] = {
        account->id,
        account->username,
        account->email,
        account_alike(account)->email2,
        account->name,
        account->employee_number,
        account_alike(account)->profile_id,
        account_alike(account)->country,
        account_alike(account)->flaw,
    };

    for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++)
        digest_field(stream, field[i]);
    digest_int(stream, account->status);
    digest_int(stream, account->sso_only);
    digest_int(stream, account_alike(account)->groups_unreadable);
    add_groups(stream, account);
    return digest_finish(stream);
}

struct digest account_version_digest(const struct account *account, const struct digest *own)
{
    struct digest_stream *stream = digest_new();

    digest_bytes(stream, own->byte, sizeof(own->byte));
    digest_field(stream, account_alike(account)->department);
    return digest_finish(stream);
}

struct digest person_digest(const struct person *person)
{
    struct digest_stream *stream = digest_new();
    const char *const field[] = {
        person->employee_number,
        person->email,
        person->username,
        person->name,
        person_alike(person)->department,
        person_alike(person)->country,
        person_rejected(person),
    };

    for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++)
        digest_field(stream, field[i]);
    digest_int(stream, person->word);
    digest_int(stream, person->hire_date.number);
    digest_int(stream, person->last_day.number);
    digest_int(stream, person->key_unreadable);
    return digest_finish(stream);
}

/* Of the accounts of a snapshot, by index. */
struct digesting {
    struct account *account;
    const struct version_mark *mark;
    size_t mark_count;
    struct digest *digest;
    struct place *place;
};

/* An account in the order of ids: the first bytes of an id tell nearly all apart, and to compare
 * them is no walk through memory. */
struct place {
    uint32_t index;
    uint8_t begins[8]; /* with 0 behind a shorter one */
};

static void begin_place(const struct account *account, uint32_t index, struct place *place)
{
    *place = (struct place){.index = index};
    if (account->id)
        memcpy(place->begins, account->id, strnlen(account->id, sizeof(place->begins)));
}

/* Of whom no mark was told is looked at when it is stored. */
static bool is_as_stored(const struct digesting *digesting, size_t i)
{
    static const struct version_mark none = {.byte = {0}};

    if (i >= digesting->mark_count || memcmp(&digesting->mark[i], &none, sizeof(none)) == 0)
        return false;
    const struct digest version =
        account_version_digest(&digesting->account[i], &digesting->digest[i]);
    return memcmp(version.byte, digesting->mark[i].byte, sizeof(none.byte)) == 0;
}

static void digest_part(void *context, size_t part, size_t begin, size_t end)
{
    const struct digesting *digesting = context;

    (void)part;
    for (size_t i = begin; i < end; i++) {
        digesting->digest[i] = account_digest(&digesting->account[i]);
        digesting->account[i].as_stored = is_as_stored(digesting, i);
        begin_place(&digesting->account[i], (uint32_t)i, &digesting->place[i]);
    }
}

static int compare_accounts(const void *a, const void *b, void *context)
{
    const struct digesting *digesting = context;
    const struct place *here = a, *there = b;
    int order = memcmp(here->begins, there->begins, sizeof(here->begins));

    if (order)
        return order;
    uint32_t one = here->index, other = there->index;
    const struct account *left = &digesting->account[one], *right = &digesting->account[other];
    order = compare_text(left->id, right->id);

    if (!order)
        order = digest_compare(&digesting->digest[one], &digesting->digest[other]);
    if (!order)
        order = (int)left->login.kind - (int)right->login.kind;
    if (!order)
        order = instant_compare(left->login.at, right->login.at);
    if (!order)
        order = compare_text(left->login.raw, right->login.raw);
    return order ? order
                 : compare_text(account_alike(left)->department, account_alike(right)->department);
}

static void add_accounts(struct digest_stream *stream, const struct snapshot *snapshot)
{
    size_t count = snapshot->count;
    CLEANUP(mem_cleanup) struct digest *digest = mem_calloc(count, sizeof(digest[0]));
    CLEANUP(mem_cleanup) struct place *order = mem_calloc(count, sizeof(order[0]));
    struct digesting digesting = {.account = snapshot->account,
                                  .mark = snapshot->mark,
                                  .mark_count = snapshot->mark_count,
                                  .digest = digest,
                                  .place = order};

    parallel_for(count, parallel_parts(count), digest_part, &digesting);
    qsort_r(order, count, sizeof(order[0]), compare_accounts, &digesting);
    digest_int(stream, (int64_t)count);
    for (size_t i = 0; i < count; i++) {
        const struct account *account = &snapshot->account[order[i].index];
        digest_bytes(stream, digest[order[i].index].byte, sizeof(digest[0].byte));
        digest_int(stream, account->login.kind);
        digest_int(stream, account->login.at.us);
        digest_field(stream, account->login.raw);
        digest_field(stream, account_alike(account)->department);
    }
}

static int compare_profiles(const void *a, const void *b)
{
    return compare_text((*(const struct profile *const *)a)->id,
                        (*(const struct profile *const *)b)->id);
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* To be freed. */
static const char **sorted_roles(const struct profile *profile)
{
    const char **role = mem_calloc(profile->role_count, sizeof(role[0]));

    for (size_t i = 0; i < profile->role_count; i++)
        role[i] = profile->role[i];
    qsort(role, profile->role_count, sizeof(role[0]), compare_strings);
    return role;
}

const char *profile_roles(struct arena *arena, const struct profile *profile)
{
    CLEANUP(mem_cleanup) const char **role = sorted_roles(profile);
    CLEANUP(text_release) struct text text = TEXT_INIT;

    for (size_t i = 0; i < profile->role_count; i++) {
        text_add(&text, i ? " " : "");
        text_add(&text, role[i]);
    }
    return arena_strdup(arena, text_cstr(&text));
}

static void add_profile(struct digest_stream *stream, const struct profile *profile)
{
    CLEANUP(mem_cleanup) const char **role = sorted_roles(profile);

    digest_field(stream, profile->id);
    digest_field(stream, profile->name);
    digest_int(stream, (int64_t)profile->role_count);
    for (size_t i = 0; i < profile->role_count; i++)
        digest_field(stream, role[i]);
}

static void add_profiles(struct digest_stream *stream, const struct snapshot *snapshot)
{
    CLEANUP(mem_cleanup)
    const struct profile **sorted = mem_calloc(snapshot->profile_count, sizeof(sorted[0]));

    for (size_t i = 0; i < snapshot->profile_count; i++)
        sorted[i] = &snapshot->profile[i];
    qsort(sorted, snapshot->profile_count, sizeof(sorted[0]), compare_profiles);
    digest_int(stream, (int64_t)snapshot->profile_count);
    for (size_t i = 0; i < snapshot->profile_count; i++)
        add_profile(stream, sorted[i]);
}

void snapshot_forget_marks(struct snapshot *snapshot)
{
    snapshot->marks = NULL;
    snapshot->mark = NULL;
    snapshot->mark_count = 0;
}

void snapshot_digest(struct snapshot *snapshot)
{
    struct digest_stream *stream = digest_new();

    digest_int(stream, snapshot->complete);
    digest_field(stream, snapshot->own_id);
    add_profiles(stream, snapshot);
    add_accounts(stream, snapshot);
    snapshot->digest = digest_finish(stream);
}
