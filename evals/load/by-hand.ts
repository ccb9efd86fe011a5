import type { Session } from '../../src/db/db.ts';

/** The plan whose state the statement below makes, so that both can be timed side by side. */
export const COMPARED = 'GET /members/:id › 200 (loan#2 exists)';
export const COMPARED_APP = 'library';

/** What somebody who knows the schema would write for that state, prepared, with values of its own. */
const STATEMENT = `
  with t as (insert into titles (isbn, name) values ($1, $2) returning id),
    c as (insert into copies (title_id) select id from t returning id),
    m as (insert into members (email, name) values ($3, $4) returning id),
    l as (insert into loans (copy_id, member_id, due_at)
      select c.id, m.id, now() - interval '1 day' from c, m returning id)
  select t.id as title, c.id as copy, m.id as member, l.id as loan from t, c, m, l`;

const CLEAR = `
  with l as (delete from loans where id = $1), c as (delete from copies where id = $2),
    m as (delete from members where id = $3)
  delete from titles where id = $4`;

/** How many milliseconds it takes; what it made is deleted again, untimed. */
export async function byHand(twin: Session, run: string): Promise<number> {
  const values = [run.slice(-13), 'Sample title', `person.${run}@example.test`, 'Sample name'];
  const begun = performance.now();
  const [made] = await twin.query(STATEMENT, values, 'by_hand');
  const ms = performance.now() - begun;
  await twin.query(CLEAR, [made?.['loan'], made?.['copy'], made?.['member'], made?.['title']]);
  return ms;
}
