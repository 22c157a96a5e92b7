/*
 * figures: what a run leaves for those who do not look: figures for monitoring, and messages.
 * Called on every way out of `run` and `apply` from the moment the configuration is known; nothing
 * of it changes how the run ended.
 */
#ifndef JOB_FIGURES_H
#define JOB_FIGURES_H

#include "job/tell.h"

/* `watch` of it is looked up here. */
void job_leave_figures(struct job *job, const struct tell_run *ended);

#endif
