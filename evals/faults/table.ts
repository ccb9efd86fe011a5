import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDatabase } from '../../src/db/db.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { hold, release } from '../../src/db/holds.ts';
import { openSession } from '../../src/db/pg.ts';
import { enroll } from '../../src/run/guard.ts';
import { FAULTS } from './faults.ts';
import { SCHEMA } from './scene.ts';
import { countStatements, type During, type Place, type Struck, strikeAt } from './strike.ts';

/** Strikes both commands with every fault at every `step`-th statement, from the first on. */
export async function faultTable({
  step,
  only = '',
  say,
}: {
  step: number;
  only?: string;
  say: (line: string) => void;
}): Promise<readonly Struck[]> {
  const home = await mkdtemp(join(tmpdir(), 'statewright-faults-'));
  const server = await startEmbedded({ home });
  const keep = async (until: string | null) => {
    await using admin = await openSession(server.url);
    // A crash of the server cuts the session by which it is known to be in use.
    if (until) await hold(admin, 'faults', until);
    else await release(admin, 'faults');
  };
  try {
    await keep('infinity');
    const place = await prepared(server.url);
    const statements = await countStatements(place);
    const struck: Struck[] = [];
    for (const fault of FAULTS.filter(({ name }) => name.includes(only))) {
      for (const during of ['up', 'down'] satisfies During[]) {
        for (let at = 1; at <= statements[during]; at += step) {
          struck.push(await strikeAt(place, { fault, during, at }));
        }
      }
      const left = struck.filter((item) => item.fault === fault.name && item.left !== null);
      say(`${fault.name}: ${left.length === 0 ? 'nothing left' : JSON.stringify(left)}`);
    }
    return struck;
  } finally {
    await keep(null).catch(() => undefined);
    await server.stop().catch(() => undefined);
    await rm(home, { recursive: true, force: true });
  }
}

export async function prepared(url: string): Promise<Place> {
  await using admin = await openSession(url);
  await admin.query('create database faults');
  const database = withDatabase(url, 'faults');
  await using sql = await openSession(database);
  await sql.query(SCHEMA);
  await enroll(sql, { environment: 'faults', address: null, days: null });
  return { url, database };
}

/** One line a fault, as the page beside the part has it. */
export function asMarkdown(struck: readonly Struck[]): string {
  const names = [...new Set(struck.map(({ fault }) => fault))];
  const cell = (fault: string, during: During) => {
    const those = struck.filter((item) => item.fault === fault && item.during === during);
    const left = those.filter((item) => item.left !== null);
    return `${those.length} statements: ${left.length === 0 ? 'nothing' : `left after ${left.length}`}`;
  };
  return [
    '| fault | left by `up` | left by `down` |',
    '| --- | --- | --- |',
    ...names.map((name) => `| ${name} | ${cell(name, 'up')} | ${cell(name, 'down')} |`),
  ].join('\n');
}
