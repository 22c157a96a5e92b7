/*
 * The table, printed as the sample file, which loads as it is apart from its secrets;
 * config/manual.c prints it as a manual page. Both are compared with the files in the tests, so
 * what is documented is what is read.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "config/config.h"
#include "config/describe.h"

#define WIDTH 100

const char config_about_conditions[] =
    "Conditions of 'when' and 'unless'; days are whole numbers from 0 to 36500, patterns take * "
    "and ? without regard to case:";

void config_describe(struct text *text, const struct setting *setting)
{
    static const char *const kinds[SETTING_TYPE_COUNT] = {
        [SETTING_GROUP] = "group",
        [SETTING_LIST] = "list of groups",
        [SETTING_TEXT] = "text",
        [SETTING_PATH] = "path",
        [SETTING_NUMBER] = "number",
        [SETTING_INTEGER] = "whole number",
        [SETTING_CHARACTER] = "character",
        [SETTING_WORD] = "word",
        [SETTING_TEXTS] = "text or list of texts",
        [SETTING_FLAGS] = "list of words",
        [SETTING_KEYS] = "list of words",
        [SETTING_PRICE] = "number with at most 4 decimal places",
        [SETTING_DAY] = "day",
        [SETTING_CONDITIONS] = "group of conditions",
    };
    bool has_range = setting->type == SETTING_NUMBER || setting->type == SETTING_INTEGER ||
                     setting->type == SETTING_PRICE;

    text_add(text, kinds[setting->type]);
    if (has_range)
        text_addf(text, " from %.15g to %.15g", setting->minimum, setting->maximum);
    for (const struct setting_word *word = setting->words; word && word->name; word++)
        text_addf(text, "%s\"%s\"", word == setting->words ? ": " : ", ", word->name);
    if (setting->required)
        text_add(text, "; required");
    if (setting->fallback)
        text_addf(text, "; default %s", setting->fallback);
}

void config_describe_condition(struct text *text, const struct condition_field *field)
{
    switch (field->type) {
    case CONDITION_WORDS:
        text_add(text, "one or a list of ");
        for (size_t i = 0; field->words[i]; i++)
            text_addf(text, "%s\"%s\"", i ? ", " : "", field->words[i]);
        break;
    case CONDITION_DAYS:
        text_add(text, "days");
        break;
    case CONDITION_PATTERNS:
        text_add(text, "pattern or list of patterns");
        break;
    }
}

/* --- the sample --- */

static void print_indent(FILE *stream, unsigned depth)
{
    fprintf(stream, "%*s", (int)(4 * depth), "");
}

/* A comment, broken at blanks. */
static void print_comment(FILE *stream, unsigned depth, const char *text)
{
    const size_t width = WIDTH - 4 * depth - 2;

    while (*text) {
        size_t length = strlen(text), cut = length;

        if (length > width)
            for (cut = width; cut > 0 && text[cut] != ' ';)
                cut--;
        if (cut == 0)
            cut = length;
        print_indent(stream, depth);
        fprintf(stream, "# %.*s\n", (int)cut, text);
        text += cut;
        while (*text == ' ')
            text++;
    }
}

static void print_about(FILE *stream, unsigned depth, const struct setting *setting,
                        const char *prefix)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;

    text_addf(&text, "%s%s", prefix, setting->sentence);
    print_comment(stream, depth, text_cstr(&text));
    if (setting->type == SETTING_GROUP)
        return;
    text_clear(&text);
    text_addf(&text, "%*s", (int)strspn(prefix, " -"), "");
    config_describe(&text, setting);
    print_comment(stream, depth, text_cstr(&text));
}

static void print_conditions(FILE *stream, unsigned depth)
{
    print_comment(stream, depth, config_about_conditions);
    for (const struct condition_field *field = policy_conditions; field->name; field++) {
        CLEANUP(text_release) struct text text = TEXT_INIT;

        text_addf(&text, "- %s: %s", field->name, field->sentence);
        print_comment(stream, depth, text_cstr(&text));
    }
}

/* What an entry of a list is made of. */
static void print_entry(FILE *stream, unsigned depth, const struct setting *list)
{
    bool has_conditions = false;

    for (const struct setting *setting = settings; setting->path; setting++) {
        CLEANUP(text_release) struct text prefix = TEXT_INIT;

        if (!setting_is_below(setting, list->path))
            continue;
        text_addf(&prefix, "- %s: ", setting_name(setting));
        print_about(stream, depth, setting, text_cstr(&prefix));
        has_conditions = has_conditions || setting->type == SETTING_CONDITIONS;
    }
    if (has_conditions)
        print_conditions(stream, depth);
}

/* `key = value;`, the lines of a long value indented, all of it commented out when not shown. */
static void print_value(FILE *stream, unsigned depth, const struct setting *setting)
{
    bool live = setting->required || setting->shown || setting->fallback;
    const char *line = setting->sample ? setting->sample : setting->fallback;

    print_indent(stream, depth);
    fprintf(stream, "%s%s = ", live ? "" : "# ", setting_name(setting));
    for (;;) {
        size_t length = strcspn(line, "\n");

        fprintf(stream, "%.*s", (int)length, line);
        line += length;
        if (*line == '\0')
            break;
        line++;
        fputc('\n', stream);
        print_indent(stream, depth);
        fputs(live ? "" : "# ", stream);
    }
    fputs(";\n", stream);
}

static void print_group(FILE *stream, const char *path, unsigned depth)
{
    bool is_first = true;

    for (const struct setting *setting = settings; setting->path; setting++) {
        if (!setting_is_below(setting, path))
            continue;
        if (!is_first)
            fputc('\n', stream);
        is_first = false;
        print_about(stream, depth, setting, "");
        if (setting->type != SETTING_GROUP) {
            if (setting->type == SETTING_LIST)
                print_entry(stream, depth, setting);
            print_value(stream, depth, setting);
            continue;
        }
        print_indent(stream, depth);
        fprintf(stream, "%s:\n", setting_name(setting));
        print_indent(stream, depth);
        fputs("{\n", stream);
        print_group(stream, setting->path, depth + 1);
        print_indent(stream, depth);
        fputs("};\n", stream);
    }
}

void config_print_sample(FILE *stream)
{
    static const char about[] =
        "Configuration of bynder-reconcile, in the syntax of libconfig: every setting with its "
        "default. An unknown setting is an error. Relative paths start at this file. Secrets are "
        "never values: they are files of mode 0600 with the bare value on one line, or systemd "
        "credentials. `bynder-reconcile check` reports everything that is wrong here, at once.";

    print_comment(stream, 0, about);
    fputc('\n', stream);
    print_group(stream, "", 0);
}
