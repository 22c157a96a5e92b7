/*
 * config/settings: the one table of settings. Reading, checking of types and ranges, defaults, the
 * documented sample and the manual page are all made from it.
 *
 * Paths are dotted. The settings of one entry of a list hang below the list: `policy.rules.name`.
 * The conditions below `when` and `unless` are those of policy_conditions[] (core/policy.h).
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

enum setting_type {
    SETTING_GROUP = 0,  /* { … } */
    SETTING_LIST,       /* ( { … }, … ): an array of structs and its count */
    SETTING_TEXT,       /* const char * */
    SETTING_PATH,       /* const char *, resolved against the configuration file */
    SETTING_NUMBER,     /* double */
    SETTING_INTEGER,    /* int64_t or int, by size */
    SETTING_CHARACTER,  /* char */
    SETTING_WORD,       /* one of `words`: its value into a bool or an int-sized enum, by size */
    SETTING_TEXTS,      /* one text or a list of texts: an array of const char * and its count */
    SETTING_FLAGS,      /* one or several of `words`: their bools, at value from offset */
    SETTING_KEYS,       /* an ordered list of match keys: an array of enum match_key, its count */
    SETTING_PRICE,      /* int64_t in ten-thousandths; a number with at most 4 decimal places */
    SETTING_DAY,        /* struct day, as "2027-06-30" */
    SETTING_CONDITIONS, /* struct conditions; count_offset is a bool that says it was given */
    SETTING_TYPE_COUNT,
};

struct setting_word {
    const char *name; /* NULL ends the list */
    size_t value;
};

#define SETTING_NOWHERE ((size_t)-1)

struct setting {
    const char *path;
    enum setting_type type;
    bool required;
    bool shown;           /* not required and without a default, but set in the sample */
    bool may_be_empty;    /* a list of texts: none of them is an answer too */
    bool takes_blank;     /* a list of texts: "" is one, for a cell that is empty */
    size_t offset;        /* in struct config, or in the struct of the list's entry */
    size_t count_offset;  /* of the count of what offset points to */
    size_t line_offset;   /* LIST: where an entry keeps its line, or SETTING_NOWHERE */
    size_t size;          /* of the value, or of one entry of a list */
    double minimum;       /* numbers; both 0 when not a number */
    double maximum;       /* of numbers; of a list how many entries it may have */
    const char *fallback; /* the default as one would write it; NULL = none */
    const char *sample;   /* the value in the sample; NULL = the default */
    const struct setting_word *words; /* for TEXT: what it may be; NULL = anything */
    const char *sentence;
};

extern const struct setting settings[]; /* ended by path NULL; children behind their parent */

/* The last part of a path. */
const char *setting_name(const struct setting *setting);
/* Whether it hangs directly below `path`; "" is the file itself. */
bool setting_is_below(const struct setting *setting, const char *path);
/* The setting `name` directly below `path`, or NULL. */
const struct setting *setting_find(const char *path, const char *name);

#endif
