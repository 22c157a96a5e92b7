/*
 * Every kind has its own slots of the year, so that no trouble hides another one.
 */
#include "trouble.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include "calendar.h"

enum { QUIET_START = 9, QUIET_END = 6, LONG_YEAR = 200, SLOW_NIGHTS = 5, SLOW_NIGHTS_SHORT = 2 };

/* In the order in which they come. A long year has all, a short one the first of each kind. */
static const struct {
    enum kind kind;
    bool long_only;
} slots[] = {
    {KIND_MISSED, false}, {KIND_OUTAGE, false}, {KIND_CUT, false},
    {KIND_SLOW, false},   {KIND_OLD, false},    {KIND_CLOCK, false},
    {KIND_MISSED, true},  {KIND_OUTAGE, true},  {KIND_CUT, true},
};

static void put(struct trouble *night, int nights, int at, enum kind kind)
{
    int slow = nights >= LONG_YEAR ? SLOW_NIGHTS : SLOW_NIGHTS_SHORT;

    night[at].outage |= kind == KIND_OUTAGE;
    night[at].clock |= kind == KIND_CLOCK;
    night[at].missed |= kind == KIND_MISSED;
    night[at].cut |= kind == KIND_CUT;
    night[at].old |= kind == KIND_OLD;
    for (int i = at; kind == KIND_SLOW && i < at + slow && i < nights; i++)
        night[i].slow = true;
}

static bool is_of_roster(enum kind kind)
{
    return kind == KIND_MISSED || kind == KIND_CUT || kind == KIND_OLD;
}

/* From the evening on, until the next export is right. The night of a day comes before its
 * evening. */
static void mark_doubt(const struct company *company, struct trouble *night, int nights)
{
    bool doubt = false;

    for (int i = 0; i < nights; i++) {
        night[i].doubt = doubt;
        if (night[i].missed || night[i].cut || night[i].old)
            doubt = true;
        else if (calendar_is_workday(day_add(company->first, i)))
            doubt = false;
    }
}

static void mark_frozen(const struct company *company, struct trouble *night, int nights)
{
    for (int i = 0; i < nights && company->settings.event == EVENT_FREEZE; i++)
        night[i].frozen =
            i >= company->settings.event_at && i < company->settings.event_at + TROUBLE_FREEZE_DAYS;
}

struct trouble *trouble_make(const struct company *company)
{
    const struct company_settings *settings = &company->settings;
    int nights = settings->nights, count = COUNT_OF(slots);
    int room = nights - QUIET_START - QUIET_END;
    struct trouble *night = mem_calloc((size_t)nights + 1, sizeof(*night));

    for (int i = 0; i < count && room > count; i++) {
        int at = QUIET_START + room * i / count +
                 chance_below(settings->chance, "trouble", (uint64_t)i, 0, room / count);
        while (is_of_roster(slots[i].kind) && !calendar_is_workday(day_add(company->first, at)))
            at++;
        if (settings->kinds.on[slots[i].kind] && (!slots[i].long_only || nights >= LONG_YEAR))
            put(night, nights, at, slots[i].kind);
    }
    mark_doubt(company, night, nights);
    mark_frozen(company, night, nights);
    return night;
}

bool trouble_excuses(const struct trouble *night)
{
    return night->outage || night->clock || night->doubt;
}

bool trouble_allows(const struct trouble *night)
{
    return !night->outage && !night->doubt && !night->frozen;
}
