/* Cells of files and names of the portal are in these lines, so each is made printable. */
#include "job/describe.h"

#include "base/cleanup.h"
#include "core/reclaim.h"

static void add_line(struct text *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add_line(struct text *out, const char *format, ...)
{
    CLEANUP(text_release) struct text line = TEXT_INIT;
    va_list args;

    va_start(args, format);
    text_addv(&line, format, args);
    va_end(args);
    text_add_printable(out, text_cstr(&line));
    text_add_char(out, '\n');
}

void describe_nights(struct text *out, const struct decide_answer *answer)
{
    char day[DAY_TEXT_SIZE];

    for (size_t i = 0; i < answer->night_count; i++)
        add_line(out, "  %s: %zu%s", day_format(answer->night[i].day, day), answer->night[i].count,
                 i == 0 && answer->enforce ? " (or the first run after it)" : "");
    if (answer->excepted > 0)
        add_line(out, "  %zu excepted", answer->excepted);
    if (answer->done > 0)
        add_line(out, "  %zu were done already", answer->done);
    if (answer->taken > 0)
        add_line(out, "  %zu that were approved before are taken back", answer->taken);
    if (answer->alone > 0)
        add_line(out, "  %zu need somebody else as well", answer->alone);
    if (answer->reserve > 0)
        add_line(out, "  %zu wait: " RECLAIM_TEXT, answer->reserve);
    if (answer->held > 0)
        add_line(out, "  %zu are held by a guard today, and wait until it lets go", answer->held);
    if (!answer->enforce && answer->approved > 0)
        add_line(out, "  nothing is done while policy.mode is \"report\"");
}

void describe_left(struct text *out, const struct decide_answer *answer)
{
    for (size_t i = 0; i < answer->left_count; i++) {
        const struct plan_row *row = answer->left[i].row;
        add_line(out, "not decided: %s %s: %s", row->account_id, row->email ? row->email : "",
                 answer->left[i].why);
    }
}

void describe_review(struct text *out, int64_t plan_id, const char *who, const char *file,
                     const struct review_answer *answer)
{
    add_line(out, "plan %lld, by '%s': approved %zu, kept %zu, rejected %zu, refused %zu",
             (long long)plan_id, who, answer->approval.approved, answer->kept, answer->rejected,
             answer->refused_count);
    if (answer->already > 0)
        add_line(out, "  %zu already so: nothing is recorded twice", answer->already);
    describe_nights(out, &answer->approval);
    for (size_t i = 0; i < answer->refused_count; i++) {
        const struct review_refused *one = &answer->refused[i];
        const char *id = one->row ? one->row->account_id : one->line->account_id;
        const char *email = one->row ? one->row->email : NULL;
        add_line(out, "refused: %s:%u: %s%s%s: %s", file, one->line->row, id ? id : "nobody",
                 email ? " " : "", email ? email : "", one->why);
    }
}

bool describe_took_any(const struct review_answer *answer)
{
    return answer->approval.approved + answer->kept + answer->rejected + answer->already +
               answer->approval.done >
           0;
}
