-- Made before the mail is sent. A second claim on the same address gets no row.
insert into announcement_unreached as u (portal_id, account_id, rule, address, at, why)
values ($1::bigint, $2, $3, $4, $5::timestamptz, $6)
on conflict (portal_id, account_id, rule) do update
set (address, at, why) = (excluded.address, excluded.at, excluded.why)
where u.address <> excluded.address
returning 1
