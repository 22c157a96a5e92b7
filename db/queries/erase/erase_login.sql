-- The text of a last login that could not be read may hold anything.
with known as (
    update account l set login_raw = null
    where l.portal_id = $1::bigint and l.login_raw is not null
      and l.account_no in (select account_no from erasing_account)),
pending as (
    delete from login_pending l
    where l.portal_id = $1::bigint
      and l.account_id in (select account_id from erasing_account))
update login_past l set raw = null
where l.portal_id = $1::bigint and l.raw is not null
  and l.account_no in (select account_no from erasing_account)
