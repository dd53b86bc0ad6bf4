// SPDX-License-Identifier: Apache-2.0
// The way over the plot without a mouse: arrow keys go from one photograph to the next, Escape ends.
import { labelText } from '../dom.ts';
import type { Chart } from '../plot.ts';
import type { TsnePoint } from '../report_data.ts';
import { nextPoint, type Range } from './tsne_geometry.ts';
import { faded, lit, type Members } from './tsne_plot.ts';

const steps: Record<string, Range> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** `spoken` is read out to who does not see the plot. */
export function walkByKeyboard(
  host: HTMLElement,
  spoken: HTMLElement,
  points: TsnePoint[],
  members: () => Members,
  chart: () => Chart | null,
): void {
  let current = -1;

  function visit(next: number): void {
    current = next;
    const point = points[next];
    const drawn = chart();
    if (point === undefined || drawn === null) return;
    const which = members()[lit].includes(next) ? lit : faded;
    const at = { seriesIndex: which, dataIndex: members()[which].indexOf(next) };
    drawn.dispatchAction({ type: 'downplay' });
    drawn.dispatchAction({ type: 'highlight', ...at });
    drawn.dispatchAction({ type: 'showTip', ...at });
    spoken.textContent = `${labelText(point.label)}, ${point.split}, ${point.path}`;
  }

  function leave(): void {
    chart()?.dispatchAction({ type: 'hideTip' });
    chart()?.dispatchAction({ type: 'downplay' });
  }

  host.addEventListener('keydown', (event) => {
    const pool = members()[lit];
    if (event.key === 'Escape') leave();
    const step = steps[event.key];
    if (step === undefined || pool.length === 0) return;
    event.preventDefault();
    visit(pool.includes(current) ? nextPoint(points, pool, current, step) : (pool[0] ?? 0));
  });
  host.addEventListener('focus', () => {
    if (host.matches(':focus-visible')) visit(current >= 0 ? current : (members()[lit][0] ?? 0));
  });
  host.addEventListener('blur', leave);
}
