// SPDX-License-Identifier: Apache-2.0
// What the table of classes shows: a view for each evaluation protocol, with a row for each class.
import { takenFor } from '../findings.ts';
import type { Interval } from '../json_fields.ts';
import type { ClassMetrics, MetricsByClass, Report } from '../report_data.ts';

export interface Row {
  label: string;
  train: number | null;
  test: number;
  recall: number | null;
  recallInterval: Interval | null;
  precision: number | null;
  f1: number | null;
  taken: string;
  takenCount: number;
}

export type Key = 'label' | 'train' | 'test' | 'recall' | 'precision' | 'f1' | 'takenCount';

export interface View {
  name: string;
  rows: Row[];
  /** Counts of training and what classes were taken for are known of the first view alone. */
  whole: boolean;
}

/** The metrics that the page is about, then all others that are known by class. */
export function classViews(report: Report): View[] {
  const [first, ...others] = report.byClass;
  return [
    { name: viewName(report, first), rows: classRows(report), whole: true },
    ...others.map((byClass) => ({
      name: viewName(report, byClass),
      rows: byClass.classes.map(metricsRow),
      whole: false,
    })),
  ];
}

function viewName(report: Report, byClass: MetricsByClass | undefined): string {
  if (byClass === undefined) return '';
  if (byClass.source !== '') return `Photographs of ${byClass.source} alone`;
  return report.metrics.find(({ key }) => key === byClass.metrics)?.title || byClass.metrics;
}

function metricsRow({ label, support, recall, recallInterval, precision }: ClassMetrics): Row {
  const none = { train: null, taken: '', takenCount: 0 };
  const f1 =
    recall === null || precision === null
      ? null
      : (2 * precision * recall) / (precision + recall || 1);
  return { ...none, label, test: support, recall, recallInterval, precision, f1 };
}

/** Every class of the run, also those without a photograph in the test. */
export function classRows(report: Report): Row[] {
  const taken = takenFor(report.cells);
  const place = new Map(report.labels.map((label, i) => [label, i]));
  const figures = new Map(report.classes.map((one) => [one.label, one]));
  const counts = new Map(report.classCounts.map((one) => [one.label, one]));
  const intervals = new Map(
    report.byClass[0]?.classes.map(({ label, recallInterval }) => [label, recallInterval]),
  );
  const names = new Set([...counts.keys(), ...figures.keys()]);
  return [...names].map((label) => {
    const measured = figures.get(label);
    const tested = measured !== undefined && measured.support > 0;
    const most = taken.get(place.get(label) ?? -1);
    return {
      label,
      train: counts.get(label)?.train ?? null,
      test: measured?.support ?? counts.get(label)?.test ?? 0,
      recall: tested ? measured.recall : null,
      recallInterval: intervals.get(label) ?? null,
      precision: tested ? measured.precision : null,
      f1: tested ? measured.f1 : null,
      taken: most === undefined ? '' : (report.labels[most.prediction] ?? ''),
      takenCount: most?.count ?? 0,
    };
  });
}

/** A new list; rows without a figure stay at the end whichever way it goes. */
export function sortRows(rows: Row[], key: Key, ascending: boolean): Row[] {
  const sign = ascending ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [left, right] = [a[key], b[key]];
    if (typeof left === 'string' || typeof right === 'string') {
      return sign * String(left).localeCompare(String(right), 'en', { numeric: true });
    }
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right) || a.label.localeCompare(b.label, 'en', { numeric: true });
  });
}
