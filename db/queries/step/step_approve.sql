-- Which steps are approved, as long as nothing was done about them.
update step set state = case state when 'planned' then 'approved' else 'planned' end
where portal_id = $1::bigint and plan_id = $2::bigint
  and state = case when position = any ($3::bigint[]) then 'planned' else 'approved' end
