import type { Database, Driver, Session, Sql } from '../../src/db/db.ts';
import { connect, openSession } from '../../src/db/pg.ts';

/** Called in place of a statement; `send` sends it. */
export type Hook = (send: () => ReturnType<Sql['query']>, sql: Sql) => ReturnType<Sql['query']>;

/** A driver whose every statement, on whatever session, goes through the hook. */
export function hooked(hook: Hook): Driver {
  return {
    async open(url, options) {
      const session = await openSession(url, options);
      return { ...session, query: watched(session, hook) } satisfies Session;
    },
    async connect(url, options) {
      const database = await connect(url, options);
      const session: Database['session'] = (work, about) =>
        database.session((sql) => work({ query: watched(sql, hook) }), about);
      return { ...database, session };
    },
  };
}

function watched(sql: Sql, hook: Hook): Sql['query'] {
  return (text, params, name) => hook(() => sql.query(text, params, name), sql);
}

/** Strikes at the n-th statement and never again; counts those that came by. */
export function atStatement(n: number, strike: Hook) {
  const counter = { seen: 0 };
  const hook: Hook = (send, sql) => {
    counter.seen += 1;
    return counter.seen === n ? strike(send, sql) : send();
  };
  return { hook, counter };
}
