-- Seats by class when a plan was made.
copy plan_class (portal_id, plan_id, position, class, seats, seats_after, contracted, price, currency)
from stdin
