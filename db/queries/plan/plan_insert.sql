-- The row of a plan: everything that is not in a list of its own.
insert into plan (portal_id, plan_id, run_id, state, digest, created_at, expires_at, today,
                  time_zone, first_plan, approvals_suspend, approvals_deprovision, snapshot_id,
                  snapshot_taken_at, snapshot_complete, snapshot_incomplete_reason,
                  snapshot_digest, accounts, active, inactive, gone, unreadable, requests,
                  roster_id, roster_source, roster_digest, roster_read_at, people, rejected,
                  duplicates, policy_digest, enforce, keep, suspend, deprovision, reactivate,
                  waiting, findings, seats_now, seats_after, idle_never, idle_unknown, rows,
                  roster_content, version, policy_text, approvals_downgrade, downgrade, restore)
values ($1::bigint, $2::bigint, $3::bigint, $4, decode($5, 'hex'), $6::timestamptz,
        $7::timestamptz, $8::date, $9, $10::boolean, $11::integer, $12::integer, $13::bigint,
        $14::timestamptz, $15::boolean, $16, decode($17, 'hex'), $18::bigint, $19::bigint,
        $20::bigint, $21::bigint, $22::bigint, $23::bigint, $24::bigint, $25,
        decode($26, 'hex'), $27::timestamptz, $28::bigint, $29::bigint, $30::bigint,
        decode($31, 'hex'), $32::boolean, $33::bigint, $34::bigint, $35::bigint, $36::bigint,
        $37::bigint, $38::bigint, $39::bigint, $40::bigint, $41::bigint, $42::bigint,
        $43::bigint, decode($44, 'hex'), $45::integer, decode($46, 'hex'),
        $47::integer, $48::bigint, $49::bigint)
