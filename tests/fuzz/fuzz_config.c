/*
 * The configuration file.
 * Reads: config/config.c config/scan.c config/values.c config/check.c config/address.c
 * config/notify.c config/secret.c config/loader.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "config/config.h"
#include "fuzz.h"

/* What becomes names of files and words of an answer. */
static void check_names(const struct config *config)
{
    CLEANUP(text_release) struct text portal = TEXT_INIT;

    config_add_portal(&portal, config);
    FUZZ_CHECK(portal.length > 0 && text_is_ascii(text_cstr(&portal)) &&
               !strchr(text_cstr(&portal), '/'));
    FUZZ_CHECK(*config_state_directory(config) == '/');
    FUZZ_CHECK(*config_roster_format_name(config->roster.format));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    CLEANUP(err_release) struct err err = ERR_INIT;
    struct config_problems problems = {.count = 0};
    struct config config;

    (void)fuzz_file("client-secret", "s", 1);
    (void)fuzz_file("webhook", "http://hook.example", 19);
    (void)fuzz_file("hook", "https://hook.example", 20);
    (void)fuzz_file("no-address", "x y", 3);
    if (config_load(&arena, fuzz_file("x.conf", data, size), CONFIG_ALL_SECRETS, &config, &problems,
                    &err) < 0) {
        FUZZ_CHECK(problems.count > 0 && err.text && *err.text);
        return 0;
    }
    FUZZ_CHECK(problems.count == 0);
    check_names(&config);
    FUZZ_CHECK(!text_is_empty(config.portal.name) &&
               text_is_utf8(config.portal.name, strlen(config.portal.name)));
    FUZZ_CHECK(config.policy.rule_count > 0 && !text_is_empty(config.portal.url));
    FUZZ_CHECK(config.portal.loopback || config.portal.requests_per_second <= 15);
    FUZZ_CHECK(config.portal.loopback || text_starts(config.portal.url, "https://"));
    return 0;
}
