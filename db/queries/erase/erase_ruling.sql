-- What was decided stays, with its days; about whom in words, and why, go. Who decided keeps the decision
-- under the word that is nobody's name.
update ruling r
set about = case when r.account_id in (select account_id from erasing_account) or r.about ~* $2
                 then null else r.about end,
    reason = case when r.account_id not in (select account_id from erasing_account)
                  then regexp_replace(r.reason, $2, '(erased)', 'gi')
                  when r.reason is not null then '(erased)' end,
    end_reason = case when r.account_id not in (select account_id from erasing_account)
                      then regexp_replace(r.end_reason, $2, '(erased)', 'gi')
                      when r.end_reason is not null then '(erased)' end,
    who = case when lower(r.who) in (select lower(value) from erasing_value) then $3
               else r.who end,
    ended_by = case when lower(r.ended_by) in (select lower(value) from erasing_value) then $3
                    else r.ended_by end
where r.portal_id = $1::bigint
  and (r.account_id in (select account_id from erasing_account)
       or lower(r.who) in (select lower(value) from erasing_value)
       or lower(r.ended_by) in (select lower(value) from erasing_value)
       or r.reason ~* $2 or r.end_reason ~* $2 or r.about ~* $2)
