// SPDX-License-Identifier: Apache-2.0
// Tables of shares measured outside of a run, as `pomona report --judgements` takes them.
import {
  count,
  type Fields,
  fields,
  type Interval,
  interval,
  list,
  number,
  text,
} from './json_fields.ts';

export interface JudgedShare {
  share: number;
  interval: Interval | null;
  /** What was wanted of it; at most one of the two. */
  atLeast: number | null;
  atMost: number | null;
}

export interface JudgementTable {
  title: string;
  note: string;
  columns: string[];
  rows: { name: string; count: number; shares: (JudgedShare | null)[] }[];
}

export function readJudgements(value: unknown): JudgementTable[] {
  return list(value)
    .map(fields)
    .map((table) => ({
      title: text(table.title),
      note: text(table.note),
      columns: list(table.columns).map(text),
      rows: list(table.rows)
        .map(fields)
        .map((row) => ({
          name: text(row.name),
          count: count(row.count),
          shares: list(row.shares).map(fields).map(judgedShare),
        })),
    }));
}

function judgedShare(from: Fields): JudgedShare | null {
  const share = number(from.share);
  if (share === null) return null;
  return {
    share,
    interval: interval([from.low, from.high]),
    atLeast: number(from.at_least),
    atMost: number(from.at_most),
  };
}

/** Whether a share is as was wanted; null where nothing was. */
export function isReached({ share, atLeast, atMost }: JudgedShare): boolean | null {
  if (atLeast !== null) return share >= atLeast;
  return atMost === null ? null : share <= atMost;
}
