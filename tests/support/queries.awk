# What a statement must look like to be sent to the one server that has its portal, when the history is
# spread over several (docs/scale.md): every table it reads or writes is told the portal's number, each where
# it stands, because whoever plans the statement concludes nothing from one sub-query for another; and it
# uses nothing that cannot be sent. What is not understood is refused: it is to be written as others are.
#
#     awk -f queries.awk db/migrations/*.sql db/queries/*/*.sql db/audit-verify.sql
#
# says FILE:LINE: what: what to write instead. The migrations tell of the tables; db/parts are in their places.
# With -v mutate=1 it says of which `portal_id = $n` it would not notice that it is not there any more.
#
# A table is told by `portal_id = $1::bigint` between the `and`s of the `where` of the very select that names
# it, or of the `on` of a join; that of a left join tells only the table it joins. $2 is another history of
# the portal, where one is carried over to the other.

BEGIN {
    names("ends", "from where group having window order limit offset for fetch union except intersect returning set using")
    names("join", "join left right full cross inner natural")
    names("keyword", "on and or not is null in distinct true false case when then else end any like between select as " \
          "all exists values default lateral with by asc desc nulls at time zone do tablesample only")
    # What says the same whoever is asked and when; what does within a transaction, of what the program hands in.
    names("still", "coalesce lead over greatest least nullif lower btrim regexp_replace sha256 int4send int8send " \
          "array_append array count min max unnest json_each_text")
    names("steady", "to_char now statement_timestamp make_interval date_trunc")
    names("cast", "bigint integer smallint boolean numeric double json jsonb bytea")
    # What a table is told instead (nothing: any; *: every table of the statement). All portals, which is what
    # these are about:
    excuse("audit_portals *"); excuse("status_portals *"); excuse("status_savings *")
    # a portal by its name, before the number is known:
    excuse("audit_open portal portal = $1"); excuse("audit-verify portal portal = :''")
    excuse("portal_find p p.name = $1"); excuse("portal_find h h.portal_id = p.portal_id")
    excuse("portal_open portal name = $1"); excuse("portal_open h h.portal_id = o.portal_id")
    # other portals than this one, of its host or that took its name:
    excuse("portal_older o o.portal_id <> p.portal_id")
    excuse("portal_identity g g.portal_id = o.goes_on_in"); excuse("erase_names portal")
    # those that were set aside for this one:
    excuse("portal_set_aside portal goes_on_in = $1::bigint")
    excuse("erase_histories portal portal_id = $1::bigint or goes_on_in = $1::bigint")
    excuse("erase_names h (h.portal_id = $1::bigint or h.goes_on_in = $1::bigint)")
    excuse("erase_names p h.portal_id = p.portal_id")
    excuse("record_has p (p.portal_id = $1::bigint or p.goes_on_in = $1::bigint)")
    excuse("record_has e p.portal_id = e.portal_id")
}
function names(kind, list,   part, i) { split(list, part, " "); for (i in part) is[kind, part[i]] = 1 }
function excuse(line,   part) {
    split(line, part, " ")
    sub(/^[^ ]* [^ ]* ?/, "", line); gsub(/ /, "", line)
    instead_of[part[1], part[2]] = line
}

# --- reading: tokens of all statements, from[n] to to[n] ---

FNR == 1 { statement_ends() }
FILENAME ~ /migrations/ {
    sub(/--.*/, "")
    if (match($0, /(create|drop) table [a-z_]+|create (or replace )?view audit\.[a-z_]+|alter table [a-z_]+ rename to [a-z_]+/)) {
        many = split(substr($0, RSTART, RLENGTH), word_of, " ")
        if (word_of[1] == "create") table[word_of[many]] = 1
        else delete table[word_of[3]]
        if (word_of[1] == "alter") table[word_of[many]] = 1
    }
    delete table["migration"]; delete table["audit.migration"]
    next
}
/^ *(do \$\$.*\$\$;$|\\[^g])/ { next } # psql's own, of audit-verify.sql
{ add($0) }
END { statement_ends(); all() }

function add(line,   part, more) {
    if (line ~ /^-- include /) {
        part = line; sub(/^-- include /, "", part); part = "db/parts/" part ".sql"
        while ((getline more < part) > 0) add(more)
        close(part)
        return
    }
    line = " " tolower(line)
    gsub(/'([^']|'')*'/, "\"", line)
    sub(/--.*/, "", line)
    gsub(/:portal_id/, "$1::bigint", line)
    gsub(/\\gset/, ";", line)
    if (line ~ /'|\/\*|\$[^0-9]/) print FILENAME ":" FNR ": quotes are not understood: write a text on one line, between simple ones"
    gsub(/"/, " '' ", line)
    while (match(line, /[a-z_][a-z0-9_.]*|\$[0-9]+|[0-9.]+|::|''|[^ \t]/)) {
        if (substr(line, RSTART, RLENGTH) == ";") statement_ends()
        else { said_token[++last] = substr(line, RSTART, RLENGTH); said_at[last] = FNR; file = FILENAME }
        line = substr(line, RSTART + RLENGTH)
    }
}
function statement_ends(   i, depth) {
    if (last == ended + 0) return
    from[++statements] = ended + 1; to[statements] = ended = last; in_file[statements] = file
    i = from[statements]
    if (said_token[i] " " said_token[i + 1] != "create temporary") return
    stage[said_token[i + 3]] = 1
    for (i += 4; i <= last; i++) {
        if (said_token[i] == "(") depth++
        if (said_token[i] ~ /^[(,]$/ && depth == 1) column[said_token[from[statements] + 3], said_token[i + 1]] = 1
        if (said_token[i] == ")") depth--
    }
}

function all(   n, i, key) {
    for (n = 1; n <= statements; n++) {
        complaints = 0
        if (!mutate) look(n, 0)
        else for (i = from[n]; i <= to[n]; i++)
            if (is_told(i)) {
                complaints = 0; look(n, i)
                if (!complaints) print in_file[n] ":" said_at[i] ": 'true' instead of " said_token[i] " is not noticed"
            }
    }
    if (!mutate && !made_up) for (key in instead_of) if (!(key in used)) print "tests/support/queries.awk: " key " needs no excuse"
}
function is_told(i) { return said_token[i] ~ /(^|\.)portal_id$/ && said_token[i + 1] == "=" && said_token[i + 2] ~ /^\$/ }

# --- a statement, or one of which a number is left out ---

function look(n, left_out,   i, r, key) {
    file = in_file[n]
    base = file; sub(/.*\//, "", base); sub(/\.sql$/, "", base)
    split("", token); split("", at); split("", told); split("", said); split("", cte)
    split("", temporary); split("", stage_of)
    count = subs = blocks = refs = bare = aliases = changing = changes = inserting = lost_at = 0
    for (i = from[n]; i <= to[n]; i++) {
        token[++count] = said_token[i]; at[count] = said_at[i]
        if (i == left_out) { token[count] = "true"; i += said_token[i + 3] == "::" ? 4 : 2 }
    }
    token[0] = token[count + 1] = token[count + 2] = token[count + 3] = ""; at[count + 1] = at[count]
    for (i = 1; i <= count; i++) if (token[i] ~ /^(update|delete)$/ && token[i - 1] !~ /^(do|for)$/) changes = 1
    p = 1
    top()
    for (r = 1; r <= refs && !lost_at; r++) {
        if ((in_block[r], alias_of[r]) in told || refs_in[in_block[r]] == 1 && (in_block[r], "") in told) continue
        key = base SUBSEP alias_of[r]
        if (!(key in instead_of)) key = base SUBSEP "*"
        if (key in instead_of && (instead_of[key] == "" || (in_block[r], instead_of[key]) in said)) used[key] = 1
        else complain(ref_at[r], token[ref_at[r]] " is not told the number of its portal", \
                      "'and " (refs_in[in_block[r]] == 1 ? "" : alias_of[r] ".") "portal_id = $1::bigint' " \
                      "in the where of its own select, or in the on that joins it")
    }
}
function complain(i, what, instead) {
    complaints++
    if (!mutate) print file ":" at[i] ": " what ": write " instead
}
function lost() {
    if (!lost_at) complain(p, "not understood at '" token[p] "'", "it as other statements do")
    lost_at = p; p = count + 1
}
function want(t) { if (token[p] == t) p++; else lost() }
function text(first, end,   all_of) { for (; first <= end; first++) all_of = all_of token[first]; return all_of }
function word(t) { return t ~ /^[a-z_][a-z0-9_]*$/ && !(("ends", t) in is) && !(("join", t) in is) && !(("keyword", t) in is) }
function begins(t) { return t ~ /^(select|with|values|insert|update|delete|table)$/ }

function top(   rest, name) {
    rest = text(1, count); name = token[2] # no blanks in it
    if (token[1] ~ /^(analyze|vacuum|set|begin|commit)$/) return
    if (token[1] == "copy") {
        sub(/\(formatbinary\)$/, "", rest)
        if (!(name in stage && rest ~ /^copy[a-z_]+fromstdin$/) &&
            !(name in table && rest ~ /^copy[a-z_]+\(portal_id,[a-z0-9_,]+\)fromstdin$/))
            complain(2, "a copy of something else", "copy TABLE (portal_id, ...) from stdin")
        return
    }
    if (rest ~ /^createtemporarytable[a-z_]+oncommitdropas/) p = 9
    else if (token[1] == "create") {
        if (rest !~ /^createtemporarytable[a-z_]+\(.*\)oncommitdrop$/)
            complain(1, "a create", "create temporary table NAME (...) on commit drop")
        return
    }
    query("top", 0)
    if (p <= count) lost()
}

# A query behind its bracket, up to the one that closes it. kind: how it stands there: top, cte, from or
# lateral (as a table), insert (what is inserted), in (behind 'in'), expression. here: its number.
function query(kind, up,   here, before, start, block) {
    here = ++subs; kind_of[here] = kind; up_of[here] = up; start = p; before = changing
    if (kind == "cte") changing = 0
    if (token[p] == "with") withs(here)
    block = ++blocks; refs_in[block] = 0
    if (token[p] == "insert") insert(block, here)
    else if (token[p] == "update" || token[p] == "delete") change(block, here)
    else for (;;) {
        if (token[p] == "select") choose(block, here, kind)
        else if (token[p] == "values") { p++; scan(block, here, "ends") }
        else lost()
        if (token[p] !~ /^(union|except|intersect)$/) break
        if (token[++p] == "all") p++
        block = ++blocks; refs_in[block] = 0
    }
    changing = before
    if (here in temporary) within(here, start, p - 1)
}
function withs(here,   name) {
    if (up_of[here]) complain(p, "a with in a sub-query", "it in front of the statement")
    do {
        name = token[++p]
        if (!word(name)) lost()
        if (name in table || name in stage) complain(p, "a with of a table's name, " name, "another name")
        cte[name] = 1
        p++
        want("as")
        if (token[p] == "not") p++
        if (token[p] == "materialized") p++
        want("("); query("cte", here); want(")")
    } while (token[p] == ",")
}
function choose(block, here, kind,   stop, t) {
    stop = kind == "insert" ? "insert" : "ends"
    if (token[++p] == "from") complain(p, "a select of nothing", "select 1 from")
    if (token[p] == "distinct" && token[++p] == "on") { p++; want("("); scan(block, here, ""); want(")") }
    if (kind == "insert") numbered()
    scan(block, here, stop)
    if (token[p] == "from") { p++; list(block, here) }
    while (("ends", token[p]) in is && token[p] !~ /^(union|except|intersect|returning)$/) {
        t = token[p++]
        if (t ~ /^(from|set|using)$/) lost()
        scan(block, here, stop, t == "where" ? t : "")
    }
}
function numbered() {
    if (into_table && text(p, p + 2) != "$1::bigint" && token[p] !~ /(^|\.)portal_id$/)
        complain(p, "an insert of another number than the portal's", "$1::bigint first")
}
function insert(block, here) {
    p++; want("into")
    into_table = token[p] in table
    if (!into_table && !(token[p] in stage)) lost()
    if (token[++p] == "as") p += 2
    want("(")
    if (into_table && token[p] != "portal_id") complain(p, "an insert without a portal_id", "(portal_id, ...)")
    scan(block, here, ""); want(")")
    inserting = token[p] == "values"
    if (inserting)
        do { p++; want("("); numbered(); scan(block, here, ""); want(")") } while (token[p] == ",")
    else query("insert", here)
    inserting = 1; changing = 2
    if (token[p] == "on" && token[p + 1] == "conflict") { p += 2; scan(block, here, "returning") }
    if (token[p] == "returning") { p++; scan(block, here, "ends") }
    inserting = changing = 0
}
function change(block, here,   verb) {
    verb = token[p++]
    if (verb == "delete") want("from")
    if (!(token[p] in table) && !(token[p] in stage)) lost()
    item(block, here)
    changing = 1
    if (verb == "update") { want("set"); scan(block, here, "ends") }
    if (token[p] == (verb == "update" ? "from" : "using")) { p++; list(block, here) }
    if (token[p] == "where") { p++; scan(block, here, "ends", "where") }
    changing = 2
    if (token[p] == "returning") { p++; scan(block, here, "ends") }
}

# --- the tables of a from ---

function list(block, here,   type, whom) {
    item(block, here)
    while (token[p] == "," || ("join", token[p]) in is) {
        if (token[p] == ",") { p++; item(block, here); continue }
        type = token[p] == "join" ? "inner" : token[p++]
        if (token[p] == "outer") p++
        if (type ~ /right|natural/) complain(p, "a " type " join", "a left join, or its on")
        want("join")
        whom = item(block, here)
        if (type == "cross") continue
        if (token[p] == "on") { p++; scan(block, here, "join", type, whom) }
        else {
            want("using"); want("(")
            for (; token[p] != ")" && p <= count; p++)
                if (token[p] == "portal_id")
                    complain(p, "a table that is told the number by another", "its portal_id = $1::bigint")
            want(")")
        }
    }
}
function item(block, here,   name, where, whom, lateral) {
    lateral = token[p] == "lateral"
    if (lateral) p++
    where = p; name = token[p++]
    if (name == "(") {
        if (!begins(token[p])) lost()
        query(lateral ? "lateral" : "from", here); want(")")
    } else if (token[p] == "(" && name !~ /\.$/ && name ~ /^[a-z]/) {
        p++; scan(block, here, ""); want(")")
        if (token[p] == "with" && token[p + 1] == "ordinality") p += 2
    } else if (name in table) {
        refs++; refs_in[block]++; in_block[refs] = block; ref_at[refs] = where
    } else if (name in stage) {
        staged(block, here, where)
    } else if (!(name in cte) && name !~ /^pg_[a-z_]+$|^(audit\.)?migration$/) {
        complain(where, "a table that no migration makes, " name, "its name, without a schema that is not audit")
    }
    whom = name; sub(/.*\./, "", whom)
    if (token[p] == "as") p++
    if (word(token[p])) {
        whom = token[p++]
        if (token[p] == "(") {
            if (name in table) lost()
            p++; scan(block, here, ""); want(")")
        }
    }
    if (name in table) alias_of[refs] = whom
    alias_at[++aliases] = where; alias_is[aliases] = whom
    return whom
}
# A temporary table is on no other server: what it says is sent there first, when a sub-query is of it and
# of nothing around it.
function staged(block, here, where) {
    while (kind_of[here] == "from") here = up_of[here]
    if (kind_of[here] ~ /expression|lateral/)
        complain(where, "the temporary table " token[where] " in a sub-query", "a left join of it, or (...) in (select ... from it)")
    if (kind_of[here] == "in") { temporary[here] = 1; stage_of[block] = token[where] }
}
function within(here, start, end,   i, a, whose) {
    for (i = start; i <= end; i++) {
        if (token[i] !~ /^[a-z_0-9]+\.[a-z_]*$/ || token[i] in table || token[i + 1] == "(") continue
        whose = token[i]; sub(/\..*/, "", whose)
        for (a = 1; a <= aliases; a++) if (alias_is[a] == whose && alias_at[a] >= start && alias_at[a] <= end) break
        if (a > aliases) complain(i, token[i] " is from around a sub-query of a temporary table", "a join")
    }
    for (a = 1; a <= bare; a++) {
        i = bare_at[a]
        if (i >= start && i <= end && bare_in[a] in stage_of && !((stage_of[bare_in[a]], token[i]) in column))
            complain(i, token[i] " may be from around a sub-query of a temporary table", "whose it is")
    }
}

# --- expressions ---

# Up to where they end: stop says what does; at a bracket they always do. type: of what the parts between
# `and`s are true: where, inner, left, full; whom: the table that is joined.
function scan(block, here, stop, type, whom,   t, before, start) {
    start = p
    for (; p <= count && token[p] != ")"; p++) {
        t = token[p]; before = token[p - 1]
        if (stop && before != "as") {
            if (stop == "returning" ? t == stop : (("ends", t) in is) && !(t == "from" && before == "distinct")) break
            if ((stop == "insert" || stop == "join") && t == "on") break
            if (stop == "join" && (t == "," || ("join", t) in is && token[p + 1] != "(")) break
        }
        if (t == "case" && changes && token[p + 1] != "when")
            complain(p, "a case of a value where something is changed", "case when in full")
        if (changing) changed(p)
        if (t == "(") {
            if (begins(token[++p])) {
                if (inserting)
                    complain(p, "a sub-query in what is inserted or behind it", "insert ... select, with what it needs in a with")
                query(before == "in" ? "in" : "expression", here)
            } else {
                scan(block, here, "")
            }
            if (token[p] != ")") { lost(); return }
            continue
        }
        if (t ~ /^(table|into)$/) lost()
        if (word(t) && token[p + 1] != "(" && before != "::") { bare_at[++bare] = p; bare_in[bare] = block }
    }
    if (type) parts(block, start, p - 1, type, whom)
}
function parts(block, start, end, type, whom,   i, depth, between, many, part, ors) {
    part[many = 0] = start - 1
    for (i = start; i <= end; i++) {
        if (token[i] == "(" || token[i] == "case") depth++
        if (token[i] == ")" || token[i] == "end" && token[i - 1] != "as") depth--
        if (depth) continue
        if (token[i] == "or") ors = 1
        if (token[i] == "between") between++
        if (token[i] == "and" && !(between && between--)) part[++many] = i
    }
    part[++many] = end + 1
    if (ors) part[many = 1] = end + 1
    for (i = 1; i <= many; i++) tell(block, part[i - 1] + 1, part[i] - 1, type, whom)
}
function tell(block, start, end, type, whom,   part) {
    part = text(start, end)
    if (type != "full") said[block, part] = 1
    if (end - start != 4 || part !~ /^([a-z_0-9]+\.)?portal_id=\$[12]::bigint$/ || type == "full") return
    if (part ~ /\$2/ && base !~ /^(carry_|portal_overlap$)/) return
    sub(/\.?portal_id=.*/, "", part)
    if (type != "left" || part == whom) told[block, part] = 1
}

# What an update or a delete may say is what every server says alike: the one that coordinates sends the
# statement as it is, or with what it found out itself without a look at a row.
function changed(i,   t, end, depth, constant, zone) {
    t = token[i]
    if (t == "::" && !(("cast", token[i + 1]) in is) && token[i - 1] !~ /^(\$[0-9]+|'')$/)
        complain(i, "a cast to " token[i + 1] " in an update", "it in a with")
    if (t ~ /^(current_|local)/) complain(i, t " in an update", "a time that the program hands in")
    if (t ~ /^(interval|make_interval)$/ && !(token[i - 1] ~ /^[+-]$/ && token[i - 3] == "::" && token[i - 4] ~ /^\$/))
        complain(i, "an interval with a column in an update", "it on the side of what the program hands in")
    if (!word(t) && t !~ /\./ || token[i + 1] != "(" || ("still", t) in is || t == "row") return
    constant = changing == 1 && ("steady", t) in is
    for (end = i + 1; end <= count; end++) {
        if (token[end] == "(") depth++
        if (token[end] == ")" && !--depth) break
        if (token[end] == "zone") zone = 1
        if (token[end] ~ /^[a-z_]/ && token[end - 1] != "::" && token[end + 1] token[end + 2] != "=>" &&
            !(("keyword", token[end]) in is)) constant = 0
    }
    if (!constant && !(t == "date_trunc" && zone))
        complain(i, t "() in an update", "it in a with, unless it says the same whoever is asked ('still' in queries.awk)")
}
