// SPDX-License-Identifier: Apache-2.0
// The head of the page: the answer, how sure it is, and the headline metric.
import { type Child, h, picture } from '../dom.ts';
import {
  count,
  counted,
  duration,
  moment,
  percent,
  percentRange,
  significant,
} from '../numbers.ts';
import type { Report } from '../report_data.ts';
import { crossValidated } from './metrics.ts';

export function overview(report: Report): HTMLElement {
  const main = report.metrics[0];
  const { headline } = report;
  return h(
    'header',
    { class: 'overview', id: 'overview' },
    banner(report),
    h(
      'div',
      { class: 'answer' },
      h(
        'div',
        {},
        h('p', { class: 'kicker' }, 'Pomona report'),
        h('h1', {}, ...title(report)),
        main?.accuracy != null && main.accuracyInterval !== null
          ? h(
              'p',
              { class: 'interval' },
              `95${'\u202f'}% interval ${percentRange(main.accuracyInterval)}`,
              main.intervalUnit === 'group' && main.intervalGroups !== null
                ? `, from resampling ${counted(main.intervalGroups, 'group')}`
                : '',
            )
          : null,
        others(report),
      ),
      h(
        'div',
        {},
        headline === '' ? null : h('p', { class: 'headline', id: 'headline' }, headline),
        warnings(report),
        h('p', { class: 'lead' }, lead(report)),
      ),
    ),
    facts(report),
  );
}

function warnings({ warnings: sentences }: Report): HTMLElement | null {
  if (sentences.length === 0) return null;
  return h(
    'ul',
    { class: 'warnings', id: 'warnings' },
    ...sentences.map((sentence) => h('li', {}, h('strong', {}, 'Warning: '), sentence)),
  );
}

function title(report: Report): Child[] {
  const main = report.metrics[0];
  if (main?.accuracy != null) {
    return [
      h('span', { class: 'figure' }, percent(main.accuracy)),
      crossValidated(main)
        ? ` of ${counted(main.rows ?? 0, 'photograph')}, cross-validated, named right`
        : ` of ${counted(main.rows ?? 0, 'test photograph')} named right`,
    ];
  }
  const read = report.counts.ok ?? 0;
  const photographs = counted(read, 'photograph');
  if (report.pca === null) return [h('span', { class: 'figure' }, photographs), ' read'];
  return [
    h('span', { class: 'figure' }, photographs),
    ` turned into ${counted(report.pca.components, 'number')} each`,
  ];
}

/** The other metrics in a line, so that the large one does not stand alone. */
function others(report: Report): HTMLElement | null {
  const names: Record<string, string> = {
    cross_validated: 'of the training photographs, cross-validated',
    by_group: 'by a split that keeps groups whole',
    ungrouped: 'by a random split (photographs of one group on both sides)',
    pixels: 'by comparing pixels alone',
  };
  const shown = report.metrics
    .slice(1)
    .filter(({ accuracy, key }) => accuracy !== null && names[key] !== undefined);
  if (shown.length === 0) return null;
  return h(
    'p',
    { class: 'others' },
    ...shown.flatMap(({ accuracy, key }, i) => [
      i > 0 ? ', ' : null,
      h('strong', {}, percent(accuracy)),
      ` ${names[key]}`,
    ]),
  );
}

function lead(report: Report): string {
  const { backbone, pca } = report;
  const labelled = labelCount(report);
  const sentences: string[] = [];
  const network = typeof backbone.name === 'string' ? backbone.name : 'the network';
  const size = typeof backbone.size === 'number' ? ` at ${backbone.size} px` : '';
  sentences.push(
    `Features come from ${network}${size}${pca ? `, reduced to ${counted(pca.components, 'component')}` : ''}.`,
  );
  if (labelled === 0) {
    sentences.push(
      'The photographs lie in no class folders, so there is nothing to learn names from.',
    );
  } else if (report.metrics.length === 0 && labelled === 1) {
    sentences.push('There is only one class, so there is nothing to tell apart.');
  } else if (report.metrics.length === 0) {
    sentences.push('No photograph was kept for a test, so nothing says how good the model is.');
  } else {
    sentences.push(
      `A ${report.classifier?.kind === 'ridge' ? 'ridge' : 'logistic'} classifier learned ${counted(
        report.labels.length || labelled,
        'class',
        'classes',
      )} from ${counted(report.trainRows ?? 0, 'photograph')} and was ${testText(report)}.`,
    );
  }
  if (typeof report.options.reject_rate === 'number') {
    sentences.push(
      `Reject option: it rejects what it does not know; its limits reject ${percent(report.options.reject_rate)} of the training photographs.`,
    );
  }
  return sentences.join(' ');
}

function testText(report: Report): string {
  const main = report.metrics[0];
  if (main !== undefined && crossValidated(main)) {
    return 'evaluated by cross-validation';
  }
  const tested = `tested on ${count(report.testRows)}`;
  switch (report.splitKind) {
    case 'test_set':
      return `${tested} others, a test set given apart`;
    case 'file_names':
      return `${tested} others, chosen by their file names`;
    default:
      return report.grouped
        ? `${tested} others, held out in whole groups`
        : `${tested} others, held out at random`;
  }
}

/** `train` reads features: its run.json counts rows, and its labels are those of metrics.json. */
function labelCount({ classCounts, labels }: Report): number {
  const named = (names: string[]) => names.filter((name) => name !== '').length;
  return named(classCounts.map(({ label }) => label)) || named(labels);
}

function learnedAndTested({ counts }: Report): number | null {
  return counts.train == null || counts.test == null ? null : counts.train + counts.test;
}

/** `--max-damage` lets photographs pass of which a share is lost. */
export function photographsNote({ counts }: Report): string {
  const sides = `${count(counts.train)} to learn, ${count(counts.test)} to test`;
  const damaged = counts.damaged ?? 0;
  return damaged > 0 ? `${sides}, ${count(damaged)} damaged` : sides;
}

function facts(report: Report): HTMLElement {
  const { counts } = report;
  const read = counts.ok ?? learnedAndTested(report);
  const labelled = labelCount(report);
  const unread = counts.failed ?? (report.failures.total || null);
  const namedBy = report.inputs.classes ? 'as a class map says' : 'one a folder';
  const unreadNote = unread === 0 ? 'all could be read' : 'listed below';
  const entries: [string, string, string][] = [
    ['Photographs', count(read), photographsNote(report)],
    ['Classes', count(labelled), labelled === 0 ? 'no class folders' : namedBy],
    ['Time', duration(report.seconds), report.started === '' ? '' : moment(report.started)],
    [
      'Speed',
      significant(report.imagesPerSecond),
      report.imagesPerSecond === null ? 'taken from earlier work' : 'photographs a second',
    ],
    ['Not read', count(unread), unread === null ? 'not known here' : unreadNote],
  ];
  return h(
    'dl',
    { class: 'facts' },
    ...entries.map(([name, value, note]) =>
      h('div', {}, h('dt', {}, name), h('dd', {}, value, h('small', {}, note))),
    ),
  );
}

/** One photograph of each class, to look at; the contact sheet below says what they are. */
function banner(report: Report): HTMLElement | null {
  const found = report.sheet
    .map(({ photos }) => photos.find(({ jpeg }) => jpeg !== null)?.jpeg)
    .filter((jpeg) => typeof jpeg === 'string');
  if (found.length < 8) return null;
  return h(
    'div',
    { class: 'banner', 'aria-hidden': 'true' },
    ...found.slice(0, 160).map((jpeg) => picture(jpeg, '')),
  );
}
