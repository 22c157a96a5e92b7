-- What other thresholds would have done when a plan was made.
copy plan_curve (portal_id, plan_id, position, days, acts, seats, idle, unread, later, held, kept) from stdin
