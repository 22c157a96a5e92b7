-- How many tables are spread, and how many of those that name their portal are not; over how many servers;
-- and the one that has portal $1.
select count(d.logicalrelid) as spread, count(*) - count(d.logicalrelid) as here,
       (select count(*) from pg_dist_node
        where groupid <> 0 and noderole = 'primary' and isactive and shouldhaveshards) as servers,
       (select format('%s:%s', n.nodename, n.nodeport)
        from pg_dist_shard s
        join pg_dist_placement p on p.shardid = s.shardid
        join pg_dist_node n on n.groupid = p.groupid and n.noderole = 'primary'
        where s.logicalrelid = to_regclass('reconcile.portal')
          and hashint8($1::bigint) between s.shardminvalue::integer and s.shardmaxvalue::integer
        limit 1) as at
from pg_class c
left join pg_dist_partition d on d.logicalrelid = c.oid
where c.relnamespace = 'reconcile'::regnamespace and c.relkind in ('r', 'p')
  and exists (select 1 from pg_attribute a
              where a.attrelid = c.oid and a.attname = 'portal_id' and not a.attisdropped)
