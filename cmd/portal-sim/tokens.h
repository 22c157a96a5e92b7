/*
 * tokens: who may ask for what. Access tokens of the client-credentials grant, and permanent ones.
 *
 * A scope is a bit. What an app is granted is what it asked for, cut down to what its assigned user
 * may do (API.md 2): silently, as the real portal does. Not thread-safe.
 */
#ifndef SIM_TOKENS_H
#define SIM_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum scope {
    SCOPE_NONE = 0,
    SCOPE_USER_READ = 1 << 0,
    SCOPE_USER_WRITE = 1 << 1,
    SCOPE_PROFILE_READ = 1 << 2,
    SCOPE_CURRENT_USER = 1 << 3,
    SCOPE_ANALYTICS = 1 << 4,
    SCOPE_ALL = (1 << 5) - 1,
};

struct token {
    char *value;
    unsigned scopes;
    int64_t expires_us; /* 0: never */
    uint64_t uses;
};

struct tokens {
    struct token *token;
    size_t count, capacity;
    unsigned grantable;
    int64_t lifetime_us;
    uint64_t seed, issued;
};

void tokens_init(struct tokens *tokens, uint64_t seed, int64_t lifetime_us);
void tokens_release(struct tokens *tokens);
/* A permanent token; it has every grantable scope at the time of use. */
void tokens_add_permanent(struct tokens *tokens, const char *value);
/* Grants a new token and returns it; valid until the next grant. `requested` NULL or empty: all. */
const struct token *tokens_grant(struct tokens *tokens, const char *requested, int64_t now_us);
/* The live token with this value, or NULL. Counts a use; max_uses > 0 ends a token after so many.
 */
const struct token *tokens_use(struct tokens *tokens, const char *value, uint64_t max_uses,
                               int64_t now_us);
/* Scopes of a token now. */
unsigned tokens_scopes(const struct tokens *tokens, const struct token *token);

/* Words of `names` (blanks between) as bits; *ret_unknown gets the first unknown word (malloc'ed)
 * or NULL. */
unsigned scopes_parse(const char *names, char **ret_unknown);
void scopes_add_names(struct text *text, unsigned scopes);

#endif
