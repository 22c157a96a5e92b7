/*
 * A roster as CSV over delimiters, encodings and forms of dates, which its first bytes choose; and
 * what `init` guesses of it.
 * Reads: roster/csv.c roster/intake.c roster/doubt.c roster/reader.c roster/guess.c
 * format/csv_reader.c format/encoding.c facts/roster.c facts/person.c
 */
#include "base/cleanup.h"
#include "roster.h"
#include "roster/guess.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = {',', ';', '\t', '|'};
    static const char *const encodings[] = {"UTF-8",    "UTF-8",       "windows-1252", "UTF-16",
                                            "UTF-16LE", "UTF-32",      "ISO-8859-15",  "SHIFT_JIS",
                                            "GB18030",  "ISO-2022-JP", "windows-1251", "nothing"};
    static const char *const dates[] = {"%Y-%m-%d",  "%d.%m.%Y", "%Y%m%d",
                                        "%e-%b-%Y",  "%m/%d/%Y", "%Y-%m-%dT%H:%M:%S%z",
                                        "%B %d, %Y", "%d.%m."};
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct config_roster config = fuzz_roster_config();
    struct bytes bytes = bytes_of(data, size);
    struct roster_guess guess;

    config.delimiter = delimiters[bytes_choice(&bytes, COUNT_OF(delimiters))];
    config.encoding = encodings[bytes_choice(&bytes, COUNT_OF(encodings))];
    config.date_format = dates[bytes_choice(&bytes, COUNT_OF(dates))];
    fuzz_roster(&config, bytes.at, bytes.left);
    (void)!roster_guess(&arena, bytes.at, bytes.left, &guess, NULL);
    return 0;
}
