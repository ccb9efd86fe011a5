import { expect, test } from 'vitest';
import { sharedDatabase } from '../../src/branch/shared.ts';
import { connect, openSession } from '../../src/db/pg.ts';
import { freshDatabase } from '../setup/database.ts';

const driver = { connect, open: openSession };

/** A taker's run and what became of it; the journal is as told. */
async function taker(journal: { install?: Error; left?: string }) {
  const given = await freshDatabase();
  const told: string[] = [];
  const branches = sharedDatabase(given.url, {
    driver,
    enter: async () => ({
      id: 'run',
      closed: async () => void told.push('closed'),
      failed: async (reason) => void told.push(reason),
    }),
    journal: {
      install: () => (journal.install ? Promise.reject(journal.install) : Promise.resolve()),
      remove: async () => journal.left ?? null,
    },
    undo: async () => [],
  });
  return { branches, told };
}

test.each([
  [{}, 'closed'],
  [{ left: 'held' }, 'held'],
])(
  'a run ends when its journal is gone, and else stays in the ledger: %o',
  async (journal, end) => {
    const { branches, told } = await taker(journal);
    const branch = await branches.take();
    await branch.close();
    await branch.leave();
    expect(told).toEqual([end]);
  },
);

test.each([
  [{ install: new Error('no') }, 'closed'],
  [{ install: new Error('no'), left: 'held' }, 'held'],
])('what was installed before it failed is taken out: %o', async (journal, end) => {
  const { branches, told } = await taker(journal);
  await expect(branches.take()).rejects.toThrow('no');
  expect(told).toEqual([end]);
});
