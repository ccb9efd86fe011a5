import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRunning, ownProcess } from '../../kernel/process.ts';

/**
 * Makes a folder that is either whole or absent: `fill` gets a draft beside it, which then takes its
 * name. Drafts of dead processes are removed. When another process was faster, its folder stays.
 */
export async function makeWhole(
  folder: string,
  fill: (draft: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  await clearDrafts(parent);
  if ((await readdir(parent)).includes(basename(folder))) return;
  const { pid, start } = ownProcess();
  const draft = `${folder}.draft.${pid}.${start}`;
  try {
    await fill(draft);
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await readdir(parent)).includes(basename(folder))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function clearDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, pid, start] = /\.draft\.(\d+)\.(.+)$/.exec(name) ?? [];
    if (pid && start && !isRunning({ pid: Number(pid), start })) {
      await rm(join(parent, name), { recursive: true, force: true });
    }
  }
}
