/*
 * Both lists are folded once and searched in their order. A title is reduced to its letters and
 * digits, so that "E-Mail_Address", "email address" and "EMAILADDRESS" are one; a word is only
 * folded, for "On leave?" is not "on leave".
 */
#include "roster/lexicon.h"

#include <string.h>

#include <unicode/uchar.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "base/text.h"

static const struct {
    enum meaning meaning;
    const char *title;
} titles[] = {
#define TITLE(meaning, title) {MEANING_##meaning, title},
#include "roster/titles.def"

#include "roster/plain.def"
#undef TITLE
};

static const struct {
    enum person_status status;
    const char *word;
} words[] = {
#define WORD(status, word) {PERSON_##status, word},
#define INACTIVE(word)
#include "roster/words.def"
#undef INACTIVE
#undef WORD
};

static const char *const inactive[] = {
#define WORD(status, word)
#define INACTIVE(word) word,
#include "roster/words.def"
#undef INACTIVE
#undef WORD
};

struct lexicon {
    const char *title[COUNT_OF(titles)];
    const char *word[COUNT_OF(words)];
    const char *inactive[COUNT_OF(inactive)];
};

static const struct {
    const char *name;
    bool is_date, is_key;
} meanings[MEANING_NOTHING + 1] = {
    [MEANING_EMPLOYEE_NUMBER] = {.name = "employee number", .is_key = true},
    [MEANING_EMAIL] = {.name = "e-mail address", .is_key = true},
    [MEANING_USERNAME] = {.name = "username", .is_key = true},
    [MEANING_NAME] = {.name = "name"},
    [MEANING_FIRST_NAME] = {.name = "first name"},
    [MEANING_LAST_NAME] = {.name = "last name"},
    [MEANING_STATUS] = {.name = "status"},
    [MEANING_HIRE_DATE] = {.name = "first day", .is_date = true},
    [MEANING_LAST_DAY] = {.name = "last day", .is_date = true},
    [MEANING_ON_LEAVE] = {.name = "on leave, yes or no"},
    [MEANING_LEAVE_FROM] = {.name = "first day of leave", .is_date = true},
    [MEANING_LEAVE_UNTIL] = {.name = "last day of leave", .is_date = true},
    [MEANING_DEPARTMENT] = {.name = "department"},
    [MEANING_COUNTRY] = {.name = "country"},
    [MEANING_PLAIN_EMAIL] = {.is_key = true},
    [MEANING_MAYBE_NUMBER] = {.is_key = true},
    [MEANING_MAYBE_LAST_DAY] = {.is_date = true},
    [MEANING_LAST_WORKED] = {.is_date = true},
    [MEANING_ORIGINAL_HIRE] = {.is_date = true},
    [MEANING_REHIRE] = {.is_date = true},
};

const char *meaning_name(enum meaning meaning)
{
    return meanings[meaning].name;
}

bool meaning_is_date(enum meaning meaning)
{
    return meanings[meaning].is_date;
}

bool meaning_is_key(enum meaning meaning)
{
    return meanings[meaning].is_key;
}

/* What Unicode takes for letters of their own, as those write them who do not have them. */
static const char *plain_letter(int32_t c)
{
    static const struct {
        int32_t c;
        const char *plain;
    } letters[] = {{0xE6, "ae"}, {0xF0, "d"},  {0xF8, "o"},  {0xFE, "th"},
                   {0x111, "d"}, {0x131, "i"}, {0x142, "l"}, {0x153, "oe"}};

    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        if (letters[i].c == c)
            return letters[i].plain;
    }
    return NULL;
}

/* The letters and digits, folded and without accents; a `*` stays where it is a pattern's. */
static const char *letters_of(struct arena *arena, const char *title, bool is_pattern)
{
    CLEANUP(text_release) struct text letters = TEXT_INIT;
    const char *folded = fold_plain_name(arena, title);
    size_t left = folded ? strlen(folded) : 0;

    for (size_t taken; left > 0; folded += taken, left -= taken) {
        int32_t c = 0;
        taken = text_decode(folded, left, &c);
        if (taken == 0)
            break;
        const char *plain = plain_letter(c);
        if (plain)
            text_add(&letters, plain);
        else if ((is_pattern && c == '*') || u_isalnum(c))
            text_add_bytes(&letters, folded, taken);
    }
    return arena_strndup(arena, text_cstr(&letters), letters.length);
}

struct lexicon *lexicon_new(struct arena *arena)
{
    struct lexicon *lexicon = arena_calloc(arena, 1, sizeof(*lexicon));

    for (size_t i = 0; i < COUNT_OF(titles); i++)
        lexicon->title[i] = letters_of(arena, titles[i].title, true);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        lexicon->word[i] = fold_name(arena, words[i].word);
    for (size_t i = 0; i < COUNT_OF(inactive); i++)
        lexicon->inactive[i] = fold_name(arena, inactive[i]);
    return lexicon;
}

/* Parts of a pointer that only wrap what is meant. */
static bool is_wrapper(const char *part, size_t length)
{
    static const char *const wrappers[] = {"attributes", "value",    "properties", "fields", "data",
                                           "worker",     "employee", "person",     "node"};

    for (size_t i = 0; i < COUNT_OF(wrappers); i++) {
        if (strlen(wrappers[i]) == length && strncmp(wrappers[i], part, length) == 0)
            return true;
    }
    return false;
}

static const char *unwrap(struct arena *arena, const char *pointer)
{
    CLEANUP(text_release) struct text title = TEXT_INIT;

    while (*pointer == '/') {
        size_t length = strcspn(++pointer, "/");
        if (!is_wrapper(pointer, length)) {
            text_add_bytes(&title, pointer, length);
            text_add_char(&title, ' ');
        }
        pointer += length;
    }
    return arena_strdup(arena, text_cstr(&title));
}

enum meaning lexicon_title(const struct lexicon *lexicon, const char *title, unsigned *ret_rank)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *plain = *title == '/' ? unwrap(&scratch, title) : title;
    const char *letters = letters_of(&scratch, plain, false);

    for (unsigned i = 0; i < COUNT_OF(titles) && *letters; i++) {
        if (!text_matches(lexicon->title[i], letters))
            continue;
        *ret_rank = i;
        return titles[i].meaning;
    }
    *ret_rank = COUNT_OF(titles);
    return MEANING_NONE;
}

enum person_status lexicon_word(const struct lexicon *lexicon, const char *word)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *folded = fold_name(&scratch, word);

    for (size_t i = 0; folded && i < COUNT_OF(words); i++) {
        if (strcmp(lexicon->word[i], folded) == 0)
            return words[i].status;
    }
    return PERSON_UNKNOWN;
}

bool lexicon_is_inactive(const struct lexicon *lexicon, const char *word)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *folded = fold_name(&scratch, word);

    for (size_t i = 0; folded && i < COUNT_OF(inactive); i++) {
        if (strcmp(lexicon->inactive[i], folded) == 0)
            return true;
    }
    return false;
}
