import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digest } from '../../kernel/digest.ts';

export interface ExportedFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly text: string;
}

/** Files with that ending in a folder. */
export interface Place {
  readonly folder: string;
  readonly ending: string;
}

export interface Written {
  readonly written: string[];
  readonly removed: string[];
  /** Files that a person has changed, or that we did not write: left as they are. */
  readonly kept: string[];
  readonly unchanged: number;
}

/**
 * Brings the folders to these files. A file carries a digest of itself: one that no longer fits it was
 * edited, and is replaced only with `force`. Files of ours in the places to `sweep` that are not among these
 * are removed, if nobody edited them.
 */
export async function writeExport(
  root: string,
  files: readonly ExportedFile[],
  { sweep, force }: { sweep: readonly Place[]; force: boolean },
): Promise<Written> {
  const done = {
    written: [] as string[],
    removed: [] as string[],
    kept: [] as string[],
    unchanged: 0,
  };
  for (const file of files) {
    const [path, text] = [join(root, file.path), signed(file)];
    const before = await readFile(path, 'utf8').catch(() => null);
    if (before === text) done.unchanged += 1;
    else if (before !== null && !force && !isOurs(before)) done.kept.push(file.path);
    else {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      done.written.push(file.path);
    }
  }
  const wanted = new Set(files.map(({ path }) => path));
  for (const place of sweep) {
    for (const path of await filesIn(root, place)) {
      if (wanted.has(path) || !isOurs(await readFile(join(root, path), 'utf8'))) continue;
      await rm(join(root, path));
      done.removed.push(path);
    }
  }
  return done;
}

const BLANK = '0'.repeat(12);
const MARK = /statewright:([0-9a-f]{12})/;

function signed({ path, text }: ExportedFile): string {
  const words = `Written by \`statewright export\` (statewright:${BLANK}). Edit it freely: what was edited is left alone.`;
  const blank = path.endsWith('.md') ? `${text}\n<!-- ${words} -->\n` : `// ${words}\n${text}`;
  return blank.replace(BLANK, digest(blank).slice(0, 12));
}

function isOurs(text: string): boolean {
  const mark = MARK.exec(text)?.[1];
  if (mark === undefined) return false;
  return digest(text.replace(`statewright:${mark}`, `statewright:${BLANK}`)).startsWith(mark);
}

async function filesIn(root: string, { folder, ending }: Place): Promise<string[]> {
  const names = await readdir(join(root, folder)).catch(() => []);
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}
