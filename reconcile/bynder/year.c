/*
 * A year that is over comes as one file, too large to be held: it goes through the reader as it
 * comes. It is tried once a run, but for a token or the pace: without it everything goes on, so no
 * patience is spent on it. Only what says where it ends is known to be whole.
 */
#include "base/limits.h"
#include "bynder/private.h"
#include "bynder/year_reader.h"

static int take_bytes(void *context, const char *bytes, size_t length, struct err *err)
{
    return year_reader_push(context, bytes, length, err);
}

/* Empty is nothing that was told, nor is it the end of a file. */
static int finish(struct year_reader *reader, const char *url, const struct http_answer *answer,
                  struct portal_year_told *told, struct err *err)
{
    if (!answer->framed)
        return err_set(err, ERR_UNREACHABLE,
                       "GET '%s': nothing says where the answer ends, so it may be cut off", url);
    if (year_reader_finish(reader, &told->rows, &told->unreadable, err) < 0)
        return err_prefix(err, "GET '%s'", url);
    told->access = told->rows > 0 ? YEAR_READ : YEAR_ABSENT;
    return 0;
}

static enum verdict attempt(struct bynder *bynder, const char *url, const struct portal_year *year,
                            struct portal_year_told *told, struct err *err)
{
    CLEANUP(http_answer_release) struct http_answer answer = {.status = 0};
    CLEANUP(err_release) struct err failure = ERR_INIT;
    CLEANUP(year_reader_freep) struct year_reader *reader = year_reader_new(year);
    const struct http_sink sink = {.context = reader,
                                   .take = take_bytes,
                                   .limit = LIMIT_YEAR_BYTES,
                                   .timeout_s = LIMIT_YEAR_S};
    struct http_request request = {.method = HTTP_GET,
                                   .url = url,
                                   .bearer = &bynder->token,
                                   .accept = "text/csv",
                                   .sink = &sink};
    bool whole = http_exchange(bynder->http, &request, &answer, &failure) == 0;
    enum verdict verdict =
        bynder_judge(bynder, ENDPOINT_YEAR, url, whole ? &answer : NULL, &failure, err);

    if (verdict != VERDICT_GOOD)
        return verdict == VERDICT_AGAIN ? VERDICT_BAD : verdict;
    if (finish(reader, url, &answer, told, err) < 0)
        return VERDICT_BAD;
    bynder_answered(bynder);
    return VERDICT_GOOD;
}

static int get(struct bynder *bynder, const char *url, const struct portal_year *year,
               struct portal_year_told *told, struct err *err)
{
    CLEANUP(err_release) struct err failure = ERR_INIT;
    enum verdict verdict = VERDICT_TOKEN;
    unsigned tries = 0;

    while (verdict != VERDICT_GOOD) {
        if (bynder_may_ask(bynder, err) < 0 || bynder_token_ensure(bynder, err) < 0)
            return -1;
        err_release(&failure);
        verdict = attempt(bynder, url, year, told, &failure);
        tries += verdict == VERDICT_FEW;
        if (bynder_before_next(bynder, verdict, tries, &failure) < 0)
            return err_move(err, &failure);
    }
    return 0;
}

static bool is_absent(const struct bynder *bynder)
{
    long status = bynder->stopped_by;

    return status == 403 || status == 404 || status == 410;
}

int bynder_year(void *self, struct arena *arena, const struct portal_year *year,
                struct portal_year_told *ret_told, struct err *err)
{
    struct bynder *bynder = self;
    CLEANUP(err_release) struct err failure = ERR_INIT;
    CLEANUP(text_release) struct text url = TEXT_INIT;
    struct portal_year_told told = {.access = YEAR_BROKEN};

    if (bynder_token_ensure(bynder, err) < 0)
        return -1;
    if (!bynder_may_read_events(bynder)) {
        *ret_told = (struct portal_year_told){.access = YEAR_UNASKED};
        return 0;
    }
    text_addf(&url, "%s/v7/analytics/api/v1/historical/%d.csv", bynder->config->url, year->year);
    bynder->stopped_by = 0;
    if (get(bynder, text_cstr(&url), year, &told, &failure) < 0) {
        if (clock_is_interrupted())
            return err_move(err, &failure);
        told.access = failure.code == ERR_SCOPE && is_absent(bynder) ? YEAR_ABSENT : YEAR_BROKEN;
        told.why = arena_strdup(arena, failure.text);
    } else if (told.access == YEAR_ABSENT) {
        told.why = arena_printf(arena, "GET '%s' answers with an empty file", text_cstr(&url));
    } else if (told.unreadable > 0) {
        told.why = arena_printf(arena, "%zu of %zu rows of %d cannot be read", told.unreadable,
                                told.rows, year->year);
    }
    *ret_told = told;
    return 0;
}
