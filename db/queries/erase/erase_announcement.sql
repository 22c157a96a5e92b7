-- That an announcement ended stays; why is a sentence about them.
update announcement a
set ended_reason = case when a.account_id not in (select account_id from erasing_account)
                        then regexp_replace(a.ended_reason, $2, '(erased)', 'gi')
                        when a.ended_reason is not null then '(erased)' end
where a.portal_id = $1::bigint
  and (a.account_id in (select account_id from erasing_account) or a.ended_reason ~* $2)
