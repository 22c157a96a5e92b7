-- What is known of every account's life and its newest last login. What other tables say of it comes by
-- itself and by its number: put together here, each would cost more than to bring it.
select a.account_id, a.account_no, a.first_seen, a.created, a.ever_active, a.once_linked, a.missing_at,
       a.login_kind as kind, a.login_source as source, a.login_at as at, a.login_raw as raw,
       greatest(a.login_seen_at, a.login_read_at) as seen_at, a.login_read_at as read_at,
       a.became_active_at as became_active, a.reactivated_at as reactivated,
       a.profile_id, a.profile_since, a.profile_other_at, a.regraded_at as regraded,
       (select max(taken_at) from snapshot
        where portal_id = $1::bigint and complete) as complete_at,
       a.bound <> '{}' as is_bound
from account a
where a.portal_id = $1::bigint
