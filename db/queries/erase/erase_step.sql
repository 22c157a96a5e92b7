-- The act stays; the account as Bynder gave it before, and what was remarked, go.
update step s
set record = case when s.account_id in (select account_id from erasing_account)
                       and record is not null then '{"erased": true}' else record end,
    reason = case when s.account_id in (select account_id from erasing_account)
                  then case when reason is not null then '(erased)' end
                  else regexp_replace(reason, $2, '(erased)', 'gi') end
where s.portal_id = $1::bigint
  and (s.account_id in (select account_id from erasing_account) or s.reason ~* $2)
