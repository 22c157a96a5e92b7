-- What the seats will come to on the day of the renewal.
copy plan_renewal (portal_id, plan_id, position, renews, starters, at_work, planned, leaving, starting, expected)
from stdin
