// SPDX-License-Identifier: Apache-2.0
// Colours and type of the page, read from the style sheet so that they are said once.

export interface Look {
  ink: string;
  muted: string;
  line: string;
  card: string;
  accent: string;
  train: string;
  test: string;
  /** Told apart by people with any colour vision; at least 3:1 on the card. */
  marks: string[];
  /** From few to many mistakes. */
  mistakes: string[];
  /** From few to many right answers. */
  hits: string[];
  font: string;
  fontSize: number;
  forPrint: boolean;
}

export function readLook(): Look {
  const root = document.documentElement;
  const probe = document.createElement('span');
  document.body.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const series = (name: string, size: number): string[] =>
    Array.from({ length: size }, (_, i) => colour(`${name}-${i + 1}`));
  const look = {
    ink: colour('ink'),
    muted: colour('muted'),
    line: colour('line'),
    card: colour('card'),
    accent: colour('accent'),
    train: colour('train'),
    test: colour('test'),
    marks: series('mark', 8),
    mistakes: series('mistake', 3),
    hits: series('hit', 2),
    font: getComputedStyle(document.body).fontFamily,
    fontSize: Math.max(11, Number.parseFloat(getComputedStyle(root).fontSize) * 0.78),
    forPrint: 'print' in root.dataset,
  };
  probe.remove();
  return look;
}

/** The colour at `share` of the way along `stops` ("rgb(r, g, b)" each). */
export function ramp(stops: string[], share: number): string {
  const place = Math.min(Math.max(share, 0), 1) * (stops.length - 1);
  const from = Math.min(Math.floor(place), Math.max(stops.length - 2, 0));
  const parts = (stop: string | undefined) =>
    (stop ?? '')
      .match(/[\d.]+/g)
      ?.slice(0, 3)
      .map(Number) ?? [0, 0, 0];
  const low = parts(stops[from]);
  const high = parts(stops[from + 1] ?? stops[from]);
  const mixed = low.map((value, i) =>
    Math.round(value + ((high[i] ?? value) - value) * (place - from)),
  );
  return `rgb(${mixed.join(', ')})`;
}
