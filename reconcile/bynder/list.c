/*
 * Nothing about the pages is taken on trust: the portal may clamp the limit, repeat a page, leave
 * its headers out, or shift users between pages while we read. The first page is read alone. When
 * it is as long as its headers promise, the rest of what they announce is read many pages at a
 * time; whatever that leaves open, and everything where no total is announced, is read page by
 * page. The reading ends at an empty page, at one that brings nobody new, or at a short one when
 * everybody announced is there; then the number of different ids must be the announced one. Where
 * it is not, the list is read once more from the start, and after that the snapshot is incomplete.
 *
 * Pages lie in the order of their numbers and are looked through in that order, whenever they came:
 * of an account that is listed twice the one on the earlier page is kept. A page is checked where
 * it comes, so that a bad one is asked for again; its accounts are made meanwhile by others (crew),
 * each of whom has memory and a reader of their own.
 *
 * Invariant: `complete` is only ever set here, at the end of a reading in which nothing was odd.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crew.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"
#include "bynder/private.h"
#include "facts/account_index.h"

enum { NOT_TOLD = -1 };

/* What one page held. */
struct page {
    size_t from;     /* its place in listing.account */
    size_t taken;    /* accounts that stand there */
    size_t unusable; /* items of which no account could be made */
    size_t items;    /* of its JSON, whatever they were */
    int64_t total;   /* as it announced, or NOT_TOLD */
    int64_t limit;   /* as it told, or NOT_TOLD */
    bool odd_header;
    bool is_read;
    bool too_long;       /* it held more than its limit */
    const char *flaw;    /* of the first unusable item */
    const char *failure; /* why it was no use after all, though its JSON is good */
};

/* Who makes accounts of a page's items. */
struct hand {
    struct arena arena;
    struct account_reader reader;
};

struct listing {
    struct bynder *bynder;
    struct arena arena; /* of this reading alone: a second one does not keep the first */
    const struct progress *progress;
    struct hand hand[CREW_MOST]; /* the first is of whoever reads page by page, too */
    struct crew *crew;           /* while many pages are read */
    struct account_index known;
    struct account *account; /* [0, count) is looked through; pages that are not stand behind */
    size_t count, capacity;
    size_t taken;          /* of all pages, for progress */
    size_t unusable;       /* of all pages looked through */
    int64_t limit;         /* page size in force */
    int64_t total;         /* announced, or NOT_TOLD */
    size_t number;         /* of the page looked through last, from 1 */
    size_t items, added;   /* of that page: all, and accounts that were not known */
    struct page *together; /* pages 2, 3, … where they are read many at a time */
    size_t together_count;
    bool repeats;     /* an id came twice on a page that also brought new ones */
    bool total_moved; /* the announced total changed between two pages */
    bool too_long;    /* a page held more than its limit */
    bool ended_early; /* pages that were announced lie behind an empty one, and were not read */
    bool odd_header;
    uint64_t fingerprint; /* of the ids, in any order */
    const char *failure;  /* why a page is missing: of the first that is */
    size_t failure_page;
    const char *flaw; /* of the first unusable item */
};

/* What is kept of the reading before. */
struct seen_before {
    size_t count;
    uint64_t fingerprint;
};

static void listing_release(struct listing *listing)
{
    crew_end(listing->crew);
    for (size_t i = 0; i < COUNT_OF(listing->hand); i++) {
        account_reader_release(&listing->hand[i].reader);
        arena_release(&listing->hand[i].arena);
    }
    account_index_release(&listing->known);
    arena_release(&listing->arena);
    free(listing->together);
    *listing = (struct listing){.bynder = NULL};
}

/* Room for `wanted` accounts, `used` of which are there. Memory that is not written to costs
 * nothing, so what was announced is asked for at once. */
static void reserve(struct listing *listing, size_t used, size_t wanted)
{
    struct account *longer;

    if (listing->account && wanted <= listing->capacity)
        return;
    if (wanted < 2 * listing->capacity)
        wanted = 2 * listing->capacity;
    longer = arena_alloc(&listing->arena, wanted * sizeof(longer[0]));
    if (used > 0)
        memcpy(longer, listing->account, used * sizeof(longer[0]));
    listing->account = longer;
    listing->capacity = wanted;
}

/* With room for those who are gone (store/store), which stand behind the others. */
static size_t with_gone(size_t listed)
{
    return listed * 17 / 16;
}

/* One page being taken apart. */
struct taking {
    struct listing *listing;
    struct hand *hand;
    struct page *page;
    size_t number;
    size_t room; /* accounts that may stand at its place; 0 = any number */
};

static void note_flaw(const struct taking *taking, size_t index, const char *flaw)
{
    struct page *page = taking->page;

    page->unusable++;
    if (!page->flaw)
        page->flaw = arena_printf(&taking->hand->arena, "item %zu of page %zu: %s", index + 1,
                                  taking->number, flaw ? flaw : "it has no readable 'id'");
}

static int take_item(void *context, size_t index, const struct json_view *item, const char *flaw,
                     struct err *err)
{
    const struct taking *taking = context;
    struct page *page = taking->page;
    size_t place = page->from + page->taken;
    struct account account;

    if (!item || !account_reader_read(&taking->hand->reader, item, &account)) {
        note_flaw(taking, index, flaw);
        return 0;
    }
    if (taking->room > 0 && page->taken >= taking->room) {
        page->too_long = true;
        return 0;
    }
    if (place >= LIMIT_ACCOUNTS)
        return err_set(err, ERR_INTERNAL, "the portal lists more than %d users", LIMIT_ACCOUNTS);
    if (taking->room == 0)
        reserve(taking->listing, place, place + 1);
    taking->listing->account[place] = account;
    page->taken++;
    return 0;
}

/* The number in a header, NOT_TOLD without the header. */
static int64_t header_number(struct page *page, const struct http_answer *answer, const char *name)
{
    CLEANUP(mem_cleanup) char *value = http_header(answer, name);
    int64_t number = NOT_TOLD;

    if (value && !parse_int(value, 0, INT32_MAX, &number))
        page->odd_header = true;
    return number;
}

static void show_progress(const struct listing *listing)
{
    if (listing->progress && listing->progress->report)
        listing->progress->report(listing->progress->context, "accounts", listing->taken,
                                  listing->total > 0 ? (size_t)listing->total : 0);
}

/* What a page tells of itself, and where its items are. May be called again for the same page. */
static int open_page(struct listing *listing, const struct http_answer *answer, struct page *page,
                     struct json_list *ret_items, struct err *err)
{
    *page = (struct page){.from = page->from};
    page->total = header_number(page, answer, "X-Pagination-TotalRecords");
    page->limit = header_number(page, answer, "X-Pagination-Limit");
    if (page->from == 0 && page->total > 0 && page->total <= LIMIT_ACCOUNTS)
        reserve(listing, 0, with_gone((size_t)(page->total + listing->limit)));
    if (json_list_read(answer->body.data, answer->body.length, ret_items, err) < 0)
        return -1;
    page->items = ret_items->count;
    return 0;
}

/* Keeps what the page brings that is new, behind what is there. Pages come here in their order. */
static void look_through(struct listing *listing, size_t number, const struct page *page)
{
    size_t before = listing->count;

    for (size_t i = 0; i < page->taken; i++) {
        const struct account *account = &listing->account[page->from + i];

        if (account_index_find(&listing->known, listing->account, account->id) != ACCOUNT_NOWHERE)
            continue;
        listing->account[listing->count] = *account;
        listing->fingerprint += text_hash(account->id);
        account_index_add(&listing->known, listing->account, (uint32_t)listing->count++);
    }
    listing->number = number;
    listing->items = page->items;
    listing->added = listing->count - before;
    listing->unusable += page->unusable;
    listing->odd_header |= page->odd_header;
    listing->too_long |= page->too_long;
    if (!listing->flaw)
        listing->flaw = page->flaw;
    listing->total_moved |= number > 1 && page->total != listing->total;
    listing->total = page->total;
    if (page->limit > 0 && page->limit < listing->limit)
        listing->limit = page->limit;
    if (listing->added > 0 && listing->added + page->unusable < page->items)
        listing->repeats = true;
}

static void add_page_url(const struct listing *listing, size_t number, struct text *url)
{
    const struct config_portal *config = listing->bynder->config;

    text_addf(url, "%s/api/v4/users/?includeInActive=%s&limit=%lld&page=%zu", config->url,
              config->include_inactive ? config->include_inactive : "true",
              (long long)listing->limit, number);
}

static void note_missing(struct listing *listing, size_t number, const char *failure)
{
    if (listing->failure && listing->failure_page <= number)
        return;
    listing->failure = arena_printf(&listing->arena, "page %zu of the users is missing: %s", number,
                                    failure ? failure : "no answer");
    listing->failure_page = number;
}

/* --- many pages at a time --- */

/* The first page is read alone; so read number 0 is page 2. */
static size_t page_of(size_t number)
{
    return number + 2;
}

static void add_url(void *context, size_t number, struct text *url)
{
    add_page_url(context, page_of(number), url);
}

/* A page that came, until its accounts are made. */
struct arrival {
    struct taking taking;
    struct text body;
    struct json_list items; /* of the body */
};

static void make_accounts(void *context, size_t worker, void *thing)
{
    struct listing *listing = context;
    struct arrival *arrival = thing;
    struct page *page = arrival->taking.page;
    CLEANUP(err_release) struct err failure = ERR_INIT;

    arrival->taking.hand = &listing->hand[worker];
    if (json_list_views(&arrival->items, take_item, &arrival->taking, &failure) < 0)
        page->failure = arena_strdup(&listing->hand[worker].arena, failure.text);
    json_list_release(&arrival->items);
    text_release(&arrival->body);
    free(arrival);
}

static int use_page(void *context, size_t number, struct http_answer *answer, struct err *err)
{
    struct listing *listing = context;
    struct page *page = &listing->together[number];
    CLEANUP(json_list_release) struct json_list items = {.count = 0};

    if (open_page(listing, answer, page, &items, err) < 0)
        return -1;
    page->is_read = true;
    listing->taken += items.count;
    show_progress(listing);
    if (items.count == 0)
        return HTTP_NO_MORE; /* behind an empty page there is nothing, whatever was announced */
    struct arrival *arrival = mem_calloc(1, sizeof(*arrival));
    arrival->taking = (struct taking){.listing = listing,
                                      .page = page,
                                      .number = page_of(number),
                                      .room = (size_t)listing->limit};
    arrival->body = answer->body;
    arrival->items = items;
    answer->body = TEXT_INIT;
    items = (struct json_list){.count = 0};
    crew_give(listing->crew, arrival);
    return HTTP_GO_ON;
}

static void miss_page(void *context, size_t number, const struct err *failure)
{
    note_missing(context, page_of(number), failure->text);
}

static void give_up(void *context, unsigned failures, const struct err *last)
{
    struct listing *listing = context;

    listing->failure = arena_printf(&listing->arena,
                                    "the users: given up after %u failures in a row, the last: %s",
                                    failures, last->text ? last->text : "no answer");
    listing->failure_page = 0;
}

/* How many pages there are, as far as the first one tells; 1 when it does not, or when it is not
 * what its own headers make expect. */
static size_t announced_pages(const struct listing *listing)
{
    size_t pages;

    if (listing->total > LIMIT_ACCOUNTS || listing->total <= listing->limit ||
        listing->items != (size_t)listing->limit)
        return 1;
    pages = ((size_t)listing->total + (size_t)listing->limit - 1) / (size_t)listing->limit;
    return pages < LIMIT_PAGES ? pages : LIMIT_PAGES;
}

/* Pages 2 to `pages`. */
static int read_together(struct listing *listing, size_t pages, struct err *err)
{
    struct rounds rounds = {
        .bynder = listing->bynder,
        .endpoint = ENDPOINT_USERS,
        .context = listing,
        .add_url = add_url,
        .use = use_page,
        .miss = miss_page,
        .give_up = give_up,
    };
    CLEANUP(err_release) struct err failure = ERR_INIT;
    size_t count = pages - 1;

    listing->together = mem_calloc(count, sizeof(listing->together[0]));
    for (size_t i = 0; i < count; i++)
        listing->together[i].from = (i + 1) * (size_t)listing->limit;
    reserve(listing, listing->count, with_gone(pages * (size_t)listing->limit));
    listing->crew = crew_new(count, make_accounts, listing);
    int failed = bynder_rounds(&rounds, count, &failure);
    crew_end(listing->crew);
    listing->crew = NULL;
    if (failed) {
        if (failure.code != ERR_UNREACHABLE)
            return err_move(err, &failure);
        if (!listing->failure)
            listing->failure =
                arena_printf(&listing->arena, "pages of the users are missing: %s", failure.text);
    }
    for (size_t i = 0; i < count; i++) {
        const struct page *page = &listing->together[i];
        if (page->failure)
            note_missing(listing, page_of(i), page->failure);
        else if (page->is_read)
            look_through(listing, page_of(i), page);
        else
            listing->ended_early = true;
    }
    return 0;
}

/* --- the reading --- */

static int use_single_page(void *context, const struct http_answer *answer, struct err *err)
{
    struct taking *taking = context;
    CLEANUP(json_list_release) struct json_list items = {.count = 0};

    if (open_page(taking->listing, answer, taking->page, &items, err) < 0)
        return -1;
    return json_list_views(&items, take_item, taking, err);
}

static int read_page(struct listing *listing, size_t number, struct err *err)
{
    struct page page = {.from = listing->count};
    struct taking taking = {
        .listing = listing, .hand = &listing->hand[0], .page = &page, .number = number};
    CLEANUP(text_release) struct text url = TEXT_INIT;

    add_page_url(listing, number, &url);
    if (bynder_get(listing->bynder, ENDPOINT_USERS, text_cstr(&url), use_single_page, &taking,
                   err) < 0)
        return -1;
    look_through(listing, number, &page);
    listing->taken += page.items;
    show_progress(listing);
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

    if (listing->items == 0 || (listing->added == 0 && listing->number > 1))
        return true;
    /* Without an announced total a short page may be a clamped one: the next one tells. */
    return is_short && has_everybody(listing);
}

/* One after the other behind those that were read. */
static int read_on(struct listing *listing, struct err *err)
{
    while (!listing->failure && !is_last_page(listing)) {
        CLEANUP(err_release) struct err failure = ERR_INIT;

        if (listing->number >= LIMIT_PAGES) {
            listing->failure = arena_printf(
                &listing->arena, "the list of users has no end after %d pages", LIMIT_PAGES);
            return 0;
        }
        if (read_page(listing, listing->number + 1, &failure) == 0)
            continue;
        if (failure.code != ERR_UNREACHABLE)
            return err_move(err, &failure);
        note_missing(listing, listing->number + 1, failure.text);
    }
    return 0;
}

/* -1 only when there is nothing to show for it: the first page, a refused token, a signal. */
static int read_pages(struct listing *listing, struct err *err)
{
    size_t pages;

    if (read_page(listing, 1, err) < 0)
        return -1;
    pages = announced_pages(listing);
    if (pages > 1 && read_together(listing, pages, err) < 0)
        return -1;
    return read_on(listing, err);
}

/* What makes the pages together no picture of one moment; NULL when nothing. Reading them again may
 * help. `before` is the reading before this one, or NULL. */
static const char *find_drift(struct listing *listing, const struct seen_before *before)
{
    size_t seen = listing->count + listing->unusable;

    if (listing->total_moved)
        return "users came or went while the list was read";
    if (listing->too_long)
        return "a page of the list holds more users than it may";
    if (listing->total != NOT_TOLD && seen != (size_t)listing->total)
        return arena_printf(&listing->arena,
                            "the list holds %zu different users, but the portal announces %lld",
                            seen, (long long)listing->total);
    if (listing->ended_early)
        return "the list has an empty page before the announced end";
    if (listing->total == NOT_TOLD && listing->repeats)
        return "users were listed twice, and the portal announces no total";
    if (listing->total == NOT_TOLD && listing->number == 2 && listing->items > 0)
        return "the second page is the first one again, and the portal announces no total";
    if (listing->total == NOT_TOLD &&
        (!before || before->count != seen || before->fingerprint != listing->fingerprint))
        return "two readings of the list differ, and the portal announces no total";
    return NULL;
}

static void judge_listing(const struct listing *listing, const char *drift, struct arena *arena,
                          struct snapshot *snapshot)
{
    snapshot->complete = true;
    snapshot->incomplete_reason = NULL;
    if (listing->failure)
        bynder_incomplete(arena, snapshot, "%s", listing->failure);
    if (listing->count == 0)
        bynder_incomplete(arena, snapshot,
                          "the list of users is empty, but the token's own user exists");
    if (listing->odd_header)
        bynder_incomplete(arena, snapshot, "a paging header is not a number");
    if (listing->unusable > 0)
        bynder_incomplete(arena, snapshot, "%zu of the list cannot be read: %s", listing->unusable,
                          listing->flaw);
    if (drift)
        bynder_incomplete(arena, snapshot, "%s", drift);
}

/* The accounts stay where they are: their memory changes hands. */
static void keep_accounts(struct listing *listing, struct arena *arena, struct snapshot *snapshot)
{
    snapshot->account = listing->account;
    snapshot->count = listing->count;
    snapshot->capacity = listing->capacity;
    arena_adopt(arena, &listing->arena);
    for (size_t i = 0; i < COUNT_OF(listing->hand); i++)
        arena_adopt(arena, &listing->hand[i].arena);
}

static int list_users(struct bynder *bynder, struct arena *arena, const struct progress *progress,
                      struct snapshot *snapshot, struct err *err)
{
    struct seen_before before = {.count = 0};

    for (unsigned reading = 1;; reading++) {
        CLEANUP(listing_release)
        struct listing listing = {.bynder = bynder, .arena = ARENA_INIT, .progress = progress};
        const char *drift;

        listing.limit = bynder->config->page_size;
        listing.total = NOT_TOLD;
        for (size_t i = 0; i < COUNT_OF(listing.hand); i++) {
            account_reader_init(&listing.hand[i].reader, &listing.hand[i].arena);
            listing.hand[i].reader.texts = snapshot->texts;
        }
        reserve(&listing, 0, 1);
        if (read_pages(&listing, err) < 0)
            return -1;
        drift = listing.failure ? NULL : find_drift(&listing, reading > 1 ? &before : NULL);
        before.count = listing.count + listing.unusable;
        before.fingerprint = listing.fingerprint;
        if (drift && reading == 1)
            continue;
        judge_listing(&listing, drift, arena, snapshot);
        keep_accounts(&listing, arena, snapshot);
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
