-- How many rows there are: without that the planner takes the stage for small and joins it row by row.
-- One plain column: figures of all columns would cost more than the merge.
analyze stage_listed (account_no)
