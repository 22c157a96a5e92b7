/* A section for each state that a portal is in, the most urgent first; what is fine is folded. */
#include "base/cleanup.h"
#include "core/seats.h"
#include "format/encode.h"
#include "host/command.h"
#include "report/html.h"
#include "report/portals_parts.h"

static void add_instant(struct text *out, struct instant instant, const char *none)
{
    char text[INSTANT_TEXT_SIZE];
    struct instant second = {.us = instant.us - instant.us % SECOND_US};

    text_add(out, instant_is_set(instant) ? instant_format(second, text) : none);
}

static void add_tile(struct text *out, const char *class, size_t number, const char *words)
{
    text_addf(out, "<li class=\"%s\"><b>", number ? class : "none");
    report_add_number(out, number);
    text_addf(out, "</b> %s\n", words);
}

static void add_tiles(struct text *out, const struct portals_total *total)
{
    text_add(out, "<ul class=tiles>\n");
    add_tile(out, "deprovision", total->is[PORTAL_FAILED] + total->is[PORTAL_OVERDUE],
             "failed or overdue");
    add_tile(out, "deprovision", total->is[PORTAL_HELD], "held by a guard");
    add_tile(out, "suspend", total->waiting, "rows wait for approval");
    add_tile(out, "", total->due, "of them due by now");
    add_tile(out, "suspend", total->open_steps, "acts of unknown outcome");
    add_tile(out, "", (size_t)total->seats, "seats in use");
    text_add(out, "</ul>\n");
}

static void add_run(struct text *out, const struct portal_status *portal)
{
    CLEANUP(text_release) struct text started = TEXT_INIT;

    text_add(out, "<td>");
    html_add_capitalized(out, portals_outcome(portal));
    if (portal->run.id > 0) {
        text_addf(&started, "%lld, %s, ", (long long)portal->run.id, portal->run.verb);
        add_instant(&started, portal->run.started_at, "");
        html_add_small(out, "", text_cstr(&started));
    }
    if (portal->state <= PORTAL_OVERDUE)
        html_add_small(out, "", portal->run.message);
    text_add(out, "<td>");
    add_instant(out, portal->last_success, "never");
}

static void add_plan(struct text *out, const struct portal_status *portal)
{
    text_add(out, "<td>");
    if (portal->plan_id == 0)
        return;
    text_addf(out, "%lld, %s", (long long)portal->plan_id, plan_state_name(portal->plan_state));
    html_add_small(out, "held by ", portal->held_by);
    if (portal->open_steps > 0) {
        text_add(out, "<small>");
        report_add_counted(out, portal->open_steps, "act");
        text_add(out, " of unknown outcome</small>");
    }
}

static void add_freed(struct text *out, const struct portal_status *portal, struct instant now)
{
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct portals_total own = portals_add_up(&arena, portal, 1, now);

    text_add(out, "<td>");
    for (size_t i = 0; i < own.money_count; i++) {
        if (own.money[i].year_freed <= 0)
            continue;
        text_add(out, "<small>");
        portals_add_money(out, own.money[i].year_freed);
        text_add_char(out, ' ');
        encode_html(out, own.money[i].currency);
        text_add(out, "</small>");
    }
}

static void add_row(struct text *out, const struct portal_status *portal, struct instant now)
{
    text_add(out, "<tr><th scope=row>");
    html_add_bdi(out, portal->portal);
    add_run(out, portal);
    text_add(out, "<td>");
    if (instant_is_set(portal->taken_at))
        report_add_number(out, (size_t)portal->active);
    add_plan(out, portal);
    text_add(out, "<td>");
    report_add_number(out, portal->waiting);
    add_freed(out, portal, now);
    text_add_char(out, '\n');
}

static void add_table(struct text *out, const struct portals_view *view, enum portal_state state)
{
    text_add(out, "<table class=portals>\n<thead><tr><th scope=col>Portal<th scope=col>Last run"
                  "<th scope=col>Last good end<th scope=col>Seats<th scope=col>Plan<th scope=col>"
                  "Rows that wait<th scope=col>Freed this year</thead>\n<tbody>\n");
    for (size_t i = 0; i < view->count; i++) {
        if (view->portal[i].state == state)
            add_row(out, &view->portal[i], view->now);
        text_spill(out);
    }
    text_add(out, "</tbody></table>\n");
}

static void add_section(struct text *out, const struct portals_view *view, enum portal_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < view->count; i++)
        count += view->portal[i].state == state;
    if (count == 0)
        return;
    text_addf(out, "<section id=%s%s>\n<h2>%s</h2>\n<p>", portal_state_name(state),
              state <= PORTAL_HELD ? " class=hold" : "", portals_title(state));
    report_add_counted(out, count, "portal");
    text_addf(out, ". %s</p>\n", portals_about(state));
    if (state == PORTAL_FINE)
        text_add(out, "<details>\n<summary>All of them</summary>\n");
    add_table(out, view, state);
    text_add(out, state == PORTAL_FINE ? "</details>\n</section>\n" : "</section>\n");
}

/* How to decide about many of them. */
static void add_commands(struct text *out)
{
    CLEANUP(text_release) struct text list = TEXT_INIT, approve = TEXT_INIT;

    command_add(&list, "status --all --format csv --output portals.csv");
    command_add(&approve, "approve --portals portals.csv");
    text_add(out, "<section>\n<details class=admin>\n<summary>For the administrator</summary>\n"
                  "<dl>\n<dt>A line for each portal, with the digest of its newest plan<dd><code>");
    encode_html(out, text_cstr(&list));
    text_add(out,
             "</code>\n<dt>Approve the plans of those lines in whose column decision you wrote "
             "approve, once you have seen each of these plans<dd><code>");
    encode_html(out, text_cstr(&approve));
    text_add(out, "</code>\n</dl>\n</details>\n</section>\n");
}

void portals_add_html(const struct portals_view *view, struct text *out)
{
    CLEANUP(text_release) struct text headline = TEXT_INIT;
    CLEANUP(arena_release) struct arena arena = ARENA_INIT;
    struct grid money = portals_money_grid(&arena, &view->total);

    portals_add_headline(&headline, &view->total);
    html_add_head(out, text_cstr(&headline), false);
    text_add(out, "<header>\n<p class=over>bynder-reconcile <span>all portals</span></p>\n<h1>");
    html_add_capitalized(out, text_cstr(&headline));
    text_add(out, "</h1>\n<p class=meta>As recorded, ");
    add_instant(out, view->now, "");
    text_add(out, ". A portal may be in several of these numbers; below it stands once, where it "
                  "is most urgent.</p>\n</header>\n<main>\n");
    add_tiles(out, &view->total);
    for (unsigned state = 0; state < PORTAL_STATE_COUNT; state++)
        add_section(out, view, state);
    if (money.rows > 0)
        grid_add_html(out, &money);
    add_commands(out);
    text_addf(out, "</main>\n<footer>bynder-reconcile %s</footer>\n</body>\n</html>\n",
              PROGRAM_VERSION);
}
