-- Every name, address and number they ever had here.
create temporary table erasing_value (value text primary key, is_folded boolean not null)
    on commit drop
