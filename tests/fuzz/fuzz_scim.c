/*
 * A roster as the pages of a SCIM list.
 * Reads: roster/json.c format/json.c
 */
#include "roster.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"name.formatted"};
    struct config_roster config = {
        .format = ROSTER_FORMAT_SCIM, .encoding = "UTF-8", .date_format = "%Y-%m-%d"};

    if (size > 0 && *data == ' ') { /* with a mapping of one's own */
        config.column.of[ROSTER_EMPLOYEE_NUMBER] = "externalId";
        config.column.of[ROSTER_STATUS] = "userType";
        config.column.of[ROSTER_COUNTRY] = "title";
        config.column.name = (struct name_list){.item = names, .count = 1};
    }
    fuzz_roster(&config, (const char *)data, size);
    return 0;
}
