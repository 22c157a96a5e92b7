/*
 * config/describe: a setting in words, for the sample and the manual page alike.
 * Private to the folder config.
 */
#ifndef CONFIG_DESCRIBE_H
#define CONFIG_DESCRIBE_H

#include "base/text.h"
#include "config/settings.h"
#include "core/policy.h"

/* What the conditions of a rule are, in front of their list; ends with a colon. */
extern const char config_about_conditions[];

/* "number from 0.001 to 1000000; default 10.0": what may stand there. */
void config_describe(struct text *text, const struct setting *setting);
/* The same for a condition of `when` and `unless`. */
void config_describe_condition(struct text *text, const struct condition_field *field);

#endif
