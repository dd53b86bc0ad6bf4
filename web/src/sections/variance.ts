// SPDX-License-Identifier: Apache-2.0
// How much of the features the chosen components keep.
import { h, plainTable, section } from '../dom.ts';
import { componentsFor, cumulative } from '../findings.ts';
import type { Look } from '../look.ts';
import { count, counted, percent } from '../numbers.ts';
import { mount, type Option, quietAxis, tooltip } from '../plot.ts';
import type { Report } from '../report_data.ts';

const milestones = [0.5, 0.8, 0.9, 0.95, 0.99];

export function variance(report: Report): HTMLElement | null {
  const { pca } = report;
  if (pca === null) return null;
  const spectrum = pca.spectrum.length > 0 ? pca.spectrum : pca.ratios;
  if (spectrum.length === 0) return null;
  const sums = cumulative(spectrum);
  const kept = pca.total ?? sums[pca.components - 1] ?? null;
  const title = `${count(pca.components)} of ${counted(spectrum.length, 'component')} keep ${percent(kept)} of the variance`;
  const host = h('div', {
    class: 'plot',
    role: 'img',
    'aria-label': `Explained variance. ${title}.`,
  });
  mount(host, {
    height: (width) => Math.round(Math.min(Math.max(width * 0.62, 280), 420)),
    option: (_width, look) => curve(sums, spectrum, pca.components, kept, look),
  });
  const needed = componentsFor(spectrum, milestones);
  return section(
    'variance',
    'Explained variance',
    title,
    h(
      'div',
      { class: 'plot-and-words' },
      h('div', { class: 'frame' }, host),
      h(
        'div',
        {},
        h(
          'p',
          {},
          'PCA turns the features into components that are not correlated, the one with the most variance first. ',
          pca.scaled
            ? 'Every feature was scaled to unit variance before.'
            : 'The features were not scaled before.',
        ),
        plainTable(
          'Components needed for a share of the variance',
          ['Variance kept', 'Components'],
          milestones.map((share, i) => [
            percent(share, 0),
            needed[i] === null || needed[i] === undefined
              ? `more than ${count(spectrum.length)}`
              : count(needed[i]),
          ]),
          [1],
        ),
      ),
    ),
  );
}

function curve(
  sums: number[],
  spectrum: number[],
  chosen: number,
  kept: number | null,
  look: Look,
): Option {
  const line = sums.map((sum, i) => [i + 1, sum]);
  const atChosen = sums[Math.min(chosen, sums.length) - 1] ?? 0;
  return {
    grid: { left: look.fontSize * 4.4, right: 20, top: 16, bottom: look.fontSize * 4 },
    xAxis: {
      type: sums.length > 12 ? 'log' : 'value',
      min: 1,
      max: Math.max(sums.length, 2),
      ...quietAxis(look),
      splitLine: { show: false },
      axisLabel: {
        color: look.muted,
        fontSize: look.fontSize,
        formatter: (value: number) => (Number.isInteger(value) ? count(value) : ''),
        showMaxLabel: true,
        hideOverlap: true,
      },
      name: 'components',
      nameLocation: 'middle',
      nameGap: look.fontSize * 2.4,
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: 1,
      ...quietAxis(look),
      axisLabel: {
        color: look.muted,
        fontSize: look.fontSize,
        formatter: (value: number) => `${Math.round(value * 100)}`,
      },
      name: 'variance kept, %',
      nameLocation: 'middle',
      nameGap: look.fontSize * 2.9,
    },
    tooltip: {
      ...tooltip(look, ([first]: { dataIndex: number }[]) => {
        const at = first?.dataIndex ?? 0;
        return h(
          'div',
          { class: 'card-lines' },
          h('strong', {}, counted(at + 1, 'component')),
          h('span', {}, `keep ${percent(sums[at])}`),
          h('span', {}, `the last adds ${percent(spectrum[at], 2)}`),
        );
      }),
      trigger: 'axis',
      axisPointer: {
        type: 'line',
        snap: true,
        lineStyle: { color: look.muted },
        label: { show: false },
      },
    },
    series: [
      {
        type: 'line',
        showSymbol: false,
        data: line,
        lineStyle: { color: look.accent, width: 2.5 },
        itemStyle: { color: look.accent },
        markLine: {
          silent: true,
          symbol: ['none', 'circle'],
          symbolSize: 9,
          lineStyle: { color: look.ink, type: 'solid', width: 1 },
          label: {
            position: atChosen > 0.5 ? 'insideMiddleTop' : 'middle',
            rotate: 0,
            align: 'right',
            padding: [0, 10, 0, 0],
            color: look.ink,
            fontSize: look.fontSize,
            fontWeight: 600,
            lineHeight: look.fontSize * 1.4,
            formatter: () => `k = ${count(chosen)}\n${percent(kept)}`,
          },
          data: [[{ coord: [chosen, 0] }, { coord: [chosen, atChosen] }]],
        },
      },
      {
        type: 'line',
        showSymbol: false,
        silent: true,
        data: line.slice(0, chosen),
        lineStyle: { width: 0 },
        areaStyle: { color: look.accent, opacity: 0.14 },
        tooltip: { show: false },
      },
    ],
  };
}
