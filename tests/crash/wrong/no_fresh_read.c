/*
 * Wrong on purpose: what the list said is taken for the reading before an act.
 */
#include <string.h>

#include "base/text.h"
#include "bynder/bynder.h"

enum { WRITTEN_LIMIT = 100 };

struct portal __real_bynder_writing(struct bynder *bynder);
struct portal __wrap_bynder_writing(struct bynder *bynder);

static struct portal real;
static const struct account *listed;
static size_t listed_count;
static const char *written[WRITTEN_LIMIT];
static size_t written_count;

static int list(void *self, struct arena *arena, const struct progress *progress,
                struct snapshot *snapshot, struct err *err)
{
    int failed = real.list(self, arena, progress, snapshot, err);

    listed = snapshot->account;
    listed_count = failed ? 0 : snapshot->count;
    return failed;
}

static bool is_written(const char *id)
{
    for (size_t i = 0; i < written_count; i++)
        if (text_equal(written[i], id))
            return true;
    return false;
}

/* Read back truly after the write, but for the fields that a list does not have. */
static int get(void *self, struct arena *arena, const char *id, struct account *ret_account,
               bool *ret_found, const char **ret_raw, struct err *err)
{
    struct account fresh;

    for (size_t i = 0; i < listed_count; i++) {
        if (!text_equal(listed[i].id, id))
            continue;
        fresh = listed[i];
        *ret_found = true;
        if (is_written(id) && real.get(self, arena, id, &fresh, ret_found, NULL, err))
            return -1;
        *ret_account = listed[i];
        ret_account->status = fresh.status;
        ret_account->login = fresh.login;
        ret_account->alike = fresh.alike;
        if (ret_raw)
            *ret_raw = "{}";
        return 0;
    }
    return real.get(self, arena, id, ret_account, ret_found, ret_raw, err);
}

static int act(void *self, struct arena *arena, const struct portal_act *what,
               const struct time_mark *looked, struct portal_answer *ret_answer, struct err *err)
{
    if (written_count < WRITTEN_LIMIT)
        written[written_count++] = what->account_id;
    return real.act(self, arena, what, looked, ret_answer, err);
}

struct portal __wrap_bynder_writing(struct bynder *bynder)
{
    struct portal portal = __real_bynder_writing(bynder);

    real = portal;
    portal.list = list;
    portal.get = get;
    portal.act = act;
    return portal;
}
