-- Every account with its person, as known at a moment. Which account_at() it is, the rights tell
-- (question_settings.sql).
select account_id, status, username, email, name, employee_number, coalesce(profile, profile_id)
       as profile, country, department, login_kind,
       to_char(last_login at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as last_login,
       login_source, link, matched_by, person_employee_number, person_email, person_name,
       person_word, hire_date, last_day, snapshot_id,
       to_char(taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as taken_at
from account_at($1, $2::timestamptz)
order by account_id collate "C"
