/*
 * curl_must: libcurl's way of saying that there is no memory is the end, as with our own
 * (base/mem): an option that was not taken would be a request of another kind, and a write that was
 * never sent would be a failed one, though the next run can do it. Not asked of a whole transfer:
 * there libcurl says the same of an answer that is larger than it takes, which is the other end's
 * doing.
 */
#ifndef HOST_CURL_MUST_H
#define HOST_CURL_MUST_H

#include <curl/curl.h>

#include "base/mem.h"

static inline CURLcode curl_must(CURLcode code)
{
    if (code == CURLE_OUT_OF_MEMORY)
        mem_exhausted();
    return code;
}

/* For options whose only way to fail that is not a mistake of ours is to be copied. */
#define curl_set(easy, option, value) ((void)curl_must(curl_easy_setopt((easy), (option), (value))))

#endif
