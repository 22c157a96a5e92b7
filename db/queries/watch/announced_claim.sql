-- Made before the mail is sent; a second claim of the same announcement gets no row.
insert into notice_announced (portal_id, account_id, rule, plan_id, told_at)
values ($1::bigint, $2, $3, $4::bigint, $5::timestamptz)
on conflict do nothing
returning 1
