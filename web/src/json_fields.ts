// SPDX-License-Identifier: Apache-2.0
// What stands in JSON of any shape, as the kind of value it should be: null or empty where it is not.

export type Interval = readonly [number, number];
export type Fields = Record<string, unknown>;

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function count(value: unknown): number {
  return number(value) ?? 0;
}

export function numbers(value: unknown): number[] {
  return list(value).map(count);
}

export function interval(value: unknown): Interval | null {
  const [low, high] = list(value).map(number);
  return typeof low === 'number' && typeof high === 'number' ? [low, high] : null;
}
