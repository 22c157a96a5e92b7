-- One timeline of an account, or of a person without one: what the portal said, what HR said, what
-- was decided, by whom, and what was done.
with link as (
    select since, kind, person_key, matched_by from audit.link_history
    where portal_id = $1::bigint and account_no = $2::integer),
person as (
    select distinct person_key from link where person_key is not null
    union
    select $4::text where $4::text is not null),
version as (
    select h.*, lag(h.from_snapshot) over w as earlier, lag(h.status) over w as was_status,
           lag(h.username) over w as was_username, lag(h.email) over w as was_email,
           lag(h.name) over w as was_name, lag(h.employee_number) over w as was_number,
           lag(h.profile_id) over w as was_profile, lag(h.country) over w as was_country,
           lag(h.department) over w as was_department, lag(h.groups) over w as was_groups,
           (select p.name from audit.profile_history p
            where p.portal_id = $1::bigint and p.profile_id = h.profile_id
              and p.from_snapshot <= h.from_snapshot
              and (p.to_snapshot is null or p.to_snapshot > h.from_snapshot)) as profile
    from audit.account_history h
    where h.portal_id = $1::bigint and h.account_no = $2::integer
    window w as (order by h.from_snapshot)),
hr as (
    select h.*, lag(h.to_roster) over w as earlier, lag(h.word) over w as was_word,
           lag(h.email) over w as was_email, lag(h.name) over w as was_name,
           lag(h.department) over w as was_department, lag(h.last_day) over w as was_last_day,
           lag(h.employee_number) over w as was_number,
           lead(h.from_roster) over w as later
    from audit.person_history h
    join person p using (person_key)
    where h.portal_id = $1::bigint
    window w as (partition by h.person_key, h.ordinal order by h.from_roster)),
decided as (
    select r.*, p.created_at,
           lag((r.action, r.rule, r.decision_row, r.held_by, r.not_before))
               over (order by r.plan_id) as before
    from audit.plan_row r
    join audit.plan p on p.portal_id = $1::bigint and p.plan_id = r.plan_id
    where r.portal_id = $1::bigint and r.account_id = $3),
line as (
    select since as at, 1 as step, 'account' as kind,
           case when earlier is null
                then concat_ws(', ', 'first seen: ' || status, 'username ' || username,
                               'e-mail ' || email, 'profile ' || coalesce(profile, profile_id),
                               'employee number ' || employee_number)
                else coalesce(nullif(concat_ws('; ',
                    case when status is distinct from was_status
                         then format('status %s, was %s', status, was_status) end,
                    case when username is distinct from was_username
                         then format('username %s, was %s', username, was_username) end,
                    case when email is distinct from was_email
                         then format('e-mail %s, was %s', email, was_email) end,
                    case when name is distinct from was_name
                         then format('name %s, was %s', name, was_name) end,
                    case when employee_number is distinct from was_number
                         then format('employee number %s, was %s', employee_number, was_number) end,
                    case when profile_id is distinct from was_profile
                         then format('profile %s', coalesce(profile, profile_id, 'none')) end,
                    case when country is distinct from was_country
                         then format('country %s, was %s', country, was_country) end,
                    case when department is distinct from was_department
                         then format('department %s, was %s', department, was_department) end,
                    case when groups is distinct from was_groups then 'other groups' end), ''),
                    'changed') end as what,
           null::bigint as plan_id, null as who
    from version
    union all
    select since, 2, 'login',
           case kind when 'known' then format('last login %s (%s)',
                                              to_char(at at time zone 'UTC',
                                                      'YYYY-MM-DD"T"HH24:MI:SS"Z"'), source)
                     when 'never' then 'never logged in'
                     else 'the last login cannot be read' end, null, null
    from audit.login_history
    where portal_id = $1::bigint and account_no = $2::integer
    union all
    select since, 0, 'roster',
           case when earlier is distinct from from_roster
                then concat_ws(', ', 'in the roster: ' || word, 'e-mail ' || email,
                               'department ' || department, 'last day ' || last_day,
                               'refused: ' || rejected)
                else coalesce(nullif(concat_ws('; ',
                    case when word is distinct from was_word
                         then format('%s, was %s', word, was_word) end,
                    case when last_day is distinct from was_last_day
                         then format('last day %s', coalesce(last_day::text, 'none')) end,
                    case when email is distinct from was_email
                         then format('e-mail %s, was %s', email, was_email) end,
                    case when name is distinct from was_name
                         then format('name %s, was %s', name, was_name) end,
                    case when employee_number is distinct from was_number
                         then format('employee number %s, was %s', employee_number, was_number) end,
                    case when department is distinct from was_department
                         then format('department %s, was %s', department, was_department) end), ''),
                    'changed') end, null, null
    from hr
    union all
    select until, 0, 'roster', 'no longer in the roster', null, null
    from hr where to_roster is not null and later is distinct from to_roster
    union all
    select since, 3, 'link',
           case kind when 'one' then format('belongs to %s, by %s', person_key, matched_by)
                     when 'none' then 'belongs to nobody in the roster'
                     else kind || ': several people or accounts claim it' end, null, null
    from link
    union all
    select n.announced_at, 5, 'announced',
           concat_ws('', 'rule ''', n.rule, ''' announced it', ', not before ' || n.not_before,
                     ' (', n.mode, ')'), n.plan_id, null
    from audit.announcement n
    where n.portal_id = $1::bigint and n.account_id = $3
    union all
    select timestamptz 'epoch' + k.us * interval '1 microsecond', 6, k.kind,
           concat_ws('', k.what, ' by rule ''' || nullif(r.rule, '') || '''',
                     ' until ' || r.until, ': ' || k.reason), r.plan_id, k.who
    from audit.ruling r
    cross join lateral (
        values ((extract(epoch from r.at) * 1000000)::bigint,
                case r.decision when 'approve' then 'approval' when 'reject' then 'rejection'
                                else r.decision end,
                concat_ws(' ', r.decision, r.action), r.reason, r.who),
               ((extract(epoch from r.ended_at) * 1000000)::bigint, 'decision ended',
                concat_ws(' ', r.decision, r.action, 'is over,', r.end_word), r.end_reason,
                r.ended_by)) k(us, kind, what, reason, who)
    where r.portal_id = $1::bigint and r.account_id = $3 and k.us is not null
    union all
    select created_at, 4, 'decision',
           concat_ws('', action, case when finding then ' (finding)' end,
                     ', rule ''' || nullif(rule, '') || '''', ', row ' || decision_row,
                     ': ' || reason, '; held by ' || held_by,
                     '; not before ' || not_before), plan_id, null
    from decided
    where before is distinct from row(action, rule, decision_row, held_by, not_before)
    union all
    select d.decided_at, 6, case d.decision when 'approve' then 'approval' else 'rejection' end,
           concat_ws(': ', case d.decision when 'approve' then 'approved' else 'rejected' end,
                     d.reason), d.plan_id, d.who
    from audit.decision d
    join decided r on r.plan_id = d.plan_id and r.action <> 'keep'
    where d.portal_id = $1::bigint and (d.all_rows or exists (
        select 1 from audit.decision_row w
        where w.portal_id = $1::bigint and w.plan_id = d.plan_id and w.who = d.who
          and w.account_id = $3))
    union all
    select case e.kind when 'erasure' then e.at
                else timestamptz 'epoch' + (e.fact ->> case e.kind when 'intent' then 'intent_us'
                                                                   else 'outcome_us' end)::bigint
                                           * interval '1 microsecond' end,
           case e.kind when 'erasure' then 8 else 7 end, e.kind,
           case e.kind when 'intent' then e.word
                       when 'erasure' then 'what was personal was erased'
                else concat_ws('', e.fact ->> 'action', ': ', e.word,
                               ' (HTTP ' || (e.fact ->> 'http_status') || ')') end,
           case when e.kind <> 'erasure' then e.plan_id end, null
    from audit.event e
    where e.portal_id = $1::bigint and e.account_id = $3
      and e.kind in ('intent', 'outcome', 'erasure'))
select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, kind, what, plan_id, who
from line
order by line.at, step, what
