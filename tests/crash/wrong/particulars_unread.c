/*
 * Wrong on purpose: after an act only what the rules ask is compared.
 */
#include "bynder/bynder.h"

int __wrap_bynder_particulars_of(struct arena *arena, const char *raw,
                                 struct particulars *ret_particulars, struct err *err);

int __wrap_bynder_particulars_of(struct arena *arena, const char *raw,
                                 struct particulars *ret_particulars, struct err *err)
{
    (void)arena;
    (void)raw;
    (void)ret_particulars;
    return err_set(err, ERR_INTERNAL, "not looked at");
}
