import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process that can be told from a later one with the same pid: `start` is opaque, compared as text. */
export interface ProcessId {
  readonly pid: number;
  readonly start: string;
}

/** When the process started, in the system's own words; null if it is gone (or a zombie). */
export function processStart(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return process.platform === 'linux' ? startFromProc(pid) : startFromPs(pid);
}

/** This process. */
export function ownProcess(): ProcessId {
  return { pid: process.pid, start: processStart(process.pid) ?? 'unknown' };
}

/** True only while that very process runs: pid and start time both match. */
export function isRunning({ pid, start }: ProcessId): boolean {
  return processStart(pid) === start;
}

function startFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command in parentheses may hold spaces; what follows it starts with field 3, the state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function startFromPs(pid: number): string | null {
  const ps = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], { encoding: 'utf8' });
  const [state, ...start] = ps.stdout.trim().split(/\s+/);
  return !state || state.startsWith('Z') ? null : start.join('-');
}
