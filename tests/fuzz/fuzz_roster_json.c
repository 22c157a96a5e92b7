/*
 * A roster as JSON, and the same bytes with another format in the configuration; and where they say
 * that the next page is. The blanks in front, which mean nothing in JSON, say how else it is
 * configured.
 * Reads: roster/json.c roster/json_value.c roster/next.c
 */
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/text.h"
#include "roster.h"
#include "roster/next.h"

static void vary_place(struct config_roster *config, char blank)
{
    if (blank == ' ') {
        config->items = "/a/b";
    } else if (blank == '\t') {
        config->items = "/value";
        config->next = "/next";
    } else if (blank == '\n') {
        config->format = ROSTER_FORMAT_JSONL;
    } else if (blank == '\r') {
        config->column.of[ROSTER_EMPLOYEE_NUMBER] = "/id/value";
        config->column.of[ROSTER_EMAIL] = "/mails/0";
        config->column.of[ROSTER_ON_LEAVE] = "away";
    }
}

static void vary(struct config_roster *config, const uint8_t *data, size_t size)
{
    static const char *const names[] = {"Name", " ", "Family"};

    if (size == 0)
        return;
    switch (*data) {
    case '\t':
        config->date_format = "%m/%d/%Y";
        vary_place(config, size > 1 ? (char)data[1] : '\0');
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

/* An address that is followed is one of the same host, whatever the answer says. */
static void look_for_next(const char *bytes, size_t size)
{
    static const char base[] = "https://hr.example/people?a=b";
    CLEANUP(text_release) struct text body = TEXT_INIT;
    CLEANUP(mem_cleanup) char *link = NULL;
    CLEANUP(mem_cleanup) char *named = NULL;
    CLEANUP(mem_cleanup) char *whole = NULL;

    text_add_bytes(&body, bytes, size);
    link = roster_next_link(text_cstr(&body));
    if (roster_next_pointer(&body, "/next", &named, NULL) < 0)
        named = NULL;
    if (!link && !named)
        return;
    if (roster_next_resolve(base, named ? named : link, &whole, NULL) == 0)
        FUZZ_CHECK(strncasecmp(whole, "https://hr.example/", 19) == 0 ||
                   strncasecmp(whole, "https://hr.example:443/", 23) == 0);
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
    look_for_next((const char *)data, size);
    return 0;
}
