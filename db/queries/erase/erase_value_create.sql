-- Every name, address and number they ever had here; `is_common` is a word of our own sentences, or what
-- a department, profile or rule is called: in a sentence it names nobody by itself.
create temporary table erasing_value (value text primary key, is_folded boolean not null,
                                      is_common boolean not null default false)
    on commit drop
