const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** A length of time in words, in whole units down to the second: `1 day 30 minutes`. */
export function durationWords(ms: number): string {
  let rest = Math.abs(ms);
  if (rest < 1000) return count(rest, 'millisecond');
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const amount =
      unit === 'second' ? Math.round((rest / size) * 1000) / 1000 : Math.floor(rest / size);
    if (amount > 0) parts.push(count(amount, unit));
    rest -= amount * size;
  }
  return parts.join(' ');
}

/** Milliseconds of a plan's ISO 8601 duration (`-P1DT2H`); null for any other text. */
export function durationMs(text: string): number | null {
  const match = /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text);
  if (!match) return null;
  const [, sign, ...amounts] = match;
  const ms = UNITS.reduce((sum, [, size], index) => sum + Number(amounts[index] ?? 0) * size, 0);
  return sign ? -ms : ms;
}

function count(amount: number, unit: string): string {
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
