// SPDX-License-Identifier: Apache-2.0
// Files that gave no photograph, by reason: how many, with which extensions, and some of them.
import { h } from '../dom.ts';
import { count, counted } from '../numbers.ts';
import type { FileGroup, Report } from '../report_data.ts';

const reasons: Record<string, string> = {
  no_image: 'no image by content and name',
  hidden: 'hidden by a name',
  file_name: 'left out by file name',
  class: 'left out by the class map',
};

/** "20 .jpg, 16 without extension" */
export function extensionText(group: FileGroup): string {
  return group.extensions
    .map(({ extension, count: n }) => `${count(n)} ${extension || 'without extension'}`)
    .join(', ');
}

/** "2 files skipped, no image by content and name (1 .txt, 1 .md), such as a/notes.txt" */
export function skippedText(group: FileGroup): string {
  const extensions = extensionText(group);
  const example = group.examples[0];
  return [
    `${counted(group.count, 'file')} skipped, ${reasons[group.reason] ?? group.reason}`,
    extensions === '' ? '' : ` (${extensions})`,
    example === undefined ? '' : `, such as ${example.path}`,
  ].join('');
}

/** Of files that were skipped; runs of older versions know how many alone. */
export function skippedFiles(report: Report): HTMLElement | null {
  const groups = report.notUsed.filter(({ status }) => status === 'skipped');
  if (groups.length > 0) {
    return h('ul', { class: 'skipped' }, ...groups.map((group) => h('li', {}, skippedText(group))));
  }
  const skipped = report.counts.skipped ?? 0;
  if (skipped === 0) return null;
  return h(
    'p',
    {},
    `${counted(skipped, 'file')} ${skipped === 1 ? 'was' : 'were'} skipped, being no image by content.`,
  );
}
