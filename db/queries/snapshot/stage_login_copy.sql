-- Fills the stage.
copy stage_login from stdin (format binary)
