/*
 * The kept variables are set anew in an empty environment: what has no '=' or is there twice does
 * not come along.
 */
#include "host/environment.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "host/command.h"

extern char **environ;

static bool is_kept(const char *variable)
{
    static const char *const kept[] = {
        "PATH=",
        "HOME=",
        "LANG=",
        "LC_",
        "TZ=",
        "TERM=",
        "NO_COLOR=",
        "CREDENTIALS_DIRECTORY=",
        "STATE_DIRECTORY=",
        "SUDO_UID=", /* these three restrict, and never say who decides */
        "DOAS_USER=",
        "PKEXEC_UID=",
        "SUDO_USER=", /* words of a hint */
        COMMAND_CONFIG_VARIABLE "=",
    };

    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        if (text_starts(variable, kept[i]))
            return true;
    }
    return false;
}

void environment_reduce(void)
{
    char **kept = NULL;
    size_t count = 0, capacity = 0;

    for (char **variable = environ; variable && *variable; variable++) {
        if (!is_kept(*variable))
            continue;
        kept = mem_grow(kept, count, &capacity, sizeof(kept[0]));
        kept[count++] = mem_strdup(*variable);
    }
    (void)clearenv();
    for (size_t i = 0; i < count; i++) {
        char *equals = strchr(kept[i], '=');

        if (equals) {
            *equals = '\0';
            (void)setenv(kept[i], equals + 1, 1);
        }
        free(kept[i]);
    }
    free(kept);
}
