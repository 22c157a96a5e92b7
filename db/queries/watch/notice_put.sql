-- A reason was told; what was told of its kind before is replaced.
insert into notice_told (portal_id, channel, kind, key, told_at, run_id)
values ($1::bigint, $2, $3, $4, $5::timestamptz, $6::bigint)
on conflict (portal_id, channel, kind)
do update set key = excluded.key, told_at = excluded.told_at, run_id = excluded.run_id
