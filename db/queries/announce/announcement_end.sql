-- Announcements that do not stand any more. In the order of their numbers, which is that of their events.
with ended as (
    update announcement a set ended_on = $5::date, ended_reason = x.reason
    from unnest($2::text[], $3::text[], $4::text[]) x(account_id, rule, reason)
    where a.portal_id = $1::bigint and a.account_id = x.account_id and a.rule = x.rule
      and a.ended_on is null
    returning a.announcement_id, a.account_id, a.rule, a.ended_reason)
select announcement_id, account_id, rule, ended_reason from ended order by announcement_id
