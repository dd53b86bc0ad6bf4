// SPDX-License-Identifier: Apache-2.0
// The two-dimensional map of the features: every mark is a photograph.
import { h, labelText, picture, section } from '../dom.ts';
import { assignMarks, neighboursAgree } from '../findings.ts';
import type { Look } from '../look.ts';
import { counted, percent } from '../numbers.ts';
import { type Chart, mount, type Option, tooltip } from '../plot.ts';
import type { MapPoint, Report } from '../report_data.ts';
import { type ClassFinder, classFinder, type Mark, shapes } from './class_finder.ts';
import { centre, extents, magnified, nextPoint, type Place, type Range } from './map_geometry.ts';

const colours = 8;
// The series of the plot: photographs of the classes brought out lie over all others.
const faded = 0;
const lit = 1;

export interface MapSection {
  element: HTMLElement;
  /** Brings these classes out and the map into view. */
  show(labels: string[]): void;
}

export function map(report: Report): MapSection | null {
  if (report.map === null) return null;
  const { points, method } = report.map;
  const byLabel = Map.groupBy(points, ({ label }) => label);
  const labels = [...byLabel.keys()].sort();
  const labelled = labels.length > 1;
  const centres = labels.map((label) => centre(byLabel.get(label) ?? []));
  const marks = new Map(
    assignMarks(centres, colours, shapes.length).map((mark, i) => [labels[i] ?? '', mark]),
  );
  let asPhotographs = false;
  let zoom = wholeMap();
  let members: [number[], number[]] = [[], []];
  let current = -1;
  let finder: ClassFinder | null = null;
  const chosen = () => finder?.chosen() ?? null;

  // A few classes brought out get marks that tell them apart at any distance.
  const markOf = (label: string): Mark => {
    const few = chosen();
    const place = few !== null && few.size <= colours ? [...few].sort().indexOf(label) : -1;
    return place >= 0
      ? { colour: place, shape: place % shapes.length }
      : (marks.get(label) ?? { colour: 0, shape: 0 });
  };

  const host = h('div', {
    class: 'plot map',
    role: 'application',
    tabindex: 0,
    'aria-label': `Map of ${counted(points.length, 'photograph')}. Arrow keys go from one to the next.`,
  });
  const spoken = h('p', { class: 'unseen', 'aria-live': 'polite' });

  const option = (width: number, look: Look): Option => {
    const height = mapHeight(width);
    const photographs = asPhotographs && !look.forPrint;
    const size = markSize(width, height, points.length, photographs ? zoom : null);
    members = divide(points, chosen());
    const series = (which: 0 | 1, opacity: number) => ({
      type: 'scatter',
      z: which,
      symbolSize: size,
      emphasis: { scale: 1.6, itemStyle: { opacity: 1, borderColor: look.ink, borderWidth: 1.5 } },
      data: members[which].map((i) => {
        const { x, y, label, jpeg } = points[i] as MapPoint;
        const { colour, shape } = markOf(label);
        return {
          value: [x, y],
          symbol: photographs && jpeg !== null ? `image://${source(jpeg)}` : shapes[shape],
          itemStyle: { color: look.marks[colour], opacity },
        };
      }),
    });
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
        series(faded, 0.13),
        series(lit, photographs ? 1 : 0.85),
        // Photographs speak for themselves, and names would hide them.
        ...(labelled && (!photographs || chosen() !== null)
          ? [names(labels, centres, chosen(), look)]
          : []),
      ],
    };
  };

  const mounted = mount(host, {
    height: mapHeight,
    option,
    canvas: true,
    drawn: (chart) => {
      chart.on('datazoom', () => {
        zoom = readZoom(chart);
      });
    },
  });

  function visit(next: number): void {
    current = next;
    const point = points[next];
    const chart = mounted.chart();
    if (point === undefined || chart === null) return;
    const which = members[lit].includes(next) ? lit : faded;
    const at = { seriesIndex: which, dataIndex: members[which].indexOf(next) };
    chart.dispatchAction({ type: 'downplay' });
    chart.dispatchAction({ type: 'highlight', ...at });
    chart.dispatchAction({ type: 'showTip', ...at });
    spoken.textContent = `${labelText(point.label)}, ${point.split}, ${point.path}`;
  }

  function leave(): void {
    mounted.chart()?.dispatchAction({ type: 'hideTip' });
    mounted.chart()?.dispatchAction({ type: 'downplay' });
  }

  host.addEventListener('keydown', (event) => {
    const pool = members[lit];
    if (event.key === 'Escape') leave();
    const step = steps[event.key];
    if (step === undefined || pool.length === 0) return;
    event.preventDefault();
    visit(pool.includes(current) ? nextPoint(points, pool, current, step) : (pool[0] ?? 0));
  });
  host.addEventListener('focus', () => {
    if (host.matches(':focus-visible')) visit(current >= 0 ? current : (members[lit][0] ?? 0));
  });
  host.addEventListener('blur', leave);

  if (labelled) {
    const counts = new Map(labels.map((label) => [label, byLabel.get(label)?.length ?? 0]));
    finder = classFinder(labels, counts, markOf, () => mounted.redraw());
  }
  const photoSwitch = h('input', {
    type: 'checkbox',
    onchange: () => {
      asPhotographs = photoSwitch.checked;
      mounted.redraw();
    },
  });
  const setZoom = (next: [Range, Range]) => () => {
    zoom = next;
    mounted.redraw();
  };
  const element = section(
    'map',
    'Map of the photographs',
    finding(points, labelled),
    h(
      'p',
      {},
      `Each mark is one of ${counted(points.length, 'photograph')}; ${method || 'a projection'} puts those with similar features close to each other. Distances between far groups mean little.`,
      labelled ? ' Neighbouring classes differ in colour; names stand where there is room.' : '',
    ),
    h(
      'div',
      { class: 'controls' },
      points.some(({ jpeg }) => jpeg !== null)
        ? h('label', { class: 'control' }, photoSwitch, 'Show the photographs themselves')
        : null,
      h(
        'span',
        { class: 'control buttons' },
        zoomButton('Zoom in', '+', () => setZoom(magnified(zoom, 0.6))()),
        zoomButton('Zoom out', '−', () => setZoom(magnified(zoom, 1 / 0.6))()),
        h('button', { type: 'button', onclick: () => setZoom(wholeMap())() }, 'Whole map'),
      ),
    ),
    h(
      'div',
      { class: labelled ? 'map-and-classes' : 'map-and-classes alone' },
      h('div', { class: 'frame' }, host),
      finder?.element,
    ),
    spoken,
  );
  return {
    element,
    show: (wanted) => {
      finder?.choose(wanted);
      element.scrollIntoView({ block: 'start' });
      host.focus({ preventScroll: true });
    },
  };
}

const steps: Record<string, Range> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

function wholeMap(): [Range, Range] {
  return [
    [0, 100],
    [0, 100],
  ];
}

function source(jpeg: string): string {
  return `data:image/jpeg;base64,${jpeg}`;
}

function finding(points: MapPoint[], labelled: boolean): string {
  const agree = labelled ? neighboursAgree(points) : null;
  return agree === null
    ? 'What the network finds alike lies close together'
    : `${percent(agree, 0)} of the photographs lie next to one of their own class`;
}

function zoomButton(name: string, sign: string, onclick: () => void): HTMLElement {
  return h('button', { type: 'button', 'aria-label': name, title: name, onclick }, sign);
}

function mapHeight(width: number): number {
  return Math.round(Math.min(Math.max(width * 0.78, 340), 1000));
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

/** Indices of the points to fade and of those to bring out. */
function divide(points: MapPoint[], chosen: Set<string> | null): [number[], number[]] {
  const members: [number[], number[]] = [[], []];
  for (const [i, { label }] of points.entries()) {
    members[chosen === null || chosen.has(label) ? lit : faded].push(i);
  }
  return members;
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

function readZoom(chart: Chart): [Range, Range] {
  const { dataZoom } = chart.getOption() as { dataZoom?: { start: number; end: number }[] };
  return [0, 1].map((i) => [dataZoom?.[i]?.start ?? 0, dataZoom?.[i]?.end ?? 100]) as [
    Range,
    Range,
  ];
}

/** The names of the classes at their centres, as many as fit. */
function names(labels: string[], centres: Place[], chosen: Set<string> | null, look: Look): object {
  return {
    type: 'scatter',
    z: 3,
    silent: true,
    symbolSize: 0.01,
    data: labels.flatMap((label, i) => {
      const at = centres[i];
      if (at === undefined || (chosen !== null && !chosen.has(label))) return [];
      return [{ name: labelText(label), value: [at.x, at.y] }];
    }),
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

function card({ label, split, path, jpeg }: MapPoint): HTMLElement {
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
