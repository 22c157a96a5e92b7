-- Every name, address and number they ever had here.
create temporary table erasing_value (value text primary key) on commit drop
