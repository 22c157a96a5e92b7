/*
 * Each event holds the hash of the one before it, so a change anywhere changes every later hash;
 * what remains is a tail that was cut off and a chain that was made anew, and only a head that was
 * kept elsewhere tells those.
 *
 * After a finding the check goes on from what is stored, so one edit is one or two findings and not
 * one for every later event.
 */
#include "core/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/text.h"
#include "base/words.h"
#include "core/step.h"

static const char *const kind_name[] = {
    [AUDIT_UNKNOWN] = "unknown",
    [AUDIT_PORTAL] = "portal",
    [AUDIT_MIGRATION] = "migration",
    [AUDIT_RUN_BEGIN] = "run_begin",
    [AUDIT_RUN_END] = "run_end",
    [AUDIT_SNAPSHOT] = "snapshot",
    [AUDIT_ROSTER] = "roster",
    [AUDIT_PLAN] = "plan",
    [AUDIT_GUARD] = "guard",
    [AUDIT_OVERRIDE] = "override",
    [AUDIT_APPROVAL] = "approval",
    [AUDIT_REJECTION] = "rejection",
    [AUDIT_HANDED_IN] = "handed_in",
    [AUDIT_RULING] = "ruling",
    [AUDIT_RULING_END] = "ruling_end",
    [AUDIT_ACKNOWLEDGEMENT] = "acknowledgement",
    [AUDIT_ACKNOWLEDGEMENT_END] = "acknowledgement_end",
    [AUDIT_ANNOUNCEMENT] = "announcement",
    [AUDIT_ANNOUNCEMENT_END] = "announcement_end",
    [AUDIT_INTENT] = "intent",
    [AUDIT_OUTCOME] = "outcome",
    [AUDIT_ERASURE] = "erasure",
    [AUDIT_RETENTION] = "retention",
    [AUDIT_IDENTITY] = "identity",
    [AUDIT_RESTORE] = "restore",
};

const char *audit_kind_name(enum audit_kind kind)
{
    return kind_name[kind];
}

static enum audit_kind kind_of(const char *word)
{
    return (enum audit_kind)WORD_INDEX(kind_name, word);
}

static void add_digest(struct digest_stream *stream, const struct digest *digest)
{
    static const uint8_t length[8] = {0, 0, 0, 0, 0, 0, 0, DIGEST_SIZE};

    if (!digest) {
        digest_field(stream, NULL);
        return;
    }
    digest_bytes(stream, length, sizeof(length));
    digest_bytes(stream, digest->byte, DIGEST_SIZE);
}

struct digest audit_event_hash(const struct audit_event *event)
{
    struct digest_stream *stream = digest_new();

    digest_int(stream, event->version);
    digest_int(stream, event->portal_id);
    digest_int(stream, event->sequence);
    add_digest(stream, &event->previous);
    digest_int(stream, event->at.us);
    digest_field(stream, event->kind);
    digest_int(stream, event->run_id);
    digest_int(stream, event->plan_id);
    digest_int(stream, event->position);
    digest_field(stream, event->account_id);
    digest_field(stream, event->word);
    digest_field(stream, event->fact);
    add_digest(stream, event->sealed);
    return digest_finish(stream);
}

struct digest audit_seal(const void *salt, size_t salt_length, const char *value)
{
    struct digest_stream *stream = digest_new();

    digest_bytes(stream, salt, salt_length);
    digest_bytes(stream, value, strlen(value));
    return digest_finish(stream);
}

const char *audit_head_format(const struct audit_head *head, char buffer[static AUDIT_HEAD_SIZE])
{
    char hex[DIGEST_HEX_SIZE];

    (void)snprintf(buffer, AUDIT_HEAD_SIZE, "%lld:%s", (long long)head->sequence,
                   digest_hex(&head->hash, hex));
    return buffer;
}

bool audit_head_parse(const char *text, struct audit_head *ret_head)
{
    const char *colon = strchr(text, ':');
    struct audit_head head = {.sequence = 0};

    if (!colon || colon == text ||
        !parse_digits(text, (size_t)(colon - text), INT64_MAX, &head.sequence) ||
        head.sequence == 0 || !digest_parse(colon + 1, &head.hash))
        return false;
    head.count = head.sequence;
    *ret_head = head;
    return true;
}

/* --- what became of each act --- */

/* A step that had an intent; found by plan and position. plan_id 0 is an empty place. */
struct audit_step {
    int64_t plan_id, position;
    enum step_state state;
};

static size_t step_place(const struct audit_chain *chain, int64_t plan_id, int64_t position)
{
    uint64_t mixed = (uint64_t)plan_id * UINT64_C(0x9E3779B97F4A7C15) ^
                     (uint64_t)position * UINT64_C(0xC2B2AE3D27D4EB4F);
    size_t i = (size_t)(mixed ^ mixed >> 32) & (chain->step_capacity - 1);

    while (chain->step[i].plan_id &&
           (chain->step[i].plan_id != plan_id || chain->step[i].position != position))
        i = (i + 1) & (chain->step_capacity - 1);
    return i;
}

static void grow_steps(struct audit_chain *chain)
{
    struct audit_step *old = chain->step;
    size_t old_capacity = chain->step_capacity;

    chain->step_capacity = old_capacity ? old_capacity * 2 : 64;
    chain->step = mem_calloc(chain->step_capacity, sizeof(chain->step[0]));
    for (size_t i = 0; i < old_capacity; i++) {
        if (old[i].plan_id)
            chain->step[step_place(chain, old[i].plan_id, old[i].position)] = old[i];
    }
    free(old);
}

static struct audit_step *find_step(struct audit_chain *chain, const struct audit_event *event)
{
    if (chain->step_count * 2 >= chain->step_capacity)
        grow_steps(chain);
    return &chain->step[step_place(chain, event->plan_id, event->position)];
}

static void add_intent(struct audit_chain *chain, const struct audit_event *event)
{
    struct audit_step *step = find_step(chain, event);

    if (step->plan_id && step_is_open(step->state))
        audit_chain_tell(
            chain, event->sequence,
            "a second intent for row %lld of plan %lld, whose first one has no outcome",
            (long long)event->position, (long long)event->plan_id);
    chain->step_count += step->plan_id == 0;
    *step = (struct audit_step){event->plan_id, event->position, STEP_INTENT};
}

/* A failed one was done after all when the process that called it stood still until another run had
 * settled the step (core/step). */
static bool may_follow(enum step_state from, enum step_state to)
{
    if (to == STEP_VERIFIED)
        return from == STEP_DONE;
    return step_is_open(from) || (from == STEP_FAILED && to == STEP_DONE);
}

/* Skipped and already are the outcomes of steps that were never called. */
static void add_outcome(struct audit_chain *chain, const struct audit_event *event)
{
    struct audit_step *step = find_step(chain, event);
    enum step_state state = STEP_PLANNED;

    if (!step_state_parse(event->word, &state)) {
        audit_chain_tell(chain, event->sequence, "an outcome that is none");
        return;
    }
    if (state == STEP_SKIPPED || state == STEP_ALREADY)
        return;
    if (!step->plan_id || !may_follow(step->state, state))
        audit_chain_tell(chain, event->sequence, "row %lld of plan %lld is %s without %s",
                         (long long)event->position, (long long)event->plan_id,
                         step_state_name(state),
                         state == STEP_VERIFIED ? "having been done" : "an intent before it");
    if (step->plan_id)
        step->state = state;
}

/* --- the chain --- */

void audit_chain_init(struct audit_chain *chain, int64_t portal_id, const struct audit_head *anchor,
                      size_t anchor_count, audit_found *found, void *context)
{
    *chain = (struct audit_chain){.portal_id = portal_id,
                                  .anchor = anchor,
                                  .anchor_count = anchor_count,
                                  .found = found,
                                  .context = context};
}

void audit_chain_release(struct audit_chain *chain)
{
    free(chain->step);
    chain->step = NULL;
    chain->step_count = chain->step_capacity = 0;
}

void audit_chain_tell(struct audit_chain *chain, int64_t sequence, const char *format, ...)
{
    CLEANUP(text_release) struct text sentence = TEXT_INIT;
    va_list args;

    va_start(args, format);
    text_addv(&sentence, format, args);
    va_end(args);
    chain->findings++;
    chain->found(chain->context, sequence, text_cstr(&sentence));
}

static void check_place(struct audit_chain *chain, const struct audit_event *event)
{
    int64_t expected = chain->last.sequence + 1;

    if (event->version != AUDIT_VERSION)
        audit_chain_tell(chain, event->sequence, "the version is %lld, which there is not",
                         (long long)event->version);
    if (event->portal_id != chain->portal_id)
        audit_chain_tell(chain, event->sequence, "it is of another portal");
    if (event->sequence < expected)
        audit_chain_tell(chain, event->sequence,
                         "the number was given before: the chain was forked, or an event repeated");
    else if (event->sequence == expected + 1)
        audit_chain_tell(chain, expected, "the event is missing");
    else if (event->sequence > expected)
        audit_chain_tell(chain, expected, "the events from here to %lld are missing",
                         (long long)event->sequence - 1);
}

static void check_seal(struct audit_chain *chain, const struct audit_event *event)
{
    struct digest hash = audit_event_hash(event);

    if (digest_compare(&event->previous, &chain->last.hash) != 0)
        audit_chain_tell(chain, event->sequence,
                         "it does not follow the event before it: the hash it names is another");
    if (digest_compare(&event->hash, &hash) != 0)
        audit_chain_tell(chain, event->sequence,
                         "it was changed: its hash is not that of what it says");
    for (size_t i = 0; i < chain->anchor_count; i++) {
        if (chain->anchor[i].sequence == event->sequence &&
            digest_compare(&chain->anchor[i].hash, &event->hash) != 0)
            audit_chain_tell(chain, event->sequence,
                             "its hash is not the one that was kept outside: the chain was made "
                             "anew from here or before");
    }
}

void audit_chain_add(struct audit_chain *chain, const struct audit_event *event)
{
    char before[INSTANT_TEXT_SIZE], now[INSTANT_TEXT_SIZE];

    check_place(chain, event);
    check_seal(chain, event);
    if (instant_compare(event->at, chain->at) < 0)
        audit_chain_tell(chain, event->sequence, "the clock moved back, from %s to %s",
                         instant_format(chain->at, before), instant_format(event->at, now));
    switch (kind_of(event->kind)) {
    case AUDIT_INTENT:
        add_intent(chain, event);
        break;
    case AUDIT_OUTCOME:
        add_outcome(chain, event);
        break;
    case AUDIT_UNKNOWN:
        audit_chain_tell(chain, event->sequence, "the kind '%s' is none", event->kind);
        break;
    case AUDIT_PORTAL:
    case AUDIT_MIGRATION:
    case AUDIT_RUN_BEGIN:
    case AUDIT_RUN_END:
    case AUDIT_SNAPSHOT:
    case AUDIT_ROSTER:
    case AUDIT_PLAN:
    case AUDIT_GUARD:
    case AUDIT_OVERRIDE:
    case AUDIT_APPROVAL:
    case AUDIT_REJECTION:
    case AUDIT_HANDED_IN:
    case AUDIT_RULING:
    case AUDIT_RULING_END:
    case AUDIT_ACKNOWLEDGEMENT:
    case AUDIT_ACKNOWLEDGEMENT_END:
    case AUDIT_ANNOUNCEMENT:
    case AUDIT_ANNOUNCEMENT_END:
    case AUDIT_ERASURE:
    case AUDIT_RETENTION:
    case AUDIT_IDENTITY:
    case AUDIT_RESTORE:
        break;
    }
    chain->at = event->at;
    chain->last.sequence = event->sequence;
    chain->last.hash = event->hash;
    chain->last.count++;
}

void audit_chain_end(struct audit_chain *chain, const struct audit_head *head)
{
    const struct audit_head *last = &chain->last;

    for (size_t i = 0; i < chain->anchor_count; i++) {
        if (chain->anchor[i].sequence > last->sequence)
            audit_chain_tell(chain, chain->anchor[i].sequence,
                             "the event was there when the head was kept outside, and the chain "
                             "ends at %lld: its tail was cut off, or an older backup restored",
                             (long long)last->sequence);
    }
    if (head->sequence != last->sequence || head->count != last->count ||
        digest_compare(&head->hash, &last->hash) != 0)
        audit_chain_tell(chain, last->sequence,
                         "the chain ends here, and its head says %lld events to number %lld with "
                         "another hash or count",
                         (long long)head->count, (long long)head->sequence);
}
