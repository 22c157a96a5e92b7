/*
 * render: users and profiles as the portal's JSON, field by field as in its OpenAPI files. The list
 * item and the single user are different on purpose: `active` is an integer here and a boolean
 * there, `lastLogin` and the parts of the name exist only there (API.md 1.2, 1.8).
 */
#ifndef SIM_RENDER_H
#define SIM_RENDER_H

#include "base/jsonw.h"

#include "faults.h"
#include "world/population.h"

/* How the two fields with many known forms are written; -1 as active: the documented way. */
struct render_forms {
    int active; /* enum active_form or -1 */
    enum last_login_form last_login;
    int never; /* place among the words of never-form */
};

void render_list_item(struct jsonw *json, const struct population *population,
                      const struct user *user, const struct render_forms *forms);
void render_user(struct jsonw *json, const struct population *population, const struct user *user,
                 const struct render_forms *forms);
/* The single user without groups and infix, as currentUser has it. */
void render_current_user(struct jsonw *json, const struct population *population,
                         const struct user *user, const struct render_forms *forms);
void render_profile(struct jsonw *json, const struct profile *profile);

/* 2021-11-15T10:07:57.781+00:00 */
void render_time_ms(struct text *text, int64_t us);
/* 2023-03-22T12:26:23.862Z */
void render_time_zulu_ms(struct text *text, int64_t us);
/* Mon, 15 Nov 2021 10:07:57 GMT */
void render_http_date(struct text *text, int64_t us);

#endif
