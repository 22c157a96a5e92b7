/*
 * outcome_file: what became of an act when the database could not take it. One small file per act
 * in the state directory, complete or not there at all; the next run reads them in before anything
 * else.
 */
#ifndef STORE_OUTCOME_FILE_H
#define STORE_OUTCOME_FILE_H

#include "config/config.h"
#include "host/file.h"
#include "store/step.h"

/* Writes the file; the error that is in `err` gets a second sentence that says where the outcome is
 * kept, or, when even that failed, the outcome itself. Never fails otherwise. */
void outcome_file_keep(const struct config *config, const struct store_step *step,
                       const struct store_outcome *outcome, struct instant now, struct err *err);

/* What `take` may answer, besides -1. */
enum { OUTCOME_TAKEN = 0, OUTCOME_SET_ASIDE = 1 };

/* Hands every file of this portal to `take`, in order of name. A file that was taken is removed,
 * one that is set aside gets `.aside` behind its name; the first failure ends it. A file that
 * cannot be read as one is ERR_INTERNAL and stays. The directory is made when it is missing, and
 * one that cannot be is an error: a run that could not keep an outcome must not begin. */
int outcome_file_each(struct arena *arena, const struct config *config,
                      int (*take)(void *context, const struct store_outcome *outcome,
                                  struct instant at, struct err *err),
                      void *context, struct err *err) __attribute__((warn_unused_result));

/* Every such file of this portal, those set aside too. */
int outcome_file_visit(const struct config *config, file_visit *visit, void *context,
                       struct err *err) __attribute__((warn_unused_result));

/* What killed processes left of them in the making. */
int outcome_file_each_draft(const struct config *config, file_visit *visit, void *context,
                            struct err *err) __attribute__((warn_unused_result));
/* Takes the reason out of such a file: what is personal in one stands there. The act stays. */
int outcome_file_forget(const char *path, struct err *err) __attribute__((warn_unused_result));

#endif
