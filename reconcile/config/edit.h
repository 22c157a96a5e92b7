/*
 * config/edit: takes single settings out of the text of a configuration and puts others in, and
 * leaves every other byte as people wrote it, comments too. The text is one that libconfig reads.
 */
#ifndef CONFIG_EDIT_H
#define CONFIG_EDIT_H

#include <stdbool.h>

#include "base/text.h"

/* Takes out "group.setting", or "group" as a whole, from its name to the end of its line. false: it
 * is not there. */
bool config_edit_remove(struct text *text, const char *path);

/* Takes out the comments `# ...` that begin so and stand on lines of their own. */
void config_edit_remove_comments(struct text *text, const char *begin);

/* Puts settings, whole lines of them, at the end of a group; without the group, it and they are put
 * at the end. */
void config_edit_insert(struct text *text, const char *group, const char *lines);

#endif
