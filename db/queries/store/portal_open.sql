-- The portal's number follows from its first name, so any machine arrives at the same one by itself. A
-- history that was given another name since is not touched.
with asked as (
    select coalesce((select portal_id from portal where name = $1),
                    ('x' || left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 15))::bit(60)::bigint)
               as portal_id),
opened as (
    insert into portal as p (portal_id, name, url)
    select portal_id, $1, $2 from asked
    on conflict (portal_id) do update
    set url = case when p.name = excluded.name then excluded.url else p.url end
    returning portal_id, name)
select o.portal_id, o.name, h.portal_id is not null as has_chain
from opened o
left join audit_head h on h.portal_id = o.portal_id and h.sequence > 0
