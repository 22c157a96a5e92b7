/*
 * Rows that go in binary are those that would have gone as text.
 */
#include <string.h>

#include "cluster_fixture.h"
#include "core/plan.h"
#include "store/binary.h"
#include "store/column.h"
#include "test.h"

static const char table[] =
    "create table public.b (n integer, b bigint, f boolean, w text, j jsonb, "
    "t timestamptz, d bytea)";
static const char copy_sql[] = "copy public.b (n, b, f, w, j, t, d) from stdin (format binary)";

static const char *const words[] = {"plain", "",     NULL,   "tab\tfeed\ncr\r", "\\N",
                                    "\\.",   "a\\b", "\x01", "naïve ☂ 𝄞"};

static void must(int failed, const struct err *err)
{
    if (failed)
        fail_msg("%s", err->text ? err->text : "failed");
}

static struct instant time_of(size_t i)
{
    static const int64_t us[] = {0, 1, -1, INT64_C(946684799999999), INT64_C(1772409600000001)};

    return (struct instant){us[i % COUNT_OF(us)]};
}

static void add(struct text *rows, const void *context, size_t i)
{
    struct digest digest = digest_of("abc", i % 4);

    (void)context;
    if (i == 1)
        return; /* a row that is left out */
    binary_row(rows, 7);
    binary_integer(rows, i % 2 ? INT32_MIN : (int32_t)i);
    binary_bigint(rows, i % 2 ? INT64_MIN : (int64_t)i << 40);
    binary_boolean(rows, i % 2 == 0);
    binary_text(rows, words[i]);
    binary_json(rows, i % 2 ? "[]" : "[{\"id\": \"ü\"}]");
    binary_time(rows, time_of(i));
    binary_digest(rows, &digest);
}

static void assert_field(const PGresult *back, int row, int column, const char *expected)
{
    const char *value = pg_text(back, row, column);

    assert_int_equal(value == NULL, expected == NULL);
    if (expected)
        assert_string_equal(value, expected);
}

TEST(store_copy_binary_every_type_comes_back_as_it_was)
{
    static const char sql[] = "select n, b, f, w, j, (extract(epoch from t) * 1000000)::bigint, "
                              "encode(d, 'hex') from public.b order by ctid";
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *back = NULL;
    char expected[DIGEST_HEX_SIZE];

    must(pg_script(pg, "table", table, &err), &err);
    must(store_copy_binary(pg, "b_copy", copy_sql, add, NULL, COUNT_OF(words), &err), &err);
    must(pg_run(pg, "back", sql, PG_MANY, NULL, 0, &back, &err), &err);
    assert_int_equal(PQntuples(back), COUNT_OF(words) - 1);
    for (size_t i = 0, row = 0; i < COUNT_OF(words); i++) {
        struct digest digest = digest_of("abc", i % 4);
        if (i == 1)
            continue;
        assert_int_equal(pg_int(back, (int)row, 0), i % 2 ? INT32_MIN : (int32_t)i);
        assert_int_equal(pg_int(back, (int)row, 1), i % 2 ? INT64_MIN : (int64_t)i << 40);
        assert_int_equal(pg_bool(back, (int)row, 2), i % 2 == 0);
        assert_field(back, (int)row, 3, words[i]);
        assert_field(back, (int)row, 4, i % 2 ? "[]" : "[{\"id\": \"ü\"}]");
        assert_int_equal(pg_instant(back, (int)row, 5).us, time_of(i).us);
        assert_field(back, (int)row, 6, digest_hex(&digest, expected));
        row++;
    }
}

/* One of each type of column. */
struct thing {
    const char *string, *words;
    int64_t number;
    size_t size;
    int count, optional;
    bool flag;
    struct day day;
    struct instant at;
    struct digest digest, seal;
    enum plan_state state;
};

static const struct column thing_columns[] = {
    COLUMN("string", struct thing, string),
    COLUMN_AS("words", struct thing, words, COLUMN_WORDS),
    COLUMN("number", struct thing, number),
    COLUMN("size", struct thing, size),
    COLUMN("count", struct thing, count),
    COLUMN_AS("optional", struct thing, optional, COLUMN_OPTIONAL),
    COLUMN("flag", struct thing, flag),
    COLUMN("day", struct thing, day),
    COLUMN("at", struct thing, at),
    COLUMN("digest", struct thing, digest),
    COLUMN_AS("seal", struct thing, seal, COLUMN_SEAL),
    COLUMN_OF_WORDS("state", struct thing, state, &plan_state_words),
    COLUMN_END,
};

#define THING_COLUMNS                                                                              \
    "(string, words, number, size, count, optional, flag, day, at, digest, seal, state)"

static struct thing thing_of(size_t i)
{
    static const int32_t days[] = {0, 1, 36524, 36525, 36526, DAY_NUMBER_LAST};

    return (struct thing){
        .string = words[i % COUNT_OF(words)],
        .words = words[(i + 1) % COUNT_OF(words)],
        .number = i % 2 ? INT64_MIN : INT64_MAX,
        .size = i << 33,
        .count = i % 2 ? -1 : INT32_MAX,
        .optional = (int)(i % 3) - 1,
        .flag = i % 2,
        .day = {days[i % COUNT_OF(days)]},
        .at = i % 4 ? time_of(i) : INSTANT_NONE,
        .digest = digest_of("abc", i % 4),
        .seal = i % 2 ? digest_of("abc", i % 4) : (struct digest){{0}},
        .state = (enum plan_state)(i % 3),
    };
}

static void add_as_text(struct text *row, const void *writer, size_t i)
{
    const struct thing thing = thing_of(i);

    store_copy_fields(row, writer, &thing);
    pg_copy_end_row(row);
}

static void add_in_binary(struct text *row, const void *writer, size_t i)
{
    const struct thing thing = thing_of(i);

    binary_row(row, (int)((const struct store_writer *)writer)->count);
    store_binary_fields(row, writer, &thing);
}

TEST(store_binary_fields_of_every_type_are_those_that_go_as_text)
{
    static const char things[] =
        "create table public.as_text (string text, words text, number bigint, size bigint, "
        "count integer, optional integer, flag boolean, day date, at timestamptz, digest bytea, "
        "seal bytea, state text);"
        "create table public.in_binary (like public.as_text)";
    static const char as_text[] = "copy public.as_text " THING_COLUMNS " from stdin";
    static const char in_binary[] =
        "copy public.in_binary " THING_COLUMNS " from stdin (format binary)";
    static const char sql[] = "select (select count(*) from (select * from public.as_text except "
                              "select * from public.in_binary) d), (select count(distinct b) "
                              "from public.in_binary b), count(day), count(at), count(seal), "
                              "count(optional) from public.as_text";
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *back = NULL;
    struct store_writer writer = store_writer_of(thing_columns, as_text, 0);

    must(pg_script(pg, "things", things, &err), &err);
    must(store_copy(pg, "as_text", as_text, add_as_text, &writer, 36, &err), &err);
    must(store_copy_binary(pg, "in_binary", in_binary, add_in_binary, &writer, 36, &err), &err);
    must(pg_run(pg, "back", sql, PG_ONE, NULL, 0, &back, &err), &err);
    assert_int_equal(pg_int(back, 0, 0), 0);
    assert_int_equal(pg_int(back, 0, 1), 36);
    assert_int_equal(pg_int(back, 0, 2), 30);
    assert_int_equal(pg_int(back, 0, 3), 21);
    assert_int_equal(pg_int(back, 0, 4), 18);
    assert_int_equal(pg_int(back, 0, 5), 24);
}

TEST(store_copy_binary_no_rows_is_no_error)
{
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT;

    must(pg_script(pg, "table", table, &err), &err);
    must(store_copy_binary(pg, "b_copy", copy_sql, add, NULL, 0, &err), &err);
}

static void add_narrow(struct text *rows, const void *context, size_t i)
{
    (void)context;
    (void)i;
    binary_row(rows, 1);
    binary_integer(rows, 7);
}

static void add_short(struct text *rows, const void *context, size_t i)
{
    (void)context;
    (void)i;
    binary_row(rows, 2);
    binary_bigint(rows, 7);
}

TEST(store_copy_binary_another_width_or_a_missing_field_is_an_error_and_nothing_is_stored)
{
    static const char wide[] = "copy public.b (b) from stdin (format binary)";
    CLEANUP(pg_closep) struct pg *pg = cluster_fixture_open();
    CLEANUP(err_release) struct err err = ERR_INIT, other = ERR_INIT;
    CLEANUP(pg_clearp) PGresult *back = NULL;

    must(pg_script(pg, "table", table, &err), &err);
    assert_int_equal(store_copy_binary(pg, "wide", wide, add_narrow, NULL, 1, &err), -1);
    assert_int_equal(store_copy_binary(pg, "wide", wide, add_short, NULL, 1, &other), -1);
    must(pg_run(pg, "back", "select count(*) from public.b", PG_ONE, NULL, 0, &back, &err), &err);
    assert_int_equal(pg_int(back, 0, 0), 0);
}
