import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../src/kernel/digest.ts';
import { analyze } from '../src/model/analyze.ts';
import type { Model } from '../src/model/model.ts';
import type { Program } from '../src/repo/repo.ts';
import { programOf } from '../test/setup/code.ts';
import { Key } from './endings/key.ts';

export type Texts = Readonly<Record<string, string>>;

export const HANDLERS = fileURLToPath(new URL('../fixtures/handlers', import.meta.url));

const MANIFEST = canonicalJson({
  name: 'handler',
  dependencies: { hono: '4', 'drizzle-orm': '0.45', zod: '4', pg: '8' },
});

/** The apps of one handler each, by name. */
export function handlerNames(): string[] {
  return readdirSync(HANDLERS)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

/** One such app as the texts of a repo of its own. */
export function handlerTexts(name: string): Texts {
  const read = (file: string): string => readFileSync(`${HANDLERS}/${file}`, 'utf8');
  return { 'package.json': MANIFEST, 'db.ts': read('db.ts'), [`${name}.ts`]: read(`${name}.ts`) };
}

export function handlerKey(name: string): Key {
  return Key.parse(JSON.parse(readFileSync(`${HANDLERS}/${name}.json`, 'utf8')));
}

/** Reads texts into a model; executes nothing of them. */
export function readText(texts: Texts): { model: Model; program: Program } {
  const program = programOf(texts);
  return { program, model: analyze(program, { emit: () => undefined }) };
}
