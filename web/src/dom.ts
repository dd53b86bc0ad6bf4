// SPDX-License-Identifier: Apache-2.0
// Elements from code. Text is always set as text, so that a label or a path can never become markup.

type Attribute = string | number | boolean | null | undefined | ((event: never) => void);
export type Child = Node | string | null | undefined | false;

/** h('button', { class: 'quiet', onclick: act }, 'Show'); false and null leave an attribute out. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') {
      element.addEventListener(key.replace(/^on/, ''), value as EventListener);
    } else if (key.startsWith('--')) {
      element.style.setProperty(key, String(value));
    } else {
      element.setAttribute(key, value === true ? '' : String(value));
    }
  }
  element.append(...children.filter((child) => child instanceof Node || typeof child === 'string'));
  return element;
}

/** How a label is shown: photographs of the root itself have none. */
export function labelText(label: string): string {
  return label === '' ? '(no label)' : label;
}

/** A small photograph, or an empty frame where the page has no picture. */
export function picture(jpeg: string | null, alternative: string, side = 48): HTMLElement {
  if (jpeg === null) {
    return h('span', {
      class: 'photo missing',
      role: 'img',
      'aria-label': `${alternative}, not shown`,
    });
  }
  return h('img', {
    class: 'photo',
    src: `data:image/jpeg;base64,${jpeg}`,
    alt: alternative,
    width: side,
    height: side,
    decoding: 'async',
  });
}

/** A part of the page: what it is, what it found, and the figure. */
export function section(
  id: string,
  kicker: string,
  title: string,
  ...children: Child[]
): HTMLElement {
  return h(
    'section',
    { id, 'aria-labelledby': `${id}-title` },
    h('p', { class: 'kicker' }, kicker),
    h('h2', { id: `${id}-title` }, title),
    ...children,
  );
}

/** A table that scrolls sideways in its own box, reachable by keyboard. */
export function scrollBox(label: string, ...children: Child[]): HTMLElement {
  return h(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': label, tabindex: 0 },
    ...children,
  );
}

/** Rows of text under headings; `numeric` columns are set flush right. */
export function plainTable(
  caption: string,
  headings: string[],
  rows: string[][],
  numeric: number[] = [],
): HTMLTableElement {
  const side = (column: number) => (numeric.includes(column) ? 'number' : null);
  return h(
    'table',
    {},
    h('caption', { class: 'unseen' }, caption),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...headings.map((heading, i) => h('th', { scope: 'col', class: side(i) }, heading)),
      ),
    ),
    h(
      'tbody',
      {},
      ...rows.map((row) =>
        h(
          'tr',
          {},
          ...row.map((cell, i) =>
            i === 0 ? h('th', { scope: 'row' }, cell) : h('td', { class: side(i) }, cell),
          ),
        ),
      ),
    ),
  );
}
