/*
 * Bynder's page counts seats by class and tells of no profile, so the profiles stand here with
 * their active users, and the sums beneath them are what is to be compared.
 */
#include "report/seats.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/table.h"
#include "config/write.h"
#include "core/seat_guess.h"
#include "format/encode.h"

#define COMPARE                                                                                    \
    "compare this with Advanced settings > Users & Storage in Bynder: contracts differ in which "  \
    "rights count where\n"

enum { NAME_WIDTH = 24 };

/* A profile with what is told of it. */
struct told {
    const struct profile *profile;
    const char *class; /* configured, else guessed; "(no class)" */
    size_t place;      /* of the class among the others */
    size_t active;
};

struct telling {
    const struct seats *seats;
    const struct snapshot *snapshot;
    struct told *told;
    size_t others; /* active accounts of no profile that the portal tells of */
};

static const char *name_of(const struct profile *profile)
{
    return text_is_empty(profile->name) ? profile->id : profile->name;
}

static int compare_told(const void *a, const void *b)
{
    const struct told *left = a, *right = b;

    if (left->place != right->place)
        return left->place < right->place ? -1 : 1;
    int order = text_compare(name_of(left->profile), name_of(right->profile));
    return order ? order : text_compare(left->profile->id, right->profile->id);
}

static void place_profile(const struct seats *seats, struct told *told)
{
    const struct seat_class *is = seats_class_of(seats, told->profile);
    enum seat_guess guess = seat_guess(told->profile);

    if (seats->count == 0) {
        told->class = seat_guess_name(guess);
        told->place = (size_t)(SEAT_HEAVY - guess);
        return;
    }
    told->class = is ? is->name : "(no class)";
    told->place = is ? (size_t)(is - seats->seat_class) : seats->count;
}

static void telling_init(struct telling *telling, const struct seats *seats,
                         const struct snapshot *snapshot)
{
    struct table by_id;

    *telling = (struct telling){
        .seats = seats,
        .snapshot = snapshot,
        .told = mem_calloc(snapshot->profile_count, sizeof(telling->told[0])),
    };
    table_init(&by_id, snapshot->profile_count);
    for (size_t i = 0; i < snapshot->profile_count; i++) {
        telling->told[i].profile = &snapshot->profile[i];
        place_profile(seats, &telling->told[i]);
        table_add(&by_id, snapshot->profile[i].id, (uint32_t)i);
    }
    for (size_t i = 0; i < snapshot->count; i++) {
        uint32_t at = table_find(&by_id, account_alike(&snapshot->account[i])->profile_id);
        size_t *count =
            at == TABLE_END ? &telling->others : &telling->told[table_value(&by_id, at)].active;
        *count += snapshot->account[i].status == ACCOUNT_ACTIVE;
    }
    table_release(&by_id);
    if (snapshot->profile_count)
        qsort(telling->told, snapshot->profile_count, sizeof(telling->told[0]), compare_told);
}

/* --- lines --- */

static void add_line(struct text *out, size_t count, const char *class, const char *profile)
{
    text_addf(out, "      %8zu  ", count);
    encode_cell(out, class, NAME_WIDTH);
    text_add(out, "  ");
    text_add_printable(out, profile);
    text_add_char(out, '\n');
}

static void add_profiles(struct text *out, const struct telling *telling)
{
    for (size_t i = 0; i < telling->snapshot->profile_count; i++) {
        const struct told *told = &telling->told[i];
        bool is_none = telling->seats->count > 0 && told->place == telling->seats->count;
        CLEANUP(text_release) struct text name = TEXT_INIT;

        text_add(&name, name_of(told->profile));
        if (is_none)
            text_addf(&name, " (by its roles perhaps %s)",
                      seat_guess_name(seat_guess(told->profile)));
        add_line(out, told->active, told->class, text_cstr(&name));
    }
    if (telling->others)
        add_line(out, telling->others, "(no class)", "(no profile)");
}

static void add_total(struct text *out, const char *class, size_t seats, int64_t contracted)
{
    text_addf(out, "      %8zu  ", seats);
    text_add_printable(out, class);
    if (contracted >= 0)
        text_addf(out, ", of %lld that the contract has", (long long)contracted);
    text_add_char(out, '\n');
}

static size_t active_of(const struct telling *telling, size_t place)
{
    size_t seats = 0;

    for (size_t i = 0; i < telling->snapshot->profile_count; i++)
        seats += telling->told[i].place == place ? telling->told[i].active : 0;
    return seats;
}

static void add_totals(struct text *out, const struct telling *telling)
{
    const struct seats *seats = telling->seats;
    size_t none = telling->others + (seats->count ? active_of(telling, seats->count) : 0);

    for (size_t i = 0; seats->count == 0 && i < SEAT_GUESS_COUNT; i++)
        add_total(out, seat_guess_name(SEAT_HEAVY - (enum seat_guess)i), active_of(telling, i), -1);
    for (size_t i = 0; i < seats->count; i++)
        add_total(out, seats->seat_class[i].name, active_of(telling, i),
                  seats->seat_class[i].contracted);
    if (none)
        add_total(out, "(no class)", none, -1);
}

/* --- what does not fit --- */

static void add_unfitted_profiles(struct text *out, const struct telling *telling)
{
    for (size_t i = 0; i < telling->snapshot->profile_count; i++) {
        const struct told *told = &telling->told[i];
        if (telling->seats->count == 0 || told->place < telling->seats->count)
            continue;
        text_add(out, "note  seats     no class fits profile '");
        text_add_printable(out, name_of(told->profile));
        text_addf(out, "' (%zu active)\n", told->active);
    }
}

static bool fits_any(const char *pattern, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->profile_count; i++) {
        if (seats_pattern_fits(pattern, &snapshot->profile[i]))
            return true;
    }
    return false;
}

static void add_unfitted_patterns(struct text *out, const struct telling *telling)
{
    for (size_t i = 0; i < telling->seats->count; i++) {
        const struct seat_class *is = &telling->seats->seat_class[i];
        for (size_t k = 0; k < is->profile.count; k++) {
            if (fits_any(is->profile.item[k], telling->snapshot))
                continue;
            text_add(out, "note  seats     pattern '");
            text_add_printable(out, is->profile.item[k]);
            text_add(out, "' of class '");
            text_add_printable(out, is->name);
            text_add(out, "' fits no profile\n");
        }
    }
}

/* --- the settings to begin with --- */

/* Its name, where that can be said and means this profile alone; else its id. */
static const char *pattern_of(struct arena *arena, const struct table *by_name,
                              const struct profile *profile)
{
    const char *folded = fold_text(arena, profile->name);
    uint32_t at = table_find(by_name, folded);

    if (at == TABLE_END || table_length(by_name, at) > 1 || strpbrk(folded, "*?") ||
        !config_can_say(profile->name))
        return profile->id;
    return profile->name;
}

static void add_class(struct text *out, const struct telling *telling, struct arena *arena,
                      const struct table *by_name, size_t place)
{
    size_t count = 0;

    for (size_t i = 0; i < telling->snapshot->profile_count; i++) {
        if (telling->told[i].place != place)
            continue;
        if (count++ == 0)
            text_addf(out, "        { name = \"%s\"; profiles = [ ",
                      seat_guess_name(SEAT_HEAVY - (enum seat_guess)place));
        else
            text_add(out, ", ");
        config_add_quoted(out, pattern_of(arena, by_name, telling->told[i].profile));
    }
    text_add(out, count ? " ]; },\n" : "");
}

static void add_block(struct text *out, const struct telling *telling)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(text_release) struct text classes = TEXT_INIT;
    struct table by_name;

    table_init(&by_name, telling->snapshot->profile_count);
    for (size_t i = 0; i < telling->snapshot->profile_count; i++) {
        const char *folded = fold_text(&arena, telling->snapshot->profile[i].name);
        if (folded)
            table_add(&by_name, folded, (uint32_t)i);
    }
    for (size_t place = 0; place < SEAT_GUESS_COUNT; place++)
        add_class(&classes, telling, &arena, &by_name, place);
    text_add(out, "\nseats:\n{\n    classes = (\n");
    text_add_bytes(out, text_cstr(&classes), classes.length - strlen(",\n"));
    text_add(out, "\n    );\n"
                  "    # of each class as the contract has it: contracted = 40; price = 1200.0;\n"
                  "    # (of a seat and year), and here: currency = \"EUR\"; renews = "
                  "\"2027-03-01\";\n};\n");
    table_release(&by_name);
}

void seats_report(const struct seats *seats, const struct snapshot *snapshot, struct text *out)
{
    struct telling telling;

    telling_init(&telling, seats, snapshot);
    text_addf(out, "        active  %-*s  profile\n", NAME_WIDTH,
              seats->count ? "class" : "class (a guess by roles)");
    add_profiles(out, &telling);
    text_add(out, "      together\n");
    add_totals(out, &telling);
    text_add(out, "      " COMPARE);
    add_unfitted_profiles(out, &telling);
    add_unfitted_patterns(out, &telling);
    if (seats->count == 0 && snapshot->profile_count > 0) {
        text_add(out, "      no classes are configured; to begin with, when it was compared:\n");
        add_block(out, &telling);
    }
    free(telling.told);
}
