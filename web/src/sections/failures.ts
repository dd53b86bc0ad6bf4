// SPDX-License-Identifier: Apache-2.0
// What could not be read, and why.
import { h, plainTable, scrollBox, section } from '../dom.ts';
import { count } from '../numbers.ts';
import type { FileGroup, Report } from '../report_data.ts';
import { extensionText, skippedFiles } from './not_used.ts';

export function failures(report: Report): HTMLElement {
  const { total, kinds, rows } = report.failures;
  const aside = skippedFiles(report);
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
          h('span', {}, `while trying to ${stage}${extensionsOf(report.notUsed, kind)}`),
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

function extensionsOf(groups: FileGroup[], kind: string): string {
  const group = groups.find(({ status, reason }) => status === 'failed' && reason === kind);
  return group === undefined || group.extensions.length === 0 ? '' : `: ${extensionText(group)}`;
}
