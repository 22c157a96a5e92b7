-- The account stays with its times and states; a digest of names would tell them to who guesses.
update account_version v
set username = null, email = null, email2 = null, name = null, employee_number = null, flaw = null,
    digest = sha256(e.chance || int4send(v.valid_from))
from erasing_account e
where v.portal_id = $1::bigint and v.account_no = e.account_no
