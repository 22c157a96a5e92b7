/*
 * names: the stock from which the population draws its people. Data only.
 *
 * A culture is a place with its alphabet: given names, family names, and the country, time zone and
 * language that its people have in the portal. Names outside ASCII carry the transliteration that
 * such people have in their user names and addresses.
 */
#ifndef SIM_NAMES_H
#define SIM_NAMES_H

#include <stddef.h>

struct name {
    const char *native;
    const char *ascii; /* lower case, letters only; NULL: the native form in lower case */
};

struct culture {
    const char *country;   /* ISO 3166 */
    const char *time_zone; /* IANA */
    const char *language;
    const char *city;
    const struct name *given;
    size_t given_count;
    const struct name *family;
    size_t family_count;
    const char *const *infix; /* words between given and family name, or NULL */
    size_t infix_count;
};

extern const struct culture cultures[];
extern const size_t culture_count;

extern const char *const departments[];
extern const size_t department_count;
extern const char *const jobs[];
extern const size_t job_count;
extern const char *const service_names[];
extern const size_t service_count;

#endif
