/*
 * digest: SHA-256 (OpenSSL EVP) over length-prefixed fields, so that no two different lists of
 * fields have the same bytes.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE        32
#define DIGEST_HEX_SIZE    65 /* with NUL */
#define DIGEST_BASE64_SIZE 45 /* with NUL */

struct digest {
    uint8_t byte[DIGEST_SIZE];
};

struct digest_stream; /* EVP_MD_CTX */

struct digest_stream *digest_new(void) __attribute__((returns_nonnull));
void digest_bytes(struct digest_stream *stream, const void *bytes, size_t length); /* raw */
/* A field: 8-byte big-endian length, then the bytes. NULL is the length 2^64-1 and no bytes. */
void digest_field(struct digest_stream *stream, const char *string);
void digest_int(struct digest_stream *stream, int64_t value); /* 8 bytes big-endian, a field */
/* Result; the stream is freed. */
struct digest digest_finish(struct digest_stream *stream);
void digest_free(struct digest_stream *stream);
/* One shot over raw bytes. */
struct digest digest_of(const void *bytes, size_t length);
const char *digest_hex(const struct digest *digest, char buffer[static DIGEST_HEX_SIZE]);
/* As a Content-Security-Policy has it. */
const char *digest_base64(const struct digest *digest, char buffer[static DIGEST_BASE64_SIZE]);
/* 64 hex digits of any case, the whole string. */
bool digest_parse(const char *hex, struct digest *ret_digest);
int digest_compare(const struct digest *a, const struct digest *b);
bool digest_is_zero(const struct digest *digest); /* there is none */

#endif
