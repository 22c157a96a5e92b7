/*
 * hr: the files that go with a population: the roster that the company's HR would send, the list of
 * accounts that a correct reader of it finds to have left, and Bynder's own user export.
 */
#ifndef SIM_HR_H
#define SIM_HR_H

#include "base/err.h"

#include "population.h"

/* CSV with the columns EmpID, Name, Work Email, EmploymentStatus, DateofHire, DateofTermination,
 * Department; days as YYYY-MM-DD. */
int hr_write_roster(const struct population *population, const char *path, struct err *err)
    __attribute__((warn_unused_result));
/* The id of every active account whose person has departed, one per line. */
int hr_write_leavers(const struct population *population, const char *path, struct err *err)
    __attribute__((warn_unused_result));
/* All accounts as Bynder's user export lists them (a semicolon CSV, columns as in its help centre):
 * times as 2019-03-31T23:59:40.000+00:00, created dates as YYYY-MM-DD, statuses Active and
 * Inactive. */
int hr_write_export(const struct population *population, const char *path, struct err *err)
    __attribute__((warn_unused_result));

#endif
