/* core/seat_guess: what roles make of a profile. */
#include "base/cleanup.h"
#include "core/seat_guess.h"
#include "test.h"

#define ROLES_MAX 4

static const struct {
    const char *role[ROLES_MAX];
    const char *class;
} cases[] = {
    {{NULL}, "Light"},
    {{"MEDIADOWNLOAD"}, "Light"},
    {{"COLLECTIONSHARE", "NOBODYKNOWS"}, "Light"},
    {{"MEDIAUPLOAD"}, "Regular"},
    {{"MEDIAUPLOADFORAPPROVAL"}, "Light"},
    {{"MEDIAUPLOADFORAPPROVAL", "MEDIAUPLOAD"}, "Regular"},
    {{"MEDIADOWNLOAD", "MEDIAEDIT"}, "Regular"},
    {{"MEDIADELETE"}, "Regular"},
    {{"USERMANAGEMENT"}, "Heavy"},
    {{"PERMISSIONMANAGEMENT"}, "Heavy"},
    {{"GROUPMANAGEMENT"}, "Heavy"},
    {{"MEDIAUPLOAD", "TAGMANAGEMENT", "MEDIADOWNLOAD"}, "Heavy"},
    {{"MANAGEMENTS"}, "Light"},
};

TEST(seat_guess_is_the_most_that_any_role_makes)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct profile profile = {.id = "1", .role = cases[i].role};
        while (profile.role_count < ROLES_MAX && cases[i].role[profile.role_count])
            profile.role_count++;
        assert_string_equal(seat_guess_name(seat_guess(&profile)), cases[i].class);
    }
}
TEST_GROUP(NULL, NULL);
