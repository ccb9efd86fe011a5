// Loaded by `--import`: folders list their files in an order of chance, drawn by SHUFFLE_SEED.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

let state = Number(process.env.SHUFFLE_SEED);
const next = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state;
};

const { readdir } = fs;
fs.readdir = async (...args) => {
  const drawn = (await readdir(...args)).map((entry) => ({ entry, at: next() }));
  return drawn.sort((a, b) => a.at - b.at).map(({ entry }) => entry);
};
syncBuiltinESMExports();
