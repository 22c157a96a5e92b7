-- Closes the links that changed; of accounts that are not there any more only by a complete snapshot.
update link_version v set valid_to = $2::bigint
where v.portal_id = $1::bigint and v.valid_to is null
  and (exists (select from stage_link s
               where s.account_id = v.account_id
                 and (s.kind, s.matched_by, s.person_key)
                     is distinct from (v.kind, v.matched_by, v.person_key))
       or ($3::boolean
           and not exists (select from stage_link s where s.account_id = v.account_id)))
