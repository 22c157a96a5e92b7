/*
 * Words for the facts of an account, and the one rule that merges evidence of logins: a last login
 * only grows, so the newest known one is the truth whoever told it.
 */
#include "facts/account.h"

#include <string.h>

#include "base/column.h"
#include "base/text.h"

static const char *const status_name[] = {
    [ACCOUNT_UNREADABLE] = "unreadable",
    [ACCOUNT_ACTIVE] = "active",
    [ACCOUNT_INACTIVE] = "inactive",
    [ACCOUNT_GONE] = "gone",
};

const struct column_words account_status_words = COLUMN_WORDS_OF(status_name);

const char *account_status_name(enum account_status status)
{
    return status_name[status];
}

const char *login_source_name(enum login_source source)
{
    static const char *const name[] = {
        [LOGIN_FROM_NOWHERE] = "",      [LOGIN_FROM_SINGLE_READ] = "single read",
        [LOGIN_FROM_EVENTS] = "events", [LOGIN_FROM_HISTORY] = "history",
        [LOGIN_FROM_EXPORT] = "export",
    };
    return name[source];
}

struct instant account_used_at(const struct account *account)
{
    const struct login *login = &account->login;

    return instant_later(account_activity(account)->at,
                         login->kind == LOGIN_KNOWN ? login->at : INSTANT_NONE);
}

bool login_is_ahead(const struct login *login, struct instant now)
{
    return login->kind == LOGIN_KNOWN && login->at.us > now.us + DAY_US;
}

struct login login_newest(struct login a, struct login b)
{
    static const int rank[] = {
        [LOGIN_NOT_READ] = 0,
        [LOGIN_NEVER] = 1,
        [LOGIN_UNREADABLE] = 2,
        [LOGIN_KNOWN] = 3,
    };
    if (rank[a.kind] != rank[b.kind])
        return rank[a.kind] > rank[b.kind] ? a : b;
    if (a.kind == LOGIN_KNOWN && instant_compare(b.at, a.at) > 0)
        return b;
    return a;
}

struct login login_reread(struct login fresh, struct login known)
{
    return fresh.kind == LOGIN_UNREADABLE ? fresh : login_newest(fresh, known);
}

bool account_id_is_v4(const char *id)
{
    static const char shape[] = "XXXXXXXX-XXXX-XXXX-XXXXXXXXXXXXXXXX";

    if (!id || strlen(id) != sizeof(shape) - 1)
        return false;
    for (size_t i = 0; i < sizeof(shape) - 1; i++) {
        bool hex = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'A' && id[i] <= 'F');
        if (shape[i] == '-' ? id[i] != '-' : !hex)
            return false;
    }
    return true;
}

bool account_name_is_id(const char *folded)
{
    char upper[40];

    if (!folded || strlen(folded) >= sizeof(upper))
        return false;
    for (size_t i = 0; i <= strlen(folded); i++)
        upper[i] = folded[i] >= 'a' && folded[i] <= 'f' ? (char)(folded[i] - 'a' + 'A') : folded[i];
    return account_id_is_v4(upper);
}

const struct account_alike account_alike_none = {.profile_id = NULL};

struct account_alike *account_alike_own(struct arena *arena, struct account *account)
{
    struct account_alike *own = arena_alloc(arena, sizeof(*own));

    *own = *account_alike(account);
    account->alike = own;
    return own;
}

void account_alike_share(struct alike *all, struct account *account,
                         const struct account_alike *alike)
{
    if (alike->email2)
        *account_alike_own(all->arena, account) = *alike;
    else
        account->alike = alike_keep(all, alike);
}

const struct activity account_activity_none = {.kind = EVENT_NONE};

void account_tell_activity(struct arena *arena, struct account *account, struct activity activity)
{
    if (instant_compare(activity.at, account_activity(account)->at) <= 0)
        return;
    if (!account->activity)
        account->activity = arena_alloc(arena, sizeof(*account->activity));
    *account->activity = activity;
}

const struct account_past account_past_none = {.rulings = NULL};

struct account_past *account_past_of(struct arena *arena, struct account *account)
{
    if (!account->history.past)
        account->history.past = arena_calloc(arena, 1, sizeof(*account->history.past));
    return account->history.past;
}

struct account_past *account_past_own(struct arena *arena, struct account *account)
{
    const struct account_past *shared = account_past(account);
    struct account_past *own = arena_alloc(arena, sizeof(*own));

    *own = *shared;
    return account->history.past = own;
}

const struct account_since account_since_none = {.first_seen = {0}};

struct account_since *account_since_own(struct arena *arena, struct account *account)
{
    struct account_since *own = arena_alloc(arena, sizeof(*own));

    *own = *account_since(account);
    account->history.since = own;
    return own;
}

static bool is_same_since(const struct account_since *a, const struct account_since *b)
{
    return a->first_seen.us == b->first_seen.us && a->created.us == b->created.us &&
           a->unlinked_since.us == b->unlinked_since.us &&
           a->profile_since.us == b->profile_since.us && a->missing_at.us == b->missing_at.us;
}

const struct account_since *account_since_shared(struct account_sinces *all,
                                                 const struct account_since *since)
{
    const int64_t field[] = {since->first_seen.us, since->created.us, since->unlinked_since.us,
                             since->profile_since.us, since->missing_at.us};
    uint64_t hash = 0;

    for (size_t i = 0; i < COUNT_OF(field); i++)
        hash = (hash ^ (uint64_t)field[i]) * UINT64_C(0x9e3779b97f4a7c15);
    const struct account_since **kept = &all->kept[(hash >> 32) % COUNT_OF(all->kept)];
    if (!*kept || !is_same_since(*kept, since)) {
        struct account_since *copy = arena_alloc(all->arena, sizeof(*copy));
        *copy = *since;
        *kept = copy;
    }
    return *kept;
}

struct instant account_ours_since(const struct account *account)
{
    struct instant since = account_past(account)->suspended_by_us;
    bool used = instant_compare(account_used_at(account), since) > 0;

    return instant_is_set(since) && !used ? since : INSTANT_NONE;
}
