/*
 * Neither holes nor toil, measured: companies of made-up people live through a year of weeks, and
 * the pure core is asked every week whose accounts are to go. What is counted, per 1,000 employees
 * and year: proposals about somebody who is at work, leavers who are never proposed, and, a week,
 * new findings for a person to look at. `bench_people [SEEDS]`
 *
 * Names have frequencies like those of their culture: one part (written without blanks), two parts,
 * many parts. Nobody settles a finding: what is in doubt stays so for the rest of the year.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/table.h"
#include "base/text.h"
#include "core/corroborate.h"
#include "core/plan.h"
#include "core/twin.h"
#include "random.h"

enum culture { ONE_PART, TWO_PARTS, MANY_PARTS, CULTURES };
enum { WEEKS = 52, ROWS_MAX = 3, FIRST_DAY = 46000 };

static const char *const culture_name[] = {"one_part", "two_parts", "many_parts"};

/* --- who there is --- */

struct row { /* of the roster */
    const char *number, *email, *name;
    int hired, last; /* days; last 0 = none */
    int from, until; /* weeks in which HR's file has it */
};

struct human {
    const char *first, *last, *name, *email;
    struct row row[ROWS_MAX];
    size_t rows;
    size_t account; /* their first one, and 1; 0 = none */
    int left;       /* the day after which they are gone; 0 = at work */
    int back;       /* the day from which they are here again; 0 = never */
};

struct holder {   /* an account, and what the history knows of it */
    size_t human; /* SIZE_MAX = an agency's */
    int from;     /* week */
    bool busy;    /* logs in nearly every week */
    bool suspended, counted_wrong, proposed;
    unsigned found; /* bits of clauses that were findings before */
    int linked_weeks;
    const char *linked_to;
    struct account account;
    struct account_past past;
    struct account_earlier earlier[2];
};

struct company {
    struct arena arena;
    uint64_t random;
    enum culture culture;
    bool short_addresses; /* flast, not first.last */
    size_t numbers;       /* given so far */
    struct table taken;   /* addresses that are somebody's, or were */
    struct human *human;
    size_t humans, human_capacity;
    struct holder *holder;
    size_t holders, holder_capacity;
    struct roster_proof good[WEEKS + 1];
    size_t wrong, never, findings, leavers, proposed;
    size_t found[10];
};

static double chance(struct company *company)
{
    return (double)(next_random(&company->random) >> 11) / 9007199254740992.0;
}

static bool happens(struct company *company, double probability)
{
    return chance(company) < probability;
}

static size_t below(struct company *company, size_t limit)
{
    return (size_t)(chance(company) * (double)limit);
}

/* --- names --- */

/* Rank r of `count` with a frequency of about 1/(r + shift): few are very common, most are rare. */
static size_t ranked(struct company *company, size_t count, double shift)
{
    double top = log((double)count + shift), low = log(shift);

    return (size_t)(exp(low + chance(company) * (top - low)) - shift);
}

static const char *syllables(struct arena *arena, size_t number, const char *end)
{
    static const char *const onset[] = {"b", "d", "f", "g", "k", "l", "m",
                                        "n", "p", "r", "s", "t", "v", "z"};
    static const char *const rhyme[] = {"an", "el", "io", "or", "un",
                                        "ar", "es", "il", "ov", "ura"};
    struct text text = TEXT_INIT;

    do {
        text_add(&text, onset[number % 14]);
        number /= 14;
        text_add(&text, rhyme[number % 10]);
        number /= 10;
    } while (number > 0);
    text_add(&text, end);
    const char *word = arena_strdup(arena, text_cstr(&text));
    text_release(&text);
    return word;
}

/* A character of a script without blanks. */
static void add_character(struct text *text, size_t number)
{
    unsigned code = 0xAC00 + (unsigned)(number % 11000);

    text_add_char(text, (char)(0xE0 | code >> 12));
    text_add_char(text, (char)(0x80 | (code >> 6 & 0x3F)));
    text_add_char(text, (char)(0x80 | (code & 0x3F)));
}

static void name_human(struct company *company, struct human *human)
{
    struct arena *arena = &company->arena;
    struct text text = TEXT_INIT;
    size_t family, given, second;

    switch (company->culture) {
    case ONE_PART: /* the commonest family has 8 %, the commonest given name 0.3 % */
        family = ranked(company, 300, 2);
        given = ranked(company, 40000, 30);
        add_character(&text, family);
        add_character(&text, 400 + given % 200);
        add_character(&text, 700 + given / 200);
        human->first = syllables(arena, given, "");
        human->last = syllables(arena, family, "o");
        human->name = arena_strdup(arena, text_cstr(&text));
        break;
    case TWO_PARTS: /* 1 % and 1.5 % */
        human->first = syllables(arena, ranked(company, 3000, 9), "a");
        human->last = syllables(arena, ranked(company, 60000, 12), "sen");
        human->name = arena_printf(arena, "%s %s", human->first, human->last);
        break;
    case MANY_PARTS: /* 4 % of a family name, and two of them */
    case CULTURES:
        given = ranked(company, 1500, 6);
        second = ranked(company, 1500, 6);
        human->first = syllables(arena, given, "a");
        human->last = syllables(arena, ranked(company, 6000, 4), "ez");
        human->name =
            arena_printf(arena, "%s %s de %s %s", human->first, syllables(arena, second, "o"),
                         human->last, syllables(arena, ranked(company, 6000, 4), "ez"));
        break;
    }
    text_release(&text);
}

static const char *make_address(struct company *company, const struct human *human,
                                const char *domain)
{
    const char *stem = company->short_addresses
                           ? arena_printf(&company->arena, "%c%s", human->first[0], human->last)
                           : arena_printf(&company->arena, "%s.%s", human->first, human->last);

    for (unsigned n = 1;; n++) {
        const char *email = n == 1 ? arena_printf(&company->arena, "%s@%s", stem, domain)
                                   : arena_printf(&company->arena, "%s%u@%s", stem, n, domain);
        if (table_find(&company->taken, email) != TABLE_END)
            continue;
        table_add(&company->taken, email, 0);
        return email;
    }
}

static const char *next_number(struct company *company)
{
    return arena_printf(&company->arena, "%06zu", ++company->numbers);
}

static struct human *hire(struct company *company, int week, int day)
{
    company->human = mem_grow(company->human, company->humans, &company->human_capacity,
                              sizeof(company->human[0]));
    struct human *human = &company->human[company->humans];

    *human = (struct human){.left = 0};
    name_human(company, human);
    human->email = make_address(company, human, "acme.example");
    human->row[human->rows++] = (struct row){.number = next_number(company),
                                             .email = human->email,
                                             .name = human->name,
                                             .hired = day,
                                             .from = week,
                                             .until = WEEKS + 1};
    if (happens(company, 0.01)) { /* two contracts, one number */
        human->row[human->rows] = human->row[0];
        human->row[human->rows++].last = week > 0 ? day + 30 : FIRST_DAY - 40;
    }
    company->humans++;
    return human;
}

/* --- accounts --- */

static const char *typed_number(struct company *company, const char *number)
{
    double kind = chance(company);

    if (kind < 0.85)
        return number;
    if (kind < 0.93)
        return NULL;
    if (kind < 0.96) /* without its zeros */
        return number + strspn(number, "0");
    if (kind < 0.98) /* a digit wrong: nobody's, or somebody else's */
        return arena_printf(&company->arena, "%06zu", below(company, company->numbers) + 1);
    return "N/A";
}

static struct holder *open_account(struct company *company, size_t human, int week)
{
    static const struct account_alike alike = {.profile_id = "user"};

    company->holder = mem_grow(company->holder, company->holders, &company->holder_capacity,
                               sizeof(company->holder[0]));
    struct holder *holder = &company->holder[company->holders];
    struct arena *arena = &company->arena;

    *holder = (struct holder){.human = human, .from = week, .busy = happens(company, 0.85)};
    holder->account = (struct account){
        .id = arena_printf(arena, "%08zX-2B3A-141F-8F07D71A%08zX", company->holders,
                           company->holders),
        .alike = &alike,
        .status = ACCOUNT_ACTIVE,
        .login = {.kind = LOGIN_NEVER},
        .history = {.ever_active = true},
    };
    if (human == SIZE_MAX) {
        struct human stranger = {.left = 0};
        name_human(company, &stranger);
        holder->account.name = stranger.name;
        holder->account.email = make_address(company, &stranger, "agency.example");
        holder->account.employee_number = happens(company, 0.2) ? "EXT" : NULL;
    } else {
        struct human *owner = &company->human[human];
        owner->account = owner->account ? owner->account : company->holders + 1;
        const struct row *row = &owner->row[owner->rows - 1];
        holder->account.name =
            happens(company, 0.95) ? owner->name : owner->first; /* as they call themselves */
        holder->account.email = owner->email;
        holder->account.employee_number = typed_number(company, row->number);
    }
    holder->account.username = holder->account.email;
    company->holders++;
    return holder;
}

/* --- what happens in a week --- */

static int day_of_week_no(int week)
{
    return FIRST_DAY + week * 7;
}

static void leave(struct company *company, struct human *human, int week)
{
    struct row *row = &human->row[human->rows - 1];
    int day = day_of_week_no(week) + (int)below(company, 7);

    human->left = row->last = day;
    if (happens(company, 0.3))
        row->until = week + 4 + (int)below(company, 20); /* HR takes them out some time later */
    if (happens(company, 0.15))
        row->email = NULL; /* or at once the address */
}

static struct holder *account_of(struct company *company, size_t human)
{
    size_t account = company->human[human].account;

    return account ? &company->holder[account - 1] : NULL;
}

static void change_address(struct company *company, struct holder *holder, const char *email,
                           const char *name)
{
    struct account_past *past = &holder->past;

    if (!holder || past->earlier_count == 2)
        return;
    (void)company;
    holder->earlier[past->earlier_count++] = (struct account_earlier){
        .name = holder->account.name,
        .email = holder->account.email,
        .employee_number = holder->account.employee_number,
    };
    holder->account.email = holder->account.username = email;
    holder->account.name = name;
}

/* The old row ends, a new one begins under a new number, and they are at work all the time. */
static void transfer(struct company *company, size_t who, int week)
{
    struct human *human = &company->human[who];
    struct row *old = &human->row[human->rows - 1];
    int day = day_of_week_no(week);
    bool keeps_address = happens(company, 0.6);

    if (human->rows == ROWS_MAX)
        return;
    struct row *row = &human->row[human->rows++];
    *row = *old;
    row->number = next_number(company);
    row->hired = happens(company, 0.3) ? old->hired : day + 1;
    row->from = week;
    old->last = day;
    if (keeps_address && happens(company, 0.5))
        old->email = NULL;
    if (!keeps_address)
        row->email = make_address(company, human, "group.example");
    struct holder *holder = account_of(company, who);
    if (holder && happens(company, 0.1)) /* hardly anybody keeps accounts up to date */
        holder->account.employee_number = row->number;
    if (holder && !keeps_address && happens(company, 0.25))
        change_address(company, holder, row->email, holder->account.name);
    human->email = row->email;
}

static void come_back(struct company *company, size_t who, int week)
{
    struct human *human = &company->human[who];
    struct row *old = &human->row[human->rows - 1];
    int day = day_of_week_no(week);

    human->back = day;
    if (happens(company, 0.5) || human->rows == ROWS_MAX) {
        old->hired = day;
        old->email = human->email;
        old->until = WEEKS + 1;
        return;
    }
    human->row[human->rows++] = (struct row){.number = next_number(company),
                                             .email = human->email,
                                             .name = human->name,
                                             .hired = day,
                                             .from = week,
                                             .until = WEEKS + 1};
}

static void marry(struct company *company, size_t who)
{
    struct human *human = &company->human[who], other = *human;

    name_human(company, &other);
    human->name = company->culture == ONE_PART
                      ? other.name
                      : arena_printf(&company->arena, "%s %s", human->first, other.last);
    human->last = other.last;
    if (happens(company, 0.7))
        human->email = make_address(company, human, "acme.example");
    for (size_t i = 0; i < human->rows; i++) {
        human->row[i].name = human->name;
        human->row[i].email = human->row[i].email ? human->email : NULL;
    }
    struct holder *holder = account_of(company, who);
    if (holder && happens(company, 0.5))
        change_address(company, holder, human->email, human->name);
}

/* A newcomer gets the address of somebody who left, and an account with it. */
static void give_on(struct company *company, size_t who, int week)
{
    const char *email = company->human[who].email;

    if (happens(company, 0.5))
        company->human[who].row[company->human[who].rows - 1].email = NULL;
    struct human *human = hire(company, week, day_of_week_no(week));
    human->email = human->row[0].email = email;
    struct holder *old = account_of(company, who);
    if (old && happens(company, 0.3)) { /* with the account as it is */
        old->human = company->humans - 1;
        human->account = company->human[who].account;
        company->human[who].account = 0;
        old->busy = true;
        old->account.name = happens(company, 0.7) ? human->name : old->account.name;
    } else if (happens(company, 0.6)) {
        (void)open_account(company, company->humans - 1, week);
    }
}

static bool is_at_work(const struct human *human, int day)
{
    return !human->left || day <= human->left || (human->back && day >= human->back);
}

static void live_a_week(struct company *company, int week)
{
    size_t humans = company->humans;
    int day = day_of_week_no(week);

    for (size_t i = 0; i < humans; i++) {
        bool here = is_at_work(&company->human[i], day) && !company->human[i].left;
        double dice = chance(company) * WEEKS;
        if (here && dice < 0.15)
            leave(company, &company->human[i], week);
        else if (here && dice < 0.19)
            transfer(company, i, week);
        else if (here && dice < 0.205)
            marry(company, i);
        else if (!here && company->human[i].left && !company->human[i].back &&
                 company->human[i].left + 28 < day && dice < 0.13)
            come_back(company, i, week);
        else if (!here && company->human[i].left && company->human[i].left + 60 < day &&
                 !company->human[i].back && dice < 0.05)
            give_on(company, i, week);
        if (here && dice > WEEKS - 0.17) { /* somebody new in place of those who leave */
            (void)hire(company, week, day);
            if (happens(company, 0.6))
                (void)open_account(company, company->humans - 1, week);
        }
    }
}

static void log_in(struct company *company, int week)
{
    int day = day_of_week_no(week);

    for (size_t i = 0; i < company->holders; i++) {
        struct holder *holder = &company->holder[i];
        bool here = holder->human == SIZE_MAX || is_at_work(&company->human[holder->human], day);
        bool lately = !here && company->human[holder->human].left + 30 > day;
        double often = here ? (holder->busy ? 0.8 : 0.1) : lately ? 0.05 : 0.003;
        if (holder->suspended || !happens(company, often))
            continue;
        holder->account.login = (struct login){.kind = LOGIN_KNOWN,
                                               .source = LOGIN_FROM_EVENTS,
                                               .at = {(int64_t)(day - 25568) * DAY_US}};
    }
}

/* --- the core, without what it asks beside the keys --- */

/* For comparison: K3 to K6 and P9 are switched off, the linker puts these in front. */
static bool keys_alone, is_deciding;

void __real_corroborate_links(const struct people *people, const struct snapshot *snapshot,
                              struct pairing *pairing);
void __wrap_corroborate_links(const struct people *people, const struct snapshot *snapshot,
                              struct pairing *pairing);
void __wrap_corroborate_links(const struct people *people, const struct snapshot *snapshot,
                              struct pairing *pairing)
{
    if (!keys_alone)
        __real_corroborate_links(people, snapshot, pairing);
}

void __real_corroborate_yesterday(const struct people *people, const struct snapshot *snapshot,
                                  struct pairing *pairing);
void __wrap_corroborate_yesterday(const struct people *people, const struct snapshot *snapshot,
                                  struct pairing *pairing);
void __wrap_corroborate_yesterday(const struct people *people, const struct snapshot *snapshot,
                                  struct pairing *pairing)
{
    if (!keys_alone)
        __real_corroborate_yesterday(people, snapshot, pairing);
}

bool __real_twin_is(const struct twins *twins, struct arena *scratch, const struct account *account,
                    const struct person *departed, const struct person *row, struct day *ret_until);
bool __wrap_twin_is(const struct twins *twins, struct arena *scratch, const struct account *account,
                    const struct person *departed, const struct person *row, struct day *ret_until);
bool __wrap_twin_is(const struct twins *twins, struct arena *scratch, const struct account *account,
                    const struct person *departed, const struct person *row, struct day *ret_until)
{
    return !keys_alone && __real_twin_is(twins, scratch, account, departed, row, ret_until);
}

/* P9 asks it while accounts are decided. */
bool __real_pairing_is_sure(const struct pairing *pairing);
bool __wrap_pairing_is_sure(const struct pairing *pairing);
bool __wrap_pairing_is_sure(const struct pairing *pairing)
{
    return (keys_alone && is_deciding) || __real_pairing_is_sure(pairing);
}

/* --- the core, once a week --- */

static struct rule rules[2];

static void make_rules(void)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        rules[i] = (struct rule){
            .action = ACTION_SUSPEND, .when = CONDITIONS_NONE, .unless = CONDITIONS_NONE};
    rules[0].name = "departed";
    rules[0].when.account = rules[1].when.account = 1U << ACCOUNT_ACTIVE;
    rules[0].when.person = 1U << PERSON_DEPARTED;
    rules[1].name = "gone";
    rules[1].when.person = 1U << PERSON_ABSENT;
}

static size_t write_roster(struct company *company, int week, struct person *person)
{
    size_t count = 0;
    int day = day_of_week_no(week);

    for (size_t i = 0; i < company->humans; i++) {
        const struct human *human = &company->human[i];
        for (size_t k = 0; k < human->rows; k++) {
            const struct row *row = &human->row[k];
            bool again = row->last && row->hired > row->last;
            if (row->from > week || row->until <= week)
                continue;
            person[count++] = (struct person){
                .employee_number = row->number,
                .email = row->email,
                .name = row->name,
                .hire_date = {row->hired},
                .last_day = {row->last},
                .word = row->last && row->last < day && !again ? PERSON_DEPARTED : PERSON_EMPLOYED,
                .row = (uint32_t)count + 2,
            };
        }
    }
    return count;
}

static size_t list_accounts(struct company *company, int week, struct account *account,
                            size_t *holder_of)
{
    size_t count = 0;

    for (size_t i = 0; i < company->holders; i++) {
        struct holder *holder = &company->holder[i];
        if (holder->from > week)
            continue;
        holder->account.status = holder->suspended ? ACCOUNT_INACTIVE : ACCOUNT_ACTIVE;
        holder->past.earlier = holder->earlier;
        holder->account.history.past = &holder->past;
        if (holder->from > 0)
            account_since_own(&company->arena, &holder->account)->missing_at =
                (struct instant){(int64_t)(day_of_week_no(holder->from - 1) - 25568) * DAY_US};
        holder_of[count] = i;
        account[count++] = holder->account;
    }
    return count;
}

/* What the store would keep of this week's links. */
static void remember(struct company *company, struct holder *holder, const struct pairing *pairing,
                     struct instant now)
{
    struct account_history *history = &holder->account.history;
    bool one = pairing->kind == LINK_ONE;
    const char *key = one ? person_key(&company->arena, pairing->person) : NULL;
    bool nobody = pairing->kind == LINK_NONE && pairing->near == NEAR_NOBODY;

    history->once_linked |= one;
    holder->linked_weeks = one && text_equal(key, holder->linked_to) ? holder->linked_weeks + 1 : 0;
    holder->linked_to = one ? arena_strdup(&company->arena, key) : NULL;
    if (holder->linked_weeks > 0)
        history->yesterday = holder->linked_to;
    struct account_since *since = account_since_own(&company->arena, &holder->account);
    if (!nobody)
        since->unlinked_since = INSTANT_NONE;
    else if (!instant_is_set(since->unlinked_since))
        since->unlinked_since = now;
}

static bool show_wrong;

static void count_decision(struct company *company, struct holder *holder,
                           const struct decision *decision, int day, bool settled)
{
    unsigned clause = decision->clause[0] == 'P' ? 1U << (decision->clause[1] - '0') : 0;
    bool here = holder->human == SIZE_MAX || is_at_work(&company->human[holder->human], day);

    if (decision->finding && !(holder->found & clause)) {
        company->findings += settled;
        company->found[decision->clause[1] - '0'] += settled;
        holder->found |= clause;
        if (show_wrong && settled)
            printf("finding %s: %s\n", decision->clause, decision->reason);
    }
    if (decision->action != ACTION_SUSPEND)
        return;
    if (here && !holder->counted_wrong) {
        company->wrong++;
        holder->counted_wrong = true;
        if (show_wrong)
            printf("WRONG %s '%s' %s: %s\n", decision->account->email, decision->account->name,
                   decision->clause, decision->reason);
    }
    company->proposed += !here;
    holder->proposed |= !here;
    holder->suspended |= !here; /* a person approves what is right */
}

static void ask_core(struct company *company, const struct policy *policy,
                     const struct matching *matching, int week)
{
    static struct profile profile = {.id = "user", .name = "User"};
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct person *person = arena_calloc(&arena, company->humans * ROWS_MAX + 1, sizeof(*person));
    struct account *account = arena_calloc(&arena, company->holders + 1, sizeof(*account));
    size_t *holder_of = arena_calloc(&arena, company->holders + 1, sizeof(*holder_of));
    int day = day_of_week_no(week);
    struct instant now = {(int64_t)(day - 25568) * DAY_US + DAY_US / 4};
    struct roster roster = {.person = person, .read_at = now};
    struct snapshot snapshot = {.complete = true,
                                .account = account,
                                .profile = &profile,
                                .profile_count = 1,
                                .own_id = "own",
                                .taken_at = now};

    roster.count = write_roster(company, week, person);
    snapshot.count = list_accounts(company, week, account, holder_of);
    roster_judge(&roster, (struct day){day});
    company->good[week] = (struct roster_proof){.as_of = now};
    struct policy_context context = {.today = {day},
                                     .now = now,
                                     .snapshot = &snapshot,
                                     .matching = matching,
                                     .proof = company->good,
                                     .proof_count = (size_t)week + 1,
                                     .absence_provable = true};
    struct pairing *pairing = match_all(&arena, &snapshot, &roster, matching);
    is_deciding = true;
    const struct decided *decided = policy_decide(&arena, policy, &context, pairing);
    is_deciding = false;
    for (size_t i = 0; i < snapshot.count; i++) {
        struct holder *holder = &company->holder[holder_of[i]];
        /* what is found in the first weeks is the first clean-up */
        const struct decision one = decided_at(decided, i);
        count_decision(company, holder, &one, day, week > 1);
        remember(company, holder, &pairing[i], now);
    }
}

/* Who left with an account, more than a month before the end, and was never proposed. */
static void count_leavers(struct company *company)
{
    for (size_t i = 0; i < company->holders; i++) {
        const struct holder *holder = &company->holder[i];
        const struct human *human =
            holder->human == SIZE_MAX ? NULL : &company->human[holder->human];
        if (!human || !human->left || human->back || human->left > day_of_week_no(WEEKS) - 35 ||
            human->left < FIRST_DAY + 14)
            continue;
        company->leavers++;
        company->never += !holder->proposed;
    }
}

static void run_year(struct company *company, size_t people)
{
    static const enum match_key keys[] = {MATCH_BY_EMPLOYEE_NUMBER, MATCH_BY_EMAIL,
                                          MATCH_BY_USERNAME};
    struct matching matching = {.key_count = COUNT_OF(keys)};
    const struct policy policy = {.rule = rules,
                                  .rule_count = COUNT_OF(rules),
                                  .suspended_days_floor = 30,
                                  .zone = &zone_utc};

    memcpy(matching.key, keys, sizeof(keys));
    company->numbers = people / 10;
    table_init(&company->taken, people * 2);
    for (size_t i = 0; i < people; i++) {
        (void)hire(company, 0, FIRST_DAY - 30 - (int)below(company, 5000));
        if (happens(company, 0.6))
            (void)open_account(company, i, 0);
        if (happens(company, 0.01))
            (void)open_account(company, i, 0);
        if (happens(company, 0.03))
            (void)open_account(company, SIZE_MAX, 0);
    }
    for (int week = 0; week < WEEKS; week++) {
        if (week > 0)
            live_a_week(company, week);
        log_in(company, week);
        ask_core(company, &policy, &matching, week);
    }
    count_leavers(company);
}

static void company_release(struct company *company)
{
    free(company->human);
    free(company->holder);
    table_release(&company->taken);
    arena_release(&company->arena);
}

/* Sums over companies of one culture. */
struct sums {
    double thousands;
    size_t wrong, never, findings, leavers, proposed, found[10];
};

static void add_company(struct sums *sums, enum culture culture, bool short_addresses,
                        size_t people, uint64_t seed)
{
    struct company company = {.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1,
                              .culture = culture,
                              .short_addresses = short_addresses};

    run_year(&company, people);
    sums->thousands += (double)people / 1000;
    sums->wrong += company.wrong;
    sums->never += company.never;
    sums->findings += company.findings;
    sums->leavers += company.leavers;
    sums->proposed += company.proposed;
    for (size_t i = 0; i < COUNT_OF(sums->found); i++)
        sums->found[i] += company.found[i];
    company_release(&company);
}

static double wrong_of(const struct sums *sums)
{
    return (double)sums->wrong / sums->thousands;
}

static double never_of(const struct sums *sums)
{
    return (double)sums->never / sums->thousands;
}

static double findings_of(const struct sums *sums)
{
    return (double)sums->findings / sums->thousands / WEEKS;
}

static void tell_row(const char *culture, const char *style, size_t people, const struct sums *sums)
{
    printf("people, %-10s %-10s %6zu: wrong %.2f, never %.2f of %.1f, findings %.2f a week (P4 "
           "%zu, P5 %zu, P6 %zu, P9 %zu)\n",
           culture, style, people, wrong_of(sums), never_of(sums),
           (double)sums->leavers / sums->thousands, findings_of(sums), sums->found[4],
           sums->found[5], sums->found[6], sums->found[9]);
}

/* The worst of a culture, over sizes and kinds of addresses. */
struct worst {
    double wrong, never, findings;
};

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static void tell_worst(const char *culture, const struct worst *worst, const struct sums *alone)
{
    printf("people, %-10s by keys and names alone: wrong %.2f, findings %.2f a week\n", culture,
           wrong_of(alone), findings_of(alone));
    printf("FIGURE people_wrong_%s %.2f 2 proposals about somebody at work, %s names, per 1,000 "
           "employees and year, in the worst of all companies\n",
           culture, worst->wrong, culture);
    printf("FIGURE people_never_%s %.2f 7 leavers never proposed, likewise\n", culture,
           worst->never);
    printf("FIGURE people_findings_%s %.2f 0.7 new findings a week, likewise\n", culture,
           worst->findings);
    printf("FIGURE people_alone_%s %.2f - wrong proposals, likewise, without K3 to K6 and P9\n",
           culture, wrong_of(alone));
}

static const size_t sizes[] = {500, 5000, 50000};

/* So many companies of a size that small ones are no game of chance. */
static uint64_t companies_of(size_t people, uint64_t seeds)
{
    return people <= 500 ? seeds * 10 : people <= 5000 ? seeds : 1;
}

static void tell_culture(enum culture culture, uint64_t seeds)
{
    static const char *const styles[] = {"first.last", "flast"};
    struct worst worst = {.wrong = 0};
    struct sums alone = {.thousands = 0};

    for (size_t style = 0; style < COUNT_OF(styles); style++) {
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            struct sums sums = {.thousands = 0};
            if (sizes[i] > 5000 && style != culture % COUNT_OF(styles))
                continue; /* one large company of each culture: each takes some ten seconds */
            for (uint64_t seed = 1; seed <= companies_of(sizes[i], seeds); seed++)
                add_company(&sums, culture, style == 1, sizes[i], seed + sizes[i]);
            tell_row(culture_name[culture], styles[style], sizes[i], &sums);
            worst.wrong = larger(worst.wrong, wrong_of(&sums));
            worst.never = larger(worst.never, never_of(&sums));
            worst.findings = larger(worst.findings, findings_of(&sums));
        }
        keys_alone = true;
        add_company(&alone, culture, style == 1, 5000, 5001);
        keys_alone = false;
    }
    tell_worst(culture_name[culture], &worst, &alone);
}

int main(int argc, char **argv)
{
    int64_t seeds = 4;

    if (argc > 1 && !parse_int(argv[1], 1, 1000, &seeds))
        return 64;
    show_wrong = argc > 2;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    make_rules();
    printf("per 1,000 employees and year: proposals about somebody at work, leavers never "
           "proposed, new findings\n");
    for (enum culture culture = ONE_PART; culture < CULTURES; culture++)
        tell_culture(culture, (uint64_t)seeds);
    return 0;
}
