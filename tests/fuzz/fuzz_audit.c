/*
 * A chain of events as the database gives it, sealed rightly or not. A chain whose every hash and
 * sequence is right has no finding about them; one event that was changed is found.
 * Reads: core/audit.c
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/audit.h"
#include "fuzz.h"

enum { EVENTS = 40 };

static void found(void *context, int64_t sequence, const char *sentence)
{
    size_t *findings = context;

    (void)sequence;
    FUZZ_CHECK(*sentence && text_is_utf8(sentence, strlen(sentence)));
    ++*findings;
}

static struct audit_event draw(struct bytes *bytes, struct arena *arena)
{
    static const char *const kinds[] = {"intent",   "outcome",  "plan",   "run_begin",
                                        "approval", "snapshot", "portal", "unheard of"};
    static const char *const words[] = {NULL,      "suspend", "done",    "failed",
                                        "unknown", "skipped", "verified"};

    return (struct audit_event){.version = AUDIT_VERSION,
                                .portal_id = 1,
                                .at = {.us = INT64_C(1795330800000000) + bytes_number(bytes) / 2},
                                .kind = bytes_choice(bytes, 4)
                                            ? kinds[bytes_choice(bytes, COUNT_OF(kinds))]
                                            : audit_kind_name(AUDIT_RESTORE),
                                .run_id = bytes_choice(bytes, 3),
                                .plan_id = bytes_choice(bytes, 9),
                                .position = bytes_choice(bytes, 9),
                                .account_id = bytes_utf8_line(bytes, arena),
                                .word = words[bytes_choice(bytes, COUNT_OF(words))],
                                .fact = bytes_utf8_line(bytes, arena)};
}

/* What the check says of a chain with this event left out or changed; EVENTS = of all of it. */
static size_t check(const struct audit_event *event, size_t count, size_t skipped,
                    const struct audit_head *head)
{
    struct audit_chain chain;
    size_t findings = 0;

    audit_chain_init(&chain, 1, head, 1, found, &findings);
    for (size_t i = 0; i < count; i++) {
        if (i != skipped)
            audit_chain_add(&chain, &event[i]);
    }
    audit_chain_end(&chain, head);
    FUZZ_CHECK(findings == chain.findings);
    audit_chain_release(&chain);
    return findings;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct bytes bytes = bytes_of(data, size);
    struct audit_event event[EVENTS];
    struct digest seal[EVENTS];
    struct audit_head head = {.sequence = 0}, again;
    size_t count = 1 + bytes_choice(&bytes, EVENTS),
           changed = bytes_choice(&bytes, (unsigned)count);
    char text[AUDIT_HEAD_SIZE];

    for (size_t i = 0; i < count; i++) {
        event[i] = draw(&bytes, &arena);
        if (event[i].fact && i % 3 == 0) { /* what is personal stands beside it, under a seal */
            seal[i] = audit_seal("salt", 4, event[i].fact);
            event[i].sealed = &seal[i];
        }
        event[i].sequence = (int64_t)i + 1;
        event[i].previous = head.hash;
        event[i].hash = audit_event_hash(&event[i]);
        head = (struct audit_head){
            .sequence = (int64_t)i + 1, .count = (int64_t)i + 1, .hash = event[i].hash};
    }
    FUZZ_CHECK(audit_head_parse(audit_head_format(&head, text), &again) &&
               again.sequence == head.sequence);
    size_t before = check(event, count, EVENTS, &head);
    FUZZ_CHECK(check(event, count, changed, &head) > 0);
    struct audit_event kept = event[changed];
    switch (bytes_choice(&bytes, 5)) { /* what hands can do to an event */
    case 0:
        event[changed].version++;
        break;
    case 1:
        event[changed].portal_id++;
        break;
    case 2:
        event[changed].sequence += (int64_t[]){-1, 1, 5}[bytes_choice(&bytes, 3)];
        break;
    case 3: /* sealed anew */
        event[changed].fact = "{\"another\":1}";
        event[changed].hash = audit_event_hash(&event[changed]);
        break;
    default:
        event[changed].run_id++;
        break;
    }
    if (digest_compare(&kept.hash, &event[changed].hash) == 0 && kept.fact == event[changed].fact &&
        bytes_choice(&bytes, 2))
        event[changed].hash = audit_event_hash(&event[changed]);
    FUZZ_CHECK(check(event, count, EVENTS, &head) > before);
    (void)audit_head_parse(bytes_line(&bytes, &arena), &again);
    return 0;
}
