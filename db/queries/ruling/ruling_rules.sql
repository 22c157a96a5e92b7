-- Rule texts that a person ever approved a row of at an address, and the names of rules approved before
-- decisions kept the text (guard G11).
select distinct encode(r.rule_text, 'hex') as rule_text, null as rule
from ruling r
where r.portal_id = $1::bigint and r.kind = 'approve' and r.address = $2
union all
select null, n.rule
from approved_rule n
where n.portal_id = $1::bigint and n.address = $2
order by rule_text, rule
