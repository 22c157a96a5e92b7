/* Classes of seats, as a user meets them: `check`, `plan`, `audit seats`. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "end.h"
#include "test.h"

#define WORLD(name)                                                                                \
    CLEANUP(end_finish) struct end name;                                                           \
    end_begin(&(name), NULL)

#define CLASSES                                                                                    \
    "seats: { currency = \"EUR\"; classes = ( "                                                    \
    "{ name = \"Heavy\"; profiles = \"Admin*\"; contracted = 1; price = 1200.5; }, "               \
    "{ name = \"Regular\"; profiles = [ \"Brand*\", \"Content*\", \"Gone*\" ]; contracted = 900; " \
    "price = 480; }, "                                                                             \
    "{ name = \"Light\"; profiles = [ \"Light\", \"Regular\" ]; } ); };"

TEST(check_without_classes_guesses_them_from_the_portal)
{
    WORLD(end);
    RUN(result, &end, "check");

    end_assert_code(&result, 0);
    end_assert_says(&result.out, "note  seats     7 profiles of the portal as it lists them now\n"
                                 "        active  class (a guess by roles)  profile\n");
    end_assert_says(&result.out, "  Heavy                     Administrator\n");
    end_assert_says(&result.out, "  Regular                   Content Creator\n");
    end_assert_says(&result.out, "  Light                     API\n");
    end_assert_says(&result.out, "compare this with Advanced settings > Users & Storage in Bynder");
    end_assert_says(&result.out, "\nseats:\n{\n    classes = (\n        { name = \"Heavy\"; "
                                 "profiles = [ \"Administrator\" ]; },\n");
    end_assert_no_writes(&end);

    /* What it printed is taken, and says the same. */
    char *block = strstr(text_cstr(&result.out), "\nseats:\n");
    end_set(&end, END_REST, "%s", block);
    RUN(pasted, &end, "check");
    end_assert_code(&pasted, 0);
    end_assert_says(&pasted.out, "ok    seats     7 profiles of the portal");
    end_assert_says(&pasted.out, "  Heavy                     Administrator\n");
    end_assert_says(&pasted.out, "  Regular                   Content Creator\n");
    end_assert_silent_of(&pasted.out, "no class");
    end_assert_silent_of(&pasted.out, "classes = (");
}

TEST(check_with_classes_names_what_fits_nothing)
{
    WORLD(end);
    end_set(&end, END_REST, "%s", CLASSES);
    RUN(plan, &end, "plan");
    end_assert_code(&plan, 0);
    RUN(result, &end, "check");

    end_assert_code(&result, 0);
    end_assert_says(&result.out, "ok    seats     7 profiles of the reading of ");
    end_assert_says(&result.out, "  (no class)                API (by its roles perhaps Light)\n");
    end_assert_says(&result.out, "note  seats     no class fits profile 'API' (");
    end_assert_says(&result.out, "note  seats     pattern 'gone*' of class 'Regular' fits no "
                                 "profile\n");
    end_assert_says(&result.out, " Heavy, of 1 that the contract has\n");
}

TEST(check_with_wrong_classes_says_so)
{
    WORLD(end);
    end_set(&end, END_REST, "%s",
            "seats: { keep_free = 5; classes = ( { name = \"Heavy\"; profiles = \"*\"; } ); };");
    RUN(result, &end, "check");

    end_assert_code(&result, 78);
    end_assert_says(&result.err, "class 'Heavy' has no 'contracted', without which "
                                 "'seats.keep_free' cannot tell");
}

TEST(audit_seats_tells_classes_in_every_format)
{
    WORLD(end);
    RUN(before, &end, "plan");
    end_assert_code(&before, 0);
    RUN(none, &end, "audit", "seats");
    end_assert_code(&none, 0);
    end_assert_silent_of(&none.out, "by class");

    end_set(&end, END_REST, "%s", CLASSES);
    RUN(plan, &end, "plan");
    end_assert_code(&plan, 0);
    int64_t heavy = end_count(&end, "select seats from audit.seat_class where class = 'Heavy'");
    assert_true(heavy > 1);
    RUN(told, &end, "audit", "seats");
    CLEANUP(text_release) struct text line = TEXT_INIT;
    end_assert_code(&told, 0);
    end_assert_says(&told.out, "\nseats by class on ");
    text_addf(&line, "%8lld %10d %8lld  Heavy, 1200.5 EUR a seat and year\n", (long long)heavy, 1,
              (long long)(1 - heavy));
    end_assert_says(&told.out, text_cstr(&line));
    end_assert_says(&told.out, "  Light\n");
    end_assert_says(&told.out, "  (no class)\n");
    end_assert_says(&told.out, "\nseats by profile on ");

    RUN(json, &end, "audit", "seats", "--format", "json");
    JSON(root, end_json(&json));
    struct json_object *rows = end_at(root, "seats");
    bool found = false;
    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        struct json_object *row = json_object_array_get_idx(rows, i);
        const char *class = json_object_get_string(end_at(row, "class"));
        if (!class || strcmp(class, "Heavy") != 0)
            continue;
        found = true;
        assert_int_equal(end_number_at(row, "seats"), heavy);
        assert_int_equal(end_number_at(row, "contracted"), 1);
        assert_int_equal(end_number_at(row, "free"), 1 - heavy);
        assert_true(json_object_get_double(end_at(row, "price")) == 1200.5);
        assert_string_equal(end_text_at(row, "currency"), "EUR");
    }
    assert_true(found);
    RUN(csv, &end, "audit", "seats", "--format", "csv");
    end_assert_says(
        &csv.out, "day,profile,seats,reclaimed,returned,class,contracted,free,price,currency\r\n");
    text_clear(&line);
    text_addf(&line, ",,%lld,,,Heavy,1,%lld,1200.5,EUR\r\n", (long long)heavy,
              (long long)(1 - heavy));
    end_assert_says(&csv.out, text_cstr(&line));
}

/* Another price is another contract from then on, and the record of both is sound. */
TEST(audit_verify_full_makes_the_classes_again)
{
    WORLD(end);
    end_set(&end, END_REST, "%s", CLASSES);
    RUN(first, &end, "plan");
    end_assert_code(&first, 0);
    RUN(good, &end, "audit", "verify", "--full");
    end_assert_code(&good, 0);
    end_change(&end, "update reconcile.seat_class_version set price = 1 where class = 'Heavy'");
    RUN(bad, &end, "audit", "verify", "--full");
    end_assert_code(&bad, 22);
    end_assert_says(&bad.out, "snapshot 1 is not what was read: made again from their versions its "
                              "classes of seats are others");
}
