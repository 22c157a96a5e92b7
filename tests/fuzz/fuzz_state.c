/*
 * The files that this program leaves for itself and others may have touched: an outcome, what was
 * told, the head of the chain, figures. The first byte says which.
 * Reads: store/outcome_file.c notify/told_file.c audit/file.c notify/metrics.c
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/file.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "fuzz.h"
#include "notify/metrics.h"
#include "notify/told_file.h"
#include "store/outcome_file.h"

static int take(void *context, const struct store_outcome *outcome, struct instant at,
                struct err *err)
{
    (void)context;
    FUZZ_CHECK(outcome->plan_id > 0 && outcome->position > 0);
    FUZZ_CHECK(!outcome->reason || text_is_utf8(outcome->reason, strlen(outcome->reason)));
    FUZZ_CHECK(instant_is_set(at));
    switch (outcome->position % 3) { /* what the caller may make of it */
    case 0:
        return OUTCOME_TAKEN;
    case 1:
        return OUTCOME_SET_ASIDE;
    default:
        return err_set(err, ERR_INTERNAL, "it cannot be taken");
    }
}

static int forget(void *context, const char *path, const char *rest, struct err *err)
{
    (void)context;
    (void)rest;
    return outcome_file_forget(path, err);
}

static void read_outcome(struct arena *arena, const struct config *config, struct bytes bytes)
{
    char path[128], aside[160];

    (void)snprintf(path, sizeof(path), "%s",
                   fuzz_file("outcome-acme-1-3.json", bytes.at, bytes.left));
    (void)snprintf(aside, sizeof(aside), "%s.aside", path);
    (void)!outcome_file_each(arena, config, take, NULL, NULL);
    (void)unlink(aside);
    (void)fuzz_file("outcome-acme-1-3.json", bytes.at, bytes.left);
    (void)!outcome_file_visit(config, forget, NULL, NULL);
    (void)!outcome_file_each(arena, config, take, NULL, NULL);
    (void)unlink(path);
    (void)unlink(aside);
    /* What was cut off while it was written is a draft. */
    (void)fuzz_file(".outcome-acme-1-3.json.x", bytes.at, bytes.left);
    (void)!outcome_file_each_draft(config, forget, NULL, NULL);
}

/* What is kept comes back as it was. */
static int take_back(void *context, const struct store_outcome *outcome, struct instant at,
                     struct err *err)
{
    const struct store_outcome *kept = context;

    (void)err;
    FUZZ_CHECK(outcome->plan_id == kept->plan_id && outcome->position == kept->position);
    FUZZ_CHECK(outcome->state == kept->state && outcome->status == kept->status);
    FUZZ_CHECK(text_equal(outcome->reason, kept->reason) && instant_is_set(at));
    return OUTCOME_TAKEN;
}

static void keep_outcome(struct arena *arena, const struct config *config, struct bytes bytes)
{
    CLEANUP(err_release) struct err err = ERR_INIT;
    static const enum step_state states[] = {STEP_DONE, STEP_FAILED, STEP_UNKNOWN};
    const struct store_step step = {.plan_id = 1 + bytes_choice(&bytes, 9),
                                    .position = 1 + bytes_choice(&bytes, 9),
                                    .aim = {.action = ACTION_SUSPEND},
                                    .account_id = "1A84D758-2B3A-141F-8F07D71AA1F223BD"};
    struct store_outcome outcome = {.plan_id = step.plan_id,
                                    .position = step.position,
                                    .state = states[bytes_choice(&bytes, COUNT_OF(states))],
                                    .status = bytes_choice(&bytes, 256),
                                    .reason = bytes_utf8_line(&bytes, arena)};

    struct config elsewhere = *config;

    err_set(&err, ERR_UNREACHABLE, "away");
    elsewhere.apply.state_directory = fuzz_file("a-file", "", 0); /* where nothing can be kept */
    outcome_file_keep(&elsewhere, &step, &outcome, (struct instant){.us = 1795330800000000}, &err);
    FUZZ_CHECK(strstr(err.text, "write it down"));
    outcome_file_keep(config, &step, &outcome, (struct instant){.us = 1795330800000000}, &err);
    FUZZ_CHECK(outcome_file_each(arena, config, take_back, &outcome, NULL) == 0);
}

static void read_told(struct arena *arena, const struct config *config, struct bytes bytes)
{
    const char *key[NOTICE_KIND_COUNT] = {NULL}, *again[NOTICE_KIND_COUNT] = {NULL};
    char *path = notice_file_path(config);

    (void)fuzz_file(strrchr(path, '/') + 1, bytes.at, bytes.left);
    free(path);
    notice_file_load(arena, config, NOTICE_MAIL, key);
    FUZZ_CHECK(notice_file_save(arena, config, NOTICE_MAIL, 0, "a key", NULL) == 0);
    notice_file_load(arena, config, NOTICE_MAIL, again);
    FUZZ_CHECK(text_equal(again[0], "a key"));
    for (size_t i = 1; i < NOTICE_KIND_COUNT; i++)
        FUZZ_CHECK(text_equal(again[i], key[i]));
    notice_file_remove(config);
    notice_file_load(arena, config, NOTICE_MAIL, again);
    FUZZ_CHECK(!again[0]);
}

static void read_head(const struct config *config, struct bytes bytes)
{
    char text[AUDIT_HEAD_SIZE];
    struct audit_head head, again;
    bool found = false;

    (void)unlink(fuzz_file("audit-head-acme", "", 0));
    FUZZ_CHECK(audit_file_read(config, &head, &found, NULL) == 0 && !found);
    (void)fuzz_file("audit-head-acme", bytes.at, bytes.left);
    FUZZ_CHECK(audit_file_may_read(config));
    if (audit_file_read(config, &head, &found, NULL) < 0)
        return;
    FUZZ_CHECK(found && audit_head_parse(audit_head_format(&head, text), &again));
    FUZZ_CHECK(audit_file_write(config, &head, (struct instant){.us = 1795330800000000}, NULL) ==
               0);
    FUZZ_CHECK(audit_file_read(config, &again, &found, NULL) == 0);
    FUZZ_CHECK(again.sequence == head.sequence && digest_compare(&again.hash, &head.hash) == 0);
}

/* `portal` is what the file's first line calls it. */
static void read_metrics(struct arena *arena, struct bytes bytes)
{
    CLEANUP(text_release) struct text text = TEXT_INIT;
    const char *portal = bytes_utf8_line(&bytes, arena);
    struct metrics metrics = {.portal = portal ? portal : "acme"};
    const char *path = fuzz_file("metrics.prom", bytes.at, bytes.left);

    metrics_set(&metrics, METRIC_LAST_RUN, NULL, 17);
    metrics_set(&metrics, METRIC_LAST_RUN_DURATION, NULL, 1.5);
    metrics_set(&metrics, METRIC_PLANNED, "suspend", 3);
    FUZZ_CHECK(metrics_write(&metrics, path, NULL) == 0);
    FUZZ_CHECK(file_read(path, SIZE_MAX, ERR_INTERNAL, &text, NULL, NULL) == 0);
    FUZZ_CHECK(text_is_utf8(text_cstr(&text), text.length));
    FUZZ_CHECK(strstr(text_cstr(&text), "last_run_timestamp_seconds{portal=\""));
    FUZZ_CHECK(strstr(text_cstr(&text), "\",action=\"suspend\"} 3\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct bytes bytes = bytes_of(data, size);
    struct config config = {.portal.name = "acme", .directory = "/nonexistent"};

    config.apply.state_directory = fuzz_directory();
    switch (bytes_choice(&bytes, 5)) {
    case 0:
        read_outcome(&arena, &config, bytes);
        break;
    case 1:
        read_told(&arena, &config, bytes);
        break;
    case 2:
        read_head(&config, bytes);
        break;
    case 4:
        keep_outcome(&arena, &config, bytes);
        break;
    default:
        read_metrics(&arena, bytes);
        break;
    }
    return 0;
}
