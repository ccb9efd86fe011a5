import type { Draw } from '../../kernel/draw.ts';
import { anything } from './domain.ts';
import { fakerWords } from './faker-words.ts';
import { valueKinds } from './registry.ts';
import { type ValueKind, wordsOf } from './value.ts';

export interface WordedColumn {
  readonly table: string;
  readonly column: string;
  readonly max: number | null;
  readonly faker: string | null;
  readonly locales: readonly string[];
}

/**
 * What a text column of that name gets in a table of that name; the kind is looked up once. Languages have
 * to be loaded before (`loadLocales`).
 */
export function vocabularyOf(worded: WordedColumn): (draw: Draw) => string {
  const { table, column: name, max, locales } = worded;
  const kind = kindOf(table, name);
  const method = worded.faker ?? (locales.length > 0 ? METHODS[kind?.name ?? ''] : undefined);
  if (method) return fakerWords(method, locales);
  const column = { name, type: 'text', values: null, array: false };
  return (draw) => {
    const value = kind?.make({ table, column, family: 'text', domain: anything, max, draw });
    return typeof value === 'string' ? value : '';
  };
}

function kindOf(table: string, name: string): ValueKind | undefined {
  const words = wordsOf(name);
  return valueKinds.find(
    (candidate) =>
      candidate.families.includes('text') &&
      (candidate.matches?.test(words) ?? true) &&
      (candidate.within?.test(wordsOf(table)) ?? true),
  );
}

/** The Faker methods that say in another language what a kind says in English. */
const METHODS: Readonly<Record<string, string>> = {
  firstName: 'person.firstName',
  lastName: 'person.lastName',
  personName: 'person.fullName',
  nameOfPerson: 'person.fullName',
  phone: 'phone.number',
  street: 'location.streetAddress',
  city: 'location.city',
  postcode: 'location.zipCode',
  state: 'location.state',
  company: 'company.name',
  product: 'commerce.productName',
  title: 'lorem.words',
  sentence: 'lorem.sentence',
  text: 'lorem.words',
};
