-- Whom nobody has to reach any more, or who was reached.
delete from announcement_unreached u
using unnest($2::text[], $3::text[]) x(account_id, rule)
where u.portal_id = $1::bigint and u.account_id = x.account_id and u.rule = x.rule
