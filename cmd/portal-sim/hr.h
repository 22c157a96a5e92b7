/*
 * hr: what the company's HR would send: the roster of the people behind a population, and the list
 * of accounts that a correct reader of it finds to have left.
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

#endif
