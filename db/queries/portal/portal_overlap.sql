-- Whether two histories are about the same accounts: those that the newest complete reading of each has.
with here as materialized (
    select a.account_id
    from account a
    join account_version v on v.portal_id = $1::bigint and v.account_no = a.account_no
        and v.valid_to is null and v.status <> 'gone'
    where a.portal_id = $1::bigint),
there as materialized (
    select a.account_id
    from account a
    join account_version v on v.portal_id = $2::bigint and v.account_no = a.account_no
        and v.valid_to is null and v.status <> 'gone'
    where a.portal_id = $2::bigint)
select (select count(*) from here) as known,
       (select count(*) from here h join there t on t.account_id = h.account_id) as of_those
