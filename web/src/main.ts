// SPDX-License-Identifier: Apache-2.0
import './style.css';
import { h } from './dom.ts';
import { startPlots } from './plot.ts';
import { type Report, readReport } from './report_data.ts';
import { calibration } from './sections/calibration.ts';
import { classes } from './sections/classes.ts';
import { failures } from './sections/failures.ts';
import { judgements } from './sections/judgements.ts';
import { metrics } from './sections/metrics.ts';
import { mistakes } from './sections/mistakes.ts';
import { overview } from './sections/overview.ts';
import { photographs } from './sections/photographs.ts';
import { setup } from './sections/setup.ts';
import { surestMistakes } from './sections/surest_mistakes.ts';
import { timeline } from './sections/timeline.ts';
import { tsne } from './sections/tsne.ts';
import { variance } from './sections/variance.ts';

const names: Record<string, string> = {
  metrics: 'Metrics',
  tsne: 't-SNE',
  mistakes: 'Mistakes',
  surest: 'Worst mistakes',
  classes: 'Classes',
  calibration: 'Calibration',
  judgements: 'Judged apart',
  photographs: 'Photographs',
  variance: 'Variance',
  time: 'Time',
  setup: 'Setup',
  failures: 'Failures',
};

/** All below the head of the page. */
function body(report: Report): Node[] {
  const plotted = tsne(report);
  const sections = [
    metrics(report),
    plotted?.element ?? null,
    mistakes(report, plotted === null ? null : plotted.show),
    surestMistakes(report),
    classes(report),
    calibration(report),
    judgements(report),
    photographs(report),
    variance(report),
    timeline(report),
    setup(report),
    failures(report),
  ].filter((part) => part !== null);
  const links = sections.map(({ id }) => h('li', {}, h('a', { href: `#${id}` }, names[id] ?? id)));
  return [
    h('nav', { 'aria-label': 'Sections' }, h('ul', {}, ...links)),
    h('main', { id: 'main', tabindex: -1 }, ...sections),
    foot(report),
  ];
}

/** The answer is on the screen before the figures are built. */
function build(page: HTMLElement, report: Report): void {
  page.replaceChildren(
    h('a', { class: 'skip', href: '#main' }, 'Skip to the figures'),
    overview(report),
  );
  let begun = false;
  const finish = (): void => {
    if (begun) return;
    begun = true;
    page.append(...body(report));
    startPlots();
    if (location.hash.length > 1) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  };
  addEventListener('beforeprint', finish);
  requestAnimationFrame(() => setTimeout(finish));
  setTimeout(finish, 300);
}

function foot(report: Report): HTMLElement {
  return h(
    'footer',
    {},
    report.leftOut.length === 0
      ? null
      : h('ul', {}, ...report.leftOut.map((sentence) => h('li', {}, sentence))),
    h(
      'p',
      {},
      'Written by Pomona. This page is one file: it holds its figures, pictures and script, loads nothing and sends nothing. ',
      'The figures come from metrics.json and run.json beside it.',
    ),
  );
}

/** Folded parts are opened on paper and closed again afterwards. */
function openFoldsForPrint(): void {
  let closed: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll<HTMLDetailsElement>('.folds details:not([open])')];
    for (const fold of closed) fold.open = true;
  });
  addEventListener('afterprint', () => {
    for (const fold of closed) fold.open = false;
  });
}

const data: unknown = JSON.parse(document.getElementById('report-data')?.textContent ?? 'null');
const page = document.getElementById('page') ?? document.body;
if (data === null) {
  page.append(
    h('main', {}, h('h1', {}, 'Pomona report'), h('p', {}, 'This page holds no figures yet.')),
  );
} else {
  build(page, readReport(data));
  openFoldsForPrint();
}
