/*
 * Wrong on purpose: a profile is given without saying that the account stays active.
 */
#include <string.h>

#include "base/text.h"
#include "net/http.h"

int __real_http_write(struct http *http, const struct http_request *request,
                      struct http_outcome *ret_outcome, struct err *err);
int __wrap_http_write(struct http *http, const struct http_request *request,
                      struct http_outcome *ret_outcome, struct err *err);

int __wrap_http_write(struct http *http, const struct http_request *request,
                      struct http_outcome *ret_outcome, struct err *err)
{
    static const char active[] = "active=1&";

    struct http_request less = *request;

    if (less.form && text_starts(less.form, active))
        less.form += strlen(active);
    return __real_http_write(http, &less, ret_outcome, err);
}
