/*
 * alike: what an account has like others (struct account_alike), for accounts that a test writes
 * down. Kept until the program ends.
 */
#ifndef TESTS_ALIKE_H
#define TESTS_ALIKE_H

#include "facts/account.h"

/* To be written. */
static inline struct account_alike *alike_own(struct account *account)
{
    static struct arena kept;

    return account_alike_own(&kept, account);
}

static inline const struct account_alike *alike_of(struct account_alike alike)
{
    struct account account = {.id = NULL};

    *alike_own(&account) = alike;
    return account.alike;
}

/* A member of an initializer. */
#define ALIKE(...) .alike = alike_of((struct account_alike){__VA_ARGS__})

#endif
