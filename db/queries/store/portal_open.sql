-- The portal's number follows from its name, so any machine arrives at the same one by itself.
insert into portal (portal_id, name, url)
values (('x' || left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 15))::bit(60)::bigint, $1, $2)
on conflict (portal_id) do update set url = excluded.url
returning portal_id, name,
          exists (select from audit_head h where h.portal_id = portal.portal_id and h.sequence > 0) as has_chain
