/*
 * The stories are a table; each sets a few people, rows and accounts in place and says whose what
 * is. Who is around besides them is drawn from so few names that namesakes and half-namesakes turn
 * up by themselves.
 */
#include "random_tale.h"
#include "alike.h"

#include <string.h>

#include "base/cleanup.h"
#include "core/condition.h"
#include "random.h"
#include "test.h"

static size_t pick(struct tale *tale, size_t below)
{
    return (next_random(&tale->random) >> 11) % below;
}

static bool chance(struct tale *tale, unsigned percent)
{
    return pick(tale, 100) < percent;
}

#define PICK(tale, array) ((array)[pick((tale), COUNT_OF(array))])

static struct day ago(int days)
{
    return (struct day){.number = TALE_TODAY - days};
}

/* Noon UTC. */
static struct instant noon(int days)
{
    return (struct instant){((int64_t)(TALE_TODAY - 25568 - days) * 2 + 1) * (DAY_US / 2)};
}

/* --- who there is --- */

static const char *const givens[] = {"Anna",  "Bela", "Carl", "Dora",  "Emil",  "Fritz",
                                     "Greta", "Hans", "Ida",  "Jonas", "Klara", "Luis"};
static const char *const families[] = {"Maren", "Nolte", "Oster",  "Pfaff", "Quast", "Rieger",
                                       "Sauer", "Timm",  "Ulrich", "Vogt",  "Weber", "Zander"};
static const char *const middles[] = {"Otto", "Maria", "Rosa"};
static const char *const alone[] = {"Suharto", "Sukarno", "Wibowo",
                                    "\xea\xb9\x80\xeb\xaf\xbc\xec\xa4\x80",
                                    "\xe7\x8e\x8b\xe8\x8a\xb3\xe8\x8a\xb3"};

static const char *address(struct tale *tale, const struct human *human, const char *domain)
{
    return arena_printf(&tale->arena, "%s.%s@%s", human->given, human->family, domain);
}

static struct human *new_human(struct tale *tale)
{
    struct human *human = &tale->human[tale->humans++];

    assert_true(tale->humans <= TALE_HUMANS);
    *human = (struct human){.given = PICK(tale, givens), .family = PICK(tale, families)};
    human->number = arena_printf(&tale->arena, "%06zu", tale->humans * 1000 + pick(tale, 1000));
    human->name = chance(tale, 12) ? PICK(tale, alone)
                  : chance(tale, 15)
                      ? arena_printf(&tale->arena, "%s %s %s", human->given, PICK(tale, middles),
                                     human->family)
                      : arena_printf(&tale->arena, "%s %s", human->given, human->family);
    human->email = address(tale, human, "acme.example");
    for (size_t i = 0; i + 1 < tale->humans; i++) { /* a second one of the name gets a number */
        if (strcmp(tale->human[i].email, human->email) == 0)
            human->email = arena_printf(&tale->arena, "%s.%s%zu@acme.example", human->given,
                                        human->family, tale->humans);
    }
    return human;
}

/* Another name altogether: neither part is anybody's here. */
static void rename_apart(struct tale *tale, struct human *human)
{
    human->given = arena_printf(&tale->arena, "Xaver%zu", (size_t)(human - tale->human));
    human->family = arena_printf(&tale->arena, "Yilmaz%zu", (size_t)(human - tale->human));
    human->name = arena_printf(&tale->arena, "%s %s", human->given, human->family);
    human->email = address(tale, human, "acme.example");
}

static struct person *new_row(struct tale *tale, const struct human *human)
{
    size_t i = tale->roster.count++;

    assert_true(tale->roster.count <= TALE_ROWS);
    tale->row_owner[i] = (size_t)(human - tale->human);
    tale->person[i] = (struct person){
        .employee_number = human->number,
        .email = human->email,
        .name = human->name,
        .hire_date = ago(400 + (int)pick(tale, 3000)),
        .word = PERSON_EMPLOYED,
        .row = (uint32_t)i + 2,
    };
    return &tale->person[i];
}

static struct account *new_account(struct tale *tale, const struct human *human)
{
    size_t i = tale->snapshot.count++;
    struct account *account = &tale->account[i];

    assert_true(tale->snapshot.count <= TALE_ACCOUNTS);
    tale->whose[i] = (struct whose){.owner = (size_t)(human - tale->human)};
    *account = (struct account){
        .id = arena_printf(&tale->arena, "0000000%zu-0000-0000-00000000000000A%zu", i, i),
        .username = chance(tale, 50) ? human->email : human->family,
        .email = human->email,
        .name = human->name,
        .employee_number = human->number,
        ALIKE(.profile_id = "user"),
        .status = ACCOUNT_ACTIVE,
        .login = {.kind = LOGIN_KNOWN,
                  .source = LOGIN_FROM_SINGLE_READ,
                  .at = noon(1 + (int)pick(tale, 20))},
        .history = {.ever_active = true, .once_linked = true},
    };
    account_since_own(&tale->arena, account)->first_seen = noon(700);
    return account;
}

static struct whose *whose_of(struct tale *tale, const struct account *account)
{
    return &tale->whose[account - tale->account];
}

/* So long ago they left, and nobody used the account after. */
static void leave(struct tale *tale, struct human *human, struct person *row,
                  struct account *account, int days)
{
    human->gone = true;
    row->last_day = ago(days);
    row->word = chance(tale, 80) ? PERSON_DEPARTED : PERSON_UNKNOWN;
    if (account)
        account->login.at = noon(days + (int)pick(tale, 40));
}

static int some_days(struct tale *tale)
{
    return 1 + (int)pick(tale, 300);
}

static void drop_keys(struct account *account, bool number, bool email)
{
    if (number)
        account->employee_number = NULL;
    if (email)
        account->email = account->username = NULL;
}

static void be_absent(struct tale *tale, struct account *account)
{
    account_since_own(&tale->arena, account)->unlinked_since = noon(chance(tale, 80) ? 5 : 1);
}

static const char *damaged(struct tale *tale, const char *number)
{
    const char *bare = number + strspn(number, "0");

    return chance(tale, 50) ? bare : arena_printf(&tale->arena, "%s.0", bare);
}

/* --- stories: who left --- */

static void tell_leaver(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct account *account = new_account(tale, human);

    leave(tale, human, new_row(tale, human), account, some_days(tale));
    if (!chance(tale, 20))
        return;
    account->status = ACCOUNT_INACTIVE; /* by us, and long ago */
    *account_past_of(&tale->arena, account) = (struct account_past){
        .suspended_by_us = noon(60),
        .acted_at = noon(60),
        .suspended_act = 1,
        .suspended_as = PERSON_DEPARTED,
    };
    account->login.at = noon(400);
    tale->person[tale->roster.count - 1].last_day = ago(100);
}

static void tell_vanished(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct account *account = new_account(tale, human);

    human->gone = true;
    be_absent(tale, account);
}

/* HR blanks the address of who leaves. */
static void tell_blanked(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct person *row = new_row(tale, human);
    struct account *account = new_account(tale, human);

    leave(tale, human, row, account, some_days(tale));
    drop_keys(account, true, false);
    row->email = NULL;
    account->history.yesterday = arena_printf(&tale->arena, "n:%s", human->number);
}

static void tell_recreated(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct person *row = new_row(tale, human);
    struct account *account = new_account(tale, human);

    leave(tale, human, row, account, 60);
    account_since_own(&tale->arena, account)->missing_at = noon(30);
    account->login.at = noon(40); /* when it came to be */
}

static void tell_used_after(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct person *row = new_row(tale, human);
    struct account *account = new_account(tale, human);

    leave(tale, human, row, account, 100);
    account->login.at = noon(20);
}

static void tell_several_rows(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct person *ended = new_row(tale, human), *other = new_row(tale, human);
    struct account *account = new_account(tale, human);

    ended->last_day = ago(some_days(tale));
    ended->word = PERSON_DEPARTED;
    other->employee_number = chance(tale, 60) ? ended->employee_number : "999";
    switch (pick(tale, 4)) {
    case 0: /* both have ended */
        leave(tale, human, other, account, 30);
        break;
    case 1:
        person_alike_own(&tale->arena, other)->rejected = "bad date";
        break;
    default:
        other->word = chance(tale, 70) ? PERSON_EMPLOYED : PERSON_ON_LEAVE;
    }
}

static void tell_rehired(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct person *row = new_row(tale, human);

    (void)new_account(tale, human);
    row->last_day = ago(100);
    row->hire_date = ago(20);
}

static void tell_protected(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct person *row = new_row(tale, human);
    struct account *account = new_account(tale, human);
    bool bound = chance(tale, 30);
    const char *const who[] = {human->number, damaged(tale, human->number), human->email,
                               account->id};

    leave(tale, human, row, account, some_days(tale));
    tale->entry[0] = (struct protected_entry){.who = bound ? "the-name-before" : PICK(tale, who),
                                              .reason = "board",
                                              .owner = "it",
                                              .expires = ago(chance(tale, 80) ? -9 : 9)};
    tale->policy.protected_count = 1;
    if (bound) {
        tale->bound[account - tale->account][0] = "the-name-before";
        account_past_of(&tale->arena, account)->bound = tale->bound[account - tale->account];
        account_past_of(&tale->arena, account)->bound_count = 1;
    }
    whose_of(tale, account)->spared = tale->entry[0].expires.number >= TALE_TODAY;
}

/* --- stories: who is at work, and looks gone --- */

static enum person_status running_word(struct tale *tale)
{
    return chance(tale, 75) ? PERSON_EMPLOYED : PERSON_ON_LEAVE;
}

/* The old row has ended, the new one runs under another number. */
static struct person *transfer(struct tale *tale, struct human *human, struct person *old,
                               struct person *row)
{
    int days = some_days(tale);

    old->last_day = ago(days);
    old->word = PERSON_DEPARTED;
    *row = *old;
    row->last_day = DAY_NONE;
    row->row = (uint32_t)(row - tale->person) + 2;
    row->hire_date = chance(tale, 30) ? old->hire_date : ago(days - 1);
    row->employee_number = chance(tale, 25) ? damaged(tale, human->number) : "900100";
    row->word = running_word(tale);
    if (chance(tale, 60))
        old->email = chance(tale, 50) ? old->email : NULL;
    else
        row->email = address(tale, human, "group.example");
    return row;
}

static void tell_transfer(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct person *old = new_row(tale, human), *row = new_row(tale, human);
    struct account *account = new_account(tale, human);

    (void)transfer(tale, human, old, row);
    if (chance(tale, 10)) {
        person_alike_own(&tale->arena, row)->rejected = "bad date";
    } else if (chance(tale, 10)) { /* hired again from next week on */
        row->hire_date = ago(-5);
    }
    if (chance(tale, 40))
        account->login.at = noon(TALE_TODAY - old->last_day.number + 1);
    drop_keys(account, false, chance(tale, 30));
}

/* Beside it: they use an account of their own, and this one not any more. */
static void tell_left_behind(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct person *old = new_row(tale, human), *row = new_row(tale, human);
    struct account *account = new_account(tale, human);
    struct account *own = new_account(tale, human);

    (void)transfer(tale, human, old, row);
    old->email = human->email;
    row->email = "somewhere.else@group.example";
    row->employee_number = own->employee_number = "900100";
    own->email = own->username = row->email;
    own->login.at = noon(0);
    account->login.at = noon(TALE_TODAY - old->last_day.number + 1);
    whose_of(tale, account)->left_behind = true;
}

static void tell_damaged_number(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct account *account = new_account(tale, human);
    struct person *row = new_row(tale, human);
    const char *bare = damaged(tale, human->number);

    account->employee_number = bare;
    account->email = account->username = "the.desk@acme.example";
    if (chance(tale, 50)) { /* and somebody who left has just that one */
        struct human *other = new_human(tale);
        rename_apart(tale, other);
        other->number = bare;
        leave(tale, other, new_row(tale, other), NULL, some_days(tale));
    } else {
        be_absent(tale, account);
    }
    (void)row;
}

/* Beside it: the other number is of somebody of quite another name. */
static void tell_other_number(struct tale *tale)
{
    struct human *human = new_human(tale), *other = new_human(tale);
    struct account *account = new_account(tale, human);

    rename_apart(tale, other);
    other->number = damaged(tale, human->number);
    leave(tale, human, new_row(tale, human), account, some_days(tale));
    (void)new_row(tale, other);
}

static void tell_married(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct person *row = new_row(tale, human);
    struct account *account = new_account(tale, human);

    account->employee_number = NULL;
    be_absent(tale, account);
    if (chance(tale, 70))
        account->history.yesterday = arena_printf(&tale->arena, "n:%s", human->number);
    row->name = arena_printf(&tale->arena, "%s Xylander", human->given);
    row->email = arena_printf(&tale->arena, "%s.xylander@acme.example", human->given);
    if (chance(tale, 50)) { /* in Bynder as well, but not in the same way */
        struct account_earlier *earlier = tale->earlier[account - tale->account];
        earlier[0] = (struct account_earlier){.name = human->name, .email = human->email};
        account_past_of(&tale->arena, account)->earlier = earlier;
        account_past_of(&tale->arena, account)->earlier_count = 1;
        account->name = row->name;
        account->email = account->username = "xylander@acme.example";
    }
}

static void tell_near(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct person *row = new_row(tale, human);
    struct account *account = new_account(tale, human);
    const char *const other[] = {
        arena_printf(&tale->arena, "%s.%s+dam@acme.example", human->given, human->family),
        address(tale, human, "other.example"),
        arena_printf(&tale->arena, "%s.%ss@acme.example", human->given, human->family),
        "somebody@acme.example"};

    be_absent(tale, account);
    account->employee_number = NULL;
    account->email = account->username = PICK(tale, other);
    row->word = running_word(tale);
}

/* The number that somebody typed is of somebody who left. */
static void tell_wrong_number(struct tale *tale)
{
    struct human *human = new_human(tale), *other = new_human(tale);
    struct account *account = new_account(tale, human);
    struct person *row = new_row(tale, human);

    rename_apart(tale, other);
    leave(tale, other, new_row(tale, other), NULL, some_days(tale));
    account->employee_number = other->number;
    row->email = chance(tale, 50) ? NULL : row->email;
}

static void tell_given_on(struct tale *tale)
{
    struct human *human = new_human(tale), *other = new_human(tale);
    struct account *account = new_account(tale, human);

    if (chance(tale, 50))
        rename_apart(tale, other);
    struct person *left = new_row(tale, other);
    leave(tale, other, left, NULL, 60 + (int)pick(tale, 300));
    account->email = account->username = other->email;
    account->employee_number = NULL;
    human->stranger = chance(tale, 40); /* or HR is late */
    if (!human->stranger)
        new_row(tale, human)->email = chance(tale, 70) ? NULL : "another@acme.example";
    if (chance(tale, 60))
        account_since_own(&tale->arena, account)->missing_at = noon(40);
    if (chance(tale, 60))
        account->login.at = noon(1);
}

/* --- stories: agencies, and who stands for nobody --- */

static void tell_shared_number(struct tale *tale)
{
    static const char *const values[] = {"N/A", "0", "EXT", "-", "4711"};
    struct human *left = new_human(tale), *human = new_human(tale);
    const char *value = PICK(tale, values);
    struct account *account = new_account(tale, human);

    human->stranger = true;
    rename_apart(tale, human);
    left->number = value;
    leave(tale, left, new_row(tale, left), NULL, some_days(tale));
    account->employee_number = value;
    account->email = account->username = human->email;
    account->name = human->name;
    account->history.once_linked = false;
    if (strcmp(value, "4711") == 0) {
        struct human *other = new_human(tale);
        rename_apart(tale, other);
        other->number = value;
        (void)new_row(tale, other);
        drop_keys(account, false, true);
        account->name = NULL;
    }
}

static void tell_crowd(struct tale *tale)
{
    struct human *left = new_human(tale), *human = new_human(tale);
    struct account *theirs = new_account(tale, left), *account = new_account(tale, human);

    human->stranger = true;
    leave(tale, left, new_row(tale, left), theirs, some_days(tale));
    theirs->email = theirs->username = NULL;
    account->employee_number = left->number;
    account->email = account->username = NULL;
    account->name = chance(tale, 50) ? NULL : "Xaver Yilmaz";
    account->history.once_linked = false;
}

static void tell_agency(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct account *account = new_account(tale, human);

    human->stranger = true;
    account->employee_number = NULL;
    account->history.once_linked = false;
    be_absent(tale, account);
}

/* K7: a pending request beside a leaver's account. */
static void tell_pending_request(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct account *account = new_account(tale, human), *pending = new_account(tale, human);

    leave(tale, human, new_row(tale, human), account, some_days(tale));
    drop_keys(account, true, false);
    drop_keys(pending, false, true);
    pending->status = ACCOUNT_INACTIVE;
    pending->history.ever_active = false;
    pending->login = (struct login){.kind = LOGIN_NEVER};
}

static void tell_namesake(struct tale *tale)
{
    struct human *human = new_human(tale), *other = new_human(tale);
    struct person *left = new_row(tale, human), *row = new_row(tale, other);
    struct account *account = new_account(tale, human);

    other->name = row->name = human->name;
    row->email = arena_printf(&tale->arena, "%s.%s2@acme.example", human->given, human->family);
    row->hire_date = ago(380); /* left at most 300 days ago */
    left->hire_date = ago(900);
    leave(tale, human, left, account, some_days(tale));
}

static void tell_written_down(struct tale *tale)
{
    struct human *human = new_human(tale);
    struct account *account = new_account(tale, human);

    leave(tale, human, new_row(tale, human), account, some_days(tale));
    tale->link[0] = (struct link_override){.account = account->id, .employee_number = "-"};
    tale->matching.link_count = 1;
    be_absent(tale, account);
}

static const struct story {
    const char *name;
    void (*tell)(struct tale *tale);
} stories[] = {
    {"leaver", tell_leaver},
    {"vanished", tell_vanished},
    {"blanked", tell_blanked},
    {"recreated", tell_recreated},
    {"used after", tell_used_after},
    {"several rows", tell_several_rows},
    {"rehired", tell_rehired},
    {"protected", tell_protected},
    {"transfer", tell_transfer},
    {"left behind", tell_left_behind},
    {"damaged number", tell_damaged_number},
    {"other number", tell_other_number},
    {"married", tell_married},
    {"near", tell_near},
    {"wrong number", tell_wrong_number},
    {"given on", tell_given_on},
    {"shared number", tell_shared_number},
    {"crowd", tell_crowd},
    {"agency", tell_agency},
    {"pending request", tell_pending_request},
    {"namesake", tell_namesake},
    {"written down", tell_written_down},
};

/* --- around the story --- */

static void add_bystanders(struct tale *tale)
{
    for (size_t i = pick(tale, 4); i > 0; i--) {
        struct human *human = new_human(tale);
        struct person *row = new_row(tale, human);
        struct account *account = chance(tale, 60) ? new_account(tale, human) : NULL;
        if (chance(tale, 40))
            leave(tale, human, row, account, some_days(tale));
    }
}

/* What people leave out, and how they write what they do not. */
static void blur(struct tale *tale)
{
    for (size_t i = 0; i < tale->snapshot.count; i++) {
        struct account *account = &tale->account[i];
        if (chance(tale, 8))
            account->name = NULL;
        if (chance(tale, 8) && account->email)
            account->employee_number = NULL;
        if (chance(tale, 8) && account->employee_number)
            account->email = account->username = NULL;
        if (chance(tale, 5))
            account->login = (struct login){.kind = LOGIN_NEVER};
    }
    for (size_t i = 0; i < tale->roster.count; i++) {
        struct person *row = &tale->person[i];
        if (chance(tale, 5))
            row->name = NULL;
        if (chance(tale, 10) && row->hire_date.number < row->last_day.number)
            row->hire_date = DAY_NONE;
        if (chance(tale, 5) && row->employee_number)
            row->email = NULL;
    }
}

static void make_rules(struct tale *tale)
{
    for (size_t i = 0; i < COUNT_OF(tale->rule); i++)
        tale->rule[i] = (struct rule){
            .action = ACTION_SUSPEND, .when = CONDITIONS_NONE, .unless = CONDITIONS_NONE};
    tale->rule[0].name = "long gone";
    tale->rule[0].action = ACTION_DEPROVISION;
    tale->rule[0].when.account = 1U << ACCOUNT_INACTIVE;
    tale->rule[0].when.person = 1U << PERSON_DEPARTED;
    tale->rule[0].when.suspended_days_min = 30;
    tale->rule[1].name = "departed";
    tale->rule[1].when.account = tale->rule[2].when.account = 1U << ACCOUNT_ACTIVE;
    tale->rule[1].when.person = 1U << PERSON_DEPARTED;
    tale->rule[2].name = "gone";
    tale->rule[2].when.person = 1U << PERSON_ABSENT;
}

void tale_tell(struct tale *tale, uint64_t seed)
{
    static const char *const nobodys[] = {"ext"};

    *tale = (struct tale){.random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1, .arena = ARENA_INIT};
    const struct story *story = &PICK(tale, stories);
    tale->story = story->name;
    tale->matching =
        (struct matching){.key = {MATCH_BY_EMPLOYEE_NUMBER, MATCH_BY_EMAIL, MATCH_BY_USERNAME},
                          .key_count = 3,
                          .link = tale->link,
                          .no_value = {nobodys, 1}};
    tale->profile[0] = (struct profile){.id = "user", .name = "User"};
    tale->snapshot = (struct snapshot){.complete = true,
                                       .account = tale->account,
                                       .profile = tale->profile,
                                       .profile_count = 1,
                                       .own_id = "own",
                                       .taken_at = noon(0)};
    tale->roster = (struct roster){.person = tale->person, .read_at = noon(0)};
    make_rules(tale);
    tale->policy = (struct policy){.rule = tale->rule,
                                   .rule_count = COUNT_OF(tale->rule),
                                   .protected_entry = tale->entry,
                                   .suspended_days_floor = 30,
                                   .zone = &zone_utc};
    story->tell(tale);
    add_bystanders(tale);
    blur(tale);
    roster_judge(&tale->roster, ago(0));
    for (size_t i = 0; i < COUNT_OF(tale->good); i++)
        tale->good[i] = (struct roster_proof){.as_of = noon((int)(COUNT_OF(tale->good) - 1 - i))};
    tale->context = (struct policy_context){.today = ago(0),
                                            .now = noon(0),
                                            .snapshot = &tale->snapshot,
                                            .matching = &tale->matching,
                                            .proof = tale->good,
                                            .proof_count = COUNT_OF(tale->good),
                                            .absence_provable = true};
}

static int days_ago(struct instant at)
{
    return instant_is_set(at) ? TALE_TODAY - instant_day(at, &zone_utc).number : -1;
}

void tale_show(const struct tale *tale)
{
    print_message("'%s'\n", tale->story);
    for (size_t i = 0; i < tale->roster.count; i++) {
        const struct person *row = &tale->person[i];
        print_message("row %u, human %zu: %s '%s' %s, %s, hired %d, last %d\n", (unsigned)row->row,
                      tale->row_owner[i], row->employee_number, row->name, row->email,
                      person_status_name(row->status), row->hire_date.number, row->last_day.number);
    }
    for (size_t i = 0; i < tale->snapshot.count; i++) {
        const struct account *account = &tale->account[i];
        const struct account_history *history = &account->history;
        const struct human *human = &tale->human[tale->whose[i].owner];
        print_message("account %zu, human %zu%s%s: %s '%s' %s %s, login %d days ago, missing %d, "
                      "unlinked %d, %s\n",
                      i, tale->whose[i].owner, human->gone ? ", gone" : "",
                      tale->whose[i].left_behind ? ", left behind" : "", account->employee_number,
                      account->name, account->email, account->username, days_ago(account->login.at),
                      days_ago(account_since(account)->missing_at),
                      days_ago(account_since(account)->unlinked_since), history->yesterday);
    }
}
