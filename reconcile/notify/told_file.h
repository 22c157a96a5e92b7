/*
 * notify/told_file: what people were told while the database was away: one small file in the state
 * directory, taken into the database by the next run that reaches it. It only keeps a message from
 * being told twice, so one that cannot be read counts as empty.
 */
#ifndef NOTIFY_TOLD_FILE_H
#define NOTIFY_TOLD_FILE_H

#include "base/arena.h"
#include "config/config.h"
#include "core/notice.h"

/* malloc'ed. */
char *notice_file_path(const struct config *config);

/* ret_key as store_load_told. */
void notice_file_load(struct arena *arena, const struct config *config, enum notice_channel channel,
                      const char *ret_key[NOTICE_KIND_COUNT]);
/* key NULL = forget it. */
int notice_file_save(struct arena *arena, const struct config *config, enum notice_channel channel,
                     enum notice_kind kind, const char *key, struct err *err)
    __attribute__((warn_unused_result));
/* It is in the database now. */
void notice_file_remove(const struct config *config);

#endif
