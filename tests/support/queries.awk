# What a statement must look like to be sent to the one server that has its portal, when the history is
# spread over several (docs/scale.md): every table it reads or writes is told the portal's number, each where
# it stands, because whoever plans the statement concludes nothing from one sub-query for another; and it
# uses nothing that cannot be sent. `awk -f queries.awk db/migrations/*.sql db/queries/*/*.sql`, after the
# tables' own texts the statements; db/parts are in their places. Says FILE: what.

function known(name) { return name in table || name ~ /^audit\.[a-z_]+$/ && name !~ /^audit\.(migration|portal)$/ }
function word(token) { return token ~ /^[a-z_][a-z0-9_]*$/ }

BEGIN {
    split("on where set using join left right full cross inner order group limit for returning values default " \
          "union except intersect as select natural having window with lateral do", list, " ")
    for (i in list) keyword[list[i]] = 1
    split("clock_timestamp gen_random_uuid random concat concat_ws format us", list, " ")
    for (i in list) moving[list[i]] = 1
    # Over all portals by their meaning, or before the number is known.
    split("audit_portals status_portals status_savings erase_names portal_find portal_open portal_older portal_identity " \
          "portal_set_aside", list, " ")
    for (i in list) any[list[i]] = 1
}

FNR == 1 { if (name) finish(); name = FILENAME; text = "" }
{ add($0) }
function add(line,   part, more) {
    if (line ~ /^-- include /) {
        split(line, words, " "); part = "db/parts/" words[3] ".sql"
        while ((getline more < part) > 0) add(more)
        close(part)
        return
    }
    gsub(/'([^']|'')*'/, "''", line)
    sub(/--.*/, "", line)
    text = text " " line
}
END { finish(); for (one in any) if (!(one in used)) print "tests/support/queries.awk: " one " needs no excuse" }

function finish(   base) {
    gsub(/E?''/, " '' ", text)
    if (name ~ /migrations/) { tables(); return }
    base = name; sub(/.*\//, "", base); sub(/\.sql$/, "", base)
    if (text ~ /^ *(copy|analyze|create temporary table [a-z_]+ \()/) return
    tokens(text)
    look(base)
}

function tables(   rest) {
    rest = text
    while (match(rest, /create table [a-z_]+ \(/)) {
        one = substr(rest, RSTART + 13, RLENGTH - 15)
        if (one != "migration") table[one] = 1
        rest = substr(rest, RSTART + RLENGTH)
    }
}

function tokens(rest) {
    count = 0
    while (match(rest, /[a-z_][a-z0-9_.]*|\$[0-9]+|[0-9.]+|::|''|[^ \t]/)) {
        token[++count] = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
    }
    token[count + 1] = token[count + 2] = token[count + 3] = ""
}

# A scope is a select, or what stands for one; each side of a union is one. Brackets of expressions are none.
function look(base,   i, t, depth, scope, said, s, r, wrong) {
    scopes = 1; depth = 0; scope = 1; refs = 0
    delete verb; delete names; delete told; delete cte; delete from; delete by; delete temporary
    for (i = 1; i <= count; i++)
        if (word(token[i]) && token[i + 1] == "as" && (token[i + 2] == "(" || token[i + 2] == "materialized"))
            cte[token[i]] = 1
    for (i = 1; i <= count; i++) {
        t = token[i]
        if (t == "(") {
            up[++depth] = scope
            if (token[i + 1] ~ /^(select|with|insert|update|delete)$/) {
                if (verb[scope] == "insert" && by[scope] && token[i + 1] == "select")
                    complain(base, "a sub-query behind returning of an insert")
                scope = ++scopes
                if (token[i - 1] == "exists") sought[scope] = base
                else delete sought[scope]
            }
        } else if (t == ")") {
            scope = up[depth--]
        } else if (t ~ /^(union|except|intersect)$/) {
            scope = ++scopes
        } else if (t ~ /^(select|insert|delete)$/ && !(scope in verb)) {
            verb[scope] = t
        } else if (t == "update" && token[i - 1] != "do" && token[i - 1] != "for") {
            verb[scope] = t
        } else if (t == "returning") {
            by[scope] = 1
        }
        if (t ~ /^(where|group|order|limit|returning|having|set)$/) from[scope] = 0
        if (t == "from" || t == "using" && verb[scope] == "delete") from[scope] = 1
        if (t == "select" && token[i + 1] == "from") complain(base, "a select of nothing: write 'select 1 from'")
        if (verb[scope] ~ /^(update|delete)$/) {
            if (t in moving && token[i + 1] == "(") complain(base, t "() in " verb[scope] ", which each server would call by itself")
            if (t == "case" && token[i + 1] != "when") complain(base, "a case of a value in " verb[scope] ": say when in full")
        }
        if (t ~ /^(stage|erasing|thinning)/ && token[i - 1] ~ /^(from|join)$/ && sought[scope] == base)
            complain(base, "the temporary table " t " in an exists")
        if (t == "portal_id" && says_number(i + 1)) told[scope, ""] = 1
        else if (t ~ /\.portal_id$/ && says_number(i + 1)) { s = t; sub(/\.portal_id$/, "", s); told[scope, s] = 1 }
        if (known(t) && !(t in cte) && (token[i - 1] ~ /^(from|join|update|into|using|only)$/ || token[i - 1] == "," && from[scope]) && token[i + 1] != "(")
            refer(scope, i)
        else if (known(t) && token[i - 1] == "into") inserted(base, i)
        if (t == "using" && token[i + 1] == "(") for (s = i + 2; token[s] != ")" && s <= count; s++)
            if (token[s] ~ /portal_id|^portal$/) complain(base, "a table is told the number by another: no using (portal_id)")
    }
    wrong = ""
    for (r = 1; r <= refs; r++)
        if (!((where[r], alias[r]) in told) && !((where[r], "") in told)) wrong = wrong " " said_as[r]
    if (base in any) { if (wrong) used[base] = 1 }
    else if (wrong) print name ": not told the number of its portal:" wrong
}
function says_number(i) {
    return token[i] == "=" && token[i + 1] ~ /^\$/ || token[i] == "in" && token[i + 2] ~ /^\$/
}
function refer(scope, i,   next_one) {
    next_one = token[i + 1] == "as" ? token[i + 2] : token[i + 1]
    where[++refs] = scope
    said_as[refs] = token[i]
    alias[refs] = word(next_one) && !(next_one in keyword) ? next_one : token[i]
    sub(/.*\./, "", alias[refs])
    if (token[i - 1] == "into") refs--
}
function inserted(base, i) { if (token[i + 2] != "portal_id") complain(base, "an insert without a portal_id") }
function complain(base, what) { if (!(base in any && what ~ /number/)) print name ": " what }
