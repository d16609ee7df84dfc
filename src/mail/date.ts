/**
 * Dates of mail, RFC 5322 §3.3 with the obsolete forms of §4.3. Pure.
 */

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** Minutes east of Greenwich. */
const ZONES = new Map([
  ["ut", 0],
  ["gmt", 0],
  ["utc", 0],
  ["z", 0],
  ["est", -300],
  ["edt", -240],
  ["cst", -360],
  ["cdt", -300],
  ["mst", -420],
  ["mdt", -360],
  ["pst", -480],
  ["pdt", -420],
]);

const DATE =
  /^(?:[a-z]{3,9}\s*,?\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]{0,6}[\s-]+(\d{2,4})\s+(\d{1,2})\s*:\s*(\d{2})(?:\s*:\s*(\d{2}))?\s*([+-]\d{4}|[a-z]{1,5})?/i;

/** The moment that a Date field names; undefined where it is none. Unknown zones count as UTC. */
export function parseDate(value: string): Date | undefined {
  let text = value.slice(0, 200);
  for (let depth = 0; depth < 3; depth++)
    text = text.replace(/\([^()]*\)/g, " ");
  text = text.trim();
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [
    ,
    day = "",
    name = "",
    year = "",
    hour = "",
    minute = "",
    second = "0",
    zone = "",
  ] = match;
  const month = MONTHS.indexOf(name.toLowerCase());
  if (
    month < 0 ||
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 60
  )
    return undefined;
  const time = Date.UTC(
    fullYear(year),
    month,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const midnight = new Date(Date.UTC(fullYear(year), month, Number(day)));
  if (midnight.getUTCDate() !== Number(day)) return undefined;
  return new Date(time - minutesEast(zone) * 60_000);
}

function fullYear(year: string): number {
  const number = Number(year);
  if (year.length === 2) return number + (number < 50 ? 2000 : 1900);
  return year.length === 3 ? number + 1900 : number;
}

function minutesEast(zone: string): number {
  const digits = /^([+-])(\d\d)(\d\d)$/.exec(zone);
  if (digits === null) return ZONES.get(zone.toLowerCase()) ?? 0;
  const minutes = Number(digits[2]) * 60 + Number(digits[3]);
  return digits[1] === "-" ? -minutes : minutes;
}
