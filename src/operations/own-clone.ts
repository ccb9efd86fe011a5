import { randomUUID } from 'node:crypto';
import { ensureTemplate, type Template } from '../branch/template.ts';
import { type ConnectOptions, type Database, withDatabase } from '../db/db.ts';
import { hold } from '../db/holds.ts';
import { enroll } from '../run/guard.ts';
import type { RunEntry } from '../run/ledger.ts';
import { type AppUnderTest, launchOptions, templateOf } from './app-under-test.ts';
import type { Place } from './place.ts';
import { driver, type Workshop } from './workshop.ts';

/** The migrated database of an app; what it is being made of stands in the run's entry meanwhile. */
export function templateFor(
  app: AppUnderTest,
  { workshop, entry, place }: { workshop: Workshop; entry: RunEntry; place: Place },
): Promise<Template> {
  const server = { url: workshop.url, sql: workshop.ledger.sql, driver, ledger: entry };
  return ensureTemplate(server, templateOf(app, launchOptions(app, place, entry), place));
}

/** An enrolled clone under that name, which stands in the run's entry before it is made. */
export async function makeOwnClone(
  name: string,
  template: Template,
  about: { workshop: Workshop; entry: RunEntry; options?: ConnectOptions },
): Promise<Database> {
  const { workshop, entry, options } = about;
  const { sql } = workshop.ledger;
  await entry.record('database', name);
  await sql.query(`create database ${name} template ${template.name} strategy file_copy`);
  if (template.settings) await sql.query(template.settings(name));
  const database = await driver.connect(withDatabase(workshop.url, name), options);
  try {
    const stamp = { environment: 'clone', address: null, days: null };
    await database.session((session) => enroll(session, stamp));
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Drops a run's clone, whoever is in it. */
export async function dropOwnClone(
  name: string,
  { workshop, entry }: { workshop: Workshop; entry: RunEntry },
): Promise<void> {
  await workshop.ledger.sql.query(`drop database if exists ${name} with (force)`);
  await entry.strike('database', name);
}

/** A clone left standing for somebody to look at. */
export interface LeftStanding {
  readonly url: string;
  readonly handle: string;
  readonly expiresAt: string | null;
}

/** Turns a held clone into a leased one, which `down` with its handle takes away, or the sweeper in time. */
export async function leaveStanding(
  { name, plan, ttlMs }: { name: string; plan: string; ttlMs: number },
  { workshop, entry }: { workshop: Workshop; entry: RunEntry },
): Promise<LeftStanding> {
  const { ledger, url } = workshop;
  const id = `kept-${randomUUID().slice(0, 8)}`;
  const term = { hold: 'leased', ttlMs } as const;
  const lease = await ledger.begin({ id, plan, environment: 'clone', term });
  await lease.record('database', name);
  const expiresAt = await lease.opened();
  if (expiresAt) await hold(ledger.sql, id, expiresAt);
  await entry.strike('database', name);
  return { url: withDatabase(url, name), handle: ledger.sign(id), expiresAt };
}
