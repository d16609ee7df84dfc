/**
 * Absence notices by what they call themselves, in the languages of the programs that write them.
 * Pure.
 */
import type { Header } from "./header.ts";

/**
 * What absence notices call themselves. Without a mark of a program one is believed only where it
 * says that it answers something; a person's own answer begins with "Re:".
 */
export function awaySubject(header: Header): string | undefined {
  const isAnswer = [
    "In-Reply-To",
    "References",
    "Thread-Index",
    "Thread-Topic",
  ].some((name) => header.has(name));
  const subject = header.text("Subject").slice(0, 300);
  return (isAnswer && away.test(subject)) || notes.test(subject)
    ? "the subject of an absence notice"
    : undefined;
}

/** What Notes writes, in a message that has no other mark. */
const notes = /^auto: .+ is out of (the )?office\b.*\(.*\)$/i;

const away = new RegExp(
  `^(?:${[
    "auto(?:mat(?:ic|ed))?[- ]?(?:reply|response)\\s*:",
    "autoreply\\s*:",
    "autorespon[sd]e?r?\\s*:",
    "out of (?:the )?office(?: auto-?reply| reply)?\\s*[:-]",
    "(?:automatische|autom\\.?) (?:antwort|r[üu]ckantwort)\\s*:",
    "abwesenheits(?:notiz|nachricht|benachrichtigung|agent|assistent)\\s*:",
    "(?:reply|r[ée]ponse) automatique\\s*:",
    "absence du bureau\\s*:",
    "absent\\(e\\)? du bureau\\s*:",
    "respuesta autom[áa]tica\\s*:",
    "fuera de (?:la )?oficina\\s*:",
    "risposta automatica\\s*:",
    "fuori (?:sede|ufficio)\\s*:",
    "resposta autom[áa]tica\\s*:",
    "automatisch antwoord\\s*:",
    "afwezig(?:heids(?:bericht|assistent))?\\s*:",
    "automati(?:skt|sk|serat) svar\\s*:",
    "autosvar\\s*:",
    "automaattinen vastaus\\s*:",
    "automatick[áa] odpov[ěe][ďd]\\s*:",
    "autoodpowied[źz]\\s*:",
    "odpowied[źz] automatyczna\\s*:",
    "automatikus v[áa]lasz\\s*:",
    "r[ăa]spuns automat\\s*:",
    "otomatik yan[ıi]t\\s*:",
    "автоматический ответ\\s*:",
    "автоответ\\s*:",
    "автоматична відповідь\\s*:",
    "αυτόματη απάντηση\\s*:",
    "自动(?:答复|回复)\\s*[:：]",
    "自動(?:回覆|答覆|返信|応答)\\s*[:：]",
    "不在通知\\s*[:：]?",
    "자동\\s?(?:회신|응답)\\s*:",
  ].join("|")})`,
  "iu",
);
