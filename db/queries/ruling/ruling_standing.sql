-- What stands, and the rejections that ended: whoever was ever rejected needs a person. Together by
-- account, the newest last.
select ruling_id, kind, coalesce(end_word, '') as end_word, account_id, who, us(at) as at,
       coalesce(plan_id, 0) as plan_id, coalesce(position, 0) as position,
       encode(subject, 'hex') as subject, about, action, rule,
       encode(rule_text, 'hex') as rule_text, asks_login, asks_activity, us(snapshot_at) as snapshot_at,
       address,
       not_before::text as not_before, until::text as until, reason, person_departed, also_departed,
       spread, coalesce(nightly, 0) as nightly, expected_on::text as expected_on, at_once,
       array_to_string(overrides, ' ') as overrides, us(could_act_at) as could_act_at,
       coalesce(handed_in_id, 0) as handed_in_id
from ruling
where portal_id = $1::bigint and (ended_at is null or kind = 'reject')
order by account_id collate "C", ruling_id
