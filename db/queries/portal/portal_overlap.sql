-- Whether two histories are about the same accounts: those that the newest complete reading of each has.
with there as materialized (
    select a.portal_id, a.account_id
    from account a
    join account_version v on v.portal_id = a.portal_id and v.account_no = a.account_no
        and v.valid_to is null and v.status <> 'gone'
    where a.portal_id in ($1::bigint, $2::bigint))
select (select count(*) from there where portal_id = $1::bigint) as known,
       (select count(*) from there o
        join there n on n.account_id = o.account_id and n.portal_id = $2::bigint
        where o.portal_id = $1::bigint) as of_those
