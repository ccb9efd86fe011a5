import module from 'node:module';
import { workerData } from 'node:worker_threads';
import type { Given } from './crew.ts';

const { compiled, repo, texts, root, port, ...queue }: Given = workerData;
// Parsing our own modules takes longer than reading a small app.
if (compiled !== undefined) module.enableCompileCache(compiled);
const { followFor } = await import('../model/analyze.ts');
const { openProgram } = await import('../repo/program.ts');
const { takeNext } = await import('./crew.ts');

const read = (path: string) => {
  const text = texts.get(path);
  if (text === undefined) throw new Error(`${path} was not read`);
  return text;
};
const program = openProgram(repo, { read });
for (const helped of followFor(program, root, () => takeNext(queue))) port.postMessage(helped);
