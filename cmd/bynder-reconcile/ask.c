/* Several who could be meant are listed and none is taken: the history of one person is not shown
 * as that of another. */
#include "cmd/bynder-reconcile/ask.h"

#include "audit/erase.h"
#include "host/log.h"
#include "store/migrate.h"

int ask_begin(struct ask *ask, struct err *err)
{
    const struct config *config = &ask->config;

    if (session_format(invocation_option(ask->invocation, "format"), &ask->format, err) < 0)
        return -1;
    if (ask->format == REPORT_HTML)
        return err_set(err, ERR_USAGE, "there is no format 'html' here; hint: text, json or csv");
    if (session_config(ask->invocation, &ask->config, err) < 0)
        return -1;
    log_context("portal", config->portal.name);
    if (database_open(&config->database, &ask->database, err) < 0 ||
        store_sees_tables(ask->database.pg, &ask->sees_tables, err) < 0 ||
        (ask->sees_tables && migrate_check(ask->database.pg, err)))
        return -1;
    return store_open_views(ask->database.pg, config->portal.name, &ask->store, err);
}

void ask_end(struct ask *ask)
{
    database_release(&ask->database);
}

/* The first instant of a day, between the earliest and the latest it can be anywhere. */
static struct instant day_begin(struct day day, const struct zone *zone)
{
    struct day epoch = {0};
    bool is_day = day_from_civil(1970, 1, 1, &epoch);
    int64_t midnight = is_day ? day_between(epoch, day) * DAY_US : 0;
    int64_t low = midnight - DAY_US, high = midnight + DAY_US;

    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (day_compare(instant_day((struct instant){middle}, zone), day) < 0)
            low = middle;
        else
            high = middle;
    }
    return (struct instant){high};
}

int ask_moment(const char *word, const struct zone *zone, bool end_of_day,
               struct instant *ret_moment, struct err *err)
{
    struct day day;

    if (instant_parse_rfc3339(word, ret_moment))
        return 0;
    if (!day_parse_iso(word, &day))
        return err_set(err, ERR_USAGE,
                       "'%s' is no date; hint: 2026-03-03, or an instant like "
                       "2026-03-03T12:00:00Z",
                       word);
    *ret_moment =
        end_of_day ? instant_add_us(day_begin(day_add(day, 1), zone), -1) : day_begin(day, zone);
    return 0;
}

int ask_thinned(const struct ask *ask, struct instant moment, struct err *err)
{
    char gone_text[INSTANT_TEXT_SIZE], kept_text[INSTANT_TEXT_SIZE];
    struct instant gone, kept;
    bool found = false;

    if (store_find_thinned(&ask->store, moment, &found, &gone, &kept, err) < 0)
        return -1;
    if (found)
        log_warning("the reading of %s was thinned out since (retention): this is what was known "
                    "at %s, the newest before it that is kept",
                    instant_format(gone, gone_text), instant_format(kept, kept_text));
    return 0;
}

static void list(const struct store_subject *subject, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CLEANUP(text_release) struct text line = TEXT_INIT;
        text_add_printable(&line,
                           subject[i].account_id ? subject[i].account_id : subject[i].person_key);
        const char *const more[] = {subject[i].username, subject[i].email, subject[i].name,
                                    subject[i].status};
        for (size_t j = 0; j < COUNT_OF(more); j++) {
            text_add(&line, more[j] ? ", " : "");
            text_add_printable(&line, more[j] ? more[j] : "");
        }
        log_warning("%s", text_cstr(&line));
    }
}

int ask_who(struct ask *ask, const char *who, struct store_subject *ret_subject, struct err *err)
{
    struct store_subject *subject = NULL;
    size_t count = 0;

    if (store_find_who(&ask->store, ask->invocation->arena, who, &subject, &count, err) < 0)
        return -1;
    if (count == 0)
        return err_set(err, ERR_USAGE,
                       "nobody is or was called '%s'; hint: an id, username, e-mail or employee "
                       "number",
                       who);
    if (count > 1) {
        list(subject, count);
        return err_set(err, ERR_USAGE, "%zu may be meant by '%s'; hint: name one by its id", count,
                       who);
    }
    *ret_subject = subject[0];
    return 0;
}
