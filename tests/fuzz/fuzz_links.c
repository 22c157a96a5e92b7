/*
 * The links file.
 * Reads: config/links.c
 */
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "config/config.h"
#include "fuzz.h"

static const char text[] =
    "portal: { name = \"acme\"; url = \"https://acme.bynder.com\"; client_id = \"id\";"
    " client_secret_file = \"client-secret\"; };\n"
    "database: { embedded = \"pg\"; };\n"
    "roster: { source = \"roster.csv\"; columns: { employee_number = \"No\"; }; };\n"
    "matching: { links_file = \"links.csv\"; };\n"
    "policy: { rules = ({ name = \"gone\"; when = { person = \"departed\"; }; do = \"suspend\"; });"
    " };\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct config_problems problems = {.count = 0};
    struct config config;

    (void)fuzz_file("client-secret", "s", 1);
    const char *links = fuzz_file("links.csv", data, size);
    if (size == 0) /* none */
        (void)unlink(links);
    if (config_load(&arena, fuzz_file("x.conf", text, strlen(text)), CONFIG_ALL_SECRETS, &config,
                    &problems, &err) < 0) {
        FUZZ_CHECK(problems.count > 0);
        for (size_t i = 0; i < problems.count; i++)
            FUZZ_CHECK(text_is_utf8(problems.item[i].text, strlen(problems.item[i].text)));
        return 0;
    }
    for (size_t i = 0; i < config.matching.link_count; i++)
        FUZZ_CHECK(!text_is_empty(config.matching.link[i].account));
    return 0;
}
