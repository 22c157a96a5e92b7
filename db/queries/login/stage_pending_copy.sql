-- Fills the stage.
copy stage_pending from stdin
