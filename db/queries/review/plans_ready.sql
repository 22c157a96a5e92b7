-- Plans that may be carried out, oldest first.
select plan_id from plan
where portal_id = $1::bigint and state in ('approved', 'applying')
  and (expires_at is null or expires_at > $2::timestamptz)
order by plan_id
