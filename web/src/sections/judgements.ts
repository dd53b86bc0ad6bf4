// SPDX-License-Identifier: Apache-2.0
// Shares that were measured outside of the run, such as how often what is no fruit is rejected.
import { type Child, h, scrollBox, section } from '../dom.ts';
import { isReached, type JudgedShare, type JudgementTable } from '../judgement_data.ts';
import { count, counted } from '../numbers.ts';
import type { Report } from '../report_data.ts';
import { shareMarks } from './share_marks.ts';

export function judgements({ judgements: tables }: Report): HTMLElement | null {
  if (tables.length === 0) return null;
  return section(
    'judgements',
    'Judged apart',
    finding(tables),
    h(
      'p',
      {},
      'Measured outside of this run and given to the report. A dot is a share, the line through it its 95',
      '\u202f% interval; an upright mark is what was wanted.',
    ),
    h('div', { class: 'judgements' }, ...tables.map(tableBox)),
  );
}

function finding(tables: JudgementTable[]): string {
  const judged = tables
    .flatMap(({ rows }) => rows.flatMap(({ shares }) => shares))
    .map((share) => (share === null ? null : isReached(share)))
    .filter((reached) => reached !== null);
  if (judged.length === 0) return `${counted(tables.length, 'table')} from outside of this run`;
  const reached = judged.filter((one) => one).length;
  if (reached === judged.length) return 'All that was wanted is reached';
  return `${count(reached)} of ${counted(judged.length, 'figure')} ${reached === 1 ? 'is' : 'are'} as good as wanted`;
}

function tableBox({ title, note, columns, rows }: JudgementTable): HTMLElement {
  const counts = rows.some((row) => row.count > 0);
  return h(
    'div',
    { class: columns.length > 2 ? 'judgement broad' : 'judgement' },
    h('h3', {}, title),
    note === '' ? null : h('p', { class: 'note' }, note),
    scrollBox(
      title,
      h(
        'table',
        { class: columns.length > 1 ? 'several' : null },
        h('caption', { class: 'unseen' }, title),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, 'Of what'),
            counts ? h('th', { scope: 'col', class: 'number' }, 'Count') : null,
            ...columns.map((column) => h('th', { scope: 'col' }, column)),
          ),
        ),
        h(
          'tbody',
          {},
          ...rows.map((row) =>
            h(
              'tr',
              {},
              h('th', { scope: 'row' }, row.name),
              counts ? h('td', { class: 'number' }, count(row.count)) : null,
              ...row.shares.map((share) => h('td', {}, ...shareCell(share))),
            ),
          ),
        ),
      ),
    ),
  );
}

function shareCell(share: JudgedShare | null): Child[] {
  if (share === null) return [shareMarks(null, null)];
  const wanted = share.atLeast ?? share.atMost;
  return [
    shareMarks(share.share, share.interval, wanted),
    wanted === null
      ? null
      : h('span', { class: isReached(share) ? 'aim' : 'aim missed' }, aim(share, wanted)),
  ];
}

function aim(share: JudgedShare, wanted: number): string {
  const side = share.atLeast === null ? 'at most' : 'at least';
  const aimed = `${Number((wanted * 100).toFixed(2))}${'\u202f'}%`;
  return `wanted ${side} ${aimed}: ${isReached(share) ? 'reached' : 'not reached'}`;
}
