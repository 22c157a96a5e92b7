/*
 * Where there are two versions of an endpoint the newer one is asked first: the older ones are
 * being retired one by one.
 */
#include "facts/event.h"

#include "base/cleanup.h"
#include "base/column.h"
#include "base/text.h"

const struct event_kind_row event_kinds[EVENT_KINDS] = {
    [EVENT_NONE] = {.word = NULL},
    [EVENT_LOGIN] = {"logins", "logins", {"/v7/analytics/api/v1/user/login"}, {"user.login"}},
    [EVENT_VIEW] = {"views",
                    "asset views",
                    {"/v7/analytics/api/v2/asset/views", "/v7/analytics/api/v1/asset/view"},
                    {"AssetViewed", "asset.view"}},
    [EVENT_DOWNLOAD] = {"downloads",
                        "asset downloads",
                        {"/v7/analytics/api/v1/asset/v2/download",
                         "/v7/analytics/api/v1/asset/download"},
                        {"AssetDownloadRequested", "asset.download"}},
    [EVENT_CREATION] = {"creations",
                        "asset creations",
                        {"/v7/analytics/api/v1/asset/create"},
                        {"asset.create"}},
    [EVENT_ARCHIVAL] = {"archivals",
                        "asset archivals",
                        {"/v7/analytics/api/v1/asset/archive"},
                        {"asset.archive"}},
    [EVENT_REMOVAL] = {"removals",
                       "asset removals",
                       {"/v7/analytics/api/v1/asset/remove"},
                       {"asset.remove"}},
    [EVENT_SEARCH] = {"searches",
                      "searches",
                      {"/v7/analytics/api/v1/search/executions",
                       "/v7/analytics/api/v1/search/keyword"},
                      {"SearchExecuted", "search.keyword"}},
    [EVENT_COLLECTION_VIEW] = {"collection_views",
                               "collection views",
                               {"/v7/analytics/api/v1/collection/views"},
                               {"CollectionViewed"}},
};

const struct column_words event_kind_words = COLUMN_WORDS_OF(event_kinds);

enum event_kind event_after(enum event_kind kind)
{
    kind = kind < EVENT_VIEW ? EVENT_VIEW : (enum event_kind)(kind + 1);
    return kind < EVENT_KINDS ? kind : EVENT_NONE;
}

enum event_kind event_kind_of_type(const char *type)
{
    for (unsigned kind = EVENT_LOGIN; kind < EVENT_KINDS; kind++) {
        for (size_t i = 0; i < EVENT_TYPES && event_kinds[kind].type[i]; i++) {
            if (text_equal(event_kinds[kind].type[i], type))
                return (enum event_kind)kind;
        }
    }
    return EVENT_NONE;
}

struct activity activity_newest(struct activity a, struct activity b)
{
    return instant_compare(b.at, a.at) > 0 ? b : a;
}
