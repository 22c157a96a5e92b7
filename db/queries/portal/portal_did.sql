-- Whether a name did or decided anything: what only looked has nothing to be forgotten.
select exists (select 1 from run where portal_id = $1::bigint and verb in ('run', 'apply'))
       or exists (select 1 from ruling where portal_id = $1::bigint) as did
