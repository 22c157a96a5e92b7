/*
 * How many users the portal announces, with and without inactive ones: one small page each, for
 * `check` to show that the portal understands includeInActive at all.
 */
#include "base/mem.h"
#include "base/parse.h"
#include "bynder/private.h"

static int take_total(void *context, const struct http_answer *answer, struct err *err)
{
    CLEANUP(mem_cleanup) char *value = http_header(answer, "X-Pagination-TotalRecords");
    int64_t *total = context;

    (void)err;
    *total = -1;
    if (value)
        (void)parse_int(value, 0, INT32_MAX, total);
    return 0;
}

int bynder_count(struct bynder *bynder, bool include_inactive, int64_t *ret_total, struct err *err)
{
    const struct config_portal *config = bynder->config;
    CLEANUP(text_release) struct text url = TEXT_INIT;

    text_addf(&url, "%s/api/v4/users/?limit=1&page=1", config->url);
    if (include_inactive)
        text_addf(&url, "&includeInActive=%s",
                  config->include_inactive ? config->include_inactive : "true");
    return bynder_get(bynder, ENDPOINT_USERS, text_cstr(&url), take_total, ret_total, err);
}
