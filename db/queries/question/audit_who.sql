-- Everybody who is, or ever was, called so: accounts by id, username, addresses and number, their
-- own and those of the person they belonged to; people without any account.
with person as (
    select person_key from audit.person_history
    where portal_id = $1::bigint
      and ((email is not null and audit.plain(email) = $3)
           or (username is not null and audit.plain(username) = $3)
           or (employee_number is not null and audit.plain(employee_number) = $3))
    union
    select unnest($5::text[])),
linked as (
    select distinct l.account_no, l.person_key
    from person p
    join audit.link_history l on l.person_key = p.person_key and l.portal_id = $1::bigint),
hit as (
    select account_no from audit.account_history
    where portal_id = $1::bigint and account_id = $2
    union
    -- Each by its own index. A username that is the part of the address before the @ is found by the
    -- address; what comes after @ is A.
    select account_no from audit.account_history
    where portal_id = $1::bigint
      and (audit.plain(email) = $3
           or (username is distinct from email
               and (right(username, 1) collate "C" > ' ' and starts_with(email, username || '@'))
                   is not true
               and audit.plain(username) = $3)
           or (audit.plain(email) ~>=~ ($3 || '@') and audit.plain(email) ~<~ ($3 || 'A')
               and audit.plain(username) = $3)
           or (email2 is not null and audit.plain(email2) = $3)
           or (employee_number is not null and audit.plain(employee_number) = $3))
    union
    select account_no from linked
    union
    select unnest($4::integer[]))
select h.account_no, h.account_id, null::text as person_key, h.status, h.username, h.email, h.name,
       h.account_id = $2 as is_id
from hit
join lateral (
    select * from audit.account_history h
    where h.portal_id = $1::bigint and h.account_no = hit.account_no and h.to_snapshot is null
    limit 1) h on true
union all
select 0, null, p.person_key, h.word, h.username, h.email, h.name, false
from person p
join lateral (
    select * from audit.person_history h
    where h.portal_id = $1::bigint and h.person_key = p.person_key
    order by h.from_roster desc, h.ordinal limit 1) h on true
where p.person_key not in (select person_key from linked)
order by 1, 3
