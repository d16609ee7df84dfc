/** Durations and sizes as people write them. Pure. */

const DURATION = { ms: 1, s: 1000, m: 60e3, h: 3600e3, d: 86_400e3 };
const SIZE = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

/** "30s", "5m", "4h", "5d" in milliseconds, above 0; undefined for anything else. */
export function milliseconds(value: unknown): number | undefined {
  const [, figures, unit] = /^(\d{1,9})(ms|[smhd])$/.exec(`${value}`) ?? [];
  const found = Number(figures) * DURATION[unit as keyof typeof DURATION];
  return typeof value === "string" && found > 0 ? found : undefined;
}

/** "256KB", "50MB", or a number of bytes, in bytes, above 0 (1 KB is 1,024 bytes). */
export function byteCount(value: unknown): number | undefined {
  const [, figures, unit] = /^(\d{1,12})(|B|KB|MB|GB)$/.exec(`${value}`) ?? [];
  const found = Number(figures) * SIZE[(unit || "B") as keyof typeof SIZE];
  const right = typeof value === "string" || typeof value === "number";
  return right && found > 0 && found <= 2 ** 40 ? found : undefined;
}

/** Milliseconds as `milliseconds` reads them, in the largest unit that they are whole in. */
export function durationText(milliseconds: number): string {
  return inUnits(milliseconds, DURATION);
}

/** Bytes as `byteCount` reads them. */
export function sizeText(bytes: number): string {
  return inUnits(bytes, SIZE);
}

function inUnits(value: number, units: Readonly<Record<string, number>>) {
  const [name, one] = Object.entries(units).findLast(
    ([, unit]) => value % unit === 0,
  ) ?? ["", 1];
  return `${value / one}${name}`;
}

/** An hour and a day, in milliseconds. */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A duration as people are told it: whole days, at least one. */
export function daysOf(milliseconds: number): number {
  return Math.max(1, Math.round(milliseconds / DAY));
}
