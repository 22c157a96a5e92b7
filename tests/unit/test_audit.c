/* core/audit: the hash of a known event; every bit of a thousand; each rule of the chain. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "core/audit.h"
#include "test.h"

#define PORTAL 77
#define EVENTS 1000

struct findings {
    struct text text;
    size_t count;
};

static void note(void *context, int64_t sequence, const char *sentence)
{
    struct findings *findings = context;

    findings->count++;
    text_addf(&findings->text, "%lld %s\n", (long long)sequence, sentence);
}

static void count_only(void *context, int64_t sequence, const char *sentence)
{
    (void)sequence;
    (void)sentence;
    ++*(size_t *)context;
}

/* Events that follow each other, sealed. */
static void seal_all(struct audit_event *event, size_t count)
{
    struct digest previous = {.byte = {0}};

    for (size_t i = 0; i < count; i++) {
        event[i].version = AUDIT_VERSION;
        event[i].portal_id = PORTAL;
        event[i].sequence = (int64_t)i + 1;
        event[i].at = (struct instant){INT64_C(1800000000000000) + (int64_t)i};
        event[i].previous = previous;
        event[i].hash = previous = audit_event_hash(&event[i]);
    }
}

static struct audit_head head_of(const struct audit_event *event)
{
    return (struct audit_head){event->sequence, event->sequence, event->hash};
}

/* --- the hash --- */

/* Made by hand with Python's hashlib; a change here breaks every chain there is. */
TEST(audit_event_hash_of_a_known_event_is_what_it_always_was)
{
    struct digest sealed = {.byte = {7}};
    struct audit_event event = {
        .version = 1,
        .portal_id = 77,
        .sequence = 2,
        .previous = {.byte = {1}},
        .at = {INT64_C(1800000000000001)},
        .kind = "outcome",
        .run_id = 3,
        .plan_id = 4,
        .position = 5,
        .account_id = "A",
        .word = "done",
        .fact = "{\"http_status\":202}",
        .sealed = &sealed,
    };
    char hex[DIGEST_HEX_SIZE];
    struct digest hash = audit_event_hash(&event);

    assert_string_equal(digest_hex(&hash, hex),
                        "61acec4cefbb09f8e12f26d28032767b3661d93c2369aba724427ce0ac43855f");
    event.account_id = event.word = event.fact = NULL;
    event.sealed = NULL;
    hash = audit_event_hash(&event);
    assert_string_equal(digest_hex(&hash, hex),
                        "4b2ff88a6ebf28feae5c981ade67652f031c388c1f171e92fa7448043008e5c5");
}

struct flips {
    struct audit_chain chain; /* as it is before the event */
    size_t found, flips, missed;
};

static void check_flip(struct flips *flips, const struct audit_event *event)
{
    struct audit_chain before = flips->chain;
    size_t found = flips->found;

    audit_chain_add(&flips->chain, event);
    flips->flips++;
    flips->missed += flips->found == found;
    flips->chain = before;
}

static void flip_bytes(struct flips *flips, const struct audit_event *event, void *bytes,
                       size_t length)
{
    uint8_t *byte = bytes;

    for (size_t bit = 0; bit < length * 8; bit++) {
        byte[bit / 8] ^= (uint8_t)(1U << bit % 8);
        check_flip(flips, event);
        byte[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
}

static void flip_text(struct flips *flips, struct audit_event *event, const char **text)
{
    char copy[128];
    const char *original = *text;

    assert_true(strlen(original) < sizeof(copy));
    memcpy(copy, original, strlen(original) + 1);
    *text = copy;
    flip_bytes(flips, event, copy, strlen(original));
    *text = original;
}

static void flip_event(struct flips *flips, const struct audit_event *original)
{
    struct audit_event event = *original;
    struct digest sealed = *original->sealed;

    event.sealed = &sealed;
    flip_bytes(flips, &event, &event.version, sizeof(event.version));
    flip_bytes(flips, &event, &event.portal_id, sizeof(event.portal_id));
    flip_bytes(flips, &event, &event.sequence, sizeof(event.sequence));
    flip_bytes(flips, &event, &event.previous, sizeof(event.previous));
    flip_bytes(flips, &event, &event.at, sizeof(event.at));
    flip_bytes(flips, &event, &event.run_id, sizeof(event.run_id));
    flip_bytes(flips, &event, &event.plan_id, sizeof(event.plan_id));
    flip_bytes(flips, &event, &event.position, sizeof(event.position));
    flip_bytes(flips, &event, &sealed, sizeof(sealed));
    flip_bytes(flips, &event, &event.hash, sizeof(event.hash));
    flip_text(flips, &event, &event.kind);
    flip_text(flips, &event, &event.account_id);
    flip_text(flips, &event, &event.word);
    flip_text(flips, &event, &event.fact);
}

TEST(audit_chain_add_of_any_single_bit_changed_in_a_thousand_events_finds_it)
{
    struct arena arena = ARENA_INIT;
    struct audit_event *event = arena_calloc(&arena, EVENTS, sizeof(event[0]));
    struct digest *sealed = arena_calloc(&arena, EVENTS, sizeof(sealed[0]));
    struct flips flips = {.found = 0};

    for (size_t i = 0; i < EVENTS; i++) {
        sealed[i] = digest_of(&i, sizeof(i));
        event[i] =
            (struct audit_event){.kind = "guard",
                                 .run_id = (int64_t)i / 15 + 1,
                                 .plan_id = (int64_t)i / 15 + 1,
                                 .position = (int64_t)i % 15 + 1,
                                 .account_id = arena_printf(&arena, "%08zX-2B3A-141F", i),
                                 .word = i % 7 ? "pass" : "hold",
                                 .fact = arena_printf(&arena, "{\"guard\":\"G%zu\"}", i % 13),
                                 .sealed = &sealed[i]};
    }
    seal_all(event, EVENTS);
    audit_chain_init(&flips.chain, PORTAL, NULL, 0, count_only, &flips.found);
    for (size_t i = 0; i < EVENTS; i++) {
        flip_event(&flips, &event[i]);
        size_t found = flips.found;
        audit_chain_add(&flips.chain, &event[i]);
        assert_int_equal(flips.found, found); /* as it is, it is fine */
    }
    print_message("%zu single-bit changes, %zu missed\n", flips.flips, flips.missed);
    assert_true(flips.flips > 1500 * EVENTS);
    assert_int_equal(flips.missed, 0);
    audit_chain_release(&flips.chain);
    arena_release(&arena);
}

/* --- the chain --- */

/* Four events; `change` puts them in another order or shape, and what is said must hold `words`. */
static void check_said(const struct audit_event *event, size_t count, const struct audit_head *head,
                       const struct audit_head *anchor, const char *words)
{
    struct findings findings = {.text = TEXT_INIT};
    struct audit_chain chain;

    audit_chain_init(&chain, PORTAL, anchor, anchor ? 1 : 0, note, &findings);
    for (size_t i = 0; i < count; i++)
        audit_chain_add(&chain, &event[i]);
    audit_chain_end(&chain, head);
    if (words && !strstr(text_cstr(&findings.text), words))
        fail_msg("not said '%s': %s", words, text_cstr(&findings.text));
    if (!words && findings.count)
        fail_msg("%s", text_cstr(&findings.text));
    assert_int_equal(chain.findings, findings.count);
    audit_chain_release(&chain);
    text_release(&findings.text);
}

static void make_four(struct audit_event event[static 4])
{
    static const char *const kind[] = {"portal", "run_begin", "snapshot", "run_end"};

    for (size_t i = 0; i < 4; i++)
        event[i] = (struct audit_event){.kind = kind[i], .word = "x"};
    seal_all(event, 4);
}

TEST(audit_chain_of_what_was_written_has_no_finding)
{
    struct audit_event event[4];

    make_four(event);
    struct audit_head head = head_of(&event[3]), middle = head_of(&event[1]);
    check_said(event, 4, &head, &middle, NULL);
    check_said(event, 0, &(struct audit_head){.sequence = 0}, NULL, NULL);
}

TEST(audit_chain_that_was_tampered_with_says_where)
{
    struct audit_event event[4], other[4];

    make_four(event);
    struct audit_head head = head_of(&event[3]), two = head_of(&event[1]);

    struct audit_event gap[] = {event[0], event[2], event[3]};
    check_said(gap, 3, &head, NULL, "2 the event is missing");
    struct audit_event twice[] = {event[0], event[1], event[1], event[2], event[3]};
    check_said(twice, 5, &head, NULL, "2 the number was given before");
    struct audit_event swapped[] = {event[0], event[2], event[1], event[3]};
    swapped[1].sequence = 2;
    swapped[2].sequence = 3;
    check_said(swapped, 4, &head, NULL, "2 it was changed");
    check_said(event, 2, &two, &head, "4 the event was there when the head was kept outside");
    check_said(event, 2, &head, NULL, "2 the chain ends here, and its head says");
    memcpy(other, event, sizeof(other));
    other[1].word = "y";
    seal_all(other, 4);
    struct audit_head remade = head_of(&other[3]);
    check_said(other, 4, &remade, NULL, NULL); /* this is what only an anchor finds */
    check_said(other, 4, &remade, &two, "2 its hash is not the one that was kept outside");
    event[2].at.us -= 10;
    event[2].hash = audit_event_hash(&event[2]);
    check_said(event, 3, &head, NULL, "3 the clock moved back");
}

TEST(audit_chain_checks_what_became_of_acts)
{
    static const struct {
        const char *kind[4], *word[4];
        const char *said;
    } row[] = {
        {{"intent", "outcome", "outcome"}, {"suspend", "done", "verified"}, NULL},
        {{"intent", "outcome", "outcome"}, {"suspend", "unknown", "failed"}, NULL},
        {{"intent", "outcome", "intent", "outcome"},
         {"suspend", "approved", "suspend", "done"},
         NULL},
        /* The process that called was slower than the run that settled. */
        {{"intent", "outcome", "outcome", "outcome"},
         {"suspend", "failed", "done", "verified"},
         NULL},
        {{"outcome"}, {"skipped"}, NULL},
        {{"outcome"}, {"done"}, "1 row 5 of plan 4 is done without an intent"},
        {{"outcome"}, {"unknown"}, "1 row 5 of plan 4 is unknown without an intent"},
        {{"intent", "outcome", "outcome"},
         {"suspend", "done", "failed"},
         "3 row 5 of plan 4 is failed"},
        {{"intent", "outcome", "outcome"},
         {"suspend", "failed", "unknown"},
         "3 row 5 of plan 4 is unknown"},
        {{"intent", "outcome"},
         {"suspend", "verified"},
         "2 row 5 of plan 4 is verified without having"},
        {{"intent", "intent"}, {"suspend", "suspend"}, "2 a second intent"},
        {{"intent", "outcome"}, {"suspend", "perhaps"}, "2 an outcome that is none"},
        {{"wish"}, {"x"}, "1 the kind 'wish' is none"},
    };

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
        struct audit_event event[4] = {{.version = 0}};
        size_t count = 0;
        for (; count < 4 && row[i].kind[count]; count++)
            event[count] = (struct audit_event){.kind = row[i].kind[count],
                                                .word = row[i].word[count],
                                                .plan_id = 4,
                                                .position = 5};
        seal_all(event, count);
        struct audit_head head = head_of(&event[count - 1]);
        check_said(event, count, &head, NULL, row[i].said);
    }
}

/* More steps than the table has room for at first. */
TEST(audit_chain_remembers_many_acts)
{
    enum { ACTS = 5000 };
    struct arena arena = ARENA_INIT;
    struct audit_event *event = arena_calloc(&arena, 2 * ACTS, sizeof(event[0]));

    for (int64_t i = 0; i < 2 * ACTS; i++)
        event[i] = (struct audit_event){.kind = i < ACTS ? "intent" : "outcome",
                                        .word = i < ACTS ? "suspend" : "done",
                                        .plan_id = i % ACTS / 50 + 1,
                                        .position = i % 50 + 1};
    seal_all(event, 2 * ACTS);
    struct audit_head head = head_of(&event[2 * ACTS - 1]);
    check_said(event, 2 * ACTS, &head, NULL, NULL);
    arena_release(&arena);
}

TEST(audit_head_parse_takes_what_format_gives_and_nothing_else)
{
    struct audit_head head = {.sequence = 123456789, .hash = {.byte = {0xAB, 0xCD}}}, again;
    char text[AUDIT_HEAD_SIZE];

    assert_true(audit_head_parse(audit_head_format(&head, text), &again));
    assert_int_equal(again.sequence, head.sequence);
    assert_int_equal(digest_compare(&again.hash, &head.hash), 0);
    assert_false(audit_head_parse("", &again));
    assert_false(audit_head_parse("12", &again));
    assert_false(audit_head_parse("12:abcd", &again));
    assert_false(audit_head_parse(strchr(text, ':'), &again));
    text[0] = '-';
    assert_false(audit_head_parse(text, &again));
}

TEST(audit_chain_knows_every_kind)
{
    for (unsigned kind = 0; kind <= AUDIT_RETENTION; kind++) {
        struct audit_event event = {.kind = audit_kind_name((enum audit_kind)kind), .word = "x"};
        struct findings findings = {.text = TEXT_INIT};
        struct audit_chain chain;

        seal_all(&event, 1);
        audit_chain_init(&chain, PORTAL, NULL, 0, note, &findings);
        audit_chain_add(&chain, &event);
        assert_int_equal(strstr(text_cstr(&findings.text), "the kind '") != NULL,
                         kind == AUDIT_UNKNOWN);
        audit_chain_release(&chain);
        text_release(&findings.text);
    }
}
