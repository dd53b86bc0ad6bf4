// SPDX-License-Identifier: Apache-2.0
// One row a class; every column sorts.
import { h, labelText, scrollBox, section } from '../dom.ts';
import { hardest, takenFor } from '../findings.ts';
import { count, counted, percent } from '../numbers.ts';
import type { Report } from '../report_data.ts';

export interface Row {
  label: string;
  train: number;
  test: number;
  recall: number | null;
  precision: number | null;
  f1: number | null;
  taken: string;
  takenCount: number;
}

type Key = 'label' | 'train' | 'test' | 'recall' | 'precision' | 'f1' | 'takenCount';

interface Column {
  key: Key;
  name: string;
  kind: 'text' | 'count' | 'share' | 'taken';
}

export function classes(report: Report): HTMLElement | null {
  const rows = classRows(report);
  if (rows.length === 0 || (rows.length === 1 && rows[0]?.label === '')) return null;
  const measured = rows.some(({ f1 }) => f1 !== null);
  const columns: Column[] = [
    { key: 'label', name: 'Class', kind: 'text' },
    { key: 'train', name: 'Learned', kind: 'count' },
    { key: 'test', name: 'Tested', kind: 'count' },
  ];
  if (measured) {
    columns.push(
      { key: 'recall', name: 'Recall', kind: 'share' },
      { key: 'precision', name: 'Precision', kind: 'share' },
      { key: 'f1', name: 'F1', kind: 'share' },
      { key: 'takenCount', name: 'Most often taken for', kind: 'taken' },
    );
  }

  let sortKey: Key = measured ? 'recall' : 'label';
  let ascending = true;
  const body = h('tbody');
  const shown = new Map<Row, HTMLElement>(rows.map((row) => [row, tableRow(row, columns)]));
  const headings = new Map<Key, HTMLElement>();
  const matches = h(
    'output',
    { class: 'note', for: 'class-filter' },
    counted(rows.length, 'class', 'classes'),
  );
  const filter = h('input', {
    id: 'class-filter',
    type: 'search',
    autocomplete: 'off',
    oninput: fill,
  });

  function fill(): void {
    const wanted = filter.value.trim().toLowerCase();
    const kept = sortRows(rows, sortKey, ascending).filter((row) =>
      labelText(row.label).toLowerCase().includes(wanted),
    );
    body.replaceChildren(...kept.map((row) => shown.get(row) as HTMLElement));
    if (kept.length === 0) {
      body.append(h('tr', {}, h('td', { colspan: columns.length }, 'No class has such a name.')));
    }
    matches.textContent =
      kept.length === rows.length
        ? counted(rows.length, 'class', 'classes')
        : `${count(kept.length)} of ${counted(rows.length, 'class', 'classes')}`;
    for (const [key, heading] of headings) {
      if (key === sortKey)
        heading.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
      else heading.removeAttribute('aria-sort');
    }
  }

  for (const { key, name, kind } of columns) {
    const heading = h(
      'th',
      { scope: 'col', class: kind },
      h(
        'button',
        {
          type: 'button',
          onclick: () => {
            ascending = key === sortKey ? !ascending : key !== 'takenCount' && kind !== 'count';
            sortKey = key;
            fill();
          },
        },
        name,
      ),
    );
    headings.set(key, heading);
  }
  fill();
  return section(
    'classes',
    'Class by class',
    finding(report),
    measured
      ? h(
          'p',
          {},
          'Recall: of the photographs of this class, how many were found. Precision: of those given its name, how many are it. F1 weighs both.',
        )
      : null,
    h(
      'div',
      { class: 'controls' },
      h(
        'span',
        { class: 'control' },
        h('label', { for: 'class-filter' }, 'Filter by name'),
        filter,
        matches,
      ),
    ),
    scrollBox(
      'Class by class',
      h(
        'table',
        { class: 'classes' },
        h('caption', { class: 'unseen' }, 'Figures of every class; the headings sort'),
        h('thead', {}, h('tr', {}, ...headings.values())),
        body,
      ),
    ),
  );
}

function finding(report: Report): string {
  const { always, tested, worst } = hardest(report.classes);
  if (worst === null) return counted(report.classCounts.length, 'class', 'classes');
  if (always === tested) return `All ${count(tested)} classes are always found`;
  const most = `${count(always)} of ${counted(tested, 'class', 'classes')} ${always === 1 ? 'is' : 'are'} always found`;
  return `${most}; hardest is ${labelText(worst.label)}, ${percent(worst.recall, 0)} found`;
}

export function classRows(report: Report): Row[] {
  const taken = takenFor(report.cells);
  const place = new Map(report.labels.map((label, i) => [label, i]));
  const figures = new Map(report.classes.map((one) => [one.label, one]));
  const counts = new Map(report.classCounts.map((one) => [one.label, one]));
  const names = new Set([...counts.keys(), ...figures.keys()]);
  return [...names].map((label) => {
    const measured = figures.get(label);
    const tested = measured !== undefined && measured.support > 0;
    const most = taken.get(place.get(label) ?? -1);
    return {
      label,
      train: counts.get(label)?.train ?? 0,
      test: counts.get(label)?.test ?? measured?.support ?? 0,
      recall: tested ? measured.recall : null,
      precision: tested ? measured.precision : null,
      f1: tested ? measured.f1 : null,
      taken: most === undefined ? '' : (report.labels[most.prediction] ?? ''),
      takenCount: most?.count ?? 0,
    };
  });
}

/** A new list; rows without a figure stay at the end whichever way it goes. */
export function sortRows(rows: Row[], key: Key, ascending: boolean): Row[] {
  const sign = ascending ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [left, right] = [a[key], b[key]];
    if (typeof left === 'string' || typeof right === 'string') {
      return sign * String(left).localeCompare(String(right), 'en', { numeric: true });
    }
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right) || a.label.localeCompare(b.label, 'en', { numeric: true });
  });
}

function tableRow(row: Row, columns: Column[]): HTMLElement {
  return h(
    'tr',
    {},
    ...columns.map(({ key, kind }) => {
      if (kind === 'text') return h('th', { scope: 'row' }, labelText(row.label));
      if (kind === 'taken') {
        return row.takenCount === 0
          ? h('td', {}, '–')
          : h(
              'td',
              {},
              labelText(row.taken),
              h('span', { class: 'times' }, ` ${count(row.takenCount)}×`),
            );
      }
      const value = row[key] as number | null;
      if (kind === 'count') return h('td', { class: 'number' }, count(value));
      return h(
        'td',
        { class: 'share' },
        value === null ? null : h('span', { class: 'bar', '--share': value }),
        h('span', { class: 'figure' }, percent(value)),
      );
    }),
  );
}
