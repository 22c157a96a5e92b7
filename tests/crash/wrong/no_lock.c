/*
 * Not the program's mistake but its surroundings': the lock of the portal keeps nobody out, as
 * behind a connection pooler that forgets session locks. The fence alone is left.
 */
#include "store/store.h"

int __wrap_store_lock(struct store *store, struct err *err);

int __wrap_store_lock(struct store *store, struct err *err)
{
    (void)store;
    (void)err;
    return 0;
}
