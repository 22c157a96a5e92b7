-- People by their keys, and those of the accounts. The new key is random: it says nothing of the old.
insert into erasing_person (person_key, new_key)
select person_key, 'erased:' || left(replace(gen_random_uuid()::text, '-', ''), 16)
from (select unnest($2::text[]) as person_key
      union
      select person_key from link_version l
      join erasing_account a on a.account_no = l.account_no
      where l.portal_id = $1::bigint and l.person_key is not null) p
where person_key !~ '^erased:' and person_key <> '?'
on conflict (person_key) do nothing
