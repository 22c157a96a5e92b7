/*
 * Patterns are compared as the condition `profile` compares them. The order of the classes decides
 * where several fit, so that "*" can be the last one.
 */
#include "core/seats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/parse.h"
#include "base/table.h"
#include "base/text.h"
#include "core/condition.h"

static bool class_fits(const struct seat_class *seat_class, const struct profile *profile,
                       struct arena *scratch)
{
    return patterns_match(&seat_class->profile, profile->id, scratch) ||
           patterns_match(&seat_class->profile, profile->name, scratch);
}

const struct seat_class *seats_class_of(const struct seats *seats, const struct profile *profile)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;

    for (size_t i = 0; seats && profile && i < seats->count; i++) {
        if (class_fits(&seats->seat_class[i], profile, &scratch))
            return &seats->seat_class[i];
    }
    return NULL;
}

bool seats_pattern_fits(const char *pattern, const struct profile *profile)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct seat_class alone = {.profile = {.item = &pattern, .count = 1}};

    return class_fits(&alone, profile, &scratch);
}

/* --- how many there are --- */

void class_places_init(struct class_places *places, const struct seats *seats,
                       const struct snapshot *snapshot)
{
    table_init(&places->by_profile, snapshot->profile_count);
    places->none = seats->count;
    for (size_t i = 0; i < snapshot->profile_count; i++) {
        const struct seat_class *is = seats_class_of(seats, &snapshot->profile[i]);
        if (is)
            table_add(&places->by_profile, snapshot->profile[i].id,
                      (uint32_t)(is - seats->seat_class));
    }
}

void class_places_release(struct class_places *places)
{
    table_release(&places->by_profile);
}

size_t class_place(const struct class_places *places, const char *profile_id)
{
    uint32_t at = profile_id ? table_find(&places->by_profile, profile_id) : TABLE_END;

    return at == TABLE_END ? places->none : table_value(&places->by_profile, at);
}

static void count_account(struct class_seats *class, const struct class_places *places,
                          const struct account *account, const struct decision *decision)
{
    const struct action_meaning *action = &actions[decision->action];
    bool takes = account->status == ACCOUNT_ACTIVE;
    bool takes_after = action->takes_seat || (takes && !action->frees_seat);
    size_t now = class_place(places, account_alike(account)->profile_id), after = now;

    if (decision->to)
        after = class_place(places, decision->to->id);
    class[now].seats += takes;
    class[after].seats_after += takes_after;
}

size_t seats_count(struct arena *arena, const struct seats *seats, const struct snapshot *snapshot,
                   const struct decided *decided, struct class_seats **ret_class)
{
    size_t count = seats ? seats->count : 0;
    struct class_seats *class = arena_calloc(arena, count + 1, sizeof(class[0]));
    CLEANUP(class_places_release) struct class_places places = {.none = 0};

    *ret_class = class;
    if (count == 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        const struct seat_class *is = &seats->seat_class[i];
        class[i] = (struct class_seats){.name = is->name,
                                        .contracted = is->contracted,
                                        .price = is->price,
                                        .currency = is->currency};
    }
    class[count] = (struct class_seats){.contracted = -1, .price = -1};
    class_places_init(&places, seats, snapshot);
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct decision one =
            decided ? decided_at(decided, i) : (struct decision){.to = NULL};
        count_account(class, &places, &snapshot->account[i], &one);
    }
    return count + (class[count].seats + class[count].seats_after > 0);
}

/* --- money --- */

const char *money_format(int64_t money, char text[static MONEY_TEXT_MAX])
{
    uint64_t size = money < 0 ? 0 - (uint64_t)money : (uint64_t)money;
    size_t length = (size_t)snprintf(text, MONEY_TEXT_MAX, "%s%" PRIu64 ".%04" PRIu64,
                                     money < 0 ? "-" : "", size / MONEY_ONE, size % MONEY_ONE);

    while (text[length - 1] == '0')
        text[--length] = '\0';
    if (text[length - 1] == '.')
        text[--length] = '\0';
    return text;
}

/* A number that somebody wrote with at most 15 digits comes out of a double as it was written. */
bool money_of_number(double number, int64_t *ret_money)
{
    char text[MONEY_TEXT_MAX];

    if (!(number >= 0 && number <= (double)PRICE_MOST))
        return false;
    snprintf(text, sizeof(text), "%.15g", number);
    const char *dot = strchr(text, '.');
    if (strchr(text, 'e') || (dot && strlen(dot + 1) > MONEY_PLACES))
        return false;
    *ret_money = (int64_t)(number * MONEY_ONE + 0.5);
    return true;
}

bool money_parse(const char *text, int64_t *ret_money)
{
    bool below = *text == '-';
    size_t whole_length = strcspn(text += below, "."), places = 0;
    int64_t whole = 0, part = 0;

    if (text[whole_length] == '.')
        places = strlen(text + whole_length + 1);
    if (!parse_digits(text, whole_length, INT64_MAX / MONEY_ONE - 1, &whole) ||
        places > MONEY_PLACES ||
        (text[whole_length] == '.' &&
         !parse_digits(text + whole_length + 1, places, MONEY_ONE - 1, &part)))
        return false;
    for (; places < MONEY_PLACES && part > 0; places++)
        part *= 10;
    int64_t money = whole * MONEY_ONE + part;
    *ret_money = below ? -money : money;
    return true;
}
