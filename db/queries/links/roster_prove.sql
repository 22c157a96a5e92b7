-- On this night nothing was in doubt: what this roster does not have is absent (rule R6).
update roster set proves = true
where portal_id = $1::bigint and roster_id = $2::bigint and not proves
