/*
 * There are a handful of words and a million rows: each is folded and looked up once.
 */
#include "roster/mapped_words.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/fold.h"
#include "roster/leave.h"

enum { WORDS_KNOWN = 64 };

#define LEAVE_UNREADABLE (-1)                /* neither yes nor no */
#define STATUS_EITHER    (PERSON_ABSENT + 1) /* on leave or departed: the last day tells */

struct word {
    const char *folded;
    int meaning;
};

/* Of one column: the words of the mapping, and those that were seen in the file, as they stand
 * there. */
struct words_of {
    struct word *mapped;
    size_t count;
    struct {
        const char *word;
        int meaning;
    } seen[WORDS_KNOWN];
    size_t seen_count;
};

struct mapped_words {
    struct arena *arena;
    struct words_of status, leave;
};

const char *mapped_word_fold(struct arena *arena, const char *word)
{
    const char *folded = fold_text(arena, word);

    return folded ? folded : "";
}

struct listed {
    const struct name_list *list;
    int meaning;
};

static void add_lists(struct arena *arena, struct words_of *words, const struct listed *listed,
                      size_t lists)
{
    size_t count = 0;

    for (size_t l = 0; l < lists; l++)
        count += listed[l].list->count;
    words->mapped = arena_calloc(arena, count + 1, sizeof(words->mapped[0]));
    for (size_t l = 0; l < lists; l++) {
        for (size_t i = 0; i < listed[l].list->count; i++)
            words->mapped[words->count++] =
                (struct word){.folded = mapped_word_fold(arena, listed[l].list->item[i]),
                              .meaning = listed[l].meaning};
    }
}

struct mapped_words *mapped_words_new(struct arena *arena, const struct config_roster *config)
{
    const struct listed status[] = {{&config->status.employed, PERSON_EMPLOYED},
                                    {&config->status.on_leave, PERSON_ON_LEAVE},
                                    {&config->status.departed, PERSON_DEPARTED}};
    const struct listed leave[] = {{&config->on_leave_words, LEAVE_YES},
                                   {&config->not_on_leave_words, LEAVE_NO}};
    struct mapped_words *words = arena_calloc(arena, 1, sizeof(*words));

    words->arena = arena;
    add_lists(arena, &words->status, status, COUNT_OF(status));
    add_lists(arena, &words->leave, leave, COUNT_OF(leave));
    return words;
}

/* --- what a word means --- */

static int look_up(const struct words_of *words, const char *folded, int fallback)
{
    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->mapped[i].folded, folded) == 0)
            return words->mapped[i].meaning;
    }
    return fallback;
}

static int look_up_status(const struct mapped_words *words, const char *value)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *folded = mapped_word_fold(&scratch, value);
    int meaning = look_up(&words->status, folded, PERSON_UNKNOWN);

    for (size_t i = 0; i < words->status.count; i++) {
        if (meaning == PERSON_ON_LEAVE && words->status.mapped[i].meaning == PERSON_DEPARTED &&
            strcmp(words->status.mapped[i].folded, folded) == 0)
            meaning = STATUS_EITHER;
    }
    return meaning;
}

/* An empty cell says nothing, which is no. */
static int look_up_leave(const struct mapped_words *words, const char *value)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const char *folded = fold_text(&scratch, value);

    if (!folded)
        return LEAVE_UNSAID;
    enum person_leave plain = roster_leave_of(folded);
    return look_up(&words->leave, folded, plain == LEAVE_UNSAID ? LEAVE_UNREADABLE : (int)plain);
}

static int find(struct mapped_words *words, struct words_of *column, const char *value,
                int (*look)(const struct mapped_words *words, const char *value))
{
    for (size_t i = 0; i < column->seen_count; i++) {
        if (strcmp(column->seen[i].word, value) == 0)
            return column->seen[i].meaning;
    }
    int meaning = look(words, value);
    if (column->seen_count < WORDS_KNOWN) {
        column->seen[column->seen_count].word = arena_strdup(words->arena, value);
        column->seen[column->seen_count++].meaning = meaning;
    }
    return meaning;
}

enum person_status mapped_words_status(struct mapped_words *words, const char *value,
                                       bool *ret_either)
{
    int meaning = find(words, &words->status, value, look_up_status);

    if (ret_either)
        *ret_either = meaning == STATUS_EITHER;
    return meaning == STATUS_EITHER ? PERSON_ON_LEAVE : (enum person_status)meaning;
}

bool mapped_words_leave(struct mapped_words *words, const char *value, enum person_leave *ret_leave)
{
    int meaning = find(words, &words->leave, value, look_up_leave);

    if (meaning == LEAVE_UNREADABLE)
        return false;
    *ret_leave = (enum person_leave)meaning;
    return true;
}

/* --- what a word begins --- */

/* A word, what it means, and whether another one begins with it and means something else. */
struct beginning {
    const char *folded;
    size_t length;
    int meaning;
    bool another;
};

static void compare_word(struct beginning *beginning, const char *folded, int meaning)
{
    if (strncmp(folded, beginning->folded, beginning->length) == 0 &&
        folded[beginning->length] != '\0' && meaning != beginning->meaning)
        beginning->another = true;
}

static void compare_plain_leave(struct beginning *beginning)
{
    for (int meaning = LEAVE_NO; meaning <= LEAVE_YES; meaning++) {
        const char *const *word;
        size_t count = roster_leave_words((enum person_leave)meaning, &word);

        for (size_t i = 0; i < count; i++)
            compare_word(beginning, word[i], meaning);
    }
}

bool mapped_words_begins(const struct mapped_words *words, bool status, const char *value)
{
    CLEANUP(arena_release) struct arena scratch = ARENA_INIT;
    const struct words_of *column = status ? &words->status : &words->leave;
    struct beginning beginning = {.folded = mapped_word_fold(&scratch, value)};

    beginning.length = strlen(beginning.folded);
    beginning.meaning = status ? look_up_status(words, value) : look_up_leave(words, value);
    for (size_t i = 0; i < column->seen_count; i++) {
        if (beginning.length == 0 && column->seen[i].word[0] == '\0')
            return false;
        compare_word(&beginning, mapped_word_fold(&scratch, column->seen[i].word),
                     column->seen[i].meaning);
    }
    for (size_t i = 0; i < column->count; i++)
        compare_word(&beginning, column->mapped[i].folded, column->mapped[i].meaning);
    if (!status)
        compare_plain_leave(&beginning);
    return beginning.another;
}
