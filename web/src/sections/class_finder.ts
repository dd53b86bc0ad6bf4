// SPDX-License-Identifier: Apache-2.0
// The classes of the t-SNE plot: its legend, a search, and a choice of those to bring out.
import { h, labelText } from '../dom.ts';
import { counted } from '../numbers.ts';

export interface Mark {
  colour: number;
  shape: number;
}

// Names of the plotting library, and the same in a box of 10 × 10.
export const shapes = ['circle', 'triangle', 'rect', 'diamond'];
const outlines = [
  'M5 0.6a4.4 4.4 0 1 1 0 8.8a4.4 4.4 0 1 1 0-8.8z',
  'M5 0.8L9.6 9.2H0.4z',
  'M1 1H9V9H1z',
  'M5 0.2L9.8 5L5 9.8L0.2 5z',
];

export interface ClassFinder {
  element: HTMLElement;
  /** The labels to bring out; null: all. */
  chosen(): Set<string> | null;
  choose(labels: string[]): void;
}

/** Labels that hold any of the words between commas; null when nothing is asked for. */
export function matching(labels: string[], query: string): Set<string> | null {
  const words = query
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '');
  if (words.length === 0) return null;
  return new Set(
    labels.filter((label) => {
      const low = labelText(label).toLowerCase();
      return words.some((word) => low.includes(word));
    }),
  );
}

export function classFinder(
  labels: string[],
  counts: Map<string, number>,
  markOf: (label: string) => Mark,
  changed: () => void,
): ClassFinder {
  const picked = new Set<string>();
  const status = h('output', { class: 'note', for: 'tsne-search' });
  const search = h('input', {
    id: 'tsne-search',
    type: 'search',
    placeholder: `such as ${labelText(labels[Math.floor(labels.length / 2)] ?? '')}`,
    autocomplete: 'off',
    oninput: () => {
      picked.clear();
      update();
    },
  });
  const buttons = new Map(
    labels.map((label) => [
      label,
      h(
        'button',
        {
          type: 'button',
          'aria-pressed': 'false',
          onclick: () => {
            if (!picked.delete(label)) picked.add(label);
            update();
          },
        },
        h('span', { class: 'mark' }),
        h('span', {}, labelText(label)),
        h('span', {}, String(counts.get(label) ?? 0)),
      ),
    ]),
  );
  const clear = h(
    'button',
    { type: 'button', class: 'quiet', onclick: () => choose([]) },
    'Show all classes',
  );

  const chosen = (): Set<string> | null =>
    picked.size > 0 ? picked : matching(labels, search.value);

  function update(): void {
    const found = matching(labels, search.value);
    const lit = chosen();
    for (const [label, button] of buttons) {
      button.setAttribute('aria-pressed', String(lit?.has(label) ?? false));
      button.parentElement?.toggleAttribute(
        'hidden',
        found !== null && !found.has(label) && !picked.has(label),
      );
      button.firstElementChild?.replaceChildren(swatch(markOf(label)));
    }
    clear.hidden = lit === null;
    const photographs = [...(lit ?? labels)].reduce(
      (sum, label) => sum + (counts.get(label) ?? 0),
      0,
    );
    status.textContent = `${counted(lit?.size ?? labels.length, 'class', 'classes')}, ${counted(photographs, 'photograph')}`;
    changed();
  }

  function choose(wanted: string[]): void {
    picked.clear();
    search.value = '';
    for (const label of wanted) if (buttons.has(label)) picked.add(label);
    update();
    const first = buttons.get(labels.find((label) => picked.has(label)) ?? '');
    if (first !== undefined) list.scrollTop = first.offsetTop - list.offsetTop - 8;
  }

  const list = h('ul', {}, ...[...buttons.values()].map((button) => h('li', {}, button)));
  const element = h(
    'div',
    { class: 'finder' },
    h('label', { for: 'tsne-search' }, 'Bring out classes'),
    search,
    status,
    list,
    clear,
  );
  update();
  return { element, chosen, choose };
}

function swatch({ colour, shape }: Mark): SVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 10 10');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', outlines[shape] ?? '');
  path.style.fill = `var(--mark-${colour + 1})`;
  svg.append(path);
  return svg;
}
