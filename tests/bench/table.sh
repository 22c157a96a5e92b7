#!/bin/sh
# The figures of build/bench.json as a table, to be read or to be pasted into a document.
#   table.sh [FILE]
set -eu
cd "$(dirname "$0")/../.."
exec python3 - "${1:-build/bench.json}" <<'END'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    bench = json.load(file)
rows = [("what", "value", "at most", "")]
for figure in bench["figures"]:
    value, limit = figure["value"], figure["limit"]
    over = limit is not None and value > limit
    rows.append((figure["text"], f"{value:,}", "" if limit is None else f"{limit:,}", "over" if over else ""))
rows = [row if any(row[3] for row in rows) else row[:3] for row in rows]
widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
for number, row in enumerate(rows):
    cells = [cell.rjust(width) if 0 < i < 3 else cell.ljust(width) for i, (cell, width) in enumerate(zip(row, widths))]
    print("| " + " | ".join(cells) + " |")
    if number == 0:
        print("| " + " | ".join("-" * (width - 1) + (":" if 0 < i < 3 else "-") for i, width in enumerate(widths)) + " |")
machine = bench["machine"]
print(f"\n{machine['date']}: {machine['processors']} processors ({machine['cpu']}), "
      f"{machine['memory_megabytes']:,} MB of memory.")
END
