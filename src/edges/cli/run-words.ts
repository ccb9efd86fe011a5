import type { Compared, Run } from '../../run/run.ts';
import { count } from './words.ts';

/** A run that stands: how to reach it, who can act in it, how it ends. */
export function standing(run: Run): string {
  if (run.compared) return compared(run.compared);
  const people = Object.entries(run.personas).flatMap(([name, { headers, cookies }]) => [
    ...Object.entries(headers).map(([header, value]) => `  ${name}: ${header}: ${value}`),
    ...Object.entries(cookies).map(([cookie, value]) => `  ${name}: Cookie: ${cookie}=${value}`),
  ]);
  const rows = Object.entries(run.refs).map(([name, columns]) => `  ${name}: ${key(columns)}`);
  return `${run.plan} stands in ${run.database.name} until ${run.expiresAt ?? 'it is taken down'}.
DATABASE_URL=${run.database.url}
${rows.length > 0 ? `Rows:\n${rows.join('\n')}\n` : ''}${people.length > 0 ? `People:\n${people.join('\n')}\n` : ''}
Take it down with: npx statewright down ${run.handle}
`;
}

/** What an app's route does beyond the plain insert of its row. */
function compared({ route, status, row, untold, beyond, triggers, refused }: Compared): string {
  const list = (title: string, events: Compared['beyond']) =>
    events.length === 0
      ? ''
      : `${title}\n${events
          .map(({ does, table, row: of, columns }) => {
            const what = { insert: 'makes', adjust: 'changes', delete: 'deletes' }[does];
            const which = columns ? ` (${columns.join(', ')})` : '';
            return `  ${what} ${table}${which}: ${JSON.stringify(of)}`;
          })
          .join('\n')}\n`;
  const nothing = beyond.length === 0 ? 'It writes nothing else.\n' : '';
  return `${route} answered ${status} and made a row of ${row.table}: ${JSON.stringify(row.values)}
The request did not say: ${untold.join(', ') || 'nothing of it'}
${list('Beyond the row, the app:', beyond)}${nothing}${list('The row alone, put in by SQL, brings:', triggers)}${refused === null ? '' : `By itself the row can't be put in: ${refused}\n`}Nothing of it stands.
`;
}

export function tornDown(output: {
  readonly run: string;
  readonly already: boolean;
  readonly removed: number;
  readonly restored: number;
  readonly appRows: readonly { readonly table: string; readonly rows: number }[];
  readonly changedSince: readonly { readonly table: string }[];
  readonly leftSince: readonly { readonly table: string; readonly rows: number }[];
}): string {
  if (output.already) return `${output.run} was taken down before.\n`;
  const app = output.appRows.map(
    ({ table, rows }) => `  ${table}: ${count(rows, 'row')} of the app\n`,
  );
  const changed = output.changedSince.map(
    ({ table }) => `  ${table}: changed since, left as it is\n`,
  );
  const others = output.leftSince.map(
    ({ table, rows }) =>
      `  ${table}: ${count(rows, 'row')} made or changed by others meanwhile, left\n`,
  );
  return `${output.run} is down: ${count(output.removed, 'row')} removed, ${output.restored} restored.
${[...app, ...changed, ...others].join('')}`;
}

export function collected(output: {
  readonly swept: readonly {
    readonly run: string;
    readonly kind: string;
    readonly name: string;
    readonly outcome: string;
    readonly problem: string | null;
  }[];
}): string {
  if (output.swept.length === 0) return 'Nothing was left behind.\n';
  const lines = output.swept.map(
    ({ run, kind, name, outcome, problem }) =>
      `  ${outcome} ${kind} ${name}${run ? ` of ${run}` : ''}${problem ? `: ${problem}` : ''}`,
  );
  return `${lines.join('\n')}\n`;
}

function key(columns: Readonly<Record<string, unknown>>): string {
  const [[name, value] = ['', '']] = Object.entries(columns);
  return `${name} = ${plain(value)}`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
