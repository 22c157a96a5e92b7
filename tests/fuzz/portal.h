/*
 * portal: a portal whose answers are invented, without a network: the functions of net/http that
 * send are replaced (--wrap), all that reads an answer is the program's own. An input is answers
 * one after the other, with a line `--` between; each is a line with status and type, header lines,
 * an empty line, and the body. Behind the last nothing comes through any more.
 */
#ifndef FUZZ_PORTAL_H
#define FUZZ_PORTAL_H

#include "bynder/bynder.h"
#include "fuzz.h"

#define PORTAL_USER "1A84D758-2B3A-141F-8F07D71AA1F223BD"

/* A client that never sleeps; `permanent`: with a token that needs no fetching. */
struct bynder *portal_client(const uint8_t *data, size_t size, bool permanent);
/* Requests that were sent. */
size_t portal_asked(void);

#endif
