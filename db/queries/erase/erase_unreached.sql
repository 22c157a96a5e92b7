-- Where a mail to them went is theirs; that nobody was reached is forgotten, and tried anew.
delete from announcement_unreached u
where u.portal_id = $1::bigint
  and (u.account_id in (select account_id from erasing_account) or u.address ~* $2 or u.why ~* $2)
