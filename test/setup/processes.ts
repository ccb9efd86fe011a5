import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that has to do with a folder. */
export interface Found {
  readonly pid: number;
  readonly command: string;
  /** The port its environment gives it. */
  readonly port: number | null;
}

/** Every process (but this one) that stands in the folder, names it, or writes to a file in it. Linux only. */
export function processesOf(folder: string): readonly Found[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .flatMap((pid) => {
      const command = quietly(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      const environment = quietly(() => readFileSync(`/proc/${pid}/environ`, 'utf8'));
      const links = ['cwd', 'fd/1', 'fd/2'].map((link) =>
        quietly(() => readlinkSync(`/proc/${pid}/${link}`)),
      );
      if (![command, environment, ...links].some((text) => text.includes(folder))) return [];
      if (command === '') return [];
      const port = /(?:^|\0)PORT=(\d+)/.exec(environment)?.[1];
      const words = command.replaceAll('\0', ' ').trim();
      return [{ pid, command: words, port: port ? Number(port) : null }];
    });
}

export function endProcesses(found: readonly Found[]): void {
  for (const { pid } of found) quietly(() => String(process.kill(pid, 'SIGKILL')));
}

/** Processes come and go while they are looked at. */
function quietly(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
