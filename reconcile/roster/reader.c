/*
 * source -> digest and decoder -> reader of the format -> intake. The bytes go through in pieces,
 * so that memory holds the people and one piece. Until the last byte was good the people belong to
 * the intake alone; *ret_roster is written in one assignment at the end.
 */
#include "roster/reader.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "format/container.h"
#include "format/encoding.h"
#include "roster/csv.h"
#include "roster/intake.h"
#include "roster/json.h"
#include "roster/scim.h"
#include "roster/source.h"

enum { PIECE = 65536 };

#define DOS_END '\x1A' /* behind the last byte of a document it means nothing */

static void digest_cleanup(struct digest_stream **stream)
{
    digest_free(*stream);
}

/* One page, or the whole file, through the digest and the decoder into the sink. */
static int pump(struct roster_source *source, const char *encoding_name,
                struct digest_stream *stream, encoding_sink *sink, void *context, struct err *err)
{
    CLEANUP(encoding_freep) struct encoding *encoding = NULL;
    CLEANUP(mem_cleanup) char *piece = mem_alloc(PIECE);
    size_t length, total = 0;
    int result = encoding_new(encoding_name ? encoding_name : "UTF-8", &encoding, err);

    while (result == 0) {
        result = roster_source_read(source, piece, PIECE, &length, err);
        if (result < 0 || length == 0)
            break;
        if (total == 0)
            result = container_refuse(piece, length, err);
        total += length;
        digest_bytes(stream, piece, length);
        if (result == 0)
            result = encoding_push(encoding, piece, length, sink, context, err);
    }
    explicit_bzero(piece, PIECE);
    if (result == 0 && total == 0)
        result = err_set(err, ERR_ROSTER, "is empty");
    if (result == 0)
        result = encoding_finish(encoding, sink, context, err);
    return result;
}

static int read_csv(struct roster_source *source, const struct config_roster *config,
                    struct roster_intake *intake, struct digest_stream *stream, struct err *err)
{
    CLEANUP(roster_csv_freep) struct roster_csv *csv = roster_csv_new(config, intake);

    if (pump(source, config->encoding, stream, roster_csv_push, csv, err) < 0)
        return -1;
    return roster_csv_finish(csv, err);
}

static int collect(void *context, const char *utf8, size_t length, struct err *err)
{
    struct text *text = context;

    if (text->length + length > LIMIT_ROSTER_BYTES)
        return err_set(err, ERR_ROSTER, "is larger than %ld bytes", LIMIT_ROSTER_BYTES);
    text_add_bytes(text, utf8, length);
    return 0;
}

static void wipe_text(struct text *text)
{
    if (text->data)
        explicit_bzero(text->data, text->capacity);
    text_release(text);
}

static int read_page(struct roster_source *source, const struct config_roster *config,
                     struct roster_json *json, struct digest_stream *stream, struct err *err)
{
    CLEANUP(wipe_text) struct text text = TEXT_INIT;
    size_t length;

    if (pump(source, config->encoding, stream, collect, &text, err) < 0)
        return -1;
    length = text.length;
    while (length > 0 && text.data[length - 1] == DOS_END)
        length--;
    return roster_json_page(json, text_cstr(&text), length, roster_source_is_last(source), err);
}

static int read_document(struct roster_source *source, const struct config_roster *config,
                         bool by_default, struct roster_intake *intake,
                         struct digest_stream *stream, size_t *ret_groups, struct err *err)
{
    CLEANUP(roster_json_freep) struct roster_json *json = roster_json_new(config, intake);

    do {
        if (read_page(source, config, json, stream, err) < 0)
            return -1;
    } while (roster_source_next(source));
    *ret_groups = roster_json_groups(json);
    return roster_json_finish(json, by_default, err);
}

static int read_source(struct arena *arena, const struct config_roster *config,
                       struct roster_source *source, struct roster *roster, struct err *err)
{
    CLEANUP(roster_intake_freep) struct roster_intake *intake = NULL;
    CLEANUP(digest_cleanup) struct digest_stream *stream = digest_new();
    struct config_roster settled = *config;
    bool by_default = false;
    int result;

    if ((config->format == ROSTER_FORMAT_SCIM &&
         roster_scim_settle(&settled, &by_default, err) < 0) ||
        roster_intake_new(arena, &settled, &intake, err) < 0)
        return -1;
    result =
        config->format == ROSTER_FORMAT_CSV
            ? read_csv(source, &settled, intake, stream, err)
            : read_document(source, &settled, by_default, intake, stream, &roster->groups, err);
    if (result < 0)
        return -1;
    roster->digest = digest_finish(TAKE(stream));
    roster_intake_finish(intake, roster);
    return 0;
}

int roster_read(struct arena *arena, const struct config_roster *config, const char *path_override,
                struct instant now, struct roster *ret_roster, struct err *err)
{
    CLEANUP(roster_source_closep) struct roster_source *source = NULL;
    struct roster roster = {.read_at = now};

    if (roster_source_open(config, path_override, &source, err) < 0)
        return -1;
    if (read_source(arena, config, source, &roster, err) < 0)
        return err_prefix(err, "roster '%s'", roster_source_name(source));
    roster.source = arena_strdup(arena, roster_source_name(source));
    roster.modified = roster_source_modified(source);
    *ret_roster = roster;
    return 0;
}
