-- The newest activity that is known of accounts.
select account_no, kind, at, seen_at from activity_known where portal_id = $1::bigint
