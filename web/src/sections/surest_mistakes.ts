// SPDX-License-Identifier: Apache-2.0
// The photographs named wrong with most confidence, to see what the model, or a label, got wrong.
import { h, labelText, picture, section } from '../dom.ts';
import { percent } from '../numbers.ts';
import type { Report, SurestMistake } from '../report_data.ts';

export function surestMistakes({ surestMistakes: list }: Report): HTMLElement | null {
  const [first] = list;
  if (first === undefined) return null;
  const pictured = list.some(({ jpeg }) => jpeg !== null);
  return section(
    'surest',
    'Worst mistakes',
    finding(first),
    h(
      'p',
      {},
      'Wrong answers to photographs that were not learned from, the surest first; of photographs that belong together, one. ',
      'Where the name seems right after all, look at the label.',
    ),
    pictured ? null : h('p', {}, 'There are no pictures of them: their files are named instead.'),
    h('ol', { class: 'surest' }, ...list.map((mistake) => card(mistake, pictured))),
  );
}

function finding({ truth, prediction, probability }: SurestMistake): string {
  const sure = probability === null ? '' : `, ${percent(probability)} sure`;
  return `Surest of all: ${labelText(truth)} taken for ${labelText(prediction)}${sure}`;
}

function card(mistake: SurestMistake, pictured: boolean): HTMLElement {
  const { path, jpeg, probability, truthProbability } = mistake;
  const [truth, prediction] = [labelText(mistake.truth), labelText(mistake.prediction)];
  return h(
    'li',
    {},
    pictured ? picture(jpeg, path, 96) : null,
    h(
      'div',
      {},
      h('h3', {}, truth, h('span', {}, ' taken for '), prediction),
      h('dl', {}, ...sureness(prediction, probability), ...sureness(truth, truthProbability)),
      pictured ? null : h('p', { class: 'path' }, path),
    ),
  );
}

function sureness(name: string, probability: number | null): HTMLElement[] {
  return probability === null ? [] : [h('dt', {}, name), h('dd', {}, percent(probability))];
}
