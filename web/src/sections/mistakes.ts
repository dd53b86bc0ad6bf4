// SPDX-License-Identifier: Apache-2.0
// The confusion matrix, and the pairs of classes it leads to.
import { h, labelText, picture, section } from '../dom.ts';
import { mistakes as countMistakes, wordRuns } from '../findings.ts';
import { type Look, ramp } from '../look.ts';
import { count, counted, percent } from '../numbers.ts';
import { mount, type Option, tooltip } from '../plot.ts';
import type { Cell, Pair, Report } from '../report_data.ts';

// With so few classes every row and column is named.
const namedClasses = 30;

interface Axes {
  /** Indices of the classes shown, in order. */
  classes: number[];
  labels: string[];
  place: Map<number, number>;
}

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
    height: (width) => Math.min(width, 860),
    option: (width, look) => matrix(axes, cells, support, selected, width, look),
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
      h(
        'span',
        { class: 'legend' },
        h('span', { class: 'scale hits' }),
        `right, 0 to 100${'\u202f'}% of the row`,
        ...(totals.wrong > 0
          ? [
              h('span', { class: 'scale wrong' }),
              `wrong, 1 to ${counted(most(wrongCells), 'photograph')}, logarithmic`,
            ]
          : []),
      ),
      worth ? h('label', { class: 'control' }, narrow, 'Only classes with mistakes') : null,
    ),
    h(
      'div',
      { class: 'matrix-and-pairs' },
      h('div', {}, h('div', { class: 'frame' }, host), status),
      pairs.length === 0
        ? null
        : h(
            'div',
            { class: 'pairs-box' },
            h('h3', {}, 'The worst pairs'),
            h(
              'div',
              { class: 'pairs', role: 'region', 'aria-label': 'The worst pairs', tabindex: 0 },
              h('ol', {}, ...cards),
            ),
          ),
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

function axesOf(labels: string[], classes: number[]): Axes {
  return {
    classes,
    labels: classes.map((i) => labelText(labels[i] ?? '')),
    place: new Map(classes.map((index, place) => [index, place])),
  };
}

function most(cells: Cell[]): number {
  return cells.reduce((high, cell) => Math.max(high, cell.count), 1);
}

function matrix(
  axes: Axes,
  cells: Cell[],
  support: Map<number, number>,
  selected: Cell | null,
  width: number,
  look: Look,
): Option {
  const size = axes.classes.length;
  const fontSize = look.fontSize * 0.92;
  const longest = Math.max(...axes.labels.map((label) => label.length), 1);
  const margin = Math.min(
    width * 0.3,
    size <= namedClasses ? longest * fontSize * 0.56 + 14 : fontSize * 7,
  );
  const side = Math.min(width, 860) - margin - 6;
  const step = side / size;
  const highest = most(cells.filter(({ truth, prediction }) => truth !== prediction));
  const ticks = tickLabels(axes.labels, step, fontSize);
  const shown = cells.flatMap((cell) => {
    const row = axes.place.get(cell.truth);
    const column = axes.place.get(cell.prediction);
    if (row === undefined || column === undefined || cell.count === 0) return [];
    const hit = row === column;
    const share = cell.count / (support.get(cell.truth) ?? cell.count);
    const colour = hit
      ? ramp(look.hits, share)
      : ramp(look.mistakes, Math.log1p(cell.count - 1) / Math.log1p(Math.max(highest - 1, 1)));
    return [{ value: [column, row, hit ? 0 : 1], cell, itemStyle: { color: colour } }];
  });
  // Wrong answers last, so that nothing covers them.
  shown.sort((a, b) => (a.value[2] ?? 0) - (b.value[2] ?? 0));
  const axis = (rotate: number) => ({
    type: 'value',
    min: 0,
    max: size,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: {
      customValues: ticks.map(({ at }) => at),
      formatter: (at: number) => ticks.find((tick) => Math.abs(tick.at - at) < 1e-6)?.text ?? '',
      color: look.muted,
      fontSize,
      rotate,
      width: margin - 10,
      overflow: 'truncate',
      hideOverlap: false,
      interval: 0,
      margin: 6,
    },
  });
  return {
    grid: {
      left: margin,
      top: margin,
      width: side,
      height: side,
      show: true,
      borderColor: look.line,
    },
    xAxis: { ...axis(90), position: 'top' },
    yAxis: { ...axis(0), inverse: true },
    tooltip: tooltip(look, ({ data }: { data: { cell: Cell } }) =>
      cellCard(data.cell, axes, support),
    ),
    series: [
      {
        type: 'custom',
        data: shown,
        clip: false,
        renderItem: (
          params: { dataIndex: number },
          api: { coord(at: number[]): number[]; visual(name: string): string },
        ) => {
          const item = shown[params.dataIndex];
          const [column = 0, row = 0, wrong = 0] = item?.value ?? [];
          const [x = 0, y = 0] = api.coord([column, row]);
          const gap = step > 8 ? 1 : 0;
          const least = wrong === 1 ? 4 : 2;
          const edge = Math.max(step - gap, least);
          const shift = (step - edge) / 2;
          const isSelected =
            selected !== null &&
            item?.cell.truth === selected.truth &&
            item.cell.prediction === selected.prediction;
          return {
            type: 'rect',
            z2: isSelected ? 10 : wrong,
            shape: { x: x + shift, y: y + shift, width: edge, height: edge, r: edge > 12 ? 2 : 0 },
            style: {
              fill: item?.itemStyle.color,
              stroke: isSelected ? look.ink : undefined,
              lineWidth: isSelected ? 2 : 0,
            },
            emphasis: { style: { stroke: look.ink, lineWidth: 1.5 } },
          };
        },
      },
    ],
  };
}

/** Every name where there is room, else the first words that several neighbours share. */
function tickLabels(
  labels: string[],
  step: number,
  fontSize: number,
): { at: number; text: string }[] {
  if (labels.length <= namedClasses || step >= fontSize * 1.15) {
    const every = Math.ceil((fontSize * 1.1) / step);
    return labels.flatMap((text, i) => (i % every === 0 ? [{ at: i + 0.5, text }] : []));
  }
  let free = 0;
  return wordRuns(labels).flatMap(([first, length, word]) => {
    const at = first + length / 2;
    if (length < 2 || (at - free) * step < fontSize * 0.6) return [];
    free = at + (fontSize * 0.6) / step;
    return [{ at, text: word }];
  });
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

function cellCard(cell: Cell, axes: Axes, support: Map<number, number>): HTMLElement {
  const rows = support.get(cell.truth) ?? cell.count;
  const name = (index: number) => axes.labels[axes.place.get(index) ?? -1] ?? '';
  const right = cell.truth === cell.prediction;
  return h(
    'div',
    { class: 'card-lines' },
    h('strong', {}, name(cell.truth)),
    h('span', {}, right ? 'named right' : `taken for ${name(cell.prediction)}`),
    h(
      'span',
      {},
      `${count(cell.count)} of ${counted(rows, 'photograph')} (${percent(cell.count / rows)})`,
    ),
  );
}

function pairCard(
  pair: Pair,
  support: number | null,
  showOnMap: ((labels: string[]) => void) | null,
): HTMLElement {
  const truth = labelText(pair.truth);
  const prediction = labelText(pair.prediction);
  const rate = pair.rate === null ? '' : ` (${percent(pair.rate, 0)})`;
  const side = (caption: string, photos: HTMLElement[]) =>
    photos.length === 0
      ? null
      : h('figure', {}, h('div', { class: 'photos' }, ...photos), h('figcaption', {}, caption));
  return h(
    'li',
    { class: 'pair' },
    h('h4', {}, truth, h('span', {}, ' taken for '), prediction),
    h(
      'div',
      { class: 'share' },
      h(
        'p',
        {},
        support === null
          ? `${counted(pair.count, 'photograph')}${rate}`
          : `${count(pair.count)} of ${counted(support, 'photograph')}${rate}`,
      ),
      showOnMap === null
        ? null
        : h(
            'button',
            {
              type: 'button',
              class: 'quiet',
              'aria-label': `Show on the map: ${truth} and ${prediction}`,
              onclick: () => showOnMap([pair.truth, pair.prediction]),
            },
            'Show on the map',
          ),
    ),
    h(
      'div',
      { class: 'side-by-side' },
      side(
        `${truth}, named wrong`,
        pair.examples.map(({ jpeg, path, probability }) => {
          const sure = probability === null ? '' : `, ${percent(probability, 0)} sure`;
          const framed = picture(jpeg, `${path}${sure}`, 64);
          framed.title = `${path}${sure}`;
          return framed;
        }),
      ),
      side(
        `${prediction}, learned from`,
        pair.lookalikes.map(({ jpeg, path }) => {
          const framed = picture(jpeg, path, 64);
          framed.title = path;
          return framed;
        }),
      ),
    ),
  );
}
