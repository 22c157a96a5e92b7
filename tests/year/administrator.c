/*
 * Nothing is known here but what the program prints: the plan as JSON, and the sentence of a
 * refusal with its hint.
 */
#include "administrator.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

#include "calendar.h"

enum { MINUTES_LOOK = 5, MINUTES_HOLD = 10, CODE_USAGE = 64, WORDS = 16 };

#define REASON "it is true, HR says"

/* Guards that ask whether what the program knows can be trusted; the others are of amount. */
static const char *const evidence[] = {"G1", "G2", "G3", "G4", "G5", "G6", "G13", "G14", "G15"};

static void put_json(struct json_object **json)
{
    (void)json_object_put(*json);
}

void administrator_init(struct administrator *administrator, struct program *program,
                        struct seats *seats, struct oracle *oracle, int nights)
{
    *administrator = (struct administrator){
        .program = program, .seats = seats, .oracle = oracle, .nights = nights};
}

void administrator_release(struct administrator *administrator)
{
    free(administrator->refusal);
}

/* --- reading the plan --- */

static struct json_object *member(struct json_object *json, const char *key)
{
    struct json_object *value = NULL;

    (void)json_object_object_get_ex(json, key, &value);
    return value;
}

static const char *text_of(struct json_object *json, const char *key)
{
    struct json_object *value = member(json, key);

    return value ? json_object_get_string(value) : "";
}

static int64_t number_of(struct json_object *json, const char *key)
{
    struct json_object *value = member(json, key);

    return value ? json_object_get_int64(value) : 0;
}

static bool is_evidence(const char *guard)
{
    for (size_t i = 0; i < COUNT_OF(evidence); i++)
        if (text_equal(evidence[i], guard))
            return true;
    return false;
}

/* Rows that would change something and that nobody has decided about. Where decisions are not
 * shown, that is all of them. */
static size_t undecided(struct json_object *rows)
{
    size_t count = 0;

    for (size_t i = 0; rows && i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        const char *action = text_of(row, "action");
        count += (text_equal(action, "suspend") || text_equal(action, "deprovision")) &&
                 !member(row, "decided");
    }
    return count;
}

/* --- commands --- */

static void note_missing(struct administrator *administrator, const char *verb)
{
    for (size_t i = 0; i < VERBS_MISSING_MAX; i++) {
        if (administrator->missing[i] && !text_equal(administrator->missing[i], verb))
            continue;
        administrator->missing[i] = verb;
        administrator->missing_count[i]++;
        return;
    }
}

/* `what` names the words that the program may not know yet. */
static int command(struct administrator *administrator, struct day day, const char *what,
                   const char *const *words, struct program_result *ret_result, struct err *err)
{
    if (program_run(administrator->program, calendar_at(day, CALENDAR_LOOK_S), words, ret_result,
                    err))
        return -1;
    const char *said = text_cstr(&ret_result->err);
    if (ret_result->code == CODE_USAGE && strstr(said, "unknown"))
        note_missing(administrator, what);
    if (administrator->verbose) {
        (void)fprintf(stderr, "    %s: %d", what, ret_result->code);
        for (size_t i = 0; words[i]; i++)
            (void)fprintf(stderr, " %.20s", words[i]);
        (void)fprintf(stderr, "\n      %.300s%.300s\n", said,
                      text_equal(what, "show") ? "" : text_cstr(&ret_result->out));
    }
    return 0;
}

/* An approval, to which what is printed as advice is added until it is taken. */
struct approval {
    const char *word[WORDS];
    size_t count;
    bool spread;
    char override[64]; /* guards with commas between */
};

static void add_word(struct approval *approval, const char *word)
{
    if (approval->count + 1 < WORDS)
        approval->word[approval->count++] = word;
}

static void make_words(struct approval *approval, const char *plan, const char *digest)
{
    *approval->word = NULL;
    approval->count = 0;
    add_word(approval, "approve");
    add_word(approval, plan);
    add_word(approval, "--digest");
    add_word(approval, digest);
    if (approval->spread)
        add_word(approval, "--spread");
    if (approval->override[0]) {
        add_word(approval, "--override");
        add_word(approval, approval->override);
        add_word(approval, "--reason");
        add_word(approval, REASON);
    }
    approval->word[approval->count] = NULL;
}

/* Whether something was printed that was not tried yet. An approval that was taken needs no
 * override, and nobody lets a guard of evidence go when it is right. */
static bool take_advice(struct approval *approval, bool taken, bool true_evidence, const char *said)
{
    const char *option = strstr(said, "--override ");
    size_t length = option ? strcspn(option + strlen("--override "), " '\n") : 0;

    if (strstr(said, "--spread") && !approval->spread) {
        approval->spread = true;
        return true;
    }
    if (taken || length == 0 || length > 4 || strlen(approval->override) + length + 2 > 60)
        return false;
    char guard[8] = "";
    memcpy(guard, option + strlen("--override "), length);
    if (guard[0] != 'G' || strstr(approval->override, guard) ||
        (is_evidence(guard) && !true_evidence))
        return false;
    if (approval->override[0])
        memcpy(approval->override + strlen(approval->override), ",", 2);
    memcpy(approval->override + strlen(approval->override), guard, length + 1);
    return true;
}

static int approve(struct administrator *administrator, struct day day, const char *plan,
                   const char *digest, bool true_evidence, struct err *err)
{
    struct approval approval = {.count = 0};
    bool again = true;

    while (again) {
        CLEANUP(program_result_release) struct program_result result = {.code = 0};
        make_words(&approval, plan, digest);
        if (command(administrator, day, approval.spread ? "approve --spread" : "approve",
                    approval.word, &result, err))
            return -1;
        again = take_advice(&approval, result.code == 0, true_evidence, text_cstr(&result.err)) ||
                take_advice(&approval, result.code == 0, true_evidence, text_cstr(&result.out));
        if (result.code == 0 && !again) {
            administrator->approved++;
            administrator->spread += approval.spread;
            administrator->overrides += approval.override[0] != '\0';
            return 0;
        }
        if (result.code == 0)
            continue;
        free(administrator->refusal);
        administrator->refusal = mem_strdup(text_cstr(&result.err));
    }
    administrator->refused++;
    return 0;
}

static int acknowledge(struct administrator *administrator, struct day day, const char *plan,
                       const char *digest, const char *guard, struct err *err)
{
    CLEANUP(program_result_release) struct program_result result = {.code = 0};
    const char *const words[] = {"acknowledge", plan,       "--digest", digest, "--guard",
                                 guard,         "--reason", REASON,     NULL};

    if (command(administrator, day, "acknowledge", words, &result, err))
        return -1;
    administrator->acknowledged += result.code == 0;
    return 0;
}

/* --- keeping somebody --- */

/* The first one of the plan who is proposed for being idle and is at work. */
static struct seat *choose_to_keep(struct administrator *administrator, struct json_object *rows,
                                   struct day day)
{
    for (size_t i = 0; rows && i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        struct seat *seat = seats_find(administrator->seats, text_of(row, "account_id"));
        const struct person *person = seat ? seats_person(administrator->seats, seat) : NULL;
        if (person && company_works(person, day) && text_equal(text_of(row, "action"), "suspend") &&
            text_equal(text_of(row, "rule"), "idle"))
            return seat;
    }
    return NULL;
}

static int keep_somebody(struct administrator *administrator, struct day day,
                         struct json_object *rows, struct err *err)
{
    CLEANUP(program_result_release) struct program_result result = {.code = 0};
    struct seat *seat = choose_to_keep(administrator, rows, day);
    struct day until = day_add(day, ADMINISTRATOR_KEEP_DAYS);
    char text[DAY_TEXT_SIZE];

    if (!seat)
        return 0;
    administrator->keeps_tried++;
    const char *const words[] = {
        "keep", seat->id, "--until", day_format(until, text), "--reason", "needs it in spring",
        NULL};
    if (command(administrator, day, "keep", words, &result, err))
        return -1;
    if (result.code == 0) {
        administrator->kept++;
        oracle_note_kept(administrator->oracle, seat, until);
    }
    return 0;
}

/* In the first third of the year, and in the second. */
static bool keeps_on(const struct administrator *administrator, struct day day)
{
    int at = day_between(calendar_first_day(), day);
    int done = administrator->keeps_tried;

    return done < ADMINISTRATOR_KEEPS && at >= administrator->nights * (done + 1) / 3;
}

/* --- a look --- */

static int look_at_guards(struct administrator *administrator, struct day day,
                          struct json_object *json, const char *plan, bool true_evidence,
                          struct err *err)
{
    struct json_object *guards = member(json, "guards");
    const char *digest = text_of(member(json, "plan"), "digest");
    bool held = false;

    for (size_t i = 0; guards && i < json_object_array_length(guards); i++) {
        struct json_object *guard = json_object_array_get_idx(guards, i);
        const char *id = text_of(guard, "id");
        if (!text_equal(text_of(guard, "verdict"), "hold"))
            continue;
        held = true;
        if (is_evidence(id) && true_evidence &&
            acknowledge(administrator, day, plan, digest, id, err))
            return -1;
    }
    administrator->holds += held;
    administrator->minutes += held ? MINUTES_HOLD : 0;
    return 0;
}

static int look_at_plan(struct administrator *administrator, struct day day,
                        struct json_object *json, bool true_evidence, struct err *err)
{
    CLEANUP(text_release) struct text plan = TEXT_INIT;

    text_addf(&plan, "%lld", (long long)number_of(member(json, "plan"), "id"));
    if (look_at_guards(administrator, day, json, text_cstr(&plan), true_evidence, err))
        return -1;
    if (keeps_on(administrator, day) &&
        keep_somebody(administrator, day, member(json, "decisions"), err))
        return -1;
    if (undecided(member(json, "decisions")) == 0)
        return 0;
    return approve(administrator, day, text_cstr(&plan), text_of(member(json, "plan"), "digest"),
                   true_evidence, err);
}

int administrator_look(struct administrator *administrator, struct day day, bool true_evidence,
                       struct err *err)
{
    CLEANUP(program_result_release) struct program_result result = {.code = 0};
    CLEANUP(put_json) struct json_object *json = NULL;

    administrator->looks++;
    administrator->minutes += MINUTES_LOOK;
    if (command(administrator, day, "show", (const char *const[]){"show", "--format", "json", NULL},
                &result, err))
        return -1;
    json = result.code == 0 ? json_tokener_parse(text_cstr(&result.out)) : NULL;
    return json ? look_at_plan(administrator, day, json, true_evidence, err) : 0;
}
