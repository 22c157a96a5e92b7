/*
 * portal: a portal whose answers are invented, without a network: the functions of net/http that
 * send are replaced (--wrap), all that reads an answer is the program's own. An input is answers
 * one after the other, with a line `--` between; each is a line with status and type, header lines,
 * an empty line, and the body. A word in place of a status is what came instead of an answer:
 * `lost`, `odd`, `stop`, and of a write `unsent`, `late`. Behind the last nothing comes through any
 * more.
 */
#ifndef FUZZ_PORTAL_H
#define FUZZ_PORTAL_H

#include "bynder/bynder.h"
#include "fuzz.h"

#define PORTAL_USER "1A84D758-2B3A-141F-8F07D71AA1F223BD"

/* A client that never sleeps; `permanent`: with a token that needs no fetching, unless the input
 * begins with an empty line. */
struct bynder *portal_client(const uint8_t *data, size_t size, bool permanent);
/* For those who are told how far a reading is. */
extern const struct progress portal_progress;
/* Writes that were sent. */
size_t portal_wrote(void);

#endif
