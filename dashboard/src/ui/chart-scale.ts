/** Round marks from 0 to at least `top`, four steps: 716 → [0, 200, 400, 600, 800]. */
export function niceTicks(top: number): number[] {
  if (!(top > 0)) return [0, 1, 2, 3, 4];
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? 10 * power;
  const whole = Math.max(1, Math.ceil(step));
  return [0, 1, 2, 3, 4].map((at) => at * (top >= 4 ? whole : 1));
}

/** Range for a line that need not start at 0, such as followers: a little room on both sides. */
export function niceRange(values: readonly number[]): { low: number; high: number } {
  if (values.length === 0) return { low: 0, high: 1 };
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = Math.max(1, (high - low) * 0.15);
  return { low: Math.max(0, Math.floor(low - room)), high: Math.ceil(high + room) };
}

/** The axis for these values: its ends and its marks. */
export function scaleOf(
  values: readonly number[],
  fromLow: boolean,
): { low: number; high: number; marks: number[] } {
  if (fromLow) {
    const { low, high } = niceRange(values);
    return { low, high, marks: [low, Math.round((low + high) / 2), high] };
  }
  const marks = niceTicks(Math.max(0, ...values));
  return { low: 0, high: marks.at(-1) ?? 1, marks };
}

/** At most `most` positions spread over `count`, with the last one always among them. */
export function spread(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_unused, at) => at);
  const step = Math.ceil(count / most);
  const picked: number[] = [];
  for (let at = count - 1; at >= 0; at -= step) picked.unshift(at);
  return picked;
}
