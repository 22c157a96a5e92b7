-- The portal's number follows from its first name, so any machine arrives at the same one by itself. A
-- history that was given another name since is not touched.
insert into portal (portal_id, name, url)
select coalesce((select portal_id from portal where name = $1),
                ('x' || left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 15))::bit(60)::bigint),
       $1, $2
on conflict (portal_id) do update
set url = case when portal.name = excluded.name then excluded.url else portal.url end
returning portal_id, name,
          exists (select from audit_head h where h.portal_id = portal.portal_id and h.sequence > 0) as has_chain
