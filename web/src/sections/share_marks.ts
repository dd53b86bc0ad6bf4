// SPDX-License-Identifier: Apache-2.0
// A share on a line from 0 to 100 %: a dot, its interval as a whisker, and a tick where it should be.
import { h } from '../dom.ts';
import type { Interval } from '../json_fields.ts';
import { percent, percentRange } from '../numbers.ts';

/** The line alone says nothing to who cannot see it: the figures stand beside it. */
function shareLine(share: number, interval: Interval | null, wanted: number | null): HTMLElement {
  return h(
    'span',
    { class: 'share-line', 'aria-hidden': 'true' },
    h('span', { class: 'reach', '--to': share }),
    interval === null
      ? null
      : h('span', { class: 'whisker', '--from': interval[0], '--to': interval[1] }),
    wanted === null ? null : h('span', { class: 'wanted', '--at': wanted }),
    h('span', { class: 'dot', '--at': share }),
  );
}

/** Line, figure and interval of a cell; nothing but a dash where there is no share. */
export function shareMarks(
  share: number | null,
  interval: Interval | null,
  wanted: number | null = null,
): HTMLElement {
  // Earlier versions wrote an interval of no width where there was nothing to draw from.
  const shown = interval !== null && interval[0] < interval[1] ? interval : null;
  if (share === null)
    return h('span', { class: 'share-marks' }, h('span', { class: 'figure' }, '–'));
  return h(
    'span',
    { class: 'share-marks' },
    shareLine(share, shown, wanted),
    h('span', { class: 'figure' }, percent(share)),
    h('span', { class: 'range' }, shown === null ? '' : percentRange(shown)),
  );
}
