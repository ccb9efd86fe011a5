import { expect, test } from 'vitest';
import type { Condition } from '../../../src/condition/condition.ts';
import type { Page, Query } from '../../../src/model/model.ts';
import { spokenReads } from '../../../src/model/pages/spoken-reads.ts';

const at = { file: 'page.tsx', line: 1, symbol: '', hash: '' };

/** A read of rows whose `id` is that of another read's row. */
function read(id: string, other: string): Query {
  const where: Condition = {
    kind: 'compare',
    at,
    left: { kind: 'column', row: id, column: 'id' },
    op: '=',
    right: { kind: 'column', row: other, column: 'id' },
  };
  const plain = { many: false, joins: [], of: null, limit: null, offset: null, at };
  return { id, table: `${id}s`, where: [where], ...plain };
}

test('reads that speak of each other are kept', () => {
  const reads = [read('poll', 'space'), read('space', 'poll')];
  const page = { reads, writes: [], outcomes: [] } as unknown as Page;
  expect(spokenReads(page)).toEqual(reads);
});
