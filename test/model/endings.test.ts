import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { analyze } from '../../src/model/analyze.ts';
import { openProgram } from '../../src/repo/program.ts';
import { readRepo } from '../../src/repo/read.ts';

interface Ending {
  readonly route: string;
  readonly status: number;
  readonly code: string | null;
}

const folder = (app: string) => join(import.meta.dirname, '../../fixtures/apps', app);
const text = (route: string, { status, code }: Omit<Ending, 'route'>) =>
  `${route} ${status} ${code ?? ''}`;

/** Endings of the keys that are not read: what nothing in the app throws on purpose. */
const UNREAD = {
  library: [
    'POST /loans 500 internal',
    'POST /members 500 internal',
    'PUT /titles/:id/holds 500 internal',
  ],
  workshop: ['POST /people 500 internal', 'POST /workshops/:id/enrolments 500 internal'],
};

/** Apps with an answer key written from the app alone. */
test.each(Object.entries(UNREAD))(
  'finds every ending of the %s but these, and no other',
  async (app, unread) => {
    const emit = () => undefined;
    const { repo, files } = await readRepo(folder(app), { emit });
    const model = analyze(openProgram(repo, files), { emit });
    const key: { endings: Ending[] } = JSON.parse(
      readFileSync(join(folder(app), 'endings.json'), 'utf8'),
    );
    const found = model.apps.flatMap(({ routes }) =>
      routes.flatMap(({ id, outcomes }) =>
        outcomes.map(({ status, code }) => text(id, { status: status ?? 0, code })),
      ),
    );
    const wanted = key.endings
      .map(({ route, ...ending }) => text(route, ending))
      .filter((ending) => !unread.includes(ending));
    // What a body says beyond its code (`warning: 'late'`) tells endings of one status apart.
    const plain = (each: string) => each.replace(/(200|201) .*$/, '$1');
    expect([...new Set(found.map(plain))].sort()).toEqual([...new Set(wanted.map(plain))].sort());
    expect(model.findings).toEqual([]);
  },
);
