/* core/ruling: what stands, what it covers, and what ends it. Each row that acts has a neighbour,
 * one fact away, that does not. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/plan.h"
#include "core/ruling.h"
#include "test.h"

static struct day day_of(const char *text)
{
    struct day day = DAY_NONE;

    assert_true(!text || day_parse_iso(text, &day));
    return day;
}

/* "2026-11-22 06" */
static struct instant hour_of(const char *text)
{
    struct instant instant = INSTANT_NONE;
    char whole[INSTANT_TEXT_SIZE] = "2026-11-22T06:00:00Z";

    if (!text)
        return INSTANT_NONE;
    assert_int_equal(strlen(text), 13);
    memcpy(whole, text, 10);
    memcpy(whole + 11, text + 11, 2);
    assert_true(instant_parse_rfc3339(whole, &instant));
    return instant;
}

static struct digest digest_named(const char *name)
{
    return digest_of(name, strlen(name));
}

static const struct ruling_terms terms = {
    .expires_hours = 168, .lone_days = 30, .after_due_days = 30};

/* --- names --- */

TEST(ruling_names_are_read_back)
{
    enum ruling_kind kind = RULING_KEEP;
    enum ruling_end end = RULING_STANDS;

    for (unsigned i = 0; i < RULING_KIND_COUNT; i++) {
        assert_true(ruling_kind_parse(ruling_kind_name((enum ruling_kind)i), &kind));
        assert_int_equal(kind, i);
    }
    for (unsigned i = 0; i < RULING_END_COUNT; i++) {
        assert_true(ruling_end_parse(ruling_end_name((enum ruling_end)i), &end));
        assert_int_equal(end, i);
    }
    assert_false(ruling_kind_parse("Keep", &kind));
    assert_false(ruling_end_parse("gone", &end));
    assert_false(ruling_end_parse(NULL, &end));
}

/* --- people --- */

TEST(ruling_refuse_person_who_is_not_listed_or_owns_the_account)
{
    static const struct approver list[] = {
        {"anna", "anna@acme.example"}, {"bob", NULL}, {"carl", "c.c@acme.example"}};
    static const struct {
        const char *who;
        bool listed;
        const char *email, *username, *said;
    } rows[] = {
        {"anna", true, "jane@acme.example", "jane", NULL},
        {"zoe", true, "jane@acme.example", "jane", "not among"},
        {"Anna", true, "jane@acme.example", "jane", "not among"},
        {"zoe", false, "jane@acme.example", "jane", NULL},
        {"anna", true, "Anna@ACME.example", "x", "own account"},
        {"anna", true, "x@acme.example", "ANNA", "own account"},
        {"anna", true, "x@acme.example", "anna@acme.example", "own account"},
        {"anna", true, "anna@other.example", "x", NULL}, /* the configured address says who */
        {"bob", true, "bob@other.example", "x", "own account"},
        {"bob", true, "bobby@other.example", "x", NULL},
        {"carl", true, "carl@acme.example", "x", NULL},
        {"carl", true, "C.C@acme.example", "x", "own account"},
        {"zoe", false, "zoe@acme.example", "x", "own account"},
        {"zoe", false, NULL, NULL, NULL},
        {"root", false, "jane@acme.example", "jane", "decide as yourself"}, /* whoever that was */
        {"root", true, NULL, NULL, "not among"},
        {"Root", false, NULL, NULL, NULL}, /* another user */
    };
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct approvers approvers = {list, rows[i].listed ? COUNT_OF(list) : 0};
        const char *said =
            ruling_refuse_person(&arena, &approvers, rows[i].who, rows[i].email, rows[i].username);
        if (rows[i].said ? !said || !strstr(said, rows[i].said) : said != NULL)
            fail_msg("%s of %s: '%s'", rows[i].who, rows[i].email, said);
    }
    arena_release(&arena);
}

/* --- what spares --- */

TEST(ruling_spares_what_it_covers_until_its_day)
{
    static const struct {
        const char *name;
        struct ruling keep;
        const char *until;
        bool of_login;
        enum person_status person;
        bool spares;
    } rows[] = {
        {"idle", {0}, "2026-11-30", true, PERSON_EMPLOYED, true},
        {"its last day", {0}, "2026-11-22", true, PERSON_EMPLOYED, true},
        {"the day after", {0}, "2026-11-21", true, PERSON_EMPLOYED, false},
        {"without a day", {0}, NULL, true, PERSON_EMPLOYED, false},
        {"ended", {.end = RULING_WITHDRAWN}, "2026-11-30", true, PERSON_EMPLOYED, false},
        {"a rejection is no keep",
         {.kind = RULING_REJECT},
         "2026-11-30",
         true,
         PERSON_EMPLOYED,
         false},
        {"attributes, and at work", {0}, "2026-11-30", false, PERSON_EMPLOYED, true},
        {"attributes, and on leave", {0}, "2026-11-30", false, PERSON_ON_LEAVE, true},
        {"departed since", {0}, "2026-11-30", false, PERSON_DEPARTED, false},
        {"departed since, but the rule is of the login",
         {0},
         "2026-11-30",
         true,
         PERSON_DEPARTED,
         true},
        {"absent since", {0}, "2026-11-30", false, PERSON_ABSENT, false},
        {"made while departed",
         {.person_departed = true},
         "2026-11-30",
         false,
         PERSON_DEPARTED,
         true},
        {"also for a departure",
         {.also_departed = true},
         "2026-11-30",
         false,
         PERSON_DEPARTED,
         true},
        {"also for an absence", {.also_departed = true}, "2026-11-30", false, PERSON_ABSENT, true},
        {"also for a departure, over",
         {.also_departed = true},
         "2026-11-21",
         false,
         PERSON_DEPARTED,
         false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ruling keep = rows[i].keep;
        const struct rulings rulings = {&keep, 1};
        keep.until = day_of(rows[i].until);
        const struct ruling *found =
            ruling_spares(&rulings, rows[i].of_login, rows[i].person, day_of("2026-11-22"));
        if (found != (rows[i].spares ? &keep : NULL))
            fail_msg("%s", rows[i].name);
    }
    assert_null(ruling_spares(NULL, true, PERSON_EMPLOYED, day_of("2026-11-22")));
}

TEST(ruling_spares_by_the_newest_that_covers)
{
    struct ruling keep[3] = {{.id = 1, .also_departed = true}, {.id = 2}, {.id = 3}};
    const struct rulings rulings = {keep, 3};

    for (size_t i = 0; i < 3; i++)
        keep[i].until = day_of("2026-11-30");
    struct day today = day_of("2026-11-22");
    assert_int_equal(ruling_spares(&rulings, true, PERSON_EMPLOYED, today)->id, 3);
    assert_int_equal(ruling_spares(&rulings, false, PERSON_DEPARTED, today)->id, 1);
    keep[2].end = RULING_EXPIRED;
    assert_int_equal(ruling_spares(&rulings, true, PERSON_EMPLOYED, today)->id, 2);
}

TEST(ruling_again_counts_when_it_came_after_the_reactivation)
{
    static const struct {
        const char *at, *until;
        enum ruling_end end;
        const char *since;
        bool found;
        const char *who;
    } rows[] = {
        {"2026-11-10 06", "2027-02-08", RULING_STANDS, "2026-11-09 06", true, "anna"},
        {"2026-11-10 06", "2027-02-08", RULING_STANDS, "2026-11-09 06", false, "zoe"}, /* left */
        {"2026-11-10 06", "2027-02-08", RULING_STANDS, "2026-11-09 06", false, "root"},
        {"2026-11-10 06", "2027-02-08", RULING_STANDS, "2026-11-09 06", false, "jane"}, /* own */
        {"2026-11-10 06", "2027-02-08", RULING_STANDS, "2026-11-10 06", false, "anna"},
        {"2026-11-10 06", "2027-02-08", RULING_STANDS, "2026-11-11 06", false,
         "anna"}, /* a second one */
        {"2026-11-10 06", "2027-02-08", RULING_STANDS, NULL, true, "anna"},
        {"2026-11-10 06", "2026-11-22", RULING_STANDS, "2026-11-09 06", true, "anna"},
        {"2026-11-10 06", "2026-11-21", RULING_STANDS, "2026-11-09 06", false, "anna"},
        {"2026-11-10 06", "2027-02-08", RULING_DONE, "2026-11-09 06", false, "anna"},
    };

    static const struct approver list[] = {{"anna", NULL}, {"jane", NULL}};
    const struct approvers approvers = {list, COUNT_OF(list)};
    const struct account account = {.email = "jane@acme.example", .username = "j"};
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct ruling again = {.kind = RULING_AGAIN,
                                     .who = rows[i].who,
                                     .at = hour_of(rows[i].at),
                                     .until = day_of(rows[i].until),
                                     .end = rows[i].end};
        const struct rulings rulings = {&again, 1};
        bool found = ruling_again(&arena, &approvers, &rulings, &account, ACTION_SUSPEND,
                                  hour_of(rows[i].since), day_of("2026-11-22")) != NULL;
        if (found != rows[i].found)
            fail_msg("row %zu", i);
    }
    assert_null(ruling_again(&arena, NULL, NULL, &account, ACTION_SUSPEND, INSTANT_NONE,
                             day_of("2026-11-22")));
    arena_release(&arena);
}

/* --- finding what stands for a row --- */

static const char *const g7[] = {"G7"};

/* An approval of the row below, by `who`, given two days ago. */
static struct ruling approval_by(const char *who)
{
    return (struct ruling){
        .kind = RULING_APPROVE,
        .account_id = "A1",
        .who = who,
        .at = hour_of("2026-11-20 06"),
        .subject = digest_named("subject"),
        .action = ACTION_SUSPEND,
        .rule = "idle",
        .rule_text = digest_named("text"),
        .snapshot_at = hour_of("2026-11-20 05"),
    };
}

static struct plan_row the_row(void)
{
    return (struct plan_row){
        .action = ACTION_SUSPEND,
        .account_id = "A1",
        .username = "jane",
        .email = "jane@acme.example",
        .rule = "idle",
        .person_word = "employed",
        .subject = digest_named("subject"),
        .rule_text = digest_named("text"),
        .asks_login = true,
        .of_login = true,
    };
}

static struct ruled find(struct arena *arena, const struct ruling *item, size_t count,
                         const struct plan_row *row)
{
    static const struct approver list[] = {
        {"anna", NULL}, {"bob", NULL}, {"jane", NULL}, {"zoe", NULL}};
    const struct approvers approvers = {list, COUNT_OF(list)};
    const struct rulings rulings = {item, count};
    const struct ruling_view view = {&approvers, &terms, hour_of("2026-11-22 06"),
                                     day_of("2026-11-22"), NULL};

    return ruling_find(arena, &rulings, &view, row);
}

static void no_change(struct ruling *ruling, struct plan_row *row)
{
    (void)ruling;
    (void)row;
}
static void other_subject(struct ruling *ruling, struct plan_row *row)
{
    (void)ruling;
    row->subject = digest_named("another");
}
static void no_subjects(struct ruling *ruling, struct plan_row *row)
{
    ruling->subject = row->subject = (struct digest){0};
}
static void other_action(struct ruling *ruling, struct plan_row *row)
{
    (void)ruling;
    row->action = ACTION_DEPROVISION;
}
static void is_ended(struct ruling *ruling, struct plan_row *row)
{
    (void)row;
    ruling->end = RULING_WITHDRAWN;
}
static void is_no_approval(struct ruling *ruling, struct plan_row *row)
{
    (void)row;
    ruling->kind = RULING_AGAIN;
    ruling->until = day_of("2027-01-01");
}
static void by_a_stranger(struct ruling *ruling, struct plan_row *row)
{
    (void)row;
    ruling->who = "mallory";
}
static void by_the_owner(struct ruling *ruling, struct plan_row *row)
{
    (void)row;
    ruling->who = "jane";
}
static void could_act_a_week_ago(struct ruling *ruling, struct plan_row *row)
{
    (void)row;
    ruling->could_act_at = hour_of("2026-11-15 06");
}
static void could_act_less_than_a_week_ago(struct ruling *ruling, struct plan_row *row)
{
    (void)row;
    ruling->could_act_at = hour_of("2026-11-15 07");
}
static void without_a_time(struct ruling *ruling, struct plan_row *row)
{
    (void)row;
    ruling->at = INSTANT_NONE;
}

TEST(ruling_find_tells_whose_approval_does_not_count)
{
    static const struct {
        const char *first, *second;
        const char *unheard; /* NULL = all are heard */
        size_t counted;
    } rows[] = {
        {"anna", "bob", NULL, 2},
        {"anna", "mallory", "mallory", 1},
        {"mallory", "anna", "mallory", 1},
        {"jane", "jane", "jane", 0}, /* her own account */
    };
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct plan_row row = the_row();
        const struct ruling both[] = {approval_by(rows[i].first), approval_by(rows[i].second)};
        struct ruled ruled = find(&arena, both, COUNT_OF(both), &row);
        const char *unheard = ruled.unheard ? ruled.unheard->who : NULL;
        if (ruled.approvers != rows[i].counted || !text_equal(unheard, rows[i].unheard) ||
            !ruled.unheard != !ruled.unheard_why)
            fail_msg("row %zu: %zu counted, not heard: %s", i, ruled.approvers, unheard);
    }
}

TEST(ruling_find_counts_an_approval_for_its_subject_alone)
{
    static const struct {
        void (*set)(struct ruling *ruling, struct plan_row *row);
        bool counts;
    } rows[] = {
        {no_change, true},
        {other_subject, false},
        {no_subjects, false},
        {other_action, false},
        {is_ended, false},
        {is_no_approval, false},
        {by_a_stranger, false},
        {by_the_owner, false},
        {could_act_a_week_ago, false},
        {could_act_less_than_a_week_ago, true},
        {without_a_time, false},
    };
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ruling ruling = approval_by("anna");
        struct plan_row row = the_row();
        rows[i].set(&ruling, &row);
        struct ruled ruled = find(&arena, &ruling, 1, &row);
        if (ruled.approvers != rows[i].counts || ruled.approve != (rows[i].counts ? &ruling : NULL))
            fail_msg("row %zu: %zu approvers", i, ruled.approvers);
    }
    arena_release(&arena);
}

TEST(ruling_find_counts_people_not_words)
{
    struct ruling item[4] = {approval_by("anna"), approval_by("bob"), approval_by("anna"),
                             approval_by("mallory")};
    const struct plan_row row = the_row();
    struct arena arena = ARENA_INIT;

    struct ruled ruled = find(&arena, item, 4, &row);
    assert_int_equal(ruled.approvers, 2);
    assert_ptr_equal(ruled.approve, &item[2]); /* the newest that counts */
    assert_false(ruled.spread);

    item[0].spread = item[1].spread = true;
    assert_false(find(&arena, item, 4, &row).spread); /* anna's newer word is not */
    item[2].spread = true;
    assert_true(find(&arena, item, 4, &row).spread);

    item[1].at_once = true;
    assert_false(find(&arena, item, 4, &row).at_once);
    item[2].at_once = true;
    assert_true(find(&arena, item, 4, &row).at_once);

    ruled = find(&arena, item, 0, &row);
    assert_false(ruled.spread || ruled.at_once || ruled.approve || ruled.approvers);
    arena_release(&arena);
}

/* What was approved for the sandbox is not done in production, and lost only where that is certain.
 */
TEST(an_approval_is_for_the_portal_it_was_given_for)
{
    static const char here[] = "https://acme.bynder.com", there[] = "https://acme-test.bynder.com";
    static const struct {
        const char *given_for, *is;
        bool doubt, counts;
        enum ruling_end end;
    } rows[] = {
        {here, here, false, true, RULING_STANDS},
        {there, here, false, false, RULING_CHANGED},
        {there, here, true, false, RULING_STANDS},
        {NULL, here, false, true, RULING_STANDS},
        {here, NULL, false, true, RULING_STANDS},
        {here, "https://acme.bynder.com:443", false, true, RULING_STANDS},
        {"HTTPS://Acme.Bynder.com/", here, false, true, RULING_STANDS},
        {"https://acme.bynder.com:8443", here, false, false, RULING_CHANGED},
    };
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    static const struct approvers anybody = {.count = 0};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan_row row = the_row();
        struct ruling ruling = approval_by("anna");
        const struct rulings rulings = {&ruling, 1};
        const struct ruling_view view = {.approvers = &anybody,
                                         .terms = &terms,
                                         .now = hour_of("2026-11-22 06"),
                                         .today = day_of("2026-11-22"),
                                         .address = rows[i].is};
        const struct ruling_night night = {.now = view.now,
                                           .today = view.today,
                                           .doubt = rows[i].doubt,
                                           .address = rows[i].is,
                                           .needed = 1,
                                           .approvers = 1};
        const char *reason = "";
        ruling.address = rows[i].given_for;
        assert_int_equal(ruling_find(&arena, &rulings, &view, &row).approvers, rows[i].counts);
        assert_int_equal(ruling_judge(&arena, &ruling, &terms, &night, &reason), rows[i].end);
        if (rows[i].end == RULING_CHANGED)
            assert_non_null(strstr(reason, rows[i].given_for));
    }
}

TEST(ruling_find_of_no_rulings_is_nothing)
{
    const struct plan_row row = the_row();
    struct arena arena = ARENA_INIT;

    struct ruled ruled = ruling_find(&arena, NULL, NULL, &row);
    assert_int_equal(ruled.approvers, 0);
    assert_null(ruled.keep);
    assert_false(ruling_ever_rejected(NULL, &row));
    arena_release(&arena);
}

TEST(ruling_find_lets_sparing_go_before_approving)
{
    static const struct {
        const char *name;
        struct ruling spares; /* beside an approval by anna */
        const char *until, *person;
        bool of_login;
        bool approved;
    } rows[] = {
        {"a keep", {.kind = RULING_KEEP}, "2026-11-30", "employed", true, false},
        {"a keep that is over", {.kind = RULING_KEEP}, "2026-11-21", "employed", true, true},
        {"a keep that was ended",
         {.kind = RULING_KEEP, .end = RULING_WITHDRAWN},
         "2026-11-30",
         "employed",
         true,
         true},
        {"a keep that does not cover a departure",
         {.kind = RULING_KEEP},
         "2026-11-30",
         "departed",
         false,
         true},
        {"a keep that does",
         {.kind = RULING_KEEP, .also_departed = true},
         "2026-11-30",
         "departed",
         false,
         false},
        {"a keep that does not cover an absence",
         {.kind = RULING_KEEP},
         "2026-11-30",
         "absent",
         false,
         true},
        {"a rejection",
         {.kind = RULING_REJECT, .action = ACTION_SUSPEND, .rule = "idle"},
         "2026-11-22",
         "employed",
         true,
         false},
        {"a rejection that is over",
         {.kind = RULING_REJECT, .action = ACTION_SUSPEND, .rule = "idle"},
         "2026-11-21",
         "employed",
         true,
         true},
        {"a rejection of another rule",
         {.kind = RULING_REJECT, .action = ACTION_SUSPEND, .rule = "never"},
         "2026-11-30",
         "employed",
         true,
         true},
        {"a rejection of another action",
         {.kind = RULING_REJECT, .action = ACTION_DEPROVISION, .rule = "idle"},
         "2026-11-30",
         "employed",
         true,
         true},
    };
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ruling item[2] = {rows[i].spares, approval_by("anna")};
        struct plan_row row = the_row();
        item[0].until = day_of(rows[i].until);
        row.person_word = rows[i].person;
        row.of_login = rows[i].of_login;
        struct ruled ruled = find(&arena, item, 2, &row);
        if (ruled.approvers != rows[i].approved || (ruled.keep || ruled.reject) == rows[i].approved)
            fail_msg("%s: %zu approvers", rows[i].name, ruled.approvers);
    }
    arena_release(&arena);
}

TEST(ruling_ever_rejected_goes_by_name_or_by_text)
{
    static const struct {
        const char *name;
        enum ruling_kind kind;
        enum ruling_end end;
        enum action action;
        const char *rule, *text;
        bool rejected;
    } rows[] = {
        {"standing", RULING_REJECT, RULING_STANDS, ACTION_SUSPEND, "idle", "text", true},
        {"ended long ago", RULING_REJECT, RULING_EXPIRED, ACTION_SUSPEND, "idle", "text", true},
        {"withdrawn", RULING_REJECT, RULING_WITHDRAWN, ACTION_SUSPEND, "idle", "text", true},
        {"the rule was renamed", RULING_REJECT, RULING_EXPIRED, ACTION_SUSPEND, "old", "text",
         true},
        {"the rule was reworded", RULING_REJECT, RULING_EXPIRED, ACTION_SUSPEND, "idle", "old",
         true},
        {"another rule", RULING_REJECT, RULING_EXPIRED, ACTION_SUSPEND, "old", "old", false},
        {"a rule whose text is not told", RULING_REJECT, RULING_EXPIRED, ACTION_SUSPEND, "old",
         NULL, false},
        {"another action", RULING_REJECT, RULING_EXPIRED, ACTION_DEPROVISION, "idle", "text",
         false},
        {"an approval", RULING_APPROVE, RULING_STANDS, ACTION_SUSPEND, "idle", "text", false},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ruling ruling = {.kind = rows[i].kind,
                                .end = rows[i].end,
                                .action = rows[i].action,
                                .rule = rows[i].rule};
        const struct rulings rulings = {&ruling, 1};
        struct plan_row row = the_row();
        if (rows[i].text)
            ruling.rule_text = digest_named(rows[i].text);
        else
            row.rule_text = (struct digest){0};
        if (ruling_ever_rejected(&rulings, &row) != rows[i].rejected)
            fail_msg("%s", rows[i].name);
    }
}

TEST(ruling_overrides_only_as_many_as_the_row_needs)
{
    struct ruling item[2] = {approval_by("anna"), approval_by("bob")};
    const struct rulings rulings = {item, 2};
    const struct approvers anybody = {NULL, 0};
    const struct ruling_view view = {&anybody, &terms, hour_of("2026-11-22 06"),
                                     day_of("2026-11-22"), NULL};
    struct plan_row row = the_row();
    struct arena arena = ARENA_INIT;

    assert_false(ruling_overrides(&arena, &rulings, &view, &row, "G7", 0));
    item[0].override = g7;
    item[0].override_count = 1;
    assert_true(ruling_overrides(&arena, &rulings, &view, &row, "G7", 0));
    assert_true(ruling_overrides(&arena, &rulings, &view, &row, "G7", 1));
    assert_false(ruling_overrides(&arena, &rulings, &view, &row, "G8", 1));
    assert_false(ruling_overrides(&arena, &rulings, &view, &row, "G7", 2));
    item[1].override = g7;
    item[1].override_count = 1;
    assert_true(ruling_overrides(&arena, &rulings, &view, &row, "G7", 2));
    item[1].who = "anna"; /* twice the same person */
    assert_false(ruling_overrides(&arena, &rulings, &view, &row, "G7", 2));
    item[1].override_count = 0; /* who says so no more */
    assert_false(ruling_overrides(&arena, &rulings, &view, &row, "G7", 1));
    row.subject = digest_named("another");
    assert_false(ruling_overrides(&arena, &rulings, &view, &row, "G7", 0));
    assert_false(ruling_overrides(&arena, NULL, &view, &row, "G7", 0));
    arena_release(&arena);
}

/* --- how many people --- */

TEST(ruling_needed_is_the_number_of_the_rule_or_the_class_and_a_person_in_doubt)
{
    static const struct {
        struct ruling_needs needs;
        size_t people;
        const char *reason;
    } rows[] = {
        {{.action = ACTION_KEEP, .of_class = 2, .of_rule = 2, .new_text = true}, 0, NULL},
        {{.action = ACTION_SUSPEND, .of_class = 1, .of_rule = -1}, 1, NULL},
        {{.action = ACTION_SUSPEND, .of_class = 2, .of_rule = -1}, 2, NULL},
        {{.action = ACTION_SUSPEND, .of_class = 2, .of_rule = 0}, 0, NULL},
        {{.action = ACTION_SUSPEND, .of_class = 2, .of_rule = 1}, 1, NULL},
        {{.action = ACTION_SUSPEND, .of_class = 0, .of_rule = 2}, 2, NULL},
        {{.action = ACTION_SUSPEND, .of_class = 0, .of_rule = -1}, 0, NULL},
        {{.action = ACTION_SUSPEND, .of_rule = 0, .new_text = true}, 1, "rule"},
        {{.action = ACTION_SUSPEND, .of_rule = 0, .ever_rejected = true}, 1, "rejected"},
        {{.action = ACTION_SUSPEND, .of_rule = 0, .used_after = true}, 1, "used"},
        {{.action = ACTION_SUSPEND, .of_rule = 0, .by_history = true}, 1, "memory"},
        {{.action = ACTION_SUSPEND, .of_rule = 0, .needs_person = true}, 1, "undid"},
        {{.action = ACTION_SUSPEND, .of_rule = 2, .ever_rejected = true}, 2, NULL},
        {{.action = ACTION_DEPROVISION, .of_class = 2, .of_rule = -1}, 2, NULL},
        {{.action = ACTION_DEPROVISION, .of_class = 2, .of_rule = 0}, 1, "deletion"},
        {{.action = ACTION_DEPROVISION, .of_class = 0, .of_rule = -1}, 1, "deletion"},
        {{.action = ACTION_REACTIVATE, .of_class = 0, .of_rule = -1}, 1, "reactivation"},
        {{.action = ACTION_REACTIVATE, .of_class = 2, .of_rule = -1}, 2, NULL},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *reason = "?";
        size_t people = ruling_needed(&rows[i].needs, &reason);
        if (people != rows[i].people ||
            (rows[i].reason ? !reason || !strstr(reason, rows[i].reason) : reason != NULL))
            fail_msg("row %zu: %zu, %s", i, people, reason);
        assert_int_equal(ruling_needed(&rows[i].needs, NULL), people);
    }
}

/* --- time --- */

TEST(ruling_expires_a_week_after_it_could_have_been_done)
{
    static const struct {
        const char *name, *could_act_at, *not_before, *expected_on;
        bool spread, enough;
        const char *expires;
    } rows[] = {
        {"no night yet: 30 days", NULL, NULL, NULL, false, true, "2026-12-20 06"},
        {"a week from the first night", "2026-11-21 03", NULL, NULL, false, true, "2026-11-28 03"},
        {"due later: 30 days behind that", NULL, "2026-12-05", NULL, false, true, "2027-01-05 00"},
        {"due later, a week from the first night", "2026-12-05 03", "2026-12-05", NULL, false, true,
         "2026-12-12 03"},
        {"the first night came late: 30 days all the same", "2026-12-18 03", NULL, NULL, false,
         true, "2026-12-20 06"},
        {"was due before", NULL, "2026-10-01", NULL, false, true, "2026-12-20 06"},
        {"lacks a person", NULL, NULL, NULL, false, false, "2026-12-20 06"},
        {"lacks a person, due later", NULL, "2027-01-20", NULL, false, false, "2026-12-20 06"},
        {"spread: from its printed night", "2026-11-21 03", NULL, "2026-12-30", true, true,
         "2027-01-07 00"},
        {"spread: 30 days behind its printed night", NULL, NULL, "2026-12-30", true, true,
         "2027-01-30 00"},
        {"a printed night of one that is not spread", NULL, NULL, "2026-12-30", false, true,
         "2026-12-20 06"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ruling ruling = approval_by("anna");
        char text[INSTANT_TEXT_SIZE];
        ruling.could_act_at = hour_of(rows[i].could_act_at);
        ruling.not_before = day_of(rows[i].not_before);
        ruling.expected_on = day_of(rows[i].expected_on);
        ruling.spread = rows[i].spread;
        struct instant expires = ruling_expires(&ruling, &terms, rows[i].enough);
        if (instant_compare(expires, hour_of(rows[i].expires)) != 0)
            fail_msg("%s: %s", rows[i].name, instant_format(expires, text));
    }
}

TEST(ruling_expires_of_what_is_no_approval_is_none)
{
    for (unsigned kind = 0; kind < RULING_APPROVE; kind++) {
        struct ruling ruling = approval_by("anna");
        ruling.kind = (enum ruling_kind)kind;
        assert_false(instant_is_set(ruling_expires(&ruling, &terms, true)));
    }
}

/* --- what a night makes of it --- */

TEST(ruling_judge_ends_an_approval_for_certain_reasons_alone)
{
    static const struct row_subject same = {.value = {[SUBJECT_LAST_DAY] = "2026-03-03"}};
    static const struct row_subject other = {.value = {[SUBJECT_LAST_DAY] = NULL}};
    static const struct {
        const char *name;
        const struct row_subject *subject;
        const char *kept;
        bool doubt, asks_login;
        const char *login, *now;
        size_t needed, approvers;
        enum ruling_end end;
        const char *reason;
    } rows[] = {
        {"as it was", &same, NULL, false, false, NULL, "2026-11-22 06", 1, 1, RULING_STANDS, NULL},
        {"another row", &other, NULL, false, false, NULL, "2026-11-22 06", 1, 1, RULING_CHANGED,
         "the last day was 2026-03-03, is none"},
        {"another row, in doubt", &other, NULL, true, false, NULL, "2026-11-22 06", 1, 1,
         RULING_STANDS, NULL},
        {"kept for certain", NULL, "no rule applies", false, false, NULL, "2026-11-22 06", 1, 1,
         RULING_KEPT, "the account is kept: no rule applies"},
        {"kept in doubt", NULL, "ambiguous", true, false, NULL, "2026-11-22 06", 1, 1,
         RULING_STANDS, NULL},
        {"nobody says why there is no row", NULL, NULL, false, false, NULL, "2026-11-22 06", 1, 1,
         RULING_STANDS, NULL},
        {"a login since", &same, NULL, false, true, "2026-11-20 06", "2026-11-22 06", 1, 1,
         RULING_LOGIN, "2026-11-20T06:00:00Z"},
        {"a login since, and kept", NULL, "no rule applies", false, true, "2026-11-20 06",
         "2026-11-22 06", 1, 1, RULING_LOGIN, NULL},
        {"a login before", &same, NULL, false, true, "2026-11-20 05", "2026-11-22 06", 1, 1,
         RULING_STANDS, NULL},
        {"a login, and the rule does not ask it", &same, NULL, false, false, "2026-11-20 06",
         "2026-11-22 06", 1, 1, RULING_STANDS, NULL},
        {"a login since, in doubt", &same, NULL, true, true, "2026-11-20 06", "2026-11-22 06", 1, 1,
         RULING_STANDS, NULL},
        {"its last hour", &same, NULL, false, false, NULL, "2026-12-20 05", 1, 1, RULING_STANDS,
         NULL},
        {"its time is over", &same, NULL, false, false, NULL, "2026-12-20 06", 1, 1, RULING_EXPIRED,
         "it was due for that long"},
        {"its time is over, in doubt: time is no evidence", &same, NULL, true, false, NULL,
         "2026-12-20 06", 1, 1, RULING_EXPIRED, NULL},
        {"lacks a person", &same, NULL, false, false, NULL, "2026-12-20 05", 2, 1, RULING_STANDS,
         NULL},
        {"lacked a person for 30 days", &same, NULL, false, false, NULL, "2026-12-20 06", 2, 1,
         RULING_EXPIRED, NULL},
    };
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct account account = {.id = "A1"};
        struct ruling ruling = approval_by("anna");
        const char *reason = "";
        ruling.subject = row_subject_digest(&same);
        ruling.subject_text = row_subject_text(&arena, &same);
        ruling.asks_login = rows[i].asks_login;
        if (rows[i].login)
            account.login = (struct login){.kind = LOGIN_KNOWN, .at = hour_of(rows[i].login)};
        const struct ruling_night night = {
            .now = hour_of(rows[i].now),
            .today = day_of("2026-11-22"),
            .doubt = rows[i].doubt,
            .account = &account,
            .subject = rows[i].subject,
            .kept = rows[i].kept,
            .needed = rows[i].needed,
            .approvers = rows[i].approvers,
        };
        enum ruling_end end = ruling_judge(&arena, &ruling, &terms, &night, &reason);
        if (end != rows[i].end || (rows[i].reason && !strstr(reason, rows[i].reason)))
            fail_msg("%s: '%s': %s", rows[i].name, ruling_end_name(end), reason);
        assert_int_equal(reason[0] != '\0', end != RULING_STANDS);
        ruling.end = RULING_WITHDRAWN;
        assert_int_equal(ruling_judge(&arena, &ruling, &terms, &night, &reason), RULING_STANDS);
    }
    arena_release(&arena);
}

TEST(ruling_judge_says_which_time_is_over)
{
    static const struct {
        const char *could_act_at;
        size_t approvers;
        const char *reason;
    } rows[] = {
        {"2026-11-21 03", 2, "could have been done"},
        {NULL, 1, "nobody else approved"},
        {NULL, 2, "due for that long"},
    };
    struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ruling ruling = approval_by("anna");
        const char *reason = "";
        ruling.could_act_at = hour_of(rows[i].could_act_at);
        ruling.not_before = day_of(rows[i].approvers == 1 ? "2027-02-01" : "2026-11-20");
        const struct ruling_night night = {.now = hour_of("2027-01-20 06"),
                                           .today = day_of("2027-01-20"),
                                           .needed = 2,
                                           .approvers = rows[i].approvers};
        assert_int_equal(ruling_judge(&arena, &ruling, &terms, &night, &reason), RULING_EXPIRED);
        if (!strstr(reason, rows[i].reason))
            fail_msg("row %zu: %s", i, reason);
    }
    arena_release(&arena);
}

TEST(ruling_judge_ends_what_spares_by_its_day_alone)
{
    static const struct row_subject other = {.value = {[SUBJECT_ACCOUNT] = "another"}};
    struct account account = {.login = {.kind = LOGIN_KNOWN, .at = hour_of("2026-11-21 06")}};
    struct arena arena = ARENA_INIT;

    for (unsigned kind = 0; kind < RULING_APPROVE; kind++) {
        const struct ruling ruling = {
            .kind = (enum ruling_kind)kind, .until = day_of("2026-11-22"), .asks_login = true};
        struct ruling_night night = {.now = hour_of("2026-11-22 06"),
                                     .today = day_of("2026-11-22"),
                                     .account = &account,
                                     .subject = &other};
        const char *reason = NULL;
        assert_int_equal(ruling_judge(&arena, &ruling, &terms, &night, &reason), RULING_STANDS);
        night.subject = NULL;
        night.kept = "no rule applies";
        assert_int_equal(ruling_judge(&arena, &ruling, &terms, &night, &reason), RULING_STANDS);
        night.today = day_of("2026-11-23");
        assert_int_equal(ruling_judge(&arena, &ruling, &terms, &night, &reason), RULING_EXPIRED);
        assert_string_equal(reason, "it was until 2026-11-22");
    }
    arena_release(&arena);
}
