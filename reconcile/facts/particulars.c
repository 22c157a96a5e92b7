/*
 * All texts that POST /api/v4/users/{id} takes (the API's description of users), as the single user
 * has them, but for what `struct account` has. A write that omits one of them may reset it. Others
 * of the single user (address, gender) no write takes.
 */
#include "facts/particulars.h"

const char *const particular_names[PARTICULAR_COUNT] = {
    "firstname",   "infix", "lastname",   "language", "phoneNumber",
    "companyName", "job",   "costCenter", "terms", /* written as termsAccepted */
};

const char *const own_change_names[OWN_CHANGE_COUNT] = {
    "language", "phoneNumber", "companyName", "department", "job", "costCenter", "country", "terms",
};
