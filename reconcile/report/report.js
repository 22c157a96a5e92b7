/*
 * What the page can do beyond being read: search, filter, sort, select, decide, and save what was
 * decided as the file that the verb review takes. All rows are in the page as it was written; this
 * takes them out of their sections into one list, of which it shows some at a time, so that 20,000
 * stay quick. Texts of people are only ever set as text or as attributes, never read as markup.
 */
(() => {
    'use strict';
    const main = document.querySelector('main');
    const plan = main.dataset, keepDays = Number(plan.keepDays);
    const DAY = 86400000, REASON_LONGEST = 330;
    const IDLE = [[365, 'a year or more'], [180, '180 to 364 days'], [90, '90 to 179 days'],
        [60, '60 to 89 days'], [30, '30 to 59 days'], [0, 'less than 30 days']];
    const WORDS = {approve: 'approve', keep: 'keep', reject: 'reject'};
    const STANDS = {approve: 'approved before', keep: 'kept before', reject: 'rejected before',
        again: 'again', done: 'done', 'not done': 'tried, not done'};
    const number = n => n.toLocaleString('en');
    const counted = (n, one) => number(n) + ' ' + one + (n === 1 ? '' : 's');
    const iso = date => new Date(date - date.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
    const fold = text => text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase();

    /* --- elements --- */

    function make(name, properties, ...children) {
        const element = document.createElement(name);
        for (const [key, value] of Object.entries(properties || {})) {
            if (key in element && typeof value !== 'string' || key === 'value')
                element[key] = value;
            else if (key === 'class')
                element.className = value;
            else
                element.setAttribute(key, value);
        }
        element.append(...children);
        return element;
    }

    function button(label, act, properties) {
        const element = make('button', {type: 'button', ...properties}, label);
        element.addEventListener('click', act);
        return element;
    }

    /* --- rows --- */

    const groups = [...document.querySelectorAll('section.group')].map(section => ({
        section,
        title: section.querySelector('h2').textContent,
        notes: [...section.querySelectorAll(':scope > p.note')],
        rows: 0,
    }));
    const rows = [];
    for (const group of groups) {
        for (const tr of group.section.querySelectorAll('table.rows > tbody > tr')) {
            const data = tr.dataset;
            const idle = data.idle === undefined ? -1 : Number(data.idle);
            const range = IDLE.find(([from]) => idle >= from);
            rows.push({
                tr, group, idle,
                id: data.id, subject: data.subject,
                open: data.subject !== undefined && plan.digest !== undefined,
                stands: data.stands || '',
                action: data.action,
                rule: data.rule || 'none',
                department: data.department || 'none',
                country: data.country || 'none',
                profile: data.profile || 'none',
                seat: data.class || 'none',
                range: range ? range[1] : 'none known',
                marks: data.marks ? data.marks.split('|') : [],
                decision: null, selected: false,
            });
            group.rows++;
        }
    }
    if (rows.length === 0)
        return;
    const openRows = rows.filter(row => row.open);

    function nameOf(row) {
        return row.name ??= row.tr.cells[row.dressed ? 1 : 0].firstElementChild.textContent;
    }
    function textOf(row) {
        return row.text ??= fold(row.dressed ? row.plain.join(' ') : plainOf(row).join(' '));
    }
    function plainOf(row) {
        return row.plain ??= [...row.tr.cells].map(cell => cell.textContent);
    }
    function stateOf(row) {
        if (row.decision)
            return WORDS[row.decision.decision] + ' (decided here)';
        if (row.stands)
            return STANDS[row.stands] || row.stands;
        return row.open ? 'not decided' : 'nothing to decide';
    }

    /* --- decisions, kept where the browser lets a page keep something --- */

    const key = 'bynder-reconcile ' + plan.portal + ' ' + plan.digest;
    let unsaved = false, keeps = true;

    function stored() {
        return JSON.parse(localStorage.getItem(key)) || {};
    }
    /* What another window decided meanwhile stays: of these rows alone something is said. */
    function remember(decided) {
        try {
            const kept = stored();
            for (const row of decided) {
                if (row.decision)
                    kept[row.id + ' ' + row.subject] = row.decision;
                else
                    delete kept[row.id + ' ' + row.subject];
            }
            localStorage.setItem(key, JSON.stringify(kept));
            keeps = true;
        } catch {
            keeps = false;
        }
    }
    function isDecision(value) {
        return value && Object.hasOwn(WORDS, value.decision) &&
            [value.until, value.reason].every(part => part === null || typeof part === 'string');
    }
    /* How many rows are decided by it. */
    function recall() {
        let kept = {}, found = 0;
        try {
            kept = stored();
            localStorage.setItem(key, JSON.stringify(kept));
        } catch {
            keeps = false;
            return 0;
        }
        for (const row of openRows) {
            const value = Object.hasOwn(kept, row.id + ' ' + row.subject) ?
                kept[row.id + ' ' + row.subject] : null;
            row.decision = isDecision(value) ?
                {decision: value.decision, until: value.until, reason: value.reason} : null;
            found += row.decision !== null;
        }
        return found;
    }
    function sayRecalled(found, whose) {
        if (found > 0)
            said.textContent = counted(found, 'decision') + ' from ' + whose + ' ' +
                (found === 1 ? 'is' : 'are') + ' here. Look before you save: the filter Decision ' +
                'shows what was decided.';
    }

    /* --- what is shown --- */

    const facets = [
        {label: 'Action', of: row => [row.action]},
        {label: 'Department', of: row => [row.department]},
        {label: 'Country', of: row => [row.country]},
        {label: 'Profile', of: row => [row.profile]},
        {label: 'Class', of: row => [row.seat]},
        {label: 'Rule', of: row => [row.rule]},
        {label: 'Last login', of: row => [row.range],
            order: [...IDLE.map(([, name]) => name), 'none known']},
        {label: 'Decision', of: row => [stateOf(row)], always: true},
        {label: 'Mark', of: row => row.marks},
    ].map(facet => ({...facet, chosen: '', options: new Map()}));
    let words = [], group = null, matching = rows, sort = {by: null, down: false};
    let page = 0, perPage = 50, printing = false;

    /* Of each filter the counts are those that the others leave: a row that fails none counts
     * everywhere, one that fails just one counts there. */
    function find() {
        const counts = facets.map(() => new Map()), byGroup = new Map();
        const add = (map, value) => map.set(value, (map.get(value) || 0) + 1);
        let inGroups = 0;
        matching = [];
        for (const row of rows) {
            if (words.length && !words.every(word => textOf(row).includes(word)))
                continue;
            const values = facets.map(facet => facet.of(row));
            const failed = facets.map((_, i) => i).filter(i => facets[i].chosen &&
                !values[i].includes(facets[i].chosen));
            const elsewhere = group && row.group !== group;
            if (failed.length === 0) {
                inGroups++;
                add(byGroup, row.group);
                if (!elsewhere)
                    matching.push(row);
            }
            if (!elsewhere && failed.length <= 1)
                values.forEach((list, i) => (failed.length === 0 || failed[0] === i) &&
                    list.forEach(value => add(counts[i], value)));
        }
        forgetHidden();
        if (sort.by) {
            const sign = sort.down ? -1 : 1;
            const last = sort.by.last || (() => false);
            matching.sort((a, b) => last(a) - last(b) || sign * sort.by.compare(a, b));
        }
        facets.forEach((facet, i) => showOptions(facet, counts[i]));
        chips.forEach(chip => chip.show(chip.group ? byGroup.get(chip.group) || 0 : inGroups));
        page = 0;
        show();
    }

    /* Nobody decides about a row that they do not see. */
    function forgetHidden() {
        const here = new Set(matching), hidden = rows.filter(row => row.selected && !here.has(row));
        hidden.forEach(row => row.selected = false);
        if (hidden.length > 0)
            said.textContent = counted(hidden.length, 'row') + ' that ' + (hidden.length === 1 ?
                'was selected is' : 'were selected are') + ' not among these: not selected any more.';
    }

    /* --- filters --- */

    function showOptions(facet, counts) {
        for (const [value, option] of facet.options)
            option.textContent = value + ' (' + number(counts.get(value) || 0) + ')';
        for (const value of counts.keys()) {
            if (!facet.options.has(value))
                addOption(facet, value, counts.get(value));
        }
        facet.select.value = facet.chosen;
        facet.box.hidden = facet.options.size < 2 && !facet.always && !facet.chosen;
    }
    function addOption(facet, value, count) {
        const option = make('option', {value}, value + ' (' + number(count) + ')');
        facet.options.set(value, option);
        const place = name => facet.order ? facet.order.indexOf(name) : -1;
        const next = [...facet.options.keys()].filter(name => name !== value && (
            place(name) - place(value) || name.localeCompare(value)) > 0)
            .sort((a, b) => place(a) - place(b) || a.localeCompare(b))[0];
        facet.select.insertBefore(option, next === undefined ? null : facet.options.get(next));
    }
    function makeFacet(facet) {
        facet.select = make('select', {}, make('option', {value: ''}, 'all'));
        facet.select.addEventListener('change', () => {
            facet.chosen = facet.select.value;
            find();
        });
        return facet.box = make('label', {}, facet.label, facet.select);
    }
    function makeChip(of) {
        const count = make('span', {class: 'n'});
        const element = button(of ? of.title : 'All', () => {
            group = of;
            find();
        }, {class: 'chip'});
        element.append(' ', count);
        return {group: of, element, show(n) {
            count.textContent = number(n);
            element.setAttribute('aria-pressed', String(group === of));
            element.classList.toggle('none', n === 0);
        }};
    }
    const chips = [null, ...groups].map(makeChip);
    const search = make('input', {type: 'search', autocomplete: 'off', spellcheck: false});
    let typing = 0;
    search.addEventListener('input', () => {
        clearTimeout(typing);
        typing = setTimeout(() => {
            words = fold(search.value).split(/\s+/).filter(Boolean);
            find();
        }, 80);
    });
    const clear = button('Clear all filters', () => {
        search.value = '';
        words = [];
        group = null;
        facets.forEach(facet => facet.chosen = '');
        find();
        search.focus();
    });
    const note = make('div', {class: 'notes'});

    /* --- the table --- */

    const byText = of => (a, b) => of(a).localeCompare(of(b));
    const columns = [
        {label: 'Who', compare: byText(nameOf)},
        {label: 'Why', compare: (a, b) => groups.indexOf(a.group) - groups.indexOf(b.group)},
        {label: 'Department', compare: byText(row => row.department),
            more: rows.some(row => row.country !== 'none') &&
                {label: 'Country', compare: byText(row => row.country)}},
        {label: 'Profile', compare: byText(row => row.profile),
            more: rows.some(row => row.seat !== 'none') &&
                {label: 'Class', compare: byText(row => row.seat)}},
        /* Who has no known login is not the longest idle: last, whichever way round. */
        {label: 'Last login', compare: (a, b) => b.idle - a.idle, last: row => row.idle < 0},
        {label: 'Decision', compare: byText(stateOf)},
    ];
    const body = make('tbody');
    const selectPage = make('input', {type: 'checkbox', 'aria-label': 'Select all rows shown'});
    selectPage.addEventListener('change', () => {
        shown().forEach(row => row.selected = row.open && selectPage.checked);
        show();
    });
    function makeSort(by) {
        return by.button = button(by.label, () => {
            sort.by?.button.classList.remove('by');
            sort = {by, down: sort.by === by && !sort.down};
            by.button.classList.add('by');
            find();
        }, {class: 'sort'});
    }
    function makeHeading(column) {
        return column.th = make('th', {scope: 'col'}, makeSort(column),
            column.more ? makeSort(column.more) : '');
    }
    const decides = openRows.length > 0;
    const table = make('table', {class: 'rows list' + (decides ? ' decides' : '')},
        make('caption', {class: 'hidden'}, 'Rows of the plan that match the filters'),
        make('thead', {}, make('tr', {},
            decides ? make('th', {scope: 'col', class: 'box'}, selectPage) : '',
            ...columns.slice(0, decides ? 6 : 5).map(makeHeading))), body);

    let last = null;
    function onSelect(row, event) {
        const list = shown();
        row.selected = row.box.checked;
        if (event.shiftKey && last && list.includes(last)) {
            const [from, to] = [list.indexOf(last), list.indexOf(row)].sort((a, b) => a - b);
            list.slice(from, to + 1).forEach(one => one.selected = one.open && row.selected);
        }
        last = row;
        showSelected();
    }
    /* A row gets its box and its decision when it is first looked at. */
    function dress(row) {
        plainOf(row);
        nameOf(row);
        row.dressed = true;
        if (!decides)
            return;
        const box = make('td', {class: 'box'});
        if (row.open) {
            row.box = make('input', {type: 'checkbox', 'aria-label': 'Select ' + nameOf(row)});
            row.box.addEventListener('click', event => onSelect(row, event));
            box.append(row.box);
        }
        row.tr.prepend(box);
        row.cell = make('td', {class: 'decision'});
        row.tr.append(row.cell);
    }
    function showRow(row) {
        if (!row.dressed)
            dress(row);
        if (!decides)
            return;
        if (row.box)
            row.box.checked = row.selected;
        row.tr.classList.toggle('selected', row.selected);
        const decision = row.decision;
        row.cell.className = 'decision ' + (decision ? decision.decision : '');
        row.cell.textContent = '';
        row.cell.append(decision ? make('b', {}, WORDS[decision.decision]) : stateOf(row));
        if (decision && decision.until)
            row.cell.append(make('small', {}, 'until ' + decision.until));
        if (decision && decision.reason)
            row.cell.append(make('small', {}, make('bdi', {}, decision.reason)));
    }

    function shown() {
        return printing ? matching : matching.slice(page * perPage, (page + 1) * perPage);
    }
    const count = make('p', {role: 'status', class: 'count'});
    const pages = make('div', {class: 'pages'});
    const back = button('Previous', () => turn(-1)), forward = button('Next', () => turn(1));
    const size = make('select', {}, ...[50, 200, 1000].map(n => make('option', {value: String(n)},
        n + ' rows')));
    size.addEventListener('change', () => {
        perPage = Number(size.value);
        page = 0;
        show();
    });
    function turn(by) {
        page += by;
        show();
        section.scrollIntoView();
        (by > 0 && !forward.disabled || back.disabled ? forward : back).focus({preventScroll: true});
    }
    function show() {
        const list = shown();
        list.forEach(showRow);
        body.replaceChildren(...list.map(row => row.tr));
        columns.forEach(column => column.th && (sort.by && [column, column.more].includes(sort.by) ?
            column.th.setAttribute('aria-sort', sort.down ? 'descending' : 'ascending') :
            column.th.removeAttribute('aria-sort')));
        const from = matching.length ? page * perPage + 1 : 0;
        const all = matching.length === rows.length ? '' : ' that match, of ' + number(rows.length);
        count.textContent = matching.length === 0 ? 'No row matches.' :
            'Rows ' + number(from) + ' to ' + number(from + list.length - 1) + ' of ' +
            number(matching.length) + all + '.';
        back.disabled = page === 0;
        forward.disabled = (page + 1) * perPage >= matching.length;
        pages.hidden = matching.length <= 50;
        clear.hidden = !words.length && !group && facets.every(facet => !facet.chosen);
        note.replaceChildren(...(group ? group.notes : []));
        showSelected();
    }

    /* --- deciding --- */

    const selectAll = button('', () => {
        matching.forEach(row => row.selected = row.open);
        show();
    });
    const selectNone = button('Select none', () => {
        rows.forEach(row => row.selected = false);
        show();
    });
    const chosen = make('b');
    const tally = make('span', {class: 'tally'});
    const said = make('p', {role: 'status', class: 'said'});
    const acts = [
        button('Approve', () => decide({decision: 'approve', until: null, reason: null}),
            {class: 'approve'}),
        button('Keep\u2026', () => ask('keep'), {class: 'keep'}),
        button('Reject\u2026', () => ask('reject'), {class: 'reject'}),
        button('Undo decision', () => decide(null)),
    ];
    const save = button('Save decisions', saveFile, {class: 'save'});

    function selectedRows() {
        return openRows.filter(row => row.selected);
    }
    function showSelected() {
        if (!decides)
            return;
        const n = selectedRows().length, list = shown().filter(row => row.open);
        const open = matching.filter(row => row.open).length;
        list.forEach(row => {
            row.tr.classList.toggle('selected', row.selected);
            row.box.checked = row.selected;
        });
        chosen.textContent = n ? number(n) + ' selected' : 'None selected';
        selectAll.textContent = 'Select all ' + number(open) + (matching.length === rows.length ?
            '' : ' that match');
        selectAll.disabled = open === 0;
        selectNone.disabled = n === 0;
        acts.forEach(act => act.disabled = n === 0);
        selectPage.checked = list.length > 0 && list.every(row => row.selected);
        selectPage.indeterminate = !selectPage.checked && list.some(row => row.selected);
        const by = name => openRows.filter(row => row.decision?.decision === name).length;
        const decided = openRows.filter(row => row.decision).length;
        tally.textContent = number(by('approve')) + ' approve, ' + number(by('keep')) + ' keep, ' +
            number(by('reject')) + ' reject; ' + number(openRows.length - decided) + ' left';
        save.disabled = decided === 0;
        warning.hidden = keeps || decided === 0;
    }
    /* No approval ends what a person kept or rejected, before (the program would refuse it by name)
     * or here: who approves all the rest does not mean these. */
    function decide(decision) {
        const list = selectedRows(), approves = decision?.decision === 'approve';
        const before = row => approves && (row.stands === 'keep' || row.stands === 'reject');
        const here = row => approves && !before(row) && row.decision &&
            row.decision.decision !== 'approve';
        const taken = list.filter(row => !before(row) && !here(row));
        taken.forEach(row => row.decision = decision && {...decision});
        rows.forEach(row => row.selected = false);
        unsaved = true;
        remember(taken);
        find();
        said.textContent = (decision ? counted(taken.length, 'row') + ': ' +
            WORDS[decision.decision] + '.' : counted(taken.length, 'row') +
            ': decision taken back.') + sayLeft(list.filter(before).length,
            'somebody kept or rejected them before, which no approval ends.') +
            sayLeft(list.filter(here).length, 'kept or rejected here; take that back first.');
    }
    function sayLeft(count, why) {
        return count ? ' ' + counted(count, 'row') + ' left as it was: ' + why : '';
    }

    const title = make('h2', {id: 'ask-title'});
    const about = make('p');
    const until = make('input', {type: 'date', min: iso(new Date(Date.now() + DAY))});
    const untilLabel = make('label', {}, 'Until', until);
    const reason = make('input', {type: 'text', required: true, maxLength: REASON_LONGEST,
        autocomplete: 'off'});
    const form = make('form', {}, title, about, untilLabel, make('label', {}, 'Reason', reason),
        make('div', {class: 'acts'}, make('button', {type: 'submit', class: 'save'}, 'Decide'),
            button('Cancel', () => dialog.close())));
    const dialog = make('dialog', {'aria-labelledby': 'ask-title'}, form);
    let asked = 'keep';
    function ask(what) {
        const most = new Date(Date.now() + keepDays * DAY);
        asked = what;
        title.textContent = (what === 'keep' ? 'Keep ' : 'Reject ') +
            counted(selectedRows().length, 'account');
        about.textContent = what === 'keep' ?
            'The accounts stay as they are until that day, at most ' + number(keepDays) +
            ' days ahead. Somebody who leaves later is proposed again all the same.' :
            'The rows are not done until that day; without one for 180 days.';
        until.required = what === 'keep';
        until.max = iso(most);
        reason.setCustomValidity('');
        form.reset();
        dialog.showModal();
        until.focus();
    }
    reason.addEventListener('input', () => reason.setCustomValidity(''));
    form.addEventListener('submit', event => {
        event.preventDefault();
        if (!reason.value.trim()) {
            reason.setCustomValidity('Say why: it stands in the record.');
            reason.reportValidity();
            return;
        }
        dialog.close();
        decide({decision: asked, until: until.value || null, reason: reason.value.trim()});
    });

    function saveFile() {
        const decisions = openRows.filter(row => row.decision).map(row => ({account_id: row.id,
            subject: row.subject, ...row.decision}));
        const file = JSON.stringify({format: 'bynder-reconcile decisions', version: 1,
            portal: plan.portal, plan: Number(plan.plan), digest: plan.digest, decisions}, null, 1);
        const url = URL.createObjectURL(new Blob([file + '\n'], {type: 'application/json'}));
        const link = make('a', {href: url, download: plan.file});
        main.append(link);
        link.click();
        link.remove();
        setTimeout(() => URL.revokeObjectURL(url), 60000);
        unsaved = false;
        said.textContent = 'Saved ' + counted(decisions.length, 'decision') + ' as ' + plan.file +
            ', where your browser puts downloads. Now hand that file over: answer the mail that ' +
            'this page came with and attach it, or give it to whoever runs this program.';
    }
    const warning = make('p', {class: 'warning', role: 'alert'}, 'This browser keeps nothing for ' +
        'this page: decisions are lost when it is closed. Save them before.');
    addEventListener('beforeunload', event => {
        if (!keeps && unsaved)
            event.preventDefault();
    });

    /* --- the whole --- */

    const section = make('section', {id: 'review', 'aria-labelledby': 'review-title'},
        make('h2', {id: 'review-title'}, decides ? 'Read and decide' : 'Rows'),
        decides ? make('p', {}, 'Select rows, approve, keep or reject them, and save: the file that ' +
            'is saved goes back to whoever sent you this page. Nothing is done before that.') : '',
        make('div', {class: 'chips', role: 'group', 'aria-label': 'Why'},
            ...chips.map(chip => chip.element)),
        make('div', {class: 'filters', role: 'search', 'aria-label': 'Rows'},
            make('label', {class: 'wide'}, 'Search', search), ...facets.map(makeFacet), clear),
        note,
        make('div', {class: 'over-list'}, count, decides ? selectAll : '', decides ? selectNone : ''),
        table, pages);
    pages.append(back, forward, make('label', {}, 'Show', size));
    const bar = make('section', {class: 'desk', 'aria-label': 'Decisions'},
        make('div', {class: 'acts'}, chosen, ...acts, tally, save),
        said, warning);

    const recalled = recall();
    for (const {section: old} of groups)
        old.remove();
    document.querySelectorAll('nav li.group').forEach(item => item.remove());
    document.querySelector('nav').after(section);
    if (decides)
        section.append(bar, dialog);
    document.querySelectorAll('#departments tbody th').forEach(th => {
        const name = th.textContent;
        const facet = facets.find(one => one.label === 'Department');
        th.replaceChildren(button(name, () => {
            facet.chosen = name === 'no department' ? 'none' : name;
            find();
            section.scrollIntoView();
        }, {class: 'link'}));
    });
    addEventListener('beforeprint', () => {
        printing = true;
        show();
    });
    addEventListener('afterprint', () => {
        printing = false;
        show();
    });
    addEventListener('storage', event => {
        if (event.key !== key)
            return;
        const found = recall();
        find();
        sayRecalled(found, 'another window of this page');
    });
    find();
    sayRecalled(recalled, 'an earlier look at this page');
    document.documentElement.classList.add('scripted');
})();
