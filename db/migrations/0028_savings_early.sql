-- A portal none of whose acts freed a seat has nothing to count of freed ones: the queries that count
-- them are neither planned nor asked then. The figures are the same.

set local search_path = reconcile, pg_catalog;

do $$
declare
    span text := pg_get_functiondef('audit.savings_span_of(audit.savings_facts)'::regprocedure);
    early text := replace(
        span, E'\n    days := last_day - first_day + 1;\n',
        E'\n    if first_day is null then\n        return;\n    end if;\n'
        '    days := last_day - first_day + 1;\n');
    old text := pg_get_functiondef('audit.savings_of(audit.savings_facts)'::regprocedure);
    new text := old;
    freed constant text := $freed$
        select date_trunc('month', first_day + f.number)::date as month, nullif(f.class, '') as class,
               f.currency, f.two_currencies, null::numeric as exposed_seats, null::numeric as exposed,
               sum(f.seats) filter (where f.what = 'freed') as freed_seat_days,
               sum(f.seats * f.price) filter (where f.what = 'freed') as freed,
               count(*) filter (where f.what = 'back') as come_backs,
               count(*) filter (where f.what = 'not counted') as not_counted,
               count(*) filter (where f.what = 'given') as new_holders,
               null::numeric as reducible_seats, null::numeric as reducible
        from figure f
        where f.seats > 0
        group by 1, 2, 3, 4
$freed$;
    step record;
begin
    if strpos(old, 'if first_day is not null then') > 0 then
        return; -- it was here before
    end if;
    for step in
        select * from (values
            (E'\n    whys text[];\n',
             E'\n    whys text[];\n'
             '    months date[]; -- what was freed, by month, class and currency\n'
             '    names text[];\n    currencies text[];\n    is_of_two boolean[];\n'
             '    seat_days numeric[];\n    amounts numeric[];\n    backs bigint[];\n'
             '    nones bigint[];\n    givens bigint[];\n'),
            (E'\n    select array_agg(s.class), array_agg(s.is_downgrade)',
             E'\n    if first_day is not null then\n'
             '    select array_agg(s.class), array_agg(s.is_downgrade)'),
            (E'\n    return query\n    with configured as', E'\n    with configured as'),
            (freed,
             E'\n        select f.month, f.class, f.currency, f.two_currencies,\n'
             '               null::numeric as exposed_seats, null::numeric as exposed,\n'
             '               f.seat_days as freed_seat_days, f.freed, f.come_backs, f.not_counted,\n'
             '               f.new_holders, null::numeric as reducible_seats,\n'
             '               null::numeric as reducible\n'
             '        from unnest(months, names, currencies, is_of_two, seat_days, amounts, backs, nones,\n'
             '                    givens)\n'
             '            f(month, class, currency, two_currencies, seat_days, freed, come_backs,\n'
             '              not_counted, new_holders)\n'),
            (E'\n    plan as (\n        select distinct e.month',
             E'\n    line as (' || freed || E'        )\n'
             '    select array_agg(l.month), array_agg(l.class), array_agg(l.currency),\n'
             '           array_agg(l.two_currencies), array_agg(l.freed_seat_days), array_agg(l.freed),\n'
             '           array_agg(l.come_backs), array_agg(l.not_counted), array_agg(l.new_holders)\n'
             '    into months, names, currencies, is_of_two, seat_days, amounts, backs, nones, givens\n'
             '    from line l;\n'
             '    end if;\n'
             '    return query\n    with plan as (\n        select distinct e.month'))
            s(what, instead)
    loop
        if strpos(new, step.what) = 0 then
            raise exception 'audit.savings_of is not the one that 0023 made';
        end if;
        new := replace(new, step.what, step.instead);
    end loop;
    if early = span then
        raise exception 'audit.savings_span_of is not the one that 0023 made';
    end if;
    execute early;
    execute new;
end $$;
