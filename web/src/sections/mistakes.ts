// SPDX-License-Identifier: Apache-2.0
// The confusion matrix, and the pairs of classes it leads to.
import { h, labelText, section } from '../dom.ts';
import { mistakes as countMistakes } from '../findings.ts';
import { count, counted, percent } from '../numbers.ts';
import { mount } from '../plot.ts';
import type { Cell, Pair, Report } from '../report_data.ts';
import { axesOf, confusionPlot, largestSide, most } from './confusion_plot.ts';
import { pairCard } from './pair_card.ts';

export function mistakes(
  report: Report,
  showOnMap: ((labels: string[]) => void) | null,
): HTMLElement | null {
  if (report.labels.length < 2 || report.cells.length === 0) return null;
  const { labels, cells, pairs } = report;
  const totals = countMistakes(cells);
  const wrongCells = cells.filter(({ truth, prediction }) => truth !== prediction);
  const support = new Map<number, number>();
  for (const cell of cells) support.set(cell.truth, (support.get(cell.truth) ?? 0) + cell.count);

  const everything = axesOf(
    labels,
    labels.map((_, i) => i),
  );
  const mistaken = new Set(wrongCells.flatMap(({ truth, prediction }) => [truth, prediction]));
  const onlyMistaken = axesOf(
    labels,
    labels.flatMap((_, i) => (mistaken.has(i) ? [i] : [])),
  );
  let axes = everything;
  let selected: Cell | null = null;

  const host = h('div', {
    class: 'plot matrix',
    role: 'img',
    'aria-label': `Confusion matrix of ${counted(labels.length, 'class', 'classes')}: ${finding(totals)}. The worst pairs are listed beside it.`,
  });
  const status = h('p', { class: 'note', 'aria-live': 'polite' });
  const cards = pairs.map((pair) => pairCard(pair, supportOf(pair), showOnMap));
  const mounted = mount(host, {
    height: (width) => Math.min(width, largestSide),
    option: (width, look) => confusionPlot({ axes, cells, support, selected }, width, look),
    canvas: cells.length > 4000,
    drawn: (chart) => {
      chart.on('click', (event) => {
        const cell = (event.data as { cell?: Cell } | undefined)?.cell;
        if (cell !== undefined) select(cell, /*andGo=*/ true);
      });
    },
  });

  function supportOf(pair: Pair): number | null {
    return support.get(labels.indexOf(pair.truth)) ?? null;
  }

  function select(cell: Cell, andGo: boolean): void {
    selected = cell;
    mounted.redraw();
    status.textContent = sentence(cell, labels, support);
    for (const [i, card] of cards.entries()) {
      const pair = pairs[i];
      const same =
        pair?.truth === labels[cell.truth] && pair?.prediction === labels[cell.prediction];
      card.toggleAttribute('data-selected', same);
      if (same && andGo) card.scrollIntoView({ block: 'nearest' });
    }
  }

  for (const [i, card] of cards.entries()) {
    const pair = pairs[i];
    const cell = wrongCells.find(
      ({ truth, prediction }) =>
        labels[truth] === pair?.truth && labels[prediction] === pair?.prediction,
    );
    if (cell === undefined) continue;
    card.addEventListener('pointerenter', () => select(cell, false));
    card.addEventListener('focusin', () => select(cell, false));
  }

  const narrow = h('input', {
    type: 'checkbox',
    onchange: () => {
      axes = narrow.checked ? onlyMistaken : everything;
      mounted.redraw();
    },
  });
  const worth =
    onlyMistaken.classes.length > 1 && onlyMistaken.classes.length < labels.length * 0.9;
  return section(
    'mistakes',
    'Confusion matrix',
    finding(totals),
    h(
      'p',
      {},
      'A row is what a photograph shows, a column what the model called it. Right answers lie on the diagonal. ',
      pairs.length > 0 ? 'Choose a mark to find its pair beside it.' : '',
    ),
    h(
      'div',
      { class: 'controls' },
      legend(wrongCells),
      worth ? h('label', { class: 'control' }, narrow, 'Only classes with mistakes') : null,
    ),
    h(
      'div',
      { class: 'matrix-and-pairs' },
      h('div', {}, h('div', { class: 'frame' }, host), status),
      pairs.length === 0 ? null : worstPairs(cards),
    ),
  );
}

function legend(wrongCells: Cell[]): HTMLElement {
  return h(
    'span',
    { class: 'legend' },
    h('span', { class: 'scale hits' }),
    `right, 0 to 100${'\u202f'}% of the row`,
    ...(wrongCells.length > 0
      ? [
          h('span', { class: 'scale wrong' }),
          `wrong, 1 to ${counted(most(wrongCells), 'photograph')}, logarithmic`,
        ]
      : []),
  );
}

function worstPairs(cards: HTMLElement[]): HTMLElement {
  return h(
    'div',
    { class: 'pairs-box' },
    h('h3', {}, 'The worst pairs'),
    h(
      'div',
      { class: 'pairs', role: 'region', 'aria-label': 'The worst pairs', tabindex: 0 },
      h('ol', {}, ...cards),
    ),
  );
}

function finding({ wrong, rows, pairs, pairsOfHalf }: ReturnType<typeof countMistakes>): string {
  if (wrong === 0) return `None of ${counted(rows, 'photograph')} named wrong`;
  const total = `${count(wrong)} of ${counted(rows, 'photograph')} named wrong`;
  return pairs >= 4 && pairsOfHalf * 3 <= pairs
    ? `${total}, half of them in ${count(pairsOfHalf)} of ${count(pairs)} pairs`
    : total;
}

function sentence(
  { truth, prediction, count: n }: Cell,
  labels: string[],
  support: Map<number, number>,
): string {
  const rows = support.get(truth) ?? n;
  const shares = `${count(n)} of ${count(rows)} photographs (${percent(n / rows)})`;
  const name = (i: number) => labelText(labels[i] ?? '');
  return truth === prediction
    ? `${name(truth)} named right: ${shares}.`
    : `${name(truth)} taken for ${name(prediction)}: ${shares}.`;
}
