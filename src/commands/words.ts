/**
 * The words that people use for commands, in the languages that the lists speak and as other list
 * managers have them, and what may stand before a subject. Pure.
 */

const byName: Readonly<Record<string, string>> = {
  subscribe:
    "join sub abonnieren anmelden eintragen abonner inscrire inscription suscribir suscribirse alta 登録 入会 参加",
  unsubscribe:
    "leave unsub signoff remove abmelden abbestellen austragen désabonner desabonner désinscrire desinscrire desinscription désinscription cancelar baja desuscribir 退会 解除 登録解除 停止",
  confirm: "bestätigen bestaetigen confirmer confirmar ok auth 確認",
  help: "hilfe aide ayuda commands befehle ? ヘルプ",
  info: "information informationen intro 案内",
  faq: "fragen",
  get: "hole obtenir obtener 取得",
  index: "verzeichnis sommaire índice indice 目次",
  thread: "faden fil hilo スレッド",
  who: "members review mitglieder membres miembros 名簿",
  set: "setze options mode einstellen régler regler ajustar 設定",
  approve: "accept genehmigen approuver aprobar 承認",
  reject: "deny ablehnen rejeter rechazar 却下",
  discard: "verwerfen jeter descartar 破棄",
};

/** Commands that have no use but as the answer to a letter, with the token in it. */
export const answers: ReadonlySet<string> = new Set([
  "confirm",
  "approve",
  "reject",
  "discard",
  "free",
]);

/** The commands that come with listmill. */
export const known: ReadonlySet<string> = new Set([
  ...Object.keys(byName),
  ...answers,
  "digest",
]);

const names = new Map<string, string>();
for (const [name, words] of Object.entries(byName))
  for (const word of words.split(" ")) names.set(word, name);

/**
 * The command that a word means.
 * @param known names that there are hooks for; they come first
 */
export function nameOf(
  word: string,
  known: ReadonlySet<string>,
): string | undefined {
  const lower = word.normalize("NFC").toLowerCase();
  if (known.has(lower)) return lower;
  const name = names.get(lower);
  return name !== undefined && known.has(name) ? name : undefined;
}

/** Words with which a mail of commands ends, as people write them. */
const ends = new Set("end quit stop exit ende fin 終わり".split(" "));

export function isEnd(word: string): boolean {
  return ends.has(word.toLowerCase());
}
