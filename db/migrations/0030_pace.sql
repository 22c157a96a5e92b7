-- What a run may send is weighed and given while everybody else behind its address waits. One call does
-- all of it, so that nobody waits for the time that the run takes between two questions: with fifty runs at
-- once on a busy machine each kept the others for half a second and more, and the last ones waited longer
-- for their turn than anybody waits for a lock.

set local search_path = reconcile, pg_catalog;

create or replace function pace_take(portal bigint, run bigint, behind text, unused bigint, silence_s double precision,
                          wanted bigint, enough bigint, most bigint, window_s double precision,
                          valid_s double precision, out granted bigint, out others bigint,
                          out wait_us bigint, out silent_us bigint, out now_us bigint)
    language plpgsql security invoker set search_path = pg_catalog, reconcile, pg_temp
as $$
declare
    present timestamptz;
    first_at timestamptz;
    silent_until timestamptz;
    block integer;
begin
    -- One at a time, until the end of the transaction; the time is that of everything under the lock, on
    -- whichever server it is kept.
    perform pg_advisory_xact_lock(
        ('x' || left(encode(sha256(convert_to('pace ' || behind, 'UTF8')), 'hex'), 15))::bit(60)::bigint);
    present := clock_timestamp();
    now_us := reconcile.us(present);

    -- What this run was granted before is sent, or will not be: what it did not send others may.
    update reconcile.request_block b
    set last_at = least(b.last_at, present), requests = greatest(b.requests - unused::integer, 0)
    where b.portal_id = portal and b.run_id = run and b.last_at > present;

    -- The portal said 429 to this run: nobody behind the address may send anything for so long.
    if silence_s > 0 then
        insert into reconcile.request_silence as s (portal_id, address_group, until)
        values (portal, behind, present + make_interval(secs => silence_s))
        on conflict (portal_id, address_group) do update set until = greatest(s.until, excluded.until);
    end if;

    -- How many everybody sent, or may still send, in the window that ends now; in how many microseconds
    -- the first of them leaves it; and how long a silence still lasts.
    select coalesce(sum(b.requests), 0), min(b.last_at) into others, first_at
    from reconcile.request_block b
    where b.address_group = behind and b.last_at > present - make_interval(secs => window_s);
    wait_us := coalesce(reconcile.us(first_at + make_interval(secs => window_s)) - now_us, 0);
    select max(s.until) into silent_until from reconcile.request_silence s where s.address_group = behind;
    silent_us := greatest(coalesce(reconcile.us(silent_until) - now_us, 0), 0);

    -- All of what is wanted or what is left, unless that is less than is of use.
    granted := least(wanted, most - others);
    if silent_us > 0 or granted <= 0 or most - others < least(enough, most) then
        granted := 0;
        return;
    end if;
    select coalesce(max(b.block_no), 0) + 1 into block
    from reconcile.request_block b
    where b.portal_id = portal and b.run_id = run;
    insert into reconcile.request_block (portal_id, run_id, block_no, requests, granted_at, last_at,
                                         address_group)
    values (portal, run, block, granted::integer, present, present + make_interval(secs => valid_s), behind);
end $$;

comment on function pace_take(bigint, bigint, text, bigint, double precision, bigint, bigint, bigint,
                              double precision, double precision) is
    'Requests for a run, and the end of what it was granted before; everybody else behind the address waits until the transaction ends. granted: how many, 0 for none; others: requests in the window before; wait_us: until the first of them leaves it; silent_us: how long nobody may send anything; now_us: when that was.';
