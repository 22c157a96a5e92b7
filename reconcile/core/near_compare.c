/*
 * One function per index says what a person who shares its key is to an account.
 */
#include "core/near_compare.h"

#include <string.h>

#include "base/fold.h"
#include "base/text.h"

const char *address_text(const char *email, const char *username)
{
    return email || !username || !strchr(username, '@') ? email : username;
}

bool address_split(struct arena *arena, const char *email, struct address *ret_address)
{
    const char *folded = fold_text(arena, email);
    const char *at = folded ? strrchr(folded, '@') : NULL;

    if (!at || at == folded)
        return false;
    *ret_address = (struct address){
        .whole = folded,
        .domain = at + 1,
        .local_length = (size_t)(at - folded),
    };
    return true;
}

static size_t untagged_length(const struct address *address)
{
    const char *whole = address->whole, *tag = memchr(whole, '+', address->local_length);

    return tag && tag > whole ? (size_t)(tag - whole) : address->local_length;
}

const char *address_untagged(struct arena *arena, const struct address *address)
{
    return address->whole ? arena_strndup(arena, address->whole, untagged_length(address)) : NULL;
}

/* Whether that is the local part without a tag; nobody's is NULL. */
static bool is_untagged(const struct address *address, const char *local)
{
    if (!address->whole || !local)
        return !address->whole && !local;
    size_t length = untagged_length(address);
    return strncmp(address->whole, local, length) == 0 && !local[length];
}

static struct address seeker_address(const struct seeker *seeker)
{
    const char *whole = seeker->address;

    return (struct address){
        .whole = whole,
        .domain = whole ? whole + seeker->local_length + 1 : NULL,
        .local_length = seeker->local_length,
    };
}

struct face face_of(struct arena *scratch, const struct person *person)
{
    struct face face = {.person = person, .name = name_parts(scratch, person->name)};

    (void)address_split(scratch, address_text(person->email, person->username), &face.address);
    face.local = address_untagged(scratch, &face.address);
    return face;
}

/* --- keeping --- */

static bool is_nearer(const struct nearest *nearest, enum near_kind kind,
                      const struct person *person)
{
    if (nearest->kind != kind)
        return nearest->kind == NEAR_NOBODY || nearest->kind > kind;
    return nearest->person != person && person_compare(nearest->person, person) > 0;
}

void keep_least(struct nearest *nearest, enum near_kind kind, const struct person *person)
{
    if (is_nearer(nearest, kind, person))
        *nearest = (struct nearest){.kind = kind, .person = person};
}

void keep_hardest(struct nearest *nearest, struct day until, const struct person *person)
{
    int order = nearest->person ? day_compare(until, nearest->until) : -1;

    if (order == 0)
        order = person_compare(person, nearest->person);
    if (order < 0)
        *nearest = (struct nearest){.until = until, .person = person};
}

/* --- somebody whom the account may belong to --- */

static enum near_kind compare_names(const struct seeker *seeker, const struct face *face)
{
    return name_parts_meet(seeker->name, &face->name) ? NEAR_NAME : NEAR_NOBODY;
}

static enum near_kind compare_locals(const struct seeker *seeker, const struct face *face)
{
    struct address mine = seeker_address(seeker);
    const struct address *theirs = &face->address;

    if (!is_untagged(&mine, face->local)) /* the key is that of a second address */
        return NEAR_NOBODY;
    bool tag = text_equal(mine.domain, theirs->domain) && !text_equal(mine.whole, theirs->whole);
    return tag ? NEAR_TAG : NEAR_LOCAL_PART;
}

static enum near_kind compare_numbers(const struct seeker *seeker, const struct face *face)
{
    bool apart = name_parts_compare(seeker->name, &face->name) == NAMES_DIFFER;

    return apart ? NEAR_NOBODY : NEAR_NUMBER;
}

static enum near_kind compare_looks(const struct seeker *seeker, const struct face *face)
{
    (void)seeker;
    (void)face;
    return NEAR_LOOK_ALIKE; /* the key says it all */
}

static enum near_kind compare_letters(const struct seeker *seeker, const struct face *face)
{
    struct address address = seeker_address(seeker);
    bool near = is_one_edit(&address, &face->address) &&
                name_parts_compare(seeker->name, &face->name) != NAMES_DIFFER;

    return near ? NEAR_ONE_EDIT : NEAR_NOBODY;
}

static const struct {
    enum near_kind (*compare)(const struct seeker *seeker, const struct face *face);
    enum near_kind least; /* of what it says, and what having the key says */
} says[NEAR_INDEXES] = {
    [BY_NAME] = {compare_names, NEAR_NAME},           [BY_OWN_NAME] = {compare_names, NEAR_NAME},
    [BY_LOCAL] = {compare_locals, NEAR_LOCAL_PART},   [BY_NUMBER] = {compare_numbers, NEAR_NUMBER},
    [BY_SKELETON] = {compare_looks, NEAR_LOOK_ALIKE}, [BY_EDIT] = {compare_letters, NEAR_ONE_EDIT},
};

/* Keys of names and of second addresses are shared by more than who was called so. */
static bool was_called_so(enum near_index index, const struct seeker *seeker,
                          const struct face *face)
{
    for (uint32_t i = 0; i < account_past(seeker->account)->earlier_count; i++) {
        const struct former *former = &seeker->as.former[i];
        if (index == BY_LOCAL ? former->local && text_equal(former->local, face->local)
                              : name_parts_meet(former->name, &face->name))
            return true;
    }
    return index == BY_NUMBER;
}

static void compare_twin(const struct twins *twins, struct arena *scratch,
                         const struct seeker *seeker, struct face *face, struct nearest *nearest)
{
    struct day until = DAY_NONE;

    if (!twin_is_at_work(face->person))
        return;
    if (!face->row.row)
        face->row = twin_row_of(twins, scratch, face->person, &face->name);
    if (twin_is(twins, seeker->as.twin, &face->row, &until))
        keep_hardest(nearest, until, face->person);
}

void near_compare(const struct twins *twins, struct arena *scratch, enum near_index index,
                  enum near_role role, const struct seeker *seeker, struct face *face,
                  struct nearest *nearest)
{
    enum near_kind least = role == ROLE_NOW ? says[index].least : NEAR_EARLIER;

    if (role == ROLE_TWIN) {
        compare_twin(twins, scratch, seeker, face, nearest);
        return;
    }
    if (!is_nearer(nearest, least, face->person))
        return; /* whatever it is, somebody nearer is kept */
    if (role == ROLE_NOW) {
        enum near_kind kind = says[index].compare(seeker, face);
        if (kind != NEAR_NOBODY)
            keep_least(nearest, kind, face->person);
    } else if (was_called_so(index, seeker, face)) {
        keep_least(nearest, NEAR_EARLIER, face->person);
    }
}

void near_take(enum near_index index, enum near_role role, const struct person *least,
               const struct person *here, struct nearest *nearest)
{
    if (role != ROLE_TWIN)
        keep_least(nearest, role == ROLE_NOW ? says[index].least : NEAR_EARLIER, least);
    else if (here)
        keep_hardest(nearest, DAY_NONE, here);
}
