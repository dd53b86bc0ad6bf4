// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them. Units stand after a narrow space that does not break.
import type { Interval } from './json_fields.ts';

const space = '\u202f';
const missing = '–';

/** 22688 → "22,688". */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? missing : Math.round(value).toLocaleString('en');
}

/** "1 photograph", "22,688 photographs". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 0.9724 → "97.2". Never rounds an imperfect share to 100, nor a share above nothing to 0. */
function hundredths(share: number, digits: number): string {
  for (let more = digits; more < digits + 4; ++more) {
    const rounded = (share * 100).toFixed(more);
    const whole = Number(rounded);
    if ((whole !== 100 || share >= 1) && (whole !== 0 || share <= 0)) return rounded;
  }
  return (share * 100).toFixed(digits);
}

/** 0.9724 → "97.2 %"; 1 → "100 %". */
export function percent(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined) return missing;
  if (share === 1 || share === 0) return `${share * 100}${space}%`;
  return `${hundredths(share, digits)}${space}%`;
}

/** [0.968, 0.975] → "96.8–97.5 %". */
export function percentRange(interval: Interval | null, digits = 1): string {
  if (interval === null) return missing;
  const [low, high] = interval.map((share) =>
    share === 1 || share === 0 ? String(share * 100) : hundredths(share, digits),
  );
  return low === high ? `${low}${space}%` : `${low}–${high}${space}%`;
}

/** A difference of two shares: 0.143 → "14.3 points". */
export function points(difference: number): string {
  const rounded = Math.abs(difference * 100).toFixed(1);
  return `${rounded} ${rounded === '1.0' ? 'point' : 'points'}`;
}

/** 0.052 → "52 ms", 7.13 → "7.1 s", 71.3 → "71 s", 123 → "2 min 3 s", 3900 → "1 h 5 min". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return missing;
  if (seconds === 0) return `0${space}s`;
  if (seconds < 0.0995) return `${significant(seconds * 1000)}${space}ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)}${space}s`;
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole}${space}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}${space}min ${whole % 60}${space}s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)}${space}h ${minutes % 60}${space}min`;
}

/** Two figures below ten, else whole: 0.047 → "0.047", 3.14 → "3.1", 380.2 → "380". */
export function significant(value: number | null | undefined): string {
  if (value === null || value === undefined) return missing;
  return Math.abs(value) < 10 ? String(Number(value.toPrecision(2))) : count(value);
}

/** 1.3e9 → "1.3 GB". */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return missing;
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    ++unit;
  }
  return `${unit === 0 ? count(scaled) : significant(scaled)}${space}${units[unit]}`;
}

/** "2026-11-21T22:00:00Z" → "21 November 2026, 22:00 UTC"; other text stays. */
export function moment(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const day = at.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
  const clock = at.toLocaleTimeString('en-GB', { timeStyle: 'short', timeZone: 'UTC' });
  return `${day}, ${clock} UTC`;
}
