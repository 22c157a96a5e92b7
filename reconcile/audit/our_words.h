/*
 * audit/our_words: the words of the program's own sentences, taken from its sources when it is
 * built. Somebody may be called like one of them, and no sentence is about them for it.
 */
#ifndef AUDIT_OUR_WORDS_H
#define AUDIT_OUR_WORDS_H

/* Each between two line ends, in small letters. */
extern const char our_words[];

#endif
