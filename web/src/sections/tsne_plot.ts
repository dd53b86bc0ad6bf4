// SPDX-License-Identifier: Apache-2.0
// The t-SNE plot: marks or small photographs, the names of the classes, and the part in view.
import { h, labelText, picture } from '../dom.ts';
import type { Look } from '../look.ts';
import { type Chart, type Option, tooltip } from '../plot.ts';
import type { TsnePoint } from '../report_data.ts';
import { type Mark, shapes } from './class_finder.ts';
import { extents, type Place, type Range } from './tsne_geometry.ts';

// The series of the plot: photographs of the classes brought out lie over all others.
export const faded = 0;
export const lit = 1;
/** Indices of the points of both series. */
export type Members = [number[], number[]];

/** What is drawn. */
export interface TsnePlot {
  points: TsnePoint[];
  members: Members;
  markOf(label: string): Mark;
  /** Names and where they stand; none: no names. */
  names: { label: string; at: Place }[];
  /** The part in view, in percent of the whole. */
  zoom: [Range, Range];
  /** Photographs in place of marks. */
  photographs: boolean;
}

export function wholePlot(): [Range, Range] {
  return [
    [0, 100],
    [0, 100],
  ];
}

export function tsneHeight(width: number): number {
  return Math.round(Math.min(Math.max(width * 0.78, 340), 1000));
}

/** Indices of the points to fade and of those to bring out. */
export function divide(points: TsnePoint[], chosen: Set<string> | null): Members {
  const members: Members = [[], []];
  for (const [i, { label }] of points.entries()) {
    members[chosen === null || chosen.has(label) ? lit : faded].push(i);
  }
  return members;
}

export function tsnePlot(view: TsnePlot, width: number, look: Look): Option {
  const { points, members, zoom } = view;
  const height = tsneHeight(width);
  const size = markSize(width, height, points.length, view.photographs ? zoom : null);
  const [x, y] = extents(points, width, height);
  return {
    grid: { left: 0, right: 0, top: 0, bottom: 0 },
    xAxis: { type: 'value', show: false, min: x[0], max: x[1] },
    yAxis: { type: 'value', show: false, min: y[0], max: y[1] },
    dataZoom: [zoomOf({ xAxisIndex: 0 }, zoom[0]), zoomOf({ yAxisIndex: 0 }, zoom[1])],
    tooltip: tooltip(look, (mark: { seriesIndex: number; dataIndex: number }) => {
      const point = points[members[mark.seriesIndex]?.[mark.dataIndex] ?? -1];
      return point === undefined ? '' : card(point);
    }),
    series: [
      marks(view, faded, size, 0.13, look),
      marks(view, lit, size, view.photographs ? 1 : 0.85, look),
      names(view.names, look),
    ],
  };
}

function marks(view: TsnePlot, which: 0 | 1, size: number, opacity: number, look: Look): object {
  return {
    type: 'scatter',
    z: which,
    symbolSize: size,
    emphasis: { scale: 1.6, itemStyle: { opacity: 1, borderColor: look.ink, borderWidth: 1.5 } },
    data: view.members[which].map((i) => {
      const { x, y, label, jpeg } = view.points[i] as TsnePoint;
      const { colour, shape } = view.markOf(label);
      return {
        value: [x, y],
        symbol: view.photographs && jpeg !== null ? `image://${source(jpeg)}` : shapes[shape],
        itemStyle: { color: look.marks[colour], opacity },
      };
    }),
  };
}

function source(jpeg: string): string {
  return `data:image/jpeg;base64,${jpeg}`;
}

/** Photographs (`zoom` given) fill the room they have, marks a part of it. */
function markSize(
  width: number,
  height: number,
  marks: number,
  zoom: [Range, Range] | null,
): number {
  const room = Math.sqrt((width * height) / marks);
  if (zoom === null) return Math.min(Math.max(room * 0.36, 4), 13);
  const [x, y] = zoom;
  const scale = Math.sqrt((100 / (x[1] - x[0])) * (100 / (y[1] - y[0])));
  return Math.min(Math.max(room * 0.95 * scale, 14), 56);
}

function zoomOf(axis: object, [start, end]: Range): object {
  return {
    type: 'inside',
    filterMode: 'none',
    zoomOnMouseWheel: 'ctrl',
    moveOnMouseMove: true,
    moveOnMouseWheel: false,
    preventDefaultMouseMove: false,
    ...axis,
    start,
    end,
  };
}

export function readZoom(chart: Chart): [Range, Range] {
  const { dataZoom } = chart.getOption() as { dataZoom?: { start: number; end: number }[] };
  return [0, 1].map((i) => [dataZoom?.[i]?.start ?? 0, dataZoom?.[i]?.end ?? 100]) as [
    Range,
    Range,
  ];
}

/** The names of the classes at their centres, as many as fit. */
function names(shown: TsnePlot['names'], look: Look): object {
  return {
    type: 'scatter',
    z: 3,
    silent: true,
    symbolSize: 0.01,
    data: shown.map(({ label, at }) => ({ name: labelText(label), value: [at.x, at.y] })),
    tooltip: { show: false },
    label: {
      show: true,
      position: 'inside',
      formatter: ({ name }: { name: string }) => name,
      width: 130,
      overflow: 'truncate',
      color: look.ink,
      fontSize: look.fontSize * 0.92,
      fontWeight: 600,
      textBorderColor: look.card,
      textBorderWidth: 3,
      minMargin: 5,
    },
    labelLayout: { hideOverlap: true },
  };
}

function card({ label, split, path, jpeg }: TsnePoint): HTMLElement {
  return h(
    'div',
    { class: 'photo-card' },
    picture(jpeg, '', 96),
    h(
      'div',
      {},
      h('strong', {}, labelText(label)),
      h('span', {}, split === 'test' ? 'test photograph' : 'training photograph'),
      h('span', { class: 'path' }, path),
    ),
  );
}
