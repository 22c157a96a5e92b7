-- Last logins that another one replaced before a snapshot that is kept.
delete from login_past l
using (select w.account_no, w.valid_from, coalesce(f.kept_id, w.valid_from) as kept_id,
              lead(w.valid_from) over (partition by w.account_no order by w.valid_from) as next
       from (select account_no, valid_from from login_past where portal_id = $1::bigint
             union all
             select account_no, login_from from account
             where portal_id = $1::bigint and login_from is not null) w
       left join thinning f on f.snapshot_id = w.valid_from) w
where l.portal_id = $1::bigint and l.account_no = w.account_no and l.valid_from = w.valid_from
  and w.next <= w.kept_id
