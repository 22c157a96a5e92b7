/*
 * A roster as the pages of a SCIM list, and one of them taken for a list of people. A blank in
 * front of it says which attributes are mapped. Reads: roster/scim.c
 */
#include "roster.h"

static void vary(struct config_roster *config, char blank)
{
    static const char *const names[] = {"name.formatted"}, *const unknown[] = {"nickName"};

    if (blank == ' ') { /* with a mapping of one's own */
        config->column.of[ROSTER_EMPLOYEE_NUMBER] = "externalId";
        config->column.of[ROSTER_STATUS] = "userType";
        config->column.of[ROSTER_COUNTRY] = "title";
        config->column.name = (struct name_list){.item = names, .count = 1};
    } else if (blank == '\n') { /* with one that no user has */
        config->column.of[ROSTER_EMAIL] = "mail";
    } else if (blank == '\t') {
        config->column.of[ROSTER_EMAIL] = "emails";
        config->column.name = (struct name_list){.item = unknown, .count = 1};
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config_roster config = {
        .format = ROSTER_FORMAT_SCIM, .encoding = "UTF-8", .date_format = "%Y-%m-%d"};
    struct config_roster list = {
        .format = ROSTER_FORMAT_JSON,
        .encoding = "UTF-8",
        .column.of = {[ROSTER_EMPLOYEE_NUMBER] = "externalId", [ROSTER_USERNAME] = "userName"}};

    vary(&config, size > 0 ? (char)*data : '\0');
    fuzz_roster(&config, (const char *)data, size);
    fuzz_roster(&list, (const char *)data, size);
    return 0;
}
