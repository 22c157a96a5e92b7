-- Opens a last login for every account that was asked about and has none open.
insert into login (portal_id, account_id, valid_from, kind, at, raw, source, seen_at, confirmed_at)
select $1::bigint, s.account_id, $2::bigint, s.login_kind, s.login_at, s.login_raw,
       s.login_source, s.login_seen_at,
       case when s.login_source = 'read' then s.login_seen_at end
from stage_account s
where s.login_kind is not null
  and not exists (select from login l
                  where l.portal_id = $1::bigint and l.account_id = s.account_id
                    and l.valid_to is null)
