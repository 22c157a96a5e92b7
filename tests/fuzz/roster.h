/* roster: what holds of a roster, whatever it was read from. */
#ifndef FUZZ_ROSTER_H
#define FUZZ_ROSTER_H

#include "config/config.h"
#include "fuzz.h"

/* Columns EmpID, Mail, Login, Name, Status, Hired, Last, Dept, Country; comma, UTF-8, ISO dates. */
struct config_roster fuzz_roster_config(void);
/* Reads the bytes as a roster of that configuration, and judges it. */
void fuzz_roster(const struct config_roster *config, const char *bytes, size_t size);

#endif
