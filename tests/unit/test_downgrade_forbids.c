/* core/downgrade: whom a rule may give a profile (R15), one fact apart from whom it may not. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "core/downgrade.h"
#include "core/seats.h"
#include "test.h"

static const char *const admin_roles[] = {"USERMANAGEMENT", "PERMISSIONMANAGEMENT"};
static const char *const user_roles[] = {"USERMANAGEMENT", "MEDIAEDIT"};
static const char *const heavy_roles[] = {"MEDIAEDIT", "MEDIAUPLOAD"};
static const char *const light_roles[] = {"MEDIADOWNLOAD"};
static const struct profile admin = {"p0", "Administrator", user_roles, 2};
static const struct profile heavy = {"p1", "Heavy", heavy_roles, 2};
static const struct profile light = {"p2", "Light", light_roles, 1};

static const char *const heavy_pattern[] = {"heavy"}, *const light_pattern[] = {"light"};

/* What stands in when.profile and when.role; prices of the two classes in EUR or one in USD. */
static const struct {
    const char *what;
    const struct profile *from, *to;
    const char *profile, *role;
    int64_t heavy_price, light_price;
    const char *light_currency;
    const char *says; /* NULL = it may */
} rows[] = {
    {"from dear to cheap", &heavy, &light, "h*", NULL, 1200, 60, "EUR", NULL},
    {"prices are the same", &heavy, &light, "h*", NULL, 60, 60, "EUR", NULL},
    {"from cheap to dear", &light, &heavy, "l*", NULL, 1200, 60, "EUR", "costs more"},
    {"nobody knows which is dearer", &light, &heavy, "l*", NULL, 1200, 60, "USD", NULL},
    {"one price is not told", &light, &heavy, "l*", NULL, 1200, -1, "EUR", NULL},
    {"an administrator by a wildcard", &admin, &light, "Admin*", NULL, -1, -1, NULL,
     "does not name the profile"},
    {"by name", &admin, &light, "administrator", NULL, -1, -1, NULL, NULL},
    {"by id", &admin, &light, "P0", NULL, -1, -1, NULL, NULL},
    {"by another profile's name", &admin, &light, "heavy", NULL, -1, -1, NULL,
     "does not name the profile"},
    {"by an admin role", &admin, &light, NULL, "usermanagement", -1, -1, NULL, NULL},
    {"by a role of others too", &admin, &light, NULL, "MEDIAEDIT", -1, -1, NULL,
     "does not name the profile"},
    {"to an administrator", &heavy, &admin, "heavy", NULL, -1, -1, NULL, "has the admin role"},
    {"from nobody knows what", NULL, &light, "heavy", NULL, -1, -1, NULL, "is not known"},
};

static void check(size_t i)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct seat_class classes[] = {
        {.name = "Heavy",
         .profile = {heavy_pattern, 1},
         .price = rows[i].heavy_price,
         .currency = rows[i].heavy_price < 0 ? NULL : "EUR",
         .contracted = -1},
        {.name = "Light",
         .profile = {light_pattern, 1},
         .price = rows[i].light_price,
         .currency = rows[i].light_price < 0 ? NULL : rows[i].light_currency,
         .contracted = -1}};
    const struct seats seats = {.seat_class = classes, .count = COUNT_OF(classes)};
    const struct policy policy = {
        .admin_role = admin_roles, .admin_role_count = COUNT_OF(admin_roles), .seats = &seats};
    struct rule rule = {
        .name = "idle", .action = ACTION_DOWNGRADE, .when = CONDITIONS_NONE, .to_profile = "x"};
    const struct subject subject = {.profile = rows[i].from, .scratch = &arena};

    rule.when.profile = (struct patterns){&rows[i].profile, rows[i].profile != NULL};
    rule.when.role = (struct patterns){&rows[i].role, rows[i].role != NULL};
    const char *why = downgrade_forbids(&policy, &rule, rows[i].to, NULL, &subject);
    if (!rows[i].says != !why || (why && !strstr(why, rows[i].says)))
        fail_msg("%s: %s", rows[i].what, why ? why : "it may");
}

TEST(downgrade_forbids_what_is_no_downgrade)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check(i);
}

TEST(downgrade_target_is_one_profile_by_name_or_id)
{
    static const struct profile twins[] = {{.id = "p1", .name = "Light"},
                                           {.id = "p2", .name = "LIGHT"},
                                           {.id = "Light 2", .name = "Heavy"}};
    static const struct {
        const char *wanted;
        size_t found; /* COUNT_OF(twins) = none */
        const char *says;
    } cases[] = {{"p1", 0, NULL},
                 {"heavy", 2, NULL},
                 {"Light 2", 2, NULL},
                 {"light", 3, "2 permission profiles"},
                 {"P1", 3, "no permission profile"},
                 {"Regular", 3, "no permission profile"}};
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    const struct snapshot snapshot = {.profile = (struct profile *)(uintptr_t)twins,
                                      .profile_count = COUNT_OF(twins)};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *why = NULL;
        const struct profile *found = downgrade_target(&arena, &snapshot, cases[i].wanted, &why);
        assert_ptr_equal(found, cases[i].found < 3 ? &twins[cases[i].found] : NULL);
        assert_true(!why == !cases[i].says);
        assert_true(!why || strstr(why, cases[i].says));
    }
}

TEST(downgrade_gains_are_the_roles_that_come)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    assert_string_equal(downgrade_gains(&arena, &light, &heavy), "MEDIAEDIT MEDIAUPLOAD");
    assert_string_equal(downgrade_gains(&arena, &heavy, &light), "MEDIADOWNLOAD");
    assert_null(downgrade_gains(&arena, &heavy, &heavy));
}
