-- Values beside the chain that are about them or name them go with their salt; what the chain holds of
-- them says nothing any more.
delete from audit_private p
using audit_event e
where p.portal_id = $1::bigint and e.portal_id = $1::bigint and e.sequence = p.sequence
  and (e.account_id in (select account_id from erasing_account)
       or lower(p.value::json ->> 'who') in (select lower(value) from erasing_value)
       or exists (select 1 from json_each_text(p.value::json) v
                  where v.value ~* case when v.key = 'reason' then $2 else $3 end))
returning p.sequence
