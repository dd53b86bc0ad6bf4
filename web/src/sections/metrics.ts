// SPDX-License-Identifier: Apache-2.0
// Metrics of each evaluation protocol side by side, each with its interval, what it means and what it does not.
import { h, section } from '../dom.ts';
import { count, counted, percent, percentRange, points, significant } from '../numbers.ts';
import type { Metrics, Report } from '../report_data.ts';
import { leaks } from './leaks.ts';

export function metrics(report: Report): HTMLElement | null {
  const list = report.metrics.filter(({ accuracy }) => accuracy !== null);
  if (list.length === 0) return null;
  return section(
    'metrics',
    'Metrics',
    finding(list),
    h('ol', { class: 'metrics' }, ...list.map(row)),
    leaks(report),
  );
}

function finding(list: Metrics[]): string {
  const [main] = list;
  const other = (key: string) => list.find((one) => one.key === key)?.accuracy ?? null;
  const accuracy = main?.accuracy ?? 0;
  const byGroup = other('by_group');
  const ungrouped = other('ungrouped');
  const pixels = other('pixels');
  if (byGroup !== null && byGroup < accuracy) {
    return `Split by group, the accuracy falls from ${percent(accuracy)} to ${percent(byGroup)}`;
  }
  if (ungrouped !== null && ungrouped > accuracy) {
    return `Groups on both sides would have made it look like ${percent(ungrouped)}`;
  }
  if (pixels !== null) {
    const gain = accuracy - pixels;
    return gain > 0
      ? `${points(gain)} better than comparing pixels`
      : `No better than comparing pixels, which reaches ${percent(pixels)}`;
  }
  return main !== undefined && crossValidated(main)
    ? `${percent(accuracy)} of the photographs named right by fits that had not seen them`
    : `${percent(accuracy)} of the test photographs named right`;
}

/** Of training photographs, each judged by a fit on others. */
export function crossValidated(one: Metrics): boolean {
  return one.key.startsWith('cross_validated');
}

function row(one: Metrics, index: number): HTMLElement {
  const accuracy = one.accuracy ?? 0;
  const interval = one.accuracyInterval;
  return h(
    'li',
    { class: index === 0 ? 'main' : null, 'data-metrics': one.key },
    h(
      'div',
      { class: 'words' },
      h('h3', {}, one.title || one.key),
      one.explanation === '' ? null : h('p', {}, one.explanation),
    ),
    h(
      'p',
      { class: 'value' },
      h('span', { class: 'figure' }, percent(accuracy)),
      interval === null ? null : h('span', { class: 'range' }, percentRange(interval)),
    ),
    h(
      'div',
      { class: 'strip', 'aria-hidden': 'true' },
      h('span', { class: 'reach', '--to': accuracy }),
      interval === null
        ? null
        : h('span', { class: 'band', '--from': interval[0], '--to': interval[1] }),
      h('span', { class: 'dot', '--at': accuracy }),
      ...[0, 25, 50, 75, 100].map((tick) =>
        h('span', { class: 'tick', '--at': tick / 100 }, `${tick}`),
      ),
    ),
    h('ul', { class: 'small-print' }, ...smallPrint(one).map((line) => h('li', {}, line))),
  );
}

function smallPrint(one: Metrics): string[] {
  const lines: string[] = [];
  const range = (interval: Metrics['top3Interval']) =>
    interval === null ? '' : ` (${percentRange(interval)})`;
  const validated = crossValidated(one);
  if (one.rows !== null) {
    lines.push(
      validated
        ? `${counted(one.rows, 'photograph')}, cross-validated`
        : counted(one.rows, 'test photograph'),
    );
  }
  if (one.trainRows !== null && !validated) {
    lines.push(`${count(one.trainRows)} to learn from`);
  }
  if (one.unknownLabelRows > 0) {
    lines.push(`${count(one.unknownLabelRows)} of classes never learned, counted as wrong`);
  }
  if (one.top3 !== null)
    lines.push(`among the first three ${percent(one.top3)}${range(one.top3Interval)}`);
  if (one.macroF1 !== null)
    lines.push(`macro F1 ${percent(one.macroF1)}${range(one.macroF1Interval)}`);
  if (one.logLoss !== null) lines.push(`log loss ${significant(one.logLoss)}`);
  if (one.calibrationError !== null) {
    lines.push(`calibration error ${percent(one.calibrationError)}`);
  }
  return lines;
}
