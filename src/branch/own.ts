import { type Database, type Driver, databaseName } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { type Branch, type Branches, type Ledger, residueLeft } from './branch.ts';

/**
 * The given database as its only branch. A journal is installed in it when it is taken (the ledger
 * knows before) and removed, with the content brought back, when it is given back or closed.
 */
export function ownDatabase(
  url: string,
  { driver, ledger }: { driver: Driver; ledger: Ledger },
): Branches {
  let taken: Branch | undefined;
  const close = async () => {
    await taken?.close();
  };
  return {
    isolation: 'own',
    async take() {
      if (taken) throw occupied(url);
      const name = databaseName(url);
      await ledger.record('journal', name);
      const onClose = async () => {
        taken = undefined;
        await ledger.strike('journal', name);
      };
      const connecting = driver.connect(url, { forgetOnClose: true, onClose });
      const database = await connecting.catch(async (error: unknown) => {
        await onClose();
        throw error;
      });
      taken = await branchOf(database);
      return taken;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What `ownDatabase` left in a database because its process died: the content is brought back, the journal removed. */
export async function clearOwn(url: string, driver: Driver): Promise<void> {
  await using database = await driver.connect(url, { forgetOnClose: true });
  await database.reset().catch((error: unknown) => {
    if (!(error instanceof StatewrightError && error.code === 'db.noBaseline')) throw error;
  });
}

/** Taken, it has a baseline already: whatever comes after is undone by closing it. */
async function branchOf(database: Database): Promise<Branch> {
  try {
    await database.baseline();
  } catch (error) {
    await database.close();
    throw error;
  }
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= undo(database).finally(() => database.close()));
  return { ...database, close, giveBack: close, [Symbol.asyncDispose]: close };
}

async function undo(database: Database): Promise<void> {
  const residue = await database.reset();
  if (residue.length > 0) throw residueLeft(residue);
}

function occupied(url: string): StatewrightError {
  const message = `Database "${databaseName(url)}" is taken already: a given database serves one at a time.`;
  return new StatewrightError('branch.occupied', message, {
    hint: 'Use one worker, or clones (leave --db out, or ask for isolation clone).',
  });
}
