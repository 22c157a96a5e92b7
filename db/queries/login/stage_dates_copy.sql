-- Fills the stage.
copy stage_dates from stdin
