/*
 * Bynder publishes which rights count where by their titles in its user management, and of the
 * names that its API gives them only a few. So the table holds those that are known, and patterns
 * in the manner of these for the others. A role that is not in it counts nowhere, as Bynder has it
 * with rights that are not in its lists.
 */
#include "core/seat_guess.h"

#include "base/cleanup.h"
#include "base/text.h"

static const struct {
    const char *role; /* shell-style; the first that fits */
    enum seat_guess makes;
} guesses[] = {
    /* Management of brands, categories, groups, metaproperties, tags, permissions and users. Known:
     * USERMANAGEMENT, PERMISSIONMANAGEMENT, GROUPMANAGEMENT. */
    {"*MANAGEMENT", SEAT_HEAVY},
    {"*LOOKANDFEEL*", SEAT_HEAVY},
    {"*METAPROPERT*", SEAT_HEAVY},
    {"*CREDENTIAL*", SEAT_HEAVY},
    {"*PRESET*", SEAT_HEAVY},
    {"*CHANGEHISTORY*", SEAT_HEAVY},
    /* Uploads that somebody must approve make nobody more than Light. */
    {"MEDIAUPLOADFORAPPROVAL", SEAT_LIGHT},
    /* Upload, edit, delete assets. Known: MEDIAUPLOAD. */
    {"MEDIAUPLOAD*", SEAT_REGULAR},
    {"MEDIAEDIT*", SEAT_REGULAR},
    {"MEDIADELETE*", SEAT_REGULAR},
};

static enum seat_guess guess_role(const char *role)
{
    for (size_t i = 0; i < COUNT_OF(guesses); i++) {
        if (text_matches(guesses[i].role, role))
            return guesses[i].makes;
    }
    return SEAT_LIGHT;
}

enum seat_guess seat_guess(const struct profile *profile)
{
    enum seat_guess most = SEAT_LIGHT;

    for (size_t i = 0; i < profile->role_count; i++) {
        enum seat_guess one = guess_role(profile->role[i]);
        most = one > most ? one : most;
    }
    return most;
}

const char *seat_guess_name(enum seat_guess guess)
{
    static const char *const name[] = {
        [SEAT_LIGHT] = "Light", [SEAT_REGULAR] = "Regular", [SEAT_HEAVY] = "Heavy"};

    return name[guess];
}
