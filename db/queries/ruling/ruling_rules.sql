-- Rule texts that a person ever approved a row of, and the names of rules approved before decisions kept
-- the text, each with the address it was at (guard G11).
select distinct encode(r.rule_text, 'hex') as rule_text, null as rule, r.address
from ruling r
where r.portal_id = $1::bigint and r.kind = 'approve' and r.address is not null
union all
select null, n.rule, n.address
from approved_rule n
where n.portal_id = $1::bigint
order by rule_text, rule, address
