/*
 * The list is read page by page, and nothing about the pages is taken on trust: the portal may
 * clamp the limit, repeat a page, leave its headers out, or shift users between pages while we
 * read. The reading ends at an empty page, at one that brings nobody new, or at a short one when
 * everybody announced is there; then the number of different ids must be the announced one. Where
 * it is not, the list is read once more from the start, and after that the snapshot is incomplete.
 *
 * Invariant: `complete` is only ever set here, at the end of a reading in which nothing was odd.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"
#include "io/bynder_private.h"

enum { NOT_TOLD = -1 };

struct listing {
    struct bynder *bynder;
    struct arena *arena;
    const struct progress *progress;
    struct account_reader reader;
    struct table known; /* id → index */
    struct account *account;
    size_t count, capacity;
    size_t unusable;     /* items of which no account could be made */
    int64_t limit;       /* page size in force */
    int64_t total;       /* announced, or NOT_TOLD */
    size_t items, added; /* of the page just read */
    size_t page;
    bool repeats;     /* an id came twice on a page that also brought new ones */
    bool total_moved; /* the announced total changed between two pages */
    bool odd_header;
    uint64_t fingerprint; /* of the ids, in any order */
    const char *failure;  /* why a page is missing */
    const char *flaw;     /* of the first unusable item */
};

/* What is kept of the reading before. */
struct seen_before {
    size_t count;
    uint64_t fingerprint;
};

static void listing_release(struct listing *listing)
{
    account_reader_release(&listing->reader);
    table_release(&listing->known);
    free(listing->account);
    *listing = (struct listing){.bynder = NULL};
}

static int take_item(void *context, size_t index, struct json_object *item, const char *flaw,
                     struct err *err)
{
    struct listing *listing = context;
    struct account account;

    listing->items++;
    if (!item || !account_reader_read(&listing->reader, item, &account)) {
        listing->unusable++;
        if (!listing->flaw)
            listing->flaw = arena_printf(listing->arena, "item %zu of page %zu: %s", index + 1,
                                         listing->page, flaw ? flaw : "it has no readable 'id'");
        return 0;
    }
    if (table_find(&listing->known, account.id) != TABLE_END)
        return 0;
    if (listing->count >= LIMIT_ACCOUNTS)
        return err_set(err, ERR_INTERNAL, "the portal lists more than %d users", LIMIT_ACCOUNTS);
    listing->account =
        mem_grow(listing->account, listing->count, &listing->capacity, sizeof(listing->account[0]));
    table_add(&listing->known, account.id, (uint32_t)listing->count);
    listing->account[listing->count++] = account;
    listing->fingerprint += text_hash(account.id);
    listing->added++;
    return 0;
}

/* The number in a header, NOT_TOLD without the header. */
static int64_t header_number(struct listing *listing, const struct http_answer *answer,
                             const char *name)
{
    CLEANUP(mem_cleanup) char *value = http_header(answer, name);
    int64_t number = NOT_TOLD;

    if (value && !parse_int(value, 0, INT32_MAX, &number))
        listing->odd_header = true;
    return number;
}

static void take_headers(struct listing *listing, const struct http_answer *answer)
{
    int64_t total = header_number(listing, answer, "X-Pagination-TotalRecords");
    int64_t limit = header_number(listing, answer, "X-Pagination-Limit");

    if (listing->page > 1 && total != listing->total)
        listing->total_moved = true;
    listing->total = total;
    if (limit > 0 && limit < listing->limit)
        listing->limit = limit;
}

/* May be called again for the same page: until the JSON as a whole is accepted nothing is taken. */
static int use_page(void *context, const struct http_answer *answer, struct err *err)
{
    struct listing *listing = context;
    size_t unusable = listing->unusable;

    listing->items = listing->added = 0;
    if (json_each(answer->body.data, answer->body.length, take_item, listing, err) < 0)
        return -1;
    unusable = listing->unusable - unusable;
    take_headers(listing, answer);
    if (listing->added > 0 && listing->added + unusable < listing->items)
        listing->repeats = true;
    return 0;
}

static int read_page(struct listing *listing, struct err *err)
{
    const struct config_portal *config = listing->bynder->config;
    CLEANUP(text_release) struct text url = TEXT_INIT;

    text_addf(&url, "%s/api/v4/users/?includeInActive=%s&limit=%lld&page=%zu", config->url,
              config->include_inactive ? config->include_inactive : "true",
              (long long)listing->limit, listing->page);
    if (bynder_get(listing->bynder, ENDPOINT_USERS, text_cstr(&url), use_page, listing, err) < 0)
        return -1;
    if (listing->progress && listing->progress->report)
        listing->progress->report(listing->progress->context, "accounts", listing->count,
                                  listing->total > 0 ? (size_t)listing->total : 0);
    return 0;
}

/* Whether everybody who was announced is there. */
static bool has_everybody(const struct listing *listing)
{
    return listing->total != NOT_TOLD &&
           listing->count + listing->unusable >= (size_t)listing->total;
}

static bool is_last_page(const struct listing *listing)
{
    bool is_short = listing->items < (size_t)listing->limit;

    if (listing->items == 0 || (listing->added == 0 && listing->page > 1))
        return true;
    /* Without an announced total a short page may be a clamped one: the next one tells. */
    return is_short && has_everybody(listing);
}

/* -1 only when there is nothing to show for it: the first page, a refused token, a signal. */
static int read_pages(struct listing *listing, struct err *err)
{
    for (listing->page = 1; listing->page <= LIMIT_PAGES; listing->page++) {
        CLEANUP(err_release) struct err failure = ERR_INIT;

        if (read_page(listing, &failure) < 0) {
            if (listing->page == 1 || failure.code != ERR_UNREACHABLE)
                return err_move(err, &failure);
            listing->failure = arena_printf(listing->arena, "page %zu of the users is missing: %s",
                                            listing->page, failure.text);
            return 0;
        }
        if (is_last_page(listing))
            return 0;
    }
    listing->failure =
        arena_printf(listing->arena, "the list of users has no end after %d pages", LIMIT_PAGES);
    return 0;
}

/* What makes the pages together no picture of one moment; NULL when nothing. Reading them again may
 * help. `before` is the reading before this one, or NULL. */
static const char *find_drift(const struct listing *listing, const struct seen_before *before)
{
    size_t seen = listing->count + listing->unusable;

    if (listing->total_moved)
        return "users came or went while the list was read";
    if (listing->total != NOT_TOLD && seen != (size_t)listing->total)
        return arena_printf(listing->arena,
                            "the list holds %zu different users, but the portal announces %lld",
                            seen, (long long)listing->total);
    if (listing->total == NOT_TOLD && listing->repeats)
        return "users were listed twice, and the portal announces no total";
    if (listing->total == NOT_TOLD && listing->page == 2 && listing->items > 0)
        return "the second page is the first one again, and the portal announces no total";
    if (listing->total == NOT_TOLD &&
        (!before || before->count != seen || before->fingerprint != listing->fingerprint))
        return "two readings of the list differ, and the portal announces no total";
    return NULL;
}

static void judge_listing(const struct listing *listing, const char *drift,
                          struct snapshot *snapshot)
{
    snapshot->complete = true;
    snapshot->incomplete_reason = NULL;
    if (listing->failure)
        bynder_incomplete(listing->arena, snapshot, "%s", listing->failure);
    if (listing->count == 0)
        bynder_incomplete(listing->arena, snapshot,
                          "the list of users is empty, but the token's own user exists");
    if (listing->odd_header)
        bynder_incomplete(listing->arena, snapshot, "a paging header is not a number");
    if (listing->unusable > 0)
        bynder_incomplete(listing->arena, snapshot, "%zu of the list cannot be read: %s",
                          listing->unusable, listing->flaw);
    if (drift)
        bynder_incomplete(listing->arena, snapshot, "%s", drift);
}

static void keep_accounts(const struct listing *listing, struct snapshot *snapshot)
{
    snapshot->account = arena_calloc(listing->arena, listing->count, sizeof(snapshot->account[0]));
    if (listing->count > 0)
        memcpy(snapshot->account, listing->account, listing->count * sizeof(listing->account[0]));
    snapshot->count = listing->count;
}

static int list_users(struct bynder *bynder, struct arena *arena, const struct progress *progress,
                      struct snapshot *snapshot, struct err *err)
{
    struct seen_before before = {.count = 0};

    for (unsigned reading = 1;; reading++) {
        CLEANUP(listing_release)
        struct listing listing = {.bynder = bynder, .arena = arena, .progress = progress};
        const char *drift;

        listing.limit = bynder->config->page_size;
        listing.total = NOT_TOLD;
        account_reader_init(&listing.reader, arena);
        table_init(&listing.known, (size_t)listing.limit);
        if (read_pages(&listing, err) < 0)
            return -1;
        drift = listing.failure ? NULL : find_drift(&listing, reading > 1 ? &before : NULL);
        before.count = listing.count + listing.unusable;
        before.fingerprint = listing.fingerprint;
        if (drift && reading == 1)
            continue;
        judge_listing(&listing, drift, snapshot);
        keep_accounts(&listing, snapshot);
        return 0;
    }
}

struct profiles {
    struct arena *arena;
    struct profile *profile;
    size_t count, capacity;
    const char *flaw;
};

static void profiles_release(struct profiles *profiles)
{
    free(profiles->profile);
}

static bool take_roles(struct arena *arena, const struct json_object *item, struct profile *profile)
{
    const struct json_object *array = NULL;
    const char **role;
    size_t count = 0;

    if (json_array(item, "roles", LIMIT_LIST, &array, &count) != JSON_FOUND)
        return false;
    role = arena_calloc(arena, count, sizeof(role[0]));
    for (size_t i = 0; i < count; i++) {
        if (json_array_string(array, i, LIMIT_FIELD, arena, &role[i]) != JSON_FOUND)
            return false;
    }
    profile->role = role;
    profile->role_count = count;
    return true;
}

static bool is_listed(const struct profiles *profiles, const char *id)
{
    for (size_t i = 0; i < profiles->count; i++) {
        if (text_equal(profiles->profile[i].id, id))
            return true;
    }
    return false;
}

/* A profile that cannot be read is left out: its accounts are then protected by row P8. */
static int take_profile(void *context, size_t index, struct json_object *item, const char *flaw,
                        struct err *err)
{
    struct profiles *profiles = context;
    struct arena *arena = profiles->arena;
    struct profile profile = {.id = NULL};

    if (profiles->count >= LIMIT_PROFILES)
        return err_set(err, ERR_INTERNAL, "the portal has more than %d permission profiles",
                       LIMIT_PROFILES);
    if (!item || json_label(item, "id", LIMIT_FIELD, arena, &profile.id) != JSON_FOUND ||
        !*profile.id ||
        json_string(item, "name", LIMIT_FIELD, arena, &profile.name) == JSON_UNREADABLE ||
        !take_roles(arena, item, &profile) || is_listed(profiles, profile.id)) {
        if (!profiles->flaw)
            profiles->flaw = arena_printf(arena, "permission profile %zu cannot be read%s%s",
                                          index + 1, flaw ? ": " : "", flaw ? flaw : "");
        return 0;
    }
    profiles->profile = mem_grow(profiles->profile, profiles->count, &profiles->capacity,
                                 sizeof(profiles->profile[0]));
    profiles->profile[profiles->count++] = profile;
    return 0;
}

static int use_profiles(void *context, const struct http_answer *answer, struct err *err)
{
    return json_each(answer->body.data, answer->body.length, take_profile, context, err);
}

static int list_profiles(struct bynder *bynder, struct arena *arena, struct snapshot *snapshot,
                         struct err *err)
{
    CLEANUP(text_release) struct text url = TEXT_INIT;
    CLEANUP(profiles_release) struct profiles profiles = {.arena = arena};

    text_addf(&url, "%s/api/v4/profiles/", bynder->config->url);
    if (bynder_get(bynder, ENDPOINT_PROFILES, text_cstr(&url), use_profiles, &profiles, err) < 0)
        return -1;
    if (profiles.flaw)
        bynder_incomplete(arena, snapshot, "%s", profiles.flaw);
    snapshot->profile = arena_calloc(arena, profiles.count, sizeof(profiles.profile[0]));
    if (profiles.count > 0)
        memcpy(snapshot->profile, profiles.profile, profiles.count * sizeof(profiles.profile[0]));
    snapshot->profile_count = profiles.count;
    return 0;
}

int bynder_list(void *self, struct arena *arena, const struct progress *progress,
                struct snapshot *snapshot, struct err *err)
{
    struct bynder *bynder = self;

    if (!instant_is_set(
            snapshot->taken_at)) /* a run has one time, and its caller may have set it */
        snapshot->taken_at = bynder->clock->now(bynder->clock->self);
    if (list_users(bynder, arena, progress, snapshot, err) < 0 ||
        list_profiles(bynder, arena, snapshot, err) < 0)
        return -1;
    snapshot->requests = bynder_requests(bynder);
    return 0;
}
