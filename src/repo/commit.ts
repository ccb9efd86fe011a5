import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** The commit a checkout stands at, read from `.git` without running git; null where there is none. */
export async function commitOf(root: string): Promise<string | null> {
  const folder = await gitFolder(root);
  const head = folder && (await textOf(join(folder, 'HEAD')));
  if (!folder || !head) return null;
  const ref = /^ref: (.+)$/.exec(head)?.[1];
  if (!ref) return hashIn(head);
  const shared = await textOf(join(folder, 'commondir'));
  const places = shared ? [folder, resolve(folder, shared)] : [folder];
  for (const place of places) {
    const loose = hashIn(await textOf(join(place, ref)));
    if (loose) return loose;
    const packed = (await textOf(join(place, 'packed-refs'))) ?? '';
    const line = packed.split('\n').find((entry) => entry.endsWith(` ${ref}`));
    if (line) return hashIn(line.split(' ')[0]);
  }
  return null;
}

/** `.git` of the folder or the nearest one above; in a linked worktree it is a file that names the folder. */
async function gitFolder(root: string): Promise<string | null> {
  const path = join(root, '.git');
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return path;
  const named = found && /^gitdir: (.+)$/.exec((await textOf(path)) ?? '')?.[1];
  if (named) return resolve(root, named);
  return dirname(root) === root ? null : gitFolder(dirname(root));
}

function hashIn(text: string | null | undefined): string | null {
  return text && /^[0-9a-f]{40,64}$/.test(text) ? text : null;
}

async function textOf(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : text.trim();
}
