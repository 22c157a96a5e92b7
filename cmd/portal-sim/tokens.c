/*
 * Few tokens live at a time, so a list walked from the newest end is all it takes. Expired ones are
 * dropped when a new one is granted.
 */
#include "tokens.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

#include "world/random.h"

static const struct {
    const char *name;
    enum scope scope;
} scope_names[] = {
    {"admin.user:read", SCOPE_USER_READ},       {"admin.user:write", SCOPE_USER_WRITE},
    {"admin.profile:read", SCOPE_PROFILE_READ}, {"current.user:read", SCOPE_CURRENT_USER},
    {"analytics.api:read", SCOPE_ANALYTICS},
};

unsigned scopes_parse(const char *names, char **ret_unknown)
{
    unsigned scopes = 0;
    *ret_unknown = NULL;
    for (const char *at = names; *at;) {
        size_t length = strcspn(at, " ");
        unsigned found = 0;
        for (size_t i = 0; i < COUNT_OF(scope_names); i++)
            if (strlen(scope_names[i].name) == length &&
                strncmp(scope_names[i].name, at, length) == 0)
                found = scope_names[i].scope;
        if (found == 0 && length > 0 && !*ret_unknown)
            *ret_unknown = mem_strndup(at, length);
        scopes |= found;
        at += length + (at[length] ? 1 : 0);
    }
    return scopes;
}

void scopes_add_names(struct text *text, unsigned scopes)
{
    size_t written = 0;
    for (size_t i = 0; i < COUNT_OF(scope_names); i++) {
        if (!(scopes & scope_names[i].scope))
            continue;
        if (written++ > 0)
            text_add_char(text, ' ');
        text_add(text, scope_names[i].name);
    }
}

void tokens_init(struct tokens *tokens, uint64_t seed, int64_t lifetime_us)
{
    *tokens = (struct tokens){.seed = seed, .lifetime_us = lifetime_us, .grantable = SCOPE_ALL};
}

void tokens_release(struct tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++)
        free(tokens->token[i].value);
    free(tokens->token);
    *tokens = (struct tokens){.count = 0};
}

static struct token *append(struct tokens *tokens, char *value)
{
    tokens->token = mem_grow(tokens->token, tokens->count, &tokens->capacity, sizeof(struct token));
    struct token *token = &tokens->token[tokens->count++];
    *token = (struct token){.value = value};
    return token;
}

void tokens_add_permanent(struct tokens *tokens, const char *value)
{
    append(tokens, mem_strdup(value));
}

static void drop_expired(struct tokens *tokens, int64_t now_us)
{
    size_t kept = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        if (tokens->token[i].expires_us > 0 && tokens->token[i].expires_us <= now_us)
            free(tokens->token[i].value);
        else
            tokens->token[kept++] = tokens->token[i];
    }
    tokens->count = kept;
}

const struct token *tokens_grant(struct tokens *tokens, const char *requested, int64_t now_us)
{
    CLEANUP(text_release) struct text value = TEXT_INIT;
    char *unknown = NULL;
    uint64_t number = ++tokens->issued;

    drop_expired(tokens, now_us);
    text_addf(&value, "sim.%016llx%016llx",
              (unsigned long long)random_pair(tokens->seed ^ UINT64_C(0x70), number),
              (unsigned long long)random_pair((uint64_t)now_us, number));
    struct token *token = append(tokens, text_take(&value));
    token->scopes = text_is_empty(requested)
                        ? tokens->grantable
                        : scopes_parse(requested, &unknown) & tokens->grantable;
    token->expires_us = now_us + tokens->lifetime_us;
    free(unknown);
    return token;
}

const struct token *tokens_use(struct tokens *tokens, const char *value, uint64_t max_uses,
                               int64_t now_us)
{
    for (size_t i = tokens->count; i-- > 0;) {
        struct token *token = &tokens->token[i];
        if (!text_equal(token->value, value))
            continue;
        if (token->expires_us > 0 && token->expires_us <= now_us)
            return NULL;
        token->uses++;
        return max_uses > 0 && token->uses > max_uses ? NULL : token;
    }
    return NULL;
}

unsigned tokens_scopes(const struct tokens *tokens, const struct token *token)
{
    return token->expires_us == 0 ? tokens->grantable : token->scopes;
}
