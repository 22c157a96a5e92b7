#!/usr/bin/python3
"""Somebody fills in a plan's workbook in LibreOffice and saves it in every way.

    edit.py DIRECTORY APPROVE KEEP REJECT CHANGED DOUBLED FORMULA PASTED DAY OF_PLAN

Takes DIRECTORY/plan.xlsx, decides about the seven accounts as their names say, PASTED as in the table
of plan OF_PLAN, adds a row of nobody's, and saves the first sheet as NAME.csv. The workbook is edited in LibreOffice's own flat form
and saved as xlsx again, so that what is saved as CSV has gone through both. DAY is the last day of
the keep, a cell of a date. Checks on the way that the workbook is what it should be: no formula, no
link, text where text was, dates where dates were.
"""
import copy
import os
import subprocess
import sys
import xml.etree.ElementTree as ET

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

# Name, separator, character set (76 UTF-8, 65535 UTF-16), locale of the program, mark put in front.
WAYS = [("comma", 44, 76, "en-US", b""), ("semicolon", 59, 76, "de-DE", b""),
        ("tab", 9, 76, "nl-NL", b""), ("marked", 59, 76, "fr-FR", b"\xef\xbb\xbf"),
        ("utf16", 9, 65535, "en-GB", b"")]


def convert(directory, form, path):
    subprocess.run(["soffice", "-env:UserInstallation=file://%s/profile" % directory, "--headless",
                    "--convert-to", form, "--outdir", directory, path], check=True, timeout=300,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def cells(row):
    """The cells of a row, one element each."""
    for cell in [c for c in row if c.tag == TABLE + "table-cell"]:
        count = int(cell.attrib.pop(TABLE + "number-columns-repeated", 1))
        at = list(row).index(cell)
        for _ in range(min(count, 100) - 1):
            row.insert(at, copy.deepcopy(cell))
    return [c for c in row if c.tag == TABLE + "table-cell"]


def text_of(cell):
    return "\n".join("".join(p.itertext()) for p in cell if p.tag == TEXT + "p")


def put(cell, kind, value):
    for child in list(cell):
        cell.remove(child)
    cell.attrib[OFFICE + "value-type"] = cell.attrib[CALCEXT + "value-type"] = kind
    if kind == "date":
        cell.attrib[OFFICE + "date-value"] = value
        cell.attrib.pop(TABLE + "style-name", None)  # shown as the locale shows a date
    for line in value.split("\n"):
        ET.SubElement(cell, TEXT + "p").text = line


def check(good, what, *seen):
    if not good:
        sys.exit("FAIL: %s %s" % (what, " ".join("%.200s" % ascii(s) for s in seen)))


def check_workbook(sheets, rows, place):
    names = [sheet.attrib[TABLE + "name"] for sheet in sheets]
    check(names == ["decisions", "about this plan", "savings"], "sheets", *names)
    for sheet in sheets:
        for cell in sheet.iter(TABLE + "table-cell"):
            check(TABLE + "formula" not in cell.attrib, "a formula", text_of(cell))
            check(not list(cell.iter(TEXT + "a")), "a link", text_of(cell))
    for row in rows:
        kinds = {name: row[at].attrib.get(OFFICE + "value-type") for name, at in place.items()}
        check(kinds["account_id"] == kinds["name"] == kinds["why"] == "string", "text", kinds)
        check(kinds["last_login"] in ("date", None), "a time is a time", kinds)
        check(kinds["idle_days"] in ("float", None), "a number is a number", kinds)
        for name in ("decision", "until", "reason"):
            check(text_of(row[place[name]]) == "", "nobody has decided yet", name)


def edit(root, ids, day, of_plan):
    sheets = list(root.iter(TABLE + "table"))
    lines = [r for r in sheets[0].iter(TABLE + "table-row")
             if int(r.attrib.get(TABLE + "number-rows-repeated", 1)) == 1]
    rows = [cells(line) for line in lines]
    place = {text_of(c): at for at, c in enumerate(rows[0]) if text_of(c)}
    hidden = [c for c in sheets[0].iter(TABLE + "table-column")
              for _ in range(min(64, int(c.attrib.get(TABLE + "number-columns-repeated", 1))))]
    check(hidden[place["subject"]].attrib.get(TABLE + "visibility") == "collapse", "hidden")
    check(hidden[place["of_plan"]].attrib.get(TABLE + "visibility") == "collapse", "hidden too")
    body = [r for r in rows[1:] if len(r) > place["account_id"] and text_of(r[place["account_id"]])]
    check_workbook(sheets, body, place)
    of = {text_of(r[place["account_id"]]): r for r in body}

    def say(who, column, value, kind="string"):
        put(of[who][place[column]], kind, value)

    approve, keep, reject, changed, doubled, formula, pasted = ids
    say(pasted, "decision", "approve")
    say(pasted, "of_plan", of_plan)
    say(approve, "decision", "Approve")
    say(keep, "decision", "keep")
    say(keep, "until", day, "date")
    say(keep, "reason", "für \"März\";\nspäter")
    say(reject, "decision", "reject")
    say(reject, "reason", "ask, then decide")
    say(changed, "decision", "approve")
    say(changed, "subject", "0" * 63 + "1")
    say(doubled, "decision", "approve")
    say(formula, "decision", "=approve")
    line = next(x for x in lines if of[doubled][0] in list(x))
    above = next(x for x in sheets[0].iter() if line in list(x))
    above.insert(list(above).index(line), copy.deepcopy(line))
    other = copy.deepcopy(line)
    put(cells(other)[place["account_id"]], "string", "EEEEEEEE-2B3A-141F-8F07D71AA1F223BD")
    above.insert(list(above).index(line), other)


def set_locale(directory, locale):
    """LibreOffice shows a date without a form of its own as its locale does."""
    path = os.path.join(directory, "profile/user/registrymodifications.xcu")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    item = ('<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" '
            'oor:op="fuse"><value>%s</value></prop></item>' % locale)
    lines = [x for x in text.replace("</oor:items>", "").split("\n")
             if "ooSetupSystemLocale" not in x]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + item + "\n</oor:items>\n")


def main():
    directory, ids, day = sys.argv[1], sys.argv[2:9], sys.argv[9]
    at = lambda name: os.path.join(directory, name)
    convert(directory, "fods", at("plan.xlsx"))
    for prefix, uri in (("table", TABLE), ("office", OFFICE), ("text", TEXT), ("calcext", CALCEXT)):
        ET.register_namespace(prefix, uri[1:-1])
    for _, (prefix, uri) in ET.iterparse(at("plan.fods"), events=["start-ns"]):
        ET.register_namespace(prefix, uri)
    tree = ET.parse(at("plan.fods"))
    edit(tree.getroot(), ids, day, sys.argv[10])
    tree.write(at("edited.fods"), encoding="utf-8", xml_declaration=True)
    convert(directory, "xlsx", at("edited.fods"))
    for name, separator, charset, locale, mark in WAYS:
        set_locale(directory, locale)
        convert(directory,
                "csv:Text - txt - csv (StarCalc):%d,34,%d,1,,0,false,true,false,false,false,1"
                % (separator, charset), at("edited.xlsx"))
        saved = next(f for f in os.listdir(directory)
                     if f.startswith("edited") and f.endswith(".csv"))
        with open(at(saved), "rb") as file:
            content = file.read()
        os.remove(at(saved))
        with open(at(name + ".csv"), "wb") as file:
            file.write(mark + content)


main()
