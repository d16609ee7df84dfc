/** The address by which a list wakes itself after a day: `bounces-day-DAY`. Pure. */

const shape = /^bounces[-+=_#]day[-+=_#](\d{1,6})$/;

/** By the site's first delimiter. */
export function extensionOf(delimiters: string, day: number): string {
  const cut = delimiters.charAt(0);
  return `bounces${cut}day${cut}${day}`;
}

/** The day that an alarm is about; undefined: it is none. */
export function alarmIn(extension: string): number | undefined {
  const [, day] = shape.exec(extension) ?? [];
  return day === undefined ? undefined : Number(day);
}
