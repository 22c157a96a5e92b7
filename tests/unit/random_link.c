/*
 * Nothing here is shared with the program but the words: names, numbers and addresses are compared
 * by the shortest code that does what the document says, because the pools they come from are
 * small.
 */
#include "random_link.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

/* --- values --- */

const char *lower(struct world *world, const char *text)
{
    char *copy = arena_strdup(&world->arena, text);

    for (char *at = copy; at && *at; at++)
        *at = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
    return copy;
}

bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

const char *bare(struct world *world, const char *number)
{
    char *copy = (char *)(uintptr_t)lower(world, number);
    size_t length = copy ? strlen(copy) : 0;

    if (length > 2 && strcmp(copy + length - 2, ".0") == 0)
        copy[length - 2] = '\0';
    while (copy && copy[0] == '0' && copy[1])
        copy++;
    if (copy && strncmp(copy, "e0", 2) == 0 && copy[2])
        return arena_printf(&world->arena, "e%s", copy + 2);
    return copy;
}

/* Lower case, the old domain taken for the new one where the world has the alias. */
static const char *canonical(struct world *world, const char *email)
{
    const char *low = lower(world, email);
    size_t length = low ? strlen(low) : 0, tail = strlen("@old.example");

    if (!world->matching.alias_count || length < tail ||
        strcmp(low + length - tail, "@old.example") != 0)
        return low;
    return arena_printf(&world->arena, "%.*s@a.example", (int)(length - tail), low);
}

/* Values that stand for nobody: the built-in ones of the pool, and what the world lists. */
static bool is_nobody(const struct world *world, const char *value)
{
    return same(value, "0") || same(value, "n/a") ||
           (world->matching.no_value.count && same(value, "ext"));
}

static const char *value_of(struct world *world, enum match_key key, const char *text)
{
    const char *value =
        key == MATCH_BY_EMPLOYEE_NUMBER ? lower(world, text) : canonical(world, text);

    return is_nobody(world, value) ? NULL : value;
}

static const char *key_of_person(struct world *world, const struct person *person,
                                 enum match_key key)
{
    if (key == MATCH_BY_EMPLOYEE_NUMBER)
        return value_of(world, key, person->employee_number);
    if (key == MATCH_BY_USERNAME && world->matching.roster_has_username)
        return value_of(world, key, person->username);
    return value_of(world, MATCH_BY_EMAIL, person->email);
}

static const char *key_of_account(struct world *world, const struct account *account,
                                  enum match_key key)
{
    return value_of(world, key,
                    key == MATCH_BY_EMPLOYEE_NUMBER ? account->employee_number
                    : key == MATCH_BY_EMAIL         ? account->email
                                                    : account->username);
}

static bool is_used(const struct world *world, enum match_key key)
{
    for (size_t i = 0; i < world->matching.key_count; i++) {
        if (world->matching.key[i] == key)
            return true;
    }
    return false;
}

/* Written again from the header of facts/person. */
static enum person_status judge(const struct person *person)
{
    int last = person->last_day.number, hired = person->hire_date.number;
    bool here = person->word == PERSON_EMPLOYED || person->word == PERSON_ON_LEAVE;
    bool over = last && last < TODAY, again = last && hired > last, later = hired > TODAY;
    enum person_status now = later && !(again && !over)        ? PERSON_FUTURE
                             : person->word == PERSON_ON_LEAVE ? PERSON_ON_LEAVE
                                                               : PERSON_EMPLOYED;

    if (again)
        return here ? now : PERSON_UNKNOWN;
    if (over)
        return here ? PERSON_UNKNOWN : PERSON_DEPARTED;
    if (person->word == PERSON_DEPARTED && later)
        return PERSON_UNKNOWN;
    if (person->word == PERSON_DEPARTED && !last)
        return PERSON_DEPARTED;
    return now;
}

enum person_status status_of(const struct person *person)
{
    return person_rejected(person) ? PERSON_UNKNOWN : judge(person);
}

/* --- names --- */

enum likeness { UNKNOWN, DIFFER, AGREE, SAME };

/* The words of a name of the pool; none has more than three. */
static size_t words_of(struct world *world, const char *name, const char *word[4])
{
    const char *copy = lower(world, name);
    size_t count = 0;

    for (const char *at = copy; at && *(at += strspn(at, " ,."));) {
        size_t length = strcspn(at, " ,.");
        word[count++] = arena_strndup(&world->arena, at, length);
        at += length;
    }
    return count;
}

static enum likeness likeness(struct world *world, const char *a, const char *b)
{
    const char *left[4], *right[4];
    size_t common = 0, l, r;
    bool agree = false;

    if (!a || !b)
        return UNKNOWN;
    l = words_of(world, a, left);
    r = words_of(world, b, right);
    for (size_t i = 0; i < l; i++) {
        for (size_t k = 0; k < r; k++) {
            common += strcmp(left[i], right[k]) == 0;
            agree |= strcmp(left[i], right[k]) == 0 && strlen(left[i]) >= 3;
        }
    }
    if ((common >= 2 && common == (l < r ? l : r)) || (l == 1 && r == 1 && common == 1))
        return SAME;
    return agree ? AGREE : DIFFER;
}

static bool rules_out(struct world *world, const struct person *row, const char *a, const char *b)
{
    enum likeness left = likeness(world, row->name, a), right = likeness(world, row->name, b);

    return left <= DIFFER && right <= DIFFER && (left == DIFFER || right == DIFFER);
}

/* --- rows that share a value --- */

static bool differ(struct world *world, const char *a, const char *b)
{
    return a && b && !same(lower(world, a), lower(world, b));
}

/* What the names of all rows with this value say: SAME, DIFFER, or AGREE for who knows; UNKNOWN for
 * fewer than two rows. */
static enum likeness group_of(struct world *world, enum match_key key, const char *value)
{
    enum likeness all = UNKNOWN;
    bool nameless = true;

    for (size_t i = 0; i < world->roster.count; i++)
        nameless &= !world->person[i].name;
    for (size_t i = 0; value && i < world->roster.count; i++) {
        for (size_t k = 0; k < i; k++) {
            const struct person *a = &world->person[i], *b = &world->person[k];
            if (!same(key_of_person(world, a, key), value) ||
                !same(key_of_person(world, b, key), value))
                continue;
            enum likeness one = likeness(world, a->name, b->name);
            if (nameless &&
                same(lower(world, a->employee_number), lower(world, b->employee_number)) &&
                !differ(world, a->email, b->email) && !differ(world, a->username, b->username))
                one = SAME;
            if (one == DIFFER)
                return DIFFER;
            if (all == UNKNOWN)
                all = SAME;
            if (one != SAME)
                all = AGREE;
        }
    }
    return all;
}

struct roster_view { /* who is one person, and who speaks for them */
    bool one[MOST][MOST];
    size_t speaker[MOST];
    bool unclear[MOST];
};

/* 0 nobody can tell, 1 on leave, 2 employed, 3 future, 4 departed */
static int rank_of(const struct person *person)
{
    static const int rank[] = {[PERSON_UNKNOWN] = 0,
                               [PERSON_ON_LEAVE] = 1,
                               [PERSON_EMPLOYED] = 2,
                               [PERSON_FUTURE] = 3,
                               [PERSON_DEPARTED] = 4};

    return rank[status_of(person)];
}

static bool speaks_before(const struct person *a, const struct person *b)
{
    int left = rank_of(a), right = rank_of(b);

    if (left != right)
        return left < right;
    if (left == 4 && a->last_day.number != b->last_day.number)
        return !a->last_day.number ||
               (b->last_day.number && a->last_day.number > b->last_day.number);
    return person_compare(a, b) < 0;
}

static void view_pairs(struct world *world, struct roster_view *view)
{
    size_t count = world->roster.count;

    for (size_t i = 0; i < count; i++) {
        view->one[i][i] = true;
        for (size_t k = 0; k < world->matching.key_count; k++) {
            enum match_key key = world->matching.key[k];
            const char *value = key_of_person(world, &world->person[i], key);
            enum likeness group = group_of(world, key, value);
            view->unclear[i] |= group == AGREE;
            for (size_t o = 0; o < count && group == SAME; o++)
                view->one[i][o] |= same(value, key_of_person(world, &world->person[o], key));
        }
    }
}

static void view_roster(struct world *world, struct roster_view *view)
{
    size_t count = world->roster.count;
    bool unclear[MOST] = {false};

    memset(view, 0, sizeof(*view));
    view_pairs(world, view);
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < count; i++) {
            for (size_t o = 0; o < count; o++)
                view->one[i][o] |= view->one[i][k] && view->one[k][o];
        }
    }
    for (size_t i = 0; i < count; i++) {
        view->speaker[i] = MOST;
        for (size_t o = 0; o < count; o++) {
            if (!view->one[i][o])
                continue;
            if (view->speaker[i] == MOST)
                view->speaker[i] = o;
            unclear[i] |= view->unclear[o];
            if (speaks_before(&world->person[o], &world->person[view->speaker[i]]))
                view->speaker[i] = o;
        }
    }
    memcpy(view->unclear, unclear, sizeof(unclear));
}

/* --- the links file --- */

static bool line_fits(struct world *world, const struct link_override *link,
                      const struct account *account)
{
    const char *who = lower(world, link->account);

    return same(who, lower(world, account->id)) || same(who, lower(world, account->username)) ||
           same(who, lower(world, account->email));
}

/* By the links file; false when no line fits. */
static bool think_of_lines(struct world *world, const struct roster_view *view,
                           const struct account *account, struct opinion *ret_opinion)
{
    const char *number = NULL;
    struct opinion opinion = {.key = MATCH_BY_LINKS_FILE, .sure = true};
    bool found = false, several = false;

    for (size_t l = 0; l < world->matching.link_count; l++) {
        size_t fits = 0;
        if (!line_fits(world, &world->link[l], account))
            continue;
        for (size_t i = 0; i < world->snapshot.count; i++)
            fits += world->account[i].status != ACCOUNT_GONE &&
                    line_fits(world, &world->link[l], &world->account[i]);
        opinion.contested |= fits > 1;
        opinion.contested |= number && strcmp(number, world->link[l].employee_number) != 0;
        number = world->link[l].employee_number;
    }
    if (!number)
        return false;
    for (size_t p = 0; p < world->roster.count; p++) {
        if (!same(lower(world, number), lower(world, world->person[p].employee_number)))
            continue;
        several |= found && view->speaker[p] != opinion.person;
        opinion.person = view->speaker[p];
        found = true;
    }
    if (strcmp(number, "-") != 0 && (!found || several))
        opinion.contested = true;
    opinion.one = !opinion.contested && found;
    *ret_opinion = opinion;
    return true;
}

/* --- the keys --- */

/* Whom the rows with this value stand for; several when there are. */
static size_t whom(struct world *world, const struct roster_view *view, enum match_key key,
                   const char *value, size_t *ret_person)
{
    bool is[MOST] = {false};
    size_t count = 0;

    for (size_t p = 0; value && p < world->roster.count; p++)
        is[view->speaker[p]] |= same(value, key_of_person(world, &world->person[p], key));
    for (size_t p = 0; p < world->roster.count; p++) {
        count += is[p];
        *ret_person = is[p] ? p : *ret_person;
    }
    return count;
}

static void think_of_second_email(struct world *world, const struct roster_view *view,
                                  const struct account *account, struct opinion *opinion)
{
    const char *second = value_of(world, MATCH_BY_EMAIL, account_alike(account)->email2);
    size_t person = 0;

    if (!is_used(world, MATCH_BY_EMAIL) || group_of(world, MATCH_BY_EMAIL, second) == DIFFER)
        return;
    size_t count = whom(world, view, MATCH_BY_EMAIL, second, &person);
    if (count == 0)
        return;
    if (!opinion->one && !opinion->contested)
        opinion->near = NEAR_SECOND_EMAIL;
    else if (opinion->one && (count > 1 || person != opinion->person))
        opinion->contested = true;
    opinion->one &= !opinion->contested;
}

/* K1, and a number that stands in no row. */
static void think_of_number(struct world *world, const struct roster_view *view,
                            const struct account *account, struct opinion *opinion)
{
    const char *number = key_of_account(world, account, MATCH_BY_EMPLOYEE_NUMBER);
    bool exact = false, own = false, looks = false;

    if (!opinion->one || !number || !is_used(world, MATCH_BY_EMPLOYEE_NUMBER))
        return;
    const struct person *person = &world->person[opinion->person];
    bool known = account->name || (opinion->keys & (opinion->keys - 1)) != 0;
    for (size_t p = 0; p < world->roster.count; p++) {
        const struct person *row = &world->person[p];
        const char *theirs = key_of_person(world, row, MATCH_BY_EMPLOYEE_NUMBER);
        bool alike = same(bare(world, number),
                          bare(world, theirs ? theirs : person_extra(row)->damaged_number));
        exact |= same(number, theirs);
        if (!alike || same(number, theirs))
            continue;
        own |= view->speaker[p] == opinion->person;
        looks |= view->speaker[p] != opinion->person &&
                 !rules_out(world, row, account->name, known ? person->name : NULL);
    }
    if (own)
        opinion->keys |= 1U << MATCH_BY_EMPLOYEE_NUMBER;
    const char *theirs = key_of_person(world, person, MATCH_BY_EMPLOYEE_NUMBER);
    bool has = theirs && group_of(world, MATCH_BY_EMPLOYEE_NUMBER, theirs) != DIFFER;
    opinion->contested |= looks || (!exact && !own && has);
    opinion->one &= !opinion->contested;
}

/* K2: only a value that different people share, and names do not rule them out. */
static void think_of_nobodys(struct world *world, const struct account *account, enum match_key key,
                             struct opinion *opinion)
{
    const char *value = key_of_account(world, account, key);

    for (size_t p = 0; p < world->roster.count; p++) {
        const struct person *row = &world->person[p];
        if (same(value, key_of_person(world, row, key)) &&
            (key != MATCH_BY_EMPLOYEE_NUMBER || !rules_out(world, row, account->name, NULL)))
            opinion->contested = true;
    }
    if (opinion->contested)
        opinion->near = NEAR_NOBODY;
}

/* Likewise behind a link by another key: a row of that number that has not departed. */
static void think_of_other_number(struct world *world, const struct roster_view *view,
                                  const struct account *account, struct opinion *opinion)
{
    const char *value = key_of_account(world, account, MATCH_BY_EMPLOYEE_NUMBER);
    const char *own =
        value_of(world, MATCH_BY_EMPLOYEE_NUMBER, world->person[opinion->person].employee_number);
    bool contested = false;

    if (!own || group_of(world, MATCH_BY_EMPLOYEE_NUMBER, own) == DIFFER)
        return;
    for (size_t p = 0; p < world->roster.count; p++) {
        const struct person *row = &world->person[p];
        contested |= same(value, key_of_person(world, row, MATCH_BY_EMPLOYEE_NUMBER)) &&
                     status_of(row) != PERSON_DEPARTED && !view->one[opinion->person][p] &&
                     !rules_out(world, row, account->name, NULL);
    }
    opinion->contested |= contested;
    opinion->one &= !contested;
}

static void think_of_keys(struct world *world, const struct roster_view *view,
                          const struct account *account, struct opinion *opinion)
{
    enum match_key nobodys = MATCH_BY_NOTHING;
    bool number_is_nobodys = false;
    const char *email =
        is_used(world, MATCH_BY_EMAIL) ? key_of_account(world, account, MATCH_BY_EMAIL) : NULL;

    for (size_t k = 0; k < world->matching.key_count; k++) {
        enum match_key key = world->matching.key[k];
        const char *value = key_of_account(world, account, key);
        size_t person = 0;
        if (group_of(world, key, value) == DIFFER) {
            nobodys = nobodys == MATCH_BY_NOTHING ? key : nobodys;
            number_is_nobodys |= key == MATCH_BY_EMPLOYEE_NUMBER;
            continue;
        }
        size_t count = whom(world, view, key, value, &person);
        if (count == 0)
            continue;
        opinion->contested |=
            count > 1 || view->unclear[person] || (opinion->one && opinion->person != person);
        if (!opinion->one) {
            opinion->key = key;
            opinion->person = person;
        }
        opinion->one = true;
        bool address = key == MATCH_BY_USERNAME && same(value, email);
        opinion->keys |= 1U << (address ? MATCH_BY_EMAIL : key);
    }
    opinion->one &= !opinion->contested;
    think_of_second_email(world, view, account, opinion);
    think_of_number(world, view, account, opinion);
    if (!opinion->one && !opinion->contested && nobodys != MATCH_BY_NOTHING)
        think_of_nobodys(world, account, nobodys, opinion);
    else if (opinion->one && !opinion->contested && number_is_nobodys)
        think_of_other_number(world, view, account, opinion);
}

/* Different keys lead different accounts to one person. */
static void think_of_rivals(const struct world *world, struct opinion *opinion)
{
    bool contested[MOST] = {false};

    for (size_t i = 0; i < world->snapshot.count; i++) {
        for (size_t j = 0; j < world->snapshot.count; j++) {
            const struct account *other = &world->account[j];
            bool counts = other->status != ACCOUNT_GONE &&
                          (other->history.ever_active || other->status == ACCOUNT_ACTIVE);
            contested[i] |= i != j && opinion[i].one && opinion[j].one && counts &&
                            opinion[i].key != MATCH_BY_LINKS_FILE &&
                            opinion[i].person == opinion[j].person &&
                            opinion[i].key != opinion[j].key;
        }
    }
    for (size_t i = 0; i < world->snapshot.count; i++) {
        opinion[i].contested |= contested[i];
        opinion[i].one &= !contested[i];
    }
}

/* --- what speaks against a link --- */

/* Local part without a tag; NULL for what is no address. */
static const char *local_of(struct world *world, const char *email)
{
    const char *low = lower(world, email);
    const char *at = low ? strchr(low, '@') : NULL;
    const char *tag = at ? memchr(low, '+', (size_t)(at - low)) : NULL;

    return at ? arena_printf(&world->arena, "%.*s", (int)((tag ? tag : at) - low), low) : NULL;
}

/* 1 some address of both agrees, 0 none does, -1 one side has none */
static int addresses_say(struct world *world, const char *const *a, size_t count,
                         const struct person *person)
{
    const char *const theirs[] = {person->email, person->username};
    int says = -1;

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < COUNT_OF(theirs); k++) {
            const char *left = local_of(world, a[i]), *right = local_of(world, theirs[k]);
            if (left && right && says < 1)
                says = strcmp(left, right) == 0;
        }
    }
    return says;
}

static bool is_sure(const struct opinion *opinion)
{
    return opinion->key == MATCH_BY_LINKS_FILE || (opinion->keys & (opinion->keys - 1)) != 0;
}

/* K3, K4 */
static bool is_contradicted(struct world *world, size_t i, bool crowded,
                            const struct opinion *opinion)
{
    const struct account *account = &world->account[i];
    const struct person *person = &world->person[opinion->person];
    const char *const mine[] = {account->email, account_alike(account)->email2, account->username};
    int addresses = addresses_say(world, mine, COUNT_OF(mine), person);
    enum likeness names = likeness(world, account->name, person->name);

    if (!opinion->one || account->status == ACCOUNT_GONE || is_sure(opinion))
        return false;
    if (!(opinion->keys & 1U << MATCH_BY_EMAIL) && addresses != 1 && names < AGREE &&
        (crowded || (addresses == 0 && names == DIFFER)))
        return true;
    int last = person->last_day.number;
    bool later = instant_day(account_since(account)->missing_at, &zone_utc).number > last ||
                 instant_day(account_since(account)->created, &zone_utc).number > last;
    return status_of(person) == PERSON_DEPARTED && last && later && names != SAME;
}

static void think_of_contradictions(struct world *world, struct opinion *opinion)
{
    size_t claims[MOST] = {0};

    for (size_t i = 0; i < world->snapshot.count; i++) {
        const struct account *account = &world->account[i];
        if (opinion[i].one && account->status != ACCOUNT_GONE &&
            (account->history.ever_active || account->status == ACCOUNT_ACTIVE) &&
            (opinion[i].keys & 1U << MATCH_BY_EMPLOYEE_NUMBER))
            claims[opinion[i].person]++;
    }
    for (size_t i = 0; i < world->snapshot.count; i++) {
        if (!is_contradicted(world, i, claims[opinion[i].person] > 1, &opinion[i]))
            continue;
        opinion[i].contested = true;
        opinion[i].one = false;
    }
}

/* --- yesterday (K6) --- */

/* The key by which the history knows them. */
static const char *history_key(struct world *world, const struct person *person)
{
    const char *number = lower(world, person->employee_number);

    return number             ? arena_printf(&world->arena, "n:%s", number)
           : person->email    ? arena_printf(&world->arena, "e:%s", lower(world, person->email))
           : person->username ? arena_printf(&world->arena, "u:%s", lower(world, person->username))
                              : "?";
}

/* Whether the row stands under that key of the history; of numbers, `alike`: as a damaged one. */
static bool stands_under(struct world *world, const struct person *row, const char *yesterday,
                         bool alike)
{
    const char *value = yesterday + 2;
    const char *number = lower(world, row->employee_number);

    if (yesterday[0] == 'e')
        return same(canonical(world, row->email), canonical(world, value));
    if (yesterday[0] == 'u')
        return same(lower(world, row->username), value);
    return alike ? same(bare(world, number ? number : person_extra(row)->damaged_number),
                        bare(world, value))
                 : same(number, value);
}

static void think_of_yesterday(struct world *world, const struct roster_view *view,
                               const struct account *account, struct opinion *opinion)
{
    const char *yesterday = account->history.yesterday;
    bool any = false, stands = false, several = false;
    size_t left = MOST, theirs = opinion->person, least = MOST;
    bool one = opinion->one;

    if (!yesterday || account->status == ACCOUNT_GONE || opinion->contested ||
        opinion->key == MATCH_BY_LINKS_FILE ||
        (opinion->one && same(yesterday, history_key(world, &world->person[opinion->person]))))
        return;
    for (int alike = 0; alike < 2 && !any; alike++) {
        for (size_t p = 0; p < world->roster.count; p++) {
            size_t speaker = view->speaker[p];
            const struct person *whole = &world->person[speaker];
            if (!stands_under(world, &world->person[p], yesterday, alike))
                continue;
            if (status_of(whole) == PERSON_DEPARTED) {
                several |= view->unclear[p] || (left != MOST && left != speaker);
                left = speaker;
            } else {
                stands = true;
                if (least == MOST || person_compare(whole, &world->person[least]) < 0)
                    least = speaker;
            }
            any = true;
        }
    }
    if (stands && one && view->one[least][theirs])
        return;
    if (stands)
        *opinion = (struct opinion){.near = NEAR_YESTERDAY};
    else if (any && !one && !opinion->near && several)
        *opinion = (struct opinion){.near = NEAR_YESTERDAY};
    else if (any && !one && !opinion->near)
        *opinion = (struct opinion){.one = true, .person = left, .key = MATCH_BY_HISTORY};
}

/* --- a twin who works here (K5) --- */

/* A shared mailbox, or somebody else's account that carries their number, is not. */
static bool is_their_own(struct world *world, const struct opinion *opinion,
                         const struct account *account, const struct person *person)
{
    enum likeness names = likeness(world, account->name, person->name);

    return is_sure(opinion) || names >= AGREE ||
           (names == UNKNOWN && (opinion->keys & 1U << MATCH_BY_EMPLOYEE_NUMBER));
}

/* The last day of a login of this account that says they are two; 0 = none does. */
static int excused_until(struct world *world, const struct roster_view *view,
                         const struct opinion *opinion, const struct account *account,
                         const struct person *left, size_t p, bool number, int addresses)
{
    const struct person *row = &world->person[p];
    int hired = row->hire_date.number, last = left->last_day.number, own = 0;
    int apart = hired && left->hire_date.number ? hired - left->hire_date.number : 9;
    bool namesake = !number && addresses == 0 && !(hired && last && hired >= last - 60) &&
                    (apart < -1 || apart > 1);
    int until = namesake ? last : 0, since = hired ? hired : last;

    for (size_t i = 0; i < world->snapshot.count; i++) {
        const struct account *other = &world->account[i];
        if (opinion[i].one && opinion[i].person == view->speaker[p] && other != account &&
            other->status == ACCOUNT_ACTIVE && other->login.kind == LOGIN_KNOWN &&
            is_their_own(world, &opinion[i], other, &world->person[view->speaker[p]])) {
            int day = instant_day(other->login.at, &zone_utc).number;
            own = day > own ? day : own;
        }
    }
    if (own && since && own >= since && own - 1 > until)
        until = own - 1;
    return until;
}

static bool has_moved(struct world *world, const struct roster_view *view,
                      const struct opinion *opinion, size_t i)
{
    const struct account *account = &world->account[i];
    const struct person *left = &world->person[opinion[i].person];
    const char *const mine[] = {left->email, left->username, account->email, account->username};
    bool numbers = is_used(world, MATCH_BY_EMPLOYEE_NUMBER);

    for (size_t p = 0; p < world->roster.count; p++) {
        const struct person *row = &world->person[p];
        enum likeness names = likeness(world, left->name ? left->name : account->name, row->name);
        const char *a = value_of(world, MATCH_BY_EMPLOYEE_NUMBER, left->employee_number);
        const char *b = value_of(world, MATCH_BY_EMPLOYEE_NUMBER, row->employee_number);
        if (numbers && group_of(world, MATCH_BY_EMPLOYEE_NUMBER, a) == DIFFER)
            a = NULL;
        if (numbers && group_of(world, MATCH_BY_EMPLOYEE_NUMBER, b) == DIFFER)
            b = NULL;
        bool number =
            numbers && same(bare(world, a), bare(world, b ? b : person_extra(row)->damaged_number));
        enum likeness theirs = likeness(world, account->name, left->name);
        bool called = theirs != SAME && likeness(world, account->name, row->name) == SAME;
        int addresses = addresses_say(world, mine, COUNT_OF(mine), row);
        if (status_of(row) == PERSON_DEPARTED || view->one[opinion[i].person][p])
            continue;
        if (!called && names != SAME && (names != UNKNOWN || (!number && addresses != 1)))
            continue;
        int until =
            excused_until(world, view, opinion, account, left, p, number || called, addresses);
        bool quiet = account->login.kind == LOGIN_NEVER ||
                     (account->login.kind == LOGIN_KNOWN &&
                      instant_day(account->login.at, &zone_utc).number <= until);
        if (!until || !quiet)
            return true;
    }
    return false;
}

/* --- resemblance --- */

static bool is_one_edit(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t head = 0, tail = 0;

    while (head < a_length && head < b_length && a[head] == b[head])
        head++;
    while (tail < a_length - head && tail < b_length - head &&
           a[a_length - 1 - tail] == b[b_length - 1 - tail])
        tail++;
    return a_length - head - tail <= 1 && b_length - head - tail <= 1;
}

static const char *address_of(struct world *world, const char *email, const char *username)
{
    if (!email && username && strchr(username, '@'))
        email = username;
    return lower(world, email);
}

static bool is_of_the_name(struct world *world, const char *a, const char *b)
{
    return likeness(world, a, b) == SAME;
}

static bool has_alike_number(struct world *world, const char *number, const struct person *row)
{
    const char *mine = value_of(world, MATCH_BY_EMPLOYEE_NUMBER, number);
    const char *theirs = value_of(world, MATCH_BY_EMPLOYEE_NUMBER, row->employee_number);

    return is_used(world, MATCH_BY_EMPLOYEE_NUMBER) &&
           same(bare(world, mine),
                bare(world, theirs ? theirs : person_extra(row)->damaged_number));
}

static bool was_called_so(struct world *world, const struct account *account,
                          const struct person *row)
{
    const struct account_past *past = account_past(account);
    const struct account_earlier *earlier = past->earlier;
    const char *email = address_of(world, row->email, row->username);

    return past->earlier_count && (is_of_the_name(world, earlier->name, row->name) ||
                                   same(local_of(world, earlier->email), local_of(world, email)) ||
                                   has_alike_number(world, earlier->employee_number, row));
}

static enum near_kind resemblance(struct world *world, const struct account *account,
                                  const struct person *person)
{
    const char *a = address_of(world, account->email, account->username);
    const char *b = address_of(world, person->email, person->username);
    const char *a_at = a ? strrchr(a, '@') : NULL, *b_at = b ? strrchr(b, '@') : NULL;
    bool tag = false;

    if (a_at && b_at && same(local_of(world, a), local_of(world, b))) {
        tag = strcmp(a_at, b_at) == 0 && strcmp(a, b) != 0;
        if (!tag)
            return NEAR_LOCAL_PART;
    }
    if (a_at && b_at && strcmp(a_at, b_at) == 0 &&
        is_one_edit(a, (size_t)(a_at - a), b, (size_t)(b_at - b)) &&
        likeness(world, account->name, person->name) != DIFFER)
        return NEAR_ONE_EDIT;
    if (is_of_the_name(world, account->name, person->name))
        return NEAR_NAME;
    if (tag)
        return NEAR_TAG;
    if (has_alike_number(world, account->employee_number, person) &&
        likeness(world, account->name, person->name) != DIFFER)
        return NEAR_NUMBER;
    return was_called_so(world, account, person) ? NEAR_EARLIER : NEAR_NOBODY;
}

static void think_of_near(struct world *world, struct opinion *opinion)
{
    for (size_t i = 0; i < world->snapshot.count; i++) {
        if (opinion[i].one || opinion[i].contested || opinion[i].near ||
            opinion[i].key == MATCH_BY_LINKS_FILE)
            continue;
        for (size_t p = 0; p < world->roster.count; p++) {
            enum near_kind near = resemblance(world, &world->account[i], &world->person[p]);
            if (near && (!opinion[i].near || near < opinion[i].near))
                opinion[i].near = near;
        }
    }
}

/* --- all of it --- */

void think_of_links(struct world *world, struct opinion *opinion)
{
    struct roster_view view;

    view_roster(world, &view);
    for (size_t i = 0; i < world->snapshot.count; i++) {
        opinion[i] = (struct opinion){.key = MATCH_BY_NOTHING};
        if (!think_of_lines(world, &view, &world->account[i], &opinion[i]))
            think_of_keys(world, &view, &world->account[i], &opinion[i]);
    }
    think_of_rivals(world, opinion);
    think_of_contradictions(world, opinion);
    for (size_t i = 0; i < world->snapshot.count; i++)
        think_of_yesterday(world, &view, &world->account[i], &opinion[i]);
    for (size_t i = 0; i < world->snapshot.count; i++) {
        const struct account *account = &world->account[i];
        struct opinion *one = &opinion[i];
        const struct person *person = &world->person[one->person];
        one->sure = is_sure(one);
        one->namesake = one->one && likeness(world, account->name, person->name) == SAME;
        one->stranger = one->one && one->key != MATCH_BY_HISTORY &&
                        likeness(world, account->name, person->name) == DIFFER;
        one->moved = one->one && one->key != MATCH_BY_LINKS_FILE &&
                     account->status != ACCOUNT_GONE && status_of(person) == PERSON_DEPARTED &&
                     has_moved(world, &view, opinion, i);
    }
    think_of_near(world, opinion);
}
