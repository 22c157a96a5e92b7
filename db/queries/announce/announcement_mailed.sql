-- Announcements that went by mail.
insert into notice_announced (portal_id, announcement_id, account_id, told_at)
select a.portal_id, a.announcement_id, a.account_id, a.announced_at
from announcement a
where a.portal_id = $1::bigint and a.announcement_id = any ($2::bigint[])
