-- Plans that show them lose words their digest covers. One that waits for a decision has none to
-- make any more: a new one takes its place.
with redacted as (
    update plan p
    set redacted_at = $3::timestamptz,
        state = case when state in ('held', 'proposed', 'approved') then 'expired' else state end
    where p.portal_id = $1::bigint
      and (exists (select 1 from plan_row r
                   where r.portal_id = $1::bigint and r.plan_id = p.plan_id
                     and (r.account_id in (select account_id from erasing_account)
                          or r.matched_number in (select value from erasing_value)
                          or r.matched_email in (select value from erasing_value)
                          or (r.matched_name in (select value from erasing_value)
                              and r.matched_number is null and r.matched_email is null)
                          or r.reason ~* $2))
           or exists (select 1 from plan_note n
                      where n.portal_id = $1::bigint and n.plan_id = p.plan_id and n.sentence ~* $2)
           or p.snapshot_incomplete_reason ~* $2)
    returning plan_id)
select plan_id from redacted order by plan_id
