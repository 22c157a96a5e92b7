-- Fills the stage.
copy stage_seat_class from stdin
