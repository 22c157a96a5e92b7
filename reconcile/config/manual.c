/*
 * The table of settings as a manual page in mdoc(7), the macros that mandoc and groff both know.
 * Lines are filled here, a sentence begins a line, and what a macro processor would take for a
 * request is protected, so both accept the page without a warning whatever the table says.
 */
#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "config/config.h"
#include "config/describe.h"

#define WIDTH 76 /* mandoc asks for less than 80 bytes */

static const char head[] =
    ".\\\" Printed by 'bynder-reconcile check --print-manual' from the table of settings.\n"
    ".Dd November 24, 2026\n"
    ".Dt BYNDER-RECONCILE.CONF 5\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm bynder-reconcile.conf\n"
    ".Nd configuration of bynder-reconcile\n"
    ".Sh DESCRIPTION\n"
    "The configuration of\n"
    ".Xr bynder-reconcile 1\n"
    "for one portal, in the syntax of libconfig: groups in braces, lists in\n"
    "parentheses, texts in double quotes, a semicolon behind each value.\n"
    ".Pp\n"
    "An unknown setting is an error, with file and line.\n"
    "So is a value of the wrong type or out of its range, and two settings that\n"
    "exclude each other.\n"
    "A setting that is not there has the default given below.\n"
    "For a limit that is never \"no limit\", and a limit of 0 allows none.\n"
    "Relative paths start at the directory of the file.\n"
    "A text may stand where a list of texts may.\n"
    ".Pp\n"
    "Secrets are never values.\n"
    "They are files with the bare value on one line, owned by root or by the user\n"
    "the program runs as, mode 0600; or names of systemd credentials\n"
    ".Pq Ic LoadCredential= ,\n"
    "which are judged only where systemd has put them.\n"
    ".Pp\n"
    "Below, the settings of one entry of a list follow their list:\n"
    ".Ic rules.name\n"
    "is the\n"
    ".Ic name\n"
    "of each entry of\n"
    ".Ic rules .\n"
    ".Sh SETTINGS\n";

static const char tail[] = ".Sh FILES\n"
                           ".Bl -tag -width Ds\n"
                           ".It Pa /etc/bynder-reconcile/bynder-reconcile.conf\n"
                           "The configuration that is read when\n"
                           ".Fl \\-config\n"
                           "names no other.\n"
                           ".It Pa /etc/bynder-reconcile/INSTANCE.conf\n"
                           "The configuration of the unit\n"
                           ".Pa bynder-reconcile@INSTANCE.service .\n"
                           ".It Pa /usr/share/doc/bynder-reconcile/examples/bynder-reconcile.conf\n"
                           "A sample with every setting, its default and its sentence.\n"
                           ".El\n"
                           ".Sh EXAMPLES\n"
                           "The least that loads; everything else is as the defaults say.\n"
                           ".Bd -literal -offset indent\n"
                           "portal:\n"
                           "{\n"
                           "    name = \"acme\";\n"
                           "    url = \"https://acme.bynder.com\";\n"
                           "    client_id = \"00000000-0000-0000-0000-000000000000\";\n"
                           "    client_secret_credential = \"client-secret\";\n"
                           "};\n"
                           "database: { embedded = \"/var/lib/bynder-reconcile/acme\"; };\n"
                           "roster:\n"
                           "{\n"
                           "    source = \"file:///srv/hr/roster.csv\";\n"
                           "    columns: { email = \"Work Email\"; status = \"Status\"; };\n"
                           "    status: { employed = [ \"Active\" ]; departed = [ \"Left\" ]; };\n"
                           "};\n"
                           "policy:\n"
                           "{\n"
                           "    mode = \"report\";\n"
                           "    rules = (\n"
                           "        { name = \"departed\"; do = \"suspend\";\n"
                           "          when = { account = \"active\"; person = \"departed\"; }; }\n"
                           "    );\n"
                           "};\n"
                           ".Ed\n"
                           ".Sh SEE ALSO\n"
                           ".Xr bynder-reconcile 1 ,\n"
                           ".Xr bynder-reconcile-policy 7\n"
                           ".Pp\n"
                           "The manual of libconfig, for the syntax.\n";

/* --- words on lines --- */

struct filler {
    FILE *stream;
    size_t column;
    bool sentence_ended;
};

/* One word, escaped: a backslash is a character, a leading full stop or quote no request. */
static void put_word(struct filler *filler, const char *word, size_t length)
{
    bool fresh =
        filler->column == 0 || filler->sentence_ended || filler->column + 1 + length > WIDTH;

    if (filler->column > 0) {
        fputc(fresh ? '\n' : ' ', filler->stream);
        filler->column = fresh ? 0 : filler->column + 1;
    }
    if (fresh && (word[0] == '.' || word[0] == '\''))
        fputs("\\&", filler->stream);
    for (size_t i = 0; i < length; i++) {
        if (word[i] == '\\')
            fputs("\\e", filler->stream);
        else
            fputc(word[i], filler->stream);
    }
    filler->column += length;
    filler->sentence_ended = word[length - 1] == '.';
}

static void put_text(struct filler *filler, const char *text)
{
    for (;;) {
        text += strspn(text, " \n");
        size_t length = strcspn(text, " \n");
        if (length == 0)
            return;
        put_word(filler, text, length);
        text += length;
    }
}

static void end_line(struct filler *filler)
{
    if (filler->column > 0)
        fputc('\n', filler->stream);
    filler->column = 0;
    filler->sentence_ended = false;
}

static void put_paragraph(FILE *stream, const char *text, const char *end)
{
    struct filler filler = {.stream = stream};

    put_text(&filler, text);
    put_text(&filler, end);
    end_line(&filler);
}

/* --- entries --- */

/* "What it is; default 3." as sentences: a kind begins with a small letter in the tables. */
static void put_item(FILE *stream, const char *name, const char *kind, const char *sentence)
{
    CLEANUP(text_release) struct text first = TEXT_INIT, second = TEXT_INIT;
    size_t length = strlen(sentence);

    text_addf(&first, "%c%s.", toupper((unsigned char)kind[0]), kind + 1);
    text_addf(&second, "%c%s%s", toupper((unsigned char)sentence[0]), sentence + 1,
              sentence[length - 1] == '.' ? "" : ".");
    fprintf(stream, ".It Ic %s\n", name);
    put_paragraph(stream, text_cstr(&first), text_cstr(&second));
}

/* The settings below the group at `settings[…]`, up to the next group of the first level. */
static void put_group(FILE *stream, const struct setting *group)
{
    size_t prefix = strlen(group->path) + 1;

    fprintf(stream, ".Ss %s\n", group->path);
    put_paragraph(stream, group->sentence, group->required ? "Required." : "");
    fputs(".Bl -tag -width Ds\n", stream);
    for (const struct setting *setting = group + 1; setting->path; setting++) {
        CLEANUP(text_release) struct text kind = TEXT_INIT;

        if (!strchr(setting->path, '.'))
            break;
        config_describe(&kind, setting);
        put_item(stream, setting->path + prefix, text_cstr(&kind), setting->sentence);
    }
    fputs(".El\n", stream);
}

void config_print_manual(FILE *stream)
{
    fputs(head, stream);
    for (const struct setting *setting = settings; setting->path; setting++) {
        if (!strchr(setting->path, '.'))
            put_group(stream, setting);
    }
    fputs(".Ss Conditions\n", stream);
    put_paragraph(stream, config_about_conditions, "");
    fputs(".Bl -tag -width Ds\n", stream);
    for (const struct condition_field *field = policy_conditions; field->name; field++) {
        CLEANUP(text_release) struct text kind = TEXT_INIT;

        config_describe_condition(&kind, field);
        put_item(stream, field->name, text_cstr(&kind), field->sentence);
    }
    fputs(".El\n", stream);
    fputs(tail, stream);
}
