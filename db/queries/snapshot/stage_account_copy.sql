-- Fills the stage.
copy stage_account from stdin (format binary)
