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

const struct seat_class *seats_class_named(const struct seats *seats, const char *name)
{
    for (size_t i = 0; seats && name && i < seats->count; i++) {
        if (text_equal(seats->seat_class[i].name, name))
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
