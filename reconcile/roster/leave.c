/*
 * Folded. A word that means yes in one language and no in another one is in neither list: which it
 * is, the mapping must say.
 */
#include "roster/leave.h"

#include "base/cleanup.h"
#include "base/words.h"

static const char *const yes_words[] = {
    "true",      "yes",  "y",     "1",   "x",    "t",    "ja",   "j",    "oui", "o",   "si",
    "sí",        "sim",  "s",     "tak", "vrai", "vero", "wahr", "waar", "ano", "áno", "igen",
    "verdadero", "evet", "kyllä", "да",  "так",  "はい", "有",   "是",   "예",  "네"};

static const char *const no_words[] = {
    "false", "no",   "n",      "0",      "f",     "nein",   "nee",   "non",    "nie",   "não",
    "nao",   "nej",  "nei",    "ne",     "ei",    "nem",    "hayır", "hayir",  "hayi̇r", "нет",
    "ні",    "не",   "falsch", "faux",   "falso", "onwaar", "null",  "いいえ", "否",    "無",
    "无",    "なし", "아니오", "아니요", "없음",  "-",      "–",     "—",      "−"};

enum person_leave roster_leave_of(const char *folded)
{
    if (WORD_ROW(yes_words, folded))
        return LEAVE_YES;
    return WORD_ROW(no_words, folded) ? LEAVE_NO : LEAVE_UNSAID;
}

bool roster_is_plain_leave(const char *folded, bool *ret_yes)
{
    enum person_leave meaning = roster_leave_of(folded);

    *ret_yes = meaning == LEAVE_YES;
    return meaning != LEAVE_UNSAID;
}

size_t roster_leave_words(enum person_leave meaning, const char *const **ret_word)
{
    *ret_word = meaning == LEAVE_YES ? yes_words : no_words;
    return meaning == LEAVE_YES ? COUNT_OF(yes_words) : COUNT_OF(no_words);
}
