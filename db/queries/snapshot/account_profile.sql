-- Since when an account has its profile, and until when it certainly had another one: a fact of its own
-- life, which thinning the versions does not change. Only an account that changed can have another one.
update account a
set profile_id = s.profile_id,
    profile_since = $2::timestamptz,
    profile_other_at = case when a.profile_since is not null
                            then greatest(a.profile_since, b.taken_at) end
from stage_account s
cross join (select max(taken_at) as taken_at from snapshot
            where portal_id = $1::bigint and complete and snapshot_id < $3::bigint) b
where a.portal_id = $1::bigint and a.account_no = s.account_no
  and (a.profile_since is null or a.profile_id is distinct from s.profile_id)
