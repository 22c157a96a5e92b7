/*
 * A roster as JSON.
 * Reads: roster/json.c roster/intake.c
 */
#include "roster.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config_roster config = fuzz_roster_config();

    config.format = ROSTER_FORMAT_JSON;
    fuzz_roster(&config, (const char *)data, size);
    return 0;
}
