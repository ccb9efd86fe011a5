import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { Item } from './item.ts';

const FOLDER = new URL('../../fixtures/judge/', import.meta.url);

const Label = z.strictObject({
  clarity: z.number().int().min(1).max(5),
  relevance: z.number().int().min(1).max(5),
});
const Labelled = z.strictObject({
  labellers: z
    .array(z.strictObject({ name: z.string(), labels: z.record(z.string(), Label) }))
    .min(1),
});
const Items = z.strictObject({
  version: z.literal(1),
  /** `plantedOn`: the item it repeats, with an instruction to the judge put into it. */
  items: z.array(Item.extend({ plantedOn: z.string().optional() })),
});

/** Items that people graded, to hold a judge against. */
export interface CalibrationSet {
  readonly items: readonly Item[];
  /** By planted item, the item without the instruction. */
  readonly planted: ReadonlyMap<string, string>;
  readonly labellers: z.infer<typeof Labelled>['labellers'];
}

/** The committed set: `fixtures/judge`. */
export function calibrationSet(): CalibrationSet {
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
  const { items } = Items.parse(read('items.json'));
  const { labellers } = Labelled.parse(read('labels.json'));
  const planted = items.flatMap(({ id, plantedOn }): [string, string][] =>
    plantedOn ? [[id, plantedOn]] : [],
  );
  return {
    items: items.map(({ plantedOn: _, ...item }) => item),
    planted: new Map(planted),
    labellers,
  };
}
