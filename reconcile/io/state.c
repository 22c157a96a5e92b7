/* Bytes that a file name may not hold are written as %xx, and so is '%' itself. */
#include "io/state.h"

#include <stdlib.h>

const char *state_directory(const struct config *config)
{
    const char *systemd = getenv("STATE_DIRECTORY");

    if (config->apply.state_directory)
        return config->apply.state_directory;
    return systemd && systemd[0] ? systemd : config->directory;
}

void state_add_portal(struct text *text, const struct config *config)
{
    for (const char *c = config->portal.name; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || *c == '.' || *c == '_';
        if (plain)
            text_add_char(text, *c);
        else
            text_addf(text, "%%%02x", (unsigned char)*c);
    }
}
