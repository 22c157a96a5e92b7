-- Fills the stage.
copy stage_rejected from stdin
