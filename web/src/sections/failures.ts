// SPDX-License-Identifier: Apache-2.0
// What could not be read, and why.
import { h, plainTable, scrollBox, section } from '../dom.ts';
import { count, counted } from '../numbers.ts';
import type { Report } from '../report_data.ts';

export function failures(report: Report): HTMLElement {
  const { total, kinds, rows } = report.failures;
  const skipped = report.counts.skipped ?? 0;
  const aside =
    skipped > 0
      ? h(
          'p',
          {},
          `${counted(skipped, 'file')} ${skipped === 1 ? 'was' : 'were'} passed over, being no image by content.`,
        )
      : null;
  if (total === 0) {
    return section('failures', 'Failures', 'Every photograph could be read', aside);
  }
  const found = report.counts.found ?? null;
  const title = `${count(total)}${found === null ? '' : ` of ${count(found)}`} ${
    total === 1 && found === null ? 'file' : 'files'
  } could not be read`;
  return section(
    'failures',
    'Failures',
    title,
    aside,
    h(
      'ul',
      { class: 'kinds' },
      ...kinds.map(({ stage, kind, count: n }) =>
        h(
          'li',
          {},
          h('strong', {}, count(n)),
          ` ${kind.replaceAll('_', ' ')} `,
          h('span', {}, `while trying to ${stage}`),
        ),
      ),
    ),
    scrollBox(
      'Files that could not be read',
      plainTable(
        'Files that could not be read',
        ['File', 'Stage', 'Kind', 'Why'],
        rows.map(({ path, stage, kind, message }) => [
          path,
          stage,
          kind.replaceAll('_', ' '),
          message,
        ]),
      ),
    ),
    rows.length < total
      ? h(
          'p',
          { class: 'note' },
          `The first ${count(rows.length)} are shown; failures.csv holds all.`,
        )
      : null,
  );
}
