-- The classes of seats of the configuration, while a snapshot is merged.
create temporary table stage_seat_class (
    class text not null, position bigint not null, contracted bigint, price numeric(16, 4),
    currency text
) on commit drop
