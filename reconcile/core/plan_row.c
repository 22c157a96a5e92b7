/*
 * The columns in the order in which they are shown. Names are those of JSON, CSV and the database:
 * they stay, whatever the field is called; where the database has another one, the field has two
 * lines.
 */
#include "core/plan_row.h"

#include <assert.h>

/* How many columns the digest of each version of a plan takes in. The newest covers whatever of a
 * stored row is believed later: by whoever reads it, by an approval, which copies from it, by a
 * mail, by the check of people before an act and by `audit verify` after it. Not covered are
 *   class        what a seat costs is not what a person approves;
 *   matched_row  another order of the file is the same plan;
 *   about        its words are those that `subject` is the digest of (row_subject_is_of), and they
 *                are made when they are stored, behind the digest;
 *   country      told beside the plan, and stored with no row. */
static const size_t digested_count[] = {0, 22, 27, 32, 42};
#define DIGESTED_MOST 42

#define STORED                    PLAN_ROW_STORED
#define SHOWN                     PLAN_ROW_SHOWN
#define EVERYWHERE                (STORED | SHOWN)
#define AT(place)                 PLAN_ROW_DIGESTED(place)
#define NESTED                    (SHOWN | PLAN_ROW_NESTED)
#define ROW(column, uses)         COLUMN(#column, struct plan_row, column, .use = (uses))
#define ROW_AS(name, field, uses) COLUMN(name, struct plan_row, field, .use = (uses))
#define ROW_TYPED(column, type, uses)                                                              \
    COLUMN_AS(#column, struct plan_row, column, type, .use = (uses))

const struct column plan_row_columns[] = {
    ROW(account_id, EVERYWHERE | AT(2)),
    ROW(username, EVERYWHERE | AT(3)),
    ROW(email, EVERYWHERE | AT(4)),
    ROW(name, EVERYWHERE | AT(5)),
    COLUMN_OF_WORDS("action", struct plan_row, action, &action_words, .use = EVERYWHERE | AT(1)),
    ROW(rule, EVERYWHERE | AT(6)),
    ROW(reason, EVERYWHERE | AT(7)),
    ROW_AS("row", clause, SHOWN | AT(8)),
    ROW_AS("decision_row", clause, STORED),
    ROW(not_before, EVERYWHERE | AT(20)),
    ROW_AS("account", account_word, EVERYWHERE | AT(9)),
    ROW_AS("person", person_word, EVERYWHERE | AT(10)),
    ROW(employee_number, EVERYWHERE | AT(11)),
    ROW(matched_by, EVERYWHERE | AT(12)),
    ROW(last_login, EVERYWHERE | AT(21)),
    ROW(last_login_source, EVERYWHERE | AT(13)),
    ROW_TYPED(idle_days, COLUMN_OPTIONAL, EVERYWHERE | AT(22)),
    ROW(last_activity, EVERYWHERE | AT(41)),
    ROW(last_activity_kind, EVERYWHERE | AT(42)),
    ROW(profile, EVERYWHERE | AT(14)),
    ROW_TYPED(roles, COLUMN_WORDS, EVERYWHERE | AT(15)),
    ROW(from_profile, EVERYWHERE | AT(28)),
    ROW(from_profile_id, EVERYWHERE | AT(29)),
    ROW(to_profile, EVERYWHERE | AT(30)),
    ROW(to_profile_id, EVERYWHERE | AT(31)),
    ROW_TYPED(gained_roles, COLUMN_WORDS, EVERYWHERE | AT(32)),
    ROW(department, EVERYWHERE | AT(16)),
    ROW(country, SHOWN),
    ROW_AS("class", seat_class, EVERYWHERE),
    ROW(finding, EVERYWHERE | AT(18)),
    ROW(held_by, EVERYWHERE | AT(17)),
    ROW(new_announcement, EVERYWHERE | AT(19)),
    ROW(telling, EVERYWHERE | AT(38)),
    ROW(uses_person, STORED | AT(39)),
    ROW(uses_login, STORED | AT(40)),
    ROW_TYPED(subject, COLUMN_SEAL, EVERYWHERE | AT(23)),
    ROW_AS("used_after_departure", used_after, EVERYWHERE | AT(24)),
    ROW(matched_number, STORED | NESTED | AT(25)),
    ROW(matched_name, STORED | NESTED | AT(26)),
    ROW(matched_email, STORED | NESTED | AT(27)),
    ROW_TYPED(matched_row, COLUMN_OPTIONAL, STORED | NESTED),
    ROW_AS("is_new", standing.is_new, SHOWN),
    ROW_AS("decided", standing.decision, NESTED),
    ROW_AS("decided_by", standing.who, NESTED),
    ROW_AS("decided_at", standing.at, NESTED),
    ROW_AS("decided_until", standing.until, NESTED),
    ROW_AS("decided_reason", standing.reason, NESTED),
    ROW_AS("not_counted", standing.not_counted, NESTED),
    ROW_AS("expected_on", standing.night, SHOWN),
    ROW_AS("waits_for", standing.waits, SHOWN),
    ROW_AS("outcome", standing.state, NESTED),
    ROW_AS("outcome_at", standing.state_at, NESTED),
    ROW_AS("outcome_reason", standing.state_reason, NESTED),
    ROW_AS("outcome_approved_by", standing.approved_by, NESTED),
    ROW(about, STORED),
    ROW_TYPED(rule_text, COLUMN_SEAL, STORED | AT(34)),
    ROW(asks_login, STORED | AT(35)),
    ROW(asks_activity, STORED | AT(36)),
    ROW(of_login, STORED | AT(37)),
    ROW_AS("approvals", needed, STORED | AT(33)),
    COLUMN_END,
};

const struct column *plan_row_shown(const struct column *column)
{
    column = column ? column + 1 : plan_row_columns;
    while (column->name && !(column->use & SHOWN))
        column++;
    return column->name ? column : NULL;
}

void plan_row_digest(struct digest_stream *stream, int version, const struct plan_row *row)
{
    const struct column *order[DIGESTED_MOST] = {NULL};
    char buffer[COLUMN_TEXT_SIZE];

    assert(version > 0 && (size_t)version < COUNT_OF(digested_count));

    for (const struct column *column = plan_row_columns; column->name; column++) {
        unsigned place = column->use / AT(1);
        assert(place <= DIGESTED_MOST);
        if (place > 0)
            order[place - 1] = column;
    }
    for (size_t i = 0; i < digested_count[version]; i++) {
        assert(order[i]);
        if (column_is_text(order[i]) || order[i]->type == COLUMN_SEAL)
            digest_field(stream, column_text(order[i], row, buffer));
        else
            digest_int(stream, column_int(order[i], row));
    }
}

bool plan_row_is_plain_keep(const struct plan_row *row)
{
    return row->action == ACTION_KEEP && !row->finding;
}
