import { expect, test } from 'vitest';
import type { Helped } from '../../src/model/crew.ts';
import { sharing } from '../../src/model/sharing.ts';

const ITEMS = Array.from({ length: 20 }, (_, place) => `room ${place}`);

const helped = (place: number): Helped => ({
  place,
  id: `room ${place}`,
  found: { traced: {} as Helped['found']['traced'], variables: [], unparsable: [] },
  looked: { files: new Set(), imports: new Map(), outlines: new Map(), matches: new Map() },
  ground: null,
});

/** Shares the work with somebody who has found `found` when this one has followed its first. */
function work(found: readonly Helped[], known: readonly string[] = []) {
  const shared: number[] = [];
  const followed: string[] = [];
  const ended: string[] = [];
  const arriving = [...found];
  const done = sharing(ITEMS, {
    root: 'clinic',
    crew: {
      afterMs: 0,
      share: (root, places) => {
        shared.push(...places);
        const left = places.slice(found.length);
        return {
          next: () => left.shift(),
          arrived: () => arriving.splice(0),
          end: () => void ended.push(root),
        };
      },
    },
    isKnown: (item) => known.includes(item),
    follow: (item) => {
      followed.push(item);
      return `own ${item}`;
    },
    take: (item, { id }) => (id === item ? `other's ${item}` : undefined),
  });
  return { done, shared, followed, ended };
}

test('each item is done once, by whoever took it', () => {
  const { done, followed, ended } = work([helped(0), helped(1), helped(2)]);
  expect(done).toEqual(ITEMS.map((item, place) => (place < 3 ? `other's ${item}` : `own ${item}`)));
  expect(followed).toEqual(ITEMS.slice(3));
  expect(ended).toEqual(['clinic']);
});

test('what others took and never found is done here, and what they found of something else', () => {
  const lost = { ...helped(1), id: 'garden' };
  const { done, followed } = work([helped(0), lost]);
  expect(done).toEqual(
    ITEMS.map((item, place) => (place === 0 ? `other's ${item}` : `own ${item}`)),
  );
  expect(new Set(followed).size).toBe(19);
});

test('what is known already is not shared', () => {
  const { shared, done } = work([], ITEMS.slice(0, 5));
  expect(shared).toEqual(ITEMS.flatMap((_, place) => (place < 5 ? [] : [place])));
  expect(done).toHaveLength(20);
});

test('few are followed alone', () => {
  const { shared } = work([], ITEMS.slice(0, 9));
  expect(shared).toEqual([]);
});
