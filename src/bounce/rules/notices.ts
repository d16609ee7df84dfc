/**
 * What comes to the address for bounces and is none: challenges of filters, absence notices, news of
 * a delay or of success. Marks of programs first; words of people never count alone. Data.
 */
import type { Mark } from "./rule.ts";

/** Filters that let nobody through who has not answered them first. */
export const challenges: readonly Mark[] = [
  {
    from: /@(?:\w+\.)*(?:boxbe|spamarrest|bluebottle|mailinblack|sendio|knowspam|choicemail|cashette|quarantine-mail)\.(?:com|net|org)/i,
  },
  { field: ["X-Boxbe-Notice", /./] },
  { field: ["X-Spamarrest-Noauth", /./i] },
  { field: ["X-AskVersion", /./] },
  { field: ["X-Boxtrapper", /./] },
  { field: ["X-Bluebottle-Request", /./] },
  { field: ["X-Choicemail-Registration-Request", /./] },
  { field: ["X-TMDA-Fingerprint", /./], subject: /confirm/i },
  { field: ["X-ASK-Action", /./] },
  { field: ["Message-ID", /tmda-confirm>\s*$/i] },
  { field: ["Content-Type", /multipartboundary_mailinblack/i] },
  { subject: /\bverify#\w{8}/ },
  {
    subject:
      /^(?:re: )?(?:please confirm your (?:message|e-?mail)|your e-?mail requires verification|confirm(?:ation)? (?:is )?(?:required|needed)|action required to deliver)/i,
  },
  { text: /X-Boxbe-Notice; / },
  {
    text: /(?:protected|screened|guarded) by (?:boxbe|bluebottle|spam ?arrest|spamblocker|tmda|boxtrapper|earthlink.s spamblocker|mailinblack|active spam killer)/i,
  },
  {
    text: /requires? that you (?:verify|confirm|prove) that you are|you are a real,? live human/i,
  },
  {
    text: /requires? (?:confirmation|verification)\. (?:please )?(?:visit|click|go to|reply)/i,
  },
  {
    text: /(?:add(?:ed)?|place) (?:yourself|your (?:e-?mail )?address) (?:in)?to (?:my|the|his|her|our|the recipient's) (?:guest|white|allow(?:ed)?|safe|approved|accept)[ -]?(?:ed )?(?:senders? )?list/i,
  },
  {
    text: /to (?:release|deliver) your message.{0,40}(?:simply |just )?reply to this (?:message|e-?mail)/i,
  },
];

/** Absence notices that robot.ts knows only together with a mark of an answer. */
export const vacations: readonly Mark[] = [
  {
    subject:
      /^(?:re: )?(?:auto(?:mat(?:ic|ed))?[ -]?(?:reply|response|respons|antwort)\b|autorespon|out of (?:the )?office|abwesen|respuesta autom|r[ée]ponse automatique|risposta automatica|automatische antwort|自動返信|自動応答|不在)/i,
  },
  { subject: /\((?:automatic (?:response|reply)|auto-?reply)\)\s*$/i },
  { field: ["X-Autoreply", /^(?!\s*(?:no|false)\s*$)/i] },
  { field: ["X-Autorespond", /./] },
  { field: ["Precedence", /^\s*auto[-_ ]?reply/i] },
  { field: ["X-Mailer", /\bvacation\b|auto-?(?:respond|reply)/i] },
];

/** Notices that a message is still on its way. */
export const delays = {
  subject:
    /\bdelay(?:ed)?\b|still being retried|could not send (?:mail|message) for past|not yet been delivered|verz[öo]ger|retard[ée]|warning: could not send/i,
  text: /(?:will|shall|to) (?:keep|continue)(?: on)? (?:to )?(?:try|trying|attempt|be retr|retry|to be)|still trying|(?:you )?do not need to resend|this is a warning (?:message )?only|has not yet been delivered|delivery attempts will continue|no action is required on your part|(?:it|message|mail) will be retried|(?:is|are) still being (?:retried|tried)|delivery .{0,60}has been delayed|will be retried for/i,
};

/** Notices that a message has arrived, or has been passed on to where no reports come from. */
export const arrivals =
  /your message was successfully (?:delivered|relayed)|enclosed is the mail delivery report that you requested|(?:has been|was) successfully (?:relayed|delivered) to|delivery report that you requested/i;
