// SPDX-License-Identifier: Apache-2.0
// The t-SNE plot of the features: every mark is a photograph.
import { h, section } from '../dom.ts';
import { assignMarks, neighboursAgree } from '../findings.ts';
import { counted, percent } from '../numbers.ts';
import { mount } from '../plot.ts';
import type { Report, TsnePoint } from '../report_data.ts';
import { type ClassFinder, classFinder, type Mark, shapes } from './class_finder.ts';
import { centre, magnified, type Range } from './tsne_geometry.ts';
import { walkByKeyboard } from './tsne_keyboard.ts';
import { divide, type Members, readZoom, tsneHeight, tsnePlot, wholePlot } from './tsne_plot.ts';

const colours = 8;

export interface TsneSection {
  element: HTMLElement;
  /** Brings these classes out and the plot into view. */
  show(labels: string[]): void;
}

export function tsne(report: Report): TsneSection | null {
  if (report.tsne === null) return null;
  const { points, method } = report.tsne;
  const byLabel = Map.groupBy(points, ({ label }) => label);
  const labels = [...byLabel.keys()].sort();
  const labelled = labels.length > 1;
  const centres = labels.map((label) => ({ label, at: centre(byLabel.get(label) ?? []) }));
  let asPhotographs = false;
  let zoom = wholePlot();
  let members: Members = [[], []];
  let finder: ClassFinder | null = null;
  const chosen = () => finder?.chosen() ?? null;
  const markOf = marksByLabel(centres, chosen);

  const host = h('div', {
    class: 'plot tsne',
    role: 'application',
    tabindex: 0,
    'aria-label': `t-SNE plot of ${counted(points.length, 'photograph')}. Arrow keys go from one to the next.`,
  });
  const mounted = mount(host, {
    height: tsneHeight,
    option: (width, look) => {
      const few = chosen();
      const photographs = asPhotographs && !look.forPrint;
      members = divide(points, few);
      // Photographs speak for themselves, and names would hide them.
      const named = labelled && (!photographs || few !== null);
      const names = named ? centres.filter(({ label }) => few?.has(label) ?? true) : [];
      return tsnePlot({ points, members, markOf, names, zoom, photographs }, width, look);
    },
    canvas: true,
    drawn: (chart) => {
      chart.on('datazoom', () => {
        zoom = readZoom(chart);
      });
    },
  });
  const spoken = h('p', { class: 'unseen', 'aria-live': 'polite' });
  walkByKeyboard(
    host,
    spoken,
    points,
    () => members,
    () => mounted.chart(),
  );
  if (labelled) {
    const counts = new Map(labels.map((label) => [label, byLabel.get(label)?.length ?? 0]));
    finder = classFinder(labels, counts, markOf, () => mounted.redraw());
  }
  const controls = plotControls(
    points.some(({ jpeg }) => jpeg !== null),
    (shown) => {
      asPhotographs = shown;
      mounted.redraw();
    },
    (change) => {
      zoom = change(zoom);
      mounted.redraw();
    },
  );
  const element = section(
    'tsne',
    't-SNE plot',
    finding(points, labelled),
    h(
      'p',
      {},
      `Each mark is one of ${counted(points.length, 'photograph')}; ${method || 'a projection'} puts those with similar features close to each other. Distances between far groups mean little.`,
      labelled ? ' Neighbouring classes differ in colour; names stand where there is room.' : '',
    ),
    controls,
    h(
      'div',
      { class: labelled ? 'tsne-and-classes' : 'tsne-and-classes alone' },
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

/** Marks that differ from their neighbours'; a few classes brought out differ at any distance. */
function marksByLabel(
  centres: { label: string; at: { x: number; y: number } }[],
  chosen: () => Set<string> | null,
): (label: string) => Mark {
  const assigned = assignMarks(
    centres.map(({ at }) => at),
    colours,
    shapes.length,
  );
  const marks = new Map(centres.map(({ label }, i) => [label, assigned[i]]));
  return (label) => {
    const few = chosen();
    const place = few !== null && few.size <= colours ? [...few].sort().indexOf(label) : -1;
    return place >= 0
      ? { colour: place, shape: place % shapes.length }
      : (marks.get(label) ?? { colour: 0, shape: 0 });
  };
}

function plotControls(
  withPhotographs: boolean,
  showPhotographs: (shown: boolean) => void,
  changeZoom: (change: (zoom: [Range, Range]) => [Range, Range]) => void,
): HTMLElement {
  const photoSwitch = h('input', {
    type: 'checkbox',
    onchange: () => showPhotographs(photoSwitch.checked),
  });
  const zoomButton = (name: string, sign: string, factor: number) =>
    h(
      'button',
      {
        type: 'button',
        'aria-label': name,
        title: name,
        onclick: () => changeZoom((zoom) => magnified(zoom, factor)),
      },
      sign,
    );
  return h(
    'div',
    { class: 'controls' },
    withPhotographs
      ? h('label', { class: 'control' }, photoSwitch, 'Show the photographs themselves')
      : null,
    h(
      'span',
      { class: 'control buttons' },
      zoomButton('Zoom in', '+', 0.6),
      zoomButton('Zoom out', '−', 1 / 0.6),
      h('button', { type: 'button', onclick: () => changeZoom(wholePlot) }, 'Whole plot'),
    ),
  );
}

function finding(points: TsnePoint[], labelled: boolean): string {
  const agree = labelled ? neighboursAgree(points) : null;
  return agree === null
    ? 'What the network finds alike lies close together'
    : `${percent(agree, 0)} of the photographs lie next to one of their own class`;
}
