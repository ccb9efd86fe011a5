import type { Rows } from '../bulk/bulk.ts';
import type { Copier } from '../db/db.ts';
import { namesOf } from './outlook.ts';
import { type Refusal, refusedRows } from './refusal.ts';

const STAGE = 'pg_temp."statewright settle"';
const NUMBER = '"statewright row"';
const ROUNDS = 14;
/** So many refusals, with rows in every form and none taken, say that there is no luck to be had. */
const BARREN = 200;

interface Refused extends Refusal {
  readonly state: string;
}

/**
 * Lets the database say which rows it refuses one by one, and gives those their next form, a few rounds
 * long. The rows are inserted when this ends, but for those that a trigger drops: gives how many stand. Throws
 * `generate.refused` with what the database said.
 */
export async function settle(rows: Rows, sql: Copier): Promise<number> {
  const { table, count } = rows.job;
  const names = namesOf(rows);
  await sql.query(`drop table if exists ${STAGE} cascade;
    create temp table "statewright settle" as select 0 as ${NUMBER}, ${names} from ${table.sql} limit 0;
    create index on ${STAGE} (${NUMBER})`);
  await sql.query(insertsFunction(rows));
  const target = `copy ${STAGE} (${NUMBER}, ${names}) from stdin`;
  await sql.copyIn(target, rows.lines({ from: 0, to: count }, true));
  let taken = count;
  for (let round = 0; ; round++) {
    await sql.query('savepoint statewright_settle');
    const { refused, dropped } = await refusedIn(sql);
    taken = count - dropped;
    if (refused.length === 0) break;
    await sql.query('rollback to savepoint statewright_settle');
    const found = atFault(refused, rows);
    const own = found.length > 0 ? found : refused;
    if (round === ROUNDS || isHopeless(refused, { round, count })) throw refusedRows(rows, own);
    const bad = own.map(({ row }) => row);
    rows.reform(bad);
    await sql.query(`delete from ${STAGE} where ${NUMBER} = any ($1)`, [bad]);
    await sql.copyIn(target, rows.lines(bad, true));
  }
  await sql.query(`drop table ${STAGE} cascade`);
  return taken;
}

/** No row was taken, for the code can't run at all, or as often as it takes to see that none will be. */
function isHopeless(
  refused: readonly Refused[],
  { round, count }: { round: number; count: number },
): boolean {
  if (refused.length < count) return false;
  const broken = refused.every(({ state }) => state.startsWith('42'));
  return broken || (round > 3 && round * count >= BARREN);
}

/** The refused rows but for those that point at another of them: they may have no fault of their own. */
function atFault(refused: readonly Refused[], { plan, cell }: Rows): readonly Refused[] {
  const inside = plan.keys.filter(({ self }) => self).map(({ key }) => key);
  const told = (columns: readonly number[], row: number) =>
    JSON.stringify(columns.map((column) => cell(column, row)));
  return refused.filter(({ row }) =>
    inside.every(({ columns, references }) => {
      const target = told(columns, row);
      return !refused.some((other) => other.row !== row && told(references, other.row) === target);
    }),
  );
}

function insertsFunction({ job, columns }: Rows): string {
  const names = columns.map((column) => column.sql);
  return `create or replace function pg_temp."statewright inserts"()
    returns table (number int, message text, state text, constraint_name text, context text)
    language plpgsql as $sw$
    declare staged record;
    begin
      for staged in select * from ${STAGE} order by ${NUMBER} loop
        begin
          insert into ${job.table.sql} (${names.join(', ')}) overriding system value
            values (${names.map((name) => `staged.${name}`).join(', ')});
          if not found then
            number := staged.${NUMBER};
            state := null;
            return next;
          end if;
        exception when others then
          number := staged.${NUMBER};
          get stacked diagnostics message = message_text, state = returned_sqlstate,
            constraint_name = constraint_name, context = pg_exception_context;
          return next;
        end;
      end loop;
    end $sw$`;
}

async function refusedIn(sql: Copier): Promise<{ refused: Refused[]; dropped: number }> {
  const found = await sql.query('select * from pg_temp."statewright inserts"()');
  const refused = found.filter((row) => row['state'] !== null);
  return {
    dropped: found.length - refused.length,
    refused: refused.map((row) => ({
      row: Number(row['number']),
      message: String(row['message']),
      state: String(row['state']),
      constraint: String(row['constraint_name']),
      context: String(row['context']),
    })),
  };
}
