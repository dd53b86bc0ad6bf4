// SPDX-License-Identifier: Apache-2.0
// Where the time went, stage after stage.
import { h, labelText, plainTable, section } from '../dom.ts';
import type { Look } from '../look.ts';
import { duration, percent } from '../numbers.ts';
import { mount, type Option, quietAxis, tooltip } from '../plot.ts';
import type { Report, Stage } from '../report_data.ts';

const titles: Record<string, string> = {
  scan: 'List the files',
  prepare: 'Prepare the network',
  extract: 'Read, decode, network',
  reduce: 'Scale and reduce',
  train: 'Fit the model',
  evaluate: 'Test the model',
  'cross-validate': 'Cross-validation',
  baselines: 'Baselines',
  reject_option: 'Reject option',
  bundle: 'Write the bundle',
  tsne: 't-SNE',
  report: 'Write this page',
};

export function timeline(report: Report): HTMLElement | null {
  const stages = report.timeline;
  if (stages.length === 0) return null;
  const end = Math.max(report.seconds ?? 0, ...stages.map(({ start, seconds }) => start + seconds));
  const title = finding(stages, end);
  const host = h('div', {
    class: 'plot',
    role: 'img',
    'aria-label': `Timeline of stages. ${title}.`,
  });
  mount(host, {
    height: (_width, look) => Math.round(stages.length * look.fontSize * 2.3 + look.fontSize * 3.4),
    option: (width, look) => gantt(stages, end, width, look),
  });
  return section(
    'time',
    'Where the time went',
    title,
    h('div', { class: 'frame' }, host),
    h(
      'details',
      {},
      h('summary', {}, 'As a table'),
      plainTable(
        'Stages, their start, time and share',
        ['Stage', 'Start', 'Time', 'Share'],
        stages.map((one) => [
          stageTitle(one),
          duration(one.start),
          duration(one.seconds),
          percent(end > 0 ? one.seconds / end : null),
        ]),
        [1, 2, 3],
      ),
    ),
  );
}

function stageTitle({ stage }: Stage): string {
  return titles[stage] ?? labelText(stage);
}

function finding(stages: Stage[], end: number): string {
  const longest = stages.reduce((most, one) => (one.seconds > most.seconds ? one : most));
  const share = end > 0 ? longest.seconds / end : 0;
  const total = duration(end);
  return longest.stage === 'extract'
    ? `${total}, of which ${percent(share, 0)} went to reading photographs and the network`
    : `${total}, of which ${percent(share, 0)} went to “${stageTitle(longest).toLowerCase()}”`;
}

function gantt(stages: Stage[], end: number, width: number, look: Look): Option {
  const names = Math.min(width * 0.42, look.fontSize * 13);
  const numbers = look.fontSize * 5;
  return {
    grid: { left: names, right: numbers, top: 4, bottom: look.fontSize * 2.4 },
    xAxis: {
      type: 'value',
      min: 0,
      max: end,
      ...quietAxis(look),
      splitLine: { lineStyle: { color: look.line }, showMaxLine: false },
      axisLabel: {
        color: look.muted,
        fontSize: look.fontSize,
        hideOverlap: true,
        showMaxLabel: false,
        formatter: (value: number) => duration(value),
      },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: stages.map(stageTitle),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        interval: 0,
        color: look.ink,
        fontSize: look.fontSize,
        width: names - 10,
        overflow: 'truncate',
      },
    },
    tooltip: tooltip(look, ({ dataIndex }: { dataIndex: number }) => {
      const one = stages[dataIndex];
      if (one === undefined) return '';
      return h(
        'div',
        { class: 'card-lines' },
        h('strong', {}, stageTitle(one)),
        h('span', {}, `${duration(one.seconds)} (${percent(end > 0 ? one.seconds / end : null)})`),
        h('span', {}, `from ${duration(one.start)} to ${duration(one.start + one.seconds)}`),
      );
    }),
    series: [
      {
        type: 'bar',
        stack: 'time',
        silent: true,
        itemStyle: { color: 'transparent' },
        data: stages.map(({ start }) => start),
      },
      {
        type: 'bar',
        stack: 'time',
        barCategoryGap: '34%',
        barMinHeight: 2,
        itemStyle: { color: look.accent, borderRadius: 2 },
        data: stages.map(({ seconds }) => seconds),
        label: {
          show: true,
          position: 'right',
          color: look.ink,
          fontSize: look.fontSize,
          formatter: ({ dataIndex }: { dataIndex: number }) => duration(stages[dataIndex]?.seconds),
        },
      },
    ],
  };
}
