/*
 * What the settings below seats mean together. A class that is wrong stays in the list, so that the
 * others are judged as well; nothing of it is used, because the configuration is not.
 */
#include <stdlib.h>
#include <string.h>
#include <unicode/ucurr.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/table.h"
#include "config/loader.h"
#include "core/condition.h"

static const char *class_path(const struct config_loader *loader, size_t i, const char *name)
{
    return arena_printf(loader->arena, "seats.classes.[%zu].%s", i, name);
}

static bool class_given(const struct config_loader *loader, size_t i, const char *name)
{
    return config_given(loader, class_path(loader, i, name));
}

static unsigned class_line(const struct config_loader *loader, size_t i, const char *name)
{
    return config_line(loader, class_path(loader, i, name));
}

/* --- currencies --- */

static bool is_currency(const char *code)
{
    UChar wide[4] = {0};

    for (size_t i = 0; i < 3; i++) {
        if (code[i] < 'A' || code[i] > 'Z')
            return false;
        wide[i] = (UChar)code[i];
    }
    return code[3] == '\0' && ucurr_getNumericCode(wide) != 0;
}

static void check_currency(struct config_loader *loader, unsigned line, const char *path,
                           const char *code)
{
    if (code && !is_currency(code))
        config_problem_add(loader, line,
                           "'%s' is '%s', which is no currency of ISO 4217; hint: three capital "
                           "letters, such as EUR",
                           path, code);
}

/* --- classes --- */

/* Folded, as they are compared; and each once, or the second one would never count. */
static void fold_patterns(struct config_loader *loader, size_t i, struct table *seen)
{
    struct seat_class *seat_class = &loader->config->seats.seat_class[i];
    const char **item = arena_calloc(loader->arena, seat_class->profile.count + 1, sizeof(item[0]));

    for (size_t k = 0; k < seat_class->profile.count; k++) {
        unsigned line = class_line(loader, i, "profiles");
        item[k] = fold_text(loader->arena, seat_class->profile.item[k]);
        if (!item[k]) {
            config_problem_add(loader, line, "'seats.classes.profiles' has a blank pattern");
            item[k] = "";
            continue;
        }
        uint32_t at = table_find(seen, item[k]);
        if (at != TABLE_END)
            config_problem_add(loader, line,
                               "'seats.classes.profiles' has '%s' in class '%s' and in class '%s' "
                               "before it",
                               seat_class->profile.item[k], seat_class->name,
                               loader->config->seats.seat_class[table_value(seen, at)].name);
        else
            table_add(seen, item[k], (uint32_t)i);
    }
    seat_class->profile.item = item;
}

static void check_name(struct config_loader *loader, size_t i)
{
    const struct seat_class *seat_class = loader->config->seats.seat_class;

    for (size_t earlier = 0; earlier < i; earlier++) {
        if (seat_class[earlier].name &&
            text_equal(fold_text(loader->arena, seat_class[earlier].name),
                       fold_text(loader->arena, seat_class[i].name)))
            config_problem_add(loader, class_line(loader, i, "name"),
                               "class '%s' is there twice, in line %u as well", seat_class[i].name,
                               seat_class[earlier].line);
    }
}

static void check_money(struct config_loader *loader, size_t i)
{
    struct seats *seats = &loader->config->seats;
    struct seat_class *seat_class = &seats->seat_class[i];

    check_currency(loader, class_line(loader, i, "currency"), "seats.classes.currency",
                   seat_class->currency);
    if (!class_given(loader, i, "price")) {
        seat_class->price = -1;
        seat_class->currency = NULL;
        return;
    }
    if (!seat_class->currency)
        seat_class->currency = seats->currency;
    if (!seat_class->currency && !class_given(loader, i, "currency") &&
        !config_given(loader, "seats.currency"))
        config_problem_add(loader, class_line(loader, i, "price"),
                           "class '%s' has a price without a currency; hint: set 'seats.currency'",
                           seat_class->name);
}

static void check_contracted(struct config_loader *loader, size_t i)
{
    struct seat_class *seat_class = &loader->config->seats.seat_class[i];

    if (class_given(loader, i, "contracted"))
        return;
    seat_class->contracted = -1;
    if (loader->config->seats.keep_free > 0)
        config_problem_add(loader, seat_class->line,
                           "class '%s' has no 'contracted', without which 'seats.keep_free' cannot "
                           "tell how many of its seats are free",
                           seat_class->name);
}

static void check_classes(struct config_loader *loader)
{
    const struct seats *seats = &loader->config->seats;
    struct table seen;

    table_init(&seen, 64);
    for (size_t i = 0; i < seats->count; i++) {
        if (!seats->seat_class[i].name)
            seats->seat_class[i].name = ""; /* its absence was said */
        fold_patterns(loader, i, &seen);
        check_name(loader, i);
        check_money(loader, i);
        check_contracted(loader, i);
    }
    table_release(&seen);
}

/* --- what rules ask --- */

static bool fits_a_class(struct config_loader *loader, const char *pattern)
{
    const struct seats *seats = &loader->config->seats;
    const struct patterns one = {.item = &pattern, .count = 1};

    for (size_t i = 0; i < seats->count; i++) {
        if (patterns_match(&one, seats->seat_class[i].name, loader->arena))
            return true;
    }
    return false;
}

/* A name that there is not would make a rule that never holds, or an exception that never does. */
static void check_asked(struct config_loader *loader, size_t rule, const char *where,
                        const struct patterns *asked)
{
    const char *path = arena_printf(loader->arena, "policy.rules.[%zu].%s.class", rule, where);
    const struct seats *seats = &loader->config->seats;

    if (asked->count > 0 && seats->count == 0) {
        config_problem_add(loader, config_line(loader, path),
                           "rule '%s' asks for the class, and 'seats.classes' has none",
                           loader->config->policy.rule[rule].name);
        return;
    }
    for (size_t i = 0; i < asked->count; i++) {
        if (!fits_a_class(loader, asked->item[i]))
            config_problem_add(loader, config_line(loader, path),
                               "rule '%s' asks for class '%s', and no class in 'seats.classes' is "
                               "called that",
                               loader->config->policy.rule[rule].name, asked->item[i]);
    }
}

void config_check_seats(struct config_loader *loader)
{
    struct config *config = loader->config;
    struct seats *kept = arena_calloc(loader->arena, 1, sizeof(*kept));

    check_currency(loader, config_line(loader, "seats.currency"), "seats.currency",
                   config->seats.currency);
    if (config->seats.keep_free > 0 && config->seats.count == 0)
        config_problem_add(loader, config_line(loader, "seats.keep_free"),
                           "'seats.keep_free' needs 'seats.classes' with 'contracted'");
    if (config_given(loader, "seats.classes") && config->seats.seat_class &&
        config->seats.count == 0)
        config_problem_add(loader, config_line(loader, "seats.classes"),
                           "'seats.classes' is empty");
    check_classes(loader);
    for (size_t i = 0; i < config->policy.rule_count; i++) {
        check_asked(loader, i, "when", &config->policy.rule[i].when.seat_class);
        check_asked(loader, i, "unless", &config->policy.rule[i].unless.seat_class);
    }
    *kept = config->seats;
    config->policy.seats = kept;
}
