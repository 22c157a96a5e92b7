/*
 * A mapping names a handful of columns, a header has some dozens, so titles are simply compared one
 * by one, folded. Whoever mends a mapping at night sees what is there, and what was probably meant.
 */
#include "roster/titles.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/unseen.h"
#include "roster/lexicon.h"

enum { MISSING = -1, NAMES_SHOWN = 40, NAME_SHOWN_BYTES = 60 };

void roster_titles_clear(struct roster_titles *titles)
{
    text_clear(&titles->written);
    titles->count = 0;
}

void roster_titles_release(struct roster_titles *titles)
{
    text_release(&titles->written);
    titles->count = 0;
}

int roster_titles_add(struct roster_titles *titles, uint32_t row, const char *bytes, size_t length,
                      struct err *err)
{
    if (length > LIMIT_FIELD)
        return err_set(
            err, ERR_ROSTER,
            "row %u, column %zu: a column name is longer than %d bytes; hint: is there a "
            "header row?",
            row, titles->count + 1, LIMIT_FIELD);
    text_add_bytes(&titles->written, bytes, length);
    text_add_char(&titles->written, '\0');
    titles->count++;
    return 0;
}

static const char **list_names(const struct text *names, size_t count)
{
    const char **list = mem_calloc(count, sizeof(list[0]));
    const char *name = text_cstr(names);

    for (size_t i = 0; i < count; i++) {
        list[i] = name;
        name += strlen(name) + 1;
    }
    return list;
}

/* Each title folded, with its NUL, as they are compared. */
static void fold_names(const struct roster_titles *titles, struct text *ret_folded)
{
    const char *name = text_cstr(&titles->written);

    for (size_t i = 0; i < titles->count; i++) {
        CLEANUP(text_release) struct text folded = TEXT_INIT;

        unseen_fold(&folded, name);
        text_add(ret_folded, text_cstr(&folded));
        text_add_char(ret_folded, '\0');
        name += strlen(name) + 1;
    }
}

/* --- what to say --- */

/* Without a header row the first row is a person, whose values have no business in a message. So
 * what stands there is shown when one of the titles that are looked for is there, if only in
 * another case or before another delimiter, or two that are known elsewhere; not when it holds
 * numbers, dates or addresses, which are nobody's titles. */
static bool holds_data(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (*names[i] &&
            (strchr(names[i], '@') || names[i][strspn(names[i], "0123456789.,:/+- ")] == '\0'))
            return true;
    }
    return false;
}

bool roster_titles_may_be_shown(const char *const *names, size_t count,
                                const struct roster_column *mapped, size_t mapped_count)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    size_t known = 0;
    unsigned rank;

    if (holds_data(names, count))
        return false;
    for (size_t i = 0; i < mapped_count; i++) {
        for (size_t k = 0; k < count; k++) {
            if (count == 1 ? strcasestr(names[k], mapped[i].name) != NULL
                           : strcasecmp(names[k], mapped[i].name) == 0)
                return true;
        }
    }
    const struct lexicon *lexicon = lexicon_new(&arena);
    for (size_t i = 0; i < count && known < 2; i++)
        known += lexicon_title(lexicon, names[i], &rank) != MEANING_NONE;
    return known >= 2;
}

static void add_shown(struct text *text, const char *name)
{
    text_add_char(text, '\'');
    unseen_show(text, name, NAME_SHOWN_BYTES);
    text_add_char(text, '\'');
}

static void add_names_present(struct text *text, const char *const *names, size_t count)
{
    text_add(text, count == 1 ? "; the only column is " : "; columns present: ");
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
        if (i > 0)
            text_add(text, ", ");
        add_shown(text, names[i]);
    }
    if (count > NAMES_SHOWN)
        text_addf(text, " and %zu more", count - NAMES_SHOWN);
}

static void add_names(struct text *text, const char *const *names, size_t count, bool shown)
{
    if (shown)
        add_names_present(text, names, count);
    else
        text_add(text, "; hint: the first row looks like data and is not shown, the file needs a "
                       "header row");
    if (count == 1)
        text_add(text, shown ? "; hint: is roster.delimiter right?"
                             : ", or roster.delimiter is not right");
}

/* The name in the header that was probably meant: the same but for case, or a slip of the pen. */
static const char *guess_name(const char *wanted, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(wanted, names[i]) == 0)
            return names[i];
    }
    return text_nearest(wanted, names, count);
}

static void add_missing(struct text *missing, struct text *hints,
                        const struct roster_column *mapped, const char *const *names, size_t count,
                        bool shown)
{
    const char *guess = shown ? guess_name(mapped->name, names, count) : NULL;

    text_add(missing, missing->length > 0 ? ", " : "");
    add_shown(missing, mapped->name);
    text_addf(missing, " (%s)", roster_field_setting(mapped->field));
    if (!guess)
        return;
    text_add(hints, "; hint: did you mean ");
    add_shown(hints, guess);
    text_add(hints, "?");
}

/* --- where they are --- */

/* MISSING when it is not there; *ret_second is the next one of the same title, or MISSING. */
static int find(const char *wanted, const char *const *folded, size_t count, int *ret_second)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    int found = MISSING;

    *ret_second = MISSING;
    unseen_fold(&text, wanted);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(folded[i], text_cstr(&text)) != 0)
            continue;
        if (found == MISSING)
            found = (int)i;
        else if (*ret_second == MISSING)
            *ret_second = (int)i;
    }
    return found;
}

size_t roster_titles_match(const struct roster_titles *titles, const struct roster_column *mapped,
                           size_t count)
{
    CLEANUP(text_release) struct text folded = TEXT_INIT;
    CLEANUP(mem_cleanup) const char **names = NULL;
    size_t found = 0;
    int second;

    fold_names(titles, &folded);
    names = list_names(&folded, titles->count);
    for (size_t i = 0; i < count; i++)
        found += find(mapped[i].name, names, titles->count, &second) != MISSING;
    return found;
}

int roster_titles_bind(const struct roster_titles *titles, uint32_t row,
                       const struct roster_column *mapped, size_t count, int *ret_at,
                       struct err *err)
{
    CLEANUP(text_release) struct text folded = TEXT_INIT;
    CLEANUP(text_release) struct text missing = TEXT_INIT;
    CLEANUP(text_release) struct text hints = TEXT_INIT;
    CLEANUP(mem_cleanup) const char **names = NULL;
    CLEANUP(mem_cleanup) const char **written = list_names(&titles->written, titles->count);
    size_t found = 0;
    int second;

    fold_names(titles, &folded);
    names = list_names(&folded, titles->count);
    for (size_t i = 0; i < count; i++) {
        ret_at[i] = find(mapped[i].name, names, titles->count, &second);
        if (second != MISSING)
            return err_set(err, ERR_ROSTER,
                           "the column '%s' (%s) is in the header twice, as columns %d and %d; "
                           "hint: which of them is meant nobody can tell, rename one of them",
                           mapped[i].name, roster_field_setting(mapped[i].field), ret_at[i] + 1,
                           second + 1);
        found += ret_at[i] != MISSING;
    }
    if (found == count)
        return 0;
    bool shown = roster_titles_may_be_shown(written, titles->count, mapped, count);
    for (size_t i = 0; i < count; i++) {
        if (ret_at[i] == MISSING)
            add_missing(&missing, &hints, &mapped[i], written, titles->count, shown);
    }
    add_names(&hints, written, titles->count, shown);
    return err_set(err, ERR_ROSTER, "the header (row %u) has no column %s%s", row,
                   text_cstr(&missing), text_cstr(&hints));
}
