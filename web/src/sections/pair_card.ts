// SPDX-License-Identifier: Apache-2.0
// A pair of classes that are taken for each other, with photographs of both.
import { h, labelText, picture } from '../dom.ts';
import { count, counted, percent } from '../numbers.ts';
import type { Pair } from '../report_data.ts';

export function pairCard(
  pair: Pair,
  support: number | null,
  showOnMap: ((labels: string[]) => void) | null,
): HTMLElement {
  const truth = labelText(pair.truth);
  const prediction = labelText(pair.prediction);
  const rate = pair.rate === null ? '' : ` (${percent(pair.rate, 0)})`;
  const side = (caption: string, photos: HTMLElement[]) =>
    photos.length === 0
      ? null
      : h('figure', {}, h('div', { class: 'photos' }, ...photos), h('figcaption', {}, caption));
  return h(
    'li',
    { class: 'pair' },
    h('h4', {}, truth, h('span', {}, ' taken for '), prediction),
    h(
      'div',
      { class: 'share' },
      h(
        'p',
        {},
        support === null
          ? `${counted(pair.count, 'photograph')}${rate}`
          : `${count(pair.count)} of ${counted(support, 'photograph')}${rate}`,
      ),
      showOnMap === null
        ? null
        : h(
            'button',
            {
              type: 'button',
              class: 'quiet',
              'aria-label': `Show on the t-SNE plot: ${truth} and ${prediction}`,
              onclick: () => showOnMap([pair.truth, pair.prediction]),
            },
            'Show on the t-SNE plot',
          ),
    ),
    h(
      'div',
      { class: 'side-by-side' },
      side(
        `${truth}, named wrong`,
        pair.examples.map(({ jpeg, path, probability }) => {
          const sure = probability === null ? '' : `, ${percent(probability, 0)} sure`;
          const framed = picture(jpeg, `${path}${sure}`, 64);
          framed.title = `${path}${sure}`;
          return framed;
        }),
      ),
      side(
        `${prediction}, learned from`,
        pair.lookalikes.map(({ jpeg, path }) => {
          const framed = picture(jpeg, path, 64);
          framed.title = path;
          return framed;
        }),
      ),
    ),
  );
}
