/* base/digest: known values, and lists that must not collide. */
#include "base/cleanup.h"
#include "base/digest.h"
#include "test.h"

TEST(digest_of_known_bytes_is_sha256)
{
    struct digest digest = digest_of("abc", 3);
    char hex[DIGEST_HEX_SIZE];

    assert_string_equal(digest_hex(&digest, hex),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest = digest_of("", 0);
    assert_string_equal(digest_hex(&digest, hex),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static struct digest of_fields(const char *a, const char *b)
{
    struct digest_stream *stream = digest_new();

    digest_field(stream, a);
    digest_field(stream, b);
    return digest_finish(stream);
}

TEST(digest_field_of_shifted_fields_differs)
{
    struct digest base = of_fields("ab", "c"), again = of_fields("ab", "c");
    struct digest shifted = of_fields("a", "bc"), empty = of_fields("", "abc");
    struct digest null = of_fields(NULL, "abc");

    assert_int_equal(digest_compare(&base, &again), 0);
    assert_int_not_equal(digest_compare(&base, &shifted), 0);
    assert_int_not_equal(digest_compare(&empty, &null), 0);
}

TEST(digest_int_is_a_field_of_eight_big_endian_bytes)
{
    static const uint8_t expected[] = {0,    0,    0,    0,    0,    0,    0,    8,
                                       0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE};
    struct digest_stream *stream = digest_new();
    struct digest plain = digest_of(expected, sizeof(expected)), digest;

    digest_int(stream, -2);
    digest = digest_finish(stream);
    assert_int_equal(digest_compare(&plain, &digest), 0);
    digest_free(digest_new());
    digest_free(NULL);
}

TEST(digest_does_not_hang_on_the_pieces_that_bytes_come_in)
{
    static const size_t sizes[] = {1, 7, 8, 511, 512, 513, 1000, 3000};
    uint8_t bytes[3000];

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * 31 + i / 256);
    struct digest whole = digest_of(bytes, sizeof(bytes));
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (size_t k = 0; k < COUNT_OF(sizes); k++) {
            struct digest_stream *stream = digest_new();
            for (size_t at = 0, turn = 0; at < sizeof(bytes); turn++) {
                size_t size = sizes[turn % 2 ? i : k], left = sizeof(bytes) - at;
                size = size < left ? size : left;
                digest_bytes(stream, bytes + at, size);
                at += size;
            }
            struct digest digest = digest_finish(stream);
            assert_int_equal(digest_compare(&whole, &digest), 0);
        }
    }
}

TEST(digest_parse_of_other_than_64_digits_is_refused)
{
    char hex[DIGEST_HEX_SIZE] = "BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    struct digest expected = digest_of("abc", 3), digest = {0};

    assert_true(digest_parse(hex, &digest));
    assert_int_equal(digest_compare(&digest, &expected), 0);
    hex[10] = 'g';
    assert_false(digest_parse(hex, &digest));
    hex[10] = '\0';
    assert_false(digest_parse(hex, &digest));
    assert_false(digest_parse(NULL, &digest));
    assert_false(
        digest_parse("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0", &digest));
    assert_int_equal(digest_compare(&digest, &expected), 0);
}
