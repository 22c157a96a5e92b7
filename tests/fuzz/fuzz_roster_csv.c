/*
 * A roster as CSV over delimiters, encodings, forms of dates and what stands around the rows, which
 * its first bytes choose.
 * Reads: roster/csv.c roster/cut.c roster/titles.c roster/intake.c roster/mapped_words.c
 * roster/date.c roster/doubt.c roster/reader.c format/csv_reader.c format/encoding.c
 * format/container.c base/unseen.c facts/roster.c facts/person.c
 */
#include "base/cleanup.h"
#include "roster.h"

enum { /* bits of the byte that says what else is configured */
       HEADER_ROW = 1,
       LABEL_ROWS = 2,
       FOOTER = 4,
       LEAVE = 8,
       NO_DATE = 16,
       TWO_DIGITS = 32,
       SERIAL = 64,
       NAMELESS = 128,
};

static void vary(struct config_roster *config, unsigned bits)
{
    static const char *const footer[] = {"Total*", "EOF"}, *const none[] = {"never", "31.12.*"},
                             *const words[] = {"Parental"};

    config->header_row = bits & HEADER_ROW ? 3 : 1;
    config->label_rows = bits & LABEL_ROWS ? 1 : 0;
    if (bits & FOOTER)
        config->footer = (struct name_list){footer, COUNT_OF(footer)};
    if (bits & LEAVE) {
        config->column.of[ROSTER_ON_LEAVE] = "Away";
        config->column.of[ROSTER_LEAVE_FROM] = "From";
        config->column.of[ROSTER_LEAVE_UNTIL] = "Until";
        config->on_leave_words = (struct name_list){words, COUNT_OF(words)};
    }
    if (bits & NO_DATE)
        config->no_date = (struct name_list){none, COUNT_OF(none)};
    if (bits & TWO_DIGITS)
        config->two_digit_year_cutoff = 2049;
    if (bits & SERIAL)
        config->date_formats[ROSTER_LAST_DAY] = ROSTER_EXCEL_SERIAL;
    if (bits & NAMELESS)
        config->column.name.count = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = {',', ';', '\t', '|'};
    static const char *const encodings[] = {"UTF-8",    "UTF-8",       "windows-1252", "UTF-16",
                                            "UTF-16LE", "UTF-32",      "ISO-8859-15",  "SHIFT_JIS",
                                            "GB18030",  "ISO-2022-JP", "windows-1251", "nothing"};
    static const char *const dates[] = {
        "%Y-%m-%d",  "%d.%m.%Y", "%Y%m%d",   "%e-%b-%Y",         "%m/%d/%Y", "%Y-%m-%dT%H:%M:%S%z",
        "%B %d, %Y", "%d.%m.",   "%d.%m.%y", "%m/%d/%Y %I:%M %p"};
    struct config_roster config = fuzz_roster_config();
    struct bytes bytes = bytes_of(data, size);

    config.delimiter = delimiters[bytes_choice(&bytes, COUNT_OF(delimiters))];
    config.encoding = encodings[bytes_choice(&bytes, COUNT_OF(encodings))];
    config.date_format = dates[bytes_choice(&bytes, COUNT_OF(dates))];
    vary(&config, bytes_choice(&bytes, 256));
    fuzz_roster(&config, bytes.at, bytes.left);
    return 0;
}
