import { pino } from 'pino';
import { plainError } from './plain-error.ts';
import type { LogLine } from './service.ts';

export type Level = 'silent' | 'error' | 'warn' | 'info' | 'debug';

export interface Log {
  readonly request: (line: LogLine) => void;
  readonly warn: (error: unknown) => void;
  readonly note: (message: string) => void;
}

/** Structured lines on stderr. Bodies, keys, headers and query strings never get here. */
export function openLog(
  level: Level,
  out: { write(line: string): void } = pino.destination({ fd: 2, sync: false }),
): Log {
  const log = pino({ level, base: null }, out);
  return {
    request({ error, ...line }) {
      if (line.status === 500 || line.status === 503)
        log.error({ ...line, error: plainError(error) }, 'request');
      else if (line.status >= 400) log.warn(line, 'request');
      else log.info(line, 'request');
    },
    warn: (error) => log.warn({ error: plainError(error) }, 'trouble'),
    note: (message) => log.info(message),
  };
}
