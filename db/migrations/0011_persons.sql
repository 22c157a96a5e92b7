-- Who an account belongs to, over time: whether it ever led to a person (rule R6), since when it is
-- there for certain (K4), and the protected entries that it once fitted (row P3).

alter table account
    add column once_linked boolean not null default false,
    add column missing_at timestamptz,
    add column bound text[] not null default '{}';
update account a set once_linked = true
where exists (select from link_version v
              where v.portal_id = a.portal_id and v.account_no = a.account_no and v.kind = 'one');
-- A reading by another user may be of another portal: it proves nothing.
update account a set missing_at = s.taken_at
from (select n.portal_id, n.first_snapshot_id, max(s.taken_at) as taken_at
      from (select distinct portal_id, first_snapshot_id from account) n
      join snapshot f on f.portal_id = n.portal_id and f.snapshot_id = n.first_snapshot_id
      join snapshot s on s.portal_id = n.portal_id and s.complete
          and s.snapshot_id < n.first_snapshot_id
          and (s.own_id = f.own_id or s.own_id is null or f.own_id is null)
      group by n.portal_id, n.first_snapshot_id) s
where a.portal_id = s.portal_id and a.first_snapshot_id = s.first_snapshot_id;
comment on column account.once_linked is 'it led to a person at least once (rule R6)';
comment on column account.missing_at is 'the newest complete reading before the first that showed it (K4); NULL: there was none';
comment on column account.bound is 'protected entries that once fitted it, folded (row P3)';
comment on column link_version.matched_by is 'the key that matched; of nobody: near (somebody is near: the night proves no absence), links file, or nothing';
comment on column audit.link_history.matched_by is 'the key that matched; of nobody: near (somebody is near: the night proves no absence), links file, or nothing';
