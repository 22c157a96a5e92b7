-- Fills the stage.
copy stage_first from stdin
