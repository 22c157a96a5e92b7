/*
 * Signatures at the beginning, and for those that several kinds share a name that only one has
 * inside. Nothing is unpacked: what is inside a container is not what was agreed on.
 */
#include "format/container.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"

#define SAVE_AS "hint: open it and save the sheet as \"CSV UTF-8\", or let HR export CSV"

/* Looked for in order; `inside` NULL = the beginning says it. In OLE2 names are UTF-16. */
static const struct kind {
    const char *start;
    size_t start_length;
    const char *inside;
    size_t inside_length;
    const char *about;
} kinds[] = {
#define BYTES(literal) (literal), sizeof(literal) - 1
    {BYTES("PK\x03\x04"), BYTES("xl/"), "is an Excel workbook (.xlsx); " SAVE_AS},
    {BYTES("PK\x03\x04"), BYTES("[Content_Types].xml"), "is an Office document; " SAVE_AS},
    {BYTES("PK\x03\x04"), BYTES("opendocument"), "is an OpenDocument file (.ods); " SAVE_AS},
    {BYTES("PK\x03\x04"), NULL, 0, "is a zip archive; hint: unpack it first (unzip)"},
    {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
     BYTES("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"),
     "is a workbook with a password; hint: take the password off and save it as CSV, or let HR "
     "export CSV and protect the way it comes (sftp, https)"},
    {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), BYTES("W\0o\0r\0k\0b\0o\0o\0k\0"),
     "is an old Excel workbook (.xls); " SAVE_AS},
    {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), NULL, 0,
     "is an old Excel workbook (.xls), or one with a password; " SAVE_AS},
    {BYTES("PAR1"), NULL, 0, "is a Parquet file; hint: let HR export CSV"},
    {BYTES("{\\rtf"), NULL, 0, "is a document of a word processor (.rtf); hint: let HR export CSV"},
    {BYTES("%PDF-"), NULL, 0, "is a PDF; hint: let HR export CSV"},
    {BYTES("\x1F\x8B"), NULL, 0, "is compressed (gzip); hint: unpack it first (gunzip)"},
    {BYTES("BZh"), NULL, 0, "is compressed (bzip2); hint: unpack it first (bunzip2)"},
    {BYTES("\xFD"
           "7zXZ"),
     NULL, 0, "is compressed (xz); hint: unpack it first (unxz)"},
    {BYTES("\x28\xB5\x2F\xFD"), NULL, 0, "is compressed (zstd); hint: unpack it first (unzstd)"},
    {BYTES("7z\xBC\xAF"), NULL, 0, "is a 7-Zip archive; hint: unpack it first"},
    {BYTES("-----BEGIN PGP"), NULL, 0, "is encrypted (PGP); hint: decrypt it first (gpg)"},
    /* a public-key encrypted session key of RFC 4880, version 3, and one for a password */
    {BYTES("\x85\x01\x0C\x03"), NULL, 0, "is encrypted (PGP); hint: decrypt it first (gpg)"},
    {BYTES("\x85\x02\x0C\x03"), NULL, 0, "is encrypted (PGP); hint: decrypt it first (gpg)"},
    {BYTES("\x84\x5E\x03"), NULL, 0, "is encrypted (PGP); hint: decrypt it first (gpg)"},
    {BYTES("\x8C\x0D\x04"), NULL, 0, "is encrypted (PGP); hint: decrypt it first (gpg)"},
#undef BYTES
};

static bool holds(const char *bytes, size_t length, const char *part, size_t part_length)
{
    return memmem(bytes, length, part, part_length) != NULL;
}

/* A page of HTML, or a spreadsheet that was saved as one. */
static bool is_markup(const char *bytes, size_t length)
{
    static const char *const starts[] = {"<!doctype html", "<html", "<head",
                                         "<table",         "<?xml", "<script"};

    while (length > 0 && strchr("\xEF\xBB\xBF \t\r\n", *bytes)) {
        bytes++;
        length--;
    }
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        size_t size = strlen(starts[i]);

        if (length >= size && strncasecmp(bytes, starts[i], size) == 0)
            return true;
    }
    return false;
}

int container_refuse(const char *bytes, size_t length, struct err *err)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        const struct kind *kind = &kinds[i];

        if (length >= kind->start_length && memcmp(bytes, kind->start, kind->start_length) == 0 &&
            (!kind->inside || holds(bytes, length, kind->inside, kind->inside_length)))
            return err_set(err, ERR_ROSTER, "%s", kind->about);
    }
    if (!is_markup(bytes, length))
        return 0;
    return err_set(err, ERR_ROSTER,
                   "is a page of HTML or XML and no roster; hint: look at it, it may be a login "
                   "page, or a report that was saved as a web page: export it as CSV");
}
