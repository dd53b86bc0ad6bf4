// SPDX-License-Identifier: Apache-2.0
// Does it know when it does not know? Stated probability against what came true.
import { h, plainTable, section } from '../dom.ts';
import { overconfidence } from '../findings.ts';
import type { Look } from '../look.ts';
import { count, counted, percent, points } from '../numbers.ts';
import { mount, type Option, quietAxis, tooltip } from '../plot.ts';
import type { Bin, Report } from '../report_data.ts';
import { countAxis } from './count_axis.ts';

// The share of so few that are right is off by more than a tenth as often as not.
const fewPhotographs = 10;

interface Filled extends Bin {
  confidence: number;
  accuracy: number;
}

export function calibration(report: Report): HTMLElement | null {
  const bins = report.calibration.filter(
    (bin): bin is Filled => bin.count > 0 && bin.confidence !== null && bin.accuracy !== null,
  );
  if (bins.length === 0) return null;
  const error = report.metrics[0]?.calibrationError ?? null;
  const title = finding(bins, error);
  const host = h('div', {
    class: 'plot',
    role: 'img',
    'aria-label': `Calibration curve. ${title}.`,
  });
  mount(host, {
    height: (width) => Math.round(Math.min(Math.max(width * 0.8, 330), 520)),
    option: (width, look) => curve(bins, width, look),
  });
  return section(
    'calibration',
    'Calibration',
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
          'The model gives every answer a probability. Photographs with about the same probability are taken together: on the dashed line it is right as often as it says. Below the line it promises too much, above it is too modest.',
        ),
        h(
          'p',
          {},
          `The bars count photographs. A hollow point stands on fewer than ${fewPhotographs} of them and says little.`,
        ),
        h(
          'details',
          {},
          h('summary', {}, 'As a table'),
          plainTable(
            'Calibration: stated probability, share that was right, photographs',
            ['Stated', 'Right', 'Photographs'],
            bins.map((bin) => [percent(bin.confidence), percent(bin.accuracy), count(bin.count)]),
            [1, 2],
          ),
        ),
      ),
    ),
  );
}

function finding(bins: Filled[], error: number | null): string {
  const gap = overconfidence(bins) ?? 0;
  const off = error === null ? '' : `, off by ${points(error)} on average`;
  if (Math.abs(gap) < 0.005) return `It knows how sure it may be${off}`;
  const degree = Math.abs(gap) < 0.03 ? 'A little too' : Math.abs(gap) < 0.1 ? 'Too' : 'Far too';
  return `${degree} ${gap > 0 ? 'sure of itself' : 'modest'}${off}`;
}

function curve(bins: Filled[], width: number, look: Look): Option {
  const left = look.fontSize * 4.6;
  const narrow = Math.max(4, Math.min(26, ((width - left) / Math.max(bins.length, 10)) * 0.6));
  const share = (text: number) => `${Math.round(text * 100)}`;
  const x = { type: 'value', min: 0, max: 1, containShape: false, ...quietAxis(look) };
  const bars = countAxis(Math.max(...bins.map((bin) => bin.count)));
  return {
    grid: [
      // Both as wide as each other, whatever their labels.
      { left, right: 16, top: 14, bottom: '36%', outerBoundsMode: 'none' },
      { left, right: 16, top: '70%', bottom: look.fontSize * 3.6, outerBoundsMode: 'none' },
    ],
    xAxis: [
      { ...x, gridIndex: 0, axisLabel: { show: false } },
      {
        ...x,
        gridIndex: 1,
        axisLabel: { formatter: share, color: look.muted, fontSize: look.fontSize },
        splitLine: { show: false },
        name: 'stated probability, %',
        nameLocation: 'middle',
        nameGap: look.fontSize * 2.2,
      },
    ],
    yAxis: [
      {
        ...x,
        gridIndex: 0,
        axisLabel: { formatter: share, color: look.muted, fontSize: look.fontSize },
        name: 'right, %',
        nameLocation: 'middle',
        nameGap: look.fontSize * 3,
      },
      {
        type: 'value',
        min: bars.min,
        max: bars.max,
        interval: bars.interval,
        gridIndex: 1,
        ...quietAxis(look),
        axisLabel: {
          formatter: bars.label,
          color: look.muted,
          fontSize: look.fontSize,
          hideOverlap: true,
        },
      },
    ],
    tooltip: tooltip(look, ({ dataIndex }: { dataIndex: number }) => {
      const bin = bins[dataIndex];
      if (bin === undefined) return '';
      return h(
        'div',
        { class: 'card-lines' },
        h('strong', {}, `Stated ${percent(bin.confidence)}`),
        h('span', {}, `right ${percent(bin.accuracy)}`),
        h('span', {}, counted(bin.count, 'photograph')),
      );
    }),
    series: [
      {
        type: 'line',
        data: bins.map((bin) => ({
          value: [bin.confidence, bin.accuracy],
          itemStyle: {
            color: bin.count < fewPhotographs ? look.card : look.accent,
            borderColor: look.accent,
            borderWidth: 2,
          },
        })),
        symbol: 'circle',
        symbolSize: 9,
        lineStyle: { color: look.accent, width: 2 },
        z: 3,
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: look.muted, type: 'dashed', width: 1.2 },
          data: [[{ coord: [0, 0] }, { coord: [1, 1] }]],
        },
      },
      {
        type: 'bar',
        xAxisIndex: 1,
        yAxisIndex: 1,
        barWidth: narrow,
        itemStyle: { color: look.train },
        data: bins.map((bin) => [bin.confidence, bars.place(bin.count)]),
      },
    ],
  };
}
