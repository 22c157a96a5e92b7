/*
 * A roster as JSON, and the same bytes with another format in the configuration. The blank in front
 * of it, which means nothing in JSON, says how else it is configured.
 * Reads: roster/json.c roster/intake.c
 */
#include "base/cleanup.h"
#include "roster.h"

static void vary(struct config_roster *config, const uint8_t *data, size_t size)
{
    static const char *const names[] = {"Name", " ", "Family"};

    if (size == 0)
        return;
    switch (*data) {
    case '\t':
        config->date_format = "%m/%d/%Y";
        break;
    case '\n':
        config->date_format = "%Y-%m-%dT%H:%M:%S%z";
        break;
    case '\r':
        config->column.name = (struct name_list){names, COUNT_OF(names)};
        break;
    case ' ':
        if (size > 1 && data[1] == ' ')
            config->date_format = "%d.%m.";
        else
            config->column.of[ROSTER_EMPLOYEE_NUMBER] = config->column.of[ROSTER_EMAIL] =
                config->column.of[ROSTER_USERNAME] = NULL;
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config_roster config = fuzz_roster_config();

    config.format = ROSTER_FORMAT_JSON;
    vary(&config, data, size);
    fuzz_roster(&config, (const char *)data, size);
    config = (struct config_roster){
        .format = ROSTER_FORMAT_SCIM, .encoding = "UTF-8", .date_format = "%Y-%m-%d"};
    fuzz_roster(&config, (const char *)data, size);
    return 0;
}
