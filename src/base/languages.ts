/** Tags of languages (RFC 5646). Pure. */

/** A tag as it is written: "pt-BR"; undefined where it is none. */
export function tagOf(language: string): string | undefined {
  if (!/^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,4}$/i.test(language)) return undefined;
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined;
  }
}
