// SPDX-License-Identifier: Apache-2.0
// What ran on what: enough to do it again.
import { type Child, h, section } from '../dom.ts';
import { bytes, count, moment } from '../numbers.ts';
import type { Report } from '../report_data.ts';

type Entries = [string, string][];

const titles: Record<string, string> = {
  bytes: 'size of all files',
  cpu: 'processor',
  memory_bytes: 'memory',
  ok: 'read',
};

export function setup(report: Report): HTMLElement {
  const { machine, backbone, settings } = report;
  const word = (value: unknown): string => plainText(value);
  const title = [
    word(backbone.name) || 'A network',
    word(settings.precision) && `in ${precisionName(word(settings.precision))}`,
    typeof machine.cores === 'number' &&
      `on ${count(machine.cores)} ${machine.cores === 1 ? 'core' : 'cores'}`,
  ].filter((part) => typeof part === 'string' && part !== '');
  return section(
    'setup',
    'What ran on what',
    title.join(' '),
    report.command.length === 0
      ? null
      : h(
          'pre',
          { class: 'command', tabindex: 0, 'aria-label': 'Command' },
          report.command.map(shellWord).join(' '),
        ),
    h(
      'div',
      { class: 'folds' },
      fold('Machine', true, [
        ...entriesOf(machine, { memory_bytes: (value) => bytes(value as number) }),
        ['peak memory', bytes(report.peakMemoryBytes)],
        ['started', moment(report.started)],
      ]),
      fold('Network', true, [...entriesOf(backbone), ...entriesOf(settings)]),
      fold('Data', true, [
        ...entriesOf(report.inputs),
        ...entriesOf(report.counts, { bytes: (value) => bytes(value as number) }),
      ]),
      fold('Model', false, entriesOf(report.classifier ?? {})),
      fold('Options', false, entriesOf(report.options)),
      fold('Versions', false, entriesOf(report.versions)),
    ),
  );
}

function precisionName(precision: string): string {
  return { f32: '32-bit floats', bf16: 'bfloat16' }[precision] ?? precision;
}

function fold(name: string, open: boolean, entries: Entries): Child {
  const shown = entries.filter(([, value]) => value !== '');
  if (shown.length === 0) return null;
  return h(
    'details',
    { open },
    h('summary', {}, name),
    h('dl', {}, ...shown.flatMap(([key, value]) => [h('dt', {}, key), h('dd', {}, value)])),
  );
}

function entriesOf(
  values: Record<string, unknown>,
  special: Record<string, (value: unknown) => string> = {},
): Entries {
  return Object.entries(values).map(([key, value]) => [
    titles[key] ?? key.replaceAll('_', ' '),
    typeof value === 'number' && special[key] !== undefined
      ? special[key](value)
      : plainText(value),
  ]);
}

export function plainText(value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    return Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(6)));
  }
  if (Array.isArray(value)) return value.map(plainText).join(', ');
  if (typeof value === 'object') return JSON.stringify(value);
  // Of a digest the beginning is enough to tell it from others.
  return /^[0-9a-f]{40,}$/.test(String(value)) ? `${String(value).slice(0, 16)}…` : String(value);
}

/** As one would type it into a shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
