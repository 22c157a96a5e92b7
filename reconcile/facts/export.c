/*
 * Names become ids only where exactly one thing bears the name: a profile that was guessed would
 * give or take admin rights, and a group that was guessed would spare or not.
 */
#include "facts/export.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/table.h"
#include "base/text.h"

struct completing {
    struct arena *arena;
    const struct snapshot *known;
    struct table account_by_id, profile_by_id, profile_by_name;
};

static void index_known(struct completing *completing)
{
    const struct snapshot *known = completing->known;

    table_init(&completing->account_by_id, known->count);
    table_init(&completing->profile_by_id, known->profile_count);
    table_init(&completing->profile_by_name, known->profile_count);
    for (size_t i = 0; i < known->count; i++) {
        if (known->account[i].id)
            table_add(&completing->account_by_id, known->account[i].id, (uint32_t)i);
    }
    for (size_t i = 0; i < known->profile_count; i++) {
        table_add(&completing->profile_by_id, known->profile[i].id, (uint32_t)i);
        if (known->profile[i].name)
            table_add(&completing->profile_by_name, known->profile[i].name, (uint32_t)i);
    }
}

static void release(struct completing *completing)
{
    table_release(&completing->account_by_id);
    table_release(&completing->profile_by_id);
    table_release(&completing->profile_by_name);
}

static const struct account *find_account(const struct completing *completing, const char *id)
{
    uint32_t at = table_find(&completing->account_by_id, id);

    return at == TABLE_END
               ? NULL
               : &completing->known->account[table_value(&completing->account_by_id, at)];
}

/* --- profiles --- */

/* The profile the account had, when it still bears that name; else the only one that does. */
static const struct profile *find_profile(const struct completing *completing, const char *name,
                                          const struct account *was, bool *ret_several)
{
    const struct profile *profile = completing->known->profile;
    const struct table *by_name = &completing->profile_by_name;
    uint32_t at =
        was ? table_find(&completing->profile_by_id, account_alike(was)->profile_id) : TABLE_END;

    *ret_several = false;
    if (at != TABLE_END &&
        text_equal(profile[table_value(&completing->profile_by_id, at)].name, name))
        return &profile[table_value(&completing->profile_by_id, at)];
    at = table_find(by_name, name);
    if (at == TABLE_END)
        return NULL;
    *ret_several = table_next(by_name, at) != TABLE_END;
    return *ret_several ? NULL : &profile[table_value(by_name, at)];
}

/* false: nobody can tell which profile it is. */
static bool complete_profile(const struct completing *completing, const struct account *was,
                             struct account_alike *alike)
{
    const char *name = alike->profile_id;
    bool several;

    if (!name)
        return true; /* P8 says that none is given */
    const struct profile *found = find_profile(completing, name, was, &several);
    if (found)
        alike->profile_id = found->id;
    else if (several)
        alike->profile_id = arena_printf(completing->arena, "%s (several have the name)", name);
    else if (table_find(&completing->profile_by_id, name) != TABLE_END) /* a name, not that id */
        alike->profile_id = arena_printf(completing->arena, "%s (a name)", name);
    return found != NULL;
}

/* --- groups --- */

static size_t skip_separators(const char *cell)
{
    return strspn(cell, ",;| \t\r\n");
}

/* The longest name that stands at `cell` whole and was not used yet. */
static size_t find_name(const char *cell, const struct group *group, size_t count, bool *used,
                        size_t *ret_index)
{
    size_t longest = 0;

    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(group[i].name);
        bool whole = strncmp(cell, group[i].name, length) == 0 &&
                     (!cell[length] || skip_separators(cell + length) > 0);
        if (!used[i] && whole && length > longest) {
            longest = length;
            *ret_index = i;
        }
    }
    return longest;
}

/* Whether a cell holds these names, each once and nothing else, joined by whatever. */
static bool names_exactly(const char *cell, const struct group *group, size_t count)
{
    CLEANUP(mem_cleanup) bool *used = mem_calloc(count, sizeof(used[0]));
    size_t named = 0, index = 0, length = 1;

    for (size_t i = 0; i < count; i++)
        length = text_is_empty(group[i].name) ? 0 : length;
    for (cell += skip_separators(cell); *cell && length > 0; named += length > 0) {
        length = find_name(cell, group, count, used, &index);
        if (length > 0)
            used[index] = true;
        cell += length;
        cell += skip_separators(cell);
    }
    return length > 0 && named == count;
}

static void complete_groups(const struct account_alike *was, struct account_alike *alike)
{
    if (alike->group_count == 0 || was->groups_unreadable ||
        !names_exactly(alike->group[0].name, was->group, was->group_count))
        return;
    alike->group = was->group;
    alike->group_count = was->group_count;
    alike->groups_unreadable = false;
}

void export_complete(struct arena *arena, struct snapshot *snapshot, const struct snapshot *known,
                     struct export_gaps *ret_gaps)
{
    struct completing completing = {.arena = arena, .known = known};
    struct export_gaps gaps = {.strangers = 0};

    index_known(&completing);
    for (size_t i = 0; i < snapshot->count; i++) {
        struct account *account = &snapshot->account[i];
        const struct account *was = find_account(&completing, account->id);
        struct account_alike *alike = account_alike_own(arena, account);
        if (was) {
            account->employee_number = was->employee_number;
            alike->email2 = account_alike(was)->email2;
            complete_groups(account_alike(was), alike);
        }
        gaps.strangers += was == NULL;
        gaps.profiles_unknown += !complete_profile(&completing, was, alike);
    }
    release(&completing);
    snapshot->profile = known->profile;
    snapshot->profile_count = known->profile_count;
    snapshot->own_id = known->own_id;
    *ret_gaps = gaps;
}
