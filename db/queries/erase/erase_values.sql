-- The values, for files outside of the database; and patterns of them for texts in which they may stand:
-- `pattern` for those that people write, `pattern_ours` for our own, in which a name stands in quotes,
-- behind 'by' or 'owner', or in the words of somebody who keeps an account or stopped everything. A short number is no name in a
-- sentence: '12 accounts' stays.
with piece as (
    select value, is_common, value ~ '[[:space:]]' as is_several, length(value) as length,
           regexp_replace(value, '([^[:alnum:]])', '\\\1', 'g') as piece
    from erasing_value
    where length(value) > 2 and value !~ '^[0-9]{1,3}$'),
alternative as (
    select string_agg(piece, '|' order by length desc) filter (where not is_common) as plain,
           string_agg(piece, '|' order by length desc) filter (where is_common) as common,
           string_agg(piece, '|' order by length desc) filter (where is_common and is_several)
               as several
    from piece),
part as (
    select '(?<![[:alnum:]])(' || plain || ')(?![[:alnum:]])' as plain,
           '(?<=''|\mby |\mowner )(' || common || ')(?=''|[:;,)]| since |$)' as named,
           '^(' || common || ')$' as whole,
           '(?<![[:alnum:]])(' || several || ')(?![[:alnum:]])' as several,
           '(?<=(kept until|protected until|stopped by) .*: .*)(' || several || ')(?![[:alnum:]])' as kept
    from alternative)
select v.value, v.is_common, nullif(concat_ws('|', plain, named, whole, several), '') as pattern,
       nullif(concat_ws('|', plain, named, kept), '') as pattern_ours
from erasing_value v, part
where not v.is_folded
order by v.value
