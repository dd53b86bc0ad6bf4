// SPDX-License-Identifier: Apache-2.0
// How many photographs each class has, and a few of them to look at.
import { h, labelText, picture, section } from '../dom.ts';
import type { Look } from '../look.ts';
import { count, counted } from '../numbers.ts';
import { mount, type Option, quietAxis, tooltip } from '../plot.ts';
import type { ClassCount, Report } from '../report_data.ts';

// Beyond this no name can be read; the table of classes holds them all.
const namedClasses = 400;

export function photographs(report: Report): HTMLElement | null {
  const classes = report.classCounts
    .filter(({ train, test }) => train + test > 0)
    .toSorted((a, b) => b.train + b.test - (a.train + a.test));
  if (classes.length === 0) return null;
  const host = h('div', { class: 'plot', role: 'img', 'aria-label': finding(classes) });
  const named = classes.length <= namedClasses;
  mount(
    host,
    named
      ? {
          height: (width, look) => barsHeight(classes.length, width, look),
          option: (width, look) => bars(classes, width, look),
        }
      : { height: () => 260, option: (_width, look) => profile(classes, look) },
  );
  const sheet = report.sheet.filter(({ photos }) => photos.some(({ jpeg }) => jpeg !== null));
  return section(
    'photographs',
    'Photographs per class',
    finding(classes),
    h(
      'p',
      { class: 'legend' },
      h('span', { class: 'swatch train' }),
      'to learn from ',
      h('span', { class: 'swatch test' }),
      'to test on',
    ),
    scrollBoxOnPhones(host, named && classes.length > 30),
    sheet.length === 0 ? null : contactSheet(sheet),
  );
}

/** Where a screen holds one column of names, many of them scroll in their own box. */
function scrollBoxOnPhones(host: HTMLElement, many: boolean): HTMLElement {
  return many
    ? h(
        'div',
        { class: 'frame tall', role: 'region', 'aria-label': 'Photographs per class', tabindex: 0 },
        host,
      )
    : h('div', { class: 'frame' }, host);
}

function finding(classes: ClassCount[]): string {
  const total = classes.reduce((sum, { train, test }) => sum + train + test, 0);
  const most = classes[0];
  const fewest = classes.at(-1);
  if (most === undefined || fewest === undefined || classes.length === 1) {
    return `${counted(total, 'photograph')}, all in one folder`;
  }
  const [low, high] = [fewest.train + fewest.test, most.train + most.test];
  return low === high
    ? `${counted(classes.length, 'class', 'classes')} of ${count(high)} photographs each`
    : `${counted(classes.length, 'class', 'classes')} of ${count(low)} to ${count(high)} photographs`;
}

function layout(
  classes: number,
  width: number,
  look: Look,
): { columns: number; rows: number; step: number } {
  const wanted = classes <= 16 ? 1 : Math.floor(width / (look.forPrint ? 220 : 290));
  const columns = Math.min(Math.max(wanted, 1), 5, classes);
  return {
    columns,
    rows: Math.ceil(classes / columns),
    step: look.forPrint ? 13.5 : Math.round(look.fontSize * 1.45),
  };
}

function barsHeight(classes: number, width: number, look: Look): number {
  const { rows, step } = layout(classes, width, look);
  return Math.ceil(rows * step) + 4;
}

/** Bars with their names, largest first, in as many columns as fit; one scale for all. */
function bars(classes: ClassCount[], width: number, look: Look): Option {
  const { columns, rows, step } = layout(classes.length, width, look);
  const gap = 28;
  const column = (width - gap * (columns - 1)) / columns;
  const longest = Math.max(...classes.map(({ label }) => labelText(label).length));
  const fontSize = look.forPrint ? 9.5 : look.fontSize;
  const names = Math.min(column * 0.48, longest * fontSize * 0.58 + 8);
  const most = Math.max(...classes.map(({ train, test }) => train + test));
  const numbers = count(most).length * fontSize * 0.6 + 12;
  const parts = Array.from({ length: columns }, (_, i) => classes.slice(i * rows, (i + 1) * rows));
  const series = (i: number, part: ClassCount[], side: 'train' | 'test') => ({
    type: 'bar',
    stack: `column ${i}`,
    xAxisIndex: i,
    yAxisIndex: i,
    barCategoryGap: '26%',
    itemStyle: { color: look[side] },
    data: part.map((one) => one[side]),
    label:
      side === 'test'
        ? {
            show: true,
            position: 'right',
            color: look.muted,
            fontSize,
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const one = part[dataIndex];
              return one === undefined ? '' : count(one.train + one.test);
            },
          }
        : { show: false },
  });
  return {
    grid: parts.map((part, i) => ({
      left: i * (column + gap) + names,
      width: column - names - numbers,
      top: 0,
      height: part.length * step,
    })),
    xAxis: parts.map((_, i) => ({ gridIndex: i, type: 'value', show: false, min: 0, max: most })),
    yAxis: parts.map((part, i) => ({
      gridIndex: i,
      type: 'category',
      inverse: true,
      data: part.map(({ label }) => labelText(label)),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        interval: 0,
        color: look.ink,
        fontSize,
        width: names - 8,
        overflow: 'truncate',
        margin: 8,
      },
    })),
    tooltip: tooltip(
      look,
      ({ seriesIndex, dataIndex }: { seriesIndex: number; dataIndex: number }) => {
        const one = parts[Math.floor(seriesIndex / 2)]?.[dataIndex];
        return one === undefined ? '' : classCard(one);
      },
    ),
    series: parts.flatMap((part, i) => [series(i, part, 'train'), series(i, part, 'test')]),
  };
}

/** The sizes alone, largest first. */
function profile(classes: ClassCount[], look: Look): Option {
  const area = (side: 'train' | 'test') => ({
    type: 'line',
    stack: 'all',
    symbol: 'none',
    step: 'middle',
    lineStyle: { width: 0 },
    areaStyle: { color: look[side], opacity: 1 },
    data: classes.map((one, i) => [i + 1, one[side]]),
  });
  return {
    grid: { left: 8, right: 12, top: 12, bottom: 32, containLabel: true },
    xAxis: {
      type: 'value',
      min: 1,
      max: classes.length,
      name: 'class, largest first',
      nameLocation: 'middle',
      nameGap: 28,
      ...quietAxis(look),
      splitLine: { show: false },
    },
    yAxis: { type: 'value', ...quietAxis(look) },
    tooltip: {
      ...tooltip(look, ([first]: { dataIndex: number }[]) => {
        const one = classes[first?.dataIndex ?? -1];
        return one === undefined ? '' : classCard(one);
      }),
      trigger: 'axis',
    },
    series: [area('train'), area('test')],
  };
}

function classCard({ label, train, test, failed }: ClassCount): HTMLElement {
  return h(
    'div',
    { class: 'card-lines' },
    h('strong', {}, labelText(label)),
    h('span', {}, `${count(train)} to learn from`),
    h('span', {}, `${count(test)} to test on`),
    failed > 0 ? h('span', {}, `${count(failed)} could not be read`) : null,
  );
}

function contactSheet(sheet: Report['sheet']): HTMLElement {
  return h(
    'div',
    { class: 'contact-sheet', id: 'contact-sheet' },
    h('h3', {}, 'Contact sheet'),
    h(
      'ul',
      {},
      ...sheet.map(({ label, photos }) =>
        h(
          'li',
          {},
          h(
            'figure',
            {},
            h(
              'div',
              { class: 'photos' },
              ...photos.map(({ jpeg, path }) => picture(jpeg, fileName(path))),
            ),
            h('figcaption', { title: label }, labelText(label)),
          ),
        ),
      ),
    ),
  );
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
