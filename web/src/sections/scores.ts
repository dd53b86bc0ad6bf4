// SPDX-License-Identifier: Apache-2.0
// Scores side by side, each with its interval, what it means and what it does not.
import { h, section } from '../dom.ts';
import { count, counted, percent, percentRange, points, significant } from '../numbers.ts';
import type { Report, Score } from '../report_data.ts';

export function scores(report: Report): HTMLElement | null {
  const list = report.scores.filter(({ accuracy }) => accuracy !== null);
  if (list.length === 0) return null;
  return section('scores', 'Scores', finding(list), h('ol', { class: 'scores' }, ...list.map(row)));
}

function finding(list: Score[]): string {
  const [main] = list;
  const other = (key: string) => list.find((score) => score.key === key)?.accuracy ?? null;
  const accuracy = main?.accuracy ?? 0;
  const byGroup = other('by_group');
  const ungrouped = other('ungrouped');
  const pixels = other('pixels');
  if (byGroup !== null && byGroup < accuracy) {
    return `Split by group, the score falls from ${percent(accuracy)} to ${percent(byGroup)}`;
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
export function crossValidated(score: Score): boolean {
  return score.key.startsWith('cross_validated');
}

function row(score: Score, index: number): HTMLElement {
  const accuracy = score.accuracy ?? 0;
  const interval = score.accuracyInterval;
  return h(
    'li',
    { class: index === 0 ? 'main' : null, 'data-score': score.key },
    h(
      'div',
      { class: 'words' },
      h('h3', {}, score.title || score.key),
      score.explanation === '' ? null : h('p', {}, score.explanation),
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
    h('ul', { class: 'small-print' }, ...smallPrint(score).map((line) => h('li', {}, line))),
  );
}

function smallPrint(score: Score): string[] {
  const lines: string[] = [];
  const range = (interval: Score['top3Interval']) =>
    interval === null ? '' : ` (${percentRange(interval)})`;
  const validated = crossValidated(score);
  if (score.rows !== null) {
    lines.push(
      validated
        ? `${counted(score.rows, 'photograph')}, cross-validated`
        : counted(score.rows, 'test photograph'),
    );
  }
  if (score.trainRows !== null && !validated) {
    lines.push(`${count(score.trainRows)} to learn from`);
  }
  if (score.unknownLabelRows > 0) {
    lines.push(`${count(score.unknownLabelRows)} of classes never learned, counted as wrong`);
  }
  if (score.top3 !== null)
    lines.push(`among the first three ${percent(score.top3)}${range(score.top3Interval)}`);
  if (score.macroF1 !== null)
    lines.push(`macro F1 ${percent(score.macroF1)}${range(score.macroF1Interval)}`);
  if (score.logLoss !== null) lines.push(`log loss ${significant(score.logLoss)}`);
  if (score.calibrationError !== null) {
    lines.push(`calibration error ${percent(score.calibrationError)}`);
  }
  return lines;
}
