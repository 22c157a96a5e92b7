/*
 * One site in many spellings, and its neighbours.
 */
#include "base/site.h"

#include "base/cleanup.h"
#include "test.h"

TEST(site_of_is_host_and_port_however_they_are_written)
{
    static const struct {
        const char *address, *site;
    } rows[] = {
        {"https://acme.example", "acme.example:443"},
        {"HTTPS://Acme.Example:443/", "acme.example:443"},
        {"https://acme.example:/", "acme.example:443"},
        {"https://anna@acme.example/path?a=b#c", "acme.example:443"},
        {"https://acme.example?at=@other:80", "acme.example:443"},
        {"https://acme.example:8443", "acme.example:8443"},
        {"http://acme.example", "acme.example:80"},
        {"https://[2001:DB8::1]", "[2001:db8::1]:443"},
        {"https://[2001:db8::1]:8443/", "[2001:db8::1]:8443"},
        {"acme.example", NULL},
        {"https://", NULL},
        {"https://:443", NULL},
        {"", NULL},
        {NULL, NULL},
    };
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *site = site_of(&arena, rows[i].address);
        if (rows[i].site)
            assert_string_equal(site, rows[i].site);
        else
            assert_null(site);
    }
}

TEST(site_is_same_compares_what_has_none_as_text)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;

    assert_true(site_is_same(&arena, "https://acme.example", "https://ACME.example:443/"));
    assert_false(site_is_same(&arena, "https://acme.example", "http://acme.example"));
    assert_false(site_is_same(&arena, "https://acme.example", "https://acme.example.org"));
    assert_false(site_is_same(&arena, "https://acme.example", NULL));
    assert_true(site_is_same(&arena, "sandbox", "sandbox"));
    assert_false(site_is_same(&arena, "sandbox", "Sandbox"));
    assert_true(site_is_same(&arena, NULL, NULL));
}
