import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import type { Outcome } from '../../src/model/model.ts';
import { openProgram } from '../../src/repo/program.ts';
import { readRepo } from '../../src/repo/read.ts';

interface Ending {
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
}

/** What keys leave out, as they say what an app decides. */
const isLeftOut = ({ status, error }: Outcome) => error === 'DatabaseError' && (status ?? 0) >= 500;

const folder = (app: string) => join(import.meta.dirname, '../../fixtures/apps', app);
const text = (route: string, { status, code }: Omit<Ending, 'route'>) =>
  `${route} ${status} ${code ?? ''}`;

/** Apps with an answer key written from the app alone. */
test.each(['clinic', 'ferry', 'garage', 'library', 'workshop'])(
  'finds every status and code of the %s, and no other',
  async (app) => {
    const emit = () => undefined;
    const { repo, files } = await readRepo(folder(app), { emit });
    const model = analyze(openProgram(repo, files), { emit });
    const key: { endings: Ending[] } = JSON.parse(
      readFileSync(join(folder(app), 'endings.json'), 'utf8'),
    );
    const found = model.apps.flatMap(({ routes }) =>
      routes.flatMap(({ id, outcomes }) =>
        outcomes
          .filter((each) => !isLeftOut(each))
          .map(({ status, code }) => text(id, { status: status ?? 0, code })),
      ),
    );
    const wanted = key.endings.map(({ route, ...ending }) => text(route, ending));
    // What a body says beyond its code (`warning: 'late'`) tells endings of one status apart.
    const plain = (each: string) => each.replace(/(200|201) .*$/, '$1');
    expect([...new Set(found.map(plain))].sort()).toEqual([...new Set(wanted.map(plain))].sort());
    expect(model.findings).toEqual([]);
  },
);
