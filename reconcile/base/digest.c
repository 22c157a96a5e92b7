/*
 * A thin layer over OpenSSL's EVP that makes one promise more: fields carry their length, so the
 * list ("ab", "c") and the list ("a", "bc") have different digests. SHA-256 over memory cannot fail
 * except for want of memory or by a broken library, and neither leaves anything to decide.
 */
#include "base/digest.h"

#include <assert.h>
#include <endian.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/parse.h"

/* Most fields are short, and a call of the library costs more than what it does with them. What
 * fits here in all needs no context of its own. */
struct digest_stream {
    EVP_MD_CTX *context; /* NULL = nothing was passed on yet */
    size_t held;
    uint8_t hold[960]; /* in all less than 1,032 bytes, which malloc has at hand for each thread */
};

/* OpenSSL looks an algorithm up by name, under a lock: once is enough. */
static EVP_MD *algorithm;
static pthread_key_t spare_key; /* of each thread: the context of short digests */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void free_spare(void *spare)
{
    EVP_MD_CTX_free(spare);
}

static void prepare(void)
{
    algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    assert(algorithm);
    int failed = pthread_key_create(&spare_key, free_spare);
    assert(failed == 0);
}

static void begin(EVP_MD_CTX *context)
{
    int ok = EVP_DigestInit_ex(context, algorithm, NULL);

    assert(ok == 1);
}

static EVP_MD_CTX *new_context(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    assert(context);
    begin(context);
    return context;
}

static EVP_MD_CTX *spare_context(void)
{
    EVP_MD_CTX *spare = pthread_getspecific(spare_key);

    if (spare) {
        begin(spare);
        return spare;
    }
    spare = new_context();
    int failed = pthread_setspecific(spare_key, spare);
    assert(failed == 0);
    return spare;
}

struct digest_stream *digest_new(void)
{
    struct digest_stream *stream = mem_alloc(sizeof(*stream));

    (void)pthread_once(&once, prepare);
    stream->context = NULL;
    stream->held = 0;
    return stream;
}

static void update(EVP_MD_CTX *context, const void *bytes, size_t length)
{
    int ok = length == 0 || EVP_DigestUpdate(context, bytes, length) == 1;

    assert(ok);
}

static void pass_on(struct digest_stream *stream, const void *bytes, size_t length)
{
    if (!stream->context)
        stream->context = new_context();
    update(stream->context, bytes, length);
}

static void pass_on_held(struct digest_stream *stream)
{
    pass_on(stream, stream->hold, stream->held);
    stream->held = 0;
}

void digest_bytes(struct digest_stream *stream, const void *bytes, size_t length)
{
    if (length > sizeof(stream->hold) - stream->held)
        pass_on_held(stream);
    if (length > sizeof(stream->hold)) {
        pass_on(stream, bytes, length);
        return;
    }
    if (length > 0)
        memcpy(stream->hold + stream->held, bytes, length);
    stream->held += length;
}

static void add_big_endian(struct digest_stream *stream, uint64_t value)
{
    uint64_t byte = htobe64(value);

    digest_bytes(stream, &byte, sizeof(byte));
}

void digest_field(struct digest_stream *stream, const char *string)
{
    if (!string) {
        add_big_endian(stream, UINT64_MAX);
        return;
    }
    add_big_endian(stream, strlen(string));
    digest_bytes(stream, string, strlen(string));
}

void digest_int(struct digest_stream *stream, int64_t value)
{
    add_big_endian(stream, sizeof(value));
    add_big_endian(stream, (uint64_t)value);
}

struct digest digest_finish(struct digest_stream *stream)
{
    struct digest digest;
    unsigned length = 0;
    EVP_MD_CTX *context = stream->context ? stream->context : spare_context();

    update(context, stream->hold, stream->held);
    int ok = EVP_DigestFinal_ex(context, digest.byte, &length);
    assert(ok == 1 && length == DIGEST_SIZE);
    digest_free(stream);
    return digest;
}

void digest_free(struct digest_stream *stream)
{
    if (!stream)
        return;
    EVP_MD_CTX_free(stream->context);
    free(stream);
}

struct digest digest_of(const void *bytes, size_t length)
{
    struct digest_stream *stream = digest_new();

    digest_bytes(stream, bytes, length);
    return digest_finish(stream);
}

const char *digest_hex(const struct digest *digest, char buffer[static DIGEST_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        buffer[2 * i] = digits[digest->byte[i] >> 4];
        buffer[2 * i + 1] = digits[digest->byte[i] & 0xF];
    }
    buffer[DIGEST_HEX_SIZE - 1] = '\0';
    return buffer;
}

const char *digest_base64(const struct digest *digest, char buffer[static DIGEST_BASE64_SIZE])
{
    int length = EVP_EncodeBlock((unsigned char *)buffer, digest->byte, DIGEST_SIZE);

    assert(length == DIGEST_BASE64_SIZE - 1);
    return buffer;
}

bool digest_parse(const char *hex, struct digest *ret_digest)
{
    struct digest digest;

    if (!hex || strlen(hex) != DIGEST_HEX_SIZE - 1)
        return false;
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        int high = parse_hex(hex[2 * i]), low = parse_hex(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        digest.byte[i] = (uint8_t)(high << 4 | low);
    }
    *ret_digest = digest;
    return true;
}

int digest_compare(const struct digest *a, const struct digest *b)
{
    return memcmp(a->byte, b->byte, DIGEST_SIZE);
}

bool digest_is_zero(const struct digest *digest)
{
    static const struct digest none = {.byte = {0}};

    return digest_compare(digest, &none) == 0;
}
