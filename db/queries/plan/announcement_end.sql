-- Ends what its rule no longer proposes, so that a later proposal starts its grace anew.
update announcement a set ended_on = $3::date
where a.portal_id = $1::bigint and a.ended_on is null
  and not exists (select from plan_row r
                  where r.portal_id = a.portal_id and r.plan_id = $2::bigint
                    and r.account_id = a.account_id and r.rule = a.rule and r.action <> 'keep')
