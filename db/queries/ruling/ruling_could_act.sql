-- The first night that could have acted: from here their time counts.
update ruling set could_act_at = $3::timestamptz
where portal_id = $1::bigint and ruling_id = any ($2::bigint[]) and could_act_at is null
  and ended_at is null
