// SPDX-License-Identifier: Apache-2.0
// One row a class; every column sorts. Where several metrics are known by class, one chooses.
import { h, labelText, scrollBox, section } from '../dom.ts';
import { hardest } from '../findings.ts';
import { count, counted, percent } from '../numbers.ts';
import type { Report } from '../report_data.ts';
import { classViews, type Key, type Row, sortRows, type View } from './class_rows.ts';
import { shareMarks } from './share_marks.ts';

interface Column {
  key: Key;
  name: string;
  kind: 'text' | 'count' | 'marks' | 'share' | 'taken';
}

export function classes(report: Report): HTMLElement | null {
  const views = classViews(report);
  const [first] = views;
  if (first === undefined || first.rows.length === 0) return null;
  if (first.rows.length === 1 && first.rows[0]?.label === '') return null;
  const measured = first.rows.some(({ f1 }) => f1 !== null);
  const table = new ClassTable(first, measured);
  return section(
    'classes',
    'Class by class',
    finding(report),
    measured
      ? h(
          'p',
          {},
          'Recall: of the photographs of this class, how many were found, with its 95',
          '\u202f% interval. Precision: of those given its name, how many are it. F1 weighs both.',
        )
      : null,
    h(
      'div',
      { class: 'controls' },
      views.length > 1 ? viewChoice(views, (view) => table.show(view)) : null,
      h(
        'span',
        { class: 'control' },
        h('label', { for: 'class-filter' }, 'Filter by name'),
        table.filter,
        table.matches,
      ),
    ),
    scrollBox('Class by class', table.element),
  );
}

function finding(report: Report): string {
  const { always, tested, worst } = hardest(report.classes);
  if (worst === null) return counted(report.classCounts.length, 'class', 'classes');
  if (always === tested) return `All ${count(tested)} classes are always found`;
  const of = `of ${counted(tested, 'class', 'classes')}`;
  const most =
    always === 0
      ? `None ${of} is always found`
      : `${count(always)} ${of} ${always === 1 ? 'is' : 'are'} always found`;
  return `${most}; hardest is ${labelText(worst.label)}, ${percent(worst.recall, 0)} found`;
}

function viewChoice(views: View[], show: (view: View) => void): HTMLElement {
  const choice = h(
    'select',
    {
      id: 'class-metrics',
      onchange: () => {
        const view = views[choice.selectedIndex];
        if (view !== undefined) show(view);
      },
    },
    ...views.map(({ name }) => h('option', {}, name)),
  );
  return h('span', { class: 'control' }, h('label', { for: 'class-metrics' }, 'Judged by'), choice);
}

function columnsOf(view: View, measured: boolean): Column[] {
  const columns: (Column | false)[] = [
    { key: 'label', name: 'Class', kind: 'text' },
    measured && { key: 'recall', name: 'Recall', kind: 'marks' },
    { key: 'test', name: 'Tested', kind: 'count' },
    measured && { key: 'precision', name: 'Precision', kind: 'share' },
    measured && { key: 'f1', name: 'F1', kind: 'share' },
    view.rows.some(({ train }) => train !== null) && {
      key: 'train',
      name: 'Learned',
      kind: 'count',
    },
    measured && view.whole && { key: 'takenCount', name: 'Most often taken for', kind: 'taken' },
  ];
  return columns.filter((column) => column !== false);
}

/** The table with what one can set about it. */
class ClassTable {
  readonly filter = h('input', {
    id: 'class-filter',
    type: 'search',
    autocomplete: 'off',
    oninput: () => this.fill(),
  });
  readonly matches = h('output', { class: 'note', for: 'class-filter' });
  readonly element: HTMLElement;
  private readonly head = h('tr');
  private readonly body = h('tbody');
  private readonly headings = new Map<Key, HTMLElement>();
  private shown = new Map<Row, HTMLElement>();
  private sortKey: Key;
  private ascending = true;

  constructor(
    view: View,
    private readonly measured: boolean,
  ) {
    this.sortKey = measured ? 'recall' : 'label';
    this.element = h(
      'table',
      { class: 'classes' },
      h('caption', { class: 'unseen' }, 'Figures of every class; the headings sort'),
      h('thead', {}, this.head),
      this.body,
    );
    this.show(view);
  }

  show(view: View): void {
    const columns = columnsOf(view, this.measured);
    this.shown = new Map(view.rows.map((row) => [row, tableRow(row, columns)]));
    this.headings.clear();
    for (const column of columns) this.headings.set(column.key, this.heading(column));
    this.head.replaceChildren(...this.headings.values());
    if (!this.headings.has(this.sortKey)) {
      this.sortKey = 'recall';
      this.ascending = true;
    }
    this.fill();
  }

  private heading({ key, name, kind }: Column): HTMLElement {
    const sort = (): void => {
      this.ascending =
        key === this.sortKey ? !this.ascending : kind !== 'taken' && kind !== 'count';
      this.sortKey = key;
      this.fill();
    };
    return h(
      'th',
      { scope: 'col', class: kind },
      h('button', { type: 'button', onclick: sort }, name),
    );
  }

  private fill(): void {
    const rows = [...this.shown.keys()];
    const wanted = this.filter.value.trim().toLowerCase();
    const kept = sortRows(rows, this.sortKey, this.ascending).filter((row) =>
      labelText(row.label).toLowerCase().includes(wanted),
    );
    this.body.replaceChildren(...kept.map((row) => this.shown.get(row) as HTMLElement));
    if (kept.length === 0) {
      const cell = h('td', { colspan: this.headings.size }, 'No class has such a name.');
      this.body.append(h('tr', {}, cell));
    }
    const all = counted(rows.length, 'class', 'classes');
    this.matches.textContent =
      kept.length === rows.length ? all : `${count(kept.length)} of ${all}`;
    for (const [key, heading] of this.headings) {
      if (key === this.sortKey) {
        heading.setAttribute('aria-sort', this.ascending ? 'ascending' : 'descending');
      } else {
        heading.removeAttribute('aria-sort');
      }
    }
  }
}

function tableRow(row: Row, columns: Column[]): HTMLElement {
  return h('tr', {}, ...columns.map((column) => tableCell(row, column)));
}

function tableCell(row: Row, { key, kind }: Column): HTMLElement {
  const value = row[key] as number | null;
  switch (kind) {
    case 'text':
      return h('th', { scope: 'row' }, labelText(row.label));
    case 'taken':
      return row.takenCount === 0
        ? h('td', {}, '–')
        : h(
            'td',
            {},
            labelText(row.taken),
            h('span', { class: 'times' }, ` ${count(row.takenCount)}×`),
          );
    case 'count':
      return h('td', { class: 'number' }, count(value));
    case 'marks':
      return h('td', {}, shareMarks(value, row.recallInterval));
    case 'share':
      return h(
        'td',
        { class: 'share' },
        value === null ? null : h('span', { class: 'bar', '--share': value }),
        h('span', { class: 'figure' }, percent(value)),
      );
  }
}
