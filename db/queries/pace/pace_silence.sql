-- The portal said 429 to this run: nobody behind the address may send anything for so long.
insert into request_silence as s (portal_id, address_group, until)
values ($1::bigint, $2, $4::timestamptz + make_interval(secs => $3::double precision))
on conflict (portal_id, address_group) do update set until = greatest(s.until, excluded.until)
