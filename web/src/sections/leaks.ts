// SPDX-License-Identifier: Apache-2.0
// What the test shares with training: copies and near-duplicates.
import { h } from '../dom.ts';
import { count, counted, percent } from '../numbers.ts';
import type { Report } from '../report_data.ts';

/** Sentences on copies and near-duplicates; none where nobody has looked, or there are none. */
export function leakSentences({ copies, nearDuplicates }: Report): string[] {
  const sentences: string[] = [];
  if (copies !== null && copies.photographs > 0) {
    const across =
      copies.testRows > 0
        ? `${counted(copies.testRows, 'test photograph')} ${copies.testRows === 1 ? 'has a copy' : 'have copies'} among the training photographs.`
        : 'None of them lies on both sides of the split.';
    sentences.push(
      `${counted(copies.photographs, 'photograph')} have copies with exactly the same features. ${across}`,
    );
  }
  if (nearDuplicates !== null && nearDuplicates.compared > 0) {
    const { compared, distance, testRows } = nearDuplicates;
    sentences.push(
      `${count(testRows)} of ${counted(compared, 'test photograph')} compared (${percent(testRows / compared)}) ${testRows === 1 ? 'has' : 'have'} a near-duplicate among the training photographs: components within a cosine distance of ${distance}.`,
    );
  }
  return sentences;
}

/** Pairs of copies with different labels. */
export function contradictions(report: Report): HTMLElement | null {
  const pairs = report.copies?.contradictions ?? [];
  if (pairs.length === 0) return null;
  return h(
    'ul',
    { class: 'contradictions' },
    ...pairs.map(([one, other]) =>
      h('li', {}, `${one.path} (${one.label}) and ${other.path} (${other.label}) are copies`),
    ),
  );
}

export function leaks(report: Report): HTMLElement | null {
  const sentences = leakSentences(report);
  const pairs = contradictions(report);
  if (sentences.length === 0 && pairs === null) return null;
  return h(
    'div',
    { class: 'note', id: 'leaks' },
    ...sentences.map((sentence) => h('p', {}, sentence)),
    pairs,
  );
}
