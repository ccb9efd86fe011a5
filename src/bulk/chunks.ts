import type { Numbers } from './bulk.ts';
import { type Sink, sinkOf } from './sink.ts';

const CHUNK = 256 * 1024;

/** Whole rows at a time, as `writeRow` writes each. */
export function* chunksOf(
  numbers: Numbers,
  writeRow: (sink: Sink, index: number) => void,
): Generator<Buffer> {
  const list = 'from' in numbers ? null : numbers;
  const [from, to] = 'from' in numbers ? [numbers.from, numbers.to] : [0, numbers.length];
  let sink = sinkOf(CHUNK + CHUNK / 8);
  for (let at = from; at < to; at++) {
    writeRow(sink, list ? (list[at] ?? 0) : at);
    if (sink.at < CHUNK) continue;
    yield sink.bytes.subarray(0, sink.at);
    sink = sinkOf(CHUNK + CHUNK / 8);
  }
  if (sink.at > 0) yield sink.bytes.subarray(0, sink.at);
}
