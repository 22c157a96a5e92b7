-- The people they belonged to, and the word that takes the place of their key.
create temporary table erasing_person (person_key text primary key, new_key text not null)
    on commit drop
