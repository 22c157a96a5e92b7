-- The portal of this name, when the history knows it: its number, its address, and whether its chain has begun.
select p.portal_id, p.url, h.portal_id is not null as has_chain
from portal p
left join audit_head h on h.portal_id = p.portal_id and h.sequence > 0
where p.name = $1
