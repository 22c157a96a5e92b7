-- What stands, and what ended since a moment, with the account as last seen.
select r.ruling_id, r.kind, coalesce(r.end_word, '') as end_word, r.account_id, r.who,
       us(r.at) as at, coalesce(r.plan_id, 0) as plan_id, coalesce(r.position, 0) as position,
       encode(r.subject, 'hex') as subject, r.about, r.action, r.rule,
       encode(r.rule_text, 'hex') as rule_text, r.asks_login, r.asks_activity, us(r.snapshot_at) as snapshot_at,
       r.address,
       r.not_before::text as not_before, r.until::text as until, r.reason, r.person_departed,
       r.also_departed, r.spread, coalesce(r.nightly, 0) as nightly,
       r.expected_on::text as expected_on, r.at_once,
       array_to_string(r.overrides, ' ') as overrides, us(r.could_act_at) as could_act_at,
       coalesce(r.handed_in_id, 0) as handed_in_id,
       us(r.ended_at) as ended_at, r.end_reason, r.ended_by, v.name, v.email
from ruling r
left join account a on a.portal_id = $1::bigint and a.account_id = r.account_id
left join account_version v on v.portal_id = $1::bigint and v.account_no = a.account_no
    and v.valid_to is null
where r.portal_id = $1::bigint and (r.ended_at is null or r.ended_at >= $2::timestamptz)
order by r.account_id collate "C", r.ruling_id
