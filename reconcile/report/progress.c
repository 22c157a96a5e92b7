/*
 * Drawing is cheap for the reader and must be cheap for the program: at most ten times a second,
 * the last state of each subject always. A line that cannot be written is nobody's problem.
 */
#include "report/progress.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "format/encode.h"
#include "host/clock.h"
#include "report/parts.h"

enum { REDRAW_MS = 100, BAR_WIDTH = 24, WIDTH_DEFAULT = 80 };

static size_t terminal_width(int fd)
{
    struct winsize size;

    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : WIDTH_DEFAULT;
}

static void put(int fd, const struct text *text)
{
    const char *bytes = text_cstr(text);

    for (size_t left = text->length; left > 0;) {
        ssize_t written = write(fd, bytes, left);

        if (written <= 0)
            return;
        bytes += written;
        left -= (size_t)written;
    }
}

static void add_bar(struct text *out, size_t done, size_t total)
{
    size_t filled = done >= total ? BAR_WIDTH : (size_t)((double)done / (double)total * BAR_WIDTH);

    text_add(out, "  [");
    for (size_t i = 0; i < BAR_WIDTH; i++)
        text_add_char(out, i < filled ? '#' : '.');
    text_add_char(out, ']');
}

static void draw(struct terminal_progress *terminal, size_t done, size_t total)
{
    CLEANUP(text_release) struct text words = TEXT_INIT;
    CLEANUP(text_release) struct text out = TEXT_INIT;
    size_t width = terminal_width(terminal->fd) - 1, used;

    text_addf(&words, "%s  ", terminal->what);
    report_add_number(&words, done);
    if (total > 0) {
        text_add(&words, " of ");
        report_add_number(&words, total);
        add_bar(&words, done, total);
    }
    used = encode_width(text_cstr(&words));
    text_add_char(&out, '\r');
    encode_cell(&out, text_cstr(&words), used < width ? used : width);
    text_add(&out, "\x1b[K");
    put(terminal->fd, &out);
    terminal->drawn = true;
}

static void report(void *context, const char *what, size_t done, size_t total)
{
    struct terminal_progress *terminal = context;
    int64_t now_ms;
    bool due;

    if (!terminal->shown)
        return;
    now_ms = clock_steady_ms();
    due = !terminal->drawn || !text_equal(terminal->what, what) || (total > 0 && done >= total) ||
          now_ms - terminal->drawn_ms >= REDRAW_MS;
    if (!due)
        return;
    terminal->what = what;
    terminal->drawn_ms = now_ms;
    draw(terminal, done, total);
}

void progress_init(struct terminal_progress *terminal, int fd, struct progress *ret_progress)
{
    *terminal = (struct terminal_progress){
        .fd = fd,
        .shown = isatty(fd) && !text_equal(getenv("TERM"), "dumb"),
    };
    *ret_progress = (struct progress){.report = report, .context = terminal};
}

void progress_done(struct terminal_progress *terminal)
{
    struct text wipe = TEXT_INIT;

    if (!terminal->drawn)
        return;
    text_add(&wipe, "\r\x1b[K");
    put(terminal->fd, &wipe);
    text_release(&wipe);
    terminal->drawn = false;
}
