/*
 * roster/mapped_words: what the words of a status and of a leave mean by the configuration.
 */
#ifndef ROSTER_MAPPED_WORDS_H
#define ROSTER_MAPPED_WORDS_H

#include "base/arena.h"
#include "config/config.h"

struct mapped_words;

/* Memory from the arena, which outlives it. */
struct mapped_words *mapped_words_new(struct arena *arena, const struct config_roster *config)
    __attribute__((returns_nonnull));

/* Folded; the blank word is "". */
const char *mapped_word_fold(struct arena *arena, const char *word);

/* PERSON_UNKNOWN = in no list. *ret_either (may be NULL): the word is that of a leave, and of a
 * departure when a last day says so. */
enum person_status mapped_words_status(struct mapped_words *words, const char *value,
                                       bool *ret_either);
/* false = neither yes nor no; an empty one says nothing, which is no. */
bool mapped_words_leave(struct mapped_words *words, const char *value,
                        enum person_leave *ret_leave);

/* Whether the word of a status, or of a leave, begins one, of the mapping or seen in the file, that
 * means something else. An empty one begins any, unless an empty one was seen. */
bool mapped_words_begins(const struct mapped_words *words, bool status, const char *value);

#endif
