-- Whom no mail reaches, together by account.
select account_id, rule, address, why
from announcement_unreached
where portal_id = $1::bigint
order by account_id, rule
